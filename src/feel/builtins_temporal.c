/* Temporal functions (DMN 1.5, tables 79 and 81): the clock, and what a date is
 * within its year and week. */
#include "feel/builtins_int.h"
#include "feel/temporal_int.h"

static Date date_of(const FeelValue *v)
{
        return v->kind == FEEL_DATE ? v->date : v->date_time.date;
}

/* Of the exec when the host set one, else the real one in the zone of the software. */
static FeelDateTime now_of(const FeelExec *x)
{
        if (x->now_fixed)
                return x->now;
        Instant at = clock_now();
        FeelZone zone;
        FeelDateTime now;
        if (!feel_zone_find(STR("Asia/Shanghai"), &zone))
                zone = (FeelZone){ .kind = FEEL_ZONE_OFFSET, .offset = 8 * 3600 };
        if (!feel_date_time_at(at.seconds, at.nanos, zone, &now))
                now = (FeelDateTime){ .date = clock_today() };
        return now;
}

static Status fn_now(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)args;
        (void)nargs;
        *ret = feel_date_time(now_of(x));
        return ST_OK;
}

static Status fn_today(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)args;
        (void)nargs;
        *ret = feel_date(now_of(x).date);
        return ST_OK;
}

static Status fn_day_of_year(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = feel_i64(date_day_of_year(date_of(&args[0])));
        return ST_OK;
}

static Status fn_day_of_week(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        static const char *const days[] = {
                "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        };
        *ret = feel_string(str_c(days[date_weekday(date_of(&args[0])) - 1]));
        return ST_OK;
}

static Status fn_month_of_year(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        static const char *const months[] = {
                "January", "February", "March",     "April",   "May",      "June",
                "July",    "August",   "September", "October", "November", "December",
        };
        *ret = feel_string(str_c(months[date_of(&args[0]).month - 1]));
        return ST_OK;
}

static Status fn_week_of_year(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = feel_i64(date_iso_week(date_of(&args[0])));
        return ST_OK;
}

#define DATE { { "date", FM_DATE | FM_DATE_TIME } }

const FeelBuiltin feel_builtins_temporal[] = {
        { "now", fn_now, FEEL_T_DATE_TIME, 0, 0, 0, { { NULL, 0 } } },
        { "today", fn_today, FEEL_T_DATE, 0, 0, 0, { { NULL, 0 } } },
        { "day of year", fn_day_of_year, FEEL_T_NUMBER, FB_PURE, 1, 1, DATE },
        { "day of week", fn_day_of_week, FEEL_T_STRING, FB_PURE, 1, 1, DATE },
        { "month of year", fn_month_of_year, FEEL_T_STRING, FB_PURE, 1, 1, DATE },
        { "week of year", fn_week_of_year, FEEL_T_NUMBER, FB_PURE, 1, 1, DATE },
        { NULL, NULL, FEEL_T_ANY, 0, 0, 0, { { NULL, 0 } } },
};
