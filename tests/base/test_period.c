/* Reporting periods. */
#include "tests/test.h"

#include "base/mem.h"
#include "base/period.h"

static Period period(const char *s)
{
        Period p = { 0 };
        if (period_parse(str_c(s), &p) != ST_OK)
                fail_msg("not a period: %s", s);
        return p;
}

static void assert_period(Period p, const char *want)
{
        char buf[16];
        assert_int_equal(period_to_text(p, buf), strlen(want));
        assert_string_equal(buf, want);
}

static void text_goes_both_ways_or_is_refused(void **state)
{
        (void)state;
        static const char *const good[] = { "2023", "2023-H1", "2023-H2", "2023-Q1", "2023-Q4", "2023-01", "2023-12", "1900", "2999-12" };
        for (size_t i = 0; i < ARRAY_LEN(good); i++)
                assert_period(period(good[i]), good[i]);
        static const char *const bad[] = { "", "23", "2023-", "2023-H3", "2023-H0", "2023-Q5", "2023-Q0", "2023-13", "2023-00", "2023-6",
                                           "2023-h1", "2023-q1", "2023-006", "2023-06-30", "202306", " 2023", "2023 ", "+202", "1899",
                                           "3000-01", "2023-2Q", "2023-21", "2023年", "2023-Q1 " };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                Period p;
                assert_int_equal(period_parse(str_c(bad[i]), &p), ST_INVALID);
        }
}

static void a_period_knows_its_neighbours(void **state)
{
        (void)state;
        assert_period(period_prev(period("2023-01")), "2022-12");
        assert_period(period_prev(period("2023-Q1")), "2022-Q4");
        assert_period(period_prev(period("2023-H1")), "2022-H2");
        assert_period(period_prev(period("2023")), "2022");
        assert_period(period_add(period("2023-11"), 14), "2025-01");
        assert_period(period_add(period("2023-Q2"), -6), "2021-Q4");
        assert_period(period_year_ago(period("2024-02")), "2023-02");
}

static void first_and_last_days(void **state)
{
        (void)state;
        static const char *const cases[][3] = {
                { "2023", "2023-01-01", "2023-12-31" },    { "2023-H1", "2023-01-01", "2023-06-30" }, { "2023-H2", "2023-07-01", "2023-12-31" },
                { "2023-Q1", "2023-01-01", "2023-03-31" }, { "2023-Q3", "2023-07-01", "2023-09-30" }, { "2024-02", "2024-02-01", "2024-02-29" },
                { "2023-02", "2023-02-01", "2023-02-28" }, { "2023-12", "2023-12-01", "2023-12-31" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char buf[24];
                Period p = period(cases[i][0]);
                date_to_text(period_first_day(p), buf);
                assert_string_equal(buf, cases[i][1]);
                date_to_text(period_last_day(p), buf);
                assert_string_equal(buf, cases[i][2]);
                assert_true(period_eq(period_of(period_first_day(p), p.kind), p));
                assert_true(period_eq(period_of(period_last_day(p), p.kind), p));
        }
}

static void the_share_of_the_year_is_exact(void **state)
{
        (void)state;
        static const char *const cases[][2] = {
                { "2023-06", "0.5" }, { "2023-12", "1" }, { "2023-Q1", "0.25" }, { "2023-H1", "0.5" }, { "2023", "1" },
                { "2023-04", "0.3333333333333333333333333333333333" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char buf[DEC_TEXT_MAX];
                dec_to_text(period_share_of_year(period(cases[i][0])), buf);
                assert_string_equal(buf, cases[i][1]);
        }
}

static void order_is_by_the_last_day(void **state)
{
        (void)state;
        assert_true(period_cmp(period("2023-05"), period("2023-06")) < 0);
        assert_true(period_cmp(period("2023"), period("2023-12")) < 0);
        assert_true(period_cmp(period("2023-Q4"), period("2023-H2")) > 0);
        assert_true(period_cmp(period("2023-Q2"), period("2023-07")) < 0);
        assert_int_equal(period_cmp(period("2023-Q2"), period("2023-Q2")), 0);
}

static void every_period_survives_the_integer_form(void **state)
{
        (void)state;
        static const char *const starts[] = { "1900", "1900-H1", "1900-Q1", "1900-01" };
        for (size_t k = 0; k < ARRAY_LEN(starts); k++) {
                int64_t last = 0;
                for (Period p = period(starts[k]), q; p.year < 3000; p = period_add(p, 1)) {
                        int64_t v = period_to_int(p);
                        assert_true(v > last);
                        last = v;
                        assert_ok(period_from_int(v, &q));
                        assert_true(period_eq(p, q));
                }
        }
        static const int64_t bad[] = { 0, -1, 2023, 2023000, 2023002, 2023103, 2023205, 2023313, 2023401, 1899001, 3000001, INT64_MAX, INT64_MIN };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                Period p;
                assert_int_equal(period_from_int(bad[i], &p), ST_INVALID);
        }
}

static void titles_in_both_languages(void **state)
{
        (void)state;
        static const char *const cases[][3] = {
                { "2023", "2023年", "2023" },
                { "2023-H1", "2023年上半年", "First half of 2023" },
                { "2023-H2", "2023年下半年", "Second half of 2023" },
                { "2023-Q2", "2023年第二季度", "Q2 2023" },
                { "2023-06", "2023年6月", "June 2023" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char buf[64];
                assert_int_equal(period_to_title(period(cases[i][0]), LANG_ZH, buf), strlen(cases[i][1]));
                assert_string_equal(buf, cases[i][1]);
                period_to_title(period(cases[i][0]), LANG_EN, buf);
                assert_string_equal(buf, cases[i][2]);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_goes_both_ways_or_is_refused),
                cmocka_unit_test(a_period_knows_its_neighbours),
                cmocka_unit_test(first_and_last_days),
                cmocka_unit_test(the_share_of_the_year_is_exact),
                cmocka_unit_test(order_is_by_the_last_day),
                cmocka_unit_test(every_period_survives_the_integer_form),
                cmocka_unit_test(titles_in_both_languages),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
