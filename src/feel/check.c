/* check.c -- what every name means, what every part's type is, and what cannot be right.
 *
 * A variable lives in the frame of the function (or the program) that introduces
 * it; a function that reads an outer one captures its value when it is made.  A
 * filter introduces its item, whose entries are names too: where the item's type
 * is known that is settled here, else the compiler makes the program try the
 * item's entries first, innermost filter first, then the ordinary meaning.
 */
#include <stdio.h>

#include "feel/ast.h"
#include "feel/scope.h"
#include "feel/suggest.h"
#include "feel/value_int.h"

#include "base/utf8.h"

typedef enum VarKind { VAR_LOCAL, VAR_ITEM, VAR_SELF, VAR_PARTIAL } VarKind;

typedef struct Var {
        struct Var *outer;
        struct Var *hidden;             /* of the same name, outside; VAR_ITEM: the next item outside */
        size_t depth;                   /* how many variables are outside */
        VarKind kind;
        Str name;
        const FeelType *type;           /* of the item for VAR_ITEM */
        uint32_t local;
        AstFrame *frame;                /* where it lives; VAR_SELF: the function's own frame */
        bool *used;                     /* may be NULL */
} Var;

typedef struct Checker {
        const CheckInput *in;
        Arena *arena;
        Var *vars;                      /* innermost first */
        Var *items;                     /* those of filters, innermost first */
        StrMap by_name;                 /* the others: innermost Var */
        StrMap fields;                  /* of types with many: FeelField by name */
        AstFrame *frame;
        size_t errors;
        Status st;
} Checker;

static Status check(Checker *c, Ast *n);

/* ---------------------------------------------------------------- messages */

static void report(Checker *c, uint32_t pos, const char *zh, const char *en, ...)
        __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

static void report(Checker *c, uint32_t pos, const char *zh, const char *en, ...)
{
        Diag *d = c->in->diag;
        if (!c->in->lenient)
                c->errors++;
        if (!d)
                return;
        char text[600] = "";
        bool full = diag_is_full(d);            /* counted only: its place takes a walk through the text */
        va_list ap;
        va_start(ap, en);
        if (!full)
                vsnprintf(text, sizeof(text), d->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        diag_add(d, c->in->lenient ? SEV_WARNING : SEV_ERROR, full ? POS_NONE : feel_source_pos(&c->in->src, pos), "%s",
                 "%s", text);
}

static const char *type_text(Checker *c, const FeelType *t)
{
        if (diag_is_full(c->in->diag))
                return "";
        _cleanup_buf_ Buf b = BUF_INIT(4096);
        feel_type_to_text(t, &b);
        const char *s = arena_strndup(c->arena, buf_cstr(&b), b.len);
        return s ? s : "";
}

/* ---------------------------------------------------------------- suggestions */

/* The known name that is most like the wanted one; none when nobody will read it: every unknown name would be
 * compared with every known one. */
static Str nearest(Checker *c, Str wanted)
{
        const FeelScope *scope = c->in->scope;
        Suggestion s;
        if (diag_is_full(c->in->diag))
                return STR_NONE;
        feel_suggest_begin(&s, wanted);
        for (const Var *v = c->vars; v; v = v->outer) {
                if (v->kind == VAR_ITEM && v->type->kind == FEEL_T_CONTEXT)
                        for (size_t i = 0; i < v->type->field_count; i++)
                                feel_suggest(&s, v->type->fields[i].name);
                else if (v->kind != VAR_ITEM)
                        feel_suggest(&s, v->name);
        }
        for (size_t i = 0; scope && i < scope->len; i++)
                feel_suggest(&s, scope->names[i]->name);
        if (scope && scope->library) {
                const StrMap *maps[] = { &scope->library->functions, &scope->library->collections };
                for (size_t m = 0; m < 2; m++)
                        for (size_t i = 0; i < maps[m]->size; i++)
                                if (maps[m]->items[i].key.ptr)
                                        feel_suggest(&s, maps[m]->items[i].key);
        }
        for (const char *const *b = feel_builtin_names(); *b; b++)
                feel_suggest(&s, str_c(*b));
        return s.name;
}

/* Full-width punctuation is a letter to FEEL; nobody means it so. */
static bool has_wide_punctuation(Str s)
{
        for (size_t p = 0; p < s.len;) {
                uint32_t cp = utf8_next(s, &p);
                if (cp == 0x3001 || cp == 0x3002 || (cp >= 0xFF01 && cp <= 0xFF0F) || (cp >= 0xFF1A && cp <= 0xFF1F) ||
                    cp == 0x3010 || cp == 0x3011 || cp == 0xFF3B || cp == 0xFF3D)
                        return true;
        }
        return false;
}

static Str short_name(Str s)
{
        if (s.len > 60)
                s.len = utf8_offset(s, 20);
        return s;
}

static void unknown_name(Checker *c, const Ast *n, bool function)
{
        Str name = short_name(n->name.text);
        if (has_wide_punctuation(name)) {
                report(c, n->pos, "未知的名称 “%.*s”：其中有全角标点，请改用半角",
                       "unknown name \"%.*s\": it contains full-width punctuation", STR_FMT(name));
                return;
        }
        Str like = nearest(c, n->name.text);
        if (like.ptr && function)
                report(c, n->pos, "未知的函数 “%.*s”，是否指 “%.*s”？",
                       "unknown function \"%.*s\"; did you mean \"%.*s\"?", STR_FMT(name), STR_FMT(like));
        else if (like.ptr)
                report(c, n->pos, "未知的名称 “%.*s”，是否指 “%.*s”？", "unknown name \"%.*s\"; did you mean \"%.*s\"?",
                       STR_FMT(name), STR_FMT(like));
        else if (function)
                report(c, n->pos, "未知的函数 “%.*s”", "unknown function \"%.*s\"", STR_FMT(name));
        else
                report(c, n->pos, "未知的名称 “%.*s”", "unknown name \"%.*s\"", STR_FMT(name));
}

/* ---------------------------------------------------------------- variables */

static uint32_t new_locals(Checker *c, uint32_t n)
{
        uint32_t first = c->frame->locals;
        c->frame->locals += n;
        if (c->frame->locals > c->frame->max_locals)
                c->frame->max_locals = c->frame->locals;
        return first;
}

static Var *push_var(Checker *c, VarKind kind, Str name, const FeelType *type, uint32_t local)
{
        Var *v = arena_new_of(c->arena, Var);
        if (!v)
                return NULL;
        *v = (Var){ .outer = c->vars, .kind = kind, .name = name, .type = type, .local = local, .frame = c->frame,
                    .depth = c->vars ? c->vars->depth + 1 : 0 };
        if (kind == VAR_ITEM) {
                v->hidden = c->items;
                c->items = v;
        } else {
                v->hidden = strmap_get(&c->by_name, name);
                if (strmap_put(&c->by_name, name, v) != ST_OK)
                        return NULL;
        }
        c->vars = v;
        return v;
}

static void pop_vars(Checker *c, const Var *until)
{
        for (; c->vars != until; c->vars = c->vars->outer) {
                if (c->vars->kind == VAR_ITEM)
                        c->items = c->vars->hidden;
                else
                        strmap_replace(&c->by_name, c->vars->name, c->vars->hidden);
        }
}

/* The capture of frame f for something of an outer frame; made when there is none.  UINT32_MAX: no memory. */
static uint32_t capture(Checker *c, AstFrame *f, AstFrame *home, char from, uint32_t index)
{
        AstCapture cap = { .from = from, .index = index };
        /* home NULL: an input of the program, which only the outermost frame reads directly. */
        if (f->outer && (home ? f->outer != home : f->outer->outer != NULL)) {
                uint32_t outer = capture(c, f->outer, home, from, index);
                if (outer == UINT32_MAX)
                        return UINT32_MAX;
                cap = (AstCapture){ .from = 'C', .index = outer };
        }
        char id[5] = { cap.from };
        memcpy(id + 1, &cap.index, sizeof(cap.index));
        Str key = { id, sizeof(id) };
        const AstCapture *known = strmap_get(&f->capture_map, key);
        if (known)
                return known->place;
        AstCapture *own = arena_alloc(c->arena, sizeof(*own));
        key = arena_str(c->arena, key);
        if (!own || !key.ptr ||
            arena_grow(c->arena, (void **)&f->captures, &f->capture_cap, f->capture_count + 1, sizeof(cap)) != 0)
                return UINT32_MAX;
        cap.place = (uint32_t)f->capture_count;
        *own = cap;
        if (strmap_put(&f->capture_map, key, own) != ST_OK)
                return UINT32_MAX;
        f->captures[f->capture_count++] = cap;
        return cap.place;
}

static Status bind_to(Checker *c, Binding *b, BindKind kind, AstFrame *home, char from, uint32_t index)
{
        if (home == c->frame || (home == NULL && c->frame->outer == NULL)) {
                b->kind = kind;
                b->index = index;
                return ST_OK;
        }
        b->kind = BIND_CAPTURE;
        b->index = capture(c, c->frame, home, from, index);
        return b->index == UINT32_MAX ? ST_NOMEM : ST_OK;
}

static Status add_try(Checker *c, Binding *b, const Var *item, bool certain)
{
        ItemTry t = { .certain = certain };
        Binding where = { 0 };
        TRY(bind_to(c, &where, BIND_LOCAL, item->frame, 'L', item->local));
        t.capture = where.kind == BIND_CAPTURE;
        t.index = where.index;
        ItemTry *tries = arena_array_of(c->arena, ItemTry, b->try_count + 1);
        if (!tries)
                return ST_NOMEM;
        if (b->try_count)
                memcpy(tries, b->tries, b->try_count * sizeof(t));
        tries[b->try_count++] = t;
        b->tries = tries;
        return ST_OK;
}

#define FIELDS_FEW 16

/* The fields of a type with many, by name; made once a text. */
static Status field_map(Checker *c, const FeelType *t, const StrMap **ret)
{
        Str key = { (const char *)&t, sizeof(t) };
        StrMap *map = strmap_get(&c->fields, key);
        if (!map) {
                map = arena_new_of(c->arena, StrMap);
                key = arena_str(c->arena, key);
                if (!map || !key.ptr)
                        return ST_NOMEM;
                *map = STRMAP_INIT(c->arena);
                for (size_t i = t->field_count; i-- > 0;)       /* of two alike the first */
                        TRY(strmap_put(map, t->fields[i].name, (void *)(uintptr_t)&t->fields[i]));
                TRY(strmap_put(&c->fields, key, map));
        }
        *ret = map;
        return ST_OK;
}

/* NULL: no such field. */
static Status type_field(Checker *c, const FeelType *t, Str name, const FeelField **ret)
{
        const StrMap *map;
        *ret = NULL;
        if (t->field_count > FIELDS_FEW) {
                TRY(field_map(c, t, &map));
                *ret = strmap_get(map, name);
                return ST_OK;
        }
        for (size_t i = 0; i < t->field_count && !*ret; i++)
                if (str_eq(t->fields[i].name, name))
                        *ret = &t->fields[i];
        return ST_OK;
}

/* Is the name an entry of a filter's item?  *ret_certain: nothing further out can be meant. */
static Status resolve_item(Checker *c, Var *v, Str name, Binding *b, const FeelType **ret_type, bool *ret_certain)
{
        const FeelType *t = v->type;
        const FeelField *f = NULL;
        bool dynamic = t->kind == FEEL_T_ANY || (t->kind == FEEL_T_CONTEXT && t->open),
             item = str_eq(name, STR("item"));
        if (t->kind == FEEL_T_CONTEXT)
                TRY(type_field(c, t, name, &f));
        if (v->used && (f || dynamic || item))
                *v->used = true;
        *ret_certain = f || item;
        if (f) {
                *ret_type = b->try_count ? FEEL_TYPE_ANY : f->type;
                return add_try(c, b, v, true);
        }
        if (dynamic)
                TRY(add_try(c, b, v, false));
        if (!item)
                return ST_OK;
        *ret_type = b->try_count ? FEEL_TYPE_ANY : t;
        return bind_to(c, b, BIND_LOCAL, v->frame, 'L', v->local);
}

static Status resolve_var(Checker *c, Var *v, Binding *b, const FeelType **ret_type)
{
        switch (v->kind) {
        case VAR_SELF:
                return bind_to(c, b, BIND_SELF, v->frame, 'F', 0);
        case VAR_PARTIAL:
                *ret_type = FEEL_TYPE_LIST;
                return bind_to(c, b, BIND_PARTIAL, v->frame, 'B', v->local);
        default:
                if (v->used)
                        *v->used = true;
                *ret_type = b->try_count ? FEEL_TYPE_ANY : v->type;
                return bind_to(c, b, BIND_LOCAL, v->frame, 'L', v->local);
        }
}

/* What the name means, and its type.  BIND_NONE: nothing. */
static Status resolve(Checker *c, Str name, Binding *b, const FeelType **ret_type)
{
        const FeelScope *scope = c->in->scope;
        Var *var = strmap_get(&c->by_name, name);
        *ret_type = FEEL_TYPE_ANY;
        for (Var *v = c->items; v && (!var || v->depth > var->depth); v = v->hidden) {
                bool certain;
                TRY(resolve_item(c, v, name, b, ret_type, &certain));
                if (certain)
                        return ST_OK;
        }
        if (var)
                return resolve_var(c, var, b, ret_type);
        const ScopeName *s = scope ? strmap_get(&scope->by_name, name) : NULL;
        if (s) {
                *ret_type = b->try_count ? FEEL_TYPE_ANY : s->type;
                return bind_to(c, b, BIND_SLOT, NULL, 'S', s->slot);
        }
        if (scope && scope->library) {
                b->host = strmap_get(&scope->library->functions, name);
                b->collection = strmap_get(&scope->library->collections, name);
                if (b->host || b->collection) {
                        b->kind = b->host ? BIND_HOST : BIND_COLLECTION;
                        if (b->collection && !b->try_count)
                                *ret_type = b->collection->type;
                        if (b->host)
                                *ret_type = FEEL_TYPE_FUNCTION;
                        return ST_OK;
                }
        }
        b->builtin = feel_builtin_find(name, &b->overloads);
        if (b->builtin) {
                b->kind = BIND_BUILTIN;
                *ret_type = FEEL_TYPE_FUNCTION;
        }
        return ST_OK;
}

static Status check_name(Checker *c, Ast *n, bool called)
{
        Binding *b = arena_new_of(c->arena, Binding);
        if (!b)
                return ST_NOMEM;
        n->name.bind = b;
        TRY(resolve(c, n->name.text, b, &n->type));
        bool certain = b->try_count && b->tries[b->try_count - 1].certain;
        if (b->kind == BIND_NONE && !certain) {
                /* An item of unknown type may have the entry; nothing else is known of the name. */
                if (b->try_count == 0)
                        unknown_name(c, n, called);
        }
        return ST_OK;
}

/* ---------------------------------------------------------------- types */

static bool is_any(const FeelType *t)
{
        return t->kind == FEEL_T_ANY || t->kind == FEEL_T_NULL;
}

/* A type for both: the wider of two, or Any. */
static const FeelType *unify(const FeelType *a, const FeelType *b)
{
        if (a->kind == FEEL_T_NULL)
                return b;
        if (b->kind == FEEL_T_NULL)
                return a;
        if (feel_type_conforms(a, b))
                return b;
        if (feel_type_conforms(b, a))
                return a;
        if (a->kind == b->kind) {
                switch (a->kind) {
                case FEEL_T_LIST: return FEEL_TYPE_LIST;
                case FEEL_T_CONTEXT: return FEEL_TYPE_CONTEXT;
                case FEEL_T_RANGE: return FEEL_TYPE_RANGE;
                case FEEL_T_FUNCTION: return FEEL_TYPE_FUNCTION;
                default: return a;
                }
        }
        return FEEL_TYPE_ANY;
}

static const FeelType *or_any(const FeelType *t)
{
        return t ? t : FEEL_TYPE_ANY;
}

static const FeelType *kind_type(FeelTypeKind k)
{
        static const FeelType *const types[] = {
                [FEEL_T_ANY] = FEEL_TYPE_ANY, [FEEL_T_NULL] = FEEL_TYPE_NULL, [FEEL_T_BOOLEAN] = FEEL_TYPE_BOOLEAN,
                [FEEL_T_NUMBER] = FEEL_TYPE_NUMBER, [FEEL_T_STRING] = FEEL_TYPE_STRING, [FEEL_T_DATE] = FEEL_TYPE_DATE,
                [FEEL_T_TIME] = FEEL_TYPE_TIME, [FEEL_T_DATE_TIME] = FEEL_TYPE_DATE_TIME,
                [FEEL_T_DAYS_DURATION] = FEEL_TYPE_DAYS_DURATION, [FEEL_T_MONTHS_DURATION] = FEEL_TYPE_MONTHS_DURATION,
                [FEEL_T_LIST] = FEEL_TYPE_LIST, [FEEL_T_CONTEXT] = FEEL_TYPE_CONTEXT, [FEEL_T_RANGE] = FEEL_TYPE_RANGE,
                [FEEL_T_FUNCTION] = FEEL_TYPE_FUNCTION,
        };
        return types[k];
}

static const FeelType *value_type(const FeelValue *v)
{
        static const FeelTypeKind kinds[FEEL_KIND_COUNT] = {
                [FEEL_NULL] = FEEL_T_NULL, [FEEL_BOOLEAN] = FEEL_T_BOOLEAN, [FEEL_NUMBER] = FEEL_T_NUMBER,
                [FEEL_STRING] = FEEL_T_STRING, [FEEL_DATE] = FEEL_T_DATE, [FEEL_TIME] = FEEL_T_TIME,
                [FEEL_DATE_TIME] = FEEL_T_DATE_TIME, [FEEL_DAYS_DURATION] = FEEL_T_DAYS_DURATION,
                [FEEL_MONTHS_DURATION] = FEEL_T_MONTHS_DURATION,
        };
        return kind_type(kinds[v->kind]);
}

static bool is_temporal(FeelTypeKind k)
{
        return k >= FEEL_T_DATE && k <= FEEL_T_MONTHS_DURATION;
}

static bool is_duration(FeelTypeKind k)
{
        return k == FEEL_T_DAYS_DURATION || k == FEEL_T_MONTHS_DURATION;
}

/* The type of a op b; NULL: never anything but null. */
static const FeelType *arith_type(unsigned op, const FeelType *a, const FeelType *b)
{
        FeelTypeKind ka = a->kind, kb = b->kind;
        if (ka == FEEL_T_NUMBER && kb == FEEL_T_NUMBER)
                return FEEL_TYPE_NUMBER;
        if (is_any(a) || is_any(b))
                return FEEL_TYPE_ANY;
        bool point_a = is_temporal(ka) && !is_duration(ka), point_b = is_temporal(kb) && !is_duration(kb);
        switch (op) {
        case OPR_ADD:
                if (ka == FEEL_T_STRING && kb == FEEL_T_STRING)
                        return a;
                if (is_duration(ka) && ka == kb)
                        return a;
                if (point_a && is_duration(kb))
                        return a;
                if (is_duration(ka) && point_b)
                        return b;
                return NULL;
        case OPR_SUB:
                if (is_duration(ka) && ka == kb)
                        return a;
                if (point_a && is_duration(kb))
                        return a;
                if (point_a && point_b)
                        return FEEL_TYPE_DAYS_DURATION;
                return NULL;
        case OPR_MUL:
                if (is_duration(ka) && kb == FEEL_T_NUMBER)
                        return a;
                if (ka == FEEL_T_NUMBER && is_duration(kb))
                        return b;
                return NULL;
        case OPR_DIV:
                if (is_duration(ka) && kb == FEEL_T_NUMBER)
                        return a;
                return is_duration(ka) && ka == kb ? FEEL_TYPE_NUMBER : NULL;
        default:
                return NULL;
        }
}

static const FeelType *property_type(Checker *c, const FeelType *t, Str name)
{
        (void)c;
        switch (t->kind) {
        case FEEL_T_DATE:
        case FEEL_T_TIME:
        case FEEL_T_DATE_TIME:
                if (str_eq(name, STR("time offset")))
                        return FEEL_TYPE_DAYS_DURATION;
                if (str_eq(name, STR("timezone")))
                        return FEEL_TYPE_STRING;
                return FEEL_TYPE_NUMBER;
        case FEEL_T_DAYS_DURATION:
        case FEEL_T_MONTHS_DURATION:
                return FEEL_TYPE_NUMBER;
        case FEEL_T_RANGE:
                return str_ends(name, STR("included")) ? FEEL_TYPE_BOOLEAN : or_any(t->element);
        default:
                return FEEL_TYPE_ANY;
        }
}

/* ---------------------------------------------------------------- nodes */

static Status check_items(Checker *c, Ast *n)
{
        for (uint32_t i = 0; i < n->n; i++)
                TRY(check(c, n->items[i]));
        return ST_OK;
}

static Status check_list(Checker *c, Ast *n)
{
        const FeelType *t = NULL;
        TRY(check_items(c, n));
        for (uint32_t i = 0; i < n->n; i++)
                t = t ? unify(t, n->items[i]->type) : n->items[i]->type;
        n->type = feel_type_list(c->arena, or_any(t));
        return n->type ? ST_OK : ST_NOMEM;
}

static Status check_function(Checker *c, Ast *n, Str self);

static Status check_context(Checker *c, Ast *n)
{
        Var *before = c->vars;
        uint32_t locals = c->frame->locals;
        FeelField *fields = arena_array_of(c->arena, FeelField, n->n + 1);
        n->used = arena_array_of(c->arena, bool, n->n + 1);
        if (!fields || !n->used)
                return ST_NOMEM;
        const FeelShape *shape;
        Status st = feel_shape_new(c->arena, n->keys, n->n, &shape);
        if (st == ST_EXISTS)
                report(c, n->pos, "同一个键出现了两次", "a key appears twice");
        else if (st != ST_OK)
                return st;
        n->local = new_locals(c, n->n);
        for (uint32_t i = 0; i < n->n; i++) {
                if (n->items[i]->kind == AST_FUNCTION)
                        TRY(check_function(c, n->items[i], n->keys[i]));
                else
                        TRY(check(c, n->items[i]));
                fields[i] = (FeelField){ n->keys[i], n->items[i]->type };
                if (!feel_is_name(n->keys[i]))
                        continue;
                Var *v = push_var(c, VAR_LOCAL, n->keys[i], n->items[i]->type, n->local + i);
                if (!v)
                        return ST_NOMEM;
                v->used = &n->used[i];
        }
        pop_vars(c, before);
        c->frame->locals = locals;
        n->type = feel_type_context(c->arena, fields, n->n);
        return n->type ? ST_OK : ST_NOMEM;
}

static Status check_binary(Checker *c, Ast *n)
{
        /* a + b + c …: the left spine may be long; walk it down without recursion. */
        uint32_t depth = 0;
        Ast *spine = n;
        while (spine->a->kind == AST_BINARY) {
                spine = spine->a;
                depth++;
        }
        Ast **chain = arena_array_of(c->arena, Ast *, depth + 1);
        if (!chain)
                return ST_NOMEM;
        spine = n;
        for (uint32_t i = depth + 1; i-- > 0;) {
                chain[i] = spine;
                spine = spine->a;
        }
        TRY(check(c, chain[0]->a));
        for (uint32_t i = 0; i <= depth; i++) {
                Ast *b = chain[i];
                TRY(check(c, b->b));
                if (b->op >= OPR_EQ) {
                        b->type = FEEL_TYPE_BOOLEAN;
                        const FeelType *ta = b->a->type, *tb = b->b->type;
                        if (!is_any(ta) && !is_any(tb) && ta->kind != tb->kind)
                                report(c, b->pos, "%s 与 %s 不能比较", "%s and %s cannot be compared", type_text(c, ta),
                                       type_text(c, tb));
                        continue;
                }
                b->type = arith_type(b->op, b->a->type, b->b->type);
                if (!b->type) {
                        static const char *const ops[] = { "+", "-", "*", "/", "**" };
                        report(c, b->pos, "%s %s %s 没有意义", "%s %s %s has no meaning", type_text(c, b->a->type),
                               ops[b->op], type_text(c, b->b->type));
                        b->type = FEEL_TYPE_ANY;
                }
        }
        return ST_OK;
}

static Status check_in(Checker *c, Ast *n)
{
        uint32_t locals = c->frame->locals;
        TRY(check(c, n->a));
        n->local = new_locals(c, 1);
        TRY(check_items(c, n));
        c->frame->locals = locals;
        n->type = FEEL_TYPE_BOOLEAN;
        return ST_OK;
}

static Status check_path(Checker *c, Ast *n)
{
        TRY(check(c, n->a));
        const FeelType *t = n->a->type, *e = t;
        bool list = false;
        if (t->kind == FEEL_T_LIST) {
                list = true;
                e = or_any(t->element);
        }
        n->type = FEEL_TYPE_ANY;
        if (e->kind == FEEL_T_CONTEXT) {
                const FeelField *f;
                TRY(type_field(c, e, n->text, &f));
                if (f)
                        n->type = f->type;
                else if (!e->open)
                        report(c, n->pos, "%s 没有名为 “%.*s” 的条目", "%s has no entry \"%.*s\"", type_text(c, e),
                               STR_FMT(short_name(n->text)));
        } else {
                n->type = property_type(c, e, n->text);
                if (e->kind == FEEL_T_NUMBER || e->kind == FEEL_T_STRING || e->kind == FEEL_T_BOOLEAN)
                        report(c, n->pos, "%s 没有名为 “%.*s” 的部分", "%s has no part \"%.*s\"", type_text(c, e),
                               STR_FMT(short_name(n->text)));
        }
        if (list) {
                n->type = feel_type_list(c->arena, n->type);
                if (!n->type)
                        return ST_NOMEM;
        }
        return ST_OK;
}

static Status check_filter(Checker *c, Ast *n)
{
        TRY(check(c, n->a));
        const FeelType *t = n->a->type, *element = t->kind == FEEL_T_LIST ? or_any(t->element) : t;
        if (element->kind == FEEL_T_NULL)
                element = FEEL_TYPE_ANY;
        uint32_t locals = c->frame->locals;
        Var *before = c->vars;
        bool used = false;
        n->local = new_locals(c, 3);
        Var *item = push_var(c, VAR_ITEM, STR("item"), element, n->local + 2);
        if (!item)
                return ST_NOMEM;
        item->used = &used;
        TRY(check(c, n->b));
        pop_vars(c, before);
        c->frame->locals = locals;
        n->reads_item = used;
        n->once = n->b->kind == AST_CONST || n->b->type->kind == FEEL_T_NUMBER || !used;
        if (n->b->type->kind == FEEL_T_NUMBER)
                n->type = element;
        else if (n->b->type->kind == FEEL_T_BOOLEAN)
                n->type = t->kind == FEEL_T_LIST ? t : feel_type_list(c->arena, t);
        else
                n->type = FEEL_TYPE_ANY;
        return n->type ? ST_OK : ST_NOMEM;
}

/* Functions that give back (a part of) the list they take. */
static const FeelType *list_result(const Ast *n, const FeelBuiltin *f)
{
        static const char *const same[] = {
                "sublist", "remove", "reverse", "distinct values", "sort", "duplicate values", NULL };
        static const char *const element[] = { "min", "max", NULL };
        if (n->n == 0 || n->items[0]->type->kind != FEEL_T_LIST)
                return NULL;
        for (size_t i = 0; same[i]; i++)
                if (strcmp(same[i], f->name) == 0)
                        return n->items[0]->type;
        for (size_t i = 0; n->n == 1 && element[i]; i++)
                if (strcmp(element[i], f->name) == 0)
                        return or_any(n->items[0]->type->element);
        return NULL;
}

/* May a value of the type be an argument for the mask?  A list may be one of a single item. */
static bool may_fit(const FeelType *t, uint32_t mask, unsigned flags)
{
        static const FeelKind kinds[] = {
                [FEEL_T_ANY] = FEEL_NULL, [FEEL_T_NULL] = FEEL_NULL, [FEEL_T_BOOLEAN] = FEEL_BOOLEAN,
                [FEEL_T_NUMBER] = FEEL_NUMBER, [FEEL_T_STRING] = FEEL_STRING, [FEEL_T_DATE] = FEEL_DATE,
                [FEEL_T_TIME] = FEEL_TIME, [FEEL_T_DATE_TIME] = FEEL_DATE_TIME,
                [FEEL_T_DAYS_DURATION] = FEEL_DAYS_DURATION, [FEEL_T_MONTHS_DURATION] = FEEL_MONTHS_DURATION,
                [FEEL_T_LIST] = FEEL_LIST, [FEEL_T_CONTEXT] = FEEL_CONTEXT, [FEEL_T_RANGE] = FEEL_RANGE,
                [FEEL_T_FUNCTION] = FEEL_FUNCTION,
        };
        if (is_any(t) || (mask & FM(kinds[t->kind])))
                return true;
        return !(flags & FB_NO_COERCE) && (t->kind == FEEL_T_LIST || (mask & FM_LIST));
}

/* The first argument that cannot be right for any overload it is counted for: its number, or -1. */
static int bad_argument(const Ast *n, const Binding *b, const FeelBuiltin **ret_row)
{
        int worst = -1;
        for (size_t r = 0; r < b->overloads; r++) {
                const FeelBuiltin *f = &b->builtin[r];
                if (n->n < f->required || (n->n > f->nparams && !(f->flags & FB_VARIADIC)))
                        continue;
                int bad = -1;
                for (uint32_t i = 0; i < n->n && bad < 0; i++)
                        if (!may_fit(n->items[i]->type, f->params[i < f->nparams ? i : f->nparams - 1u].mask, f->flags))
                                bad = (int)i;
                if (bad < 0)
                        return -1;
                if (bad > worst) {
                        worst = bad;
                        *ret_row = f;
                }
        }
        return worst;
}

static Status check_builtin_call(Checker *c, Ast *n, const Binding *b)
{
        bool fits = false;
        const FeelBuiltin *row = NULL;
        uint8_t order[FEEL_PARAMS_MAX];
        n->type = NULL;
        for (size_t r = 0; r < b->overloads; r++) {
                const FeelBuiltin *f = &b->builtin[r];
                bool count = n->keys ? feel_bind_names(f, n->keys, n->n, order)
                             : n->n >= f->required && (n->n <= f->nparams || (f->flags & FB_VARIADIC));
                if (!count)
                        continue;
                fits = true;
                n->type = n->type ? unify(n->type, kind_type(f->result)) : kind_type(f->result);
        }
        if (fits && !n->keys) {
                const FeelType *t = list_result(n, b->builtin);
                int bad = bad_argument(n, b, &row);
                if (t)
                        n->type = t;
                if (bad >= 0)
                        report(c, n->items[bad]->pos, "函数 %s 的参数 “%s” 不能是 %s", "%s: \"%s\" cannot be %s",
                               b->builtin->name, row->params[bad < row->nparams ? bad : row->nparams - 1].name,
                               type_text(c, n->items[bad]->type));
        }
        if (!fits && n->keys)
                report(c, n->pos, "函数 %s 没有这些名称的参数", "%s has no parameters of these names",
                       b->builtin->name);
        else if (!fits)
                report(c, n->pos, "函数 %s 不接受 %u 个参数", "%s does not take %u arguments", b->builtin->name, n->n);
        if (!n->type)
                n->type = FEEL_TYPE_ANY;
        return ST_OK;
}

static Status check_host_call(Checker *c, Ast *n, const Binding *b)
{
        const FeelHostFunction *h = b->host;
        size_t required = h->param_count;
        while (required && h->params[required - 1].optional)
                required--;
        n->type = or_any(h->result);
        if (n->keys) {
                for (uint32_t i = 0; i < n->n; i++) {
                        bool found = false;
                        for (size_t p = 0; p < h->param_count; p++)
                                found |= str_eq(n->keys[i], h->params[p].name);
                        if (!found)
                                report(c, n->items[i]->pos, "函数 %.*s 没有参数 “%.*s”",
                                       "%.*s has no parameter \"%.*s\"", STR_FMT(h->name), STR_FMT(n->keys[i]));
                }
                return ST_OK;
        }
        if (n->n < required || (n->n > h->param_count && !h->variadic))
                report(c, n->pos, "函数 %.*s 不接受 %u 个参数", "%.*s does not take %u arguments", STR_FMT(h->name),
                       n->n);
        for (uint32_t i = 0; i < n->n && i < h->param_count; i++) {
                const FeelType *want = or_any(h->params[i].type), *have = n->items[i]->type;
                if (!is_any(have) && !is_any(want) && want->kind != have->kind && want->kind != FEEL_T_LIST &&
                    have->kind != FEEL_T_LIST && !(have->kind == FEEL_T_DATE && want->kind == FEEL_T_DATE_TIME))
                        report(c, n->items[i]->pos, "函数 %.*s 的参数 “%.*s” 应为 %s，而不是 %s",
                               "%.*s: \"%.*s\" should be %s, not %s", STR_FMT(h->name), STR_FMT(h->params[i].name),
                               type_text(c, want), type_text(c, have));
        }
        return ST_OK;
}

static Status check_call(Checker *c, Ast *n)
{
        if (n->a->kind == AST_NAME)
                TRY(check_name(c, n->a, true));
        else
                TRY(check(c, n->a));
        TRY(check_items(c, n));
        const FeelType *t = n->a->type;
        n->type = FEEL_TYPE_ANY;
        if (n->a->kind == AST_NAME && n->a->name.bind->try_count == 0) {
                const Binding *b = n->a->name.bind;
                if (b->kind == BIND_BUILTIN)
                        return check_builtin_call(c, n, b);
                if (b->kind == BIND_HOST)
                        return check_host_call(c, n, b);
                if (b->kind == BIND_NONE)
                        return ST_OK;
        }
        if (t->kind == FEEL_T_FUNCTION) {
                n->type = or_any(t->element);
                if (!t->open && t->field_count != n->n)
                        report(c, n->pos, "函数需要 %zu 个参数，给了 %u 个",
                               "the function takes %zu arguments, %u were given", t->field_count, n->n);
        } else if (!is_any(t)) {
                report(c, n->pos, "%s 不是函数", "%s is not a function", type_text(c, t));
        }
        return ST_OK;
}

static Status check_condition(Checker *c, Ast *n)
{
        TRY(check(c, n));
        if (!is_any(n->type) && n->type->kind != FEEL_T_BOOLEAN)
                report(c, n->pos, "此处应为 boolean，而不是 %s", "expected boolean, found %s", type_text(c, n->type));
        return ST_OK;
}

static Status check_if(Checker *c, Ast *n)
{
        TRY(check_condition(c, n->a));
        TRY(check(c, n->b));
        TRY(check(c, n->c));
        n->type = unify(n->b->type, n->c->type);
        return ST_OK;
}

static Status check_iteration(Checker *c, Ast *n)
{
        Var *before = c->vars;
        uint32_t locals = c->frame->locals;
        n->local = new_locals(c, 1 + 2 * n->n);
        for (uint32_t i = 0; i < n->n; i++) {
                TRY(check(c, n->items[i]));
                const FeelType *t = n->items[i]->type, *element = FEEL_TYPE_ANY;
                if (t->kind == FEEL_T_LIST || t->kind == FEEL_T_RANGE)
                        element = or_any(t->element);
                if (element->kind == FEEL_T_NULL)
                        element = FEEL_TYPE_ANY;
                if (!push_var(c, VAR_LOCAL, n->keys[i], element, n->local + 2 + 2 * i))
                        return ST_NOMEM;
        }
        if (n->kind == AST_FOR) {
                if (!push_var(c, VAR_PARTIAL, STR("partial"), FEEL_TYPE_LIST, n->local))
                        return ST_NOMEM;
                TRY(check(c, n->a));
                n->type = feel_type_list(c->arena, n->a->type);
        } else {
                TRY(check_condition(c, n->a));
                n->type = FEEL_TYPE_BOOLEAN;
        }
        pop_vars(c, before);
        c->frame->locals = locals;
        return n->type ? ST_OK : ST_NOMEM;
}

static Status check_span(Checker *c, Ast *n)
{
        TRY(check(c, n->a));
        TRY(check(c, n->b));
        const FeelType *t = unify(n->a->type, n->b->type);
        if (!is_any(t) && t->kind != FEEL_T_NUMBER && t->kind != FEEL_T_DATE)
                report(c, n->pos, "不能对 %s 逐一取值", "cannot iterate over %s", type_text(c, t));
        n->type = feel_type_list(c->arena, is_any(t) ? FEEL_TYPE_ANY : t);
        return n->type ? ST_OK : ST_NOMEM;
}

static Status check_function(Checker *c, Ast *n, Str self)
{
        Var *before = c->vars;
        AstFrame *outer = c->frame, *frame = arena_new_of(c->arena, AstFrame);
        FeelField *params = arena_array_of(c->arena, FeelField, n->n + 1);
        if (!frame || !params)
                return ST_NOMEM;
        frame->outer = outer;
        frame->capture_map = STRMAP_INIT(c->arena);
        frame->params = n->n;
        n->frame = frame;
        if (n->flags & FLAG_EXTERNAL) {
                TRY(check(c, n->a));
                n->type = FEEL_TYPE_FUNCTION;
                return ST_OK;
        }
        c->frame = frame;
        if (self.ptr && !push_var(c, VAR_SELF, self, FEEL_TYPE_FUNCTION, 0))
                return ST_NOMEM;
        uint32_t first = new_locals(c, n->n);
        for (uint32_t i = 0; i < n->n; i++) {
                params[i] = (FeelField){ n->keys[i], or_any(n->types[i]) };
                if (!push_var(c, VAR_LOCAL, n->keys[i], params[i].type, first + i))
                        return ST_NOMEM;
        }
        TRY(check(c, n->a));
        pop_vars(c, before);
        c->frame = outer;
        n->type = feel_type_function(c->arena, params, n->n, n->a->type);
        return n->type ? ST_OK : ST_NOMEM;
}

static Status check(Checker *c, Ast *n)
{
        if (feel_budget_over(c->in->budget, 1))
                return ST_TIMEOUT;
        switch ((AstKind)n->kind) {
        case AST_CONST:
                n->type = value_type(n->value);
                return ST_OK;
        case AST_NAME:
                return check_name(c, n, false);
        case AST_INPUT: {
                n->type = or_any(c->in->input);
                if (!c->in->input) {
                        report(c, n->pos, "“?” 只能用在条件格里", "\"?\" is for unary tests only");
                        return ST_OK;
                }
                Binding *b = arena_new_of(c->arena, Binding);
                if (!b)
                        return ST_NOMEM;
                AstFrame *main = c->frame;
                while (main->outer)
                        main = main->outer;
                n->name.bind = b;
                n->name.text = STR("?");
                return bind_to(c, b, BIND_LOCAL, main, 'L', 0);
        }
        case AST_LIST:
                return check_list(c, n);
        case AST_CONTEXT:
                return check_context(c, n);
        case AST_RANGE:
                TRY(check(c, n->a));
                TRY(check(c, n->b));
                n->type = feel_type_range(c->arena, unify(n->a->type, n->b->type));
                return n->type ? ST_OK : ST_NOMEM;
        case AST_UNARY:
                TRY(check(c, n->a));
                n->type = feel_type_range(c->arena, n->a->type);
                return n->type ? ST_OK : ST_NOMEM;
        case AST_NEG:
                TRY(check(c, n->a));
                n->type = n->a->type;
                if (!is_any(n->type) && n->type->kind != FEEL_T_NUMBER && !is_duration(n->type->kind)) {
                        report(c, n->pos, "%s 没有负值", "%s cannot be negated", type_text(c, n->type));
                        n->type = FEEL_TYPE_ANY;
                }
                return ST_OK;
        case AST_BINARY:
                return check_binary(c, n);
        case AST_AND:
        case AST_OR:
                TRY(check_items(c, n));
                n->type = FEEL_TYPE_BOOLEAN;
                return ST_OK;
        case AST_BETWEEN:
                TRY(check(c, n->a));
                TRY(check(c, n->b));
                TRY(check(c, n->c));
                n->type = FEEL_TYPE_BOOLEAN;
                return ST_OK;
        case AST_IN:
                return check_in(c, n);
        case AST_TESTS:
                TRY(check_items(c, n));
                n->type = FEEL_TYPE_BOOLEAN;
                return ST_OK;
        case AST_INSTANCE:
                TRY(check(c, n->a));
                if (!n->wanted)
                        report(c, n->pos, "没有名为 “%.*s” 的类型", "there is no type \"%.*s\"",
                               STR_FMT(short_name(n->text)));
                n->type = FEEL_TYPE_BOOLEAN;
                return ST_OK;
        case AST_PATH:
                return check_path(c, n);
        case AST_FILTER:
                return check_filter(c, n);
        case AST_CALL:
                return check_call(c, n);
        case AST_IF:
                return check_if(c, n);
        case AST_FOR:
        case AST_SOME:
        case AST_EVERY:
                return check_iteration(c, n);
        case AST_SPAN:
                return check_span(c, n);
        case AST_FUNCTION:
                return check_function(c, n, STR_NONE);
        case AST_KIND_COUNT:
                break;
        }
        return ST_INTERNAL;
}

/* Can a value of the type, converted as where a typed thing takes it, ever be one of wanted? */
static bool may_become(const FeelType *t, const FeelType *wanted)
{
        if (is_any(t) || is_any(wanted) || t->kind == wanted->kind)
                return true;
        if (t->kind == FEEL_T_LIST)
                return may_become(or_any(t->element), wanted);
        if (wanted->kind == FEEL_T_LIST)
                return may_become(t, or_any(wanted->element));
        return t->kind == FEEL_T_DATE && wanted->kind == FEEL_T_DATE_TIME;
}

Status feel_check(const CheckInput *in, Ast *root, AstFrame **ret_frame)
{
        AstFrame *frame = arena_new_of(in->arena, AstFrame);
        if (!frame)
                return ST_NOMEM;
        frame->capture_map = STRMAP_INIT(in->arena);
        Checker c = { .in = in, .arena = in->arena, .frame = frame, .by_name = STRMAP_INIT(in->arena),
                      .fields = STRMAP_INIT(in->arena) };
        if (in->input) {
                frame->params = 1;
                new_locals(&c, 1);
        }
        TRY(check(&c, root));
        if (in->expected && !may_become(root->type, in->expected))
                report(&c, root->pos, "结果应为 %s，而不是 %s", "the result should be %s, not %s",
                       type_text(&c, in->expected), type_text(&c, root->type));
        if (c.errors)
                return ST_INVALID;
        *ret_frame = frame;
        return ST_OK;
}
