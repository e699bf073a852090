/* cmd_record.c -- one record on the command line: shown, written, deleted, brought back, merged; its links and files. */
#include <stdlib.h>

#include "app/commands.h"
#include "app/ask.h"

enum { FILE_MAX_MIB = 32 };

static Status set_body(AppWorld *w, JsonWriter *j, Buf *body)
{
        jw_object_end(j);
        TRY(jw_finish(j));
        w->call.body = arena_str(w->app->arena, buf_str(body));
        return w->call.body.ptr ? ST_OK : ST_NOMEM;
}

/* ---- show ---- */

static void put_versions(App *app, const Json *o)
{
        bool en = app->lang == LANG_EN;
        const Json *versions = json_get(o, "versions");
        for (size_t i = 0; json_at(versions, i); i++) {
                const Json *v = json_at(versions, i), *changes = json_get(v, "changes");
                buf_printf(&app->out, "%s%.*s  %.*s  #%.*s%s%.*s\n", en ? "from " : "自 ", STR_FMT(app_text(v, "from")),
                           STR_FMT(app_text(v, "by")), STR_FMT(app_text(v, "event")),
                           app_text(v, "why").len ? "  " : "", STR_FMT(app_text(v, "why")));
                for (size_t k = 0; json_at(changes, k); k++)
                        buf_printf(&app->out, "    %.*s: %.*s → %.*s\n",
                                   STR_FMT(app_text(json_at(changes, k), "field")),
                                   STR_FMT(app_text(json_at(changes, k), "before")),
                                   STR_FMT(app_text(json_at(changes, k), "after")));
        }
}

Status cmd_record_show(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "REGISTER", .entry = "register" },
                { .name = "KEY", .entry = "key" },
                { .name = "--as-of", .entry = "as_of" },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "record_show", options, &w, &o));
        if (!o)
                return ST_OK;
        AppTable t = APP_TABLE(app->arena, 2);
        const Json *values = json_get(o, "values");
        for (size_t i = 0; json_at(values, i); i++) {
                const Json *v = json_at(values, i);
                TRY(app_cell(&t, app_text(v, "field")));
                TRY(app_cell(&t, app_text(v, "shown").len ? app_text(v, "shown") : app_text(v, "value")));
        }
        app_table_put(&t, &app->out);
        put_versions(app, o);
        return ST_OK;
}

/* ---- write ---- */

static Status put_assignments(Args *args, JsonWriter *j)
{
        for (;;) {
                const char *text;
                TRY(args_positional_opt(args, &text));
                if (!text)
                        return ST_OK;
                const char *equals = strchr(text, '=');
                if (!equals || equals == text)
                        return app_usage(args->app, "应为 字段=值：%s", "must be FIELD=VALUE: %s", text);
                jw_key(j, str_n(text, (size_t)(equals - text)));
                if (equals[1])
                        jw_str(j, str_c(equals + 1));
                else
                        jw_null(j);
        }
}

Status cmd_record_set(App *app, Args *args)
{
        const char *db, *reg, *key, *reason = NULL, *explanation = NULL, *from = NULL;
        bool json = false, dry = false;
        TRY(args_option(args, "--reason", &reason));
        TRY(args_option(args, "--explanation", &explanation));
        TRY(args_option(args, "--valid-from", &from));
        TRY(args_flag(args, "--dry-run", &dry));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "REGISTER", &reg));
        TRY(args_positional(args, "KEY", &key));
        _cleanup_buf_ Buf body = BUF_INIT(4 << 20);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        if (*key && strcmp(key, "-") != 0)
                jw_put_cstr(&j, "key", key);
        jw_put_object(&j, "values");
        TRY(put_assignments(args, &j));
        TRY(args_done(args));
        jw_object_end(&j);
        if (reason)
                jw_put_cstr(&j, "reason", reason);
        if (explanation)
                jw_put_cstr(&j, "explanation", explanation);
        if (from)
                jw_put_cstr(&j, "valid_from", from);
        jw_put_bool(&j, "dry_run", dry);
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "register", reg));
        TRY(set_body(&w, &j, &body));
        TRY(app_call(&w, "record_write", &o));
        return app_finish_outcome(&w, reg, o, dry, json);
}

/* ---- delete, restore, merge ---- */

static Status change(App *app, Args *args, const char *operation, const AskOption *options, size_t n)
{
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ask(app, args, operation, options, n, &w, &o));
        if (o)
                buf_printf(&app->out,
                           app->lang == LANG_EN ? "Done: %.*s records, %.*s links (event %.*s).\n"
                                                : "已完成：记录 %.*s 条，改接 %.*s 处（事件 %.*s）。\n",
                           STR_FMT(app_text(o, "records")), STR_FMT(app_text(o, "links")),
                           STR_FMT(app_text(o, "event")));
        return ST_OK;
}

static const AskOption change_options[] = {
        { .name = "REGISTER", .entry = "register" },
        { .name = "KEY", .entry = "key", .body = true },
        { .name = "--reason", .entry = "reason", .body = true, .required = true },
        { .name = "--into", .entry = "into", .body = true, .required = true },
};

Status cmd_record_delete(App *app, Args *args)
{
        return change(app, args, "record_delete", change_options, 3);
}

Status cmd_record_restore(App *app, Args *args)
{
        return change(app, args, "record_restore", change_options, 3);
}

Status cmd_record_merge(App *app, Args *args)
{
        return change(app, args, "record_merge", change_options, 4);
}

/* ---- lists: gone, links, held, attachments, views ---- */

static Status put_list(AppWorld *w, const Json *rows, const char *const *keys, size_t n, bool json)
{
        if (json) {
                app_put_reply(w);
                return ST_OK;
        }
        AppTable t = APP_TABLE(w->app->arena, n);
        for (size_t i = 0; json_at(rows, i); i++)
                for (size_t k = 0; k < n; k++) {
                        const Json *v = json_get(json_at(rows, i), keys[k]);
                        Str text = app_text(json_at(rows, i), keys[k]);
                        if (json_is(v, JSON_ARRAY) && json_at(v, 0))
                                text = json_at(v, 0)->text;
                        if (json_is(v, JSON_BOOL))
                                text = v->truth ? STR("←") : STR("→");
                        TRY(app_cell(&t, text));
                }
        app_table_put(&t, &w->app->out);
        return ST_OK;
}

Status cmd_record_gone(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "REGISTER", .entry = "register" },
                { .name = "", .entry = "limit", .kind = ASK_ALWAYS, .says = "500" },
        };
        static const char *const keys[] = { "key", "label", "day", "by", "into", "why" };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "record_gone", options, &w, &o));
        return o ? put_list(&w, json_get(o, "rows"), keys, ARRAY_LEN(keys), false) : ST_OK;
}

Status cmd_record_links(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "REGISTER", .entry = "register" },
                { .name = "KEY", .entry = "key" },
        };
        static const char *const keys[] = { "incoming", "register", "key", "label", "through", "role", "from", "to" };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "record_links", options, &w, &o));
        return o ? put_list(&w, json_get(o, "links"), keys, ARRAY_LEN(keys), false) : ST_OK;
}

Status cmd_held(App *app, Args *args)
{
        const char *db, *reg, *explanation = NULL;
        int64_t id = 0;
        bool json = false;
        const Json *o;
        TRY(args_option_int(args, "--explain", 1, INT64_MAX, &id));
        TRY(args_option(args, "--explanation", &explanation));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "REGISTER", &reg));
        TRY(args_done(args));
        if ((id != 0) != (explanation != NULL))
                return app_usage(app, "--explain 行号 与 --explanation 说明 须一起给出",
                                 "--explain ID and --explanation TEXT go together");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "register", reg));
        if (id == 0) {
                static const char *const keys[] = { "id", "key", "file", "row", "by", "reasons" };
                TRY(app_set(&w, "limit", "500"));
                TRY(app_call(&w, "held_list", &o));
                return put_list(&w, json_get(o, "rows"), keys, ARRAY_LEN(keys), json);
        }
        _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_i64(&j, "id", id);
        jw_put_cstr(&j, "explanation", explanation);
        TRY(set_body(&w, &j, &body));
        TRY(app_call(&w, "held_explain", &o));
        return app_finish_outcome(&w, reg, o, false, json);
}

Status cmd_attach(App *app, Args *args)
{
        const char *db, *reg, *key, *file, *reason = NULL;
        bool json = false;
        const Json *o;
        TRY(args_option(args, "--reason", &reason));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "REGISTER", &reg));
        TRY(args_positional(args, "KEY", &key));
        TRY(args_positional(args, "FILE", &file));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "register", reg));
        TRY(app_set(&w, "key", key));
        TRY(app_set(&w, "reason", reason));
        TRY(app_read_file(app, file, (size_t)FILE_MAX_MIB << 20, &w.call.body));
        const char *slash = strrchr(file, '/');
        TRY(app_set(&w, "file", slash ? slash + 1 : file));
        TRY(app_call(&w, "attachment_add", &o));
        if (json)
                app_put_reply(&w);
        else
                buf_printf(&app->out, "%.*s  %.*s  %.*s\n", STR_FMT(app_text(o, "id")), STR_FMT(app_text(o, "hash")),
                           STR_FMT(app_text(o, "name")));
        return ST_OK;
}

Status cmd_attachments(App *app, Args *args)
{
        const char *db, *reg, *key, *get = NULL, *out = NULL, *reason = NULL;
        int64_t gone = 0;
        bool json = false;
        const Json *o;
        TRY(args_option(args, "--get", &get));
        TRY(args_option(args, "-o", &out));
        TRY(args_option_int(args, "--remove", 1, INT64_MAX, &gone));
        TRY(args_option(args, "--reason", &reason));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "REGISTER", &reg));
        TRY(args_positional(args, "KEY", &key));
        TRY(args_done(args));
        if ((get != NULL) != (out != NULL) || (gone != 0) != (reason != NULL) || (get && gone))
                return app_usage(app, "取出：--get 编号 -o 文件；移除：--remove 编号 --reason 原因",
                                 "to fetch: --get ID -o FILE; to take off: --remove ID --reason TEXT");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "register", reg));
        if (gone) {
                _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
                JsonWriter j = json_writer(&body, JSON_COMPACT);
                jw_object_begin(&j);
                jw_put_cstr(&j, "key", key);
                jw_put_i64(&j, "id", gone);
                jw_put_cstr(&j, "reason", reason);
                TRY(set_body(&w, &j, &body));
                return app_call(&w, "attachment_remove", NULL);
        }
        TRY(app_set(&w, "key", key));
        if (get) {
                TRY(app_set(&w, "id", get));
                TRY(app_call(&w, "attachment_get", NULL));
                return app_write_file(app, out, buf_str(&w.call.reply));
        }
        TRY(app_call(&w, "attachment_list", &o));
        static const char *const keys[] = { "id", "name", "size", "hash", "by", "at" };
        return put_list(&w, json_get(o, "attachments"), keys, ARRAY_LEN(keys), json);
}

Status cmd_view(App *app, Args *args)
{
        const char *db, *reg, *save = NULL, *gone = NULL;
        static const char *const options[] = { "--q", "--where", "--sort" };
        static const char *const names[] = { "q", "where", "sort" };
        const char *texts[ARRAY_LEN(options)] = { NULL };
        bool json = false, shared = false;
        const Json *o;
        TRY(args_option(args, "--save", &save));
        TRY(args_option(args, "--remove", &gone));
        for (size_t i = 0; i < ARRAY_LEN(options); i++)
                TRY(args_option(args, options[i], &texts[i]));
        TRY(args_flag(args, "--shared", &shared));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "REGISTER", &reg));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "register", reg));
        if (save || gone) {
                _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
                JsonWriter j = json_writer(&body, JSON_COMPACT);
                jw_object_begin(&j);
                jw_put_cstr(&j, "name", save ? save : gone);
                for (size_t i = 0; save && i < ARRAY_LEN(names); i++)
                        if (texts[i])
                                jw_put_cstr(&j, names[i], texts[i]);
                if (save)
                        jw_put_bool(&j, "shared", shared);
                TRY(set_body(&w, &j, &body));
        }
        TRY(app_call(&w, save ? "view_save" : gone ? "view_remove" : "view_list", &o));
        static const char *const keys[] = { "name", "by", "q", "where", "sort" };
        return put_list(&w, json_get(o, "views"), keys, ARRAY_LEN(keys), json);
}

Status cmd_template(App *app, Args *args)
{
        const char *db, *reg, *out = NULL;
        TRY(args_option(args, "-o", &out));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "REGISTER", &reg));
        TRY(args_done(args));
        if (!out)
                return app_usage(app, "请用 -o 指明输出文件", "name the output file with -o");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "register", reg));
        TRY(app_call(&w, "record_template", NULL));
        return app_write_file(app, out, buf_str(&w.call.reply));
}

Status cmd_warnings(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--register", .entry = "register" },
                { .name = "--unit", .entry = "unit" },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "warning_list", options, &w, &o));
        if (!o)
                return ST_OK;
        AppTable t = APP_TABLE(app->arena, 6);
        t.right = 2;
        const Json *rows = json_get(o, "rows");
        for (size_t i = 0; json_at(rows, i); i++) {
                const Json *r = json_at(rows, i);
                TRY(app_cell(&t, app_text(r, "due")));
                TRY(app_cell(&t, app_text(r, "days")));
                TRY(app_cell(&t, app_title(app, r, "say")));
                TRY(app_cell(&t, app_text(r, "owner")));
                TRY(app_cell(&t, app_text(r, "label")));
                TRY(app_cell(&t, app_text(r, "key")));
        }
        app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_record_figures(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "REGISTER", .entry = "register" },
                { .name = "KEY", .entry = "key" },
                { .name = "--year", .entry = "year", .required = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "record_figures", options, &w, &o));
        if (!o)
                return ST_OK;
        AppTable t = APP_TABLE(app->arena, 3);
        t.right = 2;
        const Json *rows = json_get(o, "figures");
        for (size_t i = 0; json_at(rows, i); i++) {
                const Json *r = json_at(rows, i);
                TRY(app_cell(&t, app_title(app, r, "title")));
                TRY(app_cell(&t, json_is(json_get(r, "value"), JSON_NULL)
                                         ? (app->lang == LANG_EN ? STR("unknown") : STR("未知"))
                                         : app_text(r, "value")));
                TRY(app_cell(&t, app_text(r, "unit")));
        }
        app_table_put(&t, &app->out);
        return ST_OK;
}
