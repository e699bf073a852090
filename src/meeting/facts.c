/* facts.c -- when a fact is of, how exactly it was said, and whether the city's own figure agrees. */
#include "meeting/facts.h"

const char *fact_verdict_name(FactVerdict v)
{
        static const char *const names[] = { "same", "differs", "unknown", "unlinked", "no_period", "lost" };
        return (unsigned)v < ARRAY_LEN(names) ? names[v] : "?";
}

/* ---- periods ---- */

static bool digits_at(Str s, size_t at, int64_t *ret, size_t *ret_len)
{
        size_t n = 0;
        while (at + n < s.len && s.ptr[at + n] >= '0' && s.ptr[at + n] <= '9' && n < 6)
                n++;
        *ret_len = n;
        return n > 0 && str_to_i64(str_n(s.ptr + at, n), ret);
}

/* The year at the beginning, and what follows its 年. */
static bool take_year(Str s, Date day, int32_t *ret, Str *ret_rest)
{
        static const struct {
                const char *word;
                int32_t less;
        } words[] = { { "今年", 0 }, { "本年", 0 }, { "去年", 1 }, { "上年", 1 }, { "前年", 2 } };
        int64_t year;
        size_t n;
        *ret_rest = s;
        if (digits_at(s, 0, &year, &n) && n == 4 && year >= 1900 && year <= 2999) {
                *ret = (int32_t)year;
                *ret_rest = str_n(s.ptr + n, s.len - n);
                Str year_word = STR("年");
                if (str_starts(*ret_rest, year_word))
                        *ret_rest = str_n(ret_rest->ptr + year_word.len, ret_rest->len - year_word.len);
                return true;
        }
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (day.month && str_starts(s, str_c(words[i].word))) {
                        size_t len = strlen(words[i].word);
                        *ret = day.year - words[i].less;
                        *ret_rest = str_n(s.ptr + len, s.len - len);
                        return true;
                }
        *ret = day.year;
        return day.month != 0 && s.len > 0;
}

/* "6月", "1-6月", "1至6月", "1—6月": the last month. */
static bool take_months(Str s, int *ret)
{
        size_t at = 0, n;
        int64_t month = 0;
        Str mark = STR("月");
        while (at < s.len && !str_starts(str_n(s.ptr + at, s.len - at), mark)) {
                int64_t v;
                if (digits_at(s, at, &v, &n)) {
                        month = v;
                        at += n;
                } else {
                        at++;
                }
        }
        *ret = (int)month;
        return at < s.len && month >= 1 && month <= 12;
}

Status fact_period(Str said, Date day, Period *ret)
{
        static const struct {
                const char *word;
                PeriodKind kind;
                int32_t index;
        } parts[] = { { "上半年", PERIOD_HALF, 1 },      { "下半年", PERIOD_HALF, 2 },
                      { "一季度", PERIOD_QUARTER, 1 },   { "二季度", PERIOD_QUARTER, 2 },
                      { "三季度", PERIOD_QUARTER, 3 },   { "四季度", PERIOD_QUARTER, 4 },
                      { "前三季度", PERIOD_QUARTER, 3 }, { "1季度", PERIOD_QUARTER, 1 } };
        static const char *const whole[] = { "", "底", "末", "全年", "年底", "年末" };
        Str s = str_trim(said), rest;
        int32_t year;
        int month;
        if (period_parse(s, ret) == ST_OK)
                return ST_OK;
        if (!take_year(s, day, &year, &rest) || str_has(rest, STR("20")))
                return ST_NOT_FOUND;
        rest = str_trim(rest);
        for (size_t i = 0; i < ARRAY_LEN(whole); i++)
                if (str_eq_c(rest, whole[i]) && rest.len < s.len) {
                        *ret = (Period){ PERIOD_YEAR, year, 1 };
                        return ST_OK;
                }
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                if (str_has(rest, str_c(parts[i].word))) {
                        *ret = (Period){ parts[i].kind, year, parts[i].index };
                        return ST_OK;
                }
        if (!take_months(rest, &month))
                return ST_NOT_FOUND;
        *ret = (Period){ PERIOD_MONTH, year, month };
        return ST_OK;
}

/* ---- how exactly ---- */

static int tens_at(Str s)
{
        static const struct {
                const char *word;
                int tens;
        } words[] = { { "万亿", 12 }, { "千亿", 11 }, { "百亿", 10 }, { "亿", 8 }, { "千万", 7 },
                      { "百万", 6 },  { "万", 4 },    { "千", 3 },    { "百", 2 } };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_starts(s, str_c(words[i].word)))
                        return words[i].tens;
        return 0;
}

int fact_scale(Str quote, Dec value)
{
        for (size_t i = 0; i < quote.len;) {
                size_t n = 0, point = SIZE_MAX;
                Dec number;
                while (i + n < quote.len &&
                       ((quote.ptr[i + n] >= '0' && quote.ptr[i + n] <= '9') || (quote.ptr[i + n] == '.' && n))) {
                        if (quote.ptr[i + n] == '.')
                                point = n;
                        n++;
                }
                if (n && dec_parse(str_n(quote.ptr + i, n), &number) == ST_OK) {
                        int tens = tens_at(str_n(quote.ptr + i + n, quote.len - i - n));
                        Dec factor = dec_from_scaled(1, -tens);
                        int decimals = point == SIZE_MAX ? 0 : (int)(n - point - 1);
                        if (dec_eq(dec_mul(number, factor), value))
                                return decimals - tens;
                }
                i += n ? n : 1;
        }
        return 0;
}

FactVerdict fact_compare(Dec said, int scale, Dec own, Dec *ret_difference)
{
        *ret_difference = dec_sub(own, said);
        return dec_eq(dec_round(own, scale, DEC_HALF_UP), said) ? FACT_SAME : FACT_DIFFERS;
}
