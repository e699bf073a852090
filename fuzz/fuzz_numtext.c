/* Numbers and dates as typed: what is read is exact, and its own text reads as the same. */
#include "codec/numtext.h"
#include "codec/text_norm.h"
#include "fuzz/fuzz.h"

static void check_number(Str s, unsigned flags)
{
        NumText n, again;
        NumTextWhy why = NUMTEXT_OK;
        if (numtext_parse(s, flags, &n, &why) != ST_OK) {
                FUZZ_ASSERT(why > NUMTEXT_OK && why < NUMTEXT_WHY_COUNT_);
                return;
        }
        FUZZ_ASSERT(dec_is_finite(n.value) && n.decimals >= 0);
        char text[DEC_TEXT_MAX];
        size_t len = dec_to_text(n.value, text);
        /* Plain notation may be longer than what people type. */
        if (len < 90)
                FUZZ_ASSERT(numtext_parse(str_n(text, len), 0, &again, NULL) == ST_OK && dec_eq(again.value, n.value) &&
                            !again.unit.present);
        (void)numtext_scaled(&n);
}

static void check_date(Str s)
{
        DateText d, again;
        NumTextWhy why = NUMTEXT_OK;
        if (datetext_parse(s, &d, &why) != ST_OK) {
                FUZZ_ASSERT(why > NUMTEXT_OK && why < NUMTEXT_WHY_COUNT_);
                return;
        }
        FUZZ_ASSERT(date_valid(d.date) && d.date.year >= 1900 && d.date.year <= 2999 && d.hour < 24 && d.minute < 60 &&
                    d.second < 60);
        FUZZ_ASSERT(d.kind == DATETEXT_DAY || (d.date.day == 1 && !d.has_time));
        char text[24];
        size_t len = date_to_text(d.date, text);
        FUZZ_ASSERT(datetext_parse(str_n(text, len), &again, NULL) == ST_OK && date_cmp(again.date, d.date) == 0);
        Period p = datetext_period(&d);
        FUZZ_ASSERT(date_cmp(period_first_day(p), d.date) <= 0 && date_cmp(d.date, period_last_day(p)) <= 0);
        if (d.kind != DATETEXT_DAY) {
                char name[16];
                len = period_to_text(p, name);
                FUZZ_ASSERT(datetext_parse(str_n(name, len), &again, NULL) == ST_OK && again.kind == d.kind);
        }
}

void fuzz_one(Str input)
{
        uint8_t flags;
        fuzz_take(&input, &flags, 1);
        check_number(input, flags & 3);
        check_date(input);
        DateText d;
        if (datetext_from_serial(input, flags & 4, &d, NULL) == ST_OK)
                FUZZ_ASSERT(date_valid(d.date) && d.date.year >= 1900 && d.date.year <= 9999);
        NumUnit u = numtext_header_unit(input);
        FUZZ_ASSERT(u.present || u.pow10 == 0);
        (void)numtext_is_scientific(input);
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        NormText once, twice;
        if (input.len < 10000 && text_norm(a, input, NORM_KEY, &once) == ST_OK)
                FUZZ_ASSERT(text_norm(a, once.text, NORM_KEY, &twice) == ST_OK && str_eq(once.text, twice.text));
}
