/* hit.c -- what a decision table answers (DMN 1.5, 8.2).
 *
 * Every rule is yes, no or maybe (a cell over an UNKNOWN input).  The hits answer by
 * the hit policy; then each maybe rule is asked whether it could change that
 * (dmn.h says when), and if one could, the answer is UNKNOWN with what its cells
 * miss.  A simple cell is answered from its geometry; a cell's program runs only
 * when the value is of another kind than the cell speaks of. */
#include "dmn/link_int.h"
#include "dmn/run_int.h"

enum { NO, YES, MAYBE };

typedef struct Hits {
        DmnRun *run;
        const DmnDefs *defs;
        const DmnTable *t;
        const FeelValue *frame;
        size_t n;
        const FeelValue *inputs;        /* one a column */
        uint8_t *state;                 /* one a rule */
        size_t yes, maybe;
        size_t tried;                   /* rules looked at: fewer for FIRST */
        FeelValue *outs;                /* one a rule, made when asked for */
        uint8_t *have;
        bool *used;                     /* rules whose output is in the answer */
} Hits;

/* ---- cells ---- */

static Status cell(const Hits *h, const DmnCell *c, const FeelValue *input, FeelValue *ret)
{
        if (c->geometry) {
                int holds = dmn_geometry_holds(c->geometry, input);
                if (holds >= 0) {
                        *ret = feel_bool(holds);
                        return ST_OK;
                }
        }
        if (!c->program) {
                *ret = feel_bool(false);
                return ST_OK;
        }
        return feel_eval_unary_tests(h->run->x, c->program, input, h->frame, h->n, ret);
}

/* *ret_column: the cell that decided, SIZE_MAX for a yes. */
static Status try_rule(const Hits *h, const DmnRule *r, int *ret, size_t *ret_column)
{
        *ret = YES;
        *ret_column = SIZE_MAX;
        for (size_t i = 0; i < h->t->input_count; i++) {
                FeelValue v;
                TRY(cell(h, &r->cells[i], &h->inputs[i], &v));
                if (feel_is(&v, FEEL_UNKNOWN)) {
                        if (*ret == YES)
                                *ret_column = i;
                        *ret = MAYBE;
                } else if (!feel_is_true(&v)) {
                        *ret = NO;
                        *ret_column = i;
                        return ST_OK;
                }
        }
        return ST_OK;
}

static Status find_hits(Hits *h)
{
        const DmnTable *t = h->t;
        for (size_t i = 0; i < t->rule_count; i++) {
                int state;
                size_t column;
                TRY(try_rule(h, &t->rules[i], &state, &column));
                h->state[i] = (uint8_t)state;
                h->yes += state == YES;
                h->maybe += state == MAYBE;
                h->tried = i + 1;
                if (state == YES && t->hit == HIT_FIRST)
                        break;
        }
        return feel_tick(h->run->x, t->rule_count);
}

/* ---- outputs ---- */

static Status out_cell(const Hits *h, size_t k, const DmnOutCell *c, FeelValue *ret)
{
        const DmnOutClause *o = &h->t->outputs[k];
        if (c->constant) {
                *ret = *c->constant;
        } else if (!c->program) {
                *ret = feel_null();
                return ST_OK;
        } else {
                TRY(feel_eval(h->run->x, c->program, h->frame, h->n, ret));
                TRY(dmn_take(h->run, h->defs, c->text.line, c->text.col, o->name, o->type, ret));
        }
        if (!o->allowed || feel_is(ret, FEEL_NULL) || feel_is(ret, FEEL_UNKNOWN))
                return ST_OK;
        if (o->value_count) {
                for (size_t i = 0; i < o->value_count; i++)
                        if (feel_equal(&o->values[i], ret) == FEEL_TRUE)
                                return ST_OK;
        }
        FeelValue ok;
        TRY(feel_eval_unary_tests(h->run->x, o->allowed, ret, h->frame, h->n, &ok));
        if (feel_is(&ok, FEEL_BOOLEAN) && !ok.boolean) {
                dmn_warn(h->run, h->defs, c->text.line, c->text.col, "输出不在允许的值之内，按 null 处理",
                         "the output is not among the output values: null");
                *ret = feel_null();
        }
        return ST_OK;
}

static Status outputs(const Hits *h, const DmnOutCell *single, const DmnRule *r, FeelValue *ret)
{
        const DmnTable *t = h->t;
        if (t->output_count == 1)
                return out_cell(h, 0, r ? &r->outs[0] : single, ret);
        FeelValue *values;
        TRY(feel_new_values(h->run->x, t->output_count, &values));
        for (size_t i = 0; i < t->output_count; i++)
                TRY(out_cell(h, i, r ? &r->outs[i] : &t->outputs[i].fallback, &values[i]));
        *ret = feel_context(t->shape, values);
        return ST_OK;
}

/* The output of rule i, made once. */
static Status output_of(Hits *h, size_t i, const FeelValue **ret)
{
        if (!h->outs) {
                TRY(feel_new_values(h->run->x, h->t->rule_count, &h->outs));
                h->have = arena_calloc(feel_exec_arena(h->run->x), h->t->rule_count, 1);
                if (!h->have)
                        return ST_NOMEM;
        }
        if (!h->have[i]) {
                TRY(outputs(h, NULL, &h->t->rules[i], &h->outs[i]));
                h->have[i] = 1;
        }
        *ret = &h->outs[i];
        return ST_OK;
}

static Status no_hit(const Hits *h, FeelValue *ret)
{
        if (h->t->has_fallback)
                return outputs(h, &h->t->outputs[0].fallback, NULL, ret);
        *ret = h->t->agg == AGG_COUNT ? feel_i64(0) : feel_null();
        return ST_OK;
}

/* ---- order of output values ---- */

static size_t rank_one(const DmnOutClause *o, const FeelValue *v)
{
        for (size_t i = 0; i < o->value_count; i++)
                if (feel_equal(&o->values[i], v) == FEEL_TRUE)
                        return i;
        return o->value_count;
}

/* < 0: a stands before b. */
static int by_priority(const DmnTable *t, const FeelValue *a, const FeelValue *b)
{
        for (size_t i = 0; i < t->output_count; i++) {
                const FeelValue *x = t->output_count == 1 ? a : &a->context.values[i];
                const FeelValue *y = t->output_count == 1 ? b : &b->context.values[i];
                size_t p = rank_one(&t->outputs[i], x), q = rank_one(&t->outputs[i], y);
                if (p != q)
                        return p < q ? -1 : 1;
        }
        return 0;
}

static bool has_unknown(const FeelValue *v)
{
        if (feel_is(v, FEEL_UNKNOWN))
                return true;
        for (size_t i = 0; feel_is(v, FEEL_CONTEXT) && i < feel_shape_len(v->context.shape); i++)
                if (feel_is(&v->context.values[i], FEEL_UNKNOWN))
                        return true;
        return false;
}

static bool same(const FeelValue *a, const FeelValue *b)
{
        if (has_unknown(a) || has_unknown(b))
                return false;
        return feel_equal(a, b) == FEEL_TRUE || (feel_is(a, FEEL_NULL) && feel_is(b, FEEL_NULL));
}

/* ---- the answer of the hits alone ---- */

static size_t next_yes(const Hits *h, size_t i)
{
        while (i < h->tried && h->state[i] != YES)
                i++;
        return i;
}

static Status list_of_hits(Hits *h, FeelValue *ret)
{
        size_t len = 0;
        FeelValue *items;
        TRY(feel_new_values(h->run->x, h->yes, &items));
        for (size_t i = next_yes(h, 0); i < h->tried; i = next_yes(h, i + 1)) {
                const FeelValue *v;
                TRY(output_of(h, i, &v));
                size_t at = len;
                if (h->t->hit == HIT_OUTPUT_ORDER)      /* stable: equal ones keep the order of the rules */
                        for (; at > 0 && by_priority(h->t, v, &items[at - 1]) < 0; at--)
                                items[at] = items[at - 1];
                items[at] = *v;
                len++;
                if (h->used)
                        h->used[i] = true;
        }
        *ret = feel_list(items, len);
        return ST_OK;
}

static Status sum_of(Hits *h, const FeelValue *items, size_t len, FeelValue *ret)
{
        Dec total = dec_zero();
        FeelValue unknown = feel_null();
        for (size_t i = 0; i < len; i++) {
                if (feel_is(&items[i], FEEL_UNKNOWN)) {
                        if (feel_is(&unknown, FEEL_UNKNOWN))
                                TRY(feel_unknown_union(feel_exec_arena(h->run->x), &unknown, &items[i], &unknown));
                        else
                                unknown = items[i];
                } else if (!feel_is(&items[i], FEEL_NUMBER)) {
                        dmn_warn(h->run, h->defs, h->t->line, h->t->col, "求和的输出不是数，结果为 null",
                                 "an output to be summed is no number: null");
                        *ret = feel_null();
                        return ST_OK;
                } else {
                        total = dec_add(total, items[i].number);
                }
        }
        *ret = feel_is(&unknown, FEEL_UNKNOWN) ? unknown : feel_number(total);
        return ST_OK;
}

static Status extreme_of(Hits *h, const FeelValue *items, size_t len, FeelValue *ret)
{
        FeelValue best = items[0];
        for (size_t i = 0; i < len; i++) {
                if (feel_is(&items[i], FEEL_UNKNOWN)) {
                        if (feel_is(&best, FEEL_UNKNOWN) && i > 0)
                                TRY(feel_unknown_union(feel_exec_arena(h->run->x), &best, &items[i], &best));
                        else
                                best = items[i];
                        continue;
                }
                if (feel_is(&best, FEEL_UNKNOWN))
                        continue;
                int order;
                if (!feel_order(&items[i], &best, &order)) {
                        dmn_warn(h->run, h->defs, h->t->line, h->t->col, "输出不能比较大小，结果为 null",
                                 "the outputs cannot be compared: null");
                        *ret = feel_null();
                        return ST_OK;
                }
                if (h->t->agg == AGG_MIN ? order < 0 : order > 0)
                        best = items[i];
        }
        *ret = best;
        return ST_OK;
}

static Status collect(Hits *h, FeelValue *ret)
{
        TRY(list_of_hits(h, ret));
        switch (h->t->agg) {
        case AGG_COUNT:
                *ret = feel_i64((int64_t)ret->list.len);
                return ST_OK;
        case AGG_SUM:
                return sum_of(h, ret->list.items, ret->list.len, ret);
        case AGG_MIN:
        case AGG_MAX:
                return extreme_of(h, ret->list.items, ret->list.len, ret);
        case AGG_NONE:
                break;
        }
        return ST_OK;
}

static Status any_of(Hits *h, size_t first, FeelValue *ret)
{
        const FeelValue *a, *b;
        TRY(output_of(h, first, &a));
        *ret = *a;
        for (size_t i = next_yes(h, first + 1); i < h->tried; i = next_yes(h, i + 1)) {
                TRY(output_of(h, i, &b));
                if (has_unknown(b)) {
                        if (feel_is(ret, FEEL_UNKNOWN) && feel_is(b, FEEL_UNKNOWN))
                                TRY(feel_unknown_union(feel_exec_arena(h->run->x), ret, b, ret));
                        else if (!has_unknown(ret))
                                *ret = *b;
                } else if (!has_unknown(ret) && !same(ret, b)) {
                        dmn_warn(h->run, h->defs, h->t->rules[i].line, h->t->rules[i].col,
                                 "规则 %zu 与规则 %zu 同时命中而输出不同（命中策略 ANY），结果为 null",
                                 "rules %zu and %zu both hit with different outputs (hit policy ANY): null", first + 1,
                                 i + 1);
                        *ret = feel_null();
                        return ST_OK;
                }
        }
        return ST_OK;
}

static Status best_of(Hits *h, size_t first, size_t *ret_at, FeelValue *ret)
{
        const FeelValue *best, *v;
        TRY(output_of(h, first, &best));
        *ret_at = first;
        for (size_t i = next_yes(h, first + 1); i < h->tried; i = next_yes(h, i + 1)) {
                TRY(output_of(h, i, &v));
                if (by_priority(h->t, v, best) < 0) {
                        best = v;
                        *ret_at = i;
                }
        }
        *ret = *best;
        return ST_OK;
}

static Status answer(Hits *h, FeelValue *ret)
{
        size_t first = next_yes(h, 0), at = first;
        if (h->yes == 0)
                return no_hit(h, ret);
        switch (h->t->hit) {
        case HIT_UNIQUE:
                if (h->yes > 1) {
                        size_t second = next_yes(h, first + 1);
                        dmn_warn(h->run, h->defs, h->t->rules[second].line, h->t->rules[second].col,
                                 "规则 %zu 与规则 %zu 同时命中（命中策略 UNIQUE），结果为 null",
                                 "rules %zu and %zu both hit (hit policy UNIQUE): null", first + 1, second + 1);
                        *ret = feel_null();
                        return ST_OK;
                }
                break;
        case HIT_FIRST:
                break;
        case HIT_ANY:
                for (size_t i = first; h->used && i < h->tried; i++)
                        h->used[i] = h->state[i] == YES;
                return any_of(h, first, ret);
        case HIT_PRIORITY:
                TRY(best_of(h, first, &at, ret));
                if (h->used)
                        h->used[at] = true;
                return ST_OK;
        case HIT_COLLECT:
                return collect(h, ret);
        case HIT_RULE_ORDER:
        case HIT_OUTPUT_ORDER:
                return list_of_hits(h, ret);
        }
        const FeelValue *v;
        TRY(output_of(h, first, &v));
        if (h->used)
                h->used[first] = true;
        *ret = *v;
        return ST_OK;
}

/* ---- maybe rules ---- */

static Status could_change(Hits *h, size_t i, const FeelValue *now, bool *ret)
{
        const FeelValue *v;
        *ret = true;
        TRY(output_of(h, i, &v));
        switch (h->t->hit) {
        case HIT_UNIQUE:
                *ret = h->yes == 0 ? !same(v, now) : h->yes == 1;
                break;
        case HIT_FIRST: {
                size_t first = next_yes(h, 0);
                *ret = i < first && !same(v, now);
                break;
        }
        case HIT_ANY:
                *ret = h->yes && feel_is(now, FEEL_NULL) ? false : !same(v, now);
                break;
        case HIT_PRIORITY:
                if (h->yes == 0 || has_unknown(v) || has_unknown(now))
                        *ret = !same(v, now);
                else
                        *ret = by_priority(h->t, v, now) < 0;
                break;
        case HIT_COLLECT:
                if (h->yes == 0 || has_unknown(v) || has_unknown(now))
                        break;
                if (h->t->agg == AGG_SUM) {
                        *ret = !feel_is(v, FEEL_NUMBER) || !dec_is_zero(v->number);
                } else if (h->t->agg == AGG_MIN || h->t->agg == AGG_MAX) {
                        int order;
                        *ret = !feel_order(v, now, &order) || (h->t->agg == AGG_MIN ? order < 0 : order > 0);
                }
                break;
        case HIT_RULE_ORDER:
        case HIT_OUTPUT_ORDER:
                break;
        }
        return ST_OK;
}

static Status add_causes(const Hits *h, const DmnRule *r, FeelValue *causes)
{
        for (size_t i = 0; i < h->t->input_count; i++) {
                FeelValue v;
                TRY(cell(h, &r->cells[i], &h->inputs[i], &v));
                if (!feel_is(&v, FEEL_UNKNOWN))
                        continue;
                if (feel_is(causes, FEEL_UNKNOWN))
                        TRY(feel_unknown_union(feel_exec_arena(h->run->x), causes, &v, causes));
                else
                        *causes = v;
        }
        return ST_OK;
}

static Status consider_maybes(Hits *h, FeelValue *ret)
{
        FeelValue causes = feel_null();
        for (size_t i = 0; i < h->tried; i++) {
                if (h->state[i] != MAYBE)
                        continue;
                bool could;
                TRY(could_change(h, i, ret, &could));
                if (could)
                        TRY(add_causes(h, &h->t->rules[i], &causes));
        }
        if (feel_is(&causes, FEEL_UNKNOWN)) {
                if (feel_is(ret, FEEL_UNKNOWN))
                        return feel_unknown_union(feel_exec_arena(h->run->x), ret, &causes, ret);
                *ret = causes;
        }
        return ST_OK;
}

/* ---- explanation ---- */

static Str column_name(const DmnColumn *c)
{
        return c->label.len ? c->label : str_trim(c->text.text);
}

static Status explain_rule(const Hits *h, size_t i)
{
        const DmnRule *r = &h->t->rules[i];
        DmnTraceNode *node = NULL;
        TRY(dmn_trace_leaf(h->run, DMN_TRACE_RULE, STR(""), h->defs, r->line, r->col, STR(""), NULL, &node));
        if (!node)
                return ST_OK;
        node->rule = (int)i + 1;
        node->annotation = r->annotation;
        node->state = DMN_RULE_NOT_TRIED;
        if (i < h->tried) {
                int state;
                size_t column;
                TRY(try_rule(h, r, &state, &column));
                node->state = state == NO ? DMN_RULE_FAILED : state == MAYBE ? DMN_RULE_UNKNOWN
                              : h->used[i] ? DMN_RULE_FIRED : DMN_RULE_MATCHED;
                if (column != SIZE_MAX) {
                        node->column = (int)column + 1;
                        node->column_name = column_name(&h->t->inputs[column]);
                        node->cell = str_trim(r->cells[column].text.text);
                        node->cell_value = h->inputs[column];
                }
        }
        if (h->outs && h->have[i])
                node->value = h->outs[i];
        return ST_OK;
}

static const char *const hit_names[] = {
        "UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"
};
static const char *const agg_names[] = { "", " SUM", " COUNT", " MIN", " MAX" };

static Status explain(Hits *h, DmnTraceNode *node, const FeelValue *result)
{
        const DmnTable *t = h->t;
        char *text = arena_printf(h->run->trace->arena, "%s%s", hit_names[t->hit], agg_names[t->agg]);
        if (!text)
                return ST_NOMEM;
        node->text = str_c(text);
        node->value = *result;
        for (size_t i = 0; i < t->input_count; i++) {
                const DmnColumn *c = &t->inputs[i];
                TRY(dmn_trace_leaf(h->run, DMN_TRACE_COLUMN, column_name(c), h->defs, c->text.line, c->text.col,
                                   str_trim(c->text.text), &h->inputs[i], NULL));
        }
        for (size_t i = 0; i < t->rule_count; i++)
                TRY(explain_rule(h, i));
        return ST_OK;
}

/* ---- input columns ---- */

static Status input_column(const Hits *h, const DmnColumn *c, FeelValue *ret, bool *ret_ok)
{
        *ret_ok = true;
        if (c->has_slot)
                *ret = h->frame[c->slot];
        else
                TRY(feel_eval(h->run->x, c->program, h->frame, h->n, ret));
        TRY(dmn_take(h->run, h->defs, c->text.line, c->text.col, column_name(c), c->type, ret));
        if (!c->allowed || feel_is(ret, FEEL_NULL) || feel_is(ret, FEEL_UNKNOWN))
                return ST_OK;
        if (c->allowed_geometry) {
                int holds = dmn_geometry_holds(c->allowed_geometry, ret);
                if (holds > 0)
                        return ST_OK;
        }
        FeelValue ok;
        TRY(feel_eval_unary_tests(h->run->x, c->allowed, ret, h->frame, h->n, &ok));
        *ret_ok = !feel_is(&ok, FEEL_BOOLEAN) || ok.boolean;
        if (!*ret_ok)
                dmn_warn(h->run, h->defs, c->text.line, c->text.col, "“%.*s”的值不在允许的输入值之内，结果为 null",
                         "the value of \"%.*s\" is not among the input values: null", STR_FMT(column_name(c)));
        return ST_OK;
}

Status dmn_eval_table(DmnRun *run, const DmnDefs *defs, const DmnBox *b, const FeelValue *frame, size_t n,
                      FeelValue *ret)
{
        const DmnTable *t = b->table;
        *ret = feel_null();
        if (t->broken) {
                dmn_warn(run, defs, t->line, t->col, "决策表有误，结果为 null", "the decision table has errors: null");
                return ST_OK;
        }
        Hits h = { .run = run, .defs = defs, .t = t, .frame = frame, .n = n };
        DmnTraceNode *node = NULL;
        TRY(dmn_trace_open(run, DMN_TRACE_TABLE, t->label, defs, t->line, t->col, &node));
        Arena *a = feel_exec_arena(run->x);
        FeelValue *inputs;
        TRY(feel_new_values(run->x, t->input_count, &inputs));
        h.state = arena_alloc(a, t->rule_count);
        h.used = node ? arena_calloc(a, t->rule_count, sizeof(bool)) : NULL;
        if (!h.state || (node && !h.used))
                return ST_NOMEM;
        h.inputs = inputs;
        bool ok = true;
        for (size_t i = 0; i < t->input_count; i++) {
                bool fine;
                TRY(input_column(&h, &t->inputs[i], &inputs[i], &fine));
                ok = ok && fine;
        }
        if (ok) {
                TRY(find_hits(&h));
                TRY(answer(&h, ret));
                if (h.maybe)
                        TRY(consider_maybes(&h, ret));
        }
        if (node)
                TRY(explain(&h, node, ret));
        dmn_trace_close(run, node);
        return ST_OK;
}
