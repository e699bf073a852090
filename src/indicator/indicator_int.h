/* indicator_int.h -- private to the room: the book and its tables.
 *
 *   indicator_value   (indicator, unit, period): the present figure, scaled, with its version and cell
 *   indicator_past    the same with k = version: every earlier one
 *   indicator_year    (indicator, year, unit): the figures of a year in one row, for reading many (year.c)
 *   form_report       (form, unit, period): state, who and when, explanation */
#ifndef KC_INDICATOR_INDICATOR_INT_H
#define KC_INDICATOR_INDICATOR_INT_H

#include "base/vec.h"
#include "indicator/indicator.h"

typedef struct Figures Figures;
struct Figures {                        /* one indicator, one period, as values */
        const PackIndicator *indicator;
        Period period;
        FeelValue *by_unit;
        Figures *next;
};

VEC_DECLARE(ColumnPins, struct Column *);

struct IndicatorBook {
        StoreTx *tx;
        const Pack *pack;
        Arena *arena;
        FeelExec *exec;
        RegisterCache *cache;
        Figures **first;                /* by indicator index */
        int64_t seq;                    /* of the event chain that the book reads; of a shared cube */
        IndicatorCube *cube;            /* columns come from here; NULL: not asked yet */
        IndicatorCube *shared, *own_cube;
        ColumnPins pins;                /* columns that the book uses */
};

enum { PACK_SERIES_MAX = 120 };
/* The periods of its indicator that a series is made of at a period, the period itself first. */
size_t indicator_series_periods(const PackIndicator *ind, Period period, Period out[PACK_SERIES_MAX]);
/* The cube that the book takes columns from. */
Status indicator_book_cube(IndicatorBook *b, IndicatorCube **ret) FALLIBLE;
void indicator_book_unpin(IndicatorBook *b);

/* "东川区 地区生产总值": what an UNKNOWN figure is called. */
Status indicator_missing_name(const PackUnit *unit, const PackIndicator *ind, Arena *a, Str *ret) FALLIBLE;
/* The kind of unit that reports the indicator; NULL: none does. */
const PackUnitKind *indicator_reporters(const Pack *pack, const PackIndicator *ind);
/* The form an indicator stands on; NULL: none. */
const PackForm *indicator_form_of(const Pack *pack, const PackIndicator *ind);
/* The form whose publication makes an indicator's figure public: its own, or that of the first part of its formula. */
const PackForm *indicator_published_with(const Pack *pack, const PackIndicator *ind);
/* Figures reported for one period of the indicator's own kind, by unit index; null where none. */
Status indicator_reported(IndicatorBook *b, const PackIndicator *ind, Period period, FeelValue *ret) FALLIBLE;

/* The functions of targets, alerts and scores (library_target.c); part of indicator_feel_library. */
Status indicator_target_library(IndicatorBook *b, FeelLibrary *library) FALLIBLE;

#endif
