/* gone.h -- private to the room: records that are no more, and keys that became another's.
 *
 * `record_gone` has a row for every record that was deleted or merged away: its
 * number, its key, the day, the event, who and why.  Its states are all in the
 * history, so that a past day is answered as it was.  `record_alias` says which key
 * answers for a key that was merged. */
#ifndef KC_REGISTER_GONE_H
#define KC_REGISTER_GONE_H

#include "register/register_int.h"

typedef struct Gone {
        int64_t id, event;
        Str key, label, unit, actor, at, reason, survivor;      /* survivor none: deleted */
        Date day;
} Gone;

Status gone_add(StoreTx *tx, const PackRegister *reg, const Gone *g) FALLIBLE;
Status gone_forget(StoreTx *tx, const PackRegister *reg, int64_t id) FALLIBLE;
/* The latest deletion of a key; ST_NOT_FOUND. */
Status gone_get(StoreTx *tx, const PackRegister *reg, Str key, Arena *a, Gone *ret) FALLIBLE;
/* All of a register by key, for an import: Str -> Gone* (merged ones are left out). */
Status gone_load(StoreTx *tx, const PackRegister *reg, Arena *a, Map *ret) FALLIBLE;
/* The state a record had when it went. */
Status gone_state(StoreTx *tx, const Pack *pack, const PackRegister *reg, int64_t id, Arena *a,
                  RegisterRecord *ret) FALLIBLE;

Status alias_add(StoreTx *tx, const PackRegister *reg, Str key, Str survivor, int64_t event) FALLIBLE;
/* Key -> Str* of the key that answers for it, chains followed. */
Status alias_load(StoreTx *tx, const PackRegister *reg, Arena *a, Map *ret) FALLIBLE;

/* unmerge.c: takes the merge back that made `gone` go: in the transaction, all of it or an error. */
Status register_unmerge(StoreTx *tx, const Pack *pack, const PackRegister *reg, const Gone *gone,
                        const RegisterChange *by, Date day, Arena *a, Diag *diag, RegisterChanged *done) FALLIBLE;

/* The label of a record: its label field as people read it, else its key. */
Status register_label(const Pack *pack, const PackRegister *reg, const RegisterRecord *rec, Arena *a,
                      Str *ret) FALLIBLE;
/* Present records whose column has the value; column: k_owner or a field's. */
Status register_where(StoreTx *tx, const Pack *pack, const PackRegister *reg, const char *column, Str value, Arena *a,
                      RegisterRecord **ret, size_t *ret_count) FALLIBLE;

#endif
