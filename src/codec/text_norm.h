/* text_norm.h -- one spelling for what people type in several.
 *
 * Full-width digits, letters and punctuation become half-width, the ideographic
 * space a space; NFC composes.  The original is never lost: callers keep it
 * beside the normalised form (NormText).
 *
 *     NormText h;
 *     TRY(text_norm(arena, STR("营业收入　（万元）"), NORM_KEY, &h));    // h.text "营业收入(万元)"
 */
#ifndef KC_CODEC_TEXT_NORM_H
#define KC_CODEC_TEXT_NORM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

enum {
        NORM_NFC = 1,               /* compose (ICU) */
        NORM_WIDTH = 2,             /* U+FF01..FF5E to ASCII, U+3000 and U+00A0 to a space, ￥ to ¥, 〔〕【】 stay */
        NORM_TRIM = 4,              /* blanks at both ends */
        NORM_NO_BLANKS = 8,         /* all blanks, zero-width and soft hyphens too, line breaks too */
        NORM_ONE_BLANK = 16,        /* runs of blanks and line breaks to one space, ends trimmed */
        NORM_LOWER = 32,            /* ASCII letters */
        /* How headers and names are compared. */
        NORM_KEY = NORM_NFC | NORM_WIDTH | NORM_NO_BLANKS | NORM_LOWER
};

typedef struct NormText {
        Str original;               /* the caller's slice */
        Str text;                   /* the same slice when nothing changed, otherwise in the arena */
        bool changed;
} NormText;

/* ST_INVALID when s is not UTF-8. */
Status text_norm(Arena *a, Str s, unsigned how, NormText *ret) FALLIBLE;
/* Blank of any kind: ASCII white space, NBSP, ideographic, zero-width, U+2000..200B, byte-order mark. */
bool text_is_blank(uint32_t cp);
/* Half-width form of one code point, or itself. */
uint32_t text_narrow(uint32_t cp);

#endif
