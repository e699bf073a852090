/* run.c -- a computation frozen: columns, answers and cuts in pieces, sums by unit, and one hash over all of it. */
#include <stdio.h>
#include <stdlib.h>

#include "codec/json.h"
#include "policy/frozen.h"
#include "store/event.h"

enum { PART_MAX = 1 << 30 };

typedef struct Freeze {
        StoreTx *tx;
        const PolicyWork *w;
        int64_t run;
        Sm3 *hash;
        StoreBulk *bulk;
        Buf bytes;
} Freeze;

/* ---- parts ---- */

/* The bytes gathered so far as one part, in pieces. */
static Status put_part(Freeze *f, const char *kind, size_t part)
{
        TRY(buf_status(&f->bytes));
        Str all = buf_str(&f->bytes);
        sm3_add(f->hash, all);
        for (size_t at = 0, piece = 0; f->bulk && (at < all.len || piece == 0); at += FROZEN_PIECE, piece++) {
                size_t n = all.len - at < FROZEN_PIECE ? all.len - at : FROZEN_PIECE;
                const StoreValue row[] = { sv_i64(f->run), sv_cstr(kind), sv_i64((int64_t)part), sv_i64((int64_t)piece),
                                           sv_blob(str_n(all.ptr + at, n)) };
                TRY(store_bulk_row(f->bulk, row));
        }
        buf_clear(&f->bytes);
        return ST_OK;
}

static Str label_of(const PolicyTable *t, size_t row)
{
        const FeelColumn *c = &t->owners->columns[t->policy->beneficiary->label->index];
        if (c->kind == FEEL_COL_STR && !(c->null && c->null[row]))
                return c->str[row];
        return t->owners->key[row];
}

/* Records of the first table that has these beneficiaries: policies of the same register and firm share them. */
static size_t rows_of(const PolicyWork *w, size_t table)
{
        for (size_t i = 0; i < table; i++)
                if (w->tables[i].owners == w->tables[table].owners &&
                    w->tables[i].policy->owner == w->tables[table].policy->owner)
                        return i;
        return table;
}

static Status put_rows(Freeze *f, size_t table)
{
        const PolicyTable *t = &f->w->tables[table];
        frozen_u64(&f->bytes, t->rows);
        for (size_t r = 0; r < t->rows; r++) {
                Str firm = policy_firm_key(t->policy, t->owners, r);
                frozen_str(&f->bytes, t->owners->key[r]);
                frozen_str(&f->bytes, label_of(t, r));
                frozen_str(&f->bytes, t->owners->unit[r]);
                frozen_str(&f->bytes, str_eq(firm, t->owners->key[r]) ? STR("") : firm);
        }
        return put_part(f, "rows", table);
}

/* Where the same column was put before: a part number; else its own. */
typedef struct Placed {
        const void *any;
        const PolicyTable *t;
        size_t part;
} Placed;

static Status put_policy(Freeze *f, size_t table, Placed *placed, size_t *placed_count, size_t *next_part)
{
        const PolicyTable *t = &f->w->tables[table];
        const PackPolicy *p = t->policy;
        size_t parts[256];
        for (size_t i = 0; i < p->input_count && i < ARRAY_LEN(parts); i++) {
                const FeelColumn *c = &t->plan->columns[i];
                parts[i] = SIZE_MAX;
                for (size_t k = 0; k < *placed_count; k++)
                        if (placed[k].any == c->any && placed[k].t->owners == t->owners && c->any)
                                parts[i] = placed[k].part;
                if (parts[i] != SIZE_MAX)
                        continue;
                parts[i] = (*next_part)++;
                TRY(frozen_put_column(c, t->rows, &f->bytes));
                TRY(put_part(f, "in", parts[i]));
                placed[(*placed_count)++] = (Placed){ c->any, t, parts[i] };
        }
        Buf *b = &f->bytes;
        frozen_str(b, p->name);
        frozen_u64(b, rows_of(f->w, table));
        frozen_u64(b, p->input_count);
        for (size_t i = 0; i < p->input_count; i++)
                frozen_u64(b, parts[i]);
        buf_put(b, t->outcome, t->rows);
        for (size_t r = 0; r < t->rows; r++)    /* amounts only where there is one */
                if (t->outcome[r] == POLICY_ELIGIBLE) {
                        frozen_u64(b, (uint64_t)t->model_fen[r]);
                        frozen_u64(b, (uint64_t)t->fen[r]);
                }
        for (size_t r = 0; r < t->rows; r++)
                for (uint32_t k = t->cut[r]; k; k = f->w->own->joints[k - 1].next) {
                        const PolicyJoint *j = &f->w->own->joints[k - 1];
                        frozen_u64(b, r + 1);
                        frozen_u64(b, (uint64_t)j->kind);
                        frozen_u64(b, (uint64_t)j->a);
                        frozen_u64(b, (uint64_t)j->b);
                        frozen_u64(b, (uint64_t)j->before);
                        frozen_u64(b, (uint64_t)j->after);
                }
        frozen_u64(b, 0);
        return put_part(f, "policy", table);
}

/* What the beneficiaries got in other years, where a cap asks for it. */
static Status put_paid(Freeze *f, size_t table)
{
        const PolicyTable *t = &f->w->tables[table];
        if (!t->plan->paid_before)
                return ST_OK;
        for (size_t r = 0; r < t->rows; r++)
                frozen_u64(&f->bytes, (uint64_t)(uintptr_t)map_get(t->plan->paid_before,
                                                                   policy_firm_key(t->policy, t->owners, r)));
        return put_part(f, "paid", table);
}

static Status put_tables(Freeze *f)
{
        const PolicyWork *w = f->w;
        size_t inputs = 0, placed_count = 0, next = 0;
        for (size_t i = 0; i < w->count; i++)
                inputs += w->tables[i].policy->input_count;
        Placed *placed = arena_array_of(w->own->arena, Placed, inputs + 1);
        if (!placed)
                return ST_NOMEM;
        for (size_t i = 0; i < w->count; i++) {
                if (rows_of(w, i) == i)
                        TRY(put_rows(f, i));
                TRY(put_policy(f, i, placed, &placed_count, &next));
                TRY(put_paid(f, i));
        }
        return ST_OK;
}

static Status put_parts(Freeze *f)
{
        static const char *const columns[] = { "run", "kind", "part", "piece", "data" };
        _cleanup_store_bulk_ StoreBulk *bulk = NULL;
        TRY(store_bulk(f->tx, "policy_part", columns, ARRAY_LEN(columns), &bulk));
        f->bulk = bulk;
        TRY(put_tables(f));
        f->bulk = NULL;
        return store_bulk_end(&bulk, NULL);
}

/* ---- sums by unit ---- */

static Status put_sums(Freeze *f)
{
        static const char *const columns[] = { "run", "policy", "unit", "eligible", "not_eligible", "unknown", "fen" };
        const Pack *pack = f->w->own->pack;
        _cleanup_store_bulk_ StoreBulk *bulk = NULL;
        TRY(store_bulk(f->tx, "policy_sum", columns, ARRAY_LEN(columns), &bulk));
        PolicySum *sums = arena_array_of(f->w->own->arena, PolicySum, pack->unit_count + 1);
        if (!sums)
                return ST_NOMEM;
        for (size_t i = 0; i < f->w->count; i++) {
                const PolicyTable *t = &f->w->tables[i];
                memset(sums, 0, (pack->unit_count + 1) * sizeof(*sums));
                Str last = STR_NONE;
                size_t at = pack->unit_count;
                for (size_t r = 0; r < t->rows; r++) {
                        if (!last.ptr || !str_eq(last, t->owners->unit[r])) {
                                const PackUnit *u = t->owners->unit[r].len ? pack_unit(pack, t->owners->unit[r]) : NULL;
                                at = u ? u->index : pack->unit_count;
                                last = t->owners->unit[r];
                        }
                        policy_count(&sums[at], (PolicyOutcome)t->outcome[r], t->fen[r]);
                }
                for (size_t u = 0; u <= pack->unit_count; u++) {
                        const PolicySum *s = &sums[u];
                        if (!(s->eligible + s->not_eligible + s->unknown))
                                continue;
                        const StoreValue row[] = { sv_i64(f->run), sv_text(t->policy->name),
                                                   u < pack->unit_count ? sv_text(pack->units[u].code) : sv_cstr(""),
                                                   sv_i64(s->eligible), sv_i64(s->not_eligible), sv_i64(s->unknown),
                                                   sv_i64(s->fen) };
                        TRY(store_bulk_row(bulk, row));
                }
        }
        return store_bulk_end(&bulk, NULL);
}

/* ---- the run ---- */

static Status put_event(const Freeze *f, const char *hash, Str actor, Str on_behalf, int64_t *ret_event)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "run", f->run);
        jw_put_i64(&w, "year", f->w->year);
        jw_put_cstr(&w, "sm3", hash);
        jw_put_array(&w, "policies");
        for (size_t i = 0; i < f->w->count; i++) {
                const PolicyTable *t = &f->w->tables[i];
                jw_object_begin(&w);
                jw_put_str(&w, "policy", t->policy->name);
                jw_put_i64(&w, "eligible", t->sum.eligible);
                jw_put_i64(&w, "not_eligible", t->sum.not_eligible);
                jw_put_i64(&w, "unknown", t->sum.unknown);
                jw_put_i64(&w, "fen", t->sum.fen);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char subject[40];
        int n = snprintf(subject, sizeof(subject), "run:%lld", (long long)f->run);
        StoreEvent e = { .actor = actor,
                         .on_behalf = on_behalf,
                         .op = STR("policy.run"),
                         .subject = str_n(subject, (size_t)n),
                         .payload = buf_str(&b) };
        return store_event(f->tx, &e, ret_event);
}

static Status put_head(const Freeze *f, const char *hash, const char *pack_hash, Str actor, int64_t event)
{
        _cleanup_buf_ Buf names = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&names, JSON_COMPACT);
        char at[40], on[40] = "";
        Date day = f->w->own->ask.on;
        jw_array_begin(&w);
        for (size_t i = 0; i < f->w->count; i++)
                jw_str(&w, f->w->tables[i].policy->name);
        jw_array_end(&w);
        TRY(jw_finish(&w));
        size_t n = instant_to_text(clock_now(), at);
        if (day.month)
                date_to_text(day, on);
        return store_exec(f->tx,
                          "INSERT INTO policy_run (id, year, policies, hash, actor, at, event, on_day, pack) "
                          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                          STORE_ARGS(sv_i64(f->run), sv_i64(f->w->year), sv_text(buf_str(&names)), sv_cstr(hash),
                                     sv_text(actor), sv_text(str_n(at, n)), sv_i64(event), sv_cstr(on),
                                     sv_cstr(pack_hash)),
                          NULL);
}

static void begin_hash(Freeze *f, Str pack_hash)
{
        frozen_str(&f->bytes, pack_hash);
        frozen_u64(&f->bytes, (uint64_t)f->w->year);
        frozen_u64(&f->bytes, f->w->own->ask.on.month ? frozen_zigzag(date_to_days(f->w->own->ask.on)) + 1 : 0);
        sm3_add(f->hash, buf_str(&f->bytes));
        buf_clear(&f->bytes);
}

static void end_hash(Freeze *f, char hash[SM3_HEX])
{
        uint8_t digest[SM3_SIZE];
        sm3_end(f->hash, digest);
        sm3_to_hex(digest, hash);
}

static Status freeze_all(Freeze *f, Str actor, Str on_behalf)
{
        char pack_hash[SM3_HEX], hash[SM3_HEX];
        int64_t event;
        TRY(frozen_pack_hash(f->w->own->pack, pack_hash));
        TRY(frozen_put_pack(f->tx, f->w->own->pack, pack_hash));
        begin_hash(f, str_c(pack_hash));
        TRY(store_new_ids(f->tx, "policy_run", 1, &f->run));
        TRY(put_parts(f));
        TRY(put_sums(f));
        end_hash(f, hash);
        TRY(put_event(f, hash, actor, on_behalf, &event));
        return put_head(f, hash, pack_hash, actor, event);
}

Status policy_run(Store *store, const Pack *pack, const PolicyAsk *ask, Str actor, Str on_behalf, Arena *a, Diag *diag,
                  PolicyRun *ret)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        _cleanup_policy_work_ PolicyWork *w = NULL;
        _cleanup_sm3_ Sm3 *hash = NULL;
        TRY(store_begin(store, STORE_WRITE, diag, &tx));
        TRY(policy_compute(tx, pack, ask, diag, &w));
        if (w->count == 0)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "%d 年没有有效的政策", "no policy is in force in %d",
                                 (int)ask->year);
        int64_t began = (int64_t)clock_mono_ns();
        TRY(sm3_new(&hash));
        Freeze f = { .tx = tx, .w = w, .hash = hash, .bytes = BUF_INIT(PART_MAX) };
        Status st = freeze_all(&f, actor, on_behalf);
        buf_release(&f.bytes);
        TRY(st);
        PolicyRun run;
        TRY(policy_run_get(tx, pack, f.run, a, &run));
        TRY(store_commit(&tx));
        run.load_ns = w->load_ns;
        run.evaluate_ns = w->evaluate_ns;
        run.resolve_ns = w->resolve_ns;
        run.write_ns = (int64_t)clock_mono_ns() - began;
        for (size_t i = 0; i < w->count; i++)
                run.scalar_rows += (int64_t)w->tables[i].scalar_rows;
        *ret = run;
        return ST_OK;
}

/* ---- the same again ---- */

/* The answers of a thawed run, made anew; returns how many are others than those that were frozen. */
static Status answer_again(PolicyWork *w, int64_t *ret_different)
{
        struct PolicyWorkPrivate *own = w->own;
        int64_t different = 0;
        uint8_t **outcome = arena_array_of(own->arena, uint8_t *, w->count + 1);
        int64_t **fen = arena_array_of(own->arena, int64_t *, w->count + 1);
        if (!outcome || !fen)
                return ST_NOMEM;
        own->joint_count = 0;
        for (size_t i = 0; i < w->count; i++) {
                PolicyTable *t = &w->tables[i];
                outcome[i] = t->outcome;
                fen[i] = t->fen;
                TRY(policy_table_arrays(w, t));
                TRY(policy_evaluate(w, t));
        }
        TRY(policy_resolve(w));
        for (size_t i = 0; i < w->count; i++)
                for (size_t r = 0; r < w->tables[i].rows; r++)
                        different += w->tables[i].outcome[r] != outcome[i][r] || w->tables[i].fen[r] != fen[i][r];
        *ret_different = different;
        return ST_OK;
}

Status policy_rerun(StoreTx *tx, const Pack *pack, int64_t id, Arena *a, Diag *diag, PolicyRerun *ret)
{
        _cleanup_policy_work_ PolicyWork *w = NULL;
        _cleanup_sm3_ Sm3 *hash = NULL;
        PolicyRun run;
        char hex[SM3_HEX];
        int64_t different;
        TRY(policy_run_get(tx, pack, id, a, &run));
        TRY(policy_thaw(tx, pack, run.id, STR_NONE, true, diag, &w));
        TRY(answer_again(w, &different));
        TRY(sm3_new(&hash));
        Freeze f = { .w = w, .hash = hash, .bytes = BUF_INIT(PART_MAX) };
        begin_hash(&f, run.pack_hash);
        Status st = put_tables(&f);
        buf_release(&f.bytes);
        TRY(st);
        end_hash(&f, hex);
        *ret = (PolicyRerun){
                .run = run.id, .hash = run.hash, .again = arena_str(a, str_c(hex)), .different = different
        };
        return ret->again.ptr ? ST_OK : ST_NOMEM;
}

/* ---- reading ---- */

static Status load_sums(StoreTx *tx, PolicyRun *run)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT policy, CAST(sum(eligible) AS BIGINT), CAST(sum(not_eligible) AS BIGINT), "
                "CAST(sum(unknown) AS BIGINT), CAST(sum(fen) AS BIGINT) FROM policy_sum WHERE run = $1 GROUP BY policy",
                STORE_ARGS(sv_i64(run->id)), &q));
        while (store_next(q))
                for (size_t i = 0; i < run->policy_count; i++)
                        if (str_eq(run->names[i], store_text(q, 0)))
                                run->sums[i] = (PolicySum){ store_i64(q, 1), store_i64(q, 2), store_i64(q, 3),
                                                            store_i64(q, 4) };
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
        run.pack_hash = store_is_null(q, 7) ? STR("") : store_text_dup(q, 7, a);
        if (!text.ptr || !run.hash.ptr || !run.actor.ptr || !run.at.ptr || !run.pack_hash.ptr)
                return ST_NOMEM;
        if (!store_is_null(q, 8) && store_text(q, 8).len)
                TRY(date_parse(store_text(q, 8), &run.on));
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

#define RUN_COLUMNS "SELECT id, year, policies, hash, actor, at, event, pack, on_day FROM policy_run"

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
