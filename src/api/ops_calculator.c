/* ops_calculator.c -- what an enterprise could get: by figures typed in without an account, or by its own record. */
#include "api/policy_json.h"
#include "api_operations.h"
#include "policy/calculator.h"

/* Those that pay or estimate in the year; recognitions are answered too, so that a firm sees what it may apply for. */
static bool in_year(const PackPolicy *p, int32_t year)
{
        Date end = pack_policy_last_day(p);
        return p->from.year <= year && (!end.month || end.year >= year);
}

static void put_figure(ApiCall *call, JsonWriter *w, int32_t year, const PackPolicy *p, size_t input)
{
        static const char *const types[] = { "number", "text", "date", "boolean" };
        const PackInput *in = &p->inputs[input];
        jw_object_begin(w);
        jw_put_str(w, "name", in->name);
        api_put_title(w, "title", in->title);
        jw_put_str(w, "unit", in->unit.ptr ? in->unit : STR(""));
        jw_put_cstr(w, "type", types[policy_figure_type(p, input)]);
        jw_put_array(w, "policies");
        for (size_t i = 0; i < call->pack->policy_count; i++) {
                const PackPolicy *other = call->pack->policies[i];
                for (size_t k = 0; in_year(other, year) && k < other->input_count; k++)
                        if (str_eq(other->inputs[k].name, in->name) && str_eq(other->inputs[k].title.zh, in->title.zh))
                                jw_str(w, other->name);
        }
        jw_array_end(w);
        jw_object_end(w);
}

/* Is an earlier policy asking for the same thing? */
static bool asked_before(const ApiCall *call, int32_t year, size_t policy, size_t input)
{
        const PackInput *in = &call->pack->policies[policy]->inputs[input];
        for (size_t i = 0; i <= policy; i++) {
                const PackPolicy *p = call->pack->policies[i];
                for (size_t k = 0; in_year(p, year) && k < p->input_count && (i < policy || k < input); k++)
                        if (str_eq(p->inputs[k].name, in->name) && str_eq(p->inputs[k].title.zh, in->title.zh))
                                return true;
        }
        return false;
}

Status api_op_calculator_show(ApiCall *call)
{
        int32_t year = (int32_t)api_param_int(call, "year", 0);
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "year", year);
        jw_put_array(&w, "figures");
        for (size_t i = 0; i < call->pack->policy_count; i++)
                for (size_t k = 0; in_year(call->pack->policies[i], year) && k < call->pack->policies[i]->input_count;
                     k++)
                        if (!asked_before(call, year, i, k))
                                put_figure(call, &w, year, call->pack->policies[i], k);
        jw_array_end(&w);
        jw_put_array(&w, "policies");
        for (size_t i = 0; i < call->pack->policy_count; i++) {
                const PackPolicy *p = call->pack->policies[i];
                if (!in_year(p, year))
                        continue;
                jw_object_begin(&w);
                jw_put_str(&w, "name", p->name);
                api_put_title(&w, "title", p->title);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* "policy.name" goes before "name": two policies may mean different things by one word. */
static Str typed_figure(void *ctx, const PackPolicy *p, const PackInput *in)
{
        const ApiCall *call = ctx;
        const Json *figures = json_get(call->json, "figures");
        char *own = arena_printf(call->arena, "%.*s.%.*s", STR_FMT(p->name), STR_FMT(in->name));
        char *name = arena_printf(call->arena, "%.*s", STR_FMT(in->name));
        const Json *v = own ? json_get(figures, own) : NULL;
        if (!v && name)
                v = json_get(figures, name);
        return v ? v->text : STR_NONE;
}

static void put_answer(JsonWriter *w, const PolicyEntitlement *e)
{
        const PackPolicy *p = e->policy;
        jw_object_begin(w);
        jw_put_str(w, "policy", p->name);
        api_put_title(w, "title", p->title);
        jw_put_str(w, "document", p->basis.document);
        jw_put_cstr(w, "gives", api_gives_name(p->gives));
        jw_put_cstr(w, "outcome", policy_outcome_name(e->outcome));
        if (e->outcome == POLICY_UNKNOWN || p->gives == PACK_GIVES_RECOGNITION) /* a title is no sum of money */
                jw_put_null(w, "amount");
        else
                api_put_yuan(w, "amount", p->gives == PACK_GIVES_ESTIMATE ? e->computed_fen : e->fen);
        if (e->ranged) {
                api_put_yuan(w, "least", e->least_fen);
                api_put_yuan(w, "most", e->most_fen);
        }
        jw_put_str(w, "reason", e->reason);
        jw_put_array(w, "missing");
        for (size_t i = 0; i < e->missing_count; i++)
                jw_str(w, e->missing[i]);
        jw_array_end(w);
        jw_put_array(w, "group");
        for (size_t i = 0; i < p->exclusive_count; i++)
                jw_str(w, p->exclusive[i]);
        jw_array_end(w);
        jw_object_end(w);
}

/* A figure that no policy asks is a slip of the pen, not a figure. */
static Status only_asked(ApiCall *call)
{
        const Json *figures = json_get(call->json, "figures");
        for (size_t m = 0; figures && figures->kind == JSON_OBJECT && m < figures->count; m++) {
                Str key = figures->members[m].key;
                bool known = false;
                for (size_t i = 0; !known && i < call->pack->policy_count; i++) {
                        const PackPolicy *p = call->pack->policies[i];
                        Str rest = key;
                        if (str_starts(key, p->name) && key.len > p->name.len && key.ptr[p->name.len] == '.')
                                rest = str_n(key.ptr + p->name.len + 1, key.len - p->name.len - 1);
                        for (size_t k = 0; !known && k < p->input_count; k++)
                                known = str_eq(p->inputs[k].name, key) || str_eq(p->inputs[k].name, rest);
                }
                if (!known)
                        return diag_fail(call->diag, ST_INVALID, POS_NONE, "没有政策用到“%.*s”",
                                         "no policy asks for \"%.*s\"", STR_FMT(key));
        }
        return ST_OK;
}

/* Is the higher of the same group among the answers?  The first in the pack when equal. */
static bool outdone(const PolicyEntitlement *answers, size_t n, size_t at)
{
        const PackPolicy *p = answers[at].policy;
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; i != at && k < answers[i].policy->exclusive_count; k++)
                        for (size_t g = 0; g < p->exclusive_count; g++)
                                if (str_eq(p->exclusive[g], answers[i].policy->exclusive[k]) &&
                                    (answers[i].fen > answers[at].fen || (answers[i].fen == answers[at].fen && i < at)))
                                        return true;
        return false;
}

Status api_op_calculator_run(ApiCall *call)
{
        int64_t year = 0, all = 0;
        size_t n = 0;
        PolicyEntitlement *answers = arena_array_of(call->arena, PolicyEntitlement, call->pack->policy_count + 1);
        if (!answers)
                return ST_NOMEM;
        if (!json_i64(json_get(call->json, "year"), &year))
                return ST_INVALID;
        TRY(only_asked(call));
        call->retry_after = api_calculator_wait(call->world, call->peer);
        if (call->retry_after)
                return diag_fail(call->diag, ST_LOCKED, POS_NONE, "试算太频繁，请 %d 秒后再试",
                                 "too many calculations: try again in %d seconds", call->retry_after);
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "year", year);
        jw_put_array(&w, "answers");
        for (size_t i = 0; i < call->pack->policy_count; i++) {
                const PackPolicy *p = call->pack->policies[i];
                PolicyEntitlement e;
                if (!in_year(p, (int32_t)year))
                        continue;
                TRY(policy_calculate(call->pack, p, (int32_t)year, typed_figure, call, call->lang, call->arena,
                                     call->diag, &e));
                put_answer(&w, &e);
                answers[n++] = e;
        }
        jw_array_end(&w);
        for (size_t i = 0; i < n; i++)
                all += outdone(answers, n, i) ? 0 : answers[i].fen;
        api_put_yuan(&w, "amount", all);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* ---- all of one beneficiary ---- */

Status api_op_entitlement_show(ApiCall *call)
{
        _cleanup_policy_work_ PolicyWork *work = NULL;
        Str key = api_param(call, "key"), name = STR_NONE, unit = STR("");
        int64_t year = api_param_int(call, "year", 0), sum = 0;
        size_t n = 0;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(policy_compute(tx, call->pack, &(PolicyAsk){ .year = (int32_t)year, .key = key }, call->diag, &work));
        PolicyEntitlement *all = arena_array_of(call->arena, PolicyEntitlement, work->count + 1000);
        if (!all)
                return ST_NOMEM;
        for (size_t i = 0; i < work->count; i++)
                for (size_t r = 0; r < work->tables[i].rows && n < work->count + 999; r++) {
                        const PolicyTable *t = &work->tables[i];
                        if (!str_eq(t->owners->key[r], key) && !(t->owners->owner && str_eq(t->owners->owner[r], key)))
                                continue;
                        TRY(policy_entitlement(work, i, r, call->lang, call->arena, &all[n]));
                        if (str_eq(t->owners->key[r], key)) {
                                name = all[n].name;
                                unit = all[n].unit;
                        }
                        sum += all[n++].fen;
                }
        const PackUnit *u = unit.len ? pack_unit(call->pack, unit) : NULL;
        if (!name.ptr || (call->within && call->within->depth > 0 && !(u && pack_unit_within(u, call->within))))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有“%.*s”，或者无权查看",
                                 "there is no \"%.*s\", or it is not yours to see", STR_FMT(key));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "key", key);
        jw_put_str(&w, "name", name);
        jw_put_i64(&w, "year", year);
        api_put_yuan(&w, "amount", sum);
        jw_put_array(&w, "entitlements");
        for (size_t i = 0; i < n; i++)
                api_put_entitlement(&w, &all[i], year, NULL);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}
