/* pg_int.h -- what the PostgreSQL files of this room share; the only place that includes libpq's header. */
#ifndef KC_STORE_PG_INT_H
#define KC_STORE_PG_INT_H

#include <libpq-fe.h>

#include "base/dynlib.h"
#include "store/store_int.h"

/* The functions of libpq that are used (pg_lib.c): the library is loaded when the first database on a server is
 * opened, and a call by the usual name goes through this table (base/dynlib.h). */
#define PG_FUNCTIONS(X) X(PQclear) X(PQresultStatus) X(PQexec) X(PQstatus) X(PQtransactionStatus) \
        X(PQntuples) X(PQgetvalue) X(PQfreemem) X(PQexecParams) X(PQserverVersion) X(PQresultErrorField) \
        X(PQnfields) X(PQgetCopyData) X(PQftype) X(PQerrorMessage) X(PQdescribePrepared) X(PQcmdStatus) \
        X(PQsetNoticeProcessor) X(PQreset) X(PQputCopyEnd) X(PQputCopyData) X(PQprepare) X(PQparamtype) \
        X(PQnparams) X(PQgetlength) X(PQgetisnull) X(PQgetResult) X(PQfinish) X(PQexecPrepared) \
        X(PQescapeLiteral) X(PQconnectdbParams) X(PQcmdTuples)
typedef struct PgLib {
        PG_FUNCTIONS(DYNLIB_MEMBER)
} PgLib;
extern PgLib pg_lib;
/* Before any of them. */
Status pg_lib_load(Diag *d) FALLIBLE;
#define PQclear pg_lib.fn_PQclear
#define PQresultStatus pg_lib.fn_PQresultStatus
#define PQexec pg_lib.fn_PQexec
#define PQstatus pg_lib.fn_PQstatus
#define PQtransactionStatus pg_lib.fn_PQtransactionStatus
#define PQntuples pg_lib.fn_PQntuples
#define PQgetvalue pg_lib.fn_PQgetvalue
#define PQfreemem pg_lib.fn_PQfreemem
#define PQexecParams pg_lib.fn_PQexecParams
#define PQserverVersion pg_lib.fn_PQserverVersion
#define PQresultErrorField pg_lib.fn_PQresultErrorField
#define PQnfields pg_lib.fn_PQnfields
#define PQgetCopyData pg_lib.fn_PQgetCopyData
#define PQftype pg_lib.fn_PQftype
#define PQerrorMessage pg_lib.fn_PQerrorMessage
#define PQdescribePrepared pg_lib.fn_PQdescribePrepared
#define PQcmdStatus pg_lib.fn_PQcmdStatus
#define PQsetNoticeProcessor pg_lib.fn_PQsetNoticeProcessor
#define PQreset pg_lib.fn_PQreset
#define PQputCopyEnd pg_lib.fn_PQputCopyEnd
#define PQputCopyData pg_lib.fn_PQputCopyData
#define PQprepare pg_lib.fn_PQprepare
#define PQparamtype pg_lib.fn_PQparamtype
#define PQnparams pg_lib.fn_PQnparams
#define PQgetlength pg_lib.fn_PQgetlength
#define PQgetisnull pg_lib.fn_PQgetisnull
#define PQgetResult pg_lib.fn_PQgetResult
#define PQfinish pg_lib.fn_PQfinish
#define PQexecPrepared pg_lib.fn_PQexecPrepared
#define PQescapeLiteral pg_lib.fn_PQescapeLiteral
#define PQconnectdbParams pg_lib.fn_PQconnectdbParams
#define PQcmdTuples pg_lib.fn_PQcmdTuples

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
Status pg_bulk_open(StoreConn *base, const char *table, const char *const *columns, size_t n, Diag *d,
                    StoreBulkRaw **ret);
Status pg_bulk_row(StoreBulkRaw *base, const StoreValue *row, size_t n, Diag *d);
Status pg_bulk_flush(StoreBulkRaw *base, Diag *d);
void pg_bulk_close(StoreBulkRaw *base);
Status pg_scan_open(StoreConn *base, const char *sql, const StoreValue *args, size_t n, size_t columns, Diag *d,
                    StoreScanRaw **ret);
Status pg_scan_fill(StoreScanRaw *base, StoreBatch *b, Diag *d, size_t *ret_rows);
void pg_scan_close(StoreScanRaw *base);

#endif
