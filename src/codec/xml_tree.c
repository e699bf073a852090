#include "codec/xml_int.h"

typedef struct Builder {
        Arena *arena;
        Diag *diag;
        XmlDoc *doc;
        XmlReader *reader;
        size_t max_nodes, nodes;
        XmlNode *open;
        Str last_ns;            /* most elements are in the namespace of the one before */
        const XmlBinding *bindings;
} Builder;

/* The document as UTF-8, without byte-order mark; the reader itself checks it again. */
static Status keep_text(Builder *b, Str bytes)
{
        const unsigned char *p = (const unsigned char *)bytes.ptr;
        bool utf16 = bytes.len >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF) ||
                                        (p[0] && !p[1]) || (!p[0] && p[1]));
        if (!utf16) {
                b->doc->text = arena_str(
                        b->arena, str_starts(bytes, STR("\xEF\xBB\xBF")) ? str_n(bytes.ptr + 3, bytes.len - 3) : bytes);
                return b->doc->text.ptr ? ST_OK : ST_NOMEM;
        }
        /* A UTF-16 document is shown without its lines. */
        b->doc->text = STR("");
        return ST_OK;
}

static Status find_lines(Builder *b)
{
        Str text = b->doc->text;
        size_t count = 1;
        for (size_t i = 0; i < text.len; i++)
                count += text.ptr[i] == '\n';
        if (text.len > UINT32_MAX)
                return ST_LIMIT;
        uint32_t *starts = arena_alloc(b->arena, count * sizeof(*starts));
        if (!starts)
                return ST_NOMEM;
        starts[0] = 0;
        for (size_t i = 0, n = 1; i < text.len; i++)
                if (text.ptr[i] == '\n')
                        starts[n++] = (uint32_t)i + 1;
        b->doc->line_starts = starts;
        b->doc->line_count = count;
        return ST_OK;
}

static Pos place(const XmlDoc *doc, int line, int col)
{
        Pos p = POS_LINE(doc->file, line, col);
        if (line >= 1 && (size_t)line <= doc->line_count && doc->text.len) {
                size_t start = doc->line_starts[line - 1];
                size_t end = (size_t)line < doc->line_count ? doc->line_starts[line] : doc->text.len;
                while (end > start && (doc->text.ptr[end - 1] == '\n' || doc->text.ptr[end - 1] == '\r'))
                        end--;
                p.source = str_n(doc->text.ptr + start, end - start);
        }
        return p;
}

static Status new_node(Builder *b, XmlNode **ret)
{
        if (++b->nodes > b->max_nodes)
                return diag_raise(b->diag, ST_LIMIT, xml_pos(b->reader), "XML 节点超过 %zu 个",
                                  "more than %zu nodes of XML", b->max_nodes);
        XmlNode *n = arena_new_of(b->arena, XmlNode);
        if (!n)
                return ST_NOMEM;
        Pos at = xml_place(b->reader);
        n->doc = b->doc;
        n->line = at.line;
        n->col = at.col;
        n->parent = b->open;
        *ret = n;
        return ST_OK;
}

static void append(XmlNode *parent, XmlNode *n)
{
        if (parent->last)
                parent->last->next = n;
        else
                parent->first = n;
        parent->last = n;
}

static bool copy(Arena *a, Str s, Str *ret)
{
        *ret = s.len ? arena_str(a, s) : STR("");
        return ret->ptr != NULL;
}

/* Declarations are those the reader knows now and did not know for the parent. */
static Status add_bindings(Builder *b, const XmlNode *n)
{
        const XmlBinding *outer = n->parent ? n->parent->bindings : NULL;
        b->bindings = outer;
        Str prefix, uri;
        for (size_t i = 0; xml_declared_at(b->reader, i, &prefix, &uri); i++) {
                XmlBinding *x = arena_new_of(b->arena, XmlBinding);
                if (!x || !copy(b->arena, prefix, &x->prefix) || !copy(b->arena, uri, &x->uri))
                        return ST_NOMEM;
                x->outer = b->bindings;
                b->bindings = x;
        }
        return ST_OK;
}

static Status add_element(Builder *b)
{
        XmlNode *n;
        TRY(new_node(b, &n));
        TRY(add_bindings(b, n));
        n->bindings = b->bindings;
        if (!str_eq(xml_ns(b->reader), b->last_ns) && !copy(b->arena, xml_ns(b->reader), &b->last_ns))
                return ST_NOMEM;
        n->ns = b->last_ns;
        n->attr_count = xml_attr_count(b->reader);
        n->attrs = arena_array_of(b->arena, XmlAttr, n->attr_count);
        if (!n->attrs || !copy(b->arena, xml_name(b->reader), &n->name) ||
            !copy(b->arena, xml_prefix(b->reader), &n->prefix))
                return ST_NOMEM;
        for (size_t i = 0; i < n->attr_count; i++) {
                XmlAttr from = xml_attr_at(b->reader, i), *to = &n->attrs[i];
                *to = from;
                if (!copy(b->arena, from.ns, &to->ns) || !copy(b->arena, from.prefix, &to->prefix) ||
                    !copy(b->arena, from.name, &to->name) || !copy(b->arena, from.value, &to->value))
                        return ST_NOMEM;
        }
        if (b->open)
                append(b->open, n);
        else
                b->doc->root = n;
        b->open = n;
        return ST_OK;
}

static Status add_text(Builder *b)
{
        XmlNode *n;
        TRY(new_node(b, &n));
        n->is_text = true;
        if (!copy(b->arena, xml_text(b->reader), &n->text))
                return ST_NOMEM;
        append(b->open, n);
        return ST_OK;
}

static bool is_blank(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (s.ptr[i] != ' ' && s.ptr[i] != '\n' && s.ptr[i] != '\t' && s.ptr[i] != '\r')
                        return false;
        return true;
}

/* The element is complete: beside elements, blank text was only layout. */
static void close_element(Builder *b)
{
        XmlNode *n = b->open;
        b->open = n->parent;
        bool has_element = false;
        for (XmlNode *c = n->first; c; c = c->next)
                has_element |= !c->is_text;
        if (!has_element)
                return;
        XmlNode **link = &n->first;
        n->last = NULL;
        for (XmlNode *c = n->first; c; c = c->next) {
                if (c->is_text && is_blank(c->text))
                        continue;
                *link = c;
                link = &c->next;
                n->last = c;
        }
        *link = NULL;
}

static Status build(Builder *b)
{
        for (;;) {
                XmlEvent e;
                TRY(xml_next(b->reader, b->diag, &e));
                switch (e) {
                case XML_EV_START:
                        TRY(add_element(b));
                        break;
                case XML_EV_TEXT:
                        TRY(add_text(b));
                        break;
                case XML_EV_END:
                        close_element(b);
                        break;
                case XML_EV_END_DOCUMENT:
                        return ST_OK;
                }
        }
}

Status xml_parse(Arena *a, Str bytes, const char *file, const XmlLimits *limits, Diag *d, XmlDoc **ret)
{
        XmlLimits l = limits ? *limits : XML_LIMITS_DEFAULT;
        MemSource source = { bytes };
        _cleanup_xml_reader_ XmlReader *r = NULL;
        Builder b = {
                .arena = a, .diag = d, .max_nodes = l.max_nodes, .last_ns = STR(""), .doc = arena_new_of(a, XmlDoc)
        };
        Status st = b.doc ? xml_reader_new(mem_source(&source), file, &l, &r) : ST_NOMEM;
        if (st == ST_OK) {
                b.reader = r;
                b.doc->file = file ? arena_strdup(a, file) : NULL;
                st = file && !b.doc->file ? ST_NOMEM : keep_text(&b, bytes);
        }
        if (st == ST_OK)
                st = find_lines(&b);
        if (st == ST_OK) {
                st = build(&b);
                if (st == ST_OK)
                        *ret = b.doc;
                if (st != ST_NOMEM || (d && d->errors))
                        return st;
        }
        return diag_raise(d, st, POS_FILE(file), "读取 XML 时内存不足", "out of memory while reading XML");
}

bool xml_node_is(const XmlNode *n, Str ns, Str name)
{
        return n && !n->is_text && str_eq(n->name, name) && (!ns.ptr || str_eq(n->ns, ns));
}

static XmlNode *first_match(XmlNode *n, Str ns, Str name)
{
        while (n && !xml_node_is(n, ns, name))
                n = n->next;
        return n;
}

XmlNode *xml_child(const XmlNode *n, Str ns, Str name)
{
        return n ? first_match(n->first, ns, name) : NULL;
}

XmlNode *xml_sibling(const XmlNode *n, Str ns, Str name)
{
        return n ? first_match(n->next, ns, name) : NULL;
}

const XmlAttr *xml_node_attr_full(const XmlNode *n, Str ns, Str name)
{
        for (size_t i = 0; n && i < n->attr_count; i++)
                if (str_eq(n->attrs[i].name, name) && str_eq(n->attrs[i].ns, ns))
                        return &n->attrs[i];
        return NULL;
}

Str xml_node_attr(const XmlNode *n, Str ns, Str name)
{
        const XmlAttr *a = xml_node_attr_full(n, ns, name);
        return a ? a->value : STR_NONE;
}

Str xml_node_text(Arena *a, const XmlNode *n)
{
        size_t pieces = 0, len = 0;
        Str only = STR("");
        for (const XmlNode *c = n->first; c; c = c->next) {
                if (!c->is_text)
                        continue;
                pieces++;
                len += c->text.len;
                only = c->text;
        }
        if (pieces <= 1)
                return only;
        char *p = arena_alloc(a, len + 1);
        if (!p)
                return STR_NONE;
        size_t at = 0;
        for (const XmlNode *c = n->first; c; c = c->next) {
                if (!c->is_text)
                        continue;
                memcpy(p + at, c->text.ptr, c->text.len);
                at += c->text.len;
        }
        p[at] = '\0';
        return str_n(p, at);
}

Str xml_node_lookup_ns(const XmlNode *n, Str prefix)
{
        if (str_eq(prefix, STR("xml")))
                return STR("http://www.w3.org/XML/1998/namespace");
        for (const XmlBinding *b = n ? n->bindings : NULL; b; b = b->outer)
                if (str_eq(b->prefix, prefix))
                        return b->uri;
        return prefix.len ? STR_NONE : STR("");
}

Pos xml_node_pos(const XmlNode *n)
{
        return n ? place(n->doc, n->line, n->col) : POS_NONE;
}

Pos xml_attr_pos(const XmlNode *n, const XmlAttr *a)
{
        return n && a ? place(n->doc, a->line, a->col) : xml_node_pos(n);
}
