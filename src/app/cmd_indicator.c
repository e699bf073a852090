/* cmd_indicator.c -- figures on the command line: value, rank. */
#include "app/ask.h"
#include "app/commands.h"

static void put_explanation(const Json *e, int indent, const App *app, Buf *out)
{
        Str value = app_text(e, "value"), rule = app_text(e, "rule"), note = app_text(e, "note"),
            unit = app_text(e, "unit");
        const Json *source = json_get(e, "source"), *parts = json_get(e, "parts");
        buf_printf(out, "%*s%.*s%s%.*s", indent, "", STR_FMT(app_text(e, "title")), app->lang == LANG_EN ? ": " : "：",
                   STR_FMT(json_is(json_get(e, "value"), JSON_NULL)
                                   ? (app->lang == LANG_EN ? STR("unknown") : STR("未知"))
                                   : value));
        if (unit.len && value.len)
                buf_printf(out, " %.*s", STR_FMT(unit));
        if (rule.len)
                buf_printf(out, "  = %.*s", STR_FMT(rule));
        if (source)
                buf_printf(out, "  [%.*s %.*s %.*s %.*s]", STR_FMT(app_text(source, "file")),
                           STR_FMT(app_text(source, "cell")), STR_FMT(app_text(source, "by")),
                           STR_FMT(app_text(source, "at")));
        buf_putc(out, '\n');
        if (note.len)
                buf_printf(out, "%*s%.*s\n", indent + 2, "", STR_FMT(note));
        for (size_t i = 0; json_at(parts, i); i++)
                put_explanation(json_at(parts, i), indent + 2, app, out);
}

static void put_value(App *app, const Json *o)
{
        bool en = app->lang == LANG_EN;
        Str value = app_text(o, "value");
        if (value.len)
                buf_printf(&app->out, "%.*s %.*s\n", STR_FMT(value), STR_FMT(app_text(o, "measure")));
        else
                buf_puts(&app->out, en ? "unknown\n" : "未知\n");
        const Json *missing = json_get(o, "missing");
        for (size_t i = 0; json_at(missing, i); i++)
                buf_printf(&app->out, en ? "  missing: %.*s\n" : "  缺少：%.*s\n", STR_FMT(json_at(missing, i)->text));
}

Status cmd_value(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "INDICATOR", .entry = "indicator" },
                { .name = "--period", .entry = "period", .required = true },
                { .name = "--unit", .entry = "unit" },
        };
        bool explain = false;
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(args_flag(args, "--explain", &explain));
        TRY(ASK(app, args, "value", options, &w, &o));
        if (o && explain)
                put_explanation(json_get(o, "explanation"), 0, app, &app->out);
        else if (o)
                put_value(app, o);
        return ST_OK;
}

static Status rank_table(App *app, const Json *o)
{
        bool en = app->lang == LANG_EN;
        AppTable t = APP_TABLE(app->arena, 5);
        t.right = 1 | 1 << 2 | 1 << 3 | 1 << 4;
        static const char *const zh_heads[] = { "名次", "单位", "数值", "上期名次", "变化" };
        static const char *const en_heads[] = { "rank", "unit", "value", "before", "change" };
        for (size_t i = 0; i < ARRAY_LEN(zh_heads); i++)
                TRY(app_cell_c(&t, en ? en_heads[i] : zh_heads[i]));
        const Json *rows = json_get(o, "rows");
        for (size_t i = 0; json_at(rows, i); i++) {
                const Json *r = json_at(rows, i);
                Str shown = app_text(r, "shown"), change = app_text(r, "change");
                char *moved = arena_printf(app->arena, "%s%.*s",
                                           change.len && change.ptr[0] != '-' && !str_eq_c(change, "0") ? "+" : "",
                                           STR_FMT(change));
                if (!moved)
                        return ST_NOMEM;
                TRY(app_cell(&t, app_text(r, "rank")));
                TRY(app_cell(&t, app_title(app, r, "title")));
                TRY(app_cell(&t, shown.len ? shown : en ? STR("missing") : STR("未报")));
                TRY(app_cell(&t, app_text(r, "previous_rank")));
                TRY(app_cell_c(&t, moved));
        }
        buf_printf(&app->out, "%.*s（%.*s） %.*s\n", STR_FMT(app_title(app, o, "title")), STR_FMT(app_text(o, "unit")),
                   STR_FMT(app_text(o, "period")));
        app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_rank(App *app, Args *args)
{
        static const AskOption options[] = { { .name = "INDICATOR", .entry = "indicator" },
                                             { .name = "--period", .entry = "period", .required = true } };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "rank", options, &w, &o));
        return o ? rank_table(app, o) : ST_OK;
}
