#include "codec/encoding.h"

#include <unicode/ucnv.h>

#include "base/utf8.h"
#include "codec/encoding_int.h"

enum { CHUNK = 64 << 10, WINDOW = 256 << 10 };

static const char *const names[] = {
#define ENCODING_NAME(code, name) [code] = name,
        ENCODING_LIST(ENCODING_NAME)
#undef ENCODING_NAME
};

const char *encoding_name(TextEncoding e)
{
        return (unsigned)e < (unsigned)ENC_COUNT_ ? names[e] : "?";
}

Status encoding_by_name(Str name, TextEncoding *ret)
{
        static const struct { const char *name; TextEncoding e;
        } known[] = {
                { "auto", ENC_AUTO },        { "utf8", ENC_UTF8 },       { "utf8bom", ENC_UTF8_BOM },
                { "utf8sig", ENC_UTF8_BOM }, { "utf16le", ENC_UTF16LE }, { "utf16be", ENC_UTF16BE },
                { "gbk", ENC_GBK },          { "gb2312", ENC_GBK },      { "cp936", ENC_GBK },
                { "gb18030", ENC_GB18030 },
        };
        char plain[16];
        size_t n = 0;
        for (size_t i = 0; i < name.len; i++) {
                char c = name.ptr[i];
                if (c == '-' || c == '_' || c == ' ')
                        continue;
                if (n == sizeof(plain))
                        return ST_NOT_FOUND;
                plain[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        }
        for (size_t i = 0; i < ARRAY_LEN(known); i++) {
                if (str_eq_c(str_n(plain, n), known[i].name)) {
                        *ret = known[i].e;
                        return ST_OK;
                }
        }
        return ST_NOT_FOUND;
}

/* Characters that ICU's table of the 2005 edition leaves in the private area and
 * the edition of 2022 gives their places (FE59 is U+9FB4): rare names hold them.
 * The code of U+1E3F is that of the edition of 2000. */
typedef struct Moved {
        uint16_t from;
        uint32_t to;
} Moved;

static uint32_t settled(uint32_t c)
{
        static const Moved moved[] = {
                { 0xE78D, 0xFE10 },  { 0xE78E, 0xFE12 },  { 0xE78F, 0xFE11 },  { 0xE790, 0xFE13 }, { 0xE791, 0xFE14 },
                { 0xE792, 0xFE15 },  { 0xE793, 0xFE16 },  { 0xE794, 0xFE17 },  { 0xE795, 0xFE18 }, { 0xE796, 0xFE19 },
                { 0xE816, 0x20087 }, { 0xE817, 0x20089 }, { 0xE818, 0x200CC }, { 0xE81E, 0x9FB4 }, { 0xE826, 0x9FB5 },
                { 0xE82B, 0x9FB6 },  { 0xE82C, 0x9FB7 },  { 0xE831, 0x215D7 }, { 0xE832, 0x9FB8 }, { 0xE83B, 0x2298F },
                { 0xE843, 0x9FB9 },  { 0xE854, 0x9FBA },  { 0xE855, 0x241FE }, { 0xE864, 0x9FBB }, { 0xE7C7, 0x1E3F },
        };
        if (c < 0xE78D || c > 0xE864)
                return c;
        for (size_t i = 0; i < ARRAY_LEN(moved); i++)
                if (moved[i].from == c)
                        return moved[i].to;
        return c;
}

struct TextSource {
        ByteSource raw;
        char *file;
        TextEncoding encoding;
        EncodingScan *scan;     /* while undecided, and behind GB18030 to find out a mixture */
        UConverter *gb;
        Status failed;
        bool raw_end, begun;
        uint64_t offset;        /* in the input, of in.ptr[0] */
        Buf in, out;            /* bytes to decode; UTF-8 to give */
        size_t out_at;
};

Status text_source_new(ByteSource raw, TextEncoding e, const char *file, TextSource **ret)
{
        TextSource *t = mem_calloc(1, sizeof(*t));
        if (!t)
                return ST_NOMEM;
        t->raw = raw;
        t->encoding = e;
        t->in = BUF_INIT(WINDOW + 2 * CHUNK);
        t->out = BUF_INIT(4 * (WINDOW + 2 * CHUNK));
        if (file) {
                size_t n = strlen(file) + 1;
                t->file = mem_alloc(n);
                if (!t->file) {
                        mem_free(t);
                        return ST_NOMEM;
                }
                memcpy(t->file, file, n);
        }
        *ret = t;
        return ST_OK;
}

void text_source_free(TextSource *t)
{
        if (!t)
                return;
        if (t->gb)
                ucnv_close(t->gb);
        encoding_scan_free(t->scan);
        buf_release(&t->in);
        buf_release(&t->out);
        mem_free(t->file);
        mem_free(t);
}

TextEncoding text_source_encoding(const TextSource *t) { return t->encoding; }

static Status no_memory(const TextSource *t, Diag *d)
{
        return diag_raise(d, ST_NOMEM, POS_FILE(t->file), "转换编码时内存不足", "out of memory while converting text");
}

#define REFUSE(t, d, zh, ...) diag_raise((d), ST_INVALID, POS_FILE((t)->file), zh, __VA_ARGS__)

static Status bad_bytes(const TextSource *t, Diag *d, size_t at)
{
        return REFUSE(t, d, "第 %llu 字节（0x%02X）不是 %s", "byte %llu (0x%02X) is not %s",
                      (unsigned long long)(t->offset + at), (unsigned char)t->in.ptr[at], encoding_name(t->encoding));
}

static Status replaced(const TextSource *t, Diag *d, uint64_t at)
{
        return REFUSE(
                t, d, "第 %llu 字节处有替换字符 U+FFFD：文件曾被错误转码，原来的字已经丢失",
                "the replacement character U+FFFD at byte %llu: the file was converted wrongly before, and characters are lost",
                (unsigned long long)at);
}

/* ---- decoding what is in t->in; *ret_used: how far ---- */

static Status decode_utf8(TextSource *t, Diag *d, size_t *ret_used)
{
        Str all = buf_str(&t->in);
        size_t good = utf8_bad_at(all);
        if (good < all.len) {
                unsigned char c = (unsigned char)all.ptr[good];
                size_t need = c >= 0xF0 && c <= 0xF4 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1, left = all.len - good;
                bool cut = left < need && c >= 0xC2 && c <= 0xF4 && !t->raw_end;
                for (size_t i = 1; i < left && cut; i++)
                        cut = ((unsigned char)all.ptr[good + i] & 0xC0) == 0x80;
                if (!cut)
                        return bad_bytes(t, d, good);
        }
        size_t lost = str_find(str_n(all.ptr, good), STR("\xEF\xBF\xBD"));
        if (lost != SIZE_MAX)
                return replaced(t, d, t->offset + lost);
        buf_put(&t->out, all.ptr, good);
        *ret_used = good;
        return ST_OK;
}

static Status decode_utf16(TextSource *t, Diag *d, size_t *ret_used)
{
        const unsigned char *p = (const unsigned char *)t->in.ptr;
        size_t n = t->in.len, i = 0, high = t->encoding == ENC_UTF16LE, low = !high;
        char *to = buf_reserve(&t->out, n * 2);
        if (!to)
                return buf_status(&t->out);
        size_t len = 0;
        while (n - i >= 2) {
                uint32_t c = (uint32_t)p[i + high] << 8 | p[i + low];
                size_t used = 2;
                if (c >= 0xD800 && c <= 0xDFFF) {
                        if (c < 0xDC00 && n - i < 4) {
                                if (t->raw_end)
                                        return bad_bytes(t, d, i);
                                break;
                        }
                        uint32_t second = c < 0xDC00 ? (uint32_t)p[i + 2 + high] << 8 | p[i + 2 + low] : 0;
                        if (second < 0xDC00 || second > 0xDFFF)
                                return bad_bytes(t, d, i);
                        c = 0x10000 + ((c - 0xD800) << 10) + (second - 0xDC00);
                        used = 4;
                }
                if (c == 0xFFFD)
                        return replaced(t, d, t->offset + i);
                len += utf8_put(to + len, c);
                i += used;
        }
        if (t->raw_end && i < n)
                return bad_bytes(t, d, i);
        t->out.len += len;
        *ret_used = i;
        return ST_OK;
}

static Status open_gb(TextSource *t, Diag *d)
{
        UErrorCode e = U_ZERO_ERROR;
        t->gb = ucnv_open("gb18030", &e);
        if (t->gb)
                ucnv_setToUCallBack(t->gb, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
        if (U_SUCCESS(e))
                return ST_OK;
        if (e == U_MEMORY_ALLOCATION_ERROR)
                return no_memory(t, d);
        return diag_raise(d, ST_INTERNAL, POS_FILE(t->file), "ICU 没有 GB18030 转换表", "ICU has no table of GB18030");
}

/* ICU keeps a character that is cut off between calls: everything is used. */
static Status decode_gb(TextSource *t, Diag *d, size_t *ret_used)
{
        UChar units[2048];
        if (!t->gb)
                TRY(open_gb(t, d));
        const char *from = t->in.ptr ? t->in.ptr : "", *end = from + t->in.len;
        for (bool more = true; more;) {
                UErrorCode e = U_ZERO_ERROR;
                UChar *to = units;
                const char *before = from;
                ucnv_toUnicode(t->gb, &to, units + ARRAY_LEN(units) - 1, &from, end, NULL, t->raw_end, &e);
                more = e == U_BUFFER_OVERFLOW_ERROR;
                if (U_FAILURE(e) && !more) {
                        char bad[8];
                        int8_t bad_len = sizeof(bad);
                        UErrorCode ignored = U_ZERO_ERROR;
                        ucnv_getInvalidChars(t->gb, bad, &bad_len, &ignored);
                        uint64_t at = t->offset + (uint64_t)(from - t->in.ptr) - (uint64_t)(bad_len > 0 ? bad_len : 0);
                        return REFUSE(t, d, "第 %llu 字节（0x%02X）不是 %s", "byte %llu (0x%02X) is not %s",
                                      (unsigned long long)at, bad_len > 0 ? (unsigned char)bad[0] : 0,
                                      encoding_name(t->encoding));
                }
                char *text = buf_reserve(&t->out, ARRAY_LEN(units) * 3);
                if (!text)
                        return buf_status(&t->out);
                size_t len = 0;
                for (UChar *u = units; u < to;) {
                        uint32_t c = *u++;
                        if (c >= 0xD800 && c <= 0xDBFF && u == to) {
                                /* The pair was divided: there is room for its other half. */
                                UErrorCode e2 = U_ZERO_ERROR;
                                ucnv_toUnicode(t->gb, &to, to + 1, &from, end, NULL, t->raw_end, &e2);
                                if (u == to)
                                        return diag_raise(d, ST_INTERNAL, POS_FILE(t->file), "ICU 转换出错",
                                                          "ICU failed to convert");
                                more = true;
                        }
                        if (c >= 0xD800 && c <= 0xDBFF)
                                c = 0x10000 + ((c - 0xD800) << 10) + (uint32_t)(*u++ - 0xDC00);
                        if (c == 0xFFFD)
                                return replaced(t, d, t->offset + (uint64_t)(before - t->in.ptr));
                        len += utf8_put(text + len, settled(c));
                }
                t->out.len += len;
        }
        *ret_used = t->in.len;
        return ST_OK;
}

static Status decode(TextSource *t, Diag *d)
{
        size_t used = 0;
        if (!t->begun && t->in.len) {           /* the mark */
                static const Str marks[ENC_COUNT_] = {
                        [ENC_UTF8] = STR("\xEF\xBB\xBF"),        [ENC_UTF8_BOM] = STR("\xEF\xBB\xBF"),
                        [ENC_UTF16LE] = STR("\xFF\xFE"),         [ENC_UTF16BE] = STR("\xFE\xFF"),
                        [ENC_GB18030] = STR("\x84\x31\x95\x33"),
                };
                if (t->in.len < marks[t->encoding].len && !t->raw_end)
                        return ST_OK;
                t->begun = true;
                size_t skip = marks[t->encoding].len && str_starts(buf_str(&t->in), marks[t->encoding])
                                      ? marks[t->encoding].len
                                      : 0;
                memmove(t->in.ptr, t->in.ptr + skip, t->in.len - skip);
                t->in.len -= skip;
                t->offset += skip;
        }
        switch (t->encoding) {
        case ENC_UTF8:
        case ENC_UTF8_BOM:
                TRY(decode_utf8(t, d, &used));
                break;
        case ENC_UTF16LE:
        case ENC_UTF16BE:
                TRY(decode_utf16(t, d, &used));
                break;
        default:
                TRY(decode_gb(t, d, &used));
                break;
        }
        if (used)
                memmove(t->in.ptr, t->in.ptr + used, t->in.len - used);
        t->in.len -= used;
        t->offset += used;
        return ST_OK;
}

/* ---- deciding, in one pass ---- */

static bool is_plain(Str s)
{
        for (size_t i = 0; i < s.len; i++) {
                unsigned char c = (unsigned char)s.ptr[i];
                if (c >= 0x80 || (c < 0x20 && !(c >= '\t' && c <= '\r')))
                        return false;
        }
        return true;
}

/* As long as everything is ASCII it goes through as it is; the first other byte
 * opens a window that decides. */
static Status decide(TextSource *t, Diag *d)
{
        /* What UTF-16 needs to show itself is never let through before. */
        if ((t->begun || t->in.len >= ENCODING_WIDE_SEEN_BY) && is_plain(buf_str(&t->in))) {
                t->begun = true;
                buf_put(&t->out, t->in.ptr, t->in.len);
                t->offset += t->in.len;
                t->in.len = 0;
                return ST_OK;
        }
        if (!t->raw_end && t->in.len < WINDOW)
                return ST_OK;
        t->scan = encoding_scan_new_at(t->offset);
        if (!t->scan)
                return no_memory(t, d);
        encoding_scan_add(t->scan, buf_str(&t->in));
        TextEncoding e;
        TRY(encoding_judge(t->scan, !t->raw_end, t->file, d, &e));
        t->encoding = e == ENC_GBK && !t->raw_end ? ENC_GB18030 : e;
        if (t->encoding != ENC_GB18030)
                encoding_scan_free(TAKE(t->scan));
        return decode(t, d);
}

/* At least one byte more in out, or the end. */
static Status advance(TextSource *t, Diag *d)
{
        buf_clear(&t->out);
        t->out_at = 0;
        while (t->out.len == 0 && !(t->raw_end && t->in.len == 0)) {
                if (!t->raw_end) {
                        char *p = buf_reserve(&t->in, CHUNK);
                        if (!p)
                                return no_memory(t, d);
                        size_t n = 0;
                        TRY(t->raw.read(t->raw.ctx, p, CHUNK, d, &n));
                        t->in.len += n;
                        t->raw_end = n == 0;
                        if (t->scan)
                                encoding_scan_add(t->scan, str_n(p, n));
                }
                if (t->encoding == ENC_AUTO)
                        TRY(decide(t, d));
                else
                        TRY(decode(t, d));
                if (t->out.failed != ST_OK)
                        return no_memory(t, d);
        }
        if (t->raw_end && t->encoding == ENC_AUTO)
                t->encoding = ENC_UTF8;
        TextEncoding ignored;
        if (t->raw_end && t->scan)
                return encoding_judge(t->scan, false, t->file, d, &ignored);
        return ST_OK;
}

static Status read_text(void *ctx, void *out, size_t cap, Diag *d, size_t *ret_len)
{
        TextSource *t = ctx;
        if (t->failed != ST_OK)
                return t->failed;
        if (t->out_at == t->out.len) {
                t->failed = advance(t, d);
                TRY(t->failed);
        }
        size_t n = t->out.len - t->out_at;
        if (n > cap)
                n = cap;
        if (n)
                memcpy(out, t->out.ptr + t->out_at, n);
        t->out_at += n;
        *ret_len = n;
        return ST_OK;
}

ByteSource text_source_bytes(TextSource *t)
{
        return (ByteSource){ read_text, t };
}

Status encoding_to_utf8(Str bytes, TextEncoding e, const char *file, Diag *d, Buf *out, TextEncoding *ret_used)
{
        if (e == ENC_AUTO)
                TRY(encoding_detect(bytes, file, d, &e));
        MemSource m = { bytes };
        _cleanup_text_source_ TextSource *t = NULL;
        TRY(text_source_new(mem_source(&m), e, file, &t));
        for (;;) {
                TRY(t->failed = advance(t, d));
                if (t->out.len == 0)
                        break;
                buf_put_str(out, buf_str(&t->out));
                TRY(buf_status(out));
        }
        if (ret_used)
                *ret_used = e;
        return ST_OK;
}
