/* diag.h -- what to tell the user: messages with a place, in their language.
 *
 * The caller owns a Diag and passes it down; a function that fails adds at
 * least one message and leaves it untouched on success (warnings and notes
 * excepted).  Several errors are collected, up to a maximum; what is beyond is
 * counted.  Every message is written in both languages beside each other, and
 * the compiler checks both formats against the arguments.
 *
 *     diag_error(d, POS_LINE(file, 12, 5),
 *                "未知的键 “%.*s”", "unknown key \"%.*s\"", STR_FMT(key));
 *     return ST_INVALID;
 *
 * A place is a file with line and column, or a sheet with a cell.  `source` may
 * hold the text of the offending line: diag_print then draws a caret under it.
 * Passing NULL as Diag is allowed: nothing is recorded.
 */
#ifndef KC_BASE_DIAG_H
#define KC_BASE_DIAG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "base/str.h"

typedef enum Severity { SEV_ERROR, SEV_WARNING, SEV_NOTE } Severity;

typedef struct Pos {
        const char *file;   /* file, or sheet of a workbook; may be NULL; copied when recorded */
        int line;           /* 1-based; 0 unknown */
        int col;            /* 1-based, in characters; 0 unknown */
        const char *cell;   /* "B12" of a sheet; may be NULL; copied */
        Str source;         /* the whole line of text, for the caret; may be none; copied */
} Pos;

#define POS_NONE ((Pos){ 0 })
#define POS_FILE(f) ((Pos){ .file = (f) })
#define POS_LINE(f, l, c) ((Pos){ .file = (f), .line = (l), .col = (c) })
#define POS_CELL(f, c) ((Pos){ .file = (f), .cell = (c) })

typedef struct DiagMsg {
        Severity severity;
        Pos pos;
        const char *text;   /* in the Diag's language */
} DiagMsg;

typedef struct Diag {
        Arena *arena;       /* made on the first message */
        Lang lang;
        DiagMsg *msgs;
        size_t count;       /* recorded */
        size_t cap;
        size_t errors;      /* all of them, recorded or not */
        size_t warnings;
        size_t max;         /* recorded at most */
} Diag;

#define DIAG_MAX_DEFAULT 100
#define DIAG_INIT(language) ((Diag){ .lang = (language), .max = DIAG_MAX_DEFAULT })

void diag_release(Diag *d);
#define _cleanup_diag_ _cleanup_(diag_release)
void diag_clear(Diag *d);

void diag_add(Diag *d, Severity sev, Pos pos, const char *zh, const char *en, ...)
        __attribute__((format(printf, 4, 6), format(printf, 5, 6)));
#define diag_error(d, pos, zh, ...) diag_add((d), SEV_ERROR, (pos), zh, __VA_ARGS__)
#define diag_warning(d, pos, zh, ...) diag_add((d), SEV_WARNING, (pos), zh, __VA_ARGS__)
#define diag_note(d, pos, zh, ...) diag_add((d), SEV_NOTE, (pos), zh, __VA_ARGS__)

/* Would a further message only be counted?  Also without a Diag.  For words that take work to find. */
bool diag_is_full(const Diag *d);

/* Adds a message unless there is an error already; gives st, for tail calls:
 * return diag_fail(d, ST_IO, POS_FILE(path), "无法打开：%s", "cannot open: %s", strerror(e)); */
#define diag_fail(d, st, pos, zh, ...)                              \
        __extension__({                                             \
                Status fail_status_ = (st);                         \
                diag_first_error((d), (pos), zh, __VA_ARGS__);      \
                fail_status_;                                       \
        })
void diag_first_error(Diag *d, Pos pos, const char *zh, const char *en, ...)
        __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

/* Adds an error whatever was said before and gives st, for the place where it is found:
 * return diag_raise(d, ST_INVALID, pos, "…", "…"); */
#define diag_raise(d, st, pos, zh, ...) (diag_add((d), SEV_ERROR, (pos), zh, __VA_ARGS__), (st))

/* "file:line:col: 错误：text", the source line and a caret, for each message. */
void diag_print(const Diag *d, Buf *out);

#endif
