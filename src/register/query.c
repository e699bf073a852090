/* query.c -- what an expression takes from the registers, for every owner or every unit at once.
 *
 * `count(qualification[kind = "高新技术企业" and valid on period end])` is one pass: the
 * filter runs over the whole register as a batch and gives a mask; the rows it
 * keeps are then added up by owner or by unit.  A null in what is added up makes
 * the sum UNKNOWN: it is never taken as zero. */
#include "pack/scope.h"
#include "register/register_int.h"

/* ---- the filter as a mask over all rows ---- */

typedef struct FilterInputs {
        FeelColumn *columns;
        size_t n;
        const RegisterTable *table;
        Period period;
        Arena *arena;
} FilterInputs;

static Status constant_date(FilterInputs *in, size_t slot, Date d)
{
        int32_t *days = arena_array_of(in->arena, int32_t, in->table->rows + 1);
        if (!days)
                return ST_NOMEM;
        for (size_t i = 0; i < in->table->rows; i++)
                days[i] = (int32_t)date_to_days(d);
        in->columns[slot] = (FeelColumn){ .kind = FEEL_COL_DATE, .days = days };
        return ST_OK;
}

static Status constant_value(FilterInputs *in, size_t slot, FeelValue v)
{
        FeelValue *values = arena_array_of(in->arena, FeelValue, in->table->rows + 1);
        if (!values)
                return ST_NOMEM;
        for (size_t i = 0; i < in->table->rows; i++)
                values[i] = v;
        in->columns[slot] = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = values };
        return ST_OK;
}

static Status constant_number(FilterInputs *in, size_t slot, int64_t v)
{
        int64_t *values = arena_array_of(in->arena, int64_t, in->table->rows + 1);
        if (!values)
                return ST_NOMEM;
        for (size_t i = 0; i < in->table->rows; i++)
                values[i] = v;
        in->columns[slot] = (FeelColumn){ .kind = FEEL_COL_SCALED, .scaled = values };
        return ST_OK;
}

/* valid_from <= last and (no valid_to, or valid_to >= first): on a day when first is last. */
static Status validity(FilterInputs *in, size_t slot, Date first, Date last)
{
        const PackRegister *reg = in->table->reg;
        uint8_t *valid = arena_alloc(in->arena, in->table->rows + 1);
        if (!valid)
                return ST_NOMEM;
        const FeelColumn *from = reg->valid_from ? &in->table->columns[reg->valid_from->index] : NULL;
        const FeelColumn *to = reg->valid_to ? &in->table->columns[reg->valid_to->index] : NULL;
        int32_t f = (int32_t)date_to_days(first), l = (int32_t)date_to_days(last);
        for (size_t i = 0; i < in->table->rows; i++) {
                bool begun = from && !(from->null && from->null[i]) && from->days[i] <= l;
                bool open = !to || (to->null && to->null[i]) || to->days[i] >= f;
                valid[i] = begun && open;
        }
        in->columns[slot] = (FeelColumn){ .kind = FEEL_COL_BOOL, .boolean = valid };
        return ST_OK;
}

static Status fill_slots(FilterInputs *in, const PackQuery *q, const FeelValue *params, size_t param_count)
{
        const PackRegister *reg = q->reg;
        Date first = period_first_day(in->period), last = period_last_day(in->period);
        for (size_t i = 0; i < in->n; i++)      /* a column that is not there is null */
                in->columns[i] = i < reg->field_count ? in->table->columns[i] : (FeelColumn){ .kind = FEEL_COL_VALUE };
        static const PackSlot slots[] = { PACK_SLOT_PERIOD_START, PACK_SLOT_PERIOD_END, PACK_SLOT_ASSESSMENT_YEAR,
                                          PACK_SLOT_VALID_ON_END, PACK_SLOT_VALID_DURING };
        for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
                size_t slot = pack_query_slot(q, slots[i]);
                if (slot >= in->n || !feel_program_uses(q->filter.program, (uint32_t)slot))
                        continue;
                switch (slots[i]) {
                case PACK_SLOT_PERIOD_START: TRY(constant_date(in, slot, first)); break;
                case PACK_SLOT_PERIOD_END: TRY(constant_date(in, slot, last)); break;
                case PACK_SLOT_ASSESSMENT_YEAR: TRY(constant_number(in, slot, in->period.year)); break;
                default: TRY(validity(in, slot, slots[i] == PACK_SLOT_VALID_ON_END ? last : first, last));
                }
        }
        size_t base = pack_query_parameter_slot(q);
        for (size_t i = 0; i < param_count && base < in->n && base + i < in->n; i++)
                if (feel_program_uses(q->filter.program, (uint32_t)(base + i)))
                        TRY(constant_value(in, base + i, params[i]));
        return ST_OK;
}

static Status filter_mask(const PackQuery *q, const RegisterTable *t, Period period, const FeelValue *params,
                          size_t param_count, Arena *a, uint8_t **ret)
{
        uint8_t *mask = arena_alloc(a, t->rows + 1);
        if (!mask)
                return ST_NOMEM;
        memset(mask, 1, t->rows + 1);
        *ret = mask;
        if (q->filter.text.len == 0 || t->rows == 0)
                return ST_OK;
        FilterInputs in = { .n = feel_scope_len(q->scope), .table = t, .period = period, .arena = a };
        in.columns = arena_array_of(a, FeelColumn, in.n + 1);
        if (!in.columns)
                return ST_NOMEM;
        TRY(fill_slots(&in, q, params, param_count));
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_bytes = (size_t)2 << 30;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        _cleanup_(feel_batch_freep) FeelBatch *b = NULL;
        if (!x)
                return ST_NOMEM;
        TRY(feel_batch_new(q->filter.program, in.columns, in.n, &b));
        FeelColumn out = { .kind = FEEL_COL_BOOL };
        TRY(feel_batch_eval(b, x, in.columns, in.n, t->rows, &out));
        for (size_t i = 0; i < t->rows; i++) {
                FeelValue v;
                if (out.kind == FEEL_COL_BOOL && out.any) {
                        mask[i] = out.boolean[i] && !(out.null && out.null[i]) && !(out.unknown && out.unknown[i]);
                        continue;
                }
                TRY(feel_column_get(feel_exec_arena(x), &out, i, &v));
                mask[i] = feel_is_true(&v);
        }
        return ST_OK;
}

/* ---- adding up ---- */

typedef struct Sum {
        int64_t count; /* rows */
        int64_t nulls; /* of them without a value */
        Dec sum, min, max;
} Sum;

static void add(Sum *s, const FeelValue *v)
{
        s->count++;
        if (!feel_is(v, FEEL_NUMBER)) {
                s->nulls++;
                return;
        }
        bool first = s->count - s->nulls == 1;
        s->sum = first ? v->number : dec_add(s->sum, v->number);
        if (first || dec_cmp(v->number, s->min) < 0)
                s->min = v->number;
        if (first || dec_cmp(v->number, s->max) > 0)
                s->max = v->number;
}

static void join(Sum *up, const Sum *s)
{
        bool has = s->count > s->nulls, had = up->count > up->nulls;
        if (has) {
                up->sum = had ? dec_add(up->sum, s->sum) : s->sum;
                if (!had || dec_cmp(s->min, up->min) < 0)
                        up->min = s->min;
                if (!had || dec_cmp(s->max, up->max) > 0)
                        up->max = s->max;
        }
        up->count += s->count;
        up->nulls += s->nulls;
}

/* UNKNOWN when a value is missing; null when there is nothing of which to give a least, greatest or mean. */
static Status answer(const PackQuery *q, const Sum *s, Str missing, Arena *a, FeelValue *ret)
{
        int64_t known = s->count - s->nulls;
        if (q->op == PACK_QUERY_COUNT) {
                *ret = feel_i64(s->count);
                return ST_OK;
        }
        if (s->nulls)
                return feel_unknown(a, missing, ret);
        switch (q->op) {
        case PACK_QUERY_SUM: *ret = feel_number(known ? s->sum : dec_zero()); break;
        case PACK_QUERY_MIN: *ret = known ? feel_number(s->min) : feel_null(); break;
        case PACK_QUERY_MAX: *ret = known ? feel_number(s->max) : feel_null(); break;
        default: *ret = known ? feel_number(dec_div(s->sum, dec_from_i64(known))) : feel_null();
        }
        return ST_OK;
}

static Str field_title(const PackQuery *q, Str missing)
{
        return missing.len ? missing : q->field ? q->field->title.zh : q->reg->title.zh;
}

/* ---- by owner ---- */

static Status own_field(RegisterCache *cache, const PackQuery *q, const RegisterTable *owners, Str missing, Arena *a,
                        FeelColumn *ret)
{
        FeelColumn c = owners->columns[q->field->index];
        if (!c.any) {   /* the same rows in the same order */
                TRY(register_cache_query_table(cache, q, &owners));
                c = owners->columns[q->field->index];
        }
        if (c.kind == FEEL_COL_VALUE) {
                FeelValue *v = arena_array_of(a, FeelValue, owners->rows + 1);
                if (!v)
                        return ST_NOMEM;
                for (size_t i = 0; i < owners->rows; i++) {
                        v[i] = c.value[i];
                        if (feel_is(&v[i], FEEL_NULL))
                                TRY(feel_unknown(a, missing, &v[i]));
                }
                c.value = v;
        } else {
                c.unknown = c.null;
                c.null = NULL;
                c.unknown_name = missing;
        }
        *ret = c;
        return ST_OK;
}

static bool in_period(const FeelColumn *c, size_t row, const FeelValue *wanted)
{
        if (c->kind == FEEL_COL_VALUE)
                return feel_equal(&c->value[row], wanted) == FEEL_TRUE;
        int64_t year;
        return !(c->null && c->null[row]) && dec_to_i64(wanted->number, &year) && c->scaled[row] == year;
}

/* The row of the child register for each owner and period; SIZE_MAX: none. */
static Status child_rows(const PackQuery *q, const RegisterTable *t, const RegisterTable *owners,
                         const uint32_t *whose, Period period, const uint8_t *mask, Arena *a, size_t **ret)
{
        size_t *at = arena_array_of(a, size_t, owners->rows + 1);
        if (!at)
                return ST_NOMEM;
        for (size_t i = 0; i < owners->rows; i++)
                at[i] = SIZE_MAX;
        FeelValue wanted = feel_null();
        const FeelColumn *pc = q->reg->periodic ? &t->columns[q->reg->period_field->index] : NULL;
        if (pc) {
                Period p = q->reg->period == PERIOD_YEAR ? (Period){ PERIOD_YEAR, period.year, 1 }
                                                         : period_of(period_last_day(period), q->reg->period);
                p = period_add(p, q->year_offset * (q->reg->period == PERIOD_MONTH     ? 12
                                                    : q->reg->period == PERIOD_QUARTER ? 4
                                                    : q->reg->period == PERIOD_HALF    ? 2
                                                                                       : 1));
                RegisterValue v = { .i64 = period_to_int(p), .known = true };
                wanted = register_value_feel(q->reg->period_field, &v);
        }
        for (size_t r = 0; r < t->rows; r++) {
                if (!mask[r] || (pc && !in_period(pc, r, &wanted)))
                        continue;
                if (whose[r])
                        at[whose[r] - 1] = r;
        }
        *ret = at;
        return ST_OK;
}

static Status gather_column(const FeelColumn *from, const size_t *at, size_t rows, Str missing, Arena *a,
                            FeelColumn *ret)
{
        FeelColumn c = { .kind = from->kind, .scale = from->scale, .unknown_name = missing };
        uint8_t *unknown = arena_alloc(a, rows + 1);
        static const size_t sizes[] = { [FEEL_COL_SCALED] = sizeof(int64_t),
                                        [FEEL_COL_DEC] = sizeof(Dec),
                                        [FEEL_COL_BOOL] = 1,
                                        [FEEL_COL_STR] = sizeof(Str),
                                        [FEEL_COL_DATE] = sizeof(int32_t),
                                        [FEEL_COL_VALUE] = sizeof(FeelValue) };
        size_t size = sizes[from->kind];
        char *data = arena_calloc(a, rows + 1, size);
        if (!unknown || !data)
                return ST_NOMEM;
        for (size_t i = 0; i < rows; i++) {
                unknown[i] = at[i] == SIZE_MAX || (from->null && from->null[at[i]]);
                if (!unknown[i])
                        memcpy(data + i * size, (const char *)from->any + at[i] * size, size);
        }
        c.any = data;
        if (c.kind == FEEL_COL_VALUE) {
                FeelValue *v = (FeelValue *)(void *)data;
                for (size_t i = 0; i < rows; i++)
                        if (unknown[i] || feel_is(&v[i], FEEL_NULL))
                                TRY(feel_unknown(a, missing, &v[i]));
        } else {
                c.unknown = unknown;
        }
        *ret = c;
        return ST_OK;
}

static Status distinct_add(Map *seen, Arena *a, const char *group, size_t group_len, const FeelValue *v, bool *ret_new)
{
        _cleanup_buf_ Buf key = BUF_INIT(1 << 20);
        buf_put(&key, group, group_len);
        buf_putc(&key, '\x1f');
        feel_to_text(v, &key);
        TRY(buf_status(&key));
        if (map_get(seen, buf_str(&key))) {
                *ret_new = false;
                return ST_OK;
        }
        Str kept = arena_str(a, buf_str(&key));
        if (!kept.ptr)
                return ST_NOMEM;
        *ret_new = true;
        return map_put(seen, kept, seen);
}

static Status aggregate_by_owner(const PackQuery *q, const RegisterTable *t, const RegisterTable *owners,
                                 const uint32_t *whose, const uint8_t *mask, Str missing, Arena *a, FeelColumn *ret)
{
        _cleanup_map_ Map seen = MAP_INIT(100000000);
        Sum *sums = arena_array_of(a, Sum, owners->rows + 1);
        FeelValue *out = arena_array_of(a, FeelValue, owners->rows + 1);
        if (!sums || !out)
                return ST_NOMEM;
        for (size_t r = 0; r < t->rows; r++) {
                uint32_t owner = mask[r] ? whose[r] : 0;
                if (!owner)
                        continue;
                FeelValue v = feel_null();
                bool fresh = true;
                if (q->field)
                        TRY(feel_column_get(a, &t->columns[q->field->index], r, &v));
                if (q->op == PACK_QUERY_DISTINCT)
                        TRY(distinct_add(&seen, a, owners->key[owner - 1].ptr, owners->key[owner - 1].len, &v, &fresh));
                if (fresh)
                        add(&sums[owner - 1], &v);
        }
        PackQuery counted = *q;
        if (q->op == PACK_QUERY_DISTINCT)
                counted.op = PACK_QUERY_COUNT;
        for (size_t i = 0; i < owners->rows; i++) {
                TRY(answer(&counted, &sums[i], missing, a, &out[i]));
                if (feel_is(&out[i], FEEL_NULL))        /* the greatest of no record is nothing anybody can judge by */
                        TRY(feel_unknown(a, missing, &out[i]));
        }
        *ret = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = out };
        return ST_OK;
}

Status register_query_by_owner(RegisterCache *c, const PackQuery *q, const RegisterTable *owners, Period period,
                               const FeelValue *params, size_t param_count, Str missing_name, Arena *a, FeelColumn *ret)
{
        Str missing = field_title(q, missing_name);
        if (q->op == PACK_QUERY_PATH && q->reg == owners->reg)
                return own_field(c, q, owners, missing, a, ret);
        const RegisterTable *t;
        const uint32_t *whose;
        uint8_t *mask;
        TRY(register_cache_query_table(c, q, &t));
        TRY(register_cache_links(c, t, q->op == PACK_QUERY_PATH ? NULL : q->owner, owners, &whose));
        TRY(filter_mask(q, t, period, params, param_count, a, &mask));
        if (q->op != PACK_QUERY_PATH)
                return aggregate_by_owner(q, t, owners, whose, mask, missing, a, ret);
        size_t *at;
        TRY(child_rows(q, t, owners, whose, period, mask, a, &at));
        return gather_column(&t->columns[q->field->index], at, owners->rows, missing, a, ret);
}

/* ---- by unit ---- */

/* Records without a place are the whole city's: nobody knows what of them is a county's. */
static bool is_placed(const PackRegister *reg)
{
        while (reg->parent && !reg->place)
                reg = reg->parent;
        return reg->place != NULL;
}

Status register_query_by_unit(RegisterCache *c, const PackQuery *q, Period period, Arena *a, FeelValue *ret_by_unit)
{
        const Pack *pack = register_cache_pack(c);
        const RegisterTable *t;
        if (pack->unit_count == 0)
                return ST_OK; /* nobody to answer for */
        TRY(register_cache_table(c, q->reg, &t));
        uint8_t *mask;
        TRY(filter_mask(q, t, period, NULL, 0, a, &mask));
        Sum *sums = arena_array_of(a, Sum, pack->unit_count + 1);
        _cleanup_map_ Map seen = MAP_INIT(100000000);
        bool placed = is_placed(q->reg);
        if (!sums)
                return ST_NOMEM;
        for (size_t r = 0; r < t->rows; r++) {
                const PackUnit *u = mask[r] && t->unit[r].ptr ? pack_unit(pack, t->unit[r]) : NULL;
                if (!u && (placed || !mask[r]))
                        continue;
                u = u ? u : &pack->units[0];
                FeelValue v = feel_null();
                if (q->field)
                        TRY(feel_column_get(a, &t->columns[q->field->index], r, &v));
                if (q->op != PACK_QUERY_DISTINCT) {
                        add(&sums[u->index], &v);
                        continue;
                }
                for (const PackUnit *up = u; up; up = up->parent) { /* distinct within each subtree */
                        bool fresh;
                        TRY(distinct_add(&seen, a, up->code.ptr, up->code.len, &v, &fresh));
                        sums[up->index].count += fresh;
                }
        }
        for (size_t i = pack->unit_count; q->op != PACK_QUERY_DISTINCT && i-- > 0;)
                if (pack->units[i].parent)
                        join(&sums[pack->units[i].parent->index], &sums[i]);
        PackQuery counted = *q;
        if (q->op == PACK_QUERY_DISTINCT)
                counted.op = PACK_QUERY_COUNT;
        for (size_t i = 0; i < pack->unit_count; i++)
                if (placed || i == 0)
                        TRY(answer(&counted, &sums[i], field_title(q, STR_NONE), a, &ret_by_unit[i]));
                else
                        TRY(feel_unknown(a, field_title(q, STR_NONE), &ret_by_unit[i]));
        return ST_OK;
}
