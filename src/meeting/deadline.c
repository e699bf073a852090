/* deadline.c -- the day that words for a deadline mean. */
#include "codec/text_norm.h"
#include "meeting/apply.h"

static Date end_of_month(int32_t year, int month)
{
        return (Date){ year, (uint8_t)month, (uint8_t)date_days_in_month(year, month) };
}

/* A whole number right before a word: the 6 of 6月. */
static bool number_before(Str s, const char *word, int64_t *ret)
{
        size_t at = str_find(s, str_c(word)), from = at;
        if (at == SIZE_MAX)
                return false;
        while (from > 0 && s.ptr[from - 1] >= '0' && s.ptr[from - 1] <= '9')
                from--;
        return from < at && str_to_i64(str_n(s.ptr + from, at - from), ret);
}

/* The first four digits in a row. */
static int32_t year_in(Str s)
{
        for (size_t i = 0; i + 4 <= s.len; i++) {
                int64_t v;
                bool alone = (i == 0 || s.ptr[i - 1] < '0' || s.ptr[i - 1] > '9') &&
                             (i + 4 == s.len || s.ptr[i + 4] < '0' || s.ptr[i + 4] > '9');
                if (alone && s.ptr[i] >= '1' && s.ptr[i] <= '2' && str_to_i64(str_n(s.ptr + i, 4), &v) && v >= 1900 &&
                    v <= 2999)
                        return (int32_t)v;
        }
        return 0;
}

static int32_t plan_year(Str s)
{
        static const struct {
                const char *word;
                int32_t year;
        } plans[] = {
                { "十二五", 2015 }, { "十三五", 2020 }, { "十四五", 2025 }, { "十五五", 2030 }, { "十六五", 2035 }
        };
        for (size_t i = 0; i < ARRAY_LEN(plans); i++)
                if (str_has(s, str_c(plans[i].word)))
                        return plans[i].year;
        return 0;
}

static int part_month(Str s)
{
        static const struct {
                const char *word;
                int month;
        } parts[] = { { "上半年", 6 },  { "下半年", 12 }, { "一季度", 3 }, { "二季度", 6 }, { "三季度", 9 },
                      { "四季度", 12 }, { "1季度", 3 },   { "2季度", 6 },  { "3季度", 9 },  { "4季度", 12 } };
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                if (str_has(s, str_c(parts[i].word)))
                        return parts[i].month;
        return 0;
}

Date apply_deadline(Str said, Date day)
{
        static const char *const this_year[] = { "今年", "年内", "年底", "年末", "本年", "全年", "年终" };
        int64_t month = 0, date = 0;
        Date exact;
        Str s = str_trim(said);
        if (date_parse(s, &exact) == ST_OK)
                return exact;
        int32_t year = year_in(s);
        if (!year)
                year = plan_year(s);
        bool hidden = str_has(s, STR("20xx")) || str_has(s, STR("20XX")) || str_has(s, STR("20××"));
        if (!s.len || (hidden && !year))
                return DATE_NONE;
        bool named = year != 0;
        if (!named && day.month)
                year = str_has(s, STR("明年")) || str_has(s, STR("次年")) ? day.year + 1 : day.year;
        if (!year)
                return DATE_NONE;
        if (number_before(s, "月", &month) && month >= 1 && month <= 12) {
                Date end = end_of_month(year, (int)month);
                if (number_before(s, "日", &date) && date >= 1 && date <= end.day)
                        end.day = (uint8_t)date;
                return end;
        }
        if (part_month(s))
                return end_of_month(year, part_month(s));
        bool says = named || str_has(s, STR("明年")) || str_has(s, STR("次年"));
        for (size_t i = 0; i < ARRAY_LEN(this_year); i++)
                says |= str_has(s, str_c(this_year[i]));
        return says ? end_of_month(year, 12) : DATE_NONE;
}
