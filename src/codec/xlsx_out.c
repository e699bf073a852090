/* Workbooks out, through libxlsxwriter in its constant-memory mode: each row goes
 * to a working file when the next one begins.  The library does not look whether
 * those writes succeed, so sheet_writer.c reads the finished file back. */
#include "codec/xlsx_out_int.h"

#include <xlsxwriter.h>

#include "base/date.h"
#include "base/map.h"
#include "base/utf8.h"
#include "codec/double_text.h"

enum {
        ARENA_MAX = 256 << 20,
        TEXT_UNITS_MAX = 32767,
        NAME_UNITS_MAX = 31,
        SHEETS_MAX = 255,
        MARKS_MAX = 20000,
        LIST_INLINE_MAX = 255,
        LIST_ROWS = 10000,
        LISTS_MAX = 1000,
        ROWS_BETWEEN_CHECKS = 1000,
        DECIMALS_MAX = 15,
        GENERAL_DIGITS = 11,
        WIDTH_MIN = 10,
        WIDTH_MAX = 48,
        CREATED = 1577836800 /* 2020-01-01 */
};

/* What a cell's format is made of; each combination is made once. */
typedef enum Look { LOOK_GENERAL, LOOK_TEXT, LOOK_DATE, LOOK_DATETIME, LOOK_TIME, LOOK_DECIMALS } Look;
enum { LOOKS = LOOK_DECIMALS + DECIMALS_MAX + 1 };

typedef struct List {
        const Str *items;
        size_t len;
} List;

typedef struct Column {
        SheetColKind kind;
        int scale;
} Column;

struct XlsxOut {
        Arena *arena;
        lxw_workbook *book;     /* NULL once closed */
        lxw_worksheet *sheet;
        lxw_format *formats[2][LOOKS];  /* plain, marked */
        lxw_format *header, *required;
        Column *cols;
        size_t col_count;
        uint32_t row;           /* next, 0-based */
        List lists[LISTS_MAX];
        size_t list_count;
        lxw_worksheet *list_sheet;
        lxw_worksheet *sheets[SHEETS_MAX + 1];  /* all but the lists */
        size_t sheet_count;
        Map names;              /* of sheets, lower case */
        size_t marks;
        uint64_t cells;
        Buf text;
};

Status xlsx_out_new(const char *path, const char *dir, XlsxOut **ret)
{
        Arena *a = arena_new(ARENA_MAX);
        XlsxOut *o = a ? arena_new_of(a, XlsxOut) : NULL;
        char *folder = o ? arena_strdup(a, dir) : NULL;
        if (!folder) {
                arena_free(a);
                return ST_NOMEM;
        }
        o->arena = a;
        o->text = BUF_INIT(1 << 20);
        o->names = MAP_INIT(SHEETS_MAX + 1);
        lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = folder, .use_zip64 = LXW_FALSE };
        o->book = workbook_new_opt(path, &options);
        if (!o->book) {
                xlsx_out_free(o);
                return ST_NOMEM;
        }
        lxw_doc_properties properties = { .created = CREATED };
        workbook_set_properties(o->book, &properties);
        *ret = o;
        return ST_OK;
}

void xlsx_out_free(XlsxOut *o)
{
        if (!o)
                return;
        if (o->book) {
                /* Given up: the texts of a sheet's last row are only freed when a further row begins. */
                for (size_t i = 0; i < o->sheet_count; i++)
                        worksheet_write_number(o->sheets[i], o->sheets[i]->dim_rowmax + 1, 0, 0, NULL);
                lxw_workbook_free(o->book);
        }
        map_release(&o->names);
        buf_release(&o->text);
        arena_free(o->arena);
}

uint64_t xlsx_out_cells(const XlsxOut *o)
{
        return o->cells;
}

/* The library ignores failed writes to its working files; their own error marks do not. */
static Status check_working_file(lxw_worksheet *sheet)
{
        FILE *f = sheet->optimize_tmpfile;
        return f && (ferror(f) || fflush(f) != 0) ? ST_FULL : ST_OK;
}

/* ---- text ---- */

static bool is_escape(Str s, size_t i)
{
        if (s.len - i < 7 || s.ptr[i] != '_' || s.ptr[i + 1] != 'x' || s.ptr[i + 6] != '_')
                return false;
        for (size_t k = i + 2; k < i + 6; k++)
                if (!strchr("0123456789abcdefABCDEF", s.ptr[k]) || !s.ptr[k])
                        return false;
        return true;
}

static size_t utf16_units(Str s)
{
        size_t n = 0;
        for (size_t pos = 0; pos < s.len;)
                n += utf8_next(s, &pos) > 0xffff ? 2 : 1;
        return n;
}

/* As a C string in o->text, with what XML cannot hold written _x0001_. */
static Status escaped(XlsxOut *o, Str s, uint32_t col, Diag *diag, const char **ret)
{
        char ref[16];
        sheet_ref(o->row + 1, col + 1, ref);
        if (!utf8_valid(s) || memchr(s.ptr, '\0', s.len))
                return diag_fail(diag, ST_INVALID, POS_CELL(NULL, ref), "文字不是 UTF-8 或含有空字符",
                                 "the text is not UTF-8 or holds a NUL");
        if (utf16_units(s) > TEXT_UNITS_MAX)
                return diag_fail(diag, ST_LIMIT, POS_CELL(NULL, ref), "文字超过单元格的上限 32,767 个字符",
                                 "the text is longer than a cell can hold (32,767 characters)");
        buf_clear(&o->text);
        for (size_t i = 0; i < s.len; i++) {
                unsigned char c = (unsigned char)s.ptr[i];
                if (is_escape(s, i))
                        buf_puts(&o->text, "_x005F_");
                else if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
                        buf_printf(&o->text, "_x%04X_", c);
                else if (c == 0xef && i + 2 < s.len && (unsigned char)s.ptr[i + 1] == 0xbf &&
                         (unsigned char)s.ptr[i + 2] >= 0xbe) {
                        buf_printf(&o->text, "_xFFF%c_", (unsigned char)s.ptr[i + 2] == 0xbe ? 'E' : 'F');
                        i += 2;
                } else
                        buf_putc(&o->text, (char)c);
        }
        TRY(buf_status(&o->text));
        *ret = buf_cstr(&o->text);
        return ST_OK;
}

/* ---- formats ---- */

static const char *const look_codes[] = {
        [LOOK_TEXT] = "@",
        [LOOK_DATE] = "yyyy\\-mm\\-dd",
        [LOOK_DATETIME] = "yyyy\\-mm\\-dd\\ hh:mm:ss",
        [LOOK_TIME] = "hh:mm:ss",
};

/* Also for the general look: a cell without a format would take its column's. */
static lxw_format *format_for(XlsxOut *o, int look, bool marked)
{
        lxw_format **slot = &o->formats[marked][look];
        if (*slot)
                return *slot;
        lxw_format *f = workbook_add_format(o->book);
        if (!f)
                return NULL;
        if (look >= LOOK_DECIMALS) {
                char code[DECIMALS_MAX + 4] = "0.";
                int n = look - LOOK_DECIMALS;
                memset(code + 2, '0', (size_t)n);
                code[n ? n + 2 : 1] = '\0';
                format_set_num_format(f, code);
        } else if (look != LOOK_GENERAL) {
                format_set_num_format(f, look_codes[look]);
        }
        if (marked) {
                format_set_bg_color(f, 0xFFC7CE);
                format_set_font_color(f, 0x9C0006);
        }
        return *slot = f;
}

static lxw_format *header_format(XlsxOut *o, bool required)
{
        lxw_format **slot = required ? &o->required : &o->header;
        if (*slot)
                return *slot;
        lxw_format *f = workbook_add_format(o->book);
        if (!f)
                return NULL;
        format_set_bold(f);
        format_set_text_wrap(f);
        format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
        format_set_border(f, LXW_BORDER_THIN);
        format_set_bg_color(f, required ? 0xFCE4D6 : 0xDDEBF7);
        return *slot = f;
}

/* ---- sheets ---- */

static const char *lower_copy(XlsxOut *o, const char *s)
{
        char *p = arena_strdup(o->arena, s);
        for (char *q = p; q && *q; q++)
                if (*q >= 'A' && *q <= 'Z')
                        *q = (char)(*q - 'A' + 'a');
        return p;
}

/* A name that workbooks allow: no []:*?/\, at most 31 characters, used once. */
static const char *sheet_name(XlsxOut *o, Str wanted)
{
        for (int try = 1; try < 1000; try++) {
                char tail[16] = "", name[NAME_UNITS_MAX * 4 + 32];
                size_t n = 0, units = 0;
                if (try > 1)
                        snprintf(tail, sizeof(tail), " (%d)", try);
                for (size_t pos = 0; pos < wanted.len;) {
                        size_t start = pos;
                        uint32_t cp = utf8_next(wanted, &pos);
                        units += cp > 0xffff ? 2 : 1;
                        if (units + strlen(tail) > NAME_UNITS_MAX)
                                break;
                        bool bad = cp == UTF8_BAD || cp < 0x20 || (cp < 0x80 && strchr("[]:*?/\\'", (int)cp));
                        if (bad)
                                name[n++] = '_';
                        else
                                memcpy(name + n, wanted.ptr + start, pos - start);
                        n += bad ? 0 : pos - start;
                }
                if (n == 0)
                        name[n++] = '_';
                memcpy(name + n, tail, strlen(tail) + 1);
                const char *kept = arena_strdup(o->arena, name), *key = kept ? lower_copy(o, kept) : NULL;
                if (!key)
                        return NULL;
                Status st = map_add(&o->names, str_c(key), o);
                if (st == ST_OK)
                        return kept;
                if (st != ST_EXISTS)
                        return NULL;
        }
        return NULL;
}

static Status add_sheet(XlsxOut *o, Str name, Diag *diag, lxw_worksheet **ret)
{
        if (o->names.len >= SHEETS_MAX)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "工作表超过 %d 张", "more than %d sheets", SHEETS_MAX);
        const char *safe = sheet_name(o, name);
        if (!safe)
                return ST_NOMEM;
        lxw_worksheet *s = workbook_add_worksheet(o->book, safe);
        if (!s)
                return ST_NOMEM;
        o->sheets[o->sheet_count++] = s;
        *ret = s;
        return ST_OK;
}

/* The filter reaches from the header to the last row written. */
static void end_sheet(XlsxOut *o)
{
        if (o->sheet && o->col_count && o->row > 1)
                worksheet_autofilter(o->sheet, 0, 0, o->row - 1, (lxw_col_t)(o->col_count - 1));
        o->sheet = NULL;
        o->col_count = 0;
}

static double width_of(const SheetColumn *c)
{
        if (c->width > 0)
                return c->width > 255 ? 255 : c->width;
        size_t w = utf8_width(c->title) + 4;
        if (c->kind == SHEET_COL_DATETIME && w < 20)
                w = 20;
        return (double)(w < WIDTH_MIN ? WIDTH_MIN : w > WIDTH_MAX ? WIDTH_MAX : w);
}

static int column_look(const SheetColumn *c)
{
        switch (c->kind) {
        case SHEET_COL_TEXT: return LOOK_TEXT;
        case SHEET_COL_DATE: return LOOK_DATE;
        case SHEET_COL_DATETIME: return LOOK_DATETIME;
        case SHEET_COL_NUMBER:
                return c->scale >= 0 && c->scale <= DECIMALS_MAX ? LOOK_DECIMALS + c->scale : LOOK_GENERAL;
        default: return LOOK_GENERAL;
        }
}

/* A short list stands in the rule itself; a longer one on a hidden sheet that is
 * written at the end.  (The library never frees its copy of such a rule's formula,
 * some twenty bytes; tests/lsan.supp knows.) */
static Status add_list(XlsxOut *o, const SheetColumn *c, lxw_col_t col, Diag *diag)
{
        size_t total = 0;
        bool plain = true;
        for (size_t i = 0; i < c->list_len; i++) {
                total += utf16_units(c->list[i]) + 1;
                plain = plain && !memchr(c->list[i].ptr, ',', c->list[i].len) &&
                        !memchr(c->list[i].ptr, '"', c->list[i].len);
        }
        lxw_data_validation rule = { .ignore_blank = LXW_VALIDATION_ON,
                                     .show_error = LXW_VALIDATION_ON,
                                     .dropdown = LXW_VALIDATION_ON,
                                     .error_type = LXW_VALIDATION_ERROR_TYPE_STOP };
        if (plain && total <= LIST_INLINE_MAX) {
                char **items = arena_array_of(o->arena, char *, c->list_len + 1);
                for (size_t i = 0; items && i < c->list_len; i++)
                        if (!(items[i] = arena_strndup(o->arena, c->list[i].ptr, c->list[i].len)))
                                return ST_NOMEM;
                if (!items)
                        return ST_NOMEM;
                rule.validate = LXW_VALIDATION_TYPE_LIST;
                rule.value_list = items;
        } else {
                if (o->list_count >= LISTS_MAX || c->list_len >= SHEET_MAX_ROW)
                        return diag_fail(diag, ST_LIMIT, POS_NONE, "下拉列表过多或过长",
                                         "too many drop-down lists, or too long");
                Str *items = arena_array_of(o->arena, Str, c->list_len);
                for (size_t i = 0; items && i < c->list_len; i++)
                        if (!(items[i] = arena_str(o->arena, c->list[i])).ptr)
                                return ST_NOMEM;
                if (!items)
                        return ST_NOMEM;
                if (!o->list_sheet) {
                        o->list_sheet = workbook_add_worksheet(o->book, "_lists");
                        if (!o->list_sheet)
                                return ST_NOMEM;
                        worksheet_hide(o->list_sheet);
                }
                char name[8];
                sheet_col_name((uint32_t)++o->list_count, name);
                o->lists[o->list_count - 1] = (List){ items, c->list_len };
                rule.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
                rule.value_formula = arena_printf(o->arena, "=_lists!$%s$1:$%s$%zu", name, name, c->list_len);
                if (!rule.value_formula)
                        return ST_NOMEM;
        }
        lxw_error e = worksheet_data_validation_range(o->sheet, 1, col, LIST_ROWS, col, &rule);
        return e == LXW_NO_ERROR ? ST_OK : ST_INTERNAL;
}

static Status write_text(XlsxOut *o, lxw_worksheet *sheet, uint32_t col, Str text, lxw_format *f, Diag *diag)
{
        const char *s;
        TRY(escaped(o, text, col, diag, &s));
        if (worksheet_write_string(sheet, o->row, (lxw_col_t)col, s, f) != LXW_NO_ERROR)
                return ST_NOMEM;
        o->cells++;
        return ST_OK;
}

static Status comment(XlsxOut *o, uint32_t col, Str text, Diag *diag)
{
        const char *s;
        if (o->marks++ >= MARKS_MAX)
                return ST_OK;
        TRY(escaped(o, text, col, diag, &s));
        worksheet_write_comment(o->sheet, o->row, (lxw_col_t)col, s);
        return ST_OK;
}

static Status write_header(XlsxOut *o, const SheetColumn *cols, size_t count, Diag *diag)
{
        o->row = 0;
        for (size_t i = 0; i < count; i++) {
                const SheetColumn *c = &cols[i];
                int look = column_look(c);
                o->cols[i] = (Column){ c->kind, c->scale };
                worksheet_set_column(o->sheet, (lxw_col_t)i, (lxw_col_t)i, width_of(c),
                                     look == LOOK_GENERAL ? NULL : format_for(o, look, false));
                if (c->title.len)
                        TRY(write_text(o, o->sheet, (uint32_t)i, c->title, header_format(o, c->required), diag));
                if (c->note.len)
                        TRY(comment(o, (uint32_t)i, c->note, diag));
                if (c->list_len)
                        TRY(add_list(o, c, (lxw_col_t)i, diag));
        }
        o->row = 1;
        return ST_OK;
}

Status xlsx_out_sheet(XlsxOut *o, Str name, const SheetColumn *cols, size_t count, Diag *diag)
{
        end_sheet(o);
        if (count > SHEET_MAX_COL)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "列数超过 16,384", "more than 16,384 columns");
        if (o->names.len == 0 && map_add(&o->names, STR("_lists"), o) != ST_OK)
                return ST_NOMEM;
        o->cols = arena_array_of(o->arena, Column, count ? count : 1);
        if (!o->cols)
                return ST_NOMEM;
        TRY(add_sheet(o, name, diag, &o->sheet));
        o->col_count = count;
        TRY(write_header(o, cols, count, diag));
        worksheet_freeze_panes(o->sheet, 1, 0);
        return ST_OK;
}

/* ---- cells ---- */

static Status write_number(XlsxOut *o, uint32_t col, const SheetOut *c, bool marked, Diag *diag)
{
        char plain[DOUBLE_TEXT_MAX];
        DoubleText d;
        double v;
        if (double_text_shortest(c->text, plain, &d) != ST_OK)
                return diag_fail(diag, ST_INVALID, POS_NONE, "不是数：%.*s", "not a number: %.*s", STR_FMT(c->text));
        if (!double_text_value(c->text, &v))
                return write_text(o, o->sheet, col, c->text, format_for(o, LOOK_TEXT, marked), diag);
        Str fraction, whole = str_cut(str_n(plain, d.len), '.', &fraction);
        (void)whole;
        int look = LOOK_GENERAL, scale = o->cols[col].kind == SHEET_COL_NUMBER ? o->cols[col].scale : -1;
        if (scale >= 0 && scale <= DECIMALS_MAX)
                look = LOOK_DECIMALS + scale;
        else if (d.int_digits > GENERAL_DIGITS)
                look = LOOK_DECIMALS + (int)fraction.len;
        if (worksheet_write_number(o->sheet, o->row, (lxw_col_t)col, v, format_for(o, look, marked)) != LXW_NO_ERROR)
                return ST_NOMEM;
        o->cells++;
        return ST_OK;
}

/* "08:15:00[.123]" to milliseconds of the day. */
static bool parse_time(Str s, int64_t *ret)
{
        int64_t h, m, sec, ms = 0;
        if (s.len < 8 || s.ptr[2] != ':' || s.ptr[5] != ':' || !str_to_i64(str_n(s.ptr, 2), &h) ||
            !str_to_i64(str_n(s.ptr + 3, 2), &m) || !str_to_i64(str_n(s.ptr + 6, 2), &sec) || h > 23 || m > 59 ||
            sec > 59 || h < 0 || m < 0 || sec < 0)
                return false;
        if (s.len > 8 && (s.len != 12 || s.ptr[8] != '.' || !str_to_i64(str_n(s.ptr + 9, 3), &ms) || ms < 0))
                return false;
        *ret = ((h * 60 + m) * 60 + sec) * 1000 + ms;
        return true;
}

/* Serial of the 1900 system; false before 1 March 1900, where it has a day too many, and after 9999. */
static bool to_serial(const SheetOut *c, double *ret)
{
        int64_t days = 0, ms = 0;
        if (c->kind != SHEET_TIME) {
                Date d;
                if (c->text.len < 10 || date_parse(str_n(c->text.ptr, 10), &d) != ST_OK || d.year > 9999)
                        return false;
                days = date_to_days(d) - date_to_days((Date){ 1899, 12, 30 });
                if (days < 61)
                        return false;
        }
        if (c->kind == SHEET_TIME && !parse_time(c->text, &ms))
                return false;
        if (c->kind == SHEET_DATETIME &&
            (c->text.len < 19 || !parse_time(str_n(c->text.ptr + 11, c->text.len - 11), &ms)))
                return false;
        if (c->kind == SHEET_DATE && c->text.len != 10)
                return false;
        *ret = (double)days + (double)ms / 86400000.0;
        return true;
}

static Status write_cell(XlsxOut *o, uint32_t col, const SheetOut *c, Diag *diag)
{
        bool marked = c->mark.len > 0;
        if (marked)
                TRY(comment(o, col, c->mark, diag));
        double serial;
        int look = c->kind == SHEET_DATE ? LOOK_DATE : c->kind == SHEET_TIME ? LOOK_TIME : LOOK_DATETIME;
        switch (c->kind) {
        case SHEET_NUMBER:
                return write_number(o, col, c, marked, diag);
        case SHEET_BOOL:
                if (worksheet_write_boolean(o->sheet, o->row, (lxw_col_t)col, str_eq(c->text, STR("true")),
                                            format_for(o, LOOK_GENERAL, marked)) != LXW_NO_ERROR)
                        return ST_NOMEM;
                o->cells++;
                return ST_OK;
        case SHEET_DATE:
        case SHEET_DATETIME:
        case SHEET_TIME:
                if (!to_serial(c, &serial))
                        break;
                if (worksheet_write_number(o->sheet, o->row, (lxw_col_t)col, serial, format_for(o, look, marked)) !=
                    LXW_NO_ERROR)
                        return ST_NOMEM;
                o->cells++;
                return ST_OK;
        default:
                break;
        }
        if (c->kind == SHEET_EMPTY || c->text.len == 0) {
                if (marked)
                        worksheet_write_blank(o->sheet, o->row, (lxw_col_t)col, format_for(o, LOOK_TEXT, true));
                return ST_OK;
        }
        return write_text(o, o->sheet, col, c->text, format_for(o, LOOK_TEXT, marked), diag);
}

Status xlsx_out_row(XlsxOut *o, const SheetOut *cells, size_t count, Diag *diag)
{
        if (!o->sheet || count > o->col_count)
                return ST_USAGE;
        if (o->row >= SHEET_MAX_ROW)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "行数超过工作表的上限 1,048,576：请导出为 CSV",
                                 "more rows than a sheet can hold (1,048,576): write a CSV");
        for (size_t i = 0; i < count; i++)
                TRY(write_cell(o, (uint32_t)i, &cells[i], diag));
        if (o->row % ROWS_BETWEEN_CHECKS == 0 && check_working_file(o->sheet) != ST_OK)
                return diag_fail(diag, ST_FULL, POS_NONE, "磁盘已满，无法写入工作文件",
                                 "no space left for the working file");
        o->row++;
        return ST_OK;
}

Status xlsx_out_notes(XlsxOut *o, Str name, const Str *lines, size_t count, Diag *diag)
{
        lxw_worksheet *sheet;
        end_sheet(o);
        TRY(add_sheet(o, name, diag, &sheet));
        worksheet_set_column(sheet, 0, 0, 100, NULL);
        for (size_t i = 0; i < count; i++) {
                o->row = (uint32_t)i;
                if (lines[i].len)
                        TRY(write_text(o, sheet, 0, lines[i], NULL, diag));
        }
        return ST_OK;
}

static Status write_lists(XlsxOut *o)
{
        size_t longest = 0;
        for (size_t k = 0; k < o->list_count; k++)
                if (o->lists[k].len > longest)
                        longest = o->lists[k].len;
        for (size_t i = 0; i < longest; i++) {
                o->row = (uint32_t)i;
                for (size_t k = 0; k < o->list_count; k++)
                        if (i < o->lists[k].len && o->lists[k].items[i].len)
                                TRY(write_text(o, o->list_sheet, (uint32_t)k, o->lists[k].items[i], NULL, NULL));
        }
        return ST_OK;
}

Status xlsx_out_close(XlsxOut *o)
{
        end_sheet(o);
        TRY(write_lists(o));
        if (o->names.len == 0)
                return ST_USAGE;
        for (size_t i = 0; i < o->sheet_count; i++)
                TRY(check_working_file(o->sheets[i]));
        lxw_workbook *book = TAKE(o->book);
        lxw_error e = workbook_close(book);
        return e == LXW_NO_ERROR ? ST_OK : e == LXW_ERROR_MEMORY_MALLOC_FAILED ? ST_NOMEM : ST_IO;
}
