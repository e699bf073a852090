/* Days, weeks, instants and the clock. */
#include "tests/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/date.h"
#include "base/mem.h"

static Date date(const char *s)
{
        Date d = { 0 };
        if (date_parse(str_c(s), &d) != ST_OK)
                fail_msg("not a date: %s", s);
        return d;
}

static void assert_date(Date d, const char *want)
{
        char buf[24];
        assert_int_equal(date_to_text(d, buf), strlen(want));
        assert_string_equal(buf, want);
}

static void days_count_from_1970_and_back(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                int64_t days;
        } cases[] = {
                { "1970-01-01", 0 }, { "1969-12-31", -1 }, { "2000-02-29", 11016 }, { "2000-03-01", 11017 }, { "2023-06-30", 19538 },
                { "1582-10-15", -141427 }, { "0001-01-01", -719162 }, { "0000-03-01", -719468 }, { "-0001-12-31", -719529 },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                assert_int_equal(date_to_days(date(cases[i].text)), cases[i].days);
                assert_date(date_from_days(cases[i].days), cases[i].text);
        }
        /* Every day of 800 years follows the one before it. */
        Date d = date("1600-01-01");
        int64_t first = date_to_days(d);
        int week = date_weekday(d);
        assert_int_equal(week, 6);
        for (int64_t k = 0; k < 2 * INT64_C(146097); k++) {
                Date e = date_from_days(first + k);
                assert_true(date_cmp(d, e) == 0 && date_to_days(e) == first + k && date_weekday(e) == week);
                week = week % 7 + 1;
                if (++d.day > date_days_in_month(d.year, d.month)) {
                        d.day = 1;
                        if (++d.month > 12) {
                                d.month = 1;
                                d.year++;
                        }
                }
        }
        assert_date(d, "2400-01-01");
}

static void the_ends_of_the_calendar_give_none(void **state)
{
        (void)state;
        Date last = date("999999999-12-31"), first = date("-999999999-01-01");
        assert_date(date_from_days(date_to_days(last)), "999999999-12-31");
        assert_date(date_from_days(date_to_days(first)), "-999999999-01-01");
        assert_false(date_valid(date_add_days(last, 1)));
        assert_false(date_valid(date_add_days(first, -1)));
        assert_false(date_valid(date_add_days(last, INT64_MAX)));
        assert_false(date_valid(date_add_months(last, 1)));
        assert_false(date_valid(date_add_months(first, INT64_MIN)));
        assert_false(date_valid(date_from_days(INT64_MIN)));
        assert_in_range(date_iso_week(last), 1, 53);
        assert_in_range(date_iso_week(first), 1, 53);
}

static void text_that_is_no_date_is_refused(void **state)
{
        (void)state;
        static const char *const bad[] = { "", "2023", "2023-02-29", "2023-2-01", "2023-13-01", "2023-00-10", "2023-01-00", "2023-01-32",
                                           "998-12-31", "01211-12-31", "+2012-12-02", "2012-12-31T", "2012-12-31 ", " 2012-12-31",
                                           "2012/12/31", "-0000-01-01", "1000000000-01-01", "2100-02-29", "２０２３-01-01", "2023-06--1" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                Date d = { 1, 2, 3 };
                assert_int_equal(date_parse(str_c(bad[i]), &d), ST_INVALID);
                assert_int_equal(d.year, 1);
        }
        assert_date(date("2000-02-29"), "2000-02-29");
        assert_date(date("-0044-03-15"), "-0044-03-15");
}

static void months_are_clamped_to_their_end(void **state)
{
        (void)state;
        assert_date(date_add_months(date("2023-01-31"), 1), "2023-02-28");
        assert_date(date_add_months(date("2024-01-31"), 1), "2024-02-29");
        assert_date(date_add_months(date("2024-02-29"), 12), "2025-02-28");
        assert_date(date_add_months(date("2023-03-31"), -1), "2023-02-28");
        assert_date(date_add_months(date("2023-01-15"), -13), "2021-12-15");
        assert_date(date_add_months(date("0000-01-15"), -1), "-0001-12-15");
        assert_date(date_add_days(date("2023-12-31"), 1), "2024-01-01");
}

static void weeks_follow_iso_8601(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                int week, weekday, day_of_year;
        } cases[] = {
                { "2005-01-01", 53, 6, 1 },   { "2005-01-02", 53, 7, 2 },     { "2005-12-31", 52, 6, 365 }, { "2007-01-01", 1, 1, 1 },
                { "2008-12-28", 52, 7, 363 }, { "2008-12-29", 1, 1, 364 },    { "2009-12-31", 53, 4, 365 }, { "2010-01-03", 53, 7, 3 },
                { "2024-12-30", 1, 1, 365 },  { "2023-06-30", 26, 5, 181 },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                Date d = date(cases[i].text);
                assert_int_equal(date_iso_week(d), cases[i].week);
                assert_int_equal(date_weekday(d), cases[i].weekday);
                assert_int_equal(date_day_of_year(d), cases[i].day_of_year);
        }
}

static void instants_have_an_offset(void **state)
{
        (void)state;
        static const struct {
                const char *in;
                int64_t seconds;
                int32_t nanos;
                const char *out;
        } cases[] = {
                { "1970-01-01T00:00:00Z", 0, 0, "1970-01-01T08:00:00+08:00" },
                { "2023-07-01T08:00:00+08:00", 1688169600, 0, "2023-07-01T08:00:00+08:00" },
                { "2023-06-30T19:30:00.5-04:30", 1688169600, 500000000, "2023-07-01T08:00:00+08:00" },
                { "1969-12-31T15:59:59+00:00", -28801, 0, "1969-12-31T23:59:59+08:00" },
                { "1969-12-31T23:59:59.1234567899Z", -1, 123456789, "1970-01-01T07:59:59+08:00" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                Instant t;
                char buf[40];
                assert_ok(instant_parse(str_c(cases[i].in), &t));
                assert_int_equal(t.seconds, cases[i].seconds);
                assert_int_equal(t.nanos, cases[i].nanos);
                assert_int_equal(instant_to_text(t, buf), strlen(cases[i].out));
                assert_string_equal(buf, cases[i].out);
        }
        static const char *const bad[] = { "", "2023-07-01", "2023-07-01T08:00:00", "2023-07-01T24:00:00Z", "2023-07-01T08:60:00Z",
                                           "2023-07-01T08:00:60Z", "2023-07-01T08:00Z", "2023-07-01T08:00:00.Z", "2023-07-01T08:00:00+8:00",
                                           "2023-07-01T08:00:00+14:01", "2023-07-01T08:00:00z", "2023-07-01 08:00:00Z", "T08:00:00Z",
                                           "2023-07-01T08:00:00Z ", "2023-07-01T" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                Instant t;
                assert_int_equal(instant_parse(str_c(bad[i]), &t), ST_INVALID);
        }
}

/* In a process of its own, because the environment is read once: 0 the clock stands
 * at 2023-07-01T08:00:00+08:00, 1 it is running, 2 running and the setting is bad. */
static int clock_under(const char *now)
{
        pid_t pid = fork();
        if (pid == 0) {
                setenv("KECHUANG_NOW", now, 1);
                bool valid = clock_env_valid();
                _exit(clock_now().seconds == 1688169600 ? 0 : valid ? 1 : 2);
        }
        int status = -1;
        return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_environment_can_fix_the_clock(void **state)
{
        (void)state;
        assert_int_equal(clock_under("2023-07-01T08:00:00+08:00"), 0);
        assert_int_equal(clock_under(""), 1);
        assert_int_equal(clock_under("2023-07-01"), 2);
        assert_int_equal(clock_under("yesterday"), 2);
}

static void the_clock_can_be_fixed(void **state)
{
        (void)state;
        Instant t;
        assert_ok(instant_parse(STR("2023-06-30T16:00:00Z"), &t));
        clock_fix(&t);
        assert_int_equal(clock_now().seconds, t.seconds);
        assert_date(clock_today(), "2023-07-01");   /* it is past midnight in Shanghai */
        clock_fix(NULL);
        assert_true(clock_now().seconds > 1700000000);
        uint64_t a = clock_mono_ns();
        assert_true(clock_mono_ns() >= a);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_environment_can_fix_the_clock),    /* first: before this process reads it */
                cmocka_unit_test(days_count_from_1970_and_back),
                cmocka_unit_test(the_ends_of_the_calendar_give_none),
                cmocka_unit_test(text_that_is_no_date_is_refused),
                cmocka_unit_test(months_are_clamped_to_their_end),
                cmocka_unit_test(weeks_follow_iso_8601),
                cmocka_unit_test(instants_have_an_offset),
                cmocka_unit_test(the_clock_can_be_fixed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
