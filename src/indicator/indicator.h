/* indicator.h -- figures of units and periods: reported, derived, computed, ranked.
 *
 * A figure is what an indicator says for a unit and a period.  It is a FeelValue:
 * a number, or UNKNOWN with the names of what is missing ("东川区 地区生产总值").  Never
 * zero for "nobody has said".
 *
 *   reported   typed in on a form by the units that report it.  An upper unit's figure
 *              is rolled up from theirs; a missing one makes it UNKNOWN (or is skipped, or
 *              is zero, by the indicator's `missing`).
 *   derived    counted or added up from a register, for every unit over its subtree.
 *   formula    computed at every level from that level's own figures: the city's intensity
 *              is the city's spending over the city's GDP, not a mean of the counties'.
 *
 * Nothing computed is stored: a changed figure shows in every ranking at the next read.
 * An IndicatorBook belongs to one read transaction and keeps what it has computed there.
 * Books of one database may share an IndicatorCube, which keeps figures and rankings in
 * memory from one book to the next, at the newest number of the event chain; a changed
 * figure costs it the columns of its period.  All answers are those of the book's own
 * transaction, with a cube or without.
 *
 *     IndicatorBook *book = indicator_book_new(tx, pack);
 *     const FeelValue *by_unit;
 *     TRY(indicator_figures(book, pack_indicator(pack, STR("rd_intensity")), period, &by_unit));
 *     use(by_unit[unit->index]);
 *     indicator_book_free(book);
 */
#ifndef KC_INDICATOR_INDICATOR_H
#define KC_INDICATOR_INDICATOR_H

#include "register/explain.h"
#include "register/register.h"

/* ---- tables ---- */

/* Makes or extends the tables of values and reports. */
Status indicator_tables(StoreTx *tx) FALLIBLE;

/* ---- figures ---- */

typedef struct IndicatorBook IndicatorBook;
IndicatorBook *indicator_book_new(StoreTx *tx, const Pack *pack) __attribute__((warn_unused_result));
void indicator_book_free(IndicatorBook *b);
DEFINE_CLEANUP(IndicatorBook *, indicator_book_free)
#define _cleanup_indicator_book_ _cleanup_(indicator_book_freep)

/* A cube is for one database, and outlives the books that use it.  Any number of threads may use it at once. */
typedef struct IndicatorCube IndicatorCube;
Status indicator_cube_new(IndicatorCube **ret) FALLIBLE;
void indicator_cube_free(IndicatorCube *c);
/* Forgets everything: before a pack it may have used goes. */
void indicator_cube_clear(IndicatorCube *c);
/* How many years of indicators it has read from the database. */
int64_t indicator_cube_loads(const IndicatorCube *c);
/* Lets the book take figures from the cube and leave what it computes there.  Does nothing for a book that
 * writes, that reads an older state than the cube's, or that has been asked already. */
Status indicator_book_share(IndicatorBook *b, IndicatorCube *c) FALLIBLE;
/* Reads all reported figures at once, where many will be asked for. */
Status indicator_book_load(IndicatorBook *b) FALLIBLE;

/* One figure a unit, by pack->units index; lives with the book.  A period of another kind than the
 * indicator's: a year or quarter of monthly figures is their sum (cumulative: the last month's), a month
 * of a yearly one its year's. */
Status indicator_figures(IndicatorBook *b, const PackIndicator *ind, Period period, const FeelValue **ret) FALLIBLE;
/* The figure of one unit: where not all are wanted, names of what all the others lack need not be found. */
Status indicator_figure(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit,
                        FeelValue *ret) FALLIBLE;
/* Rounded half up to the indicator's shown digits, with thousands separators off: "2.41".  UNKNOWN: empty. */
Status indicator_shown(const PackIndicator *ind, const FeelValue *v, Arena *a, Str *ret) FALLIBLE;
/* Exact plain text; ptr NULL when UNKNOWN. */
Status indicator_exact(const FeelValue *v, Arena *a, Str *ret) FALLIBLE;
/* What the figure was made of, down to the cells. */
Status indicator_explain(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, Period period, Lang lang,
                         Arena *a, Explanation **ret) FALLIBLE;
/* Periods (of the kind) with a reported figure, oldest first. */
Status indicator_periods(StoreTx *tx, PeriodKind kind, Arena *a, Period **ret, size_t *ret_count) FALLIBLE;

/* ---- ranking ---- */

typedef enum IndicatorRankState {
        RANK_KNOWN,
        RANK_MISSING /* ranked last */,
        RANK_EXCLUDED,
        RANK_UNKNOWN
} IndicatorRankState;

typedef struct IndicatorRankRow {
        const PackUnit *unit;
        FeelValue value;
        IndicatorRankState state;
        int64_t rank2;                  /* twice the rank (average ties give halves); 0: none */
        bool tied;
        int from_last;                  /* units strictly worse: 0 is the last; -1: not ranked */
        int64_t previous_rank2;         /* in the period before; 0: none */
        FeelValue previous, year_ago;   /* figures of the period before and of the same one a year ago */
        FeelValue growth;               /* against a year ago, in percent with two digits; null: nothing to grow from */
} IndicatorRankRow;

typedef struct IndicatorRanking {
        const PackIndicator *indicator;
        Period period;
        IndicatorRankRow *rows;         /* by rank, then in the pack's order; unranked last */
        size_t count;
} IndicatorRanking;

/* ST_INVALID (with a message) when the indicator is not ranked. */
Status indicator_rank(IndicatorBook *b, const PackIndicator *ind, Period period, Arena *a, Diag *diag,
                      IndicatorRanking *ret) FALLIBLE;

/* Where one unit stands. */
typedef struct IndicatorPlace {
        int64_t rank2;                  /* twice the rank; 0: none */
        int of;                         /* units ranked */
        int from_last;
        IndicatorRankState state;
} IndicatorPlace;
Status indicator_place(IndicatorBook *b, const PackIndicator *ind, Period period, const PackUnit *unit,
                       IndicatorPlace *ret) FALLIBLE;

typedef struct IndicatorStreakStep {
        Period period;
        int64_t rank2;
        int of;                         /* units ranked */
        FeelValue value;
        IndicatorRankState state;
        bool counted;                   /* false: not reported, carried over by rule */
        bool backfilled;                /* came after its due day, and the rule takes that as not reported */
} IndicatorStreakStep;

typedef struct IndicatorAlert {
        const PackUnit *unit;
        const PackIndicator *indicator;
        const PackAlert *rule;
        IndicatorStreakStep *streak;    /* oldest first; the last is the period asked for */
        size_t length;
        int counted;                    /* periods of it that count */
} IndicatorAlert;

/* Units that a rule calls in at the period: among the last N for K periods running.  By indicator,
 * rule, and length of the streak (longest first). */
Status indicator_alerts(IndicatorBook *b, Period period, Arena *a, IndicatorAlert **ret, size_t *ret_count) FALLIBLE;

/* The streak of every unit that is ranked, as it ends at the period; counted 0 where there is none. */
Status indicator_streaks(IndicatorBook *b, const PackIndicator *ind, const PackAlert *rule, Period period, Arena *a,
                         IndicatorAlert **ret, size_t *ret_count) FALLIBLE;
/* Does the rule look at the period: has anybody a figure, and is it published where that is asked for? */
Status indicator_in_play(IndicatorBook *b, const PackIndicator *ind, const PackAlert *rule, Period period,
                         bool *ret) FALLIBLE;

/* A unit's place in a period as it was and as corrections made it: the first step is what stood when the figures
 * were due (or first all there), each further one a change of its figure or place by a later event. */
typedef struct IndicatorRankStep {
        int64_t event;                  /* that made it so */
        Str at, actor;
        FeelValue value;
        int64_t rank2;
        bool own;                       /* the unit's own figure changed; else another unit's */
} IndicatorRankStep;
/* Empty when no version is kept that could tell: figures counted from registers, or rolled up from below. */
Status indicator_rank_history(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, Period period, Arena *a,
                              IndicatorRankStep **ret, size_t *ret_count) FALLIBLE;

/* ---- reporting ---- */

#define INDICATOR_STATES(X)                                                               \
        X(VALUE_MISSING, "missing")                                                       \
        X(VALUE_DRAFT, "draft") X(VALUE_SUBMITTED, "submitted") X(VALUE_SIGNED, "signed") \
                X(VALUE_RETURNED, "returned") X(VALUE_APPROVED, "approved") X(VALUE_PUBLISHED, "published")
typedef enum IndicatorState {
#define INDICATOR_STATE_ENUM(code, word) code,
        INDICATOR_STATES(INDICATOR_STATE_ENUM)
#undef INDICATOR_STATE_ENUM
        VALUE_STATE_COUNT
} IndicatorState;
const char *indicator_state_name(IndicatorState s);

/* A cell of a grid, and the explanation of one. */
typedef struct IndicatorCell {
        Str unit, indicator, text;      /* empty text: no figure */
        Str measure;                    /* of the text; empty: as of the form */
} IndicatorCell;
typedef struct IndicatorNote {
        Str unit, indicator, text;
} IndicatorNote;

typedef struct IndicatorReport {
        const char *file_name;
        Str bytes;                      /* the file … */
        const IndicatorCell *cells;     /* … or these cells */
        size_t cell_count;
        const IndicatorNote *notes;     /* answers to soft checks of single figures, kept with them */
        size_t note_count;
        Period period;                  /* year 0: the sheet has a column of periods */
        const PackUnit *within;         /* rows of other units are refused; NULL: all */
        Str explanation;                /* answers the soft checks that no note does */
        IndicatorState state;           /* VALUE_DRAFT, VALUE_SUBMITTED or VALUE_APPROVED */
        bool dry_run;
        Str actor, on_behalf;
        Lang lang;
        const Instant *at;              /* when it was reported; NULL: now.  For take-over of old reports */
} IndicatorReport;

/* A sheet with one row a unit and one column an indicator, or one row a figure, becomes figures of the period (or of
 * the periods in it): rows with errors are refused, rows that a soft check holds wait for an explanation, a row of totals must add up.  One
 * transaction; the same sheet again changes nothing. */
Status indicator_report(Store *store, const Pack *pack, const PackForm *form, const IndicatorReport *in, Arena *a,
                        Diag *diag, RegisterOutcome *ret) FALLIBLE;

/* Moves a unit's report (unit NULL: of all units) on: submit draft/returned, sign submitted, approve signed (on a
 * form that is not signed: submitted), return what was submitted, signed or approved (with a reason), publish approved.
 * Signing, approval and publication keep the version of every figure.  ST_CONFLICT when it is in no such state. */
Status indicator_move(StoreTx *tx, const Pack *pack, const PackForm *form, Period period, const PackUnit *unit,
                      IndicatorState to, Str reason, Str actor, Str on_behalf, Diag *diag) FALLIBLE;

/* One step back: approved to signed (or submitted), signed to submitted, submitted to draft; with a reason.  What was
 * published stays so: it is corrected by a new version. */
Status indicator_undo(StoreTx *tx, const Pack *pack, const PackForm *form, Period period, const PackUnit *unit,
                      Str reason, Str actor, Str on_behalf, Diag *diag) FALLIBLE;
/* Grants a unit another due day, with a reason. */
Status indicator_extend(StoreTx *tx, const PackForm *form, const PackUnit *unit, Period period, Date due, Str reason,
                        Str actor, Str on_behalf, Diag *diag) FALLIBLE;

typedef struct IndicatorFormRow {
        const PackUnit *unit;
        IndicatorState state;
        bool arrived;                   /* it was submitted once */
        bool late;                      /* submitted after the due day, or not yet and the due day is over */
        Str explanation;                /* of the last report; none */
        Str actor, at;                  /* of the last report; none */
        FeelValue *values;              /* by form item; null where not reported */
        FeelValue *previous;            /* one period before */
        Str *notes;                     /* the explanation a figure came with; none */
        Date due;                       /* of this unit; none: no deadline */
        bool extended;                  /* by an exception */
        bool frozen, published;         /* it was approved, published: then … */
        IndicatorState frozen_state;    /* … the highest of these steps it reached */
        FeelValue *was;                 /* … with these figures */
        bool *differs;                  /* … from which the present one differs */
} IndicatorFormRow;
typedef struct IndicatorFormDays {
        Date opens, due;                /* working days; none: there is no deadline, or the calendar does not reach */
        size_t asked, arrived, late;    /* units; those that have submitted; of these or the missing, too late */
} IndicatorFormDays;
Status indicator_form(IndicatorBook *b, const PackForm *form, Period period, const PackUnit *within, Arena *a,
                      IndicatorFormRow **ret, size_t *ret_count, IndicatorFormDays *ret_days) FALLIBLE;

/* ---- for expressions of other rooms ---- */

/* Adds to a library, answering from the book (which must outlive the evaluation):
 *   value(indicator, unit, period)         number or UNKNOWN
 *   rank(indicator, unit, period)          number or null
 *   ranking(indicator, period)             list of {unit, name, value, shown, rank, previous rank, change, state}
 *   alerts(period)                         list of {unit, name, indicator, say, action, periods}
 *   share of year(period)                  part of the year gone by
 *   targets(unit, period)                  lines of the letter in force: {line, indicator, title, target, measure, kind,
 *                                          comparison, weight, actual, progress, share, light, light title, say}
 *   progress(indicator, unit, period)      part of the unit's target on it that is reached, or null
 *   alert cases(unit, period)              open cases at or below the unit: {case, unit, name, title, indicator, kind, say,
 *                                          level, step, step title, document, opened, periods, figures}
 *   scores(assessment, year)               rows of the published table, else of now: {subject, name, rank, base, bonus,
 *                                          deductions, ladder, total, grade, veto, lines}
 * indicator and unit by name or code, period as "2023-06". */
Status indicator_feel_library(IndicatorBook *b, FeelLibrary *library) FALLIBLE;

#endif
