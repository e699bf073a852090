/* The columnar executor against the scalar one: random tables over random columns, every row the same. */
#include "dmn/dmn_batch.h"
#include "tests/dmn/dmn_test.h"

enum { ROWS = 5000 };

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (uint32_t)((seed >> 33) % below);
}

static void number_text(Buf *b)
{
        static const char *const odd[] = { "0", "-1", "0.005", "2.675", "1e3", "99999999999999999999", "-0.5", "1000000000.01" };
        if (draw(4) == 0)
                buf_puts(b, odd[draw(ARRAY_LEN(odd))]);
        else
                buf_printf(b, "%d.%02u", (int)draw(200) - 100, draw(100));
}

static void number_cell(Buf *b)
{
        static const char *const ops[] = { "&lt; ", "&lt;= ", "&gt; ", "&gt;= " };
        switch (draw(7)) {
        case 0:
                buf_puts(b, "-");
                break;
        case 6: {
                static const char *const formulas[] = { "&gt; y2", "&lt;= x + 10", "y2, &lt; 0", "[x..y2]", "? * 2 &gt; x", "not(&gt; x)" };
                buf_puts(b, formulas[draw(ARRAY_LEN(formulas))]);
                break;
        }
        case 1:
                number_text(b);
                break;
        case 2:
                buf_printf(b, "%c%d..%u.5%c", "[(]"[draw(3)], (int)draw(100) - 100, draw(100), "])["[draw(3)]);
                break;
        case 3:
                buf_printf(b, "not(%s", ops[draw(4)]);
                number_text(b);
                buf_puts(b, ")");
                break;
        case 4:
                buf_puts(b, "&lt; -50, ");
                number_text(b);
                buf_puts(b, ", &gt;= 70.25");
                break;
        default:
                buf_puts(b, ops[draw(4)]);
                number_text(b);
        }
}

static const char *const words[] = { "甲", "乙", "规上", "科技型中小企业", "a string of more than sixteen bytes", "" };

static void string_cell(Buf *b)
{
        uint32_t kind = draw(5);
        if (kind == 0)
                buf_puts(b, "-");
        else if (kind == 1)
                buf_printf(b, "not(\"%s\")", words[draw(ARRAY_LEN(words))]);
        else if (kind == 2)
                buf_printf(b, "\"%s\", \"%s\"", words[draw(ARRAY_LEN(words))], words[draw(ARRAY_LEN(words))]);
        else if (kind == 3)
                buf_puts(b, "[\"a\"..\"规\"]");
        else
                buf_printf(b, "\"%s\"", words[draw(ARRAY_LEN(words))]);
}

static void output(Buf *b)
{
        static const char *const outs[] = { "0", "x", "x * 0.1", "round half up(x * 0.15, 2)", "x / 3", "null", "12.5",
                                            "if x &gt; 10 then x else y2", "x + y2", "123456789012345678.91", "y4", "y5 + y3.a",
                                            "y3.b", "y8.a", "y9.a + x", "y8.b", "q.a", "count(y6)", "y6", "sum(for i in y6 return i * 2)", "y7" };
        buf_puts(b, outs[draw(ARRAY_LEN(outs))]);
}

static void model(Buf *b)
{
        static const char *const hits[] = { "UNIQUE", "FIRST", "ANY", "COLLECT", "PRIORITY", "RULE ORDER", "UNIQUE", "FIRST",
                                            "COLLECT' aggregation='SUM", "COLLECT' aggregation='COUNT", "COLLECT' aggregation='MAX" };
        /* Beside the table: a boxed context, a function of the model, a filter, a list, a value outside its type. */
        static const char *const others =
                "<businessKnowledgeModel id='k' name='k'><variable name='k'/><encapsulatedLogic><formalParameter name='v' typeRef='number'/>"
                LITERAL("v * 3 - 1") "</encapsulatedLogic></businessKnowledgeModel>"
                DECISION("y3", NEEDS("y2") NEEDS_INPUT("s") "<context><contextEntry><variable name='a'/>" LITERAL("y2 + 1")
                         "</contextEntry><contextEntry><variable name='b'/>" LITERAL("s + string(a)") "</contextEntry></context>")
                DECISION("y4", NEEDS_INPUT("x") NEEDS("y3") KNOWS("k")
                         LITERAL("k(x) + y3.a"))
                DECISION("y5", NEEDS_INPUT("x") NEEDS("y2") NEEDS("y4") LITERAL("count([x, y2, y4][item &gt; 0])"))
                DECISION("y6", NEEDS_INPUT("x") NEEDS("y2") LITERAL("[x, y2]"))
                "<itemDefinition name='tPair'><itemComponent name='a'><typeRef>number</typeRef></itemComponent>"
                "<itemComponent name='b'><typeRef>string</typeRef></itemComponent></itemDefinition>"
                DECISION("y8", NEEDS_INPUT("x") NEEDS("y2") TABLE("UNIQUE", COLUMN("x") "<output name='a'/><output name='b'/>"
                         RULE(IN("&lt; 0") OUT("-x") OUT("\"minus\"")) RULE(IN("[0..100)") OUT("y2") OUT("null"))
                         RULE(IN("&gt; 5000") OUT("0") OUT("\"much\""))))
                "<decision id='y9' name='y9'><variable name='y9' typeRef='tPair'/>" NEEDS_INPUT("x") NEEDS_INPUT("s")
                TABLE("FIRST", COLUMN("s") "<output name='a' typeRef='number'/><output name='b' typeRef='string'/>"
                      RULE(IN("\"甲\"") OUT("x * 2") OUT("s")) RULE(IN("\"乙\"") OUT("x") OUT("\"second\""))
                      RULE(IN("-") OUT("1") OUT("s + \"!\""))) "</decision>"
                "<decision id='q' name='q'><variable name='q' typeRef='tPair'/>" NEEDS("y8") NEEDS("y9")
                LITERAL("{a: y8.a + y9.a, much: a &gt; 100, b: if much then y9.b else y8.b}") "</decision>"
                "<decision id='q3' name='q3'><variable name='q3' typeRef='tPair'/>" NEEDS("y8") NEEDS("y9") NEEDS("q") NEEDS_INPUT("t")
                LITERAL("if t then q else if y9.a &gt; 0 then {a: y8.a, b: y9.b + q.b} else y9") "</decision>"
                DECISION("q2", NEEDS("q") NEEDS("y8") LITERAL("if q.a &gt; 10 then string(q) + q.b else y8.a + 1"))
                "<decision id='y7' name='y7'><variable name='y7' typeRef='number'/>" NEEDS_INPUT("x") NEEDS_INPUT("s")
                LITERAL("if x &gt; 0 then [x] else s") "</decision>";
        const char *hit = hits[draw(ARRAY_LEN(hits))];
        bool priority = strcmp(hit, "PRIORITY") == 0;
        buf_puts(b, "<definitions xmlns='" NS15 "' name='m' namespace='ns'>" INPUT("x", "number") INPUT("s", "string")
                    INPUT("t", "boolean") INPUT("d", "date")
                    DECISION("y2", NEEDS_INPUT("x") LITERAL("x * 2 - 1.005")));
        buf_puts(b, others);
        buf_puts(b, "<decision id='r' name='r'><variable name='r'/>" NEEDS("y3") NEEDS("y4") NEEDS("y5") NEEDS("y6") NEEDS("y7") NEEDS("y8") NEEDS("y9") NEEDS("q") NEEDS_INPUT("x") NEEDS_INPUT("s") NEEDS_INPUT("t") NEEDS_INPUT("d")
                    NEEDS("y2"));
        buf_printf(b, "<decisionTable hitPolicy='%s'>", hit);
        buf_puts(b, COLUMN("x"));
        buf_puts(b, draw(3) ? COLUMN("y2") : draw(2) ? COLUMN("y4") : COLUMN("y5"));
        buf_puts(b, COLUMN("s") COLUMN("t") COLUMN("d"));
        if (priority)
                buf_puts(b, "<output><outputValues><text>\"p\", \"q\", \"r\"</text></outputValues></output>");
        else if (draw(2))
                buf_puts(b, "<output><defaultOutputEntry><text>-7</text></defaultOutputEntry></output>");
        else
                buf_puts(b, "<output/>");
        for (uint32_t rules = 1 + draw(8); rules > 0; rules--) {
                static const char *const days[] = { "-", "-", "&lt; date(\"2023-06-30\")", "[date(\"2023-01-01\")..date(\"2023-12-31\")]" };
                buf_puts(b, "<rule><inputEntry><text>");
                number_cell(b);
                buf_puts(b, "</text></inputEntry><inputEntry><text>");
                number_cell(b);
                buf_puts(b, "</text></inputEntry><inputEntry><text>");
                string_cell(b);
                buf_printf(b, "</text></inputEntry><inputEntry><text>%s</text></inputEntry><inputEntry><text>%s</text></inputEntry>",
                           draw(3) == 0 ? "true" : draw(2) ? "-" : "false", days[draw(ARRAY_LEN(days))]);
                buf_puts(b, "<outputEntry><text>");
                if (priority)
                        buf_printf(b, "\"%c\"", "pqr"[draw(3)]);
                else
                        output(b);
                buf_puts(b, "</text></outputEntry></rule>");
        }
        buf_puts(b, "</decisionTable></decision></definitions>");
}

typedef struct Columns {
        int64_t scaled[ROWS];
        Dec dec[ROWS];
        Str s[ROWS];
        uint8_t t[ROWS], null[4][ROWS], unknown[4][ROWS];
        int32_t d[ROWS];
} Columns;

static void fill(Columns *c, FeelColumn in[4], const DmnInput *inputs, size_t n)
{
        static const char *const names[] = { "x", "s", "t", "d" };
        bool nulls = draw(2), unknowns = draw(2), wide = draw(4) == 0;
        for (size_t i = 0; i < ROWS; i++) {
                c->scaled[i] = draw(10) == 0 ? (int64_t)1 << (draw(62)) : (int64_t)draw(30000) - 15000;
                c->dec[i] = dec_mul(dec_from_i64(c->scaled[i]), dec_from_scaled(1, (int)draw(20)));
                c->s[i] = draw(8) ? str_c(words[draw(ARRAY_LEN(words))]) : STR("another");
                c->t[i] = (uint8_t)draw(2);
                c->d[i] = 19300 + (int32_t)draw(500);
                for (size_t k = 0; k < 4; k++) {
                        c->null[k][i] = draw(20) == 0;
                        c->unknown[k][i] = draw(30) == 0;
                }
        }
        for (size_t k = 0; k < n; k++) {
                size_t which = 0;
                while (!str_eq_c(inputs[k].name, names[which]))
                        which++;
                in[k] = (FeelColumn){ .null = nulls ? c->null[which] : NULL, .unknown = unknowns ? c->unknown[which] : NULL,
                                      .unknown_name = str_c(names[which]) };
                if (which == 0 && wide) {
                        in[k].kind = FEEL_COL_DEC;
                        in[k].dec = c->dec;
                } else if (which == 0) {
                        in[k].kind = FEEL_COL_SCALED;
                        in[k].scale = 2;
                        in[k].scaled = c->scaled;
                } else if (which == 1) {
                        in[k].kind = FEEL_COL_STR;
                        in[k].str = c->s;
                } else if (which == 2) {
                        in[k].kind = FEEL_COL_BOOL;
                        in[k].boolean = c->t;
                } else {
                        in[k].kind = FEEL_COL_DATE;
                        in[k].days = c->d;
                }
        }
}

static void same_text(const char *xml, size_t row, const FeelValue *want, const FeelValue *got)
{
        _cleanup_buf_ Buf a = BUF_INIT(1 << 16), b = BUF_INIT(1 << 16);
        feel_to_text(want, &a);
        feel_to_text(got, &b);
        if (strcmp(buf_cstr(&a), buf_cstr(&b)) != 0)
                print_message("row %zu of\n%s\n", row, xml);
        assert_string_equal(buf_cstr(&b), buf_cstr(&a));
}

static void compare(const char *xml, const char *decision, Columns *c, size_t *scalar_rows)
{
        Fixture f;
        fixture_open(&f, xml);
        const DmnDecision *d = dmn_find_decision(f.model, str_c(decision));
        size_t n, parts;
        const DmnInput *inputs = dmn_decision_inputs(d, &n);
        const DmnOutput *outputs = dmn_decision_outputs(d, &parts);
        FeelColumn in[4], out[4];
        assert_true(parts <= ARRAY_LEN(out));
        DmnBatch *batch;
        FeelExec *row = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        assert_non_null(row);
        fill(c, in, inputs, n);
        assert_ok(dmn_batch_new(f.model, d, &batch));
        bool wanted[4] = { true, true, true, true };
        for (size_t k = 0; k < parts && parts > 1; k++)
                wanted[k] = draw(2);
        dmn_batch_want(batch, wanted);
        for (int round = 0; round < 2; round++) {
                assert_ok(dmn_batch_eval(batch, f.exec, in, ROWS, out));
                *scalar_rows += dmn_batch_scalar_rows(batch);
                for (size_t i = 0; i < ROWS; i++) {
                        FeelValue values[4], want, got;
                        feel_exec_reset(row);
                        for (size_t k = 0; k < n; k++)
                                assert_ok(feel_column_get(feel_exec_arena(row), &in[k], i, &values[k]));
                        assert_ok(dmn_eval_slots(f.model, d, row, values, NULL, &want));
                        for (size_t k = 0; k < parts; k++) {
                                FeelValue part = want;
                                if (!wanted[k])
                                        continue;
                                assert_ok(feel_column_get(feel_exec_arena(row), &out[k], i, &got));
                                if (outputs[k].name.len && !feel_is(&want, FEEL_UNKNOWN)) {
                                        const FeelValue *in_it = feel_is(&want, FEEL_CONTEXT) ? feel_context_get(&want, outputs[k].name) : NULL;
                                        part = in_it ? *in_it : feel_null();
                                }
                                same_text(xml, i, &part, &got);
                        }
                }
                fill(c, in, inputs, n);         /* other kinds of columns for the same plan */
                feel_exec_reset(f.exec);
        }
        dmn_batch_free(batch);
        feel_exec_free(row);
        fixture_close(&f);
}

static void test_random(void **state)
{
        (void)state;
        Columns *c = malloc(sizeof(*c));
        assert_non_null(c);
        size_t scalar = 0, of_parts = 0, models = getenv("KECHUANG_NIGHTLY") ? 120 : 8;
        for (size_t i = 0; i < models; i++) {
                seed = 20230630 + i * 7919;
                _cleanup_buf_ Buf xml = BUF_INIT(1 << 20);
                model(&xml);
                compare(buf_cstr(&xml), "r", c, &scalar);
                compare(buf_cstr(&xml), i % 2 ? "q" : "q2", c, &of_parts);
                compare(buf_cstr(&xml), i % 2 ? "q3" : "y8", c, &of_parts);
        }
        print_message("%zu rows of tables, %zu of them one by one; twice as many of contexts, %zu one by one\n", models * 2 * ROWS, scalar, of_parts);
        free(c);
}

/* A decision that has no columns of its own still answers every row. */
static void test_fallback(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(INPUT("x", "number") DECISION("c", NEEDS_INPUT("x") "<context><contextEntry><variable name='a'/>" LITERAL("x + 1")
                               "</contextEntry><contextEntry><variable name='b'/>" LITERAL("string(a)") "</contextEntry></context>")));
        const DmnDecision *d = dmn_find_decision(f.model, STR("c"));
        size_t n;
        const DmnOutput *outs = dmn_decision_outputs(d, &n);
        assert_int_equal(n, 2);
        assert_true(str_eq_c(outs[1].name, "b"));
        int64_t x[3] = { 1, 2, 300 };
        FeelColumn in = { .kind = FEEL_COL_SCALED, .scaled = x }, out[2];
        DmnBatch *b;
        assert_ok(dmn_batch_new(f.model, d, &b));
        assert_ok(dmn_batch_eval(b, f.exec, &in, 3, out));
        assert_int_equal(dmn_batch_scalar_rows(b), 3);
        FeelValue v;
        assert_ok(feel_column_get(f.arena, &out[1], 2, &v));
        assert_string_equal(fixture_text(&f, &v), "\"301\"");
        assert_ok(dmn_batch_eval(b, f.exec, &in, 0, out));
        dmn_batch_free(b);
        fixture_close(&f);
}

static void test_columnar(void **state)
{
        (void)state;
        Fixture f;
        fixture_open(&f, MODEL(INPUT("x", "number") DECISION("r", NEEDS_INPUT("x") TABLE("UNIQUE", COLUMN("x") "<output name='a'/><output name='b'/>"
                               RULE(IN("&lt; 0") OUT("\"minus\"") OUT("-x")) RULE(IN("&gt;= 0") OUT("\"plus\"") OUT("x"))))));
        int64_t x[3] = { -150, 0, 275 };
        FeelColumn in = { .kind = FEEL_COL_SCALED, .scale = 2, .scaled = x }, out[2];
        DmnBatch *b;
        assert_ok(dmn_batch_new(f.model, dmn_find_decision(f.model, STR("r")), &b));
        assert_ok(dmn_batch_eval(b, f.exec, &in, 3, out));
        assert_int_equal(dmn_batch_scalar_rows(b), 0);
        assert_int_equal(out[1].kind, FEEL_COL_SCALED);
        FeelValue v;
        static const char *const want[3][2] = { { "\"minus\"", "1.5" }, { "\"plus\"", "0" }, { "\"plus\"", "2.75" } };
        for (size_t i = 0; i < 3; i++) {
                for (size_t k = 0; k < 2; k++) {
                        assert_ok(feel_column_get(f.arena, &out[k], i, &v));
                        assert_string_equal(fixture_text(&f, &v), want[i][k]);
                }
        }
        dmn_batch_free(b);
        fixture_close(&f);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_columnar), cmocka_unit_test(test_fallback), cmocka_unit_test(test_random) };
        return cmocka_run_group_tests_name("dmn batch", tests, NULL, NULL);
}
