#include "feel/scope.h"

/* Types may be shared and cyclic: each is walked once an index. */
static Status first_visit(NameIndex *keys, const FeelType *t, bool *ret_first)
{
        Str mark = { (const char *)&t, sizeof(t) };
        *ret_first = strmap_get(&keys->seen, mark) == NULL;
        if (!*ret_first)
                return ST_OK;
        mark = arena_str(keys->arena, mark);
        return mark.ptr ? strmap_put(&keys->seen, mark, keys) : ST_NOMEM;
}

#define SCOPE_TYPE_DEPTH 200

/* The names of a type's entries, all the way down. */
static Status add_keys(NameIndex *keys, const FeelType *t, int depth)
{
        bool first = false;
        if (!t || depth > SCOPE_TYPE_DEPTH || (!t->element && t->field_count == 0))
                return ST_OK;
        TRY(first_visit(keys, t, &first));
        if (!first)
                return ST_OK;
        TRY(add_keys(keys, t->element, depth + 1));
        for (size_t i = 0; i < t->field_count; i++) {
                if (t->kind == FEEL_T_CONTEXT) {
                        Status st = feel_names_add(keys, t->fields[i].name);
                        if (st != ST_OK && st != ST_INVALID)
                                return st;
                }
                TRY(add_keys(keys, t->fields[i].type, depth + 1));
        }
        return ST_OK;
}

FeelScope *feel_scope_new(Arena *a, const FeelLibrary *library)
{
        FeelScope *s = arena_new_of(a, FeelScope);
        if (!s)
                return NULL;
        s->arena = a;
        s->library = library;
        s->by_name = STRMAP_INIT(a);
        s->types = STRMAP_INIT(a);
        s->index = NAME_INDEX(a);
        s->type_index = NAME_INDEX(a);
        s->keys = NAME_INDEX(a);
        return s;
}

Status feel_scope_add(FeelScope *s, Str name, const FeelType *type, uint32_t *ret_slot)
{
        if (!feel_is_name(name))
                return ST_INVALID;
        if (strmap_get(&s->by_name, name))
                return ST_EXISTS;
        ScopeName *n = arena_new_of(s->arena, ScopeName);
        Str copy = arena_str(s->arena, name);
        if (!n || !copy.ptr)
                return ST_NOMEM;
        *n = (ScopeName){ copy, type ? type : FEEL_TYPE_ANY, (uint32_t)s->len };
        if (arena_grow(s->arena, (void **)&s->names, &s->cap, s->len + 1, sizeof(*s->names)) != 0)
                return ST_NOMEM;
        TRY(feel_names_add(&s->index, copy));
        TRY(add_keys(&s->keys, type, 0));
        TRY(strmap_put(&s->by_name, copy, n));
        s->names[s->len++] = n;
        if (ret_slot)
                *ret_slot = n->slot;
        return ST_OK;
}

Status feel_scope_add_type(FeelScope *s, Str name, const FeelType *type)
{
        if (strmap_get(&s->types, name))
                return ST_EXISTS;
        Str copy = arena_str(s->arena, name);
        if (!copy.ptr)
                return ST_NOMEM;
        TRY(feel_names_add(&s->type_index, copy));
        TRY(add_keys(&s->keys, type, 0));
        return strmap_put(&s->types, copy, (void *)(uintptr_t)type);
}

size_t feel_scope_len(const FeelScope *s)
{
        return s->len;
}

Str feel_scope_name(const FeelScope *s, size_t slot)
{
        return slot < s->len ? s->names[slot]->name : STR_NONE;
}

const FeelType *feel_scope_type(const FeelScope *s, size_t slot)
{
        return slot < s->len ? s->names[slot]->type : FEEL_TYPE_ANY;
}

size_t feel_scope_find(const FeelScope *s, Str name)
{
        const ScopeName *n = strmap_get(&s->by_name, name);
        return n ? n->slot : SIZE_MAX;
}

/* ---------------------------------------------------------------- library */

FeelLibrary *feel_library_new(Arena *a)
{
        FeelLibrary *l = arena_new_of(a, FeelLibrary);
        if (!l)
                return NULL;
        l->arena = a;
        l->functions = STRMAP_INIT(a);
        l->collections = STRMAP_INIT(a);
        l->names = NAME_INDEX(a);
        l->keys = NAME_INDEX(a);
        return l;
}

static Status library_name(FeelLibrary *l, Str name, Str *ret)
{
        size_t count;
        if (!feel_is_name(name))
                return ST_INVALID;
        if (strmap_get(&l->functions, name) || strmap_get(&l->collections, name) || feel_builtin_find(name, &count))
                return ST_EXISTS;
        Str copy = arena_str(l->arena, name);
        if (!copy.ptr)
                return ST_NOMEM;
        TRY(feel_names_add(&l->names, copy));
        *ret = copy;
        return ST_OK;
}

Status feel_library_add_function(FeelLibrary *l, const FeelHostFunction *f)
{
        Str name;
        TRY(library_name(l, f->name, &name));
        FeelHostFunction *own = arena_new_of(l->arena, FeelHostFunction);
        FeelHostParam *params = arena_array_of(l->arena, FeelHostParam, f->param_count + 1);
        if (!own || !params)
                return ST_NOMEM;
        *own = *f;
        own->name = name;
        own->result = f->result ? f->result : FEEL_TYPE_ANY;
        own->params = params;
        for (size_t i = 0; i < f->param_count; i++) {
                params[i] = f->params[i];
                params[i].name = arena_str(l->arena, f->params[i].name);
                if (!params[i].name.ptr)
                        return ST_NOMEM;
                if (!params[i].type)
                        params[i].type = FEEL_TYPE_ANY;
        }
        TRY(add_keys(&l->keys, own->result, 0));
        return strmap_put(&l->functions, name, own);
}

Status feel_library_add_collection(FeelLibrary *l, const FeelHostCollection *c)
{
        Str name;
        TRY(library_name(l, c->name, &name));
        FeelHostCollection *own = arena_new_of(l->arena, FeelHostCollection);
        if (!own)
                return ST_NOMEM;
        *own = *c;
        own->name = name;
        own->type = c->type ? c->type : FEEL_TYPE_ANY;
        TRY(add_keys(&l->keys, own->type, 0));
        return strmap_put(&l->collections, name, own);
}
