/* row.c -- one record and one policy in words: the answer, the reason with the figure that decided, what is missing. */
#include "policy/policy_int.h"

enum { TRACE_NODES_MAX = 4000 };

Str policy_yuan(int64_t fen, Arena *a)
{
        uint64_t m = fen < 0 ? (uint64_t)0 - (uint64_t)fen : (uint64_t)fen;
        return str_c(arena_printf(a, "%s%llu.%02llu", fen < 0 ? "-" : "", (unsigned long long)(m / 100),
                                  (unsigned long long)(m % 100)));
}

static FeelValue entry(const FeelValue *v, Str name)
{
        const FeelValue *e = name.len && feel_is(v, FEEL_CONTEXT) ? feel_context_get(v, name) : NULL;
        return e ? *e : feel_null();
}

static Status copy_str(Arena *a, Str s, Str *ret)
{
        *ret = arena_str(a, s.ptr ? s : STR(""));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* ---- what is missing ---- */

/* The title of an input or a parameter by the name an UNKNOWN carries. */
static Str missing_title(const PackPolicy *p, Str name, Lang lang)
{
        for (size_t i = 0; i < p->input_count; i++)
                if (str_eq(p->inputs[i].title.zh, name) || str_eq(p->inputs[i].name, name))
                        return pack_title(p->inputs[i].title, lang);
        for (size_t i = 0; i < p->parameter_count; i++)
                if (str_eq(p->parameters[i].name, name))
                        return pack_title(p->parameters[i].title, lang);
        return name;
}

static Status say_missing(const PackPolicy *p, const Str *names, size_t n, Lang lang, Arena *a, PolicyRow *r)
{
        Str *titles = arena_array_of(a, Str, n + 1);
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        if (!titles)
                return ST_NOMEM;
        buf_puts(&b, lang == LANG_EN ? "missing: " : "缺少：");
        for (size_t i = 0; i < n; i++) {
                TRY(copy_str(a, missing_title(p, names[i], lang), &titles[i]));
                buf_printf(&b, "%s%.*s", i ? (lang == LANG_EN ? ", " : "、") : "", STR_FMT(titles[i]));
        }
        TRY(buf_status(&b));
        r->outcome = POLICY_UNKNOWN;
        r->fen = 0;
        r->missing = titles;
        r->missing_count = n;
        return copy_str(a, buf_str(&b), &r->reason);
}

static Status say_inputs_missing(const PackPolicy *p, const PackAmount *m, Lang lang, Arena *a, PolicyRow *r)
{
        Str names[PACK_UNKNOWN_MAX];
        for (size_t i = 0; i < m->unknown_count; i++)
                names[i] = p->inputs[m->unknown[i]].title.zh;
        return say_missing(p, names, m->unknown_count, lang, a, r);
}

/* "每年最高 20000.00 元，年度参数未定：补助比例" */
static Status say_range(const PackPolicy *p, const PolicyVintage *v, Lang lang, Arena *a, PolicyRow *r)
{
        Str *names = arena_array_of(a, Str, p->parameter_count + 1);
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        size_t n = 0;
        if (!names)
                return ST_NOMEM;
        buf_printf(&b,
                   lang == LANG_EN ? "between %s and %s yuan: not set for the year: " : "%s 元至 %s 元，年度参数未定：",
                   policy_yuan(r->least_fen, a).ptr, policy_yuan(r->most_fen, a).ptr);
        for (size_t i = 0; i < p->parameter_count; i++) {
                if (!feel_is(&v->parameters[i], FEEL_UNKNOWN))
                        continue;
                names[n] = pack_title(p->parameters[i].title, lang);
                buf_printf(&b, "%s%.*s", n ? (lang == LANG_EN ? ", " : "、") : "", STR_FMT(names[n]));
                n++;
        }
        TRY(buf_status(&b));
        r->outcome = POLICY_UNKNOWN;
        r->ranged = true;
        r->fen = 0;
        r->missing = names;
        r->missing_count = n;
        return copy_str(a, buf_str(&b), &r->reason);
}

/* ---- reasons ---- */

/* The tables' own words for why: the rule that fired, or the clause that failed with the value. */
static Status explain(const PolicyPlan *plan, const FeelValue *slots, FeelExec *x, Lang lang, Arena *a, Str *ret)
{
        _cleanup_arena_ Arena *scratch = arena_new(16 << 20);
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        if (!scratch)
                return ST_NOMEM;
        DmnTrace trace = { .arena = scratch, .max_nodes = TRACE_NODES_MAX };
        FeelValue v;
        TRY(dmn_eval_slots(plan->model, plan->decision, x, slots, &trace, &v));
        dmn_trace_reason(&trace, lang, &b);
        TRY(buf_status(&b));
        return copy_str(a, buf_str(&b), ret);
}

static Status say_block(const PackPolicy *p, size_t input, Lang lang, Arena *a, PolicyRow *r)
{
        const PackInput *in = &p->inputs[input];
        Str words = pack_title(in->title, lang);
        const char *none = lang == LANG_EN ? ", required: none" : "，要求没有";
        char *text = in->clause.len ? arena_printf(a, "%.*s%s（%.*s）", STR_FMT(words), none, STR_FMT(in->clause))
                                    : arena_printf(a, "%.*s%s", STR_FMT(words), none);
        if (!text)
                return ST_NOMEM;
        r->outcome = POLICY_NOT_ELIGIBLE;
        r->reason = str_c(text);
        return ST_OK;
}

/* An amount of which rounding leaves nothing. */
static Status say_rounded(const PackPolicy *p, Dec amount, Lang lang, Arena *a, PolicyRow *r)
{
        char text[DEC_TEXT_MAX];
        dec_to_text(amount, text);
        char *words = arena_printf(a, lang == LANG_EN ? "the amount is %s yuan, required: above 0 in units of %s yuan"
                                                      : "金额 %s 元，要求按 %s 元取整后 > 0",
                                   text, policy_yuan(p->round_fen ? p->round_fen : 1, a).ptr);
        r->reason = str_c(words);
        return words ? ST_OK : ST_NOMEM;
}

/* ---- the row ---- */

static void fill_slots(const PolicyPlan *plan, const FeelValue *inputs, const FeelValue *parameters, FeelValue *slots)
{
        for (size_t s = 0; s < plan->slots; s++)
                slots[s] = plan->slot_input[s] != SIZE_MAX ? inputs[plan->slot_input[s]]
                                                           : parameters[plan->slot_parameter[s]];
}

/* One corner: the model's answer and what becomes of it. */
static Status one_corner(const PolicyPlan *plan, const FeelValue *parameters, const FeelValue *inputs, FeelExec *x,
                         DmnTrace *trace, Lang lang, Arena *a, PolicyRow *r)
{
        const PackPolicy *p = plan->policy;
        FeelValue *slots = arena_array_of(feel_exec_arena(x), FeelValue, plan->slots + 1), v;
        if (!slots)
                return ST_NOMEM;
        fill_slots(plan, inputs, parameters, slots);
        TRY(dmn_eval_slots(plan->model, plan->decision, x, slots, trace, &v));
        FeelValue amount = feel_is(&v, FEEL_CONTEXT) ? entry(&v, p->holds.len ? p->holds : p->amount) : v,
                  why = entry(&v, lang == LANG_EN && p->reason_en.len ? p->reason_en : p->reason);
        r->outcome = POLICY_NOT_ELIGIBLE;
        size_t block;
        if (feel_is(&amount, FEEL_UNKNOWN) && pack_policy_blocked(p, inputs, &block))
                return say_block(p, block, lang, a, r);         /* whatever the missing figures are */
        if (feel_is(&amount, FEEL_UNKNOWN))
                return say_missing(p, amount.unknown.names, amount.unknown.len, lang, a, r);
        PackAmount m = { .answer = PACK_ANSWER_NOTHING };
        if (p->holds.len)       /* blocks hold for recognitions too */
                amount = feel_i64(feel_is_true(&amount));
        if (feel_is(&amount, FEEL_NUMBER)) {
                Status st = pack_policy_amount(p, amount.number, inputs, parameters, &v, &m);
                if (st == ST_INVALID && !dec_is_negative(amount.number))
                        return say_missing(p, NULL, 0, lang, a, r);
                if (st != ST_INVALID)
                        TRY(st);
        }
        r->model_fen = p->gives == PACK_GIVES_RECOGNITION ? 0 : m.model_fen;
        if (m.answer == PACK_ANSWER_UNKNOWN)
                return say_inputs_missing(p, &m, lang, a, r);
        if (m.answer == PACK_ANSWER_BLOCKED)
                return say_block(p, m.block, lang, a, r);
        r->outcome = m.answer == PACK_ANSWER_PAID ? POLICY_ELIGIBLE : POLICY_NOT_ELIGIBLE;
        r->fen = p->gives == PACK_GIVES_PAYMENT ? m.fen : 0;
        r->step_count = m.step_count;
        memcpy(r->steps, m.steps, m.step_count * sizeof(*m.steps));
        if (r->outcome == POLICY_NOT_ELIGIBLE && feel_is(&amount, FEEL_NUMBER) &&
            dec_cmp(amount.number, dec_zero()) > 0 && r->step_count == 0 && !p->holds.len)
                return say_rounded(p, amount.number, lang, a, r);
        /* The model's own reason, for a no too: it names the clause with the figure that failed. */
        if (feel_is(&why, FEEL_STRING) && why.string.len)
                return copy_str(a, why.string, &r->reason);
        return explain(plan, slots, x, lang, a, &r->reason);
}

Status policy_row_of(const PolicyPlan *plan, const PolicyVintage *v, const FeelValue *inputs, FeelExec *x,
                     DmnTrace *trace, Lang lang, Arena *a, PolicyRow *ret)
{
        PolicyRow all = { .outcome = POLICY_NOT_ELIGIBLE };
        for (size_t k = 0; k < v->corner_count; k++) {
                PolicyRow one = { 0 };
                TRY(one_corner(plan, v->corners[k], inputs, x, k == 0 ? trace : NULL, lang, a, &one));
                if (k == 0 || one.outcome == POLICY_UNKNOWN) {
                        all = one;
                        all.least_fen = all.most_fen = one.fen;
                        if (one.outcome == POLICY_UNKNOWN)
                                break;
                        continue;
                }
                int64_t least = one.fen < all.least_fen ? one.fen : all.least_fen,
                        most = one.fen > all.most_fen ? one.fen : all.most_fen;
                if (one.fen >= all.fen)
                        all = one;
                all.least_fen = least;
                all.most_fen = most;
        }
        if (all.outcome != POLICY_UNKNOWN && all.least_fen != all.most_fen) {
                all.step_count = 0;
                TRY(say_range(plan->policy, v, lang, a, &all));
        }
        all.inputs = inputs;
        *ret = all;
        return ST_OK;
}

/* Everything is known but the figure that places are given by. */
Status policy_row_unranked(const PackPolicy *p, Lang lang, Arena *a, PolicyRow *r)
{
        r->step_count = 0;
        return say_missing(p, &p->inputs[p->quota.input].title.zh, 1, lang, a, r);
}

static Status out_of_force(const PolicyPlan *plan, const FeelValue *day, Lang lang, Arena *a, PolicyRow *r)
{
        const PackPolicy *p = plan->policy;
        const PackInput *in = &p->inputs[p->day];
        if (!feel_is(day, FEEL_DATE))
                return say_missing(p, &in->title.zh, 1, lang, a, r);
        char from[40], to[40], on[40];
        Date last = pack_policy_last_day(p);
        date_to_text(p->from, from);
        date_to_text(day->date, on);
        if (date_cmp(day->date, p->from) >= 0 && !(last.month && date_cmp(day->date, last) > 0)) {
                char *other =
                        arena_printf(a, lang == LANG_EN ? "%.*s %s, required: in %d" : "%.*s为 %s，要求在 %d 年度",
                                     STR_FMT(pack_title(in->title, lang)), on, (int)plan->year);
                r->outcome = POLICY_NOT_ELIGIBLE;
                r->reason = str_c(other);
                return other ? ST_OK : ST_NOMEM;
        }
        if (last.month)
                date_to_text(last, to);
        char *text = arena_printf(a, lang == LANG_EN ? "%.*s %s: the policy is in force from %s%s%s"
                                                     : "%.*s为 %s，本政策施行期自 %s%s%s",
                                  STR_FMT(pack_title(in->title, lang)), on, from,
                                  last.month ? (lang == LANG_EN ? " to " : " 至 ") : "", last.month ? to : "");
        r->outcome = POLICY_NOT_ELIGIBLE;
        r->reason = str_c(text);
        return text ? ST_OK : ST_NOMEM;
}

Status policy_row(const PolicyPlan *plan, size_t row, FeelExec *x, DmnTrace *trace, Lang lang, Arena *a, PolicyRow *ret)
{
        const PackPolicy *p = plan->policy;
        FeelValue *inputs = arena_array_of(a, FeelValue, p->input_count + 1);
        if (!inputs)
                return ST_NOMEM;
        for (size_t i = 0; i < p->input_count; i++) {
                FeelValue v;
                TRY(feel_column_get(a, &plan->columns[i], row, &v));
                TRY(feel_copy(a, &v, &inputs[i]));
        }
        if (plan->vintage && plan->vintage[row] == POLICY_NO_VINTAGE) {
                *ret = (PolicyRow){ .inputs = inputs };
                return out_of_force(plan, &inputs[p->day], lang, a, ret);
        }
        return policy_row_of(plan, &plan->vintages[plan->vintage ? plan->vintage[row] : 0], inputs, x, trace, lang, a,
                             ret);
}

/* ---- steps in words ---- */

static const char *cap_words(const PackCap *cap, bool en)
{
        switch (cap->per) {
        case PACK_CAP_ENTERPRISE: return en ? "at most %s yuan an enterprise" : "每家企业最高 %s 元";
        case PACK_CAP_ENTERPRISE_YEAR: return en ? "at most %s yuan an enterprise and year" : "每家企业每年最高 %s 元";
        case PACK_CAP_RECORD: return en ? "at most %s yuan each" : "单笔最高 %s 元";
        }
        return "%s";
}

Str policy_step_words(const PackPolicy *p, const PackAmountStep *step, const PolicyVintage *v, Lang lang, Arena *a)
{
        bool en = lang == LANG_EN;
        int64_t cap = step->after;
        char *text = NULL;
        switch (step->kind) {
        case PACK_STEP_ADJUST:
                text = arena_printf(a, "%.*s",
                                    STR_FMT(pack_title(p->inputs[p->adjusts[step->index].input].title, lang)));
                break;
        case PACK_STEP_CAP:
                (void)pack_policy_cap(p, step->index, v->parameters, NULL, &cap);
                if (p->caps[step->index].entry.len)
                        cap = step->after;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                text = arena_printf(a, cap_words(&p->caps[step->index], en), policy_yuan(cap, a).ptr);
#pragma GCC diagnostic pop
                break;
        case PACK_STEP_FLOOR:
                text = arena_printf(a, en ? "the amount is %s yuan, required: at least %s, the least that is paid"
                                          : "金额 %s 元，要求 ≥ %s 元（起付金额）",
                                    policy_yuan(step->before, a).ptr, policy_yuan(p->floor_fen, a).ptr);
                break;
        }
        return text ? str_c(text) : STR_NONE;
}

Str policy_joint_words(const PolicyJoint *j, const PackPolicy *const *policies, Lang lang, Arena *a)
{
        bool en = lang == LANG_EN;
        Str yuan = policy_yuan(j->a, a), claims = policy_yuan(j->b, a);
        char *text = NULL;
        if (!yuan.ptr || !claims.ptr)
                return STR_NONE;
        switch (j->kind) {
        case POLICY_CUT_QUOTA:
                text = arena_printf(a, en ? "not among the %lld places" : "未进入前 %lld 名", (long long)j->a);
                break;
        case POLICY_CUT_FIRM:
                text = j->b ? arena_printf(a,
                                           en ? "at most %s yuan an enterprise, over the years"
                                              : "每家企业累计最高 %s 元",
                                           yuan.ptr)
                            : arena_printf(a, en ? "at most %s yuan an enterprise and year" : "每家企业每年最高 %s 元",
                                           yuan.ptr);
                break;
        case POLICY_CUT_EXCLUSIVE:
                text = arena_printf(a,
                                    en ? "only the highest of its group is paid: \"%.*s\"" : "就高不重复：已享受“%.*s”",
                                    STR_FMT(pack_title(policies[j->a]->title, lang)));
                break;
        case POLICY_CUT_TOGETHER:
                text = arena_printf(a, en ? "together at most %s yuan" : "叠加享受合计最高 %s 元", yuan.ptr);
                break;
        case POLICY_CUT_BUDGET:
                text = arena_printf(a, en ? "budget of %s yuan for claims of %s" : "年度预算 %s 元，应补合计 %s 元",
                                    yuan.ptr, claims.ptr);
                break;
        }
        return text ? str_c(text) : STR_NONE;
}
