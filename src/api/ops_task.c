/* ops_task.c -- supervised tasks: lists with lights, reports, evidence, closing. */
#include "api/meeting_put.h"
#include "api_operations.h"

Status api_param_day(const ApiCall *call, Date *ret)
{
        Str day = api_param(call, "day");
        *ret = clock_today();
        return day.len ? date_parse(day, ret) : ST_OK;
}

static void put_day(JsonWriter *w, const char *key, Date d)
{
        char text[24];
        if (d.month)
                jw_put_str(w, key, str_n(text, date_to_text(d, text)));
        else
                jw_put_null(w, key);
}

static void put_id(JsonWriter *w, const char *key, int64_t id)
{
        if (id)
                jw_put_i64(w, key, id);
        else
                jw_put_null(w, key);
}

void api_put_task(ApiCall *call, JsonWriter *w, const SuperviseTask *t)
{
        jw_object_begin(w);
        jw_put_i64(w, "task", t->id);
        jw_put_i64(w, "version", t->version);
        put_id(w, "meeting", t->meeting);
        put_id(w, "item", t->item);
        jw_put_str(w, "action", t->action);
        jw_put_str(w, "quote", t->quote);
        jw_put_str(w, "owner", t->owner->code);
        api_put_title(w, "owner_title", t->owner->title);
        jw_put_str(w, "department", t->department);
        api_put_stored(call, w, "helpers", t->helpers);
        put_day(w, "due", t->due);
        jw_put_str(w, "cadence", t->cadence);
        put_day(w, "started", t->started);
        jw_put_bool(w, "closed", t->closed);
        if (t->closed) {
                put_day(w, "closed_on", t->closed_on);
                jw_put_str(w, "closed_by", t->closed_by);
                jw_put_str(w, "closed_why", t->closed_why);
        }
        jw_put_cstr(w, "light", supervise_light_name(t->light));
        jw_put_bool(w, "guessed", t->guessed);
        if (t->due.month && !t->closed)
                jw_put_i64(w, "days_left", t->days_left);
        else
                jw_put_null(w, "days_left");
        jw_put_str(w, "remind", call->lang == LANG_EN ? t->remind_en : t->remind_zh);
        jw_put_bool(w, "has_evidence", t->has_evidence);
        jw_object_end(w);
}

static void put_slots(JsonWriter *w, const SuperviseTask *t)
{
        jw_put_array(w, "slots");
        for (size_t i = 0; i < t->slot_count; i++) {
                const SuperviseSlot *s = &t->slots[i];
                jw_object_begin(w);
                jw_put_str(w, "slot", s->name);
                put_day(w, "due", s->due);
                put_day(w, "reported", s->reported);
                jw_put_bool(w, "late", s->late);
                jw_put_cstr(w, "light", supervise_light_name(s->light));
                jw_object_end(w);
        }
        jw_array_end(w);
}

static void put_entries(JsonWriter *w, const SuperviseTask *t)
{
        jw_put_array(w, "entries");
        for (size_t i = 0; i < t->entry_count; i++) {
                const SuperviseEntry *e = &t->entries[i];
                jw_object_begin(w);
                jw_put_i64(w, "number", e->number);
                jw_put_str(w, "kind", e->kind);
                jw_put_str(w, "slot", e->slot);
                jw_put_str(w, "text", e->text);
                jw_put_str(w, "evidence", e->evidence);
                jw_put_str(w, "file", e->file);
                jw_put_str(w, "file_name", e->file_name);
                jw_put_str(w, "day", e->day);
                jw_put_bool(w, "late", e->late);
                jw_put_str(w, "by", e->actor);
                jw_put_str(w, "at", e->at);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static Status put_task_file(ApiCall *call, StoreTx *tx, int64_t id, Date on)
{
        SuperviseTask t;
        TRY(supervise_get(tx, call->pack, id, call->within, on, call->arena, &t));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_key(&w, STR("task"));
        api_put_task(call, &w, &t);
        put_slots(&w, &t);
        put_entries(&w, &t);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_task_list(ApiCall *call)
{
        static const char *const lights[] = { "green", "yellow", "red" };
        Str light = api_param(call, "light");
        SuperviseTask *list;
        size_t n;
        Date on;
        SuperviseFilter f = { .within = api_param(call, "unit").len ? api_unit(call) : call->within,
                              .meeting = api_param_int(call, "meeting", 0),
                              .open_only = api_param_bool(call, "open"),
                              .due_only = api_param_bool(call, "due"),
                              .has_light = light.len > 0 };
        for (size_t i = 0; i < ARRAY_LEN(lights); i++)
                if (str_eq_c(light, lights[i]))
                        f.light = (SuperviseLight)i;
        TRY(api_param_day(call, &on));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(supervise_list(tx, call->pack, &f, on, call->arena, &list, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        put_day(&w, "day", on);
        jw_put_array(&w, "tasks");
        for (size_t i = 0; i < n; i++)
                api_put_task(call, &w, &list[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_task_show(ApiCall *call)
{
        Date on;
        TRY(api_param_day(call, &on));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        return put_task_file(call, tx, api_param_id(call, "task"), on);
}

static Status array_text(ApiCall *call, const Json *list, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        *ret = STR("[]");
        if (!json_is(list, JSON_ARRAY))
                return ST_OK;
        TRY(json_canonical(list, &b));
        *ret = arena_str(call->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status api_op_task_add(ApiCall *call)
{
        Str owner = json_get_text(call->json, "owner", STR("")), due = json_get_text(call->json, "due", STR(""));
        SuperviseNew in = { .action = json_get_text(call->json, "action", STR("")),
                            .quote = STR(""),
                            .cadence = json_get_text(call->json, "cadence", STR("")),
                            .owner = pack_unit(call->pack, owner),
                            .started = clock_today(),
                            .actor = call->actor };
        int64_t id;
        if (!in.owner || (call->within && !pack_unit_within(in.owner, call->within)))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有单位“%.*s”，或者无权交办",
                                 "no unit \"%.*s\", or not yours", STR_FMT(owner));
        if (due.len)
                TRY(date_parse(due, &in.due));
        TRY(array_text(call, json_get(call->json, "helpers"), &in.helpers));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(supervise_add(tx, call->pack, &in, 0, call->arena, &id));
        TRY(put_task_file(call, tx, id, in.started));
        return store_commit(&tx);
}

typedef Status (*TaskFn)(StoreTx *tx, const Pack *pack, const SuperviseAct *act, Arena *a);

static Status do_act(ApiCall *call, SuperviseAct *act, TaskFn fn, Str file)
{
        act->task = api_param_id(call, "task");
        act->day = clock_today();
        act->actor = call->actor;
        act->within = call->within;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        if (file.len)
                TRY(confirm_keep_file(tx, file, call->arena, &act->file));
        TRY(fn(tx, call->pack, act, call->arena));
        TRY(put_task_file(call, tx, act->task, act->day));
        return store_commit(&tx);
}

Status api_op_task_report(ApiCall *call)
{
        SuperviseAct act = { .text = json_get_text(call->json, "text", STR("")),
                             .slot = json_get_text(call->json, "slot", STR("")),
                             .evidence = json_get_text(call->json, "evidence", STR("")) };
        return do_act(call, &act, supervise_report, STR_NONE);
}

Status api_op_task_evidence(ApiCall *call)
{
        Str name = api_param(call, "file");
        SuperviseAct act = {
                .text = STR(""), .slot = STR(""), .evidence = STR(""), .file_name = name.len ? name : STR("evidence")
        };
        if (!call->body.len)
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "文件是空的", "the file is empty");
        return do_act(call, &act, supervise_report, call->body);
}

Status api_op_task_close(ApiCall *call)
{
        SuperviseAct act = { .text = json_get_text(call->json, "text", STR("")),
                             .slot = STR(""),
                             .evidence = json_get_text(call->json, "evidence", STR("")) };
        if (!json_i64(json_get(call->json, "version"), &act.version))
                return ST_INVALID;
        return do_act(call, &act, json_get(call->json, "closed")->truth ? supervise_close : supervise_reopen, STR_NONE);
}

Status api_op_task_evidence_file(ApiCall *call)
{
        SuperviseTask t;
        Str hash = api_param(call, "hash"), bytes;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(supervise_get(tx, call->pack, api_param_id(call, "task"), call->within, clock_today(), call->arena, &t));
        for (size_t i = 0; i < t.entry_count; i++) {
                if (!str_eq(t.entries[i].file, hash))
                        continue;
                TRY(confirm_file(tx, hash, call->arena, &bytes));
                call->type = "application/octet-stream";
                call->file_name = t.entries[i].file_name;
                buf_put_str(&call->reply, bytes);
                return buf_status(&call->reply);
        }
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "这个事项没有这份佐证", "the task has no such evidence");
}
