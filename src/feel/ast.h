/* ast.h -- the tree that parse makes, check decorates and compile reads.
 *
 * Nodes live in the program's arena and keep the byte offset of their text, from
 * which line and column are counted only when a message needs them.  check.c
 * fills `type` and, for names, the binding.
 */
#ifndef KC_FEEL_AST_H
#define KC_FEEL_AST_H

#include "feel/budget.h"
#include "feel/feel_int.h"
#include "feel/strmap.h"

/* kind, what its children are */
#define AST_LIST(X)                                                                              \
        X(CONST)        /* value */                                                              \
        X(NAME)         /* text; binding after check */                                          \
        X(INPUT)        /* ? */                                                                  \
        X(LIST)         /* items */                                                              \
        X(CONTEXT)      /* items: values; keys */                                                \
        X(RANGE)        /* a low, b high; FLAG_LOW_CLOSED, FLAG_HIGH_CLOSED */                   \
        X(UNARY)        /* op a: `< 10` as a range value or a test */                            \
        X(NEG)          /* -a */                                                                 \
        X(BINARY)       /* a op b: + - * / ** = != < <= > >= */                                  \
        X(AND)          /* items */                                                              \
        X(OR)           /* items */                                                              \
        X(BETWEEN)      /* a between b and c */                                                  \
        X(IN)           /* a in items (tests) */                                                 \
        X(TESTS)        /* items: unary tests of the input; FLAG_NOT; no items: `-` */           \
        X(INSTANCE)     /* a instance of `wanted` */                                             \
        X(PATH)         /* a . text */                                                           \
        X(FILTER)       /* a [ b ] */                                                            \
        X(CALL)         /* a ( items ), with names when by name */                               \
        X(IF)           /* a then b else c */                                                    \
        X(FOR)          /* iterators in items/keys, body a */                                    \
        X(SOME)         /* the same, satisfies a */                                              \
        X(EVERY)                                                                                 \
        X(SPAN)         /* a .. b as an iteration domain */                                      \
        X(FUNCTION)     /* parameters keys with types; body a; FLAG_EXTERNAL: a is the context */

typedef enum AstKind {
#define AST_ENUM(name) AST_##name,
        AST_LIST(AST_ENUM)
#undef AST_ENUM
        AST_KIND_COUNT
} AstKind;

typedef enum AstOp {
        OPR_ADD, OPR_SUB, OPR_MUL, OPR_DIV, OPR_POW, OPR_EQ, OPR_NE, OPR_LT, OPR_LE, OPR_GT, OPR_GE
} AstOp;

enum {
        FLAG_LOW_CLOSED = 1, FLAG_HIGH_CLOSED = 2,
        FLAG_NOT = 4,
        FLAG_EXTERNAL = 8,
        FLAG_USES_INPUT = 16,           /* `?` below (set by parse) */
        FLAG_PAREN = 32,                /* stood in parentheses */
        FLAG_NO_LOW = 64, FLAG_NO_HIGH = 128
};

/* What a name means (check.c). */
typedef enum BindKind {
        BIND_NONE,              /* unknown: null with a message (lenient) */
        BIND_SLOT,              /* an input of the program: index */
        BIND_LOCAL,             /* a variable of the current frame: index */
        BIND_CAPTURE,           /* a variable of an enclosing function: index into the captures */
        BIND_SELF,              /* the function being executed */
        BIND_PARTIAL,           /* what a `for` has made so far: local of its list */
        BIND_BUILTIN,           /* builtin, count overloads */
        BIND_HOST,              /* host function */
        BIND_COLLECTION         /* host collection */
} BindKind;

typedef struct Ast Ast;

/* A name inside a filter may be an entry of the item: tried first, innermost filter first,
 * before the binding. */
typedef struct ItemTry {
        bool capture;           /* the item is reached through the captures */
        uint32_t index;         /* local or capture that holds the item */
        bool certain;           /* the item's type says that the entry is there */
} ItemTry;

typedef struct Binding {
        BindKind kind;
        uint32_t index;
        const FeelBuiltin *builtin;
        size_t overloads;
        const FeelHostFunction *host;
        const FeelHostCollection *collection;
        ItemTry *tries;
        uint32_t try_count;
} Binding;

struct Ast {
        uint8_t kind;                   /* AstKind */
        uint8_t op;                     /* AstOp */
        uint8_t flags;
        uint16_t depth;                 /* of the tree below */
        uint32_t pos, end;              /* bytes of the program's text */
        uint32_t n;                     /* items, keys */
        const FeelType *type;           /* filled by check; never NULL after it */
        union {
                const FeelValue *value;                 /* CONST */
                struct {                                /* NAME */
                        Str text;
                        Binding *bind;
                } name;
                struct {
                        Ast *a, *b, *c;
                        Ast **items;
                        Str *keys;                      /* CONTEXT, CALL, FOR …, FUNCTION */
                        Str text;                       /* PATH */
                        const FeelType *wanted;         /* INSTANCE */
                        const FeelType **types;         /* FUNCTION: of parameters, NULL none */
                        struct AstFrame *frame;         /* FUNCTION: captures, locals (check) */
                        bool *used;                     /* CONTEXT: entries that later ones read (check) */
                        uint32_t local; /* first variable of FOR, SOME, EVERY, FILTER, CONTEXT, IN (check) */
                        bool once;      /* FILTER: the condition is worked out once: a number, or (check) */
                        bool reads_item;                /* … it does not look at the item */
                };
        };
};

/* A function body's (or the whole program's) variables. */
typedef struct AstCapture {
        char from;                      /* as FeelCapture: 'L' 'C' 'S' 'F', 'B' a list being built */
        uint32_t index;
        uint32_t place;                 /* among the captures */
} AstCapture;

typedef struct AstFrame {
        struct AstFrame *outer;
        AstCapture *captures;
        size_t capture_count, capture_cap;
        StrMap capture_map;             /* AstCapture by what it takes */
        uint32_t locals;                /* in use while checking */
        uint32_t max_locals;
        uint32_t params;
} AstFrame;

/* The parse of one text.  *ret in the arena; ST_INVALID with a message at the place. */
typedef struct ParseInput {
        Arena *arena;
        FeelSource src;
        const FeelScope *scope;
        uint32_t max_depth;
        CompileBudget *budget;
        Diag *diag;
} ParseInput;
Status feel_parse_expression(const ParseInput *in, Ast **ret) FALLIBLE;
Status feel_parse_unary_tests(const ParseInput *in, Ast **ret) FALLIBLE;

/* Line and column (1-based, characters) of a byte of the source, and its line for the caret. */
Pos feel_source_pos(const FeelSource *src, uint32_t offset);

/* Decorates the tree; in check.c. */
typedef struct CheckInput {
        Arena *arena;
        FeelSource src;
        const FeelScope *scope;
        const FeelType *input;          /* unary tests: type of `?`; NULL: there is none */
        const FeelType *expected;       /* of the result; NULL none */
        bool lenient;
        CompileBudget *budget;
        Diag *diag;
} CheckInput;
Status feel_check(const CheckInput *in, Ast *root, AstFrame **ret_frame) FALLIBLE;

#endif
