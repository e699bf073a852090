/* analyse.c -- gaps, overlaps and dead rules of a decision table; the method is in analyse.h. */
#include "dmn/analyse.h"

#include "dmn/link_int.h"

enum {
        MAX_SET_BYTES = 128 << 20,      /* of all boxes */
        MAX_WORK = 50000000,            /* sets looked at */
        MAX_SHOWN = 20,                 /* gaps and pairs put into words */
        MAX_DIMENSIONS = 200,           /* the covering goes that deep */
};

typedef struct Domain {
        Str name;
        const DmnColumn *column;        /* the first with this expression */
        FeelKind kind;
        bool ordered;                   /* atoms between the points too */
        FeelValue *points;
        size_t point_count, point_cap;
        size_t atoms, words;
        uint64_t *possible;             /* atoms that the allowed values leave */
} Domain;

typedef struct Analysis {
        const DmnDefs *defs;
        const DmnTable *t;
        Str name;
        Diag *diag;
        Arena *arena;
        Domain *dims;
        size_t dim_count;
        size_t *dim_of;                 /* of a column */
        uint64_t **sets;                /* [rule * dim_count + dim]: atoms it may take */
        bool *certain;                  /* rule: all its cells are simple */
        bool all_certain;
        uint64_t work;
        bool too_large;
        size_t shown;
} Analysis;

/* ---- domains ---- */

static int compare(const FeelValue *a, const FeelValue *b, bool *ok)
{
        int order = 0;
        if (a->kind == FEEL_BOOLEAN && b->kind == FEEL_BOOLEAN)
                return (int)a->boolean - (int)b->boolean;
        if (!feel_order(a, b, &order))
                *ok = false;
        return order;
}

static Status add_point(Analysis *an, Domain *d, const FeelValue *v, bool *ok)
{
        if (feel_is(v, FEEL_NULL))
                return ST_OK;
        size_t low = 0, high = d->point_count;
        while (low < high) {
                size_t mid = (low + high) / 2;
                int c = compare(&d->points[mid], v, ok);
                if (c == 0)
                        return ST_OK;
                if (c < 0)
                        low = mid + 1;
                else
                        high = mid;
        }
        if (arena_grow(an->arena, (void **)&d->points, &d->point_cap, d->point_count + 1, sizeof(FeelValue)) < 0)
                return ST_NOMEM;
        memmove(d->points + low + 1, d->points + low, (d->point_count - low) * sizeof(FeelValue));
        d->points[low] = *v;
        d->point_count++;
        return ST_OK;
}

static Status add_points(Analysis *an, Domain *d, const DmnGeometry *g, bool *ok)
{
        if (!g || g->any)
                return ST_OK;
        if (d->kind == FEEL_NULL)
                d->kind = g->kind;
        if (d->kind != g->kind) {
                *ok = false;
                return ST_OK;
        }
        for (size_t i = 0; i < g->len; i++) {
                if (!g->items[i].point)
                        d->ordered = true;
                TRY(add_point(an, d, &g->items[i].low, ok));
                TRY(add_point(an, d, &g->items[i].high, ok));
        }
        return ST_OK;
}

/* The allowed values of the column's own type, or of what its expression names. */
static const DmnGeometry *type_geometry(const DmnColumn *c)
{
        const DmnGeometry *g = c->type ? c->type->geometry : NULL;
        return g ? g : c->source ? c->source->geometry : NULL;
}

static Status make_domain(Analysis *an, size_t dim, bool *ok)
{
        Domain *d = &an->dims[dim];
        const DmnTable *t = an->t;
        for (size_t c = 0; c < t->input_count; c++) {
                if (an->dim_of[c] != dim)
                        continue;
                TRY(add_points(an, d, t->inputs[c].allowed_geometry, ok));
                TRY(add_points(an, d, type_geometry(&t->inputs[c]), ok));
                for (size_t r = 0; r < t->rule_count; r++)
                        TRY(add_points(an, d, t->rules[r].cells[c].geometry, ok));
        }
        if (d->kind == FEEL_NULL && d->column->feel->kind == FEEL_T_BOOLEAN)
                d->kind = FEEL_BOOLEAN;
        if (d->kind == FEEL_BOOLEAN) {
                FeelValue no = feel_bool(false), yes = feel_bool(true);
                TRY(add_point(an, d, &no, ok));
                TRY(add_point(an, d, &yes, ok));
                d->atoms = 2;
        } else if (d->kind != FEEL_STRING) {
                d->ordered = true;
                d->atoms = 2 * d->point_count + 1;
        } else {
                d->atoms = d->ordered ? 2 * d->point_count + 1 : d->point_count + 1;
        }
        if (d->kind == FEEL_BOOLEAN)
                d->ordered = false;
        d->words = (d->atoms + 63) / 64;
        return ST_OK;
}

static size_t point_index(const Domain *d, const FeelValue *v)
{
        bool ok = true;
        size_t low = 0, high = d->point_count;
        while (low < high) {
                size_t mid = (low + high) / 2;
                if (compare(&d->points[mid], v, &ok) < 0)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low;
}

static void set_bit(uint64_t *set, size_t i)
{
        set[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool get_bit(const uint64_t *set, size_t i)
{
        return set[i / 64] >> (i % 64) & 1;
}

static void fill(const Domain *d, uint64_t *set)
{
        memset(set, 0, d->words * sizeof(*set));
        for (size_t i = 0; i < d->atoms; i++)
                set_bit(set, i);
}

static void take_interval(const Domain *d, const DmnInterval *in, uint64_t *set)
{
        if (!d->ordered) {
                set_bit(set, point_index(d, &in->low));
                return;
        }
        size_t low = 0, high = d->atoms - 1;
        if (!feel_is(&in->low, FEEL_NULL))
                low = 2 * point_index(d, &in->low) + (in->low_closed ? 1 : 2);
        if (!feel_is(&in->high, FEEL_NULL)) {
                size_t at = 2 * point_index(d, &in->high) + 1;
                high = in->high_closed ? at : at - 1;
        }
        for (size_t i = low; i <= high && i < d->atoms; i++)
                set_bit(set, i);
}

static void take_geometry(const Domain *d, const DmnGeometry *g, uint64_t *set)
{
        if (!g || g->any) {
                fill(d, set);
                return;
        }
        memset(set, 0, d->words * sizeof(*set));
        for (size_t i = 0; i < g->len; i++)
                take_interval(d, &g->items[i], set);
        if (g->negated)
                for (size_t i = 0; i < d->atoms; i++)
                        set[i / 64] ^= UINT64_C(1) << (i % 64);
}

static void intersect(size_t words, uint64_t *a, const uint64_t *b)
{
        for (size_t i = 0; i < words; i++)
                a[i] &= b[i];
}

static bool is_empty(size_t words, const uint64_t *a)
{
        for (size_t i = 0; i < words; i++)
                if (a[i])
                        return false;
        return true;
}

static bool meets(size_t words, const uint64_t *a, const uint64_t *b)
{
        for (size_t i = 0; i < words; i++)
                if (a[i] & b[i])
                        return true;
        return false;
}

static bool contains(size_t words, const uint64_t *big, const uint64_t *small)
{
        for (size_t i = 0; i < words; i++)
                if (small[i] & ~big[i])
                        return false;
        return true;
}

/* Nothing lies between two days that follow each other, nor between two months. */
static bool is_vacant(const Domain *d, size_t atom)
{
        if (!d->ordered || atom % 2 == 1 || atom == 0 || atom == d->atoms - 1)
                return false;
        const FeelValue *a = &d->points[atom / 2 - 1], *b = &d->points[atom / 2];
        if (d->kind == FEEL_DATE)
                return date_to_days(b->date) - date_to_days(a->date) == 1;
        if (d->kind == FEEL_MONTHS_DURATION)
                return b->months - a->months == 1;
        return false;
}

static uint64_t *new_set(Analysis *an, const Domain *d)
{
        return arena_array_of(an->arena, uint64_t, d->words ? d->words : 1);
}

static Status make_sets(Analysis *an)
{
        const DmnTable *t = an->t;
        for (size_t k = 0; k < an->dim_count; k++) {
                Domain *d = &an->dims[k];
                uint64_t *one = new_set(an, d);
                d->possible = new_set(an, d);
                if (!d->possible || !one)
                        return ST_NOMEM;
                fill(d, d->possible);
                for (size_t i = 0; i < d->atoms; i++)
                        if (is_vacant(d, i))
                                d->possible[i / 64] &= ~(UINT64_C(1) << (i % 64));
                for (size_t c = 0; c < t->input_count; c++) {
                        if (an->dim_of[c] != k)
                                continue;
                        take_geometry(d, t->inputs[c].allowed_geometry, one);
                        intersect(d->words, d->possible, one);
                        take_geometry(d, type_geometry(&t->inputs[c]), one);
                        intersect(d->words, d->possible, one);
                }
        }
        for (size_t r = 0; r < t->rule_count; r++) {
                for (size_t k = 0; k < an->dim_count; k++) {
                        Domain *d = &an->dims[k];
                        uint64_t *set = new_set(an, d), *one = new_set(an, d);
                        if (!set || !one)
                                return ST_NOMEM;
                        memcpy(set, d->possible, d->words * sizeof(*set));
                        for (size_t c = 0; c < t->input_count; c++) {
                                if (an->dim_of[c] != k)
                                        continue;
                                take_geometry(d, t->rules[r].cells[c].geometry, one);
                                intersect(d->words, set, one);
                        }
                        an->sets[r * an->dim_count + k] = set;
                }
        }
        return ST_OK;
}

static uint64_t *set_of(const Analysis *an, size_t rule, size_t dim)
{
        return an->sets[rule * an->dim_count + dim];
}

/* ---- words ---- */

static void put_point(const Domain *d, size_t i, Buf *out)
{
        feel_to_text(&d->points[i], out);
}

/* Days are counted: what lies between two of them has a first and a last day. */
static void put_days(const Domain *d, size_t low, size_t high, Buf *out)
{
        FeelValue a = d->points[low % 2 == 1 ? low / 2 : low / 2 - 1], b = d->points[high / 2];
        if (low % 2 == 0)
                a.date = date_add_days(a.date, 1);
        if (high % 2 == 0)
                b.date = date_add_days(b.date, -1);
        if (date_cmp(a.date, b.date) != 0)
                buf_putc(out, '[');
        feel_to_text(&a, out);
        if (date_cmp(a.date, b.date) != 0) {
                buf_puts(out, "..");
                feel_to_text(&b, out);
                buf_putc(out, ']');
        }
}

/* Atoms low..high of an ordered dimension. */
static void put_run(const Domain *d, size_t low, size_t high, Lang lang, Buf *out)
{
        size_t last = d->atoms - 1;
        if (d->kind == FEEL_DATE && low > 0 && high < last) {
                put_days(d, low, high, out);
                return;
        }
        if (low == 0 && high == last) {
                buf_puts(out, lang == LANG_EN ? "anything" : "任意值");
        } else if (low == high && low % 2 == 1) {
                put_point(d, low / 2, out);
        } else if (low == 0) {
                buf_puts(out, high % 2 == 1 ? "<= " : "< ");
                put_point(d, high / 2, out);
        } else if (high == last) {
                buf_puts(out, low % 2 == 1 ? ">= " : "> ");
                put_point(d, low % 2 == 1 ? low / 2 : low / 2 - 1, out);
        } else {
                buf_putc(out, low % 2 == 1 ? '[' : '(');
                put_point(d, low % 2 == 1 ? low / 2 : low / 2 - 1, out);
                buf_puts(out, "..");
                put_point(d, high / 2, out);
                buf_putc(out, high % 2 == 1 ? ']' : ')');
        }
}

static void put_set(const Domain *d, const uint64_t *set, Lang lang, Buf *out)
{
        bool first = true;
        const char *or = lang == LANG_EN ? " or " : " 或 ";
        for (size_t i = 0; i < d->atoms; i++) {
                if (!get_bit(set, i))
                        continue;
                if (!first)
                        buf_puts(out, or);
                first = false;
                if (d->ordered) {
                        size_t end = i;
                        while (end + 1 < d->atoms && (get_bit(set, end + 1) || is_vacant(d, end + 1)))
                                end++;
                        while (end > i && !get_bit(set, end))
                                end--;
                        put_run(d, i, end, lang, out);
                        i = end;
                } else if (i < d->point_count) {
                        put_point(d, i, out);
                } else if (d->point_count == 0) {
                        buf_puts(out, lang == LANG_EN ? "anything" : "任意值");
                } else {
                        buf_puts(out, lang == LANG_EN ? "any other value" : "其他值");
                }
        }
}

static void put_region(const Analysis *an, uint64_t *const *region, Buf *out)
{
        Lang lang = an->diag->lang;
        bool first = true;
        for (size_t k = 0; k < an->dim_count; k++) {
                const Domain *d = &an->dims[k];
                if (memcmp(region[k], d->possible, d->words * sizeof(uint64_t)) == 0)
                        continue;
                if (!first)
                        buf_puts(out, lang == LANG_EN ? "; " : "；");
                first = false;
                buf_printf(out, lang == LANG_EN ? "%.*s: " : "%.*s：", STR_FMT(d->name));
                put_set(d, region[k], lang, out);
        }
        if (first)
                buf_puts(out, lang == LANG_EN ? "any input" : "任何输入");
}

/* ---- covering ---- */

typedef struct Cover {
        Analysis *an;
        uint64_t **region;              /* where we are: one set a dimension */
        bool gaps_wanted;               /* report every gap; otherwise stop at the first */
        bool found;
} Cover;

static void report_gap(Cover *c)
{
        Analysis *an = c->an;
        c->found = true;
        if (!c->gaps_wanted || an->shown++ >= MAX_SHOWN)
                return;
        _cleanup_buf_ Buf words = BUF_INIT(1 << 16);
        put_region(an, c->region, &words);
        bool collects = an->t->hit == HIT_COLLECT || an->t->hit == HIT_RULE_ORDER || an->t->hit == HIT_OUTPUT_ORDER;
        diag_add(an->diag, collects ? SEV_NOTE : SEV_WARNING, dmn_pos(an->defs, an->t->line, an->t->col),
                 "决策表“%.*s”有缺口，没有规则适用于：%s", "decision table \"%.*s\" has a gap, no rule applies to: %s",
                 STR_FMT(an->name), buf_cstr(&words));
}

/* Is what is left of the region (dimensions from dim on are free) covered by the rules listed?
 * Atoms of the dimension that the same rules take are treated together. */
static Status cover(Cover *c, size_t dim, const uint32_t *rules, size_t count)
{
        Analysis *an = c->an;
        if (c->found && !c->gaps_wanted)
                return ST_OK;
        an->work += count + 1;
        if (an->work > MAX_WORK) {
                an->too_large = true;
                return ST_OK;
        }
        for (size_t i = 0; i < count; i++) {
                bool whole = true;
                for (size_t k = dim; whole && k < an->dim_count; k++)
                        whole = contains(an->dims[k].words, set_of(an, rules[i], k), c->region[k]);
                if (whole)
                        return ST_OK;
        }
        if (count == 0 || dim == an->dim_count) {
                report_gap(c);
                return ST_OK;
        }
        const Domain *d = &an->dims[dim];
        ArenaMark mark = arena_mark(an->arena);
        uint64_t *left = new_set(an, d), *group = new_set(an, d), *saved = c->region[dim];
        uint32_t *inner = arena_array_of(an->arena, uint32_t, count);
        if (!left || !group || !inner)
                return ST_NOMEM;
        memcpy(left, saved, d->words * sizeof(*left));
        for (size_t atom = 0; atom < d->atoms && !an->too_large; atom++) {
                if (!get_bit(left, atom))
                        continue;
                size_t n = 0;
                memcpy(group, left, d->words * sizeof(*group));
                for (size_t i = 0; i < count; i++) {
                        const uint64_t *set = set_of(an, rules[i], dim);
                        bool in = get_bit(set, atom);
                        if (in)
                                inner[n++] = rules[i];
                        for (size_t w = 0; w < d->words; w++)
                                group[w] &= in ? set[w] : ~set[w];
                }
                an->work += count * d->words;
                for (size_t w = 0; w < d->words; w++)
                        left[w] &= ~group[w];
                uint64_t *kept = new_set(an, d);
                if (!kept)
                        return ST_NOMEM;
                memcpy(kept, group, d->words * sizeof(*kept));
                c->region[dim] = kept;
                TRY(cover(c, dim + 1, inner, n));
        }
        c->region[dim] = saved;
        arena_rewind(an->arena, mark);
        return ST_OK;
}

static Status find_gaps(Analysis *an)
{
        const DmnTable *t = an->t;
        if (!an->all_certain || t->has_fallback || t->rule_count == 0)
                return ST_OK;
        Cover c = { .an = an, .gaps_wanted = true };
        c.region = arena_array_of(an->arena, uint64_t *, an->dim_count);
        uint32_t *rules = arena_array_of(an->arena, uint32_t, t->rule_count);
        if (!c.region || !rules)
                return ST_NOMEM;
        for (size_t k = 0; k < an->dim_count; k++)
                c.region[k] = an->dims[k].possible;
        for (size_t r = 0; r < t->rule_count; r++)
                rules[r] = (uint32_t)r;
        an->shown = 0;
        TRY(cover(&c, 0, rules, t->rule_count));
        if (an->shown > MAX_SHOWN)
                diag_note(an->diag, dmn_pos(an->defs, t->line, t->col), "决策表“%.*s”另有 %zu 处缺口未列出",
                          "decision table \"%.*s\" has %zu more gaps", STR_FMT(an->name), an->shown - MAX_SHOWN);
        return ST_OK;
}

/* Is rule r inside the union of the others listed? */
static Status is_covered(Analysis *an, size_t r, const uint32_t *others, size_t count, bool *ret)
{
        Cover c = { .an = an };
        c.region = arena_array_of(an->arena, uint64_t *, an->dim_count);
        if (!c.region)
                return ST_NOMEM;
        for (size_t k = 0; k < an->dim_count; k++)
                c.region[k] = set_of(an, r, k);
        TRY(cover(&c, 0, others, count));
        *ret = !c.found && !an->too_large;
        return ST_OK;
}

/* ---- rules against each other ---- */

static bool overlaps(const Analysis *an, size_t a, size_t b)
{
        for (size_t k = 0; k < an->dim_count; k++)
                if (!meets(an->dims[k].words, set_of(an, a, k), set_of(an, b, k)))
                        return false;
        return true;
}

/* 1 same, 0 different, -1 cannot be told. */
static int same_outputs(const DmnTable *t, size_t a, size_t b)
{
        int all = 1;
        for (size_t i = 0; i < t->output_count; i++) {
                const DmnOutCell *x = &t->rules[a].outs[i], *y = &t->rules[b].outs[i];
                if (str_eq(str_trim(x->text.text), str_trim(y->text.text)))
                        continue;
                const FeelValue *p = x->program ? feel_program_constant(x->program) : NULL;
                const FeelValue *q = y->program ? feel_program_constant(y->program) : NULL;
                if (!p || !q)
                        all = -1;
                else if (feel_equal(p, q) != FEEL_TRUE)
                        return 0;
        }
        return all;
}

static size_t output_rank(const DmnTable *t, size_t rule, size_t i)
{
        const DmnOutClause *o = &t->outputs[i];
        const FeelProgram *p = t->rules[rule].outs[i].program;
        const FeelValue *v = p ? feel_program_constant(p) : NULL;
        for (size_t k = 0; v && k < o->value_count; k++)
                if (feel_equal(&o->values[k], v) == FEEL_TRUE)
                        return k;
        return v ? o->value_count : SIZE_MAX;
}

/* Does rule a stand before rule b for hit policy PRIORITY, for certain? */
static bool outranks(const DmnTable *t, size_t a, size_t b)
{
        for (size_t i = 0; i < t->output_count; i++) {
                size_t p = output_rank(t, a, i), q = output_rank(t, b, i);
                if (p == SIZE_MAX || q == SIZE_MAX)
                        return false;
                if (p != q)
                        return p < q;
        }
        return false;
}

static Status shared_region(Analysis *an, size_t a, size_t b, Buf *out)
{
        ArenaMark mark = arena_mark(an->arena);
        uint64_t **region = arena_array_of(an->arena, uint64_t *, an->dim_count);
        if (!region)
                return ST_NOMEM;
        for (size_t k = 0; k < an->dim_count; k++) {
                region[k] = new_set(an, &an->dims[k]);
                if (!region[k])
                        return ST_NOMEM;
                memcpy(region[k], set_of(an, a, k), an->dims[k].words * sizeof(uint64_t));
                intersect(an->dims[k].words, region[k], set_of(an, b, k));
        }
        put_region(an, region, out);
        arena_rewind(an->arena, mark);
        return ST_OK;
}

static Status find_overlaps(Analysis *an)
{
        const DmnTable *t = an->t;
        if (t->hit != HIT_UNIQUE && t->hit != HIT_ANY)
                return ST_OK;
        an->shown = 0;
        for (size_t a = 0; a < t->rule_count; a++) {
                for (size_t b = a + 1; b < t->rule_count; b++) {
                        an->work += an->dim_count;
                        if (an->work > MAX_WORK) {
                                an->too_large = true;
                                return ST_OK;
                        }
                        if (!an->certain[a] || !an->certain[b] || !overlaps(an, a, b))
                                continue;
                        if (t->hit == HIT_ANY && same_outputs(t, a, b) != 0)
                                continue;
                        if (an->shown++ >= MAX_SHOWN)
                                continue;
                        _cleanup_buf_ Buf words = BUF_INIT(1 << 16);
                        TRY(shared_region(an, a, b, &words));
                        diag_error(
                                an->diag, dmn_pos(an->defs, t->rules[b].line, t->rules[b].col),
                                "决策表“%.*s”：规则 %zu 与规则 %zu 重叠，违反命中策略 %s，重叠处：%s",
                                "decision table \"%.*s\": rules %zu and %zu overlap against hit policy %s, where: %s",
                                STR_FMT(an->name), a + 1, b + 1, t->hit == HIT_UNIQUE ? "UNIQUE" : "ANY",
                                buf_cstr(&words));
                }
        }
        if (an->shown > MAX_SHOWN)
                diag_note(an->diag, dmn_pos(an->defs, t->line, t->col), "决策表“%.*s”另有 %zu 对重叠的规则未列出",
                          "decision table \"%.*s\" has %zu more pairs of rules that overlap", STR_FMT(an->name),
                          an->shown - MAX_SHOWN);
        return ST_OK;
}

/* A rule whose own conditions exclude each other or the allowed values. */
static bool never_matches(Analysis *an, size_t r)
{
        for (size_t k = 0; k < an->dim_count; k++) {
                if (!is_empty(an->dims[k].words, set_of(an, r, k)))
                        continue;
                diag_error(an->diag, dmn_pos(an->defs, an->t->rules[r].line, an->t->rules[r].col),
                           "决策表“%.*s”：规则 %zu 永远不会命中，“%.*s”没有值能满足它的条件",
                           "decision table \"%.*s\": rule %zu can never fire, no value of \"%.*s\" meets its condition",
                           STR_FMT(an->name), r + 1, STR_FMT(an->dims[k].name));
                return true;
        }
        return false;
}

static void put_rules(const Analysis *an, size_t r, const uint32_t *others, size_t count, Buf *out)
{
        bool first = true;
        for (size_t i = 0; i < count; i++) {
                bool inside = true;
                for (size_t k = 0; inside && k < an->dim_count; k++)
                        inside = contains(an->dims[k].words, set_of(an, others[i], k), set_of(an, r, k));
                if (inside) {
                        buf_printf(out, "%u", others[i] + 1);
                        return;
                }
        }
        for (size_t i = 0; i < count; i++) {
                if (!overlaps(an, others[i], r))
                        continue;
                buf_printf(out, "%s%u", first ? "" : an->diag->lang == LANG_EN ? ", " : "、", others[i] + 1);
                first = false;
        }
}

static Status find_masked(Analysis *an, const bool *dead)
{
        const DmnTable *t = an->t;
        bool first_hit = t->hit == HIT_FIRST, priority = t->hit == HIT_PRIORITY, any = t->hit == HIT_ANY;
        uint32_t *others = arena_array_of(an->arena, uint32_t, t->rule_count);
        if (!others)
                return ST_NOMEM;
        for (size_t r = 0; (first_hit || priority || any) && r < t->rule_count && !an->too_large; r++) {
                size_t n = 0;
                if (dead[r])
                        continue;
                for (size_t o = 0; o < t->rule_count; o++) {
                        bool before = first_hit  ? o < r
                                      : priority ? outranks(t, o, r)
                                                 : o < r && same_outputs(t, o, r) == 1;
                        if (o != r && before && !dead[o] && an->certain[o])
                                others[n++] = (uint32_t)o;
                }
                bool masked = false;
                if (n)
                        TRY(is_covered(an, r, others, n, &masked));
                if (!masked)
                        continue;
                _cleanup_buf_ Buf words = BUF_INIT(1 << 16);
                put_rules(an, r, others, n, &words);
                Pos pos = dmn_pos(an->defs, t->rules[r].line, t->rules[r].col);
                if (any)
                        diag_warning(
                                an->diag, pos, "决策表“%.*s”：规则 %zu 是多余的，规则 %s 已覆盖它且输出相同",
                                "decision table \"%.*s\": rule %zu is redundant, rule %s covers it with the same output",
                                STR_FMT(an->name), r + 1, buf_cstr(&words));
                else
                        diag_error(an->diag, pos, "决策表“%.*s”：规则 %zu 永远不会生效，被规则 %s 完全遮蔽",
                                   "decision table \"%.*s\": rule %zu can never fire, it is masked by rule %s",
                                   STR_FMT(an->name), r + 1, buf_cstr(&words));
        }
        return ST_OK;
}

/* ---- the table ---- */

static Status name_dimensions(Analysis *an)
{
        const DmnTable *t = an->t;
        an->dims = arena_array_of(an->arena, Domain, t->input_count);
        an->dim_of = arena_array_of(an->arena, size_t, t->input_count);
        if (!an->dims || !an->dim_of)
                return ST_NOMEM;
        for (size_t c = 0; c < t->input_count; c++) {
                Str text = str_trim(t->inputs[c].text.text);
                size_t k = 0;
                while (k < an->dim_count && !str_eq(str_trim(an->dims[k].column->text.text), text))
                        k++;
                if (k == an->dim_count)
                        an->dims[an->dim_count++] = (Domain){
                                .name = t->inputs[c].label.len ? t->inputs[c].label : text, .column = &t->inputs[c] };
                an->dim_of[c] = k;
        }
        return ST_OK;
}

static Status note_certain(Analysis *an)
{
        const DmnTable *t = an->t;
        an->certain = arena_array_of(an->arena, bool, t->rule_count);
        if (!an->certain)
                return ST_NOMEM;
        an->all_certain = true;
        for (size_t r = 0; r < t->rule_count; r++) {
                an->certain[r] = true;
                for (size_t c = 0; c < t->input_count; c++)
                        an->certain[r] = an->certain[r] && t->rules[r].cells[c].geometry;
                an->all_certain = an->all_certain && an->certain[r];
        }
        return ST_OK;
}

static Status analyse(Analysis *an)
{
        const DmnTable *t = an->t;
        if (t->input_count > MAX_DIMENSIONS) {
                an->too_large = true;
                return ST_OK;
        }
        TRY(name_dimensions(an));
        TRY(note_certain(an));
        uint64_t bytes = 0;
        for (size_t k = 0; k < an->dim_count; k++) {
                bool ok = true;
                TRY(make_domain(an, k, &ok));
                if (!ok) {
                        diag_note(
                                an->diag, dmn_pos(an->defs, t->line, t->col),
                                "决策表“%.*s”的列“%.*s”混有不同类型的条件，未作缺口和重叠分析",
                                "decision table \"%.*s\": column \"%.*s\" mixes kinds of values; gaps and overlaps were not looked for",
                                STR_FMT(an->name), STR_FMT(an->dims[k].name));
                        return ST_OK;
                }
                bytes += an->dims[k].words * 16 * (t->rule_count + 2);
        }
        if (bytes > MAX_SET_BYTES) {
                an->too_large = true;
                return ST_OK;
        }
        an->sets = arena_array_of(an->arena, uint64_t *, t->rule_count * an->dim_count);
        bool *dead = arena_array_of(an->arena, bool, t->rule_count);
        if (!an->sets || !dead)
                return ST_NOMEM;
        TRY(make_sets(an));
        for (size_t r = 0; r < t->rule_count; r++)
                dead[r] = never_matches(an, r);
        TRY(find_overlaps(an));
        TRY(find_masked(an, dead));
        return find_gaps(an);
}

Status dmn_analyse_table(const DmnDefs *defs, Str name, const DmnTable *t, Diag *diag)
{
        if (!diag || t->broken || t->input_count == 0 || t->rule_count == 0)
                return ST_OK;
        Analysis an = { .defs = defs, .t = t, .name = name, .diag = diag, .arena = arena_new((size_t)512 << 20) };
        if (!an.arena)
                return ST_NOMEM;
        Status st = analyse(&an);
        if (st == ST_OK && an.too_large)
                diag_note(diag, dmn_pos(defs, t->line, t->col), "决策表“%.*s”过大，缺口和重叠分析不完整",
                          "decision table \"%.*s\" is too large to be analysed in full", STR_FMT(name));
        arena_free(an.arena);
        return st;
}
