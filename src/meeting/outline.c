/* outline.c -- the numbering of official prose: 一、 （一） 1. （1） 第一， 一是 —— and heads without a number.
 *
 * The level of a head is its depth in this speech.  Kinds of numbering have an order (一、 before （一） before 1.
 * …); a head closes all open heads of its own kind and of kinds after it, and stands one below what is left. */
#include "base/utf8.h"
#include "base/vec.h"
#include "meeting/meeting_int.h"

typedef enum Numbering {
        NUM_NONE,
        NUM_PART,
        NUM_ARTICLE,
        NUM_ONE,
        NUM_PAREN,
        NUM_DASH,
        NUM_BARE,
        NUM_ARABIC,
        NUM_ARABIC_PAREN,
        NUM_ORDINAL,
        NUM_IS
} Numbering;

typedef struct Mark {
        Numbering kind;
        uint32_t value;
        uint32_t start, after;      /* of the number; where the heading begins */
        bool lost;                  /* the brackets or the point were lost by the copy */
} Mark;

enum { HEAD_MAX = 80, RUN_IN_MAX = 60, BARE_MAX = 26, SECTIONS_MAX = 500000, DEPTH_MAX = 12 };

VEC_DECLARE(SectionVec, MeetingSection);

typedef struct Outlining {
        Reading *r;
        SectionVec out;
        Numbering open[DEPTH_MAX];
        uint32_t index[DEPTH_MAX];
        int depth;
        bool apart;                 /* a paragraph without a head has come since the last head without a number */
        uint32_t value[NUM_IS + 1]; /* of the last head of each kind of numbering */
} Outlining;

/* 一, 十二, 二十: value, and where it ends. */
static uint32_t han_number(const Reading *r, uint32_t i, uint32_t end, uint32_t *ret_end)
{
        uint32_t v = 0, k = i;
        for (; k < end && k < i + 4; k++) {
                int d = han_digit(r->cp[k]);
                if (d > 0 && r->cp[k] != 0x4E24)
                        v += (uint32_t)d;
                else if (r->cp[k] == 0x5341)
                        v = v ? v * 10 : 10;
                else
                        break;
        }
        *ret_end = k;
        return v;
}

static uint32_t arabic_number(const Reading *r, uint32_t i, uint32_t end, uint32_t *ret_end)
{
        uint32_t v = 0, k = i;
        for (; k < end && k < i + 3 && is_digit(r->cp[k]); k++)
                v = v * 10 + (r->cp[k] - '0');
        *ret_end = k;
        return v;
}

static bool is_point(uint32_t c)
{
        return c == '.' || c == 0xFF0E || c == 0x3001;
}

/* The number at i, the beginning of a paragraph or of a sentence. */
static Mark mark_at(const Reading *r, uint32_t i, uint32_t end, bool paragraph)
{
        Mark m = { .start = i };
        uint32_t k, v;
        if (i >= end)
                return m;
        uint32_t c = r->cp[i];
        if ((c == 0x2014 || c == 0x2015 || c == 0x2500) && i + 1 < end && r->cp[i + 1] == c && paragraph)
                return (Mark){ NUM_DASH, 0, i, i + 2, false };
        if (c == 0x7B2C) {                                      /* 第 */
                v = han_number(r, i + 1, end, &k);
                if (v && k < end && paragraph && (text_is(r->cp, k, end, "部分") || r->cp[k] == 0x7AE0) &&
                    k + 2 < end) {
                        k += r->cp[k] == 0x7AE0 ? 1 : 2;
                        while (k < end && (r->cp[k] == ' ' || is_point(r->cp[k]) || is_colon(r->cp[k])))
                                k++;
                        return (Mark){ NUM_PART, v, i, k, false };
                }
                if (v && k + 1 < end && paragraph && r->cp[k] == 0x6761 && /* 条 */
                    (is_blank(r->cp[k + 1]) || is_open(r->cp[k + 1]) || r->cp[k + 1] == 0x3010)) {
                        k++;
                        while (k < end && is_blank(r->cp[k]))
                                k++;
                        return (Mark){ NUM_ARTICLE, v, i, k, false };
                }
                if (v && k < end && (is_comma(r->cp[k]) || is_point(r->cp[k]) || is_colon(r->cp[k]) || r->cp[k] == ' '))
                        return (Mark){ NUM_ORDINAL, v, i, k + 1, false };
                return m;
        }
        if (c == '(' || c == 0xFF08) {
                v = han_number(r, i + 1, end, &k);
                if (v && k < end && is_close(r->cp[k]))
                        return (Mark){ NUM_PAREN, v, i, k + 1, false };
                v = arabic_number(r, i + 1, end, &k);
                if (v && v < 100 && k < end && is_close(r->cp[k]))
                        return (Mark){ NUM_ARABIC_PAREN, v, i, k + 1, false };
                return m;
        }
        if (c >= 0x2460 && c <= 0x2473)                         /* ① */
                return (Mark){ NUM_ARABIC_PAREN, c - 0x2460 + 1, i, i + 1, false };
        v = han_number(r, i, end, &k);
        if (v && k < end) {
                if (r->cp[k] == 0x662F || (r->cp[k] == 0x8981 && v < 13))       /* 是 要 */
                        return (Mark){ NUM_IS, v, i, k + 1, false };
                if (paragraph && is_point(r->cp[k]) && !(k + 1 < end && han_digit(r->cp[k + 1]) >= 0))
                        return (Mark){ NUM_ONE, v, i, k + 1, false };
                if (paragraph && is_close(r->cp[k]))
                        return (Mark){ NUM_PAREN, v, i, k + 1, true };
                if (paragraph && is_han(r->cp[k]) && k == i + 1)
                        return (Mark){ NUM_PAREN, v, i, k, true };
                return m;
        }
        v = arabic_number(r, i, end, &k);
        if (v && v < 100 && k < end) {
                if (paragraph && is_point(r->cp[k]) && !(k + 1 < end && is_digit(r->cp[k + 1])))
                        return (Mark){ NUM_ARABIC, v, i, k + 1, false };
                if (is_han(r->cp[k]))
                        return (Mark){ NUM_ARABIC, v, i, k, true };
        }
        return m;
}

static Status add_head(Outlining *o, const Mark *m, uint32_t start, uint32_t end, bool run_in, uint8_t confidence)
{
        Reading *r = o->r;
        while (end > start && (is_colon(r->cp[end - 1]) || is_comma(r->cp[end - 1]) || is_semicolon(r->cp[end - 1]) ||
                               is_stop(r->cp[end - 1]) || is_blank(r->cp[end - 1])))
                end--;
        while (start < end && is_blank(r->cp[start]))
                start++;
        if (start >= end)
                return ST_OK;
        /* A head ends where the next one begins at the latest; one that begins with another is that other. */
        uint32_t from = m->kind == NUM_BARE ? start : m->start;
        MeetingSection *last = o->out.len ? &o->out.data[o->out.len - 1] : NULL;
        if (last && from <= last->at.start)
                return ST_OK;
        if (last && from < last->at.end)
                last->at.end = from;
        /* A list after a paragraph of its own is no longer below 再讲讲问题。 */
        if (o->apart && o->depth && o->open[o->depth - 1] == NUM_BARE && m->kind > NUM_BARE)
                o->depth--;
        /* 第一， may stand over （一） and 1. when those begin there. */
        bool under = o->depth && o->open[o->depth - 1] == NUM_ORDINAL && m->kind < NUM_ORDINAL &&
                     m->kind >= NUM_PAREN &&
                     (m->value == 1 || (m->kind == NUM_BARE && !o->out.data[o->index[o->depth - 1]].run_in));
        for (int k = 0; under && k < o->depth; k++)
                under = o->open[k] != m->kind;
        if (!under) {
                int same = -1;
                for (int k = 0; k < o->depth; k++)
                        if (o->open[k] == m->kind)
                                same = k;
                if (same >= 0)
                        o->depth = same;
                else
                        while (o->depth && o->open[o->depth - 1] > m->kind)
                                o->depth--;
        }
        if (o->depth >= DEPTH_MAX)
                o->depth = DEPTH_MAX - 1;
        MeetingSection s = { .level = o->depth + 1, .at = { from, end }, .run_in = run_in, .confidence = confidence,
                             .parent = o->depth ? o->index[o->depth - 1] : MEETING_NONE,
                             .heading = reading_text(r, start, end), .number = STR("") };
        if (m->kind != NUM_BARE)
                s.number = reading_text(r, m->start, m->after);
        o->value[m->kind] = m->value;
        o->open[o->depth] = m->kind;
        o->index[o->depth] = (uint32_t)o->out.len;
        o->depth++;
        if (!VEC_PUSH(&o->out, s, SECTIONS_MAX))
                return o->out.len >= SECTIONS_MAX ? ST_LIMIT : ST_NOMEM;
        return ST_OK;
}

/* The end of the sentence that begins at i: the stop, or the line's end; ret_commas counts on the way. */
static uint32_t sentence_end(const Reading *r, uint32_t i, uint32_t end, uint32_t *ret_commas, uint32_t *ret_semicolon)
{
        *ret_commas = 0;
        *ret_semicolon = MEETING_NONE;
        for (; i < end && !is_stop(r->cp[i]); i++) {
                *ret_commas += is_comma(r->cp[i]);
                if (is_semicolon(r->cp[i]) && *ret_semicolon == MEETING_NONE)
                        *ret_semicolon = i;
        }
        return i;
}

/* The number after the one of the last head of its kind: 二 after 一. */
static bool follows(const Outlining *o, const Mark *m)
{
        return m->value > 1 && o->value[m->kind] + 1 == m->value;
}

/* A number that lost its brackets must stand before something that is surely a heading: a line without an end, without
 * figures; in parts (摸清家底,建好后备库) only where it counts on. */
static bool lost_is_head(const Outlining *o, const Mark *m, uint32_t stop, uint32_t end)
{
        enum { SHORT = 24 };
        const Reading *r = o->r;
        bool next = follows(o, m), first = m->value == 1;
        if (m->value > 20 || stop != end || stop - m->after > 30 || stop - m->after < 4)
                return false;
        if (lex_at(r->lex, r->cp, m->after, end,
                   LEX_BIT(UNIT) | LEX_BIT(UNIT_NOT) | (next || first ? 0 : LEX_BIT(ABSTRACT)), NULL))
                return false;
        uint32_t commas = 0;
        for (uint32_t i = m->after; i < stop; i++) {
                commas += is_comma(r->cp[i]);
                if (is_digit(r->cp[i]) || is_colon(r->cp[i]))
                        return false;
        }
        return commas == 0 || (commas == 1 && (next || first) && stop - m->after <= SHORT);
}

/* 第四条 （高企认定奖励） 企业首次…, 第一条 支持企业成长。对首次…: what an article is called, when it says. */
static Status article_head(Outlining *o, const Mark *m, uint32_t end, uint32_t *ret_after)
{
        enum { NAME_MAX = 30 };
        static const char *const rules[] = { "应当", "不得", "可以", "负责", "适用", "是指", "会同", "必须" };
        Reading *r = o->r;
        uint32_t start = m->after, k = start, most = start + NAME_MAX < end ? start + NAME_MAX : end;
        bool open = start < end && (is_open(r->cp[start]) || r->cp[start] == 0x3010);
        for (k += open; k < most; k++) {
                bool close = is_close(r->cp[k]) || r->cp[k] == 0x3011; /* 】 */
                if (open ? close : is_stop(r->cp[k]) || is_blank(r->cp[k]) || is_colon(r->cp[k]))
                        break;
                if (is_comma(r->cp[k]) || is_semicolon(r->cp[k]) || is_digit(r->cp[k]))
                        return ST_OK;
                /* 区审计局应当对…进行监督。 is the rule, not its name */
                for (size_t w = 0; !open && w < ARRAY_LEN(rules); w++)
                        if (text_is(r->cp, k, end, rules[w]))
                                return ST_OK;
        }
        if (k >= end && !open) { /* the name alone on its line */
                *ret_after = end;
                return k - start >= 2 ? add_head(o, m, start, end, false, 85) : ST_OK;
        }
        if (k >= most || k < start + 2 + open || k + 2 >= end)
                return ST_OK;
        *ret_after = k + 1;
        return add_head(o, m, start + open, k, true, 88);
}

/* 7.高新区要加快建设基地，6月份完成封顶。 tells a body what to do, and is no heading. */
static bool orders(const Reading *r, uint32_t start, uint32_t end)
{
        enum { DOER_MAX = 16 };
        uint32_t most = start + DOER_MAX < end ? start + DOER_MAX : end;
        for (uint32_t i = start + 2; i + 1 < most; i++)
                if ((r->cp[i] == 0x8981 || r->cp[i] == 0x5C06) && /* 要 将 */
                    lex_before(r->lex, r->cp, start, i, LEX_BIT(ORGAN)) > 0)
                        return true;
        /* 支持学院与企业共建产业学院，年内新建研发机构35家，其中省级8家。 */
        uint32_t figures = 0;
        for (uint32_t i = start + 1; i < end; i++)
                figures += is_digit(r->cp[i - 1]) && !is_digit(r->cp[i]) && r->cp[i] != 0x5E74;
        return figures > 1;
}

/* 一、 （一） 1. on a line: the whole line, or its first sentence. */
static Status paragraph_head(Outlining *o, uint32_t start, uint32_t end, uint32_t *ret_after)
{
        Reading *r = o->r;
        Mark m = mark_at(r, start, end, true);
        uint32_t commas, semicolon;
        *ret_after = start;
        if (m.kind == NUM_NONE || m.kind == NUM_IS || m.kind == NUM_ORDINAL)
                return ST_OK;
        if (m.kind == NUM_ARTICLE)
                return article_head(o, &m, end, ret_after);
        uint32_t stop = sentence_end(r, m.after, end, &commas, &semicolon);
        if (m.lost && !lost_is_head(o, &m, stop, end))
                return ST_OK;
        if (stop >= end || stop + 1 >= end) {           /* the whole line */
                /* A long line that ends in a full stop is a sentence with a number, not a heading. */
                if (end - m.after > HEAD_MAX || semicolon != MEETING_NONE || (stop < end && end - m.after > 45) ||
                    (stop < end && commas && orders(r, m.after, stop)))
                        return ST_OK;
                *ret_after = end;
                return add_head(o, &m, m.after, stop, false, m.lost ? 75 : 96);
        }
        uint32_t figures = 0; /* 4.三年内承担项目30项以上，授权专利150件以上，…: what is asked, with a number */
        for (uint32_t i = m.after + 1; i < stop; i++)
                figures += is_digit(r->cp[i - 1]) && !is_digit(r->cp[i]) && r->cp[i] != 0x5E74;
        if (stop - m.after > RUN_IN_MAX || semicolon != MEETING_NONE || (commas > 1 && figures > 1)) {
                /* A long sentence: what stands before its colon can still be the heading. */
                uint32_t colon = m.after;
                while (colon < stop && !is_colon(r->cp[colon]))
                        colon++;
                if (colon >= stop || colon - m.after > 40 || colon - m.after < 3)
                        return ST_OK;
                stop = colon;
        }
        *ret_after = stop + 1;
        return add_head(o, &m, m.after, stop, true, 90);
}

/* 1.建好梯队。 and （一）…。 within a paragraph: counts on, or begins to; short, without figures, and closed, with more after it. */
static bool run_in_number(const Outlining *o, const Mark *m, uint32_t stop, uint32_t end)
{
        enum { SHORT = 30 };
        const Reading *r = o->r;
        if ((m->value != 1 && !follows(o, m)) || stop - m->after > SHORT || stop - m->after < 3 || stop + 2 >= end)
                return false;
        for (uint32_t i = m->after; i < stop; i++)
                if (is_digit(r->cp[i]) || is_colon(r->cp[i]))
                        return false;
        Mark next = mark_at(r, stop + 1, end, true);
        return next.kind != m->kind;
}

/* 一是 一要 第一，: a heading when it is a short sentence of its own and more follows before the next number. */
static Status sentence_head(Outlining *o, uint32_t start, uint32_t end, bool after_stop)
{
        Reading *r = o->r;
        Mark m = mark_at(r, start, end, after_stop);
        uint32_t commas, semicolon;
        bool number = m.kind == NUM_ARABIC || m.kind == NUM_PAREN || m.kind == NUM_ARABIC_PAREN;
        if (m.kind != NUM_IS && m.kind != NUM_ORDINAL && !(number && (after_stop || m.lost)))
                return ST_OK;
        uint32_t stop = sentence_end(r, m.after, end, &commas, &semicolon);
        if (m.lost)
                return m.kind == NUM_ARABIC && lost_is_head(o, &m, stop, end)
                               ? add_head(o, &m, m.after, stop, false, 70)
                               : ST_OK;
        if (number)
                return commas < 3 && semicolon == MEETING_NONE && run_in_number(o, &m, stop, end)
                               ? add_head(o, &m, m.after, stop, true, 75)
                               : ST_OK;
        if (stop - m.after > RUN_IN_MAX || stop == m.after || semicolon != MEETING_NONE || commas > 3)
                return ST_OK;
        if (stop < end) {
                uint32_t next = stop + 1;
                while (next < end && (is_blank(r->cp[next]) || is_quote_close(r->cp[next])))
                        next++;
                Mark after = mark_at(r, next, end, false);
                if (next >= end || after.kind == NUM_IS || after.kind == NUM_ORDINAL)
                        return ST_OK;
        } else if (end - m.start > HEAD_MAX) {
                return ST_OK;
        }
        return add_head(o, &m, m.after, stop, stop < end, commas > 1 ? 70 : 85);
}

/* The title once more, in other figures perhaps: 2020年工作总结, 20xx年工作总结. */
static bool is_title_again(const Reading *r, uint32_t start, uint32_t end)
{
        Str t = r->speech->title;
        size_t pos = 0;
        if (!t.ptr)
                return false;
        for (uint32_t i = start; i < end; i++) {
                if (!is_han(r->cp[i]) || r->cp[i] == 0x3007)
                        continue;
                uint32_t c = 0;
                while (pos < t.len && !is_han(c = utf8_next(t, &pos)))
                        ;
                if (c != r->cp[i])
                        return false;
        }
        return true;
}

/* A short line without number and without an end that names a review or a plan: “十四五”时期工作回顾. */
static bool bare_line(const Reading *r, uint32_t start, uint32_t end)
{
        if (end - start > 30 || end - start < 4)
                return false;
        for (uint32_t i = start; i < end; i++)
                if (is_stop(r->cp[i]) || is_comma(r->cp[i]) || is_colon(r->cp[i]) || is_semicolon(r->cp[i]) ||
                    r->cp[i] == '|')
                        return false;
        if (is_title_again(r, start, end))
                return false;
        return lex_has(r->lex, r->cp, start, end, LEX_BIT(HEAD_PAST) | LEX_BIT(HEAD_PLAN));
}

/* The first sentence of a paragraph as a heading without number; its end, or 0. */
static uint32_t bare_head(const Reading *r, uint32_t start, uint32_t end)
{
        uint32_t i = start;
        static const char *const spoken[] = { "先", "再", "还", "另", "好" };
        for (size_t k = 0; k < ARRAY_LEN(spoken); k++) /* 再看县区。 leads on; it names nothing */
                if (text_is(r->cp, start, end, spoken[k]))
                        return 0;
        if (lex_at(r->lex, r->cp, start, end, LEX_BIT(MODAL) | LEX_BIT(NOBODY) | LEX_BIT(CONNECT) | LEX_BIT(PAST),
                   NULL) ||
            lex_at(r->lex, r->cp, start, end, LEX_BIT(SALUTATION), NULL))
                return 0;
        for (; i < end && !is_stop(r->cp[i]); i++)
                if (is_comma(r->cp[i]) || is_colon(r->cp[i]) || is_digit(r->cp[i]) || is_semicolon(r->cp[i]) ||
                    r->cp[i] == 0x4E5F || i - start > BARE_MAX) /* 也 */
                        return 0;
        if (lex_has(r->lex, r->cp, start, i, LEX_BIT(PAST)))    /* 上述指标均已分解到月。 */
                return 0;
        return i < end && r->cp[i] == 0x3002 && i - start >= 4 && end - i > 40 ? i : 0;
}

Status meeting_outline(Reading *r)
{
        Outlining o = { .r = r };
        Status st = ST_OK;
        uint32_t end = r->speech->at.end, bare_before = MEETING_NONE, bare_before_end = 0;
        size_t at_bare = SIZE_MAX;
        bool in_run = false;
        for (uint32_t i = r->body; i < end && st == ST_OK;) {
                uint32_t stop = i, after;
                while (stop < end && r->cp[stop] != '\n')
                        stop++;
                size_t count = o.out.len;
                st = paragraph_head(&o, i, stop, &after);
                if (st == ST_OK && o.out.len == count && after == i && bare_line(r, i, stop)) {
                        Mark m = { .kind = NUM_ONE, .start = i, .after = i };
                        st = add_head(&o, &m, i, stop, false, 60);
                        after = stop;
                }
                if (st == ST_OK && o.out.len == count) {
                        /* Two paragraphs in a row that begin alike make heads of their first sentences. */
                        uint32_t bare = bare_head(r, i, stop);
                        if (!bare) {
                                bare_before = MEETING_NONE;
                                in_run = false;
                        } else if (bare_before == MEETING_NONE || at_bare != o.out.len) {
                                bare_before = i;
                                bare_before_end = bare;
                                at_bare = o.out.len;
                                in_run = false;
                        } else {
                                Mark m = { .kind = NUM_BARE, .start = bare_before, .after = bare_before };
                                if (!in_run)
                                        st = add_head(&o, &m, bare_before, bare_before_end, true, 65);
                                m.start = m.after = i;
                                if (st == ST_OK)
                                        st = add_head(&o, &m, i, bare, true, 65);
                                in_run = true;
                                at_bare = o.out.len;
                        }
                } else {
                        bare_before = MEETING_NONE;
                        in_run = false;
                }
                for (uint32_t k = after; k < stop && st == ST_OK; k++) {
                        bool stopped = k > i && (is_stop(r->cp[k - 1]) ||
                                                 (is_quote_close(r->cp[k - 1]) && k > i + 1 && is_stop(r->cp[k - 2])));
                        /* What follows a semicolon is one of a list in a sentence. */
                        if (stopped || k == i || k == after || is_colon(r->cp[k - 1]))
                                st = sentence_head(&o, k, stop, stopped);
                }
                o.apart = in_run ? false : o.apart || (o.out.len == count && bare_before == MEETING_NONE && stop > i);
                i = stop + 1;
        }
        if (st == ST_OK) {
                r->speech->sections = arena_array_of(r->arena, MeetingSection, o.out.len + 1);
                if (!r->speech->sections)
                        st = ST_NOMEM;
        }
        if (st == ST_OK) {
                memcpy(r->speech->sections, o.out.data ? o.out.data : r->speech->sections,
                       o.out.len * sizeof(MeetingSection));
                r->speech->section_count = o.out.len;
                /* The end of each: the next head that is not below it. */
                uint32_t open[DEPTH_MAX + 1] = { 0 };
                int depth = 0;
                for (size_t i = 0; i <= o.out.len; i++) {
                        MeetingSection *s = i < o.out.len ? &r->speech->sections[i] : NULL;
                        while (depth && (!s || r->speech->sections[open[depth - 1]].level >= s->level))
                                r->speech->sections[open[--depth]].end = s ? s->at.start : end;
                        if (s)
                                open[depth++] = (uint32_t)i;
                }
        }
        VEC_RELEASE(&o.out);
        return st;
}
