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

static bool related(const PackPolicy *a, const PackPolicy *b)
{
        if (a->together.set.len && str_eq(a->together.set, b->together.set))
                return true;
        for (size_t i = 0; i < a->exclusive_count; i++)
                for (size_t k = 0; k < b->exclusive_count; k++)
                        if (str_eq(a->exclusive[i], b->exclusive[k]))
                                return true;
        return false;
}

/* The policy and those in force that may cut it, in the pack's order. */
static Status group_of(const Pack *pack, const PackPolicy *policy, int32_t year, Arena *a, const PackPolicy ***ret,
                       size_t *ret_count, size_t *ret_own)
{
        const PackPolicy *const *all;
        size_t n, count = 0;
        TRY(policy_in_force(pack, year, a, &all, &n));
        const PackPolicy **list = arena_array_of(a, const PackPolicy *, pack->policy_count + 1);
        if (!list)
                return ST_NOMEM;
        for (size_t i = 0; i < pack->policy_count; i++) {
                bool in_force = false;
                for (size_t k = 0; k < n; k++)
                        in_force |= all[k] == pack->policies[i];
                if (pack->policies[i] == policy)
                        *ret_own = count;
                if (pack->policies[i] == policy || (in_force && related(policy, pack->policies[i])))
                        list[count++] = pack->policies[i];
        }
        *ret = list;
        *ret_count = count;
        return ST_OK;
}

/* The parameters of the day with the text that set them; a contradiction with both its readings. */
static Status add_parameters(Telling *t, const PackPolicy *p, const PolicyVintage *v, Explanation *why)
{
        bool en = t->lang == LANG_EN;
        for (size_t i = 0; i < p->parameter_count; i++) {
                const PackParameter *m = &p->parameters[i];
                const PackParameterValue *on = pack_parameter_on(m, v->day);
                Str value;
                TRY(value_text(t, &v->parameters[i], &value));
                Explanation *part = explain_new(t->arena, pack_title(m->title, t->lang), value, m->unit);
                if (!part)
                        return ST_NOMEM;
                part->rule = m->clause.len ? m->clause : on ? on->source : STR("");
                char *note = NULL;
                if (m->choice_count)
                        note = arena_printf(t->arena, en ? "the text contradicts itself; taken: %.*s (%.*s)"
                                                         : "原文前后不一，采用：%.*s（%.*s）",
                                            STR_FMT(pack_title(m->choices[m->chosen].title, t->lang)),
                                            STR_FMT(m->choices[m->chosen].clause));
                else if (!on && m->ranged)
                        note = arena_printf(t->arena, "%s", en ? "the text only bounds it; not set for the year"
                                                               : "原文只规定上限，当年尚未确定");
                else if (on && m->value_count > 1)
                        note = arena_printf(t->arena, en ? "set by %.*s" : "依据：%.*s", STR_FMT(on->source));
                if (note)
                        part->note = str_c(note);
                TRY(explain_add(t->arena, why, part));
        }
        return ST_OK;
}

Status policy_check(StoreTx *tx, const Pack *pack, const PackPolicy *policy, Str key, int32_t year, Lang lang, Arena *a,
                    Diag *diag, PolicyEntitlement *ret, Explanation **ret_why)
{
        const PackPolicy **group;
        PolicyAsk ask = { .year = year, .key = key };
        _cleanup_policy_work_ PolicyWork *w = NULL;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        size_t own = 0, row = 0;
        PolicyEntitlement e;
        PolicyRow again;
        if (!x)
                return ST_NOMEM;
        TRY(group_of(pack, policy, year, a, &group, &ask.policy_count, &own));
        ask.policies = group;
        TRY(policy_compute(tx, pack, &ask, diag, &w));
        const PolicyTable *t = &w->tables[own];
        while (row < t->rows && !str_eq(t->owners->key[row], key))
                row++;
        if (row == t->rows)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "“%.*s”中没有“%.*s”", "\"%.*s\" has no \"%.*s\"",
                                 STR_FMT(pack_title(policy->beneficiary->title, lang)), STR_FMT(key));
        DmnTrace trace = { .arena = a, .max_nodes = TRACE_NODES_MAX };
        TRY(policy_entitlement(w, own, row, lang, a, &e));
        TRY(policy_row(t->plan, row, x, &trace, lang, a, &again));
        Telling telling = { tx, pack, lang, a };
        size_t v = t->plan->vintage && t->plan->vintage[row] != POLICY_NO_VINTAGE ? t->plan->vintage[row] : 0;
        TRY(tell(&telling, &e, year, &trace, ret_why));
        TRY(add_parameters(&telling, policy, &t->plan->vintages[v], *ret_why));
        *ret = e;
        return ST_OK;
}
