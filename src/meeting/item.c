/* item.c -- items at rest: rows, versions, listing. */
#include "meeting/confirm_int.h"

Status confirm_item_row(StoreStmt *q, Arena *a, ConfirmItem *ret, int64_t *ret_back)
{
        ConfirmItem n = { .id = store_i64(q, 0),
                          .meeting = store_i64(q, 1),
                          .speech = store_i64(q, 2),
                          .version = store_i64(q, 5),
                          .from = store_i64(q, 6),
                          .to = store_i64(q, 7),
                          .confidence = store_i64(q, 11),
                          .event = store_i64(q, 18) };
        const struct {
                int col;
                Str *to;
        } texts[] = { { 8, &n.quote },  { 9, &n.fields }, { 10, &n.link }, { 12, &n.parents }, { 13, &n.result },
                      { 14, &n.actor }, { 15, &n.at },    { 16, &n.act },  { 17, &n.reason } };
        if (!confirm_kind_of(store_text(q, 3), &n.kind) || !confirm_state_of(store_text(q, 4), &n.state))
                return ST_CORRUPT;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                *texts[i].to = store_text_dup(q, texts[i].col, a);
                if (!texts[i].to->ptr)
                        return ST_NOMEM;
        }
        if (ret_back)
                *ret_back = store_i64(q, 19);
        *ret = n;
        return ST_OK;
}

Status confirm_item_insert(StoreTx *tx, const ConfirmItem *n, int64_t back)
{
        return store_exec(tx,
                          "INSERT INTO meeting_item (" CONFIRM_ITEM_COLUMNS ") VALUES "
                          "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
                          STORE_ARGS(sv_i64(n->id), sv_i64(n->meeting), sv_i64(n->speech),
                                     sv_cstr(confirm_kind_name(n->kind)), sv_cstr(confirm_state_name(n->state)),
                                     sv_i64(n->version), sv_i64(n->from), sv_i64(n->to), sv_text(n->quote),
                                     sv_text(n->fields), sv_text(n->link), sv_i64(n->confidence), sv_text(n->parents),
                                     sv_text(n->result), sv_text(n->actor), sv_text(n->at), sv_text(n->act),
                                     sv_text(n->reason), sv_i64(n->event), sv_i64(back)),
                          NULL);
}

static Status gather(StoreStmt *q, Arena *a, ConfirmItem **ret, size_t *ret_count)
{
        ConfirmItem *list = NULL;
        size_t n = 0, cap = 0;
        while (store_next(q)) {
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                TRY(confirm_item_row(q, a, &list[n++], NULL));
        }
        *ret = list;
        *ret_count = n;
        return store_done(q);
}

Status confirm_items(StoreTx *tx, int64_t meeting, const bool states[CONFIRM_STATE_COUNT], Arena *a, ConfirmItem **ret,
                     size_t *ret_count)
{
        ConfirmItem *all;
        size_t count, n = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT " CONFIRM_ITEM_COLUMNS " FROM meeting_item WHERE meeting = $1 ORDER BY span_from, id",
                        STORE_ARGS(sv_i64(meeting)), &q));
        TRY(gather(q, a, &all, &count));
        for (size_t i = 0; i < count; i++)
                if (!states || states[all[i].state])
                        all[n++] = all[i];
        *ret = all;
        *ret_count = n;
        return ST_OK;
}

static Status no_item(StoreTx *tx, int64_t item)
{
        return diag_fail(store_diag(tx), ST_NOT_FOUND, POS_NONE, "没有第 %lld 号条目，或者无权查看",
                         "there is no item %lld, or it is not yours to see", (long long)item);
}

Status confirm_item(StoreTx *tx, int64_t item, Arena *a, ConfirmItem *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        Status st = store_one(tx, "SELECT " CONFIRM_ITEM_COLUMNS " FROM meeting_item WHERE id = $1",
                              STORE_ARGS(sv_i64(item)), &q);
        if (st == ST_NOT_FOUND)
                return no_item(tx, item);
        TRY(st);
        return confirm_item_row(q, a, ret, NULL);
}

Status confirm_item_versions(StoreTx *tx, int64_t item, Arena *a, ConfirmItem **ret, size_t *ret_count)
{
        ConfirmItem now, *past, *all;
        size_t count;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(confirm_item(tx, item, a, &now));
        TRY(store_query(tx,
                        "SELECT " CONFIRM_ITEM_COLUMNS " FROM meeting_item_past WHERE id = $1 ORDER BY version DESC",
                        STORE_ARGS(sv_i64(item)), &q));
        TRY(gather(q, a, &past, &count));
        all = arena_array_of(a, ConfirmItem, count + 1);
        if (!all)
                return ST_NOMEM;
        all[0] = now;
        for (size_t i = 0; i < count; i++)
                all[i + 1] = past[i];
        *ret = all;
        *ret_count = count + 1;
        return ST_OK;
}

void confirm_put_item(JsonWriter *w, const ConfirmItem *n)
{
        jw_object_begin(w);
        jw_put_i64(w, "item", n->id);
        jw_put_i64(w, "version", n->version);
        jw_put_cstr(w, "kind", confirm_kind_name(n->kind));
        jw_put_cstr(w, "state", confirm_state_name(n->state));
        jw_put_str(w, "quote", n->quote);
        jw_put_str(w, "fields", n->fields);
        jw_put_str(w, "link", n->link);
        jw_object_end(w);
}

Status confirm_item_result(StoreTx *tx, const ConfirmItem *item, Str result, int64_t event)
{
        int64_t changed;
        TRY(store_exec(tx, "UPDATE meeting_item SET result = $2, event = $3 WHERE id = $1 AND version = $4",
                       STORE_ARGS(sv_i64(item->id), sv_text(result), sv_i64(event), sv_i64(item->version)), &changed));
        return changed == 1 ? ST_OK : ST_CONFLICT;
}
