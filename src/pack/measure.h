/* measure.h -- units of measure as people write them: 元 千元 万元 亿元 % 人 万人 件/万人.
 *
 * A measure is a power of ten (千 万 十万 百万 千万 亿 万亿) and a base word; two
 * measures with one base differ by an exact factor.  % and ‰ are factors of the
 * bare number: "2%" as an amount is 0.02.
 */
#ifndef KC_PACK_MEASURE_H
#define KC_PACK_MEASURE_H

#include "base/decimal.h"
#include "base/status.h"
#include "base/str.h"

/* What a figure in `from` is multiplied by to be in `to`: (万元, 元) gives 10000,
 * (亿元, 万元) 10000, (千人, 人) 1000, equal words 1.  ST_INVALID: other bases. */
Status measure_factor(Str from, Str to, Dec *ret) FALLIBLE;

/* The power of ten and the base word of a measure: 万元 is 4 and 元, % is -2 and nothing. */
void measure_parts(Str measure, int *ret_power, Str *ret_base);

/* A figure with its measure: "500万元" gives 500 and 万元, "2%" 2 and %, "1,200.5" 1200.5
 * and none; thousands separators must stand right. */
Status measure_parse(Str text, Dec *ret_number, Str *ret_measure) FALLIBLE;

/* "500万元" → 5000000 when to is 元; "2%" → 0.02 when to is empty; "2%" → 2 when to is %. */
Status measure_amount(Str text, Str to, Dec *ret) FALLIBLE;

#endif
