/* rank.c -- places, ties, those who are missing; streaks among the last, and whom they call in.
 *
 * "Among the last N" counts units that are strictly worse, so that units tied at
 * the boundary are all in.  A streak is walked backwards from the period asked
 * for, from the figures as they are now: a correction moves it at the next read. */
#include <stdlib.h>

#include "indicator/indicator_int.h"

enum { STREAK_MAX = 240 };

static bool is_known(const IndicatorRankRow *r)
{
        return feel_is(&r->value, FEEL_NUMBER);
}

/* Better first; the unknown after the known; then in the pack's order. */
static int compare_rows(const void *x, const void *y, void *direction)
{
        const IndicatorRankRow *a = x, *b = y;
        if (is_known(a) != is_known(b))
                return is_known(a) ? -1 : 1;
        int c = is_known(a) ? dec_cmp(a->value.number, b->value.number) : 0;
        if (*(const PackDirection *)direction != PACK_LOWER)
                c = -c;
        if (c)
                return c;
        return (a->unit->index > b->unit->index) - (a->unit->index < b->unit->index);
}

static void give_places(const PackIndicator *ind, IndicatorRankRow *rows, size_t n)
{
        size_t known = 0;
        while (known < n && is_known(&rows[known]))
                known++;
        int64_t dense = 0;
        for (size_t i = 0; i < known;) {
                size_t end = i + 1;
                while (end < known && dec_eq(rows[end].value.number, rows[i].value.number))
                        end++;
                dense++;
                int64_t rank2 = ind->rank.ties == PACK_TIES_DENSE     ? 2 * dense
                                : ind->rank.ties == PACK_TIES_AVERAGE ? (int64_t)(i + 1 + end)
                                                                      : 2 * (int64_t)(i + 1);
                for (size_t k = i; k < end; k++) {
                        rows[k].state = RANK_KNOWN;
                        rows[k].rank2 = rank2;
                        rows[k].tied = end - i > 1;
                }
                i = end;
        }
        size_t missing = n - known;
        bool last = ind->rank.missing == PACK_RANK_LAST;
        for (size_t k = known; k < n; k++) {
                rows[k].state = last                                      ? RANK_MISSING
                                : ind->rank.missing == PACK_RANK_EXCLUDED ? RANK_EXCLUDED
                                                                          : RANK_UNKNOWN;
                rows[k].tied = last && missing > 1;
                rows[k].rank2 = !last                                 ? 0
                                : ind->rank.ties == PACK_TIES_DENSE   ? 2 * (dense + 1)
                                : ind->rank.ties == PACK_TIES_AVERAGE ? (int64_t)(known + 1 + n)
                                                                      : 2 * (int64_t)(known + 1);
        }
        size_t ranked = last ? n : known;
        for (size_t k = 0; k < n; k++) {
                rows[k].from_last = -1;
                if (k >= ranked)
                        continue;
                size_t worse = 0;
                for (size_t j = ranked; j-- > k + 1 && rows[j].rank2 != rows[k].rank2;)
                        worse++;
                rows[k].from_last = (int)worse;
        }
}

static Status place(IndicatorBook *b, const PackIndicator *ind, Period period, Arena *a, IndicatorRanking *ret)
{
        const FeelValue *by_unit;
        TRY(indicator_figures(b, ind, period, &by_unit));
        const PackUnit **units = arena_array_of(a, const PackUnit *, b->pack->unit_count + 1);
        if (!units)
                return ST_NOMEM;
        size_t n = pack_units_of(b->pack, ind->rank.among, NULL, period_last_day(period), units, b->pack->unit_count);
        IndicatorRankRow *rows = arena_array_of(a, IndicatorRankRow, n + 1);
        if (!rows)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                rows[i] = (IndicatorRankRow){ .unit = units[i], .value = by_unit[units[i]->index] };
        PackDirection direction = ind->direction;
        qsort_r(rows, n, sizeof(*rows), compare_rows, &direction);
        give_places(ind, rows, n);
        *ret = (IndicatorRanking){ ind, period, rows, n };
        return ST_OK;
}

static const IndicatorRankRow *row_of(const IndicatorRanking *r, const PackUnit *unit)
{
        for (size_t i = 0; i < r->count; i++)
                if (r->rows[i].unit == unit)
                        return &r->rows[i];
        return NULL;
}

/* Does anybody have a figure in the period?  (Before the first one there is nothing to compare with.) */
static bool has_figures(const IndicatorRanking *r)
{
        return r->count && is_known(&r->rows[0]);
}

Status indicator_rank(IndicatorBook *b, const PackIndicator *ind, Period period, Arena *a, Diag *diag,
                      IndicatorRanking *ret)
{
        if (!ind->rank.is)
                return diag_fail(diag, ST_INVALID, POS_NONE, "指标“%.*s”不参加排名（定义里没有 rank）",
                                 "indicator \"%.*s\" is not ranked (its definition has no rank)", STR_FMT(ind->name));
        IndicatorRanking now, before;
        TRY(place(b, ind, period, a, &now));
        TRY(place(b, ind, period_prev(period), a, &before));
        const FeelValue *year_ago;
        TRY(indicator_figures(b, ind, period_year_ago(period), &year_ago));
        for (size_t i = 0; i < now.count; i++) {
                IndicatorRankRow *r = &now.rows[i];
                const IndicatorRankRow *p = row_of(&before, r->unit);
                r->previous = p ? p->value : feel_null();
                r->previous_rank2 = p && has_figures(&before) ? p->rank2 : 0;
                r->year_ago = year_ago[r->unit->index];
        }
        *ret = now;
        return ST_OK;
}

/* ---- streaks ---- */

typedef struct Walk {
        IndicatorBook *book;
        const PackIndicator *indicator;
        Arena *arena;
        IndicatorRanking *by_age; /* 0: the period asked for, 1: the one before, … */
        bool *made;
} Walk;

static Status ranking_at(Walk *w, Period period, size_t age, const IndicatorRanking **ret)
{
        if (!w->made[age]) {
                TRY(place(w->book, w->indicator, period, w->arena, &w->by_age[age]));
                w->made[age] = true;
        }
        *ret = &w->by_age[age];
        return ST_OK;
}

static Status is_published(IndicatorBook *b, const PackIndicator *ind, Period period, bool *ret)
{
        const PackForm *form = indicator_published_with(b->pack, ind);
        int64_t n;
        if (!form) {
                *ret = true; /* nothing of it is reported, so nothing waits to be published */
                return ST_OK;
        }
        TRY(store_get_i64(b->tx,
                          "SELECT count(*) FROM form_report WHERE form = $1 AND period = $2 AND state = 'published'",
                          STORE_ARGS(sv_text(form->name), sv_i64(period_to_int(period))), &n));
        *ret = n > 0;
        return ST_OK;
}

typedef enum StepVerdict { STEP_COUNTS, STEP_CARRIES, STEP_BREAKS } StepVerdict;

/* A period counts among the last `bottom`; where the reset is wider, a period between the two only keeps the streak alive. */
static StepVerdict judge(const PackAlert *rule, const IndicatorRankRow *r, bool begun)
{
        if (!r)
                return STEP_BREAKS;
        if (!is_known(r))
                return rule->not_reported == PACK_COUNTS_AS_LAST ? STEP_COUNTS
                       : rule->not_reported == PACK_EXTENDS      ? STEP_CARRIES
                                                                 : STEP_BREAKS;
        if (r->from_last >= 0 && r->from_last < rule->bottom)
                return STEP_COUNTS;
        return begun && r->from_last >= 0 && r->from_last < rule->resets_outside ? STEP_CARRIES : STEP_BREAKS;
}

/* The streak of a unit that ends at the period; counted 0 when there is none. */
static Status walk_back(Walk *w, const PackAlert *rule, const PackUnit *unit, Period period, IndicatorAlert *ret)
{
        IndicatorStreakStep *steps = NULL;
        size_t n = 0, cap = 0;
        int counted = 0;
        for (size_t age = 0; age < STREAK_MAX; age++, period = period_prev(period)) {
                const IndicatorRanking *ranking;
                TRY(ranking_at(w, period, age, &ranking));
                if (!has_figures(ranking))
                        break;
                if (rule->published_only) {
                        bool published;
                        TRY(is_published(w->book, w->indicator, period, &published));
                        if (!published)
                                continue;
                }
                const IndicatorRankRow *r = row_of(ranking, unit);
                StepVerdict v = judge(rule, r, counted > 0);
                if (v == STEP_BREAKS)
                        break;
                if (arena_grow(w->arena, (void **)&steps, &cap, n + 1, sizeof(*steps)) < 0)
                        return ST_NOMEM;
                steps[n++] = (IndicatorStreakStep){ .period = period,
                                                    .rank2 = r->rank2,
                                                    .of = (int)ranking->count,
                                                    .value = r->value,
                                                    .state = r->state,
                                                    .counted = v == STEP_COUNTS };
                counted += v == STEP_COUNTS;
        }
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
                Walk w = { .book = b,
                           .indicator = ind,
                           .arena = a,
                           .by_age = arena_array_of(a, IndicatorRanking, STREAK_MAX),
                           .made = arena_array_of(a, bool, STREAK_MAX) };
                if (!w.by_age || !w.made)
                        return ST_NOMEM;
                const IndicatorRanking *now;
                TRY(ranking_at(&w, period, 0, &now));
                for (size_t r = 0; r < ind->alert_count; r++)
                        for (size_t u = 0; u < now->count; u++) {
                                IndicatorAlert alert;
                                TRY(walk_back(&w, &ind->alerts[r], now->rows[u].unit, period, &alert));
                                if (alert.counted < ind->alerts[r].periods)
                                        continue;
                                if (arena_grow(a, (void **)&alerts, &cap, n + 1, sizeof(*alerts)) < 0)
                                        return ST_NOMEM;
                                alerts[n++] = alert;
                        }
        }
        if (n)
                qsort(alerts, n, sizeof(*alerts), longest_first);
        *ret = alerts;
        *ret_count = n;
        return ST_OK;
}
