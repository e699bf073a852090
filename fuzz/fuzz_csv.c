/* CSV: the same rows however the bytes arrive; what is read and written comes back. */
#include "codec/csv.h"
#include "fuzz/fuzz.h"
#include "tests/drip.h"

/* Rows with lengths, so that nothing can hide; and as CSV again. */
static Status rows(Str input, size_t step, const CsvOptions *options, Buf *out, CsvWriter *w)
{
        DripSource source = { input, step };
        _cleanup_diag_ Diag d = DIAG_INIT(LANG_ZH);
        _cleanup_csv_reader_ CsvReader *r = NULL;
        if (csv_reader_new(drip_source(&source), "fuzz", options, &r) != ST_OK)
                return ST_NOMEM;
        int64_t line = 0, number = 0;
        for (;;) {
                CsvRow row;
                Status st = csv_next(r, &d, &row);
                FUZZ_ASSERT((st == ST_OK) == (d.errors == 0));
                if (st != ST_OK) {
                        buf_printf(out, "%d:%d %s", d.msgs[0].pos.line, d.msgs[0].pos.col, d.msgs[0].text);
                        return st;
                }
                if (!row.cells)
                        return ST_OK;
                FUZZ_ASSERT(row.count >= 1 && row.line > line && row.number == ++number);
                line = row.line;
                for (size_t i = 0; i < row.count; i++) {
                        buf_printf(out, "%zu:", row.cells[i].len);
                        buf_put_str(out, row.cells[i]);
                        if (w)
                                csv_write(w, row.cells[i]);
                }
                buf_printf(out, "/%lld\n", (long long)(w ? 0 : row.line));
                if (w)
                        csv_end_row(w);
        }
}

void fuzz_one(Str input)
{
        uint8_t head[2];
        fuzz_take(&input, head, sizeof(head));
        static const char separators[] = { 0, ',', ';', '\t' };
        CsvOptions options = { .separator = separators[head[0] & 3],
                               .keep_guards = head[0] & 4,
                               .max_field = 2000,
                               .max_row = 5000,
                               .max_cells = 200 };
        _cleanup_buf_ Buf whole = BUF_INIT(16 << 20), pieces = BUF_INIT(16 << 20), once = BUF_INIT(16 << 20),
                          twice = BUF_INIT(16 << 20), text = BUF_INIT(16 << 20), more = BUF_INIT(16 << 20);
        Status st = rows(input, SIZE_MAX, &options, &whole, NULL);
        FUZZ_ASSERT(rows(input, (size_t)head[1] + 1, &options, &pieces, NULL) == st &&
                    str_eq(buf_str(&whole), buf_str(&pieces)));
        if (st != ST_OK)
                return;
        CsvWriter w = csv_writer(&text, ','), again = csv_writer(&more, ',');
        w.crlf = again.crlf = head[0] & 8;
        FUZZ_ASSERT(rows(input, SIZE_MAX, &options, &once, &w) == ST_OK);
        CsvOptions written = { .separator = ',' };
        /* A first cell that begins with a mark or `sep=` would be read as such. */
        if (str_starts(buf_str(&text), STR("\xEF\xBB\xBF")) || str_starts(buf_str(&text), STR("sep=")))
                return;
        FUZZ_ASSERT(rows(buf_str(&text), SIZE_MAX, &written, &twice, &again) == ST_OK);
        FUZZ_ASSERT(str_eq(buf_str(&once), buf_str(&twice)) && str_eq(buf_str(&text), buf_str(&more)));
}
