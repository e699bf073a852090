/* Folding and cutting text into tokens: the same tokens for both engines, in documents and in queries. */
#include "store/text.h"

#include "base/utf8.h"
#include "store/text_int.h"

/* One code point folded; ' ' for everything that separates words. */
static uint32_t fold_cp(uint32_t c)
{
        if (c >= 0xFF01 && c <= 0xFF5E)         /* full width */
                c -= 0xFEE0;
        if (c < 0x80) {
                if (c >= 'A' && c <= 'Z')
                        return c + 32;
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : ' ';
        }
        if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
                return c + 32;
        if (c >= 0x400 && c <= 0x40F)
                return c + 80;
        return c;
}

typedef enum TextClass { CLASS_GAP, CLASS_WORD, CLASS_CJK } TextClass;

typedef struct Range {
        uint32_t from, to;
} Range;

static bool in_ranges(const Range *r, size_t n, uint32_t c)
{
        for (size_t i = 0; i < n; i++)
                if (c >= r[i].from && c <= r[i].to)
                        return true;
        return false;
}

/* Characters that are written without blanks between words. */
static const Range cjk[] = {
        { 0x4E00, 0x9FFF }, { 0x3400, 0x4DBF }, { 0x3005, 0x3007 }, { 0x3041, 0x3096 }, { 0x30A1, 0x30FE },
        { 0x3105, 0x312F }, { 0xA000, 0xA48C }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0x20000, 0x3FFFF },
};
/* Letters and digits of other scripts, roughly; all below U+3000. */
static const Range words[] = {
        { '0', '9' }, { 'a', 'z' }, { 0xAA, 0xAA }, { 0xB5, 0xB5 }, { 0xBA, 0xBA }, { 0xC0, 0xD6 }, { 0xD8, 0xF6 },
        { 0xF8, 0x2C1 }, { 0x370, 0x373 }, { 0x376, 0x377 }, { 0x37B, 0x37D }, { 0x386, 0x386 }, { 0x388, 0x52F },
        { 0x531, 0x556 }, { 0x561, 0x587 }, { 0x5D0, 0x5EA }, { 0x620, 0x64A }, { 0x660, 0x669 }, { 0x671, 0x6D3 },
        { 0x904, 0x939 }, { 0xE01, 0xE3A }, { 0xE40, 0xE4E }, { 0x10A0, 0x10FF }, { 0x1E00, 0x1FFC },
};

static TextClass class_of(uint32_t c)
{
        if (c >= 0x3000 ? in_ranges(cjk, ARRAY_LEN(cjk), c) : false)
                return CLASS_CJK;
        return in_ranges(words, ARRAY_LEN(words), c) ? CLASS_WORD : CLASS_GAP;
}

void store_text_fold(Str text, Buf *out)
{
        bool gap = true;        /* none at the beginning */
        for (size_t pos = 0; pos < text.len;) {
                uint32_t c = fold_cp(utf8_next(text, &pos));
                if (class_of(c) != CLASS_GAP) {
                        buf_put_codepoint(out, c);
                        gap = false;
                } else if (!gap) {
                        buf_putc(out, ' ');
                        gap = true;
                }
        }
        if (out->len && out->ptr[out->len - 1] == ' ')
                out->ptr[--out->len] = '\0';
}

typedef struct Cutter {
        StoreTokenFn fn;
        void *ctx;
        bool query;             /* bigrams alone; the last character only when it stands alone */
        char word[STORE_TOKEN_MAX + 4];
        size_t len;
        size_t start, end;
        /* The last CJK character. */
        char last[4];
        size_t last_len, last_start, last_end;
        size_t run;             /* characters in this CJK run */
} Cutter;

static int end_word(Cutter *k)
{
        size_t n = k->len;
        k->len = 0;
        return n ? k->fn(k->ctx, k->word, n, k->start, k->end) : 0;
}

static int end_run(Cutter *k)
{
        size_t run = k->run;
        k->run = 0;
        if (run == 0 || (k->query && run > 1))
                return 0;
        return k->fn(k->ctx, k->last, k->last_len, k->last_start, k->last_end);
}

static int add_cjk(Cutter *k, uint32_t c, size_t start, size_t end)
{
        char now[4];
        size_t n = utf8_put(now, c);
        int rc = end_word(k);
        if (rc == 0 && k->run) {
                char pair[8];
                memcpy(pair, k->last, k->last_len);
                memcpy(pair + k->last_len, now, n);
                rc = k->fn(k->ctx, pair, k->last_len + n, k->last_start, end);
        }
        memcpy(k->last, now, n);
        k->last_len = n;
        k->last_start = start;
        k->last_end = end;
        k->run++;
        return rc;
}

static int add_letter(Cutter *k, uint32_t c, size_t start, size_t end)
{
        int rc = end_run(k);
        if (k->len == 0)
                k->start = start;
        k->end = end;
        if (k->len < STORE_TOKEN_MAX)           /* what is longer is cut, in documents as in queries */
                k->len += utf8_put(k->word + k->len, c);
        return rc;
}

int store_text_cut(Str text, bool query, StoreTokenFn fn, void *ctx)
{
        Cutter k = { .fn = fn, .ctx = ctx, .query = query };
        int rc = 0;
        for (size_t pos = 0; rc == 0 && pos < text.len;) {
                size_t start = pos;
                uint32_t c = fold_cp(utf8_next(text, &pos));
                switch (class_of(c)) {
                case CLASS_CJK:
                        rc = add_cjk(&k, c, start, pos);
                        break;
                case CLASS_WORD:
                        rc = add_letter(&k, c, start, pos);
                        break;
                case CLASS_GAP:
                        rc = end_word(&k);
                        if (rc == 0)
                                rc = end_run(&k);
                        break;
                }
        }
        if (rc == 0)
                rc = end_word(&k);
        return rc ? rc : end_run(&k);
}

int store_text_tokens(Str text, StoreTokenFn fn, void *ctx)
{
        return store_text_cut(text, false, fn, ctx);
}
