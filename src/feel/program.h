/* program.h -- what compile makes and exec runs: immutable, in its own arena. */
#ifndef KC_FEEL_PROGRAM_H
#define KC_FEEL_PROGRAM_H

#include "feel/feel_int.h"
#include "feel/opcodes.h"

/* A call that is more than a count of arguments. */
typedef struct FeelSite {
        Str name;                               /* of the function, for messages */
        uint32_t argc;                          /* values on the stack */
        bool named;
        const Str *names;                       /* CALL_NAMED: of the arguments */
        const FeelBuiltin *builtin;             /* CALL_BUILTIN: first overload */
        size_t overloads;                       /* rows from there */
        const uint8_t *order;                   /* named: parameter p takes argument order[p]; FEEL_NO_ARG none */
        uint32_t params;                        /* entries of order */
        const FeelHostFunction *host;           /* CALL_HOST */
        const FeelHostCollection *collection;   /* COLLECTION */
} FeelSite;
#define FEEL_NO_ARG 255

typedef struct FeelCapture {
        char from; /* 'L' local, 'C' capture, 'S' slot, 'F' the function itself, 'B' list being built */
        uint32_t index;
} FeelCapture;

/* A function body; number 0 is the program itself. */
typedef struct FeelProto {
        Str name;                               /* none: anonymous */
        uint32_t start, end;                    /* words of code */
        uint32_t params;
        const Str *param_names;
        const FeelType *const *param_types;     /* NULL entries: Any */
        uint32_t locals;                        /* with the parameters */
        uint32_t stack;                         /* deepest */
        const FeelCapture *captures;
        uint32_t capture_count;
        const FeelType *result;
        uint32_t pos;
} FeelProto;

typedef struct FeelNote {                       /* OP_FAIL: both languages */
        const char *zh, *en;
} FeelNote;

/* One test of unary tests that compares the input with a constant. */
typedef struct FeelSimpleTest {
        uint8_t op;                             /* OP_EQ … OP_GE, OP_IN */
        const FeelValue *value;
} FeelSimpleTest;

struct FeelProgram {
        Arena *arena;
        FeelSource src;                         /* own copy of the text */
        const uint32_t *code;
        const uint32_t *pos;                    /* byte of the text for each word of code */
        uint32_t code_len;
        const FeelValue *constants;
        uint32_t constant_count;
        const FeelShape *const *shapes;
        uint32_t shape_count;
        const FeelType *const *types;
        uint32_t type_count;
        const FeelSite *sites;
        uint32_t site_count;
        const FeelProto *protos;
        uint32_t proto_count;
        const FeelNote *notes;
        uint32_t note_count;
        uint32_t slots;                         /* names of the scope */
        const uint8_t *slot_used;
        bool unary_tests, is_any;
        const FeelSimpleTest *tests;            /* unary tests that are nothing but these; NULL: others */
        uint32_t test_count;
        bool test_not;
        const FeelType *type;
        const FeelValue *constant;
        const struct Ast *root;                 /* the checked tree: the batch planner reads it */
};

#define OP_OF(word) ((Opcode)((word) & 0xFF))
#define OP_A(word) ((word) >> 8)
#define OP_A_MAX 0xFFFFFFu

extern const char *const feel_op_names[OP_COUNT];
extern const char *const feel_op_more[OP_COUNT];        /* kinds of the further words */
extern const char feel_op_kind[OP_COUNT];               /* kind of A */
extern const signed char feel_op_pops[OP_COUNT], feel_op_pushes[OP_COUNT];

/* Every operand in range, every jump to an instruction, the stack's depth the same however a place is reached and
 * never below nothing; sets the prototype's stack.  ST_INTERNAL otherwise. */
Status feel_verify(const FeelProgram *p, FeelProto *proto) FALLIBLE;

/* Does the comparison hold for the order c of two numbers? */
static inline bool feel_op_holds(Opcode op, int c)
{
        switch (op) {
        case OP_EQ: return c == 0;
        case OP_NE: return c != 0;
        case OP_LT: return c < 0;
        case OP_LE: return c <= 0;
        case OP_GT: return c > 0;
        default: return c >= 0;
        }
}

/* A part of the checked tree of a program as a program of its own with the same slots, made in the arena and not to be
 * freed.  The part may use no variable that is defined outside it. */
Status feel_compile_part(Arena *arena, const FeelProgram *whole, const struct Ast *part,
                         const FeelProgram **ret) FALLIBLE;
/* Fills p->tests when the program is nothing else. */
Status feel_find_simple_tests(FeelProgram *p) FALLIBLE;
/* true: *ret says whether the input passes; false: that needs the machine (kinds that differ, null, UNKNOWN). */
bool feel_simple_tests(const FeelProgram *p, const FeelValue *input, bool *ret);

/* ---------------------------------------------------------------- function values */

typedef enum FunctionKind { FN_CLOSURE, FN_BUILTIN, FN_HOST } FunctionKind;

struct FeelFunction {
        FunctionKind kind;
        const FeelProgram *program;             /* closure: must outlive the value */
        const FeelProto *proto;
        const FeelValue *captures;
        const FeelBuiltin *builtin;
        size_t overloads;
        const FeelHostFunction *host;
        const FeelType *type;                   /* NULL: not known */
};

size_t feel_fn_params(const FeelFunction *f);
Str feel_fn_param_name(const FeelFunction *f, size_t i);
const FeelType *feel_fn_param_type(const FeelFunction *f, size_t i);

#endif
