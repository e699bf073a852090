/* ops_form.c -- reporting: the grid of a form, figures from a sheet or from a grid, states, exceptions, workbooks. */
#include "api/api_int.h"
#include "api/outcome.h"
#include "api/temp.h"
#include "api_operations.h"
#include "codec/sheet_writer.h"
#include "indicator/indicator.h"
#include "pack/measure.h"

static Status find_form(ApiCall *call, const PackForm **ret)
{
        Str name = api_param(call, "form");
        *ret = pack_form(call->pack, name);
        return *ret ? ST_OK
                    : diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有报表“%.*s”", "there is no form \"%.*s\"",
                                STR_FMT(name));
}

/* ---- the grid ---- */

static Status put_values(ApiCall *call, JsonWriter *w, const char *key, const FeelValue *values, size_t n)
{
        jw_put_array(w, key);
        for (size_t i = 0; i < n; i++) {
                Str s;
                TRY(indicator_exact(&values[i], call->arena, &s));
                if (s.ptr)
                        jw_str(w, s);
                else
                        jw_null(w);
        }
        jw_array_end(w);
        return ST_OK;
}

static void put_day(JsonWriter *w, const char *key, Date d)
{
        char text[24];
        if (d.month)
                jw_put_str(w, key, str_n(text, date_to_text(d, text)));
        else
                jw_put_null(w, key);
}

static Status put_frozen(ApiCall *call, JsonWriter *w, const PackForm *form, const IndicatorFormRow *r)
{
        jw_put_object(w, "frozen");
        jw_put_cstr(w, "step", indicator_state_name(r->frozen_state));
        TRY(put_values(call, w, "values", r->was, form->item_count));
        jw_put_array(w, "differs");
        for (size_t i = 0; i < form->item_count; i++)
                jw_bool(w, r->differs[i]);
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}

static Status put_form_row(ApiCall *call, JsonWriter *w, const PackForm *form, const IndicatorFormRow *r)
{
        jw_object_begin(w);
        jw_put_str(w, "unit", r->unit->code);
        api_put_title(w, "title", r->unit->title);
        jw_put_cstr(w, "state", indicator_state_name(r->state));
        jw_put_bool(w, "late", r->late);
        put_day(w, "due", r->due);
        jw_put_bool(w, "extended", r->extended);
        if (r->at.ptr)
                jw_put_str(w, "reported_at", r->at);
        if (r->actor.ptr)
                jw_put_str(w, "reported_by", r->actor);
        if (r->explanation.ptr)
                jw_put_str(w, "explanation", r->explanation);
        TRY(put_values(call, w, "values", r->values, form->item_count));
        TRY(put_values(call, w, "previous", r->previous, form->item_count));
        jw_put_array(w, "notes");
        for (size_t i = 0; i < form->item_count; i++)
                if (r->notes[i].ptr)
                        jw_str(w, r->notes[i]);
                else
                        jw_null(w);
        jw_array_end(w);
        if (r->frozen)
                TRY(put_frozen(call, w, form, r));
        jw_object_end(w);
        return ST_OK;
}

Status api_op_form_show(ApiCall *call)
{
        const PackForm *form;
        Period period;
        IndicatorFormRow *rows;
        size_t n;
        IndicatorFormDays days;
        char text[24];
        TRY(find_form(call, &form));
        TRY(api_param_period(call, "period", &period));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = NULL;
        TRY(api_book(call, tx, &b));
        TRY(indicator_form(b, form, period, call->within, call->arena, &rows, &n, &days));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "form", form->name);
        api_put_title(&w, "title", form->title);
        jw_put_str(&w, "period", str_n(text, period_to_text(period, text)));
        put_day(&w, "opens", days.opens);
        put_day(&w, "due", days.due);
        jw_put_bool(&w, "sign", form->sign);
        jw_put_i64(&w, "asked", (int64_t)days.asked);
        jw_put_i64(&w, "arrived", (int64_t)days.arrived);
        jw_put_i64(&w, "late", (int64_t)days.late);
        jw_put_array(&w, "columns");
        for (size_t i = 0; i < form->item_count; i++) {
                const PackIndicator *ind = form->items[i].indicator;
                jw_object_begin(&w);
                jw_put_str(&w, "indicator", ind->name);
                api_put_title(&w, "title", ind->title);
                jw_put_str(&w, "unit", ind->unit);
                jw_put_str(&w, "measure", ind->import_unit.len ? ind->import_unit : ind->unit);
                jw_put_bool(&w, "required", form->items[i].required);
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

/* ---- the workbook to fill in ---- */

static Status shown_in(ApiCall *call, const PackIndicator *ind, const FeelValue *v, Str *ret)
{
        Dec factor;
        *ret = STR("");
        if (!feel_is(v, FEEL_NUMBER))
                return ST_OK;
        FeelValue in = *v;
        if (ind->import_unit.len && measure_factor(ind->unit, ind->import_unit, &factor) == ST_OK)
                in = feel_number(dec_mul(v->number, factor));
        return indicator_exact(&in, call->arena, ret);
}

static Status write_workbook(ApiCall *call, const PackForm *form, const IndicatorFormRow *rows, size_t n, bool last,
                             const char *path)
{
        bool en = call->lang == LANG_EN;
        SheetColumn *cols = arena_array_of(call->arena, SheetColumn, form->item_count + 1);
        SheetOut *cells = arena_array_of(call->arena, SheetOut, form->item_count + 1);
        if (!cols || !cells)
                return ST_NOMEM;
        cols[0] = (SheetColumn){
                .title = en ? STR("unit") : STR("单位"), .kind = SHEET_COL_TEXT, .width = 16, .required = true
        };
        for (size_t i = 0; i < form->item_count; i++) {
                const PackIndicator *ind = form->items[i].indicator;
                Str measure = ind->import_unit.len ? ind->import_unit : ind->unit;
                char *title = arena_printf(call->arena, measure.len ? "%.*s（%.*s）" : "%.*s%.*s",
                                           STR_FMT(pack_title(ind->title, call->lang)), STR_FMT(measure));
                if (!title)
                        return ST_NOMEM;
                cols[i + 1] = (SheetColumn){ .title = str_c(title),
                                             .kind = SHEET_COL_NUMBER,
                                             .scale = -1,
                                             .required = form->items[i].required };
        }
        _cleanup_(sheet_writer_freep) SheetWriter *w = NULL;
        TRY(sheet_writer_new(path, SHEET_XLSX, call->diag, &w));
        TRY(sheet_writer_sheet(w, pack_title(form->title, call->lang), cols, form->item_count + 1, call->diag));
        for (size_t k = 0; k < n; k++) {
                cells[0] = (SheetOut){ .kind = SHEET_TEXT, .text = rows[k].unit->name };
                for (size_t i = 0; i < form->item_count; i++) {
                        Str s;
                        const FeelValue *v = last && !feel_is(&rows[k].values[i], FEEL_NUMBER) ? &rows[k].previous[i]
                                                                                               : &rows[k].values[i];
                        TRY(shown_in(call, form->items[i].indicator, v, &s));
                        cells[i + 1] = (SheetOut){ .kind = s.len ? SHEET_NUMBER : SHEET_EMPTY, .text = s };
                }
                TRY(sheet_writer_row(w, cells, form->item_count + 1, call->diag));
        }
        return sheet_writer_finish(w, call->diag);
}

Status api_op_form_workbook(ApiCall *call)
{
        const PackForm *form;
        Period period;
        IndicatorFormRow *rows;
        size_t n;
        IndicatorFormDays days;
        char text[24];
        TRY(find_form(call, &form));
        TRY(api_param_period(call, "period", &period));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = NULL;
        TRY(api_book(call, tx, &b));
        TRY(indicator_form(b, form, period, call->within, call->arena, &rows, &n, &days));
        _cleanup_temp_ ApiTemp temp;
        TRY(api_temp_name(".xlsx", &temp));
        TRY(write_workbook(call, form, rows, n, api_param_bool(call, "last"), temp.path));
        period_to_text(period, text);
        char *name = arena_printf(call->arena, "%.*s-%s.xlsx", STR_FMT(form->name), text);
        if (!name)
                return ST_NOMEM;
        call->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        call->file_name = str_c(name);
        return api_temp_read(&temp, call);
}

/* ---- reporting ---- */

/* County accounts draft, submit and sign; approving, returning and publishing is the city's. */
static Status may_move(ApiCall *call, IndicatorState to)
{
        bool own = to == VALUE_DRAFT || to == VALUE_SUBMITTED || to == VALUE_SIGNED;
        if (own || api_may(call->session, "form.approve"))
                return ST_OK;
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "无权审核报表", "approving reports is not yours");
}

Status api_op_form_report(ApiCall *call)
{
        const PackForm *form;
        Period period = { 0 };
        RegisterOutcome out;
        TRY(find_form(call, &form));
        if (api_param(call, "period").ptr)
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

static bool truth(const Json *o, const char *key)
{
        const Json *v = json_get(o, key);
        return json_is(v, JSON_BOOL) && v->truth;
}

Status api_op_form_write(ApiCall *call)
{
        const PackForm *form;
        RegisterOutcome out;
        const Json *cells = json_get(call->json, "cells"), *notes = json_get(call->json, "notes");
        TRY(find_form(call, &form));
        IndicatorReport in = { .file_name = "网页填报",
                               .within = call->within,
                               .actor = call->actor,
                               .lang = call->lang,
                               .explanation = json_get_text(call->json, "explanation", STR("")),
                               .dry_run = truth(call->json, "dry_run"),
                               .state = truth(call->json, "submit") ? VALUE_SUBMITTED : VALUE_DRAFT };
        TRY(period_parse(json_get_text(call->json, "period", STR("")), &in.period));
        IndicatorCell *c = arena_array_of(call->arena, IndicatorCell, cells->count + 1);
        IndicatorNote *n = arena_array_of(call->arena, IndicatorNote, (notes ? notes->count : 0) + 1);
        if (!c || !n)
                return ST_NOMEM;
        for (size_t i = 0; json_at(cells, i); i++) {
                const Json *o = json_at(cells, i);
                c[in.cell_count++] =
                        (IndicatorCell){ json_get_text(o, "unit", STR("")), json_get_text(o, "indicator", STR("")),
                                         json_get_text(o, "text", STR("")), json_get_text(o, "measure", STR("")) };
        }
        for (size_t i = 0; json_at(notes, i); i++) {
                const Json *o = json_at(notes, i);
                n[in.note_count++] =
                        (IndicatorNote){ json_get_text(o, "unit", STR("")), json_get_text(o, "indicator", STR("")),
                                         json_get_text(o, "text", STR("")) };
        }
        in.cells = c;
        in.notes = n;
        TRY(indicator_report(call->store, call->pack, form, &in, call->arena, call->diag, &out));
        return api_put_outcome(call, &out, in.dry_run);
}

/* ---- states ---- */

static Status put_done(ApiCall *call)
{
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "done", true);
        api_put_messages(&w, call->diag);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status unit_of(ApiCall *call, const PackUnit **ret)
{
        Str code = json_get_text(call->json, "unit", STR(""));
        *ret = code.len ? pack_unit(call->pack, code) : call->within;
        if (code.len && (!*ret || (call->within && !pack_unit_within(*ret, call->within))))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有单位“%.*s”，或者无权填报",
                                 "no unit \"%.*s\", or not yours", STR_FMT(code));
        return ST_OK;
}

/* Taking back the city's step is the city's. */
static Status may_undo(ApiCall *call, StoreTx *tx, const PackForm *form, Period period, const PackUnit *unit)
{
        Str state = STR("");
        Status st = store_get_text(
                tx, "SELECT state FROM form_report WHERE form = $1 AND unit = $2 AND period = $3",
                STORE_ARGS(sv_text(form->name), sv_text(unit ? unit->code : STR("")), sv_i64(period_to_int(period))),
                call->arena, &state);
        if (st != ST_NOT_FOUND)
                TRY(st);
        return may_move(call, str_eq_c(state, "approved") ? VALUE_APPROVED : VALUE_DRAFT);
}

Status api_op_form_move(ApiCall *call)
{
        static const struct {
                const char *word;
                IndicatorState to;
        } moves[] = { { "submit", VALUE_SUBMITTED }, { "sign", VALUE_SIGNED },       { "approve", VALUE_APPROVED },
                      { "return", VALUE_RETURNED },  { "publish", VALUE_PUBLISHED }, { "undo", VALUE_MISSING } };
        const PackForm *form;
        const PackUnit *unit;
        Period period;
        TRY(find_form(call, &form));
        TRY(period_parse(json_get_text(call->json, "period", STR("")), &period));
        Str word = json_get_text(call->json, "move", STR("")), reason = json_get_text(call->json, "reason", STR(""));
        IndicatorState to = VALUE_DRAFT;
        for (size_t i = 0; i < ARRAY_LEN(moves); i++)
                if (str_eq_c(word, moves[i].word))
                        to = moves[i].to;
        TRY(unit_of(call, &unit));
        if (to != VALUE_MISSING)
                TRY(may_move(call, to));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        if (to == VALUE_MISSING) {
                TRY(may_undo(call, tx, form, period, unit));
                TRY(indicator_undo(tx, call->pack, form, period, unit, reason, call->actor, STR(""), call->diag));
        } else {
                TRY(indicator_move(tx, call->pack, form, period, unit, to, reason, call->actor, STR(""), call->diag));
        }
        TRY(store_commit(&tx));
        return put_done(call);
}

Status api_op_form_extend(ApiCall *call)
{
        const PackForm *form;
        const PackUnit *unit;
        Period period;
        Date due;
        TRY(find_form(call, &form));
        TRY(period_parse(json_get_text(call->json, "period", STR("")), &period));
        TRY(date_parse(json_get_text(call->json, "due", STR("")), &due));
        TRY(unit_of(call, &unit));
        if (!unit)
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "请指明单位", "name the unit");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(indicator_extend(tx, form, unit, period, due, json_get_text(call->json, "reason", STR("")), call->actor,
                             STR(""), call->diag));
        TRY(store_commit(&tx));
        return put_done(call);
}
