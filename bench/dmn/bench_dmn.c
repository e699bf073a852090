/* bench_dmn.c -- the R&D subsidy for every enterprise of a file: by dmn_eval_slots row by row, by
 * dmn_batch_eval over columns, and by a hand-written loop over 64-bit integers.
 *
 *     bench-dmn MODEL DATA.csv MODE ROUNDS OUT       MODE: scalar, batch, int64
 *
 * DATA: scale,revenue,rd in yuan with two decimals.  Prints one line: evaluations per second of CPU
 * (median of the rounds); OUT gets one amount in fen a line. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "codec/source.h"
#include "dmn/dmn_batch.h"

typedef struct Data {
        size_t n;
        Str *scale;
        int64_t *revenue, *rd;          /* fen */
        int64_t *amount;                /* fen */
        Arena *arena;
} Data;

static void die(const char *what)
{
        fprintf(stderr, "bench-dmn: %s\n", what);
        exit(3);
}

static int64_t fen(Str s)
{
        Dec d;
        int64_t v;
        if (dec_parse(s, &d) != ST_OK || !dec_to_scaled(d, 2, &v))
                die("not an amount");
        return v;
}

static void read_data(const char *path, Data *d)
{
        Buf b = BUF_INIT((size_t)1 << 30);
        if (file_read_all(path, &b, NULL) != ST_OK)
                die("cannot read the data");
        d->arena = arena_new((size_t)4 << 30);
        Str rest = buf_str(&b);
        size_t lines = 0;
        for (size_t i = 0; i < rest.len; i++)
                lines += rest.ptr[i] == '\n';
        d->scale = arena_array_of(d->arena, Str, lines);
        d->revenue = arena_array_of(d->arena, int64_t, lines);
        d->rd = arena_array_of(d->arena, int64_t, lines);
        d->amount = arena_array_of(d->arena, int64_t, lines);
        if (!d->scale || !d->revenue || !d->rd || !d->amount)
                die("out of memory");
        (void)str_cut(rest, '\n', &rest);       /* the header */
        while (rest.len) {
                Str line = str_cut(rest, '\n', &rest), fields;
                Str scale = str_cut(line, ',', &fields);
                Str revenue = str_cut(fields, ',', &fields);
                d->scale[d->n] = scale;
                d->revenue[d->n] = fen(revenue);
                d->rd[d->n] = fen(fields);
                d->n++;
        }
}

static double cpu(void)
{
        struct timespec t;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void by_scalar(const DmnModel *m, const DmnDecision *d, FeelExec *x, Data *data)
{
        for (size_t i = 0; i < data->n; i++) {
                ArenaMark mark = feel_exec_mark(x);
                FeelValue in[3], out;
                size_t n;
                const DmnInput *inputs = dmn_decision_inputs(d, &n);
                for (size_t k = 0; k < n && k < 3; k++)
                        in[k] = str_eq_c(inputs[k].name, "企业规模") ? feel_string(data->scale[i])
                                : feel_number(dec_from_scaled(str_eq_c(inputs[k].name, "营业收入") ? data->revenue[i]
                                                                                                : data->rd[i], 2));
                if (dmn_eval_slots(m, d, x, in, NULL, &out) != ST_OK || out.kind != FEEL_NUMBER ||
                    !dec_to_scaled(out.number, 2, &data->amount[i]))
                        die("an evaluation failed");
                feel_exec_rewind(x, mark);
        }
}

static void by_batch(DmnBatch *b, const DmnDecision *d, FeelExec *x, Data *data)
{
        FeelColumn in[3], out[1];
        size_t n;
        const DmnInput *inputs = dmn_decision_inputs(d, &n);
        for (size_t k = 0; k < n && k < 3; k++)
                in[k] = str_eq_c(inputs[k].name, "企业规模")
                        ? (FeelColumn){ .kind = FEEL_COL_STR, .str = data->scale }
                        : (FeelColumn){ .kind = FEEL_COL_SCALED, .scale = 2,
                                        .scaled = str_eq_c(inputs[k].name, "营业收入") ? data->revenue : data->rd };
        feel_exec_reset(x);
        if (dmn_batch_eval(b, x, in, data->n, out) != ST_OK)
                die("the batch failed");
        if (out[0].kind == FEEL_COL_SCALED && out[0].scale == 2 && !out[0].null) {
                memcpy(data->amount, out[0].scaled, data->n * sizeof(int64_t));
                return;
        }
        for (size_t i = 0; i < data->n; i++) {
                FeelValue v;
                if (feel_column_get(feel_exec_arena(x), &out[0], i, &v) != ST_OK || v.kind != FEEL_NUMBER ||
                    !dec_to_scaled(v.number, 2, &data->amount[i]))
                        die("an amount is not in fen");
        }
}

/* Exact: 2 % of fen is counted in ten-thousandths of a yuan, a tenth of that in hundred-thousandths. */
static void by_int64(Data *data)
{
        static const char above[] = "规上", small[] = "科技型中小";
        for (size_t i = 0; i < data->n; i++) {
                int64_t amount = 0, rd = data->rd[i];
                if (str_eq_c(data->scale[i], above)) {
                        int64_t excess = rd * 100 - data->revenue[i] * 2;
                        amount = excess <= 0 ? 0 : excess > 500000000000 ? 500000000 : (excess + 500) / 1000;
                } else if (str_eq_c(data->scale[i], small)) {
                        amount = rd > 333333333 ? 50000000 : (rd * 15 + 50) / 100;
                }
                data->amount[i] = amount;
        }
}

static int by_value(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;
        return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
        if (argc != 6)
                die("usage: bench-dmn MODEL DATA.csv scalar|batch|int64 ROUNDS OUT");
        Data data = { 0 };
        Diag diag = DIAG_INIT(LANG_EN);
        DmnModel *m;
        read_data(argv[2], &data);
        if (dmn_load_file(argv[1], NULL, &diag, &m) != ST_OK)
                die("the model does not load");
        const DmnDecision *d = dmn_find_decision(m, STR("补助金额"));
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_ns = 0;
        limits.max_bytes = (size_t)1 << 30;
        FeelExec *x = feel_exec_new(&limits, NULL);
        DmnBatch *b = NULL;
        if (!d || !x || dmn_batch_new(m, d, &b) != ST_OK)
                die("the decision cannot be prepared");
        int rounds = atoi(argv[4]);
        double *speed = calloc((size_t)rounds, sizeof(double));
        if (!speed || rounds < 1)
                die("no rounds");
        for (int r = 0; r < rounds; r++) {
                int repeat = argv[3][0] == 's' ? 1 : 20;
                double begin = cpu();
                for (int k = 0; k < repeat; k++) {
                        if (argv[3][0] == 's')
                                by_scalar(m, d, x, &data);
                        else if (argv[3][0] == 'b')
                                by_batch(b, d, x, &data);
                        else
                                by_int64(&data);
                }
                speed[r] = (double)data.n * repeat / (cpu() - begin);
        }
        qsort(speed, (size_t)rounds, sizeof(double), by_value);
        printf("%.0f %zu\n", speed[rounds / 2], argv[3][0] == 'b' ? dmn_batch_scalar_rows(b) : 0);
        FILE *out = fopen(argv[5], "w");
        for (size_t i = 0; out && i < data.n; i++)
                fprintf(out, "%lld\n", (long long)data.amount[i]);
        if (!out || fclose(out) != 0)
                die("cannot write the amounts");
        free(speed);
        dmn_batch_free(b);
        feel_exec_free(x);
        dmn_model_free(m);
        diag_release(&diag);
        arena_free(data.arena);
        return 0;
}
