/* figures.c -- facts and targets: what a figure measures, of whom, and whether it was reached or is to be.
 *
 * A figure is read from the words around it in its clause: before it (研发经费投入达到3%), after it (新建7家孵化器), or,
 * when there are none, from the figure before it (增长18%).  从A到B are two figures of one indicator, 分别达X、Y and
 * 各20家 one a member; 同比增长 directly after a level is that figure's change. */
#include <stdio.h>

#include "base/utf8.h"
#include "meeting/meeting_int.h"

enum { MEMBERS_MAX = 12, NOUN_MAX = 40 };

typedef struct Words {          /* a stretch of the text */
        uint32_t start, end;
} Words;

typedef struct Figure {
        const Quantity *q;
        const Clause *c;
        Words quote, before, after;
        bool reached, growth, fall, adds, inherited;
} Figure;

static bool at_word(const Reading *r, uint32_t i, uint32_t end, const char *word)
{
        return text_is(r->cp, i, end, word);
}

/* The number of an item of a list, time, connectives, modal words at the beginning of a clause. */
static uint32_t skip_lead(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t number = i;
        while (number < end && (is_digit(r->cp[number]) || is_blank(r->cp[number])))
                number++;
        if (number > i && number < end && (r->cp[number] == '.' || r->cp[number] == 0xFF0E || r->cp[number] == 0x3001))
                i = number + 1;
        else if (i < end && r->cp[i] >= 0x2460 && r->cp[i] <= 0x2473)
                i++;
        else if (i + 1 < end && han_digit(r->cp[i]) > 0 && r->cp[i + 1] == 0x662F)      /* 一是 */
                i += 2;
        while (i < end && is_blank(r->cp[i]))
                i++;
        for (int n = 0; n < 8 && i < end; n++) {
                uint32_t len = lex_at(r->lex, r->cp, i, end,
                                      LEX_BIT(CONNECT) | LEX_BIT(NOBODY) | LEX_BIT(MODAL) | LEX_BIT(PLAN) |
                                              LEX_BIT(PAST) | LEX_BIT(ADVERB),
                                      NULL);
                if (!len) {
                        uint32_t k = i + (r->cp[i] == 0x5230 || r->cp[i] == 0x622A);    /* 到 截 */
                        uint32_t digits = k;
                        while (k < end && (is_digit(r->cp[k]) || r->cp[k] == '-' || r->cp[k] == 0x2014))
                                k++;
                        if (k >= digits + 4 && k < end && r->cp[k] == 0x5E74) {         /* 年 */
                                k++;
                                if (k < end && (r->cp[k] == 0x5E95 || r->cp[k] == 0x672B || r->cp[k] == 0x521D))
                                        k++;
                                len = k - i;
                        }
                }
                if (!len)
                        break;
                i += len;
                while (i < end && (is_blank(r->cp[i]) || r->cp[i] == 0x3001))
                        i++;
        }
        return i;
}

static void find_quote(const Reading *r, size_t index, Figure *f)
{
        const Quantity *q = f->q, *prev = NULL, *next = NULL;
        for (size_t i = index; i > 0 && index - i < MEMBERS_MAX && r->quantities[i - 1].clause == q->clause && !prev;
             i--)
                prev = r->quantities[i - 1].why_not ? NULL : &r->quantities[i - 1];
        for (size_t i = index + 1;
             i < r->quantity_count && i - index < MEMBERS_MAX && r->quantities[i].clause == q->clause && !next; i++)
                next = r->quantities[i].why_not ? NULL : &r->quantities[i];
        uint32_t start = f->c->start, end = f->c->end;
        if (prev && !prev->why_not) {
                uint32_t cut = MEETING_NONE;
                for (uint32_t i = prev->end; i < q->start; i++)
                        if (r->cp[i] == 0x3001 ||
                            (i > prev->end && (r->cp[i] == 0x548C || r->cp[i] == 0x53CA) && i + 1 == q->start))
                                cut = i + 1;
                /* A list keeps its beginning, where its verb is, unless this part of it has one of its own. */
                if (cut != MEETING_NONE && (cut < q->start || cut > prev->end + 1))
                        start = cut;
        }
        if (next) {
                end = next->start;
                for (uint32_t i = next->start; i > q->end; i--)
                        if (r->cp[i - 1] == 0x3001 || r->cp[i - 1] == 0x548C) {
                                end = i - 1;
                                break;
                        }
        }
        if (q->end < f->c->end && !is_han(r->cp[q->end]) && !is_quote_open(r->cp[q->end]) && !is_latin(r->cp[q->end]) &&
            !is_open(r->cp[q->end]))
                end = q->end;
        if (end > q->end + NOUN_MAX)
                end = q->end + NOUN_MAX;
        if (end < q->end)
                end = q->end;
        f->quote = (Words){ start, end };
        f->after = (Words){ q->end, end };
        f->before = (Words){ start, q->start };
}

static void analyse(const Reading *r, Figure *f)
{
        uint32_t start = skip_lead(r, f->before.start, f->before.end), end = f->before.end;
        for (int n = 0; n < 3; n++) {
                uint32_t len = lex_before(r->lex, r->cp, start, end, LEX_BIT(REACH) | LEX_BIT(BEFORE));
                if (!len)
                        break;
                f->reached = true;
                end -= len;
        }
        /* 总量首次突破…, 均已达到… */
        static const char *const between[] = {
                "首次", "再次", "已", "均", "也", "又", "全部", "成功", "历史性", "率先"
        };
        for (size_t k = 0; f->reached && k < ARRAY_LEN(between); k++) {
                uint32_t n = (uint32_t)(strlen(between[k]) / 3);
                if (end > start + n + 1 && text_is(r->cp, end - n, end, between[k]))
                        end -= n;
        }
        /* 播种面积要稳定在…, 向…冲刺 */
        while (end > start + 2 && (r->cp[end - 1] == 0x8981 || r->cp[end - 1] == 0x5C06 || r->cp[end - 1] == 0x5411))
                end--;
        uint32_t grow = lex_before(r->lex, r->cp, start, end, LEX_BIT(GROW) | LEX_BIT(FALL));
        if (grow) {
                f->growth = f->q->percent ||
                            (f->q->unit_end > f->q->unit && (at_word(r, f->q->unit, f->q->unit_end, "倍") ||
                                                             at_word(r, f->q->unit, f->q->unit_end, "个百分点")));
                f->fall = lex_before(r->lex, r->cp, start, end, LEX_BIT(FALL)) == grow;
        }
        f->adds = lex_at(r->lex, r->cp, start, end, LEX_BIT(ADD), NULL) > 0 ||
                  lex_before(r->lex, r->cp, start, end, LEX_BIT(ADD)) > 0;
        f->before = (Words){ start, end };
        /* The noun after ends at the next mark, or before the verb that follows. */
        while (f->after.start < f->after.end && (is_blank(r->cp[f->after.start]) || r->cp[f->after.start] == 0x7684))
                f->after.start++;
}

/* The verb that opens a noun phrase: its length. */
static uint32_t lead_verb(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t k = i, first = 0;
        for (int n = 0; n < 5; n++) {
                uint32_t len = lex_at(r->lex, r->cp, k, end,
                                      LEX_BIT(ADVERB) | LEX_BIT(ACTION) | LEX_BIT(ADD) | LEX_BIT(WEAK), NULL);
                if (!len || lex_at(r->lex, r->cp, k, end, LEX_BIT(NOT_VERB), NULL) > len)
                        break;
                k += len;
                if (!first && !lex_at(r->lex, r->cp, k - len, k, LEX_BIT(ADVERB), NULL))
                        first = k;
        }
        /* 组建创新联合体: only the first is the verb, unless nothing but verbs stands there (布局打造). */
        return (k >= end || !first ? k : first) - i;
}

/* The noun after a figure ends where a verb follows: 5所高校开展技术攻关. */
static uint32_t noun_end(const Reading *r, uint32_t a, uint32_t b)
{
        for (uint32_t i = a + 2; i + 1 < b; i++)
                if (lex_at(r->lex, r->cp, i, b, LEX_BIT(ACTION) | LEX_BIT(REACH) | LEX_BIT(PAST), NULL) > 1 &&
                    !lex_at(r->lex, r->cp, i, b, LEX_BIT(NOT_VERB), NULL))
                        return i;
        return b;
}

static Str indicator_of(const Reading *r, Figure *f, Str inherited)
{
        uint32_t a = f->before.start, b = f->before.end;
        uint32_t from = MEETING_NONE;
        for (uint32_t i = a; i < b; i++)
                if (r->cp[i] == 0x4ECE && i > a)                /* 从 */
                        from = i;
        if (from != MEETING_NONE && !f->growth)
                b = from;
        uint32_t verb = lead_verb(r, a, b);
        if (a < b && (r->cp[a] == 0x5BF9 || r->cp[a] == 0x4E3A || r->cp[a] == 0x5411 || r->cp[a] == 0x7ED9) &&
            a + 1 == b)
                verb = 1;               /* 对 为 向 给 before the figure itself */
        bool only_verb = a + verb >= b;
        if (!only_verb || f->growth) {
                uint32_t place = lex_at(r->lex, r->cp, a, b, LEX_BIT(PLACE), NULL);
                uint32_t start = a + (f->adds || f->growth ? 0 : verb);
                if (place && a + place < b)
                        start = start > a + place ? start : a + place;
                uint32_t close = start; /* 各县（市、区）研发投入各… */
                while (place && start < b && is_open(r->cp[start]) && close + 1 < b && !is_close(r->cp[close]))
                        close++;
                if (close > start && is_close(r->cp[close]))
                        start = close + 1;
                if (b > start + 2 && r->cp[b - 1] == 0x5404) /* 各 */
                        b--;
                if (f->growth && lex_at(r->lex, r->cp, start, b, LEX_BIT(GROW) | LEX_BIT(FALL), NULL) == b - start &&
                    inherited.ptr) {
                        f->inherited = true;
                        return inherited;
                }
                return reading_text(r, start, b);
        }
        if (f->after.start < f->after.end)
                return reading_text(r, f->after.start, noun_end(r, f->after.start, f->after.end));
        f->inherited = true;
        return inherited.ptr ? inherited : b > a ? reading_text(r, a, b) : STR_NONE;
}

static const char *op_of(const Reading *r, const Figure *f)
{
        uint32_t a = f->quote.start, b = f->quote.end;
        if (f->q->at_most)
                return "<=";
        if (f->growth)
                return "growth>=";
        if (lex_has(r->lex, r->cp, a, b, LEX_BIT(COVER)))
                return "covers";
        if (f->q->percent && lex_has(r->lex, r->cp, a, b, LEX_BIT(SHARE)))
                return "share>=";
        if (f->adds)
                return "+=";
        if (f->q->approx)
                return "=";
        if (f->q->at_least || text_find(r->cp, a, f->q->number, "达") != MEETING_NONE ||
            text_find(r->cp, a, f->q->number, "突破") != MEETING_NONE ||
            text_find(r->cp, a, f->q->number, "超") != MEETING_NONE)
                return ">=";
        return "=";
}

static Str unit_text(const Reading *r, const Quantity *q)
{
        if (q->unit_name)
                return str_c(q->unit_name);
        return reading_text(r, q->unit, q->unit_end);
}

/* Members of a list A、B和C. */
static size_t members(const Reading *r, uint32_t a, uint32_t b, Words out[MEMBERS_MAX])
{
        size_t n = 0;
        uint32_t from = a;
        for (uint32_t i = a; i <= b; i++) {
                if (i < b && is_open(r->cp[i])) { /* 各县（市、区） is one */
                        uint32_t k = i + 1;
                        while (k < b && k < i + 20 && !is_close(r->cp[k]))
                                k++;
                        if (k < b && is_close(r->cp[k]))
                                i = k;
                        continue;
                }
                if (i < b && is_quote_open(r->cp[i])) {
                        uint32_t k = i + 1;
                        while (k < b && k < i + 40 && !is_quote_close(r->cp[k]))
                                k++;
                        if (k < b && is_quote_close(r->cp[k]))
                                i = k;
                        continue;
                }
                if (i == b || r->cp[i] == 0x3001) {
                        if (i > from && n < MEMBERS_MAX)
                                out[n++] = (Words){ from, i };
                        from = i + 1;
                }
        }
        return n;
}

static Status set_subject(Reading *r, const Figure *f, MeetingItem *item)
{
        uint32_t most = f->quote.start + 14 < f->before.end ? f->quote.start + 14 : f->before.end, len;
        uint32_t place = lex_find(r->lex, r->cp, f->quote.start, most, LEX_BIT(PLACE), &len);
        if (place != MEETING_NONE) {
                item->subject = reading_text(r, place, place + len);
                return ST_OK;
        }
        item->subject = r->subject;
        return ST_OK;
}

static uint8_t confidence_of(const Figure *f)
{
        /* What is asked for is told from names and slogans less surely than what was reached. */
        int v = f->c->mode == MODE_PLAN ? 86 : 91;
        v -= f->inherited ? 10 : 0;
        v -= f->q->han ? 22 : 0;
        v -= f->c->mode == MODE_UNKNOWN ? 10 : 0;
        v += f->reached || f->growth ? 5 : 0;
        v -= f->q->missing ? 10 : 0;
        return (uint8_t)v;
}

/* 从37%提高到55%, 由目前的136家增加到200家: the first of the two is how things stand, also in a plan. */
static bool is_from(const Reading *r, const Figure *f)
{
        enum { WORDS = 6 };
        uint32_t at = f->q->start, end = f->q->end, from = at;
        static const char *const between = "目前现在原来当去上的每人月年户家均亩";
        while (from > f->c->start && at - from < WORDS && r->cp[from - 1] != 0x4ECE &&
               r->cp[from - 1] != 0x7531) { /* 从 由 */
                bool may = false;
                for (size_t pos = 0; !may && pos < strlen(between);)
                        may = utf8_next(str_c(between), &pos) == r->cp[from - 1];
                if (!may)
                        return false;
                from--;
        }
        if (from == f->c->start || at - from >= WORDS)
                return false;
        /* 提高到, 压减至, 增为: a verb of change, and to what. */
        for (uint32_t i = end; i < f->c->end && i < end + 4; i++)
                if (i > end && (r->cp[i] == 0x5230 || r->cp[i] == 0x81F3 || r->cp[i] == 0x4E3A))        /* 到 至 为 */
                        return true;
        return false;
}

static Status emit(Reading *r, const Figure *f, Words quote, Str indicator, Words member, MeetingItem **ret)
{
        const Quantity *q = f->q;
        MeetingItem *item;
        MeetingKind kind = f->c->mode == MODE_PLAN && !is_from(r, f) ? MEETING_TARGET : MEETING_FACT;
        TRY(reading_item(r, kind, quote.start, quote.end, f->c->section, &item));
        item->figure = (MeetingSpan){ q->start, q->end };
        item->indicator = indicator;
        item->missing = q->missing;
        item->has_value = !q->missing;
        item->value = q->value;
        item->has_max = q->has_max;
        item->value_max = q->value_max;
        item->approx = q->approx;
        item->unit = unit_text(r, q);
        item->confidence = confidence_of(f);
        if (member.end > member.start)
                item->subject = reading_text(r, member.start, member.end);
        else
                TRY(set_subject(r, f, item));
        if (kind == MEETING_TARGET)
                item->op = op_of(r, f);
        TRY(link_deadline(r, f->c, quote.start, quote.end, item));
        *ret = item;
        return ST_OK;
}

/* 较上年增加, 同比增长 and nothing else. */
static bool only_growth(const Reading *r, uint32_t a, uint32_t b)
{
        static const char *const against[] = { "同比",   "比上年末", "较上年末", "比上年", "较上年",
                                               "比去年", "较去年",   "比年初",   "较年初" };
        for (size_t k = 0; k < ARRAY_LEN(against); k++)
                if (text_is(r->cp, a, b, against[k])) {
                        a += (uint32_t)(strlen(against[k]) / 3);
                        break;
                }
        return a < b && lex_at(r->lex, r->cp, a, b, LEX_BIT(GROW) | LEX_BIT(FALL), NULL) == b - a;
}

/* "同比增长20.3%" directly after a level: the change of that level. */
static bool is_change(const Reading *r, const Figure *f, const Quantity *prev)
{
        const Quantity *q = f->q;
        if (!f->growth || q->missing || !prev || prev->why_not || prev->percent ||
            r->clauses[prev->clause].sentence != f->c->sentence || prev->clause + 1 < q->clause)
                return false;
        uint32_t a = prev->clause == q->clause ? prev->end : f->c->start, b = q->start;
        if (prev->clause != q->clause && prev->end != r->clauses[prev->clause].end)
                return false;
        if (a < b && r->cp[a] == 0x3001)
                a++;
        static const char *const yoy[] = { "同比",   "比上年末", "较上年末", "比上年", "较上年", "比去年", "较去年",
                                           "比年初", "较年初",   "同期",     "名义",   "环比",   "实际",   "同口径" };
        for (int n = 0; n < 3; n++)
                for (size_t k = 0; k < ARRAY_LEN(yoy); k++)
                        if (text_is(r->cp, a, b, yoy[k])) {
                                a += (uint32_t)(strlen(yoy[k]) / 3);
                                break;
                        }
        if (text_is(r->cp, a, b, "年均"))
                return false;           /* over several years: a figure of its own */
        uint32_t len = lex_at(r->lex, r->cp, a, b, LEX_BIT(GROW) | LEX_BIT(FALL), NULL);
        a += len;
        while (a < b) {
                uint32_t more = lex_at(r->lex, r->cp, a, b, LEX_BIT(REACH) | LEX_BIT(BEFORE), NULL);
                if (!more)
                        break;
                a += more;
        }
        return len && a >= b;
}

static Status set_change(Reading *r, const Figure *f, MeetingItem *of)
{
        char text[DEC_TEXT_MAX];
        size_t n = dec_to_text(f->q->value, text);
        Str unit = unit_text(r, f->q);
        char *s = arena_printf(r->arena, "%s%.*s%.*s", f->fall ? "-" : "+", (int)n, text, STR_FMT(unit));
        if (!s)
                return ST_NOMEM;
        of->change = str_c(s);
        return ST_OK;
}

/* The word before the figure, after its verb is taken away: 各, 均, 都; where it stands. */
static uint32_t each_word(const Reading *r, const Figure *f)
{
        uint32_t end = f->before.end;
        if (end > f->before.start && (r->cp[end - 1] == 0x5404 || r->cp[end - 1] == 0x5747 || r->cp[end - 1] == 0x90FD))
                return end - 1;
        return MEETING_NONE;
}

/* 各新增10家企业, 各选5家: each, a verb, and the figure; where 各 stands. */
static uint32_t each_verb(const Reading *r, const Figure *f)
{
        static const char *const verbs[] = { "选",   "派",   "建",   "引",   "办",  "培育",
                                             "选派", "建设", "引进", "打造", "遴选" };
        uint32_t end = f->before.end, start = f->before.start, n = lex_before(r->lex, r->cp, start, end, LEX_BIT(ADD));
        for (size_t k = 0; !n && k < ARRAY_LEN(verbs); k++) {
                uint32_t len = (uint32_t)(strlen(verbs[k]) / 3);
                if (end >= start + len + 1 && text_is(r->cp, end - len, end, verbs[k]) &&
                    r->cp[end - len - 1] == 0x5404)
                        n = len;
        }
        return n && end > start + n && r->cp[end - n - 1] == 0x5404 ? end - n - 1 : MEETING_NONE; /* 各 */
}

/* 分别 in the clause before the figure; and how many figures stand between. */
static uint32_t respectively(const Reading *r, size_t index, const Figure *f, size_t *ret_nth)
{
        uint32_t at = text_find(r->cp, f->c->start, f->q->start, "分别");
        if (at == MEETING_NONE)
                return at;
        *ret_nth = 0;
        for (size_t i = index; i > 0 && r->quantities[i - 1].clause == f->q->clause && r->quantities[i - 1].start > at;
             i--) {
                if (r->quantities[i - 1].why_not)
                        continue;
                if (++*ret_nth >= MEMBERS_MAX)
                        break;
        }
        return at;
}

/* The list the members of 分别 are in: in the clause itself, or at the beginning of one before it in the sentence. */
static size_t find_members(const Reading *r, const Figure *f, uint32_t at, Words out[MEMBERS_MAX], bool *ret_here)
{
        uint32_t start = skip_lead(r, f->c->start, at);
        *ret_here = true;
        size_t n = members(r, start, at, out);
        if (n > 1)
                return n;
        for (size_t k = f->q->clause; k > 0 && f->q->clause - k < 4; k--) {
                const Clause *c = &r->clauses[k - 1];
                if (c->sentence != f->c->sentence)
                        break;
                uint32_t end = c->start;
                while (end < c->end && end < c->start + 30 && !text_is(r->cp, end, c->end, "作为") &&
                       !text_is(r->cp, end, c->end, "要"))
                        end++;
                uint32_t from = skip_lead(r, c->start, end);
                n = members(r, from, end, out);
                bool digits = false;
                for (uint32_t i = from; i < end; i++)
                        digits |= is_digit(r->cp[i]);
                *ret_here = false;
                if (n > 1 && !digits)
                        return n;
        }
        *ret_here = true;
        return 0;
}

/* 分别增长7%、12%: growth is part of the indicator's name. */
static Status with_growth(Reading *r, const Figure *f, Str *indicator)
{
        uint32_t at = text_find(r->cp, f->c->start, f->q->start, "分别") + 2;
        uint32_t n = at < f->q->start ? lex_at(r->lex, r->cp, at, f->q->start, LEX_BIT(GROW) | LEX_BIT(FALL), NULL) : 0;
        if (!n)
                return ST_OK;
        char *s = arena_printf(r->arena, "%.*s%.*s", STR_FMT(*indicator), STR_FMT(reading_text(r, at, at + n)));
        if (!s)
                return ST_NOMEM;
        *indicator = str_c(s);
        return ST_OK;
}

static Status read_figure(Reading *r, size_t index, MeetingItem **last, size_t *last_index)
{
        Quantity *q = &r->quantities[index];
        Figure f = { .q = q, .c = &r->clauses[q->clause] };
        Words member[MEMBERS_MAX];
        MeetingItem *item = NULL;
        const Quantity *prev = *last && index > 0 && *last_index == index - 1 ? &r->quantities[index - 1] : NULL;
        find_quote(r, index, &f);
        analyse(r, &f);
        if (*last && (*last)->kind == MEETING_FACT && f.c->mode != MODE_PLAN && is_change(r, &f, prev)) {
                q->item = r->quantities[*last_index].item;
                return set_change(r, &f, *last);
        }
        bool pair = prev && prev->clause == q->clause &&
                    text_find(r->cp, f.c->start, prev->start, "从") != MEETING_NONE &&
                    (text_find(r->cp, prev->end, q->start, "到") != MEETING_NONE ||
                     text_find(r->cp, prev->end, q->start, "至") != MEETING_NONE);
        Str inherited =
                *last && prev && r->clauses[prev->clause].sentence == f.c->sentence ? (*last)->indicator : STR_NONE;
        bool alone = inherited.ptr && only_growth(r, f.before.start, f.before.end);
        Str indicator = pair || alone ? inherited : indicator_of(r, &f, inherited);
        f.inherited |= alone;
        if (pair) {
                f.quote.start = f.c->start;
                f.growth = false;
        }
        /* Growth of the figure before: 年均增长22% after 财政支出35亿元 is 财政支出年均增长. */
        Words word = f.growth || alone ? f.before : (Words){ q->start, q->missing ? q->number : q->start };
        if (f.inherited && indicator.len && word.end > word.start && word.end - word.start <= 8 &&
            lex_before(r->lex, r->cp, word.start, word.end, LEX_BIT(GROW) | LEX_BIT(FALL))) {
                char *s = arena_printf(r->arena, "%.*s%.*s", STR_FMT(indicator),
                                       STR_FMT(reading_text(r, word.start, word.end)));
                if (!s)
                        return ST_NOMEM;
                indicator = str_c(s);
        }
        q->item = (uint32_t)r->speech->item_count;
        /* 新建平台3家。到2030年达到10家: the same thing counted in the sentence before. */
        if (!indicator.len && *last && f.c->sentence - r->clauses[r->quantities[*last_index].clause].sentence <= 1 &&
            str_eq((*last)->unit, unit_text(r, q))) {
                indicator = (*last)->indicator;
                f.inherited = true;
        }

        size_t nth = 0;
        uint32_t each = each_word(r, &f), at = pair ? MEETING_NONE : respectively(r, index, &f, &nth);
        if (at != MEETING_NONE) {
                bool here;
                size_t n = find_members(r, &f, at, member, &here);
                f.quote = (Words){ f.c->start, q->end };
                if (nth < n) {
                        Words m = member[nth];
                        if (here) {
                                indicator = reading_text(r, m.start, m.end);
                                m = (Words){ 0, 0 };
                        } else {
                                uint32_t a = skip_lead(r, f.c->start, at);
                                if (a < at)
                                        indicator = reading_text(r, a, at);
                                else if (*last)
                                        indicator = (*last)->indicator;
                        }
                        TRY(with_growth(r, &f, &indicator));
                        TRY(emit(r, &f, f.quote, indicator, m, &item));
                        *last = item;
                        *last_index = index;
                        return ST_OK;
                }
                /* No list that fits: one indicator for all. */
                uint32_t a = skip_lead(r, f.c->start, at);
                if (a < at) {
                        indicator = reading_text(r, a, at);
                        TRY(with_growth(r, &f, &indicator));
                }
        } else if (each != MEETING_NONE && f.after.start >= f.after.end) {
                uint32_t start = f.before.start + (f.adds ? 0 : lead_verb(r, f.before.start, each));
                size_t n = members(r, start, each, member);
                if (n > 1) {
                        for (size_t k = 0; k < n; k++)
                                TRY(emit(r, &f, f.quote, reading_text(r, member[k].start, member[k].end),
                                         (Words){ 0, 0 }, &item));
                        *last = item;
                        *last_index = index;
                        return ST_OK;
                }
        }
        uint32_t verb = at == MEETING_NONE && each == MEETING_NONE ? each_verb(r, &f) : MEETING_NONE;
        if (verb != MEETING_NONE && f.after.start < f.after.end) {
                Words what = { f.after.start, noun_end(r, f.after.start, f.after.end) };
                size_t n = members(r, f.before.start, verb, member);
                for (size_t k = 0; n > 1 && k < n; k++)
                        TRY(emit(r, &f, f.quote, reading_text(r, what.start, what.end), member[k], &item));
                if (n > 1) {
                        *last = item;
                        *last_index = index;
                        return ST_OK;
                }
        }
        TRY(emit(r, &f, f.quote, indicator, (Words){ 0, 0 }, &item));
        *last = item;
        *last_index = index;
        return ST_OK;
}

/* 实现翻番, 翻一番, 翻两番: growth without a number. */
static Status read_doubling(Reading *r, size_t index)
{
        const Clause *c = &r->clauses[index];
        uint32_t len, at = lex_find(r->lex, r->cp, c->start, c->end, LEX_BIT(DOUBLING), &len);
        if (at == MEETING_NONE || at + len != c->end || at < c->start + 3 || c->in_head)
                return ST_OK;
        MeetingItem *item;
        bool twice = text_find(r->cp, at, at + len, "两") != MEETING_NONE;
        TRY(reading_item(r, c->mode == MODE_PLAN ? MEETING_TARGET : MEETING_FACT, c->start, c->end, c->section, &item));
        item->figure = (MeetingSpan){ at, at + len };
        item->indicator = reading_text(r, skip_lead(r, c->start, at), at);
        item->has_value = true;
        item->value = dec_from_i64(twice ? 3 : 1);
        item->unit = STR("倍");
        item->op = item->kind == MEETING_TARGET ? "growth>=" : NULL;
        item->confidence = 75;
        item->subject = r->subject;
        return link_deadline(r, c, c->start, c->end, item);
}

Status meeting_figures(Reading *r)
{
        MeetingItem *last = NULL;
        size_t last_index = 0, quantity = 0;
        for (size_t k = 0; k < r->clause_count; k++) {
                for (; quantity < r->quantity_count && r->quantities[quantity].clause == k; quantity++) {
                        if (r->quantities[quantity].item != MEETING_NONE || r->quantities[quantity].why_not)
                                continue;
                        size_t before = r->speech->item_count;
                        TRY(read_figure(r, quantity, &last, &last_index));
                        /* The array may have moved. */
                        if (r->speech->item_count > before)
                                last = &r->speech->items[r->speech->item_count - 1];
                }
                size_t before = r->speech->item_count, at = last ? (size_t)(last - r->speech->items) : 0;
                TRY(read_doubling(r, k));
                if (r->speech->item_count > before && last)
                        last = &r->speech->items[at];
        }
        return ST_OK;
}
