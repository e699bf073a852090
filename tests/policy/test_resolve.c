/* What policies do to each other, over random populations: budgets to the fen, groups that pay once, sets, quotas,
 * caps of a firm over its records. */
#include "tests/test.h"

#include "policy/policy_int.h"

enum { FIRMS_MAX = 400, POLICIES = 3 };

static uint64_t state = 42;

static int64_t below(int64_t n)
{
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (int64_t)(state % (uint64_t)n);
}

typedef struct Population {
        PolicyWork *w;
        PackPolicy policies[POLICIES];
        PolicyPlan plans[POLICIES];
        RegisterTable owners;
        PackRegister reg;
        PackField parent_key;
        int64_t *claimed[POLICIES];
} Population;

/* per_firm records of each firm; one: the record is the firm. */
static void populate(Population *p, int64_t firms, int64_t per_firm)
{
        memset(p, 0, sizeof(*p));
        size_t rows = (size_t)(firms * per_firm);
        assert_ok(policy_work_new(NULL, &(PolicyAsk){ .year = 2023 }, 256 << 20, &p->w));
        Arena *a = p->w->own->arena;
        Str *keys = arena_array_of(a, Str, rows + 1), *owner = arena_array_of(a, Str, rows + 1),
            *unit = arena_array_of(a, Str, rows + 1);
        for (size_t r = 0; r < rows; r++) {
                keys[r] = str_c(arena_printf(a, "r%06zu", r));
                owner[r] = per_firm > 1 ? str_c(arena_printf(a, "f%06zu", r / (size_t)per_firm)) : keys[r];
                unit[r] = STR("");
        }
        p->owners = (RegisterTable){ .reg = &p->reg, .rows = rows, .key = keys, .owner = owner, .unit = unit };
        p->w->tables = arena_array_of(a, PolicyTable, POLICIES);
        p->w->count = POLICIES;
        for (size_t i = 0; i < POLICIES; i++) {
                static const char *const names[] = { "a", "b", "c" };
                p->policies[i] = (PackPolicy){ .name = str_c(names[i]), .title = { STR("政策"), STR("policy") },
                                               .round_fen = 1, .beneficiary = &p->reg, .day = SIZE_MAX,
                                               .owner = per_firm > 1 ? &p->parent_key : NULL };
                p->reg.parent_key = &p->parent_key;
                p->plans[i].vintage_count = 1;
                PolicyTable *t = &p->w->tables[i];
                *t = (PolicyTable){ .policy = &p->policies[i], .owners = &p->owners, .rows = rows, .plan = &p->plans[i],
                                    .outcome = arena_alloc(a, rows + 1), .fen = arena_array_of(a, int64_t, rows + 1),
                                    .model_fen = arena_array_of(a, int64_t, rows + 1),
                                    .cut = arena_array_of(a, uint32_t, rows + 1) };
                p->claimed[i] = arena_array_of(a, int64_t, rows + 1);
                for (size_t r = 0; r < rows; r++) {
                        int64_t fen = below(4) ? below(500000000) + 1 : 0;
                        t->outcome[r] = fen ? POLICY_ELIGIBLE : below(3) ? POLICY_NOT_ELIGIBLE : POLICY_UNKNOWN;
                        t->fen[r] = t->model_fen[r] = p->claimed[i][r] = fen;
                }
        }
}

static void done(Population *p)
{
        policy_work_free(p->w);
}

static int64_t sum_of(const int64_t *fen, size_t n)
{
        int64_t sum = 0;
        for (size_t i = 0; i < n; i++)
                sum += fen[i];
        return sum;
}

/* Cuts follow each other from what was claimed to what is paid. */
static void chains_hold(const Population *p)
{
        for (size_t i = 0; i < POLICIES; i++) {
                const PolicyTable *t = &p->w->tables[i];
                for (size_t r = 0; r < t->rows; r++) {
                        int64_t at = p->claimed[i][r];
                        for (uint32_t k = t->cut[r]; k; k = p->w->own->joints[k - 1].next) {
                                assert_int_equal(p->w->own->joints[k - 1].before, at);
                                at = p->w->own->joints[k - 1].after;
                        }
                        assert_int_equal(at, t->fen[r]);
                        assert_true(t->fen[r] >= 0 && t->fen[r] <= p->claimed[i][r]);
                        assert_true((t->outcome[r] == POLICY_ELIGIBLE) == (t->fen[r] > 0));
                }
        }
}

static void pro_rata_adds_up_to_the_budget_to_the_fen(void **unused)
{
        (void)unused;
        for (int round = 0; round < 60; round++) {
                Population p;
                populate(&p, 1 + below(FIRMS_MAX), 1);
                int64_t claims = sum_of(p.claimed[0], p.owners.rows);
                int64_t budget = claims > 1 ? 1 + below(claims * 2) : 1;
                p.policies[0].budget = (PackBudget){ .is = true, .fen = budget, .when_over = PACK_BUDGET_PRO_RATA };
                assert_ok(policy_resolve(p.w));
                assert_int_equal(sum_of(p.w->tables[0].fen, p.owners.rows), claims < budget ? claims : budget);
                chains_hold(&p);
                done(&p);
        }
}

static void another_claim_never_raises_anybody_under_pro_rata(void **unused)
{
        (void)unused;
        for (int round = 0; round < 150; round++) {
                Population p, q;
                uint64_t seed = state;
                int64_t firms = 2 + below(FIRMS_MAX);
                populate(&p, firms, 1);
                /* Small budgets too, where rounding decides much. */
                int64_t budget = 1 + below(round % 3 ? sum_of(p.claimed[0], p.owners.rows) + 2 : 3 * firms);
                uint64_t now = state;
                state = seed;
                (void)below(FIRMS_MAX);
                populate(&q, firms, 1);
                state = now;
                /* The last firm claims nothing in p and something in q. */
                size_t last = p.owners.rows - 1;
                p.w->tables[0].outcome[last] = POLICY_NOT_ELIGIBLE;
                p.w->tables[0].fen[last] = p.claimed[0][last] = 0;
                q.w->tables[0].outcome[last] = POLICY_ELIGIBLE;
                q.w->tables[0].fen[last] = q.claimed[0][last] = 1 + below(900000000);
                p.policies[0].budget = q.policies[0].budget =
                        (PackBudget){ .is = true, .fen = budget, .when_over = PACK_BUDGET_PRO_RATA };
                assert_ok(policy_resolve(p.w));
                assert_ok(policy_resolve(q.w));
                for (size_t r = 0; r < last; r++)
                        assert_true(q.w->tables[0].fen[r] <= p.w->tables[0].fen[r]);
                done(&p);
                done(&q);
        }
}

static void rank_and_queue_keep_within_the_budget(void **unused)
{
        (void)unused;
        for (int round = 0; round < 60; round++) {
                Population p;
                populate(&p, 2 + below(FIRMS_MAX), 1);
                int64_t claims = sum_of(p.claimed[1], p.owners.rows), budget = 1 + below(claims + 1);
                bool rank = round & 1;
                p.policies[1].budget = (PackBudget){ .is = true, .fen = budget,
                                                     .when_over = rank ? PACK_BUDGET_BY_RANK : PACK_BUDGET_FIRST_COME };
                assert_ok(policy_resolve(p.w));
                const PolicyTable *t = &p.w->tables[1];
                assert_int_equal(sum_of(t->fen, t->rows), claims < budget ? claims : budget);
                for (size_t r = 0; r < t->rows; r++)    /* whoever is cut has nobody behind who is not */
                        for (size_t k = 0; k < t->rows; k++) {
                                bool behind = rank ? p.claimed[1][k] < p.claimed[1][r] : k > r;
                                if (t->fen[r] < p.claimed[1][r] && behind)
                                        assert_int_equal(t->fen[k], 0);
                        }
                chains_hold(&p);
                done(&p);
        }
}

static void exclusive_groups_pay_once_and_the_highest(void **unused)
{
        (void)unused;
        Str first[] = { STR("g") }, both[] = { STR("g"), STR("h") }, second[] = { STR("h") };
        for (int round = 0; round < 60; round++) {
                Population p;
                populate(&p, 1 + below(FIRMS_MAX), 1);
                bool chain = round & 1; /* a and b, b and c: a and c may be had together */
                for (size_t i = 0; i < POLICIES; i++) {
                        p.policies[i].exclusive = !chain ? first : i == 0 ? first : i == 1 ? both : second;
                        p.policies[i].exclusive_count = chain && i == 1 ? 2 : 1;
                }
                assert_ok(policy_resolve(p.w));
                for (size_t r = 0; r < p.owners.rows; r++) {
                        int64_t a = p.w->tables[0].fen[r], b = p.w->tables[1].fen[r], c = p.w->tables[2].fen[r],
                                most = 0;
                        for (size_t i = 0; i < POLICIES; i++)
                                most = p.claimed[i][r] > most ? p.claimed[i][r] : most;
                        assert_true(!(a && b) && !(b && c) && (chain || !(a && c)));
                        assert_true(a == most || b == most || c == most);
                        if (chain && b == 0)
                                assert_true(a == p.claimed[0][r] && c == p.claimed[2][r]);
                }
                chains_hold(&p);
                done(&p);
        }
}

static void sets_are_capped_and_the_later_is_cut(void **unused)
{
        (void)unused;
        for (int round = 0; round < 60; round++) {
                Population p;
                int64_t most = 1 + below(900000000);
                populate(&p, 1 + below(FIRMS_MAX), 1);
                for (size_t i = 0; i < POLICIES; i++)
                        p.policies[i].together = (PackTogether){ .set = STR("s"), .most_fen = most };
                assert_ok(policy_resolve(p.w));
                for (size_t r = 0; r < p.owners.rows; r++) {
                        int64_t claims = 0, paid = 0;
                        for (size_t i = 0; i < POLICIES; i++) {
                                claims += p.claimed[i][r];
                                paid += p.w->tables[i].fen[r];
                        }
                        assert_int_equal(paid, claims < most ? claims : most);
                        if (p.w->tables[0].fen[r] < p.claimed[0][r])
                                assert_true(p.w->tables[1].fen[r] == 0 && p.w->tables[2].fen[r] == 0);
                }
                chains_hold(&p);
                done(&p);
        }
}

static void caps_of_a_firm_hold_over_its_records(void **unused)
{
        (void)unused;
        for (int round = 0; round < 60; round++) {
                Population p;
                int64_t per = 2 + below(4), firms = 1 + below(FIRMS_MAX / 4);
                PackCap cap = { .per = PACK_CAP_ENTERPRISE_YEAR, .fen = 1 + below(900000000) };
                populate(&p, firms, per);
                p.policies[0].caps = &cap;
                p.policies[0].cap_count = 1;
                assert_ok(policy_resolve(p.w));
                for (int64_t f = 0; f < firms; f++) {
                        int64_t claims = sum_of(p.claimed[0] + f * per, (size_t)per),
                                paid = sum_of(p.w->tables[0].fen + f * per, (size_t)per);
                        assert_int_equal(paid, claims < cap.fen ? claims : cap.fen);
                }
                chains_hold(&p);
                done(&p);
        }
}

static void quotas_take_the_highest(void **unused)
{
        (void)unused;
        for (int round = 0; round < 90; round++) {
                Population p;
                populate(&p, 1 + below(FIRMS_MAX), 1);
                PackQuotaTies ties = (PackQuotaTies)(round % 3);
                int64_t places = 1 + below(50);
                for (size_t r = 0; r < p.owners.rows; r++)      /* many equal amounts */
                        if (p.claimed[2][r])
                                p.w->tables[2].fen[r] = p.claimed[2][r] = 1 + p.claimed[2][r] % 7;
                p.policies[2].quota = (PackQuota){ .is = true, .places = places, .ties = ties, .input = SIZE_MAX };
                assert_ok(policy_resolve(p.w));
                int64_t in = 0, lowest_in = INT64_MAX, highest_out = 0, claims = 0;
                for (size_t r = 0; r < p.owners.rows; r++) {
                        claims += p.claimed[2][r] > 0;
                        if (p.w->tables[2].fen[r]) {
                                in++;
                                lowest_in = p.claimed[2][r] < lowest_in ? p.claimed[2][r] : lowest_in;
                        } else if (p.claimed[2][r] > highest_out) {
                                highest_out = p.claimed[2][r];
                        }
                }
                assert_true(ties == PACK_TIES_BY_KEY ? lowest_in >= highest_out : lowest_in > highest_out);
                if (claims <= places)
                        assert_int_equal(in, claims);
                else if (ties == PACK_TIES_ALL)
                        assert_true(in >= places);
                else if (ties == PACK_TIES_NONE)
                        assert_true(in <= places);
                else
                        assert_int_equal(in, places);
                chains_hold(&p);
                done(&p);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pro_rata_adds_up_to_the_budget_to_the_fen),
                cmocka_unit_test(another_claim_never_raises_anybody_under_pro_rata),
                cmocka_unit_test(rank_and_queue_keep_within_the_budget),
                cmocka_unit_test(exclusive_groups_pay_once_and_the_highest),
                cmocka_unit_test(sets_are_capped_and_the_later_is_cut),
                cmocka_unit_test(caps_of_a_firm_hold_over_its_records),
                cmocka_unit_test(quotas_take_the_highest),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
