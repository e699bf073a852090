/* pay.h -- from a frozen run to money in the ledger.
 *
 * A batch is a list of what a run says is to be paid.  It goes through
 *
 *     made → reviewed → approved → published → paid → settled
 *
 * and each step is another person's: whoever computed the run, made the batch or edited it neither reviews nor
 * approves it; the reviewer does not approve; whoever approved does not pay; whoever paid does not confirm.  An edit
 * takes the batch back to `made`: reviews and approvals given before are void, and it is published anew.
 *
 * Published for the working days its policies ask; anyone may object to an item, and while an objection has no answer
 * nothing of the batch is paid.  One that is upheld takes the item out, which is an edit.
 *
 * Nothing is paid twice: an item lays claim to (policy, year, record) when it is made, where a policy and those it
 * supersedes are one, and a record and those merged into it are one; and to (exclusive group, year, firm) against
 * other policies.  The claim goes when the item is taken out or its batch cancelled.
 *
 * Each payment is one transaction with its ledger entry, so that a program that dies in the middle of a batch has paid
 * some and not others, and goes on where it stopped.
 *
 * The ledger is double entry; accounts are words with colons:
 *
 *     fund:UNIT:SOURCE        money of a level: debited by what is appropriated, credited by what is paid
 *     source:UNIT:SOURCE      where it came from
 *     spent:UNIT:POLICY       what approved batches grant
 *     payable:UNIT:POLICY     granted and not yet paid
 *     claim:UNIT:POLICY       to be paid back
 */
#ifndef KC_POLICY_PAY_H
#define KC_POLICY_PAY_H

#include "policy/policy.h"

#define PAY_STATES(X) \
        X(PAY_MADE, "made") X(PAY_REVIEWED, "reviewed") X(PAY_APPROVED, "approved") X(PAY_PUBLISHED, "published") \
        X(PAY_PAID, "paid") X(PAY_SETTLED, "settled") X(PAY_CANCELLED, "cancelled")
typedef enum PayState {
#define PAY_STATE_ENUM(code, word) code,
        PAY_STATES(PAY_STATE_ENUM)
#undef PAY_STATE_ENUM
        PAY_STATE_COUNT_
} PayState;
const char *pay_state_name(PayState s);

#define PAY_ITEM_STATES(X) \
        X(PAY_ITEM_LISTED, "listed") X(PAY_ITEM_OUT, "taken out") X(PAY_ITEM_SENT, "sent") \
        X(PAY_ITEM_CONFIRMED, "confirmed") X(PAY_ITEM_RETURNED, "returned")
typedef enum PayItemState {
#define PAY_ITEM_STATE_ENUM(code, word) code,
        PAY_ITEM_STATES(PAY_ITEM_STATE_ENUM)
#undef PAY_ITEM_STATE_ENUM
        PAY_ITEM_STATE_COUNT_
} PayItemState;
const char *pay_item_state_name(PayItemState s);

typedef struct PayStep {
        Str step, actor, at, note;
        bool is_void;
} PayStep;

typedef struct PayBatch {
        int64_t id, run, year;
        PayState state;
        Str title, digest;
        int64_t count, fen;             /* of what is not taken out */
        int64_t sent, sent_fen, confirmed, returned;
        Str publish_from, publish_to;   /* days; empty: not published */
        int64_t open_objections;
        PayStep *steps;                 /* pay_get only */
        size_t step_count;
} PayBatch;

typedef struct PayItem {
        int64_t id, batch;
        PayItemState state;
        Str policy, key, firm, name, unit, note;
        int64_t fen, back_fen;          /* claimed back so far */
} PayItem;

typedef struct PayObjection {
        int64_t id, batch, item;
        Str by, text, at, answer, answered_by;
        bool open, upheld;
} PayObjection;

/* Who does it, and what he says. */
typedef struct PayDo {
        Store *store;
        const Pack *pack;
        Str actor, on_behalf, reason;
        Diag *diag;
} PayDo;

Status pay_tables(StoreTx *tx) FALLIBLE;

/* A batch of what the run says is to be paid by these policies (none: all).  ST_EXISTS: something of it is claimed
 * already, named in the Diag; nothing is made then unless skip_claimed, which leaves those out. */
Status pay_make(const PayDo *by, int64_t run_id, const Str *policies, size_t n, Str title, bool skip_claimed,
                int64_t *ret_id) FALLIBLE;
/* Lowers an item's amount, or takes it out (fen 0).  More than the run gave is ST_INVALID. */
Status pay_edit(const PayDo *by, int64_t batch, int64_t id, int64_t fen) FALLIBLE;
Status pay_review(const PayDo *by, int64_t batch) FALLIBLE;
Status pay_approve(const PayDo *by, int64_t batch) FALLIBLE;
Status pay_publish(const PayDo *by, int64_t batch) FALLIBLE;
Status pay_cancel(const PayDo *by, int64_t batch) FALLIBLE;
Status pay_object(const PayDo *by, int64_t batch, int64_t id, Str who, int64_t *ret_id) FALLIBLE;
Status pay_answer(const PayDo *by, int64_t objection, bool upheld) FALLIBLE;
/* Pays what is not paid yet.  ST_CONFLICT when a fund has too little: what was paid before stays paid. */
Status pay_send(const PayDo *by, int64_t batch, int64_t *ret_sent) FALLIBLE;
/* What the bank says of one payment: it arrived, or it came back (its money is in the fund again, and it is paid
 * again by the next pay_send). */
Status pay_settle(const PayDo *by, int64_t id, bool arrived) FALLIBLE;

Status pay_list(StoreTx *tx, Arena *a, PayBatch **ret, size_t *ret_count) FALLIBLE;
Status pay_get(StoreTx *tx, int64_t id, Arena *a, PayBatch *ret) FALLIBLE;
Status pay_items(StoreTx *tx, int64_t batch, const PackUnit *within, const Pack *pack, int64_t offset, int64_t limit,
                 Arena *a, PayItem **ret, size_t *ret_count, int64_t *ret_total) FALLIBLE;
Status pay_objections(StoreTx *tx, int64_t batch, Arena *a, PayObjection **ret, size_t *ret_count) FALLIBLE;

/* What was paid (and not claimed back) under a policy and those it supersedes in other years, by firm: the number in
 * the map is fen, as a pointer. */
Status pay_before(StoreTx *tx, const PackPolicy *p, int64_t year, Arena *a, Map *ret) FALLIBLE;

/* ---- the ledger ---- */

/* Money of a level made available: unit's code, where it comes from ("本级财政"). */
Status ledger_fund(const PayDo *by, Str unit, Str source, int64_t fen) FALLIBLE;

typedef struct LedgerAccount {
        Str account;
        int64_t debit, credit;
} LedgerAccount;
Status ledger_accounts(StoreTx *tx, Arena *a, LedgerAccount **ret, size_t *ret_count) FALLIBLE;

typedef struct LedgerLine {
        int64_t entry, item;
        Str kind, account, at, actor, note;
        int64_t debit, credit;
} LedgerLine;
/* Newest entries first; account none: all. */
Status ledger_lines(StoreTx *tx, Str account, int64_t offset, int64_t limit, Arena *a, LedgerLine **ret,
                    size_t *ret_count, int64_t *ret_total) FALLIBLE;

/* ---- clawback ---- */

/* A condition that did not hold in one of the years it was to be kept. */
typedef struct PayDue {
        PayItem item;
        int64_t paid_year, broken_year;
        Str condition;                  /* words, in the Diag's language */
        int64_t fen;                    /* to be claimed back */
        bool unknown;                   /* nobody knows whether it held: nothing is claimed */
} PayDue;
Status pay_due_back(StoreTx *tx, const Pack *pack, int32_t year, Arena *a, Diag *diag, PayDue **ret,
                    size_t *ret_count) FALLIBLE;
/* Claims back: the whole is never more than what was paid. */
Status pay_claim_back(const PayDo *by, int64_t id, int64_t fen) FALLIBLE;
/* It came in: into the fund it was paid from. */
Status pay_came_back(const PayDo *by, int64_t id, int64_t fen) FALLIBLE;

#endif
