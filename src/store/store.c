/* The database, its connections and its transactions.  Connections are opened when they are needed, kept when
 * they are not, and closed with the Store.  Writers of one process wait for each other here, in the order they
 * come, instead of polling SQLite's file lock; writers of other processes are waited for by the engine. */
#include "store/store_int.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUSY_DEFAULT_MS = 5000, CONNECTIONS_DEFAULT = 16, CACHE_DEFAULT_KB = 16384 };

bool store_is_url(const char *where)
{
        return where &&
               (str_starts(str_c(where), STR("postgres://")) || str_starts(str_c(where), STR("postgresql://")));
}

const char *store_name(const Store *s) { return s->name; }
StoreEngine store_engine(const Store *s) { return s->driver->engine; }
const char *store_engine_text(const Store *s) { return s->engine_text ? s->engine_text : ""; }
Pos store_pos(const Store *s) { return POS_FILE(s ? s->name : NULL); }

static char *copy(const char *s)
{
        size_t n = strlen(s) + 1;
        char *p = mem_alloc(n);
        return p ? memcpy(p, s, n) : NULL;
}

/* postgres://user:secret@host/db is shown as postgres://user@host/db */
static char *shown_name(const char *where)
{
        char *name = copy(where);
        if (!name || !store_is_url(where))
                return name;
        char *authority = strstr(name, "://") + 3;
        char *at = authority + strcspn(authority, "/?");
        while (at > authority && *at != '@')
                at--;
        char *colon = memchr(authority, ':', (size_t)(at - authority));
        if (*at == '@' && colon)
                memmove(colon, at, strlen(at) + 1);
        char *password = strstr(name, "password=");
        if (password) {
                char *rest = password + strcspn(password, "&");
                memmove(password, rest, strlen(rest) + 1);
        }
        return name;
}

/* ---- opening ----------------------------------------------------------- */

static Status begin_on(Store *s, StoreConn *c, StoreMode mode, Diag *d, StoreTx **ret);

static Status read_version(StoreTx *tx, int64_t *ret)
{
        _cleanup_arena_ Arena *a = arena_new(4096);
        Str text;
        if (!a)
                return ST_NOMEM;
        TRY(store_meta_get(tx, "schema", a, &text));
        return str_to_i64(text, ret) ? ST_OK : ST_CORRUPT;
}

/* Begins the transaction in which an empty database becomes ours, and makes the store's own tables.  When another
 * process was faster, *ret_state says so and nothing was made. */
static Status begin_set_up(Store *s, StoreConn *c, Diag *d, StoreState *ret_state, StoreTx **ret)
{
        TRY(s->driver->adopt(c, d));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(begin_on(s, c, STORE_SETUP, d, &tx));
        TRY(s->driver->inspect(c, d, ret_state));
        if (*ret_state == STORE_STATE_EMPTY) {
                TRY(s->driver->adopt_tx(c, d));
                TRY(store_apply_tables(tx, store_own_tables, store_own_table_count, NULL));
        }
        *ret = TAKE(tx);
        return ST_OK;
}

/* The records every database begins with. */
static Status set_up(Store *s, StoreConn *c, Diag *d)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        StoreState state;
        TRY(begin_set_up(s, c, d, &state, &tx));
        if (state == STORE_STATE_FOREIGN)
                return diag_fail(d, ST_FOREIGN, store_pos(s), "不是 kechuang 的数据库", "is not a kechuang database");
        if (state == STORE_STATE_OURS)
                return ST_OK;
        TRY(store_meta_set(tx, "application", STR("kechuang")));
        TRY(store_meta_set(tx, "schema", STR(STORE_SCHEMA_VERSION_TEXT)));
        TRY(store_exec(tx, "INSERT INTO store_head (id, events, hash) VALUES (1, 0, $1)",
                       STORE_ARGS(sv_cstr(STORE_ZERO_HASH)), NULL));
        return store_commit(&tx);
}

static Status check_version(Store *s, StoreConn *c, Diag *d)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(begin_on(s, c, STORE_READ, d, &tx));
        int64_t version = 0;
        Status st = read_version(tx, &version);
        if (st == ST_NOT_FOUND || st == ST_CORRUPT)
                return diag_fail(d, ST_CORRUPT, store_pos(s), "数据库缺少版本记录",
                                 "the database has no record of its version");
        TRY(st);
        if (version > STORE_SCHEMA_VERSION)
                return diag_fail(d, ST_UNSUPPORTED, store_pos(s),
                                 "数据库由更新的版本建立（结构 %lld，本程序 %d），请升级程序",
                                 "was made by a newer version (schema %lld, this program %d): upgrade the program",
                                 (long long)version, STORE_SCHEMA_VERSION);
        return ST_OK;
}

/* After connect: is it ours, may it become ours? */
static Status admit(Store *s, StoreConn *c, Diag *d)
{
        StoreState state;
        TRY(s->driver->inspect(c, d, &state));
        if (state == STORE_STATE_FOREIGN)
                return diag_fail(d, ST_FOREIGN, store_pos(s),
                                 "不是 kechuang 的数据库，未作任何改动；请另选一个位置",
                                 "is not a kechuang database; nothing was changed: choose another place");
        if (state == STORE_STATE_EMPTY) {
                if (s->opt.mode != STORE_CREATE)
                        return diag_fail(d, ST_NOT_FOUND, store_pos(s),
                                         "是空的数据库；请先运行 kechuang init %s --pack 目录",
                                         "is an empty database; first run: kechuang init %s --pack DIR", s->name);
                TRY(set_up(s, c, d));
        } else if (s->opt.mode != STORE_OPEN_READ) {
                TRY(s->driver->adopt(c, d));    /* a backup that is put to use */
        }
        return check_version(s, c, d);
}

static bool file_missing(const char *path)
{
        struct stat sb;
        return stat(path, &sb) != 0 && errno == ENOENT;
}

void store_remove_file(const char *path)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        (void)unlink(path);
        static const char *const tails[] = { "-wal", "-shm", "-journal" };
        for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
                buf_clear(&b);
                buf_puts(&b, path);
                buf_puts(&b, tails[i]);
                if (buf_status(&b) == ST_OK)
                        (void)unlink(buf_cstr(&b));
        }
}

static void store_destroy(Store *s)
{
        while (s->idle) {
                StoreConn *c = s->idle;
                s->idle = c->next;
                store_cache_drop(c);
                s->driver->disconnect(c);
        }
        pthread_mutex_destroy(&s->mutex);
        pthread_cond_destroy(&s->cond);
        mem_free(s->where);
        mem_free(s->name);
        mem_free(s->engine_text);
        mem_free(s->vfs);
        mem_free(s);
}

static Status store_make(const char *where, const StoreOptions *opt, Store **ret)
{
        Store *s = mem_calloc(1, sizeof(*s));
        if (!s)
                return ST_NOMEM;
        s->driver = store_is_url(where) ? &store_postgres_driver : &store_sqlite_driver;
        pthread_mutex_init(&s->mutex, NULL);
        pthread_condattr_t attr;
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(&s->cond, &attr);
        pthread_condattr_destroy(&attr);
        if (opt)
                s->opt = *opt;
        s->opt.busy_ms = s->opt.busy_ms == 0 ? BUSY_DEFAULT_MS : s->opt.busy_ms < 0 ? 0 : s->opt.busy_ms;
        s->opt.connections = s->opt.connections > 0 ? s->opt.connections : CONNECTIONS_DEFAULT;
        s->opt.cache_kb = s->opt.cache_kb > 0 ? s->opt.cache_kb : CACHE_DEFAULT_KB;
        s->where = copy(where);
        s->name = shown_name(where);
        bool made = s->where && s->name;
        if (s->opt.vfs) {
                s->vfs = copy(s->opt.vfs);
                s->opt.vfs = s->vfs;
                made = made && s->vfs;
        }
        if (!made) {
                store_destroy(s);
                return ST_NOMEM;
        }
        *ret = s;
        return ST_OK;
}

/* Connects and keeps the connection, admitted or not. */
static Status connect_first(Store *s, Diag *d, StoreConn **ret)
{
        StoreConn *c = NULL;
        TRY(s->driver->connect(s, d, &c));
        s->idle = c;
        *ret = c;
        return ST_OK;
}

Status store_open(const char *where, const StoreOptions *opt, Diag *d, Store **ret)
{
        if (!where || !*where)
                return diag_fail(d, ST_USAGE, POS_NONE, "没有给出数据库", "no database was given");
        Store *s;
        if (store_make(where, opt, &s) != ST_OK)
                return diag_fail(d, ST_NOMEM, POS_FILE(where), "内存不足", "out of memory");
        bool is_new = !store_is_url(where) && s->opt.mode == STORE_CREATE && file_missing(where);
        StoreConn *c = NULL;
        Status st = connect_first(s, d, &c);
        if (st == ST_OK)
                st = admit(s, c, d);
        if (st == ST_OK) {
                _cleanup_buf_ Buf text = BUF_INIT(256);
                s->driver->describe(c, &text);
                s->engine_text = buf_take(&text, NULL);
                st = s->engine_text ? ST_OK : ST_NOMEM;
        }
        if (st != ST_OK) {
                store_destroy(s);
                if (is_new && st != ST_LOCKED)
                        store_remove_file(where);
                if (st == ST_NOMEM)
                        return diag_fail(d, st, POS_FILE(where), "内存不足", "out of memory");
                return st;
        }
        *ret = s;
        return ST_OK;
}

Status store_open_empty(const char *where, Diag *d, Store **ret, StoreTx **ret_tx)
{
        Store *s;
        if (store_make(where, &(StoreOptions){ .mode = STORE_CREATE }, &s) != ST_OK)
                return diag_fail(d, ST_NOMEM, POS_FILE(where), "内存不足", "out of memory");
        StoreConn *c = NULL;
        StoreState state = STORE_STATE_FOREIGN;
        StoreTx *tx = NULL;
        Status st = connect_first(s, d, &c);
        if (st == ST_OK)
                st = s->driver->inspect(c, d, &state);
        if (st == ST_OK && state == STORE_STATE_EMPTY)
                st = begin_set_up(s, c, d, &state, &tx);
        if (st == ST_OK && state != STORE_STATE_EMPTY)
                st = diag_fail(d, ST_EXISTS, store_pos(s), "目标不是空的，不覆盖",
                               "the target is not empty and is not overwritten");
        if (st != ST_OK) {
                store_rollback(tx);
                store_destroy(s);
                return st;
        }
        *ret = s;
        *ret_tx = tx;
        return ST_OK;
}

void store_close(Store *s)
{
        if (s)
                store_destroy(s);
}

/* ---- connections ------------------------------------------------------- */

static void wait_until(int ms, struct timespec *ret)
{
        clock_gettime(CLOCK_MONOTONIC, ret);
        ret->tv_sec += ms / 1000;
        ret->tv_nsec += (long)(ms % 1000) * 1000000;
        if (ret->tv_nsec >= 1000000000) {
                ret->tv_sec++;
                ret->tv_nsec -= 1000000000;
        }
}

/* SQLite has one writer of any kind; PostgreSQL's housekeeping goes beside the writer. */
static bool needs_turn(const Store *s, StoreMode mode)
{
        return mode == STORE_WRITE || (mode == STORE_HOUSEKEEPING && s->driver->engine == STORE_SQLITE);
}

/* A free place among the connections and, for a writer, its turn.  *ret NULL: one may be opened. */
static Status lend(Store *s, StoreMode mode, Diag *d, StoreConn **ret, uint64_t *ret_generation)
{
        bool turn = needs_turn(s, mode);
        struct timespec until;
        wait_until(s->opt.busy_ms, &until);
        pthread_mutex_lock(&s->mutex);
        int rc = 0;
        while (rc == 0 && ((turn && s->writing) || s->lent >= s->opt.connections))
                rc = pthread_cond_timedwait(&s->cond, &s->mutex, &until);
        if ((turn && s->writing) || s->lent >= s->opt.connections) {
                pthread_mutex_unlock(&s->mutex);
                return diag_fail(d, ST_LOCKED, store_pos(s),
                                 "数据库正被占用，等待 %d 毫秒后放弃；请稍后再试",
                                 "the database is in use; gave up after %d ms: try again later", s->opt.busy_ms);
        }
        s->lent++;
        if (turn)
                s->writing = true;
        StoreConn *c = s->idle;
        if (c)
                s->idle = c->next;
        uint64_t generation = s->generation;
        pthread_mutex_unlock(&s->mutex);
        if (c && c->generation != generation) {
                store_cache_drop(c);
                c->generation = generation;
        }
        *ret = c;
        *ret_generation = generation;
        return ST_OK;
}

static void give_back(Store *s, StoreConn *c, StoreMode mode)
{
        if (c && c->broken) {
                store_cache_drop(c);
                s->driver->disconnect(c);
                c = NULL;
        }
        pthread_mutex_lock(&s->mutex);
        if (c) {
                c->next = s->idle;
                s->idle = c;
        }
        s->lent--;
        if (needs_turn(s, mode))
                s->writing = false;
        pthread_cond_broadcast(&s->cond);
        pthread_mutex_unlock(&s->mutex);
}

/* ---- transactions ------------------------------------------------------ */

static Status begin_on(Store *s, StoreConn *c, StoreMode mode, Diag *d, StoreTx **ret)
{
        StoreTx *tx = mem_calloc(1, sizeof(*tx));
        if (!tx)
                return ST_NOMEM;
        *tx = (StoreTx){ .store = s, .conn = c, .driver = s->driver, .diag = d, .mode = mode };
        Status st = s->driver->begin(c, mode, d);
        if (st != ST_OK) {
                s->driver->rollback(c);
                mem_free(tx);
                return st;
        }
        *ret = tx;
        return ST_OK;
}

Status store_begin(Store *s, StoreMode mode, Diag *d, StoreTx **ret)
{
        if (mode != STORE_READ && s->opt.mode == STORE_OPEN_READ)
                return diag_fail(d, ST_FORBIDDEN, store_pos(s), "数据库以只读方式打开",
                                 "the database was opened for reading only");
        StoreConn *c = NULL;
        uint64_t generation = 0;
        TRY(lend(s, mode, d, &c, &generation));
        Status st = ST_OK;
        if (!c) {
                st = s->driver->connect(s, d, &c);
                if (st == ST_OK)
                        c->generation = generation;
        }
        StoreTx *tx = NULL;
        if (st == ST_OK)
                st = begin_on(s, c, mode, d, &tx);
        if (st != ST_OK) {
                give_back(s, c, mode);
                return st == ST_NOMEM ? diag_fail(d, st, store_pos(s), "内存不足", "out of memory") : st;
        }
        tx->turn = true;
        *ret = tx;
        return ST_OK;
}

/* Statements, bulks and the connection go back; the transaction is gone. */
static void tx_end(StoreTx *tx)
{
        Store *s = tx->store;
        if (tx->turn)
                give_back(s, tx->conn, tx->mode);
        mem_free(tx);
}

void store_rollback(StoreTx *tx)
{
        if (!tx)
                return;
        store_scan_end(tx);
        store_bulks_end(tx);
        store_stmts_end(tx);
        tx->driver->rollback(tx->conn);
        if (tx->altered)
                store_cache_drop(tx->conn);
        tx_end(tx);
}

static Status may_commit(StoreTx *tx)
{
        Pos pos = store_pos(tx->store);
        if (tx->failed)
                return diag_fail(tx->diag, ST_INTERNAL, pos, "事务中已有语句失败，不能提交",
                                 "a statement of the transaction has failed: it cannot be committed");
        if (tx->bulks || tx->scan)
                return diag_fail(tx->diag, ST_INTERNAL, pos, "批量读写尚未结束就提交事务",
                                 "commit while a bulk insert or a scan is open");
        if (tx->savepoints)
                return diag_fail(tx->diag, ST_INTERNAL, pos, "保存点尚未结束就提交事务",
                                 "commit while a savepoint is open");
        if (tx->mode == STORE_WRITE && tx->changes > 0 && tx->events == 0)
                return diag_fail(tx->diag, ST_INTERNAL, pos, "改动了 %lld 行却没有记录事件，已撤销",
                                 "%lld rows were changed and no event was recorded: undone", (long long)tx->changes);
        return ST_OK;
}

Status store_commit(StoreTx **txp)
{
        StoreTx *tx = *txp;
        *txp = NULL;
        if (!tx)
                return ST_INTERNAL;
        Status st = may_commit(tx);
        if (st == ST_OK) {
                store_stmts_end(tx);
                st = tx->driver->commit(tx->conn, tx->diag);
        }
        if (st != ST_OK) {
                store_rollback(tx);
                return st;
        }
        if (tx->altered) {
                pthread_mutex_lock(&tx->store->mutex);
                tx->store->generation++;
                pthread_mutex_unlock(&tx->store->mutex);
        }
        tx_end(tx);
        return ST_OK;
}

Store *store_of(const StoreTx *tx) { return tx->store; }
Diag *store_diag(const StoreTx *tx) { return tx->diag; }
StoreMode store_mode(const StoreTx *tx) { return tx->mode; }
int64_t store_changes(const StoreTx *tx) { return tx->changes; }

Status store_tx_fail(StoreTx *tx, Status st)
{
        if (st != ST_OK) {
                tx->failed = true;
                if (st == ST_NOMEM)
                        return diag_fail(tx->diag, st, store_pos(tx->store), "内存不足", "out of memory");
        }
        return st;
}

Status store_tx_ready(StoreTx *tx)
{
        if (tx->failed)
                return diag_fail(tx->diag, ST_INTERNAL, store_pos(tx->store), "事务中已有语句失败，只能撤销",
                                 "a statement of the transaction has failed: it can only be rolled back");
        if (tx->scan)
                return diag_fail(tx->diag, ST_INTERNAL, store_pos(tx->store), "扫描未结束时不能执行其他语句",
                                 "no other statement may run while a scan is open");
        return ST_OK;
}

Status store_tx_run(StoreTx *tx, const char *sql)
{
        TRY(store_tx_ready(tx));
        tx->altered = true;
        tx->changes++;
        return store_tx_fail(tx, tx->driver->run(tx->conn, sql, tx->diag));
}

Status store_limit_ms(StoreTx *tx, int ms)
{
        TRY(store_tx_ready(tx));
        return store_tx_fail(tx, tx->driver->limit(tx->conn, ms, tx->diag));
}

/* ---- savepoints -------------------------------------------------------- */

static Status savepoint_run(StoreTx *tx, const char *verb, int depth)
{
        _cleanup_buf_ Buf sql = BUF_INIT(128);
        buf_printf(&sql, "%s store_%d", verb, depth);
        TRY(buf_status(&sql));
        return tx->driver->run(tx->conn, buf_cstr(&sql), tx->diag);
}

Status store_savepoint(StoreTx *tx, StoreSavepoint *ret)
{
        TRY(store_tx_ready(tx));
        if (tx->bulks)
                return store_tx_fail(tx, diag_fail(tx->diag, ST_INTERNAL, store_pos(tx->store),
                                                   "批量写入未结束时不能设保存点",
                                                   "no savepoint while a bulk insert is open"));
        TRY(store_tx_fail(tx, savepoint_run(tx, "SAVEPOINT", tx->savepoints + 1)));
        tx->savepoints++;
        *ret = (StoreSavepoint){ .depth = tx->savepoints, .changes = tx->changes, .events = tx->events };
        return ST_OK;
}

static Status savepoint_check(StoreTx *tx, const StoreSavepoint *sp)
{
        if (sp->depth >= 1 && sp->depth <= tx->savepoints)
                return ST_OK;
        return store_tx_fail(
                tx, diag_fail(tx->diag, ST_INTERNAL, store_pos(tx->store), "没有这个保存点", "no such savepoint"));
}

Status store_undo_to(StoreTx *tx, const StoreSavepoint *sp)
{
        TRY(savepoint_check(tx, sp));
        store_scan_end(tx);
        store_bulks_end(tx);
        store_stmts_end(tx);
        Status st = savepoint_run(tx, "ROLLBACK TO", sp->depth);
        if (st == ST_OK)
                st = savepoint_run(tx, "RELEASE", sp->depth);
        if (st != ST_OK)
                return store_tx_fail(tx, st);
        tx->savepoints = sp->depth - 1;
        tx->changes = sp->changes;
        tx->events = sp->events;
        tx->failed = false;
        return ST_OK;
}

Status store_release(StoreTx *tx, const StoreSavepoint *sp)
{
        TRY(store_tx_ready(tx));
        TRY(savepoint_check(tx, sp));
        TRY(store_tx_fail(tx, savepoint_run(tx, "RELEASE", sp->depth)));
        tx->savepoints = sp->depth - 1;
        return ST_OK;
}

/* ---- small facts ------------------------------------------------------- */

Status store_meta_get(StoreTx *tx, const char *key, Arena *a, Str *ret)
{
        return store_get_text(tx, "SELECT value FROM store_meta WHERE key = $1", STORE_ARGS(sv_cstr(key)), a, ret);
}

Status store_meta_set(StoreTx *tx, const char *key, Str value)
{
        return store_exec(
                tx,
                "INSERT INTO store_meta (key, value) VALUES ($1, $2) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE store_meta.value <> excluded.value",
                STORE_ARGS(sv_cstr(key), sv_text(value)), NULL);
}

Status store_new_ids(StoreTx *tx, const char *sequence, int64_t count, int64_t *ret_first)
{
        if (count < 1)
                return store_tx_fail(tx, diag_fail(tx->diag, ST_INTERNAL, store_pos(tx->store), "编号个数须为正数",
                                                   "the number of ids must be positive"));
        int64_t last;
        TRY(store_get_i64(tx, "INSERT INTO store_counter (name, last) VALUES ($1, $2) "
                          "ON CONFLICT (name) DO UPDATE SET last = store_counter.last + excluded.last RETURNING last",
                          STORE_ARGS(sv_cstr(sequence), sv_i64(count)), &last));
        *ret_first = last - count + 1;
        return ST_OK;
}
