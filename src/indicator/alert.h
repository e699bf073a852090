/* alert.h -- alerts as cases: opened once, climbing a ladder, corrected in the open, closed by rule.
 *
 * Two kinds of rules make cases: an indicator's `alert` with a `ladder` (a unit among the
 * last of a ranking) and the `ladder` of a target's lights.  alert_update looks at one
 * period: a unit for which a step of the ladder holds gets a case, an open case climbs to
 * the highest step that holds (it never climbs down by itself), and a case whose ladder's
 * `reset` holds is closed.  The same period again changes nothing, so it may run after
 * every report.
 *
 * A case keeps the figures it was made of.  When a correction has changed one of them the
 * case says so ("was third, is fifth since event 71"); when the step it opened with no
 * longer holds, it is withdrawn, and stays in the list with its reason.  A figure that came
 * after its due day corrects nothing.
 *
 * People add to a case: a note, the record of the talk, the unit's answer, or its end.
 *
 *     AlertOutcome o;
 *     TRY(alert_update(tx, pack, &(AlertUpdate){ .period = may, .actor = STR("city") }, arena, diag, &o));
 *
 * Every change is an event (`alert.open`, `alert.climb`, `alert.correct`, `alert.close`, `alert.withdraw`, `alert.add`).
 */
#ifndef KC_INDICATOR_ALERT_H
#define KC_INDICATOR_ALERT_H

#include "indicator/indicator.h"
#include "indicator/light.h"

#define ALERT_STATES(X) X(ALERT_OPEN, "open") X(ALERT_CLOSED, "closed") X(ALERT_WITHDRAWN, "withdrawn")
#define ALERT_ACTS(X) X(ALERT_OPENED, "open") X(ALERT_CLIMBED, "climb") X(ALERT_CORRECTED, "correct") \
        X(ALERT_CLOSED_BY, "close") X(ALERT_WITHDREW, "withdraw") X(ALERT_NOTED, "note") X(ALERT_TALKED, "talk") \
        X(ALERT_ANSWERED, "answer")
#define ALERT_ENUM(code, word) code,
typedef enum AlertState { ALERT_STATES(ALERT_ENUM) ALERT_STATE_COUNT } AlertState;
typedef enum AlertAct { ALERT_ACTS(ALERT_ENUM) ALERT_ACT_COUNT } AlertAct;
#undef ALERT_ENUM
const char *alert_state_name(AlertState s);
const char *alert_act_name(AlertAct a);

/* One period of the figures a case was made of. */
typedef struct AlertFigure {
        Period period;
        int64_t rank2;                  /* of a ranking; 0 */
        int64_t of;
        Str value;                      /* exact; ptr NULL: unknown */
        Str light;                      /* of a target; empty */
        bool counted, late;
} AlertFigure;

typedef struct AlertEntry {
        int64_t seq;
        AlertAct act;
        Period period;                  /* year 0: none */
        int64_t level;
        const PackStep *step;           /* of what opened or climbed; NULL: none, or no longer in the pack */
        Str step_name;
        bool has_points;
        Dec points;
        Str text;                       /* words, Chinese */
        AlertFigure *figures;
        size_t figure_count;
        Str actor, at;
        int64_t event;
} AlertEntry;

typedef struct AlertCase {
        int64_t id;
        const PackUnit *unit;
        const PackIndicator *indicator; /* never NULL */
        const PackAlert *rule;          /* of a ranking; NULL: of a target */
        const PackLights *lights;       /* of a target; NULL: of a ranking */
        int64_t line;                   /* number of the target in its letter; 0 */
        int32_t year;
        Str title;                      /* what it is about */
        const PackLadder *ladder;
        AlertState state;
        int64_t level;                  /* steps reached, from 1 */
        Period opened, last;            /* first period, last one looked at */
        AlertEntry *entries;            /* oldest first */
        size_t entry_count;
} AlertCase;

typedef struct AlertUpdate {
        Period period;
        Str actor, on_behalf;
} AlertUpdate;
typedef struct AlertOutcome {
        int64_t opened, climbed, corrected, closed, withdrawn;
        int64_t *cases;                 /* ids of those touched */
        size_t count;
} AlertOutcome;
Status alert_update(StoreTx *tx, const Pack *pack, const AlertUpdate *in, Arena *a, Diag *diag,
                    AlertOutcome *ret) FALLIBLE;

typedef struct AlertFilter {
        const PackUnit *within;         /* NULL: all */
        int64_t year;                   /* of the period it was opened in; 0: all */
        bool open_only;
        int64_t id;                     /* 0: all */
} AlertFilter;
/* Open ones first, highest level first, newest first. */
Status alert_cases(StoreTx *tx, const Pack *pack, const AlertFilter *f, Arena *a, AlertCase **ret,
                   size_t *ret_count) FALLIBLE;

typedef struct AlertAdd {
        int64_t id;
        AlertAct act;                   /* ALERT_NOTED, ALERT_TALKED, ALERT_ANSWERED, ALERT_CLOSED_BY */
        Str text;                       /* needed */
        const PackUnit *within;         /* NULL: any case */
        Str actor, on_behalf;
} AlertAdd;
/* ST_NOT_FOUND, ST_CONFLICT (the case is closed), ST_INVALID (no words). */
Status alert_add(StoreTx *tx, const Pack *pack, const AlertAdd *in, Diag *diag) FALLIBLE;

/* Points that steps of a unit's cases opened in the year take off, for its assessment: one entry a step. */
typedef struct AlertPoints {
        int64_t id;
        Str title, step;
        Dec points;
        Period period;
} AlertPoints;
Status alert_points(StoreTx *tx, const Pack *pack, const PackUnit *unit, int32_t year, Arena *a, AlertPoints **ret,
                    size_t *ret_count) FALLIBLE;

/* Tables of cases; part of indicator_tables. */
Status alert_tables(StoreTx *tx) FALLIBLE;

#endif
