/* source.c -- from a record's state back to the cell, the file and the person it came from. */
#include <stdio.h>

#include "codec/json.h"
#include "register/register_int.h"

Status register_source(StoreTx *tx, const RegisterRecord *rec, const PackField *field, Arena *a, RegisterSource *ret)
{
        RegisterSource s = { .actor = rec->actor, .event = rec->event };
        if (rec->import) {
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                TRY(store_one(tx, "SELECT file, sheet, columns, at FROM import_file WHERE id = $1",
                              STORE_ARGS(sv_i64(rec->import)), &q));
                s.file = store_text_dup(q, 0, a);
                s.sheet = store_text_dup(q, 1, a);
                s.at = store_text_dup(q, 3, a);
                Str columns = store_text_dup(q, 2, a);
                if (!s.file.ptr || !s.sheet.ptr || !s.at.ptr || !columns.ptr)
                        return ST_NOMEM;
                Json *map;
                TRY(json_parse(a, columns, NULL, NULL, NULL, &map));
                const Json *letter = field ? json_get_str(map, field->name) : NULL;
                char *cell = letter ? arena_printf(a, "%.*s%lld", STR_FMT(letter->text), (long long)rec->row)
                                    : arena_printf(a, "%lld", (long long)rec->row);
                if (!cell)
                        return ST_NOMEM;
                s.cell = str_c(cell);
        }
        *ret = s;
        return ST_OK;
}
