#include "app/commands.h"
#include "feel/feel_json.h"

#define CONTEXT_MAX ((size_t)64 << 20)

/* Names and values of a JSON object become the names the expression may use. */
static Status read_context(App *app, const char *path, FeelScope *scope, FeelValue **ret_values)
{
        Str text;
        Json *json;
        TRY(app_read_file(app, path, CONTEXT_MAX, &text));
        TRY(json_parse(app->arena, text, path, NULL, &app->diag, &json));
        FeelValue context;
        TRY(feel_from_json(app->arena, json, NULL, path, &app->diag, &context));
        if (context.kind != FEEL_CONTEXT)
                return diag_fail(&app->diag, ST_INVALID, POS_FILE(path), "应为一个 JSON 对象",
                                 "expected a JSON object");
        size_t n = feel_shape_len(context.context.shape);
        FeelValue *values = arena_array_of(app->arena, FeelValue, n + 1);
        if (!values)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                uint32_t slot;
                Str key = feel_shape_key(context.context.shape, i);
                const FeelType *type = feel_type_of(app->arena, &context.context.values[i]);
                if (!type)
                        return ST_NOMEM;
                Status st = feel_scope_add(scope, key, type, &slot);
                if (st == ST_INVALID)
                        return diag_fail(&app->diag, st, POS_FILE(path), "“%.*s” 不是 FEEL 名称",
                                         "\"%.*s\" is not a FEEL name", STR_FMT(key));
                TRY(st);
                values[slot] = context.context.values[i];
        }
        *ret_values = values;
        return ST_OK;
}

Status cmd_feel(App *app, Args *args)
{
        const char *path = NULL, *text;
        bool json = false, code = false;
        TRY(args_option(args, "--context", &path));
        TRY(args_flag(args, "--json", &json));
        TRY(args_flag(args, "--code", &code));
        TRY(args_positional(args, "EXPR", &text));
        TRY(args_done(args));

        FeelValue *values = NULL, v;
        FeelScope *scope = feel_scope_new(app->arena, NULL);
        if (!scope)
                return ST_NOMEM;
        if (path)
                TRY(read_context(app, path, scope, &values));
        _cleanup_feel_program_ FeelProgram *program = NULL;
        FeelCompileOptions options = { .lenient = true };
        FeelSource source = { .text = str_c(text), .file = app->lang == LANG_EN ? "expression" : "表达式" };
        TRY(feel_compile(scope, source, &options, &app->diag, &program));
        if (code) {
                feel_program_disassemble(program, &app->out);
                return buf_status(&app->out);
        }
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(NULL, &app->diag);
        if (!x)
                return ST_NOMEM;
        Status st = feel_eval(x, program, values, feel_scope_len(scope), &v);
        if (st == ST_LIMIT || st == ST_TIMEOUT)
                return diag_fail(&app->diag, st, POS_NONE, "计算被停止：%s", "the evaluation was stopped: %s",
                                 status_text(st, app->lang));
        TRY(st);
        if (json) {
                JsonWriter w = json_writer(&app->out, JSON_PRETTY);
                feel_to_json(&v, &w);
        } else {
                feel_to_text(&v, &app->out);
        }
        if (!json)
                buf_putc(&app->out, '\n');
        return buf_status(&app->out);
}
