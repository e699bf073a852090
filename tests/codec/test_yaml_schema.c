#include "tests/codec/text_test.h"

#include "base/near.h"
#include "codec/yaml_schema.h"

typedef struct Rule {
        const Yaml *at;
        YamlExpr when;
        YamlTitle say;
        int level;
} Rule;

typedef struct Field {
        const Yaml *at;
        Str name;
        Str type;
        YamlTitle title;
        bool required;
        int64_t scale;
        bool has_scale;
} Field;

typedef struct Budget {
        YamlQuantity amount;
        int over;
} Budget;

typedef struct Register {
        const Yaml *at;
        Str name;
        YamlTitle title;
        YamlTexts key;
        YamlArray fields, rules;
        Budget *budget;
        Date from;
        Period period;
        Dec factor;
        const Yaml *extra;
        int twice;
        int64_t order;
} Register;

static const char *const levels[] = { "error", "explain", "warning", NULL };
static const char *const overs[] = { "pro rata", "by rank", "first come", NULL };

static const YamlKey rule_keys[] = {
        YAML_KEY(Rule, when, "when", YT_EXPR, .required = true),
        YAML_KEY(Rule, say, "say", YT_TITLE, .required = true),
        YAML_KEY(Rule, level, "level", YT_ENUM, .words = levels),
};
static void rule_init(void *object)
{
        ((Rule *)object)->level = 1;
}
static const YamlSchema rule_schema =
        YAML_SCHEMA(Rule, "规则", "a rule", rule_keys, .at = YAML_AT(Rule, at), .init = rule_init);

static const YamlKey field_keys[] = {
        YAML_KEY(Field, type, "type", YT_TEXT, .required = true),
        YAML_KEY(Field, title, "title", YT_TITLE, .may_be_null = true),
        YAML_KEY(Field, required, "required", YT_BOOL),
        YAML_KEY(Field, scale, "scale", YT_INT, .min = 0, .max = 12, .has = YAML_HAS(Field, has_scale)),
        YAML_KEY(Field, title, "label", YT_TITLE, .instead = "title"),
};
static void field_check(YamlWalk *w, const Yaml *node, void *object)
{
        Field *f = object;
        if (f->has_scale && !str_eq(f->type, STR("decimal")))
                yaml_walk_error(w, node, "“%.*s” 不是 decimal，不能有 scale", "\"%.*s\" is no decimal and has no scale",
                                STR_FMT(f->name));
}
static const YamlSchema field_schema =
        YAML_SCHEMA(Field, "字段", "a field", field_keys, .at = YAML_AT(Field, at), .name = YAML_NAME_AT(Field, name),
                    .shorthand = "type", .check = field_check);

static const YamlKey budget_keys[] = {
        YAML_KEY(Budget, amount, "amount", YT_QUANTITY, .required = true),
        YAML_KEY(Budget, over, "when over", YT_ENUM, .words = overs),
};
static const YamlSchema budget_schema = YAML_SCHEMA(Budget, "预算", "a budget", budget_keys, .shorthand = "amount");

static void read_twice(YamlWalk *w, const Yaml *node, void *member)
{
        int64_t v = 0;
        YamlKey as_int = { .name = "twice", .type = YT_INT };
        if (yaml_walk_value(w, node, &as_int, &v))
                *(int *)member = (int)v * 2;
}

static const YamlKey register_keys[] = {
        YAML_KEY(Register, name, "register", YT_NAME, .required = true),
        YAML_KEY(Register, title, "title", YT_TITLE),
        YAML_KEY(Register, key, "key", YT_NAMES, .min = 1, .max = 3),
        YAML_KEY(Register, fields, "fields", YT_MAP, .schema = &field_schema, .required = true, .min = 1),
        YAML_KEY(Register, rules, "rules", YT_LIST, .schema = &rule_schema),
        YAML_KEY(Register, budget, "budget", YT_OBJECT, .schema = &budget_schema),
        YAML_KEY(Register, from, "from", YT_DATE),
        YAML_KEY(Register, period, "period", YT_PERIOD),
        YAML_KEY(Register, factor, "factor", YT_DECIMAL),
        YAML_KEY(Register, extra, "extra", YT_NODE),
        YAML_KEY(Register, twice, "twice", YT_CUSTOM, .custom = read_twice),
        YAML_KEY(Register, order, "order", YT_INT, .min = -5, .max = 0),
};
static const YamlSchema register_schema =
        YAML_SCHEMA(Register, "库", "a register", register_keys, .at = YAML_AT(Register, at));

static Status read(Arena *a, const char *text, Diag *d, Register *r)
{
        YamlFile *f;
        assert_ok(yaml_parse(a, str_c(text), "r.yaml", NULL, NULL, &f));
        return yaml_read(a, f->docs[0], &register_schema, d, r);
}

static void everything_in_its_place(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        Register r;
        assert_ok(read(a, "register: 企业_1\n"
                          "title: {zh: 企业, en: Enterprise}\n"
                          "key: uscc\n"
                          "fields:\n"
                          "  uscc: {type: text, title: 代码, required: true}\n"
                          "  名称: text\n"
                          "  rate: {type: decimal, scale: 2, title: }\n"
                          "rules:\n"
                          "  - {when: founded > today(), say: 晚于今天, level: error}\n"
                          "  - when: a > b\n"
                          "    say: {zh: 大, en: big}\n"
                          "budget: 3,000万元\n"
                          "from: 2023-01-01\n"
                          "period: 2023-Q2\n"
                          "factor: 0.30\n"
                          "extra: [1, {x: y}]\n"
                          "twice: 21\n"
                          "order: -5\n",
                       &d, &r));
        assert_int_equal(d.count, 0);
        assert_str(r.name, "企业_1");
        assert_str(yaml_title_in(&r.title, LANG_EN), "Enterprise");
        assert_str(yaml_title_in(&r.title, LANG_ZH), "企业");
        assert_int_equal(r.key.count, 1);
        assert_str(r.key.items[0], "uscc");
        assert_int_equal(r.fields.count, 3);
        const Field *fields = r.fields.items;
        assert_str(fields[0].name, "uscc");
        assert_true(fields[0].required);
        assert_str(yaml_title_in(&fields[0].title, LANG_EN), "代码");
        assert_str(fields[1].name, "名称");
        assert_str(fields[1].type, "text");
        assert_false(fields[1].has_scale);
        assert_true(fields[2].has_scale);
        assert_int_equal(fields[2].scale, 2);
        assert_str(yaml_title_in(&fields[2].title, LANG_ZH), "");
        assert_int_equal(fields[2].at->line, 7);
        const Rule *rules = r.rules.items;
        assert_int_equal(r.rules.count, 2);
        assert_int_equal(rules[0].level, 0);
        assert_int_equal(rules[1].level, 1);            /* from init */
        assert_str(rules[0].when.text, "founded > today()");
        assert_int_equal(yaml_pos_in(rules[0].when.at, 10).col, 22);
        char text[DEC_TEXT_MAX];
        assert_non_null(r.budget);
        dec_to_text(r.budget->amount.scaled, text);
        assert_string_equal(text, "30000000");
        assert_str(r.budget->amount.unit, "万元");
        assert_int_equal(r.budget->amount.pow10, 4);
        assert_int_equal(r.from.day, 1);
        assert_int_equal(r.period.index, 2);
        assert_true(dec_eq(r.factor, dec_from_scaled(3, 1)));
        assert_int_equal(r.extra->kind, YAML_KIND_LIST);
        assert_int_equal(r.twice, 42);
        assert_int_equal(r.order, -5);
        assert_ptr_equal(r.at->file, r.extra->file);
}

static void everything_wrong_at_once(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        static const char text[] = "titel: x\n"
                                   "key: [a, 1b, '', c]\n"
                                   "fields:\n"
                                   "  a: {tpye: text}\n"
                                   "  b: [text]\n"
                                   "  2c: text\n"
                                   "  d: {type: text, label: x, scale: 2}\n"
                                   "  e: {type: decimal, scale: 13, required: maybe}\n"
                                   "  f: {type: text, scale: 1}\n"
                                   "  g:\n"
                                   "rules: {when: [x], level: eror}\n"
                                   "budget: {amount: 1,23万元, when over: never}\n"
                                   "from: 2023-02-30\n"
                                   "period: 2023-Q9\n"
                                   "factor: abc\n"
                                   "twice: x\n"
                                   "title: {zn: x, en: [y]}\n"
                                   "order: 1\n"
                                   "zzzzzzzzzzzzz: 1\n";
        static const char *const want_en =
                "r.yaml:1:1: error: unknown key \"titel\"; did you mean \"title\"?\n  titel: x\n  ^\n"
                "r.yaml:2:10: error: \"key\" should be a name (letters, digits and _, not beginning with a digit, at most 64 bytes), not \"1b\"\n"
                "  key: [a, 1b, '', c]\n           ^\n"
                "r.yaml:2:14: error: \"key\" should be a name (letters, digits and _, not beginning with a digit, at most 64 bytes), not \"\"\n"
                "  key: [a, 1b, '', c]\n               ^\n"
                "r.yaml:4:7: error: unknown key \"tpye\"; did you mean \"type\"?\n    a: {tpye: text}\n        ^\n"
                "r.yaml:4:6: error: a field: the key \"type\" is missing\n    a: {tpye: text}\n       ^\n"
                "r.yaml:5:6: error: \"type\" should be a text, and is a list\n    b: [text]\n       ^\n"
                "r.yaml:6:3: error: \"2c\" cannot be the name of: a field (letters, digits and _, not beginning with a digit)\n    2c: text\n    ^\n"
                "r.yaml:7:19: error: the key \"label\" is not used here: use \"title\"\n    d: {type: text, label: x, scale: 2}\n                    ^\n"
                "r.yaml:8:29: error: \"scale\" must be from 0 to 12\n    e: {type: decimal, scale: 13, required: maybe}\n                              ^\n"
                "r.yaml:8:43: error: \"required\" should be true or false, not \"maybe\"\n    e: {type: decimal, scale: 13, required: maybe}\n"
                "                                            ^\n"
                "r.yaml:9:6: error: \"f\" is no decimal and has no scale\n    f: {type: text, scale: 1}\n       ^\n"
                "r.yaml:10:5: error: \"type\" has no value\n    g:\n      ^\n"
                "r.yaml:11:15: error: \"when\" should be an expression, and is a list\n  rules: {when: [x], level: eror}\n                ^\n"
                "r.yaml:11:27: error: \"level\" cannot be \"eror\"; did you mean \"error\"?\n  rules: {when: [x], level: eror}\n                            ^\n"
                "r.yaml:11:8: error: a rule: the key \"say\" is missing\n  rules: {when: [x], level: eror}\n         ^\n"
                "r.yaml:12:20: error: unknown key \"23万元\"; keys of a budget: amount, when over\n  budget: {amount: 1,23万元, when over: never}\n                     ^\n";
        Register r;
        _cleanup_diag_ Diag en = DIAG_INIT(LANG_EN), zh = DIAG_INIT(LANG_ZH);
        assert_int_equal(read(a, text, &en, &r), ST_INVALID);
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        diag_print(&en, &out);
        if (!str_starts(buf_str(&out), str_c(want_en)))
                fail_msg("%s\nwant:\n%s", buf_cstr(&out), want_en);
        static const char *const rest[] = {
                "r.yaml:12:37: error: \"when over\" cannot be \"never\"; it can be: pro rata, by rank, first come",
                "r.yaml:13:7: error: \"from\" should be a date such as 2023-01-31, not \"2023-02-30\"",
                "r.yaml:14:9: error: \"period\" should be a period",
                "r.yaml:15:9: error: \"factor\" should be a number",
                "r.yaml:16:8: error: \"twice\" should be a whole number, not \"x\"",
                "r.yaml:17:9: error: \"title\" has zh and en only, not \"zn\"",
                "r.yaml:17:20: error: title: en should be a text",
                "r.yaml:18:8: error: \"order\" must be from -5 to 0",
                ("r.yaml:19:1: error: unknown key \"zzzzzzzzzzzzz\"; keys of a register: register, title, key, fields, rules, budget, from, period, "
                "factor, extra, twice, order"),
                "r.yaml:1:1: error: a register: the key \"register\" is missing",
        };
        for (size_t i = 0; i < ARRAY_LEN(rest); i++)
                if (!strstr(buf_cstr(&out), rest[i]))
                        fail_msg("not said: %s\n%s", rest[i], buf_cstr(&out) + 1500);
        assert_int_equal(read(a, text, &zh, &r), ST_INVALID);
        assert_int_equal(zh.count, en.count);
        assert_int_equal(read(a, text, NULL, &r), ST_INVALID);
        /* what was right is there */
        assert_int_equal(((Field *)r.fields.items)[4].has_scale, false);
        assert_str(((Field *)r.fields.items)[3].type, "text");
}

static void bounds_and_shapes(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                int line, col;
                const char *words;
        } cases[] = {
                { "register: a\nfields: {}\n", 2, 9, "\"fields\": the count must be at least 1" },
                { "register: a\nfields: {x: text}\nkey: [a, b, c, d]\n", 3, 6,
                  "\"key\": the count must be from 1 to 3" },
                { "register: a\nfields: x\n", 2, 9, "\"fields\" should be a mapping (name: a field)" },
                { "register: a\nfields: {x: text}\nrules: x\n", 3, 8, "\"rules\" should be a list of mappings" },
                { "register: a\nfields: {x: text}\nrules: [x]\n", 3, 9, "a rule should be a mapping" },
                { "register: a\nfields: {x: text}\nrules:\n", 3, 7, "\"rules\" has no value" },
                { "register: [a]\nfields: {x: text}\n", 1, 11, "\"register\" should be a name, and is a list" },
                { "register: a b\nfields: {x: text}\n", 1, 11, "\"register\" should be a name" },
                { "register: a，\nfields: {x: text}\n", 1, 11, "\"register\" should be a name" },
                { "register: a\nfields: {x: text}\nbudget: {amount: '1,23万元'}\n", 3, 18, "thousands separators" },
                { "register: a\nfields: {x: text}\ntitle: {en: A}\n", 3, 8, "lacks its Chinese" },
                { "register: a\nfields: {x: text}\ntitle: [A]\n", 3, 8, "should be a text or {zh" },
                { "register: a\nfields: {x: text}\nkey: {a: b}\n", 3, 6, "\"key\" should be a list" },
                { "register: a\nfields: {x: text}\nkey: [a, ~]\n", 3, 10, "an empty item in \"key\"" },
                { "- a\n", 1, 1, "a register should be a mapping" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                Register r;
                assert_int_equal(read(a, cases[i].text, &d, &r), ST_INVALID);
                expect_message(&d, cases[i].line, cases[i].col, cases[i].words, cases[i].text);
        }
        no_mismatches();
}

static void quantities(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                bool number;
                const char *value, *scaled, *unit;
        } cases[] = {
                { "500万元", true, "500", "5000000", "万元" },  { "50%", true, "50", "0.5", "%" },
                { "30 days", true, "30", "30", "days" },        { "5 working days", true, "5", "5", "working days" },
                { "元", false, "0", "0", "元" },                { "-3", true, "-3", "-3", "" },
                { "12,345.5", true, "12345.5", "12345.5", "" }, { "1亿元", true, "1", "100000000", "亿元" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                Register r;
                _cleanup_buf_ Buf text = BUF_INIT(1000);
                buf_printf(&text, "register: a\nfields: {x: text}\nbudget: '%s'\n", cases[i].text);
                assert_ok(read(a, buf_cstr(&text), NULL, &r));
                const YamlQuantity *q = &r.budget->amount;
                assert_int_equal(q->has_number, cases[i].number);
                assert_str(q->unit, cases[i].unit);
                char out[DEC_TEXT_MAX];
                if (q->has_number) {
                        dec_to_text(q->value, out);
                        assert_string_equal(out, cases[i].value);
                        dec_to_text(q->scaled, out);
                        assert_string_equal(out, cases[i].scaled);
                }
        }
}

typedef struct Found {
        char log[200];
} Found;

static Status found(void *ctx, size_t kind, void *object, const Yaml *node, bool ok)
{
        Found *f = ctx;
        (void)object;
        size_t n = strlen(f->log);
        snprintf(f->log + n, sizeof(f->log) - n, "%zu%s@%d ", kind, ok ? "" : "!", node->line);
        return ST_OK;
}

static void definitions_by_their_key(void **state)
{
        (void)state;
        static const YamlDefinition kinds[] = { { "register", &register_schema }, { "when", &rule_schema } };
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        YamlFile *f;
        Found log = { "" };
        assert_ok(yaml_parse(a, STR("register: a\nfields: {x: text}\n---\n- when: x\n  say: y\n- when: z\n  say: w\n"),
                             "d.yaml", NULL, &d, &f));
        assert_ok(yaml_read_definitions(a, f, kinds, 2, found, &log, &d));
        assert_string_equal(log.log, "0@1 1@4 1@6 ");
        log.log[0] = '\0';
        assert_ok(yaml_parse(
                a, STR("registre: a\n---\nfoo: 1\n---\nwhen: x\n---\n- a\n---\nregister: b\nfields: {x: text}\n"),
                "d.yaml", NULL, &d, &f));
        assert_int_equal(yaml_read_definitions(a, f, kinds, 2, found, &log, &d), ST_INVALID);
        assert_string_equal(log.log, "1!@5 0@9 ");
        assert_int_equal(d.errors, 4);
        assert_non_null(strstr(d.msgs[0].text, "did you mean \"register\"?"));
        assert_non_null(strstr(d.msgs[1].text, "one of the keys register:, when:"));
        assert_non_null(strstr(d.msgs[2].text, "\"say\" is missing"));
        assert_int_equal(d.msgs[3].pos.line, 7);
}

static void wrong_tables_are_told(void **state)
{
        (void)state;
        static const YamlKey keys[] = { YAML_KEY(Register, name, "register", YT_DATE) };
        static const YamlSchema schema = YAML_SCHEMA(Register, "库", "a register", keys);
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        YamlFile *f;
        Register r;
        assert_ok(yaml_parse(a, STR("register: 2023-01-01\n"), "d.yaml", NULL, NULL, &f));
        assert_int_equal(yaml_read(a, f->docs[0], &schema, NULL, &r), ST_INTERNAL);
}

static void names(void **state)
{
        (void)state;
        static const char *const good[] = { "a", "_x1", "企业", "rd_expense", "研发投入强度2023", "é", "𠀀" };
        static const char *const bad[] = { "", "1a", "a b", "a-b", "a.b", "（a）", "a，", "\xC2\xA0", "a\x7F",
                                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
        for (size_t i = 0; i < ARRAY_LEN(good); i++)
                if (!yaml_name_ok(str_c(good[i])))
                        fail_msg("%s", good[i]);
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                if (yaml_name_ok(str_c(bad[i])))
                        fail_msg("%s", bad[i]);
}

static void nearest_words(void **state)
{
        (void)state;
        assert_int_equal(near_distance(STR("title"), STR("titel")), 1);
        assert_int_equal(near_distance(STR("营业收入"), STR("营业收人")), 1);
        assert_int_equal(near_distance(STR(""), STR("abc")), 3);
        assert_int_equal(near_distance(STR("kitten"), STR("sitting")), 3);
        Near n = { .word = STR("reqired") };
        near_offer(&n, STR("title"));
        near_offer(&n, STR("required"));
        near_offer(&n, STR("retired"));
        assert_str(n.best, "required");
        n = (Near){ .word = STR("ab") };
        near_offer(&n, STR("xy"));
        near_offer(&n, STR("abcdef"));
        assert_null(n.best.ptr);
}

static Status read_one(void *ctx)
{
        (void)ctx;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        if (!a)
                return ST_NOMEM;
        YamlFile *f;
        Register r;
        TRY(yaml_parse(
                a,
                STR("register: a\nfields: {x: text, y: text}\nrules: [{when: a, say: b}]\nkey: [a, b]\nbudget: 5元\n"),
                NULL, NULL, NULL, &f));
        return yaml_read(a, f->docs[0], &register_schema, NULL, &r);
}

static void every_allocation_may_fail(void **state)
{
        (void)state;
        sweep_allocations(read_one, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(everything_in_its_place),
                cmocka_unit_test(everything_wrong_at_once),
                cmocka_unit_test(bounds_and_shapes),
                cmocka_unit_test(quantities),
                cmocka_unit_test(definitions_by_their_key),
                cmocka_unit_test(wrong_tables_are_told),
                cmocka_unit_test(names),
                cmocka_unit_test(nearest_words),
                cmocka_unit_test(every_allocation_may_fail),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
