/* json.c -- what a reading gave, as JSON: the schema of speeches, with places beside it. */
#include "codec/json.h"
#include "meeting/meeting_int.h"

static void put_text(JsonWriter *w, const char *key, Str s)
{
        if (s.ptr)
                jw_put_str(w, key, s);
        else
                jw_put_null(w, key);
}

static void put_dec(JsonWriter *w, const char *key, bool has, Dec d)
{
        if (has)
                jw_put_dec(w, key, d);
        else
                jw_put_null(w, key);
}

static void put_span(JsonWriter *w, const char *key, MeetingSpan s)
{
        jw_put_array(w, key);
        jw_i64(w, s.start);
        jw_i64(w, s.end);
        jw_array_end(w);
}

/* 87 is 0.87. */
static void put_confidence(JsonWriter *w, const char *key, uint8_t c)
{
        jw_put_dec(w, key, dec_from_scaled(c, 2));
}

static void put_figure(JsonWriter *w, const MeetingItem *i)
{
        put_text(w, "subject", i->subject);
        put_text(w, "indicator", i->indicator);
        if (i->kind == MEETING_TARGET)
                jw_put_cstr(w, "op", i->op);
        put_dec(w, "value", i->has_value, i->value);
        put_text(w, "unit", i->unit);
        if (i->has_max)
                jw_put_dec(w, "value_max", i->value_max);
        if (i->kind == MEETING_FACT) {
                put_text(w, "period", i->period);
                put_text(w, "change", i->change);
        } else {
                put_text(w, "deadline", i->deadline);
        }
        if (i->missing)
                jw_put_bool(w, "missing", true);
        if (i->approx)
                jw_put_bool(w, "approx", true);
}

static void put_item(JsonWriter *w, const Meeting *m, const MeetingItem *i, bool bare)
{
        jw_object_begin(w);
        jw_put_cstr(w, "kind", meeting_kind_name(i->kind));
        if (i->kind == MEETING_FACT || i->kind == MEETING_TARGET) {
                put_figure(w, i);
        } else if (i->kind == MEETING_TASK) {
                put_text(w, "action", i->action);
                jw_put_array(w, "owners");
                for (size_t k = 0; k < i->owner_count; k++)
                        jw_str(w, i->owners[k]);
                jw_array_end(w);
                put_text(w, "deadline", i->deadline);
                put_text(w, "cadence", i->cadence);
        } else {
                put_text(w, "beneficiary", i->beneficiary);
                put_text(w, "condition", i->condition);
                put_dec(w, "amount", i->has_value, i->value);
                jw_put_str(w, "unit", STR("元"));
                put_dec(w, "rate", i->has_rate, i->rate);
                put_text(w, "base", i->base);
                put_dec(w, "cap", i->has_cap, i->cap);
        }
        jw_put_str(w, "quote", i->quote);
        if (!bare) {
                put_span(w, "at", i->at);
                put_span(w, "original", meeting_original(m, i->at));
                if (i->section != MEETING_NONE)
                        jw_put_i64(w, "section", i->section);
                put_confidence(w, "confidence", i->confidence);
                if (meeting_is_replaced(m, i->at))
                        jw_put_bool(w, "replaced", true);
                if (i->link.ptr) {
                        jw_put_str(w, "link", i->link);
                        put_confidence(w, "link_confidence", i->link_confidence);
                }
        }
        jw_object_end(w);
}

static void put_section(JsonWriter *w, const Meeting *m, const MeetingSection *s, bool bare)
{
        uint32_t end = s->at.start + 16 < s->end ? s->at.start + 16 : s->end;
        jw_object_begin(w);
        jw_put_i64(w, "level", s->level);
        jw_put_str(w, "number", s->number);
        jw_put_str(w, "heading", s->heading);
        jw_put_str(w, "start", str_trim(meeting_text(m, (MeetingSpan){ s->at.start, end })));
        if (!bare) {
                put_span(w, "at", s->at);
                jw_put_i64(w, "end", s->end);
                if (s->parent != MEETING_NONE)
                        jw_put_i64(w, "parent", s->parent);
                put_confidence(w, "confidence", s->confidence);
        }
        jw_object_end(w);
}

static void put_speech(JsonWriter *w, const Meeting *m, const MeetingSpeech *s, bool bare)
{
        jw_object_begin(w);
        put_text(w, "title", s->title);
        if (!bare) {
                put_text(w, "salutation", s->salutation);
                put_text(w, "date", s->date);
                put_text(w, "occasion", s->occasion);
                put_text(w, "speaker", s->speaker);
                put_span(w, "at", s->at);
        }
        jw_put_array(w, "sections");
        for (size_t k = 0; k < s->section_count; k++)
                put_section(w, m, &s->sections[k], bare);
        jw_array_end(w);
        jw_put_array(w, "items");
        for (size_t k = 0; k < s->item_count; k++)
                put_item(w, m, &s->items[k], bare);
        jw_array_end(w);
        jw_object_end(w);
}

/* The original's place of every run of characters that stayed together: [clean, original, length]. */
static void put_map(JsonWriter *w, const Meeting *m)
{
        jw_put_array(w, "map");
        for (uint32_t i = 0; i < m->clean_len;) {
                uint32_t k = i + 1;
                while (k < m->clean_len && m->map[k] == m->map[k - 1] + 1)
                        k++;
                jw_array_begin(w);
                jw_i64(w, i);
                jw_i64(w, m->map[i]);
                jw_i64(w, k - i);
                jw_array_end(w);
                i = k;
        }
        jw_array_end(w);
}

Status meeting_write_json(const Meeting *m, const MeetingWrite *how, Buf *out)
{
        bool bare = how && how->bare;
        Str name = str_c(m->name);
        const char *slash = strrchr(m->name, '/');
        if (slash)
                name = str_c(slash + 1);
        const char *dot = memrchr(name.ptr, '.', name.len);
        if (dot && dot > name.ptr)
                name.len = (size_t)(dot - name.ptr);
        JsonWriter w = json_writer(out, JSON_PRETTY);
        jw_object_begin(&w);
        jw_put_str(&w, "doc", name);
        jw_put_array(&w, "speeches");
        for (size_t i = 0; i < m->speech_count; i++)
                put_speech(&w, m, &m->speeches[i], bare);
        jw_array_end(&w);
        if (!bare) {
                jw_put_cstr(&w, "format", m->format);
                jw_put_cstr(&w, "encoding", m->encoding);
                jw_put_i64(&w, "quantities", (int64_t)m->quantity_count);
                jw_put_array(&w, "leftovers");
                for (size_t i = 0; i < m->leftover_count; i++) {
                        jw_object_begin(&w);
                        jw_put_str(&w, "text", meeting_text(m, m->leftovers[i].at));
                        jw_put_cstr(&w, "why", m->leftovers[i].why);
                        put_span(&w, "at", m->leftovers[i].at);
                        jw_object_end(&w);
                }
                jw_array_end(&w);
                jw_put_array(&w, "replaced");
                for (size_t i = 0; i < m->replaced_count; i++) {
                        jw_object_begin(&w);
                        jw_put_str(&w, "text", meeting_text(m, m->replaced[i].at));
                        jw_put_cstr(&w, "means", m->replaced[i].means);
                        put_span(&w, "at", m->replaced[i].at);
                        jw_object_end(&w);
                }
                jw_array_end(&w);
                jw_put_str(&w, "clean", m->clean);
                put_map(&w, m);
                jw_put_array(&w, "removed");
                for (size_t i = 0; i < m->removed_count; i++) {
                        jw_object_begin(&w);
                        jw_put_cstr(&w, "what", m->removed[i].what);
                        put_span(&w, "original", m->removed[i].at);
                        jw_object_end(&w);
                }
                jw_array_end(&w);
        }
        jw_object_end(&w);
        return jw_finish(&w);
}
