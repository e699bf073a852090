/* limit.c -- caps of a firm, sets and budgets hold over all batches of a year, whichever runs they came from.
 *
 * A run resolves them among its own claims.  A later run orders a firm's records anew, or shares the budget among others:
 * what earlier batches list is counted here once more. */
#include "pack/amount.h"
#include "policy/pay_int.h"

enum { FIRMS_MAX = 100000000 };

/* What active items of a family list, by the firm as it is called today. */
static Status add_listed(PayCall *c, const PayClaims *claims, Str family, bool years, Map *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(
                c->tx,
                "SELECT i.firm, CAST(sum(i.fen - i.back_fen) AS BIGINT) FROM pay_item i "
                "JOIN pay_batch b ON b.id = i.batch JOIN pay_claim k ON k.item = i.id AND k.kind = 'policy' "
                "WHERE k.name = $1 AND (b.year = $2 OR $3 = 1) GROUP BY i.firm",
                STORE_ARGS(sv_text(family), sv_i64(claims->year), sv_i64(years)), &q));
        while (store_next(q)) {
                Str firm = store_text_dup(q, 0, c->arena);
                if (!firm.ptr)
                        return ST_NOMEM;
                firm = pay_survivor(claims, firm);
                int64_t fen = store_i64(q, 1) + (int64_t)(uintptr_t)map_get(ret, firm);
                TRY(map_put(ret, firm, (void *)(uintptr_t)fen));
        }
        return store_done(q);
}

static PayLimit *add_limit(PayLimits *l, int64_t fen)
{
        if (l->count == PAY_LIMITS_MAX)
                return NULL;
        PayLimit *one = &l->each[l->count++];
        *one = (PayLimit){ .fen = fen, .listed = MAP_INIT(FIRMS_MAX) };
        return one;
}

static Status take_set(PayCall *c, const PolicyWork *w, const PackPolicy *p, const PayClaims *claims, PayLimits *ret)
{
        PayLimit *one = p->together.set.len ? add_limit(ret, p->together.most_fen) : NULL;
        if (!one)
                return ST_OK;
        one->set = true;
        const Pack *pack = w->own->pack;
        for (size_t i = 0; i < pack->policy_count; i++) {
                const PackPolicy *other = pack->policies[i];
                bool first = str_eq(other->together.set, p->together.set);
                for (size_t k = 0; first && k < i; k++) /* a family once */
                        first = !str_eq(pack->policies[k]->together.set, p->together.set) ||
                                !str_eq(pay_family(pack->policies[k]), pay_family(other));
                if (first)
                        TRY(add_listed(c, claims, pay_family(other), false, &one->listed));
        }
        return ST_OK;
}

static Status take_budget(PayCall *c, const PackPolicy *p, const FeelValue *parameters, const PayClaims *claims,
                          PayLimits *ret)
{
        if (!p->budget.is)
                return ST_OK;
        ret->has_budget = true;
        ret->budget_fen = pack_policy_budget(p, parameters);
        return store_get_i64(
                c->tx,
                "SELECT CAST(coalesce(sum(i.fen), 0) AS BIGINT) FROM pay_item i JOIN pay_batch b ON b.id = i.batch "
                "JOIN pay_claim k ON k.item = i.id AND k.kind = 'policy' WHERE k.name = $1 AND b.year = $2",
                STORE_ARGS(sv_text(pay_family(p)), sv_i64(claims->year)), &ret->budget_listed);
}

Status pay_limits(PayCall *c, const PolicyWork *w, const PolicyTable *t, const PayClaims *claims, PayLimits *ret)
{
        const PackPolicy *p = t->policy;
        FeelValue *parameters;
        *ret = (PayLimits){ .round_fen = p->round_fen };
        Date on = w->own->ask.on;
        if (p->by == PACK_BY_ASSESSMENT_YEAR || !on.month)
                on = (Date){ w->year, 12, 31 };
        TRY(pack_policy_parameters(p, on, c->arena, &parameters));
        for (size_t k = 0; k < p->cap_count; k++) {
                int64_t fen;
                if (p->caps[k].per == PACK_CAP_RECORD || !pack_policy_cap(p, k, parameters, NULL, &fen))
                        continue;
                PayLimit *one = add_limit(ret, fen);
                if (!one)
                        break;
                one->years = p->caps[k].per == PACK_CAP_ENTERPRISE;
                TRY(add_listed(c, claims, pay_family(p), one->years, &one->listed));
        }
        TRY(take_set(c, w, p, claims, ret));
        return take_budget(c, p, parameters, claims, ret);
}

void pay_limits_release(PayLimits *limits)
{
        for (size_t i = 0; i < limits->count; i++)
                map_release(&limits->each[i].listed);
}

static Status words(PayCall *c, const PayLimit *one, int64_t listed, Str *ret)
{
        bool en = c->by->diag && c->by->diag->lang == LANG_EN;
        const char *most = policy_yuan(one->fen, c->arena).ptr, *had = policy_yuan(listed, c->arena).ptr;
        if (!most || !had)
                return ST_NOMEM;
        char *text = en ? arena_printf(c->arena, "at most %s yuan %s, of which %s are listed already", most,
                                       one->set     ? "together"
                                       : one->years ? "an enterprise, over the years"
                                                    : "an enterprise and year",
                                       had)
                        : arena_printf(c->arena, "%s最高 %s 元，已列入 %s 元",
                                       one->set     ? "叠加享受合计"
                                       : one->years ? "每家企业累计"
                                                    : "每家企业每年",
                                       most, had);
        *ret = str_c(text);
        return text ? ST_OK : ST_NOMEM;
}

Status pay_limit(PayCall *c, const PayLimits *limits, const PayClaims *claims, Str firm, int64_t fen, int64_t *ret_fen,
                 Str *ret_note)
{
        *ret_note = STR("");
        firm = pay_survivor(claims, firm);
        for (size_t i = 0; i < limits->count; i++) {
                const PayLimit *one = &limits->each[i];
                int64_t listed = (int64_t)(uintptr_t)map_get(&one->listed, firm), left = one->fen - listed;
                if (fen <= left)
                        continue;
                int64_t step = limits->round_fen ? limits->round_fen : 1;
                fen = left > 0 ? left - left % step : 0;
                TRY(words(c, one, listed, ret_note));
        }
        *ret_fen = fen;
        return ST_OK;
}

Status pay_limit_took(PayLimits *limits, const PayClaims *claims, Str firm, int64_t fen)
{
        firm = pay_survivor(claims, firm);
        for (size_t i = 0; i < limits->count; i++) {
                Map *listed = &limits->each[i].listed;
                TRY(map_put(listed, firm, (void *)(uintptr_t)(fen + (int64_t)(uintptr_t)map_get(listed, firm))));
        }
        return ST_OK;
}

Status pay_limit_budget(PayCall *c, const PayLimits *limits, const PackPolicy *p, int64_t fen)
{
        if (!limits->has_budget || fen == 0 || limits->budget_listed + fen <= limits->budget_fen)
                return ST_OK;
        return diag_fail(
                c->by->diag, ST_CONFLICT, POS_NONE,
                "“%.*s”年度预算 %s 元，已列入 %s 元，本批 %s 元超出预算；请作废尚未支付的批次，按新的测算一并制表",
                "\"%.*s\": a budget of %s yuan, %s listed already, this batch of %s is beyond it; cancel the batches "
                "that are not paid and make one of the new run",
                STR_FMT(pack_title(p->title, c->by->diag ? c->by->diag->lang : LANG_ZH)),
                policy_yuan(limits->budget_fen, c->arena).ptr, policy_yuan(limits->budget_listed, c->arena).ptr,
                policy_yuan(fen, c->arena).ptr);
}
