/* The shortest decimal of a double, against the C library. */
#include "tests/test.h"

#include "base/mem.h"
#include "codec/double_text.h"

static void expect(const char *in, const char *out, int int_digits, int digits, bool restated)
{
        char text[DOUBLE_TEXT_MAX];
        DoubleText d;
        assert_ok(double_text_shortest(str_c(in), text, &d));
        assert_string_equal(text, out);
        assert_int_equal(d.len, strlen(out));
        assert_int_equal(d.int_digits, int_digits);
        assert_int_equal(d.digits, digits);
        assert_int_equal(d.restated, restated);
}

static void test_known(void **state)
{
        (void)state;
        expect("0", "0", 1, 1, false);
        expect("-0.00", "0", 1, 1, false);
        expect("12.50", "12.5", 2, 3, false);
        expect("1E+3", "1000", 4, 1, false);
        expect(" 7 ", "7", 1, 1, false);
        expect(".5", "0.5", 0, 1, false);
        expect("5.", "5", 1, 1, false);
        expect("0.1", "0.1", 0, 1, false);
        expect("0.30000000000000004", "0.30000000000000004", 0, 17, false);
        expect("0.29999999999999999", "0.3", 0, 1, true);
        expect("5.1032219900100998E+17", "510322199001010000", 18, 14, true);
        expect("510322199001010000", "510322199001010000", 18, 14, false);
        expect("510322199001011234", "510322199001011260", 18, 17, true);
        expect("9007199254740993", "9007199254740992", 16, 16, true);
        expect("-1.0000000000000001E-5", "-0.00001", 0, 1, true);
        expect("1.0000000000000000818030539140313095458623138256371021270751953125E-5", "0.00001", 0, 1, true);
        expect("99999999999999999999999", "100000000000000000000000", 24, 1, true);
        expect("1e-400", "0", 1, 1, true);
        char tiny[DOUBLE_TEXT_MAX];
        DoubleText t;
        assert_ok(double_text_shortest(STR("4.9406564584124654e-324"), tiny, &t));
        assert_int_equal(strlen(tiny), 2 + 324);
        assert_int_equal(strspn(tiny, "0."), 2 + 323);
        assert_string_equal(tiny + 2 + 323, "5");
        const char *bad[] = { "", "-", ".", "1e", "1e+", "abc", "1,000", "INF", "NaN", "0x10", "1e400", "1 2", "1.2.3", "--1" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                char text[DOUBLE_TEXT_MAX];
                DoubleText d;
                assert_int_equal(double_text_shortest(str_c(bad[i]), text, &d), ST_INVALID);
        }
        double v;
        assert_true(double_text_value(STR("123456789012345"), &v));
        assert_true(double_text_value(STR("0.123456789012345"), &v));
        assert_true(double_text_value(STR("510322199001010000"), &v));
        assert_false(double_text_value(STR("1234567890123456"), &v));
        assert_false(double_text_value(STR("510322199001011234"), &v));
}

static uint64_t seed = 88172645463325252u;
static uint64_t next_random(void)
{
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        return seed;
}

/* What %.{15,16,17}g gives first that reads back the same. */
static void check(double v)
{
        char in[64], text[DOUBLE_TEXT_MAX], shortest[64];
        DoubleText d;
        for (int n = 1; n <= 17; n++) {
                snprintf(shortest, sizeof(shortest), "%.*g", n, v);
                if (strtod(shortest, NULL) == v)
                        break;
        }
        for (int n = 16; n <= 21; n++) {
                snprintf(in, sizeof(in), "%.*g", n, v);
                double meant = strtod(in, NULL);
                assert_ok(double_text_shortest(str_c(in), text, &d));
                assert_true(strtod(text, NULL) == meant);
                if (meant != v)
                        continue;
                char again[64];
                int digits = d.digits;
                snprintf(again, sizeof(again), "%.*g", digits, v);
                assert_true(strlen(text) == d.len);
                /* The same digits as the C library's shortest. */
                assert_string_equal(again, shortest);
        }
}

static void test_random(void **state)
{
        (void)state;
        int rounds = getenv("KECHUANG_TEST_QUICK") ? 2000 : 12000;
        for (int i = 0; i < rounds; i++) {
                double v;
                switch (i % 4) {
                case 0: v = (double)(next_random() >> 11) / 9007199254740992.0 * 1e6; break;
                case 1: v = (double)(int64_t)(next_random() % 1000000000) / 100.0 * 1.1; break;
                case 2: v = (double)(next_random() % 100000) / 7.0e5; break;
                default: {
                        uint64_t bits = next_random();
                        memcpy(&v, &bits, sizeof(v));
                        if (v != v || v - v != 0)
                                continue;
                }
                }
                check(v);
        }
        for (int e = -60; e <= 60; e++) {       /* powers of two: the uneven spacing */
                double v = __builtin_ldexp(1.0, e);
                check(v);
                check(v * (1 - 0x1p-53));
                check(v * (1 + 0x1p-52));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_known), cmocka_unit_test(test_random) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
