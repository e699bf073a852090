/* standing.c -- figures in a plan that tell of what is there already, and are no targets.
 *
 * 对82家企业逐户摸底, 退回来的21家, 这16个平台: how many there are is known; what is to be done with them is a task. */
#include <string.h>

#include "meeting/meeting_int.h"

static bool ends_with(const Reading *r, uint32_t start, uint32_t end, const char *const *words, size_t count)
{
        for (size_t k = 0; k < count; k++) {
                uint32_t n = (uint32_t)(strlen(words[k]) / 3);
                if (end >= start + n && text_is(r->cp, end - n, end, words[k]))
                        return true;
        }
        return false;
}

/* 用好2000万元资金池, 15%企业所得税优惠: in use already, or the name of it. */
static bool is_used(const Reading *r, const Quantity *q, const Clause *c, uint32_t number)
{
        static const char *const using[] = { "用好", "用足", "用活", "管好", "盘活", "围绕", "聚焦",  "面向",
                                             "发挥", "依托", "针对", "把",   "把这", "让这", "这",    "将",
                                             "那",   "驻地", "我市", "我县", "我区", "现有", "现有的" };
        static const char *const tax[] = { "企业所得税", "所得税", "的税率", "税率", "的优惠税率" };
        if (ends_with(r, c->start, number, using, ARRAY_LEN(using)))
                return true;
        for (size_t k = 0; q->percent && k < ARRAY_LEN(tax); k++)
                if (text_is(r->cp, q->end, c->end, tax[k]))
                        return true;
        return q->percent && number > c->start + 3 && text_is(r->cp, number - 3, number, "所得税");
}

/* 退回来的21家, 未达预期的326家企业: but 打造有影响力的10个品牌 makes them. */
static bool is_described(const Reading *r, const Clause *c, uint32_t number)
{
        static const char *const makes[] = { "打造", "建设", "建成", "培育", "引进", "创建", "新建",
                                             "新增", "培养", "形成", "选树", "推出", "遴选", "评选",
                                             "实施", "组建", "征集", "突破", "力争", "开展" };
        static const char *const done[] = { "未",   "没",   "不",   "已",   "出去", "回来", "欠",
                                            "滞后", "上年", "去年", "现有", "在库", "在建", "过",
                                            "到期", "剩余", "结余", "结转", "沉淀", "闲置", "收回" };
        if (number < c->start + 3 || r->cp[number - 1] != 0x7684) /* 的 */
                return false;
        for (size_t k = 0; k < ARRAY_LEN(makes); k++)
                if (text_is(r->cp, c->start, c->end, makes[k]))
                        return false;
        for (size_t k = 0; k < ARRAY_LEN(done); k++)
                if (text_find(r->cp, c->start, number, done[k]) != MEETING_NONE)
                        return true;
        return false;
}

/* 对82家企业逐户摸底, 对滞后的2个项目: whom it is about. */
static bool is_whom(const Reading *r, const Quantity *q, const Clause *c, uint32_t number)
{
        enum { NEAR = 10 };
        uint32_t start = c->start;
        for (uint32_t i = start + 2; i + 1 < number; i++) /* 县科技局要对3个项目逐一约谈 */
                if (r->cp[i] == 0x8981 && r->cp[i + 1] == 0x5BF9 &&
                    lex_before(r->lex, r->cp, c->start, i, LEX_BIT(ORGAN)) > 0)
                        start = i + 1;
        return r->cp[start] == 0x5BF9 && number <= start + NEAR && q->end < c->end && is_han(r->cp[q->end]) &&
               !lex_has(r->lex, r->cp, start, number, LEX_BIT(REACH) | LEX_BIT(ADD));
}

/* 7个没开工的项目, 28名县级领导每人…: the clause begins with them. */
static bool is_opening(const Reading *r, const Quantity *q, const Clause *c, uint32_t number)
{
        enum { NEAR = 10 };
        static const char *const un[] = { "没", "未", "尚未", "已" };
        uint32_t most = q->end + NEAR < c->end ? q->end + NEAR : c->end;
        if (number != c->start || q->end >= c->end)
                return false;
        for (size_t k = 0; k < ARRAY_LEN(un); k++)
                if (text_is(r->cp, q->end, c->end, un[k]))
                        return true;
        for (uint32_t i = q->end; i + 1 < most; i++)
                if (text_is(r->cp, i, c->end, "每人") || text_is(r->cp, i, c->end, "人人"))
                        return true;
        return false;
}

/* 把研发投入强度等5项指标纳入考核 */
static bool is_sum_of(const Reading *r, const Clause *c, uint32_t number)
{
        static const char *const taking[] = { "把", "将", "对", "围绕", "聚焦" };
        if (number <= c->start + 2 || r->cp[number - 1] != 0x7B49) /* 等 */
                return false;
        for (size_t k = 0; k < ARRAY_LEN(taking); k++)
                if (text_find(r->cp, c->start, number, taking[k]) != MEETING_NONE)
                        return true;
        return false;
}

/* 办结二期18亩用地的规划调整手续, 解决26名教师子女入学的难题: of what there is, with something to be settled. */
static bool is_settled(const Reading *r, const Quantity *q, const Clause *c)
{
        enum { NEAR = 12 };
        static const char *const matters[] = { "手续", "难题", "问题", "纠纷", "欠账", "隐患" };
        uint32_t most = q->end + NEAR < c->end ? q->end + NEAR : c->end;
        if (!ends_with(r, q->end, c->end, matters, ARRAY_LEN(matters)))
                return false;
        for (uint32_t i = q->end + 1; i < most; i++)
                if (r->cp[i] == 0x7684) /* 的 */
                        return true;
        return false;
}

/* 组织驻澜5所高校, 分两次拨付, 以300平方米为限, 别再跑六趟, 我就讲两条 */
static bool is_manner(const Reading *r, const Quantity *q, const Clause *c, uint32_t number)
{
        static const char *const times[] = { "次", "期", "批", "步", "年", "档" };
        static const char *const spoken[] = { "讲", "说", "谈", "提", "就讲", "只讲" };
        static const char *const not [] = { "别", "不要", "不许" };
        uint32_t before = number > c->start ? r->cp[number - 1] : 0;
        if (before == 0x5206 && number > c->start + 1) { /* 分 */
                for (size_t k = 0; k < ARRAY_LEN(times); k++)
                        if (text_is(r->cp, q->unit, q->unit_end, times[k]))
                                return true;
        }
        if (q->percent && number >= c->start + 2 && text_is(r->cp, number - 2, number, "拨付"))
                return true; /* 立项时拨付四成 */
        if (before == 0x4EE5 && text_is(r->cp, q->end, c->end, "为限"))
                return true;
        if (number >= c->start + 2 && r->cp[number - 2] == 0x9A7B) /* 驻 */
                return true;
        if (text_is(r->cp, q->unit, q->unit_end, "条") && ends_with(r, c->start, number, spoken, ARRAY_LEN(spoken)))
                return true;
        for (size_t k = 0; k < ARRAY_LEN(not ); k++)
                if (text_is(r->cp, c->start, c->end, not [k]) && q->han)
                        return true;
        return false;
}

/* 清退空置率超过40%的载体, 单价30万元以上大型仪器: which ones. */
static bool is_bound(const Reading *r, const Quantity *q, const Clause *c, uint32_t number)
{
        static const char *const over[] = { "超过", "低于", "不足", "高于", "达到", "不到" };
        static const char *const each[] = { "单价", "单台", "原值", "单笔", "单户" };
        if (q->percent && q->end + 1 < c->end && r->cp[q->end] == 0x7684 &&
            ends_with(r, c->start, number, over, ARRAY_LEN(over)))
                return lex_at(r->lex, r->cp, c->start, c->end, LEX_BIT(ACTION) | LEX_BIT(VERB_NOUN), NULL) > 0;
        return q->money && ends_with(r, c->start, number, each, ARRAY_LEN(each)) &&
               (text_is(r->cp, q->end, c->end, "以上") || text_is(r->cp, q->end, c->end, "及以上"));
}

bool quantity_stands(const Reading *r, const Quantity *q, const Clause *c, uint32_t number)
{
        if (is_used(r, q, c, number) || is_bound(r, q, c, number))
                return true;
        if (q->percent)
                return is_manner(r, q, c, number);
        return is_described(r, c, number) || is_whom(r, q, c, number) || is_opening(r, q, c, number) ||
               is_settled(r, q, c) || is_sum_of(r, c, number) || is_manner(r, q, c, number);
}
