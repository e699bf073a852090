/* demo_registers.c -- the other registers of the city: projects, platforms, parks, people, rights, money, policies, awards.
 *
 * Sheets as an office keeps them, drawn around the firms that are there already. */
#include <stdio.h>

#include "app/demo/demo.h"

enum { TOPICS = 12, SHEET_MAX = 256 << 20 };

static const char *const topics[TOPICS] = { "玄武岩纤维池窑拉丝", "低温灌溉阀密封", "马铃薯脱毒种薯繁育",
                                            "铝合金精密压铸",     "中药材饮片炮制", "锂电负极材料改性",
                                            "数控转台精度补偿",   "污水深度脱氮",   "智慧温室控制",
                                            "耐磨衬板铸造",       "牛羊疫病快检",   "风机叶片检测" };
static const char *const fields[TOPICS] = { "新材料", "先进制造", "现代农业", "先进制造", "生物医药", "新能源",
                                            "先进制造", "资源环境", "现代农业", "新材料", "现代农业", "新能源" };
static const char *const surnames[] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄",
                                        "周", "吴", "徐", "孙", "马", "朱", "胡", "郭" };
static const char *const given[] = { "明",   "静",   "建国", "晓东", "立新", "海燕",
                                     "志远", "长安", "国栋", "秀英", "文涛", "雪梅" };

static const DemoFirm *any_firm(Demo *d)
{
        return &d->firms[dice_below(&d->dice, d->enterprises)];
}

static const PackUnit *any_county(Demo *d)
{
        return d->counties[dice_below(&d->dice, (int64_t)d->county_count)];
}

static const char *one_of(Demo *d, const char *const *words, size_t n)
{
        return words[dice_below(&d->dice, (int64_t)n)];
}
#define ONE_OF(d, words) one_of((d), (words), ARRAY_LEN(words))

static void put_person(Demo *d, Buf *b)
{
        buf_printf(b, "%s%s", ONE_OF(d, surnames), ONE_OF(d, given));
}

static void put_day(Demo *d, Buf *b, int year)
{
        buf_printf(b, "%d-%02lld-%02lld", year, (long long)dice_between(&d->dice, 1, 12),
                   (long long)dice_between(&d->dice, 1, 28));
}

/* The last check figure of an application number: weights 2…9, 2…5, modulo 11. */
static void put_application(Demo *d, Buf *b, int year, int kind)
{
        char digits[16];
        int sum = 0;
        snprintf(digits, sizeof(digits), "%04d%d%07lld", year, kind, (long long)dice_below(&d->dice, 10000000));
        for (int i = 0; i < 12; i++)
                sum += (digits[i] - '0') * (i < 8 ? i + 2 : i - 6);
        buf_printf(b, "%s.%c", digits, sum % 11 == 10 ? 'X' : '0' + sum % 11);
}

/* ---- projects ---- */

static Status projects(Demo *d)
{
        static const char *const classes[] = { "重点研发", "重大专项", "揭榜挂帅", "成果转化", "创新环境" };
        static const char *const levels[] = { "市级", "市级", "市级", "省级", "国家级" };
        static const char *const stages[] = { "征集", "培育", "成熟", "对接", "申报", "获批", "未获批" };
        _cleanup_buf_ Buf p = BUF_INIT(SHEET_MAX), r = BUF_INIT(SHEET_MAX);
        int64_t n = d->enterprises / 16 + 6;
        buf_puts(
                &p,
                "项目编号,项目名称,牵头单位代码,牵头单位,县区,计划类别,级别,开始日期,结束日期,总经费（万元）,财政经费（万元）,负责人,研究内容\n");
        buf_puts(
                &r,
                "储备编号,项目名称,申报单位代码,申报单位,县区,计划类别,征集批次,拟申报级别,技术领域,阶段,征集日期,技术成熟度,申请资金（万元）,"
                "获批资金（万元）,申报指南,申报日期,批复日期\n");
        for (int64_t i = 0; i < n; i++) {
                const DemoFirm *f = any_firm(d);
                int topic = (int)dice_below(&d->dice, TOPICS), year = d->last_year - (int)dice_below(&d->dice, 3);
                int64_t budget = dice_skewed(&d->dice, 180, 8);
                buf_printf(&p, "YC%d-%04lld,%s关键技术研究,%s,%s,%.*s,%s,%s,%d-03-01,%d-02-28,%lld,%lld,", year,
                           (long long)i + 1, topics[topic], f->code, f->name, STR_FMT(f->county->name),
                           ONE_OF(d, classes), ONE_OF(d, levels), year, year + 2, (long long)budget,
                           (long long)(budget * 3 / 10));
                put_person(d, &p);
                buf_printf(&p, ",针对%s的关键问题开展攻关，形成样机和标准\n", topics[topic]);
                int stage = (int)dice_below(&d->dice, 7);
                f = any_firm(d);
                topic = (int)dice_below(&d->dice, TOPICS);
                buf_printf(&r, "CB-%04lld,%s产业化,%s,%s,%.*s,%s,%d年第%lld批,%s,%s,%s,%d-02-%02lld,%lld,%lld,",
                           (long long)i + 1, topics[topic], f->code, f->name, STR_FMT(f->county->name),
                           ONE_OF(d, classes), d->last_year, (long long)dice_between(&d->dice, 1, 2), ONE_OF(d, levels),
                           fields[topic], stages[stage], d->last_year, (long long)dice_between(&d->dice, 1, 28),
                           (long long)dice_between(&d->dice, 3, 9), (long long)budget);
                if (stage == 5)
                        buf_printf(&r, "%lld", (long long)(budget * 6 / 10));
                buf_printf(&r, ",%s,", stage >= 3 ? "年度科技计划申报指南" : "");
                if (stage >= 4)
                        buf_printf(&r, "%d-04-10", d->last_year);
                buf_puts(&r, ",");
                if (stage >= 5)
                        buf_printf(&r, "%d-09-20", d->last_year);
                buf_puts(&r, "\n");
        }
        TRY(buf_status(&p));
        TRY(buf_status(&r));
        TRY(demo_import(d, "project", "在研项目.csv", buf_str(&p), "city"));
        return demo_import(d, "reserve_project", "储备项目.csv", buf_str(&r), "city");
}

/* ---- platforms, parks, alliances ---- */

static Status platforms(Demo *d)
{
        static const char *const kinds[] = { "孵化器",     "众创空间",     "生产力促进中心",
                                             "科技服务站", "农业专家大院", "公共服务平台" };
        static const char *const levels[] = { "市级", "市级", "省级", "县级", "国家级" };
        _cleanup_buf_ Buf p = BUF_INIT(SHEET_MAX), t = BUF_INIT(SHEET_MAX), s = BUF_INIT(SHEET_MAX),
                          y = BUF_INIT(SHEET_MAX);
        buf_puts(&p, "平台编号,平台名称,平台类型,级别,县区,认定日期,在孵企业,场地面积\n");
        buf_puts(&t, "平台编号,入驻企业代码,入驻企业名称,身份,入驻日期,离开日期\n");
        buf_puts(&s, "平台编号,服务日期,服务事项,服务类别,服务对象代码,服务收入（元）,服务人次\n");
        buf_puts(&y, "平台编号,年度,总收入（万元）,服务收入（万元）,在孵企业数,毕业企业数,带动就业,年度考核等次\n");
        for (size_t i = 0; i < 3 * d->county_count; i++) {
                const PackUnit *c = d->counties[i % d->county_count];
                const char *kind = kinds[i % ARRAY_LEN(kinds)];
                buf_printf(&p, "PT-%02zu,%.*s%s,%s,%s,%.*s,%d-05-18,%lld,%lld\n", i + 1, STR_FMT(c->name), kind, kind,
                           ONE_OF(d, levels), STR_FMT(c->name), d->last_year - 2 - (int)dice_below(&d->dice, 5),
                           (long long)dice_between(&d->dice, 6, 60), (long long)dice_between(&d->dice, 800, 20000));
                for (int k = 0; k < 4; k++) {
                        const DemoFirm *f = any_firm(d);
                        bool gone = dice_chance(&d->dice, 300);
                        buf_printf(&t, "PT-%02zu,%s,%s,%s,%d-0%d-15,", i + 1, f->code, f->name, gone ? "毕业" : "在孵",
                                   d->last_year - 2, k + 1);
                        if (gone)
                                buf_printf(&t, "%d-06-30", d->last_year);
                        buf_puts(&t, "\n");
                        buf_printf(&s, "PT-%02zu,%d-%02d-11,第%d期创业辅导,创业辅导,%s,%lld,%lld\n", i + 1,
                                   d->last_year, k * 3 + 1, k + 1, f->code, (long long)dice_between(&d->dice, 0, 8000),
                                   (long long)dice_between(&d->dice, 10, 90));
                }
                int64_t income = dice_skewed(&d->dice, 160, 8);
                buf_printf(&y, "PT-%02zu,%d,%lld,%lld,%lld,%lld,%lld,%s\n", i + 1, d->last_year, (long long)income,
                           (long long)(income * 7 / 10), (long long)dice_between(&d->dice, 6, 60),
                           (long long)dice_below(&d->dice, 6), (long long)dice_between(&d->dice, 40, 600),
                           i % 5 ? "合格" : "优秀");
        }
        TRY(buf_status(&p));
        TRY(buf_status(&t));
        TRY(buf_status(&s));
        TRY(buf_status(&y));
        TRY(demo_import(d, "platform", "创新平台.csv", buf_str(&p), "city"));
        TRY(demo_import(d, "tenancy", "入驻企业.csv", buf_str(&t), "city"));
        TRY(demo_import(d, "service", "服务记录.csv", buf_str(&s), "city"));
        return demo_import(d, "platform_year", "平台年报.csv", buf_str(&y), "city");
}

static Status parks(Demo *d)
{
        static const char *const kinds[] = { "高新区", "开发区", "农业科技园区" };
        _cleanup_buf_ Buf p = BUF_INIT(SHEET_MAX), t = BUF_INIT(SHEET_MAX), y = BUF_INIT(SHEET_MAX),
                          c = BUF_INIT(SHEET_MAX);
        buf_puts(&p, "园区编号,园区名称,园区类型,级别,县区,批准日期,主导产业,规划面积,核心区面积\n");
        buf_puts(&t, "园区编号,企业代码,企业名称,角色,入园日期\n");
        buf_puts(&y, "统一社会信用代码,年度,所在园区编号\n");
        buf_puts(&c, "园区编号,类别,品种或技术名称,引进日期,推广面积,带动农户,新增效益（万元）\n");
        for (size_t i = 0; i < d->county_count; i++) {
                const char *kind = kinds[i % 3];
                buf_printf(
                        &p, "YQ-%zu,%.*s%s,%s,%s,%.*s,2014-06-01,%s,%lld,%lld\n", i + 1, STR_FMT(d->counties[i]->name),
                        kind, kind, i % 3 ? "省级" : "市级", STR_FMT(d->counties[i]->name), fields[i % TOPICS],
                        (long long)dice_between(&d->dice, 4000, 20000), (long long)dice_between(&d->dice, 300, 3000));
                if (i % 3 == 2)
                        buf_printf(&c, "YQ-%zu,品种,陇薯%lld号,%d-03-01,%lld,%lld,%lld\n", i + 1,
                                   (long long)dice_between(&d->dice, 3, 18), d->last_year - 1,
                                   (long long)dice_between(&d->dice, 500, 9000),
                                   (long long)dice_between(&d->dice, 50, 1800),
                                   (long long)dice_between(&d->dice, 30, 900));
        }
        for (int64_t i = 0; i < d->enterprises; i++) {
                const DemoFirm *f = &d->firms[i];
                size_t at = 0;
                if (!dice_chance(&d->dice, 180))
                        continue;
                while (at < d->county_count && d->counties[at] != f->county)
                        at++;
                buf_printf(&t, "YQ-%zu,%s,%s,%s,%d-01-01\n", at + 1, f->code, f->name,
                           dice_chance(&d->dice, 100) ? "龙头企业" : "配套企业",
                           f->founded_year > 2015 ? f->founded_year : 2015);
                if (f->founded_year <= d->last_year)
                        buf_printf(&y, "%s,%d,YQ-%zu\n", f->code, d->last_year, at + 1);
        }
        TRY(buf_status(&p));
        TRY(buf_status(&t));
        TRY(buf_status(&y));
        TRY(buf_status(&c));
        TRY(demo_import(d, "park", "园区.csv", buf_str(&p), "city"));
        TRY(demo_import(d, "park_tenant", "入园企业.csv", buf_str(&t), "city"));
        TRY(demo_import(d, "park_crop", "品种技术.csv", buf_str(&c), "city"));
        return demo_import(d, "enterprise_year", "企业所在园区.csv", buf_str(&y), "city");
}

static Status alliances(Demo *d)
{
        static const char *const kinds[] = { "创新联合体", "产业技术创新战略联盟", "微创新中心" };
        static const char *const roles[] = { "牵头", "核心成员", "成员", "支撑单位" };
        _cleanup_buf_ Buf a = BUF_INIT(SHEET_MAX), m = BUF_INIT(SHEET_MAX), t = BUF_INIT(SHEET_MAX);
        buf_puts(&a, "联盟编号,联盟名称,类型,级别,县区,技术领域,组建日期,研发投入（万元）\n");
        buf_puts(&m, "联盟编号,成员单位代码,成员单位,角色,加入日期\n");
        buf_puts(&t, "联盟编号,任务名称,承担成员,完成期限,完成日期,产出成果,形成专利,新增收入（万元）\n");
        for (int i = 0; i < 9; i++) {
                buf_printf(&a, "LM-%d,%s%s,%s,市级,%.*s,%s,%d-04-01,%lld\n", i + 1, topics[i], kinds[i % 3],
                           kinds[i % 3], STR_FMT(any_county(d)->name), fields[i], d->last_year - 1,
                           (long long)dice_between(&d->dice, 80, 3000));
                for (int k = 0; k < 4; k++) {
                        const DemoFirm *f = any_firm(d);
                        buf_printf(&m, "LM-%d,%s,%s,%s,%d-04-01\n", i + 1, f->code, f->name, roles[k],
                                   d->last_year - 1);
                        if (k < 2)
                                buf_printf(&t, "LM-%d,%s第%d项任务,%s,%d-%s,%s\n", i + 1, topics[i], k + 1, f->name,
                                           d->last_year + k, "06-30",
                                           k ? ",,," : "2023-06-20,样机与企业标准各一项,2,160");
                }
        }
        TRY(buf_status(&a));
        TRY(buf_status(&m));
        TRY(buf_status(&t));
        TRY(demo_import(d, "alliance", "创新联合体.csv", buf_str(&a), "city"));
        TRY(demo_import(d, "alliance_member", "联盟成员.csv", buf_str(&m), "city"));
        return demo_import(d, "alliance_task", "联盟任务.csv", buf_str(&t), "city");
}

/* ---- people ---- */

static Status people(Demo *d)
{
        static const char *const levels[] = { "A", "B", "C", "C", "D", "D", "D" };
        _cleanup_buf_ Buf t = BUF_INIT(SHEET_MAX), e = BUF_INIT(SHEET_MAX), c = BUF_INIT(SHEET_MAX),
                          l = BUF_INIT(SHEET_MAX), x = BUF_INIT(SHEET_MAX), o = BUF_INIT(SHEET_MAX),
                          g = BUF_INIT(SHEET_MAX), y = BUF_INIT(SHEET_MAX);
        buf_puts(&t, "人才编号,姓名,工作单位代码,工作单位,县区,人才层次,专业领域,引进日期,代表性贡献\n");
        buf_puts(&e, "专家编号,姓名,专家类别,专业领域,职称,工作单位,县区,联系电话,入库日期\n");
        buf_puts(&c, "特派员编号,姓名,特派员类型,派出单位,服务县区,专业特长,选派日期,任期止,联系电话\n");
        buf_puts(&l, "特派员编号,服务日期,服务内容,服务地点,服务人次,服务天数\n");
        buf_puts(&y, "特派员编号,年度,服务天数,培训人数,带动就业人数,创办领办实体,推广技术,考核等次\n");
        buf_puts(&x, "联络编号,姓名,籍贯县区,现工作单位,工作所在地,职务,专业领域,联络人,下次联络日期\n");
        buf_puts(&o, "联络编号,联络日期,联络内容,经办人\n");
        buf_puts(&g, "受理编号,申请人,县区,办理事项,受理日期,办理期限,办结日期,办理状态\n");
        for (int i = 0; i < 60; i++) {
                const DemoFirm *f = any_firm(d);
                int topic = (int)dice_below(&d->dice, TOPICS);
                buf_printf(&t, "RC-%03d,", i + 1);
                put_person(d, &t);
                buf_printf(&t, ",%s,%s,%.*s,%s,%s,", f->code, f->name, STR_FMT(f->county->name), ONE_OF(d, levels),
                           fields[topic]);
                put_day(d, &t, d->last_year - (int)dice_below(&d->dice, 4));
                buf_printf(&t, ",主持%s攻关，成果在企业投产\n", topics[topic]);
        }
        for (int i = 0; i < 40; i++) {
                buf_printf(&e, "ZJ-%03d,", i + 1);
                put_person(d, &e);
                buf_printf(&e, ",%s,%s、%s,%s,%s,%.*s,138%08lld,%d-01-15\n", i % 6 ? "技术专家" : "财务专家",
                           fields[i % TOPICS], topics[i % TOPICS], i % 2 ? "教授" : "高级工程师",
                           i % 3 ? "云川学院" : "省农业科学院", STR_FMT(any_county(d)->name),
                           (long long)dice_below(&d->dice, 100000000), d->last_year - 2);
        }
        for (size_t i = 0; i < 3 * d->county_count; i++) {
                buf_printf(&c, "TP-%02zu,", i + 1);
                put_person(d, &c);
                buf_printf(&c, ",%s,%s,%.*s,%s,%d-01-01,%d-03-31,139%08lld\n", i % 3 ? "农业" : "工业",
                           i % 2 ? "市农科院" : "云川学院", STR_FMT(d->counties[i % d->county_count]->name),
                           fields[i % TOPICS], d->last_year - 1, d->last_year + 1,
                           (long long)dice_below(&d->dice, 100000000));
                for (int k = 0; k < 3; k++)
                        buf_printf(&l, "TP-%02zu,%d-%02d-12,%s现场指导,示范村,%lld,%lld\n", i + 1, d->last_year,
                                   3 * k + 2, topics[(i + (size_t)k) % TOPICS],
                                   (long long)dice_between(&d->dice, 12, 80), (long long)dice_between(&d->dice, 1, 4));
                buf_printf(&y, "TP-%02zu,%d,%lld,%lld,%lld,%lld,%lld,%s\n", i + 1, d->last_year,
                           (long long)dice_between(&d->dice, 60, 180), (long long)dice_between(&d->dice, 60, 900),
                           (long long)dice_between(&d->dice, 10, 300), (long long)dice_below(&d->dice, 3),
                           (long long)dice_between(&d->dice, 1, 6), i % 6 ? "良好" : "优秀");
        }
        for (int i = 0; i < 24; i++) {
                buf_printf(&x, "LL-%02d,", i + 1);
                put_person(d, &x);
                buf_printf(&x, ",%.*s,%s集团,%s,%s,%s,", STR_FMT(any_county(d)->name), fields[i % TOPICS],
                           i % 2 ? "杭州" : "西安", i % 3 ? "技术总监" : "副总经理", fields[i % TOPICS]);
                put_person(d, &x);
                buf_printf(&x, ",%d-%02d-20\n", d->last_year + 1, 1 + i % 4);
                buf_printf(&o, "LL-%02d,%d-02-0%d,春节座谈，介绍家乡产业,招商办\n", i + 1, d->last_year, 1 + i % 9);
                buf_printf(&g, "LS-%02d,", i + 1);
                put_person(d, &g);
                buf_printf(&g, ",%.*s,%s,%d-12-01,%d-%s,", STR_FMT(any_county(d)->name),
                           i % 2 ? "子女入学" : "住房保障", d->last_year, i % 3 ? d->last_year : d->last_year + 1,
                           i % 3 ? "12-20" : "01-22");
                if (i % 3)
                        buf_printf(&g, "%d-12-15,办结\n", d->last_year);
                else
                        buf_puts(&g, ",办理\n");
        }
        Buf *all[] = { &t, &e, &c, &l, &x, &o, &g, &y };
        static const char *const names[] = { "talent",         "expert",      "commissioner", "service_log",
                                             "contact_abroad", "contact_log", "green_case",   "commissioner_year" };
        static const char *const files[] = { "人才.csv",     "专家.csv",     "科技特派员.csv", "服务日志.csv",
                                             "在外人才.csv", "联络记录.csv", "绿色通道.csv",   "特派员考核.csv" };
        for (size_t i = 0; i < ARRAY_LEN(all); i++) {
                TRY(buf_status(all[i]));
                TRY(demo_import(d, names[i], files[i], buf_str(all[i]), "city"));
        }
        return ST_OK;
}

/* ---- rights, results, instruments ---- */

static Status rights(Demo *d)
{
        _cleanup_buf_ Buf p = BUF_INIT(SHEET_MAX), a = BUF_INIT(SHEET_MAX), n = BUF_INIT(SHEET_MAX),
                          h = BUF_INIT(SHEET_MAX), i = BUF_INIT(SHEET_MAX), v = BUF_INIT(SHEET_MAX),
                          k = BUF_INIT(SHEET_MAX);
        buf_puts(&p, "申请号,专利名称,专利类型,专利权人代码,专利权人,县区,申请日,授权日,高价值类别\n");
        buf_puts(&a, "成果编号,成果名称,完成单位代码,完成单位,县区,技术领域,技术成熟度,登记日期,成果简介\n");
        buf_puts(&n,
                 "需求编号,需求名称,需求单位代码,需求单位,县区,技术领域,拟投入资金（万元）,提出日期,状态,需求内容\n");
        buf_puts(&h,
                 "年度,序号,难题名称,提出单位代码,提出单位,县区,技术领域,悬赏金额（万元）,状态,揭榜单位,需求编号\n");
        buf_puts(&i, "仪器编号,仪器名称,规格型号,管理单位,县区,原值（万元）,机时单价,是否开放共享\n");
        buf_puts(
                &v,
                "创新券编号,持券企业代码,持券企业,县区,面额（万元）,发放日期,有效期至,使用日期,兑付日期,兑付金额（万元）,状态\n");
        buf_puts(&k, "托管合同号,委托企业代码,委托企业,托管机构,县区,托管专利数,合同起,合同止\n");
        for (int64_t r = 0; r < d->enterprises / 4 + 10; r++) {
                const DemoFirm *f = any_firm(d);
                int year = d->last_year - 2 - (int)dice_below(&d->dice, 9), kind = dice_chance(&d->dice, 400) ? 1 : 2;
                put_application(d, &p, year, kind);
                buf_printf(&p, ",一种%s装置,%s,%s,%s,%.*s,%d-05-10,%d-08-20,%s\n", topics[dice_below(&d->dice, TOPICS)],
                           kind == 1 ? "发明" : "实用新型", f->code, f->name, STR_FMT(f->county->name), year,
                           year + (kind == 1 ? 2 : 1), kind == 1 && dice_chance(&d->dice, 450) ? "战略性新兴产业" : "");
        }
        for (int r = 0; r < 36; r++) {
                const DemoFirm *f = any_firm(d), *g = any_firm(d);
                int topic = (int)dice_below(&d->dice, TOPICS);
                static const char *const states[] = { "已征集", "对接中", "已解决" };
                const char *state = states[r % 3];
                buf_printf(&a, "CG-%03d,%s成套技术,%s,%s,%.*s,%s,%d,%d-06-15,实现%s的工艺与装备配套，已在中试线验证\n",
                           r + 1, topics[topic], f->code, f->name, STR_FMT(f->county->name), fields[topic], 4 + r % 6,
                           d->last_year, topics[topic]);
                buf_printf(&n, "XQ-%03d,%s良品率提升,%s,%s,%.*s,%s,%lld,%d-03-20,%s,希望把%s的良品率提高到95%%以上\n",
                           r + 1, topics[topic], g->code, g->name, STR_FMT(g->county->name), fields[topic],
                           (long long)dice_between(&d->dice, 20, 400), d->last_year, state, topics[topic]);
                buf_printf(&h, "%d,%d,%s良品率提升,%s,%s,%.*s,%s,%lld,%s,%s,XQ-%03d\n", d->last_year, r + 1,
                           topics[topic], g->code, g->name, STR_FMT(g->county->name), fields[topic],
                           (long long)dice_between(&d->dice, 10, 300), state, r % 3 == 2 ? "云川学院" : "", r + 1);
        }
        for (int r = 0; r < 24; r++) {
                static const char *const names[] = { "扫描电子显微镜", "万能材料试验机", "气相色谱质谱联用仪",
                                                     "三坐标测量机" };
                const DemoFirm *f = any_firm(d);
                buf_printf(&i, "YQSB-%02d,%s,型号%d,云川学院,%.*s,%lld,%lld,是\n", r + 1, names[r % 4], 100 + r,
                           STR_FMT(any_county(d)->name), (long long)dice_between(&d->dice, 12, 480),
                           (long long)dice_between(&d->dice, 60, 500));
                buf_printf(&v, "CXQ-%03d,%s,%s,%.*s,5,%d-03-01,%d-02-28", r + 1, f->code, f->name,
                           STR_FMT(f->county->name), d->last_year, d->last_year + 1);
                if (r % 3 == 0)
                        buf_puts(&v, ",,,,发放");
                else if (r % 3 == 1)
                        buf_printf(&v, ",%d-08-01,,,使用", d->last_year);
                else
                        buf_printf(&v, ",%d-08-01,%d-10-12,4,兑付", d->last_year, d->last_year);
                buf_puts(&v, "\n");
                buf_printf(&k, "TG-%02d,%s,%s,正信知识产权服务有限公司,%.*s,%lld,%d-03-01,%d-02-28\n", r + 1, f->code,
                           f->name, STR_FMT(f->county->name), (long long)dice_between(&d->dice, 2, 30), d->last_year,
                           d->last_year + 1);
        }
        Buf *all[] = { &p, &a, &n, &h, &i, &v, &k };
        static const char *const regs[] = { "patent",     "achievement", "need",          "hard_problem",
                                            "instrument", "voucher",     "patent_custody" };
        static const char *const files[] = { "专利.csv",     "科技成果.csv", "技术需求.csv", "百项难题.csv",
                                             "共享仪器.csv", "创新券.csv",   "专利托管.csv" };
        for (size_t r = 0; r < ARRAY_LEN(all); r++) {
                TRY(buf_status(all[r]));
                TRY(demo_import(d, regs[r], files[r], buf_str(all[r]), "city"));
        }
        return ST_OK;
}

/* ---- money, policies, awards, cultivation ---- */

static Status money(Demo *d)
{
        static const char *const kinds[] = { "科技贷", "专利贷", "信用贷" }, *const banks[] = { "云川银行", "农商银行",
                                                                                                "工商银行云川分行" };
        _cleanup_buf_ Buf l = BUF_INIT(SHEET_MAX), p = BUF_INIT(SHEET_MAX), g = BUF_INIT(SHEET_MAX),
                          c = BUF_INIT(SHEET_MAX), q = BUF_INIT(SHEET_MAX);
        buf_puts(
                &l,
                "贷款合同号,借款企业代码,县区,贷款类型,贷款银行,贷款金额（万元）,年利率,放款日期,到期日期,贷款余额（万元）,贷款状态,预警日期,逾期本金（万元）\n");
        buf_puts(&p, "凭证号,记账日期,借方科目,贷方科目,金额（万元）,贷款合同号,县区,摘要\n");
        buf_puts(&g, "统一社会信用代码,拨付编号,资金名称,资金类别,级别,金额（万元）,到账日期\n");
        buf_puts(
                &c,
                "统一社会信用代码,年度,培育状态,入库日期,辅导人,计划申报日期,注册满一年,拥有核心知识产权,属于八大领域,科技人员占比达标,研发费用占比达标,"
                "高新收入占比达标,一年内无重大事故,知识产权得分下限,知识产权得分上限,成果转化得分下限,成果转化得分上限,组织管理得分下限,组织管理得分上限,"
                "成长性得分下限,成长性得分上限,培育计划\n");
        buf_puts(&q, "县区,年度,入库任务数,申报任务数,认定任务数\n");
        for (size_t i = 0; i < d->county_count; i++) {
                buf_printf(&q, "%.*s,%d,%lld,%lld,%lld\n", STR_FMT(d->counties[i]->name), d->last_year,
                           (long long)dice_between(&d->dice, 8, 30), (long long)dice_between(&d->dice, 5, 12),
                           (long long)dice_between(&d->dice, 3, 8));
                buf_printf(&p, "PZ-%03zu,%d-01-10,风险池资金,县财政,%lld,,%.*s,年度县级出资\n", i + 1, d->last_year,
                           (long long)dice_between(&d->dice, 100, 500), STR_FMT(d->counties[i]->name));
        }
        for (int64_t i = 0; i < d->enterprises / 20 + 8; i++) {
                const DemoFirm *f = any_firm(d), *h = any_firm(d);
                int64_t amount = dice_between(&d->dice, 5, 80) * 10;
                bool bad = dice_chance(&d->dice, 60);
                buf_printf(&l, "DK-%04lld,%s,%.*s,%s,%s,%lld,4.35,%d-%02lld-15,%d-%02lld-14,%lld,%s,", (long long)i + 1,
                           f->code, STR_FMT(f->county->name), ONE_OF(d, kinds), ONE_OF(d, banks), (long long)amount,
                           d->last_year, (long long)(i % 12 + 1), d->last_year + 1, (long long)(i % 12 + 1),
                           (long long)(amount * 9 / 10), bad ? "预警" : "正常");
                if (bad)
                        buf_printf(&l, "%d-12-10,%lld\n", d->last_year, (long long)(amount / 2));
                else
                        buf_puts(&l, ",\n");
                buf_printf(&g, "%s,ZJ-%04lld,%s,%s,%s,%lld,", h->code, (long long)i + 1,
                           i % 2 ? "研发投入后补助" : "科技计划项目", i % 2 ? "后补助" : "项目资金",
                           i % 3 ? "市级" : "省级", (long long)dice_between(&d->dice, 5, 120));
                put_day(d, &g, d->last_year);
                buf_puts(&g, "\n");
        }
        for (int64_t i = 0; i < d->enterprises; i++) {
                const DemoFirm *f = &d->firms[i];
                if (f->hnte_year || !f->small_tech || f->founded_year >= d->last_year || !dice_chance(&d->dice, 400))
                        continue;
                bool far = dice_chance(&d->dice, 400);
                buf_printf(&c, "%s,%d,%s,%d-02-15,", f->code, d->last_year, far ? "入库" : "培育", d->last_year);
                put_person(d, &c);
                buf_printf(&c,
                           ",%d-%02lld-01,是,%s,是,%s,%s,%s,是,%d,%d,%d,%d,%d,%d,%d,%d,补齐研发费用辅助账和知识产权\n",
                           d->last_year + 1, (long long)dice_between(&d->dice, 2, 8), far ? "否" : "是",
                           dice_chance(&d->dice, 700) ? "是" : "否", f->rd_bp > 500 ? "是" : "否",
                           dice_chance(&d->dice, 600) ? "是" : "否", far ? 5 : 20, far ? 10 : 26, far ? 1 : 19,
                           far ? 12 : 24, far ? 5 : 12, far ? 9 : 17, far ? 2 : 8, far ? 6 : 14);
        }
        Buf *all[] = { &l, &p, &g, &c, &q };
        static const char *const regs[] = { "loan", "pool_entry", "grant", "hnte_candidate", "hnte_quota" };
        static const char *const files[] = { "科技贷款.csv", "风险池.csv", "到账资金.csv", "高企培育.csv",
                                             "高企任务.csv" };
        for (size_t i = 0; i < ARRAY_LEN(all); i++) {
                TRY(buf_status(all[i]));
                TRY(demo_import(d, regs[i], files[i], buf_str(all[i]), "city"));
        }
        return ST_OK;
}

static Status policies_and_awards(Demo *d)
{
        _cleanup_buf_ Buf r = BUF_INIT(SHEET_MAX), u = BUF_INIT(SHEET_MAX), a = BUF_INIT(SHEET_MAX);
        static const char number[] = "云政发〔2023〕1号";
        TRY(demo_import(
                d, "policy_document", "政策文件.csv",
                STR("文号,文件名称,发文机关,级别,体系位置,发布日期,施行日期,失效日期\n"
                    "云政发〔2023〕1号,关于加快科技创新驱动发展的若干意见,云川市人民政府,市级,主文件,2021-01-05,2021-01-05,2025-12-31\n"
                    "云科发〔2023〕8号,研发投入后补助实施细则,云川市科学技术局,市级,实施细则,2023-03-01,2023-04-01,2025-12-31\n"
                    "云科发〔2023〕9号,科技贷款风险补偿资金管理办法,云川市科学技术局,市级,配套文件,2023-05-01,2023-05-01,2024-04-10\n"),
                "city"));
        TRY(demo_import(
                d, "policy_clause", "政策条款.csv",
                STR("文号,条款号,条款内容,政策模型,责任部门\n"
                    "云政发〔2023〕1号,第三条,规上工业企业研发投入强度超过2%的部分给予10%补助，最高500万元,rd_post_subsidy,市科技局\n"
                    "云政发〔2023〕1号,第五条,新认定高新技术企业奖励20万元，重新认定奖励10万元,hnte_award,市科技局\n"),
                "city"));
        buf_puts(&r, "文号,企业代码,知晓日期,知晓途径\n");
        buf_puts(&u, "文号,企业代码,使用日期,使用条款,兑现金额（万元）\n");
        for (int64_t i = 0; i < d->enterprises; i++) {
                if (!dice_chance(&d->dice, 350))
                        continue;
                buf_printf(&r, "%s,%s,%d-03-12,%s\n", number, d->firms[i].code, d->last_year, i % 2 ? "推送" : "培训");
                if (dice_chance(&d->dice, 200))
                        buf_printf(&u, "%s,%s,%d-06-20,第三条,%lld\n", number, d->firms[i].code, d->last_year,
                                   (long long)dice_between(&d->dice, 3, 60));
        }
        buf_puts(
                &a,
                "提名编号,项目名称,年度,奖项类别,授奖等级,完成单位代码,完成单位,提名者,县区,提名日期,公示日期,授奖日期,状态,评审得分\n");
        for (int i = 0; i < 15; i++) {
                const DemoFirm *f = any_firm(d);
                bool won = i % 3 == 0;
                buf_printf(&a, "JL-%02d,%s技术与应用,%d,%s,%s,%s,%s,%.*s科技局,%.*s,%d-03-10,%s,%s,%s,%lld.5\n", i + 1,
                           topics[i % TOPICS], d->last_year, i % 2 ? "科技进步奖" : "技术发明奖",
                           won ? (i ? "二等" : "一等") : "", f->code, f->name, STR_FMT(f->county->name),
                           STR_FMT(f->county->name), d->last_year, won ? "2023-08-01" : "", won ? "2023-09-01" : "",
                           won ? "授奖" : "评审", (long long)dice_between(&d->dice, 70, 95));
        }
        TRY(buf_status(&r));
        TRY(buf_status(&u));
        TRY(buf_status(&a));
        TRY(demo_import(d, "policy_reading", "政策知晓.csv", buf_str(&r), "city"));
        TRY(demo_import(d, "policy_use", "政策使用.csv", buf_str(&u), "city"));
        TRY(demo_import(
                d, "award_category", "奖励名额.csv",
                STR("年度,奖项类别,等级,名额,奖金（万元）\n2023,科技进步奖,一等,2,10\n2023,科技进步奖,二等,6,5\n2023,技术发明奖,一等,1,10\n"),
                "city"));
        return demo_import(d, "award", "科技奖励.csv", buf_str(&a), "city");
}

static Status teams_and_reviews(Demo *d)
{
        static const char *const results[] = { "优秀", "良好", "合格" };
        _cleanup_buf_ Buf t = BUF_INIT(SHEET_MAX), m = BUF_INIT(SHEET_MAX), r = BUF_INIT(SHEET_MAX);
        buf_puts(&t, "团队编号,团队名称,团队类型,带头人编号,县区,研究领域,组建日期\n");
        buf_puts(&m, "团队编号,人才编号,团队角色,加入日期\n");
        buf_puts(&r, "统一社会信用代码,机构名称,评估日期,评估类型,评估结果,下次评估日期\n");
        for (int i = 0; i < 10; i++) {
                buf_printf(&t, "TD-%02d,%s团队,创新团队,RC-%03d,%.*s,%s,%d-05-01\n", i + 1, topics[i], 4 * i + 1,
                           STR_FMT(any_county(d)->name), fields[i], d->last_year - 1);
                for (int k = 0; k < 3; k++)
                        buf_printf(&m, "TD-%02d,RC-%03d,%s,%d-05-01\n", i + 1, 4 * i + k + 1, k ? "核心成员" : "带头人",
                                   d->last_year - 1);
        }
        for (int i = 0; i < 16; i++) {
                const DemoFirm *f = any_firm(d);
                buf_printf(&r, "%s,%s技术中心,%d-04-18,定期评估,%s,%d-04-18\n", f->code, f->name, d->last_year - i % 2,
                           ONE_OF(d, results), d->last_year + 2 - i % 2);
        }
        TRY(buf_status(&t));
        TRY(buf_status(&m));
        TRY(buf_status(&r));
        TRY(demo_import(d, "team", "人才团队.csv", buf_str(&t), "city"));
        TRY(demo_import(d, "team_member", "团队成员.csv", buf_str(&m), "city"));
        return demo_import(d, "institution_review", "机构评估.csv", buf_str(&r), "city");
}

Status demo_import_registers(Demo *d)
{
        demo_clock(d->last_year + 1, 1, 20, 10, 30);
        TRY(projects(d));
        TRY(platforms(d));
        TRY(parks(d));
        TRY(alliances(d));
        TRY(people(d));
        TRY(teams_and_reviews(d));
        TRY(rights(d));
        TRY(money(d));
        return policies_and_awards(d);
}
