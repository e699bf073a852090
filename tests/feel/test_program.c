/* What the compiler makes: instructions, folded constants, and which texts it refuses for their size. */
#include "feel/feel.h"
#include "tests/test.h"

#include "base/arena.h"

static void expect_code(const char *text, const char *want)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)1 << 20);
        FeelScope *s = feel_scope_new(a, NULL);
        FeelProgram *p;
        Buf code = BUF_INIT(1 << 16);
        assert_ok(feel_scope_add(s, STR("a"), FEEL_TYPE_NUMBER, NULL));
        assert_ok(feel_scope_add(s, STR("list"), NULL, NULL));
        assert_ok(feel_compile(s, FEEL_SOURCE(str_c(text)), NULL, NULL, &p));
        feel_program_disassemble(p, &code);
        /* Without the offsets. */
        Buf plain = BUF_INIT(1 << 16);
        for (Str rest = buf_str(&code), line; rest.ptr;) {
                line = str_cut(rest, '\n', &rest);
                size_t tab = str_find(line, STR("\t"));
                buf_put_str(&plain, tab == SIZE_MAX ? line : str_n(line.ptr + tab + 1, line.len - tab - 1));
                if (rest.ptr && rest.len)
                        buf_puts(&plain, "; ");
        }
        assert_string_equal(buf_cstr(&plain), want);
        buf_release(&plain);
        buf_release(&code);
        feel_program_free(p);
}

static void test_instructions(void **state)
{
        (void)state;
        expect_code("a + 1", "SLOT 0; CONST 1; ADD; RETURN");
        expect_code("a > 1 and a < 5", "SLOT 0; CONST 1; GT; AND_JUMP ->8; SLOT 0; CONST 5; LT; AND; RETURN");
        expect_code("if a > 1 then 2 else 3", "SLOT 0; CONST 1; GT; BRANCH ->7 ->8; CONST 2; JUMP ->8; CONST 3; RETURN");
        expect_code("[a, 2][a]", "SLOT 0; CONST 2; LIST 2; SLOT 0; INDEX; RETURN");
        expect_code("list[-1]", "SLOT 1; CONST -1; INDEX; RETURN");
        /* Items of any kind may have an entry `a`: tried first. */
        expect_code("list[a]", "SLOT 1; FILTER_BEGIN 0 ->13; FILTER_NEXT 0 ->12; ITEM_TRY 2 \"a\" ->9; SLOT 0; FILTER_TEST 0 ->3 ->13; "
                               "BUILT 1; RETURN");
        expect_code("[a, 2][item > a]", "SLOT 0; CONST 2; LIST 2; FILTER_BEGIN 0 ->14; FILTER_NEXT 0 ->13; LOCAL 2; SLOT 0; GT; "
                                        "FILTER_TEST 0 ->5 ->14; BUILT 1; RETURN");
        expect_code("for i in 1..a return i", "BUILD 0; CONST 1; SLOT 0; SPAN 1 ->11; NEXT 1 ->10; LOCAL 2; COLLECT 0; JUMP ->5; BUILT 0; RETURN");
        expect_code("function(x) x + a", "FUNCTION 1; RETURN; function 1(1); LOCAL 0; CAPTURE 0; ADD; RETURN");
        expect_code("{x: a, y: x}", "SLOT 0; KEEP 0; LOCAL 0; CONTEXT {x, y}; RETURN");
}

static void test_folding(void **state)
{
        (void)state;
        expect_code("1 + 2 * 3", "CONST 7; RETURN");
        expect_code("-(2 ** 3)", "CONST -8; RETURN");
        expect_code("a + (1 + 2)", "SLOT 0; CONST 3; ADD; RETURN");
        expect_code("[1, 1 + 1, \"a\" + \"b\"]", "CONST [1, 2, \"ab\"]; RETURN");
        expect_code("{a: 1, b: [2]}", "CONST {a: 1, b: [2]}; RETURN");
        expect_code("[1..2 + 1)", "CONST [1..3); RETURN");
        expect_code("date(\"2023-01-31\") + duration(\"P1M\")", "CONST @\"2023-02-28\"; RETURN");
        expect_code("substring(string: \"abc\", start position: 2)", "CONST \"bc\"; RETURN");
        expect_code("1 < 2", "CONST true; RETURN");
        /* What has something to say is left to run time; so is what depends on when it runs. */
        expect_code("1 / 0", "CONST 1; CONST 0; DIV; RETURN");
        expect_code("today()", "CALL_BUILTIN today/0; RETURN");
        /* A constant part that would be too large stays a part. */
        expect_code("count(for i in 1..10 return i)",
                    "BUILD 0; CONST 1; CONST 10; SPAN 1 ->11; NEXT 1 ->10; LOCAL 2; COLLECT 0; JUMP ->5; BUILT 0; CALL_BUILTIN count/1; RETURN");
}

static void test_slots_and_types(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new((size_t)1 << 20);
        FeelScope *s = feel_scope_new(a, NULL);
        FeelProgram *p;
        Buf b = BUF_INIT(1000);
        uint32_t slot;
        FeelField fields[] = { { STR("name"), FEEL_TYPE_STRING }, { STR("founded"), FEEL_TYPE_DATE } };
        assert_ok(feel_scope_add(s, STR("x"), FEEL_TYPE_NUMBER, &slot));
        assert_int_equal(slot, 0);
        assert_ok(feel_scope_add(s, STR("firms"), feel_type_list(a, feel_type_context(a, fields, 2)), &slot));
        assert_int_equal(slot, 1);
        assert_int_equal(feel_scope_add(s, STR("x"), NULL, NULL), ST_EXISTS);
        assert_int_equal(feel_scope_add(s, STR("1x"), NULL, NULL), ST_INVALID);
        assert_int_equal(feel_scope_find(s, STR("firms")), 1);
        assert_int_equal(feel_scope_find(s, STR("no")), SIZE_MAX);
        assert_ok(feel_compile(s, FEEL_SOURCE(STR("firms[founded < @\"2020-01-01\"].name")), NULL, NULL, &p));
        assert_false(feel_program_uses(p, 0));
        assert_true(feel_program_uses(p, 1));
        feel_type_to_text(feel_program_type(p), &b);
        assert_string_equal(buf_cstr(&b), "list<string>");
        feel_program_free(p);
        buf_release(&b);
        /* An input that only a function reads is read, too. */
        assert_ok(feel_compile(s, FEEL_SOURCE(STR("function(k) function(l) x + k + l")), NULL, NULL, &p));
        assert_true(feel_program_uses(p, 0));
        feel_program_free(p);
        assert_ok(feel_compile(s, FEEL_SOURCE(STR("2 * 21")), NULL, NULL, &p));
        const FeelValue *c = feel_program_constant(p);
        assert_non_null(c);
        assert_true(dec_eq(c->number, dec_from_i64(42)));
        feel_program_free(p);
        assert_ok(feel_compile_unary_tests(s, FEEL_SOURCE(STR(" - ")), NULL, NULL, NULL, &p));
        assert_true(feel_program_is_any(p));
        feel_program_free(p);
}

/* A result that can never be what it is for is a mistake of the text. */
static void test_expected_type(void **state)
{
        (void)state;
        static const struct { const char *text; const FeelType *type; Status want; } cases[] = {
                { "1 + 1", FEEL_TYPE_NUMBER, ST_OK }, { "\"a\"", FEEL_TYPE_NUMBER, ST_INVALID },
                { "[1]", FEEL_TYPE_NUMBER, ST_OK }, { "[\"a\"]", FEEL_TYPE_NUMBER, ST_INVALID },
                { "1", FEEL_TYPE_LIST, ST_OK }, { "null", FEEL_TYPE_NUMBER, ST_OK },
                { "@\"2023-01-01\"", FEEL_TYPE_DATE_TIME, ST_OK }, { "@\"10:00:00\"", FEEL_TYPE_DATE_TIME, ST_INVALID },
                { "if 1 = 1 then 1 else \"a\"", FEEL_TYPE_NUMBER, ST_OK }, { "1 = 1", FEEL_TYPE_NUMBER, ST_INVALID },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                Diag d = DIAG_INIT(LANG_EN);
                FeelProgram *p = NULL;
                FeelCompileOptions o = { .expected = cases[i].type };
                assert_int_equal(feel_compile(NULL, FEEL_SOURCE(str_c(cases[i].text)), &o, &d, &p), cases[i].want);
                assert_int_equal(d.errors, cases[i].want == ST_OK ? 0 : 1);
                feel_program_free(p);
                diag_clear(&d);
                o.lenient = true;
                p = NULL;
                assert_ok(feel_compile(NULL, FEEL_SOURCE(str_c(cases[i].text)), &o, &d, &p));
                assert_int_equal(d.warnings, cases[i].want == ST_OK ? 0 : 1);
                feel_program_free(p);
                diag_release(&d);
        }
}

static void expect_limit(const char *head, const char *piece, size_t times, const char *middle, const char *tail, Status want)
{
        Buf b = BUF_INIT((size_t)64 << 20);
        Diag d = DIAG_INIT(LANG_EN);
        FeelProgram *p = NULL;
        buf_puts(&b, head);
        for (size_t i = 0; i < times; i++)
                buf_puts(&b, piece);
        buf_puts(&b, middle);
        for (size_t i = 0; i < times && *tail; i++)
                buf_puts(&b, tail);
        FeelCompileOptions o = { .lenient = true };
        Status st = feel_compile(NULL, FEEL_SOURCE(buf_str(&b)), &o, &d, &p);
        assert_int_equal(st, want);
        assert_true(st == ST_OK || d.errors > 0);
        feel_program_free(p);
        diag_release(&d);
        buf_release(&b);
}

static void test_sizes(void **state)
{
        (void)state;
        expect_limit("", "(", 100, "1", ")", ST_OK);
        expect_limit("", "(", 100000, "1", ")", ST_LIMIT);
        expect_limit("", "[", 100000, "1", "]", ST_LIMIT);
        expect_limit("", "{a:", 100000, "1", "}", ST_LIMIT);
        expect_limit("", "-", 100000, "1", "", ST_LIMIT);
        expect_limit("", "if true then 1 else ", 20000, "1", "", ST_LIMIT);
        expect_limit("", "function(x) ", 50000, "x", "", ST_LIMIT);
        expect_limit("", "f(", 100000, "1", ")", ST_LIMIT);
        expect_limit("x instance of ", "list<", 100000, "number", ">", ST_LIMIT);
        expect_limit("1", " + 1", 1500, "", "", ST_OK);
        expect_limit("1", " + 1", 100000, "", "", ST_LIMIT);
        expect_limit("a", ".b", 1900, "", "", ST_OK);
        expect_limit("a", "[item.x]", 1900, "", "", ST_OK);
        expect_limit("a", "(1)", 1900, "", "", ST_OK);
        expect_limit("a", ".b", 100000, "", "", ST_LIMIT);
        expect_limit("a", "[1]", 100000, "", "", ST_LIMIT);
        expect_limit("true", " and true", 100000, "", "", ST_OK);
        expect_limit("[1", ", 1", 300000, "]", "", ST_OK);
        expect_limit("", "a", 10 << 20, "", "", ST_LIMIT);              /* a name of 10 MB */
        expect_limit("[1..a", "[[1..a", 1000, "", "", ST_INVALID);     /* every [ may be a filter or an end */
        expect_limit("{", "a b c: 1, ", 100, "z: 1}", "", ST_OK);
}

/* A name as long as the caller allows is a name like any other. */
static void test_long_name(void **state)
{
        (void)state;
        Buf b = BUF_INIT((size_t)64 << 20);
        Diag d = DIAG_INIT(LANG_EN);
        FeelProgram *p = NULL;
        for (size_t i = 0; i < (10u << 20) / 3; i++)
                buf_puts(&b, "科");
        FeelCompileOptions o = { .lenient = true, .max_text = (size_t)16 << 20 };
        assert_ok(feel_compile(NULL, FEEL_SOURCE(buf_str(&b)), &o, &d, &p));
        feel_program_free(p);
        diag_release(&d);
        buf_release(&b);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_instructions), cmocka_unit_test(test_folding), cmocka_unit_test(test_slots_and_types),
                cmocka_unit_test(test_expected_type),
                cmocka_unit_test(test_sizes), cmocka_unit_test(test_long_name),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
