/* Loading and evaluating: versions, names, functions, services, imports, types. */
#include "tests/dmn/dmn_test.h"

static void test_versions(void **state)
{
        (void)state;
        static const char *const ns[] = {
                "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
                "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/", NS15,
        };
        for (size_t i = 0; i < ARRAY_LEN(ns); i++) {
                Fixture f;
                char xml[1000];
                snprintf(xml, sizeof(xml), "<definitions xmlns='%s' xmlns:feel='http://www.omg.org/spec/FEEL/20140401' name='m' "
                         "namespace='ns'>" DECISION("d", LITERAL("1 + 1")) "</definitions>", ns[i]);
                fixture_open(&f, xml);
                assert_string_equal(fixture_eval(&f, "d", "{}"), "2");
                fixture_close(&f);
        }
}

static void test_prefixed_types(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, "<dmn:definitions xmlns:dmn='http://www.omg.org/spec/DMN/20151101/dmn.xsd' xmlns:feel='http://feel' "
                         "xmlns:my='ns' name='m' namespace='ns'><dmn:itemDefinition name='tAge'><dmn:typeRef>feel:number"
                         "</dmn:typeRef></dmn:itemDefinition><dmn:inputData id='a' name='a'><dmn:variable name='a' "
                         "typeRef='my:tAge'/></dmn:inputData><dmn:decision id='d' name='d'><dmn:variable name='d' "
                         "typeRef='feel:string'/><dmn:informationRequirement><dmn:requiredInput href='#a'/>"
                         "</dmn:informationRequirement><dmn:literalExpression><dmn:text>string(a)</dmn:text>"
                         "</dmn:literalExpression></dmn:decision></dmn:definitions>");
        assert_string_equal(fixture_eval(&f, "d", "{a: 7}"), "\"7\"");
        assert_string_equal(fixture_eval(&f, "d", "{a: \"7\"}"), "null");
        fixture_close(&f);
}

/* Types that modellers for other engines write. */
static void test_foreign_types(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(INPUT("i", "integer") INPUT("d", "double") DECISION("sum", NEEDS_INPUT("i") NEEDS_INPUT("d") LITERAL("i + d"))));
        assert_string_equal(fixture_eval(&f, "sum", "{i: 1, d: 0.5}"), "1.5");
        assert_ok(dmn_check(f.model, &f.diag));
        fixture_close(&f);
}

static void test_requirements(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(INPUT("营业 收入", "number") DECISION("two words", NEEDS_INPUT("营业 收入") LITERAL("营业 收入 * 2"))
                               DECISION("d", NEEDS("two words") LITERAL("two words + 1"))
                               DECISION("blind", LITERAL("two words + 1"))));
        assert_string_equal(fixture_eval(&f, "d", "{营业 收入: 10}"), "21");
        /* What is not required is not in scope. */
        assert_string_equal(fixture_eval(&f, "blind", "{营业 收入: 10}"), "null");
        /* A decision that is given is not computed. */
        assert_string_equal(fixture_eval(&f, "d", "{two words: 5}"), "6");
        assert_string_equal(fixture_eval(&f, "two words", "{two words: 5, 营业 收入: 1}"), "2");
        size_t n;
        const DmnDecision *d = dmn_find_decision(f.model, STR("d"));
        const DmnInput *in = dmn_decision_inputs(d, &n);
        assert_int_equal(n, 1);
        assert_true(str_eq_c(in[0].name, "营业 收入"));
        assert_true(in[0].type == FEEL_TYPE_NUMBER);
        assert_int_equal(dmn_decision_count(f.model), 3);
        FeelValue ten = feel_i64(10), v;
        assert_ok(dmn_eval_slots(f.model, d, f.exec, &ten, NULL, &v));
        assert_string_equal(fixture_text(&f, &v), "21");
        fixture_close(&f);
}

static void test_functions(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(
                "<businessKnowledgeModel id='fact' name='fact'><variable name='fact'/><encapsulatedLogic>"
                "<formalParameter name='n' typeRef='number'/>" LITERAL("if n = 0 then 1 else n * fact(n - 1)")
                "</encapsulatedLogic></businessKnowledgeModel>"
                DECISION("d", KNOWS("fact") LITERAL("fact(20)")) DECISION("bad", KNOWS("fact") LITERAL("fact(\"x\")"))
                DECISION("boxed", "<context><contextEntry><variable name='up'/><functionDefinition><formalParameter name='k'/>"
                                  LITERAL("if k &gt; 9 then k else up(k + 1)") "</functionDefinition></contextEntry><contextEntry>"
                                  LITERAL("up(3)") "</contextEntry></context>")
                DECISION("named", KNOWS("fact") "<invocation>" LITERAL("fact") "<binding><parameter name='n'/>" LITERAL("3")
                                  "</binding></invocation>")
                DECISION("misnamed", KNOWS("fact") "<invocation>" LITERAL("fact") "<binding><parameter name='m'/>" LITERAL("3")
                                  "</binding></invocation>")));
        assert_string_equal(fixture_eval(&f, "d", "{}"), "2432902008176640000");
        assert_string_equal(fixture_eval(&f, "bad", "{}"), "null");
        assert_string_equal(fixture_eval(&f, "boxed", "{}"), "10");
        assert_string_equal(fixture_eval(&f, "named", "{}"), "6");
        assert_string_equal(fixture_eval(&f, "misnamed", "{}"), "null");
        assert_true(fixture_says(&f, "no parameter \"m\""));
        fixture_close(&f);
}

static void test_service(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(INPUT("a", "number") DECISION("b", LITERAL("100")) DECISION("c", NEEDS_INPUT("a") NEEDS("b") LITERAL("a + b"))
                "<decisionService id='s' name='s'><variable name='s'/><outputDecision href='#c'/><inputDecision href='#b'/>"
                "<inputData href='#a'/></decisionService>"
                "<decisionService id='two' name='two'><variable name='two'/><outputDecision href='#c'/><outputDecision href='#b'/>"
                "<inputData href='#a'/></decisionService>"
                DECISION("d", NEEDS("c") KNOWS("s") KNOWS("two") NEEDS_INPUT("a") LITERAL("[c, s(1, 2), two(5), s(b: 7, a: 3)]"))));
        assert_string_equal(fixture_eval(&f, "d", "{a: 1}"), "[101, 3, {c: 105, b: 100}, 10]");
        const DmnService *s = dmn_find_service(f.model, STR("s"));
        FeelValue in = fixture_inputs(&f, "{a: 4, b: 5}"), v;
        assert_non_null(s);
        assert_ok(dmn_eval_service(f.model, s, f.exec, in, NULL, &v));
        assert_string_equal(fixture_text(&f, &v), "9");
        fixture_close(&f);
}

static void test_types(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(
                "<itemDefinition name='tGrade'><typeRef>string</typeRef><allowedValues><text>\"A\", \"B\"</text></allowedValues></itemDefinition>"
                "<itemDefinition name='tGrades' isCollection='true'><typeRef>tGrade</typeRef></itemDefinition>"
                "<itemDefinition name='tShort' isCollection='true'><typeRef>number</typeRef><typeConstraint><text>count(?) &lt;= 2</text>"
                "</typeConstraint></itemDefinition>"
                "<itemDefinition name='tPerson'><itemComponent name='name'><typeRef>string</typeRef></itemComponent>"
                "<itemComponent name='children' isCollection='true'><typeRef>tPerson</typeRef></itemComponent></itemDefinition>"
                INPUT("g", "tGrade") INPUT("gs", "tGrades") INPUT("s", "tShort") INPUT("p", "tPerson")
                DECISION("g2", NEEDS_INPUT("g") LITERAL("g")) DECISION("gs2", NEEDS_INPUT("gs") LITERAL("gs"))
                DECISION("s2", NEEDS_INPUT("s") LITERAL("s"))
                DECISION("p2", NEEDS_INPUT("p") LITERAL("p.children.name"))));
        assert_string_equal(fixture_eval(&f, "g2", "{g: \"A\"}"), "\"A\"");
        assert_string_equal(fixture_eval(&f, "g2", "{g: \"C\"}"), "null");
        assert_string_equal(fixture_eval(&f, "gs2", "{gs: [\"A\", \"B\"]}"), "[\"A\", \"B\"]");
        assert_string_equal(fixture_eval(&f, "gs2", "{gs: [\"A\", \"C\"]}"), "null");
        assert_string_equal(fixture_eval(&f, "gs2", "{gs: \"A\"}"), "[\"A\"]");
        assert_string_equal(fixture_eval(&f, "s2", "{s: [1, 2]}"), "[1, 2]");
        assert_string_equal(fixture_eval(&f, "s2", "{s: [1, 2, 3]}"), "null");
        assert_string_equal(fixture_eval(&f, "p2", "{p: {name: \"a\", children: [{name: \"b\", children: []}]}}"), "[\"b\"]");
        fixture_close(&f);
}

static void test_boxes(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(INPUT("xs", "Any")
                DECISION("filter", NEEDS_INPUT("xs") "<filter><in>" LITERAL("xs") "</in><match>" LITERAL("a &gt; 1") "</match></filter>")
                DECISION("for", NEEDS_INPUT("xs") "<for iteratorVariable='x'><in>" LITERAL("xs") "</in><return>"
                         LITERAL("x.a + count(partial)") "</return></for>")
                DECISION("range", "<for iteratorVariable='i'><in>" LITERAL("[2..4]") "</in><return>" LITERAL("i * i") "</return></for>")
                DECISION("some", NEEDS_INPUT("xs") "<some iteratorVariable='x'><in>" LITERAL("xs") "</in><satisfies>" LITERAL("x.a = 2")
                         "</satisfies></some>")
                DECISION("every", NEEDS_INPUT("xs") "<every iteratorVariable='x'><in>" LITERAL("xs") "</in><satisfies>" LITERAL("x.a = 2")
                         "</satisfies></every>")
                DECISION("if", NEEDS_INPUT("xs") "<conditional><if>" LITERAL("count(xs) &gt; 1") "</if><then>" LITERAL("\"many\"")
                         "</then><else>" LITERAL("\"few\"") "</else></conditional>")
                DECISION("relation", "<relation><column name='a'/><column name='b'/><row>" LITERAL("1") LITERAL("\"x\"") "</row><row>"
                         LITERAL("2") LITERAL("\"y\"") "</row></relation>")
                DECISION("list", "<list>" LITERAL("1") "<list>" LITERAL("2") "</list></list>")));
        const char *xs = "{xs: [{a: 1}, {a: 2}, {a: 3}]}";
        assert_string_equal(fixture_eval(&f, "filter", xs), "[{a: 2}, {a: 3}]");
        assert_string_equal(fixture_eval(&f, "for", xs), "[1, 3, 5]");
        assert_string_equal(fixture_eval(&f, "range", xs), "[4, 9, 16]");
        assert_string_equal(fixture_eval(&f, "some", xs), "true");
        assert_string_equal(fixture_eval(&f, "every", xs), "false");
        assert_string_equal(fixture_eval(&f, "if", xs), "\"many\"");
        assert_string_equal(fixture_eval(&f, "relation", xs), "[{a: 1, b: \"x\"}, {a: 2, b: \"y\"}]");
        assert_string_equal(fixture_eval(&f, "list", xs), "[1, [2]]");
        fixture_close(&f);
}

/* ---- imports ---- */

static Status find_import(void *ctx, Arena *arena, Str ns, Str location, Str *ret_xml, const char **ret_file)
{
        (void)ctx;
        (void)arena;
        (void)location;
        static const char inner[] = "<definitions xmlns='" NS15 "' name='inner' namespace='inner'><itemDefinition name='tN'>"
                "<typeRef>number</typeRef></itemDefinition>" INPUT("x", "tN") DECISION("twice", NEEDS_INPUT("x") LITERAL("x * 2"))
                "<businessKnowledgeModel id='inc' name='inc'><variable name='inc'/><encapsulatedLogic><formalParameter name='n' typeRef='tN'/>"
                LITERAL("n + 1") "</encapsulatedLogic></businessKnowledgeModel></definitions>";
        static const char loop[] = "<definitions xmlns='" NS15 "' name='loop' namespace='loop'><import name='l' namespace='ns' "
                "importType='" NS15 "'/></definitions>";
        *ret_file = "imported.dmn";
        if (str_eq_c(ns, "inner"))
                *ret_xml = str_c(inner);
        else if (str_eq_c(ns, "loop"))
                *ret_xml = str_c(loop);
        else
                return ST_NOT_FOUND;
        return ST_OK;
}

#define IMPORT(name, ns) "<import name='" name "' namespace='" ns "' importType='" NS15 "'/>"
#define NEEDS_AT(ns, id) "<informationRequirement><requiredDecision href='" ns "#" id "'/></informationRequirement>"
#define KNOWS_AT(ns, id) "<knowledgeRequirement><requiredKnowledge href='" ns "#" id "'/></knowledgeRequirement>"

static void test_imports(void **state)
{
        (void)state;
        Fixture f;
        DmnLoadOptions o = { .import = find_import };
        assert_ok(fixture_try(&f, MODEL(IMPORT("in ner", "inner") DECISION("d", NEEDS_AT("inner", "twice") KNOWS_AT("inner", "inc")
                                  LITERAL("in ner.inc(in ner.twice)")) INPUT("mine", "in ner.tN")
                                  DECISION("typed", NEEDS_INPUT("mine") LITERAL("mine instance of in ner.tN"))), &o));
        f.exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, &f.diag);
        assert_string_equal(fixture_eval(&f, "d", "{in ner: {x: 5}}"), "11");
        assert_string_equal(fixture_eval(&f, "d", "{x: 6}"), "13");
        size_t n;
        const DmnInput *in = dmn_decision_inputs(dmn_find_decision(f.model, STR("d")), &n);
        assert_int_equal(n, 1);
        assert_true(str_eq_c(in[0].name, "in ner.x"));
        assert_non_null(dmn_find_decision(f.model, STR("d")));
        fixture_close(&f);
}

static void test_nameless_import(void **state)
{
        (void)state;
        Fixture f;
        DmnLoadOptions o = { .import = find_import };
        assert_ok(fixture_try(&f, MODEL(IMPORT("", "inner") DECISION("d", NEEDS_AT("inner", "twice") KNOWS_AT("inner", "inc")
                                  LITERAL("inc(twice)"))), &o));
        f.exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, &f.diag);
        assert_string_equal(fixture_eval(&f, "d", "{x: 5}"), "11");
        fixture_close(&f);
}

static void test_import_errors(void **state)
{
        (void)state;
        Fixture f;
        DmnLoadOptions o = { .import = find_import };
        assert_int_equal(fixture_try(&f, MODEL(IMPORT("a", "nowhere")), &o), ST_INVALID);
        assert_true(fixture_says(&f, "was not found: nowhere"));
        fixture_close(&f);
        assert_int_equal(fixture_try(&f, MODEL(IMPORT("a", "loop")), &o), ST_INVALID);
        assert_true(fixture_says(&f, "circular import"));
        fixture_close(&f);
}

/* ---- tables ---- */

#define XY INPUT("x", "number") INPUT("y", "string")
#define NEEDS_XY NEEDS_INPUT("x") NEEDS_INPUT("y")

static void test_hit_policies(void **state)
{
        (void)state;
        Fixture f;
#define THREE RULE(IN("&lt; 10") OUT("1")) RULE(IN("&lt; 20") OUT("2")) RULE(IN("&lt; 30") OUT("3"))
#define ORDERED "<output><outputValues><text>3, 2, 1</text></outputValues></output>"
        fixture_open(&f, MODEL(XY
                DECISION("u", NEEDS_INPUT("x") TABLE("UNIQUE", COLUMN("x") "<output/>" THREE))
                DECISION("f", NEEDS_INPUT("x") TABLE("FIRST", COLUMN("x") "<output/>" THREE))
                DECISION("a", NEEDS_INPUT("x") TABLE("ANY", COLUMN("x") "<output/>" THREE))
                DECISION("p", NEEDS_INPUT("x") TABLE("PRIORITY", COLUMN("x") ORDERED THREE))
                DECISION("r", NEEDS_INPUT("x") TABLE("RULE ORDER", COLUMN("x") "<output/>" THREE))
                DECISION("o", NEEDS_INPUT("x") TABLE("OUTPUT ORDER", COLUMN("x") ORDERED THREE))
                DECISION("c", NEEDS_INPUT("x") TABLE("COLLECT", COLUMN("x") "<output/>" THREE))
                DECISION("sum", NEEDS_INPUT("x") TABLE("COLLECT' aggregation='SUM", COLUMN("x") "<output/>" THREE))
                DECISION("count", NEEDS_INPUT("x") TABLE("COLLECT' aggregation='COUNT", COLUMN("x") "<output/>" THREE))
                DECISION("min", NEEDS_INPUT("x") TABLE("COLLECT' aggregation='MIN", COLUMN("x") "<output/>" THREE))
                DECISION("max", NEEDS_INPUT("x") TABLE("COLLECT' aggregation='MAX", COLUMN("x") "<output/>" THREE))
                DECISION("fallback", NEEDS_INPUT("x") TABLE("UNIQUE", COLUMN("x") "<output><defaultOutputEntry><text>-1</text>"
                         "</defaultOutputEntry></output>" THREE))
                DECISION("two", NEEDS_XY TABLE("UNIQUE", COLUMN("x") COLUMN("y") "<output name='n'/><output name='s'/>"
                         RULE(IN("[0..5)") IN("\"a\", \"b\"") OUT("x + 1") OUT("y + \"!\""))
                         RULE(IN("[5..9]") IN("not(\"a\")") OUT("x - 1") OUT("null"))))));
        static const struct { const char *decision, *inputs, *result; } rows[] = {
                { "u", "{x: 25}", "3" }, { "u", "{x: 15}", "null" }, { "u", "{x: 99}", "null" },
                { "f", "{x: 5}", "1" }, { "f", "{x: 15}", "2" },
                { "a", "{x: 25}", "3" }, { "a", "{x: 5}", "null" },
                { "p", "{x: 5}", "3" }, { "p", "{x: 99}", "null" },
                { "r", "{x: 5}", "[1, 2, 3]" }, { "r", "{x: 15}", "[2, 3]" }, { "r", "{x: 99}", "null" },
                { "o", "{x: 5}", "[3, 2, 1]" }, { "c", "{x: 15}", "[2, 3]" },
                { "sum", "{x: 5}", "6" }, { "sum", "{x: 99}", "null" }, { "count", "{x: 5}", "3" }, { "count", "{x: 99}", "0" },
                { "min", "{x: 5}", "1" }, { "max", "{x: 5}", "3" }, { "max", "{x: 99}", "null" },
                { "fallback", "{x: 99}", "-1" }, { "fallback", "{x: 25}", "3" },
                { "two", "{x: 3, y: \"b\"}", "{n: 4, s: \"b!\"}" }, { "two", "{x: 7, y: \"z\"}", "{n: 6, s: null}" },
                { "two", "{x: 7, y: \"a\"}", "null" },
                /* null is no number below ten */
                { "f", "{x: null}", "null" },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                assert_string_equal(fixture_eval(&f, rows[i].decision, rows[i].inputs), rows[i].result);
        fixture_close(&f);
}

/* What dmn.h says of UNKNOWN: the answer is unknown exactly when a maybe rule could change it. */
static void test_unknown(void **state)
{
        (void)state;
        Fixture f;
#define ROWS(a, b) RULE(IN("&lt; 10") IN("\"a\"") OUT(a)) RULE(IN("-") IN("\"b\"") OUT(b))
#define LIKELY "<output><outputValues><text>9, 5, 1</text></outputValues></output>"
#define WITH_DEFAULT(v) "<output><defaultOutputEntry><text>" v "</text></defaultOutputEntry></output>"
        fixture_open(&f, MODEL(XY
                DECISION("u", NEEDS_XY TABLE("UNIQUE", COLUMN("x") COLUMN("y") "<output/>" ROWS("1", "2")))
                DECISION("ud", NEEDS_XY TABLE("UNIQUE", COLUMN("x") COLUMN("y") WITH_DEFAULT("0") RULE(IN("&lt; 10") IN("\"a\"") OUT("0"))
                         RULE(IN("&gt;= 50") IN("-") OUT("7"))))
                DECISION("f", NEEDS_XY TABLE("FIRST", COLUMN("x") COLUMN("y") "<output/>" RULE(IN("&lt; 10") IN("-") OUT("1"))
                         RULE(IN("-") IN("\"a\"") OUT("2")) RULE(IN("-") IN("-") OUT("3"))))
                DECISION("fs", NEEDS_XY TABLE("FIRST", COLUMN("x") COLUMN("y") "<output/>" RULE(IN("&lt; 10") IN("-") OUT("2"))
                         RULE(IN("-") IN("\"a\"") OUT("2"))))
                DECISION("a", NEEDS_XY TABLE("ANY", COLUMN("x") COLUMN("y") "<output/>" RULE(IN("&lt; 10") IN("-") OUT("1"))
                         RULE(IN("-") IN("\"a\"") OUT("1"))))
                DECISION("p", NEEDS_XY TABLE("PRIORITY", COLUMN("x") COLUMN("y") LIKELY RULE(IN("&lt; 10") IN("-") OUT("9"))
                         RULE(IN("-") IN("\"a\"") OUT("5")) RULE(IN("&gt; 100") IN("-") OUT("1"))))
                DECISION("r", NEEDS_XY TABLE("RULE ORDER", COLUMN("x") COLUMN("y") "<output/>" ROWS("1", "2")))
                DECISION("sum", NEEDS_XY TABLE("COLLECT' aggregation='SUM", COLUMN("x") COLUMN("y") "<output/>"
                         RULE(IN("&lt; 10") IN("-") OUT("0")) RULE(IN("-") IN("\"a\"") OUT("4"))))
                DECISION("min", NEEDS_XY TABLE("COLLECT' aggregation='MIN", COLUMN("x") COLUMN("y") "<output/>"
                         RULE(IN("&lt; 10") IN("-") OUT("8")) RULE(IN("-") IN("\"a\"") OUT("4"))))
                DECISION("out", NEEDS_XY TABLE("UNIQUE", COLUMN("y") "<output/>" RULE(IN("\"a\"") OUT("x + 1"))))));
        static const struct { const char *decision, *inputs, *result; } rows[] = {
                { "u", "{x: unknown x, y: \"a\"}", "unknown(x)" },
                { "u", "{x: unknown x, y: \"b\"}", "2" },               /* the known cell says no: no maybe */
                { "u", "{x: 5, y: unknown y}", "unknown(y)" },
                { "u", "{x: unknown x, y: unknown y}", "unknown(x, y)" },
                { "u", "{x: unknown x, y: \"z\"}", "null" },
                { "ud", "{x: 20, y: unknown y}", "0" },
                { "ud", "{x: 5, y: unknown y}", "0" },                  /* it would give what nothing gives */
                { "ud", "{x: unknown x, y: \"z\"}", "unknown(x)" },
                { "f", "{x: 5, y: unknown y}", "1" },                   /* below the first hit nothing matters */
                { "f", "{x: 50, y: unknown y}", "unknown(y)" },
                { "f", "{x: unknown x, y: \"a\"}", "unknown(x)" },
                { "fs", "{x: unknown x, y: \"a\"}", "2" },              /* the same answer either way */
                { "a", "{x: unknown x, y: \"a\"}", "1" },
                { "a", "{x: unknown x, y: \"z\"}", "unknown(x)" },
                { "p", "{x: 5, y: unknown y}", "9" },                   /* nothing stands before 9 */
                { "p", "{x: unknown x, y: \"a\"}", "unknown(x)" },
                { "p", "{x: 200, y: unknown y}", "unknown(y)" },
                { "r", "{x: unknown x, y: \"a\"}", "unknown(x)" },
                { "r", "{x: unknown x, y: \"b\"}", "[2]" },
                { "sum", "{x: unknown x, y: \"a\"}", "4" },             /* it would add nothing */
                { "sum", "{x: 5, y: unknown y}", "unknown(y)" },
                { "sum", "{x: unknown x, y: \"z\"}", "unknown(x)" },    /* null or 0 */
                { "min", "{x: unknown x, y: \"a\"}", "4" },
                { "min", "{x: 5, y: unknown y}", "unknown(y)" },
                { "out", "{x: unknown x, y: \"a\"}", "unknown(x)" },
                { "out", "{x: unknown x, y: \"z\"}", "null" },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                const char *got = fixture_eval(&f, rows[i].decision, rows[i].inputs);
                if (strcmp(got, rows[i].result) != 0)
                        print_message("%s %s\n", rows[i].decision, rows[i].inputs);
                assert_string_equal(got, rows[i].result);
        }
        fixture_close(&f);
}

static void test_broken_parts(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(DECISION("good", LITERAL("1")) DECISION("bad", LITERAL("1 +")) DECISION("user", NEEDS("bad") NEEDS("good")
                         LITERAL("[good, bad]")) DECISION("java", "<literalExpression expressionLanguage='http://java'><text>1</text>"
                         "</literalExpression>") DECISION("none", "")));
        assert_string_equal(fixture_eval(&f, "user", "{}"), "[1, null]");
        assert_string_equal(fixture_eval(&f, "java", "{}"), "null");
        assert_string_equal(fixture_eval(&f, "none", "{}"), "null");
        diag_clear(&f.diag);
        assert_int_equal(dmn_check(f.model, &f.diag), ST_CHECK);
        assert_int_equal(f.diag.errors, 2);
        assert_string_equal(f.diag.msgs[0].pos.file, "test.dmn");
        assert_true(f.diag.msgs[0].pos.line > 0);
        fixture_close(&f);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_versions), cmocka_unit_test(test_prefixed_types), cmocka_unit_test(test_foreign_types),
                cmocka_unit_test(test_requirements),
                cmocka_unit_test(test_functions), cmocka_unit_test(test_service), cmocka_unit_test(test_types),
                cmocka_unit_test(test_boxes), cmocka_unit_test(test_imports), cmocka_unit_test(test_nameless_import),
                cmocka_unit_test(test_import_errors), cmocka_unit_test(test_hit_policies), cmocka_unit_test(test_unknown),
                cmocka_unit_test(test_broken_parts),
        };
        return cmocka_run_group_tests_name("dmn model", tests, NULL, NULL);
}
