/* parse_type.c -- type expressions: number, list<T>, range<T>, context<a: T, …>, function<T, …> -> T, named types. */
#include "feel/parse_int.h"

static bool word_is(const Parser *p, const char *w)
{
        return p->tok.end - p->tok.start == strlen(w) && memcmp(p->lx.text.ptr + p->tok.start, w, strlen(w)) == 0;
}

/* The name of a type: the longest that is known, else words with dots between. */
static Str type_name(Parser *p)
{
        static const char *const builtin[] = { "years and months duration", "days and time duration", "date and time" };
        uint32_t start = p->tok.start, end = 0;
        Str key = STR_NONE, found;
        for (size_t i = 0; i < ARRAY_LEN(builtin); i++) {
                uint32_t e = feel_name_at(str_c(builtin[i]), &p->lx, start);
                if (e > end) {
                        end = e;
                        key = str_c(builtin[i]);
                }
        }
        if (p->scope) {
                uint32_t e = feel_names_match(&p->scope->type_index, &p->lx, start, p->tok.end, &found);
                if (e > end) {
                        end = e;
                        key = found;
                }
        }
        if (end) {
                p->tok.end = end;
                parse_advance(p);
                return key;
        }
        end = p->tok.end;
        parse_advance(p);
        while (p->tok.kind == T_DOT || (p->tok.kind == T_WORD && p->tok.start > end)) {
                if (p->tok.kind == T_DOT)
                        parse_advance(p);
                if (!parse_is_word(p->tok.kind)) {
                        parse_expected(p, "类型", "a type");
                        return STR_NONE;
                }
                end = p->tok.end;
                parse_advance(p);
        }
        return str_n(p->lx.text.ptr + start, end - start);
}

static const FeelType *parse_element(Parser *p, bool list, Str *ret_unknown)
{
        if (p->tok.kind != T_LT)
                return list ? FEEL_TYPE_LIST : FEEL_TYPE_RANGE;
        parse_advance(p);
        const FeelType *e = parse_type(p, ret_unknown);
        if (p->st != ST_OK || !parse_take(p, T_GT))
                return NULL;
        if (!e)
                return NULL;
        const FeelType *t = list ? feel_type_list(p->arena, e) : feel_type_range(p->arena, e);
        return t ? t : parse_nomem(p);
}

/* Up to the colon: a field's name. */
static Str field_name(Parser *p)
{
        uint32_t start = p->tok.start, end = start;
        while (p->tok.kind != T_COLON && p->tok.kind != T_EOF && p->tok.kind != T_BAD) {
                end = p->tok.end;
                parse_advance(p);
        }
        Str name = { p->lx.text.ptr + start, end - start };
        if (p->tok.kind != T_COLON || !feel_is_name(name)) {
                parse_fail(p, start, "context<…> 中应为“名称: 类型”", "context<…> expects name: type");
                return STR_NONE;
        }
        Status st;
        name = feel_name_normalize(p->arena, name, &st);
        if (!name.ptr)
                parse_nomem(p);
        return name;
}

static const FeelType *parse_fields(Parser *p, bool function, Str *ret_unknown)
{
        FeelField *fields = NULL;
        size_t n = 0, cap = 0;
        bool complete = true;
        if (p->tok.kind != T_LT)
                return function ? FEEL_TYPE_FUNCTION : FEEL_TYPE_CONTEXT;
        parse_advance(p);
        while (p->tok.kind != T_GT) {
                FeelField f = { 0 };
                if (n && !parse_take(p, T_COMMA))
                        return NULL;
                if (!function) {
                        f.name = field_name(p);
                        if (p->st != ST_OK || !parse_take(p, T_COLON))
                                return NULL;
                }
                f.type = parse_type(p, ret_unknown);
                if (p->st != ST_OK)
                        return NULL;
                if (!f.type) {
                        complete = false;
                        f.type = FEEL_TYPE_ANY;
                }
                if (arena_grow(p->arena, (void **)&fields, &cap, n + 1, sizeof(*fields)) != 0)
                        return parse_nomem(p);
                fields[n++] = f;
        }
        parse_advance(p);
        const FeelType *t;
        if (function) {
                const FeelType *result = FEEL_TYPE_ANY;
                if (p->tok.kind == T_ARROW) {
                        parse_advance(p);
                        result = parse_type(p, ret_unknown);
                        if (p->st != ST_OK)
                                return NULL;
                        if (!result)
                                complete = false;
                }
                if (!complete)
                        return NULL;
                t = feel_type_function(p->arena, fields, n, result);
        } else {
                if (!complete)
                        return NULL;
                t = feel_type_context(p->arena, fields, n);
        }
        return t ? t : parse_nomem(p);
}

const FeelType *parse_type(Parser *p, Str *ret_unknown)
{
        const FeelType *t = NULL;
        if (!parse_is_word(p->tok.kind))
                return parse_expected(p, "类型", "a type");
        if (!parse_enter(p))
                return NULL;
        if (word_is(p, "list") || word_is(p, "range")) {
                bool list = word_is(p, "list");
                parse_advance(p);
                t = parse_element(p, list, ret_unknown);
        } else if (word_is(p, "context") || p->tok.kind == T_FUNCTION) {
                bool function = p->tok.kind == T_FUNCTION;
                parse_advance(p);
                t = parse_fields(p, function, ret_unknown);
        } else {
                Str name = type_name(p);
                if (p->st == ST_OK) {
                        if (p->scope)
                                t = strmap_get(&p->scope->types, name);
                        if (!t)
                                t = feel_type_builtin(name);
                        if (!t)
                                *ret_unknown = name;
                }
        }
        p->depth--;
        return t;
}
