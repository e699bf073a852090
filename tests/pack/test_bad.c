/* Every diagnostic: bad.txt holds packs with mistakes and the messages they must give, no
 * more and no less.  KECHUANG_SHOW=1 prints what is said instead of failing. */
#include "fixture.h"

static Fixture fixtures[FIXTURE_CASES];

static Status load_and_check(const Fixture *f, Diag *diag)
{
        PackFile files[FIXTURE_FILES + 3];
        size_t n = fixture_files(f, files);
        _cleanup_pack_ Pack *pack = NULL;
        PackCheckReport report;
        Status st = pack_load_files(files, n, NULL, diag, &pack);
        if (st == ST_OK)
                st = pack_check(pack, diag, &report);
        else
                assert_null(pack);
        return st;
}

static bool errors_agree(const Fixture *f, const Diag *diag)
{
        bool good = true;
        size_t said = 0;
        char text[2000];
        for (size_t i = 0; i < diag->count; i++) {
                if (diag->msgs[i].severity != SEV_ERROR)
                        continue;
                said++;
                fixture_message(&diag->msgs[i], text, sizeof(text));
                bool expected = false;
                for (size_t k = 0; k < f->message_count; k++)
                        expected = expected || str_eq_c(f->messages[k], text);
                if (!expected) {
                        print_message("%.*s (line %d): not expected\n>> %s\n", STR_FMT(f->name), f->line, text);
                        good = false;
                }
        }
        for (size_t k = 0; k < f->message_count; k++) {
                bool found = false;
                for (size_t i = 0; i < diag->count && !found; i++) {
                        fixture_message(&diag->msgs[i], text, sizeof(text));
                        found = diag->msgs[i].severity == SEV_ERROR && str_eq_c(f->messages[k], text);
                }
                if (!found)
                        print_message("%.*s (line %d): not said\n   %.*s\n", STR_FMT(f->name), f->line,
                                      STR_FMT(f->messages[k]));
                good = good && found;
        }
        return good && said == f->message_count;
}

static void mistakes_are_reported_with_their_places(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        size_t n = fixture_parse(fixture_read(a, "tests/pack/bad.txt"), fixtures), bad = 0;
        assert_true(n >= 45);
        for (size_t i = 0; i < n; i++) {
                _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
                Status st = load_and_check(&fixtures[i], &diag);
                if (getenv("KECHUANG_SHOW")) {
                        char text[2000];
                        print_message("#### %.*s\n", STR_FMT(fixtures[i].name));
                        for (size_t k = 0; k < diag.count; k++) {
                                fixture_message(&diag.msgs[k], text, sizeof(text));
                                print_message("%s %s\n", diag.msgs[k].severity == SEV_ERROR ? ">>" : "--", text);
                        }
                        continue;
                }
                assert_true(st == ST_INVALID || st == ST_CHECK || st == ST_LIMIT);
                bad += !errors_agree(&fixtures[i], &diag);
        }
        assert_int_equal(bad, 0);
}

/* The same in Chinese: every message has a text, and the same places. */
static void chinese_messages_stand_at_the_same_places(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        size_t n = fixture_parse(fixture_read(a, "tests/pack/bad.txt"), fixtures);
        for (size_t i = 0; i < n; i++) {
                _cleanup_diag_ Diag en = DIAG_INIT(LANG_EN), zh = DIAG_INIT(LANG_ZH);
                assert_int_equal(load_and_check(&fixtures[i], &en), load_and_check(&fixtures[i], &zh));
                assert_int_equal(en.count, zh.count);
                for (size_t k = 0; k < en.count; k++) {
                        assert_int_equal(en.msgs[k].pos.line, zh.msgs[k].pos.line);
                        assert_int_equal(en.msgs[k].pos.col, zh.msgs[k].pos.col);
                        bool chinese = false;
                        for (const char *p = zh.msgs[k].text; *p; p++)
                                chinese = chinese || (*p & 0x80);
                        assert_true(chinese);
                }
        }
}

static void the_base_pack_is_good(void **state)
{
        (void)state;
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_EN);
        assert_ok(load_and_check(NULL, &diag));
        assert_int_equal(diag.count, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_base_pack_is_good),
                cmocka_unit_test(mistakes_are_reported_with_their_places),
                cmocka_unit_test(chinese_messages_stand_at_the_same_places),
        };
        return cmocka_run_group_tests_name("bad", tests, NULL, NULL);
}
