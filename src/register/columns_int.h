/* columns_int.h -- private to columns*.c: a register that is kept.
 *
 * Rows stand in the order of k_id, in which a table is read fastest; an order of the list is a permutation of the rows
 * that are there, sorted by the ORDER BY of the list itself.  columns.c decides who is kept and cuts pages,
 * columns_read.c reads what a page asks for, columns_patch.c brings what is kept up to a later event.
 *
 * A record that goes leaves its row behind (its number cannot be found in an order any more), a new one stands at the
 * end, where `spare` rows have room. */
#ifndef KC_REGISTER_COLUMNS_INT_H
#define KC_REGISTER_COLUMNS_INT_H

#include "register/columns.h"
#include "register/register_int.h"

enum { KEPT_ORDERS = 8, KEPT_FOUND = 8, KEPT_COLUMNS = 63, KEPT_SCAN_ROWS = 4096, KEPT_SQL_MAX = 256 << 10 };
/* So many changed records are put in place in all; more, and the register is read anew. */
enum { KEPT_SPARE = 8192 };
/* A code list's column holds few texts many times: each is looked for here before it is kept again. */
enum { KEPT_SAME = 512 };

typedef struct KeptOrder {
        const PackField *sort; /* NULL: by key */
        bool descending;
        uint32_t *rows; /* kept->live of them */
} KeptOrder;

/* Which rows hold the words of a search. */
typedef struct KeptFound {
        char *words;   /* NULL: nothing kept here */
        uint64_t *rows; /* a bit each */
        uint64_t used; /* the one used longest ago makes room */
} KeptFound;

typedef struct Kept {
        const PackRegister *reg;
        int64_t event; /* what stands here is the register at that event, and nothing changed up to it */
        size_t users;
        size_t rows, live, bytes; /* live: rows that are records still */
        size_t spare;             /* rows that may be added */
        size_t patched;           /* records put in place so far */
        uint64_t *gone;           /* a bit a row: nobody's any more */
        int64_t *id;
        uint32_t *unit;      /* index in pack->units + 1; 0: nowhere, or a unit the pack does not have */
        FeelColumn *columns; /* by field index; any NULL: not read yet */
        Arena *texts;
        Str same[KEPT_SAME]; /* by their hash, for kept_fill */
        KeptOrder orders[KEPT_ORDERS];
        size_t order_count;
        KeptFound found[KEPT_FOUND];
        uint64_t searches;
} Kept;

/* One column's arrays while it is being read. */
typedef struct KeptFilling {
        const PackField *field;
        FeelColumn column;
        void *data;
        uint8_t *null;
} KeptFilling;

/* columns_read.c: the register's rows and places; ST_UNSUPPORTED: too many. */
Status kept_new(StoreTx *tx, const Pack *pack, const PackRegister *reg, int64_t event, Kept **ret) FALLIBLE;
void kept_free(Kept *k);
DEFINE_CLEANUP(Kept *, kept_free)
#define _cleanup_kept_ _cleanup_(kept_freep)
/* Reads the columns that the condition uses and that are not there yet. */
Status kept_columns(Kept *k, StoreTx *tx, const FeelProgram *where) FALLIBLE;
Status kept_order(Kept *k, StoreTx *tx, const RegisterQuery *q, Diag *diag, const uint32_t **ret) FALLIBLE;
/* The rows that hold the words, for the caller to keep. */
Status kept_found(Kept *k, StoreTx *tx, Str words, uint64_t **ret) FALLIBLE;
/* Row of a record's number, or SIZE_MAX. */
size_t kept_row(const Kept *k, int64_t id);
uint32_t kept_unit(const Pack *pack, Str code);
/* Puts values of a table's column from row `at` on. */
Status kept_fill(Kept *k, KeptFilling *f, const StoreVector *v, size_t from, size_t rows, size_t at) FALLIBLE;

/* columns_patch.c: the records that changed since k->event are put in place, in the columns, orders and words that are
 * kept.  Nobody may be reading k.  *ret_done false: not to be done, too much changed; after it, and after an error, k
 * is neither the one state nor the other and must go. */
Status kept_patch(Kept *k, StoreTx *tx, const Pack *pack, Diag *diag, bool *ret_done) FALLIBLE;

#endif
