/* rank_history.c -- "was third, is fourth since …": places as of one event after another.
 *
 * Every version of a reported figure is kept with the event that made it, so the
 * ranking of a period can be laid out as it stood after any event.  Formulas are
 * computed again from the versions of then. */
#include <stdlib.h>

#include "indicator/indicator_int.h"
#include "indicator/light.h"

typedef struct Version {
        size_t part;                    /* into History.parts */
        const PackUnit *unit;
        int64_t event, value;
        bool known;
        Str at, actor;
} Version;

typedef struct History {
        IndicatorBook *book;
        const PackIndicator *ind;
        Period period;
        Arena *arena;
        const PackIndicator **parts;    /* the reported indicators it is made of */
        size_t part_count, part_cap;
        Version *versions;              /* by event */
        size_t count, cap;
        FeelValue *now;                 /* [part][unit index]: as of the event at hand */
} History;

/* False: made of something that keeps no versions by unit. */
static bool has_versions(const Pack *pack, const PackIndicator *ind, const PackUnitKind *kind, Period period)
{
        if (ind->source == PACK_REPORTED)
                return ind->frequency == period.kind && indicator_reporters(pack, ind) == kind;
        bool good = ind->source == PACK_FORMULA;
        for (size_t i = 0; good && i < ind->use_count; i++)
                good = has_versions(pack, ind->uses[i], kind, period);
        return good;
}

static Status add_parts(History *h, const PackIndicator *ind)
{
        if (ind->source != PACK_REPORTED) {
                for (size_t i = 0; i < ind->use_count; i++)
                        TRY(add_parts(h, ind->uses[i]));
                return ST_OK;
        }
        for (size_t i = 0; i < h->part_count; i++)
                if (h->parts[i] == ind)
                        return ST_OK;
        if (arena_grow(h->arena, (void **)&h->parts, &h->part_cap, h->part_count + 1, sizeof(*h->parts)) < 0)
                return ST_NOMEM;
        h->parts[h->part_count++] = ind;
        return ST_OK;
}

static int by_event(const void *x, const void *y)
{
        const Version *a = x, *b = y;
        return (a->event > b->event) - (a->event < b->event);
}

static Status load_versions(History *h, size_t part)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                h->book->tx,
                "SELECT unit, event, value, at, actor FROM indicator_past WHERE indicator = $1 AND period = $2 "
                "UNION ALL SELECT unit, event, value, at, actor FROM indicator_value WHERE indicator = $1 AND period = $2",
                STORE_ARGS(sv_text(h->parts[part]->name), sv_i64(period_to_int(h->period))), &q));
        while (store_next(q)) {
                const PackUnit *unit = pack_unit(h->book->pack, store_text(q, 0));
                if (!unit)
                        continue;
                if (arena_grow(h->arena, (void **)&h->versions, &h->cap, h->count + 1, sizeof(Version)) < 0)
                        return ST_NOMEM;
                Version v = { .part = part,
                              .unit = unit,
                              .event = store_i64(q, 1),
                              .known = !store_is_null(q, 2),
                              .value = store_i64(q, 2),
                              .at = store_text_dup(q, 3, h->arena),
                              .actor = store_text_dup(q, 4, h->arena) };
                if (!v.at.ptr || !v.actor.ptr)
                        return ST_NOMEM;
                h->versions[h->count++] = v;
        }
        return store_done(q);
}

static Status value_of(History *h, const PackIndicator *ind, const PackUnit *unit, FeelValue *ret)
{
        if (ind->source == PACK_REPORTED) {
                for (size_t i = 0; i < h->part_count; i++)
                        if (h->parts[i] == ind)
                                *ret = h->now[i * h->book->pack->unit_count + unit->index];
                return ST_OK;
        }
        FeelValue *in = arena_array_of(h->arena, FeelValue, h->book->pack->indicator_count + 1), v;
        if (!in)
                return ST_NOMEM;
        for (size_t i = 0; i < ind->use_count; i++)
                TRY(value_of(h, ind->uses[i], unit, &in[ind->uses[i]->index]));
        feel_exec_reset(h->book->exec);
        TRY(feel_eval(h->book->exec, ind->formula.program, in, h->book->pack->indicator_count, &v));
        *ret = feel_is(&v, FEEL_NUMBER) ? v : feel_null();
        return ST_OK;
}

/* The unit's figure and place with the versions of now. */
static Status look(History *h, const PackUnit *unit, FeelValue *ret_value, int64_t *ret_rank2)
{
        const Pack *pack = h->book->pack;
        const PackRank *rule = &h->ind->rank;
        ArenaMark mark = arena_mark(h->arena);
        const PackUnit **units = arena_array_of(h->arena, const PackUnit *, pack->unit_count + 1);
        Dec *better = arena_array_of(h->arena, Dec, pack->unit_count + 1); /* different figures above the unit's */
        if (!units || !better)
                return ST_NOMEM;
        size_t n = pack_units_of(pack, rule->among, NULL, period_last_day(h->period), units, pack->unit_count);
        int64_t above = 0, equal = 0, known = 0, distinct = 0;
        TRY(value_of(h, h->ind, unit, ret_value));
        bool has = feel_is(ret_value, FEEL_NUMBER);
        for (size_t i = 0; i < n; i++) {
                FeelValue v;
                TRY(value_of(h, h->ind, units[i], &v));
                if (!feel_is(&v, FEEL_NUMBER))
                        continue;
                known++;
                int c = has ? dec_cmp(v.number, ret_value->number) : 1;
                if (has && h->ind->direction == PACK_LOWER)
                        c = -c;
                equal += c == 0;
                if (c <= 0)
                        continue;
                above++;
                bool seen = false;
                for (int64_t k = 0; k < distinct && !seen; k++)
                        seen = dec_eq(better[k], v.number);
                if (!seen)
                        better[distinct++] = v.number;
        }
        arena_rewind(h->arena, mark); /* numbers are held by value */
        if (!has)
                equal = (int64_t)n - known; /* those who have none stand together */
        *ret_rank2 = !has && rule->missing != PACK_RANK_LAST ? 0
                     : rule->ties == PACK_TIES_DENSE         ? 2 * (distinct + 1)
                     : rule->ties == PACK_TIES_AVERAGE       ? 2 * above + equal + 1
                                                             : 2 * (above + 1);
        return ST_OK;
}

static void apply(History *h, const Version *v)
{
        const PackIndicator *part = h->parts[v->part];
        h->now[v->part * h->book->pack->unit_count + v->unit->index] =
                v->known ? feel_number(dec_from_scaled(v->value, part->scale)) : feel_null();
}

/* Was the version in time?  Without a due day every unit's first one is. */
static bool is_first(const History *h, size_t i, Date due)
{
        Date day;
        const Version *v = &h->versions[i];
        if (due.month)
                return v->at.len >= 10 && date_parse(str_n(v->at.ptr, 10), &day) == ST_OK && date_cmp(day, due) <= 0;
        for (size_t k = 0; k < i; k++)
                if (h->versions[k].part == v->part && h->versions[k].unit == v->unit)
                        return false;
        return true;
}

static bool same_value(const FeelValue *x, const FeelValue *y)
{
        bool a = feel_is(x, FEEL_NUMBER), b = feel_is(y, FEEL_NUMBER);
        return a == b && (!a || dec_eq(x->number, y->number));
}

Status indicator_rank_history(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, Period period, Arena *a,
                              IndicatorRankStep **ret, size_t *ret_count)
{
        History h = { .book = b, .ind = ind, .period = period, .arena = a };
        IndicatorRankStep *steps = NULL;
        size_t n = 0, cap = 0, i = 0;
        *ret = NULL;
        *ret_count = 0;
        if (!ind->rank.is || !has_versions(b->pack, ind, ind->rank.among, period))
                return ST_OK;
        TRY(add_parts(&h, ind));
        for (size_t p = 0; p < h.part_count; p++)
                TRY(load_versions(&h, p));
        h.now = arena_array_of(a, FeelValue, h.part_count * b->pack->unit_count + 1);
        if (!h.now)
                return ST_NOMEM;
        for (size_t k = 0; k < h.part_count * b->pack->unit_count; k++)
                h.now[k] = feel_null();
        if (h.count)
                qsort(h.versions, h.count, sizeof(Version), by_event);
        const PackForm *form = h.part_count ? indicator_form_of(b->pack, h.parts[0]) : NULL;
        Date due = form ? indicator_due_day(form, period) : (Date){ 0 };
        while (i < h.count && is_first(&h, i, due))
                apply(&h, &h.versions[i++]);
        for (bool first = true; first || i < h.count; first = false) {
                const Version *v = i ? &h.versions[i - 1] : NULL;
                bool own = first;
                if (!first) { /* all versions of the next event */
                        v = &h.versions[i];
                        for (int64_t event = v->event; i < h.count && h.versions[i].event == event; i++) {
                                own |= h.versions[i].unit == unit;
                                apply(&h, &h.versions[i]);
                        }
                }
                if (!v) /* nothing was in time */
                        continue;
                IndicatorRankStep step = { .event = v->event, .at = v->at, .actor = v->actor, .own = own };
                TRY(look(&h, unit, &step.value, &step.rank2));
                if (n && steps[n - 1].rank2 == step.rank2 && same_value(&steps[n - 1].value, &step.value))
                        continue;
                if (arena_grow(a, (void **)&steps, &cap, n + 1, sizeof(*steps)) < 0)
                        return ST_NOMEM;
                steps[n++] = step;
        }
        *ret = steps;
        *ret_count = n;
        return ST_OK;
}
