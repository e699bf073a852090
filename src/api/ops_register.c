/* ops_register.c -- registers: pages, one record's file, import, error workbook, export. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/outcome.h"
#include "api/record.h"
#include "api/temp.h"
#include "api_operations.h"
#include "codec/sheet.h"

enum { PAGE_DEFAULT = 50, CHILDREN_MAX = 200, PROBLEMS_SHOWN = 10000 };

Status api_put_outcome(ApiCall *call, const RegisterOutcome *o, bool dry_run)
{
        static const char *const levels[] = { [REGISTER_ERROR] = "error",
                                              [REGISTER_EXPLAIN] = "explain",
                                              [REGISTER_WARNING] = "warning",
                                              [REGISTER_NOTE] = "note" };
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "dry_run", dry_run);
        jw_put_i64(&w, "rows", o->rows);
        jw_put_i64(&w, "added", o->added);
        jw_put_i64(&w, "changed", o->changed);
        jw_put_i64(&w, "unchanged", o->unchanged);
        jw_put_i64(&w, "refused", o->refused);
        jw_put_i64(&w, "held", o->held);
        jw_put_array(&w, "columns");
        for (size_t i = 0; i < o->column_count; i++) {
                jw_object_begin(&w);
                char letter[8];
                jw_put_str(&w, "header", o->columns[i].header);
                jw_put_str(&w, "column", str_n(letter, sheet_col_name(o->columns[i].col, letter)));
                if (o->columns[i].explanation)
                        jw_put_bool(&w, "explanation", true);
                if (o->columns[i].field)
                        jw_put_str(&w, "field", o->columns[i].field->name);
                else
                        jw_put_null(&w, "field");
                if (o->columns[i].unit.len)
                        jw_put_str(&w, "unit", o->columns[i].unit);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_put_array(&w, "problems");
        for (size_t i = 0; i < o->problem_count && i < PROBLEMS_SHOWN; i++) {
                const RegisterProblem *p = &o->problems[i];
                char cell[16] = "";
                if (p->col)
                        sheet_ref(p->row, p->col, cell);
                jw_object_begin(&w);
                jw_put_str(&w, "sheet", p->sheet.ptr ? p->sheet : STR(""));
                jw_put_cstr(&w, "cell", cell);
                jw_put_i64(&w, "row", p->row);
                if (p->header.len)
                        jw_put_str(&w, "column", p->header);
                if (p->field)
                        jw_put_str(&w, "field", p->field->name);
                if (p->unit.len)
                        jw_put_str(&w, "unit", p->unit);
                if (p->indicator.len)
                        jw_put_str(&w, "indicator", p->indicator);
                jw_put_str(&w, "found", p->found.ptr ? p->found : STR(""));
                jw_put_cstr(&w, "severity", levels[p->level]);
                jw_put_str(&w, "text", p->text);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_put_i64(&w, "problem_count", o->problem_total);
        if (o->event)
                jw_put_i64(&w, "event", o->event);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_register(ApiCall *call, const PackRegister **ret)
{
        Str name = api_param(call, "register");
        *ret = pack_register(call->pack, name);
        return *ret ? ST_OK
                    : diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有库“%.*s”", "there is no register \"%.*s\"",
                                STR_FMT(name));
}

static Status as_of_param(ApiCall *call, Date *date, const Date **ret)
{
        Str text = api_param(call, "as_of");
        *ret = NULL;
        if (!text.ptr)
                return ST_OK;
        *ret = date;
        return date_parse(text, date);
}

/* "138****5678": the first and last characters of personal data. */
static void put_masked(Buf *out, Str s)
{
        size_t keep = s.len >= 8 ? 3 : 1;
        if (s.len <= 2 * keep) {
                buf_puts(out, "****");
                return;
        }
        buf_put(out, s.ptr, keep);
        buf_puts(out, "****");
        buf_put(out, s.ptr + s.len - keep, keep);
}

Status api_value_text(ApiCall *call, const PackField *f, const RegisterValue *v, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20), masked = BUF_INIT(1 << 20);
        *ret = STR_NONE;
        if (!v->known)
                return ST_OK;
        register_value_text(f, v, &b);
        TRY(buf_status(&b));
        if (f->personal && !api_sees_personal(call)) {
                put_masked(&masked, buf_str(&b));
                *ret = arena_str(call->arena, buf_str(&masked));
        } else {
                *ret = arena_str(call->arena, buf_str(&b));
        }
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static void put_or_null(JsonWriter *w, Str s)
{
        if (s.ptr)
                jw_str(w, s);
        else
                jw_null(w);
}

static Status put_records(ApiCall *call, JsonWriter *w, const PackRegister *reg, const RegisterRecord *rows, size_t n,
                          int64_t total, int64_t offset)
{
        jw_object_begin(w);
        jw_put_str(w, "register", reg->name);
        jw_put_i64(w, "total", total);
        jw_put_i64(w, "offset", offset);
        jw_put_array(w, "fields");
        for (size_t f = 0; f < reg->field_count; f++)
                jw_str(w, reg->fields[f].name);
        jw_array_end(w);
        jw_put_array(w, "rows");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(w);
                jw_put_str(w, "key", rows[i].key);
                jw_put_array(w, "values");
                for (size_t f = 0; f < reg->field_count; f++) {
                        Str s;
                        TRY(api_value_text(call, &reg->fields[f], &rows[i].values[f], &s));
                        put_or_null(w, s);
                }
                jw_array_end(w);
                jw_object_end(w);
        }
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}

/* "name", or "-name" for downwards. */
static Status sort_param(ApiCall *call, const PackRegister *reg, RegisterQuery *q)
{
        Str sort = api_param(call, "sort");
        q->descending = sort.len && sort.ptr[0] == '-';
        if (sort.len && !(q->sort = pack_field(reg, q->descending ? str_n(sort.ptr + 1, sort.len - 1) : sort)))
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "没有字段“%.*s”可以排序",
                                 "no field \"%.*s\" to sort by", STR_FMT(sort));
        return ST_OK;
}

Status api_op_record_list(ApiCall *call)
{
        const PackRegister *reg;
        Date day;
        RegisterRecord *rows;
        size_t n;
        int64_t total;
        TRY(api_register(call, &reg));
        RegisterQuery q = { .within = api_param(call, "unit").ptr ? api_unit(call) : call->within,
                            .words = api_param(call, "q"),
                            .where = api_param(call, "where"),
                            .offset = api_param_int(call, "offset", 0),
                            .limit = api_param_int(call, "limit", PAGE_DEFAULT),
                            .kept = api_columns(call->world) };
        TRY(sort_param(call, reg, &q));
        TRY(as_of_param(call, &day, &q.as_of));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(register_list(tx, call->pack, reg, &q, call->arena, call->diag, &rows, &n, &total));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        TRY(put_records(call, &w, reg, rows, n, total, q.offset));
        return jw_finish(&w);
}

/* ---- one record's file ---- */

static Status put_change(ApiCall *call, JsonWriter *w, const PackField *f, const RegisterValue *before,
                         const RegisterValue *after)
{
        Str b, a;
        TRY(api_value_text(call, f, before, &b));
        TRY(api_value_text(call, f, after, &a));
        jw_object_begin(w);
        jw_put_str(w, "field", f->name);
        jw_key(w, STR("before"));
        put_or_null(w, b);
        jw_key(w, STR("after"));
        put_or_null(w, a);
        jw_object_end(w);
        return ST_OK;
}

static Status put_versions(ApiCall *call, StoreTx *tx, JsonWriter *w, const PackRegister *reg, int64_t id)
{
        RegisterRecord *v;
        size_t n;
        char text[24];
        static const RegisterValue none = { .text = STR_NONE };
        TRY(register_versions(tx, call->pack, reg, id, call->arena, &v, &n));
        jw_put_array(w, "versions");
        for (size_t i = 0; i < n; i++) {
                jw_object_begin(w);
                jw_put_str(w, "from", str_n(text, date_to_text(v[i].from, text)));
                if (v[i].to.month)
                        jw_put_str(w, "to", str_n(text, date_to_text(v[i].to, text)));
                jw_put_str(w, "by", v[i].actor.ptr ? v[i].actor : STR(""));
                if (v[i].reason.ptr)
                        jw_put_str(w, "why", v[i].reason);
                jw_put_i64(w, "event", v[i].event);
                jw_put_array(w, "changes");
                for (size_t f = 0; f < reg->field_count; f++) {
                        const RegisterValue *before = i + 1 < n ? &v[i + 1].values[f] : &none;
                        if (!register_value_eq(&reg->fields[f], before, &v[i].values[f]))
                                TRY(put_change(call, w, &reg->fields[f], before, &v[i].values[f]));
                }
                jw_array_end(w);
                jw_object_end(w);
        }
        jw_array_end(w);
        return ST_OK;
}

static Status put_children(ApiCall *call, StoreTx *tx, JsonWriter *w, const PackRegister *reg, Str key,
                           const Date *as_of)
{
        jw_put_array(w, "children");
        for (size_t i = 0; i < reg->child_count; i++) {
                RegisterRecord *rows;
                size_t n;
                int64_t total;
                RegisterQuery q = { .owner = key, .as_of = as_of, .limit = CHILDREN_MAX };
                TRY(register_list(tx, call->pack, reg->children[i], &q, call->arena, call->diag, &rows, &n, &total));
                TRY(put_records(call, w, reg->children[i], rows, n, total, 0));
        }
        jw_array_end(w);
        return ST_OK;
}

static bool may_see(const ApiCall *call, const RegisterRecord *r)
{
        const PackUnit *u = r->unit.len ? pack_unit(call->pack, r->unit) : NULL;
        return !call->within || call->within->depth == 0 || (u && pack_unit_within(u, call->within));
}

static Status tell_gone(ApiCall *call, StoreTx *tx, const PackRegister *reg, Str key)
{
        RegisterGone *rows;
        size_t n;
        int64_t total;
        char day[24];
        TRY(register_gone(tx, call->pack, reg, call->within, 0, INT64_MAX, call->arena, &rows, &n, &total));
        for (size_t i = 0; i < n; i++) {
                if (!str_eq(rows[i].key, key))
                        continue;
                date_to_text(rows[i].day, day);
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "“%.*s”已于 %s 删除：%.*s（%.*s）",
                                 "\"%.*s\" was deleted on %s: %.*s (%.*s)", STR_FMT(key), day, STR_FMT(rows[i].reason),
                                 STR_FMT(rows[i].actor));
        }
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有“%.*s”，或者无权查看",
                         "there is no \"%.*s\", or it is not yours to see", STR_FMT(key));
}

Status api_record(ApiCall *call, StoreTx *tx, const PackRegister *reg, Str key, const Date *as_of, RegisterRecord *ret)
{
        RegisterRecord r;
        Status st = register_get(tx, call->pack, reg, key, as_of, call->arena, &r);
        if (st == ST_NOT_FOUND) {
                Str now;
                TRY(register_resolve(tx, reg, key, call->arena, &now));
                if (!str_eq(now, key))
                        st = register_get(tx, call->pack, reg, now, as_of, call->arena, &r);
        }
        if (st == ST_NOT_FOUND || (st == ST_OK && !may_see(call, &r)))
                return tell_gone(call, tx, reg, key);
        TRY(st);
        *ret = r;
        return ST_OK;
}

void api_put_or_null(JsonWriter *w, const char *key, Str s)
{
        if (s.ptr)
                jw_put_str(w, key, s);
        else
                jw_put_null(w, key);
}

void api_put_date(JsonWriter *w, const char *key, Date d)
{
        char text[24];
        if (d.month)
                jw_put_str(w, key, str_n(text, date_to_text(d, text)));
        else
                jw_put_null(w, key);
}

Status api_op_record_show(ApiCall *call)
{
        const PackRegister *reg;
        const Date *as_of;
        Date day;
        RegisterRecord r;
        Str key = api_param(call, "key");
        TRY(api_register(call, &reg));
        TRY(as_of_param(call, &day, &as_of));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        TRY(api_record(call, tx, reg, key, as_of, &r));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "register", reg->name);
        jw_put_str(&w, "key", r.key);
        jw_put_array(&w, "values");
        for (size_t f = 0; f < reg->field_count; f++) {
                Str s;
                _cleanup_buf_ Buf shown = BUF_INIT(1 << 20);
                TRY(api_value_text(call, &reg->fields[f], &r.values[f], &s));
                if (!reg->fields[f].personal || api_sees_personal(call))
                        register_value_shown(call->pack, &reg->fields[f], &r.values[f], call->lang, &shown);
                TRY(buf_status(&shown));
                jw_object_begin(&w);
                jw_put_str(&w, "field", reg->fields[f].name);
                jw_key(&w, STR("value"));
                put_or_null(&w, s);
                if (shown.len)
                        jw_put_str(&w, "shown", buf_str(&shown));
                jw_object_end(&w);
        }
        jw_array_end(&w);
        TRY(put_versions(call, tx, &w, reg, r.id));
        TRY(put_children(call, tx, &w, reg, r.key, as_of));
        jw_object_end(&w);
        return jw_finish(&w);
}

/* ---- import and export ---- */

static Status import(ApiCall *call, bool dry_run, const char *errors_out, RegisterOutcome *ret)
{
        const PackRegister *reg;
        Period period;
        TRY(api_register(call, &reg));
        Str file = api_param(call, "file");
        RegisterImport in = { .file_name = file.len ? file.ptr : "upload",
                              .bytes = call->body,
                              .path = call->body_path,
                              .within = call->within,
                              .explanation = api_param(call, "explanation"),
                              .columns = api_param(call, "columns"),
                              .reason = api_param(call, "reason"),
                              .dry_run = dry_run,
                              .errors_out = errors_out,
                              .actor = call->actor,
                              .lang = call->lang,
                              .progress = call->progress,
                              .progress_ctx = call->progress_ctx };
        if (api_param(call, "period").ptr) {
                TRY(api_param_period(call, "period", &period));
                in.period = &period;
        }
        if (api_param(call, "valid_from").ptr)
                TRY(date_parse(api_param(call, "valid_from"), &in.valid_from));
        return register_import(call->store, call->pack, reg, &in, call->arena, call->diag, ret);
}

Status api_op_record_import(ApiCall *call)
{
        RegisterOutcome out;
        bool dry = api_param_bool(call, "dry_run");
        TRY(import(call, dry, NULL, &out));
        return api_put_outcome(call, &out, dry);
}

Status api_op_record_errors(ApiCall *call)
{
        RegisterOutcome out;
        _cleanup_temp_ ApiTemp temp = { .path = "" };
        TRY(api_temp_name(".xlsx", &temp));
        TRY(import(call, true, temp.path, &out));
        call->file_name = STR("errors.xlsx");
        call->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        return api_temp_read(&temp, call);
}

Status api_op_record_export(ApiCall *call)
{
        const PackRegister *reg;
        const Date *as_of;
        Date day;
        int64_t rows;
        static const struct {
                const char *word, *ending, *type;
        } formats[] = { { "xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
                        { "csv", ".csv", "text/csv; charset=utf-8" },
                        { "tsv", ".tsv", "text/tab-separated-values; charset=utf-8" },
                        { "json", ".json", "application/json" } };
        size_t format = 0;
        for (size_t i = 0; i < ARRAY_LEN(formats); i++)
                if (str_eq_c(api_param(call, "format"), formats[i].word))
                        format = i;
        TRY(api_register(call, &reg));
        TRY(as_of_param(call, &day, &as_of));
        _cleanup_temp_ ApiTemp temp = { .path = "" };
        TRY(api_temp_name(formats[format].ending, &temp));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        RegisterQuery q = { .within = api_param(call, "unit").ptr ? api_unit(call) : call->within,
                            .kept = api_columns(call->world),
                            .words = api_param(call, "q"),
                            .where = api_param(call, "where"),
                            .as_of = as_of };
        TRY(sort_param(call, reg, &q));
        TRY(register_export(tx, call->pack, reg, &q, temp.path, call->lang, call->diag, &rows));
        char *name = arena_printf(call->arena, "%.*s%s", STR_FMT(reg->name), formats[format].ending);
        if (!name)
                return ST_NOMEM;
        call->file_name = str_c(name);
        call->type = formats[format].type;
        return api_temp_read(&temp, call);
}
