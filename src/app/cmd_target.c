/* cmd_target.c -- letters of responsibility on the command line: list, show, import, sign, drop. */
#include "app/ask.h"
#include "app/commands.h"

static const char *light_word(const App *app, Str light)
{
        bool en = app->lang == LANG_EN;
        if (str_eq_c(light, "green"))
                return en ? "green" : "绿";
        if (str_eq_c(light, "yellow"))
                return en ? "yellow" : "黄";
        if (str_eq_c(light, "red"))
                return en ? "red" : "红";
        return en ? "unknown" : "未知";
}

static const Json *last_of(const Json *list)
{
        const Json *last = NULL;
        for (size_t i = 0; json_at(list, i); i++)
                last = json_at(list, i);
        return last;
}

/* "0.4567" as "45.7%" */
static Status percent(App *app, Str fraction, Str *ret)
{
        Dec d;
        char text[DEC_TEXT_MAX];
        *ret = STR("");
        if (!fraction.len || dec_parse(fraction, &d) != ST_OK)
                return ST_OK;
        size_t n = dec_to_text(dec_round(dec_mul(d, dec_from_i64(100)), 1, DEC_HALF_UP), text);
        char *s = arena_printf(app->arena, "%.*s%%", (int)n, text);
        *ret = str_c(s);
        return s ? ST_OK : ST_NOMEM;
}

/* At most four digits after the point. */
static Status shortened(App *app, Str number, Str *ret)
{
        Dec d;
        char text[DEC_TEXT_MAX];
        *ret = STR("");
        if (!number.len || dec_parse(number, &d) != ST_OK)
                return ST_OK;
        size_t n = dec_to_text(dec_round(d, 4, DEC_HALF_UP), text);
        *ret = arena_str(app->arena, str_n(text, n));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status put_lines(App *app, const Json *letter)
{
        bool en = app->lang == LANG_EN;
        static const char *const zh_heads[] = { "序", "目标", "目标值", "权重", "实际", "完成", "序时", "灯" };
        static const char *const en_heads[] = { "no",     "target",  "value",    "weight",
                                                "actual", "reached", "expected", "light" };
        AppTable t = APP_TABLE(app->arena, 8);
        t.right = 1 | 4 | 8 | 16 | 32 | 64;
        for (size_t i = 0; i < ARRAY_LEN(zh_heads); i++)
                TRY(app_cell_c(&t, en ? en_heads[i] : zh_heads[i]));
        const Json *lines = json_get(letter, "lines");
        for (size_t i = 0; json_at(lines, i); i++) {
                const Json *l = json_at(lines, i), *p = last_of(json_get(l, "series"));
                Str done, share, actual;
                Str measure = app_text(l, "measure"), comparison = app_text(l, "comparison");
                TRY(percent(app, app_text(p, "progress"), &done));
                TRY(percent(app, app_text(p, "share"), &share));
                TRY(shortened(app, app_text(p, "actual"), &actual));
                char *target = arena_printf(app->arena, "%s%s%.*s%.*s", str_eq_c(comparison, "at_most") ? "≤" : "",
                                            str_eq_c(measure, "increase") ? "+"
                                            : str_eq_c(measure, "growth") ? (en ? "growth " : "增长")
                                                                          : "",
                                            STR_FMT(app_text(l, "target")),
                                            STR_FMT(app_text(l, "target").len ? app_text(l, "unit") : STR("")));
                if (!target)
                        return ST_NOMEM;
                TRY(app_cell(&t, app_text(l, "line")));
                TRY(app_cell(&t, app_title(app, l, "title")));
                TRY(app_cell_c(&t, target));
                TRY(app_cell(&t, app_text(l, "weight")));
                TRY(app_cell(&t, actual));
                TRY(app_cell(&t, done));
                TRY(app_cell(&t, share));
                TRY(app_cell_c(&t, p ? light_word(app, app_text(p, "light")) : ""));
        }
        app_table_put(&t, &app->out);
        return ST_OK;
}

static void put_head(App *app, const Json *l)
{
        bool en = app->lang == LANG_EN, draft = str_eq_c(app_text(l, "state"), "draft");
        buf_printf(&app->out, en ? "%.*s %.*s, version %.*s" : "%.*s %.*s 年度，第 %.*s 版",
                   STR_FMT(app_title(app, l, "unit_title")), STR_FMT(app_text(l, "year")),
                   STR_FMT(app_text(l, "version")));
        if (draft)
                buf_puts(&app->out, en ? " (draft)" : "（草稿）");
        else
                buf_printf(&app->out, en ? ", from %.*s" : "，%.*s 起", STR_FMT(app_text(l, "from")));
        if (app_text(l, "reason").len)
                buf_printf(&app->out, "  —— %.*s", STR_FMT(app_text(l, "reason")));
        buf_putc(&app->out, '\n');
}

Status cmd_letter_list(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "--year", .entry = "year", .required = true },
                { .name = "--unit", .entry = "unit" },
                { .name = "--period", .entry = "period" },
                { .name = "--as-of", .entry = "as_of" },
                { .name = "--drafts", .entry = "drafts", .kind = ASK_FLAG },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "letter_list", options, &w, &o));
        if (!o)
                return ST_OK;
        const Json *letters = json_get(o, "letters");
        if (!json_at(letters, 0))
                buf_puts(&app->out, app->lang == LANG_EN ? "No letters.\n" : "没有责任书。\n");
        for (size_t i = 0; json_at(letters, i); i++) {
                if (i)
                        buf_putc(&app->out, '\n');
                put_head(app, json_at(letters, i));
                TRY(put_lines(app, json_at(letters, i)));
        }
        return ST_OK;
}

Status cmd_letter_show(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "UNIT", .entry = "unit" },
                { .name = "--year", .entry = "year", .required = true },
                { .name = "--period", .entry = "period" },
                { .name = "--as-of", .entry = "as_of" },
        };
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(ASK(app, args, "letter_show", options, &w, &o));
        if (!o)
                return ST_OK;
        const Json *letter = json_get(o, "letter"), *versions = json_get(o, "versions"),
                   *lines = json_get(letter, "lines");
        put_head(app, letter);
        TRY(put_lines(app, letter));
        for (size_t i = 0; json_at(lines, i); i++) {
                const Json *l = json_at(lines, i), *series = json_get(l, "series");
                if (!json_at(series, 0))
                        continue;
                buf_printf(&app->out, "%.*s", STR_FMT(app_title(app, l, "title")));
                for (size_t k = 0; json_at(series, k); k++)
                        buf_printf(&app->out, "  %.*s %s", STR_FMT(app_text(json_at(series, k), "period")),
                                   light_word(app, app_text(json_at(series, k), "light")));
                buf_putc(&app->out, '\n');
        }
        if (json_at(versions, 1))
                buf_puts(&app->out, app->lang == LANG_EN ? "\nVersions:\n" : "\n各版：\n");
        for (size_t i = 0; json_at(versions, 1) && json_at(versions, i); i++)
                put_head(app, json_at(versions, i));
        return ST_OK;
}

Status cmd_letter_import(App *app, Args *args)
{
        const char *db, *file, *year = NULL;
        bool json = false, add = false, dry = false;
        TRY(args_option(args, "--year", &year));
        TRY(args_flag(args, "--add", &add));
        TRY(args_flag(args, "--dry-run", &dry));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "FILE", &file));
        TRY(args_done(args));
        if (!year)
                return app_usage(app, "请用 --year 指明年度", "give the year with --year");
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        TRY(app_take_file(&w, file));
        TRY(app_set(&w, "year", year));
        TRY(app_set(&w, "add", add ? "true" : NULL));
        TRY(app_set(&w, "dry_run", dry ? "true" : NULL));
        TRY(app_call(&w, "letter_import", &o));
        return app_finish_outcome(&w, file, o, dry, json);
}

/* {unit, year, from, reason} */
static Status sign_body(const char *unit, const char *year, const char *from, const char *reason, Buf *body)
{
        JsonWriter j = json_writer(body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_cstr(&j, "unit", unit);
        jw_key(&j, STR("year"));
        jw_number(&j, str_c(year));
        if (from)
                jw_put_cstr(&j, "from", from);
        if (reason)
                jw_put_cstr(&j, "reason", reason);
        jw_object_end(&j);
        return jw_finish(&j);
}

static Status sign_one(AppWorld *w, const char *unit, const char *year, const char *from, const char *reason,
                       const Json **ret)
{
        _cleanup_buf_ Buf body = BUF_INIT(1 << 16);
        TRY(sign_body(unit, year, from, reason, &body));
        api_call_release(&w->call);
        w->call.param_count = 0;
        w->call.body = buf_str(&body);
        Status st = app_call(w, "letter_sign", ret);
        w->call.body = STR_NONE;
        return st;
}

/* The units whose letter is a draft, or is being amended. */
static Status drafts_of(AppWorld *w, const char *year, const char ***ret, size_t *ret_count)
{
        const Json *o;
        size_t n = 0;
        TRY(app_set(w, "year", year));
        TRY(app_set(w, "drafts", "true"));
        TRY(app_call(w, "letter_list", &o));
        const Json *letters = json_get(o, "letters");
        *ret = arena_array_of(w->app->arena, const char *, letters->count + 1);
        if (!*ret)
                return ST_NOMEM;
        for (size_t i = 0; json_at(letters, i); i++) {
                const Json *l = json_at(letters, i), *more = json_get(l, "has_draft");
                if (!str_eq_c(app_text(l, "state"), "draft") && !(json_is(more, JSON_BOOL) && more->truth))
                        continue;
                Str code = app_text(l, "unit");
                (*ret)[n] = arena_strndup(w->app->arena, code.ptr, code.len);
                if (!(*ret)[n++])
                        return ST_NOMEM;
        }
        *ret_count = n;
        return ST_OK;
}

Status cmd_letter_sign(App *app, Args *args)
{
        const char *db, *year = NULL, *unit = NULL, *from = NULL, *reason = NULL;
        bool json = false;
        int64_t number;
        TRY(args_option(args, "--year", &year));
        TRY(args_option(args, "--unit", &unit));
        TRY(args_option(args, "--from", &from));
        TRY(args_option(args, "--reason", &reason));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        if (!year || !str_to_i64(str_c(year), &number))
                return app_usage(app, "请用 --year 指明年度，例如 2023", "give the year with --year, for example 2023");
        _cleanup_app_world_ AppWorld w;
        const char **units = &unit;
        size_t n = 1;
        TRY(app_world_open(app, db, &w));
        TRY(app_unit(&w, &unit));
        if (!unit)
                TRY(drafts_of(&w, year, &units, &n));
        if (n == 0)
                buf_puts(&app->out, app->lang == LANG_EN ? "Nothing to sign.\n" : "没有待签订的草稿。\n");
        for (size_t i = 0; i < n; i++) {
                const Json *o;
                TRY(sign_one(&w, units[i], year, from, reason, &o));
                if (json)
                        app_put_reply(&w);
                else
                        put_head(app, o);
        }
        return ST_OK;
}

Status cmd_letter_drop(App *app, Args *args)
{
        static const AskOption options[] = {
                { .name = "UNIT", .entry = "unit", .body = true },
                { .name = "--year", .entry = "year", .kind = ASK_NUMBER, .body = true, .required = true },
                { .name = "--reason", .entry = "reason", .body = true },
        };
        _cleanup_app_world_ AppWorld w;
        return ASK(app, args, "letter_drop", options, &w, NULL);
}
