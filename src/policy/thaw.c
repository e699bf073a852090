/* thaw.c -- a frozen run as a computation again: its tables with answers and cuts, its inputs as columns, its pack. */
#include "policy/frozen.h"

enum { THAW_GIB = 4 };

typedef struct Thaw {
        StoreTx *tx;
        int64_t run;
        PolicyWork *w;
        RegisterTable **owners;         /* by table: its rows, made by the first that has them */
        FeelColumn *columns;            /* by input part */
        bool *have;
        size_t part_count;
} Thaw;

/* A part's bytes, its pieces joined, in the arena. */
static Status part_bytes(Thaw *t, const char *kind, size_t part, Str *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        bool any = false;
        TRY(store_query(t->tx, "SELECT data FROM policy_part WHERE run = $1 AND kind = $2 AND part = $3 ORDER BY piece",
                        STORE_ARGS(sv_i64(t->run), sv_cstr(kind), sv_i64((int64_t)part)), &q));
        while (store_next(q)) {
                any = true;
                buf_put_str(&b, store_blob(q, 0));
        }
        TRY(store_done(q));
        TRY(buf_status(&b));
        if (!any)
                return ST_CORRUPT;
        *ret = arena_str(t->w->own->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static FrozenReader reader_of(Str s)
{
        return (FrozenReader){ (const unsigned char *)s.ptr, (const unsigned char *)s.ptr + s.len, false };
}

/* Keys, names, units and firms as the register's table had them: only these columns are there. */
static Status thaw_rows(Thaw *t, size_t part, const PackPolicy *p, const RegisterTable **ret)
{
        Arena *a = t->w->own->arena;
        if (t->owners[part]) {
                *ret = t->owners[part];
                return ST_OK;
        }
        Str bytes;
        TRY(part_bytes(t, "rows", part, &bytes));
        FrozenReader r = reader_of(bytes);
        size_t n = (size_t)frozen_get(&r);
        if (n > bytes.len)
                return ST_CORRUPT;
        Str *key = arena_array_of(a, Str, n + 1), *name = arena_array_of(a, Str, n + 1),
            *unit = arena_array_of(a, Str, n + 1), *firm = arena_array_of(a, Str, n + 1);
        FeelColumn *columns = arena_array_of(a, FeelColumn, p->beneficiary->field_count + 1);
        RegisterTable *table = arena_new_of(a, RegisterTable);
        if (!key || !name || !unit || !firm || !columns || !table)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                key[i] = frozen_get_str(&r);
                name[i] = frozen_get_str(&r);
                unit[i] = frozen_get_str(&r);
                firm[i] = frozen_get_str(&r);
                if (!firm[i].len)
                        firm[i] = key[i];
        }
        if (r.bad)
                return ST_CORRUPT;
        for (size_t i = 0; i < p->beneficiary->field_count; i++)
                columns[i].kind = FEEL_COL_VALUE;
        columns[p->beneficiary->label->index] = (FeelColumn){ .kind = FEEL_COL_STR, .str = name };
        if (p->owner && p->owner != p->beneficiary->parent_key)
                columns[p->owner->index] = (FeelColumn){ .kind = FEEL_COL_STR, .str = firm };
        *table = (RegisterTable){ .reg = p->beneficiary, .rows = n, .key = key, .owner = firm, .unit = unit,
                                  .columns = columns };
        t->owners[part] = table;
        *ret = table;
        return ST_OK;
}

static Status thaw_column(Thaw *t, size_t part, size_t rows, Str missing, FeelColumn *ret)
{
        if (part >= t->part_count)
                return ST_CORRUPT;
        if (!t->have[part]) {
                Str bytes;
                TRY(part_bytes(t, "in", part, &bytes));
                TRY(frozen_get_column(bytes, rows, missing, t->w->own->arena, &t->columns[part]));
                t->have[part] = true;
        }
        *ret = t->columns[part];
        if (ret->kind != FEEL_COL_VALUE)
                ret->unknown_name = missing;
        return ST_OK;
}

static Status thaw_joints(Thaw *t, FrozenReader *r, PolicyTable *table)
{
        struct PolicyWorkPrivate *own = t->w->own;
        for (uint64_t row; (row = frozen_get(r)) > 0 && !r->bad;) {
                if (row > table->rows || arena_grow(own->arena, (void **)&own->joints, &own->joint_cap,
                                                    own->joint_count + 1, sizeof(*own->joints)) < 0)
                        return row > table->rows ? ST_CORRUPT : ST_NOMEM;
                PolicyJoint *j = &own->joints[own->joint_count++];
                *j = (PolicyJoint){ .kind = (PolicyCutKind)frozen_get(r) };
                j->a = (int64_t)frozen_get(r);
                j->b = (int64_t)frozen_get(r);
                j->before = (int64_t)frozen_get(r);
                j->after = (int64_t)frozen_get(r);
                if (j->kind == POLICY_CUT_EXCLUSIVE && (uint64_t)j->a >= t->w->count)
                        return ST_CORRUPT;
                uint32_t *link = &table->cut[row - 1];
                while (*link)
                        link = &own->joints[*link - 1].next;
                *link = (uint32_t)own->joint_count;
        }
        return r->bad ? ST_CORRUPT : ST_OK;
}

/* What firms got in other years, where a cap asks for it. */
static Status thaw_paid(Thaw *t, size_t index, PolicyTable *table)
{
        bool asked = false;
        Str bytes;
        for (size_t i = 0; i < table->policy->cap_count; i++)
                asked |= table->policy->caps[i].per == PACK_CAP_ENTERPRISE;
        Map *paid = asked ? arena_new_of(t->w->own->arena, Map) : NULL;
        if (!paid)
                return asked ? ST_NOMEM : ST_OK;
        TRY(part_bytes(t, "paid", index, &bytes));
        FrozenReader r = reader_of(bytes);
        *paid = MAP_INIT(100000000);
        table->plan->paid_before = paid;
        for (size_t i = 0; i < table->rows; i++)
                TRY(map_put(paid, policy_firm_key(table->policy, table->owners, i), (void *)(uintptr_t)frozen_get(&r)));
        return r.bad ? ST_CORRUPT : ST_OK;
}

static Status thaw_policy(Thaw *t, size_t index, bool inputs, Diag *diag)
{
        Arena *a = t->w->own->arena;
        PolicyTable *table = &t->w->tables[index];
        const PackPolicy *p = table->policy;
        Str bytes;
        TRY(part_bytes(t, "policy", index, &bytes));
        FrozenReader r = reader_of(bytes);
        Str name = frozen_get_str(&r);
        size_t rows_part = (size_t)frozen_get(&r), n = (size_t)frozen_get(&r);
        if (r.bad || !str_eq(name, p->name) || n != p->input_count || rows_part > index)
                return ST_CORRUPT;
        TRY(thaw_rows(t, rows_part, p, &table->owners));
        table->rows = table->owners->rows;
        FeelColumn *columns = arena_array_of(a, FeelColumn, n + 1);
        table->outcome = arena_alloc(a, table->rows + 1);
        table->fen = arena_calloc(a, table->rows + 1, sizeof(int64_t));
        table->model_fen = arena_calloc(a, table->rows + 1, sizeof(int64_t));
        table->cut = arena_calloc(a, table->rows + 1, sizeof(uint32_t));
        if (!columns || !table->outcome || !table->fen || !table->model_fen || !table->cut)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                size_t part = (size_t)frozen_get(&r);
                if (inputs)
                        TRY(thaw_column(t, part, table->rows, p->inputs[i].title.zh, &columns[i]));
        }
        if (table->rows > (size_t)(r.end - r.at))
                return ST_CORRUPT;
        memcpy(table->outcome, r.at, table->rows);
        r.at += table->rows;
        for (size_t i = 0; i < table->rows; i++) {
                if (table->outcome[i] > POLICY_UNKNOWN)
                        return ST_CORRUPT;
                if (table->outcome[i] == POLICY_ELIGIBLE) {
                        table->model_fen[i] = (int64_t)frozen_get(&r);
                        table->fen[i] = (int64_t)frozen_get(&r);
                }
        }
        TRY(thaw_joints(t, &r, table));
        if (inputs)
                TRY(policy_plan_of(t->w, p, table->owners, columns, diag, &table->plan));
        return inputs ? thaw_paid(t, index, table) : ST_OK;
}

Status policy_thaw(StoreTx *tx, const Pack *pack, int64_t id, Str policy, bool inputs, Diag *diag, PolicyWork **ret)
{
        _cleanup_arena_ Arena *scratch = arena_new(16 << 20);
        _cleanup_policy_work_ PolicyWork *w = NULL;
        PolicyRun run;
        char hash[SM3_HEX];
        if (!scratch)
                return ST_NOMEM;
        TRY(policy_run_get(tx, pack, id, scratch, &run));
        if (!run.pack_hash.len)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "这次测算由旧版本生成，明细不再可读，请重新测算",
                                 "this run was made by an earlier version: its items can no longer be read, run again");
        PolicyAsk ask = { .year = (int32_t)run.year, .on = run.on };
        TRY(policy_work_new(pack, &ask, (size_t)THAW_GIB << 30, &w));
        TRY(frozen_pack_hash(pack, hash));
        if (!str_eq(run.pack_hash, str_c(hash))) {      /* the rules of its time */
                TRY(frozen_get_pack(tx, run.pack_hash, diag, &w->own->owned));
                w->own->pack = w->own->owned;
        }
        w->count = run.policy_count;
        w->tables = arena_array_of(w->own->arena, PolicyTable, w->count + 1);
        Thaw t = { .tx = tx, .run = run.id, .w = w };
        for (size_t i = 0; w->tables && i < w->count; i++) {
                w->tables[i].policy = pack_policy(w->own->pack, run.names[i]);
                if (!w->tables[i].policy)
                        return ST_CORRUPT;
                t.part_count += w->tables[i].policy->input_count;
        }
        t.owners = arena_array_of(w->own->arena, RegisterTable *, w->count + 1);
        t.columns = arena_array_of(w->own->arena, FeelColumn, t.part_count + 1);
        t.have = arena_array_of(w->own->arena, bool, t.part_count + 1);
        if (!w->tables || !t.owners || !t.columns || !t.have)
                return ST_NOMEM;
        for (size_t i = 0; i < w->count; i++)
                if (!policy.len || str_eq(policy, w->tables[i].policy->name))
                        TRY(thaw_policy(&t, i, inputs, diag));
        *ret = TAKE(w);
        return ST_OK;
}
