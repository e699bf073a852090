/* Decimals: text both ways, arithmetic on what the text says and on any bits. */
#include "base/decimal.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"

/* Texts of thousands of zeros are read back for some inputs only: they cost a thousand times what the others do. */
static bool long_texts;

static void check_text(Dec d)
{
        static char text[DEC_TEXT_MAX];
        Dec back;
        size_t n = dec_to_text(d, text);
        if (n > 300 && !long_texts)
                return;
        FUZZ_ASSERT(n == strlen(text) && n < DEC_TEXT_MAX);
        if (!dec_is_finite(d))
                return;
        FUZZ_ASSERT(dec_parse(str_n(text, n), &back) == ST_OK && dec_eq(d, back));
        FUZZ_ASSERT(dec_hash(d) == dec_hash(back));
        n = dec_to_text_exact(d, text);
        FUZZ_ASSERT(n == strlen(text) && n < DEC_TEXT_MAX);
        FUZZ_ASSERT(dec_parse(str_n(text, n), &back) == ST_OK && dec_eq(d, back));
        char sci[64];
        n = dec_to_sci(d, sci);
        FUZZ_ASSERT(n == strlen(sci) && n < sizeof(sci));
        FUZZ_ASSERT(dec_parse(str_n(sci, n), &back) == ST_OK && dec_eq(d, back));
        FUZZ_ASSERT(dec_eq(dec_normalize(d), d));
}

static void check_scaled(Dec d, int scale)
{
        int64_t v, r;
        if (dec_to_scaled(d, scale, &v)) {
                FUZZ_ASSERT(dec_eq(dec_from_scaled(v, scale), d));
                for (int mode = DEC_HALF_EVEN; mode <= DEC_FLOOR; mode++)
                        FUZZ_ASSERT(dec_to_scaled_round(d, scale, (DecRound)mode, &r) && r == v);
        }
        Dec low = dec_round(d, scale, DEC_FLOOR), high = dec_round(d, scale, DEC_CEILING);
        if (dec_is_finite(d)) {
                FUZZ_ASSERT(dec_cmp(low, d) <= 0 && dec_cmp(d, high) <= 0);
                FUZZ_ASSERT(dec_eq(dec_round(low, scale, DEC_UP), low));
                FUZZ_ASSERT(dec_is_integer(dec_round(d, 0, DEC_HALF_UP)));
        }
}

static void check_pair(Dec a, Dec b)
{
        check_text(dec_add(a, b));
        check_text(dec_sub(a, b));
        check_text(dec_mul(a, b));
        check_text(dec_div(a, b));
        Dec m = dec_modulo(a, b);
        if (dec_is_finite(m) && dec_is_finite(b) && !dec_is_zero(m))
                FUZZ_ASSERT(dec_is_negative(m) == dec_is_negative(b) && dec_cmp(dec_abs(m), dec_abs(b)) <= 0);
        Dec q = dec_floor_div(a, b);
        FUZZ_ASSERT(!dec_is_finite(q) || dec_is_integer(q));
        int c = dec_cmp(a, b);
        FUZZ_ASSERT(c == 2 ? dec_cmp(b, a) == 2 : dec_cmp(b, a) == -c);
        if (c == 0)
                FUZZ_ASSERT(dec_hash(a) == dec_hash(b));
        FUZZ_ASSERT(c == 2 || dec_cmp(dec_add(a, b), dec_add(b, a)) % 2 == 0);
}

void fuzz_one(Str input)
{
        signed char scale;
        fuzz_take(&input, &scale, 1);
        Dec a, b;
        long_texts = input.len % 32 == 31;
        Str rest, first = str_cut(input, ' ', &rest);
        if (dec_parse(first, &a) != ST_OK)
                fuzz_take(&input, &a, sizeof(a));
        if (dec_parse(rest, &b) != ST_OK)
                fuzz_take(&input, &b, sizeof(b));
        check_text(a);
        check_scaled(a, scale);
        check_pair(a, b);
        check_text(dec_quantize(a, scale, DEC_HALF_UP));
        FUZZ_ASSERT(dec_eq(dec_neg(dec_neg(a)), a) || dec_is_nan(a));
}
