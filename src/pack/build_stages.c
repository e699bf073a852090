/* build_stages.c -- what a register says about its records over time: the stages a record goes through, the days it
 * is to be warned of, and the figures that are counted over what belongs to it. */
#include "pack/pack_int.h"

static const PackField *own_field(Loader *l, const PackRegister *reg, Str name, const Yaml *at, const char *key,
                                  PackType type, const char *zh, const char *en)
{
        const PackField *f = map_get(&reg->by_name, name);
        if (!f)
                loader_error(l, loader_at(at, key), "%.*s 没有字段“%.*s”%s", "%.*s has no field \"%.*s\"%s",
                             STR_FMT(reg->name), STR_FMT(name), loader_near(l, &reg->by_name, name));
        else if (f->type != type || f->many) {
                bool english = l->diag && l->diag->lang == LANG_EN;
                loader_error(l, loader_at(at, key), "“%.*s”%s", "\"%.*s\" %s", STR_FMT(name), english ? en : zh);
                return NULL;
        }
        return f;
}

static bool check_code(Loader *l, const PackField *f, Str code, Pos pos)
{
        if (!f->list || pack_code(f->list, code))
                return true;
        loader_error(l, pos, "代码表“%.*s”里没有“%.*s”%s", "the list \"%.*s\" has no \"%.*s\"%s",
                     STR_FMT(f->list->name), STR_FMT(code), loader_near(l, &f->list->by_code, code));
        return false;
}

static void build_stages(Loader *l, PackRegister *reg, const RawStages *raw)
{
        PackStages *s = arena_new_of(l->arena, PackStages);
        const RawMove *from = raw->moves.items;
        if (loader_oom(l, s))
                return;
        s->field = own_field(l, reg, raw->field, raw->at, "field", PACK_CODE, "不是代码字段", "is no code field");
        s->level = raw->level ? PACK_LEVEL_EXPLAIN : PACK_LEVEL_ERROR;
        s->moves = arena_array_of(l->arena, PackMove, raw->moves.count + 1);
        if (!s->field || loader_oom(l, s->moves))
                return;
        for (size_t i = 0; i < raw->moves.count; i++) {
                Pos pos = yaml_pos(from[i].at);
                s->moves[s->move_count++] = (PackMove){ .from = from[i].name, .to = from[i].to.items,
                                                        .to_count = from[i].to.count };
                check_code(l, s->field, from[i].name, pos);
                for (size_t k = 0; k < from[i].to.count; k++)
                        check_code(l, s->field, from[i].to.items[k], pos);
        }
        reg->stages = s;
}

static void build_warnings(Loader *l, PackRegister *reg, const YamlArray *raw)
{
        const RawWarning *from = raw->items;
        reg->warnings = arena_array_of(l->arena, PackWarning, raw->count + 1);
        if (loader_oom(l, reg->warnings))
                return;
        for (size_t i = 0; i < raw->count && l->fatal == ST_OK; i++) {
                PackWarning *w = &reg->warnings[reg->warning_count];
                *w = (PackWarning){ .name = from[i].name, .days = (int)from[i].days, .overdue = from[i].overdue,
                                    .when = loader_expr(&from[i].when), .say = loader_title(l, &from[i].say, STR_NONE),
                                    .pos = yaml_pos(from[i].at) };
                for (size_t k = 0; k < reg->warning_count; k++)
                        if (str_eq(reg->warnings[k].name, w->name))
                                loader_error(l, w->pos, "预警“%.*s”重复", "warning \"%.*s\" is defined twice",
                                             STR_FMT(w->name));
                w->due = own_field(l, reg, from[i].due, from[i].at, "due", PACK_DATE, "不是日期字段",
                                   "is no date field");
                reg->warning_count++;
                if (!w->when.text.len)
                        continue;
                loader_compile(l, reg->scope, &w->when, FEEL_TYPE_BOOLEAN);
                if (pack_expr_uses(&w->when, pack_register_slot(reg, PACK_SLOT_PREVIOUS)))
                        loader_error(l, w->when.pos, "预警的条件不能用 previous",
                                     "a warning's condition has no previous");
                w->needs_others = pack_expr_uses(&w->when, pack_register_slot(reg, PACK_SLOT_OTHERS));
                w->needs_parent = pack_expr_uses(&w->when, pack_register_slot(reg, PACK_SLOT_PARENT));
        }
}

static void build_figures(Loader *l, PackRegister *reg, const YamlArray *raw)
{
        const RawFigure *from = raw->items;
        reg->figures = arena_array_of(l->arena, PackFigure, raw->count + 1);
        if (loader_oom(l, reg->figures))
                return;
        for (size_t i = 0; i < raw->count && l->fatal == ST_OK; i++) {
                PackFigure *f = &reg->figures[reg->figure_count++];
                *f = (PackFigure){ .name = from[i].name, .title = loader_title(l, &from[i].title, from[i].name),
                                   .unit = from[i].unit, .pos = yaml_pos(from[i].at) };
                if (!pack_query_parse(l, &from[i].from, reg, NULL, 0, &f->query) ||
                    (f->query && f->query->op == PACK_QUERY_PATH))
                        loader_error(l, yaml_pos(from[i].from.at), "应为对所属记录的统计，例如 count(称号[…])",
                                     "must count over what belongs to the record, for example count(title[…])");
        }
}

void build_register_time(Loader *l, PackRegister *reg, const RawRegister *raw)
{
        if (raw->stages)
                build_stages(l, reg, raw->stages);
        if (l->fatal == ST_OK)
                build_warnings(l, reg, &raw->warnings);
        if (l->fatal == ST_OK)
                build_figures(l, reg, &raw->figures);
}
