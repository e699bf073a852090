/* cmd_form.c -- reporting on the command line: a form's period as a table or a workbook, its states, exceptions. */
#include "app/commands.h"
#include "app/world.h"

static const char *state_word(const App *app, Str state)
{
        static const char *const words[][3] = {
                { "missing", "未报", "missing" },       { "draft", "草稿", "draft" },
                { "submitted", "已提交", "submitted" }, { "signed", "已签字", "signed" },
                { "returned", "已退回", "returned" },   { "approved", "已审核", "approved" },
                { "published", "已发布", "published" },
        };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(state, words[i][0]))
                        return words[i][app->lang == LANG_EN ? 2 : 1];
        return "?";
}

static bool is_true(const Json *o, const char *key)
{
        const Json *v = json_get(o, key);
        return json_is(v, JSON_BOOL) && v->truth;
}

/* 3 of 9 figures; and what stands beside what was frozen. */
static Status row_words(App *app, const Json *row, AppTable *t)
{
        const Json *values = json_get(row, "values"), *frozen = json_get(row, "frozen"),
                   *differs = json_get(frozen, "differs");
        size_t there = 0, changed = 0;
        bool en = app->lang == LANG_EN;
        for (size_t i = 0; json_at(values, i); i++)
                there += !json_is(json_at(values, i), JSON_NULL);
        for (size_t i = 0; json_at(differs, i); i++)
                changed += json_at(differs, i)->truth;
        char *figures = arena_printf(app->arena, "%zu/%u", there, values ? values->count : 0);
        char *beside =
                changed ? arena_printf(app->arena, en ? "%zu differ from what was %.*s" : "%zu 项与%.*s的不同", changed,
                                       STR_FMT(en ? app_text(frozen, "step")
                                                  : str_c(state_word(app, app_text(frozen, "step")))))
                        : arena_printf(app->arena, "%s", "");
        if (!figures || !beside)
                return ST_NOMEM;
        TRY(app_cell(t, app_title(app, row, "title")));
        TRY(app_cell_c(t, state_word(app, app_text(row, "state"))));
        TRY(app_cell_c(t, figures));
        TRY(app_cell(t, str_n(app_text(row, "reported_at").ptr, app_text(row, "reported_at").len >= 10 ? 10 : 0)));
        TRY(app_cell_c(t, is_true(row, "late")       ? (en ? "late" : "迟报")
                          : is_true(row, "extended") ? (en ? "extended" : "已延期")
                                                     : ""));
        return app_cell_c(t, beside);
}

static Status show(App *app, const Json *o)
{
        bool en = app->lang == LANG_EN;
        AppTable t = APP_TABLE(app->arena, 6);
        static const char *const zh_heads[] = { "单位", "状态", "已填", "日期", "", "" };
        static const char *const en_heads[] = { "unit", "state", "figures", "day", "", "" };
        for (size_t i = 0; i < ARRAY_LEN(zh_heads); i++)
                TRY(app_cell_c(&t, en ? en_heads[i] : zh_heads[i]));
        const Json *rows = json_get(o, "rows");
        for (size_t i = 0; json_at(rows, i); i++)
                TRY(row_words(app, json_at(rows, i), &t));
        buf_printf(&app->out, en ? "%.*s %.*s, from %.*s to %.*s\n" : "%.*s %.*s，%.*s 起、%.*s 止\n",
                   STR_FMT(app_title(app, o, "title")), STR_FMT(app_text(o, "period")), STR_FMT(app_text(o, "opens")),
                   STR_FMT(app_text(o, "due")));
        app_table_put(&t, &app->out);
        return ST_OK;
}

Status cmd_form_show(App *app, Args *args)
{
        const char *db, *form, *period = NULL, *out = NULL;
        bool json = false, last = false;
        const Json *o;
        TRY(args_option(args, "--period", &period));
        TRY(args_option(args, "-o", &out));
        TRY(args_flag(args, "--last", &last));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "FORM", &form));
        TRY(args_done(args));
        if (!period)
                return app_usage(app, "请用 --period 指明报告期", "give the period with --period");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "form", form));
        TRY(app_set(&w, "period", period));
        if (out) {
                TRY(app_set(&w, "last", last ? "true" : NULL));
                TRY(app_call(&w, "form_workbook", NULL));
                return app_write_file(app, out, buf_str(&w.call.reply));
        }
        TRY(app_call(&w, "form_show", &o));
        if (!json)
                return show(app, o);
        app_put_reply(&w);
        return ST_OK;
}

static Status move_body(const char *period, const char *unit, const char *move, const char *due, const char *reason,
                        Buf *body)
{
        const char *const entries[][2] = {
                { "period", period }, { "unit", unit }, { "move", move }, { "due", due }, { "reason", reason }
        };
        JsonWriter w = json_writer(body, JSON_COMPACT);
        jw_object_begin(&w);
        for (size_t i = 0; i < ARRAY_LEN(entries); i++)
                if (entries[i][1])
                        jw_put_cstr(&w, entries[i][0], entries[i][1]);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status act(App *app, Args *args, const char *operation, bool extend)
{
        const char *db, *form, *word, *period = NULL, *unit = NULL, *reason = NULL;
        TRY(args_option(args, "--period", &period));
        TRY(args_option(args, "--unit", &unit));
        TRY(args_option(args, "--reason", &reason));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "FORM", &form));
        TRY(args_positional(args, extend ? "DATE" : "STEP", &word));
        TRY(args_done(args));
        if (!period)
                return app_usage(app, "请用 --period 指明报告期", "give the period with --period");
        _cleanup_app_world_ AppWorld w;
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(app_world_open(app, db, &w));
        TRY(app_unit(&w, &unit));
        TRY(move_body(period, unit, extend ? NULL : word, extend ? word : NULL, extend && !reason ? "" : reason,
                      &body));
        TRY(app_set(&w, "form", form));
        w.call.body = buf_str(&body);
        TRY(app_call(&w, operation, NULL));
        buf_puts(&app->out, app->lang == LANG_EN ? "done\n" : "已完成\n");
        return ST_OK;
}

Status cmd_form_move(App *app, Args *args)
{
        return act(app, args, "form_move", false);
}

Status cmd_form_extend(App *app, Args *args)
{
        return act(app, args, "form_extend", true);
}
