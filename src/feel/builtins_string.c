/* String functions (DMN 1.5, table 75).  Strings count by code points; patterns
 * are those of XPath (regex_int.h). */
#include "base/utf8.h"
#include "feel/builtins_int.h"
#include "feel/regex_int.h"

/* Work in proportion to a text. */
static Status tick_text(FeelExec *x, Str s)
{
        return feel_tick(x, 1 + s.len / 64);
}

static Status done(FeelExec *x, Buf *text, FeelValue *ret)
{
        TRY(buf_status(text));
        TRY(tick_text(x, buf_str(text)));
        return feel_new_string(x, buf_str(text), ret);
}

/* A slice of an argument: strings are immutable, so it is shared. */
static Status slice(const char *p, size_t len, FeelValue *ret)
{
        *ret = feel_string(len ? str_n(p, len) : STR(""));
        return ST_OK;
}

/* args: string, start position, length (null: all) */
static Status fn_substring(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        Str s = args[0].string;
        TRY(tick_text(x, s));
        size_t len = utf8_len(s), start;
        if (!feel_position(args[1].number, len, &start))
                return FEEL_FAIL(x, ret, "起始位置不在字符串之内（共 %zu 个字符）",
                                 "the start position is not within the string (%zu characters)", len);
        size_t take = len - start;
        if (args[2].kind == FEEL_NUMBER) {
                int64_t n;
                if (!feel_whole(args[2].number, &n) || n < 0)
                        return FEEL_FAIL(x, ret, "长度不能为负", "the length must not be negative");
                if ((uint64_t)n < take)
                        take = (size_t)n;
        }
        size_t from = utf8_offset(s, start);
        Str rest = str_n(s.ptr + from, s.len - from);
        return slice(rest.ptr, utf8_offset(rest, take), ret);
}

static Status fn_string_length(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        TRY(tick_text(x, args[0].string));
        *ret = feel_i64((int64_t)utf8_len(args[0].string));
        return ST_OK;
}

static Status change_case(FeelExec *x, Str s, void (*change)(Str, Buf *), FeelValue *ret)
{
        TRY(tick_text(x, s));
        _cleanup_buf_ Buf text = BUF_INIT(x->limits.max_bytes);
        change(s, &text);
        return done(x, &text, ret);
}

static Status fn_upper_case(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        return change_case(x, args[0].string, feel_upper_case, ret);
}

static Status fn_lower_case(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        return change_case(x, args[0].string, feel_lower_case, ret);
}

/* Nothing when the match is not there. */
static Status fn_substring_before(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        TRY(tick_text(x, args[0].string));
        size_t at = str_find(args[0].string, args[1].string);
        return slice(args[0].string.ptr, at == SIZE_MAX ? 0 : at, ret);
}

static Status fn_substring_after(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        Str s = args[0].string;
        TRY(tick_text(x, s));
        size_t at = str_find(s, args[1].string);
        if (at == SIZE_MAX)
                return slice("", 0, ret);
        at += args[1].string.len;
        return slice(s.ptr + at, s.len - at, ret);
}

static Status fn_contains(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        TRY(tick_text(x, args[0].string));
        *ret = feel_bool(str_has(args[0].string, args[1].string));
        return ST_OK;
}

static Status fn_starts_with(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = feel_bool(str_starts(args[0].string, args[1].string));
        return ST_OK;
}

static Status fn_ends_with(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = feel_bool(str_ends(args[0].string, args[1].string));
        return ST_OK;
}

/* ---------------------------------------------------------------- regular expressions */

static Str optional_text(const FeelValue *v)
{
        return v->kind == FEEL_STRING ? v->string : STR("");
}

static RegexLimits regex_limits(const FeelExec *x)
{
        return (RegexLimits){ .deadline_ns = x->deadline };
}

/* Null with a message for a pattern that is wrong or works too long; the rest stops. */
static Status explain(FeelExec *x, Status st, const RegexError *err, FeelValue *ret)
{
        if (st == ST_INVALID && err->at)
                return FEEL_FAIL(x, ret, "正则表达式第 %zu 个字符：%s%.0s", "regular expression, character %zu: %.0s%s",
                                 err->at, err->zh, err->en);
        if (st == ST_INVALID && err->zh)
                return FEEL_FAIL(x, ret, "正则表达式：%s%.0s", "regular expression: %.0s%s", err->zh, err->en);
        if (st == ST_LIMIT)
                return FEEL_FAIL(x, ret, "正则表达式在这段文本上回溯过多，已停止",
                                 "the regular expression backtracks too much on this text and was stopped");
        return st;
}

/* *ret_re is NULL when the pattern is refused: *ret is null then. */
static Status compile(FeelExec *x, Str pattern, Str flags, const FeelRegex **ret_re, FeelValue *ret)
{
        RegexError err = { 0 };
        *ret_re = NULL;
        Status st = feel_regex_cached(x, pattern, flags, &err, ret_re);
        return st == ST_INVALID ? explain(x, st, &err, ret) : st;
}

/* input, pattern, flags (null: none) */
static Status fn_matches(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        const FeelRegex *re;
        TRY(tick_text(x, args[0].string));
        TRY(compile(x, args[1].string, optional_text(&args[2]), &re, ret));
        if (!re)
                return ST_OK;
        RegexLimits limits = regex_limits(x);
        bool found = false;
        Status st = feel_regex_matches(re, args[0].string, &limits, &found);
        if (st != ST_OK)
                return explain(x, st, &(RegexError){ 0 }, ret);
        *ret = feel_bool(found);
        return ST_OK;
}

/* input, pattern, replacement, flags (null: none) */
static Status fn_replace(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        const FeelRegex *re;
        TRY(tick_text(x, args[0].string));
        TRY(compile(x, args[1].string, optional_text(&args[3]), &re, ret));
        if (!re)
                return ST_OK;
        RegexError err = { 0 };
        RegexLimits limits = regex_limits(x);
        _cleanup_buf_ Buf text = BUF_INIT(x->limits.max_bytes);
        Status st = feel_regex_replace(re, args[0].string, args[2].string, &limits, &err, &text);
        TRY(buf_status(&text));
        return st == ST_OK ? done(x, &text, ret) : explain(x, st, &err, ret);
}

typedef struct Pieces {
        FeelListBuilder list;
        Status st;      /* why the list could not take a piece */
} Pieces;

static Status push_piece(void *arg, Str piece)
{
        Pieces *p = arg;
        FeelValue v = feel_string(piece.len ? piece : STR(""));
        p->st = feel_list_push(&p->list, &v);
        return p->st;
}

static Status fn_split(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        const FeelRegex *re;
        TRY(tick_text(x, args[0].string));
        TRY(compile(x, args[1].string, STR(""), &re, ret));
        if (!re)
                return ST_OK;
        RegexError err = { 0 };
        RegexLimits limits = regex_limits(x);
        Pieces pieces = { .list = FEEL_LIST_BUILDER(x) };
        Status st = feel_regex_split(re, args[0].string, &limits, &err, push_piece, &pieces);
        TRY(pieces.st);
        if (st != ST_OK)
                return explain(x, st, &err, ret);
        *ret = feel_list_done(&pieces.list);
        return ST_OK;
}

/* list, delimiter (null: none); null items are left out */
static Status fn_string_join(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        bool unknown;
        TRY(feel_list_unknown(x, &args[0], &unknown, ret));
        if (unknown)
                return ST_OK;
        Str delimiter = optional_text(&args[1]);
        _cleanup_buf_ Buf text = BUF_INIT(x->limits.max_bytes);
        bool first = true;
        for (size_t i = 0; i < args[0].list.len; i++) {
                const FeelValue *v = &args[0].list.items[i];
                if (v->kind == FEEL_NULL)
                        continue;
                if (v->kind != FEEL_STRING)
                        return FEEL_FAIL(x, ret, "第 %zu 项不是字符串", "item %zu is not a string", i + 1);
                if (!first)
                        buf_put_str(&text, delimiter);
                first = false;
                buf_put_str(&text, v->string);
                TRY(buf_status(&text));
                TRY(feel_tick(x, 1));
        }
        return done(x, &text, ret);
}

#define FLAGS { "flags", FM_STRING | FM_NULL }
#define STRING_MATCH { { "string", FM_STRING }, { "match", FM_STRING } }

const FeelBuiltin feel_builtins_string[] = {
        { "substring", fn_substring, FEEL_T_STRING, FB_PURE, 3, 2,
          { { "string", FM_STRING }, { "start position", FM_NUMBER }, { "length", FM_NUMBER } } },
        { "string length", fn_string_length, FEEL_T_NUMBER, FB_PURE, 1, 1, { { "string", FM_STRING } } },
        { "upper case", fn_upper_case, FEEL_T_STRING, FB_PURE, 1, 1, { { "string", FM_STRING } } },
        { "lower case", fn_lower_case, FEEL_T_STRING, FB_PURE, 1, 1, { { "string", FM_STRING } } },
        { "substring before", fn_substring_before, FEEL_T_STRING, FB_PURE, 2, 2, STRING_MATCH },
        { "substring after", fn_substring_after, FEEL_T_STRING, FB_PURE, 2, 2, STRING_MATCH },
        { "contains", fn_contains, FEEL_T_BOOLEAN, FB_PURE, 2, 2, STRING_MATCH },
        { "starts with", fn_starts_with, FEEL_T_BOOLEAN, FB_PURE, 2, 2, STRING_MATCH },
        { "ends with", fn_ends_with, FEEL_T_BOOLEAN, FB_PURE, 2, 2, STRING_MATCH },
        { "matches", fn_matches, FEEL_T_BOOLEAN, FB_PURE, 3, 2,
          { { "input", FM_STRING }, { "pattern", FM_STRING }, FLAGS } },
        { "replace", fn_replace, FEEL_T_STRING, FB_PURE, 4, 3,
          { { "input", FM_STRING }, { "pattern", FM_STRING }, { "replacement", FM_STRING }, FLAGS } },
        { "split", fn_split, FEEL_T_LIST, FB_PURE, 2, 2, { { "string", FM_STRING }, { "delimiter", FM_STRING } } },
        { "string join", fn_string_join, FEEL_T_STRING, FB_PURE, 2, 1,
          { { "list", FM_LIST }, { "delimiter", FM_STRING | FM_NULL } } },
        { NULL, NULL, FEEL_T_ANY, 0, 0, 0, { { NULL, 0 } } },
};
