#include "app/app.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static Status status_of_errno(int e)
{
        switch (e) {
        case ENOENT: case ENOTDIR: return ST_NOT_FOUND;
        case ENOSPC: case EDQUOT: return ST_FULL;
        case ENOMEM: return ST_NOMEM;
        case EACCES: case EPERM: case EROFS: return ST_FORBIDDEN;
        default: return ST_IO;
        }
}

static Status write_all(int fd, Str data)
{
        size_t done = 0;
        while (done < data.len) {
                ssize_t n = write(fd, data.ptr + done, data.len - done);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return status_of_errno(errno);
                done += (size_t)n;
        }
        return ST_OK;
}

Status app_flush(App *app)
{
        Status st = write_all(STDOUT_FILENO, buf_str(&app->out));
        buf_clear(&app->out);
        if (st == ST_OK)
                return ST_OK;
        return diag_fail(&app->diag, st, POS_NONE, "写标准输出失败：%s", "cannot write standard output: %s",
                         strerror(errno));
}

Status app_usage(App *app, const char *zh, const char *en, ...)
{
        va_list ap;
        va_start(ap, en);
        _cleanup_buf_ Buf b = BUF_INIT(64 << 10);
        buf_vprintf(&b, app->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        diag_error(&app->diag, POS_NONE, "%s", "%s", buf_cstr(&b));
        return ST_USAGE;
}

void app_progress(App *app, const char *what, uint64_t done, uint64_t total)
{
        if (!app->progress || total == 0)
                return;
        fprintf(stderr, "\r%s %3d%%%s", what, (int)(done >= total ? 100 : done * 100 / total),
                done >= total ? "\n" : "");
}

typedef struct Fd {
        int fd;
} Fd;

static void fd_close(Fd *f)
{
        if (f->fd > STDERR_FILENO)
                close(f->fd);
}

Status app_read_file(App *app, const char *path, size_t max, Str *ret)
{
        bool standard = strcmp(path, "-") == 0;
        _cleanup_(fd_close) Fd f = { standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC) };
        struct stat info;
        if (f.fd < 0 || fstat(f.fd, &info) < 0)
                return diag_fail(&app->diag, status_of_errno(errno), POS_FILE(path), "无法打开：%s", "cannot open: %s",
                                 strerror(errno));
        if (S_ISDIR(info.st_mode))
                return diag_fail(&app->diag, ST_INVALID, POS_FILE(path), "这是一个文件夹，需要文件",
                                 "this is a folder; a file is needed");
        _cleanup_buf_ Buf b = BUF_INIT(max + 1);
        for (;;) {
                char *room = buf_reserve(&b, 1 << 16);
                if (!room && b.failed == ST_LIMIT && max - b.len < 1 << 16) {
                        b.failed = ST_OK;
                        room = buf_reserve(&b, max - b.len);
                }
                if (!room)
                        return diag_fail(&app->diag, b.failed, POS_FILE(path), "内存不足", "out of memory");
                size_t space = b.max - b.len - 1 < 1 << 16 ? b.max - b.len - 1 : 1 << 16;
                ssize_t n = space ? read(f.fd, room, space) : 0;
                if (!space) {
                        char more;
                        if (read(f.fd, &more, 1) > 0)
                                return diag_fail(&app->diag, ST_LIMIT, POS_FILE(path), "文件超过 %zu 字节的上限",
                                                 "the file is larger than the limit of %zu bytes", max);
                }
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return diag_fail(&app->diag, ST_IO, POS_FILE(path), "读取失败：%s", "cannot read: %s",
                                         strerror(errno));
                if (n == 0)
                        break;
                b.len += (size_t)n;
        }
        Str copy = arena_str(app->arena, buf_str(&b));
        if (!copy.ptr)
                return diag_fail(&app->diag, ST_NOMEM, POS_FILE(path), "内存不足", "out of memory");
        *ret = copy;
        return ST_OK;
}

Status app_write_file(App *app, const char *path, Str data)
{
        char *temp = arena_printf(app->arena, "%s.tmp%ld", path, (long)getpid());
        if (!temp)
                return ST_NOMEM;
        _cleanup_(fd_close) Fd f = { open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) };
        Status st = f.fd < 0 ? status_of_errno(errno) : write_all(f.fd, data);
        if (st == ST_OK && fsync(f.fd) < 0 && errno != EINVAL)
                st = status_of_errno(errno);
        if (st == ST_OK && rename(temp, path) < 0)
                st = status_of_errno(errno);
        if (st == ST_OK)
                return ST_OK;
        int e = errno;
        if (f.fd >= 0)
                unlink(temp);
        return diag_fail(&app->diag, st, POS_FILE(path), "无法写入：%s", "cannot write: %s", strerror(e));
}
