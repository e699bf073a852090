/* cube.c -- the columns of a database's newest state, shared by books; columns made when they are asked for.
 *
 * One lock a cube: a reader holds it while columns are found or made, never while it uses them
 * (they do not change, and it has pinned them). */
#include <pthread.h>

#include "indicator/cube.h"
#include "pack/scope.h"
#include "store/event.h"

enum { FIRST_YEAR = 1900, YEARS = 1100, SLOTS = 19, SCAN_ROWS = 4096 };
#define CUBE_BYTES_MAX ((size_t)3 << 30)
#define PINS_MAX ((size_t)1 << 22)

/* Columns of an indicator and a year, by kind and number of the period. */
typedef struct Year {
        Column *slots[SLOTS];
        bool loaded;            /* what was reported for the year is here */
} Year;

typedef struct Indicator {
        Year *years[YEARS];
        FeelBatch *batch;       /* of a formula */
} Indicator;

struct IndicatorCube {
        pthread_mutex_t lock;
        const Pack *pack;       /* NULL: empty */
        int64_t seq;            /* of the event chain it stands at */
        Date day;               /* expressions may ask for today */
        Indicator **indicators; /* by index; NULL: nothing asked of it yet */
        Roller *roller;
        FeelExec *exec;
        FeelColumn *inputs;     /* of formulas: by indicator */
        size_t bytes;
        bool pack_changes_units;        /* some units were others before */
        bool pack_has_reporting;        /* some indicators say how forms are reported */
        int64_t loads;          /* years read from the database, for tests */
};

static size_t slot_of(Period p)
{
        static const size_t first[] = {
                [PERIOD_YEAR] = 0, [PERIOD_HALF] = 1, [PERIOD_QUARTER] = 3, [PERIOD_MONTH] = 7
        };
        return first[p.kind] + (size_t)p.index - 1;
}

/* ---- life ---- */

static void forget(IndicatorCube *c)
{
        for (size_t i = 0; c->pack && c->indicators && i < c->pack->indicator_count; i++) {
                Indicator *ind = c->indicators[i];
                if (!ind)
                        continue;
                for (size_t y = 0; y < YEARS; y++) {
                        for (size_t s = 0; ind->years[y] && s < SLOTS; s++)
                                column_drop(ind->years[y]->slots[s]);
                        mem_free(ind->years[y]);
                }
                feel_batch_free(ind->batch);
                mem_free(ind);
        }
        mem_free(c->indicators);
        mem_free(c->inputs);
        roller_free(c->roller);
        c->indicators = NULL;
        c->inputs = NULL;
        c->roller = NULL;
        c->pack = NULL;
        c->bytes = 0;
}

Status indicator_cube_new(IndicatorCube **ret)
{
        IndicatorCube *c = mem_calloc(1, sizeof(*c));
        if (!c || pthread_mutex_init(&c->lock, NULL) != 0) {
                mem_free(c);
                return ST_NOMEM;
        }
        *ret = c;
        return ST_OK;
}

void indicator_cube_free(IndicatorCube *c)
{
        if (!c)
                return;
        forget(c);
        feel_exec_free(c->exec);
        pthread_mutex_destroy(&c->lock);
        mem_free(c);
}

void indicator_cube_clear(IndicatorCube *c)
{
        pthread_mutex_lock(&c->lock);
        forget(c);
        pthread_mutex_unlock(&c->lock);
}

int64_t indicator_cube_loads(const IndicatorCube *c)
{
        return c->loads;
}

static Status begin(IndicatorCube *c, const Pack *pack, int64_t seq)
{
        forget(c);
        if (!c->exec)
                c->exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        c->indicators = mem_calloc(pack->indicator_count + 1, sizeof(*c->indicators));
        c->inputs = mem_calloc(pack->indicator_count + 1, sizeof(*c->inputs));
        if (!c->exec || !c->indicators || !c->inputs || roller_new(pack, &c->roller) != ST_OK) {
                forget(c);
                return ST_NOMEM;
        }
        c->pack = pack;
        c->pack_changes_units = c->pack_has_reporting = false;
        for (size_t i = 0; i < pack->unit_count; i++)
                c->pack_changes_units = c->pack_changes_units || pack->units[i].was_count;
        for (size_t i = 0; i < pack->indicator_count; i++)
                c->pack_has_reporting = c->pack_has_reporting || pack->indicators[i]->source >= PACK_TIMELINESS;
        c->seq = seq;
        c->day = clock_today();
        return ST_OK;
}

static Status year_at(IndicatorCube *c, const PackIndicator *ind, int32_t year, Year **ret)
{
        if (year < FIRST_YEAR || year >= FIRST_YEAR + YEARS)
                return ST_LIMIT;
        Indicator **of = &c->indicators[ind->index];
        if (!*of && !(*of = mem_calloc(1, sizeof(**of))))
                return ST_NOMEM;
        Year **y = &(*of)->years[year - FIRST_YEAR];
        if (!*y && !(*y = mem_calloc(1, sizeof(**y))))
                return ST_NOMEM;
        *ret = *y;
        return ST_OK;
}

static void keep(IndicatorCube *c, Column **slot, Column *made)
{
        if (*slot) {
                c->bytes -= (*slot)->bytes;
                column_drop(*slot);
        }
        *slot = made;
        if (made) {
                made->cube = c;
                c->bytes += made->bytes;
        }
}

/* ---- reported ---- */

/* Columns of a year that is being read. */
typedef struct Loading {
        IndicatorCube *cube;
        const PackIndicator *ind;
        int32_t year;
        Year *into;
        Column *columns[YEAR_SLOTS_MAX];
} Loading;

static void load_drop(Loading *l)
{
        for (size_t i = 0; i < YEAR_SLOTS_MAX; i++)
                column_drop(l->columns[i]);
        *l = (Loading){ 0 };
}

static Status load_begin(IndicatorCube *c, const PackIndicator *ind, int32_t year, Loading *l)
{
        *l = (Loading){ .cube = c, .ind = ind, .year = year };
        TRY(year_at(c, ind, year, &l->into));
        for (int i = 0; i < year_slots(ind->frequency); i++)
                TRY(column_new(c->pack, ind, (Period){ ind->frequency, year, i + 1 }, COLUMN_I64, &l->columns[i]));
        return ST_OK;
}

static void load_row(Loading *l, size_t unit, Str bytes)
{
        int64_t v[YEAR_SLOTS_MAX];
        size_t n = year_decode(bytes, v), slots = (size_t)year_slots(l->ind->frequency);
        for (size_t i = 0; i < n && i < slots; i++) {
                bool none = v[i] == YEAR_NONE;
                l->columns[i]->none[unit] = none;
                l->columns[i]->num[unit] = none ? 0 : v[i];
        }
}

static void load_end(Loading *l)
{
        for (int i = 0; i < year_slots(l->ind->frequency); i++) {
                Column *c = TAKE(l->columns[i]);
                keep(l->cube, &l->into->slots[slot_of(c->period)], c);
        }
        l->into->loaded = true;
        l->cube->loads++;
}

static Status load_year(IndicatorCube *c, StoreTx *tx, const PackIndicator *ind, int32_t year)
{
        static const StoreType types[] = { STORE_TEXT, STORE_BLOB };
        _cleanup_(load_drop) Loading l = { 0 };
        TRY(load_begin(c, ind, year, &l));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, "SELECT unit, figures FROM indicator_year WHERE indicator = $1 AND year = $2",
                       STORE_ARGS(sv_text(ind->name), sv_i64(year)), types, 2, SCAN_ROWS, &s));
        const StoreVector *cols;
        size_t rows;
        while (store_scan_next(s, &cols, &rows))
                for (size_t i = 0; i < rows; i++) {
                        const PackUnit *u = pack_unit(c->pack, cols[0].str[i]);
                        if (u)
                                load_row(&l, u->index, cols[1].str[i]);
                }
        TRY(store_scan_done(s));
        load_end(&l);
        return ST_OK;
}

/* Everything there is, in the order of the table's key: the fastest way to read it. */
static Status load_all(IndicatorCube *c, StoreTx *tx)
{
        static const StoreType types[] = { STORE_TEXT, STORE_I64, STORE_TEXT, STORE_BLOB };
        _cleanup_(load_drop) Loading l = { 0 };
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, "SELECT indicator, year, unit, figures FROM indicator_year ORDER BY indicator, year, unit",
                       STORE_NO_ARGS, types, 4, SCAN_ROWS, &s));
        const StoreVector *cols;
        size_t rows;
        bool skip = true; /* of an indicator that is not in the pack */
        _cleanup_buf_ Buf at = BUF_INIT(4096);
        size_t next = 0; /* rows of a year mostly come in the order of the last one: guess the unit */
        while (store_scan_next(s, &cols, &rows))
                for (size_t i = 0; i < rows; i++) {
                        int32_t year = (int32_t)cols[1].i64[i];
                        if (!str_eq(buf_str(&at), cols[0].str[i]) || year != l.year) {
                                if (l.ind)
                                        load_end(&l);
                                load_drop(&l);
                                buf_clear(&at);
                                buf_put(&at, cols[0].str[i].ptr, cols[0].str[i].len);
                                TRY(buf_status(&at));
                                const PackIndicator *ind = pack_indicator(c->pack, cols[0].str[i]);
                                skip = !ind || ind->source != PACK_REPORTED;
                                if (!skip)
                                        TRY(load_begin(c, ind, year, &l));
                                l.year = year;
                                next = 0;
                        }
                        if (skip)
                                continue;
                        const PackUnit *u = NULL;
                        for (size_t k = 0; k < 4 && !u && next + k < c->pack->unit_count; k++)
                                if (str_eq(c->pack->units[next + k].code, cols[2].str[i]))
                                        u = &c->pack->units[next + k];
                        if (!u)
                                u = pack_unit(c->pack, cols[2].str[i]);
                        if (u) {
                                load_row(&l, u->index, cols[3].str[i]);
                                next = u->index + 1;
                        }
                }
        TRY(store_scan_done(s));
        if (l.ind)
                load_end(&l);
        return ST_OK;
}

/* ---- bringing it up to date ---- */

/* Is a figure of ind (by index) used by the others?  dep[i] says so. */
static void find_dependents(const Pack *pack, const PackIndicator *ind, bool *dep)
{
        dep[ind->index] = true;
        for (bool again = true; again;) {
                again = false;
                for (size_t i = 0; i < pack->indicator_count; i++)
                        for (size_t k = 0; !dep[i] && k < pack->indicators[i]->use_count; k++)
                                if (dep[pack->indicators[i]->uses[k]->index])
                                        dep[i] = again = true;
        }
}

/* Everything but what was reported. */
static void drop_all_computed(IndicatorCube *c)
{
        for (size_t i = 0; i < c->pack->indicator_count; i++)
                for (size_t y = 0; c->indicators[i] && y < YEARS; y++) {
                        Year *year = c->indicators[i]->years[y];
                        const PackIndicator *ind = c->pack->indicators[i];
                        for (size_t s = 0; year && s < SLOTS; s++)
                                if (year->slots[s] &&
                                    (ind->source != PACK_REPORTED || year->slots[s]->period.kind != ind->frequency))
                                        keep(c, &year->slots[s], NULL);
                }
}

/* Columns that were computed of the year's figures of an indicator. */
static void drop_computed(IndicatorCube *c, const bool *dep, const PackIndicator *changed, int32_t year)
{
        /* Over time, and where units were others before, later years follow from earlier ones. */
        bool beyond = c->pack_changes_units;
        for (size_t i = 0; i < c->pack->indicator_count; i++)
                beyond = beyond || (dep[i] && c->pack->indicators[i]->source == PACK_SERIES);
        if (beyond) {
                drop_all_computed(c);
                return;
        }
        for (size_t i = 0; i < c->pack->indicator_count; i++) {
                Year *y = dep[i] && c->indicators[i] ? c->indicators[i]->years[year - FIRST_YEAR] : NULL;
                for (size_t s = 0; y && s < SLOTS; s++) {
                        bool reported = c->pack->indicators[i] == changed && y->slots[s] &&
                                        y->slots[s]->period.kind == changed->frequency;
                        if (!reported)
                                keep(c, &y->slots[s], NULL);
                }
        }
}

/* The column with another figure of one unit in it. */
static Status changed_column(IndicatorCube *c, const Column *old, size_t unit, int64_t figure, Column **ret)
{
        size_t n = c->pack->unit_count;
        Column *made;
        TRY(column_new(c->pack, old->indicator, old->period, COLUMN_I64, &made));
        const PackUnitKind *kind = old->rolled ? indicator_reporters(c->pack, old->indicator) : NULL;
        memcpy(made->num, old->num, n * sizeof(*made->num));
        memcpy(made->none, old->none, n);
        /* What was rolled up goes out again. */
        for (size_t i = 0; kind && i < n; i++)
                if (c->pack->units[i].kind != kind && !(old->own && old->own[i])) {
                        made->none[i] = 1;
                        made->num[i] = 0;
                }
        made->none[unit] = figure == YEAR_NONE;
        made->num[unit] = figure == YEAR_NONE ? 0 : figure;
        *ret = made;
        return ST_OK;
}

static Status change_row(IndicatorCube *c, const PackIndicator *ind, int32_t year, const PackUnit *unit, Str bytes,
                         bool *ret_changed)
{
        int64_t v[YEAR_SLOTS_MAX];
        size_t n = year_decode(bytes, v);
        Year *y = c->indicators[ind->index]->years[year - FIRST_YEAR];
        for (size_t i = 0; i < n && i < (size_t)year_slots(ind->frequency); i++) {
                Column **slot = &y->slots[slot_of((Period){ ind->frequency, year, (int32_t)i + 1 })];
                const Column *old = *slot;
                if (!old || old->rep == COLUMN_DEC) { /* read again when somebody asks */
                        y->loaded = false;
                        *ret_changed = true;
                        return ST_OK;
                }
                bool rolled = old->rolled && old->none[unit->index] == 0 &&
                              unit->kind != indicator_reporters(c->pack, ind) && !(old->own && old->own[unit->index]);
                bool none = old->none[unit->index] || rolled;
                if (none ? v[i] == YEAR_NONE : v[i] == old->num[unit->index])
                        continue;
                Column *made;
                TRY(changed_column(c, old, unit->index, v[i], &made));
                keep(c, slot, made);
                *ret_changed = true;
        }
        return ST_OK;
}

static Status advance(IndicatorCube *c, StoreTx *tx, int64_t seq)
{
        int64_t others;
        TRY(store_get_i64(tx, "SELECT count(*) FROM event WHERE seq > $1 AND seq <= $2 AND substr(op, 1, 5) <> 'form.'",
                          STORE_ARGS(sv_i64(c->seq), sv_i64(seq)), &others));
        if (others || c->pack_has_reporting)
                drop_all_computed(c); /* a register may have changed, or a report came */
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        _cleanup_free_ bool *dep = mem_calloc(c->pack->indicator_count + 1, sizeof(*dep));
        if (!dep)
                return ST_NOMEM;
        TRY(store_query_many(tx,
                             "SELECT indicator, year, unit, figures FROM indicator_year WHERE event > $1",
                             STORE_ARGS(sv_i64(c->seq)), &q));
        while (store_next(q)) {
                const PackIndicator *ind = pack_indicator(c->pack, store_text(q, 0));
                int64_t year = store_i64(q, 1);
                const PackUnit *unit = pack_unit(c->pack, store_text(q, 2));
                if (!ind || ind->source != PACK_REPORTED || !unit || year < FIRST_YEAR || year >= FIRST_YEAR + YEARS ||
                    !c->indicators[ind->index])
                        continue;
                Year *y = c->indicators[ind->index]->years[year - FIRST_YEAR];
                bool changed = false;
                if (!y || !y->loaded)
                        continue;
                TRY(change_row(c, ind, (int32_t)year, unit, store_blob(q, 3), &changed));
                if (!changed)
                        continue;
                memset(dep, 0, c->pack->indicator_count * sizeof(*dep));
                find_dependents(c->pack, ind, dep);
                drop_computed(c, dep, ind, (int32_t)year);
        }
        TRY(store_done(q));
        c->seq = seq;
        return ST_OK;
}

Status indicator_book_share(IndicatorBook *b, IndicatorCube *c)
{
        if (store_mode(b->tx) != STORE_READ || b->pins.len)
                return ST_OK;
        TRY(store_event_head(b->tx, &b->seq));
        Date today = clock_today();
        pthread_mutex_lock(&c->lock);
        Status st = ST_OK;
        if (c->pack != b->pack || date_cmp(c->day, today) != 0 || c->bytes > CUBE_BYTES_MAX)
                st = begin(c, b->pack, b->seq);
        else if (c->seq < b->seq)
                st = advance(c, b->tx, b->seq);
        if (st == ST_OK && c->seq == b->seq)
                b->cube = b->shared = c;
        else if (st != ST_OK)
                forget(c);
        pthread_mutex_unlock(&c->lock);
        return st;
}

Status indicator_book_load(IndicatorBook *b)
{
        IndicatorCube *c;
        TRY(indicator_book_cube(b, &c));
        pthread_mutex_lock(&c->lock);
        Status st = c->pack == b->pack && c->seq == b->seq ? load_all(c, b->tx) : ST_OK;
        pthread_mutex_unlock(&c->lock);
        return st;
}

/* ---- computed ---- */

static Status want(IndicatorCube *c, IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret) FALLIBLE;

/* The same figures at another period. */
static Status alias(Column *of, const PackIndicator *ind, Period period, Column **ret)
{
        Column *c = mem_calloc(1, sizeof(*c));
        if (!c)
                return ST_NOMEM;
        *c = *of;
        c->indicator = ind;
        c->period = period;
        c->refs = 1;
        c->same = of;
        c->places = NULL;
        c->bytes = sizeof(*c);
        of->refs++;
        *ret = c;
        return ST_OK;
}

static Status added_up(IndicatorCube *c, IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret)
{
        Period last = period_of(period_last_day(period), ind->frequency);
        Period at = period_of(period_first_day(period), ind->frequency);
        Column *parts[YEAR_SLOTS_MAX];
        size_t n = 0;
        for (; period_cmp(at, last) <= 0 && n < YEAR_SLOTS_MAX; at = period_add(at, 1))
                TRY(want(c, b, ind, at, &parts[n++]));
        TRY(column_new(c->pack, ind, period, COLUMN_I64, ret));
        Status st = column_add_up(c->pack, parts, n, *ret);
        if (st != ST_OK)
                column_drop(TAKE(*ret));
        return st;
}

static Status reported(IndicatorCube *c, IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret)
{
        Column *part;
        bool add = period.kind < ind->frequency && !ind->cumulative && ind->rollup == PACK_ROLLUP_SUM;
        if (add)
                return added_up(c, b, ind, period, ret);
        TRY(want(c, b, ind, period_of(period_last_day(period), ind->frequency), &part));
        return alias(part, ind, period, ret);
}

/* Numbers of a register, which come as values, as a column. */
static Status derived(IndicatorCube *c, IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret)
{
        size_t n = c->pack->unit_count;
        _cleanup_arena_ Arena *a = arena_new((size_t)512 << 20);
        FeelValue *values = a ? arena_array_of(a, FeelValue, n + 1) : NULL;
        if (!values)
                return ST_NOMEM;
        TRY(register_query_by_unit(b->cache, ind->query, period, a, values));
        bool whole = true;
        int64_t scaled;
        for (size_t i = 0; i < n; i++)
                whole = whole &&
                        (!feel_is(&values[i], FEEL_NUMBER) || dec_to_scaled(values[i].number, ind->scale, &scaled));
        Column *made;
        TRY(column_new(c->pack, ind, period, whole ? COLUMN_I64 : COLUMN_DEC, &made));
        for (size_t i = 0; i < n; i++) {
                made->none[i] = !feel_is(&values[i], FEEL_NUMBER);
                if (made->none[i])
                        continue;
                if (made->dec)
                        made->dec[i] = values[i].number;
                else if (dec_to_scaled(values[i].number, ind->scale, &scaled))
                        made->num[i] = scaled;
        }
        made->arena = TAKE(a);
        made->values = values;
        made->bytes += arena_used(made->arena);
        column_measure(made, n);
        *ret = made;
        return ST_OK;
}

/* A part as an input of the batch executor.  A quotient is carried out first: that is the number a formula sees. */
static Status input_of(IndicatorCube *c, const Column *part, FeelColumn *ret)
{
        size_t n = c->pack->unit_count;
        *ret = (FeelColumn){ .kind = FEEL_COL_SCALED, .scale = part->scale, .scaled = part->num,
                             .unknown = part->none_count ? part->none : NULL, .unknown_name = part->indicator->name };
        if (part->rep == COLUMN_I64 && part->scale >= 0 && part->scale <= 18)
                return ST_OK;
        const Dec *dec = part->dec;
        if (part->rep != COLUMN_DEC) {
                Dec *made = arena_array_of(feel_exec_arena(c->exec), Dec, n + 1);
                if (!made)
                        return ST_NOMEM;
                for (size_t i = 0; i < n; i++)
                        made[i] = part->none[i] ? dec_zero() : column_number(part, i);
                dec = made;
        }
        ret->kind = FEEL_COL_DEC;
        ret->scale = 0;
        ret->dec = dec;
        return ST_OK;
}

static Status take_results(IndicatorCube *c, const FeelColumn *from, Column *to)
{
        size_t n = c->pack->unit_count;
        TRY(column_to_dec(c->pack, to));
        for (size_t i = 0; i < n; i++) {
                FeelValue v;
                TRY(feel_column_get(feel_exec_arena(c->exec), from, i, &v));
                to->none[i] = !feel_is(&v, FEEL_NUMBER);
                to->dec[i] = to->none[i] ? dec_zero() : v.number;
        }
        return ST_OK;
}

static Status evaluate(IndicatorCube *c, const PackIndicator *ind, Column *to)
{
        Indicator *of = c->indicators[ind->index];
        size_t n = c->pack->unit_count, slots = c->pack->indicator_count;
        if (!of->batch)
                TRY(feel_batch_new(ind->formula.program, NULL, 0, &of->batch));
        FeelRatios r = { .num = to->num, .den = to->den, .none = to->none };
        bool ok;
        TRY(feel_batch_eval_ratios(of->batch, c->exec, c->inputs, slots, n, &r, &ok));
        if (ok) {
                to->scale = r.scale;
                if (!r.divided && r.scale >= 0) {
                        mem_free(TAKE(to->den));
                        to->rep = COLUMN_I64;
                        to->bytes -= n * sizeof(int64_t);
                }
                return ST_OK;
        }
        FeelColumn out;
        memset(to->none, 1, n);
        TRY(feel_batch_eval(of->batch, c->exec, c->inputs, slots, n, &out));
        return take_results(c, &out, to);
}

static Status formula(IndicatorCube *c, IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret)
{
        _cleanup_free_ Column **parts = mem_calloc(ind->use_count + 1, sizeof(Column *));
        Year *unused; /* the indicator's own place, for its batch */
        Column *made;
        if (!parts)
                return ST_NOMEM;
        TRY(year_at(c, ind, period.year, &unused));
        for (size_t i = 0; i < ind->use_count; i++)
                TRY(want(c, b, ind->uses[i], period, &parts[i]));
        feel_exec_reset(c->exec);
        TRY(column_new(c->pack, ind, period, COLUMN_RATIO, &made));
        Status st = ST_OK;
        for (size_t i = 0; st == ST_OK && i < ind->use_count; i++)
                st = input_of(c, parts[i], &c->inputs[ind->uses[i]->index]);
        if (st == ST_OK)
                st = evaluate(c, ind, made);
        for (size_t i = 0; i < ind->use_count; i++)
                c->inputs[ind->uses[i]->index] = (FeelColumn){ 0 };
        if (st != ST_OK) {
                column_drop(made);
                return st;
        }
        column_measure(made, c->pack->unit_count);
        *ret = made;
        return ST_OK;
}

/* Another indicator's figures over time. */
static Status series(IndicatorCube *c, IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret)
{
        Column *parts[PACK_SERIES_MAX];
        Period periods[PACK_SERIES_MAX];
        size_t n = indicator_series_periods(ind, period, periods);
        for (size_t i = 0; i < n; i++)
                TRY(want(c, b, ind->uses[0], periods[i], &parts[i]));
        return n == 1 ? alias(parts[0], ind, period, ret) : column_series(c->pack, ind, period, parts, n, ret);
}

/* ---- asking ---- */

static Status pin(IndicatorBook *b, Column *col)
{
        for (size_t i = b->pins.len; i-- > 0 && b->pins.len - i <= 8;)
                if (b->pins.data[i] == col)
                        return ST_OK;
        if (!VEC_PUSH(&b->pins, col, PINS_MAX))
                return ST_NOMEM;
        col->refs++;
        return ST_OK;
}

/* With the lock held.  The column is the cube's; whoever goes on without the lock pins it. */
static Status want(IndicatorCube *c, IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret)
{
        Year *year;
        TRY(year_at(c, ind, period.year, &year));
        Column **slot = &year->slots[slot_of(period)];
        bool at_rest = ind->source == PACK_REPORTED && period.kind == ind->frequency;
        if (at_rest && !year->loaded)
                TRY(load_year(c, b->tx, ind, period.year));
        if (!*slot) {
                Column *made = NULL;
                switch (ind->source) {
                case PACK_REPORTED: TRY(reported(c, b, ind, period, &made)); break;
                case PACK_DERIVED: TRY(derived(c, b, ind, period, &made)); break;
                case PACK_SERIES: TRY(series(c, b, ind, period, &made)); break;
                case PACK_TIMELINESS:
                case PACK_COMPLETENESS: TRY(column_of_form(b, c->roller, ind, period, &made)); break;
                default: TRY(formula(c, b, ind, period, &made));
                }
                keep(c, slot, made);
        }
        if (at_rest && !(*slot)->rolled) /* nobody has it yet */
                TRY(column_roll_up(c->roller, *slot));
        *ret = *slot;
        return ST_OK;
}

Status indicator_book_cube(IndicatorBook *b, IndicatorCube **ret)
{
        if (!b->cube) {
                if (!b->own_cube)
                        TRY(indicator_cube_new(&b->own_cube));
                if (!b->own_cube->pack)
                        TRY(begin(b->own_cube, b->pack, b->seq));
                b->cube = b->own_cube;
        }
        *ret = b->cube;
        return ST_OK;
}

Status column_get(IndicatorBook *b, const PackIndicator *ind, Period period, Column **ret)
{
        IndicatorCube *c;
        TRY(indicator_book_cube(b, &c));
        pthread_mutex_lock(&c->lock);
        if (c != b->own_cube && (c->pack != b->pack || c->seq != b->seq)) {
                /* It went on without this book, which reads an older state: from now on by itself. */
                pthread_mutex_unlock(&c->lock);
                b->cube = NULL;
                return column_get(b, ind, period, ret);
        }
        Status st = want(c, b, ind, period, ret);
        if (st == ST_OK)
                st = pin(b, *ret);
        pthread_mutex_unlock(&c->lock);
        return st;
}

void indicator_book_unpin(IndicatorBook *b)
{
        IndicatorCube *c = b->shared;
        if (c)
                pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < b->pins.len; i++)
                column_drop(b->pins.data[i]);
        if (c)
                pthread_mutex_unlock(&c->lock);
        VEC_RELEASE(&b->pins);
}

Status column_places(IndicatorBook *b, Column *c, const Places **ret)
{
        pthread_mutex_lock(&c->cube->lock); /* of the cube that made it, even when that has gone on */
        Status st = c->places ? ST_OK : places_make(b->pack, c, &c->places);
        *ret = c->places;
        pthread_mutex_unlock(&c->cube->lock);
        return st;
}
