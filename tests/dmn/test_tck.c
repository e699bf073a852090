/* Every case of the compatibility kit. */
#include "tests/dmn/dmn_test.h"

static void run_level(const char *shared, const char *level)
{
        char path[4096];
        _cleanup_buf_ Buf out = BUF_INIT(16 << 20);
        DmnTckCounts counts = { 0 };
        snprintf(path, sizeof(path), "%s/dmn-tck/%s", shared, level);
        assert_ok(dmn_tck_path(path, LANG_EN, &out, &counts));
        if (counts.failed)
                print_message("%s", buf_cstr(&out));
        assert_true(counts.passed > 0);
        assert_int_equal(counts.failed, 0);
}

static void test_level_2(void **state)
{
        (void)state;
        NEED_SHARED_DATA(shared);
        run_level(shared, "compliance-level-2");
}

static void test_level_3(void **state)
{
        (void)state;
        NEED_SHARED_DATA(shared);
        run_level(shared, "compliance-level-3");
}

/* A runner that cannot say no proves nothing. */
static void test_runner_fails(void **state)
{
        (void)state;
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        DmnTckCounts counts = { 0 };
        const char *root = getenv("KECHUANG_ROOT");
        char path[4096];
        snprintf(path, sizeof(path), "%s/tests/dmn/kit", root ? root : ".");
        assert_ok(dmn_tck_path(path, LANG_EN, &out, &counts));
        assert_int_equal(counts.passed, 3);
        assert_int_equal(counts.failed, 6);
        assert_non_null(strstr(buf_cstr(&out), "case 2: d: expected 3, got 2"));
        assert_non_null(strstr(buf_cstr(&out), "all 1 cases failed"));
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_runner_fails), cmocka_unit_test(test_level_2),
                                            cmocka_unit_test(test_level_3) };
        return cmocka_run_group_tests_name("dmn tck", tests, NULL, NULL);
}
