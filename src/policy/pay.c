/* pay.c -- batches from a run to the day they may be paid: who may do what, and what an edit undoes. */
#include <stdio.h>

#include "base/workday.h"
#include "codec/json.h"
#include "policy/frozen.h"
#include "policy/pay_int.h"

enum { CALL_MIB = 512, CLAIMED_SHOWN = 20 };

static const char *const state_names[] = {
#define PAY_STATE_NAME(code, word) [code] = word,
        PAY_STATES(PAY_STATE_NAME)
};
static const char *const item_names[] = {
#define PAY_ITEM_NAME(code, word) [code] = word,
        PAY_ITEM_STATES(PAY_ITEM_NAME)
};

const char *pay_state_name(PayState s) { return (unsigned)s < PAY_STATE_COUNT_ ? state_names[s] : "?"; }
const char *pay_item_state_name(PayItemState s) { return (unsigned)s < PAY_ITEM_STATE_COUNT_ ? item_names[s] : "?"; }

PayState pay_state_of(Str name)
{
        for (size_t i = 0; i < ARRAY_LEN(state_names); i++)
                if (str_eq_c(name, state_names[i]))
                        return (PayState)i;
        return PAY_CANCELLED;
}

PayItemState pay_item_state_of(Str name)
{
        for (size_t i = 0; i < ARRAY_LEN(item_names); i++)
                if (str_eq_c(name, item_names[i]))
                        return (PayItemState)i;
        return PAY_ITEM_OUT;
}

/* ---- what every step does ---- */

Status pay_begin(PayCall *c, const PayDo *by)
{
        *c = (PayCall){ .by = by, .arena = arena_new((size_t)CALL_MIB << 20) };
        if (!c->arena)
                return ST_NOMEM;
        instant_to_text(clock_now(), c->at);
        return store_begin(by->store, STORE_WRITE, by->diag, &c->tx);
}

void pay_end(PayCall *c)
{
        store_rollback(c->tx);
        arena_free(c->arena);
}

Status pay_event(PayCall *c, const char *op, const char *subject, int64_t id, Str payload, int64_t *ret)
{
        char name[60];
        int n = snprintf(name, sizeof(name), "%s:%lld", subject, (long long)id);
        StoreEvent e = { .actor = c->by->actor, .on_behalf = c->by->on_behalf, .op = str_c(op),
                         .subject = str_n(name, (size_t)n), .reason = c->by->reason.ptr ? c->by->reason : STR(""),
                         .payload = payload };
        return store_event(c->tx, &e, ret);
}

Status pay_step_add(PayCall *c, int64_t batch, const char *step)
{
        int64_t id;
        TRY(store_new_ids(c->tx, "pay_step", 1, &id));
        return store_exec(
                c->tx,
                "INSERT INTO pay_step (id, batch, step, actor, at, note, is_void) VALUES ($1, $2, $3, $4, $5, $6, 0)",
                STORE_ARGS(sv_i64(id), sv_i64(batch), sv_cstr(step), sv_text(c->by->actor), sv_cstr(c->at),
                           sv_text(c->by->reason.ptr ? c->by->reason : STR(""))),
                NULL);
}

static const struct {
        const char *step, *zh, *en;
} step_words[] = { { "compute", "测算", "computed the run" },  { "make", "制表", "made the batch" },
                   { "edit", "修改", "edited the batch" },     { "review", "复核", "reviewed it" },
                   { "approve", "审批", "approved it" },       { "pay", "支付", "paid it" } };

Status pay_apart(PayCall *c, int64_t batch, const char *const *steps, const char *doing_zh, const char *doing_en)
{
        for (; *steps; steps++) {
                int64_t n;
                TRY(store_get_i64(
                        c->tx,
                        "SELECT count(*) FROM pay_step WHERE batch = $1 AND actor = $2 AND step = $3 AND is_void = 0",
                        STORE_ARGS(sv_i64(batch), sv_text(c->by->actor), sv_cstr(*steps)), &n));
                for (size_t i = 0; n && i < ARRAY_LEN(step_words); i++)
                        if (str_eq_c(str_c(*steps), step_words[i].step))
                                return diag_fail(c->by->diag, ST_CONFLICT, POS_NONE,
                                                 "%.*s已%s本批次，不能再%s%s", "%.*s %s and cannot %s%s too",
                                                 STR_FMT(c->by->actor), c->by->diag && c->by->diag->lang == LANG_EN
                                                                                ? step_words[i].en
                                                                                : step_words[i].zh,
                                                 c->by->diag && c->by->diag->lang == LANG_EN ? doing_en : doing_zh, "");
        }
        return ST_OK;
}

static Status read_batch(StoreStmt *q, Arena *a, PayBatch *ret)
{
        PayBatch b = { .id = store_i64(q, 0), .run = store_i64(q, 1), .year = store_i64(q, 2),
                       .state = pay_state_of(store_text(q, 3)), .title = store_text_dup(q, 4, a),
                       .digest = store_text_dup(q, 5, a),
                       .publish_from = store_is_null(q, 6) ? STR("") : store_text_dup(q, 6, a),
                       .publish_to = store_is_null(q, 7) ? STR("") : store_text_dup(q, 7, a) };
        if (!b.title.ptr || !b.digest.ptr || !b.publish_from.ptr || !b.publish_to.ptr)
                return ST_NOMEM;
        *ret = b;
        return ST_OK;
}

#define BATCH_COLUMNS "SELECT id, run, year, state, title, digest, publish_from, publish_to FROM pay_batch"

static Status batch_get(StoreTx *tx, int64_t id, Arena *a, PayBatch *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, BATCH_COLUMNS " WHERE id = $1", STORE_ARGS(sv_i64(id)), &q));
        return read_batch(q, a, ret);
}

static Status no_batch(const PayCall *c, Status st)
{
        return st == ST_NOT_FOUND ? diag_fail(c->by->diag, st, POS_NONE, "没有这个兑付批次", "there is no such batch")
                                  : st;
}

static const char *state_word(PayState s, bool en)
{
        static const char *const zh[] = { "待复核", "已复核", "已审批", "公示中", "已支付", "已办结", "已作废" };
        return en ? state_names[s] : zh[s];
}

/* needed: the state the step starts from. */
static Status wrong_state(const PayCall *c, const PayBatch *b, PayState needed, const char *first_zh,
                          const char *first_en)
{
        bool en = c->by->diag && c->by->diag->lang == LANG_EN;
        if (b->state > needed)
                return diag_fail(c->by->diag, ST_CONFLICT, POS_NONE, "第 %lld 批现为“%s”，这一步已不能办理",
                                 "batch %lld is %s: it is too late for this step", (long long)b->id,
                                 state_word(b->state, en));
        return diag_fail(c->by->diag, ST_CONFLICT, POS_NONE, "第 %lld 批现为“%s”，须先%s",
                         "batch %lld is %s; it must first be %s", (long long)b->id, state_word(b->state, en),
                         en ? first_en : first_zh);
}

static Status move_to(PayCall *c, int64_t batch, PayState to)
{
        return store_exec(c->tx, "UPDATE pay_batch SET state = $1 WHERE id = $2",
                          STORE_ARGS(sv_cstr(pay_state_name(to)), sv_i64(batch)), NULL);
}

/* ---- items ---- */

#define ITEM_COLUMNS "SELECT id, batch, state, policy, rec, firm, name, unit, note, fen, back_fen FROM pay_item"

static Status read_item(StoreStmt *q, Arena *a, PayItem *ret)
{
        PayItem i = { .id = store_i64(q, 0), .batch = store_i64(q, 1), .state = pay_item_state_of(store_text(q, 2)),
                      .policy = store_text_dup(q, 3, a), .key = store_text_dup(q, 4, a),
                      .firm = store_text_dup(q, 5, a), .name = store_text_dup(q, 6, a),
                      .unit = store_text_dup(q, 7, a), .note = store_text_dup(q, 8, a), .fen = store_i64(q, 9),
                      .back_fen = store_i64(q, 10) };
        if (!i.policy.ptr || !i.key.ptr || !i.firm.ptr || !i.name.ptr || !i.unit.ptr || !i.note.ptr)
                return ST_NOMEM;
        *ret = i;
        return ST_OK;
}

Status pay_item_get(StoreTx *tx, int64_t id, Arena *a, PayItem *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, ITEM_COLUMNS " WHERE id = $1", STORE_ARGS(sv_i64(id)), &q));
        return read_item(q, a, ret);
}

static Status items_of(StoreTx *tx, int64_t batch, Arena *a, PayItem **ret, size_t *ret_count)
{
        PayItem *items = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(tx, ITEM_COLUMNS " WHERE batch = $1 ORDER BY id", STORE_ARGS(sv_i64(batch)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&items, &cap, n + 1, sizeof(*items)) < 0)
                        return ST_NOMEM;
                TRY(read_item(q, a, &items[n]));
                n++;
        }
        *ret = items;
        *ret_count = n;
        return store_done(q);
}

/* What was signed: every item that is in, with its amount. */
static Status take_digest(PayCall *c, int64_t batch)
{
        PayItem *items;
        size_t n;
        char hex[SM3_HEX];
        _cleanup_buf_ Buf b = BUF_INIT(BUF_MAX_DEFAULT);
        TRY(items_of(c->tx, batch, c->arena, &items, &n));
        for (size_t i = 0; i < n; i++)
                if (items[i].state != PAY_ITEM_OUT)
                        buf_printf(&b, "%.*s|%.*s|%lld\n", STR_FMT(items[i].policy), STR_FMT(items[i].key),
                                   (long long)items[i].fen);
        TRY(buf_status(&b));
        TRY(sm3_hex_of(buf_str(&b), hex));
        return store_exec(c->tx, "UPDATE pay_batch SET digest = $1 WHERE id = $2",
                          STORE_ARGS(sv_cstr(hex), sv_i64(batch)), NULL);
}

/* ---- making ---- */

typedef struct Making {
        PayCall *c;
        int64_t batch, year;
        bool skip;
        PayClaims claims;
        int64_t made, fen, claimed;
} Making;

static Status already(Making *m, Str name, Str key, Str holder)
{
        const PackPolicy *by = pack_policy(m->c->by->pack, holder);
        if (by)
                holder = pack_title(by->title, m->c->by->diag ? m->c->by->diag->lang : LANG_ZH);
        m->claimed++;
        if (!m->skip && m->claimed <= CLAIMED_SHOWN)
                diag_error(m->c->by->diag, POS_NONE, "%.*s（%.*s）%lld 年度已由“%.*s”列入兑付",
                           "%.*s (%.*s): %lld is paid by \"%.*s\" already", STR_FMT(name), STR_FMT(key),
                           (long long)m->year, STR_FMT(holder));
        return ST_OK;
}

static Status make_item(Making *m, const PolicyTable *t, const PackPolicy *p, PayLimits *limits, size_t r)
{
        PayCall *c = m->c;
        Str key = t->owners->key[r], firm = policy_firm_key(t->policy, t->owners, r), holder, note;
        const FeelColumn *label = &t->owners->columns[t->policy->beneficiary->label->index];
        Str name = label->kind == FEEL_COL_STR ? label->str[r] : key;
        int64_t fen, id;
        TRY(pay_claimed(c, &m->claims, p, key, firm, &holder));
        if (holder.ptr)
                return already(m, name, key, holder);
        TRY(pay_limit(c, limits, &m->claims, firm, t->fen[r], &fen, &note));
        if (fen <= 0) {         /* nothing is left of a cap */
                m->claimed++;
                if (!m->skip && m->claimed <= CLAIMED_SHOWN)
                        diag_error(c->by->diag, POS_NONE, "%.*s（%.*s）：%.*s", "%.*s (%.*s): %.*s", STR_FMT(name),
                                   STR_FMT(key), STR_FMT(note));
                return ST_OK;
        }
        TRY(store_new_ids(c->tx, "pay_item", 1, &id));
        TRY(store_exec(
                c->tx,
                "INSERT INTO pay_item (id, batch, state, policy, rec, firm, name, unit, note, fen, run_fen, back_fen) "
                "VALUES ($1, $2, 'listed', $3, $4, $5, $6, $7, $8, $9, $9, 0)",
                STORE_ARGS(sv_i64(id), sv_i64(m->batch), sv_text(p->name), sv_text(key), sv_text(firm), sv_text(name),
                           sv_text(t->owners->unit[r]), sv_text(note), sv_i64(fen)),
                NULL));
        TRY(pay_claim(c, &m->claims, p, m->year, id, key, firm));
        TRY(pay_limit_took(limits, &m->claims, firm, fen));
        m->made++;
        m->fen += fen;
        return ST_OK;
}

static bool wanted(const Str *policies, size_t n, Str name)
{
        for (size_t i = 0; i < n; i++)
                if (str_eq(policies[i], name))
                        return true;
        return n == 0;
}

static Status make_items(Making *m, const PolicyWork *w, const Str *policies, size_t n)
{
        for (size_t i = 0; i < w->count; i++) {
                const PolicyTable *t = &w->tables[i];
                const PackPolicy *p = pack_policy(m->c->by->pack, t->policy->name);
                if (!wanted(policies, n, t->policy->name))
                        continue;
                if (!p)
                        return diag_fail(m->c->by->diag, ST_CONFLICT, POS_NONE, "城市包里已没有政策“%.*s”",
                                         "the pack has no policy \"%.*s\" any more", STR_FMT(t->policy->name));
                PayLimits limits = { 0 };
                Status st = pay_limits(m->c, w, t, &m->claims, &limits);
                int64_t before = m->fen;
                for (size_t r = 0; st == ST_OK && r < t->rows; r++)
                        if (t->outcome[r] == POLICY_ELIGIBLE && t->fen[r] > 0)
                                st = make_item(m, t, p, &limits, r);
                if (st == ST_OK)
                        st = pay_limit_budget(m->c, &limits, t->policy, m->fen - before);
                pay_limits_release(&limits);
                TRY(st);
        }
        return ST_OK;
}

/* The run's own steps stand at the beginning of the batch's. */
static Status put_first_steps(PayCall *c, int64_t batch, Str computed_by, Str at)
{
        int64_t id;
        TRY(store_new_ids(c->tx, "pay_step", 1, &id));
        TRY(store_exec(
                c->tx,
                "INSERT INTO pay_step (id, batch, step, actor, at, note, is_void) VALUES ($1, $2, 'compute', $3, $4, '', 0)",
                STORE_ARGS(sv_i64(id), sv_i64(batch), sv_text(computed_by), sv_text(at)), NULL));
        return pay_step_add(c, batch, "make");
}

static Status sum_payload(PayCall *c, int64_t batch, Str *ret)
{
        PayBatch b;
        TRY(batch_get(c->tx, batch, c->arena, &b));
        int64_t n, fen;
        TRY(store_get_i64(c->tx, "SELECT count(*) FROM pay_item WHERE batch = $1 AND state <> 'taken out'",
                          STORE_ARGS(sv_i64(batch)), &n));
        TRY(store_get_i64(
                c->tx,
                "SELECT CAST(coalesce(sum(fen), 0) AS BIGINT) FROM pay_item WHERE batch = $1 AND state <> 'taken out'",
                STORE_ARGS(sv_i64(batch)), &fen));
        *ret = str_c(arena_printf(c->arena, "{\"digest\":\"%.*s\",\"items\":%lld,\"fen\":%lld}", STR_FMT(b.digest),
                                  (long long)n, (long long)fen));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status pay_make(const PayDo *by, int64_t run_id, const Str *policies, size_t n, Str title, bool skip_claimed,
                int64_t *ret_id)
{
        _cleanup_call_ PayCall c = { 0 };
        _cleanup_policy_work_ PolicyWork *w = NULL;
        PolicyRun run;
        TRY(pay_begin(&c, by));
        Status st = policy_run_get(c.tx, by->pack, run_id, c.arena, &run);
        if (st == ST_NOT_FOUND)
                return diag_fail(by->diag, st, POS_NONE, "还没有这次测算", "there is no such run");
        TRY(st);
        TRY(policy_thaw(c.tx, by->pack, run.id, STR_NONE, false, by->diag, &w));
        Making m = { .c = &c, .year = run.year, .skip = skip_claimed };
        TRY(store_new_ids(c.tx, "pay_batch", 1, &m.batch));
        TRY(store_exec(
                c.tx, "INSERT INTO pay_batch (id, run, year, state, title, digest) VALUES ($1, $2, $3, 'made', $4, '')",
                STORE_ARGS(sv_i64(m.batch), sv_i64(run.id), sv_i64(run.year), sv_text(title)), NULL));
        st = pay_claims(&c, run.year, &m.claims);
        if (st == ST_OK)
                st = make_items(&m, w, policies, n);
        pay_claims_release(&m.claims);
        TRY(st);
        if (m.claimed && !skip_claimed) {
                diag_error(by->diag, POS_NONE, "%lld 项已列入兑付，不能重复；可略去它们再制表（--skip-claimed）",
                           "%lld items are paid already; leave them out with --skip-claimed", (long long)m.claimed);
                return ST_EXISTS;
        }
        if (!m.made)
                return diag_fail(by->diag, ST_NOT_FOUND, POS_NONE, "没有可兑付的项目", "there is nothing to be paid");
        TRY(take_digest(&c, m.batch));
        TRY(put_first_steps(&c, m.batch, run.actor, run.at));
        Str payload;
        TRY(sum_payload(&c, m.batch, &payload));
        TRY(pay_event(&c, "pay.make", "payment", m.batch, payload, NULL));
        TRY(store_commit(&c.tx));
        *ret_id = m.batch;
        return ST_OK;
}

/* ---- edits ---- */

/* Approved: what was granted is taken back; whatever was signed is void. */
static Status unsign(PayCall *c, const PayBatch *b)
{
        if (b->state == PAY_APPROVED || b->state == PAY_PUBLISHED) {
                PayItem *items;
                size_t n;
                TRY(items_of(c->tx, b->id, c->arena, &items, &n));
                for (size_t i = 0; i < n; i++)
                        if (items[i].state == PAY_ITEM_LISTED)
                                TRY(ledger_grant(c, &items[i], -items[i].fen));
        }
        return store_exec(
                c->tx, "UPDATE pay_step SET is_void = 1 WHERE batch = $1 AND step IN ('review', 'approve', 'publish')",
                STORE_ARGS(sv_i64(b->id)), NULL);
}

static Status change_item(PayCall *c, const PayBatch *b, const PayItem *item, int64_t fen)
{
        TRY(unsign(c, b));
        TRY(store_exec(c->tx, "UPDATE pay_item SET fen = $1, state = $2, note = $3 WHERE id = $4",
                       STORE_ARGS(sv_i64(fen ? fen : item->fen), sv_cstr(fen ? "listed" : "taken out"),
                                  sv_text(c->by->reason.ptr ? c->by->reason : STR("")), sv_i64(item->id)),
                       NULL));
        if (!fen)
                TRY(pay_claim_drop(c, item->id));
        TRY(take_digest(c, b->id));
        TRY(pay_step_add(c, b->id, "edit"));
        TRY(store_exec(c->tx, "UPDATE pay_batch SET publish_from = NULL, publish_to = NULL WHERE id = $1",
                       STORE_ARGS(sv_i64(b->id)), NULL));
        TRY(move_to(c, b->id, PAY_MADE));
        Str payload;
        TRY(sum_payload(c, b->id, &payload));
        return pay_event(c, "pay.edit", "payment", b->id, payload, NULL);
}

static Status editable(PayCall *c, int64_t batch, int64_t id, PayBatch *ret_batch, PayItem *ret)
{
        TRY(no_batch(c, batch_get(c->tx, batch, c->arena, ret_batch)));
        Status st = pay_item_get(c->tx, id, c->arena, ret);
        if (st == ST_NOT_FOUND || (st == ST_OK && ret->batch != batch))
                return diag_fail(c->by->diag, ST_NOT_FOUND, POS_NONE, "本批次没有这一项", "the batch has no such item");
        TRY(st);
        if (ret_batch->state > PAY_PUBLISHED || ret->state != PAY_ITEM_LISTED)
                return diag_fail(c->by->diag, ST_CONFLICT, POS_NONE, "已支付、已取出的不能修改",
                                 "what is paid or taken out cannot be edited");
        int64_t sent;
        TRY(store_get_i64(
                c->tx, "SELECT count(*) FROM pay_item WHERE batch = $1 AND state IN ('sent', 'confirmed', 'returned')",
                STORE_ARGS(sv_i64(batch)), &sent));
        if (sent)
                return diag_fail(c->by->diag, ST_CONFLICT, POS_NONE, "本批次已开始支付，不能修改",
                                 "the batch is being paid and cannot be edited");
        return ST_OK;
}

static Status needs_reason(const PayCall *c)
{
        if (str_trim(c->by->reason).len)
                return ST_OK;
        return diag_fail(c->by->diag, ST_INVALID, POS_NONE, "请写明理由", "say why");
}

/* A payment that came back and cannot be paid: what was granted is taken back; nobody's signature was for another sum. */
static Status give_up(PayCall *c, const PayItem *item)
{
        int64_t open;
        TRY(ledger_grant(c, item, -item->fen));
        TRY(store_exec(c->tx, "UPDATE pay_item SET state = 'taken out', note = $1 WHERE id = $2",
                       STORE_ARGS(sv_text(c->by->reason), sv_i64(item->id)), NULL));
        TRY(pay_claim_drop(c, item->id));
        TRY(store_get_i64(c->tx, "SELECT count(*) FROM pay_item WHERE batch = $1 AND state IN ('listed', 'returned')",
                          STORE_ARGS(sv_i64(item->batch)), &open));
        if (!open) {
                TRY(store_get_i64(c->tx, "SELECT count(*) FROM pay_item WHERE batch = $1 AND state = 'sent'",
                                  STORE_ARGS(sv_i64(item->batch)), &open));
                TRY(move_to(c, item->batch, open ? PAY_PAID : PAY_SETTLED));
        }
        return pay_event(c, "pay.give_up", "item", item->id, STR(""), NULL);
}

Status pay_edit(const PayDo *by, int64_t batch, int64_t id, int64_t fen)
{
        _cleanup_call_ PayCall c = { 0 };
        PayBatch b;
        PayItem item;
        int64_t most;
        TRY(pay_begin(&c, by));
        TRY(needs_reason(&c));
        if (fen == 0 && pay_item_get(c.tx, id, c.arena, &item) == ST_OK && item.batch == batch &&
            item.state == PAY_ITEM_RETURNED) {
                TRY(give_up(&c, &item));
                return store_commit(&c.tx);
        }
        TRY(editable(&c, batch, id, &b, &item));
        TRY(store_get_i64(c.tx, "SELECT run_fen FROM pay_item WHERE id = $1", STORE_ARGS(sv_i64(id)), &most));
        if (fen < 0 || fen > most)
                return diag_fail(by->diag, ST_INVALID, POS_NONE, "金额只能在测算结果 %s 元以内调低；更多的须重新测算",
                                 "an amount can only be lowered, from the run's %s yuan; for more, run again",
                                 policy_yuan(most, c.arena).ptr);
        TRY(change_item(&c, &b, &item, fen));
        return store_commit(&c.tx);
}

/* ---- four eyes ---- */

/* Nobody signs for nothing. */
static Status needs_items(const PayCall *c, int64_t batch)
{
        int64_t n;
        TRY(store_get_i64(c->tx, "SELECT count(*) FROM pay_item WHERE batch = $1 AND state = 'listed'",
                          STORE_ARGS(sv_i64(batch)), &n));
        return n ? ST_OK
                 : diag_fail(c->by->diag, ST_CONFLICT, POS_NONE, "本批次各项均已取出，请作废本批次",
                             "every item of the batch is taken out: cancel the batch");
}

Status pay_review(const PayDo *by, int64_t batch)
{
        static const char *const others[] = { "compute", "make", "edit", NULL };
        _cleanup_call_ PayCall c = { 0 };
        PayBatch b;
        Str payload;
        TRY(pay_begin(&c, by));
        TRY(no_batch(&c, batch_get(c.tx, batch, c.arena, &b)));
        if (b.state != PAY_MADE)
                return wrong_state(&c, &b, PAY_MADE, "制表", "made");
        TRY(pay_apart(&c, batch, others, "复核", "review it"));
        TRY(needs_items(&c, batch));
        TRY(move_to(&c, batch, PAY_REVIEWED));
        TRY(pay_step_add(&c, batch, "review"));
        TRY(sum_payload(&c, batch, &payload));
        TRY(pay_event(&c, "pay.review", "payment", batch, payload, NULL));
        return store_commit(&c.tx);
}

Status pay_approve(const PayDo *by, int64_t batch)
{
        static const char *const others[] = { "compute", "make", "edit", "review", NULL };
        _cleanup_call_ PayCall c = { 0 };
        PayBatch b;
        PayItem *items;
        size_t n;
        Str payload;
        TRY(pay_begin(&c, by));
        TRY(no_batch(&c, batch_get(c.tx, batch, c.arena, &b)));
        if (b.state != PAY_REVIEWED)
                return wrong_state(&c, &b, PAY_REVIEWED, "复核", "reviewed");
        TRY(pay_apart(&c, batch, others, "审批", "approve it"));
        TRY(items_of(c.tx, batch, c.arena, &items, &n));
        for (size_t i = 0; i < n; i++)
                if (items[i].state == PAY_ITEM_LISTED)
                        TRY(ledger_grant(&c, &items[i], items[i].fen));
        TRY(move_to(&c, batch, PAY_APPROVED));
        TRY(pay_step_add(&c, batch, "approve"));
        TRY(sum_payload(&c, batch, &payload));
        TRY(pay_event(&c, "pay.approve", "payment", batch, payload, NULL));
        return store_commit(&c.tx);
}

Status pay_cancel(const PayDo *by, int64_t batch)
{
        _cleanup_call_ PayCall c = { 0 };
        PayBatch b;
        PayItem *items;
        size_t n;
        TRY(pay_begin(&c, by));
        TRY(needs_reason(&c));
        TRY(no_batch(&c, batch_get(c.tx, batch, c.arena, &b)));
        TRY(items_of(c.tx, batch, c.arena, &items, &n));
        for (size_t i = 0; i < n; i++)
                if (items[i].state >= PAY_ITEM_SENT)
                        return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "本批次已有支付，不能作废",
                                         "some of the batch is paid: it cannot be cancelled");
        if (b.state >= PAY_PAID)
                return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "第 %lld 批现为“%s”，只有尚未支付的批次可以作废",
                                 "batch %lld is %s: only what is not paid can be cancelled", (long long)b.id,
                                 state_word(b.state, by->diag && by->diag->lang == LANG_EN));
        TRY(unsign(&c, &b));
        for (size_t i = 0; i < n; i++)
                TRY(pay_claim_drop(&c, items[i].id));
        TRY(move_to(&c, batch, PAY_CANCELLED));
        TRY(pay_step_add(&c, batch, "cancel"));
        TRY(pay_event(&c, "pay.cancel", "payment", batch, STR(""), NULL));
        return store_commit(&c.tx);
}

/* ---- publication ---- */

Status pay_publish(const PayDo *by, int64_t batch)
{
        _cleanup_call_ PayCall c = { 0 };
        PayBatch b;
        PayItem *items;
        size_t n;
        int days = 0;
        TRY(pay_begin(&c, by));
        TRY(no_batch(&c, batch_get(c.tx, batch, c.arena, &b)));
        if (b.state != PAY_APPROVED)
                return wrong_state(&c, &b, PAY_APPROVED, "审批", "approved");
        TRY(items_of(c.tx, batch, c.arena, &items, &n));
        for (size_t i = 0; i < n; i++) {        /* as long as the policy that asks longest */
                const PackPolicy *p = pack_policy(by->pack, items[i].policy);
                if (p && p->publish_days > days)
                        days = p->publish_days;
        }
        Date from = clock_today(), to = from;
        if (days)
                TRY(workday_add(workcal_national(), from, days, by->diag, &to));
        char first[24], last[24];
        date_to_text(from, first);
        date_to_text(to, last);
        TRY(store_exec(c.tx, "UPDATE pay_batch SET publish_from = $1, publish_to = $2 WHERE id = $3",
                       STORE_ARGS(sv_cstr(first), sv_cstr(last), sv_i64(batch)), NULL));
        TRY(move_to(&c, batch, PAY_PUBLISHED));
        TRY(pay_step_add(&c, batch, "publish"));
        char *payload = arena_printf(c.arena, "{\"from\":\"%s\",\"to\":\"%s\",\"working_days\":%d}", first, last, days);
        if (!payload)
                return ST_NOMEM;
        TRY(pay_event(&c, "pay.publish", "payment", batch, str_c(payload), NULL));
        return store_commit(&c.tx);
}

Status pay_object(const PayDo *by, int64_t batch, int64_t id, Str who, int64_t *ret_id)
{
        _cleanup_call_ PayCall c = { 0 };
        PayBatch b;
        PayItem item;
        TRY(pay_begin(&c, by));
        TRY(needs_reason(&c));
        TRY(no_batch(&c, batch_get(c.tx, batch, c.arena, &b)));
        if (b.state != PAY_PUBLISHED)
                return wrong_state(&c, &b, PAY_PUBLISHED, "公示", "published");
        Date last;
        TRY(date_parse(b.publish_to, &last));
        if (date_cmp(clock_today(), last) > 0)
                return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "公示期已于 %.*s 结束", "publication ended on %.*s",
                                 STR_FMT(b.publish_to));
        Status st = pay_item_get(c.tx, id, c.arena, &item);
        if (st == ST_NOT_FOUND || (st == ST_OK && (item.batch != batch || item.state != PAY_ITEM_LISTED)))
                return diag_fail(by->diag, ST_NOT_FOUND, POS_NONE, "本批次没有这一项", "the batch has no such item");
        TRY(st);
        int64_t objection;
        TRY(store_new_ids(c.tx, "pay_objection", 1, &objection));
        TRY(store_exec(
                c.tx,
                "INSERT INTO pay_objection (id, batch, item, by_whom, text, at, is_open, upheld) VALUES ($1, $2, $3, $4, $5, $6, 1, 0)",
                STORE_ARGS(sv_i64(objection), sv_i64(batch), sv_i64(id), sv_text(who.len ? who : by->actor),
                           sv_text(by->reason), sv_cstr(c.at)),
                NULL));
        TRY(pay_event(&c, "pay.object", "objection", objection, STR(""), NULL));
        TRY(store_commit(&c.tx));
        *ret_id = objection;
        return ST_OK;
}

Status pay_answer(const PayDo *by, int64_t objection, bool upheld)
{
        _cleanup_call_ PayCall c = { 0 };
        TRY(pay_begin(&c, by));
        TRY(needs_reason(&c));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        Status st = store_one(c.tx, "SELECT batch, item, is_open FROM pay_objection WHERE id = $1",
                              STORE_ARGS(sv_i64(objection)), &q);
        if (st == ST_NOT_FOUND)
                return diag_fail(by->diag, st, POS_NONE, "没有这条异议", "there is no such objection");
        TRY(st);
        int64_t batch = store_i64(q, 0), item_id = store_i64(q, 1), open = store_i64(q, 2);
        store_stmt_free(TAKE(q));
        if (!open)
                return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "这条异议已答复",
                                 "the objection is answered already");
        TRY(store_exec(c.tx,
                       "UPDATE pay_objection SET is_open = 0, upheld = $1, answer = $2, answered_by = $3 WHERE id = $4",
                       STORE_ARGS(sv_bool(upheld), sv_text(by->reason), sv_text(by->actor), sv_i64(objection)), NULL));
        TRY(pay_event(&c, upheld ? "pay.uphold" : "pay.dismiss", "objection", objection, STR(""), NULL));
        if (upheld) {
                PayBatch b;
                PayItem item;
                TRY(no_batch(&c, batch_get(c.tx, batch, c.arena, &b)));
                TRY(pay_item_get(c.tx, item_id, c.arena, &item));
                if (item.state == PAY_ITEM_LISTED && b.state <= PAY_PUBLISHED)
                        TRY(change_item(&c, &b, &item, 0));
        }
        return store_commit(&c.tx);
}

/* ---- reading ---- */

static Status add_sums(StoreTx *tx, PayBatch *b)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx, "SELECT state, count(*), CAST(sum(fen) AS BIGINT) FROM pay_item WHERE batch = $1 GROUP BY state",
                STORE_ARGS(sv_i64(b->id)), &q));
        while (store_next(q)) {
                PayItemState s = pay_item_state_of(store_text(q, 0));
                int64_t n = store_i64(q, 1), fen = store_i64(q, 2);
                if (s == PAY_ITEM_OUT)
                        continue;
                b->count += n;
                b->fen += fen;
                if (s == PAY_ITEM_SENT || s == PAY_ITEM_CONFIRMED) {
                        b->sent += n;
                        b->sent_fen += fen;
                }
                b->confirmed += s == PAY_ITEM_CONFIRMED ? n : 0;
                b->returned += s == PAY_ITEM_RETURNED ? n : 0;
        }
        TRY(store_done(q));
        return store_get_i64(tx, "SELECT count(*) FROM pay_objection WHERE batch = $1 AND is_open = 1",
                             STORE_ARGS(sv_i64(b->id)), &b->open_objections);
}

Status pay_list(StoreTx *tx, Arena *a, PayBatch **ret, size_t *ret_count)
{
        PayBatch *all = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, BATCH_COLUMNS " ORDER BY id DESC LIMIT 500", STORE_NO_ARGS, &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&all, &cap, n + 1, sizeof(*all)) < 0)
                        return ST_NOMEM;
                TRY(read_batch(q, a, &all[n]));
                n++;
        }
        TRY(store_done(q));
        for (size_t i = 0; i < n; i++)
                TRY(add_sums(tx, &all[i]));
        *ret = all;
        *ret_count = n;
        return ST_OK;
}

Status pay_get(StoreTx *tx, int64_t id, Arena *a, PayBatch *ret)
{
        PayBatch b;
        size_t cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(batch_get(tx, id, a, &b));
        TRY(add_sums(tx, &b));
        TRY(store_query(tx, "SELECT step, actor, at, note, is_void FROM pay_step WHERE batch = $1 ORDER BY id",
                        STORE_ARGS(sv_i64(id)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&b.steps, &cap, b.step_count + 1, sizeof(*b.steps)) < 0)
                        return ST_NOMEM;
                PayStep *s = &b.steps[b.step_count++];
                *s = (PayStep){ store_text_dup(q, 0, a), store_text_dup(q, 1, a), store_text_dup(q, 2, a),
                                store_text_dup(q, 3, a), store_i64(q, 4) != 0 };
                if (!s->step.ptr || !s->actor.ptr || !s->at.ptr || !s->note.ptr)
                        return ST_NOMEM;
        }
        *ret = b;
        return store_done(q);
}

Status pay_items(StoreTx *tx, int64_t batch, const PackUnit *within, const Pack *pack, int64_t offset, int64_t limit,
                 Arena *a, PayItem **ret, size_t *ret_count, int64_t *ret_total)
{
        PayItem *all;
        size_t n, kept = 0;
        TRY(items_of(tx, batch, a, &all, &n));
        for (size_t i = 0; i < n; i++) {
                const PackUnit *u = all[i].unit.len ? pack_unit(pack, all[i].unit) : NULL;
                if (!within || within->depth == 0 || (u && pack_unit_within(u, within)))
                        all[kept++] = all[i];
        }
        size_t from = offset > 0 && (size_t)offset < kept ? (size_t)offset : offset > 0 ? kept : 0;
        *ret_total = (int64_t)kept;
        *ret = all ? all + from : NULL;
        *ret_count = limit > 0 && (size_t)limit < kept - from ? (size_t)limit : kept - from;
        return ST_OK;
}

Status pay_objections(StoreTx *tx, int64_t batch, Arena *a, PayObjection **ret, size_t *ret_count)
{
        PayObjection *all = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx,
                "SELECT id, batch, item, by_whom, text, at, coalesce(answer, ''), coalesce(answered_by, ''), is_open, upheld "
                "FROM pay_objection WHERE batch = $1 ORDER BY id",
                STORE_ARGS(sv_i64(batch)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&all, &cap, n + 1, sizeof(*all)) < 0)
                        return ST_NOMEM;
                PayObjection *o = &all[n++];
                *o = (PayObjection){ .id = store_i64(q, 0), .batch = store_i64(q, 1), .item = store_i64(q, 2),
                                     .by = store_text_dup(q, 3, a), .text = store_text_dup(q, 4, a),
                                     .at = store_text_dup(q, 5, a), .answer = store_text_dup(q, 6, a),
                                     .answered_by = store_text_dup(q, 7, a), .open = store_i64(q, 8) != 0,
                                     .upheld = store_i64(q, 9) != 0 };
                if (!o->by.ptr || !o->text.ptr || !o->at.ptr || !o->answer.ptr || !o->answered_by.ptr)
                        return ST_NOMEM;
        }
        *ret = all;
        *ret_count = n;
        return store_done(q);
}
