/* columns.h -- the columns of registers that filters and orders ask for, kept between calls.
 *
 * A page of a filtered register needs one pass over a column or two of the whole
 * register, and its order; both are read once and kept, so that a page of a
 * million records takes milliseconds.  What is kept is that of one event: whoever
 * asks first looks for a later one, and puts the records that changed in their places
 * (columns_patch.c); many at once, or a definition that changed, and it is read anew.  A transaction that began before what is kept was read, and a
 * condition over more than stored fields, go the long way (register_list says so
 * by nothing but time).
 *
 * Belongs to a server (api/), shared by its threads; bounded by max_bytes, beyond
 * which the registers that nobody is reading are let go.
 */
#ifndef KC_REGISTER_COLUMNS_H
#define KC_REGISTER_COLUMNS_H

#include "register/register.h"

RegisterColumns *register_columns_new(size_t max_bytes) __attribute__((warn_unused_result));
/* Nobody may be using it. */
void register_columns_free(RegisterColumns *c);
DEFINE_CLEANUP(RegisterColumns *, register_columns_free)
/* The pack changed: everything is forgotten (by those who still use it, when they are done). */
void register_columns_clear(RegisterColumns *c);
/* Bytes held, for tests and for health. */
size_t register_columns_bytes(RegisterColumns *c);

/* The numbers (k_id) of the page's records in order, and how many fit in all.  where NULL: all of them.
 * ST_UNSUPPORTED: the long way must be taken (nothing in the Diag). */
Status register_columns_page(RegisterColumns *c, StoreTx *tx, const Pack *pack, const PackRegister *reg,
                             const RegisterQuery *q, const FeelProgram *where, Arena *a, Diag *diag,
                             int64_t **ret_ids, size_t *ret_count, int64_t *ret_total) FALLIBLE;

#endif
