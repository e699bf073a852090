/* report.c -- a sheet of one row a unit and one column an indicator becomes a period's figures.
 *
 * Stages: find the header, read rows, check (hard and soft), compare with what is
 * there, write.  A row called 合计 or 全市 (or the upper unit's own name) is not a unit
 * that reports: its figures must be the sums of the others. */
#include <stdio.h>

#include "codec/sheet.h"
#include "codec/text_norm.h"
#include "indicator/year.h"
#include "pack/scope.h"
#include "store/event.h"

enum { HEADER_SEARCH = 20, ROWS_MAX = 20000, COLUMNS_MAX = 500 };

typedef struct Column {
        const PackFormItem *item; /* NULL: left out */
        uint32_t col;
        Str header, unit;
        bool is_unit; /* the column that names the units */
} Column;

typedef struct Figure {
        bool given, known; /* there is a cell; it holds a number */
        bool changed;
        int64_t value, old;
        int64_t version; /* of what is there; 0: nothing */
        Str raw;
} Figure;

typedef struct Row {
        uint32_t number;
        const PackUnit *unit; /* NULL: totals */
        bool totals, refused, held;
        Figure *figures; /* by form item */
} Row;

typedef struct Report {
        const Pack *pack;
        const PackForm *form;
        const IndicatorReport *in;
        Arena *arena;
        Diag *diag;
        StoreTx *tx;
        RegisterOutcome *out;
        size_t problem_cap;
        Column *columns;
        size_t column_count;
        uint32_t header_row, unit_col;
        Row *rows;
        size_t row_count, row_cap;
} Report;

static Status problem(Report *r, Row *row, RegisterProblemLevel level, const Column *c, Str found, const char *zh,
                      const char *en, ...)
        __attribute__((format(printf, 6, 8), format(printf, 7, 8), warn_unused_result));
static Status problem(Report *r, Row *row, RegisterProblemLevel level, const Column *c, Str found, const char *zh,
                      const char *en, ...)
{
        if (level == REGISTER_ERROR)
                row->refused = true;
        if (level == REGISTER_EXPLAIN && !str_trim(r->in->explanation).len)
                row->held = true;
        RegisterOutcome *o = r->out;
        o->problem_total++;
        if (o->problem_count >= REGISTER_PROBLEMS_MAX)
                return ST_OK;
        if (arena_grow(r->arena, (void **)&o->problems, &r->problem_cap, o->problem_count + 1,
                       sizeof(RegisterProblem)) < 0)
                return ST_NOMEM;
        va_list ap;
        va_start(ap, en);
        char *text = arena_vprintf(r->arena, r->in->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        Str kept = arena_str(r->arena, found.ptr ? found : STR(""));
        if (!text || !kept.ptr)
                return ST_NOMEM;
        o->problems[o->problem_count++] = (RegisterProblem){ .level = level,
                                                             .sheet = o->sheet,
                                                             .row = row->number,
                                                             .col = c ? c->col : 0,
                                                             .header = c ? c->header : STR_NONE,
                                                             .found = kept,
                                                             .text = str_c(text) };
        return ST_OK;
}

/* ---- reading ---- */

static bool names_units(const Report *r, Str header)
{
        static const char *const words[] = { "单位", "县区",     "县(市、区)", "县（市、区）", "县市区", "区县",
                                             "地区", "填报单位", "单位名称",   "unit",         "county" };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(header, words[i]))
                        return true;
        return str_eq(header, r->form->units->title.zh) || str_eq(header, r->form->units->name);
}

static Status match_header(Report *r, const SheetRow *row, Column *out, size_t *ret_count, size_t *ret_fit)
{
        size_t n = 0, fit = 0;
        bool has_unit = false;
        for (size_t i = 0; i < row->count && n < COLUMNS_MAX; i++) {
                Str text = str_trim(row->cells[i].text), unit = STR_NONE;
                if (!text.len)
                        continue;
                const PackFormItem *item = pack_form_match(r->form, text, &unit);
                bool is_unit = !item && !has_unit && names_units(r, text);
                out[n++] = (Column){ item, row->cells[i].col, arena_str(r->arena, text),
                                     unit.len ? arena_str(r->arena, unit) : STR(""), is_unit };
                has_unit |= is_unit;
                fit += item != NULL;
                if (!out[n - 1].header.ptr || !out[n - 1].unit.ptr)
                        return ST_NOMEM;
        }
        *ret_count = n;
        *ret_fit = has_unit ? fit : 0;
        return ST_OK;
}

static Status find_header(Report *r, SheetBook *book, size_t *ret_sheet)
{
        size_t best = 0;
        Column *columns = arena_array_of(r->arena, Column, COLUMNS_MAX);
        r->columns = arena_array_of(r->arena, Column, COLUMNS_MAX);
        if (!columns || !r->columns)
                return ST_NOMEM;
        for (size_t s = 0; s < sheet_book_count(book); s++) {
                if (sheet_book_info(book, s).state != SHEET_VISIBLE)
                        continue;
                _cleanup_(sheet_freep) SheetReader *reader = NULL;
                TRY(sheet_open(book, s, r->diag, &reader));
                for (int i = 0; i < HEADER_SEARCH; i++) {
                        const SheetRow *row;
                        size_t n, fit;
                        TRY(sheet_next(reader, r->diag, &row));
                        if (!row)
                                break;
                        TRY(match_header(r, row, columns, &n, &fit));
                        if (fit <= best)
                                continue;
                        best = fit;
                        *ret_sheet = s;
                        r->header_row = row->number;
                        r->column_count = n;
                        memcpy(r->columns, columns, n * sizeof(*columns));
                }
        }
        if (best == 0)
                return diag_fail(r->diag, ST_INVALID, POS_FILE(r->in->file_name),
                                 "没有找到表头：需要一列“%.*s”和“%.*s”的指标名",
                                 "no header found: a column \"%.*s\" and the indicators of \"%.*s\" are needed",
                                 STR_FMT(r->form->units->title.zh), STR_FMT(r->form->title.zh));
        r->out->sheet = arena_str(r->arena, sheet_book_info(book, *ret_sheet).name);
        r->out->columns = arena_array_of(r->arena, RegisterColumn, r->column_count);
        if (!r->out->columns)
                return ST_NOMEM;
        for (size_t i = 0; i < r->column_count; i++) {
                r->out->columns[r->out->column_count++] =
                        (RegisterColumn){ .header = r->columns[i].header, .col = r->columns[i].col,
                                          .unit = r->columns[i].unit };
                for (size_t k = 0; k < i; k++)
                        if (r->columns[i].item && r->columns[i].item == r->columns[k].item) {
                                diag_error(r->diag, POS_FILE(r->in->file_name), "有两列都是“%.*s”：请删去一列",
                                           "two columns are \"%.*s\": remove one",
                                           STR_FMT(r->columns[i].item->indicator->title.zh));
                                return ST_INVALID;
                        }
        }
        return ST_OK;
}

static const SheetCell *cell_at(const SheetRow *row, uint32_t col)
{
        for (size_t i = 0; i < row->count; i++)
                if (row->cells[i].col == col)
                        return &row->cells[i];
        return NULL;
}

static bool is_totals(Str name)
{
        static const char *const words[] = { "合计", "总计", "全市", "全市合计", "小计", "total", "Total" };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_eq_c(name, words[i]))
                        return true;
        return false;
}

static Status name_unit(Report *r, Row *row, const Column *c, const SheetCell *cell)
{
        NormText name;
        TRY(text_norm(r->arena, cell->text, NORM_NFC | NORM_NO_BLANKS, &name));
        if (is_totals(name.text)) {
                row->totals = true;
                return ST_OK;
        }
        const PackUnit *u = NULL;
        Status st = pack_unit_match(r->pack, name.text, NULL, period_last_day(r->in->period), &u);
        if (st == ST_NOT_FOUND)
                return problem(r, row, REGISTER_ERROR, c, cell->text, "没有这个单位", "there is no such unit");
        if (st == ST_CONFLICT)
                return problem(r, row, REGISTER_ERROR, c, cell->text, "有不止一个同名的单位，请写代码",
                               "several units have this name: write the code");
        TRY(st);
        if (u->kind != r->form->units && u->kind->index < r->form->units->index) {
                row->totals = true;
                return ST_OK;
        }
        row->unit = u;
        if (u->kind != r->form->units)
                return problem(r, row, REGISTER_ERROR, c, cell->text, "这个单位不填报本表",
                               "this unit does not report on this form");
        if (r->in->within && !pack_unit_within(u, r->in->within))
                return problem(r, row, REGISTER_ERROR, c, cell->text, "不是本单位，无权填报", "not your own unit");
        for (size_t i = 0; i < r->row_count; i++)
                if (r->rows[i].unit == u)
                        return problem(r, row, REGISTER_ERROR, c, cell->text, "与第 %u 行是同一单位",
                                       "the same unit as row %u", r->rows[i].number);
        return ST_OK;
}

static Status read_row(Report *r, const SheetRow *sheet_row, Row *row)
{
        for (size_t i = 0; i < r->column_count; i++) {
                const Column *c = &r->columns[i];
                const SheetCell *cell = cell_at(sheet_row, c->col);
                if (c->is_unit && cell)
                        TRY(name_unit(r, row, c, cell));
                if (!c->item || !cell)
                        continue;
                const PackIndicator *ind = c->item->indicator;
                Figure *f = &row->figures[c->item - r->form->items];
                Str why, from = c->unit.len ? c->unit : ind->import_unit;
                RegisterCellState st =
                        register_cell_number(cell, from, ind->unit, ind->scale, r->in->lang, r->arena, &f->value, &why);
                Str raw = cell->raw.len ? cell->raw : cell->text;
                f->given = true;
                f->known = st == REGISTER_CELL_GOOD;
                f->raw = arena_str(r->arena, raw);
                if (!f->raw.ptr)
                        return ST_NOMEM;
                if (st == REGISTER_CELL_BAD)
                        TRY(problem(r, row, REGISTER_ERROR, c, raw, "%.*s", "%.*s", STR_FMT(why)));
                else if (why.len)
                        TRY(problem(r, row, REGISTER_NOTE, c, raw, "%.*s", "%.*s", STR_FMT(why)));
        }
        return ST_OK;
}

static Status read_rows(Report *r, SheetBook *book, size_t sheet)
{
        _cleanup_(sheet_freep) SheetReader *reader = NULL;
        TRY(sheet_open(book, sheet, r->diag, &reader));
        for (size_t i = 0; i < r->column_count; i++)
                if (r->columns[i].is_unit)
                        r->unit_col = r->columns[i].col;
        for (;;) {
                const SheetRow *row;
                TRY(sheet_next(reader, r->diag, &row));
                if (!row)
                        return ST_OK;
                const SheetCell *name = cell_at(row, r->unit_col);
                if (row->number <= r->header_row || !name || !str_trim(name->text).len)
                        continue;
                if (r->row_count >= ROWS_MAX)
                        return diag_fail(r->diag, ST_LIMIT, POS_FILE(r->in->file_name), "超过 %d 行",
                                         "more than %d rows", ROWS_MAX);
                if (arena_grow(r->arena, (void **)&r->rows, &r->row_cap, r->row_count + 1, sizeof(Row)) < 0)
                        return ST_NOMEM;
                Row *n = &r->rows[r->row_count];
                *n = (Row){ .number = row->number,
                            .figures = arena_array_of(r->arena, Figure, r->form->item_count + 1) };
                if (!n->figures)
                        return ST_NOMEM;
                TRY(read_row(r, row, n));
                r->row_count++;
                r->out->rows += !n->totals;
        }
}

/* ---- checking ---- */

static const Column *column_of(const Report *r, size_t item)
{
        for (size_t i = 0; i < r->column_count; i++)
                if (r->columns[i].item == &r->form->items[item])
                        return &r->columns[i];
        return NULL;
}

static Status check_totals(Report *r, Row *totals)
{
        for (size_t i = 0; i < r->form->item_count; i++) {
                const PackIndicator *ind = r->form->items[i].indicator;
                const Figure *t = &totals->figures[i];
                if (!t->known || ind->rollup != PACK_ROLLUP_SUM)
                        continue;
                Dec sum = dec_zero();
                bool whole = true;
                for (size_t k = 0; k < r->row_count; k++) {
                        const Row *row = &r->rows[k];
                        if (row->totals)
                                continue;
                        whole = whole && row->figures[i].known;
                        if (row->figures[i].known)
                                sum = dec_add(sum, dec_from_scaled(row->figures[i].value, ind->scale));
                }
                Dec given = dec_from_scaled(t->value, ind->scale);
                if (!whole || dec_eq(sum, given))
                        continue;
                char is[DEC_TEXT_MAX];
                dec_to_text(sum, is);
                TRY(problem(r, totals, REGISTER_WARNING, column_of(r, i), t->raw, "与各单位之和 %s 不符",
                            "is not the sum of the units, %s", is));
        }
        return ST_OK;
}

/* What is there already: values of this period, of the one before and of the same a year ago. */
typedef struct Known {
        FeelValue *now, *previous, *year_ago; /* [item][unit index] */
} Known;

static Status load_period(Report *r, IndicatorBook *b, Period p, FeelValue **ret)
{
        size_t units = r->pack->unit_count;
        FeelValue *v = arena_array_of(r->arena, FeelValue, r->form->item_count * units + 1);
        if (!v)
                return ST_NOMEM;
        for (size_t i = 0; i < r->form->item_count; i++)
                TRY(indicator_reported(b, r->form->items[i].indicator, p, v + i * units));
        *ret = v;
        return ST_OK;
}

static Status load_versions(Report *r, Row *row)
{
        for (size_t i = 0; i < r->form->item_count; i++) {
                Figure *f = &row->figures[i];
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                Status st = store_one(
                        r->tx,
                        "SELECT version, value FROM indicator_value WHERE indicator = $1 AND unit = $2 AND period = $3",
                        STORE_ARGS(sv_text(r->form->items[i].indicator->name), sv_text(row->unit->code),
                                   sv_i64(period_to_int(r->in->period))),
                        &q);
                if (st == ST_NOT_FOUND) {
                        f->changed = f->given && f->known;
                        continue;
                }
                TRY(st);
                f->version = store_i64(q, 0);
                bool was_known = !store_is_null(q, 1);
                f->old = store_i64(q, 1);
                f->changed = f->given && (f->known != was_known || (f->known && f->value != f->old));
        }
        return ST_OK;
}

static FeelValue figure_value(const Report *r, const Row *row, size_t item, const Known *known)
{
        const Figure *f = &row->figures[item];
        if (f->given && f->known)
                return feel_number(dec_from_scaled(f->value, r->form->items[item].indicator->scale));
        if (f->given)
                return feel_null();
        const FeelValue *v = &known->now[item * r->pack->unit_count + row->unit->index];
        return feel_is(v, FEEL_NUMBER) ? *v : feel_null();
}

static Status context_of(const Report *r, const PackUnit *unit, const FeelValue *values, Arena *a, FeelValue *ret)
{
        FeelValue *v = arena_array_of(a, FeelValue, r->form->item_count + 1);
        if (!v)
                return ST_NOMEM;
        for (size_t i = 0; i < r->form->item_count; i++) {
                const FeelValue *x = &values[i * r->pack->unit_count + unit->index];
                v[i] = feel_is(x, FEEL_NUMBER) ? *x : feel_null();
        }
        *ret = feel_context(pack_form_shape(r->form), v);
        return ST_OK;
}

static void set_slot(FeelValue *in, size_t n, size_t slot, FeelValue v)
{
        if (slot < n)
                in[slot] = v;
}

static Status others_of(const Report *r, const Row *row, const Known *known, Arena *a, FeelValue *ret)
{
        FeelValue *items = arena_array_of(a, FeelValue, r->row_count + 1);
        size_t n = 0;
        if (!items)
                return ST_NOMEM;
        for (size_t k = 0; k < r->row_count; k++) {
                const Row *o = &r->rows[k];
                if (o == row || o->totals || !o->unit)
                        continue;
                FeelValue *v = arena_array_of(a, FeelValue, r->form->item_count + 1);
                if (!v)
                        return ST_NOMEM;
                for (size_t i = 0; i < r->form->item_count; i++)
                        v[i] = figure_value(r, o, i, known);
                items[n++] = feel_context(pack_form_shape(r->form), v);
        }
        *ret = feel_list(items, n);
        return ST_OK;
}

static Status apply_checks(Report *r, Row *row, const Known *known, FeelExec *x)
{
        feel_exec_reset(x);
        Arena *a = feel_exec_arena(x);
        size_t n = feel_scope_len(r->form->scope);
        FeelValue *in = arena_array_of(a, FeelValue, n + 1), v;
        if (!in)
                return ST_NOMEM;
        for (size_t i = 0; i < r->form->item_count && i < n; i++)
                in[i] = figure_value(r, row, i, known);
        TRY(context_of(r, row->unit, known->previous, a, &v));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_PREVIOUS), v);
        TRY(context_of(r, row->unit, known->year_ago, a, &v));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_YEAR_AGO), v);
        TRY(others_of(r, row, known, a, &v));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_OTHERS), v);
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_YEAR), feel_i64(r->in->period.year));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_MONTH), feel_i64(r->in->period.index));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_PERIOD_START), feel_date(period_first_day(r->in->period)));
        set_slot(in, n, pack_form_slot(r->form, PACK_SLOT_PERIOD_END), feel_date(period_last_day(r->in->period)));
        for (size_t i = 0; i < r->form->check_count; i++) {
                const PackFormCheck *c = &r->form->checks[i];
                TRY(feel_eval(x, c->when.program, in, n, &v));
                if (!feel_is_true(&v))
                        continue;
                const Column *column = NULL;
                for (size_t k = 0; k < r->column_count && c->use_count && !column; k++)
                        if (r->columns[k].item && r->columns[k].item->indicator == c->uses[0])
                                column = &r->columns[k];
                Str found = column ? row->figures[column->item - r->form->items].raw : STR_NONE;
                TRY(problem(r, row, c->level == PACK_LEVEL_ERROR ? REGISTER_ERROR : REGISTER_EXPLAIN, column, found,
                            "%.*s", "%.*s", STR_FMT(pack_title(c->say, r->in->lang))));
        }
        return ST_OK;
}

static Status check_required(Report *r, Row *row, const Known *known)
{
        for (size_t i = 0; i < r->form->item_count; i++) {
                FeelValue v = figure_value(r, row, i, known);
                if (r->form->items[i].required && !feel_is(&v, FEEL_NUMBER))
                        TRY(problem(r, row, REGISTER_WARNING, column_of(r, i), STR_NONE, "缺少“%.*s”，作为未报处理",
                                    "\"%.*s\" is missing and counts as not reported",
                                    STR_FMT(pack_title(r->form->items[i].indicator->title, r->in->lang))));
        }
        return ST_OK;
}

static Status check(Report *r)
{
        IndicatorBook *b = indicator_book_new(r->tx, r->pack);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        Known known = { 0 };
        Status st = b && x ? load_period(r, b, r->in->period, &known.now) : ST_NOMEM;
        if (st == ST_OK)
                st = load_period(r, b, period_prev(r->in->period), &known.previous);
        if (st == ST_OK)
                st = load_period(r, b, period_year_ago(r->in->period), &known.year_ago);
        for (size_t i = 0; st == ST_OK && i < r->row_count; i++) {
                Row *row = &r->rows[i];
                if (row->totals) {
                        st = check_totals(r, row);
                } else if (row->unit && !row->refused) {
                        st = load_versions(r, row);
                        if (st == ST_OK)
                                st = check_required(r, row, &known);
                        if (st == ST_OK)
                                st = apply_checks(r, row, &known, x);
                }
        }
        indicator_book_free(b);
        return st;
}

/* ---- writing ---- */

static Status current_state(Report *r, const PackUnit *unit, Str *ret)
{
        *ret = STR("missing");
        Status st = store_get_text(
                r->tx, "SELECT state FROM form_report WHERE form = $1 AND unit = $2 AND period = $3",
                STORE_ARGS(sv_text(r->form->name), sv_text(unit->code), sv_i64(period_to_int(r->in->period))), r->arena,
                ret);
        return st == ST_NOT_FOUND ? ST_OK : st;
}

static bool row_changes(const Report *r, const Row *row)
{
        for (size_t i = 0; i < r->form->item_count; i++)
                if (row->figures[i].changed)
                        return true;
        return false;
}

static Status event_of(Report *r, const bool *writes, int64_t *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(STORE_PAYLOAD_MAX);
        JsonWriter w = json_writer(&b, JSON_COMPACT);
        char period[16], text[DEC_TEXT_MAX];
        period_to_text(r->in->period, period);
        jw_object_begin(&w);
        jw_put_cstr(&w, "period", period);
        jw_put_cstr(&w, "file", r->in->file_name);
        jw_put_cstr(&w, "state", indicator_state_name(r->in->state));
        jw_put_array(&w, "units");
        for (size_t k = 0; k < r->row_count; k++) {
                const Row *row = &r->rows[k];
                if (!writes[k])
                        continue;
                jw_object_begin(&w);
                jw_put_str(&w, "unit", row->unit->code);
                jw_put_object(&w, "set");
                for (size_t i = 0; i < r->form->item_count; i++) {
                        if (!row->figures[i].changed)
                                continue;
                        jw_key(&w, r->form->items[i].indicator->name);
                        if (row->figures[i].known) {
                                size_t n = dec_to_text(
                                        dec_from_scaled(row->figures[i].value, r->form->items[i].indicator->scale),
                                        text);
                                jw_str(&w, str_n(text, n));
                        } else {
                                jw_null(&w);
                        }
                }
                jw_object_end(&w);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_object_end(&w);
        TRY(jw_finish(&w));
        Str subject = str_c(arena_printf(r->arena, "form:%.*s/%s", STR_FMT(r->form->name), period));
        if (!subject.ptr)
                return ST_NOMEM;
        StoreEvent e = { .actor = r->in->actor,
                         .on_behalf = r->in->on_behalf,
                         .op = STR("form.report"),
                         .subject = subject,
                         .reason = str_trim(r->in->explanation),
                         .payload = buf_str(&b) };
        return store_event(r->tx, &e, ret);
}

static Status write_figure(Report *r, const Row *row, size_t item, int64_t event, Str at)
{
        const Figure *f = &row->figures[item];
        const PackIndicator *ind = r->form->items[item].indicator;
        StoreValue period = sv_i64(period_to_int(r->in->period));
        if (f->version)
                TRY(store_exec(
                        r->tx,
                        "INSERT INTO indicator_past (indicator, unit, period, value, form, version, actor, at, event, file, cell, raw) "
                        "SELECT indicator, unit, period, value, form, version, actor, at, event, file, cell, raw FROM indicator_value "
                        "WHERE indicator = $1 AND unit = $2 AND period = $3",
                        STORE_ARGS(sv_text(ind->name), sv_text(row->unit->code), period), NULL));
        char cell[16] = "";
        const Column *c = column_of(r, item);
        if (c)
                sheet_ref(row->number, c->col, cell);
        TRY(store_exec(
                r->tx,
                "INSERT INTO indicator_value (indicator, unit, period, value, form, version, actor, at, event, file, cell, raw) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (indicator, unit, period) DO UPDATE SET "
                "value = excluded.value, form = excluded.form, version = excluded.version, actor = excluded.actor, at = excluded.at, "
                "event = excluded.event, file = excluded.file, cell = excluded.cell, raw = excluded.raw",
                STORE_ARGS(sv_text(ind->name), sv_text(row->unit->code), period,
                           f->known ? sv_i64(f->value) : sv_null(), sv_text(r->form->name), sv_i64(f->version + 1),
                           sv_text(r->in->actor), sv_text(at), sv_i64(event), sv_cstr(r->in->file_name), sv_cstr(cell),
                           sv_text(f->raw)),
                NULL));
        return year_refresh(r->tx, ind, row->unit->code, r->in->period.year, event);
}

static Status write_report_row(Report *r, const Row *row, int64_t event, Str at)
{
        for (size_t i = 0; i < r->form->item_count; i++)
                if (row->figures[i].changed)
                        TRY(write_figure(r, row, i, event, at));
        return store_exec(
                r->tx,
                "INSERT INTO form_report (form, unit, period, state, actor, at, explanation, event) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
                "ON CONFLICT (form, unit, period) DO UPDATE SET state = excluded.state, actor = excluded.actor, at = excluded.at, "
                "explanation = excluded.explanation, event = excluded.event",
                STORE_ARGS(sv_text(r->form->name), sv_text(row->unit->code), sv_i64(period_to_int(r->in->period)),
                           sv_cstr(indicator_state_name(r->in->state)), sv_text(r->in->actor), sv_text(at),
                           str_trim(r->in->explanation).len ? sv_text(str_trim(r->in->explanation)) : sv_null(),
                           sv_i64(event)),
                NULL);
}

static Status decide(Report *r, bool *writes, bool *ret_any)
{
        RegisterOutcome *o = r->out;
        for (size_t k = 0; k < r->row_count; k++) {
                Row *row = &r->rows[k];
                if (row->totals)
                        continue;
                if (row->refused || !row->unit) {
                        o->refused++;
                        continue;
                }
                if (row->held) {
                        o->held++;
                        continue;
                }
                Str state;
                TRY(current_state(r, row->unit, &state));
                bool fresh = str_eq_c(state, "missing"), changes = row_changes(r, row);
                bool moves = fresh || (!str_eq_c(state, indicator_state_name(r->in->state)) &&
                                       !str_eq_c(state, "published") && !str_eq_c(state, "approved"));
                writes[k] = changes || moves;
                *ret_any |= writes[k];
                *(!writes[k] ? &o->unchanged : fresh ? &o->added : &o->changed) += 1;
        }
        return ST_OK;
}

static Status write(Report *r)
{
        bool *writes = arena_array_of(r->arena, bool, r->row_count + 1), any = false;
        if (!writes)
                return ST_NOMEM;
        TRY(decide(r, writes, &any));
        if (r->in->dry_run || !any)
                return ST_OK;
        int64_t event;
        TRY(event_of(r, writes, &event));
        char at[40];
        size_t n = instant_to_text(r->in->at ? *r->in->at : clock_now(), at);
        for (size_t k = 0; k < r->row_count; k++)
                if (writes[k])
                        TRY(write_report_row(r, &r->rows[k], event, str_n(at, n)));
        r->out->event = event;
        return ST_OK;
}

Status indicator_report(Store *store, const Pack *pack, const PackForm *form, const IndicatorReport *in, Arena *a,
                        Diag *diag, RegisterOutcome *ret)
{
        RegisterOutcome out = { 0 };
        Report r = { .pack = pack, .form = form, .in = in, .arena = a, .diag = diag, .out = &out };
        if (in->period.kind != form->frequency)
                return diag_fail(diag, ST_USAGE, POS_NONE, "“%.*s”的报告期种类不同",
                                 "\"%.*s\" has another kind of period", STR_FMT(form->title.zh));
        _cleanup_(sheet_book_freep) SheetBook *book = NULL;
        TRY(sheet_book_open_bytes(in->bytes, in->file_name, &SHEET_LIMITS_DEFAULT, diag, &book));
        size_t sheet = 0;
        TRY(find_header(&r, book, &sheet));
        TRY(read_rows(&r, book, sheet));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, in->dry_run ? STORE_READ : STORE_WRITE, diag, &tx));
        r.tx = tx;
        TRY(check(&r));
        TRY(write(&r));
        if (!in->dry_run)
                TRY(store_commit(&tx));
        *ret = out;
        return ST_OK;
}
