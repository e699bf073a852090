/* batch_int.h -- private to batch.c and batch_table.c: columns of a chunk of rows. */
#ifndef KC_DMN_BATCH_INT_H
#define KC_DMN_BATCH_INT_H

#include "dmn/dmn_batch.h"
#include "dmn/dmn_int.h"

enum { DMN_CHUNK = 2048 };

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
        uint8_t *codes;                 /* NODE_INPUT of an enumerated string: the number of the row's value among coded_by's */
        const DmnType *coded_by;        /* NULL: not in this chunk */
        FeelColumn *columns;            /* of a table: one an output */
        size_t column_count;
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
        const FeelColumn **put;         /* by output: the column of this chunk */
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
        return k->len == of->len && k->a == of->a && k->b == of->b && (k->len <= 16 || memcmp(s.ptr, value.ptr, k->len) == 0);
}

/* Runs a program over the frame: all rows of the chunk, or (pick not NULL) those picked. */
Status dmn_column_eval(DmnBatch *b, DmnColumnProgram *p, const FeelColumn *frame, size_t n_frame, const uint32_t *pick,
                       size_t n_pick, FeelColumn *ret) FALLIBLE;
void dmn_column_program_free(DmnColumnProgram *p);
/* Does the column hold values of the type as they are?  Rows that do not become odd.  codes, when the
 * type is an enumeration of strings: NULL, or gets each row's value's number, and true is returned. */
bool dmn_column_conform(DmnBatch *b, const DmnType *type, const FeelColumn *c, uint8_t *codes);
bool dmn_column_fits(FeelTypeKind type, FeelColumnKind kind);
/* Rows where the column is UNKNOWN become odd. */
void dmn_column_unknown(DmnBatch *b, const FeelColumn *c);

/* batch_rows.c: the decision of a NODE_ROWS for the chunk's rows that are not odd, at.. of the inputs. */
Status dmn_rows_column(DmnBatch *b, DmnNode *n, const FeelColumn *inputs, size_t at) FALLIBLE;
/* The values of the column taken as the type, as the scalar evaluation does; codes as for dmn_column_conform. */
Status dmn_column_take(DmnBatch *b, const DmnType *type, FeelColumn *c, uint8_t *codes, bool *ret_coded) FALLIBLE;
/* A column of values as a typed one, when they are all of one simple kind; UNKNOWN rows become odd. */
Status dmn_column_typed(DmnBatch *b, FeelColumn *c) FALLIBLE;

/* *ret NULL: the table has no plan. */
Status dmn_table_plan(const DmnTable *t, DmnTablePlan **ret) FALLIBLE;
void dmn_table_plan_free(DmnTablePlan *p);
Status dmn_table_columns(DmnBatch *b, DmnNode *node) FALLIBLE;
/* What the table answers, as one column: of contexts when it has several outputs. */
Status dmn_table_column(DmnBatch *b, const DmnNode *node, FeelColumn *ret) FALLIBLE;

#endif
