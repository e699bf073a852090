/* spill.c -- see spill.h. */
#include "register/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Status failed(Diag *diag)
{
        return diag_fail(diag, ST_IO, POS_NONE, "临时文件读写失败：%s（请检查临时目录的空间）",
                         "the temporary file failed: %s (is there room in the folder for temporary files?)",
                         strerror(errno));
}

static Status open_file(Spill *s, Diag *diag)
{
        const char *folder = getenv("TMPDIR");
        if (!folder || !*folder)
                folder = "/tmp";
        s->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (s->fd >= 0)
                return ST_OK;
        _cleanup_buf_ Buf name = BUF_INIT(4096); /* a file system without O_TMPFILE */
        buf_printf(&name, "%s/kechuang-XXXXXX", folder);
        TRY(buf_status(&name));
        s->fd = mkostemp(name.ptr, O_CLOEXEC);
        if (s->fd < 0)
                return failed(diag);
        unlink(name.ptr);
        return ST_OK;
}

static Status flush(Spill *s, Diag *diag)
{
        if (s->fd < 0)
                TRY(open_file(s, diag));
        for (size_t done = 0; done < s->tail.len;) {
                ssize_t n = pwrite(s->fd, s->tail.ptr + done, s->tail.len - done, (off_t)(s->flushed + done));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return failed(diag);
                done += (size_t)n;
        }
        s->flushed += s->tail.len;
        buf_release(&s->tail);
        s->tail = BUF_INIT((size_t)1 << 30);
        return ST_OK;
}

Status spill_put(Spill *s, Str bytes, Diag *diag, uint64_t *ret_at)
{
        if (s->tail.len && s->tail.len + bytes.len > (s->fd < 0 ? SPILL_MEMORY : SPILL_TAIL))
                TRY(flush(s, diag));
        *ret_at = s->flushed + s->tail.len;
        buf_put_str(&s->tail, bytes);
        return buf_status(&s->tail);
}

static Status read_window(Spill *s, uint64_t at, size_t len, Diag *diag)
{
        uint64_t left = s->flushed - at;
        size_t want = len > SPILL_WINDOW ? len : SPILL_WINDOW;
        if (want > left)
                want = (size_t)left;
        buf_clear(&s->window);
        char *out = buf_reserve(&s->window, want);
        if (!out)
                return buf_status(&s->window);
        for (size_t done = 0; done < want;) {
                ssize_t n = pread(s->fd, out + done, want - done, (off_t)(at + done));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return failed(diag);
                done += (size_t)n;
        }
        s->window.len = want;
        s->window_at = at;
        return ST_OK;
}

Status spill_get(Spill *s, uint64_t at, size_t len, void *out, Diag *diag)
{
        if (len == 0)
                return ST_OK;
        if (at >= s->flushed) {
                memcpy(out, s->tail.ptr + (at - s->flushed), len);
                return ST_OK;
        }
        if (at < s->window_at || at + len > s->window_at + s->window.len)
                TRY(read_window(s, at, len, diag));
        memcpy(out, s->window.ptr + (at - s->window_at), len);
        return ST_OK;
}

void spill_release(Spill *s)
{
        buf_release(&s->tail);
        buf_release(&s->window);
        if (s->fd >= 0)
                close(s->fd);
        s->fd = -1;
}
