/* library.c -- what other rooms' expressions may ask of the entitlements. */
#include "policy/policy_int.h"

/* The newest run of the year; 0: none. */
static Status newest(StoreTx *tx, int64_t year, int64_t *ret)
{
        *ret = 0;
        Status st = store_get_i64(tx, "SELECT id FROM policy_run WHERE year = $1 ORDER BY id DESC LIMIT 1",
                                  STORE_ARGS(sv_i64(year)), ret);
        return st == ST_NOT_FOUND ? ST_OK : st;
}

static Status fn_entitlements(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        PolicyLibrary *lib = user;
        Arena *a = feel_exec_arena(x);
        int64_t year, run, total;
        PolicyEntitlement *items;
        size_t count;
        if (!dec_to_i64(args[0].number, &year))
                return feel_null_because(x, ret, "年份应为整数", "the year must be a whole number");
        TRY(newest(lib->tx, year, &run));
        if (!run) {
                *ret = feel_list(NULL, 0);
                return ST_OK;
        }
        PolicyOutcome eligible = POLICY_ELIGIBLE;
        TRY(policy_run_items(lib->tx, lib->pack, run, &(PolicyRunFilter){ .outcome = &eligible }, a, feel_exec_diag(x),
                             &items, &count, &total));
        FeelValue *list = arena_array_of(a, FeelValue, count + 1);
        if (!list)
                return ST_NOMEM;
        for (size_t i = 0; i < count; i++) {
                const PolicyEntitlement *e = &items[i];
                const struct {
                        const char *key;
                        FeelValue v;
                } entries[] = {
                        { "policy", feel_string(e->policy->name) },
                        { "title", feel_string(e->policy->title.zh) },
                        { "key", feel_string(e->key) },
                        { "name", feel_string(e->name) },
                        { "unit", feel_string(e->unit) },
                        { "amount", feel_number(dec_from_scaled(e->fen, 2)) },
                        { "reason", feel_string(e->reason) },
                };
                FeelContextBuilder b = FEEL_CONTEXT_BUILDER(a);
                for (size_t k = 0; k < ARRAY_LEN(entries); k++)
                        TRY(feel_context_put(&b, str_c(entries[k].key), &entries[k].v));
                TRY(feel_context_done(&b, &list[i]));
        }
        *ret = feel_list(list, count);
        return ST_OK;
}

static Status fn_amount(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        PolicyLibrary *lib = user;
        int64_t year, run, fen;
        if (!dec_to_i64(args[1].number, &year))
                return feel_null_because(x, ret, "年份应为整数", "the year must be a whole number");
        TRY(newest(lib->tx, year, &run));
        *ret = feel_null();
        if (!run)
                return ST_OK;
        Status st = store_get_i64(lib->tx,
                                  "SELECT CAST(sum(fen) AS BIGINT) FROM policy_sum WHERE run = $1 AND policy = $2",
                                  STORE_ARGS(sv_i64(run), sv_text(args[0].string)), &fen);
        if (st == ST_NOT_FOUND)
                return ST_OK;
        TRY(st);
        *ret = feel_number(dec_from_scaled(fen, 2));
        return ST_OK;
}

Status policy_feel_library(PolicyLibrary *context, FeelLibrary *library)
{
        const FeelHostParam year[] = { { STR("year"), FEEL_TYPE_NUMBER, false } };
        const FeelHostParam both[] = { { STR("policy"), FEEL_TYPE_STRING, false },
                                       { STR("year"), FEEL_TYPE_NUMBER, false } };
        const FeelHostFunction functions[] = {
                { .name = STR("entitlements"),
                  .params = year,
                  .param_count = 1,
                  .fn = fn_entitlements,
                  .user = context },
                { .name = STR("entitled amount"), .params = both, .param_count = 2, .fn = fn_amount, .user = context },
        };
        for (size_t i = 0; i < ARRAY_LEN(functions); i++)
                TRY(feel_library_add_function(library, &functions[i]));
        return ST_OK;
}
