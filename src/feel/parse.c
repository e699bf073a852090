/* parse.c -- FEEL text to a tree, by precedence.
 *
 * Weakest first: or, and, comparison (= != < <= > >= between in), + -, * /, **
 * (all to the left), unary minus, instance of, then path, filter and call.  if,
 * for, some, every and function reach as far to the right as they can.
 *
 * An identifier is the longest known name that begins there: variables of
 * enclosing constructs, the scope, the library, built-in functions; after a dot
 * and in a filter also the entries of context types and of contexts written in
 * the text.  Where nothing longer is known it is one word; words that follow one
 * another without an operator are read as one (unknown) name, so that the
 * message names what the author meant.
 */
#include "feel/parse_int.h"

#include "base/utf8.h"

#define PARSE_MAX_CHAIN 10      /* a tree may be so many times deeper than the nesting: a + b + c … */
#define PARSE_MAX_TRIALS 100    /* readings of `[` in a range's end that may fail */

enum { P_OR = 1, P_AND, P_COMPARE, P_ADD, P_MUL, P_POW };

static Ast *parse_expr(Parser *p);
static Ast *parse_binary(Parser *p, int min);
static Ast *parse_rest(Parser *p, Ast *left, int min);
static Ast *parse_prefix(Parser *p);
static Ast *parse_test(Parser *p);

/* ---------------------------------------------------------------- nodes */

static Ast *node(Parser *p, AstKind kind, uint32_t pos)
{
        Ast *n = arena_new_of(p->arena, Ast);
        if (!n)
                return parse_nomem(p);
        n->kind = (uint8_t)kind;
        n->pos = pos;
        n->end = p->tok.start;
        n->depth = 1;
        return n;
}

/* child stands below n: depth, and whether `?` is used. */
static bool adopt(Parser *p, Ast *n, const Ast *child)
{
        if (!child)
                return true;
        if (n->depth <= child->depth)
                n->depth = (uint16_t)(child->depth + 1);
        n->flags |= child->flags & FLAG_USES_INPUT;
        if (n->depth > p->max_depth * PARSE_MAX_CHAIN) {
                parse_fail(p, n->pos, "表达式过长：超过 %u 个相连的运算",
                           "the expression is too long: more than %u operations in a row",
                           p->max_depth * PARSE_MAX_CHAIN);
                p->st = p->st == ST_INVALID ? ST_LIMIT : p->st;
                return false;
        }
        return true;
}

static Ast *finish(Parser *p, Ast *n, Ast *a, Ast *b, Ast *c)
{
        n->a = a;
        n->b = b;
        n->c = c;
        n->end = p->tok.start;
        return adopt(p, n, a) && adopt(p, n, b) && adopt(p, n, c) ? n : NULL;
}

static Ast *constant(Parser *p, uint32_t pos, FeelValue v)
{
        Ast *n = node(p, AST_CONST, pos);
        FeelValue *own = arena_alloc(p->arena, sizeof(v));
        if (!n || !own)
                return parse_nomem(p);
        *own = v;
        n->value = own;
        return n;
}

typedef struct Items {
        Ast **items;
        Str *keys;
        size_t len, cap, key_cap;
} Items;

static bool push(Parser *p, Items *v, Ast *item)
{
        if (!item)
                return false;
        if (arena_grow(p->arena, (void **)&v->items, &v->cap, v->len + 1, sizeof(*v->items)) != 0)
                return parse_nomem(p) != NULL;
        v->items[v->len++] = item;
        return true;
}

static bool push_keyed(Parser *p, Items *v, Str key, Ast *item)
{
        if (!item)
                return false;
        if (arena_grow(p->arena, (void **)&v->keys, &v->key_cap, v->len + 1, sizeof(*v->keys)) != 0)
                return parse_nomem(p) != NULL;
        v->keys[v->len] = key;
        return push(p, v, item);
}

static Ast *finish_items(Parser *p, Ast *n, const Items *v)
{
        n->items = v->items;
        n->keys = v->keys;
        n->n = (uint32_t)v->len;
        n->end = p->tok.start;
        for (size_t i = 0; i < v->len; i++)
                if (!adopt(p, n, v->items[i]))
                        return NULL;
        return n;
}

/* ---------------------------------------------------------------- operands */

static Ast *parse_number(Parser *p)
{
        Str s = { p->lx.text.ptr + p->tok.start, p->tok.end - p->tok.start };
        uint32_t pos = p->tok.start;
        FeelValue v = { .kind = FEEL_NUMBER };
        int64_t whole = 0;
        int scale = -1;
        bool plain = s.len <= 18;
        for (size_t i = 0; plain && i < s.len; i++) {
                char c = s.ptr[i];
                if (c == '.')
                        scale = (int)(s.len - i - 1);
                else if (c >= '0' && c <= '9')
                        whole = whole * 10 + (c - '0');
                else
                        plain = false;
        }
        if (plain)
                v.number = dec_from_scaled(whole, scale < 0 ? 0 : scale);
        else if (dec_parse(s, &v.number) != ST_OK || !dec_is_finite(v.number))
                v = feel_null();        /* 1e9999: the standard has no infinity */
        parse_advance(p);
        return constant(p, pos, v);
}

static Ast *parse_string(Parser *p)
{
        uint32_t pos = p->tok.start;
        Str s = feel_unescape(p->arena, str_n(p->lx.text.ptr + p->tok.start, p->tok.end - p->tok.start));
        if (!s.ptr)
                return parse_nomem(p);
        if (!utf8_valid(s))
                return parse_fail(p, pos, "字符串不是有效的 UTF-8 文本", "this string is not valid UTF-8 text");
        parse_advance(p);
        return constant(p, pos, feel_string(s));
}

static Ast *parse_at(Parser *p)
{
        uint32_t pos = p->tok.start;
        FeelValue v = feel_null();
        parse_advance(p);
        if (p->tok.kind != T_STRING)
                return parse_expected(p, "@\"…\"", "@\"…\"");
        Str s = feel_unescape(p->arena, str_n(p->lx.text.ptr + p->tok.start, p->tok.end - p->tok.start));
        if (!s.ptr)
                return parse_nomem(p);
        parse_advance(p);
        if (!feel_parse_at_literal(s, &v))
                v = feel_null();        /* the standard: null */
        return constant(p, pos, v);
}

static Ast *range(Parser *p, uint32_t pos, bool low_closed, Ast *low)
{
        Ast *n = node(p, AST_RANGE, pos);
        if (!n)
                return NULL;
        parse_advance(p);               /* .. */
        p->endpoints++;
        Ast *high = parse_binary(p, P_ADD);
        p->endpoints--;
        if (!high)
                return NULL;
        if (p->tok.kind == T_RBRACK)
                n->flags |= FLAG_HIGH_CLOSED;
        else if (p->tok.kind != T_RPAREN && p->tok.kind != T_LBRACK)
                return parse_expected(p, "\")\" 或 \"]\"", "\")\" or \"]\"");
        if (low_closed)
                n->flags |= FLAG_LOW_CLOSED;
        parse_advance(p);
        return finish(p, n, low, high, NULL);
}

static bool is_unary_op(Tok t, AstOp *ret)
{
        switch (t) {
        case T_EQ: *ret = OPR_EQ; return true;
        case T_NE: *ret = OPR_NE; return true;
        case T_LT: *ret = OPR_LT; return true;
        case T_LE: *ret = OPR_LE; return true;
        case T_GT: *ret = OPR_GT; return true;
        case T_GE: *ret = OPR_GE; return true;
        default: return false;
        }
}

static Ast *parse_unary_op(Parser *p)
{
        AstOp op = OPR_EQ;
        (void)is_unary_op(p->tok.kind, &op);
        Ast *n = node(p, AST_UNARY, p->tok.start);
        if (!n)
                return NULL;
        n->op = (uint8_t)op;
        parse_advance(p);
        Ast *a = parse_binary(p, P_ADD);
        return a ? finish(p, n, a, NULL, NULL) : NULL;
}

/* ( … ): an expression, an open range, or `(< 10)`. */
static Ast *parse_paren(Parser *p)
{
        uint32_t pos = p->tok.start, endpoints = p->endpoints;
        AstOp op;
        parse_advance(p);
        p->endpoints = 0;
        Ast *a = is_unary_op(p->tok.kind, &op) ? parse_unary_op(p) : parse_expr(p);
        if (a && p->tok.kind == T_DOTDOT)
                a = range(p, pos, false, a);
        else if (a && parse_take(p, T_RPAREN))
                a->flags |= FLAG_PAREN;
        else
                a = NULL;
        p->endpoints = endpoints;
        return a;
}

/* [ … ]: a list or a closed range. */
static Ast *parse_bracket(Parser *p)
{
        uint32_t pos = p->tok.start, endpoints = p->endpoints;
        Items v = { 0 };
        AstOp op;
        Ast *n = node(p, AST_LIST, pos);
        if (!n)
                return NULL;
        parse_advance(p);
        p->endpoints = 0;
        while (p->tok.kind != T_RBRACK) {
                if (v.len && !parse_take(p, T_COMMA))
                        return NULL;
                Ast *item = is_unary_op(p->tok.kind, &op) ? parse_unary_op(p) : parse_expr(p);
                if (item && v.len == 0 && p->tok.kind == T_DOTDOT) {
                        p->endpoints = endpoints;
                        return range(p, pos, true, item);
                }
                if (!push(p, &v, item))
                        return NULL;
                if (p->tok.kind != T_COMMA && p->tok.kind != T_RBRACK)
                        return parse_expected(p, "\",\" 或 \"]\"", "\",\" or \"]\"");
        }
        parse_advance(p);
        p->endpoints = endpoints;
        return finish_items(p, n, &v);
}

/* ]a..b[: a range that is open below. */
static Ast *parse_open_range(Parser *p)
{
        uint32_t pos = p->tok.start;
        parse_advance(p);
        Ast *low = parse_binary(p, P_ADD);
        if (!low)
                return NULL;
        if (p->tok.kind != T_DOTDOT)
                return parse_expected(p, "\"..\"", "\"..\"");
        return range(p, pos, false, low);
}

static Ast *parse_context(Parser *p)
{
        Items v = { 0 };
        uint32_t endpoints = p->endpoints;
        size_t locals = p->local_count;
        Ast *n = node(p, AST_CONTEXT, p->tok.start);
        if (!n)
                return NULL;
        parse_advance(p);
        p->endpoints = 0;
        while (p->tok.kind != T_RBRACE) {
                Str key;
                if (v.len && !parse_take(p, T_COMMA))
                        return NULL;
                if (p->tok.kind == T_STRING) {
                        key = feel_unescape(p->arena, str_n(p->lx.text.ptr + p->tok.start, p->tok.end - p->tok.start));
                        if (!key.ptr)
                                return parse_nomem(p);
                        parse_advance(p);
                } else {
                        key = parse_new_name(p, T_COLON, T_COLON, T_COLON);
                        if (!key.ptr)
                                return NULL;
                }
                if (!parse_take(p, T_COLON) || !push_keyed(p, &v, key, parse_expr(p)))
                        return NULL;
                if (feel_is_name(key)) {
                        if (!parse_add_local(p, key))
                                return NULL;
                        if (feel_names_add(&p->keys, key) != ST_OK)
                                return parse_nomem(p);
                }
                if (p->tok.kind != T_COMMA && p->tok.kind != T_RBRACE)
                        return parse_expected(p, "\",\" 或 \"}\"", "\",\" or \"}\"");
        }
        parse_advance(p);
        parse_drop_locals(p, locals);
        p->endpoints = endpoints;
        return finish_items(p, n, &v);
}

static Ast *parse_if(Parser *p)
{
        Ast *n = node(p, AST_IF, p->tok.start), *a, *b, *c;
        if (!n)
                return NULL;
        parse_advance(p);
        if (!(a = parse_expr(p)) || !parse_take(p, T_THEN) || !(b = parse_expr(p)) || !parse_take(p, T_ELSE) ||
            !(c = parse_expr(p)))
                return NULL;
        return finish(p, n, a, b, c);
}

/* The domain of an iterator: an expression, or a span a..b. */
static Ast *parse_domain(Parser *p, bool spans)
{
        uint32_t pos = p->tok.start;
        Ast *a = parse_expr(p);
        if (!a || !spans || p->tok.kind != T_DOTDOT)
                return a;
        Ast *n = node(p, AST_SPAN, pos);
        if (!n)
                return NULL;
        parse_advance(p);
        Ast *b = parse_expr(p);
        return b ? finish(p, n, a, b, NULL) : NULL;
}

static Ast *parse_iteration(Parser *p, AstKind kind)
{
        Items v = { 0 };
        size_t locals = p->local_count;
        Ast *n = node(p, kind, p->tok.start);
        if (!n)
                return NULL;
        do {
                parse_advance(p);
                Str name = parse_new_name(p, T_IN, T_IN, T_IN);
                if (!name.ptr || !parse_take(p, T_IN) || !push_keyed(p, &v, name, parse_domain(p, true)) ||
                    !parse_add_local(p, name))
                        return NULL;
        } while (p->tok.kind == T_COMMA);
        if (!parse_take(p, kind == AST_FOR ? T_RETURN : T_SATISFIES))
                return NULL;
        Ast *body = parse_expr(p);
        if (!body)
                return NULL;
        parse_drop_locals(p, locals);
        n->a = body;
        return adopt(p, n, body) ? finish_items(p, n, &v) : NULL;
}

static Ast *parse_function(Parser *p)
{
        Items v = { 0 };
        size_t locals = p->local_count, type_cap = 0;
        const FeelType **types = NULL;
        Ast *n = node(p, AST_FUNCTION, p->tok.start);
        if (!n)
                return NULL;
        parse_advance(p);
        if (!parse_take(p, T_LPAREN))
                return NULL;
        while (p->tok.kind != T_RPAREN) {
                Str unknown = STR_NONE;
                if (v.len && !parse_take(p, T_COMMA))
                        return NULL;
                uint32_t pos = p->tok.start;
                Str name = parse_new_name(p, T_COLON, T_COMMA, T_RPAREN);
                if (!name.ptr)
                        return NULL;
                if (arena_grow(p->arena, (void **)&types, &type_cap, v.len + 1, sizeof(*types)) != 0)
                        return parse_nomem(p);
                types[v.len] = NULL;
                if (p->tok.kind == T_COLON) {
                        parse_advance(p);
                        types[v.len] = parse_type(p, &unknown);
                        if (p->st != ST_OK)
                                return NULL;
                        if (!types[v.len])
                                return parse_fail(p, pos, "没有名为 “%.*s” 的类型", "there is no type \"%.*s\"",
                                                  STR_FMT(unknown));
                }
                if (arena_grow(p->arena, (void **)&v.keys, &v.key_cap, v.len + 1, sizeof(*v.keys)) != 0)
                        return parse_nomem(p);
                v.keys[v.len++] = name;
                if (!parse_add_local(p, name))
                        return NULL;
        }
        parse_advance(p);
        if (p->tok.kind == T_EXTERNAL) {
                n->flags |= FLAG_EXTERNAL;
                parse_advance(p);
        }
        Ast *body = parse_expr(p);
        if (!body)
                return NULL;
        parse_drop_locals(p, locals);
        n->keys = v.keys;
        n->types = types;
        n->n = (uint32_t)v.len;
        n->a = body;
        n->end = p->tok.start;
        return adopt(p, n, body) ? n : NULL;
}

static Ast *name_node(Parser *p)
{
        uint32_t pos = p->tok.start;
        Str name = parse_take_name(p, false);
        if (!name.ptr)
                return NULL;
        Ast *n = node(p, AST_NAME, pos);
        if (!n)
                return NULL;
        n->name.text = name;
        return n;
}

/* A keyword may begin a known name ("not started", "for example"). */
static Ast *keyword_name(Parser *p)
{
        Str key;
        return parse_known_name(p, false, &key) ? name_node(p) : NULL;
}

static Ast *parse_operand(Parser *p)
{
        uint32_t pos = p->tok.start;
        Ast *n;
        if (p->tok.kind >= T_IF) {
                n = keyword_name(p);
                if (n || p->st != ST_OK)
                        return n;
        }
        switch (p->tok.kind) {
        case T_NUMBER:
                return parse_number(p);
        case T_STRING:
                return parse_string(p);
        case T_AT:
                return parse_at(p);
        case T_TRUE:
        case T_FALSE:
                n = constant(p, pos, feel_bool(p->tok.kind == T_TRUE));
                parse_advance(p);
                return n;
        case T_NULL:
                parse_advance(p);
                return constant(p, pos, feel_null());
        case T_LPAREN:
                return parse_paren(p);
        case T_LBRACK:
                return parse_bracket(p);
        case T_RBRACK:
                return parse_open_range(p);
        case T_LBRACE:
                return parse_context(p);
        case T_IF:
                return parse_if(p);
        case T_FOR:
                return parse_iteration(p, AST_FOR);
        case T_SOME:
                return parse_iteration(p, AST_SOME);
        case T_EVERY:
                return parse_iteration(p, AST_EVERY);
        case T_FUNCTION:
                return parse_function(p);
        case T_QUESTION:
                n = node(p, AST_INPUT, pos);
                if (n) {
                        n->flags |= FLAG_USES_INPUT;
                        p->uses_input = true;
                }
                parse_advance(p);
                return n;
        case T_WORD:
        case T_NOT:
                return name_node(p);
        default:
                return parse_expected(p, "表达式", "an expression");
        }
}

/* ---------------------------------------------------------------- postfix */

static Ast *parse_filter(Parser *p, Ast *left)
{
        uint32_t endpoints = p->endpoints;
        Ast *n = node(p, AST_FILTER, p->tok.start);
        if (!n)
                return NULL;
        parse_advance(p);
        p->filters++;
        p->endpoints = 0;
        Ast *cond = parse_expr(p);
        p->filters--;
        p->endpoints = endpoints;
        if (!cond || !parse_take(p, T_RBRACK))
                return NULL;
        return finish(p, n, left, cond, NULL);
}

/* In a range's end `[` may begin a filter or close the range: it is a filter if it reads as one.
 * NULL: it closes the range. */
static Ast *try_filter(Parser *p, Ast *left)
{
        if (left->kind == AST_CONST || p->trials == 0)
                return NULL;
        Parser before = *p;
        p->quiet = true;
        p->trials--;
        Ast copy = *left;
        Ast *n = parse_filter(p, &copy);
        if (!n) {
                /* What failed is read again: no more than so often in one text. */
                before.trials = p->trials;
                if (p->st == ST_NOMEM || p->st == ST_TIMEOUT)
                        before.st = p->st;
                parse_go_back(p, &before);
                return NULL;
        }
        p->quiet = before.quiet;
        n->a = left;
        return n;
}

static Ast *parse_call(Parser *p, Ast *left)
{
        Items v = { 0 };
        uint32_t endpoints = p->endpoints;
        Ast *n = node(p, AST_CALL, left->pos);
        if (!n)
                return NULL;
        parse_advance(p);
        p->endpoints = 0;
        bool named = parse_named_ahead(p);
        AstOp op;
        while (p->tok.kind != T_RPAREN) {
                if (v.len && !parse_take(p, T_COMMA))
                        return NULL;
                if (named) {
                        Str name = parse_new_name(p, T_COLON, T_COMMA, T_RPAREN);
                        if (!name.ptr || !parse_take(p, T_COLON) || !push_keyed(p, &v, name, parse_expr(p)))
                                return NULL;
                } else if (!push(p, &v, is_unary_op(p->tok.kind, &op) ? parse_unary_op(p) : parse_expr(p))) {
                        return NULL;
                }
                if (p->tok.kind != T_COMMA && p->tok.kind != T_RPAREN)
                        return parse_expected(p, "\",\" 或 \")\"", "\",\" or \")\"");
        }
        parse_advance(p);
        p->endpoints = endpoints;
        n->a = left;
        return adopt(p, n, left) ? finish_items(p, n, &v) : NULL;
}

static Ast *parse_path(Parser *p, Ast *left)
{
        Ast *n = node(p, AST_PATH, p->tok.start);
        if (!n)
                return NULL;
        parse_advance(p);
        if (!parse_is_word(p->tok.kind))
                return parse_expected(p, "名称", "a name");
        n->pos = p->tok.start;
        n->text = parse_take_name(p, true);
        return n->text.ptr ? finish(p, n, left, NULL, NULL) : NULL;
}

static Ast *parse_instance(Parser *p, Ast *left)
{
        Str unknown = STR_NONE;
        Ast *n = node(p, AST_INSTANCE, p->tok.start);
        if (!n)
                return NULL;
        parse_advance(p);
        if (p->tok.kind != T_WORD || !str_eq(parse_shown(p, p->tok), STR("of")))
                return parse_expected(p, "\"of\"", "\"of\"");
        parse_advance(p);
        n->wanted = parse_type(p, &unknown);
        if (p->st != ST_OK)
                return NULL;
        if (!n->wanted)
                n->text = unknown;
        return finish(p, n, left, NULL, NULL);
}

static Ast *parse_postfix(Parser *p)
{
        Ast *left = parse_operand(p);
        while (left) {
                switch (p->tok.kind) {
                case T_DOT:
                        left = parse_path(p, left);
                        break;
                case T_LPAREN:
                        left = parse_call(p, left);
                        break;
                case T_LBRACK:
                        if (p->endpoints) {
                                Ast *filter = try_filter(p, left);
                                if (!filter)
                                        return p->st == ST_OK ? left : NULL;
                                left = filter;
                        } else {
                                left = parse_filter(p, left);
                        }
                        break;
                default:
                        return left;
                }
        }
        return NULL;
}

static Ast *parse_prefix(Parser *p)
{
        Ast *n = NULL;
        if (!parse_enter(p))
                return NULL;
        if (p->tok.kind == T_MINUS) {
                n = node(p, AST_NEG, p->tok.start);
                parse_advance(p);
                Ast *a = n ? parse_prefix(p) : NULL;
                n = a ? finish(p, n, a, NULL, NULL) : NULL;
        } else {
                n = parse_postfix(p);
                while (n && p->tok.kind == T_INSTANCE)
                        n = parse_instance(p, n);
        }
        p->depth--;
        return n;
}

/* ---------------------------------------------------------------- binary */

/* One test after `in`. */
static Ast *parse_in(Parser *p, Ast *left)
{
        Items v = { 0 };
        AstOp op;
        Ast *n = node(p, AST_IN, p->tok.start);
        if (!n)
                return NULL;
        parse_advance(p);
        if (p->tok.kind == T_LPAREN) {
                uint32_t pos = p->tok.start, endpoints = p->endpoints;
                parse_advance(p);
                p->endpoints = 0;
                do {
                        if (v.len)
                                parse_advance(p);
                        if (!push(p, &v, is_unary_op(p->tok.kind, &op) ? parse_unary_op(p) : parse_expr(p)))
                                return NULL;
                        if (v.len == 1 && p->tok.kind == T_DOTDOT) {
                                v.items[0] = range(p, pos, false, v.items[0]);
                                break;
                        }
                } while (p->tok.kind == T_COMMA);
                p->endpoints = endpoints;
                if (!v.items[0])
                        return NULL;
                if (v.items[0]->kind != AST_RANGE || v.items[0]->pos != pos) {
                        if (!parse_take(p, T_RPAREN))
                                return NULL;
                        if (v.len == 1 && v.items[0]->kind != AST_UNARY) {
                                /* (a + b) * c */
                                v.items[0]->flags |= FLAG_PAREN;
                                while (v.items[0] && (p->tok.kind == T_DOT || p->tok.kind == T_LBRACK))
                                        v.items[0] = p->tok.kind == T_DOT ? parse_path(p, v.items[0])
                                                                          : parse_filter(p, v.items[0]);
                                if (!v.items[0] || !(v.items[0] = parse_rest(p, v.items[0], P_ADD)))
                                        return NULL;
                        }
                }
        } else if (!push(p, &v, is_unary_op(p->tok.kind, &op) ? parse_unary_op(p) : parse_binary(p, P_ADD))) {
                return NULL;
        }
        n->a = left;
        return adopt(p, n, left) ? finish_items(p, n, &v) : NULL;
}

static Ast *parse_between(Parser *p, Ast *left)
{
        Ast *n = node(p, AST_BETWEEN, p->tok.start), *low, *high;
        if (!n)
                return NULL;
        parse_advance(p);
        if (!(low = parse_binary(p, P_ADD)) || !parse_take(p, T_AND) || !(high = parse_binary(p, P_ADD)))
                return NULL;
        return finish(p, n, left, low, high);
}

static int precedence(Tok t, AstOp *ret)
{
        switch (t) {
        case T_OR: return P_OR;
        case T_AND: return P_AND;
        case T_EQ: *ret = OPR_EQ; return P_COMPARE;
        case T_NE: *ret = OPR_NE; return P_COMPARE;
        case T_LT: *ret = OPR_LT; return P_COMPARE;
        case T_LE: *ret = OPR_LE; return P_COMPARE;
        case T_GT: *ret = OPR_GT; return P_COMPARE;
        case T_GE: *ret = OPR_GE; return P_COMPARE;
        case T_BETWEEN: return P_COMPARE;
        case T_IN: return P_COMPARE;
        case T_PLUS: *ret = OPR_ADD; return P_ADD;
        case T_MINUS: *ret = OPR_SUB; return P_ADD;
        case T_STAR: *ret = OPR_MUL; return P_MUL;
        case T_SLASH: *ret = OPR_DIV; return P_MUL;
        case T_POW: *ret = OPR_POW; return P_POW;
        default: return 0;
        }
}

static Ast *parse_logic(Parser *p, Ast *left, Tok t)
{
        Items v = { 0 };
        Ast *n = node(p, t == T_OR ? AST_OR : AST_AND, p->tok.start);
        if (!n || !push(p, &v, left))
                return NULL;
        while (p->tok.kind == t) {
                parse_advance(p);
                if (!push(p, &v, parse_binary(p, t == T_OR ? P_AND : P_COMPARE)))
                        return NULL;
        }
        return finish_items(p, n, &v);
}

static Ast *parse_rest(Parser *p, Ast *left, int min)
{
        while (left) {
                AstOp op = OPR_ADD;
                Tok t = p->tok.kind;
                int prec = precedence(t, &op);
                if (prec == 0 || prec < min)
                        return left;
                if (prec <= P_AND) {
                        left = parse_logic(p, left, t);
                } else if (t == T_BETWEEN) {
                        left = parse_between(p, left);
                } else if (t == T_IN) {
                        left = parse_in(p, left);
                } else {
                        Ast *n = node(p, AST_BINARY, p->tok.start);
                        if (!n)
                                return NULL;
                        n->op = (uint8_t)op;
                        parse_advance(p);
                        Ast *right = parse_binary(p, prec + 1);
                        left = right ? finish(p, n, left, right, NULL) : NULL;
                }
        }
        return NULL;
}

static Ast *parse_binary(Parser *p, int min)
{
        return parse_rest(p, parse_prefix(p), min);
}

/* Every way down leads through parse_prefix, which counts the levels. */
static Ast *parse_expr(Parser *p)
{
        return parse_binary(p, P_OR);
}

/* ---------------------------------------------------------------- unary tests */

static Ast *parse_test(Parser *p)
{
        AstOp op;
        return is_unary_op(p->tok.kind, &op) ? parse_unary_op(p) : parse_expr(p);
}

static Ast *parse_tests_root(Parser *p)
{
        Items v = { 0 };
        Ast *n = node(p, AST_TESTS, p->tok.start);
        if (!n)
                return NULL;
        if (p->tok.kind == T_MINUS && feel_lex(&p->lx, p->tok.end).kind == T_EOF) {
                parse_advance(p);
                return n;
        }
        /* not(…) around everything negates tests; else it is a call. */
        if (p->tok.kind == T_NOT && feel_lex(&p->lx, p->tok.end).kind == T_LPAREN) {
                Parser before = *p;
                bool quiet = p->quiet;
                parse_advance(p);
                parse_advance(p);
                p->quiet = true;
                do {
                        if (v.len)
                                parse_advance(p);
                        if (!push(p, &v, parse_test(p)))
                                break;
                } while (p->tok.kind == T_COMMA);
                if (p->st == ST_OK && p->tok.kind == T_RPAREN) {
                        parse_advance(p);
                        if (p->tok.kind == T_EOF) {
                                p->quiet = quiet;
                                n->flags |= FLAG_NOT;
                                return finish_items(p, n, &v);
                        }
                }
                if (p->st != ST_OK && p->st != ST_INVALID)
                        return NULL;
                parse_go_back(p, &before);
                v = (Items){ 0 };
        }
        do {
                if (v.len)
                        parse_advance(p);
                if (!push(p, &v, parse_test(p)))
                        return NULL;
        } while (p->tok.kind == T_COMMA);
        return finish_items(p, n, &v);
}

/* ---------------------------------------------------------------- entry */

static Status parse(const ParseInput *in, Ast *(*root)(Parser *), Ast **ret)
{
        Parser p = {
                .arena = in->arena, .lx = { .text = in->src.text }, .src = in->src, .scope = in->scope,
                .diag = in->diag, .budget = in->budget, .max_depth = in->max_depth, .trials = PARSE_MAX_TRIALS,
                .keys = NAME_INDEX(in->arena), .locals = NAME_INDEX(in->arena),
        };
        p.tok = feel_lex(&p.lx, 0);
        if (p.tok.kind == T_EOF) {
                parse_fail(&p, 0, "表达式是空的", "the expression is empty");
                return p.st;
        }
        Ast *n = root(&p);
        if (n && p.tok.kind != T_EOF)
                n = parse_expected(&p, "表达式的结尾", "the end of the expression");
        if (!n)
                return p.st != ST_OK ? p.st : ST_INTERNAL;
        *ret = n;
        return ST_OK;
}

Status feel_parse_expression(const ParseInput *in, Ast **ret)
{
        return parse(in, parse_expr, ret);
}

Status feel_parse_unary_tests(const ParseInput *in, Ast **ret)
{
        return parse(in, parse_tests_root, ret);
}
