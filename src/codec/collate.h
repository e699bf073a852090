/* collate.h -- the order in which people look for Chinese names: by pinyin.
 *
 * ICU's pinyin order of the root data, with the readings of names that its general
 * table gets wrong put right (长安 is cháng'ān, 重庆 chóngqìng, 厦门 xiàmén …).
 * Chinese stands before Latin letters; digits compare as numbers
 * (第2号 before 第10号).
 *
 *     Collator *c;
 *     TRY(collator_new(&c));
 *     TRY(collator_key(c, name, &key));       // keys compare as bytes
 */
#ifndef KC_CODEC_COLLATE_H
#define KC_CODEC_COLLATE_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/status.h"
#include "base/str.h"

typedef struct Collator Collator;

Status collator_new(Collator **ret) FALLIBLE;
void collator_free(Collator *c);
DEFINE_CLEANUP(Collator *, collator_free)

/* Appends the sort key of a text: memcmp of two keys is the order of their texts.  ST_INVALID: not UTF-8. */
Status collator_key(Collator *c, Str text, Buf *out) FALLIBLE;

#endif
