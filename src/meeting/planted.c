/* planted.c -- words that document-sharing sites put in the place of others: 开展 for 发展, 效劳 for 服务.
 *
 * The text keeps them, for a copy is what it is; they are marked with the word that stood there.  Some are hardly ever
 * written by an official and tell that the copy was treated; the others are common words and are marked only in such a
 * copy, and only where the other word must have stood. */
#include "meeting/meeting_int.h"

enum { PLANTED_MAX = 200000, KINDS_MIN = 2, CONTEXT_MAX = 6 };

typedef struct Planted {
        const char *word, *means;
        bool sure;                      /* says by itself that the copy was treated */
        /* where it must be the other: "0" is a figure, "。" an end */
        const char *before[CONTEXT_MAX], *after[CONTEXT_MAX];
} Planted;

static const Planted words[] = {
        { "效劳", "服务", true, { NULL }, { NULL } },
        { "根底", "基础", true, { NULL }, { NULL } },
        { "屡次", "多次", true, { NULL }, { NULL } },
        { "本钱", "成本", true, { NULL }, { NULL } },
        { "承当", "承担", true, { NULL }, { NULL } },
        { "开展",
          "发展",
          false,
          { "经济", "高质量", "持续", "社会", "产业", "快速" },
          { "规划", "战略", "水平", "格局", "环境", "。" } },
        { "到达", "达到", false, { NULL }, { "0" } },
        { "缺乏", "不足", false, { NULL }, { "0" } },
        { "回忆", "回顾", false, { "工作" }, { "。" } },
        { "广阔", "广大", false, { NULL }, { "干部", "群众", "党员", "科技", "职工", "农民" } },
};

static bool fits(const Reading *r, const Planted *p, uint32_t i, uint32_t end)
{
        if (p->sure)
                return true;
        for (size_t k = 0; k < CONTEXT_MAX && p->before[k]; k++) {
                uint32_t n = (uint32_t)(strlen(p->before[k]) / 3);
                if (i >= n && text_is(r->cp, i - n, i, p->before[k]))
                        return true;
        }
        for (size_t k = 0; k < CONTEXT_MAX && p->after[k]; k++) {
                uint32_t c = end < r->len ? r->cp[end] : '\n';
                if (p->after[k][0] == '0' ? is_digit(c) : text_is(r->cp, end, r->len, p->after[k]))
                        return true;
                if (text_is((const uint32_t[]){ 0x3002 }, 0, 1, p->after[k]) &&
                    (c == '\n' || is_stop(c) || is_comma(c)))
                        return true;
        }
        return false;
}

Status meeting_planted(Reading *r)
{
        size_t cap = 0, kinds = 0;
        bool seen[ARRAY_LEN(words)] = { false };
        for (size_t k = 0; k < ARRAY_LEN(words); k++) {
                seen[k] = words[k].sure && text_find(r->cp, 0, r->len, words[k].word) != MEETING_NONE;
                kinds += seen[k];
        }
        if (kinds < KINDS_MIN)
                return ST_OK;
        for (uint32_t i = 0; i + 1 < r->len; i++)
                for (size_t k = 0; k < ARRAY_LEN(words); k++) {
                        if (!text_is(r->cp, i, r->len, words[k].word) || !fits(r, &words[k], i, i + 2))
                                continue;
                        void *p = r->m->replaced;
                        if (r->m->replaced_count >= PLANTED_MAX)
                                return ST_OK;
                        if (arena_grow(r->arena, &p, &cap, r->m->replaced_count + 1, sizeof(MeetingReplaced)))
                                return ST_NOMEM;
                        r->m->replaced = p;
                        r->m->replaced[r->m->replaced_count++] = (MeetingReplaced){ { i, i + 2 }, words[k].means };
                        break;
                }
        return ST_OK;
}

bool meeting_is_replaced(const Meeting *m, MeetingSpan at)
{
        size_t low = 0, high = m->replaced_count;
        while (low < high) {
                size_t mid = (low + high) / 2;
                if (m->replaced[mid].at.start < at.start)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low < m->replaced_count && m->replaced[low].at.end <= at.end;
}
