/* ask.c -- see ask.h. */
#include "app/ask.h"

enum { OPTIONS_MAX = 24, BODY_MAX = 1 << 20 };

/* Options before arguments: only their names tell that a value follows. */
static bool is_argument(const AskOption *o)
{
        return o->name[0] != '-';
}

static Status take_many(Args *args, const AskOption *o, JsonWriter *body)
{
        const char *value = NULL;
        jw_put_array(body, o->entry);
        for (;;) {
                TRY(args_option_next(args, o->name, &value));
                if (!value)
                        break;
                jw_str(body, str_c(value));
        }
        jw_array_end(body);
        return ST_OK;
}

static Status take(App *app, Args *args, const AskOption *o, const char **ret)
{
        bool flag = false;
        int64_t number;
        if (o->kind == ASK_FLAG) {
                TRY(args_flag(args, o->name, &flag));
                *ret = flag ? "true" : NULL;
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
                jw_str(body, str_c(o->says ? o->says : value));
        else if (o->kind == ASK_NUMBER)
                jw_number(body, str_c(value));
        else
                jw_bool(body, true);
}

Status ask(App *app, Args *args, const char *operation, const AskOption *options, size_t n, AppWorld *w, const Json **ret)
{
        const char *db, *values[OPTIONS_MAX] = { 0 };
        bool json = false, has_body = false;
        const Json *reply;
        _cleanup_buf_ Buf body = BUF_INIT(BODY_MAX);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        *w = (AppWorld){ 0 };
        if (n > OPTIONS_MAX)
                return ST_INTERNAL;
        jw_object_begin(&j);
        TRY(args_flag(args, "--json", &json));
        for (size_t i = 0; i < n; i++) {
                has_body = has_body || options[i].body;
                if (options[i].kind == ASK_MANY)
                        TRY(take_many(args, &options[i], &j));
                else if (!is_argument(&options[i]))
                        TRY(take(app, args, &options[i], &values[i]));
        }
        TRY(args_positional(args, "DB", &db));
        for (size_t i = 0; i < n; i++)
                if (is_argument(&options[i]))
                        TRY(take(app, args, &options[i], &values[i]));
        TRY(args_done(args));
        TRY(check(app, options, values, n));
        TRY(app_world_open(app, db, w));
        for (size_t i = 0; i < n; i++)
                if (values[i] && options[i].body)
                        put(&j, &options[i], values[i]);
                else
                        TRY(app_set(w, options[i].entry, values[i]));
        jw_object_end(&j);
        TRY(jw_finish(&j));
        if (has_body) {
                Str kept = arena_str(app->arena, buf_str(&body));
                if (!kept.ptr)
                        return ST_NOMEM;
                w->call.body = kept;
        }
        TRY(app_call(w, operation, ret || json ? &reply : NULL));
        if (json)
                app_put_reply(w);
        if (ret)
                *ret = json ? NULL : reply;
        return ST_OK;
}
