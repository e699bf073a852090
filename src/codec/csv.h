/* csv.h -- comma-, semicolon- and tab-separated values, read as a stream; and written.
 *
 * RFC 4180 with the habits of spreadsheets: LF, CR LF or CR; a byte-order mark;
 * a first line `sep=;`; ragged rows as they are; line breaks and separators
 * inside quotes.  Refused with the line: NUL, a quote that is never closed (the
 * line where it was opened), text after a closing quote, fields and rows beyond
 * the limits.  In tab-separated text a quote that does not enclose its whole cell
 * is a character like others.  Input is UTF-8: put encoding.h in between for anything else.
 *
 *     CsvReader *r;
 *     TRY(csv_reader_new(source, "企业.csv", NULL, &r));
 *     for (;;) {
 *             CsvRow row;
 *             TRY(csv_next(r, diag, &row));
 *             if (!row.cells) break;                  // the end
 *             use(row.cells[0], row.line);            // valid until the next csv_next
 *     }
 *     csv_reader_free(r);
 *
 * Formula injection.  A spreadsheet runs a cell that begins with = + - @ (or
 * their full-width forms ＝＋－＠, or a tab, line end or NUL before them).  The
 * writer puts an apostrophe before such a text and quotes the cell, also before
 * a text that begins with apostrophes followed by one of these; a plain negative
 * number such as -12.5 is nothing to run and stays as it is.  The
 * reader takes exactly one such apostrophe off again, in quoted cells only, so
 * that what was exported comes back identical.
 */
#ifndef KC_CODEC_CSV_H
#define KC_CODEC_CSV_H

#include "codec/source.h"

typedef struct CsvOptions {
        char separator;             /* 0: `sep=` line, else by the first rows; ',' when nothing speaks */
        bool keep_guards;           /* leave guarding apostrophes in place */
        size_t max_field;           /* bytes; 0: 1 MiB */
        size_t max_row;             /* bytes; 0: 8 MiB */
        size_t max_cells;           /* in a row; 0: 16,384 (a workbook's columns) */
} CsvOptions;

typedef struct CsvRow {
        const Str *cells;           /* NULL at the end of the input */
        const bool *quoted;         /* beside cells: was written in quotes */
        size_t count;               /* at least 1 */
        bool blank;                 /* an empty line: one empty, unquoted cell */
        int64_t number;             /* 1-based count of rows, blank ones included */
        int64_t line;               /* 1-based line of the file where the row begins */
} CsvRow;

typedef struct CsvReader CsvReader;
/* file: for messages, copied; options NULL: the defaults. */
Status csv_reader_new(ByteSource source, const char *file, const CsvOptions *options, CsvReader **ret) FALLIBLE;
void csv_reader_free(CsvReader *r);
DEFINE_CLEANUP(CsvReader *, csv_reader_free)
#define _cleanup_csv_reader_ _cleanup_(csv_reader_freep)
/* After an error the reader gives the same status again. */
Status csv_next(CsvReader *r, Diag *d, CsvRow *ret) FALLIBLE;
/* Known after the first csv_next. */
char csv_separator(const CsvReader *r);

typedef struct CsvWriter {
        Buf *out;
        char separator;
        bool crlf;                  /* CR LF as RFC 4180 has it (the default); otherwise LF */
        size_t cells;               /* written in this row */
        bool only_empty;
} CsvWriter;

/* The caller checks buf_status(out) and flushes the buffer as it likes between rows. */
CsvWriter csv_writer(Buf *out, char separator);
/* U+FEFF first, so that spreadsheets take the file for UTF-8. */
void csv_write_bom(CsvWriter *w);
void csv_write(CsvWriter *w, Str cell);
void csv_end_row(CsvWriter *w);
/* What the writer would guard: for other writers of cells. */
bool csv_is_risky(Str cell);
/* One guarding apostrophe off, when there is one. */
Str csv_unguard(Str cell);

#endif
