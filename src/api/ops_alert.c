/* ops_alert.c -- alerts as cases, and places as corrections changed them. */
#include "api/api_int.h"
#include "api_operations.h"
#include "indicator/alert.h"

static void put_period(JsonWriter *w, const char *key, Period p)
{
        char text[16];
        if (p.year)
                jw_put_str(w, key, str_n(text, period_to_text(p, text)));
        else
                jw_put_null(w, key);
}

/* Ranks may be halves (average ties). */
static void put_rank(JsonWriter *w, const char *key, int64_t rank2)
{
        if (rank2)
                jw_put_dec(w, key, dec_div(dec_from_i64(rank2), dec_from_i64(2)));
        else
                jw_put_null(w, key);
}

static void put_entry(JsonWriter *w, const AlertEntry *e)
{
        jw_object_begin(w);
        jw_put_i64(w, "seq", e->seq);
        jw_put_cstr(w, "act", alert_act_name(e->act));
        put_period(w, "period", e->period);
        jw_put_i64(w, "level", e->level);
        jw_put_str(w, "step", e->step_name);
        jw_put_str(w, "text", e->text);
        jw_put_str(w, "by", e->actor);
        jw_put_str(w, "at", e->at);
        jw_put_i64(w, "event", e->event);
        jw_put_array(w, "figures");
        for (size_t i = 0; i < e->figure_count; i++) {
                const AlertFigure *f = &e->figures[i];
                jw_object_begin(w);
                put_period(w, "period", f->period);
                put_rank(w, "rank", f->rank2);
                jw_put_i64(w, "of", f->of);
                if (f->value.ptr)
                        jw_put_str(w, "value", f->value);
                else
                        jw_put_null(w, "value");
                jw_put_str(w, "light", f->light);
                jw_put_bool(w, "counted", f->counted);
                jw_put_bool(w, "late", f->late);
                jw_object_end(w);
        }
        jw_array_end(w);
        jw_object_end(w);
}

static void put_case(JsonWriter *w, const AlertCase *c)
{
        jw_object_begin(w);
        jw_put_i64(w, "case", c->id);
        jw_put_str(w, "unit", c->unit->code);
        api_put_title(w, "unit_title", c->unit->title);
        jw_put_str(w, "indicator", c->indicator->name);
        api_put_title(w, "indicator_title", c->indicator->title);
        jw_put_cstr(w, "kind", c->rule ? "rank" : "light");
        jw_put_str(w, "rule", c->rule ? c->rule->name : c->lights->name);
        api_put_title(w, "rule_title", c->rule ? c->rule->say : c->lights->title);
        jw_put_i64(w, "line", c->line);
        jw_put_str(w, "title", c->title);
        jw_put_cstr(w, "state", alert_state_name(c->state));
        jw_put_i64(w, "level", c->level);
        put_period(w, "opened", c->opened);
        put_period(w, "last", c->last);
        jw_put_array(w, "ladder");
        for (size_t i = 0; i < c->ladder->step_count; i++) {
                const PackStep *s = &c->ladder->steps[i];
                jw_object_begin(w);
                jw_put_str(w, "step", s->name);
                api_put_title(w, "title", s->title);
                jw_put_str(w, "when", s->when.text);
                if (s->has_points)
                        jw_put_dec(w, "points", s->points);
                else
                        jw_put_null(w, "points");
                if (s->document.len)
                        jw_put_str(w, "document", s->document);
                else
                        jw_put_null(w, "document");
                jw_put_bool(w, "reached", (int64_t)i < c->level);
                jw_object_end(w);
        }
        jw_array_end(w);
        jw_put_array(w, "entries");
        for (size_t i = 0; i < c->entry_count; i++)
                put_entry(w, &c->entries[i]);
        jw_array_end(w);
        jw_object_end(w);
}

static Status put_cases(ApiCall *call, StoreTx *tx, const AlertFilter *f)
{
        AlertCase *cases;
        size_t n;
        TRY(alert_cases(tx, call->pack, f, call->arena, &cases, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "cases");
        for (size_t i = 0; i < n; i++)
                put_case(&w, &cases[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_alert_list(ApiCall *call)
{
        AlertFilter f = { .within = api_param(call, "unit").ptr ? api_unit(call) : call->within,
                          .year = api_param_int(call, "year", 0),
                          .open_only = api_param_bool(call, "open"),
                          .id = api_param_int(call, "case", 0) };
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        return put_cases(call, tx, &f);
}

Status api_op_alert_update(ApiCall *call)
{
        AlertUpdate in = { .actor = call->actor };
        AlertOutcome o;
        TRY(period_parse(json_get_text(call->json, "period", STR("")), &in.period));
        if (call->within && call->within->depth > 0) /* a ranking is of all units, or it is none */
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "预警由市级更新",
                                 "alerts are looked at by the city");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(alert_update(tx, call->pack, &in, call->arena, call->diag, &o));
        TRY(store_commit(&tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        put_period(&w, "period", in.period);
        jw_put_i64(&w, "opened", o.opened);
        jw_put_i64(&w, "climbed", o.climbed);
        jw_put_i64(&w, "corrected", o.corrected);
        jw_put_i64(&w, "withdrawn", o.withdrawn);
        jw_put_i64(&w, "closed", o.closed);
        jw_put_array(&w, "cases");
        for (size_t i = 0; i < o.count; i++)
                jw_i64(&w, o.cases[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_alert_add(ApiCall *call)
{
        static const struct {
                const char *word;
                AlertAct act;
        } acts[] = { { "note", ALERT_NOTED },
                     { "answer", ALERT_ANSWERED },
                     { "talk", ALERT_TALKED },
                     { "close", ALERT_CLOSED_BY } };
        AlertAdd in = { .act = ALERT_NOTED,
                        .text = json_get_text(call->json, "text", STR("")),
                        .within = call->within,
                        .actor = call->actor };
        Str word = json_get_text(call->json, "act", STR(""));
        if (!json_i64(json_get(call->json, "case"), &in.id))
                return ST_INVALID;
        for (size_t i = 0; i < ARRAY_LEN(acts); i++)
                if (str_eq_c(word, acts[i].word))
                        in.act = acts[i].act;
        /* The unit answers; what was said at the talk, and the end, are the city's. */
        if (in.act != ALERT_ANSWERED && in.act != ALERT_NOTED && !api_may(call->session, "alert.write"))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "无权处理预警", "this is not yours to do");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(alert_add(tx, call->pack, &in, call->diag));
        TRY(store_commit(&tx));
        _cleanup_store_tx_ StoreTx *read = NULL;
        TRY(api_begin_read(call, &read));
        return put_cases(call, read, &(AlertFilter){ .within = call->within, .id = in.id });
}

Status api_op_rank_history(ApiCall *call)
{
        const PackIndicator *ind = pack_indicator(call->pack, api_param(call, "indicator"));
        const PackUnit *unit = api_unit(call);
        IndicatorRankStep *steps;
        Period period;
        size_t n;
        if (!ind || !unit)
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有这个指标或单位",
                                 "there is no such indicator or unit");
        TRY(api_param_period(call, "period", &period));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, call->pack);
        if (!b)
                return ST_NOMEM;
        TRY(indicator_rank_history(b, ind, unit, period, call->arena, &steps, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "indicator", ind->name);
        jw_put_str(&w, "unit", unit->code);
        put_period(&w, "period", period);
        jw_put_array(&w, "steps");
        for (size_t i = 0; i < n; i++) {
                Str value;
                TRY(indicator_exact(&steps[i].value, call->arena, &value));
                jw_object_begin(&w);
                put_rank(&w, "rank", steps[i].rank2);
                if (value.ptr)
                        jw_put_str(&w, "value", value);
                else
                        jw_put_null(&w, "value");
                jw_put_bool(&w, "own", steps[i].own);
                jw_put_str(&w, "since", steps[i].at);
                jw_put_str(&w, "by", steps[i].actor);
                jw_put_i64(&w, "event", steps[i].event);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}
