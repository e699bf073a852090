#include "base/map.h"

#include <sys/random.h>

static uint64_t seed(void)
{
        static uint64_t value;      /* a race writes some seed twice; maps made before keep their hashes in items */
        uint64_t v = __atomic_load_n(&value, __ATOMIC_RELAXED);
        if (v)
                return v;
        if (getrandom(&v, sizeof(v), GRND_NONBLOCK) != (ssize_t)sizeof(v))
                v = 0x9e3779b97f4a7c15ULL;
        v |= 1;
        uint64_t none = 0;
        if (!__atomic_compare_exchange_n(&value, &none, v, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
                v = none;
        return v;
}

static uint64_t hash_key(Str key)
{
        uint64_t h = (str_hash(key) ^ seed()) * 0x9e3779b97f4a7c15ULL;
        return h ^ h >> 32;
}

void map_release(Map *m)
{
        mem_free(m->items);
        mem_free(m->slots);
        *m = MAP_INIT(m->max);
}

static size_t find_slot(const Map *m, Str key, uint64_t hash)
{
        size_t mask = m->slot_count - 1;
        for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
                uint32_t at = m->slots[i];
                if (at == 0 || (m->items[at - 1].hash == hash && str_eq(m->items[at - 1].key, key)))
                        return i;
        }
}

size_t map_index(const Map *m, Str key)
{
        if (m->slot_count == 0)
                return SIZE_MAX;
        uint32_t at = m->slots[find_slot(m, key, hash_key(key))];
        return at ? at - 1 : SIZE_MAX;
}

void *map_get(const Map *m, Str key)
{
        size_t i = map_index(m, key);
        return i == SIZE_MAX ? NULL : m->items[i].value;
}

static Status grow(Map *m)
{
        if (m->len >= m->max || m->len >= UINT32_MAX - 1)
                return ST_LIMIT;
        if (m->len == m->cap) {
                size_t cap = m->cap ? m->cap * 2 : 8;
                MapItem *items = mem_realloc_array(m->items, cap, sizeof(*items));
                if (!items)
                        return ST_NOMEM;
                m->items = items;
                m->cap = cap;
        }
        if ((m->len + 1) * 4 > m->slot_count * 3) {
                size_t count = m->slot_count ? m->slot_count * 2 : 16;
                uint32_t *slots = mem_calloc(count, sizeof(*slots));
                if (!slots)
                        return ST_NOMEM;
                mem_free(m->slots);
                m->slots = slots;
                m->slot_count = count;
                for (size_t i = 0; i < m->len; i++)
                        m->slots[find_slot(m, m->items[i].key, m->items[i].hash)] = (uint32_t)i + 1;
        }
        return ST_OK;
}

static Status put(Map *m, Str key, void *value, bool replace)
{
        size_t i = map_index(m, key);
        if (i != SIZE_MAX) {
                if (!replace)
                        return ST_EXISTS;
                m->items[i].value = value;
                return ST_OK;
        }
        TRY(grow(m));
        uint64_t hash = hash_key(key);
        m->items[m->len] = (MapItem){ key, value, hash };
        m->slots[find_slot(m, key, hash)] = (uint32_t)++m->len;
        return ST_OK;
}

Status map_put(Map *m, Str key, void *value) { return put(m, key, value, true); }
Status map_add(Map *m, Str key, void *value) { return put(m, key, value, false); }
