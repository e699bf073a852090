/* Dates, times, durations: what is read, how it is written, and the arithmetic.
 * Texts are those of @"…" literals. */
#include "tests/test.h"

#include "base/zone.h"
#include "feel/temporal_int.h"

static FeelValue value_of(const char *text)
{
        FeelValue v = feel_null();
        if (!feel_parse_at_literal(str_c(text), &v)) {
                v.kind = FEEL_NUMBER;
                if (dec_parse(str_c(text), &v.number) != ST_OK)
                        fail_msg("no literal: %s", text);
        }
        return v;
}

static const char *text_of(const FeelValue *v, char out[DEC_TEXT_MAX])
{
        switch ((FeelKind)v->kind) {
        case FEEL_DATE: feel_date_text(v->date, out); break;
        case FEEL_TIME: feel_time_text(&v->time, out); break;
        case FEEL_DATE_TIME: feel_date_time_text(&v->date_time, out); break;
        case FEEL_DAYS_DURATION: feel_days_duration_text(v->duration, out); break;
        case FEEL_MONTHS_DURATION: feel_months_duration_text(v->months, out); break;
        case FEEL_NUMBER: dec_to_text(v->number, out); break;
        case FEEL_STRING: snprintf(out, DEC_TEXT_MAX, "%.*s", STR_FMT(v->string)); break;
        default: memcpy(out, "null", 5); break;
        }
        return out;
}

static void test_text(void **state)
{
        (void)state;
        static const struct { const char *in; FeelKind kind; const char *out; } rows[] = {
                { "2017-12-31", FEEL_DATE, "2017-12-31" },
                { "-2017-12-31", FEEL_DATE, "-2017-12-31" },
                { "999999999-12-31", FEEL_DATE, "999999999-12-31" },
                { "-999999999-01-01", FEEL_DATE, "-999999999-01-01" },
                { "2016-02-29", FEEL_DATE, "2016-02-29" },
                { "01:02:03", FEEL_TIME, "01:02:03" },
                { "11:22:33.123456789", FEEL_TIME, "11:22:33.123456789" },
                { "11:22:33.1000", FEEL_TIME, "11:22:33.1" },
                { "11:22:33.0000000000", FEEL_TIME, "11:22:33" },
                { "11:22:33-00:00", FEEL_TIME, "11:22:33Z" },
                { "13:20:00+02:00", FEEL_TIME, "13:20:00+02:00" },
                { "11:59:45-02:45:55", FEEL_TIME, "11:59:45-02:45:55" },
                { "00:01:00@Etc/UTC", FEEL_TIME, "00:01:00@Etc/UTC" },
                { "24:00:00", FEEL_TIME, "00:00:00" },
                { "2017-12-31T11:22:33.456+01:35", FEEL_DATE_TIME, "2017-12-31T11:22:33.456+01:35" },
                { "2011-12-31T10:15:30.987@Europe/Paris", FEEL_DATE_TIME, "2011-12-31T10:15:30.987@Europe/Paris" },
                { "999999999-12-31T23:59:59.999999999@Europe/Paris", FEEL_DATE_TIME,
                  "999999999-12-31T23:59:59.999999999@Europe/Paris" },
                { "-99999-12-31T11:22:33", FEEL_DATE_TIME, "-99999-12-31T11:22:33" },
                { "2021-12-31T24:00:00", FEEL_DATE_TIME, "2022-01-01T00:00:00" },
                { "PT0.S", FEEL_DAYS_DURATION, "PT0S" },
                { "PT.5S", FEEL_DAYS_DURATION, "PT0.5S" },
                { "-PT0.5S", FEEL_DAYS_DURATION, "-PT0.5S" },
                { "-P1DT0.000000001S", FEEL_DAYS_DURATION, "-P1DT0.000000001S" },
                { "P0D", FEEL_DAYS_DURATION, "PT0S" },
                { "-P0D", FEEL_DAYS_DURATION, "PT0S" },
                { "PT1000M0.999999999S", FEEL_DAYS_DURATION, "PT16H40M0.999999999S" },
                { "PT240H", FEEL_DAYS_DURATION, "P10D" },
                { "P2DT274M", FEEL_DAYS_DURATION, "P2DT4H34M" },
                { "-PT1H2M", FEEL_DAYS_DURATION, "-PT1H2M" },
                { "P1Y27M", FEEL_MONTHS_DURATION, "P3Y3M" },
                { "-P100M", FEEL_MONTHS_DURATION, "-P8Y4M" },
                { "P0Y", FEEL_MONTHS_DURATION, "P0M" },
                { "-P999999999M", FEEL_MONTHS_DURATION, "-P83333333Y3M" },
                { "P99999999Y", FEEL_MONTHS_DURATION, "P99999999Y" },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                FeelValue v;
                char out[DEC_TEXT_MAX];
                if (!feel_parse_at_literal(str_c(rows[i].in), &v))
                        fail_msg("refused: %s", rows[i].in);
                assert_int_equal(v.kind, rows[i].kind);
                assert_string_equal(text_of(&v, out), rows[i].out);
                /* What is written is read back. */
                FeelValue again;
                assert_true(feel_parse_at_literal(str_c(out), &again));
                char out2[DEC_TEXT_MAX];
                assert_string_equal(text_of(&again, out2), out);
        }
}

static void test_refused(void **state)
{
        (void)state;
        static const char *const bad[] = {
                "", "foo", "2012-12-25T", "2012/12/25", "0000-12-25T", "9999999999-12-25", "2017-13-10", "2017-12-32",
                "2017-00-10", "2017-02-29", "998-12-31", "01211-12-31", "2012T-12-2511:00:00Z", "+2012-12-02",
                "2017-1-01", "2017-12-31Z", "23:59:60", "24:00:01", "24:01:00", "24:00:00.1", "25:00:00", "00:60:00",
                "00:00:61", "7:00:00", "07:1:00", "07:01:2", "07:01", "13:20:00@xyz/abc", "13:20:00@",
                "13:20:00+19:00", "13:20:00-19:00", "13:20:00+18:01", "13:20:00+5:00", "13:20:00+5", "13:20:00+05:0",
                "13:20:00+02:00@Europe/Paris", "11:30:00T", "11:30:00.", "11:30:00.1234567891", "11:30:00z",
                "2011-12-0310:15:30", "2017-12-31T7:20", "998-12-31T11:22:33", "+99999-12-01T11:22:33",
                "9999999999-12-27T11:22:33", "999999999-12-31T24:00:00", "2017-12-31 10:00:00",
                "P", "PT", "P1DT", "P0", "1Y", "1D", "P1H", "P1S", "P1Y2D", "PT1.5M", "PT.S", "P1.5D", "PT5S3H",
                "PT1H1H",
                "P1M1Y", "P-1D", "--P1D", "+P1D", "P99999999999999999999Y", "PT99999999999999999999S",
                "P9999999999999999Y9999999999999999999M", "p1d", "P1D ", " P1D",
        };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                FeelValue v;
                if (feel_parse_at_literal(str_c(bad[i]), &v))
                        fail_msg("accepted: %s", bad[i]);
        }
}

static void test_arithmetic(void **state)
{
        (void)state;
        /* want NULL: no such operation */
        static const struct { const char *a; char op; const char *b; const char *want; } rows[] = {
                { "2021-01-01T10:10:10", '+', "P1M", "2021-02-01T10:10:10" },
                { "2021-01-31", '+', "P1M", "2021-02-28" },
                { "-2021-01-01T10:10:10+11:00", '-', "P1M", "-2022-12-01T10:10:10+11:00" },
                { "P1Y", '+', "-2021-01-01T10:10:10@Australia/Melbourne",
                        "-2020-01-01T10:10:10@Australia/Melbourne" },
                { "-2021-01-01T10:10:10@Australia/Melbourne", '+', "-P1D",
                        "-2022-12-31T10:10:10@Australia/Melbourne" },
                { "2021-01-12T10:10:10@Australia/Melbourne", '+', "P1DT1H",
                        "2021-01-13T11:10:10@Australia/Melbourne" },
                { "2021-01-01T24:00:00", '+', "PT1S", "2021-01-02T00:00:01" },
                { "2021-01-01T24:00:00", '-', "PT1S", "2021-01-01T23:59:59" },
                { "2021-03-28T01:30:00@Europe/Paris", '+', "PT1H", "2021-03-28T03:30:00@Europe/Paris" },
                { "2021-01-01", '+', "PT36H", "2021-01-02" },
                { "2021-01-02", '-', "PT1S", "2021-01-01" },
                { "2021-01-02", '-', "-PT25H", "2021-01-03" },
                { "2021-01-02", '-', "P1D", "2021-01-01" },
                { "2020-03-01", '-', "PT24H", "2020-02-29" },
                { "10:15:00", '+', "PT23H", "09:15:00" },
                { "10:15:00", '-', "PT11H", "23:15:00" },
                { "10:15:00.5", '+', "PT0.5S", "10:15:01" },
                { "00:00:00", '-', "PT0.5S", "23:59:59.5" },
                { "P1D", '+', "10:15:00@Australia/Melbourne", "10:15:00@Australia/Melbourne" },
                { "P1Y", '-', "-P2M", "P1Y2M" },
                { "-P1D", '-', "PT2H", "-P1DT2H" },
                { "2021-01-02T10:10:10", '-', "2021-01-01T10:10:10", "P1D" },
                { "2021-01-02T10:10:10@Europe/Paris", '-', "2021-01-01T10:10:10", NULL },
                { "2021-01-02T10:10:10@Europe/Paris", '-', "1995-01-01T10:10:10@Asia/Dhaka", "P9498DT5H" },
                { "2021-01-02T10:10:10+01:00", '-', "2021-01-01", "P1DT9H10M10S" },
                { "2021-01-02", '-', "2021-01-01T10:10:10@Australia/Melbourne", "P1DT49M50S" },
                { "2021-01-01T00:00:00", '-', "2021-01-02", NULL },
                { "2021-01-02", '-', "1995-01-01", "P9498D" },
                { "10:10:10", '-', "11:10:10", "-PT1H" },
                { "10:10:10+11:00", '-', "09:10:10+11:00", "PT1H" },
                { "10:10:10", '-', "09:10:10Z", NULL },
                { "10:10:10.25", '-', "10:10:10.5", "-PT0.25S" },
                { "2.5", '*', "PT23H", "P2DT9H30M" },
                { "P4DT1H", '*', "1.5", "P6DT1H30M" },
                { "-2.5", '*', "P1Y11M", "-P4Y9M" },
                { "P10Y11M", '/', "2.5", "P4Y4M" },
                { "P10DT23H", '/', "2.5", "P4DT9H12M" },
                { "PT1S", '/', "3", "PT0.333333333S" },
                { "-PT1S", '/', "3", "-PT0.333333333S" },
                { "P10Y", '/', "P5Y", "2" },
                { "P10D", '/', "P5D", "2" },
                { "P10D", '/', "0", NULL },
                { "P10D", '/', "P0D", NULL },
                { "P10D", '/', "P1Y", NULL },
                { "P1D", '*', "P1D", NULL },
                { "P1D", '+', "P1Y", NULL },
                { "P1D", '-', "2021-01-01", NULL },
                { "10:10:10", '+', "P1Y", NULL },
                { "10", '+', "P1D", NULL },
                { "10", '-', "P1D", NULL },
                { "999999999-12-31", '+', "P1D", NULL },
                { "-999999999-01-01", '-', "P1M", NULL },
                { "2021-01-01", '+', "P99999999999Y", NULL },
                { "PT9223372036854775807S", '+', "PT1S", NULL },
                { "PT9223372036854775807S", '*', "2", NULL },
                { "P1Y", '*', "1000000000000000000000", NULL },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                FeelValue a = value_of(rows[i].a), b = value_of(rows[i].b), got = feel_null();
                bool ok = rows[i].op == '+'   ? feel_temporal_add(&a, &b, &got)
                          : rows[i].op == '-' ? feel_temporal_sub(&a, &b, &got)
                          : rows[i].op == '*' ? feel_temporal_mul(&a, &b, &got)
                                              : feel_temporal_div(&a, &b, &got);
                char out[DEC_TEXT_MAX];
                const char *text = ok ? text_of(&got, out) : "none";
                if (strcmp(text, rows[i].want ? rows[i].want : "none") != 0)
                        fail_msg("%s %c %s: %s, not %s", rows[i].a, rows[i].op, rows[i].b, text,
                                 rows[i].want ? rows[i].want : "none");
        }
}

static void test_order(void **state)
{
        (void)state;
        static const struct { const char *a, *b; int want; } rows[] = {        /* 2: not comparable */
                { "10:30:00Z", "10:30:00+00:00", 0 },
                { "20:00:50+00:00", "21:00:50+01:00", 0 },
                { "10:30:00", "10:30:00Z", 2 },
                { "10:30:00@Europe/Paris", "10:30:00@Europe/Paris", 0 },
                { "10:30:00.0001", "10:30:00.0002", -1 },
                { "2018-10-08T00:00:00+02:00", "2018-10-08T00:00:00@Europe/Paris", 0 },
                { "2018-02-08T00:00:00+01:00", "2018-02-08T00:00:00@Europe/Paris", 0 },
                { "2002-04-02T12:00:00@Australia/Melbourne", "2002-04-02T12:00:00@Australia/Sydney", 0 },
                { "2002-04-02T12:00:00-01:00", "2002-04-02T17:00:00+04:00", 0 },
                { "2018-12-08T00:00:00@Europe/Paris", "2018-12-08T00:00:00@Asia/Dhaka", 1 },
                { "2018-12-08T00:00:00@Europe/Paris", "2018-12-08T00:00:00", 2 },
                { "2018-12-08T00:00:00", "2018-12-09T00:00:00", -1 },
                { "999999999-12-31T23:59:59.999999999", "-999999999-01-01T00:00:00", 1 },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                FeelValue a = value_of(rows[i].a), b = value_of(rows[i].b);
                int order = 2;
                bool equal;
                if (a.kind == FEEL_TIME) {
                        if (!feel_time_order(&a.time, &b.time, &order))
                                order = 2;
                        equal = feel_time_equal(&a.time, &b.time);
                        if (equal)
                                assert_int_equal(feel_time_hash(&a.time), feel_time_hash(&b.time));
                } else {
                        if (!feel_date_time_order(&a.date_time, &b.date_time, &order))
                                order = 2;
                        equal = feel_date_time_equal(&a.date_time, &b.date_time);
                        if (equal)
                                assert_int_equal(feel_date_time_hash(&a.date_time),
                                        feel_date_time_hash(&b.date_time));
                }
                if (order != rows[i].want)
                        fail_msg("%s with %s: %d", rows[i].a, rows[i].b, order);
                assert_int_equal(equal, order == 0);
        }
}

static void test_properties(void **state)
{
        (void)state;
        /* want NULL: there is no such property */
        static const struct { const char *v, *name, *want; } rows[] = {
                { "2018-12-10", "year", "2018" },
                { "-2018-12-10", "year", "-2018" },
                { "2018-12-10", "month", "12" },
                { "2018-12-10", "day", "10" },
                { "2018-12-10", "weekday", "1" },
                { "2018-12-10", "hour", NULL },
                { "2018-12-10T10:30:01", "weekday", "1" },
                { "2018-12-10T10:30:01", "hour", "10" },
                { "2018-12-10T10:30:01", "second", "1" },
                { "2018-12-10T10:30:00+05:00", "time offset", "PT5H" },
                { "2018-12-10T10:30:00@Europe/Paris", "time offset", "PT1H" },
                { "2018-07-10T10:30:00@Europe/Paris", "time offset", "PT2H" },
                { "2018-12-10T10:30:00", "time offset", "null" },
                { "2018-12-10T10:30:00@Etc/UTC", "timezone", "Etc/UTC" },
                { "2018-12-10T10:30:00Z", "timezone", "null" },
                { "10:30:01", "minute", "30" },
                { "10:30:01", "year", NULL },
                { "10:30:00@Etc/UTC", "timezone", "Etc/UTC" },
                { "P1Y2M", "years", "1" },
                { "P1Y2M", "months", "2" },
                { "-P1Y2M", "months", "-2" },
                { "P1Y", "days", NULL },
                { "P1DT2H3M4.5S", "days", "1" },
                { "P1DT2H3M4.5S", "hours", "2" },
                { "P1DT2H3M4.5S", "minutes", "3" },
                { "P1DT2H3M4.5S", "seconds", "4.5" },
                { "-P1DT2H3M4.5S", "days", "-1" },
                { "-P1DT2H3M4.5S", "seconds", "-4.5" },
                { "P1D", "hours", "0" },
                { "P1D", "years", NULL },
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
                FeelValue v = value_of(rows[i].v), got;
                bool ok = feel_temporal_property(&v, str_c(rows[i].name), &got);
                char out[DEC_TEXT_MAX];
                const char *text = ok ? text_of(&got, out) : "none";
                if (strcmp(text, rows[i].want ? rows[i].want : "none") != 0)
                        fail_msg("%s.%s: %s", rows[i].v, rows[i].name, text);
        }
}

static int release_zones(void **state)
{
        (void)state;
        zone_release_all();
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),  cmocka_unit_test(test_refused),    cmocka_unit_test(test_arithmetic),
                cmocka_unit_test(test_order), cmocka_unit_test(test_properties),
        };
        return cmocka_run_group_tests(tests, NULL, release_zones);
}
