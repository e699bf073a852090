/* Dates, times, zones and durations as text: exactly what DMN 1.5 and XML Schema
 * accept, and the canonical form back. */
#include "feel/temporal_int.h"

/* ---------------------------------------------------------------- reading */

/* A slice that is eaten from the left. */
typedef struct Cursor {
        const char *p, *end;
} Cursor;

static Cursor cursor(Str s)
{
        const char *p = s.ptr ? s.ptr : "";
        return (Cursor){ p, p + s.len };
}

static bool eat(Cursor *c, char ch)
{
        if (c->p == c->end || *c->p != ch)
                return false;
        c->p++;
        return true;
}

static bool digit(const Cursor *c)
{
        return c->p < c->end && *c->p >= '0' && *c->p <= '9';
}

/* Exactly two digits, at most max. */
static bool two_digits(Cursor *c, int max, int *ret)
{
        int n = 0;
        for (int i = 0; i < 2; i++, c->p++) {
                if (!digit(c))
                        return false;
                n = n * 10 + (*c->p - '0');
        }
        *ret = n;
        return n <= max;
}

/* The digits after a point: up to nine count, more must be zeros. */
static bool fraction(Cursor *c, int32_t *ret)
{
        int32_t nanos = 0;
        int n = 0;
        for (; digit(c); c->p++, n++) {
                if (n < 9)
                        nanos = nanos * 10 + (*c->p - '0');
                else if (*c->p != '0')
                        return false;
        }
        for (int i = n; i < 9; i++)
                nanos *= 10;
        *ret = nanos;
        return true;
}

bool feel_parse_date(Str s, Date *ret)
{
        return date_parse(s, ret) == ST_OK;
}

/* What follows a time: nothing, Z, +hh:mm, +hh:mm:ss, @Name. */
static bool parse_zone(Cursor *c, FeelZone *ret)
{
        *ret = (FeelZone){ .kind = FEEL_ZONE_LOCAL };
        if (c->p == c->end)
                return true;
        char ch = *c->p++;
        if (ch == '@')
                return feel_zone_find(str_n(c->p, (size_t)(c->end - c->p)), ret);
        ret->kind = FEEL_ZONE_OFFSET;
        if (ch == 'Z')
                return c->p == c->end;
        int h = 0, m = 0, s = 0;
        if ((ch != '+' && ch != '-') || !two_digits(c, 18, &h) || !eat(c, ':') || !two_digits(c, 59, &m))
                return false;
        if (eat(c, ':') && !two_digits(c, 59, &s))
                return false;
        int offset = h * 3600 + m * 60 + s;
        ret->offset = ch == '-' ? -offset : offset;
        return offset <= ZONE_OFFSET_MAX && c->p == c->end;
}

/* *ret_next_day: 24:00:00, which is the next day's midnight. */
static bool parse_clock(Str s, FeelTime *ret, bool *ret_next_day)
{
        Cursor c = cursor(s);
        int h = 0, m = 0, sec = 0;
        if (!two_digits(&c, 24, &h) || !eat(&c, ':') || !two_digits(&c, 59, &m) || !eat(&c, ':') ||
            !two_digits(&c, 59, &sec))
                return false;
        int32_t nanos = 0;
        if (eat(&c, '.') && (!digit(&c) || !fraction(&c, &nanos)))
                return false;
        *ret_next_day = h == 24;
        if (h == 24) {
                if (m || sec || nanos)
                        return false;
                h = 0;
        }
        *ret = (FeelTime){ .seconds = h * 3600 + m * 60 + sec, .nanos = nanos };
        return parse_zone(&c, &ret->zone);
}

bool feel_parse_time(Str s, FeelTime *ret)
{
        FeelTime t;
        bool next_day;
        if (!parse_clock(s, &t, &next_day))
                return false;
        *ret = t;
        return true;
}

bool feel_parse_date_time(Str s, FeelDateTime *ret)
{
        Str clock;
        Str day = str_cut(s, 'T', &clock);
        FeelDateTime t;
        bool next_day;
        if (!clock.ptr || !feel_parse_date(day, &t.date) || !parse_clock(clock, &t.time, &next_day))
                return false;
        if (next_day) {
                t.date = date_add_days(t.date, 1);
                if (t.date.month == 0)
                        return false;
        }
        *ret = t;
        return true;
}

/* Digits as a number; *ret_any: there were some. */
static bool count(Cursor *c, int64_t *ret, bool *ret_any)
{
        int64_t n = 0;
        *ret_any = false;
        for (; digit(c); c->p++) {
                *ret_any = true;
                if (__builtin_mul_overflow(n, (int64_t)10, &n) || __builtin_add_overflow(n, (int64_t)(*c->p - '0'), &n))
                        return false;
        }
        *ret = n;
        return true;
}

static bool add_units(int64_t *total, int64_t n, int64_t unit)
{
        return !__builtin_mul_overflow(n, unit, &n) && !__builtin_add_overflow(*total, n, total);
}

bool feel_parse_months_duration(Str s, int64_t *ret)
{
        Cursor c = cursor(s);
        bool negative = eat(&c, '-');
        if (!eat(&c, 'P'))
                return false;
        int64_t months = 0;
        static const struct { char letter; int64_t unit; } parts[] = { { 'Y', 12 }, { 'M', 1 } };
        size_t next = 0;
        do {
                int64_t n;
                bool any;
                if (!count(&c, &n, &any) || !any || c.p == c.end)
                        return false;
                while (next < ARRAY_LEN(parts) && parts[next].letter != *c.p)
                        next++;
                if (next == ARRAY_LEN(parts) || !add_units(&months, n, parts[next].unit))
                        return false;
                next++;
                c.p++;
        } while (c.p < c.end);
        *ret = negative ? -months : months;
        return true;
}

/* One number with its letter, of which order tells; the fraction belongs to S only. */
static bool clock_part(Cursor *c, size_t *next, int64_t *seconds, int32_t *nanos)
{
        static const struct { char letter; int64_t unit; } parts[] = { { 'H', 3600 }, { 'M', 60 }, { 'S', 1 } };
        int64_t n;
        bool any, point;
        if (!count(c, &n, &any))
                return false;
        point = eat(c, '.');
        if ((!any && !point) || (!any && !digit(c)) || (point && !fraction(c, nanos)) || c->p == c->end)
                return false;
        while (*next < ARRAY_LEN(parts) && parts[*next].letter != *c->p)
                (*next)++;
        if (*next == ARRAY_LEN(parts) || (point && *c->p != 'S') || !add_units(seconds, n, parts[*next].unit))
                return false;
        (*next)++;
        c->p++;
        return true;
}

bool feel_parse_days_duration(Str s, FeelDuration *ret)
{
        Cursor c = cursor(s);
        bool negative = eat(&c, '-');
        if (!eat(&c, 'P') || c.p == c.end)
                return false;
        int64_t seconds = 0;
        int32_t nanos = 0;
        if (*c.p != 'T') {
                int64_t n;
                bool any;
                if (!count(&c, &n, &any) || !any || !eat(&c, 'D') || !add_units(&seconds, n, SECONDS_PER_DAY))
                        return false;
        }
        if (c.p < c.end) {
                size_t next = 0;
                if (!eat(&c, 'T') || c.p == c.end)
                        return false;
                while (c.p < c.end)
                        if (!clock_part(&c, &next, &seconds, &nanos))
                                return false;
        }
        *ret = (FeelDuration){ .seconds = seconds, .nanos = nanos };
        if (negative) {
                ret->seconds = -seconds - (nanos > 0);
                ret->nanos = nanos ? NANOS_PER_SECOND - nanos : 0;
        }
        return true;
}

bool feel_parse_at_literal(Str s, FeelValue *ret)
{
        FeelValue v = feel_null();
        if (feel_parse_date(s, &v.date))
                v.kind = FEEL_DATE;
        else if (feel_parse_date_time(s, &v.date_time))
                v.kind = FEEL_DATE_TIME;
        else if (feel_parse_time(s, &v.time))
                v.kind = FEEL_TIME;
        else if (feel_parse_days_duration(s, &v.duration))
                v.kind = FEEL_DAYS_DURATION;
        else if (feel_parse_months_duration(s, &v.months))
                v.kind = FEEL_MONTHS_DURATION;
        else
                return false;
        *ret = v;
        return true;
}

/* ---------------------------------------------------------------- writing */

/* Appends to a buffer of FEEL_TEMPORAL_TEXT_MAX; the longest text is a date and
 * time of 34 characters with a zone's name of 63. */
typedef struct Writer {
        char *out;
        size_t len;
} Writer;

static void put(Writer *w, char ch)
{
        w->out[w->len++] = ch;
        w->out[w->len] = '\0';
}

static void put_text(Writer *w, const char *s)
{
        for (; *s; s++)
                put(w, *s);
}

static void put_u64(Writer *w, uint64_t n)
{
        char digits[24];
        size_t k = 0;
        do
                digits[k++] = (char)('0' + n % 10);
        while (n /= 10);
        while (k)
                put(w, digits[--k]);
}

static void put_two(Writer *w, int32_t n)
{
        put(w, (char)('0' + n / 10));
        put(w, (char)('0' + n % 10));
}

static void put_fraction(Writer *w, int32_t nanos)
{
        if (nanos == 0)
                return;
        put(w, '.');
        for (int32_t unit = NANOS_PER_SECOND / 10; nanos; unit /= 10) {
                put(w, (char)('0' + nanos / unit));
                nanos %= unit;
        }
}

static void put_time(Writer *w, const FeelTime *t)
{
        put_two(w, t->seconds / 3600);
        put(w, ':');
        put_two(w, t->seconds / 60 % 60);
        put(w, ':');
        put_two(w, t->seconds % 60);
        put_fraction(w, t->nanos);
        if (t->zone.kind == FEEL_ZONE_NAMED) {
                put(w, '@');
                put_text(w, feel_zone_name(t->zone));
        } else if (t->zone.kind == FEEL_ZONE_OFFSET && t->zone.offset == 0) {
                put(w, 'Z');
        } else if (t->zone.kind == FEEL_ZONE_OFFSET) {
                int32_t offset = t->zone.offset;
                put(w, offset < 0 ? '-' : '+');
                offset = offset < 0 ? -offset : offset;
                put_two(w, offset / 3600);
                put(w, ':');
                put_two(w, offset / 60 % 60);
                if (offset % 60) {
                        put(w, ':');
                        put_two(w, offset % 60);
                }
        }
}

size_t feel_date_text(Date d, char out[FEEL_TEMPORAL_TEXT_MAX])
{
        return date_to_text(d, out);
}

size_t feel_time_text(const FeelTime *t, char out[FEEL_TEMPORAL_TEXT_MAX])
{
        Writer w = { out, 0 };
        put_time(&w, t);
        return w.len;
}

size_t feel_date_time_text(const FeelDateTime *t, char out[FEEL_TEMPORAL_TEXT_MAX])
{
        Writer w = { out, date_to_text(t->date, out) };
        put(&w, 'T');
        put_time(&w, &t->time);
        return w.len;
}

size_t feel_days_duration_text(FeelDuration d, char out[FEEL_TEMPORAL_TEXT_MAX])
{
        Writer w = { out, 0 };
        uint64_t seconds = (uint64_t)d.seconds;
        int32_t nanos = d.nanos;
        if (d.seconds < 0) {
                put(&w, '-');
                seconds = -seconds - (nanos > 0);
                nanos = nanos ? NANOS_PER_SECOND - nanos : 0;
        }
        put(&w, 'P');
        if (seconds >= SECONDS_PER_DAY) {
                put_u64(&w, seconds / SECONDS_PER_DAY);
                put(&w, 'D');
        }
        unsigned rest = (unsigned)(seconds % SECONDS_PER_DAY);
        if (rest || nanos || seconds == 0) {
                put(&w, 'T');
                if (rest >= 3600) {
                        put_u64(&w, rest / 3600);
                        put(&w, 'H');
                }
                if (rest / 60 % 60) {
                        put_u64(&w, rest / 60 % 60);
                        put(&w, 'M');
                }
                if (rest % 60 || nanos || seconds == 0) {
                        put_u64(&w, rest % 60);
                        put_fraction(&w, nanos);
                        put(&w, 'S');
                }
        }
        return w.len;
}

size_t feel_months_duration_text(int64_t months, char out[FEEL_TEMPORAL_TEXT_MAX])
{
        Writer w = { out, 0 };
        uint64_t n = (uint64_t)months;
        if (months < 0) {
                put(&w, '-');
                n = -n;
        }
        put(&w, 'P');
        if (n >= 12) {
                put_u64(&w, n / 12);
                put(&w, 'Y');
        }
        if (n % 12 || n == 0) {
                put_u64(&w, n % 12);
                put(&w, 'M');
        }
        return w.len;
}
