/* supervise.c -- supervised tasks at rest, and what is done with them. */
#include "meeting/supervise.h"

#include <stdlib.h>

#include "meeting/confirm_int.h"
#include "meeting/slots.h"
#include "store/event.h"

enum { EVIDENCE_LEAST = 4, TASKS_LISTED = 20000 };

const char *supervise_light_name(SuperviseLight l)
{
        static const char *const names[] = { "green", "yellow", "red" };
        return (unsigned)l < ARRAY_LEN(names) ? names[l] : "?";
}

static StoreValue sv_date(Date d, char text[24])
{
        if (!d.month)
                return sv_null();
        return sv_text(str_n(text, date_to_text(d, text)));
}

static Status record(StoreTx *tx, Str actor, const char *op, int64_t task, Str reason, const Buf *payload, Arena *a,
                     int64_t *ret)
{
        char *subject = arena_printf(a, "task:%lld", (long long)task);
        if (!subject)
                return ST_NOMEM;
        return store_event(tx,
                           &(StoreEvent){ .actor = actor,
                                          .op = str_c(op),
                                          .subject = str_c(subject),
                                          .reason = reason,
                                          .payload = buf_str(payload) },
                           ret);
}

/* ---- adding ---- */

static Status record_added(StoreTx *tx, const SuperviseNew *in, int64_t id, Arena *a, int64_t *ret)
{
        char due[24] = "";
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        if (in->due.month)
                date_to_text(in->due, due);
        jw_object_begin(&w);
        jw_put_str(&w, "action", in->action);
        jw_put_str(&w, "owner", in->owner->code);
        jw_put_str(&w, "cadence", in->cadence);
        jw_put_cstr(&w, "due", due[0] ? due : NULL);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        return record(tx, in->actor, "task.add", id, STR(""), &b, a, ret);
}

Status supervise_add(StoreTx *tx, const Pack *pack, const SuperviseNew *in, int64_t event, Arena *a, int64_t *ret_id)
{
        Diag *d = store_diag(tx);
        Str cadence, at;
        char due[24], started[24];
        int64_t id;
        if (!str_trim(in->action).len || in->action.len > SUPERVISE_TEXT_MAX || !in->owner ||
            pack_unit(pack, in->owner->code) != in->owner)
                return diag_fail(d, ST_INVALID, POS_NONE, "督办事项需要内容（至多 %d 字节）和责任单位",
                                 "a task needs what is to be done (at most %d bytes) and an owner", SUPERVISE_TEXT_MAX);
        if (supervise_cadence(in->cadence, a, &cadence) != ST_OK)
                return diag_fail(d, ST_INVALID, POS_NONE, "“%.*s”不是报送频次：每周、每月、每季度、每半年、每年",
                                 "\"%.*s\" is no cadence: week, month, quarter, half, year", STR_FMT(in->cadence));
        if (in->due.month && date_cmp(in->due, in->started) < 0)
                return diag_fail(d, ST_INVALID, POS_NONE, "办结日期早于交办日期", "due before it starts");
        TRY(confirm_now(a, &at));
        TRY(store_new_ids(tx, "task", 1, &id));
        if (!event)
                TRY(record_added(tx, in, id, a, &event));
        TRY(store_exec(tx,
                       "INSERT INTO task (id, meeting, item, action, quote, owner, department, helpers, due, cadence, "
                       "started, state, version, actor, at, event) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', 1, $12, $13, $14)",
                       STORE_ARGS(sv_i64(id), sv_i64(in->meeting), sv_i64(in->item), sv_text(str_trim(in->action)),
                                  sv_text(in->quote), sv_text(in->owner->code),
                                  in->department.len ? sv_text(in->department) : sv_null(),
                                  sv_text(in->helpers.len ? in->helpers : STR("[]")), sv_date(in->due, due),
                                  sv_text(cadence), sv_date(in->started, started), sv_text(in->actor), sv_text(at),
                                  sv_i64(event)),
                       NULL));
        *ret_id = id;
        return ST_OK;
}

/* ---- reading ---- */

#define TASK_COLUMNS                                                                                              \
        "id, meeting, item, action, quote, owner, department, helpers, due, cadence, started, state, closed_on, " \
        "closed_by, closed_why, version, actor, at, event"

static Status text(StoreStmt *q, int col, Arena *a, Str *ret)
{
        *ret = store_is_null(q, col) ? STR("") : store_text_dup(q, col, a);
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Date day(StoreStmt *q, int col)
{
        Date d;
        return !store_is_null(q, col) && date_parse(store_text(q, col), &d) == ST_OK ? d : DATE_NONE;
}

static Status task_row(StoreStmt *q, const Pack *pack, Arena *a, SuperviseTask *t)
{
        *t = (SuperviseTask){ .id = store_i64(q, 0),
                              .meeting = store_i64(q, 1),
                              .item = store_i64(q, 2),
                              .owner = pack_unit(pack, store_text(q, 5)),
                              .due = day(q, 8),
                              .started = day(q, 10),
                              .closed = str_eq_c(store_text(q, 11), "closed"),
                              .closed_on = day(q, 12),
                              .version = store_i64(q, 15),
                              .event = store_i64(q, 18) };
        const struct {
                int col;
                Str *to;
        } texts[] = { { 3, &t->action },      { 4, &t->quote },   { 6, &t->department },
                      { 7, &t->helpers },     { 9, &t->cadence }, { 13, &t->closed_by },
                      { 14, &t->closed_why }, { 16, &t->actor },  { 17, &t->at } };
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                TRY(text(q, texts[i].col, a, texts[i].to));
        /* A pack that no longer has the unit: the task is the top's, not nobody's. */
        if (!t->owner)
                t->owner = &pack->units[0];
        return ST_OK;
}

static Status helps(const Pack *pack, const SuperviseTask *t, const PackUnit *within, Arena *a, bool *ret)
{
        Json *helpers;
        *ret = false;
        TRY(confirm_json_read(t->helpers, a, &helpers));
        for (size_t i = 0; json_at(helpers, i); i++) {
                const Json *h = json_at(helpers, i);
                const PackUnit *u = h->kind == JSON_STRING ? pack_unit(pack, h->text) : NULL;
                *ret |= u && pack_unit_within(u, within);
        }
        return ST_OK;
}

static Status seen(const Pack *pack, const SuperviseTask *t, const PackUnit *within, Arena *a, bool *ret)
{
        *ret = !within || pack_unit_within(t->owner, within);
        return *ret ? ST_OK : helps(pack, t, within, a, ret);
}

static Status load_entries(StoreTx *tx, SuperviseTask *t, Arena *a)
{
        size_t cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT number, kind, slot, body, evidence, file, file_name, day, late, actor, at, event "
                        "FROM task_report WHERE task = $1 ORDER BY number",
                        STORE_ARGS(sv_i64(t->id)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&t->entries, &cap, t->entry_count + 1, sizeof(*t->entries)) < 0)
                        return ST_NOMEM;
                SuperviseEntry *e = &t->entries[t->entry_count++];
                *e = (SuperviseEntry){ .number = store_i64(q, 0),
                                       .late = store_i64(q, 8) == 1,
                                       .event = store_i64(q, 11) };
                Str *const texts[] = { &e->kind, &e->slot, &e->text, &e->evidence, &e->file, &e->file_name, &e->day };
                for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                        TRY(text(q, (int)i + 1, a, texts[i]));
                TRY(text(q, 9, a, &e->actor));
                TRY(text(q, 10, a, &e->at));
                t->has_evidence |= e->file.len > 0 || e->evidence.len > 0;
        }
        return store_done(q);
}

static Date earlier(Date a, Date b)
{
        return !b.month || date_cmp(a, b) < 0 ? a : b;
}

static Status complete(StoreTx *tx, SuperviseTask *t, Date on, Arena *a)
{
        TRY(load_entries(tx, t, a));
        /* Periods are asked for while the task is open and not past its day: after that it is overdue as a whole. */
        Date until = earlier(t->closed ? earlier(on, t->closed_on) : on, t->due);
        TRY(slots_make(t->cadence, t->started, until, a, t));
        return slots_lights(t, on, a);
}

static int by_urgency(const void *x, const void *y)
{
        const SuperviseTask *a = x, *b = y;
        if (a->closed != b->closed)
                return a->closed ? 1 : -1;
        if (a->light != b->light)
                return a->light > b->light ? -1 : 1;
        int64_t da = a->due.month ? date_to_days(a->due) : INT64_MAX,
                db = b->due.month ? date_to_days(b->due) : INT64_MAX;
        return da != db ? (da < db ? -1 : 1) : a->id < b->id ? -1 : a->id > b->id;
}

Status supervise_list(StoreTx *tx, const Pack *pack, const SuperviseFilter *f, Date on, Arena *a, SuperviseTask **ret,
                      size_t *ret_count)
{
        SuperviseTask *list = NULL;
        size_t count = 0, n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx, "SELECT " TASK_COLUMNS " FROM task WHERE started <= $1 ORDER BY id LIMIT $2",
                        STORE_ARGS(sv_date(on, (char[24]){ 0 }), sv_i64(TASKS_LISTED)), &q));
        while (store_next(q)) {
                bool visible;
                if (arena_grow(a, (void **)&list, &cap, count + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                TRY(task_row(q, pack, a, &list[count]));
                TRY(seen(pack, &list[count], f->within, a, &visible));
                count += visible && (!f->meeting || list[count].meeting == f->meeting) &&
                         (!f->open_only || !list[count].closed);
        }
        TRY(store_done(q));
        for (size_t i = 0; i < count; i++) {
                SuperviseTask *t = &list[i];
                TRY(complete(tx, t, on, a));
                if ((!f->has_light || t->light == f->light) && (!f->due_only || t->remind_zh.len))
                        list[n++] = *t;
        }
        if (n)
                qsort(list, n, sizeof(*list), by_urgency);
        *ret = list;
        *ret_count = n;
        return ST_OK;
}

Status supervise_get(StoreTx *tx, const Pack *pack, int64_t id, const PackUnit *within, Date on, Arena *a,
                     SuperviseTask *ret)
{
        SuperviseTask t;
        bool visible = false;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        Status st = store_one(tx, "SELECT " TASK_COLUMNS " FROM task WHERE id = $1", STORE_ARGS(sv_i64(id)), &q);
        if (st == ST_OK) {
                TRY(task_row(q, pack, a, &t));
                TRY(seen(pack, &t, within, a, &visible));
        }
        if (st == ST_NOT_FOUND || (st == ST_OK && !visible))
                return diag_fail(store_diag(tx), ST_NOT_FOUND, POS_NONE, "没有第 %lld 号督办事项，或者无权查看",
                                 "there is no task %lld, or it is not yours to see", (long long)id);
        TRY(st);
        TRY(complete(tx, &t, on, a));
        *ret = t;
        return ST_OK;
}

/* ---- acts ---- */

static Status begin(StoreTx *tx, const Pack *pack, const SuperviseAct *act, Arena *a, SuperviseTask *t)
{
        Diag *d = store_diag(tx);
        TRY(supervise_get(tx, pack, act->task, act->within, act->day, a, t));
        if (act->version && act->version != t->version)
                return diag_fail(d, ST_CONFLICT, POS_NONE,
                                 "第 %lld 号督办事项已由 %.*s 于 %.*s 办理（现为第 %lld 版）：请刷新后再办",
                                 "task %lld was dealt with by %.*s at %.*s (now version %lld); read it again",
                                 (long long)t->id, STR_FMT(t->actor), STR_FMT(t->at), (long long)t->version);
        if (act->text.len > SUPERVISE_TEXT_MAX || act->evidence.len > SUPERVISE_TEXT_MAX ||
            t->entry_count >= SUPERVISE_REPORTS_MAX)
                return diag_fail(d, ST_LIMIT, POS_NONE, "文字太长，或者报告太多", "too long, or too many reports");
        if (date_cmp(act->day, t->started) < 0)
                return diag_fail(d, ST_INVALID, POS_NONE, "日期早于交办日期", "a day before the task was given");
        return ST_OK;
}

/* The period a progress report is for: the one named, else the oldest that lacks one, else the running one. */
static Status slot_for(StoreTx *tx, const SuperviseTask *t, const SuperviseAct *act, Arena *a, Str *ret, bool *ret_late)
{
        Str running;
        *ret_late = false;
        TRY(slots_running(t->cadence, act->day, a, &running));
        for (size_t i = 0; i < t->slot_count; i++) {
                const SuperviseSlot *s = &t->slots[i];
                if (act->slot.len ? !str_eq(s->name, act->slot) : s->reported.month != 0)
                        continue;
                *ret = s->name;
                *ret_late = date_cmp(act->day, s->due) > 0;
                return ST_OK;
        }
        if (act->slot.len && !str_eq(act->slot, running))
                return diag_fail(store_diag(tx), ST_INVALID, POS_NONE, "“%.*s”不是本事项要报送的时期",
                                 "\"%.*s\" is no period of this task", STR_FMT(act->slot));
        *ret = running;
        return ST_OK;
}

typedef struct Entry {
        const char *kind, *op;
        Str slot;
        bool late;
} Entry;

static StoreValue or_null(Str s)
{
        return s.len ? sv_text(s) : sv_null();
}

static Status add_entry(StoreTx *tx, const SuperviseTask *t, const SuperviseAct *act, const Entry *e, Arena *a,
                        int64_t *ret_event)
{
        char day_text[24];
        Str at;
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_cstr(&w, "kind", e->kind);
        jw_put_str(&w, "slot", e->slot);
        jw_put_str(&w, "text", act->text);
        jw_put_str(&w, "evidence", act->evidence);
        jw_put_str(&w, "file", act->file);
        jw_put_bool(&w, "late", e->late);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        TRY(record(tx, act->actor, e->op, t->id, STR(""), &b, a, ret_event));
        TRY(confirm_now(a, &at));
        return store_exec(tx,
                          "INSERT INTO task_report (task, number, kind, slot, body, evidence, file, file_name, day, "
                          "late, actor, at, event) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                          STORE_ARGS(sv_i64(t->id), sv_i64((int64_t)t->entry_count + 1), sv_cstr(e->kind),
                                     sv_text(e->slot), sv_text(act->text), or_null(act->evidence), or_null(act->file),
                                     or_null(act->file_name), sv_date(act->day, day_text), sv_bool(e->late),
                                     sv_text(act->actor), sv_text(at), sv_i64(*ret_event)),
                          NULL);
}

Status supervise_report(StoreTx *tx, const Pack *pack, const SuperviseAct *act, Arena *a)
{
        SuperviseTask t;
        bool file_only = act->file.len && !str_trim(act->text).len;
        Entry e = { .kind = file_only ? "evidence" : "progress",
                    .op = file_only ? "task.evidence" : "task.report",
                    .slot = STR("") };
        int64_t event;
        TRY(begin(tx, pack, act, a, &t));
        if (!file_only && !str_trim(act->text).len)
                return diag_fail(store_diag(tx), ST_INVALID, POS_NONE, "请写明进展", "say how it is going");
        if (t.closed)
                return diag_fail(store_diag(tx), ST_CONFLICT, POS_NONE, "第 %lld 号督办事项已办结",
                                 "task %lld is closed", (long long)t.id);
        if (!file_only)
                TRY(slot_for(tx, &t, act, a, &e.slot, &e.late));
        return add_entry(tx, &t, act, &e, a, &event);
}

static Status move(StoreTx *tx, const SuperviseTask *t, const SuperviseAct *act, bool close, int64_t event, Arena *a)
{
        char text_day[24];
        Str at;
        TRY(confirm_now(a, &at));
        return store_exec(tx,
                          "UPDATE task SET state = $2, closed_on = $3, closed_by = $4, closed_why = $5, "
                          "version = version + 1, actor = $6, at = $7, event = $8 WHERE id = $1",
                          STORE_ARGS(sv_i64(t->id), sv_cstr(close ? "closed" : "open"),
                                     close ? sv_date(act->day, text_day) : sv_null(),
                                     close ? sv_text(act->actor) : sv_null(), close ? sv_text(act->text) : sv_null(),
                                     sv_text(act->actor), sv_text(at), sv_i64(event)),
                          NULL);
}

Status supervise_close(StoreTx *tx, const Pack *pack, const SuperviseAct *act, Arena *a)
{
        SuperviseTask t;
        int64_t event;
        TRY(begin(tx, pack, act, a, &t));
        if (t.closed)
                return diag_fail(store_diag(tx), ST_CONFLICT, POS_NONE, "第 %lld 号督办事项已由 %.*s 办结",
                                 "task %lld was closed by %.*s already", (long long)t.id, STR_FMT(t.closed_by));
        if (!t.has_evidence && !act->file.len && str_trim(act->evidence).len < EVIDENCE_LEAST)
                return diag_fail(store_diag(tx), ST_INVALID, POS_NONE,
                                 "办结需要佐证：请上传文件，或写明佐证材料（名称、文号、存放处）",
                                 "closing needs evidence: upload a file, or say what it is and where it is kept");
        TRY(add_entry(tx, &t, act, &(Entry){ .kind = "close", .op = "task.close", .slot = STR("") }, a, &event));
        return move(tx, &t, act, true, event, a);
}

Status supervise_reopen(StoreTx *tx, const Pack *pack, const SuperviseAct *act, Arena *a)
{
        SuperviseTask t;
        int64_t event;
        TRY(begin(tx, pack, act, a, &t));
        if (!t.closed || !str_trim(act->text).len)
                return diag_fail(store_diag(tx), t.closed ? ST_INVALID : ST_CONFLICT, POS_NONE,
                                 "只有已办结的事项才能重新打开，并须写明原因",
                                 "only a closed task can be opened again, and with a reason");
        TRY(add_entry(tx, &t, act, &(Entry){ .kind = "open", .op = "task.open", .slot = STR("") }, a, &event));
        return move(tx, &t, act, false, event, a);
}
