/* Inflating one entry.  The counts that matter are of bytes that really came
 * out; a header is only believed when it promises less than what comes. */
#include "codec/zip_int.h"

enum { IN_SIZE = 64 << 10 };

struct ZipStream {
        ZipReader *z;
        ZipItem *item;
        z_stream strm;
        bool inflating;         /* strm is initialised */
        bool ended;             /* all output was delivered and verified */
        bool deflate_end;       /* the deflate data said it is complete */
        uint64_t in_done;       /* packed bytes taken from the file */
        uint64_t out_done;
        uLong crc;
        size_t in_size;         /* small for a small entry */
        unsigned char in[];
};

static Status refuse(const ZipStream *s, Diag *diag, Status st, const char *zh, const char *en)
{
        return diag_fail(diag, st, POS_FILE(s->z->name), "压缩包条目“%.*s”：%s", "entry \"%.*s\" of the archive: %s",
                         STR_FMT(s->item->entry.name), diag && diag->lang == LANG_EN ? en : zh);
}

Status zip_stream_open(ZipReader *z, const ZipEntry *entry, Diag *diag, ZipStream **ret)
{
        size_t in_size = entry->method != 8 ? 0 : entry->packed < IN_SIZE ? (size_t)entry->packed : IN_SIZE;
        _cleanup_(zip_stream_freep) ZipStream *s = mem_alloc(sizeof(*s) + in_size);
        if (!s)
                return ST_NOMEM;
        *s = (ZipStream){ .z = z, .in_size = in_size };
        s->item = (ZipItem *)((char *)(uintptr_t)entry - offsetof(ZipItem, entry));
        s->crc = crc32(0, NULL, 0);
        if (entry->size > z->limits.max_entry_bytes)
                return refuse(s, diag, ST_LIMIT, "解开后过大", "too large when inflated");
        if (entry->method == 8) {
                s->strm.zalloc = zip_zalloc;
                s->strm.zfree = zip_zfree;
                if (inflateInit2(&s->strm, -MAX_WBITS) != Z_OK)
                        return ST_NOMEM;
                s->inflating = true;
        }
        *ret = TAKE(s);
        return ST_OK;
}

void zip_stream_free(ZipStream *s)
{
        if (!s)
                return;
        if (s->inflating)
                inflateEnd(&s->strm);
        mem_free(s);
}

static Status refill(ZipStream *s, Diag *diag)
{
        uint64_t left = s->item->entry.packed - s->in_done;
        size_t n = left < s->in_size ? (size_t)left : s->in_size;
        TRY(zip_read_at(s->z, s->item->entry.data_offset + s->in_done, s->in, n, diag));
        s->in_done += n;
        s->strm.next_in = s->in;
        s->strm.avail_in = (uInt)n;
        return ST_OK;
}

static Status check_counts(ZipStream *s, Diag *diag)
{
        const ZipLimits *l = &s->z->limits;
        if (s->out_done > s->item->entry.size)
                return refuse(s, diag, ST_INVALID, "解开后的内容比所声明的多", "more comes out than it declares");
        if (s->out_done > l->max_entry_bytes)
                return refuse(s, diag, ST_LIMIT, "解开后过大", "too large when inflated");
        if (s->z->total_out > l->max_total_bytes)
                return refuse(s, diag, ST_LIMIT, "整个压缩包解开后过大", "the archive is too large when inflated");
        uint64_t eaten = s->in_done - s->strm.avail_in;
        if (s->out_done > l->ratio_from_bytes && s->out_done / l->max_ratio > eaten)
                return refuse(s, diag, ST_LIMIT, "压缩比异常，像是压缩炸弹",
                              "packed suspiciously tight: it looks like a ZIP bomb");
        return ST_OK;
}

static Status inflate_some(ZipStream *s, void *data, size_t cap, Diag *diag, size_t *ret_len)
{
        s->strm.next_out = data;
        s->strm.avail_out = (uInt)cap;
        while (s->strm.avail_out == cap && !s->deflate_end) {
                if (s->strm.avail_in == 0)
                        TRY(refill(s, diag));
                int r = inflate(&s->strm, Z_NO_FLUSH);
                if (r == Z_MEM_ERROR)
                        return ST_NOMEM;
                if (r == Z_STREAM_END)
                        s->deflate_end = true;
                else if (r != Z_OK)
                        return refuse(s, diag, ST_INVALID, "压缩数据已损坏或不完整",
                                      "its packed data are damaged or cut short");
        }
        *ret_len = cap - s->strm.avail_out;
        return ST_OK;
}

static Status finish(ZipStream *s, Diag *diag)
{
        const ZipEntry *e = &s->item->entry;
        if (s->out_done != e->size || s->in_done - s->strm.avail_in != e->packed)
                return refuse(s, diag, ST_INVALID, "实际长度与所声明的不符", "its real size is not the declared one");
        if (!s->item->verified && (uint32_t)s->crc != e->crc)
                return refuse(s, diag, ST_INVALID, "校验和不符", "its checksum is wrong");
        s->item->verified = true;
        s->ended = true;
        return ST_OK;
}

Status zip_stream_read(ZipStream *s, void *data, size_t cap, Diag *diag, size_t *ret_len)
{
        size_t n = 0;
        if (s->ended || cap == 0) {
                *ret_len = 0;
                return ST_OK;
        }
        if (cap > 1 << 30)
                cap = 1 << 30;
        if (s->inflating) {
                TRY(inflate_some(s, data, cap, diag, &n));
        } else {
                uint64_t left = s->item->entry.packed - s->in_done;
                n = left < cap ? (size_t)left : cap;
                TRY(zip_read_at(s->z, s->item->entry.data_offset + s->in_done, data, n, diag));
                s->in_done += n;
        }
        s->out_done += n;
        s->z->total_out += n;
        TRY(check_counts(s, diag));
        if (!s->item->verified)
                s->crc = crc32(s->crc, data, (uInt)n);
        if (n == 0)
                TRY(finish(s, diag));
        *ret_len = n;
        return ST_OK;
}

Status zip_read_all(ZipReader *z, const ZipEntry *entry, Diag *diag, Buf *out)
{
        _cleanup_(zip_stream_freep) ZipStream *s = NULL;
        TRY(zip_stream_open(z, entry, diag, &s));
        for (;;) {
                size_t n = 0, room = entry->size - s->out_done;
                if (room > IN_SIZE)
                        room = IN_SIZE;
                char *p = buf_reserve(out, room + 1);
                if (!p) {
                        Status st = buf_status(out);
                        return st == ST_LIMIT ? refuse(s, diag, st, "解开后过大", "too large when inflated") : st;
                }
                TRY(zip_stream_read(s, p, room + 1, diag, &n));
                out->len += n;
                out->ptr[out->len] = '\0';
                if (n == 0)
                        return ST_OK;
        }
}
