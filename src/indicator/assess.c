/* assess.c -- from figures to points, totals, ranks and grades; and the table that is frozen. */
#include <stdlib.h>

#include "indicator/assess_int.h"
#include "store/event.h"
#include "store/sm3.h"

/* ---- groups ---- */

static int ascending(const void *x, const void *y)
{
        return dec_cmp(*(const Dec *)x, *(const Dec *)y);
}

static Status gather(AssessRun *r)
{
        for (size_t i = 0; i < r->count; i++)
                for (size_t k = 0; k < r->rows[i].count; k++) {
                        const AssessPoint *p = &r->rows[i].points[k];
                        AssessGroup *g = &r->groups[p->group];
                        if (!feel_is(&p->actual, FEEL_NUMBER))
                                continue;
                        if (arena_grow(r->arena, (void **)&g->values, &g->cap, g->count + 1, sizeof(Dec)) < 0)
                                return ST_NOMEM;
                        g->values[g->count++] = p->actual.number;
                }
        for (size_t i = 0; i < r->group_count; i++) {
                AssessGroup *g = &r->groups[i];
                FeelValue *values = arena_array_of(r->arena, FeelValue, g->count + 1);
                Dec sum = dec_zero();
                if (!values)
                        return ST_NOMEM;
                if (g->count)
                        qsort(g->values, g->count, sizeof(Dec), ascending);
                for (size_t k = 0; k < g->count; k++) {
                        values[k] = feel_number(g->values[k]);
                        sum = dec_add(sum, g->values[k]);
                }
                if (g->count)
                        g->mean = dec_div(sum, dec_from_i64((int64_t)g->count));
                g->list = feel_list(values, g->count);
        }
        return ST_OK;
}

/* 1 and how many are better. */
static int64_t place_in(const AssessGroup *g, Dec v, bool lower)
{
        size_t low = 0, high = g->count; /* the first that is not below (lower), or that is above */
        while (low < high) {
                size_t mid = (low + high) / 2;
                int c = dec_cmp(g->values[mid], v);
                if (lower ? c < 0 : c <= 0)
                        low = mid + 1;
                else
                        high = mid;
        }
        return (int64_t)(lower ? low : g->count - low) + 1;
}

static void group_inputs(const AssessGroup *g, AssessPoint *p)
{
        p->in[PACK_LINE_COUNT] = feel_i64((int64_t)g->count);
        p->in[PACK_LINE_VALUES] = g->list;
        if (g->count == 0)
                return;
        p->in[PACK_LINE_MEAN] = feel_number(g->mean);
        p->in[PACK_LINE_MIN] = feel_number(g->values[0]);
        p->in[PACK_LINE_MAX] = feel_number(g->values[g->count - 1]);
        p->in[PACK_LINE_RANK] =
                feel_is(&p->actual, FEEL_NUMBER) ? feel_i64(place_in(g, p->actual.number, p->lower)) : p->actual;
}

/* ---- points ---- */

static Dec rounded(const AssessRun *r, Dec d)
{
        return dec_normalize(dec_round(d, r->assessment->decimals, DEC_HALF_UP));
}

/* The decision that stands in place of the computed points: the last one accepted. */
static const AssessClaim *given_points(const AssessRun *r, const AssessRow *row, const AssessPoint *p)
{
        const AssessClaim *found = NULL;
        for (size_t i = 0; i < r->claim_count; i++) {
                const AssessClaim *c = &r->claims[i];
                if (c->state != ASSESS_ACCEPTED || !c->has_points || !str_eq(c->subject, row->subject))
                        continue;
                bool fits = c->kind == ASSESS_LINE && str_eq(c->item, p->name);
                fits |= c->kind == ASSESS_APPEAL && str_starts(c->item, STR("line:")) &&
                        str_eq(str_n(c->item.ptr + 5, c->item.len - 5), p->name);
                if (fits)
                        found = c;
        }
        return found;
}

static Status score(AssessRun *r, const AssessRow *row, AssessPoint *p)
{
        const PackMethod *m = p->method;
        const PackExpr *e = &m->points;
        group_inputs(&r->groups[p->group], p);
        p->given = given_points(r, row, p);
        if (p->given) {
                p->points = feel_number(p->given->points);
                return ST_OK;
        }
        bool judged = p->indicator || r->assessment->reg; /* words alone wait for people */
        if (judged && !feel_is(&p->actual, FEEL_NUMBER) && m->missing.text.len) {
                p->missing_rule = true;
                e = &m->missing;
        }
        for (size_t s = 0; s < PACK_LINE_SLOTS; s++)
                p->used[s] = feel_program_uses(e->program, (uint32_t)s);
        if (!judged) {
                p->points = p->actual;
                return ST_OK;
        }
        FeelValue v;
        feel_exec_reset(r->exec);
        TRY(feel_eval(r->exec, e->program, p->in, PACK_LINE_SLOTS, &v));
        if (feel_is(&v, FEEL_NUMBER) && dec_is_finite(v.number))
                p->points = feel_number(rounded(r, v.number));
        else if (feel_is(&v, FEEL_UNKNOWN))
                TRY(feel_copy(r->arena, &v, &p->points));
        else if (!feel_is(&p->actual, FEEL_NUMBER))
                p->points = p->actual;
        else
                TRY(feel_unknown(r->arena, p->title.zh, &p->points));
        return ST_OK;
}

/* ---- bonus, deductions, vetoes ---- */

/* Points of a claim: what was granted, or what an appeal that was upheld says since. */
static Dec worth(const AssessRun *r, const AssessClaim *c, bool *ret_counts)
{
        Dec points = c->has_points ? c->points : c->definition->points;
        *ret_counts = c->state == ASSESS_ACCEPTED;
        for (size_t i = 0; i < r->claim_count; i++) {
                const AssessClaim *x = &r->claims[i];
                int64_t id;
                if (x->kind == ASSESS_APPEAL && x->state == ASSESS_ACCEPTED && x->has_points &&
                    str_starts(x->item, STR("claim:")) && str_to_i64(str_n(x->item.ptr + 6, x->item.len - 6), &id) &&
                    id == c->id) {
                        points = x->points;
                        *ret_counts = true;
                }
        }
        return points;
}

/* Of one matter in a group `highest only` the highest counts, the first of equal ones. */
static void keep_highest(AssessRow *row, const PackClaimGroup *g)
{
        for (size_t i = 0; i < row->extra_count; i++) {
                AssessExtra *x = &row->extras[i];
                if (x->note_zh) /* does not count anyway */
                        continue;
                for (size_t k = 0; k < row->extra_count && x->claim->definition->group.len; k++) {
                        const AssessExtra *o = &row->extras[k];
                        if (k == i || !str_eq(x->claim->definition->group, g->name) ||
                            !str_eq(o->claim->definition->group, g->name) ||
                            !str_eq(x->claim->matter, o->claim->matter))
                                continue;
                        int c = dec_cmp(dec_abs(o->counted), dec_abs(x->counted));
                        if (o->note_zh == NULL && (c > 0 || (c == 0 && k < i && !dec_is_zero(x->counted)))) {
                                x->counted = dec_zero();
                                x->note_zh = "同一事项取最高，不重复计分";
                                x->note_en = "the highest of one matter counts";
                        }
                }
        }
}

/* The sum of a group is cut to its maximum, at the claim that passes it. */
static void cut_to_max(AssessRow *row, const PackClaimGroup *g)
{
        Dec left = g->max;
        for (size_t i = 0; i < row->extra_count && g->has_max; i++) {
                AssessExtra *x = &row->extras[i];
                if (!str_eq(x->claim->definition->group, g->name))
                        continue;
                Dec size = dec_abs(x->counted);
                if (dec_cmp(size, left) > 0) {
                        x->counted = dec_is_negative(x->counted) ? dec_neg(left) : left;
                        x->note_zh = "本组封顶";
                        x->note_en = "cut to the maximum of its group";
                        size = left;
                }
                left = dec_sub(left, size);
        }
}

static Status add_extras(AssessRun *r, AssessRow *row)
{
        row->extras = arena_array_of(r->arena, AssessExtra, r->claim_count + 1);
        if (!row->extras)
                return ST_NOMEM;
        for (size_t i = 0; i < r->claim_count; i++) {
                const AssessClaim *c = &r->claims[i];
                if (c->kind != ASSESS_ITEM || !c->definition || !str_eq(c->subject, row->subject))
                        continue;
                bool counts;
                AssessExtra x = { .claim = c, .counted = worth(r, c, &counts) };
                if (!counts) {
                        x.counted = dec_zero();
                        x.note_zh = c->state == ASSESS_FILED ? "待审定" : "未认可";
                        x.note_en = c->state == ASSESS_FILED ? "not decided yet" : "rejected";
                } else if (c->definition->kind == PACK_VETO) {
                        row->veto = true;
                }
                row->extras[row->extra_count++] = x;
        }
        for (size_t g = 0; g < r->assessment->group_count; g++) {
                if (r->assessment->groups[g].highest_only)
                        keep_highest(row, &r->assessment->groups[g]);
                cut_to_max(row, &r->assessment->groups[g]);
        }
        row->bonus = row->deductions = row->ladder = dec_zero();
        for (size_t i = 0; i < row->extra_count; i++) {
                Dec *sum = row->extras[i].claim->definition->kind == PACK_BONUS ? &row->bonus : &row->deductions;
                *sum = dec_add(*sum, row->extras[i].counted);
        }
        if (!r->assessment->units || !r->assessment->letters)
                return ST_OK;
        TRY(alert_points(r->tx, r->pack, row->unit, r->year, r->arena, &row->steps, &row->step_count));
        for (size_t i = 0; i < row->step_count; i++)
                row->ladder = dec_add(row->ladder, row->steps[i].points);
        return ST_OK;
}

/* ---- totals ---- */

static Status add_up(AssessRun *r, AssessRow *row)
{
        row->base = feel_i64(0);
        for (size_t i = 0; i < row->count; i++) {
                const FeelValue *p = &row->points[i].points;
                if (feel_is(p, FEEL_NUMBER) && feel_is(&row->base, FEEL_NUMBER))
                        row->base = feel_number(dec_add(row->base.number, p->number));
                else if (!feel_is(p, FEEL_NUMBER) && feel_is(&row->base, FEEL_NUMBER))
                        row->base = *p;
                else if (!feel_is(p, FEEL_NUMBER))
                        TRY(feel_unknown_union(r->arena, &row->base, p, &row->base));
        }
        const FeelValue in[PACK_TOTAL_SLOTS] = {
                [PACK_TOTAL_BASE] = row->base,
                [PACK_TOTAL_BONUS] = feel_number(row->bonus),
                [PACK_TOTAL_DEDUCTIONS] = feel_number(row->deductions),
                [PACK_TOTAL_LADDER] = feel_number(row->ladder),
                [PACK_TOTAL_VETO] = feel_bool(row->veto),
        };
        row->total = row->base;
        if (!r->assessment->total.text.len) {
                if (feel_is(&row->base, FEEL_NUMBER))
                        row->total = feel_number(
                                dec_add(dec_add(row->base.number, row->bonus), dec_add(row->deductions, row->ladder)));
                return ST_OK;
        }
        FeelValue v;
        feel_exec_reset(r->exec);
        TRY(feel_eval(r->exec, r->assessment->total.program, in, PACK_TOTAL_SLOTS, &v));
        if (feel_is(&v, FEEL_NUMBER))
                row->total = feel_number(rounded(r, v.number));
        else if (feel_is(&row->base, FEEL_NUMBER))
                return feel_unknown(r->arena, r->assessment->title.zh, &row->total);
        return ST_OK;
}

static Status rank_rows(AssessRun *r)
{
        AssessGroup totals = { .values = arena_array_of(r->arena, Dec, r->count + 1) };
        if (!totals.values)
                return ST_NOMEM;
        for (size_t i = 0; i < r->count; i++)
                if (feel_is(&r->rows[i].total, FEEL_NUMBER))
                        totals.values[totals.count++] = r->rows[i].total.number;
        if (totals.count)
                qsort(totals.values, totals.count, sizeof(Dec), ascending);
        for (size_t i = 0; i < r->count; i++) {
                AssessRow *row = &r->rows[i];
                if (!feel_is(&row->total, FEEL_NUMBER))
                        continue;
                row->rank = place_in(&totals, row->total.number, false);
                const FeelValue in[PACK_GRADE_SLOTS] = {
                        [PACK_GRADE_TOTAL] = row->total,
                        [PACK_GRADE_RANK] = feel_i64(row->rank),
                        [PACK_GRADE_COUNT] = feel_i64((int64_t)totals.count),
                        [PACK_GRADE_VETO] = feel_bool(row->veto),
                };
                for (size_t g = 0; g < r->assessment->grade_count && !row->grade; g++) {
                        const PackGrade *grade = &r->assessment->grades[g];
                        FeelValue v = feel_bool(true);
                        feel_exec_reset(r->exec);
                        if (grade->when.text.len)
                                TRY(feel_eval(r->exec, grade->when.program, in, PACK_GRADE_SLOTS, &v));
                        if (feel_is_true(&v))
                                row->grade = grade;
                }
        }
        return ST_OK;
}

static int by_rank(const void *x, const void *y)
{
        const AssessRow *a = x, *b = y;
        if ((a->rank == 0) != (b->rank == 0))
                return a->rank == 0 ? 1 : -1;
        if (a->rank != b->rank)
                return a->rank < b->rank ? -1 : 1;
        return str_cmp(a->subject, b->subject);
}

static Status compute(AssessRun *r)
{
        TRY(assess_claims(r->tx, r->pack, r->assessment, r->year, STR(""), r->arena, &r->claims, &r->claim_count));
        TRY(r->assessment->units ? assess_unit_rows(r) : assess_record_rows(r));
        TRY(gather(r));
        for (size_t i = 0; i < r->count; i++) {
                for (size_t k = 0; k < r->rows[i].count; k++)
                        TRY(score(r, &r->rows[i], &r->rows[i].points[k]));
                TRY(add_extras(r, &r->rows[i]));
                TRY(add_up(r, &r->rows[i]));
        }
        TRY(rank_rows(r));
        if (r->count)
                qsort(r->rows, r->count, sizeof(AssessRow), by_rank);
        return ST_OK;
}

Status assess_table(StoreTx *tx, const Pack *pack, const PackAssessment *assessment, int32_t year, Arena *a, Diag *diag,
                    Buf *ret)
{
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, pack);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!b || !x)
                return ST_NOMEM;
        AssessRun r = { .tx = tx,
                        .pack = pack,
                        .assessment = assessment,
                        .year = year,
                        .arena = a,
                        .diag = diag,
                        .book = b,
                        .exec = x };
        TRY(compute(&r));
        JsonWriter w = json_writer(ret, JSON_COMPACT);
        TRY(assess_put(&r, &w));
        return jw_finish(&w);
}

/* ---- publishing ---- */

Status assess_published(StoreTx *tx, const PackAssessment *assessment, int32_t year, Arena *a, AssessFrozen *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(
                tx,
                "SELECT version, scores, hash, reason, actor, at, event FROM assess_frozen WHERE assessment = $1 AND year = $2 "
                "ORDER BY version DESC LIMIT 1",
                STORE_ARGS(sv_text(assessment->name), sv_i64(year)), &q));
        AssessFrozen f = { .version = store_i64(q, 0), .event = store_i64(q, 6) };
        Str *const texts[] = { &f.table, &f.hash, &f.reason, &f.actor, &f.at };
        for (int i = 0; i < 5; i++)
                if (!(*texts[i] = store_text_dup(q, i + 1, a)).ptr)
                        return ST_NOMEM;
        *ret = f;
        return ST_OK;
}

static Status nothing_waits(StoreTx *tx, const Pack *pack, const PackAssessment *assessment, int32_t year, Arena *a,
                            Diag *diag)
{
        AssessClaim *claims;
        size_t n;
        TRY(assess_claims(tx, pack, assessment, year, STR(""), a, &claims, &n));
        for (size_t i = 0; i < n; i++)
                if (claims[i].state == ASSESS_FILED)
                        return diag_fail(diag, ST_CONFLICT, POS_NONE, "第 %lld 号申报还没有决定，请先审定再公布",
                                         "claim %lld is not decided yet: decide it before publishing",
                                         (long long)claims[i].id);
        return ST_OK;
}

Status assess_publish(StoreTx *tx, const Pack *pack, const PackAssessment *assessment, int32_t year, Str reason,
                      Str actor, Str on_behalf, Arena *a, Diag *diag, AssessFrozen *ret)
{
        AssessFrozen before, f = { .version = 1, .reason = str_trim(reason.ptr ? reason : STR("")), .actor = actor };
        char hash[SM3_HEX], at[40];
        _cleanup_buf_ Buf table = BUF_INIT((size_t)256 << 20), payload = BUF_INIT(STORE_PAYLOAD_MAX);
        TRY(nothing_waits(tx, pack, assessment, year, a, diag));
        TRY(assess_table(tx, pack, assessment, year, a, diag, &table));
        TRY(sm3_hex_of(buf_str(&table), hash));
        Status st = assess_published(tx, assessment, year, a, &before);
        if (st != ST_NOT_FOUND)
                TRY(st);
        if (st == ST_OK && str_eq_c(before.hash, hash))
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "与已公布的第 %lld 版相同，无须重新公布",
                                 "it is the same as published version %lld", (long long)before.version);
        if (st == ST_OK && !f.reason.len)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "重新公布须说明理由", "publishing again needs a reason");
        if (st == ST_OK)
                f.version = before.version + 1;
        JsonWriter w = json_writer(&payload, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "version", f.version);
        jw_put_cstr(&w, "sm3", hash);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *subject = arena_printf(a, "assess:%.*s/%d", STR_FMT(assessment->name), (int)year);
        f.hash = arena_str(a, str_c(hash));
        f.table = arena_str(a, buf_str(&table));
        size_t n = instant_to_text(clock_now(), at);
        f.at = arena_str(a, str_n(at, n));
        if (!subject || !f.hash.ptr || !f.table.ptr || !f.at.ptr)
                return ST_NOMEM;
        TRY(store_event(tx,
                        &(StoreEvent){ .actor = actor,
                                       .on_behalf = on_behalf,
                                       .op = STR("assess.publish"),
                                       .subject = str_c(subject),
                                       .reason = f.reason,
                                       .payload = buf_str(&payload) },
                        &f.event));
        TRY(store_exec(tx,
                       "INSERT INTO assess_frozen (assessment, year, version, scores, hash, reason, actor, at, event) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                       STORE_ARGS(sv_text(assessment->name), sv_i64(year), sv_i64(f.version), sv_text(f.table),
                                  sv_text(f.hash), sv_text(f.reason), sv_text(actor), sv_text(f.at), sv_i64(f.event)),
                       NULL));
        *ret = f;
        return ST_OK;
}
