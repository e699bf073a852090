/* world.h -- what the commands over a database share: opening it, calling an
 * operation with the rights of --as, and tables on a terminal. */
#ifndef KC_APP_WORLD_H
#define KC_APP_WORLD_H

#include "api/api.h"
#include "app/app.h"
#include "app/args.h"

typedef struct AppWorld {
        App *app;
        ApiWorld *world;
        ApiSession session;         /* of --as */
        ApiCall call;
} AppWorld;

/* Opens DB and prepares a call with the account of --as (none: the machine's owner). */
Status app_world_open(App *app, const char *db, AppWorld *ret) FALLIBLE;
void app_world_release(AppWorld *w);
#define _cleanup_app_world_ _cleanup_(app_world_release)
/* api_set that skips NULL. */
Status app_set(AppWorld *w, const char *name, const char *value) FALLIBLE;
/* A unit as people write it (code, name or alias) as its code.  Several of that name: ST_CONFLICT with all of them; what
 * is no unit stays as it is, for the operation to refuse. */
Status app_unit(AppWorld *w, const char **unit) FALLIBLE;
/* Runs the operation; its JSON reply is parsed too (ret may be NULL). */
Status app_call(AppWorld *w, const char *operation, const Json **ret) FALLIBLE;
/* The JSON reply as it is, with a line break, to standard output. */
void app_put_reply(AppWorld *w);

/* A file as the call's body and its name as the parameter `file`. */
Status app_take_file(AppWorld *w, const char *file) FALLIBLE;
/* An Outcome as words (or as it came), and whether the data said no: ST_CHECK when nothing could be taken, or, in
 * a dry run, not everything. */
Status app_finish_outcome(AppWorld *w, const char *file, const Json *o, bool dry, bool json) FALLIBLE;

/* A table of text: cells are gathered, then written with columns aligned by width on screen. */
typedef struct AppTable {
        Arena *arena;
        Str *cells;
        size_t columns, count, cap;
        uint64_t right;             /* bit i: column i is aligned to the right */
} AppTable;
#define APP_TABLE(a, n) ((AppTable){ .arena = (a), .columns = (n) })
Status app_cell(AppTable *t, Str text) FALLIBLE;
Status app_cell_c(AppTable *t, const char *text) FALLIBLE;
void app_table_put(const AppTable *t, Buf *out);

/* Text of a member, "" when null or absent; titles in the language. */
Str app_text(const Json *obj, const char *key);
Str app_title(const App *app, const Json *obj, const char *key);
/* The words for a policy's outcome ("eligible") and for the state of a payment, an item or an application; "" when
 * there is no such word. */
const char *app_outcome_word(const App *app, Str outcome);
const char *app_state_word(const App *app, Str state);

#endif
