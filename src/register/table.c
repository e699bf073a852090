/* table.c -- a register as typed columns.
 *
 * Rows are read in the order in which they lie and put into that of their keys here: reading them along the index of
 * the keys costs a search for each. */
#include "register/register_int.h"

enum { SCAN_ROWS = 4096, SQL_MAX = 256 << 10 };

typedef struct Loading {
        const PackRegister *reg;
        const bool *wanted; /* by field index */
        size_t rows, cap;
        int64_t *id;
        Str *key, *owner, *unit;
        int64_t **ints; /* by field index */
        Str **texts;
        uint8_t **nulls;
        Arena *arena;
} Loading;

static Status grow_one(Arena *a, void **data, size_t old, size_t cap, size_t size)
{
        size_t bytes;
        void *p = __builtin_mul_overflow(cap, size, &bytes) ? NULL : arena_alloc(a, bytes);
        if (!p)
                return ST_NOMEM;
        if (old)
                memcpy(p, *data, old * size);
        *data = p;
        return ST_OK;
}

static Status grow(Loading *l, size_t need)
{
        if (need <= l->cap)
                return ST_OK;
        size_t cap = l->cap ? l->cap * 2 : SCAN_ROWS;
        while (cap < need)
                cap *= 2;
        TRY(grow_one(l->arena, (void **)&l->id, l->rows, cap, sizeof(int64_t)));
        TRY(grow_one(l->arena, (void **)&l->key, l->rows, cap, sizeof(Str)));
        TRY(grow_one(l->arena, (void **)&l->owner, l->rows, cap, sizeof(Str)));
        TRY(grow_one(l->arena, (void **)&l->unit, l->rows, cap, sizeof(Str)));
        for (size_t i = 0; i < l->reg->field_count; i++) {
                if (!l->wanted[i])
                        continue;
                if (register_is_int(&l->reg->fields[i]))
                        TRY(grow_one(l->arena, (void **)&l->ints[i], l->rows, cap, sizeof(int64_t)));
                else
                        TRY(grow_one(l->arena, (void **)&l->texts[i], l->rows, cap, sizeof(Str)));
                TRY(grow_one(l->arena, (void **)&l->nulls[i], l->rows, cap, 1));
        }
        l->cap = cap;
        return ST_OK;
}

static Status copy_texts(Arena *a, const StoreVector *v, size_t rows, Str *out)
{
        size_t bytes = 0;
        for (size_t i = 0; i < rows; i++)
                bytes += v->str[i].len;
        char *pool = arena_alloc(a, bytes ? bytes : 1);
        if (!pool)
                return ST_NOMEM;
        for (size_t i = 0; i < rows; i++) {
                out[i] = STR_NONE;
                if (v->null[i])
                        continue;
                if (v->str[i].len)
                        memcpy(pool, v->str[i].ptr, v->str[i].len);
                out[i] = str_n(pool, v->str[i].len);
                pool += v->str[i].len;
        }
        return ST_OK;
}

static Status take_batch(Loading *l, const StoreVector *v, size_t rows)
{
        TRY(grow(l, l->rows + rows));
        size_t at = l->rows, col = 4;
        memcpy(l->id + at, v[0].i64, rows * sizeof(int64_t));
        TRY(copy_texts(l->arena, &v[1], rows, l->key + at));
        TRY(copy_texts(l->arena, &v[2], rows, l->owner + at));
        TRY(copy_texts(l->arena, &v[3], rows, l->unit + at));
        for (size_t i = 0; i < l->reg->field_count; i++) {
                if (!l->wanted[i])
                        continue;
                if (register_is_int(&l->reg->fields[i]))
                        memcpy(l->ints[i] + at, v[col].i64, rows * sizeof(int64_t));
                else
                        TRY(copy_texts(l->arena, &v[col], rows, l->texts[i] + at));
                memcpy(l->nulls[i] + at, v[col].null, rows);
                col++;
        }
        l->rows += rows;
        return ST_OK;
}

static Status scan(StoreTx *tx, Loading *l, const char *sql, const StoreValue *args, size_t n)
{
        StoreType types[4 + 1024] = { STORE_I64, STORE_TEXT, STORE_TEXT, STORE_TEXT };
        size_t columns = 4;
        for (size_t i = 0; i < l->reg->field_count && columns < ARRAY_LEN(types); i++)
                if (l->wanted[i])
                        types[columns++] = register_is_int(&l->reg->fields[i]) ? STORE_I64 : STORE_TEXT;
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(tx, sql, args, n, types, columns, SCAN_ROWS, &s));
        const StoreVector *v;
        size_t rows;
        while (store_scan_next(s, &v, &rows))
                TRY(take_batch(l, v, rows));
        return store_scan_done(s);
}

static Status column_of(const Loading *l, const PackField *f, FeelColumn *ret)
{
        size_t i = f->index;
        *ret = (FeelColumn){ .null = l->nulls[i] };
        if (f->many || (f->type == PACK_PERIOD && f->period != PERIOD_YEAR)) {
                FeelValue *v = arena_array_of(l->arena, FeelValue, l->rows + 1);
                if (!v)
                        return ST_NOMEM;
                for (size_t r = 0; r < l->rows; r++) {
                        RegisterValue value = { .known = !l->nulls[i][r] };
                        if (f->many)
                                value.text = l->texts[i][r];
                        else
                                value.i64 = l->ints[i][r];
                        TRY(register_any_feel(f, &value, l->arena, &v[r]));
                }
                *ret = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = v };
        } else if (!register_is_int(f)) {
                ret->kind = FEEL_COL_STR;
                ret->str = l->texts[i];
        } else if (f->type == PACK_DATE) {
                int32_t *days = arena_array_of(l->arena, int32_t, l->rows + 1);
                if (!days)
                        return ST_NOMEM;
                for (size_t r = 0; r < l->rows; r++)
                        days[r] = (int32_t)l->ints[i][r];
                ret->kind = FEEL_COL_DATE;
                ret->days = days;
        } else if (f->type == PACK_BOOLEAN) {
                uint8_t *b = arena_alloc(l->arena, l->rows + 1);
                if (!b)
                        return ST_NOMEM;
                for (size_t r = 0; r < l->rows; r++)
                        b[r] = l->ints[i][r] != 0;
                ret->kind = FEEL_COL_BOOL;
                ret->boolean = b;
        } else {
                if (f->type == PACK_PERIOD)
                        for (size_t r = 0; r < l->rows; r++)
                                l->ints[i][r] /= 1000; /* period_to_int: the year is what people see */
                ret->kind = FEEL_COL_SCALED;
                ret->scale = f->type == PACK_PERIOD ? 0 : f->scale;
                ret->scaled = l->ints[i];
        }
        return ST_OK;
}

/* Computed fields, row by row. */
static Status compute_columns(const Loading *l, FeelColumn *columns)
{
        const PackRegister *reg = l->reg;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        if (!x)
                return ST_NOMEM;
        size_t n = feel_scope_len(reg->scope);
        FeelValue *in = arena_array_of(l->arena, FeelValue, n + 1);
        if (!in)
                return ST_NOMEM;
        for (size_t f = 0; f < reg->field_count; f++) {
                if (register_stored(&reg->fields[f]))
                        continue;
                FeelValue *out = arena_array_of(l->arena, FeelValue, l->rows + 1);
                if (!out)
                        return ST_NOMEM;
                for (size_t r = 0; r < l->rows; r++) {
                        feel_exec_reset(x);
                        for (size_t k = 0; k < reg->field_count; k++)
                                if (columns[k].any)
                                        TRY(feel_column_get(feel_exec_arena(x), &columns[k], r, &in[k]));
                        FeelValue v;
                        TRY(feel_eval(x, reg->fields[f].computed.program, in, n, &v));
                        TRY(feel_copy(l->arena, &v, &out[r]));
                }
                columns[f] = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = out };
        }
        return ST_OK;
}

/* The records that belong to one: of its children, or those that name it in a field. */
typedef struct Only {
        const PackField *field;
        Str key;
} Only;

static void put_only(Buf *sql, const Only *only, StoreValue *args, size_t *n, bool first)
{
        char name[REGISTER_NAME_MAX] = "k_owner"; /* has an index */
        if (only->field->role != PACK_FIELD_PARENT)
                register_column_name(only->field, name);
        args[(*n)++] = sv_text(only->key);
        buf_puts(sql, first ? " WHERE r." : " AND r.");
        store_put_name(sql, name);
        buf_printf(sql, " = $%zu", *n);
}

static Status put_sql(Buf *sql, const Pack *pack, const PackRegister *reg, const bool *wanted, const Date *as_of,
                      const PackUnit *within, const Only *only, StoreValue *args, size_t *n, char day[24])
{
        buf_puts(sql, "SELECT r.k_id, r.k_key, r.k_owner, r.k_unit");
        char name[REGISTER_NAME_MAX];
        for (size_t i = 0; i < reg->field_count; i++) {
                if (!wanted[i])
                        continue;
                register_column_name(&reg->fields[i], name);
                buf_puts(sql, ", r.");
                store_put_name(sql, name);
        }
        register_put_source(sql, reg, as_of, args, n, day);
        bool first = true;
        if (within && within->depth > 0)
                TRY(register_put_within(sql, pack, within, &first));
        if (only)
                put_only(sql, only, args, n, first);
        return buf_status(sql);
}

/* How many rows there will be, so that columns are made once. */
static Status expect_rows(StoreTx *tx, Loading *l)
{
        char table[REGISTER_NAME_MAX];
        register_table_name(l->reg, false, table);
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        int64_t rows;
        buf_puts(&sql, "SELECT count(*) FROM ");
        store_put_name(&sql, table);
        TRY(buf_status(&sql));
        TRY(store_get_i64(tx, sql.ptr, STORE_NO_ARGS, &rows));
        return grow(l, (size_t)rows + 1);
}

/* ---- the order of keys ---- */

typedef struct Placed {
        Str key;
        size_t row;
} Placed;

static int by_key(const void *x, const void *y)
{
        const Placed *a = x, *b = y;
        int c = str_cmp(a->key, b->key);
        return c ? c : (a->row > b->row) - (a->row < b->row);
}

static Status reorder(Arena *a, const Placed *order, size_t rows, size_t size, void **data)
{
        char *out = *data ? arena_alloc(a, rows * size) : NULL;
        if (*data && !out)
                return ST_NOMEM;
        for (size_t i = 0; out && i < rows; i++)
                memcpy(out + i * size, (const char *)*data + order[i].row * size, size);
        *data = out;
        return ST_OK;
}

static Status sort_rows(Loading *l)
{
        bool sorted = true;
        for (size_t i = 1; sorted && i < l->rows; i++)
                sorted = str_cmp(l->key[i - 1], l->key[i]) <= 0;
        if (sorted)
                return ST_OK;
        Placed *order = mem_alloc(l->rows * sizeof(*order));
        if (!order)
                return ST_NOMEM;
        for (size_t i = 0; i < l->rows; i++)
                order[i] = (Placed){ l->key[i], i };
        qsort(order, l->rows, sizeof(*order), by_key);
        Status st = reorder(l->arena, order, l->rows, sizeof(int64_t), (void **)&l->id);
        if (st == ST_OK)
                st = reorder(l->arena, order, l->rows, sizeof(Str), (void **)&l->key);
        if (st == ST_OK)
                st = reorder(l->arena, order, l->rows, sizeof(Str), (void **)&l->owner);
        if (st == ST_OK)
                st = reorder(l->arena, order, l->rows, sizeof(Str), (void **)&l->unit);
        for (size_t i = 0; st == ST_OK && i < l->reg->field_count; i++) {
                st = reorder(l->arena, order, l->rows, sizeof(int64_t), (void **)&l->ints[i]);
                if (st == ST_OK)
                        st = reorder(l->arena, order, l->rows, sizeof(Str), (void **)&l->texts[i]);
                if (st == ST_OK)
                        st = reorder(l->arena, order, l->rows, 1, (void **)&l->nulls[i]);
        }
        mem_free(order);
        return st;
}

static Status load(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackField *const *fields,
                   size_t field_count, const Date *as_of, const PackUnit *within, const Only *only, Arena *a,
                   RegisterTable *ret)
{
        size_t n = reg->field_count;
        bool *wanted = arena_array_of(a, bool, n + 1);
        Loading l = { .reg = reg,
                      .wanted = wanted,
                      .arena = a,
                      .ints = arena_array_of(a, int64_t *, n + 1),
                      .texts = arena_array_of(a, Str *, n + 1),
                      .nulls = arena_array_of(a, uint8_t *, n + 1) };
        FeelColumn *columns = arena_array_of(a, FeelColumn, n + 1);
        if (!wanted || !l.ints || !l.texts || !l.nulls || !columns)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                wanted[i] = !fields && register_stored(&reg->fields[i]);
        for (size_t i = 0; fields && i < field_count; i++)
                wanted[fields[i]->index] = register_stored(fields[i]);
        _cleanup_buf_ Buf sql = BUF_INIT(SQL_MAX);
        StoreValue args[2];
        size_t nargs = 0;
        char day[24];
        TRY(put_sql(&sql, pack, reg, wanted, as_of, within, only, args, &nargs, day));
        TRY(as_of || within || only ? grow(&l, 1) : expect_rows(tx, &l));
        TRY(scan(tx, &l, sql.ptr, args, nargs));
        TRY(sort_rows(&l));
        for (size_t i = 0; i < n; i++) {
                columns[i].kind = FEEL_COL_VALUE;
                if (wanted[i])
                        TRY(column_of(&l, &reg->fields[i], &columns[i]));
        }
        if (!fields)
                TRY(compute_columns(&l, columns));
        *ret = (RegisterTable){ .reg = reg,
                                .rows = l.rows,
                                .id = l.id,
                                .key = l.key,
                                .owner = reg->parent ? l.owner : NULL,
                                .unit = l.unit,
                                .columns = columns };
        return ST_OK;
}

Status register_table_load(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackField *const *fields,
                           size_t field_count, const Date *as_of, const PackUnit *within, Arena *a, RegisterTable *ret)
{
        return load(tx, pack, reg, fields, field_count, as_of, within, NULL, a, ret);
}

Status register_table_load_only(StoreTx *tx, const Pack *pack, const PackRegister *reg, const PackField *owner,
                                Str key, const Date *as_of, Arena *a, RegisterTable *ret)
{
        Only only = { owner, key };
        return load(tx, pack, reg, NULL, 0, as_of, NULL, &only, a, ret);
}
