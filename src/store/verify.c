/* The proof of the chain: every event is hashed again, in the order of its number, and linked to the one before.
 * The first that does not agree is named.  Nothing is believed that can be computed. */
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/date.h"
#include "codec/json.h"
#include "store/file.h"

enum { CHECKPOINT_MAX = 4096 };

typedef struct Checkpoint {
        int64_t events;                 /* -1: none was given */
        char head[SM3_HEX];
} Checkpoint;

static Status checkpoint_parse(Str text, const char *path, Diag *d, Checkpoint *ret)
{
        _cleanup_arena_ Arena *a = arena_new(1 << 20);
        if (!a)
                return ST_NOMEM;
        Json *doc;
        TRY(json_parse(a, text, path, NULL, d, &doc));
        const Json *events = json_get(doc, "events"), *head = json_get(doc, "head");
        Checkpoint c;
        uint8_t hash[SM3_SIZE];
        if (!events || !json_i64(events, &c.events) || c.events < 0 || !json_is(head, JSON_STRING) ||
            !sm3_from_hex(head->text, hash))
                return diag_fail(d, ST_INVALID, POS_FILE(path), "不是检查点文件：须含 events 和 head",
                                 "is not a checkpoint: it must hold events and head");
        sm3_to_hex(hash, c.head);
        *ret = c;
        return ST_OK;
}

static Status checkpoint_read(const char *path, Diag *d, Checkpoint *ret)
{
        char text[CHECKPOINT_MAX + 1];
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return diag_fail(d, errno == ENOENT ? ST_NOT_FOUND : ST_IO, POS_FILE(path), "无法读取检查点：%s",
                                 "the checkpoint cannot be read: %s", strerror(errno));
        ssize_t n = read(fd, text, sizeof(text));
        int why = errno;
        close(fd);
        if (n < 0)
                return diag_fail(d, ST_IO, POS_FILE(path), "无法读取检查点：%s", "the checkpoint cannot be read: %s",
                                 strerror(why));
        if (n > CHECKPOINT_MAX)
                return diag_fail(d, ST_INVALID, POS_FILE(path), "不是检查点文件：太大",
                                 "is not a checkpoint: too large");
        return checkpoint_parse(str_n(text, (size_t)n), path, d, ret);
}

Status store_checkpoint_write(const char *path, const StoreProof *proof, Diag *d)
{
        char time[40];
        size_t n = instant_to_text(clock_now(), time);
        _cleanup_buf_ Buf b = BUF_INIT(CHECKPOINT_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "events", proof->events);
        jw_put_cstr(&w, "head", proof->head);
        jw_put_str(&w, "time", str_n(time, n));
        jw_object_end(&w);
        buf_putc(&b, '\n');
        TRY(jw_finish(&w));
        TRY(buf_status(&b));
        return store_file_write(path, buf_str(&b), d);
}

/* ---- the walk ---------------------------------------------------------- */

typedef struct Walk {
        StoreTx *tx;
        Checkpoint checkpoint;
        StoreProof proof;
        Sm3 *sm3;
        Buf record;
} Walk;

static void walk_release(Walk *w)
{
        sm3_free(w->sm3);
        buf_release(&w->record);
}

static Status broken(Walk *w, int64_t seq, StoreBroken why)
{
        static const struct { const char *zh, *en;
        } words[] = {
                [STORE_WHOLE] = { "", "" },
                [STORE_BROKEN_CHANGED] = { "内容与其哈希不符", "its content is not what was hashed" },
                [STORE_BROKEN_LINK] = { "与前一事件的哈希不相连", "it is not linked to the event before it" },
                [STORE_BROKEN_MISSING] = { "缺失或次序有误", "it is missing or out of order" },
                [STORE_BROKEN_TRUNCATED] = { "链的末尾与头记录或检查点不符（末尾被删去或添加）",
                                             "the end of the chain is not that of the head record or checkpoint (cut off or added)" },
                [STORE_BROKEN_CHECKPOINT] = { "与检查点的哈希不符：此处或之前被改写",
                                              "its hash is not the checkpoint's: rewritten here or before" },
        };
        w->proof.first_broken = seq;
        w->proof.why = why;
        bool zh = !w->tx->diag || w->tx->diag->lang == LANG_ZH;
        diag_error(w->tx->diag, store_pos(w->tx->store), "事件链在第 %lld 号事件处断裂：%s",
                   "the event chain is broken at event %lld: %s", (long long)seq, zh ? words[why].zh : words[why].en);
        return ST_CHECK;
}

/* Is the row made of what an event is made of?  A damaged file may hold anything. */
static bool readable(StoreStmt *q)
{
        if (store_value(q, 0).type != STORE_I64)
                return false;
        for (int i = 1; i < 10; i++)
                if (store_value(q, i).type != STORE_TEXT)
                        return false;
        return true;
}

static Status look_at(Walk *w, StoreStmt *q)
{
        int64_t expected = w->proof.events + 1;
        if (!readable(q))
                return broken(w, expected, STORE_BROKEN_CHANGED);
        StoreEvent e;
        store_event_read(q, &e);
        if (e.seq != expected)
                return broken(w, expected, STORE_BROKEN_MISSING);
        if (!str_eq_c(e.prev, w->proof.head))
                return broken(w, e.seq, STORE_BROKEN_LINK);
        char hash[SM3_HEX];
        TRY(store_event_hash(&e, w->sm3, &w->record, hash));
        if (!str_eq_c(e.hash, hash))
                return broken(w, e.seq, STORE_BROKEN_CHANGED);
        if (e.seq == w->checkpoint.events && strcmp(hash, w->checkpoint.head) != 0)
                return broken(w, e.seq, STORE_BROKEN_CHECKPOINT);
        memcpy(w->proof.head, hash, sizeof(hash));
        w->proof.events = e.seq;
        return ST_OK;
}

static Status look_at_end(Walk *w)
{
        int64_t n = w->proof.events;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        Status st = store_one(w->tx, "SELECT events, hash FROM store_head WHERE id = 1", STORE_NO_ARGS, &q);
        if (st == ST_NOT_FOUND)
                return broken(w, n + 1, STORE_BROKEN_TRUNCATED);
        TRY(st);
        int64_t events = store_i64(q, 0);
        bool same = str_eq_c(store_text(q, 1), w->proof.head);
        TRY(store_done(q));
        if (events != n)
                return broken(w, (events > n ? n : events > 0 ? events : 0) + 1, STORE_BROKEN_TRUNCATED);
        if (!same)
                return broken(w, n > 0 ? n : 1, STORE_BROKEN_TRUNCATED);
        if (w->checkpoint.events > n)
                return broken(w, n + 1, STORE_BROKEN_TRUNCATED);
        if (w->checkpoint.events == 0 && strcmp(w->checkpoint.head, STORE_ZERO_HASH) != 0)
                return broken(w, 1, STORE_BROKEN_CHECKPOINT);
        return ST_OK;
}

static Status walk(Walk *w)
{
        TRY(sm3_new(&w->sm3));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(
                w->tx,
                "SELECT seq, time, actor, on_behalf, op, subject, reason, payload, prev, hash FROM event ORDER BY seq",
                STORE_NO_ARGS, &q));
        while (store_next(q))
                TRY(look_at(w, q));
        Status st = store_done(q);
        if (st == ST_CORRUPT)           /* the file is damaged where this event should be */
                return broken(w, w->proof.events + 1, STORE_BROKEN_CHANGED);
        TRY(st);
        return look_at_end(w);
}

Status store_verify_tx(StoreTx *tx, const char *checkpoint, StoreProof *ret)
{
        _cleanup_(walk_release) Walk w = { .tx = tx, .checkpoint = { .events = -1 },
                                           .record = BUF_INIT(BUF_MAX_DEFAULT), .proof = { .head = STORE_ZERO_HASH } };
        if (checkpoint)
                TRY(checkpoint_read(checkpoint, tx->diag, &w.checkpoint));
        Status st = walk(&w);
        if (st == ST_OK || st == ST_CHECK)
                *ret = w.proof;
        return st == ST_CHECK ? st : store_tx_fail(tx, st);
}

Status store_verify(Store *s, const char *checkpoint, Diag *d, StoreProof *ret)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(s, STORE_READ, d, &tx));
        return store_verify_tx(tx, checkpoint, ret);
}
