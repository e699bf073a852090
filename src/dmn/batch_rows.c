/* batch_rows.c -- what has no columnar form, row by row: single decisions, and conversions to a type. */
#include "dmn/batch_int.h"
#include "dmn/link_int.h"
#include "dmn/run_int.h"

/* Holds no pointer: what was made on the way to it can go. */
static bool stands_alone(const FeelValue *v)
{
        return v->kind != FEEL_UNKNOWN && v->kind != FEEL_STRING && v->kind < FEEL_LIST;
}

static bool all_null(const DmnBatch *b, const FeelColumn *c)
{
        if (c->kind == FEEL_COL_VALUE && !c->value)
                return true;
        for (size_t i = 0; i < b->n; i++)
                if (c->kind != FEEL_COL_VALUE || !feel_is(&c->value[i], FEEL_NULL))
                        return false;
        return true;
}

/* Contexts of a type with components: each part is looked at as a column.  false: value by value. */
static bool take_parts(DmnBatch *b, const DmnType *type, bool partial, const FeelColumn *c)
{
        if (type->feel->kind == FEEL_T_ANY && !type->constrained)
                return true;
        if (type->feel->kind != FEEL_T_CONTEXT || type->base || type->allowed || type->whole)
                return false;
        for (size_t i = 0; i < type->field_count; i++) {
                size_t at = feel_shape_find(c->shape, type->fields[i].name);
                if (at == SIZE_MAX ? partial : all_null(b, &c->parts[at]))
                        continue;
                if (at == SIZE_MAX || c->parts[at].kind >= FEEL_COL_VALUE)
                        return false;
                (void)dmn_column_conform(b, type->fields[i].type, &c->parts[at], NULL);
                if (b->all_odd) {
                        b->all_odd = false;
                        return false;
                }
        }
        return true;
}

Status dmn_column_take(DmnBatch *b, const DmnType *type, FeelColumn *c, bool partial, uint8_t *codes, bool *ret_coded)
{
        if (!type || (c->kind == FEEL_COL_CONTEXT && take_parts(b, type, partial, c)))
                return ST_OK;
        if (partial) {
                b->all_odd = true;      /* whole values are needed */
                return ST_OK;
        }
        TRY(dmn_column_blank(b, type, c));
        if (c->kind < FEEL_COL_VALUE) {
                bool coded = dmn_column_conform(b, type, c, codes);
                if (ret_coded)
                        *ret_coded = coded;
                if (!b->all_odd)
                        return ST_OK;
                b->all_odd = false;
        }
        FeelValue *values;
        TRY(feel_new_values(b->x, b->n, &values));
        for (size_t i = 0; i < b->n; i++) {
                FeelValue v;
                bool ok;
                values[i] = feel_null();
                if (b->odd[i])
                        continue;
                TRY(feel_column_get(feel_exec_arena(b->x), c, i, &v));
                ArenaMark mark = feel_exec_mark(b->x);
                TRY(dmn_conform(b->x, &v, type, &ok, &values[i]));
                if (stands_alone(&values[i]))
                        feel_exec_rewind(b->x, mark);
        }
        *c = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = values };
        return dmn_column_typed(b, c);
}

/* A run in which the inputs, and the decisions that have columns, are known. */
static Status row_value(DmnBatch *b, const DmnNode *n, const FeelColumn *inputs, size_t at, size_t i, FeelValue *ret)
{
        Arena *a = feel_exec_arena(b->x);
        DmnRun *run;
        FeelValue v;
        TRY(dmn_run_new(b->m, b->x, NULL, &run));
        run->root = b->d;
        for (size_t k = 0; k < b->input_count; k++) {
                const DmnElement *e = b->d->input_elements[k];
                TRY(feel_column_get(a, &inputs[k], at + i, &v));
                TRY(dmn_take(run, e->defs, e->line, e->col, e->name, e->type, &v));
                run->values[e->index] = v;
                run->known[e->index] = 1;
        }
        for (size_t s = 0; s < n->e->env.len; s++) {
                const DmnNode *from = n->from[s] == SIZE_MAX ? NULL : &b->nodes[n->from[s]];
                if (!from || from->kind == NODE_INPUT || from->partial)
                        continue;
                TRY(feel_column_get(a, &from->column, i, &run->values[from->e->index]));
                run->known[from->e->index] = 1;
        }
        return dmn_run_value(run, n->e, ret);
}

Status dmn_rows_column(DmnBatch *b, DmnNode *n, const FeelColumn *inputs, size_t at)
{
        FeelValue *values;
        TRY(feel_new_values(b->x, b->n, &values));
        for (size_t i = 0; i < b->n; i++) {
                values[i] = feel_null();
                if (b->odd[i])
                        continue;
                ArenaMark mark = feel_exec_mark(b->x);
                TRY(row_value(b, n, inputs, at, i, &values[i]));
                if (stands_alone(&values[i]))
                        feel_exec_rewind(b->x, mark);
        }
        n->column = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = values };
        return dmn_column_typed(b, &n->column);
}
