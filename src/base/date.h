/* date.h -- calendar days, times of day, zones, and the clock.
 *
 * Proleptic Gregorian calendar, years -999999999..999999999 (the range of XML
 * Schema as FEEL uses it).  Arithmetic that leaves the range gives the date
 * "none" (month 0); functions that take a Date expect a valid one.  Named zones
 * are in zone.h, working days in workday.h, reporting periods in period.h.
 */
#ifndef KC_BASE_DATE_H
#define KC_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

typedef struct Date {
        int32_t year;
        uint8_t month;      /* 1..12; 0 makes the whole date "none" */
        uint8_t day;        /* 1..31 */
} Date;

bool date_valid(Date d);
int date_days_in_month(int32_t year, int month);
bool date_is_leap(int32_t year);
/* Days since 1970-01-01; and back. */
int64_t date_to_days(Date d);
Date date_from_days(int64_t days);
/* Month arithmetic of FEEL: the day is clamped to the month's end. */
Date date_add_months(Date d, int64_t months);
Date date_add_days(Date d, int64_t n);
int date_cmp(Date a, Date b);
/* ISO: 1 Monday .. 7 Sunday. */
int date_weekday(Date d);
int date_day_of_year(Date d);
int date_iso_week(Date d);
/* Strict YYYY-MM-DD; as in XML Schema a minus before the year and years of up to
 * nine digits are allowed, fewer than four or needless leading zeros are not. */
Status date_parse(Str s, Date *ret) FALLIBLE;
/* "2023-06-30"; years beyond four digits as they are. */
size_t date_to_text(Date d, char out[24]);

/* The clock: real time unless a test (or KECHUANG_NOW=2023-07-01T08:00:00+08:00 in
 * the environment, for reproducible demonstrations) fixes it. */
typedef struct Instant {
        int64_t seconds;    /* since 1970-01-01T00:00:00Z */
        int32_t nanos;
} Instant;
Instant clock_now(void);
/* False when KECHUANG_NOW is set to something instant_parse refuses (the clock is
 * real time then): a program says so at its start. */
bool clock_env_valid(void);
void clock_fix(const Instant *fixed);       /* NULL: real time again */
/* Monotonic nanoseconds, for limits and measurements. */
uint64_t clock_mono_ns(void);
/* Today in Asia/Shanghai (the software's civil zone). */
Date clock_today(void);
/* "2023-06-30T08:15:00+08:00" in Asia/Shanghai. */
size_t instant_to_text(Instant t, char out[40]);
/* Date, T, time to the second or finer, and Z or +hh:mm (up to 14:00). */
Status instant_parse(Str s, Instant *ret) FALLIBLE;

#endif
