/* batch.c -- a decision over columns, chunk by chunk. */
#include "dmn/batch_int.h"

/* ---- planning ---- */

static Status plan_node(DmnBatch *b, const DmnElement *e, size_t *ret);

static Status plan_frame(DmnBatch *b, DmnNode *n)
{
        size_t len = n->e->env.len;
        n->from = arena_array_of(b->arena, size_t, len);
        n->frame = arena_array_of(b->arena, FeelColumn, len);
        if (!n->from || !n->frame)
                return ST_NOMEM;
        for (size_t i = 0; i < len; i++)
                n->from[i] = SIZE_MAX;
        for (size_t i = 0; i < n->e->reqs.len; i++) {
                const DmnReq *r = &n->e->reqs.items[i];
                if (!r->target || r->via)
                        continue;
                if (r->target->kind == EL_INPUT || r->target->kind == EL_DECISION)
                        TRY(plan_node(b, r->target, &n->from[r->slot]));
        }
        return ST_OK;
}

/* A program may use only slots that are columns. */
static bool on_columns(const DmnNode *n, const FeelProgram *p)
{
        for (size_t i = 0; p && i < n->e->env.len; i++)
                if (n->from[i] == SIZE_MAX && feel_program_uses(p, (uint32_t)i))
                        return false;
        return p != NULL;
}

static bool table_on_columns(const DmnNode *n, const DmnTable *t)
{
        for (size_t i = 0; i < t->input_count; i++)
                if (!on_columns(n, t->inputs[i].program))
                        return false;
        for (size_t r = 0; r < t->rule_count; r++)
                for (size_t i = 0; i < t->input_count; i++)
                        if (!t->rules[r].cells[i].geometry && !on_columns(n, t->rules[r].cells[i].program))
                                return false;
        for (size_t r = 0; r < t->rule_count; r++)
                for (size_t i = 0; i < t->output_count; i++)
                        if (t->rules[r].outs[i].program && !on_columns(n, t->rules[r].outs[i].program))
                                return false;
        for (size_t i = 0; i < t->output_count; i++)
                if (t->outputs[i].fallback.program && !on_columns(n, t->outputs[i].fallback.program))
                        return false;
        return true;
}

static void by_rows(DmnNode *n, const char *zh, const char *en)
{
        n->kind = NODE_ROWS;
        n->why_zh = zh;
        n->why_en = en;
}

static Status plan_table(DmnBatch *b, DmnNode *n, const DmnTable *t)
{
        if (t->output_count != 1 && !t->shape) {
                by_rows(n, "决策表的输出没有名称", "the outputs of the table have no names");
                return ST_OK;
        }
        TRY(dmn_table_plan(t, &n->table));
        if (!n->table) {
                by_rows(n, "决策表的命中策略或单元格没有按列的形式",
                        "the hit policy or a cell of the table has no columnar form");
                return ST_OK;
        }
        n->kind = NODE_TABLE;
        n->column_count = t->output_count;
        n->columns = arena_array_of(b->arena, FeelColumn, n->column_count);
        return n->columns ? ST_OK : ST_NOMEM;
}

static Status plan_decision(DmnBatch *b, DmnNode *n)
{
        const DmnBox *box = n->e->box;
        TRY(plan_frame(b, n));
        if (n->e->group_count)
                by_rows(n, "用到导入模型的名称", "it uses names of imported models");
        else if (!box || box->broken)
                by_rows(n, "没有可用的决策逻辑", "it has no logic that works");
        else if (box->kind == BOX_LITERAL && !on_columns(n, box->literal.program))
                by_rows(n, "调用业务知识模型或决策服务", "it calls a business knowledge model or a decision service");
        else if (box->kind == BOX_LITERAL)
                *n = (DmnNode){ .kind = NODE_LITERAL, .e = n->e, .input = SIZE_MAX, .from = n->from, .frame = n->frame,
                                .literal.program = box->literal.program };
        else if (box->kind == BOX_TABLE && !box->table->broken && table_on_columns(n, box->table))
                return plan_table(b, n, box->table);
        else if (box->kind == BOX_TABLE)
                by_rows(n, "决策表有错误，或调用业务知识模型",
                        "the table has errors, or calls a business knowledge model");
        else
                by_rows(n, "盒式表达式（上下文、调用、列表、循环等）",
                        "a boxed expression (context, invocation, list, loop …)");
        return ST_OK;
}

/* *ret SIZE_MAX: an input that the decision is not given. */
static Status plan_node(DmnBatch *b, const DmnElement *e, size_t *ret)
{
        for (size_t i = 0; i < b->node_count; i++) {
                if (b->nodes[i].e == e) {
                        *ret = i;
                        return ST_OK;
                }
        }
        DmnNode n = { .e = e, .kind = NODE_INPUT, .input = SIZE_MAX };
        *ret = SIZE_MAX;
        if (e->kind == EL_DECISION) {
                Status st = plan_decision(b, &n);
                if (st != ST_OK) {
                        dmn_table_plan_free(n.table);
                        return st;
                }
        } else {
                for (size_t i = 0; i < b->input_count; i++)
                        if (b->d->input_elements[i] == e)
                                n.input = i;
                if (n.input == SIZE_MAX)
                        return ST_OK;
        }
        if (arena_grow(b->arena, (void **)&b->nodes, &b->node_cap, b->node_count + 1, sizeof(DmnNode)) < 0) {
                dmn_table_plan_free(n.table);
                return ST_NOMEM;
        }
        *ret = b->node_count;
        b->nodes[b->node_count++] = n;
        return ST_OK;
}

static Status plan_root(DmnBatch *b)
{
        size_t at;
        TRY(plan_node(b, b->d, &at));
        for (size_t i = 0; i < b->node_count; i++)
                b->columnar |= b->nodes[i].kind == NODE_LITERAL || b->nodes[i].kind == NODE_TABLE;
        return ST_OK;
}

Status dmn_batch_new(const DmnModel *m, const DmnDecision *d, DmnBatch **ret)
{
        DmnBatch *b = mem_calloc(1, sizeof(*b));
        if (!b)
                return ST_NOMEM;
        b->m = m;
        b->d = d;
        b->arena = arena_new((size_t)256 << 20);
        b->name_memory = arena_new(16 << 20);
        b->inputs = dmn_decision_inputs(d, &b->input_count);
        b->outputs = dmn_decision_outputs(d, &b->output_count);
        if (b->arena) {
                b->put = arena_array_of(b->arena, const FeelColumn *, b->output_count + 1);
                b->wanted = arena_array_of(b->arena, bool, b->output_count + 1);
        }
        bool all = b->arena && b->name_memory && b->inputs && b->outputs && b->put && b->wanted;
        Status st = all ? plan_root(b) : ST_NOMEM;
        for (size_t k = 0; all && k < b->output_count; k++)
                b->wanted[k] = true;
        if (st != ST_OK) {
                dmn_batch_free(b);
                return st;
        }
        *ret = b;
        return ST_OK;
}

void dmn_batch_want(DmnBatch *b, const bool *wanted)
{
        memcpy(b->wanted, wanted, b->output_count * sizeof(*wanted));
}

static Status explain_program(DmnColumnProgram *p, const FeelColumn *frame, size_t n, Lang lang, Buf *out)
{
        if (!p->program || feel_program_constant(p->program))
                return ST_OK;
        if (!p->batch)
                TRY(feel_batch_new(p->program, frame, n, &p->batch));
        _cleanup_buf_ Buf parts = BUF_INIT(1 << 20);
        feel_batch_explain(p->batch, lang, &parts);
        for (Str rest = buf_str(&parts), line; rest.ptr && rest.len;) {
                line = str_cut(rest, '\n', &rest);
                buf_printf(out, "    %.*s\n", STR_FMT(line));
        }
        return buf_status(&parts);
}

Status dmn_batch_explain(DmnBatch *b, Lang lang, Buf *out)
{
        bool en = lang == LANG_EN;
        for (size_t i = 0; i < b->node_count; i++) {
                DmnNode *n = &b->nodes[i];
                if (n->kind == NODE_INPUT)
                        continue;
                buf_put_str(out, n->e->full_name);
                if (n->kind == NODE_ROWS || !b->columnar) {
                        buf_printf(out, en ? ": row by row (%s)\n" : "：逐行（%s）\n", en ? n->why_en : n->why_zh);
                } else if (n->kind == NODE_LITERAL) {
                        buf_puts(out, en ? ": in columns (expression)\n" : "：按列（表达式）\n");
                        TRY(explain_program(&n->literal, n->frame, n->e->env.len, lang, out));
                } else {
                        buf_printf(out,
                                   en ? ": in columns (decision table, %zu rules)\n" : "：按列（决策表，%zu 条规则）\n",
                                   n->e->box->table->rule_count);
                }
        }
        return buf_status(out);
}

void dmn_column_program_free(DmnColumnProgram *p)
{
        feel_batch_free(p->batch);
        p->batch = NULL;
}

void dmn_batch_free(DmnBatch *b)
{
        if (!b)
                return;
        for (size_t i = 0; i < b->node_count; i++) {
                dmn_column_program_free(&b->nodes[i].literal);
                dmn_table_plan_free(b->nodes[i].table);
        }
        arena_free(b->arena);
        arena_free(b->name_memory);
        mem_free(b);
}

size_t dmn_batch_scalar_rows(const DmnBatch *b)
{
        return b->scalar_rows;
}

/* ---- columns of a chunk ---- */

static size_t item_size(FeelColumnKind kind)
{
        switch (kind) {
        case FEEL_COL_SCALED: return sizeof(int64_t);
        case FEEL_COL_DEC: return sizeof(Dec);
        case FEEL_COL_BOOL: return 1;
        case FEEL_COL_STR: return sizeof(Str);
        case FEEL_COL_DATE: return sizeof(int32_t);
        default: return sizeof(FeelValue);
        }
}

static FeelColumn slice(const FeelColumn *c, size_t at)
{
        FeelColumn s = *c;
        s.any = (const char *)c->any + at * item_size(c->kind);
        if (s.null)
                s.null += at;
        if (s.unknown)
                s.unknown += at;
        if (s.causes)
                s.causes += at;
        return s;
}

Status dmn_column_eval(DmnBatch *b, DmnColumnProgram *p, const FeelColumn *frame, size_t n_frame, const uint32_t *pick,
                       size_t n_pick, FeelColumn *ret)
{
        if (!p->batch)
                TRY(feel_batch_new(p->program, frame, n_frame, &p->batch));
        return pick ? feel_batch_eval_rows(p->batch, b->x, frame, n_frame, pick, n_pick, ret)
                    : feel_batch_eval(p->batch, b->x, frame, n_frame, b->n, ret);
}

static Status input_column(DmnBatch *b, DmnNode *n, const FeelColumn *inputs, size_t at)
{
        bool coded = false;
        const FeelColumn *given = &inputs[n->input];
        if (given->kind == FEEL_COL_CONTEXT) {
                FeelValue *values;
                TRY(feel_new_values(b->x, b->n, &values));
                for (size_t i = 0; i < b->n; i++)
                        TRY(feel_column_get(feel_exec_arena(b->x), given, at + i, &values[i]));
                n->column = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = values };
        } else {
                n->column = slice(given, at);
        }
        TRY(dmn_column_typed(b, &n->column));
        TRY(dmn_column_causes(b, &n->column, NULL, b->n));
        if (!n->codes)
                n->codes = arena_array_of(b->arena, uint8_t, DMN_CHUNK);
        if (!n->codes)
                return ST_NOMEM;
        TRY(dmn_column_take(b, n->e->type, &n->column, false, n->codes, &coded));
        n->coded_by = coded ? n->e->type : NULL;
        return ST_OK;
}

/* A context that is written out, as a column an entry.  *ret_ok false: it is none. */
static Status literal_parts(DmnBatch *b, DmnNode *n, bool *ret_ok)
{
        size_t len = n->e->env.len;
        *ret_ok = false;
        if (!n->literal.batch)
                TRY(feel_batch_new(n->literal.program, n->frame, len, &n->literal.batch));
        const FeelShape *shape = n->partial ? n->shape : feel_batch_shape(n->literal.batch);
        if (!shape)
                return ST_OK;
        size_t count = feel_shape_len(shape);
        FeelColumn *parts = arena_array_of(feel_exec_arena(b->x), FeelColumn, count + 1);
        if (!parts)
                return ST_NOMEM;
        TRY(feel_batch_eval_parts(n->literal.batch, b->x, n->frame, len, b->n, parts, ret_ok));
        for (size_t k = 0; *ret_ok && k < count; k++) {
                TRY(dmn_column_typed(b, &parts[k]));
                TRY(dmn_column_causes(b, &parts[k], NULL, b->n));
        }
        n->column = (FeelColumn){ .kind = FEEL_COL_CONTEXT, .shape = shape, .parts = parts };
        return ST_OK;
}

static Status take_types(DmnBatch *b, DmnNode *n)
{
        TRY(dmn_column_take(b, n->e->box->type, &n->column, n->partial, NULL, NULL));
        return b->all_odd ? ST_OK : dmn_column_take(b, n->e->type, &n->column, n->partial, NULL, NULL);
}

static Status literal_column(DmnBatch *b, DmnNode *n)
{
        bool in_parts;
        TRY(literal_parts(b, n, &in_parts));
        if (!in_parts && n->partial) {
                b->all_odd = true;
                return ST_OK;
        }
        if (!in_parts)
                TRY(dmn_column_eval(b, &n->literal, n->frame, n->e->env.len, NULL, 0, &n->column));
        TRY(dmn_column_typed(b, &n->column));
        TRY(dmn_column_causes(b, &n->column, NULL, b->n));
        return take_types(b, n);
}

static Status table_column(DmnBatch *b, DmnNode *n)
{
        TRY(dmn_table_columns(b, n));
        if (b->all_odd)
                return ST_OK;
        TRY(dmn_table_column(b, n, &n->column));
        return take_types(b, n);
}

static Status node_column(DmnBatch *b, DmnNode *n, const FeelColumn *inputs, size_t at)
{
        static const FeelValue nulls[DMN_CHUNK];
        n->rows = n->kind == NODE_ROWS;
        if (n->kind == NODE_INPUT)
                return input_column(b, n, inputs, at);
        if (n->rows)
                return dmn_rows_column(b, n, inputs, at);
        for (size_t i = 0; i < n->e->env.len; i++)
                n->frame[i] = n->from[i] == SIZE_MAX ? (FeelColumn){ .kind = FEEL_COL_VALUE, .value = nulls }
                                                     : b->nodes[n->from[i]].column;
        TRY(n->kind == NODE_LITERAL ? literal_column(b, n) : table_column(b, n));
        if (!b->all_odd)
                return ST_OK;
        /* These values are none for columns: this decision, of this chunk. */
        b->all_odd = false;
        n->rows = true;
        return dmn_rows_column(b, n, inputs, at);
}

/* ---- the output as it grows ---- */

typedef struct Out {
        FeelColumnKind kind;
        int scale;
        bool started;
        void *data;
        uint8_t *null;
        uint64_t *causes;               /* bits of the batch's names */
        bool any_null, any_unknown;
} Out;

static Status out_room(Arena *a, Out *o, FeelColumnKind kind, size_t rows)
{
        o->data = arena_alloc(a, rows * item_size(kind));
        o->kind = kind;
        return o->data ? ST_OK : ST_NOMEM;
}

static Status out_start(Arena *a, Out *o, FeelColumnKind kind, int scale, size_t rows)
{
        o->started = true;
        o->scale = scale;
        o->null = arena_calloc(a, rows, 1);
        return o->null ? out_room(a, o, kind, rows) : ST_NOMEM;
}

static Status out_causes(Arena *a, Out *o, size_t rows)
{
        o->any_unknown = true;
        if (!o->causes)
                o->causes = arena_calloc(a, rows, sizeof(*o->causes));
        return o->causes ? ST_OK : ST_NOMEM;
}

/* What is there already, as whole values or as Dec. */
static Status out_widen(DmnBatch *b, Out *o, FeelColumnKind kind, size_t rows, size_t have)
{
        Arena *a = feel_exec_arena(b->x);
        Out old = *o;
        FeelColumn c = { .kind = old.kind, .scale = old.scale, .any = old.data, .null = old.any_null ? old.null : NULL,
                         .causes = old.causes, .cause_names = b->names };
        TRY(out_room(a, o, kind, rows));
        for (size_t i = 0; i < have; i++) {
                FeelValue v = feel_null();
                TRY(feel_column_get(a, &c, i, &v));
                if (kind == FEEL_COL_DEC)
                        ((Dec *)o->data)[i] = feel_is(&v, FEEL_NUMBER) ? v.number : dec_zero();
                else
                        ((FeelValue *)o->data)[i] = v;
        }
        return ST_OK;
}

static Status out_chunk(DmnBatch *b, Out *o, const FeelColumn *c, size_t at, size_t n, size_t rows)
{
        Arena *a = feel_exec_arena(b->x);
        if (!o->started)
                TRY(out_start(a, o, c->kind, c->scale, rows));
        if (c->causes && o->kind != FEEL_COL_VALUE)
                TRY(out_causes(a, o, rows));
        if (c->kind == FEEL_COL_VALUE && !c->value && o->kind == FEEL_COL_VALUE) {
                for (size_t i = 0; i < n; i++)
                        ((FeelValue *)o->data)[at + i] = feel_null();
        } else if (c->kind == o->kind && c->scale == o->scale) {
                size_t size = item_size(c->kind);
                memcpy((char *)o->data + at * size, c->any, n * size);
        } else {
                bool numbers = (c->kind == FEEL_COL_SCALED || c->kind == FEEL_COL_DEC) &&
                               (o->kind == FEEL_COL_SCALED || o->kind == FEEL_COL_DEC);
                FeelColumnKind want = numbers ? FEEL_COL_DEC : FEEL_COL_VALUE;
                if (o->kind != want && o->kind != FEEL_COL_VALUE)
                        TRY(out_widen(b, o, want, rows, at));
                for (size_t i = 0; i < n; i++) {
                        FeelValue v;
                        TRY(feel_column_get(a, c, i, &v));
                        if (o->kind == FEEL_COL_DEC)
                                ((Dec *)o->data)[at + i] = feel_is(&v, FEEL_NUMBER) ? v.number : dec_zero();
                        else
                                ((FeelValue *)o->data)[at + i] = v;
                }
        }
        for (size_t i = 0; c->null && i < n; i++) {
                o->null[at + i] = c->null[i];
                o->any_null |= c->null[i];
        }
        if (c->causes && o->kind != FEEL_COL_VALUE)
                memcpy(o->causes + at, c->causes, n * sizeof(*o->causes));
        return ST_OK;
}

/* One row's value; have: rows that are filled besides this one. */
static Status out_value(DmnBatch *b, Out *o, const FeelValue *v, size_t row, size_t have, size_t rows)
{
        Arena *a = feel_exec_arena(b->x);
        if (!o->started)
                TRY(out_start(a, o, FEEL_COL_VALUE, 0, rows));
        if (o->causes)
                o->causes[row] = 0;
        if (feel_is(v, FEEL_UNKNOWN) && o->kind != FEEL_COL_VALUE) {
                uint64_t causes;
                TRY(dmn_cause_bits(b, v, &causes));
                if (!(causes & DMN_CAUSE_LOST)) {
                        memset((char *)o->data + row * item_size(o->kind), 0, item_size(o->kind));
                        o->null[row] = 0;
                        TRY(out_causes(a, o, rows));
                        o->causes[row] = causes;
                        return ST_OK;
                }
        }
        if (feel_is(v, FEEL_NULL) && o->kind != FEEL_COL_VALUE) {
                memset((char *)o->data + row * item_size(o->kind), 0, item_size(o->kind));
                o->null[row] = 1;
                o->any_null = true;
                return ST_OK;
        }
        o->null[row] = 0;
        if (o->kind == FEEL_COL_SCALED && feel_is(v, FEEL_NUMBER)) {
                if (dec_to_scaled(v->number, o->scale, &((int64_t *)o->data)[row]))
                        return ST_OK;
                TRY(out_widen(b, o, FEEL_COL_DEC, rows, have));
        }
        if (o->kind == FEEL_COL_DEC && feel_is(v, FEEL_NUMBER)) {
                ((Dec *)o->data)[row] = v->number;
                return ST_OK;
        }
        if (o->kind == FEEL_COL_BOOL && feel_is(v, FEEL_BOOLEAN)) {
                ((uint8_t *)o->data)[row] = v->boolean;
                return ST_OK;
        }
        if (o->kind == FEEL_COL_STR && feel_is(v, FEEL_STRING)) {
                ((Str *)o->data)[row] = v->string;
                return ST_OK;
        }
        if (o->kind != FEEL_COL_VALUE)
                TRY(out_widen(b, o, FEEL_COL_VALUE, rows, have));
        ((FeelValue *)o->data)[row] = *v;
        return ST_OK;
}

/* The names of the batch's causes, in memory that lives as long as the outputs. */
static Status own_names(DmnBatch *b, const Str **ret)
{
        Arena *a = feel_exec_arena(b->x);
        Str *names = arena_array_of(a, Str, b->name_count + 1);
        if (!names)
                return ST_NOMEM;
        for (size_t k = 0; k < b->name_count; k++) {
                names[k] = arena_str(a, b->names[k]);
                if (!names[k].ptr)
                        return ST_NOMEM;
        }
        *ret = names;
        return ST_OK;
}

static Status out_column(DmnBatch *b, const Out *o, size_t rows, const Str **names, FeelColumn *ret)
{
        bool masks = o->kind != FEEL_COL_VALUE;
        *ret = (FeelColumn){ .kind = o->kind, .scale = o->kind == FEEL_COL_SCALED ? o->scale : 0, .any = o->data,
                             .null = o->any_null && masks ? o->null : NULL };
        if (!o->any_unknown || !masks)
                return ST_OK;
        uint8_t *unknown = arena_alloc(feel_exec_arena(b->x), rows);
        if (!unknown)
                return ST_NOMEM;
        for (size_t i = 0; i < rows; i++)
                unknown[i] = o->causes[i] != 0;
        if (!*names)
                TRY(own_names(b, names));
        ret->unknown = unknown;
        ret->causes = o->causes;
        ret->cause_names = *names;
        return ST_OK;
}

/* ---- chunks ---- */

/* The value of one row, taken apart into the columns of the output. */
static Status put_row(DmnBatch *b, const FeelValue *v, size_t row, size_t have, size_t rows, Out *outs)
{
        b->scalar_rows++;
        if (b->output_count == 1 && b->outputs[0].name.len == 0)
                return out_value(b, &outs[0], v, row, have, rows);
        for (size_t k = 0; k < b->output_count; k++) {
                if (!b->wanted[k])
                        continue;
                const FeelValue *part = feel_is(v, FEEL_CONTEXT) ? feel_context_get(v, b->outputs[k].name) : NULL;
                FeelValue value = part ? *part : feel_is(v, FEEL_UNKNOWN) ? *v : feel_null();
                TRY(out_value(b, &outs[k], &value, row, have, rows));
        }
        return ST_OK;
}

static Status scalar_row(DmnBatch *b, const FeelColumn *inputs, size_t row, size_t have, size_t rows, Out *outs)
{
        Arena *a = feel_exec_arena(b->x);
        FeelValue *in = arena_alloc(a, (b->input_count + 1) * sizeof(FeelValue));
        FeelValue v;
        if (!in)
                return ST_NOMEM;
        for (size_t i = 0; i < b->input_count; i++)
                TRY(feel_column_get(a, &inputs[i], row, &in[i]));
        TRY(dmn_eval_slots(b->m, b->d, b->x, in, NULL, &v));
        return put_row(b, &v, row, have, rows, outs);
}

/* The columns that are put out, in b->put; false: the result is none of such columns. */
static bool put_columns(DmnBatch *b, const FeelColumn *c)
{
        if (b->outputs[0].name.len == 0) {
                b->put[0] = c;
                return b->output_count == 1 && c->kind != FEEL_COL_CONTEXT;
        }
        for (size_t k = 0; c->kind == FEEL_COL_CONTEXT && k < b->output_count; k++) {
                size_t at = feel_shape_find(c->shape, b->outputs[k].name);
                b->put[k] = NULL;
                if (!b->wanted[k])
                        continue;
                if (at == SIZE_MAX || c->parts[at].kind == FEEL_COL_CONTEXT)
                        return false;
                b->put[k] = &c->parts[at];
        }
        return c->kind == FEEL_COL_CONTEXT;
}

static Status chunk(DmnBatch *b, const FeelColumn *inputs, size_t at, size_t rows, Out *outs)
{
        Arena *a = feel_exec_arena(b->x);
        const DmnNode *root = b->node_count ? &b->nodes[b->node_count - 1] : NULL;
        memset(b->odd, 0, sizeof(b->odd));
        b->all_odd = false;
        for (size_t i = 0; b->columnar && i < b->node_count; i++)
                TRY(node_column(b, &b->nodes[i], inputs, at));
        TRY(feel_tick(b->x, b->n));
        if (b->columnar && !root->rows && (b->output_count == 1 || root->column.kind == FEEL_COL_CONTEXT) &&
            put_columns(b, &root->column)) {
                for (size_t k = 0; k < b->output_count; k++)
                        if (b->put[k])
                                TRY(out_chunk(b, &outs[k], b->put[k], at, b->n, rows));
                for (size_t i = 0; i < b->n; i++)
                        if (b->odd[i])
                                TRY(scalar_row(b, inputs, at + i, at + b->n, rows, outs));
                return ST_OK;
        }
        for (size_t i = 0; i < b->n; i++) {
                FeelValue v;
                if (!b->columnar || b->odd[i]) {
                        TRY(scalar_row(b, inputs, at + i, at + i, rows, outs));
                        continue;
                }
                TRY(feel_column_get(a, &root->column, i, &v));
                TRY(put_row(b, &v, at + i, at + i, rows, outs));
        }
        return ST_OK;
}

/* Memory of a chunk can go when its results are plain numbers, days and truth values. */
static bool is_plain(const DmnBatch *b, const Out *outs)
{
        for (size_t k = 0; k < b->output_count; k++)
                if (outs[k].kind == FEEL_COL_VALUE || outs[k].kind == FEEL_COL_STR)
                        return false;
        return true;
}

static Status all_chunks(DmnBatch *b, FeelExec *x, const FeelColumn *inputs, size_t rows, Out *outs)
{
        /* The first chunk makes the arrays of the outputs; what later ones make can be given back. */
        for (size_t at = 0; at < rows; at += DMN_CHUNK) {
                b->n = rows - at < DMN_CHUNK ? rows - at : DMN_CHUNK;
                ArenaMark mark = feel_exec_mark(x);
                Out before[8];
                bool small = b->output_count <= ARRAY_LEN(before);
                if (small)
                        memcpy(before, outs, b->output_count * sizeof(Out));
                TRY(chunk(b, inputs, at, rows, outs));
                bool same = small && at > 0 && is_plain(b, outs);
                for (size_t k = 0; same && k < b->output_count; k++)
                        same = before[k].data == outs[k].data && before[k].causes == outs[k].causes;
                if (same)
                        feel_exec_rewind(x, mark);
        }
        return ST_OK;
}

Status dmn_batch_eval(DmnBatch *b, FeelExec *x, const FeelColumn *inputs, size_t rows, FeelColumn *outputs)
{
        Out *outs = arena_calloc(feel_exec_arena(x), b->output_count, sizeof(Out));
        if (!outs)
                return ST_NOMEM;
        b->x = x;
        b->scalar_rows = 0;
        if (b->name_count > DMN_CAUSES_MAX / 2) {
                b->name_count = 0;
                arena_reset(b->name_memory);
        }
        if (!b->wants_known)
                TRY(dmn_batch_wants(b));
        Diag *diag = feel_exec_diag(x);
        feel_exec_set_diag(x, NULL);
        Status st = all_chunks(b, x, inputs, rows, outs);
        feel_exec_set_diag(x, diag);
        TRY(st);
        const Str *names = NULL;
        for (size_t k = 0; k < b->output_count; k++) {
                if (!outs[k].started)
                        outs[k] = (Out){ .kind = FEEL_COL_VALUE };
                TRY(out_column(b, &outs[k], rows, &names, &outputs[k]));
        }
        return ST_OK;
}
