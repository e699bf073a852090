/* Two executors, one answer: any text that compiles is run over a small table by the
 * batch executor and row by row, and every row must be the same.  A text that begins
 * with ? is read as unary tests of the column x. */
#include "base/zone.h"
#include "feel/feel_batch.h"
#include "fuzz/fuzz.h"

enum { COLUMNS = 6, ROWS = 41 };

static int64_t money[ROWS], count[ROWS];
static Dec rate[ROWS];
static uint8_t flag[ROWS], nulls[ROWS], missing[ROWS];
static Str text[ROWS];
static int32_t days[ROWS];

static void fill(void)
{
        static const int64_t numbers[] = { 0, 1, -1, 5, 100, 12345, -99999, 500000000, INT64_MAX, INT64_MIN,
                1000000000000 };
        static const char *const decimals[] = { "0.1", "1e-30", "3.3333333333333333333333333333333333", "-7",
                "1e30", "0.055" };
        static const Str texts[] = { { "", 0 }, { "a", 1 }, { "规上", 6 }, { "a long text of many bytes", 25 } };
        for (size_t i = 0; i < ROWS; i++) {
                money[i] = numbers[i % ARRAY_LEN(numbers)];
                count[i] = (int64_t)(i % 7) - 2;
                if (dec_parse(str_c(decimals[i % ARRAY_LEN(decimals)]), &rate[i]) != ST_OK)
                        abort();
                flag[i] = i % 3 == 0;
                text[i] = texts[i % ARRAY_LEN(texts)];
                days[i] = (int32_t)(i * 977) - 9000;
                nulls[i] = i % 5 == 4;
                missing[i] = i % 9 == 8;
        }
}

static const FeelColumn columns[COLUMNS] = {
        { .kind = FEEL_COL_SCALED, .scale = 2, .scaled = money, .null = nulls, .unknown_name = { "x", 1 } },
        { .kind = FEEL_COL_SCALED, .scaled = count, .unknown = missing, .unknown_name = { "n", 1 } },
        { .kind = FEEL_COL_DEC, .dec = rate, .null = nulls, .unknown = missing, .unknown_name = { "r", 1 } },
        { .kind = FEEL_COL_BOOL, .boolean = flag, .unknown = missing, .unknown_name = { "b", 1 } },
        { .kind = FEEL_COL_STR, .str = text, .null = nulls, .unknown_name = { "s", 1 } },
        { .kind = FEEL_COL_DATE, .days = days, .unknown_name = { "d", 1 } },
};

static const FeelLimits limits = { .max_bytes = 4 << 20, .max_steps = 20000, .max_depth = 50 };

/* The clock is not the same twice. */
static bool reads_clock(Str s)
{
        return str_has(s, STR("now")) || str_has(s, STR("today"));
}

static void compare(FeelExec *x, const FeelProgram *p, bool tests, const FeelColumn *out)
{
        _cleanup_buf_ Buf a = BUF_INIT(8 << 20), b = BUF_INIT(8 << 20);
        for (size_t i = 0; i < ROWS; i++) {
                FeelValue in[COLUMNS], scalar, batch;
                feel_exec_reset(x);
                for (size_t k = 0; k < COLUMNS; k++)
                        if (feel_column_get(feel_exec_arena(x), &columns[k], i, &in[k]) != ST_OK)
                                return;
                Status st = tests ? feel_eval_unary_tests(x, p, &in[0], in, COLUMNS, &scalar)
                                  : feel_eval(x, p, in, COLUMNS, &scalar);
                /* Limits count differently: what one of them stopped is not compared. */
                if (st != ST_OK || feel_column_get(feel_exec_arena(x), out, i, &batch) != ST_OK)
                        return;
                buf_clear(&a);
                buf_clear(&b);
                feel_to_text(&scalar, &a);
                feel_to_text(&batch, &b);
                if (!str_eq(buf_str(&a), buf_str(&b)))
                        fprintf(stderr, "row %zu: %.*s, in columns %.*s\n", i, STR_FMT(buf_str(&a)),
                                STR_FMT(buf_str(&b)));
                FUZZ_ASSERT(str_eq(buf_str(&a), buf_str(&b)));
        }
}

static void run(const FeelScope *scope, Str source, bool tests)
{
        FeelCompileOptions options = { .lenient = true, .max_bytes = 8 << 20, .max_depth = 50 };
        _cleanup_feel_program_ FeelProgram *p = NULL;
        Status st = tests ? feel_compile_unary_tests(scope, FEEL_SOURCE(source), FEEL_TYPE_NUMBER, &options, NULL, &p)
                          : feel_compile(scope, FEEL_SOURCE(source), &options, NULL, &p);
        if (st != ST_OK)
                return;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL), *y = feel_exec_new(&limits, NULL);
        _cleanup_feel_batch_ FeelBatch *b = NULL;
        FeelColumn out;
        if (!x || !y || feel_batch_new(p, NULL, 0, &b) != ST_OK)
                return;
        st = tests ? feel_batch_unary_tests(b, x, &columns[0], columns, COLUMNS, NULL, ROWS, &out)
                   : feel_batch_eval(b, x, columns, COLUMNS, ROWS, &out);
        if (st == ST_OK)
                compare(y, p, tests, &out);
}

void fuzz_one(Str input)
{
        static const char *const names[COLUMNS] = { "x", "n", "r", "b", "s", "d" };
        const FeelType *types[COLUMNS] = { FEEL_TYPE_NUMBER, FEEL_TYPE_NUMBER, FEEL_TYPE_NUMBER,
                                           FEEL_TYPE_BOOLEAN, FEEL_TYPE_STRING, FEEL_TYPE_DATE };
        if (input.len > 2000 || reads_clock(input))
                return;
        if (days[0] == 0)
                fill();
        bool tests = input.len && input.ptr[0] == '?';
        if (tests)
                input = str_n(input.ptr + 1, input.len - 1);
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        FeelScope *scope = a ? feel_scope_new(a, NULL) : NULL;
        uint32_t slot;
        for (size_t k = 0; scope && k < COLUMNS; k++)
                if (feel_scope_add(scope, str_c(names[k]), types[k], &slot) != ST_OK)
                        return;
        if (scope)
                run(scope, input, tests);
        zone_release_all();
}
