/* The result of a batch, chunk after chunk.
 *
 * The first chunk settles the kind; a later one that does not fit widens what is
 * there: integers to a larger scale, then to Dec, anything to values. */
#include "feel/batch_int.h"

static size_t item_size(FeelColumnKind kind)
{
        switch (kind) {
        case FEEL_COL_SCALED: return sizeof(int64_t);
        case FEEL_COL_DEC: return sizeof(Dec);
        case FEEL_COL_BOOL: return sizeof(uint8_t);
        case FEEL_COL_STR: return sizeof(Str);
        case FEEL_COL_DATE: return sizeof(int32_t);
        default: return sizeof(FeelValue);
        }
}

static FeelColumnKind kind_of(const Vec *v)
{
        switch (v->rep) {
        case REP_I64: return FEEL_COL_SCALED;
        case REP_RATIO:
        case REP_DEC: return FEEL_COL_DEC;
        case REP_BOOL: return FEEL_COL_BOOL;
        case REP_STR: return FEEL_COL_STR;
        case REP_DATE: return FEEL_COL_DATE;
        default: return FEEL_COL_VALUE;
        }
}

static Status new_array(BatchOut *o, size_t bytes, char **ret)
{
        o->pinned = true;
        return feel_new_bytes(o->b->x, bytes ? bytes : 1, ret);
}

/* A zeroed mask or array for all rows, when it is first needed. */
static Status need(BatchOut *o, char **array, size_t item)
{
        if (*array)
                return ST_OK;
        TRY(new_array(o, o->rows * item, array));
        memset(*array, 0, o->rows * item);
        return ST_OK;
}

static Status begin(BatchOut *o, FeelColumnKind kind, int scale)
{
        o->column.kind = kind;
        o->column.scale = kind == FEEL_COL_SCALED ? scale : 0;
        o->started = true;
        return need(o, &o->own_data, item_size(kind));
}

static bool is_plain(const FeelColumn *c, size_t i)
{
        return !(c->null && c->null[i]) && !(c->unknown && c->unknown[i]);
}

/* The column so far, without the rows from at on. */
static FeelColumn view(const BatchOut *o)
{
        FeelColumn c = o->column;
        c.any = o->own_data;
        c.null = (const uint8_t *)o->own_null;
        c.unknown = (const uint8_t *)o->own_unknown;
        c.causes = o->own_causes;
        c.cause_names = o->b->names;
        return c;
}

static bool rescaled(BatchOut *o, size_t at, int scale)
{
        int64_t *data = (int64_t *)(void *)o->own_data;
        int up = scale - o->column.scale;
        if (up < 0 || up > BATCH_SCALE_MAX || scale > BATCH_SCALE_MAX)
                return false;
        FeelColumn c = view(o);
        int64_t v;
        for (size_t i = 0; i < at; i++)
                if (is_plain(&c, i) && __builtin_mul_overflow(data[i], batch_pow10[up], &v))
                        return false;
        for (size_t i = 0; i < at; i++)
                data[i] = (int64_t)((uint64_t)data[i] * (uint64_t)batch_pow10[up]);
        o->column.scale = scale;
        return true;
}

/* The rows before at as the other kind. */
static Status widen(BatchOut *o, size_t at, FeelColumnKind kind)
{
        FeelColumn old = view(o);
        o->own_data = NULL;
        o->column.kind = kind;
        o->column.scale = 0;
        TRY(need(o, &o->own_data, item_size(kind)));
        for (size_t i = 0; i < at; i++) {
                if (kind == FEEL_COL_DEC) {
                        ((Dec *)(void *)o->own_data)[i] =
                                is_plain(&old, i) ? dec_from_scaled(old.scaled[i], old.scale) : dec_zero();
                } else {
                        FeelValue *v = &((FeelValue *)(void *)o->own_data)[i];
                        TRY(feel_column_get(o->b->x->arena, &old, i, v));
                }
        }
        if (kind == FEEL_COL_VALUE)
                o->own_null = o->own_unknown = NULL;
        return ST_OK;
}

static Status fit(BatchOut *o, size_t at, FeelColumnKind kind, int scale)
{
        bool open = !o->started || (o->blank && kind != FEEL_COL_VALUE);
        o->blank = false;
        if (open) {
                o->own_data = NULL;
                return begin(o, kind, scale);
        }
        if (o->column.kind == FEEL_COL_VALUE)
                return ST_OK;
        if (kind == o->column.kind && (kind != FEEL_COL_SCALED || scale <= o->column.scale || rescaled(o, at, scale)))
                return ST_OK;
        bool numbers = (kind == FEEL_COL_SCALED || kind == FEEL_COL_DEC) &&
                       (o->column.kind == FEEL_COL_SCALED || o->column.kind == FEEL_COL_DEC);
        if (numbers)
                return o->column.kind == FEEL_COL_DEC ? ST_OK : widen(o, at, FEEL_COL_DEC);
        return widen(o, at, FEEL_COL_VALUE);
}

static Status put_masks(BatchOut *o, size_t at, const Vec *v, size_t n)
{
        if (v->rep == REP_NULL || v->null) {
                TRY(need(o, &o->own_null, 1));
                for (size_t i = 0; i < n; i++)
                        o->own_null[at + i] = v->rep == REP_NULL || v->null[i];
        }
        if (v->causes) {
                char *causes = (char *)o->own_causes;
                TRY(need(o, &causes, sizeof(uint64_t)));
                o->own_causes = (uint64_t *)(void *)causes;
                TRY(need(o, &o->own_unknown, 1));
                memcpy(o->own_causes + at, v->causes, n * sizeof(uint64_t));
                for (size_t i = 0; i < n; i++)
                        o->own_unknown[at + i] = v->causes[i] != 0;
        }
        return ST_OK;
}

/* Integers at the column's scale; false: one does not fit. */
static bool put_scaled(BatchOut *o, size_t at, const Vec *v, size_t n)
{
        int64_t *to = (int64_t *)(void *)o->own_data + at;
        int64_t by = batch_pow10[o->column.scale - v->scale];
        if (by == 1) {
                memcpy(to, v->i64, n * sizeof(*to));
                return true;
        }
        for (size_t i = 0; i < n; i++)
                if (__builtin_mul_overflow(v->i64[i], by, &to[i]) && vec_has(v, i))
                        return false;
        return true;
}

Status batch_out_vec(BatchOut *o, size_t at, Vec *v, size_t n)
{
        const Frame f = { .n = n };
        if (v->rep != REP_NULL) {
                TRY(fit(o, at, kind_of(v), v->scale));
        } else if (!o->started) {
                TRY(begin(o, FEEL_COL_BOOL, 0));
                o->blank = true;
        }
        if (o->column.kind == FEEL_COL_VALUE) {
                o->pinned = true;
                for (size_t i = 0; i < n; i++)
                        TRY(vec_get(o->b, v, i, (FeelValue *)(void *)o->own_data + at + i));
                return ST_OK;
        }
        TRY(put_masks(o, at, v, n));
        if (v->rep == REP_NULL)
                return ST_OK;
        if (o->column.kind == FEEL_COL_SCALED) {
                if (put_scaled(o, at, v, n))
                        return ST_OK;
                TRY(widen(o, at, FEEL_COL_DEC));
        }
        if (o->column.kind == FEEL_COL_DEC) {
                const Dec *d;
                TRY(vec_dec(o->b, &f, v, &d));
                memcpy((Dec *)(void *)o->own_data + at, d, n * sizeof(*d));
                return ST_OK;
        }
        o->pinned = o->pinned || v->rep == REP_STR;
        memcpy(o->own_data + at * item_size(o->column.kind), v->data, n * item_size(o->column.kind));
        return ST_OK;
}

Status batch_out_value(BatchOut *o, size_t at, const FeelValue *v)
{
        if (!o->started)
                TRY(begin(o, FEEL_COL_VALUE, 0));
        ((FeelValue *)(void *)o->own_data)[at] = *v;
        return ST_OK;
}

Status batch_out_done(BatchOut *o, FeelColumn *ret)
{
        if (!o->started)
                TRY(begin(o, FEEL_COL_VALUE, 0));
        if (o->blank)
                TRY(widen(o, o->rows, FEEL_COL_VALUE));
        FeelColumn c = view(o);
        if (c.kind == FEEL_COL_VALUE) {
                c.null = c.unknown = NULL;
                c.causes = NULL;
                c.cause_names = NULL;
        } else if (c.causes) {
                char *names;
                TRY(new_array(o, sizeof(o->b->names), &names));
                memcpy(names, o->b->names, sizeof(o->b->names));
                c.cause_names = (const Str *)(void *)names;
        } else {
                c.cause_names = NULL;
        }
        *ret = c;
        return ST_OK;
}
