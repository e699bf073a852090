#include "tests/codec/text_test.h"

#include "base/utf8.h"
#include "codec/xml.h"

/* Events as a line: (name @attr=value ) 'text' with {namespace} before names. */
static Status events_of(ByteSource source, const XmlLimits *limits, Diag *d, Buf *out)
{
        _cleanup_xml_reader_ XmlReader *r = NULL;
        TRY(xml_reader_new(source, "in.xml", limits, &r));
        for (;;) {
                XmlEvent e;
                TRY(xml_next(r, d, &e));
                if (e == XML_EV_END_DOCUMENT)
                        return buf_status(out);
                if (e == XML_EV_TEXT) {
                        buf_printf(out, "'%.*s'", STR_FMT(xml_text(r)));
                        continue;
                }
                buf_puts(out, e == XML_EV_START ? "(" : ")");
                if (xml_ns(r).len)
                        buf_printf(out, "{%.*s}", STR_FMT(xml_ns(r)));
                buf_put_str(out, xml_name(r));
                for (size_t i = 0; i < xml_attr_count(r); i++) {
                        XmlAttr a = xml_attr_at(r, i);
                        buf_puts(out, " @");
                        if (a.ns.len)
                                buf_printf(out, "{%.*s}", STR_FMT(a.ns));
                        buf_printf(out, "%.*s=%.*s", STR_FMT(a.name), STR_FMT(a.value));
                }
        }
}

static Status events_of_text(Str text, size_t step, Diag *d, Buf *out)
{
        DripSource drip = { text, step };
        return events_of(drip_source(&drip), NULL, d, out);
}

static const char *const good[][2] = {
        { "<a/>", "(a)a" },
        { "<?xml version=\"1.0\"?><a></a>", "(a)a" },
        { "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<!-- c --><?pi x?>\n<a>t</a>\n<!-- d -->\n",
          "(a't')a" },
        { "<a x='1' y = \"二\"><b/>企业<c z='&lt;&#x79d1;&#21019;&quot;&apos;&gt;&amp;'/></a>",
          "(a @x=1 @y=二(b)b'企业'(c @z=<科创\"'>&)c)a" },
        { "<a>1 &lt; 2 &amp;&amp; x</a>", "(a'1 < 2 && x')a" },
        { "<a>one<![CDATA[ <two> & ]]]]>three<!-- no -->four<?p?>five</a>", "(a'one <two> & ]]threefourfive')a" },
        { "<a><![CDATA[]]></a>", "(a)a" },
        { "<a><!-- only --></a>", "(a)a" },
        { "<a>\r\nx\ry\n&#13;</a>", "(a'\nx\ny\n\r')a" },
        { "<a x=' 1\t2\r\n3&#10;4 '/>", "(a @x= 1 2 3\n4 )a" },
        { "<p:a xmlns:p='u' p:x='1' x='2'><b xmlns='v' x='3'><p:c/></b><b/></p:a>",
          "({u}a @{u}x=1 @x=2({v}b @x=3({u}c){u}c){v}b(b)b){u}a" },
        { "<a xmlns='u'><b xmlns=''><c/></b></a>", "({u}a(b(c)c)b){u}a" },
        { "<a xmlns:p='u'><p:b xmlns:p='v'><p:c/></p:b><p:b/></a>", "(a({v}b({v}c){v}c){v}b({u}b){u}b)a" },
        { "<a xml:space='preserve' xml:lang='zh'> </a>", "(a @{http://www.w3.org/XML/1998/namespace}space=preserve "
                                                         "@{http://www.w3.org/XML/1998/namespace}lang=zh' ')a" },
        { "<xml:a/>", "({http://www.w3.org/XML/1998/namespace}a){http://www.w3.org/XML/1998/namespace}a" },
        { "<企业 名称='甲'>𠀀</企业>", "(企业 @名称=甲'𠀀')企业" },
        { "\xEF\xBB\xBF<a/>", "(a)a" },
        { "<a>]] ></a>", "(a']] >')a" },
        { "<a  ></a\n>", "(a)a" },
        { "<_a.b-c/>", "(_a.b-c)_a.b-c" },
};

static void good_documents(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                for (size_t step = 1; step < 100; step += 30) {
                        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                        if (events_of_text(str_c(good[i][0]), step, &d, &out) != ST_OK)
                                fail_msg("%s: %s", good[i][0], d.count ? d.msgs[0].text : "?");
                        assert_string_equal(buf_cstr(&out), good[i][1]);
                        assert_int_equal(d.count, 0);
                }
        }
}

static void to_utf16(Str text, bool big, bool mark, Buf *out)
{
        if (mark)
                buf_put(out, big ? "\xFE\xFF" : "\xFF\xFE", 2);
        for (size_t i = 0; i < text.len;) {
                uint32_t c = utf8_next(text, &i);
                uint32_t units[2] = { c, 0 };
                if (c >= 0x10000) {
                        units[0] = 0xD800 + ((c - 0x10000) >> 10);
                        units[1] = 0xDC00 + ((c - 0x10000) & 0x3FF);
                }
                for (int k = 0; k < (c >= 0x10000 ? 2 : 1); k++) {
                        char b[2] = { (char)(units[k] >> (big ? 8 : 0)), (char)(units[k] >> (big ? 0 : 8)) };
                        buf_put(out, b, 2);
                }
        }
}

static void utf16_in_all_forms(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                Str text = str_c(good[i][0]);
                if (str_starts(text, STR("\xEF\xBB\xBF")))
                        continue;
                for (int form = 0; form < 4; form++) {
                        _cleanup_buf_ Buf in = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
                        to_utf16(text, form & 1, form & 2, &in);
                        assert_ok(events_of_text(buf_str(&in), 7, NULL, &out));
                        assert_string_equal(buf_cstr(&out), good[i][1]);
                }
        }
}

static void bad_documents(void **state)
{
        (void)state;
        static const struct {
                const char *text;
                int line, col;
                const char *words;
        } cases[] = {
                { "", 1, 1, "ends here" },
                { "  \n", 2, 1, "ends here" },
                { "<!-- x -->", 1, 11, "ends here" },
                { "text", 1, 1, "outside the root" },
                { "<a/>x", 1, 5, "outside the root" },
                { "<a/><b/>", 1, 5, "only one root" },
                { "<a>", 1, 4, "inside <a>" },
                { "<a><b></b>", 1, 11, "inside <a>" },
                { "<a x='1'", 1, 9, "ends here" },
                { "<a></b>", 1, 4, "<a> and </b>" },
                { "<a>\n  <企业>\n  </企>\n</a>", 3, 3, "<企业> and </企>" },
                { "</a>", 1, 1, "without its opening" },
                { "<a></a b>", 1, 8, "expected >" },
                { "<a/ >", 1, 3, "expected > after /" },
                { "< a/>", 1, 2, "expected a name" },
                { "<1a/>", 1, 2, "expected a name" },
                { "<a:b:c/>", 1, 5, "colon" },
                { "<:a/>", 1, 2, "colon" },
                { "<a:/>", 1, 4, "expected a name" },
                { "<a x/>", 1, 5, "expected = after the attribute \"x\"" },
                { "<a x=1/>", 1, 6, "in quotes" },
                { "<a x='1'y='2'/>", 1, 9, "a blank, an attribute" },
                { "<a x='<'/>", 1, 7, "&lt;" },
                { "<a x='1' x='2'/>", 1, 10, "duplicate attribute \"x\"" },
                { "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", 1, 36, "duplicate attribute \"q:x\"" },
                { "<a xmlns='u' xmlns='v'/>", 1, 14, "duplicate attribute" },
                { "<p:a/>", 1, 2, "prefix \"p\" is not declared" },
                { "<a p:x='1'/>", 1, 4, "prefix \"p\" is not declared" },
                { "<a xmlns:p=''/>", 1, 4, "empty namespace" },
                { "<a xmlns:xml='u'/>", 1, 4, "cannot be declared" },
                { "<a xmlns:xmlns='u'/>", 1, 4, "cannot be declared" },
                { "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", 1, 4, "cannot be declared" },
                { "<a>科&nbsp;技</a>", 1, 5, "unknown reference \"&nbsp;\"" },
                { "<a>& b</a>", 1, 4, "reference" },
                { "<a>&#0;</a>", 1, 4, "reference" },
                { "<a>&#xD800;</a>", 1, 4, "reference" },
                { "<a>&#x110000;</a>", 1, 4, "reference" },
                { "<a>&#99999999999999999999;</a>", 1, 4, "reference" },
                { "<a>&#;</a>", 1, 4, "reference" },
                { "<a>&#x;</a>", 1, 4, "reference" },
                { "<a>&lt</a>", 1, 4, "reference" },
                { "<a>x]]>y</a>", 1, 5, "\"]]>\"" },
                { "<a><!-- a -- b --></a>", 1, 11, "\"--\"" },
                { "<a><!-- a ---></a>", 1, 11, "\"--\"" },
                { "<a><!x></a>", 1, 4, "\"<!\"" },
                { "<![CDATA[x]]><a/>", 1, 1, "outside the root" },
                { "<a><![CDATA[x</a>", 1, 18, "inside <a>" },
                { "<!DOCTYPE a><a/>", 1, 1, "DOCTYPE" },
                { "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", 2, 1, "DOCTYPE" },
                { "<!doctype html><a/>", 1, 1, "DOCTYPE" },
                { "<a><!DOCTYPE b></a>", 1, 4, "DOCTYPE" },
                { " <?xml version='1.0'?><a/>", 1, 2, "very beginning" },
                { "<a/><?xml version='1.0'?>", 1, 5, "very beginning" },
                { "<?XML version='1.0'?><a/>", 1, 1, "very beginning" },
                { "<?xml version='1.0' encoding='GBK'?><a/>", 1, 21, "not the encoding \"GBK\"" },
                { "<?xml version='1.0' encoding='ISO-2022-CN'?><a/>", 1, 21, "ISO-2022-CN" },
                { "<?xml version='1.0' encoding='UTF-7'?><a/>", 1, 21, "UTF-7" },
                { "<?xml version='1.1'?><a/>", 1, 7, "only XML 1.0" },
                { "<?xml encoding='UTF-8'?><a/>", 1, 7, "malformed XML declaration" },
                { "<?xml version='1.0' standalone='maybe'?><a/>", 1, 21, "malformed XML declaration" },
                { "<?xml version='1.0' foo='maybe'?><a/>", 1, 21, "malformed XML declaration" },
                { "<?xml?><a/>", 1, 1, "malformed XML declaration" },
                { "<?1?><a/>", 1, 3, "expected a name" },
                { "<a>\xB9\xFA</a>", 1, 4, "UTF-8; only UTF-8 and UTF-16 are accepted in XML (byte 0xB9)" },
                { "<a>中\xE4\xB8", 1, 5, "UTF-8" },
                { "<a>\x1B$B</a>", 1, 4, "does not allow (byte 0x1B)" },
                { "<a>\xEF\xBF\xBF</a>", 1, 4, "does not allow" },
                { "\xFF\xFE<", 1, 1, "ends inside a character" },
        };
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
                for (size_t step = 1; step < 100; step += 49) {
                        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                        Status st = events_of_text(str_c(cases[i].text), step, &d, &out);
                        assert_true(st == ST_INVALID || st == ST_UNSUPPORTED);
                        expect_message(&d, cases[i].line, cases[i].col, cases[i].words, cases[i].text);
                        assert_int_equal(d.count, 1);
                        assert_string_equal(d.msgs[0].pos.file, "in.xml");
                        buf_clear(&out);
                        assert_int_equal(events_of_text(str_c(cases[i].text), step, NULL, &out), st);
                }
        }
        no_mismatches();
}

/* DOCTYPE in UTF-16 is as much refused; other ways to hide it are no XML for us. */
static void hidden_doctypes(void **state)
{
        (void)state;
        Str text = STR("<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>");
        for (int form = 0; form < 4; form++) {
                _cleanup_buf_ Buf in = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                to_utf16(text, form & 1, form & 2, &in);
                assert_int_equal(events_of_text(buf_str(&in), 3, &d, &out), ST_INVALID);
                expect_message(&d, 1, 40, "DOCTYPE", "UTF-16");
        }
        static const struct {
                Str bytes;
                const char *words;
        } others[] = {
                { STR("\xFF\xFE\0\0<\0\0\0a\0\0\0/\0\0\0>\0\0\0"), "UTF-32" },
                { STR("\0\0\0<\0\0\0a\0\0\0/\0\0\0>"), "UTF-32" },
                { STR("\x4C\x6F\xA7\x94\x93\x40"), "UTF-8" },        /* EBCDIC */
                { STR("+ADw-!DOCTYPE a+AD4-"), "outside the root" }, /* UTF-7 */
                { STR("<?xml version='1.0' encoding='UTF-16'?><a/>"),
                  NULL }, /* says so, but is UTF-8: the bytes count */
                { STR("\xFF\xFE<\0a\0>\0\x00\xD8<\0/\0a\0>\0"), "surrogate" },
        };
        for (size_t i = 0; i < ARRAY_LEN(others); i++) {
                _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
                Status st = events_of_text(others[i].bytes, 100, &d, &out);
                if (!others[i].words)
                        assert_ok(st);
                else if (st != ST_INVALID || !strstr(d.msgs[0].text, others[i].words))
                        fail_msg("%zu: %s %s", i, status_name(st), d.count ? d.msgs[0].text : "");
        }
        no_mismatches();
}

static void repeat(Buf *b, const char *s, int n)
{
        for (int i = 0; i < n; i++)
                buf_puts(b, s);
}

static void expect_limit(const Buf *text, const XmlLimits *limits, Status want, const char *words)
{
        _cleanup_buf_ Buf out = BUF_INIT(BUF_MAX_DEFAULT);
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        MemSource m = { buf_str(text) };
        uint64_t start = cpu_ns();
        Status st = events_of(mem_source(&m), limits, &d, &out);
        if (st != want || (words && (!d.count || !strstr(d.msgs[0].text, words))))
                fail_msg("want %s %s: %s %s", status_name(want), words ? words : "", status_name(st),
                         d.count ? d.msgs[0].text : "");
        assert_true(cpu_ns() - start < 5000000000);
}

static void limits_hold(void **state)
{
        (void)state;
        XmlLimits l = { .max_bytes = 1000000,
                        .max_depth = 3,
                        .max_name = 10,
                        .max_attrs = 2,
                        .max_tag = 100,
                        .max_text = 1000,
                        .max_nodes = 5 };
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
#define CASE(want, words, ...)                          \
        buf_clear(&b);                                  \
        buf_printf(&b, __VA_ARGS__);                    \
        expect_limit(&b, &l, want, words)
        CASE(ST_OK, NULL, "<a><b><c/></b></a>");
        CASE(ST_LIMIT, "3 levels", "<a><b><c><d/></c></b></a>");
        CASE(ST_OK, NULL, "<abcdefghij/>");
        CASE(ST_LIMIT, "10 bytes", "<abcdefghijk/>");
        CASE(ST_LIMIT, "10 bytes", "<a abcdefghijk=''/>");
        CASE(ST_OK, NULL, "<a x='' y=''/>");
        CASE(ST_LIMIT, "2 attributes", "<a x='' y='' z=''/>");
        CASE(ST_OK, NULL, "<a>%01000d</a>", 0);
        CASE(ST_LIMIT, "1000 bytes", "<a>%01001d</a>", 0);
        CASE(ST_LIMIT, "1000 bytes", "<a>%0600d<![CDATA[%0600d]]></a>", 0, 0);
        CASE(ST_LIMIT, "1000 bytes", "<a>%0600d&amp;%0600d</a>", 0, 0);
#undef CASE
        /* what does not end is cut off by the limits, long before memory is */
        static const char *const endless[] = {
                "<a>", "<a ", "<a x='", "<a><!-- ", "<a><![CDATA[", "<?a ", "<a x='&lt;"
        };
        l.max_bytes = 1u << 30;
        for (size_t i = 0; i < ARRAY_LEN(endless); i++) {
                buf_clear(&b);
                buf_puts(&b, endless[i]);
                repeat(&b, "                                                                ", 50000);
                expect_limit(&b, &l, ST_LIMIT, " of more than ");
        }
        l.max_bytes = 1000;
        expect_limit(&b, &l, ST_LIMIT, "larger than 1000 bytes");
        /* the usual limits */
        buf_clear(&b);
        repeat(&b, "<a>", 100000);
        expect_limit(&b, NULL, ST_LIMIT, "256 levels");
        buf_clear(&b);
        buf_puts(&b, "<a");
        for (int i = 0; i < 1000; i++)
                buf_printf(&b, " a%d=''", i);
        buf_puts(&b, "/>");
        expect_limit(&b, NULL, ST_LIMIT, "256 attributes");
        buf_clear(&b);
        buf_puts(&b, "<a>");
        for (int i = 0; i < 200; i++)
                buf_printf(&b, "<b xmlns:p%d='u%d'>", i, i);
        repeat(&b, "<p7:c p9:x='1'/>", 1000);
        repeat(&b, "</b>", 200);
        buf_puts(&b, "</a>");
        expect_limit(&b, NULL, ST_OK, NULL);
}

static void places_across_windows(void **state)
{
        (void)state;
        _cleanup_buf_ Buf b = BUF_INIT(64 << 20);
        buf_puts(&b, "<根>\n");
        for (int i = 0; i < 20000; i++)
                buf_printf(&b, "  <行 号='%d'>值&amp;<![CDATA[二]]></行><b/>\n", i);
        buf_puts(&b, "</根>");
        DripSource drip = { buf_str(&b), 1000 };
        _cleanup_xml_reader_ XmlReader *r = NULL;
        assert_ok(xml_reader_new(drip_source(&drip), NULL, NULL, &r));
        int line = 2, n = 0;
        for (XmlEvent e = XML_EV_START; e != XML_EV_END_DOCUMENT;) {
                assert_ok(xml_next(r, NULL, &e));
                if (e == XML_EV_TEXT && !xml_text_is_blank(r)) {
                        Pos p = xml_pos(r);
                        assert_int_equal(p.line, line);
                        assert_str(xml_text(r), "值&二");
                        assert_int_equal(p.col, 3 + 8 + snprintf(NULL, 0, "%d", n));
                } else if (e == XML_EV_START && xml_depth(r) == 2 && str_eq(xml_name(r), STR("行"))) {
                        Pos p = xml_pos(r);
                        assert_int_equal(p.line, line);
                        assert_int_equal(p.col, 3);
                        XmlAttr a = xml_attr_at(r, 0);
                        assert_int_equal(a.line, line);
                        assert_int_equal(a.col, 6);
                        assert_int_equal(xml_pos(r).col, 3);
                } else if (e == XML_EV_START && str_eq(xml_name(r), STR("b"))) {
                        assert_int_equal(xml_pos(r).line, line);
                        line++;
                        n++;
                }
        }
        assert_int_equal(n, 20000);
}

static void skipping_and_reading_text(void **state)
{
        (void)state;
        MemSource m = { STR(
                "<a><b>x<c>y</c>z<d><b/></d></b><si><t>甲</t><r><t>乙</t></r></si><e>1<f>2</f>3</e><g/></a>") };
        _cleanup_xml_reader_ XmlReader *r = NULL;
        assert_ok(xml_reader_new(mem_source(&m), NULL, NULL, &r));
        XmlEvent e;
        assert_ok(xml_next(r, NULL, &e));
        assert_ok(xml_next(r, NULL, &e));
        assert_str(xml_name(r), "b");
        assert_ok(xml_skip(r, NULL));
        assert_str(xml_name(r), "b");
        assert_int_equal(xml_depth(r), 2);
        _cleanup_buf_ Buf out = BUF_INIT(1000);
        assert_ok(xml_next(r, NULL, &e));
        assert_true(xml_is(r, STR(""), STR("si")));
        assert_ok(xml_read_text(r, true, NULL, &out));
        assert_string_equal(buf_cstr(&out), "甲乙");
        buf_clear(&out);
        assert_ok(xml_next(r, NULL, &e));
        assert_ok(xml_read_text(r, false, NULL, &out));
        assert_string_equal(buf_cstr(&out), "13");
        assert_ok(xml_next(r, NULL, &e));
        assert_str(xml_name(r), "g");
        assert_ok(xml_skip(r, NULL));
        assert_ok(xml_next(r, NULL, &e));
        assert_int_equal(e, XML_EV_END);
        assert_ok(xml_next(r, NULL, &e));
        assert_int_equal(e, XML_EV_END_DOCUMENT);
        assert_ok(xml_next(r, NULL, &e));
        assert_int_equal(e, XML_EV_END_DOCUMENT);
}

static void trees(void **state)
{
        (void)state;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        XmlDoc *doc;
        static const char text[] =
                "<?xml version='1.0'?>\n<d:definitions xmlns:d='urn:dmn' xmlns:feel='urn:feel' name='补助'>\n"
                "  <d:decision id='x'>\n    <d:text>a &lt; b<![CDATA[ & ]]>c</d:text>\n    <d:blank>  </d:blank>\n  </d:decision>\n"
                "  <other xmlns='urn:o' d:k='1'>mixed <i/> text</other>\n  <d:decision id='y' typeRef='feel:number'/>\n</d:definitions>";
        assert_ok(xml_parse(a, str_c(text), "m.dmn", NULL, NULL, &doc));
        XmlNode *root = doc->root;
        assert_true(xml_node_is(root, STR("urn:dmn"), STR("definitions")));
        assert_str(root->prefix, "d");
        assert_str(xml_node_attr(root, STR_NONE, STR("name")), "补助");
        assert_null(xml_node_attr(root, STR_NONE, STR("nome")).ptr);
        XmlNode *x = xml_child(root, STR("urn:dmn"), STR("decision"));
        assert_str(xml_node_attr(x, STR(""), STR("id")), "x");
        assert_ptr_equal(x->parent, root);
        assert_ptr_equal(root->first, x);               /* layout is gone */
        XmlNode *y = xml_sibling(x, STR("urn:dmn"), STR("decision"));
        assert_str(xml_node_attr(y, STR_NONE, STR("id")), "y");
        assert_null(xml_sibling(y, STR_NONE, STR("decision")));
        assert_str(xml_node_text(a, xml_child(x, STR_NONE, STR("text"))), "a < b & c");
        assert_str(xml_node_text(a, xml_child(x, STR_NONE, STR("blank"))), "  ");
        assert_str(xml_node_text(a, y), "");
        assert_str(xml_node_lookup_ns(y, STR("feel")), "urn:feel");
        assert_null(xml_node_lookup_ns(y, STR("nope")).ptr);
        XmlNode *other = xml_child(root, STR("urn:o"), STR("other"));
        assert_str(xml_node_text(a, other), "mixed  text");
        assert_true(other->first->is_text);
        assert_str(xml_node_attr(other, STR("urn:dmn"), STR("k")), "1");
        assert_str(xml_node_lookup_ns(other, STR("")), "urn:o");
        assert_str(xml_node_lookup_ns(y, STR("")), "");
        Pos p = xml_node_pos(y);
        assert_int_equal(p.line, 8);
        assert_int_equal(p.col, 3);
        assert_str(p.source, "  <d:decision id='y' typeRef='feel:number'/>");
        assert_string_equal(p.file, "m.dmn");
        p = xml_attr_pos(y, xml_node_attr_full(y, STR(""), STR("typeRef")));
        assert_int_equal(p.col, 22);
        XmlLimits l = XML_LIMITS_DEFAULT;
        l.max_nodes = 5;
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_EN);
        assert_int_equal(xml_parse(a, str_c(text), "m.dmn", &l, &d, &doc), ST_LIMIT);
        assert_non_null(strstr(d.msgs[0].text, "5 nodes"));
        _cleanup_buf_ Buf wide = BUF_INIT(1 << 20);
        to_utf16(str_c(text), true, true, &wide);
        assert_ok(xml_parse(a, buf_str(&wide), "m.dmn", NULL, NULL, &doc));
        assert_str(xml_node_attr(doc->root, STR_NONE, STR("name")), "补助");
        assert_int_equal(xml_node_pos(doc->root).line, 2);
}

static void writing(void **state)
{
        (void)state;
        _cleanup_buf_ Buf out = BUF_INIT(1 << 16), back = BUF_INIT(1 << 16);
        XmlWriter w = xml_writer(&out, false);
        xw_declaration(&w);
        xw_start(&w, "a");
        xw_attr_c(&w, "xmlns", "urn:x");
        xw_attr(&w, "k", STR("<\"'&>\n\t\r二"));
        xw_attr_i64(&w, "n", -5);
        xw_text(&w, STR("1 < 2 && ]]> \r\n\"x\""));
        xw_element(&w, "e", STR(""));
        xw_element(&w, "f", STR("y"));
        xw_raw(&w, STR("<g/>"));
        xw_end(&w);
        assert_ok(xw_finish(&w));
        assert_string_equal(
                buf_cstr(&out),
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"urn:x\" k=\"&lt;&quot;'&amp;&gt;&#10;&#9;&#13;二\" n=\"-5\">"
                "1 &lt; 2 &amp;&amp; ]]&gt; &#13;\n&quot;x&quot;<e/><f>y</f><g/></a>");
        assert_ok(events_of_text(buf_str(&out), 1000, NULL, &back));
        assert_string_equal(
                buf_cstr(&back),
                "({urn:x}a @k=<\"'&>\n\t\r二 @n=-5'1 < 2 && ]]> \r\n\"x\"'({urn:x}e){urn:x}e({urn:x}f'y'){urn:x}f({urn:x}g){urn:x}g){urn:x}a");

        buf_clear(&out);
        w = xml_writer(&out, true);
        xw_declaration(&w);
        xw_start(&w, "a");
        xw_element(&w, "b", STR("x"));
        xw_start(&w, "c");
        xw_element(&w, "d", STR(""));
        xw_end(&w);
        xw_end(&w);
        assert_ok(xw_finish(&w));
        assert_string_equal(
                buf_cstr(&out),
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n  <b>x</b>\n  <c>\n    <d/>\n  </c>\n</a>\n");

        static const Str bad[] = { STR("\x01"), STR("a\xFF"), STR("\0"), STR("\xEF\xBF\xBE") };
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                buf_clear(&out);
                w = xml_writer(&out, false);
                xw_start(&w, "a");
                if (i % 2)
                        xw_text(&w, bad[i]);
                else
                        xw_attr(&w, "x", bad[i]);
                xw_end(&w);
                assert_int_equal(xw_finish(&w), ST_INVALID);
        }
        for (int i = 0; i < 4; i++) {
                buf_clear(&out);
                w = xml_writer(&out, false);
                if (i == 0)
                        xw_end(&w);
                if (i == 1)
                        xw_start(&w, "a");
                if (i == 2)
                        xw_text(&w, STR("x"));
                if (i == 3)
                        xw_attr(&w, "x", STR("x"));
                assert_int_equal(xw_finish(&w), ST_INTERNAL);
        }
}

static Status read_all(void *ctx)
{
        (void)ctx;
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        return events_of_text(STR("<a xmlns:p='u' x='1&amp;2'><p:b/>t&lt;<![CDATA[x]]></a>"), 5, NULL, &out);
}

static Status read_tree(void *ctx)
{
        (void)ctx;
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        XmlDoc *doc;
        return a ? xml_parse(a, STR("<a xmlns:p='u' x='1&amp;2'><p:b/>t&lt;<![CDATA[x]]></a>"), "f", NULL, NULL, &doc)
                 : ST_NOMEM;
}

static void every_allocation_may_fail(void **state)
{
        (void)state;
        sweep_allocations(read_all, NULL);
        sweep_allocations(read_tree, NULL);
}

static Status broken_read(void *ctx, void *out, size_t cap, Diag *d, size_t *ret_len)
{
        int *calls = ctx;
        if ((*calls)++ > 2)
                return diag_raise(d, ST_IO, POS_NONE, "坏了", "broken");
        *ret_len = cap < 3 ? cap : 3;
        memcpy(out, "<a>", *ret_len);
        return ST_OK;
}

static void a_failing_source(void **state)
{
        (void)state;
        int calls = 0;
        _cleanup_xml_reader_ XmlReader *r = NULL;
        assert_ok(xml_reader_new((ByteSource){ broken_read, &calls }, NULL, NULL, &r));
        XmlEvent e;
        assert_int_equal(xml_next(r, NULL, &e), ST_IO);
        assert_int_equal(xml_next(r, NULL, &e), ST_IO);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_documents),
                cmocka_unit_test(utf16_in_all_forms),
                cmocka_unit_test(bad_documents),
                cmocka_unit_test(hidden_doctypes),
                cmocka_unit_test(limits_hold),
                cmocka_unit_test(places_across_windows),
                cmocka_unit_test(skipping_and_reading_text),
                cmocka_unit_test(trees),
                cmocka_unit_test(writing),
                cmocka_unit_test(every_allocation_may_fail),
                cmocka_unit_test(a_failing_source),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
