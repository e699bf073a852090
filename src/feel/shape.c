/* shape.c -- the keys of contexts, unknowns, copies: values that hold others. */
#include "feel/feel_int.h"

#define SHAPE_LINEAR 8          /* up to so many keys are compared one after the other */

struct FeelShape {
        Str *keys;
        uint32_t len;
        uint32_t mask;          /* slots - 1; 0: no table */
        uint32_t *slots;        /* index + 1 by hash */
};

static Status index_keys(Arena *a, FeelShape *s)
{
        uint32_t size = 16;
        while (size < s->len * 2)
                size *= 2;
        s->slots = arena_array_of(a, uint32_t, size);
        if (!s->slots)
                return ST_NOMEM;
        s->mask = size - 1;
        for (uint32_t i = 0; i < s->len; i++) {
                uint32_t h = (uint32_t)str_hash(s->keys[i]) & s->mask;
                while (s->slots[h]) {
                        if (str_eq(s->keys[s->slots[h] - 1], s->keys[i]))
                                return ST_EXISTS;
                        h = (h + 1) & s->mask;
                }
                s->slots[h] = i + 1;
        }
        return ST_OK;
}

Status feel_shape_new(Arena *a, const Str *keys, size_t count, const FeelShape **ret)
{
        if (count > UINT32_MAX / 4)
                return ST_LIMIT;
        FeelShape *s = arena_new_of(a, FeelShape);
        Str *copy = arena_array_of(a, Str, count + 1);
        if (!s || !copy)
                return ST_NOMEM;
        if (count)
                memcpy(copy, keys, count * sizeof(*keys));
        s->keys = copy;
        s->len = (uint32_t)count;
        if (count > SHAPE_LINEAR) {
                TRY(index_keys(a, s));
        } else {
                for (size_t i = 0; i < count; i++)
                        for (size_t j = 0; j < i; j++)
                                if (str_eq(copy[i], copy[j]))
                                        return ST_EXISTS;
        }
        *ret = s;
        return ST_OK;
}

size_t feel_shape_len(const FeelShape *s)
{
        return s->len;
}

Str feel_shape_key(const FeelShape *s, size_t index)
{
        return s->keys[index];
}

size_t feel_shape_find(const FeelShape *s, Str key)
{
        if (!s->slots) {
                for (uint32_t i = 0; i < s->len; i++)
                        if (s->keys[i].len == key.len &&
                            (s->keys[i].ptr == key.ptr || memcmp(s->keys[i].ptr, key.ptr, key.len) == 0))
                                return i;
                return SIZE_MAX;
        }
        uint32_t h = (uint32_t)str_hash(key) & s->mask;
        while (s->slots[h]) {
                if (str_eq(s->keys[s->slots[h] - 1], key))
                        return s->slots[h] - 1;
                h = (h + 1) & s->mask;
        }
        return SIZE_MAX;
}

const FeelValue *feel_context_get(const FeelValue *context, Str key)
{
        size_t i = feel_shape_find(context->context.shape, key);
        return i == SIZE_MAX ? NULL : &context->context.values[i];
}

/* Where the key stands in the builder's table, or the free place for it. */
static uint32_t *builder_slot(const FeelContextBuilder *b, Str key)
{
        size_t h = (size_t)str_hash(key) & (b->slot_count - 1);
        while (b->slots[h] && !str_eq(b->keys[b->slots[h] - 1], key))
                h = (h + 1) & (b->slot_count - 1);
        return &b->slots[h];
}

static Status index_builder(FeelContextBuilder *b)
{
        size_t count = b->slot_count ? b->slot_count * 2 : 32;
        uint32_t *slots = arena_array_of(b->arena, uint32_t, count);
        if (!slots)
                return ST_NOMEM;
        b->slots = slots;
        b->slot_count = count;
        for (size_t i = 0; i < b->len; i++)
                *builder_slot(b, b->keys[i]) = (uint32_t)i + 1;
        return ST_OK;
}

Status feel_context_put(FeelContextBuilder *b, Str key, const FeelValue *value)
{
        uint32_t *slot = NULL;
        size_t at = b->len;
        if (key.ptr == NULL)
                key.ptr = "";
        if (b->len >= UINT32_MAX / 4)
                return ST_LIMIT;
        if (b->len >= SHAPE_LINEAR) {
                if (b->len * 2 >= b->slot_count)
                        TRY(index_builder(b));
                slot = builder_slot(b, key);
                if (*slot)
                        at = *slot - 1;
        } else {
                for (at = 0; at < b->len && !str_eq(b->keys[at], key); at++)
                        ;
        }
        if (at < b->len) {
                b->values[at] = *value;
                return ST_OK;
        }
        if (arena_grow(b->arena, (void **)&b->keys, &b->cap_keys, b->len + 1, sizeof(Str)) != 0 ||
            arena_grow(b->arena, (void **)&b->values, &b->cap_values, b->len + 1, sizeof(FeelValue)) != 0)
                return ST_NOMEM;
        b->keys[b->len] = key;
        b->values[b->len++] = *value;
        if (slot)
                *slot = (uint32_t)b->len;
        return ST_OK;
}

Status feel_context_done(FeelContextBuilder *b, FeelValue *ret)
{
        const FeelShape *s;
        TRY(feel_shape_new(b->arena, b->keys, b->len, &s));
        *ret = feel_context(s, b->values);
        return ST_OK;
}

/* ---------------------------------------------------------------- unknown */

Status feel_unknown(Arena *a, Str name, FeelValue *ret)
{
        Str *names = arena_alloc(a, sizeof(Str));
        if (!names)
                return ST_NOMEM;
        *names = arena_str(a, name);
        if (!names->ptr)
                return ST_NOMEM;
        *ret = (FeelValue){ .kind = FEEL_UNKNOWN, .unknown = { names, 1 } };
        return ST_OK;
}

Status feel_unknown_union(Arena *a, const FeelValue *left, const FeelValue *right, FeelValue *ret)
{
        if (left->kind != FEEL_UNKNOWN || right->kind != FEEL_UNKNOWN) {
                *ret = left->kind == FEEL_UNKNOWN ? *left : *right;
                return ST_OK;
        }
        size_t nl = left->unknown.len, nr = right->unknown.len, n = 0, i = 0, j = 0;
        if (left->unknown.names == right->unknown.names) {
                *ret = *left;
                return ST_OK;
        }
        Str *names = arena_alloc(a, (nl + nr) * sizeof(Str));
        if (!names)
                return ST_NOMEM;
        while (i < nl || j < nr) {
                int c = i == nl ? 1 : j == nr ? -1 : str_cmp(left->unknown.names[i], right->unknown.names[j]);
                names[n++] = c <= 0 ? left->unknown.names[i] : right->unknown.names[j];
                if (c <= 0)
                        i++;
                if (c >= 0)
                        j++;
        }
        *ret = (FeelValue){ .kind = FEEL_UNKNOWN, .unknown = { names, n } };
        return ST_OK;
}

/* ---------------------------------------------------------------- copy */

#define COPY_DEPTH 1000

static Status copy_value(Arena *a, const FeelValue *v, int depth, FeelValue *ret);

static Status copy_values(Arena *a, const FeelValue *v, size_t n, int depth, const FeelValue **ret)
{
        FeelValue *own = arena_alloc(a, n * sizeof(*own));
        if (!own)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                TRY(copy_value(a, &v[i], depth, &own[i]));
        *ret = own;
        return ST_OK;
}

static Status copy_strs(Arena *a, const Str *s, size_t n, const Str **ret)
{
        Str *own = arena_alloc(a, n * sizeof(*own));
        if (!own)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                own[i] = arena_str(a, s[i]);
                if (!own[i].ptr)
                        return ST_NOMEM;
        }
        *ret = own;
        return ST_OK;
}

static Status copy_value(Arena *a, const FeelValue *v, int depth, FeelValue *ret)
{
        FeelValue out = *v;
        if (depth > COPY_DEPTH)
                return ST_LIMIT;
        switch (v->kind) {
        case FEEL_STRING:
                out.string = arena_str(a, v->string);
                if (!out.string.ptr)
                        return ST_NOMEM;
                break;
        case FEEL_LIST:
                TRY(copy_values(a, v->list.items, v->list.len, depth + 1, &out.list.items));
                break;
        case FEEL_CONTEXT: {
                const Str *keys;
                size_t n = feel_shape_len(v->context.shape);
                TRY(copy_strs(a, v->context.shape->keys, n, &keys));
                TRY(feel_shape_new(a, keys, n, &out.context.shape));
                TRY(copy_values(a, v->context.values, n, depth + 1, &out.context.values));
                break;
        }
        case FEEL_RANGE: {
                FeelRange *r = arena_alloc(a, sizeof(*r));
                if (!r)
                        return ST_NOMEM;
                *r = *v->range;
                TRY(copy_value(a, &v->range->low, depth + 1, &r->low));
                TRY(copy_value(a, &v->range->high, depth + 1, &r->high));
                out.range = r;
                break;
        }
        case FEEL_UNKNOWN:
                TRY(copy_strs(a, v->unknown.names, v->unknown.len, &out.unknown.names));
                break;
        default:
                break;
        }
        *ret = out;
        return ST_OK;
}

Status feel_copy(Arena *a, const FeelValue *v, FeelValue *ret)
{
        return copy_value(a, v, 0, ret);
}
