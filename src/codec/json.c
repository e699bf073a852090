/* One pass over a copy of the text in the arena, where strings are unescaped in
 * place.  Open arrays and objects are frames on a heap stack; finished values
 * wait on another stack until their container closes and takes them into the
 * arena side by side.  Nothing recurses. */
#include "codec/json.h"

#include "base/utf8.h"
#include "base/vec.h"

enum { FEW_MEMBERS = 12 };      /* objects up to here are searched from end to end */

typedef struct Frame {
        bool is_object;
        size_t first;           /* of its values on the stack of pending ones */
        uint32_t line, col;
        Str key;                /* the member being read */
        uint32_t key_line, key_col;
} Frame;

VEC_DECLARE(FrameVec, Frame);
VEC_DECLARE(MemberVec, JsonMember);

typedef struct Parser {
        Arena *arena;
        Diag *diag;
        const char *file;
        Str source;             /* the caller's text, for carets */
        char *begin, *p, *end;  /* the copy; *end is NUL */
        uint32_t line;
        char *line_start;
        size_t extra;           /* UTF-8 continuation bytes on this line so far */
        size_t values;
        JsonLimits limits;
        FrameVec frames;
        MemberVec pending;
} Parser;

static uint32_t column(const Parser *s, const char *at)
{
        size_t col = (size_t)(at - s->line_start) - s->extra + 1;
        return col > UINT32_MAX ? UINT32_MAX : (uint32_t)col;
}

static Pos place_of(const Parser *s, uint32_t line, uint32_t col)
{
        /* The line as the caller has it: the copy is partly unescaped. */
        size_t start = (size_t)(s->line_start - s->begin);
        Str rest = start < s->source.len ? str_n(s->source.ptr + start, s->source.len - start) : STR("");
        Str text = STR_NONE;
        if (line == s->line) {
                const char *nl = rest.len ? memchr(rest.ptr, '\n', rest.len) : NULL;
                text = nl ? str_n(rest.ptr, (size_t)(nl - rest.ptr)) : rest;
        }
        return (Pos){ .file = s->file, .line = (int)line, .col = (int)col, .source = text };
}

static Pos place(const Parser *s, const char *at)
{
        return place_of(s, s->line, column(s, at));
}

static Status unexpected(Parser *s, const char *zh, const char *en)
{
        if (s->p >= s->end)
                return diag_raise(s->diag, ST_INVALID, place(s, s->p), "JSON 到此中断，应为%s",
                                  "the JSON ends here, where %s should be",
                                  s->diag && s->diag->lang == LANG_EN ? en : zh);
        return diag_raise(s->diag, ST_INVALID, place(s, s->p), "JSON 语法错误：此处应为%s",
                          "JSON syntax: expected %s here", s->diag && s->diag->lang == LANG_EN ? en : zh);
}

static void skip_blanks(Parser *s)
{
        char *p = s->p;
        for (;; p++) {
                if (*p == '\n') {
                        s->line++;
                        s->line_start = p + 1;
                        s->extra = 0;
                } else if (*p != ' ' && *p != '\t' && *p != '\r') {
                        break;
                }
        }
        s->p = p;
}

static int hex4(const char *p)
{
        int v = 0;
        for (int i = 0; i < 4; i++) {
                int c = (unsigned char)p[i];
                int digit = c >= '0' && c <= '9'                 ? c - '0'
                            : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                                 : -1;
                if (digit < 0)
                        return -1;
                v = v << 4 | digit;
        }
        return v;
}

/* At the backslash; writes the character at *to. */
static Status unescape(Parser *s, char **to)
{
        char *p = s->p;
        static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
        for (size_t i = 0; i + 1 < sizeof(plain); i += 2) {
                if (p[1] == plain[i]) {
                        *(*to)++ = plain[i + 1];
                        s->p += 2;
                        return ST_OK;
                }
        }
        if (p[1] != 'u' || s->end - p < 6 || hex4(p + 2) < 0)
                return diag_raise(s->diag, ST_INVALID, place(s, p), "字符串中的转义不合法",
                                  "not an escape sequence of JSON");
        uint32_t cp = (uint32_t)hex4(p + 2);
        s->p += 6;
        if (cp == 0)
                return diag_raise(s->diag, ST_INVALID, place(s, p), "字符串中不允许 \\u0000（空字符）",
                                 "\\u0000 (the NUL character) is not allowed in a string");
        if (cp >= 0xD800 && cp <= 0xDFFF) {
                int low = s->end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8) : -1;
                if (cp >= 0xDC00 || low < 0xDC00 || low > 0xDFFF)
                        return diag_raise(s->diag, ST_INVALID, place(s, p), "代理对不完整：\\u%04x",
                                          "half of a surrogate pair: \\u%04x", cp);
                cp = 0x10000 + ((cp - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
                s->p += 6;
        }
        *to += utf8_put(*to, cp);
        return ST_OK;
}

static bool plain_word(uint64_t w)
{
        const uint64_t ones = 0x0101010101010101ULL, high = 0x8080808080808080ULL;
        uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
        uint64_t hit = (w - ones * 0x20) | (quote - ones) | (slash - ones) | w;
        return !(hit & high);
}

/* At the opening quote. */
static Status read_string(Parser *s, Str *ret)
{
        char *start = s->p++;
        uint32_t start_col = column(s, start);
        char *text = s->p, *to = s->p;
        for (;;) {
                char *run = s->p, *p = run;
                for (; s->end - p >= 8; p += 8) {
                        uint64_t w;
                        memcpy(&w, p, 8);
                        if (!plain_word(w))
                                break;
                }
                while ((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
                        p++;
                if ((unsigned char)*p >= 0x80) {
                        size_t at = (size_t)(p - s->begin);
                        uint32_t c = utf8_next(str_n(s->begin, (size_t)(s->end - s->begin)), &at);
                        if (c == UTF8_BAD) {
                                s->p = p;
                                return diag_raise(s->diag, ST_INVALID, place(s, p), "不是合法的 UTF-8（字节 0x%02X）",
                                                 "not valid UTF-8 (byte 0x%02X)", (unsigned char)*p);
                        }
                        size_t n = at - (size_t)(p - s->begin);
                        s->extra += n - 1;
                        p += n;
                }
                if (to != run)
                        memmove(to, run, (size_t)(p - run));
                to += p - run;
                s->p = p;
                if (*p == '"')
                        break;
                if (*p == '\\') {
                        TRY(unescape(s, &to));
                } else if ((unsigned char)*p < 0x20) {
                        if (p >= s->end)
                                return diag_raise(s->diag, ST_INVALID, place_of(s, s->line, start_col),
                                                  "字符串没有结束的引号", "a string without its closing quote");
                        return diag_raise(s->diag, ST_INVALID, place(s, p), "字符串中有未转义的控制字符 0x%02X",
                                         "a raw control character 0x%02X in a string", (unsigned char)*p);
                }
        }
        s->p++;
        *ret = str_n(text, (size_t)(to - text));
        return ST_OK;
}

size_t json_number_length(Str s)
{
        if (!s.len)
                return 0;
        const char *start = s.ptr, *p = start, *end = start + s.len;
#define IS_DIGIT() (p < end && *p >= '0' && *p <= '9')
#define SKIP_DIGITS()                           \
        do {                                    \
                if (!IS_DIGIT())                \
                        return 0;               \
                while (IS_DIGIT())              \
                        p++;                    \
        } while (0)
        if (p < end && *p == '-')
                p++;
        if (p < end && *p == '0')
                p++;
        else
                SKIP_DIGITS();
        if (p < end && *p == '.') {
                p++;
                SKIP_DIGITS();
        }
        if (p < end && (*p == 'e' || *p == 'E')) {
                p++;
                if (p < end && (*p == '+' || *p == '-'))
                        p++;
                SKIP_DIGITS();
        }
        return (size_t)(p - start);
#undef SKIP_DIGITS
#undef IS_DIGIT
}

static bool is_word_char(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
               c == '+' || c == '-';
}

static Status read_number(Parser *s, Json *v)
{
        size_t n = json_number_length(str_n(s->p, (size_t)(s->end - s->p)));
        if (n == 0 || is_word_char(s->p[n]))
                return diag_raise(s->diag, ST_INVALID, place(s, s->p), "不是 JSON 的数字写法",
                                  "not the way JSON writes a number");
        v->kind = JSON_NUMBER;
        v->text = str_n(s->p, n);
        s->p += n;
        return ST_OK;
}

static bool take_word(Parser *s, const char *word, size_t n)
{
        if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0 || is_word_char(s->p[n]))
                return false;
        s->p += n;
        return true;
}

static Status read_scalar(Parser *s, Json *v)
{
        switch (*s->p) {
        case '"':
                v->kind = JSON_STRING;
                return read_string(s, &v->text);
        case 't':
        case 'f':
                v->kind = JSON_BOOL;
                v->truth = *s->p == 't';
                if (v->truth ? take_word(s, "true", 4) : take_word(s, "false", 5))
                        return ST_OK;
                break;
        case 'n':
                v->kind = JSON_NULL;
                if (take_word(s, "null", 4))
                        return ST_OK;
                break;
        case '-':
        case '0' ... '9':
                return read_number(s, v);
        default:
                break;
        }
        return unexpected(s, "一个值", "a value");
}

static Status read_key(Parser *s, Frame *f)
{
        if (*s->p != '"')
                return unexpected(s, "加引号的键", "a key in quotes");
        f->key_line = s->line;
        f->key_col = column(s, s->p);
        TRY(read_string(s, &f->key));
        skip_blanks(s);
        if (*s->p != ':')
                return unexpected(s, "冒号", "a colon");
        s->p++;
        return ST_OK;
}

/* Sorts positions by key, bottom-up, merging between two arrays of n. */
static uint32_t *merge_sort(const JsonMember *m, uint32_t n, uint32_t *a, uint32_t *b)
{
        for (uint32_t width = 1; width < n; width = width > n / 2 ? n : width * 2) {
                for (uint32_t lo = 0; lo < n;) {
                        uint32_t mid = n - lo > width ? lo + width : n, hi = n - mid > width ? mid + width : n;
                        uint32_t i = lo, j = mid, k = lo;
                        while (i < mid && j < hi)
                                b[k++] = str_cmp(m[a[j]].key, m[a[i]].key) < 0 ? a[j++] : a[i++];
                        while (i < mid)
                                b[k++] = a[i++];
                        while (j < hi)
                                b[k++] = a[j++];
                        lo = hi;
                }
                uint32_t *t = a;
                a = b;
                b = t;
        }
        return a;
}

static Status duplicate(Parser *s, const JsonMember *first, const JsonMember *again)
{
        return diag_raise(s->diag, ST_INVALID, place_of(s, again->line, again->col),
                         "重复的键 “%.*s”（第一次在第 %u 行）", "duplicate key \"%.*s\" (first on line %u)",
                         STR_FMT(again->key), first->line);
}

static Status index_members(Parser *s, Json *obj)
{
        const JsonMember *m = obj->members;
        uint32_t n = obj->count;
        if (n <= FEW_MEMBERS) {
                for (uint32_t i = 1; i < n; i++)
                        for (uint32_t j = 0; j < i; j++)
                                if (str_eq(m[i].key, m[j].key))
                                        return duplicate(s, &m[j], &m[i]);
                return ST_OK;
        }
        uint32_t *order = arena_alloc(s->arena, n * sizeof(*order));
        _cleanup_free_ uint32_t *work = mem_alloc((size_t)n * 2 * sizeof(*work));
        if (!order || !work)
                return ST_NOMEM;
        for (uint32_t i = 0; i < n; i++)
                work[i] = i;
        memcpy(order, merge_sort(m, n, work, work + n), n * sizeof(*order));
        for (uint32_t i = 1; i < n; i++)
                if (str_eq(m[order[i - 1]].key, m[order[i]].key))
                        return duplicate(s, &m[order[i - 1]], &m[order[i]]);
        obj->sorted = order;
        return ST_OK;
}

/* The innermost frame closes: its values move into the arena. */
static Status close_frame(Parser *s, Json *ret)
{
        Frame *f = &s->frames.data[--s->frames.len];
        size_t n = s->pending.len - f->first;
        const JsonMember *from = n ? s->pending.data + f->first : NULL;
        *ret = (Json){ .kind = f->is_object ? JSON_OBJECT : JSON_ARRAY, .line = f->line, .col = f->col,
                       .count = (uint32_t)n };
        s->pending.len = f->first;
        if (f->is_object) {
                JsonMember *to = arena_alloc(s->arena, n * sizeof(*to));
                if (!to)
                        return ST_NOMEM;
                if (n)
                        memcpy(to, from, n * sizeof(*to));
                ret->members = to;
                ret->sorted = NULL;
                return index_members(s, ret);
        }
        Json *to = arena_alloc(s->arena, n * sizeof(*to));
        if (!to)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                to[i] = from[i].value;
        ret->items = to;
        return ST_OK;
}

static Status open_frame(Parser *s)
{
        if (s->frames.len >= s->limits.max_depth)
                return diag_raise(s->diag, ST_LIMIT, place(s, s->p), "嵌套超过 %u 层", "nested deeper than %u levels",
                                 s->limits.max_depth);
        Frame f = { .is_object = *s->p == '{', .first = s->pending.len, .line = s->line, .col = column(s, s->p) };
        if (!VEC_PUSH(&s->frames, f, (size_t)s->limits.max_depth + 1))
                return ST_NOMEM;
        s->p++;
        return ST_OK;
}

/* A finished value joins its container; afterwards, as long as containers close,
 * they do the same.  *ret_more: another value is to be read. */
static Status add_value(Parser *s, Json *v, bool *ret_more)
{
        while (s->frames.len) {
                Frame *f = &s->frames.data[s->frames.len - 1];
                JsonMember m = { .key = f->key, .line = f->key_line, .col = f->key_col, .value = *v };
                if (!VEC_PUSH(&s->pending, m, s->limits.max_values))
                        return ST_NOMEM;
                skip_blanks(s);
                if (*s->p == ',') {
                        s->p++;
                        *ret_more = true;
                        if (!f->is_object)
                                return ST_OK;
                        skip_blanks(s);
                        return read_key(s, f);
                }
                if (*s->p != (f->is_object ? '}' : ']'))
                        return f->is_object ? unexpected(s, "逗号或 }", "a comma or }")
                                            : unexpected(s, "逗号或 ]", "a comma or ]");
                s->p++;
                TRY(close_frame(s, v));
        }
        *ret_more = false;
        return ST_OK;
}

static Status read_document(Parser *s, Json *root)
{
        for (bool more = true; more;) {
                skip_blanks(s);
                if (++s->values > s->limits.max_values)
                        return diag_raise(s->diag, ST_LIMIT, place(s, s->p), "值超过 %zu 个", "more than %zu values",
                                         s->limits.max_values);
                Json v = { .line = s->line, .col = column(s, s->p) };
                if (*s->p == '{' || *s->p == '[') {
                        TRY(open_frame(s));
                        Frame *f = &s->frames.data[s->frames.len - 1];
                        skip_blanks(s);
                        if (*s->p != (f->is_object ? '}' : ']')) {
                                if (f->is_object)
                                        TRY(read_key(s, f));
                                continue;
                        }
                        s->p++;
                        TRY(close_frame(s, &v));
                } else {
                        TRY(read_scalar(s, &v));
                }
                TRY(add_value(s, &v, &more));
                *root = v;
        }
        skip_blanks(s);
        if (s->p < s->end)
                return diag_raise(s->diag, ST_INVALID, place(s, s->p), "JSON 值之后还有内容",
                                  "text after the JSON value");
        return ST_OK;
}

Status json_parse(Arena *a, Str text, const char *file, const JsonLimits *limits, Diag *d, Json **ret)
{
        JsonLimits l = limits ? *limits : JSON_LIMITS_DEFAULT;
        if (l.max_values > UINT32_MAX - 1)
                l.max_values = UINT32_MAX - 1;
        if (text.len > l.max_bytes)
                return diag_raise(d, ST_LIMIT, POS_FILE(file), "JSON 超过 %zu 字节",
                                  "the JSON is larger than %zu bytes", l.max_bytes);
        if (str_starts(text, STR("\xEF\xBB\xBF")))
                return diag_raise(d, ST_INVALID, POS_LINE(file, 1, 1), "JSON 开头不允许字节顺序标记（BOM）",
                                 "JSON must not begin with a byte-order mark");
        Parser s = { .arena = a, .diag = d, .file = file, .source = text, .line = 1, .limits = l };
        Json *root = arena_new_of(a, Json);
        s.begin = arena_strndup(a, text.ptr, text.len);
        Status st = ST_NOMEM;
        if (root && s.begin) {
                s.p = s.line_start = s.begin;
                s.end = s.begin + text.len;
                st = read_document(&s, root);
        }
        VEC_RELEASE(&s.frames);
        VEC_RELEASE(&s.pending);
        if (st == ST_NOMEM)
                return diag_raise(d, ST_NOMEM, POS_FILE(file), "读取 JSON 时内存不足",
                                  "out of memory while reading JSON");
        TRY(st);
        *ret = root;
        return ST_OK;
}

const Json *json_get_str(const Json *obj, Str key)
{
        if (!obj || obj->kind != JSON_OBJECT)
                return NULL;
        if (!obj->sorted) {
                for (uint32_t i = 0; i < obj->count; i++)
                        if (str_eq(obj->members[i].key, key))
                                return &obj->members[i].value;
                return NULL;
        }
        for (uint32_t lo = 0, hi = obj->count; lo < hi;) {
                uint32_t mid = lo + (hi - lo) / 2;
                const JsonMember *m = &obj->members[obj->sorted[mid]];
                int c = str_cmp(key, m->key);
                if (c == 0)
                        return &m->value;
                if (c < 0)
                        hi = mid;
                else
                        lo = mid + 1;
        }
        return NULL;
}

const Json *json_get(const Json *obj, const char *key)
{
        return json_get_str(obj, str_c(key));
}

const Json *json_at(const Json *array, size_t i)
{
        return array && array->kind == JSON_ARRAY && i < array->count ? &array->items[i] : NULL;
}

Str json_get_text(const Json *obj, const char *key, Str fallback)
{
        const Json *j = json_get(obj, key);
        return json_is(j, JSON_STRING) ? j->text : fallback;
}

Status json_dec(const Json *j, Dec *ret)
{
        return json_is(j, JSON_NUMBER) ? dec_parse_exact(j->text, ret) : ST_INVALID;
}

bool json_i64(const Json *j, int64_t *ret)
{
        return json_is(j, JSON_NUMBER) && str_to_i64(j->text, ret);
}

Pos json_pos(const Json *j, const char *file)
{
        return j ? POS_LINE(file, (int)j->line, (int)j->col) : POS_FILE(file);
}

const char *json_kind_name(JsonKind kind, Lang lang)
{
        static const char *const names[][2] = {
                [JSON_NULL] = { "null", "null" },       [JSON_BOOL] = { "布尔值", "boolean" },
                [JSON_NUMBER] = { "数字", "number" },   [JSON_STRING] = { "字符串", "string" },
                [JSON_ARRAY] = { "数组", "array" },     [JSON_OBJECT] = { "对象", "object" },
        };
        return names[kind][lang == LANG_EN];
}

bool json_equal(const Json *a, const Json *b)
{
        if (a->kind != b->kind)
                return false;
        switch ((JsonKind)a->kind) {
        case JSON_NULL:
                return true;
        case JSON_BOOL:
                return a->truth == b->truth;
        case JSON_NUMBER:
        case JSON_STRING:
                return str_eq(a->text, b->text);
        case JSON_ARRAY:
                for (uint32_t i = 0; i < a->count && a->count == b->count; i++)
                        if (!json_equal(&a->items[i], &b->items[i]))
                                return false;
                return a->count == b->count;
        case JSON_OBJECT:
                for (uint32_t i = 0; i < a->count && a->count == b->count; i++) {
                        const Json *other = json_get_str(b, a->members[i].key);
                        if (!other || !json_equal(&a->members[i].value, other))
                                return false;
                }
                return a->count == b->count;
        }
        return false;
}
