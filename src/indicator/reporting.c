/* reporting.c -- how a form is reported, as figures: was it in time, is it whole. */
#include "indicator/cube.h"
#include "indicator/deadline.h"

typedef struct Arrived {
        bool is;
        Date on;
} Arrived;

/* The day each unit's report first left the unit (was submitted), by unit. */
static Status arrivals(IndicatorBook *b, const PackForm *form, Period period, Arrived *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                b->tx,
                "SELECT unit, submitted_at FROM form_report WHERE form = $1 AND period = $2 AND submitted_at IS NOT NULL",
                STORE_ARGS(sv_text(form->name), sv_i64(period_to_int(period))), &q));
        while (store_next(q)) {
                const PackUnit *u = pack_unit(b->pack, store_text(q, 0));
                Str at = store_text(q, 1);
                if (u && at.len >= 10 && date_parse(str_n(at.ptr, 10), &ret[u->index].on) == ST_OK)
                        ret[u->index].is = true;
        }
        return store_done(q);
}

/* 100 in time, 0 late or not at all; nothing yet while the day has not come. */
static Status timeliness(IndicatorBook *b, const PackForm *form, Period period, const PackUnit *u, const Arrived *a,
                         Column *c)
{
        Date due;
        TRY(indicator_due(b, form, u, period, &due));
        if (!due.month)
                return ST_OK;
        bool over = date_cmp(clock_today(), due) > 0;
        if (!a->is && !over)
                return ST_OK;
        c->none[u->index] = 0;
        c->num[u->index] = a->is && date_cmp(a->on, due) <= 0 ? 100 : 0;
        return ST_OK;
}

/* Hundred times the figures there of those asked for. */
static Status completeness(IndicatorBook *b, const PackForm *form, Period period, int64_t *there, int64_t *ret_asked)
{
        bool required = false;
        FeelValue *v = arena_array_of(b->arena, FeelValue, b->pack->unit_count + 1);
        if (!v)
                return ST_NOMEM;
        for (size_t i = 0; i < form->item_count; i++)
                required = required || form->items[i].required;
        for (size_t i = 0; i < form->item_count; i++) {
                if (required && !form->items[i].required)
                        continue;
                ++*ret_asked;
                TRY(indicator_reported(b, form->items[i].indicator, period, v));
                for (size_t u = 0; u < b->pack->unit_count; u++)
                        there[u] += feel_is(&v[u], FEEL_NUMBER);
        }
        return ST_OK;
}

static Status fill(IndicatorBook *b, Roller *r, const PackIndicator *ind, Period period, Column *c)
{
        const PackForm *form = ind->form;
        size_t n = b->pack->unit_count;
        Date on = period_last_day(period);
        int64_t asked = 0, *there = arena_array_of(b->arena, int64_t, n + 1);
        Arrived *a = arena_array_of(b->arena, Arrived, n + 1);
        if (!there || !a)
                return ST_NOMEM;
        c->scale = 0;
        if (ind->source == PACK_TIMELINESS)
                TRY(arrivals(b, form, period, a));
        else
                TRY(completeness(b, form, period, there, &asked));
        for (size_t i = 0; i < n; i++) {
                const PackUnit *u = &b->pack->units[i];
                c->den[i] = asked ? asked : 1; /* of upper units too: a mean of quotients of one denominator */
                if (u->kind != form->units || !pack_unit_exists_on(u, on))
                        continue;
                if (ind->source == PACK_TIMELINESS) {
                        TRY(timeliness(b, form, period, u, &a[i], c));
                        continue;
                }
                c->none[i] = 0;
                c->num[i] = there[i] * 100;
        }
        return column_mean_up(r, form->units, c);
}

Status column_of_form(IndicatorBook *b, Roller *r, const PackIndicator *ind, Period period, Column **ret)
{
        Column *c;
        TRY(column_new(b->pack, ind, period, COLUMN_RATIO, &c));
        Status st = period.kind == ind->form->frequency ? fill(b, r, ind, period, c) : ST_OK;
        if (st != ST_OK) {
                column_drop(c);
                return st;
        }
        *ret = c;
        return ST_OK;
}
