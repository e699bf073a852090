/* demo_firms.c -- enterprises, their years, what they were recognised as. */
#include <stdio.h>

#include "app/demo/demo.h"

typedef struct Trade {
        const char *division, *word;
        int share, rd_bp, tech; /* per thousand of firms; R&D; per thousand that are high-tech */
} Trade;

static const Trade trades[] = {
        { "39", "电子", 90, 520, 420 },       { "38", "电气", 90, 380, 300 },     { "35", "智能装备", 80, 430, 330 },
        { "34", "精密机械", 80, 300, 220 },   { "27", "生物医药", 60, 780, 450 }, { "26", "新材料", 80, 340, 280 },
        { "29", "塑胶", 50, 150, 80 },        { "30", "建材", 60, 110, 50 },      { "33", "金属制品", 60, 160, 90 },
        { "36", "汽车零部件", 60, 320, 210 }, { "13", "食品", 60, 90, 40 },       { "17", "纺织", 40, 80, 30 },
        { "40", "仪器仪表", 30, 600, 480 },   { "65", "软件", 80, 1100, 520 },    { "73", "技术研究", 30, 1500, 430 },
        { "01", "农业科技", 50, 120, 60 },
};

static const char *const first_words[] = { "恒", "瑞", "华", "天", "鑫", "宏", "盛", "锦", "川", "云",
                                           "远", "博", "新", "腾", "科", "泰", "凯", "嘉", "永", "东" };
static const char *const second_words[] = { "达", "源", "创", "元", "通", "丰", "信", "成", "海", "辉",
                                            "业", "邦", "康", "威", "芯", "维", "诺", "图", "峰", "扬" };

static const Trade *draw_trade(Dice *dice)
{
        int64_t at = dice_below(dice, 1000);
        for (size_t i = 0; i < ARRAY_LEN(trades); i++) {
                at -= trades[i].share;
                if (at < 0)
                        return &trades[i];
        }
        return &trades[0];
}

/* A well-formed unified social credit code of the invented region. */
static void make_code(Dice *dice, const PackUnit *county, char out[20])
{
        static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        static const char organisation[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        static const int w9[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
        static const int w17[] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
        snprintf(out, 20, "91%.*sMA", STR_FMT(county->code));
        size_t n = strlen(out);
        int sum = 0;
        for (; n < 16; n++)
                out[n] = alphabet[dice_below(dice, 30)];
        for (int i = 0; i < 8; i++)
                sum += (int)(strchr(organisation, out[8 + i]) - organisation) * w9[i];
        int c9 = 11 - sum % 11;
        out[16] = c9 == 10 ? 'X' : c9 == 11 ? '0' : (char)('0' + c9);
        sum = 0;
        for (int i = 0; i < 17; i++)
                sum += (int)(strchr(alphabet, out[i]) - alphabet) * w17[i];
        out[17] = alphabet[(31 - sum % 31) % 31];
        out[18] = '\0';
}

/* The city proper has most of the firms. */
static const PackUnit *draw_county(Demo *d)
{
        static const int shares[] = { 260, 210, 90, 80, 80, 90, 60, 130 };
        int64_t at = dice_below(&d->dice, 1000);
        for (size_t i = 0; i < d->county_count; i++) {
                at -= i < ARRAY_LEN(shares) ? shares[i] : 50;
                if (at < 0)
                        return d->counties[i];
        }
        return d->counties[0];
}

Status demo_draw_firms(Demo *d)
{
        d->firms = arena_array_of(d->arena, DemoFirm, (size_t)d->enterprises);
        if (!d->firms)
                return ST_NOMEM;
        for (int64_t i = 0; i < d->enterprises; i++) {
                DemoFirm *f = &d->firms[i];
                Dice *dice = &d->dice;
                const Trade *t = draw_trade(dice);
                f->county = draw_county(d);
                f->industry = t->division;
                make_code(dice, f->county, f->code);
                const PackTitle city = f->county->parent ? f->county->parent->title : f->county->title;
                size_t cut = city.zh.len > 3 ? city.zh.len - 3 : city.zh.len; /* without 市 */
                snprintf(f->name, sizeof(f->name), "%.*s%s%s%s%s", (int)cut, city.zh.ptr,
                         first_words[dice_below(dice, 20)], second_words[dice_below(dice, 20)], t->word,
                         dice_chance(dice, 150) ? "股份有限公司" : "有限公司");
                f->founded_year = (int)dice_between(dice, 1995, d->last_year - 2);
                f->founded_month = (int)dice_between(dice, 1, 12);
                f->founded_day = (int)dice_between(dice, 1, 28);
                f->base_revenue = dice_skewed(dice, 16000000, 17);
                f->growth = (int)dice_normal(dice, 70, 110);
                int64_t bp = dice_skewed(dice, t->rd_bp, 5);
                f->rd_bp = (int)(bp > 3500 ? 3500 : bp);
                bool tech = dice_chance(dice, t->tech);
                f->hnte_year = tech ? (int)dice_between(dice, d->last_year - 6, d->last_year) : 0;
                f->small_tech = f->base_revenue < 150000000 && dice_chance(dice, tech ? 550 : 160);
        }
        return ST_OK;
}

/* ---- as sheets ---- */

/* A date in one of the ways people type it. */
static void put_date(Demo *d, Buf *b, int y, int m, int day)
{
        switch (dice_below(&d->dice, 12)) {
        case 0: buf_printf(b, "%d/%d/%d", y, m, day); break;
        case 1: buf_printf(b, "%d年%d月%d日", y, m, day); break;
        case 2: buf_printf(b, "%d.%d.%d", y, m, day); break;
        case 3: buf_printf(b, "%04d%02d%02d", y, m, day); break;
        default: buf_printf(b, "%04d-%02d-%02d", y, m, day);
        }
}

/* Where its money goes: by its number, so that nothing else of the city depends on it. */
static void put_account(Buf *b, const DemoFirm *f, int64_t i)
{
        static const char *const banks[] = { "云川农村商业银行", "中国工商银行云川分行", "中国建设银行云川分行",
                                             "云川银行" };
        buf_printf(b, "%s%.*s支行,6217%012lld\n", banks[i % (int64_t)ARRAY_LEN(banks)], STR_FMT(f->county->name),
                   (long long)(i * 7919 % 1000000007 * 97));
}

/* By revenue, as for industry; not the number of staff, which the invented firms follow with. */
static const char *size_of(const DemoFirm *f)
{
        return f->base_revenue >= 400000000  ? "大型"
               : f->base_revenue >= 20000000 ? "中型"
               : f->base_revenue >= 3000000  ? "小型"
                                             : "微型";
}

/* The firms founded in those years, when they are known: at the start all there are, then each year's new ones. */
static Status import_enterprises(Demo *d, int from_year, int to_year, const char *file)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        int64_t listed = 0;
        buf_puts(
                &b,
                "统一社会信用代码,企业名称,所属县区,国民经济行业,成立日期,注册资本（万元）,注册地址,企业规模,开户银行,银行账号\n");
        for (int64_t i = 0; i < d->enterprises; i++) {
                const DemoFirm *f = &d->firms[i];
                char code[20];
                if (f->founded_year < from_year || f->founded_year > to_year)
                        continue;
                listed++;
                snprintf(code, sizeof(code), "%s", f->code);
                if (dice_chance(&d->dice, 4)) /* a digit mistyped */
                        code[17] = code[17] == '0' ? '1' : '0';
                if (dice_chance(&d->dice, 30)) /* lower case */
                        for (char *p = code; *p; p++)
                                *p = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;
                buf_printf(&b, "%s,%s%s,", code, f->name, dice_chance(&d->dice, 30) ? "  " : "");
                if (dice_chance(&d->dice, 3))
                        buf_puts(&b, "不详"); /* nobody knows where */
                else
                        buf_put_str(&b, dice_chance(&d->dice, 200) && f->county->also_count ? f->county->also[0]
                                                                                            : f->county->name);
                buf_printf(&b, ",%s,", f->industry);
                put_date(d, &b, f->founded_year, f->founded_month, f->founded_day);
                buf_printf(&b, ",%lld,%.*s%.*s科技路%lld号,%s,", (long long)dice_skewed(&d->dice, 800, 10),
                           STR_FMT(f->county->parent ? f->county->parent->name : STR("")), STR_FMT(f->county->name),
                           (long long)dice_between(&d->dice, 1, 320), size_of(f));
                put_account(&b, f, i);
        }
        for (int i = 0; i < 5 && i < d->enterprises; i++) { /* pasted twice */
                const DemoFirm *f = &d->firms[dice_below(&d->dice, d->enterprises)];
                if (f->founded_year >= from_year && f->founded_year <= to_year)
                        buf_printf(&b, "%s,%s,%.*s,%s,,,\n", f->code, f->name, STR_FMT(f->county->name), f->industry);
        }
        TRY(buf_status(&b));
        return listed ? demo_import(d, "enterprise", file, buf_str(&b), "city") : ST_OK;
}

static void put_money(Demo *d, Buf *b, int64_t yuan)
{
        char plain[32];
        int n = snprintf(plain, sizeof(plain), "%lld", (long long)yuan);
        if (!dice_chance(&d->dice, 40) || n < 5) {
                buf_printf(b, "%s.%02lld", plain, (long long)dice_below(&d->dice, 100));
                return;
        }
        buf_putc(b, '"'); /* with thousands separators */
        for (int i = 0; i < n; i++) {
                if (i && (n - i) % 3 == 0)
                        buf_putc(b, ',');
                buf_putc(b, plain[i]);
        }
        buf_putc(b, '"');
}

static int64_t revenue_of(Demo *d, const DemoFirm *f, int years_on)
{
        int64_t r = f->base_revenue;
        for (int i = 0; i < years_on; i++)
                r += r * (f->growth + dice_normal(&d->dice, 0, 60)) / 1000;
        return r < 50000 ? 50000 : r;
}

static Status import_year(Demo *d, int year, int years_on)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        char file[64];
        buf_puts(&b, "统一社会信用代码,企业名称,年度,营业收入,研发费用,利润总额,从业人员,研发人员\n");
        for (int64_t i = 0; i < d->enterprises; i++) {
                const DemoFirm *f = &d->firms[i];
                if (f->founded_year > year || dice_chance(&d->dice, 20))
                        continue; /* not there yet, or did not file */
                int64_t revenue = revenue_of(d, f, years_on);
                int64_t bp = f->rd_bp + dice_normal(&d->dice, 0, f->rd_bp / 8 + 1);
                int64_t rd = revenue / 10000 * (bp < 0 ? 0 : bp);
                int64_t staff = revenue / dice_between(&d->dice, 420000, 1100000) + 3;
                buf_printf(&b, "%s,%s,%d,", f->code, f->name, year);
                if (dice_chance(&d->dice, 6))
                        buf_printf(&b, "%lld",
                                   (long long)(revenue / 10000)); /* ten-thousands where yuan were asked for */
                else if (dice_chance(&d->dice, 8))
                        buf_puts(&b, "—");
                else
                        put_money(d, &b, revenue);
                buf_putc(&b, ',');
                if (dice_chance(&d->dice, 3))
                        put_money(d, &b, revenue + rd); /* more than the revenue */
                else if (!dice_chance(&d->dice, 70))
                        put_money(d, &b, rd); /* else nobody has said */
                buf_putc(&b, ',');
                put_money(d, &b, revenue / 1000 * dice_normal(&d->dice, 60, 40));
                buf_printf(&b, ",%lld,%lld\n", (long long)staff, (long long)(staff * (3 + f->rd_bp / 60) / 100 + 1));
        }
        TRY(buf_status(&b));
        snprintf(file, sizeof(file), "企业年报%d.csv", year);
        demo_clock(year + 1, 3, (int)dice_between(&d->dice, 5, 25), 15, (int)dice_below(&d->dice, 60));
        return demo_import(d, "enterprise_year", file, buf_str(&b), "city");
}

static Status import_qualifications(Demo *d)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        buf_puts(&b, "统一社会信用代码,资质类型,认定方式,证书编号,级别,有效期起,有效期止\n");
        for (int64_t i = 0; i < d->enterprises; i++) {
                const DemoFirm *f = &d->firms[i];
                for (int y = f->hnte_year; y && y <= d->last_year; y += 3) {
                        int month = (int)dice_between(&d->dice, 9, 12), day = (int)dice_between(&d->dice, 1, 28);
                        buf_printf(&b, "%s,高新技术企业,%s,GR%d51%06lld,国家级,%d-%02d-%02d,%d-%02d-%02d\n", f->code,
                                   y == f->hnte_year ? "新认定" : "复审", y, (long long)dice_below(&d->dice, 1000000),
                                   y, month, day, y + 3, month, day);
                        if (dice_chance(&d->dice, 180))
                                break; /* let it lapse */
                }
                for (int y = d->last_year - (int)d->years + 1; f->small_tech && y <= d->last_year; y++)
                        if (f->founded_year < y && dice_chance(&d->dice, 850))
                                buf_printf(&b, "%s,科技型中小企业,新认定,%d5198%08lld,省级,%d-05-20,%d-12-31\n",
                                           f->code, y, (long long)dice_below(&d->dice, 100000000), y, y);
                if (f->hnte_year && f->hnte_year + 2 <= d->last_year && f->rd_bp > 450 && dice_chance(&d->dice, 250))
                        buf_printf(&b, "%s,专精特新中小企业,新认定,ZJTX%lld,省级,%d-10-15,%d-10-14\n", f->code,
                                   (long long)dice_below(&d->dice, 100000), f->hnte_year + 2, f->hnte_year + 5);
        }
        TRY(buf_status(&b));
        demo_clock(d->last_year, 12, 29, 10, 15);
        return demo_import(d, "qualification", "资质认定台账.csv", buf_str(&b), "city");
}

static Status import_institutions(Demo *d)
{
        static const char *const kinds[] = { "企业技术中心", "工程技术研究中心", "企业研究院", "院士专家工作站" };
        static const char *const levels[] = { "市级", "市级", "市级", "省级", "省级", "国家级" };
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 30);
        buf_puts(&b, "统一社会信用代码,机构名称,机构类型,级别,认定日期,研发人员\n");
        for (int64_t i = 0; i < d->enterprises; i++) {
                const DemoFirm *f = &d->firms[i];
                if (!f->hnte_year || !dice_chance(&d->dice, 220))
                        continue;
                const char *kind = kinds[dice_below(&d->dice, 4)];
                int year = f->hnte_year + (int)dice_below(&d->dice, 3);
                if (year > d->last_year)
                        continue;
                buf_printf(&b, "%s,%s%s,%s,%s,%d-%02lld-%02lld,%lld\n", f->code, f->name, kind, kind,
                           levels[dice_below(&d->dice, 6)], year, (long long)dice_between(&d->dice, 1, 12),
                           (long long)dice_between(&d->dice, 1, 28), (long long)dice_between(&d->dice, 8, 120));
        }
        TRY(buf_status(&b));
        return demo_import(d, "rd_institution", "研发机构台账.csv", buf_str(&b), "city");
}

Status demo_import_firms(Demo *d)
{
        int first = d->last_year - (int)d->years + 1;
        demo_clock(first, 1, 8, 9, 30);
        TRY(import_enterprises(d, 0, first - 1, "企业名录.csv"));
        for (int i = 0; i < d->years; i++) {
                char file[64];
                snprintf(file, sizeof(file), "新增企业%d.csv", first + i);
                demo_clock(first + i, 12, 31, 16, 40);
                TRY(import_enterprises(d, first + i, first + i, file));
                TRY(import_year(d, first + i, i));
        }
        TRY(import_qualifications(d));
        TRY(import_institutions(d));
        return demo_import_declarations(d);
}
