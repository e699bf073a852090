/* columns.c -- what a policy's model takes, as columns over the beneficiaries, and its parameters by date. */
#include "policy/policy_int.h"

/* ---- parameters ---- */

static Status vintage_of(PolicyWork *w, PolicyPlan *p, Date day, size_t *ret)
{
        Arena *a = w->own->arena;
        const PackPolicy *policy = p->policy;
        for (size_t i = 0; i < p->vintage_count; i++) { /* the same versions: the same vintage */
                bool same = true;
                for (size_t k = 0; same && k < policy->parameter_count; k++)
                        same = pack_parameter_on(&policy->parameters[k], day) ==
                               pack_parameter_on(&policy->parameters[k], p->vintages[i].day);
                if (same) {
                        *ret = i;
                        return ST_OK;
                }
        }
        if (p->vintage_count == POLICY_VINTAGES_MAX)
                return ST_LIMIT;
        PolicyVintage *v = &p->vintages[p->vintage_count];
        v->day = day;
        TRY(pack_policy_parameters(policy, day, a, &v->parameters));
        for (size_t k = 0; k < w->own->ask.override_count; k++)
                for (size_t i = 0; w->own->ask.overrides[k].policy == policy && i < policy->parameter_count; i++)
                        if (str_eq(w->own->ask.overrides[k].name, policy->parameters[i].name))
                                v->parameters[i] = feel_number(w->own->ask.overrides[k].value);
        TRY(pack_policy_corners(policy, v->parameters, a, &v->corners, &v->corner_count));
        *ret = p->vintage_count++;
        return ST_OK;
}

static Date last_of(int32_t year)
{
        return (Date){ year, 12, 31 };
}

static Status take_vintages(PolicyWork *w, PolicyPlan *p)
{
        const PackPolicy *policy = p->policy;
        Date asked = policy->by != PACK_BY_ASSESSMENT_YEAR && w->own->ask.on.month ? w->own->ask.on
                                                                                 : last_of(w->year);
        size_t at;
        TRY(vintage_of(w, p, asked, &at));
        if (policy->day == SIZE_MAX)
                return ST_OK;
        p->vintage = arena_alloc(w->own->arena, p->owners->rows + 1);
        if (!p->vintage)
                return ST_NOMEM;
        Date last = pack_policy_last_day(policy);
        for (size_t r = 0; r < p->owners->rows; r++) {
                FeelValue v;
                TRY(feel_column_get(w->own->arena, &p->columns[policy->day], r, &v));
                p->vintage[r] = POLICY_NO_VINTAGE;
                if (!feel_is(&v, FEEL_DATE) || v.date.year != w->year || date_cmp(v.date, policy->from) < 0 ||
                    (last.month && date_cmp(v.date, last) > 0))
                        continue;       /* what another year's day is of is another year's */
                TRY(vintage_of(w, p, v.date, &at));
                p->vintage[r] = (uint8_t)at;
        }
        return ST_OK;
}

/* ---- inputs ---- */

static void set_slot(FeelValue *in, size_t n, size_t slot, FeelValue v)
{
        if (slot < n)
                in[slot] = v;
}

/* The beneficiaries with the fields that a program reads. */
static Status owners_with(PolicyWork *w, const FeelProgram *program, const RegisterTable **owners)
{
        const PackRegister *reg = (*owners)->reg;
        for (size_t f = 0; f < reg->field_count; f++)
                if (!(*owners)->columns[f].any && feel_program_uses(program, (uint32_t)f))
                        return register_cache_table(w->own->cache, reg, owners);
        return ST_OK;
}

/* An input that is no query: evaluated for each row with the registers at hand. */
static Status row_by_row(PolicyWork *w, const PolicyPlan *p, const PackInput *input, Period year, FeelColumn *ret)
{
        const PackPolicy *policy = p->policy;
        const RegisterTable *t = p->owners;
        Arena *a = w->own->arena;
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_ns = 0;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        RegisterHost host;
        if (!x)
                return ST_NOMEM;
        TRY(owners_with(w, input->expr.program, &t));
        size_t n = feel_scope_len(policy->scope);
        FeelValue *in = arena_array_of(a, FeelValue, n + 1), *out = arena_array_of(a, FeelValue, t->rows + 1);
        if (!in || !out)
                return ST_NOMEM;
        for (size_t i = 0; i < policy->parameter_count; i++)
                set_slot(in, n, pack_policy_parameter_slot(policy) + i, p->vintages[0].parameters[i]);
        set_slot(in, n, pack_policy_slot(policy, PACK_SLOT_YEAR), feel_i64(year.year));
        set_slot(in, n, pack_policy_slot(policy, PACK_SLOT_ASSESSMENT_YEAR), feel_i64(year.year));
        set_slot(in, n, pack_policy_slot(policy, PACK_SLOT_PERIOD_START), feel_date(period_first_day(year)));
        set_slot(in, n, pack_policy_slot(policy, PACK_SLOT_PERIOD_END), feel_date(period_last_day(year)));
        TRY(register_host_init(&host, w->own->cache, t));
        feel_exec_set_host(x, &host.base);
        Status st = ST_OK;
        for (host.row = 0; st == ST_OK && host.row < t->rows; host.row++) {
                feel_exec_reset(x);
                for (size_t f = 0; st == ST_OK && f < t->reg->field_count; f++)
                        if (t->columns[f].any && feel_program_uses(input->expr.program, (uint32_t)f))
                                st = feel_column_get(feel_exec_arena(x), &t->columns[f], host.row, &in[f]);
                FeelValue v;
                if (st == ST_OK)
                        st = feel_eval(x, input->expr.program, in, n, &v);
                if (st == ST_OK && feel_is(&v, FEEL_NULL) && !input->otherwise.text.len)
                        st = feel_unknown(feel_exec_arena(x), input->title.zh, &v);
                if (st == ST_OK)
                        st = feel_copy(a, &v, &out[host.row]);
        }
        register_host_release(&host);
        if (st == ST_OK)
                *ret = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = out };
        return st;
}

static bool is_missing(const FeelColumn *c, size_t row)
{
        if (c->kind == FEEL_COL_VALUE)
                return feel_is(&c->value[row], FEEL_UNKNOWN) || feel_is(&c->value[row], FEEL_NULL);
        return (c->unknown && c->unknown[row]) || (c->null && c->null[row]);
}

/* `otherwise:`: what a missing value counts as, row by row where it looks at the record. */
static Status fill_otherwise(PolicyWork *w, const PolicyPlan *p, const PackInput *input, Period year, FeelColumn *c)
{
        PackInput fallback = *input;
        fallback.expr = input->otherwise;
        fallback.otherwise = (PackExpr){ 0 };
        Arena *a = w->own->arena;
        size_t rows = p->owners->rows;
        bool any = false;
        for (size_t i = 0; !any && i < rows; i++)
                any = is_missing(c, i);
        if (!any)
                return ST_OK;
        FeelColumn other;
        FeelValue *out = arena_array_of(a, FeelValue, rows + 1);
        if (!out)
                return ST_NOMEM;
        TRY(row_by_row(w, p, &fallback, year, &other));
        int64_t *scaled = c->kind == FEEL_COL_SCALED ? arena_array_of(a, int64_t, rows + 1) : NULL;
        uint8_t *unknown = scaled ? arena_calloc(a, rows + 1, 1) : NULL;
        bool plain = scaled && unknown;
        for (size_t i = 0; plain && i < rows; i++) {    /* figures stay a column of figures */
                const FeelValue *v = &other.value[i];
                if (!is_missing(c, i))
                        scaled[i] = c->scaled[i];
                else if (feel_is(v, FEEL_NUMBER))
                        plain = dec_to_scaled(v->number, c->scale, &scaled[i]);
                else
                        unknown[i] = 1;
        }
        if (plain) {
                c->scaled = scaled;
                c->unknown = unknown;
                c->null = NULL;
                return ST_OK;
        }
        for (size_t i = 0; i < rows; i++) {
                if (is_missing(c, i))
                        out[i] = other.value[i];
                else
                        TRY(feel_column_get(a, c, i, &out[i]));
        }
        *c = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = out };
        return ST_OK;
}

/* Does a text name a parameter?  Coarse: a word in a string counts too, which only costs speed. */
static bool asks_parameters(const PackPolicy *policy, const PackInput *in)
{
        for (size_t i = 0; i < policy->parameter_count; i++)
                if (str_has(in->expr.text, policy->parameters[i].name) ||
                    str_has(in->otherwise.text, policy->parameters[i].name))
                        return true;
        return false;
}

/* Columns by what they are of, so that thirty policies that ask for the revenue load it once. */
struct PolicyColumnKept {
        PolicyColumnKept *next;
        const PackRegister *reg;
        Str from, otherwise, title;
        FeelColumn column, typed;
};

static PolicyColumnKept *kept_column(PolicyWork *w, const PackRegister *reg, const PackInput *in)
{
        for (PolicyColumnKept *k = w->own->kept; k; k = k->next)
                if (k->reg == reg && str_eq(k->from, in->expr.text) && str_eq(k->otherwise, in->otherwise.text) &&
                    (k->column.kind != FEEL_COL_VALUE || str_eq(k->title, in->title.zh)))
                        return k;
        return NULL;
}

/* Counts and texts come as whole values.  For thirty policies that evaluate them they are looked at once: numbers up to
 * six digits after the point, texts or truth values, where the UNKNOWN ones all miss the same. */
static Status typed_column(Arena *a, const FeelColumn *c, size_t rows, FeelColumn *ret)
{
        FeelKind kind = FEEL_NULL;
        Str missing = STR_NONE;
        *ret = *c;
        if (c->kind != FEEL_COL_VALUE || !c->value)
                return ST_OK;
        for (size_t i = 0; i < rows; i++) {
                const FeelValue *v = &c->value[i];
                if (feel_is(v, FEEL_NULL))
                        continue;
                if (feel_is(v, FEEL_UNKNOWN)) {
                        if (v->unknown.len != 1 || (missing.ptr && !str_eq(missing, v->unknown.names[0])))
                                return ST_OK;
                        missing = v->unknown.names[0];
                        continue;
                }
                if (kind != FEEL_NULL && v->kind != kind)
                        return ST_OK;
                kind = (FeelKind)v->kind;
        }
        if (kind != FEEL_NUMBER && kind != FEEL_STRING && kind != FEEL_BOOLEAN)
                return ST_OK;
        FeelColumn t = { .kind = FEEL_COL_BOOL, .unknown_name = missing };
        if (kind != FEEL_BOOLEAN)
                t.kind = kind == FEEL_NUMBER ? FEEL_COL_SCALED : FEEL_COL_STR;
        void *data = arena_calloc(a, rows + 1, kind == FEEL_STRING ? sizeof(Str) : sizeof(int64_t));
        uint8_t *null = arena_calloc(a, rows + 1, 1), *unknown = arena_calloc(a, rows + 1, 1);
        if (!data || !null || !unknown)
                return ST_NOMEM;
        int64_t scaled;
        for (size_t i = 0; i < rows && kind == FEEL_NUMBER; i++)
                while (feel_is(&c->value[i], FEEL_NUMBER) && !dec_to_scaled(c->value[i].number, t.scale, &scaled))
                        if (++t.scale > 6)
                                return ST_OK;
        for (size_t i = 0; i < rows; i++) {
                const FeelValue *v = &c->value[i];
                null[i] = feel_is(v, FEEL_NULL);
                unknown[i] = feel_is(v, FEEL_UNKNOWN);
                if (v->kind != kind)
                        continue;
                if (kind == FEEL_STRING)
                        ((Str *)data)[i] = v->string;
                else if (kind == FEEL_BOOLEAN)
                        ((uint8_t *)data)[i] = v->boolean;
                else if (!dec_to_scaled(v->number, t.scale, &((int64_t *)data)[i]))
                        return ST_OK;
        }
        t.any = data;
        t.null = memchr(null, 1, rows) ? null : NULL;
        t.unknown = missing.ptr ? unknown : NULL;
        *ret = t;
        return ST_OK;
}

static Status make_column(PolicyWork *w, const PolicyPlan *p, const PackInput *in, FeelColumn *ret,
                          FeelColumn *ret_typed)
{
        Period year = { PERIOD_YEAR, w->year, 1 };
        bool shared = !asks_parameters(p->policy, in);
        PolicyColumnKept *kept = shared ? kept_column(w, p->policy->beneficiary, in) : NULL;
        if (kept) {
                *ret = kept->column;
                *ret_typed = kept->typed;
                if (ret->kind != FEEL_COL_VALUE)
                        ret->unknown_name = ret_typed->unknown_name = in->title.zh;
                return ST_OK;
        }
        if (in->query)
                TRY(register_query_by_owner(w->own->cache, in->query, p->owners, year, p->vintages[0].parameters,
                                            p->policy->parameter_count, in->title.zh, w->own->arena, ret));
        else
                TRY(row_by_row(w, p, in, year, ret));
        if (in->otherwise.text.len)
                TRY(fill_otherwise(w, p, in, year, ret));
        TRY(typed_column(w->own->arena, ret, p->owners->rows, ret_typed));
        kept = shared ? arena_new_of(w->own->arena, PolicyColumnKept) : NULL;
        if (!kept)
                return shared ? ST_NOMEM : ST_OK;
        *kept = (PolicyColumnKept){ .next = w->own->kept, .reg = p->policy->beneficiary, .from = in->expr.text,
                                    .otherwise = in->otherwise.text, .title = in->title.zh, .column = *ret,
                                    .typed = *ret_typed };
        w->own->kept = kept;
        return ST_OK;
}

Status policy_column(PolicyWork *w, const PackPolicy *policy, const RegisterTable *owners, const PackInput *in,
                     FeelColumn *ret)
{
        PolicyPlan *p = arena_new_of(w->own->arena, PolicyPlan);
        size_t at;
        if (!p)
                return ST_NOMEM;
        *p = (PolicyPlan){ .policy = policy, .owners = owners };
        TRY(vintage_of(w, p, last_of(w->year), &at));
        FeelColumn typed;
        return make_column(w, p, in, ret, &typed);
}

static Status expect_program(RegisterCache *c, const PackRegister *reg, const PackExpr *e)
{
        for (size_t f = 0; e->program && f < reg->field_count; f++)
                if (feel_program_uses(e->program, (uint32_t)f))
                        TRY(register_cache_expect(c, reg, &reg->fields[f]));
        return ST_OK;
}

Status policy_expect(PolicyWork *w, const PackPolicy *policy)
{
        RegisterCache *c = w->own->cache;
        const PackRegister *reg = policy->beneficiary;
        TRY(register_cache_expect(c, reg, reg->label));
        if (policy->owner)
                TRY(register_cache_expect(c, reg, policy->owner));
        for (size_t f = 0; f < reg->field_count; f++)   /* by which what-ifs are broken down */
                if (reg->fields[f].type == PACK_CODE && !reg->fields[f].many)
                        TRY(register_cache_expect(c, reg, &reg->fields[f]));
        for (size_t i = 0; i < policy->input_count; i++) {
                const PackInput *in = &policy->inputs[i];
                if (in->query)
                        TRY(register_cache_expect_query(c, in->query));
                else
                        TRY(expect_program(c, reg, &in->expr));
                TRY(expect_program(c, reg, &in->otherwise));
        }
        return ST_OK;
}

/* ---- the model's slots ---- */

static Status bind_slots(PolicyPlan *p, Arena *a, Diag *diag)
{
        const PackPolicy *policy = p->policy;
        const DmnInput *inputs = dmn_decision_inputs(p->decision, &p->slots);
        size_t outputs;
        const DmnOutput *out = dmn_decision_outputs(p->decision, &outputs);
        if ((!inputs && policy->input_count) || !out)   /* never compute as if nothing had been asked for */
                return ST_NOMEM;
        p->slot_input = arena_array_of(a, size_t, p->slots + 1);
        p->slot_parameter = arena_array_of(a, size_t, p->slots + 1);
        if (!p->slot_input || !p->slot_parameter)
                return ST_NOMEM;
        for (size_t s = 0; s < p->slots; s++) {
                p->slot_input[s] = p->slot_parameter[s] = SIZE_MAX;
                for (size_t i = 0; i < policy->input_count; i++)
                        if (str_eq(inputs[s].name, policy->inputs[i].name))
                                p->slot_input[s] = i;
                for (size_t i = 0; i < policy->parameter_count; i++)
                        if (str_eq(inputs[s].name, policy->parameters[i].name))
                                p->slot_parameter[s] = i;
                if (p->slot_input[s] == SIZE_MAX && p->slot_parameter[s] == SIZE_MAX)
                        return diag_fail(diag, ST_INVALID, policy->pos, "模型需要输入“%.*s”，政策没有给出",
                                         "the model needs an input \"%.*s\" that the policy does not give",
                                         STR_FMT(inputs[s].name));
        }
        for (size_t i = 0; i < outputs; i++)
                if ((policy->amount.len && str_eq(out[i].name, policy->amount)) ||
                    (policy->holds.len && str_eq(out[i].name, policy->holds)))
                        p->amount_output = i;
        return ST_OK;
}

static const DmnModel *model_of(const PolicyWork *w, const PackPolicy *policy)
{
        const DmnModel *model = policy->model;
        for (size_t k = 0; k < w->own->ask.override_count; k++)
                if (w->own->ask.overrides[k].policy == policy && w->own->ask.overrides[k].model)
                        model = w->own->ask.overrides[k].model;
        return model;
}

Status policy_plan(PolicyWork *w, const PackPolicy *policy, const RegisterTable *owners, Diag *diag, PolicyPlan **ret)
{
        Arena *a = w->own->arena;
        PolicyPlan *p = arena_new_of(a, PolicyPlan);
        if (!p)
                return ST_NOMEM;
        const DmnModel *model = model_of(w, policy);
        *p = (PolicyPlan){ .policy = policy, .owners = owners, .year = w->year, .model = model,
                           .decision = dmn_find_decision(model, policy->decision) };
        if (!p->decision)
                return diag_fail(diag, ST_INVALID, policy->pos, "模型里没有决策“%.*s”",
                                 "the model has no decision \"%.*s\"", STR_FMT(policy->decision));
        /* Inputs see the parameters of the day asked for. */
        Date asked = policy->by != PACK_BY_ASSESSMENT_YEAR && w->own->ask.on.month ? w->own->ask.on
                                                                                 : last_of(w->year);
        size_t first;
        TRY(vintage_of(w, p, asked, &first));
        p->columns = arena_array_of(a, FeelColumn, policy->input_count + 1);
        p->typed = arena_array_of(a, FeelColumn, policy->input_count + 1);
        if (!p->columns || !p->typed)
                return ST_NOMEM;
        for (size_t i = 0; i < policy->input_count; i++)
                TRY(make_column(w, p, &policy->inputs[i], &p->columns[i], &p->typed[i]));
        TRY(take_vintages(w, p));
        TRY(bind_slots(p, a, diag));
        *ret = p;
        return ST_OK;
}

Status policy_plan_of(PolicyWork *w, const PackPolicy *policy, const RegisterTable *owners, FeelColumn *columns,
                      Diag *diag, PolicyPlan **ret)
{
        PolicyPlan *p = arena_new_of(w->own->arena, PolicyPlan);
        if (!p)
                return ST_NOMEM;
        *p = (PolicyPlan){ .policy = policy, .owners = owners, .columns = columns, .typed = columns, .year = w->year,
                           .model = policy->model,
                           .decision = dmn_find_decision(policy->model, policy->decision) };
        if (!p->decision)
                return ST_CORRUPT;
        TRY(take_vintages(w, p));
        TRY(bind_slots(p, w->own->arena, diag));
        *ret = p;
        return ST_OK;
}

Status policy_replan(PolicyWork *w, const PolicyPlan *base, Diag *diag, PolicyPlan **ret)
{
        const PackPolicy *policy = base->policy;
        for (size_t i = 0; i < policy->input_count; i++)
                if (asks_parameters(policy, &policy->inputs[i]))
                        return policy_plan(w, policy, base->owners, diag, ret);
        PolicyPlan *p = arena_new_of(w->own->arena, PolicyPlan);
        if (!p)
                return ST_NOMEM;
        *p = *base;
        p->vintage_count = 0;
        p->vintage = NULL;
        TRY(take_vintages(w, p));
        if (model_of(w, policy) != p->model) {
                p->model = model_of(w, policy);
                p->decision = dmn_find_decision(p->model, policy->decision);
                p->amount_output = 0;
                if (!p->decision)
                        return ST_INVALID;
                TRY(bind_slots(p, w->own->arena, diag));
        }
        *ret = p;
        return ST_OK;
}

Str policy_firm_key(const PackPolicy *p, const RegisterTable *owners, size_t row)
{
        if (!p->owner)
                return owners->key[row];
        if (p->owner == p->beneficiary->parent_key)
                return owners->owner[row];
        const FeelColumn *c = &owners->columns[p->owner->index];
        if (c->kind == FEEL_COL_STR && !(c->null && c->null[row]))
                return c->str[row];
        return owners->key[row];
}
