/* known.c -- what the register remembers about the rows of an import: merged keys, deleted records, days. */
#include "register/gone.h"
#include "register/import_int.h"

enum { KNOWN_MAX = 10000000 };

/* The register whose keys stand in the field: its own, its parent's, or that of a reference. */
static const PackRegister *keys_of(const Import *im, const PackField *f)
{
        const PackRegister *reg = im->reg;
        if (f->many || !im->given[f->index])
                return NULL;
        if (f == reg->parent_key)
                return reg->parent;
        if (f->type == PACK_REFERENCE)
                return f->target;
        return reg->key_count == 1 && reg->key[0] == f && !register_is_int(f) ? reg : NULL;
}

Status import_remember(Import *im)
{
        im->gone = MAP_INIT(KNOWN_MAX);
        TRY(gone_load(im->tx, im->reg, im->work, &im->gone));
        if (!(im->aliases = arena_array_of(im->work, Map, im->reg->field_count + 1)))
                return ST_NOMEM;
        for (size_t i = 0; i < im->reg->field_count; i++) {
                const PackRegister *target = keys_of(im, &im->reg->fields[i]);
                im->aliases[i] = MAP_INIT(KNOWN_MAX);
                if (target)
                        TRY(alias_load(im->tx, target, im->work, &im->aliases[i]));
        }
        return ST_OK;
}

void import_forget(Import *im)
{
        import_unique_end(im);
        map_release(&im->gone);
        for (size_t i = 0; im->aliases && i < im->reg->field_count; i++)
                map_release(&im->aliases[i]);
}

Status import_resolve(Import *im)
{
        for (size_t f = 0; f < im->reg->field_count; f++) {
                for (size_t i = im->from; im->aliases[f].len && i < im->to; i++) {
                        ImportRow *r = import_row(im, i);
                        const PackField *field = &im->reg->fields[f];
                        RegisterValue *v = &r->values[f];
                        const Str *now = v->known ? map_get(&im->aliases[f], v->text) : NULL;
                        if (!now)
                                continue;
                        TRY(import_problem(im, r, REGISTER_NOTE, r->number, import_column_of(im, field), field, v->text,
                                           "已并入“%.*s”，按后者处理", "was merged into \"%.*s\", which is taken",
                                           STR_FMT(*now)));
                        v->text = *now;
                        r->touched = true;
                }
        }
        return ST_OK;
}

static Status revive(Import *im, ImportRow *r, const Gone *g)
{
        const PackField *key = im->reg->key[im->reg->key_count - 1];
        RegisterRecord *last = arena_new_of(im->chunk, RegisterRecord);
        char day[24];
        if (!last)
                return ST_NOMEM;
        TRY(gone_state(im->tx, im->pack, im->reg, g->id, im->chunk, last));
        date_to_text(g->day, day);
        r->existing = last;
        r->revived = true;
        import_take_over(im, r);
        return import_problem(im, r, REGISTER_EXPLAIN, r->number, import_column_of(im, key), key, r->key,
                              "已于 %s 删除（%.*s）：确要恢复请说明",
                              "was deleted on %s (%.*s): explain why it comes back", day, STR_FMT(g->reason));
}

Status import_known(Import *im)
{
        for (size_t i = im->from; im->gone.len && i < im->to; i++) {
                ImportRow *r = import_row(im, i);
                bool asks = r->key.ptr && !r->existing && r->state != ROW_MERGED && r->state != ROW_REFUSED;
                const Gone *g = asks ? map_get(&im->gone, r->key) : NULL;
                if (g)
                        TRY(revive(im, r, g));
        }
        return ST_OK;
}

Status import_in_order(Import *im, ImportRow *r)
{
        char day[24];
        if (!r->existing || !r->changed || r->state == ROW_REFUSED)
                return ST_OK;
        Date since = r->revived && r->existing->to.month ? r->existing->to : r->existing->from;
        if (date_cmp(import_day(im), since) >= 0)
                return ST_OK;
        date_to_text(since, day);
        return import_problem(im, r, REGISTER_ERROR, r->number, NULL, NULL, r->key,
                              "现有状态自 %s 起有效，改动不能从更早的日期起",
                              "the present state is valid from %s: a change cannot begin before", day);
}

/* ---- stages ---- */

static bool may_follow(const PackStages *s, Str from, Str to)
{
        for (size_t i = 0; i < s->move_count; i++) {
                if (!str_eq(s->moves[i].from, from))
                        continue;
                for (size_t k = 0; k < s->moves[i].to_count; k++)
                        if (str_eq(s->moves[i].to[k], to))
                                return true;
        }
        return false;
}

Status import_stage(Import *im, ImportRow *r)
{
        const PackStages *s = im->reg->stages;
        if (!s || !r->existing || !r->changed)
                return ST_OK;
        const RegisterValue *from = &r->existing->values[s->field->index], *to = &r->values[s->field->index];
        if (!from->known || register_value_eq(s->field, from, to) || (to->known && may_follow(s, from->text, to->text)))
                return ST_OK;
        return import_problem(im, r, s->level == PACK_LEVEL_ERROR ? REGISTER_ERROR : REGISTER_EXPLAIN, r->number,
                              import_column_of(im, s->field), s->field, to->known ? to->text : STR_NONE,
                              "“%.*s”不能从“%.*s”直接变为此", "\"%.*s\" cannot become this from \"%.*s\"",
                              STR_FMT(pack_title(s->field->title, im->in->lang)), STR_FMT(from->text));
}
