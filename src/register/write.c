/* write.c -- what an import changes: states of records, held rows, one event.
 *
 * The event comes first, because every state names it; it carries a digest over
 * all changes in order (and the changes themselves when they are few), so that
 * the chain vouches for the rows. */
#include <stdlib.h>

#include "codec/json.h"
#include "register/import_int.h"
#include "register/gone.h"
#include "register/state.h"
#include "store/event.h"

enum { LISTED_MAX = 200, LISTED_BYTES = 4 << 20 };

/* ---- the change as JSON: {"key":…,"set":{field: text}} ---- */

/* `"name":` of every field: a million rows say them again and again. */
static Status quote_names(Import *im)
{
        Str *quoted = arena_array_of(im->work, Str, im->reg->field_count + 1);
        if (!quoted)
                return ST_NOMEM;
        for (size_t i = 0; i < im->reg->field_count; i++) {
                buf_clear(&im->change);
                json_put_quoted(&im->change, im->reg->fields[i].name);
                buf_putc(&im->change, ':');
                TRY(buf_status(&im->change));
                if (!(quoted[i] = arena_str(im->work, buf_str(&im->change))).ptr)
                        return ST_NOMEM;
        }
        im->quoted = quoted;
        return ST_OK;
}

/* Compact JSON, written by hand because every row goes through here: texts were seen to be UTF-8 when they were read,
 * and figures and dates hold nothing to escape. */
static void put_change(const Import *im, const ImportRow *r, Buf *out)
{
        bool first = true;
        buf_puts(out, "{\"key\":");
        json_put_quoted(out, r->key);
        buf_puts(out, ",\"set\":{");
        for (size_t i = 0; i < im->reg->field_count; i++) {
                const PackField *f = &im->reg->fields[i];
                const RegisterValue *v = &r->values[i];
                if (!register_stored(f) || (r->existing && register_value_eq(f, v, &r->existing->values[i])))
                        continue;
                if (!v->known && !r->existing)
                        continue;
                if (!first)
                        buf_putc(out, ',');
                first = false;
                buf_put_str(out, im->quoted[i]);
                if (!v->known) {
                        buf_puts(out, "null");
                } else if (register_is_int(f)) {
                        buf_putc(out, '"');
                        register_value_text(f, v, out);
                        buf_putc(out, '"');
                } else {
                        json_put_quoted(out, v->text);
                }
        }
        buf_puts(out, "}}\n");
}

static bool is_written(const ImportRow *r)
{
        return r->state == ROW_GOOD && r->key.ptr && r->changed;
}

Status import_digest(Import *im, const ImportRow *r)
{
        if (im->in->dry_run || !is_written(r))
                return ST_OK;
        if (!im->quoted)
                TRY(quote_names(im));
        Buf *one = &im->change;
        buf_clear(one);
        put_change(im, r, one);
        TRY(buf_status(one));
        sm3_add(im->digest, buf_str(one));
        if (im->written++ < LISTED_MAX && im->changes.len + one->len < LISTED_BYTES) {
                buf_puts(&im->changes, im->changes.len ? "," : "");
                buf_put(&im->changes, one->ptr, one->len - 1);
        }
        return buf_status(&im->changes);
}

/* The event's payload: the file, the counts, the digest of the changes, and the changes when they are few. */
static Status put_payload(Import *im, Buf *out)
{
        uint8_t hash[SM3_SIZE];
        char digest[SM3_HEX];
        sm3_end(im->digest, hash);
        sm3_to_hex(hash, digest);
        const RegisterOutcome *o = im->out;
        JsonWriter w = json_writer(out, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_cstr(&w, "file", im->in->file_name);
        jw_put_cstr(&w, "file_sm3", im->file_hash);
        jw_put_str(&w, "sheet", o->sheet);
        jw_put_i64(&w, "rows", o->rows);
        jw_put_i64(&w, "added", o->added);
        jw_put_i64(&w, "changed", o->changed);
        jw_put_i64(&w, "held", o->held);
        jw_put_i64(&w, "refused", o->refused);
        jw_put_cstr(&w, "changes_sm3", digest);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        if (im->written <= LISTED_MAX && im->changes.len < LISTED_BYTES) { /* into the object that was just closed */
                out->len--;
                buf_puts(out, ",\"changes\":[");
                buf_put_str(out, buf_str(&im->changes));
                buf_puts(out, "]}");
        }
        return buf_status(out);
}

static Status make_event(Import *im, int64_t *ret_event)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        TRY(put_payload(im, &b));
        StoreEvent e = { .actor = im->in->actor,
                         .on_behalf = im->in->on_behalf,
                         .op = STR("register.import"),
                         .subject = im->reg->name,
                         .reason = str_trim(im->in->reason).len ? str_trim(im->in->reason)
                                                                : str_trim(im->in->explanation),
                         .payload = buf_str(&b) };
        return store_event(im->tx, &e, ret_event);
}

static Status record_file(Import *im, int64_t event, int64_t *ret_id)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        jw_object_begin(&w);
        for (size_t i = 0; i < im->out->column_count; i++) {
                const RegisterColumn *c = &im->out->columns[i];
                if (!c->field)
                        continue;
                char name[8];
                size_t n = sheet_col_name(c->col, name);
                jw_key(&w, c->field->name);
                jw_str(&w, str_n(name, n));
        }
        jw_object_end(&w);
        TRY(jw_finish(&w));
        char at[40];
        size_t n = instant_to_text(clock_now(), at);
        TRY(store_new_ids(im->tx, "import_file", 1, ret_id));
        return store_exec(im->tx,
                          "INSERT INTO import_file (id, register, file, sheet, hash, columns, actor, at, event) "
                          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                          STORE_ARGS(sv_i64(*ret_id), sv_text(im->reg->name), sv_cstr(im->in->file_name),
                                     sv_text(im->out->sheet), sv_cstr(im->file_hash), sv_text(buf_str(&b)),
                                     sv_text(im->in->actor), sv_text(str_n(at, n)), sv_i64(event)),
                          NULL);
}

/* ---- states ---- */

/* What is kept with the state: the answer to the soft checks, and why it was changed. */
static Status reason_of(Import *im, const ImportRow *r, Str *ret)
{
        Str own = r->explanation ? str_c(r->explanation) : STR_NONE,
            answer = own.len ? own : str_trim(im->in->explanation), why = str_trim(im->in->reason);
        *ret = answer.len ? answer : why;
        if (!answer.len || !why.len || str_eq(answer, why))
                return ST_OK;
        char *both = arena_printf(im->work, "%.*s；%.*s", STR_FMT(why), STR_FMT(answer));
        *ret = str_c(both);
        return both ? ST_OK : ST_NOMEM;
}

static Status write_row(Import *im, StateWriter *w, const ImportRow *r)
{
        const RegisterRecord *old = r->existing;
        State s = { .version = 1 };
        if (old) {
                s = state_after(old);
                s.present = !r->revived;
        }
        s.key = r->key;
        s.unit = r->unit;
        s.values = r->values;
        TRY(reason_of(im, r, &s.reason));
        s.row = r->number;
        TRY(state_put(w, &s));
        return r->revived ? gone_forget(im->tx, im->reg, old->id) : ST_OK;
}

/* ---- children that stand where their parent does ---- */

/* Their new place is a new state, so that a past day is answered with the old one; what they came from stays theirs. */
static Status move_child(StateWriter *w, Date day, const ImportRow *r, const RegisterRecord *child, Str reason)
{
        State s = state_after(child);
        if (str_eq(child->unit, r->unit))
                return ST_OK;
        s.unit = r->unit.len ? r->unit : STR_NONE;
        s.reason = reason;
        w->import = child->import;
        date_to_text(date_cmp(child->from, day) > 0 ? child->from : day, w->day);
        return state_put(w, &s);
}

/* A record that moved takes its children along; w: their writers, by their place among the children, begun when one is
 * needed. */
static Status move_children(Import *im, int64_t event, StateWriter *w, const ImportRow *r)
{
        Date day = import_day(im);
        for (size_t i = 0; r->existing && !str_eq(r->unit, r->existing->unit) && i < im->reg->child_count; i++) {
                const PackRegister *child = im->reg->children[i];
                RegisterRecord *rows;
                size_t n;
                Str reason;
                if (child->place)
                        continue;
                TRY(register_where(im->tx, im->pack, child, "k_owner", r->key, im->chunk, &rows, &n));
                if (n && !w[i].tx) {
                        w[i] = (StateWriter){ .tx = im->tx, .reg = child, .arena = im->work, .event = event,
                                              .actor = im->in->actor, .from = day };
                        TRY(state_writer_begin(&w[i], 0));
                }
                TRY(reason_of(im, r, &reason));
                for (size_t k = 0; k < n; k++)
                        TRY(move_child(&w[i], day, r, &rows[k], reason));
        }
        return ST_OK;
}

/* ---- held rows ---- */

static const RegisterProblem *problem_at(const Import *im, size_t i)
{
        return im->by_row[i];
}

static int compare_problems(const void *a, const void *b)
{
        const RegisterProblem *x = *(const RegisterProblem *const *)a, *y = *(const RegisterProblem *const *)b;
        return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : (x > y) - (x < y);
}

static Status index_problems(Import *im)
{
        size_t n = im->out->problem_count;
        im->by_row = arena_array_of(im->work, const RegisterProblem *, n + 1);
        if (!im->by_row)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                im->by_row[i] = &im->out->problems[i];
        qsort(im->by_row, n, sizeof(*im->by_row), compare_problems);
        return ST_OK;
}

/* Where the row's problems begin in im->by_row. */
static size_t first_problem(const Import *im, uint32_t row)
{
        size_t low = 0, high = im->out->problem_count;
        while (low < high) {
                size_t mid = low + (high - low) / 2;
                if (im->by_row[mid]->row < row)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low;
}

static Status held_json(Import *im, const ImportRow *r, Buf *data, Buf *reasons)
{
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        JsonWriter w = json_writer(data, JSON_COMPACT);
        jw_object_begin(&w);
        for (size_t i = 0; i < im->reg->field_count; i++) {
                if (!im->given[i] || !r->values[i].known)
                        continue;
                buf_clear(&text);
                register_value_text(&im->reg->fields[i], &r->values[i], &text);
                TRY(buf_status(&text));
                jw_key(&w, im->reg->fields[i].name);
                jw_str(&w, buf_str(&text));
        }
        jw_object_end(&w);
        TRY(jw_finish(&w));
        w = json_writer(reasons, JSON_COMPACT);
        jw_array_begin(&w);
        for (size_t i = first_problem(im, r->number); i < im->out->problem_count && problem_at(im, i)->row == r->number;
             i++)
                if (problem_at(im, i)->level == REGISTER_EXPLAIN)
                        jw_str(&w, problem_at(im, i)->text);
        jw_array_end(&w);
        return jw_finish(&w);
}

static Status load_held(Import *im, Map *ret)
{
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(im->tx, "SELECT key, data FROM held_row WHERE register = $1",
                             STORE_ARGS(sv_text(im->reg->name)), &q));
        while (store_next(q)) {
                Str *data = arena_new_of(im->work, Str);
                Str key = store_text_dup(q, 0, im->work);
                if (!data || !key.ptr || !(*data = store_text_dup(q, 1, im->work)).ptr)
                        return ST_NOMEM;
                TRY(map_put(ret, key, data));
        }
        return store_done(q);
}

static Status count_rows(Import *im, const Map *held, int64_t *ret_writes)
{
        int64_t writes = 0;
        RegisterOutcome *o = im->out;
        for (size_t i = 0; i < im->row_count; i++) {
                ImportRow *r = import_row(im, i);
                if (r->state == ROW_REFUSED || !r->key.ptr) {
                        o->refused++;
                } else if (r->state == ROW_HELD) {
                        o->held++;
                        _cleanup_buf_ Buf data = BUF_INIT(1 << 20), reasons = BUF_INIT(1 << 20);
                        TRY(import_values(im, r, &r->values));
                        TRY(held_json(im, r, &data, &reasons));
                        arena_reset(im->chunk);
                        const Str *before = map_get(held, r->key);
                        writes += !before || !str_eq(*before, buf_str(&data));
                } else if (r->state == ROW_MERGED || !r->changed) {
                        o->unchanged++;
                        writes += r->state != ROW_MERGED && map_get(held, r->key);
                } else {
                        *(r->existing ? &o->changed : &o->added) += 1;
                        writes++;
                }
        }
        *ret_writes = writes;
        return ST_OK;
}

static Status write_held(Import *im, const ImportRow *r, int64_t import)
{
        _cleanup_buf_ Buf data = BUF_INIT(1 << 20), reasons = BUF_INIT(1 << 20);
        TRY(held_json(im, r, &data, &reasons));
        int64_t id;
        TRY(store_new_ids(im->tx, "held_row", 1, &id));
        return store_exec(
                im->tx,
                "INSERT INTO held_row (id, register, key, import, \"row\", data, reasons) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT (register, key) DO UPDATE SET import = excluded.import, \"row\" = excluded.\"row\", "
                "data = excluded.data, reasons = excluded.reasons",
                STORE_ARGS(sv_i64(id), sv_text(im->reg->name), sv_text(r->key), sv_i64(import), sv_i64(r->number),
                           sv_text(buf_str(&data)), sv_text(buf_str(&reasons))),
                NULL);
}

/* w: the register's writer, after it those of its children. */
static Status write_one(Import *im, StateWriter *w, const Map *held, ImportRow *r)
{
        if (!r->key.ptr || (r->state != ROW_HELD && r->state != ROW_GOOD))
                return ST_OK;
        TRY(import_values(im, r, &r->values));
        if (r->state == ROW_HELD)
                return write_held(im, r, w->import);
        if (r->changed) {
                TRY(write_row(im, w, r));
                TRY(move_children(im, w->event, w + 1, r));
        }
        if (!map_get(held, r->key))
                return ST_OK;
        return store_exec(im->tx, "DELETE FROM held_row WHERE register = $1 AND key = $2",
                          STORE_ARGS(sv_text(im->reg->name), sv_text(r->key)), NULL);
}

Status import_write(Import *im)
{
        _cleanup_map_ Map held = MAP_INIT(IMPORT_ROWS_MAX);
        int64_t writes;
        TRY(index_problems(im));
        TRY(load_held(im, &held));
        TRY(count_rows(im, &held, &writes));
        if (im->in->dry_run || writes == 0)
                return ST_OK;
        StateWriter *w = arena_array_of(im->work, StateWriter, im->reg->child_count + 1);
        if (!w)
                return ST_NOMEM;
        w[0] = (StateWriter){
                .tx = im->tx, .reg = im->reg, .arena = im->work, .actor = im->in->actor, .from = import_day(im)
        };
        TRY(make_event(im, &w[0].event));
        TRY(record_file(im, w[0].event, &w[0].import));
        Status st = state_writer_begin(&w[0], im->out->added);
        for (size_t i = 0; st == ST_OK && i < im->row_count; i++) {
                st = write_one(im, w, &held, import_row(im, i));
                arena_reset(im->chunk);
        }
        for (size_t i = 0; i <= im->reg->child_count; i++) {
                if (st == ST_OK && w[i].tx)
                        st = state_writer_end(&w[i]);
                if (w[i].tx)
                        state_writer_release(&w[i]);
        }
        if (st == ST_OK)
                im->out->event = w[0].event;
        return st;
}
