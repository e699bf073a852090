#include "tests/codec/text_test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_file(const char *path, size_t n)
{
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        for (size_t i = 0; i < n; i++)
                fputc('a' + (int)(i % 26), f);
        fclose(f);
}

static void whole_files(void **state)
{
        (void)state;
        char dir[] = "/tmp/kc-source-XXXXXX", path[64];
        assert_non_null(mkdtemp(dir));
        snprintf(path, sizeof(path), "%s/f", dir);
        static const size_t sizes[] = { 0, 1, 16383, 16384, 100000 };
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
                write_file(path, sizes[i]);
                for (size_t room = 0; room < 2; room++) {       /* exactly enough, and one too few */
                        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                        _cleanup_buf_ Buf b = BUF_INIT(sizes[i] + 1 - room);
                        if (room && sizes[i] == 0)
                                continue;
                        Status st = file_read_all(path, &b, &d);
                        assert_int_equal(st, room ? ST_LIMIT : ST_OK);
                        if (room) {
                                assert_int_equal(d.count, 1);
                        } else {
                                assert_int_equal(b.len, sizes[i]);
                                assert_int_equal(strlen(buf_cstr(&b)), sizes[i]);
                        }
                }
        }
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        _cleanup_buf_ Buf b = BUF_INIT(1000);
        assert_int_equal(file_read_all(dir, &b, &d), ST_IO);
        expect_message(&d, 0, 0, "not a file", dir);
        diag_clear(&d);
        unlink(path);
        assert_int_equal(file_read_all(path, &b, &d), ST_NOT_FOUND);
        expect_message(&d, 0, 0, "cannot open: No such file", path);
        assert_string_equal(d.msgs[0].pos.file, path);
        rmdir(dir);
        no_mismatches();
}

static void descriptors(void **state)
{
        (void)state;
        char path[] = "/tmp/kc-source-XXXXXX";
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        unlink(path);
        assert_int_equal(write(fd, "0123456789", 10), 10);
        lseek(fd, 0, SEEK_SET);
        FdSource f = { .fd = fd, .name = "f", .max = 9 };
        char out[20];
        size_t n;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        assert_int_equal(source_read_full(fd_source(&f), out, sizeof(out), &d, &n), ST_LIMIT);
        expect_message(&d, 0, 0, "larger than 9 bytes", "limit");
        lseek(fd, 0, SEEK_SET);
        f = (FdSource){ .fd = fd, .name = "f", .max = 10 };
        assert_ok(source_read_full(fd_source(&f), out, sizeof(out), &d, &n));
        assert_int_equal(n, 10);
        assert_int_equal(f.read, 10);
        assert_ok(fd_source(&f).read(&f, out, 1, &d, &n));
        assert_int_equal(n, 0);
        close(fd);
        diag_clear(&d);
        assert_int_equal(fd_source(&f).read(&f, out, 1, &d, &n), ST_IO);
        expect_message(&d, 0, 0, "cannot read: Bad file descriptor", "closed");
        no_mismatches();
}

static Status read_it(void *ctx)
{
        DripSource drip = { STR("0123456789"), 3 };
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        (void)ctx;
        return source_read_all(drip_source(&drip), &b, NULL);
}

static void every_allocation_may_fail(void **state)
{
        (void)state;
        sweep_allocations(read_it, NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(whole_files),
                cmocka_unit_test(descriptors),
                cmocka_unit_test(every_allocation_may_fail),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
