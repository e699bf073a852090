/* resolve.c -- what policies do to each other and to the purse: floors, caps, exclusive groups, budgets. */
#include <stdlib.h>

#include "policy/policy_int.h"

const char *policy_outcome_name(PolicyOutcome o)
{
        static const char *const names[] = { "eligible", "not_eligible", "unknown" };
        return (unsigned)o < ARRAY_LEN(names) ? names[o] : "?";
}

PolicyOutcome policy_outcome_of(Str name)
{
        return str_eq_c(name, "eligible")  ? POLICY_ELIGIBLE
               : str_eq_c(name, "unknown") ? POLICY_UNKNOWN
                                           : POLICY_NOT_ELIGIBLE;
}

Str policy_yuan(int64_t fen, Arena *a)
{
        uint64_t m = fen < 0 ? (uint64_t)0 - (uint64_t)fen : (uint64_t)fen;
        return str_c(arena_printf(a, "%s%llu.%02llu", fen < 0 ? "-" : "", (unsigned long long)(m / 100),
                                  (unsigned long long)(m % 100)));
}

void policy_count(PolicySum *sum, const PolicyEntitlement *e)
{
        *(e->outcome == POLICY_ELIGIBLE  ? &sum->eligible
          : e->outcome == POLICY_UNKNOWN ? &sum->unknown
                                         : &sum->not_eligible) += 1;
        sum->fen += e->fen;
}

static Status cut(Arena *a, PolicyEntitlement *e, int64_t after, Str rule)
{
        PolicyCut *cuts = arena_array_of(a, PolicyCut, e->cut_count + 1);
        if (!cuts || !rule.ptr)
                return ST_NOMEM;
        if (e->cut_count)
                memcpy(cuts, e->cuts, e->cut_count * sizeof(*cuts));
        cuts[e->cut_count] = (PolicyCut){ rule, e->fen, after };
        e->cuts = cuts;
        e->cut_count++;
        e->fen = after;
        if (after == 0) {
                e->outcome = POLICY_NOT_ELIGIBLE;
                e->reason = rule;
        }
        return ST_OK;
}

static int64_t cap_fen(const PackCap *cap, const PackPolicy *p, const PolicyAsk *ask)
{
        for (size_t i = 0; cap->parameter.len && i < ask->override_count; i++) {
                int64_t fen;
                if (ask->overrides[i].policy == p && str_eq(ask->overrides[i].name, cap->parameter) &&
                    dec_to_scaled_round(ask->overrides[i].value, 2, DEC_DOWN, &fen))
                        return fen;
        }
        return cap->fen;
}

static Status floors_and_caps(PolicyResult *r, const PolicyAsk *ask, Arena *a)
{
        bool en = ask->lang == LANG_EN;
        for (size_t i = 0; i < r->count; i++) {
                PolicyEntitlement *e = &r->items[i];
                const PackPolicy *p = e->policy;
                if (e->outcome != POLICY_ELIGIBLE)
                        continue;
                if (e->fen < p->floor_fen) {
                        char *rule = arena_printf(a, en ? "below the least amount paid, %s yuan" : "低于起付金额 %s 元",
                                                  policy_yuan(p->floor_fen, a).ptr);
                        TRY(cut(a, e, 0, str_c(rule)));
                        continue;
                }
                for (size_t k = 0; k < p->cap_count; k++) {
                        int64_t cap = cap_fen(&p->caps[k], p, ask);
                        if (e->fen <= cap)
                                continue;
                        char *rule = arena_printf(
                                a,
                                en ? (p->caps[k].per == PACK_CAP_ENTERPRISE ? "at most %s yuan an enterprise"
                                                                            : "at most %s yuan an enterprise and year")
                                   : (p->caps[k].per == PACK_CAP_ENTERPRISE ? "每家企业最高 %s 元"
                                                                            : "每家企业每年最高 %s 元"),
                                policy_yuan(cap, a).ptr);
                        TRY(cut(a, e, cap, str_c(rule)));
                }
        }
        return ST_OK;
}

/* ---- exclusive groups ---- */

typedef struct Exclusive {
        PolicyEntitlement *item;
        size_t order;
} Exclusive;

static int by_group(const void *x, const void *y)
{
        const Exclusive *a = x, *b = y;
        int c = str_cmp(a->item->policy->exclusive, b->item->policy->exclusive);
        if (c == 0)
                c = str_cmp(a->item->key, b->item->key);
        if (c == 0)
                c = a->item->fen > b->item->fen ? -1 : a->item->fen < b->item->fen;
        return c ? c : (a->order > b->order) - (a->order < b->order);
}

static Status exclusion(PolicyResult *r, const PolicyAsk *ask, Arena *a)
{
        Exclusive *x = arena_array_of(a, Exclusive, r->count + 1);
        size_t n = 0;
        if (!x)
                return ST_NOMEM;
        for (size_t i = 0; i < r->count; i++)
                if (r->items[i].policy->exclusive.len && r->items[i].outcome == POLICY_ELIGIBLE)
                        x[n++] = (Exclusive){ &r->items[i], i };
        qsort(x, n, sizeof(*x), by_group);
        for (size_t i = 1, first = 0; i < n; i++) {
                PolicyEntitlement *best = x[first].item, *e = x[i].item;
                if (!str_eq(best->policy->exclusive, e->policy->exclusive) || !str_eq(best->key, e->key)) {
                        first = i;
                        continue;
                }
                char *rule = arena_printf(a,
                                          ask->lang == LANG_EN ? "only the highest of its group is paid: \"%.*s\""
                                                               : "就高不重复：已享受“%.*s”",
                                          STR_FMT(pack_title(best->policy->title, ask->lang)));
                TRY(cut(a, e, 0, str_c(rule)));
        }
        return ST_OK;
}

/* ---- budgets ---- */

typedef struct Part {
        PolicyEntitlement *item;
        int64_t share;
        uint64_t remainder;
} Part;

static int by_remainder(const void *x, const void *y)
{
        const Part *a = x, *b = y;
        if (a->remainder != b->remainder)
                return a->remainder > b->remainder ? -1 : 1;
        return str_cmp(a->item->key, b->item->key);
}

static int by_amount(const void *x, const void *y)
{
        const Part *a = x, *b = y;
        if (a->item->fen != b->item->fen)
                return a->item->fen > b->item->fen ? -1 : 1;
        return str_cmp(a->item->key, b->item->key);
}

static int by_key(const void *x, const void *y)
{
        const Part *a = x, *b = y;
        return str_cmp(a->item->key, b->item->key);
}

/* Everybody's share of the budget, rounded down to the fen; the fen left over go to the largest remainders. */
static void pro_rata(Part *parts, size_t n, int64_t budget, int64_t sum)
{
        int64_t left = budget;
        for (size_t i = 0; i < n; i++) {
                __extension__ unsigned __int128 product =
                        (unsigned __int128)parts[i].item->fen * (unsigned __int128)budget;
                parts[i].share = (int64_t)(product / (unsigned __int128)sum);
                parts[i].remainder = (uint64_t)(product % (unsigned __int128)sum);
                left -= parts[i].share;
        }
        qsort(parts, n, sizeof(*parts), by_remainder);
        for (size_t i = 0; i < n && left > 0; i++, left--)
                parts[i].share++;
}

static void in_turn(Part *parts, size_t n, int64_t budget, bool by_rank)
{
        qsort(parts, n, sizeof(*parts), by_rank ? by_amount : by_key);
        for (size_t i = 0; i < n; i++) {
                parts[i].share = parts[i].item->fen < budget ? parts[i].item->fen : budget;
                budget -= parts[i].share;
        }
}

static Status one_budget(PolicyResult *r, const PackPolicy *p, const PolicyAsk *ask, Arena *a)
{
        Part *parts = arena_array_of(a, Part, r->count + 1);
        size_t n = 0;
        int64_t sum = 0;
        if (!parts)
                return ST_NOMEM;
        for (size_t i = 0; i < r->count; i++)
                if (r->items[i].policy == p && r->items[i].outcome == POLICY_ELIGIBLE) {
                        parts[n++].item = &r->items[i];
                        if (__builtin_add_overflow(sum, r->items[i].fen, &sum))
                                return ST_LIMIT;
                }
        if (sum <= p->budget.fen)
                return ST_OK;
        if (p->budget.when_over == PACK_BUDGET_PRO_RATA)
                pro_rata(parts, n, p->budget.fen, sum);
        else
                in_turn(parts, n, p->budget.fen, p->budget.when_over == PACK_BUDGET_BY_RANK);
        bool en = ask->lang == LANG_EN;
        for (size_t i = 0; i < n; i++) {
                if (parts[i].share == parts[i].item->fen)
                        continue;
                char *rule =
                        arena_printf(a, en ? "budget of %s yuan for claims of %s" : "年度预算 %s 元，应补合计 %s 元",
                                     policy_yuan(p->budget.fen, a).ptr, policy_yuan(sum, a).ptr);
                TRY(cut(a, parts[i].item, parts[i].share, str_c(rule)));
        }
        return ST_OK;
}

Status policy_resolve(PolicyResult *r, const PolicyAsk *ask, Arena *a)
{
        TRY(floors_and_caps(r, ask, a));
        TRY(exclusion(r, ask, a));
        for (size_t i = 0; i < r->policy_count && !ask->key.ptr; i++)
                if (r->policies[i]->budget.is)
                        TRY(one_budget(r, r->policies[i], ask, a));
        memset(r->sums, 0, r->policy_count * sizeof(*r->sums));
        for (size_t i = 0; i < r->count; i++)
                for (size_t k = 0; k < r->policy_count; k++)
                        if (r->items[i].policy == r->policies[k])
                                policy_count(&r->sums[k], &r->items[i]);
        return ST_OK;
}
