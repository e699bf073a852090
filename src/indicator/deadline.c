/* deadline.c -- opening and due days in working days, and the exceptions that were granted to units. */
#include "indicator/deadline.h"

#include "base/workday.h"
#include "indicator/light.h"
#include "store/event.h"

Date indicator_opens(const PackForm *form, Period period)
{
        Date day = { 0 };
        if (workday_add(workcal_national(), period_last_day(period), form->opens_day, NULL, &day) != ST_OK)
                return (Date){ 0 };
        return day;
}

Status indicator_due(IndicatorBook *b, const PackForm *form, const PackUnit *unit, Period period, Date *ret)
{
        Str text;
        *ret = indicator_due_day(form, period);
        Status st = store_get_text(
                b->tx, "SELECT due FROM form_extension WHERE form = $1 AND unit = $2 AND period = $3",
                STORE_ARGS(sv_text(form->name), sv_text(unit->code), sv_i64(period_to_int(period))), b->arena, &text);
        if (st == ST_NOT_FOUND)
                return ST_OK;
        TRY(st);
        return date_parse(text, ret) == ST_OK ? ST_OK : ST_CORRUPT;
}

Status indicator_extend(StoreTx *tx, const PackForm *form, const PackUnit *unit, Period period, Date due, Str reason,
                        Str actor, Str on_behalf, Diag *diag)
{
        char day[24], text[16], payload[96];
        if (!str_trim(reason).len)
                return diag_fail(diag, ST_INVALID, POS_NONE, "延期要写明原因", "an extension needs a reason");
        if (unit->kind != form->units)
                return diag_fail(diag, ST_INVALID, POS_NONE, "“%.*s”不填报本表",
                                 "\"%.*s\" does not report on this form", STR_FMT(unit->name));
        size_t n = date_to_text(due, day);
        period_to_text(period, text);
        int len = snprintf(payload, sizeof(payload), "{\"due\":\"%s\"}", day);
        _cleanup_arena_ Arena *a = arena_new(4096);
        char *subject = a ? arena_printf(a, "form:%.*s/%s/%.*s", STR_FMT(form->name), text, STR_FMT(unit->code)) : NULL;
        if (!subject)
                return ST_NOMEM;
        int64_t event;
        TRY(store_event(tx,
                        &(StoreEvent){ .actor = actor,
                                       .on_behalf = on_behalf,
                                       .op = STR("form.extend"),
                                       .subject = str_c(subject),
                                       .reason = str_trim(reason),
                                       .payload = str_n(payload, (size_t)len) },
                        &event));
        return store_exec(
                tx,
                "INSERT INTO form_extension (form, unit, period, due, reason, actor, event) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT (form, unit, period) DO UPDATE SET due = excluded.due, reason = excluded.reason, "
                "actor = excluded.actor, event = excluded.event",
                STORE_ARGS(sv_text(form->name), sv_text(unit->code), sv_i64(period_to_int(period)),
                           sv_text(str_n(day, n)), sv_text(str_trim(reason)), sv_text(actor), sv_i64(event)),
                NULL);
}
