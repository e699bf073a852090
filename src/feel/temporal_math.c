/* Order, arithmetic and properties of dates, times and durations (DMN 1.5,
 * 10.3.2.3.4 to 10.3.2.3.9 and tables 54, 55, 65).
 *
 * Points in time are compared and added as seconds since 1970, in UTC where there
 * is a zone; a point with a zone and one without are not comparable.  What leaves
 * the years -999,999,999 .. 999,999,999 or 64 bits of seconds is no value. */
#include "feel/temporal_int.h"

/* ---------------------------------------------------------------- points in time */

bool feel_date_time_point(const FeelDateTime *t, int64_t *ret, bool *ret_zoned)
{
        int64_t local = date_to_days(t->date) * SECONDS_PER_DAY + t->time.seconds;
        int32_t offset = 0;
        *ret_zoned = t->time.zone.kind != FEEL_ZONE_LOCAL;
        if (*ret_zoned && !feel_zone_offset(t->time.zone, t->date, t->time.seconds, &offset))
                return false;
        *ret = local - offset;
        return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
        return a / b - (a % b < 0);
}

static bool date_in_range(int64_t days, Date *ret)
{
        /* 999,999,999 years of at most 366 days; date_from_days gives "none" beyond its years. */
        if (days > INT64_C(366000000000) || days < -INT64_C(366000000000))
                return false;
        *ret = date_from_days(days);
        return ret->month != 0;
}

bool feel_date_time_at(int64_t point, int32_t nanos, FeelZone zone, FeelDateTime *ret)
{
        int32_t offset = 0;
        if (zone.kind != FEEL_ZONE_LOCAL && !feel_zone_offset_at(zone, point, &offset))
                return false;
        int64_t local;
        if (__builtin_add_overflow(point, (int64_t)offset, &local))
                return false;
        int64_t days = floor_div(local, SECONDS_PER_DAY);
        ret->time = (FeelTime){ .seconds = (int32_t)(local - days * SECONDS_PER_DAY), .nanos = nanos, .zone = zone };
        return date_in_range(days, &ret->date);
}

/* Seconds of the day in UTC for a zoned time (may be below 0 or above a day). */
static int64_t time_point(const FeelTime *t)
{
        static const Date any_day = { 2000, 1, 1 };
        int32_t offset = 0;
        if (t->zone.kind != FEEL_ZONE_LOCAL && !feel_zone_offset(t->zone, any_day, t->seconds, &offset))
                offset = 0;
        return t->seconds - offset;
}

static int order_points(int64_t a, int32_t a_nanos, int64_t b, int32_t b_nanos)
{
        if (a != b)
                return a < b ? -1 : 1;
        return (a_nanos > b_nanos) - (a_nanos < b_nanos);
}

static bool both_local_or_zoned(FeelZone a, FeelZone b)
{
        return (a.kind == FEEL_ZONE_LOCAL) == (b.kind == FEEL_ZONE_LOCAL);
}

bool feel_time_order(const FeelTime *a, const FeelTime *b, int *ret)
{
        if (!both_local_or_zoned(a->zone, b->zone))
                return false;
        *ret = order_points(time_point(a), a->nanos, time_point(b), b->nanos);
        return true;
}

bool feel_date_time_order(const FeelDateTime *a, const FeelDateTime *b, int *ret)
{
        int64_t x, y;
        bool x_zoned, y_zoned;
        if (!feel_date_time_point(a, &x, &x_zoned) || !feel_date_time_point(b, &y, &y_zoned) || x_zoned != y_zoned)
                return false;
        *ret = order_points(x, a->time.nanos, y, b->time.nanos);
        return true;
}

bool feel_time_equal(const FeelTime *a, const FeelTime *b)
{
        int order;
        return feel_time_order(a, b, &order) && order == 0;
}

bool feel_date_time_equal(const FeelDateTime *a, const FeelDateTime *b)
{
        int order;
        return feel_date_time_order(a, b, &order) && order == 0;
}

static uint64_t hash_point(int64_t point, int32_t nanos, bool zoned)
{
        struct { int64_t point; int32_t nanos, zoned; } key = { point, nanos, zoned };
        return str_hash(str_n((const char *)&key, sizeof(key)));
}

uint64_t feel_time_hash(const FeelTime *t)
{
        return hash_point(time_point(t), t->nanos, t->zone.kind != FEEL_ZONE_LOCAL);
}

uint64_t feel_date_time_hash(const FeelDateTime *t)
{
        int64_t point = 0;
        bool zoned = false;
        if (!feel_date_time_point(t, &point, &zoned))
                return 0;
        return hash_point(point, t->time.nanos, zoned);
}

/* ---------------------------------------------------------------- durations and times of parts */

Dec feel_duration_to_dec(FeelDuration d)
{
        return dec_add(dec_from_i64(d.seconds), dec_from_scaled(d.nanos, 9));
}

bool feel_duration_from_dec(Dec seconds, FeelDuration *ret)
{
        Dec exact = dec_round(seconds, 9, DEC_DOWN);
        Dec whole = dec_round(exact, 0, DEC_FLOOR);
        int64_t s, nanos;
        if (!dec_is_finite(exact) || !dec_to_i64(whole, &s) || !dec_to_scaled(dec_sub(exact, whole), 9, &nanos))
                return false;
        *ret = (FeelDuration){ .seconds = s, .nanos = (int32_t)nanos };
        return true;
}

static bool duration_add(FeelDuration a, FeelDuration b, FeelDuration *ret)
{
        FeelDuration d = { .nanos = a.nanos + b.nanos };
        if (__builtin_add_overflow(a.seconds, b.seconds, &d.seconds))
                return false;
        if (d.nanos >= NANOS_PER_SECOND) {
                d.nanos -= NANOS_PER_SECOND;
                if (__builtin_add_overflow(d.seconds, (int64_t)1, &d.seconds))
                        return false;
        }
        *ret = d;
        return true;
}

static bool duration_negate(FeelDuration d, FeelDuration *ret)
{
        if (d.seconds == INT64_MIN)
                return false;
        *ret = d.nanos ? (FeelDuration){ .seconds = -d.seconds - 1, .nanos = NANOS_PER_SECOND - d.nanos }
                       : (FeelDuration){ .seconds = -d.seconds };
        return true;
}

bool feel_time_make(int64_t hour, int64_t minute, Dec second, FeelZone zone, FeelTime *ret)
{
        FeelDuration sec;
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || dec_is_negative(second) ||
            !feel_duration_from_dec(second, &sec) || sec.seconds > 59)
                return false;
        int32_t seconds = (int32_t)(hour * 3600 + minute * 60 + sec.seconds);
        *ret = (FeelTime){ .seconds = seconds, .nanos = sec.nanos, .zone = zone };
        return true;
}

bool feel_zone_from_duration(FeelDuration d, FeelZone *ret)
{
        if (d.nanos || d.seconds > ZONE_OFFSET_MAX || d.seconds < -ZONE_OFFSET_MAX)
                return false;
        *ret = (FeelZone){ .kind = FEEL_ZONE_OFFSET, .offset = (int32_t)d.seconds };
        return true;
}

/* ---------------------------------------------------------------- adding */

static bool date_plus_months(Date d, int64_t months, Date *ret)
{
        if (months > INT64_C(24000000000) || months < -INT64_C(24000000000))
                return false;
        *ret = date_add_months(d, months);
        return ret->month != 0;
}

/* The date of its midnight plus the duration. */
static bool date_plus_duration(Date d, FeelDuration by, Date *ret)
{
        int64_t days = floor_div(by.seconds, SECONDS_PER_DAY);
        return date_in_range(date_to_days(d) + days, ret);
}

static bool date_time_plus_duration(const FeelDateTime *t, FeelDuration by, FeelDateTime *ret)
{
        int64_t point;
        bool zoned;
        FeelDuration at;
        if (!feel_date_time_point(t, &point, &zoned) ||
            !duration_add((FeelDuration){ .seconds = point, .nanos = t->time.nanos }, by, &at))
                return false;
        return feel_date_time_at(at.seconds, at.nanos, t->time.zone, ret);
}

/* Around the clock. */
static FeelTime time_plus_duration(FeelTime t, FeelDuration by)
{
        int64_t nanos = (int64_t)t.nanos + by.nanos;
        int64_t seconds = t.seconds + (by.seconds - floor_div(by.seconds, SECONDS_PER_DAY) * SECONDS_PER_DAY) +
                          nanos / NANOS_PER_SECOND;
        t.seconds = (int32_t)(seconds % SECONDS_PER_DAY);
        t.nanos = (int32_t)(nanos % NANOS_PER_SECOND);
        return t;
}

#define PAIR(a, b) ((unsigned)(a) * FEEL_KIND_COUNT + (unsigned)(b))

bool feel_temporal_add(const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        FeelValue v = feel_null();
        bool ok = false;
        switch (PAIR(a->kind, b->kind)) {
        case PAIR(FEEL_DAYS_DURATION, FEEL_DAYS_DURATION):
                v.kind = FEEL_DAYS_DURATION;
                ok = duration_add(a->duration, b->duration, &v.duration);
                break;
        case PAIR(FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION):
                v.kind = FEEL_MONTHS_DURATION;
                ok = !__builtin_add_overflow(a->months, b->months, &v.months);
                break;
        case PAIR(FEEL_DATE, FEEL_MONTHS_DURATION):
                v.kind = FEEL_DATE;
                ok = date_plus_months(a->date, b->months, &v.date);
                break;
        case PAIR(FEEL_DATE, FEEL_DAYS_DURATION):
                v.kind = FEEL_DATE;
                ok = date_plus_duration(a->date, b->duration, &v.date);
                break;
        case PAIR(FEEL_DATE_TIME, FEEL_MONTHS_DURATION):
                v.kind = FEEL_DATE_TIME;
                v.date_time = a->date_time;
                ok = date_plus_months(a->date_time.date, b->months, &v.date_time.date);
                break;
        case PAIR(FEEL_DATE_TIME, FEEL_DAYS_DURATION):
                v.kind = FEEL_DATE_TIME;
                ok = date_time_plus_duration(&a->date_time, b->duration, &v.date_time);
                break;
        case PAIR(FEEL_TIME, FEEL_DAYS_DURATION):
                v = feel_time(time_plus_duration(a->time, b->duration));
                ok = true;
                break;
        case PAIR(FEEL_MONTHS_DURATION, FEEL_DATE):
        case PAIR(FEEL_MONTHS_DURATION, FEEL_DATE_TIME):
        case PAIR(FEEL_DAYS_DURATION, FEEL_DATE):
        case PAIR(FEEL_DAYS_DURATION, FEEL_DATE_TIME):
        case PAIR(FEEL_DAYS_DURATION, FEEL_TIME):
                return feel_temporal_add(b, a, ret);
        default:
                break;
        }
        if (ok)
                *ret = v;
        return ok;
}

/* A date counts as its midnight in UTC. */
static bool point_of(const FeelValue *v, FeelDuration *ret, bool *ret_zoned)
{
        if (v->kind == FEEL_DATE) {
                *ret = (FeelDuration){ .seconds = date_to_days(v->date) * SECONDS_PER_DAY };
                *ret_zoned = true;
                return true;
        }
        ret->nanos = v->date_time.time.nanos;
        return feel_date_time_point(&v->date_time, &ret->seconds, ret_zoned);
}

static bool between(FeelDuration a, FeelDuration b, FeelValue *ret)
{
        FeelDuration minus;
        FeelValue v = { .kind = FEEL_DAYS_DURATION };
        if (!duration_negate(b, &minus) || !duration_add(a, minus, &v.duration))
                return false;
        *ret = v;
        return true;
}

bool feel_temporal_sub(const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        switch (PAIR(a->kind, b->kind)) {
        case PAIR(FEEL_DATE, FEEL_DATE):
        case PAIR(FEEL_DATE, FEEL_DATE_TIME):
        case PAIR(FEEL_DATE_TIME, FEEL_DATE):
        case PAIR(FEEL_DATE_TIME, FEEL_DATE_TIME): {
                FeelDuration x, y;
                bool x_zoned, y_zoned;
                return point_of(a, &x, &x_zoned) && point_of(b, &y, &y_zoned) && x_zoned == y_zoned &&
                       between(x, y, ret);
        }
        case PAIR(FEEL_TIME, FEEL_TIME):
                if (!both_local_or_zoned(a->time.zone, b->time.zone))
                        return false;
                return between((FeelDuration){ .seconds = time_point(&a->time), .nanos = a->time.nanos },
                               (FeelDuration){ .seconds = time_point(&b->time), .nanos = b->time.nanos }, ret);
        default: {
                FeelValue minus = { .kind = b->kind };
                if (a->kind != FEEL_DATE && a->kind != FEEL_DATE_TIME && a->kind != FEEL_TIME && a->kind != b->kind)
                        return false;
                if (b->kind == FEEL_DAYS_DURATION) {
                        if (!duration_negate(b->duration, &minus.duration))
                                return false;
                } else if (b->kind == FEEL_MONTHS_DURATION) {
                        if (__builtin_sub_overflow((int64_t)0, b->months, &minus.months))
                                return false;
                } else {
                        return false;
                }
                return feel_temporal_add(a, &minus, ret);
        }
        }
}

/* Durations are truncated: to whole months, to nanoseconds. */
static bool months_from_dec(Dec months, FeelValue *ret)
{
        int64_t n;
        if (!dec_is_finite(months) || !dec_to_i64(dec_round(months, 0, DEC_DOWN), &n))
                return false;
        *ret = feel_months(n);
        return true;
}

static bool days_from_dec(Dec seconds, FeelValue *ret)
{
        FeelDuration d;
        if (!feel_duration_from_dec(seconds, &d))
                return false;
        *ret = feel_duration(d);
        return true;
}

bool feel_temporal_mul(const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        switch (PAIR(a->kind, b->kind)) {
        case PAIR(FEEL_MONTHS_DURATION, FEEL_NUMBER):
                return months_from_dec(dec_mul(dec_from_i64(a->months), b->number), ret);
        case PAIR(FEEL_DAYS_DURATION, FEEL_NUMBER):
                return days_from_dec(dec_mul(feel_duration_to_dec(a->duration), b->number), ret);
        case PAIR(FEEL_NUMBER, FEEL_MONTHS_DURATION):
        case PAIR(FEEL_NUMBER, FEEL_DAYS_DURATION):
                return feel_temporal_mul(b, a, ret);
        default:
                return false;
        }
}

static bool quotient(Dec a, Dec b, FeelValue *ret)
{
        if (dec_is_zero(b))
                return false;
        *ret = feel_number(dec_div(a, b));
        return true;
}

bool feel_temporal_div(const FeelValue *a, const FeelValue *b, FeelValue *ret)
{
        switch (PAIR(a->kind, b->kind)) {
        case PAIR(FEEL_MONTHS_DURATION, FEEL_NUMBER):
                return !dec_is_zero(b->number) && months_from_dec(dec_div(dec_from_i64(a->months), b->number), ret);
        case PAIR(FEEL_DAYS_DURATION, FEEL_NUMBER):
                return !dec_is_zero(b->number) &&
                       days_from_dec(dec_div(feel_duration_to_dec(a->duration), b->number), ret);
        case PAIR(FEEL_MONTHS_DURATION, FEEL_MONTHS_DURATION):
                return quotient(dec_from_i64(a->months), dec_from_i64(b->months), ret);
        case PAIR(FEEL_DAYS_DURATION, FEEL_DAYS_DURATION):
                return quotient(feel_duration_to_dec(a->duration), feel_duration_to_dec(b->duration), ret);
        default:
                return false;
        }
}

/* ---------------------------------------------------------------- properties */

typedef enum Property {
        P_YEAR, P_MONTH, P_DAY, P_WEEKDAY, P_HOUR, P_MINUTE, P_SECOND, P_OFFSET, P_TIMEZONE,
        P_DAYS, P_HOURS, P_MINUTES, P_SECONDS, P_YEARS, P_MONTHS
} Property;

/* Which kinds have which (table 65). */
static const struct { const char *name; Property property; uint32_t kinds; } properties[] = {
        { "year", P_YEAR, FM_DATE | FM_DATE_TIME },
        { "month", P_MONTH, FM_DATE | FM_DATE_TIME },
        { "day", P_DAY, FM_DATE | FM_DATE_TIME },
        { "weekday", P_WEEKDAY, FM_DATE | FM_DATE_TIME },
        { "hour", P_HOUR, FM_TIME | FM_DATE_TIME },
        { "minute", P_MINUTE, FM_TIME | FM_DATE_TIME },
        { "second", P_SECOND, FM_TIME | FM_DATE_TIME },
        { "time offset", P_OFFSET, FM_TIME | FM_DATE_TIME },
        { "timezone", P_TIMEZONE, FM_TIME | FM_DATE_TIME },
        { "days", P_DAYS, FM_DAYS },
        { "hours", P_HOURS, FM_DAYS },
        { "minutes", P_MINUTES, FM_DAYS },
        { "seconds", P_SECONDS, FM_DAYS },
        { "years", P_YEARS, FM_MONTHS },
        { "months", P_MONTHS, FM_MONTHS },
};

static FeelValue date_property(Date d, Property p)
{
        switch (p) {
        case P_YEAR: return feel_i64(d.year);
        case P_MONTH: return feel_i64(d.month);
        case P_DAY: return feel_i64(d.day);
        default: return feel_i64(date_weekday(d));
        }
}

static FeelValue time_property(const FeelTime *t, Date on, Property p)
{
        switch (p) {
        case P_HOUR: return feel_i64(t->seconds / 3600);
        case P_MINUTE: return feel_i64(t->seconds / 60 % 60);
        case P_SECOND: {
                FeelDuration second = { .seconds = t->seconds % 60, .nanos = t->nanos };
                return feel_number(feel_duration_to_dec(second));
        }
        case P_OFFSET: {
                int32_t offset;
                if (!feel_zone_offset(t->zone, on, t->seconds, &offset))
                        return feel_null();
                return feel_duration((FeelDuration){ .seconds = offset });
        }
        default:
                return t->zone.kind == FEEL_ZONE_NAMED ? feel_string(str_c(feel_zone_name(t->zone))) : feel_null();
        }
}

/* Every part has the sign of the duration. */
static FeelValue duration_property(FeelDuration d, Property p)
{
        bool negative = d.seconds < 0;
        FeelDuration size = d;
        if (negative && !duration_negate(d, &size))
                return feel_null();
        Dec part;
        switch (p) {
        case P_DAYS: part = dec_from_i64(size.seconds / SECONDS_PER_DAY); break;
        case P_HOURS: part = dec_from_i64(size.seconds % SECONDS_PER_DAY / 3600); break;
        case P_MINUTES: part = dec_from_i64(size.seconds / 60 % 60); break;
        default:
                part = feel_duration_to_dec((FeelDuration){ .seconds = size.seconds % 60, .nanos = size.nanos });
                break;
        }
        return feel_number(negative && !dec_is_zero(part) ? dec_neg(part) : part);
}

bool feel_temporal_property(const FeelValue *v, Str name, FeelValue *ret)
{
        for (size_t i = 0; i < ARRAY_LEN(properties); i++) {
                if (!(properties[i].kinds & FM(v->kind)) || !str_eq_c(name, properties[i].name))
                        continue;
                Property p = properties[i].property;
                switch ((FeelKind)v->kind) {
                case FEEL_DATE:
                        *ret = date_property(v->date, p);
                        break;
                case FEEL_DATE_TIME:
                        *ret = p <= P_WEEKDAY ? date_property(v->date_time.date, p)
                                              : time_property(&v->date_time.time, v->date_time.date, p);
                        break;
                case FEEL_TIME:
                        *ret = time_property(&v->time, (Date){ 2000, 1, 1 }, p);
                        break;
                case FEEL_DAYS_DURATION:
                        *ret = duration_property(v->duration, p);
                        break;
                default:
                        *ret = feel_i64(p == P_YEARS ? v->months / 12 : v->months % 12);
                        break;
                }
                return true;
        }
        return false;
}
