/* load.c -- one XML file to elements, item definitions and imports; names are
 * resolved later (link.c).  Which DMN version a file is written in shows in the
 * namespace of its root; what differs between them is small (DMN 1.1: types with
 * prefixes, 7.3.1) and accepted in all. */
#include <stdio.h>

#include "base/utf8.h"
#include "dmn/link_int.h"
#include "dmn/load_int.h"

const DmnLimits DMN_LIMITS_DEFAULT = {
        .max_file_bytes = (size_t)64 << 20,
        .max_model_bytes = (size_t)1 << 30,
        .max_nodes = 1000000,
        .max_depth = 120,
        .max_name_bytes = 4096,
        .max_imports = 200,
        .max_cells = 1000000,
        .max_ns = 60ull * 1000 * 1000 * 1000,
};

static const char *const namespaces[] = {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",         /* 1.1 */
        "http://www.omg.org/spec/DMN/20180521/MODEL/",          /* 1.2 */
        "https://www.omg.org/spec/DMN/20191111/MODEL/",         /* 1.3 */
        "https://www.omg.org/spec/DMN/20211108/MODEL/",         /* 1.4 */
        "https://www.omg.org/spec/DMN/20230324/MODEL/",         /* 1.5 */
};

bool dmn_is_model_namespace(Str ns)
{
        for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
                if (str_eq_c(ns, namespaces[i]))
                        return true;
        return false;
}

/* ---- small readers ---- */

Status dmn_attr(DmnLoader *l, const XmlNode *n, const char *name, Str *ret)
{
        const XmlAttr *a = xml_node_attr_full(n, STR_NONE, str_c(name));
        Str v = a ? str_trim(a->value) : STR("");
        if (v.len > l->m->limits.max_name_bytes)
                return dmn_limit(l->m, l->defs, a->line, a->col, "属性 %s 过长（%zu 字节，上限 %zu）",
                                 "attribute %s is too long (%zu bytes, at most %zu)", name, v.len,
                                 l->m->limits.max_name_bytes);
        *ret = v;
        return ST_OK;
}

bool dmn_attr_is(const XmlNode *n, const char *name, const char *value)
{
        return str_eq_c(str_trim(xml_node_attr(n, STR_NONE, str_c(name))), value);
}

Status dmn_own_text(DmnLoader *l, const XmlNode *n, Str *ret)
{
        Str t = xml_node_text(l->m->arena, n);
        if (!t.ptr)
                return ST_NOMEM;
        *ret = str_trim(t);
        return ST_OK;
}

Status dmn_text_child(DmnLoader *l, const XmlNode *n, DmnText *ret)
{
        const XmlNode *t = dmn_child(l, n, "text");
        *ret = (DmnText){ .text = STR_NONE, .line = n->line, .col = n->col };
        if (!t)
                return ST_OK;
        Str s = xml_node_text(l->m->arena, t);
        if (!s.ptr)
                return ST_NOMEM;
        const XmlNode *first = t->first;
        while (first && !first->is_text)
                first = first->next;
        *ret = (DmnText){ .text = s, .line = first ? first->line : t->line, .col = first ? first->col : t->col };
        return ST_OK;
}

/* ---- item definitions ---- */

static Status load_item(DmnLoader *l, const XmlNode *n, size_t depth, DmnItem *ret)
{
        if (depth > l->m->limits.max_depth)
                return dmn_limit(l->m, l->defs, n->line, n->col, "数据类型嵌套过深",
                                 "item definitions nested too deep");
        DmnItem it = { .line = n->line, .col = n->col };
        TRY(dmn_attr(l, n, "name", &it.name));
        it.collection = dmn_attr_is(n, "isCollection", "true") || dmn_attr_is(n, "isCollection", "1");
        const XmlNode *ref = dmn_child(l, n, "typeRef");
        if (ref)
                TRY(dmn_own_text(l, ref, &it.type_ref));
        const XmlNode *allowed = dmn_child(l, n, "allowedValues");
        if (allowed)
                TRY(dmn_text_child(l, allowed, &it.allowed));
        const XmlNode *constraint = dmn_child(l, n, "typeConstraint");
        if (constraint)
                TRY(dmn_text_child(l, constraint, &it.constraint));
        DMN_EACH(l, c, n, "itemComponent") {
                DmnItem part = { 0 };
                TRY(load_item(l, c, depth + 1, &part));
                TRY(DMN_PUSH(l->m, it.components, it.component_count, it.component_cap, part));
        }
        const XmlNode *fn = dmn_child(l, n, "functionItem");
        if (fn) {
                it.function = true;
                TRY(dmn_attr(l, fn, "outputTypeRef", &it.output_ref));
                DMN_EACH(l, c, fn, "parameters") {
                        DmnItem p = { .line = c->line, .col = c->col };
                        TRY(dmn_attr(l, c, "name", &p.name));
                        TRY(dmn_attr(l, c, "typeRef", &p.type_ref));
                        TRY(DMN_PUSH(l->m, it.params, it.param_count, it.param_cap, p));
                }
        }
        *ret = it;
        return ST_OK;
}

/* ---- elements of the requirements graph ---- */

static Status load_ref(DmnLoader *l, const XmlNode *n, DmnReqs *reqs)
{
        DmnReq r = { .line = n->line, .col = n->col };
        TRY(dmn_attr(l, n, "href", &r.href));
        return DMN_PUSH(l->m, reqs->items, reqs->len, reqs->cap, r);
}

static Status load_refs(DmnLoader *l, const XmlNode *n, const char *name, DmnReqs *reqs)
{
        DMN_EACH(l, c, n, name)
                TRY(load_ref(l, c, reqs));
        return ST_OK;
}

static Status load_requirements(DmnLoader *l, const XmlNode *n, DmnElement *e)
{
        DMN_EACH(l, r, n, "informationRequirement") {
                TRY(load_refs(l, r, "requiredDecision", &e->reqs));
                TRY(load_refs(l, r, "requiredInput", &e->reqs));
        }
        DMN_EACH(l, r, n, "knowledgeRequirement")
                TRY(load_refs(l, r, "requiredKnowledge", &e->reqs));
        return ST_OK;
}

static Status load_element(DmnLoader *l, const XmlNode *n, DmnElementKind kind)
{
        DmnElement *e = arena_new_of(l->m->arena, DmnElement);
        if (!e)
                return ST_NOMEM;
        *e = (DmnElement){ .kind = kind, .defs = l->defs, .line = n->line, .col = n->col };
        TRY(dmn_attr(l, n, "id", &e->id));
        TRY(dmn_attr(l, n, "name", &e->name));
        const XmlNode *description = dmn_child(l, n, "description");
        e->description = STR("");
        if (description)
                TRY(dmn_own_text(l, description, &e->description));
        const XmlNode *variable = dmn_child(l, n, "variable");
        e->var_name = STR("");
        e->type_ref = STR("");
        if (variable) {
                TRY(dmn_attr(l, variable, "name", &e->var_name));
                TRY(dmn_attr(l, variable, "typeRef", &e->type_ref));
        }
        if (e->name.len == 0)
                e->name = e->var_name;
        if (e->var_name.len == 0)
                e->var_name = e->name;
        if (e->name.len == 0)
                TRY(dmn_problem(l->m, SEV_ERROR, l->defs, n->line, n->col, "%.*s 没有名称", "this %.*s has no name",
                                STR_FMT(n->name)));
        TRY(load_requirements(l, n, e));
        if (kind == EL_DECISION) {
                TRY(dmn_load_expression(l, n, &e->box));
        } else if (kind == EL_BKM) {
                const XmlNode *logic = dmn_child(l, n, "encapsulatedLogic");
                if (logic)
                        TRY(dmn_load_function(l, logic, &e->fn));
        } else if (kind == EL_SERVICE) {
                TRY(load_refs(l, n, "outputDecision", &e->outputs));
                TRY(load_refs(l, n, "encapsulatedDecision", &e->encapsulated));
                TRY(load_refs(l, n, "inputDecision", &e->input_decisions));
                TRY(load_refs(l, n, "inputData", &e->input_data));
        }
        DmnDefs *d = l->defs;
        return DMN_PUSH(l->m, d->elements, d->element_count, d->element_cap, e);
}

static Status load_import(DmnLoader *l, const XmlNode *n)
{
        DmnImport im = { .line = n->line, .col = n->col };
        Str type;
        TRY(dmn_attr(l, n, "name", &im.name));
        TRY(dmn_attr(l, n, "namespace", &im.namespace_uri));
        TRY(dmn_attr(l, n, "locationURI", &im.location));
        TRY(dmn_attr(l, n, "importType", &type));
        im.is_dmn = dmn_is_model_namespace(type);
        if (!im.is_dmn)
                TRY(dmn_problem(l->m, SEV_WARNING, l->defs, n->line, n->col, "导入类型“%.*s”不是 DMN，忽略",
                                "import type \"%.*s\" is not DMN; ignored", STR_FMT(type)));
        DmnDefs *d = l->defs;
        return DMN_PUSH(l->m, d->imports, d->import_count, d->import_cap, im);
}

static Status index_defs(DmnLoader *l)
{
        DmnDefs *d = l->defs;
        DmnModel *m = l->m;
        d->by_id = MAP_INIT(m->limits.max_nodes);
        d->item_by_name = MAP_INIT(m->limits.max_nodes);
        for (size_t i = 0; i < d->element_count; i++) {
                DmnElement *e = d->elements[i];
                if (e->id.len == 0)
                        continue;
                Status st = map_add(&d->by_id, e->id, e);
                if (st == ST_EXISTS)
                        TRY(dmn_problem(m, SEV_ERROR, d, e->line, e->col, "标识“%.*s”重复", "id \"%.*s\" is used twice",
                                        STR_FMT(e->id)));
                else if (st != ST_OK)
                        return st;
        }
        for (size_t i = 0; i < d->item_count; i++) {
                DmnItem *it = &d->items[i];
                Status st = map_add(&d->item_by_name, it->name, it);
                if (st == ST_EXISTS)
                        TRY(dmn_problem(m, SEV_ERROR, d, it->line, it->col, "数据类型“%.*s”定义了两次",
                                        "type \"%.*s\" is defined twice", STR_FMT(it->name)));
                else if (st != ST_OK)
                        return st;
        }
        return ST_OK;
}

Status dmn_parse_file(DmnModel *m, Str text, const char *file, Diag *diag, XmlDoc **ret)
{
        XmlLimits xl = XML_LIMITS_DEFAULT;
        xl.max_bytes = m->limits.max_file_bytes;
        xl.max_depth = (uint32_t)m->limits.max_depth * 2;
        xl.max_nodes = m->limits.max_nodes;
        XmlDoc *doc;
        if (text.len > m->limits.max_file_bytes)
                return diag_fail(diag, ST_LIMIT, POS_FILE(file), "模型文件过大（%zu 字节，上限 %zu）",
                                 "the model is too large (%zu bytes, at most %zu)", text.len, m->limits.max_file_bytes);
        TRY(xml_parse(m->arena, text, file, &xl, diag, &doc));
        if (!str_eq_c(doc->root->name, "definitions"))
                return diag_fail(diag, ST_INVALID, xml_node_pos(doc->root),
                                 "这不是 DMN 模型：根元素是 <%.*s>，应为 <definitions>",
                                 "this is no DMN model: its root is <%.*s>, not <definitions>",
                                 STR_FMT(doc->root->name));
        if (!dmn_is_model_namespace(doc->root->ns))
                return diag_fail(diag, ST_UNSUPPORTED, xml_node_pos(doc->root), "命名空间“%.*s”不是 DMN 1.1 至 1.5",
                                 "namespace \"%.*s\" is not DMN 1.1 to 1.5", STR_FMT(doc->root->ns));
        *ret = doc;
        return ST_OK;
}

Status dmn_load_defs(DmnModel *m, const XmlDoc *doc, DmnDefs *defs)
{
        const XmlNode *root = doc->root;
        DmnLoader l = { .m = m, .defs = defs, .ns = root->ns };
        defs->file = doc->file;
        defs->bindings = root->bindings;
        defs->source = doc->text;
        defs->line_starts = doc->line_starts;
        defs->line_count = doc->line_count;
        TRY(dmn_attr(&l, root, "name", &defs->name));
        TRY(dmn_attr(&l, root, "namespace", &defs->namespace_uri));
        for (const XmlNode *n = root->first; n; n = n->next) {
                if (n->is_text || !str_eq(n->ns, root->ns))
                        continue;
                if (str_eq_c(n->name, "itemDefinition")) {
                        DmnItem it = { 0 };
                        TRY(load_item(&l, n, 0, &it));
                        TRY(DMN_PUSH(m, defs->items, defs->item_count, defs->item_cap, it));
                } else if (str_eq_c(n->name, "inputData")) {
                        TRY(load_element(&l, n, EL_INPUT));
                } else if (str_eq_c(n->name, "decision")) {
                        TRY(load_element(&l, n, EL_DECISION));
                } else if (str_eq_c(n->name, "businessKnowledgeModel")) {
                        TRY(load_element(&l, n, EL_BKM));
                } else if (str_eq_c(n->name, "decisionService")) {
                        TRY(load_element(&l, n, EL_SERVICE));
                } else if (str_eq_c(n->name, "import")) {
                        TRY(load_import(&l, n));
                }
        }
        return index_defs(&l);
}
