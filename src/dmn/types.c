/* types.c -- item definitions as types with constraints, and values taken in by them.
 *
 * A DmnType is a FEEL type and what FEEL types cannot say: the allowed values of
 * an item definition or of its parts (DMN 1.5, 7.3.3).  Definitions may name each
 * other in any order and a component may name its own whole (a person's children
 * are persons); a definition that is itself through typeRef alone is an error. */
#include "dmn/link_int.h"

enum { TYPE_DEPTH = 200, COMPONENTS = 5000 };

static const DmnType *builtin(DmnModel *m, const FeelType *feel)
{
        DmnType *t = arena_new_of(m->arena, DmnType);
        if (t)
                *t = (DmnType){ .feel = feel, .name = STR("") };
        return t;
}

static Status resolve(DmnDefs *defs, Str ref, int line, int col, int depth, const DmnType **ret);
static Status resolve_item(DmnDefs *defs, DmnItem *it, int depth);

static Status compile_constraint(DmnDefs *defs, const DmnText *text, const FeelType *input, FeelProgram **ret)
{
        DmnEnv env = { .defs = NULL };
        Str why;
        return dmn_compile_tests(defs->model, &env, text, input, ret, &why);
}

static Status list_of(DmnModel *m, const DmnType *element, Str name, DmnType **ret)
{
        DmnType *t = arena_new_of(m->arena, DmnType);
        const FeelType *feel = feel_type_list(m->arena, element->feel);
        if (!t || !feel)
                return ST_NOMEM;
        *t = (DmnType){ .feel = feel, .name = name, .element = element, .constrained = element->constrained };
        *ret = t;
        return ST_OK;
}

/* The context type is there before its components are looked at, so that they can name it. */
static Status resolve_components(DmnDefs *defs, DmnItem *it, int depth)
{
        DmnModel *m = defs->model;
        size_t n = it->component_count;
        if (n > COMPONENTS)
                return dmn_limit(m, defs, it->line, it->col, "组成部分过多（上限 %d）",
                                 "too many components (at most %d)", (int)COMPONENTS);
        DmnType *t = arena_new_of(m->arena, DmnType);
        FeelType *feel = arena_new_of(m->arena, FeelType);
        FeelField *fields = arena_array_of(m->arena, FeelField, n);
        if (!t || !feel || !fields)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                fields[i] = (FeelField){ it->components[i].name, FEEL_TYPE_ANY };
        *feel = (FeelType){ .kind = FEEL_T_CONTEXT, .name = it->name, .fields = fields, .field_count = n };
        *t = (DmnType){ .feel = feel, .name = it->name, .constrained = true, .field_count = n };
        t->fields = arena_array_of(m->arena, DmnField, n);
        if (!t->fields)
                return ST_NOMEM;
        it->type = t;
        if (it->collection)
                TRY(list_of(m, t, it->name, &it->type));
        bool constrained = false;
        for (size_t i = 0; i < n; i++) {
                DmnItem *part = &it->components[i];
                for (size_t k = 0; k < i; k++) {
                        if (str_eq(it->components[k].name, part->name))
                                TRY(dmn_problem(m, SEV_ERROR, defs, part->line, part->col, "组成部分“%.*s”重复",
                                                "component \"%.*s\" is there twice", STR_FMT(part->name)));
                }
                TRY(resolve_item(defs, part, depth + 1));
                t->fields[i] = (DmnField){ part->name, part->type };
                fields[i].type = part->type ? part->type->feel : FEEL_TYPE_ANY;
                constrained |= part->type && part->type->constrained;
        }
        t->constrained = constrained;
        if (it->type != t)
                it->type->constrained = constrained;
        return ST_OK;
}

static Status resolve_function(DmnDefs *defs, DmnItem *it, int depth)
{
        DmnModel *m = defs->model;
        DmnType *t = arena_new_of(m->arena, DmnType);
        size_t n = it->param_count;
        FeelField *params = arena_array_of(m->arena, FeelField, n);
        if (!t || !params)
                return ST_NOMEM;
        *t = (DmnType){ .name = it->name };
        for (size_t i = 0; i < n; i++) {
                const DmnType *p = NULL;
                TRY(resolve(defs, it->params[i].type_ref, it->params[i].line, it->params[i].col, depth + 1, &p));
                params[i] = (FeelField){ it->params[i].name, dmn_feel_type(p) };
        }
        TRY(resolve(defs, it->output_ref, it->line, it->col, depth + 1, &t->result));
        t->feel = feel_type_function(m->arena, params, n, dmn_feel_type(t->result));
        if (!t->feel)
                return ST_NOMEM;
        it->type = t;
        if (it->collection)
                TRY(list_of(m, t, it->name, &it->type));
        return ST_OK;
}

static Status resolve_alias(DmnDefs *defs, DmnItem *it, int depth)
{
        DmnModel *m = defs->model;
        const DmnType *base = NULL;
        TRY(resolve(defs, it->type_ref, it->line, it->col, depth + 1, &base));
        DmnType *t = arena_new_of(m->arena, DmnType);
        if (!t)
                return ST_NOMEM;
        if (base)
                *t = *base;
        else
                t->feel = FEEL_TYPE_ANY;
        t->name = it->name;
        it->type = t;
        if (it->collection)
                TRY(list_of(m, t, it->name, &it->type));
        return ST_OK;
}

/* The innermost type that allowed values speak of: items of a collection. */
static DmnType *item_of(DmnItem *it)
{
        return it->collection ? (DmnType *)(uintptr_t)it->type->element : it->type;
}

static Status add_constraints(DmnDefs *defs, DmnItem *it)
{
        if (it->allowed.text.ptr && str_trim(it->allowed.text).len) {
                DmnType *t = item_of(it);
                const DmnType *of = t->element && !it->collection ? t->element : t;
                DmnType *base = NULL;
                if (t->allowed) {
                        /* An alias with constraints of its own on top: both hold. */
                        base = arena_new_of(defs->model->arena, DmnType);
                        if (!base)
                                return ST_NOMEM;
                        *base = *t;
                }
                t->base = base;
                t->allowed_text = it->allowed;
                TRY(compile_constraint(defs, &it->allowed, of->feel, &t->allowed));
                TRY(dmn_constants(defs->model, &it->allowed, &t->values, &t->value_count));
                TRY(dmn_cell_geometry(defs->model, &it->allowed, &t->geometry));
                t->constrained = it->type->constrained = true;
        }
        if (it->constraint.text.ptr && str_trim(it->constraint.text).len) {
                TRY(compile_constraint(defs, &it->constraint, it->type->feel, &it->type->whole));
                it->type->constrained = true;
        }
        return ST_OK;
}

static Status resolve_item(DmnDefs *defs, DmnItem *it, int depth)
{
        DmnModel *m = defs->model;
        if (it->type)
                return ST_OK;
        if (it->mark == 1)
                return dmn_problem(m, SEV_ERROR, defs, it->line, it->col, "数据类型“%.*s”引用了自身",
                                   "type \"%.*s\" refers to itself", STR_FMT(it->name));
        if (depth > TYPE_DEPTH)
                return dmn_limit(m, defs, it->line, it->col, "数据类型引用层数过多",
                                 "types refer to each other too deep");
        it->mark = 1;
        if (it->component_count)
                TRY(resolve_components(defs, it, depth));
        else if (it->function)
                TRY(resolve_function(defs, it, depth));
        else
                TRY(resolve_alias(defs, it, depth));
        it->mark = 2;
        return add_constraints(defs, it);
}

static DmnDefs *defs_of_namespace(DmnDefs *defs, Str ns)
{
        if (str_eq(ns, defs->namespace_uri))
                return defs;
        for (size_t i = 0; i < defs->import_count; i++)
                if (defs->imports[i].defs && str_eq(defs->imports[i].namespace_uri, ns))
                        return defs->imports[i].defs;
        return NULL;
}

/* Splits "prefix:name" and "import.name": whose name it is. */
static DmnDefs *qualify(DmnDefs *defs, Str ref, Str *ret_name)
{
        Str rest;
        Str prefix = str_cut(ref, ':', &rest);
        if (rest.ptr) {
                for (const XmlBinding *b = defs->bindings; b; b = b->outer) {
                        if (!str_eq(b->prefix, prefix))
                                continue;
                        DmnDefs *d = defs_of_namespace(defs, b->uri);
                        if (d) {
                                *ret_name = rest;
                                return d;
                        }
                        break;
                }
        }
        for (size_t i = 0; i < defs->import_count; i++) {
                const DmnImport *im = &defs->imports[i];
                if (im->defs && im->name.len && ref.len > im->name.len + 1 && str_starts(ref, im->name) &&
                    ref.ptr[im->name.len] == '.') {
                        *ret_name = str_n(ref.ptr + im->name.len + 1, ref.len - im->name.len - 1);
                        return im->defs;
                }
        }
        *ret_name = ref;
        return defs;
}

static DmnItem *find_item(DmnDefs *defs, Str name)
{
        DmnItem *it = map_get(&defs->item_by_name, name);
        for (size_t i = 0; !it && i < defs->import_count; i++)
                if (defs->imports[i].defs && defs->imports[i].name.len == 0)
                        it = map_get(&defs->imports[i].defs->item_by_name, name);
        return it;
}

static DmnDefs *owner_of(DmnDefs *defs, Str name)
{
        if (map_get(&defs->item_by_name, name))
                return defs;
        for (size_t i = 0; i < defs->import_count; i++)
                if (defs->imports[i].defs && defs->imports[i].name.len == 0 &&
                    map_get(&defs->imports[i].defs->item_by_name, name))
                        return defs->imports[i].defs;
        return defs;
}

/* What modellers for engines with machine numbers write. */
static bool is_number_elsewhere(Str s)
{
        static const char *const names[] = { "integer", "long", "double", "int", "float", "decimal" };
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_eq_c(s, names[i]))
                        return true;
        return false;
}

static Status resolve(DmnDefs *defs, Str ref, int line, int col, int depth, const DmnType **ret)
{
        *ret = NULL;
        if (ref.len == 0 || str_eq_c(ref, "Any"))
                return ST_OK;
        Str name;
        DmnDefs *d = qualify(defs, ref, &name);
        DmnItem *it = find_item(d, name);
        if (it) {
                TRY(resolve_item(owner_of(d, name), it, depth + 1));
                *ret = it->type;
                return ST_OK;
        }
        Str rest;
        Str bare = ref;
        str_cut(ref, ':', &rest);
        if (rest.ptr)
                bare = rest;
        const FeelType *feel = feel_type_builtin(bare);
        if (!feel && is_number_elsewhere(bare))
                feel = FEEL_TYPE_NUMBER;
        if (feel) {
                if (feel->kind == FEEL_T_ANY)
                        return ST_OK;
                *ret = builtin(defs->model, feel);
                return *ret ? ST_OK : ST_NOMEM;
        }
        return dmn_problem(defs->model, SEV_ERROR, defs, line, col, "没有数据类型“%.*s”", "there is no type \"%.*s\"",
                           STR_FMT(ref));
}

Status dmn_resolve_type(DmnDefs *defs, Str ref, int line, int col, const DmnType **ret)
{
        return resolve(defs, ref, line, col, 0, ret);
}

Status dmn_resolve_items(DmnDefs *defs)
{
        for (size_t i = 0; i < defs->item_count; i++)
                TRY(resolve_item(defs, &defs->items[i], 0));
        return ST_OK;
}

/* ---- values ---- */

static Status passes(FeelExec *x, const FeelProgram *tests, const FeelValue *v, bool *ret_ok)
{
        FeelValue answer;
        TRY(feel_eval_unary_tests(x, tests, v, NULL, 0, &answer));
        *ret_ok = feel_is(&answer, FEEL_UNKNOWN) || feel_is_true(&answer);
        return ST_OK;
}

static Status check(FeelExec *x, const FeelValue *v, const DmnType *t, bool *ret_ok)
{
        *ret_ok = true;
        if (!t || !t->constrained || feel_is(v, FEEL_NULL) || feel_is(v, FEEL_UNKNOWN))
                return ST_OK;
        TRY(feel_tick(x, 1));
        if (t->base)
                TRY(check(x, v, t->base, ret_ok));
        if (*ret_ok && t->allowed) {
                if (feel_is(v, FEEL_LIST) && t->element) {
                        for (size_t i = 0; *ret_ok && i < v->list.len; i++)
                                TRY(passes(x, t->allowed, &v->list.items[i], ret_ok));
                } else {
                        TRY(passes(x, t->allowed, v, ret_ok));
                }
        }
        if (*ret_ok && t->whole)
                TRY(passes(x, t->whole, v, ret_ok));
        if (*ret_ok && t->element && feel_is(v, FEEL_LIST)) {
                for (size_t i = 0; *ret_ok && i < v->list.len; i++)
                        TRY(check(x, &v->list.items[i], t->element, ret_ok));
        }
        if (*ret_ok && feel_is(v, FEEL_CONTEXT)) {
                for (size_t i = 0; *ret_ok && i < t->field_count; i++) {
                        const FeelValue *part = feel_context_get(v, t->fields[i].name);
                        if (part)
                                TRY(check(x, part, t->fields[i].type, ret_ok));
                }
        }
        return ST_OK;
}

Status dmn_conform(FeelExec *x, const FeelValue *v, const DmnType *t, bool *ret_ok, FeelValue *ret)
{
        *ret_ok = true;
        *ret = *v;
        if (!t || feel_is(v, FEEL_NULL) || feel_is(v, FEEL_UNKNOWN))
                return ST_OK;
        FeelValue taken;
        TRY(feel_coerce(feel_exec_arena(x), v, t->feel, ret_ok, &taken));
        if (*ret_ok && t->constrained)
                TRY(check(x, &taken, t, ret_ok));
        *ret = *ret_ok ? taken : feel_null();
        return ST_OK;
}
