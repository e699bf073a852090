#include "base/utf8.h"

uint32_t utf8_next(Str s, size_t *pos)
{
        const unsigned char *p = (const unsigned char *)s.ptr + *pos;
        size_t left = s.len - *pos;
        uint32_t c = p[0];
        if (c < 0x80) {
                *pos += 1;
                return c;
        }
        size_t n = c >= 0xF0 && c <= 0xF4 ? 4 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xC2 && c < 0xE0 ? 2 : 0;
        if (n == 0 || n > left)
                goto bad;
        c &= 0xFFU >> (n + 1);
        for (size_t i = 1; i < n; i++) {
                if ((p[i] & 0xC0) != 0x80)
                        goto bad;
                c = c << 6 | (p[i] & 0x3FU);
        }
        if ((n == 3 && (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF))) || (n == 4 && (c < 0x10000 || c > 0x10FFFF)))
                goto bad;
        *pos += n;
        return c;
bad:
        *pos += 1;
        return UTF8_BAD;
}

size_t utf8_put(char out[4], uint32_t cp)
{
        if (cp < 0x80) {
                out[0] = (char)cp;
                return 1;
        }
        if (cp < 0x800) {
                out[0] = (char)(0xC0 | cp >> 6);
                out[1] = (char)(0x80 | (cp & 0x3F));
                return 2;
        }
        if (cp < 0x10000) {
                if (cp >= 0xD800 && cp <= 0xDFFF)
                        return 0;
                out[0] = (char)(0xE0 | cp >> 12);
                out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
                out[2] = (char)(0x80 | (cp & 0x3F));
                return 3;
        }
        if (cp > 0x10FFFF)
                return 0;
        out[0] = (char)(0xF0 | cp >> 18);
        out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
        out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[3] = (char)(0x80 | (cp & 0x3F));
        return 4;
}

size_t utf8_bad_at(Str s)
{
        size_t pos = 0;
        while (pos < s.len) {
                if (s.len - pos >= 8) {         /* eight ASCII bytes at once */
                        uint64_t w;
                        memcpy(&w, s.ptr + pos, 8);
                        if (!(w & 0x8080808080808080ULL)) {
                                pos += 8;
                                continue;
                        }
                }
                const unsigned char *p = (const unsigned char *)s.ptr + pos;
                if (s.len - pos >= 3 && p[0] >= 0xE4 && p[0] <= 0xE9 && (p[1] & 0xC0) == 0x80 &&
                    (p[2] & 0xC0) == 0x80) {
                        pos += 3;               /* Chinese */
                        continue;
                }
                size_t at = pos;
                if (utf8_next(s, &pos) == UTF8_BAD)
                        return at;
        }
        return s.len;
}

bool utf8_valid(Str s)
{
        return utf8_bad_at(s) == s.len;
}

size_t utf8_len(Str s)
{
        size_t n = 0;
        for (size_t pos = 0; pos < s.len; n++)
                (void)utf8_next(s, &pos);
        return n;
}

size_t utf8_offset(Str s, size_t index)
{
        size_t pos = 0;
        while (index-- > 0 && pos < s.len)
                (void)utf8_next(s, &pos);
        return pos;
}

static bool is_wide(uint32_t c)
{
        return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) || (c >= 0x3041 && c <= 0xA4CF) ||
               (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) ||
               (c >= 0xFF00 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) ||
               (c >= 0x20000 && c <= 0x3FFFD);
}

size_t utf8_width(Str s)
{
        size_t w = 0;
        for (size_t pos = 0; pos < s.len;) {
                uint32_t c = utf8_next(s, &pos);
                if (c == UTF8_BAD || (c >= 0x20 && c != 0x200B && c != 0xFEFF))
                        w += c != UTF8_BAD && is_wide(c) ? 2 : 1;
        }
        return w;
}
