/* policy_int.h -- private to the room: what compute.c makes and resolve.c cuts. */
#ifndef KC_POLICY_POLICY_INT_H
#define KC_POLICY_POLICY_INT_H

#include "policy/policy.h"

/* A policy ready to be evaluated for the rows of its beneficiary register. */
typedef struct PolicyPlan {
        const PackPolicy *policy;
        const DmnDecision *decision;
        const RegisterTable *owners;
        FeelColumn *columns;            /* by policy->inputs, one value a row */
        FeelValue *parameters;          /* by policy->parameters, overrides applied */
        size_t *slot_input;             /* by model slot: index into inputs, or SIZE_MAX */
        size_t *slot_parameter;         /* by model slot: index into parameters, or SIZE_MAX */
        size_t slots;
} PolicyPlan;

Status policy_plan(RegisterCache *cache, const PolicyAsk *ask, const PackPolicy *policy, const RegisterTable *owners,
                   Arena *a, Diag *diag, PolicyPlan *ret) FALLIBLE;
/* Inputs of one row, and the answer; trace may be NULL.  Outcome, computed_fen, reason, missing of *e are set. */
Status policy_evaluate(const PolicyPlan *plan, size_t row, FeelExec *x, DmnTrace *trace, bool want_reason, Lang lang,
                       Arena *a, PolicyEntitlement *e) FALLIBLE;
/* Caps, exclusive groups, budgets; sums. */
Status policy_resolve(PolicyResult *r, const PolicyAsk *ask, Arena *a) FALLIBLE;
/* Adds to a sum what an entitlement is. */
void policy_count(PolicySum *sum, const PolicyEntitlement *e);
/* "1234.50" */
Str policy_yuan(int64_t fen, Arena *a);
PolicyOutcome policy_outcome_of(Str name);

#endif
