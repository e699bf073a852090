/* Conversion functions (DMN 1.5, table 73), not() and is(), and the extension
 * known(): whether a value has been reported. */
#include "feel/builtins_int.h"
#include "feel/temporal_int.h"

static Status bad_text(FeelExec *x, Str text, const char *zh, const char *en, FeelValue *ret)
{
        if (text.len > 64) {
                text.len = 64;
                while (((unsigned char)text.ptr[text.len] & 0xC0) == 0x80)
                        text.len--;     /* no half of a character */
        }
        return FEEL_FAIL(x, ret, "“%.*s” 不是%s%.0s", "\"%.*s\" is not %.0s%s", STR_FMT(text), zh, en);
}

/* ---------------------------------------------------------------- date, time, date and time */

static Status date_from(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        Date d;
        switch ((FeelKind)args[0].kind) {
        case FEEL_DATE:
                *ret = args[0];
                return ST_OK;
        case FEEL_DATE_TIME:
                *ret = feel_date(args[0].date_time.date);
                return ST_OK;
        default:
                if (!feel_parse_date(args[0].string, &d))
                        return bad_text(x, args[0].string, "日期（应如 2023-06-30）", "a date (such as 2023-06-30)",
                                        ret);
                *ret = feel_date(d);
                return ST_OK;
        }
}

static Status date_of_parts(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        int64_t year, month, day;
        if (!feel_whole(args[0].number, &year) || !feel_whole(args[1].number, &month) ||
            !feel_whole(args[2].number, &day) || year < -999999999 || year > 999999999 || month < 1 || month > 12 ||
            day < 1 || day > date_days_in_month((int32_t)year, (int)month))
                return FEEL_FAIL(x, ret, "没有这一天", "there is no such day");
        *ret = feel_date((Date){ (int32_t)year, (uint8_t)month, (uint8_t)day });
        return ST_OK;
}

static Status time_from(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        FeelTime t;
        switch ((FeelKind)args[0].kind) {
        case FEEL_TIME:
                *ret = args[0];
                return ST_OK;
        case FEEL_DATE_TIME:
                *ret = feel_time(args[0].date_time.time);
                return ST_OK;
        case FEEL_DATE:
                *ret = feel_time((FeelTime){ .zone = { .kind = FEEL_ZONE_OFFSET } });
                return ST_OK;
        default:
                if (!feel_parse_time(args[0].string, &t))
                        return bad_text(x, args[0].string, "时刻（应如 08:30:00+08:00）",
                                        "a time (such as 08:30:00+08:00)", ret);
                *ret = feel_time(t);
                return ST_OK;
        }
}

/* hour, minute, second, offset (null: local time) */
static Status time_of_parts(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        int64_t hour, minute;
        FeelZone zone = { .kind = FEEL_ZONE_LOCAL };
        FeelTime t;
        if (args[3].kind == FEEL_DAYS_DURATION && !feel_zone_from_duration(args[3].duration, &zone))
                return FEEL_FAIL(x, ret, "与世界时之差不能超过 18 小时", "the offset must be within 18 hours");
        if (!feel_whole(args[0].number, &hour) || !feel_whole(args[1].number, &minute) ||
            !feel_time_make(hour, minute, args[2].number, zone, &t))
                return FEEL_FAIL(x, ret, "没有这个时刻", "there is no such time of day");
        *ret = feel_time(t);
        return ST_OK;
}

static Status date_time_from(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        FeelDateTime t = { .date = { 0, 0, 0 } };
        if (args[0].kind == FEEL_DATE_TIME) {
                *ret = args[0];
                return ST_OK;
        }
        if (!feel_parse_date_time(args[0].string, &t) && !feel_parse_date(args[0].string, &t.date))
                return bad_text(x, args[0].string, "日期时间（应如 2023-06-30T08:30:00）",
                                "a date and time (such as 2023-06-30T08:30:00)", ret);
        *ret = feel_date_time(t);
        return ST_OK;
}

static Status date_time_of_parts(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        Date d = args[0].kind == FEEL_DATE ? args[0].date : args[0].date_time.date;
        *ret = feel_date_time((FeelDateTime){ .date = d, .time = args[1].time });
        return ST_OK;
}

/* ---------------------------------------------------------------- durations */

static Status duration_from(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        FeelDuration d;
        int64_t months;
        if (feel_parse_days_duration(args[0].string, &d))
                *ret = feel_duration(d);
        else if (feel_parse_months_duration(args[0].string, &months))
                *ret = feel_months(months);
        else
                return bad_text(x, args[0].string, "时长（应如 P1DT2H 或 P1Y6M）",
                                "a duration (such as P1DT2H or P1Y6M)", ret);
        return ST_OK;
}

/* Whole months between two days; the time of day does not count. */
static Status months_between(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        Date from = args[0].kind == FEEL_DATE ? args[0].date : args[0].date_time.date;
        Date to = args[1].kind == FEEL_DATE ? args[1].date : args[1].date_time.date;
        int64_t months = ((int64_t)to.year - from.year) * 12 + to.month - from.month;
        if (months > 0 && to.day < from.day)
                months--;
        else if (months < 0 && to.day > from.day)
                months++;
        *ret = feel_months(months);
        return ST_OK;
}

/* ---------------------------------------------------------------- number, string */

/* The separators of number(): *ret 0 for null; false: neither null nor one of `allowed`. */
static bool separator(const FeelValue *v, const char *allowed, char *ret)
{
        *ret = 0;
        if (v->kind == FEEL_NULL)
                return true;
        if (v->string.len != 1 || !strchr(allowed, v->string.ptr[0]))
                return false;
        *ret = v->string.ptr[0];
        return true;
}

/* from, grouping separator, decimal separator */
static Status number_from(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        char group = 0, point = 0;
        if (nargs == 3) {
                if (!separator(&args[1], " ,.", &group))
                        return FEEL_FAIL(x, ret, "分组符只能是空格、逗号、点或 null",
                                         "the grouping separator must be a space, a comma, a point or null");
                if (!separator(&args[2], ",.", &point))
                        return FEEL_FAIL(x, ret, "小数点只能是逗号、点或 null",
                                         "the decimal separator must be a comma, a point or null");
                if (group && group == point)
                        return FEEL_FAIL(x, ret, "分组符与小数点不能相同",
                                         "the grouping and the decimal separator must differ");
        }
        if (!point)
                point = '.';
        _cleanup_buf_ Buf digits = BUF_INIT(x->limits.max_bytes);
        bool bad = false;
        for (size_t i = 0; i < args[0].string.len; i++) {
                char c = args[0].string.ptr[i];
                if (group && c == group)
                        continue;
                bad = bad || (c == '.' && point != '.');
                buf_putc(&digits, c == point ? '.' : c);
        }
        TRY(buf_status(&digits));
        TRY(feel_tick(x, 1 + digits.len / 64));
        Dec n;
        if (bad || dec_parse(buf_str(&digits), &n) != ST_OK || !dec_is_finite(n))
                return bad_text(x, args[0].string, "数", "a number", ret);
        *ret = feel_number(n);
        return ST_OK;
}

static Status string_from(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        if (args[0].kind == FEEL_STRING || args[0].kind == FEEL_NULL) {
                *ret = args[0];
                return ST_OK;
        }
        _cleanup_buf_ Buf text = BUF_INIT(x->limits.max_bytes);
        feel_to_string(&args[0], &text);
        TRY(buf_status(&text));
        TRY(feel_tick(x, 1 + text.len / 64));
        return feel_new_string(x, buf_str(&text), ret);
}

static Status range_from(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        bool ok = false;
        TRY(feel_parse_range(x, args[0].string, &ok, ret));
        return ok ? ST_OK : bad_text(x, args[0].string, "区间（应如 [1..10)）", "a range (such as [1..10))", ret);
}

/* ---------------------------------------------------------------- not, is, known */

static Status fn_not(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = args[0].kind == FEEL_BOOLEAN ? feel_bool(!args[0].boolean) : feel_null();
        return ST_OK;
}

static bool same_zone(FeelZone a, FeelZone b)
{
        if (a.kind != b.kind)
                return false;
        return a.kind == FEEL_ZONE_LOCAL || (a.kind == FEEL_ZONE_OFFSET ? a.offset == b.offset : a.id == b.id);
}

static bool same_time(const FeelTime *a, const FeelTime *b)
{
        return a->seconds == b->seconds && a->nanos == b->nanos && same_zone(a->zone, b->zone);
}

enum { SAME_DEPTH_MAX = 1000 };

static Status same(FeelExec *x, const FeelValue *a, const FeelValue *b, unsigned depth, bool *ret);

static Status same_entries(FeelExec *x, const FeelValue *a, const FeelValue *b, unsigned depth, bool *ret)
{
        const FeelShape *shape = a->context.shape;
        size_t len = feel_shape_len(shape);
        *ret = len == feel_shape_len(b->context.shape);
        for (size_t i = 0; i < len && *ret; i++) {
                const FeelValue *other = feel_context_get(b, feel_shape_key(shape, i));
                *ret = other != NULL;
                if (other)
                        TRY(same(x, &a->context.values[i], other, depth + 1, ret));
        }
        return ST_OK;
}

/* What is nested deeper than SAME_DEPTH_MAX is taken as different. */
static Status same(FeelExec *x, const FeelValue *a, const FeelValue *b, unsigned depth, bool *ret)
{
        TRY(feel_tick(x, 1));
        *ret = a->kind == b->kind && depth <= SAME_DEPTH_MAX;
        if (!*ret)
                return ST_OK;
        switch ((FeelKind)a->kind) {
        case FEEL_TIME:
                *ret = same_time(&a->time, &b->time);
                return ST_OK;
        case FEEL_DATE_TIME:
                *ret = date_cmp(a->date_time.date, b->date_time.date) == 0 &&
                       same_time(&a->date_time.time, &b->date_time.time);
                return ST_OK;
        case FEEL_LIST:
                *ret = a->list.len == b->list.len;
                for (size_t i = 0; i < a->list.len && *ret; i++)
                        TRY(same(x, &a->list.items[i], &b->list.items[i], depth + 1, ret));
                return ST_OK;
        case FEEL_CONTEXT:
                return same_entries(x, a, b, depth, ret);
        default:
                *ret = feel_equal(a, b) == FEEL_TRUE;
                return ST_OK;
        }
}

static Status fn_is(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        bool is = false;
        TRY(same(x, &args[0], &args[1], 0, &is));
        *ret = feel_bool(is);
        return ST_OK;
}

static Status fn_known(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = feel_bool(args[0].kind != FEEL_UNKNOWN);
        return ST_OK;
}

#define FM_DAY (FM_DATE | FM_DATE_TIME)
#define SEPARATOR (FM_STRING | FM_NULL)

const FeelBuiltin feel_builtins_convert[] = {
        { "date", date_from, FEEL_T_DATE, FB_PURE, 1, 1, { { "from", FM_STRING | FM_DAY } } },
        { "date", date_of_parts, FEEL_T_DATE, FB_PURE, 3, 3,
          { { "year", FM_NUMBER }, { "month", FM_NUMBER }, { "day", FM_NUMBER } } },
        { "time", time_from, FEEL_T_TIME, FB_PURE, 1, 1, { { "from", FM_STRING | FM_DAY | FM_TIME } } },
        { "time", time_of_parts, FEEL_T_TIME, FB_PURE, 4, 3,
          { { "hour", FM_NUMBER }, { "minute", FM_NUMBER }, { "second", FM_NUMBER },
            { "offset", FM_DAYS | FM_NULL } } },
        { "date and time", date_time_from, FEEL_T_DATE_TIME, FB_PURE, 1, 1, { { "from", FM_STRING | FM_DATE_TIME } } },
        { "date and time", date_time_of_parts, FEEL_T_DATE_TIME, FB_PURE, 2, 2,
          { { "date", FM_DAY }, { "time", FM_TIME } } },
        { "duration", duration_from, FEEL_T_ANY, FB_PURE, 1, 1, { { "from", FM_STRING } } },
        { "years and months duration", months_between, FEEL_T_MONTHS_DURATION, FB_PURE, 2, 2,
          { { "from", FM_DAY }, { "to", FM_DAY } } },
        { "number", number_from, FEEL_T_NUMBER, FB_PURE, 1, 1, { { "from", FM_STRING } } },
        { "number", number_from, FEEL_T_NUMBER, FB_PURE, 3, 3,
          { { "from", FM_STRING }, { "grouping separator", SEPARATOR }, { "decimal separator", SEPARATOR } } },
        { "string", string_from, FEEL_T_STRING, FB_PURE | FB_QUIET | FB_NO_COERCE, 1, 1, { { "from", FM_ANY } } },
        { "range", range_from, FEEL_T_RANGE, FB_PURE, 1, 1, { { "from", FM_STRING } } },
        { "not", fn_not, FEEL_T_BOOLEAN, FB_PURE | FB_QUIET, 1, 1, { { "negand", FM_BOOLEAN | FM_NULL } } },
        { "is", fn_is, FEEL_T_BOOLEAN, FB_PURE | FB_NO_COERCE, 2, 0, { { "value1", FM_ANY }, { "value2", FM_ANY } } },
        { "known", fn_known, FEEL_T_BOOLEAN, FB_PURE | FB_UNKNOWN | FB_NO_COERCE, 1, 1,
          { { "value", FM_ANY | FM(FEEL_UNKNOWN) } } },
        { NULL, NULL, FEEL_T_ANY, 0, 0, 0, { { NULL, 0 } } },
};
