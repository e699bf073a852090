#include "base/vec.h"

bool vec_reserve_(void **data, size_t *cap, size_t need, size_t item, size_t max)
{
        if (need > max)
                return false;
        if (need <= *cap)
                return true;
        size_t want = *cap ? *cap * 2 : 8;
        if (want < need)
                want = need;
        if (want > max)
                want = max;
        void *p = mem_realloc_array(*data, want, item);
        if (!p)
                return false;
        *data = p;
        *cap = want;
        return true;
}
