/* trace.c -- the explanation of an answer: a tree built while evaluating, read as text or JSON. */
#include "dmn/link_int.h"
#include "dmn/run_int.h"
#include "feel/feel_json.h"

enum { NODES_DEFAULT = 10000, JSON_DEPTH = 100 };

/* ---- building ---- */

static Status add(DmnRun *run, DmnTraceKind kind, Str name, const DmnDefs *defs, int line, int col, DmnTraceNode **ret)
{
        DmnTrace *t = run->trace;
        *ret = NULL;
        if (t->nodes >= (t->max_nodes ? t->max_nodes : NODES_DEFAULT)) {
                t->truncated = true;
                return ST_OK;
        }
        DmnTraceNode *n = arena_new_of(t->arena, DmnTraceNode);
        if (!n)
                return ST_NOMEM;
        *n = (DmnTraceNode){ .kind = kind, .name = name, .text = STR(""), .pos = dmn_pos(defs, line, col),
                             .column_name = STR(""), .cell = STR(""), .annotation = STR(""), .parent = t->at };
        if (t->at) {
                if (t->at->last)
                        t->at->last->next = n;
                else
                        t->at->first = n;
                t->at->last = n;
        } else if (!t->root) {
                t->root = n;
        } else {
                DmnTraceNode *last = t->root;
                while (last->next)
                        last = last->next;
                last->next = n;
        }
        t->nodes++;
        *ret = n;
        return ST_OK;
}

Status dmn_trace_open(DmnRun *run, DmnTraceKind kind, Str name, const DmnDefs *defs, int line, int col,
                      DmnTraceNode **ret)
{
        *ret = NULL;
        if (!run->trace)
                return ST_OK;
        TRY(add(run, kind, name, defs, line, col, ret));
        if (*ret)
                run->trace->at = *ret;
        return ST_OK;
}

void dmn_trace_close(DmnRun *run, DmnTraceNode *node)
{
        if (node)
                run->trace->at = node->parent;
}

Status dmn_trace_leaf(DmnRun *run, DmnTraceKind kind, Str name, const DmnDefs *defs, int line, int col, Str text,
                      const FeelValue *value, DmnTraceNode **ret)
{
        DmnTraceNode *n = NULL;
        if (run->trace)
                TRY(add(run, kind, name, defs, line, col, &n));
        if (n) {
                n->text = text;
                if (value)
                        n->value = *value;
        }
        if (ret)
                *ret = n;
        return ST_OK;
}

size_t dmn_trace_message_count(const DmnRun *run)
{
        const Diag *d = feel_exec_diag(run->x);
        return d ? d->count : 0;
}

Status dmn_trace_messages(DmnRun *run, size_t since)
{
        const Diag *d = feel_exec_diag(run->x);
        if (!run->trace || !d)
                return ST_OK;
        for (size_t i = since; i < d->count; i++) {
                DmnTraceNode *n = NULL;
                TRY(add(run, DMN_TRACE_MESSAGE, STR(""), NULL, d->msgs[i].pos.line, d->msgs[i].pos.col, &n));
                if (!n)
                        return ST_OK;
                n->text = arena_str(run->trace->arena, str_c(d->msgs[i].text));
                if (!n->text.ptr)
                        return ST_NOMEM;
                n->pos = (Pos){ .line = d->msgs[i].pos.line, .col = d->msgs[i].pos.col };
        }
        return ST_OK;
}

/* ---- text ---- */

typedef struct Words {
        const char *decision, *input, *call, *argument, *table, *result, *message, *missing;
        const char *fired, *matched, *failed, *cannot_tell, *not_tried;
} Words;

static const Words words[2] = {
        [LANG_ZH] = { "决策", "输入", "调用", "参数", "决策表", "结果", "说明", "缺少",
                      "命中", "命中但未采用", "未命中", "无法判断", "未检查（前面的规则已命中）" },
        [LANG_EN] = { "decision", "input", "call of", "argument", "decision table", "result", "note", "missing",
                      "fired", "matched, not used", "did not fire", "cannot be told",
                      "not tried (an earlier rule fired)" },
};

static void put_value(const FeelValue *v, Buf *out)
{
        feel_to_text(v, out);
}

static void put_named(const char *word, Str name, const FeelValue *v, Buf *out)
{
        buf_puts(out, word);
        if (name.len) {
                if (*word)
                        buf_putc(out, ' ');
                buf_put_str(out, name);
        }
        buf_puts(out, " = ");
        put_value(v, out);
}

static void put_cell(const DmnTraceNode *n, Lang lang, Buf *out)
{
        if (feel_is(&n->cell_value, FEEL_UNKNOWN) || n->state == DMN_RULE_UNKNOWN) {
                buf_printf(out, lang == LANG_EN ? "\"%.*s\" " : "“%.*s”", STR_FMT(n->column_name));
                if (feel_is(&n->cell_value, FEEL_UNKNOWN)) {
                        buf_puts(out, lang == LANG_EN ? "is unknown (missing: " : "未知（缺少：");
                        for (size_t i = 0; i < n->cell_value.unknown.len; i++) {
                                if (i)
                                        buf_puts(out, lang == LANG_EN ? ", " : "、");
                                buf_put_str(out, n->cell_value.unknown.names[i]);
                        }
                        buf_puts(out, lang == LANG_EN ? ")" : "）");
                } else {
                        buf_puts(out, " = ");
                        put_value(&n->cell_value, out);
                }
                buf_puts(out, lang == LANG_EN ? ", the rule asks for " : "，规则要求 ");
                buf_put_str(out, n->cell);
                return;
        }
        buf_printf(out, lang == LANG_EN ? "\"%.*s\" is " : "“%.*s”= ", STR_FMT(n->column_name));
        put_value(&n->cell_value, out);
        buf_puts(out, lang == LANG_EN ? ", the rule asks for " : "，规则要求 ");
        buf_put_str(out, n->cell);
}

static void put_rule(const DmnTraceNode *n, Lang lang, Buf *out)
{
        const Words *w = &words[lang];
        const char *const states[] = { w->fired, w->matched, w->failed, w->cannot_tell, w->not_tried };
        buf_printf(out, lang == LANG_EN ? "rule %d: %s" : "规则 %d：%s", n->rule, states[n->state]);
        if (n->column) {
                buf_puts(out, lang == LANG_EN ? ": " : "：");
                put_cell(n, lang, out);
        } else if (n->state == DMN_RULE_FIRED || n->state == DMN_RULE_MATCHED) {
                buf_puts(out, " → ");
                put_value(&n->value, out);
        }
        if (n->annotation.len)
                buf_printf(out, lang == LANG_EN ? " [%.*s]" : "［%.*s］", STR_FMT(n->annotation));
}

static void put_node(const DmnTraceNode *n, Lang lang, Buf *out)
{
        const Words *w = &words[lang];
        switch (n->kind) {
        case DMN_TRACE_DECISION:
                put_named(w->decision, n->name, &n->value, out);
                break;
        case DMN_TRACE_INPUT:
                put_named(w->input, n->name, &n->value, out);
                break;
        case DMN_TRACE_CALL:
                put_named(w->call, n->name, &n->value, out);
                break;
        case DMN_TRACE_ARGUMENT:
                put_named(w->argument, n->name, &n->value, out);
                break;
        case DMN_TRACE_TABLE:
                buf_puts(out, w->table);
                buf_printf(out, lang == LANG_EN ? " (%.*s) = " : "（%.*s） = ", STR_FMT(n->text));
                put_value(&n->value, out);
                break;
        case DMN_TRACE_COLUMN:
                buf_put_str(out, n->name);
                buf_puts(out, " = ");
                put_value(&n->value, out);
                break;
        case DMN_TRACE_RULE:
                put_rule(n, lang, out);
                break;
        case DMN_TRACE_ENTRY:
                put_named("", n->name.len ? n->name : str_c(w->result), &n->value, out);
                break;
        case DMN_TRACE_EXPRESSION:
                buf_put_str(out, n->text);
                buf_puts(out, " = ");
                put_value(&n->value, out);
                break;
        case DMN_TRACE_MESSAGE:
                buf_printf(out, lang == LANG_EN ? "%s: " : "%s：", w->message);
                buf_put_str(out, n->text);
                break;
        }
}

static const DmnTraceNode *after(const DmnTraceNode *n, size_t *depth)
{
        if (n->first) {
                ++*depth;
                return n->first;
        }
        while (n && !n->next) {
                n = n->parent;
                if (n)
                        --*depth;
        }
        return n ? n->next : NULL;
}

void dmn_trace_text(const DmnTrace *t, Lang lang, Buf *out)
{
        size_t depth = 0;
        for (const DmnTraceNode *n = t->root; n; n = after(n, &depth)) {
                for (size_t i = 0; i < depth; i++)
                        buf_puts(out, "  ");
                size_t begin = out->len;
                put_node(n, lang, out);
                for (size_t i = begin; i < out->len; i++)       /* an expression of several lines stays on one */
                        if (out->ptr[i] == '\n' || out->ptr[i] == '\r')
                                out->ptr[i] = ' ';
                buf_putc(out, '\n');
        }
        if (t->truncated)
                buf_puts(out, lang == LANG_EN ? "… (the explanation was cut short)\n" : "……（说明过长，已截断）\n");
}

/* ---- JSON ---- */

static const char *const kind_names[] = { "decision", "input", "call", "argument", "table", "column", "rule", "entry",
                                          "expression", "message" };
static const char *const state_names[] = { "fired", "matched", "failed", "unknown", "not tried" };

/* Deeper than JSON_DEPTH the children are left out, and it says so. */
static void put_json(const DmnTraceNode *n, size_t depth, JsonWriter *w)
{
        jw_object_begin(w);
        jw_put_cstr(w, "kind", kind_names[n->kind]);
        if (n->name.len)
                jw_put_str(w, "name", n->name);
        if (n->text.len)
                jw_put_str(w, "text", n->text);
        if (n->kind == DMN_TRACE_RULE) {
                jw_put_i64(w, "rule", n->rule);
                jw_put_cstr(w, "state", state_names[n->state]);
                if (n->column) {
                        jw_put_i64(w, "column", n->column);
                        jw_put_str(w, "column_name", n->column_name);
                        jw_put_str(w, "cell", n->cell);
                        jw_key(w, STR("cell_value"));
                        feel_to_json(&n->cell_value, w);
                }
                if (n->annotation.len)
                        jw_put_str(w, "annotation", n->annotation);
        }
        bool has_value = n->kind != DMN_TRACE_MESSAGE &&
                         (n->kind != DMN_TRACE_RULE || n->state == DMN_RULE_FIRED || n->state == DMN_RULE_MATCHED);
        if (has_value) {
                jw_key(w, STR("value"));
                feel_to_json(&n->value, w);
        }
        if (n->pos.line)
                jw_put_i64(w, "line", n->pos.line);
        if (n->first && depth >= JSON_DEPTH) {
                jw_put_bool(w, "truncated", true);
        } else if (n->first) {
                jw_put_array(w, "children");
                for (const DmnTraceNode *c = n->first; c; c = c->next)
                        put_json(c, depth + 1, w);
                jw_array_end(w);
        }
        jw_object_end(w);
}

void dmn_trace_json(const DmnTrace *t, JsonWriter *w)
{
        jw_object_begin(w);
        jw_put_array(w, "trace");
        for (const DmnTraceNode *n = t->root; n; n = n->next)
                put_json(n, 0, w);
        jw_array_end(w);
        jw_put_bool(w, "truncated", t->truncated);
        jw_object_end(w);
}

/* ---- the shortest reason ---- */

/* The table nearest to the root. */
static const DmnTraceNode *deciding_table(const DmnTrace *t)
{
        const DmnTraceNode *best = NULL;
        size_t depth = 0, best_depth = SIZE_MAX;
        for (const DmnTraceNode *n = t->root; n; n = after(n, &depth)) {
                if (n->kind == DMN_TRACE_TABLE && depth <= best_depth) {
                        best = n;
                        best_depth = depth;
                }
        }
        return best;
}

static void put_columns(const DmnTraceNode *table, Lang lang, Buf *out)
{
        bool first = true;
        for (const DmnTraceNode *c = table->first; c; c = c->next) {
                if (c->kind != DMN_TRACE_COLUMN)
                        continue;
                if (!first)
                        buf_puts(out, lang == LANG_EN ? ", " : "，");
                first = false;
                buf_put_str(out, c->name);
                buf_puts(out, " = ");
                put_value(&c->value, out);
        }
}

void dmn_trace_reason(const DmnTrace *t, Lang lang, Buf *out)
{
        const DmnTraceNode *table = deciding_table(t);
        const DmnTraceNode *closest = NULL, *unknown = NULL;
        bool fired = false;
        size_t begin = out->len;
        for (const DmnTraceNode *r = table ? table->first : NULL; r; r = r->next) {
                if (r->kind != DMN_TRACE_RULE)
                        continue;
                if (r->state == DMN_RULE_FIRED) {
                        if (fired)
                                buf_puts(out, lang == LANG_EN ? "; " : "；");
                        buf_printf(out, lang == LANG_EN ? "rule %d" : "规则 %d", r->rule);
                        if (r->annotation.len)
                                buf_printf(out, lang == LANG_EN ? " [%.*s]" : "［%.*s］", STR_FMT(r->annotation));
                        fired = true;
                } else if (r->state == DMN_RULE_UNKNOWN && !unknown) {
                        unknown = r;
                } else if (r->state == DMN_RULE_FAILED && (!closest || r->column > closest->column)) {
                        closest = r;
                }
        }
        if (fired && !feel_is(&table->value, FEEL_UNKNOWN)) {
                buf_puts(out, lang == LANG_EN ? ": " : "：");
                put_columns(table, lang, out);
        } else if (unknown) {
                out->len = begin;
                put_rule(unknown, lang, out);
        } else if (!fired && closest) {
                put_rule(closest, lang, out);
        }
}
