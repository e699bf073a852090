/* bank_int.h -- private to the room: what the list and the answer share. */
#ifndef KC_POLICY_BANK_INT_H
#define KC_POLICY_BANK_INT_H

#include "policy/bank.h"
#include "policy/pay_int.h"

/* The reference of an item's last attempt at being paid. */
Status bank_reference(StoreTx *tx, const PayItem *item, Arena *a, Str *ret) FALLIBLE;
/* What the bank says of an item on its way, within the call: ledger, state, batch, event. */
Status pay_settle_in(PayCall *c, const PayItem *item, bool arrived, Str note) FALLIBLE;

#endif
