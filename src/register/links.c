/* links.c -- what a record names, and what names it: both ways, with the link's role and dates. */
#include "codec/json.h"
#include "register/gone.h"

enum { LINKS_MAX = 2000 };

typedef struct Links {
        StoreTx *tx;
        const Pack *pack;
        Arena *arena;
        RegisterLink *rows;
        size_t count, cap;
} Links;

static Status add(Links *l, const RegisterLink *link)
{
        if (l->count >= LINKS_MAX)
                return ST_OK;
        if (arena_grow(l->arena, (void **)&l->rows, &l->cap, l->count + 1, sizeof(*link)) < 0)
                return ST_NOMEM;
        l->rows[l->count++] = *link;
        return ST_OK;
}

/* The dates between which a record is valid, and the code that says its role. */
static void describe(const PackRegister *reg, const RegisterRecord *r, RegisterLink *link)
{
        if (reg->valid_from && r->values[reg->valid_from->index].known)
                link->from = date_from_days(r->values[reg->valid_from->index].i64);
        if (reg->valid_to && r->values[reg->valid_to->index].known)
                link->to = date_from_days(r->values[reg->valid_to->index].i64);
        for (size_t f = 0; f < reg->field_count && !link->role.len; f++)
                if (reg->fields[f].type == PACK_CODE && str_eq_c(reg->fields[f].name, "role") && r->values[f].known)
                        link->role = r->values[f].text;
}

static Status point_at(Links *l, const PackRegister *reg, Str key, RegisterLink *link)
{
        RegisterRecord r;
        link->reg = reg;
        link->key = key;
        link->label = key;
        Status st = register_get(l->tx, l->pack, reg, key, NULL, l->arena, &r);
        if (st == ST_NOT_FOUND)
                return ST_OK;
        TRY(st);
        link->unit = r.unit;
        return register_label(l->pack, reg, &r, l->arena, &link->label);
}

static Status outgoing(Links *l, const PackRegister *reg, const RegisterRecord *r)
{
        for (size_t f = 0; f < reg->field_count; f++) {
                const PackField *field = &reg->fields[f];
                bool parent = field == reg->parent_key;
                if ((!parent && field->type != PACK_REFERENCE) || !r->values[f].known)
                        continue;
                Json *list = NULL;
                if (field->many)
                        TRY(json_parse(l->arena, r->values[f].text, NULL, NULL, NULL, &list));
                for (size_t i = 0; i < (field->many ? list->count : 1); i++) {
                        RegisterLink link = { .field = field };
                        Str key = field->many ? json_at(list, i)->text : r->values[f].text;
                        TRY(point_at(l, parent ? reg->parent : field->target, key, &link));
                        describe(reg, r, &link);
                        TRY(add(l, &link));
                }
        }
        return ST_OK;
}

/* A child that names the record links it with its own parent: a platform, an alliance, a team. */
static Status incoming(Links *l, const PackRegister *from, const PackField *field, const PackRegister *reg, Str key)
{
        RegisterRecord *rows;
        size_t n;
        char column[REGISTER_NAME_MAX];
        register_column_name(field, column);
        TRY(register_where(l->tx, l->pack, from, column, key, l->arena, &rows, &n));
        for (size_t i = 0; i < n; i++) {
                RegisterLink link = {
                        .field = field, .incoming = true, .reg = from, .key = rows[i].key, .unit = rows[i].unit
                };
                TRY(register_label(l->pack, from, &rows[i], l->arena, &link.label));
                describe(from, &rows[i], &link);
                if (from->parent && from->parent != reg) {
                        RegisterLink other = { .label = STR_NONE };
                        TRY(point_at(l, from->parent, rows[i].values[from->parent_key->index].text, &other));
                        link.through = from;
                        link.reg = other.reg;
                        link.key = other.key;
                        link.label = other.label;
                        link.unit = other.unit;
                }
                TRY(add(l, &link));
        }
        return ST_OK;
}

/* The other side of the record's own link records: the tenants of a platform, the members of an alliance. */
static Status through_child(Links *l, const PackRegister *child, Str key)
{
        RegisterRecord *rows;
        size_t n;
        bool links = false;
        for (size_t f = 0; f < child->field_count; f++)
                links |= child->fields[f].type == PACK_REFERENCE && !child->fields[f].many &&
                         child->fields[f].role == PACK_FIELD_PLAIN;
        if (!links)
                return ST_OK;
        TRY(register_where(l->tx, l->pack, child, "k_owner", key, l->arena, &rows, &n));
        for (size_t i = 0; i < n && l->count < LINKS_MAX; i++)
                for (size_t f = 0; f < child->field_count; f++) {
                        const PackField *field = &child->fields[f];
                        if (field->type != PACK_REFERENCE || field->many || field->role != PACK_FIELD_PLAIN ||
                            !rows[i].values[f].known)
                                continue;
                        RegisterLink link = { .field = field, .through = child };
                        TRY(point_at(l, field->target, rows[i].values[f].text, &link));
                        describe(child, &rows[i], &link);
                        TRY(add(l, &link));
                }
        return ST_OK;
}

Status register_links(StoreTx *tx, const Pack *pack, const PackRegister *reg, const RegisterRecord *rec, Arena *a,
                      RegisterLink **ret, size_t *ret_count)
{
        Links l = { .tx = tx, .pack = pack, .arena = a };
        TRY(outgoing(&l, reg, rec));
        for (size_t i = 0; i < reg->child_count; i++)
                TRY(through_child(&l, reg->children[i], rec->key));
        for (size_t i = 0; i < pack->register_count; i++) {
                const PackRegister *from = pack->registers[i];
                for (size_t f = 0; f < from->field_count; f++)
                        if (from->fields[f].type == PACK_REFERENCE && from->fields[f].target == reg &&
                            !from->fields[f].many && from->fields[f].role == PACK_FIELD_PLAIN)
                                TRY(incoming(&l, from, &from->fields[f], reg, rec->key));
        }
        *ret = l.rows;
        *ret_count = l.count;
        return ST_OK;
}
