/* http.h -- the protocol: connections, limits, streams, embedded files; no domain.
 *
 * One handler gets every request, whole (the body is in memory, bounded by
 * `body_max`, which the handler's `limit` callback may raise by path before the
 * body is read).  The handler fills the reply and returns; it runs on one of
 * `threads` threads, several at once, and must not block for long: long work is
 * a job elsewhere that feeds an HttpStream.
 *
 * What is refused here, before any handler: requests that are not HTTP/1.x with a
 * Host, Transfer-Encoding together with Content-Length, several Content-Length
 * lines, paths with NUL, `..`, bad percent escapes or bad UTF-8, bodies beyond
 * the limit (413), heads beyond 32 KiB (431), clients too slow (timeout).
 *
 *     HttpConfig config = { .host = "127.0.0.1", .port = 8420, .threads = 2,
 *                           .handler = answer, .context = api };
 *     TRY(http_start(&config, diag, &server));
 *     ...
 *     http_stop(server);      // no new connections, streams closed, answers finished
 *
 * Ownership: the request and its strings live until the handler returns; the
 * reply's body is copied or taken as stated at each function.
 */
#ifndef KC_HTTP_HTTP_H
#define KC_HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

typedef struct HttpServer HttpServer;
typedef struct HttpStream HttpStream;

typedef struct HttpPair {
        Str name;           /* header names in lower case */
        Str value;
} HttpPair;

typedef struct HttpRequest {
        Str method;         /* "GET" */
        Str path;           /* decoded, begins with '/' */
        const HttpPair *query;
        size_t query_count;
        const HttpPair *headers;
        size_t header_count;
        Str body;
        Str peer;           /* the client's address, without port */
        Arena *arena;       /* for the handler's own work; freed after the reply */
} HttpRequest;

/* Value of the first of that name; ptr NULL when there is none. */
Str http_query(const HttpRequest *req, const char *name);
Str http_header(const HttpRequest *req, const char *lower_case_name);
/* A cookie's value; ptr NULL when there is none. */
Str http_cookie(const HttpRequest *req, const char *name);

typedef struct HttpReply {
        unsigned status;            /* 200 unless set */
        HttpPair headers[16];
        size_t header_count;
        Buf body;                   /* written by the handler; taken by the server */
        Str fixed;                  /* instead of body: bytes that live as long as the program */
        HttpStream *stream;         /* instead of body: an event stream; the reply takes one reference */
} HttpReply;

/* name and value must live until the handler returns (arena or literal); beyond 16 they are dropped. */
void http_reply_header(HttpReply *reply, const char *name, Str value);

typedef void (*HttpHandler)(void *context, HttpRequest *req, HttpReply *reply);
/* The most bytes the body of this request may have; called when the head is there. */
typedef size_t (*HttpLimit)(void *context, Str method, Str path);

typedef struct HttpConfig {
        const char *host;           /* numeric address, v4 or v6 */
        uint16_t port;              /* 0: any free one; see http_port */
        unsigned threads;           /* 1..64 */
        unsigned connections;       /* at most; 0: 512 */
        unsigned timeout_seconds;   /* of an idle or stalled connection; 0: 30 */
        HttpHandler handler;
        HttpLimit limit;            /* NULL: 1 MiB for all */
        void *context;
} HttpConfig;

/* ST_EXISTS: the address is in use; ST_FORBIDDEN; ST_INVALID: not an address. */
Status http_start(const HttpConfig *config, Diag *diag, HttpServer **ret) FALLIBLE;
uint16_t http_port(const HttpServer *server);
void http_stop(HttpServer *server);

/* Server-sent events (text/event-stream).  Any thread may push; a reader that is
 * gone makes http_stream_alive false.  At most 256 KiB wait unread: a slower
 * reader loses the oldest whole events.  Reference counted. */
HttpStream *http_stream_new(void) __attribute__((warn_unused_result));
HttpStream *http_stream_ref(HttpStream *s);
void http_stream_unref(HttpStream *s);
DEFINE_CLEANUP(HttpStream *, http_stream_unref)
/* event may be NULL; data may hold newlines. */
Status http_stream_push(HttpStream *s, const char *event, Str data) FALLIBLE;
/* No more events: the reader gets what is waiting and then the end. */
void http_stream_close(HttpStream *s);
bool http_stream_alive(HttpStream *s);

/* The files of the web face, embedded at build time.  path as in a URL, "/" is
 * index.html; NULL when there is none. */
typedef struct HttpAsset {
        const char *path;
        const char *type;           /* media type */
        const char *etag;           /* quoted */
        const unsigned char *data;
        const unsigned char *end;
        const unsigned char *gzip;  /* NULL: not worth compressing */
        const unsigned char *gzip_end;
} HttpAsset;
const HttpAsset *http_asset_find(Str path);
size_t http_asset_count(void);
/* 200 with the right headers (gzip when accepted, immutable caching of names that
 * carry a hash), or 304 when the client has it. */
void http_asset_reply(const HttpAsset *asset, const HttpRequest *req, HttpReply *reply);

#endif
