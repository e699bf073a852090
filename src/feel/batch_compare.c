/* Comparing columns: = != < <= > >=.
 *
 * Equality of null with null is true, with anything else false; order with null is
 * null.  Numbers are compared as integers wherever that is exact: at one scale,
 * against a constant by moving the constant to the column's scale (x >= 0.055 over
 * two digits is x > 0.05), by 128-bit products otherwise, also for quotients that
 * were not carried out (batch_int.h). */
#include "feel/batch_int.h"

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UWide;

bool compare_has_kernel(unsigned op, const Vec *p, const Vec *q)
{
        if (p->rep == REP_VALUE || q->rep == REP_VALUE)
                return false;
        if (p->rep == REP_NULL || q->rep == REP_NULL)
                return true;
        if (vec_is_number(p) || vec_is_number(q))
                return vec_is_number(p) && vec_is_number(q);
        if (p->rep != q->rep)
                return false;
        return p->rep != REP_BOOL || op == OPR_EQ || op == OPR_NE;
}

static unsigned mirrored(unsigned op)
{
        switch (op) {
        case OPR_LT: return OPR_GT;
        case OPR_LE: return OPR_GE;
        case OPR_GT: return OPR_LT;
        case OPR_GE: return OPR_LE;
        default: return op;
        }
}

static bool holds(unsigned op, int c)
{
        switch (op) {
        case OPR_EQ: return c == 0;
        case OPR_NE: return c != 0;
        case OPR_LT: return c < 0;
        case OPR_LE: return c <= 0;
        case OPR_GT: return c > 0;
        default: return c >= 0;
        }
}

/* out[i] := left OP right for an op that is known outside the loop. */
#define COMPARE_LOOP(op, out, n, left, right)                                                   \
        switch (op) {                                                                           \
        case OPR_EQ: for (size_t i = 0; i < (n); i++) (out)[i] = (left) == (right); break;      \
        case OPR_NE: for (size_t i = 0; i < (n); i++) (out)[i] = (left) != (right); break;      \
        case OPR_LT: for (size_t i = 0; i < (n); i++) (out)[i] = (left) < (right); break;       \
        case OPR_LE: for (size_t i = 0; i < (n); i++) (out)[i] = (left) <= (right); break;      \
        case OPR_GT: for (size_t i = 0; i < (n); i++) (out)[i] = (left) > (right); break;       \
        default: for (size_t i = 0; i < (n); i++) (out)[i] = (left) >= (right); break;          \
        }

BATCH_KERNEL
static void loop_limit(unsigned op, size_t n, const int64_t *restrict x, int64_t limit, uint8_t *restrict out)
{
        COMPARE_LOOP(op, out, n, x[i], limit);
}

BATCH_KERNEL
static void loop_i64(unsigned op, size_t n, const int64_t *restrict x, const int64_t *restrict y, uint8_t *restrict out)
{
        COMPARE_LOOP(op, out, n, x[i], y[i]);
}

BATCH_KERNEL
static void loop_i32(unsigned op, size_t n, const int32_t *restrict x, const int32_t *restrict y, uint8_t *restrict out)
{
        COMPARE_LOOP(op, out, n, x[i], y[i]);
}

BATCH_KERNEL
static void loop_u8(unsigned op, size_t n, const uint8_t *restrict x, const uint8_t *restrict y, uint8_t *restrict out)
{
        COMPARE_LOOP(op, out, n, x[i], y[i]);
}

/* num * left against v * den * right, in 64 bits. */
BATCH_KERNEL
static void loop_ratio(unsigned op, size_t n, const int64_t *restrict num, const int64_t *restrict den, uint64_t left,
                       const int64_t *restrict v, uint64_t right, uint8_t *restrict out)
{
        COMPARE_LOOP(op, out, n, (int64_t)((uint64_t)num[i] * left),
                     (int64_t)((uint64_t)v[i] * (uint64_t)den[i] * right));
}

/* ---------------------------------------------------------------- numbers */

/* The constant at the scale of the column: *op and *ret ask the same of integers.  false: the
 * answer is the same for all numbers of that scale, *ret 1 or 0. */
static bool threshold(int64_t constant, int from, int to, unsigned *op, int64_t *ret)
{
        if (to >= from) {
                if (to - from <= BATCH_SCALE_MAX && !__builtin_mul_overflow(constant, batch_pow10[to - from], ret))
                        return true;
                *ret = holds(*op, constant > 0 ? -1 : 1);       /* beyond all of them */
                return false;
        }
        int64_t unit = batch_pow10[from - to];
        int64_t floor = constant / unit - (constant % unit < 0);
        if (constant % unit == 0) {
                *ret = floor;
                return true;
        }
        if (*op == OPR_EQ || *op == OPR_NE) {
                *ret = *op == OPR_NE;
                return false;
        }
        /* Between two whole numbers: below it means up to floor. */
        *op = *op == OPR_LT || *op == OPR_LE ? OPR_LE : OPR_GT;
        *ret = floor;
        return true;
}

static void compare_wide(const Frame *f, unsigned op, const Vec *p, const Vec *q, uint8_t *out)
{
        int scale = p->scale > q->scale ? p->scale : q->scale;
        Wide up = batch_pow10[scale - p->scale], uq = batch_pow10[scale - q->scale];
        COMPARE_LOOP(op, out, f->n, (Wide)p->i64[i] * up, (Wide)q->i64[i] * uq);
}

static Status compare_i64(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, uint8_t *out)
{
        if (p->constant && !q->constant)
                return compare_i64(b, f, mirrored(op), q, p, out);
        if (q->constant && !q->null && !q->causes) {
                int64_t limit;
                if (!threshold(q->i64[0], q->scale, p->scale, &op, &limit)) {
                        memset(out, (int)limit, f->n);
                        return ST_OK;
                }
                loop_limit(op, f->n, p->i64, limit, out);
                return ST_OK;
        }
        if (p->scale == q->scale) {
                loop_i64(op, f->n, p->i64, q->i64, out);
                return ST_OK;
        }
        compare_wide(f, op, p, q, out);
        return ST_OK;
}

/* num / den * 10^-scale against v * 10^-s: num * left against v * den * right. */
static Status compare_ratio(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, uint8_t *out)
{
        int shift = q->scale - p->scale;
        const Dec *x = NULL, *y = NULL;
        bool exact = shift <= BATCH_SCALE_MAX && shift >= -BATCH_SCALE_MAX;
        uint64_t left = exact ? (uint64_t)batch_pow10[shift > 0 ? shift : 0] : 1;
        uint64_t right = exact ? (uint64_t)batch_pow10[shift < 0 ? -shift : 0] : 1;
        const UWide bound = (UWide)batch_pow10[16] * (UWide)batch_pow10[16];
        UWide most_left = (UWide)vec_max(p, f->n) * left;
        UWide most_right = (UWide)vec_max(q, f->n) * (p->max_den ? p->max_den : INT64_MAX);
        exact = exact && most_right < bound / right;
        if (exact && most_left <= INT64_MAX && most_right * right <= INT64_MAX) {
                loop_ratio(op, f->n, p->i64, p->den, left, q->i64, right, out);
                return ST_OK;
        }
        if (exact) {
                const int64_t *num = p->i64, *den = p->den, *v = q->i64;
                COMPARE_LOOP(op, out, f->n, (Wide)((UWide)(Wide)num[i] * left),
                             (Wide)((UWide)(Wide)v[i] * (UWide)(Wide)den[i] * right));
                return ST_OK;
        }
        TRY(vec_dec(b, f, p, &x));
        TRY(vec_dec(b, f, q, &y));
        for (size_t i = 0; i < f->n; i++)
                out[i] = holds(op, dec_cmp(x[i], y[i]));
        return ST_OK;
}

static Status compare_numbers(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, uint8_t *out)
{
        if (p->rep == REP_I64 && q->rep == REP_I64)
                return compare_i64(b, f, op, p, q, out);
        if (p->rep == REP_RATIO && q->rep == REP_I64)
                return compare_ratio(b, f, op, p, q, out);
        if (p->rep == REP_I64 && q->rep == REP_RATIO)
                return compare_ratio(b, f, mirrored(op), q, p, out);
        const Dec *x, *y;
        TRY(vec_dec(b, f, p, &x));
        TRY(vec_dec(b, f, q, &y));
        for (size_t i = 0; i < f->n; i++)
                out[i] = holds(op, dec_cmp(x[i], y[i]));
        return ST_OK;
}

/* ---------------------------------------------------------------- others */

static void key_of(Str s, uint64_t *head, uint64_t *tail)
{
        const unsigned char *p = (const unsigned char *)s.ptr;
        *head = *tail = 0;
        if (s.len >= 8) {
                memcpy(head, p, 8);
                memcpy(tail, p + s.len - 8, 8);
        } else if (s.len >= 4) {
                memcpy(head, p, 4);
                memcpy(tail, p + s.len - 4, 4);
        } else if (s.len) {
                *head = (uint64_t)p[0] | (uint64_t)p[s.len / 2] << 8 | (uint64_t)p[s.len - 1] << 16;
        }
}

static Status keys_of(FeelBatch *b, const Frame *f, Vec *v, StrKeys **ret)
{
        if (v->keys) {
                *ret = v->keys;
                return ST_OK;
        }
        StrKeys *k;
        bool plain = !v->null && !v->causes;
        TRY(batch_alloc(b, sizeof(*k), &k));
        TRY(batch_alloc(b, f->n * sizeof(uint64_t), &k->head));
        TRY(batch_alloc(b, f->n * sizeof(uint64_t), &k->tail));
        TRY(batch_alloc(b, f->n * sizeof(uint64_t), &k->len));
        for (size_t i = 0; i < f->n; i++) {
                Str s = plain || vec_has(v, i) ? v->str[i] : STR("");
                key_of(s, &k->head[i], &k->tail[i]);
                k->len[i] = s.len;
        }
        if (!v->constant)
                v->keys = k;    /* a constant outlives the chunk's memory */
        *ret = k;
        return ST_OK;
}

BATCH_KERNEL
static void loop_key(size_t n, const StrKeys *k, uint64_t head, uint64_t tail, uint64_t len, uint8_t *restrict out)
{
        const uint64_t *restrict h = k->head, *restrict t = k->tail, *restrict l = k->len;
        for (size_t i = 0; i < n; i++)
                out[i] = ((h[i] ^ head) | (t[i] ^ tail) | (l[i] ^ len)) == 0;
}

/* Against a constant: three words at once; only long strings that agree in them are read. */
static Status equal_strings(FeelBatch *b, const Frame *f, unsigned op, Vec *p, const Vec *q, uint8_t *out)
{
        StrKeys *k;
        uint64_t head, tail;
        Str s = q->str[0];
        TRY(keys_of(b, f, p, &k));
        key_of(s, &head, &tail);
        loop_key(f->n, k, head, tail, s.len, out);
        if (s.len > 16)
                for (size_t i = 0; i < f->n; i++)
                        if (out[i])
                                out[i] = vec_has(p, i) && str_eq(p->str[i], s);
        if (op == OPR_NE)
                for (size_t i = 0, n = f->n; i < n; i++)
                        out[i] ^= 1;
        return ST_OK;
}

static Status compare_strings(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, uint8_t *out)
{
        bool equality = op == OPR_EQ || op == OPR_NE;
        if (equality && q->constant && !p->constant && vec_has(q, 0))
                return equal_strings(b, f, op, p, q, out);
        if (equality && p->constant && !q->constant && vec_has(p, 0))
                return equal_strings(b, f, op, q, p, out);
        for (size_t i = 0; i < f->n; i++) {
                if (!vec_has(p, i) || !vec_has(q, i))
                        out[i] = 0;
                else if (equality)
                        out[i] = str_eq(p->str[i], q->str[i]) == (op == OPR_EQ);
                else
                        out[i] = holds(op, str_cmp(p->str[i], q->str[i]));
        }
        return ST_OK;
}

static Status values(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, uint8_t *out)
{
        switch (p->rep) {
        case REP_STR:
                return compare_strings(b, f, op, p, q, out);
        case REP_DATE:
                loop_i32(op, f->n, p->days, q->days, out);
                return ST_OK;
        case REP_BOOL:
                loop_u8(op, f->n, p->boolean, q->boolean, out);
                return ST_OK;
        default:
                return compare_numbers(b, f, op, p, q, out);
        }
}

static uint8_t is_null(const Vec *v, size_t i)
{
        return v->rep == REP_NULL || (v->null && v->null[i]);
}

/* null = null is true, null = x false: equality is never null between values of one kind. */
static void equality_of_nulls(const Frame *f, unsigned op, const Vec *p, const Vec *q, uint8_t *out)
{
        if (p->rep != REP_NULL && q->rep != REP_NULL && !p->null && !q->null)
                return;
        for (size_t i = 0; i < f->n; i++) {
                uint8_t left = is_null(p, i), right = is_null(q, i);
                if (left | right)
                        out[i] = (left & right) == (op == OPR_EQ);
        }
}

Status compare_vecs(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, Vec **ret)
{
        Vec *out;
        bool equality = op == OPR_EQ || op == OPR_NE, none = p->rep == REP_NULL || q->rep == REP_NULL;
        TRY(vec_new(b, f, none && !equality ? REP_NULL : REP_BOOL, &out));
        TRY(vec_join_masks(b, f, out, p, q));
        if (!none)
                TRY(values(b, f, op, p, q, out->boolean));
        if (equality) {
                out->null = NULL;
                equality_of_nulls(f, op, p, q, out->boolean);
        }
        *ret = out;
        return ST_OK;
}
