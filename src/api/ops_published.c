/* ops_published.c -- documents that were sent out: publish, list, read, compare, withdraw. */
#include "api/api_int.h"
#include "api/document.h"
#include "api_operations.h"
#include "document/publish.h"
#include "register/register.h"

static void put_one(JsonWriter *w, const DocumentFrozen *d)
{
        jw_object_begin(w);
        jw_put_i64(w, "id", d->id);
        jw_put_str(w, "document", d->name);
        jw_put_str(w, "title", d->title);
        jw_put_str(w, "period", d->period);
        jw_put_str(w, "key", d->key);
        jw_put_i64(w, "edition", d->edition);
        jw_put_str(w, "day", d->day);
        jw_put_str(w, "by", d->actor);
        jw_put_str(w, "at", d->at);
        jw_put_i64(w, "event", d->event);
        if (d->withdrawn.ptr)
                jw_put_str(w, "withdrawn", d->withdrawn);
        else
                jw_put_null(w, "withdrawn");
        jw_object_end(w);
}

/* A document of no record and no unit is for everybody who may read documents (a bulletin goes to the counties); that
 * of a record or a unit is for those who may see it. */
static bool may_read(ApiCall *call, StoreTx *tx, const DocumentFrozen *d)
{
        const PackDocument *def = pack_document(call->pack, d->name);
        RegisterRecord r;
        if (!d->key.len)
                return call->session->record.len == 0;
        if (call->session->record.len)
                return str_eq(call->session->record, d->key);
        if (!call->within || call->within->depth == 0)
                return true;
        if (def && def->unit_key) {
                const PackUnit *of = pack_unit(call->pack, d->key);
                return of && pack_unit_within(of, call->within);
        }
        if (!def || !def->key || register_get(tx, call->pack, def->key, d->key, NULL, call->arena, &r) != ST_OK)
                return false;
        const PackUnit *unit = pack_unit(call->pack, r.unit);
        return unit && pack_unit_within(unit, call->within);
}

static Status find_published(ApiCall *call, StoreTx *tx, DocumentFrozen *ret)
{
        int64_t id = api_param_int(call, "id", 0);
        Status st = document_frozen(tx, id, call->arena, ret);
        if (st == ST_NOT_FOUND || (st == ST_OK && !may_read(call, tx, ret)))
                return api_document_absent(call, api_param(call, "id"));
        return st;
}

Status api_op_document_publish(ApiCall *call)
{
        Document *d;
        DocumentFrozen frozen;
        Str period = json_get_text(call->json, "period", STR("")), key = json_get_text(call->json, "key", STR(""));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(api_make_document(call, tx, api_param(call, "document"), period, key, &d));
        const DocumentPublish in = { .document = d,
                                     .period = period,
                                     .key = key,
                                     .pack_version = call->pack->version,
                                     .actor = call->actor,
                                     .reason = json_get_text(call->json, "reason", STR("")) };
        TRY(document_publish(tx, &in, call->arena, call->diag, &frozen));
        TRY(store_commit(&tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        put_one(&w, &frozen);
        return jw_finish(&w);
}

Status api_op_published_list(ApiCall *call)
{
        DocumentFrozen *rows;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(document_frozen_list(tx, api_param(call, "document"), api_param(call, "period"), api_param(call, "key"),
                                 call->arena, &rows, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "published");
        for (size_t i = 0; i < n; i++)
                if (may_read(call, tx, &rows[i]))
                        put_one(&w, &rows[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_published_file(ApiCall *call)
{
        DocumentFrozen d;
        Str format = api_param(call, "format");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(find_published(call, tx, &d));
        TRY(document_frozen_file(tx, d.id, format, &call->reply, call->diag));
        char *name = arena_printf(call->arena, "%.*s%s%.*s.%.*s", STR_FMT(d.name), d.period.len ? "-" : "",
                                  STR_FMT(d.period), STR_FMT(format));
        if (!name)
                return ST_NOMEM;
        call->file_name = str_c(name);
        call->type = api_document_type(format);
        return ST_OK;
}

Status api_op_published_differences(ApiCall *call)
{
        DocumentFrozen d;
        Document *now;
        DocumentDifference *found;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(find_published(call, tx, &d));
        TRY(api_make_document(call, tx, d.name, d.period, d.key, &now));
        TRY(document_differences(tx, d.id, now, call->arena, &found, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_key(&w, STR("published"));
        put_one(&w, &d);
        jw_put_array(&w, "differences");
        for (size_t i = 0; i < n; i++) {
                const struct {
                        const char *name;
                        Str text;
                } parts[] = { { "shown", found[i].shown },
                              { "value", found[i].value },
                              { "shown_now", found[i].shown_now },
                              { "value_now", found[i].value_now } };
                jw_object_begin(&w);
                jw_put_str(&w, "feel", found[i].feel);
                jw_put_i64(&w, "which", found[i].which);
                for (size_t k = 0; k < ARRAY_LEN(parts); k++)
                        if (parts[k].text.ptr)
                                jw_put_str(&w, parts[k].name, parts[k].text);
                        else
                                jw_put_null(&w, parts[k].name);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_document_withdraw(ApiCall *call)
{
        DocumentFrozen d;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(find_published(call, tx, &d));
        TRY(document_withdraw(tx, d.id, json_get_text(call->json, "reason", STR("")), call->actor, STR(""),
                              call->diag));
        TRY(document_frozen(tx, d.id, call->arena, &d));
        TRY(store_commit(&tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        put_one(&w, &d);
        return jw_finish(&w);
}
