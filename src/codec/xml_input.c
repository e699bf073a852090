#include "codec/xml_int.h"

#include "base/utf8.h"

enum { WINDOW_MIN = 64 << 10 };

void xml_input_init(XmlInput *in, ByteSource source, uint64_t max_bytes)
{
        *in = (XmlInput){ .source = source, .max_bytes = max_bytes, .line = 1, .col = 1 };
}

void xml_input_release(XmlInput *in)
{
        mem_free(in->data);
        in->data = NULL;
}

bool xml_is_char(uint32_t c)
{
        return c >= 0x20 ? c < 0xD800 || (c >= 0xE000 && c <= 0x10FFFF && c != 0xFFFE && c != 0xFFFF)
                         : c == '\t' || c == '\n' || c == '\r';
}

bool xml_is_name_start(uint32_t c)
{
        if (c < 0x80)
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
        return (c >= 0xC0 && c <= 0x2FF && c != 0xD7 && c != 0xF7) || (c >= 0x370 && c <= 0x1FFF && c != 0x37E) ||
               c == 0x200C || c == 0x200D || (c >= 0x2070 && c <= 0x218F) || (c >= 0x2C00 && c <= 0x2FEF) ||
               (c >= 0x3001 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFFD) ||
               (c >= 0x10000 && c <= 0xEFFFF);
}

bool xml_is_name_char(uint32_t c)
{
        return xml_is_name_start(c) || c == '-' || c == '.' || (c >= '0' && c <= '9') || c == 0xB7 ||
               (c >= 0x300 && c <= 0x36F) || c == 0x203F || c == 0x2040;
}

static void set_bad(XmlInput *in, const char *zh, const char *en, unsigned byte)
{
        in->bad = true;
        in->bad_zh = zh;
        in->bad_en = en;
        in->bad_byte = byte;
}

static void bad_control(XmlInput *in, unsigned byte)
{
        set_bad(in, "XML 中不允许的字符", "a character that XML does not allow", byte);
}

/* A piece of a character at the very end of what was read so far. */
static bool is_cut_off(const unsigned char *p, size_t n)
{
        size_t need = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : p[0] >= 0xC2 ? 2 : 1;
        if (n >= need)
                return false;
        for (size_t i = 1; i < n; i++)
                if ((p[i] & 0xC0) != 0x80)
                        return false;
        return true;
}

/* Takes the raw bytes after data[len) into the window as far as they are characters. */
static void check_raw(XmlInput *in)
{
        size_t i = in->len, n = in->len + in->raw;
        const unsigned char *p = (const unsigned char *)in->data;
        Str all = { in->data, n };
        while (i < n) {
                if (n - i >= 8) {
                        uint64_t w;
                        memcpy(&w, p + i, 8);
                        if (!((w | (w - 0x2020202020202020ULL)) & 0x8080808080808080ULL)) {
                                i += 8;
                                continue;
                        }
                }
                if (p[i] < 0x80) {
                        if (p[i] < 0x20 && p[i] != '\n' && p[i] != '\r' && p[i] != '\t') {
                                bad_control(in, p[i]);
                                break;
                        }
                        i++;
                        continue;
                }
                size_t next = i;
                uint32_t c = utf8_next(all, &next);
                if (c == UTF8_BAD) {
                        if (!is_cut_off(p + i, n - i) || in->source_end)
                                set_bad(in, "不是合法的 UTF-8；XML 只接受 UTF-8 和 UTF-16",
                                        "not valid UTF-8; only UTF-8 and UTF-16 are accepted in XML", p[i]);
                        break;
                }
                if (!xml_is_char(c)) {
                        bad_control(in, p[i]);
                        break;
                }
                i = next;
        }
        in->raw = n - i;
        in->len = i;
}

static Status read_utf8(XmlInput *in, Diag *d)
{
        size_t n = 0;
        TRY(source_read_full(in->source, in->data + in->len + in->raw, in->cap - in->len - in->raw, d, &n));
        in->source_end = n < in->cap - in->len - in->raw;
        in->total += n;
        in->raw += n;
        check_raw(in);
        return ST_OK;
}

/* One character from the units at p (n bytes); 0 bytes used: cut off.  UTF8_BAD: no character. */
static uint32_t next_utf16(XmlForm form, const unsigned char *p, size_t n, size_t *ret_used)
{
        *ret_used = 0;
        if (n < 2)
                return UTF8_BAD;
        int high = form == XML_FORM_UTF16LE, low = !high;
        uint32_t c = (uint32_t)p[high] << 8 | p[low];
        *ret_used = 2;
        if (c < 0xD800 || c > 0xDFFF)
                return c;
        if (c >= 0xDC00)
                return UTF8_BAD;
        if (n < 4) {
                *ret_used = 0;
                return UTF8_BAD;
        }
        uint32_t second = (uint32_t)p[2 + high] << 8 | p[2 + low];
        if (second < 0xDC00 || second > 0xDFFF)
                return UTF8_BAD;
        *ret_used = 4;
        return 0x10000 + ((c - 0xD800) << 10) + (second - 0xDC00);
}

static Status read_utf16(XmlInput *in, Diag *d)
{
        while (!in->source_end && !in->bad && in->cap - in->len >= 4096) {
                unsigned char raw[2048];
                memcpy(raw, in->carry, in->carried);
                size_t n = 0, used;
                TRY(source_read_full(in->source, raw + in->carried, sizeof(raw) - in->carried, d, &n));
                in->source_end = n < sizeof(raw) - in->carried;
                in->total += n;
                n += in->carried;
                size_t i = 0;
                while (i < n) {
                        uint32_t c = next_utf16(in->form, raw + i, n - i, &used);
                        if (used == 0)
                                break;
                        if (c == UTF8_BAD || !xml_is_char(c)) {
                                if (c == UTF8_BAD)
                                        set_bad(in, "UTF-16 代理对不完整", "half of a UTF-16 surrogate pair", raw[i]);
                                else
                                        bad_control(in, c & 0xFF);
                                break;
                        }
                        in->len += utf8_put(in->data + in->len, c);
                        i += used;
                }
                in->carried = n - i < sizeof(in->carry) ? n - i : 0;
                memcpy(in->carry, raw + i, in->carried);
        }
        if (in->source_end && in->carried && !in->bad)
                set_bad(in, "UTF-16 在字符中间中断", "the UTF-16 ends inside a character", in->carry[0]);
        return ST_OK;
}

/* The bytes themselves tell; a declaration is only compared (xml_read.c). */
static Status find_form(XmlInput *in, Diag *d)
{
        unsigned char b[4] = { 0 };
        size_t n = 0;
        TRY(source_read_full(in->source, b, sizeof(b), d, &n));
        in->source_end = n < sizeof(b);
        in->total = n;
        size_t skip = 0;
        in->form = XML_FORM_UTF8;
        bool utf32 = n == 4 && ((b[0] == 0xFF && b[1] == 0xFE && !b[2] && !b[3]) || (!b[0] && !b[1]) ||
                                (b[0] && !b[1] && !b[2] && !b[3]));
        if (utf32) {
                set_bad(in, "XML 只接受 UTF-8 和 UTF-16，这是 UTF-32",
                        "only UTF-8 and UTF-16 are accepted in XML: this is UTF-32", b[0]);
                return ST_OK;
        }
        if (n >= 2 && b[0] == 0xFF && b[1] == 0xFE) {
                in->form = XML_FORM_UTF16LE;
                skip = 2;
        } else if (n >= 2 && b[0] == 0xFE && b[1] == 0xFF) {
                in->form = XML_FORM_UTF16BE;
                skip = 2;
        } else if (n >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF) {
                skip = 3;
        } else if (n >= 2 && b[0] && !b[1]) {
                in->form = XML_FORM_UTF16LE;
        } else if (n >= 2 && !b[0] && b[1]) {
                in->form = XML_FORM_UTF16BE;
        }
        if (in->form == XML_FORM_UTF8) {
                memcpy(in->data, b + skip, n - skip);
                in->raw = n - skip;
                return ST_OK;
        }
        in->carried = n - skip;
        memcpy(in->carry, b + skip, in->carried);
        return ST_OK;
}

Status xml_input_fill(XmlInput *in, size_t from, Diag *d)
{
        if (from) {
                xml_input_advance(in, from);
                memmove(in->data, in->data + from, in->len - from + in->raw);
                in->len -= from;
                in->at -= from;
        }
        if (!in->bad && !in->end) {
                size_t want = (in->len + in->raw) * 2 < WINDOW_MIN ? WINDOW_MIN : (in->len + in->raw) * 2;
                if (want > in->cap) {
                        char *p = mem_realloc(in->data, want + 1);
                        if (!p)
                                return ST_NOMEM;
                        in->data = p;
                        in->cap = want;
                }
                if (in->form == XML_FORM_UNKNOWN)
                        TRY(find_form(in, d));
                if (!in->bad)
                        TRY(in->form == XML_FORM_UTF8 ? read_utf8(in, d) : read_utf16(in, d));
                if (in->total > in->max_bytes)
                        return diag_raise(d, ST_LIMIT, POS_FILE(in->file), "XML 超过 %llu 字节",
                                          "the XML is larger than %llu bytes", (unsigned long long)in->max_bytes);
                in->end = in->source_end && !in->bad;
        }
        /* Unchecked bytes may stand after len: the NUL goes in only when there are none. */
        if (in->data && in->raw == 0)
                in->data[in->len] = '\0';
        return ST_OK;
}

void xml_input_advance(XmlInput *in, size_t at)
{
        if (!in->data || at <= in->at)
                return;
        const char *p = in->data + in->at, *end = in->data + at;
        const char *last = memrchr(p, '\n', (size_t)(end - p));
        if (last) {
                int64_t lines = 0;
                for (const char *q = p; q <= last; q++)
                        lines += *q == '\n';
                in->line += lines;
                in->col = 1;
                p = last + 1;
        }
        int64_t chars = 0;
        for (; p < end; p++)
                chars += ((unsigned char)*p & 0xC0) != 0x80;
        in->col += chars;
        in->at = at;
}

Pos xml_input_pos(const XmlInput *in, size_t offset)
{
        XmlInput copy = *in;
        xml_input_advance(&copy, offset);
        Pos p = { .file = in->file, .line = (int)copy.line, .col = (int)copy.col };
        size_t start = offset, back = 0;
        while (start > 0 && offset - start < 4096 && in->data[start - 1] != '\n') { /* not the whole of a huge line */
                start--;
                back += ((unsigned char)in->data[start] & 0xC0) != 0x80;
        }
        if ((int64_t)back + 1 == copy.col && offset - start < 4096) {         /* the line begins in the window */
                size_t end = offset;
                while (end < in->len && end - start < 4096 && in->data[end] != '\n' && in->data[end] != '\r')
                        end++;
                p.source = str_n(in->data + start, end - start);
        }
        return p;
}
