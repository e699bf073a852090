/* budget.h -- the time that compiling one text may take (private).
 *
 * Whatever loops while a text becomes a program accounts for its work here; the
 * clock is looked at once in a few thousand pieces.  Each stage ends with
 * ST_TIMEOUT when the time is over, and compile.c tells the user.
 */
#ifndef KC_FEEL_BUDGET_H
#define KC_FEEL_BUDGET_H

#include "base/date.h"

#define BUDGET_LOOK 4096u

typedef struct CompileBudget {
        uint64_t work, next_look;
        uint64_t deadline;              /* clock_mono_ns */
} CompileBudget;

static inline CompileBudget feel_budget(uint64_t max_ns)
{
        return (CompileBudget){ .next_look = BUDGET_LOOK, .deadline = clock_mono_ns() + max_ns };
}

/* n pieces of work; true: the time is over. */
static inline bool feel_budget_over(CompileBudget *b, uint64_t n)
{
        b->work += n;
        if (b->work < b->next_look)
                return false;
        b->next_look = b->work + BUDGET_LOOK;
        return clock_mono_ns() >= b->deadline;
}

#endif
