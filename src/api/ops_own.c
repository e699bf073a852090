/* ops_own.c -- an enterprise's own view: its record, what it is due and why not, its applications and its money; and what
 * the city answers.  Everything is of the session's own record: no key is taken from the caller. */
#include "api/policy_json.h"
#include "api_operations.h"
#include "policy/application.h"

typedef struct Own {
        const PackRegister *reg;
        Str key; /* merged since: what it is now */
        RegisterRecord record;
} Own;

static PayDo by(ApiCall *call)
{
        return (PayDo){ .store = call->store,
                        .pack = call->pack,
                        .actor = call->actor,
                        .on_behalf = STR(""),
                        .reason = json_get_text(call->json, "text", STR("")),
                        .diag = call->diag };
}

static Status own(ApiCall *call, StoreTx *tx, Own *ret)
{
        const ApiSession *s = call->session;
        if (!s || !s->role || s->role->reach != PACK_REACH_RECORD || !s->record.len || !s->role->reg)
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "这个账号不属于一条记录",
                                 "the account belongs to no record");
        ret->reg = s->role->reg;
        TRY(register_resolve(tx, ret->reg, s->record, call->arena, &ret->key));
        Status st = register_get(tx, call->pack, ret->reg, ret->key, NULL, call->arena, &ret->record);
        return st == ST_NOT_FOUND ? diag_fail(call->diag, st, POS_NONE, "“%.*s”的档案已不在",
                                              "the record of \"%.*s\" is gone", STR_FMT(ret->key))
                                  : st;
}

/* ---- shapes ---- */

static Status put_record(ApiCall *call, JsonWriter *w, const Own *o)
{
        jw_put_array(w, "fields");
        for (size_t i = 0; i < o->reg->field_count; i++) {
                const PackField *f = &o->reg->fields[i];
                _cleanup_buf_ Buf shown = BUF_INIT(1 << 20);
                register_value_shown(call->pack, f, &o->record.values[i], call->lang, &shown);
                TRY(buf_status(&shown));
                jw_object_begin(w);
                jw_put_str(w, "field", f->name);
                api_put_title(w, "title", f->title);
                if (shown.len)
                        jw_put_str(w, "value", buf_str(&shown));
                else
                        jw_put_null(w, "value");
                jw_object_end(w);
        }
        jw_array_end(w);
        return ST_OK;
}

static Status put_entitlements(ApiCall *call, StoreTx *tx, JsonWriter *w, const Own *o, int32_t year)
{
        _cleanup_policy_work_ PolicyWork *work = NULL;
        int64_t sum = 0;
        TRY(policy_compute(tx, call->pack, &(PolicyAsk){ .year = year, .key = o->key }, call->diag, &work));
        jw_put_array(w, "entitlements");
        for (size_t i = 0; i < work->count; i++) {
                const PolicyTable *t = &work->tables[i];
                for (size_t r = 0; r < t->rows; r++) {
                        PolicyEntitlement e;
                        bool mine = (t->policy->beneficiary == o->reg && str_eq(t->owners->key[r], o->key)) ||
                                    (t->policy->beneficiary->parent == o->reg && t->owners->owner &&
                                     str_eq(t->owners->owner[r], o->key));
                        if (!mine)
                                continue;
                        TRY(policy_entitlement(work, i, r, call->lang, call->arena, &e));
                        api_put_entitlement(w, &e, year, NULL);
                        sum += e.fen;
                }
        }
        jw_array_end(w);
        api_put_yuan(w, "amount", sum);
        return ST_OK;
}

static void put_application(ApiCall *call, JsonWriter *w, const Application *p)
{
        const PackPolicy *policy = pack_policy(call->pack, p->policy);
        jw_object_begin(w);
        jw_put_i64(w, "application", p->id);
        jw_put_str(w, "policy", p->policy);
        api_put_title(w, "policy_title", policy ? policy->title : (PackTitle){ p->policy, p->policy });
        jw_put_i64(w, "year", p->year);
        jw_put_str(w, "key", p->key);
        jw_put_str(w, "name", p->name);
        jw_put_str(w, "unit", p->unit);
        jw_put_cstr(w, "state", application_state_name(p->state));
        jw_put_str(w, "by", p->by);
        jw_put_str(w, "at", p->at);
        jw_put_str(w, "text", p->text);
        jw_put_str(w, "outcome", p->outcome);
        jw_put_str(w, "reason", p->reason);
        jw_put_str(w, "missing", p->missing);
        jw_put_str(w, "answer", p->answer);
        jw_put_str(w, "answered_by", p->answered_by);
        jw_put_str(w, "answered_at", p->answered_at);
        jw_object_end(w);
}

static Status put_applications(ApiCall *call, StoreTx *tx, JsonWriter *w, const ApplicationFilter *f)
{
        Application *all;
        size_t n;
        TRY(applications(tx, call->pack, f, call->arena, &all, &n));
        jw_put_array(w, "applications");
        for (size_t i = 0; i < n; i++)
                put_application(call, w, &all[i]);
        jw_array_end(w);
        return ST_OK;
}

static Status put_objections(ApiCall *call, StoreTx *tx, JsonWriter *w, const PayItem *item)
{
        PayObjection *all;
        size_t n;
        TRY(pay_objections(tx, item->batch, call->arena, &all, &n));
        jw_put_array(w, "objections");
        for (size_t i = 0; i < n; i++) {
                if (all[i].item != item->id)
                        continue;
                jw_object_begin(w);
                jw_put_i64(w, "objection", all[i].id);
                jw_put_str(w, "text", all[i].text);
                jw_put_str(w, "at", all[i].at);
                jw_put_str(w, "answer", all[i].answer);
                jw_put_bool(w, "open", all[i].open);
                jw_put_bool(w, "upheld", all[i].upheld);
                jw_object_end(w);
        }
        jw_array_end(w);
        return ST_OK;
}

static Status put_payments(ApiCall *call, StoreTx *tx, JsonWriter *w, const Own *o)
{
        OwnPayment *all;
        size_t n;
        TRY(own_payments(tx, o->reg, o->key, call->arena, &all, &n));
        jw_put_array(w, "payments");
        for (size_t i = 0; i < n; i++) {
                const PackPolicy *policy = pack_policy(call->pack, all[i].item.policy);
                jw_object_begin(w);
                jw_put_i64(w, "item", all[i].item.id);
                jw_put_str(w, "policy", all[i].item.policy);
                api_put_title(w, "policy_title",
                              policy ? policy->title : (PackTitle){ all[i].item.policy, all[i].item.policy });
                jw_put_i64(w, "year", all[i].year);
                jw_put_str(w, "batch", all[i].title);
                jw_put_cstr(w, "batch_state", pay_state_name(all[i].state));
                jw_put_cstr(w, "state", pay_item_state_name(all[i].item.state));
                api_put_yuan(w, "amount", all[i].item.fen);
                api_put_yuan(w, "claimed_back", all[i].item.back_fen);
                jw_put_str(w, "note", all[i].item.note);
                jw_put_str(w, "publish_from", all[i].publish_from);
                jw_put_str(w, "publish_to", all[i].publish_to);
                TRY(put_objections(call, tx, w, &all[i].item));
                jw_object_end(w);
        }
        jw_array_end(w);
        return ST_OK;
}

/* ---- the enterprise ---- */

Status api_op_own_show(ApiCall *call)
{
        Own o;
        int32_t year = (int32_t)api_param_int(call, "year", clock_today().year);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        _cleanup_buf_ Buf name = BUF_INIT(1 << 16);
        TRY(api_begin_read(call, &tx));
        TRY(own(call, tx, &o));
        register_value_text(o.reg->label, &o.record.values[o.reg->label->index], &name);
        TRY(buf_status(&name));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "key", o.key);
        jw_put_str(&w, "register", o.reg->name);
        jw_put_str(&w, "name", name.len ? buf_str(&name) : o.key);
        jw_put_i64(&w, "year", year);
        TRY(put_record(call, &w, &o));
        TRY(put_entitlements(call, tx, &w, &o, year));
        TRY(put_applications(call, tx, &w, &(ApplicationFilter){ .key = o.key }));
        TRY(put_payments(call, tx, &w, &o));
        jw_object_end(&w);
        return jw_finish(&w);
}

/* One entitlement with its whole explanation: clause, value, cell. */
Status api_op_own_check(ApiCall *call)
{
        Own o;
        const PackPolicy *policy;
        PolicyEntitlement e;
        Explanation *why;
        int32_t year = (int32_t)api_param_int(call, "year", 0);
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(own(call, tx, &o));
        TRY(api_find_policy(call, api_param(call, "policy"), &policy));
        TRY(policy_check(tx, call->pack, policy, o.key, year, call->lang, call->arena, call->diag, &e, &why));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        api_put_entitlement(&w, &e, year, why);
        return jw_finish(&w);
}

static Status reply_application(ApiCall *call, int64_t id)
{
        Application *all;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(applications(tx, call->pack, &(ApplicationFilter){ .id = id }, call->arena, &all, &n));
        if (!n)
                return ST_NOT_FOUND;
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        put_application(call, &w, &all[0]);
        return jw_finish(&w);
}

Status api_op_own_apply(ApiCall *call)
{
        Own o;
        const PackPolicy *policy;
        PayDo who = by(call);
        int64_t year = 0, id;
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(api_begin_read(call, &tx));
                TRY(own(call, tx, &o));
        }
        TRY(api_find_policy(call, json_get_text(call->json, "policy", STR("")), &policy));
        if (!json_i64(json_get(call->json, "year"), &year))
                return ST_INVALID;
        TRY(application_file(&who, policy, (int32_t)year, o.key, &id));
        return reply_application(call, id);
}

static Status not_there(ApiCall *call)
{
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有找到，或者无权查看",
                         "not found, or not yours to see");
}

Status api_op_own_withdraw(ApiCall *call)
{
        Own o;
        Application *all;
        size_t n;
        PayDo who = by(call);
        int64_t id = api_param_int(call, "application", 0);
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(api_begin_read(call, &tx));
                TRY(own(call, tx, &o));
                TRY(applications(tx, call->pack, &(ApplicationFilter){ .id = id, .key = o.key }, call->arena, &all,
                                 &n));
        }
        if (!n)
                return not_there(call);
        TRY(application_withdraw(&who, id));
        return reply_application(call, id);
}

Status api_op_own_object(ApiCall *call)
{
        Own o;
        OwnPayment *all;
        size_t n;
        PayDo who = by(call);
        int64_t item = 0, id;
        if (!json_i64(json_get(call->json, "item"), &item))
                return ST_INVALID;
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(api_begin_read(call, &tx));
                TRY(own(call, tx, &o));
                TRY(own_payments(tx, o.reg, o.key, call->arena, &all, &n));
        }
        for (size_t i = 0; i < n; i++) {
                if (all[i].item.id != item)
                        continue;
                TRY(pay_object(&who, all[i].item.batch, item, all[i].item.name, &id));
                JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
                jw_object_begin(&w);
                jw_put_i64(&w, "objection", id);
                jw_object_end(&w);
                return jw_finish(&w);
        }
        return not_there(call);
}

/* ---- the city ---- */

Status api_op_application_list(ApiCall *call)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        TRY(put_applications(call, tx, &w,
                             &(ApplicationFilter){ .within = call->within, .open = api_param_bool(call, "open") }));
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_application_answer(ApiCall *call)
{
        Application *all;
        size_t n;
        PayDo who = by(call);
        int64_t id = api_param_int(call, "application", 0);
        {
                _cleanup_store_tx_ StoreTx *tx = NULL;
                TRY(api_begin_read(call, &tx));
                TRY(applications(tx, call->pack, &(ApplicationFilter){ .id = id, .within = call->within }, call->arena,
                                 &all, &n));
        }
        if (!n)
                return not_there(call);
        TRY(application_answer(&who, id, json_get(call->json, "accepted")->truth));
        return reply_application(call, id);
}
