/* build_policy.c -- policies: what they take from the registers, and their decision models. */
#include "pack/pack_int.h"

/* ---- inputs ---------------------------------------------------------------------- */

static void build_scope(Loader *l, PackPolicy *p)
{
        const PackRegister *reg = p->beneficiary;
        FeelLibrary *library = pack_policy_library(l, reg);
        FeelScope *scope = library ? feel_scope_new(l->arena, library) : NULL;
        if (!library || loader_oom(l, scope))
                return;
        bool good = true;
        for (size_t i = 0; good && i < reg->field_count; i++)
                good = pack_scope_add(l, scope, reg->fields[i].name, pack_field_type(&reg->fields[i]), p->pos);
        good = good && pack_scope_add(l, scope, STR("year"), FEEL_TYPE_NUMBER, p->pos) &&
               pack_scope_add(l, scope, STR("assessment year"), FEEL_TYPE_NUMBER, p->pos) &&
               pack_scope_add(l, scope, STR("period start"), FEEL_TYPE_DATE, p->pos) &&
               pack_scope_add(l, scope, STR("period end"), FEEL_TYPE_DATE, p->pos);
        for (size_t i = 0; good && i < p->parameter_count; i++)
                good = pack_scope_add(l, scope, p->parameters[i].name, FEEL_TYPE_NUMBER, p->parameters[i].pos);
        if (good)
                p->scope = scope;
}

/* Does the text name a register that is reached through the host?  Coarse: a word
 * in a string counts too, which only costs speed. */
static bool mentions_registers(const Loader *l, const PackRegister *beneficiary, Str text)
{
        for (size_t i = 0; i < l->pack->register_count; i++) {
                const PackRegister *reg = l->pack->registers[i];
                if (pack_owner_field(reg, beneficiary) &&
                    (str_has(text, reg->name) || (reg->list_name.len && str_has(text, reg->list_name))))
                        return true;
        }
        return false;
}

static void read_input(Loader *l, PackPolicy *p, const PackInput *made, const YamlExpr *from)
{
        PackInput *in = &p->inputs[p->input_count];
        *in = *made;
        if (build_parameter_named(p, in->name))
                loader_error(l, in->pos, "“%.*s”既是输入又是参数", "\"%.*s\" is both an input and a parameter",
                             STR_FMT(in->name));
        if (build_input_named(p, in->name) != SIZE_MAX)
                loader_error(l, in->pos, "输入“%.*s”重名", "there are two inputs \"%.*s\"", STR_FMT(in->name));
        p->input_count++;
        if (!in->expr.text.len || !p->scope)
                return;
        if (!pack_query_parse(l, from, p->beneficiary, p->parameters, p->parameter_count, &in->query)) {
                loader_compile(l, p->scope, &in->expr, NULL);
                in->rowwise = mentions_registers(l, p->beneficiary, in->expr.text);
        }
        if (in->otherwise.text.len) {
                loader_compile(l, p->scope, &in->otherwise, NULL);
                if (mentions_registers(l, p->beneficiary, in->otherwise.text))
                        in->rowwise = in->rowwise || in->query == NULL;
        }
}

/* Those of the model, then the blocks, then what adjustments ask. */
static void read_inputs(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        const RawInput *from = raw->inputs.items;
        const RawBlock *block = raw->blocks.items;
        const RawAdjust *adjust = raw->adjusts.items;
        p->inputs = arena_array_of(l->arena, PackInput,
                                   raw->inputs.count + raw->blocks.count + raw->adjusts.count + 1);
        if (loader_oom(l, p->inputs))
                return;
        for (size_t i = 0; i < raw->inputs.count && l->fatal == ST_OK; i++)
                read_input(l, p, &(PackInput){ .name = from[i].name, .unit = from[i].unit,
                                               .title = loader_title(l, &from[i].title, from[i].name),
                                               .expr = loader_expr(&from[i].from),
                                               .otherwise = loader_expr(&from[i].otherwise),
                                               .pos = yaml_pos(from[i].at) }, &from[i].from);
        for (size_t i = 0; i < raw->blocks.count && l->fatal == ST_OK; i++)
                read_input(l, p, &(PackInput){ .name = block[i].name, .use = PACK_INPUT_BLOCK,
                                               .title = loader_title(l, &block[i].say, block[i].name),
                                               .clause = block[i].clause, .expr = loader_expr(&block[i].from),
                                               .otherwise = loader_expr(&block[i].otherwise),
                                               .pos = yaml_pos(block[i].at) }, &block[i].from);
        for (size_t i = 0; i < raw->adjusts.count && l->fatal == ST_OK; i++)
                read_input(l, p, &(PackInput){ .name = adjust[i].name, .use = PACK_INPUT_ADJUST,
                                               .title = loader_title(l, &adjust[i].say, adjust[i].name),
                                               .clause = adjust[i].clause, .expr = loader_expr(&adjust[i].from),
                                               .otherwise = loader_expr(&adjust[i].otherwise),
                                               .pos = yaml_pos(adjust[i].at) }, &adjust[i].from);
}

/* ---- the model --------------------------------------------------------------------- */

/* policies/a.yaml and "b.dmn" → "policies/b.dmn"; without a name a.dmn. */
static Str model_path(Loader *l, const RawPolicy *raw)
{
        const char *file = raw->at->file->name;
        const char *slash = strrchr(file, '/');
        int folder = slash ? (int)(slash - file) + 1 : 0;
        const char *path = raw->model.len
                ? arena_printf(l->arena, "%.*s%.*s", folder, file, STR_FMT(raw->model))
                : arena_printf(l->arena, "%.*s%.*s.dmn", folder, file, STR_FMT(raw->name));
        return loader_oom(l, path) ? STR("") : str_c(path);
}

static Pos model_key(const RawPolicy *raw)
{
        return loader_at(raw->at, raw->model.len ? "model" : "policy");
}

static void load_model(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        p->model_path = model_path(l, raw);
        if (l->fatal != ST_OK)
                return;
        Str xml = pack_file(l->pack, p->model_path);
        if (!xml.ptr) {
                loader_error(l, model_key(raw), "没有决策模型 %.*s", "there is no decision model %.*s",
                             STR_FMT(p->model_path));
                return;
        }
        DmnModel *model = NULL;
        Status st = pack_policy_model(l->pack, p, xml, false, l->diag, &model);
        if (loader_status(l, st) || !model)
                return;
        if (!VEC_PUSH(&l->own->models, model, PACK_DEFINITIONS_MAX)) {
                dmn_model_free(model);
                l->fatal = ST_NOMEM;
                return;
        }
        p->model = model;
}

static bool has_input(const PackPolicy *p, Str name)
{
        for (size_t i = 0; i < p->input_count; i++)
                if (str_eq(p->inputs[i].name, name))
                        return true;
        return build_parameter_named(p, name) != NULL;
}

static bool model_needs(const DmnInput *inputs, size_t n, Str name)
{
        for (size_t i = 0; i < n; i++)
                if (str_eq(inputs[i].name, name))
                        return true;
        return false;
}

static void check_model(Loader *l, const RawPolicy *raw, const PackPolicy *p)
{
        size_t n;
        const DmnDecision *d = dmn_find_decision(p->model, p->decision);
        if (!d) {
                loader_error(l, loader_at(raw->at, "decision"), "模型 %.*s 中没有决策“%.*s”",
                             "the model %.*s has no decision \"%.*s\"",
                             STR_FMT(p->model_path), STR_FMT(p->decision));
                return;
        }
        const DmnInput *inputs = dmn_decision_inputs(d, &n);
        size_t outputs;
        const DmnOutput *out = dmn_decision_outputs(d, &outputs);
        if (loader_oom(l, inputs) || loader_oom(l, out))
                return;
        for (size_t i = 0; i < n; i++)
                if (!has_input(p, inputs[i].name))
                        loader_error(l, loader_at(raw->at, "inputs"), "决策“%.*s”要用“%.*s”，但没有这个输入或参数",
                                     "the decision \"%.*s\" needs \"%.*s\", which is neither input nor parameter",
                                     STR_FMT(p->decision), STR_FMT(inputs[i].name));
        for (size_t i = 0; i < p->input_count; i++)
                if (p->inputs[i].use == PACK_INPUT_MODEL && i != p->day && !(p->quota.is && i == p->quota.input) &&
                    !model_needs(inputs, n, p->inputs[i].name))
                        loader_error(l, p->inputs[i].pos, "决策“%.*s”不用输入“%.*s”",
                                     "the decision \"%.*s\" has no use for the input \"%.*s\"",
                                     STR_FMT(p->decision), STR_FMT(p->inputs[i].name));
        for (size_t i = 0; i < p->input_count; i++)
                for (size_t k = 0; k < n; k++) {
                        const PackInput *in = &p->inputs[i];
                        const FeelType *given = in->expr.program ? feel_program_type(in->expr.program) : NULL;
                        if (in->query)
                                given = in->query->op == PACK_QUERY_PATH ? pack_field_type(in->query->field)
                                                                         : FEEL_TYPE_NUMBER;
                        if (given && str_eq(inputs[k].name, in->name) && inputs[k].type &&
                            given->kind != FEEL_T_ANY && given->kind != FEEL_T_NULL &&
                            inputs[k].type->kind != FEEL_T_ANY && !feel_type_conforms(given, inputs[k].type)) {
                                _cleanup_buf_ Buf a = BUF_INIT(1000), b = BUF_INIT(1000);
                                feel_type_to_text(given, &a);
                                feel_type_to_text(inputs[k].type, &b);
                                loader_error(l, in->expr.pos, "输入“%.*s”是 %s，模型要 %s",
                                             "the input \"%.*s\" is %s, the model takes %s",
                                             STR_FMT(in->name), buf_cstr(&a), buf_cstr(&b));
                        }
                }
        const Str wanted[] = { p->amount, p->holds, p->reason, p->reason_en };
        static const char *const keys[] = { "amount", "holds", "reason", "reason" };
        for (size_t w = 0; w < ARRAY_LEN(wanted); w++) {
                bool found = wanted[w].len == 0;
                for (size_t i = 0; i < outputs; i++)
                        found = found || str_eq(out[i].name, wanted[w]);
                if (!found)
                        loader_error(l, loader_at(raw->at, keys[w]), "决策“%.*s”的结果没有“%.*s”",
                                     "the result of \"%.*s\" has no \"%.*s\"",
                                     STR_FMT(p->decision), STR_FMT(wanted[w]));
        }
        if (!p->amount.len && !p->holds.len && outputs > 1)
                loader_error(l, loader_at(raw->at, "decision"), "决策“%.*s”有多项结果，须以 amount 指明金额",
                             "\"%.*s\" has several results; say which is the amount", STR_FMT(p->decision));
}

/* A recognition answers yes or no, so that what is said of money has no place in it. */
static void check_gives(Loader *l, const RawPolicy *raw, const PackPolicy *p)
{
        bool recognition = p->gives == PACK_GIVES_RECOGNITION;
        if (recognition != (p->holds.len > 0))
                loader_error(l, loader_at(raw->at, recognition ? "gives" : "holds"),
                             "“gives: recognition”与“holds”须同时写明",
                             "\"gives: recognition\" and \"holds\" go together");
        if (p->gives == PACK_GIVES_PAYMENT)
                return;
        if (p->exclusive_count || p->together.set.len || p->quota.is || p->adjust_count || p->keep_count ||
            p->budget.is || p->share_count || p->floor_fen || p->cap_count || (recognition && p->amount.len))
                loader_error(l, loader_at(raw->at, "gives"), "不支付资金的政策没有起付、封顶、分组、预算和分担",
                             "what pays no money has no floor, cap, group, budget or share");
}

/* ---- one policy ---------------------------------------------------------------------- */

static void read_policy(Loader *l, const RawPolicy *raw, PackPolicy *p)
{
        p->name = raw->name;
        p->title = loader_title(l, &raw->title, raw->name);
        p->pos = yaml_pos(raw->at);
        p->decision = raw->decision;
        p->amount = raw->amount;
        p->holds = raw->holds;
        p->gives = (PackGives)raw->gives;
        p->reason = raw->reason.zh;
        p->reason_en = raw->reason.en;
        if (raw->basis) {
                p->basis.document = raw->basis->document;
                p->basis.number = raw->basis->number;
                p->basis.clause = raw->basis->clause;
                p->basis.published = raw->basis->published;
        }
        if (raw->effective) {
                p->from = raw->effective->from;
                p->to = raw->effective->to;
                p->by = (PackDateBasis)raw->effective->by;
                if (p->from.month && p->to.month && date_cmp(p->to, p->from) < 0)
                        loader_error(l, yaml_pos(raw->effective->at), "终止日早于起始日", "it ends before it begins");
        }
        p->day = SIZE_MAX;
        build_parameters(l, raw, p);
        p->beneficiary = map_get(&l->own->registers, raw->beneficiary);
        if (!p->beneficiary)
                loader_error(l, loader_at(raw->at, "for"), "没有库“%.*s”%s", "there is no register \"%.*s\"%s",
                             STR_FMT(raw->beneficiary), loader_near(l, &l->own->registers, raw->beneficiary));
        if (p->beneficiary && raw->owner.len) {
                p->owner = pack_field(p->beneficiary, raw->owner);
                if (!p->owner)
                        loader_error(l, loader_at(raw->at, "firm"), "库“%.*s”没有字段“%.*s”",
                                     "%.*s has no field \"%.*s\"", STR_FMT(raw->beneficiary), STR_FMT(raw->owner));
        } else if (p->beneficiary) {
                p->owner = p->beneficiary->parent_key;
        }
        if (p->beneficiary && l->fatal == ST_OK)
                build_scope(l, p);
        if (p->beneficiary && l->fatal == ST_OK)
                read_inputs(l, raw, p);
        if (raw->effective && raw->effective->day.len)
                p->day = build_input_named(p, raw->effective->day);
        if (l->fatal == ST_OK)
                load_model(l, raw, p);
        if (l->fatal == ST_OK)
                build_money(l, raw, p);
        if (l->fatal == ST_OK)
                check_gives(l, raw, p);
        if (p->model && p->scope && l->fatal == ST_OK)
                check_model(l, raw, p);
}

/* A policy that supersedes another begins after it; none supersedes itself in the end. */
static void link_supersession(Loader *l, PackPolicy **all, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const RawPolicy *raw = l->raw[RAW_POLICY].data[i];
                if (!raw->supersedes.len)
                        continue;
                PackPolicy *old = map_get(&l->own->policies, raw->supersedes);
                if (!old)
                        loader_error(l, loader_at(raw->at, "supersedes"), "没有政策“%.*s”%s",
                                     "there is no policy \"%.*s\"%s",
                                     STR_FMT(raw->supersedes), loader_near(l, &l->own->policies, raw->supersedes));
                else if (old == all[i] || date_cmp(old->from, all[i]->from) >= 0)
                        loader_error(l, loader_at(raw->at, "supersedes"), "被取代的政策须先施行",
                                     "what is superseded must have come into force before");
                else if (old->superseded_by)
                        loader_error(l, loader_at(raw->at, "supersedes"), "“%.*s”已被“%.*s”取代",
                                     "\"%.*s\" is superseded by \"%.*s\" already", STR_FMT(old->name),
                                     STR_FMT(old->superseded_by->name));
                else {
                        all[i]->supersedes = old;
                        old->superseded_by = all[i];
                }
        }
}

void build_policies(Loader *l)
{
        size_t n = l->raw[RAW_POLICY].len;
        PackPolicy **all = arena_array_of(l->arena, PackPolicy *, n + 1);
        if (loader_oom(l, all))
                return;
        l->pack->policies = (const PackPolicy *const *)all;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawPolicy *raw = l->raw[RAW_POLICY].data[i];
                PackPolicy *p = arena_new_of(l->arena, PackPolicy);
                if (loader_oom(l, p))
                        return;
                p->index = i;
                all[l->pack->policy_count++] = p;
                read_policy(l, raw, p);
                loader_add(l, &l->own->policies, p->name, p, raw->at, "政策", "policy");
        }
        if (l->fatal == ST_OK)
                link_supersession(l, all, n);
        if (l->fatal == ST_OK)
                build_money_links(l);
}
