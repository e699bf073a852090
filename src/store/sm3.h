/* sm3.h -- SM3, the hash of GB/T 32905-2016 (ISO/IEC 10118-3), through libgcrypt.
 *
 *     uint8_t h[SM3_SIZE]; char hex[SM3_HEX];
 *     TRY(sm3_of(content, h));
 *     sm3_to_hex(h, hex);
 */
#ifndef KC_STORE_SM3_H
#define KC_STORE_SM3_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/status.h"
#include "base/str.h"

#define SM3_SIZE 32
#define SM3_HEX 65          /* 64 lower-case digits and a NUL */

Status sm3_of(Str data, uint8_t ret[SM3_SIZE]) FALLIBLE;
Status sm3_hex_of(Str data, char ret[SM3_HEX]) FALLIBLE;

/* In pieces: sm3_new, sm3_add …, sm3_end (which starts it afresh). */
typedef struct Sm3 Sm3;
Status sm3_new(Sm3 **ret) FALLIBLE;
void sm3_add(Sm3 *h, Str data);
void sm3_end(Sm3 *h, uint8_t ret[SM3_SIZE]);
void sm3_free(Sm3 *h);
DEFINE_CLEANUP(Sm3 *, sm3_free)
#define _cleanup_sm3_ _cleanup_(sm3_freep)

void sm3_to_hex(const uint8_t h[SM3_SIZE], char out[SM3_HEX]);
/* Exactly 64 hexadecimal digits. */
bool sm3_from_hex(Str hex, uint8_t out[SM3_SIZE]);

#endif
