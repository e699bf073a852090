/* ops_attach.c -- files of a record, saved views, the template workbook. */
#include <stdio.h>

#include "api/record.h"
#include "api/temp.h"
#include "api_operations.h"

static void put_attachment(JsonWriter *w, const RegisterAttachment *f)
{
        jw_object_begin(w);
        jw_put_i64(w, "id", f->id);
        jw_put_str(w, "name", f->name);
        jw_put_str(w, "hash", f->hash);
        jw_put_i64(w, "size", f->size);
        jw_put_str(w, "by", f->actor);
        jw_put_str(w, "at", f->at);
        jw_put_str(w, "why", f->reason);
        jw_put_i64(w, "event", f->event);
        jw_object_end(w);
}

Status api_op_attachment_list(ApiCall *call)
{
        const PackRegister *reg;
        RegisterRecord r;
        RegisterAttachment *files;
        size_t n;
        TRY(api_register(call, &reg));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(api_record(call, tx, reg, api_param(call, "key"), NULL, &r));
        TRY(register_attachments(tx, reg, r.id, call->arena, &files, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_str(&w, "key", r.key);
        jw_put_array(&w, "attachments");
        for (size_t i = 0; i < n; i++)
                put_attachment(&w, &files[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_attachment_add(ApiCall *call)
{
        const PackRegister *reg;
        RegisterAttachment f;
        TRY(api_register(call, &reg));
        RegisterChange by = { .within = call->within, .actor = call->actor, .reason = api_param(call, "reason"),
                              .lang = call->lang };
        TRY(register_attach(call->store, call->pack, reg, api_param(call, "key"), api_param(call, "file"), call->body,
                            &by, call->arena, call->diag, &f));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        put_attachment(&w, &f);
        return jw_finish(&w);
}

/* Only through a record that one may see. */
Status api_op_attachment_get(ApiCall *call)
{
        const PackRegister *reg;
        RegisterRecord r;
        RegisterAttachment *files;
        size_t n;
        int64_t id = api_param_int(call, "id", 0);
        TRY(api_register(call, &reg));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(api_record(call, tx, reg, api_param(call, "key"), NULL, &r));
        TRY(register_attachments(tx, reg, r.id, call->arena, &files, &n));
        for (size_t i = 0; i < n; i++) {
                Str bytes;
                if (files[i].id != id)
                        continue;
                TRY(register_attachment_bytes(tx, files[i].hash, call->arena, &bytes));
                call->file_name = files[i].name;
                call->type = "application/octet-stream";
                buf_put_str(&call->reply, bytes);
                return buf_status(&call->reply);
        }
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有这个附件", "there is no such attachment");
}

Status api_op_attachment_remove(ApiCall *call)
{
        const PackRegister *reg;
        RegisterChanged done;
        int64_t id = 0;
        Str key = json_get_text(call->json, "key", STR_NONE);
        TRY(api_register(call, &reg));
        RegisterChange by = { .within = call->within, .actor = call->actor,
                              .reason = json_get_text(call->json, "reason", STR_NONE), .lang = call->lang };
        if (!json_i64(json_get(call->json, "id"), &id))
                return ST_INVALID;
        TRY(register_detach(call->store, call->pack, reg, key, id, &by, call->arena, call->diag, &done));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_str(&w, "key", key);
        jw_put_i64(&w, "event", done.event);
        jw_put_i64(&w, "records", done.records);
        jw_put_i64(&w, "links", done.links);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* ---- views ---- */

static Status put_views(ApiCall *call, const PackRegister *reg)
{
        RegisterView *views;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(register_views(tx, reg, call->actor, call->arena, &views, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_array(&w, "views");
        for (size_t i = 0; i < n; i++) {
                Json *definition;
                TRY(json_parse(call->arena, views[i].definition, NULL, NULL, NULL, &definition));
                jw_object_begin(&w);
                jw_put_str(&w, "name", views[i].name);
                jw_put_str(&w, "by", views[i].actor);
                jw_put_bool(&w, "shared", views[i].shared);
                jw_put_str(&w, "q", json_get_text(definition, "q", STR("")));
                jw_put_str(&w, "where", json_get_text(definition, "where", STR("")));
                jw_put_str(&w, "sort", json_get_text(definition, "sort", STR("")));
                jw_put_array(&w, "fields");
                for (size_t k = 0; json_at(json_get(definition, "fields"), k); k++)
                        jw_str(&w, json_at(json_get(definition, "fields"), k)->text);
                jw_array_end(&w);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_view_list(ApiCall *call)
{
        const PackRegister *reg;
        TRY(api_register(call, &reg));
        return put_views(call, reg);
}

/* The condition and the fields must be of this register: a view that does not work is not kept. */
static Status check_view(ApiCall *call, const PackRegister *reg)
{
        Str where = str_trim(json_get_text(call->json, "where", STR(""))),
            sort = json_get_text(call->json, "sort", STR(""));
        const Json *fields = json_get(call->json, "fields");
        if (where.len) {
                _cleanup_feel_program_ FeelProgram *p = NULL;
                FeelSource src = FEEL_SOURCE(where);
                src.file = "where";
                FeelCompileOptions options = { .expected = FEEL_TYPE_BOOLEAN };
                TRY(feel_compile(reg->scope, src, &options, call->diag, &p));
        }
        if (sort.len && sort.ptr[0] == '-')
                sort = str_n(sort.ptr + 1, sort.len - 1);
        for (size_t i = 0; i == 0 || json_at(fields, i - 1); i++) {
                Str name = i == 0 ? sort : json_at(fields, i - 1)->text;
                if (name.len && !pack_field(reg, name))
                        return diag_fail(call->diag, ST_INVALID, POS_NONE, "没有字段“%.*s”",
                                         "there is no field \"%.*s\"", STR_FMT(name));
        }
        return ST_OK;
}

Status api_op_view_save(ApiCall *call)
{
        const PackRegister *reg;
        TRY(api_register(call, &reg));
        TRY(check_view(call, reg));
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        static const char *const texts[] = { "q", "where", "sort" };
        jw_object_begin(&w);
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                jw_put_str(&w, texts[i], json_get_text(call->json, texts[i], STR("")));
        jw_put_array(&w, "fields");
        for (size_t k = 0; json_at(json_get(call->json, "fields"), k); k++)
                jw_str(&w, json_at(json_get(call->json, "fields"), k)->text);
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        const Json *shared = json_get(call->json, "shared");
        RegisterView v = { .name = json_get_text(call->json, "name", STR("")), .actor = call->actor,
                           .definition = buf_str(&b), .shared = shared && shared->truth };
        TRY(register_view_save(call->store, reg, &v, call->diag));
        return put_views(call, reg);
}

Status api_op_view_remove(ApiCall *call)
{
        const PackRegister *reg;
        TRY(api_register(call, &reg));
        TRY(register_view_remove(call->store, reg, call->actor, json_get_text(call->json, "name", STR("")),
                                 call->diag));
        return put_views(call, reg);
}

/* ---- the template ---- */

Status api_op_record_template(ApiCall *call)
{
        const PackRegister *reg;
        TRY(api_register(call, &reg));
        _cleanup_temp_ ApiTemp temp = { .path = "" };
        TRY(api_temp_name(".xlsx", &temp));
        TRY(register_template(call->pack, reg, call->within, temp.path, call->lang, call->diag));
        char *name = arena_printf(call->arena, "%.*s.xlsx", STR_FMT(pack_title(reg->title, call->lang)));
        if (!name)
                return ST_NOMEM;
        call->file_name = str_c(name);
        call->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return api_temp_read(&temp, call);
}
