/* buf.h -- a growing byte buffer with a maximum.
 *
 * A failed append (no memory, past the maximum) makes the buffer *failed*: it
 * keeps what it has, swallows further appends, and buf_status says why, so that
 * a writer of text appends freely and checks once at its end.
 *
 *     Buf b = BUF_INIT(1 << 20);
 *     buf_puts(&b, "合计 ");
 *     buf_printf(&b, "%d", n);
 *     TRY(buf_status(&b));
 *     buf_release(&b);
 *
 * b.ptr always ends in a NUL that b.len does not count (b.ptr is NULL while
 * nothing was appended; buf_cstr gives "" then).
 */
#ifndef KC_BASE_BUF_H
#define KC_BASE_BUF_H

#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "base/str.h"

typedef struct Buf {
        char *ptr;
        size_t len;
        size_t cap;
        size_t max;
        Status failed;
} Buf;

#define BUF_INIT(max_bytes) ((Buf){ .max = (max_bytes) })
#define BUF_MAX_DEFAULT ((size_t)256 << 20)

void buf_release(Buf *b);
#define _cleanup_buf_ _cleanup_(buf_release)
void buf_clear(Buf *b);
void buf_grow_put(Buf *b, const void *data, size_t len); /* buf_put when there is no room yet */
static inline void buf_put(Buf *b, const void *data, size_t len)
{
        if (len && len < b->cap - b->len && b->failed == ST_OK) { /* the common case stays in the caller */
                memcpy(b->ptr + b->len, data, len);
                b->len += len;
                b->ptr[b->len] = '\0';
        } else {
                buf_grow_put(b, data, len);
        }
}
static inline void buf_putc(Buf *b, char c) { buf_put(b, &c, 1); }
static inline void buf_puts(Buf *b, const char *s) { buf_put(b, s, strlen(s)); }
static inline void buf_put_str(Buf *b, Str s) { buf_put(b, s.ptr, s.len); }
void buf_put_codepoint(Buf *b, uint32_t cp);
void buf_printf(Buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(Buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* Room for n more bytes, or NULL; after writing, raise b->len by hand. */
char *buf_reserve(Buf *b, size_t n) __attribute__((warn_unused_result));
Status buf_status(const Buf *b) FALLIBLE;
static inline Str buf_str(const Buf *b) { return (Str){ b->ptr ? b->ptr : "", b->len }; }
static inline const char *buf_cstr(const Buf *b) { return b->ptr ? b->ptr : ""; }
/* The bytes leave the buffer (caller frees with mem_free); the buffer is empty. */
char *buf_take(Buf *b, size_t *ret_len);

#endif
