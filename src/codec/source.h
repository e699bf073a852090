/* source.h -- where bytes come from: memory, a file descriptor, another decoder.
 *
 * A ByteSource is two words, passed by value; what ctx points to belongs to the
 * caller and must outlive the reader that was given the source.  Readers of this
 * room (csv, xml, encoding) pull from it in chunks, so that a file of any size
 * needs a bounded buffer, and sources can be stacked: a file under a text
 * decoder under a CSV reader.
 *
 *     FdSource file = { .fd = fd, .name = "企业.csv" };
 *     CsvReader *r = csv_reader_new(fd_source(&file), "企业.csv", NULL);
 */
#ifndef KC_CODEC_SOURCE_H
#define KC_CODEC_SOURCE_H

#include "base/diag.h"

typedef struct ByteSource {
        /* Puts up to cap bytes (cap > 0) into out; *ret_len 0 means the end, and stays
         * 0 when asked again.  Fewer than cap bytes is not the end. */
        Status (*read)(void *ctx, void *out, size_t cap, Diag *d, size_t *ret_len) FALLIBLE;
        void *ctx;
} ByteSource;

typedef struct MemSource {
        Str left;           /* moves on as it is read */
} MemSource;
ByteSource mem_source(MemSource *m);

typedef struct FdSource {
        int fd;             /* stays open; ST_IO with the system's words when reading fails */
        const char *name;   /* for messages */
        uint64_t read;      /* bytes so far */
        uint64_t max;       /* 0: no limit; past it ST_LIMIT */
} FdSource;
ByteSource fd_source(FdSource *f);

/* Reads until cap bytes or the end: *ret_len < cap means the end. */
Status source_read_full(ByteSource s, void *out, size_t cap, Diag *d, size_t *ret_len) FALLIBLE;
/* Everything, appended to out; ST_LIMIT when it exceeds out->max. */
Status source_read_all(ByteSource s, Buf *out, Diag *d) FALLIBLE;
/* A whole file; ST_NOT_FOUND, ST_IO, ST_LIMIT with a message that names it. */
Status file_read_all(const char *path, Buf *out, Diag *d) FALLIBLE;

#endif
