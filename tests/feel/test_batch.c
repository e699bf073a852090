/* The batch executor at its edges: what the differential test meets by chance only. */
#include "tests/test.h"

#include "feel/feel_batch.h"

enum { COLUMNS_MAX = 80 };

/* A program over columns c0, c1, … (names given), and both executors. */
typedef struct Bench {
        Arena *arena;
        FeelProgram *program;
        FeelExec *x;
        FeelBatch *batch;
        const FeelColumn *columns;
        size_t n;
} Bench;

static const FeelLimits wide_limits = { .max_bytes = (size_t)1 << 30, .max_depth = 500 };

static Bench bench_of(const char *text, const char *const *names, const FeelColumn *columns, size_t n)
{
        Bench t = { .arena = arena_new(1 << 20), .columns = columns, .n = n };
        assert_non_null(t.arena);
        FeelScope *scope = feel_scope_new(t.arena, NULL);
        assert_non_null(scope);
        uint32_t slot;
        for (size_t k = 0; k < n; k++)
                assert_ok(feel_scope_add(scope, str_c(names[k]), NULL, &slot));
        FeelCompileOptions options = { .lenient = true };
        assert_ok(feel_compile(scope, FEEL_SOURCE(str_c(text)), &options, NULL, &t.program));
        t.x = feel_exec_new(&wide_limits, NULL);
        assert_non_null(t.x);
        assert_ok(feel_batch_new(t.program, columns, n, &t.batch));
        return t;
}

static void bench_free(Bench *t)
{
        feel_batch_free(t->batch);
        feel_exec_free(t->x);
        feel_program_free(t->program);
        arena_free(t->arena);
}

static void value_text(const FeelValue *v, Buf *o)
{
        buf_clear(o);
        buf_printf(o, "%s ", feel_kind_name((FeelKind)v->kind));
        feel_to_text(v, o);
}

/* Row i of out is what feel_eval says of row pick[i] (NULL: i). */
static void same_as_scalar(Bench *t, const FeelColumn *out, const uint32_t *pick, size_t rows)
{
        _cleanup_feel_exec_ FeelExec *y = feel_exec_new(&wide_limits, NULL);
        Buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
        assert_non_null(y);
        for (size_t i = 0; i < rows; i++) {
                FeelValue in[COLUMNS_MAX], scalar, batch;
                feel_exec_reset(y);
                for (size_t k = 0; k < t->n; k++)
                        assert_ok(feel_column_get(feel_exec_arena(y), &t->columns[k], pick ? pick[i] : i, &in[k]));
                assert_ok(feel_eval(y, t->program, in, t->n, &scalar));
                assert_ok(feel_column_get(feel_exec_arena(y), out, i, &batch));
                value_text(&scalar, &a);
                value_text(&batch, &b);
                if (!str_eq(buf_str(&a), buf_str(&b)))
                        fail_msg("row %zu: %s, in columns %s", i, buf_cstr(&a), buf_cstr(&b));
        }
        buf_release(&a);
        buf_release(&b);
}

static void check(const char *text, const char *const *names, const FeelColumn *columns, size_t n, size_t rows)
{
        Bench t = bench_of(text, names, columns, n);
        FeelColumn out;
        assert_true(feel_batch_is_columnar(t.batch));
        assert_ok(feel_batch_eval(t.batch, t.x, columns, n, rows, &out));
        same_as_scalar(&t, &out, NULL, rows);
        bench_free(&t);
}

/* a / b differs from 9.223372036854775807 by 10^-18 / b: rounded to 34 digits it is that number. */
static void test_quotients_at_the_last_digit(void **state)
{
        (void)state;
        static const int64_t a[] = {
                4451774236809657764, 4771597800045118043, 1, 2, -4451774236809657764, 10, 0, 5, 25, -25, 35, INT64_MAX, 1,
                12345678901234567, -12345678901234565,
        };
        static const int64_t b[] = {
                482662329896402943, 517337670103597057, 3, 3, 482662329896402943, 4, 0, 10, 10, 10, -10, -1, -INT64_MAX,
                2000, 2000,
        };
        static const int64_t extreme_a[] = { INT64_MIN, INT64_MAX, 1, INT64_MIN };
        static const int64_t extreme_b[] = { INT64_MAX, INT64_MIN, INT64_MIN, -1 };
        static const FeelColumn columns[] = {
                { .kind = FEEL_COL_SCALED, .scaled = a },
                { .kind = FEEL_COL_SCALED, .scaled = b },
        };
        static const FeelColumn extremes[] = {
                { .kind = FEEL_COL_SCALED, .scaled = extreme_a },
                { .kind = FEEL_COL_SCALED, .scale = 18, .scaled = extreme_b },
        };
        static const char *const names[] = { "a", "b" };
        static const char *const texts[] = {
                "a / b = 9.223372036854775807", "a / b < 9.223372036854775807", "a / b > 9.223372036854775807",
                "a / b >= -9.223372036854775807", "9.223372036854775807 <= a / b",
                "a / b * 1000 = 9223.372036854775807",
                "decimal(a / b, 17)", "round up(a / b, 18)", "decimal(a / b, 3)", "round half up(a / b, 3)",
                "round half down(a / b, 3)",
                "round down(a / b, 18)", "floor(a / b * 10, 17)", "floor(a / b, 18)", "ceiling(a / b * 100, 16)",
                "round half up(a / b, 0)",
                "round half down(a / b, 0)", "decimal(a / b, 0)", "round up(a / b, 1)", "a / b", "-(a / b)",
                "abs(a / b)",
                "a / b + 1", "a / b / 10", "a / b = b / a", "a / b * b", "modulo(a, b)", "min(a / b, 1)", "a * b",
                "a - b",
                "if a > 2 then a / b else 0.5", "a / 0.1", "0.001 * a / b",
                "(a / b) in [0.3 .. 9.223372036854775807]",
        };
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                check(texts[i], names, columns, ARRAY_LEN(columns), ARRAY_LEN(a));
                /* Two at a time: one row that needs decimal128 must not be what makes the others right. */
                for (size_t row = 0; row + 1 < ARRAY_LEN(a); row++) {
                        const FeelColumn few[] = {
                                { .kind = FEEL_COL_SCALED, .scaled = a + row },
                                { .kind = FEEL_COL_SCALED, .scaled = b + row },
                        };
                        check(texts[i], names, few, ARRAY_LEN(few), 2);
                }
                check(texts[i], names, extremes, ARRAY_LEN(extremes), ARRAY_LEN(extreme_a));
        }
}

/* x < 0.055 over a column of two digits, with every operator and on both sides. */
static void test_thresholds(void **state)
{
        (void)state;
        static const int64_t x[] = { -6, -5, 0, 4, 5, 6, 500, INT64_MAX, INT64_MIN, INT64_MIN + 1 };
        static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };
        static const char *const limits[] = { "0.055", "0.05", "-0.055", "-0.05", "0", "1e30", "-1e30", "0.0500",
                                              "92233720368547758.07", "92233720368547758.08",
                                              "92233720368547758.079" };
        static const FeelColumn column = { .kind = FEEL_COL_SCALED, .scale = 2, .scaled = x };
        static const char *const names[] = { "x" };
        char text[100];
        for (size_t o = 0; o < ARRAY_LEN(ops); o++) {
                for (size_t l = 0; l < ARRAY_LEN(limits); l++) {
                        snprintf(text, sizeof(text), "x %s %s", ops[o], limits[l]);
                        check(text, names, &column, 1, ARRAY_LEN(x));
                        snprintf(text, sizeof(text), "%s %s x", limits[l], ops[o]);
                        check(text, names, &column, 1, ARRAY_LEN(x));
                }
        }
}

/* A result column that begins as whole numbers, gets digits, leaves 64 bits, and ends as text. */
static void test_kinds_widen(void **state)
{
        (void)state;
        enum { ROWS = 6000 };
        static int64_t n[ROWS], part[ROWS];
        static FeelValue any[ROWS];
        static uint8_t null[ROWS], unknown[ROWS];
        for (size_t i = 0; i < ROWS; i++) {
                n[i] = i < 3000 ? (int64_t)i : INT64_MAX - (int64_t)i;
                part[i] = (int64_t)i * 7;
                any[i] = i < 5000 ? feel_i64((int64_t)i) : i < 5500 ? feel_string(STR("text")) : feel_bool(i % 2);
                null[i] = i < 1500 || i % 11 == 0;
                unknown[i] = i % 13 == 0;
        }
        const FeelColumn columns[] = {
                { .kind = FEEL_COL_SCALED, .scaled = n, .null = null, .unknown = unknown, .unknown_name = STR("n") },
                { .kind = FEEL_COL_SCALED, .scale = 3, .scaled = part },
                { .kind = FEEL_COL_VALUE, .value = any },
        };
        static const char *const names[] = { "n", "part", "any" };
        check("n * 10", names, columns, 3, ROWS);
        check("n + part", names, columns, 3, ROWS);
        check("if part < 14 then n else if part < 28 then part else any", names, columns, 3, ROWS);
        check("any", names, columns, 3, ROWS);
        check("if n = null then null else any", names, columns, 3, ROWS);
        check("if part < 1 then null else n", names, columns, 3, 1400);
        check("null", names, columns, 3, 10);
        check("part > 1 and n > 5", names, columns, 3, ROWS);
}

static void test_masks_of_all_kinds(void **state)
{
        (void)state;
        enum { ROWS = 64 };
        static int64_t x[ROWS], y[ROWS];
        static uint8_t flag[ROWS], x_null[ROWS], x_unknown[ROWS], y_null[ROWS], y_unknown[ROWS], f_unknown[ROWS];
        for (size_t i = 0; i < ROWS; i++) {
                /* Masked rows hold what would overflow, divide by zero or read past the end. */
                x_null[i] = i % 4 == 1;
                x_unknown[i] = i % 4 == 2;
                y_null[i] = i / 4 % 4 == 1;
                y_unknown[i] = i / 4 % 4 == 2;
                f_unknown[i] = i % 5 == 0;
                x[i] = x_null[i] || x_unknown[i] ? INT64_MIN : (int64_t)i - 20;
                y[i] = y_null[i] || y_unknown[i] ? 0 : (int64_t)i % 7 - 3;
                flag[i] = f_unknown[i] ? 99 : i % 2;
        }
        const FeelColumn columns[] = {
                { .kind = FEEL_COL_SCALED, .scale = 1, .scaled = x, .null = x_null, .unknown = x_unknown,
                        .unknown_name = STR("x") },
                { .kind = FEEL_COL_SCALED, .scaled = y, .null = y_null, .unknown = y_unknown,
                        .unknown_name = STR("y") },
                { .kind = FEEL_COL_BOOL, .boolean = flag, .unknown = f_unknown, .unknown_name = STR("f") },
                { .kind = FEEL_COL_STR },       /* no array: null on every row */
        };
        static const char *const names[] = { "x", "y", "f", "none" };
        static const char *const texts[] = {
                "x + y", "x - y", "x * y", "x / y", "x ** y", "x / y >= 0.5", "x = y", "x != y", "x < y", "-x",
                "abs(x)",
                "decimal(x / y, 1)", "modulo(x, y)", "min(x, y)", "max([x, y, 1])", "sum([x, y])", "f and x > y",
                "f or x > y",
                "not(f)", "if f then x else y", "if x > y then f else none", "x in [1, 2, y]", "x in [0 .. 10]",
                "y in (1, 2, null)",
                "none = null", "none = x", "none + x", "x between y and 10", "f = (x > y)", "[x, y]",
                "{a: x + 1, b: a * y}.b",
                "known(x) and known(y)", "x instance of number", "if none then 1 else 2", "string(x) + string(y)",
                "none and f",
                "floor(y)", "round half up(x, 0)", "x > 1 and none", "if f then null else x", "all(f, x > y)",
        };
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                check(texts[i], names, columns, ARRAY_LEN(columns), ROWS);
}

/* More names than a word has bits: row by row, with all of them named. */
static void test_many_missing_names(void **state)
{
        (void)state;
        enum { N = 70, ROWS = 3 };
        static int64_t zeros[ROWS];
        static const uint8_t unknown[ROWS] = { 1, 0, 1 };
        static FeelColumn columns[N];
        static char texts[N][8];
        const char *names[N];
        _cleanup_buf_ Buf text = BUF_INIT(10000);
        for (size_t k = 0; k < N; k++) {
                snprintf(texts[k], sizeof(texts[k]), "c%zu", k);
                names[k] = texts[k];
                columns[k] = (FeelColumn){ .kind = FEEL_COL_SCALED, .scaled = zeros, .unknown = unknown,
                                           .unknown_name = str_c(texts[k]) };
                buf_printf(&text, "%s%s", k ? " + " : "", texts[k]);
        }
        Bench t = bench_of(buf_cstr(&text), names, columns, N);
        FeelColumn out;
        assert_ok(feel_batch_eval(t.batch, t.x, columns, N, ROWS, &out));
        FeelValue v;
        assert_ok(feel_column_get(feel_exec_arena(t.x), &out, 0, &v));
        assert_int_equal(v.kind, FEEL_UNKNOWN);
        assert_int_equal(v.unknown.len, N);
        same_as_scalar(&t, &out, NULL, ROWS);
        bench_free(&t);
}

/* What one batch computed goes into the next, with what is missing. */
static void test_results_as_inputs(void **state)
{
        (void)state;
        static const int64_t a[] = { 1, 2, 3, 4 }, b[] = { 10, 20, 30, 40 };
        static const uint8_t a_unknown[] = { 0, 1, 0, 1 }, b_unknown[] = { 0, 0, 1, 1 };
        const FeelColumn columns[] = {
                { .kind = FEEL_COL_SCALED, .scaled = a, .unknown = a_unknown, .unknown_name = STR("a") },
                { .kind = FEEL_COL_SCALED, .scaled = b, .unknown = b_unknown, .unknown_name = STR("b") },
        };
        static const char *const names[] = { "a", "b" }, *const next[] = { "c" };
        Bench one = bench_of("a + b", names, columns, 2);
        FeelColumn sum, out;
        assert_ok(feel_batch_eval(one.batch, one.x, columns, 2, 4, &sum));
        Bench two = bench_of("c * 2", next, &sum, 1);
        assert_ok(feel_batch_eval(two.batch, two.x, &sum, 1, 4, &out));
        same_as_scalar(&two, &out, NULL, 4);
        FeelValue v;
        assert_ok(feel_column_get(feel_exec_arena(two.x), &out, 3, &v));
        assert_int_equal(v.kind, FEEL_UNKNOWN);
        assert_int_equal(v.unknown.len, 2);
        static const uint32_t pick[] = { 3, 0, 0, 2 };
        assert_ok(feel_batch_eval_rows(two.batch, two.x, &sum, 1, pick, 4, &out));
        same_as_scalar(&two, &out, pick, 4);
        assert_ok(feel_batch_eval(two.batch, two.x, &sum, 1, 0, &out));
        bench_free(&two);
        bench_free(&one);
}

/* What policies are written with must not fall back to rows. */
static void test_columnar(void **state)
{
        (void)state;
        static const char *const names[] = { "x", "y", "s", "d" };
        static const FeelColumn columns[4];
        static const struct { const char *text; bool columnar; } rows[] = {
                { "if x / y >= 0.05 and s = \"规上\" then min(decimal(x * 0.1, 2), 5000000) else 0", true },
                { "s in (\"a\", \"b\") or d >= @\"2023-01-01\"", true },
                { "{a: x - y, b: if a > 0 then a else 0}.b", true },
                { "x in [1 .. 5) and not(y between 1 and 2)", true },
                { "floor(x) + round half up(n: y, scale: 2)", true },
                { "upper case(s) = \"A\"", true },
                { "x instance of number", true },
                { "for i in [x, y] return i", false },
                { "some i in [x, y] satisfies i > 1", false },
                { "[x, y][item > 1]", false },
                { "(function(a) a + 1)(x)", false },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                Bench t = bench_of(rows[i].text, names, columns, 4);
                if (feel_batch_is_columnar(t.batch) != rows[i].columnar)
                        fail_msg("%s", rows[i].text);
                bench_free(&t);
        }
}

static void test_limits(void **state)
{
        (void)state;
        enum { ROWS = 5000 };
        static int64_t x[ROWS];
        static const char *const names[] = { "x" };
        const FeelColumn column = { .kind = FEEL_COL_SCALED, .scaled = x };
        FeelColumn out;
        Bench t = bench_of("string(x) + \"a\"", names, &column, 1);
        FeelLimits limits = { .max_bytes = 1 << 30, .max_steps = 3000, .max_depth = 50 };
        FeelExec *few = feel_exec_new(&limits, NULL);
        assert_int_equal(feel_batch_eval(t.batch, few, &column, 1, ROWS, &out), ST_LIMIT);
        feel_exec_free(few);
        limits = (FeelLimits){ .max_bytes = 20000, .max_depth = 50 };
        few = feel_exec_new(&limits, NULL);
        assert_int_equal(feel_batch_eval(t.batch, few, &column, 1, ROWS, &out), ST_LIMIT);
        feel_exec_free(few);
        feel_exec_cancel(t.x);
        assert_int_equal(feel_batch_eval(t.batch, t.x, &column, 1, ROWS, &out), ST_CANCELLED);
        feel_exec_reset(t.x);
        assert_ok(feel_batch_eval(t.batch, t.x, &column, 1, ROWS, &out));       /* usable after each stop */
        same_as_scalar(&t, &out, NULL, 10);
        bench_free(&t);
}

/* After the first run the same batch asks the heap for nothing a row: only for what the result needs. */
static void test_no_allocation_a_row(void **state)
{
        (void)state;
        enum { ROWS = 100000 };
        static int64_t x[ROWS], y[ROWS];
        for (size_t i = 0; i < ROWS; i++) {
                x[i] = (int64_t)i * 31 % 100000;
                y[i] = (int64_t)i % 1000 + 1;
        }
        const FeelColumn columns[] = {
                { .kind = FEEL_COL_SCALED, .scale = 2, .scaled = x },
                { .kind = FEEL_COL_SCALED, .scale = 2, .scaled = y },
        };
        static const char *const names[] = { "x", "y" };
        static const char text[] = "if x / y >= 0.05 then round half up(x * 0.1, 2) "
                                   "else if x in [1 .. 5] then y else x - y";
        Bench t = bench_of(text, names, columns, 2);
        FeelColumn out;
        assert_ok(feel_batch_eval(t.batch, t.x, columns, 2, ROWS, &out));
        feel_exec_reset(t.x);
        mem_test_fail_at(0, 0);
        uint64_t before = mem_test_count();
        assert_ok(feel_batch_eval(t.batch, t.x, columns, 2, ROWS, &out));
        assert_true(mem_test_count() - before <= 10);
        same_as_scalar(&t, &out, NULL, 2000);
        bench_free(&t);
}

static Status everything(Arena *a, const FeelColumn *columns)
{
        static const char text[] = "if s = \"a\" then {a: x / y, b: upper case(s), c: string(decimal(x, 1))} "
                                   "else [x ** 2, y]";
        FeelScope *scope = feel_scope_new(a, NULL);
        uint32_t slot;
        if (!scope)
                return ST_NOMEM;
        TRY(feel_scope_add(scope, STR("x"), NULL, &slot));
        TRY(feel_scope_add(scope, STR("y"), NULL, &slot));
        TRY(feel_scope_add(scope, STR("s"), NULL, &slot));
        _cleanup_feel_program_ FeelProgram *p = NULL;
        TRY(feel_compile(scope, FEEL_SOURCE(str_c(text)), NULL, NULL, &p));
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&wide_limits, NULL);
        _cleanup_feel_batch_ FeelBatch *b = NULL;
        FeelColumn out;
        if (!x)
                return ST_NOMEM;
        TRY(feel_batch_new(p, columns, 3, &b));
        return feel_batch_eval(b, x, columns, 3, 40, &out);
}

static void test_every_failing_allocation_ends_clean(void **state)
{
        (void)state;
        static int64_t x[40], y[40];
        static uint8_t unknown[40];
        static Str s[40];
        for (size_t i = 0; i < 40; i++) {
                x[i] = (int64_t)i;
                y[i] = (int64_t)i % 3;
                s[i] = i % 2 ? STR("a") : STR("b");
                unknown[i] = i % 7 == 0;
        }
        const FeelColumn columns[] = {
                { .kind = FEEL_COL_SCALED, .scaled = x, .unknown = unknown, .unknown_name = STR("x") },
                { .kind = FEEL_COL_SCALED, .scaled = y },
                { .kind = FEEL_COL_STR, .str = s },
        };
        bool done = false;
        for (uint64_t n = 1; !done; n++) {
                int64_t before = mem_live_blocks();
                Arena *a = arena_new(1 << 20);
                assert_non_null(a);
                mem_test_fail_at(n, 0);
                Status st = everything(a, columns);
                mem_test_fail_at(0, 0);
                arena_free(a);
                assert_true(st == ST_OK || st == ST_NOMEM || st == ST_LIMIT);
                assert_int_equal(mem_live_blocks(), before);
                done = st == ST_OK;
                assert_true(n < 2000);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_quotients_at_the_last_digit),
                cmocka_unit_test(test_thresholds),
                cmocka_unit_test(test_kinds_widen),
                cmocka_unit_test(test_masks_of_all_kinds),
                cmocka_unit_test(test_many_missing_names),
                cmocka_unit_test(test_results_as_inputs),
                cmocka_unit_test(test_columnar),
                cmocka_unit_test(test_limits),
                cmocka_unit_test(test_no_allocation_a_row),
                cmocka_unit_test(test_every_failing_allocation_ends_clean),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
