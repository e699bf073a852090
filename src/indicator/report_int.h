/* report_int.h -- private to the room: a report on its way from cells to figures.
 *
 * report_read.c finds the header and reads rows, report_check.c says what is wrong or
 * wants explaining, report.c compares with what is there and writes. */
#ifndef KC_INDICATOR_REPORT_INT_H
#define KC_INDICATOR_REPORT_INT_H

#include "codec/sheet.h"
#include "indicator/indicator_int.h"

typedef enum FieldRole {
        FIELD_NONE,
        FIELD_ITEM,     /* figures of an indicator */
        FIELD_UNIT,     /* who reports */
        FIELD_PERIOD,
        FIELD_NAME,     /* a row a figure: which indicator it is of */
        FIELD_VALUE,    /* … the figure */
        FIELD_MEASURE   /* … in what */
} FieldRole;

typedef struct Field {                  /* a column of the sheet */
        FieldRole role;
        const PackFormItem *item;
        uint32_t col;
        Str header, measure;
} Field;

typedef struct Figure {
        bool given, known;              /* there is a cell; it holds a number */
        bool changed;
        int64_t value, old;
        int64_t version;                /* of what is there; 0: nothing */
        uint32_t row, col;              /* of the cell; 0: none */
        Str raw;
        Str note;                       /* the explanation it came with; none */
        Str kept;                       /* the explanation of the figure that is there; none */
} Figure;

typedef struct Row {
        uint32_t number;
        const PackUnit *unit;           /* who reports; NULL: totals, or nobody known */
        Period period;
        bool totals, refused, held;
        Figure *figures;                /* by form item */
} Row;

/* What is there already: numbers or null, [item][unit index]. */
typedef struct Known {
        Period period;
        FeelValue *now, *previous, *year_ago;
} Known;

typedef struct Report {
        const Pack *pack;
        const PackForm *form;
        const IndicatorReport *in;
        Arena *arena;
        Diag *diag;
        StoreTx *tx;
        RegisterOutcome *out;
        size_t problem_cap;
        Field *fields;
        size_t field_count;
        bool by_figure;                 /* a row a figure */
        uint32_t header_row, unit_col;
        Row *rows;
        size_t row_count, row_cap;
        Map by_key;                     /* unit and period -> number of the row, from 1 */
        Known *known;                   /* by period */
        size_t known_count, known_cap;
        Str *strangers;                 /* names that are none of the form's indicators */
        size_t stranger_count, stranger_cap;
} Report;

/* The word of the totals in a problem's row is the row's number; item may be NULL. */
Status report_problem(Report *r, Row *row, RegisterProblemLevel level, const PackFormItem *item, Str found,
                      const char *zh, const char *en, ...)
        __attribute__((format(printf, 6, 8), format(printf, 7, 8))) FALLIBLE;
/* Fills rows from in->bytes or in->cells. */
Status report_read(Report *r) FALLIBLE;
Status report_check(Report *r) FALLIBLE;
/* The number the row will leave, or null. */
FeelValue report_figure(const Report *r, const Row *row, size_t item, const Known *known);

#endif
