/* zip.h -- ZIP archives: a reader that trusts no header, and a reproducible writer.
 *
 * The reader checks the whole directory before the first byte is inflated and
 * refuses the archive, with the reason, when
 *   - the directory is not exactly where its end record says, or the archive
 *     has several parts, or bytes follow the end record;
 *   - there are more entries than the limit;
 *   - two entries share bytes of the file, or one reaches into the directory;
 *   - a local header disagrees with the directory (name, method, flags, sizes,
 *     checksum), or a data descriptor does;
 *   - a name is absolute, holds "..", a backslash, a colon, a NUL or other
 *     control character, is not UTF-8, or occurs twice (ASCII letters compare
 *     without case, as in OPC);
 *   - an entry is encrypted, a link or a device, or packed by a method other than
 *     store and deflate.
 * Inflating counts real bytes and stops at the limits, whatever a header says:
 * bytes of one entry, bytes of all entries read so far, and the ratio of output
 * to input.  The checksum is compared at the end of each entry.
 *
 *     ZipReader *z;
 *     TRY(zip_reader_open(path, &ZIP_LIMITS_DEFAULT, diag, &z));
 *     const ZipEntry *e = zip_reader_find(z, STR("xl/workbook.xml"));
 *     Buf text = BUF_INIT(16 << 20);
 *     TRY(zip_read_all(z, e, diag, &text));
 *     zip_reader_free(z);
 *
 * Nothing is ever extracted to a file.  zlib does the inflating; the directory
 * is parsed here because the checks above need the offsets of local headers and
 * the raw fields of both places, which libzip keeps to itself, and because
 * limits have to stop an inflation that is under way.
 *
 * Not thread-safe: one reader and its streams belong to one thread.
 */
#ifndef KC_CODEC_ZIP_H
#define KC_CODEC_ZIP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/status.h"
#include "base/str.h"

typedef struct ZipLimits {
        uint64_t max_file_bytes;        /* of the archive */
        uint32_t max_entries;
        uint64_t max_entry_bytes;       /* one entry, inflated */
        uint64_t max_total_bytes;       /* all that a reader ever inflates */
        uint32_t max_ratio;             /* inflated : packed of one entry ... */
        uint64_t ratio_from_bytes;      /* ... enforced once this much came out */
} ZipLimits;

extern const ZipLimits ZIP_LIMITS_DEFAULT;  /* 512 MiB, 4096 entries, 2 GiB, 6 GiB, 200:1 from 1 MiB */

typedef struct ZipEntry {
        Str name;               /* UTF-8, '/' between folders; ends in '/' for a folder */
        uint64_t packed;        /* bytes in the file */
        uint64_t size;          /* bytes inflated, as the directory says */
        uint64_t data_offset;   /* of the packed bytes in the file */
        uint32_t crc;
        uint16_t method;        /* 0 stored, 8 deflated */
} ZipEntry;

typedef struct ZipReader ZipReader;
typedef struct ZipStream ZipStream;

/* ST_IO, ST_NOMEM, ST_LIMIT, ST_INVALID (not a ZIP, or broken), ST_UNSUPPORTED (encrypted, method). */
Status zip_reader_open(const char *path, const ZipLimits *limits, Diag *diag, ZipReader **ret) FALLIBLE;
/* bytes stay the caller's and must outlive the reader; name is for messages. */
Status zip_reader_open_bytes(Str bytes, const char *name, const ZipLimits *limits, Diag *diag,
                             ZipReader **ret) FALLIBLE;
void zip_reader_free(ZipReader *z);
DEFINE_CLEANUP(ZipReader *, zip_reader_free)

/* Entries in the order of the directory. */
size_t zip_reader_count(const ZipReader *z);
const ZipEntry *zip_reader_entry(const ZipReader *z, size_t index);
/* NULL: no such entry.  ASCII letters compare without case. */
const ZipEntry *zip_reader_find(const ZipReader *z, Str name);

/* A stream reads one entry from its beginning; several may be open at once. */
Status zip_stream_open(ZipReader *z, const ZipEntry *entry, Diag *diag, ZipStream **ret) FALLIBLE;
/* Up to cap bytes; *ret_len 0 means the end, and then size and checksum were right. */
Status zip_stream_read(ZipStream *s, void *data, size_t cap, Diag *diag, size_t *ret_len) FALLIBLE;
void zip_stream_free(ZipStream *s);
DEFINE_CLEANUP(ZipStream *, zip_stream_free)

/* The whole entry appended to out, whose own maximum holds too. */
Status zip_read_all(ZipReader *z, const ZipEntry *entry, Diag *diag, Buf *out) FALLIBLE;

/* Writing: entries one after the other into a buffer, deflated, all dated
 * 1980-01-01 00:00, no extra fields: the same calls give the same bytes.
 *
 *     ZipWriter *w;
 *     TRY(zip_writer_new(&out, &w));
 *     TRY(zip_writer_add(w, STR("mimetype"), data, ZIP_STORE));
 *     TRY(zip_writer_add(w, STR("word/document.xml"), xml, ZIP_DEFLATE));
 *     TRY(zip_writer_finish(w));      // the directory; then out holds the archive
 *     zip_writer_free(w);
 *
 * At most 65,534 entries and 4 GiB - 1 (ST_LIMIT); a name that the reader would
 * refuse is ST_INVALID. */
typedef enum ZipMethod { ZIP_STORE, ZIP_DEFLATE } ZipMethod;
typedef struct ZipWriter ZipWriter;

Status zip_writer_new(Buf *out, ZipWriter **ret) FALLIBLE;
Status zip_writer_add(ZipWriter *w, Str name, Str data, ZipMethod method) FALLIBLE;
/* The same in pieces: begin, put as often as needed, end. */
Status zip_writer_begin(ZipWriter *w, Str name, ZipMethod method) FALLIBLE;
Status zip_writer_put(ZipWriter *w, Str data) FALLIBLE;
Status zip_writer_end(ZipWriter *w) FALLIBLE;
Status zip_writer_finish(ZipWriter *w) FALLIBLE;
void zip_writer_free(ZipWriter *w);
DEFINE_CLEANUP(ZipWriter *, zip_writer_free)

#endif
