/* rank.c -- rankings with their changes; streaks among the last, and whom they call in.
 *
 * "Among the last N" counts units that are strictly worse, so that units tied at
 * the boundary are all in.  A streak is walked backwards from the period asked
 * for, from the figures as they are now: a correction moves it at the next read. */
#include <stdlib.h>

#include "indicator/cube.h"
#include "indicator/light.h"

enum { STREAK_MAX = 240 };

static Status place(IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret, const Places **ret_places)
{
        TRY(column_get(b, ind, period, ret));
        return column_places(b, *ret, ret_places);
}

/* Row of a unit; SIZE_MAX: not among them. */
static size_t row_of(const Places *p, const PackUnit *unit)
{
        return p->row_of[unit->index] ? p->row_of[unit->index] - 1 : SIZE_MAX;
}

Status indicator_rank(IndicatorBook *b, const PackIndicator *ind, Period period, Arena *a, Diag *diag,
                      IndicatorRanking *ret)
{
        if (!ind->rank.is)
                return diag_fail(diag, ST_INVALID, POS_NONE, "指标“%.*s”不参加排名（定义里没有 rank）",
                                 "indicator \"%.*s\" is not ranked (its definition has no rank)", STR_FMT(ind->name));
        Column *now_column, *before_column;
        const Places *now, *before;
        TRY(place(b, ind, period, &now_column, &now));
        TRY(place(b, ind, period_prev(period), &before_column, &before));
        Column *then;
        size_t units = b->pack->unit_count;
        TRY(column_get(b, ind, period_year_ago(period), &then));
        IndicatorRankRow *rows = arena_array_of(a, IndicatorRankRow, now->count + 1);
        int64_t *growth = arena_array_of(a, int64_t, units + 1);
        uint8_t *no_growth = arena_array_of(a, uint8_t, units + 1);
        if (!rows || !growth || !no_growth)
                return ST_NOMEM;
        column_growth(now_column, then, units, growth, no_growth);
        for (size_t i = 0; i < now->count; i++) {
                const PackUnit *u = &b->pack->units[now->unit[i]];
                size_t was = row_of(before, u);
                IndicatorRankRow *r = &rows[i];
                *r = (IndicatorRankRow){ .unit = u,
                                         .state = (IndicatorRankState)now->state[i],
                                         .rank2 = now->rank2[i],
                                         .tied = now->tied[i],
                                         .from_last = now->from_last[i] };
                TRY(indicator_figure(b, ind, period, u, &r->value));
                /* Before the first period with a figure there is nothing to compare with. */
                if (was != SIZE_MAX) {
                        TRY(indicator_figure(b, ind, period_prev(period), u, &r->previous));
                        r->previous_rank2 = before->known ? before->rank2[was] : 0;
                }
                TRY(indicator_figure(b, ind, period_year_ago(period), u, &r->year_ago));
                r->growth = no_growth[u->index] ? feel_null() : feel_number(dec_from_scaled(growth[u->index], 2));
        }
        *ret = (IndicatorRanking){ ind, period, rows, now->count };
        return ST_OK;
}

Status indicator_place(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit,
                       IndicatorPlace *ret)
{
        Column *c;
        const Places *p;
        *ret = (IndicatorPlace){ .from_last = -1 };
        if (!ind->rank.is)
                return ST_OK;
        TRY(place(b, ind, period, &c, &p));
        size_t row = row_of(p, unit);
        ret->of = (int)p->count;
        if (row == SIZE_MAX)
                return ST_OK;
        ret->rank2 = p->rank2[row];
        ret->from_last = p->from_last[row];
        ret->state = (IndicatorRankState)p->state[row];
        return ST_OK;
}

/* ---- streaks ---- */

typedef struct Step {           /* a period of the walk, from the one asked for backwards */
        Column *column;
        const Places *places;   /* NULL: not looked at yet */
        bool published;
} Step;

typedef struct Walk {
        IndicatorBook *book;
        const PackIndicator *indicator;
        Arena *arena;
        Step *by_age;           /* 0: the period asked for, 1: the one before, … */
} Walk;

static Status is_published(IndicatorBook *b, const PackIndicator *ind, Period period, bool *ret)
{
        const PackForm *form = indicator_published_with(b->pack, ind);
        int64_t n;
        if (!form) {
                *ret = true; /* nothing of it is reported, so nothing waits to be published */
                return ST_OK;
        }
        TRY(store_get_i64(b->tx,
                          "SELECT count(*) FROM form_freeze WHERE form = $1 AND period = $2 AND step = 'published'",
                          STORE_ARGS(sv_text(form->name), sv_i64(period_to_int(period))), &n));
        *ret = n > 0;
        return ST_OK;
}

static Status step_at(Walk *w, Period period, size_t age, const Step **ret)
{
        Step *s = &w->by_age[age];
        if (!s->places) {
                bool asks = false;
                for (size_t i = 0; i < w->indicator->alert_count; i++)
                        asks = asks || w->indicator->alerts[i].published_only;
                TRY(place(w->book, w->indicator, period, &s->column, &s->places));
                if (asks)
                        TRY(is_published(w->book, w->indicator, period, &s->published));
        }
        *ret = s;
        return ST_OK;
}

typedef enum StepVerdict { STEP_COUNTS, STEP_CARRIES, STEP_BREAKS } StepVerdict;

/* A period counts among the last `bottom`; where the reset is wider, a period between the two only keeps the streak alive. */
static StepVerdict judge(const PackAlert *rule, const Places *p, size_t row, bool backfilled, bool begun)
{
        if (row == SIZE_MAX)
                return STEP_BREAKS;
        if (row >= p->known || backfilled)
                return rule->not_reported == PACK_COUNTS_AS_LAST ? STEP_COUNTS
                       : rule->not_reported == PACK_EXTENDS      ? STEP_CARRIES
                                                                 : STEP_BREAKS;
        int from_last = p->from_last[row];
        if (from_last >= 0 && from_last < rule->bottom)
                return STEP_COUNTS;
        return begun && from_last >= 0 && from_last < rule->resets_outside ? STEP_CARRIES : STEP_BREAKS;
}

/* The streak of a unit that ends at the period: how many periods of it count.  steps (NULL: only the count is wanted)
 * gets them, newest first. */
static Status walk_back(Walk *w, const PackAlert *rule, const PackUnit *unit, Period period,
                        IndicatorStreakStep **steps, size_t *ret_length, int *ret_counted)
{
        size_t n = 0, cap = 0;
        int counted = 0;
        for (size_t age = 0; age < STREAK_MAX; age++, period = period_prev(period)) {
                const Step *s;
                TRY(step_at(w, period, age, &s));
                if (s->places->known == 0)
                        break;
                if (rule->published_only && !s->published)
                        continue;
                size_t row = row_of(s->places, unit);
                bool backfilled = false;
                if (rule->backfilled_missing && row != SIZE_MAX && row < s->places->known)
                        TRY(indicator_late(w->book, w->indicator, unit, period, &backfilled));
                StepVerdict v = judge(rule, s->places, row, backfilled, counted > 0);
                if (v == STEP_BREAKS)
                        break;
                counted += v == STEP_COUNTS;
                n++;
                if (!steps)
                        continue;
                if (arena_grow(w->arena, (void **)steps, &cap, n, sizeof(**steps)) < 0)
                        return ST_NOMEM;
                IndicatorStreakStep *step = &(*steps)[n - 1];
                *step = (IndicatorStreakStep){ .period = period,
                                               .rank2 = s->places->rank2[row],
                                               .of = (int)s->places->count,
                                               .state = (IndicatorRankState)s->places->state[row],
                                               .backfilled = backfilled,
                                               .counted = v == STEP_COUNTS };
                TRY(indicator_figure(w->book, w->indicator, period, unit, &step->value));
        }
        *ret_length = n;
        *ret_counted = counted;
        return ST_OK;
}

static Status alert_of(Walk *w, const PackAlert *rule, const PackUnit *unit, Period period, IndicatorAlert *ret)
{
        IndicatorStreakStep *steps = NULL;
        size_t n;
        int counted;
        TRY(walk_back(w, rule, unit, period, &steps, &n, &counted));
        for (size_t i = 0; i < n / 2; i++) {
                IndicatorStreakStep t = steps[i];
                steps[i] = steps[n - 1 - i];
                steps[n - 1 - i] = t;
        }
        *ret = (IndicatorAlert){
                .unit = unit, .indicator = w->indicator, .rule = rule, .streak = steps, .length = n, .counted = counted
        };
        return ST_OK;
}

/* Places go from the best to the last: above this row nobody's streak ends at the period. */
static bool no_more(const PackAlert *rule, const Step *now, size_t row)
{
        bool looked_at = !rule->published_only || now->published;
        return looked_at && !rule->backfilled_missing && row < now->places->known &&
               now->places->from_last[row] >= rule->bottom;
}

Status indicator_streaks(IndicatorBook *b, const PackIndicator *ind, const PackAlert *rule, Period period, Arena *a,
                         IndicatorAlert **ret, size_t *ret_count)
{
        Walk w = { .book = b, .indicator = ind, .arena = a, .by_age = arena_array_of(a, Step, STREAK_MAX) };
        const Step *now;
        if (!w.by_age)
                return ST_NOMEM;
        TRY(step_at(&w, period, 0, &now));
        IndicatorAlert *list = arena_array_of(a, IndicatorAlert, now->places->count + 1);
        if (!list)
                return ST_NOMEM;
        for (size_t row = 0; row < now->places->count; row++)
                TRY(alert_of(&w, rule, &b->pack->units[now->places->unit[row]], period, &list[row]));
        *ret = list;
        *ret_count = now->places->count;
        return ST_OK;
}

Status indicator_in_play(IndicatorBook *b, const PackIndicator *ind, const PackAlert *rule, Period period, bool *ret)
{
        Column *c;
        const Places *p;
        TRY(place(b, ind, period, &c, &p));
        *ret = p->known > 0;
        return *ret && rule->published_only ? is_published(b, ind, period, ret) : ST_OK;
}

static int longest_first(const void *x, const void *y)
{
        const IndicatorAlert *a = x, *b = y;
        if (a->indicator != b->indicator)
                return a->indicator->index < b->indicator->index ? -1 : 1;
        if (a->rule != b->rule)
                return a->rule < b->rule ? -1 : 1;
        if (a->counted != b->counted)
                return a->counted > b->counted ? -1 : 1;
        return (a->unit->index > b->unit->index) - (a->unit->index < b->unit->index);
}

Status indicator_alerts(IndicatorBook *b, Period period, Arena *a, IndicatorAlert **ret, size_t *ret_count)
{
        IndicatorAlert *alerts = NULL;
        size_t n = 0, cap = 0;
        for (size_t i = 0; i < b->pack->indicator_count; i++) {
                const PackIndicator *ind = b->pack->indicators[i];
                if (!ind->rank.is || ind->alert_count == 0)
                        continue;
                Walk w = { .book = b, .indicator = ind, .arena = a, .by_age = arena_array_of(a, Step, STREAK_MAX) };
                if (!w.by_age)
                        return ST_NOMEM;
                const Step *now;
                TRY(step_at(&w, period, 0, &now));
                for (size_t r = 0; r < ind->alert_count; r++)
                        for (size_t row = now->places->count; row-- > 0;) {
                                if (no_more(&ind->alerts[r], now, row))
                                        break;
                                const PackUnit *unit = &b->pack->units[now->places->unit[row]];
                                size_t length;
                                int counted;
                                TRY(walk_back(&w, &ind->alerts[r], unit, period, NULL, &length, &counted));
                                if (counted < ind->alerts[r].periods)
                                        continue;
                                if (arena_grow(a, (void **)&alerts, &cap, n + 1, sizeof(*alerts)) < 0)
                                        return ST_NOMEM;
                                TRY(alert_of(&w, &ind->alerts[r], unit, period, &alerts[n]));
                                n++;
                        }
        }
        if (n)
                qsort(alerts, n, sizeof(*alerts), longest_first);
        *ret = alerts;
        *ret_count = n;
        return ST_OK;
}
