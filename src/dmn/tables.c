/* tables.c -- the decision tables a decision may come to, itself or through what it requires. */
#include "dmn/link_int.h"

typedef struct Walk {
        const DmnElement **seen;
        size_t seen_count, seen_cap;
        DmnTableRef *refs;
        size_t count, cap;
        Arena *arena;
} Walk;

static Status in_box(Walk *w, const DmnElement *e, const DmnBox *b);

static Status in_entries(Walk *w, const DmnElement *e, const DmnEntry *items, size_t len)
{
        for (size_t i = 0; i < len; i++)
                TRY(in_box(w, e, items[i].value));
        return ST_OK;
}

static Status in_boxes(Walk *w, const DmnElement *e, DmnBox *const *items, size_t len)
{
        for (size_t i = 0; i < len; i++)
                TRY(in_box(w, e, items[i]));
        return ST_OK;
}

static Status in_box(Walk *w, const DmnElement *e, const DmnBox *b)
{
        if (!b)
                return ST_OK;
        switch (b->kind) {
        case BOX_EMPTY:
        case BOX_LITERAL:
                return ST_OK;
        case BOX_TABLE:
                if (arena_grow(w->arena, (void **)&w->refs, &w->cap, w->count + 1, sizeof(*w->refs)) < 0)
                        return ST_NOMEM;
                w->refs[w->count++] = (DmnTableRef){ .name = e->full_name,
                                                     .pos = dmn_pos(e->defs, b->table->line, b->table->col),
                                                     .rules = b->table->rule_count,
                                                     .table = b->table, .defs = e->defs };
                return ST_OK;
        case BOX_CONTEXT:
                return in_entries(w, e, b->context.items, b->context.len);
        case BOX_LIST:
                return in_boxes(w, e, b->list.items, b->list.len);
        case BOX_RELATION:
                return in_boxes(w, e, b->relation.cells, b->relation.len);
        case BOX_INVOCATION:
                TRY(in_box(w, e, b->invocation.fn));
                return in_entries(w, e, b->invocation.bindings, b->invocation.len);
        case BOX_FUNCTION:
                return in_box(w, e, b->function->body);
        case BOX_IF:
                TRY(in_box(w, e, b->branch.test));
                TRY(in_box(w, e, b->branch.yes));
                return in_box(w, e, b->branch.no);
        case BOX_FILTER:
        case BOX_FOR:
        case BOX_SOME:
        case BOX_EVERY:
                TRY(in_box(w, e, b->loop.in));
                return in_box(w, e, b->loop.body);
        }
        return ST_OK;
}

/* Requirements have no circles (the model would not have loaded), and each element is walked once. */
static Status in_element(Walk *w, const DmnElement *e)
{
        for (size_t i = 0; i < w->seen_count; i++)
                if (w->seen[i] == e)
                        return ST_OK;
        if (arena_grow(w->arena, (void **)&w->seen, &w->seen_cap, w->seen_count + 1, sizeof(*w->seen)) < 0)
                return ST_NOMEM;
        w->seen[w->seen_count++] = e;
        TRY(in_box(w, e, e->kind == EL_DECISION ? e->box : e->kind == EL_BKM && e->fn ? e->fn->body : NULL));
        for (size_t i = 0; i < e->reqs.len; i++)
                if (e->reqs.items[i].target)
                        TRY(in_element(w, e->reqs.items[i].target));
        return ST_OK;
}

Status dmn_decision_tables(const DmnDecision *d, Arena *a, DmnTableRef **ret, size_t *ret_count)
{
        Walk w = { .arena = a };
        TRY(in_element(&w, d));
        *ret = w.refs;
        *ret_count = w.count;
        return ST_OK;
}
