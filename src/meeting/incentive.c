/* incentive.c -- money promised to a kind of beneficiary under a condition.
 *
 * 对A的B,给予20万元奖励 -- condition A, beneficiary B, amount 200000.  按超额部分的10%给予奖励,最高500万元 -- rate 0.1 of
 * 超额部分, cap 5000000.  Two grades in one sentence (10亿元、50亿元 … 分别给予50万元、100万元) are two incentives.
 * Money already paid is a fact: what a review tells is never read as a promise. */
#include "meeting/meeting_int.h"

enum { GRADES_MAX = 8, BACK_MAX = 6 };

typedef struct Span {
        uint32_t start, end;
} Span;

typedef struct Promise {
        size_t clause;              /* where the money stands */
        Span whom;                  /* without 对 */
        uint32_t whom_clause;
        bool found;
} Promise;

/* 2.对…: past the number of an item of a list. */
static uint32_t past_number(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t k = i;
        while (k < end && k < i + 2 && is_digit(r->cp[k]))
                k++;
        return k > i && k + 1 < end && (r->cp[k] == '.' || r->cp[k] == 0xFF0E || r->cp[k] == 0x3001) &&
                               !is_digit(r->cp[k + 1])
                       ? k + 1
                       : i;
}

/* 对…, 凡…, 给…: whom the money is for, in this clause or before it in the sentence. */
static Promise find_whom(const Reading *r, size_t clause, uint32_t before)
{
        Promise p = { .clause = clause };
        static const char *const openings[] = { "对", "凡", "向", "给" };
        const Clause *home = &r->clauses[clause];
        for (size_t k = clause + 1; k > 0 && clause + 1 - k < BACK_MAX; k--) {
                const Clause *c = &r->clauses[k - 1];
                uint32_t end = k - 1 == clause ? before : c->end, i = c->start;
                if (c->sentence != home->sentence || (k - 1 != clause && (c->mark == ';')))
                        break;
                for (int n = 0; n < 3; n++) {
                        uint32_t len = lex_at(r->lex, r->cp, i, end,
                                              LEX_BIT(CONNECT) | LEX_BIT(NOBODY) | LEX_BIT(MODAL), NULL);
                        if (!len)
                                break;
                        i += len;
                }
                i = past_number(r, i, end);
                for (size_t o = 0; o < ARRAY_LEN(openings); o++) {
                        if (!text_is(r->cp, i, end, openings[o]) || text_is(r->cp, i, end, "给予"))
                                continue;
                        i++;
                        uint32_t stop = end, grant = lex_find(r->lex, r->cp, i, end, LEX_BIT(GRANT), NULL);
                        if (grant != MEETING_NONE && grant > i)
                                stop = grant;
                        uint32_t by = text_find(r->cp, i, stop, "按");
                        if (by != MEETING_NONE && by > i)
                                stop = by;
                        if (stop > i + 5 && text_is(r->cp, stop - 3, stop, "一次性"))
                                stop -= 3;
                        if (stop > i + 1) {
                                p.whom = (Span){ i, stop };
                                p.whom_clause = (uint32_t)(k - 1);
                                p.found = true;
                                return p;
                        }
                }
                /* 新认定的国家级研发平台,给予… */
                if (k - 1 != clause && c->end > c->start + 2 && r->cp[c->end - 1] == 0x7684 && c->end - c->start < 60) {
                        p.whom = (Span){ i, c->end };
                        p.whom_clause = (uint32_t)(k - 1);
                        p.found = true;
                        return p;
                }
        }
        return p;
}

/* 首次认定高新技术企业奖30万元, 连续第二次通过的再奖15万元, 技术输出方按…: whom the money is for, before the verb of paying. */
static void whom_here(const Reading *r, const Clause *c, uint32_t verb, Promise *p)
{
        static const char *const ends[] = { "一次性", "最高", "最多", "一年", "每年", "再",  "按",
                                            "凭",     "可",   "均",   "都",   "各",   "分别" };
        uint32_t start = c->start, end = verb;
        for (int n = 0; n < 3; n++) {
                uint32_t len =
                        lex_at(r->lex, r->cp, start, end, LEX_BIT(CONNECT) | LEX_BIT(NOBODY) | LEX_BIT(MODAL), NULL);
                if (!len)
                        break;
                start += len;
        }
        uint32_t by = text_find(r->cp, start, end, "按");
        if (by != MEETING_NONE && by > start)
                end = by;
        for (bool more = true; more && end > start;) {
                more = false;
                for (size_t k = 0; k < ARRAY_LEN(ends) && !more; k++) {
                        uint32_t n = (uint32_t)(strlen(ends[k]) / 3);
                        more = end >= start + n && text_is(r->cp, end - n, end, ends[k]);
                        end -= more ? n : 0;
                }
        }
        if (end < start + 3)
                return;
        /* Who pays is not who is paid. */
        if (lex_before(r->lex, r->cp, start, end, LEX_BIT(PLACE)) || text_is(r->cp, end - 2, end, "财政") ||
            lex_at(r->lex, r->cp, start, end, LEX_BIT(ACTION) | LEX_BIT(MANNER), NULL) > 1)
                return;
        /* 资助额度, 补助比例: how much, not whom. */
        if (lex_has(r->lex, r->cp, start, end, LEX_BIT(GRANT)))
                return;
        p->whom = (Span){ start, end };
        p->whom_clause = (uint32_t)(c - r->clauses);
        p->found = true;
}

/* 首次认定高新技术企业,奖30万元; 用人单位每引进一名人才,奖励20万元: the clause before. */
static void whom_before(const Reading *r, size_t clause, Promise *p)
{
        enum { WHOM_MAX = 40 };
        if (clause == 0 || r->clauses[clause - 1].sentence != r->clauses[clause].sentence)
                return;
        const Clause *c = &r->clauses[clause - 1];
        if (c->mark != ',' || c->end - c->start > WHOM_MAX || c->end - c->start < 4 || c->in_head ||
            lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(GRANT) | LEX_BIT(CAP)) ||
            (c->mode != MODE_PLAN && lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(PAST))) ||
            text_find(r->cp, c->start, c->end, "了") != MEETING_NONE)
                return;
        p->whom = (Span){ c->start, c->end };
        p->whom_clause = (uint32_t)(clause - 1);
        p->found = true;
}

/* 新认定的高新技术企业: the condition before the last 的, the beneficiary after it. */
static void split_whom(Reading *r, Span whom, Str fallback, MeetingItem *item)
{
        uint32_t cut = MEETING_NONE, end = whom.end;
        while (end > whom.start && (is_comma(r->cp[end - 1]) || is_blank(r->cp[end - 1])))
                end--;
        for (uint32_t i = whom.start; i < end; i++)
                if (r->cp[i] == 0x7684)
                        cut = i;
        if (cut == MEETING_NONE) {
                item->beneficiary = reading_text(r, whom.start, end);
                return;
        }
        item->condition = reading_text(r, whom.start, cut);
        if (cut + 1 < end) {
                item->beneficiary = reading_text(r, cut + 1, end);
                return;
        }
        /* 对规上工业企业研发投入占比超2%的: the beneficiary is what the clause begins with. */
        for (uint32_t i = whom.start + 2; i <= cut && i < whom.start + 30; i++)
                if (text_is(r->cp, i - 2, cut, "企业") || text_is(r->cp, i - 2, cut, "单位") ||
                    text_is(r->cp, i - 2, cut, "机构") || text_is(r->cp, i - 2, cut, "平台") ||
                    text_is(r->cp, i - 2, cut, "人才")) {
                        item->beneficiary = reading_text(r, whom.start, i);
                        if (i < cut)
                                item->condition = reading_text(r, i, cut);
                        return;
                }
        item->beneficiary = fallback;
}

/* 首次突破10亿元、50亿元的企业: the condition with the nth figure in it. */
static Status figure_grade(Reading *r, size_t index, Span whom, size_t n, size_t of, MeetingItem *item, bool *ret)
{
        size_t first = index;
        while (first > 0 && r->quantities[first - 1].start >= whom.start)
                first--;
        size_t count = 0;
        while (first + count < index && r->quantities[first + count].end <= whom.end)
                count++;
        *ret = count == of && n < count;
        if (!*ret)
                return ST_OK;
        const Quantity *a = &r->quantities[first], *q = &r->quantities[first + n];
        char *s = arena_printf(r->arena, "%.*s%.*s", STR_FMT(reading_text(r, whom.start, a->number)),
                               STR_FMT(reading_text(r, q->number, q->end)));
        if (!s)
                return ST_NOMEM;
        item->condition = str_c(s);
        return ST_OK;
}

/* The nth of 、-separated parts before the rest of the phrase: 国家级、省级企业技术中心 -> 国家级 + 企业技术中心. */
static bool grade_of(Reading *r, Span whom, size_t n, size_t of, MeetingItem *item)
{
        for (uint32_t i = whom.start; i < whom.end; i++)
                if (r->cp[i] == 0x7684 && i + 1 < whom.end)
                        whom.start = i + 1;
        Span part[GRADES_MAX];
        size_t count = 0;
        uint32_t from = whom.start;
        for (uint32_t i = whom.start; i <= whom.end; i++)
                if (i == whom.end || r->cp[i] == 0x3001) {
                        if (count < GRADES_MAX)
                                part[count++] = (Span){ from, i };
                        from = i + 1;
                }
        if (count != of || n >= count)
                return false;
        Span tail = part[count - 1], own = part[n];
        uint32_t grade = text_find(r->cp, tail.start, tail.end, "级");
        item->beneficiary = reading_text(r, own.start, own.end);
        if (n + 1 < count && r->cp[own.end - 1] == 0x7EA7 && grade != MEETING_NONE) {
                char *s = arena_printf(r->arena, "%.*s%.*s", STR_FMT(item->beneficiary),
                                       STR_FMT(reading_text(r, grade + 1, tail.end)));
                if (s)
                        item->beneficiary = str_c(s);
        }
        return true;
}

static uint32_t skip_back(const Reading *r, uint32_t start, uint32_t end)
{
        static const char *const between[] = { "一次性", "每人每月", "每人每年", "每人",   "每月",   "每年",
                                               "每家",   "每户",     "每个",     "每件",   "每项",   "每套",
                                               "各",     "最高",     "最多",     "不超过", "不高于", "分别",
                                               "按",     "再",       "其",       "的",     "了",     "达",
                                               "近",     "约",       "是",       "为",     "标准" };
        for (bool more = true; more && end > start;) {
                more = false;
                for (size_t k = 0; k < ARRAY_LEN(between) && !more; k++) {
                        uint32_t n = (uint32_t)(strlen(between[k]) / 3);
                        more = end >= start + n && text_is(r->cp, end - n, end, between[k]);
                        end -= more ? n : 0;
                }
        }
        return end;
}

/* 奖30万元, 再给700万元, 每月发5000元津贴: a verb of paying right before the figure; where it begins. */
static uint32_t paid_before(const Reading *r, uint32_t start, uint32_t end)
{
        static const char *const verbs[] = { "奖",   "补",   "给",   "贴",   "退", "予",   "抵扣", "抵用",   "抵",
                                             "配套", "承担", "支持", "津贴", "赔", "补偿", "发",   "安家费", "另给" };
        end = skip_back(r, start, end);
        uint32_t n = lex_before(r->lex, r->cp, start, end, LEX_BIT(GRANT));
        if (n && !text_is(r->cp, end - n, end, "发放") && !text_is(r->cp, end - n, end, "扶持"))
                return end - n;
        for (size_t k = 0; k < ARRAY_LEN(verbs); k++) {
                n = (uint32_t)(strlen(verbs[k]) / 3);
                if (end >= start + n && text_is(r->cp, end - n, end, verbs[k]))
                        return end - n;
        }
        return MEETING_NONE;
}

/* 5000元津贴, 50万元、30万元的奖励: what is paid, after the figure; where it ends, or MEETING_NONE. */
static uint32_t paid_after(const Reading *r, const Clause *c, const Quantity *q)
{
        static const char *const nouns[] = { "津贴", "经费",     "配套", "房补", "安家费", "生活费",
                                             "承担", "启动资金", "补偿", "支持", "费用" };
        enum { NEAR = 8 };
        uint32_t a = q->end, most = a + NEAR < c->end ? a + NEAR : c->end;
        for (; a < most; a++) {
                uint32_t n = lex_at(r->lex, r->cp, a, c->end, LEX_BIT(GRANT), NULL);
                if (n)
                        return a + n;
                for (size_t k = 0; k < ARRAY_LEN(nouns); k++)
                        if (text_is(r->cp, a, c->end, nouns[k]))
                                return a + (uint32_t)(strlen(nouns[k]) / 3);
                if (!is_han(r->cp[a]) && !is_quote_open(r->cp[a]) && !is_quote_close(r->cp[a]))
                        return MEETING_NONE;
        }
        return MEETING_NONE;
}

/* 争取上级补助2000万元, 发放贷款5亿元, 安排经费300万元: money had, raised or set aside, not promised. */
static bool is_taken(const Reading *r, const Clause *c, const Quantity *q)
{
        static const char *const words[] = { "争取", "获得",   "获",       "申请到", "扩大到", "从",   "到位",
                                             "拿到", "收到",   "兑现",     "拨付",   "安排",   "投入", "设立",
                                             "筹集", "贷款",   "授信",     "投放",   "减税",   "规模", "基金",
                                             "兑付", "资金池", "发放额度", "落实",   "欠",     "放到", "补偿池" };
        uint32_t from = c->start;
        for (uint32_t i = c->start; i < q->start; i++)
                if (r->cp[i] == 0x7684)
                        from = i + 1;           /* 获得专利授权的…: whom it is for */
        for (size_t k = 0; k < ARRAY_LEN(words); k++)
                if (text_find(r->cp, from, q->start, words[k]) != MEETING_NONE)
                        return true;
        return false;
}

/* 首次认定的企业奖励标准由10万元提高到18万元: where 奖励标准 stands; MEETING_NONE: no such rule. */
static uint32_t sets_standard(const Reading *r, const Clause *c, const Quantity *q)
{
        static const char *const names[] = { "奖励标准", "补助标准", "奖补标准", "资助标准", "补贴标准" };
        uint32_t up = q->start >= c->start + 3 ? q->start - 3 : q->start;
        if (!q->money || c->mode != MODE_PLAN ||
            !(text_is(r->cp, up, q->start, "提高到") || text_is(r->cp, up, q->start, "提高至") ||
              text_is(r->cp, up, q->start, "调整为")))
                return MEETING_NONE;
        for (size_t k = 0; k < ARRAY_LEN(names); k++) {
                uint32_t at = text_find(r->cp, c->start, up, names[k]);
                if (at != MEETING_NONE && at > c->start && at + 4 < up &&
                    (r->cp[at + 4] == 0x7531 || r->cp[at + 4] == 0x4ECE)) /* 由 从 */
                        return at;
        }
        return MEETING_NONE;
}

/* 资助比例可提高到40%, 抵扣比例由30%提高到40%, 工作经费提高到8000元: a rule of paying with another figure. */
static bool sets_rate(const Reading *r, const Clause *c, const Quantity *q)
{
        static const char *const rates[] = { "比例", "额度" }, *const raised[] = { "提高到", "提高至", "提到",
                                                                                   "上浮到", "上浮至", "调整为",
                                                                                   "调整到", "提升到" };
        static const char *const paid[] = { "抵扣", "支持", "补偿", "补贴", "贴息", "配套", "报销" };
        bool up = false;
        for (size_t k = 0; k < ARRAY_LEN(raised) && !up; k++) {
                uint32_t n = (uint32_t)(strlen(raised[k]) / 3);
                up = q->start >= c->start + n && text_is(r->cp, q->start - n, q->start, raised[k]);
        }
        if (!up)
                return false;
        if (!q->percent)
                return text_find(r->cp, c->start, q->start, "工作经费") != MEETING_NONE &&
                       text_find(r->cp, c->start, q->start, "每人") != MEETING_NONE;
        for (size_t k = 0; k < ARRAY_LEN(rates); k++) {
                uint32_t at = text_find(r->cp, c->start, q->start, rates[k]);
                if (at == MEETING_NONE)
                        continue;
                if (lex_before(r->lex, r->cp, c->start, at, LEX_BIT(GRANT)))
                        return true;
                for (size_t j = 0; j < ARRAY_LEN(paid); j++)
                        if (at >= c->start + 2 && text_is(r->cp, at - 2, at, paid[j]))
                                return true;
        }
        return false;
}

/* 按国拨经费的50%, 补保费的60%, 抵扣40%费用: a rate of something that is paid. */
static bool is_rate(const Reading *r, const Clause *c, const Quantity *q)
{
        if (text_find(r->cp, c->start, q->start, "按") != MEETING_NONE)
                return true;
        if (paid_before(r, c->start, q->start) != MEETING_NONE || sets_rate(r, c, q) ||
            (q->start > c->start + 2 && text_is(r->cp, q->start - 2, q->start, "的为")))
                return true;
        /* 资助额度不超过总投入的40% */
        bool share = q->start > c->start + 2 && (r->cp[q->number - 1] == 0x7684 || r->cp[q->start - 1] == 0x7684);
        bool ratio = text_find(r->cp, c->start, q->start, "支持比例") != MEETING_NONE;
        if (share && (ratio || lex_has(r->lex, r->cp, c->start, q->start, LEX_BIT(GRANT)) ||
                      text_find(r->cp, c->start, q->start, "抵") != MEETING_NONE))
                return true;
        uint32_t of = q->start;                 /* 补保费的60% */
        while (of > c->start && q->start - of < 12 && r->cp[of - 1] != 0x8865 && r->cp[of - 1] != 0x8D34)
                of--;
        return of > c->start && q->start - of < 12 && q->start > of + 1 && r->cp[q->start - 1] == 0x7684;
}

/* 1000元和2000元给予补贴: the next figure of a list of sums; NULL when there is none. */
static const Quantity *listed_next(const Reading *r, const Quantity *q)
{
        const Quantity *next = q + 1;
        if (next >= r->quantities + r->quantity_count || next->clause != q->clause || next->money != q->money ||
            next->start != q->end + 1 || (r->cp[q->end] != 0x3001 && r->cp[q->end] != 0x548C))
                return NULL;
        return next;
}

/* 分别是100万元、60万元: the figure before it in the list is a promise already. */
static bool listed_after(const Reading *r, size_t index)
{
        if (index == 0)
                return false;
        const Quantity *prev = &r->quantities[index - 1];
        return listed_next(r, prev) == prev + 1 && prev->item != MEETING_NONE &&
               r->speech->items[prev->item].kind == MEETING_INCENTIVE && r->speech->items[prev->item].has_value;
}

static bool is_grant_near(const Reading *r, const Clause *c, const Quantity *q, uint32_t *ret_end)
{
        const Quantity *last = q;
        for (const Quantity *next = q; next && last - q < GRADES_MAX; next = listed_next(r, next))
                last = next;
        uint32_t after = paid_after(r, c, last);
        *ret_end = after != MEETING_NONE ? after : q->end;
        if (last != q && after != MEETING_NONE)
                *ret_end = q->end;
        if (after != MEETING_NONE || paid_before(r, c->start, q->start) != MEETING_NONE ||
            (q->percent && is_rate(r, c, q)))
                return true;
        return lex_has(r->lex, r->cp, c->start, q->start, LEX_BIT(GRANT));
}

/* The promise the sentence has made before this figure, or the one before it; SIZE_MAX: none. */
static size_t promised(const Reading *r, size_t index, bool before)
{
        const Clause *home = &r->clauses[r->quantities[index].clause];
        for (size_t i = index; i > 0 && index - i < 8; i--) {
                const Quantity *q = &r->quantities[i - 1];
                const Clause *c = &r->clauses[q->clause];
                if (c->sentence != home->sentence &&
                    !(before && c->sentence + 1 == home->sentence && c->section == home->section))
                        break;
                if (q->item != MEETING_NONE && r->speech->items[q->item].kind == MEETING_INCENTIVE)
                        return q->item;
        }
        return SIZE_MAX;
}

/* 上市的,分阶段给: or 奖励标准为: opens a list of what is paid, in this sentence. */
static bool opens_list(const Reading *r, size_t clause)
{
        /* 发放青年人才房票,博士30万元、硕士10万元 */
        if (clause > 0 && r->clauses[clause - 1].sentence == r->clauses[clause].sentence &&
            (r->clauses[clause - 1].mark == ',' || r->clauses[clause - 1].mark == ':')) {
                const Clause *c = &r->clauses[clause - 1];
                bool digit = false;
                for (uint32_t i = c->start; i < c->end; i++)
                        digit |= is_digit(r->cp[i]);
                if (!digit && c->mode != MODE_PAST &&
                    (text_find(r->cp, c->start, c->end, "发放") != MEETING_NONE ||
                     text_find(r->cp, c->start, c->end, "给予") != MEETING_NONE))
                        return true;
        }
        for (size_t k = clause; k > 0 && r->clauses[k - 1].sentence == r->clauses[clause].sentence; k--) {
                const Clause *c = &r->clauses[k - 1];
                if (c->mark == ':' &&
                    (r->cp[c->end - 1] == 0x7ED9 || r->cp[c->end - 1] == 0x5956 || r->cp[c->end - 1] == 0x8865 ||
                     lex_before(r->lex, r->cp, c->start, c->end, LEX_BIT(GRANT))))
                        return true;
        }
        return false;
}

/* A类500万元,B类300万元; 省级50万元; 技术经纪人按1%: only whom it is for and how much, after a promise. */
static bool goes_on(const Reading *r, const Clause *c, const Quantity *q, size_t index)
{
        enum { SHORT = 24 };
        uint32_t start = c->start;
        for (size_t i = index; i > 0 && r->quantities[i - 1].clause == q->clause; i--)
                if (r->quantities[i - 1].end > start && r->quantities[i - 1].end < q->start &&
                    r->cp[r->quantities[i - 1].end] == 0x3001) {
                        start = r->quantities[i - 1].end + 1;           /* 国家级100万元、省级50万元 */
                        break;
                }
        uint32_t end = skip_back(r, start, q->start);
        bool list = q->end < c->end && r->cp[q->end] == 0x3001;
        if (q->start - start > SHORT || (q->end < c->end && !list) || end <= start)
                return false;
        if (promised(r, index, c->mode == MODE_PLAN) == SIZE_MAX && !opens_list(r, q->clause))
                return false;
        /* 其中购买市外服务的为20% */
        bool such = end > start + 2 && q->percent && text_is(r->cp, q->start - 2, q->start, "的为");
        uint64_t measures = LEX_BIT(REACH) | LEX_BIT(GROW) | LEX_BIT(FALL) | LEX_BIT(ADD);
        return such || (!lex_has(r->lex, r->cp, start, end, measures) &&
                        !lex_at(r->lex, r->cp, start, end, LEX_BIT(ACTION), NULL));
}

/* 三项叠加不超过350万元, 同一企业获得的奖补总额不超过1500万元: what several promises come to together. */
static bool is_stacked(const Reading *r, const Clause *c, const Quantity *q)
{
        static const char *const sums[] = { "奖补总额", "奖励总额", "补助总额", "资助总额", "补贴总额", "扶持总额" };
        for (size_t k = 0; k < ARRAY_LEN(sums); k++)
                if (q->money && text_find(r->cp, c->start, q->start, sums[k]) != MEETING_NONE &&
                    lex_has(r->lex, r->cp, c->start, q->end, LEX_BIT(CAP)))
                        return true;
        return text_find(r->cp, c->start, q->start, "叠加") != MEETING_NONE;
}

static bool is_capped(const Reading *r, const Clause *c, const Quantity *q)
{
        if (is_stacked(r, c, q))
                return false;
        if (text_is(r->cp, q->end, c->end, "提高到")) /* 上限由20万元提高到30万元 */
                return false;
        if (text_is(r->cp, q->start > c->start + 3 ? q->start - 3 : c->start, q->start, "提高到"))
                return text_find(r->cp, c->start, q->start, "上限") != MEETING_NONE;
        return lex_has(r->lex, r->cp, c->start, q->end, LEX_BIT(CAP)) ||
               lex_at(r->lex, r->cp, q->end, c->end, LEX_BIT(CAP), NULL) > 0;
}

/* 减免税额, 减免税费: what is not taken is not paid. */
static bool is_relief(const Reading *r, const Clause *c, const Quantity *q)
{
        uint32_t at = text_find(r->cp, c->start, q->start, "减免");
        return at != MEETING_NONE && at + 2 < q->start && r->cp[at + 2] == 0x7A0E;
}

static bool is_income(const Quantity *q)
{
        return q->money && !q->why_not && q->item == MEETING_NONE;
}

/* The cap that follows in the sentence, up to the next promise. */
static size_t cap_after(const Reading *r, size_t index)
{
        const Clause *home = &r->clauses[r->quantities[index].clause];
        for (size_t i = index + 1; i < r->quantity_count && i < index + 4; i++) {
                const Quantity *q = &r->quantities[i];
                const Clause *c = &r->clauses[q->clause];
                if (c->sentence != home->sentence)
                        break;
                /* 300万元安家补助和最高2000万元科研经费: two promises */
                uint32_t before = q->start > c->start ? r->cp[q->start - 1] : 0;
                if (q->clause == r->quantities[index].clause && is_income(q) && (before == 0x548C || before == 0x53CA))
                        break;
                /* 上限由20万元提高到30万元 */
                if (is_income(q) && i + 1 < r->quantity_count && r->quantities[i + 1].clause == q->clause &&
                    !is_capped(r, c, q) && is_capped(r, c, &r->quantities[i + 1]) &&
                    text_find(r->cp, q->end, r->quantities[i + 1].start, "提高到") == q->end)
                        continue;
                /* Another promise begins: after a semicolon, with 对…, with another rate. */
                bool points = q->unit_name && cstr_eq(q->unit_name, "个百分点");
                bool other = (q->percent && !points && r->quantities[index].percent) ||
                             (is_income(q) && !is_capped(r, c, q) && r->cp[c->end - 1] != 0x7684);
                for (size_t k = r->quantities[index].clause + 1; k <= q->clause; k++)
                        other |= r->clauses[k - 1].mark == ';' ||
                                 text_is(r->cp, r->clauses[k].start, r->clauses[k].end, "对");
                if (other)
                        break;
                /* 补偿比例提高到50%,单户最高补偿300万元: paid for itself */
                if (is_income(q) && sets_rate(r, &r->clauses[r->quantities[index].clause], &r->quantities[index]) &&
                    text_is(r->cp, q->start > c->start + 2 ? q->start - 2 : c->start, q->start, "补偿"))
                        break;
                if (is_income(q) && is_capped(r, c, q))
                        return i;
        }
        return SIZE_MAX;
}

static void mark_conditions(Reading *r, size_t index, Span whom, uint32_t item)
{
        for (size_t i = index; i > 0 && r->quantities[i - 1].start >= whom.start; i--)
                if (r->quantities[i - 1].start < whom.end && r->quantities[i - 1].item == MEETING_NONE)
                        r->quantities[i - 1].item = item;
}

static bool counted(const Reading *r, size_t index, Span whom)
{
        for (size_t i = index; i > 0 && r->quantities[i - 1].start >= whom.start; i--)
                if (r->quantities[i - 1].number == whom.start && !r->quantities[i - 1].money &&
                    !r->quantities[i - 1].percent)
                        return true;
        return false;
}

/* …的部分,补助2%;…的部分,补助3%;单个企业每年最高补助300万元: a cap for all before it in the sentence. */
static bool is_common_cap(const Reading *r, const Quantity *q, const Clause *c)
{
        static const char *const opens[] = { "单个", "单家", "每家", "每户", "同一",
                                             "合计", "累计", "总计", "最高", "全年" };
        if (!q->money || q->clause == 0 || r->clauses[q->clause - 1].mark != ';' ||
            r->clauses[q->clause - 1].sentence != c->sentence || !is_capped(r, c, q))
                return false;
        const Quantity *prev = q > r->quantities ? q - 1 : NULL;
        /* …的再加2个百分点;单个企业不超过400万元: past what only adds to a rate or bounds it */
        for (int n = 0; n < BACK_MAX && prev && prev > r->quantities && prev->item == MEETING_NONE; n++) {
                if (r->clauses[prev->clause].sentence != c->sentence)
                        break;
                prev--;
        }
        if (!prev || prev->item == MEETING_NONE || r->clauses[prev->clause].sentence != c->sentence ||
            !r->speech->items[prev->item].has_rate || r->speech->items[prev->item].has_cap)
                return false;
        for (size_t k = 0; k < ARRAY_LEN(opens); k++)
                if (text_is(r->cp, c->start, q->start, opens[k]))
                        return true;
        return false;
}

static void cap_all(Reading *r, size_t index)
{
        const Quantity *q = &r->quantities[index];
        for (size_t i = index;
             i > 0 && r->clauses[r->quantities[i - 1].clause].sentence == r->clauses[q->clause].sentence; i--) {
                if (r->quantities[i - 1].item == MEETING_NONE)
                        continue;
                MeetingItem *item = &r->speech->items[r->quantities[i - 1].item];
                if (item->kind == MEETING_INCENTIVE && item->has_rate && !item->has_cap) {
                        item->has_cap = true;
                        item->cap = q->value;
                }
        }
}

/* 单台设备不超过50万元,单个企业每年不超过200万元: the first bounds a piece, the second all of it. */
static bool of_one_piece(const Reading *r, size_t cap)
{
        static const char *const pieces[] = { "单台", "单项", "单笔", "单次", "单件" };
        static const char *const all[] = { "单个企业", "单家企业", "单户企业", "每家企业", "同一企业", "单个单位" };
        if (cap + 1 >= r->quantity_count)
                return false;
        const Quantity *next = &r->quantities[cap + 1];
        const Clause *c = &r->clauses[r->quantities[cap].clause], *then = &r->clauses[next->clause];
        if (!is_income(next) || then->sentence != c->sentence || then != c + 1 || c->mark != ',' ||
            !is_capped(r, then, next))
                return false;
        bool piece = false, whole = false;
        for (size_t k = 0; k < ARRAY_LEN(pieces); k++)
                piece |= text_is(r->cp, c->start, c->end, pieces[k]);
        for (size_t k = 0; k < ARRAY_LEN(all); k++)
                whole |= text_is(r->cp, then->start, then->end, all[k]);
        return piece && whole;
}

static Status promise(Reading *r, size_t index, Str *beneficiary)
{
        Quantity *q = &r->quantities[index];
        const Clause *c = &r->clauses[q->clause];
        uint32_t end;
        bool thousandth = q->unit_name && str_eq_c(STR("‰"), q->unit_name);
        bool rate = (q->percent || thousandth) && !q->why_not && q->item == MEETING_NONE;
        if ((!is_income(q) && !rate) || c->mode == MODE_PAST)  /* what a review tells has been paid */
                return ST_OK;
        if (is_income(q) && is_common_cap(r, q, c)) {
                cap_all(r, index);
                q->item = r->quantities[index - 1].item;
                return ST_OK;
        }
        if (is_stacked(r, c, q)) {
                q->why_not = "condition";
                return ST_OK;
        }
        bool listed = q->money && listed_after(r, index);
        bool more = goes_on(r, c, q, index) && (rate ? is_rate(r, c, q) : !is_capped(r, c, q));
        end = q->end;
        uint32_t standard = sets_standard(r, c, q);
        /* 同时为规上企业的再加10万元: more of what the sentence has promised */
        bool topped = q->money && q->start > c->start + 2 && text_is(r->cp, q->start - 2, q->start, "再加") &&
                      promised(r, index, false) != SIZE_MAX;
        if (standard == MEETING_NONE && !topped && !more && !listed && !sets_rate(r, c, q) &&
            (!is_grant_near(r, c, q, &end) || (rate && !is_rate(r, c, q))))
                return ST_OK;
        if (more)
                end = q->end;
        bool by_rate = rate && text_find(r->cp, c->start, q->start, "按") != MEETING_NONE;
        if ((!by_rate && is_taken(r, c, q)) || is_relief(r, c, q))
                return ST_OK;
        /* 县区按不低于1:0.5的比例配套 asks others to pay */
        if (rate && text_find(r->cp, c->start, q->number, "不低于") != MEETING_NONE) {
                q->why_not = "condition";
                return ST_OK;
        }
        Promise p = find_whom(r, q->clause, q->start);
        bool each = text_find(r->cp, c->start, q->start, "每") != MEETING_NONE ||
                    text_find(r->cp, c->start, q->start, "单个") != MEETING_NONE ||
                    text_find(r->cp, c->start, q->start, "一次性") != MEETING_NONE;
        uint32_t verb = standard != MEETING_NONE ? standard
                        : topped                 ? q->start - 2
                                                 : paid_before(r, c->start, q->start);
        if (!p.found)
                whom_here(r, c, verb != MEETING_NONE ? verb : q->start, &p);
        if (!p.found)
                whom_before(r, q->clause, &p);
        if (!p.found && !each && !more && !listed && (rate ? c->mode != MODE_PLAN : verb == MEETING_NONE))
                return ST_OK;
        /* 标准提高到100元 sets a standard; 向526名人才发放 has been counted and paid. */
        if ((standard == MEETING_NONE && text_find(r->cp, c->start, q->start, "标准") != MEETING_NONE) ||
            (standard == MEETING_NONE && text_find(r->cp, c->start, q->start, "提高") != MEETING_NONE &&
             !sets_rate(r, c, q)) ||
            (p.found && counted(r, index, p.whom)))
                return ST_OK;
        /* A figure inside 对…的 is a condition, not the money. */
        if (p.found && q->start >= p.whom.start && q->start < p.whom.end)
                return ST_OK;
        uint32_t start = p.found ? r->clauses[p.whom_clause].start : c->start;
        MeetingItem *item;
        uint32_t number = (uint32_t)r->speech->item_count;
        TRY(reading_item(r, MEETING_INCENTIVE, start, end, c->section, &item));
        item->figure = (MeetingSpan){ q->start, q->end };
        item->unit = STR("元");
        item->confidence = p.found ? 92 : 80;
        if (p.found)
                split_whom(r, p.whom, *beneficiary, item);
        if (item->beneficiary.ptr)
                *beneficiary = item->beneficiary;
        else
                item->beneficiary = *beneficiary;
        q->item = number;
        if (p.found)
                mark_conditions(r, index, p.whom, number);
        if (rate) {
                item->has_rate = true;
                item->rate = dec_normalize(dec_mul(q->value, dec_from_scaled(1, thousandth ? 3 : 2)));
                uint32_t by = text_find(r->cp, c->start, q->start, "按"), stop = q->start;
                if (by == MEETING_NONE)
                        by = verb != MEETING_NONE ? verb : c->start;
                by += text_is(r->cp, by, stop, "按照") || text_is(r->cp, by, stop, "按其") ? 2 : 1;
                if (stop > by && r->cp[stop - 1] == 0x7684)
                        stop--;
                item->base = reading_text(r, by, stop);
        } else if (is_capped(r, c, q)) {
                item->has_cap = true;
                item->cap = q->value;
        } else {
                item->has_value = !q->missing;
                item->missing = q->missing;
                item->value = q->value;
                if (q->has_max) { /* 20万元至50万元 */
                        item->has_cap = true;
                        item->cap = q->value_max;
                }
        }
        size_t cap = item->has_cap ? SIZE_MAX : cap_after(r, index);
        if (cap != SIZE_MAX && of_one_piece(r, cap)) {
                r->quantities[cap].item = number;
                cap++;
        }
        if (cap != SIZE_MAX) {
                Quantity *top = &r->quantities[cap];
                item->has_cap = true;
                item->cap = top->value;
                top->item = number;
                reading_extend(r, item, top->end);
        }
        /* 分别给予50万元、100万元: which of them this is. */
        uint32_t each_at = text_find(r->cp, c->start, q->start, "分别");
        if (each_at != MEETING_NONE && p.found && !rate) {
                size_t nth = 0, of = 0;
                for (size_t i = 0; i < GRADES_MAX && index >= i && r->quantities[index - i].clause == q->clause &&
                     r->quantities[index - i].start > each_at; i++)
                        nth = i;
                for (size_t i = index - nth; i < r->quantity_count && r->quantities[i].clause == q->clause; i++)
                        of++;
                bool done;
                TRY(figure_grade(r, index, p.whom, nth, of, item, &done));
                if (!done && !grade_of(r, p.whom, nth, of, item))
                        item->confidence = 70;
        }
        return ST_OK;
}

/* 同比增速超过30%的,…再加3个百分点: a rate of its own, of the same base. */
static Status add_points(Reading *r, Quantity *q, const Clause *c, size_t of)
{
        bool condition = q->clause > 0 && c[-1].sentence == c->sentence && c[-1].mark == ',' &&
                         c[-1].end > c[-1].start && r->cp[c[-1].end - 1] == 0x7684;
        uint32_t start = condition ? c[-1].start : c->start, number = (uint32_t)r->speech->item_count;
        MeetingItem *item;
        TRY(reading_item(r, MEETING_INCENTIVE, start, q->end, c->section, &item));
        item->figure = (MeetingSpan){ q->start, q->end };
        item->unit = STR("元");
        item->confidence = 75;
        item->beneficiary = r->speech->items[of].beneficiary;
        item->base = r->speech->items[of].base;
        if (condition)
                item->condition = reading_text(r, start, c[-1].end - 1);
        item->has_rate = true;
        item->rate = dec_normalize(dec_mul(q->value, dec_from_scaled(1, 2)));
        q->item = number;
        return ST_OK;
}

/* 同比增速超过30%的,…再加3个百分点: what else a sentence of promises counts are its conditions. */
static Status mark_rest(Reading *r, size_t index)
{
        Quantity *q = &r->quantities[index];
        const Clause *c = &r->clauses[q->clause];
        if (q->item != MEETING_NONE || q->why_not)
                return ST_OK;
        bool condition = c->mark == ',' && r->cp[c->end - 1] == 0x7684;
        bool points =
                q->unit_name ? cstr_eq(q->unit_name, "个百分点") : text_is(r->cp, q->unit, q->unit_end, "个百分点");
        bool extra = points && q->start > c->start + 1 &&
                     (r->cp[q->start - 1] == 0x52A0 || text_is(r->cp, q->start - 2, q->start, "上浮")); /* 加 */
        /* 三项叠加, 每件最多支持2个国家 */
        bool bound = !q->money && !q->percent &&
                     (text_find(r->cp, c->start, c->end, "叠加") != MEETING_NONE ||
                      (r->cp[c->start] == 0x6BCF && lex_has(r->lex, r->cp, c->start, q->start, LEX_BIT(CAP))));
        if (!condition && !extra && !bound)
                return ST_OK;
        size_t of = promised(r, index, false);
        for (size_t i = index + 1;
             of == SIZE_MAX && i < r->quantity_count && r->clauses[r->quantities[i].clause].sentence == c->sentence;
             i++)
                if (r->quantities[i].item != MEETING_NONE &&
                    r->speech->items[r->quantities[i].item].kind == MEETING_INCENTIVE)
                        of = r->quantities[i].item;
        if (of != SIZE_MAX && extra && r->speech->items[of].has_rate && q->start > c->start + 2 &&
            text_is(r->cp, q->start - 2, q->start, "再加"))
                return add_points(r, q, c, of);
        if (of != SIZE_MAX)
                q->item = (uint32_t)of;
        return ST_OK;
}

/* 30%, 其中市外服务的为20%, 单个企业每年不超过20万元: one cap for both rates. */
static void share_cap(Reading *r, size_t index)
{
        const Quantity *q = &r->quantities[index];
        if (q->item == MEETING_NONE || q->money)
                return;
        MeetingItem *item = &r->speech->items[q->item];
        if (item->kind != MEETING_INCENTIVE || !item->has_rate || item->has_cap || item->figure.start != q->start)
                return;
        for (size_t i = index + 1; i < r->quantity_count && i < index + 4; i++) {
                const Quantity *other = &r->quantities[i];
                const Clause *c = &r->clauses[other->clause];
                if (c->sentence != r->clauses[q->clause].sentence)
                        return;
                for (size_t k = q->clause; k < other->clause; k++)
                        if (r->clauses[k].mark == ';' ||
                            text_is(r->cp, r->clauses[k + 1].start, r->clauses[k + 1].end, "对"))
                                return;
                if (other->item == MEETING_NONE || other->item == q->item)
                        continue;
                const MeetingItem *with = &r->speech->items[other->item];
                if (with->kind != MEETING_INCENTIVE || !with->has_rate)
                        return;
                if (with->has_cap) {
                        item->has_cap = true;
                        item->cap = with->cap;
                        reading_extend(r, item, with->at.end);
                        return;
                }
        }
}

/* ,创业团队每年不超过5万元: a cap of its own, for whom the clause begins with. */
static Status lone_cap(Reading *r, size_t index)
{
        static const char *const nobody[] = { "单", "每",   "最",   "累", "年度", "同一",
                                              "总", "全年", "合计", "一", "不",   "原则" };
        Quantity *q = &r->quantities[index];
        const Clause *c = &r->clauses[q->clause];
        if (!is_income(q) || c->mode == MODE_PAST || !is_capped(r, c, q) || promised(r, index, false) == SIZE_MAX)
                return ST_OK;
        uint32_t start = c->start, n, end;
        while (start < q->start && (n = lex_at(r->lex, r->cp, start, q->start, LEX_BIT(CONNECT), NULL)) != 0)
                start += n;
        end = skip_back(r, start, q->start);
        bool named = end >= start + 3;
        for (size_t k = 0; k < ARRAY_LEN(nobody); k++)
                named = named && !text_is(r->cp, start, end, nobody[k]);
        if (!named) {
                q->item = (uint32_t)promised(r, index, false);
                return ST_OK;
        }
        MeetingItem *item;
        uint32_t number = (uint32_t)r->speech->item_count;
        TRY(reading_item(r, MEETING_INCENTIVE, c->start, q->end, c->section, &item));
        item->figure = (MeetingSpan){ q->start, q->end };
        item->unit = STR("元");
        item->confidence = 75;
        item->beneficiary = reading_text(r, start, end);
        item->has_cap = true;
        item->cap = q->value;
        q->item = number;
        return ST_OK;
}

Status meeting_incentives(Reading *r)
{
        Str beneficiary = STR_NONE;
        uint32_t sentence = MEETING_NONE;
        for (size_t i = 0; i < r->quantity_count; i++) {
                const Clause *c = &r->clauses[r->quantities[i].clause];
                if (c->sentence != sentence)
                        beneficiary = STR_NONE;
                sentence = c->sentence;
                TRY(promise(r, i, &beneficiary));
        }
        for (size_t i = 0; i < r->quantity_count; i++)
                share_cap(r, i);
        for (size_t i = 0; i < r->quantity_count; i++)
                TRY(lone_cap(r, i));
        for (size_t i = 0; i < r->quantity_count; i++)
                TRY(mark_rest(r, i));
        return ST_OK;
}
