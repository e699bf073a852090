/* amount.h -- from what a policy's decision says to what one record is paid, before others come into it.
 *
 * The order is the same for a case of the pack and for a run over everybody:
 *
 *   1. blocks: one that holds, and nothing is paid; one that is unknown makes the answer unknown;
 *   2. adjustments in the order written (of a group only the one that gives most);
 *   3. rounding;
 *   4. the caps of one record (a cap that is no multiple of the rounding is taken down to one);
 *   5. the floor: less is not paid.
 *
 * Every step that changes the amount is told, with the amount before and after.
 */
#ifndef KC_PACK_AMOUNT_H
#define KC_PACK_AMOUNT_H

#include "pack/pack.h"

typedef enum PackStepKind { PACK_STEP_ADJUST, PACK_STEP_CAP, PACK_STEP_FLOOR } PackStepKind;
typedef struct PackAmountStep {
        PackStepKind kind;
        size_t index;                   /* into adjusts or caps */
        int64_t before, after;          /* fen */
} PackAmountStep;

typedef enum PackAnswer {
        PACK_ANSWER_PAID,
        PACK_ANSWER_NOTHING,            /* the model gives nothing, or it is below the floor */
        PACK_ANSWER_BLOCKED,            /* block: the input that says so */
        PACK_ANSWER_UNKNOWN             /* unknown: the inputs that are missing */
} PackAnswer;

enum { PACK_STEPS_MAX = 41, PACK_UNKNOWN_MAX = 40 };
typedef struct PackAmount {
        PackAnswer answer;
        size_t block;
        size_t unknown[PACK_UNKNOWN_MAX];
        size_t unknown_count;
        int64_t model_fen;              /* what the model says, rounded */
        int64_t fen;
        PackAmountStep steps[PACK_STEPS_MAX];
        size_t step_count;
        bool reached[20];               /* by cap: the amount came up to it */
} PackAmount;

/* inputs by policy->inputs, parameters by policy->parameters (numbers), result: the decision's context, or NULL.
 * ST_INVALID: the amount is negative, not finite, or beyond int64. */
Status pack_policy_amount(const PackPolicy *p, Dec yuan, const FeelValue *inputs, const FeelValue *parameters,
                          const FeelValue *result, PackAmount *ret) FALLIBLE;

/* Does a block hold, whatever the model says?  *ret_input: the first that does. */
bool pack_policy_blocked(const PackPolicy *p, const FeelValue *inputs, size_t *ret_input);

/* The amount of cap i in fen under these parameters; false: not known (a tier the result does not give). */
bool pack_policy_cap(const PackPolicy *p, size_t i, const FeelValue *parameters, const FeelValue *result,
                     int64_t *ret_fen);
int64_t pack_policy_budget(const PackPolicy *p, const FeelValue *parameters);

/* The parameters on a day: numbers, or UNKNOWN where no version is in force. */
Status pack_policy_parameters(const PackPolicy *p, Date day, Arena *a, FeelValue **ret) FALLIBLE;
/* Parameters that are a range on the day, at each corner of what they may be: corner k has bit i of k set where the
 * i-th ranged parameter is at its most.  One corner when nothing is ranged.  parameters: as above, what-ifs applied. */
Status pack_policy_corners(const PackPolicy *p, const FeelValue *parameters, Arena *a, FeelValue ***ret,
                           size_t *ret_count) FALLIBLE;
/* true, or a number above 0; anything else does not hold.  *ret_unknown: it is UNKNOWN or null. */
bool pack_input_holds(const FeelValue *v, bool *ret_unknown);

#endif
