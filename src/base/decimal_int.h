/* decimal_int.h -- what decimal.c and decimal_math.c share: a decimal128 taken
 * apart and put together. */
#ifndef KC_BASE_DECIMAL_INT_H
#define KC_BASE_DECIMAL_INT_H

#include "base/decimal.h"

__extension__ typedef unsigned __int128 U128;

/* Exponents of the last digit of the coefficient. */
enum { DEC_EXP_MIN = -6176, DEC_EXP_MAX = 6111, DEC_DIGITS = 34 };

typedef enum DecKind { DEC_FINITE, DEC_INFINITE, DEC_NAN } DecKind;

typedef struct DecParts {
        DecKind kind;
        bool negative;
        int exp;
        U128 coef;          /* below 10^34 */
} DecParts;

/* Every bit pattern decodes to something. */
DecParts dec_decode(Dec d);
/* Decimal digits of a coefficient, at least 1. */
int dec_digit_count(U128 v);
/* coef * 10^exp rounded half even to what the format holds, for any exponent and
 * any coefficient below 10^38; infinite beyond its range. */
Dec dec_fit(bool negative, U128 coef, int64_t exp);
Dec dec_make_inf(bool negative);
Dec dec_make_nan(void);
/* The library's logarithm: its last digits may be wrong. */
Dec dec_log_near(Dec a);
/* a^n by squaring when every product on the way is exact; false otherwise. */
bool dec_pow_exact(Dec a, uint64_t n, Dec *ret);

#endif
