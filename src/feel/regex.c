/* Running translated patterns with PCRE2: the only file that knows the library.
 *
 * The counters: each quantifier ends in a callout.  There the work is charged:
 * one step, and one more for every 16 bytes the position moved since the last
 * callout, for a repeat runs over many characters between two callouts.  So
 * polynomial and exponential patterns both meet max_steps, in all start
 * positions together (PCRE2's own match limit counts each of them anew). */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/date.h"
#include "base/utf8.h"
#include "feel/regex_int.h"

struct FeelRegex {
        pcre2_general_context *memory;
        pcre2_code *code;
        unsigned groups;
};

static void *hook_alloc(PCRE2_SIZE size, void *unused)
{
        (void)unused;
        return mem_alloc(size);
}

static void hook_free(void *p, void *unused)
{
        (void)unused;
        mem_free(p);
}

void feel_regex_free(FeelRegex *re)
{
        if (!re)
                return;
        pcre2_code_free(re->code);
        pcre2_general_context_free(re->memory);
        mem_free(re);
}

static Status parse_flags(Str flags, RegexError *err, unsigned *ret)
{
        unsigned all = 0;
        for (size_t i = 0; i < flags.len; i++) {
                switch (flags.ptr[i]) {
                case 's': all |= REGEX_DOTALL; break;
                case 'm': all |= REGEX_MULTILINE; break;
                case 'i': all |= REGEX_CASELESS; break;
                case 'x': all |= REGEX_EXTENDED; break;
                default:
                        *err = (RegexError){ "标志只能是 s、m、i、x", "flags may only be s, m, i, x", 0 };
                        return ST_INVALID;
                }
        }
        *ret = all;
        return ST_OK;
}

static Status compile_into(FeelRegex *re, Str text, unsigned flags, RegexError *err)
{
        re->memory = pcre2_general_context_create(hook_alloc, hook_free, NULL);
        if (!re->memory)
                return ST_NOMEM;
        pcre2_compile_context *ctx = pcre2_compile_context_create(re->memory);
        if (!ctx)
                return ST_NOMEM;
        pcre2_set_newline(ctx, PCRE2_NEWLINE_LF);
        uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_MATCH_UNSET_BACKREF | PCRE2_DOLLAR_ENDONLY;
        if (flags & REGEX_DOTALL)
                options |= PCRE2_DOTALL;
        if (flags & REGEX_MULTILINE)
                options |= PCRE2_MULTILINE;
        if (flags & REGEX_CASELESS)
                options |= PCRE2_CASELESS;
        int code = 0;
        PCRE2_SIZE at = 0;
        re->code = pcre2_compile((PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, options, &code, &at, ctx);
        pcre2_compile_context_free(ctx);
        if (re->code)
                return ST_OK;
        if (code == PCRE2_ERROR_HEAP_FAILED || code == PCRE2_ERROR_NOMEMORY)
                return ST_NOMEM;
        *err = (RegexError){ "正则表达式过大或过于复杂", "the regular expression is too large or too complex", 0 };
        return ST_INVALID;
}

Status feel_regex_compile(Str pattern, Str flags, RegexError *err, FeelRegex **ret)
{
        unsigned bits = 0;
        TRY(parse_flags(flags, err, &bits));
        _cleanup_buf_ Buf text = BUF_INIT(REGEX_PATTERN_MAX * 32);
        unsigned groups = 0;
        TRY(regex_translate(pattern, bits, err, &text, &groups));
        _cleanup_(feel_regex_freep) FeelRegex *re = mem_calloc(1, sizeof(*re));
        if (!re)
                return ST_NOMEM;
        re->groups = groups;
        TRY(compile_into(re, buf_str(&text), bits, err));
        *ret = TAKE(re);
        return ST_OK;
}

/* --- matching --- */

typedef struct Matcher {
        const FeelRegex *re;
        Str subject;
        pcre2_match_data *data;
        pcre2_match_context *ctx;
        uint64_t steps;
        uint64_t max_steps;
        uint64_t deadline_ns;
        uint64_t next_look;     /* the clock is read at this many steps */
        PCRE2_SIZE last;        /* position at the last callout */
        Status stopped;
} Matcher;

static int count_work(pcre2_callout_block *block, void *arg)
{
        Matcher *m = arg;
        PCRE2_SIZE at = block->current_position;
        m->steps += 1 + (at > m->last ? at - m->last : m->last - at) / 16;
        m->last = at;
        if (m->steps > m->max_steps) {
                m->stopped = ST_LIMIT;
                return PCRE2_ERROR_MATCHLIMIT;
        }
        if (m->deadline_ns && m->steps >= m->next_look) {
                m->next_look = m->steps + 4096;
                if (clock_mono_ns() > m->deadline_ns) {
                        m->stopped = ST_TIMEOUT;
                        return PCRE2_ERROR_MATCHLIMIT;
                }
        }
        return 0;
}

static void matcher_release(Matcher *m)
{
        pcre2_match_data_free(m->data);
        pcre2_match_context_free(m->ctx);
}

static Status matcher_init(Matcher *m, const FeelRegex *re, Str subject, const RegexLimits *limits)
{
        if (!utf8_valid(subject))
                return ST_INVALID;
        *m = (Matcher){ .re = re, .subject = subject };
        m->max_steps = limits && limits->max_steps ? limits->max_steps : REGEX_STEPS_DEFAULT;
        m->deadline_ns = limits ? limits->deadline_ns : 0;
        m->data = pcre2_match_data_create(re->groups + 1, re->memory);
        m->ctx = pcre2_match_context_create(re->memory);
        if (!m->data || !m->ctx)
                return ST_NOMEM;
        pcre2_set_callout(m->ctx, count_work, m);
        pcre2_set_heap_limit(m->ctx, 64 << 10);         /* kibibytes of backtracking points */
        return ST_OK;
}

/* The first match at or after `from`. */
static Status next_match(Matcher *m, size_t from, bool *ret)
{
        m->last = from;
        int rc = pcre2_match(m->re->code, (PCRE2_SPTR)(m->subject.ptr ? m->subject.ptr : ""), m->subject.len, from,
                             PCRE2_NO_UTF_CHECK, m->data, m->ctx);
        if (rc == PCRE2_ERROR_NOMATCH) {
                *ret = false;
                return ST_OK;
        }
        if (rc >= 0) {
                *ret = true;
                return ST_OK;
        }
        if (m->stopped != ST_OK)
                return m->stopped;
        return rc == PCRE2_ERROR_NOMEMORY ? ST_NOMEM : ST_LIMIT;
}

/* Group n of the last match; empty when it took no part. */
static Str group(const Matcher *m, unsigned n)
{
        const PCRE2_SIZE *span = pcre2_get_ovector_pointer(m->data);
        if (n > m->re->groups || span[2 * n] == PCRE2_UNSET || span[2 * n + 1] < span[2 * n])
                return STR("");
        return str_n(m->subject.ptr + span[2 * n], span[2 * n + 1] - span[2 * n]);
}

/* The first match from `from` on that is not empty; *ret_hit is empty when there is none. */
static Status next_hit(Matcher *m, size_t from, Str *ret_hit, size_t *ret_start)
{
        bool found = false;
        TRY(next_match(m, from, &found));
        *ret_hit = found ? group(m, 0) : STR("");
        *ret_start = ret_hit->len ? (size_t)(ret_hit->ptr - m->subject.ptr) : m->subject.len;
        return ST_OK;
}

Status feel_regex_matches(const FeelRegex *re, Str subject, const RegexLimits *limits, bool *ret)
{
        _cleanup_(matcher_release) Matcher m = { 0 };
        TRY(matcher_init(&m, re, subject, limits));
        return next_match(&m, 0, ret);
}

Status feel_regex_matches_empty(const FeelRegex *re, bool *ret)
{
        return feel_regex_matches(re, STR(""), NULL, ret);
}

static Status refuse_empty(const FeelRegex *re, RegexError *err)
{
        bool empty = false;
        TRY(feel_regex_matches_empty(re, &empty));
        if (!empty)
                return ST_OK;
        *err = (RegexError){ "正则表达式与空串匹配", "the regular expression matches the empty string", 0 };
        return ST_INVALID;
}

static Status bad_replacement(RegexError *err)
{
        *err = (RegexError){ "替换文本中 $ 之后应为数字，\\ 之后应为 $ 或 \\",
                             "in the replacement, $ must be followed by a digit and \\ by $ or \\", 0 };
        return ST_INVALID;
}

/* Of the digits after $, as many as name a group; more than one only then. */
static unsigned group_number(const FeelRegex *re, Str text, size_t *pos)
{
        unsigned n = (unsigned)(text.ptr[*pos] - '0');
        (*pos)++;
        while (*pos < text.len && text.ptr[*pos] >= '0' && text.ptr[*pos] <= '9') {
                unsigned longer = n * 10 + (unsigned)(text.ptr[*pos] - '0');
                if (longer > re->groups)
                        break;
                n = longer;
                (*pos)++;
        }
        return n;
}

/* m NULL: only a check of the text. */
static Status put_replacement(const FeelRegex *re, const Matcher *m, Str text, RegexError *err, Buf *out)
{
        for (size_t i = 0; i < text.len;) {
                char c = text.ptr[i++];
                if (c == '\\') {
                        if (i == text.len || (text.ptr[i] != '$' && text.ptr[i] != '\\'))
                                return bad_replacement(err);
                        c = text.ptr[i++];
                } else if (c == '$') {
                        if (i == text.len || text.ptr[i] < '0' || text.ptr[i] > '9')
                                return bad_replacement(err);
                        unsigned n = group_number(re, text, &i);
                        if (m)
                                buf_put_str(out, group(m, n));
                        continue;
                }
                if (m)
                        buf_putc(out, c);
        }
        return ST_OK;
}

Status feel_regex_replace(const FeelRegex *re, Str subject, Str replacement, const RegexLimits *limits,
                          RegexError *err, Buf *out)
{
        TRY(refuse_empty(re, err));
        TRY(put_replacement(re, NULL, replacement, err, out));
        _cleanup_(matcher_release) Matcher m = { 0 };
        TRY(matcher_init(&m, re, subject, limits));
        Str hit;
        size_t start, done = 0;
        for (;; done = start + hit.len) {
                TRY(next_hit(&m, done, &hit, &start));
                buf_put(out, subject.ptr ? subject.ptr + done : "", start - done);
                if (hit.len == 0)
                        return buf_status(out);
                TRY(put_replacement(re, &m, replacement, err, out));
                TRY(buf_status(out));
        }
}

Status feel_regex_split(const FeelRegex *re, Str subject, const RegexLimits *limits, RegexError *err,
                        RegexPieceFn piece, void *arg)
{
        TRY(refuse_empty(re, err));
        _cleanup_(matcher_release) Matcher m = { 0 };
        TRY(matcher_init(&m, re, subject, limits));
        Str hit;
        size_t start, done = 0;
        for (;; done = start + hit.len) {
                TRY(next_hit(&m, done, &hit, &start));
                TRY(piece(arg, str_n(subject.ptr ? subject.ptr + done : "", start - done)));
                if (hit.len == 0)
                        return ST_OK;
        }
}
