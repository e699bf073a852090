/* pg_int.h -- what the PostgreSQL files of this room share; the only place that includes libpq's header. */
#ifndef KC_STORE_PG_INT_H
#define KC_STORE_PG_INT_H

#include <libpq-fe.h>

#include "store/store_int.h"

/* The types we meet, by their number in pg_type. */
enum {
        PG_BOOL = 16, PG_BYTEA = 17, PG_CHAR = 18, PG_NAME = 19, PG_INT8 = 20, PG_INT2 = 21, PG_INT4 = 23, PG_TEXT = 25,
        PG_OID = 26, PG_UNKNOWN = 705, PG_BPCHAR = 1042, PG_VARCHAR = 1043, PG_NUMERIC = 1700
};

typedef struct PgConn {
        StoreConn base;
        PGconn *pg;
        bool reading;
        bool lost;              /* prepared statements of the server are gone */
        unsigned next_name;
        char schema[STORE_NAME_MAX + 1];
} PgConn;

typedef struct PgParams {
        int count;
        Oid *types;
        const char **values;
        int *lengths;
        int *formats;           /* 0 text, 1 binary */
        uint64_t *numbers;      /* where int8 values stand, in network order */
} PgParams;

typedef struct PgRaw {
        StoreRaw base;
        char name[32];          /* of the prepared statement, or of the cursor */
        PgParams params;
        PGresult *result;
        int row;                /* current one; -1: before the first */
        int64_t changed;        /* not yet reported */
        bool cursor;
        bool cursor_open;
} PgRaw;

/* postgres.c */
/* Status and message of a failed result (freed) or, with NULL, of the connection. */
Status pg_failed(PgConn *c, PGresult *r, Diag *d);
Status pg_describe(PgConn *c, const char *name, const char *sql, Diag *d, PgParams *ret);
void pg_params_release(PgParams *p);
Status pg_encode(PgConn *c, PgParams *p, const StoreValue *args, size_t n, Diag *d);
Status pg_value(Oid type, const char *bytes, size_t len, StoreValue *ret);

/* pg_copy.c */
Status pg_bulk_open(StoreConn *base, const char *table, const char *const *columns, size_t n, Diag *d, StoreBulkRaw **ret);
Status pg_bulk_row(StoreBulkRaw *base, const StoreValue *row, size_t n, Diag *d);
Status pg_bulk_flush(StoreBulkRaw *base, Diag *d);
void pg_bulk_close(StoreBulkRaw *base);
Status pg_scan_open(StoreConn *base, const char *sql, const StoreValue *args, size_t n, size_t columns, Diag *d, StoreScanRaw **ret);
Status pg_scan_fill(StoreScanRaw *base, StoreBatch *b, Diag *d, size_t *ret_rows);
void pg_scan_close(StoreScanRaw *base);

#endif
