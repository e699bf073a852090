/* columns.c -- see columns.h.
 *
 * Rows stand in the order of k_id, in which a table is read fastest; an order of the
 * list is a permutation of them that the database sorted, by the ORDER BY of the list
 * itself.  A kept register never changes: columns and orders are added to it under
 * the lock, a later state of the register is another one. */
#include "register/columns.h"

#include <pthread.h>

#include "register/register_int.h"
#include "register/sound.h"
#include "store/event.h"
#include "store/text.h"

enum { SCAN_ROWS = 4096, ROWS_MAX = 20000000, ORDERS_MAX = 8, FOUND_MAX = 8, SQL_MAX = 256 << 10 };

static const uint64_t FILTER_MAX_NS = UINT64_C(30000000000);

typedef struct Order {
        const PackField *sort; /* NULL: by key */
        bool descending;
        uint32_t *rows;
} Order;

/* Which rows hold the words of a search. */
typedef struct Found {
        char *words;            /* NULL: nothing kept here */
        uint64_t *rows;         /* a bit each */
        uint64_t used;          /* the one used longest ago makes room */
} Found;

typedef struct Kept {
        const PackRegister *reg;
        int64_t event; /* nothing of the register changed from what stands here to that event */
        size_t users;
        size_t rows, bytes;
        int64_t *id;
        uint32_t *unit;      /* index in pack->units + 1; 0: nowhere, or a unit the pack does not have */
        FeelColumn *columns; /* by field index; any NULL: not read yet */
        Arena *texts;
        Order orders[ORDERS_MAX];
        size_t order_count;
        Found found[FOUND_MAX];
        uint64_t searches;
} Kept;

struct RegisterColumns {
        pthread_mutex_t lock;
        size_t max_bytes;
        Kept **kept; /* by register index */
        size_t count;
};

RegisterColumns *register_columns_new(size_t max_bytes)
{
        RegisterColumns *c = mem_calloc(1, sizeof(*c));
        if (c && pthread_mutex_init(&c->lock, NULL) != 0) {
                mem_free(c);
                return NULL;
        }
        if (c)
                c->max_bytes = max_bytes;
        return c;
}

static void kept_free(Kept *k)
{
        if (!k)
                return;
        for (size_t i = 0; k->columns && i < k->reg->field_count; i++) {
                mem_free((void *)k->columns[i].any);
                mem_free((void *)k->columns[i].null);
        }
        for (size_t i = 0; i < k->order_count; i++)
                mem_free(k->orders[i].rows);
        for (size_t i = 0; i < FOUND_MAX; i++) {
                mem_free(k->found[i].words);
                mem_free(k->found[i].rows);
        }
        mem_free(k->id);
        mem_free(k->unit);
        mem_free(k->columns);
        arena_free(k->texts);
        mem_free(k);
}

/* Takes the cache's hand off a register; the last user frees it. */
static void let_go(RegisterColumns *c, size_t index)
{
        Kept *k = c->kept[index];
        c->kept[index] = NULL;
        if (k && --k->users == 0)
                kept_free(k);
}

void register_columns_clear(RegisterColumns *c)
{
        if (!c)
                return;
        pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < c->count; i++)
                let_go(c, i);
        mem_free(c->kept);
        c->kept = NULL;
        c->count = 0;
        pthread_mutex_unlock(&c->lock);
}

void register_columns_free(RegisterColumns *c)
{
        if (!c)
                return;
        register_columns_clear(c);
        pthread_mutex_destroy(&c->lock);
        mem_free(c);
}

static size_t held(const RegisterColumns *c)
{
        size_t n = 0;
        for (size_t i = 0; i < c->count; i++)
                n += c->kept[i] ? c->kept[i]->bytes : 0;
        return n;
}

size_t register_columns_bytes(RegisterColumns *c)
{
        pthread_mutex_lock(&c->lock);
        size_t n = held(c);
        pthread_mutex_unlock(&c->lock);
        return n;
}

static void *kept_array(Kept *k, size_t size)
{
        size_t bytes = (k->rows + 1) * size;
        void *p = mem_calloc(k->rows + 1, size);
        if (p)
                k->bytes += bytes;
        return p;
}

/* ---- reading ---- */

/* Rows and places. */
static Status read_rows(Kept *k, StoreTx *tx, const Pack *pack)
{
        char table[REGISTER_NAME_MAX];
        register_table_name(k->reg, false, table);
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        int64_t rows;
        buf_puts(&sql, "SELECT count(*) FROM ");
        store_put_name(&sql, table);
        TRY(buf_status(&sql));
        TRY(store_get_i64(tx, sql.ptr, STORE_NO_ARGS, &rows));
        if (rows > ROWS_MAX)
                return ST_UNSUPPORTED;
        k->rows = (size_t)rows;
        k->id = kept_array(k, sizeof(int64_t));
        k->unit = kept_array(k, sizeof(uint32_t));
        k->columns = mem_calloc(k->reg->field_count + 1, sizeof(FeelColumn));
        k->texts = arena_new((size_t)4 << 30);
        if (!k->id || !k->unit || !k->columns || !k->texts)
                return ST_NOMEM;
        buf_clear(&sql);
        buf_puts(&sql, "SELECT k_id, k_unit FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " ORDER BY k_id");
        TRY(buf_status(&sql));
        static const StoreType types[] = { STORE_I64, STORE_TEXT };
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, STORE_NO_ARGS, types, 2, SCAN_ROWS, &s));
        const StoreVector *v;
        size_t n, at = 0;
        Str last = STR_NONE; /* rows of one place often stand together */
        uint32_t last_index = 0;
        while (store_scan_next(s, &v, &n)) {
                if (at + n > k->rows)
                        return ST_INTERNAL;
                memcpy(k->id + at, v[0].i64, n * sizeof(int64_t));
                for (size_t i = 0; i < n; i++) {
                        if (v[1].null[i])
                                continue;
                        if (!last.ptr || !str_eq(v[1].str[i], last)) {
                                const PackUnit *u = pack_unit(pack, v[1].str[i]);
                                last = u ? u->code : STR_NONE;
                                last_index = u ? (uint32_t)u->index + 1 : 0;
                        }
                        k->unit[at + i] = last_index;
                }
                at += n;
        }
        TRY(store_scan_done(s));
        return at == k->rows ? ST_OK : ST_INTERNAL;
}

/* One column's arrays while it is being read. */
typedef struct Filling {
        const PackField *field;
        FeelColumn column;
        void *data;
        uint8_t *null;
} Filling;

static Status begin_column(Kept *k, Filling *n)
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
        return n->data && n->null ? ST_OK : ST_NOMEM;
}

static Status fill(Kept *k, Filling *n, const StoreVector *v, size_t rows, size_t at)
{
        memcpy(n->null + at, v->null, rows);
        switch (n->column.kind) {
        case FEEL_COL_STR: {
                Str *out = n->data;
                Str same = STR_NONE; /* a code list's column holds few texts many times */
                for (size_t i = 0; i < rows; i++) {
                        if (v->null[i])
                                continue;
                        if (!same.ptr || !str_eq(same, v->str[i])) {
                                same = arena_str(k->texts, v->str[i]);
                                k->bytes += v->str[i].len + 16;
                        }
                        if (!same.ptr)
                                return ST_NOMEM;
                        out[at + i] = same;
                }
                return ST_OK;
        }
        case FEEL_COL_DATE:
                for (size_t i = 0; i < rows; i++)
                        ((int32_t *)n->data)[at + i] = (int32_t)v->i64[i];
                return ST_OK;
        case FEEL_COL_BOOL:
                for (size_t i = 0; i < rows; i++)
                        ((uint8_t *)n->data)[at + i] = v->i64[i] != 0;
                return ST_OK;
        default:
                /* period_to_int of a year: the year is what people see */
                for (size_t i = 0; i < rows; i++)
                        ((int64_t *)n->data)[at + i] = n->field->type == PACK_PERIOD ? v->i64[i] / 1000 : v->i64[i];
                return ST_OK;
        }
}

static Status scan_columns(Kept *k, StoreTx *tx, Filling *f, size_t count)
{
        char table[REGISTER_NAME_MAX], name[REGISTER_NAME_MAX];
        register_table_name(k->reg, false, table);
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        StoreType types[64];
        buf_puts(&sql, "SELECT ");
        for (size_t i = 0; i < count; i++) {
                register_column_name(f[i].field, name);
                buf_puts(&sql, i ? ", " : "");
                store_put_name(&sql, name);
                types[i] = register_is_int(f[i].field) ? STORE_I64 : STORE_TEXT;
        }
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " ORDER BY k_id");
        TRY(buf_status(&sql));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, STORE_NO_ARGS, types, count, SCAN_ROWS, &s));
        const StoreVector *v;
        size_t n, at = 0;
        while (store_scan_next(s, &v, &n)) {
                if (at + n > k->rows)
                        return ST_INTERNAL;
                for (size_t i = 0; i < count; i++)
                        TRY(fill(k, &f[i], &v[i], n, at));
                at += n;
        }
        TRY(store_scan_done(s));
        return at == k->rows ? ST_OK : ST_INTERNAL;
}

/* Fields that a column can hold as it stands in the table. */
static bool plain(const PackField *f)
{
        return register_stored(f) && !f->many && !(f->type == PACK_PERIOD && f->period != PERIOD_YEAR);
}

/* Reads the columns that the condition uses and that are not there yet. */
static Status read_columns(Kept *k, StoreTx *tx, const FeelProgram *where)
{
        Filling wanted[64];
        size_t count = 0;
        for (size_t i = 0; where && i < feel_scope_len(k->reg->scope); i++) {
                if (!feel_program_uses(where, (uint32_t)i))
                        continue;
                if (i >= k->reg->field_count || !plain(&k->reg->fields[i]) || count == ARRAY_LEN(wanted))
                        return ST_UNSUPPORTED;
                if (!k->columns[i].any)
                        wanted[count++] = (Filling){ .field = &k->reg->fields[i] };
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
static size_t row_of(const Kept *k, int64_t id)
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
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        buf_puts(&sql, "SELECT r.k_id FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " r");
        register_put_order(&sql, q);
        TRY(buf_status(&sql));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, STORE_NO_ARGS, types, 1, SCAN_ROWS, &s));
        const StoreVector *v;
        size_t n, at = 0;
        while (store_scan_next(s, &v, &n))
                for (size_t i = 0; i < n; i++) {
                        size_t row = row_of(k, v[0].i64[i]);
                        if (row == SIZE_MAX || at == k->rows)
                                return ST_INTERNAL;
                        rows[at++] = (uint32_t)row;
                }
        TRY(store_scan_done(s));
        return at == k->rows ? ST_OK : ST_INTERNAL;
}

static Status read_order(Kept *k, StoreTx *tx, const RegisterQuery *q, Diag *diag, const uint32_t **ret) FALLIBLE;

/* By the sound of a text: rows come by their keys, which decide between equal ones. */
static Status sound_order(Kept *k, StoreTx *tx, const RegisterQuery *q, Diag *diag, uint32_t *rows)
{
        static const StoreType types[] = { STORE_TEXT };
        const RegisterQuery plain_query = { 0 };
        const uint32_t *by_key;
        TRY(read_order(k, tx, &plain_query, diag, &by_key));
        _cleanup_free_ uint32_t *place = mem_realloc_array(NULL, k->rows + 1, sizeof(*place));
        _cleanup_sound_ SoundSort *sort = NULL;
        if (!place)
                return ST_NOMEM;
        for (size_t i = 0; i < k->rows; i++)
                place[by_key[i]] = (uint32_t)i;
        TRY(sound_new(q->sort, diag, &sort));
        char table[REGISTER_NAME_MAX], name[REGISTER_NAME_MAX];
        register_table_name(k->reg, false, table);
        register_column_name(q->sort, name);
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        buf_puts(&sql, "SELECT ");
        store_put_name(&sql, name);
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " ORDER BY k_id");
        TRY(buf_status(&sql));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, STORE_NO_ARGS, types, 1, SCAN_ROWS, &s));
        const StoreVector *v;
        size_t n, at = 0;
        while (store_scan_next(s, &v, &n)) {
                if (at + n > k->rows)
                        return ST_INTERNAL;
                for (size_t i = 0; i < n; i++, at++)
                        TRY(sound_add(sort, v[0].null[i] ? STR_NONE : v[0].str[i], place[at]));
        }
        TRY(store_scan_done(s));
        if (at != k->rows)
                return ST_INTERNAL;
        sound_sort(sort, q->descending);
        for (size_t i = 0; i < k->rows; i++)
                rows[i] = by_key[sound_at(sort, i)];
        return ST_OK;
}

/* Room for an order, and for that by key which it may need: the oldest go, unless somebody is reading. */
static void forget_orders(Kept *k)
{
        while (k->order_count > ORDERS_MAX - 2 && k->users == 1) {
                mem_free(k->orders[0].rows);
                k->bytes -= (k->rows + 1) * sizeof(uint32_t);
                memmove(&k->orders[0], &k->orders[1], --k->order_count * sizeof(k->orders[0]));
        }
}

static Status read_order(Kept *k, StoreTx *tx, const RegisterQuery *q, Diag *diag, const uint32_t **ret)
{
        for (size_t i = 0; i < k->order_count; i++)
                if (k->orders[i].sort == q->sort && k->orders[i].descending == q->descending) {
                        *ret = k->orders[i].rows;
                        return ST_OK;
                }
        if (q->sort && !register_stored(q->sort))
                return ST_UNSUPPORTED;
        forget_orders(k);
        if (k->order_count == ORDERS_MAX)
                return ST_UNSUPPORTED;
        uint32_t *rows = kept_array(k, sizeof(uint32_t));
        if (!rows)
                return ST_NOMEM;
        bool sound = q->sort && sound_sorts(q->sort);
        Status st = sound ? sound_order(k, tx, q, diag, rows) : scan_order(k, tx, q, rows);
        if (st == ST_OK && k->order_count == ORDERS_MAX) /* the order by key took the last place */
                st = ST_UNSUPPORTED;
        if (st != ST_OK) {
                mem_free(rows);
                return st;
        }
        k->orders[k->order_count++] = (Order){ q->sort, q->descending, rows };
        *ret = rows;
        return ST_OK;
}

/* ---- words ---- */

static size_t found_words(const Kept *k)
{
        return k->rows / 64 + 1;
}

static Status scan_found(const Kept *k, StoreTx *tx, Str words, uint64_t *rows)
{
        static const StoreType types[] = { STORE_I64 };
        char index[REGISTER_NAME_MAX];
        register_text_index_name(k->reg, index);
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        _cleanup_arena_ Arena *a = arena_new((size_t)4 << 20);
        StoreValue args[STORE_TEXT_WORDS + 1];
        size_t n = 0, count;
        if (!a)
                return ST_NOMEM;
        TRY(store_text_found(tx, index, words, a, &sql, args, ARRAY_LEN(args), &n));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql.ptr, args, n, types, 1, SCAN_ROWS, &s));
        const StoreVector *v;
        while (store_scan_next(s, &v, &count))
                for (size_t i = 0; i < count; i++) {
                        size_t row = row_of(k, v[0].i64[i]);
                        if (row != SIZE_MAX)
                                rows[row / 64] |= UINT64_C(1) << row % 64;
                }
        return store_scan_done(s);
}

/* The rows that hold the words, for the caller to keep. */
static Status read_found(Kept *k, StoreTx *tx, Str words, uint64_t **ret)
{
        size_t bytes = found_words(k) * sizeof(uint64_t), at = 0;
        for (size_t i = 0; i < FOUND_MAX; i++) {
                if (k->found[i].words && str_eq_c(words, k->found[i].words)) {
                        at = i;
                        break;
                }
                if (k->found[i].used < k->found[at].used)
                        at = i;
        }
        Found *f = &k->found[at];
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
                *f = (Found){ .words = name, .rows = rows };
        }
        f->used = ++k->searches;
        uint64_t *copy = mem_alloc(bytes); /* another search may take its place */
        if (!copy)
                return ST_NOMEM;
        memcpy(copy, f->rows, bytes);
        *ret = copy;
        return ST_OK;
}

/* ---- who is kept ---- */

/* Did an event after `event` concern registers or their definitions? */
static Status changed_since(StoreTx *tx, int64_t event, bool *ret)
{
        static const Str ops[] = { STR("register"), STR("pack") };
        _cleanup_arena_ Arena *a = arena_new(STORE_PAYLOAD_MAX * 2);
        if (!a)
                return ST_NOMEM;
        *ret = false;
        for (size_t i = 0; i < ARRAY_LEN(ops) && !*ret; i++) {
                StoreEvent *events;
                size_t n;
                TRY(store_events(tx, &(StoreEventFilter){ .op = ops[i], .after = event, .limit = 1 }, a, &events, &n));
                *ret = n > 0;
        }
        return ST_OK;
}

static Status fresh(RegisterColumns *c, StoreTx *tx, const Pack *pack, const PackRegister *reg, int64_t head)
{
        Kept *k = mem_calloc(1, sizeof(*k));
        if (!k)
                return ST_NOMEM;
        *k = (Kept){ .reg = reg, .event = head, .users = 1 };
        Status st = read_rows(k, tx, pack);
        if (st != ST_OK) {
                kept_free(k);
                return st;
        }
        c->kept[reg->index] = k;
        return ST_OK;
}

/* The register as the transaction sees it; the lock is held. */
static Status find(RegisterColumns *c, StoreTx *tx, const Pack *pack, const PackRegister *reg, Kept **ret)
{
        if (c->count < pack->register_count) {
                Kept **kept = mem_realloc_array(c->kept, pack->register_count, sizeof(*kept));
                if (!kept)
                        return ST_NOMEM;
                memset(kept + c->count, 0, (pack->register_count - c->count) * sizeof(*kept));
                c->kept = kept;
                c->count = pack->register_count;
        }
        int64_t head;
        TRY(store_event_head(tx, &head));
        Kept *k = c->kept[reg->index];
        if (k && k->reg != reg) {
                let_go(c, reg->index);
                k = NULL;
        }
        if (k && head < k->event)
                return ST_UNSUPPORTED; /* the transaction is older than what is kept */
        if (k && head > k->event) {
                bool changed;
                TRY(changed_since(tx, k->event, &changed));
                if (changed)
                        let_go(c, reg->index);
                else
                        k->event = head;
        }
        if (!c->kept[reg->index])
                TRY(fresh(c, tx, pack, reg, head));
        *ret = c->kept[reg->index];
        return ST_OK;
}

static void make_room(RegisterColumns *c, const Kept *but)
{
        for (size_t i = 0; i < c->count && held(c) > c->max_bytes; i++)
                if (c->kept[i] && c->kept[i] != but)
                        let_go(c, i);
        if (held(c) > c->max_bytes && but && c->kept[but->reg->index] == but)
                let_go(c, but->reg->index); /* its users still have it */
}

/* ---- a page ---- */

/* The column from row `at` on. */
static FeelColumn from_row(const FeelColumn *c, size_t at)
{
        FeelColumn r = *c;
        if (!c->any)
                return r;
        switch (c->kind) {
        case FEEL_COL_STR: r.str = c->str + at; break;
        case FEEL_COL_DATE: r.days = c->days + at; break;
        case FEEL_COL_BOOL: r.boolean = c->boolean + at; break;
        default: r.scaled = c->scaled + at;
        }
        r.null = c->null + at;
        return r;
}

static Status mask_of(const Kept *k, const FeelColumn *columns, const FeelProgram *where, uint8_t *mask)
{
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_bytes = (size_t)64 << 20;
        limits.max_steps = 0; /* the time is bounded instead */
        limits.max_ns = FILTER_MAX_NS;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&limits, NULL);
        _cleanup_feel_batch_ FeelBatch *b = NULL;
        size_t n = feel_scope_len(k->reg->scope);
        FeelColumn *in = mem_calloc(n + 1, sizeof(*in));
        Status st = x && in ? feel_batch_new(where, columns, k->reg->field_count, &b) : ST_NOMEM;
        enum { STEP = 65536 };
        for (size_t at = 0; st == ST_OK && at < k->rows; at += STEP) {
                size_t rows = k->rows - at < STEP ? k->rows - at : STEP;
                FeelColumn out;
                feel_exec_reset(x);
                for (size_t i = 0; i < k->reg->field_count; i++)
                        in[i] = from_row(&columns[i], at);
                st = feel_batch_eval(b, x, in, n, rows, &out);
                for (size_t i = 0; st == ST_OK && i < rows; i++) {
                        if (out.kind == FEEL_COL_BOOL) {
                                mask[at + i] = !(out.null && out.null[i]) && !(out.unknown && out.unknown[i]) &&
                                               out.boolean && out.boolean[i];
                                continue;
                        }
                        FeelValue v;
                        st = feel_column_get(feel_exec_arena(x), &out, i, &v);
                        mask[at + i] = st == ST_OK && feel_is_true(&v);
                }
        }
        mem_free(in);
        return st;
}

static Status cut_page(const Kept *k, const uint32_t *order, const uint8_t *mask, const uint64_t *found,
                       const RegisterQuery *q, Arena *a, int64_t **ret_ids, size_t *ret_count, int64_t *ret_total)
{
        bool some = q->within && q->within->depth > 0;
        uint32_t first = some ? (uint32_t)q->within->index + 1 : 0, last = some ? (uint32_t)q->within->last + 1 : 0;
        int64_t total = 0, limit = q->limit ? q->limit : REGISTER_LIST_MAX;
        size_t room = (uint64_t)limit < k->rows ? (size_t)limit : k->rows, count = 0;
        int64_t *ids = arena_array_of(a, int64_t, room + 1);
        if (!ids)
                return ST_NOMEM;
        for (size_t i = 0; i < k->rows; i++) {
                uint32_t row = order[i];
                if ((found && !(found[row / 64] >> row % 64 & 1)) || (mask && !mask[row]) ||
                    (some && (k->unit[row] < first || k->unit[row] > last)))
                        continue;
                if (total >= q->offset && count < room)
                        ids[count++] = k->id[row];
                total++;
        }
        *ret_ids = ids;
        *ret_count = count;
        *ret_total = total;
        return ST_OK;
}

Status register_columns_page(RegisterColumns *c, StoreTx *tx, const Pack *pack, const PackRegister *reg,
                             const RegisterQuery *q, const FeelProgram *where, Arena *a, Diag *diag,
                             int64_t **ret_ids, size_t *ret_count, int64_t *ret_total)
{
        Kept *k = NULL;
        const uint32_t *order = NULL;
        uint64_t *found = NULL;
        FeelColumn *columns = arena_array_of(a, FeelColumn, reg->field_count + 1);
        if (!columns)
                return ST_NOMEM;
        pthread_mutex_lock(&c->lock);
        Status st = find(c, tx, pack, reg, &k);
        if (st == ST_OK)
                st = read_columns(k, tx, where);
        if (st == ST_OK)
                st = read_order(k, tx, q, diag, &order);
        if (st == ST_OK && str_trim(q->words).len)
                st = read_found(k, tx, str_trim(q->words), &found);
        if (st == ST_OK) {
                k->users++;
                memcpy(columns, k->columns, reg->field_count * sizeof(*columns));
        }
        make_room(c, st == ST_OK ? k : NULL);
        pthread_mutex_unlock(&c->lock);
        if (st != ST_OK)
                return st;
        uint8_t *mask = where ? mem_alloc(k->rows + 1) : NULL;
        if (where)
                st = mask ? mask_of(k, columns, where, mask) : ST_NOMEM;
        if (st == ST_OK)
                st = cut_page(k, order, mask, found, q, a, ret_ids, ret_count, ret_total);
        mem_free(mask);
        mem_free(found);
        pthread_mutex_lock(&c->lock);
        if (--k->users == 0)
                kept_free(k);
        pthread_mutex_unlock(&c->lock);
        return st;
}
