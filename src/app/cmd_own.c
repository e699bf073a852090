/* cmd_own.c -- an enterprise's own view on the command line, and the applications the city answers. */
#include "app/commands.h"
#include "app/world.h"

static const char *outcome_word(const App *app, Str outcome)
{
        bool en = app->lang == LANG_EN;
        if (str_eq_c(outcome, "eligible"))
                return en ? "eligible" : "符合";
        return str_eq_c(outcome, "unknown") ? (en ? "unknown" : "数据缺失") : (en ? "not eligible" : "不符合");
}

static const char *state_word(const App *app, Str state)
{
        static const char *const words[][2] = { { "filed", "在办" },       { "accepted", "已受理" },
                                                { "refused", "不予受理" }, { "withdrawn", "已撤回" },
                                                { "listed", "待支付" },    { "sent", "支付中" },
                                                { "confirmed", "已到账" }, { "returned", "已退回" } };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(state, words[i][0]))
                        return words[i][app->lang == LANG_EN ? 0 : 1];
        return "";
}

static Status put_applications(App *app, const Json *all)
{
        AppTable t = APP_TABLE(app->arena, 6);
        t.right = 1;
        for (size_t i = 0; json_at(all, i); i++) {
                const Json *p = json_at(all, i);
                TRY(app_cell(&t, app_text(p, "application")));
                TRY(app_cell(&t, app_text(p, "name")));
                TRY(app_cell(&t, app_title(app, p, "policy_title")));
                TRY(app_cell(&t, app_text(p, "year")));
                TRY(app_cell_c(&t, state_word(app, app_text(p, "state"))));
                Str answer = app_text(p, "answer");
                TRY(app_cell(&t, answer.len ? answer : app_text(p, "text")));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_own_show(App *app, Args *args)
{
        const char *db, *year = NULL;
        bool json = false;
        const Json *o;
        TRY(args_option(args, "--year", &year));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "year", year));
        TRY(app_call(&w, "own_show", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        bool en = app->lang == LANG_EN;
        buf_printf(&app->out, en ? "%.*s (%.*s), %.*s: %.*s yuan\n" : "%.*s（%.*s）%.*s 年度：%.*s 元\n",
                   STR_FMT(app_text(o, "name")), STR_FMT(app_text(o, "key")), STR_FMT(app_text(o, "year")),
                   STR_FMT(app_text(o, "amount")));
        const Json *all = json_get(o, "entitlements"), *payments = json_get(o, "payments");
        AppTable t = APP_TABLE(app->arena, 4);
        t.right = 4;
        for (size_t i = 0; json_at(all, i); i++) {
                const Json *e = json_at(all, i);
                TRY(app_cell(&t, app_title(app, e, "policy_title")));
                TRY(app_cell_c(&t, outcome_word(app, app_text(e, "outcome"))));
                TRY(app_cell(&t, app_text(e, "amount")));
                TRY(app_cell(&t, app_text(e, "reason")));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        TRY(put_applications(app, json_get(o, "applications")));
        AppTable p = APP_TABLE(app->arena, 5);
        p.right = 1 | 8;
        for (size_t i = 0; json_at(payments, i); i++) {
                const Json *r = json_at(payments, i);
                TRY(app_cell(&p, app_text(r, "item")));
                TRY(app_cell(&p, app_title(app, r, "policy_title")));
                TRY(app_cell(&p, app_text(r, "year")));
                TRY(app_cell(&p, app_text(r, "amount")));
                TRY(app_cell_c(&p, state_word(app, app_text(r, "state"))));
        }
        if (p.count)
                app_table_put(&p, &app->out);
        return ST_OK;
}

/* A word of an enterprise or of the city, and what it is about. */
static Status say(App *app, const char *db, const char *operation, const char *param, const char *value,
                  const Buf *body)
{
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        if (param)
                TRY(app_set(&w, param, value));
        w.call.body = buf_str(body);
        TRY(app_call(&w, operation, &o));
        Str number = app_text(o, "application"), objection = app_text(o, "objection");
        if (objection.len)
                buf_printf(&app->out, app->lang == LANG_EN ? "Objection %.*s is recorded.\n" : "异议 %.*s 已登记。\n",
                           STR_FMT(objection));
        else
                buf_printf(&app->out, app->lang == LANG_EN ? "Application %.*s: %s.\n" : "申请 %.*s：%s。\n",
                           STR_FMT(number), state_word(app, app_text(o, "state")));
        return ST_OK;
}

Status cmd_own_apply(App *app, Args *args)
{
        const char *db, *policy, *year = NULL, *text = NULL;
        int64_t number;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--year", &year));
        TRY(args_option(args, "--text", &text));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "POLICY", &policy));
        TRY(args_done(args));
        if (!year || !str_to_i64(str_c(year), &number) || !text)
                return app_usage(app, "请用 --year 指明年度，用 --text 写明申请内容",
                                 "give the year with --year and say it with --text");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_cstr(&j, "policy", policy);
        jw_put_i64(&j, "year", number);
        jw_put_cstr(&j, "text", text);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        return say(app, db, "own_apply", NULL, NULL, &body);
}

Status cmd_own_withdraw(App *app, Args *args)
{
        const char *db, *id;
        _cleanup_buf_ Buf body = BUF_INIT(64);
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "APPLICATION", &id));
        TRY(args_done(args));
        buf_puts(&body, "{}");
        return say(app, db, "own_withdraw", "application", id, &body);
}

Status cmd_own_object(App *app, Args *args)
{
        const char *db, *item, *text = NULL;
        int64_t number;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--text", &text));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "ITEM", &item));
        TRY(args_done(args));
        if (!text || !str_to_i64(str_c(item), &number))
                return app_usage(app, "请指明项号，并用 --text 写明异议", "give the item and say it with --text");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_i64(&j, "item", number);
        jw_put_cstr(&j, "text", text);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        return say(app, db, "own_object", NULL, NULL, &body);
}

Status cmd_application_list(App *app, Args *args)
{
        const char *db;
        bool open = false, json = false;
        const Json *o;
        TRY(args_flag(args, "--open", &open));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        if (open)
                TRY(app_set(&w, "open", "true"));
        TRY(app_call(&w, "application_list", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        return put_applications(app, json_get(o, "applications"));
}

Status cmd_application_answer(App *app, Args *args)
{
        const char *db, *id, *text = NULL;
        bool accept = false, refuse = false;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(args_option(args, "--text", &text));
        TRY(args_flag(args, "--accept", &accept));
        TRY(args_flag(args, "--refuse", &refuse));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "APPLICATION", &id));
        TRY(args_done(args));
        if (accept == refuse || !text)
                return app_usage(app, "请用 --accept 或 --refuse 之一，并用 --text 写明答复",
                                 "one of --accept and --refuse, and the answer with --text");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_bool(&j, "accepted", accept);
        jw_put_cstr(&j, "text", text);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        return say(app, db, "application_answer", "application", id, &body);
}
