/* confirm_int.h -- private to the room: how items are read from and written to their tables. */
#ifndef KC_MEETING_CONFIRM_INT_H
#define KC_MEETING_CONFIRM_INT_H

#include "meeting/confirm.h"

#define CONFIRM_ITEM_COLUMNS                                                                                   \
        "id, meeting, speech, kind, state, version, span_from, span_to, quote, fields, link, confidence, parents, " \
        "result, actor, at, act, reason, event, back"

/* The row the statement stands on; *ret_back (may be NULL) is the version an undo goes back to. */
Status confirm_item_row(StoreStmt *q, Arena *a, ConfirmItem *ret, int64_t *ret_back) FALLIBLE;
/* Inserts the item as it is, with its version and the version an undo goes back to (0: none). */
Status confirm_item_insert(StoreTx *tx, const ConfirmItem *n, int64_t back) FALLIBLE;
/* The kind has a field of this name. */
bool confirm_field_known(ConfirmKind kind, Str name);
/* Fields checked and brought into canonical JSON.  whole: what the item is about (its action, indicator, beneficiary)
 * must be there; a reading may lack it, a person may not. */
Status confirm_fields_check(ConfirmKind kind, const Json *fields, bool whole, Arena *a, Diag *d, Str *ret) FALLIBLE;
/* A place in a text that was reached: byte and code point.  Start with { 0 }. */
typedef struct ConfirmCursor {
        size_t byte;
        int64_t point;
} ConfirmCursor;
/* Where a quote stands, in code points: looked for from the cursor on, then in the whole text; the cursor moves to
 * its beginning.  False: nowhere. */
bool confirm_quote_find(Str text, Str quote, ConfirmCursor *at, int64_t *ret_from, int64_t *ret_to);
/* The piece [from, to) of a text, code points. */
Str confirm_piece(Str text, int64_t from, int64_t to);
/* {"key":…} of an item for an event. */
void confirm_put_item(JsonWriter *w, const ConfirmItem *n);
/* Now, as the tables have it, in the arena. */
Status confirm_now(Arena *a, Str *ret) FALLIBLE;
/* A JSON value as canonical text in the arena. */
Status confirm_json_text(const Json *j, Arena *a, Str *ret) FALLIBLE;
/* Parses stored JSON; ST_CORRUPT when it is none. */
Status confirm_json_read(Str text, Arena *a, Json **ret) FALLIBLE;

#endif
