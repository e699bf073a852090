/* From the regular expressions of XPath to those of PCRE2.
 *
 * One pass over the code points.  Every construct is recognised here and written
 * in a form of PCRE2 that can mean nothing else: literals that are not letters
 * or digits become \x{..}; the multi-character escapes become classes that may
 * also stand inside a class (\w is [\p{L}\p{M}\p{N}\p{S}], the complement of
 * punctuation, separators and other); a subtraction [a-z-[aeiou]] becomes
 * (?:[a-z](?<![aeiou])), which nests.  After every quantifier stands a callout
 * (?C1), by which regex.c counts the work. */
#include "feel/regex_int.h"

#include "base/utf8.h"

typedef struct Translator {
        Str in;
        size_t pos;             /* byte offset of the next code point */
        unsigned flags;
        Buf *out;
        RegexError *err;
        unsigned groups;        /* capturing groups opened so far */
        bool closed[REGEX_GROUPS_MAX + 1];
        unsigned open[REGEX_GROUPS_MAX];        /* number of each open group, 0: not capturing */
        unsigned depth;
} Translator;

#define END UTF8_BAD

static Status bad(Translator *t, const char *zh, const char *en)
{
        *t->err = (RegexError){ zh, en, utf8_len(str_n(t->in.ptr, t->pos)) };
        return ST_INVALID;
}

static uint32_t peek(const Translator *t)
{
        size_t pos = t->pos;
        return pos < t->in.len ? utf8_next(t->in, &pos) : END;
}

/* The code point after the next one. */
static uint32_t peek2(const Translator *t)
{
        size_t pos = t->pos;
        if (pos >= t->in.len)
                return END;
        (void)utf8_next(t->in, &pos);
        return pos < t->in.len ? utf8_next(t->in, &pos) : END;
}

static uint32_t take(Translator *t)
{
        return t->pos < t->in.len ? utf8_next(t->in, &t->pos) : END;
}

static bool accept(Translator *t, uint32_t c)
{
        if (peek(t) != c)
                return false;
        (void)take(t);
        return true;
}

static void put_char(Buf *out, uint32_t c)
{
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
                buf_putc(out, (char)c);
        else
                buf_printf(out, "\\x{%x}", c);
}

/* NameStartChar and NameChar of XML 1.0 (fifth edition), and what is not. */
#define NAME_START                                                                                          \
        ":A-Z_a-z\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{2ff}\\x{370}-\\x{37d}\\x{37f}-\\x{1fff}"         \
        "\\x{200c}\\x{200d}\\x{2070}-\\x{218f}\\x{2c00}-\\x{2fef}\\x{3001}-\\x{d7ff}\\x{f900}-\\x{fdcf}"    \
        "\\x{fdf0}-\\x{fffd}\\x{10000}-\\x{effff}"
#define NOT_NAME_START                                                                                      \
        "\\x{0}-\\x{39}\\x{3b}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{bf}\\x{d7}\\x{f7}\\x{300}-\\x{36f}" \
        "\\x{37e}\\x{2000}-\\x{200b}\\x{200e}-\\x{206f}\\x{2190}-\\x{2bff}\\x{2ff0}-\\x{3000}"              \
        "\\x{e000}-\\x{f8ff}\\x{fdd0}-\\x{fdef}\\x{fffe}\\x{ffff}\\x{f0000}-\\x{10ffff}"
#define NAME_CHAR NAME_START "\\x{2d}\\x{2e}0-9\\x{b7}\\x{300}-\\x{36f}\\x{203f}\\x{2040}"
#define NOT_NAME_CHAR                                                                                       \
        "\\x{0}-\\x{2c}\\x{2f}\\x{3b}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{b6}\\x{b8}-\\x{bf}"          \
        "\\x{d7}\\x{f7}\\x{37e}\\x{2000}-\\x{200b}\\x{200e}-\\x{203e}\\x{2041}-\\x{206f}\\x{2190}-\\x{2bff}" \
        "\\x{2ff0}-\\x{3000}\\x{e000}-\\x{f8ff}\\x{fdd0}-\\x{fdef}\\x{fffe}\\x{ffff}\\x{f0000}-\\x{10ffff}"

/* What stands inside [ ] for \s \d and so on; NULL: no such escape. */
static const char *class_escape(uint32_t c)
{
        switch (c) {
        case 's': return "\\x{9}\\x{a}\\x{d}\\x{20}";
        case 'S': return "\\x{0}-\\x{8}\\x{b}\\x{c}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}";
        case 'd': return "\\p{Nd}";
        case 'D': return "\\P{Nd}";
        case 'w': return "\\p{L}\\p{M}\\p{N}\\p{S}";
        case 'W': return "\\p{P}\\p{Z}\\p{C}";
        case 'i': return NAME_START;
        case 'I': return NOT_NAME_START;
        case 'c': return NAME_CHAR;
        case 'C': return NOT_NAME_CHAR;
        default: return NULL;
        }
}

/* \n \r \t and the escaped specials; END: not one of them. */
static uint32_t single_escape(uint32_t c)
{
        switch (c) {
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case '\\': case '|': case '.': case '?': case '*': case '+': case '(': case ')':
        case '{': case '}': case '-': case '[': case ']': case '^': case '$':
                return c;
        default: return END;
        }
}

static bool is_category(Str name)
{
        static const char *const all[] = {
                "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No",
                "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp",
                "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
        };
        for (size_t i = 0; i < ARRAY_LEN(all); i++)
                if (str_eq_c(name, all[i]))
                        return true;
        return false;
}

/* After \p or \P: {Lu} or {IsBasicLatin}; writes what stands inside a class. */
static Status property(Translator *t, bool negated)
{
        if (!accept(t, '{'))
                return bad(t, "\\p 之后应为 {类别}", "\\p must be followed by {category}");
        size_t start = t->pos;
        for (uint32_t c; (c = peek(t)) != '}'; (void)take(t))
                if (c == END)
                        return bad(t, "\\p{ 没有结束的 }", "\\p{ has no closing }");
        Str name = str_n(t->in.ptr + start, t->pos - start);
        (void)take(t);
        uint32_t first, last;
        if (is_category(name)) {
                buf_printf(t->out, "\\%c{%.*s}", negated ? 'P' : 'p', STR_FMT(name));
        } else if (str_starts(name, STR("Is")) &&
                   regex_block(str_n(name.ptr + 2, name.len - 2), &first, &last)) {
                if (!negated) {
                        buf_printf(t->out, "\\x{%x}-\\x{%x}", first, last);
                } else {
                        if (first > 0)
                                buf_printf(t->out, "\\x{0}-\\x{%x}", first - 1);
                        if (last < 0x10FFFF)
                                buf_printf(t->out, "\\x{%x}-\\x{10ffff}", last + 1);
                }
        } else {
                return bad(t, "没有这样的 Unicode 类别或区块", "no such Unicode category or block");
        }
        return ST_OK;
}

/* A group that covers everything that was written from mark on. */
static void wrap(Translator *t, size_t mark, const char *prefix)
{
        size_t n = strlen(prefix);
        size_t tail = t->out->len - mark;
        if (!buf_reserve(t->out, n))
                return;
        memmove(t->out->ptr + mark + n, t->out->ptr + mark, tail);
        memcpy(t->out->ptr + mark, prefix, n);
        t->out->len += n;
        t->out->ptr[t->out->len] = '\0';
}

static Status char_class(Translator *t, unsigned depth);

/* One end of a range in a class; *ret is END when it was an escape for a class. */
static Status class_char(Translator *t, uint32_t *ret)
{
        uint32_t c = take(t);
        if (c != '\\') {
                *ret = c;
                return ST_OK;
        }
        c = take(t);
        uint32_t single = single_escape(c);
        *ret = single;
        if (single != END)
                return ST_OK;
        if (c == 'p' || c == 'P')
                return property(t, c == 'P');
        const char *inside = c == END ? NULL : class_escape(c);
        if (!inside)
                return bad(t, "字符类中没有这种转义", "no such escape in a character class");
        buf_puts(t->out, inside);
        return ST_OK;
}

static Status class_items(Translator *t, unsigned depth, size_t mark)
{
        for (bool first = true;; first = false) {
                uint32_t c = peek(t), next = peek2(t);
                if (c == END)
                        return bad(t, "字符类没有结束的 ]", "a character class has no closing ]");
                if (c == ']') {
                        if (first)
                                return bad(t, "字符类是空的", "a character class is empty");
                        (void)take(t);
                        buf_putc(t->out, ']');
                        return ST_OK;
                }
                if (c == '[')
                        return bad(t, "字符类中的 [ 须写成 \\[", "[ in a character class must be written \\[");
                if (c == '-' && next == '[' && !first) {
                        (void)take(t);
                        (void)take(t);
                        buf_puts(t->out, "](?<!");
                        TRY(char_class(t, depth + 1));
                        buf_puts(t->out, "))");
                        wrap(t, mark, "(?:");
                        if (!accept(t, ']'))
                                return bad(t, "相减的字符类之后应为 ]", "a subtracted class must be followed by ]");
                        return ST_OK;
                }
                uint32_t low, high;
                TRY(class_char(t, &low));
                if (low == END)
                        continue;       /* \d and the like are written already */
                put_char(t->out, low);
                if (peek(t) != '-' || peek2(t) == ']' || peek2(t) == '[' || peek2(t) == END)
                        continue;
                if (low == '-' && c == '-' && !first)
                        continue;       /* a hyphen of its own in the middle: [0-9-.] */
                (void)take(t);
                if (peek(t) == '\\' && single_escape(peek2(t)) == END)
                        return bad(t, "范围的右端须是单个字符", "a range must end with a single character");
                TRY(class_char(t, &high));
                if (high < low)
                        return bad(t, "字符范围的两端颠倒了", "the ends of a character range are reversed");
                buf_putc(t->out, '-');
                put_char(t->out, high);
        }
}

/* After the opening [. */
static Status char_class(Translator *t, unsigned depth)
{
        if (depth > 20)
                return bad(t, "字符类嵌套过深", "character classes are nested too deeply");
        size_t mark = t->out->len;
        buf_putc(t->out, '[');
        if (accept(t, '^'))
                buf_putc(t->out, '^');
        return class_items(t, depth, mark);
}

/* \1: the longest number that names a group opened before; it must be closed. */
static Status back_reference(Translator *t, uint32_t digit)
{
        unsigned n = digit - '0';
        for (uint32_t c; (c = peek(t)) >= '0' && c <= '9' && n * 10 + (c - '0') <= t->groups; (void)take(t))
                n = n * 10 + (c - '0');
        if (n == 0 || n > t->groups || !t->closed[n])
                return bad(t, "反向引用所指的分组不存在或尚未结束",
                           "a back-reference names a group that does not exist or is not closed yet");
        buf_printf(t->out, "\\g{%u}", n);
        return ST_OK;
}

static Status escape(Translator *t)
{
        uint32_t c = take(t);
        uint32_t single = single_escape(c);
        if (single != END) {
                put_char(t->out, single);
                return ST_OK;
        }
        if (c >= '0' && c <= '9')
                return back_reference(t, c);
        if (c == 'p' || c == 'P') {
                buf_putc(t->out, '[');
                TRY(property(t, c == 'P'));
                buf_putc(t->out, ']');
                return ST_OK;
        }
        const char *inside = c == END ? NULL : class_escape(c);
        if (!inside)
                return bad(t, "没有这种转义", "no such escape");
        buf_printf(t->out, "[%s]", inside);
        return ST_OK;
}

static Status number(Translator *t, unsigned *ret)
{
        unsigned n = 0;
        bool any = false;
        for (uint32_t c; (c = peek(t)) >= '0' && c <= '9'; (void)take(t)) {
                n = n * 10 + (c - '0');
                any = true;
                if (n > 65535)
                        return bad(t, "重复次数超过 65535", "a repeat count is above 65,535");
        }
        if (!any)
                return bad(t, "{ 之后应为次数", "{ must be followed by a count");
        *ret = n;
        return ST_OK;
}

/* After { */
static Status counted(Translator *t)
{
        unsigned low = 0, high = 0;
        TRY(number(t, &low));
        if (accept(t, '}')) {
                buf_printf(t->out, "{%u}", low);
        } else if (!accept(t, ',')) {
                return bad(t, "次数之后应为 , 或 }", "a count must be followed by , or }");
        } else if (accept(t, '}')) {
                buf_printf(t->out, "{%u,}", low);
        } else {
                TRY(number(t, &high));
                if (!accept(t, '}'))
                        return bad(t, "{ 没有结束的 }", "{ has no closing }");
                if (high < low)
                        return bad(t, "次数的上下限颠倒了", "the bounds of a repeat count are reversed");
                buf_printf(t->out, "{%u,%u}", low, high);
        }
        return ST_OK;
}

static Status open_group(Translator *t)
{
        if (t->depth == REGEX_GROUPS_MAX)
                return bad(t, "分组嵌套过深", "groups are nested too deeply");
        if (accept(t, '?')) {
                if (!accept(t, ':'))
                        return bad(t, "( 之后只能用 ?:", "only ?: may follow (");
                t->open[t->depth++] = 0;
                buf_puts(t->out, "(?:");
                return ST_OK;
        }
        if (t->groups == REGEX_GROUPS_MAX)
                return bad(t, "分组过多", "too many groups");
        t->open[t->depth++] = ++t->groups;
        buf_putc(t->out, '(');
        return ST_OK;
}

static Status close_group(Translator *t)
{
        if (t->depth == 0)
                return bad(t, ") 没有对应的 (", ") has no opening (");
        unsigned n = t->open[--t->depth];
        t->closed[n] = n > 0;
        buf_putc(t->out, ')');
        return ST_OK;
}

/* One atom; *ret_atom: it may be followed by a quantifier. */
static Status atom(Translator *t, uint32_t c, bool *ret_atom)
{
        *ret_atom = true;
        switch (c) {
        case '|':
                *ret_atom = false;
                buf_putc(t->out, '|');
                return ST_OK;
        case '(':
                *ret_atom = false;
                return open_group(t);
        case ')':
                return close_group(t);
        case '[':
                return char_class(t, 0);
        case ']':
                return bad(t, "] 须写成 \\]", "] must be written \\]");
        case '}':
                return bad(t, "} 须写成 \\}", "} must be written \\}");
        case '.':
                buf_puts(t->out, t->flags & REGEX_DOTALL ? "." : "[^\\x{a}\\x{d}]");
                return ST_OK;
        case '^':
        case '$':
                buf_printf(t->out, "(?:%c)", (int)c);
                return ST_OK;
        case '\\':
                return escape(t);
        default:
                put_char(t->out, c);
                return ST_OK;
        }
}

static Status quantifier(Translator *t, uint32_t c)
{
        if (c == '{')
                TRY(counted(t));
        else
                buf_putc(t->out, (char)c);
        if (accept(t, '?'))
                buf_putc(t->out, '?');
        buf_puts(t->out, "(?C1)");
        return ST_OK;
}

static Status pieces(Translator *t)
{
        bool after_atom = false;
        for (uint32_t c; (c = take(t)) != END;) {
                if (c == '*' || c == '+' || c == '?' || c == '{') {
                        if (!after_atom)
                                return bad(t, "重复符号之前没有可重复的内容", "a quantifier has nothing to repeat");
                        TRY(quantifier(t, c));
                        after_atom = false;
                } else {
                        TRY(atom(t, c, &after_atom));
                }
        }
        return t->depth ? bad(t, "( 没有结束的 )", "( has no closing )") : ST_OK;
}

/* Flag x: white space goes, except inside character classes. */
static void strip_blanks(Str in, Buf *out)
{
        unsigned depth = 0;
        bool escaped = false;
        for (size_t i = 0; i < in.len; i++) {
                char c = in.ptr[i];
                if (depth == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
                        continue;
                buf_putc(out, c);
                if (escaped)
                        escaped = false;
                else if (c == '\\')
                        escaped = true;
                else if (c == '[')
                        depth++;
                else if (c == ']' && depth)
                        depth--;
        }
}

Status regex_translate(Str pattern, unsigned flags, RegexError *err, Buf *out, unsigned *ret_groups)
{
        Translator t = { .in = pattern, .flags = flags, .out = out, .err = err };
        if (pattern.len > REGEX_PATTERN_MAX) {
                *err = (RegexError){ "正则表达式过长", "the regular expression is too long", 0 };
                return ST_INVALID;
        }
        if (!utf8_valid(pattern))
                return bad(&t, "正则表达式不是有效的 UTF-8", "the regular expression is not valid UTF-8");
        _cleanup_buf_ Buf stripped = BUF_INIT(REGEX_PATTERN_MAX + 1);
        if (flags & REGEX_EXTENDED) {
                strip_blanks(pattern, &stripped);
                TRY(buf_status(&stripped));
                t.in = buf_str(&stripped);
        }
        TRY(pieces(&t));
        TRY(buf_status(out));
        *ret_groups = t.groups;
        return ST_OK;
}
