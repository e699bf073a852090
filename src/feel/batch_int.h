/* batch_int.h -- the batch executor from inside.
 *
 * plan (batch_plan.c)     the checked tree becomes a graph of nodes; equal parts are one node
 * run  (batch.c)          columns are cut into chunks; a chunk is the root frame
 * frame (batch_frame.c)   rows of a chunk and the vectors computed for them; a branch of an `if`
 *                         gets a frame of its rows only, into which vectors are gathered when used
 * kernels                 batch_number.c (arithmetic, rounding), batch_compare.c, batch_logic.c,
 *                         batch_choose.c (if), batch_box.c (value by value through the scalar operators)
 *
 * Vectors.  A Vec is one value a row of its frame.  Which representation it has
 * is known only when it was computed (a chunk with an overflow goes on in Dec), so
 * kernels look at the representations of their operands.  Masks: causes[i] != 0
 * makes row i UNKNOWN (bit k: names[k] is missing) and goes before null[i]; what
 * the data array holds in such rows is never looked at, but it is initialised.
 *
 * Exactness.  The scalar executor works in decimal128, where + - * of operands of
 * up to 19 digits are exact; so are these in int64 as long as nothing overflows,
 * and the same number results.  A quotient is rounded to 34 digits there.  Here it
 * stays a pair of integers (REP_RATIO) while it is only compared, rounded to a few
 * digits or shifted by powers of ten, which gives what the rounded quotient would
 * give: n/d and a decimal c of which d * c has less than 33 digits cannot be
 * closer to one another, without being equal, than half a unit in the 34th digit.
 * The kernels check that bound and go to decimal128 where it does not hold.
 */
#ifndef KC_FEEL_BATCH_INT_H
#define KC_FEEL_BATCH_INT_H

#include "feel/ast.h"
#include "feel/feel_batch.h"
#include "feel/value_int.h"

/* A kernel: a loop over whole arrays, made once for plain x86-64 and once for AVX2, of which the loader
 * chooses.  Not under a sanitizer, whose set-up comes after the loader's choice. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define BATCH_KERNEL __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define BATCH_KERNEL
#endif

enum { BATCH_CHUNK = 1024, BATCH_CAUSES_MAX = 64, BATCH_SCALE_MAX = 18 };

typedef enum VecRep {
        REP_NULL,       /* null on every row (or UNKNOWN) */
        REP_I64,        /* i64 * 10^-scale */
        REP_RATIO,      /* i64 / den * 10^-scale, den > 0; not rounded yet; scale of any sign */
        REP_DEC,
        REP_BOOL,
        REP_STR,
        REP_DATE,
        REP_VALUE
} VecRep;

/* Strings as three words each: two strings of up to 16 bytes are equal when these are; longer ones may be. */
typedef struct StrKeys {
        uint64_t *head, *tail, *len;
} StrKeys;

typedef struct Vec {
        VecRep rep;
        bool constant;          /* the same on every row */
        int scale;
        uint64_t max;           /* REP_I64, REP_RATIO: no |i64[i]| is larger; 0: not known yet */
        uint64_t max_den;
        union {
                int64_t *i64;
                Dec *dec;
                uint8_t *boolean;
                Str *str;
                int32_t *days;
                FeelValue *value;
                void *data;
        };
        int64_t *den;
        uint8_t *null;          /* NULL: no row is */
        uint64_t *causes;       /* NULL: no row is UNKNOWN */
        Dec *as_dec;            /* the numbers as Dec, once somebody needed them */
        StrKeys *keys;          /* of REP_STR, the same */
} Vec;

typedef enum NodeOp {
        NODE_CONST, /* value */
        NODE_SLOT,  /* index */
        NODE_INPUT, /* the column that is tested */
        NODE_ARITH, /* op; a b */
        NODE_NEG,
        NODE_COMPARE, /* op; a b */
        NODE_AND,     /* any number of operands */
        NODE_OR,
        NODE_NOT,    /* with a site: the function not() */
        NODE_PASSED, /* a = true */
        NODE_CHOOSE, /* if a then b else if c then d … else z: an odd number of operands */
        NODE_IN,     /* a in b */
        NODE_ROUND,  /* mode; a to `index` digits */
        NODE_ABS,
        NODE_MODULO,  /* a b */
        NODE_EXTREME, /* op OPR_LT: least, OPR_GT: greatest of the operands */
        NODE_SUM,     /* of the operands */
        NODE_TRUTH,   /* b where it is boolean, null or UNKNOWN, else a in b */
        NODE_CALL,    /* a built-in function through its site */
        NODE_LIST,
        NODE_CONTEXT, /* shape */
        NODE_RANGE,   /* flags in op */
        NODE_UNARY,   /* the range `op a` */
        NODE_PATH,    /* a . text */
        NODE_ROWS,    /* a part with loops, filters or functions: its program for each row; operands are its slots */
        NODE_INSTANCE /* a instance of type */
} NodeOp;

/* A part that has no columnar form. */
typedef struct RowPart {
        const FeelProgram *program;
        const Ast *tree;
        const uint32_t *slots;          /* of the operands */
        FeelValue *values;              /* of all slots, of the row at hand */
} RowPart;

typedef struct Node {
        NodeOp op;
        uint8_t opr;            /* AstOp, flags, DecRound */
        bool constant;          /* depends on no column */
        bool dear;              /* works value by value: not worth doing for rows that do not need it */
        int32_t index;          /* slot; digits */
        uint32_t n;             /* operands */
        const uint32_t *args;   /* nodes; always smaller than this one's number */
        FeelValue value;
        const FeelSite *site;
        const FeelShape *shape;
        const FeelType *type;
        const RowPart *part;
        Str text;
        const FeelValue *test;  /* NODE_IN: the constant range, or list of plain items and ranges; NULL: no such */
        Vec **items;            /* vectors of its ends and items, two each; filled when first used */
        uint64_t hash;
} Node;

/* Rows of a chunk. */
typedef struct Frame Frame;
struct Frame {
        Frame *parent;
        const uint16_t *rows;   /* of the parent's rows; NULL for the root */
        size_t n;
        Vec **vecs;             /* by node; NULL: not computed in this frame */
};

/* Memory of one chunk's vectors, used again for the next. */
typedef struct Scratch {
        char **blocks;
        size_t count, cap;      /* blocks */
        size_t block, used;     /* in use */
} Scratch;

struct FeelBatch {
        const FeelProgram *program;
        Arena *arena;           /* of the plan */
        bool columnar;
        Node *nodes;
        uint32_t node_count;
        uint32_t root;
        const Str *part_names;          /* of a batch of entries: their names, and a root each */
        uint32_t *part_roots;
        size_t part_root_count;
        RowPart **parts;        /* those that go row by row */
        size_t part_count, part_cap;
        Vec **constants;        /* by node; made when first used */
        Arena *constant_memory; /* what their values point to */
        Scratch constant_scratch;
        Scratch scratch;

        /* of the run */
        FeelExec *x;
        const FeelColumn *inputs;
        size_t n_inputs;
        const FeelColumn *input;        /* of unary tests */
        const uint32_t *pick;
        size_t base;                    /* the chunk's first row */
        Str names[BATCH_CAUSES_MAX];    /* of the bits of causes */
        uint32_t name_count;
        bool too_many_names;            /* the run goes on row by row */
        uint64_t last_causes;           /* an UNKNOWN made before */
        FeelValue last_unknown;
};

/* batch_plan.c: ST_UNSUPPORTED: the program has no plan. */
Status batch_plan(FeelBatch *b) FALLIBLE;
/* batch_part.c: may the part be a program of its own (*ret_ok), and which slots does it use? */
Status batch_part_new(FeelBatch *b, const Ast *tree, bool *ret_ok, RowPart **ret, uint32_t *ret_slots) FALLIBLE;

/* --- results (batch_out.c) --- */

/* A column that grows chunk by chunk.  Its kind becomes wider when a chunk needs it. */
typedef struct BatchOut {
        FeelBatch *b;
        size_t rows;            /* in all */
        FeelColumn column;      /* arrays for all rows, in the exec's arena */
        bool started;
        bool blank;             /* nothing but null and UNKNOWN so far: the kind is not settled */
        bool pinned;            /* something stays in the arena since the last call: no rewind */
        char *own_data, *own_null, *own_unknown;
        uint64_t *own_causes;
} BatchOut;

/* Rows at.. of the result are the vector's n rows. */
Status batch_out_vec(BatchOut *o, size_t at, Vec *v, size_t n) FALLIBLE;
Status batch_out_value(BatchOut *o, size_t at, const FeelValue *v) FALLIBLE;
Status batch_out_done(BatchOut *o, FeelColumn *ret) FALLIBLE;

/* --- memory and vectors (batch_frame.c) --- */
Status batch_alloc(FeelBatch *b, size_t bytes, void *ret_ptr) FALLIBLE;
/* A vector with a data array for the frame's rows (none for REP_NULL); masks empty. */
Status vec_new(FeelBatch *b, const Frame *f, VecRep rep, Vec **ret) FALLIBLE;
size_t vec_item_size(VecRep rep);
Status vec_add_null(FeelBatch *b, const Frame *f, Vec *v) FALLIBLE;      /* a zeroed null mask, if there is none */
Status vec_add_causes(FeelBatch *b, const Frame *f, Vec *v) FALLIBLE;
/* null and causes of an operation that is null when an operand is: the unions. */
Status vec_join_masks(FeelBatch *b, const Frame *f, Vec *v, const Vec *p, const Vec *q) FALLIBLE;
/* Is row i neither null nor UNKNOWN? */
static inline bool vec_has(const Vec *v, size_t i)
{
        return v->rep != REP_NULL && !(v->null && v->null[i]) && !(v->causes && v->causes[i]);
}
static inline bool vec_unknown(const Vec *v, size_t i) { return v->causes && v->causes[i]; }
static inline bool vec_is_number(const Vec *v) { return v->rep >= REP_I64 && v->rep <= REP_DEC; }
/* The node's vector in the frame, computed or gathered. */
Status frame_vec(FeelBatch *b, Frame *f, uint32_t node, Vec **ret) FALLIBLE;
/* One value on every row of any frame, made once: *slot is filled unless it is already. */
Status batch_constant(FeelBatch *b, const FeelValue *v, Vec **slot) FALLIBLE;
/* A frame of some rows of f. */
Status frame_child(FeelBatch *b, Frame *f, const uint16_t *rows, size_t n, Frame **ret) FALLIBLE;

/* --- numbers (batch_number.c) --- */
uint64_t vec_max(Vec *v, size_t n);
/* Row i of a REP_RATIO vector, carried out. */
Dec vec_ratio(const Vec *v, size_t i);
/* The numbers as Dec, rows without a value zero. */
Status vec_dec(FeelBatch *b, const Frame *f, Vec *v, const Dec **ret) FALLIBLE;
/* The REP_I64 vector at a larger scale, or *ret NULL where that does not fit. */
Status vec_rescale(FeelBatch *b, const Frame *f, Vec *v, int scale, Vec **ret) FALLIBLE;
extern const int64_t batch_pow10[19];
Status number_arith(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, Vec **ret) FALLIBLE;
Status number_neg(FeelBatch *b, const Frame *f, Vec *p, bool only_negative, Vec **ret) FALLIBLE;
Status number_round(FeelBatch *b, const Frame *f, Vec *p, int digits, DecRound mode, Vec **ret) FALLIBLE;
Status number_modulo(FeelBatch *b, const Frame *f, Vec *p, Vec *q, Vec **ret) FALLIBLE;
Status number_extreme(FeelBatch *b, const Frame *f, bool greatest, Vec *p, Vec *q, Vec **ret) FALLIBLE;

/* --- comparing (batch_compare.c) --- */
/* Both of one representation, or both numbers, or one REP_NULL. */
bool compare_has_kernel(unsigned op, const Vec *p, const Vec *q);
Status compare_vecs(FeelBatch *b, const Frame *f, unsigned op, Vec *p, Vec *q, Vec **ret) FALLIBLE;

/* --- logic and choice (batch_logic.c) --- */
Status logic_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret) FALLIBLE;
Status logic_not(FeelBatch *b, Frame *f, Vec *p, Vec **ret) FALLIBLE;
Status logic_passed(FeelBatch *b, Frame *f, Vec *p, Vec **ret) FALLIBLE;
Status in_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret) FALLIBLE;

/* A boolean column, whatever it came as: what is neither boolean nor UNKNOWN counts as null. */
typedef struct Truth {
        const uint8_t *value;           /* 0, 1; anything where null or UNKNOWN */
        const uint8_t *null;            /* may be NULL */
        const uint64_t *causes;         /* may be NULL */
} Truth;
Status truth_of(FeelBatch *b, const Frame *f, const Vec *v, Truth *ret) FALLIBLE;

/* --- rows that go different ways (batch_choose.c) --- */
Status choose_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret) FALLIBLE;

/* --- value by value (batch_box.c), row by row (batch_part.c) --- */
/* Values that hold no pointer: what was made on the way to them can go. */
static inline bool batch_stands_alone(const FeelValue *v)
{
        return v->kind != FEEL_UNKNOWN && v->kind != FEEL_STRING && v->kind < FEEL_LIST;
}
/* Row i as a value of the scalar executor. */
Status vec_get(FeelBatch *b, const Vec *v, size_t i, FeelValue *ret) FALLIBLE;
/* One value on every row. */
Status vec_of_constant(FeelBatch *b, const Frame *f, const FeelValue *v, Vec **ret) FALLIBLE;
/* A vector of what the values are: typed when they are all of one kind. */
Status vec_unbox(FeelBatch *b, const Frame *f, const FeelValue *values, Vec **ret) FALLIBLE;
/* The bits of what an UNKNOWN value names. */
uint64_t batch_causes(FeelBatch *b, const FeelValue *unknown);
uint64_t batch_cause(FeelBatch *b, Str name);
/* A part's program on each row. */
Status rows_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret) FALLIBLE;
/* The operation on each row through the scalar operators. */
Status box_node(FeelBatch *b, Frame *f, const Node *node, Vec **ret) FALLIBLE;
Status box_in(FeelBatch *b, const Frame *f, Vec *p, Vec *q, Vec **ret) FALLIBLE;

#endif
