/* explain.c -- from a figure down: the formula and its parts, the units it adds up, the cell someone typed. */
#include "indicator/indicator_int.h"

enum { DEPTH_MAX = 12 };

typedef struct Asked {
        IndicatorBook *book;
        Lang lang;
        Arena *arena;
} Asked;

static Status node_for(Asked *q, const PackIndicator *ind, const PackUnit *unit, Period period, const FeelValue *v,
                       Explanation **ret)
{
        char p[64];
        period_to_title(period, q->lang, p);
        char *title = arena_printf(q->arena, "%.*s · %.*s · %s", STR_FMT(pack_title(unit->title, q->lang)),
                                   STR_FMT(pack_title(ind->title, q->lang)), p);
        Str value;
        TRY(indicator_exact(v, q->arena, &value));
        *ret = title ? explain_new(q->arena, str_c(title), value, ind->unit) : NULL;
        if (!*ret)
                return ST_NOMEM;
        if (feel_is(v, FEEL_UNKNOWN)) {
                _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
                buf_puts(&b, q->lang == LANG_EN ? "missing: " : "缺少：");
                for (size_t i = 0; i < v->unknown.len; i++)
                        buf_printf(&b, "%s%.*s", i ? "、" : "", STR_FMT(v->unknown.names[i]));
                TRY(buf_status(&b));
                (*ret)->note = arena_str(q->arena, buf_str(&b));
                if (!(*ret)->note.ptr)
                        return ST_NOMEM;
        }
        return ST_OK;
}

/* The cell and the person of a reported figure. */
static Status put_source(Asked *q, const PackIndicator *ind, const PackUnit *unit, Period period, Explanation *e,
                         bool *ret_found)
{
        _cleanup_store_stmt_ StoreStmt *s = NULL;
        Status st = store_one(
                q->book->tx,
                "SELECT v.file, v.cell, v.actor, v.at, v.event, r.state, v.raw, v.version, v.note FROM indicator_value v "
                "LEFT JOIN form_report r ON r.form = v.form AND r.unit = v.unit AND r.period = v.period "
                "WHERE v.indicator = $1 AND v.unit = $2 AND v.period = $3",
                STORE_ARGS(sv_text(ind->name), sv_text(unit->code), sv_i64(period_to_int(period))), &s);
        *ret_found = st == ST_OK;
        if (st == ST_NOT_FOUND)
                return ST_OK;
        TRY(st);
        RegisterSource *src = &e->source;
        Str *texts[] = { &src->file, &src->cell, &src->actor, &src->at };
        for (int i = 0; i < 4; i++)
                if (!store_is_null(s, i) && !(*texts[i] = store_text_dup(s, i, q->arena)).ptr)
                        return ST_NOMEM;
        src->event = store_i64(s, 4);
        if (!store_is_null(s, 5) && !(e->state = store_text_dup(s, 5, q->arena)).ptr)
                return ST_NOMEM;
        char *note = arena_printf(q->arena,
                                  q->lang == LANG_EN ? "version %lld, typed as \"%.*s\"" : "第 %lld 版，填报原文“%.*s”",
                                  (long long)store_i64(s, 7), STR_FMT(store_text(s, 6)));
        if (note && !store_is_null(s, 8))
                note = arena_printf(q->arena, q->lang == LANG_EN ? "%s; explained: %.*s" : "%s；说明：%.*s", note,
                                    STR_FMT(store_text(s, 8)));
        if (!note)
                return ST_NOMEM;
        e->note = str_c(note);
        return ST_OK;
}

static Status explain(Asked *q, const PackIndicator *ind, const PackUnit *unit, Period period, int depth,
                      Explanation **ret);

static Status explain_formula(Asked *q, const PackIndicator *ind, const PackUnit *unit, Period period, int depth,
                              Explanation *e)
{
        e->rule = ind->formula.text;
        for (size_t i = 0; i < ind->use_count; i++) {
                Explanation *part;
                TRY(explain(q, ind->uses[i], unit, period, depth + 1, &part));
                TRY(explain_add(q->arena, e, part));
        }
        return ST_OK;
}

static Status explain_series(Asked *q, const PackIndicator *ind, const PackUnit *unit, Period period, int depth,
                             Explanation *e)
{
        static const char *const rules[][2] = {
                [PACK_TAKE_AVERAGE] = { "各期平均", "average of the periods" },
                [PACK_TAKE_YEAR_TO_DATE] = { "年初以来累计", "since the beginning of the year" },
                [PACK_TAKE_SINGLE] = { "累计数减上期累计数", "the running total less that of the last period" },
                [PACK_TAKE_RECORD] = { "以往各年最高", "the largest of the years before" },
                [PACK_TAKE_GROWTH] = { "比上年同期增长", "growth against a year ago" },
        };
        Period periods[PACK_SERIES_MAX];
        size_t n = indicator_series_periods(ind, period, periods);
        e->rule = str_c(rules[ind->take][q->lang == LANG_EN]);
        for (size_t i = 0; i < n; i++) {
                Explanation *part;
                TRY(explain(q, ind->uses[0], unit, periods[i], depth + 1, &part));
                TRY(explain_add(q->arena, e, part));
        }
        return ST_OK;
}

static const char *rollup_text(const PackIndicator *ind, Lang lang)
{
        switch (ind->rollup) {
        case PACK_ROLLUP_SUM: return lang == LANG_EN ? "sum of the units below" : "下级单位之和";
        case PACK_ROLLUP_MEAN: return lang == LANG_EN ? "mean of the units below" : "下级单位平均";
        case PACK_ROLLUP_MAX: return lang == LANG_EN ? "highest of the units below" : "下级单位最高";
        case PACK_ROLLUP_MIN: return lang == LANG_EN ? "lowest of the units below" : "下级单位最低";
        default: return "";
        }
}

static Status explain_reported(Asked *q, const PackIndicator *ind, const PackUnit *unit, Period period, int depth,
                               Explanation *e)
{
        bool found;
        if (period.kind < ind->frequency) { /* a year or quarter from its months */
                bool last = ind->cumulative || ind->rollup != PACK_ROLLUP_SUM;
                Period end = period_of(period_last_day(period), ind->frequency);
                e->rule = last ? (q->lang == LANG_EN ? STR("figure of the last period") : STR("取期末一期"))
                               : (q->lang == LANG_EN ? STR("sum of the periods") : STR("各期之和"));
                for (Period p = last ? end : period_of(period_first_day(period), ind->frequency);
                     period_cmp(p, end) <= 0; p = period_add(p, 1)) {
                        Explanation *part;
                        TRY(explain(q, ind, unit, p, depth + 1, &part));
                        TRY(explain_add(q->arena, e, part));
                }
                return ST_OK;
        }
        if (period.kind > ind->frequency)
                period = period_of(period_last_day(period), ind->frequency);
        TRY(put_source(q, ind, unit, period, e, &found));
        const PackUnitKind *kind = indicator_reporters(q->book->pack, ind);
        if (found || !kind || kind == unit->kind)
                return ST_OK;
        const PackUnit **below = arena_array_of(q->arena, const PackUnit *, q->book->pack->unit_count + 1);
        if (!below)
                return ST_NOMEM;
        size_t n = pack_units_of(q->book->pack, kind, unit, period_last_day(period), below, q->book->pack->unit_count);
        if (n)
                e->rule = str_c(rollup_text(ind, q->lang));
        for (size_t i = 0; i < n; i++) {
                Explanation *part;
                TRY(explain(q, ind, below[i], period, depth + 1, &part));
                TRY(explain_add(q->arena, e, part));
        }
        return ST_OK;
}

static Status explain(Asked *q, const PackIndicator *ind, const PackUnit *unit, Period period, int depth,
                      Explanation **ret)
{
        FeelValue v;
        Explanation *e;
        TRY(indicator_figure(q->book, ind, period, unit, &v));
        TRY(node_for(q, ind, unit, period, &v, &e));
        if (depth < DEPTH_MAX && ind->source == PACK_FORMULA)
                TRY(explain_formula(q, ind, unit, period, depth, e));
        else if (depth < DEPTH_MAX && ind->source == PACK_REPORTED)
                TRY(explain_reported(q, ind, unit, period, depth, e));
        else if (depth < DEPTH_MAX && ind->source == PACK_SERIES)
                TRY(explain_series(q, ind, unit, period, depth, e));
        else if (ind->source == PACK_DERIVED)
                e->rule = ind->formula.text.len ? ind->formula.text : pack_title(ind->query->reg->title, q->lang);
        *ret = e;
        return ST_OK;
}

Status indicator_explain(IndicatorBook *b, const PackIndicator *ind, const PackUnit *unit, Period period, Lang lang,
                         Arena *a, Explanation **ret)
{
        Asked q = { b, lang, a };
        return explain(&q, ind, unit, period, 0, ret);
}
