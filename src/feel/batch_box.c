/* Columns to values and back, and the operations that have no kernel: each row goes
 * through the operator of the scalar executor. */
#include "feel/batch_int.h"

/* ---------------------------------------------------------------- causes */

uint64_t batch_cause(FeelBatch *b, Str name)
{
        for (uint32_t k = 0; k < b->name_count; k++)
                if (str_eq(b->names[k], name))
                        return (uint64_t)1 << k;
        if (b->name_count == BATCH_CAUSES_MAX) {
                b->too_many_names = true;
                return 1;
        }
        b->names[b->name_count] = name;
        return (uint64_t)1 << b->name_count++;
}

uint64_t batch_causes(FeelBatch *b, const FeelValue *unknown)
{
        uint64_t all = 0;
        for (size_t i = 0; i < unknown->unknown.len; i++)
                all |= batch_cause(b, unknown->unknown.names[i]);
        return all;
}

static Status unknown_of(FeelBatch *b, uint64_t causes, FeelValue *ret)
{
        if (b->last_causes != causes) {
                FeelValue all = feel_null(), one;
                for (uint64_t left = causes; left; left &= left - 1) {
                        TRY(feel_unknown(b->x->arena, b->names[__builtin_ctzll(left)], &one));
                        if (all.kind == FEEL_NULL)
                                all = one;
                        else
                                TRY(feel_unknown_union(b->x->arena, &all, &one, &all));
                }
                b->last_unknown = all;
                b->last_causes = causes;
        }
        *ret = b->last_unknown;
        return ST_OK;
}

/* ---------------------------------------------------------------- to values */

Status vec_get(FeelBatch *b, const Vec *v, size_t i, FeelValue *ret)
{
        if (v->causes && v->causes[i])
                return unknown_of(b, v->causes[i], ret);
        if (v->null && v->null[i]) {
                *ret = feel_null();
                return ST_OK;
        }
        switch (v->rep) {
        case REP_I64: *ret = feel_number(dec_from_scaled(v->i64[i], v->scale)); break;
        case REP_RATIO: *ret = feel_number(vec_ratio(v, i)); break;
        case REP_DEC: *ret = feel_number(v->dec[i]); break;
        case REP_BOOL: *ret = feel_bool(v->boolean[i] != 0); break;
        case REP_STR: *ret = feel_string(v->str[i]); break;
        case REP_DATE: *ret = feel_date(date_from_days(v->days[i])); break;
        case REP_VALUE: *ret = v->value[i]; break;
        default: *ret = feel_null(); break;
        }
        return ST_OK;
}

/* ---------------------------------------------------------------- from values */

/* A number that fits 64 bits with a few digits: *scale is raised to what it needs. */
static bool short_number(Dec d, int *scale, int64_t *ret)
{
        for (int s = *scale; s <= 6; s++) {
                if (dec_to_scaled(d, s, ret)) {
                        *scale = s;
                        return true;
                }
        }
        return false;
}

Status vec_of_constant(FeelBatch *b, const Frame *f, const FeelValue *v, Vec **ret)
{
        Vec *out;
        int scale = 0;
        int64_t digits = 0;
        VecRep rep = REP_VALUE;
        switch ((FeelKind)v->kind) {
        case FEEL_NULL: rep = REP_NULL; break;
        case FEEL_BOOLEAN: rep = REP_BOOL; break;
        case FEEL_NUMBER: {
                bool fits = false;
                for (; scale <= BATCH_SCALE_MAX && !fits; scale += !fits)
                        fits = dec_to_scaled(v->number, scale, &digits);
                rep = fits ? REP_I64 : REP_DEC;
                break;
        }
        case FEEL_STRING: rep = REP_STR; break;
        case FEEL_DATE: {
                int64_t days = date_to_days(v->date);
                rep = days >= INT32_MIN && days <= INT32_MAX ? REP_DATE : REP_VALUE;
                break;
        }
        default: break;
        }
        TRY(vec_new(b, f, rep, &out));
        out->constant = true;
        if (rep == REP_I64) {
                out->scale = scale;
                out->max = digits == 0 ? 1 : digits < 0 ? -(uint64_t)digits : (uint64_t)digits;
        }
        for (size_t i = 0; i < f->n && rep != REP_NULL; i++) {
                switch (rep) {
                case REP_BOOL: out->boolean[i] = v->boolean; break;
                case REP_I64: out->i64[i] = digits; break;
                case REP_DEC: out->dec[i] = v->number; break;
                case REP_STR: out->str[i] = v->string; break;
                case REP_DATE: out->days[i] = (int32_t)date_to_days(v->date); break;
                default: out->value[i] = *v; break;
                }
        }
        if (rep == REP_I64) {
                TRY(batch_alloc(b, f->n * sizeof(Dec), &out->as_dec));
                for (size_t i = 0; i < f->n; i++)
                        out->as_dec[i] = v->number;
        }
        *ret = out;
        return ST_OK;
}

static VecRep rep_of_kind(const FeelValue *v)
{
        switch ((FeelKind)v->kind) {
        case FEEL_BOOLEAN: return REP_BOOL;
        case FEEL_NUMBER: return REP_DEC;
        case FEEL_STRING: return REP_STR;
        case FEEL_DATE: {
                int64_t days = date_to_days(v->date);
                return days >= INT32_MIN && days <= INT32_MAX ? REP_DATE : REP_VALUE;
        }
        default: return REP_VALUE;
        }
}

static void store(Vec *out, size_t i, const FeelValue *v)
{
        switch (out->rep) {
        case REP_BOOL: out->boolean[i] = v->boolean; break;
        case REP_DEC: out->dec[i] = v->number; break;
        case REP_STR: out->str[i] = v->string; break;
        case REP_DATE: out->days[i] = (int32_t)date_to_days(v->date); break;
        default: break;
        }
}

/* Decimals as scaled integers when all of them are short. */
static Status shorten(FeelBatch *b, const Frame *f, Vec *v, Vec **ret)
{
        Vec *out;
        int scale = 0, used = 0;
        int64_t digits;
        *ret = v;
        for (size_t i = 0; i < f->n; i++) {
                if (!vec_has(v, i))
                        continue;
                used = scale;
                if (!short_number(v->dec[i], &used, &digits))
                        return ST_OK;
                scale = used;
        }
        TRY(vec_new(b, f, REP_I64, &out));
        for (size_t i = 0; i < f->n; i++) {
                out->i64[i] = 0;
                if (vec_has(v, i) && !dec_to_scaled(v->dec[i], scale, &out->i64[i]))
                        return ST_OK;
        }
        out->scale = scale;
        out->null = v->null;
        out->causes = v->causes;
        *ret = out;
        return ST_OK;
}

Status vec_unbox(FeelBatch *b, const Frame *f, const FeelValue *values, Vec **ret)
{
        Vec *out;
        VecRep rep = REP_NULL;
        bool nulls = false, unknowns = false;
        for (size_t i = 0; i < f->n && rep != REP_VALUE; i++) {
                const FeelValue *v = &values[i];
                if (v->kind == FEEL_NULL) {
                        nulls = true;
                } else if (v->kind == FEEL_UNKNOWN) {
                        unknowns = true;
                } else {
                        VecRep one = rep_of_kind(v);
                        rep = rep == REP_NULL || rep == one ? one : REP_VALUE;
                }
        }
        if (rep == REP_VALUE) {
                TRY(vec_new(b, f, REP_NULL, &out));
                out->rep = REP_VALUE;
                out->value = (FeelValue *)(uintptr_t)values;
                *ret = out;
                return ST_OK;
        }
        TRY(vec_new(b, f, rep, &out));
        if (nulls && rep != REP_NULL)
                TRY(vec_add_null(b, f, out));
        if (unknowns)
                TRY(vec_add_causes(b, f, out));
        if (rep != REP_NULL && (nulls || unknowns))
                memset(out->data, 0, f->n * vec_item_size(rep));
        for (size_t i = 0; i < f->n; i++) {
                if (values[i].kind == FEEL_UNKNOWN)
                        out->causes[i] = batch_causes(b, &values[i]);
                else if (values[i].kind != FEEL_NULL)
                        store(out, i, &values[i]);
                else if (rep != REP_NULL)
                        out->null[i] = 1;
        }
        if (rep == REP_DEC)
                return shorten(b, f, out, ret);
        *ret = out;
        return ST_OK;
}

/* ---------------------------------------------------------------- operations */

enum { FEW = 8 };

static Status one_row(FeelBatch *b, const Node *node, const FeelValue *args, FeelValue *ret)
{
        FeelExec *x = b->x;
        switch (node->op) {
        case NODE_ARITH: return feel_op_arith(x, node->opr, &args[0], &args[1], ret);
        case NODE_NEG: return feel_op_neg(x, &args[0], ret);
        case NODE_COMPARE: return feel_op_compare(x, node->opr, &args[0], &args[1], ret);
        case NODE_RANGE: return feel_op_range(x, &args[0], &args[1], node->opr, ret);
        case NODE_UNARY: return feel_op_unary(x, node->opr, &args[0], ret);
        case NODE_PATH: return feel_op_path(x, &args[0], node->text, ret);
        case NODE_INSTANCE:
                *ret = args[0].kind == FEEL_UNKNOWN ? args[0] : feel_bool(feel_instance_of(&args[0], node->type));
                return ST_OK;
        case NODE_TRUTH:
                if (args[1].kind != FEEL_BOOLEAN && args[1].kind != FEEL_UNKNOWN && args[1].kind != FEEL_NULL)
                        return feel_op_in(x, &args[0], &args[1], ret);
                *ret = args[1];
                return ST_OK;
        case NODE_LIST:
        case NODE_CONTEXT: {
                FeelValue *own;
                TRY(feel_new_values(x, node->n, &own));
                if (node->n)
                        memcpy(own, args, node->n * sizeof(*own));
                *ret = node->op == NODE_LIST ? feel_list(own, node->n) : feel_context(node->shape, own);
                return ST_OK;
        }
        default: return feel_call_builtin(x, node->site, args, node->site->argc, ret);
        }
}

Status box_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        FeelValue few[FEW], *args = few, *out;
        Vec *few_vecs[FEW], **vecs = few_vecs;
        if (node->n > FEW) {
                TRY(batch_alloc(b, node->n * sizeof(*args), &args));
                TRY(batch_alloc(b, node->n * sizeof(*vecs), &vecs));
        }
        for (uint32_t k = 0; k < node->n; k++)
                TRY(frame_vec(b, f, node->args[k], &vecs[k]));
        TRY(batch_alloc(b, f->n * sizeof(*out), &out));
        for (size_t i = 0; i < f->n; i++) {
                for (uint32_t k = 0; k < node->n; k++)
                        TRY(vec_get(b, vecs[k], i, &args[k]));
                TRY(feel_tick(b->x, 1));
                out[i] = feel_null();
                TRY(one_row(b, node, args, &out[i]));
        }
        return vec_unbox(b, f, out, ret);
}

Status box_in(FeelBatch *b, const Frame *f, Vec *p, Vec *q, Vec **ret)
{
        FeelValue *out;
        TRY(batch_alloc(b, f->n * sizeof(*out), &out));
        for (size_t i = 0; i < f->n; i++) {
                FeelValue v, test;
                TRY(vec_get(b, p, i, &v));
                TRY(vec_get(b, q, i, &test));
                TRY(feel_tick(b->x, 1));
                TRY(feel_op_in(b->x, &v, &test, &out[i]));
        }
        return vec_unbox(b, f, out, ret);
}
