/* Models that want too much end in a clear message, within the limits. */
#include <time.h>

#include "tests/dmn/dmn_test.h"

/* Of this process, so that a busy machine does not count. */
static double cpu_seconds(void)
{
        struct timespec t;
        assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
        return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static char *repeat(Arena *a, const char *before, const char *what, size_t times, const char *after)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)256 << 20);
        buf_puts(&b, before);
        for (size_t i = 0; i < times; i++)
                buf_puts(&b, what);
        buf_puts(&b, after);
        assert_ok(buf_status(&b));
        char *s = arena_strdup(a, buf_cstr(&b));
        assert_non_null(s);
        return s;
}

static void refuse(const char *xml, Status want, const char *words)
{
        Fixture f;
        double begin = cpu_seconds();
        Status st = fixture_try(&f, xml, NULL);
        assert_true(cpu_seconds() - begin < 20);
        if (st != want || !fixture_says(&f, words))
                for (size_t i = 0; i < f.diag.count; i++)
                        print_message("%s\n", f.diag.msgs[i].text);
        assert_int_equal(st, want);
        assert_true(fixture_says(&f, words));
        fixture_close(&f);
}

/* Loads of legal models end when the caller says so, and within the memory that it gives. */
static void test_time_and_memory(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(256 << 20);
        buf_puts(&b, "<definitions xmlns='" NS15 "' name='m' namespace='ns'>");
        for (int i = 0; i < 2000; i++)
                buf_printf(&b, "<decision id='d%d' name='d%d'>" LITERAL("for i in 1..10 return [i, i * i, {a: i}]") "</decision>", i, i);
        buf_puts(&b, "</definitions>");
        DmnLimits limits = DMN_LIMITS_DEFAULT;
        for (int i = 0; i < 2; i++) {
                _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
                DmnLoadOptions options = { .limits = &limits };
                DmnModel *m = NULL;
                limits.max_ns = i ? DMN_LIMITS_DEFAULT.max_ns : 1000000;
                limits.max_model_bytes = i ? 4 << 20 : DMN_LIMITS_DEFAULT.max_model_bytes;
                assert_int_equal(dmn_load_text(buf_str(&b), "m.dmn", &options, &diag, &m), i ? ST_LIMIT : ST_TIMEOUT);
                assert_int_equal(diag.errors, 1);
                assert_non_null(strstr(diag.msgs[0].text, i ? "more memory than allowed" : "loading took more than 1 ms"));
        }
        limits = DMN_LIMITS_DEFAULT;
        DmnModel *m = NULL;
        DmnLoadOptions options = { .limits = &limits };
        assert_ok(dmn_load_text(buf_str(&b), "m.dmn", &options, NULL, &m));
        dmn_model_free(m);
}

static void test_not_a_model(void **state)
{
        (void)state;
        refuse("", ST_INVALID, "");
        refuse("<a/>", ST_INVALID, "its root is <a>");
        refuse("<definitions/>", ST_UNSUPPORTED, "is not DMN 1.1 to 1.5");
        refuse("<definitions xmlns='" NS15 "'>", ST_INVALID, "");
}

static void test_laughs(void **state)
{
        (void)state;
        refuse("<!DOCTYPE definitions [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><definitions xmlns='" NS15 "'>&b;</definitions>",
               ST_INVALID, "DOCTYPE");
}

static void test_circles(void **state)
{
        (void)state;
        refuse(MODEL(DECISION("a", NEEDS("b") LITERAL("b")) DECISION("b", NEEDS("c") LITERAL("c")) DECISION("c", NEEDS("a") LITERAL("a"))),
               ST_INVALID, "circular requirements");
        refuse(MODEL(DECISION("a", NEEDS("a") LITERAL("a"))), ST_INVALID, "circular requirements");
        Fixture f;
        DmnLoadOptions o = { .keep_going = true };
        assert_ok(fixture_try(&f, MODEL(DECISION("a", NEEDS("b") LITERAL("b")) DECISION("b", NEEDS("a") LITERAL("a"))), &o));
        assert_int_equal(dmn_check(f.model, &f.diag), ST_CHECK);
        assert_true(fixture_says(&f, "circular requirements"));
        fixture_close(&f);
}

static void test_long_names(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(256 << 20);
        char *xml = repeat(a, "<definitions xmlns='" NS15 "' name='m' namespace='ns'><decision id='d' name='", "长", 3500000, "'/></definitions>");
        Fixture f;
        Status st = fixture_try(&f, xml, NULL);
        assert_int_equal(st, ST_LIMIT);
        fixture_close(&f);
        xml = repeat(a, "<definitions xmlns='" NS15 "' name='m' namespace='ns'><decision id='d' name='", "n", 5000, "'/></definitions>");
        refuse(xml, ST_LIMIT, "too long");
}

static void test_depth(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        char *inner = repeat(a, "", "<list>", 100000, "");
        refuse(repeat(a, "<definitions xmlns='" NS15 "' name='m' namespace='ns'><decision id='d' name='d'>", inner, 1, ""), ST_LIMIT, "");
        char *some = repeat(a, "", "<list>", 150, ""), *ends = repeat(a, "", "</list>", 150, "");
        char *both = repeat(a, some, LITERAL("1"), 1, ends);
        refuse(repeat(a, "<definitions xmlns='" NS15 "' name='m' namespace='ns'><decision id='d' name='d'>", both, 1,
                      "</decision></definitions>"), ST_LIMIT, "nested too deep");
}

static void test_chain(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        buf_puts(&b, "<definitions xmlns='" NS15 "' name='m' namespace='ns'>");
        for (int i = 0; i < 5000; i++)
                buf_printf(&b, "<decision id='d%d' name='d%d'><informationRequirement><requiredDecision href='#d%d'/></informationRequirement>"
                           LITERAL("1") "</decision>", i, i, i + 1);
        buf_puts(&b, "<decision id='d5000' name='d5000'>" LITERAL("1") "</decision></definitions>");
        refuse(buf_cstr(&b), ST_LIMIT, "chain of requirements is too long");
}

/* Wide instead of deep: nothing in a load may take the square of what is there. */
static void test_width(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(256 << 20);
        char *many = repeat(a, "<itemDefinition name='t'>", "<itemComponent name='a'><typeRef>number</typeRef></itemComponent>", 20000, "</itemDefinition>");
        refuse(repeat(a, "<definitions xmlns='" NS15 "' name='m' namespace='ns'>", many, 1, "</definitions>"), ST_LIMIT, "too many components");
        many = repeat(a, "<decision id='d' name='d'>", NEEDS_INPUT("x"), 20000, "</decision>");
        refuse(repeat(a, "<definitions xmlns='" NS15 "' name='m' namespace='ns'>" INPUT("x", "Any"), many, 1, "</definitions>"), ST_LIMIT,
               "too many requirements");
        _cleanup_buf_ Buf b = BUF_INIT(256 << 20);
        buf_puts(&b, "<definitions xmlns='" NS15 "' name='m' namespace='ns'><decision id='d' name='d'><context>");
        for (int i = 0; i < 20000; i++)
                buf_printf(&b, "<contextEntry><variable name='e%d'/></contextEntry>", i);
        buf_puts(&b, "</context></decision></definitions>");
        refuse(buf_cstr(&b), ST_LIMIT, "too many names");
        buf_clear(&b);
        buf_puts(&b, "<definitions xmlns='" NS15 "' name='m' namespace='ns'>");
        for (int i = 0; i < 5000; i++)
                buf_printf(&b, "<itemDefinition name='t%d'><typeRef>number</typeRef></itemDefinition><decision id='d%d' name='d%d'>"
                           LITERAL("1 instance of t1") "</decision>", i, i, i);
        buf_puts(&b, "</definitions>");
        refuse(buf_cstr(&b), ST_LIMIT, "too many types");
        /* A table of many columns is checked without an answer rather than without an end. */
        buf_clear(&b);
        buf_puts(&b, "<definitions xmlns='" NS15 "' name='m' namespace='ns'>" INPUT("x", "number") "<decision id='d' name='d'>" NEEDS_INPUT("x")
                     "<decisionTable>");
        for (int i = 0; i < 3000; i++)
                buf_printf(&b, "<input><inputExpression><text>x + %d</text></inputExpression></input>", i);
        buf_puts(&b, "<output/><rule>");
        for (int i = 0; i < 3000; i++)
                buf_puts(&b, IN("&lt; 5"));
        buf_puts(&b, OUT("1") "</rule></decisionTable></decision></definitions>");
        Fixture f;
        fixture_open(&f, buf_cstr(&b));
        assert_ok(dmn_check(f.model, &f.diag));
        assert_true(fixture_says(&f, "too large to be analysed"));
        fixture_close(&f);
}

static void test_self_types(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL("<itemDefinition name='tA'><typeRef>tB</typeRef></itemDefinition><itemDefinition name='tB'><typeRef>tA"
                               "</typeRef></itemDefinition>" DECISION("d", LITERAL("1"))));
        assert_string_equal(fixture_eval(&f, "d", "{}"), "1");
        diag_clear(&f.diag);
        assert_int_equal(dmn_check(f.model, &f.diag), ST_CHECK);
        assert_true(fixture_says(&f, "refers to itself"));
        fixture_close(&f);
}

#define BKM(name, text) "<businessKnowledgeModel id='" name "' name='" name "'><variable name='" name "'/><encapsulatedLogic>" \
        "<formalParameter name='n'/>" LITERAL(text) "</encapsulatedLogic></businessKnowledgeModel>"

static void stopped(const char *xml, const FeelLimits *limits)
{
        Fixture f;
        FeelValue v;
        assert_ok(fixture_try(&f, xml, NULL));
        f.exec = feel_exec_new(limits, &f.diag);
        double begin = cpu_seconds();
        Status st = dmn_eval(f.model, dmn_find_decision(f.model, STR("d")), f.exec, feel_null(), NULL, &v);
        assert_true(st == ST_LIMIT || st == ST_TIMEOUT);
        assert_true(cpu_seconds() - begin < 15);
        fixture_close(&f);
}

static void test_recursion(void **state)
{
        (void)state;
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_ns = 500000000u;
        limits.max_bytes = 64 << 20;
        limits.max_depth = 200;
        stopped(MODEL(BKM("f", "f(n + 1)") DECISION("d", KNOWS("f") LITERAL("f(1)"))), &limits);
        stopped(MODEL(BKM("f", "if n &lt; 2 then n else f(n - 1) + f(n - 2)") DECISION("d", KNOWS("f") LITERAL("f(60)"))), &limits);
        stopped(MODEL(DECISION("d", "<for iteratorVariable='i'><in>" LITERAL("[1..1000000000]") "</in><return>" LITERAL("i")
                               "</return></for>")), &limits);
        stopped(MODEL(DECISION("d", "<for iteratorVariable='i'><in>" LITERAL("[1..3000000]") "</in><return>" LITERAL("[i, i, i]")
                               "</return></for>")), &limits);
}

static void test_model_memory(void **state)
{
        (void)state;
        DmnLimits limits = DMN_LIMITS_DEFAULT;
        DmnLoadOptions o = { .limits = &limits };
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        char *xml = repeat(a, "<definitions xmlns='" NS15 "' name='m' namespace='ns'>", DECISION("d", LITERAL("1")), 20000, "</definitions>");
        Fixture f;
        limits.max_model_bytes = 1 << 20;
        assert_int_equal(fixture_try(&f, xml, &o), ST_LIMIT);
        fixture_close(&f);
        limits = DMN_LIMITS_DEFAULT;
        limits.max_nodes = 1000;
        assert_int_equal(fixture_try(&f, xml, &o), ST_LIMIT);
        fixture_close(&f);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_not_a_model), cmocka_unit_test(test_time_and_memory), cmocka_unit_test(test_laughs), cmocka_unit_test(test_circles),
                cmocka_unit_test(test_long_names), cmocka_unit_test(test_depth), cmocka_unit_test(test_chain),
                cmocka_unit_test(test_width), cmocka_unit_test(test_self_types), cmocka_unit_test(test_recursion), cmocka_unit_test(test_model_memory),
        };
        return cmocka_run_group_tests_name("dmn hostile", tests, NULL, NULL);
}
