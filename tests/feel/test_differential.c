/* Two executors, one answer: random programs over random columns, by the scalar
 * executor row by row and by the batch executor in columns, compared on every row
 * down to the last digit and to the names of what is missing.
 *
 * 120,000 rows; with KECHUANG_NIGHTLY in the environment 1,200,000.  KECHUANG_SEED
 * takes another sequence; a failure prints the program, the row and its inputs. */
#include "tests/test.h"

#include "base/zone.h"
#include "feel/feel_batch.h"

/* ---------------------------------------------------------------- chance */

static uint64_t chance_state;

static uint64_t chance(void)
{
        uint64_t z = (chance_state += UINT64_C(0x9E3779B97F4A7C15));
        z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
        return z ^ z >> 31;
}

static unsigned below(unsigned n) { return (unsigned)(chance() % n); }
static bool one_in(unsigned n) { return below(n) == 0; }
#define PICK(array) ((array)[below(ARRAY_LEN(array))])

/* ---------------------------------------------------------------- programs */

/* Columns by type: money at scale 2, counts, rates at scale 6, long decimals, anything. */
static const char *const number_names[] = { "营业收入", "研发费用", "n", "rate", "long number", "any number" };
static const char *const bool_names[] = { "b", "规上" };
static const char *const string_names[] = { "s", "行业" };
static const char *const date_names[] = { "d", "成立日期" };
enum { COLUMNS = 13 };

static const char *const number_literals[] = {
        "0", "1", "2", "3", "10", "100", "0.1", "0.05", "0.055", "12.5", "1000000", "5000000.00", "0.000001", "7",
        "-1",
        "-0.055", "-12.345", "999.995", "2.5",
        "9007199254740993", "92233720368547758.07", "9223372036854775807", "99999999999999999999", "1e-7", "1e20",
        "0.3333333333333333333333333333333333", "123456789.123456789", "1234567890123456789012345678901234",
};
static const char *const string_literals[] = { "\"\"", "\"a\"", "\"制造业\"", "\"服务业\"", "\"ab\"", "\"Ж\"", "\"12\"" };
static const char *const date_literals[] = { "@\"2020-01-01\"", "@\"2023-06-30\"", "@\"1969-12-31\"",
        "date(2024, 2, 29)" };

static void gen_number(Buf *o, unsigned depth);
static void gen_bool(Buf *o, unsigned depth);
static void gen_string(Buf *o, unsigned depth);
static void gen_date(Buf *o, unsigned depth);

typedef void (*Gen)(Buf *, unsigned);

static void pair(Buf *o, Gen gen, unsigned depth, const char *before, const char *between, const char *after)
{
        buf_puts(o, before);
        gen(o, depth - 1);
        buf_puts(o, between);
        gen(o, depth - 1);
        buf_puts(o, after);
}

static void choice(Buf *o, Gen gen, unsigned depth)
{
        buf_puts(o, "(if ");
        gen_bool(o, depth - 1);
        buf_puts(o, " then ");
        gen(o, depth - 1);
        buf_puts(o, " else ");
        if (one_in(5))
                buf_puts(o, "null");
        else
                gen(o, depth - 1);
        buf_puts(o, ")");
}

static void any_of_type(Buf *o, unsigned depth)
{
        static const Gen all[] = { gen_number, gen_bool, gen_string, gen_date };
        PICK(all)(o, depth);
}

/* Parts that run row by row, with names of their own around them. */
static void loop_number(Buf *o, unsigned depth)
{
        switch (below(7)) {
        case 0:
                pair(o, gen_number, depth, "sum(for x in [", ", ", "] return x * 2 + ");
                gen_number(o, 0);
                buf_puts(o, ")");
                break;
        case 1:
                pair(o, gen_number, depth, "count([", ", ", "][item > ");
                gen_number(o, depth - 1);
                buf_puts(o, "])");
                break;
        case 2:
                pair(o, gen_number, depth, "{f: function(x, y) x - y, r: f(", ", ", ")}.r");
                break;
        case 3:
                pair(o, gen_number, depth, "[", ", ", one_in(2) ? "][2]" : "][-1]");
                break;
        case 4:
                pair(o, gen_number, depth, "{k: ", ", l: [1, k, ", "], m: max(l[item != k])}.m");
                break;
        case 5:
                pair(o, gen_date, depth, "years and months duration(", ", ", one_in(2) ? ").years" : ").months");
                break;
        default:
                pair(o, gen_date, depth, "(", " - ", ").days");
                break;
        }
}

static void loop_bool(Buf *o, unsigned depth)
{
        switch (below(4)) {
        case 0:
                pair(o, gen_number, depth, one_in(2) ? "(some x in [" : "(every x in [", ", ", "] satisfies x > ");
                gen_number(o, 0);
                buf_puts(o, ")");
                break;
        case 1:
                pair(o, gen_string, depth, "list contains([", ", ", "], ");
                gen_string(o, depth - 1);
                buf_puts(o, ")");
                break;
        case 2:
                pair(o, gen_bool, depth, one_in(2) ? "all([" : "any([", ", ", "])");
                break;
        default:
                pair(o, gen_number, depth, "(sort([", ", ", "], function(x, y) x > y)[1] = ");
                gen_number(o, 0);
                buf_puts(o, ")");
                break;
        }
}

static void gen_number(Buf *o, unsigned depth)
{
        static const char *const ops[] = { " + ", " - ", " * ", " / " };
        static const char *const scaled[] = { "decimal", "floor", "ceiling", "round up", "round down",
                "round half up",
                                              "round half down" };
        static const char *const aggregates[] = { "min", "max", "sum", "mean", "median" };
        if (depth == 0 || one_in(6)) {
                buf_puts(o, one_in(3) ? PICK(number_literals) : PICK(number_names));
                return;
        }
        if (one_in(6)) {
                loop_number(o, depth);
                return;
        }
        switch (below(16)) {
        case 0: case 1: case 2: case 3:
                pair(o, gen_number, depth, "(", PICK(ops), ")");
                break;
        case 4:
                choice(o, gen_number, depth);
                break;
        case 5: case 6:
                buf_printf(o, "%s(", PICK(scaled));
                gen_number(o, depth - 1);
                buf_printf(o, ", %d)", (int)below(8) - (one_in(6) ? 3 : 0));
                break;
        case 7:
                pair(o, gen_number, depth, one_in(2) ? "min(" : "max(", ", ", ")");
                break;
        case 8:
                buf_printf(o, "%s([", PICK(aggregates));
                gen_number(o, depth - 1);
                pair(o, gen_number, depth, ", ", ", ", "])");
                break;
        case 9:
                buf_puts(o, "abs(");
                gen_number(o, depth - 1);
                buf_puts(o, ")");
                break;
        case 10:
                pair(o, gen_number, depth, "modulo(", ", ", ")");
                break;
        case 11:
                if (one_in(2)) {
                        /* Where halves are met often. */
                        static const char *const divisors[] = { "", " / 2", " / 4", " / -8", " * 0.5", " / n",
                                " / 营业收入" };
                        buf_printf(o, "%s(%s%s, %u)", PICK(scaled), PICK(number_names), PICK(divisors), below(4));
                        break;
                }
                buf_puts(o, "-(");
                gen_number(o, depth - 1);
                buf_puts(o, ")");
                break;
        case 12:
                pair(o, gen_number, depth, "{x: ", ", y: x + ", "}.y");
                break;
        case 13:
                buf_puts(o, "string length(");
                gen_string(o, depth - 1);
                buf_puts(o, ")");
                break;
        case 14:
                gen_date(o, 0);
                buf_puts(o, one_in(2) ? ".year" : ".month");
                break;
        default:
                buf_puts(o, "(");
                gen_number(o, depth - 1);
                buf_printf(o, " * %s)", one_in(2) ? "100" : "0.01");
                break;
        }
}

static void gen_test(Buf *o, Gen gen, unsigned depth)
{
        switch (below(5)) {
        case 0:
                pair(o, gen, 1, "[", "..", one_in(2) ? "]" : ")");
                break;
        case 1:
                buf_puts(o, one_in(2) ? "> " : "<= ");
                gen(o, depth - 1);
                break;
        case 2:
                buf_puts(o, "[");
                pair(o, gen, 1, "", ", ", "]");
                break;
        default:
                gen(o, depth - 1);
                break;
        }
}

static void gen_bool(Buf *o, unsigned depth)
{
        static const char *const compare[] = { " = ", " != ", " < ", " <= ", " > ", " >= " };
        static const Gen ordered[] = { gen_number, gen_number, gen_number, gen_string, gen_date };
        if (depth == 0 || one_in(8)) {
                buf_puts(o, one_in(4) ? (one_in(2) ? "true" : "false") : PICK(bool_names));
                return;
        }
        Gen gen = PICK(ordered);
        if (one_in(6)) {
                loop_bool(o, depth);
                return;
        }
        switch (below(14)) {
        case 0:
                buf_printf(o, "(%s%s%s)", PICK(number_names), PICK(compare), PICK(number_literals));
                break;
        case 1: case 2: case 3:
                pair(o, gen, depth, "(", PICK(compare), ")");
                break;
        case 4: case 5:
                pair(o, gen_bool, depth, "(", one_in(2) ? " and " : " or ", ")");
                break;
        case 6:
                buf_puts(o, "not(");
                gen_bool(o, depth - 1);
                buf_puts(o, ")");
                break;
        case 7:
                buf_puts(o, "(");
                gen(o, depth - 1);
                pair(o, gen, depth, " between ", " and ", ")");
                break;
        case 8: case 9:
                buf_puts(o, "(");
                gen(o, depth - 1);
                buf_puts(o, " in (");
                gen_test(o, gen, depth);
                if (one_in(2)) {
                        buf_puts(o, ", ");
                        gen_test(o, gen, depth);
                }
                buf_puts(o, "))");
                break;
        case 10:
                pair(o, gen_string, depth, one_in(2) ? "contains(" : "starts with(", ", ", ")");
                break;
        case 11:
                buf_puts(o, "(");
                any_of_type(o, depth - 1);
                buf_puts(o, one_in(2) ? " = null)" : " instance of number)");
                break;
        case 12:
                buf_puts(o, "known(");
                any_of_type(o, depth - 1);
                buf_puts(o, ")");
                break;
        default:
                choice(o, gen_bool, depth);
                break;
        }
}

static void gen_string(Buf *o, unsigned depth)
{
        if (depth == 0 || one_in(4)) {
                buf_puts(o, one_in(2) ? PICK(string_literals) : PICK(string_names));
                return;
        }
        switch (below(6)) {
        case 0:
                pair(o, gen_string, depth, "(", " + ", ")");
                break;
        case 1:
                buf_puts(o, "upper case(");
                gen_string(o, depth - 1);
                buf_puts(o, ")");
                break;
        case 2:
                buf_puts(o, "string(");
                any_of_type(o, depth - 1);
                buf_puts(o, ")");
                break;
        case 3:
                buf_puts(o, "substring(");
                gen_string(o, depth - 1);
                buf_printf(o, ", %d)", (int)below(5) - 2);
                break;
        default:
                choice(o, gen_string, depth);
                break;
        }
}

static void gen_date(Buf *o, unsigned depth)
{
        if (depth == 0 || one_in(3)) {
                buf_puts(o, one_in(3) ? PICK(date_literals) : PICK(date_names));
                return;
        }
        if (one_in(2)) {
                choice(o, gen_date, depth);
                return;
        }
        buf_puts(o, "(");
        gen_date(o, depth - 1);
        buf_puts(o, one_in(2) ? " + @\"P1M\")" : " - @\"P40D\")");
}

/* Anything: also operations that have no meaning and must be null in both. */
static void gen_program(Buf *o)
{
        unsigned depth = 1 + below(one_in(3) ? 4 : 2);
        switch (below(14)) {
        case 0: pair(o, any_of_type, depth + 1, "", " + ", ""); break;
        case 1: pair(o, any_of_type, depth + 1, "", " < ", ""); break;
        case 2: pair(o, any_of_type, depth + 1, "[", ", ", "]"); break;
        case 3: pair(o, any_of_type, depth + 1, "", " and ", ""); break;
        case 4: pair(o, gen_number, depth, "for x in [", ", ", "] return x + 1"); break;
        case 5: case 6: gen_bool(o, depth); break;
        case 7: gen_string(o, depth); break;
        case 8: gen_date(o, depth); break;
        default: gen_number(o, depth); break;
        }
}

/* Unary tests of a number, or of a string. */
static void gen_unary_tests(Buf *o, bool numbers)
{
        Gen gen = numbers ? gen_number : gen_string;
        unsigned n = 1 + below(3);
        if (one_in(20)) {
                buf_puts(o, "-");
                return;
        }
        bool negated = one_in(4);
        if (negated)
                buf_puts(o, "not(");
        for (unsigned i = 0; i < n; i++) {
                if (i)
                        buf_puts(o, ", ");
                if (one_in(5))
                        buf_puts(o, numbers ? "? * 2 > 营业收入" : "contains(?, \"a\")");
                else
                        gen_test(o, gen, 1 + below(2));
        }
        if (negated)
                buf_puts(o, ")");
}

/* ---------------------------------------------------------------- columns */

enum { ROWS_MAX = 2600 };

typedef struct Table {
        FeelColumn columns[COLUMNS];
        FeelColumn input;
        int64_t scaled[COLUMNS][ROWS_MAX];
        Dec dec[ROWS_MAX];
        uint8_t boolean[2][ROWS_MAX];
        Str str[2][ROWS_MAX];
        int32_t days[2][ROWS_MAX];
        FeelValue value[2][ROWS_MAX];
        uint8_t null[COLUMNS][ROWS_MAX], unknown[COLUMNS][ROWS_MAX];
} Table;

static Table table;

static int64_t random_i64(void)
{
        static const int64_t extremes[] = { 0, 1, -1, INT64_MAX, INT64_MIN, INT64_MAX - 1, 1000000000000000000, 99,
                100 };
        switch (below(8)) {
        case 0: return PICK(extremes);
        case 1: return (int64_t)chance();
        case 2: return (int64_t)below(20) - 10;
        default: return (int64_t)(chance() % UINT64_C(100000000000)) - (one_in(5) ? 50000000000 : 0);
        }
}

static Dec random_dec(void)
{
        Dec d;
        if (one_in(3)) {
                assert_ok(dec_parse(str_c(PICK(number_literals)), &d));
                return d;
        }
        d = dec_from_scaled(random_i64(), (int)below(30));
        return one_in(3) ? dec_div(d, dec_from_i64(3)) : d;
}

static FeelValue random_value(void)
{
        static const FeelKind kinds[] = { FEEL_NULL, FEEL_BOOLEAN, FEEL_NUMBER, FEEL_NUMBER, FEEL_NUMBER,
                FEEL_STRING };
        switch (PICK(kinds)) {
        case FEEL_BOOLEAN: return feel_bool(one_in(2));
        case FEEL_NUMBER: return feel_number(random_dec());
        case FEEL_STRING: return feel_string(STR("text"));
        default: return feel_null();
        }
}

/* Some columns have no nulls or unknowns at all, for those take other paths. */
static void masks(FeelColumn *c, size_t k, size_t rows)
{
        unsigned null_rate = one_in(2) ? 0 : 1 + below(10), unknown_rate = one_in(2) ? 0 : 1 + below(10);
        for (size_t i = 0; i < rows; i++) {
                table.null[k][i] = null_rate && one_in(null_rate + 2);
                table.unknown[k][i] = unknown_rate && one_in(unknown_rate + 2);
        }
        c->null = null_rate ? table.null[k] : NULL;
        c->unknown = unknown_rate ? table.unknown[k] : NULL;
}

static Str column_name(size_t k)
{
        static const char *const *const groups[] = { number_names, bool_names, string_names, date_names };
        static const size_t sizes[] = { ARRAY_LEN(number_names), ARRAY_LEN(bool_names), ARRAY_LEN(string_names),
                                        ARRAY_LEN(date_names) };
        for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
                if (k < sizes[g])
                        return str_c(groups[g][k]);
                k -= sizes[g];
        }
        return STR("anything");
}

static void fill_table(Arena *a, size_t rows)
{
        static const int scales[] = { 2, 2, 0, 6 };
        static const Str texts[] = { { "", 0 }, { "a", 1 }, { "制造业", 9 }, { "服务业", 9 }, { "Abc", 3 } };
        bool tame = one_in(2), small = one_in(3);       /* numbers that stay within 64 bits */
        for (size_t k = 0; k < COLUMNS; k++) {
                FeelColumn *c = &table.columns[k];
                *c = (FeelColumn){ .unknown_name = column_name(k) };
                masks(c, k, rows);
                for (size_t i = 0; i < rows; i++) {
                        if (k < 4)
                                table.scaled[k][i] = small  ? (int64_t)below(2000) - 1000
                                                     : tame ? (int64_t)below(100000000)
                                                            : random_i64();
                        else if (k == 4)
                                table.dec[i] = random_dec();
                        else if (k == 6 || k == 7)
                                table.boolean[k - 6][i] = (uint8_t)below(2);
                        else if (k == 8 || k == 9)
                                table.str[k - 8][i] = PICK(texts);
                        else if (k == 10 || k == 11)
                                table.days[k - 10][i] = (int32_t)below(40000) - 10000;
                }
                switch (k) {
                case 4: c->kind = FEEL_COL_DEC; c->dec = table.dec; break;
                case 5: case 12: {
                        FeelValue *v = table.value[k == 12];
                        for (size_t i = 0; i < rows; i++) {
                                v[i] = k == 5 ? feel_number(random_dec()) : random_value();
                                if (table.unknown[k][i])
                                        assert_ok(feel_unknown(a, c->unknown_name, &v[i]));
                                else if (table.null[k][i])
                                        v[i] = feel_null();
                        }
                        c->kind = FEEL_COL_VALUE;
                        c->value = v;
                        c->null = c->unknown = NULL;
                        break;
                }
                case 6: case 7: c->kind = FEEL_COL_BOOL; c->boolean = table.boolean[k - 6]; break;
                case 8: case 9: c->kind = FEEL_COL_STR; c->str = table.str[k - 8]; break;
                case 10: case 11: c->kind = FEEL_COL_DATE; c->days = table.days[k - 10]; break;
                default: c->kind = FEEL_COL_SCALED; c->scale = scales[k]; c->scaled = table.scaled[k]; break;
                }
        }
}

/* ---------------------------------------------------------------- comparing */

static void text_of(const FeelValue *v, Buf *o)
{
        buf_printf(o, "%s ", feel_kind_name((FeelKind)v->kind));
        feel_to_text(v, o);
}

static void compare_row(const char *program, size_t row, const FeelValue *inputs, const FeelValue *scalar,
                        const FeelValue *batch)
{
        static Buf a = BUF_INIT(1 << 24), b = BUF_INIT(1 << 24);
        buf_clear(&a);
        buf_clear(&b);
        text_of(scalar, &a);
        text_of(batch, &b);
        if (str_eq(buf_str(&a), buf_str(&b)))
                return;
        print_error("program: %s\nrow %zu\n", program, row);
        for (size_t k = 0; k < COLUMNS; k++) {
                buf_clear(&a);
                text_of(&inputs[k], &a);
                print_error("    %.*s: %s\n", STR_FMT(column_name(k)), buf_cstr(&a));
        }
        buf_clear(&a);
        text_of(scalar, &a);
        fail_msg("scalar: %s\nbatch:  %s", buf_cstr(&a), buf_cstr(&b));
}

typedef struct Totals {
        size_t programs, columnar, by_parts, rows;
} Totals;

static FeelScope *new_scope(Arena *a)
{
        const FeelType *types[] = { FEEL_TYPE_NUMBER, FEEL_TYPE_NUMBER, FEEL_TYPE_NUMBER, FEEL_TYPE_NUMBER,
                                    FEEL_TYPE_NUMBER, FEEL_TYPE_NUMBER, FEEL_TYPE_BOOLEAN, FEEL_TYPE_BOOLEAN,
                                    FEEL_TYPE_STRING, FEEL_TYPE_STRING, FEEL_TYPE_DATE, FEEL_TYPE_DATE,
                                            FEEL_TYPE_ANY };
        FeelScope *s = feel_scope_new(a, NULL);
        assert_non_null(s);
        for (size_t k = 0; k < COLUMNS; k++) {
                uint32_t slot;
                assert_ok(feel_scope_add(s, column_name(k), types[k], &slot));
                assert_int_equal(slot, k);
        }
        return s;
}

static void run_program(const FeelScope *scope, size_t rows, Totals *totals)
{
        static const FeelLimits limits = { .max_bytes = (size_t)1 << 30, .max_depth = 500 };
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        bool tests = one_in(5), numbers = one_in(2);
        if (tests)
                gen_unary_tests(&text, numbers);
        else
                gen_program(&text);
        FeelCompileOptions options = { .lenient = true };
        _cleanup_feel_program_ FeelProgram *p = NULL;
        Diag diag = DIAG_INIT(LANG_EN);
        Status st = tests ? feel_compile_unary_tests(scope, FEEL_SOURCE(buf_str(&text)),
                                                     numbers ? FEEL_TYPE_NUMBER : FEEL_TYPE_STRING, &options, &diag,
                                                             &p)
                          : feel_compile(scope, FEEL_SOURCE(buf_str(&text)), &options, &diag, &p);
        if (st != ST_OK) {
                Buf why = BUF_INIT(1 << 20);
                diag_print(&diag, &why);
                fail_msg("%s: %s", buf_cstr(&text), buf_cstr(&why));
        }
        diag_release(&diag);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL), *y = feel_exec_new(&limits, NULL);
        _cleanup_feel_batch_ FeelBatch *b = NULL;
        assert_non_null(x);
        assert_non_null(y);
        fill_table(feel_exec_arena(x), rows);
        assert_ok(feel_batch_new(p, table.columns, COLUMNS, &b));
        uint32_t pick[ROWS_MAX];
        bool picked = one_in(4);
        size_t n = picked ? 0 : rows;
        for (size_t i = 0; picked && i < rows; i++)
                if (one_in(3))
                        pick[n++] = (uint32_t)i;
        const FeelColumn *input = &table.columns[numbers ? below(6) : 8];
        FeelColumn out;
        for (unsigned again = 0; again < 2; again++) {          /* a batch is used many times */
                if (tests)
                        assert_ok(feel_batch_unary_tests(b, x, input, table.columns, COLUMNS, picked ? pick : NULL,
                                n, &out));
                else if (picked)
                        assert_ok(feel_batch_eval_rows(b, x, table.columns, COLUMNS, pick, n, &out));
                else
                        assert_ok(feel_batch_eval(b, x, table.columns, COLUMNS, n, &out));
        }
        for (size_t i = 0; i < n; i++) {
                size_t row = picked ? pick[i] : i;
                FeelValue inputs[COLUMNS], tested, scalar, batch;
                ArenaMark mark = feel_exec_mark(y);
                for (size_t k = 0; k < COLUMNS; k++)
                        assert_ok(feel_column_get(feel_exec_arena(y), &table.columns[k], row, &inputs[k]));
                if (tests) {
                        assert_ok(feel_column_get(feel_exec_arena(y), input, row, &tested));
                        assert_ok(feel_eval_unary_tests(y, p, &tested, inputs, COLUMNS, &scalar));
                } else {
                        assert_ok(feel_eval(y, p, inputs, COLUMNS, &scalar));
                }
                assert_ok(feel_column_get(feel_exec_arena(y), &out, i, &batch));
                compare_row(buf_cstr(&text), row, inputs, &scalar, &batch);
                feel_exec_rewind(y, mark);
        }
        totals->programs++;
        totals->columnar += feel_batch_is_columnar(b);
        Buf parts = BUF_INIT(1 << 20);
        feel_batch_explain(b, LANG_EN, &parts);
        totals->by_parts += parts.len > 0 && !str_has(buf_str(&parts), STR("all of it"));
        assert_int_equal(parts.len == 0, feel_batch_is_columnar(b));
        buf_release(&parts);
        totals->rows += n;
}

/* ---------------------------------------------------------------- entries alone */

static void gen_context(Buf *o, unsigned depth)
{
        if (depth && one_in(2)) {
                buf_puts(o, "if ");
                gen_bool(o, 1);
                buf_puts(o, " then ");
                gen_context(o, depth - 1);
                buf_puts(o, " else ");
                gen_context(o, depth - 1);
                return;
        }
        if (one_in(6)) {
                buf_puts(o, "null");
                return;
        }
        buf_puts(o, "{x: ");
        gen_number(o, 2);
        buf_puts(o, one_in(3) ? ", z: x" : ", z: 1");
        buf_puts(o, ", y: ");
        gen_string(o, 2);
        buf_puts(o, "}");
}

/* false: some part has no columnar form. */
static bool run_entries(const FeelScope *scope, size_t rows)
{
        static const FeelLimits limits = { .max_bytes = (size_t)1 << 30, .max_depth = 500 };
        static const Str names[] = { { "y", 1 }, { "x", 1 }, { "w", 1 } };
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        gen_context(&text, 3);
        FeelCompileOptions options = { .lenient = true };
        _cleanup_feel_program_ FeelProgram *p = NULL;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL), *y = feel_exec_new(&limits, NULL);
        _cleanup_feel_batch_ FeelBatch *b = NULL;
        Diag diag = DIAG_INIT(LANG_EN);
        assert_ok(feel_compile(scope, FEEL_SOURCE(buf_str(&text)), &options, &diag, &p));
        diag_release(&diag);
        assert_non_null(x);
        assert_non_null(y);
        fill_table(feel_exec_arena(x), rows);
        size_t first = below(2), count = 1 + below(3 - (unsigned)first);
        assert_ok(feel_batch_new_parts(p, names + first, count, &b));
        FeelColumn out[3];
        bool ok;
        assert_ok(feel_batch_eval_parts(b, x, table.columns, COLUMNS, rows, out, &ok));
        for (size_t i = 0; ok && i < rows; i++) {
                FeelValue inputs[COLUMNS], scalar, batch;
                ArenaMark mark = feel_exec_mark(y);
                for (size_t k = 0; k < COLUMNS; k++)
                        assert_ok(feel_column_get(feel_exec_arena(y), &table.columns[k], i, &inputs[k]));
                assert_ok(feel_eval(y, p, inputs, COLUMNS, &scalar));
                for (size_t k = 0; k < count; k++) {
                        const FeelValue *entry = feel_is(&scalar, FEEL_CONTEXT) ? feel_context_get(&scalar, names[first + k])
                                                                                : NULL;
                        FeelValue want = entry ? *entry : feel_is(&scalar, FEEL_UNKNOWN) ? scalar : feel_null();
                        assert_ok(feel_column_get(feel_exec_arena(y), &out[k], i, &batch));
                        compare_row(buf_cstr(&text), i, inputs, &want, &batch);
                }
                feel_exec_rewind(y, mark);
        }
        return ok;
}

static void test_entries(void **state)
{
        (void)state;
        const char *seed = getenv("KECHUANG_SEED"), *nightly = getenv("KECHUANG_NIGHTLY");
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        const FeelScope *scope = new_scope(a);
        chance_state = seed ? strtoull(seed, NULL, 10) : 20230702;
        size_t programs = 0, columnar = 0;
        for (size_t rows = 0, want = nightly && *nightly ? 300000 : 30000; rows < want; programs++) {
                size_t n = one_in(150) ? 1000 + below(ROWS_MAX - 1000) : 1 + below(40);
                columnar += run_entries(scope, n);
                rows += n;
        }
        assert_true(columnar * 10 > programs * 7);
}

/* Only what the asked entries need is asked of the inputs. */
static void test_slot_use(void **state)
{
        (void)state;
        static const Str names[] = { { "x", 1 } };
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        FeelScope *s = feel_scope_new(a, NULL);
        _cleanup_feel_program_ FeelProgram *p = NULL;
        _cleanup_feel_batch_ FeelBatch *b = NULL, *all = NULL;
        FeelSlotUse use;
        uint32_t slot;
        assert_ok(feel_scope_add(s, STR("a"), FEEL_TYPE_CONTEXT, &slot));
        assert_ok(feel_scope_add(s, STR("n"), FEEL_TYPE_NUMBER, &slot));
        FeelCompileOptions options = { .lenient = true };
        assert_ok(feel_compile(s, FEEL_SOURCE(STR("if a.t then {x: a.u, y: string(n) + a.v} else null")), &options, NULL, &p));
        assert_ok(feel_batch_new_parts(p, names, 1, &b));
        assert_ok(feel_batch_slot_use(b, 0, &use));
        assert_false(use.whole);
        assert_int_equal(use.count, 2);
        assert_true(str_eq_c(use.names[0], "t") && str_eq_c(use.names[1], "u"));
        assert_ok(feel_batch_slot_use(b, 1, &use));
        assert_true(!use.whole && use.count == 0);
        assert_ok(feel_batch_new(p, NULL, 0, &all));
        assert_ok(feel_batch_slot_use(all, 1, &use));
        assert_true(use.whole);
        assert_ok(feel_batch_slot_use(all, 0, &use));
        assert_int_equal(use.count, 3);
}

static void test_differential(void **state)
{
        (void)state;
        const char *seed = getenv("KECHUANG_SEED"), *nightly = getenv("KECHUANG_NIGHTLY");
        size_t want = nightly && *nightly ? 1200000 : 120000;
        Totals totals = { 0 };
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        const FeelScope *scope = new_scope(a);
        chance_state = seed ? strtoull(seed, NULL, 10) : 20230701;
        while (totals.rows < want) {
                /* Many programs tell more than many rows.  Chunks are of 1024 rows: mostly less than one, sometimes
                 * over the edge of several. */
                size_t rows = one_in(150) ? 1000 + below(ROWS_MAX - 1000) : 1 + below(40);
                run_program(scope, rows, &totals);
        }
        print_message("%zu rows of %zu programs, %zu of them in columns, %zu but for parts\n", totals.rows, totals.programs,
                totals.columnar, totals.by_parts);
        assert_true(totals.columnar * 10 > totals.programs * 7);
        assert_true(totals.by_parts * 100 > totals.programs * 5);
}

static int release_zones(void **state)
{
        (void)state;
        zone_release_all();
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_differential), cmocka_unit_test(test_entries),
                                            cmocka_unit_test(test_slot_use) };
        return cmocka_run_group_tests(tests, NULL, release_zones);
}
