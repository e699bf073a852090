/* Many rows in, many rows out: the parts that are the same for both engines. */
#include "store/store_int.h"

enum { BATCH_ROWS_MAX = 1 << 20 };

struct StoreBulk {
        StoreTx *tx;                    /* NULL: the transaction has ended */
        StoreBulkRaw *raw;
        StoreBulk *next, **link;
        size_t columns;
        int64_t rows;
};

/* ---- in ---------------------------------------------------------------- */

static void bulk_detach(StoreBulk *b)
{
        if (!b->tx)
                return;
        b->tx->driver->bulk_close(b->raw);
        b->raw = NULL;
        *b->link = b->next;
        if (b->next)
                b->next->link = b->link;
        b->tx = NULL;
}

void store_bulks_end(StoreTx *tx)
{
        while (tx->bulks) {
                StoreBulk *b = tx->bulks;
                bulk_detach(b);
        }
}

void store_bulk_free(StoreBulk *b)
{
        if (!b)
                return;
        bulk_detach(b);
        mem_free(b);
}

Status store_bulk(StoreTx *tx, const char *table, const char *const *columns, size_t n, StoreBulk **ret)
{
        TRY(store_tx_ready(tx));
        if (n == 0 || n > STORE_COLUMNS_MAX)
                return store_tx_fail(
                        tx, STORE_WRONG(tx->conn, tx->diag, "列数不在范围内", "the number of columns is out of range"));
        StoreBulk *b = mem_calloc(1, sizeof(*b));
        if (!b)
                return store_tx_fail(tx, ST_NOMEM);
        Status st = tx->driver->bulk_open(tx->conn, table, columns, n, tx->diag, &b->raw);
        if (st != ST_OK) {
                mem_free(b);
                return store_tx_fail(tx, st);
        }
        b->tx = tx;
        b->columns = n;
        b->next = tx->bulks;
        b->link = &tx->bulks;
        if (b->next)
                b->next->link = &b->next;
        tx->bulks = b;
        *ret = b;
        return ST_OK;
}

Status store_bulk_row(StoreBulk *b, const StoreValue *row)
{
        if (!b->tx)
                return ST_INTERNAL;
        TRY(store_tx_ready(b->tx));
        StoreTx *tx = b->tx;
        Status st = store_check_values(tx->store, row, b->columns, tx->diag);
        if (st == ST_OK)
                st = tx->driver->bulk_row(b->raw, row, b->columns, tx->diag);
        if (st != ST_OK)
                return store_tx_fail(tx, st);
        tx->changes++;
        b->rows++;
        return ST_OK;
}

Status store_bulk_flush(StoreBulk *b)
{
        if (!b->tx)
                return ST_INTERNAL;
        TRY(store_tx_ready(b->tx));
        return store_tx_fail(b->tx, b->tx->driver->bulk_flush(b->raw, b->tx->diag));
}

Status store_bulk_end(StoreBulk **bp, int64_t *ret_rows)
{
        _cleanup_store_bulk_ StoreBulk *b = TAKE(*bp);
        if (!b)
                return ST_INTERNAL;
        TRY(store_bulk_flush(b));
        if (ret_rows)
                *ret_rows = b->rows;
        return ST_OK;
}

/* ---- out --------------------------------------------------------------- */

struct StoreScan {
        StoreTx *tx;
        StoreScanRaw *raw;
        Status status;
        bool ended;
        StoreBatch batch;
        StoreVector *vectors;
        StoreType *types;
        Arena *arena;                   /* the arrays */
};

void store_scan_end(StoreTx *tx)
{
        StoreScan *s = tx->scan;
        if (!s)
                return;
        tx->driver->scan_close(s->raw);
        tx->scan = NULL;
        s->raw = NULL;
        s->tx = NULL;
        s->ended = true;
}

void store_scan_free(StoreScan *s)
{
        if (!s)
                return;
        if (s->tx)
                store_scan_end(s->tx);
        arena_free(s->batch.bytes);
        arena_free(s->arena);
        mem_free(s);
}

static Status scan_arrays(StoreScan *s, const StoreType *types, size_t columns, size_t rows)
{
        size_t each = rows * (sizeof(Str) + 1) + 4096;
        /* Twice: an arena may leave the ends of its chunks unused. */
        s->arena = arena_new(2 * columns * (each + 256) + (4 << 20));
        s->batch.bytes = arena_new(STORE_BATCH_BYTES_MAX);
        if (!s->arena || !s->batch.bytes)
                return ST_NOMEM;
        s->types = arena_array_of(s->arena, StoreType, columns);
        s->vectors = arena_array_of(s->arena, StoreVector, columns);
        StoreBatch *b = &s->batch;
        b->i64 = arena_array_of(s->arena, int64_t *, columns);
        b->str = arena_array_of(s->arena, Str *, columns);
        b->null = arena_array_of(s->arena, uint8_t *, columns);
        b->nulls = arena_array_of(s->arena, size_t, columns);
        if (!s->types || !s->vectors || !b->i64 || !b->str || !b->null || !b->nulls)
                return ST_NOMEM;
        for (size_t i = 0; i < columns; i++) {
                s->types[i] = types[i];
                b->null[i] = arena_array_of(s->arena, uint8_t, rows);
                if (types[i] == STORE_I64)
                        b->i64[i] = arena_array_of(s->arena, int64_t, rows);
                else
                        b->str[i] = arena_array_of(s->arena, Str, rows);
                if (!b->null[i] || (!b->i64[i] && !b->str[i]))
                        return ST_NOMEM;
                s->vectors[i] =
                        (StoreVector){ .type = types[i], .i64 = b->i64[i], .str = b->str[i], .null = b->null[i] };
        }
        b->columns = columns;
        b->capacity = rows;
        b->types = s->types;
        return ST_OK;
}

Status store_scan(StoreTx *tx, const char *sql, const StoreValue *args, size_t n, const StoreType *types,
                  size_t columns, size_t batch_rows, StoreScan **ret)
{
        TRY(store_tx_ready(tx));
        if (columns == 0 || columns > STORE_COLUMNS_MAX || batch_rows == 0 || batch_rows > BATCH_ROWS_MAX)
                return store_tx_fail(tx, STORE_WRONG(tx->conn, tx->diag, "列数或批量不在范围内",
                                                     "columns or rows of a batch are out of range"));
        _cleanup_store_scan_ StoreScan *s = mem_calloc(1, sizeof(*s));
        if (!s)
                return store_tx_fail(tx, ST_NOMEM);
        Status st = scan_arrays(s, types, columns, batch_rows);
        if (st == ST_OK)
                st = store_check_values(tx->store, args, n, tx->diag);
        if (st == ST_OK)
                st = tx->driver->scan_open(tx->conn, sql, args, n, columns, tx->diag, &s->raw);
        if (st != ST_OK)
                return store_tx_fail(tx, st);
        s->tx = tx;
        tx->scan = s;
        *ret = TAKE(s);
        return ST_OK;
}

bool store_scan_next(StoreScan *s, const StoreVector **ret_columns, size_t *ret_rows)
{
        if (s->ended || s->status != ST_OK)
                return false;
        arena_reset(s->batch.bytes);
        memset(s->batch.nulls, 0, s->batch.columns * sizeof(size_t));
        size_t rows = 0;
        Status st = s->tx->driver->scan_fill(s->raw, &s->batch, s->tx->diag, &rows);
        if (st != ST_OK) {
                s->status = store_tx_fail(s->tx, st);
                return false;
        }
        if (rows == 0) {
                s->ended = true;
                return false;
        }
        for (size_t i = 0; i < s->batch.columns; i++)
                s->vectors[i].nulls = s->batch.nulls[i];
        *ret_columns = s->vectors;
        *ret_rows = rows;
        return true;
}

Status store_scan_done(const StoreScan *s)
{
        return s->status;
}
