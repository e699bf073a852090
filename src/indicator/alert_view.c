/* alert_view.c -- what the rules of alerts see of a period: streaks among the last, and lights of targets. */
#include "indicator/alert_int.h"

typedef struct Views {
        IndicatorBook *book;
        Period period;
        Arena *arena;
        AlertView *list;
        size_t count, cap;
} Views;

static Status add_view(Views *v, const AlertView *view)
{
        if (arena_grow(v->arena, (void **)&v->list, &v->cap, v->count + 1, sizeof(AlertView)) < 0)
                return ST_NOMEM;
        v->list[v->count++] = *view;
        return ST_OK;
}

/* ---- rankings ---- */

static Status streak_figures(const IndicatorAlert *s, Arena *a, AlertView *view)
{
        view->figures = arena_array_of(a, AlertFigure, s->length + 1);
        if (!view->figures)
                return ST_NOMEM;
        for (size_t i = 0; i < s->length; i++) {
                const IndicatorStreakStep *step = &s->streak[i];
                AlertFigure *f = &view->figures[view->figure_count++];
                *f = (AlertFigure){ .period = step->period,
                                    .rank2 = step->rank2,
                                    .of = step->of,
                                    .counted = step->counted,
                                    .late = step->backfilled };
                TRY(indicator_exact(&step->value, a, &f->value));
                view->missed += step->state != RANK_KNOWN || step->backfilled;
        }
        return ST_OK;
}

enum { CLEAR_MAX = 12 }; /* how far back periods without a streak are counted */

static Status ranking_views(Views *v, const PackIndicator *ind, const PackAlert *rule)
{
        IndicatorAlert *by_age[CLEAR_MAX];
        size_t ages = 0, counts[CLEAR_MAX];
        Period p = v->period;
        bool in_play;
        TRY(indicator_in_play(v->book, ind, rule, p, &in_play));
        if (!in_play)
                return ST_OK; /* nothing was said yet, or it is not out */
        for (; ages < CLEAR_MAX; p = period_prev(p)) {
                size_t n;
                if (ages) {
                        TRY(indicator_in_play(v->book, ind, rule, p, &in_play));
                        if (!in_play)
                                break;
                }
                TRY(indicator_streaks(v->book, ind, rule, p, v->arena, &by_age[ages], &n));
                counts[ages++] = n;
                bool anybody_clear = false;
                for (size_t i = 0; i < n; i++)
                        anybody_clear |= by_age[ages - 1][i].counted == 0;
                if (!anybody_clear)
                        break;
        }
        for (size_t i = 0; i < counts[0]; i++) {
                const IndicatorAlert *s = &by_age[0][i];
                AlertView view = { .unit = s->unit,
                                   .indicator = ind,
                                   .rule = rule,
                                   .ladder = rule->ladder,
                                   .title = ind->title.zh,
                                   .periods = s->counted,
                                   .light = s->counted ? LIGHT_RED : LIGHT_GREEN };
                for (size_t age = 0; age < ages; age++) { /* rows of every period stand in order of rank */
                        size_t k = 0;
                        while (k < counts[age] && by_age[age][k].unit != s->unit)
                                k++;
                        if (k == counts[age] || by_age[age][k].counted)
                                break;
                        view.clear++;
                }
                TRY(streak_figures(s, v->arena, &view));
                TRY(add_view(v, &view));
        }
        return ST_OK;
}

/* ---- targets ---- */

static Status light_view(Views *v, TargetYear *y, const TargetLetter *letter, const TargetLine *line)
{
        TargetProgress *series;
        size_t n;
        TRY(target_series(y, letter, line, v->period, v->arena, &series, &n));
        if (n == 0)
                return ST_OK;
        const TargetProgress *last = &series[n - 1];
        bool whole = date_cmp(period_last_day(last->period), period_last_day(v->period)) == 0;
        if (!whole || !last->lights || !last->lights->ladder)
                return ST_OK;
        AlertView view = { .unit = letter->unit,
                           .indicator = line->indicator,
                           .lights = last->lights,
                           .ladder = last->lights->ladder,
                           .line = line->no,
                           .title = target_line_title(line, LANG_ZH),
                           .light = last->light,
                           .figures = arena_array_of(v->arena, AlertFigure, n + 1) };
        if (!view.figures)
                return ST_NOMEM;
        bool running = true, clear = true;
        for (size_t i = n; i-- > 0;) { /* a period without a figure neither counts nor clears */
                TargetLight l = series[i].light;
                bool bad = l == LIGHT_YELLOW || l == LIGHT_RED;
                running &= l != LIGHT_GREEN;
                clear &= !bad;
                view.periods += running && bad;
                view.missed += running && l == LIGHT_UNKNOWN;
                view.clear += clear && l == LIGHT_GREEN;
                view.yellows += l == LIGHT_YELLOW;
                view.reds += l == LIGHT_RED;
        }
        for (size_t i = 0; i < n; i++) {
                AlertFigure *f = &view.figures[view.figure_count++];
                *f = (AlertFigure){ .period = series[i].period,
                                    .light = str_c(target_light_name(series[i].light)),
                                    .counted = series[i].light == LIGHT_YELLOW || series[i].light == LIGHT_RED,
                                    .late = series[i].late };
                TRY(indicator_exact(&series[i].actual, v->arena, &f->value));
        }
        return add_view(v, &view);
}

Status alert_views(IndicatorBook *b, TargetYear *y, Period period, Arena *a, AlertView **ret, size_t *ret_count)
{
        Views v = { .book = b, .period = period, .arena = a };
        for (size_t i = 0; i < b->pack->indicator_count; i++) {
                const PackIndicator *ind = b->pack->indicators[i];
                for (size_t r = 0; ind->rank.is && r < ind->alert_count; r++)
                        if (ind->alerts[r].ladder)
                                TRY(ranking_views(&v, ind, &ind->alerts[r]));
        }
        const TargetLetter *letters;
        size_t n;
        TRY(target_year_letters(y, &letters, &n));
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < letters[i].count; k++)
                        TRY(light_view(&v, y, &letters[i], &letters[i].lines[k]));
        *ret = v.list;
        *ret_count = v.count;
        return ST_OK;
}

/* ---- the ladder ---- */

Status alert_level(FeelExec *x, const AlertView *v, Period period, int64_t level, int64_t held, int64_t *ret_level,
                   bool *ret_reset)
{
        feel_exec_reset(x);
        const FeelValue in[PACK_LADDER_SLOTS] = {
                [PACK_LADDER_PERIODS] = feel_i64(v->periods),
                [PACK_LADDER_CLEAR] = feel_i64(v->clear),
                [PACK_LADDER_MISSED] = feel_i64(v->missed),
                [PACK_LADDER_LIGHT] = feel_string(str_c(target_light_name(v->light))),
                [PACK_LADDER_YELLOWS] = feel_i64(v->yellows),
                [PACK_LADDER_REDS] = feel_i64(v->reds),
                [PACK_LADDER_LEVEL] = feel_i64(level),
                [PACK_LADDER_HELD] = feel_i64(held),
                [PACK_LADDER_MONTH] = feel_i64(period_last_day(period).month),
        };
        FeelValue out;
        *ret_level = 0;
        for (size_t i = 0; i < v->ladder->step_count; i++) {
                TRY(feel_eval(x, v->ladder->steps[i].when.program, in, PACK_LADDER_SLOTS, &out));
                if (feel_is_true(&out))
                        *ret_level = (int64_t)i + 1;
        }
        if (!v->ladder->reset.text.len) {
                *ret_reset = v->clear >= 1;
                return ST_OK;
        }
        TRY(feel_eval(x, v->ladder->reset.program, in, PACK_LADDER_SLOTS, &out));
        *ret_reset = feel_is_true(&out);
        return ST_OK;
}
