/* sheet.h -- one way to read the tables people send: .xlsx, .csv, .tsv, .json.
 *
 * What a file is, is seen from its bytes and not from its name.  Refused with
 * what to do about it: .xls, .et and password-protected workbooks (OLE files),
 * .ods, .xlsb, HTML or XML saved as .xls, PDF, Word; workbooks with macros
 * (vbaProject.bin, macro sheets), links to other workbooks, embedded OLE
 * objects, ActiveX or an attached template; any DOCTYPE; any text encoding of a
 * part but UTF-8 and UTF-16.  Nothing outside the file is ever opened.
 *
 *     SheetBook *book;
 *     TRY(sheet_book_open(path, &SHEET_LIMITS_DEFAULT, diag, &book));
 *     SheetReader *r;
 *     TRY(sheet_open(book, 0, diag, &r));
 *     for (const SheetRow *row;;) {
 *             TRY(sheet_next(r, diag, &row));
 *             if (!row)
 *                     break;
 *             for (size_t i = 0; i < row->count; i++)
 *                     use(row->number, row->cells[i].col, row->cells[i].text);
 *     }
 *     sheet_free(r);
 *     sheet_book_free(book);
 *
 * Rows come one at a time and only when they hold something: a row of formatted
 * blanks costs its scanning and no memory, missing rows are never padded, and
 * each row says its own number.  The sheet's <dimension> is ignored.  Memory is
 * the shared strings (each once, packed) plus one row.
 *
 * Numbers.  A cell's number is the double that the file's text denotes; `text`
 * is the shortest decimal that denotes the same double, in plain notation
 * ("0.3" for 0.29999999999999999, "510322199001010000" for
 * 5.1032219900101E+17); `raw` is the file's own text.  No arithmetic is done on
 * it.  Flags say what an importer has to mistrust: SHEET_OVER_15 when there are
 * more than 15 digits before the point (a spreadsheet keeps 15: the code of a
 * person or a company stored as a number has lost its end), SHEET_NOISE when a
 * fraction has more than 15 significant digits (0.30000000000000004, the trace
 * of a binary sum: round to the field's scale and say so), SHEET_EXPONENT when a
 * spreadsheet shows it as 5.10322E+17.
 *
 * Dates.  A number under a date format becomes a date, date-time or time by the
 * workbook's own epoch (1900 or 1904).  29 February 1900 (serial 60), negative
 * serials and days after 9999-12-31 are SHEET_BAD with their reason, never
 * shifted.  Elapsed formats ([h]:mm) stay numbers (days).
 *
 * Formulas give their cached result with SHEET_FORMULA.  Without a cache, or
 * with a zero cache in a workbook that says it was never calculated, the kind
 * is SHEET_UNCALCULATED and text is empty: never a silent zero.  Error values
 * are SHEET_ERROR with "#REF!" and the like as text.
 *
 * Merged ranges: each declared block shows its top-left value in all its cells
 * (SHEET_MERGED), in rows that hold something of their own; blocks wider than
 * max_merge_width are left alone with a warning.
 *
 * CSV and TSV: one sheet, every cell SHEET_TEXT; encoding and separator are
 * detected (encoding.h, csv.h); row numbers count records.
 *
 * JSON: a list of objects; one sheet, whose header (row 1) is all keys in the
 * order they first appear.  Numbers keep their digits; a list stays JSON text.
 */
#ifndef KC_CODEC_SHEET_H
#define KC_CODEC_SHEET_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/status.h"
#include "base/str.h"
#include "codec/zip.h"

#define SHEET_MAX_ROW 1048576
#define SHEET_MAX_COL 16384

typedef struct SheetLimits {
        uint64_t max_file_bytes;
        ZipLimits zip;
        uint32_t max_sheets;
        uint32_t max_cell_bytes;        /* of one cell's text */
        uint64_t max_string_bytes;      /* all shared strings */
        uint64_t max_row_bytes;         /* all text of one row */
        uint32_t max_merges;            /* merged ranges of a sheet */
        uint32_t max_merge_width;       /* columns a merged range may fill */
        uint64_t max_merge_fill;        /* cells that all of them may fill */
} SheetLimits;

extern const SheetLimits SHEET_LIMITS_DEFAULT;

typedef enum SheetFormat { SHEET_XLSX, SHEET_CSV, SHEET_TSV, SHEET_JSON } SheetFormat;
/* "xlsx", "csv", "tsv", "json" */
const char *sheet_format_name(SheetFormat f);

/* kind, word (in JSON and messages) */
#define SHEET_KIND_LIST(X)                                                                 \
        X(SHEET_EMPTY, "empty")               /* only inside a merged block of an empty cell; otherwise left out */ \
        X(SHEET_TEXT, "text")                                                              \
        X(SHEET_NUMBER, "number")             /* text: plain decimal, exact */             \
        X(SHEET_BOOL, "boolean")              /* text: true, false */                      \
        X(SHEET_DATE, "date")                 /* text: 2023-06-30 */                       \
        X(SHEET_DATETIME, "datetime")         /* text: 2023-06-30T08:15:00[.123] */        \
        X(SHEET_TIME, "time")                 /* text: 08:15:00[.123] */                   \
        X(SHEET_ERROR, "error")               /* text: #REF!, #N/A ... */                  \
        X(SHEET_UNCALCULATED, "uncalculated") /* a formula without a result; text empty */ \
        X(SHEET_BAD, "bad")                   /* cannot be what the file says it is: see problem; text is raw */

typedef enum SheetKind {
#define SHEET_KIND_ENUM(kind, word) kind,
        SHEET_KIND_LIST(SHEET_KIND_ENUM)
#undef SHEET_KIND_ENUM
} SheetKind;
const char *sheet_kind_name(SheetKind k);

/* Why a cell is SHEET_BAD. */
#define SHEET_PROBLEM_LIST(X)                                                                              \
        X(SHEET_FINE, "", "")                                                                              \
        X(SHEET_LEAP_1900, "1900年没有2月29日（序列号60）", "there is no 29 February 1900 (serial 60)")     \
        X(SHEET_DATE_RANGE, "日期格式的数值不是一个日期", "a number under a date format that is no date")   \
        X(SHEET_NUMBER_SYNTAX, "单元格声明为数值，内容却不是数", "declared a number, and is none")           \
        X(SHEET_STRING_INDEX, "共享字符串编号不存在", "there is no shared string of that number")           \
        X(SHEET_BOOL_SYNTAX, "单元格声明为逻辑值，内容却不是", "declared a boolean, and is none")            \
        X(SHEET_DATE_SYNTAX, "单元格声明为日期，内容却不是", "declared a date, and is none")

typedef enum SheetProblem {
#define SHEET_PROBLEM_ENUM(code, zh, en) code,
        SHEET_PROBLEM_LIST(SHEET_PROBLEM_ENUM)
#undef SHEET_PROBLEM_ENUM
} SheetProblem;
const char *sheet_problem_text(SheetProblem p, Lang lang);

enum {
        SHEET_FORMULA = 1,      /* the value is a formula's cached result (or should be) */
        SHEET_MERGED = 2,       /* filled from the top-left cell of a merged block */
        SHEET_OVER_15 = 4,      /* a number with more than 15 digits before the point */
        SHEET_NOISE = 8,        /* a fraction with more than 15 significant digits */
        SHEET_EXPONENT = 16,    /* a spreadsheet shows it with an exponent; or a CSV text that looks like that */
        SHEET_RESTATED = 32,    /* text is not the same decimal as raw: raw had more digits than the double */
        SHEET_STALE = 64,       /* cached by a program that asked for recalculation: may be out of date */
};

typedef struct SheetCell {
        uint32_t col;           /* 1 is A */
        SheetKind kind;
        SheetProblem problem;
        unsigned flags;
        Str text;               /* UTF-8, whole and unchanged for SHEET_TEXT */
        Str raw;                /* as in the file, references resolved */
        Str format;             /* number format code, "General", "0.00", "yyyy\-mm\-dd"; empty for CSV */
} SheetCell;

typedef struct SheetRow {
        uint32_t number;        /* 1-based, as in the file */
        bool hidden;
        const SheetCell *cells; /* by column, only those that hold something */
        size_t count;
} SheetRow;

typedef enum SheetState { SHEET_VISIBLE, SHEET_HIDDEN, SHEET_VERY_HIDDEN } SheetState;
/* "visible", "hidden", "veryHidden" */
const char *sheet_state_name(SheetState s);

typedef struct SheetInfo {
        Str name;
        SheetState state;
} SheetInfo;

typedef struct SheetBook SheetBook;
typedef struct SheetReader SheetReader;

/* ST_IO, ST_NOMEM, ST_LIMIT, ST_INVALID, ST_UNSUPPORTED; diag has the reason and what to do. */
Status sheet_book_open(const char *path, const SheetLimits *limits, Diag *diag, SheetBook **ret) FALLIBLE;
/* bytes stay the caller's and must outlive the book; name is for messages. */
Status sheet_book_open_bytes(Str bytes, const char *name, const SheetLimits *limits, Diag *diag,
                             SheetBook **ret) FALLIBLE;
void sheet_book_free(SheetBook *b);
DEFINE_CLEANUP(SheetBook *, sheet_book_free)

SheetFormat sheet_book_format(const SheetBook *b);
/* Encoding of a CSV as found ("UTF-8", "GB18030" ...); "UTF-8" for a workbook. */
const char *sheet_book_encoding(const SheetBook *b);
bool sheet_book_is_1904(const SheetBook *b);
/* Worksheets in the workbook's order (chart sheets are left out); a CSV has one, named "". */
size_t sheet_book_count(const SheetBook *b);
SheetInfo sheet_book_info(const SheetBook *b, size_t index);
/* By name; ASCII letters without case.  ST_NOT_FOUND says in diag which there are. */
Status sheet_book_find(const SheetBook *b, Str name, Diag *diag, size_t *ret) FALLIBLE;

/* From the first row; several readers of one book may not be open at once (ST_USAGE). */
Status sheet_open(SheetBook *b, size_t index, Diag *diag, SheetReader **ret) FALLIBLE;
/* The next row that holds something, or NULL at the end.  The row and its texts
 * are valid until the next call.  After an error the reader only can be freed. */
Status sheet_next(SheetReader *r, Diag *diag, const SheetRow **ret) FALLIBLE;
void sheet_free(SheetReader *r);
DEFINE_CLEANUP(SheetReader *, sheet_free)
bool sheet_col_hidden(const SheetReader *r, uint32_t col);
/* Bytes of the sheet consumed and to come (inflated), for progress. */
void sheet_progress(const SheetReader *r, uint64_t *ret_done, uint64_t *ret_all);

/* "B12"; returns the length. */
size_t sheet_ref(uint32_t row, uint32_t col, char out[16]);
size_t sheet_col_name(uint32_t col, char out[8]);
/* "B12" (any case) to row and column; false on anything else. */
bool sheet_ref_parse(Str s, uint32_t *ret_row, uint32_t *ret_col);

#endif
