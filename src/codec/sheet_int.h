/* sheet_int.h -- the CSV and JSON sides of the table reader; private to codec. */
#ifndef KC_CODEC_SHEET_INT_H
#define KC_CODEC_SHEET_INT_H

#include "codec/sheet.h"

typedef struct CsvBook CsvBook;
/* fd is taken over (also on failure); -1: bytes. */
Status csv_book_open(int fd, Str bytes, const char *name, const SheetLimits *limits, Diag *diag,
                     CsvBook **ret) FALLIBLE;
void csv_book_free(CsvBook *b);
SheetFormat csv_book_format(const CsvBook *b);
const char *csv_book_encoding(const CsvBook *b);

typedef struct CsvRows CsvRows;
Status csv_rows_open(CsvBook *b, CsvRows **ret) FALLIBLE;
Status csv_rows_next(CsvRows *r, Diag *diag, const SheetRow **ret) FALLIBLE;
void csv_rows_progress(const CsvRows *r, uint64_t *ret_done, uint64_t *ret_all);
void csv_rows_free(CsvRows *r);

typedef struct JsonBook JsonBook;
/* "[ {" or "[ ]": a list of objects, and no CSV. */
bool json_book_is(Str head);
Status json_book_open(Str bytes, const char *name, const SheetLimits *limits, Diag *diag, JsonBook **ret) FALLIBLE;
void json_book_free(JsonBook *b);
typedef struct JsonRows JsonRows;
Status json_rows_open(JsonBook *b, JsonRows **ret) FALLIBLE;
Status json_rows_next(JsonRows *r, Diag *diag, const SheetRow **ret) FALLIBLE;
void json_rows_progress(const JsonRows *r, uint64_t *ret_done, uint64_t *ret_all);
void json_rows_free(JsonRows *r);

#endif
