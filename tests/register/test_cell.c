/* Plain digits take a short way from a cell to a value: it must answer as the long one does, for every measure of a
 * header, scale and bound, value and words alike. */
#include "tests/test.h"

#include "base/mem.h"
#include "register/import_int.h"

enum { ROUNDS = 200000 };

static uint64_t seed = 7;

static uint32_t draw(uint32_t below)
{
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        return (uint32_t)(seed >> 33) % below;
}

static const char *const pieces[] = { "0", "1", "7", "99", "500", "12345678", "123456789012345", ".", ".", "-", ".5", ".25", "000",
                                      ",", " ", "万", "元", "%", "e", "+", "５", "—", "x", "(", ")" };

static Str make(char *out)
{
        size_t n = 0, kinds = draw(4) ? 13 : ARRAY_LEN(pieces);
        for (size_t i = 1 + draw(5); i-- > 0;) {
                Str p = str_c(pieces[draw((uint32_t)kinds)]);
                memcpy(out + n, p.ptr, p.len);
                n += p.len;
        }
        return str_n(out, n);
}

static void short_and_long_are_the_same(void **state)
{
        (void)state;
        static const char *const units[] = { "", "元", "万元", "亿元", "%", "人" };
        static const char *const headers[] = { "", "", "元", "千元", "万元", "亿元", "百万元", "%", "‰", "万人", "人", "公里" };
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        size_t taken = 0, refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
                char text[128];
                ArenaMark mark = arena_mark(a);
                PackField f = { .type = draw(2) ? PACK_MONEY : PACK_DECIMAL, .scale = (int)draw(5), .unit = str_c(units[draw(6)]),
                                .import_factor = draw(4) ? dec_from_i64(1) : draw(2) ? dec_from_i64(10000) : dec_from_scaled(25, 1) };
                if (draw(3) == 0) {
                        f.has_min = true;
                        f.min = dec_from_scaled((int64_t)draw(2000) - 1000, (int)draw(4));
                }
                if (draw(3) == 0) {
                        f.has_max = true;
                        f.max = dec_from_scaled((int64_t)draw(2000000), (int)draw(4));
                }
                SheetCell cell = { .kind = draw(3) ? SHEET_TEXT : SHEET_NUMBER, .flags = draw(8) ? 0 : SHEET_NOISE };
                cell.text = cell.raw = make(text);
                ImportMeasure way;
                ImportCell quick, slow;
                import_measure(&f, str_c(headers[draw(12)]), &way);
                taken += way.plain;
                Lang lang = draw(2) ? LANG_ZH : LANG_EN;
                assert_ok(import_cell(NULL, &f, &cell, &way, lang, a, &quick));
                way.plain = false;
                assert_ok(import_cell(NULL, &f, &cell, &way, lang, a, &slow));
                refused += quick.state == REGISTER_CELL_BAD;
                if (quick.state != slow.state || (quick.state == REGISTER_CELL_GOOD && quick.value.i64 != slow.value.i64))
                        print_error("%.*s\n", STR_FMT(cell.text));
                assert_int_equal(quick.state, slow.state);
                assert_true(quick.state != REGISTER_CELL_GOOD || quick.value.i64 == slow.value.i64);
                assert_true(str_eq(quick.why, slow.why) && str_eq(quick.note, slow.note));
                arena_rewind(a, mark);
        }
        assert_true(taken > ROUNDS / 4 && refused > ROUNDS / 20);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(short_and_long_are_the_same) };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
