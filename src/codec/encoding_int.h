/* encoding_int.h -- private to encoding*.c. */
#ifndef KC_CODEC_ENCODING_INT_H
#define KC_CODEC_ENCODING_INT_H

#include "codec/encoding.h"

/* The verdict so far; part: more bytes follow, so that a character cut off at the end is no error. */
Status encoding_judge(EncodingScan *s, bool part, const char *file, Diag *d, TextEncoding *ret) FALLIBLE;

/* A scan of what begins at that offset of the file. */
EncodingScan *encoding_scan_new_at(uint64_t origin) __attribute__((warn_unused_result));

#endif
