/* md.c -- the document as plain Markdown, with everything escaped that Markdown would take for itself. */
#include "document/document_int.h"

/* `cell`: in a row of a table. */
static void escape(Str s, bool cell, Buf *out)
{
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                if (c == '\n') {
                        buf_puts(out, cell ? "<br>" : "\\\n");
                        continue;
                }
                if (c && strchr("\\`*_[]<>#|~&", c))
                        buf_putc(out, '\\');
                buf_putc(out, c);
        }
}

static void put_text(DocText t, bool cell, Buf *out)
{
        for (size_t i = 0; i < t.count; i++) {
                const char *mark = t.spans[i].bold ? "**" : t.spans[i].italic ? "*" : "";
                buf_puts(out, mark);
                escape(t.spans[i].text, cell, out);
                buf_puts(out, mark);
        }
}

static void put_line(const char *before, DocText t, const char *after, Buf *out)
{
        if (!document_has(t))
                return;
        buf_puts(out, before);
        put_text(t, false, out);
        buf_printf(out, "%s\n\n", after);
}

static void put_table(const DocTable *t, Buf *out)
{
        static const char *const rules[] = { [DOC_CENTER] = " :-: |", [DOC_LEFT] = " :-- |", [DOC_RIGHT] = " --: |" };
        put_line("", t->caption, "", out);
        buf_putc(out, '|');
        for (size_t c = 0; c < t->columns; c++) {
                buf_putc(out, ' ');
                put_text(t->head[c], true, out);
                buf_puts(out, " |");
        }
        buf_puts(out, "\n|");
        for (size_t c = 0; c < t->columns; c++)
                buf_puts(out, rules[t->align[c]]);
        buf_putc(out, '\n');
        for (size_t r = 0; r < t->rows; r++) {
                buf_putc(out, '|');
                for (size_t c = 0; c < t->columns; c++) {
                        buf_putc(out, ' ');
                        put_text(t->cells[r * t->columns + c], true, out);
                        buf_puts(out, " |");
                }
                buf_putc(out, '\n');
        }
        buf_putc(out, '\n');
}

/* What it shows, as a table. */
static void put_chart(const DocChart *c, Lang lang, Buf *out)
{
        put_line("", c->caption, "", out);
        buf_puts(out, lang == LANG_EN ? "| | value |\n| :-- | --: |\n" : "| | 数值 |\n| :-- | --: |\n");
        for (size_t i = 0; i < c->count; i++) {
                buf_puts(out, "| ");
                escape(c->points[i].label, true, out);
                buf_puts(out, " | ");
                escape(c->points[i].shown, true, out);
                buf_puts(out, " |\n");
        }
        buf_putc(out, '\n');
        if (c->has_reference) {
                escape(c->reference_label, false, out);
                buf_puts(out, "\n\n");
        }
}

Status document_md(const Document *d, Diag *diag, Buf *out)
{
        (void)diag;             /* nothing but memory can fail */
        static const char *const marks[] = { "", "## ", "### ", "#### ", "##### " };
        put_line("", d->head[DOC_ISSUER], "", out);
        put_line("", d->head[DOC_NUMBER], "", out);
        put_line("# ", d->title, "", out);
        put_line("", d->head[DOC_TO], "：", out);
        for (size_t i = 0; i < d->count; i++) {
                const DocBlock *b = &d->blocks[i];
                switch (b->kind) {
                case DOC_PARAGRAPH:
                        put_line("", b->text, "", out);
                        break;
                case DOC_HEADING:
                        put_line(marks[b->level], b->text, "", out);
                        break;
                case DOC_TABLE:
                        put_table(b->table, out);
                        break;
                case DOC_CHART:
                        put_chart(b->chart, d->lang, out);
                        break;
                case DOC_NEW_PAGE:
                        buf_puts(out, "---\n\n");
                        break;
                }
        }
        put_line("附件：", d->head[DOC_ATTACHMENTS], "", out);
        put_line("", d->head[DOC_FROM], "", out);
        put_line("", d->head[DOC_DATE], "", out);
        put_line("", d->head[DOC_NOTE], "", out);
        put_line("抄送：", d->head[DOC_CC], "", out);
        put_line("", d->head[DOC_PRINTER], "", out);
        return buf_status(out);
}
