/* ops_audit.c -- who changed what, and the proof that nothing of it was changed since. */
#include "api/api_int.h"
#include "api_operations.h"
#include "document/publish.h"
#include "store/event.h"

enum { PAGE_DEFAULT = 50 };

static void put_or_null(JsonWriter *w, const char *key, Str s)
{
        if (s.len)
                jw_put_str(w, key, s);
        else
                jw_put_null(w, key);
}

Status api_op_event_list(ApiCall *call)
{
        StoreEvent *events;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        StoreEventFilter f = { .subject = api_param(call, "subject"),
                               .before = api_param_int(call, "before", 0),
                               .newest_first = true,
                               .limit = api_param_int(call, "limit", PAGE_DEFAULT) };
        TRY(store_events(tx, &f, call->arena, &events, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "events");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(&w);
                jw_put_i64(&w, "seq", events[i].seq);
                jw_put_str(&w, "at", events[i].time);
                jw_put_str(&w, "actor", events[i].actor);
                put_or_null(&w, "on_behalf", events[i].on_behalf);
                jw_put_str(&w, "op", events[i].op);
                jw_put_str(&w, "subject", events[i].subject);
                put_or_null(&w, "reason", events[i].reason);
                jw_put_str(&w, "hash", events[i].hash);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_chain_verify(ApiCall *call)
{
        static const char *const reasons[] = { [STORE_WHOLE] = "",
                                               [STORE_BROKEN_CHANGED] = "changed",
                                               [STORE_BROKEN_LINK] = "link",
                                               [STORE_BROKEN_MISSING] = "missing",
                                               [STORE_BROKEN_TRUNCATED] = "truncated",
                                               [STORE_BROKEN_CHECKPOINT] = "checkpoint" };
        StoreProof proof = { 0 };
        _cleanup_diag_ Diag said = DIAG_INIT(call->lang);
        Status st = store_verify(call->store, NULL, &said, &proof);
        if (st != ST_OK && st != ST_CHECK)
                return st;
        size_t documents = 0, bad = 0;
        if (st == ST_OK) {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(api_begin_read(call, &tx));
                TRY(document_verify(tx, &said, &documents, &bad));
                if (bad)
                        st = ST_CHECK;
        }
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "ok", st == ST_OK);
        jw_put_i64(&w, "documents", (int64_t)documents);
        jw_put_i64(&w, "events", proof.events);
        if (proof.first_broken)
                jw_put_i64(&w, "broken", proof.first_broken);
        else
                jw_put_null(&w, "broken");
        if (st == ST_OK)
                jw_put_null(&w, "reason");
        else
                jw_put_cstr(&w, "reason", said.count ? said.msgs[0].text : reasons[proof.why]);
        jw_put_cstr(&w, "head", proof.head);
        jw_object_end(&w);
        return jw_finish(&w);
}
