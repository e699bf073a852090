/* cmd_alert.c -- alerts on the command line: who is called in now, and the cases. */
#include "app/ask.h"
#include "app/commands.h"

static Status put_live(App *app, const Json *o)
{
        const Json *alerts = json_get(o, "alerts");
        if (!json_at(alerts, 0))
                buf_puts(&app->out, app->lang == LANG_EN ? "No alerts.\n" : "没有预警。\n");
        for (size_t i = 0; json_at(alerts, i); i++) {
                const Json *a = json_at(alerts, i), *streak = json_get(a, "streak");
                buf_printf(&app->out, "%.*s  %.*s  %.*s → %.*s\n   ", STR_FMT(app_title(app, a, "title")),
                           STR_FMT(app_title(app, a, "indicator_title")), STR_FMT(app_title(app, a, "say")),
                           STR_FMT(app_title(app, a, "action")));
                for (size_t k = 0; json_at(streak, k); k++) {
                        const Json *s = json_at(streak, k);
                        buf_printf(&app->out, " %.*s: %.*s/%.*s", STR_FMT(app_text(s, "period")),
                                   STR_FMT(app_text(s, "rank")), STR_FMT(app_text(s, "of")));
                }
                buf_putc(&app->out, '\n');
        }
        return ST_OK;
}

Status cmd_alerts(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "--period", .entry = "period", .required = true } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "alerts", options, &w, &o));
        return o ? put_live(app, o) : ST_OK;
}

Status cmd_alerts_update(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--period", .entry = "period", .body = true, .required = true }
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "alert_update", options, &w, &o));
        if (o)
                buf_printf(&app->out,
                           app->lang == LANG_EN
                                   ? "%.*s: %.*s opened, %.*s climbed, %.*s corrected, %.*s withdrawn, %.*s closed\n"
                                   : "%.*s：新开 %.*s，升级 %.*s，更正 %.*s，撤销 %.*s，解除 %.*s\n",
                           STR_FMT(app_text(o, "period")), STR_FMT(app_text(o, "opened")),
                           STR_FMT(app_text(o, "climbed")), STR_FMT(app_text(o, "corrected")),
                           STR_FMT(app_text(o, "withdrawn")), STR_FMT(app_text(o, "closed")));
        return ST_OK;
}

static const char *state_word(const App *app, Str state)
{
        bool en = app->lang == LANG_EN;
        if (str_eq_c(state, "open"))
                return en ? "open" : "进行中";
        if (str_eq_c(state, "closed"))
                return en ? "closed" : "已解除";
        return en ? "withdrawn" : "已撤销";
}

static void put_case(App *app, const Json *c)
{
        const Json *ladder = json_get(c, "ladder"), *entries = json_get(c, "entries"), *top = NULL;
        for (size_t i = 0; json_at(ladder, i); i++) {
                const Json *reached = json_get(json_at(ladder, i), "reached");
                if (json_is(reached, JSON_BOOL) && reached->truth)
                        top = json_at(ladder, i);
        }
        buf_printf(&app->out, "#%.*s  %.*s  %.*s  [%s] %.*s\n", STR_FMT(app_text(c, "case")),
                   STR_FMT(app_title(app, c, "unit_title")), STR_FMT(app_text(c, "title")),
                   state_word(app, app_text(c, "state")), STR_FMT(top ? app_title(app, top, "title") : STR("")));
        for (size_t i = 0; json_at(entries, i); i++) {
                const Json *e = json_at(entries, i);
                Str at = app_text(e, "at");
                buf_printf(&app->out, "   %.*s  %.*s  %.*s（%.*s）\n", at.len >= 10 ? 10 : 0, at.ptr,
                           STR_FMT(app_text(e, "period")), STR_FMT(app_text(e, "text")), STR_FMT(app_text(e, "by")));
        }
}

static Status put_cases(App *app, const Json *o)
{
        const Json *cases = json_get(o, "cases");
        if (!json_at(cases, 0))
                buf_puts(&app->out, app->lang == LANG_EN ? "No alerts.\n" : "没有预警。\n");
        for (size_t i = 0; json_at(cases, i); i++)
                put_case(app, json_at(cases, i));
        return ST_OK;
}

Status cmd_alerts_list(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--year", .entry = "year" },
                { .name = "--unit", .entry = "unit" },
                { .name = "--case", .entry = "case" },
                { .name = "--open", .entry = "open", .kind = ASK_FLAG },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "alert_list", options, &w, &o));
        return o ? put_cases(app, o) : ST_OK;
}

Status cmd_alerts_add(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "CASE", .entry = "case", .kind = ASK_NUMBER, .body = true },
                { .name = "--act", .entry = "act", .body = true, .required = true },
                { .name = "--text", .entry = "text", .body = true, .required = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "alert_add", options, &w, &o));
        return o ? put_cases(app, o) : ST_OK;
}

Status cmd_rank_history(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "INDICATOR", .entry = "indicator" },
                { .name = "--period", .entry = "period", .required = true },
                { .name = "--unit", .entry = "unit", .required = true },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "rank_history", options, &w, &o));
        const Json *steps = json_get(o, "steps");
        bool en = app->lang == LANG_EN;
        for (size_t i = 0; json_at(steps, i); i++) {
                const Json *s = json_at(steps, i);
                Str since = app_text(s, "since"), rank = app_text(s, "rank");
                buf_printf(&app->out,
                           en ? "%s %.*s since %.*s (event %.*s, %.*s)\n"
                              : "%s第 %.*s 位，自 %.*s 起（第 %.*s 号事件，%.*s）\n",
                           i ? (en ? "then" : "后为") : (en ? "was" : "原为"), STR_FMT(rank.len ? rank : STR("-")),
                           since.len >= 10 ? 10 : 0, since.ptr, STR_FMT(app_text(s, "event")),
                           STR_FMT(app_text(s, "by")));
        }
        return ST_OK;
}
