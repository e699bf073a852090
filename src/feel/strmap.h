/* strmap.h -- text to pointer inside an arena: nothing to release.
 *
 * base/map.h lives on the heap; the objects of this room live in arenas and have
 * no destructors, so their tables do too.  Keys are not copied. Seeded hash.
 */
#ifndef KC_FEEL_STRMAP_H
#define KC_FEEL_STRMAP_H

#include "base/arena.h"
#include "base/status.h"

typedef struct StrMapItem {
        Str key;                /* ptr NULL: free */
        void *value;
} StrMapItem;

typedef struct StrMap {
        Arena *arena;
        StrMapItem *items;      /* open addressing; size is a power of two */
        size_t size, len;
} StrMap;

#define STRMAP_INIT(a) ((StrMap){ .arena = (a) })

void *strmap_get(const StrMap *m, Str key);
/* Adds or replaces.  ST_NOMEM. */
Status strmap_put(StrMap *m, Str key, void *value) FALLIBLE;
/* Another value (also NULL) for a key that is there. */
void strmap_replace(StrMap *m, Str key, void *value);

#endif
