/* str.h -- a slice of bytes that someone else owns; text is UTF-8.
 *
 *     Str s = STR("研发");          // from a literal
 *     if (str_eq(s, str_c(name))) ...
 *     printf("%.*s", STR_FMT(s));
 */
#ifndef KC_BASE_STR_H
#define KC_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
        const char *ptr;
        size_t len;
} Str;

#define STR(literal) ((Str){ "" literal, sizeof(literal) - 1 })
#define STR_FMT(s) (int)(s).len, (s).ptr ? (s).ptr : ""
#define STR_NONE ((Str){ NULL, 0 })

static inline Str str_c(const char *c) { return (Str){ c, c ? strlen(c) : 0 }; }
static inline Str str_n(const char *p, size_t n) { return (Str){ p, n }; }
static inline bool str_eq(Str a, Str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }
static inline bool str_eq_c(Str a, const char *b) { return str_eq(a, str_c(b)); }
static inline bool cstr_eq(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
/* Byte offset of needle, or SIZE_MAX. */
size_t str_find(Str s, Str needle);
static inline bool str_has(Str s, Str needle) { return str_find(s, needle) != SIZE_MAX; }
/* Without ASCII white space, U+00A0, U+3000, U+FEFF and zero-width spaces at both ends. */
Str str_trim(Str s);
/* memcmp order: code point order for UTF-8. */
int str_cmp(Str a, Str b);
/* Up to the first sep; *rest gets what follows it.  No sep: everything, rest empty with ptr NULL. */
Str str_cut(Str s, char sep, Str *rest);
uint64_t str_hash(Str s);

/* Whole slice as a decimal integer; false on anything else or overflow. */
bool str_to_i64(Str s, int64_t *ret);

#endif
