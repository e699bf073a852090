/* xscan_int.h -- a fast scanner for the XML parts of workbooks; private to codec.
 *
 * A worksheet of 100,000 rows is 100 MB of XML made of a few element names.  This
 * scanner walks over the inflated bytes in a window of a few hundred kilobytes,
 * hands out slices of it and allocates nothing for an event, which is several
 * times faster than a general reader (xml.h) can be.  It gives up namespaces
 * (prefixes are dropped: `x:row` is `row`; callers look at the structure) and
 * positions, and nothing else: tags must nest, attributes must be well-formed and
 * unique, bytes must be UTF-8 (UTF-16 is converted, any other encoding refused)
 * and XML characters; DOCTYPE is refused, so the only references are the five
 * predefined ones and those to characters.
 *
 *     XScan *x;
 *     TRY(xscan_open(zip, entry, diag, &x));
 *     for (;;) {
 *             XScanEvent e;
 *             TRY(xscan_next(x, diag, &e));
 *             if (e == XSCAN_END_DOCUMENT)
 *                     break;
 *             if (e == XSCAN_START && xscan_depth(x) == 2 && str_eq(x->name, STR("row")))
 *                     Str r = xscan_attr(x, STR("r"));
 *     }
 *
 * Slices are valid until the next call.  Text comes in pieces.
 */
#ifndef KC_CODEC_XSCAN_INT_H
#define KC_CODEC_XSCAN_INT_H

#include "codec/zip.h"

typedef enum XScanEvent { XSCAN_START, XSCAN_END, XSCAN_TEXT, XSCAN_END_DOCUMENT } XScanEvent;

enum { XSCAN_ATTRS_MAX = 128, XSCAN_DEPTH_MAX = 128, XSCAN_NAMES_MAX = 16 << 10, XSCAN_TAIL = 8 };

typedef struct XScanAttr {
        Str full;               /* with its prefix */
        Str name;               /* without */
        Str value;              /* as written, references unresolved */
} XScanAttr;

typedef struct XScan {
        /* the event */
        Str name;               /* element of START and END, without prefix */
        Str text;               /* piece of TEXT, references unresolved */
        bool cdata;             /* text is CDATA: take it as it is */
        XScanAttr attrs[XSCAN_ATTRS_MAX];
        size_t attr_count;
        unsigned depth;         /* open elements; at START and END the element itself counts */

        /* private */
        const char *part;       /* for messages */
        ZipStream *stream;      /* NULL: bytes */
        Str bytes;              /* what is left of them */
        char *window;           /* one NUL beyond `end` */
        size_t step;            /* bytes read at a time */
        size_t cap, pos, end;   /* end: up to here the bytes are valid UTF-8 of XML characters */
        size_t filled;          /* bytes in the window */
        uint64_t done;          /* bytes given up or scanned, of the decoded document */
        bool at_end;            /* the source is exhausted */
        bool pending_end;       /* the START was an empty tag */
        bool leave;             /* depth goes down before the next event */
        bool root_seen, decl_allowed;
        unsigned char encoding; /* 0 not known yet */
        unsigned char carry[4]; /* UTF-16: bytes of an unfinished unit or pair */
        size_t carry_len;
        size_t name_at[XSCAN_DEPTH_MAX + 1];
        char names[XSCAN_NAMES_MAX];    /* full names of the open elements, end to end */
} XScan;

/* bytes instead of an entry: stay the caller's; part: for messages, stays the caller's. */
Status xscan_open(ZipReader *z, const ZipEntry *entry, Diag *diag, XScan **ret) FALLIBLE;
Status xscan_open_bytes(Str bytes, const char *part, XScan **ret) FALLIBLE;
void xscan_free(XScan *x);
DEFINE_CLEANUP(XScan *, xscan_free)
#define _cleanup_xscan_ _cleanup_(xscan_freep)

/* ST_INVALID not well-formed, DOCTYPE, encoding; ST_LIMIT a tag or text without end, depth. */
Status xscan_next(XScan *x, Diag *diag, XScanEvent *ret) FALLIBLE;
/* After a START: on to its END. */
Status xscan_skip(XScan *x, Diag *diag) FALLIBLE;
/* By local name, without prefix in the document or with; ptr NULL when absent. */
Str xscan_attr(const XScan *x, Str name);
/* By local name, only with a prefix (r:id beside id). */
Str xscan_attr_prefixed(const XScan *x, Str name);
/* Text or attribute value with references resolved and line ends as LF, appended. */
Status xscan_resolve(const XScan *x, Str raw, bool cdata, Diag *diag, Buf *out) FALLIBLE;
/* After a START: the text of the element up to its END, nested elements' too, appended; at most max bytes in out. */
Status xscan_text(XScan *x, size_t max, Diag *diag, Buf *out) FALLIBLE;
static inline unsigned xscan_depth(const XScan *x) { return x->depth; }

/* For readers that know what to expect next: the bytes that are at hand (there may
 * be more to come), beginning with the '<' of a tag, followed by a NUL; empty when
 * the next event is not a tag of its own.  xscan_advance passes over whole, balanced
 * elements and nothing else. */
Str xscan_ahead(XScan *x);
static inline void xscan_advance(XScan *x, size_t len) { x->pos += len; }

/* Refuses a part that begins like XML and holds a DOCTYPE or an encoding that is
 * not accepted; reads up to its root element.  Other parts are fine. */
Status xscan_prolog(ZipReader *z, const ZipEntry *entry, Diag *diag) FALLIBLE;

#endif
