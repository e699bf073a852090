/* cmd_dmn.c -- decision models from the command line: evaluate, check, run the kit's cases. */
#include "app/cmd_dmn.h"

#include "app/commands.h"
#include "feel/feel_json.h"

enum { JSON_MAX_MIB = 256 };

Status cmd_dmn_load(App *app, const char *path, bool keep_going, DmnModel **ret)
{
        DmnLoadOptions options = { .keep_going = keep_going };
        return dmn_load_file(path, &options, &app->diag, ret);
}

/* The decision asked for, or the only one. */
Status cmd_dmn_decision(App *app, const DmnModel *m, const char *name, const DmnDecision **ret)
{
        if (!name && dmn_decision_count(m) == 1) {
                *ret = dmn_decision_at(m, 0);
                return ST_OK;
        }
        *ret = name ? dmn_find_decision(m, str_c(name)) : NULL;
        if (*ret)
                return ST_OK;
        _cleanup_buf_ Buf names = BUF_INIT(1 << 20);
        for (size_t i = 0; i < dmn_decision_count(m) && names.len < 2000; i++)
                buf_printf(&names, app->lang == LANG_EN ? "%s\"%.*s\"" : "%s“%.*s”",
                           i == 0 ? "" : app->lang == LANG_EN ? ", " : "、",
                           STR_FMT(dmn_decision_name(dmn_decision_at(m, i))));
        if (!name)
                return app_usage(app, "用 --decision 说明要算哪个决策；模型里有：%s",
                                 "--decision says which decision to evaluate; the model has: %s", buf_cstr(&names));
        return diag_fail(&app->diag, ST_NOT_FOUND, POS_NONE, "模型里没有决策“%s”；有：%s",
                         "the model has no decision \"%s\"; it has: %s", name, buf_cstr(&names));
}

/* An input's JSON value is read with the type that the model declares for it. */
static Status typed_inputs(App *app, const DmnDecision *d, const Json *j, const char *file, FeelValue *ret)
{
        if (j->kind != JSON_OBJECT)
                return diag_fail(&app->diag, ST_INVALID, json_pos(j, file), "输入应是一个 JSON 对象",
                                 "the input has to be a JSON object");
        size_t count = 0;
        const DmnInput *known = d ? dmn_decision_inputs(d, &count) : NULL;
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(app->arena);
        for (size_t i = 0; i < j->count; i++) {
                const FeelType *type = NULL;
                for (size_t k = 0; k < count; k++)
                        if (str_eq(known[k].name, j->members[i].key))
                                type = known[k].type;
                FeelValue v;
                TRY(feel_from_json(app->arena, &j->members[i].value, type, file, &app->diag, &v));
                TRY(feel_context_put(&b, j->members[i].key, &v));
        }
        return feel_context_done(&b, ret);
}

static Status limits_from(Args *args, FeelLimits *limits)
{
        int64_t seconds = 60, mib = 1024;
        TRY(args_option_int(args, "--timeout", 1, 86400, &seconds));
        TRY(args_option_int(args, "--memory", 1, 1 << 20, &mib));
        *limits = FEEL_LIMITS_DEFAULT;
        limits->max_ns = (uint64_t)seconds * 1000000000u;
        limits->max_bytes = (size_t)mib << 20;
        return ST_OK;
}

static void put_messages(const Diag *d, JsonWriter *w)
{
        jw_put_array(w, "messages");
        for (size_t i = 0; i < d->count; i++) {
                jw_object_begin(w);
                jw_put_i64(w, "line", d->msgs[i].pos.line);
                jw_put_i64(w, "column", d->msgs[i].pos.col);
                jw_put_cstr(w, "text", d->msgs[i].text);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static Status put_result(App *app, Str name, const FeelValue *v, const DmnTrace *trace, bool json)
{
        if (!json) {
                if (trace) {
                        dmn_trace_text(trace, app->lang, &app->out);
                } else {
                        feel_to_text(v, &app->out);
                        buf_putc(&app->out, '\n');
                }
                return buf_status(&app->out);
        }
        JsonWriter w = json_writer(&app->out, JSON_PRETTY);
        jw_object_begin(&w);
        jw_put_str(&w, "decision", name);
        jw_key(&w, STR("result"));
        feel_to_json(v, &w);
        put_messages(&app->diag, &w);
        if (trace) {
                jw_key(&w, STR("explanation"));
                dmn_trace_json(trace, &w);
        }
        jw_object_end(&w);
        return jw_finish(&w);
}

Status cmd_dmn_eval(App *app, Args *args)
{
        const char *path, *name = NULL, *input = NULL;
        bool explain = false, json = false;
        FeelLimits limits;
        TRY(args_option(args, "--decision", &name));
        TRY(args_option(args, "--input", &input));
        TRY(args_flag(args, "--explain", &explain));
        TRY(args_flag(args, "--json", &json));
        TRY(limits_from(args, &limits));
        TRY(args_positional(args, "MODEL", &path));
        TRY(args_done(args));
        _cleanup_dmn_model_ DmnModel *m = NULL;
        TRY(cmd_dmn_load(app, path, false, &m));
        const DmnDecision *d = NULL;
        const DmnService *s = name ? dmn_find_service(m, str_c(name)) : NULL;
        if (!s || dmn_find_decision(m, str_c(name))) {
                TRY(cmd_dmn_decision(app, m, name, &d));
                s = NULL;
        }
        FeelValue inputs = feel_null(), result;
        if (input) {
                Str text;
                Json *j;
                TRY(app_read_file(app, input, (size_t)JSON_MAX_MIB << 20, &text));
                TRY(json_parse(app->arena, text, input, NULL, &app->diag, &j));
                TRY(typed_inputs(app, d, j, input, &inputs));
        }
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, &app->diag);
        if (!x)
                return ST_NOMEM;
        DmnTrace trace = { .arena = app->arena };
        DmnTrace *t = explain ? &trace : NULL;
        if (s)
                TRY(dmn_eval_service(m, s, x, inputs, t, &result));
        else
                TRY(dmn_eval(m, d, x, inputs, t, &result));
        return put_result(app, s ? str_c(name) : dmn_decision_name(d), &result, t, json);
}

/* Findings go to standard output: they are the result.  An error makes the answer no; a warning (a gap that may be
 * meant, a rule that never fires) only where the caller says so. */
Status cmd_dmn_check(App *app, Args *args)
{
        const char *path;
        bool strict = false;
        TRY(args_flag(args, "--strict", &strict));
        TRY(args_positional(args, "MODEL", &path));
        TRY(args_done(args));
        _cleanup_dmn_model_ DmnModel *m = NULL;
        TRY(cmd_dmn_load(app, path, true, &m));
        _cleanup_diag_ Diag found = DIAG_INIT(app->lang);
        found.max = 10000;
        Status st = dmn_check(m, &found);
        if (st != ST_OK && st != ST_CHECK)
                return st;
        diag_print(&found, &app->out);
        buf_printf(&app->out, app->lang == LANG_EN ? "%zu errors, %zu warnings\n" : "%zu 个错误，%zu 个警告\n",
                   found.errors, found.warnings);
        return found.errors || (strict && found.warnings) ? ST_CHECK : ST_OK;
}

Status cmd_dmn_test(App *app, Args *args)
{
        const char *path;
        DmnTckCounts counts = { 0 };
        TRY(args_positional(args, "PATH", &path));
        while (path) {
                Status st = dmn_tck_path(path, app->lang, &app->out, &counts);
                if (st == ST_NOT_FOUND)
                        return diag_fail(&app->diag, st, POS_FILE(path), "没有这个文件或文件夹",
                                         "no such file or folder");
                TRY(st);
                TRY(args_positional_opt(args, &path));
        }
        buf_printf(&app->out, "%zu passed, %zu failed\n", counts.passed, counts.failed);
        return counts.failed || !counts.passed ? ST_CHECK : ST_OK;
}
