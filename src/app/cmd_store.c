/* cmd_store.c -- the database itself: proof of its chain, backup, restore.
 *
 * These belong to the owner of the machine, who could copy the file anyway; with --as they are refused.  (An
 * auditor proves the chain through the operation chain_verify.) */
#include "app/commands.h"
#include "codec/json.h"
#include "document/publish.h"
#include "store/backup.h"

static Status owner_only(App *app)
{
        if (!app->as_user)
                return ST_OK;
        return diag_fail(&app->diag, ST_FORBIDDEN, POS_NONE, "此命令只由机器的所有者执行，不用 --as",
                         "this command is for the owner of the machine: leave out --as");
}

static const char *word_for(StoreBroken why)
{
        switch (why) {
        case STORE_BROKEN_CHANGED: return "changed";
        case STORE_BROKEN_LINK: return "not_linked";
        case STORE_BROKEN_MISSING: return "missing";
        case STORE_BROKEN_TRUNCATED: return "end_differs";
        case STORE_BROKEN_CHECKPOINT: return "checkpoint_differs";
        default: return NULL;
        }
}

/* Published documents against the chain; a database of an earlier program may have none. */
static Status verify_documents(App *app, Store *db, size_t *ret_checked, size_t *ret_bad)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        bool there;
        *ret_checked = *ret_bad = 0;
        TRY(store_begin(db, STORE_READ, &app->diag, &tx));
        TRY(store_has_table(tx, "document", &there));
        return there ? document_verify(tx, &app->diag, ret_checked, ret_bad) : ST_OK;
}

static Status show_proof(App *app, const StoreProof *p, size_t documents, size_t bad, bool json)
{
        if (!json) {
                if (p->first_broken || bad)
                        return ST_OK; /* what is wrong has been told */
                buf_printf(&app->out, app->lang == LANG_EN ? "whole: %lld events, " : "完好：共 %lld 个事件，",
                           (long long)p->events);
                if (documents)
                        buf_printf(&app->out, app->lang == LANG_EN ? "%zu published documents, " : "%zu 份已发布文书，",
                                   documents);
                buf_printf(&app->out, app->lang == LANG_EN ? "last hash %s\n" : "末尾哈希 %s\n", p->head);
                return ST_OK;
        }
        JsonWriter w = json_writer(&app->out, JSON_PRETTY);
        jw_object_begin(&w);
        jw_put_bool(&w, "whole", p->first_broken == 0 && !bad);
        jw_put_i64(&w, "events", p->events);
        jw_put_i64(&w, "documents", (int64_t)documents);
        jw_put_i64(&w, "documents_changed", (int64_t)bad);
        jw_put_cstr(&w, "head", p->head);
        if (p->first_broken) {
                jw_put_i64(&w, "first_broken", p->first_broken);
                jw_put_cstr(&w, "reason", word_for(p->why));
        }
        jw_object_end(&w);
        return jw_finish(&w);
}

Status cmd_verify(App *app, Args *args)
{
        const char *where, *checkpoint = NULL, *write = NULL;
        bool json = false;
        TRY(args_option(args, "--checkpoint", &checkpoint));
        TRY(args_option(args, "--write-checkpoint", &write));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &where));
        TRY(args_done(args));
        TRY(owner_only(app));
        _cleanup_store_ Store *db = NULL;
        TRY(store_open(where, &(StoreOptions){ .mode = STORE_OPEN_READ }, &app->diag, &db));
        StoreProof proof;
        size_t documents = 0, bad = 0;
        Status st = store_verify(db, checkpoint, &app->diag, &proof);
        if (st == ST_OK)
                TRY(verify_documents(app, db, &documents, &bad));
        if (st == ST_OK && bad)
                st = ST_CHECK;
        if (st == ST_OK && write)
                st = store_checkpoint_write(write, &proof, &app->diag);
        if (st == ST_OK || st == ST_CHECK)
                TRY(show_proof(app, &proof, documents, bad, json));
        return st;
}

static Status show_copied(App *app, const StoreCopied *c, const char *to, bool json)
{
        if (!json) {
                buf_printf(&app->out,
                           app->lang == LANG_EN ? "%s: %lld tables, %lld rows, %lld events\n"
                                                : "%s：%lld 张表，%lld 行，%lld 个事件\n",
                           to, (long long)c->tables, (long long)c->rows, (long long)c->proof.events);
                return ST_OK;
        }
        JsonWriter w = json_writer(&app->out, JSON_PRETTY);
        jw_object_begin(&w);
        jw_put_cstr(&w, "to", to);
        jw_put_i64(&w, "tables", c->tables);
        jw_put_i64(&w, "rows", c->rows);
        jw_put_i64(&w, "events", c->proof.events);
        jw_put_bool(&w, "whole", c->proof.first_broken == 0);
        jw_put_cstr(&w, "head", c->proof.head);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status cmd_backup(App *app, Args *args)
{
        const char *where, *file;
        bool json = false;
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &where));
        TRY(args_positional(args, "FILE", &file));
        TRY(args_done(args));
        TRY(owner_only(app));
        _cleanup_store_ Store *db = NULL;
        TRY(store_open(where, &(StoreOptions){ .mode = STORE_OPEN_READ }, &app->diag, &db));
        StoreCopied copied;
        TRY(store_backup(db, file, &app->diag, &copied));
        return show_copied(app, &copied, file, json);
}

Status cmd_restore(App *app, Args *args)
{
        const char *where, *file;
        bool json = false;
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "FILE", &file));
        TRY(args_positional(args, "DB", &where));
        TRY(args_done(args));
        TRY(owner_only(app));
        StoreCopied copied;
        TRY(store_restore(file, where, &app->diag, &copied));
        _cleanup_store_ Store *db = NULL;       /* for the name to show, without a password */
        TRY(store_open(where, &(StoreOptions){ .mode = STORE_OPEN_READ }, &app->diag, &db));
        return show_copied(app, &copied, store_name(db), json);
}
