/* warn.c -- records whose day is near or has passed, by the warnings of their register. */
#include "pack/scope.h"
#include "register/gone.h"

enum { LISTED_MAX = 5000, ROWS_MAX = 100000, SQL_MAX = 256 << 10 };

typedef struct Watch {
        StoreTx *tx;
        const Pack *pack;
        const PackUnit *within;
        FeelExec *exec;
        Arena *arena;
        Date today;
        RegisterDue *rows;
        size_t count, cap;
} Watch;

static void set_slot(FeelValue *in, size_t n, size_t slot, FeelValue v)
{
        if (slot < n)
                in[slot] = v;
}

static Status siblings(Watch *w, const PackRegister *reg, const RegisterRecord *r, Arena *a, FeelValue *ret)
{
        RegisterRecord *rows;
        size_t n, kept = 0;
        TRY(register_where(w->tx, w->pack, reg, "k_owner", r->values[reg->parent_key->index].text, w->arena, &rows,
                           &n));
        FeelValue *items = arena_array_of(a, FeelValue, n + 1);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                if (rows[i].id != r->id)
                        TRY(register_context(reg, rows[i].values, a, &items[kept++]));
        *ret = feel_list(items, kept);
        return ST_OK;
}

static Status applies(Watch *w, const PackRegister *reg, const PackWarning *warning, const RegisterRecord *r, bool *ret)
{
        FeelValue *in, v;
        size_t n;
        *ret = true;
        if (!warning->when.text.len)
                return ST_OK;
        feel_exec_reset(w->exec);
        Arena *a = feel_exec_arena(w->exec);
        TRY(register_scope_inputs(reg, r->values, a, &in, &n));
        if (warning->needs_others) {
                TRY(siblings(w, reg, r, a, &v));
                set_slot(in, n, pack_register_slot(reg, PACK_SLOT_OTHERS), v);
        }
        if (warning->needs_parent) {
                RegisterRecord owner;
                Status st = register_get(w->tx, w->pack, reg->parent, r->values[reg->parent_key->index].text, NULL,
                                         w->arena, &owner);
                if (st != ST_NOT_FOUND)
                        TRY(st);
                v = feel_null();
                if (st == ST_OK)
                        TRY(register_context(reg->parent, owner.values, a, &v));
                set_slot(in, n, pack_register_slot(reg, PACK_SLOT_PARENT), v);
        }
        TRY(feel_eval(w->exec, warning->when.program, in, n, &v));
        *ret = feel_is_true(&v);
        return ST_OK;
}

static Status take(Watch *w, const PackRegister *reg, const PackWarning *warning, const RegisterRecord *r)
{
        bool due;
        TRY(applies(w, reg, warning, r, &due));
        if (!due || w->count >= LISTED_MAX)
                return ST_OK;
        if (arena_grow(w->arena, (void **)&w->rows, &w->cap, w->count + 1, sizeof(*w->rows)) < 0)
                return ST_NOMEM;
        int64_t day = r->values[warning->due->index].i64;
        RegisterDue d = { .reg = reg, .warning = warning, .key = r->key, .unit = r->unit, .due = date_from_days(day),
                          .days = day - date_to_days(w->today) };
        TRY(register_label(w->pack, reg, r, w->arena, &d.label));
        if (reg->parent) {
                RegisterRecord owner;
                Status st = register_get(w->tx, w->pack, reg->parent, r->values[reg->parent_key->index].text, NULL,
                                         w->arena, &owner);
                if (st == ST_OK)
                        TRY(register_label(w->pack, reg->parent, &owner, w->arena, &d.owner));
                else if (st != ST_NOT_FOUND)
                        return st;
                d.owner_key = r->values[reg->parent_key->index].text;
        }
        w->rows[w->count++] = d;
        return ST_OK;
}

static Status watch_one(Watch *w, const PackRegister *reg, const PackWarning *warning)
{
        char table[REGISTER_NAME_MAX], column[REGISTER_NAME_MAX];
        int64_t today = date_to_days(w->today);
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        register_table_name(reg, false, table);
        register_column_name(warning->due, column);
        buf_puts(&sql, "SELECT ");
        register_put_columns(&sql, reg, "r.");
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " r");
        bool first = true;
        if (w->within && w->within->depth > 0)
                TRY(register_put_within(&sql, w->pack, w->within, &first));
        buf_puts(&sql, first ? " WHERE r." : " AND r.");
        store_put_name(&sql, column);
        buf_puts(&sql, " BETWEEN $1 AND $2 ORDER BY r.");
        store_put_name(&sql, column);
        buf_printf(&sql, ", r.k_key LIMIT %d", ROWS_MAX);
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(w->tx, sql.ptr,
                             STORE_ARGS(sv_i64(warning->overdue ? INT32_MIN : today), sv_i64(today + warning->days)),
                             &q));
        while (store_next(q)) {
                RegisterRecord r;
                ArenaMark mark = arena_mark(w->arena);
                size_t before = w->count;
                TRY(register_read_row(q, 0, reg, w->arena, &r));
                feel_exec_reset(w->exec);
                TRY(register_compute(w->pack, reg, w->exec, r.values, w->arena));
                TRY(take(w, reg, warning, &r));
                if (w->count == before)
                        arena_rewind(w->arena, mark);
        }
        return store_done(q);
}

Status register_warnings(StoreTx *tx, const Pack *pack, const PackRegister *only, const PackUnit *within, Arena *a,
                         RegisterDue **ret, size_t *ret_count)
{
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        Watch w = { .tx = tx, .pack = pack, .within = within, .exec = x, .arena = a, .today = clock_today() };
        for (size_t i = 0; i < pack->register_count; i++) {
                const PackRegister *reg = pack->registers[i];
                for (size_t k = 0; k < reg->warning_count && (!only || only == reg); k++)
                        TRY(watch_one(&w, reg, &reg->warnings[k]));
        }
        *ret = w.rows;
        *ret_count = w.count;
        return ST_OK;
}

/* ---- figures of one record ---- */

Status register_figures(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterRecord *rec,
                        Period period, Arena *a, FeelValue *ret)
{
        _cleanup_(register_cache_freep) RegisterCache *cache = register_cache_new(tx, pack, NULL);
        if (!cache)
                return ST_NOMEM;
        RegisterTable one = {
                .reg = reg, .rows = 1, .id = &rec->id, .key = &rec->key, .owner = &rec->key, .unit = &rec->unit
        };
        for (size_t i = 0; i < reg->figure_count; i++) {
                FeelColumn column;
                const PackQuery *q = reg->figures[i].query;
                if (q->owner) /* this record's own, not the whole register */
                        TRY(register_cache_only(cache, q->reg, q->owner, rec->key));
                TRY(register_query_by_owner(cache, q, &one, period, NULL, 0,
                                            reg->figures[i].title.zh, a, &column));
                TRY(feel_column_get(a, &column, 0, &ret[i]));
        }
        return ST_OK;
}
