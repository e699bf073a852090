/* Range functions (DMN 1.5, table 78): the relations of points and ranges.
 *
 * Everything is asked of ends: an End is the value at one side of a range with
 * whether it belongs to it, or no value: that side is not bounded.  A point is a
 * range that starts and ends at it.  Values of different kinds cannot be compared:
 * the call is null then. */
#include "feel/builtins_int.h"

typedef struct End {
        const FeelValue *value; /* NULL: not bounded */
        bool closed;
} End;

typedef struct Span {
        End start, end;
} Span;

static Span span_of(const FeelValue *v)
{
        if (v->kind != FEEL_RANGE)
                return (Span){ { v, true }, { v, true } };
        const FeelRange *r = v->range;
        return (Span){ { r->low.kind == FEEL_NULL ? NULL : &r->low, r->low_closed },
                       { r->high.kind == FEEL_NULL ? NULL : &r->high, r->high_closed } };
}

/* A comparison that failed makes the whole relation null. */
typedef struct Relation {
        bool incomparable;
} Relation;

/* Which is further right, an end at a side: sign -1 for starts without bound, 1 for ends. */
static int order(Relation *r, End a, int a_side, End b, int b_side)
{
        if (!a.value || !b.value) {
                int left = a.value ? 0 : a_side, right = b.value ? 0 : b_side;
                return (left > right) - (left < right);
        }
        int c = 0;
        if (!feel_order(a.value, b.value, &c))
                r->incomparable = true;
        return c;
}

#define STARTS(a, b) order(r, (a).start, -1, (b).start, -1)
#define ENDS(a, b) order(r, (a).end, 1, (b).end, 1)

/* a ends where b starts or before; touching: both have the point. */
static int end_to_start(Relation *r, Span a, Span b)
{
        return order(r, a.end, 1, b.start, -1);
}

static bool before(Relation *r, Span a, Span b)
{
        int c = end_to_start(r, a, b);
        return c < 0 || (c == 0 && (!a.end.closed || !b.start.closed));
}

static bool after(Relation *r, Span a, Span b)
{
        return before(r, b, a);
}

static bool meets(Relation *r, Span a, Span b)
{
        return end_to_start(r, a, b) == 0 && a.end.closed && b.start.closed && a.end.value && b.start.value;
}

static bool met_by(Relation *r, Span a, Span b)
{
        return meets(r, b, a);
}

/* b's start is inside a or touches its end. */
static bool reaches(Relation *r, Span a, Span b)
{
        int c = end_to_start(r, a, b);
        return c > 0 || (c == 0 && a.end.closed && b.start.closed);
}

static bool overlaps(Relation *r, Span a, Span b)
{
        bool left = reaches(r, a, b), right = reaches(r, b, a);
        return left && right;
}

static bool overlaps_before(Relation *r, Span a, Span b)
{
        int starts = STARTS(a, b), ends = ENDS(a, b);
        return (starts < 0 || (starts == 0 && a.start.closed && !b.start.closed)) && reaches(r, a, b) &&
               (ends < 0 || (ends == 0 && (!a.end.closed || b.end.closed)));
}

static bool overlaps_after(Relation *r, Span a, Span b)
{
        return overlaps_before(r, b, a);
}

static bool finishes(Relation *r, Span a, Span b)
{
        int starts = STARTS(a, b), ends = ENDS(a, b);
        return ends == 0 && a.end.closed == b.end.closed &&
               (starts > 0 || (starts == 0 && (!a.start.closed || b.start.closed)));
}

static bool finished_by(Relation *r, Span a, Span b)
{
        return finishes(r, b, a);
}

static bool includes(Relation *r, Span a, Span b)
{
        int starts = STARTS(a, b), ends = ENDS(a, b);
        return (starts < 0 || (starts == 0 && (a.start.closed || !b.start.closed))) &&
               (ends > 0 || (ends == 0 && (a.end.closed || !b.end.closed)));
}

static bool during(Relation *r, Span a, Span b)
{
        return includes(r, b, a);
}

static bool starts(Relation *r, Span a, Span b)
{
        int begin = STARTS(a, b), ends = ENDS(a, b);
        return begin == 0 && a.start.closed == b.start.closed &&
               (ends < 0 || (ends == 0 && (!a.end.closed || b.end.closed)));
}

static bool started_by(Relation *r, Span a, Span b)
{
        return starts(r, b, a);
}

static bool coincides(Relation *r, Span a, Span b)
{
        int begin = STARTS(a, b), ends = ENDS(a, b);
        return begin == 0 && ends == 0 && a.start.closed == b.start.closed && a.end.closed == b.end.closed;
}

static Status relate(FeelExec *x, bool (*relation)(Relation *, Span, Span), const FeelValue *args, FeelValue *ret)
{
        Relation r = { false };
        bool answer = relation(&r, span_of(&args[0]), span_of(&args[1]));
        if (r.incomparable)
                return FEEL_FAIL(x, ret, "两者不可比较", "the two cannot be compared");
        *ret = feel_bool(answer);
        return ST_OK;
}

#define RELATION(name)                                                                                  \
        static Status fn_##name(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)       \
        {                                                                                               \
                (void)nargs;                                                                            \
                return relate(x, name, args, ret);                                                      \
        }
RELATION(before)
RELATION(after)
RELATION(meets)
RELATION(met_by)
RELATION(overlaps)
RELATION(overlaps_before)
RELATION(overlaps_after)
RELATION(finishes)
RELATION(finished_by)
RELATION(includes)
RELATION(during)
RELATION(starts)
RELATION(started_by)
RELATION(coincides)

#define FM_POINT (FM_NUMBER | FM_STRING | FM_DATE | FM_TIME | FM_DATE_TIME | FM_DURATION)
#define ROW(name, fn, first, first_mask, second, second_mask) \
        { name, fn, FEEL_T_BOOLEAN, FB_PURE, 2, 2, { { first, first_mask }, { second, second_mask } } }
#define POINTS(name, fn) ROW(name, fn, "point1", FM_POINT, "point2", FM_POINT)
#define POINT_RANGE(name, fn) ROW(name, fn, "point", FM_POINT, "range", FM_RANGE)
#define RANGE_POINT(name, fn) ROW(name, fn, "range", FM_RANGE, "point", FM_POINT)
#define RANGES(name, fn) ROW(name, fn, "range1", FM_RANGE, "range2", FM_RANGE)

const FeelBuiltin feel_builtins_range[] = {
        POINTS("before", fn_before),
        POINT_RANGE("before", fn_before),
        RANGE_POINT("before", fn_before),
        RANGES("before", fn_before),
        POINTS("after", fn_after),
        POINT_RANGE("after", fn_after),
        RANGE_POINT("after", fn_after),
        RANGES("after", fn_after),
        RANGES("meets", fn_meets),
        RANGES("met by", fn_met_by),
        RANGES("overlaps", fn_overlaps),
        RANGES("overlaps before", fn_overlaps_before),
        RANGES("overlaps after", fn_overlaps_after),
        POINT_RANGE("finishes", fn_finishes),
        RANGES("finishes", fn_finishes),
        RANGE_POINT("finished by", fn_finished_by),
        RANGES("finished by", fn_finished_by),
        RANGE_POINT("includes", fn_includes),
        RANGES("includes", fn_includes),
        POINT_RANGE("during", fn_during),
        RANGES("during", fn_during),
        POINT_RANGE("starts", fn_starts),
        RANGES("starts", fn_starts),
        RANGE_POINT("started by", fn_started_by),
        RANGES("started by", fn_started_by),
        POINTS("coincides", fn_coincides),
        RANGES("coincides", fn_coincides),
        { NULL, NULL, FEEL_T_ANY, 0, 0, 0, { { NULL, 0 } } },
};
