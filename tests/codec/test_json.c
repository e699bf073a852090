#include "tests/codec/text_test.h"

#include "codec/json.h"

static Str canonical(Arena *a, Str text)
{
        _cleanup_buf_ Buf out = BUF_INIT(BUF_MAX_DEFAULT);
        assert_ok(json_canonical_text(text, NULL, NULL, NULL, &out));
        return arena_str(a, buf_str(&out));
}

/* Input and its canonical form. */
static void good_values(void **state)
{
        (void)state;
        static const char *const cases[][2] = {
                { "null", "null" },
                { " true ", "true" },
                { "\tfalse\r\n", "false" },
                { "0", "0" },
                { "-0", "-0" },
                { "9007199254740993", "9007199254740993" },
                { "99999999999999999999", "99999999999999999999" },
                { "0.10", "0.10" },
                { "1e400", "1e400" },
                { "-12.5E-003", "-12.5E-003" },
                { "\"\"", "\"\"" },
                { "\"科创\"", "\"科创\"" },
                { "\"\\u79d1\\u521B\"", "\"科创\"" },
                { "\"\\ud840\\udc00\"", "\"𠀀\"" },
                { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\"" },
                { "\"a long run of plain characters\\nand 一些 more of them\"",
                  "\"a long run of plain characters\\nand 一些 more of them\"" },
                { "[]", "[]" },
                { "[ ]", "[]" },
                { "[1, [2,[ ] ] ,\"x\"]", "[1,[2,[]],\"x\"]" },
                { "{}", "{}" },
                { "{\"b\":1,\"a\":{\"d\":null,\"c\":[{}]}}", "{\"a\":{\"c\":[{}],\"d\":null},\"b\":1}" },
                { "{\"\":0,\"\\u0041\":1}", "{\"\":0,\"A\":1}" },
                /* code point order, which UTF-16 order is not: U+FF01 before U+10000 */
                { "{\"\\ud800\\udc00\":1,\"！\":2,\"é\":3}", "{\"é\":3,\"！\":2,\"𐀀\":1}" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                assert_str(canonical(a, str_c(cases[i][0])), cases[i][1]);
                /* canonical of canonical is itself */
                assert_str(canonical(a, str_c(cases[i][1])), cases[i][1]);
        }
}

static void bad_values(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                int line, col;
                const char *words;
        } cases[] = {
                { "", 1, 1, "ends here" },
                { "  ", 1, 3, "ends here" },
                { "nul", 1, 1, "expected a value" },
                { "nulls", 1, 1, "expected a value" },
                { "True", 1, 1, "expected a value" },
                { "01", 1, 1, "not the way JSON writes a number" },
                { "+1", 1, 1, "expected a value" },
                { ".5", 1, 1, "expected a value" },
                { "1.", 1, 1, "number" },
                { "-", 1, 1, "number" },
                { "1e", 1, 1, "number" },
                { "0x10", 1, 1, "number" },
                { "NaN", 1, 1, "a value" },
                { "1 2", 1, 3, "after the JSON value" },
                { "[1 2]", 1, 4, "a comma or ]" },
                { "[1,]", 1, 4, "a value" },
                { "[1,\n  2", 2, 4, "ends here, where a comma or ]" },
                { "{\"a\" 1}", 1, 6, "a colon" },
                { "{a:1}", 1, 2, "a key in quotes" },
                { "{\"a\":1,}", 1, 8, "a key in quotes" },
                { "{\"a\":1 \"b\":2}", 1, 8, "a comma or }" },
                { "{\"a\":}", 1, 6, "a value" },
                { "[}", 1, 2, "a value" },
                { "{\"键\": 1,\n \"b\": 2,\n  \"键\": 3}", 3, 3, "duplicate key \"键\" (first on line 1)" },
                { "{\"a\":1,\"\\u0061\":2}", 1, 8, "duplicate key \"a\"" },
                { "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,\"m\":1,\n\"b\":1}",
                  2, 1, "duplicate key \"b\" (first on line 1)" },
                { "\"abc", 1, 1, "without its closing quote" },
                { "[\"科\", \"abc", 1, 7, "without its closing quote" },
                { "\"a\nb\"", 1, 3, "control character 0x0A" },
                { "\"a\tb\"", 1, 3, "control character 0x09" },
                { "\"a\\x\"", 1, 3, "escape" },
                { "\"\\u12g4\"", 1, 2, "escape" },
                { "\"\\u12", 1, 2, "escape" },
                { "\"\\u0000\"", 1, 2, "\\u0000" },
                { "\"\\ud800\"", 1, 2, "surrogate" },
                { "\"\\ud800\\u0041\"", 1, 2, "surrogate" },
                { "\"\\udc00\\ud800\"", 1, 2, "surrogate" },
                { "[\"中文\", \"\xB9\xFA\"]", 1, 9, "UTF-8 (byte 0xB9)" },
                { "\"\xC0\xAF\"", 1, 2, "UTF-8" },
                { "\"\xED\xA0\x80\"", 1, 2, "UTF-8" },
                { "\"\xF4\x90\x80\x80\"", 1, 2, "UTF-8" },
                { "\"\xE4\xB8", 1, 2, "UTF-8" },
                { "\xEF\xBB\xBF{}", 1, 1, "byte-order mark" },
                { "// no\n1", 1, 1, "a value" },
                { "[1]\x01", 1, 4, "after the JSON value" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                Json *j = NULL;
                assert_int_equal(json_parse(a, str_c(cases[i].text), "in.json", NULL, &d, &j), ST_INVALID);
                assert_null(j);
                assert_int_equal(d.count, 1);
                assert_string_equal(d.msgs[0].pos.file, "in.json");
                expect_message(&d, cases[i].line, cases[i].col, cases[i].words, cases[i].text);
                /* the other language fails the same way, and no Diag is fine too */
                _cleanup_diag_ Diag zh = DIAG_INIT(LANG_ZH);
                assert_int_equal(json_parse(a, str_c(cases[i].text), NULL, NULL, &zh, &j), ST_INVALID);
                assert_int_equal(zh.msgs[0].pos.col, cases[i].col);
                assert_int_equal(json_parse(a, str_c(cases[i].text), NULL, NULL, NULL, &j), ST_INVALID);
        }
        no_mismatches();
}

static void nul_bytes_are_no_end(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        Json *j;
        assert_int_equal(json_parse(a, STR("1\0 "), NULL, NULL, NULL, &j), ST_INVALID);
        assert_int_equal(json_parse(a, STR("\"a\0b\""), NULL, NULL, NULL, &j), ST_INVALID);
        assert_int_equal(json_parse(a, STR("[1,\0]"), NULL, NULL, NULL, &j), ST_INVALID);
}

static void the_caret_stands_under_the_error(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        Json *j;
        assert_int_equal(json_parse(a, STR("{\n  \"名\\u0041称\": oops\n}"), "x.json", NULL, &d, &j), ST_INVALID);
        _cleanup_buf_ Buf out = BUF_INIT(4096);
        diag_print(&d, &out);
        assert_string_equal(buf_cstr(&out), "x.json:2:15: error: JSON syntax: expected a value here\n"
                                            "    \"名\\u0041称\": oops\n"
                                            "                  ^\n");
}

static void places_and_members(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        Json *j;
        assert_ok(json_parse(a, STR("{\"企业\": \"甲\", \"n\": 12,\n  \"list\": [1, 2.50, true]}"), NULL, NULL, NULL, &j));
        assert_int_equal(j->count, 3);
        assert_str(json_get_text(j, "企业", STR("-")), "甲");
        assert_str(json_get_text(j, "n", STR("-")), "-");
        assert_null(json_get(j, "m"));
        assert_null(json_get(NULL, "m"));
        assert_null(json_get(json_get(j, "n"), "m"));
        int64_t n;
        assert_true(json_i64(json_get(j, "n"), &n) && n == 12);
        const Json *list = json_get(j, "list");
        assert_int_equal(list->line, 2);
        assert_int_equal(list->col, 11);
        assert_int_equal(j->members[1].line, 1);
        assert_int_equal(j->members[1].col, 13);
        assert_str(json_at(list, 1)->text, "2.50");
        assert_int_equal(json_at(list, 2)->col, 21);
        assert_null(json_at(list, 3));
        assert_false(json_i64(json_at(list, 1), &n));
        Dec d;
        assert_ok(json_dec(json_at(list, 1), &d));
        char text[DEC_TEXT_MAX];
        dec_to_text(d, text);
        assert_string_equal(text, "2.5");
        assert_int_equal(json_dec(json_at(list, 2), &d), ST_INVALID);
}

static void decimals_are_exact_or_refused(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                Status st;
        } cases[] = {
                { "9007199254740993", ST_OK },
                { "99999999999999999999", ST_OK },
                { "1234567890123456789012345678901234", ST_OK },
                { "12345678901234567890123456789012345", ST_LIMIT },
                { "12345678901234567890123456789012340000", ST_OK },
                { "0.000000000000000000000000000000000000000000000001", ST_OK },
                { "1e6144", ST_OK },
                { "1e6145", ST_LIMIT },
                { "1e-6176", ST_OK },
                { "1e-6177", ST_LIMIT },
                { "0e999999", ST_OK },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_arena_ Arena *a = arena_new(1 << 20);
                Json *j;
                Dec d;
                assert_ok(json_parse(a, str_c(cases[i].text), NULL, NULL, NULL, &j));
                if (json_dec(j, &d) != cases[i].st)
                        fail_msg("%s", cases[i].text);
        }
}

static void limits_hold(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        _cleanup_buf_ Buf deep = BUF_INIT(1 << 20);
        for (int i = 0; i < 100000; i++)
                buf_putc(&deep, '[');
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        Json *j;
        uint64_t start = cpu_ns();
        assert_int_equal(json_parse(a, buf_str(&deep), NULL, NULL, &d, &j), ST_LIMIT);
        assert_true(cpu_ns() - start < 1000000000);
        expect_message(&d, 1, 201, "200 levels", "100,000 [");
        no_mismatches();
        buf_clear(&deep);
        for (int i = 0; i < 200; i++)
                buf_putc(&deep, '[');
        for (int i = 0; i < 200; i++)
                buf_putc(&deep, ']');
        assert_ok(json_parse(a, buf_str(&deep), NULL, NULL, NULL, &j));

        JsonLimits few = { .max_bytes = 100, .max_depth = 5, .max_values = 3 };
        assert_ok(json_parse(a, STR("[1,2]"), NULL, &few, NULL, &j));
        assert_int_equal(json_parse(a, STR("[1,2,3]"), NULL, &few, NULL, &j), ST_LIMIT);
        few.max_bytes = 4;
        assert_int_equal(json_parse(a, STR("[1,2]"), NULL, &few, NULL, &j), ST_LIMIT);
        /* an arena that is too small */
        _cleanup_arena_ Arena *small = arena_new(64);
        assert_int_equal(json_parse(small, STR("[1,2,3,4,5,6,7,8,9,10,11,12]"), NULL, NULL, NULL, &j), ST_NOMEM);
}

static void many_members_are_found_and_sorted(void **state)
{
        (void)state;
        enum { N = 20000 };
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        _cleanup_buf_ Buf text = BUF_INIT(16 << 20);
        buf_putc(&text, '{');
        for (unsigned i = 0; i < N; i++)
                buf_printf(&text, "%s\"k%u\":%u", i ? "," : "", i * 7919 % N, i);
        buf_putc(&text, '}');
        Json *j;
        assert_ok(json_parse(a, buf_str(&text), NULL, NULL, NULL, &j));
        for (unsigned i = 0; i < N; i++) {
                char key[16];
                snprintf(key, sizeof(key), "k%u", i * 7919 % N);
                int64_t v;
                assert_true(json_i64(json_get(j, key), &v) && v == i);
        }
        assert_null(json_get(j, "k20000"));
        assert_null(json_get(j, ""));
        _cleanup_buf_ Buf out = BUF_INIT(16 << 20);
        assert_ok(json_canonical(j, &out));
        Json *again;
        assert_ok(json_parse(a, buf_str(&out), NULL, NULL, NULL, &again));
        for (uint32_t i = 1; i < again->count; i++)
                assert_true(str_cmp(again->members[i - 1].key, again->members[i].key) < 0);
        assert_true(json_equal(j, again));
        again->members[5].value.text = STR("-1");
        assert_false(json_equal(j, again));
}

static void writing(void **state)
{
        (void)state;
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&out, JSON_PRETTY);
        jw_object_begin(&w);
        jw_put_str(&w, "名称", STR("甲\n\"乙\"\x1f"));
        jw_put_cstr(&w, "none", NULL);
        jw_put_i64(&w, "min", INT64_MIN);
        Dec d;
        assert_ok(dec_parse(STR("1E+3"), &d));
        jw_put_dec(&w, "dec", d);
        jw_put_bool(&w, "yes", true);
        jw_put_array(&w, "list");
        jw_number(&w, STR("1.50"));
        jw_array_begin(&w);
        jw_array_end(&w);
        jw_object_begin(&w);
        jw_object_end(&w);
        jw_null(&w);
        jw_array_end(&w);
        jw_put_object(&w, "o");
        jw_put_null(&w, "x");
        jw_object_end(&w);
        jw_object_end(&w);
        assert_ok(jw_finish(&w));
        assert_string_equal(buf_cstr(&out), "{\n"
                                            "  \"名称\": \"甲\\n\\\"乙\\\"\\u001f\",\n"
                                            "  \"none\": null,\n"
                                            "  \"min\": -9223372036854775808,\n"
                                            "  \"dec\": 1000,\n"
                                            "  \"yes\": true,\n"
                                            "  \"list\": [\n    1.50,\n    [],\n    {},\n    null\n  ],\n"
                                            "  \"o\": {\n    \"x\": null\n  }\n"
                                            "}\n");
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        Json *j;
        assert_ok(json_parse(a, buf_str(&out), NULL, NULL, NULL, &j));
        Buf compact = BUF_INIT(1 << 20);
        w = json_writer(&compact, JSON_COMPACT);
        jw_json(&w, j);
        assert_ok(jw_finish(&w));
        assert_string_equal(buf_cstr(&compact),
                            "{\"名称\":\"甲\\n\\\"乙\\\"\\u001f\",\"none\":null,\"min\":-9223372036854775808,"
                            "\"dec\":1000,\"yes\":true,\"list\":[1.50,[],{},null],\"o\":{\"x\":null}}");
        buf_release(&compact);
}

static Status misuse(int which)
{
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&out, JSON_COMPACT);
        switch (which) {
        case 0: break;                                                          /* nothing */
        case 1: jw_null(&w); jw_null(&w); break;                                /* two roots */
        case 2: jw_key(&w, STR("a")); break;                                    /* key at the root */
        case 3: jw_object_begin(&w); jw_null(&w); jw_object_end(&w); break;     /* value without key */
        case 4: jw_object_begin(&w); jw_key(&w, STR("a")); jw_object_end(&w); break;
        case 5: jw_object_begin(&w); jw_key(&w, STR("a")); jw_key(&w, STR("b")); break;
        case 6: jw_array_begin(&w); jw_object_end(&w); break;
        case 7: jw_array_begin(&w); break;                                      /* left open */
        case 8: jw_array_end(&w); break;
        case 9: jw_array_begin(&w); jw_key(&w, STR("a")); break;
        default: break;
        }
        return jw_finish(&w);
}

static void misuse_fails(void **state)
{
        (void)state;
        for (int i = 0; i < 10; i++)
                assert_int_equal(misuse(i), ST_INTERNAL);
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        static const char *const not_numbers[] = { "", "1.", "NaN", "1 ", "+1", "--1" };
        for (size_t i = 0; i < ARRAY_LEN(not_numbers); i++) {
                buf_clear(&out);
                JsonWriter w = json_writer(&out, JSON_COMPACT);
                jw_number(&w, str_c(not_numbers[i]));
                assert_int_equal(jw_finish(&w), ST_INVALID);
        }
        buf_clear(&out);
        JsonWriter w = json_writer(&out, JSON_COMPACT);
        jw_str(&w, STR("\xFF"));
        assert_int_equal(jw_finish(&w), ST_INVALID);
        buf_clear(&out);
        w = json_writer(&out, JSON_COMPACT);
        jw_dec(&w, dec_div(dec_zero(), dec_zero()));
        assert_int_equal(jw_finish(&w), ST_INVALID);
        buf_clear(&out);
        w = json_writer(&out, JSON_COMPACT);
        for (int i = 0; i <= JSON_WRITE_DEPTH_MAX; i++)
                jw_array_begin(&w);
        assert_int_equal(jw_finish(&w), ST_LIMIT);
}

static Status parse_and_write(void *ctx)
{
        (void)ctx;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        if (!a)
                return ST_NOMEM;
        Json *j;
        TRY(json_parse(
                a,
                STR("{\"a\":[1,2,{\"b\":\"\\u79d1\"}],\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,"
                    "\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":[[[[[[[[[[1]]]]]]]]]]}"),
                NULL, NULL, NULL, &j));
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        return json_canonical(j, &out);
}

static void every_allocation_may_fail(void **state)
{
        (void)state;
        sweep_allocations(parse_and_write, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_values),
                cmocka_unit_test(bad_values),
                cmocka_unit_test(nul_bytes_are_no_end),
                cmocka_unit_test(the_caret_stands_under_the_error),
                cmocka_unit_test(places_and_members),
                cmocka_unit_test(decimals_are_exact_or_refused),
                cmocka_unit_test(limits_hold),
                cmocka_unit_test(many_members_are_found_and_sorted),
                cmocka_unit_test(writing),
                cmocka_unit_test(misuse_fails),
                cmocka_unit_test(every_allocation_may_fail),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
