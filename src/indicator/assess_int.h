/* assess_int.h -- private to the room: how a table of scores is made.
 *
 *   assess_claim    id: what was claimed, the evidence, what was decided
 *   assess_frozen   (assessment, year, version): the published table as JSON, with its hash */
#ifndef KC_INDICATOR_ASSESS_INT_H
#define KC_INDICATOR_ASSESS_INT_H

#include "indicator/alert.h"
#include "indicator/assess.h"
#include "indicator/target_int.h"

enum { ASSESS_POINTS_SCALE = 4, ASSESS_TEXT_MAX = 2000 };

const PackClaimItem *assess_item(const PackAssessment *a, Str name);

/* Figures of everybody with the same target. */
typedef struct AssessGroup {
        Str key;
        Dec *values;                    /* ascending once gathered */
        size_t count, cap;
        Dec mean;
        FeelValue list;
} AssessGroup;

/* A line scored. */
typedef struct AssessPoint {
        size_t group;                   /* into AssessRun.groups */
        bool lower;                     /* less is better */
        Str name;                       /* number of the letter's line, or name of the pack's */
        PackTitle title;
        const PackIndicator *indicator; /* or NULL */
        Period period;                  /* of the figure; year 0: none */
        Str measure;                    /* of the figure: 元, % */
        const PackMethod *method;
        Dec weight;
        bool has_target;
        Dec target;
        FeelValue actual, points;       /* number or UNKNOWN */
        FeelValue in[PACK_LINE_SLOTS];  /* what the method saw */
        bool used[PACK_LINE_SLOTS];     /* the method's expression mentions it */
        bool missing_rule;              /* there was no figure: the method's `missing` gave the points */
        const AssessClaim *given;       /* points by decision; NULL: computed */
} AssessPoint;

typedef struct AssessExtra {
        const AssessClaim *claim;
        Dec counted;                    /* what it adds to the total */
        const char *note_zh, *note_en;  /* why it counts for less; NULL */
} AssessExtra;

typedef struct AssessRow {
        Str subject;
        PackTitle name;
        const PackUnit *unit;           /* of a record where it is placed; or NULL */
        int64_t letter;                 /* version; 0: none */
        AssessPoint *points;
        size_t count;
        AssessExtra *extras;
        size_t extra_count;
        AlertPoints *steps;
        size_t step_count;
        Dec bonus, deductions, ladder;
        bool veto;
        FeelValue base, total;
        int64_t rank;                   /* 0: none */
        const PackGrade *grade;         /* or NULL */
} AssessRow;

typedef struct AssessRun {
        StoreTx *tx;
        const Pack *pack;
        const PackAssessment *assessment;
        int32_t year;
        Arena *arena;
        Diag *diag;
        IndicatorBook *book;
        FeelExec *exec;
        AssessClaim *claims;
        size_t claim_count;
        AssessRow *rows;
        size_t count;
        AssessGroup *groups;
        size_t group_count, group_cap;
} AssessRun;

/* The group of a key, made when it is new. */
Status assess_group(AssessRun *r, Str key, size_t *ret) FALLIBLE;

/* The rows with their lines and figures: of letters, or of the records of a register. */
Status assess_unit_rows(AssessRun *r) FALLIBLE;
Status assess_record_rows(AssessRun *r) FALLIBLE;
Status assess_put(const AssessRun *r, JsonWriter *w) FALLIBLE;

#endif
