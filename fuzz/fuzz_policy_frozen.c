/* Columns of a frozen run: any bytes are a column or are refused; a column that was read is written and read the same. */
#include "fuzz/fuzz.h"
#include "policy/frozen.h"

void fuzz_one(Str input)
{
        if (input.len < 1 || input.len > 4096)
                return;
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        _cleanup_buf_ Buf once = BUF_INIT(1 << 20), twice = BUF_INIT(1 << 20);
        size_t rows = (unsigned char)input.ptr[0] % 64;
        FeelColumn c, again;
        FUZZ_ASSERT(a != NULL);
        if (frozen_get_column(str_n(input.ptr + 1, input.len - 1), rows, STR("x"), a, &c) != ST_OK)
                return;
        FUZZ_ASSERT(frozen_put_column(&c, rows, &once) == ST_OK);
        FUZZ_ASSERT(frozen_get_column(buf_str(&once), rows, STR("x"), a, &again) == ST_OK);
        FUZZ_ASSERT(frozen_put_column(&again, rows, &twice) == ST_OK);
        FUZZ_ASSERT(str_eq(buf_str(&once), buf_str(&twice)));
}
