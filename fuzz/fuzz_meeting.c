/* A speech from raw bytes: whatever goes in, every piece that comes out has its place in the clean text and in the
 * original, the outline is a tree, no figure is invented, and the JSON is JSON. */
#include "base/utf8.h"
#include "codec/json.h"
#include "fuzz/fuzz.h"
#include "meeting/meeting.h"

/* The words never change: they are read once for all calls. */
static const MeetingLexicon *lexicon(void)
{
        static MeetingLexicon *lex;
        if (!lex && meeting_lexicon_default(NULL, &lex) != ST_OK)
                abort();
        return lex;
}

static void check_span(const Meeting *m, MeetingSpan at)
{
        FUZZ_ASSERT(at.start <= at.end && at.end <= m->clean_len);
        MeetingSpan o = meeting_original(m, at);
        FUZZ_ASSERT(o.start <= o.end && o.end <= m->original_len);
}

static void check_item(const Meeting *m, const MeetingSpeech *s, const MeetingItem *i)
{
        check_span(m, i->at);
        FUZZ_ASSERT(i->at.start < i->at.end && i->at.start >= s->at.start && i->at.end <= s->at.end);
        FUZZ_ASSERT(str_eq(i->quote, meeting_text(m, i->at)));
        FUZZ_ASSERT(i->confidence <= 100 && (i->section == MEETING_NONE || i->section < s->section_count));
        if (i->kind != MEETING_TASK)
                FUZZ_ASSERT(i->figure.start >= i->at.start && i->figure.end <= i->at.end && i->figure.start < i->figure.end);
        FUZZ_ASSERT(!(i->missing && i->has_value));
        FUZZ_ASSERT(!i->has_value || dec_is_finite(i->value));
        FUZZ_ASSERT(!i->has_max || dec_cmp(i->value_max, i->value) > 0);
}

static bool every_sixteenth(Str input)
{
        uint32_t h = 2166136261u;
        for (size_t i = 0; i < input.len; i++)
                h = (h ^ (unsigned char)input.ptr[i]) * 16777619u;
        return (h >> 16) % 16 == 0;
}

/* Mutation breaks characters far more often than copying does, and a text that is mostly broken is refused before it is
 * read: the broken bytes become question marks. */
static Str mended(Arena *a, Str input)
{
        char *copy = arena_alloc(a, input.len);
        if (!copy)
                return input;
        memcpy(copy, input.ptr, input.len);
        for (size_t pos = 0; pos < input.len;) {
                size_t at = pos;
                if (utf8_next(input, &pos) == UTF8_BAD)
                        copy[at] = '?';
        }
        return str_n(copy, input.len);
}

/* One arena for all calls, its first chunk large enough for nearly all of them: fresh memory for each costs more under
 * the sanitizers than reading a short text. */
static Arena *arena(void)
{
        static Arena *a;
        if (!a && (!(a = arena_new((size_t)64 << 20)) || !arena_alloc(a, 1 << 20)))
                abort();
        arena_reset(a);
        return a;
}

static void check_text(Arena *a, const Meeting *m)
{
        FUZZ_ASSERT(utf8_valid(m->clean) && utf8_len(m->clean) == m->clean_len && m->clean_len > 0);
        for (uint32_t i = 0; i < m->clean_len; i++)
                FUZZ_ASSERT(m->map[i] < m->map[i + 1] && m->map[i] < m->original_len);
        _cleanup_buf_ Buf out = BUF_INIT((size_t)16 << 20);
        Json *root;
        FUZZ_ASSERT(meeting_write_json(m, NULL, &out) == ST_OK);
        FUZZ_ASSERT(json_parse(a, buf_str(&out), "out", NULL, NULL, &root) == ST_OK);
}

void fuzz_one(Str input)
{
        Arena *a = arena();
        Meeting *m;
        bool whole = every_sixteenth(input);
        if (meeting_read(a, lexicon(), whole || input.len == 0 ? input : mended(a, input), "fuzz", NULL, &m) != ST_OK)
                return;
        uint32_t end = 0;
        for (size_t k = 0; k < m->speech_count; k++) {
                const MeetingSpeech *s = &m->speeches[k];
                FUZZ_ASSERT(s->at.start == end);
                check_span(m, s->at);
                end = s->at.end;
                for (size_t i = 0; i < s->section_count; i++) {
                        const MeetingSection *c = &s->sections[i];
                        check_span(m, c->at);
                        FUZZ_ASSERT(c->level >= 1 && c->end >= c->at.end && c->end <= s->at.end);
                        FUZZ_ASSERT(i == 0 || c->at.start >= s->sections[i - 1].at.end);
                        FUZZ_ASSERT(c->parent == MEETING_NONE ? c->level == 1 : c->parent < i && s->sections[c->parent].level < c->level);
                }
                for (size_t i = 0; i < s->item_count; i++)
                        check_item(m, s, &s->items[i]);
        }
        FUZZ_ASSERT(end == m->clean_len && m->leftover_count <= m->quantity_count);
        if (whole)
                check_text(a, m);       /* costs more than reading a short text: JSON has a target of its own */
}
