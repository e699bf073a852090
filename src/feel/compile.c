/* compile.c -- the checked tree to a program for the stack machine of opcodes.h.
 *
 * Constant parts are computed here: where all operands of an instruction were
 * constants, the instruction is carried out once on a small exec and replaced by
 * its value, unless it had something to say (null with a message stays in the
 * program, so that the message comes when it runs).
 */
#include "feel/ast.h"
#include "feel/scope.h"
#include "feel/value_int.h"

#include "base/utf8.h"

#define FOLD_STEPS 10000u       /* a constant part may cost so much; more is left to run time */
#define FOLD_BYTES ((size_t)1 << 20)

typedef struct Compiler {
        Arena *arena;
        FeelProgram *p;
        uint32_t *code, *pos;
        size_t len, cap, pos_cap;
        FeelValue *constants;
        size_t constant_count, constant_cap;
        const FeelShape **shapes;
        size_t shape_count, shape_cap;
        const FeelType **types;
        size_t type_count, type_cap;
        FeelSite *sites;
        size_t site_count, site_cap;
        FeelProto *protos;
        size_t proto_count, proto_cap;
        FeelNote *notes;
        size_t note_count, note_cap;
        uint8_t *slot_used;
        uint32_t at;            /* place in the text of what is being compiled */
        FeelExec *fold;         /* made when first needed */
        struct Pending *pending;/* functions whose bodies come later */
        CompileBudget *budget;
        Status st;
} Compiler;

typedef struct Pending {
        struct Pending *next;
        const Ast *node;
        uint32_t proto;
} Pending;

/* A compiled part: constant when it is one CONST instruction at the end of the code. */
typedef bool IsConst;

static IsConst gen(Compiler *c, const Ast *n);

static void fail(Compiler *c, Status st)
{
        if (c->st == ST_OK)
                c->st = st;
}

static bool room(Compiler *c, void **data, size_t *cap, size_t need, size_t item)
{
        if (arena_grow(c->arena, data, cap, need, item) == 0)
                return true;
        fail(c, ST_NOMEM);
        return false;
}

/* ---------------------------------------------------------------- emitting */

static void word(Compiler *c, uint32_t w)
{
        if (c->st != ST_OK || !room(c, (void **)&c->code, &c->cap, c->len + 1, sizeof(*c->code)) ||
            !room(c, (void **)&c->pos, &c->pos_cap, c->len + 1, sizeof(*c->pos)))
                return;
        c->pos[c->len] = c->at;
        c->code[c->len++] = w;
}

static void emit(Compiler *c, Opcode op, size_t a)
{
        if (a > OP_A_MAX) {
                fail(c, ST_LIMIT);
                return;
        }
        word(c, (uint32_t)op | (uint32_t)a << 8);
}

/* A jump whose target is not known yet: the place of the word to patch. */
static size_t emit_jump(Compiler *c, Opcode op)
{
        emit(c, op, 0);
        return c->len - 1;
}

static void land_a(Compiler *c, size_t at)
{
        if (c->st != ST_OK)
                return;
        if (c->len > OP_A_MAX)
                fail(c, ST_LIMIT);
        else
                c->code[at] = (c->code[at] & 0xFF) | (uint32_t)c->len << 8;
}

static void land_word(Compiler *c, size_t at)
{
        if (c->st == ST_OK)
                c->code[at] = (uint32_t)c->len;
}

static size_t hole(Compiler *c)
{
        word(c, 0);
        return c->len - 1;
}

static bool same_constant(const FeelValue *a, const FeelValue *b)
{
        if (a->kind != b->kind)
                return false;
        switch (a->kind) {
        case FEEL_NULL: return true;
        case FEEL_BOOLEAN: return a->boolean == b->boolean;
        case FEEL_NUMBER: return memcmp(&a->number, &b->number, sizeof(Dec)) == 0;
        case FEEL_STRING: return str_eq(a->string, b->string);
        default: return false;
        }
}

#define CONSTANT_LOOKBACK 32    /* equal constants near one another are stored once */

static size_t constant_index(Compiler *c, const FeelValue *v)
{
        size_t from = c->constant_count > CONSTANT_LOOKBACK ? c->constant_count - CONSTANT_LOOKBACK : 0;
        for (size_t i = from; i < c->constant_count; i++)
                if (same_constant(&c->constants[i], v))
                        return i;
        if (!room(c, (void **)&c->constants, &c->constant_cap, c->constant_count + 1, sizeof(*v)))
                return 0;
        c->constants[c->constant_count] = *v;
        return c->constant_count++;
}

static IsConst emit_const(Compiler *c, const FeelValue *v)
{
        emit(c, OP_CONST, constant_index(c, v));
        return true;
}

static size_t key_index(Compiler *c, Str key)
{
        FeelValue v = feel_string(key);
        return constant_index(c, &v);
}

static IsConst emit_fail(Compiler *c, const char *zh, const char *en)
{
        if (!room(c, (void **)&c->notes, &c->note_cap, c->note_count + 1, sizeof(*c->notes)))
                return false;
        c->notes[c->note_count] = (FeelNote){ zh, en };
        emit(c, OP_FAIL, c->note_count++);
        return false;
}

static size_t add_site(Compiler *c, FeelSite s)
{
        if (!room(c, (void **)&c->sites, &c->site_cap, c->site_count + 1, sizeof(s)))
                return 0;
        c->sites[c->site_count] = s;
        return c->site_count++;
}

/* ---------------------------------------------------------------- folding */

static FeelExec *fold_exec(Compiler *c)
{
        c->budget->work += 256;
        if (!c->fold) {
                FeelLimits limits = { .max_bytes = FOLD_BYTES, .max_steps = FOLD_STEPS, .max_depth = 50 };
                c->fold = feel_exec_new(&limits, NULL);
                if (!c->fold)
                        fail(c, ST_NOMEM);
        } else {
                feel_exec_reset(c->fold);
        }
        return c->fold;
}

/* The last n instructions are CONST, from word `start`; values[i] theirs. */
static const FeelValue *const_at(const Compiler *c, size_t word_index)
{
        return &c->constants[OP_A(c->code[word_index])];
}

/* The value replaces the code from start, unless there was a message or a limit. */
static IsConst replace(Compiler *c, size_t start, Status st, const FeelValue *v)
{
        FeelValue own;
        if (st != ST_OK || c->fold->warnings || c->st != ST_OK)
                return false;
        if (v->kind == FEEL_FUNCTION || feel_copy(c->arena, v, &own) != ST_OK)
                return false;
        c->len = start;
        return emit_const(c, &own);
}

static IsConst fold_binary(Compiler *c, size_t start, unsigned op)
{
        FeelValue v;
        FeelExec *x = fold_exec(c);
        if (!x)
                return false;
        const FeelValue *a = const_at(c, start), *b = const_at(c, start + 1);
        return replace(c, start, op < OPR_EQ ? feel_op_arith(x, op, a, b, &v) : feel_op_compare(x, op, a, b, &v), &v);
}

/* ---------------------------------------------------------------- names */

static void emit_binding(Compiler *c, const Binding *b, Str name)
{
        switch (b->kind) {
        case BIND_SLOT:
                c->slot_used[b->index] = 1;
                emit(c, OP_SLOT, b->index);
                break;
        case BIND_LOCAL:
                emit(c, OP_LOCAL, b->index);
                break;
        case BIND_CAPTURE:
                emit(c, OP_CAPTURE, b->index);
                break;
        case BIND_SELF:
                emit(c, OP_SELF, 0);
                break;
        case BIND_PARTIAL:
                emit(c, OP_BUILT, b->index);
                break;
        case BIND_COLLECTION:
                emit(c, OP_COLLECTION, add_site(c, (FeelSite){ .name = name, .collection = b->collection }));
                break;
        case BIND_BUILTIN:
        case BIND_HOST: {
                FeelFunction *f = arena_new_of(c->arena, FeelFunction);
                if (!f) {
                        fail(c, ST_NOMEM);
                        return;
                }
                *f = (FeelFunction){ .kind = b->kind == BIND_HOST ? FN_HOST : FN_BUILTIN, .builtin = b->builtin,
                                     .overloads = b->overloads, .host = b->host };
                FeelValue v = { .kind = FEEL_FUNCTION, .function = f };
                emit_const(c, &v);
                break;
        }
        default: {
                const char *zh = arena_printf(c->arena, "未知的名称 “%.*s”", STR_FMT(name));
                const char *en = arena_printf(c->arena, "unknown name \"%.*s\"", STR_FMT(name));
                if (!zh || !en)
                        fail(c, ST_NOMEM);
                else
                        emit_fail(c, zh, en);
                break;
        }
        }
}

static IsConst gen_name(Compiler *c, const Ast *n)
{
        const Binding *b = n->name.bind;
        size_t *ends = NULL, count = 0;
        c->at = n->pos;
        if (b->try_count) {
                ends = arena_array_of(c->arena, size_t, b->try_count);
                if (!ends) {
                        fail(c, ST_NOMEM);
                        return false;
                }
        }
        for (uint32_t i = 0; i < b->try_count; i++) {
                const ItemTry *t = &b->tries[i];
                if (t->certain) {
                        emit(c, t->capture ? OP_CAPTURE : OP_LOCAL, t->index);
                        emit(c, OP_PATH, key_index(c, n->name.text));
                        break;
                }
                emit(c, t->capture ? OP_CAPTURE_TRY : OP_ITEM_TRY, t->index);
                word(c, (uint32_t)key_index(c, n->name.text));
                ends[count++] = hole(c);
        }
        if (b->try_count == 0 || !b->tries[b->try_count - 1].certain) {
                if (b->kind == BIND_NONE && b->try_count) {
                        FeelValue none = feel_null();   /* items without the entry: null */
                        emit_const(c, &none);
                } else {
                        emit_binding(c, b, n->name.text);
                }
        }
        for (size_t i = 0; i < count; i++)
                land_word(c, ends[i]);
        return false;
}

/* ---------------------------------------------------------------- compound values */

static IsConst gen_list(Compiler *c, const Ast *n)
{
        size_t start = c->len;
        bool constant = true;
        for (uint32_t i = 0; i < n->n; i++)
                constant &= gen(c, n->items[i]);
        c->at = n->pos;
        if (c->st != ST_OK)
                return false;
        if (constant) {
                FeelValue *items = arena_alloc(c->arena, (n->n + 1) * sizeof(*items));
                if (!items) {
                        fail(c, ST_NOMEM);
                        return false;
                }
                for (uint32_t i = 0; i < n->n; i++)
                        items[i] = *const_at(c, start + i);
                FeelValue v = feel_list(items, n->n);
                c->len = start;
                return emit_const(c, &v);
        }
        emit(c, OP_LIST, n->n);
        return false;
}

static IsConst gen_context(Compiler *c, const Ast *n)
{
        size_t start = c->len;
        const FeelShape *shape;
        bool constant = true;
        Status st = feel_shape_new(c->arena, n->keys, n->n, &shape);
        if (st == ST_EXISTS) {
                c->at = n->pos;
                return emit_fail(c, "同一个键出现了两次", "a key appears twice");
        }
        if (st != ST_OK) {
                fail(c, st);
                return false;
        }
        for (uint32_t i = 0; i < n->n; i++) {
                constant &= gen(c, n->items[i]);
                if (n->used[i]) {
                        emit(c, OP_KEEP, n->local + i);
                        constant = false;
                }
        }
        c->at = n->pos;
        if (c->st != ST_OK)
                return false;
        if (constant) {
                FeelValue *values = arena_alloc(c->arena, (n->n + 1) * sizeof(*values));
                if (!values) {
                        fail(c, ST_NOMEM);
                        return false;
                }
                for (uint32_t i = 0; i < n->n; i++)
                        values[i] = *const_at(c, start + i);
                FeelValue v = feel_context(shape, values);
                c->len = start;
                return emit_const(c, &v);
        }
        /* Contexts inside this one have taken their places by now. */
        if (!room(c, (void **)&c->shapes, &c->shape_cap, c->shape_count + 1, sizeof(*c->shapes)))
                return false;
        c->shapes[c->shape_count] = shape;
        emit(c, OP_CONTEXT, c->shape_count++);
        return false;
}

static IsConst gen_range(Compiler *c, const Ast *n)
{
        size_t start = c->len;
        bool a = gen(c, n->a), b = gen(c, n->b);
        unsigned flags = n->flags & (FLAG_LOW_CLOSED | FLAG_HIGH_CLOSED);
        c->at = n->pos;
        emit(c, OP_RANGE, flags);
        if (a && b && c->st == ST_OK) {
                FeelValue v;
                FeelExec *x = fold_exec(c);
                return x &&
                       replace(c, start, feel_op_range(x, const_at(c, start), const_at(c, start + 1), flags, &v), &v);
        }
        return false;
}

static IsConst gen_unary(Compiler *c, const Ast *n)
{
        size_t start = c->len;
        bool a = gen(c, n->a);
        c->at = n->pos;
        emit(c, OP_UNARY, n->op);
        if (a && c->st == ST_OK) {
                FeelValue v;
                FeelExec *x = fold_exec(c);
                return x && replace(c, start, feel_op_unary(x, n->op, const_at(c, start), &v), &v);
        }
        return false;
}

/* ---------------------------------------------------------------- operators */

static Opcode binary_op(unsigned op)
{
        static const Opcode ops[] = {
                [OPR_ADD] = OP_ADD, [OPR_SUB] = OP_SUB, [OPR_MUL] = OP_MUL, [OPR_DIV] = OP_DIV,
                [OPR_POW] = OP_POW, [OPR_EQ] = OP_EQ,   [OPR_NE] = OP_NE,   [OPR_LT] = OP_LT,
                [OPR_LE] = OP_LE,   [OPR_GT] = OP_GT,   [OPR_GE] = OP_GE,
        };
        return ops[op];
}

static IsConst gen_binary(Compiler *c, const Ast *n)
{
        size_t depth = 0, start = c->len;
        for (const Ast *s = n; s->a->kind == AST_BINARY; s = s->a)
                depth++;
        const Ast **chain = arena_array_of(c->arena, const Ast *, depth + 1);
        if (!chain) {
                fail(c, ST_NOMEM);
                return false;
        }
        const Ast *s = n;
        for (size_t i = depth + 1; i-- > 0; s = s->a)
                chain[i] = s;
        bool constant = gen(c, chain[0]->a);
        for (size_t i = 0; i <= depth; i++) {
                bool right = gen(c, chain[i]->b);
                c->at = chain[i]->pos;
                if (c->st != ST_OK)
                        return false;
                if (constant && right && c->len == start + 2 && fold_binary(c, start, chain[i]->op))
                        continue;
                constant = false;
                emit(c, binary_op(chain[i]->op), 0);
        }
        return constant;
}

static IsConst gen_neg(Compiler *c, const Ast *n)
{
        size_t start = c->len;
        bool a = gen(c, n->a);
        c->at = n->pos;
        if (a && c->st == ST_OK) {
                FeelValue v;
                FeelExec *x = fold_exec(c);
                if (!x || replace(c, start, feel_op_neg(x, const_at(c, start), &v), &v))
                        return x != NULL;
        }
        emit(c, OP_NEG, 0);
        return false;
}

static IsConst gen_logic(Compiler *c, const Ast *n)
{
        bool and = n->kind == AST_AND;
        size_t *jumps = arena_array_of(c->arena, size_t, n->n);
        if (!jumps) {
                fail(c, ST_NOMEM);
                return false;
        }
        gen(c, n->items[0]);
        for (uint32_t i = 1; i < n->n; i++) {
                c->at = n->pos;
                jumps[i] = emit_jump(c, and ? OP_AND_JUMP : OP_OR_JUMP);
                gen(c, n->items[i]);
                c->at = n->pos;
                emit(c, and ? OP_AND : OP_OR, 0);
        }
        for (uint32_t i = 1; i < n->n; i++)
                land_a(c, jumps[i]);
        return false;
}

/* One test of the value in local `value`; leaves true, false, null or UNKNOWN. */
static void gen_test(Compiler *c, const Ast *t, uint32_t value, bool input)
{
        if (t->kind == AST_UNARY) {
                emit(c, OP_LOCAL, value);
                gen(c, t->a);
                c->at = t->pos;
                emit(c, binary_op(t->op), 0);
        } else if (input && (t->flags & FLAG_USES_INPUT)) {
                gen(c, t);
                c->at = t->pos;
                emit(c, OP_TRUTH, value);
        } else {
                emit(c, OP_LOCAL, value);
                gen(c, t);
                c->at = t->pos;
                emit(c, OP_IN, 0);
        }
}

static void gen_tests(Compiler *c, const Ast *n, uint32_t value, bool input)
{
        size_t *jumps = arena_array_of(c->arena, size_t, n->n + 1);
        if (!jumps) {
                fail(c, ST_NOMEM);
                return;
        }
        for (uint32_t i = 0; i < n->n; i++) {
                if (i)
                        jumps[i] = emit_jump(c, OP_OR_JUMP);
                gen_test(c, n->items[i], value, input);
                if (i)
                        emit(c, OP_OR, 0);
        }
        for (uint32_t i = 1; i < n->n; i++)
                land_a(c, jumps[i]);
}

static IsConst gen_in(Compiler *c, const Ast *n)
{
        if (n->n == 1 && n->items[0]->kind != AST_UNARY) {
                gen(c, n->a);
                gen(c, n->items[0]);
                c->at = n->pos;
                emit(c, OP_IN, 0);
                return false;
        }
        gen(c, n->a);
        emit(c, OP_STORE, n->local);
        gen_tests(c, n, n->local, false);
        return false;
}

static IsConst gen_unary_tests(Compiler *c, const Ast *n)
{
        if (n->n == 0) {
                FeelValue yes = feel_bool(true);
                return emit_const(c, &yes);
        }
        gen_tests(c, n, 0, true);
        if (n->flags & FLAG_NOT)
                emit(c, OP_NOT, 0);
        emit(c, OP_PASSED, 0);
        return false;
}

/* ---------------------------------------------------------------- control */

static IsConst gen_if(Compiler *c, const Ast *n)
{
        gen(c, n->a);
        c->at = n->a->pos;
        size_t branch = emit_jump(c, OP_BRANCH), unknown = hole(c);
        gen(c, n->b);
        size_t end = emit_jump(c, OP_JUMP);
        land_a(c, branch);
        gen(c, n->c);
        land_a(c, end);
        land_word(c, unknown);
        return false;
}

static IsConst gen_filter(Compiler *c, const Ast *n)
{
        gen(c, n->a);
        if (n->once) {
                FeelValue none = feel_null();
                if (n->reads_item) {
                        emit_const(c, &none);
                        emit(c, OP_STORE, n->local + 2);
                }
                gen(c, n->b);
                c->at = n->pos;
                emit(c, OP_INDEX, 0);
                return false;
        }
        c->at = n->pos;
        emit(c, OP_FILTER_BEGIN, n->local);
        size_t unknown = hole(c), next = c->len;
        emit(c, OP_FILTER_NEXT, n->local);
        size_t done = hole(c);
        gen(c, n->b);
        c->at = n->pos;
        emit(c, OP_FILTER_TEST, n->local);
        word(c, (uint32_t)next);
        size_t index = hole(c);
        land_word(c, done);
        emit(c, OP_BUILT, n->local + 1);
        land_word(c, unknown);
        land_word(c, index);
        return false;
}

static IsConst gen_iteration(Compiler *c, const Ast *n)
{
        size_t *fails = arena_array_of(c->arena, size_t, n->n), *next = arena_array_of(c->arena, size_t, n->n),
               *done = arena_array_of(c->arena, size_t, n->n);
        if (!fails || !next || !done) {
                fail(c, ST_NOMEM);
                return false;
        }
        size_t decided = 0;
        c->at = n->pos;
        if (n->kind == AST_FOR) {
                emit(c, OP_BUILD, n->local);
        } else {
                FeelValue start = feel_bool(n->kind == AST_EVERY);
                emit_const(c, &start);
                emit(c, OP_STORE, n->local);
        }
        for (uint32_t i = 0; i < n->n; i++) {
                const Ast *domain = n->items[i];
                uint32_t local = n->local + 1 + 2 * i;
                if (domain->kind == AST_SPAN) {
                        gen(c, domain->a);
                        gen(c, domain->b);
                } else {
                        gen(c, domain);
                }
                c->at = domain->pos;
                emit(c, domain->kind == AST_SPAN ? OP_SPAN : OP_ITERATE, local);
                fails[i] = hole(c);
                next[i] = c->len;
                emit(c, OP_NEXT, local);
                done[i] = hole(c);
        }
        gen(c, n->a);
        c->at = n->a->pos;
        if (n->kind == AST_FOR) {
                emit(c, OP_COLLECT, n->local);
        } else {
                emit(c, n->kind == AST_SOME ? OP_SOME_TEST : OP_EVERY_TEST, n->local);
                decided = hole(c);
        }
        c->at = n->pos;
        emit(c, OP_JUMP, next[n->n - 1]);
        for (uint32_t i = n->n; i-- > 0;) {
                land_word(c, done[i]);
                if (i)
                        emit(c, OP_JUMP, next[i - 1]);
        }
        if (n->kind != AST_FOR)
                land_word(c, decided);
        emit(c, n->kind == AST_FOR ? OP_BUILT : OP_LOCAL, n->local);
        for (uint32_t i = 0; i < n->n; i++)
                land_word(c, fails[i]);
        return false;
}

/* ---------------------------------------------------------------- functions */

static size_t add_proto(Compiler *c, FeelProto p)
{
        if (!room(c, (void **)&c->protos, &c->proto_cap, c->proto_count + 1, sizeof(p)))
                return 0;
        c->protos[c->proto_count] = p;
        return c->proto_count++;
}

static void set_frame(Compiler *c, FeelProto *p, const AstFrame *f)
{
        FeelCapture *caps = arena_array_of(c->arena, FeelCapture, f->capture_count + 1);
        if (!caps) {
                fail(c, ST_NOMEM);
                return;
        }
        for (size_t i = 0; i < f->capture_count; i++) {
                caps[i] = (FeelCapture){ f->captures[i].from, f->captures[i].index };
                if (caps[i].from == 'S')
                        c->slot_used[caps[i].index] = 1;
        }
        p->captures = caps;
        p->capture_count = (uint32_t)f->capture_count;
        p->locals = f->max_locals;
        p->params = f->params;
}

static IsConst gen_function(Compiler *c, const Ast *n)
{
        bool external = (n->flags & FLAG_EXTERNAL) != 0, typed = false;
        FeelProto p = { .param_names = n->keys, .pos = n->pos };
        for (uint32_t i = 0; i < n->n; i++)
                typed |= n->types[i] != NULL;
        p.param_types = typed ? n->types : NULL;
        p.result = n->type->element;
        if (external)
                gen(c, n->a);
        c->at = n->pos;
        set_frame(c, &p, n->frame);
        p.params = n->n;
        size_t index = add_proto(c, p);
        emit(c, external ? OP_EXTERNAL : OP_FUNCTION, index);
        if (external)
                return false;
        Pending *todo = arena_new_of(c->arena, Pending);
        if (!todo) {
                fail(c, ST_NOMEM);
                return false;
        }
        *todo = (Pending){ c->pending, n, (uint32_t)index };
        c->pending = todo;
        return false;
}

static IsConst gen_builtin_call(Compiler *c, const Ast *n, const Binding *b)
{
        size_t start = c->len;
        bool constant = true, pure = true;
        FeelSite s = {
                .name = str_c(b->builtin->name), .argc = n->n, .builtin = b->builtin, .overloads = b->overloads
        };
        if (n->keys) {
                uint8_t *order = arena_array_of(c->arena, uint8_t, FEEL_PARAMS_MAX), other[FEEL_PARAMS_MAX];
                if (!order) {
                        fail(c, ST_NOMEM);
                        return false;
                }
                s.named = true;
                s.names = n->keys;
                s.order = order;
                s.overloads = 0;
                for (size_t r = 0; r < b->overloads; r++) {
                        const FeelBuiltin *f = &b->builtin[r];
                        if (s.overloads == 0) {
                                if (!feel_bind_names(f, n->keys, n->n, order))
                                        continue;
                                s.builtin = f;
                                s.params = f->nparams;
                        } else if (!feel_bind_names(f, n->keys, n->n, other) || f->nparams != s.params ||
                                   memcmp(order, other, f->nparams) != 0) {
                                break;
                        }
                        s.overloads++;
                }
                if (s.overloads == 0) {
                        c->at = n->pos;
                        return emit_fail(c, "函数没有这些名称的参数", "the function has no parameters of these names");
                }
        }
        for (uint32_t i = 0; i < n->n; i++)
                constant &= gen(c, n->items[i]);
        c->at = n->pos;
        for (size_t r = 0; r < s.overloads; r++)
                pure &= (s.builtin[r].flags & FB_PURE) != 0;
        if (constant && pure && c->st == ST_OK) {
                FeelExec *x = fold_exec(c);
                FeelValue v, *args = x ? arena_alloc(x->arena, (n->n + 1) * sizeof(*args)) : NULL;
                if (args) {
                        for (uint32_t i = 0; i < n->n; i++)
                                args[i] = *const_at(c, start + i);
                        if (replace(c, start, feel_call_builtin(x, &s, args, n->n, &v), &v))
                                return true;
                }
        }
        emit(c, OP_CALL_BUILTIN, add_site(c, s));
        return false;
}

static IsConst gen_call(Compiler *c, const Ast *n)
{
        const Binding *b = n->a->kind == AST_NAME ? n->a->name.bind : NULL;
        if (b && b->try_count == 0 && b->kind == BIND_BUILTIN)
                return gen_builtin_call(c, n, b);
        bool host = b && b->try_count == 0 && b->kind == BIND_HOST && !n->keys;
        if (!host)
                gen(c, n->a);
        for (uint32_t i = 0; i < n->n; i++)
                gen(c, n->items[i]);
        c->at = n->pos;
        FeelSite s = { .argc = n->n, .names = n->keys, .named = n->keys != NULL };
        if (host) {
                s.name = b->host->name;
                s.host = b->host;
                emit(c, OP_CALL_HOST, add_site(c, s));
        } else if (n->keys) {
                emit(c, OP_CALL_NAMED, add_site(c, s));
        } else {
                emit(c, OP_CALL, n->n);
        }
        return false;
}

/* ---------------------------------------------------------------- nodes */

static IsConst gen(Compiler *c, const Ast *n)
{
        if (c->st != ST_OK)
                return false;
        if (feel_budget_over(c->budget, 1)) {
                fail(c, ST_TIMEOUT);
                return false;
        }
        c->at = n->pos;
        switch ((AstKind)n->kind) {
        case AST_CONST:
                return emit_const(c, n->value);
        case AST_NAME:
                return gen_name(c, n);
        case AST_INPUT:
                if (n->name.bind)
                        emit_binding(c, n->name.bind, STR("?"));
                else
                        emit_fail(c, "“?” 只能用在条件格里", "\"?\" is for unary tests only");
                return false;
        case AST_LIST:
                return gen_list(c, n);
        case AST_CONTEXT:
                return gen_context(c, n);
        case AST_RANGE:
                return gen_range(c, n);
        case AST_UNARY:
                return gen_unary(c, n);
        case AST_NEG:
                return gen_neg(c, n);
        case AST_BINARY:
                return gen_binary(c, n);
        case AST_AND:
        case AST_OR:
                return gen_logic(c, n);
        case AST_BETWEEN:
                gen(c, n->a);
                gen(c, n->b);
                gen(c, n->c);
                c->at = n->pos;
                emit(c, OP_BETWEEN, 0);
                return false;
        case AST_IN:
                return gen_in(c, n);
        case AST_TESTS:
                return gen_unary_tests(c, n);
        case AST_INSTANCE:
                if (!n->wanted)
                        return emit_fail(c, "没有这个类型", "there is no such type");
                gen(c, n->a);
                c->at = n->pos;
                if (!room(c, (void **)&c->types, &c->type_cap, c->type_count + 1, sizeof(*c->types)))
                        return false;
                c->types[c->type_count] = n->wanted;
                emit(c, OP_INSTANCE, c->type_count++);
                return false;
        case AST_PATH:
                gen(c, n->a);
                c->at = n->pos;
                emit(c, OP_PATH, key_index(c, n->text));
                return false;
        case AST_FILTER:
                return gen_filter(c, n);
        case AST_CALL:
                return gen_call(c, n);
        case AST_IF:
                return gen_if(c, n);
        case AST_FOR:
        case AST_SOME:
        case AST_EVERY:
                return gen_iteration(c, n);
        case AST_FUNCTION:
                return gen_function(c, n);
        case AST_SPAN:
        case AST_KIND_COUNT:
                break;
        }
        fail(c, ST_INTERNAL);
        return false;
}

static void gen_body(Compiler *c, uint32_t proto, const Ast *body)
{
        c->protos[proto].start = (uint32_t)c->len;
        gen(c, body);
        emit(c, OP_RETURN, 0);
        if (c->st == ST_OK)
                c->protos[proto].end = (uint32_t)c->len;
}

/* ---------------------------------------------------------------- entry */

static Status finish(Compiler *c, const AstFrame *frame, const Ast *root)
{
        FeelProgram *p = c->p;
        FeelProto main = { .pos = root->pos, .result = root->type };
        c->slot_used = arena_calloc(c->arena, p->slots + 1, 1);
        if (!c->slot_used)
                return ST_NOMEM;
        set_frame(c, &main, frame);
        add_proto(c, main);
        if (c->st == ST_OK)
                gen_body(c, 0, root);
        while (c->pending && c->st == ST_OK) {
                Pending *todo = c->pending;
                c->pending = todo->next;
                gen_body(c, todo->proto, todo->node->a);
        }
        if (c->st != ST_OK)
                return c->st;
        p->code = c->code;
        p->pos = c->pos;
        p->code_len = (uint32_t)c->len;
        p->constants = c->constants;
        p->constant_count = (uint32_t)c->constant_count;
        p->shapes = c->shapes;
        p->shape_count = (uint32_t)c->shape_count;
        p->types = c->types;
        p->type_count = (uint32_t)c->type_count;
        p->sites = c->sites;
        p->site_count = (uint32_t)c->site_count;
        p->protos = c->protos;
        p->proto_count = (uint32_t)c->proto_count;
        p->notes = c->notes;
        p->note_count = (uint32_t)c->note_count;
        p->slot_used = c->slot_used;
        p->type = root->type;
        p->root = root;
        if (p->code_len == 2 && OP_OF(p->code[0]) == OP_CONST)
                p->constant = &p->constants[OP_A(p->code[0])];
        for (size_t i = 0; i < c->proto_count; i++)
                if (c->protos[i].end > 0)
                        TRY(feel_verify(p, &c->protos[i]));
        return p->unary_tests ? feel_find_simple_tests(p) : ST_OK;
}

static Status own_source(Arena *a, FeelSource src, FeelSource *ret)
{
        FeelSource own = src;
        own.text = arena_str(a, src.text);
        own.file = src.file ? arena_strdup(a, src.file) : NULL;
        if (!own.text.ptr || (src.file && !own.file))
                return ST_NOMEM;
        *ret = own;
        return ST_OK;
}

static Status compile(const FeelScope *scope, FeelSource src, const FeelType *input, const FeelCompileOptions *options,
                      Diag *diag, FeelProgram **ret)
{
        static const FeelCompileOptions defaults = { 0 };
        const FeelCompileOptions *o = options ? options : &defaults;
        size_t max_text = o->max_text ? o->max_text : FEEL_MAX_TEXT_DEFAULT;
        if (src.text.len > max_text || src.text.len > UINT32_MAX / 2) {
                diag_error(diag, POS_LINE(src.file, src.line, src.col), "表达式过长：%zu 字节，上限 %zu 字节",
                           "the expression is too long: %zu bytes, at most %zu", src.text.len, max_text);
                return ST_LIMIT;
        }
        size_t bad = utf8_bad_at(src.text);
        Arena *arena = arena_new(o->max_bytes ? o->max_bytes : FEEL_MAX_COMPILE_BYTES_DEFAULT);
        if (!arena)
                return ST_NOMEM;
        FeelProgram *p = arena_new_of(arena, FeelProgram);
        uint64_t max_ns = o->max_ns ? o->max_ns : FEEL_MAX_COMPILE_NS_DEFAULT;
        CompileBudget budget = feel_budget(max_ns);
        Compiler c = { .arena = arena, .p = p, .budget = &budget };
        Ast *root = NULL;
        AstFrame *frame = NULL;
        Status st = ST_NOMEM;
        if (!p)
                goto out;
        p->arena = arena;
        p->slots = scope ? (uint32_t)scope->len : 0;
        p->unary_tests = input != NULL;
        st = own_source(arena, src, &p->src);
        if (st != ST_OK)
                goto out;
        if (bad < src.text.len) {
                diag_error(diag, feel_source_pos(&p->src, (uint32_t)bad), "此处不是有效的 UTF-8 文本",
                           "this is not valid UTF-8 text");
                st = ST_INVALID;
                goto out;
        }
        ParseInput in = { .arena = arena, .src = p->src, .scope = scope, .diag = diag, .budget = &budget,
                          .max_depth = o->max_depth ? o->max_depth : FEEL_MAX_DEPTH_DEFAULT };
        st = input ? feel_parse_unary_tests(&in, &root) : feel_parse_expression(&in, &root);
        if (st != ST_OK)
                goto out;
        CheckInput check = { .arena = arena, .src = p->src, .scope = scope, .input = input, .expected = o->expected,
                             .lenient = o->lenient, .budget = &budget, .diag = diag };
        st = feel_check(&check, root, &frame);
        if (st != ST_OK)
                goto out;
        p->is_any = input && root->kind == AST_TESTS && root->n == 0;
        st = finish(&c, frame, root);
out:
        feel_exec_free(c.fold);
        if (st == ST_NOMEM && p &&
            arena_used(arena) > (o->max_bytes ? o->max_bytes : FEEL_MAX_COMPILE_BYTES_DEFAULT) / 2)
                st = ST_LIMIT;
        if (st == ST_LIMIT && diag && diag->errors == 0)
                diag_error(diag, POS_LINE(src.file, src.line, src.col), "表达式过大，超过编译的上限",
                           "the expression is too large to compile");
        if (st == ST_TIMEOUT)
                diag_error(diag, POS_LINE(src.file, src.line, src.col),
                           "编译用时超过 %llu 毫秒，已停止：请把表达式拆小",
                           "compiling took more than %llu ms and was stopped: split the expression",
                           (unsigned long long)(max_ns / 1000000));
        if (st != ST_OK) {
                arena_free(arena);
                return st;
        }
        *ret = p;
        return ST_OK;
}

Status feel_compile_part(Arena *arena, const FeelProgram *whole, const Ast *part, const FeelProgram **ret)
{
        CompileBudget budget = feel_budget(FEEL_MAX_COMPILE_NS_DEFAULT);
        AstFrame frame = { .max_locals = whole->protos[0].locals };
        FeelProgram *p = arena_new_of(arena, FeelProgram);
        Compiler c = { .arena = arena, .p = p, .budget = &budget };
        if (!p)
                return ST_NOMEM;
        p->arena = arena;
        p->src = whole->src;
        p->slots = whole->slots;
        Status st = finish(&c, &frame, part);
        feel_exec_free(c.fold);
        TRY(st);
        *ret = p;
        return ST_OK;
}

Status feel_compile(const FeelScope *scope, FeelSource src, const FeelCompileOptions *options, Diag *diag,
                    FeelProgram **ret)
{
        return compile(scope, src, NULL, options, diag, ret);
}

Status feel_compile_unary_tests(const FeelScope *scope, FeelSource src, const FeelType *input,
                                const FeelCompileOptions *options, Diag *diag, FeelProgram **ret)
{
        return compile(scope, src, input ? input : FEEL_TYPE_ANY, options, diag, ret);
}
