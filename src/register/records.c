/* records.c -- reading records: one, its versions, a page of many, and where a value came from. */
#include <stdio.h>

#include "register/columns.h"
#include "register/register_int.h"
#include "register/sound.h"
#include "store/text.h"

enum { ARGS_MAX = 64, IDS_STEP = 200, SQL_MAX = 256 << 10 };

static Status read_and_compute(StoreStmt *q, const Pack *pack, const PackRegister *reg, FeelExec *x, Arena *a,
                               RegisterRecord *ret)
{
        TRY(register_read_row(q, 0, reg, a, ret));
        feel_exec_reset(x);
        return register_compute(pack, reg, x, ret->values, a);
}

Status register_get(StoreTx *tx, const Pack *pack, const PackRegister *reg, Str key, const Date *as_of, Arena *a,
                    RegisterRecord *ret)
{
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        StoreValue args[2];
        size_t n = 0;
        char day[24];
        buf_puts(&sql, "SELECT ");
        register_put_columns(&sql, reg, "r.");
        register_put_source(&sql, reg, as_of, args, &n, day);
        args[n++] = sv_text(key);
        buf_printf(&sql, " WHERE r.k_key = $%zu", n);
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, sql.ptr, args, n, &q));
        return read_and_compute(q, pack, reg, x, a, ret);
}

Status register_versions(StoreTx *tx, const Pack *pack, const PackRegister *reg, int64_t id, Arena *a,
                         RegisterRecord **ret, size_t *ret_count)
{
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        RegisterRecord *rows = NULL;
        size_t count = 0, cap = 0;
        for (int history = 0; history < 2; history++) {
                _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
                char table[REGISTER_NAME_MAX];
                register_table_name(reg, history, table);
                buf_puts(&sql, "SELECT ");
                register_put_columns(&sql, reg, "");
                buf_puts(&sql, " FROM ");
                store_put_name(&sql, table);
                buf_puts(&sql, " WHERE k_id = $1 ORDER BY k_version DESC");
                TRY(buf_status(&sql));
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                TRY(store_query(tx, sql.ptr, STORE_ARGS(sv_i64(id)), &q));
                while (store_next(q)) {
                        if (arena_grow(a, (void **)&rows, &cap, count + 1, sizeof(*rows)) < 0)
                                return ST_NOMEM;
                        TRY(read_and_compute(q, pack, reg, x, a, &rows[count]));
                        count++;
                }
                TRY(store_done(q));
        }
        *ret = rows;
        *ret_count = count;
        return ST_OK;
}

Status register_put_within(Buf *sql, const Pack *pack, const PackUnit *top, bool *first)
{
        buf_puts(sql, *first ? " WHERE r.k_unit IN (" : " AND r.k_unit IN (");
        *first = false;
        for (size_t i = top->index; i <= top->last; i++) {
                if (i > top->index)
                        buf_puts(sql, ", ");
                buf_putc(sql, '\'');
                for (size_t k = 0; k < pack->units[i].code.len; k++) { /* codes are letters and digits; be sure */
                        char c = pack->units[i].code.ptr[k];
                        if (c == '\'')
                                return ST_INVALID;
                        buf_putc(sql, c);
                }
                buf_putc(sql, '\'');
        }
        buf_putc(sql, ')');
        return ST_OK;
}

static Status put_conditions(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *q, Arena *a,
                             Buf *sql, StoreValue *args, size_t *n)
{
        bool first = true;
        if (q->within && q->within->depth > 0)
                TRY(register_put_within(sql, pack, q->within, &first));
        if (q->owner.ptr) {
                args[(*n)++] = sv_text(q->owner);
                buf_printf(sql, "%s r.k_owner = $%zu", first ? " WHERE" : " AND", *n);
                first = false;
        }
        char index[REGISTER_NAME_MAX];
        register_text_index_name(reg, index);
        if (str_trim(q->words).len) {
                buf_puts(sql, first ? " WHERE " : " AND ");
                first = false;
                if (!index[0]) {
                        args[(*n)++] = sv_text(q->words);
                        buf_printf(sql, "strpos(r.k_key, $%zu) > 0", *n);
                } else {
                        TRY(store_text_where(tx, index, "r.k_id", q->words, a, sql, args, ARGS_MAX, n));
                }
        }
        return ST_OK;
}

void register_put_order(Buf *sql, const RegisterQuery *q)
{
        buf_puts(sql, " ORDER BY ");
        if (q->sort && register_stored(q->sort)) {
                char name[REGISTER_NAME_MAX] = "k_sort"; /* a name stands by its sound */
                if (q->sort != q->sort->reg->label || !register_sorts_by_sound(q->sort->reg))
                        register_column_name(q->sort, name);
                buf_puts(sql, "r.");
                store_put_name(sql, name);
                buf_puts(sql, q->descending ? " DESC NULLS LAST, " : " ASC NULLS LAST, ");
        }
        buf_puts(sql, "r.k_key");
        if (!q->sort && q->descending)
                buf_puts(sql, " DESC");
}

typedef struct Page {
        RegisterRecord *rows;
        size_t count, cap;
        int64_t total;
} Page;

/* Runs the query; with a condition every row is asked, else SQL has cut the page already. */
static Status gather(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *q,
                     const FeelProgram *where, const char *sql, const StoreValue *args, size_t n, Arena *a, Page *page)
{
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        int64_t limit = q->limit ? q->limit : REGISTER_LIST_MAX;
        _cleanup_store_stmt_ StoreStmt *s = NULL;
        TRY(store_query_many(tx, sql, args, n, &s));
        while (store_next(s)) {
                ArenaMark mark = arena_mark(a);
                RegisterRecord rec;
                TRY(read_and_compute(s, pack, reg, x, a, &rec));
                if (where) {
                        FeelValue *in, out;
                        size_t inputs;
                        TRY(register_scope_inputs(reg, rec.values, feel_exec_arena(x), &in, &inputs));
                        TRY(feel_eval(x, where, in, inputs, &out));
                        int64_t at = feel_is_true(&out) ? page->total++ : -1;
                        if (at < q->offset || at >= q->offset + limit) {
                                arena_rewind(a, mark);
                                continue;
                        }
                }
                if (page->count == page->cap) {
                        size_t cap = page->cap ? page->cap * 2 : 64;
                        RegisterRecord *rows = arena_array_of(a, RegisterRecord, cap);
                        if (!rows)
                                return ST_NOMEM;
                        if (page->count)
                                memcpy(rows, page->rows, page->count * sizeof(*rows));
                        page->rows = rows;
                        page->cap = cap;
                }
                page->rows[page->count++] = rec;
        }
        return store_done(s);
}

/* The records with these numbers, in their order, as they were on the day. */
static Status fetch(StoreTx *tx, const Pack *pack, const PackRegister *reg, const Date *as_of, const int64_t *ids,
                    size_t count, Arena *a, RegisterRecord *ret)
{
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        for (size_t at = 0; at < count; at += IDS_STEP) {
                size_t n = count - at < IDS_STEP ? count - at : IDS_STEP, first = 0;
                StoreValue args[IDS_STEP + 2];
                char day[24];
                _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
                buf_puts(&sql, "SELECT ");
                register_put_columns(&sql, reg, "r.");
                register_put_source(&sql, reg, as_of, args, &first, day);
                buf_puts(&sql, " WHERE r.k_id IN (");
                store_put_params(&sql, first + 1, n);
                buf_putc(&sql, ')');
                TRY(buf_status(&sql));
                for (size_t i = 0; i < n; i++)
                        args[first + i] = sv_i64(ids[at + i]);
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                TRY(store_query(tx, sql.ptr, args, first + n, &q));
                while (store_next(q)) {
                        int64_t id = store_i64(q, META_k_id);
                        for (size_t i = at; i < at + n; i++)
                                if (ids[i] == id)
                                        TRY(read_and_compute(q, pack, reg, x, a, &ret[i]));
                }
                TRY(store_done(q));
        }
        for (size_t i = 0; i < count; i++)
                if (ret[i].id != ids[i])
                        return ST_INTERNAL;
        return ST_OK;
}

/* Few records hold the words: the database finds them at once, without columns. */
static Status holds_few(StoreTx *tx, const PackRegister *reg, Str words, Arena *a, bool *ret)
{
        enum { FEW = 2000 };
        char index[REGISTER_NAME_MAX];
        register_text_index_name(reg, index);
        *ret = true;
        if (!index[0])
                return ST_OK;
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        StoreValue args[ARGS_MAX];
        size_t n = 0;
        int64_t seen;
        buf_puts(&sql, "SELECT count(*) FROM (");
        TRY(store_text_found(tx, index, words, a, &sql, args, ARGS_MAX, &n));
        buf_printf(&sql, " LIMIT %d) x", FEW + 1);
        TRY(buf_status(&sql));
        TRY(store_get_i64(tx, sql.ptr, args, n, &seen));
        *ret = seen <= FEW;
        return ST_OK;
}

/* By the columns that are kept; ST_UNSUPPORTED: they do not do. */
static Status kept_list(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *q,
                        const FeelProgram *where, Arena *a, Diag *diag, Page *page)
{
        bool words = str_trim(q->words).len, few;
        if (!q->kept || q->as_of || q->owner.ptr ||
            !(words || where || q->sort || q->offset || (q->within && q->within->depth > 0)))
                return ST_UNSUPPORTED;
        if (words) {
                TRY(holds_few(tx, reg, str_trim(q->words), a, &few));
                if (few)
                        return ST_UNSUPPORTED;
        }
        int64_t *ids;
        TRY(register_columns_page(q->kept, tx, pack, reg, q, where, a, diag, &ids, &page->count, &page->total));
        page->rows = arena_array_of(a, RegisterRecord, page->count + 1);
        return page->rows ? fetch(tx, pack, reg, NULL, ids, page->count, a, page->rows) : ST_NOMEM;
}

static Status holds(const PackRegister *reg, const FeelProgram *where, const RegisterRecord *rec, FeelExec *x,
                    bool *ret)
{
        FeelValue *in, out;
        size_t inputs;
        *ret = true;
        if (!where)
                return ST_OK;
        TRY(register_scope_inputs(reg, rec->values, feel_exec_arena(x), &in, &inputs));
        TRY(feel_eval(x, where, in, inputs, &out));
        *ret = feel_is_true(&out);
        return ST_OK;
}

/* By the sound of a text: all texts that the conditions leave are sorted, then the page is read. */
static Status sound_list(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *q,
                         const FeelProgram *where, const char *sql, const StoreValue *args, size_t n, Arena *a,
                         Diag *diag, Page *page)
{
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        _cleanup_sound_ SoundSort *sort = NULL;
        _cleanup_buf_ Buf all = BUF_INIT((size_t)64 << 20); /* numbers of the records as they come */
        if (!x)
                return ST_NOMEM;
        TRY(sound_new(q->sort, diag, &sort));
        _cleanup_store_stmt_ StoreStmt *s = NULL;
        TRY(store_query_many(tx, sql, args, n, &s));
        while (store_next(s)) {
                ArenaMark mark = arena_mark(a);
                RegisterRecord rec;
                bool held;
                TRY(read_and_compute(s, pack, reg, x, a, &rec));
                TRY(holds(reg, where, &rec, x, &held));
                const RegisterValue *v = &rec.values[q->sort->index];
                if (held) {
                        buf_put(&all, (const char *)&rec.id, sizeof(rec.id));
                        TRY(buf_status(&all));
                        TRY(sound_add(sort, v->known ? v->text : STR_NONE, (uint32_t)sound_count(sort)));
                }
                arena_rewind(a, mark);
        }
        TRY(store_done(s));
        sound_sort(sort, q->descending);
        size_t total = sound_count(sort), from = q->offset > 0 ? (size_t)q->offset : 0;
        size_t limit = (size_t)(q->limit ? q->limit : REGISTER_LIST_MAX);
        size_t count = from >= total ? 0 : total - from < limit ? total - from : limit;
        int64_t *ids = arena_array_of(a, int64_t, count + 1);
        page->rows = arena_array_of(a, RegisterRecord, count + 1);
        if (!ids || !page->rows)
                return ST_NOMEM;
        for (size_t i = 0; i < count; i++)
                memcpy(&ids[i], all.ptr + sound_at(sort, from + i) * sizeof(*ids), sizeof(*ids));
        page->count = count;
        page->total = (int64_t)total;
        return fetch(tx, pack, reg, q->as_of, ids, count, a, page->rows);
}

Status register_list(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterQuery *q, Arena *a,
                     Diag *diag, RegisterRecord **ret, size_t *ret_count, int64_t *ret_total)
{
        _cleanup_feel_program_ FeelProgram *where = NULL;
        if (str_trim(q->where).len) {
                FeelSource src = FEEL_SOURCE(q->where);
                src.file = "where";
                FeelCompileOptions options = { .expected = FEEL_TYPE_BOOLEAN };
                TRY(feel_compile(reg->scope, src, &options, diag, &where));
        }
        Page page = { 0 };
        Status st = kept_list(tx, pack, reg, q, where, a, diag, &page);
        if (st != ST_UNSUPPORTED) {
                *ret = page.rows;
                *ret_count = page.count;
                *ret_total = page.total;
                return st;
        }
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX), tail = BUF_INIT(SQL_MAX), count = BUF_INIT(SQL_MAX);
        StoreValue args[ARGS_MAX];
        size_t n = 0;
        char day[24];
        register_put_source(&tail, reg, q->as_of, args, &n, day);
        TRY(put_conditions(tx, pack, reg, q, a, &tail, args, &n));
        TRY(buf_status(&tail));
        buf_puts(&sql, "SELECT ");
        register_put_columns(&sql, reg, "r.");
        buf_put_str(&sql, buf_str(&tail));
        const bool sound = q->sort && sound_sorts(q->sort);
        register_put_order(&sql, sound ? &(RegisterQuery){ 0 } : q);
        if (!where && !sound) {
                buf_puts(&count, "SELECT count(*)");
                buf_put_str(&count, buf_str(&tail));
                TRY(buf_status(&count));
                TRY(store_get_i64(tx, count.ptr, args, n, &page.total));
                buf_printf(&sql, " LIMIT %lld OFFSET %lld", (long long)(q->limit ? q->limit : REGISTER_LIST_MAX),
                           (long long)q->offset);
        }
        TRY(buf_status(&sql));
        if (sound)
                TRY(sound_list(tx, pack, reg, q, where, sql.ptr, args, n, a, diag, &page));
        else
                TRY(gather(tx, pack, reg, q, where, sql.ptr, args, n, a, &page));
        *ret = page.rows;
        *ret_count = page.count;
        *ret_total = page.total;
        return ST_OK;
}

Status register_years(StoreTx *tx, const PackRegister *reg, Arena *a, int64_t **ret, size_t *ret_count)
{
        int64_t *years = NULL;
        size_t n = 0, cap = 0;
        char table[REGISTER_NAME_MAX], column[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        if (!reg->periodic || reg->period != PERIOD_YEAR)
                return ST_USAGE;
        register_table_name(reg, false, table);
        register_column_name(reg->period_field, column);
        buf_puts(&sql, "SELECT DISTINCT ");
        store_put_name(&sql, column);
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " ORDER BY 1");
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, sql.ptr, STORE_NO_ARGS, &q));
        while (store_next(q)) {
                Period p;
                if (period_from_int(store_i64(q, 0), &p) != ST_OK)
                        continue;
                if (arena_grow(a, (void **)&years, &cap, n + 1, sizeof(*years)) < 0)
                        return ST_NOMEM;
                years[n++] = p.year;
        }
        *ret = years;
        *ret_count = n;
        return store_done(q);
}
