/* What must hold for any decimal: texts come back, results agree with integer
 * arithmetic, and a scaled integer that does not fit is refused.  The numbers come
 * from a fixed sequence, so a failure repeats. */
#include "tests/test.h"

#include "base/decimal.h"
#include "base/mem.h"

__extension__ typedef __int128 Wide;

enum { ROUNDS = 20000 };

static uint64_t seed;

static uint64_t next(void)
{
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        return seed;
}

/* Of any magnitude, short ones as likely as long ones. */
static int64_t any_int(void)
{
        return (int64_t)next() >> (next() % 64);
}

/* Of any length up to 36 digits, with a point and an exponent anywhere. */
static Dec any_decimal(void)
{
        char text[64];
        size_t digits = 1 + next() % 36, n = 0, point = next() % (digits + 1);
        if (next() % 2)
                text[n++] = '-';
        for (size_t i = 0; i < digits; i++) {
                if (i == point)
                        text[n++] = '.';
                text[n++] = next() % 3 ? (char)('0' + next() % 10) : '0';
        }
        int exponents = next() % 4 ? 40 : 12300;
        n += (size_t)snprintf(text + n, sizeof(text) - n, "e%d", (int)(next() % (unsigned)exponents) - exponents / 2);
        Dec d = dec_zero();
        if (dec_parse(str_n(text, n), &d) != ST_OK)
                return dec_from_i64(any_int());         /* past the largest number */
        return d;
}

static void texts_come_back(void **state)
{
        (void)state;
        seed = 88172645463325252u;
        for (int i = 0; i < ROUNDS; i++) {
                static char text[DEC_TEXT_MAX];
                char sci[64], again[64];
                Dec d = any_decimal(), back;
                dec_to_sci(d, sci);
                assert_ok(dec_parse(str_n(text, dec_to_text(d, text)), &back));
                if (!dec_eq(d, back))
                        fail_msg("plain text of %s", sci);
                if (strspn(text, "-0123456789.") != strlen(text) || (strchr(text, '.') && text[strlen(text) - 1] == '0'))
                        fail_msg("form of the plain text of %s", sci);
                assert_ok(dec_parse(str_n(text, dec_to_text_exact(d, text)), &back));
                if (!dec_eq(d, back))
                        fail_msg("exact text of %s", sci);
                assert_ok(dec_parse(str_c(sci), &back));
                dec_to_sci(back, again);
                assert_string_equal(sci, again);        /* digits and exponent, not only the value */
                if (dec_hash(d) != dec_hash(dec_normalize(d)))
                        fail_msg("hash of %s", sci);
        }
}

static void arithmetic_agrees_with_integers(void **state)
{
        (void)state;
        seed = 1181783497276652981u;
        for (int i = 0; i < ROUNDS; i++) {
                int64_t a = any_int() / 4, b = any_int() / 4;
                int scale_a = (int)(next() % 8), scale_b = (int)(next() % 8);
                Dec x = dec_from_scaled(a, scale_a), y = dec_from_scaled(b, scale_b);
                /* Both over 10^7. */
                Wide u = a, v = b;
                for (int k = scale_a; k < 7; k++)
                        u *= 10;
                for (int k = scale_b; k < 7; k++)
                        v *= 10;
                Wide sum = u + v, difference = u - v;
                int64_t got;
                bool fits = sum >= INT64_MIN && sum <= INT64_MAX;
                assert_true(dec_to_scaled(dec_add(x, y), 7, &got) == fits);
                if (fits)
                        assert_true(got == (int64_t)sum);
                fits = difference >= INT64_MIN && difference <= INT64_MAX;
                assert_true(dec_to_scaled(dec_sub(x, y), 7, &got) == fits);
                if (fits)
                        assert_true(got == (int64_t)difference);
                assert_int_equal(dec_cmp(x, y), (u > v) - (u < v));
                assert_true(dec_eq(x, y) == (u == v));
                if (u == v)
                        assert_true(dec_hash(x) == dec_hash(y));
                /* A product of int32 is exact; so is its quotient back. */
                int32_t p = (int32_t)a, q = (int32_t)b;
                Dec product = dec_mul(dec_from_scaled(p, scale_a), dec_from_scaled(q, scale_b));
                assert_true(dec_to_scaled(product, scale_a + scale_b, &got) && got == (int64_t)p * q);
                if (q != 0)
                        assert_true(dec_eq(dec_div(product, dec_from_scaled(q, scale_b)), dec_from_scaled(p, scale_a)));
                if (q != 0) {
                        int64_t quotient = p / q - (p % q != 0 && (p < 0) != (q < 0)), rest = p - quotient * (int64_t)q;
                        assert_true(dec_eq(dec_floor_div(dec_from_i64(p), dec_from_i64(q)), dec_from_i64(quotient)));
                        assert_true(dec_eq(dec_modulo(dec_from_i64(p), dec_from_i64(q)), dec_from_i64(rest)));
                }
        }
}

static void sums_can_be_taken_back(void **state)
{
        (void)state;
        seed = 2463534242u;
        for (int i = 0; i < ROUNDS; i++) {
                Dec a = any_decimal(), b = any_decimal();
                assert_true(dec_eq(dec_add(a, b), dec_add(b, a)));
                assert_true(dec_eq(dec_mul(a, b), dec_mul(b, a)));
                assert_true(dec_eq(dec_sub(a, b), dec_neg(dec_sub(b, a))));
                Dec x = dec_from_scaled(any_int(), (int)(next() % 10)), y = dec_from_scaled(any_int(), (int)(next() % 10));
                assert_true(dec_eq(dec_sub(dec_add(x, y), y), x));
                int c = dec_cmp(a, b);
                assert_int_equal(dec_cmp(b, a), -c);
                Dec sign = dec_sub(a, b);
                if (dec_is_finite(sign))
                        assert_true(c == (dec_is_zero(sign) ? 0 : dec_is_negative(sign) ? -1 : 1));
        }
}

/* Rounded n / 10^drop, by the definition of the mode. */
static Wide rounded(int64_t n, int drop, DecRound mode)
{
        Wide unit = 1;
        for (int i = 0; i < drop; i++)
                unit *= 10;
        Wide q = n / unit, r = n % unit, twice = (r < 0 ? -r : r) * 2, away = n < 0 ? -1 : 1;
        if (r == 0)
                return q;
        switch (mode) {
        case DEC_HALF_EVEN: return twice > unit || (twice == unit && q % 2 != 0) ? q + away : q;
        case DEC_HALF_UP: return twice >= unit ? q + away : q;
        case DEC_HALF_DOWN: return twice > unit ? q + away : q;
        case DEC_UP: return q + away;
        case DEC_DOWN: return q;
        case DEC_CEILING: return n > 0 ? q + 1 : q;
        case DEC_FLOOR: return n < 0 ? q - 1 : q;
        }
        return 0;
}

static void rounding_agrees_with_integers(void **state)
{
        (void)state;
        seed = 362436069u;
        for (int i = 0; i < ROUNDS; i++) {
                int64_t n = next() % 4 ? any_int() : any_int() / 1000 * 1000 + (int64_t)(next() % 3) * 500;
                int scale = (int)(next() % 12), to = (int)(next() % 12) - 3, drop = scale - to;
                for (int mode = DEC_HALF_EVEN; mode <= DEC_FLOOR; mode++) {
                        Dec d = dec_from_scaled(n, scale), r = dec_round(d, to, (DecRound)mode);
                        int64_t got;
                        if (drop <= 0) {
                                assert_true(dec_eq(r, d));
                                continue;
                        }
                        Wide want = rounded(n, drop, (DecRound)mode);
                        assert_true(dec_to_scaled(r, to, &got) && got == (int64_t)want);
                        assert_true(dec_to_scaled_round(d, to, (DecRound)mode, &got) && got == (int64_t)want);
                        assert_true(dec_to_scaled(dec_quantize(d, to, (DecRound)mode), to, &got) && got == (int64_t)want);
                }
        }
}

static void what_does_not_fit_is_refused_at_the_very_edge(void **state)
{
        (void)state;
        seed = 521288629u;
        for (int scale = 0; scale <= 18; scale++) {
                Dec max = dec_from_scaled(INT64_MAX, scale), min = dec_from_scaled(INT64_MIN, scale), unit = dec_from_scaled(1, scale);
                Dec tenth = dec_from_scaled(1, scale + 1);
                int64_t got = 42;
                assert_true(dec_to_scaled(max, scale, &got) && got == INT64_MAX);
                assert_true(dec_to_scaled(min, scale, &got) && got == INT64_MIN);
                got = 42;
                assert_false(dec_to_scaled(dec_add(max, unit), scale, &got));
                assert_false(dec_to_scaled(dec_sub(min, unit), scale, &got));
                assert_false(dec_to_scaled(dec_add(max, tenth), scale, &got));
                assert_false(dec_to_scaled_round(dec_add(max, unit), scale, DEC_DOWN, &got));
                assert_false(dec_to_scaled_round(dec_add(max, tenth), scale, DEC_UP, &got));
                assert_false(dec_to_scaled_round(dec_sub(min, tenth), scale, DEC_FLOOR, &got));
                assert_int_equal(got, 42);
                assert_true(dec_to_scaled_round(dec_add(max, tenth), scale, DEC_HALF_UP, &got) && got == INT64_MAX);
                assert_true(dec_to_scaled_round(dec_sub(min, tenth), scale, DEC_CEILING, &got) && got == INT64_MIN);
        }
        for (int i = 0; i < ROUNDS; i++) {
                Dec d = any_decimal();
                int scale = (int)(next() % 60) - 30;
                int64_t got;
                if (dec_to_scaled(d, scale, &got))
                        assert_true(dec_eq(dec_from_scaled(got, scale), d));
                else if (dec_to_scaled_round(d, scale, DEC_DOWN, &got))
                        assert_false(dec_eq(dec_from_scaled(got, scale), d));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(texts_come_back),
                cmocka_unit_test(arithmetic_agrees_with_integers),
                cmocka_unit_test(sums_can_be_taken_back),
                cmocka_unit_test(rounding_agrees_with_integers),
                cmocka_unit_test(what_does_not_fit_is_refused_at_the_very_edge),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
