/* file.h -- files that are there whole or not at all. */
#ifndef KC_STORE_FILE_H
#define KC_STORE_FILE_H

#include "base/buf.h"
#include "base/diag.h"

/* Written to the side, synced, renamed into place. */
Status store_file_write(const char *path, Str data, Diag *d) FALLIBLE;
/* A name beside path that is not taken: path.tmp-PID-N. */
Status store_file_beside(const char *path, Buf *ret) FALLIBLE;
/* Syncs the file, renames it and syncs the folder.  replace false: ST_EXISTS when `to` is there. */
Status store_file_into_place(const char *from, const char *to, bool replace, Diag *d) FALLIBLE;

#endif
