/* demo_declarations.c -- what firms declare for recognitions and tax: balance sheets, rights, R&D accounts.
 *
 * The dice are its own, so that what else the city has does not depend on it. */
#include <stdio.h>

#include "app/demo/demo.h"

enum { YEARS_DECLARED = 3 };

static const char *yes(Dice *dice, int permille)
{
        return dice_chance(dice, permille) ? "是" : "否";
}

/* Revenue as it would be without the ups and downs of single years. */
static int64_t steady_revenue(const Demo *d, const DemoFirm *f, int year)
{
        int64_t r = f->base_revenue;
        for (int y = d->last_year - (int)d->years + 1; y < year; y++)
                r += r * f->growth / 1000;
        return r < 50000 ? 50000 : r;
}

/* Those for whom a title is near. */
static bool declares(const DemoFirm *f)
{
        return f->hnte_year || f->small_tech || f->rd_bp >= 400;
}

static Status import_balances(Demo *d, Dice *dice)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        buf_puts(&b, "统一社会信用代码,年度,资产总额,负债总额,高新技术产品（服务）收入\n");
        for (int64_t i = 0; i < d->enterprises; i++)
                for (int year = d->last_year - YEARS_DECLARED + 1; year <= d->last_year; year++) {
                        const DemoFirm *f = &d->firms[i];
                        if (!declares(f) || f->founded_year > year)
                                continue;
                        int64_t revenue = steady_revenue(d, f, year),
                                assets = revenue / 100 * dice_between(dice, 70, 160);
                        buf_printf(&b, "%s,%d,%lld,%lld,%lld\n", f->code, year, (long long)assets,
                                   (long long)(assets / 100 * dice_between(dice, 20, 75)),
                                   (long long)(revenue / 100 * dice_between(dice, 45, 85)));
                }
        TRY(buf_status(&b));
        return demo_import(d, "enterprise_year", "资产负债补充表.csv", buf_str(&b), "city");
}

static Status import_declarations(Demo *d, Dice *dice)
{
        static const char *const grades[] = { "高", "较高", "较高", "一般", "一般", "较低" };
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        buf_puts(
                &b,
                "统一社会信用代码,年度,申报日期,研发费用（高企口径）,境内研发费用（高企口径）,总收入,主营业务收入总额,成本费用总额,"
                "科技人员（科技型中小企业口径）,Ⅰ类知识产权,Ⅱ类知识产权,自主研发Ⅰ类知识产权,在用并产生效益的Ⅰ类知识产权,有自主研发取得的知识产权,"
                "技术先进程度,对主要产品的核心支持作用,参与编制标准,近五年主导制定国际、国家或行业标准,近三年科技成果转化数,"
                "研发组织管理制度、核算体系和辅助账,研发机构和产学研合作,成果转化激励和创新创业平台,人才培养、引进和绩效制度,"
                "近五年获国家级科技奖（前三完成单位）,属于禁止、限制和淘汰类,上年和当年有重大事故、严重违法、科研失信或异常名录,"
                "从事细分市场年限,近两年新增股权融资实缴额,近三年新增股权融资实缴额,主导产品市场占有率较为靠前,属于战略性新兴产业,平台发展评价得分,专家评分\n");
        for (int64_t i = 0; i < d->enterprises; i++)
                for (int year = d->last_year - YEARS_DECLARED + 1; year <= d->last_year; year++) {
                        const DemoFirm *f = &d->firms[i];
                        if (!declares(f) || f->founded_year > year || dice_chance(dice, 120))
                                continue;
                        int64_t revenue = steady_revenue(d, f, year), rd = revenue / 10000 * f->rd_bp;
                        int64_t one = dice_between(dice, 0, 3), staff = revenue / 700000 + 3;
                        buf_printf(&b, "%s,%d,%d-06-%02lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,", f->code,
                                   year, year + 1, (long long)dice_between(dice, 1, 28), (long long)rd,
                                   (long long)(rd / 100 * dice_between(dice, 85, 100)), (long long)revenue,
                                   (long long)(revenue / 100 * dice_between(dice, 60, 98)),
                                   (long long)(revenue / 100 * dice_between(dice, 80, 95)),
                                   (long long)(staff * dice_between(dice, 8, 40) / 100 + 1), (long long)one,
                                   (long long)dice_between(dice, 0, 9),
                                   (long long)(one ? dice_between(dice, 0, one) : 0),
                                   (long long)(one ? dice_between(dice, 0, one) : 0));
                        buf_printf(&b, "%s,%s,%s,%s,%s,%lld,", yes(dice, 850), grades[dice_below(dice, 6)],
                                   grades[dice_below(dice, 6)], yes(dice, 200), yes(dice, 60),
                                   (long long)dice_between(dice, 0, 18));
                        buf_printf(&b, "%s,%s,%s,%s,%s,%s,%s,", yes(dice, 850), yes(dice, 600), yes(dice, 500),
                                   yes(dice, 700), yes(dice, 5), yes(dice, 10), yes(dice, 25));
                        buf_printf(&b, "%d,%lld,%lld,%s,%s,%lld,", year - f->founded_year + 1,
                                   (long long)(dice_chance(dice, 60) ? dice_between(dice, 200, 3000) * 10000 : 0),
                                   (long long)(dice_chance(dice, 60) ? dice_between(dice, 300, 3000) * 10000 : 0),
                                   yes(dice, 500), yes(dice, 400), (long long)dice_between(dice, 35, 85));
                        if (f->hnte_year && dice_chance(dice, 600)) /* the experts have met */
                                buf_printf(&b, "%lld", (long long)dice_between(dice, 62, 90));
                        buf_putc(&b, '\n');
                }
        TRY(buf_status(&b));
        return demo_import(d, "declaration", "认定申报数据.csv", buf_str(&b), "city");
}

/* Three of the eight conditions are judged by people. */
static Status import_candidates(Demo *d, Dice *dice)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        buf_puts(&b, "统一社会信用代码,年度,培育状态,入库日期,拥有核心知识产权,属于八大领域,一年内无重大事故\n");
        for (int64_t i = 0; i < d->enterprises; i++) {
                const DemoFirm *f = &d->firms[i];
                if (!declares(f) || f->founded_year >= d->last_year || dice_chance(dice, 300))
                        continue;
                buf_printf(&b, "%s,%d,入库,%d-03-%02lld,%s,%s,%s\n", f->code, d->last_year, d->last_year,
                           (long long)dice_between(dice, 1, 28), yes(dice, 930), yes(dice, 950), yes(dice, 985));
        }
        TRY(buf_status(&b));
        return demo_import(d, "hnte_candidate", "高企培育库.csv", buf_str(&b), "city");
}

static Status import_accounts(Demo *d, Dice *dice)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        buf_puts(
                &b,
                "统一社会信用代码,年度,人员人工费用,直接投入费用,折旧费用,无形资产摊销,新产品设计费等,其他相关费用,委托境内研发费用,"
                "委托境外机构研发费用,下脚料、残次品和试制品收入,当年销售研发产品对应的材料,负面清单行业主营业务收入,收入总额,不征税收入,"
                "投资收益,集成电路或工业母机企业\n");
        for (int64_t i = 0; i < d->enterprises; i++) {
                const DemoFirm *f = &d->firms[i];
                if (!declares(f) || f->founded_year > d->last_year || dice_chance(dice, 150))
                        continue;
                int64_t revenue = steady_revenue(d, f, d->last_year), part = revenue / 1000000 * f->rd_bp;
                buf_printf(&b, "%s,%d", f->code, d->last_year);
                static const int low[] = { 40, 20, 4, 0, 0, 4, 0, 0, 0, 0 },
                                 high[] = { 60, 35, 10, 3, 4, 14, 12, 3, 2, 4 };
                for (size_t k = 0; k < ARRAY_LEN(low); k++)
                        buf_printf(&b, ",%lld", (long long)(part * dice_between(dice, low[k], high[k])));
                buf_printf(&b, ",%lld,%lld,0,%lld,%s\n", (long long)(dice_chance(dice, 30) ? revenue / 10 * 6 : 0),
                           (long long)revenue, (long long)(dice_chance(dice, 100) ? revenue / 50 : 0), yes(dice, 20));
        }
        TRY(buf_status(&b));
        return demo_import(d, "rd_account", "研发支出辅助账汇总.csv", buf_str(&b), "city");
}

Status demo_import_declarations(Demo *d)
{
        Dice dice = { .state = d->dice.state ^ 0x6465636cu };
        demo_clock(d->last_year + 1, 3, 27, 9, 40);
        TRY(import_balances(d, &dice));
        TRY(import_declarations(d, &dice));
        TRY(import_candidates(d, &dice));
        return import_accounts(d, &dice);
}
