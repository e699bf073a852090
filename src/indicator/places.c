/* places.c -- who stands where in a column.
 *
 * Figures become 64-bit keys in the same order and are sorted by their bytes.  A scaled
 * integer is its own key.  The key of a quotient is its first sixty bits or so, so that
 * different quotients may share one: runs of equal keys are put in order by cross
 * multiplication, which is exact.  Two quotients that the products of their numbers and
 * denominators keep below 10^32 differ in their first 34 digits when they differ at all,
 * so that this is the order, and these are the ties, of the rounded decimals. */
#include "indicator/cube.h"

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UWide;

typedef struct Item {
        uint64_t key;
        uint32_t unit;
} Item;

void places_free(Places *p)
{
        if (!p)
                return;
        mem_free(p->unit); /* one block holds all */
        mem_free(p);
}

static Status places_new(size_t units, size_t n, Places **ret)
{
        Places *p = mem_calloc(1, sizeof(*p));
        char *block = mem_calloc(1, (n + 1) * (3 * sizeof(uint32_t) + 2) + (units + 1) * sizeof(uint32_t));
        if (!p || !block) {
                mem_free(p);
                mem_free(block);
                return ST_NOMEM;
        }
        p->count = n;
        p->unit = (uint32_t *)(void *)block;
        p->rank2 = (int32_t *)(p->unit + n + 1);
        p->from_last = p->rank2 + n + 1;
        p->row_of = (uint32_t *)(p->from_last + n + 1);
        p->state = (uint8_t *)(p->row_of + units + 1);
        p->tied = p->state + n + 1;
        *ret = p;
        return ST_OK;
}

/* ---- keys ---- */

static int bits(uint64_t v)
{
        return v ? 64 - __builtin_clzll(v) : 0;
}

static uint64_t magnitude(int64_t v)
{
        return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* Signed order as unsigned order. */
static uint64_t flip(int64_t v)
{
        return (uint64_t)v ^ UINT64_C(0x8000000000000000);
}

static void integer_keys(const Column *c, Item *items, size_t n)
{
        for (size_t i = 0; i < n; i++)
                items[i].key = flip(c->num[items[i].unit]);
}

/* The quotients shifted so far to the left that the largest has some sixty bits. */
static void ratio_keys(const Column *c, Item *items, size_t n)
{
        int most = -64;
        for (size_t i = 0; i < n; i++) {
                int above = bits(magnitude(c->num[items[i].unit])) - bits((uint64_t)c->den[items[i].unit]) + 1;
                most = above > most ? above : most;
        }
        int shift = 61 - most; /* a numerator has at most 63 bits, so that 63 more fit */
        shift = shift < 0 ? 0 : shift > 63 ? 63 : shift;
        for (size_t i = 0; i < n; i++) {
                int64_t num = c->num[items[i].unit];
                uint64_t q = (uint64_t)(((UWide)magnitude(num) << shift) / (uint64_t)c->den[items[i].unit]);
                items[i].key = flip(num < 0 ? -(int64_t)q : (int64_t)q);
        }
}

/* ---- order ---- */

enum { DIGIT = 11, DIGITS = 3 };

/* By the highest bits of the keys that are not the same in all, keeping the order of equal ones; returns how many
 * lower bits were not looked at: what is equal above them is put in order by comparing. */
static int sort_keys(Item *items, Item *other, size_t n)
{
        uint64_t differ = 0;
        for (size_t i = 1; i < n; i++)
                differ |= items[i].key ^ items[0].key;
        int low = bits(differ) - DIGIT * DIGITS;
        low = low < 0 ? 0 : low;
        Item *from = items, *to = other;
        for (int shift = low; shift < low + DIGIT * DIGITS && shift < 64 && differ >> shift; shift += DIGIT) {
                const uint64_t mask = (1 << DIGIT) - 1;
                uint32_t count[(1 << DIGIT) + 1] = { 0 };
                for (size_t i = 0; i < n; i++)
                        count[(from[i].key >> shift & mask) + 1]++;
                for (size_t k = 0; k < 1 << DIGIT; k++)
                        count[k + 1] += count[k];
                for (size_t i = 0; i < n; i++)
                        to[count[from[i].key >> shift & mask]++] = from[i];
                Item *t = from;
                from = to;
                to = t;
        }
        if (from != items && n)
                memcpy(items, from, n * sizeof(*items));
        return low;
}

/* -1, 0, 1 of two figures. */
static int compare(const Column *c, uint32_t a, uint32_t b)
{
        if (c->rep == COLUMN_DEC)
                return dec_cmp(c->dec[a], c->dec[b]);
        if (c->rep == COLUMN_I64)
                return (c->num[a] > c->num[b]) - (c->num[a] < c->num[b]);
        Wide l = (Wide)c->num[a] * c->den[b], r = (Wide)c->num[b] * c->den[a];
        return (l > r) - (l < r);
}

typedef struct Order {
        const Column *c;
        bool lower;             /* the lower is the better */
} Order;

static int better_first(const void *x, const void *y, void *order)
{
        const Order *o = order;
        const Item *a = x, *b = y;
        int d = compare(o->c, a->unit, b->unit);
        if (d)
                return o->lower ? d : -d;
        return (a->unit > b->unit) - (a->unit < b->unit);
}

/* What has the same key down to the bits left out is in the pack's order so far. */
static void settle(const Order *o, Item *items, size_t n, int low)
{
        for (size_t i = 0; i < n;) {
                size_t end = i + 1;
                while (end < n && items[end].key >> low == items[i].key >> low)
                        end++;
                if (end - i > 1)
                        qsort_r(items + i, end - i, sizeof(*items), better_first, (void *)(uintptr_t)o);
                i = end;
        }
}

/* Is the order of quotients the order of the decimals that they are rounded to? */
static bool quotients_tell(const Column *c)
{
        UWide limit = (UWide)UINT64_C(10000000000000000) * UINT64_C(10000000000000000);
        return (UWide)(c->max ? c->max : 1) * (c->max_den ? c->max_den : 1) < limit;
}

static void put_in_order(const Column *c, Item *items, Item *other, size_t n)
{
        Order o = { c, c->indicator->direction == PACK_LOWER };
        if (c->rep == COLUMN_DEC) {
                qsort_r(items, n, sizeof(*items), better_first, &o);
                return;
        }
        bool ratio = c->rep == COLUMN_RATIO;
        ratio ? ratio_keys(c, items, n) : integer_keys(c, items, n);
        for (size_t i = 0; !o.lower && i < n; i++)
                items[i].key = ~items[i].key;
        int low = sort_keys(items, other, n);
        if (ratio || low)
                settle(&o, items, n, low);
}

/* ---- places ---- */

static void give_places(const Column *c, Places *p)
{
        const PackRank *rule = &c->indicator->rank;
        size_t known = p->known, n = p->count;
        bool last = rule->missing == PACK_RANK_LAST;
        size_t ranked = last ? n : known;
        int64_t dense = 0;
        for (size_t i = 0; i < known;) {
                size_t end = i + 1;
                while (end < known && compare(c, p->unit[end], p->unit[i]) == 0)
                        end++;
                dense++;
                int64_t rank2 = rule->ties == PACK_TIES_DENSE     ? 2 * dense
                                : rule->ties == PACK_TIES_AVERAGE ? (int64_t)(i + 1 + end)
                                                                  : 2 * (int64_t)(i + 1);
                for (size_t k = i; k < end; k++) {
                        p->state[k] = RANK_KNOWN;
                        p->rank2[k] = (int32_t)rank2;
                        p->tied[k] = end - i > 1;
                        p->from_last[k] = (int32_t)(ranked - end);
                }
                i = end;
        }
        int64_t rank2 = !last                             ? 0
                        : rule->ties == PACK_TIES_DENSE   ? 2 * (dense + 1)
                        : rule->ties == PACK_TIES_AVERAGE ? (int64_t)(known + 1 + n)
                                                          : 2 * (int64_t)(known + 1);
        for (size_t k = known; k < n; k++) {
                p->state[k] = (uint8_t)(last                                 ? RANK_MISSING
                                        : rule->missing == PACK_RANK_EXCLUDED ? RANK_EXCLUDED
                                                                              : RANK_UNKNOWN);
                p->tied[k] = last && n - known > 1;
                p->rank2[k] = (int32_t)rank2;
                p->from_last[k] = last ? 0 : -1;
        }
        for (size_t k = 0; k < n; k++)
                p->row_of[p->unit[k]] = (uint32_t)k + 1;
}

static Status make(const Pack *pack, const Column *c, Places **ret)
{
        size_t units = pack->unit_count, n = 0, missing = 0;
        _cleanup_free_ Item *items = mem_alloc((2 * units + 2) * sizeof(*items));
        _cleanup_free_ uint32_t *unknown = mem_alloc((units + 1) * sizeof(*unknown));
        if (!items || !unknown)
                return ST_NOMEM;
        Date on = period_last_day(c->period);
        for (size_t i = 0; i < units; i++) {
                const PackUnit *u = &pack->units[i];
                if (u->kind != c->indicator->rank.among ||
                    ((u->from.month || u->to.month) && !pack_unit_exists_on(u, on)))
                        continue;
                if (c->none[i])
                        unknown[missing++] = (uint32_t)i;
                else
                        items[n++].unit = (uint32_t)i;
        }
        put_in_order(c, items, items + units + 1, n);
        Places *p;
        TRY(places_new(units, n + missing, &p));
        p->known = n;
        for (size_t i = 0; i < n; i++)
                p->unit[i] = items[i].unit;
        for (size_t i = 0; i < missing; i++)
                p->unit[n + i] = unknown[i];
        give_places(c, p);
        *ret = p;
        return ST_OK;
}

Status places_make(const Pack *pack, const Column *c, Places **ret)
{
        if (c->rep != COLUMN_RATIO || quotients_tell(c))
                return make(pack, c, ret);
        Column dec = { .indicator = c->indicator, .period = c->period, .rep = COLUMN_DEC, .none = c->none };
        dec.dec = mem_calloc(pack->unit_count + 1, sizeof(*dec.dec));
        if (!dec.dec)
                return ST_NOMEM;
        for (size_t i = 0; i < pack->unit_count; i++)
                dec.dec[i] = c->none[i] ? dec_zero() : column_number(c, i);
        Status st = make(pack, &dec, ret);
        mem_free(dec.dec);
        return st;
}
