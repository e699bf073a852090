/* columns_patch.c -- see columns_int.h: what changed since a register was read is put into it, so that the next page
 * after a change costs what the change is worth and not what the register is.
 *
 * Every state names its event, and so does every record that went: both are found by an index.  A changed record leaves
 * its place in each order and takes the one that the database gives it among its neighbours: orders are never compared
 * here by other means than those they were made with. */
#include <stdlib.h>

#include "register/columns_int.h"
#include "register/sound.h"
#include "store/text.h"

/* More at once are read anew: an import of a thousand rows is a new register. */
enum { PATCH_MAX = 256 };

typedef struct Patched {
        int64_t id;
        size_t row;
        bool here; /* a record still */
} Patched;

typedef struct Patch {
        Kept *k;
        StoreTx *tx;
        const Pack *pack;
        Diag *diag;
        Arena *arena;
        const char *table;
        Patched changes[PATCH_MAX];
        size_t count;
} Patch;

/* ---- what changed ---- */

/* Numbers of the records with a state after the event, and of those that went after it; more than PATCH_MAX are not
 * told apart. */
static Status changed_ids(Patch *p)
{
        size_t n = 0;
        for (int here = 0; here < 2; here++) {
                _cleanup_buf_ Buf sql = BUF_INIT(4096);
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                StoreValue args[] = { sv_i64(p->k->event), sv_i64(PATCH_MAX + 1), sv_text(p->k->reg->name) };
                if (here) {
                        buf_puts(&sql, "SELECT k_id FROM ");
                        store_put_name(&sql, p->table);
                        buf_puts(&sql, " WHERE k_event > $1 LIMIT $2");
                } else {
                        buf_puts(&sql, "SELECT id FROM record_gone WHERE event > $1 AND register = $3 LIMIT $2");
                }
                TRY(buf_status(&sql));
                TRY(store_query(p->tx, sql.ptr, args, here ? 2 : 3, &q));
                while (store_next(q)) {
                        if (n < PATCH_MAX)
                                p->changes[n] = (Patched){ .id = store_i64(q, 0), .here = here };
                        n++;
                }
                TRY(store_done(q));
        }
        p->count = n;
        return ST_OK;
}

static int by_id(const void *a, const void *b)
{
        const Patched *x = a, *y = b;
        return (x->id > y->id) - (x->id < y->id);
}

static bool bit(const uint64_t *bits, size_t at)
{
        return bits[at / 64] >> at % 64 & 1;
}

static void set_bit(uint64_t *bits, size_t at, bool on)
{
        bits[at / 64] = on ? bits[at / 64] | UINT64_C(1) << at % 64 : bits[at / 64] & ~(UINT64_C(1) << at % 64);
}

/* Rows for them all: new ones stand at the end.  *ret_done false: a number belongs between others. */
static Status place(Patch *p, bool *ret_done)
{
        Kept *k = p->k;
        size_t n = 0;
        *ret_done = true;
        for (size_t i = 0; i < p->count; i++) {
                Patched c = p->changes[i];
                c.row = kept_row(k, c.id);
                if (c.row == SIZE_MAX && !c.here)
                        continue; /* came and went */
                if (c.row == SIZE_MAX) {
                        if (k->spare == 0 || (k->rows && c.id < k->id[k->rows - 1])) {
                                *ret_done = false;
                                return ST_OK;
                        }
                        c.row = k->rows++;
                        k->spare--;
                        k->id[c.row] = c.id;
                        set_bit(k->gone, c.row, true);
                }
                k->live += c.here;
                k->live -= !bit(k->gone, c.row);
                set_bit(k->gone, c.row, !c.here);
                p->changes[n++] = c;
        }
        p->count = n;
        return ST_OK;
}

/* ---- columns ---- */

/* " WHERE r.k_id IN (…)" of the records that are here; how many. */
static size_t put_here(const Patch *p, Buf *sql, StoreValue *args)
{
        size_t n = 0;
        for (size_t i = 0; i < p->count; i++)
                if (p->changes[i].here)
                        args[n++] = sv_i64(p->changes[i].id);
        buf_puts(sql, " WHERE r.k_id IN (");
        store_put_params(sql, 1, n);
        buf_putc(sql, ')');
        return n;
}

static Status read_columns(const Patch *p)
{
        Kept *k = p->k;
        char name[REGISTER_NAME_MAX];
        size_t n = 0, fields = k->reg->field_count;
        KeptFilling *f = arena_array_of(p->arena, KeptFilling, fields + 1);
        StoreType *types = arena_array_of(p->arena, StoreType, fields + 2);
        StoreValue args[PATCH_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(KEPT_SQL_MAX);
        if (!f || !types)
                return ST_NOMEM;
        types[0] = STORE_I64;
        types[1] = STORE_TEXT;
        buf_puts(&sql, "SELECT r.k_id, r.k_unit");
        for (size_t i = 0; i < fields; i++) {
                const FeelColumn *c = &k->columns[i];
                if (!c->any)
                        continue;
                f[n] = (KeptFilling){ &k->reg->fields[i], *c, (void *)c->any, (uint8_t *)c->null };
                types[n++ + 2] = register_is_int(&k->reg->fields[i]) ? STORE_I64 : STORE_TEXT;
                register_column_name(&k->reg->fields[i], name);
                buf_puts(&sql, ", r.");
                store_put_name(&sql, name);
        }
        buf_printf(&sql, " FROM \"%s\" r", p->table);
        size_t wanted = put_here(p, &sql, args), seen = 0, rows;
        if (wanted == 0)
                return ST_OK;
        TRY(buf_status(&sql));
        _cleanup_store_scan_ StoreScan *s = NULL;
        TRY(store_scan(p->tx, sql.ptr, args, wanted, types, n + 2, PATCH_MAX, &s));
        const StoreVector *v;
        while (store_scan_next(s, &v, &rows))
                for (size_t i = 0; i < rows; i++, seen++) {
                        size_t at = kept_row(k, v[0].i64[i]);
                        if (at == SIZE_MAX)
                                return ST_INTERNAL;
                        k->unit[at] = v[1].null[i] ? 0 : kept_unit(p->pack, v[1].str[i]);
                        for (size_t c = 0; c < n; c++)
                                TRY(kept_fill(k, &f[c], &v[c + 2], i, 1, at));
                }
        TRY(store_scan_done(s));
        return seen == wanted ? ST_OK : ST_INTERNAL;
}

/* ---- orders ---- */

/* Which of two comes first, as the list would put them. */
static Status first_of(const Patch *p, const KeptOrder *o, SoundSort *sound, int64_t a, int64_t b, int64_t *ret)
{
        char name[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        RegisterQuery list = { .sort = o->sort, .descending = o->descending };
        buf_puts(&sql, "SELECT r.k_id");
        if (sound) {
                register_column_name(o->sort, name);
                buf_puts(&sql, ", r.");
                store_put_name(&sql, name);
        }
        buf_printf(&sql, " FROM \"%s\" r WHERE r.k_id IN ($1, $2)", p->table);
        register_put_order(&sql, sound ? &(RegisterQuery){ 0 } : &list);
        TRY(buf_status(&sql));
        TRY(store_query(p->tx, sql.ptr, STORE_ARGS(sv_i64(a), sv_i64(b)), &q));
        int64_t ids[2];
        Str text[2] = { STR_NONE, STR_NONE };
        size_t n = 0;
        for (; store_next(q) && n < 2; n++) {
                ids[n] = store_i64(q, 0);
                if (sound && !store_is_null(q, 1) && !(text[n] = store_text_dup(q, 1, p->arena)).ptr)
                        return ST_NOMEM;
        }
        TRY(store_done(q));
        if (n != 2)
                return ST_INTERNAL;
        int order = 0;
        if (sound)
                TRY(sound_compare(sound, text[0], text[1], o->descending, &order));
        *ret = ids[order > 0];
        return ST_OK;
}

static Status insert(const Patch *p, KeptOrder *o, SoundSort *sound, const Patched *c, size_t *count)
{
        size_t low = 0, high = *count;
        ArenaMark mark = arena_mark(p->arena);
        while (low < high) {
                size_t mid = low + (high - low) / 2;
                int64_t first;
                TRY(first_of(p, o, sound, c->id, p->k->id[o->rows[mid]], &first));
                if (first == c->id)
                        high = mid;
                else
                        low = mid + 1;
        }
        arena_rewind(p->arena, mark);
        memmove(o->rows + low + 1, o->rows + low, (*count - low) * sizeof(*o->rows));
        o->rows[low] = (uint32_t)c->row;
        ++*count;
        return ST_OK;
}

static Status reorder(const Patch *p, KeptOrder *o, size_t before, const uint64_t *changed)
{
        size_t n = 0;
        for (size_t i = 0; i < before; i++)
                if (!bit(changed, o->rows[i]))
                        o->rows[n++] = o->rows[i];
        _cleanup_sound_ SoundSort *sound = NULL;
        if (o->sort && sound_sorts(o->sort))
                TRY(sound_new(o->sort, p->diag, &sound));
        for (size_t i = 0; i < p->count; i++)
                if (p->changes[i].here)
                        TRY(insert(p, o, sound, &p->changes[i], &n));
        return n == p->k->live ? ST_OK : ST_INTERNAL;
}

static Status reorder_all(const Patch *p, size_t before)
{
        Kept *k = p->k;
        _cleanup_free_ uint64_t *changed = mem_calloc((k->rows + k->spare) / 64 + 1, sizeof(*changed));
        if (!changed)
                return ST_NOMEM;
        for (size_t i = 0; i < p->count; i++)
                set_bit(changed, p->changes[i].row, true);
        for (size_t i = 0; i < k->order_count; i++)
                TRY(reorder(p, &k->orders[i], before, changed));
        return ST_OK;
}

/* ---- words ---- */

static Status find_again(const Patch *p)
{
        char index[REGISTER_NAME_MAX];
        register_text_index_name(p->k->reg, index);
        for (size_t f = 0; f < KEPT_FOUND; f++) {
                KeptFound *found = &p->k->found[f];
                for (size_t i = 0; found->words && i < p->count; i++) {
                        const Patched *c = &p->changes[i];
                        bool holds = false;
                        if (c->here)
                                TRY(store_text_holds(p->tx, index, c->id, str_c(found->words), &holds));
                        set_bit(found->rows, c->row, holds);
                }
        }
        return ST_OK;
}

Status kept_patch(Kept *k, StoreTx *tx, const Pack *pack, Diag *diag, bool *ret_done)
{
        char table[REGISTER_NAME_MAX];
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        if (!a)
                return ST_NOMEM;
        register_table_name(k->reg, false, table);
        Patch *p = arena_new_of(a, Patch);
        if (!p)
                return ST_NOMEM;
        *p = (Patch){ .k = k, .tx = tx, .pack = pack, .diag = diag, .arena = a, .table = table };
        *ret_done = false;
        TRY(changed_ids(p));
        if (p->count > PATCH_MAX || k->patched + p->count > KEPT_SPARE)
                return ST_OK;
        *ret_done = true;
        if (p->count == 0)
                return ST_OK;
        const size_t before = k->live;
        k->patched += p->count;
        qsort(p->changes, p->count, sizeof(*p->changes), by_id);
        TRY(place(p, ret_done));
        if (!*ret_done)
                return ST_OK;
        TRY(read_columns(p));
        TRY(reorder_all(p, before));
        return find_again(p);
}
