/* arena.h -- memory by lifetime: many allocations, one release.
 *
 * An Arena belongs to a lifetime (process, pack, request, batch) and is passed
 * explicitly.  Nothing in it is freed alone.  Every arena has a maximum; past
 * it, and when the heap is empty, arena_alloc returns NULL and the arena stays
 * usable.  Not thread-safe: one thread at a time.
 *
 *     Arena *a = arena_new(64 << 20);
 *     char *name = arena_strdup(a, "开发区");
 *     arena_free(a);
 *
 * A mark remembers a place; arena_rewind gives back what came after it, for
 * loops that evaluate row by row.
 */
#ifndef KC_BASE_ARENA_H
#define KC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/str.h"

typedef struct Arena Arena;

/* max_bytes: the most it may hold; 0 is refused (returns NULL). */
Arena *arena_new(size_t max_bytes) __attribute__((warn_unused_result));
void arena_free(Arena *a);
DEFINE_CLEANUP(Arena *, arena_free)
#define _cleanup_arena_ _cleanup_(arena_freep)

/* Aligned for any type, not zeroed.  size 0 gives a valid pointer. */
void *arena_alloc(Arena *a, size_t size) __attribute__((warn_unused_result));
void *arena_calloc(Arena *a, size_t count, size_t size) __attribute__((warn_unused_result));
#define arena_new_of(a, type) ((type *)arena_calloc((a), 1, sizeof(type)))
#define arena_array_of(a, type, n) ((type *)arena_calloc((a), (n), sizeof(type)))
/* A copy that ends in NUL (also for arena_str, whose len excludes it). */
char *arena_strdup(Arena *a, const char *s) __attribute__((warn_unused_result));
char *arena_strndup(Arena *a, const char *s, size_t n) __attribute__((warn_unused_result));
/* ptr NULL in the result means failure. */
Str arena_str(Arena *a, Str s) __attribute__((warn_unused_result));
char *arena_printf(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3), warn_unused_result));
char *arena_vprintf(Arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0), warn_unused_result));

/* Grows an array that was made in this arena: *data has room for *cap items of
 * item_size and is to hold need; doubles.  0 on success, -1 on failure. */
int arena_grow(Arena *a, void **data, size_t *cap, size_t need, size_t item_size) __attribute__((warn_unused_result));

typedef struct ArenaMark {
        void *chunk;
        size_t used;
        size_t total;
} ArenaMark;
ArenaMark arena_mark(const Arena *a);
void arena_rewind(Arena *a, ArenaMark mark);
/* All but the first chunk is given back. */
void arena_reset(Arena *a);
size_t arena_used(const Arena *a);
/* What it takes from the heap. */
size_t arena_held(const Arena *a);

#endif
