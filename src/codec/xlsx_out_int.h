/* xlsx_out_int.h -- the .xlsx half of the table writer; private to codec. */
#ifndef KC_CODEC_XLSX_OUT_INT_H
#define KC_CODEC_XLSX_OUT_INT_H

#include "base/arena.h"
#include "codec/sheet_writer.h"

typedef struct XlsxOut XlsxOut;

/* path: where the file goes when closed; dir: for working files. */
Status xlsx_out_new(const char *path, const char *dir, XlsxOut **ret) FALLIBLE;
Status xlsx_out_sheet(XlsxOut *o, Str name, const SheetColumn *cols, size_t count, Diag *diag) FALLIBLE;
Status xlsx_out_row(XlsxOut *o, const SheetOut *cells, size_t count, Diag *diag) FALLIBLE;
Status xlsx_out_notes(XlsxOut *o, Str name, const Str *lines, size_t count, Diag *diag) FALLIBLE;
/* Writes the file; ST_IO when anything could not be written.  After it only free. */
Status xlsx_out_close(XlsxOut *o) FALLIBLE;
/* What a reader must find: cells that are not empty, all sheets. */
uint64_t xlsx_out_cells(const XlsxOut *o);
void xlsx_out_free(XlsxOut *o);

#endif
