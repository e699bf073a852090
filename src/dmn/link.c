/* link.c -- from elements that name each other to elements that know each other:
 * imports, requirements, their order; then every text is compiled in the
 * environment of its element. */
#include <stdio.h>

#include "dmn/link_int.h"

enum { REQUIREMENT_DEPTH = 400, REQUIREMENTS = 5000 };

Pos dmn_pos(const DmnDefs *defs, int line, int col)
{
        Pos p = { .line = line, .col = col };
        if (!defs)
                return p;
        p.file = defs->file;
        if (line > 0 && (size_t)line <= defs->line_count && defs->line_starts) {
                size_t begin = defs->line_starts[line - 1];
                size_t end = begin;
                while (end < defs->source.len && defs->source.ptr[end] != '\n' && defs->source.ptr[end] != '\r')
                        end++;
                p.source = str_n(defs->source.ptr + begin, end - begin);
        }
        return p;
}

Status dmn_problem(DmnModel *m, Severity sev, const DmnDefs *defs, int line, int col, const char *zh, const char *en,
                   ...)
{
        _cleanup_buf_ Buf b = BUF_INIT(8192);
        va_list ap;
        va_start(ap, en);
        buf_vprintf(&b, m->problems.lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        diag_add(&m->problems, sev, dmn_pos(defs, line, col), "%s", "%s", buf_cstr(&b));
        return ST_OK;
}

Status dmn_limit(DmnModel *m, const DmnDefs *defs, int line, int col, const char *zh, const char *en, ...)
{
        _cleanup_buf_ Buf b = BUF_INIT(8192);
        va_list ap;
        va_start(ap, en);
        buf_vprintf(&b, m->problems.lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        diag_add(&m->problems, SEV_ERROR, dmn_pos(defs, line, col), "%s", "%s", buf_cstr(&b));
        return ST_LIMIT;
}

/* ---- requirements ---- */

static DmnImport *import_of(DmnDefs *defs, Str ns)
{
        for (size_t i = 0; i < defs->import_count; i++)
                if (defs->imports[i].defs && str_eq(defs->imports[i].namespace_uri, ns))
                        return &defs->imports[i];
        return NULL;
}

/* "#id", "namespace#id" (also of the file's own namespace), or a bare id. */
static Status resolve_href(DmnDefs *defs, DmnReq *r)
{
        Str id;
        Str ns = str_cut(r->href, '#', &id);
        DmnDefs *where = defs;
        if (!id.ptr) {
                id = r->href;
        } else if (ns.len && !str_eq(ns, defs->namespace_uri)) {
                DmnImport *im = import_of(defs, ns);
                if (!im)
                        return dmn_problem(defs->model, SEV_ERROR, defs, r->line, r->col, "引用的模型“%.*s”没有导入",
                                           "the model \"%.*s\" is referred to but not imported", STR_FMT(ns));
                where = im->defs;
                r->via = im->name.len ? im : NULL;
        }
        r->target = map_get(&where->by_id, id);
        if (!r->target)
                return dmn_problem(defs->model, SEV_ERROR, defs, r->line, r->col, "引用的元素“%.*s”不存在",
                                   "there is no element \"%.*s\"", STR_FMT(r->href));
        return ST_OK;
}

static Status resolve_list(DmnDefs *defs, DmnReqs *list, unsigned kinds)
{
        if (list->len > REQUIREMENTS)
                return dmn_limit(defs->model, defs, list->items[0].line, list->items[0].col, "依赖过多（上限 %d）",
                                 "too many requirements (at most %d)", (int)REQUIREMENTS);
        for (size_t i = 0; i < list->len; i++) {
                DmnReq *r = &list->items[i];
                TRY(resolve_href(defs, r));
                if (r->target && !((1u << r->target->kind) & kinds)) {
                        TRY(dmn_problem(defs->model, SEV_ERROR, defs, r->line, r->col, "“%.*s”不能在这里被引用",
                                        "\"%.*s\" cannot be referred to here", STR_FMT(r->target->name)));
                        r->target = NULL;
                }
        }
        return ST_OK;
}

static Status full_name(DmnModel *m, DmnElement *e)
{
        if (e->defs->path.len == 0) {
                e->full_name = e->name;
                return ST_OK;
        }
        char *s = arena_printf(m->arena, "%.*s.%.*s", STR_FMT(e->defs->path), STR_FMT(e->name));
        e->full_name = str_c(s);
        return s ? ST_OK : ST_NOMEM;
}

static Status resolve_element(DmnElement *e)
{
        enum { D = 1u << EL_DECISION, I = 1u << EL_INPUT, K = 1u << EL_BKM | 1u << EL_SERVICE };
        DmnDefs *defs = e->defs;
        TRY(full_name(defs->model, e));
        TRY(dmn_resolve_type(defs, e->type_ref, e->line, e->col, &e->type));
        e->feel = dmn_feel_type(e->type);
        TRY(resolve_list(defs, &e->reqs, D | I | K));
        TRY(resolve_list(defs, &e->outputs, D));
        TRY(resolve_list(defs, &e->encapsulated, D));
        TRY(resolve_list(defs, &e->input_decisions, D));
        return resolve_list(defs, &e->input_data, I);
}

/* ---- order, and circles ---- */

static Status order(DmnModel *m, DmnElement *e, uint32_t depth);

static Status order_list(DmnModel *m, DmnElement *e, DmnReqs *list, uint32_t depth)
{
        for (size_t i = 0; i < list->len; i++) {
                DmnReq *r = &list->items[i];
                if (!r->target)
                        continue;
                if (r->target == e && e->kind == EL_BKM) {
                        r->target = NULL;       /* recursive by declaration: its name is in scope anyhow */
                        continue;
                }
                if (r->target->mark == 1) {
                        m->circular = true;
                        TRY(dmn_problem(
                                m, SEV_ERROR, e->defs, r->line, r->col, "循环依赖：“%.*s”需要“%.*s”，而后者又依赖前者",
                                "circular requirements: \"%.*s\" requires \"%.*s\", which depends on it in turn",
                                STR_FMT(e->name), STR_FMT(r->target->name)));
                        r->target = NULL;
                        continue;
                }
                TRY(order(m, r->target, depth + 1));
                if (r->target->depth + 1 > e->depth)
                        e->depth = r->target->depth + 1;
                if (e->depth > REQUIREMENT_DEPTH)
                        return dmn_limit(m, e->defs, e->line, e->col, "依赖链过长（上限 %d）",
                                         "the chain of requirements is too long (at most %d)", (int)REQUIREMENT_DEPTH);
        }
        return ST_OK;
}

static Status order(DmnModel *m, DmnElement *e, uint32_t depth)
{
        if (e->mark == 2)
                return ST_OK;
        if (depth > REQUIREMENT_DEPTH)
                return dmn_limit(m, e->defs, e->line, e->col, "依赖链过长（上限 %d）",
                                 "the chain of requirements is too long (at most %d)", (int)REQUIREMENT_DEPTH);
        e->mark = 1;
        TRY(order_list(m, e, &e->reqs, depth));
        TRY(order_list(m, e, &e->outputs, depth));
        TRY(order_list(m, e, &e->encapsulated, depth));
        TRY(order_list(m, e, &e->input_decisions, depth));
        TRY(order_list(m, e, &e->input_data, depth));
        e->mark = 2;
        e->index = m->element_count;
        return DMN_PUSH(m, m->elements, m->element_count, m->element_cap, e);
}

/* ---- environments ---- */

static DmnGroup *group_of(DmnElement *e, const DmnImport *im)
{
        for (size_t g = 0; g < e->group_count; g++)
                if (e->groups[g].import == im)
                        return &e->groups[g];
        return NULL;
}

static Status add_member(DmnModel *m, DmnElement *e, DmnReq *r)
{
        DmnGroup *g = group_of(e, r->via);
        if (!g) {
                g = &e->groups[e->group_count++];
                *g = (DmnGroup){ .import = r->via };
                g->members = arena_array_of(m->arena, DmnElement *, e->reqs.len);
                if (!g->members)
                        return ST_NOMEM;
        }
        for (size_t i = 0; i < g->len; i++)
                if (g->members[i] == r->target || str_eq(g->members[i]->var_name, r->target->var_name))
                        return ST_OK;
        g->members[g->len++] = r->target;
        return ST_OK;
}

static Status close_group(DmnModel *m, DmnElement *e, DmnGroup *g)
{
        Str *keys = arena_array_of(m->arena, Str, g->len);
        FeelField *fields = arena_array_of(m->arena, FeelField, g->len);
        if (!keys || !fields)
                return ST_NOMEM;
        for (size_t i = 0; i < g->len; i++) {
                keys[i] = g->members[i]->var_name;
                fields[i] = (FeelField){ keys[i], g->members[i]->feel };
        }
        TRY(feel_shape_new(m->arena, keys, g->len, &g->shape));
        const FeelType *t = feel_type_context(m->arena, fields, g->len);
        return t ? dmn_env_push(m, &e->env, g->import->name, t, NULL, &g->slot) : ST_NOMEM;
}

/* What its value is within, as others see it. */
static const DmnType *declared_of(const DmnElement *e)
{
        return e->kind == EL_INPUT || e->kind == EL_DECISION ? e->type : NULL;
}

static Status element_env(DmnModel *m, DmnElement *e)
{
        e->env.defs = e->defs;
        e->groups = arena_array_of(m->arena, DmnGroup, e->reqs.len);
        if (!e->groups)
                return ST_NOMEM;
        for (size_t i = 0; i < e->reqs.len; i++) {
                DmnReq *r = &e->reqs.items[i];
                if (!r->target)
                        continue;
                if (r->via)
                        TRY(add_member(m, e, r));
                else
                        TRY(dmn_env_push(m, &e->env, r->target->var_name, r->target->feel, declared_of(r->target),
                                         &r->slot));
        }
        for (size_t g = 0; g < e->group_count; g++)
                TRY(close_group(m, e, &e->groups[g]));
        return ST_OK;
}

/* ---- compiling the elements, requirements first ---- */

static Status compile_decision(DmnModel *m, DmnElement *e)
{
        if (!e->box)
                return ST_OK;
        e->box->expected = e->type;
        TRY(dmn_compile_box(m, &e->env, e->box));
        if (!e->type)
                e->feel = e->box->feel;
        return ST_OK;
}

static Status compile_bkm(DmnModel *m, DmnElement *e)
{
        e->self_slot = UINT32_MAX;
        if (!e->fn)
                return ST_OK;
        e->fn->name = e->name;
        TRY(dmn_env_push(m, &e->env, e->var_name, FEEL_TYPE_FUNCTION, NULL, &e->self_slot));
        if (e->type)
                e->fn->result = e->type->feel->kind == FEEL_T_FUNCTION ? e->type->result : e->type;
        TRY(dmn_compile_function(m, &e->env, e->fn));
        e->feel = e->fn->host_type;
        return ST_OK;
}

static Status service_params(DmnModel *m, DmnElement *e, DmnFunction *f)
{
        const DmnReqs *lists[] = { &e->input_data, &e->input_decisions };
        size_t n = e->input_data.len + e->input_decisions.len;
        f->params = arena_array_of(m->arena, DmnParam, n);
        f->host_params = arena_array_of(m->arena, FeelHostParam, n);
        FeelField *fields = arena_array_of(m->arena, FeelField, n);
        if (!f->params || !f->host_params || !fields)
                return ST_NOMEM;
        for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
                for (size_t i = 0; i < lists[l]->len; i++) {
                        const DmnElement *in = lists[l]->items[i].target;
                        size_t k = f->param_count++;
                        Str name = in ? in->var_name : STR("");
                        const FeelType *t = in ? in->feel : FEEL_TYPE_ANY;
                        if (in && in->type)
                                t = in->type->feel;
                        else if (in)
                                t = FEEL_TYPE_ANY;
                        f->params[k] = (DmnParam){ .name = name, .type = in ? in->type : NULL };
                        f->host_params[k] = (FeelHostParam){ .name = name, .type = in && in->type ? t : NULL };
                        fields[k] = (FeelField){ name, t };
                }
        }
        const FeelType *result = f->result ? f->result->feel : FEEL_TYPE_ANY;
        if (!f->result && e->outputs.len == 1 && e->outputs.items[0].target)
                result = e->outputs.items[0].target->feel;
        f->host_type = feel_type_function(m->arena, fields, n, result);
        return f->host_type ? ST_OK : ST_NOMEM;
}

static Status compile_service(DmnModel *m, DmnElement *e)
{
        DmnFunction *f = arena_new_of(m->arena, DmnFunction);
        Str *keys = arena_array_of(m->arena, Str, e->outputs.len);
        if (!f || !keys)
                return ST_NOMEM;
        e->fn = f;
        e->self_slot = UINT32_MAX;
        f->name = e->name;
        if (e->type)
                f->result = e->type->feel->kind == FEEL_T_FUNCTION ? e->type->result : e->type;
        size_t n = 0;
        for (size_t i = 0; i < e->outputs.len; i++)
                if (e->outputs.items[i].target)
                        keys[n++] = e->outputs.items[i].target->var_name;
        if (e->outputs.len == 0)
                TRY(dmn_problem(m, SEV_ERROR, e->defs, e->line, e->col, "决策服务“%.*s”没有输出决策",
                                "decision service \"%.*s\" has no output decision", STR_FMT(e->name)));
        if (e->outputs.len != 1) {
                Status st = feel_shape_new(m->arena, keys, n, &e->service_shape);
                if (st == ST_EXISTS)
                        TRY(dmn_problem(m, SEV_ERROR, e->defs, e->line, e->col, "决策服务“%.*s”有同名的输出",
                                        "decision service \"%.*s\" has two outputs of one name", STR_FMT(e->name)));
                else if (st != ST_OK)
                        return st;
        }
        TRY(service_params(m, e, f));
        e->feel = f->host_type;
        return ST_OK;
}

static Status compile_element(DmnModel *m, DmnElement *e)
{
        TRY(dmn_on_time(m, e->defs, e->line, e->col, NULL));
        TRY(element_env(m, e));
        switch (e->kind) {
        case EL_INPUT:
                return ST_OK;
        case EL_DECISION:
                return compile_decision(m, e);
        case EL_BKM:
                return compile_bkm(m, e);
        case EL_SERVICE:
                return compile_service(m, e);
        }
        return ST_INTERNAL;
}

/* ---- names ---- */

static Status add_name(DmnModel *m, Str name, DmnElement *e, bool report)
{
        if (name.len == 0)
                return ST_OK;
        Status st = map_add(&m->names, name, e);
        if (st == ST_EXISTS && report)
                return dmn_problem(m, SEV_ERROR, e->defs, e->line, e->col, "名称“%.*s”重复",
                                   "the name \"%.*s\" is used twice", STR_FMT(name));
        return st == ST_EXISTS ? ST_OK : st;
}

static Status index_names(DmnModel *m)
{
        for (size_t i = 0; i < m->main->element_count; i++) {
                DmnElement *e = m->main->elements[i];
                TRY(add_name(m, e->name, e, true));
                if (e->kind == EL_DECISION)
                        TRY(DMN_PUSH(m, m->decisions, m->decision_count, m->decision_cap, e));
        }
        for (size_t d = 0; d < m->defs_count; d++)
                for (size_t i = 0; i < m->defs[d]->element_count; i++)
                        TRY(add_name(m, m->defs[d]->elements[i]->full_name, m->defs[d]->elements[i], false));
        for (size_t i = 0; i < m->main->element_count; i++)
                TRY(add_name(m, m->main->elements[i]->id, m->main->elements[i], false));
        return ST_OK;
}

Status dmn_link(DmnModel *m)
{
        for (size_t d = m->defs_count; d-- > 0;)
                TRY(dmn_resolve_items(m->defs[d]));
        for (size_t d = 0; d < m->defs_count; d++)
                for (size_t i = 0; i < m->defs[d]->element_count; i++)
                        TRY(resolve_element(m->defs[d]->elements[i]));
        for (size_t d = 0; d < m->defs_count; d++)
                for (size_t i = 0; i < m->defs[d]->element_count; i++)
                        TRY(order(m, m->defs[d]->elements[i], 0));
        if (m->circular && !m->keep_going)
                return ST_INVALID;
        for (size_t i = 0; i < m->element_count; i++)
                TRY(compile_element(m, m->elements[i]));
        return index_names(m);
}
