/* vec.h -- typed growing arrays on the heap.
 *
 *     VEC_DECLARE(IntVec, int);
 *     IntVec v = {0};
 *     if (!VEC_PUSH(&v, 42, 1000)) return ST_NOMEM;   // at most 1000 items
 *     VEC_RELEASE(&v);
 */
#ifndef KC_BASE_VEC_H
#define KC_BASE_VEC_H

#include <stdbool.h>

#include "base/mem.h"

#define VEC_DECLARE(Name, Type) \
        typedef struct Name {   \
                Type *data;     \
                size_t len;     \
                size_t cap;     \
        } Name

bool vec_reserve_(void **data, size_t *cap, size_t need, size_t item, size_t max);

/* Room for need items in all; false: no memory or need > max. */
#define VEC_RESERVE(v, need, max)                                                               \
        ((need) <= (v)->cap && (need) <= (max)                                                   \
                 ? true                                                                          \
                 : vec_reserve_((void **)&(v)->data, &(v)->cap, (need), sizeof(*(v)->data), (max)))
#define VEC_PUSH(v, item, max) \
        (VEC_RESERVE((v), (v)->len + 1, (max)) ? ((v)->data[(v)->len++] = (item), true) : false)
#define VEC_RELEASE(v)                                       \
        do {                                                 \
                mem_free((v)->data);                         \
                (v)->data = NULL;                            \
                (v)->len = (v)->cap = 0;                     \
        } while (0)

#endif
