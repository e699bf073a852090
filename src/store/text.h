/* text.h -- full-text search for Chinese and Latin text, the same on both engines.
 *
 * A text index holds one text for each id.  It finds texts that contain every word of the query: a run of
 * Chinese (any CJK) characters is found wherever it stands, from one character up (overlapping bigrams); Latin
 * words and numbers are found from their beginning ("tech" finds "technology").  Case and width are folded
 * (ＡＢＣ = abc).  On SQLite an FTS5 index with our own tokenizer, on PostgreSQL a tsvector of the same tokens
 * under GIN; what they propose is checked against the folded text, so that both give exactly the same ids.
 *
 *     TRY(store_text_index(tx, "enterprise_text"));
 *     TRY(store_text_put(tx, "enterprise_text", id, STR("重庆市某某科技有限公司")));
 *     TRY(store_text_search(tx, "enterprise_text", STR("科技"), 100, arena, &ids, &n));
 *
 * or, inside a larger query:
 *
 *     buf_puts(&sql, "SELECT … FROM enterprise e WHERE e.county = $1 AND ");
 *     TRY(store_text_where(tx, "enterprise_text", "e.id", query, arena, &sql, args, 16, &nargs));
 */
#ifndef KC_STORE_TEXT_H
#define KC_STORE_TEXT_H

#include "store/store.h"

/* Makes the index when it is not there. */
Status store_text_index(StoreTx *tx, const char *index) FALLIBLE;
/* Nothing happens when it is not there. */
Status store_text_drop(StoreTx *tx, const char *index) FALLIBLE;
/* Adds or replaces; the empty text removes.  Of a text longer than STORE_TEXT_MAX / 2 bytes the beginning is indexed. */
#define STORE_TEXT_MAX ((size_t)512 << 10)
Status store_text_put(StoreTx *tx, const char *index, int64_t id, Str text) FALLIBLE;
/* The same of an id that has no text yet; ST_EXISTS when it has. */
Status store_text_add(StoreTx *tx, const char *index, int64_t id, Str text) FALLIBLE;
Status store_text_remove(StoreTx *tx, const char *index, int64_t id) FALLIBLE;

/* Ids in ascending order, at most limit.  A query without any letter or digit finds nothing. */
Status store_text_search(StoreTx *tx, const char *index, Str query, size_t limit, Arena *a,
                         int64_t **ret_ids, size_t *ret_count) FALLIBLE;
/* Appends a condition on the expression id_sql (an SQL name such as "e.id", never user text) and its arguments:
 * they become $(*nargs + 1) …, are put to args[*nargs …] and *nargs is raised.  At most STORE_TEXT_WORDS + 1
 * arguments are added; ST_LIMIT when args has no room (max_args). */
#define STORE_TEXT_WORDS 16
Status store_text_where(StoreTx *tx, const char *index, const char *id_sql, Str query, Arena *a, Buf *sql,
                        StoreValue *args, size_t max_args, size_t *nargs) FALLIBLE;

/* Appends that query alone: SELECT … of the ids that are found, in no order, each once. */
Status store_text_found(StoreTx *tx, const char *index, Str query, Arena *a, Buf *sql, StoreValue *args,
                        size_t max_args, size_t *nargs) FALLIBLE;

/* Is this id found by the query? */
Status store_text_holds(StoreTx *tx, const char *index, int64_t id, Str query, bool *ret) FALLIBLE;

/* The folded form of a text: full width to half width, upper to lower case, blanks to one. */
void store_text_fold(Str text, Buf *out);
/* The tokens of a text, each reported once for each place it stands: bigrams of each CJK run and its last
 * character, words of everything else.  start and end are byte offsets in the text as given. */
typedef int (*StoreTokenFn)(void *ctx, const char *token, size_t len, size_t start, size_t end);
int store_text_tokens(Str text, StoreTokenFn fn, void *ctx);

#endif
