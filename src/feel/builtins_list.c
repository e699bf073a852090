/* List functions (DMN 1.5, table 76), but for the aggregates (builtins_aggregate.c).
 * Positions count from 1, or from the end with -1; lists are new, items shared. */
#include "feel/builtins_int.h"
#include "feel/value_int.h"

enum { FLATTEN_DEPTH_MAX = 1000 };

static Status bad_position(FeelExec *x, size_t len, FeelValue *ret)
{
        return FEEL_FAIL(x, ret, "位置不在列表之内（共 %zu 项）", "the position is not within the list (%zu items)",
                         len);
}

static Status fn_count(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = feel_i64((int64_t)args[0].list.len);
        return ST_OK;
}

static Status fn_list_contains(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        TRY(feel_tick(x, args[0].list.len));
        for (size_t i = 0; i < args[0].list.len; i++) {
                bool same;
                TRY(feel_is_equal(x, &args[0].list.items[i], &args[1], &same));
                if (same) {
                        *ret = feel_bool(true);
                        return ST_OK;
                }
        }
        bool unknown;
        TRY(feel_list_unknown(x, &args[0], &unknown, ret));
        if (!unknown)
                *ret = feel_bool(false);
        return ST_OK;
}

/* list, start position, length (null: to the end) */
static Status fn_sublist(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        size_t len = args[0].list.len, start;
        if (!feel_position(args[1].number, len, &start))
                return bad_position(x, len, ret);
        size_t take = len - start;
        if (args[2].kind == FEEL_NUMBER) {
                int64_t n;
                if (!feel_whole(args[2].number, &n) || n < 0 || (uint64_t)n > take)
                        return FEEL_FAIL(x, ret, "从该位置起只有 %zu 项", "there are only %zu items from that position",
                                         take);
                take = (size_t)n;
        }
        /* A copy: an item that was taken as a list of one lives only as long as the call. */
        FeelValue *items;
        TRY(feel_new_values(x, take, &items));
        if (take)
                memcpy(items, args[0].list.items + start, take * sizeof(*items));
        *ret = feel_list(items, take);
        return ST_OK;
}

/* list and the items to add */
static Status fn_append(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        size_t len = args[0].list.len;
        FeelValue *items;
        TRY(feel_new_values(x, len + nargs - 1, &items));
        if (len)
                memcpy(items, args[0].list.items, len * sizeof(*items));
        memcpy(items + len, args + 1, (nargs - 1) * sizeof(*items));
        *ret = feel_list(items, len + nargs - 1);
        return ST_OK;
}

static Status fn_concatenate(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        size_t len = 0;
        for (size_t i = 0; i < nargs; i++)
                len += args[i].list.len;
        FeelValue *items;
        TRY(feel_new_values(x, len, &items));
        size_t at = 0;
        for (size_t i = 0; i < nargs; i++) {
                if (args[i].list.len)
                        memcpy(items + at, args[i].list.items, args[i].list.len * sizeof(*items));
                at += args[i].list.len;
        }
        *ret = feel_list(items, len);
        return ST_OK;
}

/* list[0, at), then `extra` new items, then list[from, len) */
static Status spliced(FeelExec *x, const FeelValue *list, size_t at, const FeelValue *extra, size_t from,
                      FeelValue *ret)
{
        size_t tail = list->list.len - from, len = at + (extra ? 1 : 0) + tail;
        FeelValue *items;
        TRY(feel_new_values(x, len, &items));
        if (at)
                memcpy(items, list->list.items, at * sizeof(*items));
        if (extra)
                items[at] = *extra;
        if (tail)
                memcpy(items + len - tail, list->list.items + from, tail * sizeof(*items));
        *ret = feel_list(items, len);
        return ST_OK;
}

static Status fn_insert_before(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        size_t at;
        if (!feel_position(args[1].number, args[0].list.len, &at))
                return bad_position(x, args[0].list.len, ret);
        return spliced(x, &args[0], at, &args[2], at, ret);
}

static Status fn_remove(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        size_t at;
        if (!feel_position(args[1].number, args[0].list.len, &at))
                return bad_position(x, args[0].list.len, ret);
        return spliced(x, &args[0], at, NULL, at + 1, ret);
}

static Status replace_at(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        size_t at;
        if (!feel_position(args[1].number, args[0].list.len, &at))
                return bad_position(x, args[0].list.len, ret);
        return spliced(x, &args[0], at, &args[2], at + 1, ret);
}

/* list, match: function(item, newItem) to boolean, newItem */
static Status replace_matching(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        if (feel_function_param_count(&args[1]) != 2)
                return FEEL_FAIL(x, ret, "match 须是两个参数的函数", "match must be a function of two parameters");
        size_t len = args[0].list.len;
        FeelValue *items;
        TRY(feel_new_values(x, len, &items));
        for (size_t i = 0; i < len; i++) {
                FeelValue pair[2] = { args[0].list.items[i], args[2] }, hit;
                TRY(feel_call(x, &args[1], pair, 2, &hit));
                if (hit.kind == FEEL_UNKNOWN) {
                        *ret = hit;
                        return ST_OK;
                }
                if (hit.kind != FEEL_BOOLEAN)
                        return FEEL_FAIL(x, ret, "match 对第 %zu 项没有给出布尔值",
                                         "match gave no boolean for item %zu", i + 1);
                items[i] = hit.boolean ? args[2] : args[0].list.items[i];
        }
        *ret = feel_list(items, len);
        return ST_OK;
}

static Status fn_reverse(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        size_t len = args[0].list.len;
        FeelValue *items;
        TRY(feel_new_values(x, len, &items));
        for (size_t i = 0; i < len; i++)
                items[i] = args[0].list.items[len - 1 - i];
        *ret = feel_list(items, len);
        return ST_OK;
}

static Status fn_index_of(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        bool unknown;
        TRY(feel_list_unknown(x, &args[0], &unknown, ret));
        if (unknown)
                return ST_OK;
        TRY(feel_tick(x, args[0].list.len));
        FeelListBuilder list = FEEL_LIST_BUILDER(x);
        for (size_t i = 0; i < args[0].list.len; i++) {
                bool same;
                TRY(feel_is_equal(x, &args[0].list.items[i], &args[1], &same));
                if (same) {
                        FeelValue at = feel_i64((int64_t)i + 1);
                        TRY(feel_list_push(&list, &at));
                }
        }
        *ret = feel_list_done(&list);
        return ST_OK;
}

/* ---------------------------------------------------------------- distinct values */

/* Items already kept, found by hash: open addressing, index + 1 into the list. */
typedef struct Seen {
        uint32_t *slots;
        size_t mask;
} Seen;

static Status seen_init(FeelExec *x, size_t items, Seen *ret)
{
        size_t size = 16;
        while (size < items * 2)
                size *= 2;
        if (items >= UINT32_MAX / 4)
                return ST_LIMIT;
        char *room;
        TRY(feel_new_bytes(x, size * sizeof(uint32_t) + _Alignof(uint32_t), &room));
        room += -(uintptr_t)room & (_Alignof(uint32_t) - 1);
        memset(room, 0, size * sizeof(uint32_t));
        *ret = (Seen){ (uint32_t *)(void *)room, size - 1 };
        return ST_OK;
}

/* Adds v to the list unless an equal one is there. */
static Status push_new(Seen *seen, FeelListBuilder *list, const FeelValue *v)
{
        size_t at = (size_t)feel_hash(v) & seen->mask;
        for (; seen->slots[at]; at = (at + 1) & seen->mask) {
                TRY(feel_tick(list->x, 1));     /* values may have been chosen to collide */
                bool same;
                TRY(feel_is_equal(list->x, &list->items[seen->slots[at] - 1], v, &same));
                if (same)
                        return ST_OK;
        }
        TRY(feel_list_push(list, v));
        seen->slots[at] = (uint32_t)list->len;
        return ST_OK;
}

/* The lists one after the other, each value once, where it first stood. */
static Status fn_union(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        size_t len = 0;
        for (size_t i = 0; i < nargs; i++) {
                bool unknown;
                TRY(feel_list_unknown(x, &args[i], &unknown, ret));
                if (unknown)
                        return ST_OK;
                len += args[i].list.len;
        }
        TRY(feel_tick(x, len));
        Seen seen;
        TRY(seen_init(x, len, &seen));
        FeelListBuilder list = FEEL_LIST_BUILDER(x);
        for (size_t i = 0; i < nargs; i++)
                for (size_t k = 0; k < args[i].list.len; k++)
                        TRY(push_new(&seen, &list, &args[i].list.items[k]));
        *ret = feel_list_done(&list);
        return ST_OK;
}

/* ---------------------------------------------------------------- flatten */

static Status flatten_into(FeelListBuilder *out, const FeelValue *list, unsigned depth)
{
        if (depth > FLATTEN_DEPTH_MAX)
                return ST_LIMIT;
        for (size_t i = 0; i < list->list.len; i++) {
                const FeelValue *v = &list->list.items[i];
                if (v->kind == FEEL_LIST)
                        TRY(flatten_into(out, v, depth + 1));
                else
                        TRY(feel_list_push(out, v));
        }
        return feel_tick(out->x, 1);
}

static Status fn_flatten(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        FeelListBuilder list = FEEL_LIST_BUILDER(x);
        TRY(flatten_into(&list, &args[0], 0));
        *ret = feel_list_done(&list);
        return ST_OK;
}

/* ---------------------------------------------------------------- sort */

typedef struct Sort {
        FeelExec *x;
        const FeelValue *precedes;
        FeelValue odd;          /* what precedes answered when it was no boolean */
        bool stopped;
} Sort;

/* Does b stand before a?  (Asked that way round, equal items keep their order.) */
static Status must_swap(Sort *s, const FeelValue *a, const FeelValue *b, bool *ret)
{
        FeelValue pair[2] = { *b, *a }, answer;
        TRY(feel_tick(s->x, 1));
        TRY(feel_call(s->x, s->precedes, pair, 2, &answer));
        if (answer.kind != FEEL_BOOLEAN) {
                s->odd = answer;
                s->stopped = true;
        }
        *ret = feel_is_true(&answer);
        return ST_OK;
}

/* from[0, mid) and from[mid, len), both in order, into to. */
static Status merge(Sort *s, const FeelValue *from, size_t mid, size_t len, FeelValue *to)
{
        size_t left = 0, right = mid;
        for (size_t i = 0; i < len; i++) {
                bool take_right = left == mid;
                if (!take_right && right < len) {
                        TRY(must_swap(s, &from[left], &from[right], &take_right));
                        if (s->stopped)
                                return ST_OK;
                }
                to[i] = take_right ? from[right++] : from[left++];
        }
        return ST_OK;
}

/* list, precedes: function(x, y) to boolean.  Merge sort, stable. */
static Status fn_sort(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        if (feel_function_param_count(&args[1]) != 2)
                return FEEL_FAIL(x, ret, "precedes 须是两个参数的函数",
                                 "precedes must be a function of two parameters");
        size_t len = args[0].list.len;
        FeelValue *from, *to;
        TRY(feel_new_values(x, len, &from));
        TRY(feel_new_values(x, len, &to));
        if (len)
                memcpy(from, args[0].list.items, len * sizeof(*from));
        Sort s = { .x = x, .precedes = &args[1] };
        for (size_t run = 1; run < len; run *= 2) {
                for (size_t at = 0; at < len && !s.stopped; at += 2 * run) {
                        size_t part = len - at < 2 * run ? len - at : 2 * run;
                        TRY(merge(&s, from + at, part < run ? part : run, part, to + at));
                }
                if (s.stopped) {
                        *ret = s.odd;
                        if (s.odd.kind == FEEL_UNKNOWN)
                                return ST_OK;
                        return FEEL_FAIL(x, ret, "precedes 没有给出布尔值", "precedes gave no boolean");
                }
                FeelValue *swap = from;
                from = to;
                to = swap;
        }
        *ret = feel_list(from, len);
        return ST_OK;
}

#define LIST { "list", FM_LIST }

const FeelBuiltin feel_builtins_list[] = {
        { "count", fn_count, FEEL_T_NUMBER, FB_PURE, 1, 1, { LIST } },
        { "list contains", fn_list_contains, FEEL_T_BOOLEAN, FB_PURE, 2, 2, { LIST, { "element", FM_ANY } } },
        { "sublist", fn_sublist, FEEL_T_LIST, FB_PURE, 3, 2,
          { LIST, { "start position", FM_NUMBER }, { "length", FM_NUMBER } } },
        { "append", fn_append, FEEL_T_LIST, FB_PURE | FB_VARIADIC, 2, 2, { LIST, { "item", FM_ANY } } },
        { "concatenate", fn_concatenate, FEEL_T_LIST, FB_PURE | FB_VARIADIC, 1, 1, { LIST } },
        { "insert before", fn_insert_before, FEEL_T_LIST, FB_PURE, 3, 3,
          { LIST, { "position", FM_NUMBER }, { "newItem", FM_ANY } } },
        { "remove", fn_remove, FEEL_T_LIST, FB_PURE, 2, 2, { LIST, { "position", FM_NUMBER } } },
        { "list replace", replace_at, FEEL_T_LIST, FB_PURE, 3, 3,
          { LIST, { "position", FM_NUMBER }, { "newItem", FM_ANY } } },
        { "list replace", replace_matching, FEEL_T_LIST, FB_PURE, 3, 3,
          { LIST, { "match", FM_FUNCTION }, { "newItem", FM_ANY } } },
        { "reverse", fn_reverse, FEEL_T_LIST, FB_PURE, 1, 1, { LIST } },
        { "index of", fn_index_of, FEEL_T_LIST, FB_PURE, 2, 2, { LIST, { "match", FM_ANY } } },
        { "union", fn_union, FEEL_T_LIST, FB_PURE | FB_VARIADIC, 1, 1, { LIST } },
        { "distinct values", fn_union, FEEL_T_LIST, FB_PURE, 1, 1, { LIST } },
        { "flatten", fn_flatten, FEEL_T_LIST, FB_PURE, 1, 1, { LIST } },
        { "sort", fn_sort, FEEL_T_LIST, FB_PURE, 2, 2, { LIST, { "precedes", FM_FUNCTION } } },
        { NULL, NULL, FEEL_T_ANY, 0, 0, 0, { { NULL, 0 } } },
};
