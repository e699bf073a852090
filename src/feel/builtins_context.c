/* Context functions (DMN 1.5, table 80). */
#include "base/map.h"
#include "feel/builtins_int.h"

/* Keys with values as they come, found again by a table once there are many: contexts made from data
 * may have a hundred thousand. */
typedef struct Entries {
        FeelExec *x;
        Str *keys;
        FeelValue *values;
        size_t len, cap;
        Map index;              /* of more than ENTRIES_LINEAR keys: place + 1 */
} Entries;

enum { ENTRIES_LINEAR = 16, ENTRIES_MAX = 1 << 24 };

#define ENTRIES_INIT(exec) ((Entries){ .x = (exec), .index = MAP_INIT(ENTRIES_MAX) })

static void entries_release(Entries *e)
{
        map_release(&e->index);
}

static size_t entries_find(const Entries *e, Str key)
{
        if (e->index.len)
                return (size_t)(uintptr_t)map_get(&e->index, key) - 1;  /* not there: SIZE_MAX */
        for (size_t i = 0; i < e->len; i++)
                if (str_eq(e->keys[i], key))
                        return i;
        return SIZE_MAX;
}

static Status entries_grow(Entries *e)
{
        size_t cap = e->cap ? e->cap * 2 : ENTRIES_LINEAR;
        char *keys;
        FeelValue *values;
        TRY(feel_new_bytes(e->x, cap * sizeof(*e->keys), &keys));
        TRY(feel_new_values(e->x, cap, &values));
        if (e->len) {
                memcpy(keys, e->keys, e->len * sizeof(*e->keys));
                memcpy(values, e->values, e->len * sizeof(*values));
        }
        e->keys = (Str *)(void *)keys;
        e->values = values;
        e->cap = cap;
        return ST_OK;
}

/* A key that is there keeps its place and gets the new value; *ret_new tells (may be NULL). */
static Status entries_put(Entries *e, Str key, const FeelValue *value, bool *ret_new)
{
        TRY(feel_tick(e->x, 1));
        if (!key.ptr)
                key.ptr = "";
        size_t at = entries_find(e, key);
        if (ret_new)
                *ret_new = at == SIZE_MAX;
        if (at != SIZE_MAX) {
                e->values[at] = *value;
                return ST_OK;
        }
        if (e->len == e->cap)
                TRY(entries_grow(e));
        e->keys[e->len] = key;
        e->values[e->len++] = *value;
        if (e->len > ENTRIES_LINEAR)
                for (size_t i = e->index.len; i < e->len; i++)
                        TRY(map_add(&e->index, e->keys[i], (void *)(uintptr_t)(i + 1)));
        return ST_OK;
}

static Status entries_done(Entries *e, FeelValue *ret)
{
        const FeelShape *shape;
        TRY(feel_shape_new(e->x->arena, e->keys, e->len, &shape));
        *ret = feel_context(shape, e->values);
        return ST_OK;
}

static Status fn_get_value(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        const FeelValue *v = feel_context_get(&args[0], args[1].string);
        if (!v)
                return FEEL_FAIL(x, ret, "没有键 “%.*s”", "there is no key \"%.*s\"", STR_FMT(args[1].string));
        *ret = *v;
        return ST_OK;
}

static Status fn_get_entries(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        static const Str keys[] = { { "key", 3 }, { "value", 5 } };
        const FeelShape *from = args[0].context.shape, *pair;
        TRY(feel_shape_new(x->arena, keys, ARRAY_LEN(keys), &pair));
        FeelListBuilder list = FEEL_LIST_BUILDER(x);
        for (size_t i = 0; i < feel_shape_len(from); i++) {
                FeelValue *entry;
                TRY(feel_new_values(x, ARRAY_LEN(keys), &entry));
                entry[0] = feel_string(feel_shape_key(from, i));
                entry[1] = args[0].context.values[i];
                FeelValue v = feel_context(pair, entry);
                TRY(feel_list_push(&list, &v));
        }
        *ret = feel_list_done(&list);
        return ST_OK;
}

static Status fn_context(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        _cleanup_(entries_release) Entries made = ENTRIES_INIT(x);
        for (size_t i = 0; i < args[0].list.len; i++) {
                const FeelValue *entry = &args[0].list.items[i];
                if (entry->kind == FEEL_UNKNOWN) {
                        bool any;
                        return feel_list_unknown(x, &args[0], &any, ret);
                }
                const FeelValue *key = entry->kind == FEEL_CONTEXT ? feel_context_get(entry, STR("key")) : NULL;
                const FeelValue *value = entry->kind == FEEL_CONTEXT ? feel_context_get(entry, STR("value")) : NULL;
                if (!key || key->kind != FEEL_STRING || !value)
                        return FEEL_FAIL(x, ret, "第 %zu 项不是含 key（字符串）和 value 的上下文",
                                         "item %zu is not a context with a key (string) and a value", i + 1);
                bool first;
                TRY(entries_put(&made, key->string, value, &first));
                if (!first)
                        return FEEL_FAIL(x, ret, "键 “%.*s” 重复", "the key \"%.*s\" appears twice",
                                         STR_FMT(key->string));
        }
        return entries_done(&made, ret);
}

/* A copy of the context with one key set. */
static Status with_entry(FeelExec *x, const FeelValue *context, Str key, const FeelValue *value, FeelValue *ret)
{
        const FeelShape *shape = context->context.shape;
        size_t len = feel_shape_len(shape), at = feel_shape_find(shape, key);
        if (at != SIZE_MAX) {
                FeelValue *values;
                TRY(feel_new_values(x, len, &values));  /* accounts for them */
                memcpy(values, context->context.values, len * sizeof(*values));
                values[at] = *value;
                *ret = feel_context(shape, values);
                return ST_OK;
        }
        _cleanup_(entries_release) Entries made = ENTRIES_INIT(x);
        for (size_t i = 0; i < len; i++)
                TRY(entries_put(&made, feel_shape_key(shape, i), &context->context.values[i], NULL));
        TRY(entries_put(&made, key, value, NULL));
        return entries_done(&made, ret);
}

static Status fn_context_put(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        return with_entry(x, &args[0], args[1].string, &args[2], ret);
}

/* Key by key from the inside out: each key but the last must name a context. */
static Status fn_context_put_nested(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        const FeelValue *keys = args[1].list.items;
        size_t n = args[1].list.len;
        if (n == 0)
                return FEEL_FAIL(x, ret, "键的列表是空的", "the list of keys is empty");
        FeelValue *path;
        TRY(feel_new_values(x, n, &path));
        path[0] = args[0];
        for (size_t i = 0; i < n; i++) {
                if (keys[i].kind == FEEL_UNKNOWN) {
                        bool any;
                        return feel_list_unknown(x, &args[1], &any, ret);
                }
                if (keys[i].kind != FEEL_STRING)
                        return FEEL_FAIL(x, ret, "第 %zu 个键不是字符串", "key %zu is not a string", i + 1);
                if (i + 1 == n)
                        break;
                const FeelValue *inner = feel_context_get(&path[i], keys[i].string);
                if (!inner || inner->kind != FEEL_CONTEXT)
                        return FEEL_FAIL(x, ret, "键 “%.*s” 之下不是上下文",
                                         "there is no context under the key \"%.*s\"", STR_FMT(keys[i].string));
                path[i + 1] = *inner;
        }
        FeelValue value = args[2];
        for (size_t i = n; i-- > 0;)
                TRY(with_entry(x, &path[i], keys[i].string, &value, &value));
        *ret = value;
        return ST_OK;
}

static Status fn_context_merge(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        _cleanup_(entries_release) Entries made = ENTRIES_INIT(x);
        for (size_t i = 0; i < args[0].list.len; i++) {
                const FeelValue *c = &args[0].list.items[i];
                if (c->kind == FEEL_UNKNOWN) {
                        bool any;
                        return feel_list_unknown(x, &args[0], &any, ret);
                }
                if (c->kind != FEEL_CONTEXT)
                        return FEEL_FAIL(x, ret, "第 %zu 项不是上下文", "item %zu is not a context", i + 1);
                for (size_t k = 0; k < feel_shape_len(c->context.shape); k++)
                        TRY(entries_put(&made, feel_shape_key(c->context.shape, k), &c->context.values[k], NULL));
        }
        return entries_done(&made, ret);
}

const FeelBuiltin feel_builtins_context[] = {
        { "get value", fn_get_value, FEEL_T_ANY, FB_PURE, 2, 2, { { "m", FM_CONTEXT }, { "key", FM_STRING } } },
        { "get entries", fn_get_entries, FEEL_T_LIST, FB_PURE, 1, 1, { { "m", FM_CONTEXT } } },
        { "context", fn_context, FEEL_T_CONTEXT, FB_PURE, 1, 1, { { "entries", FM_LIST } } },
        { "context put", fn_context_put, FEEL_T_CONTEXT, FB_PURE, 3, 3,
          { { "context", FM_CONTEXT }, { "key", FM_STRING }, { "value", FM_ANY } } },
        { "context put", fn_context_put_nested, FEEL_T_CONTEXT, FB_PURE, 3, 3,
          { { "context", FM_CONTEXT }, { "keys", FM_LIST }, { "value", FM_ANY } } },
        { "context merge", fn_context_merge, FEEL_T_CONTEXT, FB_PURE, 1, 1, { { "contexts", FM_LIST } } },
        { NULL, NULL, FEEL_T_ANY, 0, 0, 0, { { NULL, 0 } } },
};
