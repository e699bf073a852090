/* utf8.h -- strict UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF. */
#ifndef KC_BASE_UTF8_H
#define KC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define UTF8_BAD UINT32_MAX

/* Decodes one code point at *pos and moves *pos past it; UTF8_BAD (and one byte
 * further) on a malformed sequence.  Call only with *pos < s.len. */
uint32_t utf8_next(Str s, size_t *pos);
/* Writes 1 to 4 bytes, returns how many; 0 for surrogates and beyond U+10FFFF. */
size_t utf8_put(char out[4], uint32_t cp);
bool utf8_valid(Str s);
/* Offset of the first malformed byte, or s.len. */
size_t utf8_bad_at(Str s);
/* Code points; malformed bytes count as one each. */
size_t utf8_len(Str s);
/* Byte offset of code point number index (0-based); s.len when past the end. */
size_t utf8_offset(Str s, size_t index);
/* Columns on a terminal: East Asian wide characters are two. */
size_t utf8_width(Str s);

#endif
