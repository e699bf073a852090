#include "app/args.h"

/* "-2 ** 2" and "-.5" are expressions: an option begins with a letter or a second dash. */
static bool is_option(const char *a)
{
        return a[0] == '-' && (a[1] == '-' || (a[1] >= 'a' && a[1] <= 'z') || (a[1] >= 'A' && a[1] <= 'Z'));
}

/* Where an option stands, its value when written --name=value; -1 when absent. */
static int find(const Args *args, const char *name, const char **inline_value)
{
        size_t n = strlen(name);
        for (int i = 0; i < args->argc; i++) {
                const char *a = args->argv[i];
                if (!a)
                        continue;
                if (strcmp(a, "--") == 0)
                        return -1;
                if (strcmp(a, name) == 0) {
                        *inline_value = NULL;
                        return i;
                }
                if (n > 2 && strncmp(a, name, n) == 0 && a[n] == '=') {
                        *inline_value = a + n + 1;
                        return i;
                }
        }
        return -1;
}

Status args_option_next(Args *args, const char *name, const char **ret)
{
        const char *value = NULL;
        int i = find(args, name, &value);
        if (i < 0) {
                *ret = NULL;
                return ST_OK;
        }
        args->argv[i] = NULL;
        if (!value) {
                if (i + 1 >= args->argc || !args->argv[i + 1])
                        return app_usage(args->app, "选项 %s 缺少值", "option %s needs a value", name);
                value = args->argv[i + 1];
                args->argv[i + 1] = NULL;
        }
        *ret = value;
        return ST_OK;
}

Status args_option(Args *args, const char *name, const char **ret)
{
        const char *value = NULL, *again = NULL;
        TRY(args_option_next(args, name, &value));
        if (!value)
                return ST_OK;
        if (find(args, name, &again) >= 0)
                return app_usage(args->app, "选项 %s 出现了两次", "option %s is given twice", name);
        *ret = value;
        return ST_OK;
}

Status args_flag(Args *args, const char *name, bool *ret)
{
        const char *value = NULL;
        int i = find(args, name, &value);
        if (i < 0)
                return ST_OK;
        if (value)
                return app_usage(args->app, "选项 %s 不带值", "option %s takes no value", name);
        args->argv[i] = NULL;
        *ret = true;
        return ST_OK;
}

Status args_option_int(Args *args, const char *name, int64_t min, int64_t max, int64_t *ret)
{
        const char *text = NULL;
        TRY(args_option(args, name, &text));
        int64_t v;
        if (!text)
                return ST_OK;
        if (!str_to_i64(str_c(text), &v) || v < min || v > max)
                return app_usage(args->app, "选项 %s 应为 %lld 到 %lld 之间的整数，实为“%s”",
                                 "option %s takes a whole number from %lld to %lld, not \"%s\"", name,
                                 (long long)min, (long long)max, text);
        *ret = v;
        return ST_OK;
}

Status args_positional_opt(Args *args, const char **ret)
{
        bool plain = false;
        for (int i = 0; i < args->argc; i++) {
                char *a = args->argv[i];
                if (!a)
                        continue;
                if (!plain && strcmp(a, "--") == 0) {
                        plain = true;
                        continue;
                }
                if (!plain && is_option(a))
                        continue;
                args->argv[i] = NULL;
                *ret = a;
                return ST_OK;
        }
        *ret = NULL;
        return ST_OK;
}

Status args_positional(Args *args, const char *what, const char **ret)
{
        const char *value = NULL;
        TRY(args_positional_opt(args, &value));
        if (!value)
                return app_usage(args->app, "缺少参数 %s", "missing argument %s", what);
        *ret = value;
        return ST_OK;
}

Status args_done(Args *args)
{
        for (int i = 0; i < args->argc; i++) {
                const char *a = args->argv[i];
                if (!a || strcmp(a, "--") == 0)
                        continue;
                if (is_option(a))
                        return app_usage(args->app, "未知的选项 %s", "unknown option %s", a);
                return app_usage(args->app, "多余的参数“%s”", "unexpected argument \"%s\"", a);
        }
        return ST_OK;
}
