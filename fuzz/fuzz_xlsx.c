/* Workbooks: the input is cut at its NUL bytes into a worksheet, shared strings,
 * styles, the workbook part, its relationships and the content types (fixed ones
 * where it is too short), packed into an archive and read as import would. */
#include "base/utf8.h"
#include "codec/sheet.h"
#include "fuzz/fuzz.h"

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PKG "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

static const struct { const char *name; Str text; } parts[] = {
        { "xl/s.xml", STR("<worksheet/>") },
        { "xl/t.xml", STR("<sst><si><t>a</t></si><si><r><t>b</t></r><rPh><t>c</t></rPh></si></sst>") },
        { "xl/y.xml", STR("<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy-mm-dd\"/></numFmts>"
                          "<cellXfs><xf/><xf numFmtId=\"164\"/><xf numFmtId=\"21\"/></cellXfs></styleSheet>") },
        { "xl/workbook.xml", STR("<workbook xmlns:r=\"r\"><sheets><sheet name=\"S\" r:id=\"a\"/></sheets></workbook>") },
        { "xl/_rels/workbook.xml.rels", STR(PKG "<Relationship Id=\"a\" Type=\"" REL "/worksheet\" Target=\"s.xml\"/>"
                                            "<Relationship Id=\"b\" Type=\"" REL "/sharedStrings\" Target=\"t.xml\"/>"
                                            "<Relationship Id=\"c\" Type=\"" REL "/styles\" Target=\"y.xml\"/></Relationships>") },
        { "[Content_Types].xml", STR("<Types/>") },
        { "_rels/.rels", STR(PKG "<Relationship Id=\"a\" Type=\"" REL "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>") },
};

static void check_cell(const SheetCell *c)
{
        FUZZ_ASSERT(c->col >= 1 && c->col <= SHEET_MAX_COL && c->text.ptr && c->raw.ptr && c->format.ptr);
        FUZZ_ASSERT(utf8_valid(c->text) && utf8_valid(c->raw) && utf8_valid(c->format));
        FUZZ_ASSERT((c->kind == SHEET_BAD) == (c->problem != SHEET_FINE));
        FUZZ_ASSERT(c->kind != SHEET_UNCALCULATED || (c->text.len == 0 && c->flags & SHEET_FORMULA));
        FUZZ_ASSERT(c->kind == SHEET_UNCALCULATED || c->text.len > 0);
        if (c->kind == SHEET_NUMBER)
                for (size_t i = 0; i < c->text.len; i++)
                        FUZZ_ASSERT(strchr("-.0123456789", c->text.ptr[i]) && c->text.ptr[i]);
}

static void read_sheet(SheetBook *b, size_t index, Diag *diag)
{
        _cleanup_(sheet_freep) SheetReader *r = NULL;
        if (sheet_open(b, index, diag, &r) != ST_OK)
                return;
        uint32_t last = 0;
        for (const SheetRow *row; sheet_next(r, diag, &row) == ST_OK && row; last = row->number) {
                FUZZ_ASSERT(row->number > last && row->number <= SHEET_MAX_ROW && row->count > 0);
                for (size_t i = 0; i < row->count; i++) {
                        FUZZ_ASSERT(i == 0 || row->cells[i].col > row->cells[i - 1].col);
                        check_cell(&row->cells[i]);
                }
        }
}

void fuzz_one(Str input)
{
        SheetLimits limits = SHEET_LIMITS_DEFAULT;
        limits.max_cell_bytes = 4096;
        limits.max_row_bytes = 64 << 10;
        limits.max_merges = 100;
        limits.max_merge_fill = 10000;
        _cleanup_buf_ Buf archive = BUF_INIT(8 << 20);
        _cleanup_(zip_writer_freep) ZipWriter *w = NULL;
        if (input.len > 1 << 20 || zip_writer_new(&archive, &w) != ST_OK)
                return;
        Str rest = input;
        for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
                Str text = rest.ptr ? str_cut(rest, '\0', &rest) : STR_NONE;
                if (zip_writer_add(w, str_c(parts[i].name), text.len ? text : parts[i].text, ZIP_STORE) != ST_OK)
                        return;
        }
        if (zip_writer_finish(w) != ST_OK)
                return;
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_ZH);
        _cleanup_(sheet_book_freep) SheetBook *b = NULL;
        if (sheet_book_open_bytes(buf_str(&archive), "fuzz", &limits, &diag, &b) != ST_OK) {
                FUZZ_ASSERT(diag.errors > 0);
                return;
        }
        for (size_t i = 0; i < sheet_book_count(b) && i < 3; i++)
                read_sheet(b, i, &diag);
}
