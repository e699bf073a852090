/* roll.c -- columns as arithmetic: from the units that report to those above them, and over periods.
 *
 * Units stand depth first, a parent before its children, so one walk from the last to the
 * first adds every unit into its parent.  Sums are int64 when the largest figure times the
 * number of units fits; otherwise the column goes on in decimal128. */
#include "indicator/cube.h"

struct Roller {
        const Pack *pack;
        size_t n;
        uint32_t *parent;       /* of each unit; n for those at the top */
        int64_t *reports;       /* all ones: the unit reports; zero: it does not */
        uint32_t *below;        /* units below that report */
        uint64_t *counts;       /* … and have a figure or count as zero; above 32 bits: and make the sum UNKNOWN */
        uint32_t *others;       /* units of other kinds than the one that reports */
        size_t other_count;
        uint8_t *seen;
        int64_t *sum;
        Dec *dec;               /* instead of sum */
        bool dated;             /* some unit begins or ends: who reports depends on the day */
        const PackUnitKind *kind;       /* that reports and below were found for */
        Date on;
};

void roller_free(Roller *r)
{
        if (!r)
                return;
        mem_free(r->parent);
        mem_free(r->reports);
        mem_free(r->below);
        mem_free(r->counts);
        mem_free(r->others);
        mem_free(r->seen);
        mem_free(r->sum);
        mem_free(r->dec);
        mem_free(r);
}

Status roller_new(const Pack *pack, Roller **ret)
{
        size_t n = pack->unit_count;
        _cleanup_roller_ Roller *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        r->pack = pack;
        r->n = n;
        r->parent = mem_calloc(n + 1, sizeof(*r->parent));
        r->reports = mem_calloc(n + 1, sizeof(*r->reports));
        r->below = mem_calloc(n + 1, sizeof(*r->below));
        r->counts = mem_calloc(n + 1, sizeof(*r->counts));
        r->others = mem_calloc(n + 1, sizeof(*r->others));
        r->seen = mem_calloc(n + 1, sizeof(*r->seen));
        r->sum = mem_calloc(n + 1, sizeof(*r->sum));
        r->dec = mem_calloc(n + 1, sizeof(*r->dec));
        if (!r->parent || !r->reports || !r->below || !r->counts || !r->others || !r->seen || !r->sum || !r->dec)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                const PackUnit *u = &pack->units[i];
                r->parent[i] = (uint32_t)(u->parent ? u->parent->index : n);
                r->dated = r->dated || u->from.month || u->to.month;
        }
        *ret = TAKE(r);
        return ST_OK;
}

static void find_reporters(Roller *r, const PackUnitKind *kind, Date on)
{
        if (r->kind == kind && (!r->dated || date_cmp(r->on, on) == 0))
                return;
        memset(r->below, 0, (r->n + 1) * sizeof(*r->below));
        r->other_count = 0;
        for (size_t i = r->n; i-- > 0;) {
                const PackUnit *u = &r->pack->units[i];
                if (u->kind != kind)
                        r->others[r->other_count++] = (uint32_t)i;
                r->reports[i] = u->kind == kind && pack_unit_exists_on(u, on) ? -1 : 0;
                r->below[r->parent[i]] += r->below[i] + (r->reports[i] != 0);
        }
        r->kind = kind;
        r->on = on;
}

/* Sums of the units that report, into all above them; what has no figure stands as zero. */
static void sum_i64(Roller *r, const Column *c)
{
        const int64_t *v = c->num, *reports = r->reports;
        const uint32_t *parent = r->parent;
        int64_t *sum = r->sum;
        memset(sum, 0, (r->n + 1) * sizeof(*sum));
        for (size_t i = r->n; i-- > 0;)
                sum[parent[i]] += sum[i] + (v[i] & reports[i]);
}

static void sum_dec(Roller *r, const Column *c)
{
        for (size_t i = 0; i <= r->n; i++)
                r->dec[i] = dec_zero();
        for (size_t i = r->n; i-- > 0;) {
                Dec *up = &r->dec[r->parent[i]];
                *up = dec_add(*up, r->dec[i]);
                if (r->reports[i] && !c->none[i])
                        *up = dec_add(*up, c->dec[i]);
        }
}

static void count_known(Roller *r, const Column *c)
{
        static const uint64_t of_missing[] = { [PACK_MISSING_UNKNOWN] = (uint64_t)1 << 32, [PACK_MISSING_SKIP] = 0,
                                               [PACK_MISSING_ZERO] = 1 };
        const uint64_t count[2] = { 1, of_missing[c->indicator->missing] };
        memset(r->counts, 0, (r->n + 1) * sizeof(*r->counts));
        for (size_t i = r->n; i-- > 0;)
                r->counts[r->parent[i]] += r->counts[i] + (count[c->none[i]] & (uint64_t)r->reports[i]);
}

/* Is the figure of a better than what stands for b? */
static bool beats(const Roller *r, const Column *c, bool greatest, bool stands_a, size_t a, size_t b)
{
        if (!r->seen[b])
                return true;
        if (c->rep == COLUMN_DEC) {
                Dec v = stands_a ? r->dec[a] : c->none[a] ? dec_zero() : c->dec[a];
                return dec_cmp(v, r->dec[b]) == (greatest ? 1 : -1);
        }
        int64_t v = stands_a ? r->sum[a] : c->num[a];
        return greatest ? v > r->sum[b] : v < r->sum[b];
}

static void raise_to(Roller *r, const Column *c, bool stands_a, size_t a, size_t b)
{
        r->seen[b] = 1;
        if (c->rep == COLUMN_DEC)
                r->dec[b] = stands_a ? r->dec[a] : c->none[a] ? dec_zero() : c->dec[a];
        else
                r->sum[b] = stands_a ? r->sum[a] : c->num[a];
}

/* The greatest or least of the units that report below each; a missing one stands as zero where it counts as one. */
static void extreme(Roller *r, const Column *c, bool greatest)
{
        bool zero = c->indicator->missing == PACK_MISSING_ZERO;
        memset(r->seen, 0, r->n + 1);
        for (size_t i = r->n; i-- > 0;) {
                size_t p = r->parent[i];
                if (r->reports[i] && (!c->none[i] || zero) && beats(r, c, greatest, false, i, p))
                        raise_to(r, c, false, i, p);
                if (r->seen[i] && beats(r, c, greatest, true, i, p))
                        raise_to(r, c, true, i, p);
        }
}

/* Gives the units above those that report what was rolled up, unless they have a figure of their own. */
static void hand_up(const Roller *r, Column *c, bool mean, bool whole)
{
        uint64_t bits = c->max;
        for (size_t k = 0; k < r->other_count; k++) {
                size_t i = r->others[k];
                if (r->below[i] == 0 || (c->own && c->own[i]))
                        continue;
                uint32_t known = whole ? r->below[i] : (uint32_t)r->counts[i];
                bool none = known == 0 || (!whole && r->counts[i] >> 32);
                c->none_count = c->none_count - c->none[i] + none;
                c->none[i] = none;
                if (c->rep == COLUMN_DEC) {
                        c->dec[i] = none ? dec_zero() : mean ? dec_div(r->dec[i], dec_from_i64(known)) : r->dec[i];
                        continue;
                }
                c->num[i] = none ? 0 : r->sum[i];
                bits |= (uint64_t)c->num[i] ^ (uint64_t)(c->num[i] >> 63);
                if (mean && !none)
                        c->den[i] = known;
        }
        c->max = bits ? UINT64_MAX >> __builtin_clzll(bits) : 0;
        c->max_den = c->rep == COLUMN_RATIO ? r->n : 1;
}

static bool sums_fit(const Column *c, size_t n)
{
        uint64_t most;
        return !__builtin_mul_overflow(c->max, (uint64_t)n, &most) && most <= INT64_MAX;
}

static Status mark_own(const Roller *r, Column *c)
{
        for (size_t k = 0; k < r->other_count; k++) {
                if (c->none[r->others[k]])
                        continue;
                if (!c->own && !(c->own = mem_calloc(r->n + 1, 1)))
                        return ST_NOMEM;
                c->own[r->others[k]] = 1;
        }
        return ST_OK;
}

static Status make_ratio(Column *c, size_t n)
{
        c->den = mem_alloc((n + 1) * sizeof(*c->den));
        if (!c->den)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                c->den[i] = 1;
        c->rep = COLUMN_RATIO;
        return ST_OK;
}

static Status carry_over(const Pack *pack, Column *c) FALLIBLE;

static Status roll_up(Roller *r, Column *c)
{
        const PackUnitKind *kind = indicator_reporters(r->pack, c->indicator);
        PackRollup how = c->indicator->rollup;
        bool mean = how == PACK_ROLLUP_MEAN, extremes = how == PACK_ROLLUP_MAX || how == PACK_ROLLUP_MIN;
        column_measure(c, r->n);
        c->rolled = true;
        if (!kind || how == PACK_ROLLUP_NONE)
                return ST_OK;
        find_reporters(r, kind, period_last_day(c->period));
        TRY(mark_own(r, c));
        if (!extremes && !sums_fit(c, r->n))
                TRY(column_to_dec(r->pack, c));
        uint64_t lacking = 0;
        for (size_t i = 0; i < r->n; i++)
                lacking |= (uint64_t)r->reports[i] & c->none[i];
        if (lacking)
                count_known(r, c);
        if (extremes)
                extreme(r, c, how == PACK_ROLLUP_MAX);
        else if (c->rep == COLUMN_DEC)
                sum_dec(r, c);
        else
                sum_i64(r, c);
        if (mean && c->rep == COLUMN_I64)
                TRY(make_ratio(c, r->n));
        hand_up(r, c, mean, !lacking);
        return ST_OK;
}

Status column_roll_up(Roller *r, Column *c)
{
        TRY(roll_up(r, c));
        return r->dated ? carry_over(r->pack, c) : ST_OK;
}

/* ---- over periods ---- */

static void add_unit(const Column *const *parts, size_t n, size_t u, PackMissing missing, bool dec, Column *ret)
{
        Dec sum = dec_zero();
        int64_t sum64 = 0;
        size_t known = 0;
        bool lacking = false;
        for (size_t k = 0; k < n; k++) {
                const Column *p = parts[k];
                if (p->none[u]) {
                        known += missing == PACK_MISSING_ZERO;
                        lacking = lacking || missing == PACK_MISSING_UNKNOWN;
                        continue;
                }
                known++;
                if (dec)
                        sum = dec_add(sum, column_number(p, u));
                else
                        sum64 += p->num[u];
        }
        ret->none[u] = lacking || known == 0;
        if (ret->none[u])
                return;
        if (dec)
                ret->dec[u] = sum;
        else
                ret->num[u] = sum64;
}

Status column_add_up(const Pack *pack, Column *const *parts, size_t n, Column *ret)
{
        bool dec = false;
        for (size_t k = 0; k < n; k++)
                dec = dec || parts[k]->rep != COLUMN_I64 || !sums_fit(parts[k], n);
        ret->scale = ret->indicator->scale;
        if (dec)
                TRY(column_to_dec(pack, ret));
        for (size_t u = 0; u < pack->unit_count; u++)
                add_unit((const Column *const *)parts, n, u, ret->indicator->missing, dec, ret);
        column_measure(ret, pack->unit_count);
        return ST_OK;
}

/* ---- against a year ago ---- */

__extension__ typedef __int128 Wide;

/* (now - then) / then in hundredths of a percent, rounded half away from zero, for then > 0. */
static bool growth_dec(Dec now, Dec then, int64_t *ret)
{
        Dec d = dec_div(dec_sub(now, then), then);
        return dec_to_scaled_round(d, 4, DEC_HALF_UP, ret);
}

static bool growth_wide(int64_t now, int64_t then, int64_t *ret)
{
        Wide d = (Wide)now - then;
        Wide up = (d < 0 ? -d : d) * 20000 + then;
        Wide q = up / ((Wide)2 * then);
        *ret = (int64_t)(d < 0 ? -q : q);
        return q <= INT64_MAX;
}

void column_growth(const Column *now, const Column *then, size_t units, int64_t *ret, uint8_t *none)
{
        bool whole = now->rep == COLUMN_I64 && then->rep == COLUMN_I64 && now->scale == then->scale;
        /* 20000 times the difference, and the base once more, in 64 bits. */
        bool narrow = whole && now->max < INT64_MAX / 40002 && then->max < INT64_MAX / 40002;
        for (size_t i = 0; i < units; i++) {
                ret[i] = 0;
                none[i] = now->none[i] | then->none[i];
                if (none[i])
                        continue;
                if (narrow) {
                        int64_t base = then->num[i], d = now->num[i] - base;
                        if (base > 0)
                                ret[i] = d < 0 ? -((-d * 20000 + base) / (2 * base)) : (d * 20000 + base) / (2 * base);
                        else
                                none[i] = 1;
                } else if (whole) {
                        none[i] = then->num[i] <= 0 || !growth_wide(now->num[i], then->num[i], &ret[i]);
                } else {
                        Dec base = column_number(then, i);
                        none[i] = dec_is_zero(base) || dec_is_negative(base) ||
                                  !growth_dec(column_number(now, i), base, &ret[i]);
                }
        }
}

/* ---- over time ---- */

static bool all_whole(Column *const *parts, size_t n)
{
        for (size_t k = 0; k < n; k++)
                if (parts[k]->rep != COLUMN_I64 || parts[k]->scale != parts[0]->scale || !sums_fit(parts[k], n))
                        return false;
        return true;
}

static void largest_unit(Column *const *parts, size_t n, size_t u, Column *c)
{
        Dec best = dec_zero();
        c->none[u] = 0;
        for (size_t k = 0; k < n; k++) {
                c->none[u] |= parts[k]->none[u];
                if (c->none[u])
                        return;
                Dec d = column_number(parts[k], u);
                best = k == 0 || dec_cmp(d, best) > 0 ? d : best;
        }
        if (c->rep == COLUMN_DEC)
                c->dec[u] = best;
        else if (!dec_to_scaled(best, c->scale, &c->num[u]))
                c->none[u] = 1;
}

static void series_unit(const PackIndicator *ind, Column *const *parts, size_t n, size_t u, Column *c)
{
        int64_t sum = 0;
        Dec dec = dec_zero();
        c->none[u] = 0;
        for (size_t k = 0; k < n; k++)
                c->none[u] |= parts[k]->none[u];
        if (c->none[u])
                return;
        bool less = ind->take == PACK_TAKE_SINGLE;
        for (size_t k = 0; k < n; k++) {
                if (c->rep == COLUMN_DEC)
                        dec = less && k ? dec_sub(dec, column_number(parts[k], u))
                                        : dec_add(dec, column_number(parts[k], u));
                else
                        sum += less && k ? -parts[k]->num[u] : parts[k]->num[u];
        }
        if (c->rep == COLUMN_DEC)
                c->dec[u] = ind->take == PACK_TAKE_AVERAGE ? dec_div(dec, dec_from_i64((int64_t)n)) : dec;
        else
                c->num[u] = sum;
        if (c->rep == COLUMN_RATIO)
                c->den[u] = (int64_t)n;
}

Status column_series(const Pack *pack, const PackIndicator *ind, Period period, Column *const *parts, size_t n,
                     Column **ret)
{
        bool whole = all_whole(parts, n), average = ind->take == PACK_TAKE_AVERAGE;
        ColumnRep rep = ind->take == PACK_TAKE_GROWTH ? COLUMN_I64
                        : !whole                      ? COLUMN_DEC
                        : average                     ? COLUMN_RATIO
                                                      : COLUMN_I64;
        Column *c;
        TRY(column_new(pack, ind, period, rep, &c));
        if (ind->take == PACK_TAKE_GROWTH) {
                c->scale = 2;
                column_growth(parts[0], parts[1], pack->unit_count, c->num, c->none);
        } else {
                c->scale = parts[0]->scale;
                for (size_t u = 0; u < pack->unit_count; u++)
                        if (ind->take == PACK_TAKE_RECORD)
                                largest_unit(parts, n, u, c);
                        else
                                series_unit(ind, parts, n, u, c);
        }
        column_measure(c, pack->unit_count);
        *ret = c;
        return ST_OK;
}

Status column_mean_up(Roller *r, const PackUnitKind *kind, Column *c)
{
        size_t n = r->n;
        _cleanup_free_ int64_t *known = mem_calloc(n + 1, sizeof(*known));
        if (!known)
                return ST_NOMEM;
        find_reporters(r, kind, period_last_day(c->period));
        memset(r->sum, 0, (n + 1) * sizeof(*r->sum));
        for (size_t i = n; i-- > 0;) {
                bool counts = r->reports[i] && !c->none[i];
                r->sum[r->parent[i]] += r->sum[i] + (counts ? c->num[i] : 0);
                known[r->parent[i]] += known[i] + counts;
        }
        for (size_t k = 0; k < r->other_count; k++) {
                size_t i = r->others[k];
                c->none[i] = known[i] == 0;
                c->num[i] = known[i] ? r->sum[i] : 0;
                c->den[i] = known[i] ? c->den[i] * known[i] : 1;
        }
        column_measure(c, n);
        return ST_OK;
}

/* ---- units that were others ---- */

/* Before its first day a unit has what its predecessors had, by their shares. */
static Status carry_over(const Pack *pack, Column *c)
{
        Date on = period_last_day(c->period);
        for (size_t i = 0; i < pack->unit_count; i++) {
                const PackUnit *u = &pack->units[i];
                if (!u->was_count || !c->none[i] || date_cmp(on, u->from) >= 0)
                        continue;
                Dec sum = dec_zero();
                bool none = false;
                for (size_t k = 0; k < u->was_count; k++) {
                        size_t p = u->was[k].unit->index;
                        none = none || c->none[p];
                        if (!none)
                                sum = dec_add(sum, dec_mul(column_number(c, p), u->was[k].share));
                }
                int64_t scaled;
                if (none)
                        continue;
                if (c->rep == COLUMN_DEC)
                        c->dec[i] = sum;
                else if (dec_to_scaled_round(sum, c->scale, DEC_HALF_UP, &scaled))
                        c->num[i] = scaled;
                else
                        continue;
                c->none[i] = 0;
                c->none_count--;
        }
        return ST_OK;
}
