/* policy.h -- who is owed what in a year, why, to the fen; and why not.
 *
 * A policy of the pack is a decision model over inputs from the registers.  A computation takes every record of the
 * beneficiary register, evaluates the model over columns, and resolves what policies do to each other, in this order:
 *
 *   1. one record (pack/amount.h): blocks, the model's amount, adjustments, rounding, caps of one record, the floor;
 *   2. quotas: so many places, ranked by a figure;
 *   3. caps of a firm over its records and over the years (what was paid before counts);
 *   4. exclusive groups: the highest alone is paid, the first in the pack's order when equal;
 *   5. sets of policies that may be had together up to an amount: the later in the pack's order is cut;
 *   6. the budget: pro rata (one rate for all, to the nearest fen, the parts adding up to the budget exactly; another
 *      claim never raises anybody's), by rank of amounts, or first come (by day, then by key).
 *
 * Each step that takes something away leaves a cut: which rule, before, after.  An input nobody has reported makes
 * the answer UNKNOWN when it could change it, and the beneficiary is told which fields are missing; it is never taken
 * as zero.  A parameter the text only bounds makes it UNKNOWN too, with the least and the most it can be.
 *
 * Policies go by a day: the last of the assessment year, or (`by: application day`, `renewal`) a day of each record,
 * or the day asked for.  The parameters are those of that day; a policy that is superseded ends the day before.
 *
 *     PolicyWork *work;
 *     TRY(policy_compute(tx, pack, &(PolicyAsk){ .year = 2021 }, diag, &work));
 *     for (size_t r = 0; r < work->tables[0].rows; r++)
 *             TRY(policy_entitlement(work, 0, r, LANG_ZH, arena, &e));         // reason, missing fields, cuts
 *     policy_work_free(work);
 *
 * Reasons are made when they are asked for, from the row's inputs: they are those of the model, exactly.
 *
 * A run freezes a computation: inputs, answers and cuts as columns, the pack they were computed with, and a hash over
 * all of it; computing the same again from the same data gives the same hash.
 */
#ifndef KC_POLICY_POLICY_H
#define KC_POLICY_POLICY_H

#include "dmn/dmn.h"
#include "pack/amount.h"
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
        Str firm;                       /* key of the firm the record belongs to; its own when it is one */
        Str unit;                       /* code; empty: nowhere */
        PolicyOutcome outcome;
        int64_t fen;                    /* to be paid; 0 unless eligible */
        int64_t computed_fen;           /* what the model says, before adjustments, caps, exclusion and budget */
        bool ranged;                    /* UNKNOWN because the text only bounds it: between these */
        int64_t least_fen, most_fen;
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

/* For a what-if: a parameter's value changed, or (model not NULL, no name) the whole decision model, one that fits the
 * policy (pack_policy_model_fits) and outlives the work. */
typedef struct PolicyOverride {
        const PackPolicy *policy;
        Str name;
        Dec value;
        const DmnModel *model;
} PolicyOverride;

typedef struct PolicyAsk {
        const PackPolicy *const *policies;      /* NULL: all of the pack in force in the year */
        size_t policy_count;
        int32_t year;
        Date on; /* the day of policies that go by one, where a record has none of its own;
                                                   none: the last of the year */
        Str key;                                /* one beneficiary alone (no quotas and budgets); none: all */
        const PolicyOverride *overrides;
        size_t override_count;
} PolicyAsk;

/* One policy over the rows of its beneficiary register. */
typedef struct PolicyTable {
        const PackPolicy *policy;
        const RegisterTable *owners;
        size_t rows;
        uint8_t *outcome;                       /* PolicyOutcome, by row */
        int64_t *fen, *model_fen;
        uint32_t *cut;                          /* first of the row's cuts by others + 1; 0: none */
        PolicySum sum;
        struct PolicyPlan *plan;
        size_t scalar_rows;                     /* evaluated one by one */
        size_t unanswered, unanswered_row;      /* the model gave null: how many, the first */
} PolicyTable;

typedef struct PolicyWork PolicyWork;
struct PolicyWork {
        PolicyTable *tables;                    /* by policy as asked, or in the pack's order */
        size_t count;
        int32_t year;
        int64_t load_ns, evaluate_ns, resolve_ns;
        struct PolicyWorkPrivate *own;
};

/* Policies that pay and are in force in the year, in the pack's order.  Of one that goes by the assessment year and one
 * that supersedes it in that year, the later.  Estimates and recognitions are computed when they are asked for by name:
 * they answer yes or no (an estimate with computed_fen) and pay nothing. */
Status policy_in_force(const Pack *pack, int32_t year, Arena *a, const PackPolicy *const **ret,
                       size_t *ret_count) FALLIBLE;
Status policy_compute(StoreTx *tx, const Pack *pack, const PolicyAsk *ask, Diag *diag, PolicyWork **ret) FALLIBLE;
/* The same with parameters or models changed, over the columns of base: only what they touch is evaluated again.  base
 * must outlive it. */
Status policy_change(PolicyWork *base, const PolicyOverride *overrides, size_t n, Diag *diag,
                     PolicyWork **ret) FALLIBLE;
void policy_work_free(PolicyWork *w);
DEFINE_CLEANUP(PolicyWork *, policy_work_free)
#define _cleanup_policy_work_ _cleanup_(policy_work_freep)
/* The row in words.  Everything lives in the arena. */
Status policy_entitlement(PolicyWork *w, size_t table, size_t row, Lang lang, Arena *a,
                          PolicyEntitlement *ret) FALLIBLE;

/* One beneficiary and one policy, with the whole explanation.  ST_NOT_FOUND: no such beneficiary. */
Status policy_check(StoreTx *tx, const Pack *pack, const PackPolicy *policy, Str key, int32_t year, Lang lang, Arena *a,
                    Diag *diag, PolicyEntitlement *ret, Explanation **ret_why) FALLIBLE;

/* ---- runs ---- */

typedef struct PolicyRun {
        int64_t id, year, event;
        Str at, actor, hash;
        Str pack_hash;                  /* of the definitions it was computed with */
        Date on;                        /* none: the last of the year */
        const PackPolicy **policies;    /* NULL entries: no longer in the pack */
        Str *names;
        PolicySum *sums;
        size_t policy_count;
        int64_t load_ns, evaluate_ns, resolve_ns, write_ns;     /* of policy_run */
        int64_t scalar_rows;            /* evaluated one by one, not over columns */
} PolicyRun;

/* Computes and freezes in one transaction. */
Status policy_run(Store *store, const Pack *pack, const PolicyAsk *ask, Str actor, Str on_behalf, Arena *a, Diag *diag,
                  PolicyRun *ret) FALLIBLE;
/* A frozen run computed again from the inputs and rules that were frozen with it; writes nothing.  hash and again are the
 * same as long as the program answers as it did. */
typedef struct PolicyRerun {
        int64_t run, different;         /* answers that are others now */
        Str hash, again;
} PolicyRerun;
Status policy_rerun(StoreTx *tx, const Pack *pack, int64_t id, Arena *a, Diag *diag, PolicyRerun *ret) FALLIBLE;
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
        Lang lang;
} PolicyRunFilter;

/* Frozen entitlements in words, with the rules of their time; inputs are left out.  Ordered: eligible by amount, then
 * unknown, then the others, by policy and key. */
Status policy_run_items(StoreTx *tx, const Pack *pack, int64_t run, const PolicyRunFilter *f, Arena *a, Diag *diag,
                        PolicyEntitlement **ret, size_t *ret_count, int64_t *ret_total) FALLIBLE;
typedef struct PolicyUnitSum {
        const PackUnit *unit;
        Str policy;
        PolicySum sum;
} PolicyUnitSum;
Status policy_run_by_unit(StoreTx *tx, const Pack *pack, int64_t run, const PackUnit *within, Arena *a,
                          PolicyUnitSum **ret, size_t *ret_count) FALLIBLE;
/* What two runs of the same policies say of one beneficiary differently. */
typedef struct PolicyChange {
        Str policy, key, name, unit;
        PolicyOutcome before, after;
        int64_t before_fen, after_fen;
} PolicyChange;
/* By policy, then by how much, then by key; at most limit of them, all counted. */
Status policy_diff(StoreTx *tx, const Pack *pack, int64_t before, int64_t after, int64_t limit, Arena *a, Diag *diag,
                   PolicyChange **ret, size_t *ret_count, int64_t *ret_total) FALLIBLE;
/* The roster as a workbook: one sheet of those to be paid, one of those with fields missing, one of the others. */
Status policy_roster(StoreTx *tx, const Pack *pack, int64_t run, const PackUnit *within, const char *path, Lang lang,
                     Diag *diag) FALLIBLE;

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
