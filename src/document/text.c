/* text.c -- small things about texts that every writer needs. */
#include "document/document_int.h"

void document_text(DocText t, Buf *out)
{
        for (size_t i = 0; i < t.count; i++)
                buf_put_str(out, t.spans[i].text);
}

Status doc_plain(Arena *a, DocText t, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(BUF_MAX_DEFAULT);
        document_text(t, &b);
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

DocText doc_text_of(Arena *a, Str s)
{
        DocSpan *span = arena_new_of(a, DocSpan);
        if (span)
                span->text = s;
        return (DocText){ span, span != NULL };
}

double doc_width(DocText t)
{
        size_t widest = 0, line = 0;
        for (size_t i = 0; i < t.count; i++)
                for (Str rest = t.spans[i].text; rest.ptr;) {
                        Str s = str_cut(rest, '\n', &rest);
                        line += utf8_width(s);
                        widest = line > widest ? line : widest;
                        if (rest.ptr)
                                line = 0;
                }
        return (double)widest / 2;
}

/* Every column gets what its widest cell asks for, up to a share; what is over is given to all. */
void doc_column_widths(const DocTable *t, double total_em, double out[DOCUMENT_COLUMNS_MAX])
{
        double sum = 0, most = total_em / 2;
        for (size_t c = 0; c < t->columns; c++) {
                double w = doc_width(t->head[c]);
                for (size_t r = 0; r < t->rows; r++) {
                        double cell = doc_width(t->cells[r * t->columns + c]);
                        w = cell > w ? cell : w;
                }
                w += 1.5;
                out[c] = w < most ? w : most;
                sum += out[c];
        }
        for (size_t c = 0; c < t->columns; c++)
                out[c] = sum > 0 ? out[c] / sum : 1.0 / (double)t->columns;
}

bool doc_head_line(Str text, size_t n, Str *ret)
{
        for (Str rest = text; rest.ptr;) {
                Str line = str_trim(str_cut(rest, '\n', &rest));
                if (line.len && n-- == 0) {
                        *ret = line;
                        return true;
                }
        }
        return false;
}
