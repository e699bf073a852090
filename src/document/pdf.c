/* pdf.c -- the document as PDF: the layout of GB/T 9704 on cairo and pango.
 *
 * Everything stands on a grid of 22 lines a page.  Fonts are the open ones that
 * come nearest: Noto Serif CJK SC for 仿宋 and 小标宋, Noto Sans CJK SC for 黑体. */
#include "document/document_int.h"
#include "document/draw.h"

enum { PAGES_MAX = 5000 };

#define MM(x) ((x) * 72.0 / 25.4)
#define PAGE_W MM(210)
#define PAGE_H MM(297)
#define LEFT MM(28)
#define TOP MM(37)
#define WIDE MM(156)
#define HIGH MM(225)
#define PITCH (HIGH / 22)
#define BODY 16.0                       /* 3号 */
#define EM (WIDE / 28)
#define CELL 12.0
#define CELL_LINE 18.0
#define CELL_PAD 4.0
#define SERIF "Noto Serif CJK SC"
#define SANS "Noto Sans CJK SC"
#define BREAK "\u2028"              /* a new line of the same paragraph */
#define BREAK_LEN (sizeof(BREAK) - 1)

typedef struct Look {
        const char *family;
        double size;
        bool bold, red;
        double pitch;                   /* of a line; 0: PITCH */
        double spacing;                 /* between letters, points */
        double indent, left, right;     /* points; indent of the first line */
        PangoAlignment align;
        bool justify;
        int keep;                       /* lines that must follow on the same page */
} Look;

#define BODY_LOOK { .family = SERIF, .size = BODY, .spacing = EM - BODY, .justify = true }

typedef struct Pdf {
        const Document *d;
        cairo_surface_t *surface;
        cairo_t *cr;
        PangoContext *context;
        double y;                       /* from the top of the text area */
        int page;
        Status st;
        Arena *arena;
} Pdf;

/* ---- pages ---- */

/* What a line lacks of the full width goes between its Chinese letters: pango would also pull figures apart. */
static void spread(PangoAttrList *attrs, Str text, size_t from, size_t to, double lack, double spacing, double size)
{
        size_t gaps = 0, end = to;
        for (int pass = 0; pass < 2; pass++) {
                for (size_t i = from; i < end;) {
                        size_t at = i;
                        if (utf8_next(text, &i) < 0x2E80)
                                continue;
                        if (pass == 0) {
                                gaps++;
                                to = at;                /* none after the last of the line */
                                continue;
                        }
                        PangoAttribute *a =
                                pango_attr_letter_spacing_new((int)((spacing + lack / (double)gaps) * PANGO_SCALE));
                        a->start_index = (guint)at;
                        a->end_index = (guint)i;
                        pango_attr_list_change(attrs, a);
                }
                if (pass == 0 && to < end && gaps > 1) {
                        size_t last = to;
                        bool at_end = utf8_next(text, &last) != UTF8_BAD && last >= end;
                        gaps -= at_end;
                        end = at_end ? to : end;
                }
                if (gaps == 0 || lack / (double)gaps > size / 3)
                        return;
        }
}

static PangoAttrList *attributes_of(DocText t, const Look *look, const size_t *breaks, size_t break_count)
{
        PangoAttrList *attrs = pango_attr_list_new();
        size_t at = 0;
        if (look->spacing < 0 || look->spacing > 0)
                pango_attr_list_insert(attrs, pango_attr_letter_spacing_new((int)(look->spacing * PANGO_SCALE)));
        for (size_t i = 0; i < t.count; i++) {
                size_t from = at, to = at += t.spans[i].text.len;
                if (!t.spans[i].bold)
                        continue;
                for (size_t k = break_count; k-- > 0;) {
                        from += breaks[k] <= from ? BREAK_LEN : 0;
                        to += breaks[k] < to ? BREAK_LEN : 0;
                }
                PangoAttribute *a = pango_attr_weight_new(PANGO_WEIGHT_BOLD);
                a->start_index = (guint)from;
                a->end_index = (guint)to;
                pango_attr_list_insert(attrs, a);
        }
        return attrs;
}

static PangoLayout *layout_new(Pdf *p, Str text, const Look *look)
{
        PangoLayout *layout = pango_layout_new(p->context);
        PangoFontDescription *font = pango_font_description_new();
        pango_font_description_set_family(font, look->family);
        pango_font_description_set_absolute_size(font, look->size * PANGO_SCALE);
        pango_font_description_set_weight(font, look->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        pango_layout_set_font_description(layout, font);
        pango_layout_set_text(layout, text.ptr, (int)text.len);
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_indent(layout, (int)(look->indent * PANGO_SCALE));
        pango_layout_set_alignment(layout, look->align);
        pango_font_description_free(font);
        return layout;
}

/* The same lines, each (but the last) as wide as the text area. */
static PangoLayout *justified(Pdf *p, PangoLayout *loose, DocText t, Str text, const Look *look, double width)
{
        int count = pango_layout_get_line_count(loose);
        if (count < 2 || !look->justify || str_has(text, STR("\n")))
                return loose;
        _cleanup_buf_ Buf broken = BUF_INIT(64 << 20);
        size_t *breaks = mem_calloc((size_t)count, sizeof(size_t)), n = 0;
        if (!breaks) {
                p->st = ST_NOMEM;
                return loose;
        }
        for (int i = 0; i < count; i++) {
                const PangoLayoutLine *line = pango_layout_get_line_readonly(loose, i);
                buf_put(&broken, text.ptr + line->start_index, (size_t)line->length);
                if (i + 1 < count) {
                        breaks[n++] = (size_t)line->start_index + (size_t)line->length;
                        buf_puts(&broken, BREAK);
                }
        }
        if (buf_status(&broken) != ST_OK) {
                p->st = buf_status(&broken);
                mem_free(breaks);
                return loose;
        }
        PangoAttrList *attrs = attributes_of(t, look, breaks, n);
        for (int i = 0; i + 1 < count; i++) {
                PangoLayoutLine *line = pango_layout_get_line_readonly(loose, i);
                PangoRectangle logical;
                pango_layout_line_get_extents(line, NULL, &logical);
                size_t from = (size_t)line->start_index + (size_t)i * BREAK_LEN;
                double lack = width - (i == 0 ? look->indent : 0) - (double)logical.width / PANGO_SCALE;
                if (lack > 0)
                        spread(attrs, buf_str(&broken), from, from + (size_t)line->length, lack, look->spacing,
                               look->size);
        }
        PangoLayout *layout = layout_new(p, buf_str(&broken), look);
        pango_layout_set_attributes(layout, attrs);
        pango_layout_set_width(layout, -1);
        pango_attr_list_unref(attrs);
        mem_free(breaks);
        g_object_unref(loose);
        return layout;
}

static PangoLayout *layout_of(Pdf *p, DocText t, const Look *look, double width)
{
        _cleanup_buf_ Buf text = BUF_INIT(64 << 20);
        document_text(t, &text);
        if (buf_status(&text) != ST_OK)
                p->st = buf_status(&text);
        PangoLayout *layout = layout_new(p, buf_str(&text), look);
        PangoAttrList *attrs = attributes_of(t, look, NULL, 0);
        pango_layout_set_attributes(layout, attrs);
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
        pango_attr_list_unref(attrs);
        return justified(p, layout, t, buf_str(&text), look, width);
}

/* Lines first to first + count of a layout, each in a slot of `pitch`, from x and y of the page. */
static void draw_lines(Pdf *p, PangoLayout *layout, int first, int count, double x, double y, double pitch)
{
        PangoLayoutIter *it = pango_layout_get_iter(layout);
        int n = 0;
        do {
                if (n >= first && n < first + count) {
                        PangoRectangle ink, logical;
                        pango_layout_iter_get_line_extents(it, &ink, &logical);
                        double height = (double)logical.height / PANGO_SCALE;
                        double ascent = (double)(pango_layout_iter_get_baseline(it) - logical.y) / PANGO_SCALE;
                        cairo_new_path(p->cr);
                        cairo_move_to(p->cr, x + (double)logical.x / PANGO_SCALE,
                                      y + (n - first) * pitch + (pitch - height) / 2 + ascent);
                        pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(it));
                }
                n++;
        } while (pango_layout_iter_next_line(it));
        pango_layout_iter_free(it);
        cairo_new_path(p->cr);
}

static void draw_text_at(Pdf *p, Str text, const Look *look, double x, double y, double width)
{
        PangoLayout *layout = layout_of(p, (DocText){ &(DocSpan){ .text = text }, 1 }, look, width);
        draw_lines(p, layout, 0, 1, x, y, look->pitch > 0 ? look->pitch : PITCH);
        g_object_unref(layout);
}

static void page_number(Pdf *p)
{
        _cleanup_buf_ Buf b = BUF_INIT(64);
        bool odd = p->page % 2 == 1;
        Look look = { .family = SERIF, .size = 14, .pitch = 20, .align = odd ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT };
        buf_printf(&b, "— %d —", p->page);
        draw_text_at(p, buf_str(&b), &look, LEFT + (odd ? 0 : 14), TOP + HIGH + MM(7) - 10, WIDE - 14);
}

static void end_page(Pdf *p)
{
        page_number(p);
        cairo_show_page(p->cr);
}

static void new_page(Pdf *p)
{
        if (p->page > 0)
                end_page(p);
        if (++p->page > PAGES_MAX)
                p->st = ST_LIMIT;
        p->y = 0;
}

static bool fits(const Pdf *p, double height) { return p->y + height <= HIGH + 0.5; }

static void need(Pdf *p, double height)
{
        if (!fits(p, height) && p->y > 0)
                new_page(p);
}

static void ink(Pdf *p, bool red)
{
        cairo_set_source_rgb(p->cr, red ? 0.85 : 0, 0, 0);
}

/* ---- running text ---- */

static void put_text(Pdf *p, DocText t, const Look *look)
{
        double pitch = look->pitch > 0 ? look->pitch : PITCH;
        PangoLayout *layout = layout_of(p, t, look, WIDE - look->left - look->right);
        int lines = pango_layout_get_line_count(layout), done = 0;
        need(p, pitch * (lines < 2 ? lines : 1) + look->keep * PITCH);
        ink(p, look->red);
        while (done < lines && p->st == ST_OK) {
                int room = (int)((HIGH + 0.5 - p->y) / pitch);
                int n = lines - done < room ? lines - done : room;
                if (n <= 0) {
                        if (p->y <= 0)
                                n = 1;
                        else {
                                new_page(p);
                                continue;
                        }
                }
                draw_lines(p, layout, done, n, LEFT + look->left, TOP + p->y, pitch);
                p->y += n * pitch;
                done += n;
        }
        ink(p, false);
        g_object_unref(layout);
}

static void put_line(Pdf *p, Str text, const Look *look)
{
        put_text(p, (DocText){ &(DocSpan){ .text = text }, 1 }, look);
}

static void put_blank(Pdf *p, double lines)
{
        if (p->y > 0 || p->page == 1)
                p->y += lines * PITCH;
}

static void rule(Pdf *p, double x1, double y1, double x2, double y2, double width)
{
        cairo_new_path(p->cr);
        cairo_set_line_width(p->cr, width);
        cairo_move_to(p->cr, x1, y1);
        cairo_line_to(p->cr, x2, y2);
        cairo_stroke(p->cr);
}

/* ---- tables ---- */

typedef struct Row {
        PangoLayout *cells[DOCUMENT_COLUMNS_MAX];
        int lines;                      /* of the tallest */
} Row;

typedef struct Grid {
        const DocTable *t;
        double x[DOCUMENT_COLUMNS_MAX + 1];
} Grid;

static void open_row(Pdf *p, const Grid *g, const DocText *texts, bool head, Row *row)
{
        static const PangoAlignment aligns[] = {
                [DOC_CENTER] = PANGO_ALIGN_CENTER, [DOC_LEFT] = PANGO_ALIGN_LEFT, [DOC_RIGHT] = PANGO_ALIGN_RIGHT
        };
        row->lines = 1;
        for (size_t c = 0; c < g->t->columns; c++) {
                Look look = { .family = SERIF,
                              .size = CELL,
                              .bold = head,
                              .align = head ? PANGO_ALIGN_CENTER : aligns[g->t->align[c]] };
                row->cells[c] = layout_of(p, texts[c], &look, g->x[c + 1] - g->x[c] - 2 * CELL_PAD);
                int n = pango_layout_get_line_count(row->cells[c]);
                row->lines = n > row->lines ? n : row->lines;
        }
}

static void close_row(const Grid *g, Row *row)
{
        for (size_t c = 0; c < g->t->columns; c++)
                g_object_unref(row->cells[c]);
}

/* Lines [first, first + count) of a row, with its borders. */
static void draw_row(Pdf *p, const Grid *g, const Row *row, int first, int count, bool head)
{
        double height = count * CELL_LINE + 4, top = TOP + p->y, right = g->x[g->t->columns];
        if (head) {
                cairo_new_path(p->cr);
                cairo_set_source_rgb(p->cr, 0.95, 0.95, 0.95);
                cairo_rectangle(p->cr, g->x[0], top, right - g->x[0], height);
                cairo_fill(p->cr);
                ink(p, false);
        }
        for (size_t c = 0; c < g->t->columns; c++) {
                int lines = pango_layout_get_line_count(row->cells[c]);
                double down = count == row->lines ? (count - lines) * CELL_LINE / 2 : 0;
                draw_lines(p, row->cells[c], first, count, g->x[c] + CELL_PAD, top + 2 + down, CELL_LINE);
        }
        for (size_t c = 0; c <= g->t->columns; c++)
                rule(p, g->x[c], top, g->x[c], top + height, 0.5);
        rule(p, g->x[0], top, right, top, 0.5);
        rule(p, g->x[0], top + height, right, top + height, 0.5);
        p->y += height;
}

static double row_height(const Row *r) { return r->lines * CELL_LINE + 4; }

static void put_row(Pdf *p, const Grid *g, const Row *head, const DocText *texts)
{
        Row row;
        open_row(p, g, texts, false, &row);
        for (int done = 0; done < row.lines && p->st == ST_OK;) {
                bool whole = done == 0 && row_height(&row) + row_height(head) <= HIGH;
                int room = (int)((HIGH - p->y - 4) / CELL_LINE), n = row.lines - done < room ? row.lines - done : room;
                if (n < (whole ? row.lines : 1)) {
                        new_page(p);
                        draw_row(p, g, head, 0, head->lines, true);
                        if (row_height(head) + CELL_LINE > HIGH)
                                p->st = ST_LIMIT;       /* a head that fills pages */
                        continue;
                }
                draw_row(p, g, &row, done, n, false);
                done += n;
        }
        close_row(g, &row);
}

static void put_table(Pdf *p, const DocTable *t)
{
        double share[DOCUMENT_COLUMNS_MAX];
        Grid g = { .t = t };
        Row head;
        doc_column_widths(t, WIDE / CELL, share);
        g.x[0] = LEFT;
        for (size_t c = 0; c < t->columns; c++)
                g.x[c + 1] = g.x[c] + share[c] * WIDE;
        open_row(p, &g, t->head, true, &head);
        double top = row_height(&head) + CELL_LINE + 4 + (document_has(t->caption) ? 26 : 6);
        need(p, top < HIGH ? top : 0);
        p->y += p->y > 0 ? 6 : 0;
        if (document_has(t->caption))
                put_text(p, t->caption,
                         &(Look){ .family = SANS, .size = CELL, .pitch = 20, .align = PANGO_ALIGN_CENTER });
        draw_row(p, &g, &head, 0, head.lines, true);
        for (size_t r = 0; r < t->rows && p->st == ST_OK; r++)
                put_row(p, &g, &head, &t->cells[r * t->columns]);
        close_row(&g, &head);
        p->y += 10;
}

static void put_chart(Pdf *p, const DocChart *c)
{
        double height = DOC_CHART_HEIGHT + 12 + (document_has(c->caption) ? 20 : 0);
        need(p, height);
        p->y += 4;
        if (document_has(c->caption))
                put_text(p, c->caption,
                         &(Look){ .family = SANS, .size = CELL, .pitch = 20, .align = PANGO_ALIGN_CENTER });
        cairo_save(p->cr);
        cairo_translate(p->cr, LEFT + (WIDE - DOC_CHART_WIDTH) / 2, TOP + p->y);
        chart_draw(p->cr, c, DOC_CHART_WIDTH, DOC_CHART_HEIGHT);
        cairo_restore(p->cr);
        ink(p, false);
        p->y += DOC_CHART_HEIGHT + 8;
}

/* ---- page furniture ---- */

static void put_red_head(Pdf *p)
{
        const Document *d = p->d;
        const Look mark = { .family = SANS, .size = BODY },
                   number = { .family = SERIF, .size = BODY, .align = PANGO_ALIGN_CENTER };
        if (document_has(d->head[DOC_SECRECY]))
                put_text(p, d->head[DOC_SECRECY], &mark);
        if (document_has(d->head[DOC_URGENCY]))
                put_text(p, d->head[DOC_URGENCY], &mark);
        if (!document_has(d->head[DOC_ISSUER])) {
                if (document_has(d->head[DOC_NUMBER]))
                        put_text(p, d->head[DOC_NUMBER], &number);
                return;
        }
        double em = doc_width(d->head[DOC_ISSUER]), size = em > 0 ? 430 / em : 42;
        size = size < 42 ? size : 42;
        p->y = p->y > MM(35) - 10 ? p->y : MM(35) - 10;         /* its upper edge 35 mm below that of the text area */
        Look issuer = { .family = SERIF,
                        .size = size,
                        .bold = true,
                        .red = true,
                        .pitch = size * 1.3,
                        .align = PANGO_ALIGN_CENTER };
        for (bool one_line = false; !one_line && issuer.size > 22;) {
                PangoLayout *layout = layout_of(p, d->head[DOC_ISSUER], &issuer, WIDE);
                one_line = pango_layout_get_line_count(layout) == 1;
                issuer.size -= one_line ? 0 : 1;
                g_object_unref(layout);
        }
        put_text(p, d->head[DOC_ISSUER], &issuer);
        p->y += 2 * PITCH;
        if (document_has(d->head[DOC_NUMBER]))
                put_text(p, d->head[DOC_NUMBER], &number);
        ink(p, true);
        p->y += MM(4) - 6;
        rule(p, LEFT, TOP + p->y, LEFT + WIDE, TOP + p->y, 1.5);
        ink(p, false);
        p->y = (double)(int)(p->y / PITCH + 0.9) * PITCH + 2 * PITCH;
}

static Str plain(Pdf *p, DocHead h)
{
        Str s = STR("");
        Status st = doc_plain(p->arena, p->d->head[h], &s);
        if (st != ST_OK)
                p->st = st;
        return str_trim(s);
}

static Str phrase(Pdf *p, const char *before, Str text, const char *after)
{
        const char *s = arena_printf(p->arena, "%s%.*s%s", before, STR_FMT(text), after);
        if (!s)
                p->st = ST_NOMEM;
        return str_c(s ? s : "");
}

static void put_attachments(Pdf *p)
{
        Str all = plain(p, DOC_ATTACHMENTS), line, second;
        if (!all.len)
                return;
        bool several = doc_head_line(all, 1, &second);
        put_blank(p, 1);
        for (size_t i = 0; doc_head_line(all, i, &line); i++) {
                char number[40] = "";
                if (several)
                        snprintf(number, sizeof(number), "%zu. ", i + 1);
                Look look = { .family = SERIF, .size = BODY, .left = (i == 0 ? 2 : 5) * EM };
                put_line(p, phrase(p, i == 0 ? "附件：" : "", phrase(p, number, line, ""), ""), &look);
        }
}

static void put_signature(Pdf *p)
{
        const Document *d = p->d;
        double date = doc_width(d->head[DOC_DATE]), from = doc_width(d->head[DOC_FROM]), right = 4 + (date - from) / 2;
        need(p, 4 * PITCH);
        put_blank(p, 2);
        Look look = { .family = SERIF, .size = BODY, .align = PANGO_ALIGN_RIGHT };
        look.right = (right > 0 ? right : 0) * EM;
        if (document_has(d->head[DOC_FROM]))
                put_text(p, d->head[DOC_FROM], &look);
        look.right = 4 * EM;
        put_text(p, d->head[DOC_DATE], &look);
        if (document_has(d->head[DOC_NOTE]))
                put_text(p, d->head[DOC_NOTE], &(Look){ .family = SERIF, .size = BODY, .left = 2 * EM });
}

/* 版记: at the foot of the last page, which is an even one. */
static void put_imprint(Pdf *p)
{
        const Document *d = p->d;
        bool cc = document_has(d->head[DOC_CC]), printer = document_has(d->head[DOC_PRINTER]);
        const Look look = { .family = SERIF, .size = 14, .pitch = 23 };
        Look right = look;
        if (!cc && !printer)
                return;
        Str to = phrase(p, "抄送：", plain(p, DOC_CC), "");
        PangoLayout *layout = layout_of(p, (DocText){ &(DocSpan){ .text = to }, 1 }, &look, WIDE - 28);
        int lines = cc ? pango_layout_get_line_count(layout) : 0;
        double height = (lines + printer) * look.pitch + 6;
        if (!fits(p, height))
                new_page(p);
        if (p->page % 2 == 1)
                new_page(p);
        double y = TOP + HIGH - height;
        rule(p, LEFT, y, LEFT + WIDE, y, MM(0.35));
        draw_lines(p, layout, 0, lines, LEFT + 14, y + 2, look.pitch);
        y += lines * look.pitch + 3;
        if (cc && printer)
                rule(p, LEFT, y, LEFT + WIDE, y, MM(0.25));
        if (printer) {
                right.align = PANGO_ALIGN_RIGHT;
                draw_text_at(p, plain(p, DOC_PRINTER), &look, LEFT + 14, y + 1, WIDE - 28);
                draw_text_at(
                        p, phrase(p, "", plain(p, document_has(d->head[DOC_PRINTED]) ? DOC_PRINTED : DOC_DATE), "印发"),
                        &right, LEFT + 14, y + 1, WIDE - 28);
        }
        rule(p, LEFT, TOP + HIGH, LEFT + WIDE, TOP + HIGH, MM(0.35));
        g_object_unref(layout);
}

/* ---- the whole ---- */

static void put_block(Pdf *p, const DocBlock *b)
{
        static const Look headings[] = {
                { .family = SANS, .size = BODY, .indent = 2 * EM, .spacing = EM - BODY, .keep = 1 },
                { .family = SERIF, .size = BODY, .bold = true, .indent = 2 * EM, .spacing = EM - BODY, .keep = 1 },
                { .family = SERIF, .size = BODY, .indent = 2 * EM, .spacing = EM - BODY, .keep = 1 },
                { .family = SERIF, .size = BODY, .indent = 2 * EM, .spacing = EM - BODY, .keep = 1 },
        };
        Look body = BODY_LOOK;
        body.indent = 2 * EM;
        switch (b->kind) {
        case DOC_PARAGRAPH:
                put_text(p, b->text, &body);
                break;
        case DOC_HEADING:
                put_text(p, b->text, &headings[b->level - 1]);
                break;
        case DOC_TABLE:
                put_table(p, b->table);
                break;
        case DOC_CHART:
                put_chart(p, b->chart);
                break;
        case DOC_NEW_PAGE:
                new_page(p);
                break;
        }
}

static void put_document(Pdf *p)
{
        const Document *d = p->d;
        Look to = BODY_LOOK;
        new_page(p);
        ink(p, false);
        put_red_head(p);
        put_text(p, d->title,
                 &(Look){ .family = SERIF, .size = 22, .bold = true, .pitch = 32, .align = PANGO_ALIGN_CENTER });
        put_blank(p, 1);
        if (document_has(d->head[DOC_TO]))
                put_line(p, phrase(p, "", plain(p, DOC_TO), "："), &to);
        for (size_t i = 0; i < d->count && p->st == ST_OK; i++)
                put_block(p, &d->blocks[i]);
        put_attachments(p);
        put_signature(p);
        put_imprint(p);
        end_page(p);
}

static void metadata(Pdf *p)
{
        Str title = STR("");
        char date[24];
        date[date_to_text(p->d->date, date)] = '\0';
        if (doc_plain(p->arena, p->d->title, &title) != ST_OK)
                p->st = ST_NOMEM;
        Str from = plain(p, DOC_FROM);
        const char *t = arena_strndup(p->arena, title.ptr, title.len), *f = arena_strndup(p->arena, from.ptr, from.len);
        const char *when = arena_printf(p->arena, "%sT00:00:00+08:00", date);
        if (!t || !f || !when) {
                p->st = ST_NOMEM;
                return;
        }
        cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, t);
        cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR, f);
        cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "kechuang");
        cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
}

static cairo_status_t to_buf(void *user, const unsigned char *data, unsigned int n)
{
        Buf *out = user;
        buf_put(out, data, n);
        return buf_status(out) == ST_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

Status document_pdf(const Document *d, Diag *diag, Buf *out)
{
        _cleanup_arena_ Arena *arena = arena_new(64 << 20);
        if (!arena)
                return ST_NOMEM;
        TRY(draw_load(diag));
        PangoFontMap *map = pango_cairo_font_map_new();
        cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(to_buf, out, PAGE_W, PAGE_H);
        Pdf p = { .d = d,
                  .surface = surface,
                  .cr = cairo_create(surface),
                  .context = pango_font_map_create_context(map),
                  .arena = arena };
        pango_context_set_language(p.context, pango_language_from_string("zh-cn"));
        pango_cairo_update_context(p.cr, p.context);
        metadata(&p);
        if (p.st == ST_OK)
                put_document(&p);
        cairo_status_t st = cairo_status(p.cr);
        cairo_destroy(p.cr);
        cairo_surface_finish(surface);
        if (st == CAIRO_STATUS_SUCCESS)
                st = cairo_surface_status(surface);
        cairo_surface_destroy(surface);
        g_object_unref(p.context);
        g_object_unref(map);
        TRY(p.st);
        TRY(buf_status(out));
        return st == CAIRO_STATUS_SUCCESS ? ST_OK : ST_NOMEM;
}
