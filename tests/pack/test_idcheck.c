/* Identity codes against their standards, and measures. */
#include "tests/test.h"

#include "base/date.h"
#include "pack/idcheck.h"
#include "pack/measure.h"

typedef struct Vector {
        PackCheckKind kind;
        const char *code;
        bool ok, overridable;
} Vector;

static const Vector vectors[] = {
        { PACK_CHECK_USCC, "91350100M000100Y43", true, false },
        { PACK_CHECK_USCC, "91110000802100433B", true, false },
        { PACK_CHECK_USCC, " 91110000802100433B\t", true, false },
        { PACK_CHECK_USCC, "91350100M0001TGQXM", false, true },        /* genuine, early */
        { PACK_CHECK_USCC, "91110000802100433b", false, false },
        { PACK_CHECK_USCC, "9111000080210043B", false, false },
        { PACK_CHECK_USCC, "91110000802100433I", false, false },
        { PACK_CHECK_USCC, "911100O0802100433B", false, false },
        { PACK_CHECK_USCC, "", false, false },
        { PACK_CHECK_ORG, "80210043-3", true, false },
        { PACK_CHECK_ORG, "802100433", true, false },
        { PACK_CHECK_ORG, "802100434", false, true },
        { PACK_CHECK_ORG, "8021004", false, false },
        { PACK_CHECK_PERSON, "11010519491231002X", true, false },
        { PACK_CHECK_PERSON, "11010519491231002x", false, false },
        { PACK_CHECK_PERSON, "110105194912310021", false, false },
        { PACK_CHECK_PERSON, "11010519490231002X", false, false },     /* 31 February */
        { PACK_CHECK_PERSON, "99010519491231002X", false, false },
        { PACK_CHECK_PERSON, "110105491231002", false, false },
        { PACK_CHECK_PATENT, "201710601862.3", true, false },
        { PACK_CHECK_PATENT, "ZL201710601862.3", true, false },
        { PACK_CHECK_PATENT, "CN2017106018623", true, false },
        { PACK_CHECK_PATENT, "200310102344.5", true, false },
        { PACK_CHECK_PATENT, "95115608.X", true, false },
        { PACK_CHECK_PATENT, "95115608.1", false, false },
        { PACK_CHECK_PATENT, "201770601862.3", false, false },         /* kind 7 */
        { PACK_CHECK_PATENT, "299910601862.3", false, false },
        { PACK_CHECK_PATENT, "04115608.X", false, false },             /* eight digits after 2003 */
        { PACK_CHECK_PHONE, "13800138000", true, false },
        { PACK_CHECK_PHONE, "+86 138 0013 8000", true, false },
        { PACK_CHECK_PHONE, "010-62288888", true, false },
        { PACK_CHECK_PHONE, "(0731)82688888", true, false },
        { PACK_CHECK_PHONE, "0731-82688888-8012", true, false },
        { PACK_CHECK_PHONE, "400-800-1234", true, false },
        { PACK_CHECK_PHONE, "12800138000", false, false },
        { PACK_CHECK_PHONE, "62288888", false, false },
        { PACK_CHECK_PHONE, "1380013800x", false, false },
        { PACK_CHECK_EMAIL, "kjj@yunchuan.gov.cn", true, false },
        { PACK_CHECK_EMAIL, "a.b+c@x-y.com", true, false },
        { PACK_CHECK_EMAIL, "a..b@x.com", false, false },
        { PACK_CHECK_EMAIL, ".a@x.com", false, false },
        { PACK_CHECK_EMAIL, "a@localhost", false, false },
        { PACK_CHECK_EMAIL, "a@@x.com", false, false },
        { PACK_CHECK_EMAIL, "a@-x.com", false, false },
        { PACK_CHECK_EMAIL, "no at sign", false, false },
        { PACK_CHECK_POSTCODE, "410000", true, false },
        { PACK_CHECK_POSTCODE, "910000", false, false },
        { PACK_CHECK_POSTCODE, "41000", false, false },
        { PACK_CHECK_STOCK, "000001", true, false },
        { PACK_CHECK_STOCK, "1", false, false },
        { PACK_CHECK_NONE, "anything", true, false },
};

static void codes_are_judged_by_their_standard(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
                IdVerdict v;
                id_check(vectors[i].kind, str_c(vectors[i].code), &v);
                if (v.ok != vectors[i].ok || v.overridable != vectors[i].overridable)
                        fail_msg("%s %s: ok %d overridable %d (%s)", id_kind_name(vectors[i].kind), vectors[i].code,
                                 v.ok, v.overridable, v.en);
                assert_int_equal(v.ok, v.zh[0] == '\0');
                assert_int_equal(v.ok, v.en[0] == '\0');
        }
}

/* Every single wrong character and every swapped pair of a good code is found. */
static void one_slip_in_a_credit_code_is_found(void **state)
{
        (void)state;
        static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        static const char good[] = "91350100M000100Y43";
        IdVerdict v;
        for (size_t i = 0; i < 18; i++) {
                char code[19];
                memcpy(code, good, sizeof(code));
                for (const char *c = alphabet; *c; c++) {
                        code[i] = *c;
                        id_check(PACK_CHECK_USCC, str_c(code), &v);
                        assert_int_equal(v.ok, *c == good[i]);
                }
                memcpy(code, good, sizeof(code));
                if (i < 17 && good[i] != good[i + 1]) {
                        code[i] = good[i + 1];
                        code[i + 1] = good[i];
                        id_check(PACK_CHECK_USCC, str_c(code), &v);
                        assert_false(v.ok);
                }
        }
}

static void the_shared_vectors_agree(void **state)
{
        (void)state;
        NEED_SHARED_DATA(dir);
        char path[4096], line[512];
        snprintf(path, sizeof(path), "%s/data/conformance/uscc/uscc_vectors.csv", dir);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        size_t seen = 0;
        assert_non_null(fgets(line, sizeof(line), f));
        while (fgets(line, sizeof(line), f)) {
                Str row = str_trim(str_c(line)), rest, own = STR_NONE;
                Str code = str_cut(row, ',', &rest);
                /* The note may hold commas; the verdicts are the last three cells. */
                size_t commas = 0;
                for (size_t i = row.len; i-- > 0 && commas < 3;)
                        if (row.ptr[i] == ',' && ++commas == 3)
                                own = str_cut(str_n(row.ptr + i + 1, row.len - i - 1), ',', &rest);
                IdVerdict v;
                id_check(PACK_CHECK_USCC, code, &v);
                if (v.ok != str_eq_c(own, "True"))
                        fail_msg("%.*s: %s", STR_FMT(row), v.en);
                seen++;
        }
        fclose(f);
        assert_int_equal(seen, 394);
}

static void canonical_forms(void **state)
{
        (void)state;
        char out[ID_TEXT_MAX];
        assert_int_equal(id_canonical(PACK_CHECK_PATENT, STR(" zl2017106018623 "), out), 14);
        assert_string_equal(out, "201710601862.3");
        assert_int_equal(id_canonical(PACK_CHECK_USCC, STR("9135 0100 m000100y43"), out), 18);
        assert_string_equal(out, "91350100M000100Y43");
        assert_int_equal(id_canonical(PACK_CHECK_ORG, STR("80210043-3"), out), 9);
        assert_string_equal(out, "802100433");
        char longer[200];
        memset(longer, '1', sizeof(longer));
        assert_int_equal(id_canonical(PACK_CHECK_USCC, str_n(longer, sizeof(longer)), out), 0);
}

static void identifiers_find_their_scheme(void **state)
{
        (void)state;
        PackCheckKind schemes[] = { PACK_CHECK_USCC, PACK_CHECK_STOCK };
        PackField field = { .schemes = schemes, .scheme_count = 2 };
        char out[ID_TEXT_MAX];
        IdVerdict v;
        assert_ok(id_identifier(&field, STR("91350100M000100Y43"), out, &v));
        assert_string_equal(out, "91350100M000100Y43");
        assert_ok(id_identifier(&field, STR("uscc:91350100M000100Y43"), out, &v));
        assert_string_equal(out, "91350100M000100Y43");
        assert_ok(id_identifier(&field, STR("000001"), out, &v));
        assert_string_equal(out, "stock:000001");
        assert_ok(id_identifier(&field, STR("stock:000001"), out, &v));
        assert_string_equal(out, "stock:000001");
        /* An early genuine code: not right, but kept when someone explains it. */
        assert_int_equal(id_identifier(&field, STR("91350100M0001TGQXM"), out, &v), ST_INVALID);
        assert_true(v.overridable);
        assert_string_equal(out, "91350100M0001TGQXM");
        assert_int_equal(id_identifier(&field, STR("12345"), out, &v), ST_INVALID);
        assert_false(v.overridable);
        assert_string_equal(v.en, "must have 18 characters");
        assert_int_equal(id_identifier(&field, STR("person:11010519491231002X"), out, &v), ST_INVALID);
        assert_int_equal(id_identifier(&field, STR("stock:0001"), out, &v), ST_INVALID);
        assert_string_equal(v.en, "must be 6 digits");
        assert_int_equal(id_identifier(&field, STR(""), out, &v), ST_INVALID);
}

static void measures_convert(void **state)
{
        (void)state;
        static const struct { const char *from, *to, *factor; } pairs[] = {
                { "万元", "元", "10000" }, { "元", "万元", "0.0001" }, { "亿元", "万元", "10000" }, { "千元", "元", "1000" },
                { "人", "人", "1" }, { "万人", "人", "10000" }, { "%", "", "0.01" }, { "", "%", "100" }, { "‰", "%", "0.1" },
                { "分", "元", "0.01" }, { "件/万人", "件/万人", "1" }, { "万亿元", "亿元", "10000" }, { "圆", "元", "1" },
        };
        char text[DEC_TEXT_MAX];
        Dec d;
        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
                assert_ok(measure_factor(str_c(pairs[i].from), str_c(pairs[i].to), &d));
                dec_to_text(d, text);
                assert_string_equal(text, pairs[i].factor);
        }
        assert_int_equal(measure_factor(STR("人"), STR("元"), &d), ST_INVALID);
        static const struct { const char *text, *to, *value; } amounts[] = {
                { "500万元", "元", "5000000" }, { "2%", "", "0.02" }, { "2%", "%", "2" }, { "1,200.5", "元", "1200.5" },
                { "1,234,567", "元", "1234567" }, { "3000万", "", "30000000" }, { "-5", "元", "-5" }, { "10 亿元", "元",
                                                                                                    "1000000000" },
        };
        for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
                assert_ok(measure_amount(str_c(amounts[i].text), str_c(amounts[i].to), &d));
                dec_to_text(d, text);
                assert_string_equal(text, amounts[i].value);
        }
        static const char *const bad[] = { "", "万元", "12,00", "1,2345", ",123", "0.1,234", "1..2", "5人" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(measure_amount(str_c(bad[i]), STR("元"), &d), ST_INVALID);
}

static int fix_clock(void **state)
{
        (void)state;
        static const Instant fixed = { 1704067200, 0 };         /* 2024-01-01 */
        clock_fix(&fixed);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(codes_are_judged_by_their_standard),
                cmocka_unit_test(one_slip_in_a_credit_code_is_found),
                cmocka_unit_test(the_shared_vectors_agree),
                cmocka_unit_test(canonical_forms),
                cmocka_unit_test(identifiers_find_their_scheme),
                cmocka_unit_test(measures_convert),
        };
        return cmocka_run_group_tests_name("idcheck", tests, fix_clock, NULL);
}
