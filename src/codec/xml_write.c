#include "codec/xml.h"

#include <inttypes.h>

#include "base/utf8.h"
#include "codec/xml_int.h"

bool xml_put_escaped(Buf *out, Str text)
{
        static const char *const names[256] = {
                ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;",
                ['\r'] = "&#13;",               /* else it would come back as a line feed */
        };
        size_t run = 0;
        for (size_t i = 0; i < text.len;) {
                size_t at = i;
                uint32_t c = utf8_next(text, &i);
                if (c == UTF8_BAD || !xml_is_char(c))
                        return false;
                if (c > '>' || !names[c])
                        continue;
                buf_put(out, text.ptr + run, at - run);
                buf_puts(out, names[c]);
                run = i;
        }
        if (run < text.len)
                buf_put(out, text.ptr + run, text.len - run);
        return true;
}

XmlWriter xml_writer(Buf *out, bool pretty)
{
        return (XmlWriter){ .out = out, .pretty = pretty };
}

static void fail(XmlWriter *w, Status st)
{
        if (w->out->failed == ST_OK)
                w->out->failed = st;
}

static void close_tag(XmlWriter *w)
{
        if (w->in_tag)
                buf_putc(w->out, '>');
        w->in_tag = false;
}

static void new_line(XmlWriter *w)
{
        if (!w->pretty || w->had_text || w->out->len == 0)
                return;
        buf_putc(w->out, '\n');
        for (unsigned i = 0; i < w->depth; i++)
                buf_put(w->out, "  ", 2);
}

void xw_declaration(XmlWriter *w)
{
        buf_puts(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        if (!w->pretty)
                buf_putc(w->out, '\n');
}

void xw_start(XmlWriter *w, const char *name)
{
        if (w->depth == XML_WRITE_DEPTH_MAX) {
                fail(w, ST_LIMIT);
                return;
        }
        close_tag(w);
        new_line(w);
        buf_putc(w->out, '<');
        buf_puts(w->out, name);
        w->open[w->depth++] = name;
        w->in_tag = true;
        w->had_text = false;
}

void xw_attr(XmlWriter *w, const char *name, Str value)
{
        if (!w->in_tag) {
                fail(w, ST_INTERNAL);
                return;
        }
        buf_printf(w->out, " %s=\"", name);
        size_t from = w->out->len;
        if (!xml_put_escaped(w->out, value))
                fail(w, ST_INVALID);
        else if (w->out->ptr && (memchr(w->out->ptr + from, '\n', w->out->len - from) ||
                                 memchr(w->out->ptr + from, '\t', w->out->len - from))) {
                /* White space in values would be read back as spaces. */
                w->out->len = from;
                for (size_t run = 0, i = 0; i <= value.len; i++) {
                        if (i < value.len && value.ptr[i] != '\n' && value.ptr[i] != '\t')
                                continue;
                        (void)xml_put_escaped(w->out, str_n(value.ptr + run, i - run));
                        if (i < value.len)
                                buf_puts(w->out, value.ptr[i] == '\n' ? "&#10;" : "&#9;");
                        run = i + 1;
                }
        }
        buf_putc(w->out, '"');
}

void xw_attr_c(XmlWriter *w, const char *name, const char *value) { xw_attr(w, name, str_c(value)); }

void xw_attr_i64(XmlWriter *w, const char *name, int64_t value)
{
        if (!w->in_tag)
                fail(w, ST_INTERNAL);
        else
                buf_printf(w->out, " %s=\"%" PRId64 "\"", name, value);
}

void xw_text(XmlWriter *w, Str text)
{
        if (!w->depth) {
                fail(w, ST_INTERNAL);
                return;
        }
        close_tag(w);
        w->had_text = true;
        if (!xml_put_escaped(w->out, text))
                fail(w, ST_INVALID);
}

void xw_raw(XmlWriter *w, Str xml)
{
        close_tag(w);
        w->had_text = true;
        buf_put_str(w->out, xml);
}

void xw_end(XmlWriter *w)
{
        if (!w->depth) {
                fail(w, ST_INTERNAL);
                return;
        }
        const char *name = w->open[--w->depth];
        if (w->in_tag) {
                buf_puts(w->out, "/>");
                w->in_tag = false;
        } else {
                new_line(w);
                buf_printf(w->out, "</%s>", name);
        }
        w->had_text = false;
        if (!w->depth && w->pretty)
                buf_putc(w->out, '\n');
}

void xw_element(XmlWriter *w, const char *name, Str text)
{
        xw_start(w, name);
        if (text.len)
                xw_text(w, text);
        xw_end(w);
}

Status xw_finish(XmlWriter *w)
{
        if (w->depth)
                fail(w, ST_INTERNAL);
        return buf_status(w->out);
}
