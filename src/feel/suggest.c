#include "feel/suggest.h"

#include "base/utf8.h"

static size_t decode(Str s, uint32_t out[SUGGEST_MAX])
{
        size_t n = 0;
        for (size_t p = 0; p < s.len;)
                out[n++] = utf8_next(s, &p);
        return n;
}

/* Edits between two texts, or limit when there are at least so many. */
static size_t distance(const uint32_t *a, size_t na, const uint32_t *b, size_t nb, size_t limit)
{
        size_t row[SUGGEST_MAX + 1];
        for (size_t j = 0; j <= nb; j++)
                row[j] = j;
        for (size_t i = 1; i <= na; i++) {
                size_t diagonal = row[0], least = i;
                row[0] = i;
                for (size_t j = 1; j <= nb; j++) {
                        size_t above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);
                        if (above + 1 < best)
                                best = above + 1;
                        if (row[j - 1] + 1 < best)
                                best = row[j - 1] + 1;
                        diagonal = above;
                        row[j] = best;
                        if (best < least)
                                least = best;
                }
                if (least >= limit)
                        return limit;
        }
        return row[nb];
}

void feel_suggest_begin(Suggestion *s, Str wanted)
{
        size_t chars = utf8_len(wanted);
        s->name = STR_NONE;
        s->distance = chars <= 2 ? 2 : chars / 3 + 2;
        s->chars = wanted.len <= SUGGEST_MAX ? decode(wanted, s->wanted) : 0;
}

void feel_suggest(Suggestion *s, Str name)
{
        uint32_t chars[SUGGEST_MAX];
        if (s->chars == 0 || name.len > SUGGEST_MAX)
                return;
        size_t n = utf8_len(name), apart = n > s->chars ? n - s->chars : s->chars - n;
        if (apart >= s->distance)
                return;
        size_t d = distance(s->wanted, s->chars, chars, decode(name, chars), s->distance);
        if (d < s->distance) {
                s->distance = d;
                s->name = name;
        }
}
