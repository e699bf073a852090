/* schema.c -- the tables of runs and what they froze. */
#include "policy/application.h"
#include "policy/pay.h"

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
                { .name = "policy_sum",
                  .columns = sum,
                  .column_count = ARRAY_LEN(sum),
                  .primary_key = "run, policy, unit" },
                { .name = "policy_pack", .columns = pack, .column_count = ARRAY_LEN(pack), .primary_key = "hash" },
        };
        TRY(store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL));
        TRY(application_tables(tx));
        return pay_tables(tx);
}

Status pay_tables(StoreTx *tx)
{
        static const StoreColumn batch[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "run", .type = STORE_I64, .references = "policy_run(id)", .not_null = true },
                { .name = "year", .type = STORE_I64, .not_null = true },
                { .name = "state", .type = STORE_TEXT, .not_null = true },
                { .name = "title", .type = STORE_TEXT, .not_null = true },
                { .name = "digest", .type = STORE_TEXT, .not_null = true }, /* what was signed */
                { .name = "publish_from", .type = STORE_TEXT },
                { .name = "publish_to", .type = STORE_TEXT },
        };
        static const StoreColumn item[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "batch", .type = STORE_I64, .references = "pay_batch(id)", .not_null = true },
                { .name = "state", .type = STORE_TEXT, .not_null = true },
                { .name = "policy", .type = STORE_TEXT, .not_null = true },
                { .name = "rec", .type = STORE_TEXT, .not_null = true },
                { .name = "firm", .type = STORE_TEXT, .not_null = true },
                { .name = "name", .type = STORE_TEXT, .not_null = true },
                { .name = "unit", .type = STORE_TEXT, .not_null = true },
                { .name = "note", .type = STORE_TEXT, .not_null = true },
                { .name = "fen", .type = STORE_I64, .not_null = true },
                { .name = "run_fen", .type = STORE_I64, .not_null = true },
                { .name = "back_fen", .type = STORE_I64, .not_null = true },
        };
        /* The one place that says what is paid already. */
        static const StoreColumn claim[] = {
                { .name = "kind", .type = STORE_TEXT }, /* policy: name is the family; group */
                { .name = "name", .type = STORE_TEXT },
                { .name = "year", .type = STORE_I64 },
                { .name = "subject", .type = STORE_TEXT },
                { .name = "family", .type = STORE_TEXT },
                { .name = "item", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn step[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "batch", .type = STORE_I64, .references = "pay_batch(id)", .not_null = true },
                { .name = "step", .type = STORE_TEXT, .not_null = true },
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "note", .type = STORE_TEXT, .not_null = true },
                { .name = "is_void", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn objection[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "batch", .type = STORE_I64, .references = "pay_batch(id)", .not_null = true },
                { .name = "item", .type = STORE_I64, .references = "pay_item(id)", .not_null = true },
                { .name = "by_whom", .type = STORE_TEXT, .not_null = true },
                { .name = "text", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "answer", .type = STORE_TEXT },
                { .name = "answered_by", .type = STORE_TEXT },
                { .name = "is_open", .type = STORE_I64, .not_null = true },
                { .name = "upheld", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn entry[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "kind", .type = STORE_TEXT, .not_null = true },
                { .name = "item", .type = STORE_I64, .not_null = true }, /* 0: none */
                { .name = "actor", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "note", .type = STORE_TEXT, .not_null = true },
        };
        static const StoreColumn line[] = {
                { .name = "entry", .type = STORE_I64, .references = "ledger_entry(id)" },
                { .name = "line", .type = STORE_I64 },
                { .name = "account", .type = STORE_TEXT, .not_null = true },
                { .name = "debit", .type = STORE_I64, .not_null = true },
                { .name = "credit", .type = STORE_I64, .not_null = true },
        };
        static const StoreColumn account[] = {
                { .name = "account", .type = STORE_TEXT },
                { .name = "debit", .type = STORE_I64, .not_null = true },
                { .name = "credit", .type = STORE_I64, .not_null = true },
        };
        static const StoreIndex by_batch[] = { { .name = "pay_item_batch", .columns = "batch, state" } };
        static const StoreIndex by_item[] = { { .name = "pay_claim_item", .columns = "item" } };
        static const StoreIndex by_account[] = { { .name = "ledger_line_account", .columns = "account" } };
        static const StoreIndex entry_by_item[] = { { .name = "ledger_entry_item", .columns = "item" } };
        static const StoreTable tables[] = {
                { .name = "pay_batch", .columns = batch, .column_count = ARRAY_LEN(batch), .primary_key = "id" },
                { .name = "pay_item",
                  .columns = item,
                  .column_count = ARRAY_LEN(item),
                  .primary_key = "id",
                  .indexes = by_batch,
                  .index_count = 1 },
                { .name = "pay_claim",
                  .columns = claim,
                  .column_count = ARRAY_LEN(claim),
                  .primary_key = "kind, name, year, subject, family",
                  .indexes = by_item,
                  .index_count = 1 },
                { .name = "pay_step", .columns = step, .column_count = ARRAY_LEN(step), .primary_key = "id" },
                { .name = "pay_objection",
                  .columns = objection,
                  .column_count = ARRAY_LEN(objection),
                  .primary_key = "id" },
                { .name = "ledger_entry",
                  .columns = entry,
                  .column_count = ARRAY_LEN(entry),
                  .primary_key = "id",
                  .indexes = entry_by_item,
                  .index_count = 1 },
                { .name = "ledger_account",
                  .columns = account,
                  .column_count = ARRAY_LEN(account),
                  .primary_key = "account" },
                { .name = "ledger_line",
                  .columns = line,
                  .column_count = ARRAY_LEN(line),
                  .primary_key = "entry, line",
                  .indexes = by_account,
                  .index_count = 1 },
        };
        return store_apply_tables(tx, tables, ARRAY_LEN(tables), NULL);
}
