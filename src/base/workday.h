/* workday.h -- working days: weekends, public holidays and make-up days.
 *
 * A day is a working day when it is Monday to Friday and no holiday, or a
 * weekend day that the State Council moved to work (调休上班).  Which days those
 * are is published in autumn for the following year (国务院办公厅关于…年部分节假日
 * 安排的通知), so a calendar knows a span of days and nothing beyond it: a
 * question that needs a day outside it is answered with ST_NOT_FOUND and a
 * message that names the missing year, never by a guess.
 *
 * workcal_national() is what the program knows (2019 to 2026, with the numbers of
 * the notices beside the dates in workday.c).  A later year, or a city's own
 * arrangement, comes from a pack as a WorkCalendar of its own:
 *
 *     WorkDayException days[] = { { {2027, 1, 1}, false }, { {2027, 2, 6}, true } };
 *     WorkCalendar later = { .first = {2027, 1, 1}, .last = {2027, 12, 31},
 *                            .days = days, .count = 2, .before = workcal_national() };
 *     TRY(workcal_check(&later, diag));
 *     TRY(workday_add(&later, date, 5, diag, &deadline));    // deadline: the fifth working day after date
 *
 * A calendar is immutable while in use and is owned by whoever made it.
 */
#ifndef KC_BASE_WORKDAY_H
#define KC_BASE_WORKDAY_H

#include "base/date.h"
#include "base/diag.h"

typedef struct WorkDayException {
        Date day;
        bool works;         /* true: a weekend day that is worked; false: a holiday */
} WorkDayException;

typedef struct WorkCalendar {
        Date first, last;   /* what it knows, both included */
        const WorkDayException *days;   /* ascending, each day once */
        size_t count;
        const struct WorkCalendar *before;  /* asked for days outside first..last; may be NULL */
} WorkCalendar;

/* The national calendar of the People's Republic of China. */
const WorkCalendar *workcal_national(void);

/* Days ascending and within the span, the span not upside down, at most 16
 * calendars chained; every fault is reported. */
Status workcal_check(const WorkCalendar *cal, Diag *d) FALLIBLE;

/* ST_NOT_FOUND: the calendar does not know the day. */
Status workday_is(const WorkCalendar *cal, Date day, Diag *d, bool *ret) FALLIBLE;
/* n > 0: the n-th working day after `from` (which is not counted, whatever it
 * is: 民法典 第二百零一条); n < 0: before it; 0: `from` itself when it is a working
 * day, otherwise the next one (民法典 第二百零三条: a term that ends on a holiday
 * ends on the next day).  ST_NOT_FOUND as above; ST_LIMIT: |n| > 100000. */
Status workday_add(const WorkCalendar *cal, Date from, int64_t n, Diag *d, Date *ret) FALLIBLE;
/* Working days after `from` up to and including `to`; negative when to < from
 * (then -count(to, from)).  workday_count(d, workday_add(d, n)) is n for n > 0. */
Status workday_count(const WorkCalendar *cal, Date from, Date to, Diag *d, int64_t *ret) FALLIBLE;

#endif
