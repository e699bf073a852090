/* env.c -- the names a text of the model may use, and the slots of their values. */
#include <stdio.h>

#include "dmn/link_int.h"

enum { MAX_VARS = 5000, MAX_TYPE_ENTRIES = 5000000 };

Status dmn_env_push(DmnModel *m, DmnEnv *env, Str name, const FeelType *type, const DmnType *declared,
                    uint32_t *ret_slot)
{
        for (size_t i = 0; i < env->len; i++) {
                if (str_eq(env->vars[i].name, name)) {
                        env->vars[i].type = type;
                        env->vars[i].declared = declared;
                        env->scope = NULL;
                        *ret_slot = (uint32_t)i;
                        return ST_OK;
                }
        }
        if (env->len >= MAX_VARS)
                return dmn_limit(m, env->defs, 0, 0, "一个表达式可用的名称过多（上限 %d）",
                                 "too many names in the scope of one expression (at most %d)", (int)MAX_VARS);
        DmnVar v = { .name = name, .type = type, .declared = declared };
        TRY(DMN_PUSH(m, env->vars, env->len, env->cap, v));
        *ret_slot = (uint32_t)(env->len - 1);
        return ST_OK;
}

/* "Applicant data.Monthly.Income": the declared type at the end of the path. */
const DmnType *dmn_env_path(const DmnEnv *env, Str path)
{
        for (size_t i = 0; i < env->len; i++) {
                Str name = env->vars[i].name;
                const DmnType *t = env->vars[i].declared;
                if (!t || !str_starts(path, name))
                        continue;
                Str rest = str_n(path.ptr + name.len, path.len - name.len);
                while (t && rest.len && rest.ptr[0] == '.') {
                        Str tail = str_n(rest.ptr + 1, rest.len - 1);
                        const DmnType *part = NULL;
                        for (size_t k = 0; !part && k < t->field_count; k++) {
                                Str field = t->fields[k].name;
                                if (!str_starts(tail, field) || (tail.len > field.len && tail.ptr[field.len] != '.'))
                                        continue;
                                part = t->fields[k].type;
                                rest = str_n(tail.ptr + field.len, tail.len - field.len);
                        }
                        t = part;
                }
                if (t && rest.len == 0)
                        return t;
        }
        return NULL;
}

Status dmn_env_copy(DmnModel *m, const DmnEnv *env, DmnEnv *ret)
{
        DmnEnv copy = { .len = env->len, .cap = env->len + 8, .defs = env->defs };
        copy.vars = arena_array_of(m->arena, DmnVar, copy.cap);
        if (!copy.vars)
                return ST_NOMEM;
        if (env->len)
                memcpy(copy.vars, env->vars, env->len * sizeof(DmnVar));
        *ret = copy;
        return ST_OK;
}

/* Each scope that speaks of types gets all of them; how often that may be is bounded. */
static Status add_types(DmnModel *m, FeelScope *s, const DmnDefs *defs)
{
        m->type_entries += defs->item_count;
        for (size_t k = 0; k < defs->import_count; k++)
                m->type_entries += defs->imports[k].defs ? defs->imports[k].defs->item_count : 0;
        if (m->type_entries > MAX_TYPE_ENTRIES)
                return dmn_limit(m, defs, 0, 0, "数据类型与使用它们的表达式过多",
                                 "too many types for as many expressions that name them");
        for (size_t i = 0; i < defs->item_count; i++) {
                const DmnItem *it = &defs->items[i];
                Status st = it->type ? feel_scope_add_type(s, it->name, it->type->feel) : ST_OK;
                if (st != ST_OK && st != ST_EXISTS && st != ST_INVALID)
                        return st;
        }
        for (size_t k = 0; k < defs->import_count; k++) {
                const DmnImport *im = &defs->imports[k];
                for (size_t i = 0; im->defs && i < im->defs->item_count; i++) {
                        const DmnItem *it = &im->defs->items[i];
                        Str name = it->name;
                        if (im->name.len) {
                                char *full = arena_printf(m->arena, "%.*s.%.*s", STR_FMT(im->name), STR_FMT(it->name));
                                if (!full)
                                        return ST_NOMEM;
                                name = str_c(full);
                        }
                        Status st = it->type ? feel_scope_add_type(s, name, it->type->feel) : ST_OK;
                        if (st != ST_OK && st != ST_EXISTS && st != ST_INVALID)
                                return st;
                }
        }
        return ST_OK;
}

/* A name that FEEL cannot read still needs its slot: it stands there under a name nobody writes. */
static Status add_var(DmnModel *m, DmnEnv *env, size_t i)
{
        uint32_t slot;
        Status st = feel_scope_add(env->scope, env->vars[i].name, env->vars[i].type, &slot);
        if (st != ST_EXISTS && st != ST_INVALID)
                return st;
        char *name = arena_printf(m->arena, "unnamed_slot_%zu_", i);
        if (!name)
                return ST_NOMEM;
        return feel_scope_add(env->scope, str_c(name), env->vars[i].type, &slot);
}

Status dmn_env_scope(DmnModel *m, DmnEnv *env, bool want_types, const FeelScope **ret)
{
        if (env->scope && want_types && !env->with_types)
                env->scope = NULL;
        if (!env->scope) {
                env->scope = feel_scope_new(m->arena, m->library);
                if (!env->scope)
                        return ST_NOMEM;
                env->scope_len = 0;
                env->with_types = want_types;
                if (want_types && env->defs)
                        TRY(add_types(m, env->scope, env->defs));
        }
        for (; env->scope_len < env->len; env->scope_len++)
                TRY(add_var(m, env, env->scope_len));
        *ret = env->scope;
        return ST_OK;
}
