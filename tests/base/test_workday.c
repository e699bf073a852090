/* Working days of the national calendar: whole holidays as in the notices,
 * deadlines across them, and the end of what is known. */
#include "tests/test.h"

#include "base/mem.h"
#include "base/workday.h"

static Date date(const char *s)
{
        Date d = { 0 };
        if (date_parse(str_c(s), &d) != ST_OK)
                fail_msg("not a date: %s", s);
        return d;
}

static void each_year_has_the_working_days_of_its_notice(void **state)
{
        (void)state;
        /* 365 or 366 less weekends and holidays, plus the make-up days, counted
         * from the notices by month. */
        static const struct {
                int year;
                int months[12];
        } years[] = {
                { 2019, { 22, 17, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22 } },
                { 2020, { 17, 20, 22, 22, 19, 21, 23, 21, 23, 17, 21, 23 } },
                { 2021, { 20, 17, 23, 22, 19, 21, 22, 22, 22, 17, 22, 23 } },
                { 2022, { 21, 16, 23, 21, 20, 21, 21, 23, 21, 18, 22, 22 } },
                { 2023, { 18, 20, 23, 20, 21, 21, 21, 23, 20, 19, 22, 21 } },
                { 2024, { 22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22 } },
                { 2025, { 19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23 } },
                { 2026, { 21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23 } },
        };
        assert_ok(workcal_check(workcal_national(), NULL));
        for (size_t i = 0; i < ARRAY_LEN(years); i++) {
                for (int m = 1; m <= 12; m++) {
                        int n = 0;
                        for (int k = 1; k <= date_days_in_month(years[i].year, m); k++) {
                                bool works;
                                assert_ok(workday_is(workcal_national(), (Date){ years[i].year, (uint8_t)m, (uint8_t)k }, NULL, &works));
                                n += works;
                        }
                        if (n != years[i].months[m - 1])
                                fail_msg("%d-%02d has %d working days, expected %d", years[i].year, m, n, years[i].months[m - 1]);
                }
        }
}

static void make_up_days_are_weekends(void **state)
{
        (void)state;
        const WorkCalendar *cal = workcal_national();
        for (size_t i = 0; i < cal->count; i++)
                if (cal->days[i].works)
                        assert_true(date_weekday(cal->days[i].day) >= 6);
}

static void single_days(void **state)
{
        (void)state;
        static const struct {
                const char *day;
                bool works;
        } cases[] = {
                { "2019-05-02", false }, { "2019-05-05", true },  { "2020-01-31", false }, { "2020-02-01", false }, { "2020-02-03", true },
                { "2020-10-08", false }, { "2021-02-20", true },  { "2022-12-31", false }, { "2023-01-02", false }, { "2023-01-28", true },
                { "2023-10-07", true },  { "2024-02-09", true },  { "2024-02-18", true },  { "2025-01-27", true },  { "2025-05-31", false },
                { "2025-10-08", false }, { "2026-01-04", true },  { "2026-02-23", false }, { "2026-02-28", true },  { "2026-10-10", true },
                { "2026-09-28", true },  { "2023-06-30", true },  { "2023-07-01", false },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                bool works;
                assert_ok(workday_is(workcal_national(), date(cases[i].day), NULL, &works));
                if (works != cases[i].works)
                        fail_msg("%s", cases[i].day);
        }
}

static void deadlines_step_over_holidays(void **state)
{
        (void)state;
        static const struct {
                const char *from;
                int64_t n;
                const char *to;
        } cases[] = {
                { "2023-09-28", 1, "2023-10-07" },   /* Thursday before an eight-day holiday */
                { "2023-09-28", 5, "2023-10-11" },   { "2023-09-29", 5, "2023-10-11" }, { "2023-06-20", 5, "2023-06-28" },
                { "2023-10-07", -1, "2023-09-28" },  { "2024-02-08", 5, "2024-02-21" }, { "2025-12-31", 1, "2026-01-04" },
                { "2023-09-30", 0, "2023-10-07" },   { "2023-09-28", 0, "2023-09-28" }, { "2023-07-07", 1, "2023-07-10" },
                { "2023-07-10", -6, "2023-06-30" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                Date to;
                char text[24];
                assert_ok(workday_add(workcal_national(), date(cases[i].from), cases[i].n, NULL, &to));
                date_to_text(to, text);
                assert_string_equal(text, cases[i].to);
                int64_t n;
                if (cases[i].n > 0) {
                        assert_ok(workday_count(workcal_national(), date(cases[i].from), to, NULL, &n));
                        assert_int_equal(n, cases[i].n);
                        assert_ok(workday_count(workcal_national(), to, date(cases[i].from), NULL, &n));
                        assert_int_equal(n, -cases[i].n);
                }
        }
        int64_t n;
        assert_ok(workday_count(workcal_national(), date("2022-12-31"), date("2023-12-31"), NULL, &n));
        assert_int_equal(n, 249);
}

static void beyond_the_table_is_said_not_guessed(void **state)
{
        (void)state;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_ZH);
        Date to = { 1, 1, 1 };
        assert_int_equal(workday_add(workcal_national(), date("2026-12-31"), 1, &d, &to), ST_NOT_FOUND);
        assert_int_equal(to.year, 1);
        assert_int_equal(d.errors, 1);
        assert_string_equal(d.msgs[0].text, "工作日历没有 2027-01-01：请先在城市包的工作日历中补充 2027 年的放假调休安排");
        bool works;
        assert_int_equal(workday_is(workcal_national(), date("2018-12-31"), NULL, &works), ST_NOT_FOUND);
        assert_int_equal(workday_is(NULL, date("2023-12-31"), NULL, &works), ST_NOT_FOUND);
        int64_t n;
        assert_int_equal(workday_count(workcal_national(), date("2018-12-30"), date("2019-01-05"), NULL, &n), ST_NOT_FOUND);
        assert_int_equal(workday_add(workcal_national(), date("2023-01-01"), INT64_MIN, NULL, &to), ST_LIMIT);
        assert_int_equal(workday_add(workcal_national(), (Date){ 0 }, 1, NULL, &to), ST_NOT_FOUND);
}

static void a_pack_adds_the_next_year(void **state)
{
        (void)state;
        static const WorkDayException days[] = { { { 2027, 1, 1 }, false }, { { 2027, 1, 2 }, true } };
        WorkCalendar next = { .first = { 2027, 1, 1 }, .last = { 2027, 12, 31 }, .days = days, .count = 2, .before = workcal_national() };
        assert_ok(workcal_check(&next, NULL));
        Date to;
        assert_ok(workday_add(&next, date("2026-12-31"), 1, NULL, &to));
        assert_int_equal(date_cmp(to, date("2027-01-02")), 0);
        assert_ok(workday_add(&next, date("2027-01-04"), -3, NULL, &to));
        assert_int_equal(date_cmp(to, date("2026-12-30")), 0);
}

static void a_faulty_calendar_is_refused(void **state)
{
        (void)state;
        static const WorkDayException days[] = { { { 2027, 2, 1 }, false }, { { 2027, 1, 2 }, true }, { { 2028, 1, 1 }, true }, { { 2027, 2, 30 }, false } };
        WorkCalendar bad = { .first = { 2027, 1, 1 }, .last = { 2027, 12, 31 }, .days = days, .count = 4 };
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        assert_int_equal(workcal_check(&bad, &d), ST_INVALID);
        assert_int_equal(d.errors, 3);
        bad = (WorkCalendar){ .first = { 2027, 12, 31 }, .last = { 2027, 1, 1 } };
        assert_int_equal(workcal_check(&bad, NULL), ST_INVALID);
        WorkCalendar loop = { .first = { 2027, 1, 1 }, .last = { 2027, 12, 31 } };
        loop.before = &loop;
        assert_int_equal(workcal_check(&loop, NULL), ST_LIMIT);
        bool works;
        assert_int_equal(workday_is(&loop, date("2026-01-01"), NULL, &works), ST_NOT_FOUND);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_year_has_the_working_days_of_its_notice),
                cmocka_unit_test(make_up_days_are_weekends),
                cmocka_unit_test(single_days),
                cmocka_unit_test(deadlines_step_over_holidays),
                cmocka_unit_test(beyond_the_table_is_said_not_guessed),
                cmocka_unit_test(a_pack_adds_the_next_year),
                cmocka_unit_test(a_faulty_calendar_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
