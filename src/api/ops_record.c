/* ops_record.c -- one record: written, deleted, brought back, merged; its links; rows that wait for an explanation. */
#include "api/outcome.h"
#include "api/record.h"
#include "api_operations.h"

enum { PAGE_DEFAULT = 50 };

static Str body_text(const ApiCall *call, const char *key)
{
        return json_get_text(call->json, key, STR_NONE);
}

static RegisterChange change_of(ApiCall *call)
{
        return (RegisterChange){ .within = call->within, .actor = call->actor, .reason = body_text(call, "reason"),
                                 .lang = call->lang };
}

static Status put_changed(ApiCall *call, const PackRegister *reg, Str key, const RegisterChanged *c)
{
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_str(&w, "key", key);
        jw_put_i64(&w, "event", c->event);
        jw_put_i64(&w, "records", c->records);
        jw_put_i64(&w, "links", c->links);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_record_delete(ApiCall *call)
{
        const PackRegister *reg;
        RegisterChanged done;
        TRY(api_register(call, &reg));
        RegisterChange by = change_of(call);
        Str key = body_text(call, "key");
        TRY(register_delete(call->store, call->pack, reg, key, &by, call->diag, &done));
        return put_changed(call, reg, key, &done);
}

Status api_op_record_restore(ApiCall *call)
{
        const PackRegister *reg;
        RegisterChanged done;
        TRY(api_register(call, &reg));
        RegisterChange by = change_of(call);
        Str key = body_text(call, "key");
        by.unmerge = api_may(call->session, "register.merge");
        TRY(register_restore(call->store, call->pack, reg, key, &by, call->diag, &done));
        return put_changed(call, reg, key, &done);
}

Status api_op_record_merge(ApiCall *call)
{
        const PackRegister *reg;
        RegisterChanged done;
        TRY(api_register(call, &reg));
        RegisterChange by = change_of(call);
        Str into = body_text(call, "into");
        TRY(register_merge(call->store, call->pack, reg, body_text(call, "key"), into, &by, call->diag, &done));
        return put_changed(call, reg, into, &done);
}

Status api_op_record_gone(ApiCall *call)
{
        const PackRegister *reg;
        RegisterGone *rows;
        size_t n;
        int64_t total, offset = api_param_int(call, "offset", 0);
        TRY(api_register(call, &reg));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(register_gone(tx, call->pack, reg, call->within, offset, api_param_int(call, "limit", PAGE_DEFAULT),
                          call->arena, &rows, &n, &total));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_i64(&w, "total", total);
        jw_put_array(&w, "rows");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(&w);
                jw_put_str(&w, "key", rows[i].key);
                jw_put_str(&w, "label", rows[i].label);
                api_put_date(&w, "day", rows[i].day);
                jw_put_str(&w, "by", rows[i].actor);
                jw_put_str(&w, "why", rows[i].reason);
                api_put_or_null(&w, "into", rows[i].survivor);
                jw_put_i64(&w, "event", rows[i].event);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* ---- links ---- */

static bool visible(const ApiCall *call, Str unit)
{
        const PackUnit *u = unit.len ? pack_unit(call->pack, unit) : NULL;
        return !call->within || call->within->depth == 0 || (u && pack_unit_within(u, call->within));
}

Status api_op_record_links(ApiCall *call)
{
        const PackRegister *reg;
        RegisterRecord r;
        RegisterLink *links;
        size_t n;
        TRY(api_register(call, &reg));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(api_record(call, tx, reg, api_param(call, "key"), NULL, &r));
        TRY(register_links(tx, call->pack, reg, &r, call->arena, &links, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_str(&w, "key", r.key);
        jw_put_array(&w, "links");
        for (size_t i = 0; i < n; i++) {
                const RegisterLink *l = &links[i];
                if (!visible(call, l->unit))
                        continue;
                jw_object_begin(&w);
                jw_put_bool(&w, "incoming", l->incoming);
                jw_put_str(&w, "field", l->field->name);
                api_put_title(&w, "field_title", l->field->title);
                jw_put_str(&w, "register", l->reg->name);
                jw_put_str(&w, "key", l->key);
                jw_put_str(&w, "label", l->label);
                if (l->through)
                        jw_put_str(&w, "through", l->through->name);
                if (l->role.len)
                        jw_put_str(&w, "role", l->role);
                if (l->from.month)
                        api_put_date(&w, "from", l->from);
                if (l->to.month)
                        api_put_date(&w, "to", l->to);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* ---- writing one record: an import of one row ---- */

static void put_given(JsonWriter *w, const Json *values)
{
        for (size_t i = 0; i < values->count; i++) {
                jw_key(w, values->members[i].key);
                jw_json(w, &values->members[i].value);
        }
}

/* The parts of the key of the record that is changed, where the caller does not give them. */
static Status put_key(ApiCall *call, const PackRegister *reg, Str key, const Json *values, JsonWriter *w)
{
        RegisterRecord r;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(api_record(call, tx, reg, key, NULL, &r));
        for (size_t i = 0; i < reg->key_count; i++) {
                const PackField *f = reg->key[i];
                _cleanup_buf_ Buf text = BUF_INIT(64 << 10);
                if (json_get_str(values, f->name))
                        continue;
                register_value_text(f, &r.values[f->index], &text);
                TRY(buf_status(&text));
                jw_key(w, f->name);
                jw_str(w, buf_str(&text));
        }
        return ST_OK;
}

static Status take(ApiCall *call, const PackRegister *reg, Str bytes, bool dry, Str explanation, Str reason, Date from)
{
        RegisterOutcome out;
        RegisterImport in = { .file_name = "record.json", .bytes = bytes, .within = call->within, .valid_from = from,
                              .explanation = explanation, .reason = reason, .dry_run = dry, .actor = call->actor,
                              .lang = call->lang };
        TRY(register_import(call->store, call->pack, reg, &in, call->arena, call->diag, &out));
        return api_put_outcome(call, &out, dry);
}

Status api_op_record_write(ApiCall *call)
{
        const PackRegister *reg;
        Date from = DATE_NONE;
        const Json *values = json_get(call->json, "values");
        Str key = body_text(call, "key"), day = body_text(call, "valid_from");
        const Json *dry = json_get(call->json, "dry_run");
        TRY(api_register(call, &reg));
        if (day.len)
                TRY(date_parse(day, &from));
        _cleanup_buf_ Buf b = BUF_INIT(4 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_array_begin(&w);
        jw_object_begin(&w);
        if (key.len)
                TRY(put_key(call, reg, key, values, &w));
        put_given(&w, values);
        jw_object_end(&w);
        jw_array_end(&w);
        TRY(jw_finish(&w));
        for (size_t i = 0; i < values->count; i++)
                if (!pack_field(reg, values->members[i].key))
                        return diag_fail(call->diag, ST_INVALID, POS_NONE, "“%.*s”没有字段“%.*s”",
                                         "\"%.*s\" has no field \"%.*s\"", STR_FMT(pack_title(reg->title, call->lang)),
                                         STR_FMT(values->members[i].key));
        return take(call, reg, buf_str(&b), dry && dry->truth, body_text(call, "explanation"),
                    body_text(call, "reason"), from);
}

/* ---- rows that wait for an explanation ---- */

Status api_op_held_list(ApiCall *call)
{
        const PackRegister *reg;
        RegisterHeld *rows;
        size_t n;
        int64_t total;
        TRY(api_register(call, &reg));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(register_held(tx, call->pack, reg, call->within, api_param_int(call, "offset", 0),
                          api_param_int(call, "limit", PAGE_DEFAULT), call->arena, &rows, &n, &total));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_i64(&w, "total", total);
        jw_put_array(&w, "rows");
        for (size_t i = 0; i < n; i++) {
                Json *reasons;
                TRY(json_parse(call->arena, rows[i].reasons, NULL, NULL, NULL, &reasons));
                jw_object_begin(&w);
                jw_put_i64(&w, "id", rows[i].id);
                jw_put_str(&w, "key", rows[i].key);
                jw_put_str(&w, "file", rows[i].file);
                jw_put_str(&w, "sheet", rows[i].sheet);
                jw_put_i64(&w, "row", rows[i].row);
                jw_put_str(&w, "by", rows[i].actor);
                jw_put_str(&w, "at", rows[i].at);
                jw_key(&w, STR("reasons"));
                jw_json(&w, reasons);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_held_explain(ApiCall *call)
{
        const PackRegister *reg;
        RegisterHeld held;
        int64_t id = 0;
        Str explanation = str_trim(body_text(call, "explanation"));
        TRY(api_register(call, &reg));
        if (!json_i64(json_get(call->json, "id"), &id) || !explanation.len)
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "请写明说明", "write the explanation");
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(api_begin_read(call, &tx));
                Status st = register_held_one(tx, call->pack, reg, call->within, id, call->arena, &held);
                if (st == ST_NOT_FOUND)
                        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有这一待说明行",
                                         "there is no such row that waits");
                TRY(st);
        }
        _cleanup_buf_ Buf b = BUF_INIT(4 << 20);
        buf_printf(&b, "[%.*s]", STR_FMT(held.data));
        TRY(buf_status(&b));
        return take(call, reg, buf_str(&b), false, explanation, STR_NONE, DATE_NONE);
}

/* ---- warnings and figures ---- */

Status api_op_warning_list(ApiCall *call)
{
        const PackRegister *only = NULL;
        RegisterDue *rows;
        size_t n;
        Str name = api_param(call, "register");
        if (name.ptr && !(only = pack_register(call->pack, name)))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有库“%.*s”", "there is no register \"%.*s\"",
                                 STR_FMT(name));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(register_warnings(tx, call->pack, only, api_param(call, "unit").ptr ? api_unit(call) : call->within,
                              call->arena, &rows, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        api_put_date(&w, "today", clock_today());
        jw_put_array(&w, "rows");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(&w);
                jw_put_str(&w, "register", rows[i].reg->name);
                jw_put_str(&w, "warning", rows[i].warning->name);
                api_put_title(&w, "say", rows[i].warning->say);
                jw_put_str(&w, "key", rows[i].key);
                jw_put_str(&w, "label", rows[i].label);
                jw_put_str(&w, "owner", rows[i].owner.ptr ? rows[i].owner : STR(""));
                jw_put_str(&w, "owner_key", rows[i].owner_key.ptr ? rows[i].owner_key : STR(""));
                jw_put_str(&w, "unit", rows[i].unit.ptr ? rows[i].unit : STR(""));
                api_put_date(&w, "due", rows[i].due);
                jw_put_i64(&w, "days", rows[i].days);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status put_figure(const PackFigure *f, const FeelValue *v, JsonWriter *w)
{
        jw_object_begin(w);
        jw_put_str(w, "name", f->name);
        api_put_title(w, "title", f->title);
        jw_put_str(w, "unit", f->unit.ptr ? f->unit : STR(""));
        if (v->kind == FEEL_NUMBER) {
                char text[DEC_TEXT_MAX];
                jw_put_str(w, "value", str_n(text, dec_to_text(v->number, text)));
        } else {
                jw_put_null(w, "value");
        }
        jw_object_end(w);
        return ST_OK;
}

Status api_op_record_figures(ApiCall *call)
{
        const PackRegister *reg;
        RegisterRecord r;
        TRY(api_register(call, &reg));
        Period year = { .kind = PERIOD_YEAR, .year = (int)api_param_int(call, "year", 0), .index = 1 };
        FeelValue *values = arena_array_of(call->arena, FeelValue, reg->figure_count + 1);
        if (!values)
                return ST_NOMEM;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(api_record(call, tx, reg, api_param(call, "key"), NULL, &r));
        TRY(register_figures(tx, call->pack, reg, &r, year, call->arena, values));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_str(&w, "key", r.key);
        jw_put_i64(&w, "year", year.year);
        jw_put_array(&w, "figures");
        for (size_t i = 0; i < reg->figure_count; i++)
                TRY(put_figure(&reg->figures[i], &values[i], &w));
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}
