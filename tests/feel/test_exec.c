/* Running: limits that stop hostile expressions, host functions and collections, failing allocations, and the engine
 * used by threads. */
#include <pthread.h>

#include "tests/feel/feel_test.h"

/* ---------------------------------------------------------------- limits */

static Status limited(const char *text, uint64_t ms, size_t bytes, uint64_t steps, uint32_t depth)
{
        FeelLimits limits = { .max_ns = ms * 1000000, .max_bytes = bytes, .max_steps = steps, .max_depth = depth };
        Case c = { .expression = str_c(text), .lenient = true };
        Outcome o = { .text = BUF_INIT((size_t)64 << 20), .diag = DIAG_INIT(LANG_EN) };
        uint64_t start = clock_mono_ns();
        Status st = run_case(&c, &limits, NULL, &o);
        uint64_t took = clock_mono_ns() - start;
        outcome_release(&o);
        /* Sanitizers and a busy machine are slow; minutes would be no limit. */
        assert_true(took < (ms * 20 + 2000) * 1000000);
        return st;
}

#define MIB ((size_t)1 << 20)

static void test_limits(void **state)
{
        (void)state;
        /* a long loop that keeps nothing */
        assert_int_equal(limited("some i in 1..1000000000000 satisfies i < 0", 50, 64 * MIB, 0, 100), ST_TIMEOUT);
        assert_int_equal(limited("some i in 1..1000000000000 satisfies i < 0", 0, 64 * MIB, 100000, 100), ST_LIMIT);
        assert_int_equal(limited("every i in 1..1000000, j in 1..1000000 satisfies i + j > 0", 50, 64 * MIB, 0, 100), ST_TIMEOUT);
        /* a long loop that keeps everything */
        assert_int_equal(limited("for i in 1..1000000000000 return i", 5000, 16 * MIB, 0, 100), ST_LIMIT);
        assert_int_equal(limited("for i in 1..1000000000 return partial", 5000, 16 * MIB, 0, 100), ST_LIMIT);
        /* lists and texts that double */
        assert_int_equal(limited("{d: function(l, n) if n = 0 then l else d(concatenate(l, l), n - 1), r: d([1], 60)}.r", 5000, 16 * MIB, 0, 200),
                         ST_LIMIT);
        assert_int_equal(limited("{d: function(s, n) if n = 0 then s else d(s + s, n - 1), r: d(\"科\", 60)}.r", 5000, 16 * MIB, 0, 200), ST_LIMIT);
        /* recursion: without end, and exponential */
        assert_int_equal(limited("{f: function(n) f(n + 1), r: f(0)}.r", 5000, 64 * MIB, 0, 300), ST_LIMIT);
        assert_int_equal(limited("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(60)}.r", 100, 64 * MIB, 0, 300), ST_TIMEOUT);
        assert_int_equal(limited("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(60)}.r", 0, 64 * MIB, 50000, 300), ST_LIMIT);
        /* shared parts: short to make, long to look at */
        const char *twice = "{a: [1, 1], b: [a, a], c: [b, b], d: [c, c], e: [d, d], f: [e, e], g: [f, f], h: [g, g], i: [h, h], j: [i, i], "
                            "k: [j, j], l: [k, k], m: [l, l], n: [m, m], o: [n, n], p: [o, o], q: [p, p], r: [q, q], s: [r, r], t: [s, s], "
                            "u: [t, t], v: [u, u], w: [v, v], x: [w, w], y: [x, x], z: [y, y], aa: [z, z], bb: [aa, aa], cc: [bb, bb]";
        char text[2000];
        snprintf(text, sizeof(text), "%s, res: string(cc)}.res", twice);
        assert_int_equal(limited(text, 5000, 16 * MIB, 0, 100), ST_LIMIT);
        snprintf(text, sizeof(text), "%s, res: count(flatten(cc))}.res", twice);
        assert_int_equal(limited(text, 5000, 16 * MIB, 0, 100), ST_LIMIT);
        snprintf(text, sizeof(text), "{f: function(x) %s}, r: f(1) = f(2)}.r", twice);
        assert_int_equal(limited(text, 20000, 16 * MIB, 1000000, 100), ST_LIMIT);
        /* a pattern that backtracks */
        assert_int_equal(limited("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"^(a+)+$\")", 5000, 16 * MIB, 0, 100), ST_OK);
        /* values nested deeper than any text */
        assert_int_equal(limited("{n: function(v, k) if k = 0 then v else n([v], k - 1), r: string(n(1, 250)) = string(n(1, 250))}.r", 5000,
                                 64 * MIB, 0, 300), ST_OK);
        assert_int_equal(limited("{l: for i in 1..20000 return [partial[-1]], r: l[-1] = l[-2]}.r", 5000, 256 * MIB, 0, 300), ST_LIMIT);
        assert_int_equal(limited("count((for i in 1..20000 return [partial[-1]])[-1].x)", 5000, 256 * MIB, 0, 300), ST_LIMIT);
}

static void test_limits_leave_a_usable_exec(void **state)
{
        (void)state;
        FeelLimits limits = { .max_bytes = MIB, .max_steps = 50000, .max_depth = 50 };
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        _cleanup_feel_program_ FeelProgram *bad = NULL, *good = NULL, *deep = NULL;
        FeelValue v;
        assert_non_null(x);
        assert_ok(feel_compile(NULL, FEEL_SOURCE(STR("for i in 1..1000000 return string(i)")), NULL, NULL, &bad));
        assert_ok(feel_compile(NULL, FEEL_SOURCE(STR("{f: function(n) f(n + 1), r: f(0)}")), NULL, NULL, &deep));
        assert_ok(feel_compile(NULL, FEEL_SOURCE(STR("sum(for i in 1..100 return i)")), NULL, NULL, &good));
        for (int i = 0; i < 20; i++) {
                assert_int_equal(feel_eval(x, i % 2 ? bad : deep, NULL, 0, &v), ST_LIMIT);
                feel_exec_reset(x);
                assert_ok(feel_eval(x, good, NULL, 0, &v));
                assert_true(dec_eq(v.number, dec_from_i64(5050)));
        }
        feel_exec_cancel(x);
        assert_int_equal(feel_eval(x, bad, NULL, 0, &v), ST_CANCELLED);
        feel_exec_reset(x);
        assert_ok(feel_eval(x, good, NULL, 0, &v));
}

/* A loop over rows that rewinds stays within a little memory. */
static void test_rewind(void **state)
{
        (void)state;
        FeelLimits limits = { .max_bytes = 256 << 10, .max_depth = 50 };
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        _cleanup_arena_ Arena *a = arena_new(MIB);
        _cleanup_feel_program_ FeelProgram *p = NULL;
        FeelScope *s = feel_scope_new(a, NULL);
        FeelValue v, in;
        assert_ok(feel_scope_add(s, STR("n"), NULL, NULL));
        assert_ok(feel_compile(s, FEEL_SOURCE(STR("for i in 1..100 return string(i + n)")), NULL, NULL, &p));
        for (int i = 0; i < 2000; i++) {
                ArenaMark m = feel_exec_mark(x);
                in = feel_i64(i);
                assert_ok(feel_eval(x, p, &in, 1, &v));
                assert_int_equal(v.list.len, 100);
                feel_exec_rewind(x, m);
        }
}

/* One program, many threads, each with its own exec. */
typedef struct Worker {
        pthread_t thread;
        const FeelProgram *program;
        int64_t from;
        bool ok;
} Worker;

static void *work(void *arg)
{
        Worker *w = arg;
        FeelExec *x = feel_exec_new(NULL, NULL);
        w->ok = x != NULL;
        for (int64_t i = 0; i < 300 && w->ok; i++) {
                ArenaMark m = feel_exec_mark(x);
                FeelValue in = feel_i64(w->from + i), v;
                w->ok = feel_eval(x, w->program, &in, 1, &v) == ST_OK && v.kind == FEEL_NUMBER &&
                        dec_eq(v.number, dec_from_i64(3 * (w->from + i) + 6));
                feel_exec_rewind(x, m);
        }
        feel_exec_free(x);
        return NULL;
}

static void test_threads(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(MIB);
        _cleanup_feel_program_ FeelProgram *p = NULL;
        FeelScope *s = feel_scope_new(a, NULL);
        Worker w[4];
        assert_ok(feel_scope_add(s, STR("n"), FEEL_TYPE_NUMBER, NULL));
        assert_ok(feel_compile(s, FEEL_SOURCE(STR("sum((for i in [1, 2, 3] return {v: n + i})[matches(string(v), \"^-?[0-9]+$\")].v)")),
                               NULL, NULL, &p));
        for (size_t i = 0; i < ARRAY_LEN(w); i++) {
                w[i] = (Worker){ .program = p, .from = (int64_t)i * 1000 };
                assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
        }
        for (size_t i = 0; i < ARRAY_LEN(w); i++) {
                pthread_join(w[i].thread, NULL);
                assert_true(w[i].ok);
        }
}

/* ---------------------------------------------------------------- hosts */

typedef struct World {
        int fetched, called;
} World;

static Status fetch_qualifications(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)args;
        assert_int_equal(n, 0);
        ((World *)user)->fetched++;
        Arena *a = feel_exec_arena(x);
        const FeelShape *shape;
        Str keys[] = { STR("kind"), STR("valid from") };
        FeelValue *rows = arena_array_of(a, FeelValue, 2), *cells = arena_array_of(a, FeelValue, 4);
        if (!rows || !cells)
                return ST_NOMEM;
        TRY(feel_shape_new(a, keys, 2, &shape));
        cells[0] = feel_string(STR("高新技术企业"));
        cells[1] = feel_date((Date){ 2021, 5, 1 });
        cells[2] = feel_string(STR("专精特新"));
        cells[3] = feel_date((Date){ 2022, 1, 1 });
        rows[0] = feel_context(shape, cells);
        rows[1] = feel_context(shape, cells + 2);
        *ret = feel_list(rows, 2);
        return ST_OK;
}

/* enterprise year(year): a context, or UNKNOWN for a year nobody filed. */
static Status enterprise_year(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        int64_t year;
        ((World *)user)->called++;
        assert_true(n == 2 && args[0].kind == FEEL_NUMBER);
        if (!dec_to_i64(args[0].number, &year))
                return feel_null_because(x, ret, "年份应为整数", "a year is a whole number");
        if (year < 2020)
                return feel_unknown(feel_exec_arena(x), STR("revenue"), ret);
        if (year > 3000)
                return ST_FORBIDDEN;
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(feel_exec_arena(x));
        FeelValue v = feel_i64(year * 1000);
        TRY(feel_context_put(&b, STR("revenue"), &v));
        v = args[1];
        TRY(feel_context_put(&b, STR("unit"), &v));
        return feel_context_done(&b, ret);
}

typedef struct Fixture {
        Arena *arena;
        FeelLibrary *library;
        FeelScope *scope;
        FeelExec *x;
        Diag diag;
        World world;
} Fixture;

static int set_up(void **state)
{
        Fixture *f = mem_calloc(1, sizeof(*f));
        f->arena = arena_new(MIB);
        f->library = feel_library_new(f->arena);
        f->diag = DIAG_INIT(LANG_EN);
        FeelHostParam params[] = { { STR("year"), FEEL_TYPE_NUMBER, false }, { STR("unit"), FEEL_TYPE_STRING, true } };
        FeelField fields[] = { { STR("revenue"), FEEL_TYPE_NUMBER }, { STR("unit"), FEEL_TYPE_STRING } };
        FeelField row[] = { { STR("kind"), FEEL_TYPE_STRING }, { STR("valid from"), FEEL_TYPE_DATE } };
        FeelHostFunction h = { .name = STR("enterprise year"), .params = params, .param_count = 2, .fn = enterprise_year,
                               .user = &f->world, .result = feel_type_context(f->arena, fields, 2) };
        FeelHostCollection c = { .name = STR("qualification"), .fetch = fetch_qualifications, .user = &f->world,
                                 .type = feel_type_list(f->arena, feel_type_context(f->arena, row, 2)) };
        assert_ok(feel_library_add_function(f->library, &h));
        assert_ok(feel_library_add_collection(f->library, &c));
        assert_int_equal(feel_library_add_collection(f->library, &c), ST_EXISTS);
        h.name = STR("count");
        assert_int_equal(feel_library_add_function(f->library, &h), ST_EXISTS);
        h.name = STR("a b(");
        assert_int_equal(feel_library_add_function(f->library, &h), ST_INVALID);
        f->scope = feel_scope_new(f->arena, f->library);
        assert_ok(feel_scope_add(f->scope, STR("year"), FEEL_TYPE_NUMBER, NULL));
        f->x = feel_exec_new(NULL, &f->diag);
        *state = f;
        return 0;
}

static int tear_down(void **state)
{
        Fixture *f = *state;
        feel_exec_free(f->x);
        diag_release(&f->diag);
        arena_free(f->arena);
        mem_free(f);
        return 0;
}

static void expect(Fixture *f, const char *text, const char *want)
{
        FeelProgram *p;
        FeelValue v, in = feel_i64(2023);
        Buf b = BUF_INIT(1 << 16);
        FeelCompileOptions o = { .lenient = true };
        assert_ok(feel_compile(f->scope, FEEL_SOURCE(str_c(text)), &o, &f->diag, &p));
        assert_ok(feel_eval(f->x, p, &in, 1, &v));
        feel_to_text(&v, &b);
        assert_string_equal(buf_cstr(&b), want);
        buf_release(&b);
        feel_program_free(p);
}

static void test_host_functions(void **state)
{
        Fixture *f = *state;
        expect(f, "enterprise year(year).revenue", "2023000");
        expect(f, "enterprise   year(unit: \"万元\", year: 2021).unit", "\"万元\"");
        expect(f, "enterprise year(2021).unit", "null");
        expect(f, "enterprise year(2010).revenue + 1", "unknown(revenue)");
        expect(f, "for y in 2019..2021 return enterprise year(y).revenue", "[unknown(revenue), 2020000, 2021000]");
        expect(f, "enterprise year(\"x\")", "null");
        expect(f, "enterprise year(2021.5)", "null");
        expect(f, "enterprise year([2021]).revenue", "2021000");
        expect(f, "{f: enterprise year, r: f(2022).revenue}.r", "2022000");
        assert_true(f->diag.warnings >= 2);
        assert_int_equal(f->diag.errors, 0);
        /* What a host function returns beside ST_OK ends the evaluation. */
        FeelProgram *p;
        FeelValue v;
        assert_ok(feel_compile(f->scope, FEEL_SOURCE(STR("[1, enterprise year(5000)]")), NULL, &f->diag, &p));
        assert_int_equal(feel_eval(f->x, p, NULL, 0, &v), ST_FORBIDDEN);
        feel_program_free(p);
        /* Wrong types and numbers of arguments are errors of the text. */
        assert_int_equal(feel_compile(f->scope, FEEL_SOURCE(STR("enterprise year(\"x\")")), NULL, NULL, &p), ST_INVALID);
        assert_int_equal(feel_compile(f->scope, FEEL_SOURCE(STR("enterprise year()")), NULL, NULL, &p), ST_INVALID);
        assert_int_equal(feel_compile(f->scope, FEEL_SOURCE(STR("enterprise year(2020).revenu")), NULL, NULL, &p), ST_INVALID);
        assert_int_equal(feel_compile(f->scope, FEEL_SOURCE(STR("enterprise year(jahr: 1)")), NULL, NULL, &p), ST_INVALID);
}

static void test_collections(void **state)
{
        Fixture *f = *state;
        expect(f, "qualification[kind = \"高新技术企业\"].valid from", "[@\"2021-05-01\"]");
        expect(f, "count(qualification[kind = \"高新技术企业\" and valid from < @\"2022-01-01\"])", "1");
        expect(f, "count(qualification) + count(qualification)", "4");
        assert_int_equal(f->world.fetched, 1);
        ArenaMark m = feel_exec_mark(f->x);
        expect(f, "qualification.kind", "[\"高新技术企业\", \"专精特新\"]");
        feel_exec_rewind(f->x, m);
        expect(f, "qualification.kind", "[\"高新技术企业\", \"专精特新\"]");
        assert_int_equal(f->world.fetched, 1);
        feel_exec_reset(f->x);
        expect(f, "qualification[1].kind", "\"高新技术企业\"");
        assert_int_equal(f->world.fetched, 2);
}

/* Functions passed in as values, called by name, calling back. */
static Status call_twice(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)user;
        FeelValue once;
        assert_int_equal(n, 2);
        TRY(feel_call(x, &args[0], &args[1], 1, &once));
        return feel_call(x, &args[0], &once, 1, ret);
}

static void test_function_values(void **state)
{
        Fixture *f = *state;
        FeelHostParam params[] = { { STR("f"), FEEL_TYPE_FUNCTION, false }, { STR("start value"), NULL, false } };
        FeelHostFunction h = { .name = STR("twice"), .params = params, .param_count = 2, .fn = call_twice };
        FeelValue in[2], v;
        FeelProgram *p;
        assert_ok(feel_function_value(f->arena, &h, &in[1]));
        assert_int_equal(feel_function_param_count(&in[1]), 2);
        assert_true(str_eq(feel_function_param_name(&in[1], 1), STR("start value")));
        assert_ok(feel_scope_add(f->scope, STR("twice"), NULL, NULL));
        assert_ok(feel_compile(f->scope, FEEL_SOURCE(STR("twice(start value: 5, f: function(x) x * x)")), NULL, NULL, &p));
        assert_ok(feel_eval(f->x, p, in, 2, &v));
        assert_true(dec_eq(v.number, dec_from_i64(625)));
        feel_program_free(p);
        /* A function that ends up calling itself without end is stopped like any recursion. */
        assert_ok(feel_compile(f->scope, FEEL_SOURCE(STR("{g: function(x) twice(g, x), r: g(1)}.r")), NULL, NULL, &p));
        assert_int_equal(feel_eval(f->x, p, in, 2, &v), ST_LIMIT);
        feel_program_free(p);
}

/* Messages carry the place in the file the text came from. */
static void test_places(void **state)
{
        Fixture *f = *state;
        FeelProgram *p;
        FeelValue v;
        FeelSource src = { .text = STR("[1,\n  2 / 0]"), .file = "policies/rd.yaml", .line = 7, .col = 12 };
        assert_ok(feel_compile(NULL, src, NULL, &f->diag, &p));
        assert_ok(feel_eval(f->x, p, NULL, 0, &v));
        assert_int_equal(f->diag.count, 1);
        assert_string_equal(f->diag.msgs[0].pos.file, "policies/rd.yaml");
        assert_int_equal(f->diag.msgs[0].pos.line, 8);
        assert_int_equal(f->diag.msgs[0].pos.col, 5);
        assert_int_equal(f->diag.msgs[0].severity, SEV_WARNING);
        feel_program_free(p);
        src.text = STR("1 + 营业 收");
        assert_int_equal(feel_compile(NULL, src, NULL, &f->diag, &p), ST_INVALID);
        assert_int_equal(f->diag.msgs[1].pos.line, 7);
        assert_int_equal(f->diag.msgs[1].pos.col, 16);
}

/* ---------------------------------------------------------------- failing allocations */

static const char *const sweep_texts[] = {
        "{a: 1, b: [a, \"x\" + string(a)], f: function(n) if n < 1 then a else f(n - 1), r: f(3)}.b[2]",
        "for i in 1..20, j in [1, 2] return {k: i * j, l: count(partial)}",
        "sort([3, 1, 2], function(x, y) x < y)[item > 1]",
        "replace(\"2023-06\", \"([0-9]+)-([0-9]+)\", \"$2/$1\") + substring(\"科创中心\", 2)",
        "date(\"2023-01-31\") + duration(\"P1M\") in [@\"2023-01-01\"..@\"2023-12-31\"]",
        "some x in [{loan amount: 1}, {loan amount: 2}][loan amount > 1] satisfies x.loan amount = 2",
        "context merge([{a: 1}, {b: {c: [1..2]}}]) instance of context<a: number>",
        "foo(1) + unknown name + 1 / 0",
        "string join(split(\"a,b,c\", \",\"), \"-\")",
};

static void test_failing_allocations(void **state)
{
        (void)state;
        Case warm = { .expression = STR("@\"10:00:00@Europe/Paris\"") };
        Outcome w = { .text = BUF_INIT(1000), .diag = DIAG_INIT(LANG_EN) };
        assert_ok(run_case(&warm, NULL, NULL, &w));
        outcome_release(&w);
        for (size_t i = 0; i < ARRAY_LEN(sweep_texts); i++) {
                Case c = { .expression = str_c(sweep_texts[i]), .lenient = true, .context = STR("{\"enterprise\": [{\"a b\": 1.5}]}"),
                           .unknown = STR("rd, gdp") };
                for (int persistent = 0; persistent < 2; persistent++) {
                        Status st = ST_NOMEM;
                        uint64_t n = 0;
                        while (st != ST_OK) {
                                Outcome o = { .text = BUF_INIT(1 << 20), .diag = DIAG_INIT(LANG_EN) };
                                int64_t live = mem_live_blocks();
                                mem_test_fail_at(++n, persistent);
                                st = run_case(&c, NULL, NULL, &o);
                                mem_test_fail_at(0, 0);
                                outcome_release(&o);
                                assert_int_equal(mem_live_blocks(), live);
                                if (st != ST_OK && st != ST_NOMEM)
                                        print_message("%s: allocation %d\n", sweep_texts[i], (int)n);
                                if (st != ST_OK)
                                        assert_int_equal(st, ST_NOMEM);
                                assert_true(n < 10000);
                                /* Messages are dropped silently when there is no memory for them: past the last allocation of
                                 * the value the rest are theirs. */
                        }
                        assert_true(n > 3);
                }
        }
}

/* ---------------------------------------------------------------- values */

static void test_values(void **state)
{
        Fixture *f = *state;
        FeelValue a, b, u;
        assert_ok(feel_unknown(f->arena, STR("rd"), &a));
        assert_ok(feel_unknown(f->arena, STR("gdp"), &b));
        assert_ok(feel_unknown_union(f->arena, &a, &b, &u));
        assert_ok(feel_unknown_union(f->arena, &u, &a, &u));
        assert_int_equal(u.unknown.len, 2);
        assert_true(str_eq(u.unknown.names[0], STR("gdp")));
        FeelValue n1 = feel_number(dec_from_scaled(150, 2)), n2 = feel_number(dec_from_scaled(15, 1));
        assert_int_equal(feel_equal(&n1, &n2), FEEL_TRUE);
        assert_true(feel_hash(&n1) == feel_hash(&n2));
        FeelContextBuilder cb = FEEL_CONTEXT_BUILDER(f->arena);
        for (int i = 0; i < 50; i++) {
                FeelValue v = feel_i64(i);
                assert_ok(feel_context_put(&cb, arena_str(f->arena, str_c((char[]){ (char)('A' + i % 26), (char)('a' + i / 26), '\0' })), &v));
        }
        FeelValue ctx, copy;
        assert_ok(feel_context_done(&cb, &ctx));
        assert_true(dec_eq(feel_context_get(&ctx, STR("Bb"))->number, dec_from_i64(27)));
        assert_null(feel_context_get(&ctx, STR("Zz")));
        assert_ok(feel_copy(f->arena, &ctx, &copy));
        assert_int_equal(feel_equal(&ctx, &copy), FEEL_TRUE);
        assert_true(feel_hash(&ctx) == feel_hash(&copy));
        Str twice[] = { STR("a"), STR("b"), STR("a") };
        const FeelShape *shape;
        assert_int_equal(feel_shape_new(f->arena, twice, 3, &shape), ST_EXISTS);
        int c;
        FeelValue s1 = feel_string(STR("a")), s2 = feel_string(STR("b"));
        assert_true(feel_order(&s1, &s2, &c) && c == -1);
        assert_false(feel_order(&s1, &n1, &c));
        bool ok;
        FeelValue out, list = feel_list(&n1, 1), date = feel_date((Date){ 2023, 1, 1 });
        assert_ok(feel_coerce(f->arena, &list, FEEL_TYPE_NUMBER, &ok, &out));
        assert_true(ok && out.kind == FEEL_NUMBER);
        assert_ok(feel_coerce(f->arena, &n1, feel_type_list(f->arena, FEEL_TYPE_NUMBER), &ok, &out));
        assert_true(ok && out.kind == FEEL_LIST);
        assert_ok(feel_coerce(f->arena, &date, FEEL_TYPE_DATE_TIME, &ok, &out));
        assert_true(ok && out.kind == FEEL_DATE_TIME);
        assert_ok(feel_coerce(f->arena, &n1, FEEL_TYPE_STRING, &ok, &out));
        assert_true(!ok && out.kind == FEEL_NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_limits),
                cmocka_unit_test(test_limits_leave_a_usable_exec),
                cmocka_unit_test(test_rewind),
                cmocka_unit_test(test_threads),
                cmocka_unit_test_setup_teardown(test_host_functions, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_collections, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_function_values, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
                cmocka_unit_test(test_failing_allocations),
                cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
