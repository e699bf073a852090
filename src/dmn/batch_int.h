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

typedef enum DmnNodeKind { NODE_INPUT, NODE_LITERAL, NODE_TABLE } DmnNodeKind;

typedef struct DmnTablePlan DmnTablePlan;

typedef struct DmnNode {
        DmnNodeKind kind;
        const DmnElement *e;
        size_t input;                   /* NODE_INPUT: which */
        size_t *from;                   /* env slot to node, SIZE_MAX: none */
        FeelColumn *frame;              /* env.len columns of the chunk */
        DmnColumnProgram literal;
        DmnTablePlan *table;
        FeelColumn column;              /* of this chunk (a table with several outputs: the first) */
        FeelColumn *columns;            /* of a table: one an output */
        size_t column_count;
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
        bool columnar;                  /* a plan for columns was made */
        size_t scalar_rows;
        /* of the chunk at hand */
        FeelExec *x;
        size_t n;
        uint8_t odd[DMN_CHUNK];         /* rows to be evaluated one by one */
        bool all_odd;
};

/* Runs a program over the frame: all rows of the chunk, or (pick not NULL) those picked. */
Status dmn_column_eval(DmnBatch *b, DmnColumnProgram *p, const FeelColumn *frame, size_t n_frame, const uint32_t *pick,
                       size_t n_pick, FeelColumn *ret) FALLIBLE;
void dmn_column_program_free(DmnColumnProgram *p);
/* Does the column hold values of the type as they are?  Rows that do not become odd. */
void dmn_column_conform(DmnBatch *b, const DmnType *type, const FeelColumn *c);
bool dmn_column_fits(FeelTypeKind type, FeelColumnKind kind);
/* Rows where the column is UNKNOWN become odd. */
void dmn_column_unknown(DmnBatch *b, const FeelColumn *c);

/* *ret NULL: the table has no plan. */
Status dmn_table_plan(const DmnTable *t, DmnTablePlan **ret) FALLIBLE;
void dmn_table_plan_free(DmnTablePlan *p);
Status dmn_table_columns(DmnBatch *b, DmnNode *node) FALLIBLE;

#endif
