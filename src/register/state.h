/* state.h -- private to the room: the one place that writes states of records.
 *
 * A record's present state stands in r_NAME, its earlier ones in h_NAME; putting a
 * state closes the one before on the same day and keeps it.  Whatever changes a
 * record (an import, a merge, a deletion) does it through here, so that no state is
 * ever lost and every one names its event.
 *
 *     StateWriter w = { .tx = tx, .reg = reg, .arena = a, .event = event, .actor = actor, .from = day };
 *     TRY(state_writer_begin(&w, 0));
 *     TRY(state_put(&w, &state));
 *     TRY(state_writer_end(&w));
 *     state_writer_release(&w);
 */
#ifndef KC_REGISTER_STATE_H
#define KC_REGISTER_STATE_H

#include "register/register_int.h"

typedef struct StateWriter {
        StoreTx *tx;
        const PackRegister *reg;
        Arena *arena;
        int64_t event, import;          /* import 0: none */
        Str actor;
        Date from;                      /* first day the states are valid */
        /* its own */
        char day[24];
        int64_t next_id;
        const char **columns;
        size_t column_count;
        StoreValue *values;
        StoreBulk *added;
        char *keep, *update, *drop;     /* SQL: to the history, the new state, out of the present */
        char text_index[REGISTER_NAME_MAX];
        Collator *collator;             /* NULL: the label is no text */
        Buf sort;
} StateWriter;

typedef struct State {
        int64_t id;                     /* 0: a new record */
        int64_t version;                /* of the state; 1 for a new record */
        bool present;                   /* the record stands in r_NAME */
        Str key, unit;                  /* unit none: nowhere */
        const RegisterValue *values;
        Str reason;
        int64_t row;                    /* of the sheet */
} State;

/* count: how many new records will be put (their numbers are taken at once). */
Status state_writer_begin(StateWriter *w, int64_t count) FALLIBLE;
Status state_put(StateWriter *w, const State *s) FALLIBLE;
/* The record is no more from w->from on: its state goes to the history. */
Status state_remove(StateWriter *w, int64_t id) FALLIBLE;
/* The next state of a record that is there. */
State state_after(const RegisterRecord *old);
Status state_writer_end(StateWriter *w) FALLIBLE;
void state_writer_release(StateWriter *w);

#endif
