/* demo_months.c -- the counties' monthly reports: cumulative through the year, some late, some missing,
 * some corrected.  R&D is a whole number of ten-thousandths of GDP, so that counties tie now and then. */
#include <stdio.h>

#include "app/demo/demo.h"
#include "indicator/indicator.h"

typedef struct County {
        const PackUnit *unit;
        const char *account;
        int64_t gdp_year;   /* 万元 in the first year */
        int growth;         /* permille a year */
        int rd_bp;          /* of GDP */
        int rd_drift;       /* a year */
        int64_t population; /* 万人 * 100 */
        int64_t patents;
        int late, missing;                                                 /* permille of months */
        int64_t gdp, rd, revenue, industry_rd, budget, science, contracts; /* so far this year */
} County;

/* The eight of the default pack, in its order; further ones are drawn. */
static const struct {
        const char *account;
        int64_t gdp;
        int growth, rd_bp, drift;
        int64_t population, patents;
        int late, missing;
} models[] = {
        { "jinhu", 5200000, 68, 268, 12, 8650, 4200, 30, 0 },   { "xiuchuan", 4100000, 72, 243, 14, 7120, 3300, 40, 0 },
        { "wangchuan", 1350000, 61, 164, 9, 4410, 410, 80, 5 }, { "qingya", 1180000, 55, 150, 8, 3980, 360, 90, 10 },
        { "liudu", 990000, 52, 146, 3, 4250, 240, 160, 25 },    { "zishan", 1420000, 64, 168, 10, 4630, 520, 70, 5 },
        { "langu", 760000, 49, 134, 9, 3070, 150, 200, 30 },    { "jindu", 2600000, 70, 221, 13, 6240, 1600, 50, 0 },
};

static void draw_counties(Demo *d, County *out)
{
        for (size_t i = 0; i < d->county_count; i++) {
                size_t m = i % ARRAY_LEN(models);
                out[i] = (County){ .unit = d->counties[i],
                                   .account = models[m].account,
                                   .gdp_year = models[m].gdp,
                                   .growth = models[m].growth,
                                   .rd_bp = models[m].rd_bp,
                                   .rd_drift = models[m].drift,
                                   .population = models[m].population,
                                   .patents = models[m].patents,
                                   .late = models[m].late,
                                   .missing = models[m].missing };
        }
}

/* One more month onto the year's sums. */
static void live_on(Demo *d, County *c, int year_on, int month)
{
        static const int season[] = { 70, 66, 84, 78, 80, 90, 79, 82, 92, 83, 88, 108 }; /* permille of a year */
        Dice *dice = &d->dice;
        if (month == 1)
                c->gdp = c->rd = c->revenue = c->industry_rd = c->budget = c->science = c->contracts = 0;
        int64_t year = c->gdp_year;
        for (int i = 0; i < year_on; i++)
                year += year * c->growth / 1000;
        int64_t gdp = year * season[month - 1] / 1000 * dice_normal(dice, 1000, 15) / 1000;
        c->gdp = (c->gdp + gdp) / 100 * 100;
        int64_t bp = c->rd_bp + c->rd_drift * year_on + dice_normal(dice, 0, 7);
        int64_t rd = c->gdp / 100 * bp / 100;
        c->rd = rd > c->rd ? rd : c->rd;
        c->revenue += gdp * dice_between(dice, 105, 125) / 100;
        c->industry_rd = c->revenue / 10000 * (bp + 35);
        int64_t budget = gdp * dice_between(dice, 150, 175) / 1000;
        c->budget += budget;
        c->science += budget * (18 + bp / 16 + dice_normal(dice, 0, 2)) / 1000;
        c->contracts += gdp * dice_between(dice, 8, 8 + bp / 9) / 1000;
        c->patents += dice_below(dice, c->patents / 60 + 2);
        c->population += dice_below(dice, 3) - 1;
}

static Status put_figures(const County *c, Buf *b, int64_t rd)
{
        buf_puts(
                b,
                "县区,地区生产总值（万元）,全社会研发经费（万元）,规上工业营业收入（万元）,规上工业研发费用（万元）,一般公共预算支出（万元）,"
                "财政科技支出（万元）,技术合同成交额（万元）,有效发明专利（件）,常住人口（万人）\n");
        buf_printf(b, "%.*s,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld.%02lld\n", STR_FMT(c->unit->name),
                   (long long)c->gdp, (long long)rd, (long long)c->revenue, (long long)c->industry_rd,
                   (long long)c->budget, (long long)c->science, (long long)c->contracts, (long long)c->patents,
                   (long long)(c->population / 100), (long long)(c->population % 100));
        return buf_status(b);
}

static Status report(Demo *d, const PackForm *form, const County *c, Period p, int64_t rd, int day_after,
                     const char *explanation)
{
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        _cleanup_diag_ Diag diag = DIAG_INIT(d->app->lang);
        char file[96];
        RegisterOutcome out;
        if (!a)
                return ST_NOMEM;
        TRY(put_figures(c, &b, rd));
        Date on = date_add_days(period_last_day(p), day_after);
        demo_clock(on.year, on.month, on.day, (int)dice_between(&d->dice, 8, 17), (int)dice_below(&d->dice, 60));
        snprintf(file, sizeof(file), "%.*s科技创新月报%d-%02d.csv", STR_FMT(c->unit->name), (int)p.year, (int)p.index);
        IndicatorReport in = { .file_name = file,
                               .bytes = buf_str(&b),
                               .period = p,
                               .within = c->unit,
                               .state = VALUE_SUBMITTED,
                               .explanation = explanation ? str_c(explanation) : STR_NONE,
                               .actor = str_c(c->account),
                               .lang = d->app->lang };
        return indicator_report(api_store(d->world), d->pack, form, &in, a, &diag, &out);
}

/* The counties sign what they submitted. */
static Status sign(Demo *d, const PackForm *form, Period p)
{
        Date on = period_last_day(p);
        demo_clock(date_add_days(on, 21).year, date_add_days(on, 21).month, date_add_days(on, 21).day, 17, 5);
        for (size_t i = 0; form->sign && i < d->county_count; i++) {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                _cleanup_diag_ Diag diag = DIAG_INIT(d->app->lang);
                TRY(store_begin(api_store(d->world), STORE_WRITE, &diag, &tx));
                Status st = indicator_move(tx, d->pack, form, p, d->counties[i], VALUE_SIGNED, STR(""),
                                           str_c(models[i % ARRAY_LEN(models)].account), STR(""), &diag);
                if (st == ST_CONFLICT)
                        continue; /* it has not reported */
                TRY(st);
                TRY(store_commit(&tx));
        }
        return ST_OK;
}

static Status publish(Demo *d, const PackForm *form, Period p)
{
        static const IndicatorState steps[] = { VALUE_APPROVED, VALUE_PUBLISHED };
        TRY(sign(d, form, p));
        Date on = date_add_days(period_last_day(p), 22);
        for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                demo_clock(on.year, on.month, on.day, 9 + (int)i, 20);
                TRY(store_begin(api_store(d->world), STORE_WRITE, &d->app->diag, &tx));
                TRY(indicator_move(tx, d->pack, form, p, NULL, steps[i], STR(""), STR("city"), STR(""), &d->app->diag));
                TRY(store_commit(&tx));
        }
        return ST_OK;
}

/* Everybody reports for the last quarter: the city is shown with its figures whole. */
static Status one_month(Demo *d, const PackForm *form, County *counties, Period p, bool last)
{
        bool whole = p.year == d->last_year && p.index > 9;
        int year_on = p.year - (DEMO_LAST_YEAR - 2);
        for (size_t i = 0; i < d->county_count; i++) {
                County *c = &counties[i];
                live_on(d, c, year_on, p.index);
                if (dice_chance(&d->dice, c->missing) && !whole)
                        continue;
                int day = (int)(dice_chance(&d->dice, c->late) ? dice_between(&d->dice, 19, 21)
                                                               : dice_between(&d->dice, 3, 12));
                bool wrong = dice_chance(&d->dice, 25) && p.index > 1; /* typed wrongly, noticed, corrected */
                if (wrong)
                        TRY(report(d, form, c, p, c->rd + c->rd / 50, 2, NULL));
                TRY(report(d, form, c, p, c->rd, day, wrong ? "复核后更正研发经费" : NULL));
        }
        return last ? ST_OK : publish(d, form, p); /* the last month still waits for approval */
}

/* What follows a month: the alerts; after December the year's assessment and the next year's letters. */
static Status round_of(Demo *d, Period p, Period first, Period last)
{
        if (p.year > first.year)
                TRY(demo_look_at_alerts(d, p));
        if (p.index == 6 && p.year == last.year && p.year > first.year)
                TRY(demo_amend_letter(d, p.year));
        if (p.index < 12)
                return ST_OK;
        if (p.year < last.year)
                TRY(demo_sign_letters(d, p.year + 1));
        return p.year > first.year ? demo_assess(d, p.year, p.year < last.year) : ST_OK;
}

Status demo_report_months(Demo *d)
{
        const PackForm *form = pack_form(d->pack, STR("monthly"));
        County counties[DEMO_COUNTIES_MAX];
        int years = d->years > 2 ? (int)d->years - 2 : 1;
        if (!form)
                return diag_fail(&d->app->diag, ST_NOT_FOUND, POS_NONE, "城市包里没有报表 monthly",
                                 "the pack has no form monthly");
        draw_counties(d, counties);
        Period first = { PERIOD_MONTH, d->last_year - years + 1, 1 }, last = { PERIOD_MONTH, d->last_year, 12 };
        uint64_t done = 0, all = (uint64_t)years * 12;
        for (Period p = first; period_cmp(p, last) <= 0; p = period_add(p, 1)) {
                TRY(one_month(d, form, counties, p, period_eq(p, last)));
                if (p.year == d->last_year && p.index == 1)
                        TRY(demo_meeting(d));
                else if (p.year == d->last_year && p.index > 2)
                        TRY(demo_task_reports(d, p));
                TRY(round_of(d, p, first, last));
                app_progress(d->app, d->app->lang == LANG_EN ? "monthly reports" : "月报", ++done, all);
        }
        return ST_OK;
}
