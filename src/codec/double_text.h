/* double_text.h -- the decimal that a stored double stands for.
 *
 * Spreadsheet files hold numbers as the decimal text of an IEEE double, often
 * with 17 digits: 0.1 + 0.2 is stored as 0.30000000000000004, and 0.3 may come
 * as 0.29999999999999999.  What a person typed is the shortest decimal that
 * denotes the same double.  It is found here in integers; no figure of this
 * program ever becomes a double.
 *
 *     char out[DOUBLE_TEXT_MAX];
 *     DoubleText d;
 *     TRY(double_text_shortest(STR("0.29999999999999999"), out, &d));   // "0.3"
 *
 * Ties between two shortest decimals go to the one nearer to the double.
 */
#ifndef KC_CODEC_DOUBLE_TEXT_H
#define KC_CODEC_DOUBLE_TEXT_H

#include <stdbool.h>

#include "base/status.h"
#include "base/str.h"

#define DOUBLE_TEXT_MAX 400

typedef struct DoubleText {
        size_t len;             /* of the text */
        int int_digits;         /* digits before the point, without leading zeros */
        int digits;             /* significant digits */
        bool exponent;          /* the file wrote an exponent */
        bool restated;          /* not the same decimal as the file's */
} DoubleText;

/* s: [+-]digits[.digits][E[+-]digits], blanks around it allowed.  out: plain
 * notation, no exponent, no trailing zeros after the point, "-0" is "0".
 * ST_INVALID: no such number, or beyond the doubles (infinite, NaN). */
Status double_text_shortest(Str s, char out[DOUBLE_TEXT_MAX], DoubleText *ret) FALLIBLE;

/* For writing: the double of a plain decimal, when it holds it without loss (at most
 * 15 significant digits, within the range); false otherwise. */
bool double_text_value(Str plain, double *ret);

#endif
