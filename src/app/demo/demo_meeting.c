/* demo_meeting.c -- the year's meeting on science and technology: a speech is read, partly confirmed, applied; the
 * counties report on their tasks, one of them late. */
#include <stdio.h>

#include "app/demo/demo.h"
#include "base/period.h"

enum { ARENA_MIB = 256 };

/* One operation with an account's rights, as that person would have called it.  body: JSON, or a file's bytes. */
static Status call_as(Demo *d, const char *account, const char *op, const char *const *params, Str body, Arena *a,
                      const Json **ret)
{
        ApiSession session;
        ApiCall call = { .world = d->world, .session = &session, .arena = a, .diag = &d->app->diag, .body = body };
        Json *reply;
        TRY(api_session_of(d->world, str_c(account), a, &d->app->diag, &session));
        for (; params && params[0]; params += 2)
                TRY(api_set(&call, params[0], str_c(params[1])));
        Status st = api_call(&call, op);
        if (st == ST_OK && ret)
                st = json_parse(a, buf_str(&call.reply), NULL, NULL, NULL, &reply);
        if (st == ST_OK && ret)
                *ret = reply;
        api_call_release(&call);
        return st;
}
#define PARAMS(...) ((const char *const[]){ __VA_ARGS__, NULL, NULL })

/* ---- the speech ---- */

/* The city's figure of the year before; false: it is not known. */
static bool figure(Demo *d, const char *indicator, Arena *a, Dec *ret)
{
        char period[16];
        const Json *o;
        snprintf(period, sizeof(period), "%d", d->last_year - 1);
        return call_as(d, "city", "value", PARAMS("indicator", indicator, "period", period), STR(""), a, &o) == ST_OK &&
               dec_parse(json_get_text(o, "value", STR("")), ret) == ST_OK;
}

static void put_dec(Buf *b, const char *before, Dec v, int scale, const char *after)
{
        char text[DEC_TEXT_MAX];
        Dec shown = dec_quantize(dec_round(v, scale, DEC_HALF_UP), scale, DEC_HALF_UP);
        buf_puts(b, before);
        buf_put(b, text, dec_to_text_exact(shown, text));
        buf_puts(b, after);
}

/* The past year with the city's own figures, and one as it went round before the count was final. */
static void put_review(Demo *d, Arena *a, Buf *b)
{
        Dec v;
        buf_printf(b, "一、肯定成绩，看清差距\n过去一年，各级各部门扎实工作，科技创新有了新进步。%d年，",
                   d->last_year - 1);
        if (figure(d, "rd_expenditure", a, &v))
                put_dec(b, "全市全社会研发经费达到", dec_div(v, dec_from_i64(100000000)), 1, "亿元；");
        if (figure(d, "rd_intensity", a, &v))
                put_dec(b, "全市研发投入强度达到", v, 2, "%；");
        if (figure(d, "hnte_count", a, &v))
                put_dec(b, "全市高新技术企业达到", dec_add(v, dec_from_i64(6)), 0, "家；");
        buf_puts(b, "创新平台稳步增加。同时也要看到，县区之间很不平衡，成果转化仍是短板。\n\n");
}

static void put_plan(Demo *d, Arena *a, Buf *b)
{
        Dec v;
        buf_printf(b, "二、明确目标，压实责任\n%d年，", d->last_year);
        if (figure(d, "rd_intensity", a, &v))
                put_dec(b, "全市研发投入强度达到", dec_add(v, dec_from_scaled(15, 2)), 1, "%以上，");
        if (figure(d, "hnte_count", a, &v))
                put_dec(b, "全市高新技术企业数达到", dec_add(v, dec_from_i64(40)), 0, "家，");
        buf_puts(b, "新增科技型中小企业60家。\n\n三、突出重点，抓好落实\n"
                    "（一）培育创新主体。市科技局要建立高新技术企业培育库，对入库企业实行“一对一”辅导。"
                    "各县（区）要制定年度培育计划，并每月报送进展。\n"
                    "（二）建设创新平台。锦湖区政府要牵头建设精密制造中试基地，年底前建成投用。"
                    "市发展改革委要组织编制创新平台布局方案，6月底前报市政府审定。\n"
                    "（三）促进成果转化。市科技局要会同市财政局每季度举办一次成果对接活动。"
                    "秀川区要建设技术转移中心，年底前投入运行。\n\n"
                    "四、强化保障，完善政策\n"
                    "对年营业收入首次突破10亿元、50亿元的高新技术企业，分别给予50万元、100万元奖励。"
                    "对研发投入强度超过3%的企业，按超额部分的10%给予补助，单个企业每年最高300万元。"
                    "对新认定的国家级企业技术中心，给予500万元奖励。\n\n"
                    "同志们，让我们真抓实干，为建设科技强市而努力！\n");
}

/* ---- confirming ---- */

static Status act(Demo *d, const Json *item, const char *what, const char *more, Arena *a)
{
        char id[24], body[600];
        int64_t number = 0;
        (void)json_i64(json_get(item, "item"), &number);
        snprintf(id, sizeof(id), "%lld", (long long)number);
        int n = snprintf(body, sizeof(body), "{\"act\":\"%s\",\"version\":1%s}", what, more);
        return call_as(d, "city", "meeting_item_act", PARAMS("item", id), str_n(body, (size_t)n), a, NULL);
}

/* The county plans are due every month from each county; the last paragraph's are left for whoever tries the demo. */
static Status confirm(Demo *d, const Json *items, Arena *a)
{
        size_t tasks = 0;
        for (size_t i = 0; json_at(items, i); i++) {
                const Json *item = json_at(items, i);
                Str kind = json_get_text(item, "kind", STR("")), quote = json_get_text(item, "quote", STR(""));
                if (str_eq_c(kind, "fact"))
                        continue;
                if (str_eq_c(kind, "task") && str_has(quote, STR("对接活动")))
                        continue;
                tasks += str_eq_c(kind, "task");
                if (str_has(quote, STR("建成投用")))
                        TRY(act(d, item, "reject", ",\"reason\":\"并入中试基地一条\"", a));
                else if (str_eq_c(kind, "incentive") && str_has(quote, STR("100万元奖励")))
                        TRY(act(d, item, "mend",
                                ",\"fields\":{\"beneficiary\":\"高新技术企业\",\"condition\":\"年营业收入首次突破50亿元\","
                                "\"amount\":1000000,\"unit\":\"元\"}",
                                a));
                else if (str_has(quote, STR("中试基地")))
                        TRY(act(d, item, "mend",
                                ",\"reason\":\"期限和频次以分工方案为准\",\"fields\":{\"action\":\"牵头建设精密制造中试基地\","
                                "\"owners\":[\"锦湖区政府\",\"市科技局\"],\"deadline\":\"年底\",\"cadence\":\"每月\"}",
                                a));
                else if (str_has(quote, STR("培育计划")) || str_has(quote, STR("报送进展")))
                        TRY(act(d, item, "mend",
                                ",\"fields\":{\"action\":\"制定年度培育计划，每月报送进展\",\"owners\":[\"各县（区）\"],"
                                "\"deadline\":\"年底\",\"cadence\":\"每月\"}",
                                a));
                else
                        TRY(act(d, item, "accept", "", a));
        }
        return tasks ? ST_OK
                     : diag_fail(&d->app->diag, ST_INTERNAL, POS_NONE, "演示讲话里没有读出任务",
                                 "no task was read from the demo's speech");
}

Status demo_meeting(Demo *d)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)ARENA_MIB << 20);
        _cleanup_buf_ Buf speech = BUF_INIT(1 << 20);
        const Json *o;
        char day[24], id[24];
        int64_t meeting = 0;
        if (!a)
                return ST_NOMEM;
        demo_clock(d->last_year, 2, 27, 9, 0);
        snprintf(day, sizeof(day), "%04d-02-24", d->last_year);
        buf_printf(&speech,
                   "在全市科技创新工作推进会上的讲话\n（%d年2月24日）\n\n同志们：\n"
                   "这次会议的任务是，总结去年工作，部署今年任务，推动全市科技创新再上新台阶。\n\n",
                   d->last_year);
        put_review(d, a, &speech);
        put_plan(d, a, &speech);
        TRY(buf_status(&speech));
        TRY(call_as(d, "city", "meeting_add", PARAMS("file", "市长讲话.txt", "day", day), buf_str(&speech), a, &o));
        (void)json_i64(json_get(json_get(o, "meeting"), "meeting"), &meeting);
        snprintf(id, sizeof(id), "%lld", (long long)meeting);
        demo_clock(d->last_year, 2, 27, 15, 30);
        TRY(confirm(d, json_get(o, "items"), a));
        demo_clock(d->last_year, 2, 28, 10, 0);
        return call_as(d, "city", "meeting_apply", PARAMS("meeting", id), STR("{}"), a, NULL);
}

/* ---- supervising ---- */

static bool truth(const Json *obj, const char *key)
{
        const Json *j = json_get(obj, key);
        return json_is(j, JSON_BOOL) && j->truth;
}

static Status task_number(const Json *task, char id[24])
{
        int64_t number = 0;
        if (!json_i64(json_get(task, "task"), &number))
                return ST_INTERNAL;
        snprintf(id, 24, "%lld", (long long)number);
        return ST_OK;
}

/* At the year's end the counties hand in what they have and the city closes; two of them have nothing to hand in. */
static Status close_task(Demo *d, size_t county, const char *id, Arena *a)
{
        static const char report[] = "{\"text\":\"年度任务完成\",\"evidence\":\"年度总结报告一份，存县科技局\"}";
        static const char closing[] = "{\"closed\":true,\"version\":1,\"text\":\"材料齐全，同意办结\"}";
        if (county == 3 || county == 6)
                return ST_OK;
        demo_clock(d->last_year, 12, 27, 9, (int)county * 5);
        TRY(call_as(d, demo_county_account(county), "task_report", PARAMS("task", id), str_c(report), a, NULL));
        demo_clock(d->last_year, 12, 29, 15, (int)county * 5);
        return call_as(d, "city", "task_close", PARAMS("task", id), str_c(closing), a, NULL);
}

/* A county's report on a task for the month before.  The fifth county is late with May's, the seventh gives up. */
static Status report_task(Demo *d, size_t county, const char *id, Period p, Arena *a)
{
        static const char *const words[] = { "已摸底入库企业，完成一次走访", "新增两家企业进入培育名单，辅导申报材料",
                                             "组织专题培训，三家企业完成自评", "联系服务机构，逐户对照条件查漏补缺" };
        char body[300];
        bool late = county == 4 && p.index == 5;
        if (county == 6 && p.index > 8)
                return ST_OK;
        Date on = date_add_days(period_last_day(p), late ? 20 : 4);
        int n = snprintf(body, sizeof(body), "{\"text\":\"%s\"}", words[((size_t)p.index + county) % ARRAY_LEN(words)]);
        demo_clock(on.year, on.month, on.day, 10, (int)county * 5);
        return call_as(d, demo_county_account(county), "task_report", PARAMS("task", id), str_n(body, (size_t)n), a,
                       NULL);
}

Status demo_task_reports(Demo *d, Period p)
{
        char day[24];
        date_to_text(date_add_days(period_last_day(p), 1), day);
        for (size_t i = 0; i < d->county_count && demo_county_account(i); i++) {
                _cleanup_arena_ Arena *a = arena_new((size_t)ARENA_MIB << 20);
                const Json *o;
                if (!a)
                        return ST_NOMEM;
                TRY(call_as(d, demo_county_account(i), "task_list", PARAMS("day", day, "open", "true"), STR(""), a,
                            &o));
                for (size_t k = 0; json_at(json_get(o, "tasks"), k); k++) {
                        const Json *t = json_at(json_get(o, "tasks"), k);
                        bool own = str_eq(json_get_text(t, "owner", STR("")), d->counties[i]->code);
                        char id[24];
                        TRY(task_number(t, id));
                        if (own && !truth(t, "closed") && json_get_text(t, "cadence", STR("")).len)
                                TRY(p.index == 12 ? close_task(d, i, id, a) : report_task(d, i, id, p, a));
                }
        }
        return ST_OK;
}
