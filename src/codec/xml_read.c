/* Every token is parsed whole from the window; when the window ends inside it,
 * the window is refilled to twice its bytes and the token is begun again, so that
 * the work stays linear.  Nothing of the reader's state changes before a token
 * is complete, except text, which is gathered piece by piece when it is broken
 * by references, CDATA sections or comments. */
#include "codec/xml_int.h"

#include "base/utf8.h"
#include "base/vec.h"

typedef enum Step { STEP_OK, STEP_MORE, STEP_FAIL } Step;

typedef struct Slice {          /* of the window, or of values */
        size_t at, len;
} Slice;

typedef struct RawAttr {
        Slice name;             /* in the window */
        size_t colon;           /* length of the prefix; SIZE_MAX: none */
        Slice value;
        bool decoded;           /* value is in reader->values */
        Str ns;
} RawAttr;

typedef struct Open {           /* an element that is not closed; offsets into names */
        size_t name, name_len;
        size_t prefix_len;      /* 0: none; then the local name follows the colon */
        size_t ns, ns_len;
        size_t names_before, bindings_before;
} Open;

typedef struct Binding {        /* offsets into names */
        size_t prefix, prefix_len;
        size_t uri, uri_len;
} Binding;

VEC_DECLARE(AttrVec, RawAttr);
VEC_DECLARE(OpenVec, Open);
VEC_DECLARE(BindingVec, Binding);
VEC_DECLARE(CharVec, char);

struct XmlReader {
        XmlInput in;
        char *file;
        XmlLimits limits;
        Diag *diag;             /* of the call under way */
        Status failed;
        size_t at;              /* window offset of the next token */
        bool started, root_seen;
        bool self_closed;       /* the START just given has its END due */
        bool pop_due;           /* the element of the END just given leaves the stack */
        XmlEvent event;
        size_t event_at;
        Pos text_pos;           /* of gathered text */
        bool gathering;
        Str text;
        Buf gathered, values;
        AttrVec attrs;
        OpenVec open;
        BindingVec bindings;
        CharVec names;
};

static const char xml_uri[] = "http://www.w3.org/XML/1998/namespace";
static const char xmlns_uri[] = "http://www.w3.org/2000/xmlns/";

Status xml_reader_new(ByteSource source, const char *file, const XmlLimits *limits, XmlReader **ret)
{
        XmlReader *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        r->limits = limits ? *limits : XML_LIMITS_DEFAULT;
        xml_input_init(&r->in, source, r->limits.max_bytes);
        r->gathered = BUF_INIT(r->limits.max_text + 1);
        r->values = BUF_INIT(r->limits.max_tag + 1);
        if (file) {
                size_t n = strlen(file) + 1;
                r->file = mem_alloc(n);
                if (!r->file) {
                        mem_free(r);
                        return ST_NOMEM;
                }
                memcpy(r->file, file, n);
                r->in.file = r->file;
        }
        *ret = r;
        return ST_OK;
}

void xml_reader_free(XmlReader *r)
{
        if (!r)
                return;
        xml_input_release(&r->in);
        mem_free(r->file);
        buf_release(&r->gathered);
        buf_release(&r->values);
        VEC_RELEASE(&r->attrs);
        VEC_RELEASE(&r->open);
        VEC_RELEASE(&r->bindings);
        VEC_RELEASE(&r->names);
        mem_free(r);
}

/* ---- errors ---- */

static Step no_memory(XmlReader *r)
{
        r->failed = diag_raise(r->diag, ST_NOMEM, POS_FILE(r->file), "读取 XML 时内存不足",
                               "out of memory while reading XML");
        return STEP_FAIL;
}

#define FAIL(r, st, offset, ...)                                                                    \
        ((r)->failed = diag_raise((r)->diag, (st), xml_input_pos(&(r)->in, (offset)), __VA_ARGS__), STEP_FAIL)

/* The window ended at an error of the input, or for good. */
static Step bad_input(XmlReader *r)
{
        bool en = r->diag && r->diag->lang == LANG_EN;
        return FAIL(r, ST_INVALID, r->in.len, "%s（字节 0x%02X）", "%s (byte 0x%02X)", en ? r->in.bad_en : r->in.bad_zh,
                    r->in.bad_byte);
}

/* ---- names, references ---- */

static inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

static inline size_t skip_space(const XmlReader *r, size_t i)
{
        while (i < r->in.len && is_space(r->in.data[i]))
                i++;
        return i;
}

/* 1: may begin a name, 2: may go on in one; others below 0x80: neither. */
static const uint8_t name_class[128] = {
        ['a' ... 'z'] = 3, ['A' ... 'Z'] = 3, ['_'] = 3, [':'] = 3, ['0' ... '9'] = 2, ['-'] = 2, ['.'] = 2,
};

/* A qualified name at i: its end, and its colon.  One colon at most, inside. */
static Step scan_name(XmlReader *r, size_t i, size_t *ret_end, size_t *ret_colon)
{
        size_t start = i, colon = SIZE_MAX;
        Str all = { r->in.data, r->in.len };
        while (i < all.len) {
                unsigned char c = (unsigned char)all.ptr[i];
                if (c < 0x80) {
                        if (!(name_class[c] & (i == start || i == colon + 1 ? 1 : 2)))
                                break;
                        if (c == ':') {
                                if (colon != SIZE_MAX || i == start)
                                        return FAIL(r, ST_INVALID, i, "名称中的冒号位置不对",
                                                    "a misplaced colon in a name");
                                colon = i;
                        }
                        i++;
                        continue;
                }
                size_t next = i;
                uint32_t cp = utf8_next(all, &next);
                if (!(i == start || i == colon + 1 ? xml_is_name_start(cp) : xml_is_name_char(cp)))
                        break;
                i = next;
        }
        if (i - start > r->limits.max_name)
                return FAIL(r, ST_LIMIT, start, "名称超过 %zu 字节", "a name of more than %zu bytes",
                            r->limits.max_name);
        if (i == all.len)
                return STEP_MORE;
        if (i == start || i == colon + 1)
                return FAIL(r, ST_INVALID, i, "此处应为名称", "expected a name here");
        *ret_end = i;
        *ret_colon = colon == SIZE_MAX ? SIZE_MAX : colon - start;
        return STEP_OK;
}

/* The reference at text[i] ('&'); moves *i past it.  UTF8_BAD: none. */
static uint32_t reference(Str text, size_t *i)
{
        static const struct { Str name; uint32_t c;
        } known[] = {
                { STR("lt;"), '<' },   { STR("gt;"), '>' },    { STR("amp;"), '&' },
                { STR("quot;"), '"' }, { STR("apos;"), '\'' },
        };
        Str rest = { text.ptr + *i + 1, text.len - *i - 1 };
        for (size_t k = 0; k < ARRAY_LEN(known); k++) {
                if (str_starts(rest, known[k].name)) {
                        *i += 1 + known[k].name.len;
                        return known[k].c;
                }
        }
        if (rest.len < 3 || rest.ptr[0] != '#')
                return UTF8_BAD;
        bool hex = rest.ptr[1] == 'x';
        uint32_t c = 0;
        size_t k = hex ? 2 : 1, first = k;
        for (; k < rest.len && rest.ptr[k] != ';'; k++) {
                unsigned char ch = (unsigned char)rest.ptr[k];
                uint32_t digit = ch >= '0' && ch <= '9'                        ? ch - (uint32_t)'0'
                                 : hex && (ch | 32) >= 'a' && (ch | 32) <= 'f' ? (ch | 32u) - 'a' + 10
                                                                               : 99;
                if (digit == 99 || c > 0x10FFFF)
                        return UTF8_BAD;
                c = c * (hex ? 16 : 10) + digit;
        }
        if (k == first || k == rest.len || !xml_is_char(c))
                return UTF8_BAD;
        *i += k + 2;
        return c;
}

/* data[from..to) with references and line ends resolved, onto out; attribute values have their
 * white space made into spaces. */
static Step decode(XmlReader *r, size_t from, size_t to, bool is_attr, Buf *out)
{
        Str text = { r->in.data, to };
        for (size_t i = from; i < to;) {
                size_t run = i;
                while (i < to && text.ptr[i] != '&' && text.ptr[i] != '\r' &&
                       !(is_attr && (text.ptr[i] == '\n' || text.ptr[i] == '\t')))
                        i++;
                buf_put(out, text.ptr + run, i - run);
                if (i == to)
                        break;
                if (text.ptr[i] != '&') {
                        buf_putc(out, is_attr ? ' ' : '\n');
                        i += text.ptr[i] == '\r' && i + 1 < to && text.ptr[i + 1] == '\n' ? 2 : 1;
                        continue;
                }
                size_t at = i;
                uint32_t c = reference(text, &i);
                if (c == UTF8_BAD) {
                        size_t end = at + 1;
                        while (end < to && end - at < 40 && text.ptr[end] != ';' && !is_space(text.ptr[end]))
                                end++;
                        return FAIL(r, ST_INVALID, at, "未知的引用 “%.*s;”（不支持 DTD，& 请写成 &amp;）",
                                    "an unknown reference \"%.*s;\" (there are no DTDs; write & as &amp;)",
                                    (int)(end - at), text.ptr + at);
                }
                buf_put_codepoint(out, c);
        }
        if (out->failed == ST_NOMEM)
                return no_memory(r);
        if (out->failed != ST_OK)
                return FAIL(r, ST_LIMIT, from, "文本超过 %zu 字节", "a text of more than %zu bytes", out->max - 1);
        return STEP_OK;
}

/* ---- namespaces ---- */

static inline Str stored(const XmlReader *r, size_t at, size_t len)
{
        return str_n(r->names.data + at, len);
}

static bool store(XmlReader *r, Str s, size_t *ret_at)
{
        *ret_at = r->names.len;
        if (!VEC_RESERVE(&r->names, r->names.len + s.len, SIZE_MAX / 2))
                return false;
        if (s.len)
                memcpy(r->names.data + r->names.len, s.ptr, s.len);
        r->names.len += s.len;
        return true;
}

Str xml_lookup_ns(const XmlReader *r, Str prefix)
{
        if (str_eq(prefix, STR("xml")))
                return str_n(xml_uri, sizeof(xml_uri) - 1);
        for (size_t i = r->bindings.len; i-- > 0;) {
                const Binding *b = &r->bindings.data[i];
                if (b->prefix_len == prefix.len && str_eq(stored(r, b->prefix, b->prefix_len), prefix))
                        return b->uri_len || prefix.len == 0 ? stored(r, b->uri, b->uri_len) : STR_NONE;
        }
        return prefix.len == 0 ? STR("") : STR_NONE;
}

static Str window(const XmlReader *r, Slice s) { return str_n(r->in.data + s.at, s.len); }

static Str attr_value(const XmlReader *r, const RawAttr *a)
{
        return a->decoded ? str_n(r->values.ptr ? r->values.ptr + a->value.at : "", a->value.len) : window(r, a->value);
}

static Str attr_prefix(const XmlReader *r, const RawAttr *a)
{
        return a->colon == SIZE_MAX ? STR("") : str_n(r->in.data + a->name.at, a->colon);
}

static Str attr_local(const XmlReader *r, const RawAttr *a)
{
        Str name = window(r, a->name);
        return a->colon == SIZE_MAX ? name : str_n(name.ptr + a->colon + 1, name.len - a->colon - 1);
}

static bool is_declaration(const XmlReader *r, const RawAttr *a)
{
        return str_eq(a->colon == SIZE_MAX ? window(r, a->name) : attr_prefix(r, a), STR("xmlns"));
}

static Step declare(XmlReader *r, const RawAttr *a)
{
        Str prefix = a->colon == SIZE_MAX ? STR("") : attr_local(r, a), uri = attr_value(r, a);
        bool is_xml = str_eq(prefix, STR("xml")), names_xml = str_eq_c(uri, xml_uri);
        if (is_xml != names_xml || str_eq(prefix, STR("xmlns")) || str_eq_c(uri, xmlns_uri))
                return FAIL(r, ST_INVALID, a->name.at, "不能这样声明命名空间前缀 “%.*s”",
                            "the namespace prefix \"%.*s\" cannot be declared so", STR_FMT(prefix));
        if (prefix.len && !uri.len)
                return FAIL(r, ST_INVALID, a->name.at, "命名空间前缀 “%.*s” 的地址为空",
                            "an empty namespace for the prefix \"%.*s\"", STR_FMT(prefix));
        Binding b = { .prefix_len = prefix.len, .uri_len = uri.len };
        if (!store(r, prefix, &b.prefix) || !store(r, uri, &b.uri) || !VEC_PUSH(&r->bindings, b, SIZE_MAX / sizeof(b)))
                return no_memory(r);
        return STEP_OK;
}

static Step undeclared(XmlReader *r, size_t at, Str prefix)
{
        return FAIL(r, ST_INVALID, at, "命名空间前缀 “%.*s” 没有声明", "the namespace prefix \"%.*s\" is not declared",
                    STR_FMT(prefix));
}

static Step duplicate(XmlReader *r, const RawAttr *a)
{
        return FAIL(r, ST_INVALID, a->name.at, "重复的属性 “%.*s”", "duplicate attribute \"%.*s\"",
                    STR_FMT(window(r, a->name)));
}

/* The declarations take effect and leave the list of attributes. */
static Step take_declarations(XmlReader *r)
{
        RawAttr *a = r->attrs.data;
        for (size_t i = 1; i < r->attrs.len; i++)
                for (size_t k = 0; k < i; k++)
                        if (str_eq(window(r, a[i].name), window(r, a[k].name)))
                                return duplicate(r, &a[i]);
        size_t kept = 0;
        for (size_t i = 0; i < r->attrs.len; i++) {
                if (!is_declaration(r, &a[i])) {
                        a[kept++] = a[i];
                        continue;
                }
                Step s = declare(r, &a[i]);
                if (s != STEP_OK)
                        return s;
        }
        r->attrs.len = kept;
        return STEP_OK;
}

/* The attributes find their namespaces; by these, too, they must differ. */
static Step resolve_attrs(XmlReader *r)
{
        for (size_t i = 0; i < r->attrs.len; i++) {
                RawAttr *a = &r->attrs.data[i];
                Str prefix = attr_prefix(r, a);
                a->ns = prefix.len ? xml_lookup_ns(r, prefix) : STR("");
                if (!a->ns.ptr)
                        return undeclared(r, a->name.at, prefix);
                for (size_t k = 0; k < i && prefix.len; k++)
                        if (str_eq(attr_local(r, a), attr_local(r, &r->attrs.data[k])) &&
                            str_eq(a->ns, r->attrs.data[k].ns))
                                return duplicate(r, a);
        }
        return STEP_OK;
}

/* ---- tags ---- */

/* One attribute at i: name = "value". */
static Step scan_attr(XmlReader *r, size_t i, size_t *ret_end)
{
        RawAttr a = { .name = { .at = i } };
        size_t end;
        Step s = scan_name(r, i, &end, &a.colon);
        if (s != STEP_OK)
                return s;
        a.name.len = end - i;
        i = skip_space(r, end);
        if (i == r->in.len)
                return STEP_MORE;
        if (r->in.data[i] != '=')
                return FAIL(r, ST_INVALID, i, "属性 “%.*s” 后应为 =", "expected = after the attribute \"%.*s\"",
                            STR_FMT(window(r, a.name)));
        i = skip_space(r, i + 1);
        if (i == r->in.len)
                return STEP_MORE;
        char quote = r->in.data[i];
        if (quote != '"' && quote != '\'')
                return FAIL(r, ST_INVALID, i, "属性 “%.*s” 的值应加引号",
                            "the value of the attribute \"%.*s\" must be in quotes", STR_FMT(window(r, a.name)));
        size_t start = ++i;
        bool plain = true;
        for (;; i++) {
                if (i == r->in.len)
                        return STEP_MORE;
                char c = r->in.data[i];
                if (c == quote)
                        break;
                if (c == '<')
                        return FAIL(r, ST_INVALID, i, "属性值中不允许 <（请写成 &lt;）",
                                    "< is not allowed in an attribute value (write &lt;)");
                plain &= c != '&' && c != '\n' && c != '\t' && c != '\r';
        }
        a.value = (Slice){ start, i - start };
        if (!plain) {
                a.decoded = true;
                a.value.at = r->values.len;
                s = decode(r, start, i, true, &r->values);
                if (s != STEP_OK)
                        return s;
                a.value.len = r->values.len - a.value.at;
        }
        if (r->attrs.len >= r->limits.max_attrs)
                return FAIL(r, ST_LIMIT, a.name.at, "属性超过 %zu 个", "more than %zu attributes", r->limits.max_attrs);
        if (!VEC_PUSH(&r->attrs, a, r->limits.max_attrs))
                return no_memory(r);
        *ret_end = i + 1;
        return STEP_OK;
}

static Step push_element(XmlReader *r, size_t name_at, size_t name_len, size_t colon)
{
        Open o = { .name_len = name_len, .prefix_len = colon == SIZE_MAX ? 0 : colon, .names_before = r->names.len,
                   .bindings_before = r->bindings.len };
        if (r->open.len >= r->limits.max_depth)
                return FAIL(r, ST_LIMIT, r->at, "嵌套超过 %u 层", "nested deeper than %u levels", r->limits.max_depth);
        if (!store(r, str_n(r->in.data + name_at, name_len), &o.name))
                return no_memory(r);
        Step s = take_declarations(r);
        if (s != STEP_OK)
                return s;
        Str prefix = stored(r, o.name, o.prefix_len), ns = xml_lookup_ns(r, prefix);
        if (!ns.ptr)
                return undeclared(r, name_at, prefix);
        if (str_eq(prefix, STR("xml"))) {       /* the only namespace that is not in names */
                if (!store(r, ns, &o.ns))
                        return no_memory(r);
        } else {
                o.ns = ns.len ? (size_t)(ns.ptr - r->names.data) : 0;
        }
        s = resolve_attrs(r);                   /* names do not move any more */
        if (s != STEP_OK)
                return s;
        o.ns_len = ns.len;
        if (!VEC_PUSH(&r->open, o, r->limits.max_depth))
                return no_memory(r);
        return STEP_OK;
}

static Step start_tag(XmlReader *r)
{
        size_t i = r->at + 1, name_end, colon;
        if (r->root_seen && !r->open.len)
                return FAIL(r, ST_INVALID, r->at, "根元素只能有一个", "there can be only one root element");
        Step s = scan_name(r, i, &name_end, &colon);
        if (s != STEP_OK)
                return s;
        r->attrs.len = 0;
        buf_clear(&r->values);
        bool closed = false;
        for (i = name_end;;) {
                size_t next = skip_space(r, i);
                if (next == r->in.len)
                        return STEP_MORE;
                char c = r->in.data[next];
                if (c == '/') {
                        if (next + 1 == r->in.len)
                                return STEP_MORE;
                        if (r->in.data[next + 1] != '>')
                                return FAIL(r, ST_INVALID, next, "/ 后应为 >", "expected > after /");
                        closed = true;
                        i = next + 2;
                        break;
                }
                if (c == '>') {
                        i = next + 1;
                        break;
                }
                if (next == i)
                        return FAIL(r, ST_INVALID, i, "此处应为空格、属性、/> 或 >",
                                    "expected a blank, an attribute, /> or > here");
                s = scan_attr(r, next, &i);
                if (s != STEP_OK)
                        return s;
        }
        s = push_element(r, r->at + 1, name_end - r->at - 1, colon);
        if (s != STEP_OK)
                return s;
        r->root_seen = true;
        r->self_closed = closed;
        r->event = XML_EV_START;
        r->event_at = r->at;
        r->at = i;
        return STEP_OK;
}

static Step end_tag(XmlReader *r)
{
        size_t end, colon;
        Step s = scan_name(r, r->at + 2, &end, &colon);
        if (s != STEP_OK)
                return s;
        Str name = str_n(r->in.data + r->at + 2, end - r->at - 2);
        if (!r->open.len)
                return FAIL(r, ST_INVALID, r->at, "多余的结束标签 </%.*s>",
                            "a closing tag </%.*s> without its opening one", STR_FMT(name));
        const Open *o = &r->open.data[r->open.len - 1];
        Str open = stored(r, o->name, o->name_len);
        if (!str_eq(name, open))
                return FAIL(r, ST_INVALID, r->at, "标签不配对：<%.*s> 对 </%.*s>",
                            "tags do not match: <%.*s> and </%.*s>", STR_FMT(open), STR_FMT(name));
        end = skip_space(r, end);
        if (end == r->in.len)
                return STEP_MORE;
        if (r->in.data[end] != '>')
                return FAIL(r, ST_INVALID, end, "此处应为 >", "expected > here");
        r->event = XML_EV_END;
        r->event_at = r->at;
        r->at = end + 1;
        r->pop_due = true;
        return STEP_OK;
}

static void pop_element(XmlReader *r)
{
        const Open *o = &r->open.data[--r->open.len];
        r->names.len = o->names_before;
        r->bindings.len = o->bindings_before;
        r->pop_due = false;
}

/* ---- what is no element ---- */

/* Position of `what` from i on, or SIZE_MAX. */
static size_t find(const XmlReader *r, size_t i, Str what)
{
        size_t at = i <= r->in.len ? str_find(str_n(r->in.data + i, r->in.len - i), what) : SIZE_MAX;
        return at == SIZE_MAX ? SIZE_MAX : at + i;
}

static Step comment(XmlReader *r)
{
        size_t end = find(r, r->at + 4, STR("--"));
        if (end == SIZE_MAX || end + 2 == r->in.len)
                return STEP_MORE;
        if (r->in.data[end + 2] != '>')
                return FAIL(r, ST_INVALID, end, "注释中不允许 “--”", "\"--\" is not allowed in a comment");
        r->at = end + 3;
        return STEP_OK;
}

static bool known_encoding(Str name)
{
        static const char *const names[] = { "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii" };
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (strlen(names[i]) == name.len && strncasecmp(names[i], name.ptr, name.len) == 0)
                        return true;
        return false;
}

/* version="1.0" encoding="…" standalone="…", in this order. */
static Step xml_declaration(XmlReader *r, size_t end)
{
        static const char *const keys[] = { "version", "encoding", "standalone" };
        size_t i = r->at + 5, key = 0;
        r->attrs.len = 0;
        buf_clear(&r->values);
        for (;;) {
                size_t next = skip_space(r, i);
                if (next == end)
                        break;
                if (next == i)
                        return FAIL(r, ST_INVALID, i, "XML 声明写法有误", "a malformed XML declaration");
                Step s = scan_attr(r, next, &i);
                if (s != STEP_OK)
                        return s;
                const RawAttr *a = &r->attrs.data[r->attrs.len - 1];
                while (key < 3 && !str_eq_c(window(r, a->name), keys[key]))
                        key++;
                if (key == 3 || i > end || (r->attrs.len == 1 && key != 0))
                        return FAIL(r, ST_INVALID, next, "XML 声明写法有误", "a malformed XML declaration");
                Str value = attr_value(r, a);
                if (key == 0 && !str_eq(value, STR("1.0")))
                        return FAIL(r, ST_UNSUPPORTED, next, "只支持 XML 1.0，不支持 “%.*s”",
                                    "only XML 1.0 is supported, not \"%.*s\"", STR_FMT(value));
                if (key == 1 && !known_encoding(value))
                        return FAIL(r, ST_UNSUPPORTED, next, "XML 只接受 UTF-8 和 UTF-16，不接受编码 “%.*s”",
                                    "only UTF-8 and UTF-16 are accepted in XML, not the encoding \"%.*s\"",
                                    STR_FMT(value));
                if (key == 2 && !str_eq(value, STR("yes")) && !str_eq(value, STR("no")))
                        return FAIL(r, ST_INVALID, next, "XML 声明写法有误", "a malformed XML declaration");
                key++;
        }
        if (!r->attrs.len)
                return FAIL(r, ST_INVALID, r->at, "XML 声明写法有误", "a malformed XML declaration");
        r->at = end + 2;
        return STEP_OK;
}

static Step instruction(XmlReader *r)
{
        size_t name_end, colon;
        Step s = scan_name(r, r->at + 2, &name_end, &colon);
        if (s != STEP_OK)
                return s;
        if (colon != SIZE_MAX)
                return FAIL(r, ST_INVALID, r->at + 2 + colon, "名称中的冒号位置不对", "a misplaced colon in a name");
        size_t end = find(r, name_end, STR("?>"));
        if (end == SIZE_MAX)
                return STEP_MORE;
        Str target = str_n(r->in.data + r->at + 2, name_end - r->at - 2);
        if (target.len == 3 && strncasecmp(target.ptr, "xml", 3) == 0) {
                if (r->started || !str_eq(target, STR("xml")))
                        return FAIL(r, ST_INVALID, r->at, "XML 声明只能在最开头",
                                    "an XML declaration can only be at the very beginning");
                return xml_declaration(r, end);
        }
        if (end != name_end && !is_space(r->in.data[name_end]))
                return FAIL(r, ST_INVALID, name_end, "此处应为空格或 ?>", "expected a blank or ?> here");
        r->at = end + 2;
        return STEP_OK;
}

/* Gathering begins where the first piece of the text stands. */
static void begin_gathering(XmlReader *r)
{
        if (r->gathering)
                return;
        r->gathering = true;
        buf_clear(&r->gathered);
        xml_input_advance(&r->in, r->at);
        r->text_pos = POS_LINE(r->file, (int)r->in.line, (int)r->in.col);
}

static Step cdata(XmlReader *r)
{
        if (!r->open.len)
                return FAIL(r, ST_INVALID, r->at, "根元素之外不允许文本", "text outside the root element");
        size_t start = r->at + 9, end = find(r, start, STR("]]>"));
        if (end == SIZE_MAX)
                return STEP_MORE;
        begin_gathering(r);
        for (size_t i = start; i < end;) {
                const char *cr = memchr(r->in.data + i, '\r', end - i);
                size_t stop = cr ? (size_t)(cr - r->in.data) : end;
                buf_put(&r->gathered, r->in.data + i, stop - i);
                i = stop;
                if (cr) {
                        buf_putc(&r->gathered, '\n');
                        i += i + 1 < end && r->in.data[i + 1] == '\n' ? 2 : 1;
                }
        }
        if (r->gathered.failed == ST_NOMEM)
                return no_memory(r);
        if (r->gathered.failed != ST_OK)
                return FAIL(r, ST_LIMIT, r->at, "文本超过 %zu 字节", "a text of more than %zu bytes",
                            r->limits.max_text);
        r->at = end + 3;
        return STEP_OK;
}

static Step exclamation(XmlReader *r)
{
        Str rest = str_n(r->in.data + r->at, r->in.len - r->at);
        if (str_starts(rest, STR("<!--")))
                return comment(r);
        if (str_starts(rest, STR("<![CDATA[")))
                return cdata(r);
        if (rest.len >= 9 && strncasecmp(rest.ptr, "<!doctype", 9) == 0)
                return FAIL(r, ST_INVALID, r->at, "不允许 DOCTYPE（DTD）", "a DOCTYPE (DTD) is not allowed");
        if (rest.len < 9 && !r->in.end)
                return STEP_MORE;
        return FAIL(r, ST_INVALID, r->at, "不认识的 “<!”", "an unknown \"<!\"");
}

static bool is_blank(Str s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!is_space(s.ptr[i]))
                        return false;
        return true;
}

/* A piece of text up to the next '<'.  STEP_OK with event set: the text is whole. */
static Step text_piece(XmlReader *r, bool *ret_event)
{
        const char *start = r->in.data + r->at, *end = memchr(start, '<', r->in.len - r->at);
        if (!end) {
                if (!r->in.end)
                        return STEP_MORE;
                end = r->in.data + r->in.len;
        }
        Str piece = { start, (size_t)(end - start) };
        size_t next = r->at + piece.len;
        if (!r->open.len) {
                size_t i = 0;
                while (i < piece.len && is_space(piece.ptr[i]))
                        i++;
                if (i < piece.len)
                        return FAIL(r, ST_INVALID, r->at + i, "根元素之外不允许文本", "text outside the root element");
                r->at = next;
                return STEP_OK;
        }
        size_t cdata_end = piece.len >= 3 && memchr(piece.ptr, ']', piece.len) ? str_find(piece, STR("]]>")) : SIZE_MAX;
        if (cdata_end != SIZE_MAX)
                return FAIL(r, ST_INVALID, r->at + cdata_end, "文本中不允许 “]]>”", "\"]]>\" is not allowed in text");
        if (piece.len > r->limits.max_text)
                return FAIL(r, ST_LIMIT, r->at, "文本超过 %zu 字节", "a text of more than %zu bytes",
                            r->limits.max_text);
        if (next + 1 >= r->in.len && !r->in.end && !r->in.bad)
                return STEP_MORE;
        bool whole = next + 1 < r->in.len && r->in.data[next + 1] != '!' && r->in.data[next + 1] != '?';
        if (!r->gathering && whole && !memchr(piece.ptr, '&', piece.len) && !memchr(piece.ptr, '\r', piece.len)) {
                r->text = piece;
                r->event = XML_EV_TEXT;
                r->event_at = r->at;
                r->at = next;
                *ret_event = true;
                return STEP_OK;
        }
        begin_gathering(r);
        Step s = decode(r, r->at, next, false, &r->gathered);
        if (s == STEP_OK)
                r->at = next;
        return s;
}

static void end_gathering(XmlReader *r)
{
        r->gathering = false;
        r->text = buf_str(&r->gathered);
        r->event = XML_EV_TEXT;
        r->event_at = SIZE_MAX;
}

/* One token; *ret_event when it gave an event. */
static Step token(XmlReader *r, bool *ret_event)
{
        if (r->at == r->in.len)
                return STEP_MORE;
        if (r->in.data[r->at] != '<')
                return text_piece(r, ret_event);
        if (r->at + 1 == r->in.len)
                return STEP_MORE;
        char c = r->in.data[r->at + 1];
        if (c == '!')
                return exclamation(r);
        if (c == '?')
                return instruction(r);
        *ret_event = true;
        if (r->gathering && r->gathered.len) {
                end_gathering(r);
                return STEP_OK;
        }
        r->gathering = false;
        return c == '/' ? end_tag(r) : start_tag(r);
}

/* The window ends inside the token at r->at. */
static Step more(XmlReader *r)
{
        size_t held = r->in.len - r->at;
        const char *p = held ? r->in.data + r->at : "";
        bool is_text = held && (p[0] != '<' || (held > 2 && p[1] == '!' && p[2] == '['));
        size_t max = is_text ? r->limits.max_text : r->limits.max_tag;
        if (r->in.bad)
                return bad_input(r);
        if (r->in.end) {
                if (r->open.len) {
                        const Open *o = &r->open.data[r->open.len - 1];
                        return FAIL(r, ST_INVALID, r->in.len, "XML 到此中断，<%.*s> 没有结束",
                                    "the XML ends here, inside <%.*s>", STR_FMT(stored(r, o->name, o->name_len)));
                }
                return FAIL(r, ST_INVALID, r->in.len, "XML 到此中断", "the XML ends here, unfinished");
        }
        if (held > max)
                return FAIL(r, ST_LIMIT, r->at, "标签或文本超过 %zu 字节", "a tag or text of more than %zu bytes", max);
        Status st = xml_input_fill(&r->in, r->at, r->diag);
        r->at = 0;
        if (st == ST_NOMEM)
                return no_memory(r);
        r->failed = st;
        return st == ST_OK ? STEP_OK : STEP_FAIL;
}

static Status next_event(XmlReader *r)
{
        if (r->pop_due)
                pop_element(r);
        if (r->self_closed) {
                r->self_closed = false;
                r->event = XML_EV_END;
                r->pop_due = true;
                r->attrs.len = 0;
                return ST_OK;
        }
        for (bool event = false;;) {
                Step s = token(r, &event);
                if (s == STEP_FAIL)
                        return r->failed;
                if (s == STEP_MORE) {
                        event = false;
                        if (r->at == r->in.len && r->in.end && r->root_seen && !r->open.len) {
                                r->event = XML_EV_END_DOCUMENT;
                                r->event_at = r->at;
                                return ST_OK;
                        }
                        if (more(r) == STEP_FAIL)
                                return r->failed;
                        continue;
                }
                r->started = true;
                if (event)
                        return ST_OK;
        }
}

Status xml_next(XmlReader *r, Diag *d, XmlEvent *ret)
{
        if (r->failed != ST_OK)
                return r->failed;
        r->diag = d;
        Status st = next_event(r);
        r->diag = NULL;
        TRY(st);
        *ret = r->event;
        return ST_OK;
}

Status xml_skip(XmlReader *r, Diag *d)
{
        uint32_t depth = xml_depth(r);
        for (XmlEvent e = XML_EV_START; e != XML_EV_END || xml_depth(r) != depth;)
                TRY(xml_next(r, d, &e));
        return ST_OK;
}

Status xml_read_text(XmlReader *r, bool deep, Diag *d, Buf *out)
{
        uint32_t depth = xml_depth(r);
        for (XmlEvent e = XML_EV_START; e != XML_EV_END || xml_depth(r) != depth;) {
                TRY(xml_next(r, d, &e));
                if (e == XML_EV_TEXT && (deep || xml_depth(r) == depth))
                        buf_put_str(out, r->text);
        }
        return buf_status(out);
}

/* ---- accessors ---- */

static const Open *innermost(const XmlReader *r)
{
        return r->open.len ? &r->open.data[r->open.len - 1] : NULL;
}

Str xml_ns(const XmlReader *r)
{
        const Open *o = innermost(r);
        return o && o->ns_len ? stored(r, o->ns, o->ns_len) : STR("");
}

Str xml_name(const XmlReader *r)
{
        const Open *o = innermost(r);
        size_t skip = o && o->prefix_len ? o->prefix_len + 1 : 0;
        return o ? stored(r, o->name + skip, o->name_len - skip) : STR("");
}

Str xml_prefix(const XmlReader *r)
{
        const Open *o = innermost(r);
        return o && o->prefix_len ? stored(r, o->name, o->prefix_len) : STR("");
}

bool xml_is(const XmlReader *r, Str ns, Str name)
{
        return str_eq(xml_name(r), name) && str_eq(xml_ns(r), ns);
}

Str xml_text(const XmlReader *r) { return r->event == XML_EV_TEXT ? r->text : STR(""); }
bool xml_text_is_blank(const XmlReader *r) { return is_blank(xml_text(r)); }
size_t xml_attr_count(const XmlReader *r) { return r->event == XML_EV_START ? r->attrs.len : 0; }
uint32_t xml_depth(const XmlReader *r) { return (uint32_t)r->open.len; }

XmlAttr xml_attr_at(const XmlReader *r, size_t i)
{
        const RawAttr *a = &r->attrs.data[i];
        XmlInput copy = r->in;
        xml_input_advance(&copy, a->name.at);
        return (XmlAttr){ .ns = a->ns, .prefix = attr_prefix(r, a), .name = attr_local(r, a), .value = attr_value(r, a),
                          .line = (int)copy.line, .col = (int)copy.col };
}

bool xml_declared_at(const XmlReader *r, size_t i, Str *ret_prefix, Str *ret_uri)
{
        const Open *o = innermost(r);
        if (!o || o->bindings_before + i >= r->bindings.len)
                return false;
        const Binding *b = &r->bindings.data[o->bindings_before + i];
        *ret_prefix = stored(r, b->prefix, b->prefix_len);
        *ret_uri = stored(r, b->uri, b->uri_len);
        return true;
}

Str xml_attr(const XmlReader *r, Str ns, Str name)
{
        for (size_t i = 0; i < xml_attr_count(r); i++) {
                const RawAttr *a = &r->attrs.data[i];
                if (str_eq(attr_local(r, a), name) && str_eq(a->ns, ns))
                        return attr_value(r, a);
        }
        return STR_NONE;
}

Pos xml_place(XmlReader *r)
{
        if (r->event_at == SIZE_MAX)
                return r->text_pos;
        if (r->event_at >= r->in.at)            /* else already counted past it: only after an error */
                xml_input_advance(&r->in, r->event_at);
        return POS_LINE(r->file, (int)r->in.line, (int)r->in.col);
}

Pos xml_pos(XmlReader *r)
{
        Pos place = xml_place(r);
        return r->event_at == SIZE_MAX || r->in.at != r->event_at ? place : xml_input_pos(&r->in, r->event_at);
}
