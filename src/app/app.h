/* app.h -- what a command works with, and how it talks.
 *
 * app/ is the only room that prints, reads the environment or exits.  A command
 * appends its result to `out`; main writes it to stdout when the command has
 * succeeded or said "the data says no" (exit 1), so that a broken command never
 * leaves half a result.  Commands whose output may be larger than memory should
 * hold write to stdout by app_flush as they go.
 */
#ifndef KC_APP_APP_H
#define KC_APP_APP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

typedef struct App {
        Lang lang;
        Diag diag;          /* messages, to stderr at the end */
        Buf out;            /* result, to stdout */
        Arena *arena;       /* lives as long as the command */
        bool progress;      /* stderr is a terminal: long work may show progress */
        const char *as_user;    /* --as NAME: act with this account's rights; NULL: the owner of the machine */
} App;

/* Writes what is in out to stdout and empties it.  ST_IO, ST_FULL. */
Status app_flush(App *app) FALLIBLE;
/* Wrong usage: a message, and ST_USAGE. */
Status app_usage(App *app, const char *zh, const char *en, ...)
        __attribute__((format(printf, 2, 4), format(printf, 3, 4), warn_unused_result));
/* "处理中 40%" on a terminal, in place; done >= total ends the line. */
void app_progress(App *app, const char *what, uint64_t done, uint64_t total);
/* Reads a whole file (or standard input for "-") into the arena.  Limits: max bytes. */
Status app_read_file(App *app, const char *path, size_t max, Str *ret) FALLIBLE;
/* Writes a file whole or not at all: a temporary file beside it, fsync, rename. */
Status app_write_file(App *app, const char *path, Str data) FALLIBLE;

#endif
