/* scope.c -- types of values, slots of scopes, and the functions of every pack. */
#include "pack/scope.h"

#include "pack/pack_int.h"

/* ---- types -------------------------------------------------------------------- */

static const FeelType list_of_string = { .kind = FEEL_T_LIST, .element = &FEEL_TYPE_STRING_ };
static const FeelType list_of_number = { .kind = FEEL_T_LIST, .element = &FEEL_TYPE_NUMBER_ };
static const FeelType list_of_boolean = { .kind = FEEL_T_LIST, .element = &FEEL_TYPE_BOOLEAN_ };
static const FeelType list_of_date = { .kind = FEEL_T_LIST, .element = &FEEL_TYPE_DATE_ };

const FeelType *pack_field_type(const PackField *field)
{
        bool many = field->many;
        if (pack_type_is_number(field->type) || (field->type == PACK_PERIOD && field->period == PERIOD_YEAR))
                return many ? &list_of_number : FEEL_TYPE_NUMBER;
        if (field->type == PACK_BOOLEAN)
                return many ? &list_of_boolean : FEEL_TYPE_BOOLEAN;
        if (field->type == PACK_DATE)
                return many ? &list_of_date : FEEL_TYPE_DATE;
        return many ? &list_of_string : FEEL_TYPE_STRING;
}

bool pack_scope_add(Loader *l, FeelScope *scope, Str name, const FeelType *type, Pos pos)
{
        uint32_t slot;
        Status st = feel_scope_add(scope, name, type, &slot);
        if (st == ST_EXISTS || st == ST_INVALID) {
                loader_error(l, pos, "名称“%.*s”已用于此处的表达式，请换名",
                             "the name \"%.*s\" is taken in the expressions here; choose another",
                             STR_FMT(name));
                return false;
        }
        return !loader_status(l, st);
}

/* ---- slots --------------------------------------------------------------------- */

size_t pack_register_slot(const PackRegister *reg, PackSlot slot)
{
        size_t at = reg->field_count;
        if (reg->periodic) {
                if (slot == PACK_SLOT_PREVIOUS)
                        return at;
                at++;
        }
        if (!reg->parent)
                return SIZE_MAX;
        return slot == PACK_SLOT_OTHERS ? at : slot == PACK_SLOT_PARENT ? at + 1 : SIZE_MAX;
}

size_t pack_query_slot(const PackQuery *q, PackSlot slot)
{
        size_t at = q->reg->field_count;
        switch (slot) {
        case PACK_SLOT_PERIOD_START: return at;
        case PACK_SLOT_PERIOD_END: return at + 1;
        case PACK_SLOT_ASSESSMENT_YEAR: return at + 2;
        case PACK_SLOT_VALID_ON_END: return q->reg->valid_from ? at + 3 : SIZE_MAX;
        case PACK_SLOT_VALID_DURING: return q->reg->valid_from ? at + 4 : SIZE_MAX;
        default: return SIZE_MAX;
        }
}

size_t pack_query_parameter_slot(const PackQuery *q)
{
        return q->reg->field_count + (q->reg->valid_from ? 5 : 3);
}

size_t pack_form_slot(const PackForm *form, PackSlot slot)
{
        size_t at = form->item_count;
        switch (slot) {
        case PACK_SLOT_PREVIOUS: return at;
        case PACK_SLOT_YEAR_AGO: return at + 1;
        case PACK_SLOT_OTHERS: return at + 2;
        case PACK_SLOT_YEAR: return at + 3;
        case PACK_SLOT_MONTH: return at + 4;
        default: return SIZE_MAX;
        }
}

size_t pack_policy_slot(const PackPolicy *policy, PackSlot slot)
{
        size_t at = policy->beneficiary->field_count;
        switch (slot) {
        case PACK_SLOT_YEAR: return at;
        case PACK_SLOT_ASSESSMENT_YEAR: return at + 1;
        case PACK_SLOT_PERIOD_START: return at + 2;
        case PACK_SLOT_PERIOD_END: return at + 3;
        default: return SIZE_MAX;
        }
}

size_t pack_policy_parameter_slot(const PackPolicy *policy)
{
        return policy->beneficiary->field_count + 4;
}

/* ---- functions of every pack ----------------------------------------------------- */

static Status find_code(FeelExec *x, const Pack *pack, const FeelValue *args, const PackCode **ret_code, FeelValue *ret)
{
        *ret_code = NULL;
        const PackCodeList *list = pack_code_list(pack, args[0].string);
        if (!list)
                return feel_null_because(x, ret, "没有代码表“%.*s”", "there is no code list \"%.*s\"",
                                         STR_FMT(args[0].string));
        *ret_code = pack_code(list, args[1].string);
        if (!*ret_code)
                return feel_null_because(x, ret, "代码表 %.*s 中没有“%.*s”", "code list %.*s has no \"%.*s\"",
                                         STR_FMT(args[0].string), STR_FMT(args[1].string));
        return ST_OK;
}

static Status fn_top_code(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        const PackCode *code;
        (void)n;
        TRY(find_code(x, user, args, &code, ret));
        if (!code)
                return ST_OK;
        while (code->parent)
                code = code->parent;
        *ret = feel_string(code->code);
        return ST_OK;
}

static Status fn_code_title(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        const PackCode *code;
        (void)n;
        TRY(find_code(x, user, args, &code, ret));
        if (code)
                *ret = feel_string(code->title.zh);
        return ST_OK;
}

static Status fn_code_within(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        const PackCode *code;
        (void)n;
        TRY(find_code(x, user, args, &code, ret));
        if (!code)
                return ST_OK;
        while (code && !str_eq(code->code, args[2].string))
                code = code->parent;
        *ret = feel_bool(code != NULL);
        return ST_OK;
}

static Status fn_unit_name(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)n;
        const PackUnit *unit = pack_unit(user, args[0].string);
        if (!unit)
                return feel_null_because(x, ret, "没有单位“%.*s”", "there is no unit \"%.*s\"",
                                         STR_FMT(args[0].string));
        *ret = feel_string(unit->name);
        return ST_OK;
}

Status pack_feel_functions(const Pack *pack, FeelLibrary *library)
{
        static const FeelHostParam two[] = { { STR("list"), FEEL_TYPE_STRING, false }, { STR("code"), FEEL_TYPE_STRING,
                                                                                        false } };
        static const FeelHostParam three[] = { { STR("list"), FEEL_TYPE_STRING, false },
                                               { STR("code"), FEEL_TYPE_STRING, false },
                                               { STR("top"), FEEL_TYPE_STRING, false } };
        static const FeelHostParam one[] = { { STR("code"), FEEL_TYPE_STRING, false } };
        const FeelHostFunction functions[] = {
                { .name = STR("top code"), .params = two, .param_count = 2, .result = FEEL_TYPE_STRING, .pure = true,
                  .fn = fn_top_code, .user = (void *)(uintptr_t)pack },
                { .name = STR("code title"), .params = two, .param_count = 2, .result = FEEL_TYPE_STRING, .pure = true,
                  .fn = fn_code_title, .user = (void *)(uintptr_t)pack },
                { .name = STR("code within"), .params = three, .param_count = 3, .result = FEEL_TYPE_BOOLEAN,
                  .pure = true, .fn = fn_code_within, .user = (void *)(uintptr_t)pack },
                { .name = STR("unit name"), .params = one, .param_count = 1, .result = FEEL_TYPE_STRING, .pure = true,
                  .fn = fn_unit_name, .user = (void *)(uintptr_t)pack },
        };
        for (size_t i = 0; i < ARRAY_LEN(functions); i++)
                TRY(feel_library_add_function(library, &functions[i]));
        return ST_OK;
}

FeelLibrary *pack_library(Loader *l)
{
        FeelLibrary *library = feel_library_new(l->arena);
        if (loader_oom(l, library) || loader_status(l, pack_feel_functions(l->pack, library)))
                return NULL;
        return library;
}

/* ---- the registers of a beneficiary ------------------------------------------------ */

typedef struct Belongs {
        const PackRegister *reg;
        const PackField *owner;
} Belongs;

static Status fn_record(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        const Belongs *b = user;
        PackHost *host = feel_exec_host(x);
        (void)n;
        if (!host)
                return feel_null_because(x, ret, "此处读不到库“%.*s”", "the register \"%.*s\" cannot be read here",
                                         STR_FMT(b->reg->name));
        return host->record(host, x, b->reg, &args[0], ret);
}

static Status fn_records(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        const Belongs *b = user;
        PackHost *host = feel_exec_host(x);
        (void)args;
        (void)n;
        if (!host)
                return feel_null_because(x, ret, "此处读不到库“%.*s”", "the register \"%.*s\" cannot be read here",
                                         STR_FMT(b->reg->name));
        return host->records(host, x, b->reg, b->owner, ret);
}

const PackField *pack_owner_field(const PackRegister *reg, const PackRegister *beneficiary)
{
        if (reg->parent == beneficiary)
                return reg->parent_key;
        const PackField *found = NULL;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (f->type == PACK_REFERENCE && f->target == beneficiary && !f->many) {
                        if (found)
                                return NULL;
                        found = f;
                }
        }
        return found;
}

FeelLibrary *pack_policy_library(Loader *l, const PackRegister *beneficiary)
{
        FeelLibrary *library = pack_library(l);
        if (!library)
                return NULL;
        for (size_t i = 0; i < l->pack->register_count; i++) {
                const PackRegister *reg = l->pack->registers[i];
                const PackField *owner = pack_owner_field(reg, beneficiary);
                if (!owner)
                        continue;
                Belongs *b = arena_new_of(l->arena, Belongs);
                FeelHostParam *param = arena_new_of(l->arena, FeelHostParam);
                const FeelType *list = feel_type_list(l->arena, reg->record_type);
                if (loader_oom(l, b) || loader_oom(l, param) || loader_oom(l, list))
                        return NULL;
                *b = (Belongs){ reg, owner };
                Status st = ST_OK;
                if (reg->periodic) {
                        *param = (FeelHostParam){ reg->period_field->name, pack_field_type(reg->period_field), false };
                        const FeelHostFunction f = { .name = reg->name, .params = param, .param_count = 1,
                                                     .result = reg->record_type, .fn = fn_record, .user = b };
                        st = feel_library_add_function(library, &f);
                }
                if (st == ST_OK && (!reg->periodic || reg->list_name.len)) {
                        const FeelHostCollection c = { .name = reg->periodic ? reg->list_name : reg->name, .type = list,
                                                       .fetch = fn_records, .user = b };
                        st = feel_library_add_collection(library, &c);
                }
                if (st == ST_EXISTS || st == ST_INVALID)
                        loader_error(l, reg->pos, "库名“%.*s”不能用于表达式，请换名",
                                     "the register's name \"%.*s\" cannot be used in expressions; choose another",
                                     STR_FMT(reg->name));
                else if (loader_status(l, st))
                        return NULL;
        }
        return library;
}
