/* cmd_dmn_batch.c -- a decision for every row of a CSV file.
 *
 * The header names inputs of the decision (other columns are carried along, a missing one is
 * null in every row); each cell is read with the type the model declares.  A cell that is no value
 * of its type is an error with its line and column, and nothing is written.  An empty cell is
 * null.  The result's columns come after the input's.  --explain-plan reads no rows: it tells which
 * decisions are computed in columns and which row by row. */
#include "app/cmd_dmn.h"
#include "app/commands.h"
#include "codec/csv.h"
#include "codec/encoding.h"
#include "dmn/dmn_batch.h"
#include "feel/feel_json.h"

enum { CSV_MAX_MIB = 2048, BATCH_ROWS = 65536, BATCH_CELLS = 4 << 20 };

typedef struct Job {
        App *app;
        const char *input;
        const DmnDecision *decision;
        DmnBatch *batch;
        FeelExec *exec;
        const DmnInput *inputs;
        size_t input_count;
        const DmnOutput *outputs;
        size_t output_count;
        CsvReader *reader;
        CsvWriter writer;
        Buf out;
        size_t columns;         /* of the file */
        size_t *column_of;      /* of an input; SIZE_MAX: not in the file */
        Arena *rows_arena;
        FeelValue **values;     /* of an input, one a row */
        Str *cells;             /* of the rows, as they were */
        size_t rows, max_rows, done;
} Job;

static Status read_header(Job *j)
{
        CsvRow row;
        TRY(csv_next(j->reader, &j->app->diag, &row));
        if (!row.cells)
                return diag_fail(&j->app->diag, ST_INVALID, POS_FILE(j->input), "文件是空的", "the file is empty");
        j->columns = row.count;
        j->max_rows = BATCH_CELLS / row.count < BATCH_ROWS ? BATCH_CELLS / row.count : BATCH_ROWS;
        j->column_of = arena_array_of(j->app->arena, size_t, j->input_count);
        j->values = arena_array_of(j->app->arena, FeelValue *, j->input_count);
        if (!j->column_of || !j->values)
                return ST_NOMEM;
        for (size_t i = 0; i < j->input_count; i++) {
                j->column_of[i] = SIZE_MAX;
                j->values[i] = arena_array_of(j->app->arena, FeelValue, j->max_rows);
                if (!j->values[i])
                        return ST_NOMEM;
                for (size_t c = 0; c < row.count; c++)
                        if (str_eq(str_trim(row.cells[c]), j->inputs[i].name))
                                j->column_of[i] = c;
                if (j->column_of[i] == SIZE_MAX)
                        diag_warning(&j->app->diag, POS_LINE(j->input, (int)row.line, 0), "没有列“%.*s”，按 null 计算",
                                     "there is no column \"%.*s\": null in every row", STR_FMT(j->inputs[i].name));
        }
        for (size_t c = 0; c < row.count; c++)
                csv_write(&j->writer, row.cells[c]);
        for (size_t k = 0; k < j->output_count; k++) {
                Str name = dmn_decision_name(j->decision);
                char *s = j->outputs[k].name.len ? arena_printf(j->app->arena, "%.*s.%.*s", STR_FMT(name),
                                                                STR_FMT(j->outputs[k].name))
                                                 : arena_strndup(j->app->arena, name.ptr, name.len);
                if (!s)
                        return ST_NOMEM;
                csv_write(&j->writer, str_c(s));
        }
        csv_end_row(&j->writer);
        return buf_status(&j->out);
}

static Status read_row(Job *j, const CsvRow *row)
{
        if (row->count > j->columns)
                return diag_fail(&j->app->diag, ST_INVALID, POS_LINE(j->input, (int)row->line, 0),
                                 "这一行有 %zu 格，表头只有 %zu 列", "this row has %zu cells, the header %zu",
                                 row->count, j->columns);
        Str *cells = &j->cells[j->rows * j->columns];
        for (size_t c = 0; c < j->columns; c++) {
                cells[c] = arena_str(j->rows_arena, c < row->count ? row->cells[c] : STR(""));
                if (!cells[c].ptr)
                        return ST_NOMEM;
        }
        for (size_t i = 0; i < j->input_count; i++) {
                FeelValue *v = &j->values[i][j->rows];
                size_t c = j->column_of[i];
                *v = feel_null();
                if (c == SIZE_MAX || cells[c].len == 0)
                        continue;
                bool ok;
                TRY(feel_from_text(j->rows_arena, cells[c], j->inputs[i].type, &ok, v));
                if (ok)
                        continue;
                _cleanup_buf_ Buf type = BUF_INIT(1 << 12);
                feel_type_to_text(j->inputs[i].type, &type);
                return diag_fail(&j->app->diag, ST_INVALID, POS_LINE(j->input, (int)row->line, 0),
                                 "第 %zu 列“%.*s”：“%.*s”不是 %s", "column %zu \"%.*s\": \"%.*s\" is no %s", c + 1,
                                 STR_FMT(j->inputs[i].name), STR_FMT(cells[c]), buf_cstr(&type));
        }
        j->rows++;
        return ST_OK;
}

static Status write_value(Job *j, const FeelColumn *c, size_t row)
{
        FeelValue v;
        TRY(feel_column_get(feel_exec_arena(j->exec), c, row, &v));
        if (feel_is(&v, FEEL_NULL)) {
                csv_write(&j->writer, STR(""));
                return ST_OK;
        }
        _cleanup_buf_ Buf text = BUF_INIT(16 << 20);
        feel_to_string(&v, &text);
        TRY(buf_status(&text));
        csv_write(&j->writer, buf_str(&text));
        return ST_OK;
}

static Status flush_rows(Job *j)
{
        FeelColumn *in = arena_array_of(j->rows_arena, FeelColumn, j->input_count);
        FeelColumn *out = arena_array_of(j->rows_arena, FeelColumn, j->output_count);
        if (!in || !out)
                return ST_NOMEM;
        for (size_t i = 0; i < j->input_count; i++)
                in[i] = (FeelColumn){ .kind = FEEL_COL_VALUE, .value = j->values[i] };
        feel_exec_reset(j->exec);
        TRY(dmn_batch_eval(j->batch, j->exec, in, j->rows, out));
        for (size_t r = 0; r < j->rows; r++) {
                for (size_t c = 0; c < j->columns; c++)
                        csv_write(&j->writer, j->cells[r * j->columns + c]);
                for (size_t k = 0; k < j->output_count; k++)
                        TRY(write_value(j, &out[k], r));
                csv_end_row(&j->writer);
        }
        j->done += j->rows;
        j->rows = 0;
        arena_reset(j->rows_arena);
        j->cells = arena_array_of(j->rows_arena, Str, j->max_rows * j->columns);
        return j->cells ? buf_status(&j->out) : ST_NOMEM;
}

static Status all_rows(Job *j)
{
        TRY(read_header(j));
        j->cells = arena_array_of(j->rows_arena, Str, j->max_rows * j->columns);
        if (!j->cells)
                return ST_NOMEM;
        for (;;) {
                CsvRow row;
                TRY(csv_next(j->reader, &j->app->diag, &row));
                if (!row.cells)
                        break;
                if (row.blank)
                        continue;
                TRY(read_row(j, &row));
                if (j->rows == j->max_rows)
                        TRY(flush_rows(j));
        }
        return flush_rows(j);
}

static void release(Job *j)
{
        csv_reader_free(j->reader);
        dmn_batch_free(j->batch);
        feel_exec_free(j->exec);
        arena_free(j->rows_arena);
        buf_release(&j->out);
}

static Status run(Job *j, const DmnModel *m, Str bytes, const char *output)
{
        _cleanup_buf_ Buf text = BUF_INIT((size_t)CSV_MAX_MIB << 21);
        TRY(encoding_to_utf8(bytes, ENC_AUTO, j->input, &j->app->diag, &text, NULL));
        MemSource source = { .left = buf_str(&text) };
        FeelLimits limits = FEEL_LIMITS_DEFAULT;
        limits.max_ns = (uint64_t)3600 * 1000000000u;
        limits.max_bytes = (size_t)4 << 30;
        j->inputs = dmn_decision_inputs(j->decision, &j->input_count);
        j->outputs = dmn_decision_outputs(j->decision, &j->output_count);
        j->exec = feel_exec_new(&limits, NULL);
        j->rows_arena = arena_new((size_t)8 << 30);
        if (!j->inputs || !j->outputs || !j->exec || !j->rows_arena)
                return ST_NOMEM;
        TRY(csv_reader_new(mem_source(&source), j->input, NULL, &j->reader));
        TRY(dmn_batch_new(m, j->decision, &j->batch));
        TRY(all_rows(j));
        TRY(buf_status(&j->out));
        if (!output || strcmp(output, "-") == 0) {
                buf_put_str(&j->app->out, buf_str(&j->out));
                return buf_status(&j->app->out);
        }
        TRY(app_write_file(j->app, output, buf_str(&j->out)));
        diag_note(&j->app->diag, POS_FILE(output), "共 %zu 行", "%zu rows", j->done);
        return ST_OK;
}

static Status explain_plan(App *app, const DmnModel *m, const DmnDecision *d)
{
        _cleanup_dmn_batch_ DmnBatch *b = NULL;
        TRY(dmn_batch_new(m, d, &b));
        return dmn_batch_explain(b, app->lang, &app->out);
}

Status cmd_dmn_batch(App *app, Args *args)
{
        const char *path, *name = NULL, *input = NULL, *output = NULL;
        bool plan = false;
        TRY(args_flag(args, "--explain-plan", &plan));
        TRY(args_option(args, "--decision", &name));
        TRY(args_option(args, "--input", &input));
        TRY(args_option(args, "-o", &output));
        TRY(args_positional(args, "MODEL", &path));
        TRY(args_done(args));
        if (plan && (input || output))
                return app_usage(app, "--explain-plan 只说明计算方式，不读也不写文件",
                                 "--explain-plan reads and writes no rows");
        if (!input && !plan)
                return app_usage(app, "用 --input 说明要读的 CSV 文件", "--input says which CSV file to read");
        _cleanup_dmn_model_ DmnModel *m = NULL;
        Job j = { .app = app, .input = input, .out = BUF_INIT((size_t)CSV_MAX_MIB << 21) };
        j.writer = csv_writer(&j.out, ',');
        TRY(cmd_dmn_load(app, path, false, &m));
        TRY(cmd_dmn_decision(app, m, name, &j.decision));
        if (plan) {
                Status st = explain_plan(app, m, j.decision);
                release(&j);
                return st;
        }
        Str bytes;
        TRY(app_read_file(app, input, (size_t)CSV_MAX_MIB << 20, &bytes));
        Status st = run(&j, m, bytes, output);
        release(&j);
        return st;
}
