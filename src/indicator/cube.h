/* cube.h -- private to the room: figures as columns, one for an indicator and a period.
 *
 * A column has one figure a unit in dense arrays: integers scaled by the indicator's
 * scale, or quotients of two integers (a formula that divides, not carried out until
 * somebody looks), or decimal128 where 64 bits do not hold the numbers; and a mask of the
 * units whose figure is UNKNOWN.  Whose names those lack is found out only when asked.
 *
 *   reported   read from indicator_year a year at a time, then rolled up (roll.c)
 *   longer     a year or quarter of monthly figures: added up, or the last one's arrays
 *   formula    the batch executor of FEEL over the columns of its parts
 *   derived    what the registers say
 *
 * A column never changes once it is made.  A cube holds the newest of them at one number of
 * the event chain; a book of the same number takes columns from it and pins them, a later
 * one first brings the cube up to its own number: columns of the years that changed are
 * made anew from the old ones with the changed figures in, and what was computed of them is
 * forgotten.  A book that reads an older state of the database, or writes, has a cube of its own. */
#ifndef KC_INDICATOR_CUBE_H
#define KC_INDICATOR_CUBE_H

#include "feel/feel_batch.h"
#include "indicator/indicator_int.h"
#include "indicator/year.h"

typedef enum ColumnRep {
        COLUMN_I64,     /* num * 10^-scale */
        COLUMN_RATIO,   /* num / den * 10^-scale, den > 0 */
        COLUMN_DEC
} ColumnRep;

/* Who stands where among the units that are ranked; rows by rank. */
typedef struct Places {
        size_t count, known;    /* rows; how many of them have a figure: the first ones */
        uint32_t *unit;         /* by row: index of the unit */
        int32_t *rank2;         /* twice the rank; 0 none */
        int32_t *from_last;     /* units strictly worse; -1 not ranked */
        uint8_t *state;         /* IndicatorRankState */
        uint8_t *tied;
        uint32_t *row_of;       /* by unit: its row + 1; 0: not among them */
} Places;

typedef struct Column Column;
struct Column {
        const PackIndicator *indicator;
        Period period;
        int refs;               /* guarded by the cube's lock */
        ColumnRep rep;
        int scale;
        int64_t *num, *den;     /* by unit; 0 and 1 where none */
        Dec *dec;
        uint8_t *none;          /* 1: UNKNOWN */
        size_t none_count;
        uint64_t max, max_den;  /* no |num|, no den is larger */
        bool rolled;            /* of a reported column: its upper units are filled */
        uint8_t *own;           /* of a reported column: upper units with a figure of their own; NULL: none has */
        Arena *arena;           /* of values */
        FeelValue *values;      /* derived: as the registers gave them; NULL */
        IndicatorCube *cube;    /* that made it */
        Column *same;           /* the arrays are that column's; NULL: its own */
        Places *places;         /* NULL until somebody ranks */
        size_t bytes;
};

/* The column in the book's state of the database; lives with the book. */
Status column_get(IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret) FALLIBLE;
/* The number of a unit that has one. */
Dec column_number(const Column *c, size_t unit);

/* ---- making (roll.c, column.c) ---- */

Status column_new(const Pack *pack, const PackIndicator *ind, Period period, ColumnRep rep, Column **ret) FALLIBLE;
/* One reference less. */
void column_drop(Column *c);
/* Counts the UNKNOWN ones and finds the bounds. */
void column_measure(Column *c, size_t units);
/* Fills the upper units of a reported column from the units that report (roll.c).  A roller keeps the tree
 * in dense arrays from one column to the next. */
typedef struct Roller Roller;
Status roller_new(const Pack *pack, Roller **ret) FALLIBLE;
void roller_free(Roller *r);
DEFINE_CLEANUP(Roller *, roller_free)
#define _cleanup_roller_ _cleanup_(roller_freep)
Status column_roll_up(Roller *r, Column *c) FALLIBLE;
/* The sum of columns of one indicator, unit by unit. */
Status column_add_up(const Pack *pack, Column *const *parts, size_t n, Column *ret) FALLIBLE;
/* A series of another indicator's columns, as the definition takes them: the average, the sum, the difference of
 * the first two or their growth.  UNKNOWN where one of them is. */
Status column_series(const Pack *pack, const PackIndicator *ind, Period period, Column *const *parts, size_t n,
                     Column **ret) FALLIBLE;
/* How a form's reports came in (reporting.c): timeliness, completeness. */
Status column_of_form(IndicatorBook *b, Roller *r, const PackIndicator *ind, Period period, Column **ret) FALLIBLE;
/* The mean of what is known among the units of a kind, for all above them. */
Status column_mean_up(Roller *r, const PackUnitKind *kind, Column *c) FALLIBLE;
/* (now - then) / then by unit, in hundredths of a percent, rounded half away from zero; none where either is UNKNOWN
 * or there is nothing above zero to grow from. */
void column_growth(const Column *now, const Column *then, size_t units, int64_t *ret, uint8_t *none);
/* All numbers as decimals, for what 64 bits do not hold. */
Status column_to_dec(const Pack *pack, Column *c) FALLIBLE;

Status places_make(const Pack *pack, const Column *c, Places **ret) FALLIBLE;
void places_free(Places *p);
/* Places of the units ranked at the column's period (places.c); live as long as the column. */
Status column_places(IndicatorBook *b, Column *c, const Places **ret) FALLIBLE;

#endif
