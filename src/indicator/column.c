/* column.c -- columns themselves: memory, bounds, numbers. */
#include "indicator/cube.h"

Status column_new(const Pack *pack, const PackIndicator *ind, Period period, ColumnRep rep, Column **ret)
{
        size_t n = pack->unit_count + 1;
        Column *c = mem_calloc(1, sizeof(*c));
        if (!c)
                return ST_NOMEM;
        *c = (Column){ .indicator = ind, .period = period, .refs = 1, .rep = rep, .scale = ind->scale };
        c->none = mem_alloc(n);
        if (rep == COLUMN_DEC)
                c->dec = mem_calloc(n, sizeof(*c->dec));
        else
                c->num = mem_calloc(n, sizeof(*c->num));
        if (rep == COLUMN_RATIO)
                c->den = mem_calloc(n, sizeof(*c->den));
        if (!c->none || (!c->dec && !c->num) || (rep == COLUMN_RATIO && !c->den)) {
                column_drop(c);
                return ST_NOMEM;
        }
        memset(c->none, 1, n);
        for (size_t i = 0; c->dec && i < n; i++)
                c->dec[i] = dec_zero();
        for (size_t i = 0; c->den && i < n; i++)
                c->den[i] = 1;
        c->none_count = n - 1;
        c->bytes = n * (1 + (c->dec ? sizeof(Dec) : sizeof(int64_t)) + (c->den ? sizeof(int64_t) : 0)) + sizeof(*c);
        *ret = c;
        return ST_OK;
}

void column_drop(Column *c)
{
        if (!c || --c->refs > 0)
                return;
        places_free(c->places);
        if (c->same) {
                column_drop(c->same);
        } else {
                mem_free(c->num);
                mem_free(c->den);
                mem_free(c->dec);
                mem_free(c->none);
                mem_free(c->own);
                arena_free(c->arena);
        }
        mem_free(c);
}

static uint64_t bound(const int64_t *v, size_t n)
{
        uint64_t bits = 0;
        for (size_t i = 0; i < n; i++)
                bits |= (uint64_t)v[i] ^ (uint64_t)(v[i] >> 63);
        return bits ? UINT64_MAX >> __builtin_clzll(bits) : 0;
}

void column_measure(Column *c, size_t units)
{
        size_t none = 0;
        for (size_t i = 0; i < units; i++)
                none += c->none[i];
        c->none_count = none;
        c->max = c->num ? bound(c->num, units) : 0;
        c->max_den = c->den ? bound(c->den, units) : 1;
}

Dec column_number(const Column *c, size_t unit)
{
        if (c->rep == COLUMN_DEC)
                return c->dec[unit];
        if (c->rep == COLUMN_RATIO && c->den[unit] != 1)
                return feel_ratio(c->num[unit], c->den[unit], c->scale);
        if (c->scale >= 0)
                return dec_from_scaled(c->num[unit], c->scale);
        return feel_ratio(c->num[unit], 1, c->scale);
}

Status column_to_dec(const Pack *pack, Column *c)
{
        if (c->rep == COLUMN_DEC)
                return ST_OK;
        Dec *dec = mem_calloc(pack->unit_count + 1, sizeof(*dec));
        if (!dec)
                return ST_NOMEM;
        for (size_t i = 0; i < pack->unit_count; i++)
                dec[i] = c->none[i] ? dec_zero() : column_number(c, i);
        mem_free(c->num);
        mem_free(c->den);
        c->num = c->den = NULL;
        c->dec = dec;
        c->rep = COLUMN_DEC;
        c->bytes += pack->unit_count * sizeof(*dec);
        return ST_OK;
}
