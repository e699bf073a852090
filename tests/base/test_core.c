/* Memory, text and messages: the ground of everything else. */
#include "tests/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"

static void arena_refuses_past_its_maximum(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(10000);
        assert_non_null(a);
        assert_non_null(arena_alloc(a, 5000));
        assert_null(arena_alloc(a, 9000));
        assert_non_null(arena_alloc(a, 100));
}

static void arena_rewind_gives_back(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        char *keep = arena_strdup(a, "留下");
        ArenaMark mark = arena_mark(a);
        for (int round = 0; round < 1000; round++) {
                for (int i = 0; i < 50; i++)
                        assert_non_null(arena_alloc(a, 1000));
                arena_rewind(a, mark);
        }
        assert_string_equal(keep, "留下");
        assert_true(arena_used(a) < 100);
}

static void buffer_fails_once_and_stays_failed(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(8);
        buf_puts(&b, "1234567");
        assert_int_equal(buf_status(&b), ST_OK);
        buf_puts(&b, "89");
        buf_putc(&b, 'x');
        assert_int_equal(buf_status(&b), ST_LIMIT);
        assert_string_equal(buf_cstr(&b), "1234567");
}

static void map_keeps_order_and_limit(void **state)
{
        (void)state;
        _cleanup_map_ Map m = MAP_INIT(1000);
        static char keys[1000][8];
        for (int i = 0; i < 1000; i++) {
                snprintf(keys[i], sizeof(keys[i]), "k%d", i);
                assert_int_equal(map_add(&m, str_c(keys[i]), keys[i]), ST_OK);
        }
        assert_int_equal(map_add(&m, STR("k7"), NULL), ST_EXISTS);
        assert_int_equal(map_add(&m, STR("more"), NULL), ST_LIMIT);
        for (int i = 0; i < 1000; i++)
                assert_ptr_equal(map_get(&m, str_c(keys[i])), keys[i]);
        assert_int_equal(map_index(&m, STR("k999")), 999);
        assert_null(map_get(&m, STR("none")));
}

static void utf8_refuses_what_is_not_utf8(void **state)
{
        (void)state;
        static const char *const bad[] = { "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xE4\xB8", "\xFF" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_false(utf8_valid(str_c(bad[i])));
        assert_true(utf8_valid(STR("科创𠀀a")));
        assert_int_equal(utf8_len(STR("科创𠀀a")), 4);
        assert_int_equal(utf8_width(STR("科创a")), 5);
        assert_int_equal(utf8_offset(STR("科创a"), 2), 6);
}

static void trim_knows_chinese_blanks(void **state)
{
        (void)state;
        assert_true(str_eq(str_trim(STR("\xEF\xBB\xBF　 企业\xC2\xA0\n")), STR("企业")));
        assert_int_equal(str_trim(STR(" 　")).len, 0);
}

static void messages_have_place_and_caret_in_both_languages(void **state)
{
        (void)state;
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
                _cleanup_diag_ Diag d = DIAG_INIT((Lang)lang);
                _cleanup_buf_ Buf b = BUF_INIT(4096);
                Pos pos = POS_LINE("a.yaml", 3, 3);
                pos.source = STR("名称: x");
                diag_error(&d, pos, "未知的键 “%s”", "unknown key \"%s\"", "名称");
                diag_print(&d, &b);
                assert_string_equal(buf_cstr(&b), lang == LANG_ZH
                        ? "a.yaml:3:3: 错误：未知的键 “名称”\n  名称: x\n      ^\n"
                        : "a.yaml:3:3: error: unknown key \"名称\"\n  名称: x\n      ^\n");
        }
}

static void messages_past_the_maximum_are_counted(void **state)
{
        (void)state;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        d.max = 2;
        for (int i = 0; i < 5; i++)
                diag_error(&d, POS_NONE, "第 %d 个", "number %d", i);
        assert_int_equal(d.errors, 5);
        _cleanup_buf_ Buf b = BUF_INIT(4096);
        diag_print(&d, &b);
        assert_string_equal(buf_cstr(&b), "error: number 0\nerror: number 1\n… and 3 more\n");
}

static Status use_everything(void)
{
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        if (!a || !arena_strdup(a, "x"))
                return ST_NOMEM;
        _cleanup_map_ Map m = MAP_INIT(100);
        TRY(map_put(&m, STR("x"), a));
        _cleanup_buf_ Buf b = BUF_INIT(100);
        buf_puts(&b, "text");
        return buf_status(&b);
}

static void every_failing_allocation_ends_clean(void **state)
{
        (void)state;
        int64_t before = mem_live_blocks();
        Status st = ST_NOMEM;
        for (uint64_t n = 1; st == ST_NOMEM && n < 100; n++) {
                mem_test_fail_at(n, 0);
                st = use_everything();
                mem_test_fail_at(0, 0);
                assert_true(st == ST_OK || st == ST_NOMEM);
                assert_int_equal(mem_live_blocks(), before);
        }
        assert_int_equal(st, ST_OK);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(arena_refuses_past_its_maximum),
                cmocka_unit_test(arena_rewind_gives_back),
                cmocka_unit_test(buffer_fails_once_and_stays_failed),
                cmocka_unit_test(map_keeps_order_and_limit),
                cmocka_unit_test(utf8_refuses_what_is_not_utf8),
                cmocka_unit_test(trim_knows_chinese_blanks),
                cmocka_unit_test(messages_have_place_and_caret_in_both_languages),
                cmocka_unit_test(messages_past_the_maximum_are_counted),
                cmocka_unit_test(every_failing_allocation_ends_clean),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
