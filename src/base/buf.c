#include "base/buf.h"

#include <stdio.h>

#include "base/utf8.h"

void buf_release(Buf *b)
{
        mem_free(b->ptr);
        *b = (Buf){ .max = b->max };
}

void buf_clear(Buf *b)
{
        b->len = 0;
        b->failed = ST_OK;
        if (b->ptr)
                b->ptr[0] = '\0';
}

char *buf_reserve(Buf *b, size_t n)
{
        if (b->failed != ST_OK)
                return NULL;
        if (n >= b->max || b->len > b->max - n) {
                b->failed = ST_LIMIT;
                return NULL;
        }
        size_t need = b->len + n + 1; /* no overflow: a maximum of SIZE_MAX cannot be reached */
        if (need > b->cap) {
                size_t cap = b->cap ? b->cap * 2 : 64;
                if (cap > b->max && b->max < SIZE_MAX)
                        cap = b->max + 1; /* so that room in hand is room allowed */
                if (cap < need)
                        cap = need;
                char *p = mem_realloc(b->ptr, cap);
                if (!p) {
                        b->failed = ST_NOMEM;
                        return NULL;
                }
                b->ptr = p;
                b->cap = cap;
        }
        return b->ptr + b->len;
}

void buf_grow_put(Buf *b, const void *data, size_t len)
{
        char *p = buf_reserve(b, len);
        if (!p)
                return;
        if (len)
                memcpy(p, data, len);
        b->len += len;
        b->ptr[b->len] = '\0';
}

void buf_put_codepoint(Buf *b, uint32_t cp)
{
        char out[4];
        size_t n = utf8_put(out, cp);
        buf_put(b, out, n);
}

void buf_vprintf(Buf *b, const char *fmt, va_list ap)
{
        va_list again;
        va_copy(again, ap);
        int n = vsnprintf(NULL, 0, fmt, ap);
        char *p = n < 0 ? NULL : buf_reserve(b, (size_t)n);
        if (p) {
                vsnprintf(p, (size_t)n + 1, fmt, again);
                b->len += (size_t)n;
        } else if (n < 0 && b->failed == ST_OK) {
                b->failed = ST_INVALID;
        }
        va_end(again);
}

void buf_printf(Buf *b, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        buf_vprintf(b, fmt, ap);
        va_end(ap);
}

Status buf_status(const Buf *b)
{
        return b->failed;
}

char *buf_take(Buf *b, size_t *ret_len)
{
        char *p = b->ptr;
        if (ret_len)
                *ret_len = b->len;
        *b = (Buf){ .max = b->max };
        return p;
}
