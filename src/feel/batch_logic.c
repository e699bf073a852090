/* and, or, not, if, in: truth with null and UNKNOWN, and rows that go different ways. */
#include "feel/batch_int.h"

/* A boolean column, whatever it came as: what is neither boolean nor UNKNOWN counts as null. */
typedef struct Truth {
        const uint8_t *value;           /* 0, 1; anything where null or UNKNOWN */
        const uint8_t *null;            /* may be NULL */
        const uint64_t *causes;         /* may be NULL */
} Truth;

static Status truth_of(FeelBatch *b, const Frame *f, const Vec *v, Truth *ret)
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

/* One more operand; rows[k] of the frame is row k of t (NULL: all of them). */
static Status fold(FeelBatch *b, const Frame *f, Running *r, uint8_t decisive, Truth t, const uint16_t *rows, size_t n)
{
        if (!t.null && !t.causes && !rows) {
                for (size_t i = 0; i < n; i++)
                        r->decided[i] |= t.value[i] == decisive;
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
                for (size_t i = 0; i < f->n; i++)
                        out->boolean[i] ^= 1;
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
        for (size_t i = 0; i < f->n; i++)
                out->boolean[i] = t.value[i] ^ 1;
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

/* ---------------------------------------------------------------- if */

/* Rows of f where the parts of a choice come from. */
typedef struct Part {
        const Vec *vec;         /* NULL: no rows */
        const uint16_t *rows;
        size_t n;
        Frame *frame;
} Part;

/* What can hold both: numbers at one scale or Dec; one representation; else values. */
static VecRep common(const Vec *p, const Vec *q, int *ret_scale)
{
        *ret_scale = 0;
        if (p->rep == REP_NULL)
                p = q;
        if (q->rep == REP_NULL)
                q = p;
        if (p->rep == REP_I64 && q->rep == REP_I64) {
                *ret_scale = p->scale > q->scale ? p->scale : q->scale;
                return REP_I64;
        }
        if (p->rep == REP_RATIO && p == q)
                return REP_DEC;
        if (vec_is_number(p) && vec_is_number(q))
                return REP_DEC;
        return p->rep == q->rep ? p->rep : REP_VALUE;
}

#define SCATTER(type, to, from)                                 \
        do {                                                    \
                const type *from_ = (from);                     \
                type *to_ = (to);                               \
                for (size_t k = 0; k < p->n; k++)               \
                        to_[p->rows[k]] = from_[k];             \
        } while (0)

static Status scatter(FeelBatch *b, const Frame *f, const Part *p, Vec *out)
{
        const Vec *v = p->vec;
        if (!v)
                return ST_OK;
        if (v->causes) {
                TRY(vec_add_causes(b, f, out));
                SCATTER(uint64_t, out->causes, v->causes);
        }
        if (out->rep == REP_NULL)
                return ST_OK;
        if (out->rep == REP_VALUE) {
                for (size_t k = 0; k < p->n; k++)
                        TRY(vec_get(b, v, k, &out->value[p->rows[k]]));
                return ST_OK;
        }
        if (v->rep == REP_NULL || v->null) {
                TRY(vec_add_null(b, f, out));
                for (size_t k = 0; k < p->n; k++)
                        out->null[p->rows[k]] = v->rep == REP_NULL || v->null[k];
        }
        if (v->rep == REP_NULL)
                return ST_OK;
        switch (out->rep) {
        case REP_I64: SCATTER(int64_t, out->i64, v->i64); break;
        case REP_BOOL: SCATTER(uint8_t, out->boolean, v->boolean); break;
        case REP_STR: SCATTER(Str, out->str, v->str); break;
        case REP_DATE: SCATTER(int32_t, out->days, v->days); break;
        default: {
                const Dec *d;
                TRY(vec_dec(b, p->frame, (Vec *)(uintptr_t)v, &d));
                SCATTER(Dec, out->dec, d);
                break;
        }
        }
        return ST_OK;
}

/* The parts put together; they cover the frame but for rows that are UNKNOWN by themselves (their
 * causes stand in `causes`, which may be NULL). */
static Status assemble(FeelBatch *b, const Frame *f, Part *then, Part *otherwise, const uint64_t *causes, Vec **ret)
{
        Vec *out;
        int scale = 0;
        const Vec *first = then->vec ? then->vec : otherwise->vec;
        VecRep rep = REP_NULL;
        if (first)
                rep = common(first, otherwise->vec ? otherwise->vec : first, &scale);
        if (rep == REP_I64) {
                Part *parts[2] = { then, otherwise };
                for (size_t k = 0; k < 2; k++) {
                        Vec *same;
                        if (!parts[k]->vec || parts[k]->vec->rep != REP_I64)
                                continue;
                        TRY(vec_rescale(b, parts[k]->frame, (Vec *)(uintptr_t)parts[k]->vec, scale, &same));
                        if (!same)
                                rep = REP_DEC;
                        else
                                parts[k]->vec = same;
                }
        }
        TRY(vec_new(b, f, rep, &out));
        out->scale = rep == REP_I64 ? scale : 0;
        if (causes && rep == REP_VALUE)
                TRY(vec_add_causes(b, f, out));
        if (rep != REP_NULL && (causes || !then->vec || !otherwise->vec || then->vec->rep == REP_NULL ||
                                otherwise->vec->rep == REP_NULL))
                memset(out->data, 0, f->n * vec_item_size(rep));
        TRY(scatter(b, f, then, out));
        TRY(scatter(b, f, otherwise, out));
        if (causes) {
                TRY(vec_add_causes(b, f, out));
                for (size_t i = 0; i < f->n; i++)
                        out->causes[i] |= causes[i];
        }
        *ret = out;
        return ST_OK;
}

Status if_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *c;
        Truth t;
        uint16_t *yes, *no;
        TRY(frame_vec(b, f, node->args[0], &c));
        TRY(truth_of(b, f, c, &t));
        TRY(batch_alloc(b, f->n * sizeof(*yes), &yes));
        TRY(batch_alloc(b, f->n * sizeof(*no), &no));
        size_t n_yes = 0, n_no = 0;
        if (!t.null && !t.causes) {
                for (size_t i = 0; i < f->n; i++) {
                        yes[n_yes] = no[n_no] = (uint16_t)i;
                        n_yes += t.value[i] != 0;
                        n_no += t.value[i] == 0;
                }
        } else {
                for (size_t i = 0; i < f->n; i++) {
                        bool unknown = t.causes && t.causes[i];
                        bool take = !unknown && t.value[i] && !(t.null && t.null[i]);
                        yes[n_yes] = no[n_no] = (uint16_t)i;
                        n_yes += take;
                        n_no += !take && !unknown;
                }
        }
        if (n_yes == f->n)
                return frame_vec(b, f, node->args[1], ret);
        if (n_no == f->n)
                return frame_vec(b, f, node->args[2], ret);
        Part parts[2] = { { .rows = yes, .n = n_yes }, { .rows = no, .n = n_no } };
        for (size_t k = 0; k < 2; k++) {
                if (parts[k].n == 0)
                        continue;
                Vec *v;
                TRY(frame_child(b, f, parts[k].rows, parts[k].n, &parts[k].frame));
                TRY(frame_vec(b, parts[k].frame, node->args[1 + k], &v));
                parts[k].vec = v;
        }
        return assemble(b, f, &parts[0], &parts[1], n_yes + n_no < f->n ? t.causes : NULL, ret);
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
        for (size_t i = 0; i < f->n; i++)
                out->boolean[i] |= (uint8_t)(one->boolean[i] & two->boolean[i] & vec_has(p, i));
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

Status in_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Vec *p, *q;
        TRY(frame_vec(b, f, node->args[0], &p));
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
