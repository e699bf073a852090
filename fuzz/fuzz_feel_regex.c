/* Regular expressions: the first line holds the flags, then pattern, replacement and
 * subject, one a line (the subject may have several).  Every pattern is refused with
 * a reason or runs within its steps, and what it finds fits together. */
#include "base/utf8.h"
#include "feel/regex_int.h"
#include "fuzz/fuzz.h"

typedef struct Pieces {
        size_t count, bytes;
        const char *last;
} Pieces;

static Status piece(void *arg, Str p)
{
        Pieces *all = arg;
        FUZZ_ASSERT(p.ptr >= all->last && utf8_valid(p));
        all->count++;
        all->bytes += p.len;
        all->last = p.ptr + p.len;
        return ST_OK;
}

static void check_replace(const FeelRegex *re, Str subject, Str replacement, const RegexLimits *limits, bool found)
{
        RegexError err = { 0 };
        bool empty = false;
        _cleanup_buf_ Buf out = BUF_INIT(1 << 20);
        FUZZ_ASSERT(feel_regex_matches_empty(re, &empty) != ST_INVALID);
        Status st = feel_regex_replace(re, subject, replacement, limits, &err, &out);
        if (st == ST_INVALID)
                FUZZ_ASSERT(err.zh && err.en);
        if (empty)
                FUZZ_ASSERT(st != ST_OK);
        if (st == ST_OK) {
                FUZZ_ASSERT(utf8_valid(buf_str(&out)) || !utf8_valid(replacement));
                if (!found)
                        FUZZ_ASSERT(str_eq(buf_str(&out), subject));
        }
        Pieces all = { .last = subject.ptr };
        st = feel_regex_split(re, subject, limits, &err, piece, &all);
        if (st == ST_OK) {
                FUZZ_ASSERT(all.bytes <= subject.len && (all.count > 1) == found);
                FUZZ_ASSERT(found || all.bytes == subject.len);
        }
}

void fuzz_one(Str input)
{
        if (input.len > 4000)
                return;
        Str pattern, replacement, subject;
        Str flags = str_cut(input, '\n', &pattern);
        pattern = str_cut(pattern, '\n', &replacement);
        replacement = str_cut(replacement, '\n', &subject);
        RegexError err = { 0 };
        RegexLimits limits = { .max_steps = 20000 };
        FeelRegex *re = NULL;
        Status st = feel_regex_compile(pattern, flags, &err, &re);
        if (st != ST_OK) {
                FUZZ_ASSERT(st == ST_INVALID && err.zh && err.en && err.at <= pattern.len);
                return;
        }
        if (!subject.ptr)
                subject = STR("");
        bool found = false;
        st = feel_regex_matches(re, subject, &limits, &found);
        FUZZ_ASSERT(st == ST_OK || st == ST_LIMIT || (st == ST_INVALID && !utf8_valid(subject)));
        if (st == ST_OK)
                check_replace(re, subject, replacement, &limits, found);
        feel_regex_free(re);
}
