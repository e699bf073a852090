/* pay_int.h -- private to the room: what the files of payments share. */
#ifndef KC_POLICY_PAY_INT_H
#define KC_POLICY_PAY_INT_H

#include "policy/pay.h"
#include "policy/policy_int.h"
#include "store/event.h"

typedef struct PayCall {
        const PayDo *by;
        StoreTx *tx;
        Arena *arena;
        char at[40];
} PayCall;

/* One step, one transaction: what is not committed is rolled back. */
Status pay_begin(PayCall *c, const PayDo *by) FALLIBLE;
void pay_end(PayCall *c);
#define _cleanup_call_ _cleanup_(pay_end)

/* An event of the payments; payload: a JSON object, or none. */
Status pay_event(PayCall *c, const char *op, const char *subject, int64_t id, Str payload, int64_t *ret) FALLIBLE;
PayState pay_state_of(Str name);
PayItemState pay_item_state_of(Str name);
/* The register of the firms that a policy's records belong to. */
const PackRegister *pay_firm_register(const PackPolicy *p);
Status pay_item_get(StoreTx *tx, int64_t id, Arena *a, PayItem *ret) FALLIBLE;
/* ST_FORBIDDEN-like refusals: has the actor done one of these steps (and it counts still)? */
Status pay_apart(PayCall *c, int64_t batch, const char *const *steps, const char *doing_zh,
                 const char *doing_en) FALLIBLE;
Status pay_step_add(PayCall *c, int64_t batch, const char *step) FALLIBLE;

/* ---- claim.c: nothing twice ---- */

/* The oldest policy of the chain that p ends: one name for a policy and those it superseded. */
Str pay_family(const PackPolicy *p);

typedef struct PayClaims {
        Map held;       /* "policy|family|record", "group|name|firm", "record|name|record": the family that holds it */
        Map merged;     /* records that were merged into others */
        int64_t year;
} PayClaims;
Status pay_claims(PayCall *c, int64_t year, PayClaims *ret) FALLIBLE;
void pay_claims_release(PayClaims *claims);
/* The key a record has today. */
Str pay_survivor(const PayClaims *claims, Str key);
/* Who has it already?  *ret none: nobody. */
Status pay_claimed(PayCall *c, const PayClaims *claims, const PackPolicy *p, Str record, Str firm, Str *ret) FALLIBLE;
Status pay_claim(PayCall *c, PayClaims *claims, const PackPolicy *p, int64_t year, int64_t item, Str record,
                 Str firm) FALLIBLE;
Status pay_claim_drop(PayCall *c, int64_t item) FALLIBLE;

/* ---- limit.c: caps, sets and budgets over all batches ---- */

/* A run knows no other run's batches: what they list counts when a batch is made. */
typedef struct PayLimit {
        int64_t fen;            /* at most, a firm */
        Map listed;             /* firm -> fen */
        bool years;             /* over all years */
        bool set;               /* of a set of policies */
} PayLimit;
enum { PAY_LIMITS_MAX = 12 };
typedef struct PayLimits {
        PayLimit each[PAY_LIMITS_MAX];
        size_t count;
        int64_t round_fen;
        bool has_budget;
        int64_t budget_fen, budget_listed;
} PayLimits;
Status pay_limits(PayCall *c, const PolicyWork *w, const PolicyTable *t, const PayClaims *claims,
                  PayLimits *ret) FALLIBLE;
void pay_limits_release(PayLimits *limits);
/* What of the amount is left under the caps, and the words for what took the rest (empty: nothing). */
Status pay_limit(PayCall *c, const PayLimits *limits, const PayClaims *claims, Str firm, int64_t fen, int64_t *ret_fen,
                 Str *ret_note) FALLIBLE;
Status pay_limit_took(PayLimits *limits, const PayClaims *claims, Str firm, int64_t fen) FALLIBLE;
/* ST_CONFLICT in words: more than the budget leaves. */
Status pay_limit_budget(PayCall *c, const PayLimits *limits, const PackPolicy *p, int64_t fen) FALLIBLE;

/* One side of an entry. */
typedef struct LedgerSide {
        Str account;
        int64_t debit, credit;
} LedgerSide;
/* ST_INTERNAL when the sides do not balance. */
Status ledger_entry(PayCall *c, const char *kind, int64_t item, const LedgerSide *sides, size_t n) FALLIBLE;
/* The parts of an amount by the levels that share it: units' codes and fen. */
typedef struct LedgerPart {
        Str unit;
        int64_t fen;
} LedgerPart;
enum { LEDGER_PARTS_MAX = 21 };
Status ledger_parts(const Pack *pack, const PackPolicy *policy, Str unit, int64_t fen, LedgerPart *ret,
                    size_t *ret_count) FALLIBLE;
/* Grants (or with a negative amount takes back) what is to be paid. */
Status ledger_grant(PayCall *c, const PayItem *item, int64_t fen) FALLIBLE;
/* Pays out of the funds of each level; ST_CONFLICT: too little there. */
Status ledger_pay(PayCall *c, const PayItem *item) FALLIBLE;
/* The last payment of the item turned round. */
Status ledger_return(PayCall *c, const PayItem *item) FALLIBLE;

#endif
