/* ops_form.c -- reporting: the grid of a form, figures from a sheet, states. */
#include "api/api_int.h"
#include "api/outcome.h"
#include "api_operations.h"
#include "indicator/indicator.h"

static Status find_form(ApiCall *call, const PackForm **ret)
{
        Str name = api_param(call, "form");
        *ret = pack_form(call->pack, name);
        return *ret ? ST_OK
                    : diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有报表“%.*s”", "there is no form \"%.*s\"",
                                STR_FMT(name));
}

static Status put_form_row(ApiCall *call, JsonWriter *w, const PackForm *form, const IndicatorFormRow *r)
{
        jw_object_begin(w);
        jw_put_str(w, "unit", r->unit->code);
        api_put_title(w, "title", r->unit->title);
        jw_put_cstr(w, "state", indicator_state_name(r->state));
        jw_put_bool(w, "late", r->late);
        if (r->at.ptr)
                jw_put_str(w, "reported_at", r->at);
        if (r->actor.ptr)
                jw_put_str(w, "reported_by", r->actor);
        jw_put_array(w, "values");
        for (size_t i = 0; i < form->item_count; i++) {
                Str s;
                TRY(indicator_exact(&r->values[i], call->arena, &s));
                if (s.ptr)
                        jw_str(w, s);
                else
                        jw_null(w);
        }
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}

Status api_op_form_show(ApiCall *call)
{
        const PackForm *form;
        Period period;
        IndicatorFormRow *rows;
        size_t n;
        Date due;
        char text[24];
        TRY(find_form(call, &form));
        TRY(api_param_period(call, "period", &period));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = NULL;
        TRY(api_book(call, tx, &b));
        TRY(indicator_form(b, form, period, call->within, call->arena, &rows, &n, &due));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "form", form->name);
        api_put_title(&w, "title", form->title);
        jw_put_str(&w, "period", str_n(text, period_to_text(period, text)));
        if (due.month)
                jw_put_str(&w, "due", str_n(text, date_to_text(due, text)));
        else
                jw_put_null(&w, "due");
        jw_put_array(&w, "columns");
        for (size_t i = 0; i < form->item_count; i++) {
                const PackIndicator *ind = form->items[i].indicator;
                jw_object_begin(&w);
                jw_put_str(&w, "indicator", ind->name);
                api_put_title(&w, "title", ind->title);
                jw_put_str(&w, "unit", ind->unit);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_put_array(&w, "rows");
        for (size_t i = 0; i < n; i++)
                TRY(put_form_row(call, &w, form, &rows[i]));
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* County accounts draft and submit; approving, returning and publishing is the city's. */
static Status may_move(ApiCall *call, IndicatorState to)
{
        bool own = to == VALUE_DRAFT || to == VALUE_SUBMITTED;
        if (own || api_may(call->session, "form.approve"))
                return ST_OK;
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "无权审核报表", "approving reports is not yours");
}

Status api_op_form_report(ApiCall *call)
{
        const PackForm *form;
        Period period;
        RegisterOutcome out;
        TRY(find_form(call, &form));
        TRY(api_param_period(call, "period", &period));
        bool approve = api_param_bool(call, "approve");
        Str file = api_param(call, "file");
        IndicatorReport in = { .file_name = file.len ? file.ptr : "upload",
                               .bytes = call->body,
                               .period = period,
                               .within = call->within,
                               .explanation = api_param(call, "explanation"),
                               .dry_run = api_param_bool(call, "dry_run"),
                               .state = approve                          ? VALUE_APPROVED
                                        : api_param_bool(call, "submit") ? VALUE_SUBMITTED
                                                                         : VALUE_DRAFT,
                               .actor = call->actor,
                               .lang = call->lang };
        TRY(may_move(call, in.state));
        TRY(indicator_report(call->store, call->pack, form, &in, call->arena, call->diag, &out));
        return api_put_outcome(call, &out, in.dry_run);
}

Status api_op_form_move(ApiCall *call)
{
        static const struct {
                const char *word;
                IndicatorState to;
        } moves[] = { { "submit", VALUE_SUBMITTED },
                      { "approve", VALUE_APPROVED },
                      { "return", VALUE_RETURNED },
                      { "publish", VALUE_PUBLISHED } };
        const PackForm *form;
        Period period;
        TRY(find_form(call, &form));
        TRY(period_parse(json_get_text(call->json, "period", STR("")), &period));
        Str word = json_get_text(call->json, "move", STR("")), unit_code = json_get_text(call->json, "unit", STR(""));
        IndicatorState to = VALUE_DRAFT;
        for (size_t i = 0; i < ARRAY_LEN(moves); i++)
                if (str_eq_c(word, moves[i].word))
                        to = moves[i].to;
        TRY(may_move(call, to));
        const PackUnit *unit = unit_code.len ? pack_unit(call->pack, unit_code) : call->within;
        if (unit_code.len && (!unit || (call->within && !pack_unit_within(unit, call->within))))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有单位“%.*s”，或者无权填报",
                                 "no unit \"%.*s\", or not yours", STR_FMT(unit_code));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(indicator_move(tx, call->pack, form, period, unit, to, json_get_text(call->json, "reason", STR("")),
                           call->actor, STR(""), call->diag));
        TRY(store_commit(&tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "done", true);
        api_put_messages(&w, call->diag);
        jw_object_end(&w);
        return jw_finish(&w);
}
