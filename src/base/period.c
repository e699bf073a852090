#include "base/period.h"

#include <stdio.h>

static const int per_year[] = { 1, 2, 4, 12 };

Status period_parse(Str s, Period *ret)
{
        if (s.len < 4)
                return ST_INVALID;
        int64_t year, index = 1;
        for (size_t i = 0; i < 4; i++)
                if (s.ptr[i] < '0' || s.ptr[i] > '9')
                        return ST_INVALID;
        if (!str_to_i64(str_n(s.ptr, 4), &year) || year < 1900 || year > 2999)
                return ST_INVALID;
        Period p = { PERIOD_YEAR, (int32_t)year, 1 };
        if (s.len == 7 && s.ptr[4] == '-') {
                char c = s.ptr[5], digit = s.ptr[6];
                if (digit < '0' || digit > '9')
                        return ST_INVALID;
                index = digit - '0';
                if (c == 'H')
                        p.kind = PERIOD_HALF;
                else if (c == 'Q')
                        p.kind = PERIOD_QUARTER;
                else if (c == '0' || c == '1') {
                        p.kind = PERIOD_MONTH;
                        index += (c - '0') * 10LL;
                } else
                        return ST_INVALID;
        } else if (s.len != 4) {
                return ST_INVALID;
        }
        if (index < 1 || index > per_year[p.kind])
                return ST_INVALID;
        p.index = (int32_t)index;
        *ret = p;
        return ST_OK;
}

size_t period_to_text(Period p, char out[16])
{
        int n = 0;
        switch (p.kind) {
        case PERIOD_YEAR: n = snprintf(out, 16, "%04d", p.year); break;
        case PERIOD_HALF: n = snprintf(out, 16, "%04d-H%d", p.year, p.index); break;
        case PERIOD_QUARTER: n = snprintf(out, 16, "%04d-Q%d", p.year, p.index); break;
        case PERIOD_MONTH: n = snprintf(out, 16, "%04d-%02d", p.year, p.index); break;
        }
        return n > 0 ? (size_t)n : 0;
}

size_t period_to_title(Period p, Lang lang, char out[64])
{
        static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August",
                                              "September", "October", "November", "December" };
        static const char *const quarters[] = { "一", "二", "三", "四" };
        int n = 0;
        bool zh = lang == LANG_ZH;
        switch (p.kind) {
        case PERIOD_YEAR:
                n = snprintf(out, 64, zh ? "%d年" : "%d", p.year);
                break;
        case PERIOD_HALF:
                n = zh ? snprintf(out, 64, "%d年%s半年", p.year, p.index == 1 ? "上" : "下")
                       : snprintf(out, 64, "%s half of %d", p.index == 1 ? "First" : "Second", p.year);
                break;
        case PERIOD_QUARTER:
                n = zh ? snprintf(out, 64, "%d年第%s季度", p.year, quarters[(p.index - 1) & 3])
                       : snprintf(out, 64, "Q%d %d", p.index, p.year);
                break;
        case PERIOD_MONTH:
                n = zh ? snprintf(out, 64, "%d年%d月", p.year, p.index)
                       : snprintf(out, 64, "%s %d", months[(unsigned)(p.index - 1) % 12], p.year);
                break;
        }
        return n > 0 ? (size_t)n : 0;
}

Period period_add(Period p, int n)
{
        int64_t total = (int64_t)p.year * per_year[p.kind] + p.index - 1 + n;
        int64_t year = total / per_year[p.kind];
        if (total < 0 && total % per_year[p.kind] != 0)
                year--;
        return (Period){ p.kind, (int32_t)year, (int32_t)(total - year * per_year[p.kind]) + 1 };
}

Period period_year_ago(Period p)
{
        return (Period){ p.kind, p.year - 1, p.index };
}

Date period_first_day(Period p)
{
        return (Date){ p.year, (uint8_t)((p.index - 1) * (12 / per_year[p.kind]) + 1), 1 };
}

Date period_last_day(Period p)
{
        int month = p.index * (12 / per_year[p.kind]);
        return (Date){ p.year, (uint8_t)month, (uint8_t)date_days_in_month(p.year, month) };
}

int period_cmp(Period a, Period b)
{
        int c = date_cmp(period_last_day(a), period_last_day(b));
        return c ? c : (a.kind > b.kind) - (a.kind < b.kind);
}

bool period_eq(Period a, Period b)
{
        return a.kind == b.kind && a.year == b.year && a.index == b.index;
}

Period period_of(Date d, PeriodKind kind)
{
        return (Period){ kind, d.year, (d.month - 1) / (12 / per_year[kind]) + 1 };
}

Dec period_share_of_year(Period p)
{
        return dec_div(dec_from_i64(p.index), dec_from_i64(per_year[p.kind]));
}

int64_t period_to_int(Period p)
{
        return (int64_t)p.year * 1000 + (int64_t)p.kind * 100 + p.index;
}

Status period_from_int(int64_t v, Period *ret)
{
        int64_t year = v / 1000, kind = v / 100 % 10, index = v % 100;
        if (year < 1900 || year > 2999 || kind > PERIOD_MONTH || index < 1 || index > per_year[kind])
                return ST_INVALID;
        *ret = (Period){ (PeriodKind)kind, (int32_t)year, (int32_t)index };
        return ST_OK;
}
