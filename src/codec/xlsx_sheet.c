/* Rows of a worksheet, one at a time, straight from the scanner: worksheet (1),
 * sheetData (2), row (3), c (4), v / f / is (5). */
#include <stdio.h>

#include "codec/xlsx_int.h"

enum { ARENA_SLACK = 1 << 20, HIDDEN_BYTES = SHEET_MAX_COL / 8 + 1, KEEP_MAX = 64 << 20 };

struct XlsxRows {
        XlsxBook *book;
        const XlsxSheet *sheet;
        XScan *x;
        Arena *row_arena;       /* texts of the current row */
        Arena *keep;            /* merged ranges and what they show */
        MergeList merges;
        CellList cells;
        Buf value, scratch;
        SheetRow row;
        uint32_t last_row;
        bool in_data;           /* inside sheetData */
        bool data_seen;
        bool done;
        unsigned char hidden[HIDDEN_BYTES];
};

static Status wrong(const XlsxRows *r, Diag *diag, uint32_t row, const char *zh, const char *en)
{
        char ref[16];
        snprintf(ref, sizeof(ref), "%u", row);
        return diag_fail(diag, ST_INVALID, POS_CELL(r->sheet->info.name.ptr, row ? ref : NULL), "%s", "%s",
                         diag && diag->lang == LANG_EN ? en : zh);
}

static bool parse_u32(Str s, uint32_t max, uint32_t *ret)
{
        uint64_t v = 0;
        if (s.len == 0 || s.len > 10)
                return false;
        for (size_t i = 0; i < s.len; i++) {
                if (s.ptr[i] < '0' || s.ptr[i] > '9')
                        return false;
                v = v * 10 + (uint64_t)(s.ptr[i] - '0');
        }
        if (v > max)
                return false;
        *ret = (uint32_t)v;
        return true;
}

static bool is_true(Str s)
{
        return str_eq(s, STR("1")) || str_eq(s, STR("true"));
}

static void hide_columns(XlsxRows *r)
{
        uint32_t min, max;
        if (!is_true(xscan_attr(r->x, STR("hidden"))) ||
            !parse_u32(xscan_attr(r->x, STR("min")), SHEET_MAX_COL, &min) ||
            !parse_u32(xscan_attr(r->x, STR("max")), SHEET_MAX_COL, &max))
                return;
        for (uint32_t c = min; c <= max; c++)
                r->hidden[c / 8] |= (unsigned char)(1u << c % 8);
}

/* Up to the START of sheetData, or the end of the document. */
static Status to_data(XlsxRows *r, Diag *diag)
{
        bool cols = false;
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(r->x, diag, &e));
                if (e == XSCAN_END_DOCUMENT) {
                        r->done = true;
                        return ST_OK;
                }
                if (e != XSCAN_START)
                        continue;
                unsigned depth = xscan_depth(r->x);
                if (depth == 1 && !str_eq(r->x->name, STR("worksheet")))
                        return wrong(r, diag, 0, "不是工作表", "not a worksheet");
                if (depth == 2) {
                        cols = str_eq(r->x->name, STR("cols"));
                        if (str_eq(r->x->name, STR("sheetData"))) {
                                if (r->data_seen)
                                        return wrong(r, diag, 0, "有两段 sheetData", "it has two sheetData");
                                r->data_seen = r->in_data = true;
                                return ST_OK;
                        }
                } else if (depth == 3 && cols && str_eq(r->x->name, STR("col"))) {
                        hide_columns(r);
                }
        }
}

Status xlsx_rows_open(XlsxBook *b, size_t sheet, Diag *diag, XlsxRows **ret)
{
        TRY(xlsx_read_strings(b, diag));
        XlsxRows *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        r->book = b;
        r->sheet = &b->sheets[sheet];
        r->value = BUF_INIT((size_t)b->limits.max_cell_bytes * 2 + 64);
        r->scratch = BUF_INIT((size_t)b->limits.max_cell_bytes * 2 + 64);
        r->row_arena = arena_new(b->limits.max_row_bytes + b->limits.max_cell_bytes + ARENA_SLACK);
        r->keep = arena_new(KEEP_MAX);
        Status st = r->row_arena && r->keep ? xlsx_read_merges(b, r->sheet, r->keep, diag, &r->merges) : ST_NOMEM;
        if (st == ST_OK)
                st = xscan_open(b->zip, r->sheet->entry, diag, &r->x);
        if (st == ST_OK)
                st = to_data(r, diag);
        if (st != ST_OK) {
                xlsx_rows_free(r);
                return st;
        }
        *ret = r;
        return ST_OK;
}

void xlsx_rows_free(XlsxRows *r)
{
        if (!r)
                return;
        xscan_free(r->x);
        xlsx_merges_release(&r->merges);
        mem_free(r->cells.data);
        buf_release(&r->value);
        buf_release(&r->scratch);
        arena_free(r->row_arena);
        arena_free(r->keep);
        mem_free(r);
}

static Status begin_row(XlsxRows *r, Diag *diag)
{
        uint32_t number = r->last_row + 1;
        Str attr = xscan_attr(r->x, STR("r"));
        if (attr.ptr && !parse_u32(attr, SHEET_MAX_ROW, &number))
                return wrong(r, diag, r->last_row, "此行之后的行号有误", "the row after this one has a wrong number");
        if (number <= r->last_row)
                return wrong(r, diag, r->last_row, "此行之后的行号没有递增",
                             "the row after this one does not have a larger number");
        if (number > SHEET_MAX_ROW)
                return wrong(r, diag, r->last_row, "行数超过 1,048,576", "more than 1,048,576 rows");
        r->last_row = number;
        r->row = (SheetRow){ .number = number, .hidden = is_true(xscan_attr(r->x, STR("hidden"))) };
        r->cells.len = 0;
        arena_reset(r->row_arena);
        return ST_OK;
}

/* "AB12" of this row after the last column. */
static Status place_cell(XlsxRows *r, uint32_t last_col, RawCell *cell, Diag *diag)
{
        Str ref = xscan_attr(r->x, STR("r"));
        cell->row = r->row.number;
        cell->col = last_col + 1;
        if (ref.ptr && (!sheet_ref_parse(ref, &cell->row, &cell->col) || cell->row != r->row.number))
                return wrong(r, diag, r->row.number, "此行有单元格的位置有误",
                             "a cell of this row has a wrong reference");
        if (cell->col <= last_col)
                return wrong(r, diag, r->row.number, "此行的单元格没有按列排列",
                             "the cells of this row are not in the order of columns");
        if (cell->col > SHEET_MAX_COL)
                return wrong(r, diag, r->row.number, "此行的列数超过 16,384", "this row has more than 16,384 columns");
        return ST_OK;
}

static char cell_type(Str t)
{
        if (t.len == 0)
                return 'n';
        if (t.len == 1)
                return t.ptr[0];        /* n s b e d */
        return str_eq(t, STR("inlineStr")) ? 'i' : str_eq(t, STR("str")) ? 't' : '?';
}

/* The cell's meaning, at the end of the row's cells. */
static Status take_cell(XlsxRows *r, const RawCell *cell, Diag *diag)
{
        if (!cell->formula && cell->value.len == 0)
                return ST_OK;
        if (r->cells.len == r->cells.cap) {
                size_t cap = r->cells.cap ? r->cells.cap * 2 : 64;
                SheetCell *grown = mem_realloc_array(r->cells.data, cap, sizeof(SheetCell));
                if (!grown)
                        return ST_NOMEM;
                r->cells.data = grown;
                r->cells.cap = cap;
        }
        bool any;
        TRY(xlsx_cell(r->book, cell, r->row_arena, &r->cells.data[r->cells.len], &any));
        r->cells.len += any;
        if (arena_used(r->row_arena) > r->book->limits.max_row_bytes)
                return diag_fail(diag, ST_LIMIT, POS_FILE(r->sheet->info.name.ptr), "第 %u 行的文字过多",
                                 "row %u has too much text", r->row.number);
        return ST_OK;
}

/* Reads the <c> whose START was just seen; last_col moves on. */
static Status read_cell(XlsxRows *r, uint32_t *last_col, Diag *diag)
{
        XScan *x = r->x;
        RawCell cell = { .type = cell_type(xscan_attr(x, STR("t"))) };
        if (cell.type == '?' || !strchr("nsbedit", cell.type))
                return wrong(r, diag, r->row.number, "此行有单元格的类型未知",
                             "a cell of this row has an unknown type");
        TRY(place_cell(r, *last_col, &cell, diag));
        *last_col = cell.col;
        uint32_t style;
        if (parse_u32(xscan_attr(x, STR("s")), UINT32_MAX, &style))
                cell.style = style;
        buf_clear(&r->value);
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END && xscan_depth(x) == 4)
                        break;
                if (e != XSCAN_START)
                        continue;
                if (str_eq(x->name, STR("v"))) {
                        cell.has_v = true;
                        if (cell.type == 'i') {
                                TRY(xscan_skip(x, diag));
                                continue;
                        }
                        buf_clear(&r->value);
                        TRY(xscan_text(x, r->book->limits.max_cell_bytes, diag, &r->value));
                        if (cell.type == 't')
                                xlsx_unescape(&r->value);
                } else if (str_eq(x->name, STR("is")) && cell.type == 'i') {
                        cell.has_v = true;
                        TRY(xlsx_rich_text(x, r->book->limits.max_cell_bytes, diag, &r->scratch, &r->value));
                } else {
                        cell.formula |= str_eq(x->name, STR("f"));
                        TRY(xscan_skip(x, diag));
                }
        }
        cell.value = buf_str(&r->value);
        return take_cell(r, &cell, diag);
}

/* ---- the usual cell, without events ----
 *
 * Nine cells of ten are <c r="A1" s="2" t="s"><v>17</v></c>, or the same without
 * the middle.  Those are read straight from the window; anything else (other
 * attributes or elements, a formula, a reference in an attribute, the edge of the
 * window, anything wrong) is left to the scanner, which is the one that decides. */

static bool same_at(const char *p, const char *limit, Str s)
{
        return (size_t)(limit - p) >= s.len && memcmp(p, s.ptr, s.len) == 0;
}

static const char *quick_ref(const char *p, RawCell *cell)
{
        uint32_t row = 0, col = 0;
        const char *start = p;
        for (; *p >= 'A' && *p <= 'Z' && p - start < 4; p++)
                col = col * 26 + (uint32_t)(*p - 'A' + 1);
        start = p;
        for (; *p >= '0' && *p <= '9' && p - start < 8; p++)
                row = row * 10 + (uint32_t)(*p - '0');
        if (col == 0 || col > SHEET_MAX_COL || start == p || *start == '0')
                return NULL;
        cell->row = row;
        cell->col = col;
        return p;
}

/* Attributes r, s and t, each at most once; returns the place behind the last, or NULL. */
static const char *quick_attrs(const char *p, RawCell *cell)
{
        unsigned seen = 0;
        while (p[0] == ' ' && p[1] && p[2] == '=' && p[3] == '"') {
                unsigned which = p[1] == 'r' ? 1 : p[1] == 's' ? 2 : p[1] == 't' ? 4 : 0;
                if (which == 0 || seen & which)
                        return NULL;
                seen |= which;
                p += 4;
                if (which == 1) {
                        p = quick_ref(p, cell);
                        if (!p)
                                return NULL;
                } else if (which == 2) {
                        const char *start = p;
                        for (cell->style = 0; *p >= '0' && *p <= '9' && p - start < 8; p++)
                                cell->style = cell->style * 10 + (unsigned)(*p - '0');
                        if (p == start)
                                return NULL;
                } else {
                        const char *start = p;
                        while (*p >= 'a' && *p <= 'z')
                                p++;
                        if (p - start != 1)
                                return NULL;
                        cell->type = *start;
                }
                if (*p++ != '"')
                        return NULL;
        }
        return seen & 1 && strchr("nsbe", cell->type) ? p : NULL;
}

/* Reads one usual cell and says so in *ret_done. */
static Status quick_cell(XlsxRows *r, uint32_t *last_col, Diag *diag, bool *ret_done)
{
        *ret_done = false;
        Str ahead = xscan_ahead(r->x);
        if (ahead.len < 16 || ahead.ptr[1] != 'c' || ahead.ptr[2] != ' ')
                return ST_OK;
        const char *p = ahead.ptr, *limit = p + ahead.len;
        RawCell cell = { .type = 'n' };
        p = quick_attrs(p + 2, &cell);
        if (!p || cell.row != r->row.number || cell.col <= *last_col)
                return ST_OK;
        if (same_at(p, limit, STR("/>"))) {
                p += 2;
        } else if (same_at(p, limit, STR("></c>"))) {
                p += 5;
        } else {
                if (!same_at(p, limit, STR("><v>")))
                        return ST_OK;
                const char *value = p += 4;
                while (*p != '<' && *p != '&' && *p != '\r' && *p)
                        p++;
                if (!same_at(p, limit, STR("</v></c>")) || (size_t)(p - value) > r->book->limits.max_cell_bytes)
                        return ST_OK;
                cell.has_v = true;
                cell.value = str_n(value, (size_t)(p - value));
                p += 8;
        }
        xscan_advance(r->x, (size_t)(p - ahead.ptr));
        *last_col = cell.col;
        *ret_done = true;
        return take_cell(r, &cell, diag);
}

/* Reads to the END of the row. */
static Status read_row(XlsxRows *r, Diag *diag)
{
        uint32_t last_col = 0;
        for (;;) {
                bool done = true;
                while (done)
                        TRY(quick_cell(r, &last_col, diag, &done));
                XScanEvent e;
                TRY(xscan_next(r->x, diag, &e));
                if (e == XSCAN_END && xscan_depth(r->x) == 3)
                        return ST_OK;
                if (e != XSCAN_START)
                        continue;
                if (str_eq(r->x->name, STR("c")))
                        TRY(read_cell(r, &last_col, diag));
                else
                        TRY(xscan_skip(r->x, diag));
        }
}

Status xlsx_rows_next(XlsxRows *r, Diag *diag, const SheetRow **ret)
{
        while (r->in_data) {
                XScanEvent e;
                TRY(xscan_next(r->x, diag, &e));
                if (e == XSCAN_END && xscan_depth(r->x) == 2) {
                        r->in_data = false;
                        break;
                }
                if (e != XSCAN_START)
                        continue;
                if (!str_eq(r->x->name, STR("row"))) {
                        TRY(xscan_skip(r->x, diag));
                        continue;
                }
                TRY(begin_row(r, diag));
                TRY(read_row(r, diag));
                if (r->cells.len == 0)
                        continue;
                if (r->merges.count)
                        TRY(xlsx_fill_merges(r->book, r->sheet, &r->merges, r->keep, r->row.number, &r->cells, diag));
                r->row.cells = r->cells.data;
                r->row.count = r->cells.len;
                *ret = &r->row;
                return ST_OK;
        }
        if (!r->done)
                TRY(to_data(r, diag));  /* on to the end: the document must be whole */
        if (!r->done)
                return ST_INTERNAL;
        *ret = NULL;
        return ST_OK;
}

bool xlsx_rows_col_hidden(const XlsxRows *r, uint32_t col)
{
        return col && col <= SHEET_MAX_COL && r->hidden[col / 8] >> col % 8 & 1;
}

void xlsx_rows_progress(const XlsxRows *r, uint64_t *ret_done, uint64_t *ret_all)
{
        *ret_done = r->x->done;
        *ret_all = r->sheet->entry->size;
}
