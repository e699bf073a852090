/* build_units.c -- the unit tree, depth first, and the names units are known by. */
#include "pack/pack_int.h"

typedef struct UnitBuild {
        Loader *l;
        PackUnit *units;
        size_t count;
} UnitBuild;

static size_t count_units(const YamlArray *units)
{
        size_t n = units->count;
        const RawUnit *raw = units->items;
        for (size_t i = 0; i < units->count; i++)
                n += count_units(&raw[i].units);
        return n;
}

static void add_name(Loader *l, Str name, const PackUnit *unit, bool is_short)
{
        char folded[PACK_FOLD_MAX];
        if (!name.len || l->fatal != ST_OK)
                return;
        size_t n = pack_fold(name, folded);
        if (n == 0) {
                loader_error(l, unit->pos, "名称过长或为空：%.*s", "the name is empty or too long: %.*s",
                             STR_FMT(name));
                return;
        }
        UnitName *first = map_get(&l->own->unit_names, str_n(folded, n));
        for (const UnitName *u = first; u; u = u->next)
                if (u->unit == unit)
                        return;
        UnitName *made = arena_new_of(l->arena, UnitName);
        if (loader_oom(l, made))
                return;
        *made = (UnitName){ .text = first ? first->text : arena_str(l->arena, str_n(folded, n)), .unit = unit,
                            .is_short = is_short };
        if (loader_oom(l, made->text.ptr))
                return;
        if (n > l->own->unit_name_max)
                l->own->unit_name_max = n;
        if (first) {
                made->next = first->next;
                first->next = made;
        } else {
                loader_status(l, map_put(&l->own->unit_names, made->text, made));
        }
}

static const PackUnitKind *kind_of(Loader *l, const RawUnit *raw, const PackUnit *parent)
{
        if (raw->kind.len) {
                const PackUnitKind *kind = map_get(&l->own->kinds, raw->kind);
                if (!kind)
                        loader_error(l, yaml_pos(yaml_get(raw->at, STR("kind"))), "没有单位类型“%.*s”%s",
                                     "there is no kind of unit \"%.*s\"%s", STR_FMT(raw->kind),
                                     loader_near(l, &l->own->kinds, raw->kind));
                return kind;
        }
        size_t index = parent && parent->kind ? parent->kind->index + 1 : 0;
        if (index >= l->pack->kind_count) {
                loader_error(l, yaml_pos(raw->at), "须写明单位类型 kind", "kind is needed here");
                return NULL;
        }
        return &l->pack->kinds[index];
}

static void add_units(UnitBuild *b, const YamlArray *list, const PackUnit *parent)
{
        Loader *l = b->l;
        const RawUnit *raw = list->items;
        for (size_t i = 0; i < list->count && l->fatal == ST_OK; i++) {
                PackUnit *u = &b->units[b->count];
                *u = (PackUnit){
                        .code = raw[i].code, .name = raw[i].name, .title = { raw[i].name, raw[i].en },
                        .also = raw[i].also.items, .also_count = raw[i].also.count, .parent = parent,
                        .depth = parent ? parent->depth + 1 : 0, .index = b->count, .from = raw[i].from,
                        .to = raw[i].to, .feature = raw[i].feature, .pos = yaml_pos(raw[i].at),
                };
                b->count++;
                u->kind = kind_of(l, &raw[i], parent);
                if (!u->title.en.len) {
                        const RawText *english = map_get(&l->own->english, u->name);
                        u->title.en = english ? english->text : STR_NONE;
                }
                if (parent && parent->kind && u->kind && u->kind->index < parent->kind->index)
                        loader_error(l, u->pos, "单位类型“%.*s”不能在“%.*s”之下",
                                     "a unit of kind \"%.*s\" cannot be below a \"%.*s\"",
                                     STR_FMT(u->kind->name), STR_FMT(parent->kind->name));
                if (u->from.month && u->to.month && date_cmp(u->to, u->from) < 0)
                        loader_error(l, u->pos, "终止日早于起始日", "it ends before it begins");
                if (!u->code.len || !u->name.len)
                        loader_error(l, u->pos, "单位须有代码和名称", "a unit has a code and a name");
                loader_add(l, &l->own->units, u->code, u, yaml_get(raw[i].at, STR("code")), "单位", "unit");
                add_name(l, u->name, u, false);
                add_name(l, u->title.en, u, false);
                for (size_t k = 0; k < u->also_count; k++)
                        add_name(l, u->also[k], u, true);
                if (!raw[i].units.count || l->fatal != ST_OK) {
                        u->last = u->index;
                        continue;
                }
                const PackUnit **children = arena_array_of(l->arena, const PackUnit *, raw[i].units.count);
                if (loader_oom(l, children))
                        return;
                add_units(b, &raw[i].units, u);
                u->last = b->count - 1;
                size_t n = 0;
                for (size_t k = u->index + 1; k <= u->last; k++)
                        if (b->units[k].parent == u)
                                children[n++] = &b->units[k];
                u->children = children;
                u->child_count = n;
        }
}

static const RawUnit *raw_of(const YamlArray *list, const PackUnit *unit)
{
        const RawUnit *raw = list->items;
        for (size_t i = 0; i < list->count; i++) {
                if (str_eq(raw[i].code, unit->code))
                        return &raw[i];
                const RawUnit *below = raw_of(&raw[i].units, unit);
                if (below)
                        return below;
        }
        return NULL;
}

/* Units that were made of others: all units are there now. */
static void link_predecessors(Loader *l, const RawUnits *raw, PackUnit *u)
{
        const RawUnit *from = u->from.month ? raw_of(&raw->units, u) : NULL;
        if (!from || !from->was.count)
                return;
        const RawWas *was = from->was.items;
        PackWas *out = arena_array_of(l->arena, PackWas, from->was.count);
        if (loader_oom(l, out))
                return;
        u->was = out;
        for (size_t i = 0; i < from->was.count; i++) {
                const PackUnit *before = map_get(&l->own->units, was[i].unit);
                Pos pos = yaml_pos(was[i].at);
                Dec share = was[i].share.at ? was[i].share.scaled : dec_from_i64(1);
                if (!before || before == u || !before->to.month || date_cmp(before->to, u->from) >= 0)
                        loader_error(l, pos, "前身“%.*s”须是在本单位起始日之前终止的单位",
                                     "the predecessor \"%.*s\" must be a unit that ended before this one began",
                                     STR_FMT(was[i].unit));
                else if (was[i].share.at && (!was[i].share.has_number || dec_cmp(share, dec_zero()) <= 0 ||
                                             dec_cmp(share, dec_from_i64(1)) > 0))
                        loader_error(l, pos, "份额应在 0 与 100%% 之间，如 40%%",
                                     "a share is between 0 and 100%%, like 40%%");
                else
                        out[u->was_count++] = (PackWas){ before, share, pos };
        }
}

void build_units(Loader *l)
{
        size_t n = 0;
        for (size_t i = 0; i < l->raw[RAW_UNITS].len; i++)
                n += count_units(&((const RawUnits *)l->raw[RAW_UNITS].data[i])->units);
        if (n == 0) {
                if (!l->failed)
                        loader_error(l, POS_FILE("units.yaml"), "没有单位：须有 units 定义",
                                     "there are no units: a definition `units` is needed");
                return;
        }
        UnitBuild b = { .l = l, .units = arena_array_of(l->arena, PackUnit, n) };
        if (loader_oom(l, b.units))
                return;
        for (size_t i = 0; i < l->raw[RAW_UNITS].len; i++)
                add_units(&b, &((const RawUnits *)l->raw[RAW_UNITS].data[i])->units, NULL);
        for (size_t i = 0; i < l->raw[RAW_UNITS].len; i++)
                for (size_t k = 0; k < b.count && l->fatal == ST_OK; k++)
                        link_predecessors(l, l->raw[RAW_UNITS].data[i], &b.units[k]);
        l->pack->units = b.units;
        l->pack->unit_count = b.count;
}
