/* clause.c -- sentences and clauses, and for each whether it tells what was, what is planned, or how things stand.
 *
 * The mode comes from the head (工作回顾, 重点任务, 重要意义), is inherited by the heads below, and is overridden in
 * a clause by what it says itself: a year, 已, 累计 against 力争, 计划, 要.  What a clause says holds to the end of
 * its sentence, or until another clause says something else. */
#include "base/utf8.h"
#include "base/vec.h"
#include "meeting/meeting_int.h"

/* No clause of prose is longer; what is gets cut, so that looking around in a clause stays cheap. */
enum { CLAUSE_CHARS_MAX = 300 };
enum { CLAUSES_MAX = 8000000, BRACKET_MAX = 60, QUOTE_MAX = 48 };

VEC_DECLARE(ClauseVec, Clause);

/* The mark of clauses at i: ',' ';' ':' '.' '\n', or 0. */
static uint32_t mark_of(const Reading *r, uint32_t i)
{
        uint32_t c = r->cp[i];
        if (c == '\n')
                return '\n';
        if (is_stop(c))
                return '.';
        if (is_semicolon(c))
                return ';';
        if (is_comma(c)) {
                /* 1,234 */
                if (c == ',' && i > 0 && is_digit(r->cp[i - 1]) && i + 3 < r->len && is_digit(r->cp[i + 1]) &&
                    is_digit(r->cp[i + 2]) && is_digit(r->cp[i + 3]) && !is_digit(r->cp[i + 4]))
                        return 0;
                return ',';
        }
        if (is_colon(c))
                return i > 0 && is_digit(r->cp[i - 1]) && i + 1 < r->len && is_digit(r->cp[i + 1]) ? 0 : ':';
        if (c == 0x2026 && (i == 0 || r->cp[i - 1] != 0x2026))
                return '.';
        return 0;
}

/* Past a bracket or quotation that closes soon and holds no full stop; otherwise the next character. */
static uint32_t past_group(const Reading *r, uint32_t i, uint32_t end)
{
        bool open = is_open(r->cp[i]), quote = is_quote_open(r->cp[i]);
        if (!open && !quote)
                return i + 1;
        uint32_t most = i + (open ? BRACKET_MAX : QUOTE_MAX) < end ? i + (open ? BRACKET_MAX : QUOTE_MAX) : end;
        for (uint32_t k = i + 1; k < most && r->cp[k] != '\n' && !(quote && is_quote_open(r->cp[k])); k++) {
                if (quote && (is_stop(r->cp[k]) || is_colon(r->cp[k])))
                        break;          /* unclosed quotations are common in copies */
                if (open ? is_close(r->cp[k]) : is_quote_close(r->cp[k]))
                        return k + 1;
        }
        return i + 1;
}

static Mode head_mode(const Reading *r, const MeetingSection *s)
{
        uint32_t a = s->at.start, b = s->at.end;
        if (lex_has(r->lex, r->cp, a, b, LEX_BIT(HEAD_PAST)))
                return MODE_PAST;
        if (str_ends(s->number, STR("要")))     /* 一要… */
                return MODE_PLAN;
        uint32_t own = s->number.len ? b - (uint32_t)utf8_len(s->heading) : a;
        if (own < b && own >= a &&
            (r->cp[own] == 0x8981 || r->cp[own] == 0x628A || text_is(r->cp, own, b, "必须"))) /* 要…, 把…抓起来 */
                return MODE_PLAN;
        if (lex_has(r->lex, r->cp, a, b, LEX_BIT(HEAD_PLAN)))
                return MODE_PLAN;
        /* 去年的…, …以来 against 今年的…: words that tell more than the clauses below. */
        if (lex_has(r->lex, r->cp, a, b, LEX_BIT(PAST)))
                return MODE_PAST;
        if (text_find(r->cp, a, b, "今年") != MEETING_NONE && !(b - a >= 4 && text_is(r->cp, b - 2, b, "情况")))
                return MODE_PLAN;
        if (b - a >= 4 && text_is(r->cp, b - 2, b, "情况"))
                return MODE_PAST;
        /* 再讲讲问题, 短板不足: unless it is to be solved. */
        static const char *const ends[] = { "问题", "不足", "差距", "短板" };
        for (size_t k = 0; k < ARRAY_LEN(ends); k++)
                if (b - a >= 4 && text_is(r->cp, b - 2, b, ends[k]) &&
                    !lex_has(r->lex, r->cp, a, b - 2, LEX_BIT(ACTION) | LEX_BIT(PURPOSE)))
                        return MODE_VIEW;
        if (lex_has(r->lex, r->cp, a, b, LEX_BIT(HEAD_VIEW)))
                return MODE_VIEW;
        return MODE_UNKNOWN;
}

/* 20xx年 in the clause: the last one that is not compared with; 0 none. */
static int32_t year_said(const Reading *r, uint32_t start, uint32_t end)
{
        int32_t found = 0;
        for (uint32_t i = start; i + 4 < end; i++) {
                if (!is_digit(r->cp[i]) || (i > start && is_digit(r->cp[i - 1])))
                        continue;
                uint32_t k = i;
                int32_t y = 0;
                while (k < end && is_digit(r->cp[k]) && k < i + 5)
                        y = y * 10 + (int32_t)(r->cp[k++] - '0');
                if (k - i != 4 || k >= end || r->cp[k] != 0x5E74 || y < 1949 || y > 2100)
                        continue;
                uint32_t before = i > start ? r->cp[i - 1] : 0;
                if (before != 0x8F83 && before != 0x6BD4 && before != 0x4E0E)      /* 较 比 与 */
                        found = y;
        }
        return found;
}

/* 第二十六条 区科技局…: an article without a name begins after its number. */
static uint32_t past_article(const Reading *r, uint32_t i, uint32_t end)
{
        uint32_t k = i + 1;
        if (i >= end || r->cp[i] != 0x7B2C || (i > 0 && r->cp[i - 1] != '\n')) /* 第 */
                return i;
        while (k < end && k < i + 6 &&
               (is_digit(r->cp[k]) || han_digit(r->cp[k]) >= 0 || r->cp[k] == 0x5341 || r->cp[k] == 0x767E))
                k++;
        if (k == i + 1 || k + 1 >= end || r->cp[k] != 0x6761 || !is_blank(r->cp[k + 1])) /* 条 */
                return i;
        while (++k < end && is_blank(r->cp[k]))
                ;
        return k;
}

static Status split(Reading *r, ClauseVec *out)
{
        uint32_t end = r->speech->at.end, start = r->body, sentence = 0;
        size_t section = 0, sections = r->speech->section_count;
        for (uint32_t i = r->body; i <= end;) {
                uint32_t mark = i < end ? mark_of(r, i) : '\n';
                bool cut = !mark && i - start >= CLAUSE_CHARS_MAX;
                /* A heading ends where it ends, whatever follows. */
                if (!mark && !cut && !(section < sections && r->speech->sections[section].at.end == i)) {
                        uint32_t next = past_group(r, i, end);
                        i = next;
                        continue;
                }
                while (start < i && is_blank(r->cp[start]))
                        start++;
                start = past_article(r, start, i);
                if (start < i) {
                        while (section < sections && r->speech->sections[section].at.start <= start)
                                section++;
                        const MeetingSection *head = section ? &r->speech->sections[section - 1] : NULL;
                        Clause c = { .start = start,
                                     .end = i,
                                     .mark = mark  ? mark
                                             : cut ? ','
                                                   : '.',
                                     .sentence = sentence,
                                     .section = section ? (uint32_t)section - 1 : MEETING_NONE,
                                     .in_head = head && start < head->at.end };
                        if (!VEC_PUSH(out, c, CLAUSES_MAX))
                                return out->len >= CLAUSES_MAX ? ST_LIMIT : ST_NOMEM;
                }
                if (mark == '.' || mark == '\n')
                        sentence++;
                i += mark ? 1 : 0;
                start = i;
                if (!mark) {
                        if (section < sections && r->speech->sections[section].at.end == i)
                                section++;
                        i = i < end ? past_group(r, i, end) : i + 1;
                }
        }
        return ST_OK;
}

/* Last characters of who or when stands before 计划 as a verb: 今年, 我们, 市科技局, 还. */
static bool is_planner(uint32_t c)
{
        static const char *const last = "年市县区省局们内月司业团院校也还均都期共,，、 ";
        for (size_t pos = 0; pos < strlen(last);)
                if (utf8_next(str_c(last), &pos) == c)
                        return true;
        return false;
}

/* 10月底前, 3月15日前, 6月前: a day by which. */
static bool names_term(const Reading *r, const Clause *c)
{
        for (uint32_t i = c->start + 1; i + 1 < c->end; i++) {
                if (r->cp[i] != 0x6708 || !is_digit(r->cp[i - 1]))      /* 月 */
                        continue;
                uint32_t k = i + 1;
                while (k < c->end && (is_digit(r->cp[k]) || r->cp[k] == 0x65E5 || r->cp[k] == 0x5E95 ||
                                      r->cp[k] == 0x4EFD || r->cp[k] == 0x4EE5)) /* 日 底 份 以 */
                        k++;
                if (k < c->end && r->cp[k] == 0x524D)                   /* 前 */
                        return true;
        }
        return false;
}

/* 计划培育, 将建设, 拟实施: a word of planning before a verb; 科技计划项目 and 将…作为 are none. */
static bool plans(const Reading *r, const Clause *c)
{
        if (lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(PLAN)) || names_term(r, c))
                return true;
        for (uint32_t i = c->start, n; i < c->end; i += n) {
                i = lex_find(r->lex, r->cp, i, c->end, LEX_BIT(PLAN_VERB), &n);
                if (i == MEETING_NONE)
                        break;
                uint32_t next = i + n;
                /* “英才”计划支持…, 专项计划实施…: the noun. */
                if (text_is(r->cp, i, c->end, "计划") && i > c->start && !is_planner(r->cp[i - 1]))
                        continue;
                if (lex_at(r->lex, r->cp, next, c->end,
                           LEX_BIT(ACTION) | LEX_BIT(ADD) | LEX_BIT(WEAK) | LEX_BIT(REACH) | LEX_BIT(GROW) |
                                   LEX_BIT(ADVERB),
                           NULL) &&
                    !lex_at(r->lex, r->cp, next, c->end, LEX_BIT(NOT_VERB), NULL) &&
                    !(next < c->end && r->cp[next] == 0x4E3A)) /* 为 */
                        return true;
        }
        return false;
}

/* 只有19%, 目前有14个: how things stand.  由目前的136家增加到200家 is where a plan begins. */
static bool states(const Reading *r, const Clause *c)
{
        uint32_t n, at = lex_find(r->lex, r->cp, c->start, c->end, LEX_BIT(STATE), &n);
        uint32_t before = at != MEETING_NONE && at > c->start ? r->cp[at - 1] : 0;
        return at != MEETING_NONE && before != 0x7531 && before != 0x4ECE && before != 0x5BF9 && before != 0x628A &&
               before != 0x5C06; /* 由 从 对 把 将 */
}

/* 了 after a verb: done.  Not 为了, 除了, 了解. */
static bool is_done(const Reading *r, const Clause *c)
{
        for (uint32_t i = c->start + 1; i < c->end; i++)
                if (r->cp[i] == 0x4E86 && r->cp[i - 1] != 0x4E3A && r->cp[i - 1] != 0x9664 && r->cp[i - 1] != 0x4E0D &&
                    !(i + 1 < c->end && (r->cp[i + 1] == 0x89E3 || r->cp[i + 1] == 0x7136)))
                        return true;
        return false;
}

/* 已, 去年, 以来: unless a plan only measures by it.
 * 由去年的61户增加到100户, 比上年多出来的部分, 按上年度投入的20%补助 */
static bool says_past(const Reading *r, const Clause *c, bool in_plan)
{
        static const char *const years[] = { "上年", "去年" };
        uint32_t n;
        for (uint32_t i = c->start; i < c->end; i += n) {
                i = lex_find(r->lex, r->cp, i, c->end, LEX_BIT(PAST), &n);
                if (i == MEETING_NONE)
                        return false;
                bool year = false;
                for (size_t k = 0; k < ARRAY_LEN(years); k++)
                        year |= text_is(r->cp, i, c->end, years[k]);
                uint32_t before = i > c->start ? r->cp[i - 1] : 0;
                bool measure = before == 0x7531 || before == 0x4ECE || before == 0x6309 || before == 0x6BD4 ||
                               before == 0x8F83; /* 由 从 按 比 较 */
                /* 追回已拨付资金: what was paid, in an order */
                if (in_plan && r->cp[i] == 0x5DF2 && lex_before(r->lex, r->cp, c->start, i, LEX_BIT(ACTION)))
                        continue;
                if (!(in_plan && year && measure && !is_done(r, c)))
                        return true;
        }
        return false;
}

/* What a clause says of itself. */
static Mode clause_mode(const Reading *r, Clause *c, Mode around)
{
        uint32_t k = c->start;
        uint64_t mask;
        /* 要 and its like at the beginning, after 我们, 同时, 各县区 … */
        for (int n = 0; n < 4 && around != MODE_PAST; n++) {
                uint32_t len =
                        lex_at(r->lex, r->cp, k, c->end, LEX_BIT(CONNECT) | LEX_BIT(NOBODY) | LEX_BIT(MODAL), &mask);
                if (!len)
                        break;
                /* 请来了专家 asks nobody for anything */
                bool asked = r->cp[k] == 0x8BF7 && k + 1 < c->end &&
                             (r->cp[k + 1] == 0x6765 || r->cp[k + 1] == 0x5230 || r->cp[k + 1] == 0x56DE ||
                              r->cp[k + 1] == 0x8FDB);
                if (asked)
                        break;
                if (mask & LEX_BIT(MODAL))
                        return MODE_PLAN;
                k += len;
        }
        c->year = year_said(r, c->start, c->end);
        c->said_year = c->year != 0;
        /* 对上年度研发投入…的企业: whom it is about, not when. */
        if ((r->cp[k] == 0x5BF9 || r->cp[k] == 0x51E1) && text_find(r->cp, k, c->end, "的") != MEETING_NONE && !c->year)
                return MODE_UNKNOWN;
        if (r->cp[c->end - 1] == 0x7684 && c->mark == ',' && !c->year)         /* 研发费用较上年增长的, */
                return MODE_UNKNOWN;
        bool plan = plans(r, c);
        bool past = says_past(r, c, around == MODE_PLAN) ||
                    (around != MODE_PLAN && lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(OUTCOME)));
        if (plan && !past)
                return MODE_PLAN;
        if (past && !plan)
                return MODE_PAST;
        if (states(r, c))
                return MODE_VIEW;
        if (c->year && r->year) {
                if (c->year < r->year)
                        return MODE_PAST;
                if (c->year > r->year || (c->year == r->year && around != MODE_PAST))
                        return MODE_PLAN;
        }
        return MODE_UNKNOWN;
}

/* 县工信局要…, 各乡镇必须…: a body is told what to do. */
static bool is_told(const Reading *r, const Clause *c)
{
        uint32_t most = c->start + 30 < c->end ? c->start + 30 : c->end, n;
        uint32_t at = lex_find(r->lex, r->cp, c->start, most, LEX_BIT(MODAL), &n);
        return at != MEETING_NONE && at > c->start && at + n + 2 < c->end &&
               lex_before(r->lex, r->cp, c->start, at, LEX_BIT(ORGAN) | LEX_BIT(PLACE)) > 0 &&
               lex_at(r->lex, r->cp, at, c->end, LEX_BIT(ACTION) | LEX_BIT(NOT_VERB), NULL) <= n;
}

/* 十 百 千 万 */
static bool is_scale(uint32_t c)
{
        return c == 0x5341 || c == 0x767E || c == 0x5343 || c == 0x4E07;
}

/* 奖30万元, 最高500万元, 按5%补: the wording of a rule of paying. */
static bool promises(const Reading *r, const Clause *c)
{
        static const char *const verbs[] = { "奖", "补", "给", "贴息", "配套" };
        bool digit = false, verb = lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(CAP));
        for (uint32_t i = c->start; i < c->end; i++)
                digit |= is_digit(r->cp[i]) || (han_digit(r->cp[i]) > 0 && i + 1 < c->end && is_scale(r->cp[i + 1])) ||
                         text_is(r->cp, i, c->end, "百分之");
        for (size_t k = 0; k < ARRAY_LEN(verbs) && !verb; k++)
                verb = text_find(r->cp, c->start, c->end, verbs[k]) != MEETING_NONE;
        return digit && verb &&
               (text_find(r->cp, c->start, c->end, "元") != MEETING_NONE ||
                text_find(r->cp, c->start, c->end, "%") != MEETING_NONE ||
                text_find(r->cp, c->start, c->end, "百分之") != MEETING_NONE ||
                text_find(r->cp, c->start, c->end, "万") != MEETING_NONE);
}

/* What a clause weighs for a plan (above 0) or for what has been (below), when no head tells. */
static int weight_of(const Reading *r, Clause *c)
{
        static const char *const asked[] = { "不低于", "不少于", "不高于", "以内", "给予", "力争" };
        Mode said = clause_mode(r, c, MODE_UNKNOWN);
        int w = said == MODE_PLAN ? 2 : said == MODE_UNKNOWN && is_told(r, c) ? 2 : 0;
        if (said == MODE_PAST && (c->said_year || lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(PAST))))
                w -= 2;
        else if (said == MODE_PAST)
                w -= text_find(r->cp, c->start, c->end, "全年") == MEETING_NONE;       /* planned as often as told */
        bool done = is_done(r, c);
        if (done)
                w -= 2;
        else if (said != MODE_PAST && promises(r, c))
                w += 2;
        for (size_t k = 0; k < ARRAY_LEN(asked); k++)
                w += text_find(r->cp, c->start, c->end, asked[k]) != MEETING_NONE;
        w -= said == MODE_VIEW;
        return w;
}

/* What a stretch says on the whole, when its head says nothing; for_plan: what speaks for a plan around it. */
static Mode vote_of(Reading *r, size_t from, size_t to, int for_plan, int *ret_sum)
{
        int sum = for_plan * 2;
        for (size_t i = from; i < to; i++)
                sum += weight_of(r, &r->clauses[i]);
        if (ret_sum)
                *ret_sum = sum;
        return sum > 0 ? MODE_PLAN : sum < 0 ? MODE_PAST : MODE_UNKNOWN;
}

/* 下一步，我们将从以下几个方面发力。 on the line before the head. */
static bool led(const Reading *r, const MeetingSection *s)
{
        uint32_t end = s->at.start, start;
        while (end > r->body && (r->cp[end - 1] == '\n' || is_blank(r->cp[end - 1])))
                end--;
        static const char *const next[] = { "做好", "抓好", "把握", "处理好", "突出", "围绕" };
        uint32_t from = end > r->body + 24 ? end - 24 : r->body;
        for (uint32_t i = from; i < end; i++)           /* 重点抓好四件事。 做好三方面工作。 */
                for (size_t k = 0; k < ARRAY_LEN(next); k++)
                        if (text_is(r->cp, i, end, next[k]) &&
                            lex_has(r->lex, r->cp, i, end, LEX_BIT(ABSTRACT)) && !is_stop(r->cp[i]))
                                return true;
        for (start = end; start > r->body && r->cp[start - 1] != '\n' && end - start < 60;)
                start--;
        return lex_has(r->lex, r->cp, start, end, LEX_BIT(PLAN)) && !lex_has(r->lex, r->cp, start, end, LEX_BIT(PAST));
}

/* The clauses of a section: from *ret_from up to *ret_to. */
static void clauses_of(const Reading *r, const MeetingSection *s, size_t *ret_from, size_t *ret_to)
{
        size_t low = 0, high = r->clause_count;
        while (low < high) {
                size_t mid = (low + high) / 2;
                if (r->clauses[mid].start < s->at.start)
                        low = mid + 1;
                else
                        high = mid;
        }
        *ret_from = low;
        while (low < r->clause_count && r->clauses[low].start < s->end)
                low++;
        *ret_to = low;
}

/* A head that says nothing: what its text says on the whole, and a part of it that plainly says otherwise for itself. */
static void vote(Reading *r, Mode *modes, size_t section, size_t count)
{
        enum { PLAIN = 5 };
        /* After a plan speeches do not go back to reviewing. */
        bool after = false;
        for (size_t k = 0; k < section && !after; k++)
                after = r->speech->sections[k].parent == MEETING_NONE && modes[k] == MODE_PLAN;
        const MeetingSection *s = &r->speech->sections[section];
        size_t from, to;
        clauses_of(r, s, &from, &to);
        uint32_t head = s->at.start;
        if (s->number.len)
                head = s->at.end - (uint32_t)utf8_len(s->heading);
        bool told = lex_at(r->lex, r->cp, head, s->at.end,
                           LEX_BIT(ACTION) | LEX_BIT(ADVERB) | LEX_BIT(WEAK) | LEX_BIT(MODAL), NULL) > 0;
        Mode mode = vote_of(r, from, to, (int)told + after + led(r, s), NULL);
        modes[section] = mode;
        for (size_t k = section + 1; k < count && r->speech->sections[k].at.start < s->end; k++) {
                const MeetingSection *part = &r->speech->sections[k];
                if (modes[k] != MODE_UNKNOWN)
                        continue;
                modes[k] = part->parent != MEETING_NONE ? modes[part->parent] : mode;
                int sum;
                clauses_of(r, part, &from, &to);
                Mode own = vote_of(r, from, to, 0, &sum);
                if (own != MODE_UNKNOWN && (sum >= PLAIN || sum <= -PLAIN))
                        modes[k] = own;
        }
}

static bool is_review_title(const Reading *r)
{
        Str t = r->speech->title;
        /* 在总结会上的讲话, 总结讲话: what is said to people asks as well. */
        if (t.ptr && (str_has(t, STR("讲话")) || str_has(t, STR("主持词"))))
                return false;
        return t.ptr && (str_has(t, STR("总结")) || str_has(t, STR("述职")) || str_has(t, STR("回顾")) ||
                         str_has(t, STR("汇报")));
}

/* …实施意见, …若干措施: nothing in it is review. */
static bool is_ordering_title(const Reading *r)
{
        Str t = r->speech->title;
        if (!t.ptr || (r->speech->salutation.ptr && str_has(t, STR("讲话"))))
                return false;
        uint32_t start = r->speech->at.start, most = r->body > start ? r->body : r->speech->at.end;
        for (int line = 0; line < 5 && start < most; line++) {
                uint32_t end = start, stop;
                while (end < most && r->cp[end] != '\n')
                        end++;
                /* …办法（试行） */
                stop = end;
                if (stop > start && is_close(r->cp[stop - 1]))
                        while (stop > start && end - stop < 12 && !is_open(r->cp[--stop]))
                                ;
                if (end - start <= 80 && lex_before(r->lex, r->cp, start, stop, LEX_BIT(TITLE_PLAN)) > 0)
                        return true;
                start = end + 1;
        }
        return false;
}

/* 年加工小麦260万吨,可精深加工比重只有两成: a sentence one clause of which says how things stand, none what is to be. */
static bool stands(Reading *r, size_t first, Mode around)
{
        static const char *const ahead[] = { "今年", "明年", "年底", "年内", "力争", "下一步", "月底" };
        bool state = false;
        for (size_t i = first; i < r->clause_count && r->clauses[i].sentence == r->clauses[first].sentence; i++) {
                Clause c = r->clauses[i];
                Mode m = clause_mode(r, &c, around);
                if (m == MODE_PLAN || is_told(r, &c) ||
                    lex_at(r->lex, r->cp, c.start, c.end, LEX_BIT(ACTION) | LEX_BIT(ADD) | LEX_BIT(ADVERB), NULL) > 1)
                        return false;
                for (size_t k = 0; k < ARRAY_LEN(ahead); k++)
                        if (text_find(r->cp, c.start, c.end, ahead[k]) != MEETING_NONE)
                                return false;
                state |= m == MODE_VIEW;
        }
        return state;
}

/* Minutes: 会议听取了, 会议指出 tell how things stand, 会议议定, 会议要求 what is to be done. */
static Mode minutes_mode(const Reading *r, const Clause *c)
{
        enum { WORDS_MAX = 6 };
        static const char *const told[] = { "听取", "指出", "认为", "审议", "审定", "通报",
                                            "分析", "传达", "学习", "肯定", "回顾" };
        static const char *const decided[] = { "议定", "决定", "要求", "强调", "明确", "确定", "同意", "部署", "商定" };
        uint32_t i = c->start;
        if (text_is(r->cp, i, c->end, "会议") || text_is(r->cp, i, c->end, "全会"))
                i += 2;
        else if (!text_is(r->cp, i, c->end, "议定事项"))
                return MODE_UNKNOWN;
        uint32_t most = i + WORDS_MAX < c->end ? i + WORDS_MAX : c->end;
        for (; i < most; i++) {
                for (size_t k = 0; k < ARRAY_LEN(told); k++)
                        if (text_is(r->cp, i, c->end, told[k]))
                                return MODE_VIEW;
                for (size_t k = 0; k < ARRAY_LEN(decided); k++)
                        if (text_is(r->cp, i, c->end, decided[k]))
                                return MODE_PLAN;
        }
        return MODE_UNKNOWN;
}

/* 上年度营业收入首次突破5亿元的企业，奖励50万元: what a promise goes by. */
static bool is_yardstick(const Reading *r, size_t index)
{
        const Clause *c = &r->clauses[index];
        if (c->mark != ',' || index + 1 >= r->clause_count || is_done(r, c) || c->said_year ||
            (text_find(r->cp, c->start, c->end, "上年") == MEETING_NONE &&
             text_find(r->cp, c->start, c->end, "上一年") == MEETING_NONE))
                return false;
        const Clause *next = c + 1;
        return next->sentence == c->sentence && !is_done(r, next) && promises(r, next);
}

/* Where the outermost section around it ends. */
static uint32_t outer_end(const Reading *r, const Clause *c)
{
        uint32_t s = c->section;
        if (s == MEETING_NONE)
                return r->speech->at.end;
        while (r->speech->sections[s].parent != MEETING_NONE)
                s = r->speech->sections[s].parent;
        return r->speech->sections[s].end;
}

Status meeting_clauses(Reading *r)
{
        ClauseVec out = { 0 };
        Status st = split(r, &out);
        mem_free(r->clauses);
        r->clauses = out.data;
        r->clause_count = out.len;
        TRY(st);

        size_t n = r->speech->section_count;
        Mode *modes = arena_array_of(r->arena, Mode, n + 1);
        if (!modes)
                return ST_NOMEM;
        Mode base = is_review_title(r) ? MODE_PAST : is_ordering_title(r) ? MODE_PLAN : MODE_UNKNOWN;
        for (size_t i = 0; i < n; i++) {
                const MeetingSection *s = &r->speech->sections[i];
                Mode own = head_mode(r, s), above = s->parent == MEETING_NONE ? base : modes[s->parent];
                /* Below a review nothing is planned unless the head names the future itself. */
                if (own == MODE_UNKNOWN || (above == MODE_PAST && own != MODE_PLAN) ||
                    (above == MODE_PAST && own == MODE_PLAN && s->level > 1) ||
                    (above == MODE_PLAN && own == MODE_VIEW))
                        own = above;
                modes[i] = own;
        }

        r->year = r->speech->year;
        if (!r->year)
                for (size_t i = 0; i < r->clause_count; i++) {
                        Clause *c = &r->clauses[i];
                        int32_t y = year_said(r, c->start, c->end);
                        if (y && (!r->year || y < r->year) && lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(PLAN)))
                                r->year = y;
                }

        for (size_t i = 0; i < n; i++)
                if (modes[i] == MODE_UNKNOWN && r->speech->sections[i].parent == MEETING_NONE)
                        vote(r, modes, i, n);
        bool alone = !n && base == MODE_UNKNOWN;        /* no heads at all: each paragraph for itself */
        Mode whole = alone ? vote_of(r, 0, r->clause_count, 0, NULL) : MODE_UNKNOWN;
        if (alone)
                base = whole;

        Mode said = MODE_UNKNOWN, paragraph = MODE_UNKNOWN;
        uint32_t sentence = MEETING_NONE, section = MEETING_NONE;
        int32_t year = 0;
        bool ahead = false;
        bool standing = false;
        uint32_t decided = 0; /* 会议议定： holds up to here */
        for (size_t i = 0; i < r->clause_count; i++) {
                Clause *c = &r->clauses[i];
                if (alone && (i == 0 || r->clauses[i - 1].mark == '\n')) {
                        size_t stop = i;
                        while (stop < r->clause_count && (stop == i || r->clauses[stop - 1].mark != '\n'))
                                stop++;
                        base = vote_of(r, i, stop, 0, NULL);
                        base = base == MODE_UNKNOWN ? whole : base;
                }
                Mode around = c->section == MEETING_NONE ? base : modes[c->section];
                Mode minutes = c->sentence != sentence ? minutes_mode(r, c) : MODE_UNKNOWN;
                if (minutes == MODE_VIEW)
                        decided = 0;
                else if (minutes == MODE_PLAN && c->mark == ':')
                        decided = outer_end(r, c);
                if (c->start < decided || minutes == MODE_PLAN)
                        around = MODE_PLAN;
                if (c->sentence != sentence) {
                        said = MODE_UNKNOWN;
                        ahead = false;
                        year = 0;
                        standing = around == MODE_PLAN && stands(r, i, around);
                }
                if (c->section != section || (i > 0 && r->clauses[i - 1].mark == '\n'))
                        paragraph = MODE_UNKNOWN;
                sentence = c->sentence;
                section = c->section;
                if (minutes != MODE_UNKNOWN)
                        paragraph = minutes;
                Mode own = minutes == MODE_PLAN ? MODE_UNKNOWN : clause_mode(r, c, around);
                if (own == MODE_PAST && around == MODE_PLAN && is_yardstick(r, i))
                        own = MODE_UNKNOWN;
                bool problem = lex_has(r->lex, r->cp, c->start, c->end, LEX_BIT(PROBLEM));
                if (problem && around != MODE_PLAN)
                        paragraph = own = MODE_VIEW;    /* 也要看到 asks for nothing */
                c->base = around;
                /* In a review a plan is what its clause says, and no more, unless it names a year ahead. */
                if (said == MODE_PLAN && around == MODE_PAST && !ahead)
                        said = MODE_UNKNOWN;
                /* 任务已经分解到各地：… says nothing of what follows it. */
                if (i > 0 && r->clauses[i - 1].mark == ':' && said == MODE_PAST && around == MODE_PLAN)
                        said = MODE_UNKNOWN;
                if (own != MODE_UNKNOWN && (own != MODE_VIEW || problem))
                        said = own;
                ahead = own == MODE_PLAN ? ahead || (c->said_year && r->year && c->year > r->year)
                                         : ahead && own == MODE_UNKNOWN;
                c->year = c->said_year ? c->year : year;
                year = c->year;
                c->mode = own == MODE_VIEW            ? own
                          : said != MODE_UNKNOWN      ? said
                          : standing                  ? MODE_VIEW
                          : paragraph != MODE_UNKNOWN ? paragraph
                                                      : around;
        }
        return ST_OK;
}
