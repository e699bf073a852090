/* drip.h -- a source of bytes that gives a few at a time, for tests and fuzz targets. */
#ifndef KC_TESTS_DRIP_H
#define KC_TESTS_DRIP_H

#include "codec/source.h"

typedef struct DripSource {
        Str left;
        size_t step;        /* bytes at most in one reading */
} DripSource;

static inline Status drip_read(void *ctx, void *out, size_t cap, Diag *d, size_t *ret_len)
{
        (void)d;
        DripSource *s = ctx;
        size_t n = s->left.len < s->step ? s->left.len : s->step;
        n = n < cap ? n : cap;
        if (n) {
                memcpy(out, s->left.ptr, n);
                s->left = str_n(s->left.ptr + n, s->left.len - n);
        }
        *ret_len = n;
        return ST_OK;
}

static inline ByteSource drip_source(DripSource *s)
{
        return (ByteSource){ drip_read, s };
}

#endif
