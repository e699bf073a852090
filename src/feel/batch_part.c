/* batch_part.c -- parts of a program that have no columnar form: a program of their own, run for each row. */
#include "feel/batch_int.h"

enum { PART_DEPTH = 1000 };

/* What a part needs from outside. */
typedef struct Needs {
        uint32_t defined;       /* the first variable that the part defines; UINT32_MAX: none */
        uint32_t used_before;   /* the first variable it uses; variables outside come before its own */
        bool functions;         /* it makes functions */
        bool other;             /* the input of unary tests, or nested too deep */
} Needs;

static void look(const Ast *n, Needs *ret, unsigned depth);

static void uses(Needs *r, uint32_t local)
{
        if (local < r->used_before)
                r->used_before = local;
}

static void defines(Needs *r, uint32_t local)
{
        if (local < r->defined)
                r->defined = local;
}

static void look_name(const Ast *n, Needs *r)
{
        const Binding *b = n->name.bind;
        if (!b)
                return;
        for (uint32_t i = 0; i < b->try_count; i++)
                uses(r, b->tries[i].index);
        if (b->kind == BIND_LOCAL || b->kind == BIND_PARTIAL)
                uses(r, b->index);
}

/* Its body has variables of its own; what it takes from outside stands in its captures. */
static void look_function(const Ast *n, Needs *r, unsigned depth)
{
        r->functions = true;
        if (n->flags & FLAG_EXTERNAL)
                look(n->a, r, depth + 1);
        for (size_t i = 0; i < n->frame->capture_count; i++)
                if (n->frame->captures[i].from == 'L' || n->frame->captures[i].from == 'B')
                        uses(r, n->frame->captures[i].index);
}

static void look(const Ast *n, Needs *r, unsigned depth)
{
        if (!n)
                return;
        if (depth > PART_DEPTH) {
                r->other = true;
                return;
        }
        switch ((AstKind)n->kind) {
        case AST_CONST:
                return;
        case AST_NAME:
                look_name(n, r);
                return;
        case AST_INPUT:
                r->other = true;
                return;
        case AST_FUNCTION:
                look_function(n, r, depth);
                return;
        case AST_CONTEXT:
        case AST_IN:
        case AST_FOR:
        case AST_SOME:
        case AST_EVERY:
        case AST_FILTER:
                defines(r, n->local);
                break;
        default:
                break;
        }
        look(n->a, r, depth + 1);
        look(n->b, r, depth + 1);
        look(n->c, r, depth + 1);
        for (uint32_t i = 0; n->items && i < n->n; i++)
                look(n->items[i], r, depth + 1);
}

/* No function can be in a value of the type. */
static bool is_plain(const FeelType *t)
{
        if (t->kind == FEEL_T_LIST || t->kind == FEEL_T_RANGE)
                return t->element && is_plain(t->element);
        return t->kind >= FEEL_T_BOOLEAN && t->kind <= FEEL_T_MONTHS_DURATION;
}

Status batch_part_new(FeelBatch *b, const Ast *tree, bool *ret_ok, RowPart **ret, uint32_t *ret_slots)
{
        Needs needs = { .defined = UINT32_MAX, .used_before = UINT32_MAX };
        *ret_ok = false;
        /* The whole program, or no expression for itself. */
        if (tree == b->program->root || tree->kind == AST_FUNCTION || tree->kind == AST_SPAN || tree->kind == AST_TESTS)
                return ST_OK;
        look(tree, &needs, 0);
        /* A function that leaves the part would outlive its program. */
        if (needs.other || needs.used_before < needs.defined || (needs.functions && !is_plain(tree->type)))
                return ST_OK;
        RowPart *part = arena_new_of(b->arena, RowPart);
        if (!part)
                return ST_NOMEM;
        TRY(feel_compile_part(b->arena, b->program, tree, &part->program));
        uint32_t *slots = arena_array_of(b->arena, uint32_t, part->program->slots + 1), count = 0;
        part->values = arena_array_of(b->arena, FeelValue, part->program->slots + 1);
        if (!slots || !part->values)
                return ST_NOMEM;
        for (uint32_t i = 0; i < part->program->slots; i++)
                if (part->program->slot_used[i])
                        slots[count++] = i;
        part->tree = tree;
        part->slots = slots;
        *ret = part;
        *ret_slots = count;
        *ret_ok = true;
        return ST_OK;
}

Status rows_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret)
{
        const RowPart *part = node->part;
        FeelExec *x = b->x;
        Vec **vecs;
        FeelValue *out;
        TRY(batch_alloc(b, (node->n + 1) * sizeof(*vecs), &vecs));
        TRY(batch_alloc(b, f->n * sizeof(*out), &out));
        for (uint32_t k = 0; k < node->n; k++)
                TRY(frame_vec(b, f, node->args[k], &vecs[k]));
        for (size_t i = 0; i < f->n; i++) {
                for (uint32_t k = 0; k < node->n; k++)
                        TRY(vec_get(b, vecs[k], i, &part->values[part->slots[k]]));
                ArenaMark mark = feel_exec_mark(x);
                out[i] = feel_null();
                TRY(feel_eval(x, part->program, part->values, part->program->slots, &out[i]));
                if (batch_stands_alone(&out[i]))
                        feel_exec_rewind(x, mark);
        }
        return vec_unbox(b, f, out, ret);
}
