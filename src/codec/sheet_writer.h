/* sheet_writer.h -- tables out: .xlsx for people, .csv for programs, one interface.
 *
 * What is written is what sheet.h reads back, to the last digit: text stays
 * text (codes, leading zeros, "=1+1"), a number keeps its decimal value.  A
 * workbook can only hold doubles, so a number with more than 15 significant
 * digits is written as text.  The same calls give the same bytes (creation date
 * fixed, no names of people or machines).
 *
 *     static const SheetColumn cols[] = {
 *             { .title = STR("统一社会信用代码"), .kind = SHEET_COL_TEXT, .width = 22 },
 *             { .title = STR("营业收入（元）"), .kind = SHEET_COL_NUMBER, .scale = 2 },
 *     };
 *     _cleanup_(sheet_writer_freep) SheetWriter *w = NULL;
 *     TRY(sheet_writer_new(path, SHEET_XLSX, diag, &w));
 *     TRY(sheet_writer_sheet(w, STR("企业"), cols, 2, diag));
 *     SheetOut row[] = { { .kind = SHEET_TEXT, .text = code }, { .kind = SHEET_NUMBER, .text = STR("12.50") } };
 *     TRY(sheet_writer_row(w, row, 2, diag));
 *     TRY(sheet_writer_finish(w, diag));          // only now the file has its name
 *
 * The file is made beside its place under a temporary name, read back, synced
 * and renamed; whatever fails on the way (ST_FULL: no space left) leaves
 * neither the temporary file nor a changed target.  Memory is bounded by the
 * widest row plus the marks.
 *
 * CSV: UTF-8 with BOM (spreadsheet programs need it for Chinese), one sheet
 * only, marks and lists are left out, cells that a spreadsheet would take for a
 * formula are guarded by csv.h, which reads them back unguarded.
 */
#ifndef KC_CODEC_SHEET_WRITER_H
#define KC_CODEC_SHEET_WRITER_H

#include "codec/sheet.h"

typedef enum SheetColKind {
        SHEET_COL_TEXT,         /* cells formatted as text, also the empty ones: a code typed there stays text */
        SHEET_COL_NUMBER,       /* scale digits after the point shown; -1: as they are */
        SHEET_COL_DATE,
        SHEET_COL_DATETIME,
        SHEET_COL_BOOL,
} SheetColKind;

typedef struct SheetColumn {
        Str title;              /* header cell */
        Str note;               /* comment on the header cell; may be empty */
        SheetColKind kind;
        int scale;
        double width;           /* characters; 0: from the title */
        bool required;          /* header in another colour */
        const Str *list;        /* drop-down: the texts that may be chosen */
        size_t list_len;
} SheetColumn;

/* A cell to write.  kind: SHEET_EMPTY, TEXT, NUMBER (text: a decimal), BOOL
 * (true, false), DATE, DATETIME, TIME (text as sheet.h gives them). */
typedef struct SheetOut {
        SheetKind kind;
        Str text;
        Str mark;               /* a comment with this text and a red fill; empty: none */
} SheetOut;

typedef struct SheetWriter SheetWriter;

/* format: SHEET_XLSX, SHEET_CSV or SHEET_TSV. */
Status sheet_writer_new(const char *path, SheetFormat format, Diag *diag, SheetWriter **ret) FALLIBLE;
/* .csv and .tsv (any case) by the name's end; otherwise xlsx. */
SheetFormat sheet_format_of_name(const char *path);
/* Begins a sheet: header row (bold, filled, frozen, with filter), widths, lists.
 * Drop-downs reach 10,000 rows below the header.  Columns are copied.  Rows of an
 * earlier sheet cannot be written any more. */
Status sheet_writer_sheet(SheetWriter *w, Str name, const SheetColumn *cols, size_t count, Diag *diag) FALLIBLE;
/* The next row; fewer cells than columns are fine, more are ST_USAGE. */
Status sheet_writer_row(SheetWriter *w, const SheetOut *cells, size_t count, Diag *diag) FALLIBLE;
/* A sheet of plain lines (instructions, sources), after the tables.  Not in CSV. */
Status sheet_writer_notes(SheetWriter *w, Str name, const Str *lines, size_t count, Diag *diag) FALLIBLE;
Status sheet_writer_finish(SheetWriter *w, Diag *diag) FALLIBLE;
/* Without finish: everything is given up, nothing is left. */
void sheet_writer_free(SheetWriter *w);
DEFINE_CLEANUP(SheetWriter *, sheet_writer_free)

#endif
