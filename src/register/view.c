/* view.c -- ways of looking at a register, kept under a name: words, a condition, an order, columns. */
#include "base/utf8.h"
#include "register/register_int.h"
#include "store/event.h"

enum { NAME_MAX_CHARS = 60, DEFINITION_MAX = 20000 };

Status register_views(StoreTx *tx, const PackRegister *reg, Str actor, Arena *a, RegisterView **ret, size_t *ret_count)
{
        RegisterView *rows = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT name, actor, definition, shared FROM record_view WHERE register = $1 AND (shared = 1 OR actor = $2) "
                "ORDER BY name, actor",
                STORE_ARGS(sv_text(reg->name), sv_text(actor)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&rows, &cap, n + 1, sizeof(*rows)) < 0)
                        return ST_NOMEM;
                RegisterView v = { .name = store_text_dup(q, 0, a), .actor = store_text_dup(q, 1, a),
                                   .definition = store_text_dup(q, 2, a), .shared = store_i64(q, 3) != 0 };
                if (!v.name.ptr || !v.actor.ptr || !v.definition.ptr)
                        return ST_NOMEM;
                rows[n++] = v;
        }
        *ret = rows;
        *ret_count = n;
        return store_done(q);
}

static Status event(StoreTx *tx, const PackRegister *reg, const char *op, Str actor, Str name, Str payload)
{
        _cleanup_buf_ Buf subject = BUF_INIT(4096);
        buf_printf(&subject, "%.*s:%.*s", STR_FMT(reg->name), STR_FMT(name));
        TRY(buf_status(&subject));
        return store_event(
                tx, &(StoreEvent){ .actor = actor, .op = str_c(op), .subject = buf_str(&subject), .payload = payload },
                NULL);
}

Status register_view_save(Store *store, const PackRegister *reg, const RegisterView *v, Diag *diag)
{
        Str name = str_trim(v->name);
        if (!name.len || utf8_len(name) > NAME_MAX_CHARS)
                return diag_fail(diag, ST_INVALID, POS_NONE, "视图须有名称，不超过 %d 个字",
                                 "a view has a name of at most %d characters", NAME_MAX_CHARS);
        if (v->definition.len > DEFINITION_MAX)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "视图的条件过长", "the view's conditions are too long");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        TRY(event(tx, reg, "view.save", v->actor, name, v->definition));
        TRY(store_exec(
                tx,
                "INSERT INTO record_view (register, actor, name, definition, shared) VALUES ($1, $2, $3, $4, $5) "
                "ON CONFLICT (register, actor, name) DO UPDATE SET definition = excluded.definition, shared = excluded.shared",
                STORE_ARGS(sv_text(reg->name), sv_text(v->actor), sv_text(name), sv_text(v->definition),
                           sv_bool(v->shared)),
                NULL));
        return store_commit(&tx);
}

Status register_view_remove(Store *store, const PackRegister *reg, Str actor, Str name, Diag *diag)
{
        int64_t changed;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        TRY(store_exec(tx, "DELETE FROM record_view WHERE register = $1 AND actor = $2 AND name = $3",
                       STORE_ARGS(sv_text(reg->name), sv_text(actor), sv_text(str_trim(name))), &changed));
        if (changed == 0)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "没有自己保存的视图“%.*s”",
                                 "there is no view \"%.*s\" of your own", STR_FMT(name));
        TRY(event(tx, reg, "view.remove", actor, name, STR("{}")));
        return store_commit(&tx);
}
