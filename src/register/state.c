/* state.c -- states of records: the new one in, the one before kept. */
#include "register/state.h"
#include "store/text.h"

enum { SQL_MAX = 256 << 10 };

static StoreValue stored(const PackField *f, const RegisterValue *v)
{
        return !v->known ? sv_null() : register_is_int(f) ? sv_i64(v->i64) : sv_text(v->text);
}

static Status column_names(StateWriter *w)
{
        static const char *const meta[META_COUNT] = {
#define META_NAME(n, t) #n,
                REGISTER_META(META_NAME)
#undef META_NAME
        };
        char name[REGISTER_NAME_MAX];
        w->columns = arena_array_of(w->arena, const char *, META_COUNT + w->reg->field_count);
        w->values = arena_array_of(w->arena, StoreValue, META_COUNT + w->reg->field_count);
        if (!w->columns || !w->values)
                return ST_NOMEM;
        for (size_t i = 0; i < META_COUNT; i++)
                w->columns[w->column_count++] = meta[i];
        for (size_t i = 0; i < w->reg->field_count; i++) {
                if (!register_stored(&w->reg->fields[i]))
                        continue;
                register_column_name(&w->reg->fields[i], name);
                if (!(w->columns[w->column_count++] = arena_strdup(w->arena, name)))
                        return ST_NOMEM;
        }
        return ST_OK;
}

static Status statements(StateWriter *w, const char *table)
{
        char history[REGISTER_NAME_MAX];
        register_table_name(w->reg, true, history);
        _cleanup_buf_ Buf keep = BUF_INIT(SQL_MAX), update = BUF_INIT(SQL_MAX), drop = BUF_INIT(SQL_MAX);
        buf_puts(&keep, "INSERT INTO ");
        store_put_name(&keep, history);
        buf_puts(&keep, " (");
        register_put_columns(&keep, w->reg, "");
        buf_puts(&keep, ") SELECT ");
        for (size_t i = 0; i < w->column_count; i++) {
                if (i)
                        buf_puts(&keep, ", ");
                if (i == META_k_to)
                        buf_puts(&keep, "CAST($2 AS TEXT)");
                else
                        store_put_name(&keep, w->columns[i]);
        }
        buf_puts(&keep, " FROM ");
        store_put_name(&keep, table);
        buf_puts(&keep, " WHERE k_id = $1");
        buf_puts(&update, "UPDATE ");
        store_put_name(&update, table);
        buf_puts(&update, " SET ");
        for (size_t i = 1; i < w->column_count; i++) {
                if (i > 1)
                        buf_puts(&update, ", ");
                store_put_name(&update, w->columns[i]);
                buf_printf(&update, " = $%zu", i + 1);
        }
        buf_puts(&update, " WHERE k_id = $1");
        buf_puts(&drop, "DELETE FROM ");
        store_put_name(&drop, table);
        buf_puts(&drop, " WHERE k_id = $1");
        TRY(buf_status(&keep));
        TRY(buf_status(&update));
        TRY(buf_status(&drop));
        w->keep = arena_strdup(w->arena, keep.ptr);
        w->update = arena_strdup(w->arena, update.ptr);
        w->drop = arena_strdup(w->arena, drop.ptr);
        return w->keep && w->update && w->drop ? ST_OK : ST_NOMEM;
}

Status state_writer_begin(StateWriter *w, int64_t count)
{
        char table[REGISTER_NAME_MAX];
        register_table_name(w->reg, false, table);
        register_text_index_name(w->reg, w->text_index);
        date_to_text(w->from, w->day);
        w->sort = BUF_INIT(1 << 20);
        if (register_sorts_by_sound(w->reg))
                TRY(collator_new(&w->collator));
        if (count)
                TRY(store_new_ids(w->tx, table, count, &w->next_id));
        TRY(column_names(w));
        TRY(statements(w, table));
        char *name = arena_strdup(w->arena, table);
        return name ? store_bulk(w->tx, name, w->columns, w->column_count, &w->added) : ST_NOMEM;
}

static Status fill(StateWriter *w, const State *s, int64_t id)
{
        buf_clear(&w->sort);
        if (w->collator)
                TRY(register_sort_key(w->collator, w->reg, s->values, &w->sort));
        StoreValue *v = w->values;
        Str owner = w->reg->parent ? s->values[w->reg->parent_key->index].text : STR_NONE, reason = str_trim(s->reason);
        v[META_k_id] = sv_i64(id);
        v[META_k_key] = sv_text(s->key);
        v[META_k_owner] = sv_text_or_null(owner);
        v[META_k_unit] = sv_text_or_null(s->unit);
        v[META_k_version] = sv_i64(s->version);
        v[META_k_from] = sv_cstr(w->day);
        v[META_k_to] = sv_null();
        v[META_k_event] = sv_i64(w->event);
        v[META_k_actor] = sv_text(w->actor);
        v[META_k_reason] = reason.len ? sv_text(reason) : sv_null();
        v[META_k_import] = sv_i64(w->import);
        v[META_k_row] = sv_i64(s->row);
        v[META_k_sort] = w->sort.len ? sv_text(buf_str(&w->sort)) : sv_null();
        size_t n = META_COUNT;
        for (size_t i = 0; i < w->reg->field_count; i++)
                if (register_stored(&w->reg->fields[i]))
                        v[n++] = stored(&w->reg->fields[i], &s->values[i]);
        return ST_OK;
}

Status state_put(StateWriter *w, const State *s)
{
        int64_t id = s->id ? s->id : w->next_id++;
        TRY(fill(w, s, id));
        if (s->present) {
                TRY(store_exec(w->tx, w->keep, STORE_ARGS(sv_i64(id), sv_cstr(w->day)), NULL));
                TRY(store_exec(w->tx, w->update, w->values, w->column_count, NULL));
        } else {
                TRY(store_bulk_row(w->added, w->values));
        }
        if (!w->text_index[0])
                return ST_OK;
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        register_search_text(w->reg, s->values, &text);
        TRY(buf_status(&text));
        return s->id ? store_text_put(w->tx, w->text_index, id, buf_str(&text))
                     : store_text_add(w->tx, w->text_index, id, buf_str(&text));
}

Status state_remove(StateWriter *w, int64_t id)
{
        TRY(store_exec(w->tx, w->keep, STORE_ARGS(sv_i64(id), sv_cstr(w->day)), NULL));
        TRY(store_exec(w->tx, w->drop, STORE_ARGS(sv_i64(id)), NULL));
        return w->text_index[0] ? store_text_remove(w->tx, w->text_index, id) : ST_OK;
}

State state_after(const RegisterRecord *old)
{
        return (State){ .id = old->id, .version = old->version + 1, .present = true, .key = old->key,
                        .unit = old->unit.len ? old->unit : STR_NONE, .values = old->values, .row = old->row };
}

Status state_writer_end(StateWriter *w)
{
        return store_bulk_end(&w->added, NULL);
}

void state_writer_release(StateWriter *w)
{
        store_bulk_free(w->added);
        w->added = NULL;
        collator_free(w->collator);
        w->collator = NULL;
        buf_release(&w->sort);
}
