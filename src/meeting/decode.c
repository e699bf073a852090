/* decode.c -- the bytes of a file to text: plain text in any usual encoding, HTML, .docx.
 *
 * Text that no encoding explains wholly is not refused when nearly all of it is UTF-8: copies lose bytes, and
 * what is lost is marked (U+FFFD) for the later stages, which never guess a figure from it. */
#include <strings.h>

#include "base/utf8.h"
#include "codec/encoding.h"
#include "meeting/meeting_int.h"

#define TEXT_MAX ((size_t)48 << 20)

/* ---- HTML ---- */

typedef struct Entity { const char *name; uint32_t cp; } Entity;
static const Entity entities[] = {
        { "nbsp", ' ' }, { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' }, { "apos", '\'' },
        { "ldquo", 0x201C }, { "rdquo", 0x201D }, { "lsquo", 0x2018 }, { "rsquo", 0x2019 }, { "mdash", 0x2014 },
        { "ndash", 0x2013 }, { "hellip", 0x2026 }, { "middot", 0xB7 }, { "emsp", 0x3000 }, { "ensp", ' ' },
        { "times", 0xD7 }, { "permil", 0x2030 }, { "sup2", 0xB2 }, { "sup3", 0xB3 }, { "deg", 0xB0 }, { "copy", 0xA9 },
};

/* At '&': the character, and how many bytes it took; an ampersand that begins no entity stands for itself. */
static size_t read_entity(Str s, size_t at, uint32_t *ret)
{
        size_t end = at + 1;
        while (end < s.len && end < at + 12 && s.ptr[end] != ';')
                end++;
        *ret = '&';
        if (end >= s.len || s.ptr[end] != ';')
                return 1;
        Str name = str_n(s.ptr + at + 1, end - at - 1);
        if (name.len > 1 && name.ptr[0] == '#') {
                bool hex = name.ptr[1] == 'x' || name.ptr[1] == 'X';
                uint32_t cp = 0;
                for (size_t i = hex ? 2 : 1; i < name.len; i++) {
                        char c = (char)(name.ptr[i] | 0x20);
                        uint32_t v = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                                     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                                                            : 99;
                        if (v >= (hex ? 16u : 10u) || cp > 0x10FFFF)
                                return 1;
                        cp = cp * (hex ? 16 : 10) + v;
                }
                char unused[4];
                if (!cp || !utf8_put(unused, cp))
                        return 1;
                *ret = cp == 0xA0 ? ' ' : cp;
                return end + 1 - at;
        }
        for (size_t i = 0; i < ARRAY_LEN(entities); i++)
                if (str_eq_c(name, entities[i].name)) {
                        *ret = entities[i].cp;
                        return end + 1 - at;
                }
        return 1;
}

static bool name_is(Str s, size_t at, const char *name)
{
        size_t n = strlen(name);
        if (s.len - at < n || strncasecmp(s.ptr + at, name, n) != 0)
                return false;
        if (at + n == s.len)
                return true;
        char c = s.ptr[at + n];
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
}

static bool name_in(Str s, size_t at, const char *const *names)
{
        for (; *names; names++)
                if (name_is(s, at, *names))
                        return true;
        return false;
}

/* Where the element's end tag ends; the text's end when there is none.  Looked for once: *none then says so. */
static size_t skip_element(Str s, size_t at, const char *name, bool *none)
{
        for (size_t i = at; !*none && i + 2 < s.len; i++) {
                const char *lt = memchr(s.ptr + i, '<', s.len - i);
                if (!lt)
                        break;
                i = (size_t)(lt - s.ptr);
                if (i + 2 < s.len && s.ptr[i + 1] == '/' && name_is(s, i + 2, name)) {
                        const char *gt = memchr(lt, '>', s.len - i);
                        return gt ? (size_t)(gt - s.ptr) + 1 : s.len;
                }
        }
        *none = true;
        return at;
}

static Status read_html(Str s, Buf *out)
{
        static const char *const blocks[] = { "p",          "div",    "br",    "li",  "tr",    "h1",      "h2",
                                              "h3",         "h4",     "h5",    "h6",  "title", "section", "article",
                                              "header",     "footer", "table", "ul",  "ol",    "dd",      "dt",
                                              "blockquote", "option", "form",  "nav", "body",  NULL };
        static const char *const hidden[] = { "script", "style", "noscript", "select", "iframe", "svg", NULL };
        bool blank = true, none[ARRAY_LEN(hidden)] = { false };
        for (size_t i = 0; i < s.len;) {
                char c = s.ptr[i];
                if (c == '<' && i + 1 < s.len) {
                        if (s.len - i >= 4 && memcmp(s.ptr + i, "<!--", 4) == 0) {
                                size_t end = str_find(str_n(s.ptr + i + 4, s.len - i - 4), STR("-->"));
                                i = end == SIZE_MAX ? s.len : i + 4 + end + 3;
                                continue;
                        }
                        size_t at = i + 1 + (s.ptr[i + 1] == '/');
                        bool letter = at < s.len && ((s.ptr[at] | 0x20) >= 'a' && (s.ptr[at] | 0x20) <= 'z');
                        if (letter || s.ptr[i + 1] == '!' || s.ptr[i + 1] == '?') {
                                const char *gt = memchr(s.ptr + i, '>', s.len - i);
                                size_t next = gt ? (size_t)(gt - s.ptr) + 1 : s.len;
                                for (size_t k = 0; hidden[k] && s.ptr[i + 1] != '/'; k++)
                                        if (name_is(s, at, hidden[k]))
                                                next = skip_element(s, next, hidden[k], &none[k]);
                                if (letter && name_in(s, at, blocks)) {
                                        buf_putc(out, '\n');
                                        blank = true;
                                }
                                i = next;
                                continue;
                        }
                }
                if (c == '&') {
                        uint32_t cp;
                        i += read_entity(s, i, &cp);
                        buf_put_codepoint(out, cp);
                        blank = false;
                } else if (c == '\n' || c == '\r' || c == '\t' || c == ' ') {
                        if (!blank)
                                buf_putc(out, ' ');
                        blank = true;
                        i++;
                } else {
                        buf_putc(out, c);
                        blank = false;
                        i++;
                }
        }
        return buf_status(out);
}

static bool looks_like_html(Str s)
{
        static const char *const signs[] = { "!doctype html", "html", "body", "head", "div", "p", "br",
                                             "span",          "meta", NULL };
        size_t max = s.len < 4096 ? s.len : 4096, tags = 0;
        for (size_t i = 0; i + 1 < max; i++)
                if (s.ptr[i] == '<' && name_in(str_n(s.ptr, max), i + 1 + (s.ptr[i + 1] == '/'), signs))
                        tags++;
        return tags >= 2 || (tags == 1 && str_trim(s).len && str_trim(s).ptr[0] == '<');
}

/* ---- plain text ---- */

static bool is_control(uint32_t cp)
{
        return cp < 0x20 && cp != '\n' && cp != '\r' && cp != '\t';
}

typedef struct Likeness {
        size_t chars;               /* of three bytes and more: what no other encoding gives in such numbers */
        size_t bad;                 /* bytes that are no UTF-8, characters that no text has */
} Likeness;

static Likeness utf8_likeness(Str bytes)
{
        Likeness l = { 0 };
        for (size_t pos = 0; pos < bytes.len;) {
                uint32_t cp = utf8_next(bytes, &pos);
                l.bad += cp == UTF8_BAD || is_control(cp) || cp == 0xFFFD;
                l.chars += cp >= 0x800 && cp != UTF8_BAD;
        }
        return l;
}

/* Most files are UTF-8, some with bytes lost: what is lost becomes U+FFFD.  Everything else is for encoding.h to find
 * out or to refuse. */
static Status read_text(Str bytes, const char *name, Diag *d, Buf *out, TextEncoding *ret)
{
        bool marked = bytes.len >= 3 && memcmp(bytes.ptr, "\xEF\xBB\xBF", 3) == 0;
        Likeness l = utf8_likeness(bytes);
        bool nearly = l.bad * 8 <= l.chars;
        if (marked || !nearly) {
                Status st = encoding_to_utf8(bytes, ENC_AUTO, name, nearly ? NULL : d, out, ret);
                if (st != ST_INVALID || !nearly)
                        return st;
                buf_clear(out);
        }
        *ret = ENC_UTF8;
        if (!l.bad)
                buf_put(out, bytes.ptr, bytes.len);
        for (size_t pos = 0; l.bad && pos < bytes.len;) {
                uint32_t cp = utf8_next(bytes, &pos);
                buf_put_codepoint(out, cp == UTF8_BAD || is_control(cp) ? 0xFFFD : cp);
        }
        return buf_status(out);
}

Status meeting_decode(Arena *a, Str bytes, const char *name, Diag *d, Meeting *m)
{
        static const char old_word[] = { '\xd0', '\xcf', '\x11', '\xe0' };
        _cleanup_buf_ Buf text = BUF_INIT(TEXT_MAX), plain = BUF_INIT(TEXT_MAX);
        if (bytes.len > MEETING_BYTES_MAX)
                return diag_fail(d, ST_LIMIT, POS_FILE(name), "文件超过 %zu MB", "the file is larger than %zu MB",
                                 MEETING_BYTES_MAX >> 20);
        m->format = "text";
        m->encoding = NULL;
        if (bytes.len >= 4 && memcmp(bytes.ptr, "PK\3\4", 4) == 0) {
                TRY(meeting_docx(bytes, name, d, &text));
                m->format = "docx";
        } else if (bytes.len >= 4 && memcmp(bytes.ptr, old_word, 4) == 0) {
                return diag_fail(d, ST_UNSUPPORTED, POS_FILE(name),
                                 "旧格式的 Word 文档（.doc）：请另存为 .docx 或纯文本",
                                 "a Word document of the old format (.doc): save it as .docx or plain text");
        } else if (bytes.len >= 5 && memcmp(bytes.ptr, "%PDF-", 5) == 0) {
                return diag_fail(d, ST_UNSUPPORTED, POS_FILE(name), "PDF 文件：请把文字另存为纯文本",
                                 "a PDF file: save its text as plain text");
        } else {
                TextEncoding e;
                TRY(read_text(bytes, name, d, &text, &e));
                m->encoding = encoding_name(e);
                if (looks_like_html(buf_str(&text))) {
                        TRY(read_html(buf_str(&text), &plain));
                        m->format = "html";
                }
        }
        Str s = buf_str(m->format[0] == 'h' ? &plain : &text);
        if (!str_trim(s).len)
                return diag_fail(d, ST_INVALID, POS_FILE(name), "文件里没有文字", "there is no text in the file");
        m->original = arena_str(a, s);
        return m->original.ptr ? ST_OK : ST_NOMEM;
}
