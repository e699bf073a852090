#include "tests/codec/text_test.h"

#include "codec/json.h"
#include "codec/yaml.h"

/* A tree as compact JSON with each scalar as text: enough to compare by. */
static void show(JsonWriter *w, const Yaml *n)
{
        switch (n->kind) {
        case YAML_KIND_SCALAR:
                if (yaml_is_null(n))
                        jw_null(w);
                else
                        jw_str(w, n->text);
                break;
        case YAML_KIND_LIST:
                jw_array_begin(w);
                for (size_t i = 0; i < n->count; i++)
                        show(w, n->items[i]);
                jw_array_end(w);
                break;
        case YAML_KIND_MAP:
                jw_object_begin(w);
                for (size_t i = 0; i < n->count; i++) {
                        jw_key(w, n->pairs[i].key->text);
                        show(w, n->pairs[i].value);
                }
                jw_object_end(w);
                break;
        }
}

static void good_documents(void **state)
{
        (void)state;
        static const char *const cases[][2] = {
                { "", "[]" },
                { "# only a comment\n", "[]" },
                { "---\n---\n", "[]" },
                { "a: 1\n", "[{\"a\":\"1\"}]" },
                { "\xEF\xBB\xBFregister: enterprise\ntitle: {zh: 企业, en: Enterprise}\n",
                  "[{\"register\":\"enterprise\",\"title\":{\"zh\":\"企业\",\"en\":\"Enterprise\"}}]" },
                { "a: 1\r\n---\r\n- b\r\n- [c, d]\r\n", "[{\"a\":\"1\"},[\"b\",[\"c\",\"d\"]]]" },
                { "when over: pro rata\npublish for: 5 working days\n",
                  "[{\"when over\":\"pro rata\",\"publish for\":\"5 working days\"}]" },
                { "a: ~\nb: null\nc:\nd: '~'\ne: \"\"\n",
                  "[{\"a\":null,\"b\":null,\"c\":null,\"d\":\"~\",\"e\":\"\"}]" },
                { "f: |\n  一\n  二\ng: >\n  三\n  四\n", "[{\"f\":\"一\\n二\\n\",\"g\":\"三 四\\n\"}]" },
                { "q: 'it''s'\nr: \"\\u79d1\\t\"\n", "[{\"q\":\"it's\",\"r\":\"科\\t\"}]" },
                { "%YAML 1.1\n---\nx: yes\n", "[{\"x\":\"yes\"}]" },
                { "- {when: founded > today(), say: 成立日期晚于今天, level: error}\n",
                  "[[{\"when\":\"founded > today()\",\"say\":\"成立日期晚于今天\",\"level\":\"error\"}]]" },
                { "unit: '%'\nformula: rd / gdp * 100   # comment\n",
                  "[{\"unit\":\"%\",\"formula\":\"rd / gdp * 100\"}]" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                YamlFile *f = NULL;
                if (yaml_parse(a, str_c(cases[i][0]), "t.yaml", NULL, &d, &f) != ST_OK)
                        fail_msg("%s: %s", cases[i][0], d.count ? d.msgs[0].text : "?");
                _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                JsonWriter w = json_writer(&out, JSON_COMPACT);
                jw_array_begin(&w);
                for (size_t k = 0; k < f->count; k++)
                        show(&w, f->docs[k]);
                jw_array_end(&w);
                assert_ok(jw_finish(&w));
                assert_string_equal(buf_cstr(&out), cases[i][1]);
                assert_int_equal(d.count, 0);
        }
}

static void bad_documents(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                int line, col;
                const char *words;
        } cases[] = {
                { "a: 1\nb: 2\na: 3\n", 3, 1, "duplicate key \"a\" (first on line 1)" },
                { "x: {键: 1, b: 2, 键: 3}\n", 1, 17, "duplicate key \"键\"" },
                { "a: 1\nb: 2\nc: 1\nd: 2\ne: 1\nf: 2\ng: 1\nh: 2\ni: 1\nj: 2\nk: 1\nl: 2\nm: 1\nc: 2\n", 14, 1,
                  "duplicate key \"c\" (first on line 3)" },
                { "a: &x 1\n", 1, 4, "anchors are not allowed: \"&x\"" },
                { "a: &x [1]\n", 1, 4, "anchors" },
                { "a: &x {b: 1}\n", 1, 4, "anchors" },
                { "a: 1\nb: *x\n", 2, 4, "aliases are not allowed: \"*x\"" },
                { "a: !!str 1\n", 1, 4, "tags are not allowed" },
                { "a: !local 1\n", 1, 4, "tags are not allowed: \"!local\"" },
                { "a: ! 1\n", 1, 4, "tags" },
                { "%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "%TAG" },
                { "a: !<--", 1, 8, "YAML syntax: did not find the expected '>'" },
                { "? [a]\n: 1\n", 1, 3, "a key must be a text" },
                { "a: {{b}}\n", 1, 5, "a key must be a text" },
                { "\"\": 1\n", 1, 1, "a key must not be empty" },
                { "a: 1\n b: 2\n", 2, 3, "mapping values are not allowed" },
                { "a: b: c\n", 1, 5, "mapping values are not allowed" },
                { "a:\n\t- b\n", 2, 1, "cannot start any token" },
                { "a: [1, 2\n", 2, 1, "did not find expected ',' or ']'" },
                { "a: \"abc\n", 2, 1, "unexpected end of stream" },
                { "a: 'abc", 1, 8, "unexpected end of stream" },
                { "a: @b\n", 1, 4, "cannot start any token" },
                { "a: %\n", 1, 4, "cannot start any token" },
                { "a: 中\n文: \xB9\xFA\n", 2, 4, "UTF-8 (byte 0xB9)" },
                { "a: \"\x01\"\n", 1, 5, "control character 0x01" },
                { "a: \"\\0\"\n", 1, 4, "NUL" },
                { "a: \"\\q\"\n", 1, 5, "unknown escape" },
                { "%FOO\n---\na: 1\n", 1, 5, "unknown directive" },
                { "%YAML 2.0\n---\na: 1\n", 1, 1, "incompatible" },
                { "- a\nb: 1\n", 2, 1, "expected '-'" },
                { "a: 1\n--- b\n...\nc\n d: 1\n", 4, 1, "expected <document start>" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN), zh = DIAG_INIT(LANG_ZH);
                YamlFile *f = NULL;
                assert_int_equal(yaml_parse(a, str_c(cases[i].text), "t.yaml", NULL, &d, &f), ST_INVALID);
                assert_null(f);
                assert_string_equal(d.msgs[0].pos.file, "t.yaml");
                expect_message(&d, cases[i].line, cases[i].col, cases[i].words, cases[i].text);
                assert_int_equal(yaml_parse(a, str_c(cases[i].text), "t.yaml", NULL, &zh, &f), ST_INVALID);
                assert_true(zh.count > 0);
                assert_int_equal(yaml_parse(a, str_c(cases[i].text), NULL, NULL, NULL, &f), ST_INVALID);
        }
        no_mismatches();
}

static void all_duplicates_at_once(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_ZH);
        YamlFile *f;
        assert_int_equal(yaml_parse(a, STR("a: {c: 1, c: 2}\nb: 1\nb: 2\n"), "t.yaml", NULL, &d, &f), ST_INVALID);
        assert_int_equal(d.count, 2);
        _cleanup_buf_ Buf out = BUF_INIT(4096);
        diag_print(&d, &out);
        assert_string_equal(buf_cstr(&out), "t.yaml:1:11: 错误：重复的键 “c”（第一次在第 1 行）\n  a: {c: 1, c: 2}\n            ^\n"
                                            "t.yaml:3:1: 错误：重复的键 “b”（第一次在第 2 行）\n  b: 2\n  ^\n");
}

static void hostile(Arena *a, Str text, Status want)
{
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        YamlFile *f;
        uint64_t start = cpu_ns();
        Status st = yaml_parse(a, text, "hostile.yaml", NULL, &d, &f);
        if (st != want)
                fail_msg("%.60s…: %s %s", text.ptr, status_name(st), d.count ? d.msgs[0].text : "");
        assert_true(want == ST_OK || d.count > 0);
        assert_true(cpu_ns() - start < 2000000000);
}

static void hostile_input_in_bounded_time(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(512 << 20);
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        hostile(a, STR("%\xFF\r\r\r\""), ST_INVALID);
        hostile(a, STR("%\r\r\r\""), ST_INVALID);
        hostile(a, STR("a\r\r\r\"b"), ST_OK);
        hostile(a, STR("!<--"), ST_INVALID);
        hostile(a, STR("a: \0"), ST_INVALID);
        static const char *const openers[] = { "[", "{a: ", "- ", "[{a: ", "? ", "{", "[? ", "[[[[{" };
        for (size_t i = 0; i < ARRAY_LEN(openers); i++) {
                buf_clear(&b);
                for (int n = 0; n < 100000; n++)
                        buf_puts(&b, openers[i]);
                hostile(a, buf_str(&b),
                        strcmp(openers[i], "{") == 0 || strcmp(openers[i], "? ") == 0 ||
                                        strcmp(openers[i], "[[[[{") == 0 || strcmp(openers[i], "[? ") == 0
                                ? ST_INVALID
                                : ST_LIMIT);
        }
        buf_clear(&b);          /* a billion laughs */
        buf_puts(&b, "a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c < 'j'; c++)
                buf_printf(&b, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c - 1, c - 1, c - 1, c - 1,
                           c - 1, c - 1, c - 1, c - 1, c - 1);
        hostile(a, buf_str(&b), ST_INVALID);
        buf_clear(&b);          /* many keys, one twice at the end */
        for (int n = 0; n < 100000; n++)
                buf_printf(&b, "k%d: %d\n", n, n);
        hostile(a, buf_str(&b), ST_OK);
        buf_puts(&b, "k77: 0\n");
        hostile(a, buf_str(&b), ST_INVALID);
        buf_clear(&b);          /* one huge scalar */
        buf_puts(&b, "a: \"");
        char *run = buf_reserve(&b, 3000000);
        memset(run, 'x', 3000000);
        b.len += 3000000;
        buf_puts(&b, "\"\n");
        hostile(a, buf_str(&b), ST_LIMIT);
        buf_clear(&b);          /* colons, commas, dashes, line ends */
        static const char *const noise[] = { ":",     ",",    "- \n", "\n\r",  "'",    "\"",   "# ",
                                             "a:\n ", "[]\n", "|\n",  "? a\n", "%a\n", "---\n" };
        for (size_t i = 0; i < ARRAY_LEN(noise); i++) {
                buf_clear(&b);
                for (int n = 0; n < 30000; n++)
                        buf_puts(&b, noise[i]);
                YamlFile *f;
                uint64_t start = cpu_ns();
                Status st = yaml_parse(a, buf_str(&b), "n.yaml", NULL, NULL, &f);
                assert_true(st == ST_OK || st == ST_INVALID || st == ST_LIMIT);
                if (cpu_ns() - start > 3000000000)
                        fail_msg("slow: %s", noise[i]);
                arena_reset(a);
        }
        YamlLimits few = { .max_bytes = 20, .max_depth = 2, .max_nodes = 4, .max_scalar = 5 };
        YamlFile *f;
        assert_ok(yaml_parse(a, STR("a: [b]\n"), NULL, &few, NULL, &f));
        assert_int_equal(yaml_parse(a, STR("a: [b, c]\n"), NULL, &few, NULL, &f), ST_LIMIT);
        assert_int_equal(yaml_parse(a, STR("[[[b]]]\n"), NULL, &few, NULL, &f), ST_LIMIT);
        assert_int_equal(yaml_parse(a, STR("abcdef\n"), NULL, &few, NULL, &f), ST_LIMIT);
        assert_int_equal(yaml_parse(a, STR("a: b               #\n"), NULL, &few, NULL, &f), ST_LIMIT);
}

static void expect_inside(const Yaml *n, const char *needle, int line, int col)
{
        size_t at = str_find(n->text, str_c(needle));
        assert_true(at != SIZE_MAX);
        Pos p = yaml_pos_in(n, at);
        if (p.line != line || p.col != col)
                fail_msg("%s in “%.*s”: got %d:%d, want %d:%d", needle, STR_FMT(n->text), p.line, p.col, line, col);
}

static void places_inside_scalars(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        YamlFile *f;
        static const char text[] = "p: 企业 + oops1\n"                          /* 1 */
                                   "s: '企业 = ''x'' + oops2'\n"               /* 2 */
                                   "d: \"a b + oops3\"\n"                      /* 3 */
                                   "l: |\n"                                    /* 4 */
                                   "  first\n"                                 /* 5 */
                                   "    if oops4 then\n"                       /* 6 */
                                   "      oops5\n"                             /* 7 */
                                   "m: first\n"                                /* 8 */
                                   "  second oops6\n"                          /* 9 */
                                   "g: >-\n"                                   /* 10 */
                                   "  一 二\n"                                 /* 11 */
                                   "  oops7 x\n"                               /* 12 */
                                   "e: \"\\u4f01 + oops8\"\n";                 /* 13 */
        assert_ok(yaml_parse(a, str_c(text), "x.yaml", NULL, NULL, &f));
        const Yaml *m = f->docs[0];
        expect_inside(yaml_get(m, STR("p")), "oops1", 1, 9);
        expect_inside(yaml_get(m, STR("s")), "oops2", 2, 18);
        expect_inside(yaml_get(m, STR("d")), "oops3", 3, 11);
        expect_inside(yaml_get(m, STR("l")), "oops4", 6, 8);
        expect_inside(yaml_get(m, STR("l")), "oops5", 7, 7);
        expect_inside(yaml_get(m, STR("m")), "oops6", 9, 10);
        expect_inside(yaml_get(m, STR("g")), "oops7", 12, 3);
        expect_inside(yaml_get(m, STR("e")), "oops8", 13, 4);          /* escapes: the scalar's beginning */
        Pos p = yaml_pos_in(yaml_get(m, STR("l")), str_find(yaml_get(m, STR("l"))->text, STR("oops5")));
        assert_str(p.source, "      oops5");
        p = yaml_pos(yaml_get(m, STR("d")));
        assert_int_equal(p.line, 3);
        assert_int_equal(p.col, 4);
        assert_str(p.source, "d: \"a b + oops3\"");
        assert_string_equal(p.file, "x.yaml");
        /* past the end and at the end */
        p = yaml_pos_in(yaml_get(m, STR("p")), 1000);
        assert_int_equal(p.col, 4);
        p = yaml_pos_in(yaml_get(m, STR("p")), yaml_get(m, STR("p"))->text.len);
        assert_int_equal(p.col, 14);
}

static Status load(void *ctx)
{
        (void)ctx;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        if (!a)
                return ST_NOMEM;
        YamlFile *f;
        return yaml_parse(
                a,
                STR("a: [1, {b: 2}]\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\nh: 1\ni: 1\nj: 1\nk: 1\nl: 1\nm: 1\n---\nx\n"),
                "a.yaml", NULL, NULL, &f);
}

static void every_allocation_may_fail(void **state)
{
        (void)state;
        sweep_allocations(load, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_documents),
                cmocka_unit_test(bad_documents),
                cmocka_unit_test(all_duplicates_at_once),
                cmocka_unit_test(hostile_input_in_bounded_time),
                cmocka_unit_test(places_inside_scalars),
                cmocka_unit_test(every_allocation_may_fail),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
