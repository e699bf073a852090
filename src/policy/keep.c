/* keep.c -- what was to hold for some years after a payment, and did not. */
#include "policy/pay_int.h"

enum { CACHE_MIB = 1 << 10 };

typedef struct Asking {
        StoreTx *tx;
        PolicyWork *w;
        RegisterCache *cache;
        const PackPolicy *policy;
        const RegisterTable *owners;
        Map rows;                       /* key -> row + 1 */
        Arena *arena;
        Lang lang;
        PayDue *due;
        size_t count, cap;
} Asking;

static Status note_due(Asking *q, const PayItem *item, int64_t paid_year, const PackKeep *k, bool unknown)
{
        __extension__ int64_t fen =
                (int64_t)((unsigned __int128)(uint64_t)item->fen * (uint64_t)k->back_millionths / 1000000);
        fen -= item->back_fen;  /* what was claimed back already counts */
        if (fen <= 0 && !unknown)
                return ST_OK;
        if (arena_grow(q->arena, (void **)&q->due, &q->cap, q->count + 1, sizeof(*q->due)) < 0)
                return ST_NOMEM;
        q->due[q->count++] = (PayDue){ .item = *item, .paid_year = paid_year, .broken_year = q->w->year,
                                       .condition = arena_str(q->arena, pack_title(k->input.title, q->lang)),
                                       .fen = unknown ? 0 : fen, .unknown = unknown };
        return q->due[q->count - 1].condition.ptr ? ST_OK : ST_NOMEM;
}

static Status one_condition(Asking *q, const PackKeep *k)
{
        FeelColumn column;
        TRY(policy_column(q->w, q->policy, q->owners, &k->input, &column));
        _cleanup_store_stmt_ StoreStmt *s = NULL;
        TRY(store_query_many(
                q->tx,
                "SELECT i.id, b.year FROM pay_item i JOIN pay_batch b ON b.id = i.batch WHERE i.policy = $1 "
                "AND b.year < $2 AND b.year >= $3 AND i.state IN ('sent', 'confirmed') AND i.back_fen < i.fen ORDER BY i.id",
                STORE_ARGS(sv_text(q->policy->name), sv_i64(q->w->year), sv_i64(q->w->year - k->years)), &s));
        while (store_next(s)) {
                PayItem item;
                FeelValue v = { .kind = FEEL_UNKNOWN };
                bool unknown = true;
                TRY(pay_item_get(q->tx, store_i64(s, 0), q->arena, &item));
                size_t row = (size_t)(uintptr_t)map_get(&q->rows, item.key);
                if (row)
                        TRY(feel_column_get(q->arena, &column, row - 1, &v));
                bool holds = pack_input_holds(&v, &unknown);
                if (!holds)
                        TRY(note_due(q, &item, store_i64(s, 1), k, unknown));
        }
        return store_done(s);
}

static Status one_policy(Asking *q)
{
        TRY(register_cache_table(q->w->own->cache, q->policy->beneficiary, &q->owners));
        for (size_t r = 0; r < q->owners->rows; r++)
                TRY(map_put(&q->rows, q->owners->key[r], (void *)(uintptr_t)(r + 1)));
        for (size_t k = 0; k < q->policy->keep_count; k++)
                TRY(one_condition(q, &q->policy->keeps[k]));
        return ST_OK;
}

Status pay_due_back(StoreTx *tx, const Pack *pack, int32_t year, Arena *a, Diag *diag, PayDue **ret, size_t *ret_count)
{
        _cleanup_policy_work_ PolicyWork *w = NULL;
        TRY(policy_work_new(pack, &(PolicyAsk){ .year = year }, (size_t)CACHE_MIB << 20, &w));
        w->own->tx = tx;
        w->own->cache = register_cache_new(tx, pack, NULL);
        if (!w->own->cache)
                return ST_NOMEM;
        Asking q = { .tx = tx, .w = w, .arena = a, .lang = diag ? diag->lang : LANG_ZH };
        for (size_t i = 0; i < pack->policy_count; i++) {
                if (!pack->policies[i]->keep_count)
                        continue;
                q.policy = pack->policies[i];
                q.rows = MAP_INIT(100000000);
                Status st = one_policy(&q);
                map_release(&q.rows);
                TRY(st);
        }
        *ret = q.due;
        *ret_count = q.count;
        return ST_OK;
}
