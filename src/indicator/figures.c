/* figures.c -- an indicator for all units at once, kept once computed. */
#include "indicator/indicator_int.h"

enum { BOOK_MAX_GIB = 2 };

IndicatorBook *indicator_book_new(StoreTx *tx, const Pack *pack)
{
        IndicatorBook *b = mem_calloc(1, sizeof(*b));
        if (!b)
                return NULL;
        b->tx = tx;
        b->pack = pack;
        b->arena = arena_new((size_t)BOOK_MAX_GIB << 30);
        b->exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        b->cache = register_cache_new(tx, pack, NULL);
        b->first = b->arena ? arena_array_of(b->arena, Figures *, pack->indicator_count + 1) : NULL;
        if (!b->exec || !b->cache || !b->first) {
                indicator_book_free(b);
                return NULL;
        }
        return b;
}

void indicator_book_free(IndicatorBook *b)
{
        if (!b)
                return;
        register_cache_free(b->cache);
        feel_exec_free(b->exec);
        arena_free(b->arena);
        mem_free(b);
}

Status indicator_missing_name(const PackUnit *unit, const PackIndicator *ind, Arena *a, Str *ret)
{
        char *s = arena_printf(a, "%.*s %.*s", STR_FMT(unit->name), STR_FMT(ind->title.zh));
        *ret = str_c(s);
        return s ? ST_OK : ST_NOMEM;
}

const PackForm *indicator_form_of(const Pack *pack, const PackIndicator *ind)
{
        for (size_t i = 0; i < pack->form_count; i++)
                for (size_t k = 0; k < pack->forms[i]->item_count; k++)
                        if (pack->forms[i]->items[k].indicator == ind)
                                return pack->forms[i];
        return NULL;
}

const PackForm *indicator_published_with(const Pack *pack, const PackIndicator *ind)
{
        const PackForm *form = indicator_form_of(pack, ind);
        for (size_t i = 0; !form && i < ind->use_count; i++) /* formulas are acyclic: pack/link */
                form = indicator_published_with(pack, ind->uses[i]);
        return form;
}

const PackUnitKind *indicator_reporters(const Pack *pack, const PackIndicator *ind)
{
        const PackForm *form = indicator_form_of(pack, ind);
        return form ? form->units : NULL;
}

static Status unknown(IndicatorBook *b, const PackUnit *unit, const PackIndicator *ind, FeelValue *ret)
{
        Str name;
        TRY(indicator_missing_name(unit, ind, b->arena, &name));
        return feel_unknown(b->arena, name, ret);
}

/* ---- reported ---- */

Status indicator_reported(IndicatorBook *b, const PackIndicator *ind, Period period, FeelValue *ret)
{
        for (size_t i = 0; i < b->pack->unit_count; i++)
                ret[i] = feel_null();
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                b->tx,
                "SELECT unit, value FROM indicator_value WHERE indicator = $1 AND period = $2 AND value IS NOT NULL",
                STORE_ARGS(sv_text(ind->name), sv_i64(period_to_int(period))), &q));
        while (store_next(q)) {
                const PackUnit *u = pack_unit(b->pack, store_text(q, 0));
                if (u)
                        ret[u->index] = feel_number(dec_from_scaled(store_i64(q, 1), ind->scale));
        }
        TRY(store_done(q));
        for (size_t i = 0; i < b->pack->unit_count; i++)
                if (feel_is(&ret[i], FEEL_NULL))
                        TRY(unknown(b, &b->pack->units[i], ind, &ret[i]));
        return ST_OK;
}

typedef struct RollUp {
        Dec sum, min, max;
        int64_t known;
        FeelValue missing; /* the union of the UNKNOWN ones, or null */
} RollUp;

static Status roll(IndicatorBook *b, const PackIndicator *ind, RollUp *r, const FeelValue *v)
{
        FeelValue zero = feel_i64(0);
        if (!feel_is(v, FEEL_NUMBER) && ind->missing == PACK_MISSING_SKIP)
                return ST_OK;
        if (!feel_is(v, FEEL_NUMBER) && ind->missing == PACK_MISSING_ZERO)
                v = &zero;
        if (!feel_is(v, FEEL_NUMBER)) {
                if (feel_is(&r->missing, FEEL_NULL)) {
                        r->missing = *v;
                        return ST_OK;
                }
                return feel_unknown_union(b->arena, &r->missing, v, &r->missing);
        }
        bool first = r->known++ == 0;
        r->sum = first ? v->number : dec_add(r->sum, v->number);
        if (first || dec_cmp(v->number, r->min) < 0)
                r->min = v->number;
        if (first || dec_cmp(v->number, r->max) > 0)
                r->max = v->number;
        return ST_OK;
}

static Status rolled(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, const RollUp *r, FeelValue *ret)
{
        if (!feel_is(&r->missing, FEEL_NULL)) {
                *ret = r->missing;
                return ST_OK;
        }
        if (r->known == 0)
                return unknown(b, unit, ind, ret);
        switch (ind->rollup) {
        case PACK_ROLLUP_SUM: *ret = feel_number(r->sum); return ST_OK;
        case PACK_ROLLUP_MEAN: *ret = feel_number(dec_div(r->sum, dec_from_i64(r->known))); return ST_OK;
        case PACK_ROLLUP_MIN: *ret = feel_number(r->min); return ST_OK;
        case PACK_ROLLUP_MAX: *ret = feel_number(r->max); return ST_OK;
        default: return unknown(b, unit, ind, ret);
        }
}

/* Units above those that report get what is rolled up from them, unless they have a figure of their own. */
static Status roll_up(IndicatorBook *b, const PackIndicator *ind, Period period, FeelValue *by_unit)
{
        const PackUnitKind *kind = indicator_reporters(b->pack, ind);
        if (!kind || ind->rollup == PACK_ROLLUP_NONE)
                return ST_OK;
        const PackUnit **below = arena_array_of(b->arena, const PackUnit *, b->pack->unit_count + 1);
        if (!below)
                return ST_NOMEM;
        for (size_t i = 0; i < b->pack->unit_count; i++) {
                const PackUnit *u = &b->pack->units[i];
                if (u->kind == kind || feel_is(&by_unit[i], FEEL_NUMBER))
                        continue;
                size_t n = pack_units_of(b->pack, kind, u, period_last_day(period), below, b->pack->unit_count);
                if (n == 0)
                        continue;
                RollUp r = { .missing = feel_null() };
                for (size_t k = 0; k < n; k++)
                        TRY(roll(b, ind, &r, &by_unit[below[k]->index]));
                TRY(rolled(b, ind, u, &r, &by_unit[i]));
        }
        return ST_OK;
}

/* A longer period from the indicator's own shorter ones: the last one when figures run up through the
 * year, else their sum. */
static Status add_up(IndicatorBook *b, const PackIndicator *ind, Period period, FeelValue *ret)
{
        Period last = period_of(period_last_day(period), ind->frequency);
        Period at = period_of(period_first_day(period), ind->frequency);
        const FeelValue *part;
        if (ind->cumulative || ind->rollup != PACK_ROLLUP_SUM) {
                TRY(indicator_figures(b, ind, last, &part));
                memcpy(ret, part, b->pack->unit_count * sizeof(*ret));
                return ST_OK;
        }
        RollUp *sums = arena_array_of(b->arena, RollUp, b->pack->unit_count + 1);
        if (!sums)
                return ST_NOMEM;
        for (; period_cmp(at, last) <= 0; at = period_add(at, 1)) {
                TRY(indicator_figures(b, ind, at, &part));
                for (size_t i = 0; i < b->pack->unit_count; i++)
                        TRY(roll(b, ind, &sums[i], &part[i]));
        }
        for (size_t i = 0; i < b->pack->unit_count; i++)
                TRY(rolled(b, ind, &b->pack->units[i], &sums[i], &ret[i]));
        return ST_OK;
}

static Status reported(IndicatorBook *b, const PackIndicator *ind, Period period, FeelValue *ret)
{
        if (period.kind < ind->frequency)
                return add_up(b, ind, period, ret);
        if (period.kind > ind->frequency) {
                const FeelValue *longer;
                TRY(indicator_figures(b, ind, period_of(period_last_day(period), ind->frequency), &longer));
                memcpy(ret, longer, b->pack->unit_count * sizeof(*ret));
                return ST_OK;
        }
        TRY(indicator_reported(b, ind, period, ret));
        return roll_up(b, ind, period, ret);
}

/* ---- formulas ---- */

static Status formula(IndicatorBook *b, const PackIndicator *ind, Period period, FeelValue *ret)
{
        const FeelValue **parts = arena_array_of(b->arena, const FeelValue *, ind->use_count + 1);
        FeelValue *in = arena_array_of(b->arena, FeelValue, b->pack->indicator_count + 1);
        if (!parts || !in)
                return ST_NOMEM;
        for (size_t i = 0; i < ind->use_count; i++)
                TRY(indicator_figures(b, ind->uses[i], period, &parts[i]));
        for (size_t u = 0; u < b->pack->unit_count; u++) {
                for (size_t i = 0; i < ind->use_count; i++)
                        in[ind->uses[i]->index] = parts[i][u];
                feel_exec_reset(b->exec);
                FeelValue v;
                TRY(feel_eval(b->exec, ind->formula.program, in, b->pack->indicator_count, &v));
                if (feel_is(&v, FEEL_NUMBER) || feel_is(&v, FEEL_UNKNOWN))
                        TRY(feel_copy(b->arena, &v, &ret[u]));
                else /* division by zero and the like: there is no figure */
                        TRY(unknown(b, &b->pack->units[u], ind, &ret[u]));
        }
        return ST_OK;
}

static Status derived(IndicatorBook *b, const PackIndicator *ind, Period period, FeelValue *ret)
{
        TRY(register_query_by_unit(b->cache, ind->query, period, b->arena, ret));
        for (size_t i = 0; i < b->pack->unit_count; i++)
                if (!feel_is(&ret[i], FEEL_NUMBER) && !feel_is(&ret[i], FEEL_UNKNOWN))
                        TRY(unknown(b, &b->pack->units[i], ind, &ret[i]));
        return ST_OK;
}

Status indicator_figures(IndicatorBook *b, const PackIndicator *ind, Period period, const FeelValue **ret)
{
        for (Figures *f = b->first[ind->index]; f; f = f->next)
                if (period_eq(f->period, period)) {
                        *ret = f->by_unit;
                        return ST_OK;
                }
        Figures *f = arena_new_of(b->arena, Figures);
        FeelValue *v = arena_array_of(b->arena, FeelValue, b->pack->unit_count + 1);
        if (!f || !v)
                return ST_NOMEM;
        switch (ind->source) {
        case PACK_REPORTED: TRY(reported(b, ind, period, v)); break;
        case PACK_DERIVED: TRY(derived(b, ind, period, v)); break;
        default: TRY(formula(b, ind, period, v));
        }
        *f = (Figures){ ind, period, v, b->first[ind->index] };
        b->first[ind->index] = f;
        *ret = v;
        return ST_OK;
}

/* ---- as text ---- */

static Status plain(Dec d, Arena *a, Str *ret)
{
        char text[DEC_TEXT_MAX];
        size_t n = dec_to_text(d, text);
        *ret = arena_str(a, str_n(text, n));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status indicator_exact(const FeelValue *v, Arena *a, Str *ret)
{
        *ret = STR_NONE;
        return feel_is(v, FEEL_NUMBER) ? plain(v->number, a, ret) : ST_OK;
}

Status indicator_shown(const PackIndicator *ind, const FeelValue *v, Arena *a, Str *ret)
{
        *ret = STR("");
        if (!feel_is(v, FEEL_NUMBER))
                return ST_OK;
        char text[DEC_TEXT_MAX];
        size_t n = dec_to_text_exact(dec_round(v->number, ind->decimals, DEC_HALF_UP), text);
        *ret = arena_str(a, str_n(text, n));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status indicator_periods(StoreTx *tx, PeriodKind kind, Arena *a, Period **ret, size_t *ret_count)
{
        Period *periods = NULL;
        size_t count = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, "SELECT DISTINCT period FROM indicator_value ORDER BY period", STORE_NO_ARGS, &q));
        while (store_next(q)) {
                Period p;
                if (period_from_int(store_i64(q, 0), &p) != ST_OK || p.kind != kind)
                        continue;
                if (arena_grow(a, (void **)&periods, &cap, count + 1, sizeof(*periods)) < 0)
                        return ST_NOMEM;
                periods[count++] = p;
        }
        *ret = periods;
        *ret_count = count;
        return store_done(q);
}
