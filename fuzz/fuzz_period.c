/* Periods: text and integer forms both ways, neighbours. */
#include "base/period.h"
#include "fuzz/fuzz.h"

void fuzz_one(Str input)
{
        int64_t v;
        Str rest = input;
        fuzz_take(&rest, &v, sizeof(v));
        Period p, back;
        char text[16], title[64];
        if (period_from_int(v, &p) == ST_OK)
                FUZZ_ASSERT(period_to_int(p) == v);
        if (period_parse(input, &p) != ST_OK)
                return;
        size_t n = period_to_text(p, text);
        FUZZ_ASSERT(str_eq(str_n(text, n), input));
        FUZZ_ASSERT(period_from_int(period_to_int(p), &back) == ST_OK && period_eq(p, back));
        FUZZ_ASSERT(period_eq(period_prev(period_add(p, 1)), p) && period_cmp(period_prev(p), p) < 0);
        FUZZ_ASSERT(date_valid(period_first_day(p)) && date_valid(period_last_day(p)));
        FUZZ_ASSERT(date_cmp(date_add_days(period_last_day(period_prev(p)), 1), period_first_day(p)) == 0);
        FUZZ_ASSERT(period_to_title(p, LANG_ZH, title) > 0 && period_to_title(p, LANG_EN, title) > 0);
        Dec share = period_share_of_year(p);
        FUZZ_ASSERT(dec_cmp(share, dec_zero()) > 0 && dec_cmp(share, dec_from_i64(1)) <= 0);
}
