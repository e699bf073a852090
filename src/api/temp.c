#include "api/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

Status api_temp_name(const char *ending, ApiTemp *ret)
{
        const char *base = getenv("TMPDIR");
        ApiTemp t;
        int n = snprintf(t.dir, sizeof(t.dir), "%s/kechuang-XXXXXX", base && *base ? base : "/tmp");
        if (n < 0 || (size_t)n >= sizeof(t.dir) - 40 || !mkdtemp(t.dir))
                return errno == ENOSPC ? ST_FULL : ST_IO;
        snprintf(t.path, sizeof(t.path), "%.200s/reply%s", t.dir, ending);
        *ret = t;
        return ST_OK;
}

Status api_temp_read(const ApiTemp *t, ApiCall *call)
{
        int fd = open(t->path, O_RDONLY | O_CLOEXEC);
        struct stat info;
        if (fd < 0)
                return ST_IO;
        Status st = fstat(fd, &info) == 0 ? ST_OK : ST_IO;
        char *room = st == ST_OK ? buf_reserve(&call->reply, (size_t)info.st_size) : NULL;
        size_t done = 0;
        while (room && done < (size_t)info.st_size) {
                ssize_t n = read(fd, room + done, (size_t)info.st_size - done);
                if (n <= 0) {
                        st = ST_IO;
                        break;
                }
                done += (size_t)n;
        }
        close(fd);
        if (st == ST_OK && room) {
                call->reply.len += done;
                room[done] = '\0';
        }
        return st == ST_OK ? buf_status(&call->reply) : st;
}

void api_temp_remove(ApiTemp *t)
{
        if (!t->path[0])
                return;
        unlink(t->path);
        rmdir(t->dir);
        t->path[0] = '\0';
}
