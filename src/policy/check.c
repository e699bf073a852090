/* check.c -- one beneficiary, one policy: the answer with its whole explanation. */
#include "policy/policy_int.h"

enum { TRACE_NODES_MAX = 4000, DEPTH_MAX = 20 };

typedef struct Telling {
        StoreTx *tx;
        const Pack *pack;
        Lang lang;
        Arena *arena;
} Telling;

static Status value_text(Telling *t, const FeelValue *v, Str *ret)
{
        *ret = STR_NONE;
        if (feel_is(v, FEEL_UNKNOWN) || feel_is(v, FEEL_NULL))
                return ST_OK;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        feel_to_string(v, &b);
        TRY(buf_status(&b));
        *ret = arena_str(t->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* The cell an input that is one field of one record came from. */
static Status input_source(Telling *t, const PackInput *in, Str key, int32_t year, Explanation *e)
{
        const PackQuery *q = in->query;
        if (!q || q->op != PACK_QUERY_PATH || (q->reg->periodic && q->reg->period != PERIOD_YEAR))
                return ST_OK;
        Str record = key;
        if (q->reg->parent) {
                char *s = q->reg->periodic
                                  ? arena_printf(t->arena, "%.*s|%d", STR_FMT(key), (int)(year + q->year_offset))
                                  : NULL;
                if (!s)
                        return q->reg->periodic ? ST_NOMEM : ST_OK;
                record = str_c(s);
        }
        RegisterRecord rec;
        Status st = register_get(t->tx, t->pack, q->reg, record, NULL, t->arena, &rec);
        if (st == ST_NOT_FOUND)
                return ST_OK;
        TRY(st);
        return register_source(t->tx, &rec, q->field, t->arena, &e->source);
}

static Status add_inputs(Telling *t, const PolicyEntitlement *e, int32_t year, Explanation *why)
{
        for (size_t i = 0; i < e->policy->input_count; i++) {
                const PackInput *in = &e->policy->inputs[i];
                Str value;
                TRY(value_text(t, &e->inputs[i], &value));
                Explanation *part = explain_new(t->arena, pack_title(in->title, t->lang), value, in->unit);
                if (!part)
                        return ST_NOMEM;
                part->rule = in->expr.text;
                TRY(input_source(t, in, e->key, year, part));
                TRY(explain_add(t->arena, why, part));
        }
        return ST_OK;
}

static const char *rule_word(DmnRuleState s, Lang lang)
{
        static const char *const zh[] = { [DMN_RULE_FIRED] = "命中",
                                          [DMN_RULE_MATCHED] = "符合，但按命中策略未采用",
                                          [DMN_RULE_FAILED] = "不符合",
                                          [DMN_RULE_UNKNOWN] = "无法判断",
                                          [DMN_RULE_NOT_TRIED] = "未判断" };
        static const char *const en[] = { [DMN_RULE_FIRED] = "fired",
                                          [DMN_RULE_MATCHED] = "matched, not chosen",
                                          [DMN_RULE_FAILED] = "failed",
                                          [DMN_RULE_UNKNOWN] = "cannot be told",
                                          [DMN_RULE_NOT_TRIED] = "not tried" };
        return lang == LANG_EN ? en[s] : zh[s];
}

static Status node_of(Telling *t, const DmnTraceNode *n, Explanation **ret)
{
        Explanation *e;
        if (n->kind == DMN_TRACE_RULE) {
                char *title = arena_printf(t->arena, t->lang == LANG_EN ? "Rule %d: %s" : "规则 %d：%s", n->rule,
                                           rule_word(n->state, t->lang));
                e = title ? explain_new(t->arena, str_c(title), STR(""), STR("")) : NULL;
                if (!e)
                        return ST_NOMEM;
                Str value;
                TRY(value_text(t, &n->cell_value, &value));
                if (n->column) {
                        char *note = arena_printf(t->arena,
                                                  t->lang == LANG_EN ? "%.*s is %.*s, required: %.*s"
                                                                     : "%.*s 为 %.*s，要求：%.*s",
                                                  STR_FMT(n->column_name),
                                                  STR_FMT(value.ptr            ? value
                                                          : t->lang == LANG_EN ? STR("unknown")
                                                                               : STR("未知")),
                                                  STR_FMT(n->cell));
                        if (!note)
                                return ST_NOMEM;
                        e->note = str_c(note);
                } else {
                        e->note = arena_str(t->arena, n->annotation);
                        if (!e->note.ptr)
                                return ST_NOMEM;
                }
                *ret = e;
                return ST_OK;
        }
        Str value, name = arena_str(t->arena, n->name.len ? n->name : n->text), text = arena_str(t->arena, n->text);
        if (!name.ptr || !text.ptr)
                return ST_NOMEM;
        TRY(value_text(t, &n->value, &value));
        e = explain_new(t->arena, name, value, STR(""));
        if (!e)
                return ST_NOMEM;
        if (n->kind == DMN_TRACE_EXPRESSION || n->kind == DMN_TRACE_TABLE)
                e->rule = text;
        if (n->kind == DMN_TRACE_MESSAGE)
                e->note = text;
        *ret = e;
        return ST_OK;
}

static Status add_trace(Telling *t, const DmnTraceNode *n, int depth, Explanation *into)
{
        for (; n && depth < DEPTH_MAX; n = n->next) {
                if (n->kind == DMN_TRACE_INPUT || n->kind == DMN_TRACE_COLUMN)
                        continue; /* inputs are told with their sources already */
                Explanation *e;
                TRY(node_of(t, n, &e));
                TRY(explain_add(t->arena, into, e));
                TRY(add_trace(t, n->first, depth + 1, e));
        }
        return ST_OK;
}

static Status add_cuts(Telling *t, const PolicyEntitlement *e, Explanation *why)
{
        for (size_t i = 0; i < e->cut_count; i++) {
                Str after = policy_yuan(e->cuts[i].after, t->arena), before = policy_yuan(e->cuts[i].before, t->arena);
                Explanation *part =
                        after.ptr && before.ptr ? explain_new(t->arena, e->cuts[i].rule, after, STR("元")) : NULL;
                if (!part)
                        return ST_NOMEM;
                char *note = arena_printf(t->arena, t->lang == LANG_EN ? "before: %.*s yuan" : "原为 %.*s 元",
                                          STR_FMT(before));
                if (!note)
                        return ST_NOMEM;
                part->note = str_c(note);
                TRY(explain_add(t->arena, why, part));
        }
        return ST_OK;
}

static Status tell(Telling *t, const PolicyEntitlement *e, int32_t year, const DmnTrace *trace, Explanation **ret)
{
        PackGives gives = e->policy->gives;
        bool en = t->lang == LANG_EN, yes = e->outcome == POLICY_ELIGIBLE;
        Str answer = e->outcome == POLICY_UNKNOWN           ? STR_NONE
                     : gives == PACK_GIVES_RECOGNITION && en ? str_c(yes ? "yes" : "no")
                     : gives == PACK_GIVES_RECOGNITION       ? str_c(yes ? "符合" : "不符合")
                     : policy_yuan(gives == PACK_GIVES_ESTIMATE ? e->computed_fen : e->fen, t->arena);
        Explanation *why = explain_new(t->arena, pack_title(e->policy->title, t->lang), answer,
                                       gives == PACK_GIVES_RECOGNITION ? STR("") : STR("元"));
        char *basis = arena_printf(t->arena, "《%.*s》%.*s %.*s", STR_FMT(e->policy->basis.document),
                                   STR_FMT(e->policy->basis.number), STR_FMT(e->policy->basis.clause));
        if (!why || !basis)
                return ST_NOMEM;
        why->rule = str_c(basis);
        why->note = e->reason;
        TRY(add_inputs(t, e, year, why));
        TRY(add_trace(t, trace->root, 0, why));
        TRY(add_cuts(t, e, why));
        *ret = why;
        return ST_OK;
}

/* The policies whose exclusive group the policy is in: they may cut it. */
static Status group_of(const Pack *pack, const PackPolicy *policy, int32_t year, Arena *a, const PackPolicy ***ret,
                       size_t *ret_count)
{
        const PackPolicy *const *all;
        size_t n, count = 0;
        TRY(policy_in_force(pack, year, a, &all, &n));
        const PackPolicy **list = arena_array_of(a, const PackPolicy *, n + 2);
        if (!list)
                return ST_NOMEM;
        list[count++] = policy;
        for (size_t i = 0; i < n && policy->exclusive.len; i++)
                if (all[i] != policy && str_eq(all[i]->exclusive, policy->exclusive) &&
                    all[i]->beneficiary == policy->beneficiary)
                        list[count++] = all[i];
        *ret = list;
        *ret_count = count;
        return ST_OK;
}

Status policy_check(StoreTx *tx, const Pack *pack, const PackPolicy *policy, Str key, int32_t year, Lang lang, Arena *a,
                    Diag *diag, PolicyEntitlement *ret, Explanation **ret_why)
{
        const PackPolicy **group;
        PolicyResult r;
        PolicyAsk ask = { .year = year, .key = key, .lang = lang };
        TRY(group_of(pack, policy, year, a, &group, &ask.policy_count));
        ask.policies = group;
        TRY(policy_compute(tx, pack, &ask, a, diag, &r));
        if (r.count == 0)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "“%.*s”中没有“%.*s”", "\"%.*s\" has no \"%.*s\"",
                                 STR_FMT(pack_title(policy->beneficiary->title, lang)), STR_FMT(key));
        _cleanup_(register_cache_freep) RegisterCache *cache = register_cache_new(tx, pack, NULL);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        const RegisterTable *owners;
        PolicyPlan plan;
        if (!cache || !x)
                return ST_NOMEM;
        TRY(register_cache_table(cache, policy->beneficiary, &owners));
        TRY(policy_plan(cache, &ask, policy, owners, a, diag, &plan));
        size_t row = 0;
        while (row < owners->rows && !str_eq(owners->key[row], key))
                row++;
        DmnTrace trace = { .arena = a, .max_nodes = TRACE_NODES_MAX };
        PolicyEntitlement again = { .policy = policy };
        TRY(policy_evaluate(&plan, row, x, &trace, true, lang, a, &again));
        Telling t = { tx, pack, lang, a };
        *ret = r.items[0];
        return tell(&t, &r.items[0], year, &trace, ret_why);
}
