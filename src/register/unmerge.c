/* unmerge.c -- a merge taken back: the record that went comes back with what went with it, and whatever the merge
 * changed becomes what it was, field by field, as far as nobody has changed it since.
 *
 * Every state the merge made names its event, and so do the records that went and the keys that became another's: the
 * event is all that must be known.  What came to the survivor after the merge stays with it. */
#include "codec/json.h"
#include "register/gone.h"
#include "register/state.h"
#include "store/event.h"

typedef struct Unmerge {
        StoreTx *tx;
        const Pack *pack;
        const PackRegister *reg; /* of the record */
        const Gone *gone;
        const RegisterChange *by;
        int64_t event; /* of the taking back */
        Date day;
        Arena *arena;
        Diag *diag;
        FeelExec *exec;
        Str unit; /* where the record stands again */
        RegisterChanged *done;
} Unmerge;

/* ---- may it be? ---- */

/* The record itself was merged, and did not just go along with its parent. */
static Status check_own(const Unmerge *u)
{
        StoreEvent *e;
        size_t n;
        Json *payload;
        TRY(store_events(u->tx, &(StoreEventFilter){ .after = u->gone->event - 1, .limit = 1 }, u->arena, &e, &n));
        if (n != 1 || e[0].seq != u->gone->event)
                return ST_INTERNAL;
        TRY(json_parse(u->arena, e[0].payload, NULL, NULL, NULL, &payload));
        const Json *from = json_get_str(payload, STR("from"));
        Str rest, reg = str_cut(e[0].subject, ':', &rest);
        if (from && str_eq(from->text, u->gone->key) && str_eq(reg, u->reg->name))
                return ST_OK;
        return diag_fail(u->diag, ST_CONFLICT, POS_NONE, "“%.*s”是随“%.*s”一并并入的：请恢复那一条",
                         "\"%.*s\" went with \"%.*s\" when that was merged: bring that one back", STR_FMT(u->gone->key),
                         STR_FMT(from ? from->text : STR_NONE));
}

static Status check_survivor(const Unmerge *u)
{
        RegisterRecord r;
        Status st = register_get(u->tx, u->pack, u->reg, u->gone->survivor, NULL, u->arena, &r);
        if (st == ST_NOT_FOUND)
                return diag_fail(u->diag, ST_CONFLICT, POS_NONE, "它并入的“%.*s”后来也已删除或并入：请先恢复那一条",
                                 "\"%.*s\", into which it was merged, has gone too since: bring that back first",
                                 STR_FMT(u->gone->survivor));
        TRY(st);
        return register_present(u->tx, u->pack, u->reg, u->gone->survivor, u->by->within, u->arena, u->diag, &r);
}

static Status check_free(const Unmerge *u, const PackRegister *reg, Str key)
{
        RegisterRecord r;
        Status st = register_get(u->tx, u->pack, reg, key, NULL, u->arena, &r);
        if (st == ST_OK)
                return diag_fail(u->diag, ST_CONFLICT, POS_NONE, "“%.*s”中已有新的“%.*s”，不能恢复",
                                 "there is a new \"%.*s %.*s\", the old one cannot come back",
                                 STR_FMT(pack_title(reg->title, u->by->lang)), STR_FMT(key));
        return st == ST_NOT_FOUND ? ST_OK : st;
}

/* ---- what went ---- */

static Status bring_back(Unmerge *u, StateWriter *w, int64_t id)
{
        RegisterRecord last;
        TRY(gone_state(u->tx, u->pack, w->reg, id, u->arena, &last));
        TRY(check_free(u, w->reg, last.key));
        State s = state_after(&last);
        s.present = false;
        s.reason = u->by->reason;
        if (w->reg == u->reg)
                u->unit = last.unit;
        TRY(state_put(w, &s));
        TRY(gone_forget(u->tx, w->reg, id));
        u->done->records++;
        return ST_OK;
}

/* ---- what was changed ---- */

/* The last state before the merge and the one it left; false: it made this record. */
static bool around(const RegisterRecord *states, size_t n, int64_t event, const RegisterRecord **ret_before,
                   const RegisterRecord **ret_after)
{
        *ret_before = *ret_after = NULL;
        for (size_t i = 0; i < n && !*ret_before; i++) { /* newest first */
                if (states[i].event == event && !*ret_after)
                        *ret_after = &states[i];
                else if (*ret_after && states[i].event != event)
                        *ret_before = &states[i];
        }
        return *ret_before;
}

/* Of `now` what is still as the merge left it becomes what it was. */
static bool revert(const PackRegister *reg, const RegisterRecord *before, const RegisterRecord *after,
                   const RegisterRecord *now, RegisterValue *values)
{
        bool changed = false;
        for (size_t f = 0; f < reg->field_count; f++) {
                const PackField *field = &reg->fields[f];
                values[f] = now->values[f];
                if (!register_stored(field) || register_value_eq(field, &before->values[f], &after->values[f]) ||
                    !register_value_eq(field, &after->values[f], &now->values[f]))
                        continue;
                values[f] = before->values[f];
                changed = true;
        }
        return changed;
}

static Status revert_one(Unmerge *u, StateWriter *w, int64_t id)
{
        const PackRegister *reg = w->reg;
        RegisterRecord *states;
        const RegisterRecord *before, *after;
        size_t n;
        TRY(register_versions(u->tx, u->pack, reg, id, u->arena, &states, &n));
        RegisterValue *values = arena_array_of(u->arena, RegisterValue, reg->field_count);
        if (!values)
                return ST_NOMEM;
        if (n == 0 || states[0].to.month || !around(states, n, u->gone->event, &before, &after) ||
            !revert(reg, before, after, &states[0], values))
                return ST_OK; /* gone since, or all of it changed since */
        if (date_cmp(u->day, states[0].from) < 0)
                return diag_fail(u->diag, ST_CONFLICT, POS_NONE, "“%.*s”的现有状态尚未生效，不能恢复",
                                 "the present state of \"%.*s\" is not valid yet, it cannot be taken back",
                                 STR_FMT(states[0].key));
        State s = state_after(&states[0]);
        TRY(register_compute(u->pack, reg, u->exec, values, u->arena));
        s.values = values;
        s.reason = u->by->reason;
        TRY(register_key_text(reg, values, u->arena, &s.key));
        if (!str_eq(s.key, states[0].key))
                TRY(check_free(u, reg, s.key));
        if (reg->parent == u->reg && !reg->place && str_eq(values[reg->parent_key->index].text, u->gone->key))
                s.unit = u->unit.len ? u->unit : STR_NONE;
        else if (str_eq(after->unit, states[0].unit))
                s.unit = before->unit.len ? before->unit : STR_NONE;
        u->done->links++;
        return state_put(w, &s);
}

/* ---- a register ---- */

typedef struct Ids {
        int64_t *id;
        size_t count, cap;
} Ids;

static Status read_ids(Unmerge *u, const char *sql, const StoreValue *args, size_t n, Ids *ids)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(u->tx, sql, args, n, &q));
        while (store_next(q)) {
                if (arena_grow(u->arena, (void **)&ids->id, &ids->cap, ids->count + 1, sizeof(*ids->id)) < 0)
                        return ST_NOMEM;
                ids->id[ids->count++] = store_i64(q, 0);
        }
        return store_done(q);
}

/* Numbers of the records that the merge changed: in the states of today and in those after which others came. */
static Status changed_ids(Unmerge *u, const PackRegister *reg, Ids *ids)
{
        char present[REGISTER_NAME_MAX], earlier[REGISTER_NAME_MAX];
        register_table_name(reg, false, present);
        register_table_name(reg, true, earlier);
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        buf_puts(&sql, "SELECT k_id FROM ");
        store_put_name(&sql, present);
        buf_puts(&sql, " WHERE k_event = $1 UNION SELECT h.k_id FROM ");
        store_put_name(&sql, earlier);
        buf_puts(&sql, " h WHERE h.k_event = $1 ORDER BY 1");
        TRY(buf_status(&sql));
        return read_ids(u, sql.ptr, STORE_ARGS(sv_i64(u->gone->event)), ids);
}

static Status in_register(Unmerge *u, const PackRegister *reg)
{
        Ids gone = { 0 }, changed = { 0 };
        const StoreValue of[] = { sv_text(reg->name), sv_i64(u->gone->event) };
        TRY(read_ids(u, "SELECT id FROM record_gone WHERE register = $1 AND event = $2 ORDER BY id", of, 2, &gone));
        TRY(changed_ids(u, reg, &changed));
        TRY(store_exec(u->tx, "DELETE FROM record_alias WHERE register = $1 AND event = $2", of, 2, NULL));
        if (gone.count + changed.count == 0)
                return ST_OK;
        StateWriter w = { .tx = u->tx, .reg = reg, .arena = u->arena, .event = u->event, .actor = u->by->actor,
                          .from = u->day };
        Status st = state_writer_begin(&w, 0);
        for (size_t i = 0; st == ST_OK && i < changed.count; i++)
                st = revert_one(u, &w, changed.id[i]);
        for (size_t i = 0; st == ST_OK && i < gone.count; i++)
                st = bring_back(u, &w, gone.id[i]);
        if (st == ST_OK)
                st = state_writer_end(&w);
        state_writer_release(&w);
        return st;
}

Status register_unmerge(StoreTx *tx, const Pack *pack, const PackRegister *reg, const Gone *gone,
                        const RegisterChange *by, Date day, Arena *a, Diag *diag, RegisterChanged *done)
{
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        Unmerge u = { .tx = tx, .pack = pack, .reg = reg, .gone = gone, .by = by, .day = day, .arena = a,
                      .diag = diag, .exec = x, .done = done, .unit = gone->unit };
        TRY(check_own(&u));
        TRY(check_survivor(&u));
        TRY(check_free(&u, reg, gone->key));
        const char *payload = arena_printf(a, "{\"undoes\":%lld}", (long long)gone->event);
        if (!payload)
                return ST_NOMEM;
        TRY(register_change_event(tx, reg, "register.restore", gone->key, by, str_c(payload), a, &u.event));
        done->event = u.event;
        TRY(in_register(&u, reg)); /* parents before their children */
        for (size_t i = 0; i < pack->register_count; i++)
                if (pack->registers[i] != reg)
                        TRY(in_register(&u, pack->registers[i]));
        return ST_OK;
}
