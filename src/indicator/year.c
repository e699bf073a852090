/* year.c -- the year rows: what a ranking of many units reads instead of one row a figure. */
#include "indicator/year.h"

int year_slots(PeriodKind kind)
{
        static const int slots[] = { [PERIOD_YEAR] = 1, [PERIOD_HALF] = 2, [PERIOD_QUARTER] = 4, [PERIOD_MONTH] = 12 };
        return slots[kind];
}

size_t year_decode(Str bytes, int64_t out[YEAR_SLOTS_MAX])
{
        size_t n = bytes.len / 8 < YEAR_SLOTS_MAX ? bytes.len / 8 : YEAR_SLOTS_MAX;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        if (n)
                memcpy(out, bytes.ptr, n * 8);
#else
        for (size_t i = 0; i < n; i++) {
                uint64_t v = 0;
                for (size_t k = 8; k-- > 0;)
                        v = v << 8 | (unsigned char)bytes.ptr[i * 8 + k];
                out[i] = (int64_t)v;
        }
#endif
        return n;
}

void year_encode(const int64_t *figures, size_t n, char out[YEAR_SLOTS_MAX * 8])
{
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < 8; k++)
                        out[i * 8 + k] = (char)(unsigned char)((uint64_t)figures[i] >> (8 * k));
}

static Status write_row(StoreTx *tx, Str indicator, int32_t year, Str unit, const int64_t *figures, size_t n,
                        int64_t event)
{
        char bytes[YEAR_SLOTS_MAX * 8];
        year_encode(figures, n, bytes);
        return store_exec(
                tx,
                "INSERT INTO indicator_year (indicator, year, unit, figures, event) VALUES ($1, $2, $3, $4, $5) "
                "ON CONFLICT (indicator, year, unit) DO UPDATE SET figures = excluded.figures, event = excluded.event",
                STORE_ARGS(sv_text(indicator), sv_i64(year), sv_text(unit), sv_blob(str_n(bytes, n * 8)),
                           sv_i64(event)),
                NULL);
}

Status year_refresh(StoreTx *tx, const PackIndicator *ind, Str unit, int32_t year, int64_t event)
{
        int64_t figures[YEAR_SLOTS_MAX];
        size_t n = (size_t)year_slots(ind->frequency);
        for (size_t i = 0; i < n; i++)
                figures[i] = YEAR_NONE;
        Period first = { ind->frequency, year, 1 }, last = { ind->frequency, year, (int32_t)n };
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT period, value FROM indicator_value WHERE indicator = $1 AND unit = $2 AND "
                        "period BETWEEN $3 AND $4 AND value IS NOT NULL",
                        STORE_ARGS(sv_text(ind->name), sv_text(unit), sv_i64(period_to_int(first)),
                                   sv_i64(period_to_int(last))),
                        &q));
        while (store_next(q)) {
                Period p;
                if (period_from_int(store_i64(q, 0), &p) == ST_OK && p.kind == ind->frequency)
                        figures[p.index - 1] = store_i64(q, 1);
        }
        TRY(store_done(q));
        return write_row(tx, ind->name, year, unit, figures, n, event);
}

typedef struct Filling {
        StoreTx *tx;
        Str indicator, unit;
        int32_t year;
        PeriodKind kind;
        int64_t figures[YEAR_SLOTS_MAX], event;
        bool any;
} Filling;

static Status put_filled(Filling *f)
{
        if (!f->any)
                return ST_OK;
        f->any = false;
        return write_row(f->tx, f->indicator, f->year, f->unit, f->figures, (size_t)year_slots(f->kind), f->event);
}

static Status fill_one(Filling *f, Arena *a, Str indicator, Str unit, Period p, int64_t value, int64_t event)
{
        if (!f->any || !str_eq(f->indicator, indicator) || !str_eq(f->unit, unit) || f->year != p.year ||
            f->kind != p.kind) {
                TRY(put_filled(f));
                arena_reset(a);
                f->indicator = arena_str(a, indicator);
                f->unit = arena_str(a, unit);
                if (!f->indicator.ptr || !f->unit.ptr)
                        return ST_NOMEM;
                f->year = p.year;
                f->kind = p.kind;
                f->event = 0;
                for (size_t i = 0; i < YEAR_SLOTS_MAX; i++)
                        f->figures[i] = YEAR_NONE;
                f->any = true;
        }
        f->figures[p.index - 1] = value;
        f->event = event > f->event ? event : f->event;
        return ST_OK;
}

Status year_fill(StoreTx *tx)
{
        int64_t rows, values;
        TRY(store_get_i64(tx, "SELECT count(*) FROM (SELECT 1 FROM indicator_year LIMIT 1) y", STORE_NO_ARGS, &rows));
        TRY(store_get_i64(tx, "SELECT count(*) FROM (SELECT 1 FROM indicator_value LIMIT 1) v", STORE_NO_ARGS,
                          &values));
        if (rows || !values)
                return ST_OK;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        Filling f = { .tx = tx };
        if (!a)
                return ST_NOMEM;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(
                tx,
                "SELECT indicator, unit, period, value, event FROM indicator_value WHERE value IS NOT NULL "
                "ORDER BY indicator, unit, period",
                STORE_NO_ARGS, &q));
        while (store_next(q)) {
                Period p;
                if (period_from_int(store_i64(q, 2), &p) == ST_OK)
                        TRY(fill_one(&f, a, store_text(q, 0), store_text(q, 1), p, store_i64(q, 3), store_i64(q, 4)));
        }
        TRY(store_done(q));
        return put_filled(&f);
}
