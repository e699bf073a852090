/* server.c -- the operations over HTTP: routes, cookies, statuses.
 *
 * /api/... are operations, everything else is the web face (an unknown page path
 * gives index.html, whose router shows it).  A session is a cookie that scripts
 * cannot read and other sites do not send; a request that changes something must
 * also carry the header X-Kechuang, which another site's form cannot set. */
#include "api/api_int.h"
#include "http/http.h"

enum { CALL_ARENA_GIB = 2 };
static const char COOKIE[] = "kc_session";

struct ApiServer {
        HttpServer *http;
        ApiWorld *world;
};

static unsigned http_status(Status st, bool logged_in)
{
        switch (st) {
        case ST_OK: return 200;
        case ST_INVALID:
        case ST_USAGE:
        case ST_CHECK: return 400;
        case ST_FORBIDDEN: return logged_in ? 403 : 401;
        case ST_NOT_FOUND: return 404;
        case ST_EXISTS:
        case ST_CONFLICT: return 409;
        case ST_LIMIT: return 413;
        case ST_UNSUPPORTED: return 415;
        case ST_LOCKED:
        case ST_NOMEM:
        case ST_FULL: return 503;
        case ST_TIMEOUT:
        case ST_CANCELLED: return 504;
        default: return 500;
        }
}

/* Does the path fit "/indicators/{indicator}/rank"?  call may be NULL: only asks. */
static bool fits(const char *template, Str path, ApiCall *call, Status *ret)
{
        Str t = str_c(template);
        while (t.len || path.len) {
                Str tw, pw;
                if (!t.len || !path.len || t.ptr[0] != '/' || path.ptr[0] != '/')
                        return false;
                t = str_n(t.ptr + 1, t.len - 1);
                path = str_n(path.ptr + 1, path.len - 1);
                const char *ts = t.len ? memchr(t.ptr, '/', t.len) : NULL,
                           *ps = path.len ? memchr(path.ptr, '/', path.len) : NULL;
                tw = str_n(t.ptr, ts ? (size_t)(ts - t.ptr) : t.len);
                pw = str_n(path.ptr, ps ? (size_t)(ps - path.ptr) : path.len);
                t = str_n(t.ptr + tw.len, t.len - tw.len);
                path = str_n(path.ptr + pw.len, path.len - pw.len);
                if (tw.len > 2 && tw.ptr[0] == '{') {
                        if (!pw.len)
                                return false;
                        if (call && *ret == ST_OK) {
                                char name[64];
                                size_t n = tw.len - 2 < sizeof(name) - 1 ? tw.len - 2 : sizeof(name) - 1;
                                memcpy(name, tw.ptr + 1, n);
                                name[n] = '\0';
                                *ret = api_set(call, name, pw);
                        }
                } else if (!str_eq(tw, pw)) {
                        return false;
                }
        }
        return true;
}

static const ApiOperation *route(Str method, Str path, bool *ret_path_known)
{
        *ret_path_known = false;
        for (size_t i = 0; i < api_operation_count; i++) {
                if (!fits(api_operations[i].path, path, NULL, NULL))
                        continue;
                *ret_path_known = true;
                if (str_eq_c(method, api_operations[i].method))
                        return &api_operations[i];
        }
        return NULL;
}

static bool under_api(Str path, Str *ret_rest)
{
        if (!str_starts(path, STR("/api")) || (path.len > 4 && path.ptr[4] != '/'))
                return false;
        *ret_rest = str_n(path.ptr + 4, path.len - 4);
        return true;
}

static size_t body_limit(void *context, Str method, Str path)
{
        (void)context;
        Str rest;
        bool known;
        const ApiOperation *op = under_api(path, &rest) ? route(method, rest, &known) : NULL;
        return op ? op->body_max : 4096;
}

static void secure_headers(HttpReply *reply)
{
        http_reply_header(reply, "X-Content-Type-Options", STR("nosniff"));
        http_reply_header(reply, "Referrer-Policy", STR("no-referrer"));
        http_reply_header(reply, "X-Frame-Options", STR("DENY"));
        http_reply_header(
                reply, "Content-Security-Policy",
                STR("default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"));
}

static Lang language_of(const HttpRequest *req)
{
        Str lang = http_header(req, "accept-language");
        return str_starts(lang, STR("en")) ? LANG_EN : LANG_ZH;
}

static Status take_query(ApiCall *call, const HttpRequest *req)
{
        for (size_t i = 0; i < req->query_count; i++) {
                char name[64];
                Str key = req->query[i].name;
                if (key.len == 0 || key.len >= sizeof(name))
                        return diag_fail(call->diag, ST_INVALID, POS_NONE, "参数名不对", "a parameter's name is wrong");
                memcpy(name, key.ptr, key.len);
                name[key.len] = '\0';
                TRY(api_set(call, name, req->query[i].value));
        }
        return ST_OK;
}

static void set_cookie(ApiCall *call, HttpReply *reply)
{
        if (!call->set_token.ptr)
                return;
        bool gone = str_eq_c(call->set_token, "-");
        char *cookie = arena_printf(call->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d", COOKIE,
                                    gone ? 0 : (int)call->set_token.len, gone ? "" : call->set_token.ptr,
                                    gone ? 0 : API_SESSION_HOURS * 3600);
        if (cookie)
                http_reply_header(reply, "Set-Cookie", str_c(cookie));
}

static void name_file(ApiCall *call, HttpReply *reply)
{
        if (!call->file_name.len)
                return;
        _cleanup_buf_ Buf b = BUF_INIT(4096);
        buf_puts(&b, "attachment; filename*=UTF-8''");
        for (size_t i = 0; i < call->file_name.len; i++) {
                unsigned char c = (unsigned char)call->file_name.ptr[i];
                if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                    c == '-' || c == '_')
                        buf_putc(&b, (char)c);
                else
                        buf_printf(&b, "%%%02X", c);
        }
        char *value = arena_strdup(call->arena, buf_cstr(&b));
        if (value)
                http_reply_header(reply, "Content-Disposition", str_c(value));
}

/* Behind a proxy on this machine the proxy says whose request it is: the last address it added. */
static Str caller(const HttpRequest *req)
{
        Str said = http_header(req, "x-forwarded-for");
        if (!said.len || (!str_eq_c(req->peer, "127.0.0.1") && !str_eq_c(req->peer, "::1")))
                return req->peer;
        size_t from = said.len;
        while (from && said.ptr[from - 1] != ',')
                from--;
        return str_trim(str_n(said.ptr + from, said.len - from));
}

static Status run(ApiServer *s, HttpRequest *req, Str path, ApiCall *call, HttpReply *reply)
{
        bool path_known;
        const ApiOperation *op = route(req->method, path, &path_known);
        Status st = ST_OK;
        if (!op)
                return diag_fail(call->diag, path_known ? ST_USAGE : ST_NOT_FOUND, POS_NONE, "没有这个接口",
                                 "there is no such operation");
        (void)fits(op->path, path, call, &st);
        TRY(st);
        TRY(take_query(call, req));
        bool changes = !str_eq_c(req->method, "GET");
        if (changes && !http_header(req, "x-kechuang").ptr)
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "缺少请求头 X-Kechuang",
                                 "the header X-Kechuang is missing");
        call->token = http_cookie(req, COOKIE);
        ApiSession *session = arena_new_of(call->arena, ApiSession);
        if (!session)
                return ST_NOMEM;
        if (call->token.len) {
                st = api_session_by_token(s->world, call->token, call->arena, NULL, session);
                if (st != ST_OK && st != ST_FORBIDDEN)
                        return st;
                call->session = st == ST_OK ? session : NULL;
        }
        call->body = req->body;
        call->peer = caller(req);
        TRY(api_call(call, op->id));
        set_cookie(call, reply);
        name_file(call, reply);
        return ST_OK;
}

static void answer_api(ApiServer *s, HttpRequest *req, Str path, HttpReply *reply)
{
        Lang lang = language_of(req);
        _cleanup_diag_ Diag diag = DIAG_INIT(lang);
        _cleanup_arena_ Arena *arena = arena_new((size_t)CALL_ARENA_GIB << 30);
        if (!arena) {
                reply->status = 503;
                return;
        }
        ApiCall call = { .world = s->world, .arena = arena, .diag = &diag, .lang = lang };
        Status st = run(s, req, path, &call, reply);
        reply->status = st != ST_OK && call.retry_after ? 429 : http_status(st, call.session != NULL);
        if (reply->status == 429) {
                char *seconds = arena_printf(req->arena, "%d", call.retry_after);
                if (seconds)
                        http_reply_header(reply, "Retry-After", str_c(seconds));
        }
        http_reply_header(reply, "Cache-Control", STR("no-store"));
        if (st == ST_OK) {
                http_reply_header(reply, "Content-Type",
                                  call.type ? str_c(call.type) : STR("application/json; charset=utf-8"));
                buf_release(&reply->body);
                reply->body = call.reply;
                call.reply = BUF_INIT(1);
        } else {
                http_reply_header(reply, "Content-Type", STR("application/json; charset=utf-8"));
                api_put_problem(st, &diag, lang, &reply->body);
        }
        api_call_release(&call);
        /* The texts of the headers live in the call, which ends here. */
        for (size_t i = 0; i < reply->header_count; i++)
                reply->headers[i].value = arena_str(req->arena, reply->headers[i].value);
}

static void answer_page(HttpRequest *req, HttpReply *reply)
{
        if (!str_eq_c(req->method, "GET") && !str_eq_c(req->method, "HEAD")) {
                reply->status = 405;
                return;
        }
        const HttpAsset *asset = http_asset_find(req->path);
        if (!asset && !str_has(req->path, STR(".")))
                asset = http_asset_find(STR("/index.html"));
        if (asset) {
                http_asset_reply(asset, req, reply);
                return;
        }
        reply->status = 404;
        http_reply_header(reply, "Content-Type", STR("text/plain; charset=utf-8"));
        buf_puts(&reply->body, http_asset_count() ? "没有这个页面\n" : "这个程序没有带网页（构建时没有 web/dist）\n");
}

static void answer(void *context, HttpRequest *req, HttpReply *reply)
{
        Str path;
        secure_headers(reply);
        if (under_api(req->path, &path))
                answer_api(context, req, path, reply);
        else
                answer_page(req, reply);
}

Status api_server_start(ApiWorld *w, const char *host, uint16_t port, unsigned threads, Diag *diag, ApiServer **ret)
{
        const Pack *pack;
        TRY(api_pack(w, diag, &pack));
        ApiServer *s = mem_calloc(1, sizeof(*s));
        if (!s)
                return ST_NOMEM;
        s->world = w;
        HttpConfig config = {
                .host = host, .port = port, .threads = threads, .handler = answer, .limit = body_limit, .context = s
        };
        Status st = http_start(&config, diag, &s->http);
        if (st != ST_OK) {
                mem_free(s);
                return st;
        }
        *ret = s;
        return ST_OK;
}

uint16_t api_server_port(const ApiServer *s)
{
        return http_port(s->http);
}

void api_server_stop(ApiServer *s)
{
        if (!s)
                return;
        http_stop(s->http);
        mem_free(s);
}
