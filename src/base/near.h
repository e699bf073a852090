/* near.h -- "did you mean …?": the known word nearest to a mistyped one. */
#ifndef KC_BASE_NEAR_H
#define KC_BASE_NEAR_H

#include "base/str.h"

/* Edits between two words (insert, delete, replace, swap neighbours), in code
 * points; words beyond 64 code points count as far away (SIZE_MAX). */
size_t near_distance(Str a, Str b);

/* Keeps the best so far: start with { .word = … }, offer every candidate, take best
 * (ptr NULL when nothing is near: more than a third of the letters differ). */
typedef struct Near {
        Str word;
        Str best;
        size_t distance;
} Near;
void near_offer(Near *n, Str candidate);

#endif
