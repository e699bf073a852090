/* host.c -- what a program that is asking the registers row by row is told. */
#include "register/register_int.h"

enum { OWNERS_MAX = 100000000, HOST_MAX_GIB = 2 };

Status register_table_row(const RegisterTable *t, size_t row, Arena *a, FeelValue *ret)
{
        FeelValue *v = arena_array_of(a, FeelValue, t->reg->field_count + 1);
        if (!v)
                return ST_NOMEM;
        for (size_t i = 0; i < t->reg->field_count; i++)
                if (t->columns[i].any)
                        TRY(feel_column_get(a, &t->columns[i], row, &v[i]));
        *ret = feel_context(pack_register_shape(t->reg), v);
        return ST_OK;
}

/* The rows of each owner as linked lists of row numbers, newest first. */
static Status index_register(RegisterHost *h, const PackRegister *reg, const RegisterTable **ret)
{
        TRY(register_cache_table(h->cache, reg, ret));
        if (h->next[reg->index])
                return ST_OK;
        const RegisterTable *t = *ret;
        size_t *next = arena_array_of(h->arena, size_t, t->rows + 1);
        if (!next)
                return ST_NOMEM;
        for (size_t r = t->rows; r-- > 0;) {
                if (!t->owner || !t->owner[r].ptr)
                        continue;
                uintptr_t before = (uintptr_t)map_get(&h->by_owner[reg->index], t->owner[r]);
                next[r] = before;
                TRY(map_put(&h->by_owner[reg->index], t->owner[r], (void *)(uintptr_t)(r + 1)));
        }
        h->next[reg->index] = next;
        return ST_OK;
}

static Status record(PackHost *base, FeelExec *x, const PackRegister *reg, const FeelValue *period, FeelValue *ret)
{
        RegisterHost *h = (RegisterHost *)(void *)base;
        const RegisterTable *t;
        TRY(index_register(h, reg, &t));
        const FeelColumn *c = reg->periodic ? &t->columns[reg->period_field->index] : NULL;
        uintptr_t r = (uintptr_t)map_get(&h->by_owner[reg->index], h->owners->key[h->row]);
        for (; r; r = h->next[reg->index][r - 1]) {
                FeelValue v = feel_null();
                if (c)
                        TRY(feel_column_get(feel_exec_arena(x), c, r - 1, &v));
                if (!c || feel_equal(&v, period) == FEEL_TRUE)
                        return register_table_row(t, r - 1, feel_exec_arena(x), ret);
        }
        return feel_unknown(feel_exec_arena(x), reg->title.zh, ret);
}

static Status records(PackHost *base, FeelExec *x, const PackRegister *reg, const PackField *owner, FeelValue *ret)
{
        RegisterHost *h = (RegisterHost *)(void *)base;
        const RegisterTable *t;
        TRY(index_register(h, reg, &t));
        Arena *a = feel_exec_arena(x);
        Str key = h->owners->key[h->row];
        FeelValue *items = NULL;
        size_t count = 0, cap = 0;
        if (owner && owner != reg->parent_key) { /* records that point at it by a reference field */
                const FeelColumn *c = &t->columns[owner->index];
                for (size_t r = 0; r < t->rows; r++) {
                        if (c->kind != FEEL_COL_STR || (c->null && c->null[r]) || !str_eq(c->str[r], key))
                                continue;
                        if (arena_grow(a, (void **)&items, &cap, count + 1, sizeof(*items)) < 0)
                                return ST_NOMEM;
                        TRY(register_table_row(t, r, a, &items[count++]));
                }
                *ret = feel_list(items, count);
                return ST_OK;
        }
        for (uintptr_t r = (uintptr_t)map_get(&h->by_owner[reg->index], key); r; r = h->next[reg->index][r - 1]) {
                if (arena_grow(a, (void **)&items, &cap, count + 1, sizeof(*items)) < 0)
                        return ST_NOMEM;
                TRY(register_table_row(t, r - 1, a, &items[count++]));
        }
        *ret = feel_list(items, count);
        return ST_OK;
}

Status register_host_init(RegisterHost *h, RegisterCache *cache, const RegisterTable *owners)
{
        size_t n = register_cache_pack(cache)->register_count;
        *h = (RegisterHost){ .base = { record, records },
                             .cache = cache,
                             .owners = owners,
                             .arena = arena_new((size_t)HOST_MAX_GIB << 30) };
        if (!h->arena || !(h->by_owner = arena_array_of(h->arena, Map, n + 1)) ||
            !(h->next = arena_array_of(h->arena, size_t *, n + 1))) {
                register_host_release(h);
                return ST_NOMEM;
        }
        for (size_t i = 0; i < n; i++)
                h->by_owner[i] = MAP_INIT(OWNERS_MAX);
        return ST_OK;
}

void register_host_release(RegisterHost *h)
{
        if (!h->arena)
                return;
        size_t n = h->by_owner ? register_cache_pack(h->cache)->register_count : 0;
        for (size_t i = 0; i < n; i++)
                map_release(&h->by_owner[i]);
        arena_free(h->arena);
        *h = (RegisterHost){ 0 };
}
