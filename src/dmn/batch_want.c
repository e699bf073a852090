/* batch_want.c -- what is needed of each decision: from the outputs that somebody wants down to the inputs.
 *
 * A decision that answers contexts is often used by one or two of their entries; the others (the words of a reason) need
 * not be made for every row.  An entry that nobody wants must be of the type that the decision declares whatever its
 * value: else it is made, because a context with one wrong entry is null as a whole. */
#include "dmn/batch_int.h"

enum { WANTED_MAX = 64 };

static Status want(DmnBatch *b, DmnNode *n, Str name)
{
        for (size_t i = 0; i < n->wanted_count; i++)
                if (str_eq(n->wanted[i], name))
                        return ST_OK;
        if (n->wanted_count == WANTED_MAX) {
                n->whole = true;
                return ST_OK;
        }
        if (arena_grow(b->arena, (void **)&n->wanted, &n->wanted_cap, n->wanted_count + 1, sizeof(*n->wanted)) < 0)
                return ST_NOMEM;
        n->wanted[n->wanted_count++] = name;
        return ST_OK;
}

/* ---- what can be left out ---- */

/* A value of the one type (null and UNKNOWN aside) conforms to the other without a look at it. */
static bool always_conforms(const FeelType *have, const DmnType *type)
{
        if (!type)
                return true;
        if (type->constrained || !have)
                return false;
        if (type->feel->kind == FEEL_T_ANY)
                return true;
        return have->kind == type->feel->kind && have->kind >= FEEL_T_BOOLEAN && have->kind <= FEEL_T_MONTHS_DURATION;
}

static const FeelType *field_of(const FeelType *t, Str name)
{
        if (t->open)
                return NULL;
        for (size_t i = 0; i < t->field_count; i++)
                if (str_eq(t->fields[i].name, name))
                        return t->fields[i].type;
        return NULL;
}

/* The type of an entry that the node's logic answers; *ret_has false: it may not be there. */
static const FeelType *entry_type(const DmnNode *n, Str name, bool *ret_has)
{
        *ret_has = true;
        if (n->kind == NODE_LITERAL) {
                const FeelType *t = field_of(feel_program_type(n->literal.program), name);
                *ret_has = t != NULL;
                return t;
        }
        const DmnTable *t = n->e->box->table;
        for (size_t k = 0; k < t->output_count; k++)
                if (str_eq(t->outputs[k].name, name))
                        return t->outputs[k].type ? t->outputs[k].type->feel : NULL;
        *ret_has = false;
        return NULL;
}

/* Entries of the type that have to be looked at are wanted too.  *ret_ok false: the context is needed whole. */
static Status look_at_type(DmnBatch *b, DmnNode *n, const DmnType *type, bool *ret_ok)
{
        if (!type || (type->feel->kind == FEEL_T_ANY && !type->constrained))
                return ST_OK;
        *ret_ok = *ret_ok && type->feel->kind == FEEL_T_CONTEXT && !type->base && !type->allowed && !type->whole;
        for (size_t i = 0; *ret_ok && i < type->field_count; i++) {
                bool has;
                const FeelType *t = entry_type(n, type->fields[i].name, &has);
                *ret_ok = has;
                if (has && !always_conforms(t, type->fields[i].type))
                        TRY(want(b, n, type->fields[i].name));
        }
        return ST_OK;
}

static bool answers_contexts(const DmnNode *n)
{
        if (n->kind == NODE_TABLE)
                return n->e->box->table->output_count > 1 && n->e->box->table->shape;
        return n->kind == NODE_LITERAL && feel_program_type(n->literal.program)->kind == FEEL_T_CONTEXT;
}

/* Entries alone, or the whole after all. */
static Status settle(DmnBatch *b, DmnNode *n)
{
        bool ok = !n->whole && answers_contexts(n);
        if (ok)
                TRY(look_at_type(b, n, n->e->box->type, &ok));
        if (ok)
                TRY(look_at_type(b, n, n->e->type, &ok));
        n->whole = n->whole || !ok || n->wanted_count == 0;
        if (n->whole)
                return ST_OK;
        if (n->kind == NODE_LITERAL) {
                TRY(feel_batch_new_parts(n->literal.program, n->wanted, n->wanted_count, &n->literal.batch));
                if (!feel_batch_has_plan(n->literal.batch)) {
                        dmn_column_program_free(&n->literal);
                        n->whole = true;
                        return ST_OK;
                }
                TRY(feel_shape_new(b->arena, n->wanted, n->wanted_count, &n->shape));
        } else {
                n->skip = arena_array_of(b->arena, bool, n->column_count);
                if (!n->skip)
                        return ST_NOMEM;
                for (size_t k = 0; k < n->column_count; k++) {
                        n->skip[k] = true;
                        for (size_t i = 0; i < n->wanted_count; i++)
                                n->skip[k] &= !str_eq(n->wanted[i], n->e->box->table->outputs[k].name);
                }
        }
        n->partial = true;
        return ST_OK;
}

/* ---- what it takes itself ---- */

static Status of_program(DmnBatch *b, DmnNode *n, DmnColumnProgram *p)
{
        for (size_t s = 0; p->program && s < n->e->env.len; s++) {
                DmnNode *from = n->from[s] == SIZE_MAX ? NULL : &b->nodes[n->from[s]];
                if (!from || from->whole || !feel_program_uses(p->program, (uint32_t)s))
                        continue;
                if (!answers_contexts(from)) {
                        from->whole = true;
                        continue;
                }
                FeelSlotUse use;
                if (!p->batch)
                        TRY(feel_batch_new(p->program, n->frame, n->e->env.len, &p->batch));
                TRY(feel_batch_slot_use(p->batch, (uint32_t)s, &use));
                from->whole |= use.whole;
                for (size_t i = 0; i < use.count; i++)
                        TRY(want(b, from, use.names[i]));
        }
        return ST_OK;
}

static Status of_node(DmnBatch *b, DmnNode *n)
{
        if (n->kind == NODE_LITERAL)
                return of_program(b, n, &n->literal);
        if (n->kind == NODE_TABLE) {
                const DmnTable *t = n->e->box->table;
                for (size_t i = 0; i < t->input_count; i++)
                        if (t->inputs[i].has_slot && n->from[t->inputs[i].slot] != SIZE_MAX)
                                b->nodes[n->from[t->inputs[i].slot]].whole = true;
                for (size_t i = 0; i < dmn_table_program_count(n->table); i++) {
                        DmnColumnProgram *p = dmn_table_program(n->table, n->skip, i);
                        if (p)
                                TRY(of_program(b, n, p));
                }
                return ST_OK;
        }
        for (size_t s = 0; n->kind == NODE_ROWS && s < n->e->env.len; s++)
                if (n->from[s] != SIZE_MAX)
                        b->nodes[n->from[s]].whole = true;
        return ST_OK;
}

Status dmn_batch_wants(DmnBatch *b)
{
        b->wants_known = true;
        if (!b->columnar)
                return ST_OK;
        DmnNode *root = &b->nodes[b->node_count - 1];
        root->whole = b->outputs[0].name.len == 0;
        for (size_t k = 0; k < b->output_count && !root->whole; k++)
                if (b->wanted[k])
                        TRY(want(b, root, b->outputs[k].name));
        /* What a node takes stands before it. */
        for (size_t i = b->node_count; i-- > 0;) {
                DmnNode *n = &b->nodes[i];
                if (n->kind == NODE_INPUT)
                        continue;
                TRY(settle(b, n));
                TRY(of_node(b, n));
        }
        return ST_OK;
}
