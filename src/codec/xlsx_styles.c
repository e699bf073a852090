/* Number formats: the only part of styles that changes what a cell means. */
#include <stdlib.h>

#include "codec/xlsx_int.h"

enum { FORMATS_MAX = 131072, CODE_MAX = 4096 };

/* ---- what a format code shows ---- */

typedef struct Section {
        bool digits, date, time, exponent, elapsed, general, text;
} Section;

static bool is_elapsed(Str inside)
{
        if (inside.len == 0)
                return false;
        for (size_t i = 0; i < inside.len; i++) {
                char c = (char)(inside.ptr[i] | 0x20);
                if (c != (char)(inside.ptr[0] | 0x20) || (c != 'h' && c != 'm' && c != 's'))
                        return false;
        }
        return true;
}

static size_t run_length(Str s, size_t i)
{
        size_t n = 1;
        while (i + n < s.len && (s.ptr[i + n] | 0x20) == (s.ptr[i] | 0x20))
                n++;
        return n;
}

static bool starts_fold(Str s, size_t at, const char *word)
{
        size_t n = strlen(word);
        return s.len - at >= n && strncasecmp(s.ptr + at, word, n) == 0;
}

/* One section of the code, from *pos on; *pos moves behind its ';'. */
static Section read_section(Str code, size_t *pos)
{
        Section s = { 0 };
        size_t i = *pos;
        unsigned months = 0;
        bool long_month = false, after_seconds = false;
        while (i < code.len && code.ptr[i] != ';') {
                char c = code.ptr[i], low = (char)(c | 0x20);
                bool was_seconds = after_seconds;
                after_seconds = false;
                size_t n = 1;
                if (c == '"') {
                        const char *end = memchr(code.ptr + i + 1, '"', code.len - i - 1);
                        n = end ? (size_t)(end - code.ptr) - i + 1 : code.len - i;
                } else if (c == '\\' || c == '_' || c == '*') {
                        n = 2;
                } else if (c == '[') {
                        const char *end = memchr(code.ptr + i + 1, ']', code.len - i - 1);
                        n = end ? (size_t)(end - code.ptr) - i + 1 : code.len - i;
                        if (end && is_elapsed(str_n(code.ptr + i + 1, n - 2))) {
                                s.elapsed = true;
                                after_seconds = true;
                        }
                } else if (starts_fold(code, i, "general")) {
                        s.general = true;
                        n = 7;
                } else if (starts_fold(code, i, "am/pm") || starts_fold(code, i, "a/p")) {
                        s.time = true;
                        n = (code.ptr[i + 1] | 0x20) == 'm' ? 5 : 3;
                } else if (c == '0' || c == '#' || c == '?') {
                        s.digits = true;
                } else if (c == '.' && was_seconds) {
                        while (i + n < code.len && code.ptr[i + n] == '0')
                                n++;
                } else if (c == '@') {
                        s.text = true;
                } else if (low == 'e' && i + 1 < code.len && (code.ptr[i + 1] == '+' || code.ptr[i + 1] == '-')) {
                        s.exponent = true;
                        n = 2;
                } else if (low == 'y' || low == 'd' || low == 'e' || low == 'g' || low == 'b' || low == 'a') {
                        s.date = true;
                } else if (low == 'h' || low == 's') {
                        n = run_length(code, i);
                        s.time = true;
                        after_seconds = low == 's';
                } else if (low == 'm') {
                        n = run_length(code, i);
                        months++;
                        long_month |= n >= 3;
                }
                i += n;
        }
        if (long_month || (months && !s.time && !s.elapsed))
                s.date = true;
        *pos = i < code.len ? i + 1 : code.len;
        return s;
}

CellFormat xlsx_format_from_code(Str code)
{
        CellFormat f = { .code = code, .kind = FORMAT_NUMBER };
        for (size_t pos = 0; pos < code.len;) {
                Section s = read_section(code, &pos);
                f.exponent |= s.exponent;
                if (s.general || s.text) {
                        f.kind = FORMAT_GENERAL;
                        break;
                }
                if (s.digits || s.elapsed || s.exponent)
                        break;
                if (s.date || s.time) {
                        f.kind = s.date && s.time ? FORMAT_DATETIME : s.date ? FORMAT_DATE : FORMAT_TIME;
                        break;
                }
        }
        return f;
}

/* The codes a file does not write out; 27..36 and 50..58 as in Chinese versions. */
const CellFormat *xlsx_format_builtin(unsigned id)
{
        static const CellFormat builtin[] = {
                [0] = { STR("General"), FORMAT_GENERAL, false },
                [1] = { STR("0"), FORMAT_NUMBER, false },
                [2] = { STR("0.00"), FORMAT_NUMBER, false },
                [3] = { STR("#,##0"), FORMAT_NUMBER, false },
                [4] = { STR("#,##0.00"), FORMAT_NUMBER, false },
                [5] = { STR("\"¥\"#,##0;\"¥\"-#,##0"), FORMAT_NUMBER, false },
                [6] = { STR("\"¥\"#,##0;[Red]\"¥\"-#,##0"), FORMAT_NUMBER, false },
                [7] = { STR("\"¥\"#,##0.00;\"¥\"-#,##0.00"), FORMAT_NUMBER, false },
                [8] = { STR("\"¥\"#,##0.00;[Red]\"¥\"-#,##0.00"), FORMAT_NUMBER, false },
                [9] = { STR("0%"), FORMAT_NUMBER, false },
                [10] = { STR("0.00%"), FORMAT_NUMBER, false },
                [11] = { STR("0.00E+00"), FORMAT_NUMBER, true },
                [12] = { STR("# ?/?"), FORMAT_NUMBER, false },
                [13] = { STR("# ?\?/?\?"), FORMAT_NUMBER, false },
                [14] = { STR("yyyy/m/d"), FORMAT_DATE, false },
                [15] = { STR("d-mmm-yy"), FORMAT_DATE, false },
                [16] = { STR("d-mmm"), FORMAT_DATE, false },
                [17] = { STR("mmm-yy"), FORMAT_DATE, false },
                [18] = { STR("h:mm AM/PM"), FORMAT_TIME, false },
                [19] = { STR("h:mm:ss AM/PM"), FORMAT_TIME, false },
                [20] = { STR("h:mm"), FORMAT_TIME, false },
                [21] = { STR("h:mm:ss"), FORMAT_TIME, false },
                [22] = { STR("yyyy/m/d h:mm"), FORMAT_DATETIME, false },
                [27] = { STR("yyyy\"年\"m\"月\""), FORMAT_DATE, false },
                [28] = { STR("m\"月\"d\"日\""), FORMAT_DATE, false },
                [29] = { STR("m\"月\"d\"日\""), FORMAT_DATE, false },
                [30] = { STR("m-d-yy"), FORMAT_DATE, false },
                [31] = { STR("yyyy\"年\"m\"月\"d\"日\""), FORMAT_DATE, false },
                [32] = { STR("h\"时\"mm\"分\""), FORMAT_TIME, false },
                [33] = { STR("h\"时\"mm\"分\"ss\"秒\""), FORMAT_TIME, false },
                [34] = { STR("上午/下午h\"时\"mm\"分\""), FORMAT_TIME, false },
                [35] = { STR("上午/下午h\"时\"mm\"分\"ss\"秒\""), FORMAT_TIME, false },
                [36] = { STR("yyyy\"年\"m\"月\""), FORMAT_DATE, false },
                [37] = { STR("#,##0;-#,##0"), FORMAT_NUMBER, false },
                [38] = { STR("#,##0;[Red]-#,##0"), FORMAT_NUMBER, false },
                [39] = { STR("#,##0.00;-#,##0.00"), FORMAT_NUMBER, false },
                [40] = { STR("#,##0.00;[Red]-#,##0.00"), FORMAT_NUMBER, false },
                [41] = { STR("_ * #,##0_ ;_ * -#,##0_ ;_ * \"-\"_ ;_ @_ "), FORMAT_NUMBER, false },
                [42] = { STR("_ \"¥\"* #,##0_ ;_ \"¥\"* -#,##0_ ;_ \"¥\"* \"-\"_ ;_ @_ "), FORMAT_NUMBER, false },
                [43] = { STR("_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"?\?_ ;_ @_ "), FORMAT_NUMBER, false },
                [44] = { STR("_ \"¥\"* #,##0.00_ ;_ \"¥\"* -#,##0.00_ ;_ \"¥\"* \"-\"?\?_ ;_ @_ "), FORMAT_NUMBER,
                         false },
                [45] = { STR("mm:ss"), FORMAT_TIME, false },
                [46] = { STR("[h]:mm:ss"), FORMAT_NUMBER, false },
                [47] = { STR("mm:ss.0"), FORMAT_TIME, false },
                [48] = { STR("##0.0E+0"), FORMAT_NUMBER, true },
                [49] = { STR("@"), FORMAT_GENERAL, false },
                [50] = { STR("yyyy\"年\"m\"月\""), FORMAT_DATE, false },
                [51] = { STR("m\"月\"d\"日\""), FORMAT_DATE, false },
                [52] = { STR("yyyy\"年\"m\"月\""), FORMAT_DATE, false },
                [53] = { STR("m\"月\"d\"日\""), FORMAT_DATE, false },
                [54] = { STR("m\"月\"d\"日\""), FORMAT_DATE, false },
                [55] = { STR("上午/下午h\"时\"mm\"分\""), FORMAT_TIME, false },
                [56] = { STR("上午/下午h\"时\"mm\"分\"ss\"秒\""), FORMAT_TIME, false },
                [57] = { STR("yyyy\"年\"m\"月\""), FORMAT_DATE, false },
                [58] = { STR("m\"月\"d\"日\""), FORMAT_DATE, false },
        };
        return id < ARRAY_LEN(builtin) && builtin[id].code.ptr ? &builtin[id] : NULL;
}

/* ---- styles.xml ---- */

typedef struct Custom {
        unsigned id;
        CellFormat format;
} Custom;

typedef struct Styles {
        Custom *customs;
        size_t custom_count, custom_cap;
        unsigned *xfs;          /* format id of each cell style */
        size_t xf_count, xf_cap;
} Styles;

static unsigned id_of(Str s)
{
        int64_t v;
        return s.ptr && str_to_i64(s, &v) && v >= 0 && v <= INT32_MAX ? (unsigned)v : 0;
}

static Status too_many(const XlsxBook *b, Diag *diag)
{
        return diag_fail(diag, ST_LIMIT, POS_FILE(b->name), "单元格样式过多", "too many cell styles");
}

static Status add_custom(XlsxBook *b, XScan *x, Styles *s, Diag *diag)
{
        Str raw = xscan_attr(x, STR("formatCode"));
        _cleanup_buf_ Buf code = BUF_INIT(CODE_MAX * 4);
        if (s->custom_count >= FORMATS_MAX || raw.len > CODE_MAX)
                return too_many(b, diag);
        TRY(xscan_resolve(x, raw, false, diag, &code));
        Str copy = arena_str(b->arena, buf_str(&code));
        if (!copy.ptr ||
            arena_grow(b->arena, (void **)&s->customs, &s->custom_cap, s->custom_count + 1, sizeof(Custom)) < 0)
                return ST_NOMEM;
        s->customs[s->custom_count++] = (Custom){ id_of(xscan_attr(x, STR("numFmtId"))), xlsx_format_from_code(copy) };
        return ST_OK;
}

static Status read_styles(XlsxBook *b, XScan *x, Styles *s, Diag *diag)
{
        bool formats = false, cells = false;
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END_DOCUMENT)
                        return ST_OK;
                if (e != XSCAN_START)
                        continue;
                if (xscan_depth(x) == 2) {
                        formats = str_eq(x->name, STR("numFmts"));
                        cells = str_eq(x->name, STR("cellXfs"));
                } else if (xscan_depth(x) == 3 && formats && str_eq(x->name, STR("numFmt"))) {
                        TRY(add_custom(b, x, s, diag));
                } else if (xscan_depth(x) == 3 && cells && str_eq(x->name, STR("xf"))) {
                        if (s->xf_count >= FORMATS_MAX)
                                return too_many(b, diag);
                        if (arena_grow(b->arena, (void **)&s->xfs, &s->xf_cap, s->xf_count + 1, sizeof(unsigned)) < 0)
                                return ST_NOMEM;
                        s->xfs[s->xf_count++] = id_of(xscan_attr(x, STR("numFmtId")));
                }
        }
}

static int by_id(const void *a, const void *b)
{
        unsigned x = ((const Custom *)a)->id, y = ((const Custom *)b)->id;
        return x < y ? -1 : x > y;
}

Status xlsx_read_styles(XlsxBook *b, const ZipEntry *entry, Diag *diag)
{
        Styles s = { 0 };
        _cleanup_xscan_ XScan *x = NULL;
        TRY(xscan_open(b->zip, entry, diag, &x));
        TRY(read_styles(b, x, &s, diag));
        if (s.custom_count)
                qsort(s.customs, s.custom_count, sizeof(Custom), by_id);
        b->formats = arena_array_of(b->arena, CellFormat, s.xf_count ? s.xf_count : 1);
        if (!b->formats)
                return ST_NOMEM;
        b->format_count = s.xf_count;
        for (size_t i = 0; i < s.xf_count; i++) {
                Custom key = { .id = s.xfs[i] };
                const Custom *own =
                        s.custom_count ? bsearch(&key, s.customs, s.custom_count, sizeof(Custom), by_id) : NULL;
                const CellFormat *builtin = xlsx_format_builtin(s.xfs[i]);
                b->formats[i] = own ? own->format : builtin ? *builtin : *xlsx_format_builtin(0);
        }
        return ST_OK;
}
