/* ask.c -- see ask.h. */
#include "app/ask.h"

enum { OPTIONS_MAX = 24, BODY_MAX = 4 << 20 };

/* Options before arguments: only their names tell that a value follows. */
static bool is_argument(const AskOption *o)
{
        return o->name[0] != '-';
}

/* The next text of an option or argument that may stand many times; NULL when there is none left. */
static Status take_next(Args *args, const AskOption *o, const char **ret)
{
        *ret = NULL;
        return is_argument(o) ? args_positional_opt(args, ret) : args_option_next(args, o->name, ret);
}

static Status take_many(Args *args, const AskOption *o, JsonWriter *body)
{
        const char *value;
        jw_put_array(body, o->entry);
        for (;;) {
                TRY(take_next(args, o, &value));
                if (!value)
                        break;
                jw_str(body, str_c(value));
        }
        jw_array_end(body);
        return ST_OK;
}

static Status take_pairs(Args *args, const AskOption *o, JsonWriter *body)
{
        const char *pair;
        jw_put_object(body, o->entry);
        for (;;) {
                TRY(take_next(args, o, &pair));
                if (!pair)
                        break;
                Str value, name = str_cut(str_c(pair), '=', &value);
                if (!value.ptr || !name.len)
                        return app_usage(args->app, "应为 %s：%s", "must be %s: %s", o->name, pair);
                jw_key(body, name);
                if (value.len)
                        jw_str(body, value);
                else
                        jw_null(body);
        }
        jw_object_end(body);
        return ST_OK;
}

static Status take(App *app, Args *args, const AskOption *o, const char **ret)
{
        bool flag = false;
        int64_t number;
        if (o->kind == ASK_ALWAYS) {
                *ret = o->says;
                return ST_OK;
        }
        if (o->kind == ASK_FLAG || o->kind == ASK_DENIAL || o->kind == ASK_SWITCH) {
                TRY(args_flag(args, o->name, &flag));
                if (flag)
                        *ret = o->says ? o->says : o->kind == ASK_DENIAL ? "false" : "true";
                else
                        *ret = o->kind == ASK_SWITCH ? "false" : NULL;
                return ST_OK;
        }
        if (!is_argument(o))
                TRY(args_option(args, o->name, ret));
        else if (o->optional)
                TRY(args_positional_opt(args, ret));
        else
                TRY(args_positional(args, o->name, ret));
        if (*ret && o->kind == ASK_NUMBER && !str_to_i64(str_c(*ret), &number))
                return app_usage(app, "%s 应为整数，实为“%s”", "%s takes a whole number, not \"%s\"", o->name, *ret);
        return ST_OK;
}

/* Options for the same entry exclude each other; where one is required, one of them is. */
static Status check(App *app, const AskOption *options, const char *const *values, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                size_t given = 0;
                const char *other = NULL;
                for (size_t k = 0; k < n; k++)
                        if (cstr_eq(options[k].entry, options[i].entry)) {
                                given += values[k] != NULL;
                                other = k != i ? options[k].name : other;
                        }
                if (given > 1)
                        return app_usage(app, "选项 %s 与 %s 不能同时使用", "the options %s and %s exclude each other",
                                         options[i].name, other);
                if (options[i].required && !given && other)
                        return app_usage(app, "请用 %s 或 %s", "give %s or %s", options[i].name, other);
                if (options[i].required && !given)
                        return app_usage(app, "缺少选项 %s", "the option %s is missing", options[i].name);
        }
        return ST_OK;
}

static void put(JsonWriter *body, const AskOption *o, const char *value)
{
        jw_key(body, str_c(o->entry));
        if (o->kind == ASK_TEXT || o->says)
                jw_str(body, str_c(value));
        else if (o->kind == ASK_NUMBER)
                jw_number(body, str_c(value));
        else
                jw_bool(body, cstr_eq(value, "true"));
}

/* All the arguments: single values into values, lists and pairs into the body at once. */
static Status gather(App *app, Args *args, const AskOption *options, size_t n, const char **db, const char **values,
                     JsonWriter *body)
{
        for (size_t pass = 0; pass < 2; pass++) {
                for (size_t i = 0; i < n; i++) {
                        const AskOption *o = &options[i];
                        if (is_argument(o) != (pass == 1))
                                continue;
                        if (o->kind == ASK_MANY)
                                TRY(take_many(args, o, body));
                        else if (o->kind == ASK_PAIRS)
                                TRY(take_pairs(args, o, body));
                        else
                                TRY(take(app, args, o, &values[i]));
                }
                if (pass == 0)
                        TRY(args_positional(args, "DB", db));
        }
        TRY(args_done(args));
        return check(app, options, values, n);
}

/* Units may be given by their names. */
static bool is_unit(const AskOption *o)
{
        static const char *const names[] = { "--unit", "UNIT", "--owner" };
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (o->kind == ASK_TEXT && cstr_eq(o->name, names[i]))
                        return true;
        return false;
}

static Status send(AppWorld *w, const AskOption *options, size_t n, const char **values, Buf *body, JsonWriter *j)
{
        bool has_body = false;
        for (size_t i = 0; i < n; i++) {
                if (is_unit(&options[i]))
                        TRY(app_unit(w, &values[i]));
                has_body = has_body || options[i].body;
                if (values[i] && options[i].kind == ASK_FILE)
                        TRY(app_take_file(w, values[i]));
                else if (values[i] && options[i].body)
                        put(j, &options[i], values[i]);
                else
                        TRY(app_set(w, options[i].entry, values[i]));
        }
        jw_object_end(j);
        TRY(jw_finish(j));
        if (!has_body)
                return ST_OK;
        w->call.body = arena_str(w->app->arena, buf_str(body));
        return w->call.body.ptr ? ST_OK : ST_NOMEM;
}

Status ask(App *app, Args *args, const char *operation, const AskOption *options, size_t n, AppWorld *w,
           const Json **ret)
{
        const char *db, *values[OPTIONS_MAX] = { 0 };
        bool json = false;
        const Json *reply;
        _cleanup_buf_ Buf body = BUF_INIT(BODY_MAX);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        *w = (AppWorld){ 0 };
        if (n > OPTIONS_MAX)
                return ST_INTERNAL;
        jw_object_begin(&j);
        TRY(args_flag(args, "--json", &json));
        TRY(gather(app, args, options, n, &db, values, &j));
        TRY(app_world_open(app, db, w));
        TRY(send(w, options, n, values, &body, &j));
        TRY(app_call(w, operation, ret || json ? &reply : NULL));
        if (json)
                app_put_reply(w);
        if (ret)
                *ret = json ? NULL : reply;
        return ST_OK;
}
