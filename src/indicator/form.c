/* form.c -- a form's period as a grid, and the ladder of its states.
 *
 *     draft → submitted → signed (by the unit, where the form asks for it) → approved (by the city) → published
 *
 * with returned beside it.  Each of the last three keeps, in form_freeze, the version of every
 * figure it was given to: a later version stands beside what was signed, approved or published
 * and never changes it.  Steps are undone in reverse. */
#include "indicator/deadline.h"
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

/* ---- the grid ---- */

static Status dup(StoreStmt *q, int col, Arena *a, Str *ret)
{
        *ret = store_is_null(q, col) ? STR_NONE : store_text_dup(q, col, a);
        return ret->ptr || store_is_null(q, col) ? ST_OK : ST_NOMEM;
}

/* State, person and time of the unit's report. */
static Status put_report(IndicatorBook *b, const PackForm *form, Period period, Arena *a, IndicatorFormRow *r)
{
        bool due = r->due.month != 0;
        Str submitted;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        Status st = store_one(
                b->tx,
                "SELECT state, actor, at, submitted_at, explanation FROM form_report WHERE form = $1 AND unit = $2 AND period = $3",
                STORE_ARGS(sv_text(form->name), sv_text(r->unit->code), sv_i64(period_to_int(period))), &q);
        if (st == ST_NOT_FOUND) {
                r->late = due && date_cmp(clock_today(), r->due) > 0;
                return ST_OK;
        }
        TRY(st);
        r->state = state_of(store_text(q, 0));
        TRY(dup(q, 1, a, &r->actor));
        TRY(dup(q, 2, a, &r->at));
        TRY(dup(q, 3, a, &submitted));
        TRY(dup(q, 4, a, &r->explanation));
        r->arrived = submitted.ptr || r->state != VALUE_DRAFT;
        r->late = due && (r->arrived ? is_after(submitted.ptr ? submitted : r->at, r->due)
                                     : date_cmp(clock_today(), r->due) > 0);
        return ST_OK;
}

static size_t item_index(const PackForm *form, Str indicator)
{
        for (size_t i = 0; i < form->item_count; i++)
                if (str_eq(form->items[i].indicator->name, indicator))
                        return i;
        return SIZE_MAX;
}

static Status put_notes(IndicatorBook *b, const PackForm *form, Period period, Arena *a, IndicatorFormRow *r,
                        int64_t *versions)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                b->tx,
                "SELECT indicator, version, note FROM indicator_value WHERE form = $1 AND unit = $2 AND period = $3",
                STORE_ARGS(sv_text(form->name), sv_text(r->unit->code), sv_i64(period_to_int(period))), &q));
        while (store_next(q)) {
                size_t i = item_index(form, store_text(q, 0));
                if (i == SIZE_MAX)
                        continue;
                versions[i] = store_i64(q, 1);
                TRY(dup(q, 2, a, &r->notes[i]));
        }
        return store_done(q);
}

/* What was signed, approved or published, of the highest step there is, beside what stands there now. */
static Status put_frozen(IndicatorBook *b, const PackForm *form, Period period, IndicatorFormRow *r,
                         const int64_t *versions)
{
        static const IndicatorState steps[] = { VALUE_PUBLISHED, VALUE_APPROVED, VALUE_SIGNED };
        for (size_t s = 0; s < ARRAY_LEN(steps) && !r->frozen; s++) {
                for (size_t i = 0; i < form->item_count; i++)
                        r->differs[i] = versions[i] != 0; /* a figure that came later */
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                TRY(store_query(
                        b->tx,
                        "SELECT indicator, version, value FROM form_freeze WHERE form = $1 AND unit = $2 AND period = $3 AND step = $4",
                        STORE_ARGS(sv_text(form->name), sv_text(r->unit->code), sv_i64(period_to_int(period)),
                                   sv_cstr(indicator_state_name(steps[s]))),
                        &q));
                while (store_next(q)) {
                        size_t i = item_index(form, store_text(q, 0));
                        r->frozen = true;
                        r->frozen_state = steps[s];
                        r->published = steps[s] == VALUE_PUBLISHED;
                        if (i == SIZE_MAX)
                                continue;
                        r->differs[i] = versions[i] != store_i64(q, 1);
                        if (!store_is_null(q, 2))
                                r->was[i] =
                                        feel_number(dec_from_scaled(store_i64(q, 2), form->items[i].indicator->scale));
                }
                TRY(store_done(q));
        }
        for (size_t i = 0; !r->frozen && i < form->item_count; i++)
                r->differs[i] = false;
        return ST_OK;
}

static Status grid_row(IndicatorBook *b, const PackForm *form, Period period, Arena *a, const FeelValue *now,
                       const FeelValue *previous, IndicatorFormRow *r)
{
        size_t n = form->item_count, units = b->pack->unit_count;
        int64_t *versions = arena_array_of(a, int64_t, n + 1);
        r->values = arena_array_of(a, FeelValue, n + 1);
        r->previous = arena_array_of(a, FeelValue, n + 1);
        r->was = arena_array_of(a, FeelValue, n + 1);
        r->notes = arena_array_of(a, Str, n + 1);
        r->differs = arena_array_of(a, bool, n + 1);
        if (!versions || !r->values || !r->previous || !r->was || !r->notes || !r->differs)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                r->values[i] = now[i * units + r->unit->index];
                r->previous[i] = previous[i * units + r->unit->index];
        }
        TRY(indicator_due(b, form, r->unit, period, &r->due));
        Date usual = indicator_due_day(form, period);
        r->extended = r->due.month && date_cmp(r->due, usual) != 0;
        TRY(put_report(b, form, period, a, r));
        TRY(put_notes(b, form, period, a, r, versions));
        return put_frozen(b, form, period, r, versions);
}

Status indicator_form(IndicatorBook *b, const PackForm *form, Period period, const PackUnit *within, Arena *a,
                      IndicatorFormRow **ret, size_t *ret_count, IndicatorFormDays *ret_days)
{
        const PackUnit **units = arena_array_of(a, const PackUnit *, b->pack->unit_count + 1);
        if (!units)
                return ST_NOMEM;
        size_t all = b->pack->unit_count;
        size_t n = pack_units_of(b->pack, form->units, within, period_last_day(period), units, all);
        IndicatorFormRow *rows = arena_array_of(a, IndicatorFormRow, n + 1);
        FeelValue *now = arena_array_of(a, FeelValue, form->item_count * all + 1);
        FeelValue *previous = arena_array_of(a, FeelValue, form->item_count * all + 1);
        if (!rows || !now || !previous)
                return ST_NOMEM;
        for (size_t i = 0; i < form->item_count; i++) {
                TRY(indicator_reported(b, form->items[i].indicator, period, now + i * all));
                TRY(indicator_reported(b, form->items[i].indicator, period_prev(period), previous + i * all));
        }
        IndicatorFormDays days = { .opens = indicator_opens(form, period),
                                   .due = indicator_due_day(form, period),
                                   .asked = n };
        for (size_t k = 0; k < n; k++) {
                rows[k] = (IndicatorFormRow){ .unit = units[k] };
                TRY(grid_row(b, form, period, a, now, previous, &rows[k]));
                days.arrived += rows[k].arrived;
                days.late += rows[k].late;
        }
        *ret = rows;
        *ret_count = n;
        *ret_days = days;
        return ST_OK;
}

/* ---- states ---- */

/* from -> to that are steps of the ladder. */
static bool allowed(const PackForm *form, IndicatorState from, IndicatorState to)
{
        switch (to) {
        case VALUE_SUBMITTED: return from == VALUE_DRAFT || from == VALUE_RETURNED;
        case VALUE_SIGNED: return form->sign && from == VALUE_SUBMITTED;
        case VALUE_APPROVED: return from == (form->sign ? VALUE_SIGNED : VALUE_SUBMITTED);
        case VALUE_RETURNED: return from == VALUE_SUBMITTED || from == VALUE_SIGNED || from == VALUE_APPROVED;
        case VALUE_PUBLISHED: return from == VALUE_APPROVED;
        default: return false;
        }
}

/* Where a step back leads; VALUE_MISSING: nowhere. */
static IndicatorState step_back(const PackForm *form, IndicatorState from)
{
        switch (from) {
        case VALUE_APPROVED: return form->sign ? VALUE_SIGNED : VALUE_SUBMITTED;
        case VALUE_SIGNED: return VALUE_SUBMITTED;
        case VALUE_SUBMITTED: return VALUE_DRAFT;
        default: return VALUE_MISSING;
        }
}

typedef struct Moved {
        const PackUnit *unit;
        IndicatorState from, to;
} Moved;

typedef struct Move {
        StoreTx *tx;
        const Pack *pack;
        const PackForm *form;
        Period period;
        Str reason, actor, on_behalf;
        Diag *diag;
} Move;

/* What is signed, approved or published is the version that stands there now. */
static Status freeze(const Move *m, const PackUnit *unit, IndicatorState step, int64_t event)
{
        char at[40];
        size_t n = instant_to_text(clock_now(), at);
        StoreValue period = sv_i64(period_to_int(m->period)), name = sv_cstr(indicator_state_name(step));
        TRY(store_exec(m->tx, "DELETE FROM form_freeze WHERE form = $1 AND unit = $2 AND period = $3 AND step = $4",
                       STORE_ARGS(sv_text(m->form->name), sv_text(unit->code), period, name), NULL));
        return store_exec(
                m->tx,
                "INSERT INTO form_freeze (form, unit, period, step, indicator, version, value, actor, at, event) "
                "SELECT form, unit, period, $4, indicator, version, value, $5, $6, $7 FROM indicator_value "
                "WHERE form = $1 AND unit = $2 AND period = $3",
                STORE_ARGS(sv_text(m->form->name), sv_text(unit->code), period, name, sv_text(m->actor),
                           sv_text(str_n(at, n)), sv_i64(event)),
                NULL);
}

static Status thaw(const Move *m, const PackUnit *unit, IndicatorState step)
{
        return store_exec(m->tx, "DELETE FROM form_freeze WHERE form = $1 AND unit = $2 AND period = $3 AND step = $4",
                          STORE_ARGS(sv_text(m->form->name), sv_text(unit->code), sv_i64(period_to_int(m->period)),
                                     sv_cstr(indicator_state_name(step))), NULL);
}

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
                moved[n++] = (Moved){ u, state_of(store_text(q, 1)), VALUE_MISSING };
        }
        *ret = moved;
        *ret_count = n;
        return store_done(q);
}

static Status put_moved(JsonWriter *w, const Moved *moved, size_t n, bool undo)
{
        jw_object_begin(w);
        if (!undo)
                jw_put_cstr(w, "to", indicator_state_name(moved[0].to));
        jw_put_array(w, "units");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(w);
                jw_put_str(w, "unit", moved[i].unit->code);
                jw_put_cstr(w, "from", indicator_state_name(moved[i].from));
                if (undo)
                        jw_put_cstr(w, "to", indicator_state_name(moved[i].to));
                jw_object_end(w);
        }
        jw_array_end(w);
        jw_object_end(w);
        return jw_finish(w);
}

static Status apply(const Move *m, const Moved *x, bool undo, int64_t event)
{
        bool keeps = x->to == VALUE_SIGNED || x->to == VALUE_APPROVED || x->to == VALUE_PUBLISHED;
        if (undo || x->to == VALUE_RETURNED) {
                if (x->from == VALUE_APPROVED)
                        TRY(thaw(m, x->unit, VALUE_APPROVED));
                if (x->from == VALUE_SIGNED || x->to == VALUE_RETURNED)
                        TRY(thaw(m, x->unit, VALUE_SIGNED));
        } else if (keeps) {
                TRY(freeze(m, x->unit, x->to, event));
        }
        char at[40];
        size_t n = instant_to_text(clock_now(), at);
        return store_exec(
                m->tx,
                "UPDATE form_report SET state = $4, event = $5, submitted_at = CASE WHEN $6 = 1 THEN coalesce(submitted_at, $7) "
                "ELSE submitted_at END WHERE form = $1 AND unit = $2 AND period = $3",
                STORE_ARGS(sv_text(m->form->name), sv_text(x->unit->code), sv_i64(period_to_int(m->period)),
                           sv_cstr(indicator_state_name(x->to)), sv_i64(event),
                           sv_bool(x->to == VALUE_SUBMITTED && !undo), sv_text(str_n(at, n))),
                NULL);
}

static Status record_moves(const Move *m, const Moved *moved, size_t n, bool undo, Arena *a)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        char text[16];
        period_to_text(m->period, text);
        TRY(put_moved(&w, moved, n, undo));
        char *op = arena_printf(a, "form.%s", undo ? "undo" : indicator_state_name(moved[0].to));
        char *subject = arena_printf(a, "form:%.*s/%s", STR_FMT(m->form->name), text);
        if (!op || !subject)
                return ST_NOMEM;
        StoreEvent e = { .actor = m->actor, .on_behalf = m->on_behalf, .op = str_c(op), .subject = str_c(subject),
                         .reason = str_trim(m->reason), .payload = buf_str(&b) };
        int64_t event;
        TRY(store_event(m->tx, &e, &event));
        for (size_t i = 0; i < n; i++)
                TRY(apply(m, &moved[i], undo, event));
        return ST_OK;
}

static Status cannot(const Move *m, const Moved *x, IndicatorState to)
{
        if (to == VALUE_APPROVED && x->from == VALUE_SUBMITTED)
                return diag_fail(m->diag, ST_CONFLICT, POS_NONE, "“%.*s”还没有签字：本单位签字以后市级才能审核",
                                 "\"%.*s\" has not signed yet: the unit signs before the city approves",
                                 STR_FMT(x->unit->name));
        return diag_fail(m->diag, ST_CONFLICT, POS_NONE, "“%.*s”的报表现在是“%s”，不能变为“%s”",
                         "the report of \"%.*s\" is \"%s\" and cannot become \"%s\"", STR_FMT(x->unit->name),
                         indicator_state_name(x->from), indicator_state_name(to));
}

Status indicator_move(StoreTx *tx, const Pack *pack, const PackForm *form, Period period, const PackUnit *unit,
                      IndicatorState to, Str reason, Str actor, Str on_behalf, Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        Move m = { tx, pack, form, period, reason, actor, on_behalf, diag };
        Moved *moved;
        size_t n, fit = 0;
        if (!a)
                return ST_NOMEM;
        if (to == VALUE_RETURNED && !str_trim(reason).len)
                return diag_fail(diag, ST_INVALID, POS_NONE, "退回要写明原因", "returning needs a reason");
        TRY(collect(tx, pack, form, period, unit, a, &moved, &n));
        bool single = unit && unit->kind == form->units;
        for (size_t i = 0; i < n; i++) {
                moved[i].to = to;
                if (allowed(form, moved[i].from, to))
                        moved[fit++] = moved[i];
                else if (single)
                        return cannot(&m, &moved[i], to);
        }
        if (fit == 0)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "这一期没有可以变为“%s”的报表",
                                 "no report of this period can become \"%s\"", indicator_state_name(to));
        return record_moves(&m, moved, fit, false, a);
}

Status indicator_undo(StoreTx *tx, const Pack *pack, const PackForm *form, Period period, const PackUnit *unit,
                      Str reason, Str actor, Str on_behalf, Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        Move m = { tx, pack, form, period, reason, actor, on_behalf, diag };
        Moved *moved;
        size_t n;
        if (!a)
                return ST_NOMEM;
        if (!str_trim(reason).len)
                return diag_fail(diag, ST_INVALID, POS_NONE, "撤回一步要写明原因", "a step back needs a reason");
        TRY(collect(tx, pack, form, period, unit, a, &moved, &n));
        if (n != 1 || moved[0].unit != unit)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "请指明一个报过本期的单位",
                                 "name one unit that has reported this period");
        moved[0].to = step_back(form, moved[0].from);
        if (moved[0].from == VALUE_PUBLISHED)
                return diag_fail(
                        diag, ST_CONFLICT, POS_NONE, "已发布的数不能撤回：请用新的版本更正，差异会显示出来",
                        "what is published is not taken back: correct it by a new version, which shows as a difference");
        if (moved[0].to == VALUE_MISSING)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "“%.*s”的报表是“%s”，没有可撤回的一步",
                                 "the report of \"%.*s\" is \"%s\": there is no step to take back", STR_FMT(unit->name),
                                 indicator_state_name(moved[0].from));
        return record_moves(&m, moved, 1, true, a);
}
