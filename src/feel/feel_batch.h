/* feel_batch.h -- one program over many rows: typed columns in chunks.
 *
 * A column holds one type for n rows as a plain array, with masks for null and
 * UNKNOWN rows.  Numbers are int64 scaled by the column's scale (12.50 at scale
 * 2 is 1250) or Dec.  The batch executor works column by column while the
 * numbers are exact in 64 bits, in decimal128 where not, and hands what it does
 * not cover to the scalar executor row by row: the answers are the same on every
 * row, down to the last digit.
 *
 *     FeelColumn in[2] = { feel_column_scaled(revenue, 2, nulls, NULL), … }, out = { .kind = FEEL_COL_VALUE };
 *     TRY(feel_batch_new(program, in, 2, diag, &batch));
 *     TRY(feel_batch_eval(batch, x, in, 2, n, &out));
 *
 * The arrays of inputs are the caller's; those of the output are made in the
 * exec's arena.
 */
#ifndef KC_FEEL_FEEL_BATCH_H
#define KC_FEEL_FEEL_BATCH_H

#include "feel/feel.h"

typedef enum FeelColumnKind {
        FEEL_COL_SCALED,        /* int64 with a scale */
        FEEL_COL_DEC,           /* Dec */
        FEEL_COL_BOOL,          /* uint8_t 0, 1 */
        FEEL_COL_STR,           /* Str */
        FEEL_COL_DATE,          /* int32_t days since 1970-01-01 */
        FEEL_COL_VALUE          /* FeelValue: anything */
} FeelColumnKind;

typedef struct FeelColumn {
        FeelColumnKind kind;
        int scale;                      /* FEEL_COL_SCALED: digits after the point, 0..18 */
        union {
                const int64_t *scaled;
                const Dec *dec;
                const uint8_t *boolean;
                const Str *str;
                const int32_t *days;
                const FeelValue *value;
                const void *any;
        };
        const uint8_t *null;            /* 1: null; NULL: none is.  Not used by FEEL_COL_VALUE */
        const uint8_t *unknown;         /* 1: UNKNOWN; NULL: none is */
        Str unknown_name;               /* what an UNKNOWN row of an input column names as missing */
} FeelColumn;

typedef struct FeelBatch FeelBatch;
/* Plans the program for columns of these kinds and scales; always succeeds for a good program
 * (what has no plan runs row by row). */
Status feel_batch_new(const FeelProgram *p, const FeelColumn *inputs, size_t n_inputs, FeelBatch **ret) FALLIBLE;
void feel_batch_free(FeelBatch *b);
DEFINE_CLEANUP(FeelBatch *, feel_batch_free)
/* True when the whole program runs on columns. */
bool feel_batch_is_columnar(const FeelBatch *b);
Status feel_batch_eval(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs, size_t rows,
                       FeelColumn *ret) FALLIBLE;
/* Row i of a column as a value (UNKNOWN rows name unknown_name, made in the arena). */
Status feel_column_get(Arena *a, const FeelColumn *c, size_t row, FeelValue *ret) FALLIBLE;

#endif
