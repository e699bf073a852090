/* Aggregates of a list or of arguments (DMN 1.5, table 76): sum([1, 2]) and
 * sum(1, 2).  Over nothing they are null, but all([]) is true, any([]) false and
 * mode([]) the empty list. */
#include "feel/builtins_int.h"

/* *ret_ok: they are all numbers; else *ret is the answer (UNKNOWN, or null with a message). */
static Status all_numbers(FeelExec *x, FeelItems items, bool *ret_ok, FeelValue *ret)
{
        *ret_ok = false;
        TRY(feel_tick(x, items.len));
        bool unknown;
        FeelValue list = feel_list(items.at, items.len);
        TRY(feel_list_unknown(x, &list, &unknown, ret));
        if (unknown)
                return ST_OK;
        for (size_t i = 0; i < items.len; i++)
                if (items.at[i].kind != FEEL_NUMBER)
                        return FEEL_FAIL(x, ret, "第 %zu 项是 %s，不是数", "item %zu is %s, not a number", i + 1,
                                         feel_kind_name((FeelKind)items.at[i].kind));
        *ret_ok = true;
        return ST_OK;
}

static Status number_or_null(FeelExec *x, Dec n, FeelValue *ret)
{
        if (!dec_is_finite(n))
                return FEEL_FAIL(x, ret, "结果超出数的范围", "the result is out of the range of numbers");
        *ret = feel_number(n);
        return ST_OK;
}

static Status nothing(FeelExec *x, FeelValue *ret)
{
        return FEEL_FAIL(x, ret, "列表是空的", "the list is empty");
}

static Dec total(FeelItems items)
{
        Dec sum = dec_zero();
        for (size_t i = 0; i < items.len; i++)
                sum = dec_add(sum, items.at[i].number);
        return sum;
}

/* Prologue of the numeric aggregates: `items`, or returns. */
#define NUMBERS_OR_RETURN(items)                                        \
        FeelItems items = feel_items(args, nargs);                      \
        bool items_ok;                                                  \
        TRY(all_numbers(x, items, &items_ok, ret));                     \
        if (!items_ok)                                                  \
                return ST_OK

static Status fn_sum(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        NUMBERS_OR_RETURN(items);
        return items.len ? number_or_null(x, total(items), ret) : nothing(x, ret);
}

static Status fn_mean(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        NUMBERS_OR_RETURN(items);
        if (items.len == 0)
                return nothing(x, ret);
        return number_or_null(x, dec_div(total(items), dec_from_i64((int64_t)items.len)), ret);
}

static Status fn_product(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        NUMBERS_OR_RETURN(items);
        if (items.len == 0)
                return nothing(x, ret);
        Dec n = items.at[0].number;
        for (size_t i = 1; i < items.len; i++)
                n = dec_mul(n, items.at[i].number);
        return number_or_null(x, n, ret);
}

/* Of a sample: the squares are divided by one less than their number. */
static Status fn_stddev(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        NUMBERS_OR_RETURN(items);
        if (items.len < 2)
                return FEEL_FAIL(x, ret, "标准差至少需要两个数", "a standard deviation needs two numbers at least");
        Dec mean = dec_div(total(items), dec_from_i64((int64_t)items.len)), squares = dec_zero();
        for (size_t i = 0; i < items.len; i++) {
                Dec off = dec_sub(items.at[i].number, mean);
                squares = dec_add(squares, dec_mul(off, off));
        }
        return number_or_null(x, dec_sqrt(dec_div(squares, dec_from_i64((int64_t)items.len - 1))), ret);
}

/* The item at `at` sinks to where the heap of `len` numbers is in order again. */
static void sift_down(FeelValue *v, size_t at, size_t len)
{
        for (size_t child; (child = 2 * at + 1) < len; at = child) {
                if (child + 1 < len && dec_cmp(v[child].number, v[child + 1].number) < 0)
                        child++;
                if (dec_cmp(v[at].number, v[child].number) >= 0)
                        return;
                FeelValue swap = v[at];
                v[at] = v[child];
                v[child] = swap;
        }
}

/* The numbers in ascending order, by a heap. */
static Status sorted(FeelExec *x, FeelItems items, FeelValue **ret)
{
        TRY(feel_tick(x, items.len * 8));
        FeelValue *v;
        TRY(feel_new_values(x, items.len, &v));
        memcpy(v, items.at, items.len * sizeof(*v));
        for (size_t i = items.len / 2; i-- > 0;)
                sift_down(v, i, items.len);
        for (size_t end = items.len; end > 1; end--) {
                FeelValue largest = v[0];
                v[0] = v[end - 1];
                v[end - 1] = largest;
                sift_down(v, 0, end - 1);
        }
        *ret = v;
        return ST_OK;
}

static Status fn_median(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        NUMBERS_OR_RETURN(items);
        if (items.len == 0)
                return nothing(x, ret);
        FeelValue *in_order;
        TRY(sorted(x, items, &in_order));
        Dec upper = in_order[items.len / 2].number;
        if (items.len % 2)
                return number_or_null(x, upper, ret);
        return number_or_null(x, dec_div(dec_add(in_order[items.len / 2 - 1].number, upper), dec_from_i64(2)), ret);
}

/* The numbers that come most often, ascending. */
static Status fn_mode(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        NUMBERS_OR_RETURN(items);
        FeelListBuilder list = FEEL_LIST_BUILDER(x);
        if (items.len == 0) {
                *ret = feel_list_done(&list);
                return ST_OK;
        }
        FeelValue *in_order;
        TRY(sorted(x, items, &in_order));
        size_t most = 0;
        for (size_t i = 0, run = 0; i < items.len; i++) {
                run = i && dec_eq(in_order[i].number, in_order[i - 1].number) ? run + 1 : 1;
                if (run > most) {
                        most = run;
                        list.len = 0;
                }
                if (run == most)
                        TRY(feel_list_push(&list, &in_order[i]));
        }
        *ret = feel_list_done(&list);
        return ST_OK;
}

/* ---------------------------------------------------------------- min, max */

static Status extreme(FeelExec *x, FeelItems items, int sign, FeelValue *ret)
{
        TRY(feel_tick(x, items.len));
        bool unknown;
        FeelValue list = feel_list(items.at, items.len);
        TRY(feel_list_unknown(x, &list, &unknown, ret));
        if (unknown)
                return ST_OK;
        if (items.len == 0)
                return nothing(x, ret);
        const FeelValue *best = &items.at[0];
        for (size_t i = 0; i < items.len; i++) {
                int order;
                if (!feel_order(&items.at[i], best, &order))
                        return FEEL_FAIL(x, ret, "第 %zu 项与前面的项不可比较",
                                         "item %zu cannot be compared with those before", i + 1);
                if (order * sign > 0)
                        best = &items.at[i];
        }
        *ret = *best;
        return ST_OK;
}

static Status fn_min(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        return extreme(x, feel_items(args, nargs), -1, ret);
}

static Status fn_max(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        return extreme(x, feel_items(args, nargs), 1, ret);
}

/* ---------------------------------------------------------------- all, any */

/* `decisive` settles the answer wherever it stands; then UNKNOWN; then what is no boolean makes null. */
static Status quantify(FeelExec *x, FeelItems items, bool decisive, FeelValue *ret)
{
        TRY(feel_tick(x, items.len));
        bool odd = false, unknown;
        size_t odd_at = 0;
        for (size_t i = 0; i < items.len; i++) {
                if (items.at[i].kind == FEEL_BOOLEAN && items.at[i].boolean == decisive) {
                        *ret = feel_bool(decisive);
                        return ST_OK;
                }
                if (items.at[i].kind != FEEL_BOOLEAN && items.at[i].kind != FEEL_UNKNOWN && !odd) {
                        odd = true;
                        odd_at = i + 1;
                }
        }
        FeelValue list = feel_list(items.at, items.len);
        TRY(feel_list_unknown(x, &list, &unknown, ret));
        if (unknown)
                return ST_OK;
        if (odd)
                return FEEL_FAIL(x, ret, "第 %zu 项不是布尔值", "item %zu is not a boolean", odd_at);
        *ret = feel_bool(!decisive);
        return ST_OK;
}

static Status fn_all(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        return quantify(x, feel_items(args, nargs), false, ret);
}

static Status fn_any(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        return quantify(x, feel_items(args, nargs), true, ret);
}

/* name(list), and name(a, b, …) by position only */
#define AGGREGATE(name, fn, result)                                                                             \
        { name, fn, result, FB_PURE, 1, 1, { { "list", FM_LIST } } },                                           \
        { name, fn, result, FB_PURE | FB_VARIADIC | FB_NO_NAMES | FB_NO_COERCE, 1, 1, { { "items", FM_ANY } } }
/* These see UNKNOWN arguments, for one item may settle the answer. */
#define QUANTIFIER(name, fn)                                                                                    \
        { name, fn, FEEL_T_BOOLEAN, FB_PURE, 1, 1, { { "list", FM_LIST } } },                                   \
        { name, fn, FEEL_T_BOOLEAN, FB_PURE | FB_VARIADIC | FB_NO_NAMES | FB_NO_COERCE | FB_UNKNOWN, 1, 1,      \
          { { "items", FM_ANY | FM(FEEL_UNKNOWN) } } }

const FeelBuiltin feel_builtins_aggregate[] = {
        AGGREGATE("min", fn_min, FEEL_T_ANY),
        AGGREGATE("max", fn_max, FEEL_T_ANY),
        AGGREGATE("sum", fn_sum, FEEL_T_NUMBER),
        AGGREGATE("mean", fn_mean, FEEL_T_NUMBER),
        AGGREGATE("product", fn_product, FEEL_T_NUMBER),
        AGGREGATE("median", fn_median, FEEL_T_NUMBER),
        AGGREGATE("stddev", fn_stddev, FEEL_T_NUMBER),
        AGGREGATE("mode", fn_mode, FEEL_T_LIST),
        QUANTIFIER("all", fn_all),
        QUANTIFIER("any", fn_any),
        { NULL, NULL, FEEL_T_ANY, 0, 0, 0, { { NULL, 0 } } },
};
