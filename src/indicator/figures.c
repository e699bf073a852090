/* figures.c -- figures as values: numbers out of columns, and the names of what an UNKNOWN one lacks. */
#include "indicator/cube.h"

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
        indicator_book_unpin(b);
        indicator_cube_free(b->own_cube);
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
        return store_done(q);
}

/* ---- what an UNKNOWN figure lacks ---- */

static int compare_names(const void *x, const void *y)
{
        return str_cmp(*(const Str *)x, *(const Str *)y);
}

/* One UNKNOWN of several: their names in order, each once. */
static Status join(IndicatorBook *b, const FeelValue *values, size_t n, FeelValue *ret)
{
        size_t all = 0, kept = 0;
        for (size_t i = 0; i < n; i++)
                all += values[i].unknown.len;
        Str *names = arena_array_of(b->arena, Str, all + 1);
        if (!names)
                return ST_NOMEM;
        all = 0;
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < values[i].unknown.len; k++)
                        names[all++] = values[i].unknown.names[k];
        if (all)
                qsort(names, all, sizeof(*names), compare_names);
        for (size_t i = 0; i < all; i++)
                if (kept == 0 || !str_eq(names[i], names[kept - 1]))
                        names[kept++] = names[i];
        *ret = (FeelValue){ .kind = FEEL_UNKNOWN, .unknown = { names, kept } };
        return ST_OK;
}

typedef struct Unknowns {
        FeelValue *items;
        size_t len, cap;
} Unknowns;

static Status also(IndicatorBook *b, Unknowns *u, FeelValue v)
{
        if (!feel_is(&v, FEEL_UNKNOWN))
                return ST_OK;
        if (arena_grow(b->arena, (void **)&u->items, &u->cap, u->len + 1, sizeof(v)) < 0)
                return ST_NOMEM;
        u->items[u->len++] = v;
        return ST_OK;
}

/* Of the units below that report and have not. */
static Status lacking_below(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit,
                            const Column *c, Unknowns *u)
{
        const PackUnitKind *kind = indicator_reporters(b->pack, ind);
        Date on = period_last_day(period);
        if (!kind || unit->kind == kind || ind->rollup == PACK_ROLLUP_NONE || ind->missing != PACK_MISSING_UNKNOWN)
                return ST_OK;
        for (size_t i = unit->index; i <= unit->last; i++) {
                const PackUnit *below = &b->pack->units[i];
                FeelValue v;
                if (below->kind != kind || !c->none[i] || !pack_unit_exists_on(below, on))
                        continue;
                TRY(unknown(b, below, ind, &v));
                TRY(also(b, u, v));
        }
        return ST_OK;
}

static Status lacking_reported(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit,
                               const Column *c, Unknowns *u)
{
        FeelValue v;
        if (period.kind == ind->frequency)
                return lacking_below(b, ind, period, unit, c, u);
        Period last = period_of(period_last_day(period), ind->frequency), at = last;
        if (period.kind < ind->frequency && !ind->cumulative && ind->rollup == PACK_ROLLUP_SUM)
                at = period_of(period_first_day(period), ind->frequency);
        for (; period_cmp(at, last) <= 0; at = period_add(at, 1)) {
                TRY(indicator_figure(b, ind, at, unit, &v));
                TRY(also(b, u, v));
        }
        return ST_OK;
}

static Status lacking_formula(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit,
                              Unknowns *u)
{
        FeelValue *in = arena_array_of(b->arena, FeelValue, b->pack->indicator_count + 1), v;
        if (!in)
                return ST_NOMEM;
        for (size_t i = 0; i < ind->use_count; i++)
                TRY(indicator_figure(b, ind->uses[i], period, unit, &in[ind->uses[i]->index]));
        feel_exec_reset(b->exec);
        TRY(feel_eval(b->exec, ind->formula.program, in, b->pack->indicator_count, &v));
        if (feel_is(&v, FEEL_UNKNOWN))
                TRY(feel_copy(b->arena, &v, &v));
        return also(b, u, v);
}

size_t indicator_series_periods(const PackIndicator *ind, Period period, Period out[PACK_SERIES_MAX])
{
        const PackIndicator *of = ind->uses[0];
        bool running = of->source == PACK_REPORTED && of->cumulative;
        bool record = ind->take == PACK_TAKE_RECORD;
        size_t n = record || ind->take == PACK_TAKE_AVERAGE ? (size_t)ind->periods
                   : ind->take == PACK_TAKE_GROWTH          ? 2
                   : ind->take == PACK_TAKE_YEAR_TO_DATE    ? running ? 1 : (size_t)period.index
                   : running && period.index > 1            ? 2
                                                            : 1;
        for (size_t i = 0; i < n && i < PACK_SERIES_MAX; i++)
                out[i] = record ? period_of((Date){ period.year - 1 - (int32_t)i, 12, 31 }, period.kind)
                         : ind->take == PACK_TAKE_GROWTH && i ? period_year_ago(period) : period_add(period, -(int)i);
        return n < PACK_SERIES_MAX ? n : PACK_SERIES_MAX;
}

static Status lacking_series(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit,
                             Unknowns *u)
{
        Period periods[PACK_SERIES_MAX];
        size_t n = indicator_series_periods(ind, period, periods);
        for (size_t i = 0; i < n; i++) {
                FeelValue v;
                TRY(indicator_figure(b, ind->uses[0], periods[i], unit, &v));
                TRY(also(b, u, v));
        }
        return ST_OK;
}

/* The figure of a unit that has no number: the union of what is missing, or its own name. */
static Status lacking(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit, const Column *c,
                      FeelValue *ret)
{
        Unknowns u = { 0 };
        if (ind->source == PACK_SERIES)
                TRY(lacking_series(b, ind, period, unit, &u));
        else if (ind->source == PACK_REPORTED)
                TRY(lacking_reported(b, ind, period, unit, c, &u));
        else if (ind->source == PACK_FORMULA)
                TRY(lacking_formula(b, ind, period, unit, &u));
        else if (c->values)
                TRY(also(b, &u, c->values[unit->index]));
        if (u.len == 0)
                return unknown(b, unit, ind, ret);
        return join(b, u.items, u.len, ret);
}

static Status figure_in(IndicatorBook *b, const Column *c, const PackUnit *unit, FeelValue *ret)
{
        const PackIndicator *ind = c->indicator;
        Period period = c->period;
        if (c->none[unit->index])
                return lacking(b, ind, period, unit, c, ret);
        *ret = feel_number(column_number(c, unit->index));
        return ST_OK;
}

Status indicator_figure(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit, FeelValue *ret)
{
        Column *c;
        TRY(column_get(b, ind, period, &c));
        return figure_in(b, c, unit, ret);
}

Status indicator_figures(IndicatorBook *b, const PackIndicator *ind, Period period, const FeelValue **ret)
{
        for (Figures *f = b->first[ind->index]; f; f = f->next)
                if (period_eq(f->period, period)) {
                        *ret = f->by_unit;
                        return ST_OK;
                }
        Column *c;
        TRY(column_get(b, ind, period, &c));
        Figures *f = arena_new_of(b->arena, Figures);
        FeelValue *v = arena_array_of(b->arena, FeelValue, b->pack->unit_count + 1);
        if (!f || !v)
                return ST_NOMEM;
        for (size_t i = 0; i < b->pack->unit_count; i++)
                TRY(figure_in(b, c, &b->pack->units[i], &v[i]));
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
