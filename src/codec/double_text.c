/* A decimal D * 10^p becomes m * 2^e (53-bit m, rounded half even) and is then
 * written with 15, 16 and 17 digits until one of them denotes the same double.
 * With at most 19 digits and p in -27..19 all of it fits 128-bit integers:
 * 5^27 < 2^63.  Anything else takes the C library's way in the "C" locale. */
#include "codec/double_text.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef unsigned __int128 U128;

enum { DIGITS_SURE = 15, DIGITS_MAX = 17, DIGITS_KEPT = 19, POW5_MAX = 27, EXP_CLAMP = 100000, RAW_MAX = 2000 };

static const uint64_t pow10_table[DIGITS_KEPT + 1] = {
        1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u,
        100000000000u, 1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u,
        100000000000000000u, 1000000000000000000u, 10000000000000000000u,
};
static const uint64_t pow5_table[POW5_MAX + 1] = {
        1u, 5u, 25u, 125u, 625u, 3125u, 15625u, 78125u, 390625u, 1953125u, 9765625u, 48828125u, 244140625u, 1220703125u,
        6103515625u, 30517578125u, 152587890625u, 762939453125u, 3814697265625u, 19073486328125u, 95367431640625u,
        476837158203125u, 2384185791015625u, 11920928955078125u, 59604644775390625u, 298023223876953125u,
        1490116119384765625u, 7450580596923828125u,
};

/* digits * 10^exp10, digits without trailing zeros; digits 0 is zero. */
typedef struct Decimal {
        uint64_t digits;
        int count;
        int exp10;
        bool negative;
        bool more;              /* further digits were dropped */
        bool exponent;
} Decimal;

static bool parse(Str s, Decimal *ret)
{
        Decimal d = { 0 };
        const char *p = s.ptr, *end = s.ptr + s.len;
        if (p < end && (*p == '-' || *p == '+'))
                d.negative = *p++ == '-';
        bool point = false, any = false;
        int dropped = 0, fraction = 0;
        for (; p < end; p++) {
                if (*p == '.' && !point) {
                        point = true;
                        continue;
                }
                unsigned digit = (unsigned)(unsigned char)*p - '0';
                if (digit > 9)
                        break;
                any = true;
                if (d.count < DIGITS_KEPT) {
                        d.digits = d.digits * 10 + digit;
                        d.count += d.digits != 0;
                        fraction += point;
                } else {
                        d.more |= digit != 0;
                        dropped += !point;
                }
        }
        if (!any)
                return false;
        int exponent = 0;
        if (p < end && (*p == 'e' || *p == 'E')) {
                p++;
                d.exponent = true;
                bool minus = false;
                if (p < end && (*p == '-' || *p == '+'))
                        minus = *p++ == '-';
                if (p == end)
                        return false;
                for (; p < end && *p >= '0' && *p <= '9'; p++)
                        if (exponent < EXP_CLAMP)
                                exponent = exponent * 10 + (*p - '0');
                if (minus)
                        exponent = -exponent;
        }
        if (p != end)
                return false;
        d.exp10 = exponent - fraction + dropped;
        while (d.digits && !d.more && d.digits % 10 == 0) {
                d.digits /= 10;
                d.count--;
                d.exp10++;
        }
        *ret = d;
        return true;
}

static int bit_length(U128 v)
{
        uint64_t high = (uint64_t)(v >> 64);
        return high ? 128 - __builtin_clzll(high) : (uint64_t)v ? 64 - __builtin_clzll((uint64_t)v) : 0;
}

/* The nearest double m * 2^e of d; false: outside what 128 bits do. */
static bool to_double(const Decimal *d, uint64_t *ret_m, int *ret_e)
{
        U128 v;
        int e;
        bool sticky = false;
        if (d->exp10 >= 0) {
                if (d->exp10 > DIGITS_KEPT)
                        return false;
                v = (U128)d->digits * pow10_table[d->exp10];
                e = 0;
        } else {
                if (d->exp10 < -POW5_MAX)
                        return false;
                int shift = 64 + __builtin_clzll(d->digits);
                U128 n = (U128)d->digits << shift;
                uint64_t by = pow5_table[-d->exp10];
                v = n / by;
                sticky = v * by != n;
                e = d->exp10 - shift;
        }
        int drop = bit_length(v) - 53;
        if (drop > 0) {
                U128 half = (U128)1 << (drop - 1), rest = v & ((half << 1) - 1);
                v >>= drop;
                e += drop;
                if (rest > half || (rest == half && (sticky || (v & 1))))
                        v++;
        }
        uint64_t m = (uint64_t)v;
        while (m >= (uint64_t)1 << 53) {
                m >>= 1;
                e++;
        }
        while (m < (uint64_t)1 << 52) {
                m <<= 1;
                e--;
        }
        *ret_m = m;
        *ret_e = e;
        return true;
}

/* m * 2^e with `scale` digits after the point, rounded half even: true when
 * that decimal denotes the same double. */
static bool round_trip(uint64_t m, int e, int scale, uint64_t *ret)
{
        U128 exact = (U128)m * pow5_table[scale];
        int shift = -(e + scale);
        if (shift <= 0) {
                *ret = (uint64_t)(exact << -shift);
                return true;
        }
        U128 digits = exact >> shift, rest = exact - (digits << shift), half = (U128)1 << (shift - 1);
        if (rest > half || (rest == half && (digits & 1)))
                digits++;
        U128 back = digits << shift;
        U128 off = back > exact ? back - exact : exact - back;
        U128 ulp = pow5_table[scale];
        *ret = (uint64_t)digits;
        bool narrow = m == (uint64_t)1 << 52 && back < exact;      /* doubles are denser below a power of two */
        U128 twice = off * (narrow ? 4 : 2);
        return twice < ulp || (twice == ulp && (m & 1) == 0);
}

static bool shorten(const Decimal *d, Decimal *ret)
{
        int leading = d->count + d->exp10 - 1;          /* power of ten of the first digit */
        uint64_t m;
        int e;
        if (d->more || leading > 16 || leading < DIGITS_MAX - 1 - POW5_MAX || !to_double(d, &m, &e))
                return false;
        for (int n = DIGITS_SURE; n <= DIGITS_MAX; n++) {
                int scale = n - 1 - leading;
                uint64_t digits;
                if (scale < 0 || scale > POW5_MAX || -(e + scale) > 100 || e + scale > 10)
                        return false;
                if (!round_trip(m, e, scale, &digits))
                        continue;
                *ret = (Decimal){ .digits = digits, .exp10 = -scale, .negative = d->negative };
                return true;
        }
        return false;
}

/* "1.2345e+17" as printf writes it. */
static bool from_sci(const char *text, Decimal *ret)
{
        return parse(str_c(text), ret);
}

/* Made once, kept for good. */
static locale_t plain_locale(void)
{
        static _Atomic(locale_t) plain;
        locale_t c = plain;
        if (!c) {
                locale_t none = (locale_t)0;
                c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
                if (c && !__atomic_compare_exchange_n((locale_t *)&plain, &none, c, false, __ATOMIC_SEQ_CST,
                                                      __ATOMIC_SEQ_CST)) {
                        freelocale(c);
                        c = none;
                }
        }
        return c;
}

static bool library_double(Str s, double *ret)
{
        char copy[RAW_MAX];
        locale_t c = plain_locale();
        if (!c || s.len >= sizeof(copy))
                return false;
        memcpy(copy, s.ptr, s.len);
        copy[s.len] = '\0';
        *ret = strtod_l(copy, NULL, c);
        return isfinite(*ret);
}

static bool shorten_slowly(Str s, Decimal *ret)
{
        double v;
        if (!library_double(s, &v))
                return false;
        if (v == 0) {
                *ret = (Decimal){ 0 };
                return true;
        }
        locale_t before = uselocale(plain_locale());
        char out[64];
        for (int n = 1; n <= DIGITS_MAX; n++) {
                snprintf(out, sizeof(out), "%.*e", n - 1, v);
                if (strtod(out, NULL) == v)
                        break;
        }
        uselocale(before);
        return from_sci(out, ret);
}

static size_t write_plain(const Decimal *d, char *out, DoubleText *info)
{
        char room[24];
        int count = 0;
        uint64_t rest = d->digits;
        do {
                room[sizeof(room) - 1 - (size_t)count++] = (char)('0' + rest % 10);
                rest /= 10;
        } while (rest);
        const char *digits = room + sizeof(room) - (size_t)count;
        size_t n = 0;
        if (d->negative)
                out[n++] = '-';
        int before = count + d->exp10;          /* digits before the point */
        if (before <= 0) {
                out[n++] = '0';
                out[n++] = '.';
                for (int i = before; i < 0; i++)
                        out[n++] = '0';
        }
        for (int i = 0; i < count; i++) {
                if (i == before && before > 0)
                        out[n++] = '.';
                out[n++] = digits[i];
        }
        for (int i = count; i < before; i++)
                out[n++] = '0';
        out[n] = '\0';
        info->int_digits = before > 0 ? before : 0;
        info->digits = count;
        return n;
}

static void strip_zeros(Decimal *d)
{
        while (d->digits && d->digits % 10 == 0) {
                d->digits /= 10;
                d->exp10++;
        }
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static Str strip_blanks(Str s)
{
        while (s.len && is_blank(s.ptr[0])) {
                s.ptr++;
                s.len--;
        }
        while (s.len && is_blank(s.ptr[s.len - 1]))
                s.len--;
        return s;
}

Status double_text_shortest(Str s, char out[DOUBLE_TEXT_MAX], DoubleText *ret)
{
        s = strip_blanks(s);
        Decimal d, best;
        if (!parse(s, &d))
                return ST_INVALID;
        DoubleText info = { .exponent = d.exponent };
        int leading = d.count + d.exp10 - 1;
        if (d.digits == 0) {
                best = (Decimal){ 0 };
        } else if (!d.more && d.count <= DIGITS_SURE && leading < 300 && leading > -300) {
                best = d;       /* two decimals of 15 digits never share a double */
        } else if (!shorten(&d, &best)) {
                if (!shorten_slowly(s, &best))
                        return ST_INVALID;
                best.negative = d.negative;
        }
        strip_zeros(&best);
        if (best.digits == 0)
                best = (Decimal){ 0 };
        info.restated = d.more || best.digits != d.digits || (best.digits && best.exp10 != d.exp10);
        info.len = write_plain(&best, out, &info);
        *ret = info;
        return ST_OK;
}

bool double_text_value(Str plain, double *ret)
{
        Decimal d;
        if (!parse(plain, &d))
                return false;
        int leading = d.count + d.exp10 - 1;
        return (d.digits == 0 || (!d.more && d.count <= DIGITS_SURE && leading < 300 && leading > -300)) &&
               library_double(plain, ret);
}
