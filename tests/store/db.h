/* db.h -- a fresh database for each test, on SQLite and on PostgreSQL.
 *
 *     static void test_x(void **state) { Db *t = *state; … t->store … }
 *     int main(void) { return db_run("store", tests, ARRAY_LEN(tests)); }     // every test on both
 *
 * Tests are made with DB_TEST(test_x).  The PostgreSQL is that of KECHUANG_TEST_PG or one of our own (tests/pg.py),
 * which ends with this program, however it ends.  Without its programs the tests on it are skipped. */
#ifndef KC_TESTS_STORE_DB_H
#define KC_TESTS_STORE_DB_H

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/backup.h"
#include "store/event.h"
#include "store/store.h"
#include "store/text.h"
#include "tests/test.h"

typedef struct Db {
        StoreEngine engine;
        char folder[64];
        char where[512];        /* path or URL */
        Store *store;
        Diag diag;
} Db;

static StoreEngine db_engine;           /* what the running group is on */

/* "" when there is none. */
static inline const char *db_pg_base(void)
{
        static char url[400];
        static bool asked;
        if (asked)
                return url;
        asked = true;
        const char *given = getenv("KECHUANG_TEST_PG");
        if (given) {
                snprintf(url, sizeof(url), "%s", given);
                return url;
        }
        int in[2], out[2];
        if (pipe(in) < 0 || pipe(out) < 0)
                return url;
        if (fork() == 0) {
                dup2(in[0], 0);
                dup2(out[1], 1);
                close(in[1]);
                const char *root = getenv("KECHUANG_ROOT");
                char path[512];
                snprintf(path, sizeof(path), "%s/tests/pg.py", root ? root : ".");
                execlp("python3", "python3", path, "serve", (char *)NULL);
                _exit(127);
        }
        close(in[0]);           /* in[1] stays open until we end: then the server ends */
        close(out[1]);
        FILE *f = fdopen(out[0], "r");
        if (!f || !fgets(url, sizeof(url), f) || strncmp(url, "postgres", 8) != 0) {
                print_message("PostgreSQL: %s", url[0] ? url : "tests/pg.py did not start\n");
                url[0] = '\0';
        }
        url[strcspn(url, "\n")] = '\0';
        return url;
}

static inline void db_show(Diag *d)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        diag_print(d, &b);
        if (b.len)
                print_message("%s", buf_cstr(&b));
}

/* A place for one more database of the same engine. */
static inline void db_place(const Db *t, const char *name, char out[512])
{
        if (t->engine == STORE_SQLITE)
                snprintf(out, 512, "%s/%s.db", t->folder, name);
        else
                snprintf(out, 512, "%s?schema=t%s_%s", db_pg_base(), strrchr(t->folder, '-') + 1, name);
}

static inline int db_setup(void **state)
{
        Db *t = calloc(1, sizeof(*t));
        t->engine = db_engine;
        t->diag = DIAG_INIT(LANG_EN);
        /* In memory where there is such a folder: a sync is then none, and many are asked for. */
        snprintf(t->folder, sizeof(t->folder), "%s/kechuang-store-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        if (!mkdtemp(t->folder))
                return -1;
        db_place(t, "main", t->where);
        if (t->engine == STORE_POSTGRES && !*db_pg_base()) {
                *state = t;
                return 0;
        }
        StoreOptions opt = { .mode = STORE_CREATE, .busy_ms = 2000 };
        Status st = store_open(t->where, &opt, &t->diag, &t->store);
        db_show(&t->diag);
        *state = t;
        return st == ST_OK ? 0 : -1;
}

static inline int db_teardown(void **state)
{
        Db *t = *state;
        store_close(t->store);
        diag_release(&t->diag);
        char cmd[128];
        snprintf(cmd, sizeof(cmd), "rm -rf %s", t->folder);
        int rc = system(cmd);
        free(t);
        return rc;
}

/* Every test begins with this. */
#define DB_BEGIN(t)                                                                     \
        Db *t = *state;                                                                 \
        if (!t->store) {                                                                \
                print_message("skipped: no PostgreSQL to test on\n");                   \
                skip();                                                                 \
        }

#define DB_TEST(fn) { #fn, fn, db_setup, db_teardown, NULL }

static inline int db_run_on(StoreEngine engine, const char *name, const struct CMUnitTest *tests, size_t n)
{
        db_engine = engine;
        struct CMUnitTest *named = calloc(n, sizeof(*named));
        char (*names)[160] = calloc(n, sizeof(*names));
        for (size_t i = 0; i < n; i++) {
                named[i] = tests[i];
                snprintf(names[i], sizeof(names[i]), "%s on %s", tests[i].name, engine == STORE_SQLITE ? "SQLite" : "PostgreSQL");
                named[i].name = names[i];
        }
        int failed = _cmocka_run_group_tests(name, named, n, NULL, NULL);
        free(named);
        free(names);
        return failed;
}

static inline int db_run(const char *name, const struct CMUnitTest *tests, size_t n)
{
        int failed = db_run_on(STORE_SQLITE, name, tests, n);
        return failed + db_run_on(STORE_POSTGRES, name, tests, n);
}

/* ---- small helpers the tests share -------------------------------------- */

#define DB_OK(t, expr)                                                                  \
        do {                                                                            \
                Status st_ = (expr);                                                    \
                if (st_ != ST_OK) {                                                     \
                        db_show(&(t)->diag);                                            \
                        fail_msg("%s: %s", #expr, status_name(st_));                    \
                }                                                                       \
        } while (0)
/* The status, and messages forgotten. */
#define DB_IS(t, expr, want)                                                            \
        do {                                                                            \
                Status st_ = (expr);                                                    \
                if (st_ != (want)) {                                                    \
                        db_show(&(t)->diag);                                            \
                        fail_msg("%s: %s, not %s", #expr, status_name(st_), status_name(want)); \
                }                                                                       \
                if (st_ != ST_NOT_FOUND)                                                \
                        assert_true(t->diag.errors > 0);                                \
                diag_clear(&(t)->diag);                                                 \
        } while (0)

static inline StoreTx *db_begin(Db *t, StoreMode mode)
{
        StoreTx *tx = NULL;
        DB_OK(t, store_begin(t->store, mode, &t->diag, &tx));
        return tx;
}

static inline void db_event(Db *t, StoreTx *tx, const char *op)
{
        DB_OK(t, store_event(tx, &(StoreEvent){ .actor = STR("tester"), .op = str_c(op), .subject = STR("test:1"),
                                                .payload = STR("{\"b\": 1.50, \"a\": \"研发\"}") }, NULL));
}

static inline void db_commit(Db *t, StoreTx *tx)
{
        if (store_mode(tx) == STORE_WRITE)
                db_event(t, tx, "test");
        DB_OK(t, store_commit(&tx));
}

static inline int64_t db_i64(Db *t, StoreTx *tx, const char *sql)
{
        int64_t v = -1;
        DB_OK(t, store_get_i64(tx, sql, STORE_NO_ARGS, &v));
        return v;
}

#endif
