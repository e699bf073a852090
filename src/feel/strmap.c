#include "feel/strmap.h"

static size_t find(const StrMapItem *items, size_t size, Str key)
{
        size_t i = (size_t)str_hash(key) & (size - 1);
        while (items[i].key.ptr && !str_eq(items[i].key, key))
                i = (i + 1) & (size - 1);
        return i;
}

void *strmap_get(const StrMap *m, Str key)
{
        if (m->len == 0)
                return NULL;
        return m->items[find(m->items, m->size, key)].value;
}

static Status grow(StrMap *m)
{
        size_t size = m->size ? m->size * 2 : 16;
        StrMapItem *items = arena_array_of(m->arena, StrMapItem, size);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < m->size; i++)
                if (m->items[i].key.ptr)
                        items[find(items, size, m->items[i].key)] = m->items[i];
        m->items = items;
        m->size = size;
        return ST_OK;
}

Status strmap_put(StrMap *m, Str key, void *value)
{
        if (key.ptr == NULL)
                key.ptr = "";
        if (m->len * 4 >= m->size * 3)
                TRY(grow(m));
        size_t i = find(m->items, m->size, key);
        if (!m->items[i].key.ptr)
                m->len++;
        m->items[i] = (StrMapItem){ key, value };
        return ST_OK;
}

void strmap_replace(StrMap *m, Str key, void *value)
{
        StrMapItem *item = m->size ? &m->items[find(m->items, m->size, key)] : NULL;
        if (item && item->key.ptr)
                item->value = value;
}
