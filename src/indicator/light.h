/* light.h -- progress of targets against the year gone by, as a series of traffic lights.
 *
 * For every period of the year up to the one asked for a line of a letter has a
 * figure, the share of the target reached, the share that may be expected by then, and
 * a light by the rules of its `lights` (docs/pack.md).  The letter in force at the end
 * of each period is the one that counts: an amendment changes the lights after it, not
 * those before.  A figure that was first reported after its due day never gives green.
 *
 *     _cleanup_target_year_ TargetYear *y = target_year_new(book, pack, 2023);
 *     TRY(target_year_load(y, &letters, &n));
 *     TRY(target_series(y, &letters[0], &letters[0].lines[0], june, arena, &series, &count));
 *
 * A TargetYear belongs to one read transaction, keeps what it has read, and gives the
 * figures of the other units with the same target, which methods of scoring compare with.
 */
#ifndef KC_INDICATOR_LIGHT_H
#define KC_INDICATOR_LIGHT_H

#include "indicator/target.h"

typedef enum TargetLight { LIGHT_UNKNOWN, LIGHT_GREEN, LIGHT_YELLOW, LIGHT_RED } TargetLight;
/* "unknown", "green", "yellow", "red" */
const char *target_light_name(TargetLight l);

typedef struct TargetProgress {
        Period period;
        const TargetLine *line;         /* as it was in force then */
        FeelValue actual;               /* by the line's measure; number or UNKNOWN */
        FeelValue base;                 /* last year's figure; number or UNKNOWN */
        FeelValue progress;             /* part of the target reached; number or UNKNOWN */
        Dec share;                      /* part that may be expected */
        bool behind, met, late;
        int behind_running;             /* periods running behind, with this one */
        TargetLight light;
        PackTitle say;                  /* of the rule that gave the light */
        const PackLights *lights;       /* NULL: the line has none */
} TargetProgress;

typedef struct TargetYear TargetYear;
TargetYear *target_year_new(IndicatorBook *book, const Pack *pack, int32_t year) __attribute__((warn_unused_result));
void target_year_free(TargetYear *y);
DEFINE_CLEANUP(TargetYear *, target_year_free)
#define _cleanup_target_year_ _cleanup_(target_year_freep)

/* The newest signed letters of the year, in the pack's order of units; live with the year. */
Status target_year_letters(TargetYear *y, const TargetLetter **ret, size_t *ret_count) FALLIBLE;

/* One entry a period of the year up to `upto` (of its own kind, in its year), oldest first.  A line without an
 * indicator or target has none. */
Status target_series(TargetYear *y, const TargetLetter *letter, const TargetLine *line, Period upto, Arena *a,
                     TargetProgress **ret, size_t *ret_count) FALLIBLE;

/* Figures of all units of the letter's kind with the same target at the period. */
typedef struct TargetGroup {
        Dec *values;                    /* of those that are known */
        const PackUnit **units;         /* whose they are */
        size_t count;
        Dec mean, min, max;             /* when count > 0 */
} TargetGroup;
Status target_group(TargetYear *y, const TargetLetter *letter, const TargetLine *line, Period period, Arena *a,
                    TargetGroup *ret) FALLIBLE;
/* Inputs of a method or a rule of lights, by PackLineSlot, from what is known; group may be NULL. */
Status target_inputs(const TargetProgress *p, const TargetGroup *group, const PackUnit *unit, const FeelValue *previous,
                     Arena *a, FeelValue in[PACK_LINE_SLOTS]) FALLIBLE;

/* The last working day to report a period of the form; none when it has no deadline or the calendar does not reach. */
Date indicator_due_day(const PackForm *form, Period period);
/* Was a figure of the unit (or of a unit below it, or of a part of a formula) first reported after its due day? */
Status indicator_late(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, Period period,
                      bool *ret) FALLIBLE;

#endif
