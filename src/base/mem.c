#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic uint64_t fail_at;
static _Atomic int fail_persistent;
static _Atomic uint64_t seen;
static _Atomic int64_t live;

static int must_fail(void)
{
        uint64_t n = atomic_fetch_add_explicit(&seen, 1, memory_order_relaxed) + 1;
        uint64_t at = atomic_load_explicit(&fail_at, memory_order_relaxed);
        if (at == 0)
                return 0;
        return n == at || (n > at && atomic_load_explicit(&fail_persistent, memory_order_relaxed));
}

static void *counted(void *p)
{
        if (p)
                atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
        return p;
}

void *mem_alloc(size_t size)
{
        return must_fail() ? NULL : counted(malloc(size ? size : 1));
}

void *mem_calloc(size_t count, size_t size)
{
        return must_fail() ? NULL : counted(calloc(count ? count : 1, size ? size : 1));
}

void *mem_realloc(void *ptr, size_t size)
{
        if (must_fail())
                return NULL;
        if (!ptr)
                return counted(malloc(size ? size : 1));
        return realloc(ptr, size ? size : 1);
}

void *mem_realloc_array(void *ptr, size_t count, size_t size)
{
        size_t bytes;
        if (__builtin_mul_overflow(count, size, &bytes))
                return NULL;
        return mem_realloc(ptr, bytes);
}

void mem_free(void *ptr)
{
        if (!ptr)
                return;
        atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
        free(ptr);
}

void mem_test_fail_at(uint64_t n, int persistent)
{
        atomic_store(&seen, 0);
        atomic_store(&fail_persistent, persistent);
        atomic_store(&fail_at, n);
}

uint64_t mem_test_count(void)
{
        return atomic_load(&seen);
}

int64_t mem_live_blocks(void)
{
        return atomic_load(&live);
}
