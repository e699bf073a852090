#include "base/str.h"

#include "base/utf8.h"

bool str_starts(Str s, Str prefix)
{
        return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool str_ends(Str s, Str suffix)
{
        return s.len >= suffix.len &&
               (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

size_t str_find(Str s, Str needle)
{
        if (needle.len == 0)
                return 0;
        if (needle.len > s.len)
                return SIZE_MAX;
        const char *p = memmem(s.ptr, s.len, needle.ptr, needle.len);
        return p ? (size_t)(p - s.ptr) : SIZE_MAX;
}

static bool is_blank(uint32_t cp)
{
        return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || cp == 0x3000 ||
               cp == 0xFEFF || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x202F || cp == 0x205F;
}

/* The first and the last character are surely no blanks: printable ASCII, Chinese characters, full-width forms. */
static bool is_trimmed(Str s)
{
        const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len;
        if (s.len == 0 || !((p[0] > ' ' && p[0] < 0x7F) || (p[0] >= 0xE4 && p[0] <= 0xE9)))
                return false;
        if (end[-1] < 0x80)
                return end[-1] > ' ' && end[-1] < 0x7F;
        return s.len >= 3 && (end[-1] & 0xC0) == 0x80 && (end[-2] & 0xC0) == 0x80 &&
               ((end[-3] >= 0xE4 && end[-3] <= 0xE9) || (end[-3] == 0xEF && end[-2] == 0xBC));
}

Str str_trim(Str s)
{
        if (is_trimmed(s))
                return s;
        size_t pos = 0;
        while (pos < s.len) {
                size_t next = pos;
                if (!is_blank(utf8_next(s, &next)))
                        break;
                pos = next;
        }
        size_t end = s.len;
        while (end > pos) {
                size_t start = end - 1;
                while (start > pos && ((unsigned char)s.ptr[start] & 0xC0) == 0x80)
                        start--;
                size_t next = start;
                if (!is_blank(utf8_next(s, &next)) || next != end)
                        break;
                end = start;
        }
        return (Str){ s.ptr ? s.ptr + pos : NULL, end - pos };
}

int str_cmp(Str a, Str b)
{
        size_t n = a.len < b.len ? a.len : b.len;
        int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
        return c ? (c < 0 ? -1 : 1) : (a.len > b.len) - (a.len < b.len);
}

Str str_cut(Str s, char sep, Str *rest)
{
        const char *p = s.len ? memchr(s.ptr, sep, s.len) : NULL;
        if (!p) {
                *rest = STR_NONE;
                return s;
        }
        size_t n = (size_t)(p - s.ptr);
        *rest = (Str){ p + 1, s.len - n - 1 };
        return (Str){ s.ptr, n };
}

/* Multiply and fold over 8-byte words, in the manner of wyhash. */
static uint64_t fold(uint64_t a, uint64_t b)
{
        __extension__ unsigned __int128 m = (unsigned __int128)a * b;
        return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint64_t str_hash(Str s)
{
        const uint64_t k0 = 0xa0761d6478bd642fULL, k1 = 0xe7037ed1a0b428dbULL;
        uint64_t h = k0 ^ s.len;
        const char *p = s.ptr;
        size_t n = s.len;
        for (; n >= 8; n -= 8, p += 8) {
                uint64_t w;
                memcpy(&w, p, 8);
                h = fold(h ^ w, k1);
        }
        uint64_t tail = 0;
        if (n)
                memcpy(&tail, p, n);
        return fold(h ^ tail ^ ((uint64_t)n << 56), k0);
}

bool str_to_i64(Str s, int64_t *ret)
{
        size_t i = 0;
        bool negative = false;
        if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
                negative = s.ptr[0] == '-';
                i = 1;
        }
        if (i == s.len)
                return false;
        int64_t v = 0;
        for (; i < s.len; i++) {
                if (s.ptr[i] < '0' || s.ptr[i] > '9')
                        return false;
                int digit = s.ptr[i] - '0';
                if (__builtin_mul_overflow(v, (int64_t)10, &v) ||
                    __builtin_add_overflow(v, (int64_t)(negative ? -digit : digit), &v))
                        return false;
        }
        *ret = v;
        return true;
}
