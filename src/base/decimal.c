/* Decimals over the Intel library.
 *
 * A decimal128 in the BID encoding is sign (bit 127), a 14-bit exponent with
 * bias 6176 (bits 126..113) and a 113-bit binary coefficient below 10^34.
 * Infinity and NaN have 11110 and 11111 in bits 126..122; any other pattern
 * that starts with 11 is not canonical and reads as zero.
 *
 * What most figures need, integers and short fractions whose exact result has
 * at most 34 digits, is done here on the coefficients in 128-bit integers;
 * everything else, and every result that has to be rounded by an arithmetic
 * operation, is the library's (exp, log and pow: decimal_math.c).  Parsing, formatting and rounding to a scale are
 * done here in full, because the library has neither our text forms nor the
 * rounding modes half-down and up. */
#include "base/decimal_int.h"

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

__extension__ typedef __int128 S128;

enum { BIAS = 6176 };

static const uint64_t sign_bit = (uint64_t)1 << 63;
static const uint64_t special_bits = (uint64_t)0x78 << 56;
static const uint64_t nan_bits = (uint64_t)0x7C << 56;

/* 10^0 .. 10^19 and, as products, up to 10^38. */
static const uint64_t ten64[20] = {
        1ULL, 10ULL, 100ULL, 1000ULL, 10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL, 1000000000ULL,
        10000000000ULL, 100000000000ULL, 1000000000000ULL, 10000000000000ULL, 100000000000000ULL,
        1000000000000000ULL, 10000000000000000ULL, 100000000000000000ULL, 1000000000000000000ULL,
        10000000000000000000ULL,
};

static inline U128 ten(int n)
{
        return n < 20 ? (U128)ten64[n] : (U128)ten64[19] * ten64[n - 19];
}

static inline U128 coef_max(void)
{
        return ten(DEC_DIGITS) - 1;
}

static inline BID_UINT128 to_bid(Dec d)
{
        return (BID_UINT128){ .w = { d.w[0], d.w[1] } };
}

static inline Dec from_bid(BID_UINT128 b)
{
        return (Dec){ { b.w[0], b.w[1] } };
}

static inline Dec encode(bool negative, U128 coef, int exp)
{
        return (Dec){ { (uint64_t)coef,
                        (uint64_t)(coef >> 64) | (uint64_t)(exp + BIAS) << 49 | (negative ? sign_bit : 0) } };
}

Dec dec_make_inf(bool negative)
{
        return (Dec){ { 0, special_bits | (negative ? sign_bit : 0) } };
}

Dec dec_make_nan(void)
{
        return (Dec){ { 0, nan_bits } };
}

/* 10^34 - 1 in the two words of the coefficient. */
static inline bool canonical(uint64_t hi, uint64_t lo)
{
        return ((U128)hi << 64 | lo) <= coef_max();
}

static inline DecParts decode(Dec d)
{
        uint64_t hi = d.w[1];
        DecParts p = { .negative = hi >> 63 };
        if ((hi & special_bits) == special_bits) {
                p.kind = (hi & nan_bits) == nan_bits ? DEC_NAN : DEC_INFINITE;
                return p;
        }
        if ((hi >> 61 & 3) == 3) {
                p.exp = (int)(hi >> 47 & 0x3FFF) - BIAS;
                return p;
        }
        p.exp = (int)(hi >> 49 & 0x3FFF) - BIAS;
        uint64_t top = hi & (((uint64_t)1 << 49) - 1);
        if (canonical(top, d.w[0]))
                p.coef = (U128)top << 64 | d.w[0];
        return p;
}

DecParts dec_decode(Dec d)
{
        return decode(d);
}

static inline bool is_finite(Dec d)
{
        return (d.w[1] & special_bits) != special_bits;
}

int dec_digit_count(U128 v)
{
        int n = 1;
        if (v >= ten(19)) {
                v /= ten64[19];
                n += 19;
        }
        uint64_t w = (uint64_t)v;
        while (n < 40 && w >= 10) {
                w /= 10;
                n++;
        }
        return n;
}

/* Whether a quotient that was cut off goes one up.  half: the part cut off
 * compared with a half (-1, 0, 1); there was something to cut off. */
static bool goes_up(DecRound mode, bool negative, bool odd, int half)
{
        switch (mode) {
        case DEC_HALF_EVEN: return half > 0 || (half == 0 && odd);
        case DEC_HALF_UP: return half >= 0;
        case DEC_HALF_DOWN: return half > 0;
        case DEC_UP: return true;
        case DEC_DOWN: return false;
        case DEC_CEILING: return !negative;
        case DEC_FLOOR: return negative;
        }
        return false;
}

/* The coefficient without its last n digits, rounded. */
static U128 cut_digits(U128 coef, int n, DecRound mode, bool negative)
{
        if (n <= 0 || coef == 0)
                return coef;
        if (n > 38)
                return goes_up(mode, negative, false, -1) ? 1 : 0;
        U128 unit = ten(n), q = coef / unit, r = coef % unit;
        if (r == 0)
                return q;
        U128 rest = unit - r;
        return q + goes_up(mode, negative, q & 1, r < rest ? -1 : r > rest);
}

Dec dec_fit(bool negative, U128 coef, int64_t exp)
{
        int64_t cut = dec_digit_count(coef) - DEC_DIGITS;
        if (cut < DEC_EXP_MIN - exp)
                cut = DEC_EXP_MIN - exp;
        if (cut > 0) {
                coef = cut_digits(coef, cut > 99 ? 99 : (int)cut, DEC_HALF_EVEN, negative);
                exp += cut;
                if (coef > coef_max()) {
                        coef /= 10;
                        exp++;
                }
        }
        if (coef == 0)
                return encode(negative, 0,
                              exp > DEC_EXP_MAX   ? DEC_EXP_MAX
                              : exp < DEC_EXP_MIN ? DEC_EXP_MIN
                                                  : (int)exp);
        while (exp > DEC_EXP_MAX) {
                if (coef > coef_max() / 10)
                        return dec_make_inf(negative);
                coef *= 10;
                exp--;
        }
        return encode(negative, coef, (int)exp);
}

Dec dec_zero(void)
{
        return encode(false, 0, 0);
}

Dec dec_from_i64(int64_t v)
{
        uint64_t magnitude = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
        return encode(v < 0, magnitude, 0);
}

Dec dec_from_scaled(int64_t v, int scale)
{
        uint64_t magnitude = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
        if (scale >= -DEC_EXP_MAX && scale <= -DEC_EXP_MIN)
                return encode(v < 0, magnitude, -scale);
        return dec_fit(v < 0, magnitude, -(int64_t)scale);
}

/* Digits before the exponent, without the point. */
typedef struct Digits {
        Str text;           /* digits with at most one point among them */
        int64_t exp;        /* of the last digit */
        bool negative;
} Digits;

/* The shape of a number; false when it is not one. */
static bool scan_number(Str s, Digits *ret)
{
        size_t i = 0, digits = 0, after_point = 0;
        Digits d = { .exp = 0 };
        if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-'))
                d.negative = s.ptr[i++] == '-';
        size_t start = i;
        bool point = false;
        for (; i < s.len; i++) {
                if (s.ptr[i] >= '0' && s.ptr[i] <= '9') {
                        digits++;
                        after_point += point;
                } else if (s.ptr[i] == '.' && !point) {
                        point = true;
                } else {
                        break;
                }
        }
        if (digits == 0)
                return false;
        d.text = str_n(s.ptr + start, i - start);
        if (i < s.len) {
                if (s.ptr[i] != 'e' && s.ptr[i] != 'E')
                        return false;
                i++;
                bool minus = false;
                if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-'))
                        minus = s.ptr[i++] == '-';
                if (i == s.len)
                        return false;
                int64_t e = 0;
                for (; i < s.len; i++) {
                        if (s.ptr[i] < '0' || s.ptr[i] > '9')
                                return false;
                        /* Far beyond what any count of digits could bring back. */
                        if (e < (int64_t)1 << 55)
                                e = e * 10 + (s.ptr[i] - '0');
                }
                d.exp = minus ? -e : e;
        }
        d.exp -= (int64_t)after_point;
        *ret = d;
        return true;
}

/* *ret_lost: digits that are not zero were cut off. */
static Status parse(Str s, Dec *ret, bool *ret_lost)
{
        Digits d;
        if (!scan_number(s, &d))
                return ST_INVALID;
        size_t i = 0;
        while (i < d.text.len && (d.text.ptr[i] == '0' || d.text.ptr[i] == '.'))
                i++;
        int64_t count = 0;
        for (size_t k = i; k < d.text.len; k++)
                count += d.text.ptr[k] != '.';
        /* How many of the digits stay: 34, fewer near the smallest exponent. */
        int64_t cut = count - DEC_DIGITS;
        if (cut < DEC_EXP_MIN - d.exp)
                cut = DEC_EXP_MIN - d.exp;
        if (cut < 0)
                cut = 0;
        int64_t keep = count - cut;
        U128 coef = 0;
        int half = -1;
        bool lost = false;
        for (int64_t n = 0; i < d.text.len; i++) {
                if (d.text.ptr[i] == '.')
                        continue;
                int digit = d.text.ptr[i] - '0';
                if (n < keep) {
                        coef = coef * 10 + (unsigned)digit;
                } else if (n == keep) {
                        half = digit < 5 ? -1 : digit > 5;
                        lost = digit != 0;
                } else if (digit) {
                        lost = true;
                        if (half == 0)
                                half = 1;
                }
                n++;
        }
        if (keep < 0)
                half = -1;
        coef += lost && goes_up(DEC_HALF_EVEN, d.negative, coef & 1, half);
        Dec v = dec_fit(d.negative, coef, d.exp + cut);
        if (!is_finite(v))
                return ST_LIMIT;
        *ret = v;
        *ret_lost = lost;
        return ST_OK;
}

Status dec_parse(Str s, Dec *ret)
{
        bool lost;
        return parse(s, ret, &lost) == ST_OK ? ST_OK : ST_INVALID;
}

Status dec_parse_exact(Str s, Dec *ret)
{
        bool lost;
        Dec v;
        TRY(parse(s, &v, &lost));
        if (lost)
                return ST_LIMIT;
        *ret = v;
        return ST_OK;
}

/* Decimal digits without leading zeros ("0" for zero); returns how many. */
static int coef_digits(U128 coef, char out[40])
{
        char tmp[40];
        int n = 0;
        uint64_t low = (uint64_t)coef;
        if (coef >= ten(19)) {
                uint64_t rest = (uint64_t)(coef % ten64[19]);
                low = (uint64_t)(coef / ten64[19]);
                for (int i = 0; i < 19; i++, rest /= 10)
                        tmp[n++] = (char)('0' + rest % 10);
        }
        do {
                tmp[n++] = (char)('0' + low % 10);
        } while (low /= 10);
        for (int i = 0; i < n; i++)
                out[i] = tmp[n - 1 - i];
        return n;
}

static size_t special_text(const DecParts *p, char *out)
{
        const char *s = p->kind == DEC_NAN ? "NaN" : p->negative ? "-Infinity" : "Infinity";
        size_t n = strlen(s);
        memcpy(out, s, n + 1);
        return n;
}

static size_t plain_text(const DecParts *p, char *out)
{
        if (p->kind != DEC_FINITE)
                return special_text(p, out);
        char digits[40];
        int n = coef_digits(p->coef, digits);
        char *o = out;
        if (p->negative && p->coef)
                *o++ = '-';
        if (p->exp >= 0) {
                memcpy(o, digits, (size_t)n);
                o += n;
                if (p->coef) {
                        memset(o, '0', (size_t)p->exp);
                        o += p->exp;
                }
        } else if (n > -p->exp) {
                memcpy(o, digits, (size_t)(n + p->exp));
                o += n + p->exp;
                *o++ = '.';
                memcpy(o, digits + n + p->exp, (size_t)-p->exp);
                o += -p->exp;
        } else {
                *o++ = '0';
                *o++ = '.';
                memset(o, '0', (size_t)(-p->exp - n));
                o += -p->exp - n;
                memcpy(o, digits, (size_t)n);
                o += n;
        }
        *o = '\0';
        return (size_t)(o - out);
}

/* Trailing zeros off, as far as the exponent allows. */
static void strip_zeros(DecParts *p, int exp_limit)
{
        if (p->coef == 0) {
                p->exp = 0;
                return;
        }
        while (p->exp < exp_limit && (uint64_t)p->coef % 2 == 0 && p->coef % 10 == 0) {
                p->coef /= 10;
                p->exp++;
        }
}

size_t dec_to_text(Dec d, char out[DEC_TEXT_MAX])
{
        DecParts p = decode(d);
        if (p.kind == DEC_FINITE && (p.exp < 0 || p.coef == 0))
                strip_zeros(&p, 0);
        return plain_text(&p, out);
}

size_t dec_to_text_exact(Dec d, char out[DEC_TEXT_MAX])
{
        DecParts p = decode(d);
        return plain_text(&p, out);
}

size_t dec_to_sci(Dec d, char out[64])
{
        DecParts p = decode(d);
        if (p.kind != DEC_FINITE)
                return special_text(&p, out);
        char digits[40];
        int n = coef_digits(p.coef, digits);
        int adjusted = p.exp + n - 1;
        char *o = out;
        if (p.negative)
                *o++ = '-';
        if (p.exp <= 0 && adjusted >= -6) {
                DecParts shown = { .coef = p.coef, .exp = p.exp };
                return (size_t)(o - out) + plain_text(&shown, o);
        }
        *o++ = digits[0];
        if (n > 1) {
                *o++ = '.';
                memcpy(o, digits + 1, (size_t)(n - 1));
                o += n - 1;
        }
        *o++ = 'E';
        *o++ = adjusted < 0 ? '-' : '+';
        o += coef_digits((U128)(adjusted < 0 ? -adjusted : adjusted), o);
        *o = '\0';
        return (size_t)(o - out);
}

/* coef * 10^exp as int64, exactly or not at all. */
static bool exact_i64(bool negative, U128 coef, int64_t exp, int64_t *ret)
{
        if (coef == 0) {
                *ret = 0;
                return true;
        }
        if (exp < 0) {
                if (exp <= -DEC_DIGITS || coef % ten((int)-exp) != 0)
                        return false;
                coef /= ten((int)-exp);
        } else if (exp > 0) {
                if (exp > 18 || coef > UINT64_MAX)
                        return false;
                coef *= ten64[exp];
        }
        U128 limit = (U128)INT64_MAX + negative;
        if (coef > limit)
                return false;
        *ret = negative ? (int64_t)(0 - (uint64_t)coef) : (int64_t)coef;
        return true;
}

bool dec_to_i64(Dec d, int64_t *ret)
{
        return dec_to_scaled(d, 0, ret);
}

bool dec_to_scaled(Dec d, int scale, int64_t *ret)
{
        DecParts p = decode(d);
        return p.kind == DEC_FINITE && exact_i64(p.negative, p.coef, (int64_t)p.exp + scale, ret);
}

bool dec_to_scaled_round(Dec d, int scale, DecRound mode, int64_t *ret)
{
        DecParts p = decode(d);
        if (p.kind != DEC_FINITE)
                return false;
        int64_t exp = (int64_t)p.exp + scale;
        if (exp < 0) {
                p.coef = cut_digits(p.coef, exp < -99 ? 99 : (int)-exp, mode, p.negative);
                exp = 0;
        }
        return exact_i64(p.negative, p.coef, exp, ret);
}

bool dec_is_finite(Dec d)
{
        return is_finite(d);
}

bool dec_is_nan(Dec d)
{
        return (d.w[1] & nan_bits) == nan_bits;
}

bool dec_is_zero(Dec d)
{
        DecParts p = decode(d);
        return p.kind == DEC_FINITE && p.coef == 0;
}

bool dec_is_negative(Dec d)
{
        return d.w[1] >> 63 && !dec_is_nan(d) && !dec_is_zero(d);
}

bool dec_is_integer(Dec d)
{
        DecParts p = decode(d);
        if (p.kind != DEC_FINITE)
                return false;
        if (p.exp >= 0 || p.coef == 0)
                return true;
        return p.exp > -DEC_DIGITS && p.coef % ten(-p.exp) == 0;
}

/* What the short ways below take: a finite number whose coefficient is below
 * 2^62, as a signed integer (the sign of a zero is looked up where it matters). */
typedef struct Short {
        int64_t value;
        int exp;
} Short;

static const uint64_t coef_top_bits = ((uint64_t)1 << 49) - 1;
static const uint64_t not_short_bits = (uint64_t)3 << 61;

static inline bool is_short(Dec d, Short *ret)
{
        uint64_t hi = d.w[1];
        if ((hi & coef_top_bits) | (d.w[0] >> 62) || (hi & not_short_bits) == not_short_bits)
                return false;
        ret->exp = (int)(hi >> 49 & 0x3FFF) - BIAS;
        ret->value = hi >> 63 ? -(int64_t)d.w[0] : (int64_t)d.w[0];
        return true;
}

/* Both at the smaller exponent; false when they are too far apart for that to be
 * exact within 34 digits (2^62 * 10^15 < 2^112 < 10^34). */
static inline bool align(Short x, Short y, S128 *ret_x, S128 *ret_y, int *ret_exp)
{
        int d = x.exp - y.exp;
        if (d > 15 || d < -15)
                return false;
        *ret_x = d > 0 ? (S128)x.value * (int64_t)ten64[d] : x.value;
        *ret_y = d < 0 ? (S128)y.value * (int64_t)ten64[-d] : y.value;
        *ret_exp = d > 0 ? y.exp : x.exp;
        return true;
}

static Dec add_signed(Dec a, Dec b, uint64_t flip_b)
{
        b.w[1] ^= flip_b;
        Short x, y;
        S128 u, v;
        int exp;
        if (is_short(a, &x) && is_short(b, &y) && align(x, y, &u, &v, &exp)) {
                S128 sum = u + v;
                if (sum == 0)
                        return encode(a.w[1] & b.w[1] & sign_bit, 0, exp);
                return sum < 0 ? encode(true, (U128)-sum, exp) : encode(false, (U128)sum, exp);
        }
        _IDEC_flags flags = 0;
        return from_bid(bid128_add(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

Dec dec_add(Dec a, Dec b)
{
        return add_signed(a, b, 0);
}

Dec dec_sub(Dec a, Dec b)
{
        return add_signed(a, b, dec_is_nan(b) ? 0 : sign_bit);
}

Dec dec_mul(Dec a, Dec b)
{
        Short x, y;
        if (is_short(a, &x) && is_short(b, &y)) {
                int exp = x.exp + y.exp;
                U128 product = (U128)a.w[0] * b.w[0];
                if (product <= coef_max() && exp >= DEC_EXP_MIN && exp <= DEC_EXP_MAX)
                        return encode((a.w[1] ^ b.w[1]) >> 63, product, exp);
        }
        _IDEC_flags flags = 0;
        return from_bid(bid128_mul(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

/* Decimal digits of v > 0: log10 from the bits, one too few at the most. */
static inline int digits64(uint64_t v)
{
        int n = (64 - __builtin_clzll(v)) * 1233 >> 12;
        return n + (v >= ten64[n]);
}

/* n (three words, lowest first) := n * m. */
static void mul_words(uint64_t n[3], uint64_t m)
{
        U128 carry = 0;
        for (int i = 0; i < 3; i++) {
                carry += (U128)n[i] * m;
                n[i] = (uint64_t)carry;
                carry >>= 64;
        }
}

/* The quotient of two coefficients of at most 64 bits with 34 or 35 digits, by a division of three words; then
 * rounded half even, or, when it is exact, with the exponent nearest to ea - eb. */
static bool short_div(bool negative, Short a, uint64_t ca, Short b, uint64_t cb, Dec *ret)
{
        int k = DEC_DIGITS - digits64(ca) + digits64(cb), ideal = a.exp - b.exp, exp = ideal - k;
        uint64_t n[3] = { ca, 0, 0 };
        U128 rem = 0, q = 0;
        for (int left = k; left > 0; left -= 19)
                mul_words(n, ten64[left < 19 ? left : 19]);
        for (int i = 2; i >= 0; i--) {
                U128 part = rem << 64 | n[i];
                uint64_t digit = (uint64_t)(part / cb);
                q = q << 64 | digit;
                rem = part - (U128)digit * cb;
        }
        if (q > coef_max()) {
                unsigned last = (unsigned)(q % 10);
                q /= 10;
                exp++;
                if (last > 5 || (last == 5 && (rem || (q & 1))))
                        q++;
                if (last)
                        rem = 1;
        } else if (rem && (rem * 2 > cb || (rem * 2 == cb && (q & 1)))) {
                q++;
        }
        if (q > coef_max()) {
                q /= 10;
                exp++;
        }
        if (!rem) {
                static const int steps[] = { 16, 16, 8, 4, 2, 1 };
                for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
                        if (exp + steps[i] <= ideal && q % ten64[steps[i]] == 0) {
                                q /= ten64[steps[i]];
                                exp += steps[i];
                        }
                }
        }
        if (exp < DEC_EXP_MIN || exp > DEC_EXP_MAX)
                return false;
        *ret = encode(negative, q, exp);
        return true;
}

Dec dec_div(Dec a, Dec b)
{
        Short x, y;
        Dec r;
        if (is_short(a, &x) && is_short(b, &y) && a.w[0] && b.w[0]) {
                if ((a.w[0] | b.w[0]) <= UINT32_MAX) {
                        uint32_t dividend = (uint32_t)a.w[0], divisor = (uint32_t)b.w[0];
                        int exp = x.exp - y.exp;
                        if (dividend % divisor == 0 && exp >= DEC_EXP_MIN && exp <= DEC_EXP_MAX)
                                return encode((a.w[1] ^ b.w[1]) >> 63, dividend / divisor, exp);
                }
                if (short_div((a.w[1] ^ b.w[1]) >> 63, x, a.w[0], y, b.w[0], &r))
                        return r;
        }
        _IDEC_flags flags = 0;
        return from_bid(bid128_div(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

Dec dec_neg(Dec a)
{
        if (dec_is_nan(a))
                return a;
        a.w[1] ^= sign_bit;
        if (dec_is_zero(a))
                a.w[1] &= ~sign_bit;
        return a;
}

Dec dec_abs(Dec a)
{
        if (!dec_is_nan(a))
                a.w[1] &= ~sign_bit;
        return a;
}

Dec dec_sqrt(Dec a)
{
        _IDEC_flags flags = 0;
        return from_bid(bid128_sqrt(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags));
}

Dec dec_cos(Dec a)
{
        _IDEC_flags flags = 0;
        return from_bid(bid128_cos(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags));
}

Dec dec_sin(Dec a)
{
        _IDEC_flags flags = 0;
        return from_bid(bid128_sin(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags));
}

Dec dec_tan(Dec a)
{
        _IDEC_flags flags = 0;
        return from_bid(bid128_tan(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags));
}

Dec dec_log_near(Dec a)
{
        _IDEC_flags flags = 0;
        return from_bid(bid128_log(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags));
}

bool dec_pow_exact(Dec a, uint64_t n, Dec *ret)
{
        _IDEC_flags flags = 0;
        BID_UINT128 base = to_bid(a), result = to_bid(dec_from_i64(1));
        for (;;) {
                if (n & 1)
                        result = bid128_mul(result, base, BID_ROUNDING_TO_NEAREST, &flags);
                n >>= 1;
                if (n == 0)
                        break;
                base = bid128_mul(base, base, BID_ROUNDING_TO_NEAREST, &flags);
                if (flags)
                        return false;
        }
        if (flags)
                return false;
        *ret = from_bid(result);
        return true;
}

Dec dec_floor_div(Dec a, Dec b)
{
        /* The quotient rounded down is not above the true one, and every integer
         * of up to 34 digits is representable: the floor of both is the same. */
        _IDEC_flags flags = 0;
        BID_UINT128 q = bid128_div(to_bid(a), to_bid(b), BID_ROUNDING_DOWN, &flags);
        return from_bid(bid128_round_integral_negative(q, &flags));
}

Dec dec_modulo(Dec a, Dec b)
{
        _IDEC_flags flags = 0;
        Dec r = from_bid(bid128_fmod(to_bid(a), to_bid(b), &flags));
        if (!is_finite(r) || dec_is_zero(r))
                return r;
        return dec_is_negative(r) != dec_is_negative(b) ? dec_add(r, b) : r;
}

int dec_cmp(Dec a, Dec b)
{
        Short x, y;
        S128 u, v;
        int exp;
        if (is_short(a, &x) && is_short(b, &y) && align(x, y, &u, &v, &exp))
                return (u > v) - (u < v);
        if (dec_is_nan(a) || dec_is_nan(b))
                return 2;
        _IDEC_flags flags = 0;
        if (bid128_quiet_equal(to_bid(a), to_bid(b), &flags))
                return 0;
        return bid128_quiet_less(to_bid(a), to_bid(b), &flags) ? -1 : 1;
}

bool dec_eq(Dec a, Dec b)
{
        return dec_cmp(a, b) == 0;
}

Dec dec_round(Dec a, int scale, DecRound mode)
{
        DecParts p = decode(a);
        if (p.kind != DEC_FINITE || p.exp >= -(int64_t)scale)
                return a;
        if (scale < -DEC_EXP_MAX)
                scale = -DEC_EXP_MAX;
        int64_t cut = -(int64_t)scale - p.exp;
        U128 coef = cut_digits(p.coef, cut > 99 ? 99 : (int)cut, mode, p.negative);
        return encode(p.negative && coef, coef, -scale);
}

Dec dec_quantize(Dec a, int scale, DecRound mode)
{
        DecParts p = decode(a);
        if (p.kind != DEC_FINITE || scale < -DEC_EXP_MAX || scale > -DEC_EXP_MIN)
                return dec_make_nan();
        int64_t shift = (int64_t)p.exp + scale;
        U128 coef = p.coef;
        if (shift < 0) {
                coef = cut_digits(coef, shift < -99 ? 99 : (int)-shift, mode, p.negative);
        } else if (coef) {
                if (shift >= DEC_DIGITS || coef > coef_max() / ten((int)shift))
                        return dec_make_nan();
                coef *= ten((int)shift);
        }
        if (coef > coef_max())
                return dec_make_nan();
        return encode(p.negative, coef, -scale);
}

Dec dec_normalize(Dec a)
{
        DecParts p = decode(a);
        if (p.kind != DEC_FINITE)
                return a;
        strip_zeros(&p, DEC_EXP_MAX);
        return encode(p.negative && p.coef, p.coef, p.exp);
}

uint64_t dec_hash(Dec a)
{
        DecParts p = decode(a);
        if (p.kind != DEC_FINITE)
                return p.kind == DEC_NAN ? 1 : p.negative ? 2 : 3;
        strip_zeros(&p, INT32_MAX);
        const uint64_t k = 0xe7037ed1a0b428dbULL;
        uint64_t h = ((uint64_t)p.coef ^ 0xa0761d6478bd642fULL) * k;
        h = (h ^ h >> 29 ^ (uint64_t)(p.coef >> 64)) * k;
        h = (h ^ h >> 32 ^ (uint64_t)(int64_t)p.exp ^ (p.negative && p.coef ? k : 0)) * k;
        return h ^ h >> 29;
}
