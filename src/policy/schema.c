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
                { .name = "on_day", .type = STORE_TEXT },
                { .name = "pack", .type = STORE_TEXT }, /* hash of policy_pack */
        };
        static const StoreColumn part[] = {
                { .name = "run", .type = STORE_I64, .references = "policy_run(id)" },
                { .name = "kind", .type = STORE_TEXT }, /* rows, in, policy: frozen.h */
                { .name = "part", .type = STORE_I64 },
                { .name = "piece", .type = STORE_I64 },
                { .name = "data", .type = STORE_BLOB, .not_null = true },
        };
        static const StoreColumn sum[] = {
                { .name = "run", .type = STORE_I64, .references = "policy_run(id)" },
                { .name = "policy", .type = STORE_TEXT },
                { .name = "unit", .type = STORE_TEXT }, /* empty: nowhere */
                { .name = "eligible", .type = STORE_I64, .not_null = true },
                { .name = "not_eligible", .type = STORE_I64, .not_null = true },
                { .name = "unknown", .type = STORE_I64, .not_null = true },
                { .name = "fen", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn pack[] = {
                { .name = "hash", .type = STORE_TEXT },
                { .name = "data", .type = STORE_BLOB, .not_null = true },
        };
        static const StoreTable tables[] = {
                { .name = "policy_run", .columns = run, .column_count = ARRAY_LEN(run), .primary_key = "id" },
                { .name = "policy_part",
                  .columns = part,
                  .column_count = ARRAY_LEN(part),
                  .primary_key = "run, kind, part, piece" },
                { .name = "policy_sum", .columns = sum, .column_count = ARRAY_LEN(sum), .primary_key = "run, policy, unit" },
                { .name = "policy_pack", .columns = pack, .column_count = ARRAY_LEN(pack), .primary_key = "hash" },
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}
