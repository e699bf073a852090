/* Context functions (DMN 1.5, table 80). */
#include "base/map.h"
#include "feel/builtins_int.h"

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
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(x->arena);
        _cleanup_(map_release) Map seen = MAP_INIT(1 << 24);
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
                Status st = map_add(&seen, key->string, b.arena);
                if (st == ST_EXISTS)
                        return FEEL_FAIL(x, ret, "键 “%.*s” 重复", "the key \"%.*s\" appears twice", STR_FMT(key->string));
                TRY(st);
                TRY(feel_tick(x, 1));
                TRY(feel_context_put(&b, key->string, value));
        }
        return feel_context_done(&b, ret);
}

/* A copy of the context with one key set. */
static Status with_entry(FeelExec *x, const FeelValue *context, Str key, const FeelValue *value, FeelValue *ret)
{
        const FeelShape *shape = context->context.shape;
        size_t len = feel_shape_len(shape), at = feel_shape_find(shape, key);
        TRY(feel_tick(x, len));
        if (at != SIZE_MAX) {
                FeelValue *values;
                TRY(feel_new_values(x, len, &values));
                memcpy(values, context->context.values, len * sizeof(*values));
                values[at] = *value;
                *ret = feel_context(shape, values);
                return ST_OK;
        }
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(x->arena);
        for (size_t i = 0; i < len; i++)
                TRY(feel_context_put(&b, feel_shape_key(shape, i), &context->context.values[i]));
        TRY(feel_context_put(&b, key, value));
        return feel_context_done(&b, ret);
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
                        return FEEL_FAIL(x, ret, "键 “%.*s” 之下不是上下文", "there is no context under the key \"%.*s\"",
                                         STR_FMT(keys[i].string));
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
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(x->arena);
        for (size_t i = 0; i < args[0].list.len; i++) {
                const FeelValue *c = &args[0].list.items[i];
                if (c->kind == FEEL_UNKNOWN) {
                        bool any;
                        return feel_list_unknown(x, &args[0], &any, ret);
                }
                if (c->kind != FEEL_CONTEXT)
                        return FEEL_FAIL(x, ret, "第 %zu 项不是上下文", "item %zu is not a context", i + 1);
                size_t len = feel_shape_len(c->context.shape);
                TRY(feel_tick(x, len));
                for (size_t k = 0; k < len; k++)
                        TRY(feel_context_put(&b, feel_shape_key(c->context.shape, k), &c->context.values[k]));
        }
        return feel_context_done(&b, ret);
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
