/* ask.h -- a command that passes what it is given to one operation and prints the reply.
 *
 *     static const AskOption options[] = {
 *             { .name = "--year", .entry = "year", .required = true },
 *             { .name = "--unit", .entry = "unit" },
 *             { .name = "--drafts", .entry = "drafts", .kind = ASK_FLAG },
 *     };
 *     _cleanup_app_world_ AppWorld w;
 *     const Json *o;
 *     TRY(ASK(app, args, "letter_list", options, &w, &o));
 *     return o ? put_letters(app, o) : ST_OK;
 *
 * The first argument is DB and --json is always there: with it the reply is printed as it came and *ret is NULL.  What
 * is not given is not sent.  Of options for the same entry ("--accept", "--refuse") one at most may be given.  Options
 * that only concern the printing are taken out of args before.
 */
#ifndef KC_APP_ASK_H
#define KC_APP_ASK_H

#include "app/world.h"

typedef enum AskKind {
        ASK_TEXT,
        ASK_NUMBER,                     /* a whole number */
        ASK_FLAG,                       /* takes no value: true */
        ASK_DENIAL,                     /* takes no value: false */
        ASK_SWITCH,                     /* takes no value: true, and false when it is not given */
        ASK_MANY,                       /* may stand many times, or all further arguments; in the body: a list */
        ASK_PAIRS,                      /* the same, each NAME=VALUE; in the body: an object ("NAME=" is null) */
        ASK_FILE,                       /* a path: the file is the body, its name the entry */
        ASK_ALWAYS                      /* not asked for: `says` is sent */
} AskKind;

typedef struct AskOption {
        const char *name;               /* "--unit"; without dashes ("UNIT") an argument in its place, after DB */
        const char *entry;              /* the parameter, or the entry of the body */
        AskKind kind;
        const char *says;               /* of a flag in the body: the text it stands for; NULL: true or false */
        bool body;                      /* sent in the JSON body */
        bool required;                  /* of arguments: always, unless `optional` */
        bool optional;
} AskOption;

/* *ret (may be NULL): the reply, or NULL when --json printed it. */
Status ask(App *app, Args *args, const char *operation, const AskOption *options, size_t n, AppWorld *w,
           const Json **ret) FALLIBLE;
#define ASK(app, args, operation, options, w, ret) ask(app, args, operation, options, ARRAY_LEN(options), w, ret)

#endif
