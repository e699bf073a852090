/* bench_rollup.c -- roll-up, year-on-year, rankings and streaks of 10.8 million figures.
 *
 *     bench-rollup DB ANSWERS [COUNTIES MONTHS INDICATORS]
 *     bench-rollup --facts FILE [COUNTIES MONTHS INDICATORS]        the figures as CSV, for the peers
 *
 * Makes the database, then measures the CPU of: loading all figures, the job
 * (sums at four levels, their change against a year ago, three ratios ranked, the streaks among the last
 * two), and one changed figure seen in a new ranking.  Prints one line a measurement, "name seconds"; the
 * answers, to be compared with those of the peers, go to ANSWERS. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "indicator/cube.h"
#include "store/event.h"

enum { FIRST_YEAR = 2011, CITY_OF = 9, PROVINCE_OF = 11, RATIOS = 3, ROUNDS = 5 };

typedef struct Size {
        int counties, months, indicators;
} Size;

static void die(Status st, Diag *d, const char *what)
{
        if (st == ST_OK)
                return;
        Buf b = BUF_INIT(1 << 20);
        diag_print(d, &b);
        fprintf(stderr, "bench-rollup: %s: %s\n%s", what, status_name(st), buf_cstr(&b));
        exit(3);
}

static double cpu(void)
{
        struct timespec t;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the facts ---- */

static int64_t mixed(int64_t i, int64_t u, int64_t m)
{
        return (u * 1103515 + i * 7919 + m * 104729 + u * m % 10007 * 31 + i * u % 9973 * 17) % 1000003;
}

/* INT64_MIN: nobody has said. */
static int64_t fact(int64_t i, int64_t u, int64_t m)
{
        if (mixed(i + 7, u, m) % 1009 == 0)
                return INT64_MIN;
        int64_t den = 100000000 + mixed(i % 3 + 40, u, m) * 97;
        return i < 3 ? den / 10000 * (100 + u * 37 % 3001) + mixed(i, u, m) : i < 6 ? den : 1000 + mixed(i, u, m) * (i + 1);
}

/* ---- the pack ---- */

static void make_files(Size s, Buf *pack, Buf *units, Buf *indicators, Buf *form)
{
        buf_puts(pack, "pack: bench\ntitle: 汇总\nversion: '1'\nkinds: [{kind: nation, title: 国}, {kind: province, title: 省}, {kind: city, title: 市}, {kind: county, title: 县}]\n");
        buf_puts(units, "units:\n- {code: n, name: 全国, kind: nation, units: [");
        int cities = (s.counties + CITY_OF - 1) / CITY_OF;
        for (int c = 0; c < cities; c++) {
                if (c % PROVINCE_OF == 0)
                        buf_printf(units, "%s{code: p%d, name: 省%d, kind: province, units: [", c ? "]},\n" : "", c / PROVINCE_OF, c / PROVINCE_OF);
                buf_printf(units, "%s{code: c%d, name: 市%d, kind: city, units: [", c % PROVINCE_OF ? ", " : "", c, c);
                for (int u = c * CITY_OF; u < (c + 1) * CITY_OF && u < s.counties; u++)
                        buf_printf(units, "%s{code: u%05d, name: 县%d, kind: county}", u % CITY_OF ? ", " : "", u, u);
                buf_puts(units, "]}");
        }
        buf_puts(units, "]}]}\n");
        buf_puts(form, "form: f\ntitle: 表\nfor: county\nfrequency: month\nindicators: [");
        for (int i = 0; i < s.indicators; i++) {
                buf_printf(indicators, "- {indicator: i%02d, title: 指标%d, unit: 元, source: reported, rollup: sum, missing: skip, scale: 0}\n", i, i);
                buf_printf(form, "%si%02d", i ? ", " : "", i);
        }
        buf_puts(form, "]\n");
        for (int r = 0; r < RATIOS; r++)
                buf_printf(indicators, "- {indicator: r%d, title: 比率%d, unit: '%%', formula: i%02d / i%02d * 100, direction: higher, "
                           "rank: {among: county, ties: min, missing: excluded}, "
                           "alert: {bottom: 2, periods: 3, say: 后两位, action: 约谈, not reported: breaks}}\n", r, r, r, r + 3);
}

static Pack *make_pack(Size s)
{
        Buf b[4];
        for (int i = 0; i < 4; i++)
                b[i] = BUF_INIT(16 << 20);
        make_files(s, &b[0], &b[1], &b[2], &b[3]);
        PackFile files[] = { { STR("forms/f.yaml"), buf_str(&b[3]) }, { STR("indicators/i.yaml"), buf_str(&b[2]) },
                             { STR("pack.yaml"), buf_str(&b[0]) }, { STR("units.yaml"), buf_str(&b[1]) } };
        Pack *pack = NULL;
        Diag d = DIAG_INIT(LANG_EN);
        die(pack_load_files(files, 4, NULL, &d, &pack), &d, "pack");
        for (int i = 0; i < 4; i++)
                buf_release(&b[i]);
        return pack;
}

/* ---- the database ---- */

static void fill(Store *store, Size s)
{
        static const char *const columns[] = { "indicator", "year", "unit", "figures", "event" };
        StoreTx *tx;
        StoreBulk *bulk;
        Diag d = DIAG_INIT(LANG_EN);
        die(store_begin(store, STORE_WRITE, &d, &tx), &d, "begin");
        die(indicator_tables(tx), &d, "tables");
        die(store_event(tx, &(StoreEvent){ .actor = STR("bench"), .op = STR("init") }, NULL), &d, "event");
        die(store_bulk(tx, "indicator_year", columns, 5, &bulk), &d, "bulk");
        for (int i = 0; i < s.indicators; i++)
                for (int y = 0; y < (s.months + 11) / 12; y++)
                        for (int u = 0; u < s.counties; u++) {
                                int64_t v[12];
                                char bytes[96], ind[16], unit[16];
                                for (int m = 0; m < 12; m++)
                                        v[m] = y * 12 + m < s.months ? fact(i, u, y * 12 + m) : YEAR_NONE;
                                year_encode(v, 12, bytes);
                                int il = snprintf(ind, sizeof(ind), "i%02d", i), ul = snprintf(unit, sizeof(unit), "u%05d", u);
                                StoreValue row[] = { sv_text(str_n(ind, (size_t)il)), sv_i64(FIRST_YEAR + y), sv_text(str_n(unit, (size_t)ul)),
                                                     sv_blob(str_n(bytes, 96)), sv_i64(1) };
                                die(store_bulk_row(bulk, row), &d, "row");
                        }
        die(store_bulk_end(&bulk, NULL), &d, "bulk end");
        /* The county whose figure changes later has its figures one by one too, as reporting leaves them. */
        for (int i = 0; i < s.indicators; i++)
                for (int m = 0; m < s.months; m++) {
                        char ind[16];
                        int il = snprintf(ind, sizeof(ind), "i%02d", i);
                        int64_t v = fact(i, 0, m);
                        Period p = { PERIOD_MONTH, FIRST_YEAR + m / 12, m % 12 + 1 };
                        if (v != INT64_MIN)
                                die(store_exec(tx, "INSERT INTO indicator_value (indicator, unit, period, value, form, version, actor, at, event) "
                                               "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                                               STORE_ARGS(sv_text(str_n(ind, (size_t)il)), sv_cstr("u00000"), sv_i64(period_to_int(p)), sv_i64(v), sv_cstr("f"),
                                                          sv_i64(1), sv_cstr("bench"), sv_cstr("2020-01-01T00:00:00+08:00"), sv_i64(1)), NULL), &d, "value");
                }
        die(store_commit(&tx), &d, "commit");
}

static int write_facts(const char *path, Size s)
{
        FILE *f = fopen(path, "w");
        if (!f)
                return 3;
        for (int i = 0; i < s.indicators; i++)
                for (int u = 0; u < s.counties; u++)
                        for (int m = 0; m < s.months; m++) {
                                int64_t v = fact(i, u, m);
                                if (v != INT64_MIN)
                                        fprintf(f, "%d,%d,%d,%lld\n", i, u, m, (long long)v);
                        }
        return fclose(f) == 0 ? 0 : 3;
}

/* ---- the job ---- */

typedef struct Answers {
        int64_t sums[4], growth[4], ranks, streaks, streak_units;
} Answers;

enum { MOD = 1000003 };

static size_t number_in_level(const Pack *pack, size_t unit, size_t *next)
{
        return next[pack->units[unit].kind->index]++;
}

static void add_sums(const Pack *pack, const Column *c, Answers *a)
{
        size_t next[4] = { 0 };
        for (size_t u = 0; u < pack->unit_count; u++) {
                size_t k = number_in_level(pack, u, next), level = pack->units[u].kind->index;
                if (!c->none[u])
                        a->sums[level] += c->num[u] % MOD * (int64_t)(k + 1) % MOD;
        }
}

static void add_growth(const Pack *pack, const int64_t *g, const uint8_t *none, Answers *a)
{
        size_t next[4] = { 0 };
        for (size_t u = 0; u < pack->unit_count; u++) {
                size_t k = number_in_level(pack, u, next), level = pack->units[u].kind->index;
                if (!none[u])
                        a->growth[level] += (g[u] + 1000000) % MOD * (int64_t)(k + 1) % MOD;
        }
}

static void add_ranks(const Pack *pack, const Places *p, Answers *a)
{
        int64_t *by_unit = mem_calloc(pack->unit_count, sizeof(*by_unit));
        size_t county = 0;
        for (size_t r = 0; r < p->known; r++)
                by_unit[p->unit[r]] = p->rank2[r] / 2;
        for (size_t u = 0; u < pack->unit_count; u++)
                if (pack->units[u].kind->index == 3)
                        a->ranks += by_unit[u] * (int64_t)(++county) % MOD;
        mem_free(by_unit);
}

static Period month_at(int m)
{
        return (Period){ PERIOD_MONTH, FIRST_YEAR + m / 12, m % 12 + 1 };
}

/* Everything once; the checksums are made of what it gives and are not part of what is timed. */
static double job(IndicatorBook *b, const Pack *pack, Size s, Answers *out, double parts[4])
{
        size_t n = pack->unit_count;
        Column *c, *then;
        const Places *p;
        Diag d = DIAG_INIT(LANG_EN);
        Arena *arena = arena_new((size_t)1 << 30);
        int64_t *growth = mem_alloc(n * sizeof(*growth));
        uint8_t *none = mem_alloc(n);
        double begin = cpu(), at;
        for (int i = 0; i < s.indicators; i++)
                for (int m = 0; m < s.months; m++)
                        die(column_get(b, pack->indicators[i], month_at(m), &c), &d, "sums");
        parts[0] = (at = cpu()) - begin;
        for (int i = 0; i < s.indicators; i++)
                for (int m = 12; m < s.months; m++) {
                        die(column_get(b, pack->indicators[i], month_at(m), &c), &d, "growth");
                        die(column_get(b, pack->indicators[i], month_at(m - 12), &then), &d, "growth");
                        column_growth(c, then, n, growth, none);
                        if (out) {
                                double stop = cpu();
                                add_growth(pack, growth, none, out);
                                begin += cpu() - stop;
                                at += cpu() - stop;
                        }
                }
        parts[1] = cpu() - at;
        at = cpu();
        for (int r = 0; r < RATIOS; r++)
                for (int m = 0; m < s.months; m++) {
                        die(column_get(b, pack->indicators[s.indicators + r], month_at(m), &c), &d, "ratio");
                        die(column_places(b, c, &p), &d, "rank");
                }
        parts[2] = cpu() - at;
        at = cpu();
        for (int m = 0; m < s.months; m++) {
                IndicatorAlert *alerts;
                size_t count;
                die(indicator_alerts(b, month_at(m), arena, &alerts, &count), &d, "alerts");
                for (size_t k = 0; out && k < count; k++) {
                        out->streaks += alerts[k].counted;
                        out->streak_units += strtoll(alerts[k].unit->code.ptr + 1, NULL, 10) + 1;
                }
        }
        parts[3] = cpu() - at;
        double all = cpu() - begin;
        if (out) {
                for (int i = 0; i < s.indicators; i++)
                        for (int m = 0; m < s.months; m++) {
                                die(column_get(b, pack->indicators[i], month_at(m), &c), &d, "sums");
                                add_sums(pack, c, out);
                        }
                for (int r = 0; r < RATIOS; r++)
                        for (int m = 0; m < s.months; m++) {
                                die(column_get(b, pack->indicators[s.indicators + r], month_at(m), &c), &d, "ratio");
                                die(column_places(b, c, &p), &d, "rank");
                                add_ranks(pack, p, out);
                        }
        }
        mem_free(growth);
        mem_free(none);
        arena_free(arena);
        return all;
}

/* One figure of one county is reported anew; the CPU until a new ranking of the month stands. */
static double change_one(Store *store, const Pack *pack, IndicatorCube *cube, Size s, int round, double *ret_write)
{
        Buf b = BUF_INIT(4096);
        Diag d = DIAG_INIT(LANG_EN);
        Arena *a = arena_new(64 << 20);
        RegisterOutcome out;
        buf_printf(&b, "县,i00\nu00000,%d\n", 1000000 + round);
        IndicatorReport in = { .file_name = "c.csv", .bytes = buf_str(&b), .period = month_at(s.months - 1), .state = VALUE_SUBMITTED,
                               .actor = STR("bench"), .lang = LANG_EN };
        double begin = cpu();
        die(indicator_report(store, pack, pack_form(pack, STR("f")), &in, a, &d, &out), &d, "report");
        *ret_write = cpu() - begin;
        if (out.changed + out.added != 1)
                die(ST_INTERNAL, &d, "the figure did not change");
        begin = cpu();
        StoreTx *tx;
        Column *c;
        const Places *p;
        die(store_begin(store, STORE_READ, &d, &tx), &d, "read");
        IndicatorBook *book = indicator_book_new(tx, pack);
        die(indicator_book_share(book, cube), &d, "share");
        die(column_get(book, pack->indicators[s.indicators], month_at(s.months - 1), &c), &d, "ratio");
        die(column_places(book, c, &p), &d, "rank");
        double took = cpu() - begin;
        const PackUnit *u = pack_unit(pack, STR("u00000"));
        if (c->none[u->index] || c->num[u->index] != 1000000 + round)
                die(ST_INTERNAL, &d, "the ranking is of the old figure");
        indicator_book_free(book);
        store_rollback(tx);
        buf_release(&b);
        arena_free(a);
        return took;
}

static int by_value(const void *x, const void *y)
{
        double a = *(const double *)x, b = *(const double *)y;
        return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
        Size s = { 3000, 120, 30 };
        if (argc == 6)
                s = (Size){ (int)strtol(argv[3], NULL, 10), (int)strtol(argv[4], NULL, 10), (int)strtol(argv[5], NULL, 10) };
        else if (argc != 3)
                return 2;
        if (strcmp(argv[1], "--facts") == 0)
                return write_facts(argv[2], s);
        Diag d = DIAG_INIT(LANG_EN);
        Store *store;
        Pack *pack = make_pack(s);
        bool there = !store_is_url(argv[1]) && access(argv[1], F_OK) == 0;
        die(store_open(argv[1], &(StoreOptions){ .mode = STORE_CREATE }, &d, &store), &d, "open");
        if (!there)
                fill(store, s);
        double load[ROUNDS], whole[ROUNDS], parts[ROUNDS][4], values = (double)s.counties * s.months * s.indicators;
        Answers answers = { 0 };
        IndicatorCube *cube = NULL;
        for (int r = 0; r < ROUNDS; r++) {
                StoreTx *tx;
                indicator_cube_free(cube);
                die(indicator_cube_new(&cube), &d, "cube");
                die(store_begin(store, STORE_READ, &d, &tx), &d, "read");
                IndicatorBook *b = indicator_book_new(tx, pack);
                die(indicator_book_share(b, cube), &d, "share");
                double begin = cpu();
                die(indicator_book_load(b), &d, "load");
                load[r] = cpu() - begin;
                whole[r] = job(b, pack, s, r + 1 == ROUNDS ? &answers : NULL, parts[r]);
                indicator_book_free(b);
                store_rollback(tx);
        }
        double change[20], write[20];
        for (int r = 0; r < 20; r++)
                change[r] = change_one(store, pack, cube, s, (int)(getpid() % 1000) * 100 + r, &write[r]);
        qsort(load, ROUNDS, sizeof(double), by_value);
        qsort(whole, ROUNDS, sizeof(double), by_value);
        qsort(change, 20, sizeof(double), by_value);
        qsort(write, 20, sizeof(double), by_value);
        printf("load %.6f\nload_values_per_second %.0f\njob %.6f\nchange %.6f\nreport %.6f\n", load[ROUNDS / 2], values / load[ROUNDS / 2],
               whole[ROUNDS / 2], change[10], write[10]);
        for (int k = 0; k < 4; k++)
                printf("part_%s %.6f\n", (const char *[]){ "sums", "growth", "ranks", "streaks" }[k], parts[ROUNDS / 2][k]);
        FILE *f = fopen(argv[2], "w");
        if (!f)
                return 3;
        for (int k = 0; k < 4; k++)
                fprintf(f, "sums%d %lld\ngrowth%d %lld\n", k, (long long)answers.sums[k], k, (long long)answers.growth[k]);
        fprintf(f, "ranks %lld\nstreaks %lld\nstreak_units %lld\n", (long long)answers.ranks, (long long)answers.streaks, (long long)answers.streak_units);
        fclose(f);
        indicator_cube_free(cube);
        store_close(store);
        pack_free(pack);
        return 0;
}
