/* assess.h -- the year's assessment: points of every target, bonus and deductions, totals, ranks and grades.
 *
 * An assessment of the pack is for units (then each unit's letter, and the lines the pack
 * gives beside it, are scored) or for the records of a register (then the pack's lines
 * are).  Points of a line come from its method, are rounded half up to the assessment's
 * decimals, and are added up exactly.  What cannot be scored is UNKNOWN and makes the total
 * UNKNOWN, with the names of what is missing, unless the method says what a missing figure
 * gives.
 *
 *     Buf out;
 *     TRY(assess_table(tx, pack, assessment, 2023, arena, diag, &out));     // JSON, as AssessTable of api/openapi.yaml
 *
 * The table is JSON all the way, because publishing freezes it as it is: the text is kept
 * with its hash, and a later change of a figure shows as a difference against it.
 *
 * Claims
 *   bonus, deduction, veto   filed with evidence, then accepted or rejected by somebody else; only accepted
 *                            ones count.  In a group with `highest only` the highest of one matter counts.
 *   line                     points people give for a target in words, or in place of the computed ones
 *   appeal                   against a line or a claim of the published table; upheld, it sets the points and
 *                            the table is published again as the next version
 *
 * Events: `assess.claim`, `assess.decide`, `assess.publish`.
 */
#ifndef KC_INDICATOR_ASSESS_H
#define KC_INDICATOR_ASSESS_H

#include "indicator/indicator.h"

#define ASSESS_KINDS(X) X(ASSESS_ITEM, "item") X(ASSESS_LINE, "line") X(ASSESS_APPEAL, "appeal")
#define ASSESS_STATES(X) X(ASSESS_FILED, "filed") X(ASSESS_ACCEPTED, "accepted") X(ASSESS_REJECTED, "rejected")
#define ASSESS_ENUM(code, word) code,
typedef enum AssessKind { ASSESS_KINDS(ASSESS_ENUM) ASSESS_KIND_COUNT } AssessKind;
typedef enum AssessState { ASSESS_STATES(ASSESS_ENUM) ASSESS_STATE_COUNT } AssessState;
#undef ASSESS_ENUM
const char *assess_kind_name(AssessKind k);
const char *assess_state_name(AssessState s);

typedef struct AssessClaim {
        int64_t id;
        const PackAssessment *assessment;
        Str subject;                    /* unit code or record key */
        int32_t year;
        AssessKind kind;
        Str item; /* an item of the pack; of a line its number or name; of an appeal "line:3", "claim:12" */
        const PackClaimItem *definition;/* of an item */
        Str matter;                     /* what it is about: of one matter the highest may count */
        Str evidence;
        AssessState state;
        bool has_points;
        Dec points;                     /* granted; before the decision what was asked for */
        Str filed_by, filed_at, decided_by, decided_at, reason;
        int64_t filed_event, decided_event;
} AssessClaim;

/* All of a year, oldest first; subject empty: of all. */
Status assess_claims(StoreTx *tx, const Pack *pack, const PackAssessment *assessment, int32_t year, Str subject,
                     Arena *a, AssessClaim **ret, size_t *ret_count) FALLIBLE;

typedef struct AssessFile {
        const PackAssessment *assessment;
        Str subject;
        int32_t year;
        AssessKind kind;
        Str item, matter, evidence;
        bool has_points;
        Dec points;
        Str actor, on_behalf;
} AssessFile;
/* ST_INVALID: no such item or line, no evidence, points beyond the item's; ST_CONFLICT: an appeal before
 * anything was published, the same matter claimed twice for the item. */
Status assess_file(StoreTx *tx, const Pack *pack, const AssessFile *in, Arena *a, Diag *diag, int64_t *ret_id) FALLIBLE;

typedef struct AssessDecide {
        int64_t id;
        bool accept;
        bool has_points;                /* other points than asked for */
        Dec points;
        Str reason;                     /* needed to reject, and for an appeal */
        bool owner;                     /* the machine's owner may decide what he filed */
        Str actor, on_behalf;
} AssessDecide;
/* ST_NOT_FOUND; ST_CONFLICT: decided already, or filed by the same account. */
Status assess_decide(StoreTx *tx, const Pack *pack, const AssessDecide *in, Arena *a, Diag *diag) FALLIBLE;

/* The table as the figures of now give it. */
Status assess_table(StoreTx *tx, const Pack *pack, const PackAssessment *assessment, int32_t year, Arena *a, Diag *diag,
                    Buf *ret) FALLIBLE;

typedef struct AssessFrozen {
        int64_t version;
        Str table;                      /* JSON */
        Str hash, reason, actor, at;
        int64_t event;
} AssessFrozen;
/* The newest published version; ST_NOT_FOUND. */
Status assess_published(StoreTx *tx, const PackAssessment *assessment, int32_t year, Arena *a,
                        AssessFrozen *ret) FALLIBLE;
/* Computes and freezes; a second version needs a reason.  ST_CONFLICT: claims are undecided, nothing has changed. */
Status assess_publish(StoreTx *tx, const Pack *pack, const PackAssessment *assessment, int32_t year, Str reason,
                      Str actor, Str on_behalf, Arena *a, Diag *diag, AssessFrozen *ret) FALLIBLE;

/* Tables of claims and published scores; part of indicator_tables. */
Status assess_tables(StoreTx *tx) FALLIBLE;

#endif
