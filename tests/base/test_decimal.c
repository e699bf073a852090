/* Decimals: text forms, exact arithmetic, rounding to a scale, fen and back. */
#include "tests/test.h"

#include "base/decimal.h"
#include "base/mem.h"

static Dec dec(const char *s)
{
        Dec d = dec_zero();
        if (dec_parse(str_c(s), &d) != ST_OK)
                fail_msg("not a number: %s", s);
        return d;
}

static void assert_text(Dec d, const char *want)
{
        char buf[DEC_TEXT_MAX];
        assert_int_equal(dec_to_text(d, buf), strlen(want));
        assert_string_equal(buf, want);
}

static void text_is_plain_and_without_needless_zeros(void **state)
{
        (void)state;
        static const char *const cases[][2] = {
                { "0", "0" }, { "-0", "0" }, { "0.00", "0" }, { "1.50", "1.5" }, { "1E+3", "1000" }, { "-1e-3", "-0.001" },
                { ".5", "0.5" }, { "5.", "5" }, { "+7", "7" }, { "1234568525E-4", "123456.8525" }, { "100", "100" },
                { "0.000000001", "0.000000001" }, { "1234567890123456789012345678901234", "1234567890123456789012345678901234" },
                { "12345678901234567890123456789012345", "12345678901234567890123456789012340" },
                { "12345678901234567890123456789012335", "12345678901234567890123456789012340" },
                { "123456789012345678901234567890123450000001", "123456789012345678901234567890123500000000" },
                { "99999999999999999999999999999999995", "100000000000000000000000000000000000" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++)
                assert_text(dec(cases[i][0]), cases[i][1]);
}

static void text_that_is_no_number_is_refused(void **state)
{
        (void)state;
        static const char *const bad[] = { "", "+", "-", ".", "e5", "1e", "1e+", "1 ", " 1", "1,000", "0x10", "inf", "NaN",
                                           "1..2", "1.2.3", "--1", "1e5.0", "１", "1E+6145", "10E6144", "1e99999999999999999999" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                Dec d = dec_from_i64(42);
                assert_int_equal(dec_parse(str_c(bad[i]), &d), ST_INVALID);
                assert_text(d, "42");
        }
}

static void the_ends_of_the_range_survive_text(void **state)
{
        (void)state;
        char sci[64];
        dec_to_sci(dec("9999999999999999999999999999999999E6111"), sci);
        assert_string_equal(sci, "9.999999999999999999999999999999999E+6144");
        dec_to_sci(dec("1E6144"), sci);
        assert_string_equal(sci, "1.000000000000000000000000000000000E+6144");
        dec_to_sci(dec("1E-6176"), sci);
        assert_string_equal(sci, "1E-6176");
        dec_to_sci(dec("15E-6177"), sci);
        assert_string_equal(sci, "2E-6176");
        dec_to_sci(dec("5E-6177"), sci);
        assert_string_equal(sci, "0E-6176");
        dec_to_sci(dec("1E-99999999999999999999"), sci);
        assert_string_equal(sci, "0E-6176");
        char buf[DEC_TEXT_MAX];
        assert_int_equal(dec_to_text(dec("-1234567890123456789012345678901234E-6176"), buf), 1 + 2 + 6176);
        assert_int_equal(dec_to_text(dec("-1E6144"), buf), 1 + 6145);
        assert_text(dec_mul(dec("1E6144"), dec("10")), "Infinity");
}

static void sums_and_products_are_exact(void **state)
{
        (void)state;
        assert_text(dec_add(dec("0.1"), dec("0.2")), "0.3");
        assert_text(dec_sub(dec("1"), dec("0.9")), "0.1");
        assert_text(dec_sub(dec("0.3"), dec("0.3")), "0");
        assert_text(dec_mul(dec("1.1"), dec("1.1")), "1.21");
        assert_text(dec_mul(dec("99999999999999999"), dec("99999999999999999")), "9999999999999999800000000000000001");
        assert_text(dec_div(dec("1"), dec("3")), "0.3333333333333333333333333333333333");
        assert_text(dec_div(dec("6"), dec("3")), "2");
        assert_text(dec_div(dec("1"), dec("0")), "Infinity");
        assert_true(dec_is_nan(dec_div(dec("0"), dec("0"))));
        assert_text(dec_neg(dec("0")), "0");
        assert_text(dec_pow(dec("1.1"), dec("2")), "1.21");
        assert_text(dec_pow(dec("2"), dec("-2")), "0.25");
        assert_text(dec_sqrt(dec("16")), "4");
        assert_true(dec_is_nan(dec_sqrt(dec("-1"))));
}

static void exp_log_and_pow_are_right_to_the_last_digit(void **state)
{
        (void)state;
        /* Values to 34 digits computed with 80. */
        assert_text(dec_exp(dec("1")), "2.718281828459045235360287471352662");
        assert_text(dec_exp(dec("4")), "54.59815003314423907811026120286088");
        assert_text(dec_exp(dec("8.02909")), "3068.94765981835190183754280249811");
        assert_text(dec_exp(dec("0")), "1");
        assert_text(dec_exp(dec("1E-6176")), "1");
        assert_text(dec_exp(dec("99999999")), "Infinity");
        assert_text(dec_exp(dec("-99999999")), "0");
        assert_text(dec_exp(dec("-14300")), "0");
        assert_text(dec_log(dec("10")), "2.302585092994045684017991454684364");
        assert_text(dec_log(dec("148889880452199")), "32.63422809126868519128069360293658");
        assert_text(dec_log(dec("0.999999999999999999999999999999190")), "-0.0000000000000000000000000000008100000000000000000000000000003281");
        assert_text(dec_log(dec("1.000")), "0");
        assert_text(dec_log(dec("0")), "-Infinity");
        assert_true(dec_is_nan(dec_log(dec("-1"))));
        assert_text(dec_pow(dec("4"), dec("0.5")), "2");
        assert_text(dec_pow(dec("0.0625"), dec("0.25")), "0.5");
        assert_text(dec_pow(dec("-2"), dec("3")), "-8");
        assert_text(dec_pow(dec("-2"), dec("-3")), "-0.125");
        assert_text(dec_pow(dec("1.07"), dec("30")), "7.612255042662029206648128983778032");
        assert_text(dec_pow(dec("5"), dec("50")), "88817841970012523233890533447265620");
        assert_text(dec_pow(dec("1.0000000001"), dec("10000000000")), "2.718281828323131143949794001297229");
        assert_true(dec_is_nan(dec_pow(dec("-2"), dec("0.5"))));
        assert_text(dec_pow(dec("0"), dec("0")), "1");
        assert_text(dec_pow(dec("0"), dec("2.5")), "0");
        assert_text(dec_pow(dec("0"), dec("-1")), "Infinity");
        assert_text(dec_pow(dec("-0"), dec("-3")), "-Infinity");
        assert_text(dec_pow(dec("10"), dec("6145")), "Infinity");
        assert_text(dec_pow(dec("10"), dec("-6177")), "0");
        assert_text(dec_pow(dec("-1"), dec("1E30")), "1");
        assert_text(dec_pow(dec("-1"), dec("1234567890123456789012345678901233")), "-1");
        assert_text(dec_pow(dec("2"), dec("1E30")), "Infinity");
        assert_text(dec_pow(dec("0.5"), dec("1E30")), "0");
        Dec inf = dec_div(dec("1"), dec("0")), nan = dec_div(dec("0"), dec("0"));
        assert_text(dec_pow(dec("2"), inf), "Infinity");
        assert_text(dec_pow(dec("0.5"), inf), "0");
        assert_text(dec_pow(inf, dec("-2")), "0");
        assert_text(dec_pow(dec_neg(inf), dec("3")), "-Infinity");
        assert_true(dec_is_nan(dec_pow(nan, dec("2"))));
        assert_true(dec_is_nan(dec_pow(dec("2"), nan)));
        assert_text(dec_exp(dec_neg(inf)), "0");
        assert_true(dec_is_nan(dec_exp(nan)));
        assert_text(dec_log(inf), "Infinity");
        assert_true(dec_is_nan(dec_log(nan)));
}

static void modulo_has_the_sign_of_the_divisor(void **state)
{
        (void)state;
        static const char *const cases[][4] = {
                { "12", "5", "2", "2" }, { "-12", "5", "3", "-3" }, { "12", "-5", "-3", "-3" }, { "-12", "-5", "-2", "2" },
                { "10.1", "4.5", "1.1", "2" }, { "-10.1", "4.5", "3.4", "-3" }, { "10", "5", "0", "2" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                assert_text(dec_modulo(dec(cases[i][0]), dec(cases[i][1])), cases[i][2]);
                assert_text(dec_floor_div(dec(cases[i][0]), dec(cases[i][1])), cases[i][3]);
        }
        /* The rounded quotient would be 3. */
        assert_text(dec_floor_div(dec("8999999999999999999999999999999999"), dec("3E33")), "2");
        assert_text(dec_floor_div(dec("9"), dec("3.000000000000000000000000000000001")), "2");
}

static void rounding_modes_differ_as_they_should(void **state)
{
        (void)state;
        static const struct {
                const char *in;
                const char *out[7];     /* half even, half up, half down, up, down, ceiling, floor */
        } cases[] = {
                { "5.5", { "6", "6", "5", "6", "5", "6", "5" } },       { "2.5", { "2", "3", "2", "3", "2", "3", "2" } },
                { "1.6", { "2", "2", "2", "2", "1", "2", "1" } },       { "1.1", { "1", "1", "1", "2", "1", "2", "1" } },
                { "1.0", { "1", "1", "1", "1", "1", "1", "1" } },       { "-1.1", { "-1", "-1", "-1", "-2", "-1", "-1", "-2" } },
                { "-1.6", { "-2", "-2", "-2", "-2", "-1", "-1", "-2" } }, { "-2.5", { "-2", "-3", "-2", "-3", "-2", "-2", "-3" } },
                { "-5.5", { "-6", "-6", "-5", "-6", "-5", "-5", "-6" } }, { "1E-50", { "0", "0", "0", "1", "0", "1", "0" } },
                { "-1E-50", { "0", "0", "0", "-1", "0", "0", "-1" } },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                for (int m = DEC_HALF_EVEN; m <= DEC_FLOOR; m++) {
                        int64_t v;
                        assert_text(dec_round(dec(cases[i].in), 0, (DecRound)m), cases[i].out[m]);
                        assert_true(dec_to_scaled_round(dec(cases[i].in), 0, (DecRound)m, &v));
                        assert_text(dec_from_i64(v), cases[i].out[m]);
                }
        }
        assert_text(dec_round(dec("1234.567"), -2, DEC_HALF_UP), "1200");
        assert_text(dec_round(dec("1234.567"), 2, DEC_HALF_UP), "1234.57");
        assert_text(dec_round(dec("9999999999999999999999999999999.999"), 2, DEC_HALF_UP), "10000000000000000000000000000000");
        char buf[DEC_TEXT_MAX];
        dec_to_text_exact(dec_quantize(dec("1.5"), 2, DEC_HALF_UP), buf);
        assert_string_equal(buf, "1.50");
        assert_true(dec_is_nan(dec_quantize(dec("1E33"), 1, DEC_HALF_UP)));
}

static void scaled_integers_go_both_ways_and_refuse_what_does_not_fit(void **state)
{
        (void)state;
        int64_t v = 7;
        assert_true(dec_to_scaled(dec("123.45"), 2, &v));
        assert_int_equal(v, 12345);
        assert_false(dec_to_scaled(dec("123.456"), 2, &v));
        assert_true(dec_to_scaled(dec("92233720368547758.07"), 2, &v));
        assert_true(v == INT64_MAX);
        assert_false(dec_to_scaled(dec("92233720368547758.08"), 2, &v));
        assert_true(dec_to_scaled(dec("-92233720368547758.08"), 2, &v));
        assert_true(v == INT64_MIN);
        assert_text(dec_from_scaled(INT64_MIN, 2), "-92233720368547758.08");
        assert_false(dec_to_scaled(dec("-92233720368547758.09"), 2, &v));
        assert_false(dec_to_scaled(dec("1E6144"), 2, &v));
        assert_false(dec_to_scaled(dec_div(dec("1"), dec("0")), 2, &v));
        assert_true(dec_to_scaled(dec("0E+6000"), 2, &v));
        assert_int_equal(v, 0);
        assert_true(dec_to_scaled_round(dec("0.015"), 2, DEC_HALF_UP, &v));
        assert_int_equal(v, 2);
        assert_true(dec_to_i64(dec("5E+2"), &v));
        assert_int_equal(v, 500);
}

static void comparison_and_hash_go_by_value(void **state)
{
        (void)state;
        assert_int_equal(dec_cmp(dec("1.0"), dec("1")), 0);
        assert_int_equal(dec_cmp(dec("-0"), dec("0.000")), 0);
        assert_int_equal(dec_cmp(dec("-1"), dec("1")), -1);
        assert_int_equal(dec_cmp(dec("1E6000"), dec("2")), 1);
        assert_int_equal(dec_cmp(dec("-1E6000"), dec("2")), -1);
        assert_int_equal(dec_cmp(dec_div(dec("0"), dec("0")), dec("2")), 2);
        assert_true(dec_hash(dec("1.000")) == dec_hash(dec("1")));
        assert_true(dec_hash(dec("100")) == dec_hash(dec("1E2")));
        assert_true(dec_hash(dec("0E5")) == dec_hash(dec("-0.0")));
        assert_true(dec_hash(dec("1")) != dec_hash(dec("-1")));
        assert_true(dec_is_integer(dec("1.00")));
        assert_false(dec_is_integer(dec("1.01")));
        assert_true(dec_is_integer(dec("1E10")));
        assert_false(dec_is_negative(dec("-0")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_is_plain_and_without_needless_zeros),
                cmocka_unit_test(text_that_is_no_number_is_refused),
                cmocka_unit_test(the_ends_of_the_range_survive_text),
                cmocka_unit_test(sums_and_products_are_exact),
                cmocka_unit_test(exp_log_and_pow_are_right_to_the_last_digit),
                cmocka_unit_test(modulo_has_the_sign_of_the_divisor),
                cmocka_unit_test(rounding_modes_differ_as_they_should),
                cmocka_unit_test(scaled_integers_go_both_ways_and_refuse_what_does_not_fit),
                cmocka_unit_test(comparison_and_hash_go_by_value),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
