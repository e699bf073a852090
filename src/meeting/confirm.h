/* confirm.h -- meetings that were read, and what people made of the reading.
 *
 * A meeting keeps the bytes it came as (by their SM3), the clean text of the reading, and its items: facts,
 * targets, tasks, incentives, each with the piece of text it was taken from.  A reading proposes; people decide:
 *
 *     proposed ── accept ─> accepted      as it was read
 *              ── mend ───> mended        with corrected fields or another link; counts as accepted
 *              ── reject ─> rejected
 *              ── split ──> split         two or more new proposed items stand for it
 *              ── join ───> joined        with others; one new proposed item stands for them
 *     withdrawn                           a part or whole that an undo took back
 *
 * Every act makes a new version of the item (the earlier ones stay in meeting_item_past), says who, when and why,
 * and is an event in the chain, in one transaction.  An act names the version it was decided on: when another person
 * was faster, it is ST_CONFLICT with that person's name and act in the Diag, and nothing changes.  Undo goes back act
 * by act.  An item that something came of (`result`) no longer changes: what came of it is dealt with where it is.
 *
 * The fields of an item are a JSON object, by kind (what is not said is absent or null; values are JSON numbers in
 * base units; a figure the copy lost has "missing": true and value null):
 *
 *     fact       subject indicator value value_max unit period change approx missing
 *     target     subject indicator op value value_max unit deadline missing
 *     task       action owners[] deadline cadence
 *     incentive  beneficiary condition amount unit rate base cap missing
 *
 * The link of an item says what of the pack it is about; link.h makes it, a person may change it.
 *
 *     MeetingNew in = { .file_name = "讲话.docx", .bytes = bytes, .text = clean, .reading = json, … };
 *     TRY(confirm_add(tx, pack, &in, arena, &id));
 *     TRY(confirm_items(tx, id, NULL, arena, &items, &n));
 *     TRY(confirm_act(tx, pack, &(MeetingAct){ .item = items[0].id, .version = 1, .act = CONFIRM_ACCEPT,
 *                                              .actor = STR("city") }, arena, &after));
 */
#ifndef KC_MEETING_CONFIRM_H
#define KC_MEETING_CONFIRM_H

#include "codec/json.h"
#include "pack/pack.h"
#include "store/store.h"

#define CONFIRM_KINDS(X) X(CONFIRM_FACT, "fact") X(CONFIRM_TARGET, "target") X(CONFIRM_TASK, "task") \
        X(CONFIRM_INCENTIVE, "incentive")
typedef enum ConfirmKind {
#define CONFIRM_KIND_ENUM(code, word) code,
        CONFIRM_KINDS(CONFIRM_KIND_ENUM)
#undef CONFIRM_KIND_ENUM
        CONFIRM_KIND_COUNT
} ConfirmKind;

#define CONFIRM_STATES(X) X(CONFIRM_PROPOSED, "proposed") X(CONFIRM_ACCEPTED, "accepted") X(CONFIRM_MENDED, "mended") \
        X(CONFIRM_REJECTED, "rejected") X(CONFIRM_SPLIT_UP, "split") X(CONFIRM_JOINED_UP, "joined") \
        X(CONFIRM_WITHDRAWN, "withdrawn")
typedef enum ConfirmState {
#define CONFIRM_STATE_ENUM(code, word) code,
        CONFIRM_STATES(CONFIRM_STATE_ENUM)
#undef CONFIRM_STATE_ENUM
        CONFIRM_STATE_COUNT
} ConfirmState;

#define CONFIRM_ACTS(X) X(CONFIRM_ACCEPT, "accept") X(CONFIRM_REJECT, "reject") X(CONFIRM_MEND, "mend") \
        X(CONFIRM_SPLIT, "split") X(CONFIRM_JOIN, "join") X(CONFIRM_UNDO, "undo")
typedef enum ConfirmActKind {
#define CONFIRM_ACT_ENUM(code, word) code,
        CONFIRM_ACTS(CONFIRM_ACT_ENUM)
#undef CONFIRM_ACT_ENUM
        CONFIRM_ACT_COUNT
} ConfirmActKind;

const char *confirm_kind_name(ConfirmKind k);
const char *confirm_state_name(ConfirmState s);
/* False: no such word. */
bool confirm_kind_of(Str word, ConfirmKind *ret);
bool confirm_state_of(Str word, ConfirmState *ret);
bool confirm_act_of(Str word, ConfirmActKind *ret);

enum {
        CONFIRM_ITEMS_MAX = 20000,      /* of one meeting */
        CONFIRM_PARTS_MAX = 50,         /* of one split or join */
        CONFIRM_QUOTE_MAX = 4000        /* bytes of a quote */
};
#define CONFIRM_FILE_MAX ((size_t)16 << 20)

/* Tables of meetings, tasks and drafts. */
Status confirm_tables(StoreTx *tx) FALLIBLE;

/* ---- meetings ---- */

typedef struct ConfirmNew {
        const char *file_name;
        Str bytes;                      /* as they came */
        Str text;                       /* clean text of the reading, UTF-8 */
        const Json *reading;            /* {"speeches":[{"title":…,"sections":[…],"items":[…]}, …]} */
        Str title;                      /* empty: that of the first speech, else the file's name */
        Str occasion;                   /* empty: none */
        Date day;                       /* of the meeting; what 今年 and 年内 mean */
        const PackUnit *unit;           /* whose meeting; NULL: the top's */
        Str actor;
} ConfirmNew;

typedef struct ConfirmMeeting {
        int64_t id;
        Str title, occasion, day, unit, file_name, hash, actor, at;
        Str text, outline;              /* outline: JSON array of speeches with their sections */
        int64_t bytes, event;
        int64_t counts[CONFIRM_KIND_COUNT][CONFIRM_STATE_COUNT];
        int64_t results;                /* items that something came of */
} ConfirmMeeting;

/* Stores a reading: the file by its hash, the text, and every item as proposed, linked to the pack.  ST_EXISTS (with
 * the meeting's number) when the same bytes are there; ST_INVALID when the reading is none; ST_LIMIT. */
Status confirm_add(StoreTx *tx, const Pack *pack, const ConfirmNew *in, Arena *a, int64_t *ret_id) FALLIBLE;
/* within: meetings of units outside are not there; NULL: all.  Texts and outlines are left out of the list. */
Status confirm_meetings(StoreTx *tx, const Pack *pack, const PackUnit *within, Arena *a, ConfirmMeeting **ret,
                        size_t *ret_count) FALLIBLE;
Status confirm_meeting(StoreTx *tx, const Pack *pack, int64_t id, const PackUnit *within, Arena *a,
                       ConfirmMeeting *ret) FALLIBLE;
/* The bytes it came as. */
Status confirm_file(StoreTx *tx, Str hash, Arena *a, Str *ret) FALLIBLE;
/* Keeps bytes by their hash; once. */
Status confirm_keep_file(StoreTx *tx, Str bytes, Arena *a, Str *ret_hash) FALLIBLE;

/* ---- items ---- */

typedef struct ConfirmItem {
        int64_t id, meeting, speech, version, event;
        ConfirmKind kind;
        ConfirmState state;
        int64_t from, to;               /* code points of the clean text, [from, to); -1: not found in it */
        int64_t confidence;             /* of the reading, 0 … 1000; -1: not said */
        Str quote, fields, link;        /* fields, link: JSON objects */
        Str parents;                    /* JSON array of the items it was split from or joined of */
        Str result;                     /* "task:3", "tasks:3,4", "line:7", "draft:m1_5"; empty: none yet */
        Str actor, at, act, reason;     /* of the last act; empty: the reading's own */
} ConfirmItem;

typedef struct ConfirmAct {
        int64_t item, version;
        ConfirmActKind act;
        Str reason, actor;
        const Json *fields, *link;      /* mend: what becomes of them; NULL: stays */
        const Json *parts;              /* split: array of {"quote":…, "fields":{…}?} */
        const int64_t *others;          /* join: the other items … */
        const int64_t *other_versions;  /* … and the versions they were seen at */
        size_t other_count;
} ConfirmAct;

/* By place in the text.  states: NULL for all, or a set by index. */
Status confirm_items(StoreTx *tx, int64_t meeting, const bool states[CONFIRM_STATE_COUNT], Arena *a, ConfirmItem **ret,
                     size_t *ret_count) FALLIBLE;
Status confirm_item(StoreTx *tx, int64_t item, Arena *a, ConfirmItem *ret) FALLIBLE;
/* All versions, newest first. */
Status confirm_item_versions(StoreTx *tx, int64_t item, Arena *a, ConfirmItem **ret, size_t *ret_count) FALLIBLE;
/* Does the act in a write transaction; ret (may be NULL) is the item after it: of a join, the new one.  Several items
 * may come of it: read the list again.  ST_CONFLICT, ST_NOT_FOUND, ST_INVALID (messages in the transaction's Diag). */
Status confirm_act(StoreTx *tx, const Pack *pack, const ConfirmAct *act, Arena *a, ConfirmItem *ret) FALLIBLE;
/* A piece that the reading missed: proposed by a person. */
Status confirm_item_add(StoreTx *tx, const Pack *pack, int64_t meeting, ConfirmKind kind, Str quote, const Json *fields,
                        Str actor, Arena *a, ConfirmItem *ret) FALLIBLE;
/* Writes down what came of an accepted item (apply.h and the api do); part of the caller's event. */
Status confirm_item_result(StoreTx *tx, const ConfirmItem *item, Str result, int64_t event) FALLIBLE;

#endif
