/* batch_int.h -- private to the files batch*.c: columns of a chunk of rows. */
#ifndef KC_DMN_BATCH_INT_H
#define KC_DMN_BATCH_INT_H

#include "dmn/dmn_batch.h"
#include "dmn/dmn_int.h"

/* UNKNOWN rows of a chunk's columns name what they miss by bits of DmnBatch.names; rows with more are odd. */
enum { DMN_CHUNK = 2048, DMN_CAUSES_MAX = 63 };
#define DMN_CAUSE_LOST ((uint64_t)1 << 63)

/* A program over columns; its batch is made when it first runs. */
typedef struct DmnColumnProgram {
        const FeelProgram *program;
        FeelBatch *batch;
} DmnColumnProgram;

typedef enum DmnNodeKind {
        NODE_INPUT,
        NODE_LITERAL,
        NODE_TABLE,
        NODE_ROWS                       /* has no columnar form: this decision alone is evaluated row by row */
} DmnNodeKind;

typedef struct DmnTablePlan DmnTablePlan;

typedef struct DmnNode {
        DmnNodeKind kind;
        const DmnElement *e;
        size_t input;                   /* NODE_INPUT: which */
        size_t *from;                   /* env slot to node, SIZE_MAX: none */
        FeelColumn *frame;              /* env.len columns of the chunk */
        DmnColumnProgram literal;
        DmnTablePlan *table;
        const char *why_zh, *why_en;    /* NODE_ROWS */
        FeelColumn column;              /* of this chunk (a table with several outputs: the first) */
        uint8_t *codes; /* NODE_INPUT of an enumerated string: the number of the row's value among coded_by's */
        const DmnType *coded_by;        /* NULL: not in this chunk */
        FeelColumn *columns;            /* of a table: one an output */
        size_t column_count;
        /* What others need of it (batch_want.c). */
        bool whole;                     /* all of its value */
        bool partial;                   /* not: only the entries wanted, and its column has no others */
        Str *wanted;
        size_t wanted_count, wanted_cap;
        const FeelShape *shape;         /* of the wanted entries of a literal */
        bool *skip;                     /* of a table: by output, those nobody wants */
        bool rows;                      /* this chunk's column was made row by row */
} DmnNode;

struct DmnBatch {
        const DmnModel *m;
        const DmnDecision *d;
        Arena *arena;
        const DmnInput *inputs;
        size_t input_count;
        const DmnOutput *outputs;
        size_t output_count;
        DmnNode *nodes;
        size_t node_count, node_cap;
        bool columnar;                  /* something of it is computed in columns */
        size_t scalar_rows;
        bool *wanted;                   /* by output */
        bool wants_known;
        Arena *name_memory;
        Str names[DMN_CAUSES_MAX + 1];  /* of the bits of causes */
        size_t name_count;
        const FeelColumn **put;         /* by output: the column of this chunk; NULL: not wanted */
        /* of the chunk at hand */
        FeelExec *x;
        size_t n;
        uint8_t odd[DMN_CHUNK];         /* rows to be evaluated one by one */
        bool all_odd;                   /* the column at hand cannot be made as one */
};

enum { DMN_MAX_WORDS = 200, DMN_NO_WORD = 255 };

/* Strings by number: which of the words is it? */
typedef struct DmnWords {
        Str *values;
        struct DmnKey *keys;
        size_t len;
} DmnWords;

/* A string in two words: of up to 16 bytes the words and the length tell all. */
typedef struct DmnKey {
        uint64_t a, b;
        size_t len;
} DmnKey;

static inline DmnKey dmn_key(Str s)
{
        DmnKey k = { 0, 0, s.len };
        const char *p = s.ptr;
        if (s.len >= 8) {
                memcpy(&k.a, p, 8);
                memcpy(&k.b, p + s.len - 8, 8);
        } else if (s.len >= 4) {
                uint32_t low, high;
                memcpy(&low, p, 4);
                memcpy(&high, p + s.len - 4, 4);
                k.a = low;
                k.b = high;
        } else if (s.len) {
                k.a = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[s.len / 2] << 8 |
                      (unsigned char)p[s.len - 1];
        }
        return k;
}

static inline bool dmn_key_is(const DmnKey *k, const DmnKey *of, Str s, Str value)
{
        return k->len == of->len && k->a == of->a && k->b == of->b &&
               (k->len <= 16 || memcmp(s.ptr, value.ptr, k->len) == 0);
}

/* Runs a program over the frame: all rows of the chunk, or (pick not NULL) those picked. */
Status dmn_column_eval(DmnBatch *b, DmnColumnProgram *p, const FeelColumn *frame, size_t n_frame, const uint32_t *pick,
                       size_t n_pick, FeelColumn *ret) FALLIBLE;
void dmn_column_program_free(DmnColumnProgram *p);
/* Does the column hold values of the type as they are?  Rows that do not become odd.  codes, when the
 * type is an enumeration of strings: NULL, or gets each row's value's number, and true is returned. */
bool dmn_column_conform(DmnBatch *b, const DmnType *type, const FeelColumn *c, uint8_t *codes);
bool dmn_column_fits(FeelTypeKind type, FeelColumnKind kind);
static inline bool dmn_is_missing(const FeelColumn *c, size_t i)
{
        return (c->null && c->null[i]) || (c->unknown && c->unknown[i]);
}

/* The causes of UNKNOWN rows as bits of b->names, with the mask of those rows; no masks where no row is.  pick: the
 * chunk's rows of the column's; NULL: the same. */
Status dmn_column_causes(DmnBatch *b, FeelColumn *c, const uint32_t *pick, size_t n) FALLIBLE;
Status dmn_cause_bits(DmnBatch *b, const FeelValue *unknown, uint64_t *ret) FALLIBLE;
/* A column of nothing but null and UNKNOWN becomes one of the type's kind. */
Status dmn_column_blank(DmnBatch *b, const DmnType *type, FeelColumn *c) FALLIBLE;

/* batch_want.c: which entries of each decision's contexts others use, down from the outputs that are wanted. */
Status dmn_batch_wants(DmnBatch *b) FALLIBLE;

/* batch_rows.c: the decision of a NODE_ROWS for the chunk's rows that are not odd, at.. of the inputs. */
Status dmn_rows_column(DmnBatch *b, DmnNode *n, const FeelColumn *inputs, size_t at) FALLIBLE;
/* The values of the column taken as the type, as the scalar evaluation does; codes as for dmn_column_conform.
 * partial: entries of the type that are not in the column are known to conform. */
Status dmn_column_take(DmnBatch *b, const DmnType *type, FeelColumn *c, bool partial, uint8_t *codes,
                       bool *ret_coded) FALLIBLE;
/* A column of values as a typed one, when they are all of one simple kind. */
Status dmn_column_typed(DmnBatch *b, FeelColumn *c) FALLIBLE;

/* *ret NULL: the table has no plan. */
Status dmn_table_plan(const DmnTable *t, DmnTablePlan **ret) FALLIBLE;
/* The programs of the table that run over columns, one after the other; NULL: no more.  Those of outputs with skip are
 * left out. */
DmnColumnProgram *dmn_table_program(DmnTablePlan *p, const bool *skip, size_t i);
size_t dmn_table_program_count(const DmnTablePlan *p);
void dmn_table_plan_free(DmnTablePlan *p);
Status dmn_table_columns(DmnBatch *b, DmnNode *node) FALLIBLE;
/* What the table answers, as one column: of contexts when it has several outputs. */
Status dmn_table_column(DmnBatch *b, const DmnNode *node, FeelColumn *ret) FALLIBLE;

#endif
