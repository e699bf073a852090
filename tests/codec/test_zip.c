/* The ZIP reader against archives that lie, and the writer against the reader. */
#include "tests/test.h"

#include <zlib.h>

#include "codec/zip.h"

/* One entry as a test wants it written; what is zero takes the true value. */
typedef struct Fake {
        const char *name;
        Str data;
        unsigned method;
        unsigned flags;
        const char *local_name;         /* NULL: the same */
        uint32_t local_crc_xor;
        uint32_t size_plus;             /* added to the declared size in both places */
        uint32_t central_size_plus;     /* added only in the directory */
        uint32_t external;
        bool reuse_first;               /* points at the local header of entry 0 */
        bool descriptor;
        uint32_t descriptor_crc_xor;
        size_t name_len;                /* 0: strlen */
} Fake;

static void put16(Buf *b, unsigned v)
{
        buf_putc(b, (char)(unsigned char)v);
        buf_putc(b, (char)(unsigned char)(v >> 8));
}

static void put32(Buf *b, uint32_t v)
{
        put16(b, v & 0xffff);
        put16(b, v >> 16);
}

static void pack(Str data, Buf *out)
{
        z_stream s = { 0 };
        assert_int_equal(deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
        size_t cap = deflateBound(&s, data.len);
        char *p = buf_reserve(out, cap);
        assert_non_null(p);
        s.next_in = (unsigned char *)(uintptr_t)data.ptr;
        s.avail_in = (uInt)data.len;
        s.next_out = (unsigned char *)p;
        s.avail_out = (uInt)cap;
        assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
        out->len += s.total_out;
        deflateEnd(&s);
}

static void build(Buf *out, const Fake *fakes, size_t count, unsigned declared_count)
{
        uint32_t offsets[64] = { 0 }, packed[64] = { 0 };
        assert_true(count <= ARRAY_LEN(offsets));
        for (size_t i = 0; i < count; i++) {
                const Fake *f = &fakes[i];
                if (f->reuse_first && i) {
                        offsets[i] = offsets[0];
                        packed[i] = packed[0];
                        continue;
                }
                _cleanup_buf_ Buf body = BUF_INIT(64 << 20);
                if (f->method == 8)
                        pack(f->data, &body);
                else
                        buf_put_str(&body, f->data);
                offsets[i] = (uint32_t)out->len;
                packed[i] = (uint32_t)body.len;
                uint32_t crc = (uint32_t)crc32_z(0, (const unsigned char *)f->data.ptr, f->data.len) ^ f->local_crc_xor;
                const char *name = f->local_name ? f->local_name : f->name;
                size_t len = f->name_len ? f->name_len : strlen(name);
                put32(out, 0x04034b50);
                put16(out, 20);
                put16(out, f->flags | (f->descriptor ? 8 : 0));
                put16(out, f->method);
                put32(out, 0);
                put32(out, f->descriptor ? 0 : crc);
                put32(out, f->descriptor ? 0 : packed[i]);
                put32(out, f->descriptor ? 0 : (uint32_t)f->data.len + f->size_plus);
                put16(out, (unsigned)len);
                put16(out, 0);
                buf_put(out, name, len);
                buf_put(out, body.ptr, body.len);
                if (f->descriptor) {
                        put32(out, 0x08074b50);
                        put32(out, crc ^ f->descriptor_crc_xor);
                        put32(out, packed[i]);
                        put32(out, (uint32_t)f->data.len);
                }
        }
        uint32_t start = (uint32_t)out->len;
        for (size_t i = 0; i < count; i++) {
                const Fake *f = &fakes[i];
                size_t len = f->name_len ? f->name_len : strlen(f->name);
                put32(out, 0x02014b50);
                put16(out, 0x0314);
                put16(out, 20);
                put16(out, f->flags | (f->descriptor ? 8 : 0));
                put16(out, f->method);
                put32(out, 0);
                put32(out, (uint32_t)crc32_z(0, (const unsigned char *)f->data.ptr, f->data.len));
                put32(out, packed[i]);
                put32(out, (uint32_t)f->data.len + f->size_plus + f->central_size_plus);
                put16(out, (unsigned)len);
                put16(out, 0);
                put16(out, 0);
                put16(out, 0);
                put16(out, 0);
                put32(out, f->external);
                put32(out, offsets[i]);
                buf_put(out, f->name, len);
        }
        uint32_t size = (uint32_t)out->len - start;
        put32(out, 0x06054b50);
        put32(out, 0);
        put16(out, declared_count);
        put16(out, declared_count);
        put32(out, size);
        put32(out, start);
        put16(out, 0);
}

static Status try_read(Str bytes, const ZipLimits *limits, const char *expect)
{
        Diag diag = DIAG_INIT(LANG_EN);
        _cleanup_(zip_reader_freep) ZipReader *z = NULL;
        Status st = zip_reader_open_bytes(bytes, "a.zip", limits, &diag, &z);
        for (size_t i = 0; st == ST_OK && i < zip_reader_count(z); i++) {
                _cleanup_buf_ Buf out = BUF_INIT(64 << 20);
                st = zip_read_all(z, zip_reader_entry(z, i), &diag, &out);
        }
        if (expect) {
                assert_true(diag.count > 0);
                if (!strstr(diag.msgs[0].text, expect))
                        fail_msg("expected \"%s\", got \"%s\"", expect, diag.msgs[0].text);
        }
        if (st == ST_OK)
                assert_int_equal(diag.errors, 0);
        diag_release(&diag);
        return st;
}

static Status read_fakes(const Fake *fakes, size_t count, const char *expect)
{
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        build(&b, fakes, count, (unsigned)count);
        return try_read(buf_str(&b), &ZIP_LIMITS_DEFAULT, expect);
}

static void test_good(void **state)
{
        (void)state;
        Fake fakes[] = {
                { .name = "[Content_Types].xml", .data = STR("<Types/>"), .method = 8 },
                { .name = "xl/workbook.xml", .data = STR("研发研发研发研发"), .method = 8, .descriptor = true },
                { .name = "xl/empty", .data = STR(""), .method = 0 },
                { .name = "xl/\xe7\xa7\x91.xml", .data = STR("abc"), .method = 0, .flags = 1 << 11 },
                { .name = "folder/", .data = STR(""), .external = 040755u << 16 },
        };
        assert_ok(read_fakes(fakes, ARRAY_LEN(fakes), NULL));
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        build(&b, fakes, ARRAY_LEN(fakes), ARRAY_LEN(fakes));
        _cleanup_(zip_reader_freep) ZipReader *z = NULL;
        assert_ok(zip_reader_open_bytes(buf_str(&b), "a", &ZIP_LIMITS_DEFAULT, NULL, &z));
        assert_int_equal(zip_reader_count(z), 5);
        const ZipEntry *e = zip_reader_find(z, STR("XL/Workbook.XML"));
        assert_non_null(e);
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        assert_ok(zip_read_all(z, e, NULL, &out));
        assert_true(str_eq(buf_str(&out), STR("研发研发研发研发")));
        assert_null(zip_reader_find(z, STR("xl/none")));
}

static void test_names(void **state)
{
        (void)state;
        const struct { const char *name; size_t len; const char *why; } bad[] = {
                { "../x", 0, "\"..\"" }, { "a/../../x", 0, "\"..\"" }, { "/etc/passwd", 0, "absolute" },
                { "..\\x", 0, "backslash" }, { "C:/x", 0, "colon" }, { "a\0b", 3, "control" }, { "a//b", 0, "level" },
                { "./a", 0, "level" }, { "\xff\xfe", 0, "UTF-8" }, { "a\nb", 0, "control" }, { "..", 0, "\"..\"" },
        };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                Fake f = { .name = bad[i].name, .data = STR("x"), .name_len = bad[i].len };
                assert_int_equal(read_fakes(&f, 1, bad[i].why), ST_INVALID);
        }
        Fake twice[] = { { .name = "a.xml", .data = STR("x") }, { .name = "A.XML", .data = STR("y") } };
        assert_int_equal(read_fakes(twice, 2, "twice"), ST_INVALID);
        Fake link = { .name = "a", .data = STR("/etc/passwd"), .external = 0120777u << 16 };
        assert_int_equal(read_fakes(&link, 1, "link"), ST_INVALID);
}

static void test_disagreement(void **state)
{
        (void)state;
        Fake fakes[] = {
                { .name = "a", .data = STR("hello"), .local_name = "b" },
                { .name = "a", .data = STR("hello"), .local_crc_xor = 1 },
                { .name = "a", .data = STR("hello"), .method = 8, .central_size_plus = 3 },
                { .name = "a", .data = STR("hello"), .method = 8, .descriptor = true, .descriptor_crc_xor = 1 },
        };
        for (size_t i = 0; i < ARRAY_LEN(fakes); i++)
                assert_int_equal(read_fakes(&fakes[i], 1, "disagrees"), ST_INVALID);
        /* Declared equally wrong in both places: found while inflating. */
        Fake more = { .name = "a", .data = STR("hello"), .method = 8, .size_plus = 3 };
        assert_int_equal(read_fakes(&more, 1, "real size"), ST_INVALID);
        Fake less = { .name = "a", .data = STR("hello"), .method = 8, .size_plus = (uint32_t)-2 };
        assert_int_equal(read_fakes(&less, 1, "more comes out"), ST_INVALID);
        Fake secret = { .name = "a", .data = STR("hello"), .flags = 1 };
        assert_int_equal(read_fakes(&secret, 1, "encrypted"), ST_UNSUPPORTED);
        Fake lzma = { .name = "a", .data = STR("hello"), .method = 14 };
        assert_int_equal(read_fakes(&lzma, 1, "packing method"), ST_UNSUPPORTED);
}

static void test_overlap(void **state)
{
        (void)state;
        Fake fakes[] = {
                { .name = "a", .data = STR("the kernel of a bomb"), .method = 8 },
                { .name = "a2", .data = STR("the kernel of a bomb"), .method = 8, .reuse_first = true },
        };
        assert_int_equal(read_fakes(fakes, 2, "overlaps"), ST_INVALID);
        /* A directory whose entry claims more bytes than there are before the next one. */
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        Fake two[] = { { .name = "a", .data = STR("aaaa") }, { .name = "b", .data = STR("bbbb") } };
        build(&b, two, 2, 2);
        size_t start = (30 + 1 + 4) * 2;
        b.ptr[start + 20] = 40;         /* packed size in the directory */
        b.ptr[start + 24] = 40;
        assert_int_equal(try_read(buf_str(&b), &ZIP_LIMITS_DEFAULT, "overlaps"), ST_INVALID);
}

static void test_bomb(void **state)
{
        (void)state;
        size_t len = 32 << 20;
        char *zeros = calloc(1, len);
        assert_non_null(zeros);
        Fake f = { .name = "a", .data = str_n(zeros, len), .method = 8 };
        assert_int_equal(read_fakes(&f, 1, "bomb"), ST_LIMIT);
        /* It stops soon after the mark, not at the end. */
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        build(&b, &f, 1, 1);
        _cleanup_(zip_reader_freep) ZipReader *z = NULL;
        assert_ok(zip_reader_open_bytes(buf_str(&b), "a", &ZIP_LIMITS_DEFAULT, NULL, &z));
        _cleanup_(zip_stream_freep) ZipStream *s = NULL;
        assert_ok(zip_stream_open(z, zip_reader_entry(z, 0), NULL, &s));
        char out[4096];
        size_t got = 0, n = 0;
        Status st;
        while ((st = zip_stream_read(s, out, sizeof(out), NULL, &n)) == ST_OK && n)
                got += n;
        assert_int_equal(st, ST_LIMIT);
        assert_true(got <= (1 << 20) + sizeof(out));
        ZipLimits small = ZIP_LIMITS_DEFAULT;
        small.max_ratio = UINT32_MAX;
        small.max_entry_bytes = 1 << 20;
        assert_int_equal(try_read(buf_str(&b), &small, "too large"), ST_LIMIT);
        small.max_entry_bytes = 1 << 30;
        small.max_total_bytes = 1 << 20;
        assert_int_equal(try_read(buf_str(&b), &small, "too large"), ST_LIMIT);
        small = ZIP_LIMITS_DEFAULT;
        small.max_file_bytes = 100;
        assert_int_equal(try_read(buf_str(&b), &small, NULL), ST_LIMIT);
        free(zeros);
}

static void test_counts(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        _cleanup_(zip_writer_freep) ZipWriter *w = NULL;
        assert_ok(zip_writer_new(&b, &w));
        for (int i = 0; i < 5000; i++) {
                char name[32];
                snprintf(name, sizeof(name), "n%d.zip", i);
                assert_ok(zip_writer_add(w, str_c(name), STR("PK"), ZIP_STORE));
        }
        assert_ok(zip_writer_finish(w));
        assert_int_equal(try_read(buf_str(&b), &ZIP_LIMITS_DEFAULT, "5000 entries"), ST_LIMIT);
        /* The count wraps: the end record says fewer than the directory holds, or more. */
        Fake fakes[] = { { .name = "a", .data = STR("x") }, { .name = "b", .data = STR("x") } };
        for (unsigned declared = 0; declared < 4; declared++) {
                _cleanup_buf_ Buf c = BUF_INIT(1 << 20);
                build(&c, fakes, 2, declared);
                Status st = try_read(buf_str(&c), &ZIP_LIMITS_DEFAULT, NULL);
                assert_int_equal(st, declared == 2 ? ST_OK : ST_INVALID);
        }
}

/* 65,536 entries need the 64-bit end record. */
static void test_zip64_count(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        for (uint32_t i = 0; i < 65536; i++) {
                put32(&b, 0x04034b50);
                for (int k = 0; k < 22; k++)
                        buf_putc(&b, k == 0 ? 20 : 0);
                put16(&b, 5);
                put16(&b, 0);
                buf_printf(&b, "%05u", i);
        }
        uint64_t start = b.len;
        for (uint32_t i = 0; i < 65536; i++) {
                put32(&b, 0x02014b50);
                put16(&b, 20);
                put16(&b, 20);
                for (int k = 0; k < 20; k++)
                        buf_putc(&b, 0);
                put16(&b, 5);
                for (int k = 0; k < 12; k++)
                        buf_putc(&b, 0);
                put32(&b, i * 35);
                buf_printf(&b, "%05u", i);
        }
        uint64_t end = b.len, size = end - start;
        put32(&b, 0x06064b50);
        put32(&b, 44);
        put32(&b, 0);
        put16(&b, 45);
        put16(&b, 45);
        put32(&b, 0);
        put32(&b, 0);
        put32(&b, 65536);
        put32(&b, 0);
        put32(&b, 65536);
        put32(&b, 0);
        put32(&b, (uint32_t)size);
        put32(&b, 0);
        put32(&b, (uint32_t)start);
        put32(&b, 0);
        put32(&b, 0x07064b50);
        put32(&b, 0);
        put32(&b, (uint32_t)end);
        put32(&b, 0);
        put32(&b, 1);
        put32(&b, 0x06054b50);
        put32(&b, 0);
        put16(&b, 0xffff);
        put16(&b, 0xffff);
        put32(&b, (uint32_t)size);
        put32(&b, (uint32_t)start);
        put16(&b, 0);
        assert_ok(buf_status(&b));
        assert_int_equal(try_read(buf_str(&b), &ZIP_LIMITS_DEFAULT, "65536 entries"), ST_LIMIT);
        ZipLimits many = ZIP_LIMITS_DEFAULT;
        many.max_entries = 70000;
        assert_ok(try_read(buf_str(&b), &many, NULL));
}

static void make_sample(Buf *b)
{
        Fake fakes[] = {
                { .name = "a.xml", .data = STR("hello hello hello hello hello"), .method = 8 },
                { .name = "b/c.xml", .data = STR("stored"), .method = 0, .descriptor = true },
        };
        build(b, fakes, 2, 2);
}

static void test_truncated_and_flipped(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        make_sample(&b);
        for (size_t n = 0; n < b.len; n++) {
                /* A copy of the exact size, so that the sanitizer sees every step past it. */
                char *cut = malloc(n ? n : 1);
                assert_non_null(cut);
                memcpy(cut, b.ptr, n);
                assert_int_not_equal(try_read(str_n(cut, n), &ZIP_LIMITS_DEFAULT, NULL), ST_OK);
                free(cut);
        }
        for (size_t i = 0; i < b.len; i++) {
                for (int bit = 0; bit < 8; bit++) {
                        b.ptr[i] = (char)(b.ptr[i] ^ 1 << bit);
                        Status st = try_read(buf_str(&b), &ZIP_LIMITS_DEFAULT, NULL);
                        assert_true(st == ST_OK || status_exit_code(st) == 1);
                        b.ptr[i] = (char)(b.ptr[i] ^ 1 << bit);
                }
        }
        assert_ok(try_read(buf_str(&b), &ZIP_LIMITS_DEFAULT, NULL));
        buf_putc(&b, 'x');
        assert_int_equal(try_read(buf_str(&b), &ZIP_LIMITS_DEFAULT, "follows"), ST_INVALID);
}

static Status write_sample(Buf *out)
{
        _cleanup_(zip_writer_freep) ZipWriter *w = NULL;
        TRY(zip_writer_new(out, &w));
        TRY(zip_writer_add(w, STR("mimetype"), STR("application/x"), ZIP_STORE));
        TRY(zip_writer_begin(w, STR("word/文档.xml"), ZIP_DEFLATE));
        for (int i = 0; i < 3000; i++)
                TRY(zip_writer_put(w, STR("<w:p>科技创新</w:p>")));
        TRY(zip_writer_end(w));
        TRY(zip_writer_add(w, STR("empty"), STR(""), ZIP_DEFLATE));
        return zip_writer_finish(w);
}

static void test_writer(void **state)
{
        (void)state;
        _cleanup_buf_ Buf one = BUF_INIT(1 << 20), two = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20);
        assert_ok(write_sample(&one));
        assert_ok(write_sample(&two));
        assert_true(str_eq(buf_str(&one), buf_str(&two)));
        assert_ok(try_read(buf_str(&one), &ZIP_LIMITS_DEFAULT, NULL));
        _cleanup_(zip_reader_freep) ZipReader *z = NULL;
        assert_ok(zip_reader_open_bytes(buf_str(&one), "a", &ZIP_LIMITS_DEFAULT, NULL, &z));
        assert_int_equal(zip_reader_count(z), 3);
        assert_ok(zip_read_all(z, zip_reader_find(z, STR("word/文档.xml")), NULL, &text));
        assert_int_equal(text.len, 3000 * strlen("<w:p>科技创新</w:p>"));
        _cleanup_(zip_writer_freep) ZipWriter *w = NULL;
        assert_ok(zip_writer_new(&two, &w));
        assert_int_equal(zip_writer_add(w, STR("../x"), STR("x"), ZIP_STORE), ST_INVALID);
        assert_ok(zip_writer_add(w, STR("x"), STR("x"), ZIP_STORE));
        assert_int_equal(zip_writer_add(w, STR("x"), STR("x"), ZIP_STORE), ST_EXISTS);
        assert_int_equal(zip_writer_put(w, STR("x")), ST_USAGE);
        Buf tiny = BUF_INIT(100);
        assert_int_equal(write_sample(&tiny), ST_LIMIT);
        buf_release(&tiny);
}

static void test_allocation_sweep(void **state)
{
        (void)state;
        int64_t live = mem_live_blocks();
        Buf b = BUF_INIT(1 << 20);
        uint64_t n = 1;
        for (; n < 1000; n++) {
                buf_release(&b);
                mem_test_fail_at(n, 1);
                Status st = write_sample(&b);
                mem_test_fail_at(0, 0);
                if (st == ST_OK)
                        break;
                assert_int_equal(st, ST_NOMEM);
        }
        assert_true(n > 5 && n < 1000);
        for (n = 1; n < 1000; n++) {
                mem_test_fail_at(n, 0);
                Status st = try_read(buf_str(&b), &ZIP_LIMITS_DEFAULT, NULL);
                mem_test_fail_at(0, 0);
                if (st == ST_OK)
                        break;
                assert_int_equal(st, ST_NOMEM);
        }
        assert_true(n > 5 && n < 1000);
        buf_release(&b);
        assert_int_equal(mem_live_blocks(), live);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good),
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_disagreement),
                cmocka_unit_test(test_overlap),
                cmocka_unit_test(test_bomb),
                cmocka_unit_test(test_counts),
                cmocka_unit_test(test_zip64_count),
                cmocka_unit_test(test_truncated_and_flipped),
                cmocka_unit_test(test_writer),
                cmocka_unit_test(test_allocation_sweep),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
