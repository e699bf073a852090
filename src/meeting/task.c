/* task.c -- instructions: an independent clause with its own verb and its own object, in what looks forward.
 *
 * A clause is read from its beginning: connectives, who is told (我们 is nobody), 要, adverbs, then the verb.
 * Clauses of purpose and manner belong to the clause they modify; heads are no tasks; a clause whose figure is a
 * target or an incentive is that. */
#include "base/utf8.h"
#include "meeting/meeting_int.h"

enum {
        TASK_CHARS_MAX = 110,
        DOER_MAX = 40,
        VERB_WITHIN = 40,
        POINTS_CLAUSE = 16,
        WHOLE_MIN = 7,
        FORBIDDEN_MIN = 3,
        OFTEN_MIN = 8
};

typedef enum Lead { LEAD_NONE, LEAD_ACTION, LEAD_WEAK, LEAD_PURPOSE, LEAD_MANNER } Lead;

typedef struct Told {
        Lead lead;
        uint32_t start;             /* of the action: without 要 */
        uint32_t quote;             /* of the quote */
        uint32_t doer, doer_end;    /* who is told; empty when nobody */
        bool modal, often, must;
        bool charged; /* named with 负责, be it a body or a person */
        bool assigns; /* only says who is to do what comes next */
} Told;

static uint32_t skip_words(const Reading *r, uint32_t i, uint32_t end, uint64_t classes)
{
        for (int n = 0; n < 6; n++) {
                uint32_t len = lex_at(r->lex, r->cp, i, end, classes, NULL);
                if (!len)
                        break;
                i += len;
                while (i < end && is_blank(r->cp[i]))
                        i++;
        }
        return i;
}

/* At i, or after any of the adverbs that begin there: 支持 and 加快 are verbs and adverbs. */
static Lead verb_at(const Reading *r, uint32_t i, uint32_t end);
static Lead verb_from(const Reading *r, uint32_t i, uint32_t end)
{
        for (int n = 0; n < 5; n++) {
                Lead lead = verb_at(r, i, end);
                uint32_t len = lex_at(r->lex, r->cp, i, end,
                                      LEX_BIT(ADVERB) | LEX_BIT(PLAN) | LEX_BIT(PLAN_VERB) | LEX_BIT(CADENCE), NULL);
                if (lead != LEAD_NONE || !len)
                        return lead;
                i += len;
                if (i < end && r->cp[i] == 0x5730 && verb_at(r, i + 1, end) != LEAD_NONE)       /* 有效地利用 */
                        i++;
        }
        return LEAD_NONE;
}

static Lead verb_at(const Reading *r, uint32_t i, uint32_t end)
{
        uint64_t mask = 0;
        uint32_t n = lex_at(r->lex, r->cp, i, end, LEX_BIT(ACTION) | LEX_BIT(WEAK) | LEX_BIT(ADD) |
                            LEX_BIT(VERB_NOUN), &mask);
        if (!n || lex_at(r->lex, r->cp, i, end, LEX_BIT(NOT_VERB), NULL) > n)
                return LEAD_NONE;
        /* A verb alone is the end of a noun phrase; 了, 过: done; 发展的目标: of the noun. */
        if (i + n >= end || r->cp[i + n] == 0x4E86 || r->cp[i + n] == 0x8FC7 || r->cp[i + n] == 0x7684)
                return LEAD_NONE;
        /* 选派是基础, 创新就要宽容失败: what is spoken of. */
        if (r->cp[i + n] == 0x662F || r->cp[i + n] == 0x5C31 || r->cp[i + n] == 0x624D ||
            text_is(r->cp, i + n, end, "不是"))
                return LEAD_NONE;
        /* Nothing but verbs: 用足用好 */
        uint32_t rest = skip_words(r, i + n, end, LEX_BIT(ACTION) | LEX_BIT(VERB_NOUN));
        if (rest >= end && rest - i < 6)
                return LEAD_NONE;
        return mask & (LEX_BIT(ACTION) | LEX_BIT(ADD) | LEX_BIT(VERB_NOUN)) ? LEAD_ACTION : LEAD_WEAK;
}

/* A verb after a phrase of manner: 围绕…建设…, 对…实行…, 在…实施…. */
static Lead verb_inside(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t stop = i + VERB_WITHIN < end ? i + VERB_WITHIN : end;
        for (uint32_t k = i + 2; k + 2 < stop; k++) {
                if (lex_at(r->lex, r->cp, k, end, LEX_BIT(NOT_VERB), NULL))
                        continue;
                if ((text_is(r->cp, k, end, "予以") || text_is(r->cp, k, end, "进行")) && k + 4 <= end)
                        return LEAD_ACTION;
                uint32_t n = lex_at(r->lex, r->cp, k, end, LEX_BIT(ADVERB), NULL);
                if (n > 1 && r->cp[k - 1] == 0x7684 &&                  /* 对长期空转的坚决摘牌 */
                    lex_at(r->lex, r->cp, k + n, end, LEX_BIT(ACTION) | LEX_BIT(VERB_NOUN), NULL) > 1)
                        return LEAD_ACTION;
                n = lex_at(r->lex, r->cp, k, end, LEX_BIT(ACTION), NULL);
                /* A verb stands after its phrase's noun and before an object: not before 的, 等 or the end. */
                if (n && k + n + 1 < end && r->cp[k + n] != 0x7684 && r->cp[k + n] != 0x7B49 &&
                    r->cp[k + n] != 0x3001 && r->cp[k + n] != 0x300A && r->cp[k + n] != 0x4E0A &&
                    (r->cp[k + n] != 0x4E2D || text_is(r->cp, k + n, end, "中级") || /* 中 */
                     text_is(r->cp, k + n, end, "中小") || text_is(r->cp, k + n, end, "中试")) &&
                    r->cp[k - 1] != 0x7684)
                        return LEAD_ACTION;
        }
        return LEAD_NONE;
}

/* The words from start end before a time: 市财政局|6月底前, 各县区|今年. */
static uint32_t before_time(const Reading *r, uint32_t start, uint32_t end)
{
        static const char *const parts = "年月日底前初末内旬中上下份今明本半";
        uint32_t k = end;
        bool dated = false;
        while (k > start) {
                uint32_t c = r->cp[k - 1];
                bool part = is_digit(c);
                for (size_t pos = 0; !part && pos < strlen(parts);)
                        part = utf8_next(str_c(parts), &pos) == c;
                if (!part)
                        break;
                dated |= c == 0x5E74 || c == 0x6708 || c == 0x65E5 || c == 0x5E95;
                k--;
        }
        return dated ? k : end;
}

/* 要, 必须, 一律 … that tells what to do; not the 要 of 重要, 主要, 要素. */
static uint32_t modal_at(const Reading *r, uint32_t k, uint32_t end)
{
        static const char *const before = "重主需必只纲简摘概", *const after = "素求点件害领旨义闻职塞";
        uint32_t n = lex_at(r->lex, r->cp, k, end, LEX_BIT(MODAL), NULL);
        if (text_is(r->cp, k, end, "一律"))
                n = 2;
        if (!n || lex_at(r->lex, r->cp, k, end, LEX_BIT(ACTION) | LEX_BIT(NOT_VERB), NULL) > n)
                return 0;               /* 应用 */
        if (n == 1 && r->cp[k] != 0x8981)       /* 应, 须, 需, 请 alone are too often parts of words */
                return 0;
        for (size_t pos = 0; n == 1 && pos < strlen(before);)
                if (r->cp[k - 1] == utf8_next(str_c(before), &pos))
                        return 0;
        for (size_t pos = 0; n == 1 && k + 1 < end && pos < strlen(after);)
                if (r->cp[k + 1] == utf8_next(str_c(after), &pos))
                        return 0;
        return n;
}

/* 市科技局要…, 各县区、各有关部门3月底前要…: who is told, before the modal word; what is no body is told only with a verb
 * of doing something (产业园要加快建设). */
static bool find_doer(const Reading *r, const Clause *c, uint32_t i, Told *t)
{
        enum { AFTER_MIN = 3 };
        uint32_t most = i + DOER_MAX < c->end ? i + DOER_MAX : c->end;
        uint32_t verb = lex_at(r->lex, r->cp, i, c->end, LEX_BIT(MANNER) | LEX_BIT(ACTION), NULL);
        if (verb && lex_at(r->lex, r->cp, i, c->end, LEX_BIT(NOT_VERB), NULL) <= verb)
                return false; /* 把…纳入乡镇年度考核; but 开发区要… */
        for (uint32_t k = i + 1; k < most; k++) {
                uint32_t n = lex_at(r->lex, r->cp, k, c->end, LEX_BIT(MODAL), NULL);
                bool often = !n && lex_at(r->lex, r->cp, k, c->end, LEX_BIT(CADENCE), NULL);    /* 各县区每季度报送… */
                /* 主要负责同志 */
                if (n == 1 && r->cp[k] == 0x8981 && !modal_at(r, k, c->end))
                        continue;
                /* 应用 */
                if ((!n && !often) || (n && lex_at(r->lex, r->cp, k, c->end, LEX_BIT(ACTION) | LEX_BIT(NOT_VERB),
                                                   NULL) > n))
                        continue;
                uint32_t body = before_time(r, i, k), open = body;
                while (open > i && body > i && is_close(r->cp[body - 1]) && body - open < 10 && !is_open(r->cp[open]))
                        open--;                 /* 各级党委（党组）要… */
                body = open > i && is_open(r->cp[open]) ? open : body;
                bool known = lex_before(r->lex, r->cp, i, body, LEX_BIT(ORGAN) | LEX_BIT(PLACE)) > 0;
                bool must = n == 2 && (text_is(r->cp, k, c->end, "必须") || text_is(r->cp, k, c->end, "务必"));
                if (!known && !must && (often || !modal_at(r, k, c->end) || verb_from(r, k + n, c->end) != LEAD_ACTION))
                        return false;
                if (c->end < k + n + (must ? 2 : AFTER_MIN))
                        return false;
                if (known) {
                        t->doer = i;
                        t->doer_end = body;
                }
                t->start = k + n;
                t->modal = !often;
                t->often = often;
                t->must = must;
                return true;
        }
        return false;
}

/* 于2024年6月底前, 到2025年, 今年: a time before the verb. */
static uint32_t skip_time(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t k = i + (i < end && (r->cp[i] == 0x4E8E || r->cp[i] == 0x5230 || r->cp[i] == 0x5728)),
                 from = k; /* 于 到 在 */
        while (k < end && k < from + 14 &&
               (is_digit(r->cp[k]) || r->cp[k] == 0x5E74 || r->cp[k] == 0x6708 || r->cp[k] == 0x65E5))
                k++;
        if (k == from) { /* 三月底前, 十一月 */
                while (k < end && k < from + 2 && (han_digit(r->cp[k]) > 0 || r->cp[k] == 0x5341))
                        k++;
                k = k > from && k < end && r->cp[k] == 0x6708 ? k + 1 : from;
        }
        if (k == from) {
                static const char *const words[] = { "明年上半年", "今年上半年", "明年",   "今年底前", "今年",
                                                     "年底前",     "年内",       "上半年", "下半年",   "一季度",
                                                     "二季度",     "三季度",     "四季度", "本月底前", "本月底",
                                                     "下月底前",   "近期",       "会后",   "下一步",   "本周",
                                                     "下周",       "本月",       "下月",   "月底",     "周一",
                                                     "周五",       "下班前",     "下个月" };
                for (size_t w = 0; w < ARRAY_LEN(words); w++)
                        if (text_is(r->cp, from, end, words[w])) {
                                k = from + (uint32_t)(strlen(words[w]) / 3);
                                break;
                        }
        }
        if (k == from || is_digit(r->cp[k - 1]))
                return i;
        static const char *const after[] = { "上旬", "中旬", "下旬", "以前", "之前", "下班前",
                                             "底",   "初",   "前",   "末",   "内",   "份" };
        for (bool more = true; more && k < end;) {
                more = is_blank(r->cp[k]);
                k += more;
                for (size_t w = 0; w < ARRAY_LEN(after) && !more; w++)
                        if (text_is(r->cp, k, end, after[w])) {
                                k += (uint32_t)(strlen(after[w]) / 3);
                                more = true;
                        }
        }
        return k;
}

/* 8月底前办结法人登记, 9月中旬在海洋大学办一场对接会: a day or a month, and what is done by then. */
static bool is_dated(const Reading *r, uint32_t i, uint32_t end)
{
        enum { AFTER_MIN = 4 };
        uint32_t k = skip_time(r, i, end);
        if (k == i || k + AFTER_MIN > end)
                return false;
        uint32_t last = r->cp[k - 1];
        bool term = last == 0x524D || last == 0x65EC || last == 0x5185; /* 前 旬 内 */
        bool month = false;
        for (uint32_t m = i; m < k; m++)
                month |= r->cp[m] == 0x6708 || r->cp[m] == 0x65E5 || r->cp[m] == 0x5468; /* 月 日 周 */
        return month && (term || ((last == 0x6708 || last == 0x4EFD) && verb_from(r, k, end) != LEAD_NONE));
}

/* 贯彻落实情况7月24日前书面报市科技局: a day by which stands inside, and what is done comes after it. */
static bool is_dated_inside(const Reading *r, uint32_t i, uint32_t end)
{
        enum { BEFORE_MAX = 30 };
        for (uint32_t k = i + 2; k < end && k < i + BEFORE_MAX; k++)
                if ((is_digit(r->cp[k]) || han_digit(r->cp[k]) > 0) && !is_digit(r->cp[k - 1]) && is_dated(r, k, end)) {
                        uint32_t after = skip_time(r, k, end);
                        return r->cp[after - 1] == 0x524D && r->cp[k - 1] != 0x7684; /* 前; not 的 */
                }
        return false;
}

/* 副市长张三负责审核把关, 县科技局牵头制定方案: where the doer ends; 0 when nobody is named so. */
static uint32_t charged(const Reading *r, uint32_t i, uint32_t end)
{
        enum { WHO_MAX = 24, AFTER_MIN = 3 };
        for (uint32_t k = i + 2; k + 2 + AFTER_MIN <= end && k <= i + WHO_MAX; k++) {
                if (!text_is(r->cp, k, end, "负责"))
                        continue;
                uint32_t next = r->cp[k + 2];
                return next == 0x4EBA || next == 0x540C || next == 0x5E72 || next == 0x7684 || next == 0x3001 ||
                                       r->cp[k - 1] == 0x8981 || r->cp[k - 1] == 0x7BA1 /* 主要负责 分管负责 */
                               ? 0
                               : k;
        }
        return 0;
}

/* 张三牵头, 市科协李四负责, 统计、税务配合: who is charged with what comes next; where the name ends, or 0. */
static uint32_t assigned(const Reading *r, const Clause *c, uint32_t i)
{
        enum { WHO_MAX = 30 };
        static const char *const ends[] = { "牵头", "负责", "配合", "带队", "牵头负责" };
        if (c->mark == ',' && c->end - i <= WHO_MAX && c->end > i + 5 && text_is(r->cp, i, c->end, "责任人为"))
                return c->end;
        if (text_find(r->cp, i, c->end, "要") != MEETING_NONE) /* 各企业要明确专人负责 */
                return 0;
        for (size_t k = ARRAY_LEN(ends); k > 0; k--) {
                uint32_t n = (uint32_t)(strlen(ends[k - 1]) / 3);
                if (c->mark == ',' && c->end - i <= WHO_MAX && c->end >= i + n + 2 &&
                    text_is(r->cp, c->end - n, c->end, ends[k - 1]))
                        return c->end - n;
        }
        return 0;
}

/* 对到期的企业要提前上门辅导, 对弄虚作假的一律追回资金: told after a phrase of whom or how. */
static bool told_inside(const Reading *r, uint32_t i, uint32_t end)
{
        enum { AFTER_MIN = 4 };
        for (uint32_t k = i + 3; k + AFTER_MIN < end && k < i + DOER_MAX; k++) {
                uint32_t n = modal_at(r, k, end);
                if (n && k + n + AFTER_MIN <= end)
                        return true;
        }
        return false;
}

/* 由区政府办逐条登记: a body does it, whatever the verb. */
static bool done_by(const Reading *r, uint32_t i, uint32_t end)
{
        enum { AFTER_MIN = 4 };
        if (!text_is(r->cp, i, end, "由")) { /* 其子女入学由区教育局统筹安排 */
                uint32_t at = text_find(r->cp, i, end, "由");
                if (at == MEETING_NONE || at < i + 2 || at > i + DOER_MAX || r->cp[at - 1] == 0x7406 ||
                    r->cp[at - 1] == 0x81EA || text_is(r->cp, at, end, "由于")) /* 理 自 */
                        return false;
                i = at;
        }
        static const char *const posts[] = { "任组长", "任主任", "任总指挥", "任召集人" };
        for (size_t k = 0; k < ARRAY_LEN(posts); k++) { /* 由张三任组长 */
                uint32_t at = text_find(r->cp, i, end, posts[k]);
                if (at != MEETING_NONE && at > i + 2 && at < i + DOER_MAX)
                        return true;
        }
        if (lex_before(r->lex, r->cp, i + 1, end, LEX_BIT(ORGAN)))     /* 由市市场监管局会同市财政局, */
                return false;
        for (uint32_t k = i + 3; k + AFTER_MIN <= end && k < i + DOER_MAX; k++)
                if (lex_before(r->lex, r->cp, i + 1, k, LEX_BIT(ORGAN)) &&
                    !lex_at(r->lex, r->cp, k, end, LEX_BIT(ORGAN), NULL))
                        return true;
        return false;
}

/* 不合格的限期整改, 对进度滞后的予以约谈, 能补正的补正. */
static bool treats_such(const Reading *r, uint32_t i, uint32_t end)
{
        static const char *const such[] = { "不", "未", "没", "能", "该", "滞后", "逾期", "对", "仍" };
        static const char *const done[] = {
                "予以", "限期", "说明", "终止", "取消", "一律", "转到", "移交", "追究", "按"
        };
        for (uint32_t at = text_find(r->cp, i, end, "的"); at != MEETING_NONE && at + 3 <= end;
             at = text_find(r->cp, at + 1, end, "的")) {
                /* 能补正的补正, 该调整的调整 */
                if (at >= i + 3 && r->cp[at - 1] == r->cp[at + 2] && r->cp[at - 2] == r->cp[at + 1])
                        return true;
                bool is = false;
                for (size_t k = 0; k < ARRAY_LEN(such) && !is; k++)
                        is = text_find(r->cp, i, at, such[k]) != MEETING_NONE;
                for (size_t k = 0; is && k < ARRAY_LEN(done); k++)
                        if (text_is(r->cp, at + 1, end, done[k]) && at + 4 <= end)
                                return true;
        }
        return false;
}

/* 能免申即享的一律免申即享, 对挪用的坚决追回: what is so is to be treated so. */
static bool told_of_such(const Reading *r, uint32_t i, uint32_t end)
{
        if (treats_such(r, i, end))
                return true;
        static const char *const words[] = { "的一律", "的坚决", "的及时", "的严肃", "的优先",
                                             "的必须", "的要",   "的不得", "的应当" };
        for (size_t k = 0; k < ARRAY_LEN(words); k++) {
                uint32_t at = text_find(r->cp, i, end, words[k]), n = (uint32_t)(strlen(words[k]) / 3);
                if (at != MEETING_NONE && at >= i + 2 && at + n + 2 <= end &&
                    !(n == 2 && at + 3 < end && modal_at(r, at + 1, end) == 0))
                        return true;
        }
        return false;
}

/* 分别报市政府备案 */
static bool reports(const Reading *r, uint32_t i, uint32_t end)
{
        static const char *const ends[] = { "备案", "审定", "审批", "批准", "同意", "核准", "审议" };
        if (i >= end || r->cp[i] != 0x62A5)             /* 报 */
                return false;
        for (size_t k = 0; k < ARRAY_LEN(ends); k++)
                if (end > i + 3 && text_is(r->cp, end - 2, end, ends[k]))
                        return true;
        return false;
}

/* 早餐会每月开一次, 每年至少专题研究两次. */
static bool done_often(const Reading *r, uint32_t i, uint32_t end)
{
        static const char *const times[] = { "一次", "1次", "两次", "2次", "一回" };
        if (!lex_has(r->lex, r->cp, i, end, LEX_BIT(CADENCE)))
                return false;
        for (size_t k = 0; k < ARRAY_LEN(times); k++)
                if (end >= i + 2 && text_is(r->cp, end - 2, end, times[k]))
                        return true;
        return false;
}

/* 一企一策推动…, “一院一策”嫁接…: a way of doing it before the verb. */
static uint32_t skip_each(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t k = i;
        bool quoted = k < end && is_quote_open(r->cp[k]);
        k += quoted;
        if (k + 4 >= end || r->cp[k] != 0x4E00 || r->cp[k + 2] != 0x4E00)
                return i;
        k += 4;
        if (quoted) {
                while (k < end && k < i + 10 && !is_quote_close(r->cp[k]))
                        k++;
                if (k >= end || !is_quote_close(r->cp[k]))
                        return i;
                k++;
        }
        return verb_from(r, k, end) != LEAD_NONE ? k : i;
}

/* 每月…, 按季度… after a task say how often; 常态化开展… is one of its own. */
static bool is_rhythm(const Reading *r, uint32_t i, uint32_t end)
{
        /* 常 定 */
        enum { SHORT = 8 };
        uint32_t n = lex_at(r->lex, r->cp, i, end, LEX_BIT(CADENCE), NULL);
        return n && r->cp[i] != 0x5E38 && r->cp[i] != 0x5B9A && end - i <= SHORT;
}

/* 市科技局牵头设立…, 各学院于4月底前报送…: a body and at once its verb.  Only what is surely a body: 各…, or a name of an office. */
static bool bare_doer(const Reading *r, const Clause *c, uint32_t i, Told *t)
{
        static const char *const offices = "局委办厅处站部里院会室组心行司队班";
        uint32_t most = i + DOER_MAX < c->end ? i + DOER_MAX : c->end;
        bool each = i < c->end && r->cp[i] == 0x5404;           /* 各 */
        if (lex_at(r->lex, r->cp, i, c->end, LEX_BIT(MANNER), NULL))
                return false;
        for (uint32_t k = i + 2; k + 4 <= most; k++) {
                if (r->cp[k - 1] == 0x7684)
                        return false;
                if (!lex_before(r->lex, r->cp, i, k, LEX_BIT(ORGAN)))
                        continue;
                bool office = each;
                for (size_t pos = 0; !office && pos < strlen(offices);)
                        office = utf8_next(str_c(offices), &pos) == r->cp[k - 1];
                uint32_t past = k; /* 各县（市、区）参照… */
                if (is_open(r->cp[k]))
                        while (past < most && !is_close(r->cp[past]))
                                past++;
                past += past > k && past < most;
                uint32_t verb = skip_time(r, past, c->end);
                /* 各县区科技局7月28日前报市科技局, 县住建局确保国庆节前能住人 */
                if (office && (is_dated(r, k, c->end) || (text_is(r->cp, verb, c->end, "确保") && verb + 4 < c->end))) {
                        t->doer = i;
                        t->doer_end = k;
                        t->start = verb;
                        t->must = true;
                        return true;
                }
                /* 市审计局对兑现情况每半年开展审计 */
                if (office && lex_at(r->lex, r->cp, verb, c->end, LEX_BIT(MANNER), NULL) &&
                    (verb_inside(r, verb, c->end) != LEAD_NONE || r->cp[verb] == 0x628A || /* 把 */
                     text_find(r->cp, verb, c->end, "予以") != MEETING_NONE ||
                     text_find(r->cp, verb, c->end, "进行") != MEETING_NONE)) {
                        t->doer = i;
                        t->doer_end = k;
                        t->start = verb;
                        return true;
                }
                if (!office || (verb == k && lex_at(r->lex, r->cp, k - 1, c->end, LEX_BIT(ACTION) | LEX_BIT(NOT_VERB),
                                                    NULL) > 1) ||
                    verb_from(r, verb, c->end) == LEAD_NONE)
                        continue;
                t->doer = i;
                t->doer_end = k;
                t->start = verb;
                return true;
        }
        return false;
}

/* 对82家企业逐户摸底建档, 对这些平台重新过堂: how it is done to them, and a verb at the end. */
static bool each_of(const Reading *r, uint32_t i, uint32_t end)
{
        static const char *const ways[] = { "逐户", "逐家", "逐企", "逐项", "逐一", "逐个", "重新" };
        if (i >= end || r->cp[i] != 0x5BF9) /* 对 */
                return false;
        for (size_t k = 0; k < ARRAY_LEN(ways); k++) {
                uint32_t at = text_find(r->cp, i + 2, end, ways[k]);
                if (at != MEETING_NONE && at + 4 <= end)
                        return true;
        }
        return false;
}

/* …的,一律摘牌; 退回来的21家,逐家销号: an adverb and a verb are the whole order. */
static bool short_order(const Reading *r, const Clause *c, uint32_t i)
{
        enum { LONG = 8 };
        if (c->end - i < 4 || c->end - i > LONG || c == r->clauses || c[-1].mark != ',' ||
            c[-1].sentence != c->sentence)
                return false;
        uint32_t n = text_is(r->cp, i, c->end, "一律") ? 2 : lex_at(r->lex, r->cp, i, c->end, LEX_BIT(ADVERB), NULL);
        if (n < 2 || (r->cp[i] != 0x9010 && r->cp[i] != 0x4E00)) /* 逐 一 */
                return false;
        return lex_at(r->lex, r->cp, i + n, c->end, LEX_BIT(ACTION) | LEX_BIT(VERB_NOUN), NULL) == c->end - i - n;
}

static Told read_clause(const Reading *r, const Clause *c, bool open)
{
        Told t = { .lead = LEAD_NONE };
        uint32_t i = skip_words(r, c->start, c->end, LEX_BIT(CONNECT)), after;
        t.quote = i;
        bool dated = is_dated(r, i, c->end);
        uint32_t names = assigned(r, c, i);
        if (names) { /* who does what the next clause says */
                i += text_is(r->cp, i, names, "由");
                i += text_is(r->cp, i, names, "责任人为") ? 4 : 0;
                t.assigns = true;
                if (names > i + 1) {
                        t.doer = i;
                        t.doer_end = names;
                        return t;
                }
        }
        i = skip_words(r, skip_time(r, i, c->end), c->end, LEX_BIT(CONNECT));
        i = skip_each(r, i, c->end);
        after = skip_words(r, i, c->end, LEX_BIT(NOBODY) | LEX_BIT(CONNECT));
        uint32_t modal = skip_words(r, after, c->end, LEX_BIT(MODAL));
        t.modal = modal > after;
        t.start = modal;
        if (!t.modal && find_doer(r, c, after, &t))
                modal = t.start;
        else if (verb_from(r, modal, c->end) == LEAD_NONE && bare_doer(r, c, modal, &t))
                modal = t.start;
        /* …,6月底前投入使用: when it is done; 8月10日前形成清单: another task */
        bool object = dated && (verb_from(r, modal, c->end) != LEAD_NONE || text_is(r->cp, modal, c->end, "把"));
        if (open && dated && !object && !t.modal && t.doer_end <= t.doer && !charged(r, modal, c->end)) {
                t.lead = LEAD_PURPOSE;
                return t;
        }
        if (open && !t.modal && !object &&
            (lex_at(r->lex, r->cp, modal, c->end, LEX_BIT(PURPOSE), NULL) || text_is(r->cp, modal, c->end, "力争") ||
             is_rhythm(r, modal, c->end))) {
                t.lead = LEAD_PURPOSE;
                return t;
        }
        if (t.modal)                    /* 要在3月底前完成… */
                modal = skip_words(r, skip_time(r, modal, c->end), c->end, LEX_BIT(CONNECT));
        t.lead = verb_from(r, modal, c->end);
        uint32_t who = t.lead == LEAD_NONE && !t.modal ? charged(r, modal, c->end) : 0;
        if (who) {
                t.doer = modal;
                t.doer_end = who;
                t.charged = true;
        }
        bool forbidden = t.modal && c->end >= modal + FORBIDDEN_MIN &&
                         (text_is(r->cp, after, c->end, "不得") || text_is(r->cp, after, c->end, "不准"));
        if (t.lead == LEAD_NONE &&
            (who || dated || forbidden || short_order(r, c, modal) || is_dated_inside(r, modal, c->end) ||
             done_by(r, modal, c->end) || done_often(r, modal, c->end) || told_of_such(r, modal, c->end) || t.must ||
             (lex_at(r->lex, r->cp, modal, c->end, LEX_BIT(CADENCE), NULL) && c->end - modal > OFTEN_MIN) ||
             reports(r, skip_words(r, modal, c->end, LEX_BIT(ADVERB)), c->end) || (t.often && t.doer_end > t.doer))) {
                t.lead = LEAD_ACTION;
        } else if (t.lead == LEAD_NONE && lex_at(r->lex, r->cp, modal, c->end, LEX_BIT(FRAME), NULL)) {
                t.lead = LEAD_MANNER;
        } else if (t.lead == LEAD_NONE && lex_at(r->lex, r->cp, modal, c->end, LEX_BIT(MANNER), NULL)) {
                t.lead = verb_inside(r, modal, c->end);
                /* 把科技馆早日建起来: its verb stands at the end, whatever it is. */
                bool whole = c->end - modal >= WHOLE_MIN && (r->cp[modal] == 0x628A || r->cp[modal] == 0x5C06);
                if (t.lead == LEAD_NONE)
                        t.lead = whole || each_of(r, modal, c->end) || (t.modal && t.doer_end > t.doer) ||
                                                 told_inside(r, modal, c->end)
                                         ? LEAD_ACTION
                                         : LEAD_MANNER;
        } else if (t.lead == LEAD_NONE && t.modal && t.doer_end > t.doer) {
                t.lead = LEAD_ACTION;
        } else if (t.lead == LEAD_NONE && t.modal && c->end - modal >= 7) {
                t.lead = verb_inside(r, modal, c->end) != LEAD_NONE ? LEAD_ACTION : LEAD_WEAK;
        }
        return t;
}

/* 由市财政局牵头…, 支持太原市打造…: bodies named as doers inside the clause. */
static Status inside_owners(Reading *r, MeetingItem *item, uint32_t start, uint32_t end)
{
        uint32_t a = MEETING_NONE;
        if (text_is(r->cp, start, end, "由"))
                a = start + 1;
        else if (text_is(r->cp, start, end, "支持") || text_is(r->cp, start, end, "引导") ||
                 text_is(r->cp, start, end, "推动"))
                a = start + 2;
        if (a == MEETING_NONE)
                return ST_OK;
        /* The doers end where the next verb begins. */
        for (uint32_t k = a + 2; k < end && k < a + DOER_MAX; k++)
                if (lex_at(r->lex, r->cp, k, end, LEX_BIT(ACTION) | LEX_BIT(ADVERB), NULL) &&
                    lex_before(r->lex, r->cp, a, k, LEX_BIT(ORGAN)) && k + 2 < end)
                        /* Whom a policy supports is told nothing: 支持企业…, 鼓励高校…. */
                        return lex_has(r->lex, r->cp, a, k, LEX_BIT(SERVED)) ? ST_OK : link_owners(r, item, a, k);
        return ST_OK;
}

/* A figure of the clause is an item of its own; ret_points: it counts the speech's own points (要抓好四件事). */
static bool holds_item(const Reading *r, const Clause *c, size_t *quantity, bool *ret_points)
{
        *ret_points = false;
        while (*quantity < r->quantity_count && r->quantities[*quantity].start < c->start)
                ++*quantity;
        for (size_t i = *quantity; i < r->quantity_count && r->quantities[i].start < c->end; i++) {
                if (r->quantities[i].item != MEETING_NONE)
                        return true;
                *ret_points |= r->quantities[i].why_not && cstr_eq(r->quantities[i].why_not, "points");
        }
        return false;
}

/* 于3月15日前将实施方案报市科技局: asked even in the lines before the first head. */
static bool has_term(const Reading *r, const Clause *c)
{
        for (uint32_t i = c->start; i + 2 < c->end; i++)
                if (is_digit(r->cp[i]) && (i == c->start || !is_digit(r->cp[i - 1])) && is_dated(r, i, c->end) &&
                    r->cp[skip_time(r, i, c->end) - 1] == 0x524D) /* 前 */
                        return true;
        return false;
}

/* 各地要把所列指标纳入考核: a body and 要 in a notice. */
static bool tells_body(const Reading *r, const Clause *c)
{
        enum { NEAR = 16 };
        uint32_t most = c->start + NEAR < c->end ? c->start + NEAR : c->end;
        for (uint32_t i = c->start + 2; i + 4 < most; i++)
                if (r->cp[i] == 0x8981) /* 要 */
                        return r->cp[c->start] == 0x5404 || lex_before(r->lex, r->cp, c->start, i, LEX_BIT(ORGAN)) > 0;
        return false;
}

Status meeting_tasks(Reading *r)
{
        size_t quantity = 0, open = SIZE_MAX;
        uint32_t sentence = MEETING_NONE, doer = 0, doer_end = 0;
        bool general = false, framed = false, charge = false, termed = false;
        for (size_t k = 0; k < r->clause_count; k++) {
                const Clause *c = &r->clauses[k];
                if (c->sentence != sentence) {
                        open = SIZE_MAX;
                        doer_end = 0;
                        charge = false;
                        sentence = c->sentence;
                        general = framed = termed = false;
                }
                /* 总体要求是：坚持…，加快… tells in what spirit, not what to do. */
                general |= text_find(r->cp, c->start, c->end, "为指导") != MEETING_NONE;
                general |= c->mark == ':' && lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(PRINCIPLE));
                if (c->mode != MODE_PLAN || c->base == MODE_PAST || c->in_head || c->end - c->start < 4 || general ||
                    (c->section == MEETING_NONE && r->speech->section_count > 1 && !termed && !has_term(r, c) &&
                     !(c->base == MODE_PLAN && tells_body(r, c)))) {
                        open = SIZE_MAX;
                        continue;
                }
                if (is_open(r->cp[c->start]) && is_close(r->cp[c->end - 1])) /* （市科技局，6月底前完成） */
                        continue;
                termed = true;
                uint32_t first = c->start + is_open(r->cp[c->start]);
                if (lex_at(r->lex, r->cp, first, c->end, LEX_BIT(DUTY),
                           NULL)) { /* （责任单位：…） belongs to what stands before it; 责任人为张三, to what comes */
                        open = c->mark == ',' ? SIZE_MAX : open;
                        continue;
                }
                Told t = read_clause(r, c, open != SIZE_MAX);
                bool points, figure = holds_item(r, c, &quantity, &points);
                /* 张三牵头, 李四配合: who leads is the doer */
                if (t.doer_end > t.doer && !(t.assigns && charge && text_is(r->cp, c->end - 2, c->end, "配合"))) {
                        doer = t.doer;
                        doer_end = t.doer_end;
                        charge = t.assigns || t.charged;
                }
                if (t.assigns) {
                        open = SIZE_MAX;
                        continue;
                }
                /* 由市科技局牵头: the doer of what the sentence goes on to say. */
                uint32_t lead = text_is(r->cp, c->start, c->end, "由") ? text_find(r->cp, c->start, c->end, "牵头")
                                                                       : MEETING_NONE;
                if (lead != MEETING_NONE && lead + 2 == c->end &&
                    lex_before(r->lex, r->cp, c->start + 1, lead, LEX_BIT(ORGAN))) {
                        doer = c->start + 1;
                        doer_end = lead;
                }
                MeetingItem *before = open != SIZE_MAX ? &r->speech->items[open] : NULL;
                if ((t.lead == LEAD_PURPOSE || t.lead == LEAD_MANNER) && !t.modal && before && !figure) {
                        if (c->end - before->at.start <= TASK_CHARS_MAX && r->clauses[k - 1].mark == ',') {
                                reading_extend(r, before, c->end);
                                before->action =
                                        str_n(before->action.ptr,
                                              before->action.len + (size_t)(before->quote.ptr + before->quote.len -
                                                                            (before->action.ptr + before->action.len)));
                        }
                        continue;
                }
                if (figure) {
                        open = SIZE_MAX;
                        continue;
                }
                framed |= open == SIZE_MAX && t.lead == LEAD_MANNER &&
                        lex_at(r->lex, r->cp, t.start, c->end, LEX_BIT(FRAME), NULL);
                if (t.lead != LEAD_ACTION && (t.lead != LEAD_WEAK || framed))
                        continue;
                if (points && c->end - c->start < POINTS_CLAUSE)
                        continue;
                if (c->mark == ',' && r->cp[c->end - 1] == 0x7684)      /* 揭榜成功的, */
                        continue;
                uint32_t done = text_find(r->cp, c->start, c->end, "了");
                if (r->cp[c->end - 1] == 0x662F)        /* 主要预期目标是： */
                        continue;
                /* 开这个会的时候, 制定本办法, 抓好五个方面 */
                if (text_is(r->cp, c->end - 2, c->end, "时候") || text_is(r->cp, t.start, c->end, "制定本") ||
                    (c->end - c->start < POINTS_CLAUSE && c->end >= c->start + 5 &&
                     (text_is(r->cp, c->end - 3, c->end, "个方面") || text_is(r->cp, c->end - 3, c->end, "件事情"))))
                        continue;
                /* What a named body is told is no slogan: 税务部门要把“免申即享”落到实处. */
                bool slogan = t.doer_end <= t.doer && lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(SLOGAN));
                if (slogan || (done != MEETING_NONE && done > c->start && r->cp[done - 1] != 0x4E3A))
                        continue;
                MeetingItem *item;
                TRY(reading_item(r, MEETING_TASK, t.quote, c->end, c->section, &item));
                open = r->speech->item_count - 1;
                item->action = reading_text(r, t.doer_end > t.doer ? t.doer : t.start, c->end);
                /* 坚决…, 切实… open slogans as often as orders. */
                uint32_t last = t.modal && t.start > c->start ? r->cp[t.start - 1] : 0;
                bool told = t.modal && last != 0x51B3 && last != 0x5B9E;
                item->confidence = (uint8_t)((t.lead == LEAD_ACTION ? 87 : 55) + (told ? 5 : 0));
                if (doer_end > doer)
                        TRY(charge ? link_charged(r, item, doer, doer_end) : link_owners(r, item, doer, doer_end));
                if (!item->owner_count)
                        TRY(inside_owners(r, item, t.start, c->end));
                TRY(link_deadline(r, c, c->start, c->end, item));
                TRY(link_cadence(r, item, c->start, c->end));
        }
        return ST_OK;
}
