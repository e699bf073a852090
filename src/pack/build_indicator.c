/* build_indicator.c -- indicators with their formulas in order, and forms. */
#include "pack/measure.h"
#include "pack/pack_int.h"

/* ---- indicators --------------------------------------------------------------- */

/* "not last 2" */
static void read_reset(Loader *l, const RawAlert *raw, PackAlert *alert)
{
        alert->resets_outside = alert->bottom;
        if (!raw->resets_when.len)
                return;
        int64_t n;
        Str text = str_trim(raw->resets_when);
        if (str_starts(text, STR("not last ")) && str_to_i64(str_trim(str_n(text.ptr + 9, text.len - 9)), &n) &&
            n >= alert->bottom && n <= 10000)
                alert->resets_outside = (int)n;
        else
                loader_error(l, loader_at(raw->at, "resets_when"), "resets_when 应写成 not last N，N 不小于 bottom",
                             "resets_when is written: not last N, with N no less than bottom");
}

static void read_alerts(Loader *l, const RawIndicator *raw, PackIndicator *ind)
{
        const RawAlert *from = raw->alerts.items;
        size_t n = raw->alerts.count;
        ind->alerts = arena_array_of(l->arena, PackAlert, n + 1);
        if (loader_oom(l, ind->alerts))
                return;
        for (size_t i = 0; i < n; i++) {
                PackAlert *a = &ind->alerts[ind->alert_count++];
                *a = (PackAlert){ .name = from[i].name, .bottom = (int)from[i].bottom, .periods = (int)from[i].periods,
                                  .say = loader_title(l, &from[i].say, STR_NONE),
                                  .action = loader_title(l, &from[i].action, STR_NONE),
                                  .not_reported = (PackNotReported)from[i].not_reported,
                                  .published_only = from[i].published,
                                  .backfilled_missing = from[i].backfilled == 1, .pos = yaml_pos(from[i].at) };
                if (!a->name.len) {
                        const char *made = arena_printf(l->arena, "alert%zu", i + 1);
                        if (loader_oom(l, made))
                                return;
                        a->name = str_c(made);
                }
                for (size_t k = 0; k < i; k++)
                        if (str_eq(ind->alerts[k].name, a->name))
                                loader_error(l, a->pos, "预警“%.*s”定义了两次", "alert \"%.*s\" is defined twice",
                                             STR_FMT(a->name));
                read_reset(l, &from[i], a);
                if (from[i].ladder.len && !(a->ladder = map_get(&l->own->ladders, from[i].ladder)))
                        loader_error(l, loader_at(from[i].at, "ladder"), "没有阶梯“%.*s”%s",
                                     "there is no ladder \"%.*s\"%s", STR_FMT(from[i].ladder),
                                     loader_near(l, &l->own->ladders, from[i].ladder));
        }
        if (n && !ind->rank.is)
                loader_error(l, loader_at(raw->at, "alert"), "预警须有排名 rank", "an alert needs a rank");
}

/* What is given to the wrong kind of source. */
static void check_source_keys(Loader *l, const RawIndicator *raw, const PackIndicator *ind)
{
        static const char *const reported_only[] = { "in", "frequency", "min", "max", "cumulative" };
        for (size_t i = 0; ind->source != PACK_REPORTED && i < ARRAY_LEN(reported_only); i++)
                if (yaml_get(raw->at, str_c(reported_only[i])))
                        loader_error(l, loader_at(raw->at, reported_only[i]), "%s 只用于填报的指标",
                                     "%s is for reported indicators only",
                                     reported_only[i]);
        if (ind->source >= PACK_FORMULA && (raw->has_rollup || raw->has_missing || raw->has_scale))
                loader_error(l, ind->pos, "公式在各级按本级合计计算，不用 rollup、missing、scale",
                             "a formula is computed at every level from its own sums: no rollup, missing or scale");
}

static const char timeliness[] = "timeliness of ", completeness[] = "completeness of ";

static PackSource source_of(const RawIndicator *raw)
{
        Str text = str_trim(raw->source.text);
        if (raw->of.len)
                return PACK_SERIES;
        if (raw->formula.text.len)
                return PACK_FORMULA;
        if (str_eq(text, STR("reported")))
                return PACK_REPORTED;
        return str_starts(text, str_c(timeliness))     ? PACK_TIMELINESS
               : str_starts(text, str_c(completeness)) ? PACK_COMPLETENESS
                                                       : PACK_DERIVED;
}

static void read_indicator(Loader *l, const RawIndicator *raw, PackIndicator *ind)
{
        ind->name = raw->name;
        ind->title = loader_title(l, &raw->title, raw->name);
        ind->also = raw->also.items;
        ind->also_count = raw->also.count;
        ind->unit = raw->unit;
        ind->rollup = (PackRollup)raw->rollup;
        ind->direction = (PackDirection)raw->direction;
        ind->missing = (PackMissing)raw->missing;
        ind->frequency = raw->has_frequency ? (PeriodKind)raw->frequency : PERIOD_MONTH;
        ind->cumulative = raw->cumulative;
        ind->import_unit = raw->in;
        ind->import_factor = dec_from_i64(1);
        ind->pos = yaml_pos(raw->at);
        if ((raw->source.text.len > 0) + (raw->formula.text.len > 0) + (raw->of.len > 0) != 1) {
                loader_error(l, ind->pos, "指标须有 source、formula 或 of 之一",
                             "an indicator has a source, a formula or `of`");
                return;
        }
        ind->source = source_of(raw);
        ind->take = (PackTake)raw->take;
        ind->periods = (int)raw->periods;
        bool counts = raw->has_take && (ind->take == PACK_TAKE_AVERAGE || ind->take == PACK_TAKE_RECORD);
        if (raw->has_take != (raw->of.len > 0) || counts != (raw->periods > 0))
                loader_error(l, ind->pos, "of 与 take 一起写；average 和 record 并写明 periods，其余不写",
                             "`of` and take go together; average and record need periods too, and nothing else does");
        if (!ind->unit.len && (ind->source >= PACK_TIMELINESS || (raw->has_take && ind->take == PACK_TAKE_GROWTH)))
                ind->unit = STR("%");
        bool money = str_ends(ind->unit, STR("元"));
        ind->scale = raw->has_scale ? (int)raw->scale : money ? 2 : 0;
        ind->decimals = raw->has_decimals ? (int)raw->decimals : ind->source >= PACK_FORMULA || money ? 2 : ind->scale;
        if (ind->import_unit.len && measure_factor(ind->import_unit, ind->unit, &ind->import_factor) != ST_OK)
                loader_error(l, loader_at(raw->at, "in"), "“%.*s”不能换算成“%.*s”",
                             "\"%.*s\" is no measure of \"%.*s\"", STR_FMT(ind->import_unit), STR_FMT(ind->unit));
        loader_bound(l, ind->unit, &raw->min, "min", &ind->has_min, &ind->min);
        loader_bound(l, ind->unit, &raw->max, "max", &ind->has_max, &ind->max);
        check_source_keys(l, raw, ind);
        if (raw->rank) {
                ind->rank = (PackRank){ .is = true, .among = loader_kind(l, raw->rank->among, raw->rank->at, "among"),
                                        .ties = (PackTies)raw->rank->ties,
                                        .missing = (PackRankMissing)raw->rank->missing };
                if (ind->direction == PACK_NEUTRAL)
                        loader_error(l, yaml_pos(raw->rank->at), "排名须写明 direction: higher 或 lower",
                                     "a ranking needs direction: higher or lower");
        }
        read_alerts(l, raw, ind);
        if (ind->source == PACK_DERIVED) {
                if (!pack_query_parse(l, &raw->source, NULL, NULL, 0, &ind->query))
                        loader_error(
                                l, yaml_pos_in(raw->source.at, 0),
                                "source 应是 reported，或 count(库[条件])、sum(库[条件].字段) 一类的算式",
                                "source is `reported`, or like count(REGISTER[FILTER]), sum(REGISTER[FILTER].FIELD)");
                else if (ind->query && !ind->query->reg->place && !ind->query->reg->parent)
                        loader_error(l, yaml_pos_in(raw->source.at, 0), "库“%.*s”没有所属单位 place，不能按单位统计",
                                     "the register \"%.*s\" has no place, so nothing can be counted by unit",
                                     STR_FMT(ind->query->reg->name));
        }
        ind->formula = loader_expr(&raw->formula);
}

/* order: 0 for what is no formula, else one above the highest it uses. */
static void order_formulas(Loader *l, PackIndicator **all, size_t n)
{
        size_t left = 0;
        bool *done = arena_array_of(l->arena, bool, n + 1);
        if (loader_oom(l, done))
                return;
        for (size_t i = 0; i < n; i++) {
                done[i] = all[i]->source != PACK_FORMULA && all[i]->source != PACK_SERIES;
                left += !done[i];
        }
        for (bool again = true; again && left;) {
                again = false;
                for (size_t i = 0; i < n; i++) {
                        bool ready = !done[i];
                        size_t order = 1;
                        for (size_t k = 0; ready && k < all[i]->use_count; k++) {
                                const PackIndicator *u = all[i]->uses[k];
                                ready = done[u->index];
                                if (u->order >= order)
                                        order = u->order + 1;
                        }
                        if (ready) {
                                all[i]->order = order;
                                done[i] = again = true;
                                left--;
                        }
                }
        }
        for (size_t i = 0; i < n; i++)
                if (!done[i])
                        loader_error(l, all[i]->formula.text.len ? all[i]->formula.pos : all[i]->pos, "公式成环：%.*s",
                                     "formulas go round in a circle: %.*s", STR_FMT(all[i]->name));
}

static void link_series(Loader *l, const RawIndicator *raw, PackIndicator *ind)
{
        const PackIndicator *of = map_get(&l->own->indicators, raw->of);
        if (!of) {
                loader_error(l, loader_at(raw->at, "of"), "没有指标“%.*s”%s", "there is no indicator \"%.*s\"%s",
                             STR_FMT(raw->of), loader_near(l, &l->own->indicators, raw->of));
                return;
        }
        ind->uses = arena_array_of(l->arena, const PackIndicator *, 1);
        if (loader_oom(l, ind->uses))
                return;
        ind->uses[ind->use_count++] = of;
        if (!ind->unit.len)
                ind->unit = of->unit;
}

static void build_formulas(Loader *l, PackIndicator **all, size_t n)
{
        FeelScope *scope = feel_scope_new(l->arena, l->own->library);
        if (loader_oom(l, scope))
                return;
        for (size_t i = 0; i < n; i++)
                if (pack_indicator(l->pack, all[i]->name) != all[i] ||         /* twice: reported already */
                    !pack_scope_add(l, scope, all[i]->name, FEEL_TYPE_NUMBER, all[i]->pos))
                        return;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                if (all[i]->source == PACK_SERIES)
                        link_series(l, l->raw[RAW_INDICATOR].data[i], all[i]);
                if (all[i]->source != PACK_FORMULA)
                        continue;
                loader_compile(l, scope, &all[i]->formula, FEEL_TYPE_NUMBER);
                size_t count = 0;
                for (size_t k = 0; k < n; k++)
                        count += pack_expr_uses(&all[i]->formula, k);
                all[i]->uses = arena_array_of(l->arena, const PackIndicator *, count + 1);
                if (loader_oom(l, all[i]->uses))
                        return;
                for (size_t k = 0; k < n; k++)
                        if (pack_expr_uses(&all[i]->formula, k))
                                all[i]->uses[all[i]->use_count++] = all[k];
                if (all[i]->formula.program && count == 0)
                        loader_error(l, all[i]->formula.pos, "公式没有用到任何指标", "the formula uses no indicator");
        }
        order_formulas(l, all, n);
}

enum { INDICATORS_MAX = 5000 };

void build_indicators(Loader *l)
{
        size_t n = l->raw[RAW_INDICATOR].len;
        if (n > INDICATORS_MAX) {
                loader_error(l, POS_NONE, "指标超过 %d 个", "more than %d indicators", INDICATORS_MAX);
                return;
        }
        PackIndicator **all = arena_array_of(l->arena, PackIndicator *, n + 1);
        if (loader_oom(l, all))
                return;
        l->pack->indicators = (const PackIndicator *const *)all;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawIndicator *raw = l->raw[RAW_INDICATOR].data[i];
                PackIndicator *ind = arena_new_of(l->arena, PackIndicator);
                if (loader_oom(l, ind))
                        return;
                ind->index = i;
                all[i] = ind;
                l->pack->indicator_count++;
                read_indicator(l, raw, ind);
                loader_add(l, &l->own->indicators, ind->name, ind, raw->at, "指标", "indicator");
        }
        if (l->fatal == ST_OK)
                build_formulas(l, all, n);
}

/* ---- forms ---------------------------------------------------------------------- */

/* A limit above zero: 50%, 3.5. */
static void read_soft(Loader *l, const YamlQuantity *q, struct PackSoft *ret)
{
        if (!q->at)
                return;
        ret->has = q->has_number && dec_cmp(q->scaled, dec_zero()) > 0;
        ret->limit = q->scaled;
        if (!ret->has)
                loader_error(l, yaml_pos(q->at), "应是大于零的数，如 50%% 或 3.5",
                             "write a number above zero, like 50%% or 3.5");
}

static void read_items(Loader *l, const RawForm *raw, PackForm *form)
{
        const RawItem *from = raw->items.items;
        form->items = arena_array_of(l->arena, PackFormItem, raw->items.count + 1);
        if (loader_oom(l, form->items))
                return;
        for (size_t i = 0; i < raw->items.count; i++) {
                const PackIndicator *ind = map_get(&l->own->indicators, from[i].indicator);
                Pos pos = yaml_pos(from[i].at);
                if (!ind) {
                        loader_error(l, pos, "没有指标“%.*s”%s", "there is no indicator \"%.*s\"%s",
                                     STR_FMT(from[i].indicator),
                                     loader_near(l, &l->own->indicators, from[i].indicator));
                        continue;
                }
                if (ind->source != PACK_REPORTED)
                        loader_error(l, pos, "指标“%.*s”不是填报的", "the indicator \"%.*s\" is not a reported one",
                                     STR_FMT(ind->name));
                else if (ind->frequency != form->frequency)
                        loader_error(l, pos, "指标“%.*s”的频度与报表不同",
                                     "the indicator \"%.*s\" has another frequency than the form",
                                     STR_FMT(ind->name));
                bool twice = false;
                for (size_t k = 0; k < form->item_count; k++)
                        twice = twice || form->items[k].indicator == ind;
                if (twice) {
                        loader_error(l, pos, "指标“%.*s”出现了两次", "the indicator \"%.*s\" stands twice",
                                     STR_FMT(ind->name));
                        continue;
                }
                PackFormItem *item = &form->items[form->item_count++];
                *item = (PackFormItem){ .indicator = ind, .required = from[i].required, .pos = pos };
                read_soft(l, &from[i].jump, &item->jump);
                read_soft(l, &from[i].jump_year, &item->jump_year);
                read_soft(l, &from[i].outlier, &item->outlier);
                pack_add_header(l, &form->by_header, ind->name, item, pos, true);
                pack_add_header(l, &form->by_header, ind->title.zh, item, pos, true);
                pack_add_header(l, &form->by_header, ind->title.en, item, pos, true);
                for (size_t k = 0; k < ind->also_count; k++)
                        pack_add_header(l, &form->by_header, ind->also[k], item, pos, true);
        }
}

static void read_checks(Loader *l, const RawForm *raw, PackForm *form)
{
        const RawRule *from = raw->checks.items;
        size_t n = form->item_count;
        FeelScope *scope = feel_scope_new(l->arena, l->own->library);
        FeelField *entries = arena_array_of(l->arena, FeelField, n + 1);
        Str *keys = arena_array_of(l->arena, Str, n + 1);
        form->checks = arena_array_of(l->arena, PackFormCheck, raw->checks.count + 1);
        if (loader_oom(l, scope) || loader_oom(l, entries) || loader_oom(l, keys) || loader_oom(l, form->checks))
                return;
        for (size_t i = 0; i < n; i++) {
                keys[i] = form->items[i].indicator->name;
                entries[i] = (FeelField){ keys[i], FEEL_TYPE_NUMBER };
                if (!pack_scope_add(l, scope, keys[i], FEEL_TYPE_NUMBER, form->items[i].pos))
                        return;
        }
        const FeelType *record = feel_type_context(l->arena, entries, n);
        const FeelType *list = record ? feel_type_list(l->arena, record) : NULL;
        if (loader_oom(l, list) || loader_status(l, feel_shape_new(l->arena, keys, n, &form->shape)) ||
            !pack_scope_add(l, scope, STR("previous"), record, form->pos) ||
            !pack_scope_add(l, scope, STR("year ago"), record, form->pos) ||
            !pack_scope_add(l, scope, STR("others"), list, form->pos) ||
            !pack_scope_add(l, scope, STR("year"), FEEL_TYPE_NUMBER, form->pos) ||
            !pack_scope_add(l, scope, STR("month"), FEEL_TYPE_NUMBER, form->pos))
                return;
        form->others = arena_array_of(l->arena, const PackIndicator *, l->pack->indicator_count + 1);
        if (loader_oom(l, form->others))
                return;
        for (size_t i = 0; i < l->pack->indicator_count; i++) {
                const PackIndicator *ind = l->pack->indicators[i];
                if (feel_scope_find(scope, ind->name) != SIZE_MAX)
                        continue;
                if (!pack_scope_add(l, scope, ind->name, FEEL_TYPE_NUMBER, form->pos))
                        return;
                form->others[form->other_count++] = ind;
        }
        form->scope = scope;
        for (size_t i = 0; i < raw->checks.count && l->fatal == ST_OK; i++) {
                PackFormCheck *check = &form->checks[form->check_count++];
                *check = (PackFormCheck){ .when = loader_expr(&from[i].when),
                                          .say = loader_title(l, &from[i].say, STR_NONE),
                                          .level = (PackLevel)from[i].level, .pos = yaml_pos(from[i].at) };
                if (!check->when.text.len)
                        continue;
                loader_compile(l, scope, &check->when, FEEL_TYPE_BOOLEAN);
                check->uses = arena_array_of(l->arena, const PackIndicator *, n + 1);
                if (loader_oom(l, check->uses))
                        return;
                for (size_t k = 0; k < n; k++)
                        if (pack_expr_uses(&check->when, k))
                                check->uses[check->use_count++] = form->items[k].indicator;
        }
}

/* How a form is reported, as an indicator. */
static void link_reporting(Loader *l, const RawIndicator *raw, const PackIndicator *ind)
{
        if (ind->source != PACK_TIMELINESS && ind->source != PACK_COMPLETENESS)
                return;
        size_t head = ind->source == PACK_TIMELINESS ? sizeof(timeliness) - 1 : sizeof(completeness) - 1;
        Str text = str_trim(raw->source.text), name = str_trim(str_n(text.ptr + head, text.len - head));
        PackIndicator *out = map_get(&l->own->indicators, ind->name);
        const PackForm *form = map_get(&l->own->forms, name);
        if (!form) {
                loader_error(l, yaml_pos_in(raw->source.at, 0), "没有报表“%.*s”%s", "there is no form \"%.*s\"%s",
                             STR_FMT(name), loader_near(l, &l->own->forms, name));
        } else if (out == ind) {
                out->form = form;
                out->frequency = form->frequency;
        }
}

void build_forms(Loader *l)
{
        size_t n = l->raw[RAW_FORM].len;
        PackForm **forms = arena_array_of(l->arena, PackForm *, n + 1);
        if (loader_oom(l, forms))
                return;
        l->pack->forms = (const PackForm *const *)forms;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawForm *raw = l->raw[RAW_FORM].data[i];
                PackForm *form = arena_new_of(l->arena, PackForm);
                if (loader_oom(l, form))
                        return;
                *form = (PackForm){ .name = raw->name, .title = loader_title(l, &raw->title, raw->name),
                                    .units = loader_kind(l, raw->units, raw->at, "for"),
                                    .frequency = (PeriodKind)raw->frequency, .first = raw->first,
                                    .has_first = raw->has_first, .by_header = MAP_INIT(100000),
                                    .pos = yaml_pos(raw->at) };
                forms[l->pack->form_count++] = form;
                form->opens_day = loader_working_days(l, &raw->opens, 1);
                form->due_day = loader_working_days(l, &raw->due, 0);
                form->sign = raw->sign;
                if (form->has_first && form->first.kind != form->frequency)
                        loader_error(l, loader_at(raw->at, "first"), "first 的期间类型与 frequency 不同",
                                     "first is no period of that frequency");
                if (form->due_day && form->due_day < form->opens_day)
                        loader_error(l, loader_at(raw->at, "due"), "截止早于开放", "it is due before it opens");
                read_items(l, raw, form);
                if (l->fatal == ST_OK)
                        read_checks(l, raw, form);
                loader_add(l, &l->own->forms, form->name, form, raw->at, "报表", "form");
        }
        for (size_t i = 0; i < l->pack->indicator_count && l->fatal == ST_OK; i++)
                link_reporting(l, l->raw[RAW_INDICATOR].data[i], l->pack->indicators[i]);
}
