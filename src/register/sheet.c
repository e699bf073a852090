/* sheet.c -- which sheet, which row is the header, which column is which field.
 *
 * The header is the row among the first HEADER_SEARCH that names most fields; it
 * must name every part of the key that no option gives.  Columns that mean
 * nothing to the register are left out and noted. */
#include <stdio.h>

#include "base/utf8.h"
#include "register/import_int.h"

enum { HEADER_SEARCH = 20, EXPLANATION_MAX = 8000 };

typedef struct Header {
        uint32_t row;
        RegisterColumn *columns;
        size_t count, fields;
        bool empty;             /* the sheet has no row at all */
} Header;

static bool takes(const PackField *f)
{
        return f && register_stored(f);
}

/* A column of the file in which each row answers for itself. */
static bool is_explanation(Str header)
{
        static const char *const words[] = { "情况说明", "说明", "说明情况", "解释说明", "Explanation", "explanation" };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(header, words[i]))
                        return true;
        return false;
}

/* The last column of an error workbook: it comes back with the mended rows. */
static bool is_problem_column(Str header)
{
        return str_eq_c(header, "问题") || str_eq_c(header, "Problem");
}

static Status match_row(Import *im, const SheetRow *row, Header *ret)
{
        Header h = { .row = row->number };
        size_t n = row->count < IMPORT_COLUMNS_MAX ? row->count : IMPORT_COLUMNS_MAX;
        h.columns = arena_array_of(im->arena, RegisterColumn, n ? n : 1);
        if (!h.columns)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                const SheetCell *cell = &row->cells[i];
                Str text = str_trim(cell->text), unit = STR_NONE;
                if (text.len == 0)
                        continue;
                const PackField *f = pack_field_match(im->reg, text, &unit);
                RegisterColumn *c = &h.columns[h.count++];
                *c = (RegisterColumn){ .header = arena_str(im->arena, text),
                                       .col = cell->col,
                                       .field = takes(f) ? f : NULL };
                if (!c->field)
                        c->explanation = is_explanation(text);
                if (f && sheet_book_format(im->book) == SHEET_JSON && str_eq(text, f->name))
                        unit = f->unit; /* a program writes figures as they are kept */
                if (unit.len)
                        c->unit = arena_str(im->arena, unit);
                if (!c->header.ptr || (unit.len && !c->unit.ptr))
                        return ST_NOMEM;
                h.fields += c->field != NULL;
        }
        *ret = h;
        return ST_OK;
}

static Status best_header(Import *im, size_t sheet, Header *ret)
{
        Header best = { 0 };
        _cleanup_(sheet_freep) SheetReader *r = NULL;
        TRY(sheet_open(im->book, sheet, im->diag, &r));
        for (int i = 0; i < HEADER_SEARCH; i++) {
                const SheetRow *row;
                TRY(sheet_next(r, im->diag, &row));
                if (!row) {
                        best.empty = i == 0;
                        break;
                }
                Header h;
                TRY(match_row(im, row, &h));
                if (h.fields > best.fields || (best.row == 0 && h.count && str_trim(im->in->columns).len))
                        best = h;
        }
        *ret = best;
        return ST_OK;
}

static Status check_columns(Import *im, Header *h)
{
        const char *file = im->in->file_name;
        _cleanup_buf_ Buf left_out = BUF_INIT(1 << 20);
        for (size_t i = 0; i < h->count; i++) {
                RegisterColumn *c = &h->columns[i];
                if (!c->field) {
                        if (!c->explanation && !is_problem_column(c->header))
                                buf_printf(&left_out, "%s%.*s", left_out.len ? "、" : "", STR_FMT(c->header));
                        continue;
                }
                if (im->given[c->field->index]) {
                        diag_error(im->diag, POS_FILE(file), "有两列都是“%.*s”：请删去一列",
                                   "two columns are \"%.*s\": remove one",
                                   STR_FMT(pack_title(c->field->title, im->in->lang)));
                        return ST_INVALID;
                }
                im->given[c->field->index] = true;
        }
        TRY(buf_status(&left_out));
        if (left_out.len)
                diag_note(im->diag, POS_FILE(file), "不属于“%.*s”的列未采用：%s",
                          "columns that are not of \"%.*s\" are left out: %s",
                          STR_FMT(pack_title(im->reg->title, im->in->lang)), buf_cstr(&left_out));
        if (im->reg->periodic && im->in->period) {
                if (im->in->period->kind != im->reg->period)
                        return diag_fail(im->diag, ST_USAGE, POS_NONE, "“%.*s”的报告期种类不同",
                                         "\"%.*s\" has another kind of period",
                                         STR_FMT(pack_title(im->reg->title, im->in->lang)));
                im->given[im->reg->period_field->index] = true;
        }
        bool whole = true;
        for (size_t i = 0; i < im->reg->key_count; i++) {
                const PackField *f = im->reg->key[i];
                if (im->given[f->index])
                        continue;
                whole = false;
                diag_error(im->diag, POS_FILE(file),
                           f->role == PACK_FIELD_PERIOD ? "表头中没有“%.*s”列；请加上，或用 --period 指明"
                                                        : "表头中没有“%.*s”列，无法确定每一行是谁",
                           f->role == PACK_FIELD_PERIOD ? "no column \"%.*s\": add it, or give --period"
                                                        : "no column \"%.*s\": nothing says whose row it is",
                           STR_FMT(pack_title(f->title, im->in->lang)));
        }
        return whole ? ST_OK : ST_INVALID;
}

/* ---- what somebody said of the columns ---- */

static bool column_of_letter(Str letter, uint32_t *ret)
{
        uint32_t row;
        char ref[16];
        if (letter.len == 0 || letter.len > 3)
                return false;
        snprintf(ref, sizeof(ref), "%.*s1", STR_FMT(letter));
        return sheet_ref_parse(str_c(ref), &row, ret);
}

static Status say_column(Import *im, Header *h, Str pair)
{
        size_t at = str_find(pair, STR("="));
        uint32_t col = 0;
        Str letter = str_trim(str_n(pair.ptr, at == SIZE_MAX ? 0 : at));
        Str name = at == SIZE_MAX ? STR_NONE : str_trim(str_n(pair.ptr + at + 1, pair.len - at - 1));
        const PackField *f = name.len ? pack_field(im->reg, name) : NULL;
        if (!column_of_letter(letter, &col))
                return diag_fail(im->diag, ST_INVALID, POS_NONE, "列的指定应为 列=字段，例如 B=name：%.*s",
                                 "a column is told as COLUMN=FIELD, for example B=name: %.*s", STR_FMT(pair));
        if (name.len && !takes(f))
                return diag_fail(im->diag, ST_INVALID, POS_NONE, "“%.*s”没有可填的字段“%.*s”",
                                 "\"%.*s\" has no field \"%.*s\" to fill in",
                                 STR_FMT(pack_title(im->reg->title, im->in->lang)), STR_FMT(name));
        for (size_t i = 0; i < h->count; i++)
                if (h->columns[i].col == col) {
                        h->columns[i].field = f;
                        h->columns[i].explanation = false;
                        return ST_OK;
                }
        return diag_fail(im->diag, ST_INVALID, POS_FILE(im->in->file_name), "表头第 %u 行没有 %.*s 列",
                         "the header in row %u has no column %.*s", h->row, STR_FMT(letter));
}

static Status say_columns(Import *im, Header *h)
{
        for (Str rest = im->in->columns; str_trim(rest).len;) {
                size_t at = str_find(rest, STR(","));
                Str pair = str_trim(str_n(rest.ptr, at == SIZE_MAX ? rest.len : at));
                rest = at == SIZE_MAX ? STR_NONE : str_n(rest.ptr + at + 1, rest.len - at - 1);
                if (pair.len)
                        TRY(say_column(im, h, pair));
        }
        h->fields = 0;
        for (size_t i = 0; i < h->count; i++)
                h->fields += h->columns[i].field != NULL;
        return ST_OK;
}

Status import_read_header(Import *im)
{
        Header best = { 0 };
        size_t sheet = 0;
        if (im->in->sheet) {
                TRY(sheet_book_find(im->book, str_c(im->in->sheet), im->diag, &sheet));
                TRY(best_header(im, sheet, &best));
        } else {
                for (size_t i = 0; i < sheet_book_count(im->book); i++) {
                        Header h;
                        if (sheet_book_info(im->book, i).state != SHEET_VISIBLE)
                                continue;
                        TRY(best_header(im, i, &h));
                        if (h.fields > best.fields || best.row == 0) {
                                best = h;
                                sheet = i;
                        }
                }
        }
        if (str_trim(im->in->columns).len)
                TRY(say_columns(im, &best));
        im->sheet = sheet;
        if (best.empty && sheet_book_format(im->book) == SHEET_JSON)
                return ST_OK; /* a list of nothing, as an empty register goes out */
        if (best.fields == 0)
                return diag_fail(im->diag, ST_INVALID, POS_FILE(im->in->file_name),
                                 "没有找到表头：前 %d 行里没有一格是“%.*s”的栏目名",
                                 "no header found: none of the first %d rows names a column of \"%.*s\"", HEADER_SEARCH,
                                 STR_FMT(pack_title(im->reg->title, im->in->lang)));
        if (!(im->measures = arena_array_of(im->work, ImportMeasure, best.count)))
                return ST_NOMEM;
        for (size_t i = 0; i < best.count; i++)
                if (best.columns[i].field)
                        import_measure(best.columns[i].field, best.columns[i].unit, &im->measures[i]);
        im->header_row = best.row;
        im->out->columns = best.columns;
        im->out->column_count = best.count;
        im->out->sheet = arena_str(im->arena, sheet_book_info(im->book, sheet).name);
        return check_columns(im, &best);
}

const RegisterColumn *import_column_of(const Import *im, const PackField *field)
{
        for (size_t i = 0; field && i < im->out->column_count; i++)
                if (im->out->columns[i].field == field)
                        return &im->out->columns[i];
        return NULL;
}

Status import_problem(Import *im, ImportRow *row, RegisterProblemLevel level, uint32_t row_number,
                      const RegisterColumn *column, const PackField *field, Str found, const char *zh, const char *en,
                      ...)
{
        if (row && level == REGISTER_ERROR)
                row->state = ROW_REFUSED;
        else if (row && level == REGISTER_EXPLAIN && row->state == ROW_GOOD && !str_trim(im->in->explanation).len &&
                 !row->explanation)
                row->state = ROW_HELD;
        RegisterOutcome *out = im->out;
        out->problem_total++;
        if (out->problem_count >= REGISTER_PROBLEMS_MAX)
                return ST_OK;
        if (arena_grow(im->arena, (void **)&out->problems, &im->problem_cap, out->problem_count + 1,
                       sizeof(RegisterProblem)) < 0)
                return ST_NOMEM;
        va_list ap;
        va_start(ap, en);
        char *text = arena_vprintf(im->arena, im->in->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        Str kept = found.len > 200 ? str_n(found.ptr, utf8_offset(found, 60)) : found;
        kept = arena_str(im->arena, kept);
        if (!text || !kept.ptr)
                return ST_NOMEM;
        out->problems[out->problem_count++] = (RegisterProblem){ .level = level,
                                                                 .sheet = out->sheet,
                                                                 .row = row_number,
                                                                 .col = column ? column->col : 0,
                                                                 .header = column ? column->header : STR_NONE,
                                                                 .field = field    ? field
                                                                          : column ? column->field
                                                                                   : NULL,
                                                                 .found = kept,
                                                                 .text = str_c(text) };
        return ST_OK;
}

static const SheetCell *cell_at(const SheetRow *row, uint32_t col, size_t *hint)
{
        while (*hint < row->count && row->cells[*hint].col < col)
                ++*hint;
        return *hint < row->count && row->cells[*hint].col == col ? &row->cells[*hint] : NULL;
}

static Status read_explanation(Import *im, const SheetRow *row, uint32_t col, ImportRow *r)
{
        size_t hint = 0;
        const SheetCell *cell = cell_at(row, col, &hint);
        Str text = cell ? str_trim(cell->text) : STR_NONE;
        if (!text.len)
                return ST_OK;
        if (text.len > EXPLANATION_MAX || !utf8_valid(text))
                return import_problem(im, r, REGISTER_ERROR, r->number, NULL, NULL, text, "说明过长或不是有效文字",
                                      "the explanation is too long or no valid text");
        r->explanation = arena_strndup(im->work, text.ptr, text.len);
        return r->explanation ? ST_OK : ST_NOMEM;
}

static Status read_cells(Import *im, const SheetRow *row, ImportRow *r)
{
        size_t hint = 0;
        for (size_t i = 0; i < im->out->column_count; i++)
                if (im->out->columns[i].explanation)
                        TRY(read_explanation(im, row, im->out->columns[i].col, r));
        for (size_t i = 0; i < im->out->column_count; i++) {
                const RegisterColumn *c = &im->out->columns[i];
                const SheetCell *cell = c->field ? cell_at(row, c->col, &hint) : NULL;
                if (!cell)
                        continue;
                ImportCell got;
                TRY(import_cell(im->pack, c->field, cell, &im->measures[i], im->in->lang, im->chunk, &got));
                r->values[c->field->index] = got.value;
                Str found = cell->raw.len ? cell->raw : cell->text;
                if (got.state == REGISTER_CELL_BAD)
                        TRY(import_problem(im, r, REGISTER_ERROR, r->number, c, c->field, found, "%.*s", "%.*s",
                                           STR_FMT(got.why)));
                else if (got.explain.len)
                        TRY(import_problem(im, r, REGISTER_EXPLAIN, r->number, c, c->field, found, "%.*s", "%.*s",
                                           STR_FMT(got.explain)));
                else if (got.note.len)
                        TRY(import_problem(im, r, REGISTER_NOTE, r->number, c, c->field, found, "%.*s", "%.*s",
                                           STR_FMT(got.note)));
        }
        if (im->reg->periodic && im->in->period && !import_column_of(im, im->reg->period_field)) {
                RegisterValue *v = &r->values[im->reg->period_field->index];
                v->known = true;
                v->i64 = period_to_int(*im->in->period);
        }
        return ST_OK;
}

static bool holds_something(Import *im, const SheetRow *row)
{
        size_t hint = 0;
        for (size_t i = 0; i < im->out->column_count; i++) {
                const SheetCell *c = im->out->columns[i].field ? cell_at(row, im->out->columns[i].col, &hint) : NULL;
                if (c && (c->kind != SHEET_TEXT || str_trim(c->text).len) && c->kind != SHEET_EMPTY)
                        return true;
        }
        return false;
}

static Status one_more_row(Import *im, uint32_t number)
{
        if (im->row_count >= IMPORT_ROWS_MAX)
                return diag_fail(im->diag, ST_LIMIT, POS_FILE(im->in->file_name), "超过 %d 行的上限，请分成几个文件",
                                 "more than %d rows: split the file", IMPORT_ROWS_MAX);
        if (im->row_count == im->row_cap) {
                size_t cap = im->row_cap ? im->row_cap + im->row_cap / 2 : 256;
                ImportRow *rows = mem_realloc_array(im->rows, cap, sizeof(*rows));
                if (!rows)
                        return ST_NOMEM;
                im->rows = rows;
                im->row_cap = cap;
        }
        im->rows[im->row_count++] = (ImportRow){ .number = number };
        return ST_OK;
}

static Status read_row(Import *im, const SheetRow *row)
{
        TRY(one_more_row(im, row->number));
        ImportRow *r = &im->rows[im->row_count - 1];
        r->values = arena_array_of(im->chunk, RegisterValue, im->reg->field_count + 1);
        if (!r->values)
                return ST_NOMEM;
        TRY(read_cells(im, row, r));
        TRY(import_pack(im, r));
        r->values = NULL;
        arena_reset(im->chunk);
        return ST_OK;
}

Status import_read_rows(Import *im)
{
        _cleanup_(sheet_freep) SheetReader *r = NULL;
        TRY(sheet_open(im->book, im->sheet, im->diag, &r));
        for (;;) {
                const SheetRow *row;
                TRY(sheet_next(r, im->diag, &row));
                if (!row)
                        break;
                if (row->number <= im->header_row || !holds_something(im, row))
                        continue;
                TRY(read_row(im, row));
                if (im->in->progress && im->row_count % 1000 == 0) {
                        uint64_t done, all;
                        sheet_progress(r, &done, &all);
                        im->in->progress(im->in->progress_ctx, done / 2, all);
                }
        }
        im->out->rows = (int64_t)im->row_count;
        return ST_OK;
}
