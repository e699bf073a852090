/* Which encoding: all candidates are followed at once, byte by byte, and the
 * verdict falls at the end.  UTF-8 that is valid throughout is UTF-8: text in a
 * two-byte code all but never looks like it.  The converse is not true, UTF-8
 * reads as GB18030 without an error (as nonsense), so a file that is not UTF-8
 * but holds runs of plain UTF-8 Chinese is a mixture and refused. */
#include "codec/encoding_int.h"

#include "base/utf8.h"

typedef struct Follow {         /* of one encoding */
        bool failed;
        uint64_t bad_at;        /* where the sequence that failed begins */
        unsigned bad_byte;
        unsigned char seq[4];   /* the sequence under way */
        unsigned have, need;
} Follow;

typedef struct Follow16 {
        bool failed;
        uint64_t bad_at, units, ascii, chinese;
        uint64_t pairs;         /* units that are two ASCII characters as well */
        bool high;              /* a high surrogate waits for its low one */
} Follow16;

struct EncodingScan {
        uint64_t total;         /* bytes */
        uint64_t origin;        /* of the first one in the file */
        unsigned char first[4];
        unsigned char previous; /* byte, for UTF-16 */
        Follow utf8, gb;
        Follow16 wide[2];       /* little, big endian */
        bool marked_wide;       /* begins with the mark of UTF-16 */
        bool four_byte;         /* a four-byte form of GB18030 */
        bool nul;
        uint64_t nul_at;
        bool control;
        uint64_t control_at;
        unsigned control_byte;
        bool replaced;          /* U+FFFD in UTF-8 */
        uint64_t replaced_at;
        /* runs of bytes beyond ASCII: are they UTF-8 Chinese? */
        uint64_t runs, chinese_runs, run_at, first_chinese_at;
        bool in_run, run_good, sure;
        unsigned run_chars, run_have;
        uint32_t run_cp;
};

EncodingScan *encoding_scan_new(void)
{
        return mem_calloc(1, sizeof(EncodingScan));
}

EncodingScan *encoding_scan_new_at(uint64_t origin)
{
        EncodingScan *s = encoding_scan_new();
        if (s)
                s->origin = origin;
        return s;
}

void encoding_scan_free(EncodingScan *s)
{
        mem_free(s);
}

static void follow_fail(Follow *f, uint64_t at, unsigned byte)
{
        f->failed = true;
        f->bad_at = at;
        f->bad_byte = byte;
}

static void follow_utf8(EncodingScan *s, unsigned char c, uint64_t at)
{
        Follow *f = &s->utf8;
        if (f->have == 0) {
                if (c < 0x80)
                        return;
                f->need = c >= 0xF0 && c <= 0xF4 ? 4 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xC2 && c < 0xE0 ? 2 : 0;
                if (!f->need) {
                        follow_fail(f, at, c);
                        return;
                }
        } else if ((c & 0xC0) != 0x80) {
                follow_fail(f, at - f->have, f->seq[0]);
                return;
        }
        f->seq[f->have++] = c;
        if (f->have < f->need)
                return;
        size_t pos = 0;
        uint32_t cp = utf8_next(str_n((const char *)f->seq, f->need), &pos);
        if (cp == UTF8_BAD) {
                follow_fail(f, at + 1 - f->have, f->seq[0]);
                return;
        }
        if (cp == 0xFFFD && !s->replaced) {
                s->replaced = true;
                s->replaced_at = at + 1 - f->have;
        }
        f->have = 0;
}

static void follow_gb(EncodingScan *s, unsigned char c, uint64_t at)
{
        Follow *f = &s->gb;
        bool good;
        switch (f->have) {
        case 0:
                if (c < 0x80)
                        return;
                good = c >= 0x81 && c <= 0xFE;
                break;
        case 1:
                if (c >= 0x30 && c <= 0x39) {
                        good = true;
                        break;
                }
                if (c >= 0x40 && c <= 0xFE && c != 0x7F) {
                        f->have = 0;
                        return;
                }
                good = false;
                break;
        case 2:
                good = c >= 0x81 && c <= 0xFE;
                break;
        default:
                if (c >= 0x30 && c <= 0x39) {
                        s->four_byte = true;
                        f->have = 0;
                        return;
                }
                good = false;
                break;
        }
        if (!good) {
                follow_fail(f, at - f->have, f->have ? f->seq[0] : c);
                return;
        }
        f->seq[f->have++] = c;
}

static void follow_wide(Follow16 *f, uint32_t unit, uint64_t at)
{
        f->units++;
        bool low = unit >= 0xDC00 && unit <= 0xDFFF, high = unit >= 0xD800 && unit <= 0xDBFF;
        bool control = unit < 0x20 && unit != '\t' && unit != '\n' && unit != '\r' && unit != '\v' && unit != '\f';
        if (low != f->high || control || unit == 0xFFFE || unit == 0xFFFF) {
                f->failed = true;
                f->bad_at = low ? at : f->high ? at - 2 : at;
                return;
        }
        f->high = high;
        f->ascii += unit < 0x80;
        unsigned char a = unit >> 8 & 0xFF, b = unit & 0xFF;
        f->pairs += a >= 0x20 && a < 0x7F && b >= 0x20 && b < 0x7F;
        f->chinese += (unit >= 0x4E00 && unit <= 0x9FFF) || (unit >= 0x3000 && unit <= 0x303F) ||
                      (unit >= 0xFF00 && unit <= 0xFFEF);
}

static void end_run(EncodingScan *s)
{
        s->in_run = false;
        s->runs++;
        if (!s->run_good || s->run_have || s->run_chars < 2)
                return;
        if (s->chinese_runs++ == 0)
                s->first_chinese_at = s->run_at;
        /* Six two-byte characters that are four in UTF-8 by chance: one in 10^10. */
        s->sure |= s->run_chars >= 4;
}

/* A run is good while it is three-byte UTF-8 of Chinese characters and punctuation only. */
static void follow_run(EncodingScan *s, unsigned char c, uint64_t at)
{
        if (c < 0x80) {
                if (s->in_run)
                        end_run(s);
                return;
        }
        if (!s->in_run) {
                s->in_run = s->run_good = true;
                s->run_at = at;
                s->run_chars = s->run_have = 0;
        }
        if (!s->run_good)
                return;
        if (s->run_have == 0) {
                s->run_good = c >= 0xE2 && c <= 0xEF;
                s->run_cp = c & 0xF;
                s->run_have = 1;
                return;
        }
        s->run_good = (c & 0xC0) == 0x80;
        s->run_cp = s->run_cp << 6 | (c & 0x3F);
        if (++s->run_have < 3)
                return;
        uint32_t cp = s->run_cp;
        s->run_good &= (cp >= 0x3000 && cp <= 0x303F) || (cp >= 0x3400 && cp <= 0x9FFF) ||
                       (cp >= 0xFF00 && cp <= 0xFFEF) || (cp >= 0x2010 && cp <= 0x2027);
        s->run_chars++;
        s->run_have = 0;
}

static size_t ascii_length(const unsigned char *p, size_t n)
{
        size_t i = 0;
        for (; n - i >= 8; i += 8) {
                uint64_t w;
                memcpy(&w, p + i, 8);
                if ((w | (w - 0x2020202020202020ULL)) & 0x8080808080808080ULL)
                        break;
        }
        return i;
}

/* A Chinese character in a text that only UTF-8 still fits says nothing more: one step for its three bytes. */
static bool whole_character(EncodingScan *s, const unsigned char *p, size_t left)
{
        if (left < 3 || p[0] < 0xE4 || p[0] > 0xE9 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80 || !s->gb.failed ||
            s->utf8.failed || s->utf8.have || s->nul || s->marked_wide || s->total < ENCODING_WIDE_SEEN_BY)
                return false;
        if (!s->in_run) {
                s->in_run = s->run_good = true;
                s->run_at = s->total;
                s->run_chars = s->run_have = 0;
        }
        if (s->run_good && s->run_have)
                return false;
        s->run_chars += s->run_good;
        s->total += 3;
        s->previous = p[2];
        return true;
}

void encoding_scan_add(EncodingScan *s, Str chunk)
{
        const unsigned char *p = (const unsigned char *)chunk.ptr;
        for (size_t i = 0; i < chunk.len;) {
                /* Plain ASCII says nothing, except to UTF-16, which is told from its NULs. */
                if (!s->nul && s->total >= 4 && !s->utf8.have && !s->gb.have && !s->in_run) {
                        size_t n = ascii_length(p + i, chunk.len - i) & ~(size_t)1;
                        if (n) {
                                i += n;
                                s->total += n;
                                s->wide[0].units += n / 2;
                                s->wide[1].units += n / 2;
                                s->previous = p[i - 1];
                                continue;
                        }
                }
                if (whole_character(s, p + i, chunk.len - i)) {
                        i += 3;
                        continue;
                }
                unsigned char c = p[i++];
                uint64_t at = s->total++;
                if (at < 4)
                        s->first[at] = c;
                if (at == 1)
                        s->marked_wide = (s->first[0] == 0xFF && c == 0xFE) || (s->first[0] == 0xFE && c == 0xFF);
                if (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\v' && c != '\f') {
                        if (c == 0) {
                                if (!s->nul)
                                        s->nul_at = at;
                                s->nul = true;
                        } else if (!s->control) {
                                s->control = true;
                                s->control_at = at;
                                s->control_byte = c;
                        }
                }
                if (!s->utf8.failed)
                        follow_utf8(s, c, at);
                if (!s->gb.failed)
                        follow_gb(s, c, at);
                if ((at & 1) && (s->nul || at < ENCODING_WIDE_SEEN_BY || s->marked_wide)) {
                        if (!s->wide[0].failed)
                                follow_wide(&s->wide[0], (uint32_t)c << 8 | s->previous, at - 1);
                        if (!s->wide[1].failed)
                                follow_wide(&s->wide[1], (uint32_t)s->previous << 8 | c, at - 1);
                }
                s->previous = c;
                follow_run(s, c, at);
        }
}

#define OFFSET(s, at) ((unsigned long long)((s)->origin + (at)))
#define REFUSE(d, file, zh, ...) diag_raise((d), ST_INVALID, POS_FILE(file), zh, __VA_ARGS__)

static Status judge_utf16(const EncodingScan *s, bool big, bool part, const char *file, Diag *d, TextEncoding *ret)
{
        const Follow16 *f = &s->wide[big];
        const char *name = big ? "UTF-16BE" : "UTF-16LE";
        if (f->failed || (f->high && !part))
                return REFUSE(d, file, "%s 文本在第 %llu 字节处有不成对的代理或控制字符",
                              "%s text with half a surrogate pair or a control character at byte %llu", name,
                              OFFSET(s, f->failed ? f->bad_at : s->total - 2));
        if (s->total % 2 && !part)
                return REFUSE(d, file, "%s 文本在字符中间中断（共 %llu 字节）",
                              "the %s text ends inside a character (%llu bytes)", name, OFFSET(s, s->total));
        *ret = big ? ENC_UTF16BE : ENC_UTF16LE;
        return ST_OK;
}

/* Without a mark: which byte order makes text of it?  A NUL in a text of single
 * bytes does not: there the units are pairs of ASCII characters. */
static bool looks_wide(const EncodingScan *s, bool big, bool part)
{
        const Follow16 *f = &s->wide[big];
        return !f->failed && (part || s->total % 2 == 0) && f->ascii > 0 &&
               (f->ascii + f->chinese) * 10 >= f->units * 7 && f->pairs * 2 <= f->units;
}

static Status judge_utf8(const EncodingScan *s, bool mark, const char *file, Diag *d, TextEncoding *ret)
{
        if (s->replaced)
                return REFUSE(
                        d, file, "第 %llu 字节处有替换字符 U+FFFD：文件曾被错误转码，原来的字已经丢失",
                        "the replacement character U+FFFD at byte %llu: the file was converted wrongly before, and characters are lost",
                        OFFSET(s, s->replaced_at));
        *ret = mark ? ENC_UTF8_BOM : ENC_UTF8;
        return ST_OK;
}

/* What has neither mark nor NUL. */
static Status judge_bytes(const EncodingScan *s, bool part, const char *file, Diag *d, TextEncoding *ret)
{
        bool utf8 = !s->utf8.failed && (part || !s->utf8.have), gb = !s->gb.failed && (part || !s->gb.have);
        uint64_t utf8_at = s->utf8.failed ? s->utf8.bad_at : s->total - s->utf8.have;
        uint64_t gb_at = s->gb.failed ? s->gb.bad_at : s->total - s->gb.have;
        unsigned utf8_byte = s->utf8.failed ? s->utf8.bad_byte : s->utf8.seq[0],
                 gb_byte = s->gb.failed ? s->gb.bad_byte : s->gb.seq[0];
        if (utf8)
                return judge_utf8(s, false, file, d, ret);
        bool mixed = s->chinese_runs && (s->sure || s->chinese_runs * 10000 > s->runs);
        if (mixed)
                return REFUSE(
                        d, file,
                        "编码混杂：第 %llu 字节处是 UTF-8 文本，第 %llu 字节（0x%02X）却不是 UTF-8；请统一编码后再导入",
                        "mixed encodings: there is UTF-8 text at byte %llu, but byte %llu (0x%02X) is not UTF-8; save the file in one encoding",
                        OFFSET(s, s->first_chinese_at), OFFSET(s, utf8_at), utf8_byte);
        if (gb) {
                *ret = s->four_byte ? ENC_GB18030 : ENC_GBK;
                return ST_OK;
        }
        return REFUSE(d, file, "编码无法识别：第 %llu 字节（0x%02X）不是 UTF-8，第 %llu 字节（0x%02X）不是 GB18030",
                      "unknown encoding: byte %llu (0x%02X) is not UTF-8, and byte %llu (0x%02X) is not GB18030",
                      OFFSET(s, utf8_at), utf8_byte, OFFSET(s, gb_at), gb_byte);
}

Status encoding_judge(EncodingScan *s, bool part, const char *file, Diag *d, TextEncoding *ret)
{
        static const unsigned char none[4] = { 'x', 'x', 'x', 'x' };
        const unsigned char *b = s->origin ? none : s->first;   /* a mark stands at the beginning only */
        if (s->in_run && !part)
                end_run(s);
        if (s->total >= 4 &&
            ((b[0] == 0xFF && b[1] == 0xFE && !b[2] && !b[3]) || (!b[0] && !b[1] && b[2] == 0xFE && b[3] == 0xFF)))
                return REFUSE(d, file, "不支持 UTF-32，请另存为 UTF-8",
                              "UTF-32 is not supported: save the file as UTF-8");
        if (s->total >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF)))
                return judge_utf16(s, b[0] == 0xFE, part, file, d, ret);
        if (s->nul && s->nul_at < ENCODING_WIDE_SEEN_BY) {
                bool little = looks_wide(s, false, part), big = looks_wide(s, true, part);
                if (little != big)
                        return judge_utf16(s, big, part, file, d, ret);
        }
        if (s->nul)
                return REFUSE(d, file, "第 %llu 字节处有空字符（NUL），不是文本文件",
                              "a NUL character at byte %llu: this is no text file", OFFSET(s, s->nul_at));
        if (s->control)
                return REFUSE(d, file, "第 %llu 字节处有控制字符 0x%02X，不是文本文件",
                              "the control character 0x%2$02X at byte %1$llu: this is no text file",
                              OFFSET(s, s->control_at), s->control_byte);
        if (s->total >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF) {
                if (s->utf8.failed || (s->utf8.have && !part))
                        return REFUSE(d, file, "带 UTF-8 标记（BOM），但第 %llu 字节（0x%02X）不是 UTF-8",
                                      "marked as UTF-8 (BOM), but byte %llu (0x%02X) is not UTF-8",
                                      OFFSET(s, s->utf8.failed ? s->utf8.bad_at : s->total - s->utf8.have),
                                      s->utf8.failed ? s->utf8.bad_byte : s->utf8.seq[0]);
                return judge_utf8(s, true, file, d, ret);
        }
        return judge_bytes(s, part, file, d, ret);
}

Status encoding_scan_end(EncodingScan *s, const char *file, Diag *d, TextEncoding *ret)
{
        return encoding_judge(s, false, file, d, ret);
}

Status encoding_detect(Str bytes, const char *file, Diag *d, TextEncoding *ret)
{
        EncodingScan s = { .total = 0 };
        encoding_scan_add(&s, bytes);
        return encoding_scan_end(&s, file, d, ret);
}

Status encoding_detect_source(ByteSource raw, const char *file, Diag *d, TextEncoding *ret)
{
        enum { CHUNK = 64 << 10 };
        EncodingScan s = { .total = 0 };
        _cleanup_free_ char *chunk = mem_alloc(CHUNK);
        if (!chunk)
                return ST_NOMEM;
        for (;;) {
                size_t n = 0;
                TRY(raw.read(raw.ctx, chunk, CHUNK, d, &n));
                if (n == 0)
                        return encoding_scan_end(&s, file, d, ret);
                encoding_scan_add(&s, str_n(chunk, n));
        }
}
