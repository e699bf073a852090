/* Allocation 1, 2, 3 … fails while a model loads, is checked, evaluated and explained: a clean status, nothing lost. */
#include "tests/dmn/dmn_test.h"

static const char model[] = MODEL(
        "<itemDefinition name='tGrade'><typeRef>string</typeRef><allowedValues><text>\"A\", \"B\"</text></allowedValues></itemDefinition>"
        INPUT("g", "tGrade") INPUT("x", "number")
        "<businessKnowledgeModel id='f' name='f'><variable name='f'/><encapsulatedLogic><formalParameter name='n' typeRef='number'/>"
        LITERAL("n * 2") "</encapsulatedLogic></businessKnowledgeModel>"
        DECISION("c", NEEDS_INPUT("x") KNOWS("f") "<context><contextEntry><variable name='a'/>" LITERAL("f(x)") "</contextEntry>"
                 "<contextEntry><variable name='b'/><list>" LITERAL("a") LITERAL("1") "</list></contextEntry></context>")
        DECISION("d", NEEDS_INPUT("g") NEEDS("c") TABLE("PRIORITY", COLUMN("g") COLUMN("c.a")
                 "<output name='p'><outputValues><text>\"high\", \"low\"</text></outputValues></output><output name='q'/>"
                 RULE(IN("\"A\"") IN("&lt; 10") OUT("\"low\"") OUT("sum(c.b)")) RULE(IN("-") IN("[0..20]") OUT("\"high\"") OUT("1")))));

static Status once(void)
{
        Diag diag = DIAG_INIT(LANG_EN);
        DmnModel *m = NULL;
        FeelExec *x = NULL;
        Arena *a = arena_new(1 << 20);
        Buf text = BUF_INIT(1 << 20);
        DmnTrace trace = { .arena = a };
        FeelValue in[2] = { feel_string(STR("A")), feel_i64(3) }, v;
        Status st = a ? dmn_load_text(str_c(model), "m.dmn", NULL, &diag, &m) : ST_NOMEM;
        if (st == ST_OK)
                st = dmn_check(m, &diag);
        if (st == ST_CHECK)
                st = ST_OK;
        if (st == ST_OK) {
                x = feel_exec_new(&FEEL_LIMITS_DEFAULT, &diag);
                st = x ? ST_OK : ST_NOMEM;
        }
        if (st == ST_OK)
                st = dmn_eval_slots(m, dmn_find_decision(m, STR("d")), x, in, &trace, &v);
        if (st == ST_OK) {
                JsonWriter w = json_writer(&text, JSON_COMPACT);
                dmn_trace_text(&trace, LANG_ZH, &text);
                buf_clear(&text);
                dmn_trace_json(&trace, &w);
                st = jw_finish(&w);
        }
        buf_release(&text);
        feel_exec_free(x);
        dmn_model_free(m);
        arena_free(a);
        diag_release(&diag);
        return st;
}

static void test_sweep(void **state)
{
        (void)state;
        assert_ok(once());
        int64_t live = mem_live_blocks();
        mem_test_fail_at(0, 0);
        assert_ok(once());
        uint64_t all = mem_test_count();
        assert_true(all > 50);
        for (int persistent = 0; persistent < 2; persistent++) {
                for (uint64_t n = 1; n <= all; n++) {
                        mem_test_fail_at(n, persistent);
                        Status st = once();
                        mem_test_fail_at(0, 0);
                        assert_true(st == ST_OK || st == ST_NOMEM);
                        assert_int_equal(mem_live_blocks(), live);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_sweep) };
        return cmocka_run_group_tests_name("dmn alloc", tests, NULL, NULL);
}
