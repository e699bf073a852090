/* XML: the same events however the bytes arrive, balanced, with places that do not go back. */
#include "codec/xml.h"
#include "fuzz/fuzz.h"
#include "tests/drip.h"

static Status events(Str input, size_t step, Buf *out)
{
        XmlLimits limits = { .max_bytes = 1 << 17,
                             .max_depth = 20,
                             .max_name = 100,
                             .max_attrs = 20,
                             .max_tag = 5000,
                             .max_text = 50000,
                             .max_nodes = 5000 };
        DripSource source = { input, step };
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        _cleanup_xml_reader_ XmlReader *r = NULL;
        if (xml_reader_new(drip_source(&source), "fuzz", &limits, &r) != ST_OK)
                return ST_NOMEM;
        int line = 1, col = 1;
        uint32_t depth = 0;
        for (;;) {
                XmlEvent e;
                Status st = xml_next(r, &d, &e);
                FUZZ_ASSERT((st == ST_OK) == (d.errors == 0));
                if (st != ST_OK) {
                        XmlEvent again;
                        FUZZ_ASSERT(xml_next(r, NULL, &again) == st);
                        buf_printf(out, "%d:%d %s", d.msgs[0].pos.line, d.msgs[0].pos.col, d.msgs[0].text);
                        return st;
                }
                Pos p = xml_pos(r);
                FUZZ_ASSERT(p.line > line || (p.line == line && p.col >= col));
                line = p.line;
                col = p.col;
                depth += e == XML_EV_START;
                FUZZ_ASSERT(xml_depth(r) == depth);
                depth -= e == XML_EV_END;
                buf_printf(out, "%d@%d:%d {%.*s}%.*s [%.*s]", (int)e, line, col, STR_FMT(xml_ns(r)),
                           STR_FMT(xml_name(r)), STR_FMT(xml_text(r)));
                for (size_t i = 0; i < xml_attr_count(r); i++) {
                        XmlAttr at = xml_attr_at(r, i);
                        FUZZ_ASSERT(at.line > line || (at.line == line && at.col > col));
                        FUZZ_ASSERT(str_eq(xml_attr(r, at.ns, at.name), at.value));
                        buf_printf(out, " {%.*s}%.*s=%.*s", STR_FMT(at.ns), STR_FMT(at.name), STR_FMT(at.value));
                }
                if (e == XML_EV_END_DOCUMENT) {
                        FUZZ_ASSERT(depth == 0);
                        return ST_OK;
                }
        }
}

static void write_again(const XmlNode *n, XmlWriter *w, Arena *a, int depth)
{
        char *name = arena_strndup(a, n->name.ptr, n->name.len);
        xw_start(w, name);
        if (depth == 0 || !str_eq(n->ns, n->parent->ns))
                xw_attr(w, "xmlns", n->ns);
        for (const XmlNode *c = n->first; c; c = c->next) {
                if (c->is_text)
                        xw_text(w, c->text);
                else
                        write_again(c, w, a, depth + 1);
        }
        xw_end(w);
}

static bool same(const XmlNode *a, const XmlNode *b)
{
        if (a->is_text || b->is_text)
                return a->is_text && b->is_text && str_eq(a->text, b->text);
        if (!str_eq(a->name, b->name) || !str_eq(a->ns, b->ns))
                return false;
        const XmlNode *x = a->first, *y = b->first;
        for (; x && y; x = x->next, y = y->next)
                if (!same(x, y))
                        return false;
        return !x && !y;
}

void fuzz_one(Str input)
{
        uint8_t step;
        fuzz_take(&input, &step, 1);
        _cleanup_buf_ Buf whole = BUF_INIT(64 << 20), pieces = BUF_INIT(64 << 20);
        Status st = events(input, SIZE_MAX, &whole);
        FUZZ_ASSERT(events(input, (size_t)step + 1, &pieces) == st && str_eq(buf_str(&whole), buf_str(&pieces)));
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        XmlDoc *doc, *again;
        if (xml_parse(a, input, "fuzz", NULL, NULL, &doc) != ST_OK)
                return;
        _cleanup_buf_ Buf out = BUF_INIT(16 << 20);
        XmlWriter w = xml_writer(&out, false);
        write_again(doc->root, &w, a, 0);
        if (xw_finish(&w) == ST_LIMIT)          /* deeper than the writer goes */
                return;
        FUZZ_ASSERT(buf_status(&out) == ST_OK);
        /* A prefix xml on an element is its namespace, which nothing else may declare. */
        if (str_has(buf_str(&out), STR("http://www.w3.org/XML/1998/namespace")))
                return;
        FUZZ_ASSERT(xml_parse(a, buf_str(&out), "again", NULL, NULL, &again) == ST_OK && same(doc->root, again->root));
}
