/* report_read.c -- from cells to rows of figures.
 *
 * Three layouts: a row a unit and a column an indicator; the same with a column of
 * periods; and a row a figure, with columns for the unit, the period, the indicator's
 * name (or code) and the value, as statistical tables come.  A row called 合计 or 全市
 * (or the upper unit's own name) is not a unit that reports: its figures must be the
 * sums of the others. */
#include <stdio.h>

#include "base/near.h"
#include "codec/text_norm.h"
#include "indicator/report_int.h"

enum { HEADER_SEARCH = 20, ROWS_MAX = 200000, FIELDS_MAX = 500, STRANGERS_MAX = 1000 };

static const char *answer_of(const Report *r, const Row *row, const PackFormItem *item)
{
        const IndicatorReport *in = r->in;
        for (size_t i = 0; row->unit && i < in->note_count; i++)
                if (str_eq(in->notes[i].unit, row->unit->code) && str_trim(in->notes[i].text).len &&
                    (!item || str_eq(in->notes[i].indicator, item->indicator->name)))
                        return in->notes[i].text.ptr;
        return NULL;
}

/* The words that answer a soft check; len 0: nobody has. */
static Str answer(const Report *r, const Row *row, const PackFormItem *item)
{
        const IndicatorReport *in = r->in;
        const char *own = answer_of(r, row, item);
        for (size_t i = 0; own && i < in->note_count; i++)
                if (in->notes[i].text.ptr == own)
                        return str_trim(in->notes[i].text);
        return str_trim(in->explanation);
}

Status report_problem(Report *r, Row *row, RegisterProblemLevel level, const PackFormItem *item, Str found,
                      const char *zh, const char *en, ...)
{
        Figure *f = item ? &row->figures[item - r->form->items] : NULL;
        if (level == REGISTER_EXPLAIN && f && !f->changed && f->kept.len)
                return ST_OK; /* the same figure was explained before */
        if (level == REGISTER_ERROR)
                row->refused = true;
        if (level == REGISTER_EXPLAIN) {
                Str words = answer(r, row, item);
                row->held = row->held || !words.len;
                if (f && words.len)
                        f->note = words;
        }
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
        Str header = item ? pack_title(item->indicator->title, r->in->lang) : STR_NONE;
        uint32_t col = f ? f->col : 0;
        for (size_t i = 0; item && !col && i < r->field_count; i++)
                if (r->fields[i].item == item)
                        col = r->fields[i].col;
        o->problems[o->problem_count++] = (RegisterProblem){ .level = level,
                                                             .sheet = o->sheet,
                                                             .row = f && f->row ? f->row : row->number,
                                                             .col = col ? col : item ? 0 : r->unit_col,
                                                             .header = header,
                                                             .found = kept,
                                                             .unit = row->unit ? row->unit->code : STR_NONE,
                                                             .indicator = item ? item->indicator->name : STR_NONE,
                                                             .text = str_c(text) };
        return ST_OK;
}

/* ---- the header ---- */

static bool is_one_of(Str s, const char *const *words, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (str_eq_c(s, words[i]))
                        return true;
        return false;
}
#define IS_ONE_OF(s, words) is_one_of(s, words, ARRAY_LEN(words))

static FieldRole role_of(const Report *r, Str header)
{
        static const char *const units[] = { "单位",     "县区", "县(市、区)", "县（市、区）", "县市区",
                                             "区县",     "地区", "省份",       "省市",         "填报单位",
                                             "单位名称", "unit", "county",     "province",     "region" };
        static const char *const periods[] = { "年度", "年份", "年",   "报告期", "期间", "期",
                                               "月份", "年月", "year", "period", "month" };
        static const char *const names[] = { "指标", "指标名称",  "指标代码",  "指标编码",
                                             "项目", "indicator", "variables", "variable" };
        static const char *const values[] = { "数值", "值", "指标值", "数据", "value", "num" };
        static const char *const measures[] = { "计量单位", "units", "measure", "unit of measure" };
        if (IS_ONE_OF(header, units) || str_eq(header, r->form->units->title.zh) ||
            str_eq(header, r->form->units->name))
                return FIELD_UNIT;
        return IS_ONE_OF(header, periods)    ? FIELD_PERIOD
               : IS_ONE_OF(header, names)    ? FIELD_NAME
               : IS_ONE_OF(header, values)   ? FIELD_VALUE
               : IS_ONE_OF(header, measures) ? FIELD_MEASURE
                                             : FIELD_NONE;
}

static Field *field_with(Field *fields, size_t n, FieldRole role)
{
        for (size_t i = 0; i < n; i++)
                if (fields[i].role == role)
                        return &fields[i];
        return NULL;
}

static Status match_header(Report *r, const SheetRow *row, Field *out, size_t *ret_count, size_t *ret_fit)
{
        size_t n = 0, fit = 0, units = 0;
        for (size_t i = 0; i < row->count && n < FIELDS_MAX; i++) {
                Str text = str_trim(row->cells[i].text), measure = STR_NONE;
                if (!text.len)
                        continue;
                const PackFormItem *item = pack_form_match(r->form, text, &measure);
                FieldRole role = item ? FIELD_ITEM : role_of(r, text);
                out[n++] = (Field){ role, item, row->cells[i].col, arena_str(r->arena, text),
                                    measure.len ? arena_str(r->arena, measure) : STR("") };
                fit += item != NULL;
                units += role == FIELD_UNIT;
                if (!out[n - 1].header.ptr || !out[n - 1].measure.ptr)
                        return ST_NOMEM;
        }
        /* 单位 beside another column of units is the measure. */
        for (size_t i = 0; units > 1 && i < n; i++)
                if (out[i].role == FIELD_UNIT && str_eq(out[i].header, STR("单位"))) {
                        out[i].role = FIELD_MEASURE;
                        units--;
                }
        bool seen = false; /* of several columns that name units, the first */
        for (size_t i = 0; i < n; i++)
                if (out[i].role == FIELD_UNIT) {
                        out[i].role = seen ? FIELD_NONE : FIELD_UNIT;
                        seen = true;
                }
        bool figures = !fit && field_with(out, n, FIELD_NAME) && field_with(out, n, FIELD_VALUE);
        *ret_count = n;
        *ret_fit = !seen ? 0 : figures ? 1 : fit;
        return ST_OK;
}

static Status found_header(Report *r, SheetBook *book, size_t sheet)
{
        r->by_figure = true;
        r->out->sheet = arena_str(r->arena, sheet_book_info(book, sheet).name);
        r->out->columns = arena_array_of(r->arena, RegisterColumn, r->field_count + 1);
        if (!r->out->columns || !r->out->sheet.ptr)
                return ST_NOMEM;
        for (size_t i = 0; i < r->field_count; i++) {
                const Field *f = &r->fields[i];
                r->by_figure = r->by_figure && !f->item;
                if (f->role == FIELD_UNIT)
                        r->unit_col = f->col;
                r->out->columns[r->out->column_count++] =
                        (RegisterColumn){ .header = f->header, .col = f->col, .unit = f->measure };
                for (size_t k = 0; k < i; k++)
                        if (f->item && f->item == r->fields[k].item)
                                return diag_fail(r->diag, ST_INVALID, POS_FILE(r->in->file_name),
                                                 "有两列都是“%.*s”：请删去一列", "two columns are \"%.*s\": remove one",
                                                 STR_FMT(f->item->indicator->title.zh));
        }
        return ST_OK;
}

static Status find_header(Report *r, SheetBook *book, size_t *ret_sheet)
{
        size_t best = 0;
        Field *fields = arena_array_of(r->arena, Field, FIELDS_MAX);
        r->fields = arena_array_of(r->arena, Field, FIELDS_MAX);
        if (!fields || !r->fields)
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
                        TRY(match_header(r, row, fields, &n, &fit));
                        if (fit <= best)
                                continue;
                        best = fit;
                        *ret_sheet = s;
                        r->header_row = row->number;
                        r->field_count = n;
                        memcpy(r->fields, fields, n * sizeof(*fields));
                }
        }
        if (best == 0)
                return diag_fail(
                        r->diag, ST_INVALID, POS_FILE(r->in->file_name),
                        "没有找到表头：需要一列“%.*s”和“%.*s”的指标名，或者每行一个数（单位、期、指标、数值）",
                        "no header found: a column \"%.*s\" and the indicators of \"%.*s\" are needed, or a row a "
                        "figure (unit, period, indicator, value)",
                        STR_FMT(r->form->units->title.zh), STR_FMT(r->form->title.zh));
        return found_header(r, book, *ret_sheet);
}

/* ---- units and periods ---- */

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
        return IS_ONE_OF(name, words);
}

/* "你是说…？": the unit of the form whose name is nearest. */
static Str nearest_unit(const Report *r, Str name)
{
        Near near = { .word = name };
        for (size_t i = 0; i < r->pack->unit_count; i++) {
                const PackUnit *u = &r->pack->units[i];
                if (u->kind != r->form->units)
                        continue;
                near_offer(&near, u->name);
                for (size_t k = 0; k < u->also_count; k++)
                        near_offer(&near, u->also[k]);
        }
        return near.best;
}

static Status unknown_unit(Report *r, Row *row, Str found, Str name)
{
        Str near = nearest_unit(r, name);
        if (near.ptr)
                return report_problem(r, row, REGISTER_ERROR, NULL, found, "没有这个单位；是不是“%.*s”？",
                                      "there is no such unit; did you mean \"%.*s\"?", STR_FMT(near));
        return report_problem(r, row, REGISTER_ERROR, NULL, found, "没有这个单位", "there is no such unit");
}

static Status name_unit(Report *r, Row *row, const SheetCell *cell)
{
        NormText name;
        TRY(text_norm(r->arena, cell->text, NORM_NFC | NORM_NO_BLANKS, &name));
        if (is_totals(name.text)) {
                row->totals = true;
                return ST_OK;
        }
        const PackUnit *u = NULL;
        Status st = pack_unit_match(r->pack, name.text, NULL, period_last_day(row->period), &u);
        if (st == ST_NOT_FOUND)
                return unknown_unit(r, row, cell->text, name.text);
        if (st == ST_CONFLICT)
                return report_problem(r, row, REGISTER_ERROR, NULL, cell->text, "有不止一个同名的单位，请写代码",
                                      "several units have this name: write the code");
        TRY(st);
        if (u->kind != r->form->units && u->kind->index < r->form->units->index) {
                row->totals = true;
                return ST_OK;
        }
        row->unit = u;
        if (u->kind != r->form->units)
                return report_problem(r, row, REGISTER_ERROR, NULL, cell->text, "这个单位不填报本表",
                                      "this unit does not report on this form");
        if (r->in->within && !pack_unit_within(u, r->in->within))
                return report_problem(r, row, REGISTER_ERROR, NULL, cell->text, "不是本单位，无权填报",
                                      "not your own unit");
        return ST_OK;
}

/* 2023, 2023年, 2023-06, 2023年6月, 2023/6, 202306. */
static bool read_period(Str text, PeriodKind kind, Period *ret)
{
        int64_t numbers[2] = { 0, 0 };
        size_t count = 0, digits = 0;
        text = str_trim(text);
        if (period_parse(text, ret) == ST_OK)
                return ret->kind == kind;
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];
                if (c < '0' || c > '9') {
                        count += digits > 0;
                        digits = 0;
                        continue;
                }
                if (digits == 4 && count == 0) { /* 202306 */
                        count = 1;
                        digits = 0;
                }
                if (count > 1 || ++digits > 4)
                        return false;
                numbers[count] = numbers[count] * 10 + (c - '0');
        }
        count += digits > 0;
        char made[24];
        if (kind == PERIOD_YEAR && count == 1)
                snprintf(made, sizeof(made), "%04lld", (long long)numbers[0]);
        else if (kind == PERIOD_MONTH && count == 2)
                snprintf(made, sizeof(made), "%04lld-%02lld", (long long)numbers[0], (long long)numbers[1]);
        else
                return false;
        return period_parse(str_c(made), ret) == ST_OK;
}

/* *ret_skip: the row is of another period than the one asked for. */
static Status name_period(Report *r, const SheetRow *sheet_row, Row *row, bool *ret_skip)
{
        const Field *f = field_with(r->fields, r->field_count, FIELD_PERIOD);
        const SheetCell *cell = f ? cell_at(sheet_row, f->col) : NULL;
        bool asked = r->in->period.year != 0;
        *ret_skip = false;
        row->period = r->in->period;
        if (!cell || !str_trim(cell->text).len) {
                if (asked)
                        return ST_OK;
                row->refused = true;
                return report_problem(r, row, REGISTER_ERROR, NULL, STR(""), "没有报告期：请加一列，或者指明 --period",
                                      "no period: add a column, or give --period");
        }
        Period p;
        if (!read_period(cell->text, r->form->frequency, &p)) {
                if (asked && r->form->frequency != PERIOD_YEAR)
                        return ST_OK; /* a column like 年份 beside months says nothing of its own */
                return report_problem(r, row, REGISTER_ERROR, NULL, cell->text, "不是本表的报告期",
                                      "is no period of this form");
        }
        *ret_skip = asked && !period_eq(p, r->in->period);
        row->period = p;
        return ST_OK;
}

/* ---- figures ---- */

static Status put_figure(Report *r, Row *row, const PackFormItem *item, const SheetCell *cell, Str measure,
                         uint32_t number)
{
        const PackIndicator *ind = item->indicator;
        Figure *f = &row->figures[item - r->form->items];
        Str why, from = measure.len ? measure : ind->import_unit;
        if (f->given)
                return report_problem(r, row, REGISTER_ERROR, item, cell->text, "“%.*s”在第 %u 行已有一个数",
                                      "there is a figure of \"%.*s\" in row %u already", STR_FMT(ind->title.zh),
                                      f->row);
        RegisterCellState st;
        TRY(register_cell_number(cell, from, ind->unit, ind->scale, r->in->lang, r->arena, &st, &f->value, &why));
        Str raw = cell->raw.len ? cell->raw : cell->text;
        f->given = true;
        f->known = st == REGISTER_CELL_GOOD;
        f->row = number;
        f->col = cell->col;
        f->raw = arena_str(r->arena, raw);
        if (!f->raw.ptr)
                return ST_NOMEM;
        if (st == REGISTER_CELL_BAD)
                return report_problem(r, row, REGISTER_ERROR, item, raw, "%.*s", "%.*s", STR_FMT(why));
        if (why.len)
                return report_problem(r, row, REGISTER_NOTE, item, raw, "%.*s", "%.*s", STR_FMT(why));
        return ST_OK;
}

static Status a_stranger(Report *r, Str name)
{
        for (size_t i = 0; i < r->stranger_count; i++)
                if (str_eq(r->strangers[i], name))
                        return ST_OK;
        if (r->stranger_count >= STRANGERS_MAX)
                return ST_OK;
        if (arena_grow(r->arena, (void **)&r->strangers, &r->stranger_cap, r->stranger_count + 1, sizeof(Str)) < 0)
                return ST_NOMEM;
        r->strangers[r->stranger_count] = arena_str(r->arena, name);
        return r->strangers[r->stranger_count++].ptr ? ST_OK : ST_NOMEM;
}

/* The indicator that a row of one figure is of: any of its columns may name it. */
static Status name_item(Report *r, const SheetRow *sheet_row, const PackFormItem **ret)
{
        Str said = STR_NONE;
        *ret = NULL;
        for (size_t i = 0; i < r->field_count && !*ret; i++) {
                const SheetCell *cell = r->fields[i].role == FIELD_NAME ? cell_at(sheet_row, r->fields[i].col) : NULL;
                Str text = cell ? str_trim(cell->text) : STR_NONE, unused;
                if (!text.len)
                        continue;
                *ret = pack_form_match(r->form, text, &unused);
                said = text;
        }
        return *ret || !said.len ? ST_OK : a_stranger(r, said);
}

static Status read_figures(Report *r, const SheetRow *sheet_row, Row *row, const PackFormItem *item)
{
        if (r->by_figure) {
                const Field *value = field_with(r->fields, r->field_count, FIELD_VALUE);
                const Field *measure = field_with(r->fields, r->field_count, FIELD_MEASURE);
                const SheetCell *cell = cell_at(sheet_row, value->col),
                                *in = measure ? cell_at(sheet_row, measure->col) : NULL;
                return cell ? put_figure(r, row, item, cell, in ? str_trim(in->text) : STR(""), sheet_row->number)
                            : ST_OK;
        }
        for (size_t i = 0; i < r->field_count; i++) {
                const Field *f = &r->fields[i];
                const SheetCell *cell = f->item ? cell_at(sheet_row, f->col) : NULL;
                if (cell)
                        TRY(put_figure(r, row, f->item, cell, f->measure, sheet_row->number));
        }
        return ST_OK;
}

static Status new_row(Report *r, uint32_t number, Row **ret)
{
        if (r->row_count >= ROWS_MAX)
                return diag_fail(r->diag, ST_LIMIT, POS_FILE(r->in->file_name), "超过 %d 行", "more than %d rows",
                                 ROWS_MAX);
        if (arena_grow(r->arena, (void **)&r->rows, &r->row_cap, r->row_count + 1, sizeof(Row)) < 0)
                return ST_NOMEM;
        *ret = &r->rows[r->row_count];
        **ret = (Row){ .number = number,
                       .period = r->in->period,
                       .figures = arena_array_of(r->arena, Figure, r->form->item_count + 1) };
        if (!(*ret)->figures)
                return ST_NOMEM;
        r->row_count++;
        return ST_OK;
}

/* A row of the sheet that goes on with the same unit's and period's: the earlier row, or itself. */
static Status join_row(Report *r, const SheetCell *name, Row **ret)
{
        Row *row = *ret;
        bool totals = r->by_figure && row->totals;
        if (!row->unit && !totals)
                return ST_OK;
        char *key = arena_printf(r->arena, "%lld %.*s", (long long)period_to_int(row->period),
                                 STR_FMT(totals ? STR("") : row->unit->code));
        if (!key)
                return ST_NOMEM;
        size_t before = map_index(&r->by_key, str_c(key));
        if (before == SIZE_MAX)
                return map_put(&r->by_key, str_c(key),
                               (void *)(uintptr_t)r->row_count); /* rows move: its number, from 1 */
        Row *o = &r->rows[(uintptr_t)r->by_key.items[before].value - 1];
        if (!r->by_figure)
                return report_problem(r, row, REGISTER_ERROR, NULL, name->text, "与第 %u 行是同一单位",
                                      "the same unit as row %u", o->number);
        r->row_count--;
        *ret = o;
        return ST_OK;
}

static Status read_row(Report *r, const SheetRow *sheet_row)
{
        const SheetCell *name = cell_at(sheet_row, r->unit_col);
        const PackFormItem *item = NULL;
        bool skip;
        Row *row;
        if (!name || !str_trim(name->text).len)
                return ST_OK;
        if (r->by_figure) {
                TRY(name_item(r, sheet_row, &item));
                if (!item)
                        return ST_OK;
        }
        TRY(new_row(r, sheet_row->number, &row));
        TRY(name_period(r, sheet_row, row, &skip));
        if (skip) {
                r->row_count--;
                return ST_OK;
        }
        if (!row->refused)
                TRY(name_unit(r, row, name));
        TRY(join_row(r, name, &row));
        return read_figures(r, sheet_row, row, item);
}

static Status read_sheet(Report *r)
{
        _cleanup_(sheet_book_freep) SheetBook *book = NULL;
        TRY(sheet_book_open_bytes(r->in->bytes, r->in->file_name, &SHEET_LIMITS_DEFAULT, r->diag, &book));
        size_t sheet = 0;
        TRY(find_header(r, book, &sheet));
        _cleanup_(sheet_freep) SheetReader *reader = NULL;
        TRY(sheet_open(book, sheet, r->diag, &reader));
        for (;;) {
                const SheetRow *row;
                TRY(sheet_next(reader, r->diag, &row));
                if (!row)
                        break;
                if (row->number > r->header_row)
                        TRY(read_row(r, row));
        }
        for (size_t i = 0; i < r->stranger_count; i++)
                diag_note(r->diag, POS_FILE(r->in->file_name), "没有取“%.*s”：不是本表的指标",
                          "\"%.*s\" was left out: no indicator of this form", STR_FMT(r->strangers[i]));
        return ST_OK;
}

/* ---- cells of a grid ---- */

static Status read_cells(Report *r)
{
        r->out->sheet = STR("");
        for (size_t i = 0; i < r->in->cell_count; i++) {
                const IndicatorCell *c = &r->in->cells[i];
                size_t at = map_index(&r->by_key, c->unit);
                Row *row = at == SIZE_MAX ? NULL : &r->rows[(uintptr_t)r->by_key.items[at].value - 1];
                if (!row) {
                        TRY(new_row(r, (uint32_t)r->row_count + 1, &row));
                        SheetCell name = { .kind = SHEET_TEXT, .text = c->unit, .raw = c->unit };
                        TRY(name_unit(r, row, &name));
                        TRY(map_put(&r->by_key, c->unit, (void *)(uintptr_t)r->row_count));
                }
                Str unused;
                const PackFormItem *item = pack_form_match(r->form, c->indicator, &unused);
                if (!item)
                        return diag_fail(r->diag, ST_INVALID, POS_NONE, "本表没有指标“%.*s”",
                                         "the form has no indicator \"%.*s\"", STR_FMT(c->indicator));
                SheetCell cell = { .kind = str_trim(c->text).len ? SHEET_TEXT : SHEET_EMPTY,
                                   .text = c->text,
                                   .raw = c->text };
                TRY(put_figure(r, row, item, &cell, c->measure, row->number));
        }
        return ST_OK;
}

Status report_read(Report *r)
{
        TRY(r->in->cells ? read_cells(r) : read_sheet(r));
        for (size_t i = 0; i < r->row_count; i++)
                r->out->rows += !r->rows[i].totals;
        return ST_OK;
}
