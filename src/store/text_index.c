/* Text indexes.  An index NAME is two tables: NAME (id, body), the folded text, the same on both engines; and
 * NAME__fts, the engine's own index of its tokens.  The tokens propose, the body decides. */
#include "store/store_int.h"
#include "store/text_int.h"

#include "base/utf8.h"

enum {
        NAME_MAX_TEXT = 48,             /* the engines append to it */
        QUERY_TOKENS_MAX = 64,
        QUERY_BYTES_MAX = 4096,
        GRAMS_MAX = 4 << 20,
};

static Status check_name(StoreTx *tx, const char *index)
{
        if (store_name_ok(index) && strlen(index) <= NAME_MAX_TEXT)
                return ST_OK;
        return store_tx_fail(tx,
                             STORE_WRONG(tx->conn, tx->diag, "全文索引的名字不合规", "not a name for a text index"));
}

/* "…@…" with @ replaced by the name, and @f by the name of the engine's index. */
static Status sql_for(const char *pattern, const char *index, Buf *out)
{
        for (const char *p = pattern; *p; p++) {
                if (*p != '@') {
                        buf_putc(out, *p);
                } else if (p[1] == 'f') {
                        buf_printf(out, "\"%s__fts\"", index);
                        p++;
                } else {
                        store_put_name(out, index);
                }
        }
        return buf_status(out);
}

static Status exec_for(StoreTx *tx, const char *pattern, const char *index, const StoreValue *args, size_t n,
                       int64_t *ret_changed)
{
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        Status st = sql_for(pattern, index, &sql);
        return st == ST_OK ? store_exec(tx, buf_cstr(&sql), args, n, ret_changed) : store_tx_fail(tx, st);
}

static Status run_for(StoreTx *tx, const char *pattern, const char *index)
{
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        Status st = sql_for(pattern, index, &sql);
        return st == ST_OK ? store_tx_run(tx, buf_cstr(&sql)) : store_tx_fail(tx, st);
}

Status store_text_make(StoreTx *tx, const char *index)
{
        if (tx->driver->engine == STORE_SQLITE)
                return run_for(tx, "CREATE VIRTUAL TABLE @f USING fts5(body, content='', contentless_delete=1, "
                               "detail='none', tokenize='kechuang')", index);
        TRY(run_for(tx, "CREATE TABLE @f (id BIGINT PRIMARY KEY, grams tsvector NOT NULL)", index));
        return run_for(tx, "CREATE INDEX ON @f USING gin (grams)", index);
}

Status store_text_index(StoreTx *tx, const char *index)
{
        TRY(check_name(tx, index));
        bool there = false;
        int64_t made;
        TRY(store_get_i64(tx, "SELECT count(*) FROM store_text WHERE name = $1", STORE_ARGS(sv_cstr(index)), &made));
        if (made)
                return ST_OK;
        TRY(store_has_table(tx, index, &there));
        if (there)
                return store_tx_fail(tx, diag_fail(tx->diag, ST_CONFLICT, store_pos(tx->store), "已有名为 %s 的表",
                                                   "there is a table named %s already", index));
        static const StoreColumn columns[] = { { .name = "id", .type = STORE_I64 },
                                               { .name = "body", .type = STORE_TEXT, .not_null = true } };
        const StoreTable table = {
                .name = index, .columns = columns, .column_count = ARRAY_LEN(columns), .primary_key = "id"
        };
        TRY(store_apply_tables(tx, &table, 1, NULL));
        TRY(store_text_make(tx, index));
        return store_exec(tx, "INSERT INTO store_text (name) VALUES ($1)", STORE_ARGS(sv_cstr(index)), NULL);
}

Status store_text_drop(StoreTx *tx, const char *index)
{
        int64_t gone = 0;
        TRY(check_name(tx, index));
        TRY(store_exec(tx, "DELETE FROM store_text WHERE name = $1", STORE_ARGS(sv_cstr(index)), &gone));
        if (!gone)
                return ST_OK;
        TRY(run_for(tx, "DROP TABLE @f", index));
        return run_for(tx, "DROP TABLE @", index);
}

/* ---- writing ----------------------------------------------------------- */

/* The tokens as the text of an SQL array: letters and digits alone need no quotes, but NULL would be one. */
static int put_gram(void *ctx, const char *token, size_t len, size_t start, size_t end)
{
        (void)start, (void)end;
        Buf *out = ctx;
        buf_puts(out, out->len > 1 ? ",\"" : "\"");
        buf_put(out, token, len);
        buf_putc(out, '"');
        return buf_status(out) != ST_OK;
}

/* fresh: the id is not in the index. */
static Status put_grams(StoreTx *tx, const char *index, int64_t id, Str body, bool fresh)
{
        if (tx->driver->engine == STORE_SQLITE) {
                if (!fresh)
                        TRY(exec_for(tx, "DELETE FROM @f WHERE rowid = $1", index, STORE_ARGS(sv_i64(id)), NULL));
                return exec_for(tx, "INSERT INTO @f (rowid, body) VALUES ($1, $2)", index,
                                STORE_ARGS(sv_i64(id), sv_text(body)), NULL);
        }
        _cleanup_buf_ Buf grams = BUF_INIT(GRAMS_MAX);
        buf_putc(&grams, '{');
        (void)store_text_cut(body, false, put_gram, &grams);
        buf_putc(&grams, '}');
        if (buf_status(&grams) != ST_OK)
                return store_tx_fail(tx, buf_status(&grams));
        return exec_for(tx,
                        "INSERT INTO @f (id, grams) VALUES ($1, array_to_tsvector(CAST($2 AS text[]))) "
                        "ON CONFLICT (id) DO UPDATE SET grams = excluded.grams",
                        index, STORE_ARGS(sv_i64(id), sv_text(buf_str(&grams))), NULL);
}

Status store_text_rebuild_one(StoreTx *tx, const char *index, int64_t id, Str body)
{
        return put_grams(tx, index, id, body, false);
}

static Str whole_characters(Str s, size_t max)
{
        if (s.len <= max)
                return s;
        while (max && ((unsigned char)s.ptr[max] & 0xC0) == 0x80)
                max--;
        return str_n(s.ptr, max);
}

static Status fold_body(StoreTx *tx, Str text, Buf *body)
{
        store_text_fold(whole_characters(text, STORE_TEXT_MAX / 2), body);
        return buf_status(body) == ST_OK ? ST_OK : store_tx_fail(tx, buf_status(body));
}

Status store_text_put(StoreTx *tx, const char *index, int64_t id, Str text)
{
        TRY(check_name(tx, index));
        _cleanup_buf_ Buf body = BUF_INIT(STORE_TEXT_MAX + 1024);
        TRY(fold_body(tx, text, &body));
        if (body.len == 0)
                return store_text_remove(tx, index, id);
        int64_t changed = 0;
        TRY(exec_for(tx,
                     "INSERT INTO @ (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body "
                     "WHERE @.body <> excluded.body",
                     index, STORE_ARGS(sv_i64(id), sv_text(buf_str(&body))), &changed));
        return changed ? put_grams(tx, index, id, buf_str(&body), false) : ST_OK;
}

Status store_text_add(StoreTx *tx, const char *index, int64_t id, Str text)
{
        TRY(check_name(tx, index));
        _cleanup_buf_ Buf body = BUF_INIT(STORE_TEXT_MAX + 1024);
        TRY(fold_body(tx, text, &body));
        if (body.len == 0)
                return ST_OK;
        TRY(exec_for(tx, "INSERT INTO @ (id, body) VALUES ($1, $2)", index,
                     STORE_ARGS(sv_i64(id), sv_text(buf_str(&body))), NULL));
        return put_grams(tx, index, id, buf_str(&body), true);
}

Status store_text_remove(StoreTx *tx, const char *index, int64_t id)
{
        TRY(check_name(tx, index));
        int64_t changed = 0;
        TRY(exec_for(tx, "DELETE FROM @ WHERE id = $1", index, STORE_ARGS(sv_i64(id)), &changed));
        if (!changed)
                return ST_OK;
        return exec_for(tx,
                        tx->driver->engine == STORE_SQLITE ? "DELETE FROM @f WHERE rowid = $1"
                                                           : "DELETE FROM @f WHERE id = $1",
                        index, STORE_ARGS(sv_i64(id)), NULL);
}

/* ---- searching --------------------------------------------------------- */

typedef struct Query {
        bool sqlite;
        Buf match;              /* the engine's expression: all tokens */
        size_t tokens;
} Query;

static bool is_pair(const char *token, size_t len)
{
        Str t = str_n(token, len);
        size_t pos = 0;
        return utf8_next(t, &pos) >= 0x3000 && pos < len;
}

static int put_token(void *ctx, const char *token, size_t len, size_t start, size_t end)
{
        (void)start, (void)end;
        Query *q = ctx;
        if (q->tokens++ >= QUERY_TOKENS_MAX)
                return 0;               /* enough to propose few; the body decides */
        bool prefix = !is_pair(token, len);
        if (q->tokens > 1)
                buf_puts(&q->match, q->sqlite ? " AND " : " & ");
        buf_putc(&q->match, q->sqlite ? '"' : '\'');
        buf_put(&q->match, token, len);
        buf_putc(&q->match, q->sqlite ? '"' : '\'');
        if (prefix)
                buf_puts(&q->match, q->sqlite ? "*" : ":*");
        return 0;
}

/* A word that its tokens tell completely: up to two characters of Chinese, or one word of letters. */
static bool told_by_tokens(Str word)
{
        bool letters = true, pair = utf8_len(word) <= 2;
        for (size_t pos = 0; pos < word.len;) {
                bool cjk = utf8_next(word, &pos) >= 0x3000;
                letters &= !cjk;
                pair &= cjk;
        }
        return pair || (letters && word.len <= STORE_TOKEN_MAX);
}

/* The words that the body must decide, as conditions on b. */
static Status put_body_words(StoreTx *tx, Str folded, Arena *a, Buf *sql, StoreValue *args, size_t max_args, size_t *n)
{
        size_t words = 0;
        for (Str rest = folded; rest.ptr;) {
                Str word = str_cut(rest, ' ', &rest);
                if (word.len == 0 || told_by_tokens(word))
                        continue;
                Str copy = arena_str(a, word);
                if (!copy.ptr)
                        return ST_NOMEM;
                if (++words > STORE_TEXT_WORDS || *n >= max_args)
                        return diag_fail(tx->diag, ST_LIMIT, store_pos(tx->store), "检索词过多，最多 %d 个",
                                         "too many words to search for, at most %d", STORE_TEXT_WORDS);
                args[(*n)++] = sv_text(copy);
                buf_printf(sql, " AND strpos(b.body, $%zu) > 0", *n);
        }
        return buf_status(sql);
}

Status store_text_found(StoreTx *tx, const char *index, Str query, Arena *a, Buf *sql, StoreValue *args,
                        size_t max_args, size_t *nargs)
{
        TRY(check_name(tx, index));
        _cleanup_buf_ Buf folded = BUF_INIT((size_t)QUERY_BYTES_MAX * 2), words = BUF_INIT(1 << 16);
        store_text_fold(whole_characters(query, QUERY_BYTES_MAX), &folded);
        Query q = { .sqlite = tx->driver->engine == STORE_SQLITE, .match = BUF_INIT(1 << 20) };
        (void)store_text_cut(buf_str(&folded), true, put_token, &q);
        _cleanup_buf_ Buf match = q.match;
        TRY(buf_status(&folded));
        TRY(buf_status(&match));
        if (q.tokens == 0) {
                buf_printf(sql, "SELECT b.id FROM \"%s\" b WHERE 1 = 0", index);
                return buf_status(sql);
        }
        size_t n = *nargs;
        if (n >= max_args)
                return diag_fail(tx->diag, ST_LIMIT, store_pos(tx->store), "检索词过多",
                                 "too many words to search for");
        Str text = arena_str(a, buf_str(&match));
        if (!text.ptr)
                return ST_NOMEM;
        args[n++] = sv_text(text);
        size_t first = n;
        TRY(put_body_words(tx, buf_str(&folded), a, &words, args, max_args, &n));
        const char *id = q.sqlite ? "rowid" : "id";
        buf_printf(sql, "SELECT f.%s FROM \"%s__fts\" f", id, index);
        if (words.len) /* without them the tokens tell all: no body is read */
                buf_printf(sql, " JOIN \"%s\" b ON b.id = f.%s", index, id);
        if (q.sqlite)
                buf_printf(sql, " WHERE \"%s__fts\" MATCH $%zu", index, first);
        else
                buf_printf(sql, " WHERE f.grams @@ CAST(CAST($%zu AS text) AS tsquery)", first);
        buf_put_str(sql, buf_str(&words));
        TRY(buf_status(sql));
        *nargs = n;
        return ST_OK;
}

Status store_text_holds(StoreTx *tx, const char *index, int64_t id, Str query, bool *ret)
{
        StoreValue args[STORE_TEXT_WORDS + 2];
        size_t n = 0;
        int64_t found;
        _cleanup_arena_ Arena *a = arena_new(QUERY_BYTES_MAX * 4);
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 16);
        if (!a)
                return store_tx_fail(tx, ST_NOMEM);
        buf_puts(&sql, "SELECT count(*) FROM (");
        TRY(store_text_found(tx, index, query, a, &sql, args, STORE_TEXT_WORDS + 1, &n));
        if (n) { /* without an argument it finds nothing */
                args[n++] = sv_i64(id);
                buf_printf(&sql, " AND f.%s = $%zu", tx->driver->engine == STORE_SQLITE ? "rowid" : "id", n);
        }
        buf_puts(&sql, ") x");
        TRY(buf_status(&sql));
        TRY(store_get_i64(tx, buf_cstr(&sql), args, n, &found));
        *ret = found > 0;
        return ST_OK;
}

Status store_text_where(StoreTx *tx, const char *index, const char *id_sql, Str query, Arena *a, Buf *sql,
                        StoreValue *args, size_t max_args, size_t *nargs)
{
        buf_printf(sql, "%s IN (", id_sql);
        TRY(store_text_found(tx, index, query, a, sql, args, max_args, nargs));
        buf_puts(sql, ")");
        return buf_status(sql);
}

Status store_text_search(StoreTx *tx, const char *index, Str query, size_t limit, Arena *a, int64_t **ret_ids,
                         size_t *ret_count)
{
        StoreValue args[STORE_TEXT_WORDS + 2];
        size_t n = 0;
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 16);
        TRY(check_name(tx, index));
        buf_puts(&sql, "SELECT x.id FROM ");
        store_put_name(&sql, index);
        buf_puts(&sql, " x WHERE ");
        TRY(store_text_where(tx, index, "x.id", query, a, &sql, args, STORE_TEXT_WORDS + 1, &n));
        args[n++] = sv_i64(limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
        buf_printf(&sql, " ORDER BY x.id LIMIT $%zu", n);
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, buf_cstr(&sql), args, n, &q));
        int64_t *ids = NULL;
        size_t count = 0, cap = 0;
        while (store_next(q)) {
                if (arena_grow(a, (void **)&ids, &cap, count + 1, sizeof(*ids)) < 0)
                        return store_tx_fail(tx, ST_NOMEM);
                ids[count++] = store_i64(q, 0);
        }
        TRY(store_done(q));
        *ret_ids = ids;
        *ret_count = count;
        return ST_OK;
}
