/* What an explanation says, word for word, in both languages; and its shortest form. */
#include "tests/dmn/dmn_test.h"

static const char model[] = MODEL(
        INPUT("x", "number") INPUT("y", "string")
        "<businessKnowledgeModel id='f' name='double'><variable name='double'/><encapsulatedLogic><formalParameter name='n' typeRef='number'/>"
        LITERAL("n * 2") "</encapsulatedLogic></businessKnowledgeModel>"
        DECISION("c", NEEDS_INPUT("x") KNOWS("f") "<context><contextEntry><variable name='twice'/>" LITERAL("double(x)") "</contextEntry>"
                 "<contextEntry>" LITERAL("twice + 1") "</contextEntry></context>")
        DECISION("first", NEEDS_INPUT("x") NEEDS_INPUT("y") TABLE("FIRST", "<input label='amount'><inputExpression><text>x</text></inputExpression></input>"
                 COLUMN("y") "<output/>" "<rule>" IN("&lt; 10") IN("-") OUT("1") "<annotationEntry><text>clause 1</text></annotationEntry></rule>"
                 RULE(IN("&lt; 50") IN("\"a\"") OUT("x + 2")) RULE(IN("-") IN("-") OUT("3"))))
        DECISION("best", NEEDS_INPUT("x") TABLE("PRIORITY", COLUMN("x") "<output><outputValues><text>\"gold\", \"silver\"</text></outputValues></output>"
                 RULE(IN("&gt; 1") OUT("\"silver\"")) RULE(IN("&gt; 2") OUT("\"gold\""))))
        DECISION("none", NEEDS_INPUT("x") NEEDS_INPUT("y") TABLE("UNIQUE", COLUMN("x") COLUMN("y") "<output/>" RULE(IN("&lt; 10") IN("-") OUT("1"))
                 RULE(IN("&gt; 10") IN("\"a\"") OUT("2"))))
        "<decision id='bad' name='bad'><variable name='bad' typeRef='number'/>" NEEDS_INPUT("x")
        LITERAL("if x &gt; 0 then \"a\" else 1") "</decision>");

static void says(const char *decision, const char *inputs, const char *zh, const char *en)
{
        static const Lang langs[] = { LANG_ZH, LANG_EN };
        for (size_t i = 0; i < ARRAY_LEN(langs); i++) {
                Fixture f;
                FeelValue v;
                fixture_open(&f, model);
                f.diag.lang = langs[i];
                FeelValue in = fixture_inputs(&f, inputs);
                DmnTrace t = { .arena = f.arena };
                _cleanup_buf_ Buf text = BUF_INIT(1 << 16);
                diag_clear(&f.diag);
                assert_ok(dmn_eval(f.model, dmn_find_decision(f.model, str_c(decision)), f.exec, in, &t, &v));
                dmn_trace_text(&t, langs[i], &text);
                assert_string_equal(buf_cstr(&text), i == 0 ? zh : en);
                fixture_close(&f);
        }
}

static void test_calls(void **state)
{
        (void)state;
        says("c", "{x: 5}",
             "决策 c = 11\n"
             "  输入 x = 5\n"
             "  twice = 10\n"
             "    调用 double = 10\n"
             "      参数 n = 5\n"
             "      n * 2 = 10\n"
             "    double(x) = 10\n"
             "  结果 = 11\n"
             "    twice + 1 = 11\n",
             "decision c = 11\n"
             "  input x = 5\n"
             "  twice = 10\n"
             "    call of double = 10\n"
             "      argument n = 5\n"
             "      n * 2 = 10\n"
             "    double(x) = 10\n"
             "  result = 11\n"
             "    twice + 1 = 11\n");
}

static void test_first(void **state)
{
        (void)state;
        says("first", "{x: 20, y: \"a\"}",
             "决策 first = 22\n"
             "  输入 x = 20\n"
             "  输入 y = \"a\"\n"
             "  决策表（FIRST） = 22\n"
             "    amount = 20\n"
             "    y = \"a\"\n"
             "    规则 1：未命中：“amount”= 20，规则要求 < 10［clause 1］\n"
             "    规则 2：命中 → 22\n"
             "    规则 3：未检查（前面的规则已命中）\n",
             "decision first = 22\n"
             "  input x = 20\n"
             "  input y = \"a\"\n"
             "  decision table (FIRST) = 22\n"
             "    amount = 20\n"
             "    y = \"a\"\n"
             "    rule 1: did not fire: \"amount\" is 20, the rule asks for < 10 [clause 1]\n"
             "    rule 2: fired → 22\n"
             "    rule 3: not tried (an earlier rule fired)\n");
}

static void test_matched(void **state)
{
        (void)state;
        says("best", "{x: 5}",
             "决策 best = \"gold\"\n"
             "  输入 x = 5\n"
             "  决策表（PRIORITY） = \"gold\"\n"
             "    x = 5\n"
             "    规则 1：命中但未采用 → \"silver\"\n"
             "    规则 2：命中 → \"gold\"\n",
             "decision best = \"gold\"\n"
             "  input x = 5\n"
             "  decision table (PRIORITY) = \"gold\"\n"
             "    x = 5\n"
             "    rule 1: matched, not used → \"silver\"\n"
             "    rule 2: fired → \"gold\"\n");
}

static void test_unknown(void **state)
{
        (void)state;
        says("none", "{x: 20, y: unknown y}",
             "决策 none = unknown(y)\n"
             "  输入 x = 20\n"
             "  输入 y = unknown(y)\n"
             "  决策表（UNIQUE） = unknown(y)\n"
             "    x = 20\n"
             "    y = unknown(y)\n"
             "    规则 1：未命中：“x”= 20，规则要求 < 10\n"
             "    规则 2：无法判断：“y”未知（缺少：y），规则要求 \"a\"\n",
             "decision none = unknown(y)\n"
             "  input x = 20\n"
             "  input y = unknown(y)\n"
             "  decision table (UNIQUE) = unknown(y)\n"
             "    x = 20\n"
             "    y = unknown(y)\n"
             "    rule 1: did not fire: \"x\" is 20, the rule asks for < 10\n"
             "    rule 2: cannot be told: \"y\" is unknown (missing: y), the rule asks for \"a\"\n");
}

static void test_null(void **state)
{
        (void)state;
        says("bad", "{x: 1}",
             "决策 bad = null\n"
             "  输入 x = 1\n"
             "  if x > 0 then \"a\" else 1 = \"a\"\n"
             "  说明：“bad”的值 \"a\" 不符合类型 number，按 null 处理\n",
             "decision bad = null\n"
             "  input x = 1\n"
             "  if x > 0 then \"a\" else 1 = \"a\"\n"
             "  note: the value of \"bad\", \"a\", is no number: null\n");
}

static void test_reason(void **state)
{
        (void)state;
        static const struct { const char *decision, *inputs, *zh, *en; } rows[] = {
                { "first", "{x: 20, y: \"a\"}", "规则 2：amount = 20，y = \"a\"", "rule 2: amount = 20, y = \"a\"" },
                { "first", "{x: 5, y: \"z\"}", "规则 1［clause 1］：amount = 5，y = \"z\"", "rule 1 [clause 1]: amount = 5, y = \"z\"" },
                { "none", "{x: 20, y: \"b\"}", "规则 2：未命中：“y”= \"b\"，规则要求 \"a\"",
                  "rule 2: did not fire: \"y\" is \"b\", the rule asks for \"a\"" },
                { "none", "{x: 20, y: unknown y}", "规则 2：无法判断：“y”未知（缺少：y），规则要求 \"a\"",
                  "rule 2: cannot be told: \"y\" is unknown (missing: y), the rule asks for \"a\"" },
                { "c", "{x: 1}", "", "" },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                Fixture f;
                FeelValue v;
                fixture_open(&f, model);
                FeelValue in = fixture_inputs(&f, rows[i].inputs);
                DmnTrace t = { .arena = f.arena };
                assert_ok(dmn_eval(f.model, dmn_find_decision(f.model, str_c(rows[i].decision)), f.exec, in, &t, &v));
                _cleanup_buf_ Buf zh = BUF_INIT(1 << 16), en = BUF_INIT(1 << 16);
                dmn_trace_reason(&t, LANG_ZH, &zh);
                dmn_trace_reason(&t, LANG_EN, &en);
                assert_string_equal(buf_cstr(&zh), rows[i].zh);
                assert_string_equal(buf_cstr(&en), rows[i].en);
                fixture_close(&f);
        }
}

/* A tree without end is cut, and says so. */
static void test_truncated(void **state)
{
        (void)state;
        Fixture f;
        FeelValue v;
        fixture_open(&f, MODEL("<businessKnowledgeModel id='g' name='g'><variable name='g'/><encapsulatedLogic><formalParameter name='n'/>"
                               LITERAL("if n = 0 then 0 else g(n - 1)") "</encapsulatedLogic></businessKnowledgeModel>"
                               DECISION("d", KNOWS("g") LITERAL("g(150)"))));
        DmnTrace t = { .arena = f.arena, .max_nodes = 100 };
        assert_ok(dmn_eval(f.model, dmn_find_decision(f.model, STR("d")), f.exec, feel_null(), &t, &v));
        assert_true(t.truncated);
        assert_int_equal(t.nodes, 100);
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        dmn_trace_text(&t, LANG_EN, &text);
        assert_non_null(strstr(buf_cstr(&text), "cut short"));
        DmnTrace deep = { .arena = f.arena };
        assert_ok(dmn_eval(f.model, dmn_find_decision(f.model, STR("d")), f.exec, feel_null(), &deep, &v));
        buf_clear(&text);
        JsonWriter w = json_writer(&text, JSON_COMPACT);
        dmn_trace_json(&deep, &w);
        assert_ok(jw_finish(&w));
        assert_non_null(strstr(buf_cstr(&text), "\"truncated\":true"));
        fixture_close(&f);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_calls), cmocka_unit_test(test_first), cmocka_unit_test(test_matched), cmocka_unit_test(test_unknown),
                cmocka_unit_test(test_null), cmocka_unit_test(test_reason), cmocka_unit_test(test_truncated),
        };
        return cmocka_run_group_tests_name("dmn explain", tests, NULL, NULL);
}
