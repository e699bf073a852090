#include "register/explain.h"

Explanation *explain_new(Arena *a, Str title, Str value, Str unit)
{
        Explanation *e = arena_new_of(a, Explanation);
        if (e)
                *e = (Explanation){ .title = title, .value = value, .unit = unit };
        return e;
}

Status explain_add(Arena *a, Explanation *e, Explanation *part)
{
        if (!part || arena_grow(a, (void **)&e->parts, &e->cap, e->count + 1, sizeof(*e->parts)) < 0)
                return ST_NOMEM;
        e->parts[e->count++] = part;
        return ST_OK;
}

static bool has_source(const Explanation *e)
{
        return e->source.file.ptr || e->source.actor.ptr || e->source.event;
}

static void put_source(const Explanation *e, JsonWriter *w)
{
        const RegisterSource *s = &e->source;
        jw_put_object(w, "source");
        if (s->file.ptr)
                jw_put_str(w, "file", s->file);
        if (s->cell.ptr)
                jw_put_str(w, "cell", s->cell);
        if (s->actor.ptr)
                jw_put_str(w, "by", s->actor);
        if (s->at.ptr)
                jw_put_str(w, "at", s->at);
        if (s->event)
                jw_put_i64(w, "event", s->event);
        if (e->state.ptr)
                jw_put_str(w, "state", e->state);
        jw_object_end(w);
}

void explain_json(const Explanation *e, JsonWriter *w)
{
        jw_object_begin(w);
        jw_put_str(w, "title", e->title);
        if (e->value.ptr)
                jw_put_str(w, "value", e->value);
        else
                jw_put_null(w, "value");
        if (e->unit.len)
                jw_put_str(w, "unit", e->unit);
        if (e->rule.len)
                jw_put_str(w, "rule", e->rule);
        if (e->note.len)
                jw_put_str(w, "note", e->note);
        if (has_source(e))
                put_source(e, w);
        if (e->count) {
                size_t shown = e->count < EXPLAIN_PARTS_MAX ? e->count : EXPLAIN_PARTS_MAX;
                jw_put_array(w, "parts");
                for (size_t i = 0; i < shown; i++)
                        explain_json(e->parts[i], w);
                if (shown < e->count) {
                        jw_object_begin(w);
                        jw_put_str(w, "title", STR("……"));
                        jw_put_null(w, "value");
                        jw_object_end(w);
                }
                jw_array_end(w);
        }
        jw_object_end(w);
}

void explain_text(const Explanation *e, Lang lang, int indent, Buf *out)
{
        buf_printf(out, "%*s%.*s", indent, "", STR_FMT(e->title));
        buf_puts(out, lang == LANG_EN ? ": " : "：");
        buf_put_str(out, e->value.ptr ? e->value : lang == LANG_EN ? STR("unknown") : STR("未知"));
        if (e->unit.len && e->value.ptr)
                buf_printf(out, " %.*s", STR_FMT(e->unit));
        if (e->rule.len)
                buf_printf(out, "  = %.*s", STR_FMT(e->rule));
        if (e->source.file.ptr)
                buf_printf(out, "  [%.*s %.*s]", STR_FMT(e->source.file), STR_FMT(e->source.cell));
        if (e->source.actor.ptr)
                buf_printf(out, "  %.*s %.*s", STR_FMT(e->source.actor), STR_FMT(e->source.at));
        buf_putc(out, '\n');
        if (e->note.len)
                buf_printf(out, "%*s%.*s\n", indent + 2, "", STR_FMT(e->note));
        for (size_t i = 0; i < e->count; i++)
                explain_text(e->parts[i], lang, indent + 2, out);
}
