/* cache.c -- registers as columns, each loaded once for all that ask it, and with those fields alone that somebody said
 * he was going to ask.
 *
 * Who asks for more than was said gets the whole register, loaded then: what was said is for speed, and never changes
 * an answer. */
#include "register/register_int.h"

/* Rows of a register with the row of the record each belongs to. */
typedef struct Links {
        const RegisterTable *table, *owners;
        const PackField *field; /* the reference; NULL: the parent */
        const uint32_t *row;    /* + 1; 0: nobody's */
        struct Links *next;
} Links;

struct RegisterCache {
        StoreTx *tx;
        const Pack *pack;
        Date as_of;
        bool has_as_of;
        Arena *arena;
        RegisterTable **whole, **some; /* by register index */
        bool **expected;               /* by register index and field; NULL: nobody said anything */
        Links *links;
};

enum { CACHE_MAX_GIB = 4, OWNERS_MAX = 100000000 };

RegisterCache *register_cache_new(StoreTx *tx, const Pack *pack, const Date *as_of)
{
        RegisterCache *c = mem_calloc(1, sizeof(*c));
        if (!c)
                return NULL;
        *c = (RegisterCache){
                .tx = tx, .pack = pack, .has_as_of = as_of != NULL, .arena = arena_new((size_t)CACHE_MAX_GIB << 30)
        };
        size_t n = pack->register_count + 1;
        if (as_of)
                c->as_of = *as_of;
        c->whole = c->arena ? arena_array_of(c->arena, RegisterTable *, n) : NULL;
        c->some = c->arena ? arena_array_of(c->arena, RegisterTable *, n) : NULL;
        c->expected = c->arena ? arena_array_of(c->arena, bool *, n) : NULL;
        if (!c->whole || !c->some || !c->expected) {
                register_cache_free(c);
                return NULL;
        }
        return c;
}

void register_cache_free(RegisterCache *c)
{
        if (!c)
                return;
        arena_free(c->arena);
        mem_free(c);
}

const Pack *register_cache_pack(const RegisterCache *c)
{
        return c->pack;
}

static const Date *day_of(const RegisterCache *c)
{
        return c->has_as_of ? &c->as_of : NULL;
}

Status register_cache_table(RegisterCache *c, const PackRegister *reg, const RegisterTable **ret)
{
        if (!c->whole[reg->index]) {
                RegisterTable *t = arena_new_of(c->arena, RegisterTable);
                if (!t)
                        return ST_NOMEM;
                TRY(register_table_load(c->tx, c->pack, reg, NULL, 0, day_of(c), NULL, c->arena, t));
                c->whole[reg->index] = t;
        }
        *ret = c->whole[reg->index];
        return ST_OK;
}

Status register_cache_only(RegisterCache *c, const PackRegister *reg, const PackField *owner, Str key)
{
        RegisterTable *t = arena_new_of(c->arena, RegisterTable);
        if (!t)
                return ST_NOMEM;
        TRY(register_table_load_only(c->tx, c->pack, reg, owner, key, day_of(c), c->arena, t));
        c->whole[reg->index] = t;
        return ST_OK;
}

/* ---- some fields ---- */

Status register_cache_expect(RegisterCache *c, const PackRegister *reg, const PackField *field)
{
        if (!c->expected[reg->index])
                c->expected[reg->index] = arena_array_of(c->arena, bool, reg->field_count + 1);
        if (!c->expected[reg->index])
                return ST_NOMEM;
        if (field)
                c->expected[reg->index][field->index] = true;
        return ST_OK;
}

static bool query_needs(const PackQuery *q, const PackField *f)
{
        const PackRegister *reg = q->reg;
        if (f == q->owner || f == q->field || f == reg->period_field)
                return true;
        return q->filter.program && (f == reg->valid_from || f == reg->valid_to ||
                                     feel_program_uses(q->filter.program, (uint32_t)f->index));
}

Status register_cache_expect_query(RegisterCache *c, const PackQuery *q)
{
        TRY(register_cache_expect(c, q->reg, NULL));
        for (size_t i = 0; i < q->reg->field_count; i++)
                if (query_needs(q, &q->reg->fields[i]))
                        TRY(register_cache_expect(c, q->reg, &q->reg->fields[i]));
        return ST_OK;
}

static Status load_some(RegisterCache *c, const PackRegister *reg)
{
        RegisterTable *t = arena_new_of(c->arena, RegisterTable);
        const PackField **fields = arena_array_of(c->arena, const PackField *, reg->field_count + 1);
        size_t n = 0;
        if (!t || !fields)
                return ST_NOMEM;
        for (size_t i = 0; i < reg->field_count; i++)
                if (c->expected[reg->index][i] && register_stored(&reg->fields[i]))
                        fields[n++] = &reg->fields[i];
        TRY(register_table_load(c->tx, c->pack, reg, fields, n, day_of(c), NULL, c->arena, t));
        c->some[reg->index] = t;
        return ST_OK;
}

Status register_cache_some(RegisterCache *c, const PackRegister *reg, const RegisterTable **ret)
{
        size_t i = reg->index;
        if (!c->some[i] && (c->whole[i] || !c->expected[i]))
                return register_cache_table(c, reg, ret);
        if (!c->some[i])
                TRY(load_some(c, reg));
        *ret = c->some[i];
        return ST_OK;
}

Status register_cache_query_table(RegisterCache *c, const PackQuery *q, const RegisterTable **ret)
{
        TRY(register_cache_some(c, q->reg, ret));
        for (size_t i = 0; i < q->reg->field_count; i++)
                if (!(*ret)->columns[i].any && query_needs(q, &q->reg->fields[i]))
                        return register_cache_table(c, q->reg, ret);
        return ST_OK;
}

/* ---- whose a row is ---- */

/* Its parent's, or that of the record it refers to; ptr NULL: nobody's. */
static Str owner_of(const RegisterTable *t, const PackField *field, size_t r)
{
        if (!field)
                return t->owner ? t->owner[r] : STR_NONE;
        const FeelColumn *c = &t->columns[field->index];
        return c->kind == FEEL_COL_STR && !(c->null && c->null[r]) ? c->str[r] : STR_NONE;
}

static Status fill_links(const RegisterTable *t, const PackField *field, const RegisterTable *owners, uint32_t *row)
{
        _cleanup_map_ Map index = MAP_INIT(OWNERS_MAX);
        for (size_t i = 0; i < owners->rows; i++)
                TRY(map_put(&index, owners->key[i], (void *)(uintptr_t)(i + 1)));
        for (size_t r = 0; r < t->rows; r++) {
                Str whose = owner_of(t, field, r);
                row[r] = whose.ptr ? (uint32_t)(uintptr_t)map_get(&index, whose) : 0;
        }
        return ST_OK;
}

Status register_cache_links(RegisterCache *c, const RegisterTable *t, const PackField *field,
                            const RegisterTable *owners, const uint32_t **ret)
{
        if (field && field->role == PACK_FIELD_PARENT)
                field = NULL;
        for (const Links *l = c->links; l; l = l->next)
                if (l->table == t && l->field == field && l->owners == owners) {
                        *ret = l->row;
                        return ST_OK;
                }
        Links *l = arena_new_of(c->arena, Links);
        uint32_t *row = arena_alloc(c->arena, (t->rows + 1) * sizeof(*row));
        if (!l || !row)
                return ST_NOMEM;
        TRY(fill_links(t, field, owners, row));
        *l = (Links){ t, owners, field, row, c->links };
        c->links = l;
        *ret = row;
        return ST_OK;
}
