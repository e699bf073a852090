/* kechuang sheet FILE: what the reader sees in a workbook or a CSV, cell by cell.
 * The output is described in docs/commands/sheet.md. */
#include "app/commands.h"
#include "codec/json.h"
#include "codec/sheet.h"

enum { FLUSH_AT = 32 << 20, PROGRESS_ROWS = 4096 };

static const struct { unsigned flag; const char *name; } flag_names[] = {
        { SHEET_FORMULA, "formula" }, { SHEET_MERGED, "merged" }, { SHEET_OVER_15, "over15" }, { SHEET_NOISE, "noise" },
        { SHEET_EXPONENT, "exponent" }, { SHEET_RESTATED, "restated" }, { SHEET_STALE, "stale" },
};

/* Tabs and line ends inside a value would break the line it stands in. */
static void put_field(Buf *out, Str s)
{
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                if (c == '\t')
                        buf_puts(out, "\\t");
                else if (c == '\n')
                        buf_puts(out, "\\n");
                else if (c == '\r')
                        buf_puts(out, "\\r");
                else if (c == '\\')
                        buf_puts(out, "\\\\");
                else
                        buf_putc(out, c);
        }
}

static void text_cell(App *app, const SheetRow *row, const SheetCell *c)
{
        char ref[16];
        sheet_ref(row->number, c->col, ref);
        buf_printf(&app->out, "%s\t%s\t", ref, sheet_kind_name(c->kind));
        put_field(&app->out, c->text);
        buf_putc(&app->out, '\t');
        put_field(&app->out, c->raw);
        buf_putc(&app->out, '\t');
        put_field(&app->out, c->format);
        buf_putc(&app->out, '\t');
        const char *comma = "";
        for (size_t i = 0; i < ARRAY_LEN(flag_names); i++) {
                if (c->flags & flag_names[i].flag) {
                        buf_printf(&app->out, "%s%s", comma, flag_names[i].name);
                        comma = ",";
                }
        }
        if (c->kind == SHEET_BAD)
                buf_printf(&app->out, "\t%s", sheet_problem_text(c->problem, app->lang));
        buf_putc(&app->out, '\n');
}

static void json_cell(App *app, JsonWriter *w, const SheetRow *row, const SheetCell *c)
{
        char ref[16];
        sheet_ref(row->number, c->col, ref);
        jw_object_begin(w);
        jw_put_cstr(w, "ref", ref);
        jw_put_cstr(w, "kind", sheet_kind_name(c->kind));
        if (c->kind == SHEET_UNCALCULATED)
                jw_put_null(w, "value");
        else
                jw_put_str(w, "value", c->text);
        jw_put_str(w, "raw", c->raw);
        jw_put_str(w, "format", c->format);
        if (c->flags) {
                jw_put_array(w, "flags");
                for (size_t i = 0; i < ARRAY_LEN(flag_names); i++)
                        if (c->flags & flag_names[i].flag)
                                jw_str(w, str_c(flag_names[i].name));
                jw_array_end(w);
        }
        if (c->kind == SHEET_BAD)
                jw_put_cstr(w, "problem", sheet_problem_text(c->problem, app->lang));
        jw_object_end(w);
}

static void hidden_columns(JsonWriter *w, const SheetReader *r)
{
        bool any = false;
        for (uint32_t col = 1; col <= SHEET_MAX_COL; col++) {
                char name[8];
                if (!sheet_col_hidden(r, col))
                        continue;
                if (!any)
                        jw_put_array(w, "hiddenColumns");
                any = true;
                sheet_col_name(col, name);
                jw_str(w, str_c(name));
        }
        if (any)
                jw_array_end(w);
}

/* A row to the output; w NULL: text. */
static void put_row(App *app, JsonWriter *w, const SheetRow *row)
{
        if (!w) {
                for (size_t i = 0; i < row->count; i++)
                        text_cell(app, row, &row->cells[i]);
                return;
        }
        jw_object_begin(w);
        jw_put_i64(w, "row", row->number);
        if (row->hidden)
                jw_put_bool(w, "hidden", true);
        jw_put_array(w, "cells");
        for (size_t i = 0; i < row->count; i++)
                json_cell(app, w, row, &row->cells[i]);
        jw_array_end(w);
        jw_object_end(w);
}

static Status show_sheet(App *app, SheetBook *book, size_t index, const char *path, JsonWriter *w)
{
        SheetInfo info = sheet_book_info(book, index);
        _cleanup_(sheet_freep) SheetReader *r = NULL;
        TRY(sheet_open(book, index, &app->diag, &r));
        if (w) {
                jw_object_begin(w);
                jw_put_str(w, "name", info.name);
                jw_put_cstr(w, "state", sheet_state_name(info.state));
                hidden_columns(w, r);
                jw_put_array(w, "rows");
        } else {
                buf_printf(&app->out, "# %.*s\t%s\n", STR_FMT(info.name), sheet_state_name(info.state));
        }
        for (size_t n = 0;; n++) {
                const SheetRow *row;
                TRY(sheet_next(r, &app->diag, &row));
                if (n % PROGRESS_ROWS == PROGRESS_ROWS - 1 || !row) {
                        uint64_t done, all;
                        sheet_progress(r, &done, &all);
                        app_progress(app, path, row ? done : all, all);
                }
                if (!row)
                        break;
                put_row(app, w, row);
                if (app->out.len > FLUSH_AT)
                        TRY(app_flush(app));
        }
        if (w) {
                jw_array_end(w);
                jw_object_end(w);
        }
        return buf_status(&app->out);
}

/* How much there is: a line a sheet. */
static Status count_sheet(App *app, SheetBook *book, size_t index)
{
        SheetInfo info = sheet_book_info(book, index);
        _cleanup_(sheet_freep) SheetReader *r = NULL;
        uint64_t rows = 0, cells = 0;
        TRY(sheet_open(book, index, &app->diag, &r));
        for (const SheetRow *row;; rows++) {
                TRY(sheet_next(r, &app->diag, &row));
                if (!row)
                        break;
                cells += row->count;
        }
        buf_printf(&app->out, "%.*s\t%llu\t%llu\n", STR_FMT(info.name), (unsigned long long)rows,
                   (unsigned long long)cells);
        return buf_status(&app->out);
}

static Status show_sheets(App *app, SheetBook *book, const char *only, const char *path, bool count, JsonWriter *w)
{
        size_t first = 0, end = sheet_book_count(book);
        if (only) {
                TRY(sheet_book_find(book, str_c(only), &app->diag, &first));
                end = first + 1;
        }
        for (size_t i = first; i < end; i++)
                TRY(count ? count_sheet(app, book, i) : show_sheet(app, book, i, path, w));
        return ST_OK;
}

static Status show_json(App *app, SheetBook *book, const char *only, const char *path)
{
        JsonWriter w = json_writer(&app->out, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_cstr(&w, "file", path);
        jw_put_cstr(&w, "format", sheet_format_name(sheet_book_format(book)));
        jw_put_cstr(&w, "encoding", sheet_book_encoding(book));
        jw_put_bool(&w, "date1904", sheet_book_is_1904(book));
        jw_put_array(&w, "sheets");
        TRY(show_sheets(app, book, only, path, false, &w));
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        buf_putc(&app->out, '\n');
        return ST_OK;
}

Status cmd_sheet(App *app, Args *args)
{
        const char *only = NULL, *path;
        bool json = false, count = false;
        TRY(args_option(args, "--sheet", &only));
        TRY(args_flag(args, "--json", &json));
        TRY(args_flag(args, "--count", &count));
        TRY(args_positional(args, "FILE", &path));
        TRY(args_done(args));
        if (json && count)
                return app_usage(app, "--json 与 --count 不能同时用", "--json and --count exclude each other");

        _cleanup_(sheet_book_freep) SheetBook *book = NULL;
        TRY(sheet_book_open(path, &SHEET_LIMITS_DEFAULT, &app->diag, &book));
        Status st = json ? show_json(app, book, only, path) : show_sheets(app, book, only, path, count, NULL);
        if (st != ST_OK)
                buf_clear(&app->out);   /* a file that is refused half-way leaves no half result */
        return st;
}
