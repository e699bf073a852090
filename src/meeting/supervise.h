/* supervise.h -- tasks that are supervised (督办): owner, helpers, due day, cadence, reports, evidence, lights.
 *
 * A task is made of an accepted item or by hand.  Its cadence (每周, 每月, 每季度, 每半年, 每年; several by `;`) asks for a
 * report for every such period that ends while it is open, by the SUPERVISE_REPORT_DAYS-th working day after the
 * period's end.  Lights are computed for a day, never stored:
 *
 *     red      the due day is over and it is not closed; or a report is overdue
 *     yellow   due within SUPERVISE_NEAR_DAYS working days; or a report that was due came late (back-filled: what was
 *              late stays late, a later report never makes it green); or it was closed after its due day
 *     green    everything in time
 *
 * Closing needs evidence: a file, or words that say what and where, in the closing itself or in an earlier report.
 * A closed task may be opened again, with a reason.  Every act is an event, and is decided on a version like those of
 * items (confirm.h).  Working days are those of the national calendar; for years it does not know yet, Monday to
 * Friday, and the task says so (`guessed`).
 *
 *     TRY(supervise_add(tx, pack, &(SuperviseNew){ .action = …, .owner = unit, .due = day, … }, arena, &id));
 *     TRY(supervise_report(tx, pack, &(SuperviseAct){ .task = id, .text = …, .day = today, .actor = … }, arena));
 */
#ifndef KC_MEETING_SUPERVISE_H
#define KC_MEETING_SUPERVISE_H

#include "meeting/confirm.h"

enum {
        SUPERVISE_REPORT_DAYS = 5,      /* working days after a period's end */
        SUPERVISE_FIRST_DAYS = 10,      /* a month or longer that ends sooner after the start is not asked for */
        SUPERVISE_NEAR_DAYS = 10,       /* working days before the due day */
        SUPERVISE_REMIND_DAYS = 3,      /* working days before a report is due */
        SUPERVISE_REPORTS_MAX = 1000,   /* of one task */
        SUPERVISE_SLOTS_MAX = 520,      /* periods to report on */
        SUPERVISE_TEXT_MAX = 4000
};

typedef enum SuperviseLight { SUPERVISE_GREEN, SUPERVISE_YELLOW, SUPERVISE_RED } SuperviseLight;
/* "green", "yellow", "red" */
const char *supervise_light_name(SuperviseLight l);

typedef struct SuperviseSlot {
        Str name;                       /* 2023-06, 2023-Q2, 2023-H1, 2023, 2023-W23 */
        Date end, due;
        Date reported;                  /* none: not yet */
        bool late;                      /* reported after it was due */
        SuperviseLight light;
        bool over;                      /* the due day is past */
} SuperviseSlot;

typedef struct SuperviseEntry {         /* a report, an evidence, a closing … */
        int64_t number, event;
        Str kind;                       /* "progress", "evidence", "close", "open" */
        Str slot, text, evidence, file, file_name, day, actor, at;
        bool late;
} SuperviseEntry;

typedef struct SuperviseTask {
        int64_t id, meeting, item, version, event;
        Str action, quote, department, cadence, actor, at;
        const PackUnit *owner;          /* never NULL */
        Str helpers;                    /* JSON array of unit codes and names */
        Date due, started, closed_on;   /* due none: no day was set */
        bool closed;
        Str closed_by, closed_why;
        /* as of the day asked for */
        SuperviseLight light;
        bool guessed;                   /* a year the calendar does not know was needed */
        int64_t days_left;              /* working days to the due day, negative: over; meaningless without due */
        SuperviseSlot *slots;
        size_t slot_count;
        Str remind_zh, remind_en;       /* what is to be done now; empty: nothing */
        SuperviseEntry *entries;        /* oldest first; of supervise_get only */
        size_t entry_count;
        bool has_evidence;
} SuperviseTask;

typedef struct SuperviseNew {
        int64_t meeting, item;          /* 0: by hand */
        Str action, quote, department, cadence;
        const PackUnit *owner;
        Str helpers;                    /* JSON array; empty: [] */
        Date due, started;
        Str actor;
} SuperviseNew;
/* ST_INVALID: no action or owner, a cadence that is none, due before it starts.  The caller's event says more: `event`
 * is the one to refer to (0: an event task.add is recorded here). */
Status supervise_add(StoreTx *tx, const Pack *pack, const SuperviseNew *in, int64_t event, Arena *a, int64_t *ret_id)
        FALLIBLE;
/* Writes the cadence in the words above; ST_INVALID. */
Status supervise_cadence(Str said, Arena *a, Str *ret) FALLIBLE;

typedef struct SuperviseFilter {
        const PackUnit *within;         /* owner or helper in this subtree; NULL: all */
        int64_t meeting;                /* 0: all */
        bool open_only, due_only;       /* due_only: those with something to remind of */
        bool has_light;
        SuperviseLight light;
} SuperviseFilter;
/* Lights as of `on`.  Red first, then by due day. */
Status supervise_list(StoreTx *tx, const Pack *pack, const SuperviseFilter *f, Date on, Arena *a, SuperviseTask **ret,
                      size_t *ret_count) FALLIBLE;
/* ST_NOT_FOUND: not there, or neither owner nor helper is within. */
Status supervise_get(StoreTx *tx, const Pack *pack, int64_t id, const PackUnit *within, Date on, Arena *a,
                     SuperviseTask *ret) FALLIBLE;

typedef struct SuperviseAct {
        int64_t task, version;          /* version 0: whatever it is (progress and evidence do not change the task) */
        Str slot;                       /* progress: empty: the oldest period without a report */
        Str text, evidence;
        Str file, file_name;            /* hash of a kept file (confirm_keep_file), its name; empty: none */
        Date day;
        Str actor;
        const PackUnit *within;         /* as above */
} SuperviseAct;
Status supervise_report(StoreTx *tx, const Pack *pack, const SuperviseAct *act, Arena *a) FALLIBLE;
Status supervise_close(StoreTx *tx, const Pack *pack, const SuperviseAct *act, Arena *a) FALLIBLE;
Status supervise_reopen(StoreTx *tx, const Pack *pack, const SuperviseAct *act, Arena *a) FALLIBLE;

#endif
