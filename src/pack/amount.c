/* amount.c -- one record's amount: blocks, adjustments, rounding, caps, floor. */
#include "pack/amount.h"

bool pack_input_holds(const FeelValue *v, bool *ret_unknown)
{
        *ret_unknown = v->kind == FEEL_UNKNOWN || v->kind == FEEL_NULL;
        if (v->kind == FEEL_BOOLEAN)
                return v->boolean;
        return v->kind == FEEL_NUMBER && dec_cmp(v->number, dec_zero()) == 1;
}

static const FeelValue *parameter_of(const PackPolicy *p, Str name, const FeelValue *parameters)
{
        for (size_t i = 0; name.len && i < p->parameter_count; i++)
                if (str_eq(p->parameters[i].name, name))
                        return &parameters[i];
        return NULL;
}

static bool fen_of(const FeelValue *v, int64_t *ret)
{
        return v && v->kind == FEEL_NUMBER && dec_to_scaled_round(v->number, 2, DEC_DOWN, ret) && *ret >= 0;
}

bool pack_policy_cap(const PackPolicy *p, size_t i, const FeelValue *parameters, const FeelValue *result,
                     int64_t *ret_fen)
{
        const PackCap *cap = &p->caps[i];
        *ret_fen = cap->fen;
        if (cap->entry.len)
                return result && result->kind == FEEL_CONTEXT && fen_of(feel_context_get(result, cap->entry), ret_fen);
        return !cap->parameter.len || fen_of(parameter_of(p, cap->parameter, parameters), ret_fen);
}

int64_t pack_policy_budget(const PackPolicy *p, const FeelValue *parameters)
{
        int64_t fen;
        return p->budget.parameter.len && fen_of(parameter_of(p, p->budget.parameter, parameters), &fen)
                       ? fen
                       : p->budget.fen;
}

static bool to_steps(const PackPolicy *p, Dec yuan, int64_t *ret)
{
        int64_t steps;
        return dec_to_scaled_round(dec_div(yuan, dec_from_scaled(p->round_fen, 2)), 0, p->round_mode, &steps) &&
               !__builtin_mul_overflow(steps, p->round_fen, ret);
}

static void add_step(PackAmount *a, PackStepKind kind, size_t index, int64_t before, int64_t after)
{
        if (before != after && a->step_count < PACK_STEPS_MAX)
                a->steps[a->step_count++] = (PackAmountStep){ kind, index, before, after };
}

static void not_known(PackAmount *a, size_t input)
{
        a->answer = PACK_ANSWER_UNKNOWN;
        if (a->unknown_count < PACK_UNKNOWN_MAX)
                a->unknown[a->unknown_count++] = input;
}

bool pack_policy_blocked(const PackPolicy *p, const FeelValue *inputs, size_t *ret_input)
{
        for (size_t i = 0; i < p->input_count; i++) {
                bool unknown;
                *ret_input = i;
                if (p->inputs[i].use == PACK_INPUT_BLOCK && pack_input_holds(&inputs[i], &unknown))
                        return true;
        }
        return false;
}

static bool blocked(const PackPolicy *p, const FeelValue *inputs, PackAmount *ret)
{
        if (pack_policy_blocked(p, inputs, &ret->block)) {
                ret->answer = PACK_ANSWER_BLOCKED;
                return true;
        }
        for (size_t i = 0; i < p->input_count; i++) {
                bool unknown;
                if (p->inputs[i].use == PACK_INPUT_BLOCK && !pack_input_holds(&inputs[i], &unknown) && unknown)
                        not_known(ret, i);
        }
        return ret->unknown_count > 0;
}

static bool adjusted(const PackPolicy *p, const PackAdjust *adj, Dec yuan, const FeelValue *parameters,
                     const FeelValue *result, Dec *ret)
{
        Dec figure = adj->figure;
        const FeelValue *v = parameter_of(p, adj->parameter, parameters), *base = NULL;
        if (v && v->kind != FEEL_NUMBER)
                return false;
        figure = v ? v->number : figure;
        switch (adj->by) {
        case PACK_ADJUST_TIMES: *ret = dec_mul(yuan, figure); break;
        case PACK_ADJUST_PLUS: *ret = dec_add(yuan, figure); break;
        case PACK_ADJUST_POINTS:
                base = result && result->kind == FEEL_CONTEXT ? feel_context_get(result, adj->of) : NULL;
                if (!base || base->kind != FEEL_NUMBER)
                        return false;
                *ret = dec_add(yuan, dec_mul(figure, base->number));
        }
        Dec most = dec_from_scaled(adj->most_fen, 2);
        if (adj->has_most && dec_cmp(*ret, most) > 0)
                *ret = dec_cmp(yuan, most) > 0 ? yuan : most;   /* a bonus takes nothing away */
        return true;
}

static Status adjust_all(const PackPolicy *p, Dec *yuan, const FeelValue *inputs, const FeelValue *parameters,
                         const FeelValue *result, PackAmount *ret)
{
        Dec values[PACK_STEPS_MAX];
        bool holds[PACK_STEPS_MAX];
        for (size_t i = 0; i < p->adjust_count; i++) {
                bool unknown;
                holds[i] = pack_input_holds(&inputs[p->adjusts[i].input], &unknown);
                if (unknown)
                        not_known(ret, p->adjusts[i].input);
        }
        if (ret->unknown_count)
                return ST_OK;
        for (size_t i = 0; i < p->adjust_count; i++) {
                const PackAdjust *adj = &p->adjusts[i];
                size_t best = i;
                if (!holds[i])
                        continue;
                if (!adjusted(p, adj, *yuan, parameters, result, &values[i]))
                        return ST_INVALID;
                /* Of a group the first that holds stands for it; the others are compared from the same amount. */
                for (size_t k = i + 1; adj->group.len && k < p->adjust_count; k++) {
                        if (!holds[k] || !str_eq(p->adjusts[k].group, adj->group))
                                continue;
                        if (!adjusted(p, &p->adjusts[k], *yuan, parameters, result, &values[k]))
                                return ST_INVALID;
                        if (dec_cmp(values[k], values[best]) > 0)
                                best = k;
                        holds[k] = false;
                }
                int64_t before, after;
                if (!to_steps(p, *yuan, &before) || !to_steps(p, values[best], &after))
                        return ST_INVALID;
                add_step(ret, PACK_STEP_ADJUST, best, before, after);
                *yuan = values[best];
        }
        return ST_OK;
}

Status pack_policy_amount(const PackPolicy *p, Dec yuan, const FeelValue *inputs, const FeelValue *parameters,
                          const FeelValue *result, PackAmount *ret)
{
        /* More than any cap holds is as good as the most that can be counted. */
        static const int64_t countable = 9000000000000000;
        *ret = (PackAmount){ .answer = PACK_ANSWER_NOTHING };
        if (p->cap_count && dec_is_finite(yuan) && dec_cmp(yuan, dec_from_i64(countable)) > 0)
                yuan = dec_from_i64(countable);
        if (!dec_is_finite(yuan) || dec_is_negative(yuan) || !to_steps(p, yuan, &ret->model_fen))
                return ST_INVALID;
        if (dec_is_zero(yuan) || blocked(p, inputs, ret))
                return ST_OK;
        TRY(adjust_all(p, &yuan, inputs, parameters, result, ret));
        if (ret->unknown_count)
                return ST_OK;
        if (!to_steps(p, yuan, &ret->fen))
                return ST_INVALID;
        for (size_t i = 0; i < p->cap_count; i++) {
                int64_t cap;
                if (!pack_policy_cap(p, i, parameters, result, &cap))
                        return ST_INVALID;
                Dec most = dec_from_scaled(cap, 2);
                ret->reached[i] = dec_cmp(yuan, most) >= 0;
                if (ret->fen <= cap)
                        continue;
                int64_t after = cap - cap % p->round_fen;
                add_step(ret, PACK_STEP_CAP, i, ret->fen, after);
                ret->fen = after;
        }
        if (ret->fen < p->floor_fen) {
                add_step(ret, PACK_STEP_FLOOR, 0, ret->fen, 0);
                ret->fen = 0;
        }
        ret->answer = ret->fen > 0 ? PACK_ANSWER_PAID : PACK_ANSWER_NOTHING;
        return ST_OK;
}

Status pack_policy_parameters(const PackPolicy *p, Date day, Arena *a, FeelValue **ret)
{
        FeelValue *v = arena_array_of(a, FeelValue, p->parameter_count + 1);
        if (!v)
                return ST_NOMEM;
        for (size_t i = 0; i < p->parameter_count; i++) {
                const PackParameterValue *on = pack_parameter_on(&p->parameters[i], day);
                if (on)
                        v[i] = feel_number(on->value);
                else
                        TRY(feel_unknown(a, p->parameters[i].name, &v[i]));
        }
        *ret = v;
        return ST_OK;
}

Status pack_policy_corners(const PackPolicy *p, const FeelValue *parameters, Arena *a, FeelValue ***ret,
                           size_t *ret_count)
{
        size_t ranged = 0;
        for (size_t i = 0; i < p->parameter_count; i++)
                ranged += parameters[i].kind == FEEL_UNKNOWN && p->parameters[i].ranged;
        size_t n = (size_t)1 << ranged;
        FeelValue **corners = arena_array_of(a, FeelValue *, n);
        if (!corners)
                return ST_NOMEM;
        for (size_t k = 0; k < n; k++) {
                size_t bit = 0;
                corners[k] = arena_array_of(a, FeelValue, p->parameter_count + 1);
                if (!corners[k])
                        return ST_NOMEM;
                for (size_t i = 0; i < p->parameter_count; i++) {
                        bool range = parameters[i].kind == FEEL_UNKNOWN && p->parameters[i].ranged;
                        corners[k][i] = !range ? parameters[i]
                                        : (k >> bit++) & 1 ? feel_number(p->parameters[i].most)
                                                           : feel_number(p->parameters[i].least);
                }
        }
        *ret = corners;
        *ret_count = n;
        return ST_OK;
}
