/* period.h -- reporting periods: 2023, 2023-H1, 2023-Q2, 2023-06.
 *
 * Order between periods of one kind is by time.  A period knows its first and
 * last day, the one before it, the same one a year ago, and the share of its
 * year gone by at its end (6/12 for 2023-06): the yardstick of 序时进度.
 */
#ifndef KC_BASE_PERIOD_H
#define KC_BASE_PERIOD_H

#include "base/date.h"
#include "base/decimal.h"

typedef enum PeriodKind { PERIOD_YEAR, PERIOD_HALF, PERIOD_QUARTER, PERIOD_MONTH } PeriodKind;

typedef struct Period {
        PeriodKind kind;
        int32_t year;
        int32_t index;      /* 1-based within the year; 1 for a year */
} Period;

/* Accepts the four forms above and nothing else; years 1900..2999. */
Status period_parse(Str s, Period *ret) FALLIBLE;
size_t period_to_text(Period p, char out[16]);
/* "2023年6月" / "June 2023", "2023年上半年", "2023年第二季度", "2023年". */
size_t period_to_title(Period p, Lang lang, char out[64]);
Period period_add(Period p, int n);             /* n periods later of the same kind */
static inline Period period_prev(Period p) { return period_add(p, -1); }
Period period_year_ago(Period p);
Date period_first_day(Period p);
Date period_last_day(Period p);
int period_cmp(Period a, Period b);             /* by last day, then by kind (longer first) */
bool period_eq(Period a, Period b);
/* The period of the kind that holds the day. */
Period period_of(Date d, PeriodKind kind);
/* Share of the year gone by when the period ends: exactly index / (periods a year). */
Dec period_share_of_year(Period p);
/* A sortable integer for databases: year * 1000 + kind * 100 + index, and back. */
int64_t period_to_int(Period p);
Status period_from_int(int64_t v, Period *ret) FALLIBLE;

#endif
