/* build_assess.c -- ladders, lights, methods of scoring, assessments. */
#include "pack/pack_int.h"

static const FeelType list_of_number = { .kind = FEEL_T_LIST, .element = &FEEL_TYPE_NUMBER_ };
static const FeelType list_of_string = { .kind = FEEL_T_LIST, .element = &FEEL_TYPE_STRING_ };

typedef struct Slot {
        const char *name;
        const FeelType *type;
} Slot;

static const Slot line_slots[PACK_LINE_SLOTS] = {
        [PACK_LINE_ACTUAL] = { "actual", FEEL_TYPE_NUMBER },    [PACK_LINE_TARGET] = { "target", FEEL_TYPE_NUMBER },
        [PACK_LINE_BASE] = { "base", FEEL_TYPE_NUMBER },        [PACK_LINE_PROGRESS] = { "progress", FEEL_TYPE_NUMBER },
        [PACK_LINE_SHARE] = { "share", FEEL_TYPE_NUMBER },      [PACK_LINE_BEHIND] = { "behind", FEEL_TYPE_NUMBER },
        [PACK_LINE_WEIGHT] = { "weight", FEEL_TYPE_NUMBER },    [PACK_LINE_MET] = { "met", FEEL_TYPE_BOOLEAN },
        [PACK_LINE_LATE] = { "late", FEEL_TYPE_BOOLEAN },       [PACK_LINE_MONTH] = { "month", FEEL_TYPE_NUMBER },
        [PACK_LINE_PREVIOUS] = { "previous", &list_of_string }, [PACK_LINE_MEAN] = { "group mean", FEEL_TYPE_NUMBER },
        [PACK_LINE_MIN] = { "group min", FEEL_TYPE_NUMBER },    [PACK_LINE_MAX] = { "group max", FEEL_TYPE_NUMBER },
        [PACK_LINE_RANK] = { "rank", FEEL_TYPE_NUMBER },        [PACK_LINE_COUNT] = { "group count", FEEL_TYPE_NUMBER },
        [PACK_LINE_VALUES] = { "values", &list_of_number },
};
static const Slot ladder_slots[PACK_LADDER_SLOTS] = {
        [PACK_LADDER_PERIODS] = { "periods", FEEL_TYPE_NUMBER }, [PACK_LADDER_CLEAR] = { "clear", FEEL_TYPE_NUMBER },
        [PACK_LADDER_MISSED] = { "missed", FEEL_TYPE_NUMBER },   [PACK_LADDER_LIGHT] = { "light", FEEL_TYPE_STRING },
        [PACK_LADDER_YELLOWS] = { "yellows", FEEL_TYPE_NUMBER }, [PACK_LADDER_REDS] = { "reds", FEEL_TYPE_NUMBER },
        [PACK_LADDER_LEVEL] = { "level", FEEL_TYPE_NUMBER },     [PACK_LADDER_HELD] = { "held", FEEL_TYPE_NUMBER },
        [PACK_LADDER_MONTH] = { "month", FEEL_TYPE_NUMBER },
};
static const Slot total_slots[PACK_TOTAL_SLOTS] = {
        [PACK_TOTAL_BASE] = { "base", FEEL_TYPE_NUMBER },
        [PACK_TOTAL_BONUS] = { "bonus", FEEL_TYPE_NUMBER },
        [PACK_TOTAL_DEDUCTIONS] = { "deductions", FEEL_TYPE_NUMBER },
        [PACK_TOTAL_LADDER] = { "ladder", FEEL_TYPE_NUMBER },
        [PACK_TOTAL_VETO] = { "veto", FEEL_TYPE_BOOLEAN },
};
static const Slot grade_slots[PACK_GRADE_SLOTS] = {
        [PACK_GRADE_TOTAL] = { "total", FEEL_TYPE_NUMBER },
        [PACK_GRADE_RANK] = { "rank", FEEL_TYPE_NUMBER },
        [PACK_GRADE_COUNT] = { "group count", FEEL_TYPE_NUMBER },
        [PACK_GRADE_VETO] = { "veto", FEEL_TYPE_BOOLEAN },
};

/* NULL: stop. */
static FeelScope *scope_of(Loader *l, const Slot *slots, size_t n)
{
        FeelScope *scope = feel_scope_new(l->arena, l->own->library);
        if (loader_oom(l, scope))
                return NULL;
        for (size_t i = 0; i < n; i++)
                if (!pack_scope_add(l, scope, str_c(slots[i].name), slots[i].type, POS_NONE))
                        return NULL;
        return scope;
}

static PackExpr expr_in(Loader *l, const FeelScope *scope, const YamlExpr *raw, const FeelType *type)
{
        PackExpr e = loader_expr(raw);
        if (e.text.len)
                loader_compile(l, scope, &e, type);
        return e;
}

/* ---- ladders ----------------------------------------------------------------------- */

static void read_steps(Loader *l, const FeelScope *scope, const RawLadder *raw, PackLadder *ladder)
{
        const RawStep *from = raw->steps.items;
        for (size_t i = 0; i < raw->steps.count; i++) {
                PackStep *s = &ladder->steps[ladder->step_count++];
                *s = (PackStep){ .name = from[i].name,
                                 .title = loader_title(l, &from[i].title, from[i].name),
                                 .when = expr_in(l, scope, &from[i].when, FEEL_TYPE_BOOLEAN),
                                 .has_points = from[i].has_points,
                                 .points = from[i].points,
                                 .document = from[i].document,
                                 .pos = yaml_pos(from[i].at) };
                for (size_t k = 0; k < i; k++)
                        if (str_eq(ladder->steps[k].name, s->name))
                                loader_error(l, s->pos, "阶梯的一级“%.*s”定义了两次", "step \"%.*s\" is defined twice",
                                             STR_FMT(s->name));
                if (s->has_points && dec_cmp(s->points, dec_zero()) > 0)
                        loader_error(l, loader_at(from[i].at, "points"), "阶梯只扣分：points 应为负数或零",
                                     "a step only takes points off: write zero or less");
                bool known = s->document.len == 0;
                for (size_t k = 0; !known && k < l->documents.len; k++)
                        known = str_eq(((const RawDocument *)l->documents.data[k])->name, s->document);
                if (!known)
                        loader_error(l, loader_at(from[i].at, "document"), "没有文书“%.*s”",
                                     "there is no document \"%.*s\"", STR_FMT(s->document));
        }
}

void build_ladders(Loader *l)
{
        size_t n = l->raw[RAW_LADDER].len;
        const PackLadder **all = arena_array_of(l->arena, const PackLadder *, n + 1);
        if (loader_oom(l, all))
                return;
        l->pack->ladders = all;
        FeelScope *scope = n ? scope_of(l, ladder_slots, PACK_LADDER_SLOTS) : NULL;
        for (size_t i = 0; i < n && scope && l->fatal == ST_OK; i++) {
                const RawLadder *raw = l->raw[RAW_LADDER].data[i];
                PackLadder *ladder = arena_new_of(l->arena, PackLadder);
                if (loader_oom(l, ladder))
                        return;
                *ladder = (PackLadder){ .name = raw->name,
                                        .title = loader_title(l, &raw->title, raw->name),
                                        .steps = arena_array_of(l->arena, PackStep, raw->steps.count + 1),
                                        .reset = expr_in(l, scope, &raw->reset, FEEL_TYPE_BOOLEAN),
                                        .pos = yaml_pos(raw->at) };
                if (loader_oom(l, ladder->steps))
                        return;
                read_steps(l, scope, raw, ladder);
                all[l->pack->ladder_count++] = ladder;
                loader_add(l, &l->own->ladders, ladder->name, ladder, raw->at, "阶梯", "ladder");
        }
}

/* ---- lights and methods --------------------------------------------------------------- */

static void build_lights(Loader *l, const FeelScope *scope)
{
        size_t n = l->raw[RAW_LIGHTS].len;
        const PackLights **all = arena_array_of(l->arena, const PackLights *, n + 1);
        if (loader_oom(l, all))
                return;
        l->pack->lights = all;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawLights *raw = l->raw[RAW_LIGHTS].data[i];
                const RawLightRule *from = raw->rules.items;
                PackLights *lights = arena_new_of(l->arena, PackLights);
                if (loader_oom(l, lights))
                        return;
                *lights = (PackLights){ .name = raw->name,
                                        .title = loader_title(l, &raw->title, raw->name),
                                        .rules = arena_array_of(l->arena, PackLightRule, raw->rules.count + 1),
                                        .pos = yaml_pos(raw->at) };
                if (loader_oom(l, lights->rules))
                        return;
                for (size_t k = 0; k < raw->rules.count; k++)
                        lights->rules[lights->rule_count++] =
                                (PackLightRule){ .colour = (PackColour)from[k].colour,
                                                 .when = expr_in(l, scope, &from[k].when, FEEL_TYPE_BOOLEAN),
                                                 .say = loader_title(l, &from[k].say, STR_NONE),
                                                 .pos = yaml_pos(from[k].at) };
                if (raw->ladder.len && !(lights->ladder = map_get(&l->own->ladders, raw->ladder)))
                        loader_error(l, loader_at(raw->at, "ladder"), "没有阶梯“%.*s”%s",
                                     "there is no ladder \"%.*s\"%s", STR_FMT(raw->ladder),
                                     loader_near(l, &l->own->ladders, raw->ladder));
                all[l->pack->lights_count++] = lights;
                loader_add(l, &l->own->lights, lights->name, lights, raw->at, "亮灯规则", "lights");
        }
}

static void build_methods(Loader *l, const FeelScope *scope)
{
        size_t n = l->raw[RAW_METHOD].len;
        const PackMethod **all = arena_array_of(l->arena, const PackMethod *, n + 1);
        if (loader_oom(l, all))
                return;
        l->pack->methods = all;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawMethod *raw = l->raw[RAW_METHOD].data[i];
                PackMethod *m = arena_new_of(l->arena, PackMethod);
                if (loader_oom(l, m))
                        return;
                *m = (PackMethod){ .name = raw->name,
                                   .title = loader_title(l, &raw->title, raw->name),
                                   .points = expr_in(l, scope, &raw->points, FEEL_TYPE_NUMBER),
                                   .missing = expr_in(l, scope, &raw->missing, FEEL_TYPE_NUMBER),
                                   .pos = yaml_pos(raw->at) };
                all[l->pack->method_count++] = m;
                loader_add(l, &l->own->methods, m->name, m, raw->at, "计分方法", "method");
        }
}

/* ---- assessments ------------------------------------------------------------------------ */

static const PackMethod *method_named(Loader *l, Str name, const Yaml *at)
{
        const PackMethod *m = map_get(&l->own->methods, name);
        if (!m)
                loader_error(l, loader_at(at, "method"), "没有计分方法“%.*s”%s", "there is no method \"%.*s\"%s",
                             STR_FMT(name), loader_near(l, &l->own->methods, name));
        return m;
}

static void read_lines(Loader *l, const RawAssessment *raw, PackAssessment *a)
{
        const RawAssessLine *from = raw->lines.items;
        a->lines = arena_array_of(l->arena, PackAssessLine, raw->lines.count + 1);
        if (loader_oom(l, a->lines))
                return;
        for (size_t i = 0; i < raw->lines.count; i++) {
                PackAssessLine *line = &a->lines[a->line_count++];
                *line = (PackAssessLine){ .name = from[i].name,
                                          .title = loader_title(l, &from[i].title, from[i].name),
                                          .has_target = from[i].has_target,
                                          .target = from[i].target,
                                          .weight = from[i].weight,
                                          .method = from[i].method.len ? method_named(l, from[i].method, from[i].at)
                                                                       : a->method,
                                          .pos = yaml_pos(from[i].at) };
                bool of_units = a->units != NULL;
                if (of_units != (from[i].indicator.len > 0) || of_units == (from[i].value.text.len > 0)) {
                        loader_error(l, line->pos, "单位的考核指标写 indicator，库中记录的写 value",
                                     "a line of units has an indicator, a line of records a value");
                        continue;
                }
                if (of_units && !(line->indicator = map_get(&l->own->indicators, from[i].indicator)))
                        loader_error(l, loader_at(from[i].at, "indicator"), "没有指标“%.*s”%s",
                                     "there is no indicator \"%.*s\"%s", STR_FMT(from[i].indicator),
                                     loader_near(l, &l->own->indicators, from[i].indicator));
                if (!of_units && a->reg)
                        line->value = expr_in(l, a->reg->scope, &from[i].value, FEEL_TYPE_NUMBER);
        }
        if (a->reg && a->line_count == 0)
                loader_error(l, a->pos, "库中记录的考核须写 lines", "an assessment of records has lines");
}

static void read_items(Loader *l, const YamlArray *raw, PackClaimKind kind, PackAssessment *a)
{
        const RawClaimItem *from = raw->items;
        for (size_t i = 0; i < raw->count; i++) {
                PackClaimItem *item = &a->items[a->item_count];
                *item = (PackClaimItem){ .name = from[i].name,
                                         .title = loader_title(l, &from[i].title, from[i].name),
                                         .kind = kind,
                                         .points = from[i].points,
                                         .group = from[i].group,
                                         .pos = yaml_pos(from[i].at) };
                for (size_t k = 0; k < a->item_count; k++)
                        if (str_eq(a->items[k].name, item->name))
                                loader_error(l, item->pos, "加减分项“%.*s”定义了两次", "item \"%.*s\" is defined twice",
                                             STR_FMT(item->name));
                int sign = dec_cmp(item->points, dec_zero());
                if (kind == PACK_BONUS ? sign <= 0 : kind == PACK_DEDUCTION ? sign >= 0 : sign != 0)
                        loader_error(l, item->pos, "加分项的 points 应大于零，扣分项小于零，否决项不写",
                                     "points: above zero for a bonus, below zero for a deduction, none for a veto");
                bool known = item->group.len == 0;
                for (size_t k = 0; !known && k < a->group_count; k++)
                        known = str_eq(a->groups[k].name, item->group);
                if (!known)
                        loader_error(l, loader_at(from[i].at, "group"), "没有加减分组“%.*s”",
                                     "there is no group \"%.*s\"", STR_FMT(item->group));
                a->item_count++;
        }
}

static void read_claims(Loader *l, const RawAssessment *raw, PackAssessment *a)
{
        const RawClaimGroup *from = raw->groups.items;
        size_t n = raw->bonus.count + raw->deductions.count + raw->vetoes.count;
        a->groups = arena_array_of(l->arena, PackClaimGroup, raw->groups.count + 1);
        a->items = arena_array_of(l->arena, PackClaimItem, n + 1);
        if (loader_oom(l, a->groups) || loader_oom(l, a->items))
                return;
        for (size_t i = 0; i < raw->groups.count; i++)
                a->groups[a->group_count++] = (PackClaimGroup){ .name = from[i].name,
                                                                .title = loader_title(l, &from[i].title, from[i].name),
                                                                .highest_only = from[i].highest_only,
                                                                .has_max = from[i].has_max,
                                                                .max = dec_abs(from[i].max),
                                                                .pos = yaml_pos(from[i].at) };
        read_items(l, &raw->bonus, PACK_BONUS, a);
        read_items(l, &raw->deductions, PACK_DEDUCTION, a);
        read_items(l, &raw->vetoes, PACK_VETO, a);
}

static void read_grades(Loader *l, const FeelScope *scope, const RawAssessment *raw, PackAssessment *a)
{
        const RawGrade *from = raw->grades.items;
        a->grades = arena_array_of(l->arena, PackGrade, raw->grades.count + 1);
        if (loader_oom(l, a->grades))
                return;
        for (size_t i = 0; i < raw->grades.count; i++)
                a->grades[a->grade_count++] = (PackGrade){ .name = from[i].name,
                                                           .title = loader_title(l, &from[i].title, from[i].name),
                                                           .when = expr_in(l, scope, &from[i].when, FEEL_TYPE_BOOLEAN),
                                                           .pos = yaml_pos(from[i].at) };
}

static void read_assessment(Loader *l, const RawAssessment *raw, PackAssessment *a, const FeelScope *total,
                            const FeelScope *grade)
{
        *a = (PackAssessment){ .name = raw->name,
                               .title = loader_title(l, &raw->title, raw->name),
                               .units = map_get(&l->own->kinds, raw->whose),
                               .letters = raw->letters,
                               .has_weights = raw->has_weights,
                               .weights = raw->weights,
                               .decimals = raw->has_decimals ? (int)raw->decimals : 2,
                               .pos = yaml_pos(raw->at) };
        if (!a->units && !(a->reg = map_get(&l->own->registers, raw->whose)))
                loader_error(l, loader_at(raw->at, "for"), "“%.*s”既不是单位类型，也不是库",
                             "\"%.*s\" is neither a kind of unit nor a register", STR_FMT(raw->whose));
        a->method = method_named(l, raw->method, raw->at);
        if (raw->lights.len && !(a->lights = map_get(&l->own->lights, raw->lights)))
                loader_error(l, loader_at(raw->at, "lights"), "没有亮灯规则“%.*s”%s", "there are no lights \"%.*s\"%s",
                             STR_FMT(raw->lights), loader_near(l, &l->own->lights, raw->lights));
        if (raw->where.text.len && a->reg)
                a->where = expr_in(l, a->reg->scope, &raw->where, FEEL_TYPE_BOOLEAN);
        else if (raw->where.text.len)
                loader_error(l, loader_at(raw->at, "where"), "where 只用于库中记录的考核",
                             "where is for assessments of records only");
        a->total = expr_in(l, total, &raw->total, FEEL_TYPE_NUMBER);
        read_lines(l, raw, a);
        read_claims(l, raw, a);
        read_grades(l, grade, raw, a);
}

void build_assessments(Loader *l)
{
        size_t n = l->raw[RAW_ASSESSMENT].len;
        const PackAssessment **all = arena_array_of(l->arena, const PackAssessment *, n + 1);
        FeelScope *line = scope_of(l, line_slots, PACK_LINE_SLOTS);
        FeelScope *total = line ? scope_of(l, total_slots, PACK_TOTAL_SLOTS) : NULL;
        FeelScope *grade = total ? scope_of(l, grade_slots, PACK_GRADE_SLOTS) : NULL;
        if (loader_oom(l, all) || !grade)
                return;
        build_lights(l, line);
        build_methods(l, line);
        l->pack->assessments = all;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawAssessment *raw = l->raw[RAW_ASSESSMENT].data[i];
                PackAssessment *a = arena_new_of(l->arena, PackAssessment);
                if (loader_oom(l, a))
                        return;
                read_assessment(l, raw, a, total, grade);
                all[l->pack->assessment_count++] = a;
                loader_add(l, &l->own->assessments, a->name, a, raw->at, "考核", "assessment");
        }
}
