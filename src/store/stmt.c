/* Statements.  A statement is prepared once a connection and kept by its text; a StoreStmt borrows it for one run.
 * When the same text is running already, another is prepared beside it.  Past STORE_CACHE_MAX the one used
 * longest ago is given up. */
#include "store/store_int.h"

#include "base/utf8.h"

/* ---- the cache --------------------------------------------------------- */

static void cache_unlink(StoreConn *c, StoreRaw *r)
{
        StoreRaw **link = &c->cache[r->hash % STORE_CACHE_BUCKETS];
        while (*link && *link != r)
                link = &(*link)->next;
        if (*link) {
                *link = r->next;
                c->cached--;
        }
        r->cached = false;
}

void store_cache_drop(StoreConn *c)
{
        for (size_t i = 0; i < STORE_CACHE_BUCKETS; i++) {
                StoreRaw *r = c->cache[i];
                c->cache[i] = NULL;
                while (r) {
                        StoreRaw *next = r->next;
                        r->cached = false;
                        if (!r->busy)
                                c->store->driver->discard(c, r);
                        r = next;
                }
        }
        c->cached = 0;
}

static void cache_trim(StoreConn *c)
{
        while (c->cached >= STORE_CACHE_MAX) {
                StoreRaw *oldest = NULL;
                for (size_t i = 0; i < STORE_CACHE_BUCKETS; i++)
                        for (StoreRaw *r = c->cache[i]; r; r = r->next)
                                if (!r->busy && (!oldest || r->used < oldest->used))
                                        oldest = r;
                if (!oldest)
                        return;
                cache_unlink(c, oldest);
                c->store->driver->discard(c, oldest);
        }
}

static Status raw_get(StoreTx *tx, const char *sql, StoreRaw **ret)
{
        StoreConn *c = tx->conn;
        Str text = str_c(sql);
        uint64_t hash = str_hash(text);
        StoreRaw **bucket = &c->cache[hash % STORE_CACHE_BUCKETS];
        for (StoreRaw *r = *bucket; r; r = r->next) {
                if (r->hash == hash && !r->busy && strcmp(r->sql, sql) == 0) {
                        r->busy = true;
                        r->used = ++c->clock;
                        *ret = r;
                        return ST_OK;
                }
        }
        cache_trim(c);
        _cleanup_free_ char *own = mem_alloc(text.len + 1);
        if (!own)
                return ST_NOMEM;
        memcpy(own, sql, text.len + 1);
        StoreRaw *r = NULL;
        TRY(tx->driver->prepare(c, own, tx->diag, &r));
        r->sql = TAKE(own);
        r->hash = hash;
        r->busy = true;
        r->used = ++c->clock;
        r->cached = true;
        r->next = *bucket;
        *bucket = r;
        c->cached++;
        *ret = r;
        return ST_OK;
}

static void raw_put(StoreConn *c, StoreRaw *r)
{
        c->store->driver->reset(c, r);
        r->busy = false;
        if (!r->cached)
                c->store->driver->discard(c, r);
}

/* ---- values ------------------------------------------------------------ */

static bool plain_text(Str s)
{
        unsigned char all = 0;
        bool nul = false;
        for (size_t i = 0; i < s.len; i++) {
                unsigned char b = (unsigned char)s.ptr[i];
                all |= b;
                nul |= b == 0;
        }
        return !nul && (all < 0x80 || utf8_valid(s));
}

Status store_check_values(const Store *s, const StoreValue *args, size_t n, Diag *d)
{
        if (n > STORE_ARGS_MAX)
                return diag_fail(d, ST_LIMIT, store_pos(s), "语句参数过多：%zu", "too many parameters: %zu", n);
        for (size_t i = 0; i < n; i++)
                if (args[i].type == STORE_TEXT && !plain_text(args[i].str))
                        return diag_fail(d, ST_INVALID, store_pos(s), "第 %zu 个值不是合法的 UTF-8 文本（或含有 NUL）",
                                         "value %zu is not valid UTF-8 text (or has a NUL)", i + 1);
        return ST_OK;
}

/* ---- running ----------------------------------------------------------- */

static void stmt_link(StoreTx *tx, StoreStmt *q)
{
        q->next = tx->stmts;
        q->link = &tx->stmts;
        if (q->next)
                q->next->link = &q->next;
        tx->stmts = q;
}

/* The engine's part goes back; the handle stays for its owner to free. */
static void stmt_end(StoreStmt *q)
{
        if (q->raw) {
                raw_put(q->tx->conn, q->raw);
                q->raw = NULL;
        }
        if (q->tx) {
                *q->link = q->next;
                if (q->next)
                        q->next->link = q->link;
                q->tx = NULL;
        }
        q->row = false;
        q->ended = true;
}

void store_stmts_end(StoreTx *tx)
{
        while (tx->stmts) {
                StoreStmt *q = tx->stmts;
                stmt_end(q);
        }
}

void store_stmt_free(StoreStmt *q)
{
        if (!q)
                return;
        stmt_end(q);
        mem_free(q);
}

static Status start(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, bool keep, StoreRaw **ret)
{
        TRY(store_tx_ready(tx));
        TRY(store_check_values(tx->store, args, n, tx->diag));
        StoreRaw *r = NULL;
        TRY(raw_get(tx, sql, &r));
        Status st = tx->driver->start(tx->conn, r, args, n, keep, tx->diag);
        if (st != ST_OK) {
                raw_put(tx->conn, r);
                return st;
        }
        *ret = r;
        return ST_OK;
}

Status store_exec(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, int64_t *ret_changed)
{
        StoreRaw *r = NULL;
        Status st = start(tx, sql, args, n, true, &r);
        if (st != ST_OK)
                return store_tx_fail(tx, st);
        int64_t total = 0;
        bool row = true;
        while (st == ST_OK && row) {
                int64_t changed = 0;
                st = tx->driver->step(tx->conn, r, tx->diag, &row, &changed);
                total += changed;
        }
        raw_put(tx->conn, r);
        tx->changes += total;
        if (st != ST_OK)
                return store_tx_fail(tx, st);
        if (ret_changed)
                *ret_changed = total;
        return ST_OK;
}

static Status query(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, bool many, StoreStmt **ret)
{
        StoreStmt *q = mem_calloc(1, sizeof(*q));
        if (!q) {
                (void)store_tx_fail(tx, ST_NOMEM);
                return ST_NOMEM;
        }
        Status st;
        if (many) {
                st = store_tx_ready(tx);
                if (st == ST_OK)
                        st = store_check_values(tx->store, args, n, tx->diag);
                if (st == ST_OK)
                        st = tx->driver->many(tx->conn, sql, args, n, tx->diag, &q->raw);
                if (st == ST_OK)
                        q->raw->busy = true;
        } else {
                st = start(tx, sql, args, n, false, &q->raw);
        }
        if (st != ST_OK) {
                mem_free(q);
                (void)store_tx_fail(tx, st);
                return st;
        }
        q->tx = tx;
        stmt_link(tx, q);
        *ret = q;
        return ST_OK;
}

Status store_query(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, StoreStmt **ret)
{
        return query(tx, sql, args, n, false, ret);
}

Status store_query_many(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, StoreStmt **ret)
{
        return query(tx, sql, args, n, true, ret);
}

bool store_next(StoreStmt *q)
{
        if (q->status != ST_OK || q->ended)
                return false;
        if (q->tx->scan) {
                q->status = store_tx_ready(q->tx);
                return false;
        }
        int64_t changed = 0;
        bool row = false;
        Status st = q->tx->driver->step(q->tx->conn, q->raw, q->tx->diag, &row, &changed);
        q->tx->changes += changed;
        q->row = st == ST_OK && row;
        if (st != ST_OK)
                q->status = store_tx_fail(q->tx, st);
        if (!q->row)
                q->ended = true;
        return q->row;
}

Status store_done(const StoreStmt *q)
{
        return q->status;
}

/* ---- columns ----------------------------------------------------------- */

int store_columns(const StoreStmt *q)
{
        return q->raw ? q->tx->driver->columns(q->raw) : 0;
}

StoreValue store_value(StoreStmt *q, int col)
{
        StoreValue v = { .type = STORE_NULL };
        Status st = q->row && col >= 0 && col < q->tx->driver->columns(q->raw) ? q->tx->driver->cell(q->raw, col, &v)
                                                                               : ST_INTERNAL;
        if (st == ST_OK)
                return v;
        if (q->status == ST_OK) {
                Pos pos = q->tx ? store_pos(q->tx->store) : POS_NONE;
                Diag *d = q->tx ? q->tx->diag : NULL;
                if (st == ST_LIMIT)
                        q->status = diag_fail(d, st, pos, "查询结果第 %d 列的数超出 64 位整数范围",
                                              "column %d of a result is beyond 64-bit integers", col + 1);
                else
                        q->status = diag_fail(d, st, pos, "查询结果第 %d 列无法读取",
                                              "column %d of a result cannot be read", col + 1);
        }
        return (StoreValue){ .type = STORE_NULL };
}

static StoreValue typed(StoreStmt *q, int col, StoreType type)
{
        StoreValue v = store_value(q, col);
        if (v.type == type || v.type == STORE_NULL)
                return v;
        if (q->status == ST_OK)
                q->status = diag_fail(q->tx->diag, ST_INTERNAL, store_pos(q->tx->store), "查询结果第 %d 列类型不符",
                                      "column %d of a result has another type", col + 1);
        return (StoreValue){ .type = STORE_NULL };
}

bool store_is_null(const StoreStmt *q, int col)
{
        StoreValue v = { .type = STORE_NULL };
        if (q->row && col >= 0 && col < q->tx->driver->columns(q->raw) && q->tx->driver->cell(q->raw, col, &v) != ST_OK)
                return false;
        return v.type == STORE_NULL;
}

int64_t store_i64(StoreStmt *q, int col) { return typed(q, col, STORE_I64).i64; }
Str store_text(StoreStmt *q, int col) { return typed(q, col, STORE_TEXT).str; }
Str store_blob(StoreStmt *q, int col) { return typed(q, col, STORE_BLOB).str; }

Str store_text_dup(StoreStmt *q, int col, Arena *a)
{
        Str s = store_text(q, col);
        return s.ptr ? arena_str(a, s) : STR_NONE;
}

/* ---- one row, one value ------------------------------------------------ */

Status store_one(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, StoreStmt **ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(query(tx, sql, args, n, false, &q));
        if (!store_next(q)) {
                TRY(store_done(q));
                return ST_NOT_FOUND;
        }
        *ret = TAKE(q);
        return ST_OK;
}

Status store_get_i64(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, int64_t *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, sql, args, n, &q));
        bool null = store_is_null(q, 0);
        int64_t v = store_i64(q, 0);
        while (store_next(q))
                ;
        TRY(store_tx_fail(tx, store_done(q)));
        if (null)
                return ST_NOT_FOUND;
        *ret = v;
        return ST_OK;
}

Status store_get_text(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, Arena *a, Str *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, sql, args, n, &q));
        bool null = store_is_null(q, 0);
        Str v = store_text(q, 0);
        if (v.ptr && !(v = arena_str(a, v)).ptr)
                return store_tx_fail(tx, ST_NOMEM);
        while (store_next(q))
                ;
        TRY(store_tx_fail(tx, store_done(q)));
        if (null)
                return ST_NOT_FOUND;
        *ret = v;
        return ST_OK;
}
