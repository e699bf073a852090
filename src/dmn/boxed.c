/* boxed.c -- the value of a boxed expression (DMN 1.5, 7.3 and 10.2). */
#include "dmn/link_int.h"
#include "dmn/run_int.h"

enum { RANGE_MAX = 10000000 };

static Status new_frame(DmnRun *run, const FeelValue *outer, size_t outer_len, size_t len, FeelValue **ret)
{
        FeelValue *f;
        TRY(feel_new_values(run->x, len, &f));
        if (outer_len)
                memcpy(f, outer, outer_len * sizeof(FeelValue));
        if (len > outer_len)
                memset(f + outer_len, 0, (len - outer_len) * sizeof(FeelValue));
        *ret = f;
        return ST_OK;
}

static Status eval_literal(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                           FeelValue *ret)
{
        if (b->broken) {
                *ret = feel_null();
                if (b->literal.why.len)
                        dmn_warn(run, defs, b->line, b->col, "表达式有误，结果为 null：%.*s",
                                 "the expression does not compile, null: %.*s", STR_FMT(b->literal.why));
                return ST_OK;
        }
        TRY(feel_eval(run->x, b->literal.program, frame, n, ret));
        if (b->literal.is_name)
                return ST_OK;           /* says nothing that its name does not say */
        return dmn_trace_leaf(run, DMN_TRACE_EXPRESSION, b->label, defs, b->literal.text.line, b->literal.text.col,
                              str_trim(b->literal.text.text), ret, NULL);
}

static Status eval_context(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *outer, size_t n,
                           FeelValue *ret)
{
        FeelValue *frame;
        TRY(new_frame(run, outer, n, b->env_len, &frame));
        FeelValue *values;
        TRY(feel_new_values(run->x, b->context.len, &values));
        size_t filled = 0;
        *ret = feel_null();
        for (size_t i = 0; i < b->context.len; i++) {
                const DmnEntry *e = &b->context.items[i];
                DmnTraceNode *node = NULL;
                FeelValue v = feel_null();
                TRY(dmn_trace_open(run, DMN_TRACE_ENTRY, e->name, defs, e->line, e->col, &node));
                if (e->value)
                        TRY(dmn_eval_box(run, defs, e->value, frame, b->env_len, &v));
                TRY(dmn_take(run, defs, e->line, e->col, e->name, e->type, &v));
                if (node)
                        node->value = v;
                dmn_trace_close(run, node);
                if (e->name.len == 0) {
                        if (i + 1 == b->context.len) {
                                *ret = v;
                                return ST_OK;
                        }
                        continue;
                }
                frame[e->slot] = v;
                values[filled++] = v;
        }
        if (b->context.shape)
                *ret = feel_context(b->context.shape, values);
        return ST_OK;
}

static Status eval_list(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                        FeelValue *ret)
{
        size_t len = b->list.len;
        FeelValue *items;
        TRY(feel_new_values(run->x, len, &items));
        for (size_t i = 0; i < len; i++)
                TRY(dmn_eval_box(run, defs, b->list.items[i], frame, n, &items[i]));
        *ret = feel_list(items, len);
        return ST_OK;
}

static Status eval_relation(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                            FeelValue *ret)
{
        size_t columns = b->relation.column_count, rows = columns ? b->relation.len / columns : 0;
        FeelValue *cells, *items;
        TRY(feel_new_values(run->x, b->relation.len, &cells));
        TRY(feel_new_values(run->x, rows, &items));
        for (size_t i = 0; i < rows * columns; i++)
                TRY(dmn_eval_box(run, defs, b->relation.cells[i], frame, n, &cells[i]));
        for (size_t i = 0; i < rows; i++)
                items[i] = feel_context(b->relation.shape, cells + i * columns);
        *ret = feel_list(items, rows);
        return ST_OK;
}

/* Bindings go to parameters by name. */
static Status eval_invocation(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                              FeelValue *ret)
{
        FeelValue fn;
        TRY(dmn_eval_box(run, defs, b->invocation.fn, frame, n, &fn));
        *ret = feel_null();
        if (feel_is(&fn, FEEL_UNKNOWN)) {
                *ret = fn;
                return ST_OK;
        }
        if (!feel_is(&fn, FEEL_FUNCTION)) {
                dmn_warn(run, defs, b->line, b->col, "被调用的不是函数，结果为 null",
                         "what is invoked is no function: null");
                return ST_OK;
        }
        size_t params = feel_function_param_count(&fn), count = params > b->invocation.len ? params : b->invocation.len;
        FeelValue *args;
        TRY(feel_new_values(run->x, count, &args));
        memset(args, 0, count * sizeof(*args));
        for (size_t i = 0; i < b->invocation.len; i++) {
                const DmnEntry *e = &b->invocation.bindings[i];
                FeelValue v = feel_null();
                if (e->value)
                        TRY(dmn_eval_box(run, defs, e->value, frame, n, &v));
                TRY(dmn_take(run, defs, e->line, e->col, e->name, e->type, &v));
                size_t at = SIZE_MAX;
                for (size_t k = 0; k < params; k++)
                        if (str_eq(feel_function_param_name(&fn, k), e->name))
                                at = k;
                if (at == SIZE_MAX) {
                        dmn_warn(run, defs, e->line, e->col, "函数没有参数“%.*s”，结果为 null",
                                 "the function has no parameter \"%.*s\": null", STR_FMT(e->name));
                        return ST_OK;
                }
                args[at] = v;
        }
        return feel_call(run->x, &fn, args, params, ret);
}

static Status eval_branch(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                          FeelValue *ret)
{
        FeelValue test;
        TRY(dmn_eval_box(run, defs, b->branch.test, frame, n, &test));
        if (feel_is(&test, FEEL_UNKNOWN)) {
                *ret = test;
                return ST_OK;
        }
        if (!feel_is(&test, FEEL_BOOLEAN) && !feel_is(&test, FEEL_NULL)) {
                dmn_warn(run, defs, b->branch.test->line, b->branch.test->col, "条件不是布尔值，结果为 null",
                         "the condition is no boolean: null");
                *ret = feel_null();
                return ST_OK;
        }
        return dmn_eval_box(run, defs, feel_is_true(&test) ? b->branch.yes : b->branch.no, frame, n, ret);
}

/* What a loop runs over: a list, the integers of a range, or one thing as a list of it. */
static Status items_of(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *in, FeelValue *ret)
{
        *ret = feel_null();
        if (feel_is(in, FEEL_LIST)) {
                *ret = *in;
                return ST_OK;
        }
        if (feel_is(in, FEEL_NULL)) {
                dmn_warn(run, defs, b->line, b->col, "循环的范围是 null", "the loop runs over null");
                return ST_OK;
        }
        FeelValue *one, *items;
        if (!feel_is(in, FEEL_RANGE)) {
                TRY(feel_new_values(run->x, 1, &one));
                *one = *in;
                *ret = feel_list(one, 1);
                return ST_OK;
        }
        int64_t low, high;
        const FeelRange *r = in->range;
        if (r->low.kind != FEEL_NUMBER || r->high.kind != FEEL_NUMBER || !dec_to_i64(r->low.number, &low) ||
            !dec_to_i64(r->high.number, &high) || low < -(INT64_C(1) << 60) || high > (INT64_C(1) << 60)) {
                dmn_warn(run, defs, b->line, b->col, "不能在这样的区间上循环", "a loop cannot run over such a range");
                return ST_OK;
        }
        low += !r->low_closed;
        high -= !r->high_closed;
        size_t len = high >= low ? (size_t)(high - low) + 1 : 0;
        if (len > RANGE_MAX)
                return ST_LIMIT;
        TRY(feel_new_values(run->x, len, &items));
        for (size_t i = 0; i < len; i++)
                items[i] = feel_i64(low + (int64_t)i);
        *ret = feel_list(items, len);
        return ST_OK;
}

static Status eval_filter(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *in,
                          const FeelValue *outer, size_t n, FeelValue *ret)
{
        FeelValue *frame, *kept;
        TRY(feel_new_values(run->x, in->list.len, &kept));
        size_t count = 0;
        for (size_t i = 0; i < in->list.len; i++) {
                const FeelValue *item = &in->list.items[i];
                TRY(feel_tick(run->x, 1));
                TRY(new_frame(run, outer, n, b->env_len, &frame));
                frame[b->slot] = *item;
                for (size_t k = 0; feel_is(item, FEEL_CONTEXT) && k < b->loop.part_count; k++) {
                        const FeelValue *part = feel_context_get(item, b->loop.parts[k].name);
                        frame[b->loop.parts[k].slot] = part ? *part : feel_null();
                }
                FeelValue match;
                TRY(dmn_eval_box(run, defs, b->loop.body, frame, b->env_len, &match));
                if (feel_is(&match, FEEL_UNKNOWN)) {
                        *ret = match;
                        return ST_OK;
                }
                if (!feel_is(&match, FEEL_BOOLEAN) && !feel_is(&match, FEEL_NULL)) {
                        dmn_warn(run, defs, b->line, b->col, "筛选条件不是布尔值，结果为 null",
                                 "the condition of the filter is no boolean: null");
                        *ret = feel_null();
                        return ST_OK;
                }
                if (feel_is_true(&match))
                        kept[count++] = *item;
        }
        *ret = feel_list(kept, count);
        return ST_OK;
}

/* some and every are Kleene over UNKNOWN; anything else that is no boolean makes them null. */
static Status eval_quantifier(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *in,
                              const FeelValue *outer, size_t n, FeelValue *ret)
{
        bool some = b->kind == BOX_SOME;
        FeelValue pending = feel_bool(!some);
        for (size_t i = 0; i < in->list.len; i++) {
                FeelValue *frame;
                FeelValue v;
                TRY(feel_tick(run->x, 1));
                TRY(new_frame(run, outer, n, b->env_len, &frame));
                frame[b->slot] = in->list.items[i];
                TRY(dmn_eval_box(run, defs, b->loop.body, frame, b->env_len, &v));
                if (feel_is(&v, FEEL_BOOLEAN)) {
                        if (v.boolean == some) {
                                *ret = v;
                                return ST_OK;
                        }
                } else if (feel_is(&v, FEEL_UNKNOWN)) {
                        if (feel_is(&pending, FEEL_UNKNOWN))
                                TRY(feel_unknown_union(feel_exec_arena(run->x), &pending, &v, &pending));
                        else
                                pending = v;
                } else {
                        dmn_warn(run, defs, b->line, b->col, "条件不是布尔值，结果为 null",
                                 "the condition is no boolean: null");
                        *ret = feel_null();
                        return ST_OK;
                }
        }
        *ret = pending;
        return ST_OK;
}

static Status eval_for(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *in, const FeelValue *outer,
                       size_t n, FeelValue *ret)
{
        size_t len = in->list.len;
        FeelValue *out;
        TRY(feel_new_values(run->x, len, &out));
        for (size_t i = 0; i < len; i++) {
                FeelValue *frame;
                TRY(feel_tick(run->x, 1));
                TRY(new_frame(run, outer, n, b->env_len, &frame));
                frame[b->slot] = in->list.items[i];
                frame[b->slot2] = feel_list(out, i);
                TRY(dmn_eval_box(run, defs, b->loop.body, frame, b->env_len, &out[i]));
        }
        *ret = feel_list(out, len);
        return ST_OK;
}

static Status eval_loop(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                        FeelValue *ret)
{
        FeelValue in, items;
        *ret = feel_null();
        if (b->broken)
                return ST_OK;
        TRY(dmn_eval_box(run, defs, b->loop.in, frame, n, &in));
        if (feel_is(&in, FEEL_UNKNOWN)) {
                *ret = in;
                return ST_OK;
        }
        if (b->loop.filter) {
                FeelValue *inner;
                TRY(new_frame(run, frame, n, b->env_len, &inner));
                inner[b->slot] = in;
                return feel_eval(run->x, b->loop.filter, inner, b->env_len, ret);
        }
        TRY(items_of(run, defs, b, &in, &items));
        if (feel_is(&items, FEEL_NULL))
                return ST_OK;
        if (b->kind == BOX_FILTER)
                return eval_filter(run, defs, b, &items, frame, n, ret);
        if (b->kind == BOX_FOR)
                return eval_for(run, defs, b, &items, frame, n, ret);
        return eval_quantifier(run, defs, b, &items, frame, n, ret);
}

static Status eval_any(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                       FeelValue *ret)
{
        switch (b->kind) {
        case BOX_LITERAL:
                return eval_literal(run, defs, b, frame, n, ret);
        case BOX_TABLE:
                return dmn_eval_table(run, defs, b, frame, n, ret);
        case BOX_FUNCTION:
                return dmn_closure(run, defs, b->function, NULL, frame, ret);
        case BOX_FILTER:
        case BOX_FOR:
        case BOX_SOME:
        case BOX_EVERY:
                return eval_loop(run, defs, b, frame, n, ret);
        default:
                break;
        }
        *ret = feel_null();
        if (b->broken)
                return ST_OK;
        switch (b->kind) {
        case BOX_CONTEXT:
                return eval_context(run, defs, b, frame, n, ret);
        case BOX_LIST:
                return eval_list(run, defs, b, frame, n, ret);
        case BOX_RELATION:
                return eval_relation(run, defs, b, frame, n, ret);
        case BOX_INVOCATION:
                return eval_invocation(run, defs, b, frame, n, ret);
        case BOX_IF:
                return eval_branch(run, defs, b, frame, n, ret);
        default:
                return ST_OK;
        }
}

Status dmn_eval_box(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n, FeelValue *ret)
{
        TRY(eval_any(run, defs, b, frame, n, ret));
        return b->type ? dmn_take(run, defs, b->line, b->col, b->label, b->type, ret) : ST_OK;
}
