/* The protocol on a real socket: what is answered, what is refused, and streams. */
#include "tests/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http.h"

static HttpServer *server;
static HttpStream *last_stream;

static void answer(void *context, HttpRequest *req, HttpReply *reply)
{
        (void)context;
        if (str_eq_c(req->path, "/stream")) {
                reply->stream = http_stream_new();
                last_stream = http_stream_ref(reply->stream);
                return;
        }
        http_reply_header(reply, "Content-Type", STR("text/plain"));
        buf_printf(&reply->body, "%.*s %.*s q=%.*s cookie=%.*s body=%zu", STR_FMT(req->method), STR_FMT(req->path),
                   STR_FMT(http_query(req, "q")), STR_FMT(http_cookie(req, "sid")), req->body.len);
}

static size_t limit(void *context, Str method, Str path)
{
        (void)context;
        (void)method;
        return str_eq_c(path, "/big") ? 200000 : 1000;
}

static int start(void **state)
{
        (void)state;
        HttpConfig config = { .host = "127.0.0.1", .threads = 2, .timeout_seconds = 2, .handler = answer, .limit = limit };
        return http_start(&config, NULL, &server) == ST_OK ? 0 : -1;
}

static int stop(void **state)
{
        (void)state;
        http_stop(server);
        return 0;
}

static int dial(void)
{
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(http_port(server)) };
        inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        struct timeval wait = { .tv_sec = 10 };
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
        assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
        return fd;
}

/* Sends the text and reads until the other side closes. */
static void talk(const char *text, size_t len, Buf *ret)
{
        int fd = dial();
        (void)!send(fd, text, len, MSG_NOSIGNAL);
        char chunk[4096];
        ssize_t n;
        while ((n = recv(fd, chunk, sizeof(chunk), 0)) > 0)
                buf_put(ret, chunk, (size_t)n);
        close(fd);
}

static void expect(const char *request, const char *part)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        talk(request, strlen(request), &b);
        if (!strstr(buf_cstr(&b), part))
                fail_msg("to <%s>\nwas answered <%s>\nwithout <%s>", request, buf_cstr(&b), part);
}

#define HEAD " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

static void requests_arrive_decoded(void **state)
{
        (void)state;
        expect("GET /%E4%BC%81?q=%E7%A0%94+x" HEAD "Cookie: a=1; sid=abc\r\n\r\n", "GET /企 q=研 x cookie=abc body=0");
        expect("POST /p" HEAD "Content-Length: 3\r\n\r\nxyz", "POST /p q= cookie= body=3");
}

static void smuggling_is_refused(void **state)
{
        (void)state;
        expect("POST /p" HEAD "Content-Length: 3\r\nContent-Length: 4\r\n\r\nxyz", "400");
        expect("POST /p" HEAD "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400");
        expect("POST /p" HEAD "Content-Length: abc\r\n\r\n", "400");
}

static void unsound_paths_are_refused(void **state)
{
        (void)state;
        expect("GET /../etc/passwd" HEAD "\r\n", "400");
        expect("GET /a/%2e%2e/b" HEAD "\r\n", "400");
        expect("GET /%ff" HEAD "\r\n", "400");
        expect("GET /%zz" HEAD "\r\n", "400");
        expect("GET /a%00b" HEAD "\r\n", "400");
}

static void bodies_are_limited_by_path(void **state)
{
        (void)state;
        expect("POST /p" HEAD "Content-Length: 5000\r\n\r\n", "413");
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20), reply = BUF_INIT(1 << 20);
        buf_puts(&b, "POST /big" HEAD "Content-Length: 150000\r\n\r\n");
        for (int i = 0; i < 150000; i++)
                buf_putc(&b, 'x');
        talk(b.ptr, b.len, &reply);
        assert_non_null(strstr(buf_cstr(&reply), "body=150000"));
        buf_clear(&b);
        buf_clear(&reply);
        buf_puts(&b, "POST /p" HEAD "Transfer-Encoding: chunked\r\n\r\n7d0\r\n");
        for (int i = 0; i < 2000; i++)
                buf_putc(&b, 'x');
        buf_puts(&b, "\r\n0\r\n\r\n");
        talk(b.ptr, b.len, &reply);
        assert_non_null(strstr(buf_cstr(&reply), "413"));
}

static void heads_are_limited(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20), reply = BUF_INIT(1 << 20);
        buf_puts(&b, "GET /p" HEAD "X-Long: ");
        for (int i = 0; i < 60000; i++)
                buf_putc(&b, 'x');
        buf_puts(&b, "\r\n\r\n");
        talk(b.ptr, b.len, &reply);
        assert_null(strstr(buf_cstr(&reply), " 200 "));
}

static void an_aborted_upload_frees_its_thread(void **state)
{
        (void)state;
        for (int i = 0; i < 20; i++) {
                int fd = dial();
                const char text[] = "POST /big" HEAD "Content-Length: 100000\r\n\r\nonly this";
                (void)!send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL);
                close(fd);
        }
        expect("GET /alive" HEAD "\r\n", "GET /alive");
}

static void *push_three(void *arg)
{
        (void)arg;
        while (!last_stream)
                usleep(1000);
        for (int i = 0; i < 3; i++) {
                usleep(20000);
                assert_ok(http_stream_push(last_stream, "progress", STR("line1\nline2")));
        }
        http_stream_close(last_stream);
        http_stream_unref(last_stream);
        last_stream = NULL;
        return NULL;
}

static void streams_reach_their_reader_and_end(void **state)
{
        (void)state;
        pthread_t t;
        pthread_create(&t, NULL, push_three, NULL);
        _cleanup_buf_ Buf reply = BUF_INIT(1 << 20);
        const char text[] = "GET /stream" HEAD "\r\n";
        talk(text, sizeof(text) - 1, &reply);
        pthread_join(t, NULL);
        int events = 0;
        for (const char *p = buf_cstr(&reply); (p = strstr(p, "event: progress\ndata: line1\ndata: line2\n\n")); p++)
                events++;
        assert_int_equal(events, 3);
}

static void a_taken_port_is_named(void **state)
{
        (void)state;
        HttpConfig config = { .host = "127.0.0.1", .port = http_port(server), .threads = 1, .handler = answer };
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        HttpServer *second = NULL;
        assert_int_equal(http_start(&config, &d, &second), ST_EXISTS);
        assert_non_null(strstr(d.msgs[0].text, "cannot listen on 127.0.0.1"));
        config.host = "localhost?";
        assert_int_equal(http_start(&config, NULL, &second), ST_INVALID);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(requests_arrive_decoded),
                cmocka_unit_test(smuggling_is_refused),
                cmocka_unit_test(unsound_paths_are_refused),
                cmocka_unit_test(bodies_are_limited_by_path),
                cmocka_unit_test(heads_are_limited),
                cmocka_unit_test(an_aborted_upload_frees_its_thread),
                cmocka_unit_test(streams_reach_their_reader_and_end),
                cmocka_unit_test(a_taken_port_is_named),
        };
        return cmocka_run_group_tests(tests, start, stop);
}
