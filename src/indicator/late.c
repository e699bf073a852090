/* late.c -- whether a figure came in time: the day of its first version against the form's due day. */
#include "base/workday.h"
#include "indicator/indicator_int.h"
#include "indicator/light.h"

Date indicator_due_day(const PackForm *form, Period period)
{
        Date due = { 0 };
        if (form->due_day <= 0 ||
            workday_add(workcal_national(), period_last_day(period), form->due_day, NULL, &due) != ST_OK)
                return (Date){ 0 };
        return due;
}

/* Reported figures of one indicator: is the first version of a unit's below `unit` from after the due day? */
static Status reported_late(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, Period period, bool *ret)
{
        const PackForm *form = indicator_form_of(b->pack, ind);
        Date due = form ? indicator_due_day(form, period) : (Date){ 0 };
        if (!due.month)
                return ST_OK;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                b->tx,
                "SELECT unit, min(at) FROM (SELECT unit, at FROM indicator_value WHERE indicator = $1 AND period = $2 "
                "AND value IS NOT NULL UNION ALL SELECT unit, at FROM indicator_past WHERE indicator = $1 AND "
                "period = $2 AND value IS NOT NULL) AS every_version GROUP BY unit ORDER BY unit",
                STORE_ARGS(sv_text(ind->name), sv_i64(period_to_int(period))), &q));
        while (store_next(q)) {
                const PackUnit *u = pack_unit(b->pack, store_text(q, 0));
                Str at = store_text(q, 1);
                Date day;
                if (u && pack_unit_within(u, unit) && at.len >= 10 && date_parse(str_n(at.ptr, 10), &day) == ST_OK &&
                    date_cmp(day, due) > 0)
                        *ret = true;
        }
        return store_done(q);
}

static Status late(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, Period period, bool *ret)
{
        if (ind->source == PACK_DERIVED || *ret)
                return ST_OK;
        if (ind->source == PACK_REPORTED)
                return reported_late(b, ind, unit, period_of(period_last_day(period), ind->frequency), ret);
        for (size_t i = 0; i < ind->use_count; i++) /* formulas are acyclic: pack/link */
                TRY(late(b, ind->uses[i], unit, period, ret));
        return ST_OK;
}

Status indicator_late(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, Period period, bool *ret)
{
        bool is = false;
        TRY(late(b, ind, unit, period, &is));
        *ret = is;
        return ST_OK;
}
