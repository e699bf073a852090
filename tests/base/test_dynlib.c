/* Libraries loaded when they are needed: functions by name, and a message when one is not there. */
#include "tests/test.h"

#include "base/dynlib.h"

typedef struct Numbers {
        double (*fn_cos)(double);
        double (*fn_hypot)(double, double);
} Numbers;

static Numbers numbers;

static void functions_are_found_by_their_names(void **state)
{
        (void)state;
        static const DynFunction functions[] = { { "cos", &numbers.fn_cos }, { "hypot", &numbers.fn_hypot } };
        static DynLib lib = DYNLIB_INIT("libm.so.6", "libc6", functions, ARRAY_LEN(functions));
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        assert_null(numbers.fn_cos);
        assert_ok(dynlib_load(&lib, &diag));
        assert_true(numbers.fn_cos(0.0) == 1.0);
        assert_true(numbers.fn_hypot(3.0, 4.0) == 5.0);
        assert_ok(dynlib_load(&lib, &diag));
        assert_int_equal(diag.errors, 0);
}

static void what_is_missing_is_named(void **state)
{
        (void)state;
        static double (*nothing)(double);
        static const DynFunction functions[] = { { "kc_no_such_function", &nothing } };
        static DynLib absent = DYNLIB_INIT("libkc-absent.so.1", "libkc-absent1", functions, ARRAY_LEN(functions));
        static DynLib old = DYNLIB_INIT("libm.so.6", "libc6", functions, ARRAY_LEN(functions));
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN), other = DIAG_INIT(LANG_ZH);
        assert_int_equal(dynlib_load(&absent, &diag), ST_IO);
        assert_int_equal(diag.errors, 1);
        assert_non_null(strstr(diag.msgs[0].text, "libkc-absent1"));
        assert_int_equal(dynlib_load(&old, &other), ST_IO);
        assert_int_equal(other.errors, 1);
        assert_non_null(strstr(other.msgs[0].text, "kc_no_such_function"));
        assert_null(nothing);
        assert_int_equal(dynlib_load(&old, &other), ST_IO);     /* and again: it is not taken for loaded */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(functions_are_found_by_their_names),
                cmocka_unit_test(what_is_missing_is_named),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
