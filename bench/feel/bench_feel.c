/* How fast expressions are: one policy over 100,000 enterprises, by the batch
 * executor, by the scalar executor row by row, and by a loop over int64 cents
 * written by hand, which is what such a rule costs at least.
 *
 *     bench-feel [ROWS] [SECONDS] [NAME]         (100000 rows, 1 second each, all measurements)
 *
 * One line a measurement, fields apart by tabs: name, evaluations per second of
 * CPU, nanoseconds of CPU an evaluation, sum of the amounts in cents (the three
 * must agree to the cent; the program fails otherwise).  Then the speed of parsing
 * (text to tree) and of compiling (text to program) in megabytes of text a second.  The policy is that of
 * bench/dmn/rd_subsidy.dmn: six rules over scale, revenue and R&D expense. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "feel/ast.h"
#include "feel/feel_batch.h"
#include "feel/scope.h"

static const char policy[] =
        "{\n"
        "  超出额: 研发费用 - 营业收入 * 0.02,\n"
        "  补助金额:\n"
        "    if 企业规模 = \"规上\" and 超出额 <= 0 then 0\n"
        "    else if 企业规模 = \"规上\" and 超出额 in (0..50000000] then round half up(超出额 * 0.10, 2)\n"
        "    else if 企业规模 = \"规上\" and 超出额 > 50000000 then 5000000\n"
        "    else if 企业规模 = \"科技型中小\" and 研发费用 <= 3333333.33 then round half up(研发费用 * 0.15, 2)\n"
        "    else if 企业规模 = \"科技型中小\" and 研发费用 > 3333333.33 then 500000\n"
        "    else if 企业规模 = \"其他\" then 0\n"
        "    else null\n"
        "}.补助金额";

/* With a quotient and a rounding of it, which decimal128 pays for dearly. */
static const char intensity[] =
        "if 研发费用 / 营业收入 >= 0.05 then decimal(研发费用 / 营业收入 * 100, 2) "
        "else if 研发费用 / 营业收入 * 100 >= 3 then 3 else 0";

typedef struct Rows {
        size_t n;
        Str *scale;
        uint8_t *scale_code;    /* 0 规上, 1 科技型中小, 2 其他: for the loop by hand */
        int64_t *revenue, *rd;  /* cents */
} Rows;

static uint64_t chance_state = 20230701;

static uint64_t chance(void)
{
        uint64_t z = (chance_state += UINT64_C(0x9E3779B97F4A7C15));
        z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
        return z ^ z >> 31;
}

static bool rows_init(Rows *r, size_t n)
{
        static const Str names[] = { { "规上", 6 }, { "科技型中小", 15 }, { "其他", 6 } };
        *r = (Rows){ .n = n };
        r->scale = mem_alloc(n * sizeof(*r->scale));
        r->scale_code = mem_alloc(n);
        r->revenue = mem_alloc(n * sizeof(*r->revenue));
        r->rd = mem_alloc(n * sizeof(*r->rd));
        if (!r->scale || !r->scale_code || !r->revenue || !r->rd)
                return false;
        for (size_t i = 0; i < n; i++) {
                unsigned kind = (unsigned)(chance() % 10);
                r->scale_code[i] = kind < 5 ? 0 : kind < 8 ? 1 : 2;
                r->scale[i] = names[r->scale_code[i]];
                /* 2 million to 2 billion yuan of revenue, 0 to 12 % of it for R&D. */
                r->revenue[i] = (int64_t)(200000000 + chance() % UINT64_C(200000000000) / (1 + chance() % 50));
                r->rd[i] = r->revenue[i] / 10000 * (int64_t)(chance() % 1200) + (int64_t)(chance() % 10000);
        }
        return true;
}

static void rows_release(Rows *r)
{
        mem_free(r->scale);
        mem_free(r->scale_code);
        mem_free(r->revenue);
        mem_free(r->rd);
}

static double cpu_seconds(void)
{
        struct timespec t;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const char *only;        /* the one measurement asked for; NULL: all */

static bool wanted(const char *name)
{
        return !only || strcmp(only, name) == 0;
}

static void report(const char *name, double rows, double seconds, int64_t sum)
{
        printf("%s\t%.0f\t%.1f\t%lld\n", name, rows / seconds, seconds / rows * 1e9, (long long)sum);
}

/* ---------------------------------------------------------------- the loop by hand */

/* a / b, halves away from zero. */
static int64_t half_up(int64_t a, int64_t b)
{
        return a >= 0 ? (a + b / 2) / b : -((-a + b / 2) / b);
}

static int64_t by_hand(const Rows *r, int64_t *out)
{
        int64_t sum = 0;
        for (size_t i = 0; i < r->n; i++) {
                int64_t excess = r->rd[i] * 100 - r->revenue[i] * 2, amount;    /* hundredths of a cent */
                if (r->scale_code[i] == 0 && excess <= 0)
                        amount = 0;
                else if (r->scale_code[i] == 0 && excess <= INT64_C(500000000000))
                        amount = half_up(excess, 1000);
                else if (r->scale_code[i] == 0)
                        amount = 500000000;
                else if (r->scale_code[i] == 1 && r->rd[i] <= 333333333)
                        amount = half_up(r->rd[i] * 15, 100);
                else if (r->scale_code[i] == 1)
                        amount = 50000000;
                else
                        amount = 0;
                out[i] = amount;
                sum += amount;
        }
        return sum;
}

/* ---------------------------------------------------------------- the engine */

static FeelProgram *compiled(Arena *a, const char *text)
{
        static const Str names[] = { { "企业规模", 12 }, { "营业收入", 12 }, { "研发费用", 12 } };
        const FeelType *types[] = { FEEL_TYPE_STRING, FEEL_TYPE_NUMBER, FEEL_TYPE_NUMBER };
        FeelScope *scope = feel_scope_new(a, NULL);
        FeelProgram *p = NULL;
        uint32_t slot;
        for (size_t i = 0; scope && i < 3; i++)
                if (feel_scope_add(scope, names[i], types[i], &slot) != ST_OK)
                        return NULL;
        if (!scope || feel_compile(scope, FEEL_SOURCE(str_c(text)), NULL, NULL, &p) != ST_OK)
                return NULL;
        return p;
}

static bool sum_column(const FeelColumn *c, size_t n, int64_t *ret)
{
        *ret = 0;
        for (size_t i = 0; i < n; i++) {
                FeelValue v;
                int64_t cents = 0;
                if (feel_column_get(NULL, c, i, &v) != ST_OK)
                        return false;
                if (feel_is(&v, FEEL_NUMBER) && !dec_to_scaled(v.number, 2, &cents))
                        return false;
                *ret += cents;
        }
        return true;
}

static bool bench_batch(const char *name, const FeelProgram *p, const FeelColumn *in, size_t n, double seconds,
                        int64_t *ret_sum)
{
        if (!wanted(name))
                return true;
        FeelLimits limits = { .max_bytes = (size_t)1 << 30, .max_depth = 500 };
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        _cleanup_feel_batch_ FeelBatch *b = NULL;
        FeelColumn out;
        if (!x || feel_batch_new(p, in, 3, &b) != ST_OK || !feel_batch_is_columnar(b))
                return false;
        double start = cpu_seconds(), took = 0, rows = 0;
        while (took < seconds) {
                feel_exec_reset(x);
                if (feel_batch_eval(b, x, in, 3, n, &out) != ST_OK)
                        return false;
                rows += (double)n;
                took = cpu_seconds() - start;
        }
        if (!sum_column(&out, n, ret_sum))
                return false;
        report(name, rows, took, *ret_sum);
        return true;
}

static bool bench_scalar(const char *name, const FeelProgram *p, const FeelColumn *in, size_t n, double seconds,
                         int64_t *ret_sum)
{
        if (!wanted(name))
                return true;
        FeelLimits limits = { .max_bytes = (size_t)1 << 30, .max_depth = 500 };
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        if (!x)
                return false;
        double start = cpu_seconds(), took = 0, rows = 0;
        while (took < seconds) {
                feel_exec_reset(x);
                *ret_sum = 0;
                for (size_t i = 0; i < n; i++) {
                        FeelValue values[3], v;
                        int64_t cents = 0;
                        ArenaMark mark = feel_exec_mark(x);
                        for (size_t k = 0; k < 3; k++)
                                if (feel_column_get(NULL, &in[k], i, &values[k]) != ST_OK)
                                        return false;
                        if (feel_eval(x, p, values, 3, &v) != ST_OK)
                                return false;
                        if (feel_is(&v, FEEL_NUMBER) && dec_to_scaled(v.number, 2, &cents))
                                *ret_sum += cents;
                        feel_exec_rewind(x, mark);
                }
                rows += (double)n;
                took = cpu_seconds() - start;
        }
        report(name, rows, took, *ret_sum);
        return true;
}

static FeelScope *scope_of_policy(Arena *a)
{
        FeelScope *scope = feel_scope_new(a, NULL);
        if (!scope || feel_scope_add(scope, STR("企业规模"), FEEL_TYPE_STRING, NULL) != ST_OK ||
            feel_scope_add(scope, STR("营业收入"), FEEL_TYPE_NUMBER, NULL) != ST_OK ||
            feel_scope_add(scope, STR("研发费用"), FEEL_TYPE_NUMBER, NULL) != ST_OK)
                return NULL;
        return scope;
}

/* Text to tree: the policy over and over as one list of 100 KB, as a library of rules would be. */
static bool bench_parse(double seconds)
{
        if (!wanted("parse"))
                return true;
        _cleanup_arena_ Arena *keep = arena_new((size_t)4 << 20), *a = arena_new((size_t)256 << 20);
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        FeelScope *scope = keep ? scope_of_policy(keep) : NULL;
        while (text.len < 100000) {
                buf_puts(&text, text.len ? ",\n" : "[");
                buf_puts(&text, policy);
        }
        buf_puts(&text, "]");
        if (!scope || !a || buf_status(&text) != ST_OK)
                return false;
        double start = cpu_seconds(), took = 0, bytes = 0;
        while (took < seconds) {
                CompileBudget budget = feel_budget(FEEL_MAX_COMPILE_NS_DEFAULT);
                ParseInput in = { .arena = a, .src = FEEL_SOURCE(buf_str(&text)), .scope = scope, .max_depth = FEEL_MAX_DEPTH_DEFAULT,
                                  .budget = &budget };
                Ast *root;
                ArenaMark mark = arena_mark(a);
                if (feel_parse_expression(&in, &root) != ST_OK)
                        return false;
                arena_rewind(a, mark);
                bytes += (double)text.len;
                took = cpu_seconds() - start;
        }
        printf("parse\t%.1f MB/s\n", bytes / took / 1e6);
        return true;
}

static bool bench_compile(Arena *a, double seconds)
{
        if (!wanted("compile"))
                return true;
        double start = cpu_seconds(), took = 0, bytes = 0;
        while (took < seconds) {
                ArenaMark mark = arena_mark(a);
                for (int i = 0; i < 100; i++) {
                        FeelProgram *p = compiled(a, policy);
                        if (!p)
                                return false;
                        feel_program_free(p);
                        bytes += sizeof(policy) - 1;
                }
                arena_rewind(a, mark);
                took = cpu_seconds() - start;
        }
        printf("compile\t%.1f MB/s\n", bytes / took / 1e6);
        return true;
}

int main(int argc, char **argv)
{
        size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
        double seconds = argc > 2 ? strtod(argv[2], NULL) : 1;
        Rows r;
        if (n == 0 || !rows_init(&r, n))
                return 3;
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        int64_t *amounts = mem_alloc(n * sizeof(*amounts)), hand = 0, batch = 0, scalar = 0, batch2 = 0, scalar2 = 0;
        _cleanup_feel_program_ FeelProgram *p = a ? compiled(a, policy) : NULL, *q = a ? compiled(a, intensity) : NULL;
        if (!amounts || !p || !q)
                return 3;
        only = argc > 3 ? argv[3] : NULL;
        double start = cpu_seconds(), took = 0, rows = 0;
        while (wanted("int64-loop") && took < seconds) {
                hand = by_hand(&r, amounts);
                rows += (double)n;
                took = cpu_seconds() - start;
        }
        if (wanted("int64-loop"))
                report("int64-loop", rows, took, hand);
        FeelColumn in[3] = {
                { .kind = FEEL_COL_STR, .str = r.scale },
                { .kind = FEEL_COL_SCALED, .scale = 2, .scaled = r.revenue },
                { .kind = FEEL_COL_SCALED, .scale = 2, .scaled = r.rd },
        };
        bool ok = bench_batch("feel-batch", p, in, n, seconds, &batch) &&
                  bench_scalar("feel-scalar", p, in, n, seconds, &scalar) &&
                  bench_batch("feel-batch-quotient", q, in, n, seconds, &batch2) &&
                  bench_scalar("feel-scalar-quotient", q, in, n, seconds, &scalar2) && bench_parse(seconds) && bench_compile(a, seconds);
        mem_free(amounts);
        rows_release(&r);
        if (!ok || (!only && (hand != batch || hand != scalar || batch2 != scalar2))) {
                fprintf(stderr, "the answers differ\n");
                return 1;
        }
        return 0;
}
