/* docx.c -- the document as Office Open XML, laid out as GB/T 9704 says. */
#include <stdio.h>

#include "document/docx_int.h"

#include "codec/xml.h"
#include "codec/zip.h"
#include "document/document_int.h"

enum { BODY_TWIPS = 8844, EMU_PER_POINT = 12700, PART_MAX = 256 << 20 };     /* 156 mm */

typedef struct Docx {
        const Document *d;
        XmlWriter w;
        size_t charts;
        size_t ids;
} Docx;

typedef struct Para {
        const char *style;
        const char *align;              /* NULL: the style's */
        double right_em, left_em;       /* indents in letters of 16 pt */
        const char *size;               /* half points; NULL: the style's */
        bool page_break;
} Para;

static void put_text(XmlWriter *w, Str text)
{
        for (Str rest = text; rest.ptr;) {
                Str s = str_cut(rest, '\n', &rest);
                xw_start(w, "w:t");
                xw_attr_c(w, "xml:space", "preserve");
                xw_text(w, s);
                xw_end(w);
                if (rest.ptr) {
                        xw_start(w, "w:br");
                        xw_end(w);
                }
        }
}

static void val(XmlWriter *w, const char *element, const char *value)
{
        xw_start(w, element);
        if (value)
                xw_attr_c(w, "w:val", value);
        xw_end(w);
}

static void put_run(XmlWriter *w, const DocSpan *s, const char *size)
{
        xw_start(w, "w:r");
        if (s->bold || s->italic || size) {
                xw_start(w, "w:rPr");
                if (s->bold)
                        val(w, "w:b", NULL);
                if (s->italic)
                        val(w, "w:i", NULL);
                if (size) {
                        val(w, "w:sz", size);
                        val(w, "w:szCs", size);
                }
                xw_end(w);
        }
        put_text(w, s->text);
        xw_end(w);
}

static void begin_para(XmlWriter *w, const Para *p)
{
        xw_start(w, "w:p");
        xw_start(w, "w:pPr");
        val(w, "w:pStyle", p->style);
        if (p->page_break)
                val(w, "w:pageBreakBefore", NULL);
        if (p->right_em > 0 || p->left_em > 0) {
                xw_start(w, "w:ind");
                if (p->left_em > 0) {
                        xw_attr_i64(w, "w:left", (int64_t)(p->left_em * 316));
                        xw_attr_i64(w, "w:leftChars", (int64_t)(p->left_em * 100));
                }
                if (p->right_em > 0) {
                        xw_attr_i64(w, "w:right", (int64_t)(p->right_em * 316));
                        xw_attr_i64(w, "w:rightChars", (int64_t)(p->right_em * 100));
                }
                xw_end(w);
        }
        if (p->align)
                val(w, "w:jc", p->align);
        xw_end(w);
}

static void put_para(XmlWriter *w, const Para *p, DocText t)
{
        begin_para(w, p);
        for (size_t i = 0; i < t.count; i++)
                put_run(w, &t.spans[i], p->size);
        xw_end(w);
}

static void put_line(XmlWriter *w, const Para *p, Str text)
{
        put_para(w, p, (DocText){ &(DocSpan){ .text = text }, 1 });
}

static void put_blank(XmlWriter *w, int n)
{
        for (int i = 0; i < n; i++)
                put_para(w, &(Para){ .style = "Normal" }, (DocText){ 0 });
}

/* ---- tables ---- */

static void put_cell(XmlWriter *w, DocText t, int64_t width, DocAlign align, bool head)
{
        static const char *const names[] = { [DOC_CENTER] = "center", [DOC_LEFT] = "left", [DOC_RIGHT] = "right" };
        xw_start(w, "w:tc");
        xw_start(w, "w:tcPr");
        xw_start(w, "w:tcW");
        xw_attr_i64(w, "w:w", width);
        xw_attr_c(w, "w:type", "dxa");
        xw_end(w);
        if (head) {
                xw_start(w, "w:shd");
                xw_attr_c(w, "w:val", "clear");
                xw_attr_c(w, "w:color", "auto");
                xw_attr_c(w, "w:fill", "F2F2F2");
                xw_end(w);
        }
        val(w, "w:vAlign", "center");
        xw_end(w);
        begin_para(w, &(Para){ .style = "Cell", .align = head ? "center" : names[align] });
        for (size_t i = 0; i < t.count; i++) {
                DocSpan s = t.spans[i];
                s.bold |= head;
                put_run(w, &s, NULL);
        }
        xw_end(w);
        xw_end(w);
}

static void put_border(XmlWriter *w, const char *side, const char *kind, int64_t eighths)
{
        xw_start(w, side);
        xw_attr_c(w, "w:val", kind);
        xw_attr_i64(w, "w:sz", eighths);
        xw_attr_c(w, "w:space", "0");
        xw_attr_c(w, "w:color", "auto");
        xw_end(w);
}

static void put_table(Docx *x, const DocTable *t)
{
        static const char *const sides[] = { "w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV" };
        double share[DOCUMENT_COLUMNS_MAX];
        int64_t widths[DOCUMENT_COLUMNS_MAX];
        XmlWriter *w = &x->w;
        doc_column_widths(t, 36.8, share);
        if (document_has(t->caption))
                put_para(w, &(Para){ .style = "Caption2" }, t->caption);
        xw_start(w, "w:tbl");
        xw_start(w, "w:tblPr");
        xw_start(w, "w:tblW");
        xw_attr_i64(w, "w:w", BODY_TWIPS);
        xw_attr_c(w, "w:type", "dxa");
        xw_end(w);
        val(w, "w:jc", "center");
        xw_start(w, "w:tblBorders");
        for (size_t i = 0; i < ARRAY_LEN(sides); i++)
                put_border(w, sides[i], "single", 4);
        xw_end(w);
        xw_start(w, "w:tblLayout");
        xw_attr_c(w, "w:type", "fixed");
        xw_end(w);
        xw_end(w);
        xw_start(w, "w:tblGrid");
        for (size_t c = 0; c < t->columns; c++) {
                widths[c] = (int64_t)(share[c] * BODY_TWIPS);
                xw_start(w, "w:gridCol");
                xw_attr_i64(w, "w:w", widths[c]);
                xw_end(w);
        }
        xw_end(w);
        for (size_t r = 0; r <= t->rows; r++) {
                bool head = r == 0;
                xw_start(w, "w:tr");
                xw_start(w, "w:trPr");
                val(w, "w:cantSplit", NULL);
                if (head)
                        val(w, "w:tblHeader", NULL);
                xw_end(w);
                for (size_t c = 0; c < t->columns; c++)
                        put_cell(w, head ? t->head[c] : t->cells[(r - 1) * t->columns + c], widths[c], t->align[c],
                                 head);
                xw_end(w);
        }
        xw_end(w);
        /* Tables that meet would become one; a small line keeps the text off the border. */
        begin_para(w, &(Para){ .style = "Cell" });
        xw_end(w);
}

/* ---- charts ---- */

static void attrs(XmlWriter *w, const char *a, int64_t av, const char *b, int64_t bv)
{
        xw_attr_i64(w, a, av);
        xw_attr_i64(w, b, bv);
}

static void put_chart(Docx *x, const DocChart *c)
{
        XmlWriter *w = &x->w;
        int64_t cx = (int64_t)DOC_CHART_WIDTH * EMU_PER_POINT, cy = (int64_t)DOC_CHART_HEIGHT * EMU_PER_POINT,
                id = (int64_t)++x->ids;
        char name[40], rel[40];
        x->charts++;
        snprintf(name, sizeof(name), "chart%zu", x->charts);
        snprintf(rel, sizeof(rel), "rIdChart%zu", x->charts);
        if (document_has(c->caption))
                put_para(w, &(Para){ .style = "Caption2" }, c->caption);
        begin_para(w, &(Para){ .style = "Picture" });
        xw_start(w, "w:r");
        xw_start(w, "w:drawing");
        xw_start(w, "wp:inline");
        attrs(w, "distT", 0, "distB", 0);
        attrs(w, "distL", 0, "distR", 0);
        xw_start(w, "wp:extent");
        attrs(w, "cx", cx, "cy", cy);
        xw_end(w);
        xw_start(w, "wp:docPr");
        xw_attr_i64(w, "id", id);
        xw_attr_c(w, "name", name);
        xw_attr(w, "descr", c->alt);
        xw_end(w);
        xw_start(w, "a:graphic");
        xw_start(w, "a:graphicData");
        xw_attr_c(w, "uri", "http://schemas.openxmlformats.org/drawingml/2006/picture");
        xw_start(w, "pic:pic");
        xw_start(w, "pic:nvPicPr");
        xw_start(w, "pic:cNvPr");
        xw_attr_i64(w, "id", id);
        xw_attr_c(w, "name", name);
        xw_attr(w, "descr", c->alt);
        xw_end(w);
        xw_start(w, "pic:cNvPicPr");
        xw_end(w);
        xw_end(w);
        xw_start(w, "pic:blipFill");
        xw_start(w, "a:blip");
        xw_attr_c(w, "r:embed", rel);
        xw_end(w);
        xw_raw(w, STR("<a:stretch><a:fillRect/></a:stretch>"));
        xw_end(w);
        xw_start(w, "pic:spPr");
        xw_start(w, "a:xfrm");
        xw_raw(w, STR("<a:off x=\"0\" y=\"0\"/>"));
        xw_start(w, "a:ext");
        attrs(w, "cx", cx, "cy", cy);
        xw_end(w);
        xw_end(w);
        xw_raw(w, STR("<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>"));
        xw_end(w);
        for (int i = 0; i < 6; i++)     /* pic, graphicData, graphic, inline, drawing, r */
                xw_end(w);
        xw_end(w);
}

/* ---- page furniture ---- */

static Str plain(const Document *d, DocHead h, Buf *b)
{
        buf_clear(b);
        document_text(d->head[h], b);
        return str_trim(buf_str(b));
}

static void put_red_head(Docx *x)
{
        const Document *d = x->d;
        char size[16];
        if (document_has(d->head[DOC_SECRECY]))
                put_para(&x->w, &(Para){ .style = "Mark" }, d->head[DOC_SECRECY]);
        if (document_has(d->head[DOC_URGENCY]))
                put_para(&x->w, &(Para){ .style = "Mark" }, d->head[DOC_URGENCY]);
        if (!document_has(d->head[DOC_ISSUER])) {
                if (document_has(d->head[DOC_NUMBER]))
                        put_para(&x->w, &(Para){ .style = "Number" }, d->head[DOC_NUMBER]);
                return;
        }
        double em = doc_width(d->head[DOC_ISSUER]), points = em > 0 ? 430 / em : 42;
        snprintf(size, sizeof(size), "%d", (int)(2 * (points < 42 ? points : 42)));
        put_blank(&x->w, document_has(d->head[DOC_SECRECY]) || document_has(d->head[DOC_URGENCY]) ? 1 : 2);
        put_para(&x->w, &(Para){ .style = "Issuer", .size = size }, d->head[DOC_ISSUER]);
        put_blank(&x->w, 2);
        if (document_has(d->head[DOC_NUMBER]))
                put_para(&x->w, &(Para){ .style = "Number" }, d->head[DOC_NUMBER]);
        put_line(&x->w, &(Para){ .style = "RedLine" }, STR(""));
        put_blank(&x->w, 2);
}

static void put_attachments(Docx *x)
{
        const Document *d = x->d;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        Str all = plain(d, DOC_ATTACHMENTS, &b), line, second;
        if (!all.len)
                return;
        bool several = doc_head_line(all, 1, &second);
        put_blank(&x->w, 1);
        for (size_t i = 0; doc_head_line(all, i, &line); i++) {
                _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
                if (several)
                        buf_printf(&text, "%s%zu. %.*s", i == 0 ? "附件：" : "", i + 1, STR_FMT(line));
                else
                        buf_printf(&text, "附件：%.*s", STR_FMT(line));
                put_line(&x->w, &(Para){ .style = "To", .left_em = i == 0 ? 2 : 5 }, buf_str(&text));
        }
}

/* The date four letters from the right, who signs centred above it. */
static void put_signature(Docx *x)
{
        const Document *d = x->d;
        double date = doc_width(d->head[DOC_DATE]), from = doc_width(d->head[DOC_FROM]), right = 4 + (date - from) / 2;
        put_blank(&x->w, 2);
        if (document_has(d->head[DOC_FROM]))
                put_para(&x->w, &(Para){ .style = "Signature", .right_em = right > 0 ? right : 0 }, d->head[DOC_FROM]);
        put_para(&x->w, &(Para){ .style = "Signature", .right_em = 4 }, d->head[DOC_DATE]);
        if (document_has(d->head[DOC_NOTE]))
                put_para(&x->w, &(Para){ .style = "To", .left_em = 2 }, d->head[DOC_NOTE]);
}

static void imprint_row(XmlWriter *w, Str left, Str right, bool first, bool last)
{
        xw_start(w, "w:tr");
        xw_start(w, "w:tc");
        xw_start(w, "w:tcPr");
        xw_raw(w, STR("<w:tcW w:w=\"8844\" w:type=\"dxa\"/>"));
        xw_start(w, "w:tcBorders");
        put_border(w, "w:top", "single", first ? 8 : 6);        /* 0.35 mm and 0.25 mm */
        put_border(w, "w:bottom", "single", last ? 8 : 6);
        xw_end(w);
        xw_end(w);
        xw_start(w, "w:p");
        xw_raw(w,
               STR("<w:pPr><w:pStyle w:val=\"Imprint\"/><w:tabs><w:tab w:val=\"right\" w:pos=\"8450\"/></w:tabs><w:ind w:left=\"223\" w:right=\"223\"/><w:jc w:val=\"left\"/></w:pPr>"));
        xw_start(w, "w:r");
        put_text(w, left);
        if (right.len) {
                xw_raw(w, STR("<w:tab/>"));
                put_text(w, right);
        }
        for (int i = 0; i < 4; i++)
                xw_end(w);
}

/* A table at the foot of the page, placed from the page's edge (else LibreOffice does not let a table this wide float). */
static void put_imprint(Docx *x)
{
        const Document *d = x->d;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20), cc = BUF_INIT(1 << 20), printed = BUF_INIT(1 << 20),
                          printer = BUF_INIT(1 << 20);
        bool has_cc = document_has(d->head[DOC_CC]), has_printer = document_has(d->head[DOC_PRINTER]);
        XmlWriter *w = &x->w;
        if (!has_cc && !has_printer)
                return;
        xw_start(w, "w:tbl");
        xw_raw(w,
               STR("<w:tblPr><w:tblpPr w:leftFromText=\"0\" w:rightFromText=\"0\" w:vertAnchor=\"margin\" w:horzAnchor=\"page\" w:tblpX=\"1588\" w:tblpYSpec=\"bottom\"/>"
                   "<w:tblOverlap w:val=\"never\"/><w:tblW w:w=\"8844\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr>"
                   "<w:tblGrid><w:gridCol w:w=\"8844\"/></w:tblGrid>"));
        if (has_cc) {
                buf_printf(&cc, "抄送：%.*s", STR_FMT(plain(d, DOC_CC, &b)));
                imprint_row(w, buf_str(&cc), STR(""), true, !has_printer);
        }
        if (has_printer) {
                buf_put_str(&printer, plain(d, DOC_PRINTER, &b));
                Str day = plain(d, document_has(d->head[DOC_PRINTED]) ? DOC_PRINTED : DOC_DATE, &b);
                buf_printf(&printed, "%.*s印发", STR_FMT(day));
                imprint_row(w, buf_str(&printer), buf_str(&printed), !has_cc, true);
        }
        xw_end(w);
        /* What the table is tied to; it may not be the last thing of a body. */
        begin_para(w, &(Para){ .style = "Cell" });
        xw_end(w);
}

/* ---- the body ---- */

static void put_blocks(Docx *x)
{
        const Document *d = x->d;
        static const char *const headings[] = { "Heading1", "Heading2", "Heading3", "Heading4" };
        bool page_break = false;
        for (size_t i = 0; i < d->count; i++) {
                const DocBlock *b = &d->blocks[i];
                switch (b->kind) {
                case DOC_PARAGRAPH:
                        put_para(&x->w, &(Para){ .style = "Body", .page_break = page_break }, b->text);
                        break;
                case DOC_HEADING:
                        put_para(&x->w, &(Para){ .style = headings[b->level - 1], .page_break = page_break }, b->text);
                        break;
                case DOC_TABLE:
                        if (page_break)
                                put_para(&x->w, &(Para){ .style = "Cell", .page_break = true }, (DocText){ 0 });
                        put_table(x, b->table);
                        break;
                case DOC_CHART:
                        if (page_break)
                                put_para(&x->w, &(Para){ .style = "Cell", .page_break = true }, (DocText){ 0 });
                        put_chart(x, b->chart);
                        break;
                case DOC_NEW_PAGE:
                        break;
                }
                page_break = b->kind == DOC_NEW_PAGE;
        }
}

static Status body_xml(Docx *x)
{
        XmlWriter *w = &x->w;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        xw_raw(w, STR("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"));
        xw_start(w, "w:document");
        xw_attr_c(w, "xmlns:w", DOCX_W);
        xw_attr_c(w, "xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships");
        xw_attr_c(w, "xmlns:wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing");
        xw_attr_c(w, "xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main");
        xw_attr_c(w, "xmlns:pic", "http://schemas.openxmlformats.org/drawingml/2006/picture");
        xw_start(w, "w:body");
        put_red_head(x);
        put_para(w, &(Para){ .style = "Title" }, x->d->title);
        put_blank(w, 1);
        Str to = plain(x->d, DOC_TO, &b);
        if (to.len) {
                buf_puts(&b, "：");
                put_line(w, &(Para){ .style = "To" }, str_trim(buf_str(&b)));
        }
        put_blocks(x);
        put_attachments(x);
        put_signature(x);
        put_imprint(x);
        /* A4; margins 37, 26, 35 and 28 mm; 22 lines a page. */
        xw_raw(w,
               STR("<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId4\"/><w:footerReference w:type=\"even\" r:id=\"rId5\"/>"
                   "<w:pgSz w:w=\"11906\" w:h=\"16838\"/>"
                   "<w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1588\" w:header=\"851\" w:footer=\"1247\" w:gutter=\"0\"/>"
                   "<w:cols w:space=\"425\"/><w:docGrid w:type=\"lines\" w:linePitch=\"579\"/></w:sectPr>"));
        xw_end(w);
        xw_end(w);
        TRY(buf_status(&b));
        return xw_finish(w);
}

static Status rels_xml(size_t charts, Buf *out)
{
        static const char base[] = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
        static const char *const parts[][2] = { { "styles", "styles.xml" },
                                                { "settings", "settings.xml" },
                                                { "fontTable", "fontTable.xml" },
                                                { "footer", "footer1.xml" },
                                                { "footer", "footer2.xml" } };
        buf_puts(
                out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">");
        for (size_t i = 0; i < ARRAY_LEN(parts); i++)
                buf_printf(out, "<Relationship Id=\"rId%zu\" Type=\"%s%s\" Target=\"%s\"/>", i + 1, base, parts[i][0],
                           parts[i][1]);
        for (size_t i = 1; i <= charts; i++)
                buf_printf(out, "<Relationship Id=\"rIdChart%zu\" Type=\"%simage\" Target=\"media/chart%zu.png\"/>", i,
                           base, i);
        buf_puts(out, "</Relationships>");
        return buf_status(out);
}

static Status core_xml(const Document *d, Buf *out)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        char date[24];
        date[date_to_text(d->date, date)] = '\0';
        XmlWriter w = xml_writer(out, false);
        xw_raw(&w, STR("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"));
        xw_start(&w, "cp:coreProperties");
        xw_attr_c(&w, "xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties");
        xw_attr_c(&w, "xmlns:dc", "http://purl.org/dc/elements/1.1/");
        xw_attr_c(&w, "xmlns:dcterms", "http://purl.org/dc/terms/");
        xw_attr_c(&w, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
        document_text(d->title, &b);
        xw_element(&w, "dc:title", str_trim(buf_str(&b)));
        xw_element(&w, "dc:creator", plain(d, DOC_FROM, &b));
        xw_start(&w, "dcterms:created");
        xw_attr_c(&w, "xsi:type", "dcterms:W3CDTF");
        xw_text(&w, str_c(date));
        xw_text(&w, STR("T00:00:00Z"));
        xw_end(&w);
        xw_end(&w);
        TRY(buf_status(&b));
        return xw_finish(&w);
}

static Status add_charts(const Document *d, Diag *diag, ZipWriter *z)
{
        size_t n = 0;
        for (size_t i = 0; i < d->count; i++) {
                if (d->blocks[i].kind != DOC_CHART)
                        continue;
                _cleanup_buf_ Buf png = BUF_INIT(PART_MAX);
                char name[60];
                int len = snprintf(name, sizeof(name), "word/media/chart%zu.png", ++n);
                TRY(chart_png(d->blocks[i].chart, diag, &png));
                TRY(zip_writer_add(z, str_n(name, (size_t)len), buf_str(&png), ZIP_STORE));
        }
        return ST_OK;
}

Status document_docx(const Document *d, Diag *diag, Buf *out)
{
        _cleanup_buf_ Buf body = BUF_INIT(PART_MAX), rels = BUF_INIT(PART_MAX), core = BUF_INIT(PART_MAX);
        Docx x = { .d = d, .w = xml_writer(&body, false) };
        TRY(body_xml(&x));
        TRY(rels_xml(x.charts, &rels));
        TRY(core_xml(d, &core));
        const struct { const char *name; Str data;
        } parts[] = {
                { "[Content_Types].xml", str_c(docx_types) },    { "_rels/.rels", str_c(docx_rels) },
                { "docProps/core.xml", buf_str(&core) },         { "docProps/app.xml", str_c(docx_app) },
                { "word/document.xml", buf_str(&body) },         { "word/_rels/document.xml.rels", buf_str(&rels) },
                { "word/styles.xml", str_c(docx_styles) },       { "word/settings.xml", str_c(docx_settings) },
                { "word/fontTable.xml", str_c(docx_fonts) },     { "word/footer1.xml", str_c(docx_footer_odd) },
                { "word/footer2.xml", str_c(docx_footer_even) },
        };
        ZipWriter *z = NULL;
        TRY(zip_writer_new(out, &z));
        Status st = ST_OK;
        for (size_t i = 0; i < ARRAY_LEN(parts) && st == ST_OK; i++)
                st = zip_writer_add(z, str_c(parts[i].name), parts[i].data, ZIP_DEFLATE);
        if (st == ST_OK)
                st = add_charts(d, diag, z);
        if (st == ST_OK)
                st = zip_writer_finish(z);
        zip_writer_free(z);
        return st;
}
