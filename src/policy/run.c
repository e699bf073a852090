/* run.c -- a computation frozen: entitlements with their inputs, and one hash over all of it.
 *
 * The hash is SM3 over one JSON line an entitlement, in the order of the run:
 * [policy, key, outcome, fen, computed fen, reason, missing, cuts, inputs]. */
#include <stdio.h>

#include "codec/json.h"
#include "policy/policy_int.h"
#include "store/event.h"

/* ---- JSON of the parts ---- */

static void put_missing(JsonWriter *w, const PolicyEntitlement *e)
{
        jw_array_begin(w);
        for (size_t i = 0; i < e->missing_count; i++)
                jw_str(w, e->missing[i]);
        jw_array_end(w);
}

static void put_cuts(JsonWriter *w, const PolicyEntitlement *e)
{
        jw_array_begin(w);
        for (size_t i = 0; i < e->cut_count; i++) {
                jw_object_begin(w);
                jw_put_str(w, "rule", e->cuts[i].rule);
                jw_put_i64(w, "before", e->cuts[i].before);
                jw_put_i64(w, "after", e->cuts[i].after);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static void put_inputs(JsonWriter *w, const PolicyEntitlement *e, Buf *text)
{
        jw_object_begin(w);
        for (size_t i = 0; i < e->policy->input_count; i++) {
                jw_key(w, e->policy->inputs[i].name);
                buf_clear(text);
                feel_to_text(&e->inputs[i], text);
                if (feel_is(&e->inputs[i], FEEL_UNKNOWN) || feel_is(&e->inputs[i], FEEL_NULL))
                        jw_null(w);
                else
                        jw_str(w, buf_str(text));
        }
        jw_object_end(w);
}

typedef void (*PutFn)(JsonWriter *w, const PolicyEntitlement *e);

static Status to_text(const PolicyEntitlement *e, PutFn put, Buf *out)
{
        buf_clear(out);
        JsonWriter w = json_writer(out, JSON_COMPACT);
        put(&w, e);
        return jw_finish(&w);
}

static Status line_of(const PolicyEntitlement *e, Buf *out, Buf *scratch)
{
        JsonWriter w = json_writer(out, JSON_COMPACT);
        jw_array_begin(&w);
        jw_str(&w, e->policy->name);
        jw_str(&w, e->key);
        jw_str(&w, str_c(policy_outcome_name(e->outcome)));
        jw_i64(&w, e->fen);
        jw_i64(&w, e->computed_fen);
        jw_str(&w, e->reason);
        put_missing(&w, e);
        put_cuts(&w, e);
        put_inputs(&w, e, scratch);
        jw_array_end(&w);
        TRY(jw_finish(&w));
        buf_putc(out, '\n');
        return buf_status(out);
}

static Status hash_of(const PolicyResult *r, char ret[SM3_HEX])
{
        _cleanup_sm3_ Sm3 *h = NULL;
        _cleanup_buf_ Buf line = BUF_INIT(1 << 20), scratch = BUF_INIT(1 << 20);
        TRY(sm3_new(&h));
        for (size_t i = 0; i < r->count; i++) {
                buf_clear(&line);
                TRY(line_of(&r->items[i], &line, &scratch));
                sm3_add(h, buf_str(&line));
        }
        uint8_t digest[SM3_SIZE];
        sm3_end(h, digest);
        sm3_to_hex(digest, ret);
        return ST_OK;
}

/* ---- writing ---- */

static Status put_event(StoreTx *tx, const PolicyResult *r, int64_t id, int32_t year, const char *hash, Str actor,
                        Str on_behalf, int64_t *ret_event)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "run", id);
        jw_put_i64(&w, "year", year);
        jw_put_cstr(&w, "sm3", hash);
        jw_put_array(&w, "policies");
        for (size_t i = 0; i < r->policy_count; i++) {
                jw_object_begin(&w);
                jw_put_str(&w, "policy", r->policies[i]->name);
                jw_put_i64(&w, "eligible", r->sums[i].eligible);
                jw_put_i64(&w, "not_eligible", r->sums[i].not_eligible);
                jw_put_i64(&w, "unknown", r->sums[i].unknown);
                jw_put_i64(&w, "fen", r->sums[i].fen);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char subject[40];
        int n = snprintf(subject, sizeof(subject), "run:%lld", (long long)id);
        StoreEvent e = { .actor = actor,
                         .on_behalf = on_behalf,
                         .op = STR("policy.run"),
                         .subject = str_n(subject, (size_t)n),
                         .payload = buf_str(&b) };
        return store_event(tx, &e, ret_event);
}

static Status write_items(StoreTx *tx, int64_t id, const PolicyResult *r)
{
        static const char *const columns[] = { "run", "policy",       "key",    "name",    "unit", "outcome",
                                               "fen", "computed_fen", "reason", "missing", "cuts", "inputs" };
        _cleanup_store_bulk_ StoreBulk *bulk = NULL;
        _cleanup_buf_ Buf missing = BUF_INIT(1 << 20), cuts = BUF_INIT(1 << 20), inputs = BUF_INIT(1 << 20),
                          scratch = BUF_INIT(1 << 20);
        TRY(store_bulk(tx, "entitlement", columns, ARRAY_LEN(columns), &bulk));
        for (size_t i = 0; i < r->count; i++) {
                const PolicyEntitlement *e = &r->items[i];
                TRY(to_text(e, put_missing, &missing));
                TRY(to_text(e, put_cuts, &cuts));
                buf_clear(&inputs);
                JsonWriter w = json_writer(&inputs, JSON_COMPACT);
                put_inputs(&w, e, &scratch);
                TRY(jw_finish(&w));
                const StoreValue row[] = { sv_i64(id),
                                           sv_text(e->policy->name),
                                           sv_text(e->key),
                                           sv_text(e->name),
                                           e->unit.len ? sv_text(e->unit) : sv_null(),
                                           sv_cstr(policy_outcome_name(e->outcome)),
                                           sv_i64(e->fen),
                                           sv_i64(e->computed_fen),
                                           sv_text(e->reason),
                                           e->missing_count ? sv_text(buf_str(&missing)) : sv_null(),
                                           e->cut_count ? sv_text(buf_str(&cuts)) : sv_null(),
                                           sv_text(buf_str(&inputs)) };
                TRY(store_bulk_row(bulk, row));
        }
        return store_bulk_end(&bulk, NULL);
}

static Status freeze(StoreTx *tx, const PolicyResult *r, int32_t year, Str actor, Str on_behalf, int64_t *ret_id)
{
        char hash[SM3_HEX], at[40];
        int64_t event;
        TRY(hash_of(r, hash));
        TRY(store_new_ids(tx, "policy_run", 1, ret_id));
        TRY(put_event(tx, r, *ret_id, year, hash, actor, on_behalf, &event));
        _cleanup_buf_ Buf names = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&names, JSON_COMPACT);
        jw_array_begin(&w);
        for (size_t i = 0; i < r->policy_count; i++)
                jw_str(&w, r->policies[i]->name);
        jw_array_end(&w);
        TRY(jw_finish(&w));
        size_t n = instant_to_text(clock_now(), at);
        TRY(store_exec(
                tx,
                "INSERT INTO policy_run (id, year, policies, hash, actor, at, event) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                STORE_ARGS(sv_i64(*ret_id), sv_i64(year), sv_text(buf_str(&names)), sv_cstr(hash), sv_text(actor),
                           sv_text(str_n(at, n)), sv_i64(event)),
                NULL));
        return write_items(tx, *ret_id, r);
}

Status policy_run(Store *store, const Pack *pack, const PolicyAsk *ask, Str actor, Str on_behalf, Arena *a, Diag *diag,
                  PolicyRun *ret)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        PolicyResult r;
        int64_t id;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        TRY(policy_compute(tx, pack, ask, a, diag, &r));
        if (r.policy_count == 0)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "%d 年没有有效的政策", "no policy is in force in %d",
                                 (int)ask->year);
        TRY(freeze(tx, &r, ask->year, actor, on_behalf, &id));
        TRY(policy_run_get(tx, pack, id, a, ret));
        return store_commit(&tx);
}

/* ---- reading ---- */

static Status load_sums(StoreTx *tx, PolicyRun *run)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT policy, outcome, count(*), CAST(sum(fen) AS BIGINT) FROM entitlement WHERE run = $1 GROUP BY policy, outcome",
                STORE_ARGS(sv_i64(run->id)), &q));
        while (store_next(q)) {
                Str name = store_text(q, 0);
                PolicyOutcome o = policy_outcome_of(store_text(q, 1));
                for (size_t i = 0; i < run->policy_count; i++) {
                        if (!str_eq(run->names[i], name))
                                continue;
                        PolicySum *s = &run->sums[i];
                        *(o == POLICY_ELIGIBLE  ? &s->eligible
                          : o == POLICY_UNKNOWN ? &s->unknown
                                                : &s->not_eligible) = store_i64(q, 2);
                        s->fen += store_i64(q, 3);
                }
        }
        return store_done(q);
}

static Status read_run(StoreStmt *q, const Pack *pack, Arena *a, PolicyRun *ret)
{
        PolicyRun run = { .id = store_i64(q, 0), .year = store_i64(q, 1), .event = store_i64(q, 6) };
        Json *names;
        Str text = store_text_dup(q, 2, a);
        run.hash = store_text_dup(q, 3, a);
        run.actor = store_text_dup(q, 4, a);
        run.at = store_text_dup(q, 5, a);
        if (!text.ptr || !run.hash.ptr || !run.actor.ptr || !run.at.ptr)
                return ST_NOMEM;
        TRY(json_parse(a, text, NULL, NULL, NULL, &names));
        run.policy_count = names->count;
        run.policies = arena_array_of(a, const PackPolicy *, names->count + 1);
        run.names = arena_array_of(a, Str, names->count + 1);
        run.sums = arena_array_of(a, PolicySum, names->count + 1);
        if (!run.policies || !run.names || !run.sums)
                return ST_NOMEM;
        for (size_t i = 0; i < run.policy_count; i++) {
                run.names[i] = json_at(names, i)->text;
                run.policies[i] = pack_policy(pack, run.names[i]);
        }
        *ret = run;
        return ST_OK;
}

#define RUN_COLUMNS "SELECT id, year, policies, hash, actor, at, event FROM policy_run"

Status policy_runs(StoreTx *tx, const Pack *pack, Arena *a, PolicyRun **ret, size_t *ret_count)
{
        PolicyRun *runs = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, RUN_COLUMNS " ORDER BY id DESC LIMIT 200", STORE_NO_ARGS, &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&runs, &cap, n + 1, sizeof(*runs)) < 0)
                        return ST_NOMEM;
                TRY(read_run(q, pack, a, &runs[n]));
                n++;
        }
        TRY(store_done(q));
        for (size_t i = 0; i < n; i++)
                TRY(load_sums(tx, &runs[i]));
        *ret = runs;
        *ret_count = n;
        return ST_OK;
}

Status policy_run_get(StoreTx *tx, const Pack *pack, int64_t id, Arena *a, PolicyRun *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        if (id)
                TRY(store_one(tx, RUN_COLUMNS " WHERE id = $1", STORE_ARGS(sv_i64(id)), &q));
        else
                TRY(store_one(tx, RUN_COLUMNS " ORDER BY id DESC LIMIT 1", STORE_NO_ARGS, &q));
        PolicyRun run;
        TRY(read_run(q, pack, a, &run));
        store_stmt_free(TAKE(q));
        TRY(load_sums(tx, &run));
        *ret = run;
        return ST_OK;
}
