/* value_int.h -- operations on values that exec, the compiler's folding and built-in functions share. */
#ifndef KC_FEEL_VALUE_INT_H
#define KC_FEEL_VALUE_INT_H

#include "feel/program.h"

/* a = b as a value: true, false, null (not comparable), UNKNOWN. */
/* Are they equal for certain?  Accounts for the work, as everything here does. */
Status feel_is_equal(FeelExec *x, const FeelValue *a, const FeelValue *b, bool *ret) FALLIBLE;
Status feel_equal_value(FeelExec *x, const FeelValue *a, const FeelValue *b, FeelValue *ret) FALLIBLE;

/* The operators; op is the AstOp of the tree as a number (ops.c).  Null with a message where the standard says null. */
Status feel_op_arith(FeelExec *x, unsigned op, const FeelValue *a, const FeelValue *b, FeelValue *ret) FALLIBLE;
Status feel_op_neg(FeelExec *x, const FeelValue *a, FeelValue *ret) FALLIBLE;
Status feel_op_compare(FeelExec *x, unsigned op, const FeelValue *a, const FeelValue *b, FeelValue *ret) FALLIBLE;
Status feel_op_and(FeelExec *x, const FeelValue *a, const FeelValue *b, FeelValue *ret) FALLIBLE;
Status feel_op_or(FeelExec *x, const FeelValue *a, const FeelValue *b, FeelValue *ret) FALLIBLE;
Status feel_op_not(FeelExec *x, const FeelValue *a, FeelValue *ret) FALLIBLE;
Status feel_op_between(FeelExec *x, const FeelValue *a, const FeelValue *low, const FeelValue *high,
                       FeelValue *ret) FALLIBLE;
/* a in test: a range holds it, a list holds it (or a range of the list does), else equality. */
Status feel_op_in(FeelExec *x, const FeelValue *a, const FeelValue *test, FeelValue *ret) FALLIBLE;
Status feel_op_range(FeelExec *x, const FeelValue *low, const FeelValue *high, unsigned flags, FeelValue *ret) FALLIBLE;
Status feel_op_unary(FeelExec *x, unsigned op, const FeelValue *a, FeelValue *ret) FALLIBLE;
Status feel_op_path(FeelExec *x, const FeelValue *a, Str name, FeelValue *ret) FALLIBLE;
/* list[number], any value but a list counting as a list of one. */
Status feel_op_index(FeelExec *x, const FeelValue *list, const FeelValue *number, FeelValue *ret) FALLIBLE;

/* Calls (call.c). args are already in the order of the parameters for `named` false. */
Status feel_call_function(FeelExec *x, const FeelFunction *f, const FeelValue *args, size_t n, FeelValue *ret) FALLIBLE;
Status feel_call_named(FeelExec *x, const FeelFunction *f, const FeelValue *args, const Str *names, size_t n,
                       FeelValue *ret) FALLIBLE;
/* order[p] := the argument of parameter p; false: the names are not this overload's. */
bool feel_bind_names(const FeelBuiltin *f, const Str *names, size_t n, uint8_t *order);
Status feel_call_builtin(FeelExec *x, const FeelSite *site, const FeelValue *args, size_t n, FeelValue *ret) FALLIBLE;
Status feel_call_host(FeelExec *x, const FeelHostFunction *f, const FeelValue *args, size_t n, FeelValue *ret) FALLIBLE;
/* exec.c: a closure's body. */
Status feel_run_closure(FeelExec *x, const FeelFunction *f, const FeelValue *args, FeelValue *ret) FALLIBLE;
/* function(…) external {java: {…}}: only the table of known signatures; null with a message otherwise. */
Status feel_external_function(FeelExec *x, Str class, Str signature, const Str *params, size_t n,
                              FeelValue *ret) FALLIBLE;
Status feel_external(FeelExec *x, const FeelProto *proto, const FeelValue *description, FeelValue *ret) FALLIBLE;

#endif
