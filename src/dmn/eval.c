/* eval.c -- a run: the value of each element at most once, on demand; functions and
 * services of the model as FEEL functions. */
#include "dmn/link_int.h"
#include "dmn/run_int.h"

void dmn_warn(DmnRun *run, const DmnDefs *defs, int line, int col, const char *zh, const char *en, ...)
{
        Diag *d = feel_exec_diag(run->x);
        if (!d)
                return;
        _cleanup_buf_ Buf b = BUF_INIT(4096);
        va_list ap;
        va_start(ap, en);
        buf_vprintf(&b, d->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        diag_warning(d, dmn_pos(defs, line, col), "%s", "%s", buf_cstr(&b));
}

Status dmn_take(DmnRun *run, const DmnDefs *defs, int line, int col, Str what, const DmnType *type, FeelValue *v)
{
        if (!type)
                return ST_OK;
        bool ok;
        FeelValue taken;
        TRY(dmn_conform(run->x, v, type, &ok, &taken));
        if (!ok && feel_exec_diag(run->x)) {
                _cleanup_buf_ Buf shown = BUF_INIT(300), name = BUF_INIT(300);
                feel_to_text(v, &shown);
                if (type->name.len)
                        buf_put_str(&name, type->name);
                else
                        feel_type_to_text(type->feel, &name);
                dmn_warn(run, defs, line, col, "“%.*s”的值 %s 不符合类型 %s，按 null 处理",
                         "the value of \"%.*s\", %s, is no %s: null", STR_FMT(what), buf_cstr(&shown), buf_cstr(&name));
        }
        *v = taken;
        return ST_OK;
}

/* ---- functions ---- */

typedef struct DmnClosure {
        FeelHostFunction def;
        DmnRun *run;
        const DmnDefs *defs;
        const DmnFunction *fn;
        const DmnElement *element;      /* a business knowledge model or a service; NULL: a boxed function */
        const FeelValue *frame;
} DmnClosure;

static Status run_body(DmnClosure *c, const FeelValue *args, size_t n, FeelValue *ret)
{
        DmnRun *run = c->run;
        const DmnFunction *fn = c->fn;
        if (!fn->body) {
                *ret = feel_null();
                return ST_OK;
        }
        FeelValue *frame;
        TRY(feel_new_values(run->x, fn->env_len, &frame));
        memset(frame, 0, fn->env_len * sizeof(FeelValue));
        if (fn->outer_len)
                memcpy(frame, c->frame, fn->outer_len * sizeof(FeelValue));
        for (size_t i = 0; i < fn->param_count; i++) {
                FeelValue v = i < n ? args[i] : feel_null();
                bool ok = true;
                FeelValue taken = v;
                if (fn->params[i].type)
                        TRY(dmn_conform(run->x, &v, fn->params[i].type, &ok, &taken));
                if (!ok) {
                        *ret = feel_null();
                        dmn_warn(run, c->defs, fn->body->line, fn->body->col,
                                 "参数“%.*s”的值不符合类型，不调用函数“%.*s”",
                                 "parameter \"%.*s\" got a value outside its type: function \"%.*s\" is not called",
                                 STR_FMT(fn->params[i].name), STR_FMT(fn->name));
                        return ST_OK;
                }
                frame[fn->params[i].slot] = taken;
        }
        return dmn_eval_box(run, c->defs, fn->body, frame, fn->env_len, ret);
}

static Status call_closure(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        DmnClosure *c = user;
        DmnRun *run = c->run;
        if (run->x != x)
                return ST_INTERNAL;     /* a function value carried into another evaluation */
        DmnTraceNode *node = NULL;
        int line = c->element ? c->element->line : 0, col = c->element ? c->element->col : 0;
        TRY(dmn_trace_open(run, DMN_TRACE_CALL, c->fn->name, c->defs, line, col, &node));
        for (size_t i = 0; node && i < n && i < c->fn->param_count; i++)
                TRY(dmn_trace_leaf(run, DMN_TRACE_ARGUMENT, c->fn->params[i].name, c->defs, line, col, STR(""),
                                   &args[i], NULL));
        if (c->element && c->element->kind == EL_SERVICE)
                TRY(dmn_call_service(run, c->element, args, n, ret));
        else
                TRY(run_body(c, args, n, ret));
        if (c->fn->result)
                TRY(dmn_take(run, c->defs, line, col, c->fn->name, c->fn->result, ret));
        if (node)
                node->value = *ret;
        dmn_trace_close(run, node);
        return ST_OK;
}

Status dmn_closure(DmnRun *run, const DmnDefs *defs, const DmnFunction *fn, const DmnElement *element,
                   const FeelValue *frame, FeelValue *ret)
{
        Arena *a = feel_exec_arena(run->x);
        if (fn->kind != DMN_FN_FEEL) {
                *ret = feel_null();
                return fn->external ? feel_eval(run->x, fn->external, frame, fn->outer_len, ret) : ST_OK;
        }
        DmnClosure *c = arena_new_of(a, DmnClosure);
        if (!c)
                return ST_NOMEM;
        *c = (DmnClosure){ .run = run, .defs = defs, .fn = fn, .element = element, .frame = frame };
        c->def = (FeelHostFunction){
                .name = fn->name, .params = fn->host_params, .param_count = fn->param_count,
                .result = fn->host_type->element, .accepts_unknown = true, .fn = call_closure, .user = c,
        };
        return feel_function_value(a, &c->def, ret);
}

/* ---- elements ---- */

/* The frame of an element: what it requires, in its slots. */
static Status frame_of(DmnRun *run, const DmnElement *e, FeelValue **ret)
{
        FeelValue *frame;
        TRY(feel_new_values(run->x, e->env.len, &frame));
        memset(frame, 0, e->env.len * sizeof(FeelValue));
        for (size_t i = 0; i < e->reqs.len; i++) {
                const DmnReq *r = &e->reqs.items[i];
                if (r->target && !r->via)
                        TRY(dmn_run_value(run, r->target, &frame[r->slot]));
        }
        for (size_t g = 0; g < e->group_count; g++) {
                const DmnGroup *group = &e->groups[g];
                FeelValue *values;
                TRY(feel_new_values(run->x, group->len, &values));
                for (size_t i = 0; i < group->len; i++)
                        TRY(dmn_run_value(run, group->members[i], &values[i]));
                frame[group->slot] = feel_context(group->shape, values);
        }
        *ret = frame;
        return ST_OK;
}

/* An input of an imported model stands in the context of its import: {"Model B": {modelA: {name: …}}};
 * a plain name is taken too. */
static const FeelValue *given(const DmnRun *run, const DmnElement *e)
{
        if (!feel_is(&run->inputs, FEEL_CONTEXT))
                return NULL;
        const FeelValue *at = &run->inputs;
        const DmnDefs *chain[64];
        size_t n = 0;
        for (const DmnDefs *d = e->defs; d->parent && n < ARRAY_LEN(chain); d = d->parent)
                chain[n++] = d;
        bool nested = true;
        while (n > 0 && nested) {
                const DmnDefs *d = chain[--n];
                if (d->import_name.len == 0)
                        continue;
                at = feel_context_get(at, d->import_name);
                nested = at && feel_is(at, FEEL_CONTEXT);
        }
        const FeelValue *v = nested ? feel_context_get(at, e->name) : NULL;
        if (!v && e->defs->parent) {
                v = feel_context_get(&run->inputs, e->full_name);
                if (!v)
                        v = feel_context_get(&run->inputs, e->name);
        }
        return v;
}

static Status input_value(DmnRun *run, const DmnElement *e, FeelValue *ret)
{
        const FeelValue *v = given(run, e);
        *ret = v ? *v : feel_null();
        if (!v)
                dmn_warn(run, e->defs, e->line, e->col, "没有给出输入“%.*s”", "input \"%.*s\" was not given",
                         STR_FMT(e->full_name));
        TRY(dmn_take(run, e->defs, e->line, e->col, e->name, e->type, ret));
        return dmn_trace_leaf(run, DMN_TRACE_INPUT, e->full_name, e->defs, e->line, e->col, STR(""), ret, NULL);
}

static Status decision_value(DmnRun *run, const DmnElement *e, FeelValue *ret)
{
        DmnTraceNode *node = NULL;
        TRY(dmn_trace_open(run, DMN_TRACE_DECISION, e->full_name, e->defs, e->line, e->col, &node));
        size_t messages = dmn_trace_message_count(run);
        FeelValue v = feel_null();
        if (e->box) {
                FeelValue *frame;
                TRY(frame_of(run, e, &frame));
                TRY(dmn_eval_box(run, e->defs, e->box, frame, e->env.len, &v));
                TRY(dmn_take(run, e->defs, e->line, e->col, e->name, e->type, &v));
        } else {
                dmn_warn(run, e->defs, e->line, e->col, "决策“%.*s”没有决策逻辑，结果为 null",
                         "decision \"%.*s\" has no logic: null", STR_FMT(e->name));
        }
        if (node) {
                node->value = v;
                if (feel_is(&v, FEEL_NULL))
                        TRY(dmn_trace_messages(run, messages));
        }
        dmn_trace_close(run, node);
        *ret = v;
        return ST_OK;
}

static Status function_value(DmnRun *run, const DmnElement *e, FeelValue *ret)
{
        if (!e->fn) {
                *ret = feel_null();
                return ST_OK;
        }
        FeelValue *frame;
        TRY(frame_of(run, e, &frame));
        TRY(dmn_closure(run, e->defs, e->fn, e, frame, ret));
        if (e->self_slot < e->env.len)
                frame[e->self_slot] = *ret;
        return ST_OK;
}

Status dmn_run_value(DmnRun *run, const DmnElement *e, FeelValue *ret)
{
        if (run->known[e->index]) {
                *ret = run->values[e->index];
                return ST_OK;
        }
        TRY(feel_tick(run->x, 1));
        FeelValue v = feel_null();
        const FeelValue *instead = NULL;
        switch (e->kind) {
        case EL_INPUT:
                TRY(input_value(run, e, &v));
                break;
        case EL_DECISION:
                instead = run->root != e ? given(run, e) : NULL;
                if (instead) {
                        v = *instead;
                        TRY(dmn_take(run, e->defs, e->line, e->col, e->name, e->type, &v));
                        TRY(dmn_trace_leaf(run, DMN_TRACE_INPUT, e->full_name, e->defs, e->line, e->col, STR(""), &v,
                                           NULL));
                } else {
                        TRY(decision_value(run, e, &v));
                }
                break;
        case EL_BKM:
        case EL_SERVICE:
                TRY(function_value(run, e, &v));
                break;
        }
        run->values[e->index] = v;
        run->known[e->index] = 1;
        *ret = v;
        return ST_OK;
}

Status dmn_run_new(const DmnModel *m, FeelExec *x, DmnTrace *trace, DmnRun **ret)
{
        Arena *a = feel_exec_arena(x);
        DmnRun *run = arena_alloc(a, sizeof(*run));
        size_t n = m->element_count;
        if (!run)
                return ST_NOMEM;
        *run = (DmnRun){ .m = m, .x = x, .trace = trace };
        TRY(feel_new_values(x, n, &run->values));
        run->known = arena_calloc(a, n, 1);
        if (!run->known)
                return ST_NOMEM;
        *ret = run;
        return ST_OK;
}

/* A service has a run of its own: what it is given takes the place of its input data and
 * input decisions there, and there only. */
Status dmn_call_service(DmnRun *outer, const DmnElement *s, const FeelValue *args, size_t n, FeelValue *ret)
{
        DmnRun *run;
        TRY(feel_tick(outer->x, 1));
        TRY(dmn_run_new(outer->m, outer->x, outer->trace, &run));
        const DmnReqs *lists[] = { &s->input_data, &s->input_decisions };
        size_t k = 0;
        for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
                for (size_t i = 0; i < lists[l]->len; i++, k++) {
                        const DmnElement *e = lists[l]->items[i].target;
                        if (!e)
                                continue;
                        FeelValue v = k < n ? args[k] : feel_null();
                        TRY(dmn_take(run, e->defs, e->line, e->col, e->name, e->type, &v));
                        run->values[e->index] = v;
                        run->known[e->index] = 1;
                }
        }
        if (s->outputs.len == 1 && s->outputs.items[0].target)
                return dmn_run_value(run, s->outputs.items[0].target, ret);
        FeelValue *values;
        TRY(feel_new_values(run->x, s->outputs.len, &values));
        memset(values, 0, s->outputs.len * sizeof(*values));
        size_t filled = 0;
        for (size_t i = 0; i < s->outputs.len; i++)
                if (s->outputs.items[i].target)
                        TRY(dmn_run_value(run, s->outputs.items[i].target, &values[filled++]));
        *ret = s->service_shape ? feel_context(s->service_shape, values) : feel_null();
        return ST_OK;
}

/* ---- the interface ---- */

Status dmn_eval(const DmnModel *m, const DmnDecision *d, FeelExec *exec, FeelValue inputs, DmnTrace *trace,
                FeelValue *ret)
{
        DmnRun *run;
        TRY(dmn_run_new(m, exec, trace, &run));
        run->inputs = inputs;
        run->root = d;
        return dmn_run_value(run, d, ret);
}

Status dmn_eval_slots(const DmnModel *m, const DmnDecision *d, FeelExec *exec, const FeelValue *inputs,
                      DmnTrace *trace, FeelValue *ret)
{
        DmnRun *run;
        size_t n;
        TRY(dmn_run_new(m, exec, trace, &run));
        run->root = d;
        if (!dmn_decision_inputs(d, &n) && n)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                const DmnElement *e = d->input_elements[i];
                FeelValue v = inputs[i];
                TRY(dmn_take(run, e->defs, e->line, e->col, e->name, e->type, &v));
                TRY(dmn_trace_leaf(run, DMN_TRACE_INPUT, e->full_name, e->defs, e->line, e->col, STR(""), &v, NULL));
                run->values[e->index] = v;
                run->known[e->index] = 1;
        }
        return dmn_run_value(run, d, ret);
}

Status dmn_eval_service(const DmnModel *m, const DmnService *s, FeelExec *exec, FeelValue inputs, DmnTrace *trace,
                        FeelValue *ret)
{
        DmnRun *run;
        TRY(dmn_run_new(m, exec, trace, &run));
        run->inputs = inputs;
        size_t n = s->input_data.len + s->input_decisions.len;
        FeelValue *args = arena_calloc(feel_exec_arena(exec), n, sizeof(FeelValue));
        if (!args)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                const DmnReq *r = i < s->input_data.len ? &s->input_data.items[i]
                                                        : &s->input_decisions.items[i - s->input_data.len];
                const FeelValue *v = r->target ? given(run, r->target) : NULL;
                if (v)
                        args[i] = *v;
        }
        DmnTraceNode *node = NULL;
        TRY(dmn_trace_open(run, DMN_TRACE_CALL, s->name, s->defs, s->line, s->col, &node));
        for (size_t i = 0; node && i < n; i++)
                TRY(dmn_trace_leaf(run, DMN_TRACE_ARGUMENT, s->fn->params[i].name, s->defs, s->line, s->col, STR(""),
                                   &args[i], NULL));
        TRY(dmn_call_service(run, s, args, n, ret));
        if (s->fn && s->fn->result)
                TRY(dmn_take(run, s->defs, s->line, s->col, s->name, s->fn->result, ret));
        if (node)
                node->value = *ret;
        dmn_trace_close(run, node);
        return ST_OK;
}
