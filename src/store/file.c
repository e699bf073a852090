#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static Status of_errno(int e)
{
        switch (e) {
        case ENOSPC: case EDQUOT: return ST_FULL;
        case EEXIST: return ST_EXISTS;
        case ENOENT: case ENOTDIR: return ST_NOT_FOUND;
        case EACCES: case EPERM: case EROFS: return ST_FORBIDDEN;
        default: return ST_IO;
        }
}

static Status failed(Diag *d, const char *path, int e)
{
        if (e == EEXIST)
                return diag_fail(d, ST_EXISTS, POS_FILE(path), "文件已存在，不覆盖",
                                 "the file exists already and is not overwritten");
        return diag_fail(d, of_errno(e), POS_FILE(path), "无法写入：%s", "cannot be written: %s", strerror(e));
}

Status store_file_beside(const char *path, Buf *ret)
{
        static _Atomic unsigned next;
        buf_printf(ret, "%s.tmp-%d-%u", path, (int)getpid(), atomic_fetch_add(&next, 1));
        return buf_status(ret);
}

/* 0, or errno. */
static int sync_path(const char *path, int flags)
{
        int fd = open(path, flags | O_CLOEXEC);
        if (fd < 0)
                return errno;
        int e = fsync(fd) < 0 ? errno : 0;
        close(fd);
        return e;
}

static int sync_folder_of(const char *path)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        const char *slash = strrchr(path, '/');
        if (!slash)
                buf_puts(&b, ".");
        else
                buf_put(&b, path, slash == path ? 1 : (size_t)(slash - path));
        return buf_status(&b) == ST_OK ? sync_path(buf_cstr(&b), O_RDONLY | O_DIRECTORY) : ENOMEM;
}

/* Not every file system can refuse to replace by itself: those get a link, or the look before. */
static int rename_new(const char *from, const char *to)
{
        if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
                return 0;
        if (errno != EINVAL && errno != ENOSYS)
                return errno;
        if (link(from, to) == 0)
                return unlink(from) < 0 ? errno : 0;
        if (errno == EEXIST || access(to, F_OK) == 0)
                return EEXIST;
        return rename(from, to) < 0 ? errno : 0;
}

Status store_file_into_place(const char *from, const char *to, bool replace, Diag *d)
{
        int e = sync_path(from, O_RDONLY);
        if (e == 0 && replace && rename(from, to) < 0)
                e = errno;
        if (e == 0 && !replace)
                e = rename_new(from, to);
        if (e == 0)
                e = sync_folder_of(to);
        return e ? failed(d, to, e) : ST_OK;
}

static int write_new(const char *path, Str data)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0)
                return errno;
        int e = 0;
        while (e == 0 && data.len) {
                ssize_t n = write(fd, data.ptr, data.len);
                if (n < 0 && errno != EINTR)
                        e = errno;
                else if (n > 0)
                        data = str_n(data.ptr + n, data.len - (size_t)n);
        }
        if (close(fd) < 0 && e == 0)
                e = errno;
        return e;
}

Status store_file_write(const char *path, Str data, Diag *d)
{
        _cleanup_buf_ Buf beside = BUF_INIT(1 << 16);
        TRY(store_file_beside(path, &beside));
        int e = write_new(buf_cstr(&beside), data);
        Status st = e ? failed(d, path, e) : store_file_into_place(buf_cstr(&beside), path, true, d);
        if (st != ST_OK)
                (void)unlink(buf_cstr(&beside));
        return st;
}
