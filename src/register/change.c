/* change.c -- deleting a record with its reason, and bringing it back.
 *
 * Nothing is erased: the last state is closed on the day and stays in the history, and so do its children, which
 * go and come back with it. */
#include "codec/json.h"
#include "register/gone.h"
#include "register/state.h"
#include "store/event.h"

enum { NAMED = 5, WORK_MAX = 256 << 20 };

typedef struct Change {
        StoreTx *tx;
        const Pack *pack;
        const PackRegister *reg;
        const RegisterChange *by;
        Arena *arena;
        Diag *diag;
        Date day;
        int64_t event;
        RegisterChanged done;
} Change;

static Status refuse_reason(const RegisterChange *by, Diag *diag)
{
        return str_trim(by->reason).len ? ST_OK
                                        : diag_fail(diag, ST_INVALID, POS_NONE, "请说明原因", "give a reason");
}

Status register_present(StoreTx *tx, const Pack *pack, const PackRegister *reg, Str key, const PackUnit *within,
                        Arena *a, Diag *diag, RegisterRecord *ret)
{
        RegisterRecord r;
        Status st = register_get(tx, pack, reg, key, NULL, a, &r);
        const PackUnit *u = st == ST_OK && r.unit.len ? pack_unit(pack, r.unit) : NULL;
        if (st == ST_NOT_FOUND || (st == ST_OK && within && within->depth > 0 && !(u && pack_unit_within(u, within))))
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "“%.*s”中没有“%.*s”，或者无权处理",
                                 "\"%.*s\" has no \"%.*s\", or it is not yours to change",
                                 STR_FMT(pack_title(reg->title, diag ? diag->lang : LANG_ZH)), STR_FMT(key));
        TRY(st);
        *ret = r;
        return ST_OK;
}

Status register_change_event(StoreTx *tx, const PackRegister *reg, const char *op, Str key, const RegisterChange *by,
                             Str payload, Arena *a, int64_t *ret)
{
        char *subject = arena_printf(a, "%.*s:%.*s", STR_FMT(reg->name), STR_FMT(key));
        if (!subject)
                return ST_NOMEM;
        return store_event(tx,
                           &(StoreEvent){ .actor = by->actor,
                                          .on_behalf = by->on_behalf,
                                          .op = str_c(op),
                                          .subject = str_c(subject),
                                          .reason = str_trim(by->reason),
                                          .payload = payload },
                           ret);
}

/* ---- deleting ---- */

static Status list_has(Change *c, const RegisterValue *v, Str key, bool *ret)
{
        Json *list;
        *ret = false;
        if (!v->known)
                return ST_OK;
        TRY(json_parse(c->arena, v->text, NULL, NULL, NULL, &list));
        for (size_t i = 0; json_at(list, i); i++)
                *ret |= str_eq(json_at(list, i)->text, key);
        return ST_OK;
}

/* Records of one register whose field names the key; lists are looked through. */
static Status naming(Change *c, const PackRegister *from, const PackField *field, Str key, RegisterRecord **ret,
                     size_t *ret_count)
{
        char column[REGISTER_NAME_MAX];
        RegisterQuery all = { .words = STR_NONE };
        int64_t total;
        size_t n, kept = 0;
        register_column_name(field, column);
        if (!field->many)
                return register_where(c->tx, c->pack, from, column, key, c->arena, ret, ret_count);
        TRY(register_list(c->tx, c->pack, from, &all, c->arena, c->diag, ret, &n, &total));
        for (size_t i = 0; i < n; i++) {
                bool named;
                TRY(list_has(c, &(*ret)[i].values[field->index], key, &named));
                if (named)
                        (*ret)[kept++] = (*ret)[i];
        }
        *ret_count = kept;
        return ST_OK;
}

/* Other records that name this one: it cannot go while they do. */
static Status check_unreferenced(Change *c, Str key)
{
        _cleanup_buf_ Buf names = BUF_INIT(1 << 20);
        size_t found = 0;
        for (size_t i = 0; i < c->pack->register_count; i++) {
                const PackRegister *from = c->pack->registers[i];
                for (size_t f = 0; f < from->field_count; f++) {
                        const PackField *field = &from->fields[f];
                        RegisterRecord *rows;
                        size_t n;
                        if (field->type != PACK_REFERENCE || field->target != c->reg ||
                            field->role != PACK_FIELD_PLAIN)
                                continue;
                        TRY(naming(c, from, field, key, &rows, &n));
                        for (size_t r = 0; r < n; r++) {
                                bool own = from->parent == c->reg &&
                                           str_eq(rows[r].values[from->parent_key->index].text, key);
                                if (own || (from == c->reg && str_eq(rows[r].key, key)))
                                        continue;
                                if (found++ < NAMED)
                                        buf_printf(&names, "%s%.*s %.*s", found > 1 ? "、" : "",
                                                   STR_FMT(pack_title(from->title, c->by->lang)), STR_FMT(rows[r].key));
                        }
                }
        }
        TRY(buf_status(&names));
        if (found == 0)
                return ST_OK;
        return diag_fail(
                c->diag, ST_CONFLICT, POS_NONE, "有 %zu 条记录引用它，不能删除：%s。请先改掉这些引用，或并入另一条记录",
                "%zu records name it, it cannot be deleted: %s. Change them first, or merge it into another record",
                found, buf_cstr(&names));
}

static Status remove_one(Change *c, StateWriter *w, const RegisterRecord *r)
{
        Gone g = { .id = r->id, .event = c->event, .key = r->key, .unit = r->unit.len ? r->unit : STR_NONE,
                   .actor = c->by->actor, .reason = str_trim(c->by->reason), .day = c->day };
        if (date_cmp(c->day, r->from) < 0)
                return diag_fail(c->diag, ST_CONFLICT, POS_NONE, "“%.*s”的现有状态尚未生效，不能删除",
                                 "the present state of \"%.*s\" is not valid yet, it cannot be deleted",
                                 STR_FMT(r->key));
        TRY(register_label(c->pack, w->reg, r, c->arena, &g.label));
        TRY(state_remove(w, r->id));
        TRY(gone_add(c->tx, w->reg, &g));
        c->done.records++;
        return ST_OK;
}

static Status remove_all(Change *c, const PackRegister *reg, const RegisterRecord *rows, size_t n)
{
        StateWriter w = { .tx = c->tx, .reg = reg, .arena = c->arena, .event = c->event, .actor = c->by->actor,
                          .from = c->day };
        if (n == 0)
                return ST_OK;
        Status st = state_writer_begin(&w, 0);
        for (size_t i = 0; st == ST_OK && i < n; i++)
                st = remove_one(c, &w, &rows[i]);
        if (st == ST_OK)
                st = state_writer_end(&w);
        state_writer_release(&w);
        return st;
}

static Status delete_in(Change *c, Str key)
{
        RegisterRecord r;
        TRY(register_present(c->tx, c->pack, c->reg, key, c->by->within, c->arena, c->diag, &r));
        TRY(check_unreferenced(c, r.key));
        TRY(register_change_event(c->tx, c->reg, "register.delete", r.key, c->by, STR("{}"), c->arena, &c->event));
        for (size_t i = 0; i < c->reg->child_count; i++) {
                RegisterRecord *rows;
                size_t n;
                TRY(register_where(c->tx, c->pack, c->reg->children[i], "k_owner", r.key, c->arena, &rows, &n));
                TRY(remove_all(c, c->reg->children[i], rows, n));
        }
        return remove_all(c, c->reg, &r, 1);
}

/* ---- bringing back ---- */

static Status restore_one(Change *c, StateWriter *w, int64_t id, Str key)
{
        RegisterRecord last, other;
        TRY(gone_state(c->tx, c->pack, w->reg, id, c->arena, &last));
        Status st = register_get(c->tx, c->pack, w->reg, key, NULL, c->arena, &other);
        if (st == ST_OK)
                return diag_fail(c->diag, ST_CONFLICT, POS_NONE, "“%.*s”已有新的记录，不能恢复",
                                 "there is a new record \"%.*s\", the old one cannot come back", STR_FMT(key));
        if (st != ST_NOT_FOUND)
                return st;
        State s = state_after(&last);
        s.present = false;
        s.reason = c->by->reason;
        TRY(state_put(w, &s));
        TRY(gone_forget(c->tx, w->reg, id));
        c->done.records++;
        return ST_OK;
}

typedef struct Lost {
        int64_t id;
        Str key;
} Lost;

static Status restore_all(Change *c, const PackRegister *reg, int64_t of_event)
{
        Lost *lost = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                c->tx,
                "SELECT id, key FROM record_gone WHERE register = $1 AND event = $2 AND survivor IS NULL ORDER BY id",
                STORE_ARGS(sv_text(reg->name), sv_i64(of_event)), &q));
        while (store_next(q)) {
                if (arena_grow(c->arena, (void **)&lost, &cap, n + 1, sizeof(*lost)) < 0)
                        return ST_NOMEM;
                lost[n] = (Lost){ store_i64(q, 0), store_text_dup(q, 1, c->arena) };
                if (!lost[n++].key.ptr)
                        return ST_NOMEM;
        }
        TRY(store_done(q));
        if (n == 0)
                return ST_OK;
        StateWriter w = { .tx = c->tx, .reg = reg, .arena = c->arena, .event = c->event, .actor = c->by->actor,
                          .from = c->day };
        Status st = state_writer_begin(&w, 0);
        for (size_t i = 0; st == ST_OK && i < n; i++)
                st = restore_one(c, &w, lost[i].id, lost[i].key);
        if (st == ST_OK)
                st = state_writer_end(&w);
        state_writer_release(&w);
        return st;
}

static Status restore_in(Change *c, Str key)
{
        Gone g;
        Status st = gone_get(c->tx, c->reg, key, c->arena, &g);
        const PackUnit *u = st == ST_OK && g.unit.len ? pack_unit(c->pack, g.unit) : NULL;
        const PackUnit *within = c->by->within;
        if (st == ST_NOT_FOUND || (st == ST_OK && within && within->depth > 0 && !(u && pack_unit_within(u, within))))
                return diag_fail(c->diag, ST_NOT_FOUND, POS_NONE, "没有删除过“%.*s”", "\"%.*s\" was not deleted",
                                 STR_FMT(key));
        TRY(st);
        if (g.survivor.len && !c->by->unmerge)
                return diag_fail(c->diag, ST_FORBIDDEN, POS_NONE, "“%.*s”已并入“%.*s”：撤销合并须有合并的权限",
                                 "\"%.*s\" was merged into \"%.*s\": to take that back is for those who may merge",
                                 STR_FMT(key), STR_FMT(g.survivor));
        if (g.survivor.len)
                return register_unmerge(c->tx, c->pack, c->reg, &g, c->by, c->day, c->arena, c->diag, &c->done);
        if (c->reg->parent) {
                RegisterRecord last, owner;
                TRY(gone_state(c->tx, c->pack, c->reg, g.id, c->arena, &last));
                Str of = last.values[c->reg->parent_key->index].text;
                if (register_get(c->tx, c->pack, c->reg->parent, of, NULL, c->arena, &owner) != ST_OK)
                        return diag_fail(c->diag, ST_CONFLICT, POS_NONE, "它所属的“%.*s”已不存在：请先恢复",
                                         "\"%.*s\", which it belongs to, is gone: bring that back first", STR_FMT(of));
        }
        TRY(register_change_event(c->tx, c->reg, "register.restore", g.key, c->by, STR("{}"), c->arena, &c->event));
        TRY(restore_all(c, c->reg, g.event));
        for (size_t i = 0; i < c->reg->child_count; i++)
                TRY(restore_all(c, c->reg->children[i], g.event));
        return ST_OK;
}

/* ---- both ---- */

static Status in_one(Store *store, const Pack *pack, const PackRegister *reg, Str key, const RegisterChange *by,
                     Diag *diag, Status (*act)(Change *c, Str key), RegisterChanged *ret)
{
        TRY(refuse_reason(by, diag));
        _cleanup_arena_ Arena *a = arena_new(WORK_MAX);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        if (!a)
                return ST_NOMEM;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        Change c = { .tx = tx, .pack = pack, .reg = reg, .by = by, .arena = a, .diag = diag, .day = clock_today() };
        TRY(act(&c, key));
        TRY(store_commit(&tx));
        if (!c.done.event)
                c.done.event = c.event;
        *ret = c.done;
        return ST_OK;
}

Status register_delete(Store *store, const Pack *pack, const PackRegister *reg, Str key, const RegisterChange *by,
                       Diag *diag, RegisterChanged *ret)
{
        return in_one(store, pack, reg, key, by, diag, delete_in, ret);
}

Status register_restore(Store *store, const Pack *pack, const PackRegister *reg, Str key, const RegisterChange *by,
                        Diag *diag, RegisterChanged *ret)
{
        return in_one(store, pack, reg, key, by, diag, restore_in, ret);
}
