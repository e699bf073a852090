/* schema.c -- the tables of runs and what they froze. */
#include "policy/policy_int.h"

Status policy_tables(StoreTx *tx)
{
        static const StoreColumn run[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "year", .type = STORE_I64, .not_null = true },
                { .name = "policies", .type = STORE_TEXT, .not_null = true }, /* JSON: names */
                { .name = "hash", .type = STORE_TEXT, .not_null = true },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "event", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn entitlement[] = {
                { .name = "run", .type = STORE_I64, .references = "policy_run(id)" },
                { .name = "policy", .type = STORE_TEXT },
                { .name = "key", .type = STORE_TEXT },
                { .name = "name", .type = STORE_TEXT, .not_null = true },
                { .name = "unit", .type = STORE_TEXT },
                { .name = "outcome", .type = STORE_TEXT, .not_null = true },
                { .name = "fen", .type = STORE_I64, .not_null = true },
                { .name = "computed_fen", .type = STORE_I64, .not_null = true },
                { .name = "reason", .type = STORE_TEXT, .not_null = true },
                { .name = "missing", .type = STORE_TEXT },
                { .name = "cuts", .type = STORE_TEXT },
                { .name = "inputs", .type = STORE_TEXT, .not_null = true },
        };
        static const StoreIndex by_unit[] = { { .name = "entitlement_unit", .columns = "run, unit" } };
        static const StoreTable tables[] = {
                { .name = "policy_run", .columns = run, .column_count = ARRAY_LEN(run), .primary_key = "id" },
                { .name = "entitlement",
                  .columns = entitlement,
                  .column_count = ARRAY_LEN(entitlement),
                  .primary_key = "run, policy, key",
                  .indexes = by_unit,
                  .index_count = 1 },
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}
