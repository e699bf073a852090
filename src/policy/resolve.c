/* resolve.c -- what policies do to each other and to the purse: quotas, caps of a firm, exclusive groups, sets, budgets.
 * Only what is to be paid takes part; every order below is total, so that a run again gives the same. */
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

void policy_count(PolicySum *sum, PolicyOutcome outcome, int64_t fen)
{
        *(outcome == POLICY_ELIGIBLE  ? &sum->eligible
          : outcome == POLICY_UNKNOWN ? &sum->unknown
                                      : &sum->not_eligible) += 1;
        sum->fen += fen;
}

/* Something to be paid. */
typedef struct Claim {
        PolicyTable *t;
        size_t table;
        uint32_t row, firm;
        int64_t fen;
        Dec by;                         /* of a quota */
        const PackUnit *within;         /* of a quota */
        int64_t share;
        int64_t day;                    /* of a queue */
} Claim;

static Str key_of(const Claim *c) { return c->t->owners->key[c->row]; }

static Status cut(PolicyWork *w, const Claim *c, PolicyCutKind kind, int64_t a, int64_t b, int64_t after)
{
        struct PolicyWorkPrivate *own = w->own;
        if (arena_grow(own->arena, (void **)&own->joints, &own->joint_cap, own->joint_count + 1,
                       sizeof(*own->joints)) < 0)
                return ST_NOMEM;
        own->joints[own->joint_count++] = (PolicyJoint){ .kind = kind, .a = a, .b = b, .before = c->t->fen[c->row],
                                                         .after = after };
        uint32_t *link = &c->t->cut[c->row];
        while (*link)
                link = &own->joints[*link - 1].next;
        *link = (uint32_t)own->joint_count;
        c->t->fen[c->row] = after;
        if (after == 0)
                c->t->outcome[c->row] = POLICY_NOT_ELIGIBLE;
        return ST_OK;
}

/* ---- firms by number ---- */

static Status number_firms(PolicyWork *w)
{
        struct PolicyWorkPrivate *own = w->own;
        own->firms = arena_array_of(own->arena, uint32_t *, w->count + 1);
        if (!own->firms)
                return ST_NOMEM;
        for (size_t i = 0; i < w->count; i++) {
                const PolicyTable *t = &w->tables[i];
                for (size_t k = 0; k < i && !own->firms[i]; k++)        /* the same records: the same numbers */
                        if (w->tables[k].owners == t->owners && w->tables[k].policy->owner == t->policy->owner)
                                own->firms[i] = own->firms[k];
                if (own->firms[i])
                        continue;
                own->firms[i] = arena_array_of(own->arena, uint32_t, t->rows + 1);
                if (!own->firms[i])
                        return ST_NOMEM;
                for (size_t r = 0; r < t->rows; r++) {
                        Str key = policy_firm_key(t->policy, t->owners, r);
                        uintptr_t n = (uintptr_t)map_get(&own->firm_numbers, key);
                        if (!n) {
                                n = ++own->firm_count;
                                TRY(map_put(&own->firm_numbers, key, (void *)n));
                        }
                        own->firms[i][r] = (uint32_t)n;
                }
        }
        return ST_OK;
}

/* Do rules between policies or records of one firm need the firms? */
static bool needs_firms(const PolicyWork *w)
{
        for (size_t i = 0; i < w->count; i++) {
                const PackPolicy *p = w->tables[i].policy;
                if (p->exclusive_count || p->together.set.len || (p->owner && p->cap_count) ||
                    (w->tables[i].plan && w->tables[i].plan->paid_before))
                        return true;
        }
        return false;
}

/* ---- claims ---- */

static Status claims_of(PolicyWork *w, size_t table, Claim **ret, size_t *ret_count)
{
        PolicyTable *t = &w->tables[table];
        size_t n = 0;
        for (size_t r = 0; r < t->rows; r++)
                n += t->outcome[r] == POLICY_ELIGIBLE;
        Claim *claims = arena_array_of(w->own->arena, Claim, n + 1);
        if (!claims)
                return ST_NOMEM;
        n = 0;
        for (size_t r = 0; r < t->rows; r++)
                if (t->outcome[r] == POLICY_ELIGIBLE)
                        claims[n++] = (Claim){ .t = t, .table = table, .row = (uint32_t)r, .fen = t->fen[r],
                                               .firm = w->own->firms ? w->own->firms[table][r] : 0 };
        *ret = claims;
        *ret_count = n;
        return ST_OK;
}

/* ---- quotas ---- */

static int by_rank(const void *x, const void *y)
{
        const Claim *a = x, *b = y;
        if (a->within != b->within)
                return (a->within ? a->within->index + 1 : 0) < (b->within ? b->within->index + 1 : 0) ? -1 : 1;
        int c = dec_cmp(b->by, a->by);
        if (a->t->policy->quota.ascending)
                c = -c;
        return c ? c : str_cmp(key_of(a), key_of(b));
}

static bool same_rank(const Claim *a, const Claim *b)
{
        return a->within == b->within && dec_cmp(a->by, b->by) == 0;
}

/* One unit's claims, ranked: those beyond the places are cut. */
static Status places(PolicyWork *w, const PackQuota *q, const Claim *claims, size_t n)
{
        size_t last = (size_t)q->places;
        if (n <= last)
                return ST_OK;
        bool tie = same_rank(&claims[last - 1], &claims[last]);
        if (tie && q->ties == PACK_TIES_ALL)
                while (last < n && same_rank(&claims[last - 1], &claims[last]))
                        last++;
        else if (tie && q->ties == PACK_TIES_NONE)
                for (const Claim *edge = &claims[last]; last > 0 && same_rank(&claims[last - 1], edge);)
                        last--;
        for (size_t i = last; i < n; i++)
                TRY(cut(w, &claims[i], POLICY_CUT_QUOTA, q->places, 0, 0));
        return ST_OK;
}

static Status quota(PolicyWork *w, size_t table)
{
        PolicyTable *t = &w->tables[table];
        const PackQuota *q = &t->policy->quota;
        Claim *claims;
        size_t n, kept = 0;
        if (!q->is)
                return ST_OK;
        TRY(claims_of(w, table, &claims, &n));
        for (size_t i = 0; i < n; i++) {
                Claim *c = &claims[i];
                c->by = dec_from_scaled(c->fen, 2);
                if (q->input != SIZE_MAX) {
                        FeelValue v;
                        TRY(feel_column_get(w->own->arena, &t->plan->columns[q->input], c->row, &v));
                        if (!feel_is(&v, FEEL_NUMBER)) {        /* no rank without its figure */
                                t->outcome[c->row] = POLICY_UNKNOWN;
                                t->fen[c->row] = 0;
                                continue;
                        }
                        c->by = v.number;
                }
                const PackUnit *u =
                        t->owners->unit[c->row].len ? pack_unit(w->own->pack, t->owners->unit[c->row]) : NULL;
                c->within = q->within && u ? pack_unit_up(u, q->within) : NULL;
                claims[kept++] = *c;
        }
        qsort(claims, kept, sizeof(*claims), by_rank);
        for (size_t i = 0, first = 0; i <= kept; i++)
                if (i == kept || (i > first && claims[i].within != claims[first].within)) {
                        TRY(places(w, q, claims + first, i - first));
                        first = i;
                }
        return ST_OK;
}

/* ---- caps of a firm over its records ---- */

static int by_firm(const void *x, const void *y)
{
        const Claim *a = x, *b = y;
        if (a->firm != b->firm)
                return a->firm < b->firm ? -1 : 1;
        if (a->table != b->table)
                return a->table < b->table ? -1 : 1;
        return str_cmp(key_of(a), key_of(b));
}

/* Claims of one firm, in order, share what is left of an amount. */
static Status share_out(PolicyWork *w, const Claim *claims, size_t n, int64_t most, PolicyCutKind kind, int64_t b)
{
        int64_t left = most;
        if (kind == POLICY_CUT_FIRM && b && n && claims[0].t->plan->paid_before) {
                Str firm = policy_firm_key(claims[0].t->policy, claims[0].t->owners, claims[0].row);
                int64_t before = (int64_t)(uintptr_t)map_get(claims[0].t->plan->paid_before, firm);
                left = before < most ? most - before : 0;
        }
        for (size_t i = 0; i < n; i++) {
                int64_t fen = claims[i].t->fen[claims[i].row];
                if (fen > left) {
                        int64_t step = claims[i].t->policy->round_fen;
                        int64_t after = left - left % (step ? step : 1);
                        TRY(cut(w, &claims[i], kind, most, b, after));
                        fen = after;
                }
                left -= fen;
        }
        return ST_OK;
}

static Status each_firm(PolicyWork *w, Claim *claims, size_t n, int64_t most, PolicyCutKind kind, int64_t b)
{
        qsort(claims, n, sizeof(*claims), by_firm);
        for (size_t i = 0, first = 0; i <= n; i++)
                if (i == n || (i > first && claims[i].firm != claims[first].firm)) {
                        TRY(share_out(w, claims + first, i - first, most, kind, b));
                        first = i;
                }
        return ST_OK;
}

static Status firm_caps(PolicyWork *w, size_t table)
{
        PolicyTable *t = &w->tables[table];
        const PackPolicy *p = t->policy;
        for (size_t k = 0; k < p->cap_count; k++) {
                Claim *claims;
                size_t n;
                int64_t most;
                /* A record that is the firm has had its cap already, unless other years count. */
                if (p->caps[k].per == PACK_CAP_RECORD ||
                    (!p->owner && (p->caps[k].per != PACK_CAP_ENTERPRISE || !t->plan->paid_before)) ||
                    !pack_policy_cap(p, k, t->plan->vintages[0].parameters, NULL, &most))
                        continue;
                TRY(claims_of(w, table, &claims, &n));
                TRY(each_firm(w, claims, n, most, POLICY_CUT_FIRM, p->caps[k].per == PACK_CAP_ENTERPRISE));
        }
        return ST_OK;
}

/* ---- exclusive groups ---- */

static int by_height(const void *x, const void *y)
{
        const Claim *a = x, *b = y;
        if (a->firm != b->firm)
                return a->firm < b->firm ? -1 : 1;
        if (a->fen != b->fen)
                return a->fen > b->fen ? -1 : 1;
        if (a->table != b->table)
                return a->table < b->table ? -1 : 1;
        return str_cmp(key_of(a), key_of(b));
}

/* A group both are in, when they are of different policies. */
static bool excludes(const PackPolicy *a, const PackPolicy *b)
{
        for (size_t i = 0; a != b && i < a->exclusive_count; i++)
                for (size_t k = 0; k < b->exclusive_count; k++)
                        if (str_eq(a->exclusive[i], b->exclusive[k]))
                                return true;
        return false;
}

static Status all_claims(PolicyWork *w, bool (*wanted)(const PackPolicy *p, Str set), Str set, Claim **ret,
                         size_t *ret_count)
{
        Claim *all = NULL;
        size_t n = 0, cap = 0;
        for (size_t i = 0; i < w->count; i++) {
                Claim *claims;
                size_t count;
                if (!wanted(w->tables[i].policy, set))
                        continue;
                TRY(claims_of(w, i, &claims, &count));
                if (arena_grow(w->own->arena, (void **)&all, &cap, n + count + 1, sizeof(*all)) < 0)
                        return ST_NOMEM;
                memcpy(all + n, claims, count * sizeof(*claims));
                n += count;
        }
        *ret = all;
        *ret_count = n;
        return ST_OK;
}

static bool in_groups(const PackPolicy *p, Str unused)
{
        (void)unused;
        return p->exclusive_count > 0;
}

static bool in_set(const PackPolicy *p, Str set) { return str_eq(p->together.set, set); }

static Status exclusion(PolicyWork *w)
{
        Claim *claims;
        size_t n;
        TRY(all_claims(w, in_groups, STR_NONE, &claims, &n));
        if (n)
                qsort(claims, n, sizeof(*claims), by_height);
        for (size_t i = 1, first = 0; i < n; i++) {
                if (claims[i].firm != claims[first].firm) {
                        first = i;
                        continue;
                }
                for (size_t k = first; k < i; k++) {
                        const Claim *best = &claims[k];
                        if (best->t->outcome[best->row] != POLICY_ELIGIBLE ||
                            !excludes(best->t->policy, claims[i].t->policy))
                                continue;
                        TRY(cut(w, &claims[i], POLICY_CUT_EXCLUSIVE, (int64_t)best->table, 0, 0));
                        break;
                }
        }
        return ST_OK;
}

/* ---- sets that may be had together ---- */

static Status sets(PolicyWork *w)
{
        for (size_t i = 0; i < w->count; i++) {
                const PackTogether *set = &w->tables[i].policy->together;
                bool seen = !set->set.len;
                for (size_t k = 0; k < i; k++)
                        seen |= str_eq(w->tables[k].policy->together.set, set->set);
                if (seen)
                        continue;
                Claim *claims;
                size_t n;
                TRY(all_claims(w, in_set, set->set, &claims, &n));
                if (n)
                        TRY(each_firm(w, claims, n, set->most_fen, POLICY_CUT_TOGETHER, 0));
        }
        return ST_OK;
}

/* ---- budgets ---- */

static int by_amount(const void *x, const void *y)
{
        const Claim *a = x, *b = y;
        if (a->fen != b->fen)
                return a->fen > b->fen ? -1 : 1;
        return str_cmp(key_of(a), key_of(b));
}

static int by_day(const void *x, const void *y)
{
        const Claim *a = x, *b = y;
        if (a->day != b->day)
                return a->day < b->day ? -1 : 1;
        return str_cmp(key_of(a), key_of(b));
}

__extension__ typedef unsigned __int128 Wide;

/* Who is next to be given a fen (or, with down, to give one back): the one whose share, half a fen on (back), is least
 * (most) of his claim.  The first by key when equal. */
static bool before(const Claim *x, const Claim *y, bool down)
{
        uint64_t half = down ? UINT64_MAX : 1;          /* -1 or +1 */
        Wide a = (Wide)(uint64_t)x->fen * (2 * (uint64_t)y->share + half),
             b = (Wide)(uint64_t)y->fen * (2 * (uint64_t)x->share + half);
        if (a != b)
                return down ? a < b : a > b;
        int c = str_cmp(key_of(x), key_of(y));
        return down ? c > 0 : c < 0;
}

static void sift(Claim **heap, size_t n, size_t at, bool down)
{
        for (;;) {
                size_t top = at, left = 2 * at + 1;
                for (size_t k = left; k < n && k < left + 2; k++)
                        if (before(heap[k], heap[top], down))
                                top = k;
                if (top == at)
                        return;
                Claim *moved = heap[at];
                heap[at] = heap[top];
                heap[top] = moved;
                at = top;
        }
}

/* Everybody's share of the budget to the nearest fen of one common rate, and the rate such that the shares add up to
 * the budget exactly.  With one rate for all, another claim can only lower the rate: nobody ever gets more because
 * somebody else came.  (Handing left-over fen to the largest remainders would not promise that.) */
static Status pro_rata(Arena *a, Claim *claims, size_t n, int64_t budget, int64_t sum)
{
        Claim **heap = arena_array_of(a, Claim *, n + 1);
        int64_t left = budget;
        size_t in = 0;
        if (!heap)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                Wide product = (Wide)(uint64_t)claims[i].fen * (uint64_t)budget;
                claims[i].share = (int64_t)((product + (uint64_t)sum / 2) / (uint64_t)sum);
                left -= claims[i].share;
        }
        bool down = left < 0;
        for (size_t i = 0; i < n; i++)
                if (!down || claims[i].share > 0)
                        heap[in++] = &claims[i];
        for (size_t i = in / 2; i-- > 0;)
                sift(heap, in, i, down);
        for (; left != 0 && in > 0; left += down ? 1 : -1) {
                heap[0]->share += down ? -1 : 1;
                if (down && heap[0]->share == 0)
                        heap[0] = heap[--in];
                sift(heap, in, 0, down);
        }
        return ST_OK;
}

static void in_turn(Claim *claims, size_t n, int64_t budget, bool rank)
{
        qsort(claims, n, sizeof(*claims), rank ? by_amount : by_day);
        for (size_t i = 0; i < n; i++) {
                claims[i].share = claims[i].fen < budget ? claims[i].fen : budget;
                budget -= claims[i].share;
        }
}

static Status one_budget(PolicyWork *w, size_t table)
{
        PolicyTable *t = &w->tables[table];
        const PackPolicy *p = t->policy;
        Claim *claims;
        size_t n;
        int64_t sum = 0, budget = pack_policy_budget(p, t->plan ? t->plan->vintages[0].parameters : NULL);
        if (!p->budget.is)
                return ST_OK;
        TRY(claims_of(w, table, &claims, &n));
        for (size_t i = 0; i < n; i++) {
                FeelValue day = feel_null();
                if (__builtin_add_overflow(sum, claims[i].fen, &sum))
                        return ST_LIMIT;
                if (p->day != SIZE_MAX)
                        TRY(feel_column_get(w->own->arena, &t->plan->columns[p->day], claims[i].row, &day));
                claims[i].day = feel_is(&day, FEEL_DATE) ? date_to_days(day.date) : 0;
        }
        if (sum <= budget)
                return ST_OK;
        if (p->budget.when_over == PACK_BUDGET_PRO_RATA)
                TRY(pro_rata(w->own->arena, claims, n, budget, sum));
        else
                in_turn(claims, n, budget, p->budget.when_over == PACK_BUDGET_BY_RANK);
        for (size_t i = 0; i < n; i++)
                if (claims[i].share != claims[i].fen)
                        TRY(cut(w, &claims[i], POLICY_CUT_BUDGET, budget, sum, claims[i].share));
        return ST_OK;
}

Status policy_resolve(PolicyWork *w)
{
        bool all = !w->own->ask.key.ptr;
        if (needs_firms(w))
                TRY(number_firms(w));
        for (size_t i = 0; i < w->count && all; i++)
                TRY(quota(w, i));
        for (size_t i = 0; i < w->count; i++)
                TRY(firm_caps(w, i));
        TRY(exclusion(w));
        TRY(sets(w));
        for (size_t i = 0; i < w->count && all; i++)
                TRY(one_budget(w, i));
        for (size_t i = 0; i < w->count; i++) {
                PolicyTable *t = &w->tables[i];
                t->sum = (PolicySum){ 0 };
                for (size_t r = 0; r < t->rows; r++)
                        policy_count(&t->sum, (PolicyOutcome)t->outcome[r], t->fen[r]);
        }
        return ST_OK;
}
