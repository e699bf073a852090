#include "codec/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static Status read_mem(void *ctx, void *out, size_t cap, Diag *d, size_t *ret_len)
{
        (void)d;
        MemSource *m = ctx;
        size_t n = m->left.len < cap ? m->left.len : cap;
        if (n) {
                memcpy(out, m->left.ptr, n);
                m->left = str_n(m->left.ptr + n, m->left.len - n);
        }
        *ret_len = n;
        return ST_OK;
}

ByteSource mem_source(MemSource *m)
{
        return (ByteSource){ read_mem, m };
}

static Status read_fd(void *ctx, void *out, size_t cap, Diag *d, size_t *ret_len)
{
        FdSource *f = ctx;
        ssize_t n;
        do {
                n = read(f->fd, out, cap);
        } while (n < 0 && errno == EINTR);
        if (n < 0)
                return diag_raise(d, ST_IO, POS_FILE(f->name), "读取失败：%s", "cannot read: %s", strerror(errno));
        f->read += (uint64_t)n;
        if (f->max && f->read > f->max)
                return diag_raise(d, ST_LIMIT, POS_FILE(f->name), "文件超过 %llu 字节",
                                  "the file is larger than %llu bytes", (unsigned long long)f->max);
        *ret_len = (size_t)n;
        return ST_OK;
}

ByteSource fd_source(FdSource *f)
{
        return (ByteSource){ read_fd, f };
}

Status source_read_full(ByteSource s, void *out, size_t cap, Diag *d, size_t *ret_len)
{
        size_t len = 0;
        while (len < cap) {
                size_t n = 0;
                TRY(s.read(s.ctx, (char *)out + len, cap - len, d, &n));
                if (n == 0)
                        break;
                len += n;
        }
        *ret_len = len;
        return ST_OK;
}

Status source_read_all(ByteSource s, Buf *out, Diag *d)
{
        size_t want = 16384;
        for (;;) {
                size_t room = out->max > out->len ? out->max - out->len - 1 : 0;
                if (want > room)
                        want = room;
                if (want == 0) {        /* full: fine only when nothing is left */
                        char probe;
                        size_t n = 0;
                        TRY(s.read(s.ctx, &probe, 1, d, &n));
                        if (n == 0)
                                return ST_OK;
                        return diag_raise(d, ST_LIMIT, POS_NONE, "输入超过 %zu 字节",
                                          "the input is larger than %zu bytes", out->max);
                }
                char *p = buf_reserve(out, want);
                if (!p)
                        return buf_status(out);
                size_t n = 0;
                Status st = s.read(s.ctx, p, want, d, &n);
                out->len += st == ST_OK ? n : 0;
                out->ptr[out->len] = '\0';
                if (st != ST_OK || n == 0)
                        return st;
                if (want < ((size_t)1 << 20))
                        want *= 2;
        }
}

Status file_read_all(const char *path, Buf *out, Diag *d)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return diag_raise(d, errno == ENOENT || errno == ENOTDIR ? ST_NOT_FOUND : ST_IO, POS_FILE(path),
                                 "无法打开：%s", "cannot open: %s", strerror(errno));
        struct stat st;
        Status status;
        if (fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
                status = diag_raise(d, ST_IO, POS_FILE(path), "不是文件", "not a file");
        } else {
                FdSource f = { .fd = fd, .name = path, .max = out->max > out->len ? out->max - out->len - 1 : 1 };
                status = source_read_all(fd_source(&f), out, d);
        }
        close(fd);
        return status;
}
