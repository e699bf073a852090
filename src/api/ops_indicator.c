/* ops_indicator.c -- figures: rankings, one figure explained, series, alerts. */
#include "api/api_int.h"
#include "api_operations.h"
#include "indicator/indicator.h"

enum { SERIES_MAX = 600 };

static Status find_indicator(ApiCall *call, const PackIndicator **ret)
{
        Str name = api_param(call, "indicator");
        *ret = pack_indicator(call->pack, name);
        return *ret ? ST_OK
                    : diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有指标“%.*s”", "there is no indicator \"%.*s\"",
                                STR_FMT(name));
}

Status api_book(ApiCall *call, StoreTx *tx, IndicatorBook **ret)
{
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, call->pack);
        if (!b)
                return ST_NOMEM;
        TRY(indicator_book_share(b, api_cube(call->world)));
        *ret = TAKE(b);
        return ST_OK;
}

static void put_text(JsonWriter *w, const char *key, Str s)
{
        if (s.ptr)
                jw_put_str(w, key, s);
        else
                jw_put_null(w, key);
}

static Status put_exact(ApiCall *call, JsonWriter *w, const char *key, const FeelValue *v)
{
        Str s;
        TRY(indicator_exact(v, call->arena, &s));
        put_text(w, key, s);
        return ST_OK;
}

static Status put_shown(ApiCall *call, JsonWriter *w, const PackIndicator *ind, const FeelValue *v)
{
        Str s;
        TRY(indicator_shown(ind, v, call->arena, &s));
        put_text(w, "shown", s.len ? s : STR_NONE);
        return ST_OK;
}

/* A rank kept as its double. */
static void put_half(JsonWriter *w, const char *key, int64_t twice, bool is)
{
        if (is)
                jw_put_dec(w, key, dec_div(dec_from_i64(twice), dec_from_i64(2)));
        else
                jw_put_null(w, key);
}

static void put_missing(JsonWriter *w, const FeelValue *v)
{
        jw_put_array(w, "missing");
        for (size_t i = 0; feel_is(v, FEEL_UNKNOWN) && i < v->unknown.len; i++)
                jw_str(w, v->unknown.names[i]);
        jw_array_end(w);
}

static const char *rank_state(IndicatorRankState s)
{
        static const char *const names[] = { [RANK_KNOWN] = "known",
                                             [RANK_MISSING] = "missing",
                                             [RANK_EXCLUDED] = "excluded",
                                             [RANK_UNKNOWN] = "unknown" };
        return names[s];
}

static Status put_rank_row(ApiCall *call, JsonWriter *w, const PackIndicator *ind, const IndicatorRankRow *r)
{
        jw_object_begin(w);
        jw_put_str(w, "unit", r->unit->code);
        api_put_title(w, "title", r->unit->title);
        TRY(put_exact(call, w, "value", &r->value));
        TRY(put_shown(call, w, ind, &r->value));
        put_half(w, "rank", r->rank2, r->rank2 != 0);
        jw_put_bool(w, "tied", r->tied);
        jw_put_cstr(w, "state", rank_state(r->state));
        put_missing(w, &r->value);
        put_half(w, "previous_rank", r->previous_rank2, r->previous_rank2 != 0);
        put_half(w, "change", r->previous_rank2 - r->rank2, r->rank2 && r->previous_rank2);
        TRY(put_exact(call, w, "previous_value", &r->previous));
        TRY(put_exact(call, w, "year_ago_value", &r->year_ago));
        TRY(put_exact(call, w, "growth", &r->growth));
        jw_object_end(w);
        return ST_OK;
}

static Status put_ranking(ApiCall *call, IndicatorBook *b, const IndicatorRanking *r)
{
        static const char *const ties[] = {
                [PACK_TIES_MIN] = "min", [PACK_TIES_DENSE] = "dense", [PACK_TIES_AVERAGE] = "average"
        };
        static const char *const missing[] = {
                [PACK_RANK_LAST] = "last", [PACK_RANK_EXCLUDED] = "excluded", [PACK_RANK_UNKNOWN] = "unknown"
        };
        static const char *const directions[] = {
                [PACK_HIGHER] = "higher", [PACK_LOWER] = "lower", [PACK_NEUTRAL] = "neutral"
        };
        const PackIndicator *ind = r->indicator;
        char text[16];
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "indicator", ind->name);
        api_put_title(&w, "title", ind->title);
        jw_put_str(&w, "unit", ind->unit);
        jw_put_str(&w, "period", str_n(text, period_to_text(r->period, text)));
        jw_put_str(&w, "previous_period", str_n(text, period_to_text(period_prev(r->period), text)));
        jw_put_cstr(&w, "direction", directions[ind->direction]);
        jw_put_cstr(&w, "ties", ties[ind->rank.ties]);
        jw_put_cstr(&w, "missing_rule", missing[ind->rank.missing]);
        FeelValue city;
        bool sees_top = call->pack->unit_count && (!call->within || call->within->depth == 0);
        if (sees_top)
                TRY(indicator_figure(b, ind, r->period, &call->pack->units[0], &city));
        if (sees_top)
                TRY(put_exact(call, &w, "city", &city));
        else
                jw_put_null(&w, "city");
        jw_put_array(&w, "rows");
        /* Places are among all; an account sees those of its own subtree. */
        for (size_t i = 0; i < r->count; i++)
                if (!call->within || pack_unit_within(r->rows[i].unit, call->within))
                        TRY(put_rank_row(call, &w, ind, &r->rows[i]));
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_rank(ApiCall *call)
{
        const PackIndicator *ind;
        Period period;
        TRY(find_indicator(call, &ind));
        TRY(api_param_period(call, "period", &period));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = NULL;
        TRY(api_book(call, tx, &b));
        IndicatorRanking r;
        TRY(indicator_rank(b, ind, period, call->arena, call->diag, &r));
        return put_ranking(call, b, &r);
}

Status api_op_value(ApiCall *call)
{
        const PackIndicator *ind;
        const PackUnit *unit = api_unit(call);
        Period period;
        Explanation *why;
        FeelValue v;
        char text[16];
        TRY(find_indicator(call, &ind));
        TRY(api_param_period(call, "period", &period));
        if (!unit)
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有单位", "there is no unit");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = NULL;
        TRY(api_book(call, tx, &b));
        TRY(indicator_figure(b, ind, period, unit, &v));
        TRY(indicator_explain(b, ind, unit, period, call->lang, call->arena, &why));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "indicator", ind->name);
        api_put_title(&w, "title", ind->title);
        jw_put_str(&w, "unit", unit->code);
        api_put_title(&w, "unit_title", unit->title);
        jw_put_str(&w, "period", str_n(text, period_to_text(period, text)));
        TRY(put_exact(call, &w, "value", &v));
        TRY(put_shown(call, &w, ind, &v));
        jw_put_str(&w, "measure", ind->unit);
        put_missing(&w, &v);
        jw_key(&w, STR("explanation"));
        explain_json(why, &w);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status put_point(ApiCall *call, JsonWriter *w, IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit,
                        Period p)
{
        FeelValue v;
        char text[16];
        IndicatorPlace place;
        TRY(indicator_figure(b, ind, p, unit, &v));
        TRY(indicator_place(b, ind, p, unit, &place));
        jw_object_begin(w);
        jw_put_str(w, "period", str_n(text, period_to_text(p, text)));
        TRY(put_exact(call, w, "value", &v));
        put_half(w, "rank", place.rank2, place.rank2 != 0);
        jw_object_end(w);
        return ST_OK;
}

Status api_op_series(ApiCall *call)
{
        const PackIndicator *ind;
        const PackUnit *unit = api_unit(call);
        TRY(find_indicator(call, &ind));
        if (!unit)
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有单位", "there is no unit");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = NULL;
        TRY(api_book(call, tx, &b));
        Period *known, from, to;
        size_t n;
        TRY(indicator_periods(tx, PERIOD_MONTH, call->arena, &known, &n));
        bool has_from = api_param_period(call, "from", &from) == ST_OK,
             has_to = api_param_period(call, "to", &to) == ST_OK;
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "indicator", ind->name);
        jw_put_str(&w, "unit", unit->code);
        jw_put_str(&w, "measure", ind->unit);
        jw_put_array(&w, "points");
        size_t written = 0;
        for (size_t i = 0; i < n && written < SERIES_MAX; i++) {
                if ((has_from && period_cmp(known[i], from) < 0) || (has_to && period_cmp(known[i], to) > 0))
                        continue;
                TRY(put_point(call, &w, b, ind, unit, known[i]));
                written++;
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status put_alert(ApiCall *call, JsonWriter *w, const IndicatorAlert *al)
{
        char text[16];
        jw_object_begin(w);
        jw_put_str(w, "unit", al->unit->code);
        api_put_title(w, "title", al->unit->title);
        jw_put_str(w, "indicator", al->indicator->name);
        api_put_title(w, "indicator_title", al->indicator->title);
        jw_put_str(w, "rule", al->rule->name);
        api_put_title(w, "say", al->rule->say);
        api_put_title(w, "action", al->rule->action);
        jw_put_i64(w, "periods", al->counted);
        if (al->length)
                jw_put_str(w, "since", str_n(text, period_to_text(al->streak[0].period, text)));
        jw_put_array(w, "streak");
        for (size_t i = 0; i < al->length; i++) {
                const IndicatorStreakStep *s = &al->streak[i];
                jw_object_begin(w);
                jw_put_str(w, "period", str_n(text, period_to_text(s->period, text)));
                put_half(w, "rank", s->rank2, s->rank2 != 0);
                jw_put_i64(w, "of", s->of);
                TRY(put_exact(call, w, "value", &s->value));
                jw_put_cstr(w, "state", rank_state(s->state));
                jw_object_end(w);
        }
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}

Status api_op_alerts(ApiCall *call)
{
        Period period;
        IndicatorAlert *list;
        size_t n;
        char text[16];
        TRY(api_param_period(call, "period", &period));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = NULL;
        TRY(api_book(call, tx, &b));
        TRY(indicator_alerts(b, period, call->arena, &list, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "period", str_n(text, period_to_text(period, text)));
        jw_put_array(&w, "alerts");
        for (size_t i = 0; i < n; i++)
                if (!call->within || pack_unit_within(list[i].unit, call->within))
                        TRY(put_alert(call, &w, &list[i]));
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}
