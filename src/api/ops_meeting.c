/* ops_meeting.c -- meetings: read and kept, shown, confirmed item by item, applied. */
#include "api/meeting_put.h"
#include "api_operations.h"
#include "meeting/apply.h"
#include "meeting/meeting.h"

enum { TEXT_MAX_MIB = 256 };

/* ---- replies ---- */

void api_put_stored(ApiCall *call, JsonWriter *w, const char *key, Str text)
{
        Json *j;
        if (json_parse(call->arena, text, NULL, NULL, NULL, &j) == ST_OK) {
                jw_key(w, str_c(key));
                jw_json(w, j);
        }
}

void api_put_text_or_null(JsonWriter *w, const char *key, Str s)
{
        if (s.len)
                jw_put_str(w, key, s);
        else
                jw_put_null(w, key);
}

static void put_meeting(JsonWriter *w, const ConfirmMeeting *m)
{
        jw_object_begin(w);
        jw_put_i64(w, "meeting", m->id);
        jw_put_str(w, "title", m->title);
        jw_put_str(w, "occasion", m->occasion);
        api_put_text_or_null(w, "day", m->day);
        api_put_text_or_null(w, "unit", m->unit);
        jw_put_str(w, "file", m->file_name);
        jw_put_str(w, "sm3", m->hash);
        jw_put_i64(w, "bytes", m->bytes);
        jw_put_str(w, "added_by", m->actor);
        jw_put_str(w, "added_at", m->at);
        jw_put_i64(w, "results", m->results);
        jw_put_array(w, "counts");
        for (int k = 0; k < CONFIRM_KIND_COUNT; k++)
                for (int s = 0; s < CONFIRM_STATE_COUNT; s++)
                        if (m->counts[k][s]) {
                                jw_object_begin(w);
                                jw_put_cstr(w, "kind", confirm_kind_name((ConfirmKind)k));
                                jw_put_cstr(w, "state", confirm_state_name((ConfirmState)s));
                                jw_put_i64(w, "count", m->counts[k][s]);
                                jw_object_end(w);
                        }
        jw_array_end(w);
        jw_object_end(w);
}

static void put_place(JsonWriter *w, const char *key, int64_t at)
{
        if (at >= 0)
                jw_put_i64(w, key, at);
        else
                jw_put_null(w, key);
}

static void put_item(ApiCall *call, JsonWriter *w, const ConfirmItem *n)
{
        jw_object_begin(w);
        jw_put_i64(w, "item", n->id);
        jw_put_i64(w, "meeting", n->meeting);
        jw_put_i64(w, "speech", n->speech);
        jw_put_i64(w, "version", n->version);
        jw_put_cstr(w, "kind", confirm_kind_name(n->kind));
        jw_put_cstr(w, "state", confirm_state_name(n->state));
        put_place(w, "from", n->from);
        put_place(w, "to", n->to);
        put_place(w, "confidence", n->confidence);
        jw_put_str(w, "quote", n->quote);
        api_put_stored(call, w, "fields", n->fields);
        api_put_stored(call, w, "link", n->link);
        api_put_stored(call, w, "parents", n->parents);
        jw_put_str(w, "result", n->result);
        jw_put_str(w, "by", n->actor);
        jw_put_str(w, "at", n->at);
        jw_put_str(w, "act", n->act);
        jw_put_str(w, "reason", n->reason);
        jw_object_end(w);
}

static Status put_meeting_file(ApiCall *call, StoreTx *tx, int64_t id)
{
        ConfirmMeeting m;
        ConfirmItem *items;
        size_t n;
        TRY(confirm_meeting(tx, call->pack, id, call->within, call->arena, &m));
        TRY(confirm_items(tx, id, NULL, call->arena, &items, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_key(&w, STR("meeting"));
        put_meeting(&w, &m);
        jw_put_str(&w, "text", m.text);
        api_put_stored(call, &w, "outline", m.outline);
        jw_put_array(&w, "items");
        for (size_t i = 0; i < n; i++)
                put_item(call, &w, &items[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

int64_t api_param_id(const ApiCall *call, const char *name)
{
        return api_param_int(call, name, 0);
}

/* ---- meetings ---- */

Status api_op_meeting_list(ApiCall *call)
{
        ConfirmMeeting *list;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(confirm_meetings(tx, call->pack, call->within, call->arena, &list, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "meetings");
        for (size_t i = 0; i < n; i++)
                put_meeting(&w, &list[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* The words of the pack in force, where it has a folder meeting/. */
static Status lexicon_of(ApiCall *call, MeetingLexicon **ret)
{
        size_t count, n = 0;
        const PackFile *files = pack_files(call->pack, &count);
        MeetingFile *own = arena_array_of(call->arena, MeetingFile, count + 1);
        if (!own)
                return ST_NOMEM;
        for (size_t i = 0; i < count; i++)
                if (str_starts(files[i].path, STR("meeting/"))) {
                        own[n].name = arena_strndup(call->arena, files[i].path.ptr, files[i].path.len);
                        own[n].text = files[i].content;
                        if (!own[n++].name)
                                return ST_NOMEM;
                }
        return n ? meeting_lexicon_new(own, n, call->diag, ret) : meeting_lexicon_default(call->diag, ret);
}

/* The file read: clean text, the reading as JSON; occasion and day where the text says them and the caller does not. */
static Status read_file(ApiCall *call, const char *name, ConfirmNew *in)
{
        Json *reading;
        _cleanup_meeting_lexicon_ MeetingLexicon *lex = NULL;
        _cleanup_buf_ Buf b = BUF_INIT((size_t)TEXT_MAX_MIB << 20);
        Meeting *m;
        TRY(lexicon_of(call, &lex));
        TRY(meeting_read(call->arena, lex, call->body, name, call->diag, &m));
        TRY(meeting_write_json(m, &(MeetingWrite){ .bare = false }, &b));
        TRY(json_parse(call->arena, buf_str(&b), name, NULL, call->diag, &reading));
        in->reading = reading;
        in->text = m->clean;
        if (m->speech_count && !in->occasion.len && m->speeches[0].occasion.ptr)
                in->occasion = m->speeches[0].occasion;
        if (m->speech_count && !in->day.month && m->speeches[0].date.ptr)
                in->day = apply_deadline(m->speeches[0].date, DATE_NONE);
        if (m->speech_count && !in->day.month && m->speeches[0].year)
                in->day = (Date){ m->speeches[0].year, 1, 1 };
        if (!in->day.month)
                in->day = clock_today();
        return ST_OK;
}

Status api_op_meeting_add(ApiCall *call)
{
        Str file = api_param(call, "file"), day = api_param(call, "day");
        ConfirmNew in = { .file_name = file.len ? file.ptr : "upload.txt",
                          .bytes = call->body,
                          .title = api_param(call, "title"),
                          .occasion = api_param(call, "occasion"),
                          .day = DATE_NONE,
                          .unit = call->session->unit,
                          .actor = call->actor };
        int64_t id;
        if (day.len)
                TRY(date_parse(day, &in.day));
        TRY(read_file(call, in.file_name, &in));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(confirm_add(tx, call->pack, &in, call->arena, &id));
        TRY(put_meeting_file(call, tx, id));
        return store_commit(&tx);
}

Status api_op_meeting_show(ApiCall *call)
{
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        return put_meeting_file(call, tx, api_param_id(call, "meeting"));
}

Status api_op_meeting_original(ApiCall *call)
{
        ConfirmMeeting m;
        Str bytes;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(confirm_meeting(tx, call->pack, api_param_id(call, "meeting"), call->within, call->arena, &m));
        TRY(confirm_file(tx, m.hash, call->arena, &bytes));
        call->type = "application/octet-stream";
        call->file_name = m.file_name;
        buf_put_str(&call->reply, bytes);
        return buf_status(&call->reply);
}

/* ---- items ---- */

/* The item, when its meeting may be seen. */
static Status see_item(ApiCall *call, StoreTx *tx, int64_t id, ConfirmItem *ret)
{
        ConfirmMeeting m;
        TRY(confirm_item(tx, id, call->arena, ret));
        return confirm_meeting(tx, call->pack, ret->meeting, call->within, call->arena, &m);
}

Status api_op_meeting_item_show(ApiCall *call)
{
        ConfirmItem item, *versions;
        size_t n;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(see_item(call, tx, api_param_id(call, "item"), &item));
        TRY(confirm_item_versions(tx, item.id, call->arena, &versions, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "versions");
        for (size_t i = 0; i < n; i++)
                put_item(call, &w, &versions[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status others_of(ApiCall *call, ConfirmAct *act)
{
        const Json *with = json_get(call->json, "with");
        size_t n = json_is(with, JSON_ARRAY) ? with->count : 0;
        int64_t *ids = arena_array_of(call->arena, int64_t, n + 1),
                *versions = arena_array_of(call->arena, int64_t, n + 1);
        if (!ids || !versions)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                if (!json_i64(json_get(json_at(with, i), "item"), &ids[i]) ||
                    !json_i64(json_get(json_at(with, i), "version"), &versions[i]))
                        return ST_INVALID;
        act->others = ids;
        act->other_versions = versions;
        act->other_count = n;
        return ST_OK;
}

static Status put_one_item(ApiCall *call, const ConfirmItem *item)
{
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        put_item(call, &w, item);
        return jw_finish(&w);
}

Status api_op_meeting_item_act(ApiCall *call)
{
        ConfirmItem item, after;
        ConfirmAct act = { .item = api_param_id(call, "item"),
                           .reason = json_get_text(call->json, "reason", STR("")),
                           .actor = call->actor,
                           .fields = json_get(call->json, "fields"),
                           .link = json_get(call->json, "link"),
                           .parts = json_get(call->json, "parts") };
        if (!confirm_act_of(json_get_text(call->json, "act", STR("")), &act.act) ||
            !json_i64(json_get(call->json, "version"), &act.version))
                return ST_INVALID;
        TRY(others_of(call, &act));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(see_item(call, tx, act.item, &item));
        TRY(confirm_act(tx, call->pack, &act, call->arena, &after));
        TRY(store_commit(&tx));
        return put_one_item(call, &after);
}

Status api_op_meeting_item_add(ApiCall *call)
{
        ConfirmMeeting m;
        ConfirmItem item;
        ConfirmKind kind;
        if (!confirm_kind_of(json_get_text(call->json, "kind", STR("")), &kind))
                return ST_INVALID;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(confirm_meeting(tx, call->pack, api_param_id(call, "meeting"), call->within, call->arena, &m));
        TRY(confirm_item_add(tx, call->pack, m.id, kind, json_get_text(call->json, "quote", STR("")),
                             json_get(call->json, "fields"), call->actor, call->arena, &item));
        TRY(store_commit(&tx));
        return put_one_item(call, &item);
}

/* ---- applying ---- */

static Status items_asked(ApiCall *call, ApplyAsk *ask)
{
        const Json *items = json_get(call->json, "items");
        if (!json_is(items, JSON_ARRAY))
                return ST_OK;
        int64_t *ids = arena_array_of(call->arena, int64_t, items->count + 1);
        if (!ids)
                return ST_NOMEM;
        for (uint32_t i = 0; i < items->count; i++)
                if (!json_i64(&items->items[i], &ids[i]))
                        return ST_INVALID;
        ask->items = ids;
        ask->item_count = items->count;
        return ST_OK;
}

Status api_op_meeting_apply(ApiCall *call)
{
        ConfirmMeeting m;
        ApplyAsk ask = { .meeting = api_param_id(call, "meeting"), .actor = call->actor };
        ApplyResult r;
        size_t letters = 0;
        TRY(items_asked(call, &ask));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(confirm_meeting(tx, call->pack, ask.meeting, call->within, call->arena, &m));
        TRY(apply_meeting(tx, call->pack, &ask, call->arena, &r));
        TRY(api_lines_to_letters(call, tx, &r, &letters));
        TRY(store_commit(&tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "tasks", (int64_t)r.tasks);
        jw_put_i64(&w, "lines", (int64_t)r.lines);
        jw_put_i64(&w, "letters", (int64_t)letters);
        jw_put_i64(&w, "drafts", (int64_t)r.drafts);
        jw_put_i64(&w, "left", (int64_t)r.left);
        api_put_messages(&w, call->diag);
        jw_object_end(&w);
        return jw_finish(&w);
}
