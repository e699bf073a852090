/* exp, log and pow, rounded half even to 34 digits.
 *
 * The library's own differ in the last digit now and then, pow in more of them.
 * Here they are computed in binary fixed point with 384 bits (115 digits) after
 * the point, so that the rounding decides on some 80 digits more than it keeps:
 *
 *   exp x    x = k ln 10 + r, |r| <= ln 10 / 2; Taylor on r / 2^8, squared 8 times.
 *   log x    x = m 10^e, m about 1; y the library's log m, true to some 30 digits;
 *            d = m exp(-y) - 1 is tiny and log m = y + d - d^2/2 + d^3/3.
 *   pow a b  exact when squaring is (integers, short fractions); else exp(b log a).
 *
 * A result that is exact, or a tie, to 100 places is taken as such: that is how
 * 4 ** 0.5 is 2 and ties of integer powers go to even. */
#include "base/decimal_int.h"

enum { LIMBS = 8, FRACTION = 6, DIGITS_OUT = 40 + 18 * 6, SURE_PLACES = 100 };

/* Sign and magnitude; w[0] is the lowest; limbs 6 and 7 are the integer part. */
typedef struct Fix {
        bool negative;
        uint64_t w[LIMBS];
} Fix;

static const Fix fix_one = { .w = { [FRACTION] = 1 } };
/* ln 10 and 1 / ln 10. */
static const Fix ln10 = { .w = { 0x31c32f00b17c35a0u, 0x58bc0b5ec6a04173u, 0x0f187a0807c0b5cau, 0x8a3fb3e76977e43au,
                                  0xa95b58ae0b4c28a3u, 0x4d763776aaa2b05bu, 0x0000000000000002u } };
static const Fix log10_e = { .w = { 0x4911aac96323250au, 0x3aa1277d0a0179f9u, 0x1d1f96a27bc7529eu, 0x1f71a30122e4d101u,
                                  0x9aadd557d699ee19u, 0x6f2dec549b9438cau } };

static bool fix_is_zero(const Fix *a)
{
        uint64_t any = 0;
        for (int i = 0; i < LIMBS; i++)
                any |= a->w[i];
        return any == 0;
}

static int cmp_magnitude(const Fix *a, const Fix *b)
{
        for (int i = LIMBS - 1; i >= 0; i--)
                if (a->w[i] != b->w[i])
                        return a->w[i] < b->w[i] ? -1 : 1;
        return 0;
}

static Fix fix_add(Fix a, Fix b)
{
        Fix r = { 0 };
        if (a.negative == b.negative) {
                U128 carry = 0;
                for (int i = 0; i < LIMBS; i++) {
                        carry += (U128)a.w[i] + b.w[i];
                        r.w[i] = (uint64_t)carry;
                        carry >>= 64;
                }
                r.negative = a.negative;
                return r;
        }
        bool swap = cmp_magnitude(&a, &b) < 0;
        const Fix *big = swap ? &b : &a, *small = swap ? &a : &b;
        uint64_t borrow = 0;
        for (int i = 0; i < LIMBS; i++) {
                U128 d = (U128)big->w[i] - small->w[i] - borrow;
                r.w[i] = (uint64_t)d;
                borrow = (uint64_t)(d >> 64) & 1;
        }
        r.negative = big->negative;
        return r;
}

static Fix fix_neg(Fix a)
{
        a.negative = !a.negative;
        return a;
}

/* The product, cut off below the last limb; its integer part has to fit. */
static Fix fix_mul(const Fix *a, const Fix *b)
{
        uint64_t p[2 * LIMBS] = { 0 };
        for (int i = 0; i < LIMBS; i++) {
                uint64_t carry = 0;
                for (int j = 0; j < LIMBS; j++) {
                        U128 t = (U128)a->w[i] * b->w[j] + p[i + j] + carry;
                        p[i + j] = (uint64_t)t;
                        carry = (uint64_t)(t >> 64);
                }
                p[i + LIMBS] = carry;
        }
        Fix r = { .negative = a->negative != b->negative };
        memcpy(r.w, p + FRACTION, sizeof(r.w));
        return r;
}

/* Multiplies in place; what leaves at the top is returned. */
static uint64_t mul_small(Fix *a, uint64_t m)
{
        U128 carry = 0;
        for (int i = 0; i < LIMBS; i++) {
                carry += (U128)a->w[i] * m;
                a->w[i] = (uint64_t)carry;
                carry >>= 64;
        }
        return (uint64_t)carry;
}

static void div_small(Fix *a, uint64_t d)
{
        U128 rest = 0;
        for (int i = LIMBS - 1; i >= 0; i--) {
                rest = rest << 64 | a->w[i];
                a->w[i] = (uint64_t)(rest / d);
                rest %= d;
        }
}

static void halve(Fix *a, int times)
{
        for (int i = 0; i < LIMBS; i++)
                a->w[i] = a->w[i] >> times | (i + 1 < LIMBS ? a->w[i + 1] << (64 - times) : 0);
}

static U128 whole_part(const Fix *a)
{
        return (U128)a->w[FRACTION + 1] << 64 | a->w[FRACTION];
}

static Fix fix_int(U128 v, bool negative)
{
        return (Fix){ .negative = negative, .w = { [FRACTION] = (uint64_t)v, [FRACTION + 1] = (uint64_t)(v >> 64) } };
}

/* Times 10^exp.  False: the integer part went past `limit` (nothing is lost below
 * but digits beyond the last limb). */
static bool scale_ten(Fix *a, int64_t exp, U128 limit)
{
        for (; exp < 0 && !fix_is_zero(a); exp += exp < -18 ? 18 : -exp) {
                uint64_t d = 1;
                for (int64_t i = exp < -18 ? -18 : exp; i < 0; i++)
                        d *= 10;
                div_small(a, d);
        }
        if (fix_is_zero(a))
                return true;
        for (; exp > 0 && whole_part(a) <= limit; exp--)
                mul_small(a, 10);
        return whole_part(a) <= limit;
}

/* |x| up to 20000 here. */
enum { EXP_ARGUMENT_MAX = 20000 };

/* exp(x) = result * 10^k with the result between 0.3 and 3.3. */
static Fix fix_exp(const Fix *x, int *ret_k)
{
        Fix q = fix_mul(x, &log10_e);
        Fix half = { .w = { [FRACTION - 1] = (uint64_t)1 << 63 } };
        bool negative = x->negative;
        q.negative = false;
        q = fix_add(q, half);
        uint64_t k = q.w[FRACTION];
        Fix r = ln10;
        mul_small(&r, k);
        r.negative = !negative;
        r = fix_add(*x, r);
        halve(&r, 8);
        Fix sum = fix_one, term = fix_one;
        for (uint64_t n = 1; n < 200; n++) {
                term = fix_mul(&term, &r);
                div_small(&term, n);
                if (fix_is_zero(&term))
                        break;
                sum = fix_add(sum, term);
        }
        for (int i = 0; i < 8; i++)
                sum = fix_mul(&sum, &sum);
        *ret_k = negative ? -(int)k : (int)k;
        return sum;
}

/* The magnitude times 10^k as a decimal. */
static Dec fix_round(Fix a, bool negative, int64_t k)
{
        char digit[DIGITS_OUT];
        int n = 40;
        U128 whole = whole_part(&a);
        for (int i = 39; i >= 0; i--, whole /= 10)
                digit[i] = (char)(whole % 10);
        while (n < DIGITS_OUT) {
                a.w[FRACTION] = a.w[FRACTION + 1] = 0;
                mul_small(&a, 1000000000000000000u);
                uint64_t part = a.w[FRACTION];
                for (int i = n + 17; i >= n; i--, part /= 10)
                        digit[i] = (char)(part % 10);
                n += 18;
        }
        int first = 0;
        while (first < n && digit[first] == 0)
                first++;
        /* Rounded to the places that are surely right; a carry may lead. */
        n = 40 + SURE_PLACES;
        int carry = digit[n] >= 5;
        for (int i = n - 1; carry && i >= 0; i--) {
                carry = digit[i] == 9;
                digit[i] = carry ? 0 : (char)(digit[i] + 1);
        }
        if (first > 0 && digit[first - 1])
                first--;
        U128 coef = 0;
        int end = first + 37 < n ? first + 37 : n;
        for (int i = first; i < end; i++)
                coef = coef * 10 + (unsigned char)digit[i];
        bool more = false;
        for (int i = end; i < n; i++)
                more = more || digit[i];
        /* One digit that only says whether there is more. */
        return dec_fit(negative, coef * 10 + more, k + 40 - end - 1);
}

static Fix fix_from(const DecParts *p)
{
        Fix a = fix_int(p->coef, p->negative);
        scale_ten(&a, p->exp, EXP_ARGUMENT_MAX);
        return a;
}

/* e^x for a value that was scaled; over: it is beyond EXP_ARGUMENT_MAX. */
static Dec exp_of(const Fix *x, bool over, bool negative)
{
        if (over)
                return x->negative ? dec_fit(negative, 0, DEC_EXP_MIN) : dec_make_inf(negative);
        int k;
        Fix e = fix_exp(x, &k);
        return fix_round(e, negative, k);
}

Dec dec_exp(Dec a)
{
        DecParts p = dec_decode(a);
        if (p.kind == DEC_NAN)
                return a;
        if (p.kind == DEC_INFINITE)
                return p.negative ? dec_zero() : a;
        if (p.coef == 0)
                return dec_from_i64(1);
        Fix x = fix_int(p.coef, p.negative);
        bool over = !scale_ten(&x, p.exp, EXP_ARGUMENT_MAX);
        return exp_of(&x, over, false);
}

/* Of a positive number. */
static Fix fix_log(const DecParts *p)
{
        int digits = dec_digit_count(p->coef), e = p->exp + digits - 1;
        DecParts m = { .coef = p->coef, .exp = 1 - digits };
        /* Between 0.3 and 3, so that numbers near 1 keep e = 0. */
        U128 lead = p->coef;
        for (int i = digits; i > 1; i--)
                lead /= 10;
        if (lead >= 3) {
                m.exp--;
                e++;
        }
        DecParts near = dec_decode(dec_log_near(dec_fit(false, m.coef, m.exp)));
        Fix y = fix_from(&near), minus_y = fix_neg(y);
        int k;
        Fix d = fix_exp(&minus_y, &k), value = fix_from(&m);
        d = fix_mul(&d, &value);
        scale_ten(&d, k, EXP_ARGUMENT_MAX);
        d = fix_add(d, fix_neg(fix_one));
        Fix square = fix_mul(&d, &d), cube = fix_mul(&square, &d);
        div_small(&square, 2);
        div_small(&cube, 3);
        Fix log = fix_add(fix_add(y, d), fix_add(cube, fix_neg(square)));
        Fix tens = ln10;
        mul_small(&tens, (uint64_t)(e < 0 ? -e : e));
        tens.negative = e < 0;
        return fix_add(log, tens);
}

Dec dec_log(Dec a)
{
        DecParts p = dec_decode(a);
        if (p.kind == DEC_NAN)
                return a;
        if (p.kind == DEC_FINITE && p.coef == 0)
                return dec_make_inf(true);
        if (p.negative)
                return dec_make_nan();
        if (p.kind == DEC_INFINITE)
                return a;
        if (dec_cmp(a, dec_from_i64(1)) == 0)
                return dec_zero();
        Fix log = fix_log(&p);
        return fix_round(log, log.negative, 0);
}

static bool is_odd(const DecParts *p)
{
        U128 c = p->coef;
        int e = p->exp;
        for (; e < 0 && c % 10 == 0; e++)
                c /= 10;
        return e == 0 && (c & 1);
}

/* 0, an infinity or NaN on either side, as IEEE 754 has it. */
static Dec pow_special(const DecParts *x, const DecParts *y, bool integer, bool odd)
{
        if (y->kind == DEC_FINITE && y->coef == 0)
                return x->kind == DEC_NAN ? dec_make_nan() : dec_from_i64(1);
        if (x->kind == DEC_NAN || y->kind == DEC_NAN)
                return dec_make_nan();
        if (y->kind == DEC_INFINITE) {
                int c = dec_cmp(dec_fit(false, x->coef, x->exp), dec_from_i64(1));
                if (x->kind == DEC_INFINITE)
                        c = 1;
                if (x->negative && (x->kind == DEC_INFINITE || x->coef))
                        return dec_make_nan();
                if (c == 0)
                        return dec_from_i64(1);
                return (c > 0) == !y->negative ? dec_make_inf(false) : dec_zero();
        }
        bool negative = x->negative && integer && odd;
        bool large = (x->kind == DEC_INFINITE) == !y->negative;
        if (x->kind == DEC_INFINITE && x->negative && !integer)
                return dec_make_nan();
        return large ? dec_make_inf(negative) : dec_fit(negative, 0, 0);
}

Dec dec_pow(Dec a, Dec b)
{
        DecParts x = dec_decode(a), y = dec_decode(b);
        bool integer = dec_is_integer(b), odd = integer && is_odd(&y);
        if (x.kind != DEC_FINITE || y.kind != DEC_FINITE || x.coef == 0 || y.coef == 0)
                return pow_special(&x, &y, integer, odd);
        if (x.negative && !integer)
                return dec_make_nan();
        int64_t n;
        Dec exact;
        if (dec_to_i64(b, &n) && n > -100000 && n < 100000 && dec_pow_exact(a, (uint64_t)(n < 0 ? -n : n), &exact))
                return n < 0 ? dec_div(dec_from_i64(1), exact) : exact;
        bool negative = x.negative && odd;
        x.negative = false;
        if (dec_cmp(dec_abs(a), dec_from_i64(1)) == 0)
                return dec_from_i64(negative ? -1 : 1);
        Fix log = fix_log(&x);
        /* |log| < 2^14, the coefficient < 2^113: their product fits. */
        Fix coef = fix_int(y.coef, y.negative);
        log = fix_mul(&log, &coef);
        bool over = !scale_ten(&log, y.exp, EXP_ARGUMENT_MAX);
        return exp_of(&log, over, negative);
}
