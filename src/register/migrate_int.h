/* migrate_int.h -- private to the room: the registers of a database on their way to another pack.
 *
 * migrate.c replays the steps of the migrations over the old pack's registers (names, what is dropped, which
 * expressions make which value) and finds what is not stated; migrate_do.c renames tables and columns and
 * computes the values. */
#ifndef KC_REGISTER_MIGRATE_INT_H
#define KC_REGISTER_MIGRATE_INT_H

#include "register/register_int.h"

typedef struct MovedField {
        const PackField *was;           /* NULL: made by `fill` */
        Str name;                       /* as it is called at this point */
        bool changed, dropped;
        const PackField *now;           /* NULL: it is no more, or computed */
        char column[REGISTER_NAME_MAX]; /* where its old values stand */
} MovedField;

/* An expression of a step over the fields as they were then. */
typedef struct MoveOp {
        const PackMigrateStep *step;
        size_t field;                   /* index in MovedRegister.fields */
        FeelProgram *program;           /* NULL: the value as it is, or by codes */
        size_t *slots;                  /* slot -> index in fields */
        size_t slot_count;
        RegisterMigrated *report;
} MoveOp;

typedef struct MovedRegister {
        const PackRegister *was, *now;  /* now NULL: dropped */
        Str name;
        bool dropped, renamed;
        bool other_key;                 /* its key, parent or period is another one, which is told */
        MovedField *fields;             /* those of `was` by index, then the filled ones */
        size_t count, cap;
        MoveOp *ops;
        size_t op_count, op_cap;
        char table[2][REGISTER_NAME_MAX];       /* present and earlier, as they are called in the end */
} MovedRegister;

typedef struct Migrate {
        StoreTx *tx;
        const Pack *old, *new;
        Arena *arena;
        Diag *diag;
        bool failed;
        MovedRegister *regs;            /* by index of old->registers */
        RegisterMigrated *report;
        size_t report_count, report_cap;
} Migrate;

/* migrate_view.c: saved views by the fields' new names; a note for each that names a field which is no more. */
Status migrate_views(Migrate *m, const MovedRegister *r) FALLIBLE;

static inline bool moved_stored(const MovedField *f) { return f->was && register_stored(f->was); }

/* Before register_tables: what is renamed, changed or dropped gets out of the way. */
Status migrate_names(Migrate *m) FALLIBLE;
/* After register_tables: values, order, places, full text, and what other tables say of registers and fields. */
Status migrate_values(Migrate *m) FALLIBLE;
/* migrate_tight.c: what a definition asks now and did not before is told with the number of records that do not answer
 * it; they stay as they are. */
Status migrate_tightened(Migrate *m) FALLIBLE;

/* The known values of a field in a table, each once, and how many rows have it. */
Status migrate_known(Migrate *m, const char *table, const PackField *f, StoreStmt **ret) FALLIBLE;

#endif
