/* cmd_city.c -- making a database, its accounts, serving it. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/world.h"

Status cmd_init(App *app, Args *args)
{
        const char *pack = NULL, *db;
        bool changed, dry_run = false;
        TRY(args_flag(args, "--dry-run", &dry_run));
        TRY(args_option(args, "--pack", &pack));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        if (!pack)
                return app_usage(app, "请用 --pack 指明城市包的文件夹", "name the pack's folder with --pack");
        TRY(api_init(db, pack, STR("root"), dry_run, &app->diag, &app->out, &changed));
        if (dry_run && changed)
                buf_puts(&app->out, app->lang == LANG_EN ? "Nothing was written.\n" : "以上只是预演，没有写入。\n");
        else if (app->lang == LANG_EN)
                buf_puts(&app->out, changed ? "The database has the pack's definitions.\n"
                                            : "The database had these definitions already.\n");
        else
                buf_puts(&app->out,
                         changed ? "数据库已按城市包的定义建好。\n" : "数据库已经是这个城市包的定义，没有变化。\n");
        return ST_OK;
}

/* A password from the terminal without echo, from a pipe as its first line. */
static Status read_password(App *app, Str *ret)
{
        struct termios old, quiet;
        bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &old) == 0;
        if (terminal) {
                fputs(app->lang == LANG_EN ? "Password: " : "密码：", stderr);
                quiet = old;
                quiet.c_lflag &= ~(tcflag_t)ECHO;
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        }
        char line[256];
        bool got = fgets(line, sizeof(line), stdin) != NULL;
        if (terminal) {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
                fputc('\n', stderr);
        }
        if (!got)
                return app_usage(app, "没有密码：从标准输入给出一行，或用 --password-file",
                                 "no password: give one line on standard input, or --password-file");
        Str s = str_trim(str_c(line));
        *ret = arena_str(app->arena, s);
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status cmd_user_add(App *app, Args *args)
{
        const char *db, *name, *role = NULL, *unit = NULL, *title = NULL, *file = NULL, *record = NULL;
        TRY(args_option(args, "--record", &record));
        TRY(args_option(args, "--role", &role));
        TRY(args_option(args, "--unit", &unit));
        TRY(args_option(args, "--name", &title));
        TRY(args_option(args, "--password-file", &file));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "NAME", &name));
        TRY(args_done(args));
        if (!role || !unit)
                return app_usage(app, "请指明 --role 和 --unit", "give --role and --unit");
        _cleanup_app_world_ AppWorld w;
        Str password;
        TRY(app_world_open(app, db, &w));
        TRY(app_unit(&w, &unit));
        if (file) {
                TRY(app_read_file(app, file, 4096, &password));
                password = str_trim(password);
        } else {
                TRY(read_password(app, &password));
        }
        _cleanup_buf_ Buf body = BUF_INIT(8192);
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_cstr(&j, "account", name);
        if (title)
                jw_put_cstr(&j, "name", title);
        jw_put_cstr(&j, "role", role);
        jw_put_cstr(&j, "unit", unit);
        if (record)
                jw_put_cstr(&j, "record", record);
        jw_put_str(&j, "password", password);
        jw_object_end(&j);
        TRY(jw_finish(&j));
        w.call.body = buf_str(&body);
        TRY(app_call(&w, "account_add", NULL));
        buf_printf(&app->out, app->lang == LANG_EN ? "Account %s added.\n" : "已添加账号 %s。\n", name);
        return ST_OK;
}

/* ---- serve ---- */

static Status parse_listen(App *app, const char *text, char host[64], uint16_t *ret_port)
{
        const char *colon = strrchr(text, ':');
        int64_t port = 0;
        size_t n = colon ? (size_t)(colon - text) : 0;
        if (!colon || n == 0 || n >= 64 || !str_to_i64(str_c(colon + 1), &port) || port < 0 || port > 65535)
                return app_usage(app, "--listen 应为 地址:端口，例如 127.0.0.1:8420",
                                 "--listen takes ADDR:PORT, for example 127.0.0.1:8420");
        bool bracket = text[0] == '[' && text[n - 1] == ']';
        snprintf(host, 64, "%.*s", (int)(bracket ? n - 2 : n), text + bracket);
        *ret_port = (uint16_t)port;
        return ST_OK;
}

Status cmd_serve(App *app, Args *args)
{
        const char *db, *listen = "127.0.0.1:8420";
        char host[64];
        uint16_t port = 0;
        TRY(args_option(args, "--listen", &listen));
        TRY(args_positional(args, "DB", &db));
        TRY(args_done(args));
        TRY(parse_listen(app, listen, host, &port));
        sigset_t stop;
        sigemptyset(&stop);
        sigaddset(&stop, SIGINT);
        sigaddset(&stop, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &stop, NULL); /* before any thread, so that all inherit it */
        _cleanup_(api_world_closep) ApiWorld *world = NULL;
        ApiServer *server = NULL;
        TRY(api_world_open(db, &app->diag, &world));
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        TRY(api_server_start(world, host, port, cores > 1 && cores < 32 ? (unsigned)cores * 2 : 4, &app->diag,
                             &server));
        bool v6 = strchr(host, ':') != NULL;
        buf_printf(&app->out,
                   app->lang == LANG_EN ? "Serving %s at http://%s%s%s:%u/ (Ctrl-C stops)\n"
                                        : "正在提供 %s：http://%s%s%s:%u/ （Ctrl-C 停止）\n",
                   db, v6 ? "[" : "", host, v6 ? "]" : "", (unsigned)api_server_port(server));
        Status st = app_flush(app);
        int sig = 0;
        while (st == ST_OK && sig == 0)
                sigwait(&stop, &sig);
        api_server_stop(server);
        return st;
}
