/* import_int.h -- the stages of an import: sheet (header to fields), cell (text to values),
 * rows (keys, places, references, rules), write (states and events), errors (the workbook back). */
#ifndef KC_REGISTER_IMPORT_INT_H
#define KC_REGISTER_IMPORT_INT_H

#include "codec/sheet.h"
#include "register/register_int.h"

enum { IMPORT_ROWS_MAX = 2000000, IMPORT_COLUMNS_MAX = 1000, IN_CHUNK = 200 };

typedef enum RowState { ROW_GOOD, ROW_REFUSED, ROW_HELD, ROW_MERGED /* a later row of the same key says it all */ } RowState;

typedef struct ImportRow {
        uint32_t number;
        uint8_t state;                  /* RowState */
        bool changed;                   /* differs from what is there */
        RegisterValue *values;          /* by field index; what the sheet does not give is taken from `existing` */
        Str key;
        Str unit;                       /* code; none: nowhere */
        const RegisterRecord *existing; /* NULL: new */
        Str explanation;                /* the row's own answer to the soft checks */
        bool revived;                   /* was deleted, and comes back: existing is its last state */
} ImportRow;

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
        bool *given;                    /* by field index: the sheet or an option gives it */
        ImportRow *rows;
        size_t row_count, row_cap;
        const char *file_hash;          /* SM3, hexadecimal */
} Import;

/* Records a problem; REGISTER_ERROR refuses the row, REGISTER_EXPLAIN holds it unless there is an explanation. */
Status import_problem(Import *im, ImportRow *row, RegisterProblemLevel level, uint32_t row_number,
                      const RegisterColumn *column, const PackField *field, Str found, const char *zh, const char *en, ...)
        __attribute__((format(printf, 8, 10), format(printf, 9, 10))) FALLIBLE;
/* The first day the written states are valid. */
Date import_day(const Import *im);
const RegisterColumn *import_column_of(const Import *im, const PackField *field);

/* sheet.c: chooses the sheet, finds the header, maps its columns. */
Status import_read_header(Import *im) FALLIBLE;
/* sheet.c: every row below the header to im->rows. */
Status import_read_rows(Import *im) FALLIBLE;
/* check.c: keys, doubles, places, references, what is there already, rules. */
Status import_check(Import *im) FALLIBLE;
/* known.c: keys that were merged are read as those that answer for them. */
Status import_resolve(Import *im) FALLIBLE;
/* known.c: rows whose key was deleted come back only with an explanation. */
Status import_known(Import *im) FALLIBLE;
/* known.c: a state cannot begin before the one it follows. */
Status import_in_order(Import *im, ImportRow *r) FALLIBLE;
/* check.c: what the sheet does not give is as it was. */
void import_take_over(Import *im, ImportRow *r);
/* write.c: the good rows, the held rows, the event. */
Status import_write(Import *im) FALLIBLE;
/* errors.c: the rows with problems, marked, to in->errors_out. */
Status import_write_errors(Import *im) FALLIBLE;

/* cell.c: a cell to a value of the field.  from_unit: measure of the header, may be empty.
 * BAD: *ret_why; GOOD with *ret_note when something was rounded or cleaned; *ret_explain when
 * the value may only be kept with an explanation. */
RegisterCellState import_cell(const Pack *pack, const PackField *field, const SheetCell *cell, Str from_unit, Lang lang,
                              Arena *a, RegisterValue *ret, Str *ret_why, Str *ret_note, Str *ret_explain);

#endif
