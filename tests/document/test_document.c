/* Templates: what they become, where their mistakes are, what is escaped, that the same document gives the same bytes. */
#include "tests/test.h"

#include "codec/zip.h"
#include "document/document.h"

typedef struct Made {
        Arena *arena;
        FeelExec *exec;
        Diag diag;
        Pack pack;
        PackUnit unit;
        PackDocument def;
        Document *doc;
        Status st;
} Made;

/* missing("x"): a figure nobody has reported. */
static Status fn_missing(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)user;
        (void)n;
        return feel_unknown(feel_exec_arena(x), args[0].string, ret);
}

static void make(Made *m, const char *body, const PackHead *head, size_t head_count)
{
        static const FeelHostParam one[] = { { STR("name"), FEEL_TYPE_STRING, false } };
        *m = (Made){ .arena = arena_new(64 << 20), .diag = DIAG_INIT(LANG_EN) };
        m->exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        FeelLibrary *lib = feel_library_new(m->arena);
        assert_non_null(m->exec);
        assert_non_null(lib);
        assert_ok(document_feel_library(lib));
        assert_ok(feel_library_add_function(lib, &(FeelHostFunction){ .name = STR("missing"), .params = one, .param_count = 1, .fn = fn_missing }));
        m->unit = (PackUnit){ .code = STR("1"), .name = STR("甲市"), .title = { STR("甲市"), STR("") } };
        m->pack = (Pack){ .units = &m->unit, .unit_count = 1 };
        m->def = (PackDocument){ .name = STR("d"), .title = { STR("无题"), STR("") }, .periodic = true, .period = PERIOD_MONTH, .path = STR("documents/d.md"),
                                 .body = str_c(body), .body_line = 5, .head = (PackHead *)head, .head_count = head_count };
        Period p;
        assert_ok(period_parse(STR("2023-06"), &p));
        m->st = document_make(&(DocumentInput){ .pack = &m->pack, .definition = &m->def, .library = lib, .exec = m->exec, .period = &p,
                                                .date = { 2023, 7, 10 } }, m->arena, &m->diag, &m->doc);
}

static void release(Made *m)
{
        feel_exec_free(m->exec);
        diag_release(&m->diag);
        arena_free(m->arena);
}

/* The Markdown that comes out. */
static void expect_md(const char *body, const char *want)
{
        Made m;
        Buf out = BUF_INIT(1 << 20);
        make(&m, body, NULL, 0);
        for (size_t i = 0; m.st != ST_OK && i < m.diag.count; i++)
                print_message("%d:%d %s\n", m.diag.msgs[i].pos.line, m.diag.msgs[i].pos.col, m.diag.msgs[i].text);
        assert_ok(m.st);
        assert_ok(document_md(m.doc, NULL, &out));
        assert_string_equal(buf_cstr(&out), want);
        buf_release(&out);
        release(&m);
}

static void expect_error(const char *body, int line, int col, const char *text)
{
        Made m;
        make(&m, body, NULL, 0);
        bool found = false;
        for (size_t i = 0; i < m.diag.count; i++) {
                const DiagMsg *d = &m.diag.msgs[i];
                found |= d->severity == SEV_ERROR && d->pos.line == line && d->pos.col == col && str_has(str_c(d->text), str_c(text));
        }
        for (size_t i = 0; !found && i < m.diag.count; i++)
                print_message("%s: got %d:%d %s\n", body, m.diag.msgs[i].pos.line, m.diag.msgs[i].pos.col, m.diag.msgs[i].text);
        assert_true(found);
        assert_int_equal(m.st, ST_INVALID);
        assert_string_equal(m.diag.msgs[0].pos.file, "documents/d.md");
        release(&m);
}

#define END "\n\n2023年7月10日\n\n"

static void text_with_figures(void **state)
{
        (void)state;
        expect_md("# {{ city }}{{ period title }}", "# 甲市2023年6月" END);
        expect_md("x", "# 无题\n\nx" END);
        expect_md("一共{{ 1 +\n 1 }}件，\n再一行。", "# 无题\n\n一共2件，再一行。" END);
        expect_md("one\ntwo", "# 无题\n\none two" END);
        expect_md("{{ \"}} {{\" }}{{ {a: {b: 1}}.a.b }}", "# 无题\n\n}} {{1" END);
        expect_md("{{ previous period }} {{ last year period title }} {{ year }} {{ month }} {{ period end }}", "# 无题\n\n2023-05 2022年6月 2023 6 2023年6月30日" END);
        expect_md("{{ [\"甲\", \"乙\"] }}{{ true }}", "# 无题\n\n甲、乙是" END);
}

static void missing_is_never_zero(void **state)
{
        (void)state;
        expect_md("{{ missing(\"x\") }} {{ yi(missing(\"x\")) }} {{ if missing(\"x\") > 1 then \"a\" else \"b\" }}", "# 无题\n\n（未报） （未报） （未报）" END);
        expect_md("{{ null }} {{ format(null, 2) }} {{ compare(null, 1, 2, \"a\", \"b\", \"c\") }}", "# 无题\n\n— — —" END);
        expect_md("{% if missing(\"x\") > 1 %}\na\n{% else %}\nb\n{% end %}", "# 无题\n\n（未报）" END);
        expect_md("```table\nrows: [{a: missing(\"x\"), b: null}]\nA = a\nB = format(b, 2)\n```", "# 无题\n\n| A | B |\n| :-: | :-: |\n| （未报） | — |\n\n2023年7月10日\n\n");
}

static void numbers(void **state)
{
        (void)state;
        expect_md("{{ format(1234567.125, 2) }} {{ format(-1234.5) }} {{ format(-0.001, 2) }} {{ format(999, 0) }}", "# 无题\n\n1,234,567.13 -1,235 0.00 999" END);
        expect_md("{{ yi(2314270000) }} {{ wan(2314275000) }} {{ percent(2.485) }} {{ yi(5000000, 1) }}", "# 无题\n\n23.14亿元 231,428万元 2.49% 0.1亿元" END);
        expect_md("{{ compare(2.434, 2.345, 2, \"提高\", \"下降\", \"个百分点\") }}{{ compare(1, 2, 0, \"升\", \"降\", \"位\") }}{{ compare(1.001, 1.004, 2, \"a\", \"b\", \"\") }}",
                  "# 无题\n\n提高0.08个百分点降1位持平" END);
        expect_md("{{ chinese numeral(0) }}{{ chinese numeral(10) }}{{ chinese numeral(21) }}", "# 无题\n\n〇十二十一" END);
}

static void parts_and_repetition(void **state)
{
        (void)state;
        expect_md("{% for x in [{n: \"甲\", v: 1}, {n: \"乙\", v: 2}] %}\n\n{{ index }}{{ x.n }}{{ x.v }}\n\n{% if x.v > 1 %}\n大\n{% else %}\n小\n{% end %}\n{% end %}",
                  "# 无题\n\n1甲1\n\n小\n\n2乙2\n\n大" END);
        expect_md("## a\n### b\n### c\n#### d\n##### e\n## f", "# 无题\n\n## 一、a\n\n### （一）b\n\n### （二）c\n\n#### 1. d\n\n##### （1）e\n\n## 二、f" END);
        expect_md("1. a\n2. b\n\n- c", "# 无题\n\n1. a\n\n2. b\n\n· c" END);
}

static void what_is_escaped(void **state)
{
        (void)state;
        Made m;
        Buf out = BUF_INIT(1 << 22);
        make(&m, "{{ \"<b>&\\\"|*_# {{1+1}} ![x](y)\" }}\n\n```table\ntitle: <t>\nrows: [{a: \"<i>\\n|\"}]\nA = a\n```\n", NULL, 0);
        assert_ok(m.st);
        assert_ok(document_html(m.doc, &m.diag, &out));
        assert_true(str_has(buf_str(&out), STR(">&lt;b&gt;&amp;&quot;|*_# {{1+1}} ![x](y)</span>")));
        assert_true(str_has(buf_str(&out), STR("<caption>&lt;t&gt;</caption>")));
        assert_true(str_has(buf_str(&out), STR("&lt;i&gt;<br>|")));
        assert_false(str_has(buf_str(&out), STR("<b>")));
        buf_clear(&out);
        assert_ok(document_md(m.doc, &m.diag, &out));
        assert_true(str_has(buf_str(&out), STR("\\<b\\>\\&\"\\|\\*\\_\\# {{1+1}} !\\[x\\](y)")));
        assert_true(str_has(buf_str(&out), STR("| \\<i\\><br>\\| |")));
        buf_clear(&out);
        assert_ok(document_docx(m.doc, &m.diag, &out));
        buf_release(&out);
        release(&m);
}

static void figures_know_their_expression(void **state)
{
        (void)state;
        Made m;
        Buf out = BUF_INIT(1 << 22);
        make(&m, "共{{ percent(1 / 3, 1) }}。{{ missing(\"乙县\") }}", NULL, 0);
        assert_ok(m.st);
        assert_ok(document_html(m.doc, &m.diag, &out));
        assert_true(str_has(buf_str(&out), STR("<p>共<span class=\"figure\" data-feel=\"percent(1 / 3, 1)\" data-value=\"&quot;0.3%&quot;\">0.3%</span>。")));
        assert_true(str_has(buf_str(&out), STR("class=\"figure missing\" data-feel=\"missing(&quot;乙县&quot;)\"")));
        buf_release(&out);
        release(&m);
}

static void mistakes_have_their_place(void **state)
{
        (void)state;
        expect_error("x\n共{{ nobody + 1 }}", 6, 5, "nobody");
        expect_error("{{ 1 + }}", 5, 8, "");
        expect_error("甲{{ 1", 5, 2, "without");
        expect_error("{{ }}", 5, 3, "empty");
        expect_error("{% if true %}\nx", 5, 1, "end");
        expect_error("{% end %}", 5, 4, "for or if");
        expect_error("{% for x of [1] %}\n{% end %}", 5, 8, "NAME in LIST");
        expect_error("{% for x in 1 %}\n{% end %}", 5, 13, "list");
        expect_error("```tabel\n```", 5, 1, "tabel");
        expect_error("```table\nrows: [1]\nA = row", 5, 1, "end");
        expect_error("```table\nA = 1\n```", 5, 1, "rows");
        expect_error("```table\nrows: 1\nA = 1\n```", 6, 7, "list");
        expect_error("```table\nrows: [1]\nA = nobody\n```", 7, 5, "nobody");
        expect_error("```table\nrows: [1]\nrows: [2]\nA = row\n```", 7, 1, "twice");
        expect_error("```table\nrows: [1]\nA row\n```", 7, 1, "FEEL");
        expect_error("```chart\nkind: pie\nrows: [1]\nlabel: row\nvalue: row\n```", 6, 7, "bar");
        expect_error("```chart\nkind: bar\nrows: [1]\nlabel: row\nvalue: \"x\"\n```", 9, 8, "number");
        expect_error("a\xF3\xB0\x80\x80", 5, 2, "character");
        /* two mistakes, both told */
        expect_error("{{ one }}\n{{ two }}", 6, 4, "two");
        expect_error("{{ one }}\n{{ two }}", 5, 4, "one");
}

static void a_head_is_checked(void **state)
{
        (void)state;
        const PackHead wrong[] = { { STR("colour"), STR("red"), { .file = "documents/d.md", .line = 3, .col = 3 } } };
        const PackHead bad[] = { { STR("number"), STR("甲{{ nobody }}"), { .file = "documents/d.md", .line = 2, .col = 9 } } };
        const PackHead good[] = { { STR("date"), STR("{{ date(\"2023-08-01\") }}"), { 0 } }, { STR("to"), STR("各县"), { 0 } } };
        Made m;
        make(&m, "x", wrong, 1);
        assert_int_equal(m.st, ST_INVALID);
        assert_int_equal(m.diag.msgs[0].pos.line, 3);
        assert_true(str_has(str_c(m.diag.msgs[0].text), STR("colour")));
        release(&m);
        make(&m, "x", bad, 1);
        assert_int_equal(m.st, ST_INVALID);
        assert_int_equal(m.diag.msgs[0].pos.line, 2);
        assert_int_equal(m.diag.msgs[0].pos.col, 13);
        release(&m);
        make(&m, "x", good, 2);
        assert_ok(m.st);
        assert_int_equal(m.doc->date.month, 8);
        assert_true(str_eq_c(m.doc->head[DOC_TO].spans[0].text, "各县"));
        release(&m);
}

static const char everything[] =
        "# 标题{{ period title }}\n\n段落**粗**{{ 1 }}。\n\n## 节\n\n```table\ntitle: 表\nrows: for i in 1..120 return {n: i, 名: \"第\" + string(i)}\n"
        ":名 = 名\n数: = format(n, 2)\n```\n\n```chart\nkind: bar\ntitle: 图\nrows: [{l: \"甲\", v: 3}, {l: \"乙\", v: -1.5}, {l: \"丙\", v: missing(\"丙\")}]\n"
        "label: l\nvalue: v\nmark: v < 0\nreference: 1\nreference label: 平均\n```\n\n```chart\nkind: line\nrows: for i in 1..40 return {l: string(i), v: i * i}\n"
        "label: l\nvalue: v\n```\n\n---\n\n| a | b |\n|:--|--:|\n| {{ 1 }} | 2 |\n\n- 项\n";

static void the_same_document_gives_the_same_bytes(void **state)
{
        (void)state;
        static const PackHead head[] = { { STR("issuer"), STR("甲市科技局文件"), { 0 } }, { STR("number"), STR("甲〔2023〕1号"), { 0 } }, { STR("to"), STR("各县"), { 0 } },
                { STR("secrecy"), STR("秘密"), { 0 } }, { STR("from"), STR("甲市科技局"), { 0 } }, { STR("attachments"), STR("名单\n说明"), { 0 } },
                { STR("note"), STR("（此件公开）"), { 0 } }, { STR("cc"), STR("市委。"), { 0 } }, { STR("printer"), STR("办公室"), { 0 } } };
        static Status (*const writers[])(const Document *, Diag *, Buf *) = { document_docx, document_pdf, document_html, document_md };
        Made m;
        make(&m, everything, head, ARRAY_LEN(head));
        for (size_t i = 0; i < m.diag.count; i++)
                print_message("%d:%d %s\n", m.diag.msgs[i].pos.line, m.diag.msgs[i].pos.col, m.diag.msgs[i].text);
        assert_ok(m.st);
        for (size_t i = 0; i < ARRAY_LEN(writers); i++) {
                Buf one = BUF_INIT(64 << 20), two = BUF_INIT(64 << 20);
                assert_ok(writers[i](m.doc, &m.diag, &one));
                assert_ok(writers[i](m.doc, &m.diag, &two));
                if (!str_eq(buf_str(&one), buf_str(&two)))
                        print_message("writer %zu\n", i);
                assert_true(one.len > 500 && str_eq(buf_str(&one), buf_str(&two)));
                if (i == 0) {                   /* our own reader takes the package */
                        ZipReader *z;
                        assert_ok(zip_reader_open_bytes(buf_str(&one), "d.docx", &ZIP_LIMITS_DEFAULT, NULL, &z));
                        assert_non_null(zip_reader_find(z, STR("word/document.xml")));
                        assert_non_null(zip_reader_find(z, STR("word/media/chart2.png")));
                        zip_reader_free(z);
                }
                buf_release(&one);
                buf_release(&two);
        }
        release(&m);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_with_figures), cmocka_unit_test(missing_is_never_zero), cmocka_unit_test(numbers),
                cmocka_unit_test(parts_and_repetition), cmocka_unit_test(what_is_escaped), cmocka_unit_test(figures_know_their_expression),
                cmocka_unit_test(mistakes_have_their_place), cmocka_unit_test(a_head_is_checked),
                cmocka_unit_test(the_same_document_gives_the_same_bytes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
