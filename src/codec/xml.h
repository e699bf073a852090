/* xml.h -- XML in (pull reader, small trees) and out, without any DTD.
 *
 * The reader is our own, one pass over a bounded buffer: libxml2's xmlReader
 * gives no columns and no lines past 65,535, does not survive a failed
 * allocation in the release at hand, and carries the entity and DTD machinery
 * that must never run here.  The tests hold this reader to libxml2's answers.
 *
 * XML 1.0 (fifth edition) with namespaces 1.0.  Only UTF-8 and UTF-16 are
 * accepted, told by the bytes themselves; any other declared encoding is
 * refused.  <!DOCTYPE is refused outright, so the only entities are the five
 * predefined ones and character references.  Refused with line and column:
 * everything not well-formed, undeclared prefixes, duplicate attributes, and
 * what exceeds the limits of depth, names, attributes, a tag, a text, the whole.
 *
 *     XmlReader *r;
 *     TRY(xml_reader_new(source, "xl/workbook.xml", NULL, &r));
 *     for (;;) {
 *             XmlEvent e;
 *             TRY(xml_next(r, diag, &e));
 *             if (e == XML_EV_END_DOCUMENT) break;
 *             if (e == XML_EV_START && xml_is(r, NS_MAIN, STR("sheet")))
 *                     use(xml_attr(r, STR_NONE, STR("name")));
 *     }
 *
 * Or the whole of a small document:
 *
 *     XmlDoc *doc;
 *     TRY(xml_parse(arena, text, "policy.dmn", NULL, diag, &doc));
 *     for (XmlNode *n = doc->root->first; n; n = n->next) …
 *
 * Text comes with line ends as LF and references resolved, in one piece between
 * two tags, CDATA sections included; comments and processing instructions are
 * skipped (a comment does not divide a text).
 */
#ifndef KC_CODEC_XML_H
#define KC_CODEC_XML_H

#include "base/arena.h"
#include "codec/source.h"

typedef struct XmlLimits {
        uint64_t max_bytes;         /* read from the source */
        uint32_t max_depth;
        size_t max_name;            /* bytes of a qualified name */
        size_t max_attrs;           /* of one element, namespace declarations included */
        size_t max_tag;             /* bytes of one start tag, comment or instruction */
        size_t max_text;            /* bytes of one text */
        size_t max_nodes;           /* of a tree */
} XmlLimits;
#define XML_LIMITS_DEFAULT ((XmlLimits){ .max_bytes = (uint64_t)4 << 30, .max_depth = 256, .max_name = 1024,     \
                                         .max_attrs = 256, .max_tag = (size_t)1 << 20, .max_text = (size_t)16 << 20, \
                                         .max_nodes = 5000000 })

typedef enum XmlEvent { XML_EV_START, XML_EV_END, XML_EV_TEXT, XML_EV_END_DOCUMENT } XmlEvent;

typedef struct XmlAttr {
        Str ns;                     /* "" when the name has no prefix */
        Str prefix;
        Str name;                   /* local */
        Str value;
        int line, col;              /* of the name */
} XmlAttr;

typedef struct XmlReader XmlReader;
/* file: for messages, copied.  limits NULL: the default. */
Status xml_reader_new(ByteSource source, const char *file, const XmlLimits *limits, XmlReader **ret) FALLIBLE;
void xml_reader_free(XmlReader *r);
DEFINE_CLEANUP(XmlReader *, xml_reader_free)
#define _cleanup_xml_reader_ _cleanup_(xml_reader_freep)

/* The next event.  Everything the accessors below return lives until the next
 * call.  <a/> gives a START and an END.  After an error: the same status again. */
Status xml_next(XmlReader *r, Diag *d, XmlEvent *ret) FALLIBLE;
/* After a START: reads on to the END of the same element. */
Status xml_skip(XmlReader *r, Diag *d) FALLIBLE;
/* After a START: the text directly in the element up to its END, appended to out;
 * elements inside are passed over (with their text when deep). */
Status xml_read_text(XmlReader *r, bool deep, Diag *d, Buf *out) FALLIBLE;

Str xml_ns(const XmlReader *r);             /* of the element of a START or END; "" for none */
Str xml_name(const XmlReader *r);           /* its local name */
Str xml_prefix(const XmlReader *r);
bool xml_is(const XmlReader *r, Str ns, Str name);
Str xml_text(const XmlReader *r);           /* of a TEXT */
bool xml_text_is_blank(const XmlReader *r);
size_t xml_attr_count(const XmlReader *r);  /* without namespace declarations */
XmlAttr xml_attr_at(const XmlReader *r, size_t i);
/* Value by namespace ("" or STR_NONE: without prefix) and local name; ptr NULL when absent. */
Str xml_attr(const XmlReader *r, Str ns, Str name);
/* The namespace a prefix stands for here; ptr NULL when undeclared. */
Str xml_lookup_ns(const XmlReader *r, Str prefix);
uint32_t xml_depth(const XmlReader *r);     /* 1 for the root, at its START and END */
/* Where the tag or text of the last event begins. */
Pos xml_pos(XmlReader *r);
/* Its line and column alone, for places that are kept of everything: the text of the line is not looked for. */
Pos xml_place(XmlReader *r);

/* ---- trees ---- */

typedef struct XmlNode XmlNode;
typedef struct XmlDoc XmlDoc;

typedef struct XmlBinding {         /* a namespace declaration; the inner shadow the outer */
        Str prefix;                 /* "" for the default */
        Str uri;
        const struct XmlBinding *outer;
} XmlBinding;

struct XmlNode {
        bool is_text;
        int line, col;
        Str ns, prefix, name;       /* element */
        Str text;                   /* text node: its text */
        XmlAttr *attrs;
        size_t attr_count;
        const XmlBinding *bindings; /* in scope, innermost first */
        XmlNode *parent, *first, *last, *next;
        const XmlDoc *doc;
};

struct XmlDoc {
        const char *file;
        XmlNode *root;
        Str text;                   /* the document as UTF-8, for carets */
        const uint32_t *line_starts;
        size_t line_count;
};

/* Blank text beside child elements is left out.  Everything in the arena. */
Status xml_parse(Arena *a, Str bytes, const char *file, const XmlLimits *limits, Diag *d, XmlDoc **ret) FALLIBLE;
bool xml_node_is(const XmlNode *n, Str ns, Str name);
/* First child element with that name; ns ptr NULL: in any namespace.  NULL when absent. */
XmlNode *xml_child(const XmlNode *n, Str ns, Str name);
/* The next sibling of the same kind: for (c = xml_child(n, ns, x); c; c = xml_sibling(c, ns, x)) */
XmlNode *xml_sibling(const XmlNode *n, Str ns, Str name);
/* ptr NULL when absent. */
Str xml_node_attr(const XmlNode *n, Str ns, Str name);
const XmlAttr *xml_node_attr_full(const XmlNode *n, Str ns, Str name);
/* The text directly in the element; in the arena when it is in several pieces.  ptr NULL: no memory. */
Str xml_node_text(Arena *a, const XmlNode *n);
/* ptr NULL when undeclared. */
Str xml_node_lookup_ns(const XmlNode *n, Str prefix);
/* With the line's text, for a caret. */
Pos xml_node_pos(const XmlNode *n);
Pos xml_attr_pos(const XmlNode *n, const XmlAttr *a);

/* ---- writing ---- */

enum { XML_WRITE_DEPTH_MAX = 128 };

/* Appends to a Buf and fails with it: text that is not UTF-8 or holds a character XML
 * cannot carry fails with ST_INVALID, unbalanced calls with ST_INTERNAL.  Names are
 * the caller's own and go out as they are; they must outlive the element. */
typedef struct XmlWriter {
        Buf *out;
        bool pretty;                /* an element a line; only for data without mixed text */
        bool in_tag;                /* the start tag is still open for attributes */
        bool had_text;
        uint16_t depth;
        const char *open[XML_WRITE_DEPTH_MAX];
} XmlWriter;

XmlWriter xml_writer(Buf *out, bool pretty);
void xw_declaration(XmlWriter *w);          /* <?xml version="1.0" encoding="UTF-8"?> */
void xw_start(XmlWriter *w, const char *name);
void xw_attr(XmlWriter *w, const char *name, Str value);
void xw_attr_c(XmlWriter *w, const char *name, const char *value);
void xw_attr_i64(XmlWriter *w, const char *name, int64_t value);
void xw_text(XmlWriter *w, Str text);
void xw_end(XmlWriter *w);                  /* <a/> when nothing was inside */
void xw_element(XmlWriter *w, const char *name, Str text);          /* start, text, end */
void xw_raw(XmlWriter *w, Str xml);         /* as it is, well-formed by the caller's word */
Status xw_finish(XmlWriter *w) FALLIBLE;
/* Escaped for text and for attribute values alike; false: not representable. */
bool xml_put_escaped(Buf *out, Str text);

#endif
