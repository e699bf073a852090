/* dmn_int.h -- private to the room: the model in memory, and what its files share.
 *
 *   load.c     XML to DmnDefs: elements, item definitions, boxed expressions; no names resolved
 *   boxload.c  the boxed expressions and decision tables of load.c
 *   types.c    item definitions to DmnType; coercion and constraints of values
 *   link.c     requirements to elements, order, circles; one environment of names an element
 *   compile.c  every text to a FeelProgram in its environment
 *   cell.c     the geometry of simple cells: intervals and values (fast path, batch, checks)
 *   eval.c     a run: values of elements, once each; functions and services as FEEL functions
 *   boxed.c    the value of a boxed expression in a frame
 *   table.c    decision tables
 *
 * Frames.  An environment (DmnEnv) is an ordered list of names; a frame is an array
 * with one value a name, and it is what feel_eval takes as its inputs.  An element's
 * frame begins with what it requires.  Inner scopes (a context's entries, an
 * iterator, parameters of a function) extend the environment: their frames are
 * copies of the outer frame with more slots, so that a closure just keeps its frame.
 * A name that shadows an outer one takes its slot.
 */
#ifndef KC_DMN_DMN_INT_H
#define KC_DMN_DMN_INT_H

#include "base/map.h"
#include "dmn/dmn.h"

typedef struct DmnDefs DmnDefs;
typedef struct DmnElement DmnElement;
typedef struct DmnType DmnType;
typedef struct DmnBox DmnBox;
typedef struct DmnTable DmnTable;

/* A text of the file with the place of its first character. */
typedef struct DmnText {
        Str text;
        int line, col;
} DmnText;

/* What a simple cell accepts: a union of intervals (a single value is a closed
 * interval of one), or everything but them. */
typedef struct DmnInterval {
        FeelValue low, high;            /* null: none on that side */
        bool low_closed, high_closed;
        bool point;                     /* one value: low and high are it */
} DmnInterval;

typedef struct DmnGeometry {            /* the geometry of a cell */
        FeelKind kind;                  /* of the ends */
        bool any;                       /* `-` */
        bool negated;
        DmnInterval *items;
        size_t len;
} DmnGeometry;

/* ---- types (types.c) ---- */

typedef struct DmnField {
        Str name;
        const DmnType *type;
} DmnField;

/* A FEEL type with the constraints FEEL types do not have. */
struct DmnType {
        const FeelType *feel;
        Str name;
        bool constrained;               /* something in it restricts values beyond its FEEL type */
        FeelProgram *allowed;           /* unary tests that a value (a list: each item) has to pass */
        FeelProgram *whole;             /* typeConstraint: unary tests of the value as a whole */
        const FeelValue *values;        /* of an enumeration, in order; NULL: not one */
        size_t value_count;
        const DmnType *element;         /* of a list */
        DmnField *fields;               /* of a context; parameters of a function */
        size_t field_count;
        const DmnType *result;          /* of a function */
        const DmnType *base;            /* whose constraints hold as well; NULL: none */
        DmnText allowed_text;
        DmnGeometry *geometry;          /* of the allowed values, when they are simple */
};

typedef struct DmnItem DmnItem;
struct DmnItem {
        Str name;
        Str type_ref;
        bool collection;
        DmnText allowed, constraint;
        DmnItem *components;
        size_t component_count, component_cap;
        bool function;
        Str output_ref;
        DmnItem *params;
        size_t param_count, param_cap;
        int line, col;
        DmnType *type;                  /* once resolved */
        int mark;                       /* 1 while being resolved */
};

/* ---- names (link.c) ---- */

typedef struct DmnVar {
        Str name;
        const FeelType *type;
        const DmnType *declared;        /* with its constraints; NULL: none */
} DmnVar;

typedef struct DmnEnv {
        DmnVar *vars;
        size_t len, cap;
        FeelScope *scope;               /* made when first needed */
        size_t scope_len;               /* vars that are in it */
        const DmnDefs *defs;            /* whose types are named in it */
        bool with_types;
} DmnEnv;

/* ---- boxed expressions ---- */

typedef enum DmnBoxKind {
        BOX_EMPTY, BOX_LITERAL, BOX_TABLE, BOX_CONTEXT, BOX_LIST, BOX_RELATION, BOX_INVOCATION, BOX_FUNCTION,
        BOX_IF, BOX_FILTER, BOX_FOR, BOX_SOME, BOX_EVERY
} DmnBoxKind;

typedef struct DmnEntry {
        Str name;                       /* empty: the result of the context */
        Str type_ref;
        const DmnType *type;
        DmnBox *value;
        uint32_t slot;
        int line, col;
} DmnEntry;

typedef struct DmnParam {
        Str name;
        Str type_ref;
        const DmnType *type;
        uint32_t slot;
} DmnParam;

/* A component of a filtered item that stands in scope by its own name. */
typedef struct DmnPart {
        Str name;
        uint32_t slot;
} DmnPart;

typedef enum DmnFunctionKind { DMN_FN_FEEL, DMN_FN_JAVA, DMN_FN_PMML } DmnFunctionKind;

typedef struct DmnFunction {
        DmnFunctionKind kind;
        DmnParam *params;
        size_t param_count, param_cap;
        DmnBox *body;
        Str name;                       /* for messages and traces */
        FeelHostParam *host_params;
        const FeelType *host_type;
        size_t env_len;                 /* slots of a frame of the body */
        size_t outer_len;               /* of those, the ones of the surrounding frame */
        const DmnType *result;          /* declared; NULL: any */
        FeelProgram *external;          /* Java, PMML: gives the function value */
} DmnFunction;

struct DmnBox {
        DmnBoxKind kind;
        Str label;
        Str type_ref;
        const DmnType *type;            /* NULL: any */
        const DmnType *expected;        /* of what takes the value; NULL: any */
        const FeelType *feel;           /* what is known of the value; never NULL once compiled */
        int line, col;
        bool broken;                    /* a text in it did not compile: answers null (DMN 10.3.2.13) */
        size_t env_len;                 /* slots of the frame of its inner scope */
        uint32_t slot;                  /* of the iterator, or of `item` */
        uint32_t slot2;                 /* of `partial` */
        union {
                struct { DmnText text; FeelProgram *program; Str why; bool is_name; } literal;
                DmnTable *table;
                struct { DmnEntry *items; size_t len, cap; const FeelShape *shape; } context;
                struct { DmnBox **items; size_t len, cap; } list;
                struct { Str *columns; size_t column_count, column_cap; DmnBox **cells; size_t len, cap;
                         const FeelShape *shape; } relation;        /* rows of column_count cells */
                struct { DmnBox *fn; DmnEntry *bindings; size_t len, cap; } invocation;
                DmnFunction *function;
                struct { DmnBox *test, *yes, *no; } branch;
                struct {
                        DmnBox *in, *body;
                        Str variable;
                        FeelProgram *filter;
                        DmnPart *parts;
                        size_t part_count, part_cap;
                } loop;
        };
};

/* ---- decision tables ---- */

typedef enum DmnHit {
        HIT_UNIQUE,
        HIT_FIRST,
        HIT_PRIORITY,
        HIT_ANY,
        HIT_COLLECT,
        HIT_RULE_ORDER,
        HIT_OUTPUT_ORDER
} DmnHit;
typedef enum DmnAgg { AGG_NONE, AGG_SUM, AGG_COUNT, AGG_MIN, AGG_MAX } DmnAgg;

typedef struct DmnCell {
        DmnText text;
        FeelProgram *program;           /* NULL: did not compile: never matches, answers null */
        DmnGeometry *geometry;          /* NULL: not simple */
} DmnCell;

typedef struct DmnOutCell {
        DmnText text;
        FeelProgram *program;
        const FeelValue *constant;      /* coerced; NULL: evaluate */
} DmnOutCell;

typedef struct DmnColumn {
        Str label;
        DmnText text;
        Str type_ref;
        const DmnType *type;
        const DmnType *source;          /* of the variable or component the expression names; NULL: not known */
        const FeelType *feel;           /* of its values: declared, or of the expression */
        FeelProgram *program;
        DmnText allowed_text;
        FeelProgram *allowed;
        DmnGeometry *allowed_geometry;
        bool has_slot;                  /* the expression is just a name: its slot */
        uint32_t slot;
} DmnColumn;

typedef struct DmnOutClause {
        Str name;
        Str label;
        Str type_ref;
        const DmnType *type;
        DmnText allowed_text;
        FeelProgram *allowed;
        const FeelValue *values;        /* the output values in their order, when they are constants */
        size_t value_count;
        DmnOutCell fallback;            /* defaultOutputEntry; text.text.ptr NULL: none */
        int line, col;
} DmnOutClause;

typedef struct DmnRule {
        DmnCell *cells;                 /* input_count */
        DmnOutCell *outs;               /* output_count */
        Str annotation;
        int line, col;
} DmnRule;

struct DmnTable {
        DmnHit hit;
        DmnAgg agg;
        Str label;
        DmnColumn *inputs;
        size_t input_count, input_cap;
        DmnOutClause *outputs;
        size_t output_count, output_cap;
        DmnRule *rules;
        size_t rule_count, rule_cap;
        Str *annotation_names;
        size_t annotation_count, annotation_cap;
        const FeelShape *shape;         /* of several outputs */
        bool has_fallback;
        bool broken;                    /* an input expression did not compile */
        int line, col;
};

/* ---- elements ---- */

typedef enum DmnElementKind { EL_INPUT, EL_DECISION, EL_BKM, EL_SERVICE } DmnElementKind;

typedef struct DmnReq {
        Str href;
        int line, col;
        DmnElement *target;
        struct DmnImport *via;          /* NULL, or an import with an empty name: in scope under its own name */
        uint32_t slot;
} DmnReq;

typedef struct DmnReqs {
        DmnReq *items;
        size_t len, cap;
} DmnReqs;

/* Members of one import that an element requires: one slot with a context. */
typedef struct DmnGroup {
        struct DmnImport *import;
        uint32_t slot;
        const FeelShape *shape;
        DmnElement **members;
        size_t len;
} DmnGroup;

struct DmnElement {
        DmnElementKind kind;
        Str id, name, var_name;
        Str full_name;                  /* with the names of the imports before it */
        Str description;
        Str type_ref;
        int line, col;
        DmnDefs *defs;
        const DmnType *type;            /* of the variable; NULL: any */
        const FeelType *feel;           /* of its value as others see it */
        size_t index;                   /* in the model */
        int mark;
        uint32_t depth;                 /* length of the longest chain of requirements below */
        DmnReqs reqs;
        DmnGroup *groups;
        size_t group_count;
        DmnEnv env;
        DmnBox *box;                    /* a decision's logic */
        DmnFunction *fn;                /* a business knowledge model's, a service's */
        uint32_t self_slot;             /* of its own name in env; UINT32_MAX: none */
        DmnReqs outputs, encapsulated, input_decisions, input_data;     /* of a service */
        const FeelShape *service_shape; /* several outputs */
        bool compiled;
        /* made when first asked for, under the model's lock */
        DmnInput *input_list;
        DmnElement **input_elements;
        size_t input_count;
        bool inputs_known;
        DmnOutput *output_list;
        size_t output_count;
};

typedef struct DmnImport {
        Str name;                       /* may be empty: names go in directly */
        Str namespace_uri;
        Str location;
        int line, col;
        bool is_dmn;
        DmnDefs *defs;
} DmnImport;

/* One file, as seen along one path of imports: the same file imported twice is two
 * of these, with inputs and results of their own. */
struct DmnDefs {
        DmnModel *model;
        const char *file;
        Str name, namespace_uri;
        DmnDefs *parent;                /* the importer */
        Str import_name;                /* what the importer calls it */
        Str path; /* names of the imports that lead here, joined by dots; empty: the model itself */
        size_t level;
        DmnItem *items;
        size_t item_count, item_cap;
        DmnImport *imports;
        size_t import_count, import_cap;
        DmnElement **elements;
        size_t element_count, element_cap;
        Map by_id;                      /* to DmnElement */
        Map item_by_name;
        const struct XmlBinding *bindings;      /* prefixes of the root element */
        Str source;                     /* text of the file, for carets */
        const uint32_t *line_starts;
        size_t line_count;
};

struct DmnModel {
        Arena *arena;
        DmnLimits limits;
        const FeelLibrary *library;
        FeelScope *empty_scope;
        DmnDefs *main;
        DmnDefs **defs;
        size_t defs_count, defs_cap;
        DmnElement **elements;          /* of all files; requirements first */
        size_t element_count, element_cap;
        DmnElement **decisions;         /* of the main file, in its order */
        size_t decision_count, decision_cap;
        FeelProgram **programs;         /* all of them, to be freed */
        size_t program_count, program_cap;
        Diag problems;                  /* what linking and compiling had to say, in the language of the load */
        bool keep_going;
        bool circular;
        uint64_t type_entries;          /* types put into scopes */
        size_t program_bytes;           /* held by the programs */
        uint64_t deadline;              /* of the load, clock_mono_ns; 0: none */
        void *lock;                     /* pthread_mutex_t of the lists made when asked for */
        Map names;                      /* decisions and services: name and id to DmnElement */
};

#define DMN_PUSH(m, array, len_, cap_, item)                                                                  \
        (arena_grow((m)->arena, (void **)&(array), &(cap_), (len_) + 1, sizeof(*(array))) < 0 ? ST_NOMEM      \
                                                                                 : ((array)[(len_)++] = (item), ST_OK))

#endif
