/* encoding.h -- text files as people have them, to UTF-8, or refused with a reason.
 *
 * Known: UTF-8 with and without byte-order mark, UTF-16 little and big endian
 * with and without mark, GBK and GB18030 (with its four-byte forms).  Text is
 * detected from all its bytes or refused with the offset of the byte that fits
 * nowhere and why: NUL bytes, a truncated sequence, bytes that are neither
 * UTF-8 nor GB18030, a file that mixes both.  U+FFFD is never made: it may only
 * come through when the input itself spells it -- and then it is refused too,
 * because it is the trace of an earlier wrong conversion.
 *
 * Two ways.  A whole buffer:
 *
 *     TextEncoding e;
 *     TRY(encoding_to_utf8(bytes, ENC_AUTO, "企业.csv", diag, &out, &e));
 *
 * or a stream, in two passes over the file (detect from all of it, then decode
 * chunk by chunk) or in one (ENC_AUTO: decided from the first 256 KiB after the
 * first byte beyond ASCII; what contradicts it later is an error at its offset):
 *
 *     EncodingScan *s = encoding_scan_new();  … encoding_scan_add(s, chunk) …
 *     TRY(encoding_scan_end(s, name, diag, &e));
 *     TextSource *t;
 *     TRY(text_source_new(raw, e, name, &t));
 *     CsvReader *r = csv_reader_new(text_source_bytes(t), …);
 */
#ifndef KC_CODEC_ENCODING_H
#define KC_CODEC_ENCODING_H

#include "codec/source.h"

#define ENCODING_LIST(X) \
        X(ENC_AUTO,     "auto")                 \
        X(ENC_UTF8,     "UTF-8")                \
        X(ENC_UTF8_BOM, "UTF-8 BOM")            \
        X(ENC_UTF16LE,  "UTF-16LE")             \
        X(ENC_UTF16BE,  "UTF-16BE")             \
        X(ENC_GBK,      "GBK")                  \
        X(ENC_GB18030,  "GB18030")

typedef enum TextEncoding {
#define ENCODING_ENUM(code, name) code,
        ENCODING_LIST(ENCODING_ENUM)
#undef ENCODING_ENUM
        ENC_COUNT_
} TextEncoding;

const char *encoding_name(TextEncoding e);
/* By name, without regard to case, "-" and "_": "gb2312" and "cp936" are GBK. */
Status encoding_by_name(Str name, TextEncoding *ret) FALLIBLE;

/* From all bytes.  Pure ASCII is UTF-8.  ST_INVALID with offset and reason. */
Status encoding_detect(Str bytes, const char *file, Diag *d, TextEncoding *ret) FALLIBLE;

/* Appends UTF-8 without byte-order mark to out.  e may be ENC_AUTO; ret_used (may be NULL)
 * tells what it was.  ST_INVALID, ST_LIMIT (out->max), ST_NOMEM. */
Status encoding_to_utf8(Str bytes, TextEncoding e, const char *file, Diag *d, Buf *out,
                        TextEncoding *ret_used) FALLIBLE;

/* Detection in pieces of any size; constant memory. */
typedef struct EncodingScan EncodingScan;
EncodingScan *encoding_scan_new(void) __attribute__((warn_unused_result));
void encoding_scan_add(EncodingScan *s, Str chunk);
Status encoding_scan_end(EncodingScan *s, const char *file, Diag *d, TextEncoding *ret) FALLIBLE;
void encoding_scan_free(EncodingScan *s);
DEFINE_CLEANUP(EncodingScan *, encoding_scan_free)
/* Reads the source to its end. */
Status encoding_detect_source(ByteSource raw, const char *file, Diag *d, TextEncoding *ret) FALLIBLE;

/* A decoder between a source of raw bytes and a reader of UTF-8.  file is copied. */
typedef struct TextSource TextSource;
Status text_source_new(ByteSource raw, TextEncoding e, const char *file, TextSource **ret) FALLIBLE;
void text_source_free(TextSource *t);
DEFINE_CLEANUP(TextSource *, text_source_free)
#define _cleanup_text_source_ _cleanup_(text_source_freep)
ByteSource text_source_bytes(TextSource *t);
/* Known after the first read; before it, what was asked for. */
TextEncoding text_source_encoding(const TextSource *t);

#endif
