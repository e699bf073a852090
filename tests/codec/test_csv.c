#include "tests/codec/text_test.h"

#include "codec/csv.h"

/* Rows as text: cells between bars, quoted ones marked by ", rows by /. */
static Status rows_of(ByteSource source, const CsvOptions *options, Diag *d, Buf *out, char *ret_separator)
{
        _cleanup_csv_reader_ CsvReader *r = NULL;
        TRY(csv_reader_new(source, "in.csv", options, &r));
        for (;;) {
                CsvRow row;
                TRY(csv_next(r, d, &row));
                if (!row.cells)
                        break;
                if (row.blank)
                        buf_puts(out, "(blank)");
                for (size_t i = 0; i < row.count; i++)
                        buf_printf(out, "%s%s%.*s", i ? "|" : "", row.quoted[i] ? "\"" : "", STR_FMT(row.cells[i]));
                buf_printf(out, "/%lld ", (long long)row.line);
        }
        if (ret_separator)
                *ret_separator = csv_separator(r);
        return buf_status(out);
}

static void good_tables(void **state)
{
        (void)state;
        static const char *const cases[][2] = {
                { "", "" },
                { "a", "a/1 " },
                { "a\n", "a/1 " },
                { "a,b\r\n1,2\r\n", "a|b/1 1|2/2 " },
                { "a,b\r1,2\r", "a|b/1 1|2/2 " },
                { "a,b\n1,2", "a|b/1 1|2/2 " },
                { "a,b\n,\n1,", "a|b/1 |/2 1|/3 " },
                { "\xEF\xBB\xBF企业,收入\n甲,1\n", "企业|收入/1 甲|1/2 " },
                { "a,b\n\n1,2\n\n", "a|b/1 (blank)/2 1|2/3 (blank)/4 " },
                { "\"a\",\"b,c\"\n\"d\"\"e\",\"\"\n", "\"a|\"b,c/1 \"d\"e|\"/2 " },
                { "a,\"x\ny\",b\nc,d,e\n", "a|\"x\ny|b/1 c|d|e/3 " },
                { "a,\"x\r\ny\r\rz\"\r\nc,d\r\n", "a|\"x\r\ny\r\rz/1 c|d/5 " },
                { "\"\"\"\"\n", "\"\"/1 " },
                { "\"\"\n", "\"/1 " },
                { "a\"b,c\"\n", "a\"b|c\"/1 " },
                { "a, \"b\"\n", "a| \"b\"/1 " },
                { "a;b\n1,5;2,5\n3,0;4,1\n", "a|b/1 1,5|2,5/2 3,0|4,1/3 " },
                { "a\tb, c\n1\t2, 3\n", "a|b, c/1 1|2, 3/2 " },
                { "sep=;\na,b;c\n", "a,b|c/2 " },
                { "sep=|\r\na|b\r\n", "a|b/2 " },
                { "\"两型\"产业\t1\n\"x\"\t2\nx\t\"y\n", "\"两型\"产业|1/1 \"x|2/2 x|\"y/3 " },
                { "a\t\"b\"\"c\nd\"\te\n", "a|\"b\"c\nd|e/1 " },
                { "only\none\ncolumn\n", "only/1 one/2 column/3 " },
                { "title of the table\na,b,c\n1,2,3\n", "title of the table/1 a|b|c/2 1|2|3/3 " },
                { "a,b\n1\n1,2,3\n", "a|b/1 1/2 1|2|3/3 " },
                { "\"a;b\";\"c\"\n\"1,2\";3\n", "\"a;b|\"c/1 \"1,2|3/2 " },
                { "\"'=1+1\",'x,\"'x\",\"'-1\",\"''=2\",'=3\n", "\"=1+1|'x|\"'x|\"'-1|\"'=2|'=3/1 " },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                for (size_t step = 1; step <= 100; step += 33) {
                        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                        DripSource drip = { str_c(cases[i][0]), step };
                        if (rows_of(drip_source(&drip), NULL, &d, &out, NULL) != ST_OK ||
                            strcmp(buf_cstr(&out), cases[i][1]) != 0) {
                                print_error("%s: got %s want %s %s\n", cases[i][0], buf_cstr(&out), cases[i][1],
                                            d.count ? d.msgs[0].text : "");
                                mismatches++;
                        }
                }
        }
        no_mismatches();
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        MemSource m = { STR("\"'=1\",\"''=2\"\n") };
        assert_ok(rows_of(mem_source(&m), &(CsvOptions){ .keep_guards = true }, NULL, &out, NULL));
        assert_string_equal(buf_cstr(&out), "\"'=1|\"''=2/1 ");
        char separator;
        m = (MemSource){ STR("a;b,c\n") };
        assert_ok(rows_of(mem_source(&m), &(CsvOptions){ .separator = '\t' }, NULL, &out, &separator));
        assert_int_equal(separator, '\t');
}

static void bad_tables(void **state)
{
        (void)state;
        static const struct {
                Str text;
                int line, col;
                const char *words;
        } cases[] = {
                { STR("a,b\n1,\"2\n3,4\n"), 2, 3, "never closed" },
                { STR("a,b\n1,\""), 2, 3, "never closed" },
                { STR("a,b\n1,\"2\"x\n"), 2, 6, "text after a closing quote" },
                { STR("企业,\"名称\" ,x\n"), 1, 8, "text after a closing quote" },
                { STR("a,b\n1,\"x\ny\"z\n"), 3, 3, "text after a closing quote" },
                { STR("a,b\n1,\0" "2\n"), 2, 3, "NUL" },
                { STR("a,b\n1,\"x\0\"\n"), 2, 5, "NUL" },
                { STR("a\0"), 1, 2, "NUL" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                for (size_t step = 1; step <= 100; step += 99) {
                        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                        DripSource drip = { cases[i].text, step };
                        assert_int_equal(rows_of(drip_source(&drip), NULL, &d, &out, NULL), ST_INVALID);
                        expect_message(&d, cases[i].line, cases[i].col, cases[i].words, cases[i].text.ptr);
                        assert_string_equal(d.msgs[0].pos.file, "in.csv");
                        MemSource m = { cases[i].text };
                        assert_int_equal(rows_of(mem_source(&m), NULL, NULL, &out, NULL), ST_INVALID);
                }
        }
        no_mismatches();
        MemSource m = { STR("a\"b") };
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        assert_int_equal(rows_of(mem_source(&m), &(CsvOptions){ .separator = '"' }, NULL, &out, NULL), ST_USAGE);
}

static void limits_hold(void **state)
{
        (void)state;
        CsvOptions o = { .separator = ',', .max_field = 10, .max_row = 30, .max_cells = 5 };
        static const struct {
                const char *text;
                Status st;
        } cases[] = {
                { "0123456789,1\n", ST_OK },
                { "01234567890,1\n", ST_LIMIT },
                { "\"0123456789\",1\n", ST_OK },
                { "\"01234567890\",1\n", ST_LIMIT },
                { "1,2,3,4,5\n", ST_OK },
                { "1,2,3,4,5,6\n", ST_LIMIT },
                { "123456789,123456789,12345678\n", ST_OK },
                { "123456789,123456789,123456789,123456789\n", ST_LIMIT },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                MemSource m = { str_c(cases[i].text) };
                if (rows_of(mem_source(&m), &o, NULL, &out, NULL) != cases[i].st)
                        fail_msg("%s", cases[i].text);
        }
        /* an open quote before 100 MB: stopped at the row's limit */
        _cleanup_buf_ Buf b = BUF_INIT(128 << 20), out = BUF_INIT(1 << 20);
        buf_puts(&b, "a,b\n1,\"");
        char *p = buf_reserve(&b, 100 << 20);
        memset(p, 'x', 100 << 20);
        b.len += 100 << 20;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        DripSource drip = { buf_str(&b), 1 << 20 };
        uint64_t start = cpu_ns();
        assert_int_equal(rows_of(drip_source(&drip), NULL, &d, &out, NULL), ST_LIMIT);
        assert_true(cpu_ns() - start < 3000000000);
        expect_message(&d, 2, 1, "a quote that is not closed", "open quote");
        assert_true(drip.left.len > 80 << 20);
        no_mismatches();
}

/* Rows of all kinds over many windows, against what made them. */
static void long_tables(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        enum { ROWS = 60000 };
        for (int i = 0; i < ROWS; i++) {
                buf_printf(&b, "%d,企业%d,", i, i);
                for (int k = 0; k < i % 150; k++)
                        buf_putc(&b, (char)('a' + k % 26));
                buf_printf(&b, ",\"q\"\"%d\n\",%s\n", i, i % 7 ? "x" : "");
        }
        for (size_t step = 777; step < 10000000; step *= 100) {
                DripSource drip = { buf_str(&b), step };
                _cleanup_csv_reader_ CsvReader *r = NULL;
                assert_ok(csv_reader_new(drip_source(&drip), NULL, NULL, &r));
                int64_t line = 1;
                for (int i = 0;; i++) {
                        CsvRow row;
                        assert_ok(csv_next(r, NULL, &row));
                        if (!row.cells) {
                                assert_int_equal(i, ROWS);
                                break;
                        }
                        char want[32];
                        assert_int_equal(row.count, 5);
                        assert_int_equal(row.line, line);
                        assert_int_equal(row.number, i + 1);
                        snprintf(want, sizeof(want), "%d", i);
                        assert_str(row.cells[0], want);
                        snprintf(want, sizeof(want), "企业%d", i);
                        assert_str(row.cells[1], want);
                        assert_int_equal(row.cells[2].len, i % 150);
                        snprintf(want, sizeof(want), "q\"%d\n", i);
                        assert_str(row.cells[3], want);
                        assert_str(row.cells[4], i % 7 ? "x" : "");
                        line += 2;
                }
        }
}

static const char *const round_trip[] = {
        "",
        "a",
        "a b",
        " a",
        "a ",
        "企业",
        "a,b",
        "a;b",
        "a\tb",
        "a\"b",
        "\"",
        "\"\"",
        "a\nb",
        "a\r\nb",
        "\n",
        "\r",
        "\t",
        "\tx",
        "=1+1",
        "+1",
        "-1",
        "-12.5",
        "-0.5",
        "-007",
        "-",
        "-x",
        "--1",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'",
        "''",
        "'a",
        "'=1",
        "''=1",
        "'-1",
        "''-1",
        "'-x",
        "'＝",
        "=HYPERLINK(\"http://x\",\"y\")",
        "=cmd|' /C calc'!A0",
        "'\t",
        "'\r",
        "12'",
        "𠀀䶮",
        "1.5E+17",
        "0012",
};

static void what_goes_out_comes_back(void **state)
{
        (void)state;
        static const char separators[] = { ',', ';', '\t' };
        for (size_t s = 0; s < sizeof(separators); s++) {
                for (int crlf = 0; crlf < 2; crlf++) {
                        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
                        CsvWriter w = csv_writer(&b, separators[s]);
                        w.crlf = crlf;
                        csv_write_bom(&w);
                        for (size_t i = 0; i < ARRAY_LEN(round_trip); i++) {
                                csv_write(&w, str_c(round_trip[i]));
                                csv_write(&w, STR("."));
                                csv_write(&w, str_c(round_trip[i]));
                                csv_end_row(&w);
                        }
                        for (size_t i = 0; i < ARRAY_LEN(round_trip); i++) {    /* alone in its row */
                                csv_write(&w, str_c(round_trip[i]));
                                csv_end_row(&w);
                        }
                        assert_ok(buf_status(&b));
                        MemSource m = { buf_str(&b) };
                        _cleanup_csv_reader_ CsvReader *r = NULL;
                        assert_ok(
                                csv_reader_new(mem_source(&m), NULL, &(CsvOptions){ .separator = separators[s] }, &r));
                        CsvRow row;
                        for (size_t i = 0; i < 2 * ARRAY_LEN(round_trip); i++) {
                                const char *want = round_trip[i % ARRAY_LEN(round_trip)];
                                assert_ok(csv_next(r, NULL, &row));
                                assert_int_equal(row.count, i < ARRAY_LEN(round_trip) ? 3 : 1);
                                assert_str(row.cells[0], want);
                                assert_str(row.cells[row.count - 1], want);
                                assert_false(row.blank);
                        }
                        assert_ok(csv_next(r, NULL, &row));
                        assert_null(row.cells);
                }
        }
}

static void what_is_guarded(void **state)
{
        (void)state;
        static const struct {
                Str cell;
                const char *out;
        } cases[] = {
                { STR("a"), "a\n" },
                { STR("-12.5"), "-12.5\n" },
                { STR("-0"), "-0\n" },
                { STR("-007"), "\"'-007\"\n" },
                { STR("-1e5"), "\"'-1e5\"\n" },
                { STR("-1."), "\"'-1.\"\n" },
                { STR("=1"), "\"'=1\"\n" },
                { STR("+86"), "\"'+86\"\n" },
                { STR("@x"), "\"'@x\"\n" },
                { STR("\tx"), "\"'\tx\"\n" },
                { STR("\rx"), "\"'\rx\"\n" },
                { STR("＝1"), "\"'＝1\"\n" },
                { STR("－1"), "\"'－1\"\n" },
                { STR("'=1"), "\"''=1\"\n" },
                { STR("'x"), "'x\n" },
                { STR("a=1"), "a=1\n" },
                { STR("=\"a\""), "\"'=\"\"a\"\"\"\n" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
                CsvWriter w = csv_writer(&b, ',');
                w.crlf = false;
                csv_write(&w, cases[i].cell);
                csv_end_row(&w);
                assert_string_equal(buf_cstr(&b), cases[i].out);
        }
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);        /* NUL cannot come in, but if it goes out it is not run */
        CsvWriter w = csv_writer(&b, ',');
        csv_write(&w, STR("\0=1"));
        assert_true(str_eq(buf_str(&b), STR("\"'\0=1\"")));
}

static Status read_and_write(void *ctx)
{
        (void)ctx;
        DripSource drip = { STR("a,b,c,d,e,f,g,h,i,j,k,l\n\"x\"\"y\",1\n"), 9 };
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        TRY(rows_of(drip_source(&drip), NULL, NULL, &out, NULL));
        CsvWriter w = csv_writer(&out, ',');
        csv_write(&w, STR("=1"));
        csv_end_row(&w);
        return buf_status(&out);
}

static void every_allocation_may_fail(void **state)
{
        (void)state;
        sweep_allocations(read_and_write, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_tables),
                cmocka_unit_test(bad_tables),
                cmocka_unit_test(limits_hold),
                cmocka_unit_test(long_tables),
                cmocka_unit_test(what_goes_out_comes_back),
                cmocka_unit_test(what_is_guarded),
                cmocka_unit_test(every_allocation_may_fail),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
