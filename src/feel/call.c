/* call.c -- binding arguments to parameters, and calling functions of every kind. */
#include "feel/value_int.h"

#include <stdio.h>

/* ---------------------------------------------------------------- parameters of a function value */

size_t feel_fn_params(const FeelFunction *f)
{
        switch (f->kind) {
        case FN_CLOSURE: return f->proto->params;
        case FN_BUILTIN: return f->builtin->nparams;
        default: return f->host->param_count;
        }
}

Str feel_fn_param_name(const FeelFunction *f, size_t i)
{
        if (i >= feel_fn_params(f))
                return STR_NONE;
        switch (f->kind) {
        case FN_CLOSURE: return f->proto->param_names[i];
        case FN_BUILTIN: return str_c(f->builtin->params[i].name);
        default: return f->host->params[i].name;
        }
}

const FeelType *feel_fn_param_type(const FeelFunction *f, size_t i)
{
        const FeelType *t = NULL;
        if (i < feel_fn_params(f) && f->kind == FN_CLOSURE)
                t = f->proto->param_types ? f->proto->param_types[i] : NULL;
        else if (i < feel_fn_params(f) && f->kind == FN_HOST)
                t = f->host->params[i].type;
        return t ? t : FEEL_TYPE_ANY;
}

size_t feel_function_param_count(const FeelValue *fn)
{
        return fn->kind == FEEL_FUNCTION ? feel_fn_params(fn->function) : 0;
}

Str feel_function_param_name(const FeelValue *fn, size_t i)
{
        return fn->kind == FEEL_FUNCTION ? feel_fn_param_name(fn->function, i) : STR_NONE;
}

Status feel_function_value(Arena *a, const FeelHostFunction *def, FeelValue *ret)
{
        FeelFunction *f = arena_new_of(a, FeelFunction);
        if (!f)
                return ST_NOMEM;
        f->kind = FN_HOST;
        f->host = def;
        *ret = (FeelValue){ .kind = FEEL_FUNCTION, .function = f };
        return ST_OK;
}

/* ---------------------------------------------------------------- built-in functions */

/* Words for a mask of kinds, for messages. */
static const char *mask_text(uint32_t mask, char *out, size_t size)
{
        size_t n = 0;
        out[0] = '\0';
        if ((mask & FM_SOME) == FM_SOME)
                return "Any";
        for (unsigned k = FEEL_BOOLEAN; k < FEEL_KIND_COUNT && n + 40 < size; k++)
                if (mask & FM(k))
                        n += (size_t)snprintf(out + n, size - n, "%s%s", n ? " | " : "", feel_kind_name((FeelKind)k));
        return out;
}

typedef enum Fit { FIT_NO, FIT_COERCED, FIT_EXACT } Fit;

/* Does v fit a parameter?  FIT_COERCED: *bound is the item of a list of one, or the list of one item. */
static Fit fit(uint32_t mask, unsigned flags, const FeelValue *v, FeelValue *bound)
{
        if (mask & FM(v->kind)) {
                *bound = *v;
                return FIT_EXACT;
        }
        if (flags & FB_NO_COERCE)
                return FIT_NO;
        if (v->kind == FEEL_LIST && v->list.len == 1 && (mask & FM(v->list.items[0].kind))) {
                *bound = v->list.items[0];
                return FIT_COERCED;
        }
        if ((mask & FM_LIST) && v->kind != FEEL_NULL) {
                *bound = feel_list(v, 1);       /* v stands on the caller's stack until the call is over */
                return FIT_COERCED;
        }
        return FIT_NO;
}

/* Which overload may take so many arguments? */
static bool count_fits(const FeelBuiltin *f, size_t n)
{
        if (f->flags & FB_VARIADIC)
                return n >= f->required;
        return n >= f->required && n <= f->nparams;
}

typedef struct Misfit {
        size_t param;
        const FeelBuiltin *row;
        const FeelValue *value;
} Misfit;

/* Fills bound (count values).  misfit: the first argument that did not fit. */
static Fit bind_row(const FeelBuiltin *f, const FeelSite *site, const FeelValue *args, size_t n, FeelValue *bound,
                    size_t count, Misfit *misfit)
{
        Fit worst = FIT_EXACT;
        for (size_t i = 0; i < count; i++) {
                size_t p = i < f->nparams ? i : f->nparams - 1u, from = i;
                if (site->named)
                        from = i < site->params && site->order[i] != FEEL_NO_ARG ? site->order[i] : SIZE_MAX;
                if (from >= n) {
                        bound[i] = feel_null();
                        continue;
                }
                Fit one = FIT_EXACT;
                if (args[from].kind == FEEL_UNKNOWN)
                        bound[i] = args[from];
                else
                        one = fit(f->params[p].mask, f->flags, &args[from], &bound[i]);
                if (one == FIT_NO) {
                        if (!misfit->row || (misfit->value->kind == FEEL_NULL && args[from].kind != FEEL_NULL))
                                *misfit = (Misfit){ p, f, &args[from] };
                        return FIT_NO;
                }
                if (one < worst)
                        worst = one;
        }
        return worst;
}

static Status unknown_arguments(FeelExec *x, const FeelValue *args, size_t n, bool *ret_any, FeelValue *ret)
{
        FeelValue all = feel_null();
        *ret_any = false;
        for (size_t i = 0; i < n; i++) {
                if (args[i].kind != FEEL_UNKNOWN)
                        continue;
                if (*ret_any)
                        TRY(feel_unknown_union(x->arena, &all, &args[i], &all));
                else
                        all = args[i];
                *ret_any = true;
        }
        if (*ret_any)
                *ret = all;
        return ST_OK;
}

static Status no_overload(FeelExec *x, const FeelSite *site, size_t n, const Misfit *m, FeelValue *ret)
{
        char kinds[400];
        if (!m->row)
                return FEEL_FAIL(x, ret, "函数 %.*s 不接受 %zu 个参数", "%.*s does not take %zu arguments",
                                 STR_FMT(site->name), n);
        if (m->value->kind == FEEL_NULL) {
                if (m->row->flags & FB_QUIET) {
                        *ret = feel_null();
                        return ST_OK;
                }
                return FEEL_FAIL(x, ret, "%.*s 的参数 “%s” 为空", "%.*s: \"%s\" is null", STR_FMT(site->name),
                                 m->row->params[m->param].name);
        }
        return FEEL_FAIL(x, ret, "函数 %.*s 的参数 “%s” 应为 %s，而不是 %s", "%.*s: \"%s\" should be %s, not %s",
                         STR_FMT(site->name), m->row->params[m->param].name,
                         mask_text(m->row->params[m->param].mask, kinds, sizeof(kinds)),
                         feel_kind_name(m->value->kind));
}

Status feel_call_builtin(FeelExec *x, const FeelSite *site, const FeelValue *args, size_t n, FeelValue *ret)
{
        FeelValue few[FEEL_PARAMS_MAX], *bound = few;
        Misfit misfit = { 0 };
        const FeelBuiltin *best = NULL;
        bool unknown = false;

        for (size_t r = 0; r < site->overloads; r++) {
                const FeelBuiltin *f = &site->builtin[r];
                if (!site->named && !count_fits(f, n))
                        continue;
                size_t count = !site->named && (f->flags & FB_VARIADIC) && n > f->nparams ? n : f->nparams;
                if (count > FEEL_PARAMS_MAX && bound == few)
                        TRY(feel_new_values(x, count, &bound));
                Fit one = bind_row(f, site, args, n, bound, count, &misfit);
                if (one == FIT_NO || (one == FIT_COERCED && best))
                        continue;
                best = f;
                if (one == FIT_EXACT || site->overloads == 1)
                        break;
                bound = few;
        }
        if (!best)
                return no_overload(x, site, n, &misfit, ret);
        size_t count = !site->named && (best->flags & FB_VARIADIC) && n > best->nparams ? n : best->nparams;
        if (site->overloads > 1) {
                bound = few;
                if (count > FEEL_PARAMS_MAX)
                        TRY(feel_new_values(x, count, &bound));
                (void)bind_row(best, site, args, n, bound, count, &misfit);
        }
        if (!(best->flags & FB_UNKNOWN)) {
                TRY(unknown_arguments(x, bound, count, &unknown, ret));
                if (unknown)
                        return ST_OK;
        }
        FeelValue out = feel_null();
        size_t given = site->named || (best->flags & FB_VARIADIC) == 0 ? best->nparams : n;
        TRY(best->fn(x, bound, given, &out));
        *ret = out;
        return ST_OK;
}

/* ---------------------------------------------------------------- host functions */

Status feel_call_host(FeelExec *x, const FeelHostFunction *f, const FeelValue *args, size_t n, FeelValue *ret)
{
        size_t required = f->param_count;
        bool unknown = false;
        while (required > 0 && f->params[required - 1].optional)
                required--;
        if (n < required || (n > f->param_count && !f->variadic))
                return FEEL_FAIL(x, ret, "函数 %.*s 不接受 %zu 个参数", "%.*s does not take %zu arguments",
                                 STR_FMT(f->name), n);
        if (!f->accepts_unknown) {
                TRY(unknown_arguments(x, args, n, &unknown, ret));
                if (unknown)
                        return ST_OK;
        }
        size_t count = n > f->param_count ? n : f->param_count;
        FeelValue few[FEEL_PARAMS_MAX], *bound = few;
        if (count > FEEL_PARAMS_MAX)
                TRY(feel_new_values(x, count, &bound));
        for (size_t i = 0; i < count; i++) {
                const FeelHostParam *p = &f->params[i < f->param_count ? i : f->param_count - 1];
                bool ok = true;
                if (i >= n)
                        bound[i] = feel_null();
                else
                        TRY(feel_coerce(x->arena, &args[i], p->type ? p->type : FEEL_TYPE_ANY, &ok, &bound[i]));
                if (!ok)
                        return FEEL_FAIL(x, ret, "函数 %.*s 的参数 “%.*s” 不能是 %s", "%.*s: \"%.*s\" cannot be %s",
                                         STR_FMT(f->name), STR_FMT(p->name), feel_kind_name(args[i].kind));
        }
        if (x->depth >= x->limits.max_depth)
                return ST_LIMIT;
        FeelValue out = feel_null();
        x->depth++;
        Status st = f->fn(x, f->user, bound, f->variadic ? n : count, &out);
        x->depth--;
        if (st == ST_OK)
                *ret = out;
        return st;
}

/* ---------------------------------------------------------------- any function value */

static Status call_closure(FeelExec *x, const FeelFunction *f, const FeelValue *args, size_t n, FeelValue *ret)
{
        const FeelProto *p = f->proto;
        FeelValue few[FEEL_PARAMS_MAX], *bound = few;
        if (n != p->params)
                return FEEL_FAIL(x, ret, "函数 %.*s 需要 %u 个参数，给了 %zu 个",
                                 "%.*s takes %u arguments, %zu were given", STR_FMT(p->name), p->params, n);
        if (!p->param_types)
                return feel_run_closure(x, f, args, ret);
        if (n > FEEL_PARAMS_MAX)
                TRY(feel_new_values(x, n, &bound));
        for (size_t i = 0; i < n; i++) {
                bool ok = true;
                if (p->param_types[i])
                        TRY(feel_coerce(x->arena, &args[i], p->param_types[i], &ok, &bound[i]));
                else
                        bound[i] = args[i];
                if (!ok)
                        return FEEL_FAIL(x, ret, "参数 “%.*s” 的类型不符：%s",
                                         "argument \"%.*s\" has the wrong type: %s", STR_FMT(p->param_names[i]),
                                         feel_kind_name(args[i].kind));
        }
        return feel_run_closure(x, f, bound, ret);
}

Status feel_call_function(FeelExec *x, const FeelFunction *f, const FeelValue *args, size_t n, FeelValue *ret)
{
        switch (f->kind) {
        case FN_CLOSURE:
                return call_closure(x, f, args, n, ret);
        case FN_BUILTIN: {
                FeelSite site = { .name = str_c(f->builtin->name), .argc = (uint32_t)n, .builtin = f->builtin,
                                  .overloads = f->overloads };
                return feel_call_builtin(x, &site, args, n, ret);
        }
        default:
                return feel_call_host(x, f->host, args, n, ret);
        }
}

Status feel_call(FeelExec *x, const FeelValue *fn, const FeelValue *args, size_t n, FeelValue *ret)
{
        if (fn->kind == FEEL_UNKNOWN) {
                *ret = *fn;
                return ST_OK;
        }
        if (fn->kind != FEEL_FUNCTION)
                return FEEL_FAIL(x, ret, "%s 不是函数", "%s is not a function", feel_kind_name(fn->kind));
        return feel_call_function(x, fn->function, args, n, ret);
}

bool feel_bind_names(const FeelBuiltin *f, const Str *names, size_t n, uint8_t *order)
{
        size_t given = 0;
        if (f->flags & FB_NO_NAMES)
                return false;
        for (size_t p = 0; p < f->nparams; p++) {
                order[p] = FEEL_NO_ARG;
                for (size_t i = 0; i < n; i++)
                        if (str_eq_c(names[i], f->params[p].name))
                                order[p] = (uint8_t)i;
                given += order[p] != FEEL_NO_ARG;
                if (p < f->required && order[p] == FEEL_NO_ARG)
                        return false;
        }
        return given == n;
}

Status feel_call_named(FeelExec *x, const FeelFunction *f, const FeelValue *args, const Str *names, size_t n,
                       FeelValue *ret)
{
        if (f->kind == FN_BUILTIN) {
                uint8_t order[FEEL_PARAMS_MAX];
                for (size_t r = 0; r < f->overloads; r++) {
                        if (!feel_bind_names(&f->builtin[r], names, n, order))
                                continue;
                        FeelSite site = { .name = str_c(f->builtin->name), .argc = (uint32_t)n, .named = true,
                                          .builtin = &f->builtin[r], .overloads = 1, .order = order,
                                          .params = f->builtin[r].nparams };
                        return feel_call_builtin(x, &site, args, n, ret);
                }
                return FEEL_FAIL(x, ret, "函数 %s 没有这些名称的参数", "%s has no parameters of these names",
                                 f->builtin->name);
        }
        size_t params = feel_fn_params(f), last = 0;
        FeelValue few[FEEL_PARAMS_MAX], *bound = few;
        if (params > FEEL_PARAMS_MAX)
                TRY(feel_new_values(x, params, &bound));
        size_t given = 0, missing = 0;
        for (size_t p = 0; p < params; p++) {
                size_t before = given;
                bound[p] = feel_null();
                for (size_t i = 0; i < n; i++) {
                        if (str_eq(names[i], feel_fn_param_name(f, p))) {
                                bound[p] = args[i];
                                given++;
                                last = p + 1;
                                break;
                        }
                }
                missing += given == before && !(f->kind == FN_HOST && f->host->params[p].optional);
        }
        if (given != n || missing)
                return FEEL_FAIL(x, ret, "函数没有这些名称的参数", "the function has no parameters of these names");
        return feel_call_function(x, f, bound, f->kind == FN_HOST ? last : params, ret);
}
