/* The checked tree as a graph of nodes.
 *
 * Equal parts become one node, so that what six rules have in common is computed
 * once.  Operands have smaller numbers than what uses them.  What is planned here
 * must do on every row what compile.c's code does; the differential test compares. */
#include "base/map.h"
#include "feel/batch_int.h"
#include "feel/scope.h"

enum { NODES_MAX = 20000, SCALE_MIN = -6111, SCALE_MAX = 6176 };

#define NO_NODE UINT32_MAX

typedef struct Planner {
        FeelBatch *b;
        Arena *arena;
        size_t cap;             /* of nodes */
        uint32_t *slots;        /* hash table: node + 1 */
        size_t slot_count;
        uint32_t *locals;       /* by local variable: its node, or NO_NODE */
        size_t local_count;
        Status st;              /* why a node is NO_NODE */
} Planner;

static uint32_t plan(Planner *p, const Ast *n);
static uint32_t plan_columns(Planner *p, const Ast *n);

static uint32_t fail(Planner *p, Status st)
{
        if (p->st == ST_OK)
                p->st = st;
        return NO_NODE;
}

/* ---------------------------------------------------------------- nodes */

static uint64_t mix(uint64_t h, uint64_t v)
{
        h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
        return h ^ h >> 29;
}

static uint64_t hash_node(const Node *n)
{
        uint64_t h = mix(n->op, n->opr);
        h = mix(h, (uint64_t)(uint32_t)n->index);
        for (uint32_t i = 0; i < n->n; i++)
                h = mix(h, n->args[i]);
        if (n->text.len)
                h = mix(h, str_hash(n->text));
        return n->op == NODE_CONST ? mix(h, feel_hash(&n->value)) : h;
}

static bool same_value(const FeelValue *a, const FeelValue *b)
{
        if (a->kind != b->kind)
                return false;
        switch ((FeelKind)a->kind) {
        case FEEL_NULL: return true;
        case FEEL_BOOLEAN: return a->boolean == b->boolean;
        case FEEL_NUMBER: return memcmp(&a->number, &b->number, sizeof(Dec)) == 0;
        case FEEL_STRING: return str_eq(a->string, b->string);
        default: return false;
        }
}

static bool same_site(const FeelSite *a, const FeelSite *b)
{
        if (!a || !b)
                return a == b;
        return !a->named && !b->named && a->builtin == b->builtin && a->argc == b->argc &&
               (a->builtin->flags & FB_PURE) != 0;
}

static bool same_node(const Node *a, const Node *b)
{
        if (a->part || b->part)
                return a->part == b->part;
        if (a->hash != b->hash || a->op != b->op || a->opr != b->opr || a->index != b->index || a->n != b->n ||
            a->type != b->type || a->shape != b->shape || !str_eq(a->text, b->text) || !same_site(a->site, b->site))
                return false;
        if (a->n && memcmp(a->args, b->args, a->n * sizeof(*a->args)) != 0)
                return false;
        return a->op != NODE_CONST || same_value(&a->value, &b->value);
}

static bool room_for_one(Planner *p)
{
        FeelBatch *b = p->b;
        if (b->node_count == NODES_MAX) {
                fail(p, ST_UNSUPPORTED);
                return false;
        }
        if (b->node_count * 2 >= p->slot_count) {
                size_t count = p->slot_count ? p->slot_count * 2 : 64;
                uint32_t *slots = arena_array_of(p->arena, uint32_t, count);
                if (!slots) {
                        fail(p, ST_NOMEM);
                        return false;
                }
                for (uint32_t i = 0; i < b->node_count; i++) {
                        size_t at = b->nodes[i].hash & (count - 1);
                        while (slots[at])
                                at = (at + 1) & (count - 1);
                        slots[at] = i + 1;
                }
                p->slots = slots;
                p->slot_count = count;
        }
        if (arena_grow(p->arena, (void **)&b->nodes, &p->cap, b->node_count + 1, sizeof(*b->nodes)) < 0) {
                fail(p, ST_NOMEM);
                return false;
        }
        return true;
}

static bool works_value_by_value(NodeOp op)
{
        switch (op) {
        case NODE_CALL:
        case NODE_LIST:
        case NODE_CONTEXT:
        case NODE_RANGE:
        case NODE_UNARY:
        case NODE_PATH:
        case NODE_INSTANCE:
        case NODE_TRUTH:
        case NODE_ROWS:
                return true;
        default:
                return false;
        }
}

/* The node, or an equal one that is there already.  args are copied. */
static uint32_t add(Planner *p, Node n, const uint32_t *args, uint32_t count)
{
        FeelBatch *b = p->b;
        for (uint32_t i = 0; i < count; i++)
                if (args[i] == NO_NODE)
                        return NO_NODE;
        if (p->st != ST_OK || !room_for_one(p))
                return NO_NODE;
        n.n = count;
        n.args = args;
        n.hash = hash_node(&n);
        size_t at = n.hash & (p->slot_count - 1);
        for (; p->slots[at]; at = (at + 1) & (p->slot_count - 1))
                if (same_node(&b->nodes[p->slots[at] - 1], &n))
                        return p->slots[at] - 1;
        uint32_t *own = arena_array_of(p->arena, uint32_t, count + 1);
        if (!own)
                return fail(p, ST_NOMEM);
        if (count)
                memcpy(own, args, count * sizeof(*own));
        n.args = own;
        n.dear = works_value_by_value(n.op) || (n.op == NODE_ARITH && n.opr == OPR_POW);
        n.constant = n.op != NODE_SLOT && n.op != NODE_INPUT && n.op != NODE_ROWS;
        for (uint32_t i = 0; i < count; i++) {
                n.constant = n.constant && b->nodes[own[i]].constant;
                n.dear = n.dear || b->nodes[own[i]].dear;
        }
        for (size_t r = 0; n.site && r < n.site->overloads; r++)
                n.constant = n.constant && (n.site->builtin[r].flags & FB_PURE) != 0;
        n.dear = n.dear && !n.constant;
        b->nodes[b->node_count] = n;
        p->slots[at] = ++b->node_count;
        return b->node_count - 1;
}

static uint32_t add_const(Planner *p, FeelValue v)
{
        if (v.kind == FEEL_FUNCTION)
                return fail(p, ST_UNSUPPORTED);
        return add(p, (Node){ .op = NODE_CONST, .value = v }, NULL, 0);
}

static uint32_t add_one(Planner *p, Node n, uint32_t a)
{
        return add(p, n, &a, 1);
}

static uint32_t add_two(Planner *p, Node n, uint32_t a, uint32_t b)
{
        uint32_t args[2] = { a, b };
        return add(p, n, args, 2);
}

/* The nodes of several trees; NULL when one has no plan. */
static uint32_t *plan_all(Planner *p, Ast *const *items, uint32_t n)
{
        uint32_t *nodes = arena_array_of(p->arena, uint32_t, n + 1);
        if (!nodes) {
                fail(p, ST_NOMEM);
                return NULL;
        }
        for (uint32_t i = 0; i < n; i++) {
                nodes[i] = plan(p, items[i]);
                if (nodes[i] == NO_NODE)
                        return NULL;
        }
        return nodes;
}

/* ---------------------------------------------------------------- names, values */

static uint32_t plan_binding(Planner *p, const Binding *bind, bool input)
{
        switch (bind->kind) {
        case BIND_SLOT:
                return add(p, (Node){ .op = NODE_SLOT, .index = (int32_t)bind->index }, NULL, 0);
        case BIND_LOCAL:
                if (input && p->b->program->unary_tests && bind->index == 0)
                        return add(p, (Node){ .op = NODE_INPUT }, NULL, 0);
                if (bind->index < p->local_count && p->locals[bind->index] != NO_NODE)
                        return p->locals[bind->index];
                return fail(p, ST_UNSUPPORTED);
        case BIND_NONE:
                return add_const(p, feel_null());
        default:
                return fail(p, ST_UNSUPPORTED);
        }
}

static uint32_t plan_context(Planner *p, const Ast *n)
{
        const FeelShape *shape;
        Status st = feel_shape_new(p->arena, n->keys, n->n, &shape);
        if (st == ST_EXISTS)
                return add_const(p, feel_null());
        if (st != ST_OK)
                return fail(p, st);
        uint32_t *values = arena_array_of(p->arena, uint32_t, n->n + 1);
        if (!values)
                return fail(p, ST_NOMEM);
        for (uint32_t i = 0; i < n->n; i++) {
                values[i] = plan(p, n->items[i]);
                if (values[i] == NO_NODE)
                        return NO_NODE;
                if (n->local + i < p->local_count)
                        p->locals[n->local + i] = values[i];
        }
        return add(p, (Node){ .op = NODE_CONTEXT, .shape = shape }, values, n->n);
}

/* {a: …, b: …}.b is its entry: the context itself is never made. */
static uint32_t path_into(Planner *p, uint32_t a, Str name)
{
        if (a != NO_NODE && p->b->nodes[a].op == NODE_CONTEXT) {
                size_t at = feel_shape_find(p->b->nodes[a].shape, name);
                if (at != SIZE_MAX)
                        return p->b->nodes[a].args[at];
        }
        return add_one(p, (Node){ .op = NODE_PATH, .text = name }, a);
}

static uint32_t plan_path(Planner *p, const Ast *n)
{
        return path_into(p, plan(p, n->a), n->text);
}

/* The entry of what an expression answers: (if a then b else c).x is if a then b.x else c.x, so that the other entries
 * of b and c need not be made. */
static uint32_t entry_of(Planner *p, uint32_t node, Str name, unsigned depth)
{
        if (node == NO_NODE || p->b->nodes[node].op != NODE_CHOOSE || depth == 50)
                return path_into(p, node, name);
        uint32_t n = p->b->nodes[node].n, *args = arena_array_of(p->arena, uint32_t, n);
        if (!args)
                return fail(p, ST_NOMEM);
        for (uint32_t i = 0; i < n; i++) {
                uint32_t arg = p->b->nodes[node].args[i];       /* nodes move when one is added */
                args[i] = i % 2 || i == n - 1 ? entry_of(p, arg, name, depth + 1) : arg;
                if (args[i] == NO_NODE)
                        return NO_NODE;
        }
        return add(p, (Node){ .op = NODE_CHOOSE }, args, n);
}

/* ---------------------------------------------------------------- operators */

/* Chains like a + b + c + … lean to the left and may be long. */
static uint32_t plan_binary(Planner *p, const Ast *n)
{
        size_t depth = 1;
        for (const Ast *s = n; s->a->kind == AST_BINARY; s = s->a)
                depth++;
        const Ast **chain = arena_array_of(p->arena, const Ast *, depth);
        if (!chain)
                return fail(p, ST_NOMEM);
        const Ast *s = n;
        for (size_t i = depth; i-- > 0; s = s->a)
                chain[i] = s;
        uint32_t left = plan(p, chain[0]->a);
        for (size_t i = 0; i < depth && left != NO_NODE; i++) {
                uint8_t op = chain[i]->op;
                Node node = { .op = op < OPR_EQ ? NODE_ARITH : NODE_COMPARE, .opr = op };
                left = add_two(p, node, left, plan(p, chain[i]->b));
        }
        return left;
}

static uint32_t plan_between(Planner *p, const Ast *n)
{
        uint32_t a = plan(p, n->a);
        uint32_t above = add_two(p, (Node){ .op = NODE_COMPARE, .opr = OPR_GE }, a, plan(p, n->b));
        uint32_t below = add_two(p, (Node){ .op = NODE_COMPARE, .opr = OPR_LE }, a, plan(p, n->c));
        return add_two(p, (Node){ .op = NODE_AND }, above, below);
}

enum { IN_ITEMS_MAX = 64 };

static bool plain(const FeelValue *v)
{
        return v->kind == FEEL_BOOLEAN || v->kind == FEEL_NUMBER || v->kind == FEEL_STRING || v->kind == FEEL_DATE;
}

static bool plain_range(const FeelValue *v)
{
        if (v->kind != FEEL_RANGE)
                return false;
        const FeelRange *r = v->range;
        return (r->low.kind == FEEL_NULL || plain(&r->low)) && (r->high.kind == FEEL_NULL || plain(&r->high)) &&
               (r->low.kind != FEEL_NULL || r->high.kind != FEEL_NULL);
}

/* A constant that in_node tests item by item. */
static const FeelValue *testable(const FeelValue *v)
{
        if (plain_range(v))
                return v;
        if (v->kind != FEEL_LIST || v->list.len == 0 || v->list.len > IN_ITEMS_MAX)
                return NULL;
        for (size_t i = 0; i < v->list.len; i++)
                if (!plain(&v->list.items[i]) && !plain_range(&v->list.items[i]))
                        return NULL;
        return v;
}

/* The constant that a node without columns is, when the compiler folded it. */
static const FeelValue *folded(Planner *p, const Ast *n)
{
        FeelExec *x;
        if (n->kind == AST_CONST)
                return n->value;
        if (n->kind != AST_RANGE && n->kind != AST_LIST && n->kind != AST_NEG)
                return NULL;
        FeelValue *v = arena_new_of(p->arena, FeelValue);
        if (!v) {
                fail(p, ST_NOMEM);
                return NULL;
        }
        if (n->kind == AST_LIST) {
                FeelValue *items = arena_array_of(p->arena, FeelValue, n->n + 1);
                if (!items) {
                        fail(p, ST_NOMEM);
                        return NULL;
                }
                for (uint32_t i = 0; i < n->n; i++) {
                        const FeelValue *item = folded(p, n->items[i]);
                        if (!item)
                                return NULL;
                        items[i] = *item;
                }
                *v = feel_list(items, n->n);
                return v;
        }
        const FeelValue *a = folded(p, n->a), *b = n->kind == AST_RANGE ? folded(p, n->b) : a;
        if (!a || !b)
                return NULL;
        FeelLimits limits = { .max_bytes = 1 << 16, .max_depth = 10 };
        x = feel_exec_new(&limits, NULL);
        if (!x) {
                fail(p, ST_NOMEM);
                return NULL;
        }
        FeelValue made;
        unsigned flags = n->flags & (FLAG_LOW_CLOSED | FLAG_HIGH_CLOSED);
        Status st = n->kind == AST_NEG ? feel_op_neg(x, a, &made) : feel_op_range(x, a, b, flags, &made);
        if (st == ST_OK)
                st = feel_copy(p->arena, &made, v);
        feel_exec_free(x);
        return st == ST_OK ? v : NULL;
}

/* value in test */
static uint32_t plan_in_one(Planner *p, uint32_t value, const Ast *test)
{
        Node node = { .op = NODE_IN };
        const FeelValue *constant = folded(p, test);
        if (p->st != ST_OK)
                return NO_NODE;
        if (constant && plain(constant))
                return add_two(p, (Node){ .op = NODE_IN }, value, add_const(p, *constant));
        node.test = constant ? testable(constant) : NULL;
        if (node.test) {
                size_t n = node.test->kind == FEEL_LIST ? node.test->list.len : 1;
                node.items = arena_array_of(p->arena, Vec *, 2 * n);
                if (!node.items)
                        return fail(p, ST_NOMEM);
        }
        return add_two(p, node, value, plan(p, test));
}

static uint32_t plan_test(Planner *p, uint32_t value, const Ast *t, bool input)
{
        if (t->kind == AST_UNARY)
                return add_two(p, (Node){ .op = NODE_COMPARE, .opr = t->op }, value, plan(p, t->a));
        if (input && (t->flags & FLAG_USES_INPUT)) {
                uint32_t b = plan(p, t);
                return t->type->kind == FEEL_T_BOOLEAN ? b : add_two(p, (Node){ .op = NODE_TRUTH }, value, b);
        }
        return plan_in_one(p, value, t);
}

static uint32_t plan_tests(Planner *p, uint32_t value, const Ast *n, bool input)
{
        uint32_t *tests = arena_array_of(p->arena, uint32_t, n->n + 1);
        if (!tests)
                return fail(p, ST_NOMEM);
        for (uint32_t i = 0; i < n->n; i++)
                tests[i] = plan_test(p, value, n->items[i], input);
        return n->n == 1 ? tests[0] : add(p, (Node){ .op = NODE_OR }, tests, n->n);
}

static uint32_t plan_unary_tests(Planner *p, const Ast *n)
{
        if (n->n == 0)
                return add_const(p, feel_bool(true));
        uint32_t input = add(p, (Node){ .op = NODE_INPUT }, NULL, 0);
        uint32_t tests = plan_tests(p, input, n, true);
        if (n->flags & FLAG_NOT)
                tests = add_one(p, (Node){ .op = NODE_NOT }, tests);
        return add_one(p, (Node){ .op = NODE_PASSED }, tests);
}

/* ---------------------------------------------------------------- calls */

static bool is_fn(const Binding *b, const char *name)
{
        return strcmp(b->builtin->name, name) == 0;
}

static bool rounding(const Binding *b, DecRound *ret)
{
        static const struct { const char *name; DecRound mode; } all[] = {
                { "decimal", DEC_HALF_EVEN },     { "floor", DEC_FLOOR },          { "ceiling", DEC_CEILING },
                { "round up", DEC_UP },           { "round down", DEC_DOWN },      { "round half up", DEC_HALF_UP },
                { "round half down", DEC_HALF_DOWN },
        };
        for (size_t i = 0; i < ARRAY_LEN(all); i++) {
                if (is_fn(b, all[i].name)) {
                        *ret = all[i].mode;
                        return true;
                }
        }
        return false;
}

/* The second argument as a number of digits. */
static bool digits_of(Planner *p, const Ast *n, int32_t *ret)
{
        int64_t scale;
        *ret = 0;
        if (n->n == 1)
                return true;
        const FeelValue *v = folded(p, n->items[1]);
        if (!v || v->kind != FEEL_NUMBER || !dec_to_i64(v->number, &scale) || scale < SCALE_MIN || scale > SCALE_MAX)
                return false;
        *ret = (int32_t)scale;
        return true;
}

static const FeelSite *new_site(Planner *p, const Binding *b, const Ast *n, uint32_t argc)
{
        FeelSite *s = arena_new_of(p->arena, FeelSite);
        uint8_t *order = arena_array_of(p->arena, uint8_t, FEEL_PARAMS_MAX), other[FEEL_PARAMS_MAX];
        if (!s || !order) {
                fail(p, ST_NOMEM);
                return NULL;
        }
        *s = (FeelSite){ .name = str_c(b->builtin->name), .argc = argc, .builtin = b->builtin };
        s->overloads = b->overloads;
        if (!n->keys)
                return s;
        /* As in compile.c: the overloads that have these names in the same places. */
        s->named = true;
        s->names = n->keys;
        s->order = order;
        s->overloads = 0;
        for (size_t r = 0; r < b->overloads; r++) {
                const FeelBuiltin *f = &b->builtin[r];
                if (s->overloads == 0) {
                        if (!feel_bind_names(f, n->keys, n->n, order))
                                continue;
                        s->builtin = f;
                        s->params = f->nparams;
                } else if (!feel_bind_names(f, n->keys, n->n, other) || f->nparams != s->params ||
                           memcmp(order, other, f->nparams) != 0) {
                        break;
                }
                s->overloads++;
        }
        return s;
}

static uint32_t plan_call(Planner *p, const Ast *n)
{
        const Binding *b = n->a->kind == AST_NAME ? n->a->name.bind : NULL;
        if (!b || b->try_count || b->kind != BIND_BUILTIN)
                return fail(p, ST_UNSUPPORTED);
        Ast *const *items = n->items;
        uint32_t argc = n->n;
        bool aggregate = !n->keys && (is_fn(b, "min") || is_fn(b, "max") || is_fn(b, "sum"));
        if (aggregate && argc == 1 && items[0]->kind == AST_LIST && items[0]->n > 1) {
                argc = items[0]->n;     /* min([a, b]) is min(a, b) */
                items = items[0]->items;
        }
        const FeelSite *site = new_site(p, b, n, argc);
        uint32_t *args = plan_all(p, items, argc);
        if (!site || !args)
                return NO_NODE;
        if (site->overloads == 0)
                return add_const(p, feel_null());       /* no parameters of these names */
        Node node = { .op = NODE_CALL, .site = site };
        DecRound mode;
        if (aggregate && argc > 1) {
                node.op = is_fn(b, "sum") ? NODE_SUM : NODE_EXTREME;
                node.opr = is_fn(b, "min") ? OPR_LT : OPR_GT;
        } else if (!n->keys && rounding(b, &mode) && argc <= 2 && argc >= b->builtin->required &&
                   digits_of(p, n, &node.index)) {
                node.op = NODE_ROUND;
                node.opr = (uint8_t)mode;
        } else if (!n->keys && is_fn(b, "abs") && argc == 1) {
                node.op = NODE_ABS;
        } else if (!n->keys && is_fn(b, "modulo") && argc == 2) {
                node.op = NODE_MODULO;
        } else if (!n->keys && is_fn(b, "not") && argc == 1) {
                node.op = NODE_NOT;
        }
        return add(p, node, args, argc);
}

/* ---------------------------------------------------------------- trees */

enum { CHOICES_MAX = 200 };

/* if … then … else if … then … else …: one node for the whole chain, or a chain of them for a long one. */
static uint32_t plan_if(Planner *p, const Ast *n)
{
        uint32_t args[2 * CHOICES_MAX + 1], count = 0;
        for (;; n = n->c) {
                args[count++] = plan(p, n->a);
                args[count++] = plan(p, n->b);
                if (n->c->kind != AST_IF || count == 2 * CHOICES_MAX)
                        break;
        }
        args[count++] = plan(p, n->c);
        return add(p, (Node){ .op = NODE_CHOOSE }, args, count);
}

static uint32_t plan_items(Planner *p, NodeOp op, const Ast *n)
{
        uint32_t *args = plan_all(p, n->items, n->n);
        return args ? add(p, (Node){ .op = op }, args, n->n) : NO_NODE;
}

/* The part alone goes row by row, when it can stand for itself. */
static uint32_t plan_rows(Planner *p, const Ast *n)
{
        FeelBatch *b = p->b;
        RowPart *part = NULL;
        bool ok = false;
        uint32_t count = 0;
        Status st = batch_part_new(b, n, &ok, &part, &count);
        if (st != ST_OK || !ok)
                return fail(p, st != ST_OK ? st : ST_UNSUPPORTED);
        uint32_t *args = arena_array_of(p->arena, uint32_t, count + 1);
        if (!args || arena_grow(p->arena, (void **)&b->parts, &b->part_cap, b->part_count + 1, sizeof(part)) < 0)
                return fail(p, ST_NOMEM);
        for (uint32_t i = 0; i < count; i++)
                args[i] = add(p, (Node){ .op = NODE_SLOT, .index = (int32_t)part->slots[i] }, NULL, 0);
        b->parts[b->part_count++] = part;
        return add(p, (Node){ .op = NODE_ROWS, .index = (int32_t)b->part_count, .part = part }, args, count);
}

static uint32_t plan(Planner *p, const Ast *n)
{
        if (p->st != ST_OK)
                return NO_NODE;
        size_t parts = p->b->part_count;
        uint32_t node = plan_columns(p, n);
        if (p->st != ST_UNSUPPORTED)
                return node;
        /* The smallest part around what has no columnar form; what was planned below it is not used. */
        p->st = ST_OK;
        p->b->part_count = parts;
        return plan_rows(p, n);
}

static uint32_t plan_columns(Planner *p, const Ast *n)
{
        switch ((AstKind)n->kind) {
        case AST_CONST:
                return add_const(p, *n->value);
        case AST_NAME:
                return n->name.bind->try_count ? fail(p, ST_UNSUPPORTED) : plan_binding(p, n->name.bind, false);
        case AST_INPUT:
                return n->name.bind ? plan_binding(p, n->name.bind, true) : add_const(p, feel_null());
        case AST_LIST:
                return plan_items(p, NODE_LIST, n);
        case AST_CONTEXT:
                return plan_context(p, n);
        case AST_RANGE: {
                Node node = { .op = NODE_RANGE, .opr = n->flags & (FLAG_LOW_CLOSED | FLAG_HIGH_CLOSED) };
                uint32_t low = plan(p, n->a);
                return add_two(p, node, low, plan(p, n->b));
        }
        case AST_UNARY:
                return add_one(p, (Node){ .op = NODE_UNARY, .opr = n->op }, plan(p, n->a));
        case AST_NEG:
                return add_one(p, (Node){ .op = NODE_NEG }, plan(p, n->a));
        case AST_BINARY:
                return plan_binary(p, n);
        case AST_AND:
                return plan_items(p, NODE_AND, n);
        case AST_OR:
                return plan_items(p, NODE_OR, n);
        case AST_BETWEEN:
                return plan_between(p, n);
        case AST_IN: {
                uint32_t a = plan(p, n->a);
                return plan_tests(p, a, n, false);
        }
        case AST_TESTS:
                return plan_unary_tests(p, n);
        case AST_INSTANCE:
                return n->wanted ? add_one(p, (Node){ .op = NODE_INSTANCE, .type = n->wanted }, plan(p, n->a))
                                 : add_const(p, feel_null());
        case AST_PATH:
                return plan_path(p, n);
        case AST_CALL:
                return plan_call(p, n);
        case AST_IF:
                return plan_if(p, n);
        default:
                return fail(p, ST_UNSUPPORTED);
        }
}

Status batch_plan(FeelBatch *b)
{
        const FeelProgram *program = b->program;
        Planner p = { .b = b, .arena = b->arena, .local_count = program->protos[0].locals };
        p.locals = arena_array_of(b->arena, uint32_t, p.local_count + 1);
        if (!p.locals)
                return ST_NOMEM;
        for (size_t i = 0; i < p.local_count; i++)
                p.locals[i] = NO_NODE;
        b->root = plan(&p, program->root);
        for (size_t k = 0; k < b->part_root_count && p.st == ST_OK; k++)
                b->part_roots[k] = entry_of(&p, b->root, b->part_names[k], 0);
        if (p.st != ST_OK)
                return p.st;
        b->constants = arena_array_of(b->arena, Vec *, b->node_count);
        return b->constants ? ST_OK : ST_NOMEM;
}
