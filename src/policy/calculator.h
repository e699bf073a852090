/* calculator.h -- a policy over figures that somebody types in: nothing is read from the registers, nothing is kept. */
#ifndef KC_POLICY_CALCULATOR_H
#define KC_POLICY_CALCULATOR_H

#include "policy/policy.h"

typedef enum CalculatorType { CALCULATOR_NUMBER, CALCULATOR_TEXT, CALCULATOR_DATE, CALCULATOR_BOOLEAN } CalculatorType;
/* What an input of a policy is typed as. */
CalculatorType policy_figure_type(const PackPolicy *p, size_t input);

/* 1200万元, 35%, 12 人: the number in its base measure; false: no such figure. */
bool policy_figure_read(Str text, Dec *ret);

/* The text of a figure by the input's name; STR_NONE: not given. */
typedef Str (*CalculatorFigure)(void *ctx, const PackPolicy *p, const PackInput *in);
/* ST_INVALID: a text that is no such figure, named in the Diag.  What is not given is unknown; blocks that are not given
 * do not hold. */
Status policy_calculate(const Pack *pack, const PackPolicy *p, int32_t year, CalculatorFigure figure, void *ctx,
                        Lang lang, Arena *a, Diag *diag, PolicyEntitlement *ret) FALLIBLE;

#endif
