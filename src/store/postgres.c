/* The PostgreSQL driver (15 and later), over libpq.  The tables live in a schema of their own.
 *
 * A write transaction first locks the head of the event chain: writers come one after another, as on SQLite, so
 * that what a transaction has read stays true until it commits, and the chain cannot fork.  Readers have one
 * snapshot (REPEATABLE READ).  Values travel in binary; the server infers the types of parameters. */
#include "store/pg_int.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>

#define NAMESPACE "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

/* ---- errors ------------------------------------------------------------ */

static Str first_line(const char *s)
{
        Str t = str_trim(str_c(s ? s : ""));
        return str_trim(str_cut(t, '\n', &(Str){ 0 }));
}

/* By SQLSTATE. */
static Status of_state(const char *state)
{
        static const struct { char state[6]; Status st; } exact[] = {
                { "23505", ST_EXISTS }, { "22003", ST_LIMIT }, { "22021", ST_INVALID }, { "22P05", ST_INVALID },
                { "55P03", ST_LOCKED }, { "40001", ST_LOCKED }, { "40P01", ST_LOCKED }, { "57014", ST_TIMEOUT },
                { "53100", ST_FULL }, { "53200", ST_NOMEM }, { "53300", ST_LOCKED }, { "54000", ST_LIMIT },
                { "25006", ST_FORBIDDEN }, { "42501", ST_FORBIDDEN }, { "XX001", ST_CORRUPT }, { "XX002", ST_CORRUPT },
                { "3D000", ST_NOT_FOUND }, { "58030", ST_IO },
        };
        for (size_t i = 0; i < ARRAY_LEN(exact); i++)
                if (strcmp(exact[i].state, state) == 0)
                        return exact[i].st;
        if (strncmp(state, "23", 2) == 0)
                return ST_CONFLICT;
        if (strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0)
                return ST_IO;
        return ST_INTERNAL;
}

static Status say(Store *s, Status st, Str why, Diag *d)
{
        Pos pos = store_pos(s);
        switch (st) {
        case ST_NOMEM:
                return diag_fail(d, st, pos, "内存不足", "out of memory");
        case ST_LOCKED:
                return diag_fail(d, st, pos, "数据库正被占用，等待 %d 毫秒后放弃；请稍后再试",
                                 "the database is in use; gave up after %d ms: try again later", s->opt.busy_ms);
        case ST_FULL:
                return diag_fail(d, st, pos, "数据库服务器磁盘已满，改动已撤销；请腾出空间后再试",
                                 "the server's disk is full, the change was undone: make room and try again");
        case ST_EXISTS:
                return diag_fail(d, st, pos, "已有相同的记录（%.*s）", "such a record exists already (%.*s)",
                                 STR_FMT(why));
        case ST_CONFLICT:
                return diag_fail(d, st, pos, "与其他记录不一致（%.*s）", "does not agree with other records (%.*s)",
                                 STR_FMT(why));
        case ST_TIMEOUT:
                return diag_fail(d, st, pos, "语句超过时限，已停止",
                                 "a statement ran over its time limit and was stopped");
        case ST_LIMIT:
                return diag_fail(d, st, pos, "数超出范围（%.*s）", "a number is out of range (%.*s)", STR_FMT(why));
        case ST_FORBIDDEN:
                return diag_fail(d, st, pos, "数据库不允许此操作（%.*s）", "the database does not permit this (%.*s)",
                                 STR_FMT(why));
        case ST_CORRUPT:
                return diag_fail(d, st, pos, "数据库已损坏（%.*s）；请从备份恢复",
                                 "the database is damaged (%.*s): restore a backup", STR_FMT(why));
        case ST_IO:
                return diag_fail(d, st, pos, "与数据库服务器的连接中断（%.*s）",
                                 "the connection to the database server broke (%.*s)", STR_FMT(why));
        default:
                return diag_fail(d, st, pos, "数据库语句失败：%.*s", "a database statement failed: %.*s", STR_FMT(why));
        }
}

Status pg_failed(PgConn *c, PGresult *r, Diag *d)
{
        Status st = ST_IO;
        Str why = first_line(PQerrorMessage(c->pg));
        const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
        if (state) {
                st = of_state(state);
                why = first_line(PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
        } else if (PQstatus(c->pg) == CONNECTION_OK) {
                st = str_has(why, STR("memory")) ? ST_NOMEM : ST_INTERNAL;
        }
        if (PQstatus(c->pg) != CONNECTION_OK)
                c->base.broken = c->lost = true;
        st = say(c->base.store, st, why, d);
        PQclear(r);
        return st;
}

/* Takes the result. */
static Status expect(PgConn *c, PGresult *r, ExecStatusType want, Diag *d)
{
        if (PQresultStatus(r) != want)
                return pg_failed(c, r, d);
        PQclear(r);
        return ST_OK;
}

static Status pg_run(StoreConn *base, const char *sql, Diag *d)
{
        PgConn *c = (PgConn *)base;
        PGresult *r = PQexec(c->pg, sql);
        if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
                return pg_failed(c, r, d);
        PQclear(r);
        return ST_OK;
}

/* ---- connections ------------------------------------------------------- */

/* The URL without our own parameter, and its value. */
static Status split_url(Store *s, Diag *d, Buf *url, char schema[STORE_NAME_MAX + 1])
{
        Str rest, head = str_cut(str_c(s->where), '?', &rest);
        buf_put_str(url, head);
        Str name = STR("kechuang");
        for (char sep = '?'; rest.ptr;) {
                Str one = str_cut(rest, '&', &rest);
                if (str_starts(one, STR("schema="))) {
                        name = str_n(one.ptr + 7, one.len - 7);
                } else if (one.len) {
                        buf_putc(url, sep);
                        buf_put_str(url, one);
                        sep = '&';
                }
        }
        TRY(buf_status(url));
        if (name.len <= STORE_NAME_MAX) {
                memcpy(schema, name.ptr, name.len);
                schema[name.len] = '\0';
        }
        if (name.len > STORE_NAME_MAX || !store_name_ok(schema) || str_starts(name, STR("pg_")))
                return diag_fail(d, ST_USAGE, store_pos(s), "模式名只能由字母、数字和下划线组成：%.*s",
                                 "a schema's name has letters, digits and _ only: %.*s", STR_FMT(name));
        return ST_OK;
}

static void no_notice(void *ctx, const char *message)
{
        (void)ctx, (void)message;
}

static Status settle(PgConn *c, Diag *d)
{
        Store *s = c->base.store;
        if (PQserverVersion(c->pg) < 150000)
                return diag_fail(d, ST_UNSUPPORTED, store_pos(s), "需要 PostgreSQL 15 或更新的版本",
                                 "PostgreSQL 15 or later is needed");
        char sql[512];
        snprintf(sql, sizeof(sql),
                 "SET search_path = \"%s\"; SET lock_timeout = %d; SET client_min_messages = error; "
                 "SET standard_conforming_strings = on; SET synchronous_commit = on; SET statement_timeout = 0",
                 c->schema, s->opt.busy_ms > 0 ? s->opt.busy_ms : 1);
        return pg_run(&c->base, sql, d);
}

static void pg_disconnect(StoreConn *base)
{
        PgConn *c = (PgConn *)base;
        if (c->pg)
                PQfinish(c->pg);
        mem_free(c);
}

static Status cannot_connect(Store *s, PGconn *pg, Diag *d)
{
        Str why = first_line(pg ? PQerrorMessage(pg) : "");
        bool missing = str_has(why, STR("database \"")) && str_has(why, STR("does not exist"));
        if (missing)
                return diag_fail(d, ST_NOT_FOUND, store_pos(s), "服务器上没有这个数据库；请先用 createdb 建立（%.*s）",
                                 "there is no such database on the server: make it with createdb (%.*s)", STR_FMT(why));
        return diag_fail(d, ST_IO, store_pos(s), "无法连接数据库服务器：%.*s",
                         "cannot connect to the database server: %.*s", STR_FMT(why));
}

static Status pg_connect(Store *s, Diag *d, StoreConn **ret)
{
        TRY(pg_lib_load(d));
        PgConn *c = mem_calloc(1, sizeof(*c));
        if (!c)
                return ST_NOMEM;
        c->base.store = s;
        _cleanup_buf_ Buf url = BUF_INIT(1 << 16);
        Status st = split_url(s, d, &url, c->schema);
        if (st == ST_OK) {
                const char *keys[] = { "connect_timeout", "dbname", "application_name", "client_encoding", NULL };
                const char *values[] = { "10", buf_cstr(&url), "kechuang", "UTF8", NULL };
                c->pg = PQconnectdbParams(keys, values, 1);
                if (!c->pg || PQstatus(c->pg) != CONNECTION_OK) {
                        st = cannot_connect(s, c->pg, d);
                } else {
                        PQsetNoticeProcessor(c->pg, no_notice, NULL);
                        st = settle(c, d);
                }
        }
        if (st != ST_OK) {
                pg_disconnect(&c->base);
                return st;
        }
        *ret = &c->base;
        return ST_OK;
}

static void pg_describe_engine(StoreConn *base, Buf *out)
{
        int v = PQserverVersion(((PgConn *)base)->pg);
        buf_printf(out, "PostgreSQL %d.%d", v / 10000, v % 10000);
}

static Status pg_inspect(StoreConn *base, Diag *d, StoreState *ret)
{
        PgConn *c = (PgConn *)base;
        const char *const values[] = { c->schema };
        PGresult *r = PQexecParams(
                c->pg,
                "SELECT count(*), count(*) FILTER (WHERE c.relname IN ('store_meta', 'store_head', 'event')) FROM pg_class c "
                "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1",
                1, NULL, values, NULL, NULL, 0);
        if (PQresultStatus(r) != PGRES_TUPLES_OK)
                return pg_failed(c, r, d);
        bool empty = strcmp(PQgetvalue(r, 0, 0), "0") == 0, ours = strcmp(PQgetvalue(r, 0, 1), "3") == 0;
        PQclear(r);
        if (ours) {
                r = PQexec(c->pg, "SELECT 1 FROM store_meta WHERE key = 'application' AND value = 'kechuang'");
                ours = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1;
                PQclear(r);
        }
        *ret = ours ? STORE_STATE_OURS : empty ? STORE_STATE_EMPTY : STORE_STATE_FOREIGN;
        return ST_OK;
}

static Status pg_adopt(StoreConn *base, Diag *d)
{
        (void)base, (void)d;
        return ST_OK;
}

static Status pg_adopt_tx(StoreConn *base, Diag *d)
{
        char sql[128];
        snprintf(sql, sizeof(sql), "CREATE SCHEMA IF NOT EXISTS \"%s\"", ((PgConn *)base)->schema);
        return pg_run(base, sql, d);
}

/* ---- transactions ------------------------------------------------------ */

/* The server was restarted while the connection rested. */
static Status revive(PgConn *c, Diag *d)
{
        c->lost = true;
        store_cache_drop(&c->base);
        c->lost = false;
        PQreset(c->pg);
        if (PQstatus(c->pg) != CONNECTION_OK)
                return cannot_connect(c->base.store, c->pg, d);
        c->base.broken = false;
        return settle(c, d);
}

static Status pg_begin(StoreConn *base, StoreMode mode, Diag *d)
{
        PgConn *c = (PgConn *)base;
        c->reading = mode == STORE_READ;
        char setup[160];
        snprintf(setup, sizeof(setup), "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('kechuang %s', 0))",
                 c->schema);
        const char *sql = mode == STORE_READ
                                  ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1 FROM store_head"
                          : mode == STORE_WRITE ? "BEGIN; SELECT 1 FROM store_head WHERE id = 1 FOR UPDATE"
                          : mode == STORE_SETUP ? setup
                                                : "BEGIN";
        PGresult *r = PQexec(c->pg, sql);
        if (PQstatus(c->pg) != CONNECTION_OK) {
                PQclear(r);
                TRY(revive(c, d));
                r = PQexec(c->pg, sql);
        }
        if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
                return pg_failed(c, r, d);
        PQclear(r);
        return ST_OK;
}

static Status pg_commit(StoreConn *base, Diag *d)
{
        PgConn *c = (PgConn *)base;
        PGresult *r = PQexec(c->pg, "COMMIT");
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
                return pg_failed(c, r, d);
        bool committed = strcmp(PQcmdStatus(r), "COMMIT") == 0;
        PQclear(r);
        return committed ? ST_OK : STORE_WRONG(base, d, "事务未能提交", "the transaction was not committed");
}

static void pg_rollback(StoreConn *base)
{
        PgConn *c = (PgConn *)base;
        if (PQstatus(c->pg) != CONNECTION_OK) {
                base->broken = c->lost = true;
                return;
        }
        if (PQtransactionStatus(c->pg) == PQTRANS_IDLE)
                return;
        PQclear(PQexec(c->pg, "ROLLBACK"));
        base->broken = PQtransactionStatus(c->pg) != PQTRANS_IDLE;
}

static Status pg_limit(StoreConn *base, int ms, Diag *d)
{
        char sql[64];
        snprintf(sql, sizeof(sql), "SET LOCAL statement_timeout = %d", ms > 0 ? ms : 0);
        return pg_run(base, sql, d);
}

/* ---- parameters -------------------------------------------------------- */

void pg_params_release(PgParams *p)
{
        mem_free(p->types);
        mem_free((void *)p->values);
        mem_free(p->lengths);
        mem_free(p->formats);
        mem_free(p->numbers);
        *p = (PgParams){ 0 };
}

/* Prepares sql under name ("" for once) and learns what its parameters are. */
Status pg_describe(PgConn *c, const char *name, const char *sql, Diag *d, PgParams *ret)
{
        TRY(expect(c, PQprepare(c->pg, name, sql, 0, NULL), PGRES_COMMAND_OK, d));
        PGresult *r = PQdescribePrepared(c->pg, name);
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
                return pg_failed(c, r, d);
        int n = PQnparams(r);
        PgParams p = { .count = n };
        if (n) {
                p.types = mem_calloc((size_t)n, sizeof(*p.types));
                p.values = mem_calloc((size_t)n, sizeof(*p.values));
                p.lengths = mem_calloc((size_t)n, sizeof(*p.lengths));
                p.formats = mem_calloc((size_t)n, sizeof(*p.formats));
                p.numbers = mem_calloc((size_t)n, sizeof(*p.numbers));
                if (!p.types || !p.values || !p.lengths || !p.formats || !p.numbers) {
                        pg_params_release(&p);
                        PQclear(r);
                        return ST_NOMEM;
                }
                for (int i = 0; i < n; i++)
                        p.types[i] = PQparamtype(r, i);
        }
        PQclear(r);
        *ret = p;
        return ST_OK;
}

static Status wrong_type(PgConn *c, int at, Diag *d)
{
        return diag_fail(d, ST_INTERNAL, store_pos(c->base.store), "第 %d 个参数的类型与语句不符",
                         "parameter %d has another type than the statement", at + 1);
}

static Status encode_number(PgConn *c, PgParams *p, int at, int64_t v, Diag *d)
{
        p->formats[at] = 1;
        p->values[at] = (const char *)&p->numbers[at];
        switch (p->types[at]) {
        case PG_INT8:
                p->lengths[at] = 8;
                p->numbers[at] = htobe64((uint64_t)v);
                return ST_OK;
        case PG_INT4: {
                if (v < INT32_MIN || v > INT32_MAX)
                        return diag_fail(d, ST_LIMIT, store_pos(c->base.store),
                                         "第 %d 个参数超出 32 位整数（须写作 CAST($%d AS BIGINT)）",
                                         "parameter %d is beyond 32-bit integers (write CAST($%d AS BIGINT))", at + 1,
                                         at + 1);
                uint32_t w = htonl((uint32_t)(int32_t)v);
                memcpy(&p->numbers[at], &w, sizeof(w));
                p->lengths[at] = 4;
                return ST_OK;
        }
        default:
                return wrong_type(c, at, d);
        }
}

Status pg_encode(PgConn *c, PgParams *p, const StoreValue *args, size_t n, Diag *d)
{
        if ((size_t)p->count != n)
                return diag_fail(d, ST_INTERNAL, store_pos(c->base.store), "语句要 %d 个参数，给了 %zu 个",
                                 "the statement takes %d parameters, %zu were given", p->count, n);
        for (int i = 0; i < p->count; i++) {
                const StoreValue *v = &args[i];
                if (v->str.len > INT32_MAX / 2)
                        return diag_fail(d, ST_LIMIT, store_pos(c->base.store), "一个值过长", "a value is too long");
                bool number = p->types[i] == PG_INT8 || p->types[i] == PG_INT4;
                p->values[i] = NULL;
                p->lengths[i] = 0;
                p->formats[i] = 0;
                if (v->type == STORE_NULL)
                        continue;
                if (v->type == STORE_I64) {
                        TRY(encode_number(c, p, i, v->i64, d));
                        continue;
                }
                if (number || (v->type == STORE_BLOB) != (p->types[i] == PG_BYTEA))
                        return wrong_type(c, i, d);
                bool as_is = p->types[i] == PG_TEXT || p->types[i] == PG_BYTEA || p->types[i] == PG_VARCHAR;
                p->formats[i] = as_is;  /* the binary form of these is their bytes, and they need no NUL */
                p->values[i] = v->str.ptr ? v->str.ptr : "";
                p->lengths[i] = (int)v->str.len;
        }
        return ST_OK;
}

/* ---- statements -------------------------------------------------------- */

static void pg_discard(StoreConn *base, StoreRaw *raw)
{
        PgConn *c = (PgConn *)base;
        PgRaw *r = (PgRaw *)raw;
        /* In a failed transaction nothing can be sent: the server's copy stays until the connection is closed. */
        PGTransactionStatusType ts = PQtransactionStatus(c->pg);
        if (!r->cursor && r->name[0] && !c->lost && (ts == PQTRANS_IDLE || ts == PQTRANS_INTRANS)) {
                char sql[64];
                snprintf(sql, sizeof(sql), "DEALLOCATE %s", r->name);
                PQclear(PQexec(c->pg, sql));
        }
        PQclear(r->result);
        pg_params_release(&r->params);
        mem_free(raw->sql);
        mem_free(r);
}

static Status pg_prepare(StoreConn *base, const char *sql, Diag *d, StoreRaw **ret)
{
        PgConn *c = (PgConn *)base;
        PgRaw *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        char name[32];
        snprintf(name, sizeof(name), "store_s%u", ++c->next_name);
        Status st = pg_describe(c, name, sql, d, &r->params);
        if (st != ST_OK) {
                mem_free(r);
                return st;
        }
        memcpy(r->name, name, sizeof(name));
        *ret = &r->base;
        return ST_OK;
}

static int64_t rows_changed(PGresult *r)
{
        const char *tag = PQcmdStatus(r);
        int64_t n = 0;
        if (strncmp(tag, "INSERT", 6) == 0 || strncmp(tag, "UPDATE", 6) == 0 || strncmp(tag, "DELETE", 6) == 0)
                (void)str_to_i64(str_c(PQcmdTuples(r)), &n);
        return n;
}

/* Keeps the result for stepping. */
static Status take_result(PgConn *c, PgRaw *r, PGresult *result, Diag *d)
{
        ExecStatusType s = PQresultStatus(result);
        if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK)
                return pg_failed(c, result, d);
        PQclear(r->result);
        r->result = result;
        r->row = -1;
        r->changed = rows_changed(result);
        return ST_OK;
}

static Status pg_start(StoreConn *base, StoreRaw *raw, const StoreValue *args, size_t n, bool keep, Diag *d)
{
        (void)keep;
        PgConn *c = (PgConn *)base;
        PgRaw *r = (PgRaw *)raw;
        TRY(pg_encode(c, &r->params, args, n, d));
        PGresult *result = PQexecPrepared(c->pg, r->name, r->params.count, r->params.values, r->params.lengths,
                                          r->params.formats, 1);
        Status st = take_result(c, r, result, d);
        if (st == ST_FORBIDDEN && c->reading)
                return ST_INTERNAL;
        return st;
}

static Status fetch(PgConn *c, PgRaw *r, Diag *d)
{
        char sql[64];
        snprintf(sql, sizeof(sql), "FETCH 4096 FROM %s", r->name);
        return take_result(c, r, PQexecParams(c->pg, sql, 0, NULL, NULL, NULL, NULL, 1), d);
}

static Status pg_step(StoreConn *base, StoreRaw *raw, Diag *d, bool *ret_row, int64_t *ret_changed)
{
        PgConn *c = (PgConn *)base;
        PgRaw *r = (PgRaw *)raw;
        *ret_changed = r->changed;
        r->changed = 0;
        r->row++;
        if (r->cursor && r->row >= PQntuples(r->result) && PQntuples(r->result) > 0) {
                TRY(fetch(c, r, d));
                r->row++;
        }
        *ret_row = r->row < PQntuples(r->result);
        return ST_OK;
}

static void pg_reset(StoreConn *base, StoreRaw *raw)
{
        PgConn *c = (PgConn *)base;
        PgRaw *r = (PgRaw *)raw;
        if (r->cursor_open && PQtransactionStatus(c->pg) == PQTRANS_INTRANS) {
                char sql[64];
                snprintf(sql, sizeof(sql), "CLOSE %s", r->name);
                PQclear(PQexec(c->pg, sql));
        }
        r->cursor_open = false;
        PQclear(r->result);
        r->result = NULL;
}

static int pg_columns(const StoreRaw *raw)
{
        return PQnfields(((const PgRaw *)raw)->result);
}

/* numeric: digits of four decimal places each; ours are whole numbers. */
static Status whole_number(const uint8_t *p, size_t len, int64_t *ret)
{
        if (len < 8)
                return ST_INTERNAL;
        int digits = (p[0] << 8) | p[1];
        int weight = (int16_t)((p[2] << 8) | p[3]);
        int sign = (p[4] << 8) | p[5];
        if ((sign != 0 && sign != 0x4000) || len < 8 + (size_t)digits * 2)
                return ST_LIMIT;        /* NaN, infinity */
        __int128 v = 0;
        for (int i = 0; i < digits; i++) {
                int digit = (p[8 + 2 * i] << 8) | p[9 + 2 * i];
                if (i > weight) {
                        if (digit)
                                return ST_INTERNAL;
                        continue;
                }
                v = v * 10000 + digit;
                if (v > (__int128)INT64_MAX + 1)
                        return ST_LIMIT;
        }
        for (int i = digits; i <= weight; i++) {
                v *= 10000;
                if (v > (__int128)INT64_MAX + 1)
                        return ST_LIMIT;
        }
        v = sign ? -v : v;
        if (v > INT64_MAX)
                return ST_LIMIT;
        *ret = (int64_t)v;
        return ST_OK;
}

Status pg_value(Oid type, const char *bytes, size_t len, StoreValue *ret)
{
        uint64_t w8;
        uint32_t w4;
        uint16_t w2;
        switch (type) {
        case PG_INT8:
                if (len != 8)
                        return ST_INTERNAL;
                memcpy(&w8, bytes, 8);
                *ret = sv_i64((int64_t)be64toh(w8));
                return ST_OK;
        case PG_INT4:
                if (len != 4)
                        return ST_INTERNAL;
                memcpy(&w4, bytes, 4);
                *ret = sv_i64((int32_t)ntohl(w4));
                return ST_OK;
        case PG_INT2:
                if (len != 2)
                        return ST_INTERNAL;
                memcpy(&w2, bytes, 2);
                *ret = sv_i64((int16_t)ntohs(w2));
                return ST_OK;
        case PG_BOOL:
                *ret = sv_i64(len == 1 && bytes[0]);
                return ST_OK;
        case PG_NUMERIC: {
                int64_t v = 0;
                TRY(whole_number((const uint8_t *)bytes, len, &v));
                *ret = sv_i64(v);
                return ST_OK;
        }
        case PG_TEXT: case PG_VARCHAR: case PG_BPCHAR: case PG_NAME: case PG_UNKNOWN:
                *ret = sv_text(str_n(bytes, len));
                return ST_OK;
        case PG_BYTEA:
                *ret = sv_blob(str_n(bytes, len));
                return ST_OK;
        default:
                return ST_INTERNAL;
        }
}

static Status pg_cell(StoreRaw *raw, int col, StoreValue *ret)
{
        PgRaw *r = (PgRaw *)raw;
        if (PQgetisnull(r->result, r->row, col)) {
                *ret = sv_null();
                return ST_OK;
        }
        return pg_value(PQftype(r->result, col), PQgetvalue(r->result, r->row, col),
                        (size_t)PQgetlength(r->result, r->row, col), ret);
}

static Status declare(PgConn *c, PgRaw *r, const char *sql, const StoreValue *args, size_t n, Diag *d)
{
        TRY(pg_describe(c, "", sql, d, &r->params));
        TRY(pg_encode(c, &r->params, args, n, d));
        snprintf(r->name, sizeof(r->name), "store_c%u", ++c->next_name);
        _cleanup_buf_ Buf b = BUF_INIT(1 << 22);
        buf_printf(&b, "DECLARE %s NO SCROLL CURSOR FOR %s", r->name, sql);
        TRY(buf_status(&b));
        TRY(expect(c,
                   PQexecParams(c->pg, buf_cstr(&b), r->params.count, r->params.types, r->params.values,
                                r->params.lengths, r->params.formats, 1),
                   PGRES_COMMAND_OK, d));
        r->cursor_open = true;
        return fetch(c, r, d);
}

static Status pg_many(StoreConn *base, const char *sql, const StoreValue *args, size_t n, Diag *d, StoreRaw **ret)
{
        PgRaw *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        r->cursor = true;
        Status st = declare((PgConn *)base, r, sql, args, n, d);
        if (st != ST_OK) {
                pg_discard(base, &r->base);
                return st;
        }
        *ret = &r->base;
        return ST_OK;
}

/* ---- dialect ----------------------------------------------------------- */

static const StoreDialect dialect = {
        .type_i64 = "BIGINT",
        .type_text = "TEXT COLLATE \"C\"",
        .type_blob = "BYTEA",
        .tables = "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = " NAMESPACE
                  " AND c.relkind IN ('r', 'p') AND strpos(c.relname, '__fts') = 0 ORDER BY c.relname",
        .columns =
                "SELECT a.attname::text, CASE a.atttypid WHEN 20 THEN 'i64' WHEN 25 THEN 'text' WHEN 17 THEN 'blob' "
                "ELSE format_type(a.atttypid, a.atttypmod) END, CASE WHEN a.attnotnull THEN 1 ELSE 0 END, "
                "COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0), pg_get_expr(f.adbin, f.adrelid) "
                "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
                "LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum "
                "WHERE c.relnamespace = " NAMESPACE " AND c.relname = $1 AND c.relkind IN ('r', 'p') "
                "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        .indexes =
                "SELECT x.relname::text, CASE WHEN i.indisunique THEN 1 ELSE 0 END, a.attname::text "
                "FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND NOT i.indisprimary JOIN pg_class x ON x.oid = i.indexrelid "
                "CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n) "
                "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum "
                "WHERE c.relnamespace = " NAMESPACE " AND c.relname = $1 ORDER BY x.relname, k.n",
        .foreign = "SELECT a.attname::text, r.relname::text, b.attname::text FROM pg_constraint f "
                   "JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid "
                   "JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1] "
                   "JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[1] "
                   "WHERE f.contype = 'f' AND c.relnamespace = " NAMESPACE " AND c.relname = $1 ORDER BY 1",
        .index_table =
                "SELECT t.relname::text FROM pg_class x JOIN pg_index i ON i.indexrelid = x.oid JOIN pg_class t ON t.oid = i.indrelid "
                "WHERE x.relnamespace = " NAMESPACE " AND x.relname = $1",
        .table_suffix = "",
        .table_suffix_keyed = "",
        .foreign_inline = false,
};

const StoreDriver store_postgres_driver = {
        .engine = STORE_POSTGRES, .dialect = &dialect,
        .connect = pg_connect, .disconnect = pg_disconnect, .describe = pg_describe_engine,
        .inspect = pg_inspect, .adopt = pg_adopt, .adopt_tx = pg_adopt_tx,
        .begin = pg_begin, .commit = pg_commit, .rollback = pg_rollback, .run = pg_run, .limit = pg_limit,
        .prepare = pg_prepare, .discard = pg_discard, .start = pg_start, .step = pg_step,
        .reset = pg_reset, .columns = pg_columns, .cell = pg_cell, .many = pg_many,
        .bulk_open = pg_bulk_open, .bulk_row = pg_bulk_row, .bulk_flush = pg_bulk_flush, .bulk_close = pg_bulk_close,
        .scan_open = pg_scan_open, .scan_fill = pg_scan_fill, .scan_close = pg_scan_close,
};
