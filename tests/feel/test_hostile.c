/* Texts that are legal and large: each compiles and runs in time that grows with its length, or ends in a clear
 * error within the time that the caller gave. */
#include <time.h>

#include "feel/feel.h"
#include "tests/test.h"

#include "base/arena.h"

/* Of the sanitizers' build on a busy machine; what took the square of the length took minutes. */
#define CPU_SECONDS 8

typedef void (*Part)(Buf *b, int i);

static Str text_of(Buf *b, const char *before, Part part, int n, const char *after)
{
        buf_clear(b);
        buf_puts(b, before);
        for (int i = 0; i < n; i++)
                part(b, i);
        buf_puts(b, after);
        assert_int_equal(b->failed, ST_OK);
        return buf_str(b);
}

static double cpu(void)
{
        return (double)clock() / CLOCKS_PER_SEC;
}

static Status compile_and_run(Str text, const FeelCompileOptions *o, Diag *d, Buf *out)
{
        FeelLimits limits = { .max_ns = 60000000000, .max_bytes = (size_t)1 << 30, .max_depth = 100 };
        _cleanup_feel_program_ FeelProgram *p = NULL;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        FeelValue v;
        assert_non_null(x);
        TRY(feel_compile(NULL, FEEL_SOURCE(text), o, d, &p));
        TRY(feel_eval(x, p, NULL, 0, &v));
        feel_to_text(&v, out);
        return ST_OK;
}

/* want NULL: it does not compile. */
static void expect(Str text, const char *want)
{
        static const FeelCompileOptions o = { .max_text = 4 << 20, .max_bytes = (size_t)1 << 30, .max_ns = 60000000000 };
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        _cleanup_buf_ Buf out = BUF_INIT(4 << 20);
        double start = cpu();
        Status st = compile_and_run(text, &o, &d, &out);
        if (want && st != ST_OK)
                print_error("%s: %s\n", status_name(st), d.count ? d.msgs[0].text : "no message");
        if (want) {
                assert_int_equal(st, ST_OK);
                assert_string_equal(buf_cstr(&out), want);
        } else {
                assert_int_not_equal(st, ST_OK);
                assert_true(d.errors > 0);
        }
        if (getenv("SHOW_TIMES"))
                print_error("%.1f seconds: %.*s…\n", cpu() - start, 60, text.ptr);
        assert_true(cpu() - start < CPU_SECONDS);
}

static void chained(Buf *b, int i)
{
        buf_printf(b, i ? ",a%d:a%d" : "a%d:1", i, i - 1);
}

static void entry(Buf *b, int i)
{
        buf_printf(b, "%sa%d:%d", i ? "," : "", i, i);
}

static void words(Buf *b, int i)
{
        buf_printf(b, i ? ",one name %d:one name %d" : "one name %d:1", i, i - 1);
}

static void nobody(Buf *b, int i)
{
        buf_printf(b, "%snobody%d", i ? "," : "", i);
}

static void use(Buf *b, int i)
{
        buf_printf(b, "%sa%d", i ? "," : "", i);
}

static void path(Buf *b, int i)
{
        buf_printf(b, "%sc.a%d", i ? "," : "", i);
}

static void backwards(Buf *b, int i)
{
        buf_printf(b, "%sa%d:%d", i ? "," : "", 29999 - i, i);
}

static void filter(Buf *b, int i)
{
        (void)i;
        buf_puts(b, "[item >= 1]");
}

static void pair(Buf *b, int i)
{
        buf_printf(b, "%s{key:\"k%d\",value:%d}", i ? "," : "", i, i);
}

static void alternative(Buf *b, int i)
{
        buf_puts(b, i ? " or false" : "false");
}

static void minus(Buf *b, int i)
{
        (void)i;
        buf_puts(b, "a - ");
}

static void test_width(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(16 << 20), all = BUF_INIT(16 << 20);
        expect(text_of(&b, "{", chained, 80000, "}.a79999"), "1");
        expect(text_of(&b, "{", words, 40000, "}.one name 39999"), "1");
        expect(text_of(&b, "[", nobody, 100000, "]"), NULL);
        /* A function that takes forty thousand values from outside, a list of as many paths, two contexts in other orders. */
        text_of(&b, "{", entry, 40000, ", f: function() [");
        buf_put_str(&all, buf_str(&b));
        buf_put_str(&all, text_of(&b, "", use, 40000, "], r: sum(f())}.r"));
        expect(buf_str(&all), "799980000");
        buf_clear(&all);
        buf_put_str(&all, text_of(&b, "{c:{", entry, 30000, "}, d:["));
        buf_put_str(&all, text_of(&b, "", path, 30000, "]}.d[30000]"));
        expect(buf_str(&all), "29999");
        buf_clear(&all);
        buf_put_str(&all, text_of(&b, "[{", entry, 30000, "},{"));
        buf_put_str(&all, text_of(&b, "", backwards, 30000, "}][2].a1"));
        expect(buf_str(&all), "29998");
        expect(text_of(&b, "count(context([", pair, 50000, "]).k7)"), "1");
        expect(text_of(&b, "", alternative, 100000, ""), "false");
        expect(text_of(&b, "[1]", filter, 1000, ""), "[1]");
        expect(text_of(&b, "[1]", filter, 90000, ""), NULL);
}

/* Every word may begin a name that goes on for very long and ends otherwise. */
static void test_long_names(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(16 << 20), all = BUF_INIT(16 << 20);
        buf_puts(&all, "{a: 1, ");
        buf_put_str(&all, text_of(&b, "", minus, 500, "b: 2, c: "));
        for (int i = 0; i < 100; i++) {
                buf_puts(&all, i ? " + (" : "(");
                buf_put_str(&all, text_of(&b, "", minus, 499, "a)"));
        }
        buf_puts(&all, "}.c");
        expect(buf_str(&all), "-49800");
}

static void test_time(void **state)
{
        (void)state;
        static const FeelCompileOptions soon = { .max_ns = 1, .max_text = 4 << 20 };
        _cleanup_buf_ Buf b = BUF_INIT(16 << 20), out = BUF_INIT(1 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        text_of(&b, "{", chained, 50000, "}");
        assert_int_equal(compile_and_run(buf_str(&b), &soon, &d, &out), ST_TIMEOUT);
        assert_int_equal(d.errors, 1);
        assert_non_null(strstr(d.msgs[0].text, "compiling took more than"));
        /* A short text is done before anybody looks at the clock. */
        assert_ok(compile_and_run(STR("1 + 1"), &soon, &d, &out));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_width),
                cmocka_unit_test(test_long_names),
                cmocka_unit_test(test_time),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
