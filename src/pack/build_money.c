/* build_money.c -- the figures of policies: parameters with their versions, caps, quotas, budgets, conditions to keep. */
#include <stdlib.h>

#include "pack/measure.h"
#include "pack/pack_int.h"

enum { RANGED_MAX = 6, KEEP_YEARS_MAX = 30 };

/* An amount of money in fen. */
static int64_t read_fen(Loader *l, const YamlQuantity *q)
{
        Dec factor = dec_from_i64(1);
        int64_t fen = 0;
        if (!q->at)
                return 0;
        if (!q->has_number || (q->unit.len && measure_factor(q->unit, STR("元"), &factor) != ST_OK) ||
            !dec_to_scaled(dec_mul(q->value, factor), 2, &fen) || fen < 0)
                loader_error(l, yaml_pos(q->at), "应是金额，如 500万元", "an amount of money is needed, like 500万元");
        return fen;
}

static int64_t read_share(Loader *l, const YamlQuantity *q, int64_t absent)
{
        int64_t millionths = absent;
        if (q->at && (!q->has_number || !dec_to_scaled(q->scaled, 6, &millionths) || millionths < 0 ||
                      millionths > 1000000))
                loader_error(l, yaml_pos(q->at), "应是百分比，如 50%%", "a percentage is needed, like 50%%");
        return millionths;
}

/* ---- parameters ---- */

static Dec read_figure(Loader *l, const YamlQuantity *q, Str *unit)
{
        if (!q->has_number) {
                loader_error(l, yaml_pos(q->at), "参数的值应是数字", "the value of a parameter is a number");
                return dec_zero();
        }
        /* What is left of the unit without its power of ten: 元 of 万元; % stays. */
        static const char *const bases[] = { "元", "%", "‰", "人", "家", "件", "年", "天" };
        for (size_t k = 0; k < ARRAY_LEN(bases); k++)
                if (str_ends(q->unit, str_c(bases[k])))
                        *unit = str_c(bases[k]);
        return dec_normalize(q->scaled);
}

static int by_from(const void *x, const void *y)
{
        const PackParameterValue *a = x, *b = y;
        if (!a->from.month || !b->from.month)
                return (a->from.month != 0) - (b->from.month != 0);
        return date_cmp(a->from, b->from);
}

static void read_versions(Loader *l, const RawParameter *raw, PackParameter *p)
{
        size_t n = raw->values.count ? raw->values.count : raw->value.at != NULL;
        const RawParameterValue *from = raw->values.items;
        p->values = arena_array_of(l->arena, PackParameterValue, n + 1);
        if (loader_oom(l, p->values))
                return;
        if (raw->value.at)
                p->values[p->value_count++] =
                        (PackParameterValue){ .value = read_figure(l, &raw->value, &p->unit), .source = raw->clause,
                                              .pos = p->pos };
        for (size_t i = 0; i < raw->values.count; i++) {
                PackParameterValue *v = &p->values[p->value_count++];
                *v = (PackParameterValue){ .from = from[i].from, .to = from[i].to, .source = from[i].source,
                                           .value = read_figure(l, &from[i].value, &p->unit),
                                           .pos = yaml_pos(from[i].at) };
                if (v->from.month && v->to.month && date_cmp(v->to, v->from) < 0)
                        loader_error(l, v->pos, "终止日早于起始日", "it ends before it begins");
        }
        qsort(p->values, p->value_count, sizeof(*p->values), by_from);
        for (size_t i = 1; i < p->value_count; i++) {
                const PackParameterValue *before = &p->values[i - 1], *v = &p->values[i];
                if (!before->to.month || !v->from.month || date_cmp(before->to, v->from) >= 0)
                        loader_error(l, v->pos, "参数的两个版本日期重叠", "two versions of the parameter overlap");
        }
        if (p->value_count)
                p->value = p->values[p->value_count - 1].value;
}

static void read_choices(Loader *l, const RawParameter *raw, PackParameter *p)
{
        const RawChoice *from = raw->choices.items;
        bool found = false;
        p->choices = arena_array_of(l->arena, PackChoice, raw->choices.count + 1);
        p->values = arena_array_of(l->arena, PackParameterValue, 1);
        if (loader_oom(l, p->choices) || loader_oom(l, p->values))
                return;
        for (size_t i = 0; i < raw->choices.count; i++) {
                PackChoice *c = &p->choices[p->choice_count++];
                *c = (PackChoice){ .name = from[i].name, .title = loader_title(l, &from[i].title, from[i].name),
                                   .clause = from[i].clause, .value = read_figure(l, &from[i].value, &p->unit),
                                   .pos = yaml_pos(from[i].at) };
                if (str_eq(c->name, raw->chosen)) {
                        found = true;
                        p->chosen = i;
                        p->value = c->value;
                        p->values[0] = (PackParameterValue){ .value = c->value, .source = c->clause, .pos = c->pos };
                        p->value_count = 1;
                }
        }
        if (!found)
                loader_error(l, loader_at(raw->at, "chosen"), "须以 chosen 指明采用的选项之一",
                             "say by chosen which of the choices is taken");
}

void build_parameters(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        const RawParameter *from = raw->parameters.items;
        size_t ranged = 0;
        p->parameters = arena_array_of(l->arena, PackParameter, raw->parameters.count + 1);
        if (loader_oom(l, p->parameters))
                return;
        for (size_t i = 0; i < raw->parameters.count && l->fatal == ST_OK; i++) {
                PackParameter *made = &p->parameters[p->parameter_count++];
                *made = (PackParameter){ .name = from[i].name, .title = loader_title(l, &from[i].title, from[i].name),
                                         .clause = from[i].clause, .pos = yaml_pos(from[i].at) };
                int kinds = (from[i].value.at != NULL) + (from[i].choices.count > 0) +
                            (from[i].values.count > 0 || from[i].most.at != NULL);
                if (kinds != 1) {
                        loader_error(l, made->pos, "参数须有 value、values、most、choices 之一",
                                     "a parameter has a value, values by date, a most, or choices");
                        continue;
                }
                if (from[i].choices.count)
                        read_choices(l, &from[i], made);
                else
                        read_versions(l, &from[i], made);
                if (!from[i].most.at)
                        continue;
                made->ranged = true;
                made->most = read_figure(l, &from[i].most, &made->unit);
                made->least = from[i].least.at ? read_figure(l, &from[i].least, &made->unit) : dec_zero();
                if (!made->value_count)
                        made->value = made->most;
                if (dec_cmp(made->least, made->most) > 0)
                        loader_error(l, made->pos, "下限大于上限", "the least is more than the most");
                if (++ranged > RANGED_MAX)
                        loader_error(l, made->pos, "一项政策最多 %d 个区间参数",
                                     "at most %d parameters of a policy are ranges", RANGED_MAX);
        }
}

const PackParameter *build_parameter_named(const PackPolicy *p, Str name)
{
        for (size_t i = 0; i < p->parameter_count; i++)
                if (str_eq(p->parameters[i].name, name))
                        return &p->parameters[i];
        return NULL;
}

size_t build_input_named(const PackPolicy *p, Str name)
{
        for (size_t i = 0; i < p->input_count; i++)
                if (str_eq(p->inputs[i].name, name))
                        return i;
        return SIZE_MAX;
}

/* The amount of a parameter; reports a name that is none and a value that is no amount. */
static int64_t parameter_fen(Loader *l, const PackPolicy *p, Str name, const Yaml *at)
{
        int64_t fen = 0;
        const PackParameter *param = build_parameter_named(p, name);
        if (!param)
                loader_error(l, loader_at(at, "parameter"), "没有参数“%.*s”", "there is no parameter \"%.*s\"",
                             STR_FMT(name));
        else if (!dec_to_scaled(param->value, 2, &fen) || fen < 0)
                loader_error(l, param->pos, "封顶参数应是金额，精确到分",
                             "the parameter of a cap is an amount of money");
        return fen;
}

/* ---- caps, adjustments ---- */

static bool in_result(const PackPolicy *p, Str entry)
{
        size_t n = 0;
        const DmnDecision *d = p->model ? dmn_find_decision(p->model, p->decision) : NULL;
        const DmnOutput *out = d ? dmn_decision_outputs(d, &n) : NULL;
        for (size_t i = 0; out && i < n; i++)
                if (str_eq(out[i].name, entry))
                        return true;
        return d == NULL;       /* reported already */
}

static void check_entry(Loader *l, const PackPolicy *p, Str entry, Pos pos)
{
        if (entry.len && !in_result(p, entry))
                loader_error(l, pos, "决策“%.*s”的结果没有“%.*s”", "the result of \"%.*s\" has no \"%.*s\"",
                             STR_FMT(p->decision), STR_FMT(entry));
}

static void read_caps(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        const RawCap *from = raw->caps.items;
        p->caps = arena_array_of(l->arena, PackCap, raw->caps.count + 1);
        if (loader_oom(l, p->caps))
                return;
        for (size_t i = 0; i < raw->caps.count; i++) {
                PackCap *cap = &p->caps[p->cap_count++];
                *cap = (PackCap){ .per = from[i].per > PACK_CAP_RECORD ? PACK_CAP_RECORD : (PackCapPer)from[i].per,
                                  .parameter = from[i].parameter, .entry = from[i].entry,
                                  .pos = yaml_pos(from[i].at) };
                if ((from[i].amount.at != NULL) + (from[i].parameter.len > 0) + (from[i].entry.len > 0) != 1) {
                        loader_error(l, cap->pos, "封顶须有 amount、parameter、result 之一",
                                     "a cap has an amount, a parameter or a result");
                        continue;
                }
                cap->fen = read_fen(l, &from[i].amount);
                if (from[i].parameter.len)
                        cap->fen = parameter_fen(l, p, from[i].parameter, from[i].at);
                check_entry(l, p, cap->entry, cap->pos);
                if (cap->entry.len && cap->per != PACK_CAP_RECORD && p->owner)
                        loader_error(l, cap->pos, "按决策结果封顶只能针对一笔（per: record）",
                                     "a cap from the result is one of a record (per: record)");
        }
}

static void read_adjusts(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        const RawAdjust *from = raw->adjusts.items;
        p->adjusts = arena_array_of(l->arena, PackAdjust, raw->adjusts.count + 1);
        if (loader_oom(l, p->adjusts))
                return;
        for (size_t i = 0; i < raw->adjusts.count; i++) {
                PackAdjust *a = &p->adjusts[p->adjust_count++];
                *a = (PackAdjust){ .input = build_input_named(p, from[i].name), .by = (PackAdjustBy)from[i].by,
                                   .parameter = from[i].parameter, .of = from[i].of, .group = from[i].group,
                                   .has_most = from[i].most.at != NULL, .most_fen = read_fen(l, &from[i].most),
                                   .pos = yaml_pos(from[i].at) };
                const PackParameter *param = build_parameter_named(p, a->parameter);
                if ((from[i].figure.at != NULL) == (a->parameter.len > 0))
                        loader_error(l, a->pos, "调整须有 figure 或 parameter 之一",
                                     "an adjustment has a figure or a parameter");
                else if (a->parameter.len && !param)
                        loader_error(l, loader_at(from[i].at, "parameter"), "没有参数“%.*s”",
                                     "there is no parameter \"%.*s\"", STR_FMT(a->parameter));
                else if (param)
                        a->figure = param->value;
                else if (!from[i].figure.has_number || dec_is_negative(from[i].figure.scaled))
                        loader_error(l, yaml_pos(from[i].figure.at), "应是不小于零的数，如 150%%",
                                     "a figure of zero or more is needed, like 150%%");
                else
                        a->figure = dec_normalize(from[i].figure.scaled);
                if ((a->by == PACK_ADJUST_POINTS) != (a->of.len > 0))
                        loader_error(l, a->pos, "points 须以 of 指明基数，其他不用",
                                     "points say by of what they are a part of; others do not");
                check_entry(l, p, a->of, a->pos);
        }
}

static void read_quota(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        const RawQuota *q = raw->quota;
        if (!q)
                return;
        p->quota = (PackQuota){ .is = true, .ascending = q->order == 1, .places = q->places,
                                .ties = (PackQuotaTies)q->ties, .input = build_input_named(p, q->by),
                                .pos = yaml_pos(q->at) };
        if (q->within.len)
                p->quota.within = loader_kind(l, q->within, q->at, "within");
        if (q->by.len && p->quota.input == SIZE_MAX)
                loader_error(l, loader_at(q->at, "by"), "没有输入“%.*s”", "there is no input \"%.*s\"", STR_FMT(q->by));
}

/* ---- what holds for years ---- */

static void read_keeps(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        const RawKeep *from = raw->keeps.items;
        p->keeps = arena_array_of(l->arena, PackKeep, raw->keeps.count + 1);
        if (loader_oom(l, p->keeps))
                return;
        for (size_t i = 0; i < raw->keeps.count && l->fatal == ST_OK; i++) {
                PackKeep *k = &p->keeps[p->keep_count++];
                int64_t years = 0;
                *k = (PackKeep){ .input = { .name = from[i].name, .use = PACK_INPUT_BLOCK,
                                            .title = loader_title(l, &from[i].say, from[i].name),
                                            .clause = from[i].clause, .expr = loader_expr(&from[i].from),
                                            .pos = yaml_pos(from[i].at) },
                                 .back_millionths = read_share(l, &from[i].back, 1000000) };
                const YamlQuantity *q = &from[i].years;
                if (!q->has_number || !dec_to_i64(q->value, &years) || years < 1 || years > KEEP_YEARS_MAX ||
                    !(str_eq_c(q->unit, "years") || str_eq_c(q->unit, "year") || str_eq_c(q->unit, "年")))
                        loader_error(l, yaml_pos(q->at), "应是年数，如 3 years",
                                     "a number of years is needed, like 3 years");
                k->years = (int)years;
                if (p->scope && !pack_query_parse(l, &from[i].from, p->beneficiary, p->parameters, p->parameter_count,
                                                  &k->input.query))
                        loader_compile(l, p->scope, &k->input.expr, NULL);
        }
}

static void read_shares(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        const RawShare *from = raw->shares.items;
        int64_t sum = 0;
        p->shares = arena_array_of(l->arena, PackShare, raw->shares.count + 1);
        if (loader_oom(l, p->shares))
                return;
        for (size_t i = 0; i < raw->shares.count; i++) {
                PackShare *share = &p->shares[p->share_count++];
                share->level = loader_kind(l, from[i].level, raw->shares.at, "");
                if (!from[i].share.has_number || !dec_to_scaled(from[i].share.scaled, 6, &share->millionths) ||
                    share->millionths < 0 || share->millionths > 1000000)
                        loader_error(l, yaml_pos(from[i].share.at), "分担应是百分比，如 50%%",
                                     "a share is a percentage, like 50%%");
                sum += share->millionths;
        }
        if (raw->shares.count && sum != 1000000)
                loader_error(l, yaml_pos(raw->shares.at), "各级分担之和应为 100%%", "the shares must add up to 100%%");
}

static void read_budget(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        const RawBudget *b = raw->budget;
        if (!b)
                return;
        p->budget = (PackBudget){ .is = true, .fen = read_fen(l, &b->amount), .parameter = b->parameter,
                                  .when_over = (PackBudgetMode)b->when_over, .pos = yaml_pos(b->at) };
        if ((b->amount.at != NULL) == (b->parameter.len > 0))
                loader_error(l, p->budget.pos, "预算须有 amount 或 parameter 之一",
                             "a budget has an amount or a parameter");
        else if (b->parameter.len)
                p->budget.fen = parameter_fen(l, p, b->parameter, b->at);
}

void build_money(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        static const int64_t fen_of[] = { 1, 10, 100, 1000, 10000, 100000, 1000000 };
        static const DecRound modes[] = { DEC_HALF_EVEN, DEC_HALF_UP, DEC_HALF_DOWN, DEC_UP, DEC_DOWN };
        p->round_fen = 1;
        p->round_mode = DEC_HALF_UP;
        if (raw->round) {
                p->round_fen = fen_of[raw->round->to];
                p->round_mode = modes[raw->round->mode];
        }
        p->floor_fen = read_fen(l, &raw->floor);
        p->exclusive = raw->exclusive.items;
        p->exclusive_count = raw->exclusive.count;
        if (raw->together)
                p->together = (PackTogether){ .set = raw->together->set, .most_fen = read_fen(l, &raw->together->most),
                                              .pos = yaml_pos(raw->together->at) };
        read_budget(l, raw, p);
        p->mode = (PackMode)raw->mode;
        p->publish_days = loader_working_days(l, &raw->publish, 0);
        read_caps(l, raw, p);
        read_adjusts(l, raw, p);
        read_quota(l, raw, p);
        read_shares(l, raw, p);
        if (l->fatal == ST_OK)
                read_keeps(l, raw, p);
        if (raw->effective && raw->effective->day.len && p->day == SIZE_MAX)
                loader_error(l, loader_at(raw->effective->at, "day"), "没有输入“%.*s”", "there is no input \"%.*s\"",
                             STR_FMT(raw->effective->day));
}

void build_money_links(Loader *l)
{
        for (size_t i = 0; i < l->pack->policy_count; i++) {
                const PackTogether *a = &l->pack->policies[i]->together;
                for (size_t k = 0; k < i && a->set.len; k++) {
                        const PackTogether *b = &l->pack->policies[k]->together;
                        if (str_eq(a->set, b->set) && a->most_fen != b->most_fen)
                                loader_error(l, a->pos, "组“%.*s”的限额前后不一",
                                             "members of the set \"%.*s\" differ in its most", STR_FMT(a->set));
                }
        }
}

/* ---- asking ---- */

const PackParameterValue *pack_parameter_on(const PackParameter *p, Date day)
{
        for (size_t i = p->value_count; i-- > 0;) {
                const PackParameterValue *v = &p->values[i];
                if ((!v->from.month || date_cmp(v->from, day) <= 0) && (!v->to.month || date_cmp(v->to, day) >= 0))
                        return v;
        }
        return NULL;
}

Date pack_policy_last_day(const PackPolicy *p)
{
        if (!p->superseded_by)
                return p->to;
        Date before = date_from_days(date_to_days(p->superseded_by->from) - 1);
        return p->to.month && date_cmp(p->to, before) < 0 ? p->to : before;
}
