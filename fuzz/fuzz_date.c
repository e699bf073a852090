/* Days and instants: text both ways, arithmetic at any distance. */
#include "base/date.h"
#include "base/period.h"
#include "base/workday.h"
#include "fuzz/fuzz.h"

static void check_date(Date d, int64_t n)
{
        char text[24];
        Date back;
        FUZZ_ASSERT(date_valid(d));
        size_t len = date_to_text(d, text);
        FUZZ_ASSERT(len < sizeof(text) && date_parse(str_n(text, len), &back) == ST_OK && date_cmp(d, back) == 0);
        FUZZ_ASSERT(date_cmp(date_from_days(date_to_days(d)), d) == 0);
        int week = date_iso_week(d), day = date_weekday(d), of_year = date_day_of_year(d);
        FUZZ_ASSERT(week >= 1 && week <= 53 && day >= 1 && day <= 7 && of_year >= 1 && of_year <= 366);
        Date later = date_add_days(d, n);
        if (date_valid(later))
                FUZZ_ASSERT(date_to_days(later) - date_to_days(d) == n && date_cmp(date_add_days(later, -n), d) == 0);
        Date months = date_add_months(d, n);
        FUZZ_ASSERT(!date_valid(months) || months.day <= d.day);
        if (d.year >= 1900 && d.year <= 2999) {
                for (int kind = PERIOD_YEAR; kind <= PERIOD_MONTH; kind++) {
                        Period p = period_of(d, (PeriodKind)kind);
                        FUZZ_ASSERT(date_cmp(period_first_day(p), d) <= 0 && date_cmp(d, period_last_day(p)) <= 0);
                }
        }
        Date to;
        int64_t count;
        if (n > 0 && workday_add(workcal_national(), d, n, NULL, &to) == ST_OK)
                FUZZ_ASSERT(workday_count(workcal_national(), d, to, NULL, &count) == ST_OK && count == n);
}

void fuzz_one(Str input)
{
        int64_t n;
        fuzz_take(&input, &n, sizeof(n));
        Date d;
        Instant t, back;
        if (date_parse(input, &d) == ST_OK)
                check_date(d, n);
        d = date_from_days(n);
        if (date_valid(d))
                check_date(d, n % 1000);
        if (instant_parse(input, &t) == ST_OK) {
                char text[40];
                size_t len = instant_to_text(t, text);
                FUZZ_ASSERT(len < sizeof(text) && t.nanos >= 0 && t.nanos < 1000000000);
                /* At the very ends of the calendar the day in Shanghai may be outside. */
                if (instant_parse(str_n(text, len), &back) == ST_OK)
                        FUZZ_ASSERT(back.seconds == t.seconds);
                else
                        FUZZ_ASSERT(t.seconds > 31556889800000000 || t.seconds < -31556889800000000);
        }
}
