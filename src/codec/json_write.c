#include "codec/json.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"

enum { LEVEL_OBJECT = 1, LEVEL_USED = 2 };

/* \uxxxx for the control characters that have no letter. */
static void put_escape(Buf *out, unsigned char c)
{
        static const char letters[32] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };
        if (c >= 32)
                buf_printf(out, "\\%c", c);
        else if (letters[c])
                buf_printf(out, "\\%c", letters[c]);
        else
                buf_printf(out, "\\u%04x", c);
}

void json_put_quoted(Buf *out, Str s)
{
        buf_putc(out, '"');
        for (size_t i = 0, from = 0; s.len; i++) {
                unsigned char c = i < s.len ? (unsigned char)s.ptr[i] : 0;
                if (i < s.len && c >= 32 && c != '"' && c != '\\')
                        continue;
                buf_put(out, s.ptr + from, i - from);
                if (i == s.len)
                        break;
                put_escape(out, c);
                from = i + 1;
        }
        buf_putc(out, '"');
}

JsonWriter json_writer(Buf *out, JsonStyle style)
{
        return (JsonWriter){ .out = out, .style = style };
}

static void fail(JsonWriter *w, Status st)
{
        if (w->out->failed == ST_OK)
                w->out->failed = st;
}

static void new_line(JsonWriter *w)
{
        if (w->style != JSON_PRETTY)
                return;
        buf_putc(w->out, '\n');
        for (unsigned i = 0; i < w->depth; i++)
                buf_put(w->out, "  ", 2);
}

/* Before a value or key: the comma and the line.  false: misuse. */
static bool begin_item(JsonWriter *w, bool is_key)
{
        if (w->depth == 0) {
                if (is_key || w->done)
                        fail(w, ST_INTERNAL);
                return w->out->failed == ST_OK;
        }
        uint8_t *level = &w->state[w->depth - 1];
        bool in_object = *level & LEVEL_OBJECT;
        if (is_key ? !in_object || w->need_value : in_object != w->need_value) {
                fail(w, ST_INTERNAL);
                return false;
        }
        if (w->need_value) {
                w->need_value = false;
                return true;
        }
        if (*level & LEVEL_USED)
                buf_putc(w->out, ',');
        *level |= LEVEL_USED;
        new_line(w);
        return true;
}

static void end_item(JsonWriter *w)
{
        if (w->depth == 0) {
                w->done = true;
                if (w->style == JSON_PRETTY)
                        buf_putc(w->out, '\n');
        }
}

static void begin_level(JsonWriter *w, bool is_object)
{
        if (!begin_item(w, false))
                return;
        if (w->depth == JSON_WRITE_DEPTH_MAX) {
                fail(w, ST_LIMIT);
                return;
        }
        w->state[w->depth++] = is_object ? LEVEL_OBJECT : 0;
        buf_putc(w->out, is_object ? '{' : '[');
}

static void end_level(JsonWriter *w, bool is_object)
{
        if (w->depth == 0 || w->need_value || !(w->state[w->depth - 1] & LEVEL_OBJECT) == is_object) {
                fail(w, ST_INTERNAL);
                return;
        }
        bool used = w->state[--w->depth] & LEVEL_USED;
        if (used)
                new_line(w);
        buf_putc(w->out, is_object ? '}' : ']');
        end_item(w);
}

void jw_object_begin(JsonWriter *w) { begin_level(w, true); }
void jw_object_end(JsonWriter *w) { end_level(w, true); }
void jw_array_begin(JsonWriter *w) { begin_level(w, false); }
void jw_array_end(JsonWriter *w) { end_level(w, false); }

static void put_checked(JsonWriter *w, Str s)
{
        if (!utf8_valid(s))
                fail(w, ST_INVALID);
        else
                json_put_quoted(w->out, s);
}

void jw_key(JsonWriter *w, Str key)
{
        if (!begin_item(w, true))
                return;
        put_checked(w, key);
        buf_puts(w->out, w->style == JSON_PRETTY ? ": " : ":");
        w->need_value = true;
}

void jw_str(JsonWriter *w, Str s)
{
        if (!begin_item(w, false))
                return;
        put_checked(w, s);
        end_item(w);
}

static void put_word(JsonWriter *w, const char *text, size_t len)
{
        if (!begin_item(w, false))
                return;
        buf_put(w->out, text, len);
        end_item(w);
}

void jw_dec(JsonWriter *w, Dec d)
{
        char text[DEC_TEXT_MAX];
        if (!dec_is_finite(d))
                fail(w, ST_INVALID);
        else
                put_word(w, text, dec_to_text(d, text));
}

void jw_i64(JsonWriter *w, int64_t v)
{
        char text[24];
        put_word(w, text, (size_t)snprintf(text, sizeof(text), "%" PRId64, v));
}

void jw_bool(JsonWriter *w, bool v) { put_word(w, v ? "true" : "false", v ? 4 : 5); }
void jw_null(JsonWriter *w) { put_word(w, "null", 4); }

void jw_number(JsonWriter *w, Str text)
{
        if (json_number_length(text) != text.len || text.len == 0)
                fail(w, ST_INVALID);
        else
                put_word(w, text.ptr, text.len);
}

void jw_json(JsonWriter *w, const Json *j)
{
        switch (j ? (JsonKind)j->kind : JSON_NULL) {
        case JSON_NULL:
                jw_null(w);
                break;
        case JSON_BOOL:
                jw_bool(w, j->truth);
                break;
        case JSON_NUMBER:
                jw_number(w, j->text);
                break;
        case JSON_STRING:
                jw_str(w, j->text);
                break;
        case JSON_ARRAY:
                jw_array_begin(w);
                for (uint32_t i = 0; i < j->count && w->out->failed == ST_OK; i++)
                        jw_json(w, &j->items[i]);
                jw_array_end(w);
                break;
        case JSON_OBJECT:
                jw_object_begin(w);
                for (uint32_t i = 0; i < j->count && w->out->failed == ST_OK; i++) {
                        jw_key(w, j->members[i].key);
                        jw_json(w, &j->members[i].value);
                }
                jw_object_end(w);
                break;
        }
}

#define PUT(name, param, call)                                  \
        void jw_put_##name(JsonWriter *w, const char *key param) \
        {                                                       \
                jw_key(w, str_c(key));                          \
                call;                                           \
        }
#define WITH(...) , __VA_ARGS__
PUT(object, , jw_object_begin(w))
PUT(array, , jw_array_begin(w))
PUT(str, WITH(Str s), jw_str(w, s))
PUT(cstr, WITH(const char *s), s ? jw_str(w, str_c(s)) : jw_null(w))
PUT(dec, WITH(Dec d), jw_dec(w, d))
PUT(i64, WITH(int64_t v), jw_i64(w, v))
PUT(bool, WITH(bool v), jw_bool(w, v))
PUT(null, , jw_null(w))
#undef WITH
#undef PUT

Status jw_finish(JsonWriter *w)
{
        if (w->depth || !w->done)
                fail(w, ST_INTERNAL);
        return buf_status(w->out);
}

/* The next member in the order of keys, after the one whose key is `last` (ptr NULL: the first). */
static const JsonMember *next_member(const Json *obj, uint32_t i, const JsonMember *last)
{
        if (obj->sorted)
                return &obj->members[obj->sorted[i]];
        const JsonMember *best = NULL;
        for (uint32_t k = 0; k < obj->count; k++) {
                const JsonMember *m = &obj->members[k];
                if ((!last || str_cmp(m->key, last->key) > 0) && (!best || str_cmp(m->key, best->key) < 0))
                        best = m;
        }
        return best;
}

static void put_canonical(JsonWriter *w, const Json *j)
{
        if (j->kind == JSON_ARRAY) {
                jw_array_begin(w);
                for (uint32_t i = 0; i < j->count && w->out->failed == ST_OK; i++)
                        put_canonical(w, &j->items[i]);
                jw_array_end(w);
        } else if (j->kind == JSON_OBJECT) {
                jw_object_begin(w);
                const JsonMember *m = NULL;
                for (uint32_t i = 0; i < j->count && w->out->failed == ST_OK; i++) {
                        m = next_member(j, i, m);
                        if (!m)         /* built by hand with equal keys */
                                fail(w, ST_INVALID);
                        else {
                                jw_key(w, m->key);
                                put_canonical(w, &m->value);
                        }
                }
                jw_object_end(w);
        } else {
                jw_json(w, j);
        }
}

Status json_canonical(const Json *j, Buf *out)
{
        JsonWriter w = json_writer(out, JSON_COMPACT);
        put_canonical(&w, j);
        return jw_finish(&w);
}

Status json_canonical_text(Str text, const char *file, const JsonLimits *limits, Diag *d, Buf *out)
{
        JsonLimits l = limits ? *limits : JSON_LIMITS_DEFAULT;
        _cleanup_arena_ Arena *a = arena_new(text.len > SIZE_MAX / 64 - 4096 ? SIZE_MAX : (text.len + 4096) * 64);
        if (!a)
                return ST_NOMEM;
        Json *root;
        TRY(json_parse(a, text, file, &l, d, &root));
        return json_canonical(root, out);
}
