#include "tests/store/db.h"

#define COLS(c) .columns = c, .column_count = ARRAY_LEN(c)
#define IDX(i) .indexes = i, .index_count = ARRAY_LEN(i)

static const StoreColumn base_columns[] = {
        { .name = "id", .type = STORE_I64 }, { .name = "name", .type = STORE_TEXT, .not_null = true }, { .name = "kind", .type = STORE_I64 },
};
static const StoreIndex base_indexes[] = { { .name = "thing_name", .columns = "name" } };
static const StoreTable base = { .name = "thing", COLS(base_columns), .primary_key = "id", IDX(base_indexes) };

static void apply(Db *t, const StoreTable *tables, size_t n, bool want_change)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        bool changed = !want_change;
        DB_OK(t, store_apply_tables(tx, tables, n, &changed));
        assert_int_equal(changed, want_change);
        if (want_change)
                db_commit(t, tx);
        else
                DB_OK(t, store_commit(&tx));    /* nothing changed: no event is asked for */
}

static void start(Db *t)
{
        apply(t, &base, 1, true);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        for (int64_t i = 1; i <= 3; i++)
                DB_OK(t, store_exec(tx, "INSERT INTO thing (id, name, kind) VALUES ($1, $2, $3)",
                                    STORE_ARGS(sv_i64(i), sv_cstr(i == 3 ? "b" : "a"), sv_i64(i)), NULL));
        db_commit(t, tx);
}

static void test_additive(void **state)
{
        DB_BEGIN(t);
        start(t);
        apply(t, &base, 1, false);
        static const StoreValue zero = { .type = STORE_I64, .i64 = -7 }, word = { .type = STORE_TEXT, .str = { "it's", 4 } };
        static const StoreColumn columns[] = {
                { .name = "id", .type = STORE_I64 }, { .name = "name", .type = STORE_TEXT, .not_null = true }, { .name = "kind", .type = STORE_I64 },
                { .name = "area", .type = STORE_I64, .not_null = true, .fallback = &zero }, { .name = "note", .type = STORE_TEXT, .fallback = &word },
                { .name = "seal", .type = STORE_BLOB }, { .name = "owner", .type = STORE_TEXT, .references = "owner(code)" },
        };
        static const StoreIndex indexes[] = {
                { .name = "thing_name", .columns = "name" }, { .name = "thing_kind", .columns = "kind,id", .unique = true }, { .name = "thing_seal", .columns = "note" },
        };
        static const StoreColumn owner_columns[] = { { .name = "code", .type = STORE_TEXT }, { .name = "title", .type = STORE_TEXT } };
        const StoreTable newer[] = {
                { .name = "thing", COLS(columns), .primary_key = "id", IDX(indexes) },
                { .name = "owner", COLS(owner_columns), .primary_key = "code" },
        };
        apply(t, newer, 2, true);
        apply(t, newer, 2, false);
        /* Older definitions find what they want. */
        apply(t, &base, 1, false);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM thing WHERE area = -7 AND note = 'it''s' AND seal IS NULL"), 3);
        bool there = false;
        DB_OK(t, store_has_table(tx, "owner", &there));
        assert_true(there);
        DB_OK(t, store_has_table(tx, "nothing", &there));
        assert_false(there);
        DB_IS(t, store_exec(tx, "INSERT INTO thing (id, name, kind) VALUES (1, 'x', 9)", STORE_NO_ARGS, NULL), ST_EXISTS);
        store_rollback(tx);
        /* The new foreign key holds. */
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_exec(tx, "UPDATE thing SET owner = 'nobody' WHERE id = 1", STORE_NO_ARGS, NULL));
        db_event(t, tx, "test");
        DB_IS(t, store_commit(&tx), ST_CONFLICT);
        tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_drop_index(tx, "thing_kind"));
        DB_OK(t, store_drop_index(tx, "thing_kind"));
        db_commit(t, tx);
        apply(t, newer, 2, true);
}

static void conflict(Db *t, const StoreTable *table, size_t messages)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        Status st = store_apply_tables(tx, table, 1, NULL);
        if (st != ST_CONFLICT || t->diag.errors != messages) {
                db_show(&t->diag);
                fail_msg("%s with %zu messages, not ST_CONFLICT with %zu", status_name(st), t->diag.errors, messages);
        }
        diag_clear(&t->diag);
        store_rollback(tx);
        apply(t, &base, 1, false);
}

static void test_conflicts(void **state)
{
        DB_BEGIN(t);
        start(t);
        static const StoreColumn other_types[] = {
                { .name = "id", .type = STORE_TEXT }, { .name = "name", .type = STORE_BLOB }, { .name = "kind", .type = STORE_I64, .not_null = true },
                { .name = "fresh", .type = STORE_I64, .not_null = true },
        };
        conflict(t, &(StoreTable){ .name = "thing", COLS(other_types), .primary_key = "id, name" }, 5);
        static const StoreColumn with_key[] = {
                { .name = "id", .type = STORE_I64 }, { .name = "name", .type = STORE_TEXT, .not_null = true }, { .name = "kind", .type = STORE_I64, .references = "thing(id)" },
        };
        conflict(t, &(StoreTable){ .name = "thing", COLS(with_key), .primary_key = "id" }, 1);
        static const StoreIndex other_index[] = { { .name = "thing_name", .columns = "name, kind" }, { .name = "thing_unique", .columns = "name", .unique = true } };
        conflict(t, &(StoreTable){ .name = "thing", COLS(base_columns), .primary_key = "id", IDX(other_index) }, 2);
        static const StoreIndex taken[] = { { .name = "event_subject", .columns = "name" } };
        conflict(t, &(StoreTable){ .name = "thing", COLS(base_columns), .primary_key = "id", IDX(taken) }, 1);
}

static void wrong(Db *t, const StoreTable *table)
{
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_IS(t, store_apply_tables(tx, table, 1, NULL), ST_INTERNAL);
        store_rollback(tx);
}

static void test_wrong_definitions(void **state)
{
        DB_BEGIN(t);
        static const StoreColumn one[] = { { .name = "id", .type = STORE_I64 } };
        static const StoreColumn twice[] = { { .name = "id", .type = STORE_I64 }, { .name = "id", .type = STORE_I64 } };
        static const StoreColumn no_type[] = { { .name = "id" } };
        static const StoreColumn bad_name[] = { { .name = "a b", .type = STORE_I64 } };
        static const StoreColumn bad_key[] = { { .name = "id", .type = STORE_I64, .references = "nowhere" } };
        static const StoreValue text = { .type = STORE_TEXT, .str = { "x", 1 } };
        static const StoreColumn bad_fallback[] = { { .name = "id", .type = STORE_I64, .fallback = &text } };
        static const StoreIndex bad_index[] = { { .name = "i", .columns = "none" } };
        wrong(t, &(StoreTable){ .name = "x y", COLS(one), .primary_key = "id" });
        wrong(t, &(StoreTable){ .name = "x" });
        wrong(t, &(StoreTable){ .name = "x", COLS(one) });
        wrong(t, &(StoreTable){ .name = "x", COLS(one), .primary_key = "" });
        wrong(t, &(StoreTable){ .name = "x", COLS(one), .primary_key = "id, none" });
        wrong(t, &(StoreTable){ .name = "x", COLS(twice), .primary_key = "id" });
        wrong(t, &(StoreTable){ .name = "x", COLS(no_type), .primary_key = "id" });
        wrong(t, &(StoreTable){ .name = "x", COLS(bad_name), .primary_key = "a b" });
        wrong(t, &(StoreTable){ .name = "x", COLS(bad_key), .primary_key = "id" });
        wrong(t, &(StoreTable){ .name = "x", COLS(bad_fallback), .primary_key = "id" });
        wrong(t, &(StoreTable){ .name = "x", COLS(one), .primary_key = "id", IDX(bad_index) });
        wrong(t, &(StoreTable){ .name = "event", COLS(one), .primary_key = "id" });
        wrong(t, &(StoreTable){ .name = "store_head", COLS(one), .primary_key = "id" });
        wrong(t, &(StoreTable){ .name = "sqlite_x", COLS(one), .primary_key = "id" });
        wrong(t, &(StoreTable){ .name = "x__fts", COLS(one), .primary_key = "id" });
}

/* DDL is part of the transaction. */
static void test_rolled_back(void **state)
{
        DB_BEGIN(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_apply_tables(tx, &base, 1, NULL));
        DB_OK(t, store_exec(tx, "INSERT INTO thing (id, name) VALUES (1, 'x')", STORE_NO_ARGS, NULL));
        store_rollback(tx);
        bool there = true;
        tx = db_begin(t, STORE_READ);
        DB_OK(t, store_has_table(tx, "thing", &there));
        assert_false(there);
        store_rollback(tx);
        /* A statement prepared before a change of definitions goes on after it, on this and on other connections. */
        start(t);
        StoreTx *r1 = db_begin(t, STORE_READ), *r2 = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, r1, "SELECT count(*) FROM thing"), 3);
        assert_int_equal(db_i64(t, r2, "SELECT count(*) FROM thing"), 3);
        store_rollback(r1);
        store_rollback(r2);
        static const StoreColumn columns[] = { { .name = "id", .type = STORE_I64 }, { .name = "more", .type = STORE_TEXT } };
        apply(t, &(StoreTable){ .name = "thing", COLS(columns), .primary_key = "id" }, 1, true);
        r1 = db_begin(t, STORE_READ), r2 = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, r1, "SELECT count(*) FROM thing"), 3);
        assert_int_equal(db_i64(t, r2, "SELECT count(*) FROM thing WHERE more IS NULL"), 3);
        store_rollback(r1);
        store_rollback(r2);
}

static void test_wide_table(void **state)
{
        DB_BEGIN(t);
        enum { N = 900 };
        static char names[N][16];
        static StoreColumn columns[N];
        for (size_t i = 0; i < N; i++) {
                snprintf(names[i], sizeof(names[i]), "c%zu", i);
                columns[i] = (StoreColumn){ .name = names[i], .type = i % 2 ? STORE_TEXT : STORE_I64 };
        }
        const StoreTable wide = { .name = "wide", COLS(columns), .primary_key = "c0" };
        apply(t, &wide, 1, true);
        apply(t, &wide, 1, false);
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 20);
        buf_puts(&sql, "INSERT INTO wide VALUES (");
        store_put_params(&sql, 1, N);
        buf_puts(&sql, ")");
        static StoreValue args[N];
        for (size_t i = 0; i < N; i++)
                args[i] = i % 2 ? sv_cstr(names[i]) : sv_i64((int64_t)i);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_exec(tx, buf_cstr(&sql), args, N, NULL));
        db_commit(t, tx);
        tx = db_begin(t, STORE_READ);
        assert_int_equal(db_i64(t, tx, "SELECT c898 FROM wide WHERE c899 = 'c899'"), 898);
        static StoreType types[N];
        for (size_t i = 0; i < N; i++)
                types[i] = columns[i].type;
        StoreScan *scan = NULL;
        const StoreVector *v;
        size_t rows;
        DB_OK(t, store_scan(tx, "SELECT * FROM wide", STORE_NO_ARGS, types, N, 4096, &scan));
        assert_true(store_scan_next(scan, &v, &rows));
        assert_int_equal(rows, 1);
        assert_int_equal(v[898].i64[0], 898);
        assert_true(str_eq_c(v[899].str[0], "c899"));
        assert_false(store_scan_next(scan, &v, &rows));
        DB_OK(t, store_scan_done(scan));
        store_scan_free(scan);
        store_rollback(tx);
}

/* ---- backup and restore ------------------------------------------------ */

static void everything(Db *t)
{
        static const StoreValue word = { .type = STORE_TEXT, .str = { "it's (x)", 8 } }, minus = { .type = STORE_I64, .i64 = -3 };
        static const StoreColumn columns[] = {
                { .name = "id", .type = STORE_I64 }, { .name = "parent", .type = STORE_I64, .references = "thing(id)" },
                { .name = "name", .type = STORE_TEXT, .not_null = true }, { .name = "seal", .type = STORE_BLOB },
                { .name = "note", .type = STORE_TEXT, .fallback = &word }, { .name = "n", .type = STORE_I64, .not_null = true, .fallback = &minus },
        };
        static const StoreIndex indexes[] = { { .name = "thing_name", .columns = "name", .unique = true }, { .name = "thing_n", .columns = "n, parent" } };
        static const StoreColumn facts[] = { { .name = "unit", .type = STORE_TEXT }, { .name = "period", .type = STORE_I64 }, { .name = "v", .type = STORE_I64 } };
        const StoreTable tables[] = {
                { .name = "thing", COLS(columns), .primary_key = "id", IDX(indexes) }, { .name = "fact", COLS(facts), .primary_key = "unit, period" },
        };
        StoreTx *tx = db_begin(t, STORE_WRITE);
        DB_OK(t, store_apply_tables(tx, tables, 2, NULL));
        DB_OK(t, store_text_index(tx, "thing_text"));
        int64_t first;
        DB_OK(t, store_new_ids(tx, "thing", 500, &first));
        for (int64_t i = 0; i < 500; i++) {
                char name[64];
                snprintf(name, sizeof(name), "第%lld家科技公司\n'%c'", (long long)i, (char)('a' + i % 26));
                DB_OK(t, store_exec(tx, "INSERT INTO thing (id, parent, name, seal, n) VALUES ($1, $2, $3, $4, $5)",
                                    STORE_ARGS(sv_i64(first + i), i ? sv_i64(first + i / 2) : sv_null(), sv_cstr(name),
                                               i % 2 ? sv_blob(STR("\0\1\2")) : sv_null(), sv_i64(i * 1000000007LL)), NULL));
                DB_OK(t, store_exec(tx, "INSERT INTO fact (unit, period, v) VALUES ($1, $2, $3)",
                                    STORE_ARGS(sv_cstr(i % 2 ? "51" : "52"), sv_i64(i), i % 5 ? sv_i64(-i) : sv_null()), NULL));
                DB_OK(t, store_text_put(tx, "thing_text", first + i, str_c(name)));
        }
        DB_OK(t, store_meta_set(tx, "pack", STR("city")));
        db_commit(t, tx);
        for (int i = 0; i < 5; i++) {
                tx = db_begin(t, STORE_WRITE);
                db_commit(t, tx);
        }
}

/* Everything that is in a database, as one text. */
static void dump(Db *t, const char *where, char hex[SM3_HEX])
{
        Store *s = NULL;
        DB_OK(t, store_open(where, &(StoreOptions){ .mode = STORE_OPEN_READ }, &t->diag, &s));
        StoreTx *tx = NULL;
        DB_OK(t, store_begin(s, STORE_READ, &t->diag, &tx));
        static const char *const queries[] = {
                "SELECT id, parent, name, seal, note, n FROM thing ORDER BY id", "SELECT unit, period, v FROM fact ORDER BY unit, period",
                "SELECT key, value FROM store_meta ORDER BY key", "SELECT id, events, hash FROM store_head", "SELECT name, last FROM store_counter ORDER BY name",
                "SELECT name FROM store_text", "SELECT id, body FROM thing_text ORDER BY id",
                "SELECT seq, time, actor, on_behalf, op, subject, reason, payload, prev, hash FROM event ORDER BY seq",
        };
        _cleanup_buf_ Buf b = BUF_INIT(16 << 20);
        for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
                StoreStmt *q = NULL;
                DB_OK(t, store_query(tx, queries[i], STORE_NO_ARGS, &q));
                while (store_next(q)) {
                        for (int c = 0; c < store_columns(q); c++) {
                                StoreValue v = store_value(q, c);
                                buf_printf(&b, "%d:%lld:%zu:", (int)v.type, (long long)v.i64, v.str.len);
                                buf_put_str(&b, v.str);
                        }
                        buf_putc(&b, '\n');
                }
                DB_OK(t, store_done(q));
                store_stmt_free(q);
        }
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        int64_t *ids;
        size_t n = 0;
        DB_OK(t, store_text_search(tx, "thing_text", STR("科技 第12"), 1000, a, &ids, &n));
        buf_printf(&b, "found %zu, first %lld", n, n ? (long long)ids[0] : 0);
        assert_int_equal(n, 11);
        assert_ok(sm3_hex_of(buf_str(&b), hex));
        store_rollback(tx);
        store_close(s);
}

/* The restored database is one to work on: defaults, keys and indexes are there. */
static void works(Db *t, const char *where)
{
        Store *s = NULL;
        DB_OK(t, store_open(where, NULL, &t->diag, &s));
        for (int i = 0; i < 3; i++) {
                StoreTx *tx = NULL;
                DB_OK(t, store_begin(s, STORE_WRITE, &t->diag, &tx));
                int64_t id;
                DB_OK(t, store_new_ids(tx, "thing", 1, &id));
                assert_int_equal(id, 501);
                if (i == 0) {
                        DB_OK(t, store_exec(tx, "INSERT INTO thing (id, name) VALUES ($1, 'new')", STORE_ARGS(sv_i64(id)), NULL));
                        assert_int_equal(db_i64(t, tx, "SELECT count(*) FROM thing WHERE id = 501 AND note = 'it''s (x)' AND n = -3"), 1);
                        DB_OK(t, store_text_put(tx, "thing_text", id, STR("全新企业")));
                        store_rollback(tx);
                } else if (i == 1) {
                        DB_IS(t, store_exec(tx, "UPDATE thing SET name = (SELECT name FROM thing WHERE id = 2) WHERE id = 1", STORE_NO_ARGS, NULL), ST_EXISTS);
                        store_rollback(tx);
                } else {
                        DB_OK(t, store_exec(tx, "UPDATE thing SET parent = 99999 WHERE id = 1", STORE_NO_ARGS, NULL));
                        DB_OK(t, store_event(tx, &(StoreEvent){ .actor = STR("x"), .op = STR("y") }, NULL));
                        DB_IS(t, store_commit(&tx), ST_CONFLICT);
                }
        }
        store_close(s);
}

static void test_backup_and_restore(void **state)
{
        DB_BEGIN(t);
        everything(t);
        char before[SM3_HEX], after[SM3_HEX], file[128], where[512];
        dump(t, t->where, before);
        snprintf(file, sizeof(file), "%s/backup.db", t->folder);
        StoreCopied copied = { 0 };
        DB_OK(t, store_backup(t->store, file, &t->diag, &copied));
        assert_int_equal(copied.proof.events, 6);
        assert_int_equal(copied.tables, 8);
        assert_int_equal(copied.rows, 3 + 1 + 1 + 1 + 6 + 500 * 3);
        dump(t, file, after);
        assert_string_equal(before, after);
        DB_IS(t, store_backup(t->store, file, &t->diag, NULL), ST_EXISTS);

        /* To a file, and to the engine under test. */
        for (int i = 0; i < 2; i++) {
                if (i == 0)
                        snprintf(where, sizeof(where), "%s/restored.db", t->folder);
                else
                        db_place(t, "again", where);
                DB_OK(t, store_restore(file, where, &t->diag, &copied));
                assert_int_equal(copied.proof.events, 6);
                dump(t, where, after);
                assert_string_equal(before, after);
                works(t, where);
                DB_IS(t, store_restore(file, where, &t->diag, NULL), ST_EXISTS);
                dump(t, where, after);
                assert_string_equal(before, after);
        }
        DB_IS(t, store_restore("/nonexistent/b.db", where, &t->diag, NULL), ST_NOT_FOUND);
        diag_clear(&t->diag);
        DB_IS(t, store_backup(t->store, "/nonexistent/b.db", &t->diag, NULL), ST_IO);
}

/* A backup while others write: the state of one moment, and the writers do not wait for it to end. */
static void test_backup_on_line(void **state)
{
        DB_BEGIN(t);
        everything(t);
        StoreTx *tx = db_begin(t, STORE_WRITE);
        static const char *const names[] = { "unit", "period", "v" };
        StoreBulk *b = NULL;
        DB_OK(t, store_bulk(tx, "fact", names, 3, &b));
        char unit[600];
        memset(unit, 'u', sizeof(unit));
        for (int64_t i = 0; i < 40000; i++)
                DB_OK(t, store_bulk_row(b, (const StoreValue[]){ sv_text(str_n(unit, sizeof(unit))), sv_i64(i), sv_i64(0) }));
        DB_OK(t, store_bulk_end(&b, NULL));
        db_commit(t, tx);
        int pipe_fds[2];
        assert_int_equal(pipe(pipe_fds), 0);
        pid_t pid = fork();
        if (pid == 0) {         /* every commit changes all rows of thing alike, and counts itself */
                Store *s = NULL;
                Diag d = DIAG_INIT(LANG_EN);
                Status st = store_open(t->where, &(StoreOptions){ .busy_ms = 20000 }, &d, &s);
                for (int i = 0; st == ST_OK; i++) {
                        st = store_begin(s, STORE_WRITE, &d, &tx);
                        if (st == ST_OK)
                                st = store_exec(tx, "UPDATE thing SET n = $1", STORE_ARGS(sv_i64(i)), NULL);
                        if (st == ST_OK)
                                st = store_event(tx, &(StoreEvent){ .actor = STR("w"), .op = STR("w") }, NULL);
                        if (st == ST_OK)
                                st = store_commit(&tx);
                        if (write(pipe_fds[1], "x", 1) != 1)
                                _exit(2);
                }
                _exit(1);
        }
        char x[1];
        assert_int_equal(read(pipe_fds[0], x, 1), 1);
        char file[128];
        StoreCopied copied = { 0 };
        for (int i = 0; i < 3; i++) {
                snprintf(file, sizeof(file), "%s/live%d.db", t->folder, i);
                DB_OK(t, store_backup(t->store, file, &t->diag, &copied));
                assert_int_equal(t->diag.warnings, 0);
                Store *s = NULL;
                DB_OK(t, store_open(file, &(StoreOptions){ .mode = STORE_OPEN_READ }, &t->diag, &s));
                DB_OK(t, store_begin(s, STORE_READ, &t->diag, &tx));
                assert_int_equal(db_i64(t, tx, "SELECT count(DISTINCT n) FROM thing"), 1);
                assert_int_equal(db_i64(t, tx, "SELECT max(n) FROM thing"), copied.proof.events - 8);
                store_rollback(tx);
                store_close(s);
        }
        kill(pid, SIGKILL);
        int status = 0;
        waitpid(pid, &status, 0);
        assert_true(WIFSIGNALED(status));
        close(pipe_fds[0]);
        close(pipe_fds[1]);
}

/* Is there anything at the place?  A file, a folder's remains, tables of a schema. */
static void nothing_there(Db *t, const char *where)
{
        Store *s = NULL;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        assert_int_equal(store_open(where, NULL, &d, &s), ST_NOT_FOUND);
        char cmd[256];
        snprintf(cmd, sizeof(cmd), "test -z \"$(ls %s | grep tmp-)\"", t->folder);
        assert_int_equal(system(cmd), 0);
}

static void test_restore_proves(void **state)
{
        DB_BEGIN(t);
        everything(t);
        StoreTx *tx = db_begin(t, STORE_HOUSEKEEPING);
        DB_OK(t, store_exec(tx, "UPDATE event SET reason = 'changed' WHERE seq = 3", STORE_NO_ARGS, NULL));
        DB_OK(t, store_commit(&tx));
        char file[128], where[512];
        snprintf(file, sizeof(file), "%s/backup.db", t->folder);
        StoreCopied copied;
        DB_OK(t, store_backup(t->store, file, &t->diag, &copied));
        assert_int_equal(copied.proof.first_broken, 3);
        assert_int_equal(t->diag.warnings, 1);
        diag_clear(&t->diag);
        db_place(t, "again", where);
        DB_IS(t, store_restore(file, where, &t->diag, NULL), ST_CHECK);
        nothing_there(t, where);
        /* Not a backup at all; a damaged one. */
        FILE *f = fopen(file, "w");
        fputs("nonsense, and not short of it: a backup begins with other words than these", f);
        fclose(f);
        DB_IS(t, store_restore(file, where, &t->diag, NULL), ST_FOREIGN);
        nothing_there(t, where);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                DB_TEST(test_additive), DB_TEST(test_conflicts), DB_TEST(test_wrong_definitions), DB_TEST(test_rolled_back),
                DB_TEST(test_wide_table), DB_TEST(test_backup_and_restore), DB_TEST(test_backup_on_line), DB_TEST(test_restore_proves),
        };
        return db_run("tables", tests, ARRAY_LEN(tests));
}
