/* cmd_document.c -- official documents from the data. */
#include "app/ask.h"
#include "app/commands.h"

static const char *format_of(const char *path)
{
        static const char *const formats[] = { "docx", "pdf", "html", "md" };
        const char *dot = strrchr(path, '.');
        for (size_t i = 0; dot && i < ARRAY_LEN(formats); i++)
                if (cstr_eq(dot + 1, formats[i]))
                        return formats[i];
        return NULL;
}

Status cmd_document(App *app, Args *args)
{
        const char *db, *name, *period = NULL, *key = NULL, *out = NULL;
        TRY(args_option(args, "--period", &period));
        TRY(args_option(args, "--key", &key));
        TRY(args_option(args, "-o", &out));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "NAME", &name));
        TRY(args_done(args));
        const char *format = out ? format_of(out) : NULL;
        if (!format)
                return app_usage(app, "请用 -o 指明文件名，以 .docx、.pdf、.html 或 .md 结尾",
                                 "give the file with -o; its name ends in .docx, .pdf, .html or .md");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "document", name));
        TRY(app_set(&w, "period", period));
        TRY(app_set(&w, "key", key));
        TRY(app_set(&w, "format", format));
        TRY(app_call(&w, "document_make", NULL));
        return app_write_file(app, out, buf_str(&w.call.reply));
}

static void put_published(App *app, const Json *d)
{
        int64_t id = 0, edition = 0;
        (void)!json_i64(json_get(d, "id"), &id);
        (void)!json_i64(json_get(d, "edition"), &edition);
        Str period = app_text(d, "period"), key = app_text(d, "key"), withdrawn = app_text(d, "withdrawn");
        buf_printf(&app->out, "%lld  %.*s", (long long)id, STR_FMT(app_text(d, "title")));
        if (period.len || key.len)
                buf_printf(&app->out, app->lang == LANG_EN ? " (%.*s%s%.*s)" : "（%.*s%s%.*s）", STR_FMT(period),
                           period.len && key.len ? " " : "", STR_FMT(key));
        buf_printf(&app->out, app->lang == LANG_EN ? ", edition %lld, %.*s, by %.*s" : "，第 %lld 版，%.*s，%.*s 发布",
                   (long long)edition, STR_FMT(app_text(d, "day")), STR_FMT(app_text(d, "by")));
        if (withdrawn.len)
                buf_printf(&app->out, app->lang == LANG_EN ? ", withdrawn: %.*s" : "，已撤回：%.*s",
                           STR_FMT(withdrawn));
        buf_putc(&app->out, '\n');
}

Status cmd_document_publish(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "NAME", .entry = "document" },
                { .name = "--period", .entry = "period", .body = true },
                { .name = "--key", .entry = "key", .body = true },
                { .name = "--reason", .entry = "reason", .body = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "document_publish", options, &w, &o));
        if (o)
                put_published(app, o);
        return ST_OK;
}

Status cmd_document_list(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "--document", .entry = "document" },
                                             { .name = "--period", .entry = "period" },
                                             { .name = "--key", .entry = "key" } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "published_list", options, &w, &o));
        if (!o)
                return ST_OK;
        const Json *list = json_get(o, "published");
        for (size_t i = 0; json_at(list, i); i++)
                put_published(app, json_at(list, i));
        if (!json_at(list, 0))
                buf_puts(&app->out, app->lang == LANG_EN ? "nothing was published yet\n" : "还没有发布过文书\n");
        return ST_OK;
}

Status cmd_document_get(App *app, Args *args)
{
        const char *db, *id, *out = NULL;
        TRY(args_option(args, "-o", &out));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "ID", &id));
        TRY(args_done(args));
        const char *format = out ? format_of(out) : NULL;
        if (!format)
                return app_usage(app, "请用 -o 指明文件名，以 .docx、.pdf、.html 或 .md 结尾",
                                 "give the file with -o; its name ends in .docx, .pdf, .html or .md");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "id", id));
        TRY(app_set(&w, "format", format));
        TRY(app_call(&w, "published_file", NULL));
        return app_write_file(app, out, buf_str(&w.call.reply));
}

Status cmd_document_differences(App *app, Args *args)
{
        const char *db, *id;
        bool json = false;
        const Json *reply;
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "ID", &id));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "id", id));
        TRY(app_call(&w, "published_differences", &reply));
        const Json *list = json_get(reply, "differences");
        size_t n = list ? list->count : 0;
        if (json) {
                app_put_reply(&w);
                return n ? ST_CHECK : ST_OK;
        }
        AppTable t = APP_TABLE(w.call.arena, 3);
        TRY(app_cell_c(&t, app->lang == LANG_EN ? "published" : "发布时"));
        TRY(app_cell_c(&t, app->lang == LANG_EN ? "now" : "现在"));
        TRY(app_cell_c(&t, app->lang == LANG_EN ? "expression" : "算式"));
        for (size_t i = 0; i < n; i++) {
                TRY(app_cell(&t, app_text(&list->items[i], "shown")));
                TRY(app_cell(&t, app_text(&list->items[i], "shown_now")));
                TRY(app_cell(&t, app_text(&list->items[i], "feel")));
        }
        if (n)
                app_table_put(&t, &app->out);
        else
                buf_puts(&app->out, app->lang == LANG_EN ? "made now it would say the same\n" : "与现在的数据一致\n");
        return n ? ST_CHECK : ST_OK;
}

Status cmd_document_withdraw(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "ID", .entry = "id" },
                { .name = "--reason", .entry = "reason", .body = true, .required = true }
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "document_withdraw", options, &w, &o));
        if (o)
                put_published(app, o);
        return ST_OK;
}
