/* builtins_int.h -- small things the files of built-in functions share. */
#ifndef KC_FEEL_BUILTINS_INT_H
#define KC_FEEL_BUILTINS_INT_H

#include "feel/feel_int.h"

/* The whole part of a number (towards zero), as positions and scales are read:
 * substring("foobar", 3, 3.8) takes three.  false: not in 64 bits. */
bool feel_whole(Dec n, int64_t *ret);
/* A position as FEEL counts: 1 is the first of len, -1 the last.  *ret is 0-based.
 * false: 0, or beyond the ends. */
bool feel_position(Dec n, size_t len, size_t *ret);

/* The items of sum([1, 2]) and of sum(1, 2). */
typedef struct FeelItems {
        const FeelValue *at;
        size_t len;
} FeelItems;
static inline FeelItems feel_items(const FeelValue *args, size_t nargs)
{
        if (nargs == 1 && args[0].kind == FEEL_LIST)
                return (FeelItems){ args[0].list.items, args[0].list.len };
        return (FeelItems){ args, nargs };
}

/* Every code point in upper or lower case (Unicode's full mapping: ß becomes SS). */
void feel_upper_case(Str s, Buf *out);
void feel_lower_case(Str s, Buf *out);

#endif
