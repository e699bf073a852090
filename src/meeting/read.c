/* read.c -- the whole way: decode, clean, speeches, and for each its outline, clauses and items. */
#include <stdlib.h>

#include "base/utf8.h"
#include "meeting/meeting_int.h"

const char *meeting_kind_name(MeetingKind kind)
{
        static const char *const names[] = { "fact", "target", "task", "incentive" };
        return kind < MEETING_KINDS ? names[kind] : "";
}

Str meeting_text(const Meeting *m, MeetingSpan at)
{
        if (at.start > at.end || at.end > m->clean_len)
                return STR("");
        return str_n(m->clean.ptr + m->byte_at[at.start], m->byte_at[at.end] - m->byte_at[at.start]);
}

MeetingSpan meeting_original(const Meeting *m, MeetingSpan at)
{
        if (at.start > at.end || at.end > m->clean_len)
                return (MeetingSpan){ 0, 0 };
        uint32_t start = m->map[at.start];
        return (MeetingSpan){ start, at.end > at.start ? m->map[at.end - 1] + 1 : start };
}

Str reading_text(const Reading *r, uint32_t start, uint32_t end)
{
        while (start < end && (is_blank(r->cp[start]) || r->cp[start] == '\n'))
                start++;
        while (end > start && (is_blank(r->cp[end - 1]) || r->cp[end - 1] == '\n'))
                end--;
        return meeting_text(r->m, (MeetingSpan){ start, end });
}

Status reading_item(Reading *r, MeetingKind kind, uint32_t start, uint32_t end, uint32_t section, MeetingItem **ret)
{
        MeetingSpeech *s = r->speech;
        if (s->item_count >= MEETING_ITEMS_MAX)
                return ST_LIMIT;
        while (start < end && is_blank(r->cp[start]))
                start++;
        while (end > start && is_blank(r->cp[end - 1]))
                end--;
        void *items = s->items;
        if (arena_grow(r->arena, &items, &r->item_cap, s->item_count + 1, sizeof(MeetingItem)))
                return ST_NOMEM;
        s->items = items;
        MeetingItem *item = &s->items[s->item_count++];
        *item = (MeetingItem){ .kind = kind,
                               .at = { start, end },
                               .quote = reading_text(r, start, end),
                               .section = section,
                               .confidence = 50 };
        *ret = item;
        return ST_OK;
}

void reading_extend(Reading *r, MeetingItem *item, uint32_t end)
{
        while (end > item->at.start && (is_blank(r->cp[end - 1]) || r->cp[end - 1] == '\n'))
                end--;
        item->at.end = end;
        item->quote = meeting_text(r->m, item->at);
}

static int by_place(const void *a, const void *b)
{
        const MeetingItem *x = a, *y = b;
        uint32_t px = x->figure.end ? x->figure.start : x->at.start, py = y->figure.end ? y->figure.start : y->at.start;
        if (px != py)
                return px < py ? -1 : 1;
        return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : 0;
}

/* Keeps the numbers the quantities hold of their items out of use: call it last. */
void meeting_order_items(MeetingSpeech *s)
{
        if (s->item_count > 1)
                qsort(s->items, s->item_count, sizeof(MeetingItem), by_place);
}

static Status note_leftovers(Reading *r, size_t *cap)
{
        Meeting *m = r->m;
        for (size_t i = 0; i < r->quantity_count; i++) {
                const Quantity *q = &r->quantities[i];
                m->quantity_count++;
                if (q->item != MEETING_NONE)
                        continue;
                void *p = m->leftovers;
                if (arena_grow(r->arena, &p, cap, m->leftover_count + 1, sizeof(MeetingLeftover)))
                        return ST_NOMEM;
                m->leftovers = p;
                m->leftovers[m->leftover_count++] =
                        (MeetingLeftover){ { q->start, q->end }, q->why_not ? q->why_not : "unread" };
        }
        return ST_OK;
}

/* Whom a figure is about when nothing says so: the area in the title, else the city. */
static Str whole_area(const Reading *r)
{
        static const struct { const char *end; const char *whole;
        } areas[] = {
                { "省", "全省" }, { "自治区", "全区" }, { "市", "全市" }, { "县", "全县" },
                { "区", "全区" }, { "州", "全州" },     { "旗", "全旗" },
        };
        Str t = r->speech->title;
        if (!t.ptr)
                return STR_NONE;
        for (size_t k = 0; k < ARRAY_LEN(areas); k++)
                if (str_has(t, str_c(areas[k].end)))
                        return str_c(areas[k].whole);
        return STR_NONE;
}

static Status read_speeches(Reading *r)
{
        size_t leftover_cap = 0;
        TRY(meeting_planted(r));
        TRY(meeting_speeches(r));
        for (size_t i = 0; i < r->m->speech_count; i++) {
                r->speech = &r->m->speeches[i];
                r->body = r->bodies[i];
                r->item_cap = 0;
                r->subject = whole_area(r);
                TRY(meeting_outline(r));
                TRY(meeting_clauses(r));
                TRY(meeting_quantities(r));
                TRY(meeting_tables(r));
                TRY(meeting_incentives(r));
                TRY(meeting_figures(r));
                TRY(meeting_tasks(r));
                TRY(meeting_duties(r));
                TRY(note_leftovers(r, &leftover_cap));
                meeting_order_items(r->speech);
        }
        return ST_OK;
}

Status meeting_read(Arena *a, const MeetingLexicon *lex, Str bytes, const char *name, Diag *d, Meeting **ret)
{
        Meeting *m = arena_new_of(a, Meeting);
        Glyphs g = { 0 };
        if (!m)
                return ST_NOMEM;
        m->name = arena_strdup(a, name ? name : "");
        if (!m->name)
                return ST_NOMEM;
        TRY(meeting_decode(a, bytes, m->name, d, m));
        Status st = meeting_clean(a, lex, m, &g);
        if (st == ST_INVALID)
                return diag_fail(d, st, POS_FILE(m->name), "清理之后没有剩下正文",
                                 "nothing is left of the text after cleaning");
        TRY(st);
        m->map = g.map;
        m->clean_len = g.len;
        m->byte_at = arena_alloc(a, ((size_t)g.len + 1) * sizeof(uint32_t));
        char *text = arena_alloc(a, (size_t)g.len * 4 + 1);
        if (!m->byte_at || !text)
                return ST_NOMEM;
        size_t n = 0;
        for (uint32_t i = 0; i < g.len; i++) {
                char one[4];
                size_t k = utf8_put(one, g.cp[i]);
                m->byte_at[i] = (uint32_t)n;
                memcpy(text + n, one, k);
                n += k;
        }
        m->byte_at[g.len] = (uint32_t)n;
        text[n] = '\0';
        m->clean = str_n(text, n);

        Reading r = { .arena = a, .lex = lex, .diag = d, .m = m, .cp = g.cp, .len = g.len };
        st = read_speeches(&r);
        mem_free(r.clauses);
        mem_free(r.quantities);
        if (st == ST_LIMIT)
                return diag_fail(d, st, POS_FILE(m->name), "文字过多，超过上限", "the text has too many parts");
        TRY(st);
        *ret = m;
        return ST_OK;
}
