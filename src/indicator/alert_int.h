/* alert_int.h -- private to the room: cases at rest, and what a rule says of a period.
 *
 *   alert_case    id: whose, by which rule, state, level, first and last period
 *   alert_entry   (id, seq): what happened, with the figures it was made of as JSON */
#ifndef KC_INDICATOR_ALERT_INT_H
#define KC_INDICATOR_ALERT_INT_H

#include "indicator/alert.h"
#include "indicator/indicator_int.h"

enum { ALERT_POINTS_SCALE = 4, ALERT_TEXT_MAX = 4000 };

/* What a rule sees of one unit at a period. */
typedef struct AlertView {
        const PackUnit *unit;
        const PackIndicator *indicator;
        const PackAlert *rule;
        const PackLights *lights;
        const PackLadder *ladder;
        int64_t line;
        Str title;
        int64_t periods, clear, missed, yellows, reds;
        TargetLight light;
        AlertFigure *figures;           /* the streak, or the year's lights */
        size_t figure_count;
} AlertView;

/* Everything the rules with a ladder see at the period: every ranked unit, every line of every letter. */
Status alert_views(IndicatorBook *b, TargetYear *y, Period period, Arena *a, AlertView **ret,
                   size_t *ret_count) FALLIBLE;
/* The highest step that holds, 0 for none; and whether the reset holds. */
Status alert_level(FeelExec *x, const AlertView *v, Period period, int64_t level, int64_t held, int64_t *ret_level,
                   bool *ret_reset) FALLIBLE;

/* At rest. */
Status alert_new_case(StoreTx *tx, AlertCase *c) FALLIBLE;
Status alert_put_entry(StoreTx *tx, AlertCase *c, AlertEntry *e, Str on_behalf, Arena *a) FALLIBLE;

#endif
