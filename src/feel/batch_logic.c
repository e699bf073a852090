/* and, or, not, in: truth with null and UNKNOWN. */
#include "feel/batch_int.h"

Status truth_of(FeelBatch *b, const Frame *f, const Vec *v, Truth *ret)
{
        if (v->rep == REP_BOOL) {
                *ret = (Truth){ v->boolean, v->null, v->causes };
                return ST_OK;
        }
        uint8_t *value, *null;
        uint64_t *causes = NULL;
        TRY(batch_alloc(b, f->n, &value));
        TRY(batch_alloc(b, f->n, &null));
        memset(value, 0, f->n);
        memset(null, 1, f->n);
        if (v->rep == REP_VALUE) {
                TRY(batch_alloc(b, f->n * sizeof(*causes), &causes));
                for (size_t i = 0; i < f->n; i++) {
                        const FeelValue *x = &v->value[i];
                        causes[i] = v->causes ? v->causes[i] : 0;
                        if (!causes[i] && x->kind == FEEL_UNKNOWN)
                                causes[i] = batch_causes(b, x);
                        if (x->kind == FEEL_BOOLEAN && !(v->null && v->null[i])) {
                                value[i] = x->boolean;
                                null[i] = 0;
                        }
                }
        }
        *ret = (Truth){ value, null, causes ? causes : v->causes };
        return ST_OK;
}

/* ---------------------------------------------------------------- and, or */

/* The running result of and/or over the operands so far. */
typedef struct Running {
        uint8_t *decided;       /* 1: false for and, true for or */
        uint8_t *null;          /* NULL: none so far */
        uint64_t *causes;
        size_t open;            /* rows not decided */
} Running;

static Status open_rows(FeelBatch *b, const Frame *f, Running *r, uint16_t **ret_rows)
{
        uint16_t *rows;
        TRY(batch_alloc(b, f->n * sizeof(*rows), &rows));
        size_t n = 0;
        for (size_t i = 0; i < f->n; i++) {
                rows[n] = (uint16_t)i;
                n += !r->decided[i];
        }
        r->open = n;
        *ret_rows = rows;
        return ST_OK;
}

static Status need_null(FeelBatch *b, const Frame *f, Running *r)
{
        if (r->null)
                return ST_OK;
        TRY(batch_alloc(b, f->n, &r->null));
        memset(r->null, 0, f->n);
        return ST_OK;
}

static Status need_causes(FeelBatch *b, const Frame *f, Running *r)
{
        if (r->causes)
                return ST_OK;
        TRY(batch_alloc(b, f->n * sizeof(*r->causes), &r->causes));
        memset(r->causes, 0, f->n * sizeof(*r->causes));
        return ST_OK;
}

BATCH_KERNEL
static void decide(size_t n, uint8_t decisive, const uint8_t *restrict value, uint8_t *restrict decided)
{
        for (size_t i = 0; i < n; i++)
                decided[i] |= value[i] == decisive;
}

BATCH_KERNEL
static void flip(size_t n, const uint8_t *from, uint8_t *to)
{
        for (size_t i = 0; i < n; i++)
                to[i] = from[i] ^ 1;
}

/* One more operand; rows[k] of the frame is row k of t (NULL: all of them). */
static Status fold(FeelBatch *b, const Frame *f, Running *r, uint8_t decisive, Truth t, const uint16_t *rows, size_t n)
{
        if (!t.null && !t.causes && !rows) {
                decide(n, decisive, t.value, r->decided);
                return ST_OK;
        }
        if (t.null)
                TRY(need_null(b, f, r));
        if (t.causes)
                TRY(need_causes(b, f, r));
        for (size_t k = 0; k < n; k++) {
                size_t i = rows ? rows[k] : k;
                if (t.causes && t.causes[k])
                        r->causes[i] |= t.causes[k];
                else if (t.null && t.null[k])
                        r->null[i] = 1;
                else
                        r->decided[i] |= t.value[k] == decisive;
        }
        return ST_OK;
}

/* An operand that works value by value is computed only where nothing is decided yet. */
static Status next_operand(FeelBatch *b, Frame *f, uint32_t node, Running *r, uint8_t decisive)
{
        Vec *v;
        Truth t;
        if (b->nodes[node].dear && !f->vecs[node]) {
                uint16_t *rows;
                TRY(open_rows(b, f, r, &rows));
                if (r->open == 0)
                        return ST_OK;
                if (r->open < f->n) {
                        Frame *child;
                        TRY(frame_child(b, f, rows, r->open, &child));
                        TRY(frame_vec(b, child, node, &v));
                        TRY(truth_of(b, child, v, &t));
                        return fold(b, f, r, decisive, t, rows, r->open);
                }
        }
        TRY(frame_vec(b, f, node, &v));
        TRY(truth_of(b, f, v, &t));
        return fold(b, f, r, decisive, t, NULL, f->n);
}

Status logic_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *out;
        uint8_t decisive = node->op == NODE_OR;
        Running r = { 0 };
        TRY(vec_new(b, f, REP_BOOL, &out));
        r.decided = out->boolean;
        memset(r.decided, 0, f->n);
        for (uint32_t i = 0; i < node->n; i++)
                TRY(next_operand(b, f, node->args[i], &r, decisive));
        if (r.null)
                for (size_t i = 0; i < f->n; i++)
                        r.null[i] &= !r.decided[i];
        if (r.causes)
                for (size_t i = 0; i < f->n; i++)
                        if (r.decided[i])
                                r.causes[i] = 0;
        if (!decisive)
                flip(f->n, out->boolean, out->boolean);
        out->null = r.null;
        out->causes = r.causes;
        *ret = out;
        return ST_OK;
}

Status logic_not(FeelBatch *b, Frame *f, Vec *p, Vec **ret)
{
        Truth t;
        Vec *out;
        TRY(truth_of(b, f, p, &t));
        TRY(vec_new(b, f, REP_BOOL, &out));
        flip(f->n, t.value, out->boolean);
        out->null = (uint8_t *)(uintptr_t)t.null;
        out->causes = (uint64_t *)(uintptr_t)t.causes;
        *ret = out;
        return ST_OK;
}

Status logic_passed(FeelBatch *b, Frame *f, Vec *p, Vec **ret)
{
        Truth t;
        Vec *out;
        TRY(truth_of(b, f, p, &t));
        TRY(vec_new(b, f, REP_BOOL, &out));
        for (size_t i = 0; i < f->n; i++)
                out->boolean[i] = (uint8_t)(t.value[i] & !(t.null && t.null[i]));
        out->causes = (uint64_t *)(uintptr_t)t.causes;
        *ret = out;
        return ST_OK;
}

/* ---------------------------------------------------------------- in */

/* True where it is true; null and false are no. */
static Status or_true(FeelBatch *b, const Frame *f, Vec *v, Vec *out)
{
        Truth t;
        TRY(truth_of(b, f, v, &t));
        for (size_t i = 0; i < f->n; i++)
                out->boolean[i] |= (uint8_t)(t.value[i] & !(t.null && t.null[i]));
        return ST_OK;
}

/* p compared with one value of a list, or with an end of a range; *ret NULL: not of one kind. */
static Status against(FeelBatch *b, const Frame *f, unsigned op, Vec *p, const FeelValue *v, Vec **cached, Vec **ret)
{
        *ret = NULL;
        TRY(batch_constant(b, v, cached));
        if (p->rep == REP_NULL || (*cached)->rep == REP_NULL || !compare_has_kernel(op, p, *cached))
                return ST_OK;
        return compare_vecs(b, f, op, p, *cached, ret);
}

BATCH_KERNEL
static void either_both(size_t n, const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict out)
{
        for (size_t i = 0; i < n; i++)
                out[i] |= a[i] & b[i];
}

/* p within a constant range: out |= that; *ret_ok false: the ends are of another kind. */
static Status or_in_range(FeelBatch *b, const Frame *f, Vec *p, const FeelRange *r, Vec **cached, Vec *out,
                          bool *ret_ok)
{
        Vec *above = NULL, *below = NULL;
        *ret_ok = false;
        if (r->low.kind != FEEL_NULL) {
                TRY(against(b, f, r->low_closed ? OPR_GE : OPR_GT, p, &r->low, &cached[0], &above));
                if (!above)
                        return ST_OK;
        }
        if (r->high.kind != FEEL_NULL) {
                TRY(against(b, f, r->high_closed ? OPR_LE : OPR_LT, p, &r->high, &cached[1], &below));
                if (!below)
                        return ST_OK;
        }
        if (!above && !below)
                return ST_OK;
        const Vec *one = above ? above : below, *two = below ? below : above;
        either_both(f->n, one->boolean, two->boolean, out->boolean);
        if (p->null || p->causes)
                for (size_t i = 0; i < f->n; i++)
                        out->boolean[i] &= vec_has(p, i);
        *ret_ok = true;
        return ST_OK;
}

static Status in_range(FeelBatch *b, const Frame *f, const Node *node, Vec *p, Vec *q, Vec **ret)
{
        Vec *out;
        bool ok;
        TRY(vec_new(b, f, REP_BOOL, &out));
        memset(out->boolean, 0, f->n);
        TRY(or_in_range(b, f, p, node->test->range, node->items, out, &ok));
        if (!ok)
                return box_in(b, f, p, q, ret);
        out->null = p->null;
        out->causes = p->causes;
        *ret = out;
        return ST_OK;
}

/* An item of another kind, and null against an item, is just not the one. */
static Status in_list(FeelBatch *b, const Frame *f, const Node *node, Vec *p, Vec **ret)
{
        Vec *out, *one;
        bool ok;
        TRY(vec_new(b, f, REP_BOOL, &out));
        memset(out->boolean, 0, f->n);
        for (size_t k = 0; k < node->test->list.len; k++) {
                const FeelValue *item = &node->test->list.items[k];
                if (item->kind == FEEL_RANGE) {
                        TRY(or_in_range(b, f, p, item->range, &node->items[2 * k], out, &ok));
                        continue;
                }
                TRY(against(b, f, OPR_EQ, p, item, &node->items[2 * k], &one));
                if (one)
                        TRY(or_true(b, f, one, out));
        }
        out->causes = p->causes;
        *ret = out;
        return ST_OK;
}

/* The row through the operators that make the range and look into it. */
static Status one_in_range(FeelBatch *b, const Node *range, const Vec *p, const Vec *low, const Vec *high, size_t i,
                           FeelValue *ret)
{
        FeelValue v, from, to, made;
        TRY(vec_get(b, p, i, &v));
        TRY(vec_get(b, low, i, &from));
        TRY(vec_get(b, high, i, &to));
        TRY(feel_op_range(b->x, &from, &to, range->opr, &made));
        return feel_op_in(b->x, &v, &made, ret);
}

/* p within a range with ends of its own on every row.  *ret NULL: of kinds without a kernel.  Rows with an UNKNOWN are
 * UNKNOWN; those with a null, and ranges that begin after their end, go one by one. */
static Status in_ends(FeelBatch *b, Frame *f, const Node *range, Vec *p, Vec **ret)
{
        Vec *low, *high, *above, *below, *ordered, *out;
        *ret = NULL;
        TRY(frame_vec(b, f, range->args[0], &low));
        TRY(frame_vec(b, f, range->args[1], &high));
        if (p->rep == REP_BOOL || low->rep == REP_NULL || high->rep == REP_NULL ||
            !compare_has_kernel(OPR_LE, p, low) || !compare_has_kernel(OPR_LE, p, high))
                return ST_OK;
        TRY(compare_vecs(b, f, range->opr & FLAG_LOW_CLOSED ? OPR_GE : OPR_GT, p, low, &above));
        TRY(compare_vecs(b, f, range->opr & FLAG_HIGH_CLOSED ? OPR_LE : OPR_LT, p, high, &below));
        TRY(compare_vecs(b, f, OPR_LE, low, high, &ordered));
        TRY(vec_new(b, f, REP_BOOL, &out));
        memset(out->boolean, 0, f->n);
        either_both(f->n, above->boolean, below->boolean, out->boolean);
        TRY(vec_join_masks(b, f, out, above, below));
        const uint8_t *ends_null = ordered->null, *null = out->null;
        out->null = NULL;
        for (size_t i = 0; i < f->n; i++) {
                bool plain = ordered->boolean[i] && !(ends_null && ends_null[i]) && !(null && null[i]);
                if (plain || vec_unknown(out, i))
                        continue;
                FeelValue v;
                TRY(feel_tick(b->x, 1));
                TRY(one_in_range(b, range, p, low, high, i, &v));
                if (v.kind == FEEL_BOOLEAN) {
                        out->boolean[i] = v.boolean;
                        continue;
                }
                TRY(vec_add_null(b, f, out));
                out->null[i] = 1;
        }
        *ret = out;
        return ST_OK;
}

Status in_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *p, *q;
        const Node *test = &b->nodes[node->args[1]];
        TRY(frame_vec(b, f, node->args[0], &p));
        if (test->op == NODE_RANGE && !test->constant && p->rep != REP_VALUE && p->rep != REP_NULL) {
                TRY(in_ends(b, f, test, p, ret));
                if (*ret)
                        return ST_OK;
        }
        TRY(frame_vec(b, f, node->args[1], &q));
        if (p->rep == REP_VALUE || p->rep == REP_NULL)
                return box_in(b, f, p, q, ret);
        if (node->test && node->test->kind == FEEL_RANGE)
                return in_range(b, f, node, p, q, ret);
        if (node->test && node->test->kind == FEEL_LIST)
                return in_list(b, f, node, p, ret);
        if (!compare_has_kernel(OPR_EQ, p, q))
                return box_in(b, f, p, q, ret);
        TRY(compare_vecs(b, f, OPR_EQ, p, q, ret));
        if (q->rep != REP_NULL && !q->null)
                return ST_OK;
        /* A value in null is null, where a value = null is false. */
        uint8_t *null;
        TRY(batch_alloc(b, f->n, &null));
        for (size_t i = 0; i < f->n; i++)
                null[i] = (q->rep == REP_NULL || q->null[i]) && vec_has(p, i);
        (*ret)->null = null;
        return ST_OK;
}
