/* link.c -- owners, deadlines, cadence; and likeness of names to the pack's indicators. */
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "codec/text_norm.h"
#include "meeting/meeting_int.h"

enum { OWNERS_MAX = 16 };

/* ---- deadlines ---- */

/* "2025年底", "到2025年", "今年", "年内" in the clause; ptr NULL when it says none. */
static Str said_date(const Reading *r, uint32_t start, uint32_t end, bool fact)
{
        static const char *const words[] = { "年底前", "今年底", "年内",   "今年",   "明年",
                                             "本年度", "上半年", "下半年", "月底前", "年底" };
        for (uint32_t i = start; i + 4 < end; i++) {
                uint32_t k = i;
                if (!is_digit(r->cp[i]) || (i > start && is_digit(r->cp[i - 1])))
                        continue;
                while (k < end && (is_digit(r->cp[k]) || r->cp[k] == 'x' || r->cp[k] == 'X' || r->cp[k] == '*') &&
                       k < i + 5)
                        k++;
                if (k - i != 4 || k >= end || r->cp[k] != 0x5E74)
                        continue;
                uint32_t stop = k + 1;
                if (stop < end && (r->cp[stop] == 0x5E95 || r->cp[stop] == 0x672B))             /* 底 末 */
                        return reading_text(r, i, stop + 1);
                uint32_t m = stop;
                while (m < end && is_digit(r->cp[m]))
                        m++;
                if (m > stop && m < end && r->cp[m] == 0x6708)
                        return reading_text(r, i, m + 1);
                return is_digit(r->cp[i + 2]) && !fact ? reading_text(r, i, k) : reading_text(r, i, stop);
        }
        /* 6月底前, 9月30日前 */
        for (uint32_t i = start; !fact && i + 2 < end; i++) {
                uint32_t k = i;
                while (k < end && is_digit(r->cp[k]) && k < i + 2)
                        k++;
                if (k == i || k >= end || r->cp[k] != 0x6708)
                        continue;
                uint32_t day = k + 1;
                while (day < end &&
                       (is_digit(r->cp[day]) || r->cp[day] == 0x65E5 || r->cp[day] == 0x5E95 || r->cp[day] == 0x672B))
                        day++;
                if (day < end && r->cp[day] == 0x524D)
                        return reading_text(r, i, day + 1);
        }
        for (size_t k = 0; k < ARRAY_LEN(words); k++) {
                uint32_t at = text_find(r->cp, start, end, words[k]);
                if (at != MEETING_NONE)
                        return str_c(words[k]);
        }
        return STR_NONE;
}

Str link_said(const Reading *r, uint32_t start, uint32_t end)
{
        return said_date(r, start, end, false);
}

/* Said in the clause; else the year that holds in the sentence; else the year a section of a plan is about. */
Status link_deadline(Reading *r, const Clause *c, uint32_t start, uint32_t end, MeetingItem *item)
{
        bool fact = item->kind == MEETING_FACT;
        Str said = said_date(r, start, end, fact);
        if (!said.ptr && c->start < start)
                said = said_date(r, c->start, start, fact);
        /* A year gone by is no deadline of what the sentence goes on to ask for. */
        if (!said.ptr && c->year && (fact || c->year >= r->year)) {
                char *text = arena_printf(r->arena, fact ? "%d年" : "%d", c->year);
                if (!text)
                        return ST_NOMEM;
                said = str_c(text);
        }
        for (uint32_t s = c->section; !said.ptr && s != MEETING_NONE; s = r->speech->sections[s].parent) {
                const MeetingSection *head = &r->speech->sections[s];
                said = said_date(r, head->at.start, head->at.end, fact);
        }
        if (fact)
                item->period = said;
        else
                item->deadline = said;
        return ST_OK;
}

Status link_cadence(Reading *r, MeetingItem *item, uint32_t start, uint32_t end)
{
        Str found = STR_NONE;
        for (uint32_t i = start; i < end;) {
                uint32_t n, at = lex_find(r->lex, r->cp, i, end, LEX_BIT(CADENCE), &n);
                if (at == MEETING_NONE)
                        break;
                Str one = reading_text(r, at, at + n);
                if (found.ptr) {
                        char *both = arena_printf(r->arena, "%.*s;%.*s", STR_FMT(found), STR_FMT(one));
                        if (!both)
                                return ST_NOMEM;
                        found = str_c(both);
                } else {
                        found = one;
                }
                if (found.len > 120)
                        break;
                i = at + n;
        }
        item->cadence = found;
        return ST_OK;
}

/* ---- owners ---- */

/* A name of a body: Chinese characters that end in 局, 委, 办, 县, 区 … */
static bool is_body(const Reading *r, uint32_t a, uint32_t b)
{
        return b > a && b - a <= 24 && lex_before(r->lex, r->cp, a, b, LEX_BIT(ORGAN)) > 0;
}

/* The doers at [start, end), a list of bodies; none when any of it is nobody. */
static Status owners_of(Reading *r, MeetingItem *item, uint32_t start, uint32_t end, bool named)
{
        enum { NAME_CHARS = 24 };
        Str found[OWNERS_MAX];
        size_t n = 0;
        uint32_t from = start;
        for (uint32_t i = start; i <= end; i++) {
                bool and = i < end && (r->cp[i] == 0x548C || r->cp[i] == 0x53CA);
                if (i < end && r->cp[i] != 0x3001 && !(and && is_body(r, from, i)))
                        continue;
                bool person = named && i >= from + 2 && i - from <= NAME_CHARS;
                if (i > from && (person || is_body(r, from, i)) && n < OWNERS_MAX)
                        found[n++] = reading_text(r, from, i);
                from = i + 1;
        }
        if (!n)
                return ST_OK;
        item->owners = arena_array_of(r->arena, Str, n);
        if (!item->owners)
                return ST_NOMEM;
        memcpy(item->owners, found, n * sizeof(Str));
        item->owner_count = n;
        return ST_OK;
}

Status link_owners(Reading *r, MeetingItem *item, uint32_t start, uint32_t end)
{
        return owners_of(r, item, start, end, false);
}

Status link_charged(Reading *r, MeetingItem *item, uint32_t start, uint32_t end)
{
        return owners_of(r, item, start, end, true);
}

/* ---- likeness ---- */

enum { NAME_MAX_CHARS = 96 };

static size_t pairs_of(Str s, uint64_t out[NAME_MAX_CHARS])
{
        uint32_t last = 0;
        size_t n = 0;
        for (size_t pos = 0; pos < s.len && n < NAME_MAX_CHARS;) {
                uint32_t c = text_narrow(utf8_next(s, &pos));
                if (!is_han(c) && !is_digit(c) && !is_latin(c))
                        continue;
                if (c >= 'A' && c <= 'Z')
                        c += 32;
                if (last)
                        out[n++] = (uint64_t)last << 32 | c;
                last = c;
        }
        return n;
}

static int by_value(const void *a, const void *b)
{
        uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
        return x < y ? -1 : x > y;
}

static unsigned likeness(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
        size_t i = 0, k = 0, shared = 0;
        while (i < na && k < nb)
                if (a[i] == b[k])
                        shared++, i++, k++;
                else if (a[i] < b[k])
                        i++;
                else
                        k++;
        if (!shared)
                return 0;
        /* Half of what both hold together, half of how far the shorter is held by the longer. */
        size_t less = na < nb ? na : nb;
        return (unsigned)((100 * 2 * shared / (na + nb) + 100 * shared / less) / 2);
}

unsigned meeting_likeness(Str a, Str b)
{
        uint64_t x[NAME_MAX_CHARS], y[NAME_MAX_CHARS];
        size_t nx = pairs_of(a, x), ny = pairs_of(b, y);
        if (!nx || !ny)
                return str_eq(a, b) ? 100 : 0;
        qsort(x, nx, sizeof(*x), by_value);
        qsort(y, ny, sizeof(*y), by_value);
        return likeness(x, nx, y, ny);
}

enum { LINK_FROM = 55 };

Status meeting_link(Meeting *m, Arena *a, const MeetingName *names, size_t count)
{
        typedef struct Known { uint64_t pairs[NAME_MAX_CHARS]; size_t n; } Known;
        Known *known = arena_array_of(a, Known, count + 1);
        if (!known)
                return ST_NOMEM;
        for (size_t i = 0; i < count; i++) {
                known[i].n = pairs_of(names[i].title, known[i].pairs);
                if (known[i].n > 1)
                        qsort(known[i].pairs, known[i].n, sizeof(uint64_t), by_value);
        }
        for (size_t s = 0; s < m->speech_count; s++)
                for (size_t k = 0; k < m->speeches[s].item_count; k++) {
                        MeetingItem *item = &m->speeches[s].items[k];
                        if ((item->kind != MEETING_FACT && item->kind != MEETING_TARGET) || !item->indicator.ptr)
                                continue;
                        uint64_t own[NAME_MAX_CHARS];
                        size_t n = pairs_of(item->indicator, own);
                        if (!n)
                                continue;
                        qsort(own, n, sizeof(*own), by_value);
                        unsigned best = 0;
                        for (size_t i = 0; i < count; i++) {
                                if (names[i].unit.len && item->unit.ptr && !str_eq(names[i].unit, item->unit))
                                        continue;
                                unsigned v = known[i].n ? likeness(own, n, known[i].pairs, known[i].n) : 0;
                                if (v > best) {
                                        best = v;
                                        item->link = names[i].name;
                                }
                        }
                        if (best < LINK_FROM)
                                item->link = STR_NONE;
                        else
                                item->link_confidence = (uint8_t)best;
                }
        return ST_OK;
}
