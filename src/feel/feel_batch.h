/* feel_batch.h -- one program over many rows: typed columns in chunks.
 *
 * A column holds one type for n rows as a plain array, with masks for null and
 * UNKNOWN rows.  Numbers are int64 scaled by the column's scale (12.50 at scale
 * 2 is 1250) or Dec.  The batch executor works column by column, 1024 rows at a
 * time, with one dispatch for each operation: on 64-bit integers while the
 * numbers are exact in them, in decimal128 where not.  The answers are those of
 * feel_eval on every row, down to the last digit.
 *
 * On columns: constants and inputs; + - * / and comparisons; and, or, not; if;
 * in and between with values, ranges and lists; unary tests; abs, modulo, decimal,
 * floor, ceiling and the other roundings to a constant number of digits; min, max
 * and sum of several values; contexts whose entries are taken apart again.
 * Value by value in their place: the other built-in functions, **, dates and
 * durations, ranges and lists that are made, paths, instance of.
 * Row by row, the part alone: filters, for, some, every, calls of the host's and
 * of one's own functions.  feel_batch_explain says which parts these are.
 *
 *     FeelColumn in[2] = { { .kind = FEEL_COL_SCALED, .scale = 2, .scaled = revenue, .null = revenue_null }, … }, out;
 *     FeelBatch *batch;
 *     TRY(feel_batch_new(program, in, 2, &batch));
 *     TRY(feel_batch_eval(batch, x, in, 2, n, &out));
 *     for (size_t i = 0; i < n; i++)
 *             TRY(feel_column_get(feel_exec_arena(x), &out, i, &value));
 *     feel_batch_free(batch);
 *
 * The arrays of inputs are the caller's and are only read; those of the output are
 * made in the exec's arena and live until it is reset.  inputs[i] is for slot i of
 * the program's scope; a column whose array is NULL is null on every row.
 *
 * Warnings ("division by zero" …) are recorded only by the parts that run value by
 * value; the columnar parts answer null without a word.  Ask feel_eval for the
 * reason of a row.  A batch belongs to one thread at a time; the program must
 * outlive it.
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
        FEEL_COL_VALUE,         /* FeelValue: anything */
        FEEL_COL_CONTEXT        /* contexts of one shape: a column an entry */
} FeelColumnKind;

typedef struct FeelColumn FeelColumn;
struct FeelColumn {
        FeelColumnKind kind;
        int scale;                      /* FEEL_COL_SCALED: digits after the point, 0..18 */
        union {
                const int64_t *scaled;
                const Dec *dec;
                const uint8_t *boolean;
                const Str *str;
                const int32_t *days;
                const FeelValue *value;
                const struct FeelColumn *parts;
                const void *any;
        };
        const FeelShape *shape; /* FEEL_COL_CONTEXT: the keys of the parts; a part is null and UNKNOWN also where
                                           the context is, with the same causes */
        const uint8_t *null;            /* 1: null; NULL: none is.  Not used by FEEL_COL_VALUE */
        const uint8_t *unknown;         /* 1: UNKNOWN; NULL: none is.  Goes before null.  Not used by FEEL_COL_VALUE */
        Str unknown_name;               /* what an UNKNOWN row of an input column names as missing */
        /* What the UNKNOWN rows of a computed column name: bit i of causes[row] is cause_names[i].
         * NULL: unknown_name holds for all of them. */
        const uint64_t *causes;
        const Str *cause_names;
};

typedef struct FeelBatch FeelBatch;
/* Plans the program; always succeeds for a good program (what has no plan runs row by row).
 * inputs, of which only the kinds and scales are read, are columns as they will come: a hint;
 * NULL and 0 are fine, and other columns may come. */
Status feel_batch_new(const FeelProgram *p, const FeelColumn *inputs, size_t n_inputs, FeelBatch **ret) FALLIBLE;
void feel_batch_free(FeelBatch *b);
DEFINE_CLEANUP(FeelBatch *, feel_batch_free)
#define _cleanup_feel_batch_ _cleanup_(feel_batch_freep)
/* True when the whole program runs on columns. */
bool feel_batch_is_columnar(const FeelBatch *b);
/* False when nothing of it does. */
bool feel_batch_has_plan(const FeelBatch *b);
/* A line for each part that runs row by row: its place, why, and its text.  Nothing for a program on columns. */
void feel_batch_explain(const FeelBatch *b, Lang lang, Buf *out);
/* *ret is set whole: its kind and scale are what the results turned out to be. */
Status feel_batch_eval(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs, size_t rows,
                       FeelColumn *ret) FALLIBLE;
/* The same for some rows only: row i of the result is row pick[i] of the inputs. */
Status feel_batch_eval_rows(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs,
                            const uint32_t *pick, size_t n_pick, FeelColumn *ret) FALLIBLE;
/* Unary tests of the column `input` (its row is the row of inputs).  pick NULL: the first n_pick rows.
 * The result is a FEEL_COL_BOOL column without nulls: true, false or UNKNOWN. */
Status feel_batch_unary_tests(FeelBatch *b, FeelExec *x, const FeelColumn *input, const FeelColumn *inputs,
                              size_t n_inputs, const uint32_t *pick, size_t n_pick, FeelColumn *ret) FALLIBLE;
/* For a program that answers contexts (or null): a batch of the entries that are named, each as `(…).name` would be,
 * in the order of the names, which must live as long.  What only others need is not computed: not even planned.
 * feel_batch_eval_parts gives them; feel_batch_eval is not for such a batch. */
Status feel_batch_new_parts(const FeelProgram *p, const Str *names, size_t count, FeelBatch **ret) FALLIBLE;
/* What a batch needs of an input: all of it, or some entries of its contexts. */
typedef struct FeelSlotUse {
        bool whole;
        const Str *names;               /* in the batch's memory */
        size_t count;
} FeelSlotUse;
Status feel_batch_slot_use(FeelBatch *b, uint32_t slot, FeelSlotUse *ret) FALLIBLE;
/* A program that writes out a context, `{a: …, b: …}`: the keys; else NULL. */
const FeelShape *feel_batch_shape(const FeelBatch *b);
/* The entries of that context as columns of their own, by the shape (of a batch of entries: by its names): parts is the
 * caller's array.  *ret_ok false: too
 * many names of what is missing; feel_batch_eval gives the answers then. */
Status feel_batch_eval_parts(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs, size_t rows,
                             FeelColumn *parts, bool *ret_ok) FALLIBLE;
/* Results kept as pairs of integers: row i is num[i] / den[i] * 10^-scale, den > 0, or nothing where none[i].
 * A quotient is not carried out, so that an order of many rows costs no division in decimal128. */
typedef struct FeelRatios {
        int64_t *num, *den;             /* the caller's, for all rows */
        uint8_t *none;                  /* 1: null or UNKNOWN */
        int scale;                      /* of any sign */
        bool divided;                   /* some den is not 1 */
        bool any_none;
} FeelRatios;
/* *ret_ok false: the results are not such pairs (or not all of one scale); feel_batch_eval gives them then. */
Status feel_batch_eval_ratios(FeelBatch *b, FeelExec *x, const FeelColumn *inputs, size_t n_inputs, size_t rows,
                              FeelRatios *r, bool *ret_ok) FALLIBLE;
/* The number of such a pair: the quotient rounded to 34 digits, as feel_eval gives it. */
Dec feel_ratio(int64_t num, int64_t den, int scale);
/* Row i of a column as a value (what an UNKNOWN row names is made in the arena). */
Status feel_column_get(Arena *a, const FeelColumn *c, size_t row, FeelValue *ret) FALLIBLE;

#endif
