/* cmd_register.c -- import, export, report: tables in and out. */
#include <stdio.h>

#include <sys/stat.h>

#include "app/commands.h"
#include "app/world.h"

enum { FILE_MAX_MIB = 512, PROBLEMS_PRINTED = 10000 };

static const char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');
        return slash ? slash + 1 : path;
}

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
        App *app = ctx;
        app_progress(app, app->lang == LANG_EN ? "importing" : "导入中", done, total);
}

static int64_t number(const Json *obj, const char *key)
{
        int64_t v = 0;
        return json_i64(json_get(obj, key), &v) ? v : 0;
}

/* "enterprise.xlsx!C12 错误：…" */
static void put_problem(App *app, const char *file, const Json *p)
{
        static const struct {
                const char *word, *zh, *en;
        } levels[] = { { "error", "错误", "error" },
                       { "explain", "需说明", "explain" },
                       { "warning", "警告", "warning" },
                       { "note", "提示", "note" } };
        Str severity = app_text(p, "severity"), cell = app_text(p, "cell"), column = app_text(p, "column"),
            found = app_text(p, "found");
        const char *word = "";
        for (size_t i = 0; i < ARRAY_LEN(levels); i++)
                if (str_eq_c(severity, levels[i].word))
                        word = app->lang == LANG_EN ? levels[i].en : levels[i].zh;
        if (cell.len)
                buf_printf(&app->out, "%s!%.*s ", file, STR_FMT(cell));
        else
                buf_printf(&app->out, app->lang == LANG_EN ? "%s row %lld " : "%s 第 %lld 行 ", file,
                           (long long)number(p, "row"));
        buf_printf(&app->out, app->lang == LANG_EN ? "%s: " : "%s：", word);
        if (column.len)
                buf_printf(&app->out, "%.*s ", STR_FMT(column));
        if (found.len)
                buf_printf(&app->out, "“%.*s” ", STR_FMT(found));
        buf_printf(&app->out, "%.*s\n", STR_FMT(app_text(p, "text")));
}

static void put_outcome(App *app, const char *file, const Json *o, bool dry)
{
        const Json *problems = json_get(o, "problems");
        for (size_t i = 0; json_at(problems, i) && i < PROBLEMS_PRINTED; i++)
                put_problem(app, file, json_at(problems, i));
        int64_t all = number(o, "problem_count");
        if (all > PROBLEMS_PRINTED)
                buf_printf(&app->out, app->lang == LANG_EN ? "… and %lld more\n" : "……另有 %lld 处\n",
                           (long long)(all - PROBLEMS_PRINTED));
        if (app->lang == LANG_EN)
                buf_printf(
                        &app->out,
                        "%s%lld rows: %lld added, %lld changed, %lld unchanged, %lld held for an explanation, %lld refused\n",
                        dry ? "dry run, nothing written: " : "", (long long)number(o, "rows"),
                        (long long)number(o, "added"), (long long)number(o, "changed"),
                        (long long)number(o, "unchanged"), (long long)number(o, "held"),
                        (long long)number(o, "refused"));
        else
                buf_printf(&app->out, "%s共 %lld 行：新增 %lld，变更 %lld，未变 %lld，待说明 %lld，拒绝 %lld\n",
                           dry ? "试运行，未写入；" : "", (long long)number(o, "rows"), (long long)number(o, "added"),
                           (long long)number(o, "changed"), (long long)number(o, "unchanged"),
                           (long long)number(o, "held"), (long long)number(o, "refused"));
}

/* The data says no when nothing of it could be taken, and a dry run when not all of it could. */
static Status verdict(const Json *o, bool dry)
{
        int64_t left = number(o, "refused") + number(o, "held"),
                taken = number(o, "added") + number(o, "changed") + number(o, "unchanged");
        return left > 0 && (dry || taken == 0) ? ST_CHECK : ST_OK;
}

Status app_take_file(AppWorld *w, const char *file)
{
        TRY(app_read_file(w->app, file, (size_t)FILE_MAX_MIB << 20, &w->call.body));
        return app_set(w, "file", base_name(file));
}

/* A file that stays where it is, for an operation that reads it as it needs it; what is no plain file is taken whole. */
static Status name_file(AppWorld *w, const char *file)
{
        struct stat st;
        if (stat(file, &st) != 0 || !S_ISREG(st.st_mode))
                return app_take_file(w, file);
        w->call.body_path = file;
        return app_set(w, "file", base_name(file));
}

/* What was wrong has been told cell by cell; this is the sentence for a script's log. */
static Status finish(App *app, Status st)
{
        if (st == ST_CHECK)
                diag_error(&app->diag, POS_NONE, "有的行不能入库，原因见每一行的说明",
                           "some rows cannot be taken; each says why");
        return st;
}

Status app_finish_outcome(AppWorld *w, const char *file, const Json *o, bool dry, bool json)
{
        if (json)
                app_put_reply(w);
        else
                put_outcome(w->app, base_name(file), o, dry);
        return finish(w->app, verdict(o, dry));
}

Status cmd_import(App *app, Args *args)
{
        const char *db, *reg, *file, *period = NULL, *errors = NULL, *explanation = NULL, *reason = NULL, *from = NULL,
                   *columns = NULL;
        bool dry = false, json = false;
        TRY(args_option(args, "--period", &period));
        TRY(args_option(args, "--errors", &errors));
        TRY(args_option(args, "--explanation", &explanation));
        TRY(args_option(args, "--reason", &reason));
        TRY(args_option(args, "--columns", &columns));
        TRY(args_option(args, "--valid-from", &from));
        TRY(args_flag(args, "--dry-run", &dry));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "REGISTER", &reg));
        TRY(args_positional(args, "FILE", &file));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        w.call.progress = on_progress;
        w.call.progress_ctx = app;
        TRY(app_set(&w, "register", reg));
        TRY(name_file(&w, file));
        TRY(app_set(&w, "period", period));
        TRY(app_set(&w, "columns", columns));
        if (errors) { /* the workbook is made from the same file, before anything is written */
                TRY(api_call(&w.call, "record_errors"));
                TRY(app_write_file(app, errors, buf_str(&w.call.reply)));
                diag_clear(&app->diag);
                api_call_release(&w.call);
                w.call.type = NULL;
        }
        TRY(app_set(&w, "dry_run", dry ? "true" : NULL));
        TRY(app_set(&w, "explanation", explanation));
        TRY(app_set(&w, "reason", reason));
        TRY(app_set(&w, "valid_from", from));
        TRY(app_call(&w, "record_import", &o));
        return app_finish_outcome(&w, file, o, dry, json);
}

Status cmd_export(App *app, Args *args)
{
        const char *db, *reg, *out = NULL, *as_of = NULL, *where = NULL, *unit = NULL, *q = NULL, *sort = NULL;
        TRY(args_option(args, "--q", &q));
        TRY(args_option(args, "--sort", &sort));
        TRY(args_option(args, "-o", &out));
        TRY(args_option(args, "--as-of", &as_of));
        TRY(args_option(args, "--where", &where));
        TRY(args_option(args, "--unit", &unit));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "REGISTER", &reg));
        TRY(args_done(args));
        if (!out)
                return app_usage(app, "请用 -o 指明输出文件", "name the output file with -o");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "register", reg));
        TRY(app_set(&w, "as_of", as_of));
        TRY(app_set(&w, "where", where));
        TRY(app_unit(&w, &unit));
        TRY(app_set(&w, "unit", unit));
        TRY(app_set(&w, "q", q));
        TRY(app_set(&w, "sort", sort));
        static const char *const formats[] = { "csv", "tsv", "json" };
        const char *dot = strrchr(out, '.'), *format = "xlsx";
        for (size_t i = 0; dot && i < ARRAY_LEN(formats); i++)
                if (strcmp(dot + 1, formats[i]) == 0)
                        format = formats[i];
        TRY(app_set(&w, "format", format));
        TRY(app_call(&w, "record_export", NULL));
        return app_write_file(app, out, buf_str(&w.call.reply));
}

Status cmd_report(App *app, Args *args)
{
        const char *db, *form, *file, *period = NULL, *explanation = NULL;
        bool dry = false, json = false, submit = false, approve = false;
        TRY(args_option(args, "--period", &period));
        TRY(args_option(args, "--explanation", &explanation));
        TRY(args_flag(args, "--dry-run", &dry));
        TRY(args_flag(args, "--json", &json));
        TRY(args_flag(args, "--submit", &submit));
        TRY(args_flag(args, "--approve", &approve));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "FORM", &form));
        TRY(args_positional(args, "FILE", &file));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "form", form));
        TRY(app_set(&w, "period", period));
        TRY(app_take_file(&w, file));
        TRY(app_set(&w, "dry_run", dry ? "true" : NULL));
        TRY(app_set(&w, "submit", submit ? "true" : NULL));
        TRY(app_set(&w, "approve", approve ? "true" : NULL));
        TRY(app_set(&w, "explanation", explanation));
        TRY(app_call(&w, "form_report", &o));
        return app_finish_outcome(&w, file, o, dry, json);
}
