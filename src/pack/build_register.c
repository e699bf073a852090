/* build_register.c -- registers: fields, then what refers to other registers, then expressions.
 *
 * A child gets two fields of its own accord: the parent's key (same name, type
 * and headers as there), and, when it is periodic, the period.  So registers are
 * sorted: a parent stands before its children.
 */
#include "pack/idcheck.h"
#include "pack/measure.h"
#include "pack/pack_int.h"

enum { REGISTERS_MAX = 2000 };

/* ---- one field --------------------------------------------------------------- */

/* decimal(4) is a decimal of scale 4. */
static Str without_scale(Loader *l, const RawField *raw, PackField *f, Str word)
{
        int64_t scale;
        Str begin = STR("decimal(");
        if (!str_starts(word, begin) || !str_ends(word, STR(")")) ||
            !str_to_i64(str_trim(str_n(word.ptr + begin.len, word.len - begin.len - 1)), &scale))
                return word;
        if (scale < 0 || scale > 12)
                loader_error(l, loader_at(raw->at, "type"), "小数位数应在 0 至 12 之间", "scale must be from 0 to 12");
        else if (raw->has_scale && raw->scale != scale)
                loader_error(l, loader_at(raw->at, "scale"), "type 与 scale 写的小数位数不同",
                             "type and scale say different numbers of digits");
        else
                f->scale = (int)scale;
        return STR("decimal");
}

/* "list of code" → code, many. */
static bool read_type(Loader *l, const RawField *raw, PackField *f)
{
        Str word = str_trim(raw->type);
        if (str_starts(word, STR("list of "))) {
                f->many = true;
                word = str_trim(str_n(word.ptr + 8, word.len - 8));
        }
        f->scale = raw->has_scale ? (int)raw->scale : 2;
        word = without_scale(l, raw, f, word);
        for (int t = 0; t < PACK_TYPE_COUNT_; t++)
                if (str_eq_c(word, pack_type_name((PackType)t))) {
                        f->type = (PackType)t;
                        return true;
                }
        Map names = MAP_INIT(PACK_TYPE_COUNT_);
        for (int t = 0; t < PACK_TYPE_COUNT_; t++)
                loader_status(l, map_put(&names, str_c(pack_type_name((PackType)t)), l));
        loader_error(l, loader_at(raw->at, "type"), "没有字段类型“%.*s”%s", "there is no field type \"%.*s\"%s",
                     STR_FMT(word),
                     loader_near(l, &names, word));
        map_release(&names);
        return false;
}

typedef struct OnlyFor {
        const char *key;
        unsigned types;         /* bits of PackType */
} OnlyFor;

#define BIT(t) (1u << (t))
static const OnlyFor only_for[] = {
        { "scale", BIT(PACK_DECIMAL) },
        { "list", BIT(PACK_CODE) },
        { "register", BIT(PACK_REFERENCE) },
        { "kind", BIT(PACK_UNIT) },
        { "from address", BIT(PACK_UNIT) },
        { "schemes", BIT(PACK_IDENTIFIER) },
        { "period", BIT(PACK_PERIOD) },
        { "check", BIT(PACK_TEXT) },
        { "max length", BIT(PACK_TEXT) },
        { "search", BIT(PACK_TEXT) | BIT(PACK_IDENTIFIER) },
        { "min", BIT(PACK_INTEGER) | BIT(PACK_DECIMAL) | BIT(PACK_MONEY) },
        { "max", BIT(PACK_INTEGER) | BIT(PACK_DECIMAL) | BIT(PACK_MONEY) },
        { "in", BIT(PACK_INTEGER) | BIT(PACK_DECIMAL) | BIT(PACK_MONEY) },
        { "unit", BIT(PACK_INTEGER) | BIT(PACK_DECIMAL) | BIT(PACK_MONEY) },
};
/* Keys a computed field cannot have: it is not filled in. */
static const char *const not_computed[] = { "required", "unique", "check", "schemes", "in", "from address", "min",
                                           "max" };

static void check_keys(Loader *l, const RawField *raw, const PackField *f)
{
        for (size_t i = 0; i < ARRAY_LEN(only_for); i++)
                if (yaml_get(raw->at, str_c(only_for[i].key)) && !(only_for[i].types & BIT(f->type)))
                        loader_error(l, loader_at(raw->at, only_for[i].key), "%s 不能用于类型 %s",
                                     "%s is not for type %s", only_for[i].key, pack_type_name(f->type));
        for (size_t i = 0; f->computed.text.len && i < ARRAY_LEN(not_computed); i++)
                if (yaml_get(raw->at, str_c(not_computed[i])))
                        loader_error(l, loader_at(raw->at, not_computed[i]), "计算字段不能有 %s",
                                     "a computed field has no %s", not_computed[i]);
}

static void read_schemes(Loader *l, const RawField *raw, PackField *f)
{
        size_t n = raw->schemes.count;
        f->schemes = arena_array_of(l->arena, PackCheckKind, n + 1);
        if (loader_oom(l, f->schemes))
                return;
        if (n == 0)
                f->schemes[f->scheme_count++] = PACK_CHECK_USCC;
        for (size_t i = 0; i < n; i++) {
                PackCheckKind kind = id_kind(raw->schemes.items[i]);
                if (kind == PACK_CHECK_NONE)
                        loader_error(l, yaml_pos(raw->schemes.at), "没有标识类型“%.*s”", "there is no scheme \"%.*s\"",
                                     STR_FMT(raw->schemes.items[i]));
                else
                        f->schemes[f->scheme_count++] = kind;
        }
}

static void read_field(Loader *l, const RawField *raw, PackField *f)
{
        f->name = raw->name;
        f->title = loader_title(l, &raw->title, raw->name);
        f->also = raw->also.items;
        f->also_count = raw->also.count;
        f->unit = raw->unit;
        f->import_unit = raw->in;
        f->import_factor = dec_from_i64(1);
        f->required = raw->required;
        f->search = raw->search;
        f->unique = raw->unique;
        f->personal = raw->personal;
        f->max_length = (size_t)raw->max_length;
        f->computed = loader_expr(&raw->computed);
        f->period = (PeriodKind)raw->period;
        f->pos = yaml_pos(raw->at);
        if (!read_type(l, raw, f))
                return;
        check_keys(l, raw, f);
        if (f->type != PACK_DECIMAL)
                f->scale = f->type == PACK_MONEY ? 2 : 0;
        if (f->type == PACK_MONEY && !f->unit.len)
                f->unit = STR("元");
        else if (f->type == PACK_MONEY && !str_eq(f->unit, STR("元")))
                loader_error(l, loader_at(raw->at, "unit"), "money 以元计；表格里的单位请用 in 写明",
                             "money is in 元; the measure of sheets is said with in");
        if (f->type == PACK_PERIOD && !raw->has_period)
                loader_error(l, f->pos, "period 字段须写明 period: year、half、quarter 或 month",
                             "a period field says period: year, half, quarter or month");
        if (f->import_unit.len && measure_factor(f->import_unit, f->unit, &f->import_factor) != ST_OK)
                loader_error(l, loader_at(raw->at, "in"), "“%.*s”不能换算成“%.*s”",
                             "\"%.*s\" is no measure of \"%.*s\"", STR_FMT(f->import_unit), STR_FMT(f->unit));
        loader_bound(l, f->unit, &raw->min, "min", &f->has_min, &f->min);
        loader_bound(l, f->unit, &raw->max, "max", &f->has_max, &f->max);
        if (f->has_min && f->has_max && dec_cmp(f->min, f->max) > 0)
                loader_error(l, loader_at(raw->at, "max"), "max 小于 min", "max is below min");
        if (f->unique && f->many)
                loader_error(l, loader_at(raw->at, "unique"), "unique 不能用于列表", "unique is not for lists");
        if (raw->check.len) {
                f->check = id_kind(raw->check);
                if (f->check == PACK_CHECK_NONE)
                        loader_error(
                                l, loader_at(raw->at, "check"),
                                "没有检验“%.*s”；可用：uscc org person patent phone email postcode stock",
                                "there is no check \"%.*s\"; there are: uscc org person patent phone email postcode "
                                "stock",
                                STR_FMT(raw->check));
        }
        if (f->type == PACK_IDENTIFIER)
                read_schemes(l, raw, f);
        if (f->type == PACK_CODE) {
                f->list = map_get(&l->own->code_lists, raw->list);
                if (!raw->list.len)
                        loader_error(l, f->pos, "code 字段须写明代码表 list", "a code field says its list");
                else if (!f->list)
                        loader_error(l, loader_at(raw->at, "list"), "没有代码表“%.*s”%s",
                                     "there is no code list \"%.*s\"%s", STR_FMT(raw->list),
                                     loader_near(l, &l->own->code_lists, raw->list));
        }
        if (f->type == PACK_UNIT && raw->kind.len)
                f->unit_kind = loader_kind(l, raw->kind, raw->at, "kind");
        if (f->type == PACK_REFERENCE && !raw->reg.len)
                loader_error(l, f->pos, "reference 字段须写明所指的库 register", "a reference field says its register");
}

/* ---- one register -------------------------------------------------------------- */

typedef struct RegisterBuild {
        const RawRegister *raw;
        PackRegister *reg;
        PackRegister *parent;
        int state;              /* 0 not begun, 1 under way, 2 done */
} RegisterBuild;

static void add_headers(Loader *l, PackRegister *reg, PackField *f, bool report)
{
        pack_add_header(l, &reg->by_header, f->name, f, f->pos, report);
        pack_add_header(l, &reg->by_header, f->title.zh, f, f->pos, report);
        pack_add_header(l, &reg->by_header, f->title.en, f, f->pos, report);
        for (size_t i = 0; i < f->also_count; i++)
                pack_add_header(l, &reg->by_header, f->also[i], f, f->pos, report);
}

static void name_field(Loader *l, PackRegister *reg, PackField *f)
{
        f->index = (size_t)(f - reg->fields);
        f->reg = reg;
        Status st = map_add(&reg->by_name, f->name, f);
        if (st == ST_EXISTS)
                loader_error(l, f->pos, "字段“%.*s”已由父库或期间自动给出，请换名",
                             "the field \"%.*s\" is there already, from the parent or the period; choose another name",
                             STR_FMT(f->name));
        else
                loader_status(l, st);
}

static void add_period_field(Loader *l, PackRegister *reg, const RawRegister *raw)
{
        static const struct { const char *name, *zh, *en; const char *also[6];
        } words[] = {
                [PERIOD_YEAR] = { "year",
                                  "年度",
                                  "Year",
                                  { "年份", "报告年度", "所属年度", "会计年度", "统计年度", NULL } },
                [PERIOD_HALF] = { "half", "半年度", "Half-year", { "报告期", "期间", NULL } },
                [PERIOD_QUARTER] = { "quarter", "季度", "Quarter", { "报告期", "期间", NULL } },
                [PERIOD_MONTH] = { "month", "月份", "Month", { "报告期", "期间", "年月", "所属期", NULL } },
        };
        PackField *f = &reg->fields[reg->field_count++];
        Str *also = arena_array_of(l->arena, Str, 6);
        if (loader_oom(l, also))
                return;
        size_t n = 0;
        for (; words[reg->period].also[n]; n++)
                also[n] = str_c(words[reg->period].also[n]);
        *f = (PackField){ .name = str_c(words[reg->period].name),
                          .title = { str_c(words[reg->period].zh), str_c(words[reg->period].en) }, .also = also,
                          .also_count = n, .type = PACK_PERIOD, .role = PACK_FIELD_PERIOD, .period = reg->period,
                          .import_factor = dec_from_i64(1), .required = true, .pos = loader_at(raw->at, "period") };
        reg->period_field = f;
}

static void build_fields(Loader *l, RegisterBuild *b)
{
        const RawRegister *raw = b->raw;
        PackRegister *reg = b->reg;
        const RawField *from = raw->fields.items;
        reg->fields = arena_array_of(l->arena, PackField, raw->fields.count + 2);
        if (loader_oom(l, reg->fields))
                return;
        if (b->parent && b->parent->key_count == 1) {
                const PackField *key = b->parent->key[0];
                PackField *f = &reg->fields[reg->field_count++];
                *f = *key;
                f->role = PACK_FIELD_PARENT;
                f->required = true;
                f->unique = false;
                f->search = false;
                f->pos = loader_at(raw->at, "parent");
                reg->parent_key = f;
        } else if (b->parent && b->parent->key_count > 1) {
                loader_error(l, loader_at(raw->at, "parent"), "父库须以单个字段为键",
                             "the parent's key must be one field");
        }
        if (reg->periodic)
                add_period_field(l, reg, raw);
        for (size_t i = 0; i < raw->fields.count && l->fatal == ST_OK; i++)
                read_field(l, &from[i], &reg->fields[reg->field_count++]);
        for (size_t i = 0; i < reg->field_count && l->fatal == ST_OK; i++)
                name_field(l, reg, &reg->fields[i]);
        /* The register's own headers come first: an implicit field gives way. */
        for (size_t i = 0; i < reg->field_count; i++)
                if (reg->fields[i].role == PACK_FIELD_PLAIN)
                        add_headers(l, reg, &reg->fields[i], true);
        for (size_t i = 0; i < reg->field_count; i++)
                if (reg->fields[i].role != PACK_FIELD_PLAIN) {
                        PackField *f = &reg->fields[i];
                        char folded[PACK_FOLD_MAX];
                        Str names[16] = { f->name, f->title.zh, f->title.en };
                        size_t n = 3;
                        for (size_t k = 0; k < f->also_count && n < ARRAY_LEN(names); k++)
                                names[n++] = f->also[k];
                        for (size_t k = 0; k < n; k++) {
                                size_t len = pack_fold(names[k], folded);
                                if (len && map_index(&reg->by_header, str_n(folded, len)) == SIZE_MAX)
                                        pack_add_header(l, &reg->by_header, names[k], f, f->pos, false);
                        }
                }
}

static PackField *field_named(Loader *l, PackRegister *reg, Str name, const Yaml *map, const char *key)
{
        PackField *f = map_get(&reg->by_name, name);
        if (!f)
                loader_error(l, loader_at(map, key), "%.*s 没有字段“%.*s”%s", "%.*s has no field \"%.*s\"%s",
                             STR_FMT(reg->name),
                             STR_FMT(name), loader_near(l, &reg->by_name, name));
        return f;
}

static void build_key(Loader *l, RegisterBuild *b)
{
        const RawRegister *raw = b->raw;
        PackRegister *reg = b->reg;
        reg->key = arena_array_of(l->arena, const PackField *, raw->key.count + 2);
        if (loader_oom(l, reg->key))
                return;
        if (reg->parent_key)
                reg->key[reg->key_count++] = reg->parent_key;
        if (reg->period_field)
                reg->key[reg->key_count++] = reg->period_field;
        for (size_t i = 0; i < raw->key.count; i++) {
                PackField *f = field_named(l, reg, raw->key.items[i], raw->at, "key");
                if (!f)
                        continue;
                if (f->many || f->computed.text.len || f->type == PACK_ATTACHMENT)
                        loader_error(l, loader_at(raw->at, "key"), "字段“%.*s”不能作键",
                                     "the field \"%.*s\" cannot be a key", STR_FMT(f->name));
                f->required = true;
                bool again = false;
                for (size_t k = 0; k < reg->key_count; k++)
                        again |= reg->key[k] == f;
                bool given = f == reg->parent_key || f == reg->period_field; /* then its name is told already */
                if (again && !given)
                        loader_error(l, loader_at(raw->at, "key"), "键里“%.*s”写了两次", "the key has \"%.*s\" twice",
                                     STR_FMT(f->name));
                else if (!again)
                        reg->key[reg->key_count++] = f;
        }
        if (!b->parent && !raw->parent.len && raw->key.count == 0)
                loader_error(l, reg->pos, "库须有键 key", "a register has a key");
        if (b->parent && !reg->periodic && raw->key.count == 0)
                loader_error(l, reg->pos, "子库须有 period 或键 key，否则每个上级记录只能有一条",
                             "a child register has a period or a key");
}

static void build_place(Loader *l, RegisterBuild *b)
{
        const RawRegister *raw = b->raw;
        PackRegister *reg = b->reg;
        if (raw->place.len) {
                PackField *f = field_named(l, reg, raw->place, raw->at, "place");
                if (f && (f->type != PACK_UNIT || f->many))
                        loader_error(l, loader_at(raw->at, "place"), "“%.*s”不是单位字段", "\"%.*s\" is no unit field",
                                     STR_FMT(f->name));
                reg->place = f;
        }
        if (raw->valid) {
                PackField *from = field_named(l, reg, raw->valid->from, raw->valid->at, "from");
                PackField *to = raw->valid->to.len ? field_named(l, reg, raw->valid->to, raw->valid->at, "to") : NULL;
                if ((from && from->type != PACK_DATE) || (to && to->type != PACK_DATE))
                        loader_error(l, yaml_pos(raw->valid->at), "有效期须由日期字段给出",
                                     "validity is given by date fields");
                reg->valid_from = from;
                reg->valid_to = to;
        }
        if (raw->payee) {
                const RawPayee *payee = raw->payee;
                reg->payee_account = field_named(l, reg, payee->account, payee->at, "account");
                reg->payee_bank = field_named(l, reg, payee->bank, payee->at, "bank");
                reg->payee_name = payee->name.len ? field_named(l, reg, payee->name, payee->at, "name") : NULL;
        }
        if (raw->label.len)
                reg->label = field_named(l, reg, raw->label, raw->at, "label");
        for (size_t i = 0; !reg->label && i < reg->field_count; i++)
                if (reg->fields[i].search && reg->fields[i].role == PACK_FIELD_PLAIN)
                        reg->label = &reg->fields[i];
        if (!reg->label)
                reg->label = reg->key_count ? reg->key[reg->key_count - 1] : &reg->fields[0];
        const RawField *from = raw->fields.items;
        size_t implicit = reg->field_count - raw->fields.count;
        for (size_t i = 0; i < raw->fields.count; i++) {
                PackField *f = &reg->fields[implicit + i];
                if (from[i].from_address.len && f->type == PACK_UNIT) {
                        const PackField *address = field_named(l, reg, from[i].from_address, from[i].at,
                                                               "from address");
                        if (address && address->type != PACK_TEXT)
                                loader_error(l, loader_at(from[i].at, "from address"), "“%.*s”不是文本字段",
                                             "\"%.*s\" is no text field",
                                             STR_FMT(address->name));
                        else
                                f->from_address = address;
                        if (!f->unit_kind)
                                loader_error(l, f->pos, "由地址得出的单位须写明 kind",
                                             "a unit from an address says its kind");
                }
        }
}

/* ---- all of them ---------------------------------------------------------------- */

static RegisterBuild *build_of(RegisterBuild *all, size_t n, Str name)
{
        for (size_t i = 0; i < n; i++)
                if (str_eq(all[i].raw->name, name))
                        return &all[i];
        return NULL;
}

static void visit(Loader *l, RegisterBuild *all, size_t n, RegisterBuild *b)
{
        if (b->state != 0 || l->fatal != ST_OK)
                return;
        b->state = 1;
        if (b->raw->parent.len) {
                RegisterBuild *p = build_of(all, n, b->raw->parent);
                if (!p) {
                        loader_error(l, loader_at(b->raw->at, "parent"), "没有库“%.*s”%s",
                                     "there is no register \"%.*s\"%s",
                                     STR_FMT(b->raw->parent), loader_near(l, &l->own->registers, b->raw->parent));
                } else if (p->state == 1) {
                        loader_error(l, loader_at(b->raw->at, "parent"), "父库成环", "parents go round in a circle");
                } else {
                        visit(l, all, n, p);
                        b->parent = p->reg;
                        b->reg->parent = p->reg;
                }
        }
        b->state = 2;
        if (l->fatal != ST_OK)
                return;
        build_fields(l, b);
        if (l->fatal == ST_OK)
                build_key(l, b);
        if (l->fatal == ST_OK)
                build_place(l, b);
        b->reg->index = l->pack->register_count;
        ((PackRegister **)(uintptr_t)l->pack->registers)[l->pack->register_count++] = b->reg;
}

static void link_references(Loader *l, RegisterBuild *b)
{
        const RawField *from = b->raw->fields.items;
        size_t implicit = b->reg->field_count - b->raw->fields.count;
        for (size_t i = 0; i < b->raw->fields.count; i++) {
                PackField *f = &b->reg->fields[implicit + i];
                if (f->type != PACK_REFERENCE || !from[i].reg.len)
                        continue;
                f->target = map_get(&l->own->registers, from[i].reg);
                if (!f->target)
                        loader_error(l, loader_at(from[i].at, "register"), "没有库“%.*s”%s",
                                     "there is no register \"%.*s\"%s",
                                     STR_FMT(from[i].reg), loader_near(l, &l->own->registers, from[i].reg));
        }
}

static void link_children(Loader *l, PackRegister *reg)
{
        size_t n = 0;
        for (size_t i = 0; i < l->pack->register_count; i++)
                n += l->pack->registers[i]->parent == reg;
        if (n == 0)
                return;
        const PackRegister **children = arena_array_of(l->arena, const PackRegister *, n);
        if (loader_oom(l, children))
                return;
        for (size_t i = 0; i < l->pack->register_count; i++)
                if (l->pack->registers[i]->parent == reg)
                        children[reg->child_count++] = l->pack->registers[i];
        reg->children = children;
}

/* ---- expressions ------------------------------------------------------------------ */

/* What a record is as a value. */
static void build_record(Loader *l, PackRegister *reg)
{
        FeelField *entries = arena_array_of(l->arena, FeelField, reg->field_count);
        Str *keys = arena_array_of(l->arena, Str, reg->field_count);
        if (loader_oom(l, entries) || loader_oom(l, keys))
                return;
        for (size_t i = 0; i < reg->field_count; i++) {
                keys[i] = reg->fields[i].name;
                entries[i] = (FeelField){ keys[i], pack_field_type(&reg->fields[i]) };
        }
        reg->record_type = feel_type_context(l->arena, entries, reg->field_count);
        if (loader_oom(l, reg->record_type))
                return;
        Status st = feel_shape_new(l->arena, keys, reg->field_count, &reg->shape);
        if (st != ST_EXISTS)            /* a field twice is reported already */
                loader_status(l, st);
}

/* The slot of a name that no expression can use, so that those of the others stay theirs. */
static bool hold_slot(Loader *l, FeelScope *scope, size_t i)
{
        uint32_t slot;
        const char *name = arena_printf(l->arena, "__unusable_field_%zu", i);
        return !loader_oom(l, name) && !loader_status(l, feel_scope_add(scope, str_c(name), FEEL_TYPE_ANY, &slot));
}

static void build_scope(Loader *l, PackRegister *reg)
{
        FeelScope *scope = feel_scope_new(l->arena, l->own->library);
        if (loader_oom(l, scope))
                return;
        bool good = true;
        for (size_t i = 0; good && i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                /* A name twice, or one that is none, is reported already. */
                bool told = pack_field(reg, f->name) != f || !yaml_name_ok(f->name);
                if (told || !pack_scope_add(l, scope, f->name, pack_field_type(f), f->pos))
                        good = l->fatal == ST_OK && hold_slot(l, scope, i);
        }
        if (good && reg->periodic)
                good = pack_scope_add(l, scope, STR("previous"), reg->record_type, reg->pos);
        if (good && reg->parent) {
                const FeelType *list = feel_type_list(l->arena, reg->record_type);
                good = !loader_oom(l, list) && pack_scope_add(l, scope, STR("others"), list, reg->pos) &&
                       pack_scope_add(l, scope, STR("parent"), reg->parent->record_type, reg->pos);
        }
        if (good)
                reg->scope = scope;
}

/* Computed fields in an order in which each comes after those it uses. */
static void order_computed(Loader *l, PackRegister *reg)
{
        size_t n = 0;
        for (size_t i = 0; i < reg->field_count; i++)
                n += reg->fields[i].computed.text.len > 0;
        reg->computed = arena_array_of(l->arena, const PackField *, n + 1);
        bool *done = arena_array_of(l->arena, bool, reg->field_count);
        if (loader_oom(l, reg->computed) || loader_oom(l, done))
                return;
        for (bool again = true; again && reg->computed_count < n;) {
                again = false;
                for (size_t i = 0; i < reg->field_count; i++) {
                        bool ready = reg->fields[i].computed.text.len > 0 && !done[i];
                        for (size_t k = 0; ready && k < reg->field_count; k++)
                                ready = !(reg->fields[k].computed.text.len && !done[k] &&
                                          pack_expr_uses(&reg->fields[i].computed, k));
                        if (ready) {
                                reg->computed[reg->computed_count++] = &reg->fields[i];
                                done[i] = again = true;
                        }
                }
        }
        for (size_t i = 0; i < reg->field_count; i++)
                if (reg->fields[i].computed.text.len && !done[i])
                        loader_error(l, reg->fields[i].computed.pos, "计算字段成环：%.*s",
                                     "computed fields go round in a circle: %.*s",
                                     STR_FMT(reg->fields[i].name));
}

static void build_rules(Loader *l, RegisterBuild *b)
{
        PackRegister *reg = b->reg;
        const RawRule *raw = b->raw->rules.items;
        for (size_t i = 0; i < reg->field_count; i++) {
                PackField *f = &reg->fields[i];
                if (!f->computed.text.len)
                        continue;
                loader_compile(l, reg->scope, &f->computed, pack_field_type(f));
                for (PackSlot s = PACK_SLOT_PREVIOUS; s <= PACK_SLOT_PARENT; s++)
                        if (pack_expr_uses(&f->computed, pack_register_slot(reg, s)))
                                loader_error(l, f->computed.pos, "计算字段只能用本记录的字段",
                                             "a computed field uses fields of its own record only");
        }
        order_computed(l, reg);
        reg->rules = arena_array_of(l->arena, PackRule, b->raw->rules.count + 1);
        if (loader_oom(l, reg->rules))
                return;
        for (size_t i = 0; i < b->raw->rules.count && l->fatal == ST_OK; i++) {
                PackRule *rule = &reg->rules[reg->rule_count++];
                *rule = (PackRule){ .name = raw[i].name, .when = loader_expr(&raw[i].when),
                                    .say = loader_title(l, &raw[i].say, STR_NONE), .level = (PackLevel)raw[i].level,
                                    .pos = yaml_pos(raw[i].at) };
                if (!rule->when.text.len)
                        continue;
                loader_compile(l, reg->scope, &rule->when, FEEL_TYPE_BOOLEAN);
                rule->fields = arena_array_of(l->arena, const PackField *, reg->field_count);
                if (loader_oom(l, rule->fields))
                        return;
                for (size_t k = 0; k < reg->field_count; k++)
                        if (pack_expr_uses(&rule->when, k))
                                rule->fields[rule->field_count++] = &reg->fields[k];
                rule->needs_previous = pack_expr_uses(&rule->when, pack_register_slot(reg, PACK_SLOT_PREVIOUS));
                rule->needs_others = pack_expr_uses(&rule->when, pack_register_slot(reg, PACK_SLOT_OTHERS));
                rule->needs_parent = pack_expr_uses(&rule->when, pack_register_slot(reg, PACK_SLOT_PARENT));
        }
}

void build_registers(Loader *l)
{
        size_t n = l->raw[RAW_REGISTER].len;
        if (n > REGISTERS_MAX) {
                loader_error(l, POS_NONE, "库超过 %d 个", "more than %d registers", REGISTERS_MAX);
                return;
        }
        RegisterBuild *all = arena_array_of(l->arena, RegisterBuild, n + 1);
        PackRegister **regs = arena_array_of(l->arena, PackRegister *, n + 1);
        l->own->library = pack_library(l);
        if (loader_oom(l, all) || loader_oom(l, regs) || loader_oom(l, l->own->library))
                return;
        l->pack->registers = (const PackRegister *const *)regs;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawRegister *raw = l->raw[RAW_REGISTER].data[i];
                PackRegister *reg = arena_new_of(l->arena, PackRegister);
                if (loader_oom(l, reg))
                        return;
                *reg = (PackRegister){ .name = raw->name, .title = loader_title(l, &raw->title, raw->name),
                                       .periodic = raw->has_period, .period = (PeriodKind)raw->period,
                                       .list_name = raw->list, .by_name = MAP_INIT(1000), .by_header = MAP_INIT(100000),
                                       .pos = yaml_pos(raw->at) };
                all[i] = (RegisterBuild){ .raw = raw, .reg = reg };
                loader_add(l, &l->own->registers, reg->name, reg, raw->at, "库", "register");
                if (raw->list.len && !reg->periodic)
                        loader_error(l, loader_at(raw->at, "list"), "list 只用于有期间的库",
                                     "list is for periodic registers only");
                if (reg->periodic && !raw->parent.len)
                        loader_error(l, reg->pos, "有期间的库须有父库 parent", "a periodic register has a parent");
        }
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++)
                visit(l, all, n, &all[i]);
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawRegister *raw = all[i].raw;
                if (raw->list.len && map_get(&l->own->registers, raw->list))
                        loader_error(l, loader_at(raw->at, "list"), "“%.*s”已是库名", "\"%.*s\" is a register already",
                                     STR_FMT(raw->list));
                link_references(l, &all[i]);
                link_children(l, all[i].reg);
        }
        for (size_t i = 0; i < l->pack->register_count && l->fatal == ST_OK; i++)
                build_record(l, regs[i]);
        for (size_t i = 0; i < l->pack->register_count && l->fatal == ST_OK; i++)
                build_scope(l, regs[i]);
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++)
                if (all[i].reg->scope)
                        build_rules(l, &all[i]);
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++)
                if (all[i].reg->scope)
                        build_register_time(l, all[i].reg, all[i].raw);
}
