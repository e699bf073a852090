/* store.c -- meetings at rest: a reading becomes a meeting with its proposed items. */
#include <stdio.h>

#include "base/utf8.h"
#include "meeting/bind.h"
#include "meeting/confirm_int.h"
#include "store/event.h"
#include "store/sm3.h"

enum { SPEECHES_MAX = 500, TEXT_MAX_MIB = 16, MEETINGS_LISTED = 1000 };

/* ---- files ---- */

Status confirm_keep_file(StoreTx *tx, Str bytes, Arena *a, Str *ret_hash)
{
        char hash[SM3_HEX];
        if (bytes.len > CONFIRM_FILE_MAX)
                return diag_fail(store_diag(tx), ST_LIMIT, POS_NONE, "文件超过 %zu MiB", "a file of more than %zu MiB",
                                 CONFIRM_FILE_MAX >> 20);
        TRY(sm3_hex_of(bytes, hash));
        TRY(store_exec(tx, "INSERT INTO meeting_file (hash, content) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
                       STORE_ARGS(sv_cstr(hash), sv_blob(bytes)), NULL));
        *ret_hash = arena_str(a, str_c(hash));
        return ret_hash->ptr ? ST_OK : ST_NOMEM;
}

Status confirm_file(StoreTx *tx, Str hash, Arena *a, Str *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_one(tx, "SELECT content FROM meeting_file WHERE hash = $1", STORE_ARGS(sv_text(hash)), &q));
        Str content = store_blob(q, 0);
        *ret = arena_str(a, content.ptr ? content : STR(""));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* ---- a reading becomes items ---- */

typedef struct Adding {
        StoreTx *tx;
        const Pack *pack;
        const ConfirmNew *in;
        Arena *arena;
        Diag *diag;
        int64_t meeting, next_item, event;
        size_t count;
        ConfirmCursor cursor;
        Str at;
} Adding;

/* The fields of the kind alone; what else a reading says of an item (its place, whether it is sure) is not kept. */
static Status fields_of(Adding *ad, ConfirmKind kind, const Json *item, Str *ret)
{
        Json fields = { .kind = JSON_OBJECT };
        fields.members = arena_array_of(ad->arena, JsonMember, item->count + 1);
        if (!fields.members)
                return ST_NOMEM;
        for (uint32_t i = 0; i < item->count; i++) {
                const JsonMember *m = &item->members[i];
                if (confirm_field_known(kind, m->key))
                        fields.members[fields.count++] = *m;
        }
        return confirm_fields_check(kind, &fields, false, ad->arena, ad->diag, ret);
}

/* 0.87 of the reading. */
static int64_t confidence_of(const Json *item)
{
        Dec d;
        int64_t v;
        const Json *c = json_get(item, "confidence");
        return c && json_dec(c, &d) == ST_OK && dec_to_scaled_round(d, 3, DEC_HALF_UP, &v) && v >= 0 && v <= 1000 ? v
                                                                                                                  : -1;
}

/* Moves on from where the last piece began: items stand in the order of the text. */
static Str piece(Adding *ad, int64_t from, int64_t to)
{
        if (from < ad->cursor.point)
                ad->cursor = (ConfirmCursor){ 0 };
        Str rest = str_n(ad->in->text.ptr + ad->cursor.byte, ad->in->text.len - ad->cursor.byte);
        size_t skip = utf8_offset(rest, (size_t)(from - ad->cursor.point));
        ad->cursor.byte += skip;
        ad->cursor.point = skip < rest.len ? from : ad->cursor.point + (int64_t)utf8_len(str_n(rest.ptr, skip));
        return confirm_piece(str_n(rest.ptr + skip, rest.len - skip), 0, to - from);
}

static void place(Adding *ad, const Json *item, ConfirmItem *ret)
{
        int64_t from, to;
        const Json *at = json_get(item, "at");
        if (json_i64(json_at(at, 0), &from) && json_i64(json_at(at, 1), &to) && from >= 0 && to > from &&
            str_eq(piece(ad, from, to), ret->quote)) {
                ret->from = from;
                ret->to = to;
        } else if (!confirm_quote_find(ad->in->text, ret->quote, &ad->cursor, &ret->from, &ret->to)) {
                ret->from = ret->to = -1;
        }
}

static Status add_item(Adding *ad, const Json *item, int64_t speech)
{
        ConfirmItem n = { .id = ad->next_item++,
                          .meeting = ad->meeting,
                          .speech = speech,
                          .version = 1,
                          .state = CONFIRM_PROPOSED,
                          .event = ad->event,
                          .confidence = confidence_of(item),
                          .quote = json_get_text(item, "quote", STR("")),
                          .parents = STR("[]"),
                          .result = STR(""),
                          .actor = STR(""),
                          .at = ad->at,
                          .act = STR(""),
                          .reason = STR("") };
        if (++ad->count > CONFIRM_ITEMS_MAX)
                return diag_fail(ad->diag, ST_LIMIT, POS_NONE, "条目超过 %d 个", "more than %d items",
                                 CONFIRM_ITEMS_MAX);
        if (!confirm_kind_of(json_get_text(item, "kind", STR("")), &n.kind) || n.quote.len > CONFIRM_QUOTE_MAX)
                return diag_fail(ad->diag, ST_INVALID, POS_NONE, "第 %zu 个条目没有种类，或者原文太长",
                                 "item %zu has no kind, or its quote is too long", ad->count);
        TRY(fields_of(ad, n.kind, item, &n.fields));
        Json *fields;
        TRY(confirm_json_read(n.fields, ad->arena, &fields));
        TRY(bind_item(ad->pack, n.kind, fields, ad->arena, &n.link));
        place(ad, item, &n);
        return confirm_item_insert(ad->tx, &n, 0);
}

/* [{"title":…,"sections":[…]}], without the items. */
static Status outline_of(Adding *ad, const Json *speeches, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)TEXT_MAX_MIB << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_array_begin(&w);
        for (uint32_t i = 0; i < speeches->count; i++) {
                const Json *s = &speeches->items[i], *sections = json_get(s, "sections");
                jw_object_begin(&w);
                jw_put_str(&w, "title", json_get_text(s, "title", STR("")));
                jw_put_array(&w, "sections");
                for (size_t k = 0; json_at(sections, k); k++) {
                        const Json *section = json_at(sections, k);
                        int64_t level = 1, from, to;
                        Str start = json_get_text(section, "start", STR(""));
                        (void)json_i64(json_get(section, "level"), &level);
                        jw_object_begin(&w);
                        jw_put_i64(&w, "level", level);
                        jw_put_str(&w, "number", json_get_text(section, "number", STR("")));
                        jw_put_str(&w, "heading", json_get_text(section, "heading", STR("")));
                        if (confirm_quote_find(ad->in->text, start, &ad->cursor, &from, &to))
                                jw_put_i64(&w, "from", from);
                        jw_object_end(&w);
                }
                jw_array_end(&w);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        TRY(jw_finish(&w));
        ad->cursor = (ConfirmCursor){ 0 };
        *ret = arena_str(ad->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status refuse_twice(Adding *ad, Str hash)
{
        int64_t there;
        Status st = store_get_i64(ad->tx, "SELECT id FROM meeting WHERE hash = $1", STORE_ARGS(sv_text(hash)), &there);
        if (st == ST_NOT_FOUND)
                return ST_OK;
        TRY(st);
        return diag_fail(ad->diag, ST_EXISTS, POS_FILE(ad->in->file_name), "这份材料已经读过，是第 %lld 号会议",
                         "this text is there already: meeting %lld", (long long)there);
}

static Status count_items(const Json *speeches, size_t *ret)
{
        *ret = 0;
        for (uint32_t i = 0; i < speeches->count; i++) {
                const Json *items = json_get(&speeches->items[i], "items");
                if (items && items->kind != JSON_ARRAY)
                        return ST_INVALID;
                *ret += items ? items->count : 0;
        }
        return ST_OK;
}

static Status record_added(Adding *ad, Str title, Str hash, size_t items)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "title", title);
        jw_put_cstr(&w, "file", ad->in->file_name);
        jw_put_str(&w, "sm3", hash);
        jw_put_i64(&w, "items", (int64_t)items);
        jw_put_i64(&w, "first_item", ad->next_item);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *subject = arena_printf(ad->arena, "meeting:%lld", (long long)ad->meeting);
        if (!subject)
                return ST_NOMEM;
        return store_event(ad->tx,
                           &(StoreEvent){ .actor = ad->in->actor,
                                          .op = STR("meeting.add"),
                                          .subject = str_c(subject),
                                          .payload = buf_str(&b) },
                           &ad->event);
}

static Str title_of(const ConfirmNew *in, const Json *speeches)
{
        Str title = str_trim(in->title);
        for (uint32_t i = 0; !title.len && i < speeches->count; i++)
                title = str_trim(json_get_text(&speeches->items[i], "title", STR("")));
        return title.len ? title : str_c(in->file_name);
}

static Status insert_meeting(Adding *ad, Str title, Str hash, Str outline)
{
        const ConfirmNew *in = ad->in;
        char day[24] = "";
        if (in->day.month)
                date_to_text(in->day, day);
        return store_exec(
                ad->tx,
                "INSERT INTO meeting (id, title, occasion, day, unit, file, hash, bytes, body, outline, actor, at, "
                "event) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                STORE_ARGS(sv_i64(ad->meeting), sv_text(title), in->occasion.len ? sv_text(in->occasion) : sv_null(),
                           day[0] ? sv_cstr(day) : sv_null(), in->unit ? sv_text(in->unit->code) : sv_null(),
                           sv_cstr(in->file_name), sv_text(hash), sv_i64((int64_t)in->bytes.len), sv_text(in->text),
                           sv_text(outline), sv_text(in->actor), sv_text(ad->at), sv_i64(ad->event)),
                NULL);
}

Status confirm_add(StoreTx *tx, const Pack *pack, const ConfirmNew *in, Arena *a, int64_t *ret_id)
{
        Adding ad = { .tx = tx, .pack = pack, .in = in, .arena = a, .diag = store_diag(tx) };
        const Json *speeches = json_get(in->reading, "speeches");
        Str hash, outline, title;
        size_t items;
        if (!json_is(speeches, JSON_ARRAY) || speeches->count == 0 || speeches->count > SPEECHES_MAX ||
            count_items(speeches, &items) != ST_OK || !utf8_valid(in->text))
                return diag_fail(ad.diag, ST_INVALID, POS_FILE(in->file_name), "这里面没有读出讲话",
                                 "no speech was read from it");
        if (in->text.len > (size_t)TEXT_MAX_MIB << 20)
                return diag_fail(ad.diag, ST_LIMIT, POS_FILE(in->file_name), "文字超过 %d MiB",
                                 "a text of more than %d MiB", TEXT_MAX_MIB);
        TRY(confirm_keep_file(tx, in->bytes, a, &hash));
        TRY(refuse_twice(&ad, hash));
        TRY(confirm_now(a, &ad.at));
        TRY(outline_of(&ad, speeches, &outline));
        title = title_of(in, speeches);
        TRY(store_new_ids(tx, "meeting", 1, &ad.meeting));
        ad.next_item = 1;
        if (items)
                TRY(store_new_ids(tx, "meeting_item", (int64_t)items, &ad.next_item));
        TRY(record_added(&ad, title, hash, items));
        TRY(insert_meeting(&ad, title, hash, outline));
        for (uint32_t i = 0; i < speeches->count; i++) {
                const Json *list = json_get(&speeches->items[i], "items");
                for (size_t k = 0; json_at(list, k); k++)
                        TRY(add_item(&ad, json_at(list, k), i));
        }
        *ret_id = ad.meeting;
        return ST_OK;
}

/* ---- reading back ---- */

#define CONFIRM_COLUMNS "id, title, occasion, day, unit, file, hash, bytes, actor, at, event"

static Status dup(StoreStmt *q, int col, Arena *a, Str *ret)
{
        *ret = store_is_null(q, col) ? STR("") : store_text_dup(q, col, a);
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status meeting_row(StoreStmt *q, Arena *a, ConfirmMeeting *m)
{
        *m = (ConfirmMeeting){ .id = store_i64(q, 0), .bytes = store_i64(q, 7), .event = store_i64(q, 10) };
        Str *const texts[] = { &m->title, &m->occasion, &m->day, &m->unit, &m->file_name, &m->hash };
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                TRY(dup(q, (int)i + 1, a, texts[i]));
        TRY(dup(q, 8, a, &m->actor));
        return dup(q, 9, a, &m->at);
}

static bool seen(const Pack *pack, const ConfirmMeeting *m, const PackUnit *within)
{
        const PackUnit *u = m->unit.len ? pack_unit(pack, m->unit) : NULL;
        return !within || within->depth == 0 || (u && pack_unit_within(u, within));
}

static Status count_states(StoreTx *tx, ConfirmMeeting *m)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT kind, state, count(*), count(*) FILTER (WHERE result <> '') FROM meeting_item "
                        "WHERE meeting = $1 GROUP BY kind, state ORDER BY kind, state",
                        STORE_ARGS(sv_i64(m->id)), &q));
        while (store_next(q)) {
                ConfirmKind kind;
                ConfirmState state;
                if (!confirm_kind_of(store_text(q, 0), &kind) || !confirm_state_of(store_text(q, 1), &state))
                        return ST_CORRUPT;
                m->counts[kind][state] = store_i64(q, 2);
                m->results += store_i64(q, 3);
        }
        return store_done(q);
}

Status confirm_meetings(StoreTx *tx, const Pack *pack, const PackUnit *within, Arena *a, ConfirmMeeting **ret,
                        size_t *ret_count)
{
        ConfirmMeeting *list = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, "SELECT " CONFIRM_COLUMNS " FROM meeting ORDER BY id DESC LIMIT $1",
                        STORE_ARGS(sv_i64(MEETINGS_LISTED)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                TRY(meeting_row(q, a, &list[n]));
                n += seen(pack, &list[n], within);
        }
        TRY(store_done(q));
        for (size_t i = 0; i < n; i++)
                TRY(count_states(tx, &list[i]));
        *ret = list;
        *ret_count = n;
        return ST_OK;
}

Status confirm_meeting(StoreTx *tx, const Pack *pack, int64_t id, const PackUnit *within, Arena *a, ConfirmMeeting *ret)
{
        ConfirmMeeting m;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        Status st = store_one(tx, "SELECT " CONFIRM_COLUMNS ", body, outline FROM meeting WHERE id = $1",
                              STORE_ARGS(sv_i64(id)), &q);
        if (st == ST_OK) {
                TRY(meeting_row(q, a, &m));
                TRY(dup(q, 11, a, &m.text));
                TRY(dup(q, 12, a, &m.outline));
        }
        if (st == ST_NOT_FOUND || (st == ST_OK && !seen(pack, &m, within)))
                return diag_fail(store_diag(tx), ST_NOT_FOUND, POS_NONE, "没有第 %lld 号会议，或者无权查看",
                                 "there is no meeting %lld, or it is not yours to see", (long long)id);
        TRY(st);
        TRY(count_states(tx, &m));
        *ret = m;
        return ST_OK;
}
