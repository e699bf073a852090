/* decimal.h -- exact decimals: IEEE 754-2008 decimal128, 34 digits, half even.
 *
 * FEEL numbers and every intermediate figure are Dec.  At rest money is an
 * int64 in fen and decimals are int64 scaled by the field's scale; the functions
 * below go both ways and say when a value does not fit.  No binary floating
 * point anywhere: a double from a workbook enters as its shortest decimal text.
 *
 * The Intel library (BID encoding) is included by decimal.c only.
 *
 *     Dec a, b;
 *     dec_parse(STR("0.1"), &a); dec_parse(STR("0.2"), &b);
 *     dec_to_text(dec_add(a, b), buf);            // "0.3"
 *
 * Invalid operations (0/0, sqrt(-1)) give a NaN and overflow an infinity;
 * dec_is_finite tells.  Plain by value, no ownership.
 */
#ifndef KC_BASE_DECIMAL_H
#define KC_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

typedef struct Dec {
        uint64_t w[2];
} Dec;

typedef enum DecRound {
        DEC_HALF_EVEN, DEC_HALF_UP, DEC_HALF_DOWN, DEC_UP, DEC_DOWN, DEC_CEILING, DEC_FLOOR
} DecRound;

#define DEC_TEXT_MAX 6200   /* the longest plain text dec_to_text writes, with its NUL */

Dec dec_zero(void);
Dec dec_from_i64(int64_t v);
/* v * 10^-scale, exactly. */
Dec dec_from_scaled(int64_t v, int scale);
/* [+-]digits[.digits][(e|E)[+-]digits], .digits and digits. too; whole slice.
 * More than 34 digits are rounded half even.  ST_INVALID otherwise; no inf, no nan. */
Status dec_parse(Str s, Dec *ret) FALLIBLE;
/* The same without rounding: ST_LIMIT when the value does not fit exactly. */
Status dec_parse_exact(Str s, Dec *ret) FALLIBLE;
/* Plain notation without exponent, no trailing zeros after the point ("1.50" is
 * "1.5", "1E+3" is "1000"), "-0" is "0"; NaN "NaN", "Infinity".  Returns the length. */
size_t dec_to_text(Dec d, char out[DEC_TEXT_MAX]);
/* Keeps the value's own exponent: 1.50 stays "1.50". */
size_t dec_to_text_exact(Dec d, char out[DEC_TEXT_MAX]);
/* Scientific form of the General Decimal Arithmetic specification (to-scientific-string). */
size_t dec_to_sci(Dec d, char out[64]);
/* Integral value in range: true. */
bool dec_to_i64(Dec d, int64_t *ret);
/* d * 10^scale as int64 when that is integral and fits; false otherwise. */
bool dec_to_scaled(Dec d, int scale, int64_t *ret);
/* The same after rounding to scale digits; false: does not fit or not finite. */
bool dec_to_scaled_round(Dec d, int scale, DecRound mode, int64_t *ret);

bool dec_is_finite(Dec d);
bool dec_is_nan(Dec d);
bool dec_is_zero(Dec d);
bool dec_is_negative(Dec d);
bool dec_is_integer(Dec d);

Dec dec_add(Dec a, Dec b);
Dec dec_sub(Dec a, Dec b);
Dec dec_mul(Dec a, Dec b);
Dec dec_div(Dec a, Dec b);
Dec dec_neg(Dec a);         /* of zero: plain zero */
Dec dec_abs(Dec a);
Dec dec_sqrt(Dec a);
Dec dec_exp(Dec a);
Dec dec_log(Dec a);
Dec dec_pow(Dec a, Dec b);
/* Of radians; the last digit may be off by one. */
Dec dec_cos(Dec a);
Dec dec_sin(Dec a);
Dec dec_tan(Dec a);
/* floor(a/b) and a - b*floor(a/b): sign of the divisor (FEEL modulo). */
Dec dec_floor_div(Dec a, Dec b);
Dec dec_modulo(Dec a, Dec b);
/* -1, 0, 1 by value (1.0 equals 1); NaN compares as 2. */
int dec_cmp(Dec a, Dec b);
bool dec_eq(Dec a, Dec b);
/* Rounded to scale digits after the point; scale may be negative; -6111..6176.
 * A value that has no more digits than that is returned as it is. */
Dec dec_round(Dec a, int scale, DecRound mode);
/* Exactly scale digits after the point (1.5 at 2 is 1.50, for dec_to_text_exact);
 * NaN when that needs more than 34 digits. */
Dec dec_quantize(Dec a, int scale, DecRound mode);
/* Trailing zeros removed from the coefficient. */
Dec dec_normalize(Dec a);
/* Equal values hash equally. */
uint64_t dec_hash(Dec a);

#endif
