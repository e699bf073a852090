/* event.h -- the event chain: who changed what, when and why, provable offline.
 *
 * Every write transaction appends at least one event to the table `event`:
 *
 *     seq        1, 2, 3 … without a gap
 *     time       when, "2023-06-30T08:15:00+08:00"
 *     actor      the account that did it ("root", "county.dongcheng")
 *     on_behalf  for whom, or ""
 *     op         what was done, a stable word with dots ("import", "value.approve")
 *     subject    to what ("enterprise:91510…", "value:rd_expenditure/510104/2023-06"), or ""
 *     reason     why, in the person's words, or ""
 *     payload    the change as canonical JSON
 *     prev       hash of the event before, 64 hexadecimal digits; 64 zeros for seq 1
 *     hash       SM3(prev ‖ record)
 *
 * where prev enters as its 32 bytes and record is the canonical JSON text of the other fields (RFC 8785: keys
 * sorted, no blanks, UTF-8, only ", \ and control characters escaped), with the payload as it stands in its column:
 *
 *     {"actor":…,"on_behalf":…,"op":…,"payload":…,"reason":…,"seq":…,"subject":…,"time":…}
 *
 * store_head (one row) holds the number of events and the last hash, so that cutting off the end shows; a
 * checkpoint file, kept elsewhere, holds the same of an earlier day, so that rewriting the whole chain shows.
 * tools/verify-chain.py checks all of this without this program.
 *
 *     TRY(store_event(tx, &(StoreEvent){ .actor = session->account, .op = STR("import"),
 *                                        .subject = STR("enterprise"), .payload = json }, NULL));
 */
#ifndef KC_STORE_EVENT_H
#define KC_STORE_EVENT_H

#include "store/sm3.h"
#include "store/store.h"

typedef struct StoreEvent {
        int64_t seq;        /* given by the store */
        Str time;           /* given by the store */
        Str actor;          /* must not be empty */
        Str on_behalf;
        Str op;             /* must not be empty */
        Str subject;
        Str reason;
        Str payload;        /* a JSON value; empty: {}.  Kept in canonical form */
        Str prev;           /* given by the store, hexadecimal */
        Str hash;           /* given by the store, hexadecimal */
} StoreEvent;

/* One payload is at most this long; put bulk data in tables and its hash here. */
#define STORE_PAYLOAD_MAX ((size_t)16 << 20)

/* Appends; only in a STORE_WRITE transaction.  ST_INVALID: an empty actor or op, a payload that is not JSON,
 * text that is not UTF-8.  ret_seq may be NULL. */
Status store_event(StoreTx *tx, const StoreEvent *e, int64_t *ret_seq) FALLIBLE;

/* The number of the last event, 0 for none: what caches are keyed by. */
Status store_event_head(StoreTx *tx, int64_t *ret_seq) FALLIBLE;

/* Reading.  Empty slices and zeros do not filter. */
typedef struct StoreEventFilter {
        Str subject;            /* exact */
        Str subject_prefix;
        Str actor;              /* exact; the account itself or on whose behalf */
        Str op;                 /* exact, or all below: "value" finds value and value.approve */
        Str time_from, time_to; /* instants or days as text, from inclusive, to exclusive */
        int64_t after;          /* seq > after */
        int64_t before;         /* seq < before; 0: none */
        bool newest_first;
        int64_t limit;          /* 0: 100; at most 10,000 */
} StoreEventFilter;
/* Rows of the page, oldest (or newest) first, in the arena. */
Status store_events(StoreTx *tx, const StoreEventFilter *f, Arena *a, StoreEvent **ret, size_t *ret_count) FALLIBLE;

/* ---- proof ------------------------------------------------------------- */

typedef enum StoreBroken {
        STORE_WHOLE,
        STORE_BROKEN_CHANGED,       /* a field of the event is not what was hashed */
        STORE_BROKEN_LINK,          /* prev is not the hash of the event before: hash changed, inserted, re-ordered */
        STORE_BROKEN_MISSING,       /* a number is left out, or stands before its turn */
        STORE_BROKEN_TRUNCATED,     /* the last events are gone, or the head does not agree */
        STORE_BROKEN_CHECKPOINT     /* whole in itself, but not the chain the checkpoint was taken of */
} StoreBroken;

typedef struct StoreProof {
        int64_t events;             /* checked and found whole */
        char head[SM3_HEX];         /* hash of the last of them */
        int64_t first_broken;       /* 0: none */
        StoreBroken why;
} StoreProof;

/* Recomputes the chain from the first event.  checkpoint: a file of store_checkpoint_write, or NULL.
 * ST_OK: whole.  ST_CHECK: broken, the Diag names the first broken event and why.  *ret is set in both cases. */
Status store_verify(Store *s, const char *checkpoint, Diag *d, StoreProof *ret) FALLIBLE;
/* The same inside a transaction (a restore proves before it commits). */
Status store_verify_tx(StoreTx *tx, const char *checkpoint, StoreProof *ret) FALLIBLE;

/* {"events":N,"head":"…","time":"…"} and a newline; written to the side, then renamed into place. */
Status store_checkpoint_write(const char *path, const StoreProof *proof, Diag *d) FALLIBLE;

#endif
