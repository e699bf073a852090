/* lookup.c -- things of a pack by name, and what the text of a sheet means. */
#include "pack/pack_int.h"

const PackRegister *pack_register(const Pack *pack, Str name) { return map_get(&pack->own->registers, name); }
const PackField *pack_field(const PackRegister *reg, Str name) { return map_get(&reg->by_name, name); }
const PackIndicator *pack_indicator(const Pack *pack, Str name) { return map_get(&pack->own->indicators, name); }
const PackForm *pack_form(const Pack *pack, Str name) { return map_get(&pack->own->forms, name); }
const PackLadder *pack_ladder(const Pack *pack, Str name) { return map_get(&pack->own->ladders, name); }
const PackLights *pack_lights(const Pack *pack, Str name) { return map_get(&pack->own->lights, name); }
const PackMethod *pack_method(const Pack *pack, Str name) { return map_get(&pack->own->methods, name); }
const PackAssessment *pack_assessment(const Pack *pack, Str name) { return map_get(&pack->own->assessments, name); }
const PackPolicy *pack_policy(const Pack *pack, Str name) { return map_get(&pack->own->policies, name); }
const PackDocument *pack_document(const Pack *pack, Str name) { return map_get(&pack->own->documents, name); }
const PackCodeList *pack_code_list(const Pack *pack, Str name) { return map_get(&pack->own->code_lists, name); }
const PackCode *pack_code(const PackCodeList *list, Str code) { return map_get(&list->by_code, code); }
const PackRole *pack_role(const Pack *pack, Str name) { return map_get(&pack->own->roles, name); }
const PackUnit *pack_unit(const Pack *pack, Str code) { return map_get(&pack->own->units, code); }
const PackUnitKind *pack_unit_kind(const Pack *pack, Str name) { return map_get(&pack->own->kinds, name); }

const PackAssessment *pack_assessment_of(const Pack *pack, const PackUnitKind *kind)
{
        for (size_t i = 0; i < pack->assessment_count; i++)
                if (pack->assessments[i]->units == kind && pack->assessments[i]->letters)
                        return pack->assessments[i];
        return NULL;
}

const PackCode *pack_code_match(const PackCodeList *list, Str text)
{
        char folded[PACK_FOLD_MAX];
        Str bare = str_trim(text);
        const PackCode *code = map_get(&list->by_code, bare);
        if (code)
                return code;
        size_t n = pack_fold(bare, folded);
        return n ? map_get(&list->by_text, str_n(folded, n)) : NULL;
}

Str pack_text(const Pack *pack, Str zh, Lang lang)
{
        const RawText *english = lang == LANG_EN ? map_get(&pack->own->english, zh) : NULL;
        return english ? english->text : zh;
}

static void *header_match(const Map *by_header, Str header, Str *ret_unit)
{
        char folded[PACK_FOLD_MAX];
        Str name, unit;
        /* The whole header first: a title may have brackets of its own. */
        size_t n = pack_fold(header, folded);
        void *found = n ? map_get(by_header, str_n(folded, n)) : NULL;
        if (found) {
                if (ret_unit)
                        *ret_unit = STR_NONE;
                return found;
        }
        pack_split_unit(header, &name, &unit);
        n = pack_fold(name, folded);
        found = n ? map_get(by_header, str_n(folded, n)) : NULL;
        if (found && ret_unit)
                *ret_unit = unit;
        return found;
}

const PackField *pack_field_match(const PackRegister *reg, Str header, Str *ret_unit)
{
        return header_match(&reg->by_header, header, ret_unit);
}

const PackFormItem *pack_form_match(const PackForm *form, Str header, Str *ret_unit)
{
        return header_match(&form->by_header, header, ret_unit);
}

static bool pattern_fits(Str pattern, Str right)
{
        if (str_eq(pattern, STR("*")) || str_eq(pattern, right))
                return true;
        if (str_ends(pattern, STR(".*")))
                return str_starts(right, str_n(pattern.ptr, pattern.len - 1));
        if (str_starts(pattern, STR("*.")))
                return str_ends(right, str_n(pattern.ptr + 1, pattern.len - 1));
        return false;
}

bool pack_role_may(const PackRole *role, Str right)
{
        for (size_t i = 0; i < role->may_count; i++)
                if (pattern_fits(role->may[i], right))
                        return true;
        return false;
}

static const char *const type_names[] = {
#define PACK_TYPE_NAME(code, word) [code] = word,
        PACK_TYPES(PACK_TYPE_NAME)
#undef PACK_TYPE_NAME
};

const char *pack_type_name(PackType t)
{
        return t < PACK_TYPE_COUNT_ ? type_names[t] : "?";
}

bool pack_type_is_number(PackType t)
{
        return t == PACK_INTEGER || t == PACK_DECIMAL || t == PACK_MONEY;
}

