/* ops_table.c -- a policy's decision tables as text, and the model of a what-if that changes them. */
#include "api/policy_json.h"
#include "api/temp.h"
#include "api_operations.h"
#include "codec/csv.h"
#include "codec/sheet_writer.h"
#include "dmn/tables.h"

enum { EDITS_MAX = 500, TITLE_WIDTH = 24 };

static Status tables_of(ApiCall *call, const PackPolicy *p, DmnTableText **ret, size_t *ret_n)
{
        const DmnDecision *d = dmn_find_decision(p->model, p->decision);
        return d ? dmn_tables_text(d, call->arena, ret, ret_n) : ST_INTERNAL;
}

/* ---- showing ---- */

static void put_rule(JsonWriter *w, const DmnTableText *t, size_t r)
{
        jw_object_begin(w);
        jw_put_i64(w, "from", (int64_t)t->rules[r].from);
        jw_put_array(w, "cells");
        for (size_t i = 0; i < t->column_count; i++)
                jw_str(w, t->rules[r].cells[i]);
        jw_array_end(w);
        jw_put_str(w, "note", t->rules[r].note);
        jw_object_end(w);
}

static void put_table(JsonWriter *w, const DmnTableText *t, size_t number)
{
        jw_object_begin(w);
        jw_put_i64(w, "table", (int64_t)number);
        jw_put_str(w, "name", t->name);
        jw_put_cstr(w, "hit", t->hit);
        jw_put_cstr(w, "aggregation", t->aggregation);
        jw_put_bool(w, "fixed", t->fixed);
        jw_put_array(w, "columns");
        for (size_t i = 0; i < t->column_count; i++) {
                jw_object_begin(w);
                jw_put_str(w, "title", t->columns[i].title);
                jw_put_str(w, "expression", t->columns[i].expression);
                jw_put_str(w, "type", t->columns[i].type);
                jw_put_bool(w, "output", t->columns[i].output);
                jw_object_end(w);
        }
        jw_array_end(w);
        jw_put_array(w, "rules");
        for (size_t r = 0; r < t->rule_count; r++)
                put_rule(w, t, r);
        jw_array_end(w);
        jw_object_end(w);
}

Status api_op_policy_tables(ApiCall *call)
{
        const PackPolicy *p;
        DmnTableText *tables;
        size_t n;
        TRY(api_find_policy(call, api_param(call, "policy"), &p));
        TRY(tables_of(call, p, &tables, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "policy", p->name);
        api_put_title(&w, "title", p->title);
        jw_put_str(&w, "model", p->model_path);
        jw_put_array(&w, "tables");
        for (size_t i = 0; i < n; i++)
                put_table(&w, &tables[i], i + 1);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status no_table(ApiCall *call, const PackPolicy *p, int64_t number)
{
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "政策“%.*s”没有决策表 %lld",
                         "the policy \"%.*s\" has no table %lld", STR_FMT(p->name), (long long)number);
}

static const Str RULE_ZH = { "规则", sizeof("规则") - 1 }, NOTE_ZH = { "说明", sizeof("说明") - 1 };

/* One table as a sheet: the rule's number, its cells, its note. */
static Status sheet_of(ApiCall *call, const DmnTableText *t, SheetFormat format)
{
        _cleanup_temp_ ApiTemp temp = { .path = "" };
        _cleanup_(sheet_writer_freep) SheetWriter *out = NULL;
        size_t n = t->column_count + 2;
        SheetColumn *columns = arena_array_of(call->arena, SheetColumn, n);
        SheetOut *row = arena_array_of(call->arena, SheetOut, n);
        if (!columns || !row)
                return ST_NOMEM;
        columns[0] = (SheetColumn){ .title = RULE_ZH, .kind = SHEET_COL_TEXT };
        for (size_t i = 0; i < t->column_count; i++)
                columns[i + 1] = (SheetColumn){ .title = t->columns[i].title,
                                                .note = t->columns[i].expression,
                                                .kind = SHEET_COL_TEXT,
                                                .width = TITLE_WIDTH };
        columns[n - 1] = (SheetColumn){ .title = NOTE_ZH, .kind = SHEET_COL_TEXT, .width = TITLE_WIDTH };
        TRY(api_temp_name(format == SHEET_CSV ? ".csv" : ".xlsx", &temp));
        TRY(sheet_writer_new(temp.path, format, call->diag, &out));
        TRY(sheet_writer_sheet(out, STR("rules"), columns, n, call->diag));
        for (size_t r = 0; r < t->rule_count; r++) {
                row[0] = (SheetOut){ .kind = SHEET_TEXT,
                                     .text = str_c(arena_printf(call->arena, "%zu", t->rules[r].from)) };
                for (size_t i = 0; i < t->column_count; i++)
                        row[i + 1] = (SheetOut){ .kind = SHEET_TEXT, .text = t->rules[r].cells[i] };
                row[n - 1] = (SheetOut){ .kind = SHEET_TEXT, .text = t->rules[r].note };
                TRY(sheet_writer_row(out, row, n, call->diag));
        }
        TRY(sheet_writer_finish(out, call->diag));
        return api_temp_read(&temp, call);
}

Status api_op_policy_table_file(ApiCall *call)
{
        const PackPolicy *p;
        DmnTableText *tables;
        size_t n;
        Str format = api_param(call, "format");
        int64_t number = api_param_int(call, "table", 1);
        TRY(api_find_policy(call, api_param(call, "policy"), &p));
        bool csv = str_eq_c(format, "csv"), dmn = str_eq_c(format, "dmn");
        char *name = dmn ? arena_printf(call->arena, "%.*s.dmn", STR_FMT(p->name))
                         : arena_printf(call->arena, "%.*s-%lld.%s", STR_FMT(p->name), (long long)number,
                                        csv ? "csv" : "xlsx");
        if (!name)
                return ST_NOMEM;
        call->file_name = str_c(name);
        call->type = "application/octet-stream";
        if (dmn) {
                Str xml = pack_file(call->pack, p->model_path);
                buf_put(&call->reply, xml.ptr, xml.len);
                return buf_status(&call->reply);
        }
        TRY(tables_of(call, p, &tables, &n));
        if (number < 1 || (size_t)number > n)
                return no_table(call, p, number);
        return sheet_of(call, &tables[number - 1], csv ? SHEET_CSV : SHEET_XLSX);
}

/* ---- whole tables ---- */

typedef struct Changing {
        ApiCall *call;
        const PackPolicy *policy;
        DmnTableText *tables;
        size_t count;
} Changing;

static Status table_named(const Changing *c, const Json *entry, DmnTableText **ret, int64_t *ret_number)
{
        int64_t number = 1;
        const Json *given = json_get(entry, "table");
        if (given && !json_i64(given, &number))
                return ST_INVALID;
        if (!given && c->count > 1)
                return diag_fail(c->call->diag, ST_INVALID, POS_NONE, "政策有 %zu 张决策表，请指明是第几张",
                                 "the policy has %zu tables: say which", c->count);
        if (number < 1 || (size_t)number > c->count)
                return no_table(c->call, c->policy, number);
        *ret = &c->tables[number - 1];
        *ret_number = number;
        return ST_OK;
}

static Status wrong_width(const Changing *c, size_t rule, size_t got, size_t wanted)
{
        return diag_fail(c->call->diag, ST_INVALID, POS_NONE, "规则 %zu 有 %zu 格，而表有 %zu 列",
                         "rule %zu has %zu cells, the table %zu columns", rule, got, wanted);
}

static Status take_rules(const Changing *c, DmnTableText *t, const Json *rules)
{
        DmnRuleText *list = arena_array_of(c->call->arena, DmnRuleText, rules->count + 1);
        if (!list)
                return ST_NOMEM;
        for (size_t r = 0; json_at(rules, r); r++) {
                const Json *rule = json_at(rules, r), *cells = json_get(rule, "cells"), *from = json_get(rule, "from");
                int64_t number = 0;
                if (cells->count != t->column_count)
                        return wrong_width(c, r + 1, cells->count, t->column_count);
                if (from && (!json_i64(from, &number) || number < 0 || (size_t)number > t->rule_count))
                        return diag_fail(c->call->diag, ST_INVALID, POS_NONE, "没有规则 %lld", "there is no rule %lld",
                                         (long long)number);
                list[r] = (DmnRuleText){ .from = (size_t)number,
                                         .note = json_get_text(rule, "note", STR("")),
                                         .cells = arena_array_of(c->call->arena, Str, t->column_count + 1) };
                if (!list[r].cells)
                        return ST_NOMEM;
                for (size_t i = 0; i < t->column_count; i++)
                        list[r].cells[i] = json_at(cells, i)->text;
        }
        t->rules = list;
        t->rule_count = rules->count;
        return ST_OK;
}

static bool title_is(Str cell, const DmnColumnText *column)
{
        cell = str_trim(cell);
        return str_eq(cell, str_trim(column->title)) || (column->expression.len && str_eq(cell, column->expression));
}

/* The header tells whether there is a column of rule numbers before the cells, and one of notes after them. */
static Status take_header(const Changing *c, const DmnTableText *t, const CsvRow *row, size_t *ret_first)
{
        size_t first = row->count && str_eq(str_trim(row->cells[0]), RULE_ZH)    ? 1
                       : row->count && str_eq_c(str_trim(row->cells[0]), "rule") ? 1
                                                                                 : 0;
        if (row->count < first + t->column_count)
                return diag_fail(c->call->diag, ST_INVALID, POS_LINE("csv", (int)row->line, 0),
                                 "表头有 %zu 列，而表有 %zu 列", "the header has %zu columns, the table %zu",
                                 row->count - first, t->column_count);
        for (size_t i = 0; i < t->column_count; i++)
                if (!title_is(row->cells[first + i], &t->columns[i]))
                        return diag_fail(c->call->diag, ST_INVALID, POS_LINE("csv", (int)row->line, 0),
                                         "第 %zu 列应为“%.*s”，文件里是“%.*s”",
                                         "column %zu should be \"%.*s\", the file has \"%.*s\"", first + i + 1,
                                         STR_FMT(t->columns[i].title), STR_FMT(row->cells[first + i]));
        *ret_first = first;
        return ST_OK;
}

static Status take_csv_row(const Changing *c, const DmnTableText *t, const CsvRow *row, size_t first, DmnRuleText *ret)
{
        Arena *a = c->call->arena;
        int64_t from = 0;
        Str number = first ? str_trim(csv_unguard(row->cells[0])) : STR("");
        if (number.len && (!str_to_i64(number, &from) || from < 0 || (size_t)from > t->rule_count))
                return diag_fail(c->call->diag, ST_INVALID, POS_LINE("csv", (int)row->line, 0),
                                 "没有规则“%.*s”；新规则请留空",
                                 "there is no rule \"%.*s\"; leave it empty for a new one", STR_FMT(number));
        *ret = (DmnRuleText){ .from = (size_t)from,
                              .note = STR(""),
                              .cells = arena_array_of(a, Str, t->column_count + 1) };
        if (!ret->cells)
                return ST_NOMEM;
        for (size_t i = 0; i < t->column_count; i++) {
                Str cell = first + i < row->count ? csv_unguard(row->cells[first + i]) : STR("");
                if (cell.len && cell.ptr[0] == '\'') /* a spreadsheet has kept the guard and left out the quotes */
                        cell = str_n(cell.ptr + 1, cell.len - 1);
                ret->cells[i] = arena_str(a, cell);
                if (!ret->cells[i].ptr)
                        return ST_NOMEM;
        }
        if (row->count > first + t->column_count)
                ret->note = arena_str(a, csv_unguard(row->cells[first + t->column_count]));
        return ret->note.ptr ? ST_OK : ST_NOMEM;
}

static Status take_csv(const Changing *c, DmnTableText *t, Str text)
{
        if (str_starts(text, STR("\xEF\xBB\xBF")))
                text = str_n(text.ptr + 3, text.len - 3);
        MemSource mem = { .left = text };
        _cleanup_csv_reader_ CsvReader *reader = NULL;
        DmnRuleText *list = NULL;
        size_t n = 0, cap = 0, first = 0;
        bool header = false;
        TRY(csv_reader_new(mem_source(&mem), "csv", NULL, &reader));
        for (CsvRow row;;) {
                TRY(csv_next(reader, c->call->diag, &row));
                if (!row.cells)
                        break;
                if (row.blank)
                        continue;
                if (!header) {
                        TRY(take_header(c, t, &row, &first));
                        header = true;
                        continue;
                }
                if (n == DMN_RULES_MAX)
                        return diag_fail(c->call->diag, ST_LIMIT, POS_NONE, "规则过多（上限 %d 条）",
                                         "too many rules (at most %d)", (int)DMN_RULES_MAX);
                if (arena_grow(c->call->arena, (void **)&list, &cap, n + 1, sizeof(*list)) < 0)
                        return ST_NOMEM;
                TRY(take_csv_row(c, t, &row, first, &list[n]));
                n++;
        }
        if (!header)
                return diag_fail(c->call->diag, ST_INVALID, POS_NONE, "文件里没有表", "the file has no table");
        t->rules = list;
        t->rule_count = n;
        return ST_OK;
}

/* ---- single changes ---- */

static Status rule_at(const Changing *c, const DmnTableText *t, const Json *entry, const char *key, size_t *ret)
{
        int64_t number = 0;
        if (!json_i64(json_get(entry, key), &number))
                return diag_fail(c->call->diag, ST_INVALID, POS_NONE, "请写明是第几条规则", "say which rule");
        for (size_t r = 0; r < t->rule_count; r++)
                if (number > 0 && t->rules[r].from == (size_t)number) {
                        *ret = r;
                        return ST_OK;
                }
        return diag_fail(c->call->diag, ST_NOT_FOUND, POS_NONE, "没有规则 %lld", "there is no rule %lld",
                         (long long)number);
}

static Status column_at(const Changing *c, const DmnTableText *t, Str which, size_t *ret)
{
        int64_t number;
        if (str_to_i64(which, &number) && number >= 1 && (size_t)number <= t->column_count) {
                *ret = (size_t)number - 1;
                return ST_OK;
        }
        for (size_t i = 0; i < t->column_count; i++)
                if (title_is(which, &t->columns[i])) {
                        *ret = i;
                        return ST_OK;
                }
        return diag_fail(c->call->diag, ST_NOT_FOUND, POS_NONE, "没有列“%.*s”", "there is no column \"%.*s\"",
                         STR_FMT(which));
}

/* Behind that rule and the new ones that stand behind it already; 0: at the top. */
static Status place_after(const Changing *c, const DmnTableText *t, const Json *entry, size_t *ret)
{
        int64_t after = 0;
        size_t at;
        *ret = 0;
        if (!json_i64(json_get(entry, "after"), &after))
                after = (int64_t)t->rule_count;
        if (after > 0 && json_get(entry, "after")) {
                TRY(rule_at(c, t, entry, "after", &at));
                *ret = at + 1;
        } else if (after > 0) {
                *ret = t->rule_count;
        }
        while (*ret < t->rule_count && t->rules[*ret].from == 0)
                (*ret)++;
        return ST_OK;
}

static Status insert_rule(const Changing *c, DmnTableText *t, size_t at, DmnRuleText rule)
{
        DmnRuleText *list = arena_array_of(c->call->arena, DmnRuleText, t->rule_count + 2);
        if (!list)
                return ST_NOMEM;
        memcpy(list, t->rules, at * sizeof(*list));
        list[at] = rule;
        memcpy(list + at + 1, t->rules + at, (t->rule_count - at) * sizeof(*list));
        t->rules = list;
        t->rule_count++;
        return ST_OK;
}

static void drop_rule(DmnTableText *t, size_t at)
{
        memmove(t->rules + at, t->rules + at + 1, (t->rule_count - at - 1) * sizeof(*t->rules));
        t->rule_count--;
}

static Status add_rule(const Changing *c, DmnTableText *t, const Json *entry)
{
        const Json *cells = json_get(entry, "cells");
        size_t at, n = cells ? cells->count : 0;
        DmnRuleText rule = { .note = STR(""), .cells = arena_array_of(c->call->arena, Str, t->column_count + 1) };
        if (!rule.cells)
                return ST_NOMEM;
        if (n != t->column_count)
                return wrong_width(c, t->rule_count + 1, n, t->column_count);
        for (size_t i = 0; i < n; i++)
                rule.cells[i] = json_at(cells, i)->text;
        TRY(place_after(c, t, entry, &at));
        return insert_rule(c, t, at, rule);
}

static Status edit(const Changing *c, DmnTableText *t, const Json *entry)
{
        Str what = json_get_text(entry, "edit", STR(""));
        size_t rule, column, at;
        if (str_eq_c(what, "add"))
                return add_rule(c, t, entry);
        TRY(rule_at(c, t, entry, "rule", &rule));
        if (str_eq_c(what, "cell")) {
                TRY(column_at(c, t, json_get_text(entry, "column", STR("")), &column));
                Str *cells = arena_array_of(c->call->arena, Str, t->column_count + 1);
                if (!cells)
                        return ST_NOMEM;
                memcpy(cells, t->rules[rule].cells, t->column_count * sizeof(*cells));
                cells[column] = json_get_text(entry, "text", STR(""));
                t->rules[rule].cells = cells;
                return ST_OK;
        }
        DmnRuleText moved = t->rules[rule];
        drop_rule(t, rule);
        if (str_eq_c(what, "remove"))
                return ST_OK;
        TRY(place_after(c, t, entry, &at));
        return insert_rule(c, t, at, moved);
}

static Status take_changes(const Changing *c, const Json *whole, const Json *edits)
{
        DmnTableText *t;
        int64_t number;
        bool *replaced = arena_array_of(c->call->arena, bool, c->count + 1);
        if (!replaced)
                return ST_NOMEM;
        for (size_t i = 0; json_at(whole, i); i++) {
                const Json *entry = json_at(whole, i), *rules = json_get(entry, "rules");
                Str csv = json_get_text(entry, "csv", STR_NONE);
                TRY(table_named(c, entry, &t, &number));
                if (!rules == !csv.ptr)
                        return diag_fail(c->call->diag, ST_INVALID, POS_NONE, "决策表 %lld：请给出 rules 或 csv 之一",
                                         "table %lld: give one of rules and csv", (long long)number);
                TRY(rules ? take_rules(c, t, rules) : take_csv(c, t, csv));
                replaced[number - 1] = true;
        }
        if (edits && edits->count > EDITS_MAX)
                return diag_fail(c->call->diag, ST_LIMIT, POS_NONE, "一次最多修改 %d 处", "at most %d edits at a time",
                                 (int)EDITS_MAX);
        for (size_t i = 0; json_at(edits, i); i++) {
                TRY(table_named(c, json_at(edits, i), &t, &number));
                if (replaced[number - 1])
                        return diag_fail(c->call->diag, ST_INVALID, POS_NONE, "决策表 %lld 已整表给出，不能再逐格修改",
                                         "table %lld is given as a whole: it cannot be edited too", (long long)number);
                TRY(edit(c, t, json_at(edits, i)));
        }
        return ST_OK;
}

/* ---- what is wrong, by rule and column ---- */

static void tell(ApiCall *call, const DiagMsg *m, const DmnDecision *d)
{
        bool en = call->lang == LANG_EN;
        DmnTableText *tables = NULL;
        size_t n = 0;
        DmnPlace at = d ? dmn_place(d, &m->pos, call->arena) : (DmnPlace){ 0 };
        if (at.table && dmn_tables_text(d, call->arena, &tables, &n) != ST_OK)
                at.table = 0;
        if (!at.table) {
                diag_add(call->diag, m->severity, m->pos, "%s", "%s", m->text);
                return;
        }
        const DmnTableText *t = &tables[at.table - 1];
        Pos pos = { .file = arena_strndup(call->arena, t->name.ptr, t->name.len) };
        if (at.rule)
                pos.cell = at.column ? arena_printf(call->arena, "R%zuC%zu", at.rule, at.column)
                                     : arena_printf(call->arena, "R%zu", at.rule);
        if (!at.column) { /* the analysis names the table and the rules itself */
                diag_add(call->diag, m->severity, pos, "%s", "%s", m->text);
                return;
        }
        pos.line = at.line > 1 ? at.line : 0;
        pos.col = at.character;
        Str column = t->columns[at.column - 1].title;
        char *words = arena_printf(call->arena,
                                   en ? "table \"%.*s\", rule %zu, column \"%.*s\", character %d: %s"
                                      : "决策表“%.*s”规则 %zu，列“%.*s”，第 %d 个字符：%s",
                                   STR_FMT(t->name), at.rule, STR_FMT(column), at.character, m->text);
        diag_add(call->diag, m->severity, pos, "%s", "%s", words ? words : m->text);
}

/* Everything that is wrong with the model; ST_INVALID when there is an error. */
static Status examine(ApiCall *call, const PackPolicy *p, const DmnModel *m)
{
        _cleanup_diag_ Diag found = DIAG_INIT(call->lang);
        Status st = dmn_check(m, &found), fits = pack_policy_model_fits(p, m, &found);
        const DmnDecision *d = dmn_find_decision(m, p->decision);
        for (size_t i = 0; i < found.count; i++)
                if (found.msgs[i].severity != SEV_NOTE)
                        tell(call, &found.msgs[i], d);
        if (st != ST_OK && st != ST_CHECK)
                return st;
        TRY(fits);
        return st == ST_OK ? ST_OK : ST_INVALID;
}

Status api_other_model(ApiCall *call, const PackPolicy *p, DmnModel **ret)
{
        const Json *whole = json_get(call->json, "tables"), *edits = json_get(call->json, "edits");
        Str xml = json_get_text(call->json, "model", STR_NONE);
        Changing c = { .call = call, .policy = p };
        *ret = NULL;
        if (!json_at(whole, 0) && !json_at(edits, 0) && !xml.ptr)
                return ST_OK;
        if (xml.ptr && (json_at(whole, 0) || json_at(edits, 0)))
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "给出整个模型时不能再改表",
                                 "with a whole model tables cannot be changed too");
        if (!xml.ptr) {
                const DmnDecision *d = dmn_find_decision(p->model, p->decision);
                TRY(tables_of(call, p, &c.tables, &c.count));
                TRY(take_changes(&c, whole, edits));
                TRY(dmn_rewrite(p->model, d, c.tables, c.count, call->arena, call->diag, &xml));
        }
        _cleanup_dmn_model_ DmnModel *m = NULL;
        TRY(pack_policy_model(call->pack, p, xml, true, call->diag, &m));
        TRY(examine(call, p, m));
        *ret = TAKE(m);
        return ST_OK;
}

/* ---- what was changed ---- */

static void put_change(JsonWriter *w, const char *kind, size_t table, size_t rule, size_t column, Str before, Str after)
{
        jw_object_begin(w);
        jw_put_cstr(w, "change", kind);
        jw_put_i64(w, "table", (int64_t)table);
        jw_put_i64(w, "rule", (int64_t)rule);
        if (column) {
                jw_put_i64(w, "column", (int64_t)column);
                jw_put_str(w, "before", before);
                jw_put_str(w, "after", after);
        }
        jw_object_end(w);
}

/* Rules of the other model that stand in this one with all their cells are the same; a changed one stands in the place of
 * the first that is missing. */
static Status put_table_changes(ApiCall *call, JsonWriter *w, const DmnTableText *was, const DmnTableText *is,
                                size_t table)
{
        size_t *of = arena_array_of(call->arena, size_t, is->rule_count + 1); /* rule of was + 1 */
        bool *taken = arena_array_of(call->arena, bool, was->rule_count + 1);
        if (!of || !taken)
                return ST_NOMEM;
        for (int pass = 0; pass < 2; pass++) /* first in its own place, then anywhere */
                for (size_t r = 0; r < is->rule_count; r++)
                        for (size_t k = pass ? 0 : r;
                             !of[r] && k < (pass ? was->rule_count : r + 1) && k < was->rule_count; k++) {
                                bool same = !taken[k];
                                for (size_t i = 0; same && i < is->column_count; i++)
                                        same = str_eq(was->rules[k].cells[i], is->rules[r].cells[i]);
                                if (same) {
                                        of[r] = k + 1;
                                        taken[k] = true;
                                }
                        }
        size_t highest = 0, free_rule = 0;
        for (size_t r = 0; r < is->rule_count; r++) {
                if (of[r]) {
                        if (of[r] < highest)
                                put_change(w, "moved", table, r + 1, 0, STR(""), STR(""));
                        highest = of[r] > highest ? of[r] : highest;
                        continue;
                }
                while (free_rule < was->rule_count && taken[free_rule])
                        free_rule++;
                if (free_rule == was->rule_count || was->column_count != is->column_count) {
                        put_change(w, "added", table, r + 1, 0, STR(""), STR(""));
                        continue;
                }
                taken[free_rule] = true;
                for (size_t i = 0; i < is->column_count; i++)
                        if (!str_eq(was->rules[free_rule].cells[i], is->rules[r].cells[i]))
                                put_change(w, "cell", table, r + 1, i + 1, was->rules[free_rule].cells[i],
                                           is->rules[r].cells[i]);
        }
        for (size_t k = 0; k < was->rule_count; k++)
                if (!taken[k])
                        put_change(w, "removed", table, k + 1, 0, STR(""), STR(""));
        return ST_OK;
}

Status api_put_model_changes(ApiCall *call, JsonWriter *w, const PackPolicy *p, const DmnModel *m)
{
        DmnTableText *was, *is;
        size_t n, count;
        TRY(tables_of(call, p, &was, &n));
        TRY(dmn_tables_text(dmn_find_decision(m, p->decision), call->arena, &is, &count));
        jw_put_array(w, "changes");
        for (size_t i = 0; i < n && i < count; i++)
                if (was[i].column_count == is[i].column_count)
                        TRY(put_table_changes(call, w, &was[i], &is[i], i + 1));
        jw_array_end(w);
        return ST_OK;
}
