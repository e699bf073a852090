/* apply.c -- confirmed items become tasks, lines of letters, draft policies. */
#include "meeting/apply.h"

#include "meeting/confirm_int.h"
#include "meeting/supervise.h"
#include "pack/check.h"
#include "store/event.h"

enum { UNITS_MAX = 200, SAID_MAX = 4000 };

typedef struct Apply {
        StoreTx *tx;
        const Pack *pack;
        const ApplyAsk *ask;
        Arena *arena;
        Diag *diag;
        ConfirmMeeting meeting;
        Date day;
        const PackUnit *own; /* the meeting's unit */
        ApplyResult out;
        size_t line_cap;
        Str at;
} Apply;

/* ---- who ---- */

typedef struct Owner {
        Str text, department;
        const PackUnit *unit;
} Owner;

static Status owners_of(Apply *ap, const ConfirmItem *item, Owner *out, size_t *ret)
{
        Json *link;
        *ret = 0;
        TRY(confirm_json_read(item->link, ap->arena, &link));
        const Json *units = json_get(link, "units");
        for (size_t i = 0; json_at(units, i) && *ret < UNITS_MAX; i++) {
                const Json *u = json_at(units, i);
                Str code = json_get_text(u, "unit", STR(""));
                out[(*ret)++] = (Owner){ json_get_text(u, "text", STR("")), json_get_text(u, "department", STR("")),
                                         code.len ? pack_unit(ap->pack, code) : NULL };
        }
        return ST_OK;
}

/* ---- tasks ---- */

/* The owners but the first, as units or words. */
static Status helpers_of(Apply *ap, const Owner *owners, size_t n, size_t leads, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_array_begin(&w);
        for (size_t i = leads; i < n; i++)
                jw_str(&w, owners[i].unit && !owners[i].department.len ? owners[i].unit->code : owners[i].text);
        jw_array_end(&w);
        TRY(jw_finish(&w));
        *ret = arena_str(ap->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status add_task(Apply *ap, const ConfirmItem *item, const Json *fields, const Owner *owner, Str helpers,
                       Buf *result)
{
        int64_t id;
        Date due = apply_deadline(json_get_text(fields, "deadline", STR("")), ap->day);
        Str cadence = json_get_text(fields, "cadence", STR("")), known;
        if (supervise_cadence(cadence, ap->arena, &known) != ST_OK)
                known = STR("");
        if (due.month && date_cmp(due, ap->day) < 0)
                due = DATE_NONE;
        SuperviseNew in = { .meeting = item->meeting,
                            .item = item->id,
                            .action = json_get_text(fields, "action", item->quote),
                            .quote = item->quote,
                            .department = owner->department,
                            .cadence = known,
                            .owner = owner->unit ? owner->unit : ap->own,
                            .helpers = helpers,
                            .due = due,
                            .started = ap->day,
                            .actor = ap->ask->actor };
        TRY(supervise_add(ap->tx, ap->pack, &in, ap->out.event, ap->arena, &id));
        buf_printf(result, "%s%lld", result->len ? "," : "task:", (long long)id);
        ap->out.tasks++;
        return ST_OK;
}

static Status apply_task(Apply *ap, const ConfirmItem *item, Buf *result)
{
        Json *fields;
        Owner *owners = arena_array_of(ap->arena, Owner, UNITS_MAX);
        size_t n, leads = 1;
        Str helpers;
        if (!owners)
                return ST_NOMEM;
        TRY(confirm_json_read(item->fields, ap->arena, &fields));
        TRY(owners_of(ap, item, owners, &n));
        if (n == 0)
                owners[n++] = (Owner){ STR(""), STR(""), ap->own };
        /* 各县区: the first words stand for many, and each of them leads its own. */
        while (leads < n && str_eq(owners[leads].text, owners[0].text))
                leads++;
        if (!owners[0].unit && !owners[0].department.len)
                owners[0].department = owners[0].text;
        TRY(helpers_of(ap, owners, n, leads, &helpers));
        for (size_t i = 0; i < leads; i++)
                TRY(add_task(ap, item, fields, &owners[i], helpers, result));
        return ST_OK;
}

/* ---- lines of letters ---- */

static Str dec_text(Apply *ap, const Json *fields, const char *key)
{
        const Json *j = json_get(fields, key);
        char out[DEC_TEXT_MAX];
        Dec d;
        if (!j || json_dec(j, &d) != ST_OK)
                return STR("");
        return arena_str(ap->arena, str_n(out, dec_to_text(d, out)));
}

static StoreValue or_null(Str s)
{
        return s.len ? sv_text(s) : sv_null();
}

static Status insert_line(Apply *ap, const ApplyLine *l)
{
        return store_exec(ap->tx,
                          "INSERT INTO meeting_line (id, meeting, item, year, unit, indicator, title, measure, op, "
                          "value, value_max, per, deadline, quote, event) "
                          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                          STORE_ARGS(sv_i64(l->id), sv_i64(l->meeting), sv_i64(l->item), sv_i64(l->year),
                                     sv_text(l->unit->code), l->indicator ? sv_text(l->indicator->name) : sv_null(),
                                     sv_text(l->title), sv_text(l->measure), sv_text(l->op), or_null(l->value),
                                     or_null(l->value_max), sv_text(l->per), or_null(l->deadline), sv_text(l->quote),
                                     sv_i64(ap->out.event)),
                          NULL);
}

static Status apply_target(Apply *ap, const ConfirmItem *item, Buf *result)
{
        Json *fields, *link;
        Owner *units = arena_array_of(ap->arena, Owner, UNITS_MAX);
        size_t n;
        if (!units)
                return ST_NOMEM;
        TRY(confirm_json_read(item->fields, ap->arena, &fields));
        TRY(confirm_json_read(item->link, ap->arena, &link));
        TRY(owners_of(ap, item, units, &n));
        if (n == 0 || !units[0].unit)
                units[0] = (Owner){ STR(""), STR(""), ap->own }, n = 1;
        Str said = json_get_text(fields, "deadline", STR(""));
        Date due = apply_deadline(said, ap->day);
        ApplyLine l = { .meeting = item->meeting,
                        .item = item->id,
                        .year = due.month ? due.year : ap->day.year,
                        .indicator =
                                pack_indicator(ap->pack, json_get_text(json_get(link, "indicator"), "name", STR(""))),
                        .title = json_get_text(fields, "indicator", STR("")),
                        .measure = json_get_text(link, "measure", STR("level")),
                        .op = json_get_text(fields, "op", STR(">=")),
                        .value = dec_text(ap, fields, "value"),
                        .value_max = dec_text(ap, fields, "value_max"),
                        .per = json_get_text(fields, "unit", STR("")),
                        .deadline = said,
                        .quote = item->quote };
        if (!l.value.ptr || !l.value_max.ptr)
                return ST_NOMEM;
        TRY(store_new_ids(ap->tx, "meeting_line", (int64_t)n, &l.id));
        for (size_t i = 0; i < n; i++, l.id++) {
                l.unit = units[i].unit ? units[i].unit : ap->own;
                TRY(insert_line(ap, &l));
                if (arena_grow(ap->arena, (void **)&ap->out.new_lines, &ap->line_cap, ap->out.new_line_count + 1,
                               sizeof(l)) < 0)
                        return ST_NOMEM;
                ap->out.new_lines[ap->out.new_line_count++] = l;
                buf_printf(result, "%s%lld", result->len ? "," : "line:", (long long)l.id);
        }
        ap->out.lines += n;
        return ST_OK;
}

/* ---- draft policies ---- */

/* The pack in force with the draft's files put in. */
static Status check_draft(Apply *ap, const Draft *draft, ApplyDraft *ret)
{
        size_t count;
        const PackFile *files = pack_files(ap->pack, &count);
        PackFile *all = arena_array_of(ap->arena, PackFile, count + DRAFT_FILES);
        _cleanup_pack_ Pack *with = NULL;
        _cleanup_diag_ Diag said = DIAG_INIT(ap->diag ? ap->diag->lang : LANG_ZH);
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 20);
        PackCheckReport report = { 0 };
        if (!all)
                return ST_NOMEM;
        memcpy(all, files, count * sizeof(*all));
        memcpy(all + count, draft->files, sizeof(draft->files));
        Status st = pack_load_files(all, count + DRAFT_FILES, NULL, &said, &with);
        if (st == ST_OK)
                st = pack_check(with, &said, &report);
        if (st != ST_OK && st != ST_CHECK && st != ST_INVALID)
                return st;
        diag_print(&said, &b);
        TRY(buf_status(&b));
        Str words = st == ST_OK ? STR("") : buf_str(&b);
        words.len = words.len > SAID_MAX ? SAID_MAX : words.len;
        while (words.len && words.len == SAID_MAX && (words.ptr[words.len - 1] & 0x80)) /* no letter cut through */
                words.len--;
        ret->passes = st == ST_OK;
        ret->cases = (int64_t)report.cases;
        ret->said = arena_str(ap->arena, words);
        return ret->said.ptr ? ST_OK : ST_NOMEM;
}

static Status list_text(Apply *ap, const DraftIncentive *in, size_t n, const Draft *d, Str *ret_items, Str *ret_lacks)
{
        _cleanup_buf_ Buf items = BUF_INIT(1 << 16), lacks = BUF_INIT(1 << 16);
        JsonWriter wi = json_writer(&items, JSON_COMPACT), wl = json_writer(&lacks, JSON_COMPACT);
        jw_array_begin(&wi);
        for (size_t i = 0; i < n; i++)
                jw_i64(&wi, in[i].item);
        jw_array_end(&wi);
        jw_array_begin(&wl);
        for (size_t i = 0; i < d->lack_count; i++)
                jw_str(&wl, d->lacks[i]);
        jw_array_end(&wl);
        TRY(jw_finish(&wi));
        TRY(jw_finish(&wl));
        *ret_items = arena_str(ap->arena, buf_str(&items));
        *ret_lacks = arena_str(ap->arena, buf_str(&lacks));
        return ret_items->ptr && ret_lacks->ptr ? ST_OK : ST_NOMEM;
}

static Status keep_draft(Apply *ap, const Draft *d, const ApplyDraft *row)
{
        TRY(store_exec(ap->tx,
                       "INSERT INTO meeting_draft (name, meeting, items, title, state, passes, cases, said, lacks, "
                       "actor, at, event) VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11)",
                       STORE_ARGS(sv_text(d->name), sv_i64(ap->ask->meeting), sv_text(row->items), sv_text(d->title),
                                  sv_bool(row->passes), sv_i64(row->cases), sv_text(row->said), sv_text(row->lacks),
                                  sv_text(ap->ask->actor), sv_text(ap->at), sv_i64(ap->out.event)),
                       NULL));
        for (size_t i = 0; i < DRAFT_FILES; i++)
                TRY(store_exec(ap->tx, "INSERT INTO meeting_draft_file (draft, path, content) VALUES ($1, $2, $3)",
                               STORE_ARGS(sv_text(d->name), sv_text(d->files[i].path), sv_text(d->files[i].content)),
                               NULL));
        return ST_OK;
}

/* One table of `n` incentives: *ret_result is empty when none could be made; the Diag then says why. */
static Status apply_incentives(Apply *ap, const DraftIncentive *in, size_t n, Str *ret_result)
{
        Draft *d = arena_new_of(ap->arena, Draft);
        ApplyDraft row = { 0 };
        DraftSource source = { .meeting = ap->ask->meeting, .document = ap->meeting.title, .day = ap->day };
        *ret_result = STR("");
        if (!d)
                return ST_NOMEM;
        _cleanup_diag_ Diag said = DIAG_INIT(ap->diag ? ap->diag->lang : LANG_ZH);
        Status st = draft_make(ap->pack, &source, in, n, ap->arena, &said, d);
        if (st == ST_INVALID) {
                for (size_t i = 0; i < said.count; i++)
                        diag_warning(ap->diag, POS_NONE, "%s", "%s", said.msgs[i].text);
                return ST_OK;
        }
        TRY(st);
        TRY(list_text(ap, in, n, d, &row.items, &row.lacks));
        TRY(check_draft(ap, d, &row));
        TRY(keep_draft(ap, d, &row));
        ap->out.drafts++;
        *ret_result = str_c(arena_printf(ap->arena, "draft:%.*s", STR_FMT(d->name)));
        return ret_result->ptr ? ST_OK : ST_NOMEM;
}

/* ---- all of it ---- */

static bool asked(const ApplyAsk *ask, int64_t id)
{
        for (size_t i = 0; i < ask->item_count; i++)
                if (ask->items[i] == id)
                        return true;
        return !ask->items;
}

static bool is_ready(const ApplyAsk *ask, const ConfirmItem *item)
{
        return (item->state == CONFIRM_ACCEPTED || item->state == CONFIRM_MENDED) && !item->result.len &&
               item->kind != CONFIRM_FACT && asked(ask, item->id);
}

static Status set_result(Apply *ap, const ConfirmItem *item, Str result)
{
        if (!result.len) {
                ap->out.left++;
                return ST_OK;
        }
        return confirm_item_result(ap->tx, item, result, ap->out.event);
}

static Status apply_all_incentives(Apply *ap, const ConfirmItem *ready, size_t n)
{
        DraftIncentive *in = arena_array_of(ap->arena, DraftIncentive, n + 1);
        const ConfirmItem **items = arena_array_of(ap->arena, const ConfirmItem *, n + 1);
        size_t count = 0;
        if (!in || !items)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++) {
                Json *fields, *link;
                if (ready[i].kind != CONFIRM_INCENTIVE)
                        continue;
                TRY(confirm_json_read(ready[i].fields, ap->arena, &fields));
                items[count] = &ready[i];
                TRY(confirm_json_read(ready[i].link, ap->arena, &link));
                in[count++] = (DraftIncentive){ ready[i].id, fields, link, ready[i].quote };
        }
        for (size_t i = 0; i < count;) {
                size_t group = draft_group(ap->pack, in + i, count - i);
                Str result;
                TRY(apply_incentives(ap, in + i, group, &result));
                for (size_t k = 0; k < group; k++)
                        TRY(set_result(ap, items[i + k], result));
                i += group;
        }
        return ST_OK;
}

static Status apply_others(Apply *ap, const ConfirmItem *item)
{
        _cleanup_buf_ Buf result = BUF_INIT(1 << 16);
        if (item->kind == CONFIRM_TASK)
                TRY(apply_task(ap, item, &result));
        else if (item->kind == CONFIRM_TARGET)
                TRY(apply_target(ap, item, &result));
        else
                return ST_OK;
        TRY(buf_status(&result));
        return set_result(ap, item, buf_str(&result));
}

static Status record(Apply *ap, const ConfirmItem *ready, size_t n)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "items");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(&w);
                jw_put_i64(&w, "item", ready[i].id);
                jw_put_i64(&w, "version", ready[i].version);
                jw_put_cstr(&w, "kind", confirm_kind_name(ready[i].kind));
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char *subject = arena_printf(ap->arena, "meeting:%lld", (long long)ap->ask->meeting);
        if (!subject)
                return ST_NOMEM;
        return store_event(ap->tx,
                           &(StoreEvent){ .actor = ap->ask->actor,
                                          .op = STR("meeting.apply"),
                                          .subject = str_c(subject),
                                          .payload = buf_str(&b) },
                           &ap->out.event);
}

Status apply_meeting(StoreTx *tx, const Pack *pack, const ApplyAsk *ask, Arena *a, ApplyResult *ret)
{
        Apply ap = { .tx = tx, .pack = pack, .ask = ask, .arena = a, .diag = store_diag(tx) };
        ConfirmItem *items;
        size_t count, n = 0;
        TRY(confirm_meeting(tx, pack, ask->meeting, NULL, a, &ap.meeting));
        if (date_parse(ap.meeting.day, &ap.day) != ST_OK)
                ap.day = clock_today();
        ap.own = ap.meeting.unit.len ? pack_unit(pack, ap.meeting.unit) : NULL;
        if (!ap.own)
                ap.own = pack->unit_count ? &pack->units[0] : NULL;
        if (!ap.own)
                return diag_fail(ap.diag, ST_INVALID, POS_NONE, "城市包里没有单位", "the pack has no units");
        TRY(confirm_items(tx, ask->meeting, NULL, a, &items, &count));
        for (size_t i = 0; i < count; i++)
                if (is_ready(ask, &items[i]))
                        items[n++] = items[i];
        if (n) {
                TRY(confirm_now(a, &ap.at));
                TRY(record(&ap, items, n));
                for (size_t i = 0; i < n; i++)
                        TRY(apply_others(&ap, &items[i]));
                TRY(apply_all_incentives(&ap, items, n));
        }
        *ret = ap.out;
        return ST_OK;
}

/* ---- reading back ---- */

static Status dup(StoreStmt *q, int col, Arena *a, Str *ret)
{
        *ret = store_is_null(q, col) ? STR("") : store_text_dup(q, col, a);
        return ret->ptr ? ST_OK : ST_NOMEM;
}

Status apply_lines(StoreTx *tx, const Pack *pack, int64_t meeting, Arena *a, ApplyLine **ret, size_t *ret_count)
{
        ApplyLine *list = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(tx,
                        "SELECT id, meeting, item, year, unit, indicator, title, measure, op, value, value_max, per, "
                        "deadline, quote FROM meeting_line WHERE meeting = $1 OR $1 = 0 ORDER BY id LIMIT 20000",
                        STORE_ARGS(sv_i64(meeting)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                ApplyLine *l = &list[n++];
                *l = (ApplyLine){ .id = store_i64(q, 0),
                                  .meeting = store_i64(q, 1),
                                  .item = store_i64(q, 2),
                                  .year = store_i64(q, 3),
                                  .unit = pack_unit(pack, store_text(q, 4)),
                                  .indicator = store_is_null(q, 5) ? NULL : pack_indicator(pack, store_text(q, 5)) };
                Str *const texts[] = { &l->title,     &l->measure, &l->op,       &l->value,
                                       &l->value_max, &l->per,     &l->deadline, &l->quote };
                for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                        TRY(dup(q, (int)i + 6, a, texts[i]));
                if (!l->unit)
                        l->unit = &pack->units[0];
        }
        *ret = list;
        *ret_count = n;
        return store_done(q);
}

#define DRAFT_COLUMNS "name, title, state, said, actor, at, items, lacks, meeting, cases, event, passes"

static Status draft_row(StoreStmt *q, Arena *a, ApplyDraft *d)
{
        *d = (ApplyDraft){ .meeting = store_i64(q, 8),
                           .cases = store_i64(q, 9),
                           .event = store_i64(q, 10),
                           .passes = store_i64(q, 11) == 1 };
        Str *const texts[] = { &d->name, &d->title, &d->state, &d->said, &d->actor, &d->at, &d->items, &d->lacks };
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                TRY(dup(q, (int)i, a, texts[i]));
        return ST_OK;
}

Status apply_drafts(StoreTx *tx, int64_t meeting, Arena *a, ApplyDraft **ret, size_t *ret_count)
{
        ApplyDraft *list = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(
                tx, "SELECT " DRAFT_COLUMNS " FROM meeting_draft WHERE meeting = $1 OR $1 = 0 ORDER BY name LIMIT 5000",
                STORE_ARGS(sv_i64(meeting)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                TRY(draft_row(q, a, &list[n++]));
        }
        *ret = list;
        *ret_count = n;
        return store_done(q);
}

Status apply_draft_files(StoreTx *tx, Str name, Arena *a, ApplyDraft *ret, PackFile **ret_files, size_t *ret_count)
{
        PackFile *files = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL, *d = NULL;
        Status st = store_one(tx, "SELECT " DRAFT_COLUMNS " FROM meeting_draft WHERE name = $1",
                              STORE_ARGS(sv_text(name)), &d);
        if (st == ST_NOT_FOUND)
                return diag_fail(store_diag(tx), st, POS_NONE, "没有政策草案“%.*s”，或者无权查看",
                                 "there is no draft \"%.*s\", or it is not yours to see", STR_FMT(name));
        TRY(st);
        TRY(draft_row(d, a, ret));
        TRY(store_query(tx, "SELECT path, content FROM meeting_draft_file WHERE draft = $1 ORDER BY path",
                        STORE_ARGS(sv_text(name)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&files, &cap, n + 1, sizeof(*files)) < 0)
                        return ST_NOMEM;
                TRY(dup(q, 0, a, &files[n].path));
                TRY(dup(q, 1, a, &files[n].content));
                n++;
        }
        *ret_files = files;
        *ret_count = n;
        return store_done(q);
}
