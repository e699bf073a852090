/* suggest.h -- "did you mean …?": the one of many names that is nearest to a wrong one (private).
 *
 *     Suggestion s;
 *     feel_suggest_begin(&s, wanted);
 *     for (…) feel_suggest(&s, known[i]);
 *     if (s.name.ptr) …
 */
#ifndef KC_FEEL_SUGGEST_H
#define KC_FEEL_SUGGEST_H

#include "base/str.h"

#define SUGGEST_MAX 64          /* longer names are not compared */

typedef struct Suggestion {
        Str name;                       /* the nearest so far; ptr NULL: none is near enough */
        size_t distance;                /* edits less than this are near */
        uint32_t wanted[SUGGEST_MAX];
        size_t chars;                   /* of wanted; 0: nothing to compare */
} Suggestion;

void feel_suggest_begin(Suggestion *s, Str wanted);
void feel_suggest(Suggestion *s, Str name);

#endif
