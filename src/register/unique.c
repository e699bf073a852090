/* unique.c -- fields of which no two records may say the same: against the register, and within the file.
 *
 * What a record said before is left as it is, so that a field that becomes unique locks nobody out; only what a row
 * newly says is compared. */
#include "register/import_int.h"

typedef struct Said {
        Str key;
        uint32_t row;
} Said;

/* The key itself is unique by its nature. */
static bool to_check(const Import *im, const PackField *f)
{
        bool whole_key = im->reg->key_count == 1 && im->reg->key[0] == f;
        return f->unique && !f->many && im->given[f->index] && register_stored(f) && !whole_key;
}

static bool says_anew(const ImportRow *r, const PackField *f)
{
        const RegisterValue *v = &r->values[f->index];
        return r->key.ptr && r->state != ROW_REFUSED && r->state != ROW_MERGED && v->known &&
               !(r->existing && !r->revived && register_value_eq(f, v, &r->existing->values[f->index]));
}

static Status text_of(const PackField *f, const RegisterValue *v, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        register_value_text(f, v, &b);
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* value -> key of the record that has it, for some values of the open chunk. */
static Status holders(Import *im, const PackField *f, const StoreValue *args, size_t n, Map *ret)
{
        char table[REGISTER_NAME_MAX], column[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(64 << 10);
        register_table_name(im->reg, false, table);
        register_column_name(f, column);
        buf_puts(&sql, "SELECT k_key, ");
        store_put_name(&sql, column);
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " WHERE ");
        store_put_name(&sql, column);
        buf_puts(&sql, " IN (");
        store_put_params(&sql, 1, n);
        buf_putc(&sql, ')');
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(im->tx, sql.ptr, args, n, &q));
        while (store_next(q)) {
                RegisterValue v = { .known = true };
                Said *said = arena_new_of(im->chunk, Said);
                Str text;
                if (!said)
                        return ST_NOMEM;
                if (register_is_int(f))
                        v.i64 = store_i64(q, 1);
                else
                        v.text = store_text(q, 1);
                TRY(text_of(f, &v, im->chunk, &text));
                *said = (Said){ .key = store_text_dup(q, 0, im->chunk) };
                if (!said->key.ptr)
                        return ST_NOMEM;
                TRY(map_put(ret, text, said));
        }
        return store_done(q);
}

static Status load_holders(Import *im, const PackField *f, Map *ret)
{
        StoreValue args[IN_CHUNK];
        size_t n = 0;
        for (size_t i = im->from; i < im->to; i++) {
                const ImportRow *r = import_row(im, i);
                const RegisterValue *v = &r->values[f->index];
                if (says_anew(r, f))
                        args[n++] = register_is_int(f) ? sv_i64(v->i64) : sv_text(v->text);
                if (n == IN_CHUNK) {
                        TRY(holders(im, f, args, n, ret));
                        n = 0;
                }
        }
        return n ? holders(im, f, args, n, ret) : ST_OK;
}

static Status check_field(Import *im, const PackField *f, Map *file)
{
        _cleanup_map_ Map there = MAP_INIT(IMPORT_ROWS_MAX);
        TRY(load_holders(im, f, &there));
        for (size_t i = im->from; i < im->to; i++) {
                ImportRow *r = import_row(im, i);
                Str text;
                if (!says_anew(r, f))
                        continue;
                TRY(text_of(f, &r->values[f->index], im->work, &text));
                const Said *other = map_get(&there, text), *before = map_get(file, text);
                if (other && !str_eq(other->key, r->key)) {
                        TRY(import_problem(im, r, REGISTER_ERROR, r->number, import_column_of(im, f), f, text,
                                           "与“%.*s”的相同，此栏不能重复", "\"%.*s\" has the same: no two may",
                                           STR_FMT(other->key)));
                } else if (before && !str_eq(before->key, r->key)) {
                        TRY(import_problem(im, r, REGISTER_ERROR, r->number, import_column_of(im, f), f, text,
                                           "与第 %u 行相同，此栏不能重复", "row %u has the same: no two may",
                                           before->row));
                } else if (!before) {
                        Said *said = arena_new_of(im->work, Said);
                        if (!said)
                                return ST_NOMEM;
                        *said = (Said){ .key = r->key, .row = r->number };
                        TRY(map_put(file, text, said));
                }
        }
        return ST_OK;
}

Status import_unique(Import *im)
{
        for (size_t i = 0; i < im->reg->field_count; i++)
                if (to_check(im, &im->reg->fields[i]))
                        TRY(check_field(im, &im->reg->fields[i], &im->said[i]));
        return ST_OK;
}

Status import_unique_begin(Import *im)
{
        im->said = arena_array_of(im->work, Map, im->reg->field_count + 1);
        for (size_t i = 0; im->said && i < im->reg->field_count; i++)
                im->said[i] = MAP_INIT(IMPORT_ROWS_MAX);
        return im->said ? ST_OK : ST_NOMEM;
}

void import_unique_end(Import *im)
{
        for (size_t i = 0; im->said && i < im->reg->field_count; i++)
                map_release(&im->said[i]);
}
