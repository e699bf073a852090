/* args.h -- command-line arguments: options anywhere, positionals in order.
 *
 *     const char *db, *period = NULL; bool json = false;
 *     TRY(args_option(args, "--period", &period));
 *     TRY(args_flag(args, "--json", &json));
 *     TRY(args_positional(args, "DB", &db));
 *     TRY(args_done(args));            // anything left is wrong usage
 *
 * `--name value` and `--name=value` are the same; `--` ends options; "-o" too.
 * Every call takes what it finds out of the list.  Take options that have values
 * before the positionals: only their names tell that a value follows.
 */
#ifndef KC_APP_ARGS_H
#define KC_APP_ARGS_H

#include "app/app.h"

typedef struct Args {
        App *app;
        const char *command;    /* for messages */
        int argc;
        char **argv;            /* taken ones are NULL */
} Args;

/* *ret untouched when the option is absent; ST_USAGE when its value is missing or it stands twice. */
Status args_option(Args *args, const char *name, const char **ret) FALLIBLE;
/* The same for an option that may stand many times: next value, or NULL when there is none left. */
Status args_option_next(Args *args, const char *name, const char **ret) FALLIBLE;
Status args_flag(Args *args, const char *name, bool *ret) FALLIBLE;
/* An option that is a whole number in min..max. */
Status args_option_int(Args *args, const char *name, int64_t min, int64_t max, int64_t *ret) FALLIBLE;
/* The next positional; ST_USAGE naming `what` when there is none. */
Status args_positional(Args *args, const char *what, const char **ret) FALLIBLE;
/* The next positional, or NULL. */
Status args_positional_opt(Args *args, const char **ret) FALLIBLE;
/* ST_USAGE when something is left. */
Status args_done(Args *args) FALLIBLE;

#endif
