/* The cube beside plain arithmetic: a drawn country of four levels, what is missing, corrections, and two books at once. */
#include "tests/test.h"

#include <pthread.h>
#include <unistd.h>

#include "indicator/cube.h"
#include "store/event.h"

enum { COUNTIES = 60, CITIES = 12, PROVINCES = 3, MONTHS = 30, FIRST = 2021 };

#define OF(name, rules) "- {indicator: " name ", title: " name ", unit: 元, scale: 0, source: reported, " rules "}\n"
static const char indicators[] =
        OF("sum", "rollup: sum, missing: unknown, direction: higher, rank: {among: county, ties: min, missing: last}")
        OF("skip", "rollup: sum, missing: skip") OF("zero", "rollup: sum, missing: zero")
        OF("mean", "rollup: mean, missing: skip") OF("most", "rollup: max, missing: skip") OF("least", "rollup: min, missing: skip")
        OF("none", "rollup: none") OF("running", "rollup: sum, cumulative: true, missing: skip")
        OF("huge", "rollup: sum, missing: skip")
        "- {indicator: ratio, title: 比, unit: '%', formula: skip / zero * 100, direction: higher, rank: {among: county, ties: min, missing: last}}\n"
        "- {indicator: twice, title: 二, unit: '%', formula: ratio * 2 + mean / 3, direction: lower, rank: {among: county, ties: dense, missing: excluded}}\n"
        "- {indicator: chosen, title: 选, unit: 元, formula: if sum > 500 then sum - skip else skip * 2, direction: higher, rank: {among: city, ties: average, missing: last}}\n";

enum { SUM, SKIP, ZERO, MEAN, MOST, LEAST, NONE_, RUNNING, HUGE_, REPORTED };

static int64_t facts[REPORTED][COUNTIES][MONTHS];       /* YEAR_NONE: nobody has said */
static Pack *pack;
static Store *store;
static IndicatorCube *cube;
static Arena *arena;
static char dir[64], path[80];
static uint64_t state = 5;

static int64_t draw(int64_t below)
{
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
        return (int64_t)((state >> 33) % (uint64_t)below);
}

static int64_t drawn(int i)
{
        if (draw(20) == 0)
                return YEAR_NONE;
        /* The huge ones do not add up in 64 bits. */
        return i == HUGE_ ? INT64_MAX - draw(1000) : draw(40) == 0 ? -draw(50) : draw(1000);
}

static Period month_at(int m)
{
        return (Period){ PERIOD_MONTH, FIRST + m / 12, m % 12 + 1 };
}

static const PackUnit *county(int u)
{
        char code[16];
        snprintf(code, sizeof(code), "u%02d", u);
        return pack_unit(pack, str_c(code));
}

static void write_year(StoreTx *tx, int i, int u, int year, int64_t event)
{
        int64_t v[12];
        char bytes[96];
        for (int m = 0; m < 12; m++)
                v[m] = (year - FIRST) * 12 + m < MONTHS ? facts[i][u][(year - FIRST) * 12 + m] : YEAR_NONE;
        year_encode(v, 12, bytes);
        assert_ok(store_exec(tx, "INSERT INTO indicator_year (indicator, year, unit, figures, event) VALUES ($1, $2, $3, $4, $5) "
                             "ON CONFLICT (indicator, year, unit) DO UPDATE SET figures = excluded.figures, event = excluded.event",
                             STORE_ARGS(sv_text(pack->indicators[i]->name), sv_i64(year), sv_text(county(u)->code), sv_blob(str_n(bytes, 96)), sv_i64(event)), NULL));
}

static int make_country(void **unused)
{
        (void)unused;
        Buf units = BUF_INIT(1 << 20);
        buf_puts(&units, "units:\n- {code: n, name: 全国, kind: nation, units: [");
        for (int u = 0; u < COUNTIES; u++) {
                if (u % (COUNTIES / PROVINCES) == 0)
                        buf_printf(&units, "%s{code: p%d, name: 省%d, kind: province, units: [", u ? "]}]}, " : "", u, u);
                if (u % (COUNTIES / CITIES) == 0)
                        buf_printf(&units, "%s{code: c%02d, name: 市%d, kind: city, units: [", u % (COUNTIES / PROVINCES) ? "]}, " : "", u / (COUNTIES / CITIES), u);
                buf_printf(&units, "%s{code: u%02d, name: 县%d, kind: county}", u % (COUNTIES / CITIES) ? ", " : "", u, u);
        }
        buf_puts(&units, "]}]}]}\n");
        const PackFile files[] = {
                { STR("forms/f.yaml"), STR("form: f\ntitle: 表\nfor: county\nfrequency: month\nindicators: [sum, skip, zero, mean, most, least, none, running, huge]\n") },
                { STR("indicators/i.yaml"), str_c(indicators) },
                { STR("pack.yaml"), STR("pack: land\ntitle: 国\nversion: '1'\nkinds: [{kind: nation, title: 国}, {kind: province, title: 省}, {kind: city, title: 市}, {kind: county, title: 县}]\n") },
                { STR("units.yaml"), buf_str(&units) },
        };
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        if (pack_load_files(files, ARRAY_LEN(files), NULL, &d, &pack) != ST_OK) {
                _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
                diag_print(&d, &b);
                fprintf(stderr, "%s", buf_cstr(&b));
                return -1;
        }
        buf_release(&units);
        arena = arena_new((size_t)1 << 30);
        snprintf(dir, sizeof(dir), "/tmp/kechuang-cube-XXXXXX");
        if (!mkdtemp(dir))
                return -1;
        snprintf(path, sizeof(path), "%s/c.db", dir);
        StoreTx *tx;
        if (store_open(path, &(StoreOptions){ .mode = STORE_CREATE }, NULL, &store) != ST_OK ||
            store_begin(store, STORE_WRITE, NULL, &tx) != ST_OK || indicator_tables(tx) != ST_OK || indicator_cube_new(&cube) != ST_OK)
                return -1;
        for (int i = 0; i < REPORTED; i++)
                for (int u = 0; u < COUNTIES; u++) {
                        for (int m = 0; m < MONTHS; m++)
                                facts[i][u][m] = drawn(i);
                        for (int y = 0; y < (MONTHS + 11) / 12; y++)
                                write_year(tx, i, u, FIRST + y, 1);
                }
        if (store_event(tx, &(StoreEvent){ .actor = STR("test"), .op = STR("init") }, NULL) != ST_OK || store_commit(&tx) != ST_OK)
                return -1;
        return 0;
}

static int drop_country(void **unused)
{
        (void)unused;
        indicator_cube_free(cube);
        store_close(store);
        pack_free(pack);
        arena_free(arena);
        static const char *const ends[] = { "", "-wal", "-shm" };
        for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
                char p[96];
                snprintf(p, sizeof(p), "%s%s", path, ends[i]);
                unlink(p);
        }
        rmdir(dir);
        return 0;
}

/* ---- by hand ---- */

typedef struct Plain {
        bool known;
        Dec value;
} Plain;

/* One indicator, one month, one unit: straight from the facts. */
static Plain plain_reported(int i, const PackUnit *unit, int m)
{
        Dec sum = dec_zero(), most = dec_zero(), least = dec_zero();
        int known = 0, lacking = 0;
        if (m >= MONTHS)
                return (Plain){ false, dec_zero() };
        for (int u = 0; u < COUNTIES; u++) {
                if (!pack_unit_within(county(u), unit))
                        continue;
                bool none = facts[i][u][m] == YEAR_NONE;
                if (unit == county(u) || i == NONE_)
                        return unit == county(u) && !none ? (Plain){ true, dec_from_i64(facts[i][u][m]) } : (Plain){ false, dec_zero() };
                if (none && pack->indicators[i]->missing != PACK_MISSING_ZERO) {
                        lacking += pack->indicators[i]->missing == PACK_MISSING_UNKNOWN;
                        continue;
                }
                Dec v = none ? dec_zero() : dec_from_i64(facts[i][u][m]);
                sum = dec_add(sum, v);
                most = known == 0 || dec_cmp(v, most) > 0 ? v : most;
                least = known == 0 || dec_cmp(v, least) < 0 ? v : least;
                known++;
        }
        if (lacking || known == 0)
                return (Plain){ false, dec_zero() };
        return (Plain){ true, i == MEAN ? dec_div(sum, dec_from_i64(known)) : i == MOST ? most : i == LEAST ? least : sum };
}

static void same(IndicatorBook *b, const char *name, const PackUnit *u, Period p, Plain want)
{
        FeelValue v;
        assert_ok(indicator_figure(b, pack_indicator(pack, str_c(name)), p, u, &v));
        if (feel_is(&v, FEEL_NUMBER) != want.known || (want.known && !dec_eq(v.number, want.value)))
                fail_msg("%s of %s in %d-%d", name, u->code.ptr, p.year, p.index);
        if (!want.known) {
                assert_true(feel_is(&v, FEEL_UNKNOWN));
                assert_true(v.unknown.len > 0);
        }
}

static Plain ratio_of(const PackUnit *u, int m)
{
        Plain a = plain_reported(SKIP, u, m), z = plain_reported(ZERO, u, m);
        if (!a.known || !z.known || dec_is_zero(z.value))
                return (Plain){ false, dec_zero() };
        return (Plain){ true, dec_mul(dec_div(a.value, z.value), dec_from_i64(100)) };
}

static void check_month(IndicatorBook *b, int m)
{
        for (size_t k = 0; k < pack->unit_count; k++) {
                const PackUnit *u = &pack->units[k];
                for (int i = 0; i < REPORTED; i++)
                        same(b, pack->indicators[i]->name.ptr, u, month_at(m), plain_reported(i, u, m));
                Plain ratio = ratio_of(u, m), mean = plain_reported(MEAN, u, m), sum = plain_reported(SUM, u, m), skip = plain_reported(SKIP, u, m);
                same(b, "ratio", u, month_at(m), ratio);
                Plain twice = { ratio.known && mean.known, dec_zero() };
                if (twice.known)
                        twice.value = dec_add(dec_mul(ratio.value, dec_from_i64(2)), dec_div(mean.value, dec_from_i64(3)));
                same(b, "twice", u, month_at(m), twice);
                Plain chosen = { sum.known && skip.known, dec_zero() };
                if (chosen.known)
                        chosen.value = dec_cmp(sum.value, dec_from_i64(500)) > 0 ? dec_sub(sum.value, skip.value) : dec_mul(skip.value, dec_from_i64(2));
                same(b, "chosen", u, month_at(m), chosen);
        }
}

/* Places by counting how many are better. */
static void check_places(IndicatorBook *b, const char *name, int m)
{
        const PackIndicator *ind = pack_indicator(pack, str_c(name));
        const FeelValue *v;
        assert_ok(indicator_figures(b, ind, month_at(m), &v));
        int known = 0, among = 0;
        for (size_t k = 0; k < pack->unit_count; k++) {
                among += pack->units[k].kind == ind->rank.among;
                known += pack->units[k].kind == ind->rank.among && feel_is(&v[k], FEEL_NUMBER);
        }
        for (size_t k = 0; k < pack->unit_count; k++) {
                const PackUnit *u = &pack->units[k];
                IndicatorPlace place;
                if (u->kind != ind->rank.among)
                        continue;
                assert_ok(indicator_place(b, ind, month_at(m), u, &place));
                assert_int_equal(place.of, among);
                if (!feel_is(&v[k], FEEL_NUMBER)) {
                        bool last = ind->rank.missing == PACK_RANK_LAST;
                        int64_t rank2 = ind->rank.ties == PACK_TIES_AVERAGE ? known + 1 + among : 2 * (known + 1);
                        assert_int_equal(place.rank2, last ? rank2 : 0);
                        continue;
                }
                int better = 0, equal = 0, worse = 0, steps = 0;
                for (size_t j = 0; j < pack->unit_count; j++) {
                        if (pack->units[j].kind != ind->rank.among || !feel_is(&v[j], FEEL_NUMBER))
                                continue;
                        int c = dec_cmp(v[j].number, v[k].number) * (ind->direction == PACK_LOWER ? -1 : 1);
                        better += c > 0;
                        equal += c == 0;
                        worse += c < 0;
                        bool first = true; /* of its figure among the better ones */
                        for (size_t i = 0; c > 0 && i < j; i++)
                                first = first && !(pack->units[i].kind == ind->rank.among && feel_is(&v[i], FEEL_NUMBER) && dec_eq(v[i].number, v[j].number));
                        steps += c > 0 && first;
                }
                int64_t want = ind->rank.ties == PACK_TIES_DENSE ? 2 * (steps + 1) : ind->rank.ties == PACK_TIES_AVERAGE ? 2 * better + 1 + equal : 2 * (better + 1);
                assert_int_equal(place.rank2, want);
                assert_int_equal(place.from_last, worse + (ind->rank.missing == PACK_RANK_LAST ? among - known : 0));
        }
}

static IndicatorBook *open_book(StoreTx **tx)
{
        assert_ok(store_begin(store, STORE_READ, NULL, tx));
        IndicatorBook *b = indicator_book_new(*tx, pack);
        assert_non_null(b);
        assert_ok(indicator_book_share(b, cube));
        return b;
}

static void close_book(IndicatorBook *b, StoreTx *tx)
{
        indicator_book_free(b);
        store_rollback(tx);
}

/* ---- tests ---- */

static void every_level_is_what_the_facts_say(void **unused)
{
        (void)unused;
        StoreTx *tx;
        IndicatorBook *b = open_book(&tx);
        assert_ok(indicator_book_load(b));
        int64_t loads = indicator_cube_loads(cube);
        for (int m = 0; m < MONTHS; m += 7)
                check_month(b, m);
        for (int m = 0; m < MONTHS; m += 3) {
                check_places(b, "sum", m);
                check_places(b, "ratio", m);
                check_places(b, "twice", m);
                check_places(b, "chosen", m);
        }
        assert_int_equal(indicator_cube_loads(cube), loads); /* everything was there */
        close_book(b, tx);
}

static void quarters_and_years_add_their_months_up(void **unused)
{
        (void)unused;
        StoreTx *tx;
        IndicatorBook *b = open_book(&tx);
        for (size_t k = 0; k < pack->unit_count; k++) {
                const PackUnit *u = &pack->units[k];
                Plain q = { false, dec_zero() };
                for (int m = 3; m < 6; m++) {
                        Plain v = plain_reported(SKIP, u, m);
                        if (v.known)
                                q = (Plain){ true, dec_add(q.value, v.value) };
                }
                same(b, "skip", u, (Period){ PERIOD_QUARTER, FIRST, 2 }, q);
                same(b, "running", u, (Period){ PERIOD_QUARTER, FIRST, 2 }, plain_reported(RUNNING, u, 5));
                same(b, "mean", u, (Period){ PERIOD_YEAR, FIRST, 1 }, plain_reported(MEAN, u, 11));
        }
        close_book(b, tx);
}

static void change(int i, int u, int m, int64_t to)
{
        StoreTx *tx;
        int64_t event;
        facts[i][u][m] = to;
        assert_ok(store_begin(store, STORE_WRITE, NULL, &tx));
        assert_ok(store_event(tx, &(StoreEvent){ .actor = STR("test"), .op = STR("form.report") }, &event));
        write_year(tx, i, u, FIRST + m / 12, event);
        assert_ok(store_commit(&tx));
}

static void a_changed_figure_shows_at_the_next_read(void **unused)
{
        (void)unused;
        for (int k = 0; k < 60; k++) {
                int m = (int)draw(MONTHS);
                change((int)draw(HUGE_), (int)draw(COUNTIES), m, draw(6) == 0 ? YEAR_NONE : draw(1000));
                StoreTx *tx;
                IndicatorBook *b = open_book(&tx);
                int64_t loads = indicator_cube_loads(cube);
                if (k % 6 == 0)
                        check_month(b, m);
                check_places(b, "ratio", m);
                check_places(b, "sum", m);
                assert_int_equal(indicator_cube_loads(cube), loads); /* changed in place, not read again */
                close_book(b, tx);
        }
        change(HUGE_, 3, 5, 12); /* decimals are read again */
        StoreTx *tx;
        IndicatorBook *b = open_book(&tx);
        check_month(b, 5);
        close_book(b, tx);
}

/* A book that began before a change goes on with what it saw, whoever brought the cube up to date. */
static void an_older_book_keeps_its_own_state(void **unused)
{
        (void)unused;
        StoreTx *tx, *later_tx;
        FeelValue before, after, again, other;
        const PackIndicator *sum = pack_indicator(pack, STR("skip")), *mean = pack_indicator(pack, STR("mean"));
        change(SKIP, 7, 4, 111);
        change(MEAN, 7, 4, 10);
        IndicatorBook *b = open_book(&tx);
        assert_ok(indicator_figure(b, sum, month_at(4), county(7), &before));
        change(SKIP, 7, 4, 222);
        change(MEAN, 7, 4, 20);
        IndicatorBook *later = open_book(&later_tx);
        assert_ok(indicator_figure(later, sum, month_at(4), county(7), &after));
        assert_ok(indicator_figure(b, sum, month_at(4), county(7), &again));
        assert_ok(indicator_figure(b, mean, month_at(4), county(7), &other)); /* asked for only now */
        assert_true(dec_eq(before.number, dec_from_i64(111)));
        assert_true(dec_eq(after.number, dec_from_i64(222)));
        assert_true(dec_eq(again.number, dec_from_i64(111)));
        assert_true(dec_eq(other.number, dec_from_i64(10)));
        close_book(b, tx);
        close_book(later, later_tx);
}

/* ---- readers and a writer at once ---- */

typedef struct Reading {
        pthread_t thread;
        bool stop, bad;
        int64_t reads;
} Reading;

/* The writer gives two counties of one city the same figure: a reader sees both or neither. */
static void *read_on(void *arg)
{
        Reading *r = arg;
        const PackIndicator *ind = pack_indicator(pack, STR("skip"));
        while (!__atomic_load_n(&r->stop, __ATOMIC_RELAXED)) {
                StoreTx *tx;
                FeelValue a, b2, city;
                if (store_begin(store, STORE_READ, NULL, &tx) != ST_OK)
                        break;
                IndicatorBook *b = indicator_book_new(tx, pack);
                r->bad |= !b || indicator_book_share(b, cube) != ST_OK || indicator_figure(b, ind, month_at(20), county(0), &a) != ST_OK ||
                          indicator_figure(b, ind, month_at(20), county(1), &b2) != ST_OK ||
                          indicator_figure(b, ind, month_at(20), county(0)->parent, &city) != ST_OK;
                if (!r->bad)
                        r->bad = a.kind != b2.kind || !dec_eq(a.number, b2.number) || !dec_eq(city.number, dec_mul(a.number, dec_from_i64(2)));
                indicator_book_free(b);
                store_rollback(tx);
                r->reads++;
                if (r->bad)
                        break;
        }
        return NULL;
}

static void readers_never_see_a_mixture(void **unused)
{
        (void)unused;
        Reading readers[4] = { 0 };
        for (int u = 0; u < COUNTIES / CITIES; u++)
                change(SKIP, u, 20, u < 2 ? 1 : YEAR_NONE);
        for (size_t i = 0; i < ARRAY_LEN(readers); i++)
                assert_int_equal(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
        for (int k = 2; k < 60; k++) {
                StoreTx *tx;
                int64_t event;
                assert_ok(store_begin(store, STORE_WRITE, NULL, &tx));
                assert_ok(store_event(tx, &(StoreEvent){ .actor = STR("test"), .op = STR("form.report") }, &event));
                facts[SKIP][0][20] = facts[SKIP][1][20] = k;
                write_year(tx, SKIP, 0, FIRST + 1, event);
                write_year(tx, SKIP, 1, FIRST + 1, event);
                assert_ok(store_commit(&tx));
        }
        for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
                __atomic_store_n(&readers[i].stop, true, __ATOMIC_RELAXED);
                pthread_join(readers[i].thread, NULL);
                assert_false(readers[i].bad);
                assert_true(readers[i].reads > 0);
        }
}

/* ---- faults ---- */

static Status look_once(IndicatorCube *c)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, STORE_READ, NULL, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, pack);
        IndicatorPlace place;
        FeelValue v;
        if (!b)
                return ST_NOMEM;
        TRY(indicator_book_share(b, c));
        TRY(indicator_place(b, pack_indicator(pack, STR("twice")), month_at(3), county(3), &place));
        return indicator_figure(b, pack_indicator(pack, STR("huge")), (Period){ PERIOD_YEAR, FIRST, 1 }, &pack->units[0], &v);
}

static void every_failing_allocation_ends_clean(void **unused)
{
        (void)unused;
        assert_ok(look_once(cube)); /* statements are prepared */
        for (uint64_t n = 1;; n += n < 400 ? 1 : 97) {
                IndicatorCube *c = NULL;
                assert_ok(indicator_cube_new(&c));
                mem_test_fail_at(n, 0);
                Status st = look_once(c);
                mem_test_fail_at(0, 0);
                if (st != ST_OK) {
                        assert_int_equal(st, ST_NOMEM);
                        assert_ok(look_once(c)); /* the cube is as good as before */
                }
                indicator_cube_free(c);
                if (st == ST_OK)
                        break;
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_level_is_what_the_facts_say),
                cmocka_unit_test(quarters_and_years_add_their_months_up),
                cmocka_unit_test(a_changed_figure_shows_at_the_next_read),
                cmocka_unit_test(an_older_book_keeps_its_own_state),
                cmocka_unit_test(readers_never_see_a_mixture),
                cmocka_unit_test(every_failing_allocation_ends_clean),
        };
        return cmocka_run_group_tests(tests, make_country, drop_country);
}
