/* Backup and restore.  Between two SQLite files pages are copied; between the engines, tables: definitions are read
 * from the live source and made in the target, rows are streamed, the engines' text indexes are built anew. */
#include "store/backup.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "store/file.h"
#include "store/store_int.h"
#include "store/text_int.h"

enum { ARENA_BYTES = 64 << 20, BATCH_ROWS = 1024, SQL_MAX = 1 << 20 };

/* ---- tables from one database to another -------------------------------- */

typedef struct Copy {
        StoreTx *from, *to;
        Arena *arena;
        StoreTable *tables;
        size_t table_count;
        int64_t rows;
} Copy;

static bool is_own(const char *name)
{
        for (size_t i = 0; i < store_own_table_count; i++)
                if (strcmp(store_own_tables[i].name, name) == 0)
                        return true;
        return false;
}

static Status make_tables(Copy *c)
{
        const char **names = NULL;
        size_t n = 0, others = 0;
        TRY(store_live_tables(c->from, c->arena, &names, &n));
        c->tables = arena_array_of(c->arena, StoreTable, n ? n : 1);
        StoreTable *make = arena_array_of(c->arena, StoreTable, n ? n : 1);
        if (!c->tables || !make)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                TRY(store_live_table(c->from, names[i], c->arena, &c->tables[i]));
                if (!is_own(names[i]))
                        make[others++] = c->tables[i];
        }
        c->table_count = n;
        return store_apply_tables(c->to, make, others, NULL);
}

static void put_select(Buf *sql, const StoreTable *t)
{
        for (size_t i = 0; i < t->column_count; i++) {
                buf_puts(sql, i ? ", " : "SELECT ");
                store_put_name(sql, t->columns[i].name);
        }
        buf_puts(sql, " FROM ");
        store_put_name(sql, t->name);
}

static Status copy_rows(StoreScan *scan, StoreBulk *bulk, StoreValue *row, size_t columns)
{
        const StoreVector *v;
        size_t rows;
        while (store_scan_next(scan, &v, &rows)) {
                for (size_t r = 0; r < rows; r++) {
                        for (size_t i = 0; i < columns; i++)
                                row[i] = v[i].null[r] ? sv_null() : v[i].type == STORE_I64 ? sv_i64(v[i].i64[r])
                                       : v[i].type == STORE_TEXT ? sv_text(v[i].str[r]) : sv_blob(v[i].str[r]);
                        TRY(store_bulk_row(bulk, row));
                }
        }
        return store_scan_done(scan);
}

static Status copy_table(Copy *c, const StoreTable *t)
{
        ArenaMark mark = arena_mark(c->arena);
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        put_select(&sql, t);
        TRY(buf_status(&sql));
        StoreType *types = arena_array_of(c->arena, StoreType, t->column_count);
        const char **names = arena_array_of(c->arena, const char *, t->column_count);
        StoreValue *row = arena_array_of(c->arena, StoreValue, t->column_count);
        if (!types || !names || !row)
                return ST_NOMEM;
        for (size_t i = 0; i < t->column_count; i++) {
                types[i] = t->columns[i].type;
                names[i] = t->columns[i].name;
        }
        _cleanup_store_scan_ StoreScan *scan = NULL;
        TRY(store_scan(c->from, buf_cstr(&sql), STORE_NO_ARGS, types, t->column_count, BATCH_ROWS, &scan));
        _cleanup_store_bulk_ StoreBulk *bulk = NULL;
        TRY(store_bulk(c->to, t->name, names, t->column_count, &bulk));
        TRY(copy_rows(scan, bulk, row, t->column_count));
        int64_t rows = 0;
        TRY(store_bulk_end(&bulk, &rows));
        c->rows += rows;
        arena_rewind(c->arena, mark);
        return ST_OK;
}

static Status build_text_index(Copy *c, const char *name)
{
        TRY(store_text_make(c->to, name));
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        buf_puts(&sql, "SELECT id, body FROM ");
        store_put_name(&sql, name);
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(c->from, buf_cstr(&sql), STORE_NO_ARGS, &q));
        while (store_next(q))
                TRY(store_text_rebuild_one(c->to, name, store_i64(q, 0), store_text(q, 1)));
        return store_done(q);
}

static Status copy_all(Copy *c)
{
        TRY(make_tables(c));
        for (size_t i = 0; i < c->table_count; i++)
                TRY(copy_table(c, &c->tables[i]));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(c->from, "SELECT name FROM store_text ORDER BY name", STORE_NO_ARGS, &q));
        while (store_next(q)) {
                Str name = store_text_dup(q, 0, c->arena);
                if (!name.ptr)
                        return ST_NOMEM;
                TRY(build_text_index(c, name.ptr));
        }
        return store_done(q);
}

static Status copy_between(StoreTx *from, StoreTx *to, StoreCopied *ret)
{
        _cleanup_arena_ Arena *a = arena_new(ARENA_BYTES);
        if (!a)
                return diag_fail(from->diag, ST_NOMEM, store_pos(from->store), "内存不足", "out of memory");
        Copy c = { .from = from, .to = to, .arena = a };
        Status st = copy_all(&c);
        if (st != ST_OK)
                return st == ST_NOMEM ? diag_fail(from->diag, st, store_pos(from->store), "内存不足", "out of memory")
                                      : st;
        ret->tables = (int64_t)c.table_count;
        ret->rows = c.rows;
        return ST_OK;
}

/* Tables and rows of a copy made of pages. */
static Status count_rows(StoreTx *tx, StoreCopied *ret)
{
        _cleanup_arena_ Arena *a = arena_new(ARENA_BYTES);
        const char **names = NULL;
        size_t n = 0;
        if (!a)
                return ST_NOMEM;
        TRY(store_live_tables(tx, a, &names, &n));
        int64_t rows = 0;
        for (size_t i = 0; i < n; i++) {
                _cleanup_buf_ Buf sql = BUF_INIT(4096);
                buf_puts(&sql, "SELECT count(*) FROM ");
                store_put_name(&sql, names[i]);
                TRY(buf_status(&sql));
                int64_t here = 0;
                TRY(store_get_i64(tx, buf_cstr(&sql), STORE_NO_ARGS, &here));
                rows += here;
        }
        ret->tables = (int64_t)n;
        ret->rows = rows;
        return ST_OK;
}

/* ---- backup ------------------------------------------------------------ */

/* A chain that is broken in the source is so in the copy: said, but no reason to have no backup. */
static Status prove_copy(StoreTx *tx, Diag *d, StoreCopied *ret)
{
        _cleanup_diag_ Diag own = DIAG_INIT(d ? d->lang : LANG_ZH);
        Diag *before = tx->diag;
        tx->diag = &own;
        Status st = store_verify_tx(tx, NULL, &ret->proof);
        tx->diag = before;
        for (size_t i = 0; i < own.count; i++)
                diag_add(d, st == ST_CHECK ? SEV_WARNING : SEV_ERROR, own.msgs[i].pos, "%s", "%s", own.msgs[i].text);
        return st == ST_CHECK ? ST_OK : st;
}

/* A copy made of pages holds what the source holds, its damage too. */
static Status check_pages(StoreTx *tx)
{
        _cleanup_arena_ Arena *a = arena_new(1 << 16);
        Str found;
        if (!a)
                return ST_NOMEM;
        TRY(store_get_text(tx, "PRAGMA quick_check(1)", STORE_NO_ARGS, a, &found));
        if (str_eq(found, STR("ok")))
                return ST_OK;
        return diag_fail(tx->diag, ST_CORRUPT, store_pos(tx->store), "数据库文件已损坏：%.*s",
                         "the database file is damaged: %.*s", STR_FMT(found));
}

static Status backup_pages(StoreTx *from, const char *path, Diag *d, StoreCopied *ret)
{
        TRY(store_sqlite_copy(from, path, d));
        _cleanup_store_ Store *copy = NULL;
        StoreOptions opt = { .mode = STORE_OPEN_READ, .vfs = from->store->vfs };
        TRY(store_open(path, &opt, d, &copy));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(copy, STORE_READ, d, &tx));
        TRY(check_pages(tx));
        TRY(count_rows(tx, ret));
        return prove_copy(tx, d, ret);
}

static Status backup_tables(StoreTx *from, const char *path, Diag *d, StoreCopied *ret)
{
        _cleanup_store_ Store *copy = NULL;
        _cleanup_store_tx_ StoreTx *to = NULL;
        TRY(store_open_empty(path, d, &copy, &to));
        TRY(copy_between(from, to, ret));
        TRY(prove_copy(to, d, ret));
        TRY(store_commit(&to));
        return store_sqlite_single_file(copy, d);
}

Status store_backup(Store *s, const char *file, Diag *d, StoreCopied *ret)
{
        if (access(file, F_OK) == 0)
                return diag_fail(d, ST_EXISTS, POS_FILE(file), "文件已存在，不覆盖",
                                 "the file exists already and is not overwritten");
        _cleanup_buf_ Buf beside = BUF_INIT(1 << 16);
        TRY(store_file_beside(file, &beside));
        StoreCopied copied = { 0 };
        _cleanup_store_tx_ StoreTx *from = NULL;
        TRY(store_begin(s, STORE_READ, d, &from));
        Status st = s->driver->engine == STORE_SQLITE ? backup_pages(from, buf_cstr(&beside), d, &copied)
                                                      : backup_tables(from, buf_cstr(&beside), d, &copied);
        if (st == ST_OK)
                st = store_file_into_place(buf_cstr(&beside), file, false, d);
        if (st != ST_OK) {
                store_remove_file(buf_cstr(&beside));
                return st == ST_NOMEM ? diag_fail(d, st, POS_FILE(file), "内存不足", "out of memory") : st;
        }
        if (ret)
                *ret = copied;
        return ST_OK;
}

/* ---- restore ----------------------------------------------------------- */

static Status restore_file(StoreTx *from, const char *where, Diag *d, StoreCopied *ret)
{
        if (access(where, F_OK) == 0)
                return diag_fail(d, ST_EXISTS, POS_FILE(where), "目标已存在，不覆盖",
                                 "the target exists already and is not overwritten");
        _cleanup_buf_ Buf beside = BUF_INIT(1 << 16);
        TRY(store_file_beside(where, &beside));
        Status st = store_sqlite_copy(from, buf_cstr(&beside), d);
        if (st == ST_OK) {
                _cleanup_store_ Store *copy = NULL;
                _cleanup_store_tx_ StoreTx *tx = NULL;
                st = store_open(buf_cstr(&beside), &(StoreOptions){ .mode = STORE_OPEN_READ }, d, &copy);
                if (st == ST_OK)
                        st = store_begin(copy, STORE_READ, d, &tx);
                if (st == ST_OK)
                        st = check_pages(tx);
                if (st == ST_OK)
                        st = count_rows(tx, ret);
                if (st == ST_OK)
                        st = store_verify_tx(tx, NULL, &ret->proof);
        }
        if (st == ST_OK)
                st = store_file_into_place(buf_cstr(&beside), where, false, d);
        if (st != ST_OK)
                store_remove_file(buf_cstr(&beside));
        return st;
}

static Status restore_tables(StoreTx *from, const char *where, Diag *d, StoreCopied *ret)
{
        _cleanup_store_ Store *target = NULL;
        _cleanup_store_tx_ StoreTx *to = NULL;
        TRY(store_open_empty(where, d, &target, &to));
        TRY(copy_between(from, to, ret));
        TRY(store_verify_tx(to, NULL, &ret->proof));
        return store_commit(&to);
}

Status store_restore(const char *file, const char *where, Diag *d, StoreCopied *ret)
{
        if (access(file, R_OK) != 0)
                return diag_fail(d, errno == ENOENT ? ST_NOT_FOUND : ST_IO, POS_FILE(file), "无法读取备份文件：%s",
                                 "the backup cannot be read: %s", strerror(errno));
        if (!where || !*where)
                return diag_fail(d, ST_USAGE, POS_NONE, "没有给出数据库", "no database was given");
        _cleanup_store_ Store *source = NULL;
        TRY(store_open(file, &(StoreOptions){ .mode = STORE_OPEN_READ }, d, &source));
        _cleanup_store_tx_ StoreTx *from = NULL;
        TRY(store_begin(source, STORE_READ, d, &from));
        StoreCopied copied = { 0 };
        Status st =
                store_is_url(where) ? restore_tables(from, where, d, &copied) : restore_file(from, where, d, &copied);
        if (st != ST_OK)
                return st == ST_NOMEM ? diag_fail(d, st, POS_FILE(where), "内存不足", "out of memory") : st;
        if (ret)
                *ret = copied;
        return ST_OK;
}
