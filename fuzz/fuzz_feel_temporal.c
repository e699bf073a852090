/* Dates, times and durations: two texts, one a line.  What is read is written and
 * read again; arithmetic stays in range and can be undone; order is an order. */
#include "base/zone.h"
#include "feel/temporal_int.h"
#include "fuzz/fuzz.h"

static size_t write_text(const FeelValue *v, char out[FEEL_TEMPORAL_TEXT_MAX])
{
        switch ((FeelKind)v->kind) {
        case FEEL_DATE: return feel_date_text(v->date, out);
        case FEEL_TIME: return feel_time_text(&v->time, out);
        case FEEL_DATE_TIME: return feel_date_time_text(&v->date_time, out);
        case FEEL_DAYS_DURATION: return feel_days_duration_text(v->duration, out);
        case FEEL_MONTHS_DURATION: return feel_months_duration_text(v->months, out);
        default: return 0;
        }
}

static bool order(const FeelValue *a, const FeelValue *b, int *ret)
{
        if (a->kind == FEEL_TIME)
                return feel_time_order(&a->time, &b->time, ret);
        if (a->kind == FEEL_DATE_TIME)
                return feel_date_time_order(&a->date_time, &b->date_time, ret);
        return false;
}

static uint64_t hash(const FeelValue *v)
{
        return v->kind == FEEL_TIME ? feel_time_hash(&v->time) : feel_date_time_hash(&v->date_time);
}

static void check_text(const FeelValue *v)
{
        char text[FEEL_TEMPORAL_TEXT_MAX], again[FEEL_TEMPORAL_TEXT_MAX];
        size_t n = write_text(v, text);
        FeelValue back;
        FUZZ_ASSERT(n > 0 && n < FEEL_TEMPORAL_TEXT_MAX && strlen(text) == n);
        /* INT64_MIN months or seconds, which only arithmetic reaches, have no positive counterpart to read. */
        if ((v->kind == FEEL_MONTHS_DURATION && v->months == INT64_MIN) ||
            (v->kind == FEEL_DAYS_DURATION && v->duration.seconds == INT64_MIN))
                return;
        FUZZ_ASSERT(feel_parse_at_literal(str_n(text, n), &back) && back.kind == v->kind);
        FUZZ_ASSERT(write_text(&back, again) == n && strcmp(text, again) == 0);
        int c = 1;
        if (order(v, &back, &c))
                FUZZ_ASSERT(c == 0 && hash(v) == hash(&back));
}

static void check_result(const FeelValue *v)
{
        if (v->kind == FEEL_NUMBER)
                FUZZ_ASSERT(!dec_is_nan(v->number));
        else
                check_text(v);
}

static void check_properties(const FeelValue *v)
{
        static const char *const names[] = { "year", "month", "day", "weekday", "hour", "minute", "second",
                "time offset",
                                             "timezone", "days", "hours", "minutes", "seconds", "years", "months" };
        FeelValue p;
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (feel_temporal_property(v, str_c(names[i]), &p) && p.kind == FEEL_DAYS_DURATION)
                        check_text(&p);
}

/* Local times and offsets: a named zone may skip or repeat an hour. */
static bool plain_zone(const FeelValue *v)
{
        return v->kind == FEEL_DATE_TIME ? v->date_time.time.zone.kind != FEEL_ZONE_NAMED
                                         : v->kind == FEEL_TIME && v->time.zone.kind != FEEL_ZONE_NAMED;
}

static void check_pair(const FeelValue *a, const FeelValue *b)
{
        FeelValue sum, back, v;
        if (feel_temporal_add(a, b, &sum)) {
                check_result(&sum);
                FUZZ_ASSERT(feel_temporal_add(b, a, &v) && v.kind == sum.kind);
                if (b->kind == FEEL_DAYS_DURATION && plain_zone(a) && feel_temporal_sub(&sum, b, &back)) {
                        int c = 1;
                        FUZZ_ASSERT(order(a, &back, &c) && c == 0);
                }
        }
        if (feel_temporal_sub(a, b, &v))
                check_result(&v);
        if (feel_temporal_mul(a, b, &v))
                check_result(&v);
        if (feel_temporal_div(a, b, &v))
                check_result(&v);
        int x = 0, y = 0;
        if (a->kind == b->kind && order(a, b, &x)) {
                FUZZ_ASSERT(order(b, a, &y) && x == -y);
                if (x == 0)
                        FUZZ_ASSERT(hash(a) == hash(b));
        }
}

static FeelValue read_value(Str s)
{
        FeelValue v = feel_null();
        if (feel_parse_at_literal(s, &v))
                return v;
        if (dec_parse(s, &v.number) == ST_OK)
                v.kind = FEEL_NUMBER;
        return v;
}

void fuzz_one(Str input)
{
        if (input.len > 300)
                return;
        Str second;
        FeelValue a = read_value(str_cut(input, '\n', &second)), b = read_value(second);
        const FeelValue *both[2] = { &a, &b };
        for (size_t i = 0; i < 2; i++) {
                if (both[i]->kind >= FEEL_DATE) {
                        check_text(both[i]);
                        check_properties(both[i]);
                }
        }
        check_pair(&a, &b);
        check_pair(&b, &a);
        zone_release_all();
}
