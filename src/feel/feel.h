/* feel.h -- the expression language: FEEL of DMN 1.5, level 3, exact and bounded.
 *
 * Stages, one file each: lex, parse, check, compile make an immutable
 * FeelProgram from text; exec runs it for one set of inputs, batch for columns.
 * A program may be shared by threads; everything that changes lives in a
 * FeelExec, which belongs to one thread at a time.
 *
 *     Arena *a = arena_new(1 << 20);
 *     FeelScope *scope = feel_scope_new(a, NULL);
 *     uint32_t revenue;
 *     TRY(feel_scope_add(scope, STR("营业收入"), FEEL_TYPE_NUMBER, &revenue));   // slot 0
 *     FeelProgram *p;
 *     TRY(feel_compile(scope, FEEL_SOURCE(STR("营业收入 * 0.1")), NULL, diag, &p));
 *     FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, diag);
 *     FeelValue in[1] = { feel_number(dec_from_i64(500)) }, out;
 *     TRY(feel_eval(x, p, in, 1, &out));                    // 50
 *     feel_exec_free(x); feel_program_free(p); arena_free(a);
 *
 * Where the standard answers null (1 + "a", an index past the end, a function
 * called with the wrong type …) evaluation goes on with null and a warning with
 * file, line and column is added to the exec's Diag.  A Status other than ST_OK
 * from feel_eval means that it was stopped: ST_LIMIT (steps, memory, depth),
 * ST_TIMEOUT, ST_CANCELLED, ST_NOMEM, or what a host function returned.
 *
 * UNKNOWN is a kind beside null that only a host passes in, for an input nobody
 * has reported: it carries the names of what is missing and runs through every
 * operation (the union of the causes); `and` and `or` are Kleene (false and
 * unknown = false); `if unknown` is unknown; `known(x)` tests for it.  Null
 * follows the standard exactly.
 */
#ifndef KC_FEEL_FEEL_H
#define KC_FEEL_FEEL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/decimal.h"
#include "base/diag.h"
#include "base/status.h"
#include "base/str.h"

/* ---------------------------------------------------------------- values */

typedef enum FeelKind {
        FEEL_NULL,                      /* a zeroed FeelValue is null */
        FEEL_UNKNOWN,
        FEEL_BOOLEAN,
        FEEL_NUMBER,
        FEEL_STRING,
        FEEL_DATE,
        FEEL_TIME,
        FEEL_DATE_TIME,
        FEEL_DAYS_DURATION,             /* days and time duration */
        FEEL_MONTHS_DURATION,           /* years and months duration */
        FEEL_LIST,
        FEEL_CONTEXT,
        FEEL_RANGE,
        FEEL_FUNCTION,
        FEEL_KIND_COUNT
} FeelKind;

/* A zone of a time: none (local time), an offset, or a named zone.  Named zones
 * are numbers in a process-wide, append-only registry (zone.c), so that values
 * stay plain data. */
typedef enum FeelZoneKind { FEEL_ZONE_LOCAL, FEEL_ZONE_OFFSET, FEEL_ZONE_NAMED } FeelZoneKind;
typedef struct FeelZone {
        uint16_t kind;                  /* FeelZoneKind */
        uint16_t id;                    /* FEEL_ZONE_NAMED: the registry's number */
        int32_t offset;                 /* FEEL_ZONE_OFFSET: seconds east of UTC, -64800..64800 */
} FeelZone;

typedef struct FeelTime {
        int32_t seconds;                /* of the day, 0..86399 */
        int32_t nanos;                  /* 0..999999999 */
        FeelZone zone;
} FeelTime;

typedef struct FeelDateTime {
        Date date;
        FeelTime time;
} FeelDateTime;

/* Days and time: seconds + nanos/1e9 with nanos 0..999999999 also when negative
 * (-0.5 s is {-1, 500000000}). */
typedef struct FeelDuration {
        int64_t seconds;
        int32_t nanos;
} FeelDuration;

typedef struct FeelShape FeelShape;             /* the keys of a context */
typedef struct FeelRange FeelRange;
typedef struct FeelFunction FeelFunction;

/* 32 bytes, plain data, copied by assignment.  What it points to is immutable
 * and lives in an arena of whoever made it: values of feel_eval live until the
 * exec is reset (or rewound), constants as long as their program. */
typedef struct FeelValue {
        uint8_t kind;                   /* FeelKind */
        union {
                bool boolean;
                Dec number;
                Str string;             /* valid UTF-8 */
                Date date;
                FeelTime time;
                FeelDateTime date_time;
                FeelDuration duration;
                int64_t months;
                struct { const struct FeelValue *items; size_t len; } list;
                struct { const FeelShape *shape; const struct FeelValue *values; } context;
                const FeelRange *range;
                const FeelFunction *function;
                struct { const Str *names; size_t len; } unknown;       /* sorted, without doubles */
        };
} FeelValue;

_Static_assert(sizeof(FeelValue) == 32, "FeelValue is four words");

/* The end a range does not have (`< 10`, `[1..)` built by a host) is null and open. */
struct FeelRange {
        FeelValue low, high;
        bool low_closed, high_closed;
};

static inline FeelValue feel_null(void) { return (FeelValue){ .kind = FEEL_NULL }; }
static inline FeelValue feel_bool(bool b) { return (FeelValue){ .kind = FEEL_BOOLEAN, .boolean = b }; }
static inline FeelValue feel_number(Dec d) { return (FeelValue){ .kind = FEEL_NUMBER, .number = d }; }
static inline FeelValue feel_i64(int64_t i) { return feel_number(dec_from_i64(i)); }
static inline FeelValue feel_string(Str s) { return (FeelValue){ .kind = FEEL_STRING, .string = s }; }
static inline FeelValue feel_date(Date d) { return (FeelValue){ .kind = FEEL_DATE, .date = d }; }
static inline FeelValue feel_time(FeelTime t) { return (FeelValue){ .kind = FEEL_TIME, .time = t }; }
static inline FeelValue feel_date_time(FeelDateTime t) { return (FeelValue){ .kind = FEEL_DATE_TIME, .date_time = t }; }
static inline FeelValue feel_duration(FeelDuration d)
{
        return (FeelValue){ .kind = FEEL_DAYS_DURATION, .duration = d };
}
static inline FeelValue feel_months(int64_t m) { return (FeelValue){ .kind = FEEL_MONTHS_DURATION, .months = m }; }
/* items is not copied. */
static inline FeelValue feel_list(const FeelValue *items, size_t len)
{
        return (FeelValue){ .kind = FEEL_LIST, .list = { items, len } };
}
static inline FeelValue feel_range(const FeelRange *r) { return (FeelValue){ .kind = FEEL_RANGE, .range = r }; }
static inline bool feel_is(const FeelValue *v, FeelKind k) { return v->kind == (uint8_t)k; }
static inline bool feel_is_true(const FeelValue *v) { return v->kind == FEEL_BOOLEAN && v->boolean; }

/* A missing input: names what is missing (copied into the arena). */
Status feel_unknown(Arena *a, Str name, FeelValue *ret) FALLIBLE;
/* The union of the causes of two values, of which at least one is UNKNOWN. */
Status feel_unknown_union(Arena *a, const FeelValue *left, const FeelValue *right, FeelValue *ret) FALLIBLE;

/* Contexts: a shape (ordered, distinct keys) and one value a key.  Rows of one
 * table share their shape.  Keys are not copied and must live as long. */
Status feel_shape_new(Arena *a, const Str *keys, size_t count,
                      const FeelShape **ret) FALLIBLE; /* ST_EXISTS: a key twice */
size_t feel_shape_len(const FeelShape *s);
Str feel_shape_key(const FeelShape *s, size_t index);
size_t feel_shape_find(const FeelShape *s, Str key);            /* SIZE_MAX: not there */
static inline FeelValue feel_context(const FeelShape *shape, const FeelValue *values)
{
        return (FeelValue){ .kind = FEEL_CONTEXT, .context = { shape, values } };
}
/* NULL: no such entry. */
const FeelValue *feel_context_get(const FeelValue *context, Str key);

/* A context whose keys come one by one; a key put twice keeps its place and gets the new value. */
typedef struct FeelContextBuilder {
        Arena *arena;
        Str *keys;
        FeelValue *values;
        size_t len, cap_keys, cap_values;
        uint32_t *slots;                /* of many keys: index + 1 by hash */
        size_t slot_count;
} FeelContextBuilder;
#define FEEL_CONTEXT_BUILDER(a) ((FeelContextBuilder){ .arena = (a) })
Status feel_context_put(FeelContextBuilder *b, Str key, const FeelValue *value) FALLIBLE;
Status feel_context_done(FeelContextBuilder *b, FeelValue *ret) FALLIBLE;

/* "number", "days and time duration", …; "unknown". */
const char *feel_kind_name(FeelKind k);

/* Everything reachable copied into the arena. Functions are shared, not copied. */
Status feel_copy(Arena *a, const FeelValue *v, FeelValue *ret) FALLIBLE;

typedef enum FeelTruth { FEEL_FALSE, FEEL_TRUE, FEEL_NEITHER /* null: not comparable */ } FeelTruth;
/* The `=` of FEEL: null only equals null; different kinds are not comparable; numbers by
 * value; lists in order; contexts by keys in any order; times by what they mean. */
FeelTruth feel_equal(const FeelValue *a, const FeelValue *b);
/* Order of two values of one ordered kind: true and *ret -1, 0, 1; false: not comparable. */
bool feel_order(const FeelValue *a, const FeelValue *b, int *ret);
/* Values that are feel_equal hash equally. */
uint64_t feel_hash(const FeelValue *v);

/* FEEL literal form: "a\"b", @"2020-01-01", [1, 2], {a: 1}, [1..3).  Functions print their
 * signature, UNKNOWN prints unknown(names). */
void feel_to_text(const FeelValue *v, Buf *out);
/* What `string(v)` gives: like feel_to_text, but a string at the top stands bare and
 * temporal values are without @"". */
void feel_to_string(const FeelValue *v, Buf *out);

/* ---------------------------------------------------------------- types */

typedef enum FeelTypeKind {
        FEEL_T_ANY, FEEL_T_NULL, FEEL_T_BOOLEAN, FEEL_T_NUMBER, FEEL_T_STRING, FEEL_T_DATE, FEEL_T_TIME,
        FEEL_T_DATE_TIME, FEEL_T_DAYS_DURATION, FEEL_T_MONTHS_DURATION,
        FEEL_T_LIST, FEEL_T_CONTEXT, FEEL_T_RANGE, FEEL_T_FUNCTION
} FeelTypeKind;

typedef struct FeelType FeelType;
typedef struct FeelField {
        Str name;
        const FeelType *type;           /* never NULL */
} FeelField;

/* Immutable; the simple ones are static, others live in an arena.  May be cyclic
 * only through a context field. */
struct FeelType {
        FeelTypeKind kind;
        Str name;                       /* of a named type, else none */
        const FeelType *element;        /* list, range; result of a function */
        const FeelField *fields;        /* context: entries; function: parameters */
        size_t field_count;
        bool open;                      /* context: entries beyond the fields may be there (plain `context`) */
};

extern const FeelType FEEL_TYPE_ANY_, FEEL_TYPE_NULL_, FEEL_TYPE_BOOLEAN_, FEEL_TYPE_NUMBER_, FEEL_TYPE_STRING_,
        FEEL_TYPE_DATE_, FEEL_TYPE_TIME_, FEEL_TYPE_DATE_TIME_, FEEL_TYPE_DAYS_DURATION_,
        FEEL_TYPE_MONTHS_DURATION_, FEEL_TYPE_LIST_, FEEL_TYPE_CONTEXT_, FEEL_TYPE_RANGE_, FEEL_TYPE_FUNCTION_;
#define FEEL_TYPE_ANY (&FEEL_TYPE_ANY_)
#define FEEL_TYPE_NULL (&FEEL_TYPE_NULL_)
#define FEEL_TYPE_BOOLEAN (&FEEL_TYPE_BOOLEAN_)
#define FEEL_TYPE_NUMBER (&FEEL_TYPE_NUMBER_)
#define FEEL_TYPE_STRING (&FEEL_TYPE_STRING_)
#define FEEL_TYPE_DATE (&FEEL_TYPE_DATE_)
#define FEEL_TYPE_TIME (&FEEL_TYPE_TIME_)
#define FEEL_TYPE_DATE_TIME (&FEEL_TYPE_DATE_TIME_)
#define FEEL_TYPE_DAYS_DURATION (&FEEL_TYPE_DAYS_DURATION_)
#define FEEL_TYPE_MONTHS_DURATION (&FEEL_TYPE_MONTHS_DURATION_)
#define FEEL_TYPE_LIST (&FEEL_TYPE_LIST_)               /* list<Any> */
#define FEEL_TYPE_CONTEXT (&FEEL_TYPE_CONTEXT_)         /* any context */
#define FEEL_TYPE_RANGE (&FEEL_TYPE_RANGE_)             /* range<Any> */
#define FEEL_TYPE_FUNCTION (&FEEL_TYPE_FUNCTION_)       /* any function */

/* NULL: out of memory.  Fields are copied, their names not. */
const FeelType *feel_type_list(Arena *a, const FeelType *element);
const FeelType *feel_type_range(Arena *a, const FeelType *element);
const FeelType *feel_type_context(Arena *a, const FeelField *fields, size_t count);
const FeelType *feel_type_function(Arena *a, const FeelField *params, size_t count, const FeelType *result);
/* The built-in type of a name as models write it: "number", "dateTime", "date and time",
 * "days and time duration", "dayTimeDuration", "Any", "context" …; NULL: none. */
const FeelType *feel_type_builtin(Str name);
/* number, list<string>, context<a: number>, function<number> -> string … */
void feel_type_to_text(const FeelType *t, Buf *out);
/* Does every value of t conform to super (DMN 1.5, 10.3.2.9)? */
bool feel_type_conforms(const FeelType *t, const FeelType *super);
/* Is the value an instance?  Null at the top is one of Null only; inside a list or context it is one of any type. */
bool feel_instance_of(const FeelValue *v, const FeelType *t);
/* The type that describes a value: entries of contexts by name, items of a list joined.  For names: a scope made
 * of data knows the entries the data has.  NULL: out of memory. */
const FeelType *feel_type_of(Arena *a, const FeelValue *v);
/* Conversion where a typed thing takes a value (10.3.2.9.4): singleton list to item, item to
 * list of one, date to date and time (UTC midnight).  false: does not conform, *ret is null. */
Status feel_coerce(Arena *a, const FeelValue *v, const FeelType *t, bool *ret_ok, FeelValue *ret) FALLIBLE;

/* ---------------------------------------------------------------- host functions */

typedef struct FeelExec FeelExec;

/* A function of the host.  args are n values: coerced to the declared types (a value that
 * does not conform makes the call null with a message, and the function is not called), null
 * for optional ones that were left out.  UNKNOWN is passed only when accepts_unknown; else the
 * call answers UNKNOWN by itself.  A result is made in feel_exec_arena(x).  Return something
 * other than ST_OK only to stop the evaluation. */
typedef Status (*FeelHostFn)(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret) FALLIBLE;

typedef struct FeelHostParam {
        Str name;
        const FeelType *type;           /* NULL: Any */
        bool optional;                  /* may be left out; only at the end */
} FeelHostParam;

typedef struct FeelHostFunction {
        Str name;                       /* may be several words: "enterprise year" */
        const FeelHostParam *params;
        size_t param_count;
        bool variadic;                  /* the last parameter takes any number of arguments */
        const FeelType *result;         /* NULL: Any */
        bool accepts_unknown;
        bool pure;                      /* same arguments, same answer: may be folded and cached */
        FeelHostFn fn;
        void *user;
} FeelHostFunction;

/* A named collection of the host, fetched when an evaluation first needs it (then kept until
 * the exec is reset): `qualification[kind = "高新技术企业"]`.  The callback has no arguments. */
typedef struct FeelHostCollection {
        Str name;
        const FeelType *type;           /* list<context<…>>, or any other type */
        FeelHostFn fetch;
        void *user;
} FeelHostCollection;

typedef struct FeelLibrary FeelLibrary;
/* Everything is copied into the arena except types and user.  ST_EXISTS: the name is taken
 * (also by a built-in function); ST_INVALID: not a name of FEEL.  The library must outlive
 * the programs compiled with it. */
FeelLibrary *feel_library_new(Arena *a) __attribute__((warn_unused_result));
Status feel_library_add_function(FeelLibrary *l, const FeelHostFunction *f) FALLIBLE;
Status feel_library_add_collection(FeelLibrary *l, const FeelHostCollection *c) FALLIBLE;

/* A function as a value (a business knowledge model, a decision service): passed as an input,
 * called from FEEL by position or by parameter name.  *def is not copied. */
Status feel_function_value(Arena *a, const FeelHostFunction *def, FeelValue *ret) FALLIBLE;
/* Calls any function value. */
Status feel_call(FeelExec *x, const FeelValue *fn, const FeelValue *args, size_t n, FeelValue *ret) FALLIBLE;
size_t feel_function_param_count(const FeelValue *fn);
Str feel_function_param_name(const FeelValue *fn, size_t i);

/* ---------------------------------------------------------------- scope */

/* The names an expression may use.  Names are FEEL names: several words, Chinese, the
 * additional symbols . / - ' + * ; blanks between words count as one.  Entries of context
 * types are names too after a dot and in filters. */
typedef struct FeelScope FeelScope;
FeelScope *feel_scope_new(Arena *a, const FeelLibrary *library /* may be NULL */) __attribute__((warn_unused_result));
/* Slots count from 0 in order of adding: feel_eval's inputs stand in this order.  type NULL:
 * Any.  ST_EXISTS, ST_INVALID (not a name). The name is copied. */
Status feel_scope_add(FeelScope *s, Str name, const FeelType *type, uint32_t *ret_slot) FALLIBLE;
/* A type that `instance of` and parameter types may name. */
Status feel_scope_add_type(FeelScope *s, Str name, const FeelType *type) FALLIBLE;
size_t feel_scope_len(const FeelScope *s);
Str feel_scope_name(const FeelScope *s, size_t slot);
const FeelType *feel_scope_type(const FeelScope *s, size_t slot);
/* SIZE_MAX: not there. */
size_t feel_scope_find(const FeelScope *s, Str name);
/* Is the whole text one FEEL name? */
bool feel_is_name(Str s);

/* ---------------------------------------------------------------- compile */

typedef struct FeelProgram FeelProgram;

/* Where the text stands, so that messages point into the file it came from. */
typedef struct FeelSource {
        Str text;
        const char *file;               /* may be NULL; copied */
        int line, col;                  /* of the text's first character; 1-based; 0 is taken as 1 */
} FeelSource;
#define FEEL_SOURCE(t) ((FeelSource){ .text = (t) })

typedef struct FeelCompileOptions {
        /* What the standard answers with null at run time (an unknown name or function, wrong types or
         * number of arguments) is a warning and compiles to null with a message.  Otherwise: an error. */
        bool lenient;
        /* 0: the defaults below. */
        size_t max_text;
        size_t max_bytes;               /* memory of the compiler and of the program */
        uint32_t max_depth;             /* nesting */
        uint64_t max_ns;                /* real time; past it ST_TIMEOUT */
        /* Type of what the expression is for; NULL none.  A result that can never conform is an error
         * (lenient: warning); the value is not coerced (feel_coerce does). */
        const FeelType *expected;
} FeelCompileOptions;
#define FEEL_MAX_TEXT_DEFAULT ((size_t)1 << 20)
#define FEEL_MAX_COMPILE_BYTES_DEFAULT ((size_t)256 << 20)
#define FEEL_MAX_DEPTH_DEFAULT 200u
#define FEEL_MAX_COMPILE_NS_DEFAULT (10ull * 1000 * 1000 * 1000)

/* The scope's types and library must outlive the program; the scope itself need not.
 * ST_INVALID: the Diag has the errors with their places; ST_LIMIT: text too long, too deep;
 * ST_TIMEOUT: compiling took too long. */
Status feel_compile(const FeelScope *scope, FeelSource src, const FeelCompileOptions *options, Diag *diag,
                    FeelProgram **ret) FALLIBLE;
/* Unary tests (`-`, `"a", "b"`, `[1..5], > 10`, `not(2, 3)`, any expression with `?`) of an input
 * of that type (NULL: Any). */
Status feel_compile_unary_tests(const FeelScope *scope, FeelSource src, const FeelType *input,
                                const FeelCompileOptions *options, Diag *diag, FeelProgram **ret) FALLIBLE;
void feel_program_free(FeelProgram *p);
DEFINE_CLEANUP(FeelProgram *, feel_program_free)
#define _cleanup_feel_program_ _cleanup_(feel_program_freep)
/* What is known of the result's type; Any when nothing. */
const FeelType *feel_program_type(const FeelProgram *p);
Str feel_program_text(const FeelProgram *p);
bool feel_program_uses(const FeelProgram *p, uint32_t slot);
/* A constant expression: its value; NULL otherwise. */
const FeelValue *feel_program_constant(const FeelProgram *p);
/* Memory that it holds. */
size_t feel_program_bytes(const FeelProgram *p);
/* Unary tests that are `-`: true of everything. */
bool feel_program_is_any(const FeelProgram *p);
/* One instruction a line: offset, name, operands. */
void feel_program_disassemble(const FeelProgram *p, Buf *out);

/* ---------------------------------------------------------------- evaluate */

typedef struct FeelLimits {
        uint64_t max_ns;                /* real time from reset; 0: no limit */
        size_t max_bytes;               /* of values made */
        uint64_t max_steps;             /* instructions and list items; 0: no limit */
        uint32_t max_depth;             /* nested calls */
} FeelLimits;
extern const FeelLimits FEEL_LIMITS_DEFAULT;    /* 10 s, 256 MiB, no step limit, 500 */

/* diag (may be NULL: nothing is recorded, which is fastest) takes the warnings of evaluations. */
FeelExec *feel_exec_new(const FeelLimits *limits, Diag *diag) __attribute__((warn_unused_result));
void feel_exec_free(FeelExec *x);
DEFINE_CLEANUP(FeelExec *, feel_exec_free)
#define _cleanup_feel_exec_ _cleanup_(feel_exec_freep)
/* All values made are gone, fetched collections forgotten, limits count from here. */
void feel_exec_reset(FeelExec *x);
/* Gives back the values made since the mark (loops over rows): limits go on counting. */
ArenaMark feel_exec_mark(FeelExec *x);
void feel_exec_rewind(FeelExec *x, ArenaMark mark);
Arena *feel_exec_arena(FeelExec *x);
void feel_exec_set_diag(FeelExec *x, Diag *diag);
Diag *feel_exec_diag(FeelExec *x);
/* For host functions: what the application hung onto this evaluation. */
void feel_exec_set_host(FeelExec *x, void *host);
void *feel_exec_host(FeelExec *x);
/* From another thread: stop soon with ST_CANCELLED (until reset). */
void feel_exec_cancel(FeelExec *x);
/* The clock of now() and today(); none: the real one (clock_now). */
void feel_exec_set_now(FeelExec *x, const FeelDateTime *now);

/* inputs[slot]; n must be the length of the scope (fewer: the rest is null).  May be called by a
 * host function on the same exec. */
Status feel_eval(FeelExec *x, const FeelProgram *p, const FeelValue *inputs, size_t n, FeelValue *ret) FALLIBLE;
/* *ret is true, false, or UNKNOWN; never null. */
Status feel_eval_unary_tests(FeelExec *x, const FeelProgram *p, const FeelValue *input, const FeelValue *inputs,
                             size_t n, FeelValue *ret) FALLIBLE;
/* A warning at the place that is being evaluated; *ret null.  For host functions. */
Status feel_null_because(FeelExec *x, FeelValue *ret, const char *zh, const char *en, ...)
        __attribute__((format(printf, 3, 5), format(printf, 4, 5))) FALLIBLE;
/* Room for n values in the exec's arena, not initialised; accounts for n steps.  ST_LIMIT: past max_bytes. */
Status feel_new_values(FeelExec *x, size_t n, FeelValue **ret) FALLIBLE;
/* Accounts for n steps of work; ST_LIMIT, ST_TIMEOUT, ST_CANCELLED.  For host functions with loops. */
Status feel_tick(FeelExec *x, uint64_t n) FALLIBLE;

#endif
