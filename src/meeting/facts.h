/* facts.h -- facts of a speech beside the city's own figures.
 *
 * A speech rounds: 1.03万亿元 is said for any figure that rounds to it.  fact_scale finds in the quote how exactly the
 * value was said; the city's own figure agrees when it rounds to the same.
 *
 *     Period p;
 *     if (fact_period(STR("2022年"), day, &p) == ST_OK) own = … figure of the linked indicator …;
 *     FactVerdict v = fact_compare(said, fact_scale(quote, said), own, &difference);
 */
#ifndef KC_MEETING_FACTS_H
#define KC_MEETING_FACTS_H

#include "base/period.h"
#include "meeting/confirm.h"

typedef enum FactVerdict {
        FACT_SAME, FACT_DIFFERS,
        FACT_UNKNOWN,           /* the city's own figure is missing */
        FACT_UNLINKED,          /* no indicator or unit of the pack */
        FACT_NO_PERIOD,         /* no period is said, or none we keep figures for */
        FACT_LOST               /* the copy lost the figure */
} FactVerdict;
const char *fact_verdict_name(FactVerdict v);

/* 2022年, 2022, 2022年6月, 2022年上半年, 2022年第一季度, 去年, 今年上半年, 1-6月; ST_NOT_FOUND: something else. */
Status fact_period(Str said, Date day, Period *ret) FALLIBLE;
/* Digits after the point (negative: before it) to which the value is said in the quote: 1.03万亿元 -> -10. */
int fact_scale(Str quote, Dec value);
/* own, rounded as it was said, against said; *ret_difference is own less said. */
FactVerdict fact_compare(Dec said, int scale, Dec own, Dec *ret_difference);

#endif
