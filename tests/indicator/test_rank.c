/* Places, ties, the missing, streaks: one small city, one figure a unit and month. */
#include "tests/test.h"

#include <unistd.h>

#include "indicator/indicator.h"
#include "store/event.h"

#define RANKED(name, rules) "- {indicator: " name ", title: " name ", unit: 元, source: reported, rollup: sum, direction: higher, " rules "}\n"

static const PackFile files[] = {
        { STR("forms/f.yaml"), STR("form: f\ntitle: 表\nfor: county\nfrequency: month\nindicators: [a, dense, average, excluded, unknown, low, breaks, extends]\n") },
        { STR("indicators/i.yaml"), STR(
                RANKED("a", "rank: {among: county, ties: min, missing: last}, alert: {bottom: 2, periods: 3, say: 后两位, action: 约谈, not reported: counts as last}")
                RANKED("dense", "rank: {among: county, ties: dense, missing: last}")
                RANKED("average", "rank: {among: county, ties: average, missing: last}")
                RANKED("excluded", "rank: {among: county, ties: min, missing: excluded}")
                RANKED("unknown", "rank: {among: county, ties: min, missing: unknown}")
                "- {indicator: low, title: 低, unit: 元, source: reported, rollup: sum, direction: lower, rank: {among: county, ties: min, missing: last}}\n"
                RANKED("breaks", "rank: {among: county, ties: min, missing: last}, alert: {bottom: 1, periods: 2, say: 末位, action: 约谈, not reported: breaks}")
                RANKED("extends", "rank: {among: county, ties: min, missing: last}, alert: {bottom: 1, periods: 2, say: 末位, action: 约谈, not reported: extends}")) },
        { STR("pack.yaml"), STR("pack: small\ntitle: 小城\nversion: '1'\nkinds: [{kind: city, title: 市}, {kind: county, title: 县}]\n") },
        { STR("units.yaml"), STR("units:\n  - {code: '1', name: 市, kind: city, units: [{code: '11', name: 甲县, kind: county}, {code: '12', name: 乙县, kind: county}, "
                                 "{code: '13', name: 丙县, kind: county}, {code: '14', name: 丁县, kind: county}]}\n") },
};

typedef struct City {
        char dir[64], path[80];
        Pack *pack;
        Store *store;
        StoreTx *tx;
        IndicatorBook *book;
        Arena *arena;
} City;

static City city;

static int open_city(void **unused)
{
        (void)unused;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        Status st = pack_load_files(files, ARRAY_LEN(files), NULL, &d, &city.pack);
        if (st != ST_OK) {
                _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
                diag_print(&d, &b);
                fprintf(stderr, "%s", buf_cstr(&b));
                return -1;
        }
        snprintf(city.dir, sizeof(city.dir), "/tmp/kechuang-rank-XXXXXX");
        if (!mkdtemp(city.dir))
                return -1;
        snprintf(city.path, sizeof(city.path), "%s/c.db", city.dir);
        city.arena = arena_new(64 << 20);
        if (store_open(city.path, &(StoreOptions){ .mode = STORE_CREATE }, NULL, &city.store) != ST_OK)
                return -1;
        StoreTx *tx;
        if (store_begin(city.store, STORE_WRITE, NULL, &tx) != ST_OK || indicator_tables(tx) != ST_OK ||
            store_event(tx, &(StoreEvent){ .actor = STR("test"), .op = STR("init") }, NULL) != ST_OK || store_commit(&tx) != ST_OK)
                return -1;
        return 0;
}

static int close_city(void **unused)
{
        (void)unused;
        store_close(city.store);
        pack_free(city.pack);
        arena_free(city.arena);
        static const char *const ends[] = { "", "-wal", "-shm" };
        for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
                char path[96];
                snprintf(path, sizeof(path), "%s%s", city.path, ends[i]);
                unlink(path);
        }
        rmdir(city.dir);
        return 0;
}

/* Reports a month: one figure a county, -1 for none. */
static void month(const char *indicator, int m, const int figures[4])
{
        static const char *const names[] = { "甲县", "乙县", "丙县", "丁县" };
        _cleanup_buf_ Buf b = BUF_INIT(4096);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        buf_printf(&b, "县,%s\n", indicator);
        for (int i = 0; i < 4; i++)
                if (figures[i] >= 0)
                        buf_printf(&b, "%s,%d\n", names[i], figures[i]);
        IndicatorReport in = { .file_name = "m.csv", .bytes = buf_str(&b), .period = { PERIOD_MONTH, 2023, m }, .state = VALUE_SUBMITTED,
                               .actor = STR("test"), .lang = LANG_EN };
        RegisterOutcome out;
        assert_ok(indicator_report(city.store, city.pack, pack_form(city.pack, STR("f")), &in, city.arena, &d, &out));
        assert_int_equal(out.refused + out.held, 0);
}

static void look(void)
{
        assert_ok(store_begin(city.store, STORE_READ, NULL, &city.tx));
        city.book = indicator_book_new(city.tx, city.pack);
        assert_non_null(city.book);
}

static void done(void)
{
        indicator_book_free(city.book);
        store_rollback(city.tx);
}

/* Twice the ranks, by county. */
static void expect_ranks(const char *indicator, int m, const int64_t want[4])
{
        IndicatorRanking r;
        look();
        assert_ok(indicator_rank(city.book, pack_indicator(city.pack, str_c(indicator)), (Period){ PERIOD_MONTH, 2023, m }, city.arena, NULL, &r));
        assert_int_equal(r.count, 4);
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(r.rows[i].rank2, want[r.rows[i].unit->code.ptr[1] - '1']);
        done();
}

static void ties_by_rule(void **unused)
{
        (void)unused;
        static const int figures[] = { 30, 20, 20, 10 };
        static const char *const names[] = { "a", "dense", "average" };
        static const int64_t want[][4] = { { 2, 4, 4, 8 }, { 2, 4, 4, 6 }, { 2, 5, 5, 8 } };
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                month(names[i], 1, figures);
                expect_ranks(names[i], 1, want[i]);
        }
}

static void the_missing_by_rule(void **unused)
{
        (void)unused;
        static const int figures[] = { 30, -1, 20, -1 };
        static const char *const names[] = { "dense", "average", "excluded", "unknown" };
        static const int64_t want[][4] = { { 2, 6, 4, 6 }, { 2, 7, 4, 7 }, { 2, 0, 4, 0 }, { 2, 0, 4, 0 } };
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                month(names[i], 2, figures);
                expect_ranks(names[i], 2, want[i]);
        }
}

static void lower_is_better_where_it_says_so(void **unused)
{
        (void)unused;
        month("low", 1, (const int[]){ 30, 20, 20, 10 });
        expect_ranks("low", 1, (const int64_t[]){ 8, 4, 4, 2 });
}

/* The number of periods that count in the alert of a county; 0: no alert. */
static int alert_of(const char *indicator, int m, const char *unit)
{
        IndicatorAlert *list;
        size_t n;
        int counted = 0;
        look();
        assert_ok(indicator_alerts(city.book, (Period){ PERIOD_MONTH, 2023, m }, city.arena, &list, &n));
        for (size_t i = 0; i < n; i++)
                if (str_eq_c(list[i].indicator->name, indicator) && str_eq_c(list[i].unit->code, unit))
                        counted = list[i].counted;
        done();
        return counted;
}

static void among_the_last_two_for_three_months(void **unused)
{
        (void)unused;
        month("a", 5, (const int[]){ 40, 30, 20, 10 });
        month("a", 6, (const int[]){ 40, 10, 20, 30 });
        month("a", 7, (const int[]){ 40, 30, 20, 10 });
        assert_int_equal(alert_of("a", 6, "13"), 0);            /* two months are not three */
        assert_int_equal(alert_of("a", 7, "13"), 3);
        assert_int_equal(alert_of("a", 7, "14"), 0);            /* June broke it */
        month("a", 6, (const int[]){ 40, 10, 20, 5 });          /* a correction moves the streak at the next read */
        assert_int_equal(alert_of("a", 7, "13"), 0);
        assert_int_equal(alert_of("a", 7, "14"), 3);
        month("a", 8, (const int[]){ 40, 30, 20, -1 });         /* not reporting counts as last, and keeps 丁县 there */
        assert_int_equal(alert_of("a", 8, "14"), 4);
        month("a", 9, (const int[]){ 10, 30, 20, 40 });
        assert_int_equal(alert_of("a", 9, "14"), 0);
}

static void not_reported_breaks_or_carries_by_rule(void **unused)
{
        (void)unused;
        static const char *const names[] = { "breaks", "extends" };
        for (size_t i = 0; i < 2; i++) {
                month(names[i], 1, (const int[]){ 40, 30, 20, 10 });
                month(names[i], 2, (const int[]){ 40, 30, 20, -1 });
                month(names[i], 3, (const int[]){ 40, 30, 20, 10 });
        }
        assert_int_equal(alert_of("breaks", 3, "14"), 0);
        assert_int_equal(alert_of("extends", 3, "14"), 2);      /* February is bridged and does not count */
}

static void an_upper_sum_lacks_what_a_unit_lacks(void **unused)
{
        (void)unused;
        const FeelValue *v;
        const PackIndicator *a = pack_indicator(city.pack, STR("a"));
        look();
        assert_ok(indicator_figures(city.book, a, (Period){ PERIOD_MONTH, 2023, 7 }, &v));
        int64_t sum = 0;
        assert_true(feel_is(&v[0], FEEL_NUMBER) && dec_to_i64(v[0].number, &sum));
        assert_int_equal(sum, 100);
        assert_ok(indicator_figures(city.book, a, (Period){ PERIOD_MONTH, 2023, 8 }, &v));
        assert_true(feel_is(&v[0], FEEL_UNKNOWN));
        assert_int_equal(v[0].unknown.len, 1);
        assert_true(str_has(v[0].unknown.names[0], STR("丁县")));
        done();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ties_by_rule),
                cmocka_unit_test(the_missing_by_rule),
                cmocka_unit_test(lower_is_better_where_it_says_so),
                cmocka_unit_test(among_the_last_two_for_three_months),
                cmocka_unit_test(not_reported_breaks_or_carries_by_rule),
                cmocka_unit_test(an_upper_sum_lacks_what_a_unit_lacks),
        };
        return cmocka_run_group_tests(tests, open_city, close_city);
}
