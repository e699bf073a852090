/* store_int.h -- what the files of this room share.
 *
 * Layers: store.c (database, connections, transactions), stmt.c (statements and their cache), bulk.c (many rows),
 * table.c (definitions), event.c, verify.c, text_index.c, backup.c speak SQL and know no engine; sqlite.c and
 * postgres.c (with pg_copy.c) are the two StoreDrivers below and the only ones that see the libraries.
 *
 *   Store ── keeps ──> StoreConn (idle ones)
 *   StoreTx ── borrows one ──> StoreConn ── caches ──> StoreRaw (a prepared statement of the engine)
 *   StoreStmt ── borrows one ──> StoreRaw
 */
#ifndef KC_STORE_INT_H
#define KC_STORE_INT_H

#include <pthread.h>

#include "store/event.h"
#include "store/store.h"

/* Written to the SQLite header and checked there: "KCHG". */
#define STORE_APPLICATION_ID 0x4B434847
/* Of the store's own tables; a database with a higher one was made by a newer program. */
#define STORE_SCHEMA_VERSION 1
#define STORE_SCHEMA_VERSION_TEXT "1"
#define STORE_ZERO_HASH "0000000000000000000000000000000000000000000000000000000000000000"

enum {
        STORE_CACHE_BUCKETS = 128,
        STORE_CACHE_MAX = 400,          /* prepared statements a connection keeps */
        STORE_COLUMNS_MAX = 1600,
        STORE_ARGS_MAX = 30000,
        STORE_BATCH_BYTES = 8 << 20,    /* text of one batch of a scan; it is cut there */
        STORE_BATCH_BYTES_MAX = 1 << 30,
};

/* A prepared statement of an engine; the engine's own struct begins with it. */
typedef struct StoreRaw {
        char *sql;
        uint64_t hash;
        struct StoreRaw *next;          /* in its bucket */
        uint64_t used;                  /* clock of the last use, for giving up the oldest */
        bool busy;                      /* lent to a StoreStmt */
        bool cached;
} StoreRaw;

/* A connection; the engine's own struct begins with it. */
typedef struct StoreConn {
        Store *store;
        struct StoreConn *next;         /* idle list */
        StoreRaw *cache[STORE_CACHE_BUCKETS];
        size_t cached;
        uint64_t clock;
        uint64_t generation;            /* of the schema its statements were prepared under */
        bool broken;                    /* not to be used again */
} StoreConn;

/* Rows of a bulk insert on their way; the engine's own struct begins with it. */
typedef struct StoreBulkRaw {
        StoreConn *conn;
} StoreBulkRaw;

typedef struct StoreScanRaw {
        StoreConn *conn;
} StoreScanRaw;

/* One batch of a scan, filled by the engine. */
typedef struct StoreBatch {
        size_t columns;
        size_t capacity;                /* rows */
        const StoreType *types;
        int64_t **i64;                  /* by column; NULL for text and blob */
        Str **str;
        uint8_t **null;
        size_t *nulls;
        Arena *bytes;                   /* of text and blob of this batch */
} StoreBatch;

/* Statements that differ by engine, by purpose. */
typedef struct StoreDialect {
        const char *type_i64, *type_text, *type_blob;
        const char *tables;             /* -> name, of this database, without the engine's own and text shadows */
        const char *
                columns; /* $1 table -> name, type ("i64" "text" "blob" or other), not null, place in the primary key or 0,
                                         * the default as the engine writes it */
        const char *indexes;            /* $1 table -> index, unique, column; ordered */
        const char *foreign;            /* $1 table -> column, other table, other column */
        const char *index_table;        /* $1 index -> table */
        const char *table_suffix;       /* after the closing bracket */
        const char *table_suffix_keyed; /* the same when rows are kept in the order of the primary key */
        bool foreign_inline;            /* foreign keys stand in CREATE TABLE */
} StoreDialect;

/* What a connection finds. */
typedef enum StoreState { STORE_STATE_EMPTY, STORE_STATE_OURS, STORE_STATE_FOREIGN } StoreState;

/* The transaction in which a new database gets the store's own tables: one at a time, no head to lock yet. */
#define STORE_SETUP ((StoreMode)(STORE_HOUSEKEEPING + 1))

/* All functions put their messages into the Diag and return the mapped status. */
typedef struct StoreDriver {
        StoreEngine engine;
        const StoreDialect *dialect;
        Status (*connect)(Store *s, Diag *d, StoreConn **ret);
        void (*disconnect)(StoreConn *c);
        /* The engine and its version. */
        void (*describe)(StoreConn *c, Buf *out);
        Status (*inspect)(StoreConn *c, Diag *d, StoreState *ret);
        /* An empty database is to become ours: before the setup transaction, and in it. */
        Status (*adopt)(StoreConn *c, Diag *d);
        Status (*adopt_tx)(StoreConn *c, Diag *d);
        Status (*begin)(StoreConn *c, StoreMode mode, Diag *d);
        Status (*commit)(StoreConn *c, Diag *d);
        void (*rollback)(StoreConn *c);
        /* A statement without values and rows. */
        Status (*run)(StoreConn *c, const char *sql, Diag *d);
        Status (*limit)(StoreConn *c, int ms, Diag *d);
        Status (*prepare)(StoreConn *c, const char *sql, Diag *d, StoreRaw **ret);
        void (*discard)(StoreConn *c, StoreRaw *r);
        /* keep: args stay valid until reset. */
        Status (*start)(StoreConn *c, StoreRaw *r, const StoreValue *args, size_t n, bool keep, Diag *d);
        /* *ret_changed: rows changed by this step. */
        Status (*step)(StoreConn *c, StoreRaw *r, Diag *d, bool *ret_row, int64_t *ret_changed);
        void (*reset)(StoreConn *c, StoreRaw *r);
        int (*columns)(const StoreRaw *r);
        /* ST_LIMIT: a number out of range; ST_INTERNAL: a type we do not have. */
        Status (*cell)(StoreRaw *r, int col, StoreValue *ret);
        /* A query fetched in pieces, started; not cached. */
        Status (*many)(StoreConn *c, const char *sql, const StoreValue *args, size_t n, Diag *d, StoreRaw **ret);
        Status (*bulk_open)(StoreConn *c, const char *table, const char *const *columns, size_t n, Diag *d,
                            StoreBulkRaw **ret);
        Status (*bulk_row)(StoreBulkRaw *b, const StoreValue *row, size_t n, Diag *d);
        Status (*bulk_flush)(StoreBulkRaw *b, Diag *d);
        void (*bulk_close)(StoreBulkRaw *b);
        Status (*scan_open)(StoreConn *c, const char *sql, const StoreValue *args, size_t n, size_t columns, Diag *d,
                            StoreScanRaw **ret);
        /* Fills the batch; 0 rows: the end. */
        Status (*scan_fill)(StoreScanRaw *s, StoreBatch *b, Diag *d, size_t *ret_rows);
        void (*scan_close)(StoreScanRaw *s);
} StoreDriver;

extern const StoreDriver store_sqlite_driver;
extern const StoreDriver store_postgres_driver;

struct Store {
        const StoreDriver *driver;
        char *where;                    /* path or URL, as given */
        char *name;                     /* for messages */
        char *engine_text;
        char *vfs;
        StoreOptions opt;
        pthread_mutex_t mutex;          /* guards what follows */
        pthread_cond_t cond;
        StoreConn *idle;
        int lent;
        bool writing;                   /* a STORE_WRITE transaction of this process is open (SQLite: any write) */
        uint64_t generation;            /* raised when definitions changed */
        bool checked;                   /* the database was seen to be ours */
};

struct StoreTx {
        Store *store;
        StoreConn *conn;
        const StoreDriver *driver;
        Diag *diag;
        StoreMode mode;
        bool failed;                    /* only the rollback is left */
        bool turn;                      /* holds store->writing */
        bool altered;                   /* definitions changed */
        int64_t changes;
        int64_t events;
        int savepoints;
        StoreStmt *stmts;               /* open ones */
        StoreBulk *bulks;
        StoreScan *scan;
};

struct StoreStmt {
        StoreTx *tx;                    /* NULL: the transaction has ended */
        StoreRaw *raw;
        StoreStmt *next, **link;        /* in tx->stmts */
        Status status;
        bool row;                       /* stands on a row */
        bool ended;
};

/* store.c */
/* Remembers the failure; returns st. */
Status store_tx_fail(StoreTx *tx, Status st);
/* ST_INTERNAL when no statement may run now. */
Status store_tx_ready(StoreTx *tx) FALLIBLE;
/* DDL and the like; counts as a change of definitions. */
Status store_tx_run(StoreTx *tx, const char *sql) FALLIBLE;
Pos store_pos(const Store *s);
/* A mistake of the calling code, in two literals. */
#define STORE_WRONG(conn, d, zh, en) \
        diag_fail((d), ST_INTERNAL, store_pos((conn)->store), "数据库语句有误：" zh, "wrong use of the database: " en)

/* Opens a database that must be empty or not there, and begins the transaction in which it gets the store's own
 * tables, still without rows (a restore brings them).  Closing the Store after a rollback leaves it as it was. */
Status store_open_empty(const char *where, Diag *d, Store **ret, StoreTx **ret_tx) FALLIBLE;
/* A database file and what lies beside it. */
void store_remove_file(const char *path);

/* sqlite_backup.c: a copy of the present state of an SQLite database, in a file that is not there yet. */
Status store_sqlite_copy(StoreTx *from, const char *path, Diag *d) FALLIBLE;
/* No transaction is open: the log goes into the file. */
Status store_sqlite_single_file(Store *s, Diag *d) FALLIBLE;

/* stmt.c */
void store_cache_drop(StoreConn *c);
/* Text must be UTF-8 without NUL, the same on both engines. */
Status store_check_values(const Store *s, const StoreValue *args, size_t n, Diag *d) FALLIBLE;
void store_stmts_end(StoreTx *tx);

/* bulk.c */
void store_bulks_end(StoreTx *tx);
void store_scan_end(StoreTx *tx);

/* table.c */
/* The store's own tables. */
extern const StoreTable store_own_tables[];
extern const size_t store_own_table_count;

/* The tables there are, in order of their names; and the definition of one as it is (no columns: not there). */
Status store_live_tables(StoreTx *tx, Arena *a, const char ***ret, size_t *ret_count) FALLIBLE;
Status store_live_table(StoreTx *tx, const char *name, Arena *a, StoreTable *ret) FALLIBLE;

/* event.c: what is hashed; and the row of a query whose columns are those of StoreEvent in their order. */
Status store_event_record(const StoreEvent *e, Buf *out) FALLIBLE;
Status store_event_hash(const StoreEvent *e, Sm3 *sm3, Buf *scratch, char ret[SM3_HEX]) FALLIBLE;
void store_event_read(StoreStmt *q, StoreEvent *ret);

#endif
