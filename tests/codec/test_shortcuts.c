/* What is written plainly takes a short way through the readers of numbers, days, texts and encodings.  Each short way
 * must answer as the long one does, on texts put together from the pieces that cells are made of, whole and broken. */
#include "tests/codec/text_test.h"

#include "base/utf8.h"
#include "codec/encoding.h"
#include "codec/numtext.h"
#include "codec/text_norm.h"

enum { ROUNDS = 200000, TEXT_MAX = 96 };

static uint64_t seed = 20240917;

static uint32_t draw(uint32_t below)
{
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        return (uint32_t)(seed >> 33) % below;
}

static const char *const pieces[] = {
        "0", "1", "2", "9", "12", "2023", "1899", "2999", "3000", "0630", "31", "02", "29", ".", "-", "/", ",", "+", " ",
        "00", "000", "12345678901234567", "e", "E", "E+", "Ｅ", "ｅ", "　", "\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF", "\t",
        "５", "．", "－", "（", "）", "(", ")", "万", "元", "%", "年", "月", "日", "企业", "科技有限公司", "𠮷", "é", "A", "z", "~",
        "\x7F", "\xEF", "\xEF\xBC", "\xE4", "\xE4\xBD", "\x80", "\xC0", "\xFF", "\xED\xA0\x80", "\xD1", "\x01", "|",
};

/* A few pieces; often only those that figures and days are made of. */
static Str make(char *out)
{
        size_t n = 0, count = 1 + draw(8), kinds = draw(3) ? 20 : ARRAY_LEN(pieces);
        for (size_t i = 0; i < count; i++) {
                Str p = str_c(pieces[draw((uint32_t)kinds)]);
                if (n + p.len > TEXT_MAX - 8)
                        break;
                memcpy(out + n, p.ptr, p.len);
                n += p.len;
        }
        return str_n(out, n);
}

static void plain_numbers_are_the_same(void **state)
{
        (void)state;
        size_t taken = 0;
        for (int i = 0; i < ROUNDS; i++) {
                char text[TEXT_MAX];
                Str s = make(text);
                int scale = (int)draw(9);
                int64_t got, want;
                NumText n;
                if (!numtext_plain(s, scale, &got))
                        continue;
                taken++;
                assert_ok(numtext_parse(s, 0, &n, NULL));
                assert_false(n.unit.present);
                assert_true(dec_to_scaled(n.value, scale, &want));
                if (got != want)
                        print_error("%.*s at %d\n", STR_FMT(s), scale);
                assert_int_equal(got, want);
        }
        assert_true(taken > ROUNDS / 20);
}

static void plain_numbers_have_edges(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                int scale;
                bool taken;
                int64_t value;
        } cases[] = {
                { "0", 0, true, 0 },
                { "-0", 2, true, 0 },
                { "12.50", 1, true, 125 },
                { "12.55", 1, false, 0 },       /* rounding and its note are the long way's */
                { "-1234.5", 2, true, -123450 },
                { "999999999999999999", 0, true, 999999999999999999 },
                { "9999999999999999999", 0, false, 0 },
                { "99999999999999999", 2, false, 0 },
                { ".5", 1, false, 0 },
                { "5.", 1, false, 0 },
                { "1.2.3", 1, false, 0 },
                { "+5", 0, false, 0 },
                { "-", 0, false, 0 },
                { "", 0, false, 0 },
                { "1,000", 0, false, 0 },
                { "1e3", 0, false, 0 },
                { "007", 0, true, 7 },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                int64_t v = -1;
                assert_int_equal(numtext_plain(str_c(cases[i].text), cases[i].scale, &v), cases[i].taken);
                if (cases[i].taken)
                        assert_int_equal(v, cases[i].value);
        }
}

/* A zero-width space in front sends the same text the long way. */
static void plain_days_are_the_same(void **state)
{
        (void)state;
        size_t days = 0;
        for (int i = 0; i < ROUNDS; i++) {
                char text[TEXT_MAX + 8] = "\xE2\x80\x8B";
                Str s;
                if (draw(2)) {
                        const char *mark = draw(2) ? "-" : draw(2) ? "/" : ".";
                        int n = snprintf(text + 3, TEXT_MAX, "%04u%s%02u%s%02u", 1895 + draw(1200), mark, draw(14), mark, draw(33));
                        s = str_n(text + 3, (size_t)n);
                } else {
                        s = make(text + 3);
                }
                DateText a = { 0 }, b = { 0 };
                NumTextWhy why_a = NUMTEXT_OK, why_b = NUMTEXT_OK;
                Status short_way = datetext_parse(s, &a, &why_a), long_way = datetext_parse(str_n(text, s.len + 3), &b, &why_b);
                if (short_way != long_way || why_a != why_b)
                        print_error("%.*s\n", STR_FMT(s));
                assert_int_equal(short_way, long_way);
                assert_int_equal(why_a, why_b);
                days += short_way == ST_OK && a.kind == DATETEXT_DAY;
                assert_true(date_cmp(a.date, b.date) == 0 && a.kind == b.kind && a.has_time == b.has_time &&
                            a.has_zone == b.has_zone && a.hour == b.hour && a.minute == b.minute);
        }
        assert_true(days > ROUNDS / 10);
}

/* Blanks around it send a text the long way. */
static void trimming_is_the_same(void **state)
{
        (void)state;
        for (int i = 0; i < ROUNDS; i++) {
                char text[TEXT_MAX + 8] = " ";
                Str s = make(text + 1), got = str_trim(s);
                text[1 + s.len] = ' ';
                Str want = str_trim(str_n(text, s.len + 2));
                assert_true(str_eq(got, want));
                assert_true(!got.len || got.ptr == want.ptr);
        }
}

static void utf8_is_judged_the_same(void **state)
{
        (void)state;
        for (int i = 0; i < ROUNDS; i++) {
                char text[TEXT_MAX];
                Str s = make(text);
                size_t bad = s.len;
                for (size_t pos = 0; pos < s.len;) {
                        size_t at = pos;
                        if (utf8_next(s, &pos) == UTF8_BAD) {
                                bad = at;
                                break;
                        }
                }
                assert_int_equal(utf8_bad_at(s), bad);
        }
}

/* Plain texts stay as they are: one with a blank goes the long way, and without its blank is the same. */
static void normal_forms_are_the_same(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        for (int i = 0; i < ROUNDS / 4; i++) {
                char text[TEXT_MAX + 8] = " ";
                Str s = make(text + 1);
                unsigned how = NORM_NFC | NORM_WIDTH | NORM_NO_BLANKS | (draw(2) ? NORM_LOWER : 0);
                ArenaMark mark = arena_mark(a);
                NormText short_way, long_way;
                Status st = text_norm(a, s, how, &short_way);
                assert_int_equal(st, text_norm(a, str_n(text, s.len + 1), how, &long_way));
                if (st == ST_OK) {
                        assert_true(str_eq(short_way.text, long_way.text));
                        assert_int_equal(short_way.changed, !str_eq(short_way.text, s));
                }
                arena_rewind(a, mark);
        }
}

static bool scientific_by_hand(Str s)
{
        size_t i = 0, digits = 0, points = 0, tail = 0;
        bool sign = false;
        if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
                i++;
        for (; i < s.len && ((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] == '.' && !points)); i++)
                if (s.ptr[i] == '.')
                        points++;
                else
                        digits++;
        if (!digits || i >= s.len || (s.ptr[i] | 32) != 'e')
                return false;
        i++;
        if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+')) {
                sign = true;
                i++;
        }
        for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
                tail++;
        return (points || sign) && tail >= 1 && tail <= 3 && i == s.len;
}

static void scientific_is_told_the_same(void **state)
{
        (void)state;
        static const char letters[] = "0123456789.eE+-x";
        size_t told = 0;
        for (int i = 0; i < ROUNDS; i++) {
                char text[24], wide[80];
                size_t n = 1 + draw(12), w = 0;
                for (size_t k = 0; k < n; k++)
                        text[k] = k == n / 2 && draw(2) ? "eE"[draw(2)] : letters[draw(draw(2) ? 10 : 16)];
                Str s = str_n(text, n);
                bool want = scientific_by_hand(s);
                told += want;
                assert_int_equal(numtext_is_scientific(s), want);
                for (size_t k = 0; k < n; k++)          /* full-width, and the e on every place of a word */
                        w += utf8_put(wide + w, draw(3) ? (uint32_t)(unsigned char)text[k] : (uint32_t)(unsigned char)text[k] + 0xFEE0);
                assert_int_equal(numtext_is_scientific(str_n(wide, w)), want);
        }
        assert_true(told > ROUNDS / 100);
}

/* One byte at a time no short way is open. */
static void encodings_are_told_the_same(void **state)
{
        (void)state;
        for (int i = 0; i < ROUNDS / 100; i++) {
                char text[4096];
                size_t n = 0, goal = 64 + draw(3800), kinds = draw(2) ? 54 : ARRAY_LEN(pieces);
                bool broken = draw(3) == 0;
                while (n < goal) {
                        bool odd = broken && draw(200) == 0;
                        Str p = str_c(pieces[draw((uint32_t)(odd ? ARRAY_LEN(pieces) : kinds))]);
                        if (draw(3) == 0)
                                p = STR("科技企业");
                        memcpy(text + n, p.ptr, p.len);
                        n += p.len;
                }
                _cleanup_diag_ Diag whole = DIAG_INIT(LANG_EN), single = DIAG_INIT(LANG_EN);
                TextEncoding a = 0, b = 0;
                Status st = encoding_detect(str_n(text, n), "f", &whole, &a);
                EncodingScan *s = encoding_scan_new();
                assert_non_null(s);
                for (size_t k = 0; k < n; k++)
                        encoding_scan_add(s, str_n(text + k, 1));
                assert_int_equal(encoding_scan_end(s, "f", &single, &b), st);
                encoding_scan_free(s);
                assert_int_equal(a, b);
                assert_int_equal(whole.count, single.count);
                if (whole.count)
                        assert_string_equal(whole.msgs[0].text, single.msgs[0].text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain_numbers_are_the_same), cmocka_unit_test(plain_numbers_have_edges),
                cmocka_unit_test(plain_days_are_the_same),    cmocka_unit_test(trimming_is_the_same),
                cmocka_unit_test(utf8_is_judged_the_same),    cmocka_unit_test(normal_forms_are_the_same),
                cmocka_unit_test(scientific_is_told_the_same), cmocka_unit_test(encodings_are_told_the_same),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
