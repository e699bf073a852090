/* What is written is read back; the quick reading of cells and the general one say
 * the same; no allocation, no cut and no full disk leaves anything behind. */
#include "tests/test.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "codec/sheet_writer.h"

static char folder[] = "/tmp/kechuang-sheet-XXXXXX";

static int make_folder(void **state)
{
        (void)state;
        return mkdtemp(folder) ? 0 : -1;
}

static size_t files_in_folder(void)
{
        size_t n = 0;
        DIR *d = opendir(folder);
        assert_non_null(d);
        for (struct dirent *e; (e = readdir(d));)
                n += e->d_name[0] != '.';
        closedir(d);
        return n;
}

static int drop_folder(void **state)
{
        (void)state;
        return rmdir(folder);
}

static const char *in_folder(const char *name)
{
        static char path[256];
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        return path;
}

static uint64_t seed = 20230630;
static uint32_t rnd(uint32_t below)
{
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        return (uint32_t)(seed >> 20) % below;
}

/* ---- a workbook in memory from its parts ---- */

#define NS "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PKG "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

static Status book_from(Str sheet, Str strings, Buf *out)
{
        const struct { const char *name; Str text; } parts[] = {
                { "[Content_Types].xml", STR("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>") },
                { "_rels/.rels", STR(PKG "<Relationship Id=\"a\" Type=\"" REL "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>") },
                { "xl/workbook.xml", STR("<workbook " NS " xmlns:r=\"" REL "\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>") },
                { "xl/_rels/workbook.xml.rels", STR(PKG "<Relationship Id=\"a\" Type=\"" REL "/worksheet\" Target=\"s.xml\"/>"
                        "<Relationship Id=\"b\" Type=\"" REL "/sharedStrings\" Target=\"t.xml\"/>"
                        "<Relationship Id=\"c\" Type=\"" REL "/styles\" Target=\"y.xml\"/></Relationships>") },
                { "xl/y.xml", STR("<styleSheet " NS "><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy-mm-dd\"/></numFmts>"
                        "<cellXfs><xf/><xf numFmtId=\"164\"/></cellXfs></styleSheet>") },
                { "xl/t.xml", strings },
                { "xl/s.xml", sheet },
        };
        _cleanup_(zip_writer_freep) ZipWriter *w = NULL;
        TRY(zip_writer_new(out, &w));
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                TRY(zip_writer_add(w, str_c(parts[i].name), parts[i].text, i % 2 ? ZIP_DEFLATE : ZIP_STORE));
        return zip_writer_finish(w);
}

/* Everything in it as text: a line a cell. */
static Status dump(Str bytes, const SheetLimits *limits, Diag *diag, Buf *out)
{
        _cleanup_(sheet_book_freep) SheetBook *b = NULL;
        TRY(sheet_book_open_bytes(bytes, "b.xlsx", limits, diag, &b));
        for (size_t i = 0; i < sheet_book_count(b); i++) {
                _cleanup_(sheet_freep) SheetReader *r = NULL;
                TRY(sheet_open(b, i, diag, &r));
                uint32_t last = 0;
                for (const SheetRow *row;;) {
                        TRY(sheet_next(r, diag, &row));
                        if (!row)
                                break;
                        assert_true(row->number > last && row->count > 0);
                        last = row->number;
                        for (size_t k = 0; k < row->count; k++) {
                                const SheetCell *c = &row->cells[k];
                                assert_true(k == 0 || c->col > row->cells[k - 1].col);
                                assert_true(utf8_valid(c->text) && utf8_valid(c->raw));
                                buf_printf(out, "%u %u %d %d %u [%.*s] [%.*s] [%.*s]%s\n", row->number, c->col, (int)c->kind, (int)c->problem,
                                           c->flags, STR_FMT(c->text), STR_FMT(c->raw), STR_FMT(c->format), row->hidden ? " hidden" : "");
                        }
                }
        }
        return buf_status(out);
}

static Status dump_sheet(Str sheet, Buf *out)
{
        _cleanup_buf_ Buf b = BUF_INIT(16 << 20);
        assert_ok(book_from(sheet, STR("<sst " NS "><si><t>甲</t></si><si><t></t></si><si><r><t>乙</t></r><r><t>丙</t></r></si></sst>"), &b));
        return dump(buf_str(&b), &SHEET_LIMITS_DEFAULT, NULL, out);
}

/* ---- the quick reading of cells beside the general one ---- */

static void random_value(Buf *b)
{
        static const char *const values[] = {
                "0", "1", "-1", "12.5", "0.1", "00", "1e5", "0.30000000000000004", "123456789012345678", "", " 7", "+3", "1.50", "abc", "-0",
                "a&lt;b", "x\r\ny", "中文", "3.", ".5", "-", "1.2.3", "999999999999999", "1234567890123456", "0.000001", "45107", "60", "1", "2",
                "_x0041_", "true", "#REF!", "-0.5", "12 ", "45107.25",
        };
        buf_puts(b, values[rnd(ARRAY_LEN(values))]);
}

static void random_sheet(Buf *b)
{
        static const char *const types[] = { "", "", "", " t=\"s\"", " t=\"n\"", " t=\"b\"", " t=\"e\"", " t=\"str\"", " t=\"d\"", " t=\"inlineStr\"", " t=\"q\"" };
        static const char *const styles[] = { "", "", " s=\"1\"", " s=\"0\"", " s=\"7\"", " s=\"x\"", " cm=\"1\"" };
        buf_puts(b, "<worksheet " NS "><sheetData>");
        uint32_t row = 1;
        for (uint32_t n = rnd(6); n; n--, row += 1 + rnd(3)) {
                buf_printf(b, "<row r=\"%u\"%s>", row, rnd(9) ? "" : " hidden=\"1\"");
                uint32_t col = 1;
                for (uint32_t k = rnd(6); k; k--, col += 1 + rnd(rnd(9) ? 2 : 800)) {
                        char name[8];
                        sheet_col_name(col, name);
                        bool first = rnd(2);
                        const char *type = types[rnd(rnd(20) ? 9 : ARRAY_LEN(types))], *style = styles[rnd(rnd(20) ? 4 : ARRAY_LEN(styles))];
                        buf_printf(b, "<c%s r=\"%s%u\"%s%s", first ? type : "", name, rnd(200) ? row : row + 1, style, first ? "" : type);
                        uint32_t form = rnd(12);
                        if (form == 0) {
                                buf_puts(b, "/>");
                                continue;
                        }
                        buf_puts(b, ">");
                        if (form == 1)
                                buf_puts(b, "<f>A1</f>");
                        if (form == 2)
                                buf_puts(b, "<is><t>中</t></is>");
                        if (form > 2)
                                buf_puts(b, "<v>");
                        if (form > 2)
                                random_value(b);
                        if (form > 2)
                                buf_puts(b, rnd(100) ? "</v>" : "</v><v>2</v>");
                        buf_puts(b, "</c>");
                }
                buf_puts(b, "</row>");
        }
        buf_puts(b, "</sheetData></worksheet>");
}

/* With two blanks after <c no cell takes the quick way. */
static void slow_copy(Str s, Buf *out)
{
        for (size_t i = 0; i < s.len; i++) {
                buf_putc(out, s.ptr[i]);
                if (i + 2 < s.len && memcmp(s.ptr + i, "<c ", 3) == 0) {
                        buf_puts(out, "c  ");
                        i += 2;
                }
        }
}

static void test_quick_and_general(void **state)
{
        (void)state;
        size_t read = 0;
        int rounds = getenv("KECHUANG_TEST_QUICK") ? 500 : 2000;
        for (int i = 0; i < rounds; i++) {
                _cleanup_buf_ Buf quick = BUF_INIT(1 << 20), slow = BUF_INIT(1 << 20), a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
                random_sheet(&quick);
                slow_copy(buf_str(&quick), &slow);
                Status one = dump_sheet(buf_str(&quick), &a), two = dump_sheet(buf_str(&slow), &b);
                assert_int_equal(one, two);
                if (one == ST_OK)
                        assert_string_equal(buf_cstr(&a), buf_cstr(&b));
                read += one == ST_OK && a.len;
        }
        assert_true(read > (size_t)rounds / 4);
}

/* ---- writing and reading back ---- */

static void random_text(Buf *b, bool plain)
{
        static const char *const pieces[] = {
                "研发", "=1+1", "'", "\t", "\n", "\r", " ", "_x0041_", "_x005F_", "𠀀", "<&>\"", "]]>", "０１", "\xef\xbb\xbf", "001", ",", ";", "@", "-",
                "a", "中", "＝", "+", "\x01", "\x7f", "\xef\xbf\xbe",
        };
        enum { NO_CSV = 3 };    /* the last ones cannot stand in a CSV */
        for (uint32_t n = rnd(6); n; n--)
                buf_puts(b, pieces[rnd(ARRAY_LEN(pieces) - (plain ? NO_CSV : 0))]);
}

static void random_decimal(Buf *b)
{
        uint32_t whole = rnd(18), fraction = rnd(4) ? rnd(6) : rnd(18);
        bool zero = whole == 0;
        if (rnd(2) && (whole || fraction))
                buf_putc(b, '-');
        size_t start = b->len;
        for (uint32_t i = 0; i < whole; i++)
                buf_putc(b, (char)('0' + (i == 0 ? 1 + rnd(9) : rnd(10))));
        if (zero)
                buf_putc(b, '0');
        if (fraction) {
                buf_putc(b, '.');
                for (uint32_t i = 0; i + 1 < fraction; i++)
                        buf_putc(b, (char)('0' + rnd(10)));
                buf_putc(b, (char)('1' + rnd(9)));
        } else if (zero && start) {
                buf_clear(b);
                buf_puts(b, "0");
        }
}

enum { COLS = 5, ROWS = 200 };

typedef struct Table {
        Arena *arena;
        SheetOut cells[ROWS][COLS];
} Table;

static void fill(Table *t, bool plain)
{
        for (size_t r = 0; r < ROWS; r++) {
                for (size_t c = 0; c < COLS; c++) {
                        _cleanup_buf_ Buf b = BUF_INIT(4096);
                        SheetOut *out = &t->cells[r][c];
                        switch (rnd(8)) {
                        case 0: *out = (SheetOut){ .kind = SHEET_EMPTY }; continue;
                        case 1: case 2: out->kind = SHEET_NUMBER; random_decimal(&b); break;
                        case 3: out->kind = SHEET_BOOL; buf_puts(&b, rnd(2) ? "true" : "false"); break;
                        case 4: out->kind = SHEET_DATE; buf_printf(&b, "%04u-%02u-%02u", 1900 + rnd(200), 1 + rnd(12), 1 + rnd(28)); break;
                        case 5: out->kind = SHEET_DATETIME;
                                buf_printf(&b, "%04u-%02u-%02uT%02u:%02u:%02u%s", 1901 + rnd(200), 1 + rnd(12), 1 + rnd(28), rnd(24), rnd(60), rnd(60), rnd(3) ? "" : ".123");
                                break;
                        default: out->kind = SHEET_TEXT; random_text(&b, plain); break;
                        }
                        out->text = arena_str(t->arena, buf_str(&b));
                        if (rnd(20) == 0)
                                out->mark = STR("这里不对：\r\n_x0041_");
                }
        }
}

static const Str few[] = { STR("甲"), STR("乙") };
static const Str many[] = { STR("甲,一"), STR("乙"), STR("丙") };

static const SheetColumn columns[COLS] = {
        { .title = STR("代码"), .kind = SHEET_COL_TEXT, .required = true, .note = STR("18 位") },
        { .title = STR("收入\n（元）"), .kind = SHEET_COL_NUMBER, .scale = 2 },
        { .title = STR("日期"), .kind = SHEET_COL_DATE },
        { .title = STR("类别"), .kind = SHEET_COL_TEXT, .list = few, .list_len = 2 },
        { .title = STR("="), .kind = SHEET_COL_NUMBER, .scale = -1, .list = many, .list_len = 3 },
};

static Status write_table(const Table *t, SheetFormat format, const char *path, Diag *diag)
{
        static const Str lines[] = { STR("说明"), STR(""), STR("=按列填写") };
        _cleanup_(sheet_writer_freep) SheetWriter *w = NULL;
        TRY(sheet_writer_new(path, format, diag, &w));
        TRY(sheet_writer_sheet(w, STR("企业/表: [2023]"), columns, COLS, diag));
        for (size_t r = 0; r < ROWS; r++)
                TRY(sheet_writer_row(w, t->cells[r], COLS, diag));
        TRY(sheet_writer_notes(w, STR("说明"), lines, ARRAY_LEN(lines), diag));
        return sheet_writer_finish(w, diag);
}

/* A date before March 1900, and a number that no double holds, come back as text. */
static bool same_kind(SheetKind got, const SheetOut *want)
{
        if (got == want->kind)
                return true;
        bool old = (want->kind == SHEET_DATE || want->kind == SHEET_DATETIME) && str_cmp(want->text, STR("1900-03")) < 0;
        size_t digits = 0;
        for (size_t i = 0; i < want->text.len; i++)
                digits += want->text.ptr[i] >= '0' && want->text.ptr[i] <= '9' && (digits || want->text.ptr[i] != '0');
        return got == SHEET_TEXT && (old || (want->kind == SHEET_NUMBER && digits > 15));
}

static void compare(const Table *t, const char *path, SheetFormat format)
{
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        _cleanup_(sheet_book_freep) SheetBook *b = NULL;
        _cleanup_(sheet_freep) SheetReader *r = NULL;
        Status st = sheet_book_open(path, &SHEET_LIMITS_DEFAULT, &diag, &b);
        if (st != ST_OK)
                fail_msg("%s: %s", status_name(st), diag.count ? diag.msgs[0].text : "");
        assert_int_equal(sheet_book_format(b), format);
        assert_int_equal(sheet_book_count(b), format == SHEET_XLSX ? 3 : 1);
        assert_ok(sheet_open(b, 0, &diag, &r));
        const SheetRow *row;
        assert_ok(sheet_next(r, &diag, &row));
        for (size_t c = 0; c < COLS; c++)
                assert_true(str_eq(row->cells[c].text, columns[c].title));
        for (size_t n = 0; n < ROWS; n++) {
                size_t k = 0;
                bool any = false;
                for (size_t c = 0; c < COLS; c++)
                        any |= t->cells[n][c].text.len > 0;
                if (!any)
                        continue;
                assert_ok(sheet_next(r, &diag, &row));
                assert_non_null(row);
                assert_int_equal(row->number, n + 2);
                for (size_t c = 0; c < COLS; c++) {
                        const SheetOut *want = &t->cells[n][c];
                        if (want->text.len == 0)
                                continue;
                        assert_true(k < row->count && row->cells[k].col == c + 1);
                        const SheetCell *got = &row->cells[k++];
                        if (!str_eq(got->text, want->text))
                                fail_msg("row %zu column %zu: %.*s, not %.*s", n + 2, c + 1, STR_FMT(got->text), STR_FMT(want->text));
                        if (format == SHEET_XLSX)
                                assert_true(same_kind(got->kind, want));
                }
                assert_int_equal(k, row->count);
        }
        assert_ok(sheet_next(r, &diag, &row));
        assert_null(row);
        if (format == SHEET_XLSX) {
                size_t index;
                assert_ok(sheet_book_find(b, STR("企业_表_ _2023_"), &diag, &index));
                assert_int_equal(index, 0);
                assert_int_equal(sheet_book_find(b, STR("x"), &diag, &index), ST_NOT_FOUND);
        }
}

static void test_round_trip(void **state)
{
        (void)state;
        int rounds = getenv("KECHUANG_TEST_QUICK") ? 5 : 30;
        for (int i = 0; i < rounds; i++) {
                _cleanup_arena_ Arena *a = arena_new(16 << 20);
                assert_non_null(a);
                Table *t = arena_new_of(a, Table);
                assert_non_null(t);
                t->arena = a;
                fill(t, i % 2);
                _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
                const SheetFormat formats[] = { SHEET_XLSX, SHEET_CSV, SHEET_TSV };
                const char *const names[] = { "t.xlsx", "t.csv", "t.tsv" };
                for (size_t f = 0; f < (i % 2 ? ARRAY_LEN(formats) : 1); f++) {
                        const char *path = in_folder(names[f]);
                        assert_int_equal(sheet_format_of_name(path), formats[f]);
                        Status st = write_table(t, formats[f], path, &diag);
                        if (st != ST_OK)
                                fail_msg("%s", diag.count ? diag.msgs[0].text : status_name(st));
                        compare(t, path, formats[f]);
                        assert_int_equal(files_in_folder(), 1);
                        unlink(path);
                }
        }
}

static void read_whole(const char *path, Buf *out)
{
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        char part[4096];
        for (size_t n; (n = fread(part, 1, sizeof(part), f)) > 0;)
                buf_put(out, part, n);
        fclose(f);
        assert_ok(buf_status(out));
}

static Table *sample(Arena *a)
{
        Table *t = arena_new_of(a, Table);
        assert_non_null(t);
        t->arena = a;
        fill(t, true);
        return t;
}

static void test_same_bytes(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        _cleanup_buf_ Buf one = BUF_INIT(16 << 20), two = BUF_INIT(16 << 20);
        Table *t = sample(a);
        assert_ok(write_table(t, SHEET_XLSX, in_folder("a.xlsx"), NULL));
        read_whole(in_folder("a.xlsx"), &one);
        sleep(2);       /* the resolution of times in archives */
        assert_ok(write_table(t, SHEET_XLSX, in_folder("a.xlsx"), NULL));
        read_whole(in_folder("a.xlsx"), &two);
        assert_true(str_eq(buf_str(&one), buf_str(&two)));
        unlink(in_folder("a.xlsx"));
}

static void test_refused_writes(void **state)
{
        (void)state;
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        SheetWriter *w = NULL;
        assert_int_equal(sheet_writer_new("/tmp/none/none/x.xlsx", SHEET_XLSX, &diag, &w), ST_NOT_FOUND);
        char *huge = malloc(40000);
        memset(huge, 'x', 40000);
        SheetOut cells[2] = { { .kind = SHEET_TEXT, .text = str_n(huge, 40000) }, { .kind = SHEET_TEXT, .text = STR("x") } };
        assert_ok(sheet_writer_new(in_folder("x.xlsx"), SHEET_XLSX, &diag, &w));
        assert_int_equal(sheet_writer_row(w, cells, 1, &diag), ST_USAGE);
        sheet_writer_free(w);
        assert_ok(sheet_writer_new(in_folder("x.xlsx"), SHEET_XLSX, &diag, &w));
        assert_ok(sheet_writer_sheet(w, STR("a"), columns, 1, &diag));
        assert_int_equal(sheet_writer_row(w, cells, 2, &diag), ST_USAGE);
        sheet_writer_free(w);
        assert_ok(sheet_writer_new(in_folder("x.xlsx"), SHEET_XLSX, &diag, &w));
        assert_ok(sheet_writer_sheet(w, STR("a"), columns, 1, &diag));
        assert_ok(sheet_writer_sheet(w, STR("A"), columns, 1, &diag));
        assert_int_equal(sheet_writer_row(w, cells, 1, &diag), ST_LIMIT);
        assert_int_equal(sheet_writer_finish(w, &diag), ST_LIMIT);
        sheet_writer_free(w);
        cells[0].text = STR("a\0b");
        assert_ok(sheet_writer_new(in_folder("x.xlsx"), SHEET_XLSX, &diag, &w));
        assert_ok(sheet_writer_sheet(w, STR(""), columns, 1, &diag));
        assert_int_equal(sheet_writer_row(w, cells, 1, &diag), ST_INVALID);
        sheet_writer_free(w);
        assert_ok(sheet_writer_new(in_folder("x.csv"), SHEET_CSV, &diag, &w));
        assert_ok(sheet_writer_sheet(w, STR("a"), columns, 1, &diag));
        assert_int_equal(sheet_writer_sheet(w, STR("b"), columns, 1, &diag), ST_UNSUPPORTED);
        sheet_writer_free(w);
        cells[0].text = STR("a\x01");
        assert_ok(sheet_writer_new(in_folder("x.csv"), SHEET_CSV, &diag, &w));
        assert_ok(sheet_writer_sheet(w, STR("a"), columns, 1, &diag));
        assert_int_equal(sheet_writer_row(w, cells, 1, &diag), ST_INVALID);
        sheet_writer_free(w);
        assert_int_equal(files_in_folder(), 0);
        free(huge);
}

/* A limit on file sizes stands for a full disk: no file, no working file, whatever was there stays. */
static void test_full_disk(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        Table *t = sample(a);
        struct rlimit before;
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        signal(SIGXFSZ, SIG_IGN);
        const SheetFormat formats[] = { SHEET_XLSX, SHEET_CSV };
        const char *const names[] = { "old.xlsx", "old.csv" };
        int saved = dup(STDERR_FILENO);
        assert_non_null(freopen("/dev/null", "w", stderr));     /* libxlsxwriter says so too */
        for (size_t f = 0; f < 2; f++) {
                FILE *old = fopen(in_folder(names[f]), "w");
                assert_non_null(old);
                fputs("old", old);
                fclose(old);
                for (rlim_t limit = 0; limit < 24000; limit = limit ? limit * 2 : 256) {
                        struct rlimit small = { limit, before.rlim_max };
                        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
                        Status st = write_table(t, formats[f], in_folder(names[f]), NULL);
                        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
                        if (st == ST_OK)
                                break;
                        if (st != ST_FULL)
                                fail_msg("limit %lu: %s", (unsigned long)limit, status_name(st));
                        assert_int_equal(files_in_folder(), 1);
                        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
                        read_whole(in_folder(names[f]), &b);
                        assert_string_equal(buf_cstr(&b), "old");
                }
                unlink(in_folder(names[f]));
        }
        dup2(saved, STDERR_FILENO);
        close(saved);
}

/* ---- sweeps ---- */

static void sample_sheet(Buf *b)
{
        buf_puts(b, "<worksheet " NS "><cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData>"
                    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\"><v>0.30000000000000004</v></c></row>"
                    "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>45107</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>a&amp;b</t></is></c><c r=\"C2\"><f>1</f></c></row>"
                    "<row r=\"9\"><c r=\"C9\" t=\"s\"><v>2</v></c></row></sheetData>"
                    "<mergeCells><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"B2:B9\"/></mergeCells></worksheet>");
}

static void test_allocations(void **state)
{
        (void)state;
        _cleanup_buf_ Buf sheet = BUF_INIT(1 << 16), bytes = BUF_INIT(1 << 20), expect = BUF_INIT(1 << 16);
        sample_sheet(&sheet);
        assert_ok(book_from(buf_str(&sheet), STR("<sst " NS "><si><t>甲</t></si><si/><si><t>丙</t></si></sst>"), &bytes));
        assert_ok(dump(buf_str(&bytes), &SHEET_LIMITS_DEFAULT, NULL, &expect));
        int64_t live = mem_live_blocks();
        for (int persistent = 0; persistent < 2; persistent++) {
                uint64_t n = 1;
                for (; n < 2000; n++) {
                        Buf out = BUF_INIT(1 << 16);
                        mem_test_fail_at(n, persistent);
                        Status st = dump(buf_str(&bytes), &SHEET_LIMITS_DEFAULT, NULL, &out);
                        mem_test_fail_at(0, 0);
                        if (st == ST_OK)
                                assert_string_equal(buf_cstr(&out), buf_cstr(&expect));
                        else
                                assert_int_equal(st, ST_NOMEM);
                        buf_release(&out);
                        assert_int_equal(mem_live_blocks(), live);
                        if (st == ST_OK)
                                break;
                }
                assert_true(n > 30 && n < 2000);
        }
}

static void test_allocations_of_writer(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        Table *t = sample(a);
        int64_t live = mem_live_blocks();
        const SheetFormat formats[] = { SHEET_XLSX, SHEET_CSV };
        for (size_t f = 0; f < 2; f++) {
                uint64_t n = 1;
                for (; n < 3000; n += 1 + n / 20) {
                        mem_test_fail_at(n, 1);
                        Status st = write_table(t, formats[f], in_folder("w"), NULL);
                        mem_test_fail_at(0, 0);
                        assert_int_equal(mem_live_blocks(), live);
                        if (st == ST_OK)
                                break;
                        assert_int_equal(st, ST_NOMEM);
                        assert_int_equal(files_in_folder(), 0);
                }
                assert_true(n > 4 && n < 3000);
                unlink(in_folder("w"));
        }
}

/* A part that ends anywhere is refused, also when the archive around it is whole. */
static void test_cut_parts(void **state)
{
        (void)state;
        _cleanup_buf_ Buf sheet = BUF_INIT(1 << 16);
        sample_sheet(&sheet);
        for (size_t n = 0; n < sheet.len; n++) {
                _cleanup_buf_ Buf out = BUF_INIT(1 << 16);
                assert_int_equal(dump_sheet(str_n(sheet.ptr, n), &out), ST_INVALID);
        }
        _cleanup_buf_ Buf out = BUF_INIT(1 << 16);
        assert_ok(dump_sheet(buf_str(&sheet), &out));
        assert_true(str_has(buf_str(&out), STR("9 2 1 0 2 [a&b]")));
}

static void test_small_limits(void **state)
{
        (void)state;
        _cleanup_buf_ Buf sheet = BUF_INIT(1 << 16), bytes = BUF_INIT(1 << 20);
        sample_sheet(&sheet);
        assert_ok(book_from(buf_str(&sheet), STR("<sst " NS "><si><t>甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲甲</t></si></sst>"), &bytes));
        const struct { size_t offset, size; uint64_t value; } limits[] = {
                { offsetof(SheetLimits, max_file_bytes), 8, 100 }, { offsetof(SheetLimits, max_sheets), 4, 0 },
                { offsetof(SheetLimits, max_cell_bytes), 4, 3 }, { offsetof(SheetLimits, max_string_bytes), 8, 20 },
                { offsetof(SheetLimits, max_row_bytes), 8, 4 }, { offsetof(SheetLimits, max_merges), 4, 1 },
                { offsetof(SheetLimits, max_merge_fill), 8, 0 }, { offsetof(SheetLimits, zip.max_entries), 4, 3 },
                { offsetof(SheetLimits, zip.max_entry_bytes), 8, 100 }, { offsetof(SheetLimits, zip.max_total_bytes), 8, 100 },
        };
        for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
                _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
                _cleanup_buf_ Buf out = BUF_INIT(1 << 16);
                SheetLimits l = SHEET_LIMITS_DEFAULT;
                memcpy((char *)&l + limits[i].offset, &limits[i].value, limits[i].size);
                assert_int_equal(dump(buf_str(&bytes), &l, &diag, &out), ST_LIMIT);
                assert_true(diag.errors > 0);
        }
}

static void test_references(void **state)
{
        (void)state;
        const struct { uint32_t row, col; const char *ref; } good[] = { { 1, 1, "A1" }, { 12, 2, "B12" }, { 1, 26, "Z1" }, { 1, 27, "AA1" }, { 3, 702, "ZZ3" }, { 3, 703, "AAA3" }, { 1048576, 16384, "XFD1048576" } };
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                char out[16];
                uint32_t row, col;
                assert_int_equal(sheet_ref(good[i].row, good[i].col, out), strlen(good[i].ref));
                assert_string_equal(out, good[i].ref);
                assert_true(sheet_ref_parse(str_c(good[i].ref), &row, &col) && row == good[i].row && col == good[i].col);
        }
        const char *bad[] = { "", "A", "1", "A0", "A01", "XFE1", "A1048577", "AAAA1", "A1:B1", "$A$1", "A-1", "A1 ", "@1", "[1" };
        uint32_t row, col;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_false(sheet_ref_parse(str_c(bad[i]), &row, &col));
        assert_true(sheet_ref_parse(STR("b12"), &row, &col) && row == 12 && col == 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_references),
                cmocka_unit_test(test_quick_and_general),
                cmocka_unit_test(test_round_trip),
                cmocka_unit_test(test_same_bytes),
                cmocka_unit_test(test_refused_writes),
                cmocka_unit_test(test_full_disk),
                cmocka_unit_test(test_allocations),
                cmocka_unit_test(test_allocations_of_writer),
                cmocka_unit_test(test_cut_parts),
                cmocka_unit_test(test_small_limits),
        };
        return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
