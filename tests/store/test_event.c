#include "tests/store/db.h"

static void add(Db *t, const char *op, const char *subject, const char *payload)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_event(tx, &(StoreEvent){ .actor = STR("county.大安"), .on_behalf = STR("root"), .op = str_c(op), .subject = str_c(subject),
                                                .reason = STR("年度\"更正\"\t\x01"), .payload = str_c(payload) }, NULL));
        DB_OK(t, store_commit(&tx));
}

static void twenty(Db *t)
{
        for (int i = 1; i <= 20; i++) {
                char subject[32], payload[128];
                snprintf(subject, sizeof(subject), "value:%d_%d", i % 3, i);
                snprintf(payload, sizeof(payload), "{\"z\": [1, 2.50, 1E3], \"a\": {\"研发\": \"é\\u4e2d\\n\"}, \"n\": %d}", i);
                add(t, i % 2 ? "value.approve" : "values", subject, payload);
        }
}

static void test_appending(void **state)
{
        DB_BEGIN(t);
        twenty(t);
        StoreTx *tx = db_begin(t, STORE_READ);
        int64_t head = 0;
        DB_OK(t, store_event_head(tx, &head));
        assert_int_equal(head, 20);
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        StoreEvent *e = NULL;
        size_t n = 0;
        DB_OK(t, store_events(tx, &(StoreEventFilter){ .limit = 1 }, a, &e, &n));
        assert_int_equal(n, 1);
        assert_true(str_eq(e->payload, STR("{\"a\":{\"研发\":\"é中\\n\"},\"n\":1,\"z\":[1,2.50,1E3]}")));
        assert_true(str_eq(e->reason, STR("年度\"更正\"\t\x01")));
        assert_true(str_eq(e->actor, STR("county.大安")));
        assert_true(str_ends(e->time, STR("+08:00")));
        store_rollback(tx);
        /* Several in one transaction; an empty payload. */
        tx = db_begin(t, STORE_WRITE);
        int64_t seq;
        for (int i = 0; i < 3; i++)
                DB_OK(t, store_event(tx, &(StoreEvent){ .actor = STR("a"), .op = STR("o") }, &seq));
        assert_int_equal(seq, 23);
        DB_OK(t, store_commit(&tx));
        StoreProof proof;
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
        assert_int_equal(proof.events, 23);
        assert_int_equal(proof.first_broken, 0);
}

static void refused(Db *t, StoreEvent e)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_IS(t, store_event(tx, &e, NULL), ST_INVALID);
        store_rollback(tx);
}

static void test_refused(void **state)
{
        DB_BEGIN(t);
        refused(t, (StoreEvent){ .op = STR("x") });
        refused(t, (StoreEvent){ .actor = STR("x") });
        refused(t, (StoreEvent){ .actor = STR("x"), .op = STR("x"), .payload = STR("{\"a\":1") });
        refused(t, (StoreEvent){ .actor = STR("x"), .op = STR("x"), .payload = STR("{\"a\":1,\"a\":2}") });
        refused(t, (StoreEvent){ .actor = STR("x\xff"), .op = STR("x") });
        refused(t, (StoreEvent){ .actor = STR("x"), .op = STR("x"), .reason = STR("a\0b") });
        StoreTx *tx = db_begin(t, STORE_READ);
        DB_IS(t, store_event(tx, &(StoreEvent){ .actor = STR("x"), .op = STR("x") }, NULL), ST_INTERNAL);
        store_rollback(tx);
        StoreProof proof;
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
        assert_int_equal(proof.events, 0);
}

static void expect_page(Db *t, StoreEventFilter f, size_t want, int64_t first)
{
        StoreTx *tx = db_begin(t, STORE_READ);
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        StoreEvent *e = NULL;
        size_t n = 0;
        DB_OK(t, store_events(tx, &f, a, &e, &n));
        if (n != want || (n && e[0].seq != first))
                fail_msg("%zu events from %lld, not %zu from %lld", n, n ? (long long)e[0].seq : 0, want, (long long)first);
        store_rollback(tx);
}

static void test_reading(void **state)
{
        DB_BEGIN(t);
        twenty(t);
        expect_page(t, (StoreEventFilter){ 0 }, 20, 1);
        expect_page(t, (StoreEventFilter){ .newest_first = true, .limit = 5 }, 5, 20);
        expect_page(t, (StoreEventFilter){ .newest_first = true, .limit = 5, .before = 16 }, 5, 15);
        expect_page(t, (StoreEventFilter){ .after = 18 }, 2, 19);
        expect_page(t, (StoreEventFilter){ .subject = STR("value:1_4") }, 1, 4);
        expect_page(t, (StoreEventFilter){ .subject = STR("value:1_") }, 0, 0);
        expect_page(t, (StoreEventFilter){ .subject_prefix = STR("value:1_") }, 7, 1);
        expect_page(t, (StoreEventFilter){ .subject_prefix = STR("value:1%") }, 0, 0);
        expect_page(t, (StoreEventFilter){ .op = STR("value") }, 10, 1);
        expect_page(t, (StoreEventFilter){ .op = STR("value.approve"), .after = 1 }, 9, 3);
        expect_page(t, (StoreEventFilter){ .op = STR("values") }, 10, 2);
        expect_page(t, (StoreEventFilter){ .actor = STR("root") }, 20, 1);
        expect_page(t, (StoreEventFilter){ .actor = STR("nobody") }, 0, 0);
        expect_page(t, (StoreEventFilter){ .time_from = STR("2020-01-01"), .time_to = STR("2999-01-01") }, 20, 1);
        expect_page(t, (StoreEventFilter){ .time_from = STR("2999-01-01") }, 0, 0);
        expect_page(t, (StoreEventFilter){ .time_to = STR("2020-01-01") }, 0, 0);
}

/* ---- tampering --------------------------------------------------------- */

static void change(Db *t, const char *sql)
{
        StoreTx *tx = db_begin(t, STORE_HOUSEKEEPING);
        DB_OK(t, store_exec(tx, sql, STORE_NO_ARGS, NULL));
        DB_OK(t, store_commit(&tx));
}

/* What the independent verifier says of the database file, or of a backup of it. */
static void other_verifier(Db *t, int64_t first_broken, const char *checkpoint)
{
        char cmd[1600], path[600], line[200] = "";
        if (t->engine == STORE_SQLITE) {
                snprintf(path, sizeof(path), "%s", t->where);
        } else if (first_broken && !checkpoint) {
                return;         /* the same chain, row by row, as on SQLite */
        } else {
                snprintf(path, sizeof(path), "%s/copy.db", t->folder);
                (void)unlink(path);
                DB_OK(t, store_backup(t->store, path, NULL, NULL));
        }
        const char *root = getenv("KECHUANG_ROOT");
        snprintf(cmd, sizeof(cmd), "python3 %s/tools/verify-chain.py %s %s", root ? root : ".", path, checkpoint ? checkpoint : "");
        FILE *p = popen(cmd, "r");
        assert_non_null(p);
        assert_non_null(fgets(line, sizeof(line), p));
        int rc = pclose(p);
        char want[64];
        snprintf(want, sizeof(want), "broken at event %lld:", (long long)first_broken);
        if (first_broken ? !strstr(line, want) || WEXITSTATUS(rc) != 1 : !strstr(line, "whole") || rc != 0)
                fail_msg("the independent verifier said: %s (%s)", line, want);
}

static void broken_at(Db *t, const char *sql, int64_t seq, StoreBroken why)
{
        change(t, sql);
        StoreProof proof = { 0 };
        Status st = store_verify(t->store, NULL, &t->diag, &proof);
        char number[32];
        snprintf(number, sizeof(number), " %lld:", (long long)seq);
        if (st != ST_CHECK || proof.first_broken != seq || proof.why != why || !strstr(t->diag.msgs[0].text, number))
                fail_msg("%s: %s at %lld (%d), not at %lld (%d)", sql, status_name(st), (long long)proof.first_broken, proof.why, (long long)seq, why);
        diag_clear(&t->diag);
        other_verifier(t, seq, NULL);
}

static void test_whole(void **state)
{
        DB_BEGIN(t);
        StoreProof proof;
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
        assert_int_equal(proof.events, 0);
        other_verifier(t, 0, NULL);
        twenty(t);
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
        assert_int_equal(proof.events, 20);
        other_verifier(t, 0, NULL);
}

#define TAMPER(name, sql, seq, why)                     \
        static void name(void **state)                  \
        {                                               \
                DB_BEGIN(t);                            \
                twenty(t);                              \
                broken_at(t, sql, seq, why);            \
        }

TAMPER(test_payload_changed, "UPDATE event SET payload = replace(payload, '2.50', '2.51') WHERE seq = 7", 7, STORE_BROKEN_CHANGED)
TAMPER(test_blank_added, "UPDATE event SET payload = payload || ' ' WHERE seq = 20", 20, STORE_BROKEN_CHANGED)
TAMPER(test_actor_changed, "UPDATE event SET actor = 'root', on_behalf = 'county.大安' WHERE seq = 3", 3, STORE_BROKEN_CHANGED)
TAMPER(test_time_changed, "UPDATE event SET time = '2001-01-01T00:00:00+08:00' WHERE seq = 1", 1, STORE_BROKEN_CHANGED)
TAMPER(test_reason_changed, "UPDATE event SET reason = '' WHERE seq = 19", 19, STORE_BROKEN_CHANGED)
TAMPER(test_hash_changed, "UPDATE event SET hash = replace(hash, substr(hash, 1, 4), 'abcd') WHERE seq = 5", 5, STORE_BROKEN_CHANGED)
TAMPER(test_prev_changed, "UPDATE event SET prev = (SELECT hash FROM event WHERE seq = 2) WHERE seq = 5", 5, STORE_BROKEN_LINK)
TAMPER(test_row_missing, "DELETE FROM event WHERE seq = 9", 9, STORE_BROKEN_MISSING)
TAMPER(test_first_missing, "DELETE FROM event WHERE seq = 1", 1, STORE_BROKEN_MISSING)
TAMPER(test_row_inserted, "INSERT INTO event (seq, time, actor, on_behalf, op, subject, reason, payload, prev, hash) "
       "SELECT 0, time, actor, on_behalf, op, subject, reason, payload, prev, hash FROM event WHERE seq = 4", 1, STORE_BROKEN_MISSING)
TAMPER(test_re_ordered, "UPDATE event SET seq = CASE WHEN seq < 100 THEN 1000 - seq ELSE seq END WHERE seq IN (11, 12)", 11, STORE_BROKEN_MISSING)
TAMPER(test_swapped_contents, "UPDATE event SET payload = (SELECT o.payload FROM event o WHERE o.seq = 27 - event.seq) WHERE seq IN (13, 14)", 13, STORE_BROKEN_CHANGED)
TAMPER(test_truncated, "DELETE FROM event WHERE seq > 17", 18, STORE_BROKEN_TRUNCATED)
TAMPER(test_emptied, "DELETE FROM event", 1, STORE_BROKEN_TRUNCATED)
TAMPER(test_head_changed, "UPDATE store_head SET hash = (SELECT prev FROM event WHERE seq = 20)", 20, STORE_BROKEN_TRUNCATED)
TAMPER(test_head_behind, "UPDATE store_head SET events = 18", 19, STORE_BROKEN_TRUNCATED)
TAMPER(test_head_gone, "DELETE FROM store_head", 21, STORE_BROKEN_TRUNCATED)

static void test_checkpoint(void **state)
{
        DB_BEGIN(t);
        char path[128];
        snprintf(path, sizeof(path), "%s/checkpoint.json", t->folder);
        StoreProof proof, again;
        for (int i = 0; i < 5; i++)
                add(t, "x", "y", "{}");
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
        DB_OK(t, store_checkpoint_write(path, &proof, &t->diag));
        DB_OK(t, store_verify(t->store, path, &t->diag, &again));
        for (int i = 0; i < 5; i++)
                add(t, "x", "y", "{}");
        DB_OK(t, store_verify(t->store, path, &t->diag, &again));
        other_verifier(t, 0, path);
        assert_int_equal(again.events, 10);
        /* The end cut off with its head record: whole in itself, but not what the checkpoint saw. */
        change(t, "DELETE FROM event WHERE seq > 3");
        change(t, "UPDATE store_head SET events = 3, hash = (SELECT hash FROM event WHERE seq = 3)");
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &again));
        DB_IS(t, store_verify(t->store, path, &t->diag, &again), ST_CHECK);
        assert_int_equal(again.first_broken, 4);
        other_verifier(t, 4, path);
        /* Written anew from there on. */
        for (int i = 0; i < 7; i++)
                add(t, "other", "y", "{}");
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &again));
        DB_IS(t, store_verify(t->store, path, &t->diag, &again), ST_CHECK);
        assert_int_equal(again.first_broken, 5);
        assert_int_equal(again.why, STORE_BROKEN_CHECKPOINT);
        other_verifier(t, 5, path);

        DB_IS(t, store_verify(t->store, "/nonexistent/checkpoint", &t->diag, &again), ST_NOT_FOUND);
        diag_clear(&t->diag);
        static const char *const bad[] = { "", "{}", "{\"events\":1,\"head\":\"12\"}", "{\"events\":-1,\"head\":\"0000000000000000000000000000000000000000000000000000000000000000\"}" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                FILE *f = fopen(path, "w");
                fputs(bad[i], f);
                fclose(f);
                DB_IS(t, store_verify(t->store, path, &t->diag, &again), ST_INVALID);
        }
        DB_IS(t, store_checkpoint_write("/nonexistent/checkpoint", &proof, &t->diag), ST_NOT_FOUND);
}

/* One byte of the file changed, wherever it stands: never taken for whole when an event was hit, never a crash. */
static void test_damaged_file(void **state)
{
        DB_BEGIN(t);
        if (t->engine != STORE_SQLITE)
                return;
        twenty(t);
        store_close(t->store);
        t->store = NULL;
        char cmd[700];          /* no bytes of rows that have moved away */
        snprintf(cmd, sizeof(cmd), "python3 -c \"import sqlite3; sqlite3.connect('%s').execute('VACUUM')\"", t->where);
        assert_int_equal(system(cmd), 0);
        FILE *f = fopen(t->where, "r+");
        assert_non_null(f);
        fseek(f, 0, SEEK_END);
        long size = ftell(f);
        char *bytes = test_malloc((size_t)size);
        rewind(f);
        assert_int_equal(fread(bytes, 1, (size_t)size, f), size);
        int named = 0, hits = 0;
        for (long at = 200; at < size; at += 199) {
                bool in_event = false;
                for (long k = at > 60 ? at - 60 : 0; k < at; k++)
                        in_event |= memcmp(bytes + k, "\"研发\":\"", 10) == 0 && at - k < 20 && at - k >= 0;
                fseek(f, at, SEEK_SET);
                fputc(bytes[at] ^ 0x11, f);
                fflush(f);
                StoreProof proof = { 0 };
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                Store *s = NULL;
                Status st = store_open(t->where, &(StoreOptions){ .mode = STORE_OPEN_READ }, &d, &s);
                if (st == ST_OK)
                        st = store_verify(s, NULL, &d, &proof);
                store_close(s);
                if (in_event) {
                        hits++;
                        named += st == ST_CHECK && proof.first_broken >= 1 && proof.first_broken <= 20;
                }
                assert_true(st == ST_OK || d.errors > 0);
                fseek(f, at, SEEK_SET);
                fputc(bytes[at], f);
                fflush(f);
        }
        fclose(f);
        test_free(bytes);
        assert_true(hits > 0);
        assert_int_equal(named, hits);
}

/* ---- SM3 --------------------------------------------------------------- */

static void test_sm3_vectors(void **state)
{
        (void)state;
        NEED_SHARED_DATA(dir);
        char path[512], line[8192];
        snprintf(path, sizeof(path), "%s/data/conformance/sm3/sm3.vec", dir);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        uint8_t data[4096];
        size_t n = 0, vectors = 0;
        while (fgets(line, sizeof(line), f)) {
                char *value = strchr(line, '=');
                if (!value)
                        continue;
                value += strspn(value, "= ");
                value[strcspn(value, "\r\n ")] = '\0';
                if (strncmp(line, "In", 2) == 0) {
                        n = strlen(value) / 2;
                        for (size_t i = 0; i < n; i++) {
                                const char digits[] = { value[2 * i], value[2 * i + 1], '\0' };
                                data[i] = (uint8_t)strtoul(digits, NULL, 16);
                        }
                } else if (strncmp(line, "Out", 3) == 0) {
                        uint8_t want[SM3_SIZE], h[SM3_SIZE];
                        assert_true(sm3_from_hex(str_c(value), want));
                        assert_ok(sm3_of(str_n((const char *)data, n), h));
                        assert_memory_equal(h, want, SM3_SIZE);
                        /* The same in pieces. */
                        Sm3 *s = NULL;
                        assert_ok(sm3_new(&s));
                        for (int round = 0; round < 2; round++) {
                                for (size_t i = 0; i < n; i += 7)
                                        sm3_add(s, str_n((const char *)data + i, n - i < 7 ? n - i : 7));
                                sm3_end(s, h);
                                assert_memory_equal(h, want, SM3_SIZE);
                        }
                        sm3_free(s);
                        vectors++;
                }
        }
        fclose(f);
        assert_true(vectors >= 5);
}

static void test_sm3(void **state)
{
        (void)state;
        char hex[SM3_HEX];
        uint8_t h[SM3_SIZE];
        assert_ok(sm3_hex_of(STR("abc"), hex));
        assert_string_equal(hex, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_true(sm3_from_hex(str_c(hex), h));
        assert_false(sm3_from_hex(str_n(hex, 63), h));
        hex[5] = 'g';
        assert_false(sm3_from_hex(str_c(hex), h));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                DB_TEST(test_appending), DB_TEST(test_refused), DB_TEST(test_reading), DB_TEST(test_whole),
                DB_TEST(test_payload_changed), DB_TEST(test_blank_added), DB_TEST(test_actor_changed), DB_TEST(test_time_changed),
                DB_TEST(test_reason_changed), DB_TEST(test_hash_changed), DB_TEST(test_prev_changed), DB_TEST(test_row_missing),
                DB_TEST(test_first_missing), DB_TEST(test_row_inserted), DB_TEST(test_re_ordered), DB_TEST(test_swapped_contents),
                DB_TEST(test_truncated), DB_TEST(test_emptied), DB_TEST(test_head_changed), DB_TEST(test_head_behind),
                DB_TEST(test_head_gone), DB_TEST(test_checkpoint), DB_TEST(test_damaged_file),
        };
        const struct CMUnitTest once[] = { cmocka_unit_test(test_sm3), cmocka_unit_test(test_sm3_vectors) };
        return db_run("event", tests, ARRAY_LEN(tests)) + cmocka_run_group_tests_name("sm3", once, NULL, NULL);
}
