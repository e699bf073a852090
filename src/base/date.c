#include "base/date.h"

#include <stdlib.h>
#include <time.h>

enum { YEAR_MAX = 999999999, SHANGHAI = 8 * 3600, DAY = 86400 };

bool date_is_leap(int32_t year)
{
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int32_t year, int month)
{
        static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        if (month < 1 || month > 12)
                return 0;
        return days[month - 1] + (month == 2 && date_is_leap(year));
}

bool date_valid(Date d)
{
        return d.year >= -YEAR_MAX && d.year <= YEAR_MAX && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
               d.day <= date_days_in_month(d.year, d.month);
}

/* The year is taken to begin in March, so that the leap day is its last; eras
 * of 400 years have 146097 days each; 719468 days lie between 0000-03-01 and
 * 1970-01-01. */
int64_t date_to_days(Date d)
{
        int64_t y = (int64_t)d.year - (d.month <= 2);
        int64_t era = (y >= 0 ? y : y - 399) / 400;
        int64_t year_of_era = y - era * 400;
        int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
        int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        return era * 146097 + day_of_era - 719468;
}

Date date_from_days(int64_t days)
{
        /* Beyond the range of years (about 3.7e11 days). */
        if (days > (int64_t)400000000000 || days < -(int64_t)400000000000)
                return (Date){ 0 };
        days += 719468;
        int64_t era = (days >= 0 ? days : days - 146096) / 146097;
        int64_t day_of_era = days - era * 146097;
        int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        int64_t m = (5 * day_of_year + 2) / 153;
        int64_t month = m < 10 ? m + 3 : m - 9;
        int64_t year = year_of_era + era * 400 + (month <= 2);
        if (year > YEAR_MAX || year < -YEAR_MAX)
                return (Date){ 0 };
        return (Date){ (int32_t)year, (uint8_t)month, (uint8_t)(day_of_year - (153 * m + 2) / 5 + 1) };
}

Date date_add_days(Date d, int64_t n)
{
        int64_t days;
        if (__builtin_add_overflow(date_to_days(d), n, &days))
                return (Date){ 0 };
        return date_from_days(days);
}

Date date_add_months(Date d, int64_t months)
{
        int64_t total;
        if (__builtin_add_overflow((int64_t)d.year * 12 + d.month - 1, months, &total))
                return (Date){ 0 };
        int64_t year = total / 12 - (total % 12 < 0);
        if (year > YEAR_MAX || year < -YEAR_MAX)
                return (Date){ 0 };
        int month = (int)(total - year * 12) + 1;
        int last = date_days_in_month((int32_t)year, month);
        return (Date){ (int32_t)year, (uint8_t)month, d.day < last ? d.day : (uint8_t)last };
}

int date_cmp(Date a, Date b)
{
        if (a.year != b.year)
                return a.year < b.year ? -1 : 1;
        if (a.month != b.month)
                return a.month < b.month ? -1 : 1;
        return (a.day > b.day) - (a.day < b.day);
}

int date_weekday(Date d)
{
        /* 1970-01-01 was a Thursday. */
        int64_t w = (date_to_days(d) + 3) % 7;
        return (int)(w < 0 ? w + 7 : w) + 1;
}

int date_day_of_year(Date d)
{
        return (int)(date_to_days(d) - date_to_days((Date){ d.year, 1, 1 })) + 1;
}

/* The week of a day is that of its Thursday. */
int date_iso_week(Date d)
{
        int64_t thursday = date_to_days(d) + 4 - date_weekday(d);
        Date t = date_from_days(thursday);
        if (t.month == 0)
                return 1;       /* the last days of year 999999999 */
        return (date_day_of_year(t) - 1) / 7 + 1;
}

/* Two digits at s.ptr[at]; -1 when they are not. */
static int two_digits(Str s, size_t at)
{
        if (at + 2 > s.len || s.ptr[at] < '0' || s.ptr[at] > '9' || s.ptr[at + 1] < '0' || s.ptr[at + 1] > '9')
                return -1;
        return (s.ptr[at] - '0') * 10 + (s.ptr[at + 1] - '0');
}

Status date_parse(Str s, Date *ret)
{
        size_t i = 0;
        bool negative = s.len > 0 && s.ptr[0] == '-';
        if (negative)
                i++;
        size_t start = i;
        int64_t year = 0;
        while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9' && i - start < 10)
                year = year * 10 + (s.ptr[i++] - '0');
        size_t digits = i - start;
        if (digits < 4 || digits > 9 || (digits > 4 && s.ptr[start] == '0') || (negative && year == 0))
                return ST_INVALID;
        if (s.len - i != 6 || s.ptr[i] != '-' || s.ptr[i + 3] != '-')
                return ST_INVALID;
        int month = two_digits(s, i + 1), day = two_digits(s, i + 4);
        if (month < 0 || day < 0)
                return ST_INVALID;
        Date d = { (int32_t)(negative ? -year : year), (uint8_t)month, (uint8_t)day };
        if (!date_valid(d))
                return ST_INVALID;
        *ret = d;
        return ST_OK;
}

static char *put_digits(char *o, uint64_t v, int width)
{
        char tmp[20];
        int n = 0;
        do {
                tmp[n++] = (char)('0' + v % 10);
        } while (v /= 10);
        while (n < width)
                tmp[n++] = '0';
        while (n)
                *o++ = tmp[--n];
        return o;
}

size_t date_to_text(Date d, char out[24])
{
        char *o = out;
        if (d.year < 0)
                *o++ = '-';
        o = put_digits(o, (uint64_t)(d.year < 0 ? -(int64_t)d.year : d.year), 4);
        *o++ = '-';
        o = put_digits(o, d.month, 2);
        *o++ = '-';
        o = put_digits(o, d.day, 2);
        *o = '\0';
        return (size_t)(o - out);
}

Status instant_parse(Str s, Instant *ret)
{
        Date d;
        const char *t = s.len ? memchr(s.ptr, 'T', s.len) : NULL;
        if (!t)
                return ST_INVALID;
        size_t at = (size_t)(t - s.ptr);
        TRY(date_parse(str_n(s.ptr, at), &d));
        if (s.len < at + 10 || s.ptr[at + 3] != ':' || s.ptr[at + 6] != ':')
                return ST_INVALID;
        int hour = two_digits(s, at + 1), minute = two_digits(s, at + 4), second = two_digits(s, at + 7);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
                return ST_INVALID;
        size_t i = at + 9;
        int32_t nanos = 0;
        if (i < s.len && s.ptr[i] == '.') {
                int32_t place = 100000000;
                size_t first = ++i;
                for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++, place /= 10)
                        nanos += (s.ptr[i] - '0') * place;
                if (i == first)
                        return ST_INVALID;
        }
        int64_t offset = 0;
        if (i + 1 == s.len && s.ptr[i] == 'Z') {
                offset = 0;
        } else if (i + 6 == s.len && (s.ptr[i] == '+' || s.ptr[i] == '-') && s.ptr[i + 3] == ':') {
                int h = two_digits(s, i + 1), m = two_digits(s, i + 4);
                if (h < 0 || m < 0 || m > 59 || h * 60 + m > 14 * 60)
                        return ST_INVALID;
                offset = (int64_t)(s.ptr[i] == '-' ? -1 : 1) * (h * 3600 + m * 60);
        } else {
                return ST_INVALID;
        }
        *ret = (Instant){ date_to_days(d) * DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 + second - offset,
                          nanos };
        return ST_OK;
}

static int64_t day_of_seconds(int64_t seconds)
{
        return (seconds >= 0 ? seconds : seconds - (DAY - 1)) / DAY;
}

size_t instant_to_text(Instant t, char out[40])
{
        int64_t local = t.seconds + SHANGHAI;
        int64_t days = day_of_seconds(local);
        uint64_t in_day = (uint64_t)(local - days * DAY);
        char *o = out + date_to_text(date_from_days(days), out);
        *o++ = 'T';
        o = put_digits(o, in_day / 3600, 2);
        *o++ = ':';
        o = put_digits(o, in_day / 60 % 60, 2);
        *o++ = ':';
        o = put_digits(o, in_day % 60, 2);
        memcpy(o, "+08:00", 7);
        return (size_t)(o - out) + 6;
}

/* Set once at the start or by a test; threads only read it. */
static Instant fixed_now;
static enum { CLOCK_UNREAD, CLOCK_REAL, CLOCK_FIXED, CLOCK_BAD } clock_state;

static void read_environment(void)
{
        const char *now = getenv("KECHUANG_NOW");
        Instant t;
        if (!now || !*now) {
                __atomic_store_n(&clock_state, CLOCK_REAL, __ATOMIC_RELEASE);
        } else if (instant_parse(str_c(now), &t) == ST_OK) {
                fixed_now = t;
                __atomic_store_n(&clock_state, CLOCK_FIXED, __ATOMIC_RELEASE);
        } else {
                __atomic_store_n(&clock_state, CLOCK_BAD, __ATOMIC_RELEASE);
        }
}

bool clock_env_valid(void)
{
        if (__atomic_load_n(&clock_state, __ATOMIC_ACQUIRE) == CLOCK_UNREAD)
                read_environment();
        return clock_state != CLOCK_BAD;
}

Instant clock_now(void)
{
        if (__atomic_load_n(&clock_state, __ATOMIC_ACQUIRE) == CLOCK_UNREAD)
                read_environment();
        if (__atomic_load_n(&clock_state, __ATOMIC_ACQUIRE) == CLOCK_FIXED)
                return fixed_now;
        struct timespec ts = { 0 };
        clock_gettime(CLOCK_REALTIME, &ts);
        return (Instant){ ts.tv_sec, (int32_t)ts.tv_nsec };
}

void clock_fix(const Instant *fixed)
{
        if (fixed)
                fixed_now = *fixed;
        __atomic_store_n(&clock_state, fixed ? CLOCK_FIXED : CLOCK_REAL, __ATOMIC_RELEASE);
}

uint64_t clock_mono_ns(void)
{
        struct timespec ts = { 0 };
        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

Date clock_today(void)
{
        return date_from_days(day_of_seconds(clock_now().seconds + SHANGHAI));
}
