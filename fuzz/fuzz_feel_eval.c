/* Programs run within their limits, and a value's text is that value again. */
#include "feel/feel.h"
#include "fuzz/fuzz.h"

static bool has_function(const FeelValue *v, int depth)
{
        if (depth > 20 || v->kind == FEEL_FUNCTION || v->kind == FEEL_UNKNOWN)
                return true;
        if (v->kind == FEEL_LIST)
                for (size_t i = 0; i < v->list.len; i++)
                        if (has_function(&v->list.items[i], depth + 1))
                                return true;
        if (v->kind == FEEL_CONTEXT)
                for (size_t i = 0; i < feel_shape_len(v->context.shape); i++)
                        if (has_function(&v->context.values[i], depth + 1))
                                return true;
        /* Ends of ranges by host types only (a range of ranges has no literal). */
        return v->kind == FEEL_RANGE;
}

static void round_trip(const FeelValue *v)
{
        _cleanup_buf_ Buf text = BUF_INIT((size_t)1 << 16);
        _cleanup_feel_program_ FeelProgram *p = NULL;
        FeelLimits limits = { .max_steps = 100000, .max_bytes = (size_t)8 << 20, .max_depth = 50 };
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        FeelValue back;
        feel_to_text(v, &text);
        if (!x || text.failed != ST_OK || has_function(v, 0))
                return;
        Status st = feel_compile(NULL, FEEL_SOURCE(buf_str(&text)), NULL, NULL, &p);
        if (st == ST_LIMIT || st == ST_NOMEM)
                return;
        FUZZ_ASSERT(st == ST_OK);
        st = feel_eval(x, p, NULL, 0, &back);
        FUZZ_ASSERT(st == ST_OK || st == ST_LIMIT || st == ST_NOMEM);
        if (st == ST_OK && v->kind != FEEL_NULL)
                FUZZ_ASSERT(feel_equal(v, &back) == FEEL_TRUE);
}

void fuzz_one(Str input)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)1 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        _cleanup_feel_program_ FeelProgram *p = NULL, *tests = NULL;
        FeelCompileOptions o = { .lenient = true, .max_text = 4000, .max_bytes = (size_t)16 << 20 };
        FeelLimits limits = { .max_ns = 2000000000, .max_steps = 20000, .max_bytes = (size_t)4 << 20, .max_depth = 60 };
        FeelScope *s = a ? feel_scope_new(a, NULL) : NULL;
        FeelValue in[3], v;
        if (!s || feel_scope_add(s, STR("a"), NULL, NULL) != ST_OK || feel_scope_add(s, STR("list"), NULL, NULL) != ST_OK ||
            feel_scope_add(s, STR("missing"), NULL, NULL) != ST_OK || feel_unknown(a, STR("missing"), &in[2]) != ST_OK)
                return;
        FeelValue items[] = { feel_i64(1), feel_string(STR("科创")), feel_null(), in[2] };
        in[0] = feel_i64(7);
        in[1] = feel_list(items, 4);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, &d);
        if (!x)
                return;
        if (feel_compile(s, FEEL_SOURCE(input), &o, &d, &p) == ST_OK) {
                Status st = feel_eval(x, p, in, 3, &v);
                FUZZ_ASSERT(st == ST_OK || st == ST_LIMIT || st == ST_TIMEOUT || st == ST_NOMEM);
                if (st == ST_OK)
                        round_trip(&v);
        }
        feel_exec_reset(x);
        if (feel_compile_unary_tests(s, FEEL_SOURCE(input), NULL, &o, &d, &tests) == ST_OK) {
                Status st = feel_eval_unary_tests(x, tests, &in[0], in, 3, &v);
                FUZZ_ASSERT(st == ST_OK || st == ST_LIMIT || st == ST_TIMEOUT || st == ST_NOMEM);
                FUZZ_ASSERT(st != ST_OK || v.kind == FEEL_BOOLEAN || v.kind == FEEL_UNKNOWN);
        }
}
