/* ops_session.c -- health, logging in and out, accounts. */
#include "api/api_int.h"
#include "api_operations.h"
#include "store/event.h"

Status api_op_health(ApiCall *call)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        int64_t events;
        TRY(api_begin_read(call, &tx));
        TRY(store_event_head(tx, &events));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_cstr(&w, "version", KC_VERSION);
        jw_put_cstr(&w, "database", store_engine_text(call->store));
        jw_put_i64(&w, "events", events);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status put_session(ApiCall *call, const ApiSession *s)
{
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        static const PackTitle owner = { STR("系统所有者"), STR("Owner") };
        PackTitle all = call->pack->unit_count ? call->pack->units[0].title : call->pack->title;
        jw_object_begin(&w);
        jw_put_str(&w, "account", s->account);
        jw_put_str(&w, "name", s->name);
        jw_put_str(&w, "role", s->role ? s->role->name : STR("owner"));
        api_put_title(&w, "role_title", s->role ? s->role->title : owner);
        jw_put_str(&w, "unit", s->unit ? s->unit->code : call->pack->unit_count ? call->pack->units[0].code : STR(""));
        api_put_title(&w, "unit_title", s->unit ? s->unit->title : all);
        jw_put_array(&w, "rights");
        if (!s->role)
                jw_str(&w, STR("*"));
        for (size_t i = 0; s->role && i < s->role->may_count; i++)
                jw_str(&w, s->role->may[i]);
        jw_array_end(&w);
        if (s->record.len)
                jw_put_str(&w, "record", s->record);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_session_show(ApiCall *call)
{
        return put_session(call, call->session);
}

Status api_op_session_open(ApiCall *call)
{
        char *token = arena_alloc(call->arena, API_TOKEN_MAX);
        ApiSession s;
        if (!token)
                return ST_NOMEM;
        Str account = json_get_text(call->json, "account", STR(""));
        TRY(api_login(call->world, account, json_get_text(call->json, "password", STR("")), token, call->diag));
        TRY(api_session_of(call->world, account, call->arena, call->diag, &s));
        call->set_token = str_c(token);
        return put_session(call, &s);
}

static Status put_done(ApiCall *call)
{
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "done", true);
        api_put_messages(&w, call->diag);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_session_close(ApiCall *call)
{
        if (call->token.len)
                TRY(api_logout(call->world, call->token));
        call->set_token = STR("-");
        return put_done(call);
}

static void put_account(JsonWriter *w, const ApiAccount *a)
{
        jw_object_begin(w);
        jw_put_str(w, "account", a->account);
        jw_put_str(w, "name", a->name);
        jw_put_str(w, "role", a->role);
        jw_put_str(w, "unit", a->unit);
        if (a->record.len)
                jw_put_str(w, "record", a->record);
        jw_object_end(w);
}

static bool in_reach(const ApiCall *call, Str unit)
{
        const PackUnit *u = unit.len ? pack_unit(call->pack, unit) : NULL;
        return !call->within || (u && pack_unit_within(u, call->within));
}

Status api_op_account_list(ApiCall *call)
{
        ApiAccount *list;
        size_t n;
        TRY(api_accounts(call->world, call->arena, &list, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "accounts");
        for (size_t i = 0; i < n; i++)
                if (in_reach(call, list[i].unit))
                        put_account(&w, &list[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_account_add(ApiCall *call)
{
        ApiAccount a = { json_get_text(call->json, "account", STR("")), json_get_text(call->json, "name", STR("")),
                         json_get_text(call->json, "role", STR("")), json_get_text(call->json, "unit", STR("")),
                         json_get_text(call->json, "record", STR("")) };
        if (!in_reach(call, a.unit))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有单位“%.*s”，或者无权管理",
                                 "no unit \"%.*s\", or not yours to manage", STR_FMT(a.unit));
        TRY(api_account_add(call->world, &a, json_get_text(call->json, "password", STR("")), call->actor, call->diag));
        if (!a.name.len)
                a.name = a.account;
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        put_account(&w, &a);
        return jw_finish(&w);
}
