/* rewrite.c -- decision tables as text, and a model's file with other rules in them. */
#include "base/utf8.h"
#include "dmn/link_int.h"
#include "dmn/tables.h"

enum { FILE_MAX_BYTES = 64 << 20 };

/* ---- as text ---- */

static const char *hit_name(DmnHit hit)
{
        static const char *const names[] = { [HIT_UNIQUE] = "UNIQUE",
                                             [HIT_FIRST] = "FIRST",
                                             [HIT_PRIORITY] = "PRIORITY",
                                             [HIT_ANY] = "ANY",
                                             [HIT_COLLECT] = "COLLECT",
                                             [HIT_RULE_ORDER] = "RULE ORDER",
                                             [HIT_OUTPUT_ORDER] = "OUTPUT ORDER" };
        return names[hit];
}

static const char *aggregation_name(DmnAgg agg)
{
        static const char *const names[] = {
                [AGG_NONE] = "", [AGG_SUM] = "SUM", [AGG_COUNT] = "COUNT", [AGG_MIN] = "MIN", [AGG_MAX] = "MAX"
        };
        return names[agg];
}

static Str text_of(const DmnText *t)
{
        return t->text.ptr ? t->text : STR("");
}

static Status rule_text(const DmnTable *t, size_t r, Arena *a, DmnRuleText *ret)
{
        const DmnRule *rule = &t->rules[r];
        *ret = (DmnRuleText){ .from = r + 1, .note = rule->annotation.ptr ? rule->annotation : STR("") };
        ret->cells = arena_array_of(a, Str, t->input_count + t->output_count + 1);
        if (!ret->cells)
                return ST_NOMEM;
        for (size_t i = 0; i < t->input_count; i++)
                ret->cells[i] = str_trim(text_of(&rule->cells[i].text));
        for (size_t i = 0; i < t->output_count; i++)
                ret->cells[t->input_count + i] = str_trim(text_of(&rule->outs[i].text));
        return ST_OK;
}

static Status table_text(const DmnTableRef *ref, Arena *a, DmnTableText *ret)
{
        const DmnTable *t = ref->table;
        size_t columns = t->input_count + t->output_count;
        *ret = (DmnTableText){ .name = ref->name,
                               .hit = hit_name(t->hit),
                               .aggregation = aggregation_name(t->agg),
                               .fixed = ref->defs != ref->defs->model->main,
                               .column_count = columns,
                               .rule_count = t->rule_count };
        ret->columns = arena_array_of(a, DmnColumnText, columns + 1);
        ret->rules = arena_array_of(a, DmnRuleText, t->rule_count + 1);
        if (!ret->columns || !ret->rules)
                return ST_NOMEM;
        for (size_t i = 0; i < t->input_count; i++) {
                const DmnColumn *c = &t->inputs[i];
                Str expression = str_trim(text_of(&c->text));
                ret->columns[i] = (DmnColumnText){ .title = c->label.len ? c->label : expression,
                                                   .expression = expression,
                                                   .type = c->type_ref };
        }
        for (size_t i = 0; i < t->output_count; i++) {
                const DmnOutClause *o = &t->outputs[i];
                ret->columns[t->input_count + i] = (DmnColumnText){ .title = o->name.len    ? o->name
                                                                             : o->label.len ? o->label
                                                                             : t->label.len ? t->label
                                                                                            : ref->name,
                                                                    .expression = STR(""),
                                                                    .type = o->type_ref,
                                                                    .output = true };
        }
        for (size_t r = 0; r < t->rule_count; r++)
                TRY(rule_text(t, r, a, &ret->rules[r]));
        return ST_OK;
}

Status dmn_tables_text(const DmnDecision *d, Arena *a, DmnTableText **ret, size_t *ret_count)
{
        DmnTableRef *refs;
        size_t n;
        TRY(dmn_decision_tables(d, a, &refs, &n));
        DmnTableText *all = arena_array_of(a, DmnTableText, n + 1);
        if (!all)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                TRY(table_text(&refs[i], a, &all[i]));
        *ret = all;
        *ret_count = n;
        return ST_OK;
}

bool dmn_table_has_default(const DmnTableRef *table)
{
        return table->table->has_fallback;
}

Str dmn_source(const DmnModel *m)
{
        return m->main->source;
}

/* ---- the file ---- */

/* The byte at which a place begins; columns count characters. */
static size_t byte_at(const DmnDefs *defs, int line, int col)
{
        if (line < 1 || (size_t)line > defs->line_count)
                return defs->source.len;
        size_t at = defs->line_starts[line - 1];
        for (int i = 1; i < col && at < defs->source.len; i++)
                do
                        at++;
                while (at < defs->source.len && ((unsigned char)defs->source.ptr[at] & 0xC0) == 0x80);
        return at;
}

static Str from_byte(const DmnDefs *defs, size_t at)
{
        return str_n(defs->source.ptr + at, defs->source.len - at);
}

/* Past a comment or a CDATA section that begins here; at itself when none does. */
static size_t past_opaque(const DmnDefs *defs, size_t at)
{
        static const struct {
                const char *begin, *end;
        } kinds[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" } };
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
                if (!str_starts(from_byte(defs, at), str_c(kinds[k].begin)))
                        continue;
                for (size_t i = at + strlen(kinds[k].begin); i < defs->source.len; i++)
                        if (str_starts(from_byte(defs, i), str_c(kinds[k].end)))
                                return i + strlen(kinds[k].end);
                return defs->source.len;
        }
        return at;
}

/* "dmn:" of <dmn:decisionTable …>; at is the tag's `<`. */
static Str prefix_at(const DmnDefs *defs, size_t at)
{
        Str rest = from_byte(defs, at + 1);
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != ':' && rest.ptr[n] != '>' && (unsigned char)rest.ptr[n] > ' ')
                n++;
        return n < rest.len && rest.ptr[n] == ':' ? str_n(rest.ptr, n + 1) : STR("");
}

/* The end tag of the element after at: its `<`, and the byte after its `>`.  Elements of the name do not nest here. */
static bool end_tag(const DmnDefs *defs, size_t at, Str prefix, const char *name, size_t *ret_begin, size_t *ret_end)
{
        while (at < defs->source.len) {
                size_t past = past_opaque(defs, at);
                Str rest = from_byte(defs, at);
                if (past != at) {
                        at = past;
                        continue;
                }
                if (rest.len > 2 && rest.ptr[0] == '<' && rest.ptr[1] == '/') {
                        Str tag = str_n(rest.ptr + 2, rest.len - 2);
                        if (str_starts(tag, prefix))
                                tag = str_n(tag.ptr + prefix.len, tag.len - prefix.len);
                        size_t n = strlen(name);
                        if (str_starts(tag, str_c(name)) && tag.len > n &&
                            (tag.ptr[n] == '>' || (unsigned char)tag.ptr[n] <= ' ')) {
                                *ret_begin = at;
                                while (at < defs->source.len && defs->source.ptr[at] != '>')
                                        at++;
                                *ret_end = at < defs->source.len ? at + 1 : at;
                                return true;
                        }
                }
                at++;
        }
        return false;
}

typedef struct Rewrite {
        const DmnDefs *defs;
        Buf out;
        size_t at; /* source is copied up to here */
        Diag *diag;
} Rewrite;

static void copy_to(Rewrite *w, size_t to)
{
        buf_put(&w->out, w->defs->source.ptr + w->at, to - w->at);
        w->at = to;
}

static bool put_entry(Rewrite *w, Str prefix, const char *name, Str text)
{
        buf_printf(&w->out, "\n        <%.*s%s><%.*stext>", STR_FMT(prefix), name, STR_FMT(prefix));
        bool good = xml_put_escaped(&w->out, text);
        buf_printf(&w->out, "</%.*stext></%.*s%s>", STR_FMT(prefix), STR_FMT(prefix), name);
        return good;
}

static bool same_cells(const DmnRuleText *a, const DmnRuleText *b, size_t columns)
{
        for (size_t i = 0; i < columns; i++)
                if (!str_eq(str_trim(a->cells[i]), str_trim(b->cells[i])))
                        return false;
        return true;
}

/* A rule as it stands in the file: its text from begin to end, its start tag up to inner. */
typedef struct RuleSource {
        size_t begin, inner, end;
        Str prefix;
} RuleSource;

static bool rule_source(const DmnDefs *defs, const DmnRule *rule, RuleSource *ret)
{
        size_t close;
        char quote = 0;
        ret->begin = ret->inner = byte_at(defs, rule->line, rule->col);
        if (ret->begin >= defs->source.len || defs->source.ptr[ret->begin] != '<')
                return false;
        ret->prefix = prefix_at(defs, ret->begin);
        for (; ret->inner < defs->source.len; ret->inner++) {
                char c = defs->source.ptr[ret->inner];
                if (quote ? c == quote : c == '"' || c == '\'')
                        quote = quote ? 0 : c;
                else if (!quote && c == '>')
                        break;
        }
        if (ret->inner == defs->source.len || defs->source.ptr[ret->inner++ - 1] == '/')
                return false;
        return end_tag(defs, ret->inner, ret->prefix, "rule", &close, &ret->end);
}

static Status put_rule(Rewrite *w, const DmnTable *t, const DmnTableText *was, const DmnTableText *text, size_t r,
                       Str prefix)
{
        const DmnRuleText *rule = &text->rules[r];
        RuleSource src = { .prefix = prefix };
        bool from = rule->from && rule_source(w->defs, &t->rules[rule->from - 1], &src);
        buf_puts(&w->out, r ? "\n      " : "");
        if (from && same_cells(rule, &was->rules[rule->from - 1], text->column_count)) {
                buf_put(&w->out, w->defs->source.ptr + src.begin, src.end - src.begin);
                return ST_OK;
        }
        prefix = src.prefix;
        if (from) /* with its identifier and label */
                buf_put(&w->out, w->defs->source.ptr + src.begin, src.inner - src.begin);
        else
                buf_printf(&w->out, "<%.*srule>", STR_FMT(prefix));
        for (size_t i = 0; i < text->column_count; i++) {
                if (rule->cells[i].len > DMN_CELL_MAX)
                        return diag_fail(w->diag, ST_LIMIT, POS_NONE, "规则 %zu：单元格过长（上限 %d 字节）",
                                         "rule %zu: a cell is too long (at most %d bytes)", r + 1, (int)DMN_CELL_MAX);
                Str cell = str_trim(rule->cells[i]);
                if (!put_entry(w, prefix, i < t->input_count ? "inputEntry" : "outputEntry",
                               cell.len || i >= t->input_count ? cell : STR("-")))
                        return diag_fail(w->diag, ST_INVALID, POS_NONE, "规则 %zu 第 %zu 列含有不能写入模型的字符",
                                         "rule %zu, column %zu has a character that a model cannot hold", r + 1, i + 1);
        }
        if (rule->note.len && !put_entry(w, prefix, "annotationEntry", rule->note))
                return ST_INVALID;
        buf_printf(&w->out, "\n      </%.*srule>", STR_FMT(prefix));
        return ST_OK;
}

static bool table_same(const DmnTableText *was, const DmnTableText *text)
{
        if (was->rule_count != text->rule_count)
                return false;
        for (size_t r = 0; r < text->rule_count; r++)
                if (text->rules[r].from != r + 1 || !same_cells(&was->rules[r], &text->rules[r], text->column_count))
                        return false;
        return true;
}

static Status put_table(Rewrite *w, const DmnTable *t, const DmnTableText *was, const DmnTableText *text)
{
        size_t begin = byte_at(w->defs, t->line, t->col), first, last, close, end;
        Str prefix = prefix_at(w->defs, begin);
        if (!end_tag(w->defs, begin, prefix, "decisionTable", &close, &end))
                return ST_UNSUPPORTED;
        first = last = close;
        for (size_t r = 0; r < t->rule_count; r++) {
                RuleSource src;
                if (!rule_source(w->defs, &t->rules[r], &src) || src.begin < begin || src.end > close ||
                    (r && src.begin < last))
                        return ST_UNSUPPORTED;
                first = r == 0 ? src.begin : first;
                last = src.end;
        }
        copy_to(w, first);
        for (size_t r = 0; r < text->rule_count; r++)
                TRY(put_rule(w, t, was, text, r, prefix));
        w->at = last;
        return ST_OK;
}

static Status check_table(const DmnTableText *was, const DmnTableText *text, size_t number, Diag *diag)
{
        if (was->fixed)
                return diag_fail(diag, ST_INVALID, POS_NONE, "决策表 %zu（%.*s）来自导入的模型，不能在此修改",
                                 "table %zu (%.*s) is of an imported model and cannot be changed here", number,
                                 STR_FMT(was->name));
        if (text->rule_count > DMN_RULES_MAX)
                return diag_fail(diag, ST_LIMIT, POS_NONE, "规则过多（上限 %d 条）", "too many rules (at most %d)",
                                 (int)DMN_RULES_MAX);
        for (size_t r = 0; r < text->rule_count; r++)
                if (text->rules[r].from > was->rule_count)
                        return diag_fail(diag, ST_INVALID, POS_NONE, "决策表 %zu 没有规则 %zu",
                                         "table %zu has no rule %zu", number, text->rules[r].from);
        return ST_OK;
}

/* What is written is UTF-8, whatever the file was. */
static void put_declaration(Rewrite *w)
{
        Str source = w->defs->source, name, rest = source;
        size_t end = 0;
        if (!str_starts(source, STR("<?xml")))
                return;
        while (end < source.len && source.ptr[end] != '>')
                end++;
        name = str_cut(str_n(source.ptr, end), '=', &rest); /* version, then perhaps encoding */
        while (rest.ptr && !str_ends(str_trim(name), STR("encoding")))
                name = str_cut(rest, '=', &rest);
        if (!rest.ptr || end == source.len)
                return;
        Str value = str_trim(rest);
        if (value.len > 6 &&
            (str_starts(str_n(value.ptr + 1, 5), STR("UTF-8")) || str_starts(str_n(value.ptr + 1, 5), STR("utf-8"))))
                return;
        buf_puts(&w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        w->at = end + 1;
}

/* Tables are rewritten as they stand in the file, which need not be the order of the decision. */
static Status put_tables(Rewrite *w, const DmnTableRef *refs, const DmnTableText *was, const DmnTableText *tables,
                         size_t n)
{
        for (;;) {
                size_t next = n, place = w->defs->source.len;
                for (size_t i = 0; i < n; i++) {
                        const DmnTable *t = refs[i].table;
                        if (table_same(&was[i], &tables[i]) || was[i].fixed)
                                continue;
                        size_t at = byte_at(w->defs, t->line, t->col);
                        if (at >= w->at && at < place) {
                                place = at;
                                next = i;
                        }
                }
                if (next == n)
                        return ST_OK;
                Status st = put_table(w, refs[next].table, &was[next], &tables[next]);
                if (st == ST_UNSUPPORTED)
                        return diag_fail(
                                w->diag, st, POS_NONE, "决策表“%.*s”的写法不能逐条修改，请给出整个模型文件",
                                "the table \"%.*s\" is written in a way that cannot be changed by rules; give the whole file",
                                STR_FMT(was[next].name));
                TRY(st);
        }
}

Status dmn_rewrite(const DmnModel *m, const DmnDecision *d, const DmnTableText *tables, size_t n, Arena *a, Diag *diag,
                   Str *ret_xml)
{
        DmnTableRef *refs;
        DmnTableText *was;
        size_t count;
        TRY(dmn_decision_tables(d, a, &refs, &count));
        TRY(dmn_tables_text(d, a, &was, &count));
        if (n != count)
                return ST_INTERNAL;
        for (size_t i = 0; i < n; i++)
                if (!table_same(&was[i], &tables[i]))
                        TRY(check_table(&was[i], &tables[i], i + 1, diag));
        Rewrite w = { .defs = m->main, .out = BUF_INIT(FILE_MAX_BYTES), .diag = diag };
        put_declaration(&w);
        Status st = put_tables(&w, refs, was, tables, n);
        if (st == ST_OK) {
                copy_to(&w, m->main->source.len);
                st = buf_status(&w.out);
        }
        if (st == ST_OK) {
                *ret_xml = arena_str(a, buf_str(&w.out));
                st = ret_xml->ptr ? ST_OK : ST_NOMEM;
        }
        buf_release(&w.out);
        return st;
}

/* ---- places ---- */

static bool not_after(int line, int col, const Pos *pos)
{
        return line < pos->line || (line == pos->line && col <= pos->col);
}

/* The last thing that begins at or before the place. */
static void at_rule(const DmnTable *t, size_t r, const Pos *pos, DmnPlace *ret)
{
        const DmnRule *rule = &t->rules[r];
        for (size_t i = 0; i < t->input_count + t->output_count; i++) {
                const DmnText *text = i < t->input_count ? &rule->cells[i].text : &rule->outs[i - t->input_count].text;
                if (!text->text.ptr || !not_after(text->line, text->col, pos))
                        continue;
                ret->column = i + 1;
                ret->line = pos->line - text->line + 1;
                ret->character = ret->line == 1 ? pos->col - text->col + 1 : pos->col;
        }
}

DmnPlace dmn_place(const DmnDecision *d, const Pos *pos, Arena *a)
{
        DmnPlace ret = { 0 };
        DmnTableRef *refs;
        size_t n, best = SIZE_MAX;
        if (!pos->line || dmn_decision_tables(d, a, &refs, &n) != ST_OK)
                return ret;
        for (size_t i = 0; i < n; i++) {
                const DmnTable *t = refs[i].table;
                if (pos->file && !str_eq_c(str_c(pos->file), refs[i].defs->file))
                        continue;
                size_t end, close;
                size_t begin = byte_at(refs[i].defs, t->line, t->col);
                if (!not_after(t->line, t->col, pos) ||
                    !end_tag(refs[i].defs, begin, prefix_at(refs[i].defs, begin), "decisionTable", &close, &end) ||
                    byte_at(refs[i].defs, pos->line, pos->col) > close)
                        continue;
                best = i;
        }
        if (best == SIZE_MAX)
                return ret;
        const DmnTable *t = refs[best].table;
        ret.table = best + 1;
        for (size_t r = 0; r < t->rule_count; r++)
                if (not_after(t->rules[r].line, t->rules[r].col, pos))
                        ret.rule = r + 1;
        if (ret.rule)
                at_rule(t, ret.rule - 1, pos, &ret);
        return ret;
}
