/* cmd_task.c -- supervised tasks on the command line. */
#include "app/ask.h"
#include "app/commands.h"

enum { FILE_MAX_MIB = 16 };

static bool truth(const Json *obj, const char *key)
{
        const Json *j = json_get(obj, key);
        return json_is(j, JSON_BOOL) && j->truth;
}

static const char *light_word(const App *app, const Json *t)
{
        Str light = app_text(t, "light");
        bool en = app->lang == LANG_EN;
        if (truth(t, "closed"))
                return str_eq_c(light, "green") ? (en ? "closed" : "办结") : (en ? "closed late" : "办结（曾超期）");
        return str_eq_c(light, "red")      ? (en ? "red" : "红")
               : str_eq_c(light, "yellow") ? (en ? "yellow" : "黄")
                                           : (en ? "green" : "绿");
}

static Status task_row(App *app, AppTable *t, const Json *task)
{
        TRY(app_cell(t, app_text(task, "task")));
        TRY(app_cell_c(t, light_word(app, task)));
        TRY(app_cell(t, app_title(app, task, "owner_title")));
        TRY(app_cell(t, app_text(task, "due")));
        TRY(app_cell(t, app_text(task, "action")));
        return app_cell(t, app_text(task, "remind"));
}

Status cmd_task_list(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--unit", .entry = "unit" },
                { .name = "--day", .entry = "day" },
                { .name = "--light", .entry = "light" },
                { .name = "--meeting", .entry = "meeting" },
                { .name = "--open", .entry = "open", .kind = ASK_FLAG },
                { .name = "--due", .entry = "due", .kind = ASK_FLAG },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "task_list", options, &w, &o));
        if (!o)
                return ST_OK;
        static const char *const zh[] = { "编号", "灯", "责任单位", "办结期限", "事项", "提醒" };
        static const char *const en[] = { "task", "light", "owner", "due", "what", "to do" };
        AppTable t = APP_TABLE(app->arena, 6);
        t.right = 1;
        for (size_t i = 0; i < ARRAY_LEN(zh); i++)
                TRY(app_cell_c(&t, app->lang == LANG_EN ? en[i] : zh[i]));
        for (size_t i = 0; json_at(json_get(o, "tasks"), i); i++)
                TRY(task_row(app, &t, json_at(json_get(o, "tasks"), i)));
        app_table_put(&t, &app->out);
        return ST_OK;
}

static void put_task(App *app, const Json *o)
{
        const Json *t = json_get(o, "task"), *slots = json_get(o, "slots"), *entries = json_get(o, "entries");
        bool en = app->lang == LANG_EN;
        buf_printf(&app->out, "%.*s  %s  %.*s %.*s\n%.*s\n", STR_FMT(app_text(t, "task")), light_word(app, t),
                   STR_FMT(app_title(app, t, "owner_title")), STR_FMT(app_text(t, "department")),
                   STR_FMT(app_text(t, "action")));
        if (app_text(t, "due").len)
                buf_printf(&app->out, en ? "due %.*s\n" : "办结期限 %.*s\n", STR_FMT(app_text(t, "due")));
        if (app_text(t, "remind").len)
                buf_printf(&app->out, "! %.*s\n", STR_FMT(app_text(t, "remind")));
        for (size_t i = 0; json_at(slots, i); i++) {
                const Json *s = json_at(slots, i);
                buf_printf(&app->out, en ? "  %.*s due %.*s reported %.*s %.*s\n" : "  %.*s 应报 %.*s 实报 %.*s %.*s\n",
                           STR_FMT(app_text(s, "slot")), STR_FMT(app_text(s, "due")), STR_FMT(app_text(s, "reported")),
                           STR_FMT(app_text(s, "light")));
        }
        for (size_t i = 0; json_at(entries, i); i++) {
                const Json *e = json_at(entries, i);
                buf_printf(&app->out, "  %.*s %.*s %.*s: %.*s %.*s%.*s\n", STR_FMT(app_text(e, "day")),
                           STR_FMT(app_text(e, "by")), STR_FMT(app_text(e, "kind")), STR_FMT(app_text(e, "text")),
                           STR_FMT(app_text(e, "evidence")), STR_FMT(app_text(e, "file_name")));
        }
}

static Status finish(App *app, AppWorld *w, const Json *o, bool json)
{
        if (json)
                app_put_reply(w);
        else
                put_task(app, o);
        return ST_OK;
}

Status cmd_task_show(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "TASK", .entry = "task" }, { .name = "--day", .entry = "day" } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "task_show", options, &w, &o));
        if (o)
                put_task(app, o);
        return ST_OK;
}

static void put_given(JsonWriter *j, const char *key, const char *value)
{
        if (value)
                jw_put_cstr(j, key, value);
}

Status cmd_task_add(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "ACTION", .entry = "action", .body = true },
                { .name = "--owner", .entry = "owner", .body = true, .required = true },
                { .name = "--due", .entry = "due", .body = true },
                { .name = "--cadence", .entry = "cadence", .body = true },
                { .name = "--helper", .entry = "helpers", .kind = ASK_MANY, .body = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "task_add", options, &w, &o));
        if (o)
                put_task(app, o);
        return ST_OK;
}

Status cmd_task_report(App *app, Args *args)
{
        const char *db, *task, *text = NULL, *slot = NULL, *evidence = NULL, *file = NULL;
        bool json = false;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        TRY(args_option(args, "--slot", &slot));
        TRY(args_option(args, "--evidence", &evidence));
        TRY(args_option(args, "--file", &file));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "TASK", &task));
        TRY(args_positional_opt(args, &text));
        TRY(args_done(args));
        if (!text && !file)
                return app_usage(app, "请写明进展，或用 --file 附上佐证",
                                 "say how it is going, or give evidence with --file");
        _cleanup_app_world_ AppWorld w;
        const Json *o = NULL;
        TRY(app_world_open(app, db, &w));
        if (text) {
                jw_object_begin(&j);
                jw_put_cstr(&j, "text", text);
                put_given(&j, "slot", slot);
                put_given(&j, "evidence", evidence);
                jw_object_end(&j);
                TRY(jw_finish(&j));
                TRY(app_set(&w, "task", task));
                w.call.body = buf_str(&body);
                TRY(app_call(&w, "task_report", &o));
        }
        if (file) {
                const char *slash = strrchr(file, '/');
                api_call_release(&w.call);
                w.call.param_count = 0;
                TRY(app_read_file(app, file, (size_t)FILE_MAX_MIB << 20, &w.call.body));
                TRY(app_set(&w, "task", task));
                TRY(app_set(&w, "file", slash ? slash + 1 : file));
                TRY(app_call(&w, "task_evidence", &o));
        }
        return finish(app, &w, o, json);
}

static Status change_state(App *app, Args *args, bool closed)
{
        const char *db, *task, *text = NULL, *evidence = NULL;
        bool json = false;
        int64_t version = 0;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 20);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        TRY(args_option(args, "--evidence", &evidence));
        TRY(args_option(args, "--text", &text));
        TRY(args_option(args, "--reason", &text));
        TRY(args_option_int(args, "--version", 1, 1000000, &version));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "TASK", &task));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "task", task));
        if (!version) {
                TRY(app_call(&w, "task_show", &o));
                if (!json_i64(json_get(json_get(o, "task"), "version"), &version))
                        return ST_INTERNAL;
                api_call_release(&w.call);
        }
        jw_object_begin(&j);
        jw_put_bool(&j, "closed", closed);
        jw_put_i64(&j, "version", version);
        put_given(&j, "text", text);
        put_given(&j, "evidence", evidence);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        w.call.body = buf_str(&body);
        TRY(app_call(&w, "task_close", &o));
        return finish(app, &w, o, json);
}

Status cmd_task_close(App *app, Args *args)
{
        return change_state(app, args, true);
}
Status cmd_task_open(App *app, Args *args)
{
        return change_state(app, args, false);
}
