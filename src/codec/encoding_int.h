/* encoding_int.h -- private to encoding*.c. */
#ifndef KC_CODEC_ENCODING_INT_H
#define KC_CODEC_ENCODING_INT_H

#include "codec/encoding.h"

/* UTF-16 without a mark that has no line end, comma or digit in so many bytes is not looked for. */
enum { ENCODING_WIDE_SEEN_BY = 64 << 10 };

/* The verdict so far; part: more bytes follow, so that a character cut off at the end is no error. */
Status encoding_judge(EncodingScan *s, bool part, const char *file, Diag *d, TextEncoding *ret) FALLIBLE;

/* A scan of what begins at that offset of the file. */
EncodingScan *encoding_scan_new_at(uint64_t origin) __attribute__((warn_unused_result));

#endif
