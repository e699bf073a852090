/* library_target.c -- what documents ask of targets, alerts and scores. */
#include "indicator/alert.h"
#include "indicator/assess.h"
#include "indicator/indicator_int.h"

static Status put(FeelContextBuilder *c, const char *key, FeelValue v)
{
        return feel_context_put(c, str_c(key), &v);
}

static FeelValue text(Str s)
{
        return feel_string(s.ptr ? s : STR(""));
}

static Status unit_and_period(FeelExec *x, IndicatorBook *b, const FeelValue *unit, const FeelValue *period,
                              const PackUnit **ret_unit, Period *ret_period, bool *ret_ok, FeelValue *ret)
{
        *ret_ok = false;
        *ret_unit = NULL;
        if (pack_unit_match(b->pack, unit->string, NULL, DATE_NONE, ret_unit) != ST_OK)
                return feel_null_because(x, ret, "没有单位“%.*s”", "no unit \"%.*s\"", STR_FMT(unit->string));
        if (period_parse(period->string, ret_period) != ST_OK)
                return feel_null_because(x, ret, "“%.*s”不是报告期", "\"%.*s\" is not a period",
                                         STR_FMT(period->string));
        *ret_ok = true;
        return ST_OK;
}

/* ---- targets ---- */

static const char *colour_title(TargetLight l)
{
        static const char *const titles[] = { "未知", "绿", "黄", "红" };
        return titles[l];
}

static const char *comparison_title(TargetComparison c)
{
        static const char *const titles[] = { "不低于", "不超过", "等于" };
        return titles[c];
}

static Status target_context(Arena *a, const TargetLine *line, const TargetProgress *p, FeelValue *ret)
{
        static const char *const measures[] = { "总量", "增量", "增长" };
        FeelContextBuilder c = FEEL_CONTEXT_BUILDER(a);
        Str measure = line->measure == TARGET_GROWTH ? STR("%") : line->indicator ? line->indicator->unit : STR("");
        TRY(put(&c, "line", feel_i64(line->no)));
        TRY(put(&c, "indicator", line->indicator ? feel_string(line->indicator->name) : feel_null()));
        TRY(put(&c, "title", text(target_line_title(line, LANG_ZH))));
        TRY(put(&c, "target", line->has_target ? feel_number(line->target) : feel_null()));
        TRY(put(&c, "measure", text(measure)));
        TRY(put(&c, "kind", feel_string(str_c(measures[line->measure]))));
        TRY(put(&c, "comparison", feel_string(str_c(comparison_title(line->comparison)))));
        TRY(put(&c, "weight", feel_number(line->weight)));
        TRY(put(&c, "actual", p ? p->actual : feel_null()));
        TRY(put(&c, "progress", p ? p->progress : feel_null()));
        TRY(put(&c, "share", p ? feel_number(p->share) : feel_null()));
        TRY(put(&c, "light", feel_string(str_c(target_light_name(p ? p->light : LIGHT_UNKNOWN)))));
        TRY(put(&c, "light title", feel_string(str_c(colour_title(p ? p->light : LIGHT_UNKNOWN)))));
        TRY(put(&c, "say", p ? text(p->say.zh) : feel_string(STR(""))));
        return feel_context_done(&c, ret);
}

static Status fn_targets(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        IndicatorBook *b = user;
        const PackUnit *unit;
        Period period;
        TargetLetter letter;
        bool ok;
        TRY(unit_and_period(x, b, &args[0], &args[1], &unit, &period, &ok, ret));
        if (!ok)
                return ST_OK;
        Date end = period_last_day(period);
        Status st = target_letter(b->tx, b->pack, unit, period.year, &end, b->arena, &letter);
        if (st == ST_NOT_FOUND) {
                *ret = feel_list(NULL, 0);
                return ST_OK;
        }
        TRY(st);
        TargetYear *y = target_year_new(b, b->pack, period.year);
        FeelValue *items = arena_array_of(b->arena, FeelValue, letter.count + 1);
        st = y && items ? ST_OK : ST_NOMEM;
        for (size_t i = 0; i < letter.count && st == ST_OK; i++) {
                TargetProgress *series;
                size_t count;
                FeelValue v;
                st = target_series(y, &letter, &letter.lines[i], period, b->arena, &series, &count);
                if (st == ST_OK)
                        st = target_context(b->arena, &letter.lines[i], count ? &series[count - 1] : NULL, &v);
                if (st == ST_OK) /* names of what is missing live in the year */
                        st = feel_copy(feel_exec_arena(x), &v, &items[i]);
        }
        target_year_free(y);
        if (st == ST_OK)
                *ret = feel_list(items, letter.count);
        return st;
}

/* Part of the unit's target on an indicator that is reached; null when it has none. */
static Status fn_progress(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        FeelValue list;
        *ret = feel_null();
        TRY(fn_targets(x, user, &args[1], 2, &list));
        for (size_t i = 0; feel_is(&list, FEEL_LIST) && i < list.list.len; i++) {
                const FeelValue *own = feel_context_get(&list.list.items[i], STR("indicator"));
                if (own && feel_is(own, FEEL_STRING) && str_eq(own->string, args[0].string)) {
                        const FeelValue *progress = feel_context_get(&list.list.items[i], STR("progress"));
                        *ret = progress ? *progress : feel_null();
                        return ST_OK;
                }
        }
        return ST_OK;
}

/* ---- alerts ---- */

static Status case_context(Arena *a, const AlertCase *k, FeelValue *ret)
{
        FeelContextBuilder c = FEEL_CONTEXT_BUILDER(a);
        char period[16];
        const PackStep *step =
                k->level > 0 && (size_t)k->level <= k->ladder->step_count ? &k->ladder->steps[k->level - 1] : NULL;
        int64_t counted = 0;
        FeelValue *figures = NULL;
        size_t n = 0;
        for (size_t i = k->entry_count; i-- > 0 && !figures;)
                if (k->entries[i].figure_count) {
                        figures = arena_array_of(a, FeelValue, k->entries[i].figure_count + 1);
                        if (!figures)
                                return ST_NOMEM;
                        for (size_t f = 0; f < k->entries[i].figure_count; f++) {
                                const AlertFigure *g = &k->entries[i].figures[f];
                                FeelContextBuilder fc = FEEL_CONTEXT_BUILDER(a);
                                Dec value;
                                period_to_text(g->period, period);
                                Str kept = arena_str(a, str_c(period));
                                if (!kept.ptr)
                                        return ST_NOMEM;
                                TRY(put(&fc, "period", feel_string(kept)));
                                TRY(put(&fc, "rank",
                                        g->rank2 ? feel_number(dec_div(dec_from_i64(g->rank2), dec_from_i64(2)))
                                                 : feel_null()));
                                bool known = g->value.ptr && dec_parse(g->value, &value) == ST_OK;
                                TRY(put(&fc, "value", known ? feel_number(value) : feel_null()));
                                TRY(put(&fc, "light", text(g->light)));
                                TRY(put(&fc, "counted", feel_bool(g->counted)));
                                TRY(feel_context_done(&fc, &figures[n++]));
                                counted += g->counted;
                        }
                }
        period_to_text(k->opened, period);
        Str opened = arena_str(a, str_c(period));
        if (!opened.ptr)
                return ST_NOMEM;
        TRY(put(&c, "case", feel_i64(k->id)));
        TRY(put(&c, "unit", feel_string(k->unit->code)));
        TRY(put(&c, "name", feel_string(k->unit->name)));
        TRY(put(&c, "title", feel_string(k->title)));
        TRY(put(&c, "indicator", feel_string(k->indicator->name)));
        TRY(put(&c, "kind", feel_string(k->rule ? STR("rank") : STR("light"))));
        TRY(put(&c, "say", text(k->rule ? k->rule->say.zh : k->lights->title.zh)));
        TRY(put(&c, "state", feel_string(str_c(alert_state_name(k->state)))));
        TRY(put(&c, "level", feel_i64(k->level)));
        TRY(put(&c, "step", step ? feel_string(step->name) : feel_null()));
        TRY(put(&c, "step title", step ? feel_string(step->title.zh) : feel_null()));
        TRY(put(&c, "document", step && step->document.len ? feel_string(step->document) : feel_null()));
        TRY(put(&c, "opened", feel_string(opened)));
        TRY(put(&c, "periods", feel_i64(counted)));
        TRY(put(&c, "figures", feel_list(figures, n)));
        return feel_context_done(&c, ret);
}

static Status fn_cases(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        IndicatorBook *b = user;
        const PackUnit *unit;
        Period period;
        bool ok;
        AlertCase *cases;
        size_t count, kept = 0;
        TRY(unit_and_period(x, b, &args[0], &args[1], &unit, &period, &ok, ret));
        if (!ok)
                return ST_OK;
        TRY(alert_cases(b->tx, b->pack, &(AlertFilter){ .within = unit }, b->arena, &cases, &count));
        FeelValue *items = arena_array_of(b->arena, FeelValue, count + 1);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < count; i++)
                if (cases[i].state == ALERT_OPEN && period_cmp(cases[i].opened, period) <= 0)
                        TRY(case_context(b->arena, &cases[i], &items[kept++]));
        *ret = feel_list(items, kept);
        return ST_OK;
}

/* ---- scores ---- */

static FeelValue number_of(const Json *o, const char *key)
{
        const Json *v = json_get(o, key);
        Dec d;
        return v && !json_is(v, JSON_NULL) && dec_parse(v->text, &d) == ST_OK ? feel_number(d) : feel_null();
}

static Str zh_of(const Json *o, const char *key)
{
        return json_get_text(json_get(o, key), "zh", STR(""));
}

static Status score_context(Arena *a, const Json *row, FeelValue *ret)
{
        static const char *const numbers[] = { "rank", "base", "bonus", "deductions", "ladder", "total" };
        FeelContextBuilder c = FEEL_CONTEXT_BUILDER(a);
        const Json *lines = json_get(row, "lines"), *veto = json_get(row, "veto");
        FeelValue *items = arena_array_of(a, FeelValue, (lines ? lines->count : 0) + 1), list;
        size_t n = 0;
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; json_at(lines, i); i++) {
                const Json *l = json_at(lines, i);
                FeelContextBuilder lc = FEEL_CONTEXT_BUILDER(a);
                TRY(put(&lc, "title", text(zh_of(l, "title"))));
                TRY(put(&lc, "points", number_of(l, "points")));
                TRY(put(&lc, "weight", number_of(l, "weight")));
                TRY(put(&lc, "target", number_of(l, "target")));
                TRY(put(&lc, "actual", number_of(l, "actual")));
                TRY(put(&lc, "measure", text(json_get_text(l, "measure", STR("")))));
                TRY(put(&lc, "method", text(zh_of(l, "method_title"))));
                TRY(feel_context_done(&lc, &items[n++]));
        }
        list = feel_list(items, n);
        TRY(put(&c, "subject", text(json_get_text(row, "subject", STR("")))));
        TRY(put(&c, "name", text(zh_of(row, "title"))));
        TRY(put(&c, "grade", text(zh_of(row, "grade_title"))));
        TRY(put(&c, "veto", feel_bool(json_is(veto, JSON_BOOL) && veto->truth)));
        for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
                TRY(put(&c, numbers[i], number_of(row, numbers[i])));
        TRY(put(&c, "lines", list));
        return feel_context_done(&c, ret);
}

/* The published table, or what the figures of now give. */
static Status fn_scores(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        IndicatorBook *b = user;
        int64_t year;
        AssessFrozen frozen;
        const PackAssessment *a = pack_assessment(b->pack, args[0].string);
        if (!a)
                return feel_null_because(x, ret, "没有考核“%.*s”", "no assessment \"%.*s\"", STR_FMT(args[0].string));
        if (!dec_to_i64(args[1].number, &year))
                return feel_null_because(x, ret, "年份应为整数", "the year must be a whole number");
        Status st = assess_published(b->tx, a, (int32_t)year, b->arena, &frozen);
        if (st == ST_NOT_FOUND) {
                _cleanup_buf_ Buf table = BUF_INIT((size_t)256 << 20);
                TRY(assess_table(b->tx, b->pack, a, (int32_t)year, b->arena, feel_exec_diag(x), &table));
                frozen.table = arena_str(b->arena, buf_str(&table));
                if (!frozen.table.ptr)
                        return ST_NOMEM;
        } else {
                TRY(st);
        }
        Json *json;
        TRY(json_parse(b->arena, frozen.table, NULL, NULL, NULL, &json));
        const Json *rows = json_get(json, "rows");
        FeelValue *items = arena_array_of(b->arena, FeelValue, (rows ? rows->count : 0) + 1);
        size_t count = 0;
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; json_at(rows, i); i++)
                TRY(score_context(b->arena, json_at(rows, i), &items[count++]));
        *ret = feel_list(items, count);
        return ST_OK;
}

Status indicator_target_library(IndicatorBook *b, FeelLibrary *library)
{
        static const FeelHostParam unit_period[] = { { STR("unit"), FEEL_TYPE_STRING, false },
                                                     { STR("period"), FEEL_TYPE_STRING, false } };
        static const FeelHostParam all[] = { { STR("indicator"), FEEL_TYPE_STRING, false },
                                             { STR("unit"), FEEL_TYPE_STRING, false },
                                             { STR("period"), FEEL_TYPE_STRING, false } };
        static const FeelHostParam year[] = { { STR("assessment"), FEEL_TYPE_STRING, false },
                                              { STR("year"), FEEL_TYPE_NUMBER, false } };
        const FeelHostFunction functions[] = {
                { .name = STR("targets"), .params = unit_period, .param_count = 2, .fn = fn_targets, .user = b },
                { .name = STR("progress"), .params = all, .param_count = 3, .fn = fn_progress, .user = b },
                { .name = STR("alert cases"), .params = unit_period, .param_count = 2, .fn = fn_cases, .user = b },
                { .name = STR("scores"), .params = year, .param_count = 2, .fn = fn_scores, .user = b },
        };
        for (size_t i = 0; i < ARRAY_LEN(functions); i++)
                TRY(feel_library_add_function(library, &functions[i]));
        return ST_OK;
}
