/* schema.c -- definitions of the pack to tables of the database. */
#include <stdio.h>

#include "register/register_int.h"
#include "store/text.h"

static bool plain_name(Str name)
{
        if (name.len == 0 || name.len > 40 || str_starts(name, STR("k_")) || str_starts(name, STR("x_")))
                return false;
        for (size_t i = 0; i < name.len; i++) {
                char c = name.ptr[i];
                if (!((c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9')))
                        return false;
        }
        return true;
}

static void sql_name(const char *prefix, Str name, char out[REGISTER_NAME_MAX])
{
        if (plain_name(name))
                snprintf(out, REGISTER_NAME_MAX, "%s%.*s", prefix, STR_FMT(name));
        else
                snprintf(out, REGISTER_NAME_MAX, "%sx_%016llx", prefix, (unsigned long long)str_hash(name));
}

void register_table_name(const PackRegister *reg, bool history, char out[REGISTER_NAME_MAX])
{
        sql_name(history ? "h_" : "r_", reg->name, out);
}

void register_column_name(const PackField *field, char out[REGISTER_NAME_MAX])
{
        sql_name("", field->name, out);
}

bool register_unique_index(const PackField *field, char out[REGISTER_NAME_MAX])
{
        char table[REGISTER_NAME_MAX];
        register_table_name(field->reg, false, table);
        int n = snprintf(out, REGISTER_NAME_MAX, "%s_u%08x", table, (unsigned)str_hash(field->name));
        return n < REGISTER_NAME_MAX && field->unique && !field->many && register_stored(field);
}

void register_text_index_name(const PackRegister *reg, char out[REGISTER_NAME_MAX])
{
        out[0] = '\0';
        for (size_t i = 0; i < reg->field_count; i++)
                if (reg->fields[i].search && register_stored(&reg->fields[i]) && !register_is_int(&reg->fields[i])) {
                        sql_name("t_", reg->name, out);
                        return;
                }
}

static const StoreColumn meta_columns[META_COUNT] = {
#define META_COLUMN(n, t) { .name = #n, .type = t },
        REGISTER_META(META_COLUMN)
#undef META_COLUMN
};

static const StoreColumn import_columns[] = {
        { .name = "id", .type = STORE_I64 },
        { .name = "register", .type = STORE_TEXT, .not_null = true },
        { .name = "file", .type = STORE_TEXT, .not_null = true },
        { .name = "sheet", .type = STORE_TEXT, .not_null = true },
        { .name = "hash", .type = STORE_TEXT, .not_null = true },    /* SM3 of the file */
        { .name = "columns", .type = STORE_TEXT, .not_null = true }, /* JSON: field to column letter */
        { .name = "actor", .type = STORE_TEXT, .not_null = true },
        { .name = "at", .type = STORE_TEXT, .not_null = true },
        { .name = "event", .type = STORE_I64, .not_null = true },
};

static const StoreColumn held_columns[] = {
        { .name = "id", .type = STORE_I64 },
        { .name = "register", .type = STORE_TEXT, .not_null = true },
        { .name = "key", .type = STORE_TEXT, .not_null = true },
        { .name = "import", .type = STORE_I64, .not_null = true },
        { .name = "row", .type = STORE_I64, .not_null = true },
        { .name = "data", .type = STORE_TEXT, .not_null = true },    /* JSON: field to text */
        { .name = "reasons", .type = STORE_TEXT, .not_null = true }, /* JSON: list of texts */
};
static const StoreIndex held_indexes[] = { { .name = "held_row_key", .columns = "register, key", .unique = true } };

static const StoreColumn gone_columns[] = {
        { .name = "register", .type = STORE_TEXT },
        { .name = "id", .type = STORE_I64 },
        { .name = "key", .type = STORE_TEXT, .not_null = true },
        { .name = "label", .type = STORE_TEXT, .not_null = true },
        { .name = "unit", .type = STORE_TEXT },
        { .name = "day", .type = STORE_TEXT, .not_null = true },
        { .name = "event", .type = STORE_I64, .not_null = true },
        { .name = "actor", .type = STORE_TEXT, .not_null = true },
        { .name = "at", .type = STORE_TEXT, .not_null = true },
        { .name = "reason", .type = STORE_TEXT, .not_null = true },
        { .name = "survivor", .type = STORE_TEXT }, /* null: deleted */
};
static const StoreIndex gone_indexes[] = { { .name = "record_gone_key", .columns = "register, key" },
                                           { .name = "record_gone_event", .columns = "register, event" } };

static const StoreColumn alias_columns[] = {
        { .name = "register", .type = STORE_TEXT },
        { .name = "key", .type = STORE_TEXT },
        { .name = "survivor", .type = STORE_TEXT, .not_null = true },
        { .name = "event", .type = STORE_I64, .not_null = true },
};

static const StoreColumn attachment_columns[] = {
        { .name = "hash", .type = STORE_TEXT }, /* SM3 of the content */
        { .name = "size", .type = STORE_I64, .not_null = true },
        { .name = "content", .type = STORE_BLOB, .not_null = true },
};

static const StoreColumn record_attachment_columns[] = {
        { .name = "id", .type = STORE_I64 },
        { .name = "register", .type = STORE_TEXT, .not_null = true },
        { .name = "record", .type = STORE_I64, .not_null = true },
        { .name = "hash", .type = STORE_TEXT, .not_null = true },
        { .name = "name", .type = STORE_TEXT, .not_null = true },
        { .name = "actor", .type = STORE_TEXT, .not_null = true },
        { .name = "at", .type = STORE_TEXT, .not_null = true },
        { .name = "reason", .type = STORE_TEXT, .not_null = true },
        { .name = "event", .type = STORE_I64, .not_null = true },
        { .name = "removed", .type = STORE_I64 }, /* the event that took it off; null: it is there */
};
static const StoreIndex record_attachment_indexes[] = { { .name = "record_attachment_of",
                                                          .columns = "register, record" },
                                                        { .name = "record_attachment_hash", .columns = "hash" } };

static const StoreColumn view_columns[] = {
        { .name = "register", .type = STORE_TEXT },
        { .name = "actor", .type = STORE_TEXT },
        { .name = "name", .type = STORE_TEXT },
        { .name = "definition", .type = STORE_TEXT, .not_null = true },
        { .name = "shared", .type = STORE_I64, .not_null = true },
};

static const StoreTable shared_tables[] = {
        { .name = "attachment",
          .columns = attachment_columns,
          .column_count = ARRAY_LEN(attachment_columns),
          .primary_key = "hash" },
        { .name = "record_attachment",
          .columns = record_attachment_columns,
          .column_count = ARRAY_LEN(record_attachment_columns),
          .primary_key = "id",
          .indexes = record_attachment_indexes,
          .index_count = ARRAY_LEN(record_attachment_indexes) },
        { .name = "record_view",
          .columns = view_columns,
          .column_count = ARRAY_LEN(view_columns),
          .primary_key = "register, actor, name" },
        { .name = "record_gone",
          .columns = gone_columns,
          .column_count = ARRAY_LEN(gone_columns),
          .primary_key = "register, id",
          .indexes = gone_indexes,
          .index_count = ARRAY_LEN(gone_indexes) },
        { .name = "record_alias",
          .columns = alias_columns,
          .column_count = ARRAY_LEN(alias_columns),
          .primary_key = "register, key" },
        { .name = "import_file",
          .columns = import_columns,
          .column_count = ARRAY_LEN(import_columns),
          .primary_key = "id" },
        { .name = "held_row",
          .columns = held_columns,
          .column_count = ARRAY_LEN(held_columns),
          .primary_key = "id",
          .indexes = held_indexes,
          .index_count = ARRAY_LEN(held_indexes) },
};

static Status table_of(const PackRegister *reg, bool history, Arena *a, StoreTable *ret)
{
        char name[REGISTER_NAME_MAX];
        StoreColumn *columns = arena_array_of(a, StoreColumn, META_COUNT + reg->field_count);
        StoreIndex *indexes = arena_array_of(a, StoreIndex, 4 + reg->field_count);
        if (!columns || !indexes)
                return ST_NOMEM;
        memcpy(columns, meta_columns, sizeof(meta_columns));
        size_t n = META_COUNT, k = 0;
        columns[META_k_key].not_null = columns[META_k_from].not_null = true;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (!register_stored(f))
                        continue;
                register_column_name(f, name);
                columns[n++] = (StoreColumn){ .name = arena_strdup(a, name),
                                              .type = register_is_int(f) ? STORE_I64 : STORE_TEXT };
                if (!columns[n - 1].name)
                        return ST_NOMEM;
        }
        register_table_name(reg, history, name);
        if (!history)
                indexes[k++] =
                        (StoreIndex){ .name = arena_printf(a, "%s_key", name), .columns = "k_key", .unique = true };
        indexes[k++] = (StoreIndex){ .name = arena_printf(a, "%s_owner", name), .columns = "k_owner" };
        indexes[k++] = (StoreIndex){ .name = arena_printf(a, "%s_unit", name), .columns = "k_unit" };
        if (!history) /* what changed since (columns_patch.c) */
                indexes[k++] = (StoreIndex){ .name = arena_printf(a, "%s_event", name), .columns = "k_event" };
        for (size_t i = 0; !history && i < reg->field_count; i++) {
                char index[REGISTER_NAME_MAX], column[REGISTER_NAME_MAX];
                if (!register_unique_index(&reg->fields[i], index))
                        continue;
                register_column_name(&reg->fields[i], column);
                indexes[k++] = (StoreIndex){ .name = arena_strdup(a, index), .columns = arena_strdup(a, column) };
                if (!indexes[k - 1].columns)
                        return ST_NOMEM;
        }
        for (size_t i = 0; i < k; i++)
                if (!indexes[i].name)
                        return ST_NOMEM;
        *ret = (StoreTable){ .name = arena_strdup(a, name),
                             .columns = columns,
                             .column_count = n,
                             .primary_key = history ? "k_id, k_version" : "k_id",
                             .indexes = indexes,
                             .index_count = k };
        return ret->name ? ST_OK : ST_NOMEM;
}

Status register_tables(StoreTx *tx, const Pack *pack)
{
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        if (!a)
                return ST_NOMEM;
        size_t n = ARRAY_LEN(shared_tables);
        StoreTable *tables = arena_array_of(a, StoreTable, n + 2 * pack->register_count);
        if (!tables)
                return ST_NOMEM;
        memcpy(tables, shared_tables, sizeof(shared_tables));
        for (size_t i = 0; i < pack->register_count; i++)
                for (int history = 0; history < 2; history++)
                        TRY(table_of(pack->registers[i], history, a, &tables[n++]));
        TRY(store_apply_tables(tx, tables, n, NULL));
        for (size_t i = 0; i < pack->register_count; i++) {
                char index[REGISTER_NAME_MAX];
                register_text_index_name(pack->registers[i], index);
                if (index[0])
                        TRY(store_text_index(tx, index));
        }
        return ST_OK;
}

static void put_name(Buf *sql, const char *prefix, const char *name)
{
        buf_puts(sql, prefix);
        store_put_name(sql, name);
}

void register_put_columns(Buf *sql, const PackRegister *reg, const char *prefix)
{
        for (size_t i = 0; i < META_COUNT; i++) {
                if (i)
                        buf_puts(sql, ", ");
                put_name(sql, prefix, meta_columns[i].name);
        }
        char name[REGISTER_NAME_MAX];
        for (size_t i = 0; i < reg->field_count; i++) {
                if (!register_stored(&reg->fields[i]))
                        continue;
                register_column_name(&reg->fields[i], name);
                buf_puts(sql, ", ");
                put_name(sql, prefix, name);
        }
}

void register_put_source(Buf *sql, const PackRegister *reg, const Date *as_of, StoreValue *args, size_t *nargs,
                         char day[24])
{
        char present[REGISTER_NAME_MAX], earlier[REGISTER_NAME_MAX];
        register_table_name(reg, false, present);
        register_table_name(reg, true, earlier);
        if (!as_of) {
                buf_puts(sql, " FROM ");
                store_put_name(sql, present);
                buf_puts(sql, " r");
                return;
        }
        date_to_text(*as_of, day);
        args[(*nargs)++] = sv_cstr(day);
        buf_puts(sql, " FROM (SELECT ");
        register_put_columns(sql, reg, "");
        buf_puts(sql, " FROM ");
        store_put_name(sql, present);
        buf_printf(sql, " WHERE k_from <= $%zu UNION ALL SELECT ", *nargs);
        register_put_columns(sql, reg, "");
        buf_puts(sql, " FROM ");
        store_put_name(sql, earlier);
        buf_printf(sql, " WHERE k_from <= $%zu AND k_to > $%zu) r", *nargs, *nargs);
}

static Status read_text(StoreStmt *q, int col, Arena *a, Str *ret)
{
        if (store_is_null(q, col)) {
                *ret = STR_NONE;
                return ST_OK;
        }
        *ret = store_text_dup(q, col, a);
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status read_date(Str text, Date *ret)
{
        *ret = (Date){ 0 };
        return text.ptr ? date_parse(text, ret) : ST_OK;
}

Status register_read_row(StoreStmt *q, int first, const PackRegister *reg, Arena *a, RegisterRecord *ret)
{
        RegisterRecord r = { .id = store_i64(q, first + META_k_id),
                             .version = store_i64(q, first + META_k_version),
                             .event = store_i64(q, first + META_k_event),
                             .import = store_i64(q, first + META_k_import),
                             .row = store_i64(q, first + META_k_row) };
        TRY(read_text(q, first + META_k_key, a, &r.key));
        TRY(read_text(q, first + META_k_unit, a, &r.unit));
        TRY(read_text(q, first + META_k_actor, a, &r.actor));
        TRY(read_text(q, first + META_k_reason, a, &r.reason));
        TRY(read_date(store_text(q, first + META_k_from), &r.from));
        TRY(read_date(store_text(q, first + META_k_to), &r.to));
        r.values = arena_array_of(a, RegisterValue, reg->field_count);
        if (!r.values)
                return ST_NOMEM;
        int col = first + META_COUNT;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (!register_stored(f))
                        continue;
                RegisterValue *v = &r.values[i];
                v->known = !store_is_null(q, col);
                if (v->known && register_is_int(f))
                        v->i64 = store_i64(q, col);
                else if (v->known)
                        TRY(read_text(q, col, a, &v->text));
                col++;
        }
        *ret = r;
        return ST_OK;
}

/* ---- the order of names, for records of an older program ---- */

static Status fill_register(StoreTx *tx, const PackRegister *reg, Collator *c, int64_t *count)
{
        char table[REGISTER_NAME_MAX], label[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf select = BUF_INIT(4096), update = BUF_INIT(4096), key = BUF_INIT(1 << 20);
        register_table_name(reg, false, table);
        register_column_name(reg->label, label);
        buf_puts(&select, "SELECT k_id, ");
        store_put_name(&select, label);
        buf_puts(&select, " FROM ");
        store_put_name(&select, table);
        buf_puts(&select, " WHERE k_sort IS NULL AND ");
        store_put_name(&select, label);
        buf_puts(&select, " IS NOT NULL");
        buf_puts(&update, "UPDATE ");
        store_put_name(&update, table);
        buf_puts(&update, " SET k_sort = $2 WHERE k_id = $1");
        TRY(buf_status(&select));
        TRY(buf_status(&update));
        RegisterValue *values = mem_calloc(reg->field_count, sizeof(*values));
        if (!values)
                return ST_NOMEM;
        StoreStmt *q = NULL;
        Status st = store_query(tx, select.ptr, STORE_NO_ARGS, &q);
        while (st == ST_OK && store_next(q)) {
                values[reg->label->index] = (RegisterValue){ .text = store_text(q, 1), .known = true };
                buf_clear(&key);
                st = register_sort_key(c, reg, values, &key);
                if (st == ST_OK)
                        st = store_exec(tx, update.ptr, STORE_ARGS(sv_i64(store_i64(q, 0)), sv_text(buf_str(&key))),
                                        NULL);
                ++*count;
        }
        if (st == ST_OK)
                st = store_done(q);
        store_stmt_free(q);
        mem_free(values);
        return st;
}

Status register_fill_order(StoreTx *tx, const Pack *pack, int64_t *ret_count)
{
        int64_t count = 0;
        _cleanup_(collator_freep) Collator *c = NULL;
        TRY(collator_new(&c));
        for (size_t i = 0; i < pack->register_count; i++)
                if (register_sorts_by_sound(pack->registers[i]))
                        TRY(fill_register(tx, pack->registers[i], c, &count));
        *ret_count = count;
        return ST_OK;
}
