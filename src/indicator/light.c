/* light.c -- progress and lights of a target, period by period. */
#include "indicator/light.h"

#include "indicator/target_int.h"

enum { YEAR_MAX_MIB = 512 };

/* All versions of a unit's letter. */
typedef struct UnitLetters {
        TargetLetter *versions;
        size_t count;
        bool loaded;
} UnitLetters;

struct TargetYear {
        IndicatorBook *book;
        const Pack *pack;
        int32_t year;
        Arena *arena;
        FeelExec *exec;
        UnitLetters *by_unit; /* by unit index */
        TargetLetter *letters;
        size_t letter_count;
        bool loaded;
};

const char *target_light_name(TargetLight l)
{
        static const char *const names[] = { "unknown", "green", "yellow", "red" };
        return (unsigned)l < ARRAY_LEN(names) ? names[l] : "?";
}

TargetYear *target_year_new(IndicatorBook *book, const Pack *pack, int32_t year)
{
        TargetYear *y = mem_calloc(1, sizeof(*y));
        if (!y)
                return NULL;
        *y = (TargetYear){ .book = book, .pack = pack, .year = year };
        y->arena = arena_new((size_t)YEAR_MAX_MIB << 20);
        y->exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        y->by_unit = y->arena ? arena_array_of(y->arena, UnitLetters, pack->unit_count + 1) : NULL;
        if (!y->exec || !y->by_unit) {
                target_year_free(y);
                return NULL;
        }
        return y;
}

void target_year_free(TargetYear *y)
{
        if (!y)
                return;
        feel_exec_free(y->exec);
        arena_free(y->arena);
        mem_free(y);
}

Status target_year_letters(TargetYear *y, const TargetLetter **ret, size_t *ret_count)
{
        if (!y->loaded)
                TRY(target_letters(y->book->tx, y->pack, y->year, NULL, NULL, false, y->arena, &y->letters,
                                   &y->letter_count));
        y->loaded = true;
        *ret = y->letters;
        *ret_count = y->letter_count;
        return ST_OK;
}

static Status versions_of(TargetYear *y, const PackUnit *unit, const UnitLetters **ret)
{
        UnitLetters *u = &y->by_unit[unit->index];
        if (!u->loaded)
                TRY(target_versions(y->book->tx, y->pack, unit, y->year, y->arena, &u->versions, &u->count));
        u->loaded = true;
        *ret = u;
        return ST_OK;
}

/* The line with this number in the letter in force on the day; before the first one was signed, that of the first. */
static const TargetLine *line_on(const UnitLetters *u, int64_t no, Date day)
{
        const TargetLine *found = NULL;
        bool first = true;
        for (size_t v = 0; v < u->count; v++) {
                const TargetLetter *l = &u->versions[v];
                if (!l->signed_)
                        continue;
                if (!first && date_cmp(l->from, day) > 0)
                        break;
                const TargetLine *line = NULL;
                for (size_t i = 0; i < l->count; i++)
                        if (l->lines[i].no == no)
                                line = &l->lines[i];
                if (line || date_cmp(l->from, day) <= 0) /* an amendment may drop a line */
                        found = line;
                first = false;
        }
        return found;
}

/* ---- figures ---- */

static bool is_number(const FeelValue *v)
{
        return feel_is(v, FEEL_NUMBER);
}

static PeriodKind steps_of(const PackIndicator *ind)
{
        return ind->source == PACK_REPORTED ? ind->frequency : PERIOD_MONTH;
}

static Status figure(TargetYear *y, const PackIndicator *ind, const PackUnit *unit, Period p, FeelValue *ret)
{
        const FeelValue *v;
        TRY(indicator_figures(y->book, ind, p, &v));
        *ret = v[unit->index];
        return ST_OK;
}

/* The year up to the period: figures that run up are their last one, others their sum. */
static Status year_to_date(TargetYear *y, const PackIndicator *ind, const PackUnit *unit, Period period,
                           TargetCourse course, FeelValue *ret)
{
        bool adds = course == TARGET_FLOW && ind->source == PACK_REPORTED && !ind->cumulative &&
                    ind->rollup == PACK_ROLLUP_SUM && period.kind == ind->frequency;
        if (!adds)
                return figure(y, ind, unit, period, ret);
        FeelValue sum = feel_i64(0), part;
        for (Period p = { period.kind, period.year, 1 }; p.index <= period.index; p.index++) {
                TRY(figure(y, ind, unit, p, &part));
                if (is_number(&sum) && is_number(&part))
                        sum = feel_number(dec_add(sum.number, part.number));
                else if (!is_number(&sum) && !is_number(&part))
                        TRY(feel_unknown_union(y->arena, &sum, &part, &sum));
                else if (is_number(&sum))
                        sum = part;
        }
        *ret = sum;
        return ST_OK;
}

static Status base_of(TargetYear *y, const TargetLine *line, const PackUnit *unit, Period period, TargetCourse course,
                      FeelValue *ret)
{
        Period p = course == TARGET_FLOW || line->measure == TARGET_GROWTH
                           ? period_year_ago(period)
                           : period_of((Date){ period.year - 1, 12, 31 }, period.kind);
        return year_to_date(y, line->indicator, unit, p, course, ret);
}

static Status measure(TargetYear *y, const TargetLine *line, const FeelValue *now, const FeelValue *base,
                      FeelValue *ret)
{
        if (line->measure == TARGET_VALUE) {
                *ret = *now;
                return ST_OK;
        }
        if (!is_number(now) && !is_number(base))
                return feel_unknown_union(y->arena, now, base, ret);
        if (!is_number(now) || !is_number(base)) {
                *ret = is_number(now) ? *base : *now;
                return ST_OK;
        }
        Dec more = dec_sub(now->number, base->number);
        if (line->measure == TARGET_INCREASE)
                *ret = feel_number(more);
        else if (dec_is_zero(base->number))
                return feel_unknown(y->arena, STR("上年同期为零，增长率无法计算"), ret);
        else
                *ret = feel_number(dec_div(dec_mul(more, dec_from_i64(100)), base->number));
        return ST_OK;
}

static bool is_met(const TargetLine *line, Dec actual)
{
        int c = dec_cmp(actual, line->target);
        return line->comparison == TARGET_AT_LEAST ? c >= 0 : line->comparison == TARGET_AT_MOST ? c <= 0 : c == 0;
}

/* Part of the way that is gone, and the part that may be expected. */
static void judge(const TargetLine *line, TargetProgress *p, TargetCourse course)
{
        Dec one = dec_from_i64(1), actual = p->actual.number;
        bool most = line->comparison == TARGET_AT_MOST, downhill = false;
        p->share = course == TARGET_RATE ? one : period_share_of_year(p->period);
        p->met = is_met(line, actual);
        bool from_base = course == TARGET_STOCK && line->measure == TARGET_VALUE && is_number(&p->base);
        if (from_base) {
                int c = dec_cmp(line->target, p->base.number);
                downhill = most && c < 0;
                from_base = most ? c < 0 : c > 0;
                if (!from_base) /* the target stands where the year began: it is to be held */
                        p->share = one;
        }
        Dec done;
        if (from_base)
                done = dec_div(dec_sub(actual, p->base.number), dec_sub(line->target, p->base.number));
        else if (dec_is_zero(line->target))
                done = p->met ? (most ? dec_zero() : one) : most ? dec_from_i64(2) : dec_zero();
        else
                done = dec_div(actual, line->target);
        p->progress = feel_number(done);
        p->behind = most && !downhill ? dec_cmp(done, p->share) > 0 : dec_cmp(done, p->share) < 0;
}

/* Everything but the light. */
static Status progress_at(TargetYear *y, const PackUnit *unit, const TargetLine *line, Period period,
                          TargetProgress *ret)
{
        TargetCourse course = target_course_of(line);
        FeelValue now;
        *ret = (TargetProgress){ .period = period, .line = line, .base = feel_null() };
        TRY(year_to_date(y, line->indicator, unit, period, course, &now));
        TRY(base_of(y, line, unit, period, course, &ret->base));
        TRY(measure(y, line, &now, &ret->base, &ret->actual));
        TRY(indicator_late(y->book, line->indicator, unit, period, &ret->late));
        ret->progress = ret->actual;
        ret->share = course == TARGET_RATE ? dec_from_i64(1) : period_share_of_year(period);
        if (!is_number(&ret->actual))
                return ST_OK;
        if (course == TARGET_STOCK && line->measure == TARGET_VALUE && !is_number(&ret->base)) {
                ret->progress = ret->base; /* without last year's end the way cannot be measured */
                ret->met = is_met(line, ret->actual.number);
                return ST_OK;
        }
        judge(line, ret, course);
        return ST_OK;
}

/* ---- the group ---- */

Status target_group(TargetYear *y, const TargetLetter *letter, const TargetLine *line, Period period, Arena *a,
                    TargetGroup *ret)
{
        const TargetLetter *all;
        size_t n;
        TRY(target_year_letters(y, &all, &n));
        TargetGroup g = { .values = arena_array_of(a, Dec, n + 1),
                          .units = arena_array_of(a, const PackUnit *, n + 1) };
        if (!g.values || !g.units)
                return ST_NOMEM;
        Dec sum = dec_zero();
        for (size_t i = 0; i < n; i++) {
                if (all[i].unit->kind != letter->unit->kind)
                        continue;
                for (size_t k = 0; k < all[i].count; k++) {
                        const TargetLine *other = &all[i].lines[k];
                        TargetProgress p;
                        if (other->indicator != line->indicator || other->measure != line->measure)
                                continue;
                        TRY(progress_at(y, all[i].unit, other, period, &p));
                        if (!is_number(&p.actual))
                                continue;
                        Dec v = p.actual.number;
                        g.min = g.count == 0 || dec_cmp(v, g.min) < 0 ? v : g.min;
                        g.max = g.count == 0 || dec_cmp(v, g.max) > 0 ? v : g.max;
                        sum = dec_add(sum, v);
                        g.units[g.count] = all[i].unit;
                        g.values[g.count++] = v;
                }
        }
        if (g.count)
                g.mean = dec_div(sum, dec_from_i64((int64_t)g.count));
        *ret = g;
        return ST_OK;
}

static FeelValue number_if(bool there, Dec d)
{
        return there ? feel_number(d) : feel_null();
}

Status target_inputs(const TargetProgress *p, const TargetGroup *group, const PackUnit *unit, const FeelValue *previous,
                     Arena *a, FeelValue in[PACK_LINE_SLOTS])
{
        const TargetLine *line = p->line;
        bool known = is_number(&p->actual);
        for (size_t i = 0; i < PACK_LINE_SLOTS; i++)
                in[i] = feel_null();
        in[PACK_LINE_ACTUAL] = p->actual;
        in[PACK_LINE_TARGET] = number_if(line->has_target, line->target);
        in[PACK_LINE_BASE] = p->base;
        in[PACK_LINE_PROGRESS] = p->progress;
        in[PACK_LINE_SHARE] = feel_number(p->share);
        in[PACK_LINE_BEHIND] = known ? feel_i64(p->behind_running) : p->actual;
        in[PACK_LINE_WEIGHT] = feel_number(line->weight);
        in[PACK_LINE_MET] = known ? feel_bool(p->met) : p->actual;
        in[PACK_LINE_LATE] = feel_bool(p->late);
        in[PACK_LINE_MONTH] = feel_i64(period_last_day(p->period).month);
        in[PACK_LINE_PREVIOUS] = previous ? *previous : feel_list(NULL, 0);
        if (!group)
                return ST_OK;
        FeelValue *values = arena_array_of(a, FeelValue, group->count + 1);
        if (!values)
                return ST_NOMEM;
        int64_t better = 0;
        bool lower =
                line->comparison == TARGET_AT_MOST || (line->indicator && line->indicator->direction == PACK_LOWER);
        for (size_t i = 0; i < group->count; i++) {
                values[i] = feel_number(group->values[i]);
                if (known && group->units[i] != unit) {
                        int c = dec_cmp(group->values[i], p->actual.number);
                        better += lower ? c < 0 : c > 0;
                }
        }
        in[PACK_LINE_MEAN] = number_if(group->count > 0, group->mean);
        in[PACK_LINE_MIN] = number_if(group->count > 0, group->min);
        in[PACK_LINE_MAX] = number_if(group->count > 0, group->max);
        in[PACK_LINE_RANK] = known ? feel_i64(better + 1) : p->actual;
        in[PACK_LINE_COUNT] = feel_i64((int64_t)group->count);
        in[PACK_LINE_VALUES] = feel_list(values, group->count);
        return ST_OK;
}

/* ---- lights ---- */

static const PackLights *lights_of(const Pack *pack, const PackUnit *unit, const TargetLine *line)
{
        if (line->lights.len)
                return pack_lights(pack, line->lights);
        const PackAssessment *assessment = pack_assessment_of(pack, unit->kind);
        return assessment ? assessment->lights : NULL;
}

static bool uses_group(const PackLights *lights)
{
        for (size_t i = 0; i < lights->rule_count; i++)
                for (size_t s = PACK_LINE_MEAN; s < PACK_LINE_SLOTS; s++)
                        if (feel_program_uses(lights->rules[i].when.program, (uint32_t)s))
                                return true;
        return false;
}

static Status light_of(TargetYear *y, const TargetLetter *letter, TargetProgress *p, const TargetProgress *earlier,
                       size_t earlier_count)
{
        static const PackTitle late_say = { STR("迟报，不转绿"), STR("reported late: never green") };
        if (!p->lights)
                return ST_OK;
        feel_exec_reset(y->exec);
        Arena *a = feel_exec_arena(y->exec);
        FeelValue in[PACK_LINE_SLOTS], v, previous;
        FeelValue *colours = arena_array_of(a, FeelValue, earlier_count + 1);
        TargetGroup group;
        bool grouped = uses_group(p->lights);
        if (!colours)
                return ST_NOMEM;
        for (size_t i = 0; i < earlier_count; i++)
                colours[i] = feel_string(str_c(target_light_name(earlier[i].light)));
        previous = feel_list(colours, earlier_count);
        if (grouped)
                TRY(target_group(y, letter, p->line, p->period, a, &group));
        TRY(target_inputs(p, grouped ? &group : NULL, letter->unit, &previous, a, in));
        p->light = LIGHT_GREEN;
        for (size_t i = 0; i < p->lights->rule_count; i++) {
                const PackLightRule *rule = &p->lights->rules[i];
                TRY(feel_eval(y->exec, rule->when.program, in, PACK_LINE_SLOTS, &v));
                if (feel_is(&v, FEEL_UNKNOWN)) {
                        p->light = LIGHT_UNKNOWN;
                        return ST_OK;
                }
                if (!feel_is_true(&v))
                        continue;
                p->light = rule->colour == PACK_GREEN    ? LIGHT_GREEN
                           : rule->colour == PACK_YELLOW ? LIGHT_YELLOW
                                                         : LIGHT_RED;
                p->say = rule->say;
                break;
        }
        if (p->light == LIGHT_GREEN && !is_number(&p->progress))
                p->light = LIGHT_UNKNOWN;
        if (p->light == LIGHT_GREEN && p->late) {
                p->light = LIGHT_YELLOW;
                p->say = late_say;
        }
        return ST_OK;
}

Status target_series(TargetYear *y, const TargetLetter *letter, const TargetLine *line, Period upto, Arena *a,
                     TargetProgress **ret, size_t *ret_count)
{
        const UnitLetters *versions;
        *ret = NULL;
        *ret_count = 0;
        if (!line->indicator || !line->has_target)
                return ST_OK;
        TRY(versions_of(y, letter->unit, &versions));
        PeriodKind kind = steps_of(line->indicator);
        Period last = period_of(period_last_day(upto), kind), at = period_of((Date){ y->year, 1, 1 }, kind);
        TargetProgress *list = arena_array_of(a, TargetProgress, 13);
        size_t n = 0;
        if (!list)
                return ST_NOMEM;
        for (; period_cmp(at, last) <= 0 && at.year == y->year && n < 12; at = period_add(at, 1)) {
                const TargetLine *then = letter->signed_ ? line_on(versions, line->no, period_last_day(at)) : line;
                if (!then || !then->indicator || !then->has_target || steps_of(then->indicator) != kind)
                        continue;
                if (date_cmp(period_last_day(at), period_last_day(upto)) > 0)
                        break; /* a quarter or year that is not over yet */
                TargetProgress *p = &list[n];
                TRY(progress_at(y, letter->unit, then, at, p));
                p->behind_running = !p->behind ? 0 : n ? list[n - 1].behind_running + 1 : 1;
                p->lights = lights_of(y->pack, letter->unit, then);
                TRY(light_of(y, letter, p, list, n));
                n++;
        }
        *ret = list;
        *ret_count = n;
        return ST_OK;
}
