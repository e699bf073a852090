/* ops_whatif.c -- other parameters, other tables: who gains, who loses, by county, size and industry; nothing is written. */
#include <stdlib.h>

#include "api/policy_json.h"
#include "api_operations.h"
#include "policy/calculator.h"

enum { OVERRIDES_MAX = 50, GROUPS_MAX = 400 };

static const PackParameter *parameter_named(const PackPolicy *p, Str name)
{
        for (size_t i = 0; i < p->parameter_count; i++)
                if (str_eq(p->parameters[i].name, name))
                        return &p->parameters[i];
        return NULL;
}

/* A figure, or the name of one of the readings of a text that contradicts itself. */
static Status read_value(ApiCall *call, const PackParameter *p, Str text, Dec *ret)
{
        for (size_t i = 0; i < p->choice_count; i++)
                if (str_eq(p->choices[i].name, text)) {
                        *ret = p->choices[i].value;
                        return ST_OK;
                }
        if (!policy_figure_read(text, ret))
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "“%.*s”不是数字；可写 0.1、10%% 或 500万元",
                                 "\"%.*s\" is not a number; write 0.1, 10%% or 500万元", STR_FMT(text));
        if (dec_is_negative(*ret))
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "“%.*s”小于零，参数不能为负",
                                 "\"%.*s\" is below zero", STR_FMT(text));
        return ST_OK;
}

static Status take_overrides(ApiCall *call, const PackPolicy *policy, const Json *set, PolicyOverride *out,
                             size_t *ret_n)
{
        size_t n = 0;
        if (set->count > OVERRIDES_MAX)
                return diag_fail(call->diag, ST_LIMIT, POS_NONE, "一次最多调整 %d 个参数",
                                 "at most %d parameters at a time", OVERRIDES_MAX);
        for (size_t i = 0; i < set->count; i++) {
                const JsonMember *m = &set->members[i];
                const PackParameter *p = parameter_named(policy, m->key);
                if (!p)
                        return diag_fail(call->diag, ST_INVALID, POS_NONE, "政策没有参数“%.*s”",
                                         "the policy has no parameter \"%.*s\"", STR_FMT(m->key));
                out[n] = (PolicyOverride){ .policy = policy, .name = m->key };
                TRY(read_value(call, p, m->value.text, &out[n].value));
                n++;
        }
        *ret_n = n;
        return ST_OK;
}

/* ---- groups ---- */

typedef struct Group {
        Str code;
        PackTitle title;
        PolicySum before, after;
        int64_t winners, losers;
} Group;

typedef struct Groups {
        Group *items;
        size_t count;
        Map by_code;
} Groups;

static Status group_of(Groups *g, Str code, PackTitle title, Group **ret)
{
        size_t at = (size_t)(uintptr_t)map_get(&g->by_code, code);
        if (!at) {
                if (g->count == GROUPS_MAX)     /* what is left over goes together */
                        at = GROUPS_MAX;
                else {
                        g->items[g->count++] = (Group){ .code = code, .title = title };
                        at = g->count;
                        TRY(map_put(&g->by_code, code, (void *)(uintptr_t)at));
                }
        }
        *ret = &g->items[at - 1];
        return ST_OK;
}

static void add_to(PolicySum *s, uint8_t outcome, int64_t fen)
{
        *(outcome == POLICY_ELIGIBLE  ? &s->eligible
          : outcome == POLICY_UNKNOWN ? &s->unknown
                                      : &s->not_eligible) += 1;
        s->fen += fen;
}

static void count_row(Group *g, const PolicyTable *b, const PolicyTable *a, size_t r)
{
        add_to(&g->before, b->outcome[r], b->fen[r]);
        add_to(&g->after, a->outcome[r], a->fen[r]);
        g->winners += a->fen[r] > b->fen[r];
        g->losers += a->fen[r] < b->fen[r];
}

static void put_group(JsonWriter *w, const char *key, const Group *g)
{
        jw_object_begin(w);
        jw_put_str(w, key, g->code);
        api_put_title(w, "title", g->title);
        api_put_sum(w, "before", &g->before);
        api_put_sum(w, "after", &g->after);
        jw_put_i64(w, "winners", g->winners);
        jw_put_i64(w, "losers", g->losers);
        jw_object_end(w);
}

static Status put_units(ApiCall *call, JsonWriter *w, const PolicyTable *b, const PolicyTable *a)
{
        const PackUnitKind *kind = b->policy->beneficiary->place ? b->policy->beneficiary->place->unit_kind : NULL;
        const Pack *pack = call->pack;
        Group *by_unit = arena_array_of(call->arena, Group, pack->unit_count + 1);
        if (!by_unit)
                return ST_NOMEM;
        for (size_t r = 0; r < b->rows; r++) {
                const PackUnit *u = b->owners->unit[r].len ? pack_unit(pack, b->owners->unit[r]) : NULL;
                const PackUnit *of = u && kind ? pack_unit_up(u, kind) : u;
                if (of)
                        count_row(&by_unit[of->index], b, a, r);
        }
        jw_put_array(w, "by_unit");
        for (size_t i = 0; i < pack->unit_count; i++) {
                if (kind ? pack->units[i].kind != kind : pack->units[i].child_count > 0)
                        continue;
                by_unit[i].code = pack->units[i].code;
                by_unit[i].title = pack->units[i].title;
                put_group(w, "unit", &by_unit[i]);
        }
        jw_array_end(w);
        return ST_OK;
}

static int by_change(const void *x, const void *y)
{
        const Group *a = x, *b = y;
        int64_t p = a->after.fen - a->before.fen, q = b->after.fen - b->before.fen;
        p = p < 0 ? -p : p;
        q = q < 0 ? -q : q;
        if (p != q)
                return p > q ? -1 : 1;
        return str_cmp(a->code, b->code);
}

/* The top entry of the code of each record: industry sections, size classes. */
static Status put_field(ApiCall *call, JsonWriter *w, const PolicyTable *b, const PolicyTable *a,
                        const PackField *field)
{
        const FeelColumn *c = &b->owners->columns[field->index];
        Groups g = { .items = arena_array_of(call->arena, Group, GROUPS_MAX + 1), .by_code = MAP_INIT(1 << 20) };
        if (!g.items)
                return ST_NOMEM;
        Status st = ST_OK;
        for (size_t r = 0; st == ST_OK && r < b->rows; r++) {
                const PackCode *code = c->null && c->null[r] ? NULL : pack_code(field->list, c->str[r]);
                Group *of;
                while (code && code->parent)
                        code = code->parent;
                st = code ? group_of(&g, code->code, code->title, &of)
                          : group_of(&g, STR(""), (PackTitle){ STR("未登记"), STR("not recorded") }, &of);
                if (st == ST_OK)
                        count_row(of, b, a, r);
        }
        map_release(&g.by_code);
        TRY(st);
        qsort(g.items, g.count, sizeof(*g.items), by_change);
        jw_object_begin(w);
        jw_put_str(w, "field", field->name);
        api_put_title(w, "title", field->title);
        jw_put_array(w, "groups");
        for (size_t i = 0; i < g.count; i++)
                put_group(w, "code", &g.items[i]);
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}

static Status put_fields(ApiCall *call, JsonWriter *w, const PolicyTable *b, const PolicyTable *a)
{
        const PackRegister *reg = b->policy->beneficiary;
        jw_put_array(w, "by_field");
        for (size_t i = 0; i < reg->field_count; i++)
                if (reg->fields[i].type == PACK_CODE && !reg->fields[i].many &&
                    b->owners->columns[i].kind == FEEL_COL_STR)
                        TRY(put_field(call, w, b, a, &reg->fields[i]));
        jw_array_end(w);
        return ST_OK;
}

/* ---- the answer ---- */

/* Other policies that the change reaches through groups and sets. */
static void put_others(JsonWriter *w, const PolicyWork *before, const PolicyWork *after, size_t own)
{
        jw_put_array(w, "others");
        for (size_t i = 0; i < before->count; i++) {
                if (i == own || before->tables[i].sum.fen == after->tables[i].sum.fen)
                        continue;
                jw_object_begin(w);
                jw_put_str(w, "policy", before->tables[i].policy->name);
                api_put_title(w, "title", before->tables[i].policy->title);
                api_put_sum(w, "before", &before->tables[i].sum);
                api_put_sum(w, "after", &after->tables[i].sum);
                jw_object_end(w);
        }
        jw_array_end(w);
}

typedef struct Largest {
        size_t row;
        int64_t by;
} Largest;

static int by_size(const void *x, const void *y)
{
        const Largest *a = x, *b = y;
        if (a->by != b->by)
                return a->by > b->by ? -1 : 1;
        return (a->row > b->row) - (a->row < b->row);
}

/* The records that gain or lose most. */
static Status put_largest(ApiCall *call, JsonWriter *w, const char *key, const PolicyTable *b, const PolicyTable *a,
                          int sign)
{
        enum { SHOWN = 10 };
        Largest *all = arena_array_of(call->arena, Largest, b->rows + 1);
        size_t n = 0;
        if (!all)
                return ST_NOMEM;
        for (size_t r = 0; r < b->rows; r++) {
                int64_t by = sign * (a->fen[r] - b->fen[r]);
                if (by > 0)
                        all[n++] = (Largest){ r, by };
        }
        if (n)
                qsort(all, n, sizeof(*all), by_size);
        const FeelColumn *label = &b->owners->columns[b->policy->beneficiary->label->index];
        jw_put_array(w, key);
        for (size_t i = 0; i < n && i < SHOWN; i++) {
                size_t r = all[i].row;
                jw_object_begin(w);
                jw_put_str(w, "key", b->owners->key[r]);
                jw_put_str(w, "name", label->kind == FEEL_COL_STR && !(label->null && label->null[r])
                                              ? label->str[r]
                                              : b->owners->key[r]);
                api_put_yuan(w, "before", b->fen[r]);
                api_put_yuan(w, "after", a->fen[r]);
                jw_object_end(w);
        }
        jw_array_end(w);
        return ST_OK;
}

/* What the analysis cannot see of rules with expressions in them shows in the data: a gap, or a contradiction. */
static void say_unanswered(ApiCall *call, const PolicyTable *b, const PolicyTable *a)
{
        if (a->unanswered <= b->unanswered)
                return;
        diag_warning(
                call->diag, POS_NONE,
                "有 %zu 个对象得不到答案（没有规则适用，或几条规则互相矛盾），例如 %.*s；现行规则下有 %zu 个",
                "%zu records get no answer (no rule applies, or several that contradict each other), for example %.*s; by the rules in force %zu",
                a->unanswered, STR_FMT(a->owners->key[a->unanswered_row]), b->unanswered);
}

static Status answer(ApiCall *call, const PackPolicy *policy, const PolicyWork *before, const PolicyWork *after,
                     size_t own, const DmnModel *model)
{
        const PolicyTable *b = &before->tables[own], *a = &after->tables[own];
        int64_t winners = 0, losers = 0;
        for (size_t r = 0; r < b->rows; r++) {
                winners += a->fen[r] > b->fen[r];
                losers += a->fen[r] < b->fen[r];
        }
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "policy", policy->name);
        jw_put_i64(&w, "year", before->year);
        api_put_sum(&w, "before", &b->sum);
        api_put_sum(&w, "after", &a->sum);
        jw_put_i64(&w, "winners", winners);
        jw_put_i64(&w, "losers", losers);
        jw_put_i64(&w, "milliseconds", (after->evaluate_ns + after->resolve_ns) / 1000000);
        put_others(&w, before, after, own);
        TRY(put_largest(call, &w, "gain_most", b, a, 1));
        TRY(put_largest(call, &w, "lose_most", b, a, -1));
        TRY(put_units(call, &w, b, a));
        TRY(put_fields(call, &w, b, a));
        if (model) {
                say_unanswered(call, b, a);
                TRY(api_put_model_changes(call, &w, policy, model));
        }
        api_put_messages(&w, call->diag);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status whatif(ApiCall *call, const PackPolicy *policy, const PolicyOverride *set, size_t n,
                     const DmnModel *model, PolicyWork *before)
{
        _cleanup_policy_work_ PolicyWork *after = NULL;
        for (size_t i = 0; i < before->count; i++) {
                if (!str_eq(before->tables[i].policy->name, policy->name))
                        continue;
                TRY(policy_change(before, set, n, call->diag, &after));
                return answer(call, policy, before, after, i, model);
        }
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "政策“%.*s”当年没有施行",
                         "the policy \"%.*s\" was not in force that year", STR_FMT(policy->name));
}

Status api_op_policy_whatif(ApiCall *call)
{
        const PackPolicy *policy;
        PolicyOverride set[OVERRIDES_MAX + 1];
        PolicyWork *before;
        _cleanup_dmn_model_ DmnModel *model = NULL;
        int64_t year = 0;
        size_t n;
        TRY(api_find_policy(call, api_param(call, "policy"), &policy));
        if (call->within && call->within->depth > 0) /* the budget is the city's: a part of it would mislead */
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "政策模拟由市级进行", "what-ifs are the city's");
        if (!json_i64(json_get(call->json, "year"), &year))
                return ST_INVALID;
        TRY(take_overrides(call, policy, json_get(call->json, "set"), set, &n));
        TRY(api_other_model(call, policy, &model));
        if (model)
                set[n++] = (PolicyOverride){ .policy = policy, .name = STR(""), .model = model };
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(api_baseline(call, tx, (int32_t)year, &before));
        Status st = whatif(call, policy, set, n, model, before);
        api_baseline_release(call->world);
        return st;
}
