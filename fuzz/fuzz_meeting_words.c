/* fuzz_meeting_words.c -- words of items as strangers write them: deadlines, periods, cadences, names.
 *
 * A deadline is a valid day or none; a cadence read again gives itself; likeness is between nothing and the same, and the
 * same name is the same. */
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "meeting/apply.h"
#include "meeting/bind.h"
#include "meeting/facts.h"
#include "meeting/supervise.h"

static void words_of_time(Arena *a, Str s)
{
        const Date day = { 2023, 3, 10 };
        Date d = apply_deadline(s, day);
        FUZZ_ASSERT(d.month == 0 || date_valid(d));
        Period p;
        if (fact_period(s, day, &p) == ST_OK) {
                char text[16];
                Period again;
                FUZZ_ASSERT(period_parse(str_n(text, period_to_text(p, text)), &again) == ST_OK && period_eq(p, again));
        }
        Str once, twice;
        if (supervise_cadence(s, a, &once) == ST_OK)
                FUZZ_ASSERT(supervise_cadence(once, a, &twice) == ST_OK && str_eq(once, twice));
}

static void words_of_figures(Str s)
{
        Dec said = dec_from_i64(7250000000), gap;
        int scale = fact_scale(s, said);
        FUZZ_ASSERT(scale > -40 && scale < 100000);
        if (scale < 6000)
                (void)fact_compare(said, scale, dec_from_i64(7249999999), &gap);
        Str rest, first = str_cut(s, '\n', &rest);
        int score = bind_similarity(first, rest);
        FUZZ_ASSERT(score >= 0 && score <= 1000);
        if (utf8_valid(s) && first.len && bind_similarity(first, first) != 0)
                FUZZ_ASSERT(bind_similarity(first, first) == 1000);
}

void fuzz_one(Str input)
{
        _cleanup_arena_ Arena *a = arena_new(8 << 20);
        if (!a || input.len > 4096)
                return;
        words_of_time(a, input);
        words_of_figures(input);
}
