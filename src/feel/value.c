/* value.c -- equality, order and hash of values. */
#include "feel/value_int.h"

#define VALUE_DEPTH 1000
#define EQUAL_BUDGET 100000000u

const char *feel_kind_name(FeelKind k)
{
        static const char *const names[FEEL_KIND_COUNT] = {
                "null", "unknown", "boolean", "number", "string", "date", "time", "date and time",
                "days and time duration", "years and months duration", "list", "context", "range", "function",
        };
        return (unsigned)k < FEEL_KIND_COUNT ? names[k] : "";
}

/* ---------------------------------------------------------------- equality */

typedef struct Equality {
        FeelExec *x;            /* accounts for the work; NULL: the budget does */
        uint64_t budget;
        Status st;
        bool unknown;           /* an UNKNOWN was met */
        FeelValue causes;
} Equality;

static FeelTruth equal(Equality *e, const FeelValue *a, const FeelValue *b, int depth);

static void add_cause(Equality *e, const FeelValue *v)
{
        if (v->kind != FEEL_UNKNOWN || e->st != ST_OK)
                return;
        if (e->causes.kind != FEEL_UNKNOWN)
                e->causes = *v;
        else
                e->st = feel_unknown_union(e->x->arena, &e->causes, v, &e->causes);
}

static FeelTruth met_unknown(Equality *e, const FeelValue *a, const FeelValue *b)
{
        e->unknown = true;
        if (e->x) {
                add_cause(e, a);
                add_cause(e, b);
        }
        return FEEL_NEITHER;
}

/* All pairs equal; a certain difference is one even beside something UNKNOWN. */
static FeelTruth equal_parts(Equality *e, const FeelValue *a, const FeelValue *b, size_t n, int depth)
{
        bool neither = false;
        for (size_t i = 0; i < n; i++) {
                bool before = e->unknown;
                e->unknown = false;
                FeelTruth t = equal(e, &a[i], &b[i], depth + 1);
                bool unknown = e->unknown;
                e->unknown |= before;
                if (t == FEEL_FALSE || (t == FEEL_NEITHER && !unknown))
                        return FEEL_FALSE;      /* parts that cannot be compared are not equal */
                if (t == FEEL_NEITHER)
                        neither = true;
        }
        return neither ? FEEL_NEITHER : FEEL_TRUE;
}

static FeelTruth equal_contexts(Equality *e, const FeelValue *a, const FeelValue *b, int depth)
{
        const FeelShape *sa = a->context.shape, *sb = b->context.shape;
        size_t n = feel_shape_len(sa);
        if (sa == sb)
                return a->context.values == b->context.values ? FEEL_TRUE
                       : equal_parts(e, a->context.values, b->context.values, n, depth);
        if (n != feel_shape_len(sb))
                return FEEL_FALSE;
        for (size_t i = 0; i < n; i++)
                if (feel_shape_find(sb, feel_shape_key(sa, i)) == SIZE_MAX)
                        return FEEL_FALSE;
        bool neither = false;
        for (size_t i = 0; i < n; i++) {
                FeelTruth t = equal_parts(e, &a->context.values[i],
                                          &b->context.values[feel_shape_find(sb, feel_shape_key(sa, i))], 1, depth);
                if (t == FEEL_FALSE)
                        return t;
                neither |= t == FEEL_NEITHER;
        }
        return neither ? FEEL_NEITHER : FEEL_TRUE;
}

static FeelTruth truth(bool b)
{
        return b ? FEEL_TRUE : FEEL_FALSE;
}

static FeelTruth equal(Equality *e, const FeelValue *a, const FeelValue *b, int depth)
{
        if (e->st != ST_OK)
                return FEEL_FALSE;
        if (depth > 0) {
                if (e->x)
                        e->st = feel_tick(e->x, 1);
                else if (e->budget-- == 0)
                        e->st = ST_LIMIT;
                if (depth > VALUE_DEPTH)
                        e->st = ST_LIMIT;
                if (e->st != ST_OK)
                        return FEEL_FALSE;
        }
        if (a->kind == FEEL_UNKNOWN || b->kind == FEEL_UNKNOWN)
                return met_unknown(e, a, b);
        if (a->kind != b->kind)
                return a->kind == FEEL_NULL || b->kind == FEEL_NULL ? FEEL_FALSE : FEEL_NEITHER;
        switch (a->kind) {
        case FEEL_NULL:
                return FEEL_TRUE;
        case FEEL_BOOLEAN:
                return truth(a->boolean == b->boolean);
        case FEEL_NUMBER:
                return truth(dec_eq(a->number, b->number));
        case FEEL_STRING:
                return truth(str_eq(a->string, b->string));
        case FEEL_DATE:
                return truth(date_cmp(a->date, b->date) == 0);
        case FEEL_TIME:
                return truth(feel_time_equal(&a->time, &b->time));
        case FEEL_DATE_TIME:
                return truth(feel_date_time_equal(&a->date_time, &b->date_time));
        case FEEL_DAYS_DURATION:
                return truth(a->duration.seconds == b->duration.seconds && a->duration.nanos == b->duration.nanos);
        case FEEL_MONTHS_DURATION:
                return truth(a->months == b->months);
        case FEEL_LIST:
                if (a->list.len != b->list.len)
                        return FEEL_FALSE;
                if (a->list.items == b->list.items)
                        return FEEL_TRUE;
                return equal_parts(e, a->list.items, b->list.items, a->list.len, depth);
        case FEEL_CONTEXT:
                return equal_contexts(e, a, b, depth);
        case FEEL_RANGE: {
                const FeelRange *ra = a->range, *rb = b->range;
                if (ra->low_closed != rb->low_closed || ra->high_closed != rb->high_closed)
                        return FEEL_FALSE;
                FeelTruth t = equal_parts(e, &ra->low, &rb->low, 1, depth);
                return t == FEEL_TRUE ? equal_parts(e, &ra->high, &rb->high, 1, depth) : t;
        }
        case FEEL_FUNCTION:
                return truth(a->function == b->function);
        default:
                return FEEL_NEITHER;
        }
}

FeelTruth feel_equal(const FeelValue *a, const FeelValue *b)
{
        Equality e = { .budget = EQUAL_BUDGET, .st = ST_OK };
        FeelTruth t = equal(&e, a, b, 0);
        return e.st == ST_OK ? t : FEEL_NEITHER;
}

Status feel_is_equal(FeelExec *x, const FeelValue *a, const FeelValue *b, bool *ret)
{
        Equality e = { .x = x, .st = ST_OK };
        bool is = equal(&e, a, b, 0) == FEEL_TRUE;
        TRY(e.st);
        *ret = is;
        return ST_OK;
}

Status feel_equal_value(FeelExec *x, const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        Equality e = { .x = x, .st = ST_OK };
        FeelTruth t = equal(&e, a, b, 0);
        if (e.st != ST_OK)
                return e.st;
        *ret = t == FEEL_NEITHER ? (e.unknown ? e.causes : feel_null()) : feel_bool(t == FEEL_TRUE);
        return ST_OK;
}

/* ---------------------------------------------------------------- order */

static int order_i64(int64_t a, int64_t b)
{
        return a < b ? -1 : a > b;
}

bool feel_order(const FeelValue *a, const FeelValue *b, int *ret)
{
        int c;
        if (a->kind != b->kind)
                return false;
        switch (a->kind) {
        case FEEL_NUMBER:
                c = dec_cmp(a->number, b->number);
                if (c == 2)
                        return false;
                break;
        case FEEL_STRING:
                c = str_cmp(a->string, b->string);
                break;
        case FEEL_DATE:
                c = date_cmp(a->date, b->date);
                break;
        case FEEL_TIME:
                return feel_time_order(&a->time, &b->time, ret);
        case FEEL_DATE_TIME:
                return feel_date_time_order(&a->date_time, &b->date_time, ret);
        case FEEL_DAYS_DURATION:
                c = order_i64(a->duration.seconds, b->duration.seconds);
                if (c == 0)
                        c = order_i64(a->duration.nanos, b->duration.nanos);
                break;
        case FEEL_MONTHS_DURATION:
                c = order_i64(a->months, b->months);
                break;
        default:
                return false;
        }
        *ret = c < 0 ? -1 : c > 0;
        return true;
}

/* ---------------------------------------------------------------- hash */

static uint64_t mix(uint64_t h, uint64_t v)
{
        h ^= v + 0x9E3779B97F4A7C15u + (h << 6) + (h >> 2);
        return h * 0xFF51AFD7ED558CCDu;
}

static uint64_t hash(const FeelValue *v, int depth, uint32_t *budget);

#define HASH_ENTRIES 64         /* of wider contexts the keys alone */

/* Of what holds others only how many. */
static uint64_t shallow_hash(const FeelValue *v)
{
        uint32_t budget = 1;
        switch (v->kind) {
        case FEEL_LIST:
                return mix(v->kind, v->list.len);
        case FEEL_CONTEXT:
                return mix(v->kind, feel_shape_len(v->context.shape));
        case FEEL_RANGE:
                return v->kind;
        default:
                return hash(v, 0, &budget);
        }
}

static uint64_t hash(const FeelValue *v, int depth, uint32_t *budget)
{
        uint64_t h = v->kind;
        if (depth > 20 || *budget == 0)
                return h;
        --*budget;
        switch (v->kind) {
        case FEEL_BOOLEAN:
                return mix(h, v->boolean);
        case FEEL_NUMBER:
                return mix(h, dec_hash(v->number));
        case FEEL_STRING:
                return mix(h, str_hash(v->string));
        case FEEL_DATE:
                return mix(h, (uint64_t)date_to_days(v->date));
        case FEEL_TIME:
                return mix(h, feel_time_hash(&v->time));
        case FEEL_DATE_TIME:
                return mix(h, feel_date_time_hash(&v->date_time));
        case FEEL_DAYS_DURATION:
                return mix(mix(h, (uint64_t)v->duration.seconds), (uint64_t)v->duration.nanos);
        case FEEL_MONTHS_DURATION:
                return mix(h, (uint64_t)v->months);
        case FEEL_LIST:
                h = mix(h, v->list.len);
                for (size_t i = 0; i < v->list.len && i < 64; i++)
                        h = mix(h, hash(&v->list.items[i], depth + 1, budget));
                return h;
        case FEEL_CONTEXT: {
                /* The order of entries does not count, and the budget may not depend on it: what an entry gives
                 * is the same wherever it stands. */
                size_t n = feel_shape_len(v->context.shape);
                uint64_t sum = 0;
                for (size_t i = 0; i < n; i++) {
                        uint64_t entry = str_hash(feel_shape_key(v->context.shape, i));
                        sum += mix(entry,
                                   n <= HASH_ENTRIES ? shallow_hash(&v->context.values[i]) : v->context.values[i].kind);
                }
                return mix(h, sum);
        }
        case FEEL_RANGE:
                h = mix(h, hash(&v->range->low, depth + 1, budget));
                return mix(h, hash(&v->range->high, depth + 1, budget));
        case FEEL_FUNCTION:
                return mix(h, (uint64_t)(uintptr_t)v->function);
        default:
                return h;
        }
}

uint64_t feel_hash(const FeelValue *v)
{
        uint32_t budget = 256;
        return hash(v, 0, &budget);
}
