/* dmn.h -- decision models: DMN 1.5 (files of 1.1 to 1.5), conformance level 3.
 *
 * A DmnModel is loaded once, is immutable afterwards, and may be shared by
 * threads; what changes during an evaluation lives in the caller's FeelExec
 * (values, limits) and in an optional DmnTrace (the explanation).  Nothing here
 * knows files of packs, databases or the city: a model gets inputs by name and
 * gives a value.
 *
 *     DmnModel *m;
 *     TRY(dmn_load_file("rd_post_subsidy.dmn", NULL, diag, &m));
 *     const DmnDecision *d = dmn_find_decision(m, STR("补助金额"));
 *     FeelValue amount;
 *     TRY(dmn_eval(m, d, exec, inputs, NULL, &amount));     // inputs: a FEEL context
 *     dmn_model_free(m);
 *
 * Errors.  What the standard answers with null is null, and the reason is a
 * message of the FeelExec (or of the trace).  A Status other than ST_OK means the
 * question could not be answered at all: no memory, a limit (time, memory,
 * depth), a model that does not load.  An expression that does not compile makes
 * *its* decision null with that message, and is listed by dmn_check; the rest of
 * the model works (DMN 1.5, 7.3.1 asks nothing else).  A file that is not XML, is
 * no DMN, has circular requirements or an import that cannot be found does not load.
 *
 * Unknown.  A FEEL value of kind UNKNOWN (a figure that nobody has reported yet)
 * carries the names that are missing.  In a decision table a cell over an unknown
 * value may be unknown; a rule with no false cell and at least one unknown cell is
 * a *maybe* rule.  The table's answer is unknown exactly when one of the maybe
 * rules, were it to match, could change it:
 *   U  every maybe rule (with a known hit it would break the policy; without one it
 *      would answer), unless its output equals the answer and nothing is hit yet
 *      but the default
 *   A  a maybe rule whose output differs from the answer (or is unknown itself)
 *   F  a maybe rule above the first hit whose output differs from the answer
 *   P  a maybe rule whose output stands before the best hit's in the output values
 *   R O C   every maybe rule: the list would be longer; C+ not when it adds 0 to a
 *      sum of hits; C< not when its output is no less than the minimum of the hits;
 *      C> likewise; C# always
 * "The answer" is the hits' result, or the default when nothing is hit, or null.
 * The unknown carries the missing names of those cells.  Null stays what the
 * standard says it is.
 *
 * Inputs missing from the context are null, as the standard has it; a host that
 * wants them to count as missing passes UNKNOWN with their names.
 */
#ifndef KC_DMN_DMN_H
#define KC_DMN_DMN_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/status.h"
#include "base/str.h"
#include "codec/json.h"
#include "feel/feel.h"

typedef struct DmnModel DmnModel;
typedef struct DmnElement DmnDecision;
typedef struct DmnElement DmnService;

/* ---- loading ---- */

typedef struct DmnLimits {
        size_t max_file_bytes;      /* of one XML file */
        size_t max_model_bytes;     /* memory of the model with its programs */
        size_t max_nodes;           /* XML elements of one file */
        size_t max_depth;           /* of XML nesting and of boxed expressions */
        size_t max_name_bytes;      /* of any name */
        size_t max_imports;         /* models in all */
        size_t max_cells;           /* of one decision table */
        uint64_t max_ns;            /* real time of a load; past it ST_TIMEOUT.  0: no limit */
} DmnLimits;
extern const DmnLimits DMN_LIMITS_DEFAULT;   /* 64 MiB, 1 GiB, a million, 120, 4096, 200, a million, 60 s */

/* Finds the model an <import> names.  Sets *ret_xml (valid until the load ends)
 * and *ret_file (for messages), or returns ST_NOT_FOUND. */
typedef Status (*DmnImportFn)(void *ctx, Arena *arena, Str namespace_uri, Str location, Str *ret_xml,
                              const char **ret_file);

typedef struct DmnLoadOptions {
        const DmnLimits *limits;            /* NULL: DMN_LIMITS_DEFAULT */
        const FeelLibrary *library; /* functions of the host; NULL: the built-in ones alone; outlives the model */
        DmnImportFn import;                 /* NULL: dmn_load_file looks at the .dmn files beside the file */
        void *import_ctx;
        bool keep_going;                    /* load even what has errors of linking, for dmn_check */
} DmnLoadOptions;

Status dmn_load_file(const char *path, const DmnLoadOptions *opt, Diag *diag, DmnModel **ret) FALLIBLE;
/* file: the name in messages. */
Status dmn_load_text(Str xml, const char *file, const DmnLoadOptions *opt, Diag *diag, DmnModel **ret) FALLIBLE;
void dmn_model_free(DmnModel *m);
DEFINE_CLEANUP(DmnModel *, dmn_model_free)
#define _cleanup_dmn_model_ _cleanup_(dmn_model_freep)

Str dmn_model_name(const DmnModel *m);
Str dmn_model_namespace(const DmnModel *m);

/* ---- looking around ---- */

/* By name, then by id; names of imported models are "import.name".  NULL: there is none. */
const DmnDecision *dmn_find_decision(const DmnModel *m, Str name);
const DmnService *dmn_find_service(const DmnModel *m, Str name);
size_t dmn_decision_count(const DmnModel *m);
const DmnDecision *dmn_decision_at(const DmnModel *m, size_t i);
Str dmn_decision_name(const DmnDecision *d);
const FeelType *dmn_decision_type(const DmnDecision *d);

/* One input data element that a decision needs, itself or through others. */
typedef struct DmnInput {
        Str name;                   /* key in the input context; "import.name" for an imported one */
        const FeelType *type;
        Str type_name;              /* as written in the model: "number", "tPerson"; empty: none */
        Str description;
} DmnInput;
/* In the order in which a walk of the requirements meets them; the order of
 * dmn_eval_slots and dmn_batch (dmn_batch.h).  Owned by the model. */
const DmnInput *dmn_decision_inputs(const DmnDecision *d, size_t *ret_count);

/* The parts of a decision's result: one without a name for a plain value, or one a
 * component for a table with several outputs (or a result type with components). */
typedef struct DmnOutput {
        Str name;
        const FeelType *type;
} DmnOutput;
const DmnOutput *dmn_decision_outputs(const DmnDecision *d, size_t *ret_count);

/* The decision tables a decision may come to, itself or through what it requires: what a set of cases
 * should hit.  pos is that of the table's node in a trace. */
typedef struct DmnTableRef {
        Str name;                   /* of the element it stands in */
        Pos pos;
        size_t rules;
        const struct DmnTable *table;   /* the room's own */
        const struct DmnDefs *defs;
} DmnTableRef;
Status dmn_decision_tables(const DmnDecision *d, Arena *a, DmnTableRef **ret, size_t *ret_count) FALLIBLE;

/* ---- explanation ---- */

typedef enum DmnTraceKind {
        DMN_TRACE_DECISION,         /* name, value; children: what it used */
        DMN_TRACE_INPUT,            /* name, value */
        DMN_TRACE_CALL,             /* a business knowledge model, a service or a boxed function that was called */
        DMN_TRACE_ARGUMENT,         /* of a call */
        DMN_TRACE_TABLE,            /* text: hit policy; value; children: its input columns and its rules */
        DMN_TRACE_COLUMN,           /* an input column: name is its expression, value */
        DMN_TRACE_RULE,             /* see rule, state, column */
        DMN_TRACE_ENTRY,            /* an entry of a boxed context, or a branch taken: intermediate result */
        DMN_TRACE_EXPRESSION,       /* a literal expression: text and value */
        DMN_TRACE_MESSAGE           /* text: why something is null */
} DmnTraceKind;

typedef enum DmnRuleState {
        DMN_RULE_FIRED,             /* matched, and its output is (part of) the answer */
        DMN_RULE_MATCHED,           /* matched, but the hit policy chose another */
        DMN_RULE_FAILED,            /* column: the first cell that said no */
        DMN_RULE_UNKNOWN,           /* column: the first cell that cannot be told */
        DMN_RULE_NOT_TRIED          /* below the first hit of a FIRST table */
} DmnRuleState;

typedef struct DmnTraceNode DmnTraceNode;
struct DmnTraceNode {
        DmnTraceKind kind;
        Str name;
        Str text;                   /* source text of an expression, a cell, a hit policy */
        FeelValue value;
        Pos pos;                    /* in the model file */
        int rule;                   /* 1-based; 0: no rule */
        DmnRuleState state;
        int column;                 /* 1-based input column of the deciding cell; 0: none */
        Str column_name;            /* its label or expression */
        Str cell;                   /* its text: ">= 0.02" */
        FeelValue cell_value;       /* what the column's expression was */
        Str annotation;             /* the rule's annotations and description, joined with "; " */
        DmnTraceNode *first, *last, *next;
        DmnTraceNode *parent;
};

typedef struct DmnTrace {
        Arena *arena;               /* of the caller; the values of the nodes live in the FeelExec */
        DmnTraceNode *root;
        DmnTraceNode *at;           /* where the next node goes (internal) */
        size_t nodes;
        size_t max_nodes;           /* 0: 10,000; past it further nodes are left out and truncated is set */
        bool truncated;
} DmnTrace;

/* For people: an indented tree in the language asked for. */
void dmn_trace_text(const DmnTrace *t, Lang lang, Buf *out);
/* For programs, one JSON value: {"trace":[{"kind":"decision","name":…,"value":…,"children":[…]}],
 * "truncated":false}; values as feel_json.h writes them. */
void dmn_trace_json(const DmnTrace *t, JsonWriter *w);
/* The shortest reason for a table's answer: "规则 1：企业规模 = \"规上\"，…" for the rule that
 * fired, or the rule that came closest and the cell that failed.  Empty: no table in it. */
void dmn_trace_reason(const DmnTrace *t, Lang lang, Buf *out);

/* ---- evaluation ---- */

/* inputs: a FEEL context (or null: none given); entries that the decision does not
 * need are ignored, except that an entry of the name of a *decision* it requires
 * takes that decision's place.  trace may be NULL.  *ret lives as long as the exec's
 * values do. */
Status dmn_eval(const DmnModel *m, const DmnDecision *d, FeelExec *exec, FeelValue inputs, DmnTrace *trace,
                FeelValue *ret) FALLIBLE;
/* The same with inputs[i] for dmn_decision_inputs(d)[i]: no look-up by name. */
Status dmn_eval_slots(const DmnModel *m, const DmnDecision *d, FeelExec *exec, const FeelValue *inputs,
                      DmnTrace *trace, FeelValue *ret) FALLIBLE;
/* A decision service: its input data and input decisions by name in the context. */
Status dmn_eval_service(const DmnModel *m, const DmnService *s, FeelExec *exec, FeelValue inputs, DmnTrace *trace,
                        FeelValue *ret) FALLIBLE;

/* Row by row over columns: dmn/dmn_batch.h. */

/* ---- checking ---- */

/* Everything that is wrong, at its place: expressions that do not compile, unknown
 * names, types that cannot fit, requirements that are declared and not used or used
 * and not declared; and for decision tables, in words with rule numbers: gaps,
 * overlaps that contradict the hit policy, rules that can never fire.
 * ST_CHECK when there is an error; warnings alone are ST_OK. */
Status dmn_check(const DmnModel *m, Diag *diag) FALLIBLE;

/* ---- the compatibility kit ---- */

typedef struct DmnTckCounts {
        size_t passed;
        size_t failed;
} DmnTckCounts;
/* One test-case file; the model is the .dmn it names, beside it.  A line about each
 * failed case goes to out.  A file that cannot be read or a model that does not load
 * fails all its cases (at least one).  Limits of each result: 10 s, 256 MiB. */
Status dmn_tck_file(const char *path, Lang lang, Buf *out, DmnTckCounts *counts) FALLIBLE;
/* A file or a folder, recursively, in the order of names. */
Status dmn_tck_path(const char *path, Lang lang, Buf *out, DmnTckCounts *counts) FALLIBLE;

#endif
