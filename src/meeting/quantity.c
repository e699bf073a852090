/* quantity.c -- every number with a unit: value in base units, range, hedges; or why it is no figure.
 *
 * A number is digits, or Chinese numerals before a unit that counts.  Scale words (万, 亿, 千亿) are multiplied
 * out, % stays a number.  A unit with a scale that has no number before it (达到亿元) and a number with letters
 * in it (20xx名) are figures the copy lost. */
#include "base/utf8.h"
#include "base/vec.h"
#include "meeting/meeting_int.h"

enum { QUANTITIES_MAX = 4000000, DIGITS_MAX = 30 };

VEC_DECLARE(QuantityVec, Quantity);

static int scale_at(const Reading *r, uint32_t i, uint32_t end, uint32_t *ret_end)
{
        int scale = 0;
        uint32_t k = i;
        for (; k < end; k++) {
                uint32_t c = r->cp[k];
                int s = c == 0x5343   ? 3
                        : c == 0x4E07 ? 4
                        : c == 0x4EBF ? 8
                        : c == 0x767E ? 2
                        : c == 0x5341 ? 1
                                      : 0; /* 千万亿百十 */
                if (!s || scale + s > 16)
                        break;
                /* 千克, 千瓦, 百分点 are units of their own. */
                if ((s == 3 || s == 2) && lex_at(r->lex, r->cp, k, end, LEX_BIT(UNIT), NULL) > 1 &&
                    !lex_at(r->lex, r->cp, k + 1, end, LEX_BIT(UNIT), NULL))
                        break;
                if (s == 3 && k + 1 < end &&
                    (r->cp[k + 1] == 0x74E6 || r->cp[k + 1] == 0x514B || r->cp[k + 1] == 0x7C73 ||
                     r->cp[k + 1] == 0x4F0F))
                        break;
                scale += s;
        }
        *ret_end = k;
        return scale;
}

/* Digits with point and thousands: the text without separators; 0 when there is none. */
static uint32_t digits_at(const Reading *r, uint32_t i, uint32_t end, Dec *ret)
{
        char text[DIGITS_MAX + 4];
        size_t n = 0;
        uint32_t k = i;
        bool point = false;
        for (; k < end && n < DIGITS_MAX; k++) {
                uint32_t c = r->cp[k];
                if (is_digit(c)) {
                        text[n++] = (char)c;
                } else if ((c == '.' || c == 0xFF0E) && !point && k > i && k + 1 < end && is_digit(r->cp[k + 1])) {
                        text[n++] = '.';
                        point = true;
                } else if (c == ',' && !point && k > i && k - i <= 3 + 4 * (n / 3) && k + 3 < end &&
                           is_digit(r->cp[k + 1]) && is_digit(r->cp[k + 2]) && is_digit(r->cp[k + 3]) &&
                           !(k + 4 < end && is_digit(r->cp[k + 4]))) {
                        continue;
                } else {
                        break;
                }
        }
        if (!n || (k < end && is_digit(r->cp[k])) || dec_parse(str_n(text, n), ret) != ST_OK)
                return 0;
        return k;
}

/* 三, 十二, 二十五, 一百二十: up to 9999; where it ends, 0 when there is none. */
static uint32_t han_at(const Reading *r, uint32_t i, uint32_t end, Dec *ret)
{
        int64_t total = 0, digit = -1, last = 0;
        uint32_t k = i;
        bool any = false;
        for (; k < end && k < i + 8; k++) {
                int d = han_digit(r->cp[k]);
                int64_t unit = r->cp[k] == 0x5341 ? 10 : r->cp[k] == 0x767E ? 100 : r->cp[k] == 0x5343 ? 1000 : 0;
                if (d >= 0 && digit < 0) {
                        digit = d;
                } else if (d >= 0 && digit == 0) {
                        digit = d;
                        last = 0;
                } else if (unit && (digit > 0 || (unit == 10 && !any))) {
                        total += (digit > 0 ? digit : 1) * unit;
                        digit = -1;
                        last = unit;
                } else {
                        break;
                }
                any = true;
        }
        if (!any)
                return 0;
        if (digit > 0)
                total += last >= 100 ? digit * (last / 10) : digit; /* 两千四 is 2400, 两千零四 is 2004 */
        *ret = dec_from_i64(total);
        return total || digit == 0 ? k : 0;
}

/* 四十二点六, 七点八: the numeral and its decimals; where it ends, 0 when there is none. */
static uint32_t han_decimal_at(const Reading *r, uint32_t i, uint32_t end, Dec *ret)
{
        enum { DECIMALS_MAX = 6 };
        uint32_t k = han_at(r, i, end, ret);
        if (!k || k + 1 >= end || r->cp[k] != 0x70B9 || han_digit(r->cp[k + 1]) < 0 || r->cp[k + 1] == 0x4E24)
                return k;
        int64_t part = 0;
        int n = 0;
        for (k++; k < end && n < DECIMALS_MAX && han_digit(r->cp[k]) >= 0; k++, n++)
                part = part * 10 + han_digit(r->cp[k]);
        *ret = dec_add(*ret, dec_from_scaled(part, n));
        return k;
}

static uint32_t any_number_at(const Reading *r, uint32_t i, uint32_t end, Dec *ret)
{
        return i < end && is_digit(r->cp[i]) ? digits_at(r, i, end, ret) : han_decimal_at(r, i, end, ret);
}

/* 百分之三十五点七, 千分之五, 四分之一: a part of a whole; where it ends, 0 when there is none. */
static uint32_t part_at(const Reading *r, uint32_t i, uint32_t end, Dec *ret, const char **ret_unit)
{
        enum { WHOLE_CHARS = 4, DECIMALS = 10 };
        Dec whole, part;
        uint32_t k = i, after;
        *ret_unit = "%";
        if (text_is(r->cp, i, end, "百分之"))
                whole = dec_from_i64(100), k = i + 1;
        else if (text_is(r->cp, i, end, "千分之"))
                whole = dec_from_i64(1000), k = i + 1;
        else if (text_is(r->cp, i, end, "万分之"))
                whole = dec_from_i64(10000), k = i + 1;
        else if (!(k = any_number_at(r, i, i + WHOLE_CHARS < end ? i + WHOLE_CHARS : end, &whole)) ||
                 !text_is(r->cp, k, end, "分之") || dec_cmp(whole, dec_zero()) <= 0)
                return 0;
        k += 2;
        after = any_number_at(r, k, end, &part);
        if (!after && text_is(r->cp, k, end, "百")) /* 百分之百 */
                part = dec_from_i64(100), after = k + 1;
        if (!after)
                return 0;
        bool thousand = dec_cmp(whole, dec_from_i64(1000)) == 0;
        *ret_unit = thousand ? "‰" : "%";
        *ret = dec_div(dec_mul(part, dec_from_i64(thousand ? 1000 : 100)), whole);
        *ret = dec_normalize(dec_round(*ret, DECIMALS, DEC_HALF_EVEN));
        return after;
}

static Dec scaled(Dec v, int scale)
{
        return dec_normalize(dec_mul(v, dec_from_scaled(1, -scale)));
}

/* Words such as 多 余 几 来 directly after a number or its scale. */
static bool is_some(uint32_t c)
{
        return c == 0x591A || c == 0x4F59 || c == 0x6765;
}

static bool is_range(const Reading *r, uint32_t i, uint32_t end, uint32_t *ret_end)
{
        uint32_t c = i < end ? r->cp[i] : 0;
        /* 50万到200万元 */
        if (c == 0x5230 && i > 0 && i + 1 < end && is_digit(r->cp[i + 1]) &&
            (is_digit(r->cp[i - 1]) || r->cp[i - 1] == 0x4E07 || r->cp[i - 1] == 0x4EBF || r->cp[i - 1] == '%')) {
                *ret_end = i + 1;
                return true;
        }
        if (c == 0x2014 || c == '-' || c == '~' || c == 0xFF5E || c == 0x81F3 || c == 0x2013 || c == 0x223C ||
            c == 0xFF0D) {
                *ret_end = i + 1 + (i + 1 < end && c == 0x2014 && r->cp[i + 1] == 0x2014);
                return true;
        }
        return false;
}

static bool inside_name(const Reading *r, uint32_t start, uint32_t i)
{
        uint32_t before = i > start ? r->cp[i - 1] : 0;
        return is_latin(before) || before == '+' || before == '_' || before == 0xD7;
}

/* A number in “…” or 《…》 belongs to a name when the quotation is short and the number stands at its end or
 * beginning without more: “1+N”, “33618”. */
static bool in_title_marks(const Reading *r, uint32_t start, uint32_t i, uint32_t end)
{
        uint32_t k = i;
        while (k > start && i - k < 40 && r->cp[k - 1] != 0x300A && r->cp[k - 1] != 0x300B)
                k--;
        if (k == start || r->cp[k - 1] != 0x300A)
                return false;
        while (i < end && r->cp[i] != 0x300B && r->cp[i] != 0x300A)
                i++;
        return i < end && r->cp[i] == 0x300B;
}

/* A quotation that is open at i, closed or not: copies lose the closing mark. */
static bool in_quotes(const Reading *r, uint32_t start, uint32_t i)
{
        for (uint32_t k = i; k > start && i - k < 12; k--) {
                if (is_quote_close(r->cp[k - 1]))
                        return false;
                if (is_quote_open(r->cp[k - 1]))
                        return true;
        }
        return false;
}

/* 预算里排了三千五百万,比去年多一千一百万: what the sentence speaks of up to the number. */
static bool speaks_of_money(const Reading *r, uint32_t start, uint32_t number)
{
        enum { BACK = 30 };
        static const char *const words[] = {
                "预算", "专项", "资金", "经费", "欠", "补偿池", "奖补", "贷", "财政", "钱"
        };
        uint32_t from = start;
        while (from > r->body && start - from < BACK && !is_stop(r->cp[from - 1]) && r->cp[from - 1] != '\n')
                from--;
        for (size_t k = 0; k < ARRAY_LEN(words); k++)
                if (text_find(r->cp, from, number, words[k]) != MEETING_NONE)
                        return true;
        return false;
}

/* 补5万, 最高30万, 奖20万、10万: money as it is said, without its unit, after a word of paying or of a cap. */
static bool is_spoken_money(const Reading *r, uint32_t start, uint32_t number, uint32_t after, uint32_t end)
{
        static const char *const verbs[] = { "奖", "补", "给", "贴", "退", "予", "抵", "缴", "交", "花", "出", "要价" };
        static const char *const spent[] = { "拿出", "压了", "压减", "花了", "投了", "掏出",
                                             "掏了", "省下", "省了", "砍掉", "拿了" };
        for (size_t k = 0; k < ARRAY_LEN(spent); k++) {
                uint32_t n = (uint32_t)(strlen(spent[k]) / 3);
                if (number >= start + n && text_is(r->cp, number - n, number, spent[k]))
                        return true;
        }
        if (after < end && is_han(r->cp[after]) &&
            !lex_at(r->lex, r->cp, after, end, LEX_BIT(GRANT) | LEX_BIT(AFTER) | LEX_BIT(CAP), NULL) &&
            r->cp[after] != 0x5230 && r->cp[after] != 0x81F3 && r->cp[after] != 0x548C)         /* 到 至 和 */
                return false;
        if ((after >= end || !is_han(r->cp[after])) && speaks_of_money(r, start, number))
                return true;
        uint32_t from = number > start + 16 ? number - 16 : start, i = number;
        while (i > from && (is_digit(r->cp[i - 1]) || r->cp[i - 1] == 0x4E07 || r->cp[i - 1] == 0x3001 ||
                            r->cp[i - 1] == 0x548C || r->cp[i - 1] == '.'))
                i--;                            /* 万 、 和 */
        if (lex_before(r->lex, r->cp, start, i, LEX_BIT(GRANT) | LEX_BIT(CAP)))
                return true;
        for (size_t k = 0; k < ARRAY_LEN(verbs); k++) {
                uint32_t n = (uint32_t)(strlen(verbs[k]) / 3);
                if (i >= start + n && text_is(r->cp, i - n, i, verbs[k]))
                        return true;
        }
        return false;
}

typedef struct UnitAt {
        uint32_t start, end;
        int scale;
        bool found, not_counting, percent, money;
        const char *name;
} UnitAt;

static UnitAt unit_at(const Reading *r, uint32_t i, uint32_t end)
{
        UnitAt u = { .start = i, .end = i };
        if (i >= end)
                return u;
        uint32_t c = r->cp[i];
        if (c == '%' || c == 0xFF05) {
                u.found = u.percent = true;
                u.end = i + 1;
                u.name = "%";
                return u;
        }
        if (c == 0x2030) {
                u.found = true;
                u.end = i + 1;
                u.name = "‰";
                return u;
        }
        uint64_t mask = 0;
        uint32_t n = lex_at(r->lex, r->cp, i, end, LEX_BIT(UNIT) | LEX_BIT(UNIT_NOT), &mask);
        if (!n)
                return u;
        u.found = true;
        u.end = i + n;
        u.not_counting = !(mask & LEX_BIT(UNIT));
        u.money = text_is(r->cp, i, end, "元");
        /* 元/人, 微克/立方米, 台/万人 */
        if (u.end + 1 < end && r->cp[u.end] == '/') {
                uint32_t ten = r->cp[u.end + 1] == 0x4E07;      /* 万 */
                uint32_t more = lex_at(r->lex, r->cp, u.end + 1 + ten, end, LEX_BIT(UNIT) | LEX_BIT(UNIT_NOT), NULL);
                if (more)
                        u.end += 1 + ten + more;
        }
        if (text_is(r->cp, i, end, "百分点") || (u.end == i + 2 && text_is(r->cp, i, end, "个点")))
                u.name = "个百分点";
        if (u.end == i + 1 && r->cp[i] == 0x4E2A &&
            (text_is(r->cp, i, end, "个多月") || text_is(r->cp, i, end, "个半月")))
                u.not_counting = true;
        if (u.end == i + 2 && text_is(r->cp, i, end, "个人"))
                u.name = "人";
        if (text_is(r->cp, i, end, "块钱")) { /* 两万块钱 */
                u.money = true;
                u.name = "元";
                u.end = i + 2;
        }
        return u;
}

static bool is_time(const Reading *r, const UnitAt *u)
{
        return text_is(r->cp, u->start, u->end, "分钟") || text_is(r->cp, u->start, u->end, "小时");
}

/* 审批时限由9个月压缩至3个月, 寿命从二十年延长到二十五年: how long something takes or lasts. */
static bool is_duration(const Reading *r, const Clause *c, const Quantity *q, const UnitAt *u)
{
        static const char *const units[] = { "个月", "年", "天", "周" };
        static const char *const measured[] = { "时限", "周期",     "寿命",   "时长", "用时",
                                                "耗时", "平均需要", "平均需", "工期" };
        static const char *const changed[] = { "缩", "延长", "平均", "由", "从", "不超过", "达" };
        bool unit = false, is = false;
        for (size_t k = 0; k < ARRAY_LEN(units); k++)
                unit |= u->end - u->start == strlen(units[k]) / 3 && text_is(r->cp, u->start, u->end, units[k]);
        if (!unit || dec_cmp(q->value, dec_from_i64(100)) >= 0)
                return false;
        for (size_t k = 0; k < ARRAY_LEN(measured); k++)
                is |= text_find(r->cp, c->start, q->start, measured[k]) != MEETING_NONE;
        /* The clause before names what lasts: ,寿命从二十年延长到… */
        for (size_t k = 0; is && k < ARRAY_LEN(changed); k++)
                if (text_find(r->cp, c->start, c->end, changed[k]) != MEETING_NONE)
                        return true;
        return false;
}

static bool counts_points(const Reading *r, uint32_t i, uint32_t end)
{
        return lex_at(r->lex, r->cp, i, end, LEX_BIT(ABSTRACT), NULL) > 0;
}

/* 轴承、农机、医疗器械三个产业链: the count only sums up the list before it. */
static bool sums_up(const Reading *r, const Quantity *q, uint32_t start, uint32_t number, uint32_t end)
{
        int64_t n;
        if (q->percent || q->money || !dec_to_i64(q->value, &n) || n < 2 || n > 9 ||
            (!q->han && (n < 3 || q->end >= end || !is_han(r->cp[q->end]))))
                return false;
        for (uint32_t i = number; i > start && number - i < 60; i--) {
                uint32_t c = r->cp[i - 1];
                if (c == 0x3001 || (c == 0x548C && n == 2) || (c == 0x2014 && i >= 2 && r->cp[i - 2] != 0x2014))
                        n--;
                else if (!is_han(c) && !is_quote_open(c) && !is_quote_close(c) && !is_latin(c) && c != 0x2014 &&
                         c != '*' && c != 0xD7)
                        break;
        }
        return n == 1;
}

/* 两个园区要围绕…: who is told, and how many they are is known. */
static bool is_told_count(const Reading *r, const Quantity *q, const Clause *c)
{
        uint32_t most = q->end + 14 < c->end ? q->end + 14 : c->end, n;
        if (q->percent || q->money || q->end >= c->end || !is_han(r->cp[q->end]) ||
            lex_before(r->lex, r->cp, c->start, q->start, LEX_BIT(REACH) | LEX_BIT(BEFORE)) ||
            (q->start > c->start + 1 && q->han))
                return false;
        for (uint32_t i = q->end; i < most; i++)
                if (is_digit(r->cp[i]))
                        return false;
        uint32_t at = lex_find(r->lex, r->cp, q->end, most, LEX_BIT(MODAL), &n);
        return at != MEETING_NONE && at > q->end && at + n + 2 < c->end;
}

/* Hedges before the number: they may stand between other words of the kind. */
static void hedges_before(const Reading *r, Quantity *q, uint32_t from)
{
        for (int n = 0; n < 3; n++) {
                uint32_t len = lex_before(r->lex, r->cp, from, q->start, LEX_BIT(BEFORE));
                if (!len)
                        return;
                uint32_t a = q->start - len;
                if (a > from && r->cp[a] == 0x7EA6 && r->cp[a - 1] == 0x7B7E)           /* 签约 */
                        return;
                q->approx |= lex_at(r->lex, r->cp, a, q->start, LEX_BIT(APPROX), NULL) == len;
                q->at_most |= lex_at(r->lex, r->cp, a, q->start, LEX_BIT(AT_MOST), NULL) == len;
                q->start = a;
        }
}

static void hedges_after(const Reading *r, Quantity *q, uint32_t end)
{
        /* 20%（含）以上, 500万元（不含）以下 */
        for (uint32_t k = q->end + 1; k < end && k < q->end + 4 && q->end < end && is_open(r->cp[q->end]); k++)
                if (is_close(r->cp[k]) && k > q->end + 1 && r->cp[k - 1] == 0x542B) {
                        q->end = k + 1;
                        break;
                }
        for (int n = 0; n < 2; n++) {
                uint64_t mask;
                uint32_t len = lex_at(r->lex, r->cp, q->end, end, LEX_BIT(AFTER), &mask);
                if (!len)
                        return;
                q->approx |= (mask & LEX_BIT(APPROX)) != 0;
                q->at_most |= (mask & LEX_BIT(AT_MOST)) != 0;
                q->at_least |= text_is(r->cp, q->end, end, "以上");
                q->end += len;
        }
}

/* 10亿元产业类项目22个, 亿元以上企业60家; 22个10亿元以上项目: the sum only tells the size of what is counted. */
static bool is_size(const Reading *r, const Clause *c, const Quantity *q, const Quantity *prev, const Quantity *next)
{
        uint64_t verbs = LEX_BIT(REACH) | LEX_BIT(BEFORE) | LEX_BIT(GROW);
        if (!q->money || q->missing)
                return false;
        if (q->end < c->end && lex_at(r->lex, r->cp, q->end, c->end, LEX_BIT(ACTION) | LEX_BIT(VERB_NOUN), NULL) > 1)
                return false;
        uint32_t most = q->end + 10 < c->end ? q->end + 10 : c->end;
        if (prev && prev->end == q->start && !prev->why_not && !prev->money && !prev->percent && q->end < c->end &&
            is_han(r->cp[q->end]))
                return lex_has(r->lex, r->cp, q->end, most, LEX_BIT(SIZED));
        if (!next || next->money || next->percent || next->number < q->end || next->number - q->end > 16)
                return false;
        uint32_t end = next->number;
        for (uint32_t n; (n = lex_before(r->lex, r->cp, q->end, end, verbs)) != 0;)
                end -= n;
        for (uint32_t i = q->end; i < end; i++)
                if (!is_han(r->cp[i]) || lex_at(r->lex, r->cp, i, end, LEX_BIT(ADD) | LEX_BIT(REACH), NULL) > 1)
                        return false;
        return end > q->end + 1 && r->cp[q->end] != 0x7684 &&
                lex_before(r->lex, r->cp, q->end, end, LEX_BIT(SIZED)) > 0;
}

/* 建成15万吨乳酸、10万吨聚乳酸等项目: the figure is part of the project's name. */
static bool is_capacity(const Reading *r, const Clause *c, const Quantity *q)
{
        if (q->han || q->percent || q->money || q->end >= c->end || !is_han(r->cp[q->end]) || q->missing)
                return false;
        bool yearly = q->number >= c->start + 2 && (text_is(r->cp, q->number - 2, q->number, "年产") ||
                                                    text_is(r->cp, q->number - 2, q->number, "日产"));
        uint32_t unit = lex_at(r->lex, r->cp, q->unit, q->unit_end, LEX_BIT(CAPACITY), NULL);
        return (yearly || unit) && lex_before(r->lex, r->cp, q->end, c->end, LEX_BIT(WORKS)) > 0;
}

/* Figures that only qualify another: 年营收超10亿元的仅35家, 对研发投入超2%的…, 8个产业规模超千亿元. */
static void find_conditions(Reading *r)
{
        for (size_t i = 0; i < r->quantity_count; i++) {
                Quantity *q = &r->quantities[i];
                const Clause *c = &r->clauses[q->clause];
                const Quantity *next = i + 1 < r->quantity_count && r->quantities[i + 1].clause == q->clause
                                               ? &r->quantities[i + 1]
                                               : NULL;
                const Quantity *prev = i > 0 && r->quantities[i - 1].clause == q->clause ? &r->quantities[i - 1] : NULL;
                bool hedged = lex_before(r->lex, r->cp, c->start, q->number, LEX_BIT(BEFORE)) > 0;
                if (q->why_not)
                        continue;
                /* 占地5亩以上的企业: unless the figure is what is reached */
                bool bounded = q->end > q->unit_end && q->end + 2 < c->end && r->cp[q->end] == 0x7684 &&
                        is_han(r->cp[q->end + 1]) &&
                               (r->cp[q->end - 1] == 0x4E0A || r->cp[q->end - 1] == 0x4E0B ||
                                r->cp[q->end - 1] == 0x5185) && !hedged &&
                               !lex_before(r->lex, r->cp, c->start, q->start, LEX_BIT(REACH));
                bool given = c->mark == ',' &&
                             (text_is(r->cp, c->start, c->end, "只要") || text_is(r->cp, c->start, c->end, "凡是") ||
                              text_is(r->cp, c->start, c->end, "如果"));
                given = given ||
                        (c->mark == ',' && c->mode != MODE_PAST && r->cp[c->end - 1] == 0x7684); /* 完成不到60%的, */
                bool portion = q->end > q->unit_end &&
                               (text_is(r->cp, q->end, c->end, "部分") || text_is(r->cp, q->end, c->end, "的部分"));
                if (is_size(r, c, q, prev, next) || bounded || given || portion)
                        q->why_not = "condition";
                else if (is_capacity(r, c, q))
                        q->why_not = "name";
                else if (q->end < c->end && r->cp[q->end] == 0x7684 && hedged && next && !next->why_not &&
                         next->number - q->end < 8)
                        q->why_not = "condition";
                else if (c->mode != MODE_PAST && (r->cp[c->start] == 0x5BF9 || r->cp[c->start] == 0x51E1) && /* 对 凡 */
                         !lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(GRANT)) &&
                         text_find(r->cp, q->end, c->end, "的") != MEETING_NONE)
                        q->why_not = "condition";
                else if (prev && !prev->why_not && q->money && hedged && prev->start == c->start && !prev->money &&
                         !prev->percent &&
                         !lex_has(r->lex, r->cp, prev->end, q->start, LEX_BIT(ACTION) | LEX_BIT(PURPOSE)) &&
                         q->start - prev->end < 14)
                        q->why_not = "condition";
        }
}

/* 上, 超, 近: 超亿元 is a figure; 达到亿元 has lost its own. */
static bool is_over(const Reading *r, uint32_t start, uint32_t i)
{
        static const char *const words[] = { "上", "超", "超过", "过", "逾", "破", "突破", "近", "将近", "接近", "约" };
        for (size_t k = 0; k < ARRAY_LEN(words); k++) {
                uint32_t n = (uint32_t)(strlen(words[k]) / 3);
                if (i >= start + n && text_is(r->cp, i - n, i, words[k]))
                        return true;
        }
        return false;
}

/* 16.7万贫困人口, 500多万在校生 */
static bool counts_people(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t most = i + 10 < end ? i + 10 : end, len;
        uint32_t at = lex_find(r->lex, r->cp, i, most, LEX_BIT(PEOPLE), &len);
        if (at == MEETING_NONE)
                return false;
        for (uint32_t k = i; k < at; k++)
                if (!is_han(r->cp[k]))
                        return false;
        return true;
}

/* 千人计划, 百家论坛: people or bodies, and directly after them a programme. */
static bool is_programme(const Reading *r, const Quantity *q, uint32_t end)
{
        static const char *const units[] = { "人", "名", "家", "户", "村", "亿", "亿元", "企" };
        bool named = false;
        for (size_t k = 0; k < ARRAY_LEN(units) && !named; k++)
                named = q->unit_end - q->unit == strlen(units[k]) / 3 && text_is(r->cp, q->unit, q->unit_end, units[k]);
        uint32_t most = q->end + 4 < end ? q->end + 4 : end;
        return named && q->end < end && (lex_at(r->lex, r->cp, q->end, end, LEX_BIT(PROGRAMME), NULL) ||
                                         (q->han && lex_find(r->lex, r->cp, q->end, most, LEX_BIT(PROGRAMME),
                                                             NULL) != MEETING_NONE));
}

/* 仅为省会的三分之一, 只有苏州工业园区的七分之一: a likening, not a share. */
static bool is_comparison(const Reading *r, const Clause *c, uint32_t i)
{
        static const char *const as[] = { "为", "是", "只有", "相当于", "不到", "不及", "仅有" };
        if (i <= c->start + 2 || r->cp[i - 1] != 0x7684 || text_is(r->cp, i, c->end, "百分之") ||
            text_is(r->cp, i, c->end, "千分之") || text_is(r->cp, i, c->end, "万分之") || c->mode == MODE_PLAN)
                return false;
        for (size_t k = 0; k < ARRAY_LEN(as); k++)
                if (text_find(r->cp, c->start, i, as[k]) != MEETING_NONE)
                        return true;
        return false;
}

/* 1:0.5配套, 按1:1比例给予补助: so much for each of another; where the second number ends, 0 when there is none. */
static uint32_t ratio_at(const Reading *r, uint32_t i, uint32_t end, Dec *ret)
{
        static const char *const between[] = { "的比例", "比例", "给予", "予以", "进行", "的" };
        Dec of, part;
        uint32_t k = digits_at(r, i, end, &of), after;
        if (!k || k + 1 >= end || !(is_colon(r->cp[k]) || r->cp[k] == 0x2236) || dec_cmp(of, dec_zero()) <= 0)
                return 0;
        after = digits_at(r, k + 1, end, &part);
        if (!after)
                return 0;
        k = after;
        for (int n = 0; n < 2; n++)
                for (size_t w = 0; w < ARRAY_LEN(between); w++)
                        if (text_is(r->cp, k, end, between[w])) {
                                k += (uint32_t)(strlen(between[w]) / 3);
                                break;
                        }
        if (!lex_at(r->lex, r->cp, k, end, LEX_BIT(GRANT), NULL))
                return 0;
        *ret = dec_normalize(dec_round(dec_div(dec_mul(part, dec_from_i64(100)), of), 10, DEC_HALF_EVEN));
        return after;
}

/* 一半以上, 差了半个点: halves that measure; where they end, 0 when the half is only a word. */
static uint32_t half_at(const Reading *r, const Clause *c, uint32_t i, Quantity *q)
{
        static const char *const points[] = { "半个百分点", "半个点" };
        for (size_t k = 0; k < ARRAY_LEN(points); k++)
                if (text_is(r->cp, i, c->end, points[k]) && !(i > c->start && han_digit(r->cp[i - 1]) >= 0)) {
                        q->value = dec_from_scaled(5, 1);
                        q->unit_name = "个百分点";
                        return i + (uint32_t)(strlen(points[k]) / 3);
                }
        if (!text_is(r->cp, i, c->end, "一半") ||
            (!lex_at(r->lex, r->cp, i + 2, c->end, LEX_BIT(AFTER), NULL) &&
             !(i + 2 == c->end && lex_before(r->lex, r->cp, c->start, i, LEX_BIT(GRANT)))))
                return 0;
        q->value = dec_from_i64(50);
        q->percent = q->approx = true;
        q->unit_name = "%";
        return i + 2;
}

/* 成 after a numeral counts tenths: 占了六成, 三成以上, 的三成给补助; not 成立, 成员. */
static bool is_tenths(const Reading *r, const Clause *c, uint32_t number, uint32_t i)
{
        static const char *const words = "立员果功本为效熟长绩都交就型形分套人";
        if (i >= c->end || r->cp[i] != 0x6210)
                return false;
        uint32_t k = i + 1;
        if (k >= c->end || !is_han(r->cp[k]) || lex_at(r->lex, r->cp, k, c->end, LEX_BIT(AFTER), NULL))
                return true;
        for (size_t pos = 0; pos < strlen(words);)
                if (utf8_next(str_c(words), &pos) == r->cp[k])
                        return false;
        bool tied = number > c->start && (r->cp[number - 1] == 0x7684 || r->cp[number - 1] == 0x8D54 ||
                                          r->cp[number - 1] == 0x8865); /* 的 赔 补 */
        return tied || lex_before(r->lex, r->cp, c->start, number, LEX_BIT(BEFORE) | LEX_BIT(REACH) | LEX_BIT(GRANT));
}

/* 一亿三千万, 一万六千, 3亿5000万: what follows a number with a scale and belongs to it; where it ends, or k. */
static uint32_t rest_at(const Reading *r, uint32_t k, uint32_t end, int *scale, Dec *v)
{
        Dec more;
        uint32_t after = k;
        if (*scale < 4 || k >= end || !(is_digit(r->cp[k]) || han_digit(r->cp[k]) >= 0))
                return k;
        uint32_t k2 = any_number_at(r, k, end, &more);
        if (!k2)
                return k;
        int small = scale_at(r, k2, end, &after);
        if (small == 0 && k2 == k + 1 && han_digit(r->cp[k]) > 0)
                small = *scale - 1; /* 两万三, 三亿五 */
        if (small >= *scale || dec_cmp(scaled(more, small), scaled(dec_from_i64(1), *scale)) >= 0)
                return k;
        *v = dec_add(scaled(*v, *scale), scaled(more, small));
        *scale = 0;
        return after > k2 ? after : k2;
}

/* 新增一家, 达到一家: the one is counted. */
static bool adds_before(const Reading *r, const Clause *c, uint32_t i)
{
        return lex_before(r->lex, r->cp, c->start, i, LEX_BIT(BEFORE) | LEX_BIT(REACH) | LEX_BIT(ADD)) > 0;
}

/* “1个综合基地+N个专业平台”: a formula in quotation marks. */
static bool is_formula(const Reading *r, const Quantity *q, uint32_t end)
{
        enum { LONG = 24 };
        for (uint32_t i = q->end; i < end && i < q->end + LONG && !is_quote_close(r->cp[i]); i++)
                if (r->cp[i] == '+')
                        return true;
        return false;
}

/* 每新增1家, 每成功促成1项, 每满1年: the measure of what is paid or asked. */
static bool is_each_one(const Reading *r, const Clause *c, const Quantity *q, uint32_t i)
{
        enum { WITHIN = 8 };
        if (dec_cmp(q->value, dec_from_i64(1)) != 0 || q->percent || q->money)
                return false;
        for (uint32_t k = i; k > c->start && i - k < WITHIN; k--) {
                if (r->cp[k - 1] == 0x6BCF)
                        return lex_at(r->lex, r->cp, k, i, LEX_BIT(ADD) | LEX_BIT(ACTION), NULL) > 1 ||
                               text_is(r->cp, k, i, "成功") || text_is(r->cp, k, i, "满");
                if (!is_han(r->cp[k - 1]))
                        return false;
        }
        return false;
}

/* A number at i: fills q and gives where reading goes on; i when there is no quantity. */
static uint32_t read_quantity(const Reading *r, const Clause *c, uint32_t i, Quantity *q)
{
        uint32_t end = c->end, k, after;
        Dec v = dec_zero();
        bool bare_scale = false;
        *q = (Quantity){ .start = i, .number = i, .item = MEETING_NONE };
        bool digits = is_digit(r->cp[i]);
        if (text_is(r->cp, i, end, "千方百计"))
                return i + 4;
        k = part_at(r, i, end, &q->value, &q->unit_name);
        if (k) {
                q->percent = q->unit_name[0] == '%';
        } else if (digits && (k = ratio_at(r, i, end, &q->value)) != 0) {
                q->percent = true;
                q->unit_name = "%";
        } else {
                k = half_at(r, c, i, q);
        }
        if (k) {
                q->number_end = q->unit = q->unit_end = q->end = k;
                if (in_title_marks(r, c->start, i, end))
                        q->why_not = "name";
                else if (is_comparison(r, c, i))
                        q->why_not = "comparison";
                else if (text_is(r->cp, i, k, "百分之百") && k < end && is_han(r->cp[k]))
                        q->why_not = "indefinite";
                hedges_before(r, q, c->start);
                hedges_after(r, q, end);
                return q->end;
        }
        q->value = dec_zero();
        q->unit_name = NULL;
        if (r->cp[i] == 0x534A) /* 半 alone */
                return i;
        if (digits) {
                k = digits_at(r, i, end, &v);
                if (!k) {       /* endless digits: a code */
                        for (k = i; k < end && is_digit(r->cp[k]); k++)
                                ;
                        return k;
                }
                /* 20xx年, 20**家: lost */
                if (k < end && (r->cp[k] == 'x' || r->cp[k] == 'X' || r->cp[k] == '*') && k + 1 < end &&
                    (r->cp[k + 1] == r->cp[k])) {
                        while (k < end && (r->cp[k] == 'x' || r->cp[k] == 'X' || r->cp[k] == '*'))
                                k++;
                        q->missing = true;
                }
        } else {
                q->han = true;
                k = han_decimal_at(r, i, end, &v);
                if (!k) {
                        /* 上千家, 超千亿元, 百亿级: one of the scale */
                        int s = scale_at(r, i, end, &after);
                        if (!s)
                                return i;
                        /* 万吨, 亿元 alone are units of a table or parts of names; 上千家, 超千亿元 are figures. */
                        if (!lex_before(r->lex, r->cp, c->start, i, LEX_BIT(BEFORE)))
                                bare_scale = true;
                        else if (after == i + 1 && (s == 4 || s == 8) && !is_over(r, c->start, i))
                                q->missing = true;
                        k = i;
                        v = dec_from_i64(1);
                }
        }
        uint32_t first_end = k;
        int scale = scale_at(r, k, end, &k);
        if (q->han && first_end > i && scale % 4 && k == first_end + 1 && scale < 4)
                scale = 0, k = first_end;
        int whole = scale;
        k = first_end > i ? rest_at(r, k, end, &scale, &v) : k;
        /* 五个亿, 1.8个亿 */
        bool yi = k > i && first_end > i && !scale && whole < 4 && text_is(r->cp, k, end, "个亿") &&
                  !(k + 2 < end && (r->cp[k + 2] == 0x5143 || r->cp[k + 2] == 0x7EA7)); /* 5个亿元项目, 级 */
        if (yi) {
                scale = 8;
                k += 2;
        }
        if (k < end && (is_some(r->cp[k]) || r->cp[k] == 0x51E0)) {
                UnitAt probe = unit_at(r, k + 1, end);
                int more = scale_at(r, k + 1, end, &after);
                if (probe.found || more) {
                        q->approx = true;
                        k++;
                        if (more) {
                                scale += more;
                                whole += more; /* 九百多万 */
                                k = after;
                        }
                }
        }
        q->number_end = k;
        UnitAt u = unit_at(r, k, end);
        uint32_t range;
        /* 2—4家, 5%—5.5%, 25万至30万人 */
        if (digits && is_range(r, u.found ? u.end : k, end, &range) && range < end && is_digit(r->cp[range]) &&
            !q->missing) {
                Dec high;
                uint32_t k2 = digits_at(r, range, end, &high);
                int scale2 = k2 ? scale_at(r, k2, end, &k2) : 0;
                UnitAt u2 = k2 ? unit_at(r, k2, end) : (UnitAt){ 0 };
                if (k2 && u2.found && (!u.found || u.percent == u2.percent) && !u2.not_counting) {
                        if (!u.found && !scale)
                                scale = scale2;
                        q->value_max = scaled(high, scale2);
                        q->has_max = dec_cmp(q->value_max, scaled(v, scale)) > 0;
                        u = u2;
                        q->number_end = k2;
                        k = k2;
                } else if (k2 && !u.found && !u2.found && scale >= 8 && scale2 >= 8 &&
                           (k2 >= end || !is_han(r->cp[k2]))) { /* 80亿到85亿 */
                        q->value_max = scaled(high, scale2);
                        q->has_max = dec_cmp(q->value_max, scaled(v, scale)) > 0;
                        u = (UnitAt){ .start = k2, .end = k2, .found = true, .money = true, .name = "元" };
                        q->number_end = k2;
                        k = k2;
                } else if (k2 && u2.found && u2.not_counting) {
                        u = u2;
                        q->number_end = k2;
                }
        }
        q->value = scaled(v, scale);
        q->unit = u.start;
        q->unit_end = u.end;
        q->end = u.end > q->number_end ? u.end : q->number_end;
        q->percent = u.percent;
        q->money = u.money;
        q->unit_name = u.name;
        /* 三千块补贴: thousands of 块 are money, not signs or lots */
        if (u.found && u.end == u.start + 1 && text_is(r->cp, u.start, u.end, "块") &&
            dec_cmp(q->value, dec_from_i64(1000)) >= 0) {
                q->money = true;
                q->unit_name = "元";
        }
        if (yi) {
                q->money = true;
                q->unit_name = "元";
                q->end = q->number_end;
                q->unit_end = q->unit;
                u = (UnitAt){ .start = k, .end = k, .found = true, .money = true, .name = "元" };
        }
        if (q->number_end < end && r->cp[q->number_end] == 0x6210 && first_end > i && !scale && !whole) { /* 五成 */
                q->value = dec_mul(v, dec_from_i64(10));
                q->percent = true;
                q->unit_name = "%";
                q->end = q->number_end + 1;
                if (q->end < end && r->cp[q->end] == 0x534A) { /* 七成半 */
                        q->value = dec_add(q->value, dec_from_i64(5));
                        q->end++;
                }
                q->approx = true;
                u.found = true;
                u.not_counting = !is_tenths(r, c, i, q->number_end);
        }
        uint32_t resume = q->end > i ? q->end : i + 1;
        if (!u.found) {
                /* 完成710亿: money whose unit was not said */
                if (first_end > i && ((whole >= 8 && (q->end >= end || !is_han(r->cp[q->end]))) ||
                                      (whole >= 4 && is_spoken_money(r, c->start, i, q->end, end)))) {
                        q->money = true;
                        q->unit_name = "元";
                } else if (digits && whole >= 4 && counts_people(r, q->end, end)) {
                        q->unit_name = "人";
                } else if (scale >= 3 && q->end < end && r->cp[q->end] == 0x7EA7) { /* 千亿级 */
                        q->unit_name = "元";
                        q->why_not = "name";
                } else {
                        return q->han ? i : resume;     /* a bare number is no quantity */
                }
        }
        uint32_t before = i > c->start ? r->cp[i - 1] : 0;
        /* （亿元）, | 万吨 |: the unit of a table, and no number */
        if (bare_scale && !is_han(before) && !is_quote_open(before) && (q->end >= end || !is_han(r->cp[q->end]))) {
                k = q->end;
                *q = (Quantity){ .start = i, .number = i, .item = MEETING_NONE };
                return k;
        }
        if (before == 0x7B2C)                                   /* 第 */
                q->why_not = "ordinal";
        else if (text_is(r->cp, u.end - (u.end >= i + 3 ? 3 : 0), u.end, "工作日") && q->end < end &&
                 r->cp[q->end] == 0x5185) /* 20个工作日内: by when */
                q->why_not = "date";
        else if (u.not_counting && !is_duration(r, c, q, &u))
                q->why_not = "date";
        else if (bare_scale || is_programme(r, q, end))
                q->why_not = "name";
        else if (is_time(r, &u) && q->end < end && is_han(r->cp[q->end]) &&
                 !lex_at(r->lex, r->cp, q->end, end, LEX_BIT(AFTER) | LEX_BIT(REACH) | LEX_BIT(GROW) | LEX_BIT(FALL),
                         NULL)) /* 15分钟生活圈 */
                q->why_not = "name";
        else if (before == 0x6BCF || (digits && is_each_one(r, c, q, i))) /* 每万人, 每新增1家 */
                q->why_not = "per";
        else if (before == 0x524D || before == 0x540E || (before == 0x8DDD && !q->missing)) /* 前1%, 后两位, 距3% */
                q->why_not = "rank";
        else if (q->end < end && r->cp[q->end] == 0x7EA7 && !u.not_counting)    /* 25兆瓦级 */
                q->why_not = "name";
        else if (inside_name(r, c->start, i) && digits)
                q->why_not = "name";
        else if (digits && i > c->start && !is_quote_open(before) && in_quotes(r, c->start, i) && q->end < end &&
                 is_quote_close(r->cp[q->end]))                 /* “科创28条” */
                q->why_not = "name";
        else if (digits && i > c->start && is_quote_open(before) && is_formula(r, q, end)) /* “1个基地+N个平台” */
                q->why_not = "name";
        else if (q->end < end && r->cp[q->end] == '+' && !q->percent)
                q->why_not = "name";
        else if (in_title_marks(r, c->start, i, end))
                q->why_not = "name";
        if (q->han && !q->percent && !q->why_not) {
                bool unit_person = text_is(r->cp, u.start, end, "名") || text_is(r->cp, u.start, end, "家");
                bool quoted = in_quotes(r, c->start, i);
                bool one = dec_cmp(v, dec_from_i64(1)) == 0 && first_end > i;
                /* 每引进一名, 一家企业一年最多 */
                uint32_t from = i > c->start + 6 ? i - 6 : c->start;
                bool per = one && (text_find(r->cp, from, i, "每") != MEETING_NONE ||
                                   (i == c->start && lex_has(r->lex, r->cp, i, end, LEX_BIT(CAP))));
                /* 二期, 一期工程: which one; 两期 are two. */
                bool stage = text_is(r->cp, u.start, end, "期") && r->cp[i] != 0x4E24 && !scale;
                /* 零部件; 二次供水: what is counted is 两次; 十届二次; 八项规定 */
                bool zero = first_end > i && dec_cmp(v, dec_zero()) == 0;
                bool second = first_end == i + 1 && r->cp[i] == 0x4E8C && !scale;
                /* 三方协议: parties */
                second |= text_is(r->cp, u.start, u.end, "方") && !scale;
                bool sitting = before == 0x5C4A || text_is(r->cp, q->end, end, "规定");
                if (zero)
                        return i;
                if (second || sitting || stage)
                        q->why_not = "ordinal";
                else if (per)
                        q->why_not = "per";
                else if (one && c->mode == MODE_PLAN && !scale && !adds_before(r, c, i)) /* 明确一名副职 */
                        q->why_not = "indefinite";
                else if (one && (!unit_person ||
                                 (is_han(before) &&
                                  !lex_before(r->lex, r->cp, c->start, i, LEX_BIT(BEFORE) | LEX_BIT(REACH)) &&
                                  q->end < end && is_han(r->cp[q->end]) && !text_is(r->cp, u.start, end, "名"))))
                        q->why_not = "indefinite";
                else if (quoted)
                        q->why_not = "name";
                else if (counts_points(r, q->end, end) || counts_points(r, q->unit, end))
                        q->why_not = "points";
                else if (one && (before == 0x65E0 || before == 0x6709 || before == 0x4E0D || before == 0x672A) &&
                         i > c->start + 1 &&
                         (before != 0x6709 || r->cp[i - 2] == 0x6CA1))  /* 无 没有 不 未 */
                        q->why_not = "indefinite";
                else if (before == 0x6570 || before == 0x51E0 || (is_han(before) && han_digit(before) >= 0)) /* 数 几 */
                        q->why_not = "indefinite";
                else if (first_end == i && !scale)
                        return i;
        } else if (!q->why_not && text_is(r->cp, u.start, end, "期") &&
                   (text_is(r->cp, q->end, end, "工程") || text_is(r->cp, q->end, end, "项目") ||
                    text_is(r->cp, q->end, end, "建设"))) {
                q->why_not = "ordinal";
        } else if (!q->why_not && !q->percent) {
                /* With digits only when nothing comes after: 25项重点技术 are things. */
                uint32_t n = lex_at(r->lex, r->cp, q->end, end, LEX_BIT(ABSTRACT), NULL);
                if (n && (q->end + n >= end || !is_han(r->cp[q->end + n])))
                        q->why_not = "points";
        }
        if (!q->why_not && c->mode == MODE_PLAN &&
            (sums_up(r, q, c->start, i, end) || is_told_count(r, q, c) || quantity_stands(r, q, c, i)))
                q->why_not = "name";
        hedges_before(r, q, c->start);
        hedges_after(r, q, end);
        return q->end > resume ? q->end : resume;
}

/* 达到亿元, 增长%, 新增家: a verb and then a unit whose figure is gone. */
static bool read_lost(const Reading *r, const Clause *c, uint32_t i, Quantity *q)
{
        uint32_t after, verb = lex_before(r->lex, r->cp, c->start, i,
                                          LEX_BIT(REACH) | LEX_BIT(GROW) | LEX_BIT(FALL) | LEX_BIT(BEFORE));
        if (!verb)
                return false;
        uint32_t scale_end;
        int scale = scale_at(r, i, c->end, &scale_end);
        UnitAt u = unit_at(r, scale_end, c->end);
        after = u.end;
        bool lost = (scale >= 4 && u.found && u.money) ||
                    (!scale && (u.percent || (u.found && u.name && u.name[0] != '%')));
        if (!lost ||
            (after < c->end && is_han(r->cp[after]) && !lex_at(r->lex, r->cp, after, c->end, LEX_BIT(AFTER), NULL)))
                return false;
        if (scale && (is_over(r, c->start, i) || scale_end != i + 1))
                return false;
        *q = (Quantity){ .start = i,
                         .number = i,
                         .number_end = i,
                         .end = after,
                         .unit = scale_end,
                         .unit_end = u.end,
                         .percent = u.percent,
                         .money = u.money,
                         .unit_name = u.name,
                         .missing = true,
                         .item = MEETING_NONE,
                         .value = dec_zero() };
        hedges_after(r, q, c->end);
        return true;
}

/* 达到家, at the clause's end: a unit that counts without its figure. */
static bool read_lost_count(const Reading *r, const Clause *c, uint32_t i, Quantity *q)
{
        static const char *const verbs[] = { "达到", "达", "突破", "超过", "增加到", "增至" };
        bool verb = false;
        for (size_t k = 0; k < ARRAY_LEN(verbs) && !verb; k++) {
                uint32_t n = (uint32_t)(strlen(verbs[k]) / 3);
                verb = i >= c->start + n + 2 && text_is(r->cp, i - n, i, verbs[k]);
        }
        uint64_t mask = 0;
        uint32_t n = verb ? lex_at(r->lex, r->cp, i, c->end, LEX_BIT(UNIT), &mask) : 0;
        if (!n || i + n != c->end || (mask & (LEX_BIT(UNIT_NOT) | LEX_BIT(AFTER))))
                return false;
        *q = (Quantity){ .start = i,
                         .number = i,
                         .number_end = i,
                         .end = c->end,
                         .unit = i,
                         .unit_end = c->end,
                         .missing = true,
                         .money = text_is(r->cp, i, c->end, "元"),
                         .item = MEETING_NONE,
                         .value = dec_zero() };
        return true;
}

/* 达到亿元,增长;: the clause is a verb of growth alone, and the figure before it is lost too. */
static bool read_lost_growth(const Reading *r, const Clause *c, const Quantity *before, Quantity *q)
{
        uint32_t a = c->start;
        if (!before || !before->missing || before->clause + 1 < (size_t)(c - r->clauses) ||
            r->clauses[before->clause].sentence != c->sentence || c->end - a > 8)
                return false;
        if (text_is(r->cp, a, c->end, "同比") || text_is(r->cp, a, c->end, "年均"))
                a += 2;
        uint32_t n = lex_at(r->lex, r->cp, a, c->end, LEX_BIT(GROW) | LEX_BIT(FALL), NULL);
        if (!n || a + n != c->end)
                return false;
        *q = (Quantity){ .start = a,
                         .number = c->end,
                         .number_end = c->end,
                         .end = c->end,
                         .unit = c->end,
                         .unit_end = c->end,
                         .percent = true,
                         .unit_name = "%",
                         .missing = true,
                         .item = MEETING_NONE,
                         .value = dec_zero() };
        return true;
}

Status meeting_quantities(Reading *r)
{
        QuantityVec out = { 0 };
        Status st = ST_OK;
        for (size_t k = 0; k < r->clause_count && st == ST_OK; k++) {
                const Clause *c = &r->clauses[k];
                Quantity lost;
                if (read_lost_growth(r, c, out.len ? &out.data[out.len - 1] : NULL, &lost)) {
                        lost.clause = (uint32_t)k;
                        if (!VEC_PUSH(&out, lost, QUANTITIES_MAX))
                                st = out.len >= QUANTITIES_MAX ? ST_LIMIT : ST_NOMEM;
                        continue;
                }
                for (uint32_t i = c->start; i < c->end && st == ST_OK;) {
                        uint32_t x = r->cp[i];
                        bool han = han_digit(x) >= 0 || x == 0x5341 || x == 0x767E || x == 0x5343 || x == 0x4EBF ||
                                   x == 0x4E07 || x == 0x534A;
                        Quantity q;
                        uint32_t next = i + 1;
                        bool got = false;
                        if ((han && (x == 0x4EBF || x == 0x4E07)) || x == '%' || x == 0x4E2A) {
                                got = read_lost(r, c, i, &q);
                                if (got)
                                        next = q.end > i ? q.end : i + 1;
                        }
                        if (!got && i > c->start && c->end - i <= 4 && is_han(x)) {
                                got = read_lost_count(r, c, i, &q);
                                if (got)
                                        next = q.end;
                        }
                        if (!got && (is_digit(x) || han)) {
                                uint32_t stop = read_quantity(r, c, i, &q);
                                got = stop > i && q.end > q.number && (q.unit_end > q.unit || q.unit_name);
                                next = stop > i ? stop : i + 1;
                        }
                        if (got) {
                                q.clause = (uint32_t)k;
                                if (!VEC_PUSH(&out, q, QUANTITIES_MAX))
                                        st = out.len >= QUANTITIES_MAX ? ST_LIMIT : ST_NOMEM;
                        }
                        i = next;
                }
        }
        mem_free(r->quantities);
        r->quantities = out.data;
        r->quantity_count = out.len;
        if (st == ST_OK)
                find_conditions(r);
        return st;
}
