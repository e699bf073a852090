/* library.c -- what other rooms' expressions may ask of the figures. */
#include "indicator/indicator_int.h"

static FeelValue rank_number(int64_t rank2)
{
        return rank2 ? feel_number(dec_div(dec_from_i64(rank2), dec_from_i64(2))) : feel_null();
}

static Status find(FeelExec *x, IndicatorBook *b, const FeelValue *name, const PackIndicator **ret_ind, FeelValue *ret)
{
        *ret_ind = pack_indicator(b->pack, name->string);
        return *ret_ind ? ST_OK
                        : feel_null_because(x, ret, "没有指标“%.*s”", "no indicator \"%.*s\"", STR_FMT(name->string));
}

static Status find_period(FeelExec *x, const FeelValue *text, Period *ret_period, bool *ret_ok, FeelValue *ret)
{
        *ret_ok = period_parse(text->string, ret_period) == ST_OK;
        return *ret_ok ? ST_OK
                       : feel_null_because(x, ret, "“%.*s”不是报告期", "\"%.*s\" is not a period",
                                           STR_FMT(text->string));
}

static Status find_unit(FeelExec *x, IndicatorBook *b, const FeelValue *text, const PackUnit **ret_unit, FeelValue *ret)
{
        *ret_unit = NULL;
        Status st = pack_unit_match(b->pack, text->string, NULL, DATE_NONE, ret_unit);
        if (st == ST_OK)
                return ST_OK;
        return feel_null_because(x, ret, "没有单位“%.*s”", "no unit \"%.*s\"", STR_FMT(text->string));
}

static Status fn_value(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        IndicatorBook *b = user;
        const PackIndicator *ind;
        const PackUnit *unit;
        Period period;
        bool ok;
        TRY(find(x, b, &args[0], &ind, ret));
        TRY(find_unit(x, b, &args[1], &unit, ret));
        TRY(find_period(x, &args[2], &period, &ok, ret));
        if (!ind || !unit || !ok)
                return ST_OK;
        return indicator_figure(b, ind, period, unit, ret);
}

static Status ranking_for(FeelExec *x, IndicatorBook *b, const FeelValue *name, const FeelValue *period_text,
                          IndicatorRanking *ranking, FeelValue *ret, bool *ret_ok)
{
        const PackIndicator *ind;
        Period period;
        *ret_ok = false;
        TRY(find(x, b, name, &ind, ret));
        if (!ind)
                return ST_OK;
        TRY(find_period(x, period_text, &period, ret_ok, ret));
        if (!*ret_ok)
                return ST_OK;
        Status st = indicator_rank(b, ind, period, feel_exec_arena(x), NULL, ranking);
        if (st != ST_INVALID)
                return st;
        *ret_ok = false;
        return feel_null_because(x, ret, "指标“%.*s”不参加排名", "indicator \"%.*s\" is not ranked",
                                 STR_FMT(ind->name));
}

static Status fn_rank(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        IndicatorBook *b = user;
        const PackIndicator *ind;
        const PackUnit *unit;
        Period period;
        bool ok;
        IndicatorPlace place;
        TRY(find(x, b, &args[0], &ind, ret));
        TRY(find_unit(x, b, &args[1], &unit, ret));
        TRY(find_period(x, &args[2], &period, &ok, ret));
        if (!ind || !unit || !ok)
                return ST_OK;
        if (!ind->rank.is)
                return feel_null_because(x, ret, "指标“%.*s”不参加排名", "indicator \"%.*s\" is not ranked",
                                         STR_FMT(ind->name));
        TRY(indicator_place(b, ind, period, unit, &place));
        *ret = rank_number(place.rank2);
        return ST_OK;
}

static Status rank_context(Arena *a, const IndicatorRanking *r, const IndicatorRankRow *row, FeelValue *ret)
{
        static const char *const states[] = { [RANK_KNOWN] = "known",
                                              [RANK_MISSING] = "missing",
                                              [RANK_EXCLUDED] = "excluded",
                                              [RANK_UNKNOWN] = "unknown" };
        Str shown;
        TRY(indicator_shown(r->indicator, &row->value, a, &shown));
        FeelValue change =
                row->rank2 && row->previous_rank2
                        ? feel_number(dec_div(dec_from_i64(row->previous_rank2 - row->rank2), dec_from_i64(2)))
                        : feel_null();
        const struct {
                const char *key;
                FeelValue v;
        } entries[] = {
                { "unit", feel_string(row->unit->code) },
                { "name", feel_string(row->unit->name) },
                { "value", row->value },
                { "shown", feel_string(shown) },
                { "rank", rank_number(row->rank2) },
                { "previous rank", rank_number(row->previous_rank2) },
                { "change", change },
                { "previous", row->previous },
                { "year ago", row->year_ago },
                { "growth", row->growth },
                { "tied", feel_bool(row->tied) },
                { "state", feel_string(str_c(states[row->state])) },
        };
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(a);
        for (size_t i = 0; i < ARRAY_LEN(entries); i++)
                TRY(feel_context_put(&b, str_c(entries[i].key), &entries[i].v));
        return feel_context_done(&b, ret);
}

static Status fn_ranking(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        IndicatorRanking r;
        bool ok;
        TRY(ranking_for(x, user, &args[0], &args[1], &r, ret, &ok));
        if (!ok)
                return ST_OK;
        Arena *a = feel_exec_arena(x);
        FeelValue *items = arena_array_of(a, FeelValue, r.count + 1);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < r.count; i++)
                TRY(rank_context(a, &r, &r.rows[i], &items[i]));
        *ret = feel_list(items, r.count);
        return ST_OK;
}

static Status fn_alerts(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        IndicatorBook *b = user;
        Arena *a = feel_exec_arena(x);
        Period period;
        bool ok;
        TRY(find_period(x, &args[0], &period, &ok, ret));
        if (!ok)
                return ST_OK;
        IndicatorAlert *alerts;
        size_t count;
        TRY(indicator_alerts(b, period, a, &alerts, &count));
        FeelValue *items = arena_array_of(a, FeelValue, count + 1);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < count; i++) {
                const IndicatorAlert *al = &alerts[i];
                const struct {
                        const char *key;
                        FeelValue v;
                } entries[] = {
                        { "unit", feel_string(al->unit->code) },
                        { "name", feel_string(al->unit->name) },
                        { "indicator", feel_string(al->indicator->name) },
                        { "title", feel_string(al->indicator->title.zh) },
                        { "say", feel_string(al->rule->say.zh) },
                        { "action", feel_string(al->rule->action.zh) },
                        { "periods", feel_i64(al->counted) },
                };
                FeelContextBuilder cb = FEEL_CONTEXT_BUILDER(a);
                for (size_t k = 0; k < ARRAY_LEN(entries); k++)
                        TRY(feel_context_put(&cb, str_c(entries[k].key), &entries[k].v));
                TRY(feel_context_done(&cb, &items[i]));
        }
        *ret = feel_list(items, count);
        return ST_OK;
}

static Status fn_share(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)user;
        (void)n;
        Period period;
        bool ok;
        TRY(find_period(x, &args[0], &period, &ok, ret));
        if (ok)
                *ret = feel_number(period_share_of_year(period));
        return ST_OK;
}

Status indicator_feel_library(IndicatorBook *b, FeelLibrary *library)
{
        static const FeelHostParam three[] = { { STR("indicator"), FEEL_TYPE_STRING, false },
                                               { STR("unit"), FEEL_TYPE_STRING, false },
                                               { STR("period"), FEEL_TYPE_STRING, false } };
        static const FeelHostParam two[] = { { STR("indicator"), FEEL_TYPE_STRING, false },
                                             { STR("period"), FEEL_TYPE_STRING, false } };
        static const FeelHostParam one[] = { { STR("period"), FEEL_TYPE_STRING, false } };
        const FeelHostFunction functions[] = {
                { .name = STR("value"), .params = three, .param_count = 3, .fn = fn_value, .user = b },
                { .name = STR("rank"), .params = three, .param_count = 3, .fn = fn_rank, .user = b },
                { .name = STR("ranking"), .params = two, .param_count = 2, .fn = fn_ranking, .user = b },
                { .name = STR("alerts"), .params = one, .param_count = 1, .fn = fn_alerts, .user = b },
                { .name = STR("share of year"),
                  .params = one,
                  .param_count = 1,
                  .result = FEEL_TYPE_NUMBER,
                  .pure = true,
                  .fn = fn_share,
                  .user = b },
        };
        for (size_t i = 0; i < ARRAY_LEN(functions); i++)
                TRY(feel_library_add_function(library, &functions[i]));
        return indicator_target_library(b, library);
}
