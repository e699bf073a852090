/* gone.c -- what was deleted or merged, kept beside the records. */
#include "register/gone.h"

enum { CHAIN_MAX = 1000, SQL_MAX = 256 << 10 };

Status gone_add(StoreTx *tx, const PackRegister *reg, const Gone *g)
{
        char day[24], at[40];
        date_to_text(g->day, day);
        size_t n = instant_to_text(clock_now(), at);
        return store_exec(
                tx,
                "INSERT INTO record_gone (register, id, key, label, unit, day, event, actor, at, reason, survivor) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                STORE_ARGS(sv_text(reg->name), sv_i64(g->id), sv_text(g->key), sv_text(g->label),
                           sv_text_or_null(g->unit), sv_cstr(day), sv_i64(g->event), sv_text(g->actor),
                           sv_text(str_n(at, n)), sv_text(g->reason), sv_text_or_null(g->survivor)),
                NULL);
}

Status gone_forget(StoreTx *tx, const PackRegister *reg, int64_t id)
{
        return store_exec(tx, "DELETE FROM record_gone WHERE register = $1 AND id = $2",
                          STORE_ARGS(sv_text(reg->name), sv_i64(id)), NULL);
}

static const char GONE_COLUMNS[] =
        "SELECT id, event, key, label, unit, actor, at, reason, survivor, day FROM record_gone ";

static Status read_gone(StoreStmt *q, Arena *a, Gone *ret)
{
        Gone g = { .id = store_i64(q, 0), .event = store_i64(q, 1) };
        Str *texts[] = { &g.key, &g.label, &g.unit, &g.actor, &g.at, &g.reason, &g.survivor };
        for (int i = 0; i < 7; i++)
                if (!store_is_null(q, i + 2) && !(*texts[i] = store_text_dup(q, i + 2, a)).ptr)
                        return ST_NOMEM;
        TRY(date_parse(store_text(q, 9), &g.day));
        *ret = g;
        return ST_OK;
}

Status gone_get(StoreTx *tx, const PackRegister *reg, Str key, Arena *a, Gone *ret)
{
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        buf_printf(&sql, "%sWHERE register = $1 AND key = $2 ORDER BY event DESC LIMIT 1", GONE_COLUMNS);
        TRY(buf_status(&sql));
        TRY(store_one(tx, sql.ptr, STORE_ARGS(sv_text(reg->name), sv_text(key)), &q));
        return read_gone(q, a, ret);
}

Status gone_load(StoreTx *tx, const PackRegister *reg, Arena *a, Map *ret)
{
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        buf_printf(&sql, "%sWHERE register = $1 AND survivor IS NULL ORDER BY event", GONE_COLUMNS);
        TRY(buf_status(&sql));
        TRY(store_query_many(tx, sql.ptr, STORE_ARGS(sv_text(reg->name)), &q));
        while (store_next(q)) {
                Gone *g = arena_new_of(a, Gone);
                if (!g)
                        return ST_NOMEM;
                TRY(read_gone(q, a, g));
                TRY(map_put(ret, g->key, g));
        }
        return store_done(q);
}

Status gone_state(StoreTx *tx, const Pack *pack, const PackRegister *reg, int64_t id, Arena *a, RegisterRecord *ret)
{
        RegisterRecord *states;
        size_t n;
        TRY(register_versions(tx, pack, reg, id, a, &states, &n));
        if (n == 0)
                return ST_NOT_FOUND;
        *ret = states[0];
        return ST_OK;
}

Status alias_add(StoreTx *tx, const PackRegister *reg, Str key, Str survivor, int64_t event)
{
        return store_exec(
                tx,
                "INSERT INTO record_alias (register, key, survivor, event) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT (register, key) DO UPDATE SET survivor = excluded.survivor, event = excluded.event",
                STORE_ARGS(sv_text(reg->name), sv_text(key), sv_text(survivor), sv_i64(event)), NULL);
}

Status alias_load(StoreTx *tx, const PackRegister *reg, Arena *a, Map *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(tx, "SELECT key, survivor FROM record_alias WHERE register = $1",
                             STORE_ARGS(sv_text(reg->name)), &q));
        while (store_next(q)) {
                Str key = store_text_dup(q, 0, a), *to = arena_new_of(a, Str);
                if (!key.ptr || !to || !(*to = store_text_dup(q, 1, a)).ptr)
                        return ST_NOMEM;
                TRY(map_put(ret, key, to));
        }
        TRY(store_done(q));
        for (size_t i = 0; i < ret->len; i++) {
                Str *to = ret->items[i].value;
                const Str *next;
                for (int hop = 0; hop < CHAIN_MAX && (next = map_get(ret, *to)) != NULL; hop++)
                        *to = *next;
        }
        return ST_OK;
}

Status register_resolve(StoreTx *tx, const PackRegister *reg, Str key, Arena *a, Str *ret)
{
        Str at = key;
        for (int hop = 0; hop < CHAIN_MAX; hop++) {
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                Status st = store_one(tx, "SELECT survivor FROM record_alias WHERE register = $1 AND key = $2",
                                      STORE_ARGS(sv_text(reg->name), sv_text(at)), &q);
                if (st == ST_NOT_FOUND)
                        break;
                TRY(st);
                if (!(at = store_text_dup(q, 0, a)).ptr)
                        return ST_NOMEM;
        }
        *ret = at;
        return ST_OK;
}

Status register_gone(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackUnit *within, int64_t offset,
                     int64_t limit, Arena *a, RegisterGone **ret, size_t *ret_count, int64_t *ret_total)
{
        RegisterGone *rows = NULL;
        size_t n = 0, cap = 0;
        int64_t seen = 0;
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        buf_printf(&sql, "%sWHERE register = $1 ORDER BY event DESC, key", GONE_COLUMNS);
        TRY(buf_status(&sql));
        TRY(store_query_many(tx, sql.ptr, STORE_ARGS(sv_text(reg->name)), &q));
        while (store_next(q)) {
                Str unit = store_text(q, 4);
                const PackUnit *u = unit.len ? pack_unit(pack, unit) : NULL;
                if (within && within->depth > 0 && !(u && pack_unit_within(u, within)))
                        continue;
                if (seen++ < offset || (int64_t)n >= limit)
                        continue;
                Gone g;
                if (arena_grow(a, (void **)&rows, &cap, n + 1, sizeof(*rows)) < 0)
                        return ST_NOMEM;
                TRY(read_gone(q, a, &g));
                rows[n++] = (RegisterGone){ .key = g.key, .label = g.label, .day = g.day, .event = g.event,
                                            .actor = g.actor, .reason = g.reason, .survivor = g.survivor };
        }
        *ret = rows;
        *ret_count = n;
        *ret_total = seen;
        return store_done(q);
}

/* ---- reading ---- */

Status register_label(const Pack *pack, const PackRegister *reg, const RegisterRecord *rec, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        register_value_shown(pack, reg->label, &rec->values[reg->label->index], LANG_ZH, &b);
        TRY(buf_status(&b));
        *ret = b.len && !reg->label->personal ? arena_str(a, buf_str(&b)) : rec->key;
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status register_where(StoreTx *tx, const Pack *pack, const PackRegister *reg, const char *column, Str value, Arena *a,
                      RegisterRecord **ret, size_t *ret_count)
{
        char table[REGISTER_NAME_MAX];
        RegisterRecord *rows = NULL;
        size_t n = 0, cap = 0;
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        register_table_name(reg, false, table);
        buf_puts(&sql, "SELECT ");
        register_put_columns(&sql, reg, "");
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " WHERE ");
        store_put_name(&sql, column);
        buf_puts(&sql, " = $1 ORDER BY k_key");
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, sql.ptr, STORE_ARGS(sv_text(value)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&rows, &cap, n + 1, sizeof(*rows)) < 0)
                        return ST_NOMEM;
                TRY(register_read_row(q, 0, reg, a, &rows[n]));
                feel_exec_reset(x);
                TRY(register_compute(pack, reg, x, rows[n].values, a));
                n++;
        }
        *ret = rows;
        *ret_count = n;
        return store_done(q);
}
