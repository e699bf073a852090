/* text_int.h -- tokens as the engines' text indexes need them. */
#ifndef KC_STORE_TEXT_INT_H
#define KC_STORE_TEXT_INT_H

#include "store/text.h"

enum { STORE_TOKEN_MAX = 60 };          /* bytes of a word that are indexed (one character more at most) */

/* query: of a CJK run of two characters and more only the bigrams. */
int store_text_cut(Str text, bool query, StoreTokenFn fn, void *ctx);

/* text_index.c: the engine's own index of a table of texts that is there already, empty; and of one text in it. */
Status store_text_make(StoreTx *tx, const char *index) FALLIBLE;
Status store_text_rebuild_one(StoreTx *tx, const char *index, int64_t id, Str body) FALLIBLE;

#endif
