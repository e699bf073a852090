/* columns_read.c -- see columns_int.h: the columns, orders and words of a register, each read when it is first asked for.
 *
 * Every scan names the record of each row: those that went since the first scan left rows that nothing fills. */
#include "register/columns_int.h"
#include "register/sound.h"
#include "store/text.h"

enum { ROWS_MAX = 20000000 };

void kept_free(Kept *k)
{
        if (!k)
                return;
        for (size_t i = 0; k->columns && i < k->reg->field_count; i++) {
                mem_free((void *)k->columns[i].any);
                mem_free((void *)k->columns[i].null);
        }
        for (size_t i = 0; i < k->order_count; i++)
                mem_free(k->orders[i].rows);
        for (size_t i = 0; i < KEPT_FOUND; i++) {
                mem_free(k->found[i].words);
                mem_free(k->found[i].rows);
        }
        mem_free(k->id);
        mem_free(k->unit);
        mem_free(k->gone);
        mem_free(k->columns);
        arena_free(k->texts);
        mem_free(k);
}

static void *kept_array(Kept *k, size_t size)
{
        size_t places = k->rows + k->spare + 1, bytes = places * size;
        void *p = mem_calloc(places, size);
        if (p)
                k->bytes += bytes;
        return p;
}

/* ---- reading ---- */

uint32_t kept_unit(const Pack *pack, Str code)
{
        const PackUnit *u = pack_unit(pack, code);
        return u ? (uint32_t)u->index + 1 : 0;
}

/* Rows and places. */
static Status read_rows(Kept *k, StoreTx *tx, const Pack *pack)
{
        char table[REGISTER_NAME_MAX];
        register_table_name(k->reg, false, table);
        _cleanup_buf_ Buf sql = BUF_INIT(KEPT_SQL_MAX);
        int64_t rows;
        buf_puts(&sql, "SELECT count(*) FROM ");
        store_put_name(&sql, table);
        TRY(buf_status(&sql));
        TRY(store_get_i64(tx, sql.ptr, STORE_NO_ARGS, &rows));
        if (rows > ROWS_MAX)
                return ST_UNSUPPORTED;
        k->rows = k->live = (size_t)rows;
        k->spare = KEPT_SPARE;
        k->id = kept_array(k, sizeof(int64_t));
        k->unit = kept_array(k, sizeof(uint32_t));
        k->gone = mem_calloc((k->rows + k->spare) / 64 + 1, sizeof(*k->gone));
        k->columns = mem_calloc(k->reg->field_count + 1, sizeof(FeelColumn));
        k->texts = arena_new((size_t)4 << 30);
        if (!k->id || !k->unit || !k->gone || !k->columns || !k->texts)
                return ST_NOMEM;
        buf_clear(&sql);
        buf_puts(&sql, "SELECT k_id, k_unit FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " ORDER BY k_id");
        TRY(buf_status(&sql));
        static const StoreType types[] = { STORE_I64, STORE_TEXT };
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, STORE_NO_ARGS, types, 2, KEPT_SCAN_ROWS, &s));
        const StoreVector *v;
        size_t n, at = 0;
        char last[64] = ""; /* rows of one place often stand together */
        uint32_t last_unit = 0;
        while (store_scan_next(s, &v, &n)) {
                if (at + n > k->rows)
                        return ST_INTERNAL;
                memcpy(k->id + at, v[0].i64, n * sizeof(int64_t));
                for (size_t i = 0; i < n; i++) {
                        if (v[1].null[i])
                                continue;
                        if (!str_eq_c(v[1].str[i], last)) {
                                last_unit = kept_unit(pack, v[1].str[i]);
                                snprintf(last, sizeof(last), "%.*s", STR_FMT(v[1].str[i]));
                        }
                        k->unit[at + i] = last_unit;
                }
                at += n;
        }
        TRY(store_scan_done(s));
        return at == k->rows ? ST_OK : ST_INTERNAL;
}

Status kept_new(StoreTx *tx, const Pack *pack, const PackRegister *reg, int64_t event, Kept **ret)
{
        _cleanup_kept_ Kept *k = mem_calloc(1, sizeof(*k));
        if (!k)
                return ST_NOMEM;
        *k = (Kept){ .reg = reg, .event = event, .users = 1 };
        TRY(read_rows(k, tx, pack));
        *ret = TAKE(k);
        return ST_OK;
}

/* ---- columns ---- */

static Status begin_column(Kept *k, KeptFilling *n)
{
        const PackField *f = n->field;
        FeelColumn *c = &n->column;
        size_t size = sizeof(int64_t);
        if (!register_is_int(f)) {
                c->kind = FEEL_COL_STR;
                size = sizeof(Str);
        } else if (f->type == PACK_DATE) {
                c->kind = FEEL_COL_DATE;
                size = sizeof(int32_t);
        } else if (f->type == PACK_BOOLEAN) {
                c->kind = FEEL_COL_BOOL;
                size = 1;
        } else {
                c->kind = FEEL_COL_SCALED;
                c->scale = f->type == PACK_PERIOD ? 0 : f->scale;
        }
        n->data = kept_array(k, size);
        n->null = kept_array(k, 1);
        if (!n->data || !n->null)
                return ST_NOMEM;
        memset(n->null, 1, k->rows);
        return ST_OK;
}

static Status keep_text(Kept *k, Str text, Str *ret)
{
        Str *same = &k->same[str_hash(text) % KEPT_SAME];
        if (!same->ptr || !str_eq(*same, text)) {
                *same = arena_str(k->texts, text);
                k->bytes += text.len + 16;
        }
        *ret = *same;
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status kept_fill(Kept *k, KeptFilling *f, const StoreVector *v, size_t from, size_t rows, size_t at)
{
        memcpy(f->null + at, v->null + from, rows);
        switch (f->column.kind) {
        case FEEL_COL_STR: {
                Str *out = f->data;
                for (size_t i = 0; i < rows; i++)
                        if (!v->null[from + i])
                                TRY(keep_text(k, v->str[from + i], &out[at + i]));
                return ST_OK;
        }
        case FEEL_COL_DATE:
                for (size_t i = 0; i < rows; i++)
                        ((int32_t *)f->data)[at + i] = (int32_t)v->i64[from + i];
                return ST_OK;
        case FEEL_COL_BOOL:
                for (size_t i = 0; i < rows; i++)
                        ((uint8_t *)f->data)[at + i] = v->i64[from + i] != 0;
                return ST_OK;
        default:
                /* period_to_int of a year: the year is what people see */
                for (size_t i = 0; i < rows; i++)
                        ((int64_t *)f->data)[at + i] =
                                f->field->type == PACK_PERIOD ? v->i64[from + i] / 1000 : v->i64[from + i];
                return ST_OK;
        }
}

/* A batch of rows, v[0] their numbers; where nobody is missing between them they are put in one piece. */
static Status fill_batch(Kept *k, KeptFilling *f, size_t count, const StoreVector *v, size_t n)
{
        size_t first = kept_row(k, v[0].i64[0]), last = kept_row(k, v[0].i64[n - 1]);
        if (first == SIZE_MAX || last == SIZE_MAX)
                return ST_INTERNAL;
        bool whole = last - first == n - 1;
        for (size_t i = 0; i < n; i += whole ? n : 1) {
                size_t at = whole ? first : kept_row(k, v[0].i64[i]);
                if (at == SIZE_MAX)
                        return ST_INTERNAL;
                for (size_t c = 0; c < count; c++)
                        TRY(kept_fill(k, &f[c], &v[c + 1], i, whole ? n : 1, at));
        }
        return ST_OK;
}

static Status scan_columns(Kept *k, StoreTx *tx, KeptFilling *f, size_t count)
{
        char table[REGISTER_NAME_MAX], name[REGISTER_NAME_MAX];
        register_table_name(k->reg, false, table);
        _cleanup_buf_ Buf sql = BUF_INIT(KEPT_SQL_MAX);
        StoreType types[KEPT_COLUMNS + 1] = { STORE_I64 };
        buf_puts(&sql, "SELECT k_id");
        for (size_t i = 0; i < count; i++) {
                register_column_name(f[i].field, name);
                buf_puts(&sql, ", ");
                store_put_name(&sql, name);
                types[i + 1] = register_is_int(f[i].field) ? STORE_I64 : STORE_TEXT;
        }
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " ORDER BY k_id");
        TRY(buf_status(&sql));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, STORE_NO_ARGS, types, count + 1, KEPT_SCAN_ROWS, &s));
        const StoreVector *v;
        size_t n, seen = 0;
        for (; store_scan_next(s, &v, &n); seen += n)
                if (n)
                        TRY(fill_batch(k, f, count, v, n));
        TRY(store_scan_done(s));
        return seen == k->live ? ST_OK : ST_INTERNAL;
}

/* Fields that a column can hold as it stands in the table. */
static bool plain(const PackField *f)
{
        return register_stored(f) && !f->many && !(f->type == PACK_PERIOD && f->period != PERIOD_YEAR);
}

/* Reads the columns that the condition uses and that are not there yet. */
Status kept_columns(Kept *k, StoreTx *tx, const FeelProgram *where)
{
        KeptFilling wanted[KEPT_COLUMNS];
        size_t count = 0;
        for (size_t i = 0; where && i < feel_scope_len(k->reg->scope); i++) {
                if (!feel_program_uses(where, (uint32_t)i))
                        continue;
                if (i >= k->reg->field_count || !plain(&k->reg->fields[i]) || count == ARRAY_LEN(wanted))
                        return ST_UNSUPPORTED;
                if (!k->columns[i].any)
                        wanted[count++] = (KeptFilling){ .field = &k->reg->fields[i] };
        }
        if (count == 0)
                return ST_OK;
        Status st = ST_OK;
        for (size_t i = 0; st == ST_OK && i < count; i++)
                st = begin_column(k, &wanted[i]);
        if (st == ST_OK)
                st = scan_columns(k, tx, wanted, count);
        for (size_t i = 0; i < count; i++) {
                if (st == ST_OK) {
                        FeelColumn *c = &k->columns[wanted[i].field->index];
                        *c = wanted[i].column;
                        c->any = wanted[i].data;
                        c->null = wanted[i].null;
                } else {
                        mem_free(wanted[i].data);
                        mem_free(wanted[i].null);
                }
        }
        return st;
}

/* Row of a record's number, or SIZE_MAX. */
size_t kept_row(const Kept *k, int64_t id)
{
        size_t low = 0, high = k->rows;
        if (high && id >= k->id[0] && (uint64_t)(id - k->id[0]) < high && k->id[id - k->id[0]] == id)
                return (size_t)(id - k->id[0]); /* numbers without gaps, as after one import */
        while (low < high) {
                size_t mid = low + (high - low) / 2;
                if (k->id[mid] < id)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low < k->rows && k->id[low] == id ? low : SIZE_MAX;
}

static Status scan_order(const Kept *k, StoreTx *tx, const RegisterQuery *q, uint32_t *rows)
{
        static const StoreType types[] = { STORE_I64 };
        char table[REGISTER_NAME_MAX];
        register_table_name(k->reg, false, table);
        _cleanup_buf_ Buf sql = BUF_INIT(KEPT_SQL_MAX);
        buf_puts(&sql, "SELECT r.k_id FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " r");
        register_put_order(&sql, q);
        TRY(buf_status(&sql));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, STORE_NO_ARGS, types, 1, KEPT_SCAN_ROWS, &s));
        const StoreVector *v;
        size_t n, at = 0;
        while (store_scan_next(s, &v, &n))
                for (size_t i = 0; i < n; i++) {
                        size_t row = kept_row(k, v[0].i64[i]);
                        if (row == SIZE_MAX || at == k->live)
                                return ST_INTERNAL;
                        rows[at++] = (uint32_t)row;
                }
        TRY(store_scan_done(s));
        return at == k->live ? ST_OK : ST_INTERNAL;
}

/* By the sound of a text: rows come by their keys, which decide between equal ones. */
static Status sound_order(Kept *k, StoreTx *tx, const RegisterQuery *q, Diag *diag, uint32_t *rows)
{
        static const StoreType types[] = { STORE_I64, STORE_TEXT };
        const RegisterQuery plain_query = { 0 };
        const uint32_t *by_key;
        TRY(kept_order(k, tx, &plain_query, diag, &by_key));
        _cleanup_free_ uint32_t *place = mem_realloc_array(NULL, k->rows + 1, sizeof(*place));
        _cleanup_sound_ SoundSort *sort = NULL;
        if (!place)
                return ST_NOMEM;
        for (size_t i = 0; i < k->live; i++)
                place[by_key[i]] = (uint32_t)i;
        TRY(sound_new(q->sort, diag, &sort));
        char table[REGISTER_NAME_MAX], name[REGISTER_NAME_MAX];
        register_table_name(k->reg, false, table);
        register_column_name(q->sort, name);
        _cleanup_buf_ Buf sql = BUF_INIT(KEPT_SQL_MAX);
        buf_puts(&sql, "SELECT k_id, ");
        store_put_name(&sql, name);
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " ORDER BY k_id");
        TRY(buf_status(&sql));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, STORE_NO_ARGS, types, ARRAY_LEN(types), KEPT_SCAN_ROWS, &s));
        const StoreVector *v;
        size_t n;
        while (store_scan_next(s, &v, &n))
                for (size_t i = 0; i < n; i++) {
                        size_t row = kept_row(k, v[0].i64[i]);
                        if (row == SIZE_MAX)
                                return ST_INTERNAL;
                        TRY(sound_add(sort, v[1].null[i] ? STR_NONE : v[1].str[i], place[row]));
                }
        TRY(store_scan_done(s));
        if (sound_count(sort) != k->live)
                return ST_INTERNAL;
        sound_sort(sort, q->descending);
        for (size_t i = 0; i < k->live; i++)
                rows[i] = by_key[sound_at(sort, i)];
        return ST_OK;
}

/* Room for an order, and for that by key which it may need: the oldest go, unless somebody is reading. */
static void forget_orders(Kept *k)
{
        while (k->order_count > KEPT_ORDERS - 2 && k->users == 1) {
                mem_free(k->orders[0].rows);
                k->bytes -= (k->rows + k->spare + 1) * sizeof(uint32_t);
                memmove(&k->orders[0], &k->orders[1], --k->order_count * sizeof(k->orders[0]));
        }
}

Status kept_order(Kept *k, StoreTx *tx, const RegisterQuery *q, Diag *diag, const uint32_t **ret)
{
        for (size_t i = 0; i < k->order_count; i++)
                if (k->orders[i].sort == q->sort && k->orders[i].descending == q->descending) {
                        *ret = k->orders[i].rows;
                        return ST_OK;
                }
        if (q->sort && !register_stored(q->sort))
                return ST_UNSUPPORTED;
        forget_orders(k);
        if (k->order_count == KEPT_ORDERS)
                return ST_UNSUPPORTED;
        uint32_t *rows = kept_array(k, sizeof(uint32_t));
        if (!rows)
                return ST_NOMEM;
        bool sound = q->sort && sound_sorts(q->sort);
        Status st = sound ? sound_order(k, tx, q, diag, rows) : scan_order(k, tx, q, rows);
        if (st == ST_OK && k->order_count == KEPT_ORDERS) /* the order by key took the last place */
                st = ST_UNSUPPORTED;
        if (st != ST_OK) {
                mem_free(rows);
                return st;
        }
        k->orders[k->order_count++] = (KeptOrder){ q->sort, q->descending, rows };
        *ret = rows;
        return ST_OK;
}

/* ---- words ---- */

/* Words of a mask, with the rows to come. */
static size_t found_words(const Kept *k)
{
        return (k->rows + k->spare) / 64 + 1;
}

static Status scan_found(const Kept *k, StoreTx *tx, Str words, uint64_t *rows)
{
        static const StoreType types[] = { STORE_I64 };
        char index[REGISTER_NAME_MAX];
        register_text_index_name(k->reg, index);
        _cleanup_buf_ Buf sql = BUF_INIT(KEPT_SQL_MAX);
        _cleanup_arena_ Arena *a = arena_new((size_t)4 << 20);
        StoreValue args[STORE_TEXT_WORDS + 1];
        size_t n = 0, count;
        if (!a)
                return ST_NOMEM;
        TRY(store_text_found(tx, index, words, a, &sql, args, ARRAY_LEN(args), &n));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, args, n, types, 1, KEPT_SCAN_ROWS, &s));
        const StoreVector *v;
        while (store_scan_next(s, &v, &count))
                for (size_t i = 0; i < count; i++) {
                        size_t row = kept_row(k, v[0].i64[i]);
                        if (row != SIZE_MAX)
                                rows[row / 64] |= UINT64_C(1) << row % 64;
                }
        return store_scan_done(s);
}

/* The rows that hold the words, for the caller to keep. */
Status kept_found(Kept *k, StoreTx *tx, Str words, uint64_t **ret)
{
        size_t bytes = found_words(k) * sizeof(uint64_t), at = 0;
        for (size_t i = 0; i < KEPT_FOUND; i++) {
                if (k->found[i].words && str_eq_c(words, k->found[i].words)) {
                        at = i;
                        break;
                }
                if (k->found[i].used < k->found[at].used)
                        at = i;
        }
        KeptFound *f = &k->found[at];
        if (!f->words || !str_eq_c(words, f->words)) {
                char *name = mem_alloc(words.len + 1);
                uint64_t *rows = mem_calloc(found_words(k), sizeof(*rows));
                Status st = name && rows ? scan_found(k, tx, words, rows) : ST_NOMEM;
                if (st != ST_OK) {
                        mem_free(name);
                        mem_free(rows);
                        return st;
                }
                memcpy(name, words.ptr, words.len);
                name[words.len] = '\0';
                if (!f->words)
                        k->bytes += bytes;
                mem_free(f->words);
                mem_free(f->rows);
                *f = (KeptFound){ .words = name, .rows = rows };
        }
        f->used = ++k->searches;
        uint64_t *copy = mem_alloc(bytes); /* another search may take its place */
        if (!copy)
                return ST_NOMEM;
        memcpy(copy, f->rows, bytes);
        *ret = copy;
        return ST_OK;
}

