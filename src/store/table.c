/* Definitions become tables; a database is brought to newer definitions by adding what is missing.  What is there
 * is read from the live database, never from a record of what was once made, so that nothing can drift.
 *
 * Rows of a table are kept in the order of the primary key (WITHOUT ROWID on SQLite) when the key is text or has
 * several columns and the table is narrow and without blobs: facts by (indicator, unit, period), code lists.
 * On PostgreSQL text columns are COLLATE "C": compared by code point, as SQLite does. */
#include "store/store_int.h"

#include "base/map.h"

enum { KEYED_COLUMNS_MAX = 10, ARENA_MAX = 16 << 20, SQL_MAX = 1 << 20, NAMES_MAX = 64 };

static const StoreColumn meta_columns[] = {
        { .name = "key", .type = STORE_TEXT }, { .name = "value", .type = STORE_TEXT, .not_null = true },
};
static const StoreColumn head_columns[] = {
        { .name = "id", .type = STORE_I64 }, { .name = "events", .type = STORE_I64, .not_null = true },
        { .name = "hash", .type = STORE_TEXT, .not_null = true },
};
static const StoreColumn counter_columns[] = {
        { .name = "name", .type = STORE_TEXT }, { .name = "last", .type = STORE_I64, .not_null = true },
};
static const StoreColumn event_columns[] = {
        { .name = "seq", .type = STORE_I64 },
        { .name = "time", .type = STORE_TEXT, .not_null = true },
        { .name = "actor", .type = STORE_TEXT, .not_null = true },
        { .name = "on_behalf", .type = STORE_TEXT, .not_null = true },
        { .name = "op", .type = STORE_TEXT, .not_null = true },
        { .name = "subject", .type = STORE_TEXT, .not_null = true },
        { .name = "reason", .type = STORE_TEXT, .not_null = true },
        { .name = "payload", .type = STORE_TEXT, .not_null = true },
        { .name = "prev", .type = STORE_TEXT, .not_null = true },
        { .name = "hash", .type = STORE_TEXT, .not_null = true },
};
static const StoreIndex event_indexes[] = {
        { .name = "event_subject", .columns = "subject, seq" }, { .name = "event_actor", .columns = "actor, seq" },
        { .name = "event_op", .columns = "op, seq" }, { .name = "event_time", .columns = "time" },
};
static const StoreColumn text_columns[] = {
        { .name = "name", .type = STORE_TEXT },
};

#define OWN(table, key) .name = #table, .columns = key##_columns, .column_count = ARRAY_LEN(key##_columns)
const StoreTable store_own_tables[] = {
        { OWN(store_meta, meta), .primary_key = "key" },
        { OWN(store_head, head), .primary_key = "id" },
        { OWN(store_counter, counter), .primary_key = "name" },
        { OWN(store_text, text), .primary_key = "name" },
        { OWN(event, event), .primary_key = "seq", .indexes = event_indexes, .index_count = ARRAY_LEN(event_indexes) },
};
const size_t store_own_table_count = ARRAY_LEN(store_own_tables);

/* ---- small helpers ----------------------------------------------------- */

/* "a, b" -> names; ST_INVALID when one is not a name. */
static Status split_names(const char *list, char names[NAMES_MAX][STORE_NAME_MAX + 1], size_t *ret)
{
        size_t n = 0;
        Str rest = str_c(list ? list : "");
        while (rest.ptr) {
                Str one = str_trim(str_cut(rest, ',', &rest));
                if (n == NAMES_MAX || one.len == 0 || one.len > STORE_NAME_MAX)
                        return ST_INVALID;
                memcpy(names[n], one.ptr, one.len);
                names[n][one.len] = '\0';
                if (!store_name_ok(names[n]))
                        return ST_INVALID;
                n++;
        }
        *ret = n;
        return ST_OK;
}

static void put_list(Buf *b, const char *list)
{
        char names[NAMES_MAX][STORE_NAME_MAX + 1];
        size_t n = 0;
        if (split_names(list, names, &n) != ST_OK || n == 0) {
                if (b->failed == ST_OK)
                        b->failed = ST_INVALID;
                return;
        }
        for (size_t i = 0; i < n; i++) {
                buf_puts(b, i ? ", " : "");
                store_put_name(b, names[i]);
        }
}

/* "table(column)" */
static Status split_reference(const char *text, char table[STORE_NAME_MAX + 1], char column[STORE_NAME_MAX + 1])
{
        Str rest;
        Str t = str_trim(str_cut(str_c(text), '(', &rest));
        Str end;
        Str c = rest.ptr ? str_trim(str_cut(rest, ')', &end)) : STR_NONE;
        if (!rest.ptr || !end.ptr || end.len || t.len > STORE_NAME_MAX || c.len > STORE_NAME_MAX)
                return ST_INVALID;
        memcpy(table, t.ptr, t.len);
        table[t.len] = '\0';
        memcpy(column, c.ptr, c.len);
        column[c.len] = '\0';
        return store_name_ok(table) && store_name_ok(column) ? ST_OK : ST_INVALID;
}

static const char *type_word(StoreType t)
{
        return t == STORE_I64 ? "i64" : t == STORE_TEXT ? "text" : "blob";
}

static const StoreColumn *find_column(const StoreTable *t, const char *name)
{
        for (size_t i = 0; i < t->column_count; i++)
                if (cstr_eq(t->columns[i].name, name))
                        return &t->columns[i];
        return NULL;
}

static Status bad_definition(StoreTx *tx, const char *table, const char *what)
{
        return diag_fail(tx->diag, ST_INTERNAL, store_pos(tx->store), "表 %s 的定义有误：%s",
                         "the definition of table %s is wrong: %s", table ? table : "?", what ? what : "?");
}

/* Mistakes of the caller, before anything is done. */
static Status check_definition(StoreTx *tx, const StoreTable *t)
{
        char names[NAMES_MAX][STORE_NAME_MAX + 1];
        size_t n = 0;
        bool own = strcmp(t->name ? t->name : "", "event") == 0 || str_starts(str_c(t->name), STR("store_"));
        if (own && tx->mode != STORE_SETUP)
                return bad_definition(tx, t->name, "a name of the store");
        if (str_has(str_c(t->name), STR("__fts")) || str_starts(str_c(t->name), STR("sqlite_")) ||
            str_starts(str_c(t->name), STR("pg_")))
                return bad_definition(tx, t->name, "a name of the engine");
        if (!store_name_ok(t->name) || t->column_count == 0 || t->column_count > STORE_COLUMNS_MAX)
                return bad_definition(tx, t->name, t->name);
        if (!t->primary_key || split_names(t->primary_key, names, &n) != ST_OK || n == 0)
                return bad_definition(tx, t->name, "primary key");
        for (size_t i = 0; i < n; i++)
                if (!find_column(t, names[i]))
                        return bad_definition(tx, t->name, names[i]);
        _cleanup_map_ Map seen = MAP_INIT(STORE_COLUMNS_MAX);
        for (size_t i = 0; i < t->column_count; i++) {
                const StoreColumn *c = &t->columns[i];
                char other[STORE_NAME_MAX + 1], column[STORE_NAME_MAX + 1];
                if (!store_name_ok(c->name) || c->type < STORE_I64 || c->type > STORE_BLOB)
                        return bad_definition(tx, t->name, c->name);
                Status st = map_add(&seen, str_c(c->name), NULL);
                if (st != ST_OK)
                        return st == ST_EXISTS ? bad_definition(tx, t->name, c->name) : st;
                if (c->references && split_reference(c->references, other, column) != ST_OK)
                        return bad_definition(tx, t->name, c->references);
                if (c->fallback && (c->fallback->type != c->type || c->type == STORE_BLOB))
                        return bad_definition(tx, t->name, c->name);
        }
        for (size_t i = 0; i < t->index_count; i++) {
                if (!store_name_ok(t->indexes[i].name) || split_names(t->indexes[i].columns, names, &n) != ST_OK ||
                    n == 0)
                        return bad_definition(tx, t->name, t->indexes[i].name);
                for (size_t k = 0; k < n; k++)
                        if (!find_column(t, names[k]))
                                return bad_definition(tx, t->name, t->indexes[i].name);
        }
        return ST_OK;
}

/* ---- DDL --------------------------------------------------------------- */

static bool in_key(const StoreTable *t, const char *column)
{
        char names[NAMES_MAX][STORE_NAME_MAX + 1];
        size_t n = 0;
        if (split_names(t->primary_key, names, &n) != ST_OK)
                return false;
        for (size_t i = 0; i < n; i++)
                if (strcmp(names[i], column) == 0)
                        return true;
        return false;
}

/* A default is part of the schema's text: an integer, or text in quotes. */
static void put_fallback(Buf *b, const StoreValue *v)
{
        if (v->type == STORE_I64) {
                buf_printf(b, " DEFAULT %lld", (long long)v->i64);
                return;
        }
        buf_puts(b, " DEFAULT '");
        for (size_t i = 0; i < v->str.len; i++) {
                if (v->str.ptr[i] == '\'')
                        buf_putc(b, '\'');
                buf_putc(b, v->str.ptr[i]);
        }
        buf_putc(b, '\'');
}

static void put_column(Buf *b, const StoreDialect *dl, const StoreTable *t, const StoreColumn *c)
{
        store_put_name(b, c->name);
        buf_printf(b, " %s",
                   c->type == STORE_I64    ? dl->type_i64
                   : c->type == STORE_TEXT ? dl->type_text
                                           : dl->type_blob);
        if (c->not_null || in_key(t, c->name))
                buf_puts(b, " NOT NULL");
        if (c->fallback)
                put_fallback(b, c->fallback);
}

static void put_reference(Buf *b, const char *references)
{
        char table[STORE_NAME_MAX + 1] = "", column[STORE_NAME_MAX + 1] = "";
        if (split_reference(references, table, column) != ST_OK && b->failed == ST_OK)
                b->failed = ST_INVALID;
        buf_puts(b, " REFERENCES ");
        store_put_name(b, table);
        buf_puts(b, " (");
        store_put_name(b, column);
        buf_puts(b, ") DEFERRABLE INITIALLY DEFERRED");
}

static bool keyed(const StoreTable *t)
{
        char names[NAMES_MAX][STORE_NAME_MAX + 1];
        size_t n = 0;
        if (t->column_count > KEYED_COLUMNS_MAX || split_names(t->primary_key, names, &n) != ST_OK)
                return false;
        for (size_t i = 0; i < t->column_count; i++)
                if (t->columns[i].type == STORE_BLOB)
                        return false;
        const StoreColumn *first = find_column(t, names[0]);
        return n > 1 || (first && first->type == STORE_TEXT);
}

static Status run_buf(StoreTx *tx, Buf *b)
{
        TRY(buf_status(b));
        return store_tx_run(tx, buf_cstr(b));
}

static Status create_table(StoreTx *tx, const StoreTable *t)
{
        const StoreDialect *dl = tx->driver->dialect;
        _cleanup_buf_ Buf b = BUF_INIT(SQL_MAX);
        buf_puts(&b, "CREATE TABLE ");
        store_put_name(&b, t->name);
        for (size_t i = 0; i < t->column_count; i++) {
                buf_puts(&b, i ? ", " : " (");
                put_column(&b, dl, t, &t->columns[i]);
                if (dl->foreign_inline && t->columns[i].references)
                        put_reference(&b, t->columns[i].references);
        }
        buf_puts(&b, ", PRIMARY KEY (");
        put_list(&b, t->primary_key);
        buf_puts(&b, "))");
        buf_puts(&b, keyed(t) ? dl->table_suffix_keyed : dl->table_suffix);
        return run_buf(tx, &b);
}

static Status add_column(StoreTx *tx, const StoreTable *t, const StoreColumn *c)
{
        const StoreDialect *dl = tx->driver->dialect;
        _cleanup_buf_ Buf b = BUF_INIT(SQL_MAX);
        buf_puts(&b, "ALTER TABLE ");
        store_put_name(&b, t->name);
        buf_puts(&b, " ADD COLUMN ");
        put_column(&b, dl, t, c);
        if (dl->foreign_inline && c->references)
                put_reference(&b, c->references);
        return run_buf(tx, &b);
}

static Status add_foreign(StoreTx *tx, const char *table, const StoreColumn *c)
{
        _cleanup_buf_ Buf b = BUF_INIT(SQL_MAX);
        buf_puts(&b, "ALTER TABLE ");
        store_put_name(&b, table);
        buf_puts(&b, " ADD FOREIGN KEY (");
        store_put_name(&b, c->name);
        buf_puts(&b, ")");
        put_reference(&b, c->references);
        return run_buf(tx, &b);
}

static Status create_index(StoreTx *tx, const char *table, const StoreIndex *x)
{
        _cleanup_buf_ Buf b = BUF_INIT(SQL_MAX);
        buf_printf(&b, "CREATE %sINDEX ", x->unique ? "UNIQUE " : "");
        store_put_name(&b, x->name);
        buf_puts(&b, " ON ");
        store_put_name(&b, table);
        buf_puts(&b, " (");
        put_list(&b, x->columns);
        buf_puts(&b, ")");
        return run_buf(tx, &b);
}

Status store_drop_index(StoreTx *tx, const char *name)
{
        _cleanup_buf_ Buf b = BUF_INIT(SQL_MAX);
        buf_puts(&b, "DROP INDEX IF EXISTS ");
        store_put_name(&b, name);
        return run_buf(tx, &b);
}

Status store_rename_table(StoreTx *tx, const char *from, const char *to)
{
        _cleanup_buf_ Buf b = BUF_INIT(SQL_MAX);
        buf_puts(&b, "ALTER TABLE ");
        store_put_name(&b, from);
        buf_puts(&b, " RENAME TO ");
        store_put_name(&b, to);
        return run_buf(tx, &b);
}

Status store_rename_column(StoreTx *tx, const char *table, const char *from, const char *to)
{
        _cleanup_buf_ Buf b = BUF_INIT(SQL_MAX);
        buf_puts(&b, "ALTER TABLE ");
        store_put_name(&b, table);
        buf_puts(&b, " RENAME COLUMN ");
        store_put_name(&b, from);
        buf_puts(&b, " TO ");
        store_put_name(&b, to);
        return run_buf(tx, &b);
}

/* ---- what is there ----------------------------------------------------- */

Status store_has_table(StoreTx *tx, const char *name, bool *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, tx->driver->dialect->columns, STORE_ARGS(sv_cstr(name)), &q));
        bool found = store_next(q);
        TRY(store_done(q));
        *ret = found;
        return ST_OK;
}

Status store_live_tables(StoreTx *tx, Arena *a, const char ***ret, size_t *ret_count)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, tx->driver->dialect->tables, STORE_NO_ARGS, &q));
        const char **names = NULL;
        size_t n = 0, cap = 0;
        while (store_next(q)) {
                Str name = store_text_dup(q, 0, a);
                if (!name.ptr || arena_grow(a, (void **)&names, &cap, n + 1, sizeof(*names)) < 0)
                        return store_tx_fail(tx, ST_NOMEM);
                names[n++] = name.ptr;
        }
        TRY(store_done(q));
        *ret = names;
        *ret_count = n;
        return ST_OK;
}

static StoreType word_type(Str w)
{
        return str_eq(w, STR("i64"))    ? STORE_I64
               : str_eq(w, STR("text")) ? STORE_TEXT
               : str_eq(w, STR("blob")) ? STORE_BLOB
                                        : STORE_NULL;
}

/* A default as the engines write it: 5, -5, (-5), 'text', 'it''s'::text, '5'::bigint. */
static Status live_fallback(Str text, StoreType type, Arena *a, const StoreValue **ret)
{
        while (text.len > 1 && text.ptr[0] == '(' && text.ptr[text.len - 1] == ')')
                text = str_n(text.ptr + 1, text.len - 2);
        char *plain = arena_alloc(a, text.len + 1);
        StoreValue *v = arena_new_of(a, StoreValue);
        if (!plain || !v)
                return ST_NOMEM;
        size_t n = 0;
        bool quoted = text.len && text.ptr[0] == '\'';
        for (size_t i = quoted; i < text.len; i++) {
                if (quoted && text.ptr[i] == '\'' && (i + 1 == text.len || text.ptr[++i] != '\''))
                        break;
                if (!quoted && text.ptr[i] == ':')
                        break;
                plain[n++] = text.ptr[i];
        }
        int64_t number = 0;
        if (type == STORE_TEXT && quoted)
                *v = sv_text(str_n(plain, n));
        else if (type == STORE_I64 && str_to_i64(str_n(plain, n), &number))
                *v = sv_i64(number);
        else
                return ST_UNSUPPORTED;
        *ret = v;
        return ST_OK;
}

static Status live_columns(StoreTx *tx, const char *name, Arena *a, StoreTable *t)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, tx->driver->dialect->columns, STORE_ARGS(sv_cstr(name)), &q));
        StoreColumn *columns = NULL;
        size_t n = 0, cap = 0;
        const char *key[NAMES_MAX] = { NULL };
        size_t keys = 0;
        while (store_next(q)) {
                StoreColumn c = { .name = store_text_dup(q, 0, a).ptr, .type = word_type(store_text(q, 1)),
                                  .not_null = store_i64(q, 2) != 0 };
                int64_t place = store_i64(q, 3);
                if (!store_is_null(q, 4))
                        TRY(live_fallback(store_text(q, 4), c.type, a, &c.fallback));
                if (!c.name || arena_grow(a, (void **)&columns, &cap, n + 1, sizeof(*columns)) < 0)
                        return ST_NOMEM;
                if (place > 0 && place <= NAMES_MAX) {
                        key[place - 1] = c.name;
                        keys = (size_t)place > keys ? (size_t)place : keys;
                }
                columns[n++] = c;
        }
        TRY(store_done(q));
        char *primary = arena_strdup(a, "");
        for (size_t i = 0; primary && i < keys; i++)
                primary = arena_printf(a, "%s%s%s", primary, i ? ", " : "", key[i] ? key[i] : "");
        if (!primary)
                return ST_NOMEM;
        t->columns = columns;
        t->column_count = n;
        t->primary_key = primary;
        return ST_OK;
}

static Status live_indexes(StoreTx *tx, const char *name, Arena *a, StoreTable *t)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, tx->driver->dialect->indexes, STORE_ARGS(sv_cstr(name)), &q));
        StoreIndex *indexes = NULL;
        size_t n = 0, cap = 0;
        while (store_next(q)) {
                Str index = store_text(q, 0), column = store_text(q, 2);
                if (n && str_eq_c(index, indexes[n - 1].name)) {
                        indexes[n - 1].columns = arena_printf(a, "%s, %.*s", indexes[n - 1].columns, STR_FMT(column));
                        if (!indexes[n - 1].columns)
                                return ST_NOMEM;
                        continue;
                }
                if (arena_grow(a, (void **)&indexes, &cap, n + 1, sizeof(*indexes)) < 0)
                        return ST_NOMEM;
                indexes[n] = (StoreIndex){ .name = arena_strndup(a, index.ptr, index.len),
                                           .unique = store_i64(q, 1) != 0,
                                           .columns = arena_printf(a, "%.*s", STR_FMT(column)) };
                if (!indexes[n].name || !indexes[n].columns)
                        return ST_NOMEM;
                n++;
        }
        TRY(store_done(q));
        t->indexes = indexes;
        t->index_count = n;
        return ST_OK;
}

static Status live_foreign(StoreTx *tx, const char *name, Arena *a, StoreTable *t)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, tx->driver->dialect->foreign, STORE_ARGS(sv_cstr(name)), &q));
        StoreColumn *columns = (StoreColumn *)(uintptr_t)t->columns;
        while (store_next(q)) {
                Str from = store_text(q, 0), table = store_text(q, 1), to = store_text(q, 2);
                for (size_t i = 0; i < t->column_count; i++) {
                        if (!str_eq_c(from, columns[i].name))
                                continue;
                        columns[i].references = arena_printf(a, "%.*s(%.*s)", STR_FMT(table), STR_FMT(to));
                        if (!columns[i].references)
                                return ST_NOMEM;
                }
        }
        return store_done(q);
}

Status store_live_table(StoreTx *tx, const char *name, Arena *a, StoreTable *ret)
{
        StoreTable t = { .name = arena_strdup(a, name) };
        Status st = t.name ? ST_OK : ST_NOMEM;
        if (st == ST_OK)
                st = live_columns(tx, name, a, &t);
        if (st == ST_OK)
                st = live_indexes(tx, name, a, &t);
        if (st == ST_OK)
                st = live_foreign(tx, name, a, &t);
        if (st != ST_OK)
                return store_tx_fail(tx, st);
        *ret = t;
        return ST_OK;
}

/* ---- from there to here ------------------------------------------------ */

/* The same list, however it is spaced. */
static bool same_list(const char *a, const char *b)
{
        char x[NAMES_MAX][STORE_NAME_MAX + 1], y[NAMES_MAX][STORE_NAME_MAX + 1];
        size_t n = 0, m = 0;
        if (split_names(a, x, &n) != ST_OK || split_names(b, y, &m) != ST_OK || n != m)
                return false;
        for (size_t i = 0; i < n; i++)
                if (strcmp(x[i], y[i]) != 0)
                        return false;
        return true;
}

static bool same_reference(const char *a, const char *b)
{
        char t1[STORE_NAME_MAX + 1], c1[STORE_NAME_MAX + 1], t2[STORE_NAME_MAX + 1], c2[STORE_NAME_MAX + 1];
        if (!a || !b)
                return !a && !b;
        return split_reference(a, t1, c1) == ST_OK && split_reference(b, t2, c2) == ST_OK && strcmp(t1, t2) == 0 &&
               strcmp(c1, c2) == 0;
}

static Status has_rows(StoreTx *tx, const char *table, bool *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(256);
        buf_puts(&b, "SELECT 1 FROM ");
        store_put_name(&b, table);
        buf_puts(&b, " LIMIT 1");
        TRY(buf_status(&b));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, buf_cstr(&b), STORE_NO_ARGS, &q));
        *ret = store_next(q);
        return store_done(q);
}

/* Do the rows allow a unique index on these columns? */
static Status has_duplicates(StoreTx *tx, const char *table, const char *columns, bool *ret)
{
        char names[NAMES_MAX][STORE_NAME_MAX + 1];
        size_t n = 0;
        TRY(split_names(columns, names, &n));
        _cleanup_buf_ Buf b = BUF_INIT(SQL_MAX);
        buf_puts(&b, "SELECT 1 FROM ");
        store_put_name(&b, table);
        for (size_t i = 0; i < n; i++) {
                buf_puts(&b, i ? " AND " : " WHERE ");
                store_put_name(&b, names[i]);
                buf_puts(&b, " IS NOT NULL");
        }
        buf_puts(&b, " GROUP BY ");
        put_list(&b, columns);
        buf_puts(&b, " HAVING count(*) > 1 LIMIT 1");
        TRY(buf_status(&b));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, buf_cstr(&b), STORE_NO_ARGS, &q));
        *ret = store_next(q);
        return store_done(q);
}

typedef struct Move {
        StoreTx *tx;
        Arena *arena;
        size_t conflicts;
        bool changed;
} Move;

#define CONFLICT(m, zh, ...)                                                                    \
        do {                                                                                    \
                (m)->conflicts++;                                                               \
                diag_error((m)->tx->diag, store_pos((m)->tx->store), zh, __VA_ARGS__);          \
        } while (0)

/* First pass: everything that stands in the way is said, nothing is done. */
static Status look_column(Move *m, const StoreTable *t, const StoreTable *live, const StoreColumn *c)
{
        const StoreColumn *l = find_column(live, c->name);
        if (!l) {
                bool rows = false;
                TRY(has_rows(m->tx, t->name, &rows));
                if (rows && c->not_null && !c->fallback)
                        CONFLICT(m, "表 %s 已有数据，新的必填列 %s 需要缺省值",
                                 "table %s has rows: the new required column %s needs a default", t->name, c->name);
                if (c->references && c->fallback)
                        CONFLICT(m, "表 %s 的新列 %s 不能同时有缺省值和外键",
                                 "the new column %2$s of table %1$s cannot have both a default and a foreign key",
                                 t->name, c->name);
                return ST_OK;
        }
        if (l->type != c->type)
                CONFLICT(m, "表 %s 的列 %s 类型由 %s 改为 %s，需要专门的迁移",
                         "column %2$s of table %1$s changes its type from %3$s to %4$s: that needs a stated migration",
                         t->name, c->name, l->type == STORE_NULL ? "?" : type_word(l->type), type_word(c->type));
        if (l->not_null != (c->not_null || in_key(t, c->name)))
                CONFLICT(m, "表 %s 的列 %s 的必填与否有变化，需要专门的迁移",
                         "column %2$s of table %1$s changes whether it is required: that needs a stated migration",
                         t->name, c->name);
        if (!same_reference(l->references, c->references))
                CONFLICT(m, "表 %s 的列 %s 的外键有变化，需要专门的迁移",
                         "column %2$s of table %1$s changes its foreign key: that needs a stated migration", t->name,
                         c->name);
        return ST_OK;
}

static const StoreIndex *find_index(const StoreTable *t, const char *name)
{
        for (size_t i = 0; i < t->index_count; i++)
                if (cstr_eq(t->indexes[i].name, name))
                        return &t->indexes[i];
        return NULL;
}

static Status look_index(Move *m, const StoreTable *t, const StoreTable *live, const StoreIndex *x)
{
        const StoreIndex *l = find_index(live, x->name);
        if (l) {
                if (l->unique != x->unique || !same_list(l->columns, x->columns))
                        CONFLICT(m, "索引 %s 的列有变化（%s → %s），需要专门的迁移",
                                 "index %s changes its columns (%s to %s): that needs a stated migration", x->name,
                                 l->columns, x->columns);
                return ST_OK;
        }
        Str owner = STR_NONE;
        Status st = store_get_text(m->tx, m->tx->driver->dialect->index_table, STORE_ARGS(sv_cstr(x->name)), m->arena,
                                   &owner);
        if (st != ST_OK && st != ST_NOT_FOUND)
                return st;
        if (st == ST_OK)
                CONFLICT(m, "索引名 %s 已用于表 %.*s", "the index name %s is taken by table %.*s", x->name,
                         STR_FMT(owner));
        if (!x->unique || live->column_count == 0)
                return ST_OK;
        char names[NAMES_MAX][STORE_NAME_MAX + 1];
        size_t n = 0;
        TRY(split_names(x->columns, names, &n));
        for (size_t i = 0; i < n; i++)
                if (!find_column(live, names[i]))
                        return ST_OK;           /* over a new column: the index itself will tell */
        bool twice = false;
        TRY(has_duplicates(m->tx, t->name, x->columns, &twice));
        if (twice)
                CONFLICT(m, "表 %s 中有重复的（%s），不能设为唯一",
                         "table %s has the same (%s) twice: it cannot be made unique", t->name, x->columns);
        return ST_OK;
}

static Status look(Move *m, const StoreTable *t, const StoreTable *live)
{
        if (live->column_count) {
                if (!same_list(live->primary_key, t->primary_key))
                        CONFLICT(m, "表 %s 的主键由（%s）改为（%s），需要专门的迁移",
                                 "table %s changes its primary key from (%s) to (%s): that needs a stated migration",
                                 t->name, live->primary_key, t->primary_key);
                for (size_t i = 0; i < t->column_count; i++)
                        TRY(look_column(m, t, live, &t->columns[i]));
        }
        for (size_t i = 0; i < t->index_count; i++)
                TRY(look_index(m, t, live, &t->indexes[i]));
        return ST_OK;
}

static Status build(Move *m, const StoreTable *t, const StoreTable *live)
{
        if (!live->column_count) {
                TRY(create_table(m->tx, t));
                m->changed = true;
        }
        for (size_t i = 0; live->column_count && i < t->column_count; i++) {
                if (find_column(live, t->columns[i].name))
                        continue;
                TRY(add_column(m->tx, t, &t->columns[i]));
                m->changed = true;
        }
        for (size_t i = 0; i < t->index_count; i++) {
                if (find_index(live, t->indexes[i].name))
                        continue;
                TRY(create_index(m->tx, t->name, &t->indexes[i]));
                m->changed = true;
        }
        return ST_OK;
}

static Status build_foreign(Move *m, const StoreTable *t, const StoreTable *live)
{
        for (size_t i = 0; i < t->column_count; i++)
                if (t->columns[i].references && !find_column(live, t->columns[i].name))
                        TRY(add_foreign(m->tx, t->name, &t->columns[i]));
        return ST_OK;
}

static Status apply(Move *m, const StoreTable *tables, size_t n)
{
        StoreTx *tx = m->tx;
        for (size_t i = 0; i < n; i++)
                TRY(check_definition(tx, &tables[i]));
        StoreTable *live = arena_array_of(m->arena, StoreTable, n ? n : 1);
        if (!live)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                TRY(store_live_table(tx, tables[i].name, m->arena, &live[i]));
        for (size_t i = 0; i < n; i++)
                TRY(look(m, &tables[i], &live[i]));
        if (m->conflicts)
                return ST_CONFLICT;
        for (size_t i = 0; i < n; i++)
                TRY(build(m, &tables[i], &live[i]));
        if (!tx->driver->dialect->foreign_inline)
                for (size_t i = 0; i < n; i++)
                        TRY(build_foreign(m, &tables[i], &live[i]));
        return ST_OK;
}

Status store_apply_tables(StoreTx *tx, const StoreTable *tables, size_t n, bool *ret_changed)
{
        TRY(store_tx_ready(tx));
        _cleanup_arena_ Arena *a = arena_new(ARENA_MAX);
        if (!a)
                return store_tx_fail(tx, ST_NOMEM);
        Move m = { .tx = tx, .arena = a };
        Status st = apply(&m, tables, n);
        if (st != ST_OK)
                return store_tx_fail(tx, st);
        if (ret_changed)
                *ret_changed = m.changed;
        return ST_OK;
}
