/* speech.c -- the speeches of one file, and the head of each: title, date, occasion, speaker, salutation. */
#include "base/vec.h"
#include "codec/numtext.h"
#include "meeting/meeting_int.h"

enum { TITLE_MAX = 60, SALUTATION_MAX = 60, HEAD_LINES = 14, SPEECHES_MAX = 20000, BODY_MIN = 200 };

VEC_DECLARE(SpanVec, MeetingSpan);

static uint32_t line_end(const Reading *r, uint32_t i)
{
        while (i < r->len && r->cp[i] != '\n')
                i++;
        return i;
}

static bool has_sentence(const Reading *r, uint32_t start, uint32_t end)
{
        for (uint32_t i = start; i < end; i++)
                if (r->cp[i] == 0x3002 || is_semicolon(r->cp[i]))
                        return true;
        return false;
}

/* "同志们：", "各位代表、各位委员：" */
static bool is_salutation(const Reading *r, uint32_t start, uint32_t end)
{
        if (end - start > SALUTATION_MAX || end == start || !is_colon(r->cp[end - 1]))
                return false;
        return lex_at(r->lex, r->cp, start, end, LEX_BIT(SALUTATION), NULL) ||
               (lex_has(r->lex, r->cp, start, end, LEX_BIT(SALUTATION)) && end - start <= 30);
}

/* "2023年12月30日", "二〇二六年一月二十七日", "2023-12-30": the day; month 0 when there is none. */
static Date date_in(const Reading *r, uint32_t start, uint32_t end)
{
        for (uint32_t i = start; i + 4 < end; i++) {
                bool digit = is_digit(r->cp[i]), han = han_digit(r->cp[i]) >= 0;
                if ((!digit && !han) || (i > start && (is_digit(r->cp[i - 1]) || han_digit(r->cp[i - 1]) >= 0)))
                        continue;
                uint32_t stop = i, most = i + 16 < end ? i + 16 : end;
                while (stop < most && (is_digit(r->cp[stop]) || han_digit(r->cp[stop]) >= 0 || r->cp[stop] == 0x5341 ||
                                       r->cp[stop] == '-' || r->cp[stop] == '/' || r->cp[stop] == '.' ||
                                       r->cp[stop] == ' ' || r->cp[stop] == 0x5E74 || r->cp[stop] == 0x6708))
                        stop++;
                stop += stop < end && r->cp[stop] == 0x65E5;
                DateText t;
                if (stop - i >= 8 && datetext_parse(reading_text(r, i, stop), &t, NULL) == ST_OK &&
                    t.kind == DATETEXT_DAY && t.date.year >= 1949 && t.date.year <= 2100)
                        return t.date;
        }
        return (Date){ 0 };
}

static int32_t year_in(const Reading *r, uint32_t start, uint32_t end)
{
        for (uint32_t i = start; i + 4 < end; i++)
                if (r->cp[i + 4] == 0x5E74 && is_digit(r->cp[i]) && is_digit(r->cp[i + 1]) && is_digit(r->cp[i + 2]) &&
                    is_digit(r->cp[i + 3])) {
                        int32_t y = 0;
                        /* 2026—2028年: from when */
                        uint32_t from = i;
                        if (i >= start + 5 &&
                            (r->cp[i - 1] == 0x2014 || r->cp[i - 1] == '-' || r->cp[i - 1] == 0x81F3 ||
                             r->cp[i - 1] == '~' || r->cp[i - 1] == 0x2013)) {
                                uint32_t back = i - 1;
                                while (back > start && r->cp[back - 1] == r->cp[i - 1])
                                        back--;
                                bool digits = back >= start + 4;
                                for (uint32_t k = 1; digits && k <= 4; k++)
                                        digits = is_digit(r->cp[back - k]);
                                from = digits ? back - 4 : i;
                        }
                        for (uint32_t k = from; k < from + 4; k++)
                                y = y * 10 + (int32_t)(r->cp[k] - '0');
                        if (y >= 1949 && y <= 2100)
                                return y;
                }
        return 0;
}

/* 篇3：…, 第三篇, 【篇一】, 范文2 at the beginning of a line. */
static bool is_piece_mark(const Reading *r, uint32_t start, uint32_t end)
{
        uint32_t i = start;
        if (i < end && (r->cp[i] == 0x3010 || is_open(r->cp[i]) || r->cp[i] == 0x7B2C))
                i++;
        if (text_is(r->cp, i, end, "篇") || text_is(r->cp, i, end, "范文")) {
                i += r->cp[i] == 0x7BC7 ? 1 : 2;
                while (i < end && r->cp[i] == ' ')
                        i++;
                return i < end && (is_digit(r->cp[i]) || han_digit(r->cp[i]) > 0 || r->cp[i] == 0x5341);
        }
        if (i > start && r->cp[start] == 0x7B2C &&
            end - start <= 4) { /* 第三篇, alone: with a title it is a part of a plan */
                uint32_t k = i;
                while (k < end && k < i + 3 && (han_digit(r->cp[k]) > 0 || is_digit(r->cp[k]) || r->cp[k] == 0x5341))
                        k++;
                return k > i && k < end && r->cp[k] == 0x7BC7;
        }
        return false;
}

/* 工作总结.doc without the name of its kind. */
static uint32_t without_suffix(const Reading *r, uint32_t start, uint32_t end)
{
        static const char *const kinds[] = { ".doc", ".docx", ".txt", ".pdf", ".wps", ".ppt" };
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
                uint32_t n = (uint32_t)strlen(kinds[k]);
                if (end > start + n && text_is(r->cp, end - n, end, kinds[k]))
                        return end - n;
        }
        return end;
}

/* A line that can be a title: short, without sentence marks, ending in 讲话, 报告 … also before a bracket. */
static bool is_title(const Reading *r, uint32_t start, uint32_t end)
{
        if (end - start > TITLE_MAX || end - start < 4 || has_sentence(r, start, end))
                return false;
        end = without_suffix(r, start, end);
        while (end > start && (is_close(r->cp[end - 1]) || is_digit(r->cp[end - 1]))) {
                uint32_t k = end - 1;
                while (k > start && !is_open(r->cp[k]) && is_close(r->cp[end - 1]))
                        k--;
                if (k == start)
                        break;
                end = k;
        }
        while (end > start && (r->cp[end - 1] == '|' || r->cp[end - 1] == ' ' || is_quote_close(r->cp[end - 1])))
                end--;
        return lex_before(r->lex, r->cp, start, end, LEX_BIT(TITLE_END)) > 0 && !is_comma(r->cp[start]);
}

static bool salutation_soon(const Reading *r, uint32_t i)
{
        for (int n = 0; n < 8 && i < r->len; n++) {
                uint32_t end = line_end(r, i);
                if (is_salutation(r, i, end))
                        return true;
                if (end - i > 120)
                        return false;
                i = end + 1;
        }
        return false;
}

/* （此件请转送有关部门）, X办发〔2026〕3号 and then …关于…的通知: the title of what only orders; gives where
 * the body begins. */
static uint32_t order_title(const Reading *r, MeetingSpeech *s, uint32_t body)
{
        enum { LINES = 5, LINE_MAX = 80 };
        uint32_t i = s->at.start;
        for (int n = 0; n < LINES && i < s->at.end; n++) {
                uint32_t end = line_end(r, i);
                if (end > s->at.end || end - i > LINE_MAX || has_sentence(r, i, end))
                        break;
                if (end > i && text_find(r->cp, i, end, "关于") != MEETING_NONE && !is_open(r->cp[i]) &&
                    !is_colon(r->cp[end - 1]) && lex_before(r->lex, r->cp, i, end, LEX_BIT(TITLE_PLAN)) > 0) {
                        s->title = reading_text(r, i, end);
                        s->year = s->year ? s->year : year_in(r, i, end);
                        return body > end + 1 ? body : end + 1;
                }
                i = end + 1;
        }
        return body;
}

/* The head: fills what it finds, gives where the body begins. */
static uint32_t read_head(Reading *r, MeetingSpeech *s, bool from_mark)
{
        uint32_t i = s->at.start, body = s->at.start;
        uint32_t first = line_end(r, i);
        bool greeted = salutation_soon(r, i);
        for (int n = 0; n < HEAD_LINES && i < s->at.end; n++) {
                uint32_t end = line_end(r, i), from = i;
                /* Sentences belong to the head only before a salutation: "张三作政府工作报告。" */
                if (end - i > 160 || (has_sentence(r, i, end) && (end - i > 70 || !greeted)))
                        break;
                if (text_is(r->cp, from, end, "标题:") || text_is(r->cp, from, end, "标题："))
                        from += 3;
                if (from_mark && n == 0 && is_piece_mark(r, i, end)) {
                        /* The mark may be followed by the title itself. */
                        for (uint32_t k = i; k < end; k++)
                                if (is_colon(r->cp[k]) || r->cp[k] == 0x3011)
                                        from = k + 1;
                }
                if (is_salutation(r, from, end)) {
                        s->salutation = reading_text(r, from, end);
                        body = end + 1;
                        break;
                }
                Date d = date_in(r, from, end);
                if (d.month && !s->date.ptr) {
                        char text[24];
                        size_t len = date_to_text(d, text);
                        s->date = arena_str(r->arena, str_n(text, len));
                        s->year = d.year;
                        if (d.month >= 11 && d.month <= 12)
                                s->year = d.year + 1;   /* the year it plans */
                }
                uint32_t at = text_find(r->cp, from, end, "在"), on = MEETING_NONE;
                for (uint32_t k = end; at != MEETING_NONE && k > at; k--)
                        if (r->cp[k - 1] == 0x4E0A) {
                                on = k - 1;
                                break;
                        }
                if (!s->occasion.ptr && on != MEETING_NONE && on > at + 3)
                        s->occasion = reading_text(r, at + 1, on);
                if (!s->title.ptr && is_title(r, from, end)) {
                        s->title = reading_text(r, from, end);
                        if (!s->year)
                                s->year = year_in(r, from, end);
                } else if (!s->speaker.ptr && s->title.ptr && !d.month && end - from >= 2 && end - from <= 24 &&
                           lex_has(r->lex, r->cp, from, end, LEX_BIT(NOBODY)) == false &&
                           (text_find(r->cp, from, end, "长 ") != MEETING_NONE ||
                            text_find(r->cp, from, end, "书记 ") != MEETING_NONE)) {
                        s->speaker = reading_text(r, from, end);
                } else if (end - i > 40 && !d.month && on == MEETING_NONE) {
                        break;
                }
                if (s->title.ptr && (n == 0 || d.month || on != MEETING_NONE))
                        body = end + 1;
                i = end + 1;
        }
        if (!s->title.ptr)
                body = order_title(r, s, body);
        uint32_t i0 = s->at.start;
        bool numbered =
                i0 + 1 < first &&
                (is_open(r->cp[i0]) || is_digit(r->cp[i0]) || han_digit(r->cp[i0]) > 0 || r->cp[i0] == 0x7B2C) &&
                !(is_digit(r->cp[i0]) && year_in(r, i0, first)) && r->cp[i0 + 1] != 0x4E2A;
        bool named = lex_has(r->lex, r->cp, i0, first, LEX_BIT(HEAD_PAST) | LEX_BIT(HEAD_PLAN));
        if (!s->title.ptr && !numbered && !named && first - s->at.start <= TITLE_MAX && first > s->at.start &&
            !has_sentence(r, s->at.start, first) && !is_salutation(r, s->at.start, first)) {
                s->title = reading_text(r, s->at.start, first);
                s->year = s->year ? s->year : year_in(r, s->at.start, first);
                body = body > first + 1 ? body : first + 1;
        }
        return body < s->at.end ? body : s->at.end;
}

Status meeting_speeches(Reading *r)
{
        SpanVec at = { 0 };
        Status st = ST_OK;
        uint32_t from = 0;
        bool in_head = true;
        for (uint32_t i = 0; i < r->len && st == ST_OK;) {
                uint32_t end = line_end(r, i);
                bool title = is_title(r, i, end);
                bool begins = is_piece_mark(r, i, end) || (title && salutation_soon(r, end + 1));
                if (end - i > 80)
                        in_head = false;
                if (begins && i > from && (!in_head || i - from > BODY_MIN)) {
                        if (!VEC_PUSH(&at, ((MeetingSpan){ from, i }), SPEECHES_MAX))
                                st = at.len >= SPEECHES_MAX ? ST_LIMIT : ST_NOMEM;
                        from = i;
                        in_head = true;
                }
                i = end + 1;
        }
        if (st == ST_OK && !VEC_PUSH(&at, ((MeetingSpan){ from, r->len }), SPEECHES_MAX))
                st = ST_NOMEM;
        if (st == ST_OK) {
                r->m->speeches = arena_array_of(r->arena, MeetingSpeech, at.len);
                r->bodies = arena_array_of(r->arena, uint32_t, at.len);
                if (!r->m->speeches || !r->bodies)
                        st = ST_NOMEM;
        }
        for (size_t i = 0; st == ST_OK && i < at.len; i++) {
                MeetingSpeech *s = &r->m->speeches[i];
                s->at = at.data[i];
                r->bodies[i] = read_head(r, s, is_piece_mark(r, s->at.start, line_end(r, s->at.start)));
                r->m->speech_count = i + 1;
        }
        VEC_RELEASE(&at);
        return st;
}
