/* What goes wrong below us: the n-th write, sync, truncation, opening, removal or read of a file fails, or the n-th
 * allocation does, once or from then on.  After each the database is whole, its chain proves, and it holds what
 * was committed and nothing else. */
#include "tests/store/faults.h"

/* ---- the work ---------------------------------------------------------- */

typedef struct Work {
        const char *where;
        const char *vfs;
        int committed;          /* transactions that said they are */
        bool begun_commit;      /* the last one's commit was asked for: it may or may not be there */
        Status st;
} Work;

enum { TRANSACTIONS = 3, ROWS = 40 };

static const StoreColumn columns[] = { { .name = "id", .type = STORE_I64 }, { .name = "body", .type = STORE_TEXT } };
static const StoreIndex indexes[] = { { .name = "thing_body", .columns = "body" } };
static const StoreTable table = { .name = "thing", .columns = columns, .column_count = 2, .primary_key = "id", .indexes = indexes, .index_count = 1 };

static Status one_transaction(Store *s, Work *w, Diag *d)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        w->begun_commit = false;
        TRY(store_begin(s, STORE_WRITE, d, &tx));
        TRY(store_apply_tables(tx, &table, 1, NULL));
        TRY(store_text_index(tx, "thing_text"));
        int64_t first;
        TRY(store_new_ids(tx, "thing", ROWS, &first));
        char body[600];
        memset(body, 'x', sizeof(body));
        static const char *const names[] = { "id", "body" };
        _cleanup_store_bulk_ StoreBulk *bulk = NULL;
        TRY(store_bulk(tx, "thing", names, 2, &bulk));
        for (int64_t i = 0; i < ROWS; i++)
                TRY(store_bulk_row(bulk, (const StoreValue[]){ sv_i64(first + i), sv_text(str_n(body, sizeof(body))) }));
        TRY(store_bulk_end(&bulk, NULL));
        TRY(store_text_put(tx, "thing_text", first, STR("一家科技公司")));
        int64_t n = 0;
        TRY(store_get_i64(tx, "SELECT count(*) FROM thing", STORE_NO_ARGS, &n));
        if (n != first + ROWS - 1)
                return ST_CHECK;
        TRY(store_event(tx, &(StoreEvent){ .actor = STR("a"), .op = STR("add"), .payload = STR("{\"n\":1}") }, NULL));
        w->begun_commit = true;
        TRY(store_commit(&tx));
        w->committed++;
        w->begun_commit = false;
        return ST_OK;
}

static void work(Work *w)
{
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        Store *s = NULL;
        w->st = store_open(w->where, &(StoreOptions){ .mode = STORE_CREATE, .vfs = w->vfs, .busy_ms = 200, .cache_kb = 64 }, &d, &s);
        for (int i = 0; i < TRANSACTIONS && w->st == ST_OK; i++)
                w->st = one_transaction(s, w, &d);
        store_close(s);
        if (w->st != ST_OK && w->st != ST_NOMEM && d.errors == 0)
                fail_msg("%s without a word", status_name(w->st));
}

static void whole(Db *t, const Work *w, const char *what)
{
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        Store *s = NULL;
        Status st = store_open(w->where, NULL, &d, &s);
        if (st == ST_NOT_FOUND && w->committed == 0)
                return;         /* it did not come to be */
        StoreProof proof = { 0 };
        if (st == ST_OK)
                st = store_verify(s, NULL, &d, &proof);
        StoreTx *tx = NULL;
        if (st == ST_OK)
                st = store_begin(s, STORE_READ, &d, &tx);
        if (st != ST_OK) {
                db_show(&d);
                fail_msg("%s: %s", what, status_name(st));
        }
        int64_t n = 0;
        bool there = false;
        assert_ok(store_has_table(tx, "thing", &there));
        if (there)
                assert_ok(store_get_i64(tx, "SELECT count(*) FROM thing", STORE_NO_ARGS, &n));
        if (t->engine == STORE_SQLITE) {
                _cleanup_arena_ Arena *a = arena_new(1 << 16);
                Str text;
                assert_ok(store_get_text(tx, "PRAGMA integrity_check", STORE_NO_ARGS, a, &text));
                if (!str_eq(text, STR("ok")))
                        fail_msg("%s: %.*s", what, STR_FMT(text));
        }
        store_rollback(tx);
        store_close(s);
        if (proof.events * ROWS != n || proof.events < w->committed || proof.events > w->committed + (w->begun_commit ? 1 : 0))
                fail_msg("%s: %lld events and %lld rows after %d commits", what, (long long)proof.events, (long long)n, w->committed);
}

static void sweep_files(Db *t, Op op, int error, bool persistent, int step, const char *what)
{
        char where[512];
        db_place(t, "fault", where);
        for (int n = 1;; n += step) {
                remove_db(where);
                memset(&fault, 0, sizeof(fault));
                fault.on[op] = true;
                fault.at = n;
                fault.error = error;
                fault.persistent = persistent;
                Work w = { .where = where, .vfs = "failing" };
                work(&w);
                bool fired = fault.fired;
                memset(&fault, 0, sizeof(fault));
                char text[100];
                snprintf(text, sizeof(text), "%s %d%s", what, n, persistent ? " and all after" : "");
                if (!fired) {
                        assert_int_equal(w.st, ST_OK);
                        assert_true(n > 1);
                        break;
                }
                if (w.st == ST_INTERNAL || w.st == ST_EXISTS || w.st == ST_CONFLICT || w.st == ST_CHECK)
                        fail_msg("%s: %s", text, status_name(w.st));
                if (error == SQLITE_FULL && persistent && w.st != ST_FULL && w.st != ST_OK && w.st != ST_IO)
                        fail_msg("%s: %s", text, status_name(w.st));
                whole(t, &w, text);
        }
        remove_db(where);
}

static void test_write_faults(void **state)
{
        DB_BEGIN(t);
        add_vfs();
        int step = quick() ? 5 : 1;
        for (int persistent = 0; persistent < 2; persistent++) {
                sweep_files(t, OP_WRITE, SQLITE_IOERR_WRITE, persistent, step * 3, "failing write");
                sweep_files(t, OP_WRITE, SQLITE_FULL, persistent, step, "disk full at write");
                sweep_files(t, OP_SYNC, SQLITE_IOERR_FSYNC, persistent, 1, "failing sync");
                sweep_files(t, OP_OPEN, SQLITE_CANTOPEN, persistent, 1, "failing open");
                sweep_files(t, OP_DELETE, SQLITE_IOERR_DELETE, persistent, 1, "failing removal");
                sweep_files(t, OP_READ, SQLITE_IOERR_READ, persistent, step * 2, "failing read");
        }
}

/* A backup on a disk that fills up, and one that fails: no file of that name, nothing beside it. */
static void test_backup_faults(void **state)
{
        DB_BEGIN(t);
        add_vfs();
        char where[512], file[128], cmd[256];
        db_place(t, "source", where);
        snprintf(file, sizeof(file), "%s/backup.db", t->folder);
        snprintf(cmd, sizeof(cmd), "test -z \"$(ls %s | grep -e tmp- -e backup)\"", t->folder);
        Work w = { .where = where, .vfs = "failing" };
        work(&w);
        assert_ok(w.st);
        for (int persistent = 0; persistent < 2; persistent++) {
                for (int n = 1;; n += quick() ? 5 : 1) {
                        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                        Store *s = NULL;
                        assert_ok(store_open(where, &(StoreOptions){ .vfs = "failing" }, &d, &s));
                        memset(&fault, 0, sizeof(fault));
                        fault.on[OP_WRITE] = fault.on[OP_SYNC] = true;
                        fault.at = n;
                        fault.error = SQLITE_FULL;
                        fault.persistent = persistent;
                        Status st = store_backup(s, file, &d, NULL);
                        bool fired = fault.fired;
                        memset(&fault, 0, sizeof(fault));
                        store_close(s);
                        if (!fired) {
                                assert_ok(st);
                                assert_int_equal(unlink(file), 0);
                                break;
                        }
                        if (st != ST_OK && st != ST_FULL && st != ST_IO)
                                fail_msg("backup at write %d: %s", n, status_name(st));
                        if (st == ST_OK) {
                                assert_int_equal(unlink(file), 0);
                                continue;
                        }
                        assert_true(d.errors > 0);
                        assert_int_equal(system(cmd), 0);
                }
        }
}

/* ---- memory ------------------------------------------------------------ */

static void sweep_memory(Db *t, bool persistent, uint64_t dense, uint64_t step)
{
        for (uint64_t n = 1;; n += n < dense ? 1 : step) {
                char where[512], name[32];
                snprintf(name, sizeof(name), "m%d_%llu", persistent, (unsigned long long)n);
                db_place(t, name, where);
                Work w = { .where = where };
                int64_t before = mem_live_blocks();
                mem_test_fail_at(n, persistent);
                work(&w);
                uint64_t seen = mem_test_count();
                mem_test_fail_at(0, 0);
                char text[100];
                snprintf(text, sizeof(text), "allocation %llu%s", (unsigned long long)n, persistent ? " and all after" : "");
                if (mem_live_blocks() != before)
                        fail_msg("%s: %lld blocks are left", text, (long long)(mem_live_blocks() - before));
                if (w.st != ST_OK && w.st != ST_NOMEM)
                        fail_msg("%s: %s", text, status_name(w.st));
                /* Closing asks for memory too, and can do without. */
                if (persistent && seen >= n && w.st != ST_NOMEM && w.committed < TRANSACTIONS)
                        fail_msg("%s: %s", text, status_name(w.st));
                whole(t, &w, text);
                if (t->engine == STORE_SQLITE)
                        remove_db(where);
                if (seen < n) {
                        assert_ok(w.st);
                        break;
                }
        }
}

static void test_memory_faults(void **state)
{
        DB_BEGIN(t);
        char where[512];
        db_place(t, "memory", where);
        Work w = { .where = where };
        work(&w);               /* what is made once for the process is there */
        assert_ok(w.st);
        bool pg = t->engine == STORE_POSTGRES;
        uint64_t dense = quick() ? 40 : pg ? 60 : 600, step = quick() ? 97 : pg ? 23 : 5;
        sweep_memory(t, false, dense, step);
        sweep_memory(t, true, dense, step * 2);
}

int main(void)
{
        const struct CMUnitTest on_files[] = { DB_TEST(test_write_faults), DB_TEST(test_backup_faults) };
        const struct CMUnitTest tests[] = { DB_TEST(test_memory_faults) };
        return db_run("memory faults", tests, ARRAY_LEN(tests)) + db_run_on(STORE_SQLITE, "file faults", on_files, ARRAY_LEN(on_files));
}
