/* feel_test.h -- running one expression of a fixture: shared by the text tests, the manual's test and the sweeps. */
#ifndef KC_TESTS_FEEL_TEST_H
#define KC_TESTS_FEEL_TEST_H

#include "feel/feel_json.h"
#include "tests/test.h"

typedef struct Case {
        Str expression;         /* one or several lines */
        Str context;            /* JSON object of the inputs; may be none */
        Str unknown;            /* names that are UNKNOWN, with commas; may be none */
        Str input;              /* FEEL literal: the expression is unary tests of it; may be none */
        bool lenient;
} Case;

typedef struct Outcome {
        Status compiled, evaluated;
        Buf text;               /* the value */
        Diag diag;
} Outcome;

static inline void outcome_release(Outcome *o)
{
        buf_release(&o->text);
        diag_release(&o->diag);
}

static inline Status add_inputs(Arena *a, FeelScope *scope, const Case *c, Diag *d, FeelValue *values, size_t max)
{
        Json *json;
        FeelValue v;
        uint32_t slot;
        if (c->context.ptr) {
                TRY(json_parse(a, c->context, "context", NULL, d, &json));
                TRY(feel_from_json(a, json, NULL, "context", d, &v));
                for (size_t i = 0; i < feel_shape_len(v.context.shape); i++) {
                        const FeelType *t = feel_type_of(a, &v.context.values[i]);
                        if (!t)
                                return ST_NOMEM;
                        TRY(feel_scope_add(scope, feel_shape_key(v.context.shape, i), t, &slot));
                        if (slot >= max)
                                return ST_LIMIT;
                        values[slot] = v.context.values[i];
                }
        }
        for (Str rest = c->unknown; rest.ptr;) {
                Str name = str_trim(str_cut(rest, ',', &rest));
                TRY(feel_scope_add(scope, name, NULL, &slot));
                if (slot >= max)
                        return ST_LIMIT;
                TRY(feel_unknown(a, name, &values[slot]));
        }
        return ST_OK;
}

/* Everything from text to value.  The status of the first step that failed otherwise than by the text itself. */
static inline Status run_case(const Case *c, const FeelLimits *limits, const char *file, Outcome *o)
{
        enum { MAX_INPUTS = 64 };
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        _cleanup_feel_program_ FeelProgram *p = NULL, *input = NULL;
        _cleanup_feel_exec_ FeelExec *x = NULL;
        FeelCompileOptions options = { .lenient = c->lenient };
        FeelSource src = { .text = c->expression, .file = file };
        FeelValue values[MAX_INPUTS], v, in;
        if (!a)
                return ST_NOMEM;
        FeelScope *scope = feel_scope_new(a, NULL);
        if (!scope)
                return ST_NOMEM;
        TRY(add_inputs(a, scope, c, &o->diag, values, MAX_INPUTS));
        o->compiled = c->input.ptr ? feel_compile_unary_tests(scope, src, NULL, &options, &o->diag, &p)
                                   : feel_compile(scope, src, &options, &o->diag, &p);
        if (o->compiled != ST_OK)
                return o->compiled;
        x = feel_exec_new(limits, &o->diag);
        if (!x)
                return ST_NOMEM;
        if (c->input.ptr) {
                TRY(feel_compile(scope, FEEL_SOURCE(c->input), NULL, &o->diag, &input));
                TRY(feel_eval(x, input, values, feel_scope_len(scope), &in));
                o->evaluated = feel_eval_unary_tests(x, p, &in, values, feel_scope_len(scope), &v);
        } else {
                o->evaluated = feel_eval(x, p, values, feel_scope_len(scope), &v);
        }
        if (o->evaluated != ST_OK)
                return o->evaluated;
        feel_to_text(&v, &o->text);
        return buf_status(&o->text);
}

#endif
