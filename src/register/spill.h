/* spill.h -- private to the room: bytes that are written once and read again, mostly in order, and that may be more
 * than should stand in memory.
 *
 * The first SPILL_MEMORY bytes are kept as they are; when there are more, all of them go to a nameless file in the
 * folder for temporary files ($TMPDIR, else /tmp), which is gone with the process however it ends.
 */
#ifndef KC_REGISTER_SPILL_H
#define KC_REGISTER_SPILL_H

#include "base/buf.h"
#include "base/diag.h"

enum { SPILL_MEMORY = 4 << 20, SPILL_TAIL = 1 << 20, SPILL_WINDOW = 256 << 10 };

typedef struct Spill {
        int fd;                 /* -1: all is in the tail */
        uint64_t flushed;       /* bytes in the file */
        Buf tail;               /* what follows them */
        Buf window;             /* a piece of the file, from window_at on */
        uint64_t window_at;
} Spill;

#define SPILL_INIT \
        ((Spill){ .fd = -1, .tail = BUF_INIT(SPILL_MEMORY + ((size_t)1 << 30)), .window = BUF_INIT((size_t)1 << 30) })

/* Appends; *ret_at is where they can be read. */
Status spill_put(Spill *s, Str bytes, Diag *diag, uint64_t *ret_at) FALLIBLE;
/* len bytes from `at`, into out. */
Status spill_get(Spill *s, uint64_t at, size_t len, void *out, Diag *diag) FALLIBLE;
void spill_release(Spill *s);

#endif
