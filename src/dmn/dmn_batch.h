/* dmn_batch.h -- one decision over many rows: columns in, columns out.
 *
 *     DmnBatch *b;
 *     TRY(dmn_batch_new(model, decision, &b));
 *     FeelColumn out[1];
 *     TRY(dmn_batch_eval(b, exec, in, rows, out));    // in[i] is dmn_decision_inputs()[i]
 *     dmn_batch_free(b);
 *
 * What a decision needs is evaluated column by column: literal expressions by the
 * batch executor of feel_batch.h, decision tables (UNIQUE, FIRST, ANY, PRIORITY) by
 * comparing whole columns as 64-bit integers where a cell is values and intervals,
 * and by the batch executor where it is a formula.  Contexts of several outputs,
 * and those that an expression writes out, are a column an entry; of a decision's
 * entries only those are computed that others use or that are wanted (dmn_batch_want).
 * A decision that is made of more (a boxed context, an invocation, a table that
 * collects) is evaluated row by row, alone: those it uses and those that use it stay
 * in columns.
 *
 * UNKNOWN rows stay in columns, with a bit for each name of what they miss (63 names
 * at most), through expressions, cells and tables.  Rows that need more (two hits, a
 * maybe of other hit policies than UNIQUE and FIRST, a value outside its type) are
 * evaluated whole by dmn_eval_slots.  The answers are the same on every row;
 * dmn_batch_explain says which decision goes which way.
 *
 * outputs[k] belongs to dmn_decision_outputs()[k].  The arrays of the outputs live
 * in the exec's arena.  The kind of an output column is what its values need:
 * scaled integers while they are exact in 64 bits, else Dec; FEEL_COL_VALUE when
 * rows are of different kinds.  Masks tell which rows are null and which UNKNOWN.
 *
 * Messages of single rows are not recorded; ask dmn_eval with a trace for a row.
 */
#ifndef KC_DMN_DMN_BATCH_H
#define KC_DMN_DMN_BATCH_H

#include "dmn/dmn.h"
#include "feel/feel_batch.h"

typedef struct DmnBatch DmnBatch;
/* The model must outlive it.  One thread at a time. */
Status dmn_batch_new(const DmnModel *m, const DmnDecision *d, DmnBatch **ret) FALLIBLE;
void dmn_batch_free(DmnBatch *b);
DEFINE_CLEANUP(DmnBatch *, dmn_batch_free)
#define _cleanup_dmn_batch_ _cleanup_(dmn_batch_freep)
/* Only some of the outputs are wanted (by dmn_decision_outputs; before the first dmn_batch_eval): what the others alone
 * need is not computed, and their columns are null. */
void dmn_batch_want(DmnBatch *b, const bool *wanted);
Status dmn_batch_eval(DmnBatch *b, FeelExec *x, const FeelColumn *inputs, size_t rows, FeelColumn *outputs) FALLIBLE;
/* A line a decision: in columns, or row by row and why; below it the parts of its expression that go row by row. */
Status dmn_batch_explain(DmnBatch *b, Lang lang, Buf *out) FALLIBLE;
/* Rows of the last dmn_batch_eval whose answer was made one by one. */
size_t dmn_batch_scalar_rows(const DmnBatch *b);

#endif
