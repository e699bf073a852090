/* cell.c -- the geometry of simple cells.
 *
 * Most cells of real tables are values and intervals: "A", "B" / [10..20) / >= 0.02 /
 * not(3, 4).  For those the room keeps, beside the compiled unary tests, the set
 * they accept.  It answers a cell without running a program, lets the batch compare
 * whole columns, and is what gaps and overlaps are computed from (check.c).  A
 * cell is simple when its ends are constants of one kind; everything else is
 * left to the program. */
#include "dmn/link_int.h"

enum { MAX_PARTS = 10000 };

typedef struct Parts {
        Str *items;
        size_t len, cap;
} Parts;

/* Position of the closing quote of a string that begins at i; s.len when it does not end. */
static size_t string_end(Str s, size_t i)
{
        for (size_t k = i + 1; k < s.len; k++) {
                if (s.ptr[k] == '\\')
                        k++;
                else if (s.ptr[k] == '"')
                        return k;
        }
        return s.len;
}

static Status split(DmnModel *m, Str s, Parts *ret, bool *ret_ok)
{
        int depth = 0;
        size_t begin = 0;
        *ret_ok = false;
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                if (c == '"') {
                        i = string_end(s, i);
                } else if (c == '(' || c == '[' || c == '{') {
                        depth++;
                } else if (c == ')' || c == ']' || c == '}') {
                        depth--;
                } else if (c == '/' && i + 1 < s.len && (s.ptr[i + 1] == '/' || s.ptr[i + 1] == '*')) {
                        return ST_OK;           /* a comment: leave it to the program */
                } else if (c == ',' && depth == 0) {
                        if (ret->len >= MAX_PARTS)
                                return ST_OK;
                        TRY(DMN_PUSH(m, ret->items, ret->len, ret->cap, str_trim(str_n(s.ptr + begin, i - begin))));
                        begin = i + 1;
                }
        }
        TRY(DMN_PUSH(m, ret->items, ret->len, ret->cap, str_trim(str_n(s.ptr + begin, s.len - begin))));
        *ret_ok = true;
        return ST_OK;
}

/* The value of a constant expression of a scalar kind. */
static Status constant(DmnModel *m, Str text, FeelValue *ret, bool *ret_ok)
{
        *ret_ok = false;
        if (text.len == 0)
                return ST_OK;
        FeelProgram *p = NULL;
        Status st = feel_compile(m->empty_scope, FEEL_SOURCE(text), NULL, NULL, &p);
        if (st == ST_NOMEM)
                return st;
        if (st != ST_OK)
                return ST_OK;
        const FeelValue *v = feel_program_constant(p);
        if (v && v->kind >= FEEL_BOOLEAN && v->kind <= FEEL_MONTHS_DURATION) {
                *ret_ok = true;
                st = feel_copy(m->arena, v, ret);
        }
        feel_program_free(p);
        return st;
}

static size_t top_level_dots(Str s)
{
        int depth = 0;
        for (size_t i = 0; i + 1 < s.len; i++) {
                char c = s.ptr[i];
                if (c == '"')
                        i = string_end(s, i);
                else if (c == '(' || c == '[' || c == '{')
                        depth++;
                else if (c == ')' || c == ']' || c == '}')
                        depth--;
                else if (c == '.' && s.ptr[i + 1] == '.' && depth == 0)
                        return i;
        }
        return SIZE_MAX;
}

static Status range_part(DmnModel *m, Str s, DmnInterval *ret, bool *ret_ok)
{
        char open = s.ptr[0], close = s.ptr[s.len - 1];
        *ret_ok = false;
        if ((open != '[' && open != '(' && open != ']') || (close != ']' && close != ')' && close != '['))
                return ST_OK;
        Str inside = str_n(s.ptr + 1, s.len - 2);
        size_t dots = top_level_dots(inside);
        if (dots == SIZE_MAX)
                return ST_OK;
        bool low_ok, high_ok;
        TRY(constant(m, str_trim(str_n(inside.ptr, dots)), &ret->low, &low_ok));
        TRY(constant(m, str_trim(str_n(inside.ptr + dots + 2, inside.len - dots - 2)), &ret->high, &high_ok));
        ret->low_closed = open == '[';
        ret->high_closed = close == ']';
        *ret_ok = low_ok && high_ok && ret->low.kind == ret->high.kind;
        return ST_OK;
}

static Status part(DmnModel *m, Str s, DmnInterval *ret, bool *ret_ok)
{
        *ret = (DmnInterval){ 0 };
        *ret_ok = false;
        if (s.len == 0)
                return ST_OK;
        bool less = s.ptr[0] == '<', more = s.ptr[0] == '>';
        if (less || more) {
                bool equal = s.len > 1 && s.ptr[1] == '=';
                Str end = str_trim(str_n(s.ptr + 1 + equal, s.len - 1 - equal));
                FeelValue v;
                TRY(constant(m, end, &v, ret_ok));
                if (!*ret_ok || v.kind == FEEL_BOOLEAN) {
                        *ret_ok = false;
                        return ST_OK;
                }
                if (less) {
                        ret->high = v;
                        ret->high_closed = equal;
                } else {
                        ret->low = v;
                        ret->low_closed = equal;
                }
                return ST_OK;
        }
        if (s.len > 4 && top_level_dots(str_n(s.ptr + 1, s.len - 2)) != SIZE_MAX)
                return range_part(m, s, ret, ret_ok);
        TRY(constant(m, s, &ret->low, ret_ok));
        ret->high = ret->low;
        ret->point = ret->low_closed = ret->high_closed = true;
        return ST_OK;
}

/* not(…) around the whole text: its inside. */
static bool negation(Str s, Str *ret)
{
        if (!str_starts(s, STR("not")) || !str_ends(s, STR(")")))
                return false;
        Str rest = str_trim(str_n(s.ptr + 3, s.len - 3));
        if (rest.len < 2 || rest.ptr[0] != '(')
                return false;
        int depth = 0;
        for (size_t i = 0; i < rest.len; i++) {
                char c = rest.ptr[i];
                if (c == '"')
                        i = string_end(rest, i);
                else if (c == '(')
                        depth++;
                else if (c == ')' && --depth == 0 && i + 1 < rest.len)
                        return false;
        }
        *ret = str_trim(str_n(rest.ptr + 1, rest.len - 2));
        return true;
}

static Status geometry_of(DmnModel *m, Str s, DmnGeometry **ret)
{
        DmnGeometry g = { 0 };
        Str inside;
        if (str_eq_c(s, "-")) {
                g.any = true;
        } else {
                if (negation(s, &inside)) {
                        g.negated = true;
                        s = inside;
                }
                Parts parts = { 0 };
                bool ok;
                TRY(split(m, s, &parts, &ok));
                if (!ok)
                        return ST_OK;
                g.items = arena_array_of(m->arena, DmnInterval, parts.len);
                if (!g.items)
                        return ST_NOMEM;
                for (size_t i = 0; i < parts.len; i++) {
                        TRY(part(m, parts.items[i], &g.items[i], &ok));
                        if (!ok)
                                return ST_OK;
                        FeelKind k = (FeelKind)(feel_is(&g.items[i].low, FEEL_NULL) ? g.items[i].high.kind
                                                                                    : g.items[i].low.kind);
                        if (i > 0 && k != g.kind)
                                return ST_OK;
                        g.kind = k;
                }
                g.len = parts.len;
        }
        *ret = arena_new_of(m->arena, DmnGeometry);
        if (!*ret)
                return ST_NOMEM;
        **ret = g;
        return ST_OK;
}

Status dmn_cell_geometry(DmnModel *m, const DmnText *text, DmnGeometry **ret)
{
        *ret = NULL;
        Str s = str_trim(text->text);
        if (s.len == 0)
                return ST_OK;
        ArenaMark mark = arena_mark(m->arena);
        TRY(geometry_of(m, s, ret));
        if (!*ret)
                arena_rewind(m->arena, mark);
        return ST_OK;
}

static int holds_one(const DmnInterval *in, const FeelValue *v)
{
        if (in->point) {
                FeelTruth t = feel_equal(&in->low, v);
                return t == FEEL_NEITHER ? -1 : t == FEEL_TRUE;
        }
        int order;
        if (!feel_is(&in->low, FEEL_NULL)) {
                if (!feel_order(v, &in->low, &order))
                        return -1;
                if (order < 0 || (order == 0 && !in->low_closed))
                        return 0;
        }
        if (!feel_is(&in->high, FEEL_NULL)) {
                if (!feel_order(v, &in->high, &order))
                        return -1;
                if (order > 0 || (order == 0 && !in->high_closed))
                        return 0;
        }
        return 1;
}

static int holds_number(const DmnInterval *in, Dec d)
{
        if (in->point)
                return dec_cmp(d, in->low.number) == 0;
        if (in->low.kind == FEEL_NUMBER) {
                int c = dec_cmp(d, in->low.number);
                if (c < 0 || (c == 0 && !in->low_closed))
                        return 0;
        }
        if (in->high.kind == FEEL_NUMBER) {
                int c = dec_cmp(d, in->high.number);
                if (c > 0 || (c == 0 && !in->high_closed))
                        return 0;
        }
        return 1;
}

int dmn_geometry_holds(const DmnGeometry *g, const FeelValue *v)
{
        if (g->any)
                return 1;
        if (v->kind != (uint8_t)g->kind)
                return -1;
        for (size_t i = 0; i < g->len; i++) {
                int h = v->kind == FEEL_NUMBER ? holds_number(&g->items[i], v->number) : holds_one(&g->items[i], v);
                if (h < 0)
                        return -1;
                if (h)
                        return !g->negated;
        }
        return g->negated;
}
