/* Named zones: against the C library's own reading of the same database, and
 * against hostile names and files. */
#include "tests/test.h"

#include <time.h>

#include "base/date.h"
#include "base/mem.h"
#include "base/zone.h"

static const Zone *zone(const char *name)
{
        const Zone *z = NULL;
        if (zone_find(str_c(name), &z) != ST_OK)
                fail_msg("no zone %s", name);
        return z;
}

static int64_t at(const char *utc)
{
        Instant t = { 0 };
        if (instant_parse(str_c(utc), &t) != ST_OK)
                fail_msg("not an instant: %s", utc);
        return t.seconds;
}

static void offsets_agree_with_the_c_library(void **state)
{
        (void)state;
        static const char *const names[] = { "Asia/Shanghai", "Asia/Urumqi", "Europe/Paris", "Europe/Dublin", "America/New_York",
                                             "America/Sao_Paulo", "America/St_Johns", "Australia/Sydney", "Australia/Lord_Howe",
                                             "Pacific/Apia", "Africa/Casablanca", "Asia/Tehran", "Asia/Gaza", "Antarctica/Troll", "Etc/GMT+8", "UTC", "EST5EDT" };
        const char *before = getenv("TZ");
        char keep[100];
        snprintf(keep, sizeof(keep), "%s", before ? before : "");
        for (size_t k = 0; k < ARRAY_LEN(names); k++) {
                const Zone *z = zone(names[k]);
                setenv("TZ", names[k], 1);
                tzset();
                for (time_t t = (time_t)at("1880-01-01T00:00:00Z"), end = (time_t)at("2150-01-01T00:00:00Z"); t < end; t += 6 * 3600 - 7) {
                        struct tm tm;
                        localtime_r(&t, &tm);
                        int32_t ours = zone_offset_at(z, t);
                        if (ours != tm.tm_gmtoff)
                                fail_msg("%s at %lld: %d, the C library says %ld", names[k], (long long)t, ours, tm.tm_gmtoff);
                        /* The local form of any instant has this offset, or an
                         * earlier one that gives the same local time. */
                        int64_t local = t + ours;
                        int32_t back = zone_offset_local(z, local);
                        if (back != ours && !(back > ours && zone_offset_at(z, local - back) == back))
                                fail_msg("%s at %lld: local offset %d for %d", names[k], (long long)t, back, ours);
                }
        }
        if (before)
                setenv("TZ", keep, 1);
        else
                unsetenv("TZ");
        tzset();
}

static void repeated_and_skipped_hours_have_a_rule(void **state)
{
        (void)state;
        const Zone *paris = zone("Europe/Paris");
        /* 2023-03-26 02:00 → 03:00; 2023-10-29 03:00 → 02:00 */
        assert_int_equal(zone_offset_local(paris, at("2023-03-26T01:59:59Z")), 3600);
        assert_int_equal(zone_offset_local(paris, at("2023-03-26T02:30:00Z")), 3600);
        assert_int_equal(zone_offset_local(paris, at("2023-03-26T03:00:00Z")), 7200);
        assert_int_equal(zone_offset_local(paris, at("2023-10-29T02:30:00Z")), 7200);
        assert_int_equal(zone_offset_local(paris, at("2023-10-29T03:00:00Z")), 3600);
        /* By the rule, beyond the listed changes. */
        assert_int_equal(zone_offset_at(paris, at("2500-07-01T00:00:00Z")), 7200);
        assert_int_equal(zone_offset_at(paris, at("2500-01-01T00:00:00Z")), 3600);
        assert_int_equal(zone_offset_at(zone("Asia/Shanghai"), at("999999999-12-31T23:59:59Z")), 28800);
        assert_int_equal(zone_offset_at(zone("Asia/Shanghai"), at("1986-07-01T00:00:00Z")), 32400);
        assert_int_equal(zone_offset_at(paris, INT64_MAX), 3600);
        assert_int_equal(zone_offset_local(paris, INT64_MAX), 3600);
        assert_int_equal(zone_offset_local(paris, INT64_MIN), zone_offset_at(paris, INT64_MIN));
        assert_true(str_eq(zone_name(paris), STR("Europe/Paris")));
        assert_ptr_equal(paris, zone("Europe/Paris"));
}

static void names_lead_nowhere_else(void **state)
{
        (void)state;
        static const char *const bad[] = { "", "/", "..", "../etc/passwd", "Europe/../Asia/Shanghai", "/etc/localtime", "Europe/", "Europe//Paris",
                                           "Europe", "europe/paris", "Europe/Paris ", "Europe/Atlantis", "zone.tab", "tzdata.zi", "localtime",
                                           "posix/UTC", "right/UTC", "Europe\\Paris", "Europe/.Paris", "~/x", "leapseconds", "Asia/上海",
                                           "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                const Zone *z = NULL;
                assert_int_equal(zone_find(str_c(bad[i]), &z), ST_NOT_FOUND);
                assert_null(z);
        }
        const Zone *z;
        assert_int_equal(zone_find(str_n("UTC\0x", 5), &z), ST_NOT_FOUND);
}

/* A small sound file: one change, footer "AAA-1BBB,M3.5.0,M10.5.0/3". */
static size_t small_file(char *out)
{
        static const char head1[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4";
        static const char data1[] = "\0\0\0\0\0\0UTC";
        static const char head2[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\x8";
        static const char data2[] = "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\xE\x10\0\4LMT\0AAA";
        static const char foot[] = "\nAAA-1BBB,M3.5.0,M10.5.0/3\n";
        char *o = out;
        memcpy(o, head1, 44);
        o += 44;
        memcpy(o, data1, 10);
        o += 10;
        memcpy(o, head2, 44);
        o += 44;
        memcpy(o, data2, sizeof(data2));
        o += sizeof(data2);
        memcpy(o, foot, sizeof(foot) - 1);
        o += sizeof(foot) - 1;
        return (size_t)(o - out);
}

static void damaged_files_are_refused_and_never_overrun(void **state)
{
        (void)state;
        char whole[400];
        size_t n = small_file(whole);
        Zone *z = NULL;
        assert_ok(zone_from_bytes(STR("Test"), str_n(whole, n), &z));
        assert_int_equal(zone_offset_at(z, -1), 0);
        assert_int_equal(zone_offset_at(z, 0), 3600);
        assert_int_equal(zone_offset_at(z, at("2023-07-01T00:00:00Z")), 7200);
        zone_free(z);
        /* Every truncation in a block of exactly that size, so that a byte too far is seen. */
        for (size_t len = 0; len < n; len++) {
                char *copy = mem_alloc(len ? len : 1);
                memcpy(copy, whole, len);
                z = NULL;
                assert_int_equal(zone_from_bytes(STR("Test"), str_n(copy, len), &z), ST_CORRUPT);
                assert_null(z);
                mem_free(copy);
        }
        /* Every byte replaced: whatever is accepted must answer. */
        for (size_t i = 0; i < n; i++) {
                for (int v = 0; v < 256; v += 5) {
                        char copy[400];
                        memcpy(copy, whole, n);
                        copy[i] = (char)v;
                        z = NULL;
                        Status st = zone_from_bytes(STR("Test"), str_n(copy, n), &z);
                        assert_true(st == ST_OK || st == ST_CORRUPT);
                        if (st == ST_OK)
                                assert_in_range(zone_offset_local(z, 1688169600) + 200000, 0, 400000);
                        zone_free(z);
                }
        }
}

static void footers_of_every_form_are_read(void **state)
{
        (void)state;
        static const struct {
                const char *footer;
                const char *utc;
                int32_t offset;         /* 99: refused */
        } cases[] = {
                { "\n<+0330>-3:30\n", "2023-07-01T00:00:00Z", 12600 },
                { "\nXXX3EDT4,0/0,J365/23\n", "2023-07-01T00:00:00Z", -14400 },
                { "\nIST-1GMT0,M10.5.0,M3.5.0/1\n", "2023-07-01T00:00:00Z", 3600 },
                { "\nIST-1GMT0,M10.5.0,M3.5.0/1\n", "2023-12-01T00:00:00Z", 0 },
                { "\nAAA0BBB,J60/0,J61/0\n", "2024-03-01T00:00:00Z", 3600 },
                { "\nAAA0BBB,J60/0,J61/0\n", "2024-02-29T12:00:00Z", 0 },
                { "\nAAA0BBB,59/0,60/0\n", "2024-02-29T12:00:00Z", 3600 },
                { "\n\n", "2023-07-01T00:00:00Z", 3600 },
                { "\nAAA\n", "2023-07-01T00:00:00Z", 99 },
                { "\nAAA0BBB\n", "2023-07-01T00:00:00Z", 99 },
                { "\nAA0\n", "2023-07-01T00:00:00Z", 99 },
                { "\nAAA0BBB,M13.1.0,M3.1.0\n", "2023-07-01T00:00:00Z", 99 },
                { "\nAAA25\n", "2023-07-01T00:00:00Z", 99 },
                { "\n<+08\n", "2023-07-01T00:00:00Z", 99 },
                { "\nAAA0 \n", "2023-07-01T00:00:00Z", 99 },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                char file[400];
                size_t n = small_file(file);
                n -= strlen("\nAAA-1BBB,M3.5.0,M10.5.0/3\n");
                memcpy(file + n, cases[i].footer, strlen(cases[i].footer));
                Zone *z = NULL;
                Status st = zone_from_bytes(STR("Test"), str_n(file, n + strlen(cases[i].footer)), &z);
                assert_int_equal(st, cases[i].offset == 99 ? ST_CORRUPT : ST_OK);
                if (st == ST_OK)
                        assert_int_equal(zone_offset_at(z, at(cases[i].utc)), cases[i].offset);
                zone_free(z);
        }
}

static void every_failing_allocation_ends_clean(void **state)
{
        (void)state;
        zone_release_all();
        int64_t before = mem_live_blocks();
        Status st = ST_NOMEM;
        for (uint64_t n = 1; st == ST_NOMEM && n < 100; n++) {
                const Zone *z;
                mem_test_fail_at(n, 0);
                st = zone_find(STR("Europe/Paris"), &z);
                mem_test_fail_at(0, 0);
                assert_true(st == ST_OK || st == ST_NOMEM);
                zone_release_all();
                assert_int_equal(mem_live_blocks(), before);
        }
        assert_int_equal(st, ST_OK);
}

static int release(void **state)
{
        (void)state;
        zone_release_all();
        return mem_live_blocks() == 0 ? 0 : -1;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(offsets_agree_with_the_c_library),
                cmocka_unit_test(repeated_and_skipped_hours_have_a_rule),
                cmocka_unit_test(names_lead_nowhere_else),
                cmocka_unit_test(damaged_files_are_refused_and_never_overrun),
                cmocka_unit_test(footers_of_every_form_are_read),
                cmocka_unit_test(every_failing_allocation_ends_clean),
        };
        return cmocka_run_group_tests(tests, NULL, release);
}
