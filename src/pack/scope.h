/* scope.h -- what expressions of a pack see, and who answers for the registers.
 *
 * Every kind of expression has one scope (pack/def.h says where it hangs); the
 * inputs of feel_eval stand in the order of its slots:
 *
 *   rules and computed fields    slot i is field i of the register; then, where the register
 *   of a register                has them, PACK_SLOT_PREVIOUS (periodic), PACK_SLOT_OTHERS and
 *                                PACK_SLOT_PARENT (child): pack_register_slot
 *   filter of a query            slot i is field i of query->reg; then pack_query_slot(q, …); then the
 *                                policy's parameters in order
 *   formula                      slot i is pack->indicators[i]
 *   check of a form              slot i is items[i]; then pack_form_slot
 *   input of a policy            slot i is field i of the beneficiary; then pack_policy_slot; then the
 *                                parameters in order
 *
 * Values: text, code, unit, reference, identifier, attachment are strings; integer,
 * decimal and money (in yuan) numbers; boolean; date; a period field of a yearly
 * register the number of the year, other periods their text ("2023-06"); a field with
 * `many` a list.  A record is a context with one entry a field in field order
 * (pack_register_shape).  What is not known is null in rules and filters, and UNKNOWN
 * (named as the input or the field) in formulas, form checks and policy inputs.
 *
 * Functions every expression of a pack may call (pack_feel_functions):
 *   top code(list, code)           the top entry above a code of a code list: "C" for "39"
 *   code title(list, code)         its Chinese title
 *   code within(list, code, top)   true when the entry is `top` or below it
 *   unit name(code)                the unit's name
 */
#ifndef KC_PACK_SCOPE_H
#define KC_PACK_SCOPE_H

#include "feel/feel.h"
#include "pack/pack.h"

/* Who answers when a program asks the registers: hung onto the FeelExec with
 * feel_exec_set_host(x, host); a room embeds it as the first member of its own. */
typedef struct PackHost PackHost;
struct PackHost {
        /* `enterprise_year(2021)` of the beneficiary at hand: its record as a context
         * (pack_register_shape), or UNKNOWN when there is none. */
        Status (*record)(PackHost *host, FeelExec *x, const PackRegister *reg, const FeelValue *period,
                         FeelValue *ret) FALLIBLE;
        /* `qualification`: all records that belong to it, a list of contexts. */
        Status (*records)(PackHost *host, FeelExec *x, const PackRegister *reg, const PackField *owner,
                          FeelValue *ret) FALLIBLE;
};

typedef enum PackSlot {
        PACK_SLOT_PREVIOUS, PACK_SLOT_OTHERS, PACK_SLOT_PARENT,                 /* rules */
        PACK_SLOT_PERIOD_START, PACK_SLOT_PERIOD_END, PACK_SLOT_ASSESSMENT_YEAR,
        PACK_SLOT_VALID_ON_END, PACK_SLOT_VALID_DURING,                         /* queries */
        PACK_SLOT_YEAR,                                                         /* policies, forms */
        PACK_SLOT_MONTH, PACK_SLOT_YEAR_AGO                                     /* forms; also PREVIOUS, OTHERS */
} PackSlot;

/* SIZE_MAX: that scope has no such slot. */
size_t pack_register_slot(const PackRegister *reg, PackSlot slot);
size_t pack_query_slot(const PackQuery *q, PackSlot slot);
size_t pack_form_slot(const PackForm *form, PackSlot slot);
size_t pack_policy_slot(const PackPolicy *policy, PackSlot slot);
/* First slot of a policy's parameters: in its inputs, and in the filters of its queries. */
size_t pack_policy_parameter_slot(const PackPolicy *policy);
size_t pack_query_parameter_slot(const PackQuery *q);

/* Slot of form->others[i]. */
static inline size_t pack_form_other_slot(const PackForm *form, size_t i) { return form->item_count + 5 + i; }

/* Keys of a record as a context, and of a form's contexts (previous, year ago, others). */
static inline const FeelShape *pack_register_shape(const PackRegister *reg) { return reg->shape; }
static inline const FeelShape *pack_form_shape(const PackForm *form) { return form->shape; }
/* Type of a field's value. */
const FeelType *pack_field_type(const PackField *field);

/* Adds the functions above to a library of the caller. */
Status pack_feel_functions(const Pack *pack, FeelLibrary *library) FALLIBLE;

#endif
