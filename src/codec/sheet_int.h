/* sheet_int.h -- the CSV side of the table reader; private to codec. */
#ifndef KC_CODEC_SHEET_INT_H
#define KC_CODEC_SHEET_INT_H

#include "codec/sheet.h"

typedef struct CsvBook CsvBook;
/* fd is taken over (also on failure); -1: bytes. */
Status csv_book_open(int fd, Str bytes, const char *name, const SheetLimits *limits, Diag *diag, CsvBook **ret) FALLIBLE;
void csv_book_free(CsvBook *b);
SheetFormat csv_book_format(const CsvBook *b);
const char *csv_book_encoding(const CsvBook *b);

typedef struct CsvRows CsvRows;
Status csv_rows_open(CsvBook *b, CsvRows **ret) FALLIBLE;
Status csv_rows_next(CsvRows *r, Diag *diag, const SheetRow **ret) FALLIBLE;
void csv_rows_progress(const CsvRows *r, uint64_t *ret_done, uint64_t *ret_all);
void csv_rows_free(CsvRows *r);

#endif
