/* apply.h -- what comes of confirmed items: supervised tasks, lines of responsibility letters, draft policies.
 *
 * Applying takes items that are accepted or mended and have no result yet, all in one transaction with one event
 * (meeting.apply), and writes on each what came of it, so that a second time nothing happens:
 *
 *     task       a supervised task (supervise.h): the first linked owner leads, the others help; owners that stand for
 *                many units (各县区) make a task for each; nobody named: the meeting's own unit, and the task says so
 *     target     a line for every linked unit (none: the meeting's own), with indicator, measure, comparison and value;
 *                what puts them into letters is the api's (indicator/target.h)
 *     incentive  a draft policy (draft.h), checked in the pack in force before it is kept
 *     fact       nothing: facts are compared with the city's own figures when one looks
 *
 *     ApplyAsk ask = { .meeting = 3, .actor = STR("city") };
 *     TRY(apply_meeting(tx, pack, &ask, arena, &result));
 */
#ifndef KC_MEETING_APPLY_H
#define KC_MEETING_APPLY_H

#include "meeting/confirm.h"
#include "meeting/draft.h"

typedef struct ApplyLine {
        int64_t id, meeting, item, year;
        const PackUnit *unit;           /* never NULL */
        const PackIndicator *indicator; /* NULL: words alone */
        Str title, measure, op, value, value_max, per, deadline, quote;
} ApplyLine;

typedef struct ApplyDraft {
        Str name, title, state, said, actor, at;
        Str items, lacks;               /* JSON arrays */
        int64_t meeting, cases, event;
        bool passes;                    /* `pack check` of the pack in force with it */
} ApplyDraft;

typedef struct ApplyAsk {
        int64_t meeting;
        const int64_t *items;           /* NULL: all that are ready */
        size_t item_count;
        Str actor;
} ApplyAsk;

typedef struct ApplyResult {
        size_t tasks, lines, drafts;
        size_t left;                    /* ready items nothing could be made of; each has a message in the Diag */
        ApplyLine *new_lines;           /* for the letters */
        size_t new_line_count;
        int64_t event;                  /* 0: nothing was to be done */
} ApplyResult;

Status apply_meeting(StoreTx *tx, const Pack *pack, const ApplyAsk *ask, Arena *a, ApplyResult *ret) FALLIBLE;

/* The day a deadline of the text means, seen from the day of the meeting: 2025年底, 今年, 6月底前, 上半年, “十四五”末.
 * None: it says no day (20xx年), or nothing. */
Date apply_deadline(Str said, Date day);

/* Lines and drafts of a meeting (0: of all). */
Status apply_lines(StoreTx *tx, const Pack *pack, int64_t meeting, Arena *a, ApplyLine **ret,
                   size_t *ret_count) FALLIBLE;
Status apply_drafts(StoreTx *tx, int64_t meeting, Arena *a, ApplyDraft **ret, size_t *ret_count) FALLIBLE;
/* A draft's files by path.  ST_NOT_FOUND. */
Status apply_draft_files(StoreTx *tx, Str name, Arena *a, ApplyDraft *ret, PackFile **ret_files, size_t *ret_count)
        FALLIBLE;

#endif
