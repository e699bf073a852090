/* fuzz.h -- what a fuzz target is.
 *
 * fuzz/fuzz_NAME.c defines fuzz_one and nothing else that is public.  It takes any
 * bytes, drives one stage of the program with them and checks what must hold for
 * every input with FUZZ_ASSERT; crashes, leaks, overruns and undefined behaviour
 * are the sanitizers' part.  It keeps nothing between calls and is deterministic.
 * Limits are those of production or smaller, so that every call ends in
 * milliseconds.
 *
 *     #include "fuzz/fuzz.h"
 *     #include "codec/json.h"
 *
 *     void fuzz_one(Str input)
 *     {
 *             _cleanup_arena_ Arena *a = arena_new(1 << 20);
 *             Json *root;
 *             if (json_parse(a, input, "fuzz", NULL, NULL, &root) == ST_OK)
 *                     FUZZ_ASSERT(root != NULL);
 *     }
 *
 * HACKING.md says how targets are built, run and replayed.
 */
#ifndef KC_FUZZ_FUZZ_H
#define KC_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

void fuzz_one(Str input);

#define FUZZ_ASSERT(condition)                                                                   \
        do {                                                                                     \
                if (!(condition)) {                                                              \
                        fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
                        abort();                                                                 \
                }                                                                                \
        } while (0)

/* Takes a fixed number of bytes off the front of the input; zeros when it is too short. */
static inline void fuzz_take(Str *input, void *out, size_t n)
{
        size_t have = input->len < n ? input->len : n;
        memset(out, 0, n);
        if (have)
                memcpy(out, input->ptr, have);
        *input = str_n(input->ptr + have, input->len - have);
}

#endif
