/* demo_targets.c -- the counties' letters of responsibility, the alerts of every month, the year's assessment.
 *
 * Targets follow from last year's figures as a bureau would set them; nothing is drawn, so that the rest of the
 * city is what it was. */
#include "app/demo/demo.h"
#include "indicator/alert.h"
#include "indicator/assess.h"
#include "indicator/target.h"

enum { LINES = 6 };

/* The figure of a unit at a year's end, or the fallback; times permille, rounded to digits (negative: tens). */
static Status aim(IndicatorBook *b, const Pack *pack, const char *name, const PackUnit *unit, int year, int permille,
                  int digits, Dec fallback, Dec *ret)
{
        const PackIndicator *ind = pack_indicator(pack, str_c(name));
        FeelValue v = feel_null();
        if (ind)
                TRY(indicator_figure(b, ind, (Period){ PERIOD_MONTH, year, 12 }, unit, &v));
        Dec base = feel_is(&v, FEEL_NUMBER) ? v.number : fallback;
        *ret = dec_normalize(
                dec_round(dec_div(dec_mul(base, dec_from_i64(permille)), dec_from_i64(1000)), digits, DEC_HALF_UP));
        return ST_OK;
}

static Status draft_lines(Demo *d, IndicatorBook *b, const PackUnit *unit, int year, TargetLine lines[LINES])
{
        static const struct {
                const char *indicator, *text;
                TargetMeasure measure;
                int permille, digits, weight;
                int64_t fallback;
                const char *method, *lights;
        } plan[LINES] = {
                { "rd_intensity", "", TARGET_VALUE, 1040, 2, 25, 1, "", "" },
                { "tech_contract_amount", "", TARGET_VALUE, 1120, -4, 20, 50000000, "proportional", "xinhuang" },
                { "invention_patents", "", TARGET_VALUE, 1080, 0, 15, 50, "", "guangyuan" },
                { "hnte_count", "", TARGET_INCREASE, 120, 0, 20, 20, "", "recognition" },
                { "st_expenditure", "", TARGET_GROWTH, 0, 0, 10, 0, "", "nanjing" },
                { NULL, "建成1个省级以上创新平台并通过验收", TARGET_VALUE, 0, 0, 10, 0, "", "" },
        };
        for (size_t i = 0; i < LINES; i++) {
                const PackIndicator *ind = plan[i].indicator ? pack_indicator(d->pack, str_c(plan[i].indicator)) : NULL;
                lines[i] = (TargetLine){ .indicator = ind,
                                         .text = str_c(plan[i].text),
                                         .measure = plan[i].measure,
                                         .weight = dec_from_i64(plan[i].weight),
                                         .method = str_c(plan[i].method),
                                         .lights = str_c(plan[i].lights),
                                         .source = STR("") };
                if (!ind)
                        continue;
                lines[i].has_target = true;
                if (plan[i].measure == TARGET_GROWTH) {
                        lines[i].target = dec_from_i64(8);
                        continue;
                }
                TRY(aim(b, d->pack, plan[i].indicator, unit, year - 1, plan[i].permille, plan[i].digits,
                        dec_from_i64(plan[i].fallback), &lines[i].target));
                if (plan[i].measure == TARGET_INCREASE && dec_cmp(lines[i].target, dec_from_i64(2)) < 0)
                        lines[i].target = dec_from_i64(2);
        }
        return ST_OK;
}

Status demo_sign_letters(Demo *d, int year)
{
        for (size_t i = 0; i < d->county_count; i++) {
                _cleanup_arena_ Arena *a = arena_new((size_t)256 << 20);
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TargetLine lines[LINES];
                TargetLetter letter;
                if (!a)
                        return ST_NOMEM;
                demo_clock(year, 1, 24, 9, (int)i);
                TRY(store_begin(api_store(d->world), STORE_WRITE, &d->app->diag, &tx));
                _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, d->pack);
                if (!b)
                        return ST_NOMEM;
                TRY(draft_lines(d, b, d->counties[i], year, lines));
                TRY(target_draft(tx, d->pack,
                                 &(TargetDraft){ .unit = d->counties[i],
                                                 .year = year,
                                                 .lines = lines,
                                                 .count = LINES,
                                                 .actor = STR("city") },
                                 a, &d->app->diag, &letter));
                demo_clock(year, 1, 25, 15, (int)i);
                TRY(target_sign(tx, d->pack,
                                &(TargetSign){ .unit = d->counties[i], .year = year, .actor = STR("city") }, a,
                                &d->app->diag, &letter));
                TRY(store_commit(&tx));
        }
        return ST_OK;
}

/* In July the hill county's contracts are amended after the floods. */
Status demo_amend_letter(Demo *d, int year)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)256 << 20);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TargetLetter letter;
        const PackUnit *unit = pack_unit(d->pack, STR("980125"));
        if (!a)
                return ST_NOMEM;
        if (!unit)
                return ST_OK; /* another pack's city */
        demo_clock(year, 7, 26, 10, 0);
        TRY(store_begin(api_store(d->world), STORE_WRITE, &d->app->diag, &tx));
        Status st = target_letter(tx, d->pack, unit, year, NULL, a, &letter);
        if (st == ST_NOT_FOUND)
                return ST_OK;
        TRY(st);
        for (size_t i = 0; i < letter.count; i++) {
                TargetLine line = letter.lines[i];
                if (!line.indicator || !str_eq_c(line.indicator->name, "tech_contract_amount"))
                        continue;
                line.target = dec_normalize(
                        dec_round(dec_mul(line.target, dec_div(dec_from_i64(8), dec_from_i64(10))), -4, DEC_HALF_UP));
                TRY(target_draft(tx, d->pack,
                                 &(TargetDraft){ .unit = unit,
                                                 .year = year,
                                                 .how = TARGET_ADD,
                                                 .lines = &line,
                                                 .count = 1,
                                                 .actor = STR("city") },
                                 a, &d->app->diag, &letter));
                TRY(target_sign(tx, d->pack,
                                &(TargetSign){ .unit = unit,
                                               .year = year,
                                               .reason = STR("6月洪灾影响，经市政府同意下调技术合同成交额目标"),
                                               .actor = STR("city") },
                                a, &d->app->diag, &letter));
                break;
        }
        return store_commit(&tx);
}

Status demo_look_at_alerts(Demo *d, Period p)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)512 << 20);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        AlertOutcome o;
        Date on = date_add_days(period_last_day(p), 23);
        if (!a)
                return ST_NOMEM;
        demo_clock(on.year, on.month, on.day, 10, 0);
        TRY(store_begin(api_store(d->world), STORE_WRITE, &d->app->diag, &tx));
        TRY(alert_update(tx, d->pack, &(AlertUpdate){ .period = p, .actor = STR("city") }, a, &d->app->diag, &o));
        return store_commit(&tx);
}

typedef struct Claim {
        const char *unit, *actor, *item, *matter, *evidence, *number; /* "国科发区", "31": 国科发区〔2022〕31号 */
        AssessKind kind;
        int points;             /* 0: the item's */
        bool decided, accepted;
} Claim;

static Status file_claims(Demo *d, const PackAssessment *assessment, int year, const Claim *claims, size_t n)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)256 << 20);
        if (!a)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                const Claim *c = &claims[i];
                _cleanup_store_tx_ StoreTx *tx = NULL;
                int64_t id;
                if (!pack_unit(d->pack, str_c(c->unit)))
                        continue;
                char *evidence = c->number ? arena_printf(a, "%s〔%d〕%s号", c->evidence, year, c->number)
                                           : arena_strdup(a, c->evidence);
                if (!evidence)
                        return ST_NOMEM;
                demo_clock(year + 1, 1, 29, 9, (int)i);
                TRY(store_begin(api_store(d->world), STORE_WRITE, &d->app->diag, &tx));
                TRY(assess_file(tx, d->pack,
                                &(AssessFile){ .assessment = assessment,
                                               .subject = str_c(c->unit),
                                               .year = year,
                                               .kind = c->kind,
                                               .item = str_c(c->item),
                                               .matter = str_c(c->matter),
                                               .evidence = str_c(evidence),
                                               .has_points = c->points != 0,
                                               .points = dec_from_i64(c->points),
                                               .actor = str_c(c->actor) },
                                a, &d->app->diag, &id));
                demo_clock(year + 1, 1, 30, 9, (int)i);
                if (c->decided)
                        TRY(assess_decide(
                                tx, d->pack,
                                &(AssessDecide){ .id = id,
                                                 .accept = c->accepted,
                                                 .reason = c->accepted ? STR("材料属实") : STR("文件未载明单位"),
                                                 .actor = STR("admin") },
                                a, &d->app->diag));
                TRY(store_commit(&tx));
        }
        return ST_OK;
}

Status demo_assess(Demo *d, int year, bool publish)
{
        static const Claim items[] = {
                { "980102", "jinhu", "national_award", "创新型县建设", "国科发区", "31", ASSESS_ITEM, 0, true, true },
                { "980102", "jinhu", "provincial_award", "创新型县建设", "省科发", "18", ASSESS_ITEM, 0, true, true },
                { "980103", "xiuchuan", "experience", "科技特派员工作", "省科技厅经验交流材料", NULL, ASSESS_ITEM, 0,
                  true, true },
                { "980181", "jindu", "provincial_award", "高新区考核", "省科发", "40", ASSESS_ITEM, 0, true, false },
                { "980123", "city", "late_report", "全年", "月报系统记录", NULL, ASSESS_ITEM, 0, true, true },
        };
        static const char *const words[] = { "980102", "980103", "980121", "980122",
                                             "980123", "980124", "980125", "980181" };
        static const int points[] = { 10, 10, 8, 7, 5, 8, 6, 9 };
        const PackAssessment *assessment = pack_assessment(d->pack, STR("county_science"));
        Claim all[ARRAY_LEN(items) + ARRAY_LEN(words)];
        size_t n = 0;
        if (!assessment)
                return ST_OK; /* another pack's city */
        for (size_t i = 0; i < ARRAY_LEN(items); i++) {
                all[n] = items[i];
                all[n++].decided = publish || i > 0; /* one waits where the year is still open */
        }
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                all[n++] =
                        (Claim){ words[i], "city", "6", "", "平台验收意见", NULL, ASSESS_LINE, points[i], true, true };
        TRY(file_claims(d, assessment, year, all, n));
        if (!publish)
                return ST_OK;
        _cleanup_arena_ Arena *a = arena_new((size_t)512 << 20);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        AssessFrozen frozen;
        if (!a)
                return ST_NOMEM;
        demo_clock(year + 1, 1, 31, 16, 0);
        TRY(store_begin(api_store(d->world), STORE_WRITE, &d->app->diag, &tx));
        TRY(assess_publish(tx, d->pack, assessment, year, STR(""), STR("city"), STR(""), a, &d->app->diag, &frozen));
        return store_commit(&tx);
}
