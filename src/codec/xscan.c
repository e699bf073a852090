/* The window holds validated UTF-8 between pos and end, with a NUL after it (no
 * XML character, so every inner loop stops there by itself); what a chunk cut in
 * two stays beyond end until the rest has come.  A token that does not fit is
 * moved to the front and the window doubled, up to TOKEN_MAX. */
#include "codec/xscan_int.h"

#include "base/utf8.h"

enum { TOKEN_MAX = 4 << 20, STEP_MIN = 512, STEP_MAX = 64 << 10, ENC_NONE = 0, ENC_8, ENC_16LE, ENC_16BE };

static Status wrong(const XScan *x, Diag *diag, Status st, const char *zh, const char *en)
{
        return diag_fail(diag, st, POS_FILE(x->part), "%s", "%s", diag && diag->lang == LANG_EN ? en : zh);
}

#define malformed(x, diag) \
        wrong((x), (diag), ST_INVALID, "XML 不完整或格式不对", "the XML is cut short or not well-formed")

static inline bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* size: bytes that may be expected. */
static Status make(const char *part, uint64_t size, XScan **ret)
{
        XScan *x = mem_alloc(sizeof(*x));
        if (!x)
                return ST_NOMEM;
        memset(x, 0, offsetof(XScan, names));
        x->part = part;
        x->step = size < STEP_MIN ? STEP_MIN : size > STEP_MAX ? STEP_MAX : (size_t)size;
        x->cap = x->step * 2;
        x->window = mem_alloc(x->cap + XSCAN_TAIL);
        if (!x->window) {
                mem_free(x);
                return ST_NOMEM;
        }
        x->window[0] = '\0';
        x->decl_allowed = true;
        *ret = x;
        return ST_OK;
}

Status xscan_open(ZipReader *z, const ZipEntry *entry, Diag *diag, XScan **ret)
{
        _cleanup_xscan_ XScan *x = NULL;
        TRY(make(entry->name.ptr, entry->size, &x));
        TRY(zip_stream_open(z, entry, diag, &x->stream));
        *ret = TAKE(x);
        return ST_OK;
}

Status xscan_open_bytes(Str bytes, const char *part, XScan **ret)
{
        TRY(make(part, bytes.len, ret));
        (*ret)->bytes = bytes;
        return ST_OK;
}

void xscan_free(XScan *x)
{
        if (!x)
                return;
        zip_stream_free(x->stream);
        mem_free(x->window);
        mem_free(x);
}

/* ---- bytes in ---- */

static Status read_source(XScan *x, void *out, size_t cap, Diag *diag, size_t *ret_len)
{
        if (x->stream)
                return zip_stream_read(x->stream, out, cap, diag, ret_len);
        size_t n = x->bytes.len < cap ? x->bytes.len : cap;
        if (n)
                memcpy(out, x->bytes.ptr, n);
        x->bytes = str_n(x->bytes.ptr + n, x->bytes.len - n);
        *ret_len = n;
        return ST_OK;
}

/* Like read_source, but as many as cap unless the source ends. */
static Status read_full(XScan *x, void *out, size_t cap, Diag *diag, size_t *ret_len)
{
        size_t len = 0, n = 1;
        while (len < cap && n) {
                TRY(read_source(x, (char *)out + len, cap - len, diag, &n));
                len += n;
        }
        *ret_len = len;
        return ST_OK;
}

static Status put_utf16(XScan *x, const unsigned char *in, size_t len, Diag *diag, size_t *ret_used)
{
        size_t i = 0;
        bool big = x->encoding == ENC_16BE;
        while (i + 1 < len) {
                uint32_t u = big ? (uint32_t)(in[i] << 8 | in[i + 1]) : (uint32_t)(in[i + 1] << 8 | in[i]);
                size_t used = 2;
                if (u >= 0xd800 && u < 0xdc00) {
                        if (i + 3 >= len)
                                break;
                        uint32_t low =
                                big ? (uint32_t)(in[i + 2] << 8 | in[i + 3]) : (uint32_t)(in[i + 3] << 8 | in[i + 2]);
                        if (low < 0xdc00 || low > 0xdfff)
                                return wrong(x, diag, ST_INVALID, "不是有效的 UTF-16", "not valid UTF-16");
                        u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
                        used = 4;
                }
                size_t n = utf8_put(x->window + x->filled, u);
                if (n == 0)
                        return wrong(x, diag, ST_INVALID, "不是有效的 UTF-16", "not valid UTF-16");
                x->filled += n;
                i += used;
        }
        *ret_used = i;
        return ST_OK;
}

static Status fill_utf16(XScan *x, size_t room, Diag *diag)
{
        unsigned char in[4096];
        size_t want = room / 2 < sizeof(in) ? room / 2 : sizeof(in), n, used;
        memcpy(in, x->carry, x->carry_len);
        TRY(read_source(x, in + x->carry_len, want - x->carry_len, diag, &n));
        x->at_end = n == 0;
        n += x->carry_len;
        TRY(put_utf16(x, in, n, diag, &used));
        x->carry_len = n - used;
        memcpy(x->carry, in + used, x->carry_len);
        if (x->at_end && x->carry_len)
                return wrong(x, diag, ST_INVALID, "不是有效的 UTF-16", "not valid UTF-16");
        return ST_OK;
}

/* The first four bytes tell UTF-8 from UTF-16; a mark is dropped. */
static Status find_encoding(XScan *x, Diag *diag)
{
        unsigned char b[4] = { 0 };
        size_t n;
        TRY(read_full(x, b, sizeof(b), diag, &n));
        size_t skip = 0;
        x->encoding = ENC_8;
        if (n >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf) {
                skip = 3;
        } else if (n >= 2 && b[0] == 0xff && b[1] == 0xfe) {
                x->encoding = ENC_16LE;
                skip = 2;
        } else if (n >= 2 && b[0] == 0xfe && b[1] == 0xff) {
                x->encoding = ENC_16BE;
                skip = 2;
        } else if (n >= 2 && b[0] == '<' && b[1] == 0) {
                x->encoding = ENC_16LE;
        } else if (n >= 2 && b[0] == 0 && b[1] == '<') {
                x->encoding = ENC_16BE;
        }
        if (x->encoding == ENC_8) {
                memcpy(x->window, b + skip, n - skip);
                x->filled = n - skip;
                return ST_OK;
        }
        size_t used;
        TRY(put_utf16(x, b + skip, n - skip, diag, &used));
        x->carry_len = n - skip - used;
        memcpy(x->carry, b + skip + used, x->carry_len);
        return ST_OK;
}

/* Moves end over what is valid; false: something is not. */
static bool validate(XScan *x)
{
        const unsigned char *w = (const unsigned char *)x->window;
        size_t i = x->end, n = x->filled;
        const uint64_t high = 0x8080808080808080u, space = 0x2020202020202020u;
        for (;;) {
                uint64_t v;
                while (i + 8 <= n && (memcpy(&v, w + i, 8), ((v | ((v - space) & ~v)) & high) == 0))
                        i += 8;
                if (i >= n)
                        break;
                unsigned char c = w[i];
                if (c < 0x80) {
                        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
                                return false;
                        i++;
                        continue;
                }
                size_t len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
                if (len == 3 && i + 3 <= n && c >= 0xe1 && c <= 0xec && (w[i + 1] & 0xc0) == 0x80 &&
                    (w[i + 2] & 0xc0) == 0x80) {
                        i += 3;         /* most of Chinese */
                        continue;
                }
                if (i + len > n)
                        break;
                size_t at = 0;
                uint32_t cp = utf8_next(str_n(x->window + i, len), &at);
                if (cp == UTF8_BAD || at != len || cp == 0xfffe || cp == 0xffff)
                        return false;
                i += len;
        }
        x->end = i;
        return true;
}

/* More bytes behind end; the ones before pos are given up. */
static Status refill(XScan *x, Diag *diag)
{
        if (x->at_end)
                return malformed(x, diag);
        if (x->encoding == ENC_NONE)
                TRY(find_encoding(x, diag));
        if (x->pos) {
                memmove(x->window, x->window + x->pos, x->filled - x->pos);
                x->filled -= x->pos;
                x->done += x->pos;
                x->end -= x->pos;
                x->pos = 0;
        }
        if (x->cap - x->filled < x->step) {
                if (x->cap >= TOKEN_MAX)
                        return wrong(x, diag, ST_LIMIT, "XML 中有过长的标签或文字",
                                     "a tag or text of the XML is too long");
                char *grown = mem_realloc(x->window, x->cap * 2 + XSCAN_TAIL);
                if (!grown)
                        return ST_NOMEM;
                x->window = grown;
                x->cap *= 2;
        }
        if (x->encoding == ENC_8) {
                size_t n;
                TRY(read_source(x, x->window + x->filled, x->step, diag, &n));
                x->at_end = n == 0;
                x->filled += n;
        } else {
                TRY(fill_utf16(x, x->step, diag));
        }
        if (!validate(x) || (x->at_end && x->end != x->filled))
                return wrong(x, diag, ST_INVALID, "含有不是 UTF-8（或 UTF-16）的字节，或 XML 不允许的字符",
                             "bytes that are not UTF-8 (or UTF-16), or characters that XML does not allow");
        x->window[x->filled] = '\0';
        return ST_OK;
}

/* When a chunk cut a character in two, up to three bytes of it stand between end
 * and the NUL; a loop may step over them, so every token asks whether it did. */
static inline bool at_edge(const XScan *x, const char *p)
{
        return p >= x->window + x->end;
}

Status xscan_prolog(ZipReader *z, const ZipEntry *entry, Diag *diag)
{
        char head[256];
        size_t n = 0, len = 1;
        {
                _cleanup_(zip_stream_freep) ZipStream *s = NULL;
                TRY(zip_stream_open(z, entry, diag, &s));
                for (; n < sizeof(head) && len; n += len)
                        TRY(zip_stream_read(s, head + n, sizeof(head) - n, diag, &len));
        }
        size_t i = n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        if (n >= 2 && (memcmp(head, "\xff\xfe", 2) == 0 || memcmp(head, "\xfe\xff", 2) == 0))
                i = 2;
        while (i < n && (head[i] == '\0' || is_blank(head[i])))
                i++;
        if (i == n || head[i] != '<')
                return ST_OK;
        _cleanup_xscan_ XScan *x = NULL;
        TRY(xscan_open(z, entry, diag, &x));
        XScanEvent e;
        return xscan_next(x, diag, &e);
}

/* ---- tokens ---- */

/* What may be in a name; the exact classes of XML are not needed to find its end. */
static const unsigned char name_char[256] = {
        ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['0' ... '9'] = 1, ['_'] = 1,
        [':'] = 1,         ['-'] = 1,         ['.'] = 1,         [0x80 ... 0xff] = 1,
};

static inline bool name_start(char c)
{
        return name_char[(unsigned char)c] && c != '-' && c != '.' && !(c >= '0' && c <= '9');
}

static inline Str without_prefix(Str name)
{
        for (size_t i = 0; i < name.len; i++)
                if (name.ptr[i] == ':')
                        return str_n(name.ptr + i + 1, name.len - i - 1);
        return name;
}

static Status push(XScan *x, Str full, Diag *diag)
{
        size_t at = x->name_at[x->depth];
        if (x->depth >= XSCAN_DEPTH_MAX || full.len > XSCAN_NAMES_MAX - at)
                return wrong(x, diag, ST_LIMIT, "XML 嵌套过深", "the XML is nested too deeply");
        memcpy(x->names + at, full.ptr, full.len);
        x->depth++;
        x->name_at[x->depth] = at + full.len;
        return ST_OK;
}

typedef enum Got { GOT_IT, GOT_MORE_TO_READ, GOT_WRONG } Got;

/* x->pos is at '<' of a start tag.  On GOT_IT the attributes are set and pos is behind it. */
static Got scan_start(XScan *x, Str *ret_full, bool *ret_empty)
{
        const char *p = x->window + x->pos + 1, *q = p;
        if (!name_start(*p))
                return at_edge(x, p) ? GOT_MORE_TO_READ : GOT_WRONG;
        while (name_char[(unsigned char)*p])
                p++;
        *ret_full = str_n(q, (size_t)(p - q));
        size_t count = 0;
        for (;;) {
                if (at_edge(x, p))
                        return GOT_MORE_TO_READ;
                bool blank = is_blank(*p);
                while (is_blank(*p))
                        p++;
                if (*p == '>') {
                        *ret_empty = false;
                        p++;
                        break;
                }
                if (*p == '/') {
                        if (p[1] != '>')
                                return at_edge(x, p + 1) ? GOT_MORE_TO_READ : GOT_WRONG;
                        *ret_empty = true;
                        p += 2;
                        break;
                }
                if (!name_start(*p))
                        return at_edge(x, p) ? GOT_MORE_TO_READ : GOT_WRONG;
                if (!blank || count == XSCAN_ATTRS_MAX)
                        return GOT_WRONG;
                q = p;
                while (name_char[(unsigned char)*p])
                        p++;
                Str full = str_n(q, (size_t)(p - q));
                while (is_blank(*p))
                        p++;
                if (*p != '=')
                        return at_edge(x, p) ? GOT_MORE_TO_READ : GOT_WRONG;
                p++;
                while (is_blank(*p))
                        p++;
                char quote = *p;
                if (quote != '"' && quote != '\'')
                        return at_edge(x, p) ? GOT_MORE_TO_READ : GOT_WRONG;
                q = ++p;
                while (*p != quote && *p != '<' && *p)
                        p++;
                if (at_edge(x, p))
                        return GOT_MORE_TO_READ;
                if (*p != quote)
                        return GOT_WRONG;
                for (size_t i = 0; i < count; i++)
                        if (str_eq(x->attrs[i].full, full))
                                return GOT_WRONG;
                x->attrs[count++] =
                        (XScanAttr){ .full = full, .name = without_prefix(full), .value = str_n(q, (size_t)(p - q)) };
                p++;
        }
        if (p > x->window + x->end)
                return GOT_MORE_TO_READ;
        x->attr_count = count;
        x->pos = (size_t)(p - x->window);
        return GOT_IT;
}

/* x->pos is at "</". */
static Got scan_end(XScan *x)
{
        const char *p = x->window + x->pos + 2;
        size_t at = x->depth ? x->name_at[x->depth - 1] : 0, len = x->depth ? x->name_at[x->depth] - at : 0;
        const char *limit = x->window + x->end;
        if ((size_t)(limit - p) <= len && memchr(p, '>', (size_t)(limit - p)) == NULL)
                return GOT_MORE_TO_READ;
        if (len == 0 || (size_t)(limit - p) <= len || memcmp(p, x->names + at, len) != 0 ||
            name_char[(unsigned char)p[len]])
                return GOT_WRONG;
        p += len;
        while (is_blank(*p))
                p++;
        if (at_edge(x, p))
                return GOT_MORE_TO_READ;
        if (*p != '>')
                return GOT_WRONG;
        x->name = without_prefix(str_n(x->names + at, len));
        x->pos = (size_t)(p + 1 - x->window);
        return GOT_IT;
}

static const char *find_end(const XScan *x, const char *from, Str mark)
{
        const char *limit = x->window + x->end;
        return from < limit ? memmem(from, (size_t)(limit - from), mark.ptr, mark.len) : NULL;
}

/* <?xml version="1.0" encoding="..."?>: only UTF-8, or UTF-16 that really is. */
static bool declaration_fine(const XScan *x, Str decl)
{
        size_t at = str_find(decl, STR("encoding"));
        if (at == SIZE_MAX)
                return true;
        Str rest = str_n(decl.ptr + at + 8, decl.len - at - 8);
        size_t i = 0;
        while (i < rest.len && (is_blank(rest.ptr[i]) || rest.ptr[i] == '='))
                i++;
        if (i >= rest.len || (rest.ptr[i] != '"' && rest.ptr[i] != '\''))
                return false;
        Str ignored, value = str_cut(str_n(rest.ptr + i + 1, rest.len - i - 1), rest.ptr[i], &ignored);
        char name[16];
        if (value.len >= sizeof(name))
                return false;
        for (i = 0; i < value.len; i++)
                name[i] = value.ptr[i] >= 'a' && value.ptr[i] <= 'z' ? (char)(value.ptr[i] - 'a' + 'A') : value.ptr[i];
        Str upper = str_n(name, value.len);
        return str_eq(upper, STR("UTF-8")) ? x->encoding == ENC_8
                                           : str_starts(upper, STR("UTF-16")) && x->encoding != ENC_8;
}

/* x->pos is at "<!" or "<?".  A CDATA section becomes a text (*ret_text), the rest is passed over. */
static Status scan_markup(XScan *x, Diag *diag, Got *ret, bool *ret_text)
{
        const char *p = x->window + x->pos;
        size_t have = x->end - x->pos;
        *ret_text = false;
        *ret = GOT_MORE_TO_READ;
        if (p[1] == '?') {
                const char *end = find_end(x, p + 2, STR("?>"));
                if (!end)
                        return ST_OK;
                Str inside = str_n(p + 2, (size_t)(end - p - 2));
                if (str_starts(inside, STR("xml")) && inside.len > 3 && is_blank(inside.ptr[3])) {
                        if (!x->decl_allowed)
                                return malformed(x, diag);
                        if (!declaration_fine(x, inside))
                                return wrong(x, diag, ST_INVALID, "编码不接受：只能是 UTF-8 或 UTF-16",
                                             "its encoding is not accepted: only UTF-8 and UTF-16 are");
                }
                x->pos = (size_t)(end + 2 - x->window);
                *ret = GOT_IT;
                return ST_OK;
        }
        if (have >= 4 && memcmp(p, "<!--", 4) == 0) {
                const char *end = find_end(x, p + 4, STR("--"));
                if (!end || end + 2 >= x->window + x->end)
                        return ST_OK;
                if (end[2] != '>')
                        return malformed(x, diag);
                x->pos = (size_t)(end + 3 - x->window);
                *ret = GOT_IT;
                return ST_OK;
        }
        if (have >= 9 && memcmp(p, "<![CDATA[", 9) == 0 && x->depth) {
                const char *end = find_end(x, p + 9, STR("]]>"));
                if (!end)
                        return ST_OK;
                x->text = str_n(p + 9, (size_t)(end - p - 9));
                x->cdata = true;
                x->pos = (size_t)(end + 3 - x->window);
                *ret_text = true;
                *ret = GOT_IT;
                return ST_OK;
        }
        if (have < 9)
                return ST_OK;
        if (memcmp(p, "<!DOCTYPE", 9) == 0)
                return wrong(x, diag, ST_INVALID, "含有 DOCTYPE，不接受", "it holds a DOCTYPE, which is not accepted");
        return malformed(x, diag);
}

/* A piece of text ends at a tag, or at the edge of the window; there it must not cut a reference
 * or a CR LF in two.  False: nothing can be given yet. */
static bool scan_text(XScan *x)
{
        const char *p = x->window + x->pos, *limit = x->window + x->end;
        const char *q = memchr(p, '<', (size_t)(limit - p));
        if (!q) {
                q = limit;
                const char *amp = memrchr(p, '&', (size_t)(q - p));
                if (amp && !memchr(amp, ';', (size_t)(q - amp)))
                        q = amp;
                if (q > p && q[-1] == '\r' && !x->at_end)
                        q--;
                if (q == p)
                        return false;
        }
        x->text = str_n(p, (size_t)(q - p));
        x->cdata = false;
        x->pos += x->text.len;
        return true;
}

static bool all_blank(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!is_blank(s.ptr[i]))
                        return false;
        return true;
}

Status xscan_next(XScan *x, Diag *diag, XScanEvent *ret)
{
        if (x->leave) {
                x->depth--;
                x->leave = false;
        }
        if (x->pending_end) {
                x->pending_end = false;
                x->leave = true;
                size_t at = x->name_at[x->depth - 1];
                x->name = without_prefix(str_n(x->names + at, x->name_at[x->depth] - at));
                *ret = XSCAN_END;
                return ST_OK;
        }
        for (;;) {
                if (x->end - x->pos < 2 && !x->at_end) {
                        TRY(refill(x, diag));
                        continue;
                }
                if (x->pos == x->end) {
                        if (x->depth || !x->root_seen)
                                return malformed(x, diag);
                        *ret = XSCAN_END_DOCUMENT;
                        return ST_OK;
                }
                const char *p = x->window + x->pos;
                if (*p != '<') {
                        if (!scan_text(x)) {
                                TRY(refill(x, diag));
                                continue;
                        }
                        if (x->depth) {
                                *ret = XSCAN_TEXT;
                                return ST_OK;
                        }
                        if (!all_blank(x->text))
                                return malformed(x, diag);
                        x->decl_allowed = false;
                        continue;
                }
                Got got;
                if (p[1] == '/') {
                        got = scan_end(x);
                        if (got == GOT_IT) {
                                x->leave = true;
                                *ret = XSCAN_END;
                                return ST_OK;
                        }
                } else if (p[1] == '!' || p[1] == '?') {
                        bool text;
                        TRY(scan_markup(x, diag, &got, &text));
                        if (got == GOT_IT) {
                                x->decl_allowed = false;
                                if (!text)
                                        continue;
                                *ret = XSCAN_TEXT;
                                return ST_OK;
                        }
                } else {
                        Str full;
                        bool empty;
                        got = scan_start(x, &full, &empty);
                        if (got == GOT_IT) {
                                if (x->depth == 0 && x->root_seen)
                                        return malformed(x, diag);
                                x->root_seen = true;
                                x->decl_allowed = false;
                                TRY(push(x, full, diag));
                                x->name = without_prefix(full);
                                x->pending_end = empty;
                                *ret = XSCAN_START;
                                return ST_OK;
                        }
                }
                if (got == GOT_WRONG)
                        return malformed(x, diag);
                TRY(refill(x, diag));
        }
}

Str xscan_ahead(XScan *x)
{
        if (x->leave) {
                x->depth--;
                x->leave = false;
        }
        bool tag = !x->pending_end && x->end - x->pos > 1 && x->window[x->pos] == '<';
        return tag ? str_n(x->window + x->pos, x->end - x->pos) : STR_NONE;
}

Status xscan_skip(XScan *x, Diag *diag)
{
        unsigned depth = x->depth;
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END && x->depth == depth)
                        return ST_OK;
        }
}

Str xscan_attr(const XScan *x, Str name)
{
        for (size_t i = 0; i < x->attr_count; i++)
                if (str_eq(x->attrs[i].full, name))
                        return x->attrs[i].value;
        return STR_NONE;
}

Str xscan_attr_prefixed(const XScan *x, Str name)
{
        for (size_t i = 0; i < x->attr_count; i++)
                if (x->attrs[i].full.len > name.len && str_eq(x->attrs[i].name, name))
                        return x->attrs[i].value;
        return STR_NONE;
}

/* One reference at s.ptr (an '&'); *ret_used its length; UTF8_BAD when it is none. */
static uint32_t reference(Str s, size_t *ret_used)
{
        static const struct { Str name; char is;
        } predefined[] = {
                { STR("&lt;"), '<' },   { STR("&gt;"), '>' },    { STR("&amp;"), '&' },
                { STR("&quot;"), '"' }, { STR("&apos;"), '\'' },
        };
        for (size_t i = 0; i < ARRAY_LEN(predefined); i++) {
                if (str_starts(s, predefined[i].name)) {
                        *ret_used = predefined[i].name.len;
                        return (unsigned char)predefined[i].is;
                }
        }
        if (s.len < 4 || s.ptr[1] != '#')
                return UTF8_BAD;
        size_t i = 2;
        bool hex = s.ptr[2] == 'x';
        i += hex;
        size_t first = i;
        uint32_t cp = 0;
        for (; i < s.len && s.ptr[i] != ';'; i++) {
                char c = s.ptr[i];
                unsigned v = c >= '0' && c <= '9'          ? (unsigned)(c - '0')
                             : hex && c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                             : hex && c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                           : 99;
                if (v == 99 || cp > 0x10ffff)
                        return UTF8_BAD;
                cp = cp * (hex ? 16 : 10) + v;
        }
        bool allowed = cp == 9 || cp == 10 || cp == 13 || (cp >= 0x20 && cp <= 0xd7ff) ||
                       (cp >= 0xe000 && cp <= 0xfffd) || (cp >= 0x10000 && cp <= 0x10ffff);
        if (i >= s.len || i == first || !allowed)
                return UTF8_BAD;
        *ret_used = i + 1;
        return cp;
}

Status xscan_resolve(const XScan *x, Str raw, bool cdata, Diag *diag, Buf *out)
{
        while (raw.len) {
                size_t n = 0;
                while (n < raw.len && raw.ptr[n] != '\r' && (cdata || raw.ptr[n] != '&'))
                        n++;
                buf_put(out, raw.ptr, n);
                raw = str_n(raw.ptr + n, raw.len - n);
                if (raw.len == 0)
                        break;
                size_t used = 1;
                if (raw.ptr[0] == '\r') {
                        used += raw.len > 1 && raw.ptr[1] == '\n';
                        buf_putc(out, '\n');
                } else {
                        uint32_t cp = reference(raw, &used);
                        if (cp == UTF8_BAD)
                                return wrong(x, diag, ST_INVALID, "含有未知的实体引用", "an unknown entity reference");
                        buf_put_codepoint(out, cp);
                }
                raw = str_n(raw.ptr + used, raw.len - used);
        }
        return buf_status(out);
}

Status xscan_text(XScan *x, size_t max, Diag *diag, Buf *out)
{
        unsigned depth = x->depth;
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END && x->depth == depth)
                        return ST_OK;
                if (e == XSCAN_TEXT)
                        TRY(xscan_resolve(x, x->text, x->cdata, diag, out));
                if (out->len > max)
                        return wrong(x, diag, ST_LIMIT, "有过长的文字", "a text is too long");
        }
}
