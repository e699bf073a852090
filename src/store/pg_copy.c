/* COPY in binary, in and out.
 *
 * In: rows are gathered in COPY's own format and sent in pieces, each a COPY of its own, so that other statements
 * may run between.  Out: COPY takes no parameters; the values of a scan are written into its query as literals,
 * quoted by libpq and cast to the type the server inferred for the parameter. */
#include "store/pg_int.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>

enum { FLUSH_BYTES = 1 << 20, BULK_BYTES_MAX = 1 << 30, COPY_HEADER = 19 };

static const char copy_header[COPY_HEADER] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

/* ---- in ---------------------------------------------------------------- */

typedef struct PgBulk {
        StoreBulkRaw base;
        Buf copy;               /* the statement */
        Buf rows;
} PgBulk;

static void put_u32(Buf *b, uint32_t v)
{
        v = htonl(v);
        buf_put(b, &v, sizeof(v));
}

static void put_u16(Buf *b, uint16_t v)
{
        v = htons(v);
        buf_put(b, &v, sizeof(v));
}

void pg_bulk_close(StoreBulkRaw *base)
{
        PgBulk *b = (PgBulk *)base;
        buf_release(&b->copy);
        buf_release(&b->rows);
        mem_free(b);
}

Status pg_bulk_open(StoreConn *base, const char *table, const char *const *columns, size_t n, Diag *d,
                    StoreBulkRaw **ret)
{
        PgConn *c = (PgConn *)base;
        if (c->reading)
                return STORE_WRONG(base, d, "只读事务中不能改动", "a reading transaction cannot change anything");
        PgBulk *b = mem_calloc(1, sizeof(*b));
        if (!b)
                return ST_NOMEM;
        b->base.conn = base;
        b->copy = BUF_INIT(1 << 20);
        b->rows = BUF_INIT(BULK_BYTES_MAX);
        buf_puts(&b->copy, "COPY ");
        store_put_name(&b->copy, table);
        for (size_t i = 0; i < n; i++) {
                buf_puts(&b->copy, i ? ", " : " (");
                store_put_name(&b->copy, columns[i]);
        }
        buf_puts(&b->copy, ") FROM STDIN (FORMAT binary)");
        if (buf_status(&b->copy) != ST_OK) {
                Status st = buf_status(&b->copy);
                pg_bulk_close(&b->base);
                return st;
        }
        *ret = &b->base;
        return ST_OK;
}

/* What the server says after the data. */
static Status copy_end(PgConn *c, Diag *d)
{
        Status st = ST_OK;
        for (PGresult *r; (r = PQgetResult(c->pg));) {
                if (PQresultStatus(r) != PGRES_COMMAND_OK && st == ST_OK)
                        st = pg_failed(c, r, d);
                else
                        PQclear(r);
        }
        return st;
}

Status pg_bulk_flush(StoreBulkRaw *base, Diag *d)
{
        PgBulk *b = (PgBulk *)base;
        PgConn *c = (PgConn *)base->conn;
        if (b->rows.len == 0)
                return ST_OK;
        put_u16(&b->rows, UINT16_MAX);
        TRY(buf_status(&b->rows));
        PGresult *r = PQexec(c->pg, buf_cstr(&b->copy));
        if (PQresultStatus(r) != PGRES_COPY_IN)
                return pg_failed(c, r, d);
        PQclear(r);
        bool sent = PQputCopyData(c->pg, b->rows.ptr, (int)b->rows.len) == 1 && PQputCopyEnd(c->pg, NULL) == 1;
        Status st = copy_end(c, d);
        buf_clear(&b->rows);
        if (!sent && st == ST_OK)
                return pg_failed(c, NULL, d);
        return st;
}

Status pg_bulk_row(StoreBulkRaw *base, const StoreValue *row, size_t n, Diag *d)
{
        PgBulk *b = (PgBulk *)base;
        if (b->rows.len == 0)
                buf_put(&b->rows, copy_header, COPY_HEADER);
        put_u16(&b->rows, (uint16_t)n);
        for (size_t i = 0; i < n; i++) {
                if (row[i].type == STORE_NULL) {
                        put_u32(&b->rows, UINT32_MAX);
                } else if (row[i].type == STORE_I64) {
                        uint64_t v = htobe64((uint64_t)row[i].i64);
                        put_u32(&b->rows, 8);
                        buf_put(&b->rows, &v, sizeof(v));
                } else {
                        put_u32(&b->rows, (uint32_t)row[i].str.len);
                        buf_put_str(&b->rows, row[i].str);
                }
        }
        Status st = buf_status(&b->rows);
        if (st == ST_LIMIT)
                return diag_fail(d, st, store_pos(base->conn->store), "一行数据过大", "a row is too large");
        TRY(st);
        return b->rows.len >= FLUSH_BYTES ? pg_bulk_flush(base, d) : ST_OK;
}

/* ---- out --------------------------------------------------------------- */

typedef struct PgScan {
        StoreScanRaw base;
        Oid *types;
        size_t columns;
        bool header;            /* still to come */
        bool ended;
} PgScan;

static const char *type_name(Oid type)
{
        switch (type) {
        case PG_INT8: return "bigint";
        case PG_INT4: return "integer";
        case PG_TEXT: return "text";
        case PG_VARCHAR: return "varchar";
        case PG_NAME: return "name";
        case PG_BYTEA: return "bytea";
        default: return NULL;
        }
}

static Status put_literal(PgConn *c, Oid type, const StoreValue *v, Buf *out, Diag *d)
{
        const char *name = type_name(type);
        bool number = type == PG_INT8 || type == PG_INT4;
        if (!name || (v->type != STORE_NULL &&
                      ((v->type == STORE_I64) != number || (v->type == STORE_BLOB) != (type == PG_BYTEA))))
                return STORE_WRONG(&c->base, d, "参数的类型与语句不符",
                                   "a parameter has another type than the statement");
        if (v->type == STORE_NULL) {
                buf_puts(out, "NULL");
        } else if (v->type == STORE_I64) {
                buf_printf(out, "'%lld'", (long long)v->i64);
        } else if (v->type == STORE_BLOB) {
                buf_puts(out, "'\\x");
                for (size_t i = 0; i < v->str.len; i++)
                        buf_printf(out, "%02x", (unsigned char)v->str.ptr[i]);
                buf_putc(out, '\'');
        } else {
                char *quoted = PQescapeLiteral(c->pg, v->str.ptr ? v->str.ptr : "", v->str.len);
                if (!quoted)
                        return pg_failed(c, NULL, d);
                buf_puts(out, quoted);
                PQfreemem(quoted);
        }
        buf_printf(out, "::%s", name);
        return buf_status(out);
}

/* Copies a quoted piece or a comment whole; returns where it ends, or p when there is none. */
static const char *skip_quoted(const char *p)
{
        if (*p == '\'' || *p == '"') {
                const char *end = p + 1;
                while (*end && *end != *p)
                        end++;
                return *end ? end + 1 : end;
        }
        if (p[0] == '-' && p[1] == '-')
                return p + strcspn(p, "\n");
        if (p[0] == '/' && p[1] == '*') {
                const char *end = strstr(p + 2, "*/");
                return end ? end + 2 : p + strlen(p);
        }
        return p;
}

static Status put_query(PgConn *c, const char *sql, const PgParams *params, const StoreValue *args, Buf *out, Diag *d)
{
        for (const char *p = sql; *p;) {
                const char *end = skip_quoted(p);
                if (end != p) {
                        buf_put(out, p, (size_t)(end - p));
                        p = end;
                        continue;
                }
                if (*p != '$' || p[1] < '0' || p[1] > '9') {
                        buf_putc(out, *p++);
                        continue;
                }
                size_t digits = strspn(p + 1, "0123456789");
                int64_t n = 0;
                if (!str_to_i64(str_n(p + 1, digits), &n) || n < 1 || n > params->count)
                        return STORE_WRONG(&c->base, d, "没有这个参数", "there is no such parameter");
                TRY(put_literal(c, params->types[n - 1], &args[n - 1], out, d));
                p += 1 + digits;
        }
        return buf_status(out);
}

void pg_scan_close(StoreScanRaw *base)
{
        PgScan *s = (PgScan *)base;
        PgConn *c = (PgConn *)base->conn;
        if (!s->ended) {
                char *row = NULL;
                while (PQgetCopyData(c->pg, &row, 0) > 0)
                        PQfreemem(row);
                (void)copy_end(c, NULL);
        }
        mem_free(s->types);
        mem_free(s);
}

static Status read_types(PgConn *c, PgScan *s, Diag *d)
{
        PGresult *r = PQdescribePrepared(c->pg, "");
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
                return pg_failed(c, r, d);
        if ((size_t)PQnfields(r) != s->columns) {
                PQclear(r);
                return STORE_WRONG(&c->base, d, "列数不符", "another number of columns");
        }
        s->types = mem_calloc(s->columns, sizeof(*s->types));
        for (size_t i = 0; s->types && i < s->columns; i++)
                s->types[i] = PQftype(r, (int)i);
        PQclear(r);
        return s->types ? ST_OK : ST_NOMEM;
}

static Status scan_start(PgConn *c, PgScan *s, const char *sql, const StoreValue *args, size_t n, Diag *d)
{
        PgParams params = { 0 };
        TRY(pg_describe(c, "", sql, d, &params));
        _cleanup_buf_ Buf copy = BUF_INIT(BULK_BYTES_MAX);
        Status st = (size_t)params.count == n
                            ? read_types(c, s, d)
                            : STORE_WRONG(&c->base, d, "参数个数不符", "another number of parameters");
        if (st == ST_OK) {
                buf_puts(&copy, "COPY (");
                st = put_query(c, sql, &params, args, &copy, d);
                buf_puts(&copy, "\n) TO STDOUT (FORMAT binary)");      /* the query may end in a comment */
        }
        pg_params_release(&params);
        TRY(st);
        TRY(buf_status(&copy));
        PGresult *r = PQexec(c->pg, buf_cstr(&copy));
        if (PQresultStatus(r) != PGRES_COPY_OUT)
                return pg_failed(c, r, d);
        PQclear(r);
        s->header = true;
        s->ended = false;
        return ST_OK;
}

Status pg_scan_open(StoreConn *base, const char *sql, const StoreValue *args, size_t n, size_t columns, Diag *d,
                    StoreScanRaw **ret)
{
        PgScan *s = mem_calloc(1, sizeof(*s));
        if (!s)
                return ST_NOMEM;
        s->base.conn = base;
        s->columns = columns;
        s->ended = true;
        Status st = scan_start((PgConn *)base, s, sql, args, n, d);
        if (st != ST_OK) {
                pg_scan_close(&s->base);
                return st;
        }
        *ret = &s->base;
        return ST_OK;
}

static Status take_field(PgScan *s, StoreBatch *b, size_t row, size_t col, const char *p, int32_t len)
{
        bool null = len < 0;
        b->null[col][row] = null;
        b->nulls[col] += null;
        StoreValue v = { .type = STORE_NULL };
        if (!null)
                TRY(pg_value(s->types[col], p, (size_t)len, &v));
        if (!null && v.type != b->types[col])
                return ST_INTERNAL;
        if (b->types[col] == STORE_I64) {
                b->i64[col][row] = v.i64;
                return ST_OK;
        }
        b->str[col][row] = null ? STR_NONE : arena_str(b->bytes, v.str);
        return null || b->str[col][row].ptr ? ST_OK : ST_NOMEM;
}

/* One row of COPY's format; *ret_end for the trailer. */
static Status take_row(PgScan *s, StoreBatch *b, size_t row, const char *p, size_t len, bool *ret_end)
{
        if (s->header) {
                if (len < COPY_HEADER)
                        return ST_INTERNAL;
                p += COPY_HEADER;
                len -= COPY_HEADER;
                s->header = false;
        }
        uint16_t fields;
        if (len < 2)
                return ST_INTERNAL;
        memcpy(&fields, p, 2);
        p += 2;
        len -= 2;
        if (ntohs(fields) == UINT16_MAX) {
                *ret_end = true;
                return ST_OK;
        }
        if (ntohs(fields) != s->columns)
                return ST_INTERNAL;
        for (size_t col = 0; col < s->columns; col++) {
                uint32_t w;
                if (len < 4)
                        return ST_INTERNAL;
                memcpy(&w, p, 4);
                p += 4;
                len -= 4;
                int32_t n = (int32_t)ntohl(w);
                if (n > 0 && (size_t)n > len)
                        return ST_INTERNAL;
                TRY(take_field(s, b, row, col, p, n));
                p += n > 0 ? n : 0;
                len -= n > 0 ? (size_t)n : 0;
        }
        return ST_OK;
}

Status pg_scan_fill(StoreScanRaw *base, StoreBatch *b, Diag *d, size_t *ret_rows)
{
        PgScan *s = (PgScan *)base;
        PgConn *c = (PgConn *)base->conn;
        size_t rows = 0;
        while (!s->ended && rows < b->capacity && arena_used(b->bytes) < STORE_BATCH_BYTES) {
                char *data = NULL;
                int len = PQgetCopyData(c->pg, &data, 0);
                if (len < 0) {
                        s->ended = true;
                        if (len == -2)
                                return pg_failed(c, NULL, d);
                        TRY(copy_end(c, d));
                        break;
                }
                bool end = false;
                Status st = take_row(s, b, rows, data, (size_t)len, &end);
                PQfreemem(data);
                if (st == ST_LIMIT)
                        return diag_fail(d, st, store_pos(c->base.store), "数超出 64 位整数范围",
                                         "a number is beyond 64-bit integers");
                if (st == ST_INTERNAL)
                        return STORE_WRONG(&c->base, d, "列类型不符", "a column has another type");
                TRY(st);
                rows += !end;
        }
        *ret_rows = rows;
        return ST_OK;
}
