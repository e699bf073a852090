/* Shared strings: each once, behind one another in blocks, four bytes of index
 * each.  The counts that the part claims for itself are not looked at. */
#include "base/utf8.h"
#include "codec/xlsx_int.h"

enum { BLOCK_BITS = 20, BLOCK_SIZE = 1 << BLOCK_BITS, BLOCKS_MAX = 1 << (32 - BLOCK_BITS), HEAD = 4,
       STRINGS_MAX = 64 << 20 };

struct StringPool {
        uint64_t max_bytes;
        uint64_t bytes;
        char **blocks;          /* each string: its length (4 bytes), then its bytes */
        size_t block_count, block_cap;
        size_t used;            /* of the last block */
        uint32_t *at;           /* block << BLOCK_BITS | offset */
        size_t count, cap;
};

Status string_pool_new(uint64_t max_bytes, StringPool **ret)
{
        StringPool *p = mem_calloc(1, sizeof(*p));
        if (!p)
                return ST_NOMEM;
        p->max_bytes = max_bytes;
        *ret = p;
        return ST_OK;
}

void string_pool_free(StringPool *p)
{
        if (!p)
                return;
        for (size_t i = 0; i < p->block_count; i++)
                mem_free(p->blocks[i]);
        mem_free(p->blocks);
        mem_free(p->at);
        mem_free(p);
}

static Status add_block(StringPool *p)
{
        if (p->block_count == BLOCKS_MAX)
                return ST_LIMIT;
        if (p->block_count == p->block_cap) {
                size_t cap = p->block_cap ? p->block_cap * 2 : 16;
                char **grown = mem_realloc_array(p->blocks, cap, sizeof(*grown));
                if (!grown)
                        return ST_NOMEM;
                p->blocks = grown;
                p->block_cap = cap;
        }
        char *block = mem_alloc(BLOCK_SIZE);
        if (!block)
                return ST_NOMEM;
        p->blocks[p->block_count++] = block;
        p->used = 0;
        return ST_OK;
}

Status string_pool_add(StringPool *p, Str s)
{
        size_t need = HEAD + s.len;
        if (need > BLOCK_SIZE || p->count >= STRINGS_MAX)
                return ST_LIMIT;
        p->bytes += need + sizeof(uint32_t);
        if (p->bytes > p->max_bytes)
                return ST_LIMIT;
        if (p->count == p->cap) {
                size_t cap = p->cap ? p->cap * 2 : 256;
                uint32_t *grown = mem_realloc_array(p->at, cap, sizeof(*grown));
                if (!grown)
                        return ST_NOMEM;
                p->at = grown;
                p->cap = cap;
        }
        if (p->block_count == 0 || BLOCK_SIZE - p->used < need)
                TRY(add_block(p));
        char *to = p->blocks[p->block_count - 1] + p->used;
        uint32_t len = (uint32_t)s.len;
        memcpy(to, &len, HEAD);
        if (s.len)
                memcpy(to + HEAD, s.ptr, s.len);
        p->at[p->count++] = (uint32_t)(p->block_count - 1) << BLOCK_BITS | (uint32_t)p->used;
        p->used += need;
        return ST_OK;
}

size_t string_pool_count(const StringPool *p)
{
        return p ? p->count : 0;
}

Str string_pool_get(const StringPool *p, size_t index)
{
        const char *from = p->blocks[p->at[index] >> BLOCK_BITS] + (p->at[index] & (BLOCK_SIZE - 1));
        uint32_t len;
        memcpy(&len, from, HEAD);
        return str_n(from + HEAD, len);
}

/* Four hexadecimal digits at p, as Excel writes them. */
static bool hex4(const char *p, uint32_t *ret)
{
        uint32_t v = 0;
        for (int i = 0; i < 4; i++) {
                char c = p[i];
                if (c >= '0' && c <= '9')
                        v = v << 4 | (uint32_t)(c - '0');
                else if (c >= 'A' && c <= 'F')
                        v = v << 4 | (uint32_t)(c - 'A' + 10);
                else if (c >= 'a' && c <= 'f')
                        v = v << 4 | (uint32_t)(c - 'a' + 10);
                else
                        return false;
        }
        *ret = v;
        return true;
}

static bool escape_at(const char *p, size_t left, uint32_t *ret)
{
        return left >= 7 && p[0] == '_' && p[1] == 'x' && p[6] == '_' && hex4(p + 2, ret);
}

/* Characters that XML cannot hold are written _x0001_ in strings; NUL and halves
 * of surrogates stay as they are written, since they are no text. */
void xlsx_unescape(Buf *text)
{
        if (text->len < 7 || !memmem(text->ptr, text->len, "_x", 2))
                return;
        char *p = text->ptr;
        size_t out = 0;
        for (size_t i = 0; i < text->len;) {
                uint32_t u, low;
                size_t used = 7, n = 0;
                char bytes[4];
                if (escape_at(p + i, text->len - i, &u) && u) {
                        if (u >= 0xd800 && u < 0xdc00 && escape_at(p + i + 7, text->len - i - 7, &low) &&
                            low >= 0xdc00 && low < 0xe000) {
                                u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
                                used = 14;
                        }
                        n = utf8_put(bytes, u);
                }
                if (n) {
                        memcpy(p + out, bytes, n);
                        out += n;
                        i += used;
                } else {
                        p[out++] = p[i++];
                }
        }
        text->len = out;
        p[out] = '\0';
}

Status xlsx_rich_text(XScan *x, size_t max, Diag *diag, Buf *scratch, Buf *out)
{
        unsigned depth = xscan_depth(x);
        buf_clear(out);
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                unsigned d = xscan_depth(x);
                if (e == XSCAN_END && d == depth)
                        return ST_OK;
                if (e != XSCAN_START || (d == depth + 1 && str_eq(x->name, STR("r"))))
                        continue;
                if (!str_eq(x->name, STR("t"))) {
                        TRY(xscan_skip(x, diag));       /* run properties, phonetic runs, extensions */
                        continue;
                }
                buf_clear(scratch);
                TRY(xscan_text(x, max, diag, scratch));
                xlsx_unescape(scratch);
                buf_put_str(out, buf_str(scratch));
                if (out->len > max)
                        return diag_fail(diag, ST_LIMIT, POS_FILE(x->part), "单元格文字过长",
                                         "the text of a cell is too long");
                TRY(buf_status(out));
        }
}

static Status read_into(XlsxBook *b, StringPool *pool, Diag *diag)
{
        _cleanup_xscan_ XScan *x = NULL;
        TRY(xscan_open(b->zip, b->strings_entry, diag, &x));
        size_t max = b->limits.max_cell_bytes;
        _cleanup_buf_ Buf scratch = BUF_INIT(max * 2 + 64), text = BUF_INIT(max * 2 + 64);
        for (;;) {
                XScanEvent e;
                TRY(xscan_next(x, diag, &e));
                if (e == XSCAN_END_DOCUMENT)
                        return ST_OK;
                if (e != XSCAN_START || xscan_depth(x) != 2)
                        continue;
                if (!str_eq(x->name, STR("si"))) {
                        TRY(xscan_skip(x, diag));
                        continue;
                }
                TRY(xlsx_rich_text(x, max, diag, &scratch, &text));
                Status st = string_pool_add(pool, buf_str(&text));
                if (st == ST_LIMIT)
                        return diag_fail(diag, st, POS_FILE(b->name), "工作簿的文字过多（上限 %lluMB）",
                                         "the workbook has too much text (at most %llu MB)",
                                         (unsigned long long)(b->limits.max_string_bytes >> 20));
                TRY(st);
        }
}

Status xlsx_read_strings(XlsxBook *b, Diag *diag)
{
        if (b->strings || !b->strings_entry)
                return ST_OK;
        StringPool *pool = NULL;
        TRY(string_pool_new(b->limits.max_string_bytes, &pool));
        Status st = read_into(b, pool, diag);
        if (st != ST_OK)
                string_pool_free(pool);
        else
                b->strings = pool;
        return st;
}
