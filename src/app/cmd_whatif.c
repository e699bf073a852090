/* cmd_whatif.c -- decision tables as text, and what-ifs: other parameters, cells, rules, tables or a whole model. */
#include "app/commands.h"
#include "app/world.h"

enum { FILE_MAX_BYTES = 4000000 };

/* ---- tables ---- */

static Status put_table(App *app, const Json *t)
{
        bool en = app->lang == LANG_EN;
        const Json *columns = json_get(t, "columns"), *rules = json_get(t, "rules");
        buf_printf(&app->out, en ? "Table %.*s: %.*s (%.*s%s%.*s)\n" : "决策表 %.*s：%.*s（%.*s%s%.*s）\n",
                   STR_FMT(app_text(t, "table")), STR_FMT(app_text(t, "name")), STR_FMT(app_text(t, "hit")),
                   app_text(t, "aggregation").len ? " " : "", STR_FMT(app_text(t, "aggregation")));
        AppTable out = APP_TABLE(app->arena, columns->count + 1);
        out.right = 1;
        TRY(app_cell_c(&out, en ? "rule" : "规则"));
        for (size_t i = 0; json_at(columns, i); i++) {
                const Json *output = json_get(json_at(columns, i), "output");
                Str title = app_text(json_at(columns, i), "title");
                TRY(app_cell_c(
                        &out, arena_printf(app->arena, "%s%.*s", output && output->truth ? "→ " : "", STR_FMT(title))));
        }
        for (size_t r = 0; json_at(rules, r); r++) {
                const Json *cells = json_get(json_at(rules, r), "cells");
                TRY(app_cell(&out, app_text(json_at(rules, r), "from")));
                for (size_t i = 0; json_at(cells, i); i++)
                        TRY(app_cell(&out, json_at(cells, i)->text));
        }
        app_table_put(&out, &app->out);
        buf_putc(&app->out, '\n');
        return ST_OK;
}

static const char *format_of(const char *path)
{
        Str name = str_c(path);
        return str_ends(name, STR(".csv"))    ? "csv"
               : str_ends(name, STR(".dmn"))  ? "dmn"
               : str_ends(name, STR(".xlsx")) ? "xlsx"
                                              : NULL;
}

Status cmd_policy_table(App *app, Args *args)
{
        const char *db, *policy, *out = NULL, *table = NULL;
        bool json = false;
        const Json *o;
        TRY(args_option(args, "-o", &out));
        TRY(args_option(args, "--table", &table));
        TRY(args_flag(args, "--json", &json));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "POLICY", &policy));
        TRY(args_done(args));
        if (out && !format_of(out))
                return app_usage(app, "-o 的文件名应以 .csv、.xlsx 或 .dmn 结尾",
                                 "-o takes a name that ends in .csv, .xlsx or .dmn");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "policy", policy));
        if (out) {
                TRY(app_set(&w, "table", table));
                TRY(app_set(&w, "format", format_of(out)));
                TRY(app_call(&w, "policy_table_file", NULL));
                return app_write_file(app, out, buf_str(&w.call.reply));
        }
        TRY(app_call(&w, "policy_tables", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        const Json *tables = json_get(o, "tables");
        for (size_t i = 0; json_at(tables, i); i++)
                if (!table || str_eq_c(app_text(json_at(tables, i), "table"), table))
                        TRY(put_table(app, json_at(tables, i)));
        return ST_OK;
}

/* ---- the body ---- */

static bool put_number(JsonWriter *j, const char *key, Str text)
{
        int64_t n;
        if (!str_to_i64(str_trim(text), &n))
                return false;
        jw_put_i64(j, key, n);
        return true;
}

/* "2/REST": the table's number goes out, the rest comes back. */
static Str put_table_number(JsonWriter *j, Str text)
{
        size_t n = 0;
        while (n < text.len && text.ptr[n] >= '0' && text.ptr[n] <= '9')
                n++;
        if (n == 0 || n == text.len || text.ptr[n] != '/')
                return text;
        (void)put_number(j, "table", str_n(text.ptr, n));
        return str_n(text.ptr + n + 1, text.len - n - 1);
}

/* --cell 3:列=文字 */
static bool put_cell(JsonWriter *j, Str text)
{
        jw_put_cstr(j, "edit", "cell");
        Str value, column, rule = str_cut(str_cut(put_table_number(j, text), '=', &value), ':', &column);
        if (!value.ptr || !column.ptr || !put_number(j, "rule", rule))
                return false;
        jw_put_str(j, "column", str_trim(column));
        jw_put_str(j, "text", value);
        return true;
}

/* --add 3=格|格|格 */
static bool put_add(JsonWriter *j, Str text)
{
        jw_put_cstr(j, "edit", "add");
        Str cells, after = str_cut(put_table_number(j, text), '=', &cells);
        if (!cells.ptr || !put_number(j, "after", after))
                return false;
        jw_put_array(j, "cells");
        for (Str cell, rest = cells; rest.ptr;) {
                cell = str_cut(rest, '|', &rest);
                jw_str(j, str_trim(cell));
        }
        jw_array_end(j);
        return true;
}

static bool put_remove(JsonWriter *j, Str text)
{
        jw_put_cstr(j, "edit", "remove");
        return put_number(j, "rule", put_table_number(j, text));
}

/* --move 3:0 */
static bool put_move(JsonWriter *j, Str text)
{
        jw_put_cstr(j, "edit", "move");
        Str after, rule = str_cut(put_table_number(j, text), ':', &after);
        return after.ptr && put_number(j, "rule", rule) && put_number(j, "after", after);
}

static Status put_edits(App *app, Args *args, JsonWriter *j)
{
        static const struct {
                const char *option;
                bool (*put)(JsonWriter *j, Str text);
                const char *zh, *en;
        } kinds[] = {
                { "--cell", put_cell, "--cell 应为 规则:列=内容，例如 3:金额=200000", "--cell takes RULE:COLUMN=TEXT" },
                { "--add", put_add, "--add 应为 在第几条之后=格|格|…（0 为最前）",
                  "--add takes AFTER=CELL|CELL|… (0: at the top)" },
                { "--remove", put_remove, "--remove 应为规则号", "--remove takes a rule's number" },
                { "--move", put_move, "--move 应为 规则:在第几条之后（0 为最前）",
                  "--move takes RULE:AFTER (0: to the top)" },
        };
        const char *text;
        jw_put_array(j, "edits");
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
                for (;;) {
                        TRY(args_option_next(args, kinds[k].option, &text));
                        if (!text)
                                break;
                        jw_object_begin(j);
                        if (!kinds[k].put(j, str_c(text)))
                                return app_usage(app, "%s", "%s", app->lang == LANG_EN ? kinds[k].en : kinds[k].zh);
                        jw_object_end(j);
                }
        jw_array_end(j);
        return ST_OK;
}

/* A JSON file: the rules, a table with rules, or what `policy table --json` tells. */
static Status put_json_table(App *app, Str text, const char *file, JsonWriter *j)
{
        Json *o;
        JsonLimits limits = { .max_bytes = FILE_MAX_BYTES, .max_depth = 16, .max_values = 1000000 };
        TRY(json_parse(app->arena, text, file, &limits, &app->diag, &o));
        const Json *rules = json_is(o, JSON_ARRAY) ? o : json_get(o, "rules"), *all = json_get(o, "tables");
        for (size_t i = 0; !rules && json_at(all, i); i++) {
                jw_object_begin(j);
                (void)put_number(j, "table", app_text(json_at(all, i), "table"));
                jw_key(j, STR("rules"));
                jw_json(j, json_get(json_at(all, i), "rules"));
                jw_object_end(j);
        }
        if (!rules && json_at(all, 0))
                return ST_OK;
        if (!rules)
                return diag_fail(&app->diag, ST_INVALID, POS_FILE(file), "文件里没有规则（rules）",
                                 "the file has no rules");
        jw_object_begin(j);
        if (json_get(o, "table"))
                (void)put_number(j, "table", app_text(o, "table"));
        jw_key(j, STR("rules"));
        jw_json(j, rules);
        jw_object_end(j);
        return ST_OK;
}

static Status put_tables(App *app, Args *args, JsonWriter *j)
{
        const char *text;
        jw_put_array(j, "tables");
        for (;;) {
                TRY(args_option_next(args, "--table", &text));
                if (!text)
                        break;
                Str file, number = str_cut(str_c(text), '=', &file), content;
                int64_t n;
                bool numbered = file.ptr && str_to_i64(number, &n);
                const char *path = numbered ? file.ptr : text;
                TRY(app_read_file(app, path, FILE_MAX_BYTES, &content));
                if (str_ends(str_c(path), STR(".json"))) {
                        TRY(put_json_table(app, content, path, j));
                        continue;
                }
                jw_object_begin(j);
                if (numbered)
                        jw_put_i64(j, "table", n);
                jw_put_str(j, "csv", content);
                jw_object_end(j);
        }
        jw_array_end(j);
        return ST_OK;
}

static Status put_set(App *app, Args *args, JsonWriter *j)
{
        const char *set;
        jw_put_object(j, "set");
        for (;;) {
                TRY(args_option_next(args, "--set", &set));
                if (!set)
                        break;
                Str value, name = str_cut(str_c(set), '=', &value);
                if (!value.ptr)
                        return app_usage(app, "--set 应为 名称=值", "--set takes NAME=VALUE");
                jw_key(j, name);
                jw_str(j, value);
        }
        jw_object_end(j);
        return ST_OK;
}

/* ---- the answer ---- */

static Status put_groups(App *app, const char *title, const Json *groups, const char *key)
{
        bool en = app->lang == LANG_EN;
        AppTable t = APP_TABLE(app->arena, 5);
        t.right = 2 | 4 | 8 | 16;
        TRY(app_cell_c(&t, title));
        TRY(app_cell_c(&t, en ? "before" : "现行（元）"));
        TRY(app_cell_c(&t, en ? "after" : "调整后（元）"));
        TRY(app_cell_c(&t, en ? "gain" : "增加（家）"));
        TRY(app_cell_c(&t, en ? "lose" : "减少（家）"));
        size_t n = 0;
        for (size_t i = 0; json_at(groups, i); i++) {
                const Json *g = json_at(groups, i);
                Str before = app_text(json_get(g, "before"), "amount"),
                    after = app_text(json_get(g, "after"), "amount");
                if (str_eq(before, after) && str_eq_c(app_text(g, "winners"), "0") &&
                    str_eq_c(app_text(g, "losers"), "0"))
                        continue;
                Str name = app_title(app, g, "title");
                TRY(app_cell(&t, name.len ? name : app_text(g, key)));
                TRY(app_cell(&t, before));
                TRY(app_cell(&t, after));
                TRY(app_cell(&t, app_text(g, "winners")));
                TRY(app_cell(&t, app_text(g, "losers")));
                n++;
        }
        if (n) {
                buf_putc(&app->out, '\n');
                app_table_put(&t, &app->out);
        }
        return ST_OK;
}

static void put_changes(App *app, const Json *changes)
{
        bool en = app->lang == LANG_EN;
        for (size_t i = 0; json_at(changes, i); i++) {
                const Json *c = json_at(changes, i);
                Str kind = app_text(c, "change");
                buf_printf(&app->out, en ? "table %.*s, rule %.*s" : "决策表 %.*s 规则 %.*s",
                           STR_FMT(app_text(c, "table")), STR_FMT(app_text(c, "rule")));
                if (str_eq_c(kind, "cell"))
                        buf_printf(&app->out, en ? ", column %.*s: %.*s → %.*s\n" : " 第 %.*s 列：%.*s → %.*s\n",
                                   STR_FMT(app_text(c, "column")), STR_FMT(app_text(c, "before")),
                                   STR_FMT(app_text(c, "after")));
                else if (str_eq_c(kind, "added"))
                        buf_puts(&app->out, en ? ": added\n" : "：新增\n");
                else if (str_eq_c(kind, "removed"))
                        buf_puts(&app->out, en ? ": removed\n" : "：删除\n");
                else
                        buf_puts(&app->out, en ? ": moved\n" : "：移动\n");
        }
}

Status cmd_policy_whatif(App *app, Args *args)
{
        const char *db, *policy, *year = NULL, *model = NULL;
        bool json = false;
        int64_t number;
        _cleanup_buf_ Buf body = BUF_INIT(16 << 20);
        TRY(args_option(args, "--year", &year));
        TRY(args_option(args, "--model", &model));
        TRY(args_flag(args, "--json", &json));
        if (!year || !str_to_i64(str_c(year), &number))
                return app_usage(app, "请用 --year 指明年度", "give the year with --year");
        JsonWriter j = json_writer(&body, JSON_COMPACT);
        jw_object_begin(&j);
        jw_put_i64(&j, "year", number);
        TRY(put_set(app, args, &j));
        TRY(put_tables(app, args, &j));
        TRY(put_edits(app, args, &j));
        if (model) {
                Str xml;
                TRY(app_read_file(app, model, FILE_MAX_BYTES, &xml));
                jw_put_str(&j, "model", xml);
        }
        jw_object_end(&j);
        TRY(jw_finish(&j));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "POLICY", &policy));
        TRY(args_done(args));
        _cleanup_app_world_ AppWorld w;
        const Json *o;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "policy", policy));
        w.call.body = buf_str(&body);
        TRY(app_call(&w, "policy_whatif", &o));
        if (json) {
                app_put_reply(&w);
                return ST_OK;
        }
        const Json *b = json_get(o, "before"), *a = json_get(o, "after"), *others = json_get(o, "others"),
                   *fields = json_get(o, "by_field");
        bool en = app->lang == LANG_EN;
        put_changes(app, json_get(o, "changes"));
        buf_printf(&app->out,
                   en ? "before: %.*s paid %.*s yuan\nafter:  %.*s paid %.*s yuan\nwinners %.*s, losers %.*s\n"
                      : "现行：%.*s 家，%.*s 元\n调整：%.*s 家，%.*s 元\n增加 %.*s 家，减少 %.*s 家\n",
                   STR_FMT(app_text(b, "eligible")), STR_FMT(app_text(b, "amount")), STR_FMT(app_text(a, "eligible")),
                   STR_FMT(app_text(a, "amount")), STR_FMT(app_text(o, "winners")), STR_FMT(app_text(o, "losers")));
        for (size_t i = 0; json_at(others, i); i++)
                buf_printf(&app->out, en ? "also %.*s: %.*s → %.*s yuan\n" : "另有 %.*s：%.*s → %.*s 元\n",
                           STR_FMT(app_title(app, json_at(others, i), "title")),
                           STR_FMT(app_text(json_get(json_at(others, i), "before"), "amount")),
                           STR_FMT(app_text(json_get(json_at(others, i), "after"), "amount")));
        TRY(put_groups(app, en ? "unit" : "县区", json_get(o, "by_unit"), "unit"));
        for (size_t i = 0; json_at(fields, i); i++) {
                const Json *f = json_at(fields, i);
                char *title = arena_printf(app->arena, "%.*s", STR_FMT(app_title(app, f, "title")));
                if (!title)
                        return ST_NOMEM;
                TRY(put_groups(app, title, json_get(f, "groups"), "code"));
        }
        return ST_OK;
}
