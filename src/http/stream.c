/* stream.c -- events on their way to one reader.
 *
 * A queue of bytes under a mutex.  The connection that reads it is suspended
 * while the queue is empty (so that no thread waits) and resumed by a push; the
 * hook for that is set by the server when the stream becomes a reply. */
#include "http/http_int.h"

enum { WAITING_MAX = 256 << 10 };

HttpStream *http_stream_new(void)
{
        HttpStream *s = mem_calloc(1, sizeof(*s));
        if (!s)
                return NULL;
        if (pthread_mutex_init(&s->lock, NULL) != 0) {
                mem_free(s);
                return NULL;
        }
        s->waiting = BUF_INIT(WAITING_MAX + 1);
        s->refs = 1;
        return s;
}

HttpStream *http_stream_ref(HttpStream *s)
{
        atomic_fetch_add(&s->refs, 1);
        return s;
}

void http_stream_unref(HttpStream *s)
{
        if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
                return;
        pthread_mutex_destroy(&s->lock);
        buf_release(&s->waiting);
        mem_free(s);
}

/* Called with the lock held. */
static void wake(HttpStream *s)
{
        if (s->suspended && s->resume) {
                s->suspended = false;
                s->resume(s->connection);
        }
}

static void drop_oldest(HttpStream *s, size_t need)
{
        while (s->waiting.len && s->waiting.len + need > WAITING_MAX) {
                size_t end = str_find(buf_str(&s->waiting), STR("\n\n"));
                size_t cut = end == SIZE_MAX ? s->waiting.len : end + 2;
                memmove(s->waiting.ptr, s->waiting.ptr + cut, s->waiting.len - cut);
                s->waiting.len -= cut;
        }
}

Status http_stream_push(HttpStream *s, const char *event, Str data)
{
        _cleanup_buf_ Buf b = BUF_INIT(WAITING_MAX);
        if (event)
                buf_printf(&b, "event: %s\n", event);
        do {
                Str rest;
                Str line = str_cut(data, '\n', &rest);
                buf_printf(&b, "data: %.*s\n", STR_FMT(line));
                data = rest;
        } while (data.ptr);
        buf_putc(&b, '\n');
        TRY(buf_status(&b));
        pthread_mutex_lock(&s->lock);
        Status st = ST_OK;
        if (s->gone || s->closed) {
                st = ST_CANCELLED;
        } else {
                drop_oldest(s, b.len);
                buf_put(&s->waiting, b.ptr, b.len);
                st = buf_status(&s->waiting);
                wake(s);
        }
        pthread_mutex_unlock(&s->lock);
        return st;
}

void http_stream_close(HttpStream *s)
{
        if (!s)
                return;
        pthread_mutex_lock(&s->lock);
        s->closed = true;
        wake(s);
        pthread_mutex_unlock(&s->lock);
}

bool http_stream_alive(HttpStream *s)
{
        pthread_mutex_lock(&s->lock);
        bool alive = !s->gone && !s->closed;
        pthread_mutex_unlock(&s->lock);
        return alive;
}
