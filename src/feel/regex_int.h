/* regex_int.h -- regular expressions as FEEL demands them (private to feel).
 *
 * FEEL's matches, replace and split use the language of XPath and XQuery
 * (Functions and Operators 3.1, section 5.6), which is XML Schema's plus
 * anchors, reluctant quantifiers, groups and back-references: class subtraction
 * [a-z-[aeiou]], \i \c for XML names, \p{IsCJKUnifiedIdeographs} for blocks,
 * flags s m i x.  Anything outside that language is refused, also where PCRE2
 * would accept it (look-around, possessive quantifiers, \b, inline options).
 *
 * A pattern is translated to PCRE2's language (regex_xpath.c) and run by PCRE2
 * (regex.c).  Every quantifier carries a counter, so that a pattern that
 * backtracks without end stops after `max_steps` with ST_LIMIT, after the same
 * work on every machine; `deadline_ns` (clock_mono_ns, 0 none) stops it with
 * ST_TIMEOUT.
 *
 *     FeelRegex *re = NULL;
 *     RegexError err;
 *     Status st = feel_regex_compile(STR("[A-Z-[OI]]+"), STR("i"), &err, &re);
 *     bool found;
 *     st = feel_regex_matches(re, STR("kechuang"), &limits, &found);
 *     feel_regex_free(re);
 *
 * A FeelRegex is immutable; several threads may use one.  ST_INVALID with a
 * RegexError: the pattern, the flags or the replacement are wrong.
 */
#ifndef KC_FEEL_REGEX_INT_H
#define KC_FEEL_REGEX_INT_H

#include "base/buf.h"
#include "base/status.h"
#include "base/str.h"

typedef struct FeelRegex FeelRegex;

/* Why a pattern was refused, in both languages (constant texts), and where:
 * code points from the start of the pattern, 1-based; 0 unknown. */
typedef struct RegexError {
        const char *zh;
        const char *en;
        size_t at;
} RegexError;

typedef struct RegexLimits {
        uint64_t max_steps;     /* 0: REGEX_STEPS_DEFAULT */
        uint64_t deadline_ns;   /* of clock_mono_ns; 0: none */
} RegexLimits;

#define REGEX_STEPS_DEFAULT ((uint64_t)5000000)
#define REGEX_PATTERN_MAX ((size_t)64 << 10)    /* bytes of a pattern */
#define REGEX_GROUPS_MAX 200                    /* capturing groups, and their depth */

/* flags: any of s m i x, at most once meant; empty is none. */
Status feel_regex_compile(Str pattern, Str flags, RegexError *err, FeelRegex **ret) FALLIBLE;
void feel_regex_free(FeelRegex *re);
DEFINE_CLEANUP(FeelRegex *, feel_regex_free)

/* Is there a match anywhere in the subject?  Subjects are UTF-8 (ST_INVALID otherwise). */
Status feel_regex_matches(const FeelRegex *re, Str subject, const RegexLimits *limits, bool *ret) FALLIBLE;
/* Would it match the empty string (then replace and split are refused)? */
Status feel_regex_matches_empty(const FeelRegex *re, bool *ret) FALLIBLE;
/* Appends the subject to out with every match replaced; $0 .. $N are the groups,
 * \$ and \\ those characters.  ST_INVALID with err: bad replacement, or the
 * pattern matches the empty string. */
Status feel_regex_replace(const FeelRegex *re, Str subject, Str replacement, const RegexLimits *limits,
                          RegexError *err, Buf *out) FALLIBLE;
/* Calls piece for what stands between the matches, n + 1 times for n matches;
 * the pieces are slices of subject. */
typedef Status (*RegexPieceFn)(void *arg, Str piece);
Status feel_regex_split(const FeelRegex *re, Str subject, const RegexLimits *limits, RegexError *err,
                        RegexPieceFn piece, void *arg) FALLIBLE;

/* Compiled once and kept in the exec (regex_cache.c): *ret belongs to the exec and is
 * good until the next call. */
struct FeelExec;
Status feel_regex_cached(struct FeelExec *x, Str pattern, Str flags, RegexError *err, const FeelRegex **ret) FALLIBLE;

/* --- between the files of the translator --- */
enum { REGEX_DOTALL = 1, REGEX_MULTILINE = 2, REGEX_CASELESS = 4, REGEX_EXTENDED = 8 };
/* XPath pattern to PCRE2 pattern; ret_groups: capturing groups. */
Status regex_translate(Str pattern, unsigned flags, RegexError *err, Buf *out, unsigned *ret_groups) FALLIBLE;
bool regex_block(Str name, uint32_t *ret_first, uint32_t *ret_last);

#endif
