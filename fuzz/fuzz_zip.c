/* Archives: any bytes are read within the limits or refused; what the writer packs
 * out of them is read back. */
#include "codec/zip.h"
#include "fuzz/fuzz.h"

static const ZipLimits small = { .max_file_bytes = 1 << 20, .max_entries = 64, .max_entry_bytes = 1 << 20, .max_total_bytes = 2 << 20,
                                 .max_ratio = 200, .ratio_from_bytes = 64 << 10 };

/* Every entry to its end; how many could be read. */
static size_t read_entries(ZipReader *z)
{
        size_t good = 0;
        for (size_t i = 0; i < zip_reader_count(z); i++) {
                const ZipEntry *e = zip_reader_entry(z, i);
                _cleanup_buf_ Buf out = BUF_INIT(2 << 20);
                FUZZ_ASSERT(e->name.len > 0 && e->name.ptr[0] != '/' && !str_has(e->name, STR("..")) && !memchr(e->name.ptr, '\\', e->name.len));
                FUZZ_ASSERT(zip_reader_find(z, e->name) == e);
                if (zip_read_all(z, e, NULL, &out) == ST_OK) {
                        FUZZ_ASSERT(out.len == e->size);
                        good++;
                }
        }
        return good;
}

static void write_and_read(Str input)
{
        /* Data that holds an end record of its own can make an archive with two, which the reader refuses. */
        if (str_has(input, STR("PK\5\6")))
                return;
        uint8_t cut[4];
        fuzz_take(&input, cut, sizeof(cut));
        _cleanup_buf_ Buf archive = BUF_INIT(4 << 20);
        _cleanup_(zip_writer_freep) ZipWriter *w = NULL;
        if (zip_writer_new(&archive, &w) != ST_OK)
                return;
        size_t entries = 0;
        for (size_t i = 0; i < sizeof(cut); i++) {
                char name[2] = { (char)('a' + i), (char)cut[i] };
                Str rest = input, part = str_n(rest.ptr, rest.len * cut[i] / 255);
                Status st = zip_writer_begin(w, str_n(name, i % 2 ? 1 : 2), cut[i] & 1 ? ZIP_DEFLATE : ZIP_STORE);
                if (st != ST_OK)
                        continue;
                FUZZ_ASSERT(zip_writer_put(w, str_n(part.ptr, part.len / 2)) == ST_OK);
                FUZZ_ASSERT(zip_writer_put(w, str_n(part.ptr + part.len / 2, part.len - part.len / 2)) == ST_OK);
                FUZZ_ASSERT(zip_writer_end(w) == ST_OK);
                entries++;
        }
        FUZZ_ASSERT(zip_writer_finish(w) == ST_OK);
        _cleanup_(zip_reader_freep) ZipReader *z = NULL;
        FUZZ_ASSERT(zip_reader_open_bytes(buf_str(&archive), "own", &ZIP_LIMITS_DEFAULT, NULL, &z) == ST_OK);
        FUZZ_ASSERT(zip_reader_count(z) == entries && read_entries(z) == entries);
}

void fuzz_one(Str input)
{
        _cleanup_(zip_reader_freep) ZipReader *z = NULL;
        _cleanup_diag_ Diag diag = DIAG_INIT(LANG_ZH);
        if (zip_reader_open_bytes(input, "fuzz", &small, &diag, &z) == ST_OK)
                read_entries(z);
        else
                FUZZ_ASSERT(diag.errors > 0);
        write_and_read(input);
}
