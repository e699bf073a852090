/* boxload.c -- boxed expressions and decision tables from XML (DMN 1.5, 7.3 and 8). */
#include "dmn/link_int.h"
#include "dmn/load_int.h"

static Status new_box(DmnLoader *l, const XmlNode *n, DmnBoxKind kind, DmnBox **ret)
{
        DmnBox *b = arena_new_of(l->m->arena, DmnBox);
        if (!b)
                return ST_NOMEM;
        b->kind = kind;
        b->line = n->line;
        b->col = n->col;
        b->feel = FEEL_TYPE_ANY;
        TRY(dmn_attr(l, n, "typeRef", &b->type_ref));
        TRY(dmn_attr(l, n, "label", &b->label));
        *ret = b;
        return ST_OK;
}

static bool is_feel(Str language)
{
        static const char *const known[] = { "feel", "FEEL" };
        if (language.len == 0)
                return true;
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
                if (str_has(language, str_c(known[i])))
                        return true;
        return false;
}

static Status load_literal(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, BOX_LITERAL, &b));
        Str language;
        TRY(dmn_attr(l, n, "expressionLanguage", &language));
        TRY(dmn_text_child(l, n, &b->literal.text));
        if (!is_feel(language)) {
                TRY(dmn_problem(l->m, SEV_ERROR, l->defs, n->line, n->col, "不支持表达式语言“%.*s”，结果为 null",
                                "expression language \"%.*s\" is not supported; the result is null",
                                STR_FMT(language)));
                b->broken = true;
        } else if (dmn_child(l, n, "importedValues")) {
                TRY(dmn_problem(l->m, SEV_ERROR, l->defs, n->line, n->col, "不支持外部引入的表达式，结果为 null",
                                "imported values are not supported; the result is null"));
                b->broken = true;
        }
        *ret = b;
        return ST_OK;
}

/* ---- decision tables ---- */

static Status load_hit(DmnLoader *l, const XmlNode *n, DmnTable *t)
{
        static const struct { const char *name; DmnHit hit; } hits[] = {
                { "UNIQUE", HIT_UNIQUE }, { "FIRST", HIT_FIRST }, { "PRIORITY", HIT_PRIORITY }, { "ANY", HIT_ANY },
                { "COLLECT", HIT_COLLECT }, { "RULE ORDER", HIT_RULE_ORDER }, { "OUTPUT ORDER", HIT_OUTPUT_ORDER },
        };
        static const struct { const char *name; DmnAgg agg; } aggs[] = {
                { "SUM", AGG_SUM }, { "COUNT", AGG_COUNT }, { "MIN", AGG_MIN }, { "MAX", AGG_MAX },
        };
        Str hit, agg;
        TRY(dmn_attr(l, n, "hitPolicy", &hit));
        TRY(dmn_attr(l, n, "aggregation", &agg));
        bool known = hit.len == 0;
        for (size_t i = 0; i < ARRAY_LEN(hits); i++) {
                if (str_eq_c(hit, hits[i].name)) {
                        t->hit = hits[i].hit;
                        known = true;
                }
        }
        if (!known) {
                TRY(dmn_problem(l->m, SEV_ERROR, l->defs, n->line, n->col, "未知的命中策略“%.*s”",
                                "unknown hit policy \"%.*s\"", STR_FMT(hit)));
                t->broken = true;
        }
        known = agg.len == 0 || str_eq_c(agg, "LIST");
        for (size_t i = 0; i < ARRAY_LEN(aggs); i++) {
                if (str_eq_c(agg, aggs[i].name)) {
                        t->agg = aggs[i].agg;
                        known = true;
                }
        }
        if (!known) {
                TRY(dmn_problem(l->m, SEV_ERROR, l->defs, n->line, n->col, "未知的聚合方式“%.*s”",
                                "unknown aggregation \"%.*s\"", STR_FMT(agg)));
                t->broken = true;
        }
        return ST_OK;
}

static Status load_column(DmnLoader *l, const XmlNode *n, DmnTable *t)
{
        DmnColumn c = { 0 };
        TRY(dmn_attr(l, n, "label", &c.label));
        const XmlNode *e = dmn_child(l, n, "inputExpression");
        c.type_ref = STR("");
        c.text = (DmnText){ .line = n->line, .col = n->col };
        if (e) {
                TRY(dmn_attr(l, e, "typeRef", &c.type_ref));
                TRY(dmn_text_child(l, e, &c.text));
        }
        if (!c.text.text.ptr || str_trim(c.text.text).len == 0) {
                /* DMN 1.1 tables by some tools name the input in the label alone. */
                if (c.label.len)
                        c.text.text = c.label;
        }
        const XmlNode *values = dmn_child(l, n, "inputValues");
        if (values)
                TRY(dmn_text_child(l, values, &c.allowed_text));
        return DMN_PUSH(l->m, t->inputs, t->input_count, t->input_cap, c);
}

static Status load_output(DmnLoader *l, const XmlNode *n, DmnTable *t)
{
        DmnOutClause o = { .line = n->line, .col = n->col };
        TRY(dmn_attr(l, n, "name", &o.name));
        TRY(dmn_attr(l, n, "label", &o.label));
        TRY(dmn_attr(l, n, "typeRef", &o.type_ref));
        const XmlNode *values = dmn_child(l, n, "outputValues");
        if (values)
                TRY(dmn_text_child(l, values, &o.allowed_text));
        const XmlNode *fallback = dmn_child(l, n, "defaultOutputEntry");
        if (fallback) {
                TRY(dmn_text_child(l, fallback, &o.fallback.text));
                if (o.fallback.text.text.ptr && str_trim(o.fallback.text.text).len)
                        t->has_fallback = true;
                else
                        o.fallback.text.text = STR_NONE;
        }
        return DMN_PUSH(l->m, t->outputs, t->output_count, t->output_cap, o);
}

static size_t count_children(const DmnLoader *l, const XmlNode *n, const char *name)
{
        size_t k = 0;
        DMN_EACH(l, c, n, name)
                k++;
        return k;
}

static Status join_annotations(DmnLoader *l, const XmlNode *n, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        DMN_EACH(l, a, n, "annotationEntry") {
                DmnText t;
                TRY(dmn_text_child(l, a, &t));
                Str s = str_trim(t.text);
                if (s.len)
                        buf_printf(&b, "%s%.*s", b.len ? "; " : "", STR_FMT(s));
        }
        const XmlNode *d = dmn_child(l, n, "description");
        if (d) {
                Str s;
                TRY(dmn_own_text(l, d, &s));
                if (s.len)
                        buf_printf(&b, "%s%.*s", b.len ? "; " : "", STR_FMT(s));
        }
        TRY(buf_status(&b));
        *ret = arena_str(l->m->arena, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status load_rule(DmnLoader *l, const XmlNode *n, DmnTable *t)
{
        Arena *a = l->m->arena;
        size_t ins = count_children(l, n, "inputEntry"), outs = count_children(l, n, "outputEntry");
        if (ins != t->input_count || outs != t->output_count) {
                TRY(dmn_problem(
                        l->m, SEV_ERROR, l->defs, n->line, n->col,
                        "规则 %zu 有 %zu 个条件、%zu 个输出，而表有 %zu 个输入列、%zu 个输出列",
                        "rule %zu has %zu conditions and %zu outputs, but the table has %zu input and %zu output columns",
                        t->rule_count + 1, ins, outs, t->input_count, t->output_count));
                t->broken = true;
                return ST_OK;
        }
        if ((t->rule_count + 1) * (ins + outs) > l->m->limits.max_cells)
                return dmn_limit(l->m, l->defs, n->line, n->col, "决策表过大（上限 %zu 格）",
                                 "the decision table is too large (at most %zu cells)", l->m->limits.max_cells);
        DmnRule r = { .line = n->line, .col = n->col };
        r.cells = arena_array_of(a, DmnCell, ins);
        r.outs = arena_array_of(a, DmnOutCell, outs);
        if (!r.cells || !r.outs)
                return ST_NOMEM;
        size_t i = 0;
        DMN_EACH(l, c, n, "inputEntry")
                TRY(dmn_text_child(l, c, &r.cells[i++].text));
        i = 0;
        DMN_EACH(l, c, n, "outputEntry")
                TRY(dmn_text_child(l, c, &r.outs[i++].text));
        TRY(join_annotations(l, n, &r.annotation));
        return DMN_PUSH(l->m, t->rules, t->rule_count, t->rule_cap, r);
}

static Status load_table(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, BOX_TABLE, &b));
        DmnTable *t = arena_new_of(l->m->arena, DmnTable);
        if (!t)
                return ST_NOMEM;
        b->table = t;
        t->line = n->line;
        t->col = n->col;
        TRY(dmn_attr(l, n, "outputLabel", &t->label));
        TRY(load_hit(l, n, t));
        DMN_EACH(l, c, n, "input")
                TRY(load_column(l, c, t));
        DMN_EACH(l, c, n, "output")
                TRY(load_output(l, c, t));
        if (t->output_count == 0) {
                TRY(dmn_problem(l->m, SEV_ERROR, l->defs, n->line, n->col, "决策表没有输出列",
                                "the decision table has no output column"));
                t->broken = true;
        }
        for (size_t i = 0; t->output_count > 1 && i < t->output_count; i++) {
                if (t->outputs[i].name.len == 0)
                        t->outputs[i].name = t->outputs[i].label;
                if (t->outputs[i].name.len == 0) {
                        TRY(dmn_problem(l->m, SEV_ERROR, l->defs, t->outputs[i].line, t->outputs[i].col,
                                        "有多个输出列时每列都要有名称", "with several outputs each needs a name"));
                        t->broken = true;
                }
        }
        DMN_EACH(l, c, n, "rule")
                TRY(load_rule(l, c, t));
        *ret = b;
        return ST_OK;
}

/* ---- the other boxes ---- */

static Status load_context(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, BOX_CONTEXT, &b));
        DMN_EACH(l, c, n, "contextEntry") {
                DmnEntry e = { .name = STR(""), .type_ref = STR(""), .line = c->line, .col = c->col };
                const XmlNode *v = dmn_child(l, c, "variable");
                if (v) {
                        TRY(dmn_attr(l, v, "name", &e.name));
                        TRY(dmn_attr(l, v, "typeRef", &e.type_ref));
                }
                TRY(dmn_load_expression(l, c, &e.value));
                TRY(DMN_PUSH(l->m, b->context.items, b->context.len, b->context.cap, e));
        }
        *ret = b;
        return ST_OK;
}

static Status load_list(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, BOX_LIST, &b));
        for (const XmlNode *c = n->first; c; c = c->next) {
                DmnBox *item = NULL;
                TRY(dmn_load_box(l, c, &item));
                if (item)
                        TRY(DMN_PUSH(l->m, b->list.items, b->list.len, b->list.cap, item));
        }
        *ret = b;
        return ST_OK;
}

static Status load_relation(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, BOX_RELATION, &b));
        DMN_EACH(l, c, n, "column") {
                Str name;
                TRY(dmn_attr(l, c, "name", &name));
                TRY(DMN_PUSH(l->m, b->relation.columns, b->relation.column_count, b->relation.column_cap, name));
        }
        DMN_EACH(l, row, n, "row") {
                size_t before = b->relation.len;
                for (const XmlNode *c = row->first; c; c = c->next) {
                        DmnBox *item = NULL;
                        TRY(dmn_load_box(l, c, &item));
                        if (item)
                                TRY(DMN_PUSH(l->m, b->relation.cells, b->relation.len, b->relation.cap, item));
                }
                if (b->relation.len - before != b->relation.column_count) {
                        TRY(dmn_problem(l->m, SEV_ERROR, l->defs, row->line, row->col,
                                        "这一行有 %zu 格，而关系表有 %zu 列",
                                        "this row has %zu cells, the relation %zu columns", b->relation.len - before,
                                        b->relation.column_count));
                        b->broken = true;
                        b->relation.len = before;
                }
        }
        *ret = b;
        return ST_OK;
}

static Status load_invocation(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, BOX_INVOCATION, &b));
        TRY(dmn_load_expression(l, n, &b->invocation.fn));
        DMN_EACH(l, c, n, "binding") {
                DmnEntry e = { .name = STR(""), .type_ref = STR(""), .line = c->line, .col = c->col };
                const XmlNode *p = dmn_child(l, c, "parameter");
                if (p) {
                        TRY(dmn_attr(l, p, "name", &e.name));
                        TRY(dmn_attr(l, p, "typeRef", &e.type_ref));
                }
                TRY(dmn_load_expression(l, c, &e.value));
                TRY(DMN_PUSH(l->m, b->invocation.bindings, b->invocation.len, b->invocation.cap, e));
        }
        *ret = b;
        return ST_OK;
}

Status dmn_load_function(DmnLoader *l, const XmlNode *n, DmnFunction **ret)
{
        DmnFunction *f = arena_new_of(l->m->arena, DmnFunction);
        if (!f)
                return ST_NOMEM;
        if (dmn_attr_is(n, "kind", "Java") || dmn_attr_is(n, "kind", "J"))
                f->kind = DMN_FN_JAVA;
        else if (dmn_attr_is(n, "kind", "PMML") || dmn_attr_is(n, "kind", "P"))
                f->kind = DMN_FN_PMML;
        DMN_EACH(l, c, n, "formalParameter") {
                DmnParam p = { 0 };
                TRY(dmn_attr(l, c, "name", &p.name));
                TRY(dmn_attr(l, c, "typeRef", &p.type_ref));
                TRY(DMN_PUSH(l->m, f->params, f->param_count, f->param_cap, p));
        }
        TRY(dmn_load_expression(l, n, &f->body));
        *ret = f;
        return ST_OK;
}

static Status load_function_box(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, BOX_FUNCTION, &b));
        TRY(dmn_load_function(l, n, &b->function));
        *ret = b;
        return ST_OK;
}

static Status load_part(DmnLoader *l, const XmlNode *n, const char *name, DmnBox **ret)
{
        const XmlNode *c = dmn_child(l, n, name);
        *ret = NULL;
        if (c)
                TRY(dmn_load_expression(l, c, ret));
        if (!*ret)
                TRY(dmn_problem(l->m, SEV_ERROR, l->defs, n->line, n->col, "<%.*s> 缺少 <%s>", "<%.*s> has no <%s>",
                                STR_FMT(n->name), name));
        return ST_OK;
}

static Status load_conditional(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, BOX_IF, &b));
        TRY(load_part(l, n, "if", &b->branch.test));
        TRY(load_part(l, n, "then", &b->branch.yes));
        TRY(load_part(l, n, "else", &b->branch.no));
        *ret = b;
        return ST_OK;
}

static Status load_loop(DmnLoader *l, const XmlNode *n, DmnBoxKind kind, const char *body, DmnBox **ret)
{
        DmnBox *b = NULL;
        TRY(new_box(l, n, kind, &b));
        TRY(dmn_attr(l, n, "iteratorVariable", &b->loop.variable));
        TRY(load_part(l, n, "in", &b->loop.in));
        TRY(load_part(l, n, body, &b->loop.body));
        if (kind != BOX_FILTER && b->loop.variable.len == 0)
                TRY(dmn_problem(l->m, SEV_ERROR, l->defs, n->line, n->col, "<%.*s> 缺少 iteratorVariable",
                                "<%.*s> has no iteratorVariable", STR_FMT(n->name)));
        *ret = b;
        return ST_OK;
}

/* *ret stays NULL when n is not an expression. */
Status dmn_load_box(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        *ret = NULL;
        if (n->is_text || !str_eq(n->ns, l->ns))
                return ST_OK;
        if (l->depth > l->m->limits.max_depth)
                return dmn_limit(l->m, l->defs, n->line, n->col, "表达式嵌套过深（上限 %zu 层）",
                                 "expressions nested too deep (at most %zu levels)", l->m->limits.max_depth);
        l->depth++;
        Status st = ST_OK;
        if (str_eq_c(n->name, "literalExpression"))
                st = load_literal(l, n, ret);
        else if (str_eq_c(n->name, "decisionTable"))
                st = load_table(l, n, ret);
        else if (str_eq_c(n->name, "context"))
                st = load_context(l, n, ret);
        else if (str_eq_c(n->name, "list"))
                st = load_list(l, n, ret);
        else if (str_eq_c(n->name, "relation"))
                st = load_relation(l, n, ret);
        else if (str_eq_c(n->name, "invocation"))
                st = load_invocation(l, n, ret);
        else if (str_eq_c(n->name, "functionDefinition"))
                st = load_function_box(l, n, ret);
        else if (str_eq_c(n->name, "conditional"))
                st = load_conditional(l, n, ret);
        else if (str_eq_c(n->name, "filter"))
                st = load_loop(l, n, BOX_FILTER, "match", ret);
        else if (str_eq_c(n->name, "for"))
                st = load_loop(l, n, BOX_FOR, "return", ret);
        else if (str_eq_c(n->name, "some"))
                st = load_loop(l, n, BOX_SOME, "satisfies", ret);
        else if (str_eq_c(n->name, "every"))
                st = load_loop(l, n, BOX_EVERY, "satisfies", ret);
        l->depth--;
        return st;
}

Status dmn_load_expression(DmnLoader *l, const XmlNode *n, DmnBox **ret)
{
        *ret = NULL;
        for (const XmlNode *c = n->first; c && !*ret; c = c->next)
                TRY(dmn_load_box(l, c, ret));
        return ST_OK;
}
