/* compute.c -- inputs as columns, the model row by row, amounts rounded. */
#include "policy/policy_int.h"

enum { TRACE_NODES_MAX = 4000 };

/* ---- the plan ---- */

static Status take_parameters(const PolicyAsk *ask, PolicyPlan *p, Arena *a)
{
        const PackPolicy *policy = p->policy;
        p->parameters = arena_array_of(a, FeelValue, policy->parameter_count + 1);
        if (!p->parameters)
                return ST_NOMEM;
        for (size_t i = 0; i < policy->parameter_count; i++) {
                p->parameters[i] = feel_number(policy->parameters[i].value);
                for (size_t k = 0; k < ask->override_count; k++)
                        if (ask->overrides[k].policy == policy &&
                            str_eq(ask->overrides[k].name, policy->parameters[i].name))
                                p->parameters[i] = feel_number(ask->overrides[k].value);
        }
        return ST_OK;
}

static void set_slot(FeelValue *in, size_t n, size_t slot, FeelValue v)
{
        if (slot < n)
                in[slot] = v;
}

/* An input that is no query: evaluated for each row with the registers at hand. */
static Status row_by_row(RegisterCache *cache, const PolicyPlan *p, const PackInput *input, Period year, Lang lang,
                         Arena *a, FeelColumn *ret)
{
        const PackPolicy *policy = p->policy;
        const RegisterTable *t = p->owners;
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_ns = 0;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        RegisterHost host;
        if (!x)
                return ST_NOMEM;
        TRY(register_host_init(&host, cache, t));
        feel_exec_set_host(x, &host.base);
        size_t n = feel_scope_len(policy->scope);
        FeelValue *in = arena_array_of(a, FeelValue, n + 1), *out = arena_array_of(a, FeelValue, t->rows + 1);
        Status st = in && out ? ST_OK : ST_NOMEM;
        for (size_t i = 0; st == ST_OK && i < policy->parameter_count; i++)
                set_slot(in, n, pack_policy_parameter_slot(policy) + i, p->parameters[i]);
        if (st == ST_OK) {
                set_slot(in, n, pack_policy_slot(policy, PACK_SLOT_YEAR), feel_i64(year.year));
                set_slot(in, n, pack_policy_slot(policy, PACK_SLOT_ASSESSMENT_YEAR), feel_i64(year.year));
                set_slot(in, n, pack_policy_slot(policy, PACK_SLOT_PERIOD_START), feel_date(period_first_day(year)));
                set_slot(in, n, pack_policy_slot(policy, PACK_SLOT_PERIOD_END), feel_date(period_last_day(year)));
        }
        for (host.row = 0; st == ST_OK && host.row < t->rows; host.row++) {
                feel_exec_reset(x);
                for (size_t f = 0; st == ST_OK && f < t->reg->field_count; f++)
                        if (t->columns[f].any)
                                st = feel_column_get(feel_exec_arena(x), &t->columns[f], host.row, &in[f]);
                FeelValue v;
                if (st == ST_OK)
                        st = feel_eval(x, input->expr.program, in, n, &v);
                if (st == ST_OK && feel_is(&v, FEEL_NULL) && !input->otherwise.text.len)
                        st = feel_unknown(feel_exec_arena(x), pack_title(input->title, lang), &v);
                if (st == ST_OK)
                        st = feel_copy(a, &v, &out[host.row]);
        }
        register_host_release(&host);
        if (st == ST_OK)
                *ret = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = out };
        return st;
}

/* `otherwise:`: what a missing value counts as. */
static Status fill_otherwise(const PolicyPlan *p, const PackInput *input, Arena *a, FeelColumn *c)
{
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        size_t n = feel_scope_len(p->policy->scope);
        FeelValue *in = arena_array_of(a, FeelValue, n + 1), *out = arena_array_of(a, FeelValue, p->owners->rows + 1),
                  v;
        if (!x || !in || !out)
                return ST_NOMEM;
        for (size_t i = 0; i < p->policy->parameter_count; i++)
                set_slot(in, n, pack_policy_parameter_slot(p->policy) + i, p->parameters[i]);
        TRY(feel_eval(x, input->otherwise.program, in, n, &v));
        FeelValue fallback;
        if (feel_is(&v, FEEL_NULL))
                return ST_OK; /* stays missing */
        TRY(feel_copy(a, &v, &fallback));
        for (size_t i = 0; i < p->owners->rows; i++) {
                TRY(feel_column_get(a, c, i, &out[i]));
                if (feel_is(&out[i], FEEL_UNKNOWN) || feel_is(&out[i], FEEL_NULL))
                        out[i] = fallback;
        }
        *c = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = out };
        return ST_OK;
}

static Status bind_slots(PolicyPlan *p, Arena *a, Diag *diag)
{
        const DmnInput *inputs = dmn_decision_inputs(p->decision, &p->slots);
        if (!inputs && p->policy->input_count)          /* never compute as if nothing had been asked for */
                return ST_NOMEM;
        p->slot_input = arena_array_of(a, size_t, p->slots + 1);
        p->slot_parameter = arena_array_of(a, size_t, p->slots + 1);
        if (!p->slot_input || !p->slot_parameter)
                return ST_NOMEM;
        for (size_t s = 0; s < p->slots; s++) {
                p->slot_input[s] = p->slot_parameter[s] = SIZE_MAX;
                for (size_t i = 0; i < p->policy->input_count; i++)
                        if (str_eq(inputs[s].name, p->policy->inputs[i].name))
                                p->slot_input[s] = i;
                for (size_t i = 0; i < p->policy->parameter_count; i++)
                        if (str_eq(inputs[s].name, p->policy->parameters[i].name))
                                p->slot_parameter[s] = i;
                if (p->slot_input[s] == SIZE_MAX && p->slot_parameter[s] == SIZE_MAX)
                        return diag_fail(diag, ST_INVALID, p->policy->pos, "模型需要输入“%.*s”，政策没有给出",
                                         "the model needs an input \"%.*s\" that the policy does not give",
                                         STR_FMT(inputs[s].name));
        }
        return ST_OK;
}

Status policy_plan(RegisterCache *cache, const PolicyAsk *ask, const PackPolicy *policy, const RegisterTable *owners,
                   Arena *a, Diag *diag, PolicyPlan *ret)
{
        PolicyPlan p = { .policy = policy,
                         .owners = owners,
                         .decision = dmn_find_decision(policy->model, policy->decision) };
        Period year = { PERIOD_YEAR, ask->year, 1 };
        if (!p.decision)
                return diag_fail(diag, ST_INVALID, policy->pos, "模型里没有决策“%.*s”",
                                 "the model has no decision \"%.*s\"", STR_FMT(policy->decision));
        TRY(take_parameters(ask, &p, a));
        p.columns = arena_array_of(a, FeelColumn, policy->input_count + 1);
        if (!p.columns)
                return ST_NOMEM;
        for (size_t i = 0; i < policy->input_count; i++) {
                const PackInput *in = &policy->inputs[i];
                if (in->query)
                        TRY(register_query_by_owner(cache, in->query, owners, year, p.parameters,
                                                    policy->parameter_count, pack_title(in->title, ask->lang), a,
                                                    &p.columns[i]));
                else
                        TRY(row_by_row(cache, &p, in, year, ask->lang, a, &p.columns[i]));
                if (in->otherwise.text.len)
                        TRY(fill_otherwise(&p, in, a, &p.columns[i]));
        }
        TRY(bind_slots(&p, a, diag));
        *ret = p;
        return ST_OK;
}

/* ---- one row ---- */

static FeelValue entry(const FeelValue *v, Str name)
{
        const FeelValue *e = name.len && feel_is(v, FEEL_CONTEXT) ? feel_context_get(v, name) : NULL;
        return e ? *e : feel_null();
}

/* Yuan to fen in steps of round_fen. */
static bool to_fen(const PackPolicy *p, Dec yuan, int64_t *ret)
{
        int64_t step = p->round_fen ? p->round_fen : 1, units;
        Dec steps = dec_div(dec_mul(yuan, dec_from_i64(100)), dec_from_i64(step));
        return dec_to_scaled_round(steps, 0, p->round_mode, &units) && !__builtin_mul_overflow(units, step, ret);
}

static Status say_missing(const FeelValue *v, Lang lang, Arena *a, PolicyEntitlement *e)
{
        Str *names = arena_array_of(a, Str, v->unknown.len + 1);
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        if (!names)
                return ST_NOMEM;
        buf_puts(&b, lang == LANG_EN ? "missing: " : "缺少：");
        for (size_t i = 0; i < v->unknown.len; i++) {
                names[i] = arena_str(a, v->unknown.names[i]);
                if (!names[i].ptr)
                        return ST_NOMEM;
                buf_printf(&b, "%s%.*s", i ? "、" : "", STR_FMT(names[i]));
        }
        TRY(buf_status(&b));
        e->outcome = POLICY_UNKNOWN;
        e->missing = names;
        e->missing_count = v->unknown.len;
        e->reason = arena_str(a, buf_str(&b));
        return e->reason.ptr ? ST_OK : ST_NOMEM;
}

static Status copy_str(Arena *a, Str s, Str *ret)
{
        *ret = arena_str(a, s.ptr ? s : STR(""));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* The tables' own words for why: the rule that fired, or the clause that failed with the value. */
static Status reason_of_trace(const DmnTrace *trace, Lang lang, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        dmn_trace_reason(trace, lang, &b);
        TRY(buf_status(&b));
        return copy_str(a, buf_str(&b), ret);
}

static Status explain_no(const PolicyPlan *plan, const FeelValue *slots, FeelExec *x, Lang lang, Arena *a,
                         PolicyEntitlement *e)
{
        _cleanup_arena_ Arena *scratch = arena_new(16 << 20);
        if (!scratch)
                return ST_NOMEM;
        DmnTrace trace = { .arena = scratch, .max_nodes = TRACE_NODES_MAX };
        FeelValue v;
        TRY(dmn_eval_slots(plan->policy->model, plan->decision, x, slots, &trace, &v));
        return reason_of_trace(&trace, lang, a, &e->reason);
}

Status policy_evaluate(const PolicyPlan *plan, size_t row, FeelExec *x, DmnTrace *trace, bool want_reason, Lang lang,
                       Arena *a, PolicyEntitlement *e)
{
        const PackPolicy *p = plan->policy;
        FeelValue *inputs = arena_array_of(a, FeelValue, p->input_count + 1);
        FeelValue *slots = arena_array_of(feel_exec_arena(x), FeelValue, plan->slots + 1), v;
        if (!inputs || !slots)
                return ST_NOMEM;
        for (size_t i = 0; i < p->input_count; i++)
                TRY(feel_column_get(a, &plan->columns[i], row, &inputs[i]));
        for (size_t s = 0; s < plan->slots; s++)
                slots[s] = plan->slot_input[s] != SIZE_MAX ? inputs[plan->slot_input[s]]
                                                           : plan->parameters[plan->slot_parameter[s]];
        e->inputs = inputs;
        e->reason = STR("");
        TRY(dmn_eval_slots(p->model, plan->decision, x, slots, trace, &v));
        FeelValue amount = feel_is(&v, FEEL_CONTEXT) ? entry(&v, p->holds.len ? p->holds : p->amount) : v,
                  why = entry(&v, lang == LANG_EN && p->reason_en.len ? p->reason_en : p->reason);
        if (feel_is(&amount, FEEL_UNKNOWN))
                return say_missing(&amount, lang, a, e);
        if (feel_is(&amount, FEEL_NUMBER) && !to_fen(p, amount.number, &e->computed_fen))
                return say_missing(&(FeelValue){ .kind = FEEL_UNKNOWN }, lang, a, e);
        bool yes = p->holds.len ? feel_is(&amount, FEEL_BOOLEAN) && amount.boolean : e->computed_fen > 0;
        e->outcome = yes ? POLICY_ELIGIBLE : POLICY_NOT_ELIGIBLE;
        e->fen = yes && p->gives == PACK_GIVES_PAYMENT ? e->computed_fen : 0;
        /* The model's own reason, for a no too: it names the clause with the figure that failed. */
        if (feel_is(&why, FEEL_STRING) && why.string.len)
                return copy_str(a, why.string, &e->reason);
        if (want_reason || e->outcome == POLICY_ELIGIBLE)
                TRY(explain_no(plan, slots, x, lang, a, e));
        return ST_OK;
}

/* ---- all ---- */

Status policy_in_force(const Pack *pack, int32_t year, Arena *a, const PackPolicy *const **ret, size_t *ret_count)
{
        const PackPolicy **list = arena_array_of(a, const PackPolicy *, pack->policy_count + 1);
        Date first = { year, 1, 1 }, last = { year, 12, 31 };
        size_t n = 0;
        if (!list)
                return ST_NOMEM;
        for (size_t i = 0; i < pack->policy_count; i++) {
                const PackPolicy *p = pack->policies[i];
                bool begun = !p->from.month || date_cmp(p->from, last) <= 0,
                     open = !p->to.month || date_cmp(p->to, first) >= 0;
                if (begun && open && p->gives == PACK_GIVES_PAYMENT)
                        list[n++] = p;
        }
        *ret = list;
        *ret_count = n;
        return ST_OK;
}

static Status one_policy(RegisterCache *cache, const Pack *pack, const PolicyAsk *ask, const PackPolicy *policy,
                         Arena *a, Diag *diag, PolicyEntitlement **ret, size_t *ret_count)
{
        const RegisterTable *owners;
        (void)pack;
        TRY(register_cache_table(cache, policy->beneficiary, &owners));
        PolicyPlan plan;
        TRY(policy_plan(cache, ask, policy, owners, a, diag, &plan));
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_ns = 0;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        PolicyEntitlement *items = arena_array_of(a, PolicyEntitlement, owners->rows + 1);
        if (!x || !items)
                return ST_NOMEM;
        const FeelColumn *label = &owners->columns[policy->beneficiary->label->index];
        size_t n = 0;
        for (size_t r = 0; r < owners->rows; r++) {
                if (ask->key.ptr && !str_eq(owners->key[r], ask->key))
                        continue;
                PolicyEntitlement *e = &items[n++];
                FeelValue name;
                feel_exec_reset(x);
                TRY(feel_column_get(a, label, r, &name));
                *e = (PolicyEntitlement){ .policy = policy,
                                          .key = owners->key[r],
                                          .unit = owners->unit[r],
                                          .name = feel_is(&name, FEEL_STRING) ? name.string : owners->key[r] };
                TRY(policy_evaluate(&plan, r, x, NULL, !ask->no_reasons, ask->lang, a, e));
        }
        *ret = items;
        *ret_count = n;
        return ST_OK;
}

Status policy_compute(StoreTx *tx, const Pack *pack, const PolicyAsk *ask, Arena *a, Diag *diag, PolicyResult *ret)
{
        PolicyResult r = { .policies = ask->policies, .policy_count = ask->policy_count };
        if (!r.policies)
                TRY(policy_in_force(pack, ask->year, a, &r.policies, &r.policy_count));
        PolicyEntitlement **parts = arena_array_of(a, PolicyEntitlement *, r.policy_count + 1);
        size_t *counts = arena_array_of(a, size_t, r.policy_count + 1);
        _cleanup_(register_cache_freep) RegisterCache *cache = register_cache_new(tx, pack, NULL);
        if (!parts || !counts || !cache)
                return ST_NOMEM;
        for (size_t i = 0; i < r.policy_count; i++) {
                TRY(one_policy(cache, pack, ask, r.policies[i], a, diag, &parts[i], &counts[i]));
                r.count += counts[i];
        }
        r.items = arena_array_of(a, PolicyEntitlement, r.count + 1);
        r.sums = arena_array_of(a, PolicySum, r.policy_count + 1);
        if (!r.items || !r.sums)
                return ST_NOMEM;
        size_t at = 0;
        for (size_t i = 0; i < r.policy_count; at += counts[i], i++)
                if (counts[i])
                        memcpy(r.items + at, parts[i], counts[i] * sizeof(*r.items));
        for (size_t i = 0; i < r.count; i++) { /* the cache's texts go with it */
                PolicyEntitlement *e = &r.items[i];
                TRY(copy_str(a, e->key, &e->key));
                TRY(copy_str(a, e->name, &e->name));
                TRY(copy_str(a, e->unit, &e->unit));
                FeelValue *inputs = arena_array_of(a, FeelValue, e->policy->input_count + 1);
                if (!inputs)
                        return ST_NOMEM;
                for (size_t k = 0; k < e->policy->input_count; k++)
                        TRY(feel_copy(a, &e->inputs[k], &inputs[k]));
                e->inputs = inputs;
        }
        TRY(policy_resolve(&r, ask, a));
        *ret = r;
        return ST_OK;
}
