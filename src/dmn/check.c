/* check.c -- everything that is wrong with a model: what linking and compiling found, what
 * is required and never used, and the analysis of each decision table (analyse.c). */
#include "dmn/analyse.h"
#include "dmn/link_int.h"

typedef struct Check {
        const DmnModel *m;
        Diag *diag;
        const DmnElement *e;
        uint8_t *used;          /* slots of the element's environment */
        bool broken;            /* a text did not compile: nothing is said of what is used */
} Check;

static void note_uses(Check *c, const FeelProgram *p)
{
        for (size_t i = 0; p && i < c->e->env.len; i++)
                if (!c->used[i] && feel_program_uses(p, (uint32_t)i))
                        c->used[i] = 1;
}

static Status check_box(Check *c, const DmnBox *b, Str name);

static Status check_table(Check *c, const DmnTable *t, Str name)
{
        for (size_t i = 0; i < t->input_count; i++) {
                note_uses(c, t->inputs[i].program);
                note_uses(c, t->inputs[i].allowed);
        }
        for (size_t i = 0; i < t->output_count; i++) {
                note_uses(c, t->outputs[i].fallback.program);
                note_uses(c, t->outputs[i].allowed);
        }
        for (size_t r = 0; r < t->rule_count; r++) {
                for (size_t i = 0; i < t->input_count; i++)
                        note_uses(c, t->rules[r].cells[i].program);
                for (size_t i = 0; i < t->output_count; i++)
                        note_uses(c, t->rules[r].outs[i].program);
        }
        c->broken |= t->broken;
        return dmn_analyse_table(c->e->defs, name, t, c->diag);
}

static Status check_entries(Check *c, const DmnEntry *items, size_t len, Str name)
{
        for (size_t i = 0; i < len; i++)
                TRY(check_box(c, items[i].value, items[i].name.len ? items[i].name : name));
        return ST_OK;
}

static Status check_boxes(Check *c, DmnBox *const *items, size_t len, Str name)
{
        for (size_t i = 0; i < len; i++)
                TRY(check_box(c, items[i], name));
        return ST_OK;
}

static Status check_box(Check *c, const DmnBox *b, Str name)
{
        if (!b)
                return ST_OK;
        switch (b->kind) {
        case BOX_EMPTY:
                return ST_OK;
        case BOX_LITERAL:
                c->broken |= !b->literal.program;
                note_uses(c, b->literal.program);
                return ST_OK;
        case BOX_TABLE:
                return check_table(c, b->table, name);
        case BOX_CONTEXT:
                return check_entries(c, b->context.items, b->context.len, name);
        case BOX_LIST:
                return check_boxes(c, b->list.items, b->list.len, name);
        case BOX_RELATION:
                return check_boxes(c, b->relation.cells, b->relation.len, name);
        case BOX_INVOCATION:
                TRY(check_box(c, b->invocation.fn, name));
                return check_entries(c, b->invocation.bindings, b->invocation.len, name);
        case BOX_FUNCTION:
                note_uses(c, b->function->external);
                return check_box(c, b->function->body, name);
        case BOX_IF:
                TRY(check_box(c, b->branch.test, name));
                TRY(check_box(c, b->branch.yes, name));
                return check_box(c, b->branch.no, name);
        case BOX_FILTER:
        case BOX_FOR:
        case BOX_SOME:
        case BOX_EVERY:
                note_uses(c, b->loop.filter);
                TRY(check_box(c, b->loop.in, name));
                return check_box(c, b->loop.body, name);
        }
        return ST_OK;
}

static Status check_element(const DmnModel *m, const DmnElement *e, Diag *diag)
{
        const DmnBox *b = e->kind == EL_DECISION ? e->box : e->kind == EL_BKM && e->fn ? e->fn->body : NULL;
        if (!b) {
                if (e->kind == EL_DECISION)
                        diag_note(diag, dmn_pos(e->defs, e->line, e->col), "决策“%.*s”没有决策逻辑",
                                  "decision \"%.*s\" has no logic", STR_FMT(e->full_name));
                return ST_OK;
        }
        Check c = { .m = m, .diag = diag, .e = e };
        c.used = mem_calloc(e->env.len ? e->env.len : 1, 1);
        if (!c.used)
                return ST_NOMEM;
        Status st = check_box(&c, b, e->full_name);
        for (size_t i = 0; st == ST_OK && !c.broken && i < e->reqs.len; i++) {
                const DmnReq *r = &e->reqs.items[i];
                if (r->target && !r->via && !c.used[r->slot])
                        diag_note(diag, dmn_pos(e->defs, r->line, r->col), "“%.*s”声明需要“%.*s”，但没有用到",
                                  "\"%.*s\" requires \"%.*s\" and does not use it", STR_FMT(e->full_name),
                                  STR_FMT(r->target->name));
        }
        mem_free(c.used);
        return st;
}

Status dmn_check(const DmnModel *m, Diag *diag)
{
        if (!diag)
                return ST_INTERNAL;
        size_t before = diag->errors;
        dmn_problems_to_diag(m, diag);
        for (size_t i = 0; i < m->element_count; i++)
                TRY(check_element(m, m->elements[i], diag));
        return diag->errors > before ? ST_CHECK : ST_OK;
}
