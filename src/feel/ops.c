/* ops.c -- the operators on two values: arithmetic, comparison, logic, ranges, paths.
 *
 * Each answers UNKNOWN with the union of the causes when an operand is, and null
 * with a message where the standard has no answer.
 */
#include "feel/ast.h"
#include "feel/value_int.h"

static const char *const op_text[] = {
        [OPR_ADD] = "+", [OPR_SUB] = "-", [OPR_MUL] = "*", [OPR_DIV] = "/", [OPR_POW] = "**", [OPR_EQ] = "=",
        [OPR_NE] = "!=", [OPR_LT] = "<", [OPR_LE] = "<=", [OPR_GT] = ">", [OPR_GE] = ">=",
};

#define UNKNOWN_FIRST(x, a, b, ret)                                              \
        do {                                                                     \
                if ((a)->kind == FEEL_UNKNOWN || (b)->kind == FEEL_UNKNOWN)      \
                        return feel_unknown_union((x)->arena, (a), (b), (ret));  \
        } while (0)

static Status no_operation(FeelExec *x, unsigned op, const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        return FEEL_FAIL(x, ret, "%s %s %s 没有意义", "%s %s %s has no meaning", feel_kind_name(a->kind), op_text[op],
                         feel_kind_name(b->kind));
}

static Status concat(FeelExec *x, Str a, Str b, FeelValue *ret)
{
        char *text;
        TRY(feel_new_bytes(x, a.len + b.len, &text));
        memcpy(text, a.ptr, a.len);
        memcpy(text + a.len, b.ptr, b.len);
        *ret = feel_string(str_n(text, a.len + b.len));
        return ST_OK;
}

static Status number_arith(FeelExec *x, unsigned op, Dec a, Dec b, FeelValue *ret)
{
        Dec d;
        switch (op) {
        case OPR_ADD: d = dec_add(a, b); break;
        case OPR_SUB: d = dec_sub(a, b); break;
        case OPR_MUL: d = dec_mul(a, b); break;
        case OPR_DIV:
                if (dec_is_zero(b))
                        return FEEL_FAIL(x, ret, "除数为零", "division by zero");
                d = dec_div(a, b);
                break;
        default: d = dec_pow(a, b); break;
        }
        if (!dec_is_finite(d))
                return FEEL_FAIL(x, ret, "%s 的结果超出数值范围", "the result of %s is out of range", op_text[op]);
        *ret = feel_number(d);
        return ST_OK;
}

Status feel_op_arith(FeelExec *x, unsigned op, const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER)
                return number_arith(x, op, a->number, b->number, ret);
        UNKNOWN_FIRST(x, a, b, ret);
        if (a->kind == FEEL_NULL || b->kind == FEEL_NULL)
                return FEEL_FAIL(x, ret, "%s 的操作数为空", "an operand of %s is null", op_text[op]);
        if (op == OPR_ADD && a->kind == FEEL_STRING && b->kind == FEEL_STRING)
                return concat(x, a->string, b->string, ret);
        bool ok = false;
        switch (op) {
        case OPR_ADD: ok = feel_temporal_add(a, b, ret); break;
        case OPR_SUB: ok = feel_temporal_sub(a, b, ret); break;
        case OPR_MUL: ok = feel_temporal_mul(a, b, ret); break;
        case OPR_DIV: ok = feel_temporal_div(a, b, ret); break;
        default: break;
        }
        return ok ? ST_OK : no_operation(x, op, a, b, ret);
}

Status feel_op_neg(FeelExec *x, const FeelValue *a, FeelValue *ret)
{
        switch (a->kind) {
        case FEEL_NUMBER:
                *ret = feel_number(dec_neg(a->number));
                return ST_OK;
        case FEEL_UNKNOWN:
                *ret = *a;
                return ST_OK;
        case FEEL_DAYS_DURATION: {
                FeelDuration d = a->duration;
                if (d.seconds != INT64_MIN) {
                        d.seconds = -d.seconds;
                        if (d.nanos) {
                                d.seconds--;
                                d.nanos = 1000000000 - d.nanos;
                        }
                        *ret = feel_duration(d);
                        return ST_OK;
                }
                break;
        }
        case FEEL_MONTHS_DURATION:
                if (a->months != INT64_MIN) {
                        *ret = feel_months(-a->months);
                        return ST_OK;
                }
                break;
        default:
                break;
        }
        return FEEL_FAIL(x, ret, "%s 没有负值", "%s cannot be negated", feel_kind_name(a->kind));
}

static bool holds(unsigned op, int c)
{
        switch (op) {
        case OPR_LT: return c < 0;
        case OPR_LE: return c <= 0;
        case OPR_GT: return c > 0;
        default: return c >= 0;
        }
}

Status feel_op_compare(FeelExec *x, unsigned op, const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        int c;
        if (op == OPR_EQ || op == OPR_NE) {
                FeelValue v;
                TRY(feel_equal_value(x, a, b, &v));
                if (op == OPR_NE && v.kind == FEEL_BOOLEAN)
                        v.boolean = !v.boolean;
                if (v.kind == FEEL_NULL)
                        return FEEL_FAIL(x, ret, "%s 与 %s 不能比较", "%s and %s cannot be compared",
                                         feel_kind_name(a->kind), feel_kind_name(b->kind));
                *ret = v;
                return ST_OK;
        }
        UNKNOWN_FIRST(x, a, b, ret);
        if (!feel_order(a, b, &c))
                return FEEL_FAIL(x, ret, "%s 与 %s 不能比较大小", "%s and %s have no order", feel_kind_name(a->kind),
                                 feel_kind_name(b->kind));
        *ret = feel_bool(holds(op, c));
        return ST_OK;
}

/* ---------------------------------------------------------------- logic */

/* What is neither boolean nor UNKNOWN counts as null. */
static Status logic(FeelExec *x, const FeelValue *a, const FeelValue *b, bool decisive, FeelValue *ret)
{
        if ((a->kind == FEEL_BOOLEAN && a->boolean == decisive) ||
            (b->kind == FEEL_BOOLEAN && b->boolean == decisive)) {
                *ret = feel_bool(decisive);
                return ST_OK;
        }
        UNKNOWN_FIRST(x, a, b, ret);
        *ret = a->kind == FEEL_BOOLEAN && b->kind == FEEL_BOOLEAN ? feel_bool(!decisive) : feel_null();
        return ST_OK;
}

Status feel_op_and(FeelExec *x, const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        return logic(x, a, b, false, ret);
}

Status feel_op_or(FeelExec *x, const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        return logic(x, a, b, true, ret);
}

Status feel_op_not(FeelExec *x, const FeelValue *a, FeelValue *ret)
{
        (void)x;
        *ret = a->kind == FEEL_BOOLEAN ? feel_bool(!a->boolean) : a->kind == FEEL_UNKNOWN ? *a : feel_null();
        return ST_OK;
}

Status feel_op_between(FeelExec *x, const FeelValue *a, const FeelValue *low, const FeelValue *high, FeelValue *ret)
{
        FeelValue above, below;
        TRY(feel_op_compare(x, OPR_GE, a, low, &above));
        TRY(feel_op_compare(x, OPR_LE, a, high, &below));
        return feel_op_and(x, &above, &below, ret);
}

static Status in_range(FeelExec *x, const FeelValue *a, const FeelRange *r, FeelValue *ret)
{
        UNKNOWN_FIRST(x, a, &r->low, ret);
        UNKNOWN_FIRST(x, a, &r->high, ret);
        FeelTruth t = feel_in_range(a, r);
        if (t == FEEL_NEITHER)
                return FEEL_FAIL(x, ret, "%s 不能与区间的端点比较", "%s cannot be compared with the ends of the range",
                                 feel_kind_name(a->kind));
        *ret = feel_bool(t == FEEL_TRUE);
        return ST_OK;
}

Status feel_op_in(FeelExec *x, const FeelValue *a, const FeelValue *test, FeelValue *ret)
{
        if (test->kind == FEEL_RANGE && a->kind != FEEL_RANGE)
                return in_range(x, a, test->range, ret);
        if (test->kind == FEEL_NULL && a->kind != FEEL_NULL && a->kind != FEEL_UNKNOWN) {
                *ret = feel_null();     /* a range that could not be made, too */
                return ST_OK;
        }
        if (test->kind == FEEL_LIST) {
                FeelValue any = feel_bool(false), one;
                for (size_t i = 0; i < test->list.len; i++) {
                        const FeelValue *item = &test->list.items[i];
                        TRY(feel_tick(x, 1));
                        if (item->kind == FEEL_RANGE && a->kind != FEEL_RANGE && a->kind != FEEL_UNKNOWN) {
                                FeelTruth t = feel_in_range(a, item->range);
                                one = t == FEEL_NEITHER ? feel_null() : feel_bool(t == FEEL_TRUE);
                        } else {
                                TRY(feel_equal_value(x, a, item, &one));
                        }
                        /* An item that cannot be compared is just not the one. */
                        if (one.kind == FEEL_NULL)
                                continue;
                        TRY(feel_op_or(x, &any, &one, &any));
                        if (feel_is_true(&any))
                                break;
                }
                if (a->kind == FEEL_LIST && !feel_is_true(&any)) {
                        TRY(feel_equal_value(x, a, test, &one));
                        if (one.kind != FEEL_NULL)
                                TRY(feel_op_or(x, &any, &one, &any));
                }
                *ret = any;
                return ST_OK;
        }
        TRY(feel_equal_value(x, a, test, ret));
        return ST_OK;
}

/* ---------------------------------------------------------------- ranges, paths, items */

static Status new_range(FeelExec *x, FeelRange r, FeelValue *ret)
{
        FeelRange *own = arena_alloc(x->arena, sizeof(r));
        if (!own)
                return ST_NOMEM;
        *own = r;
        *ret = feel_range(own);
        return ST_OK;
}

Status feel_op_range(FeelExec *x, const FeelValue *low, const FeelValue *high, unsigned flags, FeelValue *ret)
{
        int c;
        UNKNOWN_FIRST(x, low, high, ret);
        if (low->kind == FEEL_NULL || high->kind == FEEL_NULL)
                return FEEL_FAIL(x, ret, "区间的端点为空", "an end of the range is null");
        if (!feel_order(low, high, &c))
                return FEEL_FAIL(x, ret, "区间的端点 %s 与 %s 不能比较",
                                 "the ends of the range, %s and %s, have no order", feel_kind_name(low->kind),
                                 feel_kind_name(high->kind));
        if (c > 0)
                return FEEL_FAIL(x, ret, "区间的下限大于上限", "the range begins after its end");
        return new_range(x, (FeelRange){ *low, *high, (flags & FLAG_LOW_CLOSED) != 0, (flags & FLAG_HIGH_CLOSED) != 0 },
                         ret);
}

Status feel_op_unary(FeelExec *x, unsigned op, const FeelValue *a, FeelValue *ret)
{
        FeelRange r = { 0 };
        if (a->kind == FEEL_UNKNOWN) {
                *ret = *a;
                return ST_OK;
        }
        if (op == OPR_NE || a->kind == FEEL_NULL)
                return FEEL_FAIL(x, ret, "%s %s 不是区间", "%s %s is not a range", op_text[op],
                                 feel_kind_name(a->kind));
        switch (op) {
        case OPR_LT:
        case OPR_LE:
                r.high = *a;
                r.high_closed = op == OPR_LE;
                break;
        case OPR_GT:
        case OPR_GE:
                r.low = *a;
                r.low_closed = op == OPR_GE;
                break;
        default:
                r = (FeelRange){ *a, *a, true, true };
                break;
        }
        return new_range(x, r, ret);
}

static Status path_of_list(FeelExec *x, const FeelValue *a, Str name, FeelValue *ret)
{
        FeelValue *items;
        TRY(feel_new_values(x, a->list.len, &items));
        for (size_t i = 0; i < a->list.len; i++) {
                const FeelValue *v = &a->list.items[i], *e;
                if (v->kind == FEEL_CONTEXT && (e = feel_context_get(v, name)) != NULL)
                        items[i] = *e;
                else if (v->kind == FEEL_CONTEXT || v->kind == FEEL_NULL)
                        items[i] = feel_null();
                else
                        TRY(feel_op_path(x, v, name, &items[i]));
        }
        *ret = feel_list(items, a->list.len);
        return ST_OK;
}

Status feel_op_path(FeelExec *x, const FeelValue *a, Str name, FeelValue *ret)
{
        const FeelValue *e;
        switch (a->kind) {
        case FEEL_CONTEXT:
                e = feel_context_get(a, name);
                if (e) {
                        *ret = *e;
                        return ST_OK;
                }
                return FEEL_FAIL(x, ret, "没有名为 “%.*s” 的条目", "there is no entry \"%.*s\"", STR_FMT(name));
        case FEEL_LIST: {
                /* Lists in lists: each level is a call here; values nest without bound. */
                if (x->depth >= x->limits.max_depth)
                        return ST_LIMIT;
                x->depth++;
                Status st = path_of_list(x, a, name, ret);
                x->depth--;
                return st;
        }
        case FEEL_RANGE:
                if (feel_range_property(a->range, name, ret))
                        return ST_OK;
                break;
        case FEEL_UNKNOWN:
                *ret = *a;
                return ST_OK;
        case FEEL_NULL:
                return FEEL_FAIL(x, ret, "对空值取 “%.*s”", "\"%.*s\" of null", STR_FMT(name));
        default:
                if (feel_temporal_property(a, name, ret))
                        return ST_OK;
                break;
        }
        return FEEL_FAIL(x, ret, "%s 没有 “%.*s”", "%s has no \"%.*s\"", feel_kind_name(a->kind), STR_FMT(name));
}

Status feel_op_index(FeelExec *x, const FeelValue *list, const FeelValue *number, FeelValue *ret)
{
        int64_t i, n = list->kind == FEEL_LIST ? (int64_t)list->list.len : list->kind == FEEL_NULL ? 0 : 1;
        if (number->kind != FEEL_NUMBER || !dec_to_i64(number->number, &i) || i == 0 || i > n || i < -n)
                return FEEL_FAIL(x, ret, "序号超出列表范围（共 %lld 项）", "the index is outside the list (%lld items)",
                                 (long long)n);
        *ret = list->kind == FEEL_LIST ? list->list.items[i > 0 ? i - 1 : n + i] : *list;
        return ST_OK;
}
