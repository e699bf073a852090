/* main.c -- finds the command, prints what it says, exits with its code. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/commands.h"
#include "base/date.h"

enum { ARENA_MAX_GIB = 8, OUT_MAX_GIB = 2 };

typedef struct Command {
        const char *name;
        Status (*fn)(App *, Args *);
        const char *usage;
        const char *zh;
        const char *en;
} Command;

static const Command commands[] = {
#define COMMAND_ROW(name, fn, usage, zh, en) { name, fn, usage, zh, en },
        COMMAND_LIST(COMMAND_ROW)
#undef COMMAND_ROW
};

static Lang language(int argc, char **argv)
{
        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
                        return strncmp(argv[i + 1], "en", 2) == 0 ? LANG_EN : LANG_ZH;
                if (strncmp(argv[i], "--lang=", 7) == 0)
                        return strncmp(argv[i] + 7, "en", 2) == 0 ? LANG_EN : LANG_ZH;
        }
        static const char *const names[] = { "KECHUANG_LANG", "LC_ALL", "LC_MESSAGES", "LANG" };
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                const char *v = getenv(names[i]);
                if (v && *v)
                        return strncmp(v, "en", 2) == 0 ? LANG_EN : LANG_ZH;
        }
        return LANG_ZH;
}

static void help(App *app)
{
        buf_puts(&app->out, app->lang == LANG_EN
                ? "kechuang -- a city's science and technology work\n\nusage:\n"
                : "kechuang（科创）—— 一座城市的科技工作\n\n用法：\n");
        for (size_t i = 0; i < ARRAY_LEN(commands); i++)
                buf_printf(&app->out, "  kechuang %s\n      %s\n", commands[i].usage,
                           app->lang == LANG_EN ? commands[i].en : commands[i].zh);
}

/* The longest row whose words are the first words of the arguments ("policy run"). */
static const Command *find(int argc, char **argv, int *ret_words)
{
        const Command *best = NULL;
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
                Str rest = str_c(commands[i].name);
                int words = 0;
                bool same = true;
                while (same && rest.len) {
                        Str word = str_cut(rest, ' ', &rest);
                        same = words < argc && str_eq_c(word, argv[words]);
                        words++;
                }
                if (same && (!best || words > *ret_words)) {
                        best = &commands[i];
                        *ret_words = words;
                }
        }
        return best;
}

/* "policy bogus": the words that may follow the first, as a message; false: no command begins with it. */
static bool puts_group(App *app, int argc, char **argv)
{
        _cleanup_buf_ Buf words = BUF_INIT(1 << 16);
        Str last = STR_NONE;
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
                Str rest, first = str_cut(str_c(commands[i].name), ' ', &rest), second = str_cut(rest, ' ', &rest);
                if (!str_eq_c(first, argv[0]) || !second.len || (last.ptr && str_eq(last, second)))
                        continue;
                buf_printf(&words, "%s%.*s", words.len ? "、" : "", STR_FMT(second));
                last = second;
        }
        if (!words.len || buf_status(&words) != ST_OK)
                return false;
        if (argc > 1)
                diag_error(&app->diag, POS_NONE, "%s 没有“%s”；其后可为：%s",
                           "%s has no \"%s\"; after it may stand: %s", argv[0], argv[1], buf_cstr(&words));
        else
                diag_error(&app->diag, POS_NONE, "%s 之后须写：%s", "after %s has to stand one of: %s", argv[0],
                           buf_cstr(&words));
        return true;
}

static Status run(App *app, int argc, char **argv)
{
        if (!clock_env_valid())
                return app_usage(app, "环境变量 KECHUANG_NOW 须形如 2023-07-01T08:00:00+08:00",
                                 "the environment variable KECHUANG_NOW has to look like 2023-07-01T08:00:00+08:00");
        const char *ignored = NULL;
        bool want_help = false;
        Args args = { .app = app, .command = "", .argc = argc, .argv = argv };
        TRY(args_option(&args, "--lang", &ignored));
        TRY(args_option(&args, "--as", &app->as_user));
        TRY(args_flag(&args, "--help", &want_help));
        int kept = 0;
        for (int i = 0; i < argc; i++)
                if (argv[i])
                        argv[kept++] = argv[i];
        argc = args.argc = kept;
        if (argc == 0 || strcmp(argv[0], "help") == 0) {
                help(app);
                return argc == 0 && !want_help ? ST_USAGE : ST_OK;
        }
        int words = 0;
        const Command *c = find(argc, argv, &words);
        if (!c && puts_group(app, argc, argv))
                return ST_USAGE;
        if (!c)
                return app_usage(app, "没有命令“%s”；kechuang help 列出全部命令",
                                 "no command \"%s\"; kechuang help lists them", argv[0]);
        if (want_help) {
                buf_printf(&app->out, "kechuang %s\n%s\n", c->usage, app->lang == LANG_EN ? c->en : c->zh);
                return ST_OK;
        }
        Args own = { .app = app, .command = c->name, .argc = argc - words, .argv = argv + words };
        Status st = c->fn(app, &own);
        if (st == ST_USAGE)
                diag_note(&app->diag, POS_NONE, "用法：kechuang %s", "usage: kechuang %s", c->usage);
        return st;
}

int main(int argc, char **argv)
{
        signal(SIGPIPE, SIG_IGN);
        App app = { .lang = language(argc, argv), .out = BUF_INIT((size_t)OUT_MAX_GIB << 30),
                    .progress = isatty(STDERR_FILENO) };
        app.diag = DIAG_INIT(app.lang);
        app.arena = arena_new((size_t)ARENA_MAX_GIB << 30);
        Status st = app.arena ? run(&app, argc - 1, argv + 1) : ST_NOMEM;
        if (st == ST_OK || status_exit_code(st) == 1 || st == ST_USAGE) {
                Status wrote = buf_status(&app.out) == ST_OK ? app_flush(&app) : buf_status(&app.out);
                if (wrote != ST_OK)
                        st = wrote;
        }
        if (st != ST_OK && st != ST_USAGE && st != ST_CHECK && app.diag.errors == 0)
                diag_error(&app.diag, POS_NONE, "%s", "%s", status_text(st, app.lang));
        _cleanup_buf_ Buf messages = BUF_INIT(16 << 20);
        diag_print(&app.diag, &messages);
        fwrite(buf_cstr(&messages), 1, messages.len, stderr);
        diag_release(&app.diag);
        buf_release(&app.out);
        arena_free(app.arena);
        return status_exit_code(st);
}
