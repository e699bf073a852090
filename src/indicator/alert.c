/* alert.c -- one look at a period: cases open, climb, are corrected, close. */
#include "indicator/alert_int.h"

typedef struct Look {
        StoreTx *tx;
        const Pack *pack;
        const AlertUpdate *in;
        IndicatorBook *book;
        FeelExec *exec;
        Arena *arena;
        AlertCase *cases; /* all of them, as they were */
        size_t case_count;
        AlertOutcome *out;
        size_t out_cap;
} Look;

static Status touched(Look *k, const AlertCase *c, int64_t *counter)
{
        ++*counter;
        if (arena_grow(k->arena, (void **)&k->out->cases, &k->out_cap, k->out->count + 1, sizeof(int64_t)) < 0)
                return ST_NOMEM;
        k->out->cases[k->out->count++] = c->id;
        return ST_OK;
}

static bool same_subject(const AlertCase *c, const AlertView *v)
{
        return c->unit == v->unit && c->indicator == v->indicator && c->rule == v->rule &&
               (c->lights != NULL) == (v->lights != NULL) && c->line == v->line;
}

/* The newest case of the view's subject; of a target, of the same year. */
static AlertCase *case_of(Look *k, const AlertView *v)
{
        AlertCase *found = NULL;
        for (size_t i = 0; i < k->case_count; i++) {
                AlertCase *c = &k->cases[i];
                if (same_subject(c, v) && (c->rule || c->year == k->in->period.year) && (!found || c->id > found->id))
                        found = c;
        }
        return found;
}

static const AlertView *view_of(const AlertView *views, size_t n, const AlertCase *c)
{
        for (size_t i = 0; i < n; i++)
                if (same_subject(c, &views[i]))
                        return &views[i];
        return NULL;
}

static const char *why(const AlertView *v)
{
        return v->rule ? "排在后列" : "亮灯";
}

static Status write_entry(Look *k, AlertCase *c, AlertAct act, const AlertView *v, Period period, const char *text)
{
        const PackStep *step =
                (act == ALERT_OPENED || act == ALERT_CLIMBED) && c->level > 0 ? &c->ladder->steps[c->level - 1] : NULL;
        AlertEntry e = { .act = act,
                         .period = period,
                         .level = c->level,
                         .step = step,
                         .step_name = step ? step->name : STR(""),
                         .has_points = step && step->has_points,
                         .points = step ? step->points : dec_zero(),
                         .text = str_c(text),
                         .figures = v ? v->figures : NULL,
                         .figure_count = v ? v->figure_count : 0,
                         .actor = k->in->actor };
        return alert_put_entry(k->tx, c, &e, k->in->on_behalf, k->arena);
}

static Status open_case(Look *k, const AlertView *v, int64_t level)
{
        AlertCase c = { .unit = v->unit,
                        .indicator = v->indicator,
                        .rule = v->rule,
                        .lights = v->lights,
                        .line = v->line,
                        .year = k->in->period.year,
                        .title = v->title,
                        .ladder = v->ladder,
                        .state = ALERT_OPEN,
                        .level = level,
                        .opened = k->in->period,
                        .last = k->in->period };
        const PackStep *step = &v->ladder->steps[level - 1];
        char *text = arena_printf(k->arena, "%s %.*s%s：%.*s", v->rule ? "排名" : "目标", STR_FMT(v->title), why(v),
                                  STR_FMT(step->title.zh));
        if (!text)
                return ST_NOMEM;
        TRY(alert_new_case(k->tx, &c));
        TRY(touched(k, &c, &k->out->opened));
        return write_entry(k, &c, ALERT_OPENED, v, k->in->period, text);
}

/* Periods from the one the level was reached in. */
static int64_t held_at(const AlertCase *c, Period period)
{
        Period since = c->opened;
        int64_t n = 1;
        for (size_t i = 0; i < c->entry_count; i++)
                if (c->entries[i].act == ALERT_CLIMBED)
                        since = c->entries[i].period;
        for (; period_cmp(since, period) < 0 && n < 1000; since = period_add(since, 1))
                n++;
        return n;
}

static Status advance(Look *k, AlertCase *c, const AlertView *v)
{
        int64_t level;
        bool reset;
        TRY(alert_level(k->exec, v, k->in->period, c->level, held_at(c, k->in->period), &level, &reset));
        c->last = k->in->period;
        if (level > c->level) {
                c->level = level;
                const PackStep *step = &c->ladder->steps[level - 1];
                char *text = arena_printf(k->arena, "升级：%.*s", STR_FMT(step->title.zh));
                if (!text)
                        return ST_NOMEM;
                TRY(touched(k, c, &k->out->climbed));
                return write_entry(k, c, ALERT_CLIMBED, v, k->in->period, text);
        }
        if (reset && level == 0) {
                c->state = ALERT_CLOSED;
                TRY(touched(k, c, &k->out->closed));
                return write_entry(k, c, ALERT_CLOSED_BY, v, k->in->period, "按规则解除");
        }
        return ST_OK;
}

/* ---- corrections ---- */

static const AlertEntry *last_figures(const AlertCase *c)
{
        for (size_t i = c->entry_count; i-- > 0;)
                if (c->entries[i].figure_count)
                        return &c->entries[i];
        return NULL;
}

static bool same_text(Str x, Str y)
{
        return (x.ptr == NULL) == (y.ptr == NULL) && (!x.ptr || str_eq(x, y));
}

/* The figure of then as it is now; false: it cannot be told. */
static Status figure_now(Look *k, const AlertCase *c, const AlertFigure *was, const AlertView *v, AlertFigure *ret,
                         bool *ret_there)
{
        *ret_there = false;
        if (!c->rule) {
                for (size_t i = 0; v && i < v->figure_count; i++)
                        if (period_eq(v->figures[i].period, was->period)) {
                                *ret = v->figures[i];
                                *ret_there = true;
                        }
                return ST_OK;
        }
        IndicatorRanking r;
        TRY(indicator_rank(k->book, c->indicator, was->period, k->arena, NULL, &r));
        for (size_t i = 0; i < r.count; i++)
                if (r.rows[i].unit == c->unit) {
                        *ret = (AlertFigure){ .period = was->period, .rank2 = r.rows[i].rank2, .of = (int64_t)r.count };
                        TRY(indicator_exact(&r.rows[i].value, k->arena, &ret->value));
                        *ret_there = true;
                }
        TRY(indicator_late(k->book, c->indicator, c->unit, was->period, &ret->late));
        return ST_OK;
}

static Status describe(Look *k, const AlertCase *c, const AlertFigure *was, const AlertFigure *now, Buf *out)
{
        char period[16];
        period_to_text(was->period, period);
        Str missing = STR("未报"), old = was->value.ptr ? was->value : missing,
            new = now->value.ptr ? now->value : missing;
        if (old.len > 12)
                old.len = 12;
        if (new.len > 12)
                new.len = 12;
        if (out->len)
                buf_puts(out, "；");
        if (!c->rule) {
                buf_printf(out, "%s 原为 %.*s（%.*s），现为 %.*s（%.*s）", period, STR_FMT(old), STR_FMT(was->light),
                           STR_FMT(new), STR_FMT(now->light));
                return buf_status(out);
        }
        buf_printf(out, "%s 原第 %lld%s 位（%.*s），现第 %lld%s 位（%.*s）", period, (long long)(was->rank2 / 2),
                   was->rank2 % 2 ? ".5" : "", STR_FMT(old), (long long)(now->rank2 / 2), now->rank2 % 2 ? ".5" : "",
                   STR_FMT(new));
        IndicatorRankStep *steps;
        size_t n;
        TRY(indicator_rank_history(k->book, c->indicator, c->unit, was->period, k->arena, &steps, &n));
        if (n > 1)
                buf_printf(out, "，自 %.*s 起（第 %lld 号事件）", steps[n - 1].at.len >= 10 ? 10 : 0,
                           steps[n - 1].at.ptr, (long long)steps[n - 1].event);
        return buf_status(out);
}

/* The highest level that the figures of now give between the case's first period and its last. */
static Status level_now(Look *k, const AlertCase *c, int64_t *ret)
{
        *ret = 0;
        for (Period p = c->opened; period_cmp(p, c->last) <= 0; p = period_add(p, 1)) {
                _cleanup_target_year_ TargetYear *y = target_year_new(k->book, k->pack, p.year);
                AlertView *views;
                size_t n;
                int64_t level;
                bool reset;
                if (!y)
                        return ST_NOMEM;
                TRY(alert_views(k->book, y, p, k->arena, &views, &n));
                const AlertView *v = view_of(views, n, c);
                if (!v)
                        continue;
                TRY(alert_level(k->exec, v, p, *ret, 1, &level, &reset));
                if (level > *ret)
                        *ret = level;
        }
        return ST_OK;
}

static Status correct(Look *k, AlertCase *c, const AlertView *v, bool *ret_over)
{
        const AlertEntry *e = last_figures(c);
        _cleanup_buf_ Buf text = BUF_INIT(ALERT_TEXT_MAX);
        *ret_over = false;
        if (!e)
                return ST_OK;
        AlertView now = { .figures = arena_array_of(k->arena, AlertFigure, e->figure_count + 1) };
        if (!now.figures)
                return ST_NOMEM;
        for (size_t i = 0; i < e->figure_count; i++) {
                AlertFigure *f = &now.figures[now.figure_count++];
                bool there;
                *f = e->figures[i];
                AlertFigure is = { 0 };
                TRY(figure_now(k, c, f, v, &is, &there));
                if (!there || (is.late && !f->value.ptr)) /* came after its due day: it mends nothing */
                        continue;
                bool light = c->lights && !str_eq(is.light, f->light);
                if (is.rank2 == f->rank2 && same_text(is.value, f->value) && !light)
                        continue;
                if (c->lights && !light && str_eq_c(is.light, "unknown"))
                        continue;
                TRY(describe(k, c, f, &is, &text));
                is.counted = c->lights ? is.counted : f->counted;
                *f = is;
        }
        if (!text.len)
                return ST_OK;
        int64_t level;
        TRY(level_now(k, c, &level));
        TRY(touched(k, c, level == 0 ? &k->out->withdrawn : &k->out->corrected));
        if (level == 0) {
                *ret_over = true;
                c->state = ALERT_WITHDRAWN;
                buf_puts(&text, "。更正后不再符合预警条件，撤销");
        } else if (level < c->level) {
                buf_puts(&text, "。更正后降级");
                c->level = level;
        }
        TRY(buf_status(&text));
        return write_entry(k, c, level == 0 ? ALERT_WITHDREW : ALERT_CORRECTED, &now, k->in->period, buf_cstr(&text));
}

/* ---- the look ---- */

static Status end_of_year(Look *k)
{
        for (size_t i = 0; i < k->case_count; i++) {
                AlertCase *c = &k->cases[i];
                if (c->state != ALERT_OPEN || !c->lights || c->year >= k->in->period.year)
                        continue;
                c->state = ALERT_CLOSED;
                TRY(touched(k, c, &k->out->closed));
                TRY(write_entry(k, c, ALERT_CLOSED_BY, NULL, k->in->period, "年度终了，转入年终考核"));
        }
        return ST_OK;
}

static Status look(Look *k, const AlertView *v)
{
        AlertCase *c = case_of(k, v);
        int64_t level;
        bool reset, over = false;
        if (c && c->state == ALERT_OPEN) {
                TRY(correct(k, c, v, &over));
                return over || period_cmp(c->last, k->in->period) > 0 ? ST_OK : advance(k, c, v);
        }
        if (c && period_cmp(c->last, k->in->period) >= 0)
                return ST_OK; /* looked at already, and it is over */
        TRY(alert_level(k->exec, v, k->in->period, 0, 0, &level, &reset));
        return level ? open_case(k, v, level) : ST_OK;
}

Status alert_update(StoreTx *tx, const Pack *pack, const AlertUpdate *in, Arena *a, Diag *diag, AlertOutcome *ret)
{
        AlertOutcome out = { 0 };
        AlertView *views;
        size_t n;
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, pack);
        _cleanup_target_year_ TargetYear *y = b ? target_year_new(b, pack, in->period.year) : NULL;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        Look k = { .tx = tx, .pack = pack, .in = in, .book = b, .exec = x, .arena = a, .out = &out };
        if (!y || !x)
                return ST_NOMEM;
        if (in->period.kind != PERIOD_MONTH)
                return diag_fail(diag, ST_INVALID, POS_NONE, "预警按月更新：报告期应是月份，例如 2023-06",
                                 "alerts are looked at by month: the period is a month, for example 2023-06");
        TRY(alert_cases(tx, pack, &(AlertFilter){ 0 }, a, &k.cases, &k.case_count));
        TRY(alert_views(b, y, in->period, a, &views, &n));
        TRY(end_of_year(&k));
        for (size_t i = 0; i < n; i++)
                TRY(look(&k, &views[i]));
        *ret = out;
        return ST_OK;
}

Status alert_add(StoreTx *tx, const Pack *pack, const AlertAdd *in, Diag *diag)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        AlertCase *cases;
        size_t n;
        if (!a)
                return ST_NOMEM;
        TRY(alert_cases(tx, pack, &(AlertFilter){ .within = in->within, .id = in->id }, a, &cases, &n));
        if (n == 0 || in->id == 0)
                return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "没有第 %lld 号预警，或者无权查看",
                                 "there is no alert %lld, or it is not yours to see", (long long)in->id);
        AlertCase *c = &cases[0];
        if (c->state != ALERT_OPEN)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "第 %lld 号预警已经结束", "alert %lld is over",
                                 (long long)c->id);
        Str text = str_trim(in->text);
        if (!text.len || text.len > ALERT_TEXT_MAX)
                return diag_fail(diag, ST_INVALID, POS_NONE, "请写明内容，至多 %d 字节",
                                 "say what, in at most %d bytes", ALERT_TEXT_MAX);
        if (in->act == ALERT_CLOSED_BY)
                c->state = ALERT_CLOSED;
        AlertEntry e = { .act = in->act, .level = c->level, .step_name = STR(""), .text = text, .actor = in->actor };
        return alert_put_entry(tx, c, &e, in->on_behalf, a);
}
