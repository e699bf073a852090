/* cmd_check.c -- identity codes, one verdict a line. */
#include "app/commands.h"
#include "pack/idcheck.h"

enum { STDIN_MAX_MIB = 1024 };

static bool check_one(App *app, PackCheckKind kind, Str code)
{
        IdVerdict v;
        id_check(kind, code, &v);
        buf_put_str(&app->out, code);
        if (v.ok)
                buf_puts(&app->out, " ok\n");
        else
                buf_printf(&app->out, " bad %s\n", app->lang == LANG_EN ? v.en : v.zh);
        return v.ok;
}

Status cmd_check(App *app, Args *args)
{
        const char *word, *code;
        TRY(args_positional(args, "KIND", &word));
        PackCheckKind kind = id_kind(str_c(word));
        if (kind == PACK_CHECK_NONE)
                return app_usage(app, "不认识的代码类型“%s”；可用：uscc org person patent phone email postcode stock",
                                 "no such kind of code: \"%s\"; there are: uscc org person patent phone email postcode "
                                 "stock",
                                 word);
        size_t bad = 0, seen = 0;
        for (;; seen++) {
                TRY(args_positional_opt(args, &code));
                if (!code)
                        break;
                bad += !check_one(app, kind, str_c(code));
        }
        TRY(args_done(args));
        if (seen == 0) {
                Str rest;
                TRY(app_read_file(app, "-", (size_t)STDIN_MAX_MIB << 20, &rest));
                if (str_starts(rest, STR("\xef\xbb\xbf")))
                        rest = str_n(rest.ptr + 3, rest.len - 3);
                /* An empty line is an empty code: as many lines out as in. */
                while (rest.len) {
                        Str line = str_cut(rest, '\n', &rest);
                        if (line.len && line.ptr[line.len - 1] == '\r')
                                line.len--;
                        bad += !check_one(app, kind, line);
                        if (app->out.len > (1u << 20))
                                TRY(app_flush(app));
                }
        }
        TRY(buf_status(&app->out));
        return bad ? ST_CHECK : ST_OK;
}
