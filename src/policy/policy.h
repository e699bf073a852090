/* policy.h -- who is owed what in a year, why, to the fen; and why not.
 *
 * A policy of the pack is a decision model over inputs from the registers.  A
 * computation takes every record of the beneficiary register, evaluates the
 * model, and resolves what policies do to each other, in this order:
 *
 *   1. the model's amount, rounded as the policy says; below its floor nothing is paid;
 *   2. caps per beneficiary (and year);
 *   3. exclusive groups: the highest alone is paid, the first in the pack's order when equal;
 *   4. the budget: pro rata (largest remainders, so that the parts add up to the budget to
 *      the fen), by rank of amounts, or first come (by key).
 *
 * Each step that takes something away leaves a cut: which rule, before, after.
 * An input nobody has reported makes the answer UNKNOWN when it could change it, and the
 * beneficiary is told which fields are missing; it is never taken as zero.
 *
 *     PolicyResult r;
 *     TRY(policy_compute(tx, pack, &(PolicyAsk){ .year = 2021 }, arena, diag, &r));
 *     for (size_t i = 0; i < r.count; i++) use(&r.items[i]);
 *
 * A run freezes a computation: entitlements with their inputs, and a hash over all of
 * it; computing the same again from the same data gives the same hash.
 */
#ifndef KC_POLICY_POLICY_H
#define KC_POLICY_POLICY_H

#include "dmn/dmn.h"
#include "register/explain.h"
#include "register/register.h"

Status policy_tables(StoreTx *tx) FALLIBLE;

typedef enum PolicyOutcome { POLICY_ELIGIBLE, POLICY_NOT_ELIGIBLE, POLICY_UNKNOWN } PolicyOutcome;
/* "eligible", "not_eligible", "unknown" */
const char *policy_outcome_name(PolicyOutcome o);

typedef struct PolicyCut {
        Str rule;                       /* words */
        int64_t before, after;          /* fen */
} PolicyCut;

typedef struct PolicyEntitlement {
        const PackPolicy *policy;
        Str key, name;
        Str unit;                       /* code; empty: nowhere */
        PolicyOutcome outcome;
        int64_t fen;                    /* to be paid; 0 unless eligible */
        int64_t computed_fen;           /* before caps, exclusion and budget */
        Str reason;                     /* the clause or rule that gave it, or that failed with the value */
        const Str *missing;             /* UNKNOWN: names of what is missing */
        size_t missing_count;
        PolicyCut *cuts;
        size_t cut_count;
        const FeelValue *inputs;        /* by policy->inputs */
} PolicyEntitlement;

typedef struct PolicySum {
        int64_t eligible, not_eligible, unknown, fen;
} PolicySum;

/* A parameter's value changed for a what-if. */
typedef struct PolicyOverride {
        const PackPolicy *policy;
        Str name;
        Dec value;
} PolicyOverride;

typedef struct PolicyAsk {
        const PackPolicy *const *policies;      /* NULL: all of the pack in force in the year */
        size_t policy_count;
        int32_t year;
        Str key;                                /* one beneficiary alone (no exclusion by others' budgets); none: all */
        const PolicyOverride *overrides;
        size_t override_count;
        Lang lang;
        bool no_reasons;                        /* leave out the reasons of those not eligible (what-if) */
} PolicyAsk;

typedef struct PolicyResult {
        PolicyEntitlement *items;       /* by policy as asked, then by key */
        size_t count;
        PolicySum *sums;                /* by policy */
        const PackPolicy *const *policies;
        size_t policy_count;
} PolicyResult;

/* Policies that pay and are in force in the year, in the pack's order.  Estimates and recognitions are computed when
 * they are asked for by name: they answer yes or no (an estimate with computed_fen) and pay nothing. */
Status policy_in_force(const Pack *pack, int32_t year, Arena *a, const PackPolicy *const **ret, size_t *ret_count) FALLIBLE;
Status policy_compute(StoreTx *tx, const Pack *pack, const PolicyAsk *ask, Arena *a, Diag *diag, PolicyResult *ret) FALLIBLE;

/* One beneficiary and one policy, with the whole explanation.  ST_NOT_FOUND: no such beneficiary. */
Status policy_check(StoreTx *tx, const Pack *pack, const PackPolicy *policy, Str key, int32_t year, Lang lang, Arena *a,
                    Diag *diag, PolicyEntitlement *ret, Explanation **ret_why) FALLIBLE;

/* ---- runs ---- */

typedef struct PolicyRun {
        int64_t id, year, event;
        Str at, actor, hash;
        const PackPolicy **policies;    /* NULL entries: no longer in the pack */
        Str *names;
        PolicySum *sums;
        size_t policy_count;
} PolicyRun;

/* Computes and freezes in one transaction. */
Status policy_run(Store *store, const Pack *pack, const PolicyAsk *ask, Str actor, Str on_behalf, Arena *a, Diag *diag,
                  PolicyRun *ret) FALLIBLE;
/* Newest first. */
Status policy_runs(StoreTx *tx, const Pack *pack, Arena *a, PolicyRun **ret, size_t *ret_count) FALLIBLE;
/* id 0: the newest.  ST_NOT_FOUND. */
Status policy_run_get(StoreTx *tx, const Pack *pack, int64_t id, Arena *a, PolicyRun *ret) FALLIBLE;

typedef struct PolicyRunFilter {
        const PackUnit *within;         /* NULL: all */
        Str policy;                     /* name; none: all */
        const PolicyOutcome *outcome;   /* NULL: all */
        Str words;                      /* part of key or name */
        int64_t offset, limit;
} PolicyRunFilter;

/* Frozen entitlements; inputs are not loaded.  Ordered: eligible by amount, then unknown, then the others, by key. */
Status policy_run_items(StoreTx *tx, const Pack *pack, int64_t run, const PolicyRunFilter *f, Arena *a,
                        PolicyEntitlement **ret, size_t *ret_count, int64_t *ret_total) FALLIBLE;
typedef struct PolicyUnitSum {
        const PackUnit *unit;
        Str policy;
        PolicySum sum;
} PolicyUnitSum;
Status policy_run_by_unit(StoreTx *tx, const Pack *pack, int64_t run, const PackUnit *within, Arena *a, PolicyUnitSum **ret, size_t *ret_count) FALLIBLE;
/* The roster as a workbook: one sheet of those to be paid, one of those with fields missing, one of the others. */
Status policy_roster(StoreTx *tx, const Pack *pack, int64_t run, const PackUnit *within, const char *path, Lang lang, Diag *diag) FALLIBLE;

/* ---- for expressions of other rooms ---- */

/* Adds, answering from the newest run of the year:
 *   entitlements(year)              list of {policy, title, key, name, unit, amount, reason} of those to be paid
 *   entitled amount(policy, year)   yuan in all, or null without a run */
typedef struct PolicyLibrary {
        StoreTx *tx;
        const Pack *pack;
} PolicyLibrary;
Status policy_feel_library(PolicyLibrary *context, FeelLibrary *library) FALLIBLE;

#endif
