/* Our XML reader beside libxml2: the same tree from every document of the shared
 * data, and the same verdict on thousands of damaged ones. */
#include "tests/codec/text_test.h"

#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/utf8.h"
#include "codec/xml.h"

/* Both trees as text: {ns}name, attributes sorted by the order written, texts merged. */
static void show_ours(const XmlNode *n, Buf *out)
{
        buf_printf(out, "<{%.*s}%.*s", STR_FMT(n->ns), STR_FMT(n->name));
        for (size_t i = 0; i < n->attr_count; i++)
                buf_printf(out, " {%.*s}%.*s=[%.*s]", STR_FMT(n->attrs[i].ns), STR_FMT(n->attrs[i].name),
                           STR_FMT(n->attrs[i].value));
        buf_puts(out, ">");
        for (const XmlNode *c = n->first; c; c = c->next) {
                if (c->is_text)
                        buf_put_str(out, c->text);
                else
                        show_ours(c, out);
        }
        buf_puts(out, "</>");
}

static const char *or_empty(const xmlChar *s) { return s ? (const char *)s : ""; }

static bool blank(const char *s)
{
        return s[strspn(s, " \t\r\n")] == '\0';
}

/* Text of adjacent text nodes from n on; comments and instructions do not divide it. */
static const xmlNode *gather(const xmlNode *n, Buf *text)
{
        for (; n && n->type != XML_ELEMENT_NODE; n = n->next)
                if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE)
                        buf_puts(text, or_empty(n->content));
        return n;
}

static void show_theirs(const xmlNode *n, Buf *out)
{
        buf_printf(out, "<{%s}%s", n->ns ? or_empty(n->ns->href) : "", or_empty(n->name));
        for (const xmlAttr *a = n->properties; a; a = a->next) {
                xmlChar *v = xmlNodeListGetString(n->doc, a->children, 1);
                buf_printf(out, " {%s}%s=[%s]", a->ns ? or_empty(a->ns->href) : "", or_empty(a->name), or_empty(v));
                xmlFree(v);
        }
        buf_puts(out, ">");
        bool has_element = false;
        for (const xmlNode *c = n->children; c; c = c->next)
                has_element |= c->type == XML_ELEMENT_NODE;
        for (const xmlNode *c = n->children; c;) {
                _cleanup_buf_ Buf text = BUF_INIT(64 << 20);
                c = gather(c, &text);
                if (!has_element || !blank(buf_cstr(&text)))
                        buf_put_str(out, buf_str(&text));
                if (c) {
                        show_theirs(c, out);
                        c = c->next;
                }
        }
        buf_puts(out, "</>");
}

static void quiet(void *ctx, const char *fmt, ...)
{
        (void)ctx;
        (void)fmt;
}

static bool theirs(Str text, Buf *out)
{
        xmlDoc *doc = xmlReadMemory(text.ptr, (int)text.len, "x", NULL,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        if (!doc)
                return false;
        xmlParserCtxt *again = xmlNewParserCtxt();     /* namespace errors do not make it fail: ask */
        xmlDoc *second = xmlCtxtReadMemory(again, text.ptr, (int)text.len, "x", NULL,
                                           XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        bool good = again->nsWellFormed;
        xmlFreeDoc(second);
        xmlFreeParserCtxt(again);
        if (good)
                show_theirs(xmlDocGetRootElement(doc), out);
        xmlFreeDoc(doc);
        return good;
}

static bool ours(Arena *a, Str text, Buf *out, Diag *d)
{
        XmlDoc *doc;
        XmlLimits l = XML_LIMITS_DEFAULT;
        l.max_depth = 250;
        if (xml_parse(a, text, "x", &l, d, &doc) != ST_OK)
                return false;
        show_ours(doc->root, out);
        return true;
}

/* What we refuse on purpose and libxml2 takes. */
static bool refused_on_purpose(const Diag *d)
{
        static const char *const words[] = { "DOCTYPE",
                                             "only UTF-8",
                                             "only XML 1.0",
                                             "of more than",
                                             "levels",
                                             "larger than",
                                             "cannot be declared",
                                             "a misplaced colon",
                                             "malformed XML declaration" };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (d->count && strstr(d->msgs[0].text, words[i]))
                        return true;
        return false;
}

/* What libxml2 refuses although it is no error of XML, or no error for us. */
static bool they_are_stricter(Str text)
{
        xmlParserCtxt *c = xmlNewParserCtxt();
        xmlFreeDoc(xmlCtxtReadMemory(c, text.ptr, (int)text.len, "x", NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
        int code = c->lastError.code;
        xmlFreeParserCtxt(c);
        return code == XML_ERR_UNSUPPORTED_ENCODING || code == XML_ERR_INVALID_ENCODING ||
               code == XML_ERR_ENCODING_NAME || code == XML_WAR_NS_URI || code == XML_WAR_NS_URI_RELATIVE;
}

static void compare(Str text, const char *name)
{
        _cleanup_arena_ Arena *a = arena_new(512 << 20);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        _cleanup_buf_ Buf mine = BUF_INIT(128 << 20), other = BUF_INIT(128 << 20);
        bool we = ours(a, text, &mine, &d), they = theirs(text, &other);
        if (we != they) {
                if (we ? they_are_stricter(text) : refused_on_purpose(&d))
                        return;
                fail_msg("%s: we %s, libxml2 %s: %s\n%.*s", name, we ? "take it" : "refuse it",
                         they ? "takes it" : "refuses it",
                         d.count             ? d.msgs[0].text
                         : xmlGetLastError() ? xmlGetLastError()->message
                                             : "",
                         text.len > 3000 ? 3000 : (int)text.len, text.ptr);
        }
        if (we && !str_eq(buf_str(&mine), buf_str(&other))) {
                size_t i = 0;
                while (i < mine.len && i < other.len && mine.ptr[i] == other.ptr[i])
                        i++;
                i = i > 60 ? i - 60 : 0;
                fail_msg("%s: different trees\nwe:   …%.200s\nthey: …%.200s", name, buf_cstr(&mine) + i,
                         buf_cstr(&other) + i);
        }
}

typedef struct Corpus {
        Buf files[600];
        size_t count;
} Corpus;

static Corpus corpus;

static void collect(const char *dir, int depth)
{
        DIR *d = opendir(dir);
        if (!d || depth > 8)
                return;
        for (struct dirent *e; (e = readdir(d)) && corpus.count < ARRAY_LEN(corpus.files);) {
                if (e->d_name[0] == '.')
                        continue;
                char path[2048];
                if (snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >= (int)sizeof(path))
                        continue;
                if (e->d_type == DT_DIR) {
                        collect(path, depth + 1);
                } else if (str_ends(str_c(path), STR(".dmn")) || str_ends(str_c(path), STR(".xml"))) {
                        Buf *b = &corpus.files[corpus.count++];
                        *b = BUF_INIT(16 << 20);
                        assert_ok(file_read_all(path, b, NULL));
                        compare(buf_str(b), path);
                }
        }
        closedir(d);
}

static void the_same_trees(void **state)
{
        (void)state;
        NEED_SHARED_DATA(shared);
        collect(shared, 0);
        print_message("%zu documents\n", corpus.count);
        assert_true(corpus.count > 50);
}

static uint64_t random_state = 0x1234567;

static uint32_t rnd(uint32_t n)
{
        random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (uint32_t)(random_state >> 33) % n;
}

static const char *const seeds[] = {
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='no'?>\n<!-- c --><a x='1' y=\"二\"><b/>企业<c z='&lt;&#x79d1;&#21019;&quot;'/></a>\n<?p q?>",
        "<p:a xmlns:p='u' p:x='1' x='2'><b xmlns='v' x='3'><p:c/></b><b/><![CDATA[ <x> ]]> &amp; t</p:a>",
        "<a xml:space='preserve'>one<!-- - -->two<?pi?>\r\n\ttail &#10; &gt;</a>",
        "<s:d xmlns:s='http://x' xmlns='http://y'><e f='g h'/><s:e s:f='1' f='1'></s:e>]] > text</s:d>",
};
/* Pieces that mean something, put in anywhere. */
static const char *const pieces[] = {
        "<",           ">",
        "/",           "'",
        "\"",          "&",
        ";",           "=",
        " ",           "\n",
        "\r",          "\t",
        "-",           "--",
        "]]>",         "<![CDATA[",
        "<!--",        "-->",
        "<?",          "?>",
        "&lt;",        "&#65;",
        "&#x",         "xmlns",
        "xmlns:p='u'", "xml:",
        ":",           "p:",
        "<b>",         "</b>",
        "<b/>",        "</a>",
        "x='1'",       "\xE4\xBA\x8C",
        "\xE4",        "\xC2\x85",
        "\x01",        "!",
        "?",           "[",
        "]",           "\xEF\xBF\xBF",
        "\xCC\x80",    "\xC2\xB7",
        "0",           ".",
        "_",           "\xED\xA0\x80",
        "standalone",  "encoding='x'",
};

static void the_same_verdicts(void **state)
{
        (void)state;
        int rounds = getenv("KECHUANG_TEST_QUICK") ? 3000 : 10000;
        for (int i = 0; i < rounds; i++) {
                _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
                Str seed = str_c(seeds[rnd(ARRAY_LEN(seeds))]);
                buf_put_str(&b, seed);
                for (uint32_t n = rnd(3) + 1; n > 0; n--) {
                        Str piece = str_c(pieces[rnd(ARRAY_LEN(pieces))]);
                        uint32_t at = rnd((uint32_t)b.len), cut = rnd(3) == 0 ? rnd(6) : 0;
                        if (at + cut > b.len)
                                cut = 0;
                        Buf next = BUF_INIT(1 << 16);
                        buf_put(&next, b.ptr, at);
                        if (rnd(4))
                                buf_put_str(&next, piece);
                        buf_put(&next, b.ptr + at + cut, b.len - at - cut);
                        buf_release(&b);
                        b = next;
                }
                compare(buf_str(&b), "damaged");
        }
}

static int set_up(void **state)
{
        (void)state;
        xmlInitParser();
        xmlSetGenericErrorFunc(NULL, quiet);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        for (size_t i = 0; i < corpus.count; i++)
                buf_release(&corpus.files[i]);
        xmlCleanupParser();
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_same_trees),
                cmocka_unit_test(the_same_verdicts),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
