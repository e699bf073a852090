/* target.h -- what a unit signed for: letters of responsibility, their lines and versions.
 *
 * A letter is of a unit and a year.  It begins as a draft that may be changed freely
 * and is signed on a day; from then on its lines are frozen.  An amendment is a new
 * draft, which starts from the signed lines and is signed with a reason and the day
 * from which it holds; every signed version stays, and the one in force on any day can
 * be asked for.
 *
 *     TargetLine lines[] = { { .indicator = pack_indicator(pack, STR("rd_intensity")), .has_target = true,
 *                              .target = …2.5, .weight = …20, .text = STR("研发投入强度达到2.5%") } };
 *     TRY(target_draft(tx, pack, &(TargetDraft){ .unit = county, .year = 2023, .lines = lines, .count = 1,
 *                                                .actor = STR("city") }, arena, diag, &letter));
 *     TRY(target_sign(tx, pack, &(TargetSign){ .unit = county, .year = 2023, .on = day, .actor = … }, arena, diag, &letter));
 *
 * What a line means
 *   measure   value     the indicator's figure itself
 *             increase  the figure less last year's (a flow: of the same period; else of the year's end)
 *             growth    the same in per cent of last year's
 *   course    how much of the target may be expected during the year (序时进度):
 *             flow      the share of the year gone by (a figure that runs up through the year)
 *             stock     the way from last year's end to the target, by the share of the year
 *             rate      all of it, at any time (a ratio)
 *             default: flow for cumulative and monthly sums, stock for counts from registers, rate for formulas
 *   method    how it becomes points (a `method` of the pack); none: the assessment's
 * A line without an indicator is words, judged by people at the year's end.
 *
 * Every write is an event (`letter.draft`, `letter.sign`, `letter.drop`) with all lines in it.
 */
#ifndef KC_INDICATOR_TARGET_H
#define KC_INDICATOR_TARGET_H

#include "indicator/indicator.h"

#define TARGET_COMPARISONS(X) X(TARGET_AT_LEAST, "at_least") X(TARGET_AT_MOST, "at_most") X(TARGET_EXACTLY, "exactly")
#define TARGET_MEASURES(X) X(TARGET_VALUE, "value") X(TARGET_INCREASE, "increase") X(TARGET_GROWTH, "growth")
#define TARGET_COURSES(X) X(TARGET_DEFAULT, "") X(TARGET_FLOW, "flow") X(TARGET_STOCK, "stock") X(TARGET_RATE, "rate")
#define TARGET_ENUM(code, word) code,
typedef enum TargetComparison { TARGET_COMPARISONS(TARGET_ENUM) TARGET_COMPARISON_COUNT } TargetComparison;
typedef enum TargetMeasure { TARGET_MEASURES(TARGET_ENUM) TARGET_MEASURE_COUNT } TargetMeasure;
typedef enum TargetCourse { TARGET_COURSES(TARGET_ENUM) TARGET_COURSE_COUNT } TargetCourse;
#undef TARGET_ENUM
const char *target_comparison_name(TargetComparison c);
const char *target_measure_name(TargetMeasure m);
const char *target_course_name(TargetCourse c);
/* The names above, and what people write in sheets (不低于, 不超过, 增长, 增量 …).  ST_INVALID. */
Status target_comparison_parse(Str s, TargetComparison *ret) FALLIBLE;
Status target_measure_parse(Str s, TargetMeasure *ret) FALLIBLE;
Status target_course_parse(Str s, TargetCourse *ret) FALLIBLE;

typedef struct TargetLine {
        int64_t no;                     /* within the letter, kept by amendments; 0 in a new line */
        const PackIndicator *indicator; /* NULL: words alone */
        Str text;                       /* as signed for; empty: made from the indicator's title */
        bool has_target;
        Dec target;                     /* value, increase: in the indicator's unit; growth: per cent */
        TargetComparison comparison;
        TargetMeasure measure;
        TargetCourse course;
        Dec weight;
        Str method;                     /* name of a method of the pack; empty: the assessment's */
        Str lights;                     /* name of lights of the pack; empty: the assessment's */
        Str source;                     /* where it was said: "meeting:3/s12"; empty */
} TargetLine;

typedef struct TargetLetter {
        const PackUnit *unit;
        int32_t year;
        int64_t version;                /* 1, 2 … */
        bool signed_;                   /* false: a draft */
        Date from;                      /* the day it holds from; none: a draft */
        Str reason;                     /* of an amendment */
        Str actor, at;
        int64_t event;
        TargetLine *lines;              /* by no */
        size_t count;
        bool has_draft;                 /* of a signed letter: an amendment is being drawn up */
} TargetLetter;

enum { TARGET_LINES_MAX = 200, TARGET_TEXT_MAX = 1000 };

typedef enum TargetHow {
        TARGET_REPLACE,                 /* the draft has these lines and no others */
        TARGET_ADD                      /* these lines are put to what is there; a line of the same indicator and
                                           measure (or the same words) is changed in place */
} TargetHow;

typedef struct TargetDraft {
        const PackUnit *unit;
        int32_t year;
        TargetHow how;
        const TargetLine *lines;
        size_t count;
        Str reason;
        Str actor, on_behalf;
} TargetDraft;
/* Makes or changes the draft.  ST_INVALID with a message a line: no indicator and no words, a method or lights that
 * the pack has not, a weight below zero or with more than four digits after the point, the same indicator twice. */
Status target_draft(StoreTx *tx, const Pack *pack, const TargetDraft *in, Arena *a, Diag *diag,
                    TargetLetter *ret) FALLIBLE;

typedef struct TargetSign {
        const PackUnit *unit;
        int32_t year;
        Date on;                        /* none: today */
        Str reason;                     /* needed for an amendment */
        Str actor, on_behalf;
} TargetSign;
/* ST_CONFLICT: there is no draft; an amendment without a reason or from a day before the version it amends;
 * weights that do not add up to what the assessment says; nothing changed. */
Status target_sign(StoreTx *tx, const Pack *pack, const TargetSign *in, Arena *a, Diag *diag,
                   TargetLetter *ret) FALLIBLE;
/* Throws the draft away.  ST_NOT_FOUND. */
Status target_drop(StoreTx *tx, const Pack *pack, const PackUnit *unit, int32_t year, Str reason, Str actor,
                   Str on_behalf, Diag *diag) FALLIBLE;

/* The signed version in force on the day (NULL: the newest signed, else the draft).  ST_NOT_FOUND. */
Status target_letter(StoreTx *tx, const Pack *pack, const PackUnit *unit, int32_t year, const Date *as_of, Arena *a,
                     TargetLetter *ret) FALLIBLE;
/* All versions, oldest first, the draft last. */
Status target_versions(StoreTx *tx, const Pack *pack, const PackUnit *unit, int32_t year, Arena *a, TargetLetter **ret,
                       size_t *ret_count) FALLIBLE;
/* The letters of a year as of a day, in the pack's order of units; drafts are left out unless `drafts`. */
Status target_letters(StoreTx *tx, const Pack *pack, int32_t year, const PackUnit *within, const Date *as_of,
                      bool drafts, Arena *a, TargetLetter **ret, size_t *ret_count) FALLIBLE;

/* What a line is called: its words, or its indicator's title. */
Str target_line_title(const TargetLine *line, Lang lang);
TargetCourse target_course_of(const TargetLine *line);

/* ---- from a sheet ---- */

typedef struct TargetSheet {
        const char *file_name;
        Str bytes;
        int32_t year;
        const PackUnit *within;         /* rows of other units are refused; NULL: all */
        TargetHow how;
        bool dry_run;
        Str actor, on_behalf;
        Lang lang;
} TargetSheet;
/* A sheet with a row a line (县区, 指标, 目标值, 权重; and 比较, 口径, 进度, 计分方法, 亮灯规则, 内容 where wanted)
 * becomes drafts, one a unit.  A unit with a bad row gets no draft at all; the others do. */
Status target_import(Store *store, const Pack *pack, const TargetSheet *in, Arena *a, Diag *diag,
                     RegisterOutcome *ret) FALLIBLE;

/* Tables of letters; part of indicator_tables. */
Status target_tables(StoreTx *tx) FALLIBLE;

#endif
