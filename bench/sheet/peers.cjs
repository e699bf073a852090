// peers.cjs sheetjs|exceljs FILE: reads every cell of the first sheet, prints "ROWS CELLS".
const [, , which, file] = process.argv;
let rows = 0, cells = 0;

async function main() {
  if (which === "sheetjs") {
    const XLSX = require("@e965/xlsx");
    const book = XLSX.readFile(file, { dense: true, cellDates: true });
    const sheet = book.Sheets[book.SheetNames[0]];
    for (const row of sheet["!data"]) {
      if (!row) continue;
      rows++;
      for (const cell of row) if (cell && cell.v !== undefined) cells++;
    }
  } else {
    const ExcelJS = require("exceljs");
    const reader = new ExcelJS.stream.xlsx.WorkbookReader(file, { sharedStrings: "cache", styles: "cache", worksheets: "emit" });
    for await (const sheet of reader)
      for await (const row of sheet) {
        rows++;
        row.eachCell((cell) => { if (cell.value !== null) cells++; });
      }
  }
  console.log(rows + " " + cells);
}
main().catch((e) => { console.error(e); process.exit(1); });
