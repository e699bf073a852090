#include "base/near.h"

#include "base/utf8.h"

enum { WORD_MAX = 64 };

static size_t letters(Str s, uint32_t out[WORD_MAX])
{
        size_t n = 0;
        for (size_t pos = 0; pos < s.len;) {
                if (n == WORD_MAX)
                        return SIZE_MAX;
                uint32_t c = utf8_next(s, &pos);
                out[n++] = c >= 'A' && c <= 'Z' ? c + 32 : c;
        }
        return n;
}

static size_t min3(size_t a, size_t b, size_t c)
{
        size_t m = a < b ? a : b;
        return m < c ? m : c;
}

size_t near_distance(Str a, Str b)
{
        uint32_t x[WORD_MAX], y[WORD_MAX];
        size_t n = letters(a, x), m = letters(b, y);
        if (n == SIZE_MAX || m == SIZE_MAX)
                return SIZE_MAX;
        size_t rows[3][WORD_MAX + 1];
        size_t *before = rows[0], *last = rows[1], *now = rows[2];
        for (size_t j = 0; j <= m; j++)
                last[j] = j;
        for (size_t i = 1; i <= n; i++) {
                now[0] = i;
                for (size_t j = 1; j <= m; j++) {
                        now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x[i - 1] != y[j - 1]));
                        if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] &&
                            before[j - 2] + 1 < now[j])
                                now[j] = before[j - 2] + 1;
                }
                size_t *t = before;
                before = last;
                last = now;
                now = t;
        }
        return last[m];
}

void near_offer(Near *n, Str candidate)
{
        size_t length = utf8_len(n->word);
        size_t d = near_distance(n->word, candidate);
        size_t allowed = length <= 2 ? 1 : length <= 5 ? 2 : length / 3 + 1;
        if (d > allowed || d >= (length > utf8_len(candidate) ? length : utf8_len(candidate)))
                return;
        if (!n->best.ptr || d < n->distance) {
                n->best = candidate;
                n->distance = d;
        }
}
