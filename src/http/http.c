/* http.c -- libmicrohttpd, with the checks it leaves to us.
 *
 * The daemon runs a pool of threads on epoll.  A request's head arrives in the
 * first call of on_request: it is checked and the body limit asked for.  The
 * body is gathered in the calls that follow, the handler runs in the last.  A
 * refused request is answered at once and its connection closed, so that a
 * smuggled second request is never read. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/vec.h"
#include "http/http_int.h"
#include "http/mhd.h"

enum { HEAD_MAX = 32 << 10, BODY_MAX_DEFAULT = 1 << 20, REQUEST_ARENA_MAX = 512 << 20, PAIRS_MAX = 200 };

struct HttpServer {
        HttpConfig config;
        struct MHD_Daemon *daemon;
        uint16_t port;
        pthread_mutex_t lock;
        HttpStream *streams;
};

VEC_DECLARE(Pairs, HttpPair);

typedef struct Exchange {
        HttpServer *server;
        Arena *arena;
        Buf body;
        size_t body_max;
        unsigned refuse; /* status of a refusal; 0: fine */
        bool answered;
        Pairs headers, query;
        bool failed; /* out of memory while gathering pairs */
        unsigned content_lengths;
        bool transfer_encoding;
} Exchange;

static Str find_pair(const HttpPair *pairs, size_t n, const char *name)
{
        for (size_t i = 0; i < n; i++)
                if (str_eq_c(pairs[i].name, name))
                        return pairs[i].value;
        return STR_NONE;
}

Str http_query(const HttpRequest *req, const char *name)
{
        return find_pair(req->query, req->query_count, name);
}

Str http_header(const HttpRequest *req, const char *name)
{
        return find_pair(req->headers, req->header_count, name);
}

Str http_cookie(const HttpRequest *req, const char *name)
{
        Str rest = http_header(req, "cookie");
        while (rest.len) {
                Str pair = str_trim(str_cut(rest, ';', &rest));
                Str value;
                Str key = str_cut(pair, '=', &value);
                if (value.ptr && str_eq_c(str_trim(key), name))
                        return str_trim(value);
        }
        return STR_NONE;
}

void http_reply_header(HttpReply *reply, const char *name, Str value)
{
        if (reply->header_count < ARRAY_LEN(reply->headers))
                reply->headers[reply->header_count++] = (HttpPair){ str_c(name), value };
}

static void lower(char *s)
{
        for (; *s; s++)
                if (*s >= 'A' && *s <= 'Z')
                        *s = (char)(*s | 0x20);
}

static enum MHD_Result add_pair(Exchange *x, Pairs *pairs, const char *key, size_t key_len, const char *value,
                                size_t value_len, bool fold)
{
        char *k = arena_strndup(x->arena, key, key_len);
        char *v = arena_strndup(x->arena, value ? value : "", value ? value_len : 0);
        if (!k || !v || pairs->len >= PAIRS_MAX ||
            !VEC_PUSH(pairs, ((HttpPair){ { k, key_len }, { v, value ? value_len : 0 } }), PAIRS_MAX)) {
                x->failed = true;
                return MHD_NO;
        }
        if (fold)
                lower(k);
        return MHD_YES;
}

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_len, const char *value,
                                 size_t value_len)
{
        (void)kind;
        Exchange *x = cls;
        if (strcasecmp(key, "content-length") == 0)
                x->content_lengths++;
        if (strcasecmp(key, "transfer-encoding") == 0)
                x->transfer_encoding = true;
        return add_pair(x, &x->headers, key, key_len, value, value_len, true);
}

static enum MHD_Result on_query(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_len, const char *value,
                                size_t value_len)
{
        (void)kind;
        Exchange *x = cls;
        if (!utf8_valid(str_n(key, key_len)) || (value && !utf8_valid(str_n(value, value_len))))
                x->refuse = MHD_HTTP_BAD_REQUEST;
        return add_pair(x, &x->query, key, key_len, value, value_len, false);
}

static bool path_is_sound(const char *path, size_t len)
{
        Str p = { path, len };
        return len > 0 && path[0] == '/' && strlen(path) == len && utf8_valid(p) && !str_has(p, STR("/../")) &&
               !str_ends(p, STR("/..")) && !str_has(p, STR("\\"));
}

static void exchange_free(Exchange *x)
{
        if (!x)
                return;
        VEC_RELEASE(&x->headers);
        VEC_RELEASE(&x->query);
        buf_release(&x->body);
        arena_free(x->arena);
        mem_free(x);
}

static Exchange *exchange_new(HttpServer *server, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version)
{
        Exchange *x = mem_calloc(1, sizeof(*x));
        if (!x)
                return NULL;
        x->server = server;
        x->arena = arena_new(REQUEST_ARENA_MAX);
        if (!x->arena) {
                mem_free(x);
                return NULL;
        }
        MHD_get_connection_values_n(c, MHD_HEADER_KIND, on_header, x);
        MHD_get_connection_values_n(c, MHD_GET_ARGUMENT_KIND, on_query, x);
        size_t url_len = strlen(url);
        if (x->failed)
                x->refuse = MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
        else if (strncmp(version, "HTTP/1.", 7) != 0 || x->content_lengths > 1 ||
                 (x->transfer_encoding && x->content_lengths) || !path_is_sound(url, url_len))
                x->refuse = MHD_HTTP_BAD_REQUEST;
        x->body_max = server->config.limit && !x->refuse
                              ? server->config.limit(server->config.context, str_c(method), str_n(url, url_len))
                              : BODY_MAX_DEFAULT;
        x->body = BUF_INIT(x->body_max + 1);
        Str declared = find_pair(x->headers.data, x->headers.len, "content-length");
        int64_t n;
        if (!x->refuse && declared.ptr && (!str_to_i64(declared, &n) || n < 0))
                x->refuse = MHD_HTTP_BAD_REQUEST;
        else if (!x->refuse && declared.ptr && (uint64_t)n > x->body_max)
                x->refuse = MHD_HTTP_CONTENT_TOO_LARGE;
        return x;
}

static enum MHD_Result refuse(struct MHD_Connection *c, Exchange *x)
{
        static const char text[] = "{\"error\":\"refused\"}";
        struct MHD_Response *r =
                MHD_create_response_from_buffer(sizeof(text) - 1, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
        if (!r)
                return MHD_NO;
        MHD_add_response_header(r, "Content-Type", "application/json");
        MHD_add_response_header(r, "Connection", "close");
        enum MHD_Result ok = MHD_queue_response(c, x->refuse, r);
        MHD_destroy_response(r);
        x->answered = true;
        return ok;
}

static void resume_connection(void *connection)
{
        MHD_resume_connection(connection);
}

static ssize_t read_stream(void *cls, uint64_t pos, char *out, size_t max)
{
        (void)pos;
        HttpStream *s = cls;
        ssize_t n = 0;
        pthread_mutex_lock(&s->lock);
        if (s->waiting.len) {
                size_t take = s->waiting.len < max ? s->waiting.len : max;
                memcpy(out, s->waiting.ptr, take);
                memmove(s->waiting.ptr, s->waiting.ptr + take, s->waiting.len - take);
                s->waiting.len -= take;
                n = (ssize_t)take;
        } else if (s->closed) {
                n = MHD_CONTENT_READER_END_OF_STREAM;
        } else {
                s->suspended = true;
                MHD_suspend_connection(s->connection);
        }
        pthread_mutex_unlock(&s->lock);
        return n;
}

static void end_stream(void *cls)
{
        HttpStream *s = cls;
        pthread_mutex_lock(&s->lock);
        s->gone = true;
        s->suspended = false;
        HttpServer *server = s->server;
        pthread_mutex_unlock(&s->lock);
        pthread_mutex_lock(&server->lock);
        if (s->prev)
                s->prev->next = s->next;
        else
                server->streams = s->next;
        if (s->next)
                s->next->prev = s->prev;
        pthread_mutex_unlock(&server->lock);
        http_stream_unref(s);
}

static struct MHD_Response *stream_response(HttpServer *server, struct MHD_Connection *c, HttpStream *s)
{
        s->connection = c;
        s->server = server;
        s->resume = resume_connection;
        struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, s, end_stream);
        if (!r)
                return NULL;
        pthread_mutex_lock(&server->lock);
        s->next = server->streams;
        s->prev = NULL;
        if (s->next)
                s->next->prev = s;
        server->streams = s;
        pthread_mutex_unlock(&server->lock);
        MHD_add_response_header(r, "Content-Type", "text/event-stream; charset=utf-8");
        MHD_add_response_header(r, "Cache-Control", "no-store");
        MHD_add_response_header(r, "X-Accel-Buffering", "no");
        return r;
}

static struct MHD_Response *make_response(Exchange *x, struct MHD_Connection *c, HttpReply *reply)
{
        if (reply->stream)
                return stream_response(x->server, c, TAKE(reply->stream));
        if (reply->fixed.ptr)
                return MHD_create_response_from_buffer(reply->fixed.len, (void *)(uintptr_t)reply->fixed.ptr,
                                                       MHD_RESPMEM_PERSISTENT);
        size_t len = 0;
        char *body = buf_take(&reply->body, &len);
        if (!body)
                return MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
        struct MHD_Response *r = MHD_create_response_from_buffer_with_free_callback(len, body, mem_free);
        if (!r)
                mem_free(body);
        return r;
}

static void peer_text(struct MHD_Connection *c, char out[INET6_ADDRSTRLEN])
{
        out[0] = '\0';
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        if (!info || !info->client_addr)
                return;
        const void *a = info->client_addr;
        if (info->client_addr->sa_family == AF_INET)
                inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, out, INET6_ADDRSTRLEN);
        else if (info->client_addr->sa_family == AF_INET6)
                inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, out, INET6_ADDRSTRLEN);
}

static enum MHD_Result answer(Exchange *x, struct MHD_Connection *c, const char *url, const char *method)
{
        char peer[INET6_ADDRSTRLEN];
        peer_text(c, peer);
        HttpRequest req = { .method = str_c(method),
                            .path = str_c(url),
                            .query = x->query.data,
                            .query_count = x->query.len,
                            .headers = x->headers.data,
                            .header_count = x->headers.len,
                            .body = buf_str(&x->body),
                            .peer = str_c(peer),
                            .arena = x->arena };
        HttpReply reply = { .status = 200, .body = BUF_INIT(BUF_MAX_DEFAULT) };
        x->server->config.handler(x->server->config.context, &req, &reply);
        x->answered = true;
        if (!reply.stream && buf_status(&reply.body) != ST_OK) {
                buf_clear(&reply.body);
                reply.status = MHD_HTTP_INTERNAL_SERVER_ERROR;
        }
        struct MHD_Response *r = make_response(x, c, &reply);
        http_stream_unref(reply.stream);
        buf_release(&reply.body);
        if (!r)
                return MHD_NO;
        for (size_t i = 0; i < reply.header_count; i++) {
                char *value = arena_strndup(x->arena, reply.headers[i].value.ptr, reply.headers[i].value.len);
                if (value)
                        MHD_add_response_header(r, reply.headers[i].name.ptr, value);
        }
        enum MHD_Result ok = MHD_queue_response(c, reply.status, r);
        MHD_destroy_response(r);
        return ok;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **state)
{
        HttpServer *server = cls;
        Exchange *x = *state;
        if (!x) {
                x = exchange_new(server, c, url, method, version);
                *state = x;
                if (!x)
                        return MHD_NO;
                return x->refuse ? refuse(c, x) : MHD_YES;
        }
        if (x->answered)
                return MHD_YES;
        if (*size) {
                if (!x->refuse) {
                        buf_put(&x->body, data, *size);
                        if (buf_status(&x->body) == ST_LIMIT)
                                x->refuse = MHD_HTTP_CONTENT_TOO_LARGE;
                        else if (buf_status(&x->body) != ST_OK)
                                x->refuse = MHD_HTTP_SERVICE_UNAVAILABLE;
                }
                *size = 0;
                return MHD_YES;
        }
        return x->refuse ? refuse(c, x) : answer(x, c, url, method);
}

static void on_done(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
        (void)cls;
        (void)c;
        (void)why;
        exchange_free(*state);
        *state = NULL;
}

/* The default also decodes '+' and stops at NUL; we decode strictly, and what is malformed stays
 * as it is, so that path_is_sound or the operation's own checks see it. */
static size_t unescape(void *cls, struct MHD_Connection *c, char *s)
{
        (void)cls;
        (void)c;
        size_t out = 0;
        for (size_t i = 0; s[i]; i++) {
                int hi = -1, lo = -1;
                if (s[i] == '%' && s[i + 1] && s[i + 2]) {
                        const char *digits = "0123456789abcdef";
                        const char *h = strchr(digits, s[i + 1] | 0x20), *l = strchr(digits, s[i + 2] | 0x20);
                        hi = h && s[i + 1] != ' ' ? (int)(h - digits) : -1;
                        lo = l && s[i + 2] != ' ' ? (int)(l - digits) : -1;
                }
                int byte = hi >= 0 && lo >= 0 ? hi * 16 + lo : -1;
                if (byte > 0) {
                        s[out++] = (char)byte;
                        i += 2;
                } else {
                        s[out++] = s[i] == '%' ? '\\' : s[i]; /* a bad escape makes the path unsound */
                }
        }
        s[out] = '\0';
        return out;
}

static Status parse_address(const HttpConfig *config, struct sockaddr_storage *ret, bool *ret_v6)
{
        struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(config->port) };
        struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(config->port) };
        memset(ret, 0, sizeof(*ret));
        if (inet_pton(AF_INET, config->host, &v4.sin_addr) == 1) {
                memcpy(ret, &v4, sizeof(v4));
                *ret_v6 = false;
                return ST_OK;
        }
        if (inet_pton(AF_INET6, config->host, &v6.sin6_addr) == 1) {
                memcpy(ret, &v6, sizeof(v6));
                *ret_v6 = true;
                return ST_OK;
        }
        return ST_INVALID;
}

static Status listen_socket(const HttpConfig *config, Diag *diag, int *ret)
{
        struct sockaddr_storage address;
        bool v6 = false;
        if (parse_address(config, &address, &v6) != ST_OK)
                return diag_fail(diag, ST_INVALID, POS_NONE, "“%s”不是 IP 地址", "\"%s\" is not an IP address",
                                 config->host);
        int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int one = 1;
        socklen_t len = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
        if (fd >= 0)
                setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
        if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 128) < 0) {
                int e = errno;
                if (fd >= 0)
                        close(fd);
                return diag_fail(diag,
                                 e == EADDRINUSE ? ST_EXISTS
                                 : e == EACCES   ? ST_FORBIDDEN
                                                 : ST_IO,
                                 POS_NONE, "无法在 %s:%u 上监听：%s", "cannot listen on %s:%u: %s", config->host,
                                 (unsigned)config->port, strerror(e));
        }
        *ret = fd;
        return ST_OK;
}

static uint16_t bound_port(int fd)
{
        struct sockaddr_storage a;
        socklen_t len = sizeof(a);
        if (getsockname(fd, (struct sockaddr *)&a, &len) < 0)
                return 0;
        const void *p = &a;
        return ntohs(a.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)p)->sin6_port
                                             : ((const struct sockaddr_in *)p)->sin_port);
}

Status http_start(const HttpConfig *config, Diag *diag, HttpServer **ret)
{
        if (config->threads < 1 || config->threads > 64 || !config->handler)
                return ST_INVALID;
        TRY(mhd_load(diag));
        HttpServer *server = mem_calloc(1, sizeof(*server));
        if (!server || pthread_mutex_init(&server->lock, NULL) != 0) {
                mem_free(server);
                return ST_NOMEM;
        }
        server->config = *config;
        int fd = -1;
        Status st = listen_socket(config, diag, &fd);
        if (st == ST_OK) {
                server->port = bound_port(fd);
                server->daemon = MHD_start_daemon(
                        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server,
                        MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd, MHD_OPTION_THREAD_POOL_SIZE, config->threads,
                        MHD_OPTION_CONNECTION_LIMIT, config->connections ? config->connections : 512U,
                        MHD_OPTION_CONNECTION_TIMEOUT, config->timeout_seconds ? config->timeout_seconds : 30U,
                        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MAX, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                        MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
                        MHD_OPTION_END);
                if (!server->daemon) {
                        close(fd);
                        st = diag_fail(diag, ST_IO, POS_NONE, "无法启动服务", "cannot start the server");
                }
        }
        if (st != ST_OK) {
                pthread_mutex_destroy(&server->lock);
                mem_free(server);
                return st;
        }
        *ret = server;
        return ST_OK;
}

uint16_t http_port(const HttpServer *server)
{
        return server->port;
}

void http_stop(HttpServer *server)
{
        if (!server)
                return;
        MHD_socket fd = MHD_quiesce_daemon(server->daemon);
        pthread_mutex_lock(&server->lock);
        for (HttpStream *s = server->streams; s; s = s->next)
                http_stream_close(s);
        pthread_mutex_unlock(&server->lock);
        MHD_stop_daemon(server->daemon);
        if (fd != MHD_INVALID_SOCKET)
                close(fd);
        pthread_mutex_destroy(&server->lock);
        mem_free(server);
}
