/* form.c -- a form's period as a grid: who has reported what, in which state, in time or late. */
#include "indicator/indicator_int.h"
#include "indicator/light.h"
#include "store/event.h"

static IndicatorState state_of(Str name)
{
        for (int s = 0; s < VALUE_STATE_COUNT; s++)
                if (str_eq_c(name, indicator_state_name((IndicatorState)s)))
                        return (IndicatorState)s;
        return VALUE_MISSING;
}

static bool is_after(Str at, Date due)
{
        Date day;
        return at.len >= 10 && date_parse(str_n(at.ptr, 10), &day) == ST_OK && date_cmp(day, due) > 0;
}

Status indicator_form(IndicatorBook *b, const PackForm *form, Period period, const PackUnit *within, Arena *a,
                      IndicatorFormRow **ret, size_t *ret_count, Date *ret_due)
{
        const PackUnit **units = arena_array_of(a, const PackUnit *, b->pack->unit_count + 1);
        if (!units)
                return ST_NOMEM;
        size_t n = pack_units_of(b->pack, form->units, within, period_last_day(period), units, b->pack->unit_count);
        IndicatorFormRow *rows = arena_array_of(a, IndicatorFormRow, n + 1);
        FeelValue *values = arena_array_of(a, FeelValue, form->item_count * b->pack->unit_count + 1);
        if (!rows || !values)
                return ST_NOMEM;
        for (size_t i = 0; i < form->item_count; i++)
                TRY(indicator_reported(b, form->items[i].indicator, period, values + i * b->pack->unit_count));
        Date due = indicator_due_day(form, period);
        for (size_t k = 0; k < n; k++) {
                IndicatorFormRow *r = &rows[k];
                *r = (IndicatorFormRow){ .unit = units[k],
                                         .values = arena_array_of(a, FeelValue, form->item_count + 1) };
                if (!r->values)
                        return ST_NOMEM;
                for (size_t i = 0; i < form->item_count; i++)
                        r->values[i] = values[i * b->pack->unit_count + units[k]->index];
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                Status st = store_one(
                        b->tx, "SELECT state, actor, at FROM form_report WHERE form = $1 AND unit = $2 AND period = $3",
                        STORE_ARGS(sv_text(form->name), sv_text(units[k]->code), sv_i64(period_to_int(period))), &q);
                if (st == ST_NOT_FOUND) {
                        r->late = due.month && date_cmp(clock_today(), due) > 0;
                        continue;
                }
                TRY(st);
                r->state = state_of(store_text(q, 0));
                r->actor = store_text_dup(q, 1, a);
                r->at = store_text_dup(q, 2, a);
                if (!r->actor.ptr || !r->at.ptr)
                        return ST_NOMEM;
                r->late = due.month && is_after(r->at, due);
        }
        *ret = rows;
        *ret_count = n;
        *ret_due = due;
        return ST_OK;
}

/* ---- states ---- */

/* from -> to that are steps of the ladder. */
static bool allowed(IndicatorState from, IndicatorState to)
{
        switch (to) {
        case VALUE_SUBMITTED: return from == VALUE_DRAFT || from == VALUE_RETURNED;
        case VALUE_APPROVED: return from == VALUE_SUBMITTED;
        case VALUE_RETURNED: return from == VALUE_SUBMITTED || from == VALUE_APPROVED;
        case VALUE_PUBLISHED: return from == VALUE_APPROVED;
        default: return false;
        }
}

typedef struct Moved {
        const PackUnit *unit;
        IndicatorState from;
} Moved;

static Status collect(StoreTx *tx, const Pack *pack, const PackForm *form, Period period, const PackUnit *unit,
                      Arena *a, Moved **ret, size_t *ret_count)
{
        Moved *moved = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, "SELECT unit, state FROM form_report WHERE form = $1 AND period = $2 ORDER BY unit",
                        STORE_ARGS(sv_text(form->name), sv_i64(period_to_int(period))), &q));
        while (store_next(q)) {
                const PackUnit *u = pack_unit(pack, store_text(q, 0));
                if (!u || (unit && !pack_unit_within(u, unit)))
                        continue;
                if (arena_grow(a, (void **)&moved, &cap, n + 1, sizeof(*moved)) < 0)
                        return ST_NOMEM;
                moved[n++] = (Moved){ u, state_of(store_text(q, 1)) };
        }
        *ret = moved;
        *ret_count = n;
        return store_done(q);
}

static Status record_move(StoreTx *tx, const PackForm *form, Period period, const Moved *moved, size_t n,
                          IndicatorState to, Str reason, Str actor, Str on_behalf, Arena *a)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        char text[16];
        period_to_text(period, text);
        jw_object_begin(&w);
        jw_put_cstr(&w, "to", indicator_state_name(to));
        jw_put_array(&w, "units");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(&w);
                jw_put_str(&w, "unit", moved[i].unit->code);
                jw_put_cstr(&w, "from", indicator_state_name(moved[i].from));
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *op = arena_printf(a, "form.%s", indicator_state_name(to));
        char *subject = arena_printf(a, "form:%.*s/%s", STR_FMT(form->name), text);
        if (!op || !subject)
                return ST_NOMEM;
        StoreEvent e = { .actor = actor,
                         .on_behalf = on_behalf,
                         .op = str_c(op),
                         .subject = str_c(subject),
                         .reason = reason,
                         .payload = buf_str(&b) };
        int64_t event;
        TRY(store_event(tx, &e, &event));
        for (size_t i = 0; i < n; i++)
                TRY(store_exec(
                        tx,
                        "UPDATE form_report SET state = $4, event = $5 WHERE form = $1 AND unit = $2 AND period = $3",
                        STORE_ARGS(sv_text(form->name), sv_text(moved[i].unit->code), sv_i64(period_to_int(period)),
                                   sv_cstr(indicator_state_name(to)), sv_i64(event)),
                        NULL));
        return ST_OK;
}

Status indicator_move(StoreTx *tx, const Pack *pack, const PackForm *form, Period period, const PackUnit *unit,
                      IndicatorState to, Str reason, Str actor, Str on_behalf, Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        Moved *moved;
        size_t n, fit = 0;
        if (!a)
                return ST_NOMEM;
        if (to == VALUE_RETURNED && !str_trim(reason).len)
                return diag_fail(diag, ST_INVALID, POS_NONE, "退回要写明原因", "returning needs a reason");
        TRY(collect(tx, pack, form, period, unit, a, &moved, &n));
        bool single = unit && unit->kind == form->units;
        for (size_t i = 0; i < n; i++) {
                if (allowed(moved[i].from, to))
                        moved[fit++] = moved[i];
                else if (single)
                        return diag_fail(diag, ST_CONFLICT, POS_NONE, "“%.*s”的报表现在是“%s”，不能变为“%s”",
                                         "the report of \"%.*s\" is \"%s\" and cannot become \"%s\"",
                                         STR_FMT(moved[i].unit->name), indicator_state_name(moved[i].from),
                                         indicator_state_name(to));
        }
        if (fit == 0)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "这一期没有可以变为“%s”的报表",
                                 "no report of this period can become \"%s\"", indicator_state_name(to));
        return record_move(tx, form, period, moved, fit, to, reason, actor, on_behalf, a);
}
