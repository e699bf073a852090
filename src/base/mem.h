/* mem.h -- where all heap memory comes from, and the cleanup attributes.
 *
 * Everything allocates through mem_alloc and friends so that a test can make
 * allocation number n fail (mem_test_fail_at) and a program can be told how
 * much is in use.  Foreign libraries that accept allocator hooks are given
 * these.  mem_free(NULL) is fine.  Contents are not zeroed except by mem_calloc.
 */
#ifndef KC_BASE_MEM_H
#define KC_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t size) __attribute__((malloc, warn_unused_result));
void *mem_calloc(size_t count, size_t size) __attribute__((malloc, warn_unused_result));
/* Like realloc; on failure the old block is untouched and NULL is returned. */
void *mem_realloc(void *ptr, size_t size) __attribute__((warn_unused_result));
/* count * size with an overflow check. */
void *mem_realloc_array(void *ptr, size_t count, size_t size) __attribute__((warn_unused_result));
void mem_free(void *ptr);

/* Tests: the n-th allocation from now fails (1 is the next); persistent: all
 * that follow fail too.  0 switches it off.  mem_test_count: allocations seen
 * since the last call of mem_test_fail_at.  Not for threads. */
void mem_test_fail_at(uint64_t n, int persistent);
uint64_t mem_test_count(void);
/* Blocks allocated and not freed; a leak check that works without a sanitizer. */
int64_t mem_live_blocks(void);

/* _cleanup_(fn): fn(&variable) when it leaves scope (systemd's habit). */
#define _cleanup_(fn) __attribute__((cleanup(fn)))

static inline void mem_freep(void *p)
{
        void **pp = p;
        mem_free(*pp);
        *pp = NULL;
}
#define _cleanup_free_ _cleanup_(mem_freep)

/* Ownership leaves the variable: return TAKE(x); */
#define TAKE(x)                                   \
        __extension__({                           \
                __typeof__(x) taken_ = (x);       \
                (x) = NULL;                       \
                taken_;                           \
        })

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* DEFINE_CLEANUP(Type *, type_free) makes type_freep for _cleanup_. */
#define DEFINE_CLEANUP(type, fn)                  \
        static inline void fn##p(type *p)         \
        {                                         \
                if (*p)                           \
                        fn(*p);                   \
        }

#endif
