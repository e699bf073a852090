/* map.h -- text to pointer, hashed, with a maximum; iteration in insertion order.
 *
 * Keys are not copied: they must outlive the map (usually both live in one
 * arena).  The hash is seeded per process, so that hostile keys cannot be
 * chosen to collide.
 *
 *     Map m = MAP_INIT(10000);
 *     TRY(map_put(&m, STR("gdp"), indicator));
 *     Indicator *i = map_get(&m, STR("gdp"));
 *     for (size_t k = 0; k < m.len; k++) use(m.items[k].key, m.items[k].value);
 *     map_release(&m);
 */
#ifndef KC_BASE_MAP_H
#define KC_BASE_MAP_H

#include "base/mem.h"
#include "base/status.h"
#include "base/str.h"

typedef struct MapItem {
        Str key;
        void *value;
        uint64_t hash;
} MapItem;

typedef struct Map {
        MapItem *items;     /* in insertion order */
        size_t len;
        size_t cap;
        uint32_t *slots;    /* index + 1, 0 empty; open addressing */
        size_t slot_count;
        size_t max;
} Map;

#define MAP_INIT(max_items) ((Map){ .max = (max_items) })

void map_release(Map *m);
#define _cleanup_map_ _cleanup_(map_release)
/* NULL: not there. */
void *map_get(const Map *m, Str key);
/* Position in items, or SIZE_MAX. */
size_t map_index(const Map *m, Str key);
/* Adds or replaces.  ST_NOMEM, ST_LIMIT. */
Status map_put(Map *m, Str key, void *value) FALLIBLE;
/* ST_EXISTS when the key is there already. */
Status map_add(Map *m, Str key, void *value) FALLIBLE;

#endif
