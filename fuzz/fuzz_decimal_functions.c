/* Roots, powers, exponentials and logarithms of decimals: any operands, and what must hold of their order. */
#include "base/decimal.h"
#include "fuzz/fuzz.h"

static void check(Dec d)
{
        static char text[DEC_TEXT_MAX];
        Dec back;
        size_t n = dec_to_text(d, text);
        FUZZ_ASSERT(n == strlen(text) && n < DEC_TEXT_MAX);
        if (dec_is_finite(d))
                FUZZ_ASSERT(dec_parse(str_n(text, n), &back) == ST_OK && dec_eq(d, back));
}

void fuzz_one(Str input)
{
        Dec a, b;
        Str rest, first = str_cut(input, ' ', &rest);
        if (dec_parse(first, &a) != ST_OK)
                fuzz_take(&input, &a, sizeof(a));
        if (dec_parse(rest, &b) != ST_OK)
                fuzz_take(&input, &b, sizeof(b));
        check(dec_pow(a, b));
        Dec root = dec_sqrt(a), up = dec_exp(a), log = dec_log(a);
        check(root);
        check(up);
        check(log);
        FUZZ_ASSERT(!dec_is_finite(root) || !dec_is_negative(root) || dec_is_zero(root));
        FUZZ_ASSERT(!dec_is_finite(up) || !dec_is_negative(up));
        if (dec_is_finite(log) && !dec_is_zero(log))
                FUZZ_ASSERT(dec_is_negative(log) == (dec_cmp(a, dec_from_i64(1)) < 0));
}
