/* import_int.h -- the stages of an import: sheet (header to fields), cell (text to values), packed (the
 * values of a row in few bytes), keys, check (places, references, rules), known (what the register
 * remembers), write (states and events), errors (the workbook back).
 *
 * A file may have two million rows, so their values are kept packed and unpacked for some thousand rows
 * at a time: between import_open and import_close a row has `values` and, when the register knows it,
 * `existing`.  Rows are taken in the order of import_row: that of the file, or, where a rule looks at
 * its siblings, those of one owner together, so that they always stand in one chunk. */
#ifndef KC_REGISTER_IMPORT_INT_H
#define KC_REGISTER_IMPORT_INT_H

#include "codec/sheet.h"
#include "base/map.h"
#include "register/register_int.h"
#include "register/spill.h"
#include "store/sm3.h"

enum { IMPORT_ROWS_MAX = 2000000, IMPORT_COLUMNS_MAX = 1000, IMPORT_CHUNK = 2000, IN_CHUNK = 200 };

typedef enum RowState {
        ROW_GOOD,
        ROW_REFUSED,
        ROW_HELD,
        ROW_MERGED /* a later row of the same key says it all */
} RowState;

typedef struct ImportRow {
        uint32_t number;
        uint8_t state;                  /* RowState */
        bool changed;                   /* differs from what is there */
        bool touched;                   /* values differ from what is packed */
        uint32_t packed_len;
        uint64_t packed_at;             /* in im->packed */
        RegisterValue *values;          /* by field index; what the sheet does not give is taken from `existing` */
        Str key;
        Str unit;                       /* code; none: nowhere */
        const RegisterRecord *existing; /* NULL: new.  Of a changed row it is kept, without its values */
        const char *explanation;        /* the row's own answer to the soft checks; NULL */
        bool revived;                   /* was deleted, and comes back: existing is its last state */
} ImportRow;

/* What a figure that names no measure of its own is multiplied by, and what spares plain digits the decimals. */
typedef struct ImportMeasure {
        Dec factor;
        bool plain;                     /* the factor is a power of ten, and the bounds are values of the field: */
        int scale;                      /* digits times 10^scale are the value */
        int64_t low, high;              /* of the values */
} ImportMeasure;

/* Everything of one import; made on the stack of register_import. */
typedef struct Import {
        const Pack *pack;
        const PackRegister *reg;
        const RegisterImport *in;
        Arena *arena;                   /* of the outcome */
        Arena *work;                    /* of this import */
        Diag *diag;
        FeelExec *exec;
        StoreTx *tx;
        SheetBook *book;
        size_t sheet;
        uint32_t header_row;
        RegisterOutcome *out;
        size_t problem_cap;
        const RegisterProblem **by_row; /* the problems by row, when writing begins */
        ImportMeasure *measures;        /* by column */
        bool *given;                    /* by field index: the sheet or an option gives it */
        ImportRow *rows;                /* on the heap */
        size_t row_count, row_cap;
        Map *said;                      /* by field index, of unique fields: value -> who in the file says it */
        bool *dated;                    /* by field index: it is given, and its codes or units have days */
        const FeelProgram **rules;      /* their programs */
        uint32_t *order;                /* NULL: as they stand */
        size_t from, to;                /* the open chunk */
        Arena *chunk;                   /* of the open chunk */
        Spill packed;                   /* the values of all rows */
        Buf packing;
        Map *aliases;                   /* by field index: merged key -> what answers for it */
        Map gone;                       /* key -> Gone */
        Sm3 *digest;                    /* of all changes in order */
        Buf changes;                    /* the first of them as JSON */
        Buf change;                     /* the one at hand */
        const Str *quoted;              /* by field index: its name as a key of JSON; NULL: not yet */
        int64_t written;
        char file_hash[SM3_HEX];
} Import;

/* Records a problem; REGISTER_ERROR refuses the row, REGISTER_EXPLAIN holds it unless there is an explanation. */
Status import_problem(Import *im, ImportRow *row, RegisterProblemLevel level, uint32_t row_number,
                      const RegisterColumn *column, const PackField *field, Str found, const char *zh, const char *en,
                      ...) __attribute__((format(printf, 8, 10), format(printf, 9, 10))) FALLIBLE;
/* The first day the written states are valid. */
Date import_day(const Import *im);
const RegisterColumn *import_column_of(const Import *im, const PackField *field);

/* sheet.c: chooses the sheet, finds the header, maps its columns. */
Status import_read_header(Import *im) FALLIBLE;
/* sheet.c: every row below the header to im->rows. */
Status import_read_rows(Import *im) FALLIBLE;

/* packed.c */
/* The row's values to im->packed. */
Status import_pack(Import *im, ImportRow *r) FALLIBLE;
static inline ImportRow *import_row(const Import *im, size_t i) { return &im->rows[im->order ? im->order[i] : i]; }
/* packed.c: the values of the next rows from `from` on; im->from and im->to say which.  With an order, all rows of
 * an owner. */
Status import_open(Import *im, size_t from) FALLIBLE;
/* packed.c: packs what was touched, gives back what the chunk held. */
Status import_close(Import *im) FALLIBLE;
/* packed.c: the values of one row into the chunk's arena. */
Status import_values(Import *im, const ImportRow *r, RegisterValue **ret) FALLIBLE;

/* keys.c: keys of all rows, doubles, and the order of siblings. */
Status import_keys(Import *im, bool siblings) FALLIBLE;
/* check.c: places, references, what is there already, rules; the digest of what changes. */
Status import_check(Import *im) FALLIBLE;
/* write.c: one more change into the digest. */
Status import_digest(Import *im, const ImportRow *r) FALLIBLE;
/* known.c: what is remembered of merged and deleted keys. */
Status import_remember(Import *im) FALLIBLE;
void import_forget(Import *im);
/* known.c: keys that were merged are read as those that answer for them; of the open chunk. */
Status import_resolve(Import *im) FALLIBLE;
/* known.c: rows whose key was deleted come back only with an explanation; of the open chunk. */
Status import_known(Import *im) FALLIBLE;
/* known.c: a state cannot begin before the one it follows. */
Status import_in_order(Import *im, ImportRow *r) FALLIBLE;
/* known.c: a state that may not follow the one before. */
Status import_stage(Import *im, ImportRow *r) FALLIBLE;
/* unique.c: what rows of the open chunk newly say in fields of which no two records may say the same. */
Status import_unique_begin(Import *im) FALLIBLE;
Status import_unique(Import *im) FALLIBLE;
void import_unique_end(Import *im);
/* dated.c: which fields' codes or units begin or end some day; and a row that newly says one of them outside its
 * days. */
Status import_find_dated(Import *im) FALLIBLE;
Status import_dated(Import *im, ImportRow *r) FALLIBLE;
/* check.c: what the sheet does not give is as it was. */
void import_take_over(Import *im, ImportRow *r);
/* write.c: the good rows, the held rows, the event. */
Status import_write(Import *im) FALLIBLE;
/* errors.c: the rows with problems, marked, to in->errors_out. */
Status import_write_errors(Import *im) FALLIBLE;

typedef struct ImportCell {
        RegisterCellState state;
        RegisterValue value;
        Str why;                        /* BAD */
        Str note;                       /* GOOD, and something was rounded or cleaned */
        Str explain;                    /* GOOD, but it may only be kept with an explanation */
} ImportCell;

/* cell.c: how the figures of a column are read; from_unit: measure of the header, may be empty. */
void import_measure(const PackField *field, Str from_unit, ImportMeasure *ret);
/* cell.c: a cell to a value of the field.  What is bad about a cell is part of the answer: ST_NOMEM alone is a
 * failure. */
Status import_cell(const Pack *pack, const PackField *field, const SheetCell *cell, const ImportMeasure *measure,
                   Lang lang, Arena *a, ImportCell *ret) FALLIBLE;

#endif
