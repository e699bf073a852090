/* Entries are written as they come; sizes and checksum are put into the local
 * header afterwards, since the whole archive is in the buffer. */
#include "codec/zip_int.h"

enum { ENTRIES_MAX = 65534, DOS_DATE_1980 = 0x21, OUT_STEP = 64 << 10, VERSION_NEEDED = 20, NOT_OPEN = -1 };

typedef struct Written {
        Str name;               /* owned */
        uint32_t offset;
        uint32_t crc;
        uint32_t packed;
        uint32_t size;
        uint16_t method;
        uint16_t flags;
} Written;

struct ZipWriter {
        Buf *out;
        size_t base;            /* length of out when the archive began */
        Written *entries;
        size_t count;
        size_t cap;
        Map names;
        z_stream strm;
        bool deflating;
        bool open;              /* the last of entries is being written */
        bool finished;
        uint64_t in_bytes;
        uLong crc;
};

static void put16(Buf *b, unsigned v)
{
        buf_put(b, (unsigned char[]){ (unsigned char)v, (unsigned char)(v >> 8) }, 2);
}

static void put32(Buf *b, uint32_t v)
{
        put16(b, v & 0xffff);
        put16(b, v >> 16);
}

Status zip_writer_new(Buf *out, ZipWriter **ret)
{
        ZipWriter *w = mem_calloc(1, sizeof(*w));
        if (!w)
                return ST_NOMEM;
        w->out = out;
        w->base = out->len;
        w->names = MAP_INIT(ENTRIES_MAX);
        *ret = w;
        return ST_OK;
}

void zip_writer_free(ZipWriter *w)
{
        if (!w)
                return;
        if (w->deflating)
                deflateEnd(&w->strm);
        for (size_t i = 0; i < w->count; i++)
                mem_free((void *)(uintptr_t)w->entries[i].name.ptr);
        mem_free(w->entries);
        map_release(&w->names);
        mem_free(w);
}

static Status add_entry(ZipWriter *w, Str name)
{
        if (w->count == w->cap) {
                size_t cap = w->cap ? w->cap * 2 : 16;
                Written *grown = mem_realloc_array(w->entries, cap, sizeof(*grown));
                if (!grown)
                        return ST_NOMEM;
                w->entries = grown;
                w->cap = cap;
        }
        char *copy = mem_alloc(name.len);
        if (!copy)
                return ST_NOMEM;
        memcpy(copy, name.ptr, name.len);
        Status st = map_add(&w->names, str_n(copy, name.len), w);
        if (st != ST_OK) {
                mem_free(copy);
                return st;
        }
        w->entries[w->count++] = (Written){ .name = str_n(copy, name.len) };
        return ST_OK;
}

Status zip_writer_begin(ZipWriter *w, Str name, ZipMethod method)
{
        if (w->open || w->finished)
                return ST_USAGE;
        if (zip_name_problem(name))
                return ST_INVALID;
        if (w->count >= ENTRIES_MAX || w->out->len - w->base > UINT32_MAX)
                return ST_LIMIT;
        TRY(add_entry(w, name));
        Written *e = &w->entries[w->count - 1];
        e->offset = (uint32_t)(w->out->len - w->base);
        e->method = method == ZIP_STORE ? 0 : 8;
        for (size_t i = 0; i < name.len; i++)
                if ((unsigned char)name.ptr[i] >= 0x80)
                        e->flags = ZIP_FLAG_UTF8;
        put32(w->out, ZIP_SIG_LOCAL);
        put16(w->out, VERSION_NEEDED);
        put16(w->out, e->flags);
        put16(w->out, e->method);
        put16(w->out, 0);
        put16(w->out, DOS_DATE_1980);
        put32(w->out, 0);
        put32(w->out, 0);
        put32(w->out, 0);
        put16(w->out, (unsigned)name.len);
        put16(w->out, 0);
        buf_put_str(w->out, name);
        TRY(buf_status(w->out));
        if (e->method == 8) {
                if (w->deflating) {
                        deflateReset(&w->strm);
                } else {
                        w->strm = (z_stream){ .zalloc = zip_zalloc, .zfree = zip_zfree };
                        if (deflateInit2(&w->strm, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
                                return ST_NOMEM;
                        w->deflating = true;
                }
        }
        w->in_bytes = 0;
        w->crc = crc32(0, NULL, 0);
        w->open = true;
        return ST_OK;
}

static Status deflate_into(ZipWriter *w, Str data, int flush)
{
        w->strm.next_in = (unsigned char *)(uintptr_t)data.ptr;
        w->strm.avail_in = (uInt)data.len;
        for (;;) {
                char *p = buf_reserve(w->out, OUT_STEP);
                if (!p)
                        return buf_status(w->out);
                w->strm.next_out = (unsigned char *)p;
                w->strm.avail_out = OUT_STEP;
                int r = deflate(&w->strm, flush);
                w->out->len += OUT_STEP - w->strm.avail_out;
                w->out->ptr[w->out->len] = '\0';
                if (r == Z_STREAM_ERROR)
                        return ST_INTERNAL;
                if (r == Z_STREAM_END || (flush == Z_NO_FLUSH && w->strm.avail_in == 0 && w->strm.avail_out))
                        return ST_OK;
        }
}

Status zip_writer_put(ZipWriter *w, Str data)
{
        if (!w->open)
                return ST_USAGE;
        w->in_bytes += data.len;
        if (w->in_bytes >= UINT32_MAX)
                return ST_LIMIT;
        if (data.len == 0)
                return ST_OK;
        w->crc = crc32_z(w->crc, (const unsigned char *)data.ptr, data.len);
        if (w->entries[w->count - 1].method == 8)
                return deflate_into(w, data, Z_NO_FLUSH);
        buf_put_str(w->out, data);
        return buf_status(w->out);
}

static void patch32(char *p, uint32_t v)
{
        for (int i = 0; i < 4; i++)
                p[i] = (char)(unsigned char)(v >> 8 * i);
}

Status zip_writer_end(ZipWriter *w)
{
        if (!w->open)
                return ST_USAGE;
        Written *e = &w->entries[w->count - 1];
        if (e->method == 8)
                TRY(deflate_into(w, STR(""), Z_FINISH));
        uint64_t packed = w->out->len - w->base - e->offset - ZIP_LOCAL_LEN - e->name.len;
        if (packed >= UINT32_MAX)
                return ST_LIMIT;
        e->crc = (uint32_t)w->crc;
        e->packed = (uint32_t)packed;
        e->size = (uint32_t)w->in_bytes;
        char *header = w->out->ptr + w->base + e->offset;
        patch32(header + 14, e->crc);
        patch32(header + 18, e->packed);
        patch32(header + 22, e->size);
        w->open = false;
        return ST_OK;
}

Status zip_writer_add(ZipWriter *w, Str name, Str data, ZipMethod method)
{
        TRY(zip_writer_begin(w, name, method));
        TRY(zip_writer_put(w, data));
        return zip_writer_end(w);
}

Status zip_writer_finish(ZipWriter *w)
{
        if (w->open || w->finished)
                return ST_USAGE;
        Buf *b = w->out;
        uint64_t start = b->len - w->base;
        for (size_t i = 0; i < w->count; i++) {
                const Written *e = &w->entries[i];
                put32(b, ZIP_SIG_CENTRAL);
                put16(b, VERSION_NEEDED);
                put16(b, VERSION_NEEDED);
                put16(b, e->flags);
                put16(b, e->method);
                put16(b, 0);
                put16(b, DOS_DATE_1980);
                put32(b, e->crc);
                put32(b, e->packed);
                put32(b, e->size);
                put16(b, (unsigned)e->name.len);
                put16(b, 0);
                put16(b, 0);
                put16(b, 0);
                put16(b, 0);
                put32(b, 0);
                put32(b, e->offset);
                buf_put_str(b, e->name);
        }
        uint64_t size = b->len - w->base - start;
        if (start + size >= UINT32_MAX)
                return ST_LIMIT;
        put32(b, ZIP_SIG_END);
        put32(b, 0);
        put16(b, (unsigned)w->count);
        put16(b, (unsigned)w->count);
        put32(b, (uint32_t)size);
        put32(b, (uint32_t)start);
        put16(b, 0);
        w->finished = true;
        return buf_status(b);
}
