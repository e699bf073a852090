/* merge.c -- two records that are one: the survivor takes over children, links and what it lacks.
 *
 * The other record goes to the history; its key answers with the survivor from then
 * on (record_alias), also in later imports.  A child whose key the survivor's own
 * child has already goes with it; everything is in one event. */
#include "codec/json.h"
#include "register/gone.h"
#include "register/state.h"
#include "store/event.h"

enum { WORK_MAX = 1 << 30 };

typedef struct Merge {
        StoreTx *tx;
        const Pack *pack;
        const PackRegister *reg;
        const RegisterChange *by;
        Arena *arena;
        Diag *diag;
        FeelExec *exec;
        Date day;
        int64_t event;
        Str from, into;
        Str into_unit;
        RegisterChanged done;
} Merge;

static Status not_later(Merge *m, const RegisterRecord *r)
{
        return date_cmp(m->day, r->from) >= 0
                       ? ST_OK
                       : diag_fail(m->diag, ST_CONFLICT, POS_NONE, "“%.*s”的现有状态尚未生效，不能合并",
                                   "the present state of \"%.*s\" is not valid yet, it cannot be merged",
                                   STR_FMT(r->key));
}

static Status let_go(Merge *m, StateWriter *w, const RegisterRecord *r, Str survivor)
{
        Gone g = { .id = r->id, .event = m->event, .key = r->key, .unit = r->unit.len ? r->unit : STR_NONE,
                   .actor = m->by->actor, .reason = str_trim(m->by->reason), .day = m->day, .survivor = survivor };
        TRY(register_label(m->pack, w->reg, r, m->arena, &g.label));
        TRY(state_remove(w, r->id));
        TRY(gone_add(m->tx, w->reg, &g));
        m->done.records++;
        return alias_add(m->tx, w->reg, r->key, survivor, m->event);
}

/* A list of keys at rest with `from` as `into`, once. */
static Status replace_in_list(Merge *m, Str list, bool *ret_changed, Str *ret)
{
        Json *items;
        bool there = false;
        *ret_changed = false;
        TRY(json_parse(m->arena, list, NULL, NULL, NULL, &items));
        for (size_t i = 0; json_at(items, i); i++) {
                *ret_changed |= str_eq(json_at(items, i)->text, m->from);
                there |= str_eq(json_at(items, i)->text, m->into);
        }
        if (!*ret_changed)
                return ST_OK;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_array_begin(&w);
        for (size_t i = 0; json_at(items, i); i++) {
                Str key = json_at(items, i)->text;
                if (!str_eq(key, m->from))
                        jw_str(&w, key);
                else if (!there)
                        jw_str(&w, m->into);
        }
        jw_array_end(&w);
        TRY(jw_finish(&w));
        *ret = arena_str(m->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* Every field that names `from` names `into` then. */
static Status repoint(Merge *m, const PackRegister *reg, RegisterValue *values, bool *ret_changed)
{
        *ret_changed = false;
        for (size_t f = 0; f < reg->field_count; f++) {
                const PackField *field = &reg->fields[f];
                bool names =
                        (field->type == PACK_REFERENCE && field->role == PACK_FIELD_PLAIN && field->target == m->reg) ||
                        (field == reg->parent_key && reg->parent == m->reg);
                if (!names || !values[f].known)
                        continue;
                if (field->many) {
                        bool changed;
                        TRY(replace_in_list(m, values[f].text, &changed, &values[f].text));
                        *ret_changed |= changed;
                } else if (str_eq(values[f].text, m->from)) {
                        values[f].text = m->into;
                        *ret_changed = true;
                }
        }
        return ST_OK;
}

static Status move_record(Merge *m, StateWriter *w, const RegisterRecord *r)
{
        const PackRegister *reg = w->reg;
        RegisterRecord other;
        State s = state_after(r);
        bool changed;
        RegisterValue *values = arena_array_of(m->arena, RegisterValue, reg->field_count);
        if (!values)
                return ST_NOMEM;
        memcpy(values, r->values, reg->field_count * sizeof(*values));
        TRY(repoint(m, reg, values, &changed));
        if (!changed)
                return ST_OK;
        TRY(not_later(m, r));
        TRY(register_compute(m->pack, reg, m->exec, values, m->arena));
        s.values = values;
        s.reason = m->by->reason;
        TRY(register_key_text(reg, values, m->arena, &s.key));
        if (reg->parent == m->reg && !reg->place)
                s.unit = m->into_unit.len ? m->into_unit : STR_NONE;
        if (str_eq(s.key, r->key)) {
                m->done.links++;
                return state_put(w, &s);
        }
        Status st = register_get(m->tx, m->pack, reg, s.key, NULL, m->arena, &other);
        if (st == ST_OK)
                return let_go(m, w, r, s.key);
        if (st != ST_NOT_FOUND)
                return st;
        m->done.links++;
        TRY(state_put(w, &s));
        return alias_add(m->tx, reg, r->key, s.key, m->event);
}

static Status move_records(Merge *m, const PackRegister *reg, const RegisterRecord *rows, size_t n)
{
        if (n == 0)
                return ST_OK;
        StateWriter w = { .tx = m->tx, .reg = reg, .arena = m->arena, .event = m->event, .actor = m->by->actor,
                          .from = m->day };
        Status st = state_writer_begin(&w, 0);
        for (size_t i = 0; st == ST_OK && i < n; i++)
                st = move_record(m, &w, &rows[i]);
        if (st == ST_OK)
                st = state_writer_end(&w);
        state_writer_release(&w);
        return st;
}

/* Records of one register that name `from` in this field; lists are looked through by their text. */
static Status naming(Merge *m, const PackRegister *reg, const PackField *field, RegisterRecord **ret, size_t *ret_count)
{
        char column[REGISTER_NAME_MAX];
        if (!field->many) {
                register_column_name(field, column);
                return register_where(m->tx, m->pack, reg, column, m->from, m->arena, ret, ret_count);
        }
        RegisterQuery q = { .words = STR_NONE };
        int64_t total;
        return register_list(m->tx, m->pack, reg, &q, m->arena, m->diag, ret, ret_count, &total);
}

static Status move_links(Merge *m)
{
        for (size_t i = 0; i < m->pack->register_count; i++) {
                const PackRegister *reg = m->pack->registers[i];
                for (size_t f = 0; f < reg->field_count; f++) {
                        const PackField *field = &reg->fields[f];
                        RegisterRecord *rows;
                        size_t n;
                        bool names = field->type == PACK_REFERENCE && field->role == PACK_FIELD_PLAIN &&
                                     field->target == m->reg;
                        if (!names && !(field == reg->parent_key && reg->parent == m->reg))
                                continue;
                        TRY(naming(m, reg, field, &rows, &n));
                        TRY(move_records(m, reg, rows, n));
                }
        }
        return ST_OK;
}

/* What the survivor does not know it takes from the other; its key stays its own. */
static Status fill(Merge *m, const RegisterRecord *from, const RegisterRecord *into, JsonWriter *w, State *ret,
                   bool *ret_changed)
{
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        RegisterValue *values = arena_array_of(m->arena, RegisterValue, m->reg->field_count);
        if (!values)
                return ST_NOMEM;
        *ret_changed = false;
        jw_put_object(w, "filled");
        for (size_t f = 0; f < m->reg->field_count; f++) {
                values[f] = into->values[f];
                if (!register_stored(&m->reg->fields[f]) || into->values[f].known || !from->values[f].known)
                        continue;
                values[f] = from->values[f];
                *ret_changed = true;
                buf_clear(&text);
                register_value_text(&m->reg->fields[f], &values[f], &text);
                TRY(buf_status(&text));
                jw_key(w, m->reg->fields[f].name);
                jw_str(w, buf_str(&text));
        }
        jw_object_end(w);
        TRY(register_compute(m->pack, m->reg, m->exec, values, m->arena));
        *ret = state_after(into);
        ret->values = values;
        ret->reason = m->by->reason;
        if (!ret->unit.ptr && m->reg->place && values[m->reg->place->index].known)
                ret->unit = values[m->reg->place->index].text;
        return ST_OK;
}

static Status merge_in(Merge *m, Diag *diag)
{
        RegisterRecord from, into;
        State after;
        bool filled;
        TRY(register_present(m->tx, m->pack, m->reg, m->from, m->by->within, m->arena, diag, &from));
        TRY(register_present(m->tx, m->pack, m->reg, m->into, m->by->within, m->arena, diag, &into));
        TRY(not_later(m, &from));
        TRY(not_later(m, &into));
        m->into_unit = into.unit;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "from", m->from);
        jw_put_str(&w, "into", m->into);
        TRY(fill(m, &from, &into, &w, &after, &filled));
        jw_object_end(&w);
        TRY(jw_finish(&w));
        TRY(register_change_event(m->tx, m->reg, "register.merge", m->into, m->by, buf_str(&b), m->arena, &m->event));
        StateWriter states = { .tx = m->tx, .reg = m->reg, .arena = m->arena, .event = m->event, .actor = m->by->actor,
                               .from = m->day };
        Status st = state_writer_begin(&states, 0);
        if (st == ST_OK)
                st = let_go(m, &states, &from, m->into);
        if (st == ST_OK && filled)
                st = state_put(&states, &after);
        if (st == ST_OK)
                st = state_writer_end(&states);
        state_writer_release(&states);
        TRY(st);
        m->done.records += filled;
        return move_links(m);
}

Status register_merge(Store *store, const Pack *pack, const PackRegister *reg, Str from, Str into,
                      const RegisterChange *by, Diag *diag, RegisterChanged *ret)
{
        if (!str_trim(by->reason).len)
                return diag_fail(diag, ST_INVALID, POS_NONE, "请说明原因", "give a reason");
        if (str_eq(from, into))
                return diag_fail(diag, ST_INVALID, POS_NONE, "不能与自己合并", "a record cannot be merged with itself");
        _cleanup_arena_ Arena *a = arena_new(WORK_MAX);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        if (!a || !x)
                return ST_NOMEM;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        Merge m = { .tx = tx, .pack = pack, .reg = reg, .by = by, .arena = a, .diag = diag, .exec = x,
                    .day = clock_today(), .from = from, .into = into };
        TRY(merge_in(&m, diag));
        TRY(store_commit(&tx));
        m.done.event = m.event;
        *ret = m.done;
        return ST_OK;
}
