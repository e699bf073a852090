/* Writers are killed (SIGKILL) at any moment: every transaction that was reported committed is there, every other
 * is there whole or not at all, the chain proves, and the next writer goes on at once. */
#include <sys/mman.h>
#include <time.h>

#include "tests/store/db.h"

enum { WRITERS = 2, ROWS = 25 };

static const StoreColumn columns[] = { { .name = "id", .type = STORE_I64 }, { .name = "owner", .type = STORE_I64, .not_null = true }, { .name = "body", .type = STORE_TEXT } };
static const StoreIndex indexes[] = { { .name = "thing_owner", .columns = "owner, id" } };
static const StoreTable table = { .name = "thing", .columns = columns, .column_count = 3, .primary_key = "id", .indexes = indexes, .index_count = 1 };

static Status once(Store *s, Diag *d, int64_t owner)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(s, STORE_WRITE, d, &tx));
        int64_t first;
        TRY(store_new_ids(tx, "thing", ROWS, &first));
        for (int64_t i = 0; i < ROWS; i++)
                TRY(store_exec(tx, "INSERT INTO thing (id, owner, body) VALUES ($1, $2, $3)",
                               STORE_ARGS(sv_i64(first + i), sv_i64(owner), sv_cstr("一家科技公司的一行")), NULL));
        TRY(store_text_put(tx, "thing_text", first, STR("一家科技公司")));
        TRY(store_event(tx, &(StoreEvent){ .actor = STR("writer"), .op = STR("add") }, NULL));
        return store_commit(&tx);
}

static pid_t start_writer(const char *where, volatile int *committed, int64_t owner)
{
        pid_t pid = fork();
        if (pid != 0)
                return pid;
        /* The parent's connections are not touched; this process ends by a signal only. */
        Diag d = DIAG_INIT(LANG_EN);
        Store *s = NULL;
        Status st = store_open(where, &(StoreOptions){ .busy_ms = 20000 }, &d, &s);
        while (st == ST_OK) {
                st = once(s, &d, owner);
                if (st == ST_OK)
                        __atomic_add_fetch(committed, 1, __ATOMIC_SEQ_CST);
        }
        if (st != ST_LOCKED)
                db_show(&d);
        _exit(1);
}

static void check(Db *t, int rounds_done, int committed)
{
        StoreProof proof = { 0 };
        DB_OK(t, store_verify(t->store, NULL, &t->diag, &proof));
        StoreTx *tx = db_begin(t, STORE_READ);
        int64_t n = db_i64(t, tx, "SELECT count(*) FROM thing"), words = db_i64(t, tx, "SELECT count(*) FROM thing_text");
        int64_t last = db_i64(t, tx, "SELECT coalesce(max(id), 0) FROM thing");
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        int64_t *ids = NULL;
        size_t found = 0;
        DB_OK(t, store_text_search(tx, "thing_text", STR("科技"), 1000000, a, &ids, &found));
        if (t->engine == STORE_SQLITE) {
                Str text;
                DB_OK(t, store_get_text(tx, "PRAGMA integrity_check", STORE_NO_ARGS, a, &text));
                assert_true(str_eq(text, STR("ok")));
        }
        store_rollback(tx);
        int64_t transactions = proof.events - 1;        /* the first made the tables */
        if (n != transactions * ROWS || last != n || words != transactions || (int64_t)found != transactions)
                fail_msg("round %d: %lld events, %lld rows, last %lld, %lld texts, %zu found", rounds_done, (long long)transactions,
                         (long long)n, (long long)last, (long long)words, found);
        if (transactions < committed || transactions > committed + rounds_done * WRITERS)
                fail_msg("round %d: %lld events after %d commits", rounds_done, (long long)transactions, committed);
}

static void test_kill(void **state)
{
        DB_BEGIN(t);
        const char *q = getenv("KECHUANG_TEST_QUICK");
        int rounds = q && *q == '1' ? 15 : 100;
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_apply_tables(tx, &table, 1, NULL));
        DB_OK(t, store_text_index(tx, "thing_text"));
        db_commit(t, tx);
        volatile int *committed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert_ptr_not_equal(committed, MAP_FAILED);
        unsigned seed = 20230701;
        int killed_in_work = 0;
        for (int r = 1; r <= rounds; r++) {
                int before = *committed;
                pid_t pids[WRITERS];
                for (int i = 0; i < WRITERS; i++)
                        pids[i] = start_writer(t->where, committed, r * WRITERS + i);
                /* Until the first commit is seen on a slow machine, then a moment that is different each time. */
                for (int ms = 0; *committed == before && ms < 5000; ms++)
                        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
                seed = seed * 1103515245u + 12345u;
                nanosleep(&(struct timespec){ .tv_nsec = (long)(seed >> 8) % 9000000 }, NULL);
                for (int i = 0; i < WRITERS; i++)
                        assert_int_equal(kill(pids[i], SIGKILL), 0);
                for (int i = 0; i < WRITERS; i++) {
                        int status = 0;
                        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
                        killed_in_work += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
                }
                if (r % 5 == 0 || r < 5)
                        check(t, r, *committed);
        }
        check(t, rounds, *committed);
        assert_int_equal(killed_in_work, rounds * WRITERS);
        /* And it can be written at once. */
        DB_OK(t, once(t->store, &t->diag, 0));
        munmap((void *)(uintptr_t)committed, 4096);
}

int main(void)
{
        const struct CMUnitTest tests[] = { DB_TEST(test_kill) };
        return db_run("crash", tests, ARRAY_LEN(tests));
}
