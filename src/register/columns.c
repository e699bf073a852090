/* columns.c -- see columns.h: who is kept, and pages cut out of it.
 *
 * While somebody reads a kept register outside the lock, only columns and orders are added to it; a later event is
 * brought into it when nobody does. */
#include "register/columns_int.h"

#include <pthread.h>

#include "store/event.h"

static const uint64_t FILTER_MAX_NS = UINT64_C(30000000000);
static const long WAIT_NS = 300000000; /* for readers, before a change makes the register be read anew */

struct RegisterColumns {
        pthread_mutex_t lock;
        pthread_cond_t read; /* somebody has finished reading */
        size_t max_bytes;
        Kept **kept; /* by register index */
        size_t count;
};

RegisterColumns *register_columns_new(size_t max_bytes)
{
        RegisterColumns *c = mem_calloc(1, sizeof(*c));
        if (!c)
                return NULL;
        if (pthread_mutex_init(&c->lock, NULL) != 0) {
                mem_free(c);
                return NULL;
        }
        if (pthread_cond_init(&c->read, NULL) != 0) {
                pthread_mutex_destroy(&c->lock);
                mem_free(c);
                return NULL;
        }
        c->max_bytes = max_bytes;
        return c;
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
        pthread_cond_destroy(&c->read);
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

/* ---- who is kept ---- */

/* Did an event after `event` concern what this op begins with? */
static Status changed_since(StoreTx *tx, int64_t event, Str op, bool *ret)
{
        _cleanup_arena_ Arena *a = arena_new(STORE_PAYLOAD_MAX * 2);
        if (!a)
                return ST_NOMEM;
        StoreEvent *events;
        size_t n;
        TRY(store_events(tx, &(StoreEventFilter){ .op = op, .after = event, .limit = 1 }, a, &events, &n));
        *ret = n > 0;
        return ST_OK;
}

/* Brings what is kept of a register to the transaction's event, or lets it go; the lock is held and nobody reads it. */
static Status bring_up(RegisterColumns *c, StoreTx *tx, const Pack *pack, size_t index, int64_t head, Diag *diag)
{
        Kept *k = c->kept[index];
        bool defined, changed, done = false;
        Status st = changed_since(tx, k->event, STR("pack"), &defined);
        if (st == ST_OK && !defined)
                st = changed_since(tx, k->event, STR("register"), &changed);
        if (st == ST_OK && !defined) {
                done = !changed;
                if (changed)
                        st = kept_patch(k, tx, pack, diag, &done);
        }
        if (st == ST_OK && done)
                k->event = head;
        else
                let_go(c, index);
        return st == ST_INTERNAL ? ST_OK : st; /* rows that no event tells of: reading anew is right then too */
}

/* Waits a little for those who read it; false: they take their time. */
static bool alone(RegisterColumns *c, size_t index)
{
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += WAIT_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        while (c->kept[index] && c->kept[index]->users > 1)
                if (pthread_cond_timedwait(&c->read, &c->lock, &until) != 0)
                        return false;
        return true;
}

/* The register as the transaction sees it; the lock is held. */
static Status find(RegisterColumns *c, StoreTx *tx, const Pack *pack, const PackRegister *reg, Diag *diag, Kept **ret)
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
        if (c->kept[reg->index] && head > c->kept[reg->index]->event && !alone(c, reg->index))
                let_go(c, reg->index);
        if (reg->index >= c->count)
                return ST_UNSUPPORTED; /* the pack changed meanwhile */
        if (c->kept[reg->index] && c->kept[reg->index]->reg != reg)
                let_go(c, reg->index);
        const Kept *k = c->kept[reg->index];
        if (k && head < k->event)
                return ST_UNSUPPORTED; /* the transaction is older than what is kept */
        if (k && head > k->event)
                TRY(bring_up(c, tx, pack, reg->index, head, diag));
        if (!c->kept[reg->index])
                TRY(kept_new(tx, pack, reg, head, &c->kept[reg->index]));
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
        size_t room = (uint64_t)limit < k->live ? (size_t)limit : k->live, count = 0;
        int64_t *ids = arena_array_of(a, int64_t, room + 1);
        if (!ids)
                return ST_NOMEM;
        for (size_t i = 0; i < k->live; i++) {
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
        Status st = find(c, tx, pack, reg, diag, &k);
        if (st == ST_OK)
                st = kept_columns(k, tx, where);
        if (st == ST_OK)
                st = kept_order(k, tx, q, diag, &order);
        if (st == ST_OK && str_trim(q->words).len)
                st = kept_found(k, tx, str_trim(q->words), &found);
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
        pthread_cond_broadcast(&c->read);
        pthread_mutex_unlock(&c->lock);
        return st;
}
