#include "base/workday.h"

#include "base/mem.h"

enum { CHAIN_MAX = 16, STEPS_MAX = 100000 };

#define OFF(y, m, d) { { y, m, d }, false }
#define WORK(y, m, d) { { y, m, d }, true }

/* Every day of each notice that differs from the plain week, and the days off
 * that fall on a weekend, so that the table can be read against the notice. */
static const WorkDayException national_days[] = {
        /* 2019: 国办发明电〔2018〕15号; Labour Day as changed by 国办发明电〔2019〕3号 */
        OFF(2019, 1, 1),
        WORK(2019, 2, 2), WORK(2019, 2, 3),
        OFF(2019, 2, 4), OFF(2019, 2, 5), OFF(2019, 2, 6), OFF(2019, 2, 7), OFF(2019, 2, 8), OFF(2019, 2, 9), OFF(2019, 2, 10),
        OFF(2019, 4, 5),
        WORK(2019, 4, 28), OFF(2019, 5, 1), OFF(2019, 5, 2), OFF(2019, 5, 3), OFF(2019, 5, 4), WORK(2019, 5, 5),
        OFF(2019, 6, 7),
        OFF(2019, 9, 13),
        WORK(2019, 9, 29),
        OFF(2019, 10, 1), OFF(2019, 10, 2), OFF(2019, 10, 3), OFF(2019, 10, 4), OFF(2019, 10, 5), OFF(2019, 10, 6), OFF(2019, 10, 7),
        WORK(2019, 10, 12),

        /* 2020: 国办发明电〔2019〕16号; Spring Festival as lengthened by 国办发明电〔2020〕1号 */
        OFF(2020, 1, 1),
        WORK(2020, 1, 19),
        OFF(2020, 1, 24), OFF(2020, 1, 25), OFF(2020, 1, 26), OFF(2020, 1, 27), OFF(2020, 1, 28), OFF(2020, 1, 29), OFF(2020, 1, 30),
        OFF(2020, 1, 31), OFF(2020, 2, 1), OFF(2020, 2, 2),
        OFF(2020, 4, 4), OFF(2020, 4, 5), OFF(2020, 4, 6),
        WORK(2020, 4, 26), OFF(2020, 5, 1), OFF(2020, 5, 2), OFF(2020, 5, 3), OFF(2020, 5, 4), OFF(2020, 5, 5), WORK(2020, 5, 9),
        OFF(2020, 6, 25), OFF(2020, 6, 26), OFF(2020, 6, 27), WORK(2020, 6, 28),
        WORK(2020, 9, 27),
        OFF(2020, 10, 1), OFF(2020, 10, 2), OFF(2020, 10, 3), OFF(2020, 10, 4), OFF(2020, 10, 5), OFF(2020, 10, 6), OFF(2020, 10, 7),
        OFF(2020, 10, 8), WORK(2020, 10, 10),

        /* 2021: 国办发明电〔2020〕27号 */
        OFF(2021, 1, 1), OFF(2021, 1, 2), OFF(2021, 1, 3),
        WORK(2021, 2, 7),
        OFF(2021, 2, 11), OFF(2021, 2, 12), OFF(2021, 2, 13), OFF(2021, 2, 14), OFF(2021, 2, 15), OFF(2021, 2, 16), OFF(2021, 2, 17),
        WORK(2021, 2, 20),
        OFF(2021, 4, 3), OFF(2021, 4, 4), OFF(2021, 4, 5),
        WORK(2021, 4, 25), OFF(2021, 5, 1), OFF(2021, 5, 2), OFF(2021, 5, 3), OFF(2021, 5, 4), OFF(2021, 5, 5), WORK(2021, 5, 8),
        OFF(2021, 6, 12), OFF(2021, 6, 13), OFF(2021, 6, 14),
        WORK(2021, 9, 18), OFF(2021, 9, 19), OFF(2021, 9, 20), OFF(2021, 9, 21),
        WORK(2021, 9, 26),
        OFF(2021, 10, 1), OFF(2021, 10, 2), OFF(2021, 10, 3), OFF(2021, 10, 4), OFF(2021, 10, 5), OFF(2021, 10, 6), OFF(2021, 10, 7),
        WORK(2021, 10, 9),

        /* 2022: 国办发明电〔2021〕11号 */
        OFF(2022, 1, 1), OFF(2022, 1, 2), OFF(2022, 1, 3),
        WORK(2022, 1, 29), WORK(2022, 1, 30),
        OFF(2022, 1, 31), OFF(2022, 2, 1), OFF(2022, 2, 2), OFF(2022, 2, 3), OFF(2022, 2, 4), OFF(2022, 2, 5), OFF(2022, 2, 6),
        WORK(2022, 4, 2), OFF(2022, 4, 3), OFF(2022, 4, 4), OFF(2022, 4, 5),
        WORK(2022, 4, 24), OFF(2022, 4, 30), OFF(2022, 5, 1), OFF(2022, 5, 2), OFF(2022, 5, 3), OFF(2022, 5, 4), WORK(2022, 5, 7),
        OFF(2022, 6, 3), OFF(2022, 6, 4), OFF(2022, 6, 5),
        OFF(2022, 9, 10), OFF(2022, 9, 11), OFF(2022, 9, 12),
        OFF(2022, 10, 1), OFF(2022, 10, 2), OFF(2022, 10, 3), OFF(2022, 10, 4), OFF(2022, 10, 5), OFF(2022, 10, 6), OFF(2022, 10, 7),
        WORK(2022, 10, 8), WORK(2022, 10, 9),

        /* 2023: 国办发明电〔2022〕16号; its New Year begins on 31 December 2022 */
        OFF(2022, 12, 31), OFF(2023, 1, 1), OFF(2023, 1, 2),
        OFF(2023, 1, 21), OFF(2023, 1, 22), OFF(2023, 1, 23), OFF(2023, 1, 24), OFF(2023, 1, 25), OFF(2023, 1, 26), OFF(2023, 1, 27),
        WORK(2023, 1, 28), WORK(2023, 1, 29),
        OFF(2023, 4, 5),
        WORK(2023, 4, 23), OFF(2023, 4, 29), OFF(2023, 4, 30), OFF(2023, 5, 1), OFF(2023, 5, 2), OFF(2023, 5, 3), WORK(2023, 5, 6),
        OFF(2023, 6, 22), OFF(2023, 6, 23), OFF(2023, 6, 24), WORK(2023, 6, 25),
        OFF(2023, 9, 29), OFF(2023, 9, 30), OFF(2023, 10, 1), OFF(2023, 10, 2), OFF(2023, 10, 3), OFF(2023, 10, 4), OFF(2023, 10, 5),
        OFF(2023, 10, 6), WORK(2023, 10, 7), WORK(2023, 10, 8),

        /* 2024: 国办发明电〔2023〕7号 (New Year's Eve, 9 February, is only recommended there) */
        OFF(2024, 1, 1),
        WORK(2024, 2, 4),
        OFF(2024, 2, 10), OFF(2024, 2, 11), OFF(2024, 2, 12), OFF(2024, 2, 13), OFF(2024, 2, 14), OFF(2024, 2, 15), OFF(2024, 2, 16),
        OFF(2024, 2, 17), WORK(2024, 2, 18),
        OFF(2024, 4, 4), OFF(2024, 4, 5), OFF(2024, 4, 6), WORK(2024, 4, 7),
        WORK(2024, 4, 28), OFF(2024, 5, 1), OFF(2024, 5, 2), OFF(2024, 5, 3), OFF(2024, 5, 4), OFF(2024, 5, 5), WORK(2024, 5, 11),
        OFF(2024, 6, 10),
        WORK(2024, 9, 14), OFF(2024, 9, 15), OFF(2024, 9, 16), OFF(2024, 9, 17),
        WORK(2024, 9, 29),
        OFF(2024, 10, 1), OFF(2024, 10, 2), OFF(2024, 10, 3), OFF(2024, 10, 4), OFF(2024, 10, 5), OFF(2024, 10, 6), OFF(2024, 10, 7),
        WORK(2024, 10, 12),

        /* 2025: 国办发明电〔2024〕12号 */
        OFF(2025, 1, 1),
        WORK(2025, 1, 26),
        OFF(2025, 1, 28), OFF(2025, 1, 29), OFF(2025, 1, 30), OFF(2025, 1, 31), OFF(2025, 2, 1), OFF(2025, 2, 2), OFF(2025, 2, 3),
        OFF(2025, 2, 4), WORK(2025, 2, 8),
        OFF(2025, 4, 4), OFF(2025, 4, 5), OFF(2025, 4, 6),
        WORK(2025, 4, 27), OFF(2025, 5, 1), OFF(2025, 5, 2), OFF(2025, 5, 3), OFF(2025, 5, 4), OFF(2025, 5, 5),
        OFF(2025, 5, 31), OFF(2025, 6, 1), OFF(2025, 6, 2),
        WORK(2025, 9, 28),
        OFF(2025, 10, 1), OFF(2025, 10, 2), OFF(2025, 10, 3), OFF(2025, 10, 4), OFF(2025, 10, 5), OFF(2025, 10, 6), OFF(2025, 10, 7),
        OFF(2025, 10, 8), WORK(2025, 10, 11),

        /* 2026: 国办发明电〔2025〕7号 */
        OFF(2026, 1, 1), OFF(2026, 1, 2), OFF(2026, 1, 3), WORK(2026, 1, 4),
        WORK(2026, 2, 14),
        OFF(2026, 2, 15), OFF(2026, 2, 16), OFF(2026, 2, 17), OFF(2026, 2, 18), OFF(2026, 2, 19), OFF(2026, 2, 20), OFF(2026, 2, 21),
        OFF(2026, 2, 22), OFF(2026, 2, 23), WORK(2026, 2, 28),
        OFF(2026, 4, 4), OFF(2026, 4, 5), OFF(2026, 4, 6),
        OFF(2026, 5, 1), OFF(2026, 5, 2), OFF(2026, 5, 3), OFF(2026, 5, 4), OFF(2026, 5, 5), WORK(2026, 5, 9),
        OFF(2026, 6, 19), OFF(2026, 6, 20), OFF(2026, 6, 21),
        WORK(2026, 9, 20),
        OFF(2026, 9, 25), OFF(2026, 9, 26), OFF(2026, 9, 27),
        OFF(2026, 10, 1), OFF(2026, 10, 2), OFF(2026, 10, 3), OFF(2026, 10, 4), OFF(2026, 10, 5), OFF(2026, 10, 6), OFF(2026, 10, 7),
        WORK(2026, 10, 10),
};

static const WorkCalendar national = {
        .first = { 2019, 1, 1 },
        .last = { 2026, 12, 31 },
        .days = national_days,
        .count = ARRAY_LEN(national_days),
};

const WorkCalendar *workcal_national(void)
{
        return &national;
}

Status workcal_check(const WorkCalendar *cal, Diag *d)
{
        Status st = ST_OK;
        char text[24];
        int depth = 0;
        for (const WorkCalendar *c = cal; c; c = c->before) {
                if (++depth > CHAIN_MAX)
                        return diag_fail(d, ST_LIMIT, POS_NONE, "工作日历的衔接超过 %d 层", "more than %d working calendars in a chain",
                                         CHAIN_MAX);
                if (!date_valid(c->first) || !date_valid(c->last) || date_cmp(c->first, c->last) > 0) {
                        diag_error(d, POS_NONE, "工作日历的起止日期无效", "the span of a working calendar is not valid");
                        st = ST_INVALID;
                        continue;
                }
                for (size_t i = 0; i < c->count; i++) {
                        const WorkDayException *e = &c->days[i];
                        date_to_text(e->day, text);
                        if (!date_valid(e->day) || date_cmp(e->day, c->first) < 0 || date_cmp(e->day, c->last) > 0) {
                                diag_error(d, POS_NONE, "%s 不在工作日历的起止日期之内", "%s is outside the span of its working calendar",
                                           text);
                                st = ST_INVALID;
                        } else if (i && date_cmp(c->days[i - 1].day, e->day) >= 0) {
                                diag_error(d, POS_NONE, "工作日历中 %s 重复或未按先后排列",
                                           "%s stands twice or out of order in a working calendar", text);
                                st = ST_INVALID;
                        }
                }
        }
        return st;
}

/* -1: no calendar of the chain knows the day; otherwise whether it is worked. */
static int works(const WorkCalendar *cal, Date day)
{
        int depth = 0;
        while (cal && (date_cmp(day, cal->first) < 0 || date_cmp(day, cal->last) > 0))
                cal = ++depth < CHAIN_MAX ? cal->before : NULL;
        if (!cal)
                return -1;
        size_t lo = 0, hi = cal->count;
        while (lo < hi) {
                size_t mid = lo + (hi - lo) / 2;
                int c = date_cmp(cal->days[mid].day, day);
                if (c == 0)
                        return cal->days[mid].works;
                if (c < 0)
                        lo = mid + 1;
                else
                        hi = mid;
        }
        return date_weekday(day) <= 5;
}

static Status unknown(Date day, Diag *d)
{
        char text[24];
        if (!date_valid(day))
                return diag_fail(d, ST_NOT_FOUND, POS_NONE, "日期超出日历的范围", "the date is outside the range of dates");
        date_to_text(day, text);
        return diag_fail(d, ST_NOT_FOUND, POS_NONE,
                         "工作日历没有 %s：请先在城市包的工作日历中补充 %d 年的放假调休安排",
                         "the working calendar does not know %s: add the holiday arrangement of %d to the pack's calendar", text,
                         day.year);
}

Status workday_is(const WorkCalendar *cal, Date day, Diag *d, bool *ret)
{
        int w = date_valid(day) ? works(cal, day) : -1;
        if (w < 0)
                return unknown(day, d);
        *ret = w;
        return ST_OK;
}

Status workday_add(const WorkCalendar *cal, Date from, int64_t n, Diag *d, Date *ret)
{
        if (n > STEPS_MAX || n < -STEPS_MAX)
                return diag_fail(d, ST_LIMIT, POS_NONE, "工作日数超过上限 %d", "more than %d working days", STEPS_MAX);
        if (!date_valid(from))
                return unknown(from, d);
        int step = n < 0 ? -1 : 1;
        int64_t left = n < 0 ? -n : n;
        Date day = from;
        bool first = n == 0;
        for (;;) {
                if (!first)
                        day = date_add_days(day, step);
                first = false;
                bool w;
                TRY(workday_is(cal, day, d, &w));
                if (w && --left <= 0)
                        break;
        }
        *ret = day;
        return ST_OK;
}

Status workday_count(const WorkCalendar *cal, Date from, Date to, Diag *d, int64_t *ret)
{
        if (!date_valid(from) || !date_valid(to))
                return unknown(date_valid(from) ? to : from, d);
        bool backwards = date_cmp(to, from) < 0;
        Date day = backwards ? to : from, end = backwards ? from : to;
        int64_t n = 0;
        while (date_cmp(day, end) < 0) {
                day = date_add_days(day, 1);
                bool w;
                TRY(workday_is(cal, day, d, &w));
                n += w;
        }
        *ret = backwards ? -n : n;
        return ST_OK;
}
