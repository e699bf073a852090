/* The text becomes tokens (numbers with their count of digits, marks, words for
 * months, weekdays and halves of the day), and these are matched against the
 * ways people write dates.  Chinese numerals become numbers on the way. */
#include "base/mem.h"
#include "base/utf8.h"
#include "codec/numtext.h"
#include "codec/text_norm.h"

enum { TOKENS_MAX = 40 };

typedef enum TokenKind {
        T_END,
        T_NUMBER,
        T_MARK /* a character */,
        T_BLANK,
        T_MONTH_NAME,
        T_WEEKDAY,
        T_MORNING,
        T_AFTERNOON,
        T_YEAR_HALF,
        T_QUARTER
} TokenKind;

typedef struct Token {
        TokenKind kind;
        uint32_t value;         /* number, character, month, weekday, half */
        int digits;             /* written; 0 for a Chinese numeral of several signs with ten */
} Token;

typedef struct Parser {
        Token t[TOKENS_MAX];
        size_t n, at;
        int weekday;            /* 0: none said */
        NumTextWhy why;
} Parser;

static bool fail(Parser *p, NumTextWhy why)
{
        p->why = why;
        return false;
}

/* ---- tokens ---- */

static int chinese_digit(uint32_t c)
{
        static const uint32_t digits[] = { 0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                           0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D };
        for (int i = 0; i < 10; i++)
                if (digits[i] == c)
                        return i;
        return c == 0x25CB || c == 0x96F6 || c == 0x25EF ? 0 : -1;     /* ○ 零 ◯ */
}

enum { TEN = 0x5341, TWENTY = 0x5EFF, THIRTY = 0x5345 };       /* 十 廿 卅 */

/* 二〇二三, 十二, 三十一, 廿三: at *i; 0 letters: none. */
static size_t chinese_number(Str s, size_t i, Token *ret)
{
        size_t start = i, digits = 0;
        uint32_t value = 0, tens = 0;
        bool ten = false, after_ten = false;
        while (i < s.len) {
                size_t next = i;
                uint32_t c = utf8_next(s, &next);
                int d = chinese_digit(c);
                if (c == TEN || c == TWENTY || c == THIRTY) {
                        if (ten || digits > 1 || (c != TEN && digits))
                                return 0;
                        tens = c == TWENTY ? 2 : c == THIRTY ? 3 : digits ? value : 1;
                        value = 0;
                        ten = true;
                } else if (d >= 0) {
                        if (ten && after_ten)
                                return 0;
                        if (++digits > 8)
                                return 0;
                        value = value * 10 + (uint32_t)d;
                        after_ten = ten;
                } else {
                        break;
                }
                i = next;
        }
        if (i > start)
                *ret = (Token){ T_NUMBER, ten ? tens * 10 + value : value, ten ? 2 : (int)digits };
        return i - start;
}

typedef struct Word {
        Str text;
        TokenKind kind;
        uint32_t value;
} Word;

/* Longest first among those that begin alike. */
static const Word words[] = {
        { STR("星期"), T_WEEKDAY, 0 },       { STR("礼拜"), T_WEEKDAY, 0 },       { STR("周"), T_WEEKDAY, 0 },
        { STR("上午"), T_MORNING, 0 },       { STR("早上"), T_MORNING, 0 },       { STR("凌晨"), T_MORNING, 0 },
        { STR("下午"), T_AFTERNOON, 0 },     { STR("晚上"), T_AFTERNOON, 0 },     { STR("上半年"), T_YEAR_HALF, 1 },
        { STR("下半年"), T_YEAR_HALF, 2 },   { STR("季度"), T_QUARTER, 0 },       { STR("季"), T_QUARTER, 0 },
        { STR("月份"), T_MARK, 0x6708 },
};
static const Word english[] = {
        { STR("january"), T_MONTH_NAME, 1 },   { STR("february"), T_MONTH_NAME, 2 },
        { STR("march"), T_MONTH_NAME, 3 },     { STR("april"), T_MONTH_NAME, 4 },
        { STR("may"), T_MONTH_NAME, 5 },       { STR("june"), T_MONTH_NAME, 6 },
        { STR("july"), T_MONTH_NAME, 7 },      { STR("august"), T_MONTH_NAME, 8 },
        { STR("september"), T_MONTH_NAME, 9 }, { STR("october"), T_MONTH_NAME, 10 },
        { STR("november"), T_MONTH_NAME, 11 }, { STR("december"), T_MONTH_NAME, 12 },
        { STR("sept"), T_MONTH_NAME, 9 },      { STR("monday"), T_WEEKDAY, 1 },
        { STR("tuesday"), T_WEEKDAY, 2 },      { STR("wednesday"), T_WEEKDAY, 3 },
        { STR("thursday"), T_WEEKDAY, 4 },     { STR("friday"), T_WEEKDAY, 5 },
        { STR("saturday"), T_WEEKDAY, 6 },     { STR("sunday"), T_WEEKDAY, 7 },
        { STR("am"), T_MORNING, 0 },           { STR("pm"), T_AFTERNOON, 0 },
};

/* The whole word, or its first three letters for months and days of the week. */
static bool english_word(Str w, Token *ret)
{
        char lower[12];
        if (w.len < 2 || w.len > 9)
                return false;
        for (size_t i = 0; i < w.len; i++)
                lower[i] = (char)(w.ptr[i] | 32);
        Str l = { lower, w.len };
        for (size_t i = 0; i < ARRAY_LEN(english); i++) {
                bool short_form = l.len == 3 && english[i].text.len > 4 && str_starts(english[i].text, l);
                if (str_eq(l, english[i].text) || short_form ||
                    (l.len == 3 && english[i].kind == T_MONTH_NAME && str_starts(english[i].text, l))) {
                        *ret = (Token){ english[i].kind, english[i].value, 0 };
                        return true;
                }
        }
        return false;
}

/* 一 .. 六, 日, 天, or a digit after 星期. */
static uint32_t weekday_sign(uint32_t c)
{
        int d = chinese_digit(c);
        if (d >= 1 && d <= 6)
                return (uint32_t)d;
        return c == 0x65E5 || c == 0x5929 ? 7 : c >= '1' && c <= '7' ? c - '0' : 0;
}

static bool is_letter(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* One token at *i of the narrowed text. */
static bool next_token(Str s, size_t *i, Token *ret)
{
        size_t next = *i;
        uint32_t c = utf8_next(s, &next);
        if (c >= '0' && c <= '9') {
                Token t = { T_NUMBER, 0, 0 };
                for (; *i < s.len && s.ptr[*i] >= '0' && s.ptr[*i] <= '9'; (*i)++) {
                        if (++t.digits > 9)
                                return false;
                        t.value = t.value * 10 + (uint32_t)(s.ptr[*i] - '0');
                }
                *ret = t;
                return true;
        }
        if (is_letter(c)) {
                size_t end = *i;
                while (end < s.len && is_letter((unsigned char)s.ptr[end]))
                        end++;
                Str w = { s.ptr + *i, end - *i };
                if (w.len == 1)
                        *ret = (Token){ T_MARK, c & ~32u, 0 };
                else if (!english_word(w, ret))
                        return false;
                *i = end;
                return true;
        }
        for (size_t k = 0; k < ARRAY_LEN(words); k++) {
                if (!str_starts(str_n(s.ptr + *i, s.len - *i), words[k].text))
                        continue;
                *ret = (Token){ words[k].kind, words[k].value, 0 };
                *i += words[k].text.len;
                if (words[k].kind == T_WEEKDAY && *i < s.len)
                        ret->value = weekday_sign(utf8_next(s, i));
                return words[k].kind != T_WEEKDAY || ret->value != 0;
        }
        size_t len = chinese_number(s, *i, ret);
        if (len) {
                *i += len;
                return true;
        }
        *ret = (Token){ c == ' ' ? T_BLANK : T_MARK, c, 0 };
        *i = next;
        return true;
}

/* Blanks around these do not count: 2023. 6. 30. */
static bool is_joint(uint32_t c) { return c == '-' || c == '/' || c == '.'; }

/* Narrowed, runs of blanks as one, zero-width characters gone. */
static bool narrow(Str s, char *out, size_t cap, size_t *ret_len)
{
        size_t n = 0;
        bool gap = false;
        for (size_t i = 0; i < s.len;) {
                uint32_t c = utf8_next(s, &i);
                if (c == UTF8_BAD || n + 6 > cap)
                        return false;
                if (text_is_blank(c)) {
                        gap = true;
                        continue;
                }
                c = text_narrow(c);
                if (c == 0x2212 || (c >= 0x2010 && c <= 0x2015))
                        c = '-';
                if (gap && n && !is_joint(c) && !is_joint((unsigned char)out[n - 1]))
                        out[n++] = ' ';
                gap = false;
                n += utf8_put(out + n, c);
        }
        *ret_len = n;
        return true;
}

static void drop(Parser *p, size_t at, size_t count)
{
        memmove(&p->t[at], &p->t[at + count], (p->n - at - count + 1) * sizeof(Token));
        p->n -= count;
}

/* The weekday leaves the tokens, with brackets around it and a comma after it. */
static bool take_weekday(Parser *p)
{
        for (size_t i = 0; i < p->n; i++) {
                if (p->t[i].kind != T_WEEKDAY)
                        continue;
                if (p->weekday)
                        return fail(p, NUMTEXT_NOT_DATE);
                p->weekday = (int)p->t[i].value;
                size_t from = i, to = i + 1;
                if (from > 0 && p->t[from - 1].value == '(' && p->t[to].value == ')' && p->t[to].kind == T_MARK) {
                        from--;
                        to++;
                }
                if (p->t[to].kind == T_MARK && p->t[to].value == ',')
                        to++;
                if (from > 0 && p->t[from - 1].kind == T_BLANK && p->t[to].kind == T_BLANK)
                        to++;
                drop(p, from, to - from);
                while (p->n && p->t[p->n - 1].kind == T_BLANK)
                        drop(p, p->n - 1, 1);
                while (p->n && p->t[0].kind == T_BLANK)
                        drop(p, 0, 1);
                i = from ? from - 1 : (size_t)-1;
        }
        return true;
}

static bool tokenize(Parser *p, Str s)
{
        char text[256];
        size_t len;
        if (!narrow(s, text, sizeof(text), &len))
                return fail(p, NUMTEXT_NOT_DATE);
        if (len == 0)
                return fail(p, NUMTEXT_EMPTY);
        for (size_t i = 0; i < len;) {
                if (p->n == TOKENS_MAX - 1 || !next_token(str_n(text, len), &i, &p->t[p->n]))
                        return fail(p, NUMTEXT_NOT_DATE);
                p->n++;
        }
        p->t[p->n] = (Token){ T_END, 0, 0 };
        return take_weekday(p);
}

/* ---- dates ---- */

static const Token *ahead(const Parser *p, size_t k)
{
        return p->at + k < p->n ? &p->t[p->at + k] : &p->t[p->n];
}

static bool is_number(const Parser *p, size_t k, int min_digits, int max_digits)
{
        const Token *t = ahead(p, k);
        return t->kind == T_NUMBER && t->digits >= min_digits && t->digits <= max_digits;
}

static bool is_mark(const Parser *p, size_t k, uint32_t c)
{
        const Token *t = ahead(p, k);
        return (t->kind == T_MARK || t->kind == T_BLANK) && t->value == c;
}

static bool is_separator(const Parser *p, size_t k)
{
        return is_mark(p, k, '-') || is_mark(p, k, '/') || is_mark(p, k, '.') || is_mark(p, k, ' ') ||
               is_mark(p, k, '\\');
}

static void skip_blank(Parser *p)
{
        if (ahead(p, 0)->kind == T_BLANK)
                p->at++;
}

static bool set_date(Parser *p, uint32_t year, uint32_t month, uint32_t day, DateTextKind kind, DateText *d)
{
        if (year < 1900 || year > 2999)
                return fail(p, NUMTEXT_YEAR_RANGE);
        if (month < 1 || month > 12)
                return fail(p, NUMTEXT_MONTH);
        if (day < 1 || (int)day > date_days_in_month((int32_t)year, (int)month))
                return fail(p, NUMTEXT_DAY);
        d->kind = kind;
        d->date = (Date){ (int32_t)year, (uint8_t)month, (uint8_t)day };
        return true;
}

/* 2023年6月30日 and its beginnings; blanks between the parts. */
static bool chinese_date(Parser *p, DateText *d)
{
        uint32_t year = ahead(p, 0)->value;
        if (ahead(p, 0)->digits != 4)
                return fail(p, NUMTEXT_YEAR_SHORT);
        p->at++;
        skip_blank(p);
        p->at++;                /* 年 */
        skip_blank(p);
        if (ahead(p, 0)->kind == T_YEAR_HALF) {
                uint32_t half = ahead(p, 0)->value;
                p->at++;
                return set_date(p, year, half * 6 - 5, 1, DATETEXT_HALF, d);
        }
        if (is_mark(p, 0, 'Q') && is_number(p, 1, 1, 1) && ahead(p, 1)->value >= 1 && ahead(p, 1)->value <= 4) {
                uint32_t q = ahead(p, 1)->value;
                p->at += 2;
                return set_date(p, year, q * 3 - 2, 1, DATETEXT_QUARTER, d);
        }
        size_t k = is_mark(p, 0, 0x7B2C);       /* 第 */
        size_t blank = ahead(p, k + 1)->kind == T_BLANK;
        if (is_number(p, k, 1, 2) && ahead(p, k + 1 + blank)->kind == T_QUARTER) {
                uint32_t q = ahead(p, k)->value;
                if (q < 1 || q > 4)
                        return fail(p, NUMTEXT_NOT_DATE);
                p->at += k + 2 + blank;
                return set_date(p, year, q * 3 - 2, 1, DATETEXT_QUARTER, d);
        }
        if (!is_number(p, 0, 1, 2))
                return set_date(p, year, 1, 1, DATETEXT_YEAR, d);
        uint32_t month = ahead(p, 0)->value;
        blank = ahead(p, 1)->kind == T_BLANK;
        if (!is_mark(p, 1 + blank, 0x6708))     /* 月 */
                return fail(p, NUMTEXT_NOT_DATE);
        p->at += 2 + blank;
        size_t before = p->at;
        skip_blank(p);
        if (!is_number(p, 0, 1, 2)) {
                p->at = before;
                return set_date(p, year, month, 1, DATETEXT_MONTH, d);
        }
        uint32_t day = ahead(p, 0)->value;
        blank = ahead(p, 1)->kind == T_BLANK;
        if (!is_mark(p, 1 + blank, 0x65E5) && !is_mark(p, 1 + blank, 0x53F7))          /* 日 号 */
                return fail(p, NUMTEXT_NOT_DATE);
        p->at += 2 + blank;
        return set_date(p, year, month, day, DATETEXT_DAY, d);
}

/* 2023-06-30, 2023-06, 2023-Q2, 2023Q2, 2023-H1, 2023. */
static bool year_first(Parser *p, DateText *d)
{
        uint32_t year = ahead(p, 0)->value;
        size_t s = is_separator(p, 1);
        if ((is_mark(p, 1 + s, 'Q') || is_mark(p, 1 + s, 'H')) && is_number(p, 2 + s, 1, 1)) {
                bool quarter = is_mark(p, 1 + s, 'Q');
                uint32_t n = ahead(p, 2 + s)->value;
                if (n < 1 || n > (quarter ? 4 : 2))
                        return fail(p, NUMTEXT_NOT_DATE);
                p->at += 3 + s;
                return set_date(p, year, quarter ? n * 3 - 2 : n * 6 - 5, 1, quarter ? DATETEXT_QUARTER : DATETEXT_HALF,
                                d);
        }
        if (!s || !is_number(p, 2, 1, 2)) {
                p->at++;
                return set_date(p, year, 1, 1, DATETEXT_YEAR, d);
        }
        uint32_t separator = ahead(p, 1)->value, month = ahead(p, 2)->value;
        bool same = is_mark(p, 3, separator) && is_number(p, 4, 1, 2) && !is_mark(p, 5, ':');
        if (same) {
                uint32_t day = ahead(p, 4)->value;
                p->at += 5;
                return set_date(p, year, month, day, DATETEXT_DAY, d);
        }
        if (is_mark(p, 3, ':'))         /* "2023 8:05" */
                return fail(p, NUMTEXT_NOT_DATE);
        if (separator == '.' && month == 1 && ahead(p, 2)->digits == 1)
                return fail(p, NUMTEXT_YEAR_POINT_1);
        p->at += 3;
        return set_date(p, year, month, 1, DATETEXT_MONTH, d);
}

/* 30 June 2023, 30-Jun-2023, June 30, 2023, June 2023. */
static bool month_by_name(Parser *p, DateText *d)
{
        uint32_t day = 0, month = 0;
        bool has_day = false;
        for (int part = 0; part < 2 && !month; part++) {
                if (part == 0 && is_number(p, 0, 1, 2)) {
                        day = ahead(p, 0)->value;
                        has_day = true;
                        p->at++;
                        p->at += is_separator(p, 0);
                }
                if (ahead(p, 0)->kind == T_MONTH_NAME) {
                        month = ahead(p, 0)->value;
                        p->at++;
                        p->at += is_mark(p, 0, '.');
                }
        }
        if (!month)
                return fail(p, NUMTEXT_NOT_DATE);
        p->at += is_separator(p, 0);
        if (!has_day && is_number(p, 0, 1, 2)) {
                day = ahead(p, 0)->value;
                has_day = true;
                p->at++;
        }
        p->at += is_mark(p, 0, ',');
        p->at += is_separator(p, 0);
        if (is_number(p, 0, 2, 2))
                return fail(p, NUMTEXT_YEAR_SHORT);
        if (!is_number(p, 0, 4, 4))
                return fail(p, NUMTEXT_NO_YEAR);
        uint32_t year = ahead(p, 0)->value;
        p->at++;
        return set_date(p, year, month, has_day ? day : 1, has_day ? DATETEXT_DAY : DATETEXT_MONTH, d);
}

static bool read_date(Parser *p, DateText *d)
{
        const Token *t = ahead(p, 0);
        size_t blank = ahead(p, 1)->kind == T_BLANK;
        if (t->kind == T_NUMBER && is_mark(p, 1 + blank, 0x5E74))       /* 年 */
                return chinese_date(p, d);
        if (t->kind == T_MONTH_NAME ||
            (is_number(p, 0, 1, 2) &&
             (ahead(p, 1)->kind == T_MONTH_NAME || (is_separator(p, 1) && ahead(p, 2)->kind == T_MONTH_NAME))))
                return month_by_name(p, d);
        if (is_number(p, 0, 8, 8)) {
                p->at++;
                return set_date(p, t->value / 10000, t->value / 100 % 100, t->value % 100, DATETEXT_DAY, d);
        }
        if (is_number(p, 0, 6, 6)) {
                p->at++;
                return set_date(p, t->value / 100, t->value % 100, 1, DATETEXT_MONTH, d);
        }
        if (is_number(p, 0, 4, 4))
                return year_first(p, d);
        if (is_number(p, 0, 1, 2) && is_separator(p, 1) && is_number(p, 2, 1, 2)) {
                if (!is_mark(p, 3, ahead(p, 1)->value))
                        return fail(p, is_number(p, 0, 1, 2) && p->n == 3 ? NUMTEXT_NO_YEAR : NUMTEXT_NOT_DATE);
                return fail(p, is_number(p, 4, 4, 4)   ? NUMTEXT_DAY_FIRST
                               : is_number(p, 4, 1, 2) ? NUMTEXT_YEAR_SHORT
                                                       : NUMTEXT_NOT_DATE);
        }
        if (is_number(p, 0, 1, 2) && is_mark(p, 1 + blank, 0x6708))
                return fail(p, NUMTEXT_NO_YEAR);
        return fail(p, NUMTEXT_NOT_DATE);
}

/* ---- times ---- */

static int half_of_day(Parser *p)
{
        TokenKind k = ahead(p, 0)->kind;
        if (k != T_MORNING && k != T_AFTERNOON)
                return 0;
        p->at++;
        skip_blank(p);
        return k == T_MORNING ? 1 : 2;
}

static bool read_zone(Parser *p, DateText *d)
{
        if (is_mark(p, 0, 'Z')) {
                p->at++;
                d->has_zone = true;
                return true;
        }
        if (!is_mark(p, 0, '+') && !is_mark(p, 0, '-'))
                return true;
        int sign = is_mark(p, 0, '+') ? 1 : -1;
        p->at++;
        uint32_t hour, minute;
        if (is_number(p, 0, 4, 4)) {
                hour = ahead(p, 0)->value / 100;
                minute = ahead(p, 0)->value % 100;
                p->at++;
        } else if (is_number(p, 0, 2, 2) && is_mark(p, 1, ':') && is_number(p, 2, 2, 2)) {
                hour = ahead(p, 0)->value;
                minute = ahead(p, 2)->value;
                p->at += 3;
        } else {
                return fail(p, NUMTEXT_TIME);
        }
        if (hour > 14 || minute > 59)
                return fail(p, NUMTEXT_TIME);
        d->has_zone = true;
        d->zone_minutes = sign * (int32_t)(hour * 60 + minute);
        return true;
}

/* 8:05, 08:05:09.5, 8时5分9秒, 8点; the half of the day before or after. */
static bool read_time(Parser *p, DateText *d)
{
        int half = half_of_day(p);
        if (!is_number(p, 0, 1, 2))
                return fail(p, NUMTEXT_TIME);
        uint32_t part[3] = { ahead(p, 0)->value, 0, 0 };
        p->at++;
        bool colon = is_mark(p, 0, ':'), sign = is_mark(p, 0, 0x65F6) || is_mark(p, 0, 0x70B9);        /* 时 点 */
        if (!colon && !sign)
                return fail(p, NUMTEXT_TIME);
        p->at++;
        for (int i = 1; i < 3; i++) {
                if (!is_number(p, 0, 1, 2))
                        break;
                part[i] = ahead(p, 0)->value;
                if (colon && ahead(p, 0)->digits != 2)
                        return fail(p, NUMTEXT_TIME);
                p->at++;
                if (i == 1 && (colon ? is_mark(p, 0, ':') : is_mark(p, 0, 0x5206)))    /* 分 */
                        p->at++;
                else if (i == 2 && !colon && is_mark(p, 0, 0x79D2))                    /* 秒 */
                        p->at++;
                else
                        break;
        }
        /* 8: alone is no time */
        if (is_mark(p, 0, ':') || (colon && p->t[p->at - 1].kind == T_MARK))
                return fail(p, NUMTEXT_TIME);
        if (colon && is_mark(p, 0, '.') && is_number(p, 1, 1, 9)) {
                uint32_t nanos = ahead(p, 1)->value;
                for (int i = ahead(p, 1)->digits; i < 9; i++)
                        nanos *= 10;
                d->nanos = (int32_t)nanos;
                p->at += 2;
        }
        skip_blank(p);
        if (!half)
                half = half_of_day(p);
        if (half && part[0] > 12)
                half = half == 2 && part[0] < 24 ? 0 : -1;
        if (half == 2 && part[0] < 12)
                part[0] += 12;
        else if (half == 1 && part[0] == 12)
                part[0] = 0;
        if (half < 0 || part[0] > 23 || part[1] > 59 || part[2] > 59)
                return fail(p, NUMTEXT_TIME);
        d->has_time = true;
        d->hour = (uint8_t)part[0];
        d->minute = (uint8_t)part[1];
        d->second = (uint8_t)part[2];
        return read_zone(p, d);
}

/* 2023-06-30 and 2023/06/30, as programs write them.  False says nothing: the long way judges. */
static bool plain_day(Str s, Date *ret)
{
        if (s.len != 10 || (s.ptr[4] != '-' && s.ptr[4] != '/') || s.ptr[7] != s.ptr[4])
                return false;
        uint32_t digits[10];
        for (size_t i = 0; i < 10; i++) {
                digits[i] = (unsigned char)s.ptr[i] - (uint32_t)'0';
                if (digits[i] > 9 && i != 4 && i != 7)
                        return false;
        }
        uint32_t year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
        uint32_t month = digits[5] * 10 + digits[6], day = digits[8] * 10 + digits[9];
        if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1 ||
            (int)day > date_days_in_month((int32_t)year, (int)month))
                return false;
        *ret = (Date){ (int32_t)year, (uint8_t)month, (uint8_t)day };
        return true;
}

Status datetext_parse(Str s, DateText *ret, NumTextWhy *why)
{
        Date day;
        if (plain_day(s, &day)) {
                *ret = (DateText){ .kind = DATETEXT_DAY, .date = day };
                return ST_OK;
        }
        Parser p = { .why = NUMTEXT_NOT_DATE };
        DateText d = { .kind = DATETEXT_DAY };
        bool good = tokenize(&p, s) && read_date(&p, &d);
        if (good && d.kind == DATETEXT_DAY) {
                skip_blank(&p);
                if (is_mark(&p, 0, 'T') || is_mark(&p, 0, ','))
                        p.at++;
                skip_blank(&p);
                if (p.at < p.n)
                        good = read_time(&p, &d);
                if (good && p.weekday && date_weekday(d.date) != p.weekday)
                        good = fail(&p, NUMTEXT_WEEKDAY);
        }
        if (good && (p.at < p.n || (p.weekday && d.kind != DATETEXT_DAY)))
                good = fail(&p, NUMTEXT_NOT_DATE);
        if (good) {
                *ret = d;
                return ST_OK;
        }
        if (why)
                *why = p.why;
        return ST_INVALID;
}

Period datetext_period(const DateText *t)
{
        static const PeriodKind kinds[] = {
                [DATETEXT_DAY] = PERIOD_MONTH, [DATETEXT_MONTH] = PERIOD_MONTH, [DATETEXT_QUARTER] = PERIOD_QUARTER,
                [DATETEXT_HALF] = PERIOD_HALF, [DATETEXT_YEAR] = PERIOD_YEAR,
        };
        return period_of(t->date, kinds[t->kind]);
}

static Status serial_refused(NumTextWhy *why, NumTextWhy reason)
{
        if (why)
                *why = reason;
        return ST_INVALID;
}

Status datetext_from_serial(Str serial, bool system_1904, DateText *ret, NumTextWhy *why)
{
        enum { LAST_1900 = 2958465, LAST_1904 = 2957003, DAY_MS = 86400000 };
        Dec v;
        if (dec_parse(str_trim(serial), &v) != ST_OK)
                return serial_refused(why, NUMTEXT_NOT_DATE);
        Dec whole = dec_round(v, 0, DEC_FLOOR);
        Dec ms_dec = dec_round(dec_mul(dec_sub(v, whole), dec_from_i64(DAY_MS)), 0, DEC_HALF_UP);
        int64_t day, ms;
        if (!dec_to_i64(whole, &day) || !dec_to_i64(ms_dec, &ms))
                return serial_refused(why, NUMTEXT_SERIAL_RANGE);
        if (ms == DAY_MS) {
                ms = 0;
                day++;
        }
        if (day < (system_1904 ? 0 : 1) || day > (system_1904 ? LAST_1904 : LAST_1900))
                return serial_refused(why, NUMTEXT_SERIAL_RANGE);
        if (!system_1904 && day == 60)
                return serial_refused(why, NUMTEXT_SERIAL_60);
        Date epoch = system_1904 ? (Date){ 1904, 1, 1 } : day < 60 ? (Date){ 1899, 12, 31 } : (Date){ 1899, 12, 30 };
        DateText d = { .kind = DATETEXT_DAY, .date = date_add_days(epoch, day), .has_time = ms != 0 };
        d.hour = (uint8_t)(ms / 3600000);
        d.minute = (uint8_t)(ms / 60000 % 60);
        d.second = (uint8_t)(ms / 1000 % 60);
        d.nanos = (int32_t)(ms % 1000) * 1000000;
        *ret = d;
        return ST_OK;
}
