/* call.c -- from an operation's name to its reply: parameters, body, rights, run. */
#include "api/api_int.h"
#include "base/period.h"

Status api_set(ApiCall *call, const char *name, Str value)
{
        for (size_t i = 0; i < call->param_count; i++)
                if (str_eq_c(call->params[i].name, name))
                        return diag_fail(call->diag, ST_INVALID, POS_NONE, "参数“%s”出现了两次",
                                         "parameter \"%s\" is given twice", name);
        if (call->param_count == API_PARAMS_MAX)
                return diag_fail(call->diag, ST_LIMIT, POS_NONE, "参数太多", "too many parameters");
        Str own = arena_str(call->arena, value), key = arena_str(call->arena, str_c(name));
        if (!own.ptr || !key.ptr)
                return ST_NOMEM;
        call->params[call->param_count].name = key;
        call->params[call->param_count++].value = own;
        return ST_OK;
}

Str api_param(const ApiCall *call, const char *name)
{
        for (size_t i = 0; i < call->param_count; i++)
                if (str_eq_c(call->params[i].name, name))
                        return call->params[i].value;
        return STR_NONE;
}

bool api_param_bool(const ApiCall *call, const char *name)
{
        return str_eq_c(api_param(call, name), "true");
}

int64_t api_param_int(const ApiCall *call, const char *name, int64_t fallback)
{
        int64_t v;
        return str_to_i64(api_param(call, name), &v) ? v : fallback;
}

Status api_param_period(const ApiCall *call, const char *name, Period *ret)
{
        return period_parse(api_param(call, name), ret);
}

static const ApiOperation *find(const char *id)
{
        for (size_t i = 0; i < api_operation_count; i++)
                if (cstr_eq(api_operations[i].id, id))
                        return &api_operations[i];
        return NULL;
}

static Status check_params(ApiCall *call)
{
        const ApiOperation *op = call->op;
        Status all = ST_OK;
        for (size_t i = 0; i < op->param_count; i++) {
                Str v = api_param(call, op->params[i].name);
                if (!v.ptr && op->params[i].required) {
                        diag_error(call->diag, POS_NONE, "缺少参数“%s”", "parameter \"%s\" is missing",
                                   op->params[i].name);
                        all = ST_INVALID;
                } else if (v.ptr && api_check_param(&op->params[i], v, call->diag) != ST_OK) {
                        all = ST_INVALID;
                }
        }
        for (size_t i = 0; i < call->param_count; i++) {
                bool known = false;
                for (size_t k = 0; k < op->param_count; k++)
                        known |= str_eq_c(call->params[i].name, op->params[k].name);
                if (!known) {
                        diag_error(call->diag, POS_NONE, "没有参数“%.*s”", "there is no parameter \"%.*s\"",
                                   STR_FMT(call->params[i].name));
                        all = ST_INVALID;
                }
        }
        return all;
}

static Status check_body(ApiCall *call)
{
        if (!call->op->body)
                return ST_OK;
        Json *json;
        JsonLimits limits = { .max_bytes = call->op->body_max, .max_depth = 32, .max_values = 1000000 };
        /* No body at all says nothing: the schema tells what it would have had to say. */
        Str text = call->body.len ? call->body : STR("{}");
        TRY(json_parse(call->arena, text, "body", &limits, call->diag, &json));
        call->json = json;
        return api_check_value(call->op->body, json, "body", call->diag);
}

/* ---- rights ---- */

bool api_may(const ApiSession *s, const char *right)
{
        return s && (!s->role || pack_role_may(s->role, str_c(right)));
}

bool api_sees_personal(const ApiCall *call)
{
        return call->session && (!call->session->role || call->session->role->personal);
}

static Status not_found(ApiCall *call)
{
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有找到，或者无权查看",
                         "not found, or not yours to see");
}

/* A role that reaches one record: operations with a `key` that is it, or a child's key below it ("KEY|2023"). */
static bool own_record(const ApiCall *call)
{
        Str record = call->session->record, key = api_param(call, "key");
        return record.len && key.ptr && str_starts(key, record) &&
               (key.len == record.len || key.ptr[record.len] == '|');
}

static Status check_rights(ApiCall *call)
{
        const ApiOperation *op = call->op;
        if (cstr_eq(op->right, "public"))
                return ST_OK;
        if (!call->session)
                return diag_fail(call->diag, ST_FORBIDDEN, POS_NONE, "请先登录", "log in first");
        if (!cstr_eq(op->right, "any") && !api_may(call->session, op->right))
                return not_found(call);
        call->within = call->session->unit;
        if (call->session->role && call->session->role->reach == PACK_REACH_RECORD && !cstr_eq(op->right, "any") &&
            !own_record(call))
                return not_found(call);
        Str unit = op->unit_param ? api_param(call, op->unit_param) : STR_NONE;
        if (unit.ptr) {
                const PackUnit *u = pack_unit(call->pack, unit);
                if (!u || (call->within && !pack_unit_within(u, call->within)))
                        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有单位“%.*s”，或者无权查看",
                                         "no unit \"%.*s\", or not yours to see", STR_FMT(unit));
        }
        return ST_OK;
}

const PackUnit *api_unit(const ApiCall *call)
{
        Str unit = api_param(call, "unit");
        if (unit.ptr)
                return pack_unit(call->pack, unit);
        return call->within ? call->within : call->pack->unit_count ? &call->pack->units[0] : NULL;
}

Status api_begin_read(ApiCall *call, StoreTx **ret)
{
        return store_begin(call->store, STORE_READ, call->diag, ret);
}

Status api_call(ApiCall *call, const char *operation_id)
{
        call->op = find(operation_id);
        if (!call->op)
                return not_found(call);
        call->reply = BUF_INIT((size_t)1 << 30);
        call->store = api_store(call->world);
        call->actor = call->session ? call->session->account : STR("nobody");
        TRY(api_pack(call->world, call->diag, &call->pack));
        TRY(check_rights(call));
        TRY(check_params(call));
        TRY(check_body(call));
        Status st = call->op->run(call);
        if (st == ST_OK)
                st = buf_status(&call->reply);
        if (st != ST_OK)
                buf_release(&call->reply);
        return st;
}

void api_call_release(ApiCall *call)
{
        buf_release(&call->reply);
}

/* ---- shaping ---- */

void api_put_title(JsonWriter *w, const char *key, PackTitle t)
{
        jw_put_object(w, key);
        jw_put_str(w, "zh", t.zh);
        jw_put_str(w, "en", t.en.len ? t.en : t.zh);
        jw_object_end(w);
}

void api_put_messages(JsonWriter *w, const Diag *diag)
{
        static const char *const words[] = { "error", "warning", "note" };
        jw_put_array(w, "messages");
        for (size_t i = 0; diag && i < diag->count; i++) {
                const DiagMsg *m = &diag->msgs[i];
                jw_object_begin(w);
                jw_put_cstr(w, "severity", words[m->severity]);
                jw_put_cstr(w, "text", m->text);
                if (m->pos.file)
                        jw_put_cstr(w, "file", m->pos.file);
                if (m->pos.cell)
                        jw_put_cstr(w, "cell", m->pos.cell);
                if (m->pos.line)
                        jw_put_i64(w, "line", m->pos.line);
                if (m->pos.col)
                        jw_put_i64(w, "column", m->pos.col);
                jw_object_end(w);
        }
        jw_array_end(w);
}

void api_put_problem(Status st, const Diag *diag, Lang lang, Buf *out)
{
        const char *message = status_text(st, lang);
        for (size_t i = 0; diag && i < diag->count; i++)
                if (diag->msgs[i].severity == SEV_ERROR) {
                        message = diag->msgs[i].text;
                        break;
                }
        JsonWriter w = json_writer(out, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_cstr(&w, "status", status_name(st));
        jw_put_cstr(&w, "message", message);
        api_put_messages(&w, diag);
        jw_object_end(&w);
        if (jw_finish(&w) != ST_OK)
                buf_clear(out);
}
