/* send.c -- money: payments one transaction each, what the bank says of them, funds, and what is claimed back. */
#include <stdio.h>

#include "policy/bank_int.h"
#include "policy/pay_int.h"

enum { SEND_AT_ONCE = 20 };

/* ---- paying ---- */

static Status may_pay(PayCall *c, int64_t batch)
{
        static const char *const others[] = { "approve", NULL };
        const PayDo *by = c->by;
        PayBatch b;
        Status st = pay_get(c->tx, batch, c->arena, &b);
        if (st == ST_NOT_FOUND)
                return diag_fail(by->diag, st, POS_NONE, "没有这个兑付批次", "there is no such batch");
        TRY(st);
        if (b.state != PAY_PUBLISHED && b.state != PAY_PAID)
                return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "第 %lld 批尚未公示，不能支付",
                                 "batch %lld is not published: it cannot be paid", (long long)batch);
        Date last;
        TRY(date_parse(b.publish_to, &last));
        if (date_cmp(clock_today(), last) <= 0 && !str_eq(b.publish_from, b.publish_to))
                return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "公示期到 %.*s 为止，期满后方可支付",
                                 "published until %.*s: it can be paid after that", STR_FMT(b.publish_to));
        if (b.open_objections)
                return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "有 %lld 条异议未答复，不能支付",
                                 "%lld objections have no answer: it cannot be paid", (long long)b.open_objections);
        return pay_apart(c, batch, others, "支付", "pay it");
}

/* Some of the batch in one transaction: their ledger entries, their states, one event.  *ret_sent 0: all is paid. */
static Status send_some(const PayDo *by, int64_t batch, int64_t *ret_sent)
{
        _cleanup_call_ PayCall c = { 0 };
        int64_t ids[SEND_AT_ONCE], first;
        size_t n = 0;
        *ret_sent = 0;
        TRY(pay_begin(&c, by));
        TRY(may_pay(&c, batch));
        {
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                TRY(store_query(
                        c.tx,
                        "SELECT id FROM pay_item WHERE batch = $1 AND state IN ('listed', 'returned') ORDER BY id LIMIT 20",
                        STORE_ARGS(sv_i64(batch)), &q));
                while (store_next(q) && n < SEND_AT_ONCE)
                        ids[n++] = store_i64(q, 0);
                TRY(store_done(q));
        }
        if (!n)
                return ST_OK;
        _cleanup_buf_ Buf payload = BUF_INIT(1 << 16);
        buf_puts(&payload, "{\"payments\":[");
        TRY(store_get_i64(c.tx, "SELECT count(*) FROM pay_step WHERE batch = $1 AND step = 'pay' AND actor = $2",
                          STORE_ARGS(sv_i64(batch), sv_text(by->actor)), &first));
        if (!first)
                TRY(pay_step_add(&c, batch, "pay"));
        for (size_t i = 0; i < n; i++) {
                PayItem item;
                int64_t changed;
                TRY(pay_item_get(c.tx, ids[i], c.arena, &item));
                TRY(ledger_pay(&c, &item));
                TRY(store_exec(c.tx,
                               "UPDATE pay_item SET state = 'sent' WHERE id = $1 AND state IN ('listed', 'returned')",
                               STORE_ARGS(sv_i64(item.id)), &changed));
                if (changed != 1)
                        return ST_CONFLICT;
                buf_printf(&payload, "%s{\"item\":%lld,\"fen\":%lld}", i ? "," : "", (long long)item.id,
                           (long long)item.fen);
        }
        buf_puts(&payload, "]}");
        TRY(buf_status(&payload));
        int64_t left;
        TRY(store_get_i64(c.tx, "SELECT count(*) FROM pay_item WHERE batch = $1 AND state IN ('listed', 'returned')",
                          STORE_ARGS(sv_i64(batch)), &left));
        if (!left)
                TRY(store_exec(c.tx, "UPDATE pay_batch SET state = 'paid' WHERE id = $1", STORE_ARGS(sv_i64(batch)),
                               NULL));
        TRY(pay_event(&c, "pay.send", "payment", batch, buf_str(&payload), NULL));
        TRY(store_commit(&c.tx));
        *ret_sent = (int64_t)n;
        return ST_OK;
}

Status pay_send(const PayDo *by, int64_t batch, int64_t *ret_sent)
{
        int64_t sent;
        *ret_sent = 0;
        do {
                TRY(send_some(by, batch, &sent));
                *ret_sent += sent;
        } while (sent);
        return ST_OK;
}

Status pay_settle_in(PayCall *c, const PayItem *item, bool arrived, Str note)
{
        if (!arrived)
                TRY(ledger_return(c, item));
        TRY(store_exec(c->tx, "UPDATE pay_item SET state = $1, note = $2 WHERE id = $3",
                       STORE_ARGS(sv_cstr(arrived ? "confirmed" : "returned"), sv_text(note), sv_i64(item->id)), NULL));
        int64_t open, back;
        TRY(store_get_i64(c->tx,
                          "SELECT count(*) FROM pay_item WHERE batch = $1 AND state NOT IN ('confirmed', 'taken out')",
                          STORE_ARGS(sv_i64(item->batch)), &open));
        TRY(store_get_i64(c->tx, "SELECT count(*) FROM pay_item WHERE batch = $1 AND state IN ('returned', 'listed')",
                          STORE_ARGS(sv_i64(item->batch)), &back));
        TRY(store_exec(c->tx, "UPDATE pay_batch SET state = $1 WHERE id = $2",
                       STORE_ARGS(sv_cstr(!open  ? "settled"
                                          : back ? "published"
                                                 : "paid"),
                                  sv_i64(item->batch)),
                       NULL));
        return pay_event(c, arrived ? "pay.confirm" : "pay.return", "item", item->id, STR(""), NULL);
}

Status pay_settle(const PayDo *by, int64_t id, bool arrived)
{
        static const char *const others[] = { "pay", NULL };
        _cleanup_call_ PayCall c = { 0 };
        PayItem item;
        TRY(pay_begin(&c, by));
        Status st = pay_item_get(c.tx, id, c.arena, &item);
        if (st == ST_NOT_FOUND)
                return diag_fail(by->diag, st, POS_NONE, "没有这笔支付", "there is no such payment");
        TRY(st);
        if (item.state != PAY_ITEM_SENT)
                return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "这一项不在支付途中", "the item is not on its way");
        TRY(pay_apart(&c, item.batch, others, "确认到账", "confirm it"));
        TRY(pay_settle_in(&c, &item, arrived, by->reason.ptr ? by->reason : STR("")));
        return store_commit(&c.tx);
}

/* ---- funds ---- */

Status ledger_fund(const PayDo *by, Str unit, Str source, int64_t fen)
{
        _cleanup_call_ PayCall c = { 0 };
        if (!pack_unit(by->pack, unit))
                return diag_fail(by->diag, ST_NOT_FOUND, POS_NONE, "没有单位“%.*s”", "there is no unit \"%.*s\"",
                                 STR_FMT(unit));
        if (fen <= 0 || !str_trim(source).len || str_has(source, STR(":")))
                return diag_fail(by->diag, ST_INVALID, POS_NONE, "资金须有来源（不含冒号）和大于零的金额",
                                 "money has a source (without a colon) and an amount above zero");
        TRY(pay_begin(&c, by));
        LedgerSide sides[] = {
                { str_c(arena_printf(c.arena, "fund:%.*s:%.*s", STR_FMT(unit), STR_FMT(source))), fen, 0 },
                { str_c(arena_printf(c.arena, "source:%.*s:%.*s", STR_FMT(unit), STR_FMT(source))), 0, fen },
        };
        TRY(ledger_entry(&c, "appropriation", 0, sides, ARRAY_LEN(sides)));
        char *payload = arena_printf(c.arena, "{\"unit\":\"%.*s\",\"fen\":%lld}", STR_FMT(unit), (long long)fen);
        if (!payload)
                return ST_NOMEM;
        TRY(pay_event(&c, "ledger.fund", "fund", 0, str_c(payload), NULL));
        return store_commit(&c.tx);
}

/* ---- clawback ---- */

const PackRegister *pay_firm_register(const PackPolicy *p)
{
        if (!p->owner)
                return p->beneficiary;
        if (p->owner == p->beneficiary->parent_key)
                return p->beneficiary->parent;
        return p->owner->target ? p->owner->target : p->beneficiary;
}

Status pay_before(StoreTx *tx, const PackPolicy *p, int64_t year, Arena *a, Map *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(
                tx,
                "SELECT i.firm, CAST(sum(i.fen - i.back_fen) AS BIGINT) FROM pay_item i JOIN pay_batch b ON b.id = i.batch "
                "JOIN pay_claim k ON k.item = i.id AND k.kind = 'policy' WHERE k.name = $1 AND b.year <> $2 "
                "AND i.state IN ('sent', 'confirmed') GROUP BY i.firm",
                STORE_ARGS(sv_text(pay_family(p)), sv_i64(year)), &q));
        struct {
                Str firm;
                int64_t fen;
        } *paid = NULL;
        size_t n = 0, cap = 0;
        while (store_next(q)) {
                if (arena_grow(a, (void **)&paid, &cap, n + 1, sizeof(*paid)) < 0)
                        return ST_NOMEM;
                paid[n].fen = store_i64(q, 1);
                paid[n].firm = store_text_dup(q, 0, a);
                if (!paid[n++].firm.ptr)
                        return ST_NOMEM;
        }
        TRY(store_done(q));
        store_stmt_free(TAKE(q));
        for (size_t i = 0; i < n; i++) {        /* what a firm got under an earlier name counts */
                Str now;
                TRY(register_resolve(tx, pay_firm_register(p), paid[i].firm, a, &now));
                int64_t before = (int64_t)(uintptr_t)map_get(ret, now);
                TRY(map_put(ret, now, (void *)(uintptr_t)(before + paid[i].fen)));
        }
        return ST_OK;
}

/* The account of each part of an amount the way it was granted. */
static Status back_sides(PayCall *c, const PayItem *item, int64_t fen, const char *debit, const char *credit,
                         LedgerSide *sides, size_t *ret_count)
{
        LedgerPart parts[LEDGER_PARTS_MAX];
        size_t n;
        const PackPolicy *p = pack_policy(c->by->pack, item->policy);
        if (!p)
                return diag_fail(c->by->diag, ST_CONFLICT, POS_NONE, "城市包里已没有政策“%.*s”",
                                 "the pack has no policy \"%.*s\" any more", STR_FMT(item->policy));
        TRY(ledger_parts(c->by->pack, p, item->unit, fen, parts, &n));
        for (size_t i = 0; i < n; i++) {
                Str what = str_eq_c(str_c(debit), "fund") ? STR("追回资金") : item->policy;
                sides[2 * i] = (LedgerSide){ str_c(arena_printf(c->arena, "%s:%.*s:%.*s", debit, STR_FMT(parts[i].unit),
                                                                STR_FMT(what))),
                                             parts[i].fen, 0 };
                sides[2 * i + 1] = (LedgerSide){ str_c(arena_printf(c->arena, "%s:%.*s:%.*s", credit,
                                                                    STR_FMT(parts[i].unit), STR_FMT(item->policy))),
                                                 0, parts[i].fen };
        }
        *ret_count = 2 * n;
        return ST_OK;
}

static Status paid_item(PayCall *c, int64_t id, PayItem *ret)
{
        Status st = pay_item_get(c->tx, id, c->arena, ret);
        if (st == ST_NOT_FOUND)
                return diag_fail(c->by->diag, st, POS_NONE, "没有这笔支付", "there is no such payment");
        TRY(st);
        if (ret->state != PAY_ITEM_SENT && ret->state != PAY_ITEM_CONFIRMED)
                return diag_fail(c->by->diag, ST_CONFLICT, POS_NONE, "这一项没有支付", "the item is not paid");
        return ST_OK;
}

Status pay_claim_back(const PayDo *by, int64_t id, int64_t fen)
{
        _cleanup_call_ PayCall c = { 0 };
        PayItem item;
        LedgerSide sides[2 * LEDGER_PARTS_MAX];
        size_t n;
        TRY(pay_begin(&c, by));
        if (!str_trim(by->reason).len)
                return diag_fail(by->diag, ST_INVALID, POS_NONE, "请写明理由", "say why");
        TRY(paid_item(&c, id, &item));
        if (fen <= 0 || fen > item.fen - item.back_fen)
                return diag_fail(by->diag, ST_INVALID, POS_NONE, "金额须大于零，最多可追回 %s 元",
                                 "at most %s yuan can be claimed back",
                                 policy_yuan(item.fen - item.back_fen, c.arena).ptr);
        TRY(back_sides(&c, &item, fen, "claim", "spent", sides, &n));
        TRY(ledger_entry(&c, "clawback", id, sides, n));
        TRY(store_exec(c.tx, "UPDATE pay_item SET back_fen = back_fen + $1 WHERE id = $2",
                       STORE_ARGS(sv_i64(fen), sv_i64(id)), NULL));
        char *payload = arena_printf(c.arena, "{\"fen\":%lld}", (long long)fen);
        if (!payload)
                return ST_NOMEM;
        TRY(pay_event(&c, "pay.clawback", "item", id, str_c(payload), NULL));
        return store_commit(&c.tx);
}

Status pay_came_back(const PayDo *by, int64_t id, int64_t fen)
{
        _cleanup_call_ PayCall c = { 0 };
        PayItem item;
        LedgerSide sides[2 * LEDGER_PARTS_MAX];
        size_t n;
        int64_t claimed, came;
        TRY(pay_begin(&c, by));
        TRY(paid_item(&c, id, &item));
        TRY(store_get_i64(
                c.tx,
                "SELECT CAST(coalesce(sum(l.debit), 0) AS BIGINT) FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry "
                "WHERE e.item = $1 AND e.kind = 'clawback'",
                STORE_ARGS(sv_i64(id)), &claimed));
        TRY(store_get_i64(
                c.tx,
                "SELECT CAST(coalesce(sum(l.debit), 0) AS BIGINT) FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry "
                "WHERE e.item = $1 AND e.kind = 'clawback received'",
                STORE_ARGS(sv_i64(id)), &came));
        if (fen <= 0 || fen > claimed - came)
                return diag_fail(by->diag, ST_INVALID, POS_NONE, "金额须大于零，待追回的有 %s 元",
                                 "only %s yuan are still to come back", policy_yuan(claimed - came, c.arena).ptr);
        TRY(back_sides(&c, &item, fen, "fund", "claim", sides, &n));
        TRY(ledger_entry(&c, "clawback received", id, sides, n));
        char *payload = arena_printf(c.arena, "{\"fen\":%lld}", (long long)fen);
        if (!payload)
                return ST_NOMEM;
        TRY(pay_event(&c, "pay.came_back", "item", id, str_c(payload), NULL));
        return store_commit(&c.tx);
}
