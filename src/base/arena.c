/* Chunks are linked newest first; each starts with its header and is at least
 * twice as large as the one before, up to CHUNK_MAX.  A rewind frees the chunks
 * that are newer than the mark, except that the newest of them is kept as a
 * spare when it is larger, so that row-by-row loops do not go back to the heap. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>

typedef struct Chunk Chunk;
struct Chunk {
        Chunk *older;
        size_t size;        /* of data */
        size_t used;
        _Alignas(max_align_t) unsigned char data[];
};

struct Arena {
        Chunk *newest;
        Chunk *spare;
        size_t total;       /* bytes handed out */
        size_t held;        /* bytes of all chunks, the spare included */
        size_t max;
};

enum { CHUNK_MIN = 4096, CHUNK_MAX = 1 << 20, ALIGN = _Alignof(max_align_t) };

Arena *arena_new(size_t max_bytes)
{
        if (max_bytes == 0)
                return NULL;
        Arena *a = mem_calloc(1, sizeof(*a));
        if (a)
                a->max = max_bytes;
        return a;
}

static void free_chunk(Arena *a, Chunk *c)
{
        a->held -= c->size;
        mem_free(c);
}

void arena_free(Arena *a)
{
        if (!a)
                return;
        for (Chunk *c = a->newest; c;) {
                Chunk *older = c->older;
                mem_free(c);
                c = older;
        }
        mem_free(a->spare);
        mem_free(a);
}

static int add_chunk(Arena *a, size_t need)
{
        if (a->spare && a->spare->size >= need) {
                Chunk *c = a->spare;
                a->spare = NULL;
                c->used = 0;
                c->older = a->newest;
                a->newest = c;
                return 0;
        }
        size_t size = a->newest ? a->newest->size * 2 : CHUNK_MIN;
        if (size > CHUNK_MAX)
                size = CHUNK_MAX;
        if (size < need)
                size = need;
        if (size > a->max - a->held) {
                size = need;
                if (size > a->max - a->held)
                        return -1;
        }
        Chunk *c = mem_alloc(sizeof(Chunk) + size);
        if (!c)
                return -1;
        c->size = size;
        c->used = 0;
        c->older = a->newest;
        a->newest = c;
        a->held += size;
        return 0;
}

void *arena_alloc(Arena *a, size_t size)
{
        if (size > SIZE_MAX - ALIGN)
                return NULL;
        size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
        if (size == 0)
                size = ALIGN;
        Chunk *c = a->newest;
        if (!c || c->size - c->used < size) {
                if (size > a->max || add_chunk(a, size) < 0)
                        return NULL;
                c = a->newest;
        }
        void *p = c->data + c->used;
        c->used += size;
        a->total += size;
        return p;
}

void *arena_calloc(Arena *a, size_t count, size_t size)
{
        size_t bytes;
        if (__builtin_mul_overflow(count, size, &bytes))
                return NULL;
        void *p = arena_alloc(a, bytes);
        return p ? memset(p, 0, bytes) : NULL;
}

char *arena_strndup(Arena *a, const char *s, size_t n)
{
        if (n == SIZE_MAX)
                return NULL;
        char *p = arena_alloc(a, n + 1);
        if (!p)
                return NULL;
        if (n)
                memcpy(p, s, n);
        p[n] = '\0';
        return p;
}

char *arena_strdup(Arena *a, const char *s)
{
        return arena_strndup(a, s, strlen(s));
}

Str arena_str(Arena *a, Str s)
{
        char *p = arena_strndup(a, s.ptr, s.len);
        return p ? (Str){ p, s.len } : STR_NONE;
}

char *arena_vprintf(Arena *a, const char *fmt, va_list ap)
{
        va_list again;
        va_copy(again, ap);
        int n = vsnprintf(NULL, 0, fmt, ap);
        char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
        if (p)
                vsnprintf(p, (size_t)n + 1, fmt, again);
        va_end(again);
        return p;
}

char *arena_printf(Arena *a, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        char *p = arena_vprintf(a, fmt, ap);
        va_end(ap);
        return p;
}

int arena_grow(Arena *a, void **data, size_t *cap, size_t need, size_t item_size)
{
        if (need <= *cap)
                return 0;
        size_t want = *cap ? *cap * 2 : 8;
        if (want < need)
                want = need;
        size_t bytes;
        if (__builtin_mul_overflow(want, item_size, &bytes))
                return -1;
        void *p = arena_alloc(a, bytes);
        if (!p)
                return -1;
        if (*cap)
                memcpy(p, *data, *cap * item_size);
        *data = p;
        *cap = want;
        return 0;
}

ArenaMark arena_mark(const Arena *a)
{
        return (ArenaMark){ a->newest, a->newest ? a->newest->used : 0, a->total };
}

void arena_rewind(Arena *a, ArenaMark mark)
{
        while (a->newest && a->newest != mark.chunk) {
                Chunk *c = a->newest;
                a->newest = c->older;
                if (!a->spare) {
                        a->spare = c;
                } else if (a->spare->size < c->size) {
                        free_chunk(a, a->spare);
                        a->spare = c;
                } else {
                        free_chunk(a, c);
                }
        }
        if (a->newest)
                a->newest->used = mark.used;
        a->total = mark.total;
}

void arena_reset(Arena *a)
{
        arena_rewind(a, (ArenaMark){ NULL, 0, 0 });
}

size_t arena_held(const Arena *a)
{
        return a->held;
}

size_t arena_used(const Arena *a)
{
        return a->total;
}
