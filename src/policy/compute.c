/* compute.c -- everybody at once: the model over columns, chunk by chunk; amounts where it says any. */
#include "dmn/dmn_batch.h"
#include "pack/amount.h"
#include "policy/pay.h"
#include "policy/policy_int.h"

enum { CHUNK = 16384, WORK_GIB = 8 };

/* ---- columns of a chunk ---- */

static const size_t item_sizes[] = { [FEEL_COL_SCALED] = sizeof(int64_t), [FEEL_COL_DEC] = sizeof(Dec),
                                     [FEEL_COL_BOOL] = 1,                  [FEEL_COL_STR] = sizeof(Str),
                                     [FEEL_COL_DATE] = sizeof(int32_t),    [FEEL_COL_VALUE] = sizeof(FeelValue) };

static FeelColumn slice(const FeelColumn *c, size_t at)
{
        FeelColumn s = *c;
        s.any = (const char *)c->any + at * item_sizes[c->kind];
        s.null = c->null ? c->null + at : NULL;
        s.unknown = c->unknown ? c->unknown + at : NULL;
        s.causes = c->causes ? c->causes + at : NULL;
        return s;
}

/* Rows of a column by their numbers. */
static Status gather(Arena *a, const FeelColumn *c, const uint32_t *pick, size_t n, FeelColumn *ret)
{
        size_t size = item_sizes[c->kind];
        char *data = arena_alloc(a, (n + 1) * size);
        uint8_t *null = c->null ? arena_alloc(a, n + 1) : NULL, *unknown = c->unknown ? arena_alloc(a, n + 1) : NULL;
        if (!data || (c->null && !null) || (c->unknown && !unknown))
                return ST_NOMEM;
        *ret = *c;
        ret->any = data;
        ret->null = null;
        ret->unknown = unknown;
        for (size_t i = 0; i < n; i++) {
                memcpy(data + i * size, (const char *)c->any + pick[i] * size, size);
                if (null)
                        null[i] = c->null[pick[i]];
                if (unknown)
                        unknown[i] = c->unknown[pick[i]];
        }
        return ST_OK;
}

/* A parameter: the same on every row. */
static Status constant(Arena *a, const FeelValue *v, size_t n, FeelColumn *ret)
{
        if (feel_is(v, FEEL_NUMBER))
                for (int scale = 0; scale <= 12; scale++) {
                        int64_t scaled;
                        if (!dec_to_scaled(v->number, scale, &scaled))
                                continue;
                        int64_t *all = arena_alloc(a, (n + 1) * sizeof(int64_t));
                        if (!all)
                                return ST_NOMEM;
                        for (size_t i = 0; i < n; i++)
                                all[i] = scaled;
                        *ret = (FeelColumn){ .kind = FEEL_COL_SCALED, .scale = scale, .scaled = all };
                        return ST_OK;
                }
        FeelValue *all = arena_alloc(a, (n + 1) * sizeof(FeelValue));
        if (!all)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                all[i] = *v;
        *ret = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = all };
        return ST_OK;
}

/* ---- answers of a chunk ---- */

typedef struct Evaluation {
        PolicyWork *work;
        PolicyTable *t;
        const PolicyVintage *vintage;
        FeelExec *x;
        DmnBatch *batch;
        const DmnOutput *outputs;
        size_t output_count;
        size_t *asked;                  /* inputs that blocks and adjustments ask */
        size_t asked_count;
        bool has_blocks;
        bool needs_result;              /* a cap or an adjustment reads an entry of the result */
        FeelValue *inputs;              /* by policy->inputs; only the asked ones are set */
        FeelColumn *in, *out;
        int64_t *least;                 /* by row of the chunk, over the corners so far */
        bool first;                     /* of the corners */
} Evaluation;

static Status result_of(const Evaluation *e, size_t i, FeelValue *ret)
{
        Arena *a = feel_exec_arena(e->x);
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(a);
        for (size_t k = 0; k < e->output_count; k++) {
                FeelValue v;
                TRY(feel_column_get(a, &e->out[k], i, &v));
                TRY(feel_context_put(&b, e->outputs[k].name, &v));
        }
        return feel_context_done(&b, ret);
}

/* No rule applies, several do that contradict each other, or the model computes nothing. */
static Status no_answer(Evaluation *e, size_t row)
{
        if (!e->first)
                return ST_OK;
        if (e->t->unanswered++ == 0)
                e->t->unanswered_row = row;
        return ST_OK;
}

/* The answer of one row at one corner, as policy_row has it. */
static Status one_answer(Evaluation *e, const FeelValue *parameters, size_t i, size_t row, PolicyOutcome *outcome,
                         int64_t *fen, int64_t *model)
{
        const PackPolicy *p = e->t->policy;
        const FeelColumn *c = &e->out[e->t->plan->amount_output];
        Dec yuan;
        *outcome = POLICY_NOT_ELIGIBLE;
        *fen = *model = 0;
        if (c->kind == FEEL_COL_BOOL) {
                if (c->unknown && c->unknown[i]) {
                        *outcome = POLICY_UNKNOWN;
                        return ST_OK;
                }
                if (c->null && c->null[i])
                        return no_answer(e, row);
                if (!c->boolean[i])
                        return ST_OK;
                yuan = dec_from_i64(1);
        } else if (c->kind == FEEL_COL_SCALED) {
                if (c->unknown && c->unknown[i]) {
                        *outcome = POLICY_UNKNOWN;
                        return ST_OK;
                }
                if (c->null && c->null[i])
                        return no_answer(e, row);
                if (c->scaled[i] <= 0)
                        return ST_OK;
                yuan = dec_from_scaled(c->scaled[i], c->scale);
        } else {
                FeelValue v;
                TRY(feel_column_get(feel_exec_arena(e->x), c, i, &v));
                if (feel_is(&v, FEEL_NULL))
                        return no_answer(e, row);
                if (feel_is(&v, FEEL_UNKNOWN))
                        *outcome = POLICY_UNKNOWN;
                if (p->holds.len ? !feel_is_true(&v) : !feel_is(&v, FEEL_NUMBER))
                        return ST_OK;
                yuan = p->holds.len ? dec_from_i64(1) : v.number;
        }
        for (size_t k = 0; k < e->asked_count; k++)
                TRY(feel_column_get(feel_exec_arena(e->x), &e->t->plan->columns[e->asked[k]], row,
                                    &e->inputs[e->asked[k]]));
        FeelValue result = feel_null();
        if (e->needs_result)
                TRY(result_of(e, i, &result));
        PackAmount m;
        Status st = pack_policy_amount(p, yuan, e->inputs, parameters, e->needs_result ? &result : NULL, &m);
        if (st == ST_INVALID) {
                *outcome = dec_is_negative(yuan) ? POLICY_NOT_ELIGIBLE : POLICY_UNKNOWN;
                return ST_OK;
        }
        TRY(st);
        *model = p->gives == PACK_GIVES_RECOGNITION ? 0 : m.model_fen;
        *fen = p->gives == PACK_GIVES_PAYMENT ? m.fen : 0;      /* what is told is not paid */
        *outcome = m.answer == PACK_ANSWER_PAID      ? POLICY_ELIGIBLE
                   : m.answer == PACK_ANSWER_UNKNOWN ? POLICY_UNKNOWN
                                                     : POLICY_NOT_ELIGIBLE;
        return ST_OK;
}

/* A block holds whatever the missing figures are. */
static Status unless_blocked(const Evaluation *e, size_t row, PolicyOutcome *outcome)
{
        size_t block;
        if (*outcome != POLICY_UNKNOWN || !e->has_blocks)
                return ST_OK;
        for (size_t k = 0; k < e->asked_count; k++)
                TRY(feel_column_get(feel_exec_arena(e->x), &e->t->plan->columns[e->asked[k]], row,
                                    &e->inputs[e->asked[k]]));
        if (pack_policy_blocked(e->t->policy, e->inputs, &block))
                *outcome = POLICY_NOT_ELIGIBLE;
        return ST_OK;
}

static Status answers(Evaluation *e, const FeelValue *parameters, bool first, const uint32_t *pick, size_t at, size_t n)
{
        PolicyTable *t = e->t;
        e->first = first;
        for (size_t i = 0; i < n; i++) {
                size_t row = pick ? pick[i] : at + i;
                PolicyOutcome outcome;
                int64_t fen, model;
                if (!first && t->outcome[row] == POLICY_UNKNOWN)
                        continue;
                TRY(one_answer(e, parameters, i, row, &outcome, &fen, &model));
                TRY(unless_blocked(e, row, &outcome));
                if (first || outcome == POLICY_UNKNOWN) {
                        t->outcome[row] = (uint8_t)outcome;
                        t->fen[row] = outcome == POLICY_UNKNOWN ? 0 : fen;
                        t->model_fen[row] = model;
                        e->least[i] = t->fen[row];
                        continue;
                }
                e->least[i] = fen < e->least[i] ? fen : e->least[i];
                if (fen >= t->fen[row]) {
                        t->outcome[row] = (uint8_t)outcome;
                        t->fen[row] = fen;
                        t->model_fen[row] = model;
                }
        }
        return ST_OK;
}

static Status chunk(Evaluation *e, const uint32_t *pick, size_t at, size_t n)
{
        const PolicyPlan *plan = e->t->plan;
        feel_exec_reset(e->x);
        Arena *a = feel_exec_arena(e->x);
        e->least = arena_alloc(a, (n + 1) * sizeof(int64_t));
        if (!e->least)
                return ST_NOMEM;
        for (size_t s = 0; s < plan->slots; s++) {
                if (plan->slot_input[s] == SIZE_MAX)
                        continue;
                const FeelColumn *c = &plan->typed[plan->slot_input[s]];
                if (pick)
                        TRY(gather(a, c, pick, n, &e->in[s]));
                else
                        e->in[s] = slice(c, at);
        }
        for (size_t k = 0; k < e->vintage->corner_count; k++) {
                const FeelValue *parameters = e->vintage->corners[k];
                for (size_t s = 0; s < plan->slots; s++)
                        if (plan->slot_input[s] == SIZE_MAX)
                                TRY(constant(a, &parameters[plan->slot_parameter[s]], n, &e->in[s]));
                TRY(dmn_batch_eval(e->batch, e->x, e->in, n, e->out));
                e->t->scalar_rows += dmn_batch_scalar_rows(e->batch);
                TRY(answers(e, parameters, k == 0, pick, at, n));
        }
        for (size_t i = 0; e->vintage->corner_count > 1 && i < n; i++) {
                size_t row = pick ? pick[i] : at + i;
                if (e->t->outcome[row] == POLICY_UNKNOWN || e->least[i] == e->t->fen[row])
                        continue;
                e->t->outcome[row] = POLICY_UNKNOWN;    /* a range: nothing is paid of it */
                e->t->fen[row] = 0;
        }
        return ST_OK;
}

static Status all_rows(Evaluation *e)
{
        for (size_t at = 0; at < e->t->rows; at += CHUNK)
                TRY(chunk(e, NULL, at, e->t->rows - at < CHUNK ? e->t->rows - at : CHUNK));
        return ST_OK;
}

/* Only some rows: one beneficiary, or those of a vintage. */
static Status some_rows(Evaluation *e, const uint32_t *pick, size_t n)
{
        for (size_t at = 0; at < n; at += CHUNK)
                TRY(chunk(e, pick + at, 0, n - at < CHUNK ? n - at : CHUNK));
        return ST_OK;
}

static Status by_vintage(Evaluation *e)
{
        const PolicyTable *t = e->t;
        const PolicyPlan *plan = t->plan;
        uint32_t *pick = arena_array_of(e->work->own->arena, uint32_t, t->rows + 1);
        if (!pick)
                return ST_NOMEM;
        for (size_t v = 0; v < plan->vintage_count; v++) {
                size_t n = 0;
                for (size_t r = 0; r < t->rows; r++)
                        if (plan->vintage[r] == v)
                                pick[n++] = (uint32_t)r;
                e->vintage = &plan->vintages[v];
                TRY(some_rows(e, pick, n));
        }
        for (size_t r = 0; r < t->rows; r++) {
                if (plan->vintage[r] != POLICY_NO_VINTAGE)
                        continue;
                FeelValue day;
                TRY(feel_column_get(e->work->own->arena, &plan->columns[t->policy->day], r, &day));
                t->outcome[r] = feel_is(&day, FEEL_DATE) ? POLICY_NOT_ELIGIBLE : POLICY_UNKNOWN;
        }
        return ST_OK;
}

/* Amounts, and the entries that caps and adjustments read: reasons are made when they are asked for. */
static Status want_outputs(Evaluation *e)
{
        const PackPolicy *p = e->t->policy;
        bool *wanted = arena_array_of(e->work->own->arena, bool, e->output_count + 1);
        if (!wanted)
                return ST_NOMEM;
        wanted[e->t->plan->amount_output] = true;
        for (size_t k = 0; k < e->output_count; k++) {
                for (size_t i = 0; i < p->cap_count; i++)
                        wanted[k] |= str_eq(e->outputs[k].name, p->caps[i].entry);
                for (size_t i = 0; i < p->adjust_count; i++)
                        wanted[k] |= str_eq(e->outputs[k].name, p->adjusts[i].of);
        }
        dmn_batch_want(e->batch, wanted);
        return ST_OK;
}

static Status prepare(Evaluation *e)
{
        const PackPolicy *p = e->t->policy;
        Arena *a = e->work->own->arena;
        e->asked = arena_array_of(a, size_t, p->input_count + 1);
        e->inputs = arena_array_of(a, FeelValue, p->input_count + 1);
        e->in = arena_array_of(a, FeelColumn, e->t->plan->slots + 1);
        e->outputs = dmn_decision_outputs(e->t->plan->decision, &e->output_count);
        e->out = arena_array_of(a, FeelColumn, e->output_count + 1);
        if (!e->asked || !e->inputs || !e->in || !e->outputs || !e->out)
                return ST_NOMEM;
        for (size_t i = 0; i < p->input_count; i++)
                if (p->inputs[i].use != PACK_INPUT_MODEL) {
                        e->asked[e->asked_count++] = i;
                        e->has_blocks |= p->inputs[i].use == PACK_INPUT_BLOCK;
                }
        for (size_t i = 0; i < p->cap_count; i++)
                e->needs_result |= p->caps[i].entry.len > 0;
        for (size_t i = 0; i < p->adjust_count; i++)
                e->needs_result |= p->adjusts[i].of.len > 0;
        return want_outputs(e);
}

Status policy_evaluate(PolicyWork *w, PolicyTable *t)
{
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_ns = 0;
        limits.max_bytes = (size_t)1 << 30;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        _cleanup_dmn_batch_ DmnBatch *batch = NULL;
        if (!x)
                return ST_NOMEM;
        TRY(dmn_batch_new(t->plan->model, t->plan->decision, &batch));
        Evaluation e = { .work = w, .t = t, .vintage = &t->plan->vintages[0], .x = x, .batch = batch };
        TRY(prepare(&e));
        memset(t->outcome, POLICY_NOT_ELIGIBLE, t->rows);
        if (w->own->ask.key.ptr) {
                for (uint32_t r = 0; r < t->rows; r++) {
                        if (!str_eq(t->owners->key[r], w->own->ask.key) &&
                            !str_eq(policy_firm_key(t->policy, t->owners, r), w->own->ask.key))
                                continue;
                        if (t->plan->vintage && t->plan->vintage[r] == POLICY_NO_VINTAGE)
                                continue;
                        e.vintage = &t->plan->vintages[t->plan->vintage ? t->plan->vintage[r] : 0];
                        TRY(some_rows(&e, &r, 1));
                }
                return ST_OK;
        }
        return t->plan->vintage ? by_vintage(&e) : all_rows(&e);
}

/* ---- all ---- */

Status policy_in_force(const Pack *pack, int32_t year, Arena *a, const PackPolicy *const **ret, size_t *ret_count)
{
        const PackPolicy **list = arena_array_of(a, const PackPolicy *, pack->policy_count + 1);
        Date first = { year, 1, 1 }, last = { year, 12, 31 };
        size_t n = 0;
        if (!list)
                return ST_NOMEM;
        for (size_t i = 0; i < pack->policy_count; i++) {
                const PackPolicy *p = pack->policies[i];
                Date end = pack_policy_last_day(p);
                bool begun = date_cmp(p->from, last) <= 0, open = !end.month || date_cmp(end, first) >= 0;
                /* A year is assessed by one text: the one in force when it ends. */
                bool replaced = p->by == PACK_BY_ASSESSMENT_YEAR && p->superseded_by &&
                                date_cmp(p->superseded_by->from, last) <= 0;
                if (begun && open && !replaced && p->gives == PACK_GIVES_PAYMENT)
                        list[n++] = p;
        }
        *ret = list;
        *ret_count = n;
        return ST_OK;
}

Status policy_work_new(const Pack *pack, const PolicyAsk *ask, size_t max_bytes, PolicyWork **ret)
{
        Arena *a = arena_new(max_bytes);
        PolicyWork *w = a ? arena_new_of(a, PolicyWork) : NULL;
        struct PolicyWorkPrivate *own = a ? arena_new_of(a, struct PolicyWorkPrivate) : NULL;
        PolicyOverride *overrides = a ? arena_array_of(a, PolicyOverride, ask->override_count + 1) : NULL;
        if (!w || !own || !overrides) {
                arena_free(a);
                return ST_NOMEM;
        }
        *own = (struct PolicyWorkPrivate){ .arena = a, .pack = pack, .ask = *ask, .firm_numbers = MAP_INIT(100000000) };
        if (ask->override_count)
                memcpy(overrides, ask->overrides, ask->override_count * sizeof(*overrides));
        own->ask.overrides = overrides;
        *w = (PolicyWork){ .year = ask->year, .own = own };
        *ret = w;
        return ST_OK;
}

void policy_work_free(PolicyWork *w)
{
        if (!w)
                return;
        map_release(&w->own->firm_numbers);
        for (size_t i = 0; i < w->count && !w->own->base; i++)
                if (w->tables && w->tables[i].plan && w->tables[i].plan->paid_before)
                        map_release(w->tables[i].plan->paid_before);
        register_cache_free(w->own->base ? NULL : w->own->cache);
        pack_free(w->own->owned);
        arena_free(w->own->arena);
}

Status policy_table_arrays(PolicyWork *w, PolicyTable *t)
{
        Arena *a = w->own->arena;
        t->rows = t->owners->rows;
        t->outcome = arena_alloc(a, t->rows + 1);
        t->fen = arena_calloc(a, t->rows + 1, sizeof(int64_t));
        t->model_fen = arena_calloc(a, t->rows + 1, sizeof(int64_t));
        t->cut = arena_calloc(a, t->rows + 1, sizeof(uint32_t));
        return t->outcome && t->fen && t->model_fen && t->cut ? ST_OK : ST_NOMEM;
}

/* A cap over the years counts what was paid in others. */
static Status take_paid_before(PolicyWork *w, PolicyTable *t)
{
        bool asked = false;
        for (size_t i = 0; i < t->policy->cap_count; i++)
                asked |= t->policy->caps[i].per == PACK_CAP_ENTERPRISE;
        if (!asked)
                return ST_OK;
        t->plan->paid_before = arena_new_of(w->own->arena, Map);
        if (!t->plan->paid_before)
                return ST_NOMEM;
        *t->plan->paid_before = MAP_INIT(100000000);
        return pay_before(w->own->tx, t->policy, w->year, w->own->arena, t->plan->paid_before);
}

static Status compute(PolicyWork *w, Diag *diag)
{
        const PolicyAsk *ask = &w->own->ask;
        const PackPolicy *const *policies = ask->policies;
        w->count = ask->policy_count;
        if (!policies)
                TRY(policy_in_force(w->own->pack, ask->year, w->own->arena, &policies, &w->count));
        w->tables = arena_array_of(w->own->arena, PolicyTable, w->count + 1);
        w->own->cache = register_cache_new(w->own->tx, w->own->pack, NULL);
        if (!w->tables || !w->own->cache)
                return ST_NOMEM;
        int64_t began = (int64_t)clock_mono_ns();
        for (size_t i = 0; i < w->count; i++)
                TRY(policy_expect(w, policies[i]));
        for (size_t i = 0; i < w->count; i++) {
                PolicyTable *t = &w->tables[i];
                t->policy = policies[i];
                TRY(register_cache_some(w->own->cache, t->policy->beneficiary, &t->owners));
                TRY(policy_plan(w, t->policy, t->owners, diag, &t->plan));
                TRY(take_paid_before(w, t));
                TRY(policy_table_arrays(w, t));
        }
        int64_t loaded = (int64_t)clock_mono_ns();
        for (size_t i = 0; i < w->count; i++)
                TRY(policy_evaluate(w, &w->tables[i]));
        int64_t evaluated = (int64_t)clock_mono_ns();
        TRY(policy_resolve(w));
        w->load_ns = loaded - began;
        w->evaluate_ns = evaluated - loaded;
        w->resolve_ns = (int64_t)clock_mono_ns() - evaluated;
        return ST_OK;
}

Status policy_compute(StoreTx *tx, const Pack *pack, const PolicyAsk *ask, Diag *diag, PolicyWork **ret)
{
        _cleanup_policy_work_ PolicyWork *w = NULL;
        TRY(policy_work_new(pack, ask, (size_t)WORK_GIB << 30, &w));
        w->own->tx = tx;
        TRY(compute(w, diag));
        w->own->tx = NULL;
        *ret = TAKE(w);
        return ST_OK;
}

static bool touched(const PolicyOverride *overrides, size_t n, const PackPolicy *p)
{
        for (size_t i = 0; i < n; i++)
                if (overrides[i].policy == p)
                        return true;
        return false;
}

Status policy_change(PolicyWork *base, const PolicyOverride *overrides, size_t n, Diag *diag, PolicyWork **ret)
{
        _cleanup_policy_work_ PolicyWork *w = NULL;
        PolicyAsk ask = base->own->ask;
        ask.overrides = overrides;
        ask.override_count = n;
        TRY(policy_work_new(base->own->pack, &ask, (size_t)WORK_GIB << 30, &w));
        w->own->base = base;
        w->own->cache = base->own->cache;
        w->count = base->count;
        w->tables = arena_array_of(w->own->arena, PolicyTable, w->count + 1);
        if (!w->tables)
                return ST_NOMEM;
        int64_t began = (int64_t)clock_mono_ns();
        for (size_t i = 0; i < w->count; i++) {
                PolicyTable *t = &w->tables[i];
                const PolicyTable *from = &base->tables[i];
                *t = (PolicyTable){ .policy = from->policy, .owners = from->owners, .plan = from->plan };
                TRY(policy_table_arrays(w, t));
                if (touched(overrides, n, t->policy)) {
                        TRY(policy_replan(w, from->plan, diag, &t->plan));
                        TRY(policy_evaluate(w, t));
                        continue;
                }
                /* As it was before others came into it: what they took is given back. */
                memcpy(t->outcome, from->outcome, t->rows);
                memcpy(t->fen, from->fen, t->rows * sizeof(int64_t));
                memcpy(t->model_fen, from->model_fen, t->rows * sizeof(int64_t));
                for (size_t r = 0; r < t->rows; r++)
                        if (from->cut[r]) {
                                t->fen[r] = base->own->joints[from->cut[r] - 1].before;
                                t->outcome[r] = POLICY_ELIGIBLE;
                        }
        }
        int64_t evaluated = (int64_t)clock_mono_ns();
        w->evaluate_ns = evaluated - began;
        TRY(policy_resolve(w));
        w->resolve_ns = (int64_t)clock_mono_ns() - evaluated;
        *ret = TAKE(w);
        return ST_OK;
}

/* ---- one row in words ---- */

static Status add_cut(Arena *a, PolicyEntitlement *e, Str rule, int64_t before, int64_t after)
{
        if (!rule.ptr)
                return ST_NOMEM;
        PolicyCut *cuts = arena_array_of(a, PolicyCut, e->cut_count + 1);
        if (!cuts)
                return ST_NOMEM;
        if (e->cut_count)
                memcpy(cuts, e->cuts, e->cut_count * sizeof(*cuts));
        cuts[e->cut_count] = (PolicyCut){ rule, before, after };
        e->cuts = cuts;
        e->cut_count++;
        return ST_OK;
}

Status policy_entitlement(PolicyWork *w, size_t table, size_t row, Lang lang, Arena *a, PolicyEntitlement *ret)
{
        const PolicyTable *t = &w->tables[table];
        const PackPolicy *p = t->policy;
        const FeelColumn *label = &t->owners->columns[p->beneficiary->label->index];
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        const PackPolicy **policies = arena_array_of(a, const PackPolicy *, w->count + 1);
        FeelValue name;
        PolicyRow r;
        if (!x || !policies)
                return ST_NOMEM;
        for (size_t i = 0; i < w->count; i++)
                policies[i] = w->tables[i].policy;
        TRY(policy_row(t->plan, row, x, NULL, lang, a, &r));
        if (t->outcome[row] == POLICY_UNKNOWN && r.outcome != POLICY_UNKNOWN && p->quota.is &&
            p->quota.input != SIZE_MAX)
                TRY(policy_row_unranked(p, lang, a, &r));
        TRY(feel_column_get(a, label, row, &name));
        PolicyEntitlement e = { .policy = p, .key = arena_str(a, t->owners->key[row]),
                                .name = arena_str(a, feel_is(&name, FEEL_STRING) ? name.string : t->owners->key[row]),
                                .firm = arena_str(a, policy_firm_key(p, t->owners, row)),
                                .unit = arena_str(a, t->owners->unit[row].ptr ? t->owners->unit[row] : STR("")),
                                .outcome = (PolicyOutcome)t->outcome[row], .fen = t->fen[row],
                                .computed_fen = r.model_fen, .ranged = r.ranged, .least_fen = r.least_fen,
                                .most_fen = r.most_fen, .reason = r.reason, .missing = r.missing,
                                .missing_count = r.missing_count, .inputs = r.inputs };
        if (!e.key.ptr || !e.name.ptr || !e.firm.ptr || !e.unit.ptr)
                return ST_NOMEM;
        const PolicyVintage *v = &t->plan->vintages[t->plan->vintage && t->plan->vintage[row] != POLICY_NO_VINTAGE
                                                            ? t->plan->vintage[row]
                                                            : 0];
        for (size_t i = 0; i < r.step_count; i++)
                TRY(add_cut(a, &e, policy_step_words(p, &r.steps[i], v, lang, a), r.steps[i].before, r.steps[i].after));
        for (uint32_t k = t->cut[row]; k; k = w->own->joints[k - 1].next) {
                const PolicyJoint *j = &w->own->joints[k - 1];
                TRY(add_cut(a, &e, policy_joint_words(j, policies, lang, a), j->before, j->after));
        }
        if (e.cut_count && e.outcome == POLICY_NOT_ELIGIBLE && e.cuts[e.cut_count - 1].after == 0)
                e.reason = e.cuts[e.cut_count - 1].rule;        /* what took it all is the reason */
        *ret = e;
        return ST_OK;
}
