/* html.c -- the document as one page of HTML that stands alone; every figure tells where it came from. */
#include "codec/xml.h"
#include "document/document_int.h"

enum { PNG_MAX = 16 << 20 };

static const char style[] =
        "body{margin:0;background:#eee;color:#000;font:16pt/28.9pt FangSong_GB2312,FangSong,仿宋,\"Noto Serif CJK SC\",\"Songti SC\",serif}"
        "article{box-sizing:border-box;width:210mm;max-width:100%;min-height:297mm;margin:1em auto;padding:37mm 26mm 35mm 28mm;background:#fff}"
        "p{margin:0;text-indent:2em;text-align:justify}"
        "h1{margin:1.3em 0 1em;font:22pt/32pt 方正小标宋简体,\"Noto Serif CJK SC\",\"Songti SC\",serif;font-weight:600;text-align:center}"
        "h2,h3,h4,h5{margin:0;font-size:16pt;font-weight:normal;text-indent:2em}h2{font-family:SimHei,\"Noto Sans CJK SC\",sans-serif}"
        "h3{font-family:KaiTi,KaiTi_GB2312,\"Noto Serif CJK SC\",serif;font-weight:600}"
        ".issuer{color:#d00;font:42pt/1.3 方正小标宋简体,\"Noto Serif CJK SC\",serif;font-weight:600;text-align:center;text-indent:0}"
        ".number{text-align:center;text-indent:0;padding:1em 0 4mm;border-bottom:2px solid #d00}.to,.mark{text-indent:0}"
        ".attachments{margin-top:1.8em}.signature{margin:2em 4em 0 0;text-align:right;text-indent:0}.signature span.who{display:block}"
        ".imprint{margin-top:4em;font-size:14pt;border-top:.35mm solid;border-bottom:.35mm solid}.imprint p{text-indent:0;padding:0 1em;display:flex;justify-content:space-between}"
        ".imprint p+p{border-top:.25mm solid}"
        "table{width:100%;border-collapse:collapse;font-size:12pt;line-height:1.6;margin:.4em 0 .8em}caption{font-family:SimHei,\"Noto Sans CJK SC\",sans-serif}"
        "td,th{border:1px solid;padding:2px 6px;text-align:center}.l{text-align:left}.r{text-align:right}th{background:#f2f2f2}"
        "figure{margin:.6em 0;text-align:center}figcaption{font:12pt/1.6 SimHei,\"Noto Sans CJK SC\",sans-serif}img{max-width:100%}"
        ".figure{border-bottom:1px dotted #8ab}.missing{color:#a00}hr{border:0;break-after:page}"
        "@media print{body{background:none}article{margin:0;padding:0;width:auto}.figure{border:0}@page{size:A4;margin:37mm 26mm 35mm 28mm}}";

static void escape(Str s, Buf *out)
{
        for (Str rest = s; rest.ptr;) {
                Str line = str_cut(rest, '\n', &rest);
                xml_put_escaped(out, line);
                if (rest.ptr)
                        buf_puts(out, "<br>");
        }
}

static void attribute(const char *name, Str value, Buf *out)
{
        buf_printf(out, " %s=\"", name);
        xml_put_escaped(out, value);
        buf_putc(out, '"');
}

static void put_text(DocText t, Buf *out)
{
        for (size_t i = 0; i < t.count; i++) {
                const DocSpan *s = &t.spans[i];
                buf_puts(out, s->bold ? "<strong>" : "");
                buf_puts(out, s->italic ? "<em>" : "");
                if (s->feel.len) {
                        buf_puts(out, s->missing ? "<span class=\"figure missing\"" : "<span class=\"figure\"");
                        attribute("data-feel", s->feel, out);
                        attribute("data-value", s->value, out);
                        buf_putc(out, '>');
                }
                escape(s->text, out);
                buf_puts(out, s->feel.len ? "</span>" : "");
                buf_puts(out, s->italic ? "</em>" : "");
                buf_puts(out, s->bold ? "</strong>" : "");
        }
}

static void put_element(const char *open, DocText t, const char *close, Buf *out)
{
        if (!document_has(t))
                return;
        buf_puts(out, open);
        put_text(t, out);
        buf_puts(out, close);
        buf_putc(out, '\n');
}

static void put_table(const DocTable *t, Buf *out)
{
        static const char *const classes[] = { [DOC_CENTER] = "<td>", [DOC_LEFT] = "<td class=\"l\">", [DOC_RIGHT] = "<td class=\"r\">" };
        buf_puts(out, "<table>");
        put_element("<caption>", t->caption, "</caption>", out);
        buf_puts(out, "<thead><tr>");
        for (size_t c = 0; c < t->columns; c++) {
                buf_puts(out, "<th scope=\"col\">");
                put_text(t->head[c], out);
                buf_puts(out, "</th>");
        }
        buf_puts(out, "</tr></thead>\n<tbody>\n");
        for (size_t r = 0; r < t->rows; r++) {
                buf_puts(out, "<tr>");
                for (size_t c = 0; c < t->columns; c++) {
                        buf_puts(out, classes[t->align[c]]);
                        put_text(t->cells[r * t->columns + c], out);
                        buf_puts(out, "</td>");
                }
                buf_puts(out, "</tr>\n");
        }
        buf_puts(out, "</tbody></table>\n");
}

static void put_base64(Str s, Buf *out)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (size_t i = 0; i < s.len; i += 3) {
                uint32_t n = 0;
                for (size_t k = 0; k < 3; k++)
                        n = n << 8 | (i + k < s.len ? (unsigned char)s.ptr[i + k] : 0u);
                for (size_t k = 0; k < 4; k++)
                        buf_putc(out, i + k > s.len ? '=' : digits[n >> (18 - 6 * k) & 63]);
        }
}

static Status put_chart(const DocChart *c, Diag *diag, Buf *out)
{
        _cleanup_buf_ Buf png = BUF_INIT(PNG_MAX);
        TRY(chart_png(c, diag, &png));
        buf_puts(out, "<figure");
        attribute("data-feel", c->feel, out);
        buf_puts(out, ">");
        put_element("<figcaption>", c->caption, "</figcaption>", out);
        buf_puts(out, "<img");
        attribute("alt", c->alt, out);
        buf_puts(out, " src=\"data:image/png;base64,");
        put_base64(buf_str(&png), out);
        buf_puts(out, "\"></figure>\n");
        return ST_OK;
}

static Status put_block(const DocBlock *b, Diag *diag, Buf *out)
{
        char open[] = "<h2>", close[] = "</h2>";
        switch (b->kind) {
        case DOC_PARAGRAPH:
                put_element("<p>", b->text, "</p>", out);
                break;
        case DOC_HEADING:
                open[2] = close[3] = (char)('1' + b->level);
                put_element(open, b->text, close, out);
                break;
        case DOC_TABLE:
                put_table(b->table, out);
                break;
        case DOC_CHART:
                return put_chart(b->chart, diag, out);
        case DOC_NEW_PAGE:
                buf_puts(out, "<hr>\n");
                break;
        }
        return ST_OK;
}

static void put_imprint(const Document *d, Buf *out)
{
        if (!document_has(d->head[DOC_CC]) && !document_has(d->head[DOC_PRINTER]))
                return;
        buf_puts(out, "<footer class=\"imprint\">");
        put_element("<p><span>抄送：", d->head[DOC_CC], "</span></p>", out);
        if (document_has(d->head[DOC_PRINTER])) {
                put_element("<p><span>", d->head[DOC_PRINTER], "</span>", out);
                put_element("<span>", d->head[document_has(d->head[DOC_PRINTED]) ? DOC_PRINTED : DOC_DATE], "印发</span></p>", out);
        }
        buf_puts(out, "</footer>\n");
}

Status document_html(const Document *d, Diag *diag, Buf *out)
{
        buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>", d->lang == LANG_EN ? "en" : "zh-CN");
        for (size_t i = 0; i < d->title.count; i++)
                xml_put_escaped(out, d->title.spans[i].text);
        buf_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<article>\n", style);
        put_element("<p class=\"mark\">", d->head[DOC_SECRECY], "</p>", out);
        put_element("<p class=\"mark\">", d->head[DOC_URGENCY], "</p>", out);
        put_element("<p class=\"issuer\">", d->head[DOC_ISSUER], "</p>", out);
        put_element("<p class=\"number\">", d->head[DOC_NUMBER], "</p>", out);
        put_element("<h1>", d->title, "</h1>", out);
        put_element("<p class=\"to\">", d->head[DOC_TO], "：</p>", out);
        for (size_t i = 0; i < d->count; i++)
                TRY(put_block(&d->blocks[i], diag, out));
        put_element("<p class=\"attachments\">附件：", d->head[DOC_ATTACHMENTS], "</p>", out);
        buf_puts(out, "<p class=\"signature\">");
        put_element("<span class=\"who\">", d->head[DOC_FROM], "</span>", out);
        put_text(d->head[DOC_DATE], out);
        buf_puts(out, "</p>\n");
        put_element("<p>", d->head[DOC_NOTE], "</p>", out);
        put_imprint(d, out);
        buf_puts(out, "</article>\n</body>\n</html>\n");
        return buf_status(out);
}
