/* What policies do to each other, over random populations: budgets to the fen, groups that pay once, caps, floors. */
#include "tests/test.h"

#include "policy/policy_int.h"

enum { FIRMS_MAX = 400 };

static uint64_t state = 42;

static int64_t below(int64_t n)
{
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (int64_t)(state % (uint64_t)n);
}

typedef struct Population {
        Arena *arena;
        PackPolicy policies[3];
        const PackPolicy *list[3];
        PackCap caps[3];
        PolicyResult r;
        int64_t firms;
} Population;

static void populate(Population *p, int64_t firms)
{
        memset(p, 0, sizeof(*p));
        p->arena = arena_new(64 << 20);
        p->firms = firms;
        for (size_t i = 0; i < 3; i++) {
                p->policies[i] = (PackPolicy){ .name = str_c(i == 0 ? "a" : i == 1 ? "b" : "c"), .title = { STR("政策"), STR("policy") }, .round_fen = 1 };
                p->list[i] = &p->policies[i];
        }
        p->r = (PolicyResult){ .policies = p->list, .policy_count = 3, .items = arena_array_of(p->arena, PolicyEntitlement, (size_t)firms * 3),
                               .sums = arena_array_of(p->arena, PolicySum, 3) };
        for (int policy = 0; policy < 3; policy++)
                for (int64_t f = 0; f < firms; f++) {
                        int64_t fen = below(4) ? below(500000000) + 1 : 0;
                        p->r.items[p->r.count++] = (PolicyEntitlement){ .policy = p->list[policy], .key = str_c(arena_printf(p->arena, "firm%05d", (int)f)),
                                .outcome = fen ? POLICY_ELIGIBLE : below(3) ? POLICY_NOT_ELIGIBLE : POLICY_UNKNOWN, .fen = fen, .computed_fen = fen, .reason = STR("") };
                }
}

static void resolve(Population *p)
{
        PolicyAsk ask = { .year = 2023, .policies = p->list, .policy_count = 3 };
        assert_ok(policy_resolve(&p->r, &ask, p->arena));
}

static int64_t sum_of(const Population *p, const PackPolicy *policy, bool computed)
{
        int64_t sum = 0;
        for (size_t i = 0; i < p->r.count; i++)
                if (p->r.items[i].policy == policy)
                        sum += computed ? p->r.items[i].computed_fen : p->r.items[i].fen;
        return sum;
}

static void pro_rata_adds_up_to_the_budget_to_the_fen(void **unused)
{
        (void)unused;
        for (int round = 0; round < 60; round++) {
                Population p;
                populate(&p, 1 + below(FIRMS_MAX));
                int64_t claims = sum_of(&p, p.list[0], true);
                int64_t budget = claims > 1 ? 1 + below(claims * 2) : 1;
                p.policies[0].budget = (PackBudget){ .is = true, .fen = budget, .when_over = PACK_BUDGET_PRO_RATA };
                resolve(&p);
                int64_t paid = sum_of(&p, p.list[0], false);
                assert_int_equal(paid, claims < budget ? claims : budget);
                for (size_t i = 0; i < p.r.count; i++) {
                        const PolicyEntitlement *e = &p.r.items[i];
                        assert_true(e->fen >= 0 && e->fen <= e->computed_fen);
                        assert_true(e->outcome != POLICY_UNKNOWN || e->fen == 0);
                        if (e->fen != e->computed_fen)
                                assert_true(e->cut_count > 0 && e->cuts[0].before == e->computed_fen && e->cuts[e->cut_count - 1].after == e->fen);
                }
                arena_free(p.arena);
        }
}

static void adding_a_firm_raises_nobody_under_pro_rata(void **unused)
{
        (void)unused;
        for (int round = 0; round < 20; round++) {
                Population p;
                populate(&p, 50);
                p.policies[0].budget = (PackBudget){ .is = true, .fen = 1000000000, .when_over = PACK_BUDGET_PRO_RATA };
                PolicyEntitlement *without = arena_array_of(p.arena, PolicyEntitlement, p.r.count), *all = p.r.items;
                size_t n = p.r.count;
                memcpy(without, all, n * sizeof(*all));
                without[0].outcome = POLICY_NOT_ELIGIBLE;
                without[0].fen = 0;
                resolve(&p);
                PolicyResult with = p.r;
                p.r.items = without;
                resolve(&p);
                for (size_t i = 1; i < 50; i++)         /* the rounding of one fen apart */
                        assert_true(with.items[i].fen <= p.r.items[i].fen + 1);
                arena_free(p.arena);
        }
}

static void by_rank_and_first_come_never_exceed_the_budget(void **unused)
{
        (void)unused;
        static const PackBudgetMode modes[] = { PACK_BUDGET_BY_RANK, PACK_BUDGET_FIRST_COME };
        for (int round = 0; round < 40; round++) {
                Population p;
                populate(&p, 1 + below(100));
                int64_t claims = sum_of(&p, p.list[1], true), budget = 1 + below(claims + 2);
                p.policies[1].budget = (PackBudget){ .is = true, .fen = budget, .when_over = modes[round % 2] };
                resolve(&p);
                assert_int_equal(sum_of(&p, p.list[1], false), claims < budget ? claims : budget);
                arena_free(p.arena);
        }
}

static void a_group_pays_its_highest_alone(void **unused)
{
        (void)unused;
        Population p;
        populate(&p, FIRMS_MAX);
        p.policies[0].exclusive = p.policies[2].exclusive = STR("group");
        resolve(&p);
        for (int64_t f = 0; f < p.firms; f++) {
                const PolicyEntitlement *a = &p.r.items[f], *c = &p.r.items[2 * p.firms + f];
                assert_true(a->fen == 0 || c->fen == 0);
                int64_t best = a->computed_fen > c->computed_fen ? a->computed_fen : c->computed_fen;
                assert_int_equal(a->fen + c->fen, best);
                assert_int_equal(p.r.items[p.firms + f].fen, p.r.items[p.firms + f].computed_fen);      /* outside the group */
        }
        arena_free(p.arena);
}

static void caps_and_floors(void **unused)
{
        (void)unused;
        Population p;
        populate(&p, FIRMS_MAX);
        p.caps[0] = (PackCap){ .per = PACK_CAP_ENTERPRISE_YEAR, .fen = 100000000 };
        p.policies[0].caps = p.caps;
        p.policies[0].cap_count = 1;
        p.policies[1].floor_fen = 1000000;
        resolve(&p);
        for (size_t i = 0; i < p.r.count; i++) {
                const PolicyEntitlement *e = &p.r.items[i];
                if (e->policy == p.list[0])
                        assert_int_equal(e->fen, e->computed_fen < 100000000 ? e->computed_fen : 100000000);
                if (e->policy == p.list[1])
                        assert_int_equal(e->fen, e->computed_fen < 1000000 ? 0 : e->computed_fen);
        }
        PolicySum sum = { 0 };
        for (size_t i = 0; i < p.r.count; i++)
                if (p.r.items[i].policy == p.list[1])
                        policy_count(&sum, &p.r.items[i]);
        assert_memory_equal(&sum, &p.r.sums[1], sizeof(sum));
        arena_free(p.arena);
}

static void resolving_twice_gives_the_same(void **unused)
{
        (void)unused;
        int64_t first[3] = { 0 };
        for (int pass = 0; pass < 2; pass++) {
                Population p;
                state = 7;
                populate(&p, 300);
                p.policies[0].exclusive = p.policies[1].exclusive = STR("group");
                p.policies[2].budget = (PackBudget){ .is = true, .fen = 123456789, .when_over = PACK_BUDGET_PRO_RATA };
                resolve(&p);
                for (size_t i = 0; i < 3; i++) {
                        if (pass == 0)
                                first[i] = p.r.sums[i].fen;
                        assert_int_equal(p.r.sums[i].fen, first[i]);
                }
                arena_free(p.arena);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pro_rata_adds_up_to_the_budget_to_the_fen),
                cmocka_unit_test(adding_a_firm_raises_nobody_under_pro_rata),
                cmocka_unit_test(by_rank_and_first_come_never_exceed_the_budget),
                cmocka_unit_test(a_group_pays_its_highest_alone),
                cmocka_unit_test(caps_and_floors),
                cmocka_unit_test(resolving_twice_gives_the_same),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
