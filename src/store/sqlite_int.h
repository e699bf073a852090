/* sqlite_int.h -- what the SQLite files of this room share; the only place that includes the library's header. */
#ifndef KC_STORE_SQLITE_INT_H
#define KC_STORE_SQLITE_INT_H

#include <sqlite3.h>

#include "store/store_int.h"

typedef struct SqliteConn {
        StoreConn base;
        sqlite3 *db;
        bool reading;           /* in a STORE_READ transaction */
        uint64_t limit_ns;      /* for one statement; 0: none */
        uint64_t deadline;      /* of the running one, on the monotonic clock */
} SqliteConn;

typedef struct SqliteRaw {
        StoreRaw base;
        sqlite3_stmt *stmt;
        int *params;            /* for each SQLite parameter: n of its $n */
        int param_count;
        int arg_count;
        bool readonly;
        bool changed;           /* RETURNING is giving out rows */
} SqliteRaw;

/* sqlite.c */
bool sqlite_library_ready(void);
/* Status and message for a result code. */
Status sqlite_failed(Store *s, sqlite3 *db, int rc, Diag *d);
Status sqlite_failed_at(const char *name, int busy_ms, sqlite3 *db, int rc, Diag *d);
int sqlite_bind(sqlite3_stmt *stmt, int at, const StoreValue *v, bool keep);
Status sqlite_cell(sqlite3_stmt *stmt, int col, StoreValue *ret);

/* sqlite_text.c: the tokenizer "kechuang" for FTS5. */
int sqlite_add_tokenizer(sqlite3 *db);

#endif
