/* ledger.c -- double entry: every entry balances, every balance is a sum of lines. */
#include "policy/pay_int.h"

enum { SIDES_MAX = 200 };

static Str account_name(Arena *a, const char *kind, Str unit, Str what)
{
        return str_c(arena_printf(a, "%s:%.*s:%.*s", kind, STR_FMT(unit), STR_FMT(what)));
}

Status ledger_entry(PayCall *c, const char *kind, int64_t item, const LedgerSide *sides, size_t n)
{
        int64_t id, balance = 0;
        for (size_t i = 0; i < n; i++)
                if (!sides[i].account.ptr || sides[i].debit < 0 || sides[i].credit < 0 ||
                    __builtin_add_overflow(balance, sides[i].debit - sides[i].credit, &balance))
                        return sides[i].account.ptr ? ST_INTERNAL : ST_NOMEM;
        if (balance != 0 || n == 0)
                return ST_INTERNAL;
        TRY(store_new_ids(c->tx, "ledger_entry", 1, &id));
        TRY(store_exec(c->tx,
                       "INSERT INTO ledger_entry (id, kind, item, actor, at, note) VALUES ($1, $2, $3, $4, $5, $6)",
                       STORE_ARGS(sv_i64(id), sv_cstr(kind), sv_i64(item), sv_text(c->by->actor), sv_cstr(c->at),
                                  sv_text(c->by->reason.ptr ? c->by->reason : STR(""))),
                       NULL));
        for (size_t i = 0; i < n; i++)
                TRY(store_exec(
                        c->tx,
                        "INSERT INTO ledger_line (entry, line, account, debit, credit) VALUES ($1, $2, $3, $4, $5)",
                        STORE_ARGS(sv_i64(id), sv_i64((int64_t)i), sv_text(sides[i].account), sv_i64(sides[i].debit),
                                   sv_i64(sides[i].credit)),
                        NULL));
        for (size_t i = 0; i < n; i++) {        /* balances beside the lines, so that a payment need not sum them up */
                int64_t changed;
                TRY(store_exec(c->tx,
                               "UPDATE ledger_account SET debit = debit + $1, credit = credit + $2 WHERE account = $3",
                               STORE_ARGS(sv_i64(sides[i].debit), sv_i64(sides[i].credit), sv_text(sides[i].account)),
                               &changed));
                if (!changed)
                        TRY(store_exec(c->tx, "INSERT INTO ledger_account (account, debit, credit) VALUES ($1, $2, $3)",
                                       STORE_ARGS(sv_text(sides[i].account), sv_i64(sides[i].debit),
                                                  sv_i64(sides[i].credit)),
                                       NULL));
        }
        return ST_OK;
}

Status ledger_parts(const Pack *pack, const PackPolicy *policy, Str unit, int64_t fen, LedgerPart *ret,
                    size_t *ret_count)
{
        const PackUnit *u = unit.len ? pack_unit(pack, unit) : NULL;
        Str top = pack->unit_count ? pack->units[0].code : STR("");
        int64_t left = fen;
        size_t n = 0;
        for (size_t i = 1; i < policy->share_count && n + 1 < LEDGER_PARTS_MAX; i++) {
                const PackUnit *of = u ? pack_unit_up(u, policy->shares[i].level) : NULL;
                __extension__ int64_t part =
                        (int64_t)((unsigned __int128)(uint64_t)fen * (uint64_t)policy->shares[i].millionths / 1000000);
                if (part == 0)
                        continue;
                ret[n++] = (LedgerPart){ of ? of->code : top, part };
                left -= part;
        }
        /* The first level named bears what rounding leaves. */
        const PackUnit *first = policy->share_count && u ? pack_unit_up(u, policy->shares[0].level) : NULL;
        if (left)
                ret[n++] = (LedgerPart){ first ? first->code : top, left };
        *ret_count = n;
        return ST_OK;
}

static const PackPolicy *policy_of(const PayCall *c, Str name)
{
        return pack_policy(c->by->pack, name);
}

static Status no_policy(const PayCall *c, Str name)
{
        return diag_fail(c->by->diag, ST_CONFLICT, POS_NONE, "城市包里已没有政策“%.*s”",
                         "the pack has no policy \"%.*s\" any more", STR_FMT(name));
}

Status ledger_grant(PayCall *c, const PayItem *item, int64_t fen)
{
        LedgerPart parts[LEDGER_PARTS_MAX];
        LedgerSide sides[2 * LEDGER_PARTS_MAX];
        size_t n;
        bool back = fen < 0;
        const PackPolicy *p = policy_of(c, item->policy);
        if (!p)
                return no_policy(c, item->policy);
        if (fen == 0)
                return ST_OK;
        TRY(ledger_parts(c->by->pack, p, item->unit, back ? -fen : fen, parts, &n));
        for (size_t i = 0; i < n; i++) {
                Str spent = account_name(c->arena, "spent", parts[i].unit, item->policy),
                    payable = account_name(c->arena, "payable", parts[i].unit, item->policy);
                sides[2 * i] = (LedgerSide){ back ? payable : spent, parts[i].fen, 0 };
                sides[2 * i + 1] = (LedgerSide){ back ? spent : payable, 0, parts[i].fen };
        }
        return ledger_entry(c, back ? "grant taken back" : "grant", item->id, sides, 2 * n);
}

typedef struct Fund {
        Str account;
        int64_t balance;
} Fund;

/* The funds of a unit that have money, by name. */
static Status funds_of(PayCall *c, Str unit, Fund **ret, size_t *ret_count)
{
        Fund *funds = NULL;
        size_t n = 0, cap = 0;
        Str prefix = str_c(arena_printf(c->arena, "fund:%.*s:", STR_FMT(unit)));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        if (!prefix.ptr)
                return ST_NOMEM;
        TRY(store_query(
                c->tx,
                "SELECT account, debit - credit FROM ledger_account WHERE substr(account, 1, $1) = $2 ORDER BY account",
                STORE_ARGS(sv_i64((int64_t)prefix.len), sv_text(prefix)), &q));
        while (store_next(q)) {
                if (store_i64(q, 1) <= 0)
                        continue;
                if (arena_grow(c->arena, (void **)&funds, &cap, n + 1, sizeof(*funds)) < 0)
                        return ST_NOMEM;
                funds[n] = (Fund){ store_text_dup(q, 0, c->arena), store_i64(q, 1) };
                if (!funds[n++].account.ptr)
                        return ST_NOMEM;
        }
        *ret = funds;
        *ret_count = n;
        return store_done(q);
}

Status ledger_pay(PayCall *c, const PayItem *item)
{
        LedgerPart parts[LEDGER_PARTS_MAX];
        LedgerSide sides[SIDES_MAX];
        size_t n, count = 0;
        const PackPolicy *p = policy_of(c, item->policy);
        if (!p)
                return no_policy(c, item->policy);
        TRY(ledger_parts(c->by->pack, p, item->unit, item->fen, parts, &n));
        for (size_t i = 0; i < n; i++) {
                Fund *funds;
                size_t fund_count;
                int64_t left = parts[i].fen;
                TRY(funds_of(c, parts[i].unit, &funds, &fund_count));
                sides[count++] =
                        (LedgerSide){ account_name(c->arena, "payable", parts[i].unit, item->policy), left, 0 };
                for (size_t k = 0; k < fund_count && left > 0 && count + 2 < SIDES_MAX; k++) {
                        int64_t take = funds[k].balance < left ? funds[k].balance : left;
                        sides[count++] = (LedgerSide){ funds[k].account, 0, take };
                        left -= take;
                }
                if (left > 0) {
                        const PackUnit *u = pack_unit(c->by->pack, parts[i].unit);
                        return diag_fail(
                                c->by->diag, ST_CONFLICT, POS_NONE,
                                "%.*s的资金不足：支付“%.*s”还差 %s 元，请先登记到位资金（ledger fund）",
                                "%.*s has too little: %.*s lacks %s yuan; record the money first (ledger fund)",
                                STR_FMT(u ? pack_title(u->title, c->by->diag ? c->by->diag->lang : LANG_ZH)
                                          : parts[i].unit),
                                STR_FMT(item->name), policy_yuan(left, c->arena).ptr);
                }
        }
        return ledger_entry(c, "payment", item->id, sides, count);
}

Status ledger_return(PayCall *c, const PayItem *item)
{
        LedgerSide sides[SIDES_MAX];
        size_t n = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(c->tx,
                        "SELECT account, debit, credit FROM ledger_line WHERE entry = "
                        "(SELECT max(id) FROM ledger_entry WHERE item = $1 AND kind = 'payment') ORDER BY line",
                        STORE_ARGS(sv_i64(item->id)), &q));
        while (store_next(q) && n < SIDES_MAX) {
                sides[n] = (LedgerSide){ store_text_dup(q, 0, c->arena), store_i64(q, 2), store_i64(q, 1) };
                if (!sides[n++].account.ptr)
                        return ST_NOMEM;
        }
        TRY(store_done(q));
        store_stmt_free(TAKE(q));
        return ledger_entry(c, "return", item->id, sides, n);
}

/* ---- reading ---- */

Status ledger_accounts(StoreTx *tx, Arena *a, LedgerAccount **ret, size_t *ret_count)
{
        LedgerAccount *all = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT account, debit, credit FROM ledger_account ORDER BY account",
                        STORE_NO_ARGS, &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&all, &cap, n + 1, sizeof(*all)) < 0)
                        return ST_NOMEM;
                all[n] = (LedgerAccount){ store_text_dup(q, 0, a), store_i64(q, 1), store_i64(q, 2) };
                if (!all[n++].account.ptr)
                        return ST_NOMEM;
        }
        *ret = all;
        *ret_count = n;
        return store_done(q);
}

Status ledger_lines(StoreTx *tx, Str account, int64_t offset, int64_t limit, Arena *a, LedgerLine **ret,
                    size_t *ret_count, int64_t *ret_total)
{
        LedgerLine *all = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        StoreValue which = sv_text(account.ptr ? account : STR(""));
        TRY(store_get_i64(tx, "SELECT count(*) FROM ledger_line WHERE $1 = '' OR account = $1", STORE_ARGS(which),
                          ret_total));
        TRY(store_query(
                tx,
                "SELECT e.id, e.item, e.kind, l.account, e.at, e.actor, e.note, l.debit, l.credit FROM ledger_line l "
                "JOIN ledger_entry e ON e.id = l.entry WHERE $1 = '' OR l.account = $1 "
                "ORDER BY e.id DESC, l.line LIMIT $2 OFFSET $3",
                STORE_ARGS(which, sv_i64(limit), sv_i64(offset)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&all, &cap, n + 1, sizeof(*all)) < 0)
                        return ST_NOMEM;
                LedgerLine *l = &all[n++];
                *l = (LedgerLine){ .entry = store_i64(q, 0), .item = store_i64(q, 1), .kind = store_text_dup(q, 2, a),
                                   .account = store_text_dup(q, 3, a), .at = store_text_dup(q, 4, a),
                                   .actor = store_text_dup(q, 5, a), .note = store_text_dup(q, 6, a),
                                   .debit = store_i64(q, 7), .credit = store_i64(q, 8) };
                if (!l->kind.ptr || !l->account.ptr || !l->at.ptr || !l->actor.ptr || !l->note.ptr)
                        return ST_NOMEM;
        }
        *ret = all;
        *ret_count = n;
        return store_done(q);
}
