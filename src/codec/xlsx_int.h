/* xlsx_int.h -- the workbook reader's parts; private to codec.
 *
 *   xlsx_book.c     the package: what is refused, relationships, the list of sheets
 *   xlsx_styles.c   number formats: which cells are dates
 *   xlsx_strings.c  shared strings, packed
 *   xlsx_merge.c    merged ranges of a sheet
 *   xlsx_sheet.c    rows and cells
 *   xlsx_value.c    what a cell's text means
 */
#ifndef KC_CODEC_XLSX_INT_H
#define KC_CODEC_XLSX_INT_H

#include "base/arena.h"
#include "codec/sheet.h"
#include "codec/xscan_int.h"

typedef enum FormatKind { FORMAT_NUMBER, FORMAT_GENERAL, FORMAT_DATE, FORMAT_TIME, FORMAT_DATETIME } FormatKind;

typedef struct CellFormat {
        Str code;
        FormatKind kind;
        bool exponent;          /* E+ or E- in the code */
} CellFormat;

/* From a number format code: "yyyy\-mm\-dd", "[$-804]aaaa", "0.00E+00" ... */
CellFormat xlsx_format_from_code(Str code);
/* By built-in id; NULL: there is none of that number. */
const CellFormat *xlsx_format_builtin(unsigned id);

typedef struct StringPool StringPool;
Status string_pool_new(uint64_t max_bytes, StringPool **ret) FALLIBLE;
Status string_pool_add(StringPool *p, Str s) FALLIBLE;
size_t string_pool_count(const StringPool *p);
Str string_pool_get(const StringPool *p, size_t index);
void string_pool_free(StringPool *p);

typedef struct XlsxSheet {
        SheetInfo info;
        const ZipEntry *entry;
        bool looked;            /* for merged ranges; */
        bool unmerged;          /* there are none */
} XlsxSheet;

/* Entry serial % DAYS_KEPT: the text of a day that was met. */
enum { DAYS_KEPT = 2048 };
typedef struct DayText {
        int64_t serial;         /* 0: none */
        char text[10];
} DayText;

typedef struct XlsxBook {
        Arena *arena;
        const char *name;       /* of the file, for messages */
        SheetLimits limits;
        ZipReader *zip;
        XlsxSheet *sheets;
        size_t sheet_count;
        CellFormat *formats;    /* by style index */
        size_t format_count;
        const ZipEntry *strings_entry;
        StringPool *strings;    /* read when the first sheet is opened */
        DayText *days;
        bool is_1904;
        bool stale;             /* the workbook asks for recalculation on opening */
} XlsxBook;

/* zip is taken over, also on failure. */
Status xlsx_open(ZipReader *zip, const char *name, const SheetLimits *limits, Diag *diag, XlsxBook **ret) FALLIBLE;
void xlsx_free(XlsxBook *b);
Status xlsx_read_styles(XlsxBook *b, const ZipEntry *entry, Diag *diag) FALLIBLE;
Status xlsx_read_strings(XlsxBook *b, Diag *diag) FALLIBLE;
/* After the START of an <is> or <si>: its text without phonetic runs, _xHHHH_ undone, in out (emptied first). */
Status xlsx_rich_text(XScan *x, size_t max, Diag *diag, Buf *scratch, Buf *out) FALLIBLE;
/* _x000D_ to the character; in place. */
void xlsx_unescape(Buf *text);

/* A merged block and, once its row was read, the cell it shows. */
typedef struct MergeRange {
        uint32_t row1, col1, row2, col2;
        const SheetCell *shown; /* NULL: top-left not read or empty */
} MergeRange;

typedef struct MergeList {
        MergeRange *ranges;     /* by row1, col1 */
        size_t count;
        size_t cap;
        size_t next;            /* the first whose row1 was not reached */
        MergeRange **active;
        size_t active_count;
        size_t active_cap;
        uint64_t filled;
} MergeList;

typedef struct CellList {
        SheetCell *data;
        size_t len;
        size_t cap;
} CellList;

Status xlsx_read_merges(XlsxBook *b, const XlsxSheet *sheet, Arena *arena, Diag *diag, MergeList *ret) FALLIBLE;
/* Fills the blocks that cover the row into its cells. */
Status xlsx_fill_merges(XlsxBook *b, const XlsxSheet *sheet, MergeList *m, Arena *keep, uint32_t row, CellList *cells,
                        Diag *diag) FALLIBLE;
void xlsx_merges_release(MergeList *m);

/* What the parts of a <c> amount to. */
typedef struct RawCell {
        uint32_t row, col;
        unsigned style;
        char type;              /* n number, s shared, i inline, t formula text, b boolean, e error, d ISO date */
        bool formula;
        bool has_value;         /* there was a <v> with something in it */
        bool has_v;             /* there was a <v> */
        bool has_inline;
        Str value;              /* of <v>, or the inline string */
} RawCell;
/* false in *ret_any: nothing there.  Texts go into the arena. */
Status xlsx_cell(XlsxBook *b, const RawCell *raw, Arena *arena, SheetCell *ret, bool *ret_any) FALLIBLE;

typedef struct XlsxRows XlsxRows;
Status xlsx_rows_open(XlsxBook *b, size_t sheet, Diag *diag, XlsxRows **ret) FALLIBLE;
Status xlsx_rows_next(XlsxRows *r, Diag *diag, const SheetRow **ret) FALLIBLE;
bool xlsx_rows_col_hidden(const XlsxRows *r, uint32_t col);
void xlsx_rows_progress(const XlsxRows *r, uint64_t *ret_done, uint64_t *ret_all);
void xlsx_rows_free(XlsxRows *r);

#endif
