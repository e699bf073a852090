/* export.c -- a register as a table that the import takes back identically. */
#include <errno.h>
#include <stdio.h>

#include "codec/json.h"
#include "register/export_int.h"

enum { PAGE = 5000 };

SheetColKind export_kind(const PackField *f)
{
        if (f->many)
                return SHEET_COL_TEXT;
        if (pack_type_is_number(f->type))
                return SHEET_COL_NUMBER;
        return f->type == PACK_DATE ? SHEET_COL_DATE : SHEET_COL_TEXT;
}

Status export_title(const PackField *f, Lang lang, Arena *a, Str *ret)
{
        Str t = pack_title(f->title, lang);
        *ret = f->unit.len ? str_c(arena_printf(a, "%.*s（%.*s）", STR_FMT(t), STR_FMT(f->unit))) : t;
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* A list is written with 、 between, the way people type it; as JSON when an item has a separator in it. */
static Status put_many(const RegisterValue *v, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        Json *list;
        TRY(json_parse(a, v->text, NULL, NULL, NULL, &list));
        for (size_t i = 0; json_at(list, i); i++)
                if (register_separator(json_at(list, i)->text) != SIZE_MAX) {
                        *ret = v->text;
                        return ST_OK;
                }
        for (size_t i = 0; json_at(list, i); i++) {
                if (i)
                        buf_puts(&b, "、");
                buf_put_str(&b, json_at(list, i)->text);
        }
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status cell_of(const PackField *f, const RegisterValue *v, Arena *a, SheetOut *ret)
{
        *ret = (SheetOut){ .kind = SHEET_EMPTY };
        if (!v->known)
                return ST_OK;
        if (f->many) {
                ret->kind = SHEET_TEXT;
                return put_many(v, a, &ret->text);
        }
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        register_value_text(f, v, &b);
        TRY(buf_status(&b));
        ret->kind = export_kind(f) == SHEET_COL_NUMBER ? SHEET_NUMBER
                    : export_kind(f) == SHEET_COL_DATE ? SHEET_DATE
                                                   : SHEET_TEXT;
        ret->text = arena_str(a, buf_str(&b));
        return ret->text.ptr ? ST_OK : ST_NOMEM;
}

/* ---- JSON ---- */

/* Texts, exactly as kept, under the names of the fields; a list stays a list. */
static Status put_json_record(const PackRegister *reg, const RegisterRecord *rec, Arena *a, JsonWriter *w)
{
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        jw_object_begin(w);
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                Json *list;
                if (!register_stored(f))
                        continue;
                jw_key(w, f->name);
                if (!rec->values[i].known) {
                        jw_null(w);
                } else if (f->many) {
                        TRY(json_parse(a, rec->values[i].text, NULL, NULL, NULL, &list));
                        jw_json(w, list);
                } else {
                        buf_clear(&text);
                        register_value_text(f, &rec->values[i], &text);
                        TRY(buf_status(&text));
                        jw_str(w, buf_str(&text));
                }
        }
        jw_object_end(w);
        return ST_OK;
}

static Status write_whole(const char *path, Str text, Diag *diag)
{
        FILE *f = fopen(path, "wbe");
        bool good = f && (text.len == 0 || fwrite(text.ptr, 1, text.len, f) == text.len);
        if (f && fclose(f) != 0)
                good = false;
        return good ? ST_OK
                    : diag_fail(diag, ST_IO, POS_FILE(path), "无法写入：%s", "cannot write: %s", strerror(errno));
}

static Status export_json(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *query,
                          const char *path, Diag *diag, int64_t *ret_rows)
{
        _cleanup_arena_ Arena *page = arena_new((size_t)1 << 30);
        _cleanup_buf_ Buf out = BUF_INIT((size_t)2 << 30);
        if (!page)
                return ST_NOMEM;
        JsonWriter w = json_writer(&out, JSON_PRETTY);
        RegisterQuery q = *query;
        int64_t rows = 0, total = 1;
        q.limit = PAGE;
        jw_array_begin(&w);
        for (q.offset = 0; q.offset < total; q.offset += PAGE) {
                arena_reset(page);
                RegisterRecord *recs;
                size_t count;
                TRY(register_list(tx, pack, reg, &q, page, diag, &recs, &count, &total));
                for (size_t r = 0; r < count; r++, rows++)
                        TRY(put_json_record(reg, &recs[r], page, &w));
        }
        jw_array_end(&w);
        TRY(jw_finish(&w));
        TRY(write_whole(path, buf_str(&out), diag));
        *ret_rows = rows;
        return ST_OK;
}

Status register_export(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *query,
                       const char *path, Lang lang, Diag *diag, int64_t *ret_rows)
{
        if (str_ends(str_c(path), STR(".json")))
                return export_json(tx, pack, reg, query, path, diag, ret_rows);
        _cleanup_arena_ Arena *keep = arena_new(64 << 20), *page = arena_new((size_t)1 << 30);
        if (!keep || !page)
                return ST_NOMEM;
        SheetColumn *columns = arena_array_of(keep, SheetColumn, reg->field_count + 1);
        const PackField **fields = arena_array_of(keep, const PackField *, reg->field_count + 1);
        SheetOut *cells = arena_array_of(keep, SheetOut, reg->field_count + 1);
        if (!columns || !fields || !cells)
                return ST_NOMEM;
        size_t n = 0;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (!register_stored(f))
                        continue;
                fields[n] = f;
                columns[n] = (SheetColumn){ .kind = export_kind(f), .scale = -1, .required = f->required };
                TRY(export_title(f, lang, keep, &columns[n].title));
                n++;
        }
        _cleanup_(sheet_writer_freep) SheetWriter *w = NULL;
        TRY(sheet_writer_new(path, sheet_format_of_name(path), diag, &w));
        TRY(sheet_writer_sheet(w, pack_title(reg->title, lang), columns, n, diag));
        RegisterQuery q = *query;
        q.limit = PAGE;
        int64_t rows = 0, total = 1;
        for (q.offset = 0; q.offset < total; q.offset += PAGE) {
                arena_reset(page);
                RegisterRecord *recs;
                size_t count;
                TRY(register_list(tx, pack, reg, &q, page, diag, &recs, &count, &total));
                for (size_t r = 0; r < count; r++, rows++) {
                        for (size_t i = 0; i < n; i++)
                                TRY(cell_of(fields[i], &recs[r].values[fields[i]->index], page, &cells[i]));
                        TRY(sheet_writer_row(w, cells, n, diag));
                }
        }
        TRY(sheet_writer_finish(w, diag));
        *ret_rows = rows;
        return ST_OK;
}
