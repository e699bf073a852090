/* Appending to the event chain, and reading it.  How an event is hashed is told in event.h. */
#include "store/store_int.h"

#include "base/date.h"
#include "codec/json.h"

enum { EVENTS_DEFAULT = 100, EVENTS_MAX = 10000, PAYLOAD_DEPTH_MAX = 100, PAYLOAD_VALUES_MAX = 2000000 };

#define EVENT_COLUMNS "seq, time, actor, on_behalf, op, subject, reason, payload, prev, hash"

static void put_member(Buf *out, const char *key, Str value)
{
        buf_puts(out, key);
        json_put_quoted(out, value);
}

Status store_event_record(const StoreEvent *e, Buf *out)
{
        put_member(out, "{\"actor\":", e->actor);
        put_member(out, ",\"on_behalf\":", e->on_behalf);
        put_member(out, ",\"op\":", e->op);
        buf_puts(out, ",\"payload\":");
        buf_put_str(out, e->payload);
        put_member(out, ",\"reason\":", e->reason);
        buf_printf(out, ",\"seq\":%lld", (long long)e->seq);
        put_member(out, ",\"subject\":", e->subject);
        put_member(out, ",\"time\":", e->time);
        buf_putc(out, '}');
        return buf_status(out);
}

Status store_event_hash(const StoreEvent *e, Sm3 *sm3, Buf *scratch, char ret[SM3_HEX])
{
        uint8_t prev[SM3_SIZE], hash[SM3_SIZE];
        if (!sm3_from_hex(e->prev, prev))
                return ST_INVALID;
        buf_clear(scratch);
        TRY(store_event_record(e, scratch));
        sm3_add(sm3, str_n((const char *)prev, sizeof(prev)));
        sm3_add(sm3, buf_str(scratch));
        sm3_end(sm3, hash);
        sm3_to_hex(hash, ret);
        return ST_OK;
}

static Status complete(StoreTx *tx, const StoreEvent *e)
{
        Pos pos = store_pos(tx->store);
        if (tx->mode != STORE_WRITE)
                return diag_fail(tx->diag, ST_INTERNAL, pos, "事件只能记录在写事务中",
                                 "an event is recorded in a write transaction only");
        if (e->actor.len == 0)
                return diag_fail(tx->diag, ST_INVALID, pos, "事件缺少操作人", "the event has no actor");
        if (e->op.len == 0)
                return diag_fail(tx->diag, ST_INVALID, pos, "事件缺少操作名", "the event has no operation");
        if (e->payload.len > STORE_PAYLOAD_MAX)
                return diag_fail(tx->diag, ST_LIMIT, pos, "事件内容过大：%zu 字节",
                                 "the event's payload is too large: %zu bytes", e->payload.len);
        const StoreValue texts[] = { sv_text(e->actor), sv_text(e->on_behalf), sv_text(e->op), sv_text(e->subject),
                                     sv_text(e->reason) };
        return store_check_values(tx->store, texts, ARRAY_LEN(texts), tx->diag);
}

static Status append(StoreTx *tx, const StoreEvent *given, int64_t *ret_seq)
{
        TRY(complete(tx, given));
        _cleanup_buf_ Buf payload = BUF_INIT(STORE_PAYLOAD_MAX + 1);
        JsonLimits limits = { .max_bytes = STORE_PAYLOAD_MAX,
                              .max_depth = PAYLOAD_DEPTH_MAX,
                              .max_values = PAYLOAD_VALUES_MAX };
        if (given->payload.len)
                TRY(json_canonical_text(given->payload, "payload", &limits, tx->diag, &payload));
        else
                buf_puts(&payload, "{}");
        TRY(buf_status(&payload));

        _cleanup_arena_ Arena *a = arena_new(4096);
        if (!a)
                return ST_NOMEM;
        _cleanup_store_stmt_ StoreStmt *head = NULL;
        Status st = store_one(tx, "SELECT events, hash FROM store_head WHERE id = 1", STORE_NO_ARGS, &head);
        if (st == ST_NOT_FOUND)
                return diag_fail(tx->diag, ST_CORRUPT, store_pos(tx->store), "事件链缺少头记录",
                                 "the event chain has no head record");
        TRY(st);
        char time[40], hash[SM3_HEX];
        size_t time_len = instant_to_text(clock_now(), time);
        StoreEvent e = *given;
        e.seq = store_i64(head, 0) + 1;
        e.prev = store_text_dup(head, 1, a);
        e.time = str_n(time, time_len);
        e.payload = buf_str(&payload);
        TRY(store_done(head));
        if (!e.prev.ptr)
                return ST_NOMEM;

        _cleanup_sm3_ Sm3 *sm3 = NULL;
        TRY(sm3_new(&sm3));
        _cleanup_buf_ Buf record = BUF_INIT(4 * STORE_PAYLOAD_MAX);
        TRY(store_event_hash(&e, sm3, &record, hash));
        TRY(store_exec(tx, "INSERT INTO event (" EVENT_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                       STORE_ARGS(sv_i64(e.seq), sv_text(e.time), sv_text(e.actor), sv_text(e.on_behalf), sv_text(e.op),
                                  sv_text(e.subject), sv_text(e.reason), sv_text(e.payload), sv_text(e.prev),
                                  sv_cstr(hash)),
                       NULL));
        TRY(store_exec(tx, "UPDATE store_head SET events = $1, hash = $2 WHERE id = 1",
                       STORE_ARGS(sv_i64(e.seq), sv_cstr(hash)), NULL));
        tx->events++;
        if (ret_seq)
                *ret_seq = e.seq;
        return ST_OK;
}

Status store_event(StoreTx *tx, const StoreEvent *e, int64_t *ret_seq)
{
        TRY(store_tx_ready(tx));
        return store_tx_fail(tx, append(tx, e, ret_seq));
}

Status store_event_head(StoreTx *tx, int64_t *ret_seq)
{
        return store_get_i64(tx, "SELECT events FROM store_head WHERE id = 1", STORE_NO_ARGS, ret_seq);
}

/* ---- reading ----------------------------------------------------------- */

void store_event_read(StoreStmt *q, StoreEvent *ret)
{
        *ret = (StoreEvent){
                .seq = store_i64(q, 0),
                .time = store_text(q, 1),
                .actor = store_text(q, 2),
                .on_behalf = store_text(q, 3),
                .op = store_text(q, 4),
                .subject = store_text(q, 5),
                .reason = store_text(q, 6),
                .payload = store_text(q, 7),
                .prev = store_text(q, 8),
                .hash = store_text(q, 9),
        };
}

/* The condition and its arguments; every one is given once. */
typedef struct Condition {
        Buf sql;
        Buf prefix, below;      /* LIKE patterns */
        StoreValue args[12];
        size_t n;
} Condition;

static void condition_release(Condition *c)
{
        buf_release(&c->sql);
        buf_release(&c->prefix);
        buf_release(&c->below);
}

/* part has one %zu for the parameter's number. */
#define WHEN(c, test, value, ...)                                       \
        do {                                                            \
                if (test) {                                             \
                        (c)->args[(c)->n++] = (value);                  \
                        buf_printf(&(c)->sql, __VA_ARGS__);             \
                }                                                       \
        } while (0)

static void put_condition(Condition *c, const StoreEventFilter *f)
{
        buf_puts(&c->sql, " WHERE 1 = 1");
        WHEN(c, f->subject.len, sv_text(f->subject), " AND subject = $%zu", c->n);
        store_put_like(&c->prefix, f->subject_prefix);
        buf_putc(&c->prefix, '%');
        WHEN(c, f->subject_prefix.len, sv_text(buf_str(&c->prefix)), " AND subject LIKE $%zu ESCAPE '!'", c->n);
        WHEN(c, f->actor.len, sv_text(f->actor), " AND (actor = $%zu OR on_behalf = $%zu)", c->n, c->n);
        WHEN(c, f->op.len, sv_text(f->op), " AND (op = $%zu", c->n);
        store_put_like(&c->below, f->op);
        buf_puts(&c->below, ".%");
        WHEN(c, f->op.len, sv_text(buf_str(&c->below)), " OR op LIKE $%zu ESCAPE '!')", c->n);
        WHEN(c, f->time_from.len, sv_text(f->time_from), " AND time >= $%zu", c->n);
        WHEN(c, f->time_to.len, sv_text(f->time_to), " AND time < $%zu", c->n);
        WHEN(c, f->after, sv_i64(f->after), " AND seq > $%zu", c->n);
        WHEN(c, f->before, sv_i64(f->before), " AND seq < $%zu", c->n);
        int64_t limit = f->limit <= 0 ? EVENTS_DEFAULT : f->limit > EVENTS_MAX ? EVENTS_MAX : f->limit;
        WHEN(c, true, sv_i64(limit), " ORDER BY seq%s LIMIT $%zu", f->newest_first ? " DESC" : "", c->n);
}

static Str keep(Arena *a, Str s, bool *failed)
{
        Str copy = arena_str(a, s);
        *failed |= !copy.ptr;
        return copy;
}

Status store_events(StoreTx *tx, const StoreEventFilter *f, Arena *a, StoreEvent **ret, size_t *ret_count)
{
        _cleanup_(condition_release)
                Condition c = { .sql = BUF_INIT(4096), .prefix = BUF_INIT(1 << 16), .below = BUF_INIT(1 << 16) };
        buf_puts(&c.sql, "SELECT " EVENT_COLUMNS " FROM event");
        put_condition(&c, f);
        TRY(buf_status(&c.sql));
        TRY(buf_status(&c.prefix));
        TRY(buf_status(&c.below));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, buf_cstr(&c.sql), c.args, c.n, &q));
        StoreEvent *list = NULL;
        size_t n = 0, cap = 0;
        bool failed = false;
        while (store_next(q)) {
                StoreEvent e;
                store_event_read(q, &e);
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return store_tx_fail(tx, ST_NOMEM);
                Str *texts[] = { &e.time,   &e.actor,   &e.on_behalf, &e.op,  &e.subject,
                                 &e.reason, &e.payload, &e.prev,      &e.hash };
                for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                        *texts[i] = keep(a, *texts[i], &failed);
                list[n++] = e;
        }
        TRY(store_done(q));
        if (failed)
                return store_tx_fail(tx, ST_NOMEM);
        *ret = list;
        *ret_count = n;
        return ST_OK;
}
