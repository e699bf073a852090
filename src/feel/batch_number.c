/* Kernels of numbers.  Loops over int64 wrap where a row has no value (what stands
 * there is never looked at) and are only entered when the bounds of the operands
 * say that rows with a value cannot overflow; the others go through decimal128,
 * where every operation is the scalar executor's. */
#include "feel/batch_int.h"

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UWide;

const int64_t batch_pow10[19] = {
        1,
        10,
        100,
        1000,
        10000,
        100000,
        1000000,
        10000000,
        100000000,
        1000000000,
        10000000000,
        100000000000,
        1000000000000,
        10000000000000,
        100000000000000,
        1000000000000000,
        10000000000000000,
        100000000000000000,
        1000000000000000000,
};

/* 10^32: a quotient whose rounding to 34 digits cannot cross the point it is compared
 * with or rounded at (batch_int.h) keeps its products below this. */
static UWide ratio_bound(void)
{
        return (UWide)batch_pow10[16] * (UWide)batch_pow10[16];
}

static uint64_t magnitude(int64_t v)
{
        return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

BATCH_KERNEL
static uint64_t max_magnitude(size_t n, const int64_t *restrict data)
{
        /* As two signed extremes: that has vector instructions. */
        int64_t low = 0, high = 0;
        for (size_t i = 0; i < n; i++) {
                low = data[i] < low ? data[i] : low;
                high = data[i] > high ? data[i] : high;
        }
        uint64_t below = -(uint64_t)low;
        return below > (uint64_t)high ? below : (uint64_t)high;
}

static uint64_t max_of(const int64_t *data, const Vec *v, size_t n)
{
        uint64_t max = 0;
        if (!v->null && !v->causes) {
                max = max_magnitude(n, data);
        } else {
                for (size_t i = 0; i < n; i++) {
                        uint64_t m = vec_has(v, i) ? magnitude(data[i]) : 0;
                        max = m > max ? m : max;
                }
        }
        return max ? max : 1;
}

uint64_t vec_max(Vec *v, size_t n)
{
        if (v->max == 0)
                v->max = max_of(v->i64, v, n);
        return v->max;
}

static uint64_t vec_max_den(Vec *v, size_t n)
{
        if (v->max_den == 0)
                v->max_den = max_of(v->den, v, n);
        return v->max_den;
}

/* a * b, or UINT64_MAX when that is too large. */
static uint64_t saturated(uint64_t a, uint64_t b)
{
        uint64_t r;
        return __builtin_mul_overflow(a, b, &r) ? UINT64_MAX : r;
}

/* ---------------------------------------------------------------- to Dec */

Dec feel_ratio(int64_t num, int64_t den, int scale)
{
        /* The scale goes to the operand that takes digits after the point. */
        return scale >= 0 ? dec_div(dec_from_scaled(num, scale), dec_from_i64(den))
                          : dec_div(dec_from_i64(num), dec_from_scaled(den, -scale));
}

Dec vec_ratio(const Vec *v, size_t i)
{
        return feel_ratio(v->i64[i], v->den[i], v->scale);
}

Status vec_dec(FeelBatch *b, const Frame *f, Vec *v, const Dec **ret)
{
        if (v->rep == REP_DEC || v->as_dec) {
                *ret = v->rep == REP_DEC ? v->dec : v->as_dec;
                return ST_OK;
        }
        Dec *out;
        TRY(batch_alloc(b, f->n * sizeof(*out), &out));
        bool ratio = v->rep == REP_RATIO;
        for (size_t i = 0; i < f->n; i++) {
                if (!vec_has(v, i))
                        out[i] = dec_zero();
                else
                        out[i] = ratio ? vec_ratio(v, i) : dec_from_scaled(v->i64[i], v->scale);
        }
        if (!v->constant)
                v->as_dec = out;        /* a constant outlives the chunk's memory */
        *ret = out;
        return ST_OK;
}

/* ---------------------------------------------------------------- loops */

BATCH_KERNEL
static void mul_by(size_t n, const int64_t *restrict x, int64_t by, int64_t *restrict out)
{
        for (size_t i = 0; i < n; i++)
                out[i] = (int64_t)((uint64_t)x[i] * (uint64_t)by);
}

BATCH_KERNEL
static void loop_add(size_t n, const int64_t *restrict x, const int64_t *restrict y, int64_t *restrict out)
{
        for (size_t i = 0; i < n; i++)
                out[i] = (int64_t)((uint64_t)x[i] + (uint64_t)y[i]);
}

BATCH_KERNEL
static void loop_sub(size_t n, const int64_t *restrict x, const int64_t *restrict y, int64_t *restrict out)
{
        for (size_t i = 0; i < n; i++)
                out[i] = (int64_t)((uint64_t)x[i] - (uint64_t)y[i]);
}

BATCH_KERNEL
static void loop_mul(size_t n, const int64_t *restrict x, const int64_t *restrict y, int64_t *restrict out)
{
        for (size_t i = 0; i < n; i++)
                out[i] = (int64_t)((uint64_t)x[i] * (uint64_t)y[i]);
}

BATCH_KERNEL
static void loop_min(size_t n, const int64_t *restrict x, const int64_t *restrict y, int64_t *restrict out)
{
        for (size_t i = 0; i < n; i++)
                out[i] = y[i] < x[i] ? y[i] : x[i];
}

BATCH_KERNEL
static void loop_max(size_t n, const int64_t *restrict x, const int64_t *restrict y, int64_t *restrict out)
{
        for (size_t i = 0; i < n; i++)
                out[i] = y[i] > x[i] ? y[i] : x[i];
}

/* ---------------------------------------------------------------- scales */

static Status multiplied(FeelBatch *b, const Frame *f, const Vec *v, int64_t by, Vec **ret)
{
        Vec *out;
        TRY(vec_new(b, f, REP_I64, &out));
        mul_by(f->n, v->i64, by, out->i64);
        out->null = v->null;
        out->causes = v->causes;
        *ret = out;
        return ST_OK;
}

Status vec_rescale(FeelBatch *b, const Frame *f, Vec *v, int scale, Vec **ret)
{
        *ret = v;
        if (scale == v->scale)
                return ST_OK;
        *ret = NULL;
        int up = scale - v->scale;
        if (up < 0 || up > BATCH_SCALE_MAX || scale > BATCH_SCALE_MAX)
                return ST_OK;
        uint64_t max = saturated(vec_max(v, f->n), (uint64_t)batch_pow10[up]);
        if (max > INT64_MAX)
                return ST_OK;
        TRY(multiplied(b, f, v, batch_pow10[up], ret));
        (*ret)->scale = scale;
        (*ret)->max = max;
        (*ret)->constant = v->constant;
        return ST_OK;
}

/* Both at the larger of their scales; *ret_ok false where that does not fit. */
static Status align(FeelBatch *b, const Frame *f, Vec **p, Vec **q, bool *ret_ok)
{
        Vec *left, *right;
        int scale = (*p)->scale > (*q)->scale ? (*p)->scale : (*q)->scale;
        TRY(vec_rescale(b, f, *p, scale, &left));
        TRY(vec_rescale(b, f, *q, scale, &right));
        *ret_ok = left && right;
        if (*ret_ok) {
                *p = left;
                *q = right;
        }
        return ST_OK;
}

/* ---------------------------------------------------------------- arithmetic */

static Dec dec_op(unsigned op, Dec a, Dec b)
{
        switch (op) {
        case OPR_ADD: return dec_add(a, b);
        case OPR_SUB: return dec_sub(a, b);
        case OPR_MUL: return dec_mul(a, b);
        case OPR_DIV: return dec_div(a, b);
        default: return dec_pow(a, b);
        }
}

static Status dec_arith(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, Vec **ret)
{
        const Dec *left, *right;
        Vec *out;
        TRY(vec_dec(b, f, p, &left));
        TRY(vec_dec(b, f, q, &right));
        TRY(vec_new(b, f, REP_DEC, &out));
        TRY(vec_join_masks(b, f, out, p, q));
        uint8_t *null = out->null, *own = NULL;
        for (size_t i = 0; i < f->n; i++) {
                out->dec[i] = dec_zero();
                if ((null && null[i]) || vec_unknown(out, i))
                        continue;
                bool none = op == OPR_DIV && dec_is_zero(right[i]);
                if (!none) {
                        Dec d = dec_op(op, left[i], right[i]);
                        none = !dec_is_finite(d);
                        if (!none)
                                out->dec[i] = d;
                }
                if (none) {
                        /* The joined mask may be an operand's: this row goes into a copy. */
                        if (!own) {
                                TRY(batch_alloc(b, f->n, &own));
                                if (null)
                                        memcpy(own, null, f->n);
                                else
                                        memset(own, 0, f->n);
                                out->null = null = own;
                        }
                        own[i] = 1;
                }
        }
        *ret = out;
        return ST_OK;
}

static Status add_i64(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, Vec **ret)
{
        bool ok;
        Vec *out;
        *ret = NULL;
        TRY(align(b, f, &p, &q, &ok));
        uint64_t max;
        if (!ok || __builtin_add_overflow(vec_max(p, f->n), vec_max(q, f->n), &max))
                return ST_OK;
        if (max > INT64_MAX) {
                /* The bounds of earlier operations may be loose. */
                p->max = q->max = 0;
                if (__builtin_add_overflow(vec_max(p, f->n), vec_max(q, f->n), &max) || max > INT64_MAX)
                        return ST_OK;
        }
        TRY(vec_new(b, f, REP_I64, &out));
        if (op == OPR_ADD)
                loop_add(f->n, p->i64, q->i64, out->i64);
        else
                loop_sub(f->n, p->i64, q->i64, out->i64);
        out->scale = p->scale;
        out->max = max;
        *ret = out;
        return vec_join_masks(b, f, out, p, q);
}

static Status mul_i64(FeelBatch *b, const Frame *f, Vec *p, Vec *q, Vec **ret)
{
        Vec *out;
        *ret = NULL;
        if (p->scale + q->scale > BATCH_SCALE_MAX)
                return ST_OK;
        uint64_t max = saturated(vec_max(p, f->n), vec_max(q, f->n));
        if (max > INT64_MAX) {
                p->max = q->max = 0;
                max = saturated(vec_max(p, f->n), vec_max(q, f->n));
                if (max > INT64_MAX)
                        return ST_OK;
        }
        TRY(vec_new(b, f, REP_I64, &out));
        if (q->constant)
                mul_by(f->n, p->i64, q->i64[0], out->i64);
        else
                loop_mul(f->n, p->i64, q->i64, out->i64);
        out->scale = p->scale + q->scale;
        out->max = max;
        *ret = out;
        return vec_join_masks(b, f, out, p, q);
}

/* Is the vector one power of ten on every row?  *ret: 10^-*ret. */
static bool power_of_ten(const Vec *v, int *ret)
{
        if (!v->constant || v->rep != REP_I64 || v->null || v->causes)
                return false;
        for (int k = 0; k < (int)ARRAY_LEN(batch_pow10); k++) {
                if (v->i64[0] == batch_pow10[k]) {
                        *ret = v->scale - k;
                        return true;
                }
        }
        return false;
}

/* The number times 10^-by: the same digits.  *ret NULL: needs more scale than there is. */
static Status shifted(FeelBatch *b, const Frame *f, Vec *v, int by, Vec **ret)
{
        int scale = v->scale + by;
        *ret = NULL;
        if (v->rep == REP_RATIO ? scale > 60 || scale < -60 : scale > BATCH_SCALE_MAX)
                return ST_OK;
        if (v->rep == REP_I64 && scale < 0) {
                if (-scale > BATCH_SCALE_MAX)
                        return ST_OK;
                uint64_t max = saturated(vec_max(v, f->n), (uint64_t)batch_pow10[-scale]);
                if (max > INT64_MAX)
                        return ST_OK;
                TRY(multiplied(b, f, v, batch_pow10[-scale], ret));
                (*ret)->max = max;
                return ST_OK;
        }
        TRY(vec_new(b, f, REP_NULL, ret));
        **ret = *v;
        (*ret)->scale = scale;
        (*ret)->as_dec = NULL;
        return ST_OK;
}

/* p / q as a pair of integers; rows where q is zero are null. */
static Status ratio(FeelBatch *b, const Frame *f, Vec *p, Vec *q, Vec **ret)
{
        Vec *out;
        *ret = NULL;
        if (vec_max(p, f->n) > INT64_MAX || vec_max(q, f->n) > INT64_MAX)
                return ST_OK;
        TRY(vec_new(b, f, REP_RATIO, &out));
        TRY(vec_join_masks(b, f, out, p, q));
        bool zero = false;
        for (size_t i = 0; i < f->n; i++)
                zero |= q->i64[i] == 0;
        if (zero) {
                uint8_t *null;
                TRY(batch_alloc(b, f->n, &null));
                for (size_t i = 0; i < f->n; i++)
                        null[i] = (uint8_t)((out->null ? out->null[i] : 0) | (q->i64[i] == 0));
                out->null = null;
        }
        for (size_t i = 0; i < f->n; i++) {
                uint64_t num = (uint64_t)p->i64[i], den = (uint64_t)q->i64[i];
                uint64_t minus = 0 - (den >> 63);       /* all ones below zero */
                den = (den ^ minus) - minus;
                out->i64[i] = (int64_t)((num ^ minus) - minus);
                /* INT64_MIN (a row without a value) and zero: any positive number will do. */
                out->den[i] = (int64_t)((den & INT64_MAX) | (den == 0) | (den >> 63));
        }
        out->scale = p->scale - q->scale;
        out->max = p->max;
        out->max_den = q->max;
        *ret = out;
        return ST_OK;
}

Status number_arith(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, Vec **ret)
{
        int by;
        Vec *out = NULL;
        bool whole = p->rep == REP_I64 && q->rep == REP_I64;
        if ((op == OPR_MUL || op == OPR_DIV) && p->rep != REP_DEC && power_of_ten(q, &by))
                TRY(shifted(b, f, p, op == OPR_MUL ? by : -by, &out));
        if (!out && op == OPR_MUL && q->rep != REP_DEC && power_of_ten(p, &by))
                TRY(shifted(b, f, q, by, &out));
        if (!out && whole && (op == OPR_ADD || op == OPR_SUB))
                TRY(add_i64(b, f, op, p, q, &out));
        if (!out && whole && op == OPR_MUL)
                TRY(mul_i64(b, f, p, q, &out));
        if (!out && whole && op == OPR_DIV)
                TRY(ratio(b, f, p, q, &out));
        if (!out)
                return dec_arith(b, f, op, p, q, ret);
        *ret = out;
        return ST_OK;
}

Status number_neg(FeelBatch *b, const Frame *f, Vec *p, bool only_negative, Vec **ret)
{
        Vec *out;
        TRY(vec_new(b, f, p->rep, &out));
        out->null = p->null;
        out->causes = p->causes;
        if (p->rep == REP_DEC) {
                for (size_t i = 0; i < f->n; i++)
                        out->dec[i] = only_negative ? dec_abs(p->dec[i]) : dec_neg(p->dec[i]);
                *ret = out;
                return ST_OK;
        }
        if (vec_max(p, f->n) > INT64_MAX) {
                Vec *as_dec;
                const Dec *d;
                TRY(vec_dec(b, f, p, &d));
                TRY(vec_new(b, f, REP_NULL, &as_dec));
                *as_dec = (Vec){ .rep = REP_DEC, .data = (void *)(uintptr_t)d, .null = p->null, .causes = p->causes };
                return number_neg(b, f, as_dec, only_negative, ret);
        }
        for (size_t i = 0; i < f->n; i++) {
                uint64_t v = (uint64_t)p->i64[i];
                out->i64[i] = (int64_t)(only_negative && !(v >> 63) ? v : 0 - v);
        }
        out->scale = p->scale;
        out->max = p->max;
        if (p->rep == REP_RATIO) {
                out->den = p->den;
                out->max_den = p->max_den;
        }
        *ret = out;
        return ST_OK;
}

/* ---------------------------------------------------------------- rounding */

/* Should the quotient, cut off towards zero with remainder r of den, move one away from zero?
 * negative: the sign of the number; r and den are magnitudes. */
static inline bool away(DecRound mode, bool negative, bool odd, UWide r, UWide den)
{
        if (r == 0)
                return false;
        switch (mode) {
        case DEC_UP: return true;
        case DEC_DOWN: return false;
        case DEC_CEILING: return !negative;
        case DEC_FLOOR: return negative;
        default: break;
        }
        UWide twice = r * 2;
        if (twice != den)
                return twice > den;
        return mode == DEC_HALF_UP || (mode == DEC_HALF_EVEN && odd);
}

/* num / den rounded; den > 0.  The remainder decides: without branches, for it is as good as random. */
static inline int64_t divide_64(DecRound mode, int64_t num, int64_t den)
{
        int64_t q = num / den, r = num - q * den;
        uint64_t rest = magnitude(r), twice = rest * 2, d = (uint64_t)den;     /* rest < den < 2^63 */
        int64_t one = num < 0 ? -1 : 1;
        bool step;
        switch (mode) {
        case DEC_UP: step = rest != 0; break;
        case DEC_DOWN: step = false; break;
        case DEC_CEILING: step = (rest != 0) & (num > 0); break;
        case DEC_FLOOR: step = (rest != 0) & (num < 0); break;
        case DEC_HALF_UP: step = twice >= d; break;
        case DEC_HALF_DOWN: step = twice > d; break;
        default: step = (twice > d) | ((twice == d) & (q & 1)); break;
        }
        return q + (step ? one : 0);
}

/* By a power of ten that the compiler knows, division is multiplication. */
#define DIVIDE_LOOP(mode, den)                                  \
        for (size_t i = 0; i < n; i++)                          \
                out[i] = divide_64(mode, x[i], den)
#define DIVIDE_BY(mode)                                                                 \
        switch (den) {                                                                  \
        case 10: DIVIDE_LOOP(mode, 10); break;                                          \
        case 100: DIVIDE_LOOP(mode, 100); break;                                        \
        case 1000: DIVIDE_LOOP(mode, 1000); break;                                      \
        case 10000: DIVIDE_LOOP(mode, 10000); break;                                    \
        case 1000000: DIVIDE_LOOP(mode, 1000000); break;                                \
        default: DIVIDE_LOOP(mode, den); break;                                         \
        }

/* Rows without a value hold anything, also what overflows: but a division does not. */
static void divide_all(DecRound mode, size_t n, const int64_t *restrict x, int64_t den, int64_t *restrict out)
{
        switch (mode) {
        case DEC_HALF_UP: DIVIDE_BY(DEC_HALF_UP); break;
        case DEC_HALF_EVEN: DIVIDE_BY(DEC_HALF_EVEN); break;
        case DEC_DOWN: DIVIDE_BY(DEC_DOWN); break;
        case DEC_FLOOR: DIVIDE_BY(DEC_FLOOR); break;
        default: DIVIDE_LOOP(mode, den); break;
        }
}

/* To whole numbers of 10^-digits by integer division; *ret NULL where that is not exact or does not fit. */
static Status round_exact(FeelBatch *b, const Frame *f, Vec *p, int digits, DecRound mode, Vec **ret)
{
        *ret = NULL;
        bool is_ratio = p->rep == REP_RATIO;
        int shift = digits - p->scale;          /* the quotient is i64 * 10^shift / den */
        if (digits < 0 || digits > BATCH_SCALE_MAX || shift > BATCH_SCALE_MAX || shift < -BATCH_SCALE_MAX)
                return ST_OK;
        uint64_t up = (uint64_t)batch_pow10[shift > 0 ? shift : 0];
        uint64_t down = (uint64_t)batch_pow10[shift < 0 ? -shift : 0];
        UWide top = (UWide)vec_max(p, f->n) * up;
        UWide bottom = (UWide)(is_ratio ? vec_max_den(p, f->n) : 1) * down;
        if (top >= ratio_bound() || bottom > (UWide)INT64_MAX * INT64_MAX)
                return ST_OK;
        Vec *out;
        TRY(vec_new(b, f, REP_I64, &out));
        uint64_t max = 1;
        bool fits = true;
        if (!is_ratio && shift < 0) {
                divide_all(mode, f->n, p->i64, (int64_t)down, out->i64);
                max = vec_max(p, f->n) / down + 1;
        } else if (top <= INT64_MAX && bottom <= INT64_MAX) {
                for (size_t i = 0; i < f->n; i++) {
                        int64_t den = (int64_t)((is_ratio ? (uint64_t)p->den[i] : 1) * down);
                        out->i64[i] = vec_has(p, i) ? divide_64(mode, p->i64[i] * (int64_t)up, den) : 0;
                        uint64_t m = magnitude(out->i64[i]);
                        max = m > max ? m : max;
                }
        } else {
                for (size_t i = 0; i < f->n && fits; i++) {
                        out->i64[i] = 0;
                        if (!vec_has(p, i))
                                continue;
                        bool negative = p->i64[i] < 0;
                        UWide num = (UWide)magnitude(p->i64[i]) * up;
                        UWide den = (UWide)(is_ratio ? (uint64_t)p->den[i] : 1) * down;
                        UWide quotient = num / den;
                        quotient += away(mode, negative, quotient & 1, num % den, den);
                        fits = quotient <= INT64_MAX;
                        if (!fits)
                                break;
                        out->i64[i] = negative ? -(int64_t)quotient : (int64_t)quotient;
                        max = (uint64_t)quotient > max ? (uint64_t)quotient : max;
                }
        }
        if (!fits)
                return ST_OK;
        out->scale = digits;
        out->max = max;
        out->null = p->null;
        out->causes = p->causes;
        *ret = out;
        return ST_OK;
}

/* Numbers that were rounded are short again, as a rule. */
static Status back_to_i64(FeelBatch *b, const Frame *f, Vec *v, int digits, Vec **ret)
{
        *ret = v;
        if (digits < 0 || digits > BATCH_SCALE_MAX)
                return ST_OK;
        Vec *out;
        TRY(vec_new(b, f, REP_I64, &out));
        for (size_t i = 0; i < f->n; i++) {
                out->i64[i] = 0;
                if (vec_has(v, i) && !dec_to_scaled(v->dec[i], digits, &out->i64[i]))
                        return ST_OK;
        }
        out->scale = digits;
        out->null = v->null;
        out->causes = v->causes;
        *ret = out;
        return ST_OK;
}

Status number_round(FeelBatch *b, const Frame *f, Vec *p, int digits, DecRound mode, Vec **ret)
{
        Vec *out = NULL;
        if (p->rep == REP_I64 && digits >= p->scale) {
                *ret = p;
                return ST_OK;
        }
        if (p->rep != REP_DEC)
                TRY(round_exact(b, f, p, digits, mode, &out));
        if (out) {
                *ret = out;
                return ST_OK;
        }
        const Dec *in;
        TRY(vec_dec(b, f, p, &in));
        TRY(vec_new(b, f, REP_DEC, &out));
        out->causes = p->causes;
        TRY(batch_alloc(b, f->n, &out->null));
        for (size_t i = 0; i < f->n; i++) {
                Dec d = dec_round(in[i], digits, mode);
                bool none = !vec_has(p, i) || !dec_is_finite(d);
                out->dec[i] = none ? dec_zero() : d;
                out->null[i] = none && !vec_unknown(p, i);
        }
        return back_to_i64(b, f, out, digits, ret);
}

/* ---------------------------------------------------------------- modulo, least, greatest */

/* The masks of a call: null where an argument is null, also beside one that is UNKNOWN. */
static Status call_masks(FeelBatch *b, const Frame *f, Vec *v, const Vec *p, const Vec *q)
{
        TRY(vec_join_masks(b, f, v, p, q));
        if (!v->causes || !v->null)
                return ST_OK;
        uint64_t *causes;
        TRY(batch_alloc(b, f->n * sizeof(*causes), &causes));
        for (size_t i = 0; i < f->n; i++) {
                bool left = p->null && p->null[i] && !vec_unknown(p, i);
                bool right = q->null && q->null[i] && !vec_unknown(q, i);
                causes[i] = left || right ? 0 : v->causes[i];
        }
        v->causes = causes;
        return ST_OK;
}

static Status modulo_i64(FeelBatch *b, const Frame *f, Vec *p, Vec *q, Vec **ret)
{
        bool ok;
        Vec *out;
        *ret = NULL;
        TRY(align(b, f, &p, &q, &ok));
        if (!ok || vec_max(p, f->n) > INT64_MAX || vec_max(q, f->n) > INT64_MAX)
                return ST_OK;
        TRY(vec_new(b, f, REP_I64, &out));
        TRY(call_masks(b, f, out, p, q));
        uint8_t *null;
        TRY(batch_alloc(b, f->n, &null));
        for (size_t i = 0; i < f->n; i++) {
                int64_t d = q->i64[i];
                bool has = vec_has(out, i) && d != 0;
                int64_t m = has ? p->i64[i] % d : 0;
                out->i64[i] = m != 0 && (m ^ d) < 0 ? m + d : m;
                null[i] = !has && !vec_unknown(out, i);
        }
        out->null = null;
        out->scale = p->scale;
        out->max = q->max;
        *ret = out;
        return ST_OK;
}

Status number_modulo(FeelBatch *b, const Frame *f, Vec *p, Vec *q, Vec **ret)
{
        Vec *out = NULL;
        if (p->rep == REP_I64 && q->rep == REP_I64)
                TRY(modulo_i64(b, f, p, q, &out));
        if (out) {
                *ret = out;
                return ST_OK;
        }
        const Dec *left, *right;
        TRY(vec_dec(b, f, p, &left));
        TRY(vec_dec(b, f, q, &right));
        TRY(vec_new(b, f, REP_DEC, &out));
        TRY(call_masks(b, f, out, p, q));
        uint8_t *null;
        TRY(batch_alloc(b, f->n, &null));
        for (size_t i = 0; i < f->n; i++) {
                bool has = vec_has(out, i) && !dec_is_zero(right[i]);
                Dec d = has ? dec_modulo(left[i], right[i]) : dec_zero();
                has = has && dec_is_finite(d);
                out->dec[i] = has ? d : dec_zero();
                null[i] = !has && !vec_unknown(out, i);
        }
        out->null = null;
        *ret = out;
        return ST_OK;
}

Status number_extreme(FeelBatch *b, const Frame *f, bool greatest, Vec *p, Vec *q, Vec **ret)
{
        Vec *out;
        bool ok = false;
        if (p->rep == REP_I64 && q->rep == REP_I64)
                TRY(align(b, f, &p, &q, &ok));
        if (ok) {
                TRY(vec_new(b, f, REP_I64, &out));
                if (greatest)
                        loop_max(f->n, p->i64, q->i64, out->i64);
                else
                        loop_min(f->n, p->i64, q->i64, out->i64);
                uint64_t a = vec_max(p, f->n), c = vec_max(q, f->n);
                out->max = a > c ? a : c;
                out->scale = p->scale;
                *ret = out;
                return vec_join_masks(b, f, out, p, q);
        }
        const Dec *x, *y;
        TRY(vec_dec(b, f, p, &x));
        TRY(vec_dec(b, f, q, &y));
        TRY(vec_new(b, f, REP_DEC, &out));
        for (size_t i = 0; i < f->n; i++) {
                int c = dec_cmp(y[i], x[i]);
                out->dec[i] = (greatest ? c > 0 : c < 0) ? y[i] : x[i];
        }
        *ret = out;
        return vec_join_masks(b, f, out, p, q);
}
