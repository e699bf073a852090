/* clean.c -- what copies do to texts, undone: furniture, advertising, pinyin, pages, broken lines.
 *
 * Nothing is rewritten: characters are kept, dropped, or replaced one by one (a traditional character by its
 * simplified form, a blank by the paragraph's end), so that every clean character has its place in the
 * original.  Cuts stay visible as ……. */
#include "base/utf8.h"
#include "base/vec.h"
#include "meeting/meeting_int.h"

typedef enum Drop {
        KEEP,
        DROP_BLANK,
        DROP_FURNITURE,
        DROP_ADVERT,
        DROP_PAGE,
        DROP_CONTENTS,
        DROP_PINYIN,
        DROP_BREAK,
        DROP_LOST
} Drop;
static const char *const drop_names[] = { NULL,       "break",  "furniture", "advertising", "page",
                                          "contents", "pinyin", "break",     "lost" };

typedef struct Line {
        uint32_t start, end;        /* without the line's end and without blanks at both ends */
        uint32_t indent;            /* blanks before it */
} Line;

typedef struct Cleaning {
        Arena *arena;
        const MeetingLexicon *lex;
        uint32_t *cp;               /* changed in place */
        uint8_t *drop;
        uint32_t *map;              /* to the original, once the characters are done */
        uint8_t *gone;              /* what was dropped, by place in the original */
        uint32_t len;
        Line *lines;                /* those with something in them */
        size_t line_count;
} Cleaning;

static void drop_range(Cleaning *c, uint32_t start, uint32_t end, Drop why)
{
        for (uint32_t i = start; i < end; i++)
                if (c->drop[i] == KEEP || c->drop[i] == DROP_BLANK)
                        c->drop[i] = (uint8_t)why;
}

/* ---- characters ---- */

static bool is_toned(uint32_t c)
{
        static const uint16_t toned[] = { 0x101, 0xE1,  0x1CE, 0xE0,  0x113, 0xE9, 0x11B, 0xE8, 0x12B, 0xED,
                                          0x1D0, 0xEC,  0x14D, 0xF3,  0x1D2, 0xF2, 0x16B, 0xFA, 0x1D4, 0xF9,
                                          0x1D6, 0x1D8, 0x1DA, 0x1DC, 0xFC,  0xEA, 0x144, 0x148 };
        for (size_t i = 0; i < ARRAY_LEN(toned); i++)
                if (toned[i] == c)
                        return true;
        return false;
}

/* A syllable of pinyin with its tone and the bracket after it: where that ends; 0 when it is none. */
static uint32_t pinyin_end(const Cleaning *c, uint32_t i)
{
        bool tone = false;
        uint32_t k = i;
        for (; k < c->len && k < i + 8 && (is_latin(c->cp[k]) || is_toned(c->cp[k])); k++)
                tone |= is_toned(c->cp[k]);
        return tone && k < c->len && is_close(c->cp[k]) ? k + 1 : 0;
}

static void clean_characters(Cleaning *c)
{
        uint32_t traditional = 0, han = 0;
        for (uint32_t i = 0; i < c->len; i++) {
                uint32_t x = c->cp[i];
                if (is_han(x)) {
                        han++;
                        traditional += han_simplified(x) != x;
                }
                if (x == '\r' || x == 0xFEFF || x == 0x200B || x == 0xAD)
                        c->drop[i] = DROP_BLANK;
                else if (x == '\t' || x == 0xA0 || x == 0x3000)
                        c->cp[i] = ' ';
                else if (x == 0x2028 || x == 0x2029 || x == '\f' || x == '\v')
                        c->cp[i] = '\n';
                else if (x >= 0xFF10 && x <= 0xFF19)
                        c->cp[i] = x - 0xFF10 + '0';
                else if (x == 0xFF05)
                        c->cp[i] = '%';
                else if (x == 0xFFFD)
                        c->drop[i] = DROP_LOST;
        }
        bool convert = traditional >= 5 && traditional * 50 > han;
        for (uint32_t i = 0; i < c->len; i++) {
                uint32_t end;
                if (convert && is_han(c->cp[i]))
                        c->cp[i] = han_simplified(c->cp[i]);
                if (i == 0 || !(is_han(c->cp[i - 1]) || c->drop[i - 1]))
                        continue;
                if (is_open(c->cp[i]) && (end = pinyin_end(c, i + 1)) != 0)
                        drop_range(c, i, end, DROP_PINYIN);
                else if (c->cp[i] == '?' && (end = pinyin_end(c, i + 1)) != 0)
                        drop_range(c, i, end, DROP_LOST);
        }
}

/* 14 家, 62 %: a text set with blanks around its figures is read without them. */
static void clean_spaced_figures(Cleaning *c)
{
        enum { SPACED_MIN = 4 };
        uint32_t spaced = 0, close = 0;
        for (uint32_t i = 1; i + 1 < c->len; i++) {
                bool digit = is_digit(c->cp[i - 1]);
                spaced += digit && c->cp[i] == ' ' && (is_han(c->cp[i + 1]) || c->cp[i + 1] == '%');
                close += digit && is_han(c->cp[i]);
        }
        if (spaced < SPACED_MIN || spaced < close)
                return;
        for (uint32_t i = 1; i + 1 < c->len; i++) {
                if (c->cp[i] != ' ' || c->drop[i])
                        continue;
                uint32_t k = i;                 /* a number at the beginning of a line is that of a head */
                while (k > 0 && is_digit(c->cp[k - 1]))
                        k--;
                bool head = k == 0 || c->cp[k - 1] == '\n';
                bool after = is_digit(c->cp[i - 1]) && (is_han(c->cp[i + 1]) || c->cp[i + 1] == '%') && !head;
                bool before = is_han(c->cp[i - 1]) && is_digit(c->cp[i + 1]);
                if (after || before)
                        c->drop[i] = DROP_BLANK;
        }
}

/* Takes out what is dropped so far, so that the later stages see words side by side. */
static void compact(Cleaning *c)
{
        uint32_t n = 0;
        for (uint32_t i = 0; i < c->len; i++) {
                c->gone[i] = c->drop[i];
                if (c->drop[i])
                        continue;
                c->cp[n] = c->cp[i];
                c->map[n++] = i;
        }
        memset(c->drop, KEEP, n);
        c->len = n;
        c->cp[n] = 0;
}

/* Marks of Markdown, and the head that its writers put before a text: --- key: value --- */
static void clean_markdown(Cleaning *c)
{
        uint32_t bold = 0, end = 0;
        bool opened = false;
        if (text_is(c->cp, 0, c->len, "---\n")) {
                for (uint32_t i = 4, lines = 0; i < c->len && lines < 24 && !end; i++) {
                        if (text_is(c->cp, i, c->len, "---\n") && c->cp[i - 1] == '\n')
                                end = i + 3;
                        lines += c->cp[i] == '\n';
                }
                for (uint32_t i = 0; i < end;) {
                        uint32_t stop = i;
                        while (stop < end && c->cp[stop] != '\n')
                                stop++;
                        drop_range(c, i, text_is(c->cp, i, stop, "title: ") ? i + 7 : stop, DROP_FURNITURE);
                        i = stop + 1;
                }
        }
        for (uint32_t i = end; i + 1 < c->len; i++)
                bold += c->cp[i] == '*' && c->cp[i + 1] == '*';
        for (uint32_t i = end; i < c->len; i++) {
                bool line = i == 0 || c->cp[i - 1] == '\n';
                while (line && i < c->len && (c->cp[i] == '#' || c->cp[i] == '>')) {
                        c->drop[i++] = DROP_FURNITURE;
                        while (i < c->len && c->cp[i] == ' ')
                                c->drop[i++] = DROP_BLANK;
                }
                if (line && i < c->len && text_is(c->cp, i, c->len, "<!--"))
                        for (uint32_t k = i; k < c->len && c->cp[k] != '\n'; k++)
                                c->drop[k] = DROP_FURNITURE;
                bool mark = i + 1 < c->len && c->cp[i] == '*' && c->cp[i + 1] == '*';
                opened = line ? mark : opened;
                if (mark && (bold >= 4 || opened))
                        c->drop[i] = c->drop[i + 1] = DROP_FURNITURE;
        }
}

/* ---- brackets of advertising ---- */

enum { ADVERT_MAX = 240 };

static void clean_adverts(Cleaning *c)
{
        for (uint32_t i = 0; i < c->len; i++) {
                if (!is_open(c->cp[i]) || c->drop[i])
                        continue;
                uint32_t end = i + 1, most = i + ADVERT_MAX < c->len ? i + ADVERT_MAX : c->len;
                while (end < most && !is_close(c->cp[end]) && c->cp[end] != '\n' && !is_open(c->cp[end]))
                        end++;
                if (end < most && is_close(c->cp[end]) && lex_has(c->lex, c->cp, i + 1, end, LEX_BIT(ADVERT)))
                        drop_range(c, i, end + 1, DROP_ADVERT);
                i = end - 1;
        }
}

/* ---- lines ---- */

static Status find_lines(Cleaning *c)
{
        size_t most = 1;
        for (uint32_t i = 0; i < c->len; i++)
                most += c->cp[i] == '\n';
        c->lines = arena_array_of(c->arena, Line, most);
        if (!c->lines)
                return ST_NOMEM;
        c->line_count = 0;
        for (uint32_t i = 0; i <= c->len;) {
                uint32_t end = i;
                while (end < c->len && c->cp[end] != '\n')
                        end++;
                uint32_t a = i, b = end;
                while (a < b && (is_blank(c->cp[a]) || c->drop[a]))
                        a++;
                while (b > a && (is_blank(c->cp[b - 1]) || c->drop[b - 1]))
                        b--;
                if (a < b)
                        c->lines[c->line_count++] = (Line){ a, b, a - i };
                else
                        drop_range(c, i, end, DROP_BLANK);
                i = end + 1;
        }
        return ST_OK;
}

static bool has_stop(const Cleaning *c, Line l)
{
        for (uint32_t i = l.start; i < l.end; i++)
                if (c->cp[i] == 0x3002)
                        return true;
        return false;
}

/* No line of its own begins so: ， 。 ； 、 ： % ） ” */
static bool goes_on(uint32_t c)
{
        return c == '%' || c == 0x3001 || c == 0x3002 || is_comma(c) || is_semicolon(c) || is_colon(c) || is_close(c) ||
                c == 0x201D;
}

/* Made of furniture words, digits, Latin letters and signs, and hardly anything else. */
static bool is_furniture(const Cleaning *c, Line l)
{
        uint32_t covered = 0, other = 0, signs = 0;
        for (uint32_t i = l.start; i < l.end && i < l.start + 4; i++)
                signs += !is_han(c->cp[i]) && !is_digit(c->cp[i]) && !is_latin(c->cp[i]) && c->cp[i] != 0x2026;
        if (signs == l.end - l.start)           /* what is left of a bracket; not what is left of a sentence */
                return !goes_on(c->cp[l.start]);
        if (l.end - l.start > 200)
                return false;
        if (text_is(c->cp, l.start, l.end, "http://") || text_is(c->cp, l.start, l.end, "https://") ||
            text_is(c->cp, l.start, l.end, "www."))
                return true;
        uint32_t steps = 0; /* 首页 > 政务公开 > 政府文件 */
        for (uint32_t i = l.start + 1; i < l.end; i++)
                steps += (c->cp[i] == '>' || c->cp[i] == 0x203A || c->cp[i] == 0xBB) && c->cp[i - 1] != c->cp[i];
        if (steps >= 2 && !has_stop(c, l))
                return true;
        for (uint32_t i = l.start; i < l.end;) {
                uint32_t n = lex_at(c->lex, c->cp, i, l.end, LEX_BIT(FURNITURE), NULL);
                if (n) {
                        covered += n;
                        i += n;
                } else {
                        other += is_han(c->cp[i]);
                        i++;
                }
        }
        return covered && other * 3 <= covered && !has_stop(c, l);
}

/* "讲话.doc_第3页", "第3页 / 共20页". */
static bool is_page_mark(const Cleaning *c, Line l)
{
        for (uint32_t i = l.start; i + 2 < l.end; i++) {
                if (c->cp[i] != 0x7B2C || !is_digit(c->cp[i + 1]))      /* 第 */
                        continue;
                uint32_t k = i + 1;
                while (k < l.end && is_digit(c->cp[k]))
                        k++;
                if (k < l.end && c->cp[k] == 0x9875 && l.end - l.start < 120 && !has_stop(c, l) &&      /* 页 */
                    (i == l.start || c->cp[i - 1] == '_' || c->cp[i - 1] == ' '))
                        return true;
        }
        /* A page's number alone, also between dashes. */
        uint32_t digits = 0, other = 0;
        for (uint32_t i = l.start; i < l.end; i++)
                if (is_digit(c->cp[i]))
                        digits++;
                else if (c->cp[i] != '-' && c->cp[i] != 0x2014 && c->cp[i] != ' ')
                        other++;
        return digits && digits <= 4 && !other;
}

/* A line of a table of contents: dots or …, then a page. */
static bool is_contents_line(const Cleaning *c, Line l)
{
        uint32_t i = l.end, dots = 0;
        while (i > l.start && (is_digit(c->cp[i - 1]) || is_blank(c->cp[i - 1])))
                i--;
        if (i == l.end)
                return false;
        while (i > l.start && (c->cp[i - 1] == '.' || c->cp[i - 1] == 0x2026 || c->cp[i - 1] == 0xB7 ||
                               is_blank(c->cp[i - 1]) || c->cp[i - 1] == 0xFF0E)) {
                i--;
                dots++;
        }
        return dots >= 3;
}

static bool is_contents_title(const Cleaning *c, Line l)
{
        uint32_t k = l.start;
        if (k >= l.end || c->cp[k++] != 0x76EE)         /* 目 */
                return false;
        while (k < l.end && is_blank(c->cp[k]))
                k++;
        return k < l.end && c->cp[k] == 0x5F55 && l.end - k <= 2;       /* 录 */
}

/* The same words at the beginning of two lines, up to the shorter one's trailing page number. */
static bool same_head(const Cleaning *c, Line a, Line b)
{
        while (a.end > a.start && (is_digit(c->cp[a.end - 1]) || is_blank(c->cp[a.end - 1]) || c->cp[a.end - 1] == '.'))
                a.end--;
        uint32_t n = a.end - a.start;
        return n >= 4 && b.end - b.start >= n && memcmp(c->cp + a.start, c->cp + b.start, n * sizeof(uint32_t)) == 0;
}

static void clean_contents(Cleaning *c)
{
        for (size_t i = 0; i < c->line_count; i++) {
                if (is_contents_line(c, c->lines[i]))
                        drop_range(c, c->lines[i].start, c->lines[i].end, DROP_CONTENTS);
                if (!is_contents_title(c, c->lines[i]) || i + 2 >= c->line_count)
                        continue;
                /* Up to where the first entry comes again, or the first line of running text. */
                size_t k = i + 1, stop = i + 1;
                for (; k < c->line_count && k < i + 200; k++) {
                        Line l = c->lines[k];
                        if (l.end - l.start > 60 || has_stop(c, l) || is_colon(c->cp[l.end - 1]))
                                break;
                        if (k > i + 1 && same_head(c, c->lines[i + 1], l))
                                break;
                        stop = k + 1;
                }
                bool greeting = k < c->line_count && is_colon(c->cp[c->lines[k].end - 1]);
                if (k < c->line_count && !greeting && !same_head(c, c->lines[i + 1], c->lines[k]) && stop > i + 2)
                        stop--;         /* the line before running text is its heading */
                for (size_t j = i; j < stop; j++)
                        drop_range(c, c->lines[j].start, c->lines[j].end, DROP_CONTENTS);
                i = stop - 1;
        }
}

static bool is_running(const Cleaning *c, Line l)
{
        return l.end - l.start >= 60 && has_stop(c, l) &&
               !(l.end - l.start <= 400 && lex_has(c->lex, c->cp, l.start, l.end, LEX_BIT(SHARING)));
}

static bool begins_numbered(const Cleaning *c, Line l);

/* 同志们： or 一、工作回顾 with running text soon after it: the text goes on, or begins. */
static bool begins_text(const Cleaning *c, size_t i)
{
        Line l = c->lines[i];
        bool greeting = l.end - l.start <= 60 && l.end > l.start && is_colon(c->cp[l.end - 1]) &&
                        lex_at(c->lex, c->cp, l.start, l.end, LEX_BIT(SALUTATION), NULL);
        if (greeting || !begins_numbered(c, l) || lex_has(c->lex, c->cp, l.start, l.end, LEX_BIT(FURNITURE)))
                return greeting;
        for (size_t k = i + 1; k < c->line_count && k <= i + 3; k++) {
                if (is_running(c, c->lines[k]))
                        return true;
                if (!begins_numbered(c, c->lines[k]))
                        return false;
        }
        return false;
}

/* Marks of the end: what follows is dropped up to where the text goes on.  Before the text begins the same words only
 * tell where on the site one is. */
static void clean_furniture(Cleaning *c)
{
        bool tail = false, begun = false;
        for (size_t i = 0; i < c->line_count; i++) {
                Line l = c->lines[i];
                bool sharing = l.end - l.start <= 400 && lex_has(c->lex, c->cp, l.start, l.end, LEX_BIT(SHARING)),
                     mark = false;
                if (is_running(c, l)) {
                        tail = false;
                        begun = true;
                } else if (lex_at(c->lex, c->cp, l.start, l.end, LEX_BIT(TAIL), NULL)) {
                        mark = true;
                        tail = begun;
                } else if (tail && begins_text(c, i)) {
                        tail = false;
                }
                if (tail || mark || sharing || is_furniture(c, l) || is_page_mark(c, l))
                        drop_range(c, l.start, l.end, DROP_FURNITURE);
        }
}

/* What a line says without its digits and blanks. */
static uint64_t line_hash(const Cleaning *c, Line l, uint32_t *ret_han)
{
        uint64_t h = 1469598103934665603u;
        *ret_han = 0;
        for (uint32_t i = l.start; i < l.end; i++) {
                if (c->drop[i] || is_digit(c->cp[i]) || is_blank(c->cp[i]))
                        continue;
                h = (h ^ c->cp[i]) * 1099511628211u;
                *ret_han += is_han(c->cp[i]);
        }
        return h;
}

typedef struct Repeat {
        uint64_t hash;
        uint32_t line;
} Repeat;

static int by_hash(const void *a, const void *b)
{
        const Repeat *x = a, *y = b;
        if (x->hash != y->hash)
                return x->hash < y->hash ? -1 : 1;
        return x->line < y->line ? -1 : x->line > y->line;
}

/* The same short line three times and more, its digits apart, is a page's head or foot; the first may be the title. */
static Status clean_repeats(Cleaning *c)
{
        enum { OFTEN = 3, SHORT = 40, HAN_MIN = 4 };
        Repeat *all = arena_array_of(c->arena, Repeat, c->line_count + 1);
        size_t n = 0;
        if (!all)
                return ST_NOMEM;
        for (size_t i = 0; i < c->line_count; i++) {
                Line l = c->lines[i];
                uint32_t han;
                if (l.end - l.start > SHORT || has_stop(c, l) || begins_numbered(c, l) ||
                    (l.end > l.start && is_colon(c->cp[l.end - 1])))
                        continue;
                uint64_t hash = line_hash(c, l, &han);
                if (han >= HAN_MIN)
                        all[n++] = (Repeat){ hash, (uint32_t)i };
        }
        if (n)
                qsort(all, n, sizeof(*all), by_hash);
        for (size_t i = 0; i < n;) {
                size_t k = i + 1;
                while (k < n && all[k].hash == all[i].hash)
                        k++;
                Line first = c->lines[all[i].line];
                bool title =
                        all[i].line <= 3 && lex_before(c->lex, c->cp, first.start, first.end, LEX_BIT(TITLE_END)) > 0;
                for (size_t j = i + title; k - i >= OFTEN && j < k; j++)
                        drop_range(c, c->lines[all[j].line].start, c->lines[all[j].line].end, DROP_PAGE);
                i = k;
        }
        return ST_OK;
}

/* In a text that is one long line: a mark of the end after a blank, and no sentence after it. */
static void clean_long_tail(Cleaning *c, Line l)
{
        uint32_t from = l.end;
        while (from > l.start && c->cp[from - 1] != 0x3002 && l.end - from < 2000)
                from--;
        for (uint32_t i = from; i < l.end; i++)
                if (i > l.start && (is_blank(c->cp[i - 1]) || c->drop[i - 1]) && !c->drop[i] &&
                    lex_at(c->lex, c->cp, i, l.end, LEX_BIT(TAIL), NULL)) {
                        drop_range(c, i, l.end, DROP_FURNITURE);
                        return;
                }
}

/* ---- pages and broken lines ---- */

static bool ends_sentence(const Cleaning *c, Line l)
{
        uint32_t end = l.end;
        while (end > l.start && (c->drop[end - 1] || is_quote_close(c->cp[end - 1]) || is_close(c->cp[end - 1])))
                end--;
        uint32_t x = end > l.start ? c->cp[end - 1] : 0;
        return is_stop(x) || is_semicolon(x) || is_colon(x) || x == 0x2026;
}

/* "12、" at the beginning of a line: the number, and where the text goes on; 0 when there is none. */
static uint32_t chunk_number(const Cleaning *c, Line l, uint32_t *ret_after)
{
        uint32_t i = l.start, v = 0;
        while (i < l.end && is_digit(c->cp[i]) && i < l.start + 4)
                v = v * 10 + (c->cp[i++] - '0');
        if (i == l.start || i >= l.end || c->cp[i] != 0x3001)
                return 0;
        *ret_after = i + 1;
        return v;
}

static void join_lines(Cleaning *c, Line a, Line b)
{
        for (uint32_t i = a.end; i < b.start; i++)
                if (!c->drop[i])
                        c->drop[i] = DROP_BREAK;
}

/* Sharing sites cut a text into pages 1、 2、 3、 … anywhere in a sentence: a run of numbers one after the other
 * from 1 at lines, of which most follow a line that is not at its sentence's end. */
static void clean_chunks(Cleaning *c)
{
        uint32_t expect = 1, broken = 0, after;
        size_t run = 0;
        bool opening = false, text = false;
        for (size_t i = 0; i < c->line_count; i++) {
                if (c->drop[c->lines[i].start])
                        continue;
                bool first = !text;
                text = true;
                if (chunk_number(c, c->lines[i], &after) != expect)
                        continue;
                opening |= first;
                broken += expect > 1 && i > 0 && !ends_sentence(c, c->lines[i - 1]);
                run = expect++;
        }
        /* A few pages only when each begins within a sentence, or the text itself begins with the first. */
        bool whole = opening && broken > 0;
        if (run < 2 || (broken * 2 < run && !whole) || (run < 4 && broken + 1 < run && !whole))
                return;
        expect = 1;
        size_t last = SIZE_MAX;
        for (size_t i = 0; i < c->line_count; i++) {
                if (c->drop[c->lines[i].start])
                        continue;
                if (chunk_number(c, c->lines[i], &after) == expect) {
                        drop_range(c, c->lines[i].start, after, DROP_PAGE);
                        if (expect > 1 && last != SIZE_MAX && !ends_sentence(c, c->lines[last]))
                                join_lines(c, c->lines[last], c->lines[i]);
                        c->lines[i].start = after;
                        expect++;
                }
                last = i;
        }
}

/* 一、 （一） 1. 第一 一是 and ——: the beginning of something. */
static bool begins_numbered(const Cleaning *c, Line l)
{
        uint32_t i = l.start, x = c->cp[i];
        if (is_open(x) || x == 0x2014 || x == 0x25CF || x == 0x2022)
                return true;
        if (x == 0x7B2C && i + 1 < l.end && (han_digit(c->cp[i + 1]) > 0 || c->cp[i + 1] == 0x5341))
                return true;
        uint32_t k = i;
        while (k < l.end && k < i + 4 && (han_digit(c->cp[k]) > 0 || c->cp[k] == 0x5341 || is_digit(c->cp[k])))
                k++;
        if (k > i && k + 1 < l.end && c->cp[k] == '.' && is_digit(c->cp[k + 1]))        /* 96.8亿元 */
                return false;
        return k > i && k < l.end && (c->cp[k] == 0x3001 || c->cp[k] == '.' || c->cp[k] == 0xFF0E ||
                                      c->cp[k] == 0x662F || c->cp[k] == 0x8981);
}

/* 区县 高新技术企业数 技术合同成交额: cells between blanks or bars, how many; 0 for running text. */
static uint32_t cells_of(const Cleaning *c, Line l)
{
        uint32_t cells = 0;
        for (uint32_t i = l.start; i < l.end; i++) {
                uint32_t x = c->cp[i];
                if (is_stop(x) || is_semicolon(x) || is_colon(x) || is_comma(x))
                        return 0;
                bool gap = is_blank(x) || x == '|';
                cells += !gap && (i == l.start || is_blank(c->cp[i - 1]) || c->cp[i - 1] == '|');
        }
        return cells;
}

/* Two lines of as many cells are rows of a table. */
static bool are_rows(const Cleaning *c, Line a, Line b)
{
        uint32_t cells = cells_of(c, a);
        return cells >= 3 && cells == cells_of(c, b);
}

/* Of the lines nearly as wide as the width, most end within a sentence: paragraphs are never that much alike. */
static bool is_set(const Cleaning *c, uint32_t width)
{
        uint32_t wide = 0, within = 0;
        for (size_t i = 0; i < c->line_count; i++) {
                Line l = c->lines[i];
                if (c->drop[l.start] || l.end - l.start + 2 < width || l.end - l.start > width + 2)
                        continue;
                wide++;
                within += !ends_sentence(c, l);
        }
        return within >= 4 && within * 2 >= wide;
}

/* A text set in lines of one width: lines as wide as the widest, without an end of sentence, go on in the next. */
static void clean_breaks(Cleaning *c)
{
        enum { WIDTHS = 120, INDENT = 2 };
        size_t by_width[WIDTHS] = { 0 }, lines = 0, unended = 0, indented = 0, last = SIZE_MAX;
        for (size_t i = 0; i < c->line_count; i++) {
                Line l = c->lines[i];
                if (c->drop[l.start])
                        continue;
                if (last != SIZE_MAX && goes_on(c->cp[l.start]) && !ends_sentence(c, c->lines[last]))
                        join_lines(c, c->lines[last], l);
                last = i;
                uint32_t w = l.end - l.start;
                by_width[w < WIDTHS ? w : WIDTHS - 1]++;
                lines++;
                indented += l.indent >= INDENT;
                unended += !ends_sentence(c, l);
        }
        if (lines < 8 || by_width[WIDTHS - 1] * 20 > lines)
                return;
        /* The width that nine lines of ten stay within. */
        size_t seen = 0;
        uint32_t width = 0;
        while (width < WIDTHS - 1 && seen * 10 < lines * 9)
                seen += by_width[width++];
        if (width < 16 || (unended * 2 < lines && !is_set(c, width - 1)))
                return;
        /* Where some lines are indented those begin paragraphs. */
        bool marked = indented >= 3 && indented * 10 <= lines * 6;
        last = SIZE_MAX;
        for (size_t i = 0; i < c->line_count; i++) {
                Line l = c->lines[i];
                if (c->drop[l.start])
                        continue;
                uint32_t label = lex_at(c->lex, c->cp, l.start, l.end, LEX_BIT(FURNITURE), NULL);
                bool named = label && l.start + label < l.end && is_colon(c->cp[l.start + label]);      /* 来源： */
                if (last != SIZE_MAX && !named && !(marked && l.indent >= INDENT) &&
                    !ends_sentence(c, c->lines[last]) && !begins_numbered(c, l) &&
                    (c->lines[last].end - c->lines[last].start) * 10 >= width * 8 && !are_rows(c, c->lines[last], l))
                        join_lines(c, c->lines[last], l);
                last = i;
        }
}

/* A long line that was several paragraphs: the blank after a sentence, and after what can be a heading. */
static void split_long_line(Cleaning *c, Line l)
{
        uint32_t from = l.start, last = l.start;
        bool stop = false;
        for (uint32_t i = l.start; i < l.end; i++) {
                if (!is_blank(c->cp[i]) || c->drop[i]) {
                        stop |= c->cp[i] == 0x3002;
                        if (is_stop(c->cp[i]))
                                last = i + 1;
                        continue;
                }
                uint32_t before = 0, k = i;
                while (k > from && (c->drop[k - 1] || is_quote_close(c->cp[k - 1])))
                        k--;
                before = k > from ? c->cp[k - 1] : 0;
                bool letters = i + 1 < l.end && is_latin(before) && is_latin(c->cp[i + 1]);
                bool heading =
                        is_han(before) && i + 1 < l.end && is_han(c->cp[i + 1]) && i - last >= 4 && i - last <= 70;
                if (!letters && (is_stop(before) || is_colon(before) || is_semicolon(before) || before == 0x2026 ||
                                 heading || (!stop && i - from >= 4 && i - from <= 70) || (i > 0 && c->drop[i - 1]))) {
                        c->cp[i] = '\n';
                        from = last = i + 1;
                        stop = false;
                }
        }
}

enum { LONG_LINE = 240 };

static bool is_figure_part(uint32_t x)
{
        return is_digit(x) || x == '.' || x == 'O' || x == 'o' || x == 'l' || x == 'I';
}

/* 5 680万元, 4 .1 5亿元, l5个, 2O20年: figures that a reader of scans split or misread, before what they count. */
static void join_figures(const MeetingLexicon *lex, Glyphs *g)
{
        enum { FIGURE_MAX = 16, GAPS_MAX = 4 };
        uint32_t n = 0;
        for (uint32_t i = 0; i < g->len;) {
                bool opens = is_figure_part(g->cp[i]) && g->cp[i] != '.' && (n == 0 || !is_figure_part(g->cp[n - 1]));
                uint32_t k = i, gaps = 0, letters = 0, digits = 0,
                         most = i + FIGURE_MAX < g->len ? i + FIGURE_MAX : g->len;
                while (opens && k < most) {
                        bool gap = g->cp[k] == ' ' && k > i && k + 1 < most && g->cp[k - 1] != ' ' &&
                                   (is_figure_part(g->cp[k + 1]) || g->cp[k + 1] == '%');
                        if (!gap && !is_figure_part(g->cp[k]))
                                break;
                        gaps += gap;
                        digits += is_digit(g->cp[k]);
                        letters += is_latin(g->cp[k]);
                        k++;
                }
                /* Only inside prose, and only before a unit: figures of a table stand apart from one another. */
                bool unit = k < g->len && (g->cp[k] == '%' || g->cp[k] == 0x4E07 || g->cp[k] == 0x4EBF || /* 万 亿 */
                                           lex_at(lex, g->cp, k, g->len, LEX_BIT(UNIT), NULL) > 0 ||
                                           (!gaps && (g->cp[k] == 0x6708 || g->cp[k] == 0x65E5 || g->cp[k] == 0x5E74)));
                bool prose = n > 0 && (is_han(g->cp[n - 1]) || g->cp[n - 1] == 0x3001 ||
                                       (digits && letters && g->cp[n - 1] == ','));
                if (opens && (gaps || letters) && gaps <= GAPS_MAX && digits >= letters && letters < 2 && unit &&
                    prose) {
                        for (; i < k; i++) {
                                uint32_t x = g->cp[i];
                                if (x == ' ')
                                        continue;
                                g->cp[n] = x == 'O' || x == 'o' ? '0' : x == 'l' || x == 'I' ? '1' : x;
                                g->map[n++] = g->map[i];
                        }
                        continue;
                }
                do {
                        g->cp[n] = g->cp[i];
                        g->map[n++] = g->map[i];
                } while (++i < k);
        }
        g->cp[n] = '\n';
        g->map[n] = g->map[g->len];
        g->len = n;
}

Status meeting_clean(Arena *a, const MeetingLexicon *lex, Meeting *m, Glyphs *ret)
{
        size_t n = utf8_len(m->original);
        Cleaning c = { .arena = a, .lex = lex, .len = (uint32_t)n };
        c.cp = arena_alloc(a, (n + 1) * sizeof(uint32_t));
        c.drop = arena_calloc(a, n + 1, 1);
        c.gone = arena_calloc(a, n + 1, 1);
        c.map = arena_alloc(a, (n + 1) * sizeof(uint32_t));
        if (!c.cp || !c.drop || !c.gone || !c.map)
                return ST_NOMEM;
        size_t pos = 0;
        for (uint32_t i = 0; i < c.len; i++)
                c.cp[i] = utf8_next(m->original, &pos);
        c.cp[n] = 0;
        m->original_len = c.len;

        clean_characters(&c);
        clean_spaced_figures(&c);
        clean_markdown(&c);
        compact(&c);
        clean_adverts(&c);
        TRY(find_lines(&c));
        clean_contents(&c);
        clean_furniture(&c);
        TRY(clean_repeats(&c));
        clean_chunks(&c);
        clean_breaks(&c);
        for (size_t i = 0; i < c.line_count; i++)
                if (c.lines[i].end - c.lines[i].start > LONG_LINE) {
                        clean_long_tail(&c, c.lines[i]);
                        split_long_line(&c, c.lines[i]);
                }

        ret->cp = arena_alloc(a, (n + 2) * sizeof(uint32_t));
        ret->map = arena_alloc(a, (n + 2) * sizeof(uint32_t));
        if (!ret->cp || !ret->map)
                return ST_NOMEM;
        uint32_t len = 0, removed = 0;
        for (uint32_t i = 0; i < c.len; i++) {
                if (c.drop[i])
                        continue;
                uint32_t last = len ? ret->cp[len - 1] : '\n';
                /* No blank at a line's beginning or end, no empty line, one …… of several. */
                if (c.cp[i] == '\n') {
                        while (len && ret->cp[len - 1] == ' ')
                                len--;
                        last = len ? ret->cp[len - 1] : '\n';
                }
                if ((c.cp[i] == '\n' && last == '\n') || (is_blank(c.cp[i]) && (last == '\n' || last == ' ')) ||
                    (c.cp[i] == 0x2026 && len > 1 && last == 0x2026 && ret->cp[len - 2] == 0x2026))
                        continue;
                ret->cp[len] = c.cp[i];
                ret->map[len++] = c.map[i];
        }
        while (len && (ret->cp[len - 1] == ' ' || ret->cp[len - 1] == '\n'))
                len--;
        ret->cp[len] = '\n';
        ret->map[len] = m->original_len;
        ret->len = len;
        join_figures(lex, ret);
        len = ret->len;
        for (uint32_t i = 0; i < c.len; i++)
                c.gone[c.map[i]] = c.drop[i];

        for (uint32_t i = 0; i < m->original_len; i++)
                removed += c.gone[i] > DROP_BLANK && (i == 0 || c.gone[i - 1] != c.gone[i]);
        m->removed = arena_array_of(a, MeetingRemoved, removed + 1);
        if (!m->removed)
                return ST_NOMEM;
        for (uint32_t i = 0; i < m->original_len;) {
                uint32_t k = i + 1;
                while (k < m->original_len && c.gone[k] == c.gone[i])
                        k++;
                if (c.gone[i] > DROP_BLANK)
                        m->removed[m->removed_count++] = (MeetingRemoved){ { i, k }, drop_names[c.gone[i]] };
                i = k;
        }
        return len ? ST_OK : ST_INVALID;
}
