/* ops_policy.c -- who is owed what: one check, runs, rosters, what-if. */
#include "api/api_int.h"
#include "api/temp.h"
#include "api_operations.h"
#include "api/policy_json.h"

enum { PAGE_DEFAULT = 50 };

Status api_find_policy(ApiCall *call, Str name, const PackPolicy **ret)
{
        *ret = pack_policy(call->pack, name);
        return *ret ? ST_OK
                    : diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有政策“%.*s”", "there is no policy \"%.*s\"",
                                STR_FMT(name));
}

const char *api_gives_name(PackGives gives)
{
        static const char *const names[] = { "payment", "estimate", "recognition" };
        return (unsigned)gives < ARRAY_LEN(names) ? names[gives] : "?";
}

void api_put_yuan(JsonWriter *w, const char *key, int64_t fen)
{
        char text[DEC_TEXT_MAX];
        Dec d = dec_from_scaled(fen, 2);
        jw_put_str(w, key, str_n(text, dec_to_text_exact(d, text)));
}

void api_put_sum(JsonWriter *w, const char *key, const PolicySum *s)
{
        jw_put_object(w, key);
        jw_put_i64(w, "eligible", s->eligible);
        jw_put_i64(w, "not_eligible", s->not_eligible);
        jw_put_i64(w, "unknown", s->unknown);
        api_put_yuan(w, "amount", s->fen);
        jw_put_i64(w, "fen", s->fen);
        jw_object_end(w);
}

void api_put_entitlement(JsonWriter *w, const PolicyEntitlement *e, int64_t year, const Explanation *why)
{
        jw_object_begin(w);
        jw_put_str(w, "policy", e->policy->name);
        api_put_title(w, "policy_title", e->policy->title);
        jw_put_str(w, "key", e->key);
        jw_put_str(w, "name", e->name);
        if (e->unit.len)
                jw_put_str(w, "unit", e->unit);
        else
                jw_put_null(w, "unit");
        jw_put_i64(w, "year", year);
        jw_put_cstr(w, "gives", api_gives_name(e->policy->gives));
        jw_put_cstr(w, "outcome", policy_outcome_name(e->outcome));
        if (e->outcome == POLICY_UNKNOWN) {
                jw_put_null(w, "amount");
                jw_put_null(w, "fen");
                jw_put_null(w, "computed_fen");
        } else {
                api_put_yuan(w, "amount", e->fen);
                jw_put_i64(w, "fen", e->fen);
                jw_put_i64(w, "computed_fen", e->computed_fen);
        }
        if (e->ranged) {
                jw_put_object(w, "range");
                api_put_yuan(w, "least", e->least_fen);
                api_put_yuan(w, "most", e->most_fen);
                jw_object_end(w);
        }
        jw_put_str(w, "reason", e->reason);
        jw_put_str(w, "clause", e->policy->basis.clause);
        jw_put_array(w, "missing");
        for (size_t i = 0; i < e->missing_count; i++)
                jw_str(w, e->missing[i]);
        jw_array_end(w);
        jw_put_array(w, "cuts");
        for (size_t i = 0; i < e->cut_count; i++) {
                jw_object_begin(w);
                jw_put_str(w, "rule", e->cuts[i].rule);
                api_put_yuan(w, "before", e->cuts[i].before);
                api_put_yuan(w, "after", e->cuts[i].after);
                jw_object_end(w);
        }
        jw_array_end(w);
        if (why) {
                jw_key(w, STR("explanation"));
                explain_json(why, w);
        }
        jw_object_end(w);
}

static bool may_see(const ApiCall *call, Str unit)
{
        const PackUnit *u = unit.len ? pack_unit(call->pack, unit) : NULL;
        return !call->within || call->within->depth == 0 || (u && pack_unit_within(u, call->within));
}

Status api_op_policy_check(ApiCall *call)
{
        const PackPolicy *policy;
        PolicyEntitlement e;
        Explanation *why;
        Str key = api_param(call, "key");
        int32_t year = (int32_t)api_param_int(call, "year", 0);
        TRY(api_find_policy(call, api_param(call, "policy"), &policy));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(policy_check(tx, call->pack, policy, key, year, call->lang, call->arena, call->diag, &e, &why));
        if (!may_see(call, e.unit))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有“%.*s”，或者无权查看",
                                 "there is no \"%.*s\", or it is not yours to see", STR_FMT(key));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        api_put_entitlement(&w, &e, year, why);
        return jw_finish(&w);
}

/* ---- runs ---- */

static Status put_run(ApiCall *call, StoreTx *tx, JsonWriter *w, const PolicyRun *run, bool by_unit)
{
        PolicyUnitSum *units = NULL;
        size_t n = 0;
        bool whole = !call->within || call->within->depth == 0;
        if (by_unit || !whole)
                TRY(policy_run_by_unit(tx, call->pack, run->id, call->within, call->arena, &units, &n));
        jw_object_begin(w);
        jw_put_i64(w, "run", run->id);
        jw_put_i64(w, "year", run->year);
        jw_put_str(w, "made_at", run->at);
        jw_put_str(w, "made_by", run->actor);
        jw_put_str(w, "hash", run->hash);
        if (run->write_ns) {
                jw_put_object(w, "milliseconds");
                jw_put_i64(w, "loading", run->load_ns / 1000000);
                jw_put_i64(w, "evaluating", run->evaluate_ns / 1000000);
                jw_put_i64(w, "resolving", run->resolve_ns / 1000000);
                jw_put_i64(w, "writing", run->write_ns / 1000000);
                jw_put_i64(w, "rows_one_by_one", run->scalar_rows);
                jw_object_end(w);
        }
        jw_put_array(w, "policies");
        for (size_t i = 0; i < run->policy_count; i++) {
                PolicySum own = { 0 };
                for (size_t k = 0; k < n; k++)
                        if (str_eq(units[k].policy, run->names[i])) {
                                own.eligible += units[k].sum.eligible;
                                own.not_eligible += units[k].sum.not_eligible;
                                own.unknown += units[k].sum.unknown;
                                own.fen += units[k].sum.fen;
                        }
                jw_object_begin(w);
                jw_put_str(w, "policy", run->names[i]);
                api_put_title(w, "title",
                              run->policies[i] ? run->policies[i]->title : (PackTitle){ run->names[i], run->names[i] });
                api_put_sum(w, "sum", whole ? &run->sums[i] : &own);
                if (by_unit) {
                        jw_put_array(w, "by_unit");
                        for (size_t k = 0; k < n; k++) {
                                if (!str_eq(units[k].policy, run->names[i]))
                                        continue;
                                jw_object_begin(w);
                                jw_put_str(w, "unit", units[k].unit->code);
                                api_put_title(w, "title", units[k].unit->title);
                                api_put_sum(w, "sum", &units[k].sum);
                                jw_object_end(w);
                        }
                        jw_array_end(w);
                }
                jw_object_end(w);
        }
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}

Status api_op_run_list(ApiCall *call)
{
        PolicyRun *runs;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(policy_runs(tx, call->pack, call->arena, &runs, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "runs");
        for (size_t i = 0; i < n; i++)
                TRY(put_run(call, tx, &w, &runs[i], false));
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_run_make(ApiCall *call)
{
        const Json *names = json_get(call->json, "policies");
        int64_t year = 0;
        PolicyRun run;
        if (!json_i64(json_get(call->json, "year"), &year))
                return ST_INVALID;
        PolicyAsk ask = { .year = (int32_t)year };
        const Json *on = json_get(call->json, "day");
        if (on && date_parse(on->text, &ask.on) != ST_OK)
                return ST_INVALID;
        if (names && names->count) {
                const PackPolicy **list = arena_array_of(call->arena, const PackPolicy *, names->count);
                if (!list)
                        return ST_NOMEM;
                for (size_t i = 0; json_at(names, i); i++) {
                        TRY(api_find_policy(call, json_at(names, i)->text, &list[i]));
                        for (size_t k = 0; k < i; k++)
                                if (list[k] == list[i])
                                        return diag_fail(call->diag, ST_INVALID, POS_NONE, "政策“%.*s”写了两次",
                                                         "the policy \"%.*s\" is named twice", STR_FMT(list[i]->name));
                        ask.policy_count++;
                }
                ask.policies = list;
        }
        TRY(policy_run(call->store, call->pack, &ask, call->actor, STR(""), call->arena, call->diag, &run));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        TRY(put_run(call, tx, &w, &run, true));
        return jw_finish(&w);
}

static Status find_run(ApiCall *call, StoreTx *tx, PolicyRun *ret)
{
        Status st = policy_run_get(tx, call->pack, api_param_int(call, "run", 0), call->arena, ret);
        if (st != ST_NOT_FOUND)
                return st;
        int64_t id = api_param_int(call, "run", 0);
        return id ? diag_fail(call->diag, st, POS_NONE, "没有第 %lld 次测算；历次测算见 policy runs",
                              "there is no run %lld; policy runs lists them", (long long)id)
                  : diag_fail(call->diag, st, POS_NONE, "还没有测算；先运行 policy run",
                              "nothing was computed yet; run policy run");
}

Status api_op_run_show(ApiCall *call)
{
        PolicyRun run;
        PolicyEntitlement *items;
        size_t n;
        int64_t total;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(find_run(call, tx, &run));
        Str outcome = api_param(call, "outcome");
        PolicyOutcome wanted = str_eq_c(outcome, "eligible")  ? POLICY_ELIGIBLE
                               : str_eq_c(outcome, "unknown") ? POLICY_UNKNOWN
                                                              : POLICY_NOT_ELIGIBLE;
        PolicyRunFilter f = { .within = api_param(call, "unit").ptr ? api_unit(call) : call->within,
                              .policy = api_param(call, "policy"),
                              .outcome = outcome.len ? &wanted : NULL,
                              .words = api_param(call, "q"),
                              .offset = api_param_int(call, "offset", 0),
                              .limit = api_param_int(call, "limit", PAGE_DEFAULT),
                              .lang = call->lang };
        TRY(policy_run_items(tx, call->pack, run.id, &f, call->arena, call->diag, &items, &n, &total));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_key(&w, STR("run"));
        TRY(put_run(call, tx, &w, &run, true));
        jw_put_i64(&w, "total", total);
        jw_put_i64(&w, "offset", f.offset);
        jw_put_array(&w, "rows");
        for (size_t i = 0; i < n; i++)
                api_put_entitlement(&w, &items[i], run.year, NULL);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_run_roster(ApiCall *call)
{
        PolicyRun run;
        _cleanup_temp_ ApiTemp temp = { .path = "" };
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(find_run(call, tx, &run));
        TRY(api_temp_name(".xlsx", &temp));
        TRY(policy_roster(tx, call->pack, run.id, call->within, temp.path, call->lang, call->diag));
        char *name = arena_printf(call->arena, "roster-%lld-%lld.xlsx", (long long)run.year, (long long)run.id);
        if (!name)
                return ST_NOMEM;
        call->file_name = str_c(name);
        call->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return api_temp_read(&temp, call);
}

Status api_op_run_again(ApiCall *call)
{
        PolicyRun run;
        PolicyRerun again;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(find_run(call, tx, &run));
        TRY(policy_rerun(tx, call->pack, run.id, call->arena, call->diag, &again));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "run", again.run);
        jw_put_str(&w, "hash", again.hash);
        jw_put_str(&w, "again", again.again);
        jw_put_bool(&w, "same", str_eq(again.hash, again.again));
        jw_put_i64(&w, "different", again.different);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_run_diff(ApiCall *call)
{
        PolicyRun before, after;
        PolicyChange *changes;
        size_t n;
        int64_t total;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(find_run(call, tx, &after));
        Status st = policy_run_get(tx, call->pack, api_param_int(call, "with", 0), call->arena, &before);
        if (st == ST_NOT_FOUND)
                return diag_fail(call->diag, st, POS_NONE, "还没有这次测算", "there is no such run");
        TRY(st);
        TRY(policy_diff(tx, call->pack, before.id, after.id, api_param_int(call, "limit", PAGE_DEFAULT), call->arena,
                        call->diag, &changes, &n, &total));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "before", before.id);
        jw_put_i64(&w, "after", after.id);
        jw_put_bool(&w, "same_hash", str_eq(before.hash, after.hash));
        jw_put_bool(&w, "same_rules", str_eq(before.pack_hash, after.pack_hash));
        jw_put_i64(&w, "total", total);
        jw_put_array(&w, "changes");
        for (size_t i = 0; i < n; i++) {
                if (!may_see(call, changes[i].unit))
                        continue;
                jw_object_begin(&w);
                jw_put_str(&w, "policy", changes[i].policy);
                jw_put_str(&w, "key", changes[i].key);
                jw_put_str(&w, "name", changes[i].name);
                jw_put_cstr(&w, "outcome_before", policy_outcome_name(changes[i].before));
                jw_put_cstr(&w, "outcome_after", policy_outcome_name(changes[i].after));
                api_put_yuan(&w, "before", changes[i].before_fen);
                api_put_yuan(&w, "after", changes[i].after_fen);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}
