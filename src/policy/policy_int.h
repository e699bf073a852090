/* policy_int.h -- private to the room: columns (columns.c), rows (row.c), everything at once (compute.c), and what one
 * takes from another (resolve.c). */
#ifndef KC_POLICY_POLICY_INT_H
#define KC_POLICY_POLICY_INT_H

#include "policy/policy.h"

/* Parameters as of a day, and each corner of what ranged ones may be. */
typedef struct PolicyVintage {
        Date day;
        FeelValue *parameters;          /* by policy->parameters, what-ifs applied */
        FeelValue **corners;
        size_t corner_count;
} PolicyVintage;

enum { POLICY_VINTAGES_MAX = 200, POLICY_NO_VINTAGE = 255 };

/* A policy ready to be evaluated for the rows of its beneficiary register. */
typedef struct PolicyPlan {
        const PackPolicy *policy;
        const DmnModel *model;          /* the policy's own, or a what-if's */
        const DmnDecision *decision;
        const RegisterTable *owners;
        FeelColumn *columns;            /* by policy->inputs, one value a row */
        FeelColumn *typed;              /* the same for evaluation: values of one kind as a typed column */
        PolicyVintage vintages[POLICY_VINTAGES_MAX];
        size_t vintage_count;
        uint8_t *vintage;               /* by row; NULL: the first is everybody's; POLICY_NO_VINTAGE: not in force
                                           on its day, its day is of another year, or not known */
        int32_t year;                   /* that is computed */
        size_t *slot_input;             /* by model slot: index into inputs, or SIZE_MAX */
        size_t *slot_parameter;         /* by model slot: index into parameters, or SIZE_MAX */
        size_t slots;
        size_t amount_output;           /* of the decision */
        Map *paid_before;               /* by firm: fen paid in other years; NULL: no cap asks for it */
} PolicyPlan;

/* A cut that came from others, in words only when asked. */
typedef enum PolicyCutKind {
        POLICY_CUT_QUOTA,               /* a: places */
        POLICY_CUT_FIRM,                /* a: the cap, b: 1 over the years */
        POLICY_CUT_EXCLUSIVE,           /* a: index of the table that is paid */
        POLICY_CUT_TOGETHER,            /* a: the most */
        POLICY_CUT_BUDGET               /* a: the budget, b: the claims */
} PolicyCutKind;
typedef struct PolicyJoint {
        PolicyCutKind kind;
        uint32_t next;                  /* + 1; 0: the last */
        int64_t a, b, before, after;
} PolicyJoint;

typedef struct PolicyColumnKept PolicyColumnKept;
struct PolicyWorkPrivate {
        Arena *arena;
        RegisterCache *cache;           /* NULL: the base's */
        const Pack *pack;
        Pack *owned;                    /* of a frozen run whose pack is no longer the city's */
        PolicyAsk ask;
        PolicyJoint *joints;
        size_t joint_count, joint_cap;
        PolicyColumnKept *kept;         /* columns that several policies share */
        uint32_t **firms;               /* by register index: the number of the firm by row */
        size_t firm_count;
        Map firm_numbers;
        StoreTx *tx;                    /* while computing */
        const PolicyWork *base;
};

/* ---- columns.c ---- */
Status policy_plan(PolicyWork *w, const PackPolicy *policy, const RegisterTable *owners, Diag *diag,
                   PolicyPlan **ret) FALLIBLE;
/* The plan of a base with other parameters; its columns are shared where no input asks for a parameter. */
Status policy_replan(PolicyWork *w, const PolicyPlan *base, Diag *diag, PolicyPlan **ret) FALLIBLE;
/* A plan over columns that are there already. */
Status policy_plan_of(PolicyWork *w, const PackPolicy *policy, const RegisterTable *owners, FeelColumn *columns,
                      Diag *diag, PolicyPlan **ret) FALLIBLE;
/* One input over the beneficiaries, in the year of the work. */
Status policy_column(PolicyWork *w, const PackPolicy *policy, const RegisterTable *owners, const PackInput *in,
                     FeelColumn *ret) FALLIBLE;
/* Says which fields of which registers the policy is going to ask, before any of them is loaded. */
Status policy_expect(PolicyWork *w, const PackPolicy *policy) FALLIBLE;
/* Where a record belongs: its parent's key, the key its `firm` field holds, or its own. */
Str policy_firm_key(const PackPolicy *p, const RegisterTable *owners, size_t row);

/* ---- row.c ---- */
/* One row from its inputs, with steps and reason; trace may be NULL.  Joint cuts are not in it. */
typedef struct PolicyRow {
        PolicyOutcome outcome;
        int64_t fen, model_fen;
        bool ranged;
        int64_t least_fen, most_fen;
        const FeelValue *inputs;
        Str reason;
        const Str *missing;
        size_t missing_count;
        PackAmountStep steps[PACK_STEPS_MAX];
        size_t step_count;
} PolicyRow;
Status policy_row(const PolicyPlan *plan, size_t row, FeelExec *x, DmnTrace *trace, Lang lang, Arena *a,
                  PolicyRow *ret) FALLIBLE;
/* The same of inputs that are no columns (a calculator, a frozen run); day: of the parameters. */
Status policy_row_of(const PolicyPlan *plan, const PolicyVintage *v, const FeelValue *inputs, FeelExec *x,
                     DmnTrace *trace, Lang lang, Arena *a, PolicyRow *ret) FALLIBLE;
/* Of a row that is UNKNOWN only because nobody knows its rank. */
Status policy_row_unranked(const PackPolicy *p, Lang lang, Arena *a, PolicyRow *r) FALLIBLE;
Str policy_step_words(const PackPolicy *p, const PackAmountStep *step, const PolicyVintage *v, Lang lang, Arena *a);
Str policy_joint_words(const PolicyJoint *j, const PackPolicy *const *policies, Lang lang, Arena *a);

/* ---- compute.c ---- */
Status policy_work_new(const Pack *pack, const PolicyAsk *ask, size_t max_bytes, PolicyWork **ret) FALLIBLE;
/* Arrays for the answers of a table's rows. */
Status policy_table_arrays(PolicyWork *w, PolicyTable *t) FALLIBLE;
Status policy_evaluate(PolicyWork *w, PolicyTable *t) FALLIBLE;

/* ---- resolve.c ---- */
Status policy_resolve(PolicyWork *w) FALLIBLE;
void policy_count(PolicySum *sum, PolicyOutcome outcome, int64_t fen);
/* "1234.50" */
Str policy_yuan(int64_t fen, Arena *a);
PolicyOutcome policy_outcome_of(Str name);

#endif
