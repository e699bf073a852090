/* schema.c -- the tables of figures and reports. */
#include "indicator/alert.h"
#include "indicator/assess.h"
#include "indicator/target.h"
#include "indicator/year.h"

const char *indicator_state_name(IndicatorState s)
{
        static const char *const names[] = {
#define STATE_NAME(code, word) [code] = word,
                INDICATOR_STATES(STATE_NAME)
#undef STATE_NAME
        };
        return (unsigned)s < ARRAY_LEN(names) ? names[s] : "?";
}

Status indicator_tables(StoreTx *tx)
{
        static const StoreColumn value[] = {
                { .name = "indicator", .type = STORE_TEXT },
                { .name = "unit", .type = STORE_TEXT },
                { .name = "period", .type = STORE_I64 },
                { .name = "value", .type = STORE_I64 },
                { .name = "form", .type = STORE_TEXT },
                { .name = "version", .type = STORE_I64, .not_null = true },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
                { .name = "file", .type = STORE_TEXT },
                { .name = "cell", .type = STORE_TEXT },
                { .name = "raw", .type = STORE_TEXT },
                { .name = "note", .type = STORE_TEXT },
        };
        static const StoreColumn year[] = {
                { .name = "indicator", .type = STORE_TEXT },
                { .name = "year", .type = STORE_I64 },
                { .name = "unit", .type = STORE_TEXT },
                { .name = "figures", .type = STORE_BLOB, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn report[] = {
                { .name = "form", .type = STORE_TEXT },
                { .name = "unit", .type = STORE_TEXT },
                { .name = "period", .type = STORE_I64 },
                { .name = "state", .type = STORE_TEXT, .not_null = true },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "explanation", .type = STORE_TEXT },
                { .name = "event", .type = STORE_I64, .not_null = true },
                { .name = "submitted_at", .type = STORE_TEXT },
        };
        static const StoreColumn freeze[] = {
                { .name = "form", .type = STORE_TEXT },
                { .name = "unit", .type = STORE_TEXT },
                { .name = "period", .type = STORE_I64 },
                { .name = "step", .type = STORE_TEXT },
                { .name = "indicator", .type = STORE_TEXT },
                { .name = "version", .type = STORE_I64, .not_null = true },
                { .name = "value", .type = STORE_I64 },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn extension[] = {
                { .name = "form", .type = STORE_TEXT },
                { .name = "unit", .type = STORE_TEXT },
                { .name = "period", .type = STORE_I64 },
                { .name = "due", .type = STORE_TEXT, .not_null = true },
                { .name = "reason", .type = STORE_TEXT, .not_null = true },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
        };
        static const StoreIndex by_period[] = { { .name = "indicator_value_period", .columns = "period, indicator" } };
        static const StoreIndex by_event[] = { { .name = "indicator_year_event", .columns = "event" } };
        static const StoreIndex by_unit[] = { { .name = "form_report_period", .columns = "period, form" } };
        static const StoreTable tables[] = {
                { .name = "indicator_value",
                  .columns = value,
                  .column_count = ARRAY_LEN(value),
                  .primary_key = "indicator, unit, period",
                  .indexes = by_period,
                  .index_count = 1 },
                { .name = "indicator_past",
                  .columns = value,
                  .column_count = ARRAY_LEN(value),
                  .primary_key = "indicator, unit, period, version" },
                { .name = "indicator_year",
                  .columns = year,
                  .column_count = ARRAY_LEN(year),
                  .primary_key = "indicator, year, unit",
                  .indexes = by_event,
                  .index_count = 1 },
                { .name = "form_freeze",
                  .columns = freeze,
                  .column_count = ARRAY_LEN(freeze),
                  .primary_key = "form, unit, period, step, indicator" },
                { .name = "form_extension",
                  .columns = extension,
                  .column_count = ARRAY_LEN(extension),
                  .primary_key = "form, unit, period" },
                { .name = "form_report",
                  .columns = report,
                  .column_count = ARRAY_LEN(report),
                  .primary_key = "form, unit, period",
                  .indexes = by_unit,
                  .index_count = 1 },
        };
        TRY(store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL));
        TRY(year_fill(tx));
        TRY(target_tables(tx));
        TRY(alert_tables(tx));
        return assess_tables(tx);
}
