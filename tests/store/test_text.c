#include "tests/store/db.h"

static const char *const texts[] = {
        "重庆市某某科技有限公司", "成都高新技术产业开发区管理委员会", "5G基站 建设项目 Ａｐｐｌｅ-Technology（二期）", "研发投入强度、研发人员",
        "A", "市", "Ünïcode 𠀀𠀁 text", "科研发展", "15g基站", "tech-no-logy TECH42", "null NULL", "''\"\\&|!():*",
};

static void put_all(Db *t)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_text_index(tx, "enterprise_text"));
        DB_OK(t, store_text_index(tx, "enterprise_text"));
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                DB_OK(t, store_text_put(tx, "enterprise_text", (int64_t)i + 1, str_c(texts[i])));
        db_commit(t, tx);
}

static void find(Db *t, const char *query, const char *want)
{
        StoreTx *tx = db_begin(t, STORE_READ);
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        int64_t *ids = NULL;
        size_t n = 0;
        DB_OK(t, store_text_search(tx, "enterprise_text", str_c(query), 100, a, &ids, &n));
        char got[256] = "";
        for (size_t i = 0, at = 0; i < n; i++)
                at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%lld", i ? " " : "", (long long)ids[i]);
        if (strcmp(got, want) != 0)
                fail_msg("%s: found \"%s\", not \"%s\"", query, got, want);
        for (int64_t id = 1; id <= (int64_t)ARRAY_LEN(texts) + 1; id++) {       /* asked for one by one, the same */
                bool holds, found = false;
                for (size_t i = 0; i < n; i++)
                        found |= ids[i] == id;
                DB_OK(t, store_text_holds(tx, "enterprise_text", id, str_c(query), &holds));
                if (holds != found)
                        fail_msg("%s: %lld is %s", query, (long long)id, holds ? "held" : "not held");
        }
        store_rollback(tx);
}

static void test_finding(void **state)
{
        DB_BEGIN(t);
        put_all(t);
        find(t, "科技", "1");
        find(t, "某某科技有限公司", "1");
        find(t, "技有", "1");
        find(t, "研发", "4 8");           /* 科研发展 too: nothing cuts Chinese into words here */
        find(t, "发投", "4");
        find(t, "研发强度", "");          /* both pieces are there, but not the whole */
        find(t, "研发 强度", "4");
        find(t, "市", "1 6");
        find(t, "会", "2");               /* the last character of its run */
        find(t, "tech", "3 10");
        find(t, "TECHNOLOGY", "3");
        find(t, "nology", "");
        find(t, "ａｐｐｌｅ", "3");
        find(t, "apple-tech", "3");
        find(t, "5g基站", "3");           /* not 15g */
        find(t, "基站", "3 9");
        find(t, "15Ｇ基站", "9");
        find(t, "二期", "3");
        find(t, "𠀀𠀁", "7");
        find(t, "𠀁", "7");
        find(t, "ünïCODE", "7");
        find(t, "a", "3 5");
        find(t, "tech42 no", "10");
        find(t, "null", "11");
        find(t, "", "");
        find(t, " ，。!?'\"&|", "");
        find(t, "没有这样的", "");
        find(t, "OR AND NOT", "");
        find(t, "\"科技\" OR x", "");
        find(t, "科技*", "1");
}

static void test_changing(void **state)
{
        DB_BEGIN(t);
        put_all(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_text_put(tx, "enterprise_text", 1, STR("改名后的公司")));
        DB_OK(t, store_text_put(tx, "enterprise_text", 2, STR("  ")));
        DB_OK(t, store_text_remove(tx, "enterprise_text", 4));
        DB_OK(t, store_text_remove(tx, "enterprise_text", 999));
        db_commit(t, tx);
        find(t, "科技", "");
        find(t, "改名", "1");
        find(t, "高新", "");
        find(t, "投入", "");
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_text_put(tx, "enterprise_text", 4, str_c(texts[3])));
        store_rollback(tx);
        find(t, "投入", "");
        /* The same again changes nothing. */
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_text_put(tx, "enterprise_text", 1, STR("改名后的公司")));
        assert_int_equal(store_changes(tx), 0);
        store_rollback(tx);
        tx = db_begin(t, STORE_WRITE);
        DB_IS(t, store_text_put(tx, "no such index", 1, STR("x")), ST_INTERNAL);
        store_rollback(tx);
}

static void test_inside_a_query(void **state)
{
        DB_BEGIN(t);
        put_all(t);
        StoreTx *tx = db_begin(t, STORE_READ);
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 16);
        StoreValue args[20] = { sv_i64(3) };
        size_t n = 1;
        buf_puts(&sql, "SELECT count(*) FROM enterprise_text e WHERE e.id >= $1 AND ");
        DB_OK(t, store_text_where(tx, "enterprise_text", "e.id", STR("研发人员 投入强度"), a, &sql, args, 19, &n));
        args[n++] = sv_cstr("x");
        buf_printf(&sql, " AND e.body <> $%zu", n);
        int64_t found = 0;
        DB_OK(t, store_get_i64(tx, buf_cstr(&sql), args, n, &found));
        assert_int_equal(found, 1);
        n = 0;
        assert_int_equal(store_text_where(tx, "enterprise_text", "e.id", STR("研发人员 投入强度"), a, &sql, args, 2, &n), ST_LIMIT);
        diag_clear(&t->diag);
        store_rollback(tx);
}

static void test_long_texts(void **state)
{
        DB_BEGIN(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_text_index(tx, "enterprise_text"));
        _cleanup_buf_ Buf b = BUF_INIT(2 << 20);
        for (uint32_t i = 0; i < 200000; i++)
                buf_put_codepoint(&b, 0x4E00 + (i * 7919) % 20000);
        buf_puts(&b, "结尾");
        DB_OK(t, store_text_put(tx, "enterprise_text", 1, buf_str(&b)));
        buf_clear(&b);
        for (int i = 0; i < 200; i++)
                buf_puts(&b, "abcdefghij");
        DB_OK(t, store_text_put(tx, "enterprise_text", 2, buf_str(&b)));
        db_commit(t, tx);
        find(t, buf_cstr(&b), "2");
        find(t, "abcdefghijabc", "2");
        buf_clear(&b);
        for (uint32_t i = 100; i < 700; i++)
                buf_put_codepoint(&b, 0x4E00 + (i * 7919) % 20000);
        find(t, buf_cstr(&b), "1");
}

static int collect(void *ctx, const char *token, size_t len, size_t start, size_t end)
{
        buf_printf(ctx, "%.*s@%zu-%zu ", (int)len, token, start, end);
        return 0;
}

static void test_tokens(void **state)
{
        (void)state;
        static const struct { const char *text, *tokens, *folded; } cases[] = {
                { "", "", "" },
                { "研发费", "研发@0-6 发费@3-9 费@6-9 ", "研发费" },
                { "市", "市@0-3 ", "市" },
                { "5G 基站", "5g@0-2 基站@3-9 站@6-9 ", "5g 基站" },
                { "Ａb，科技", "ab@0-4 科技@7-13 技@10-13 ", "ab 科技" },
                { "x研y", "x@0-1 研@1-4 y@4-5 ", "x研y" },
                { " a--b ", "a@1-2 b@4-5 ", "a b" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
                assert_int_equal(store_text_tokens(str_c(cases[i].text), collect, &b), 0);
                assert_string_equal(buf_cstr(&b), cases[i].tokens);
                buf_clear(&b);
                store_text_fold(str_c(cases[i].text), &b);
                assert_string_equal(buf_cstr(&b), cases[i].folded);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { DB_TEST(test_finding), DB_TEST(test_changing), DB_TEST(test_inside_a_query), DB_TEST(test_long_texts) };
        const struct CMUnitTest once[] = { cmocka_unit_test(test_tokens) };
        return db_run("text", tests, ARRAY_LEN(tests)) + cmocka_run_group_tests_name("tokens", once, NULL, NULL);
}
