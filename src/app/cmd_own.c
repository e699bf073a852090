/* cmd_own.c -- an enterprise's own view on the command line, and the applications the city answers. */
#include "app/commands.h"
#include "app/ask.h"

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
                TRY(app_cell_c(&t, app_state_word(app, app_text(p, "state"))));
                Str answer = app_text(p, "answer");
                TRY(app_cell(&t, answer.len ? answer : app_text(p, "text")));
        }
        if (t.count)
                app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_own_show(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "--year", .entry = "year" } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "own_show", options, &w, &o));
        if (!o)
                return ST_OK;
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
                TRY(app_cell_c(&t, app_outcome_word(app, app_text(e, "outcome"))));
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
                TRY(app_cell_c(&p, app_state_word(app, app_text(r, "state"))));
        }
        if (p.count)
                app_table_put(&p, &app->out);
        return ST_OK;
}

/* A word of an enterprise or of the city, and what came of it. */
static Status say(App *app, Args *args, const char *operation, const AskOption *options, size_t n)
{
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ask(app, args, operation, options, n, &w, &o));
        if (!o)
                return ST_OK;
        Str number = app_text(o, "application"), objection = app_text(o, "objection");
        if (objection.len)
                buf_printf(&app->out, app->lang == LANG_EN ? "Objection %.*s is recorded.\n" : "异议 %.*s 已登记。\n",
                           STR_FMT(objection));
        else
                buf_printf(&app->out, app->lang == LANG_EN ? "Application %.*s: %s.\n" : "申请 %.*s：%s。\n",
                           STR_FMT(number), app_state_word(app, app_text(o, "state")));
        return ST_OK;
}
#define SAY(app, args, operation, options) say(app, args, operation, options, ARRAY_LEN(options))

#define TEXT { .name = "--text", .entry = "text", .body = true, .required = true }

Status cmd_own_apply(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "POLICY", .entry = "policy", .body = true },
                { .name = "--year", .entry = "year", .kind = ASK_NUMBER, .body = true, .required = true },
                TEXT,
        };
        return SAY(app, args, "own_apply", options);
}

Status cmd_own_withdraw(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "APPLICATION", .entry = "application" } };
        return SAY(app, args, "own_withdraw", options);
}

Status cmd_own_object(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "ITEM", .entry = "item", .kind = ASK_NUMBER, .body = true },
                TEXT,
        };
        return SAY(app, args, "own_object", options);
}

Status cmd_application_list(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "--open", .entry = "open", .kind = ASK_FLAG } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "application_list", options, &w, &o));
        return o ? put_applications(app, json_get(o, "applications")) : ST_OK;
}

Status cmd_application_answer(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "APPLICATION", .entry = "application" },
                { .name = "--accept", .entry = "accepted", .kind = ASK_FLAG, .body = true, .required = true },
                { .name = "--refuse", .entry = "accepted", .kind = ASK_DENIAL, .body = true },
                TEXT,
        };
        return SAY(app, args, "application_answer", options);
}
