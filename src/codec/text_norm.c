#include "codec/text_norm.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/utf8.h"

uint32_t text_narrow(uint32_t cp)
{
        if (cp >= 0xFF01 && cp <= 0xFF5E)
                return cp - 0xFEE0;
        switch (cp) {
        case 0x3000:
        case 0xA0:
                return ' ';
        case 0xFFE5:
                return 0xA5;
        default:
                return cp;
        }
}

static bool is_invisible(uint32_t cp)
{
        return cp == 0xAD || cp == 0xFEFF || (cp >= 0x200B && cp <= 0x200F) || cp == 0x2060;
}

bool text_is_blank(uint32_t cp)
{
        return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 || cp == 0xA0 || cp == 0x1680 || cp == 0x3000 ||
               (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F ||
               is_invisible(cp);
}

/* Everything below U+0300 is composed already. */
static bool may_need_nfc(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if ((unsigned char)s.ptr[i] >= 0xCC)
                        return true;
        return false;
}

/* Appends the composed form of s, which is well-formed. */
static Status compose(Str s, Buf *out)
{
        UErrorCode e = U_ZERO_ERROR;
        const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
        if (U_FAILURE(e))
                return ST_NOMEM;
        if (s.len > INT32_MAX / 8)
                return ST_LIMIT;
        /* NFC grows UTF-16 by at most three times. */
        size_t room = s.len + 1;
        _cleanup_free_ UChar *from = mem_realloc_array(NULL, room, sizeof(UChar));
        _cleanup_free_ UChar *to = mem_realloc_array(NULL, room * 3, sizeof(UChar));
        if (!from || !to)
                return ST_NOMEM;
        int32_t units = 0, n;
        u_strFromUTF8(from, (int32_t)room, &units, s.ptr, (int32_t)s.len, &e);
        n = unorm2_normalize(nfc, from, units, to, (int32_t)(room * 3), &e);
        if (U_FAILURE(e))
                return ST_INTERNAL;
        char *p = buf_reserve(out, (size_t)n * 3);
        if (!p)
                return buf_status(out);
        u_strToUTF8(p, n * 3, &n, to, n, &e);
        if (U_FAILURE(e))
                return ST_INTERNAL;
        out->len += (size_t)n;
        out->ptr[out->len] = '\0';
        return ST_OK;
}

static void fold(Str s, unsigned how, Buf *out)
{
        size_t start = out->len;
        bool gap = false;
        for (size_t i = 0; i < s.len;) {
                uint32_t c = utf8_next(s, &i);
                bool blank = text_is_blank(c);
                if (blank && (how & NORM_NO_BLANKS))
                        continue;
                if (blank && (how & NORM_ONE_BLANK)) {
                        gap |= !is_invisible(c);
                        continue;
                }
                if (gap && out->len > start)
                        buf_putc(out, ' ');
                gap = false;
                if (how & NORM_WIDTH)
                        c = text_narrow(c);
                if ((how & NORM_LOWER) && c >= 'A' && c <= 'Z')
                        c += 32;
                buf_put_codepoint(out, c);
        }
}

/* Printable ASCII without blanks, and without capitals where they are lowered: nothing changes it. */
static bool is_plain(Str s, unsigned how)
{
        for (size_t i = 0; i < s.len; i++)
                if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || ((how & NORM_LOWER) && s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'))
                        return false;
        return true;
}

Status text_norm(Arena *a, Str s, unsigned how, NormText *ret)
{
        NormText t = { .original = s, .text = s };
        if (is_plain(s, how)) {
                *ret = t;
                return ST_OK;
        }
        if (!utf8_valid(s))
                return ST_INVALID;
        _cleanup_buf_ Buf composed = BUF_INIT(s.len * 9 + 64), folded = BUF_INIT(s.len * 9 + 64);
        if (how & NORM_TRIM)
                t.text = str_trim(t.text);
        if ((how & NORM_NFC) && may_need_nfc(t.text)) {
                TRY(compose(t.text, &composed));
                t.text = buf_str(&composed);
        }
        if (how & (NORM_WIDTH | NORM_NO_BLANKS | NORM_ONE_BLANK | NORM_LOWER)) {
                fold(t.text, how, &folded);
                TRY(buf_status(&folded));
                t.text = buf_str(&folded);
        }
        t.changed = !str_eq(t.text, s);
        if (!t.changed) {
                t.text = s;
        } else if (t.text.ptr < s.ptr || t.text.ptr > s.ptr + s.len) {
                t.text = arena_str(a, t.text);
                if (!t.text.ptr)
                        return ST_NOMEM;
        }
        *ret = t;
        return ST_OK;
}
