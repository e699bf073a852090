/* link_int.h -- private to the room: what loading, linking and compiling call of each other. */
#ifndef KC_DMN_LINK_INT_H
#define KC_DMN_LINK_INT_H

#include "codec/xml.h"
#include "dmn/dmn_int.h"

/* ---- problems: kept in the model for dmn_check ---- */

/* Records and returns ST_OK, so that loading goes on. */
Status dmn_problem(DmnModel *m, Severity sev, const DmnDefs *defs, int line, int col, const char *zh, const char *en,
                   ...) __attribute__((format(printf, 6, 8), format(printf, 7, 8), warn_unused_result));
/* ST_TIMEOUT, said in the problems, once the load has taken longer than its limit; *ret_left (may be NULL): ns that
 * are left, 0 without a limit. */
Status dmn_on_time(DmnModel *m, const DmnDefs *defs, int line, int col, uint64_t *ret_left) FALLIBLE;
/* Records and returns ST_LIMIT. */
Status dmn_limit(DmnModel *m, const DmnDefs *defs, int line, int col, const char *zh, const char *en, ...)
        __attribute__((format(printf, 5, 7), format(printf, 6, 7), warn_unused_result));
Pos dmn_pos(const DmnDefs *defs, int line, int col);
void dmn_problems_to_diag(const DmnModel *m, Diag *diag);

/* ---- load.c ---- */

bool dmn_is_model_namespace(Str ns);
Status dmn_parse_file(DmnModel *m, Str text, const char *file, Diag *diag, XmlDoc **ret) FALLIBLE;
Status dmn_load_defs(DmnModel *m, const XmlDoc *doc, DmnDefs *defs) FALLIBLE;

/* ---- types.c ---- */

/* *ret NULL: no type, Any, or (after a problem) one that does not exist. */
Status dmn_resolve_type(DmnDefs *defs, Str ref, int line, int col, const DmnType **ret) FALLIBLE;
/* All item definitions of the file. */
Status dmn_resolve_items(DmnDefs *defs) FALLIBLE;
static inline const FeelType *dmn_feel_type(const DmnType *t) { return t ? t->feel : FEEL_TYPE_ANY; }
/* *ret: converted and within its constraints, or null and *ret_ok false.  Null and UNKNOWN pass. */
Status dmn_conform(FeelExec *x, const FeelValue *v, const DmnType *t, bool *ret_ok, FeelValue *ret) FALLIBLE;

/* ---- link.c ---- */

Status dmn_link(DmnModel *m) FALLIBLE;

/* ---- env.c ---- */

/* Adds the name, or takes over the slot of the same name; *ret_slot. */
Status dmn_env_push(DmnModel *m, DmnEnv *env, Str name, const FeelType *type, const DmnType *declared,
                    uint32_t *ret_slot) FALLIBLE;
/* The declared type of a variable or of a component of one; NULL: not known. */
const DmnType *dmn_env_path(const DmnEnv *env, Str path);
/* A copy that can grow by itself. */
Status dmn_env_copy(DmnModel *m, const DmnEnv *env, DmnEnv *ret) FALLIBLE;
/* The scope to compile in. */
Status dmn_env_scope(DmnModel *m, DmnEnv *env, bool want_types, const FeelScope **ret) FALLIBLE;

/* ---- compile.c ---- */

/* expected: NULL any.  A text that does not compile gives a NULL program, a problem, and its message in *ret_why. */
Status dmn_compile_text(DmnModel *m, DmnEnv *env, const DmnText *text, const FeelType *expected, FeelProgram **ret,
                        Str *ret_why) FALLIBLE;
Status dmn_compile_tests(DmnModel *m, DmnEnv *env, const DmnText *text, const FeelType *input, FeelProgram **ret,
                         Str *ret_why) FALLIBLE;
Status dmn_compile_box(DmnModel *m, DmnEnv *env, DmnBox *b) FALLIBLE;
Status dmn_compile_function(DmnModel *m, DmnEnv *outer, DmnFunction *f) FALLIBLE;
Status dmn_compile_table(DmnModel *m, DmnEnv *env, DmnBox *b) FALLIBLE;

/* A constant list from the texts of unary tests: "A", "B", 3; *ret NULL when they are not all constants. */
Status dmn_constants(DmnModel *m, const DmnText *text, const FeelValue **ret, size_t *ret_count) FALLIBLE;

/* ---- cell.c ---- */

/* *ret NULL: not a simple cell. */
Status dmn_cell_geometry(DmnModel *m, const DmnText *text, DmnGeometry **ret) FALLIBLE;
/* 1 yes, 0 no, -1: the value is of another kind, ask the program. */
int dmn_geometry_holds(const DmnGeometry *g, const FeelValue *v);

#endif
