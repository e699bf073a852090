/* store.h -- the database: one SQL interface over SQLite and PostgreSQL.
 *
 * A Store is one city's database, named by a file path or by a URL
 * `postgres://user@host/db[?schema=name]` (tables live in that schema, default
 * `kechuang`).  It may be shared by threads: it keeps connections and lends one
 * to each transaction.  Everything else here belongs to one transaction and so
 * to one thread at a time.
 *
 *     _cleanup_store_ Store *db = NULL;
 *     TRY(store_open("city.db", NULL, diag, &db));
 *
 *     _cleanup_store_tx_ StoreTx *tx = NULL;            // rolled back unless committed
 *     TRY(store_begin(db, STORE_WRITE, diag, &tx));
 *     TRY(store_exec(tx, "UPDATE unit SET title = $2 WHERE code = $1",
 *                    STORE_ARGS(sv_text(code), sv_text(title)), NULL));
 *     TRY(store_event(tx, &(StoreEvent){ .actor = ..., .op = STR("unit.rename"), ... }, NULL));
 *     TRY(store_commit(&tx));
 *
 *     _cleanup_store_stmt_ StoreStmt *q = NULL;
 *     TRY(store_query(tx, "SELECT code, title FROM unit WHERE parent = $1 ORDER BY code",
 *                     STORE_ARGS(sv_text(parent)), &q));
 *     while (store_next(q))
 *             use(store_text(q, 0), store_text(q, 1));
 *     TRY(store_done(q));                               // why the loop ended
 *
 * Transactions
 *   STORE_READ          a snapshot: sees one state of the whole database, never a mixture; never waits.
 *   STORE_WRITE         one writer at a time in the whole database, on both engines: what is read inside is
 *                       true until the commit.  Waits for its turn up to the busy timeout, then ST_LOCKED.
 *                       A commit that changed a row and recorded no event (event.h) is refused with
 *                       ST_INTERNAL and rolled back: every change is in the chain.  A commit that changed
 *                       nothing needs no event.
 *   STORE_HOUSEKEEPING  a write outside the chain: sessions, login counters, caches.  On PostgreSQL these do
 *                       not wait for the writer's turn.
 *   After any statement failed, the transaction is over: further statements and the commit answer
 *   ST_INTERNAL, only the rollback is left (so it is on PostgreSQL, and so here on both).  Where a failure
 *   is expected, use ON CONFLICT, look first, or wrap it in store_savepoint.
 *   ST_NOT_FOUND of store_one and store_get_* is an answer, not a failure.
 *   Messages go to the Diag given to store_begin, which must live as long as the transaction.
 *
 * Values are int64, UTF-8 text, bytes, or null; there is no floating point and no boolean type.  Money is
 * int64 fen; decimals int64 scaled; dates text YYYY-MM-DD; instants text with +08:00; booleans 0 and 1.
 *
 * The common SQL: the same text runs unchanged on both engines and gives the same rows.  Parameters are
 * $1 … $n (STORE_ARGS in that order; each may be used several times).  Usable: SELECT with joins, GROUP BY,
 * HAVING, DISTINCT, UNION/INTERSECT/EXCEPT, WITH [RECURSIVE], window functions, aggregate FILTER, EXISTS, IN,
 * row values, CASE, CAST (AS BIGINT, AS TEXT), LIMIT/OFFSET; INSERT … ON CONFLICT (cols) DO NOTHING / DO
 * UPDATE (excluded.x), UPDATE … FROM, DELETE, RETURNING; + - * / % (integers; / and % cut towards zero), ||,
 * = <> < IS [NOT] DISTINCT FROM, BETWEEN, LIKE … ESCAPE '!' (case-sensitive); count sum min max string_agg(x,
 * sep ORDER BY y) row_number rank dense_rank lag lead first_value ntile; abs coalesce nullif length substr
 * lower upper (ASCII) trim replace greatest least strpos.  Mind:
 *   - text compares and sorts by code point (COLLATE "C" on PostgreSQL), upper case before lower;
 *   - say NULLS FIRST or NULLS LAST when a sort key may be null (the engines differ); always ORDER BY where the order matters;
 *   - `WHERE flag = 1`, never `WHERE flag`; division by zero is an error on one and null on the other: NULLIF(y, 0);
 *   - a parameter whose type the context does not tell needs a cast: CAST($1 AS BIGINT) IS NULL;
 *   - INSERT … SELECT … ON CONFLICT needs a WHERE in the SELECT (WHERE 1 = 1);
 *   - sums of int64 that do not fit are an error (ST_LIMIT) on both; avg() is not usable: sum and count.
 * SQL text is never put together from values: values are parameters, names go through store_put_name.
 *
 * Statuses: ST_LOCKED (busy timeout, deadlock), ST_FULL, ST_IO, ST_CORRUPT, ST_FOREIGN, ST_NOT_FOUND (no such
 * database), ST_EXISTS (a unique key is taken), ST_CONFLICT (foreign key, not null), ST_TIMEOUT, ST_LIMIT (number
 * out of range), ST_NOMEM, ST_INTERNAL (wrong SQL, wrong use).
 */
#ifndef KC_STORE_STORE_H
#define KC_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/status.h"
#include "base/str.h"

/* ---- the database ------------------------------------------------------ */

typedef struct Store Store;
typedef struct StoreTx StoreTx;
typedef struct StoreStmt StoreStmt;

typedef enum StoreOpenMode {
        STORE_OPEN,         /* must exist and be a kechuang database */
        STORE_CREATE,       /* made when missing or empty; an existing one of ours is opened */
        STORE_OPEN_READ     /* like STORE_OPEN; STORE_WRITE transactions are refused */
} StoreOpenMode;

typedef struct StoreOptions {
        StoreOpenMode mode;
        int busy_ms;        /* how long to wait for a lock; 0: 5000; negative: not at all */
        int connections;    /* at most so many at once; 0: 16 */
        int cache_kb;       /* page cache of each SQLite connection; 0: 16384 */
        const char *vfs;    /* SQLite VFS, for fault tests; NULL: the usual one */
} StoreOptions;

typedef enum StoreEngine { STORE_SQLITE, STORE_POSTGRES } StoreEngine;

/* opt NULL: STORE_OPEN with all defaults.  A missing file is ST_NOT_FOUND (and names `kechuang init`), a
 * database of something else ST_FOREIGN; nothing is created or changed then. */
Status store_open(const char *where, const StoreOptions *opt, Diag *d, Store **ret) FALLIBLE;
/* All transactions must have ended. */
void store_close(Store *s);
DEFINE_CLEANUP(Store *, store_close)
#define _cleanup_store_ _cleanup_(store_closep)
/* True for postgres:// and postgresql:// */
bool store_is_url(const char *where);
/* The path, or the URL without its password. */
const char *store_name(const Store *s);
StoreEngine store_engine(const Store *s);
/* "SQLite 3.53.0", "PostgreSQL 15.13" */
const char *store_engine_text(const Store *s);

/* ---- transactions ------------------------------------------------------ */

typedef enum StoreMode { STORE_READ, STORE_WRITE, STORE_HOUSEKEEPING } StoreMode;

Status store_begin(Store *s, StoreMode mode, Diag *d, StoreTx **ret) FALLIBLE;
/* Takes the transaction in any case (*tx is NULL afterwards); on failure it was rolled back.  NULL is ST_INTERNAL. */
Status store_commit(StoreTx **tx) FALLIBLE;
void store_rollback(StoreTx *tx);
DEFINE_CLEANUP(StoreTx *, store_rollback)
#define _cleanup_store_tx_ _cleanup_(store_rollbackp)
/* The database and the Diag of a transaction. */
Store *store_of(const StoreTx *tx);
Diag *store_diag(const StoreTx *tx);
StoreMode store_mode(const StoreTx *tx);
/* Rows inserted, updated and deleted so far. */
int64_t store_changes(const StoreTx *tx);

/* A place to come back to: after store_undo_to (also after a failure since) the transaction goes on from
 * there.  Savepoints nest; events and changes recorded since are undone with the rest. */
typedef struct StoreSavepoint {
        int depth;
        int64_t changes;
        int64_t events;
} StoreSavepoint;
Status store_savepoint(StoreTx *tx, StoreSavepoint *ret) FALLIBLE;
Status store_undo_to(StoreTx *tx, const StoreSavepoint *sp) FALLIBLE;
/* Forgets the savepoint, keeps the work. */
Status store_release(StoreTx *tx, const StoreSavepoint *sp) FALLIBLE;

/* From now on a statement that runs longer is stopped with ST_TIMEOUT; 0: no limit. */
Status store_limit_ms(StoreTx *tx, int ms) FALLIBLE;

/* ---- statements -------------------------------------------------------- */

typedef enum StoreType { STORE_NULL, STORE_I64, STORE_TEXT, STORE_BLOB } StoreType;

typedef struct StoreValue {
        StoreType type;
        int64_t i64;
        Str str;            /* text and blob; borrowed for the call */
} StoreValue;

static inline StoreValue sv_null(void) { return (StoreValue){ .type = STORE_NULL }; }
static inline StoreValue sv_i64(int64_t v) { return (StoreValue){ .type = STORE_I64, .i64 = v }; }
static inline StoreValue sv_bool(bool v) { return sv_i64(v ? 1 : 0); }
static inline StoreValue sv_text(Str s) { return (StoreValue){ .type = STORE_TEXT, .str = s }; }
static inline StoreValue sv_cstr(const char *s) { return sv_text(str_c(s)); }
static inline StoreValue sv_blob(Str s) { return (StoreValue){ .type = STORE_BLOB, .str = s }; }
/* Null when the slice has no pointer (STR_NONE). */
static inline StoreValue sv_text_or_null(Str s) { return s.ptr ? sv_text(s) : sv_null(); }

/* The values of $1 … $n, as two arguments of the functions below. */
#define STORE_ARGS(...) \
        (const StoreValue[]){ __VA_ARGS__ }, sizeof((const StoreValue[]){ __VA_ARGS__ }) / sizeof(StoreValue)
#define STORE_NO_ARGS NULL, 0

/* Runs a statement for its effect.  ret_changed (may be NULL): rows it inserted, updated or deleted.
 * Statements are prepared once a connection and kept by their text: use it freely in loops. */
Status store_exec(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, int64_t *ret_changed) FALLIBLE;

/* Runs a query, or a statement with RETURNING.  The rows are then walked with store_next; other statements may
 * run between.  On PostgreSQL the whole answer is fetched first: for what may be larger than some ten thousand
 * rows use store_query_many (fetched in pieces) or store_scan. */
Status store_query(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, StoreStmt **ret) FALLIBLE;
Status store_query_many(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, StoreStmt **ret) FALLIBLE;
/* The next row is there: true.  False: no more, or an error; store_done says which. */
bool store_next(StoreStmt *q);
Status store_done(const StoreStmt *q) FALLIBLE;
void store_stmt_free(StoreStmt *q);
DEFINE_CLEANUP(StoreStmt *, store_stmt_free)
#define _cleanup_store_stmt_ _cleanup_(store_stmt_freep)

/* Columns of the current row, from 0.  Text and bytes are valid until the next store_next or free; text_dup
 * copies into an arena (ptr NULL: no memory).  Null reads as 0 and as STR_NONE.  A type other than the column's
 * is a mistake of the caller: reads as null and store_done will say ST_INTERNAL. */
int store_columns(const StoreStmt *q);
bool store_is_null(const StoreStmt *q, int col);
int64_t store_i64(StoreStmt *q, int col);
Str store_text(StoreStmt *q, int col);
Str store_blob(StoreStmt *q, int col);
Str store_text_dup(StoreStmt *q, int col, Arena *a);
StoreValue store_value(StoreStmt *q, int col);

/* The first row, already stepped on; ST_NOT_FOUND (nothing in the Diag) when there is none. */
Status store_one(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, StoreStmt **ret) FALLIBLE;
/* First column of the first row.  No row, or null: ST_NOT_FOUND. */
Status store_get_i64(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, int64_t *ret) FALLIBLE;
Status store_get_text(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, Arena *a, Str *ret) FALLIBLE;

/* Appends "name" in double quotes.  Names are ASCII letters, digits and _, not starting with a digit, at most
 * STORE_NAME_MAX bytes; anything else makes the buffer fail with ST_INVALID. */
#define STORE_NAME_MAX 59
void store_put_name(Buf *sql, const char *name);
bool store_name_ok(const char *name);
/* Appends `$first, $first+1, …` count times, for IN lists and VALUES. */
void store_put_params(Buf *sql, size_t first, size_t count);
/* The text with ! % _ escaped by !, for LIKE … ESCAPE '!'. */
void store_put_like(Buf *out, Str text);

/* ---- many rows --------------------------------------------------------- */

/* Bulk insert (COPY on PostgreSQL).  Rows are gathered and sent in pieces, so several may be open at once and
 * other statements may run between; rows are sure to be visible only after flush or end.  Errors of a row
 * (ST_EXISTS …) may come as late as the end. */
typedef struct StoreBulk StoreBulk;
Status store_bulk(StoreTx *tx, const char *table, const char *const *columns, size_t n, StoreBulk **ret) FALLIBLE;
/* One value a column; copied. */
Status store_bulk_row(StoreBulk *b, const StoreValue *row) FALLIBLE;
Status store_bulk_flush(StoreBulk *b) FALLIBLE;
/* Flushes and frees (also on failure); *b is NULL afterwards. */
Status store_bulk_end(StoreBulk **b, int64_t *ret_rows) FALLIBLE;
/* Drops what was not flushed. */
void store_bulk_free(StoreBulk *b);
DEFINE_CLEANUP(StoreBulk *, store_bulk_free)
#define _cleanup_store_bulk_ _cleanup_(store_bulk_freep)

/* Columns of a batch of rows; valid until the next call. */
typedef struct StoreVector {
        StoreType type;     /* as asked for */
        const int64_t *i64; /* STORE_I64; 0 where null */
        const Str *str;     /* STORE_TEXT, STORE_BLOB; STR_NONE where null */
        const uint8_t *null;/* 1 where null; never NULL */
        size_t nulls;       /* how many */
} StoreVector;

/* Streams a query's answer in typed columns of up to batch_rows rows (COPY on PostgreSQL).  No other statement
 * may run in the transaction until it is freed (ST_INTERNAL).
 *
 *     static const StoreType t[] = { STORE_I64, STORE_TEXT };
 *     TRY(store_scan(tx, "SELECT value, unit FROM …", STORE_NO_ARGS, t, 2, 4096, &scan));
 *     while (store_scan_next(scan, &cols, &rows))
 *             for (size_t i = 0; i < rows; i++) use(cols[0].i64[i], cols[1].str[i]);
 *     TRY(store_scan_done(scan));
 */
typedef struct StoreScan StoreScan;
Status store_scan(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, const StoreType *types,
                  size_t columns, size_t batch_rows, StoreScan **ret) FALLIBLE;
bool store_scan_next(StoreScan *s, const StoreVector **ret_columns, size_t *ret_rows);
Status store_scan_done(const StoreScan *s) FALLIBLE;
void store_scan_free(StoreScan *s);
DEFINE_CLEANUP(StoreScan *, store_scan_free)
#define _cleanup_store_scan_ _cleanup_(store_scan_freep)

/* ---- tables ------------------------------------------------------------ */

/* Definitions; borrowed for the call.  Lists of columns are "a, b". */
typedef struct StoreColumn {
        const char *name;
        StoreType type;             /* STORE_I64, STORE_TEXT, STORE_BLOB */
        bool not_null;              /* implied for the primary key */
        const char *references;     /* "table(column)", one column that is primary or unique there; NULL: none */
        const StoreValue *fallback; /* DEFAULT, i64 or text; NULL: none */
} StoreColumn;

typedef struct StoreIndex {
        const char *name;           /* unique in the database: TABLE_WHAT */
        const char *columns;        /* "county, year" */
        bool unique;                /* nulls are distinct */
} StoreIndex;

typedef struct StoreTable {
        const char *name;
        const StoreColumn *columns;
        size_t column_count;
        const char *primary_key;    /* "id", or "unit, period"; never NULL */
        const StoreIndex *indexes;
        size_t index_count;
} StoreTable;

/* Brings the database to these definitions, in the order given (or any: foreign keys are resolved at the end):
 * missing tables, columns and indexes are added.  What cannot be added without touching what is there (another
 * type, another primary key, a new NOT NULL column without fallback in a table that has rows, an index of the
 * same name with other columns, an index whose uniqueness the rows break) is ST_CONFLICT, with every such place
 * in the Diag; columns and tables that are there and not in the definitions stay.  Part of the transaction like
 * everything else.  ret_changed (may be NULL): whether anything was done.  Foreign keys are checked at commit.
 * The names event, store_… are the store's own. */
Status store_apply_tables(StoreTx *tx, const StoreTable *tables, size_t n, bool *ret_changed) FALLIBLE;
/* Does the table exist? */
Status store_has_table(StoreTx *tx, const char *name, bool *ret) FALLIBLE;
/* An index that is no longer wanted; nothing happens when it is not there. */
Status store_drop_index(StoreTx *tx, const char *name) FALLIBLE;

/* Names are of the caller's own tables; indexes of a table stay with it under their names.  Both fail with
 * ST_INTERNAL when the new name is taken. */
Status store_rename_table(StoreTx *tx, const char *from, const char *to) FALLIBLE;
Status store_rename_column(StoreTx *tx, const char *table, const char *from, const char *to) FALLIBLE;

/* The next `count` numbers of a named sequence, starting at 1: *ret_first … *ret_first + count - 1.  Without
 * gaps, the same on both engines, rolled back with the transaction, never given twice.  The way to make ids. */
Status store_new_ids(StoreTx *tx, const char *sequence, int64_t count, int64_t *ret_first) FALLIBLE;

/* Small facts about the database (pack name, versions): ST_NOT_FOUND when not set. */
Status store_meta_get(StoreTx *tx, const char *key, Arena *a, Str *ret) FALLIBLE;
Status store_meta_set(StoreTx *tx, const char *key, Str value) FALLIBLE;

#endif
