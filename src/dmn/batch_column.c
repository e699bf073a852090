/* batch_column.c -- columns of a chunk: what UNKNOWN rows miss, types, values as typed columns. */
#include "dmn/batch_int.h"

/* ---- causes ---- */

static Status cause_bit(DmnBatch *b, Str name, uint64_t *ret)
{
        for (size_t k = 0; k < b->name_count; k++) {
                if (str_eq(b->names[k], name)) {
                        *ret = (uint64_t)1 << k;
                        return ST_OK;
                }
        }
        *ret = DMN_CAUSE_LOST;
        if (b->name_count == DMN_CAUSES_MAX)
                return ST_OK;
        Str own = arena_str(b->name_memory, name);
        if (!own.ptr)
                return ST_NOMEM;
        b->names[b->name_count] = own;
        *ret = (uint64_t)1 << b->name_count++;
        return ST_OK;
}

Status dmn_cause_bits(DmnBatch *b, const FeelValue *unknown, uint64_t *ret)
{
        uint64_t bit;
        *ret = 0;
        for (size_t i = 0; i < unknown->unknown.len; i++) {
                TRY(cause_bit(b, unknown->unknown.names[i], &bit));
                *ret |= bit;
        }
        return ST_OK;
}

static bool any_set(const uint8_t *mask, size_t n)
{
        return memchr(mask, 1, n) != NULL;
}

Status dmn_column_causes(DmnBatch *b, FeelColumn *c, const uint32_t *pick, size_t n)
{
        uint64_t bits[64], seen = 0;
        if (c->kind == FEEL_COL_VALUE || (c->causes && c->cause_names == b->names))
                return ST_OK;
        if (c->causes) {
                for (size_t i = 0; i < n; i++)
                        seen |= c->causes[i];
                for (unsigned k = 0; k < 64; k++)
                        if (seen >> k & 1)
                                TRY(cause_bit(b, c->cause_names[k], &bits[k]));
        } else if (c->unknown && any_set(c->unknown, n)) {
                seen = 1;
                TRY(cause_bit(b, c->unknown_name, &bits[0]));
        }
        if (!seen) {
                c->unknown = NULL;
                c->causes = NULL;
                return ST_OK;
        }
        Arena *a = feel_exec_arena(b->x);
        uint64_t *causes = arena_alloc(a, n * sizeof(*causes));
        uint8_t *unknown = arena_alloc(a, n);
        if (!causes || !unknown)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                uint64_t all = 0;
                for (uint64_t left = c->causes ? c->causes[i] : c->unknown[i]; left; left &= left - 1)
                        all |= bits[__builtin_ctzll(left)];
                causes[i] = all;
                unknown[i] = all != 0;
                b->odd[pick ? pick[i] : i] |= (all & DMN_CAUSE_LOST) != 0;
        }
        c->causes = causes;
        c->unknown = unknown;
        c->cause_names = b->names;
        return ST_OK;
}

/* ---- types ---- */

bool dmn_column_fits(FeelTypeKind type, FeelColumnKind kind)
{
        switch (kind) {
        case FEEL_COL_SCALED:
        case FEEL_COL_DEC:
                return type == FEEL_T_NUMBER;
        case FEEL_COL_BOOL:
                return type == FEEL_T_BOOLEAN;
        case FEEL_COL_STR:
                return type == FEEL_T_STRING;
        case FEEL_COL_DATE:
                return type == FEEL_T_DATE;
        default:
                return false;
        }
}

/* Rows that hold none of the values become odd; null and UNKNOWN pass. */
static void one_of(DmnBatch *b, const FeelValue *values, size_t count, const FeelColumn *c, uint8_t *codes)
{
        DmnKey keys[DMN_MAX_WORDS];
        for (size_t k = 0; k < count; k++)
                keys[k] = dmn_key(feel_is(&values[k], FEEL_STRING) ? values[k].string : STR(""));
        for (size_t i = 0; i < b->n; i++) {
                uint8_t code = DMN_NO_WORD;
                bool none = dmn_is_missing(c, i);
                DmnKey key = none ? (DmnKey){ 0 } : dmn_key(c->str[i]);
                for (size_t k = 0; !none && k < count; k++) {
                        if (feel_is(&values[k], FEEL_STRING) &&
                            dmn_key_is(&key, &keys[k], c->str[i], values[k].string)) {
                                code = (uint8_t)k;
                                break;
                        }
                }
                b->odd[i] |= code == DMN_NO_WORD && !none;
                codes[i] = code;
        }
}

bool dmn_column_conform(DmnBatch *b, const DmnType *type, const FeelColumn *c, uint8_t *codes)
{
        uint8_t unwanted[DMN_CHUNK];
        if (c->kind == FEEL_COL_VALUE) {
                b->all_odd = true;
        } else if (!type || type->feel->kind == FEEL_T_ANY) {
                return false;
        } else if (!dmn_column_fits(type->feel->kind, c->kind)) {
                b->all_odd = true;
        } else if (type->constrained && c->kind == FEEL_COL_STR && type->allowed && !type->whole && !type->base &&
                   type->value_count && type->value_count <= DMN_MAX_WORDS) {
                one_of(b, type->values, type->value_count, c, codes ? codes : unwanted);
                return true;
        } else if (type->constrained) {
                b->all_odd = true;
        }
        return false;
}

/* ---- values ---- */

/* The one kind of the values, NULL and UNKNOWN aside; false: there are several. */
static bool kind_of_values(const FeelValue *values, size_t n, FeelKind *ret, bool *ret_nulls, bool *ret_unknowns)
{
        *ret = FEEL_NULL;
        *ret_nulls = *ret_unknowns = false;
        for (size_t i = 0; i < n; i++) {
                FeelKind k = (FeelKind)values[i].kind;
                *ret_unknowns |= k == FEEL_UNKNOWN;
                *ret_nulls |= k == FEEL_NULL;
                if (k == FEEL_UNKNOWN || k == FEEL_NULL)
                        continue;
                if (*ret != FEEL_NULL && k != *ret)
                        return false;
                *ret = k;
        }
        return true;
}

static FeelColumnKind column_kind(FeelKind kind)
{
        switch (kind) {
        case FEEL_NUMBER: return FEEL_COL_SCALED;
        case FEEL_BOOLEAN: return FEEL_COL_BOOL;
        case FEEL_STRING: return FEEL_COL_STR;
        case FEEL_DATE: return FEEL_COL_DATE;
        default: return FEEL_COL_VALUE;
        }
}

static Status masks_of_values(DmnBatch *b, const FeelValue *values, bool nulls, bool unknowns, FeelColumn *t)
{
        Arena *a = feel_exec_arena(b->x);
        uint8_t *null = nulls ? arena_calloc(a, b->n, 1) : NULL, *unknown = unknowns ? arena_calloc(a, b->n, 1) : NULL;
        uint64_t *causes = unknowns ? arena_calloc(a, b->n, sizeof(*causes)) : NULL;
        if ((nulls && !null) || (unknowns && (!unknown || !causes)))
                return ST_NOMEM;
        for (size_t i = 0; nulls && i < b->n; i++)
                null[i] = values[i].kind == FEEL_NULL;
        for (size_t i = 0; unknowns && i < b->n; i++) {
                if (values[i].kind != FEEL_UNKNOWN)
                        continue;
                TRY(dmn_cause_bits(b, &values[i], &causes[i]));
                unknown[i] = 1;
                b->odd[i] |= (causes[i] & DMN_CAUSE_LOST) != 0;
        }
        t->null = null;
        t->unknown = unknown;
        t->causes = causes;
        t->cause_names = unknowns ? b->names : NULL;
        return ST_OK;
}

Status dmn_column_typed(DmnBatch *b, FeelColumn *c)
{
        FeelKind kind;
        bool nulls, unknowns;
        if (c->kind != FEEL_COL_VALUE || !c->value || !kind_of_values(c->value, b->n, &kind, &nulls, &unknowns))
                return ST_OK;
        const FeelValue *values = c->value;
        FeelColumn t = { .kind = column_kind(kind) };
        if (t.kind == FEEL_COL_VALUE)
                return ST_OK;
        TRY(masks_of_values(b, values, nulls, unknowns, &t));
        char *data = arena_calloc(feel_exec_arena(b->x), b->n, t.kind == FEEL_COL_SCALED ? sizeof(Dec) : sizeof(Str));
        if (!data)
                return ST_NOMEM;
        t.any = data;
        for (size_t i = 0; i < b->n && kind == FEEL_NUMBER; i++) {
                int64_t v;
                while (t.scale < 9 && values[i].kind == FEEL_NUMBER && !dec_to_scaled(values[i].number, t.scale, &v))
                        t.scale++;
        }
        for (size_t i = 0; i < b->n; i++) {
                const FeelValue *v = &values[i];
                if (v->kind != kind)
                        continue;
                if (kind == FEEL_BOOLEAN)
                        ((uint8_t *)data)[i] = v->boolean;
                else if (kind == FEEL_STRING)
                        ((Str *)(void *)data)[i] = v->string;
                else if (kind == FEEL_DATE)
                        ((int32_t *)(void *)data)[i] = (int32_t)date_to_days(v->date);
                else if (t.kind == FEEL_COL_SCALED && !dec_to_scaled(v->number, t.scale, &((int64_t *)(void *)data)[i]))
                        t.kind = FEEL_COL_DEC;
        }
        if (t.kind == FEEL_COL_DEC) {
                t.scale = 0;
                for (size_t i = 0; i < b->n; i++)
                        ((Dec *)(void *)data)[i] = values[i].kind == FEEL_NUMBER ? values[i].number : dec_zero();
        }
        *c = t;
        return ST_OK;
}

/* Nothing but null and UNKNOWN fits every type: a column of the type's kind. */
Status dmn_column_blank(DmnBatch *b, const DmnType *type, FeelColumn *c)
{
        static const struct { FeelTypeKind type; FeelColumnKind kind; } kinds[] = {
                { FEEL_T_NUMBER, FEEL_COL_SCALED }, { FEEL_T_STRING, FEEL_COL_STR }, { FEEL_T_BOOLEAN, FEEL_COL_BOOL },
                { FEEL_T_DATE, FEEL_COL_DATE },
        };
        FeelKind kind;
        bool nulls, unknowns;
        if (c->kind != FEEL_COL_VALUE || !type || !c->value ||
            !kind_of_values(c->value, b->n, &kind, &nulls, &unknowns) || kind != FEEL_NULL)
                return ST_OK;
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
                if (kinds[k].type != type->feel->kind)
                        continue;
                FeelColumn t = { .kind = kinds[k].kind };
                TRY(masks_of_values(b, c->value, nulls, unknowns, &t));
                t.any = arena_calloc(feel_exec_arena(b->x), b->n, sizeof(Str));
                if (!t.any)
                        return ST_NOMEM;
                *c = t;
                return ST_OK;
        }
        return ST_OK;
}
