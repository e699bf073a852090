/* errors.c -- the error workbook: header and bad rows as they came, bad cells marked, reasons in a
 * last column.  Mended, it can be imported as it is. */
#include <stdlib.h>

#include "codec/sheet_writer.h"
#include "register/import_int.h"

static SheetColKind column_kind(const RegisterColumn *c)
{
        return c->field && register_is_int(c->field) && pack_type_is_number(c->field->type) ? SHEET_COL_NUMBER
                                                                                            : SHEET_COL_TEXT;
}

static int by_row(const void *a, const void *b)
{
        const RegisterProblem *x = a, *y = b;
        return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : (x->col > y->col) - (x->col < y->col);
}

static bool worth_returning(const RegisterProblem *p)
{
        return p->level == REGISTER_ERROR || p->level == REGISTER_EXPLAIN;
}

static Status write_row(Import *im, SheetWriter *w, const SheetRow *row, const RegisterProblem *p, size_t n)
{
        size_t columns = im->out->column_count;
        SheetOut *cells = arena_array_of(im->work, SheetOut, columns + 1);
        if (!cells)
                return ST_NOMEM;
        for (size_t i = 0; i < columns; i++) {
                const RegisterColumn *c = &im->out->columns[i];
                for (size_t k = 0; k < row->count; k++)
                        if (row->cells[k].col == c->col) {
                                const SheetCell *from = &row->cells[k];
                                bool plain = from->kind == SHEET_NUMBER || from->kind == SHEET_BOOL ||
                                             from->kind == SHEET_DATE || from->kind == SHEET_DATETIME ||
                                             from->kind == SHEET_TIME;
                                cells[i] = (SheetOut){ .kind = plain ? from->kind : SHEET_TEXT,
                                                       .text = from->text.len ? from->text : from->raw };
                        }
                for (size_t k = 0; k < n; k++)
                        if (p[k].col == c->col)
                                cells[i].mark = p[k].text;
        }
        _cleanup_buf_ Buf why = BUF_INIT(64 << 10);
        for (size_t k = 0; k < n; k++)
                buf_printf(&why, "%s%.*s%s%.*s", k ? "；" : "", STR_FMT(p[k].header), p[k].header.len ? "：" : "",
                           STR_FMT(p[k].text));
        TRY(buf_status(&why));
        cells[columns] = (SheetOut){ .kind = SHEET_TEXT, .text = arena_str(im->work, buf_str(&why)) };
        return sheet_writer_row(w, cells, columns + 1, im->diag);
}

Status import_write_errors(Import *im)
{
        RegisterOutcome *o = im->out;
        RegisterProblem *p = arena_array_of(im->work, RegisterProblem, o->problem_count + 1);
        SheetColumn *columns = arena_array_of(im->work, SheetColumn, o->column_count + 1);
        if (!p || !columns)
                return ST_NOMEM;
        size_t n = 0;
        for (size_t i = 0; i < o->problem_count; i++)
                if (worth_returning(&o->problems[i]))
                        p[n++] = o->problems[i];
        qsort(p, n, sizeof(*p), by_row);
        for (size_t i = 0; i < o->column_count; i++)
                columns[i] = (SheetColumn){ .title = o->columns[i].header,
                                            .kind = column_kind(&o->columns[i]),
                                            .scale = -1 };
        columns[o->column_count] = (SheetColumn){ .title = im->in->lang == LANG_EN ? STR("Problem") : STR("问题"),
                                                  .kind = SHEET_COL_TEXT,
                                                  .width = 60 };
        _cleanup_(sheet_writer_freep) SheetWriter *w = NULL;
        TRY(sheet_writer_new(im->in->errors_out, sheet_format_of_name(im->in->errors_out), im->diag, &w));
        TRY(sheet_writer_sheet(w, o->sheet.len ? o->sheet : STR("Sheet1"), columns, o->column_count + 1, im->diag));
        _cleanup_(sheet_freep) SheetReader *r = NULL;
        TRY(sheet_open(im->book, im->sheet, im->diag, &r));
        for (size_t next = 0; next < n;) {
                const SheetRow *row;
                TRY(sheet_next(r, im->diag, &row));
                if (!row)
                        break;
                size_t end = next;
                while (end < n && p[end].row == row->number)
                        end++;
                if (end > next)
                        TRY(write_row(im, w, row, p + next, end - next));
                next = end;
        }
        return sheet_writer_finish(w, im->diag);
}
