/* numtext.h -- numbers and dates the way people type them, exactly or refused.
 *
 * Nothing is guessed: what has two readings is refused with a reason that can be
 * shown beside the cell.  All functions are pure and allocate nothing.
 *
 * Numbers: sign (also － and accounting parentheses), blanks and NBSP around and
 * between groups, thousands separators only where they belong (1,234,567.8),
 * full-width digits, ¥/￥/RMB/人民币 before, and a unit after: 元 千元 万 万元 百万元
 * 千万元 亿 亿元 万亿 万亿元 % ‰ 个百分点.  The number and its factor are told apart:
 * 1.5万元 is value 1.5, pow10 4.
 *
 *     NumText n;
 *     NumTextWhy why;
 *     Status st = numtext_parse(STR("１２，３４５．６０ 万元"), 0, &n, &why);
 *     if (st != ST_OK)
 *             say(numtext_why_text(why, lang));
 *     Dec yuan = numtext_scaled(&n);                  // 123456000
 *
 * Dates: see datetext_parse.
 */
#ifndef KC_CODEC_NUMTEXT_H
#define KC_CODEC_NUMTEXT_H

#include <stdbool.h>

#include "base/date.h"
#include "base/decimal.h"
#include "base/period.h"
#include "base/status.h"
#include "base/str.h"

#define NUMTEXT_WHY_LIST(X)                                                                                       \
        X(NUMTEXT_OK, "可以", "fine")                                                                             \
        X(NUMTEXT_EMPTY, "没有内容", "nothing there")                                                             \
        X(NUMTEXT_NOT_NUMBER, "不是数字", "not a number")                                                         \
        X(NUMTEXT_GROUPING, "千分位逗号位置不对", "thousands separators are misplaced")                           \
        X(NUMTEXT_BLANK_INSIDE, "数字中间有空格，可能是两个数", "a blank inside the number: perhaps two numbers") \
        X(NUMTEXT_EXPONENT, "科学计数法，原来的数字可能已丢失", "scientific notation: digits may have been lost") \
        X(NUMTEXT_TOO_LONG, "有效数字超过 34 位", "more than 34 significant digits")                              \
        X(NUMTEXT_UNIT, "数字后面的单位不认识", "an unknown unit after the number")                               \
        X(NUMTEXT_PARENS, "括号不配对或与负号重复", "parentheses unbalanced, or together with a minus")           \
        X(NUMTEXT_NOT_DATE, "不是日期", "not a date")                                                             \
        X(NUMTEXT_MONTH, "月份不存在", "no such month")                                                           \
        X(NUMTEXT_DAY, "该月没有这一天", "no such day in that month")                                             \
        X(NUMTEXT_NO_YEAR, "没有年份", "the year is missing")                                                     \
        X(NUMTEXT_YEAR_SHORT, "年份只有两位，请写四位", "a two-digit year: write four digits")                    \
        X(NUMTEXT_YEAR_RANGE, "年份应在 1900 至 2999 之间", "the year must be from 1900 to 2999")                 \
        X(NUMTEXT_DAY_FIRST, "年份在后，月和日的顺序有两种读法，请写成 2023-06-30",                               \
          "with the year last, day and month can be read two ways: write 2023-06-30")                             \
        X(NUMTEXT_YEAR_POINT_1, "“年.1”可能是丢了零的“年.10”，请写成 2023-01 或 2023-10",                         \
          "\"year.1\" may be \"year.10\" that lost its zero: write 2023-01 or 2023-10")                           \
        X(NUMTEXT_TIME, "时间不存在", "no such time")                                                             \
        X(NUMTEXT_WEEKDAY, "星期与日期不符", "the weekday does not fit the date")                                 \
        X(NUMTEXT_SERIAL_60, "序号 60 是不存在的 1900-02-29", "serial 60 is 1900-02-29, a day that never was")    \
        X(NUMTEXT_SERIAL_RANGE, "日期序号超出范围", "the date serial is out of range")

typedef enum NumTextWhy {
#define NUMTEXT_WHY_ENUM(code, zh, en) code,
        NUMTEXT_WHY_LIST(NUMTEXT_WHY_ENUM)
#undef NUMTEXT_WHY_ENUM
        NUMTEXT_WHY_COUNT_
} NumTextWhy;
const char *numtext_why_text(NumTextWhy why, Lang lang);

enum {
        NUMTEXT_ALLOW_EXPONENT = 1,     /* 1.5E+3 is a number: for values, never for codes */
        NUMTEXT_NO_UNIT = 2             /* any unit is NUMTEXT_UNIT */
};

typedef struct NumUnit {
        int pow10;                  /* 0, 3 千, 4 万, 6 百万, 7 千万, 8 亿, 12 万亿, -2 %, -3 ‰ */
        bool money;                 /* 元 was said, or ¥ */
        bool percent;               /* %, ‰, 百分点 */
        bool present;
} NumUnit;

typedef struct NumText {
        Dec value;                  /* as typed, before the factor */
        NumUnit unit;
        int decimals;               /* digits typed after the point */
        bool cleaned;               /* separators, blanks, full-width forms or a currency mark were removed */
} NumText;

/* ST_INVALID sets *why (which may be NULL) and leaves *ret alone. */
Status numtext_parse(Str s, unsigned flags, NumText *ret, NumTextWhy *why) FALLIBLE;
/* What numtext_parse makes of plain digits (12, -1234.50) times 10^scale, without the way through decimals, which is
 * most of an import's time.  False says nothing of the text: it is written another way, or is no whole number then. */
bool numtext_plain(Str s, int scale, int64_t *ret);
/* value * 10^pow10, exactly. */
Dec numtext_scaled(const NumText *n);
/* "万元" alone; false when it is no unit. */
bool numtext_unit(Str s, NumUnit *ret);
/* The unit in a header: 营业收入（万元）, 营业收入(单位：亿元), 营业收入/万元, 占比(%); present false when none. */
NumUnit numtext_header_unit(Str header);
/* 5.10322E+17 and the like: the trace of a code that became a number. */
bool numtext_is_scientific(Str s);

typedef enum DateTextKind { DATETEXT_DAY, DATETEXT_MONTH, DATETEXT_QUARTER, DATETEXT_HALF, DATETEXT_YEAR } DateTextKind;

typedef struct DateText {
        DateTextKind kind;
        Date date;                  /* the day, or the first day of the month, quarter, half or year */
        bool has_time;
        uint8_t hour, minute, second;
        int32_t nanos;
        bool has_zone;
        int32_t zone_minutes;       /* east of UTC */
} DateText;

/* 2023-06-30 2023/6/30 2023.6.30 2023年6月30日 (号) 20230630 2023 6 30 二〇二三年六月三十日
 * 30 June 2023, Jun 30, 2023, 30-Jun-2023; with a time 8:05, 08:05:09, 上午/下午 8:05, T08:05:09+08:00;
 * with a weekday 星期五, （周五）, which must fit; full-width forms and blanks;
 * months 2023-06 2023/6 2023年6月 2023.06 202306; 2023Q2 2023年第二季度 2023年二季度 2023H1 2023年上半年; 2023 2023年.
 * Refused: 6/30/2023 (two readings), 23-6-30, 2025.13.1, 2023.1 (perhaps 2023.10). */
Status datetext_parse(Str s, DateText *ret, NumTextWhy *why) FALLIBLE;
/* The period that a DATETEXT_YEAR … MONTH names; a DAY gives its month. */
Period datetext_period(const DateText *t);
/* A workbook's serial, as its shortest decimal text ("45107", "45107.5"); the 1900 system
 * (with its day 60 that never was) or the 1904 one.  Seconds are rounded to the nearest millisecond. */
Status datetext_from_serial(Str serial, bool system_1904, DateText *ret, NumTextWhy *why) FALLIBLE;

#endif
