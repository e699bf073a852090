/* held.c -- rows that a soft check holds back until somebody explains them. */
#include "codec/json.h"
#include "register/gone.h"

static bool lies_within(const Pack *pack, Str unit, const PackUnit *within)
{
        const PackUnit *u = unit.len ? pack_unit(pack, unit) : NULL;
        return u && pack_unit_within(u, within);
}

/* Where a held row would be placed: by its own unit field, or by its parent's record. */
static Status unit_of(StoreTx *tx, const Pack *pack, const PackRegister *reg, Str data, Arena *a, Str *ret)
{
        Json *values;
        *ret = STR_NONE;
        TRY(json_parse(a, data, NULL, NULL, NULL, &values));
        if (reg->place)
                *ret = json_get_str(values, reg->place->name) ? json_get_str(values, reg->place->name)->text : STR_NONE;
        const Json *owner = reg->parent ? json_get_str(values, reg->parent_key->name) : NULL;
        if (ret->len || !owner)
                return ST_OK;
        RegisterRecord r;
        Status st = register_get(tx, pack, reg->parent, owner->text, NULL, a, &r);
        if (st == ST_OK)
                *ret = r.unit;
        return st == ST_NOT_FOUND ? ST_OK : st;
}

static Status read_held(StoreStmt *q, Arena *a, RegisterHeld *ret)
{
        RegisterHeld h = { .id = store_i64(q, 0), .row = store_i64(q, 8) };
        Str *texts[] = { &h.key, &h.file, &h.sheet, &h.data, &h.reasons, &h.actor, &h.at };
        for (int i = 0; i < 7; i++)
                if (!(*texts[i] = store_text_dup(q, i + 1, a)).ptr)
                        return ST_NOMEM;
        *ret = h;
        return ST_OK;
}

typedef struct Held {
        RegisterHeld *rows;
        size_t count, cap;
} Held;

static Status gather(StoreTx *tx, const PackRegister *reg, Arena *a, Held *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(
                tx,
                "SELECT h.id, h.key, f.file, f.sheet, h.data, h.reasons, f.actor, f.at, h.\"row\" FROM held_row h "
                "JOIN import_file f ON f.id = h.import WHERE h.register = $1 ORDER BY h.key",
                STORE_ARGS(sv_text(reg->name)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&ret->rows, &ret->cap, ret->count + 1, sizeof(RegisterHeld)) < 0)
                        return ST_NOMEM;
                TRY(read_held(q, a, &ret->rows[ret->count]));
                ret->count++;
        }
        return store_done(q);
}

Status register_held(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackUnit *within, int64_t offset,
                     int64_t limit, Arena *a, RegisterHeld **ret, size_t *ret_count, int64_t *ret_total)
{
        Held all = { 0 };
        size_t n = 0;
        int64_t seen = 0;
        TRY(gather(tx, reg, a, &all));
        for (size_t i = 0; i < all.count; i++) {
                Str unit = STR_NONE;
                if (within && within->depth > 0)
                        TRY(unit_of(tx, pack, reg, all.rows[i].data, a, &unit));
                if (within && within->depth > 0 && !lies_within(pack, unit, within))
                        continue;
                if (seen++ >= offset && (limit == 0 || (int64_t)n < limit))
                        all.rows[n++] = all.rows[i];
        }
        *ret = all.rows;
        *ret_count = n;
        *ret_total = seen;
        return ST_OK;
}

Status register_held_one(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackUnit *within, int64_t id,
                         Arena *a, RegisterHeld *ret)
{
        RegisterHeld *rows;
        size_t n;
        int64_t total;
        TRY(register_held(tx, pack, reg, within, 0, 0, a, &rows, &n, &total));
        for (size_t i = 0; i < n; i++)
                if (rows[i].id == id) {
                        *ret = rows[i];
                        return ST_OK;
                }
        return ST_NOT_FOUND;
}
