/* migrate_view.c -- saved views speak of fields by their names: a migration renames these too, and tells of the views
 * that name a field which is no more.  Nothing of a view is dropped. */
#include "codec/json.h"
#include "register/migrate_int.h"

/* The field's name now; as it is when the register had no such field, or has it no more. */
static Str name_now(const MovedRegister *r, Str name)
{
        for (size_t k = 0; k < r->count; k++)
                if (r->fields[k].was && r->fields[k].now && str_eq(r->fields[k].was->name, name))
                        return r->fields[k].now->name;
        return name;
}

static bool in_name(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

/* Names outside of strings that are no part of another value (a.name). */
static void put_where(const MovedRegister *r, Str where, Buf *out)
{
        char before = ' ';
        for (size_t i = 0; i < where.len;) {
                size_t end = i + 1;
                if (where.ptr[i] == '"') {
                        while (end < where.len && where.ptr[end] != '"')
                                end += where.ptr[end] == '\\' ? 2 : 1;
                        end = end < where.len ? end + 1 : where.len;
                } else if (in_name(where.ptr[i])) {
                        while (end < where.len && in_name(where.ptr[end]))
                                end++;
                }
                Str piece = str_n(where.ptr + i, end - i);
                buf_put_str(out, in_name(where.ptr[i]) && before != '.' ? name_now(r, piece) : piece);
                if (where.ptr[i] != ' ')
                        before = where.ptr[i];
                i = end;
        }
}

static void put_sort(const MovedRegister *r, Str sort, Buf *out)
{
        bool minus = sort.len && sort.ptr[0] == '-';
        if (minus)
                buf_putc(out, '-');
        buf_put_str(out, name_now(r, minus ? str_n(sort.ptr + 1, sort.len - 1) : sort));
}

static Status rename_definition(const MovedRegister *r, const Json *was, Buf *out)
{
        _cleanup_buf_ Buf where = BUF_INIT(1 << 20), sort = BUF_INIT(1 << 16);
        JsonWriter w = json_writer(out, JSON_COMPACT);
        put_where(r, json_get_text(was, "where", STR("")), &where);
        put_sort(r, json_get_text(was, "sort", STR("")), &sort);
        TRY(buf_status(&where));
        TRY(buf_status(&sort));
        jw_object_begin(&w);
        jw_put_str(&w, "q", json_get_text(was, "q", STR("")));
        jw_put_str(&w, "where", buf_str(&where));
        jw_put_str(&w, "sort", buf_str(&sort));
        jw_put_array(&w, "fields");
        for (size_t k = 0; json_at(json_get(was, "fields"), k); k++)
                jw_str(&w, name_now(r, json_at(json_get(was, "fields"), k)->text));
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* Does the condition stand, and is every field there? */
static bool works(const PackRegister *reg, const Json *view)
{
        Str where = str_trim(json_get_text(view, "where", STR(""))), sort = json_get_text(view, "sort", STR(""));
        _cleanup_feel_program_ FeelProgram *p = NULL;
        FeelSource src = FEEL_SOURCE(where);
        FeelCompileOptions options = { .expected = FEEL_TYPE_BOOLEAN };
        if (where.len && feel_compile(reg->scope, src, &options, NULL, &p) != ST_OK)
                return false;
        if (sort.len && sort.ptr[0] == '-')
                sort = str_n(sort.ptr + 1, sort.len - 1);
        if (sort.len && !pack_field(reg, sort))
                return false;
        for (size_t k = 0; json_at(json_get(view, "fields"), k); k++)
                if (!pack_field(reg, json_at(json_get(view, "fields"), k)->text))
                        return false;
        return true;
}

Status migrate_views(Migrate *m, const MovedRegister *r)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        if (!a)
                return ST_NOMEM;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(m->tx,
                        "SELECT actor, name, definition FROM record_view WHERE register = $1 ORDER BY name, actor",
                        STORE_ARGS(sv_text(r->now->name)), &q));
        while (store_next(q)) {
                _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
                Json *was, *is;
                Str actor = store_text_dup(q, 0, a), name = store_text_dup(q, 1, a),
                    definition = store_text_dup(q, 2, a);
                if (!actor.ptr || !name.ptr || !definition.ptr)
                        return ST_NOMEM;
                TRY(json_parse(a, definition, NULL, NULL, NULL, &was));
                TRY(rename_definition(r, was, &out));
                TRY(json_parse(a, buf_str(&out), NULL, NULL, NULL, &is));
                if (!works(r->now, is))
                        diag_note(m->diag, POS_NONE, "“%.*s”的视图“%.*s”（%.*s）用到已不存在的字段，请修改后再用",
                                  "a view of \"%.*s\", \"%.*s\" (%.*s), names fields that are no more: change it",
                                  STR_FMT(pack_title(r->now->title, LANG_ZH)), STR_FMT(name), STR_FMT(actor));
                if (!str_eq(buf_str(&out), definition))
                        TRY(store_exec(
                                m->tx,
                                "UPDATE record_view SET definition = $4 WHERE register = $1 AND actor = $2 AND name = $3",
                                STORE_ARGS(sv_text(r->now->name), sv_text(actor), sv_text(name),
                                           sv_text(buf_str(&out))),
                                NULL));
        }
        return store_done(q);
}
