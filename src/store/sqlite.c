/* The SQLite driver.  One file in WAL mode, synchronous=FULL: a commit is on the disk when it returns.  A write
 * transaction takes the write lock at once (BEGIN IMMEDIATE), so that it never finds out late that another was
 * faster.  A read transaction reads something at once, so that its snapshot is that of its begin.
 *
 * The library's memory comes from mem_alloc, its files through the VFS of StoreOptions: both can be made to fail. */
#include "store/store_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/utf8.h"
#include "store/sqlite_int.h"

/* ---- the library ------------------------------------------------------- */

/* SQLite asks for the size of a block: it is kept in front of it. */
enum { HEAD = 16 };

static void *lib_malloc(int n)
{
        char *p = mem_alloc((size_t)n + HEAD);
        if (!p)
                return NULL;
        memcpy(p, &n, sizeof(n));
        return p + HEAD;
}

static void lib_free(void *p)
{
        if (p)
                mem_free((char *)p - HEAD);
}

static void *lib_realloc(void *p, int n)
{
        if (!p)
                return lib_malloc(n);
        char *q = mem_realloc((char *)p - HEAD, (size_t)n + HEAD);
        if (!q)
                return NULL;
        memcpy(q, &n, sizeof(n));
        return q + HEAD;
}

static int lib_size(void *p)
{
        int n = 0;
        if (p)
                memcpy(&n, (char *)p - HEAD, sizeof(n));
        return n;
}

static int lib_roundup(int n) { return (n + 7) & ~7; }
static int lib_init(void *ctx) { (void)ctx; return SQLITE_OK; }
static void lib_shutdown(void *ctx) { (void)ctx; }

static int lib_status;

static void lib_start(void)
{
        static const sqlite3_mem_methods mem = {
                .xMalloc = lib_malloc, .xFree = lib_free, .xRealloc = lib_realloc, .xSize = lib_size,
                .xRoundup = lib_roundup, .xInit = lib_init, .xShutdown = lib_shutdown,
        };
        lib_status = sqlite3_config(SQLITE_CONFIG_MALLOC, &mem);
        if (lib_status == SQLITE_OK)
                lib_status = sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        if (lib_status == SQLITE_OK)
                lib_status = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        if (lib_status == SQLITE_OK)
                lib_status = sqlite3_initialize();
}

bool sqlite_library_ready(void)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        pthread_once(&once, lib_start);
        return lib_status == SQLITE_OK;
}

/* ---- errors ------------------------------------------------------------ */

static bool has(const char *text, const char *part)
{
        return text && strstr(text, part);
}

Status sqlite_failed_at(const char *name, int busy_ms, sqlite3 *db, int rc, Diag *d)
{
        Pos pos = POS_FILE(name);
        int code = db ? sqlite3_extended_errcode(db) : rc;
        if ((code & 0xff) != (rc & 0xff))
                code = rc;
        const char *why = db && code != rc ? sqlite3_errmsg(db) : NULL;
        why = db && (sqlite3_errcode(db) & 0xff) == (rc & 0xff) ? sqlite3_errmsg(db) : why ? why : sqlite3_errstr(rc);
        switch (code & 0xff) {
        case SQLITE_NOMEM:
                return diag_fail(d, ST_NOMEM, pos, "内存不足", "out of memory");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return diag_fail(d, ST_LOCKED, pos, "数据库正被另一个程序占用，等待 %d 毫秒后放弃；请稍后再试",
                                 "the database is in use by another program; gave up after %d ms: try again later",
                                 busy_ms);
        case SQLITE_FULL:
                return diag_fail(d, ST_FULL, pos, "磁盘已满，改动已撤销；请腾出空间后再试",
                                 "the disk is full, the change was undone: make room and try again");
        case SQLITE_NOTADB:
                return diag_fail(d, ST_FOREIGN, pos, "不是 kechuang 的数据库，未作任何改动",
                                 "is not a kechuang database; nothing was changed");
        case SQLITE_CORRUPT:
        case SQLITE_FORMAT:
                return diag_fail(d, ST_CORRUPT, pos, "数据库文件已损坏（%s）；请从备份恢复",
                                 "the database file is damaged (%s): restore a backup", why);
        case SQLITE_READONLY:
        case SQLITE_PERM:
                return diag_fail(d, ST_FORBIDDEN, pos, "数据库不可写；请检查文件和目录的权限",
                                 "the database cannot be written: check the permissions of file and folder");
        case SQLITE_CANTOPEN:
                return diag_fail(d, ST_IO, pos, "无法打开数据库文件；请检查路径和权限",
                                 "the database file cannot be opened: check path and permissions");
        case SQLITE_IOERR:
                return diag_fail(d, ST_IO, pos, "读写数据库文件失败（%s）",
                                 "reading or writing the database file failed (%s)", why);
        case SQLITE_INTERRUPT:
                return diag_fail(d, ST_TIMEOUT, pos, "语句超过时限，已停止",
                                 "a statement ran over its time limit and was stopped");
        case SQLITE_TOOBIG:
                return diag_fail(d, ST_LIMIT, pos, "一个值过长", "a value is too long");
        case SQLITE_CONSTRAINT:
                if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                    code == SQLITE_CONSTRAINT_ROWID)
                        return diag_fail(d, ST_EXISTS, pos, "已有相同的记录（%s）", "such a record exists already (%s)",
                                         why);
                if (code == SQLITE_CONSTRAINT_DATATYPE && has(why, "REAL"))
                        return diag_fail(d, ST_LIMIT, pos, "数超出 64 位整数范围（%s）",
                                         "a number is beyond 64-bit integers (%s)", why);
                return diag_fail(d, ST_CONFLICT, pos, "与其他记录不一致（%s）",
                                 "does not agree with other records (%s)", why);
        default:
                if (has(why, "integer overflow"))
                        return diag_fail(d, ST_LIMIT, pos, "数超出 64 位整数范围",
                                         "a number is beyond 64-bit integers");
                return diag_fail(d, ST_INTERNAL, pos, "数据库语句失败：%s", "a database statement failed: %s", why);
        }
}

Status sqlite_failed(Store *s, sqlite3 *db, int rc, Diag *d)
{
        return sqlite_failed_at(s->name, s->opt.busy_ms, db, rc, d);
}

/* ---- connections ------------------------------------------------------- */

/* greatest(…), least(…) as PostgreSQL has them: nulls do not count. */
static void fn_extreme(sqlite3_context *ctx, int n, sqlite3_value **v)
{
        bool greatest = sqlite3_user_data(ctx) != NULL;
        sqlite3_value *best = NULL;
        for (int i = 0; i < n; i++) {
                int type = sqlite3_value_type(v[i]);
                if (type == SQLITE_NULL)
                        continue;
                if (!best) {
                        best = v[i];
                        continue;
                }
                int cmp;
                if (type == SQLITE_INTEGER && sqlite3_value_type(best) == SQLITE_INTEGER) {
                        sqlite3_int64 a = sqlite3_value_int64(v[i]), b = sqlite3_value_int64(best);
                        cmp = a < b ? -1 : a > b;
                } else {
                        Str a = { sqlite3_value_blob(v[i]), (size_t)sqlite3_value_bytes(v[i]) };
                        Str b = { sqlite3_value_blob(best), (size_t)sqlite3_value_bytes(best) };
                        cmp = str_cmp(a, b);
                }
                if (greatest ? cmp > 0 : cmp < 0)
                        best = v[i];
        }
        if (best)
                sqlite3_result_value(ctx, best);
}

/* strpos(text, part): characters before the first place, plus one; 0: not there. */
static void fn_strpos(sqlite3_context *ctx, int n, sqlite3_value **v)
{
        (void)n;
        if (sqlite3_value_type(v[0]) == SQLITE_NULL || sqlite3_value_type(v[1]) == SQLITE_NULL)
                return;
        Str text = { (const char *)sqlite3_value_text(v[0]), 0 }, part = { (const char *)sqlite3_value_text(v[1]), 0 };
        text.len = (size_t)sqlite3_value_bytes(v[0]);
        part.len = (size_t)sqlite3_value_bytes(v[1]);
        if (!text.ptr || !part.ptr) {
                sqlite3_result_error_nomem(ctx);
                return;
        }
        size_t at = part.len ? str_find(text, part) : 0;
        sqlite3_result_int64(ctx, at == SIZE_MAX ? 0 : (sqlite3_int64)utf8_len(str_n(text.ptr, at)) + 1);
}

static int add_functions(sqlite3 *db)
{
        static char mark;
        int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
        int rc = sqlite3_create_function(db, "greatest", -1, flags, &mark, fn_extreme, NULL, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_create_function(db, "least", -1, flags, NULL, fn_extreme, NULL, NULL);
        if (rc == SQLITE_OK)
                rc = sqlite3_create_function(db, "strpos", 2, flags, NULL, fn_strpos, NULL, NULL);
        return rc;
}

static Status missing_file(Store *s, Diag *d)
{
        struct stat sb;
        if (stat(s->where, &sb) == 0) {
                if (S_ISDIR(sb.st_mode))
                        return diag_fail(d, ST_FOREIGN, store_pos(s), "是一个目录，不是数据库文件",
                                         "is a folder, not a database file");
                return ST_OK;
        }
        if (errno == ENOENT && s->opt.mode != STORE_CREATE)
                return diag_fail(d, ST_NOT_FOUND, store_pos(s),
                                 "没有这个数据库；请先运行 kechuang init %s --pack 目录",
                                 "there is no such database; first run: kechuang init %s --pack DIR", s->name);
        return ST_OK;
}

static int configure(SqliteConn *c)
{
        Store *s = c->base.store;
        int rc = sqlite3_busy_timeout(c->db, s->opt.busy_ms);
        static const struct { int op, on;
        } settings[] = {
                { SQLITE_DBCONFIG_DEFENSIVE, 1 },   { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
                { SQLITE_DBCONFIG_ENABLE_FKEY, 1 }, { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
                { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
        };
        for (size_t i = 0; rc == SQLITE_OK && i < ARRAY_LEN(settings); i++)
                rc = sqlite3_db_config(c->db, settings[i].op, settings[i].on, NULL);
        if (rc == SQLITE_OK)
                sqlite3_limit(c->db, SQLITE_LIMIT_ATTACHED, 0);
        if (rc == SQLITE_OK)
                rc = add_functions(c->db);
        if (rc == SQLITE_OK)
                rc = sqlite_add_tokenizer(c->db);
        char sql[160];
        snprintf(sql, sizeof(sql),
                 "PRAGMA synchronous=FULL; PRAGMA cache_size=-%d; PRAGMA journal_size_limit=67108864%s",
                 s->opt.cache_kb, s->opt.mode == STORE_OPEN_READ ? "; PRAGMA query_only=1" : "");
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
        return rc;
}

static void sqlite_disconnect(StoreConn *base)
{
        SqliteConn *c = (SqliteConn *)base;
        sqlite3_close_v2(c->db);
        mem_free(c);
}

/* The path as a URI, so that every path is a path.  immutable: the file is taken as it is, without locks and
 * without the files beside it. */
static void put_uri(Buf *out, const char *path, bool immutable)
{
        buf_puts(out, *path == ':' ? "file:./" : "file:");         /* ":memory:" is a name like others */
        for (const char *p = path; *p; p++) {
                if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
                    strchr("/._-", *p))
                        buf_putc(out, *p);
                else
                        buf_printf(out, "%%%02X", (unsigned char)*p);
        }
        if (immutable)
                buf_puts(out, "?immutable=1");
}

/* Somebody works on the database, or was stopped at it: then its log is part of it. */
static bool has_log(const char *path)
{
        _cleanup_buf_ Buf log = BUF_INIT(1 << 16);
        buf_printf(&log, "%s-wal", path);
        return buf_status(&log) != ST_OK || access(buf_cstr(&log), F_OK) == 0;
}

static Status sqlite_connect(Store *s, Diag *d, StoreConn **ret)
{
        if (!sqlite_library_ready())
                return diag_fail(d, ST_INTERNAL, store_pos(s), "SQLite 无法启动", "SQLite does not start");
        TRY(missing_file(s, d));
        SqliteConn *c = mem_calloc(1, sizeof(*c));
        if (!c)
                return ST_NOMEM;
        c->base.store = s;
        _cleanup_buf_ Buf uri = BUF_INIT(1 << 16);
        bool only_read = s->opt.mode == STORE_OPEN_READ && access(s->where, W_OK) != 0;
        put_uri(&uri, s->where, only_read && !has_log(s->where));
        if (buf_status(&uri) != ST_OK) {
                mem_free(c);
                return buf_status(&uri);
        }
        int flags = only_read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
        if (s->opt.mode == STORE_CREATE && !s->engine_text)
                flags |= SQLITE_OPEN_CREATE;
        flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
        int rc = sqlite3_open_v2(buf_cstr(&uri), &c->db, flags, s->opt.vfs);
        if (rc == SQLITE_OK)
                rc = configure(c);
        if (rc != SQLITE_OK) {
                Status st = sqlite_failed(s, c->db, rc, d);
                sqlite_disconnect(&c->base);
                return st;
        }
        *ret = &c->base;
        return ST_OK;
}

static void sqlite_describe(StoreConn *base, Buf *out)
{
        (void)base;
        buf_printf(out, "SQLite %s", sqlite3_libversion());
}

static int query_int(sqlite3 *db, const char *sql, int64_t *ret)
{
        sqlite3_stmt *st = NULL;
        int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
        if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
                *ret = sqlite3_column_int64(st, 0);
                rc = SQLITE_OK;
        } else if (rc == SQLITE_DONE) {
                rc = SQLITE_ERROR;
        }
        int end = sqlite3_finalize(st);
        return rc == SQLITE_OK ? end : rc;
}

static Status sqlite_inspect(StoreConn *base, Diag *d, StoreState *ret)
{
        SqliteConn *c = (SqliteConn *)base;
        int64_t id = 0, objects = 0, ours = 0;
        int rc = query_int(c->db, "SELECT count(*) FROM sqlite_master", &objects);
        if (rc == SQLITE_OK)
                rc = query_int(c->db, "PRAGMA application_id", &id);
        if (rc == SQLITE_OK)
                rc = query_int(c->db,
                               "SELECT count(*) FROM sqlite_master WHERE name IN ('store_meta', 'store_head', 'event')",
                               &ours);
        if (rc != SQLITE_OK)
                return sqlite_failed(base->store, c->db, rc, d);
        if (id == STORE_APPLICATION_ID && ours == 3)
                *ret = STORE_STATE_OURS;
        else if (id == 0 && objects == 0)
                *ret = STORE_STATE_EMPTY;
        else
                *ret = STORE_STATE_FOREIGN;
        return ST_OK;
}

static Status sqlite_run(StoreConn *base, const char *sql, Diag *d)
{
        SqliteConn *c = (SqliteConn *)base;
        int rc = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
        return rc == SQLITE_OK ? ST_OK : sqlite_failed(base->store, c->db, rc, d);
}

static Status sqlite_adopt(StoreConn *base, Diag *d)
{
        return sqlite_run(base, "PRAGMA journal_mode=WAL", d);
}

static Status sqlite_adopt_tx(StoreConn *base, Diag *d)
{
        char sql[64];
        snprintf(sql, sizeof(sql), "PRAGMA application_id=%d", STORE_APPLICATION_ID);
        return sqlite_run(base, sql, d);
}

/* ---- transactions ------------------------------------------------------ */

static Status sqlite_begin(StoreConn *base, StoreMode mode, Diag *d)
{
        SqliteConn *c = (SqliteConn *)base;
        c->reading = mode == STORE_READ;
        if (mode != STORE_READ)
                return sqlite_run(base, "BEGIN IMMEDIATE", d);
        TRY(sqlite_run(base, "BEGIN", d));
        return sqlite_run(base, "SELECT 1 FROM sqlite_master LIMIT 1", d);
}

static void limit_off(SqliteConn *c)
{
        c->deadline = 0;
        c->limit_ns = 0;
        sqlite3_progress_handler(c->db, 0, NULL, NULL);
}

static Status sqlite_commit(StoreConn *base, Diag *d)
{
        SqliteConn *c = (SqliteConn *)base;
        limit_off(c);
        return sqlite_run(base, "COMMIT", d);
}

static void sqlite_rollback(StoreConn *base)
{
        SqliteConn *c = (SqliteConn *)base;
        limit_off(c);
        /* Some errors (disk full, I/O) have undone the transaction already. */
        if (!sqlite3_get_autocommit(c->db) && sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
                base->broken = !sqlite3_get_autocommit(c->db);
}

static int over_limit(void *ctx)
{
        SqliteConn *c = ctx;
        return c->deadline && clock_mono_ns() > c->deadline;
}

static Status sqlite_limit(StoreConn *base, int ms, Diag *d)
{
        (void)d;
        SqliteConn *c = (SqliteConn *)base;
        limit_off(c);
        if (ms > 0) {
                c->limit_ns = (uint64_t)ms * 1000000;
                sqlite3_progress_handler(c->db, 2000, over_limit, c);
        }
        return ST_OK;
}

/* ---- statements -------------------------------------------------------- */


/* SQLite numbers named parameters by their first place; $n is the caller's n-th value. */
static Status read_params(SqliteConn *c, SqliteRaw *r, Diag *d)
{
        r->param_count = sqlite3_bind_parameter_count(r->stmt);
        if (r->param_count == 0)
                return ST_OK;
        r->params = mem_calloc((size_t)r->param_count, sizeof(*r->params));
        if (!r->params)
                return ST_NOMEM;
        for (int i = 0; i < r->param_count; i++) {
                const char *name = sqlite3_bind_parameter_name(r->stmt, i + 1);
                int64_t n = 0;
                if (!name || name[0] != '$' || !str_to_i64(str_c(name + 1), &n) || n < 1 || n > STORE_ARGS_MAX)
                        return STORE_WRONG(&c->base, d, "参数须写作 $1、$2 …", "parameters are written $1, $2 …");
                r->params[i] = (int)n;
                r->arg_count = (int)n > r->arg_count ? (int)n : r->arg_count;
        }
        return ST_OK;
}

static void sqlite_discard(StoreConn *base, StoreRaw *raw)
{
        (void)base;
        SqliteRaw *r = (SqliteRaw *)raw;
        sqlite3_finalize(r->stmt);
        mem_free(r->params);
        mem_free(raw->sql);
        mem_free(r);
}

static Status sqlite_prepare(StoreConn *base, const char *sql, Diag *d, StoreRaw **ret)
{
        SqliteConn *c = (SqliteConn *)base;
        SqliteRaw *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        const char *tail = NULL;
        int rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &r->stmt, &tail);
        Status st = ST_OK;
        if (rc != SQLITE_OK)
                st = sqlite_failed(base->store, c->db, rc, d);
        else if (!r->stmt || (tail && tail[strspn(tail, " \t\r\n;")]))
                st = STORE_WRONG(base, d, "须恰为一条语句", "exactly one statement is expected");
        else
                st = read_params(c, r, d);
        if (st != ST_OK) {
                sqlite_discard(base, &r->base);
                return st;
        }
        r->readonly = sqlite3_stmt_readonly(r->stmt) != 0;
        *ret = &r->base;
        return ST_OK;
}

int sqlite_bind(sqlite3_stmt *stmt, int at, const StoreValue *v, bool keep)
{
        sqlite3_destructor_type how = keep ? SQLITE_STATIC : SQLITE_TRANSIENT;
        switch (v->type) {
        case STORE_I64:
                return sqlite3_bind_int64(stmt, at, v->i64);
        case STORE_TEXT:
                return sqlite3_bind_text64(stmt, at, v->str.ptr ? v->str.ptr : "", v->str.len, how, SQLITE_UTF8);
        case STORE_BLOB:
                return v->str.len ? sqlite3_bind_blob64(stmt, at, v->str.ptr, v->str.len, how)
                                  : sqlite3_bind_zeroblob(stmt, at, 0);
        default:
                return sqlite3_bind_null(stmt, at);
        }
}

static Status sqlite_start(StoreConn *base, StoreRaw *raw, const StoreValue *args, size_t n, bool keep, Diag *d)
{
        SqliteConn *c = (SqliteConn *)base;
        SqliteRaw *r = (SqliteRaw *)raw;
        if ((size_t)r->arg_count != n)
                return diag_fail(d, ST_INTERNAL, store_pos(base->store), "语句要 %d 个参数，给了 %zu 个",
                                 "the statement takes %d parameters, %zu were given", r->arg_count, n);
        if (c->reading && !r->readonly)
                return STORE_WRONG(base, d, "只读事务中不能改动", "a reading transaction cannot change anything");
        for (int i = 0; i < r->param_count; i++) {
                int rc = sqlite_bind(r->stmt, i + 1, &args[r->params[i] - 1], keep);
                if (rc != SQLITE_OK)
                        return sqlite_failed(base->store, c->db, rc, d);
        }
        if (c->limit_ns)
                c->deadline = clock_mono_ns() + c->limit_ns;
        return ST_OK;
}

static Status sqlite_step(StoreConn *base, StoreRaw *raw, Diag *d, bool *ret_row, int64_t *ret_changed)
{
        SqliteConn *c = (SqliteConn *)base;
        SqliteRaw *r = (SqliteRaw *)raw;
        if (r->readonly) {
                int rc = sqlite3_step(r->stmt);
                *ret_row = rc == SQLITE_ROW;
                return rc == SQLITE_ROW || rc == SQLITE_DONE ? ST_OK : sqlite_failed(base->store, c->db, rc, d);
        }
        sqlite3_int64 before = sqlite3_total_changes64(c->db);
        int rc = sqlite3_step(r->stmt);
        *ret_row = rc == SQLITE_ROW;
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
                return sqlite_failed(base->store, c->db, rc, d);
        /* With RETURNING the rows are all changed before the first is given out, and counted at the end. */
        if (rc == SQLITE_DONE && (r->changed || sqlite3_total_changes64(c->db) != before))
                *ret_changed = sqlite3_changes64(c->db);
        r->changed = rc == SQLITE_ROW;
        return ST_OK;
}

static void sqlite_reset(StoreConn *base, StoreRaw *raw)
{
        (void)base;
        SqliteRaw *r = (SqliteRaw *)raw;
        sqlite3_reset(r->stmt);
        sqlite3_clear_bindings(r->stmt);
        r->changed = false;
}

static int sqlite_columns(const StoreRaw *raw)
{
        return sqlite3_column_count(((const SqliteRaw *)raw)->stmt);
}

Status sqlite_cell(sqlite3_stmt *stmt, int col, StoreValue *ret)
{
        switch (sqlite3_column_type(stmt, col)) {
        case SQLITE_INTEGER:
                *ret = sv_i64(sqlite3_column_int64(stmt, col));
                return ST_OK;
        case SQLITE_NULL:
                *ret = sv_null();
                return ST_OK;
        case SQLITE_TEXT: {
                const char *p = (const char *)sqlite3_column_text(stmt, col);
                *ret = sv_text(str_n(p ? p : "", (size_t)sqlite3_column_bytes(stmt, col)));
                return p ? ST_OK : ST_NOMEM;
        }
        case SQLITE_BLOB: {
                const char *p = sqlite3_column_blob(stmt, col);
                *ret = sv_blob(str_n(p ? p : "", (size_t)sqlite3_column_bytes(stmt, col)));
                return ST_OK;
        }
        default:
                return ST_LIMIT;        /* a sum that left the integers became a floating-point number */
        }
}

static Status sqlite_raw_cell(StoreRaw *raw, int col, StoreValue *ret)
{
        return sqlite_cell(((SqliteRaw *)raw)->stmt, col, ret);
}

/* SQLite gives rows as they are found: nothing to fetch in pieces. */
static Status sqlite_many(StoreConn *base, const char *sql, const StoreValue *args, size_t n, Diag *d, StoreRaw **ret)
{
        StoreRaw *r = NULL;
        TRY(sqlite_prepare(base, sql, d, &r));
        Status st = sqlite_start(base, r, args, n, false, d);
        if (st != ST_OK) {
                sqlite_discard(base, r);
                return st;
        }
        *ret = r;
        return ST_OK;
}

/* ---- many rows --------------------------------------------------------- */

typedef struct SqliteBulk {
        StoreBulkRaw base;
        sqlite3_stmt *stmt;
} SqliteBulk;

static void sqlite_bulk_close(StoreBulkRaw *base)
{
        SqliteBulk *b = (SqliteBulk *)base;
        sqlite3_finalize(b->stmt);
        mem_free(b);
}

static Status sqlite_bulk_open(StoreConn *base, const char *table, const char *const *columns, size_t n, Diag *d,
                               StoreBulkRaw **ret)
{
        SqliteConn *c = (SqliteConn *)base;
        if (c->reading)
                return STORE_WRONG(base, d, "只读事务中不能改动", "a reading transaction cannot change anything");
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 20);
        buf_puts(&sql, "INSERT INTO ");
        store_put_name(&sql, table);
        buf_puts(&sql, " (");
        for (size_t i = 0; i < n; i++) {
                buf_puts(&sql, i ? ", " : "");
                store_put_name(&sql, columns[i]);
        }
        buf_puts(&sql, ") VALUES (");
        for (size_t i = 0; i < n; i++)
                buf_puts(&sql, i ? ", ?" : "?");
        buf_puts(&sql, ")");
        TRY(buf_status(&sql));
        SqliteBulk *b = mem_calloc(1, sizeof(*b));
        if (!b)
                return ST_NOMEM;
        b->base.conn = base;
        int rc = sqlite3_prepare_v2(c->db, buf_cstr(&sql), (int)sql.len, &b->stmt, NULL);
        if (rc != SQLITE_OK) {
                sqlite_bulk_close(&b->base);
                return sqlite_failed(base->store, c->db, rc, d);
        }
        *ret = &b->base;
        return ST_OK;
}

static Status sqlite_bulk_row(StoreBulkRaw *base, const StoreValue *row, size_t n, Diag *d)
{
        SqliteBulk *b = (SqliteBulk *)base;
        SqliteConn *c = (SqliteConn *)base->conn;
        int rc = SQLITE_OK;
        for (size_t i = 0; rc == SQLITE_OK && i < n; i++)
                rc = sqlite_bind(b->stmt, (int)i + 1, &row[i], true);
        if (rc == SQLITE_OK)
                rc = sqlite3_step(b->stmt) == SQLITE_DONE ? sqlite3_reset(b->stmt) : sqlite3_extended_errcode(c->db);
        if (rc != SQLITE_OK) {
                Status st = sqlite_failed(base->conn->store, c->db, rc, d);
                sqlite3_reset(b->stmt);
                return st;
        }
        return ST_OK;
}

static Status sqlite_bulk_flush(StoreBulkRaw *base, Diag *d)
{
        (void)base, (void)d;
        return ST_OK;
}

typedef struct SqliteScan {
        StoreScanRaw base;
        StoreRaw *raw;
        bool ended;
} SqliteScan;

static void sqlite_scan_close(StoreScanRaw *base)
{
        SqliteScan *s = (SqliteScan *)base;
        if (s->raw)
                sqlite_discard(base->conn, s->raw);
        mem_free(s);
}

static Status sqlite_scan_open(StoreConn *base, const char *sql, const StoreValue *args, size_t n, size_t columns,
                               Diag *d, StoreScanRaw **ret)
{
        SqliteScan *s = mem_calloc(1, sizeof(*s));
        if (!s)
                return ST_NOMEM;
        s->base.conn = base;
        Status st = sqlite_many(base, sql, args, n, d, &s->raw);
        if (st == ST_OK && (size_t)sqlite_columns(s->raw) != columns)
                st = STORE_WRONG(base, d, "列数不符", "another number of columns");
        if (st == ST_OK && !((SqliteRaw *)s->raw)->readonly)
                st = STORE_WRONG(base, d, "扫描只能读", "a scan only reads");
        if (st != ST_OK) {
                sqlite_scan_close(&s->base);
                return st;
        }
        *ret = &s->base;
        return ST_OK;
}

static Status scan_row(sqlite3_stmt *stmt, StoreBatch *b, size_t row)
{
        for (size_t col = 0; col < b->columns; col++) {
                int type = sqlite3_column_type(stmt, (int)col);
                bool null = type == SQLITE_NULL;
                b->null[col][row] = null;
                b->nulls[col] += null;
                if (b->types[col] == STORE_I64) {
                        if (type != SQLITE_INTEGER && !null)
                                return type == SQLITE_FLOAT ? ST_LIMIT : ST_INTERNAL;
                        b->i64[col][row] = sqlite3_column_int64(stmt, (int)col);
                        continue;
                }
                b->str[col][row] = STR_NONE;
                if (null)
                        continue;
                if (type != (b->types[col] == STORE_TEXT ? SQLITE_TEXT : SQLITE_BLOB))
                        return ST_INTERNAL;
                const char *p = sqlite3_column_blob(stmt, (int)col);
                Str s = str_n(p ? p : "", (size_t)sqlite3_column_bytes(stmt, (int)col));
                b->str[col][row] = arena_str(b->bytes, s);
                if (!b->str[col][row].ptr)
                        return ST_NOMEM;
        }
        return ST_OK;
}

static Status sqlite_scan_fill(StoreScanRaw *base, StoreBatch *b, Diag *d, size_t *ret_rows)
{
        SqliteScan *s = (SqliteScan *)base;
        SqliteConn *c = (SqliteConn *)base->conn;
        sqlite3_stmt *stmt = ((SqliteRaw *)s->raw)->stmt;
        size_t rows = 0;
        while (!s->ended && rows < b->capacity && arena_used(b->bytes) < STORE_BATCH_BYTES) {
                int rc = sqlite3_step(stmt);
                if (rc == SQLITE_DONE) {
                        s->ended = true;
                        break;
                }
                if (rc != SQLITE_ROW)
                        return sqlite_failed(base->conn->store, c->db, rc, d);
                Status st = scan_row(stmt, b, rows);
                if (st == ST_LIMIT)
                        return diag_fail(d, st, store_pos(base->conn->store), "数超出 64 位整数范围",
                                         "a number is beyond 64-bit integers");
                if (st == ST_INTERNAL)
                        return STORE_WRONG(base->conn, d, "列类型不符", "a column has another type");
                TRY(st);
                rows++;
        }
        *ret_rows = rows;
        return ST_OK;
}

/* ---- dialect ----------------------------------------------------------- */

static const StoreDialect dialect = {
        .type_i64 = "INTEGER",
        .type_text = "TEXT",
        .type_blob = "BLOB",
        .tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND strpos(name, 'sqlite_') <> 1 "
                  "AND strpos(name, '__fts') = 0 ORDER BY name",
        .columns =
                "SELECT name, CASE type WHEN 'INTEGER' THEN 'i64' WHEN 'TEXT' THEN 'text' WHEN 'BLOB' THEN 'blob' "
                "ELSE type END, CASE WHEN pk > 0 THEN 1 ELSE \"notnull\" END, pk, dflt_value FROM pragma_table_info($1) ORDER BY cid",
        .indexes = "SELECT l.name, l.\"unique\", i.name FROM pragma_index_list($1) l, pragma_index_info(l.name) i "
                   "WHERE l.origin = 'c' ORDER BY l.name, i.seqno",
        .foreign = "SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list($1) ORDER BY 1",
        .index_table = "SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND name = $1",
        .table_suffix = " STRICT",
        .table_suffix_keyed = " STRICT, WITHOUT ROWID",
        .foreign_inline = true,
};

const StoreDriver store_sqlite_driver = {
        .engine = STORE_SQLITE,
        .dialect = &dialect,
        .connect = sqlite_connect,
        .disconnect = sqlite_disconnect,
        .describe = sqlite_describe,
        .inspect = sqlite_inspect,
        .adopt = sqlite_adopt,
        .adopt_tx = sqlite_adopt_tx,
        .begin = sqlite_begin,
        .commit = sqlite_commit,
        .rollback = sqlite_rollback,
        .run = sqlite_run,
        .limit = sqlite_limit,
        .prepare = sqlite_prepare,
        .discard = sqlite_discard,
        .start = sqlite_start,
        .step = sqlite_step,
        .reset = sqlite_reset,
        .columns = sqlite_columns,
        .cell = sqlite_raw_cell,
        .many = sqlite_many,
        .bulk_open = sqlite_bulk_open,
        .bulk_row = sqlite_bulk_row,
        .bulk_flush = sqlite_bulk_flush,
        .bulk_close = sqlite_bulk_close,
        .scan_open = sqlite_scan_open,
        .scan_fill = sqlite_scan_fill,
        .scan_close = sqlite_scan_close,
};
