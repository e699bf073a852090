/* if … then … else if … else …: every row goes to the first branch whose condition
 * is true.
 *
 * Conditions that are kernels are computed for the whole frame, for that costs less
 * than gathering; those that work value by value only for the rows that are still
 * undecided.  Each branch is computed in a frame of its rows, and the results are
 * scattered into one vector. */
#include "feel/batch_int.h"

enum { UNDECIDED = 255, MISSING = 254 };        /* branches are numbered below; MISSING: the condition is UNKNOWN */

/* Rows of the frame that take one branch, and what it gives for them. */
typedef struct Part {
        uint16_t *rows;
        size_t n;
        Vec *vec;               /* row k of it is row rows[k] of the frame */
        Frame *frame;           /* of the vec */
} Part;

typedef struct Choice {
        uint8_t *branch;        /* by row */
        uint64_t *causes;       /* of MISSING rows; NULL: none */
        size_t open;            /* rows UNDECIDED */
} Choice;

BATCH_KERNEL
static size_t take(size_t n, uint8_t k, const uint8_t *restrict value, uint8_t *restrict branch)
{
        size_t taken = 0;
        for (size_t i = 0; i < n; i++) {
                uint8_t hit = (branch[i] == UNDECIDED) & (value[i] != 0);
                branch[i] = hit ? k : branch[i];
                taken += hit;
        }
        return taken;
}

/* The condition over some rows of the frame (NULL: all of them). */
static Status decide(FeelBatch *b, const Frame *f, Choice *c, uint8_t k, Truth t, const uint16_t *rows, size_t n)
{
        if (!rows && !t.null && !t.causes) {
                c->open -= take(n, k, t.value, c->branch);
                return ST_OK;
        }
        if (t.causes && !c->causes) {
                TRY(batch_alloc(b, f->n * sizeof(*c->causes), &c->causes));
                memset(c->causes, 0, f->n * sizeof(*c->causes));
        }
        for (size_t j = 0; j < n; j++) {
                size_t i = rows ? rows[j] : j;
                if (c->branch[i] != UNDECIDED)
                        continue;
                if (t.causes && t.causes[j]) {
                        c->branch[i] = MISSING;
                        c->causes[i] = t.causes[j];
                        c->open--;
                } else if (t.value[j] && !(t.null && t.null[j])) {
                        c->branch[i] = k;
                        c->open--;
                }
        }
        return ST_OK;
}

static Status undecided_rows(FeelBatch *b, const Frame *f, const Choice *c, uint16_t **ret)
{
        uint16_t *rows;
        TRY(batch_alloc(b, (f->n + 1) * sizeof(*rows), &rows));
        size_t n = 0;
        for (size_t i = 0; i < f->n; i++) {
                rows[n] = (uint16_t)i;
                n += c->branch[i] == UNDECIDED;
        }
        *ret = rows;
        return ST_OK;
}

static Status condition(FeelBatch *b, Frame *f, Choice *c, uint8_t k, uint32_t node)
{
        Vec *v;
        Truth t;
        if (b->nodes[node].dear && c->open < f->n && !f->vecs[node]) {
                uint16_t *rows;
                Frame *child;
                size_t n = c->open;
                TRY(undecided_rows(b, f, c, &rows));
                TRY(frame_child(b, f, rows, n, &child));
                TRY(frame_vec(b, child, node, &v));
                TRY(truth_of(b, child, v, &t));
                return decide(b, f, c, k, t, rows, n);
        }
        TRY(frame_vec(b, f, node, &v));
        TRY(truth_of(b, f, v, &t));
        return decide(b, f, c, k, t, NULL, f->n);
}

/* The rows of each branch, in order. */
static Status partition(FeelBatch *b, const Frame *f, const Choice *c, Part *parts, size_t count)
{
        uint16_t sizes[256] = { 0 }, *rows;
        for (size_t i = 0; i < f->n; i++)
                sizes[c->branch[i]]++;
        TRY(batch_alloc(b, (f->n + 1) * sizeof(*rows), &rows));
        uint16_t *next[256] = { NULL };
        for (size_t k = 0; k < count; k++) {
                parts[k].rows = next[k] = rows;
                parts[k].n = sizes[k];
                rows += sizes[k];
        }
        next[MISSING] = rows;   /* written and not read */
        for (size_t i = 0; i < f->n; i++)
                *next[c->branch[i]]++ = (uint16_t)i;
        return ST_OK;
}

/* ---------------------------------------------------------------- putting together */

/* What can hold the results of all branches: numbers at one scale or Dec; one representation; else values. */
static VecRep common(const Part *parts, size_t count, int *ret_scale)
{
        VecRep rep = REP_NULL;
        *ret_scale = 0;
        for (size_t k = 0; k < count; k++) {
                const Vec *v = parts[k].vec;
                if (!v || v->rep == REP_NULL)
                        continue;
                VecRep one = v->rep == REP_RATIO ? REP_DEC : v->rep;
                if (one == REP_I64 && v->scale > *ret_scale)
                        *ret_scale = v->scale;
                if (rep == REP_NULL || rep == one)
                        rep = one;
                else if ((rep == REP_I64 || rep == REP_DEC) && (one == REP_I64 || one == REP_DEC))
                        rep = REP_DEC;
                else
                        return REP_VALUE;
        }
        return rep;
}

#define SCATTER(type, to, from)                                         \
        do {                                                            \
                const type *restrict from_ = (from);                    \
                type *restrict to_ = (to);                              \
                const uint16_t *restrict rows_ = p->rows;               \
                for (size_t k = 0, n = p->n; k < n; k++)                \
                        to_[rows_[k]] = from_[k];                       \
        } while (0)

static Status scatter(FeelBatch *b, const Frame *f, const Part *p, Vec *out)
{
        Vec *v = p->vec;
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
                TRY(vec_dec(b, p->frame, v, &d));
                SCATTER(Dec, out->dec, d);
                break;
        }
        }
        return ST_OK;
}

/* The parts cover the frame but for the MISSING rows. */
static Status assemble(FeelBatch *b, const Frame *f, Part *parts, size_t count, const Choice *c, Vec **ret)
{
        Vec *out;
        int scale;
        bool blanks = c->causes != NULL;
        uint64_t max = 1;
        VecRep rep = common(parts, count, &scale);
        for (size_t k = 0; k < count && rep == REP_I64; k++) {
                Vec *v = parts[k].vec, *same;
                blanks = blanks || (v && v->rep == REP_NULL);
                if (!v || v->rep != REP_I64)
                        continue;
                TRY(vec_rescale(b, parts[k].frame, v, scale, &same));
                if (!same) {
                        rep = REP_DEC;
                } else {
                        uint64_t m = vec_max(same, parts[k].n);
                        max = m > max ? m : max;
                        parts[k].vec = same;
                }
        }
        TRY(vec_new(b, f, rep, &out));
        if (rep == REP_I64) {
                out->scale = scale;
                out->max = max;
        }
        if (rep != REP_NULL && (blanks || rep != REP_I64))
                memset(out->data, 0, f->n * vec_item_size(rep));
        for (size_t k = 0; k < count; k++)
                if (parts[k].n)
                        TRY(scatter(b, f, &parts[k], out));
        if (c->causes) {
                TRY(vec_add_causes(b, f, out));
                for (size_t i = 0; i < f->n; i++)
                        out->causes[i] |= c->causes[i];
        }
        *ret = out;
        return ST_OK;
}

static Status branch(FeelBatch *b, Frame *f, uint32_t node, Part *p)
{
        if (b->nodes[node].constant) {
                Frame *rows;
                TRY(batch_alloc(b, sizeof(*rows), &rows));
                *rows = (Frame){ .n = p->n };
                p->frame = rows;
                return frame_vec(b, f, node, &p->vec);
        }
        TRY(frame_child(b, f, p->rows, p->n, &p->frame));
        return frame_vec(b, p->frame, node, &p->vec);
}

Status choose_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        Choice c = { .open = f->n };
        size_t count = node->n / 2 + 1;
        TRY(batch_alloc(b, f->n, &c.branch));
        memset(c.branch, UNDECIDED, f->n);
        for (size_t k = 0; k + 1 < count && c.open; k++) {
                size_t before = c.open;
                TRY(condition(b, f, &c, (uint8_t)k, node->args[2 * k]));
                if (before == f->n && c.open == 0 && c.branch[0] == k && !c.causes)
                        return frame_vec(b, f, node->args[2 * k + 1], ret);
        }
        if (c.open == f->n)
                return frame_vec(b, f, node->args[node->n - 1], ret);
        if (c.open)
                for (size_t i = 0; i < f->n; i++)
                        c.branch[i] = c.branch[i] == UNDECIDED ? (uint8_t)(count - 1) : c.branch[i];
        Part *parts;
        TRY(batch_alloc(b, count * sizeof(*parts), &parts));
        memset(parts, 0, count * sizeof(*parts));
        TRY(partition(b, f, &c, parts, count));
        for (size_t k = 0; k < count; k++)
                if (parts[k].n)
                        TRY(branch(b, f, k + 1 < count ? node->args[2 * k + 1] : node->args[node->n - 1], &parts[k]));
        return assemble(b, f, parts, count, &c, ret);
}
