/* report.c -- a report's figures against what is there: new versions, events, states. */
#include "indicator/report_int.h"
#include "indicator/year.h"
#include "store/event.h"

/* ---- writing ---- */

static Status current_state(Report *r, const PackUnit *unit, Period period, Str *ret)
{
        *ret = STR("missing");
        Status st = store_get_text(
                r->tx, "SELECT state FROM form_report WHERE form = $1 AND unit = $2 AND period = $3",
                STORE_ARGS(sv_text(r->form->name), sv_text(unit->code), sv_i64(period_to_int(period))), r->arena, ret);
        return st == ST_NOT_FOUND ? ST_OK : st;
}

static bool row_changes(const Report *r, const Row *row)
{
        for (size_t i = 0; i < r->form->item_count; i++)
                if (row->figures[i].changed)
                        return true;
        return false;
}

static Status event_of(Report *r, const bool *writes, int64_t *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        char period[16] = "", own[16], text[DEC_TEXT_MAX];
        if (r->in->period.year)
                period_to_text(r->in->period, period);
        jw_object_begin(&w);
        if (*period)
                jw_put_cstr(&w, "period", period);
        jw_put_cstr(&w, "file", r->in->file_name);
        jw_put_cstr(&w, "state", indicator_state_name(r->in->state));
        jw_put_array(&w, "units");
        for (size_t k = 0; k < r->row_count; k++) {
                const Row *row = &r->rows[k];
                if (!writes[k])
                        continue;
                jw_object_begin(&w);
                jw_put_str(&w, "unit", row->unit->code);
                if (!*period)
                        jw_put_str(&w, "period", str_n(own, period_to_text(row->period, own)));
                jw_put_object(&w, "set");
                for (size_t i = 0; i < r->form->item_count; i++) {
                        if (!row->figures[i].changed)
                                continue;
                        jw_key(&w, r->form->items[i].indicator->name);
                        if (row->figures[i].known) {
                                size_t n = dec_to_text(
                                        dec_from_scaled(row->figures[i].value, r->form->items[i].indicator->scale),
                                        text);
                                jw_str(&w, str_n(text, n));
                        } else {
                                jw_null(&w);
                        }
                }
                jw_object_end(&w);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        Str subject =
                str_c(arena_printf(r->arena, "form:%.*s%s%s", STR_FMT(r->form->name), *period ? "/" : "", period));
        if (!subject.ptr)
                return ST_NOMEM;
        StoreEvent e = { .actor = r->in->actor,
                         .on_behalf = r->in->on_behalf,
                         .op = STR("form.report"),
                         .subject = subject,
                         .reason = str_trim(r->in->explanation),
                         .payload = buf_str(&b) };
        return store_event(r->tx, &e, ret);
}

static Status write_figure(Report *r, const Row *row, size_t item, int64_t event, Str at)
{
        const Figure *f = &row->figures[item];
        const PackIndicator *ind = r->form->items[item].indicator;
        StoreValue period = sv_i64(period_to_int(row->period));
        if (f->version)
                TRY(store_exec(
                        r->tx,
                        "INSERT INTO indicator_past (indicator, unit, period, value, form, version, actor, at, event, file, cell, raw, note) "
                        "SELECT indicator, unit, period, value, form, version, actor, at, event, file, cell, raw, note FROM indicator_value "
                        "WHERE indicator = $1 AND unit = $2 AND period = $3",
                        STORE_ARGS(sv_text(ind->name), sv_text(row->unit->code), period), NULL));
        char cell[16] = "";
        if (f->row && f->col)
                sheet_ref(f->row, f->col, cell);
        TRY(store_exec(
                r->tx,
                "INSERT INTO indicator_value (indicator, unit, period, value, form, version, actor, at, event, file, cell, raw, note) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (indicator, unit, period) DO UPDATE SET "
                "value = excluded.value, form = excluded.form, version = excluded.version, actor = excluded.actor, at = excluded.at, "
                "event = excluded.event, file = excluded.file, cell = excluded.cell, raw = excluded.raw, note = excluded.note",
                STORE_ARGS(sv_text(ind->name), sv_text(row->unit->code), period,
                           f->known ? sv_i64(f->value) : sv_null(), sv_text(r->form->name), sv_i64(f->version + 1),
                           sv_text(r->in->actor), sv_text(at), sv_i64(event), sv_cstr(r->in->file_name), sv_cstr(cell),
                           sv_text(f->raw), sv_text_or_null(f->note)),
                NULL));
        return year_refresh(r->tx, ind, row->unit->code, row->period.year, event);
}

static Status write_report_row(Report *r, const Row *row, int64_t event, Str at)
{
        for (size_t i = 0; i < r->form->item_count; i++)
                if (row->figures[i].changed)
                        TRY(write_figure(r, row, i, event, at));
        return store_exec(
                r->tx,
                "INSERT INTO form_report (form, unit, period, state, actor, at, explanation, event, submitted_at) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                "ON CONFLICT (form, unit, period) DO UPDATE SET state = excluded.state, actor = excluded.actor, at = excluded.at, "
                "explanation = excluded.explanation, event = excluded.event, "
                "submitted_at = coalesce(form_report.submitted_at, excluded.submitted_at)",
                STORE_ARGS(sv_text(r->form->name), sv_text(row->unit->code), sv_i64(period_to_int(row->period)),
                           sv_cstr(indicator_state_name(r->in->state)), sv_text(r->in->actor), sv_text(at),
                           str_trim(r->in->explanation).len ? sv_text(str_trim(r->in->explanation)) : sv_null(),
                           sv_i64(event), r->in->state == VALUE_DRAFT ? sv_null() : sv_text(at)),
                NULL);
}

static Status decide(Report *r, bool *writes, bool *ret_any)
{
        RegisterOutcome *o = r->out;
        for (size_t k = 0; k < r->row_count; k++) {
                Row *row = &r->rows[k];
                if (row->totals)
                        continue;
                if (row->refused || !row->unit) {
                        o->refused++;
                        continue;
                }
                if (row->held) {
                        o->held++;
                        continue;
                }
                Str state;
                TRY(current_state(r, row->unit, row->period, &state));
                bool fresh = str_eq_c(state, "missing"), changes = row_changes(r, row);
                bool moves = fresh || (!str_eq_c(state, indicator_state_name(r->in->state)) &&
                                       !str_eq_c(state, "published") && !str_eq_c(state, "approved"));
                writes[k] = changes || moves;
                *ret_any |= writes[k];
                *(!writes[k] ? &o->unchanged : fresh ? &o->added : &o->changed) += 1;
        }
        return ST_OK;
}

static Status write(Report *r)
{
        bool *writes = arena_array_of(r->arena, bool, r->row_count + 1), any = false;
        if (!writes)
                return ST_NOMEM;
        TRY(decide(r, writes, &any));
        if (r->in->dry_run || !any)
                return ST_OK;
        int64_t event;
        TRY(event_of(r, writes, &event));
        char at[40];
        size_t n = instant_to_text(r->in->at ? *r->in->at : clock_now(), at);
        for (size_t k = 0; k < r->row_count; k++)
                if (writes[k])
                        TRY(write_report_row(r, &r->rows[k], event, str_n(at, n)));
        r->out->event = event;
        return ST_OK;
}

static void report_release(Report *r)
{
        map_release(&r->by_key);
}

Status indicator_report(Store *store, const Pack *pack, const PackForm *form, const IndicatorReport *in, Arena *a,
                        Diag *diag, RegisterOutcome *ret)
{
        RegisterOutcome out = { 0 };
        _cleanup_(report_release) Report r = { .pack = pack, .form = form, .in = in, .arena = a, .diag = diag,
                                               .out = &out, .by_key = MAP_INIT(1000000) };
        if (in->period.year && in->period.kind != form->frequency)
                return diag_fail(diag, ST_USAGE, POS_NONE, "“%.*s”的报告期种类不同",
                                 "\"%.*s\" has another kind of period", STR_FMT(form->title.zh));
        TRY(report_read(&r));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, in->dry_run ? STORE_READ : STORE_WRITE, diag, &tx));
        r.tx = tx;
        TRY(report_check(&r));
        TRY(write(&r));
        if (!in->dry_run)
                TRY(store_commit(&tx));
        *ret = out;
        return ST_OK;
}
