/* known.c -- what the register remembers about the rows of an import: merged keys, deleted records, days. */
#include "register/gone.h"
#include "register/import_int.h"

enum { KNOWN_MAX = 10000000 };

static Status resolve_field(Import *im, const PackField *f, const PackRegister *target)
{
        _cleanup_map_ Map aliases = MAP_INIT(KNOWN_MAX);
        TRY(alias_load(im->tx, target, im->work, &aliases));
        for (size_t i = 0; aliases.len && i < im->row_count; i++) {
                RegisterValue *v = &im->rows[i].values[f->index];
                const Str *now = v->known ? map_get(&aliases, v->text) : NULL;
                if (!now)
                        continue;
                TRY(import_problem(im, &im->rows[i], REGISTER_NOTE, im->rows[i].number, import_column_of(im, f), f,
                                   v->text, "已并入“%.*s”，按后者处理", "was merged into \"%.*s\", which is taken",
                                   STR_FMT(*now)));
                v->text = *now;
        }
        return ST_OK;
}

Status import_resolve(Import *im)
{
        const PackRegister *reg = im->reg;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (f->many || !im->given[i])
                        continue;
                if (f == reg->parent_key)
                        TRY(resolve_field(im, f, reg->parent));
                else if (f->type == PACK_REFERENCE)
                        TRY(resolve_field(im, f, f->target));
                else if (reg->key_count == 1 && reg->key[0] == f && !register_is_int(f))
                        TRY(resolve_field(im, f, reg));
        }
        return ST_OK;
}

static Status revive(Import *im, ImportRow *r, const Gone *g)
{
        const PackField *key = im->reg->key[im->reg->key_count - 1];
        RegisterRecord *last = arena_new_of(im->work, RegisterRecord);
        char day[24];
        if (!last)
                return ST_NOMEM;
        TRY(gone_state(im->tx, im->pack, im->reg, g->id, im->work, last));
        date_to_text(g->day, day);
        r->existing = last;
        r->revived = true;
        import_take_over(im, r);
        return import_problem(im, r, REGISTER_EXPLAIN, r->number, import_column_of(im, key), key, r->key,
                              "已于 %s 删除（%.*s）：确要恢复请说明", "was deleted on %s (%.*s): explain why it comes back",
                              day, STR_FMT(g->reason));
}

Status import_known(Import *im)
{
        _cleanup_map_ Map gone = MAP_INIT(KNOWN_MAX);
        TRY(gone_load(im->tx, im->reg, im->work, &gone));
        for (size_t i = 0; gone.len && i < im->row_count; i++) {
                ImportRow *r = &im->rows[i];
                bool asks = r->key.ptr && !r->existing && r->state != ROW_MERGED && r->state != ROW_REFUSED;
                const Gone *g = asks ? map_get(&gone, r->key) : NULL;
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
