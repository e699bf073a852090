/* report_check.c -- what a report is measured against before it is taken.
 *
 * Errors refuse a row.  Soft checks ask for an explanation, kept with the figure: rules of
 * the pack, jumps against the last period and last year, a growth far from that of the other
 * units (modified Z-score: 0.6745 of the distance from the median over the median distance,
 * Iglewicz and Hoaglin), sums of an upper level that do not agree. */
#include <stdlib.h>

#include "indicator/report_int.h"
#include "pack/scope.h"

enum { PEERS_MIN = 5 };

/* ---- what is there ---- */

static Status load_period(Report *r, IndicatorBook *b, Period p, FeelValue **ret)
{
        size_t units = r->pack->unit_count;
        FeelValue *v = arena_array_of(r->arena, FeelValue, r->form->item_count * units + 1);
        if (!v)
                return ST_NOMEM;
        for (size_t i = 0; i < r->form->item_count; i++)
                TRY(indicator_reported(b, r->form->items[i].indicator, p, v + i * units));
        *ret = v;
        return ST_OK;
}

static Status known_at(Report *r, IndicatorBook *b, Period p, const Known **ret)
{
        for (size_t i = 0; i < r->known_count; i++)
                if (period_eq(r->known[i].period, p)) {
                        *ret = &r->known[i];
                        return ST_OK;
                }
        if (arena_grow(r->arena, (void **)&r->known, &r->known_cap, r->known_count + 1, sizeof(Known)) < 0)
                return ST_NOMEM;
        Known *k = &r->known[r->known_count];
        *k = (Known){ .period = p };
        TRY(load_period(r, b, p, &k->now));
        TRY(load_period(r, b, period_prev(p), &k->previous));
        TRY(load_period(r, b, period_year_ago(p), &k->year_ago));
        r->known_count++;
        *ret = k;
        return ST_OK;
}

static Status load_versions(Report *r, Row *row)
{
        for (size_t i = 0; i < r->form->item_count; i++) {
                Figure *f = &row->figures[i];
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                Status st = store_one(
                        r->tx,
                        "SELECT version, value, note FROM indicator_value WHERE indicator = $1 AND unit = $2 AND period = $3",
                        STORE_ARGS(sv_text(r->form->items[i].indicator->name), sv_text(row->unit->code),
                                   sv_i64(period_to_int(row->period))),
                        &q);
                if (st == ST_NOT_FOUND) {
                        f->changed = f->given && f->known;
                        continue;
                }
                TRY(st);
                if (!store_is_null(q, 2) && !(f->kept = store_text_dup(q, 2, r->arena)).ptr)
                        return ST_NOMEM;
                f->version = store_i64(q, 0);
                bool was_known = !store_is_null(q, 1);
                f->old = store_i64(q, 1);
                f->changed = f->given && (f->known != was_known || (f->known && f->value != f->old));
        }
        return ST_OK;
}

static const FeelValue *at(const Report *r, const FeelValue *values, size_t item, const PackUnit *unit)
{
        return &values[item * r->pack->unit_count + unit->index];
}

FeelValue report_figure(const Report *r, const Row *row, size_t item, const Known *known)
{
        const Figure *f = &row->figures[item];
        if (f->given && f->known)
                return feel_number(dec_from_scaled(f->value, r->form->items[item].indicator->scale));
        return f->given ? feel_null() : *at(r, known->now, item, row->unit);
}

/* ---- sums that must agree ---- */

static Status check_totals(Report *r, Row *totals)
{
        for (size_t i = 0; i < r->form->item_count; i++) {
                const PackFormItem *item = &r->form->items[i];
                const PackIndicator *ind = item->indicator;
                const Figure *t = &totals->figures[i];
                if (!t->known || ind->rollup != PACK_ROLLUP_SUM)
                        continue;
                Dec sum = dec_zero();
                bool whole = true;
                for (size_t k = 0; k < r->row_count; k++) {
                        const Row *row = &r->rows[k];
                        if (row->totals || !period_eq(row->period, totals->period))
                                continue;
                        whole = whole && row->figures[i].known;
                        if (row->figures[i].known)
                                sum = dec_add(sum, dec_from_scaled(row->figures[i].value, ind->scale));
                }
                Dec given = dec_from_scaled(t->value, ind->scale);
                if (!whole || dec_eq(sum, given))
                        continue;
                char is[DEC_TEXT_MAX];
                dec_to_text(sum, is);
                TRY(report_problem(r, totals, REGISTER_WARNING, item, t->raw, "与各单位之和 %s 不符",
                                   "is not the sum of the units, %s", is));
        }
        return ST_OK;
}

/* ---- jumps ---- */

static void percent(Dec d, char out[DEC_TEXT_MAX])
{
        dec_to_text_exact(dec_quantize(dec_mul(d, dec_from_i64(100)), 1, DEC_HALF_UP), out);
}

/* (now - before) / before, where there is something to grow from. */
static bool growth(const FeelValue *now, const FeelValue *before, Dec *ret)
{
        if (!feel_is(now, FEEL_NUMBER) || !feel_is(before, FEEL_NUMBER) || dec_is_zero(before->number) ||
            dec_is_negative(before->number))
                return false;
        *ret = dec_div(dec_sub(now->number, before->number), before->number);
        return dec_is_finite(*ret);
}

static Status check_jump(Report *r, Row *row, size_t i, const struct PackSoft *limit, const FeelValue *before,
                         bool year)
{
        Figure *f = &row->figures[i];
        Dec d;
        if (!limit->has || !f->given || !f->known)
                return ST_OK;
        FeelValue now = feel_number(dec_from_scaled(f->value, r->form->items[i].indicator->scale));
        if (!growth(&now, before, &d) || dec_cmp(dec_abs(d), limit->limit) <= 0)
                return ST_OK;
        char by[DEC_TEXT_MAX], most[DEC_TEXT_MAX];
        percent(d, by);
        percent(limit->limit, most);
        return report_problem(r, row, REGISTER_EXPLAIN, &r->form->items[i], f->raw,
                              year ? "比上年同期变动 %s%%，超过 %s%%" : "比上期变动 %s%%，超过 %s%%",
                              year ? "differs by %s%% from a year ago, more than %s%%"
                                   : "differs by %s%% from the last period, more than %s%%",
                              by, most);
}

static int by_value(const void *x, const void *y)
{
        return dec_cmp(*(const Dec *)x, *(const Dec *)y);
}

static Dec median(Dec *v, size_t n)
{
        qsort(v, n, sizeof(*v), by_value);
        return n % 2 ? v[n / 2] : dec_div(dec_add(v[n / 2 - 1], v[n / 2]), dec_from_i64(2));
}

/* Growths of an indicator against a year ago: of the sheet's units, and of those that have reported already. */
static Status peers_of(Report *r, size_t item, Period period, const Known *known, Dec **ret, size_t *ret_count)
{
        size_t units = r->pack->unit_count, n = 0;
        Dec *v = arena_array_of(r->arena, Dec, units + 1);
        FeelValue *now = arena_array_of(r->arena, FeelValue, units + 1);
        if (!v || !now)
                return ST_NOMEM;
        memcpy(now, known->now + item * units, units * sizeof(*now));
        for (size_t k = 0; k < r->row_count; k++)
                if (r->rows[k].unit && !r->rows[k].refused && period_eq(r->rows[k].period, period))
                        now[r->rows[k].unit->index] = report_figure(r, &r->rows[k], item, known);
        for (size_t u = 0; u < units; u++)
                if (r->pack->units[u].kind == r->form->units &&
                    growth(&now[u], &known->year_ago[item * units + u], &v[n]))
                        n++;
        *ret = v;
        *ret_count = n;
        return ST_OK;
}

/* Modified Z-scores of a period's growths. */
static Status check_outliers(Report *r, size_t item, Period period, const Known *known)
{
        const PackFormItem *it = &r->form->items[item];
        Dec *v, d;
        size_t n;
        TRY(peers_of(r, item, period, known, &v, &n));
        if (n < PEERS_MIN)
                return ST_OK;
        Dec middle = median(v, n);
        for (size_t i = 0; i < n; i++)
                v[i] = dec_abs(dec_sub(v[i], middle));
        Dec mad = median(v, n);
        if (dec_is_zero(mad)) /* more than half grow alike: nothing to measure a distance by */
                return ST_OK;
        for (size_t k = 0; k < r->row_count; k++) {
                Row *row = &r->rows[k];
                if (!row->unit || row->refused || !period_eq(row->period, period) || !row->figures[item].given)
                        continue;
                FeelValue now = report_figure(r, row, item, known);
                if (!growth(&now, at(r, known->year_ago, item, row->unit), &d))
                        continue;
                Dec z = dec_div(dec_mul(dec_from_scaled(6745, 4), dec_sub(d, middle)), mad);
                if (dec_cmp(dec_abs(z), it->outlier.limit) <= 0)
                        continue;
                char own[DEC_TEXT_MAX], of_all[DEC_TEXT_MAX], score[DEC_TEXT_MAX];
                percent(d, own);
                percent(middle, of_all);
                dec_to_text_exact(dec_quantize(z, 1, DEC_HALF_UP), score);
                TRY(report_problem(r, row, REGISTER_EXPLAIN, it, row->figures[item].raw,
                                   "同比增幅 %s%%，同级单位的中位数是 %s%%，相差过大（修正 Z 值 %s）",
                                   "grew by %s%% where the median of its peers is %s%% (modified Z-score %s)", own,
                                   of_all, score));
        }
        return ST_OK;
}

/* ---- rules of the pack ---- */

static Status context_of(const Report *r, const PackUnit *unit, const FeelValue *values, Arena *a, FeelValue *ret)
{
        FeelValue *v = arena_array_of(a, FeelValue, r->form->item_count + 1);
        if (!v)
                return ST_NOMEM;
        for (size_t i = 0; i < r->form->item_count; i++)
                v[i] = *at(r, values, i, unit);
        *ret = feel_context(pack_form_shape(r->form), v);
        return ST_OK;
}

static void set_slot(FeelValue *in, size_t n, size_t slot, FeelValue v)
{
        if (slot < n)
                in[slot] = v;
}

static Status others_of(const Report *r, const Row *row, const Known *known, Arena *a, FeelValue *ret)
{
        FeelValue *items = arena_array_of(a, FeelValue, r->row_count + 1);
        size_t n = 0;
        if (!items)
                return ST_NOMEM;
        for (size_t k = 0; k < r->row_count; k++) {
                const Row *o = &r->rows[k];
                if (o == row || o->totals || !o->unit || !period_eq(o->period, row->period))
                        continue;
                FeelValue *v = arena_array_of(a, FeelValue, r->form->item_count + 1);
                if (!v)
                        return ST_NOMEM;
                for (size_t i = 0; i < r->form->item_count; i++)
                        v[i] = report_figure(r, o, i, known);
                items[n++] = feel_context(pack_form_shape(r->form), v);
        }
        *ret = feel_list(items, n);
        return ST_OK;
}

static bool some_check_uses(const PackForm *form, size_t slot)
{
        for (size_t i = 0; i < form->check_count; i++)
                if (form->checks[i].when.program && feel_program_uses(form->checks[i].when.program, (uint32_t)slot))
                        return true;
        return false;
}

/* What the registers and formulas say of the unit: for checks across registers. */
static Status put_others(Report *r, IndicatorBook *b, const Row *row, FeelValue *in, size_t n)
{
        for (size_t i = 0; i < r->form->other_count; i++) {
                size_t slot = pack_form_other_slot(r->form, i);
                FeelValue v;
                if (slot >= n || !some_check_uses(r->form, slot))
                        continue;
                TRY(indicator_figure(b, r->form->others[i], row->period, row->unit, &v));
                in[slot] = feel_is(&v, FEEL_NUMBER) ? v : feel_null();
        }
        return ST_OK;
}

static const PackFormItem *item_of(const Report *r, const Row *row, const PackFormCheck *c)
{
        const PackFormItem *first = NULL;
        for (size_t k = 0; k < c->use_count; k++)
                for (size_t i = 0; i < r->form->item_count; i++)
                        if (r->form->items[i].indicator == c->uses[k]) {
                                if (row->figures[i].given)
                                        return &r->form->items[i];
                                first = first ? first : &r->form->items[i];
                        }
        return first;
}

static Status apply_checks(Report *r, IndicatorBook *b, Row *row, const Known *known, FeelExec *x)
{
        if (r->form->check_count == 0)
                return ST_OK;
        feel_exec_reset(x);
        Arena *a = feel_exec_arena(x);
        size_t n = feel_scope_len(r->form->scope);
        FeelValue *in = arena_array_of(a, FeelValue, n + 1), v;
        if (!in)
                return ST_NOMEM;
        for (size_t i = 0; i < r->form->item_count && i < n; i++)
                in[i] = report_figure(r, row, i, known);
        TRY(context_of(r, row->unit, known->previous, a, &v));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_PREVIOUS), v);
        TRY(context_of(r, row->unit, known->year_ago, a, &v));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_YEAR_AGO), v);
        if (some_check_uses(r->form, pack_form_slot(r->form, PACK_SLOT_OTHERS))) {
                TRY(others_of(r, row, known, a, &v));
                set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_OTHERS), v);
        }
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_YEAR), feel_i64(row->period.year));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_MONTH), feel_i64(row->period.index));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_PERIOD_START), feel_date(period_first_day(row->period)));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_PERIOD_END), feel_date(period_last_day(row->period)));
        TRY(put_others(r, b, row, in, n));
        for (size_t i = 0; i < r->form->check_count; i++) {
                const PackFormCheck *c = &r->form->checks[i];
                TRY(feel_eval(x, c->when.program, in, n, &v));
                if (!feel_is_true(&v))
                        continue;
                const PackFormItem *item = item_of(r, row, c);
                Str found = item ? row->figures[item - r->form->items].raw : STR_NONE;
                TRY(report_problem(r, row, c->level == PACK_LEVEL_ERROR ? REGISTER_ERROR : REGISTER_EXPLAIN, item,
                                   found, "%.*s", "%.*s", STR_FMT(pack_title(c->say, r->in->lang))));
        }
        return ST_OK;
}

static Status check_required(Report *r, Row *row, const Known *known)
{
        for (size_t i = 0; i < r->form->item_count; i++) {
                const PackFormItem *item = &r->form->items[i];
                FeelValue v = report_figure(r, row, i, known);
                if (item->required && !feel_is(&v, FEEL_NUMBER))
                        TRY(report_problem(r, row, REGISTER_WARNING, item, STR_NONE, "缺少“%.*s”，作为未报处理",
                                           "\"%.*s\" is missing and counts as not reported",
                                           STR_FMT(pack_title(item->indicator->title, r->in->lang))));
        }
        return ST_OK;
}

static Status check_row(Report *r, IndicatorBook *b, Row *row, FeelExec *x)
{
        const Known *known;
        TRY(known_at(r, b, row->period, &known));
        TRY(load_versions(r, row));
        TRY(check_required(r, row, known));
        for (size_t i = 0; i < r->form->item_count; i++) {
                const PackFormItem *item = &r->form->items[i];
                TRY(check_jump(r, row, i, &item->jump, at(r, known->previous, i, row->unit), false));
                TRY(check_jump(r, row, i, &item->jump_year, at(r, known->year_ago, i, row->unit), true));
        }
        return apply_checks(r, b, row, known, x);
}

/* A row of totals obeys the rules within a row too (the nation's parts add up to the nation's total). */
static Status check_totals_row(Report *r, Row *row, FeelExec *x)
{
        feel_exec_reset(x);
        size_t n = feel_scope_len(r->form->scope);
        FeelValue *in = r->form->check_count ? arena_array_of(feel_exec_arena(x), FeelValue, n + 1) : NULL, v;
        if (!r->form->check_count)
                return ST_OK;
        if (!in)
                return ST_NOMEM;
        for (size_t i = 0; i < r->form->item_count && i < n; i++)
                if (row->figures[i].known)
                        in[i] = feel_number(dec_from_scaled(row->figures[i].value, r->form->items[i].indicator->scale));
        for (size_t i = 0; i < r->form->check_count; i++) {
                const PackFormCheck *c = &r->form->checks[i];
                TRY(feel_eval(x, c->when.program, in, n, &v));
                const PackFormItem *item = item_of(r, row, c);
                if (feel_is_true(&v))
                        TRY(report_problem(r, row, REGISTER_WARNING, item,
                                           item ? row->figures[item - r->form->items].raw : STR_NONE, "%.*s", "%.*s",
                                           STR_FMT(pack_title(c->say, r->in->lang))));
        }
        return ST_OK;
}

Status report_check(Report *r)
{
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(r->tx, r->pack);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!b || !x)
                return ST_NOMEM;
        for (size_t i = 0; i < r->row_count; i++) {
                Row *row = &r->rows[i];
                if (row->totals) {
                        TRY(check_totals(r, row));
                        TRY(check_totals_row(r, row, x));
                } else if (row->unit && !row->refused) {
                        TRY(check_row(r, b, row, x));
                }
        }
        for (size_t k = 0; k < r->known_count; k++)
                for (size_t i = 0; i < r->form->item_count; i++)
                        if (r->form->items[i].outlier.has)
                                TRY(check_outliers(r, i, r->known[k].period, &r->known[k]));
        return ST_OK;
}
