/* item_act.c -- what people do with items: accept, reject, mend, split, join, undo.
 *
 * An act is decided on a version.  The write transaction is the only one at a time, so whoever comes second sees the
 * first one's version here and is told who was faster.  Versions are kept whole in meeting_item_past; `back` is the
 * version that an undo goes back to, so that undoing several times goes back several acts. */
#include "meeting/bind.h"
#include "meeting/confirm_int.h"
#include "store/event.h"

enum { REASON_MAX = 2000 };

typedef struct Acting {
        StoreTx *tx;
        const Pack *pack;
        const ConfirmAct *act;
        Arena *arena;
        Diag *diag;
        Str at;
        int64_t event;
        ConfirmItem before, after;
        int64_t back;
} Acting;

static const char *const acts_zh[] = { [CONFIRM_ACCEPT] = "确认", [CONFIRM_REJECT] = "否定", [CONFIRM_MEND] = "修改",
                                       [CONFIRM_SPLIT] = "拆分",  [CONFIRM_JOIN] = "合并",   [CONFIRM_UNDO] = "撤销" };
static const char *const acts_en[] = {
        [CONFIRM_ACCEPT] = "accept", [CONFIRM_REJECT] = "reject", [CONFIRM_MEND] = "mend",
        [CONFIRM_SPLIT] = "split",   [CONFIRM_JOIN] = "join",     [CONFIRM_UNDO] = "undo"
};

static Status load(Acting *ac, int64_t id, ConfirmItem *ret, int64_t *ret_back)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        Status st = store_one(ac->tx, "SELECT " CONFIRM_ITEM_COLUMNS " FROM meeting_item WHERE id = $1",
                              STORE_ARGS(sv_i64(id)), &q);
        if (st == ST_NOT_FOUND)
                return diag_fail(ac->diag, st, POS_NONE, "没有第 %lld 号条目，或者无权查看",
                                 "there is no item %lld, or it is not yours to see", (long long)id);
        TRY(st);
        return confirm_item_row(q, ac->arena, ret, ret_back);
}

/* Another person's act came first. */
static Status refuse_stale(Acting *ac, const ConfirmItem *item, int64_t seen)
{
        ConfirmActKind kind;
        if (item->version == seen)
                return ST_OK;
        bool known = confirm_act_of(item->act, &kind);
        return diag_fail(ac->diag, ST_CONFLICT, POS_NONE,
                         "第 %lld 号条目已由 %.*s 于 %.*s %s（现为第 %lld 版，您看到的是第 %lld 版）：请刷新后再办",
                         "item %lld was changed by %.*s at %.*s: %s (now version %lld, you saw %lld); read it again",
                         (long long)item->id, STR_FMT(item->actor.len ? item->actor : STR("?")), STR_FMT(item->at),
                         ac->diag && ac->diag->lang == LANG_EN ? (known ? acts_en[kind] : "changed")
                                                               : (known ? acts_zh[kind] : "改动"),
                         (long long)item->version, (long long)seen);
}

static bool is_open(const ConfirmItem *item)
{
        return item->state == CONFIRM_PROPOSED || item->state == CONFIRM_ACCEPTED || item->state == CONFIRM_MENDED ||
               item->state == CONFIRM_REJECTED;
}

static Status refuse_closed(Acting *ac, const ConfirmItem *item)
{
        if (item->result.len)
                return diag_fail(ac->diag, ST_CONFLICT, POS_NONE,
                                 "第 %lld 号条目已经落实（%.*s），不能再改：请在那里办理",
                                 "something came of item %lld already (%.*s): deal with it there", (long long)item->id,
                                 STR_FMT(item->result));
        if (ac->act->act == CONFIRM_UNDO || is_open(item))
                return ST_OK;
        return diag_fail(ac->diag, ST_CONFLICT, POS_NONE, "第 %lld 号条目已拆分、合并或撤回，请办理接替它的条目",
                         "item %lld was split, joined or withdrawn: deal with those that stand for it",
                         (long long)item->id);
}

static Status keep_past(Acting *ac, int64_t id)
{
        return store_exec(ac->tx,
                          "INSERT INTO meeting_item_past (" CONFIRM_ITEM_COLUMNS ") SELECT " CONFIRM_ITEM_COLUMNS
                          " FROM meeting_item WHERE id = $1",
                          STORE_ARGS(sv_i64(id)), NULL);
}

/* The item becomes `n`: next version, with this act's actor, time and event. */
static Status replace(Acting *ac, ConfirmItem *n, int64_t back)
{
        TRY(keep_past(ac, n->id));
        n->version++;
        n->actor = ac->act->actor;
        n->at = ac->at;
        n->act = str_c(acts_en[ac->act->act]);
        n->reason = str_trim(ac->act->reason);
        n->event = ac->event;
        return store_exec(
                ac->tx,
                "UPDATE meeting_item SET state = $2, version = $3, span_from = $4, span_to = $5, quote = $6, "
                "fields = $7, link = $8, actor = $9, at = $10, act = $11, reason = $12, event = $13, back = $14 "
                "WHERE id = $1",
                STORE_ARGS(sv_i64(n->id), sv_cstr(confirm_state_name(n->state)), sv_i64(n->version), sv_i64(n->from),
                           sv_i64(n->to), sv_text(n->quote), sv_text(n->fields), sv_text(n->link), sv_text(n->actor),
                           sv_text(n->at), sv_text(n->act), sv_text(n->reason), sv_i64(n->event), sv_i64(back)),
                NULL);
}

static Status record(Acting *ac)
{
        static const char *const ops[] = {
                [CONFIRM_ACCEPT] = "meeting.item.accept", [CONFIRM_REJECT] = "meeting.item.reject",
                [CONFIRM_MEND] = "meeting.item.mend",     [CONFIRM_SPLIT] = "meeting.item.split",
                [CONFIRM_JOIN] = "meeting.item.join",     [CONFIRM_UNDO] = "meeting.item.undo"
        };
        const ConfirmAct *act = ac->act;
        _cleanup_buf_ Buf b = BUF_INIT((size_t)4 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_key(&w, STR("before"));
        confirm_put_item(&w, &ac->before);
        if (act->fields) {
                jw_key(&w, STR("fields"));
                jw_json(&w, act->fields);
        }
        if (act->link) {
                jw_key(&w, STR("link"));
                jw_json(&w, act->link);
        }
        if (act->parts) {
                jw_key(&w, STR("parts"));
                jw_json(&w, act->parts);
        }
        if (act->other_count) {
                jw_put_array(&w, "with");
                for (size_t i = 0; i < act->other_count; i++)
                        jw_i64(&w, act->others[i]);
                jw_array_end(&w);
        }
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *subject =
                arena_printf(ac->arena, "meeting:%lld/item:%lld", (long long)ac->before.meeting, (long long)act->item);
        if (!subject)
                return ST_NOMEM;
        return store_event(ac->tx,
                           &(StoreEvent){ .actor = act->actor,
                                          .op = str_c(ops[act->act]),
                                          .subject = str_c(subject),
                                          .reason = str_trim(act->reason),
                                          .payload = buf_str(&b) },
                           &ac->event);
}

static Status text_of(Acting *ac, Str *ret)
{
        return store_get_text(ac->tx, "SELECT body FROM meeting WHERE id = $1", STORE_ARGS(sv_i64(ac->before.meeting)),
                              ac->arena, ret);
}

/* Fields changed: the machine's link is made anew, unless a person has set it. */
static Status relink(Acting *ac, ConfirmItem *n)
{
        Json *fields, *old;
        TRY(confirm_json_read(n->link, ac->arena, &old));
        if (json_is(json_get(old, "by"), JSON_STRING))
                return ST_OK;
        TRY(confirm_json_read(n->fields, ac->arena, &fields));
        return bind_item(ac->pack, n->kind, fields, ac->arena, &n->link);
}

static Status mend(Acting *ac)
{
        const ConfirmAct *act = ac->act;
        ConfirmItem *n = &ac->after;
        if (!act->fields && !act->link)
                return diag_fail(ac->diag, ST_INVALID, POS_NONE, "请写明要改什么", "say what is to be mended");
        if (act->fields) {
                TRY(confirm_fields_check(n->kind, act->fields, true, ac->arena, ac->diag, &n->fields));
                TRY(relink(ac, n));
        }
        if (act->link)
                TRY(bind_check(ac->pack, act->link, ac->arena, ac->diag, &n->link));
        n->state = CONFIRM_MENDED;
        TRY(record(ac));
        return replace(ac, n, ac->before.version);
}

/* ---- split ---- */

/* The part's fields: given ones, else the whole's with its action, when it is a task, being the part's words. */
static Status part_fields(Acting *ac, const Json *part, Str quote, Str *ret)
{
        const Json *given = json_get(part, "fields");
        if (given)
                return confirm_fields_check(ac->before.kind, given, true, ac->arena, ac->diag, ret);
        Json *whole;
        TRY(confirm_json_read(ac->before.fields, ac->arena, &whole));
        for (uint32_t i = 0; i < whole->count; i++)
                if (str_eq_c(whole->members[i].key, "action"))
                        whole->members[i].value = (Json){ .kind = JSON_STRING, .text = quote };
        return confirm_fields_check(ac->before.kind, whole, true, ac->arena, ac->diag, ret);
}

static Status parents_text(Acting *ac, const int64_t *ids, size_t n, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_array_begin(&w);
        for (size_t i = 0; i < n; i++)
                jw_i64(&w, ids[i]);
        jw_array_end(&w);
        TRY(jw_finish(&w));
        *ret = arena_str(ac->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status insert_new(Acting *ac, ConfirmItem *n)
{
        Json *fields;
        TRY(confirm_json_read(n->fields, ac->arena, &fields));
        TRY(bind_item(ac->pack, n->kind, fields, ac->arena, &n->link));
        n->version = 1;
        n->state = CONFIRM_PROPOSED;
        n->result = n->reason = STR("");
        n->actor = ac->act->actor;
        n->at = ac->at;
        n->act = str_c(acts_en[ac->act->act]);
        n->event = ac->event;
        return confirm_item_insert(ac->tx, n, 0);
}

static Status split(Acting *ac)
{
        const Json *parts = ac->act->parts;
        if (!json_is(parts, JSON_ARRAY) || parts->count < 2 || parts->count > CONFIRM_PARTS_MAX)
                return diag_fail(ac->diag, ST_INVALID, POS_NONE, "拆分需要两段以上（至多 %d 段）原文",
                                 "a split needs two parts or more, at most %d", CONFIRM_PARTS_MAX);
        TRY(record(ac));
        int64_t first;
        Str parents;
        TRY(store_new_ids(ac->tx, "meeting_item", parts->count, &first));
        TRY(parents_text(ac, &ac->before.id, 1, &parents));
        ConfirmCursor cursor = { 0 };
        for (uint32_t i = 0; i < parts->count; i++) {
                ConfirmItem n = ac->before;
                int64_t from, to;
                n.id = first + i;
                n.parents = parents;
                n.quote = str_trim(json_get_text(&parts->items[i], "quote", STR("")));
                if (!confirm_quote_find(ac->before.quote, n.quote, &cursor, &from, &to))
                        return diag_fail(ac->diag, ST_INVALID, POS_NONE, "第 %u 段不在原文里：“%.*s”",
                                         "part %u is not in the quote: \"%.*s\"", i + 1, STR_FMT(n.quote));
                if (ac->before.from >= 0) {
                        n.from = ac->before.from + from;
                        n.to = ac->before.from + to;
                }
                TRY(part_fields(ac, &parts->items[i], n.quote, &n.fields));
                TRY(insert_new(ac, &n));
        }
        ac->after.state = CONFIRM_SPLIT_UP;
        return replace(ac, &ac->after, ac->before.version);
}

/* ---- join ---- */

typedef struct Whole {
        int64_t ids[CONFIRM_PARTS_MAX + 1];
        ConfirmItem items[CONFIRM_PARTS_MAX + 1];
        size_t count;
} Whole;

static Status load_others(Acting *ac, Whole *whole)
{
        const ConfirmAct *act = ac->act;
        if (act->other_count < 1 || act->other_count > CONFIRM_PARTS_MAX)
                return diag_fail(ac->diag, ST_INVALID, POS_NONE, "合并需要另选一个以上条目（至多 %d 个）",
                                 "a join needs another item or more, at most %d", CONFIRM_PARTS_MAX);
        whole->items[whole->count] = ac->before;
        whole->ids[whole->count++] = ac->before.id;
        for (size_t i = 0; i < act->other_count; i++) {
                ConfirmItem *o = &whole->items[whole->count];
                TRY(load(ac, act->others[i], o, NULL));
                TRY(refuse_stale(ac, o, act->other_versions[i]));
                TRY(refuse_closed(ac, o));
                bool twice = false;
                for (size_t k = 0; k < whole->count; k++)
                        twice |= whole->ids[k] == o->id;
                if (twice || o->kind != ac->before.kind || o->meeting != ac->before.meeting)
                        return diag_fail(ac->diag, ST_INVALID, POS_NONE,
                                         "只能合并同一会议里同一种类的不同条目（第 %lld 号不是）",
                                         "only different items of one kind and meeting can be joined (not %lld)",
                                         (long long)o->id);
                whole->ids[whole->count++] = o->id;
        }
        return ST_OK;
}

/* Tasks: the actions one after the other, the owners of all.  Others: the fields of the first. */
static Status joined_fields(Acting *ac, const Whole *whole, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 20), action = BUF_INIT((size_t)1 << 16);
        if (ac->before.kind != CONFIRM_TASK) {
                *ret = ac->before.fields;
                return ST_OK;
        }
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "owners");
        Str deadline = STR_NONE, cadence = STR_NONE;
        for (size_t i = 0; i < whole->count; i++) {
                Json *f;
                TRY(confirm_json_read(whole->items[i].fields, ac->arena, &f));
                const Json *owners = json_get(f, "owners");
                for (size_t k = 0; json_at(owners, k); k++)
                        jw_json(&w, json_at(owners, k));
                if (action.len)
                        buf_puts(&action, "；");
                buf_put_str(&action, json_get_text(f, "action", STR("")));
                deadline = deadline.len ? deadline : json_get_text(f, "deadline", STR(""));
                cadence = cadence.len ? cadence : json_get_text(f, "cadence", STR(""));
        }
        jw_array_end(&w);
        jw_put_str(&w, "action", buf_str(&action));
        if (deadline.len)
                jw_put_str(&w, "deadline", deadline);
        if (cadence.len)
                jw_put_str(&w, "cadence", cadence);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        Json *fields;
        TRY(confirm_json_read(buf_str(&b), ac->arena, &fields));
        return confirm_fields_check(ac->before.kind, fields, true, ac->arena, ac->diag, ret);
}

static Status join(Acting *ac)
{
        Whole *whole = arena_new_of(ac->arena, Whole);
        if (!whole)
                return ST_NOMEM;
        TRY(load_others(ac, whole));
        TRY(record(ac));
        ConfirmItem n = ac->before;
        Str text;
        TRY(text_of(ac, &text));
        TRY(parents_text(ac, whole->ids, whole->count, &n.parents));
        for (size_t i = 1; i < whole->count; i++) {
                const ConfirmItem *o = &whole->items[i];
                n.from = n.from < 0 || o->from < 0 ? -1 : o->from < n.from ? o->from : n.from;
                n.to = n.from < 0 ? -1 : o->to > n.to ? o->to : n.to;
                n.confidence = o->confidence < n.confidence ? o->confidence : n.confidence;
        }
        if (n.from >= 0) {
                n.quote = confirm_piece(text, n.from, n.to);
                if (n.quote.len > CONFIRM_QUOTE_MAX)
                        return diag_fail(ac->diag, ST_LIMIT, POS_NONE, "这些条目在文中相距太远，不能合并",
                                         "these items stand too far apart in the text to be joined");
        }
        TRY(joined_fields(ac, whole, &n.fields));
        TRY(store_new_ids(ac->tx, "meeting_item", 1, &n.id));
        TRY(insert_new(ac, &n));
        for (size_t i = 0; i < whole->count; i++) {
                ConfirmItem part = whole->items[i];
                part.state = CONFIRM_JOINED_UP;
                TRY(replace(ac, &part, whole->items[i].version));
        }
        ac->after = n;
        return ST_OK;
}

/* ---- undo ---- */

static Status past_version(Acting *ac, int64_t id, int64_t version, ConfirmItem *ret, int64_t *ret_back)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        Status st = store_one(ac->tx,
                              "SELECT " CONFIRM_ITEM_COLUMNS " FROM meeting_item_past WHERE id = $1 AND version = $2",
                              STORE_ARGS(sv_i64(id), sv_i64(version)), &q);
        if (st == ST_NOT_FOUND)
                return diag_fail(ac->diag, ST_CONFLICT, POS_NONE, "第 %lld 号条目没有可以撤销的办理",
                                 "there is nothing to undo on item %lld", (long long)id);
        TRY(st);
        return confirm_item_row(q, ac->arena, ret, ret_back);
}

/* What the item was before its last act, as its next version. */
static Status go_back(Acting *ac, const ConfirmItem *now, int64_t back, ConfirmItem *ret)
{
        int64_t further;
        ConfirmItem was;
        TRY(past_version(ac, now->id, back, &was, &further));
        was.version = now->version;
        TRY(replace(ac, &was, further));
        *ret = was;
        return ST_OK;
}

/* Items that came of a split or join are withdrawn, if nobody has touched them. */
static Status withdraw_heirs(Acting *ac, int64_t event_of_act, int64_t keep)
{
        ConfirmItem *items;
        size_t n;
        TRY(confirm_items(ac->tx, ac->before.meeting, NULL, ac->arena, &items, &n));
        for (size_t i = 0; i < n; i++) {
                ConfirmItem *o = &items[i];
                Json *parents;
                bool heir = false;
                if (o->id == keep || !str_starts(o->parents, STR("[")) || o->parents.len <= 2)
                        continue;
                TRY(confirm_json_read(o->parents, ac->arena, &parents));
                for (uint32_t k = 0; k < parents->count; k++) {
                        int64_t id;
                        heir |= json_i64(&parents->items[k], &id) && id == keep;
                }
                if (!heir || o->state == CONFIRM_WITHDRAWN)
                        continue;
                if (o->version != 1 || o->event != event_of_act || o->result.len)
                        return diag_fail(ac->diag, ST_CONFLICT, POS_NONE,
                                         "接替它的第 %lld 号条目已由 %.*s 办理：请先撤销那里",
                                         "item %lld, which stands for it, was dealt with by %.*s: undo that first",
                                         (long long)o->id, STR_FMT(o->actor));
                o->state = CONFIRM_WITHDRAWN;
                TRY(replace(ac, o, 0));
        }
        return ST_OK;
}

/* The others of a join come back too. */
static Status restore_joined(Acting *ac, int64_t event_of_act)
{
        ConfirmItem *items;
        size_t n;
        TRY(confirm_items(ac->tx, ac->before.meeting, NULL, ac->arena, &items, &n));
        for (size_t i = 0; i < n; i++) {
                ConfirmItem o, was;
                int64_t back;
                if (items[i].state != CONFIRM_JOINED_UP || items[i].event != event_of_act ||
                    items[i].id == ac->before.id)
                        continue;
                TRY(load(ac, items[i].id, &o, &back));
                TRY(go_back(ac, &o, back, &was));
        }
        return ST_OK;
}

static Status undo(Acting *ac)
{
        int64_t event_of_act = ac->before.event;
        ConfirmState state = ac->before.state;
        TRY(record(ac));
        if (state == CONFIRM_SPLIT_UP || state == CONFIRM_JOINED_UP)
                TRY(withdraw_heirs(ac, event_of_act, ac->before.id));
        if (state == CONFIRM_JOINED_UP)
                TRY(restore_joined(ac, event_of_act));
        return go_back(ac, &ac->before, ac->back, &ac->after);
}

static Status simply(Acting *ac, ConfirmState to)
{
        if (ac->before.state == to)
                return diag_fail(ac->diag, ST_CONFLICT, POS_NONE, "第 %lld 号条目已经是这样了",
                                 "item %lld is so already", (long long)ac->before.id);
        ac->after.state = to;
        TRY(record(ac));
        return replace(ac, &ac->after, ac->before.version);
}

Status confirm_act(StoreTx *tx, const Pack *pack, const ConfirmAct *act, Arena *a, ConfirmItem *ret)
{
        Acting ac = { .tx = tx, .pack = pack, .act = act, .arena = a, .diag = store_diag(tx) };
        if (act->reason.len > REASON_MAX)
                return diag_fail(ac.diag, ST_LIMIT, POS_NONE, "原因太长", "the reason is too long");
        TRY(load(&ac, act->item, &ac.before, &ac.back));
        TRY(refuse_stale(&ac, &ac.before, act->version));
        TRY(refuse_closed(&ac, &ac.before));
        TRY(confirm_now(a, &ac.at));
        ac.after = ac.before;
        Status st = ST_INTERNAL;
        switch (act->act) {
        case CONFIRM_ACCEPT: st = simply(&ac, CONFIRM_ACCEPTED); break;
        case CONFIRM_REJECT: st = simply(&ac, CONFIRM_REJECTED); break;
        case CONFIRM_MEND: st = mend(&ac); break;
        case CONFIRM_SPLIT: st = split(&ac); break;
        case CONFIRM_JOIN: st = join(&ac); break;
        case CONFIRM_UNDO: st = undo(&ac); break;
        case CONFIRM_ACT_COUNT: break;
        }
        TRY(st);
        if (ret)
                *ret = ac.after;
        return ST_OK;
}

Status confirm_item_add(StoreTx *tx, const Pack *pack, int64_t meeting, ConfirmKind kind, Str quote, const Json *fields,
                        Str actor, Arena *a, ConfirmItem *ret)
{
        Diag *d = store_diag(tx);
        ConfirmItem n = { .meeting = meeting,
                          .version = 1,
                          .kind = kind,
                          .confidence = -1,
                          .quote = quote,
                          .parents = STR("[]"),
                          .result = STR(""),
                          .actor = actor,
                          .act = STR("add"),
                          .reason = STR("") };
        Str text;
        Json *checked;
        ConfirmCursor cursor = { 0 };
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 20);
        TRY(store_get_text(tx, "SELECT body FROM meeting WHERE id = $1", STORE_ARGS(sv_i64(meeting)), a, &text));
        if (quote.len > CONFIRM_QUOTE_MAX || !confirm_quote_find(text, quote, &cursor, &n.from, &n.to))
                return diag_fail(d, ST_INVALID, POS_NONE, "这句话不在正文里", "this sentence is not in the text");
        TRY(confirm_fields_check(kind, fields, true, a, d, &n.fields));
        TRY(confirm_json_read(n.fields, a, &checked));
        TRY(bind_item(pack, kind, checked, a, &n.link));
        TRY(confirm_now(a, &n.at));
        TRY(store_new_ids(tx, "meeting_item", 1, &n.id));
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        confirm_put_item(&w, &n);
        TRY(jw_finish(&w));
        char *subject = arena_printf(a, "meeting:%lld/item:%lld", (long long)meeting, (long long)n.id);
        if (!subject)
                return ST_NOMEM;
        TRY(store_event(tx,
                        &(StoreEvent){ .actor = actor,
                                       .op = STR("meeting.item.add"),
                                       .subject = str_c(subject),
                                       .payload = buf_str(&b) },
                        &n.event));
        TRY(confirm_item_insert(tx, &n, 0));
        *ret = n;
        return ST_OK;
}
