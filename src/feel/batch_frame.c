/* Frames, their vectors, and which kernel computes a node. */
#include "feel/batch_int.h"

/* ---------------------------------------------------------------- memory */

enum { BLOCK = 1 << 20, BLOCKS_MAX = 1024 };

/* A cache line apart, so that kernels over full chunks start aligned. */
static size_t aligned(size_t bytes)
{
        return (bytes + 63) & ~(size_t)63;
}

static Status next_block(Scratch *s)
{
        if (s->block + 1 < s->count) {
                s->block++;
                s->used = 0;
                return ST_OK;
        }
        if (s->count == BLOCKS_MAX)
                return ST_LIMIT;
        if (s->count == s->cap) {
                size_t cap = s->cap ? s->cap * 2 : 8;
                char **blocks = mem_realloc_array(s->blocks, cap, sizeof(*blocks));
                if (!blocks)
                        return ST_NOMEM;
                s->blocks = blocks;
                s->cap = cap;
        }
        s->blocks[s->count] = mem_alloc(BLOCK);
        if (!s->blocks[s->count])
                return ST_NOMEM;
        s->block = s->count++;
        s->used = aligned((uintptr_t)s->blocks[s->block]) - (uintptr_t)s->blocks[s->block];
        return ST_OK;
}

Status batch_alloc(FeelBatch *b, size_t bytes, void *ret_ptr)
{
        Scratch *s = &b->scratch;
        bytes = aligned(bytes);
        if (s->count == 0 || s->used + bytes > BLOCK)
                TRY(next_block(s));
        void *p = s->blocks[s->block] + s->used;
        s->used += bytes;
        memcpy(ret_ptr, &p, sizeof(p));
        return ST_OK;
}

size_t vec_item_size(VecRep rep)
{
        switch (rep) {
        case REP_I64:
        case REP_RATIO: return sizeof(int64_t);
        case REP_DEC: return sizeof(Dec);
        case REP_BOOL: return sizeof(uint8_t);
        case REP_STR: return sizeof(Str);
        case REP_DATE: return sizeof(int32_t);
        case REP_VALUE: return sizeof(FeelValue);
        default: return 0;
        }
}

Status vec_new(FeelBatch *b, const Frame *f, VecRep rep, Vec **ret)
{
        Vec *v;
        TRY(batch_alloc(b, sizeof(*v), &v));
        *v = (Vec){ .rep = rep };
        if (rep != REP_NULL)
                TRY(batch_alloc(b, f->n * vec_item_size(rep), &v->data));
        if (rep == REP_RATIO)
                TRY(batch_alloc(b, f->n * sizeof(int64_t), &v->den));
        *ret = v;
        return ST_OK;
}

Status vec_add_null(FeelBatch *b, const Frame *f, Vec *v)
{
        if (v->null)
                return ST_OK;
        TRY(batch_alloc(b, f->n, &v->null));
        memset(v->null, 0, f->n);
        return ST_OK;
}

Status vec_add_causes(FeelBatch *b, const Frame *f, Vec *v)
{
        if (v->causes)
                return ST_OK;
        TRY(batch_alloc(b, f->n * sizeof(uint64_t), &v->causes));
        memset(v->causes, 0, f->n * sizeof(uint64_t));
        return ST_OK;
}

Status vec_join_masks(FeelBatch *b, const Frame *f, Vec *v, const Vec *p, const Vec *q)
{
        /* Masks are never changed after their vector is made: one alone is shared. */
        if (p->causes && q->causes) {
                TRY(vec_add_causes(b, f, v));
                for (size_t i = 0; i < f->n; i++)
                        v->causes[i] = p->causes[i] | q->causes[i];
        } else {
                v->causes = p->causes ? p->causes : q->causes;
        }
        if (v->rep == REP_NULL)
                return ST_OK;
        if (p->null && q->null) {
                TRY(vec_add_null(b, f, v));
                for (size_t i = 0; i < f->n; i++)
                        v->null[i] = p->null[i] | q->null[i];
        } else {
                v->null = p->null ? p->null : q->null;
        }
        return ST_OK;
}

/* ---------------------------------------------------------------- gathering */

#define GATHER(type, to, from)                                  \
        do {                                                    \
                const type *from_ = (from);                     \
                type *to_ = (to);                               \
                for (size_t i = 0; i < n; i++)                  \
                        to_[i] = from_[rows[i]];                \
        } while (0)

static void gather_data(VecRep rep, void *to, const void *from, const uint16_t *rows, size_t n)
{
        switch (rep) {
        case REP_I64:
        case REP_RATIO: GATHER(int64_t, to, from); break;
        case REP_DEC: GATHER(Dec, to, from); break;
        case REP_BOOL: GATHER(uint8_t, to, from); break;
        case REP_STR: GATHER(Str, to, from); break;
        case REP_DATE: GATHER(int32_t, to, from); break;
        case REP_VALUE: GATHER(FeelValue, to, from); break;
        default: break;
        }
}

/* The rows of f out of a vector of its parent. */
static Status gather(FeelBatch *b, const Frame *f, const Vec *from, Vec **ret)
{
        Vec *v;
        TRY(vec_new(b, f, from->rep, &v));
        v->scale = from->scale;
        v->max = from->max;
        v->max_den = from->max_den;
        gather_data(from->rep, v->data, from->data, f->rows, f->n);
        if (from->rep == REP_RATIO)
                gather_data(REP_I64, v->den, from->den, f->rows, f->n);
        if (from->null) {
                TRY(vec_add_null(b, f, v));
                gather_data(REP_BOOL, v->null, from->null, f->rows, f->n);
        }
        if (from->causes) {
                TRY(vec_add_causes(b, f, v));
                gather_data(REP_I64, v->causes, from->causes, f->rows, f->n);
        }
        *ret = v;
        return ST_OK;
}

Status frame_child(FeelBatch *b, Frame *f, const uint16_t *rows, size_t n, Frame **ret)
{
        Frame *child;
        TRY(batch_alloc(b, sizeof(*child), &child));
        *child = (Frame){ .parent = f, .rows = rows, .n = n };
        TRY(batch_alloc(b, b->node_count * sizeof(*child->vecs), &child->vecs));
        memset(child->vecs, 0, b->node_count * sizeof(*child->vecs));
        *ret = child;
        return ST_OK;
}

/* The vector if this frame or one above has it; *ret NULL otherwise. */
static Status find_vec(FeelBatch *b, Frame *f, uint32_t node, Vec **ret)
{
        *ret = f->vecs[node];
        if (*ret || !f->parent)
                return ST_OK;
        Vec *above;
        TRY(find_vec(b, f->parent, node, &above));
        if (!above)
                return ST_OK;
        TRY(gather(b, f, above, ret));
        f->vecs[node] = *ret;
        return ST_OK;
}

/* ---------------------------------------------------------------- columns */

/* Rows of a column: all from base on as they stand, or picked ones. */
static Status pick_data(FeelBatch *b, const Frame *f, const void *array, size_t item, void *ret_ptr)
{
        const char *from = array;
        if (!b->pick) {
                from += b->base * item;
                memcpy(ret_ptr, &from, sizeof(from));
                return ST_OK;
        }
        char *to;
        TRY(batch_alloc(b, f->n * item, &to));
        const uint32_t *rows = b->pick + b->base;
        for (size_t i = 0; i < f->n; i++)
                memcpy(to + i * item, from + rows[i] * item, item);
        memcpy(ret_ptr, &to, sizeof(to));
        return ST_OK;
}

static Status column_causes(FeelBatch *b, const Frame *f, const FeelColumn *c, Vec *v)
{
        uint64_t *out;
        if (c->causes) {
                const uint64_t *in;
                uint64_t bits[BATCH_CAUSES_MAX], seen = 0;
                TRY(pick_data(b, f, c->causes, sizeof(*in), &in));
                for (size_t i = 0; i < f->n; i++)
                        seen |= in[i];
                if (!seen)
                        return ST_OK;
                for (unsigned k = 0; k < BATCH_CAUSES_MAX; k++)
                        bits[k] = seen >> k & 1 ? batch_cause(b, c->cause_names[k]) : 0;
                TRY(batch_alloc(b, f->n * sizeof(*out), &out));
                for (size_t i = 0; i < f->n; i++) {
                        out[i] = 0;
                        for (uint64_t left = in[i]; left; left &= left - 1)
                                out[i] |= bits[__builtin_ctzll(left)];
                }
        } else {
                const uint8_t *in;
                uint8_t any = 0;
                TRY(pick_data(b, f, c->unknown, 1, &in));
                for (size_t i = 0; i < f->n; i++)
                        any |= in[i];
                if (!any)
                        return ST_OK;
                uint64_t bit = batch_cause(b, c->unknown_name);
                TRY(batch_alloc(b, f->n * sizeof(*out), &out));
                for (size_t i = 0; i < f->n; i++)
                        out[i] = in[i] ? bit : 0;
        }
        v->causes = out;
        return ST_OK;
}

static Status load_column(FeelBatch *b, Frame *f, const FeelColumn *c, Vec **ret)
{
        Vec *v;
        TRY(vec_new(b, f, REP_NULL, &v));
        if (c->kind == FEEL_COL_VALUE && c->value) {
                const FeelValue *values;
                TRY(pick_data(b, f, c->value, sizeof(*values), &values));
                return vec_unbox(b, f, values, ret);
        }
        if (c->kind == FEEL_COL_CONTEXT) {
                FeelValue *values;
                TRY(batch_alloc(b, f->n * sizeof(*values), &values));
                for (size_t i = 0; i < f->n; i++)
                        TRY(feel_column_get(b->x->arena, c, b->pick ? b->pick[b->base + i] : b->base + i, &values[i]));
                return vec_unbox(b, f, values, ret);
        }
        if (c->any) {
                static const VecRep reps[] = {
                        [FEEL_COL_SCALED] = REP_I64, [FEEL_COL_DEC] = REP_DEC,   [FEEL_COL_BOOL] = REP_BOOL,
                        [FEEL_COL_STR] = REP_STR,    [FEEL_COL_DATE] = REP_DATE,
                };
                v->rep = reps[c->kind];
                v->scale = c->kind == FEEL_COL_SCALED ? c->scale : 0;
                TRY(pick_data(b, f, c->any, vec_item_size(v->rep), &v->data));
                if (c->null)
                        TRY(pick_data(b, f, c->null, 1, &v->null));
        }
        if (c->unknown || c->causes)
                TRY(column_causes(b, f, c, v));
        *ret = v;
        return ST_OK;
}

static Status load(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        const FeelColumn *c = node->op == NODE_INPUT ? b->input : NULL;
        if (node->op == NODE_SLOT && (size_t)node->index < b->n_inputs)
                c = &b->inputs[node->index];
        if (c)
                return load_column(b, f, c, ret);
        return vec_new(b, f, REP_NULL, ret);
}

/* ---------------------------------------------------------------- nodes */

static Status arith_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *p, *q;
        TRY(frame_vec(b, f, node->args[0], &p));
        TRY(frame_vec(b, f, node->args[1], &q));
        if (vec_is_number(p) && vec_is_number(q))
                return number_arith(b, f, node->opr, p, q, ret);
        if (p->rep != REP_NULL && q->rep != REP_NULL)
                return box_node(b, f, node, ret);
        TRY(vec_new(b, f, REP_NULL, ret));
        return vec_join_masks(b, f, *ret, p, q);
}

/* Kernels of one number: null for null. */
static Status one_number(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *p;
        TRY(frame_vec(b, f, node->args[0], &p));
        if (p->rep == REP_NULL) {
                *ret = p;
                return ST_OK;
        }
        if (!vec_is_number(p))
                return box_node(b, f, node, ret);
        switch (node->op) {
        case NODE_NEG: return number_neg(b, f, p, false, ret);
        case NODE_ABS: return number_neg(b, f, p, true, ret);
        default: return number_round(b, f, p, node->index, (DecRound)node->opr, ret);
        }
}

static Status two_numbers(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *p, *q;
        TRY(frame_vec(b, f, node->args[0], &p));
        TRY(frame_vec(b, f, node->args[1], &q));
        if (vec_is_number(p) && vec_is_number(q))
                return number_modulo(b, f, p, q, ret);
        return box_node(b, f, node, ret);
}

static Status extreme_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *best, *next;
        for (uint32_t i = 0; i < node->n; i++) {
                TRY(frame_vec(b, f, node->args[i], &next));
                if (!vec_is_number(next))
                        return box_node(b, f, node, ret);
        }
        TRY(frame_vec(b, f, node->args[0], &best));
        for (uint32_t i = 1; i < node->n; i++) {
                TRY(frame_vec(b, f, node->args[i], &next));
                TRY(number_extreme(b, f, node->opr == OPR_GT, best, next, &best));
        }
        *ret = best;
        return ST_OK;
}

static Status sum_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *sum, *next;
        for (uint32_t i = 0; i < node->n; i++) {
                TRY(frame_vec(b, f, node->args[i], &next));
                if (!vec_is_number(next))
                        return box_node(b, f, node, ret);
        }
        TRY(frame_vec(b, f, node->args[0], &sum));
        for (uint32_t i = 1; i < node->n; i++) {
                TRY(frame_vec(b, f, node->args[i], &next));
                TRY(number_arith(b, f, OPR_ADD, sum, next, &sum));
        }
        *ret = sum;
        return ST_OK;
}

static Status truth_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *t;
        TRY(frame_vec(b, f, node->args[1], &t));
        if (t->rep != REP_BOOL && t->rep != REP_NULL)
                return box_node(b, f, node, ret);
        *ret = t;
        return ST_OK;
}

static Status compare_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *p, *q;
        TRY(frame_vec(b, f, node->args[0], &p));
        TRY(frame_vec(b, f, node->args[1], &q));
        if (compare_has_kernel(node->opr, p, q))
                return compare_vecs(b, f, node->opr, p, q, ret);
        return box_node(b, f, node, ret);
}

/* The column of an entry, for a path into a column of contexts; NULL: the path takes its value apart. */
static const FeelColumn *entry_column(const FeelBatch *b, const Node *node)
{
        if (node->op != NODE_PATH)
                return NULL;
        const Node *a = &b->nodes[node->args[0]];
        if (a->op != NODE_SLOT || (size_t)a->index >= b->n_inputs)
                return NULL;
        const FeelColumn *c = &b->inputs[a->index];
        if (c->kind != FEEL_COL_CONTEXT || !c->parts)
                return NULL;
        size_t at = feel_shape_find(c->shape, node->text);
        return at == SIZE_MAX ? NULL : &c->parts[at];
}

static Status compute(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *p;
        switch (node->op) {
        case NODE_CONST: return vec_of_constant(b, f, &node->value, ret);
        case NODE_SLOT:
        case NODE_INPUT: return load(b, f, node, ret);
        case NODE_ARITH: return arith_node(b, f, node, ret);
        case NODE_NEG:
        case NODE_ABS:
        case NODE_ROUND: return one_number(b, f, node, ret);
        case NODE_MODULO: return two_numbers(b, f, node, ret);
        case NODE_EXTREME: return extreme_node(b, f, node, ret);
        case NODE_SUM: return sum_node(b, f, node, ret);
        case NODE_TRUTH: return truth_node(b, f, node, ret);
        case NODE_COMPARE: return compare_node(b, f, node, ret);
        case NODE_AND:
        case NODE_OR: return logic_node(b, f, node, ret);
        case NODE_NOT:
                TRY(frame_vec(b, f, node->args[0], &p));
                if (node->site && p->rep == REP_VALUE)
                        return box_node(b, f, node, ret);
                return logic_not(b, f, p, ret);
        case NODE_PASSED:
                TRY(frame_vec(b, f, node->args[0], &p));
                return logic_passed(b, f, p, ret);
        case NODE_CHOOSE: return choose_node(b, f, node, ret);
        case NODE_IN: return in_node(b, f, node, ret);
        case NODE_ROWS: return rows_node(b, f, node, ret);
        case NODE_PATH: {
                const FeelColumn *entry = entry_column(b, node);
                return entry ? load_column(b, f, entry, ret) : box_node(b, f, node, ret);
        }
        default: return box_node(b, f, node, ret);
        }
}

/* Over a full chunk, in memory that stays. */
Status batch_constant(FeelBatch *b, const FeelValue *v, Vec **slot)
{
        if (*slot)
                return ST_OK;
        const Frame all = { .n = BATCH_CHUNK };
        Vec *made;
        Scratch chunk = b->scratch;
        b->scratch = b->constant_scratch;
        Status st = vec_of_constant(b, &all, v, &made);
        b->constant_scratch = b->scratch;
        b->scratch = chunk;
        TRY(st);
        *slot = made;
        return ST_OK;
}

/* Constant parts are computed once a batch, over a frame of one row. */
static Status constant_node(FeelBatch *b, uint32_t node, Vec **ret)
{
        if (!b->constants[node]) {
                const Node *n = &b->nodes[node];
                FeelValue value = n->value;
                if (n->op != NODE_CONST) {
                        Frame *one;
                        Vec *v;
                        FeelValue made;
                        TRY(frame_child(b, NULL, NULL, 1, &one));
                        TRY(compute(b, one, n, &v));
                        TRY(vec_get(b, v, 0, &made));
                        TRY(feel_copy(b->constant_memory, &made, &value));
                }
                TRY(batch_constant(b, &value, &b->constants[node]));
        }
        *ret = b->constants[node];
        return ST_OK;
}

Status frame_vec(FeelBatch *b, Frame *f, uint32_t node, Vec **ret)
{
        if (b->nodes[node].constant)
                return constant_node(b, node, ret);
        TRY(find_vec(b, f, node, ret));
        if (*ret)
                return ST_OK;
        /* A column is loaded whole and gathered: its rows are needed again by other branches. */
        if (f->parent && (b->nodes[node].op == NODE_SLOT || b->nodes[node].op == NODE_INPUT ||
                          entry_column(b, &b->nodes[node]))) {
                Vec *above;
                TRY(frame_vec(b, f->parent, node, &above));
                TRY(gather(b, f, above, ret));
        } else {
                TRY(compute(b, f, &b->nodes[node], ret));
        }
        f->vecs[node] = *ret;
        return ST_OK;
}
