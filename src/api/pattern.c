/* pattern.c -- the patterns of api/openapi.yaml, matched by backtracking over short texts.
 *
 * They are ours, few and anchored: literals, [classes], ( | ), and the repeats
 * * + ? {m,n}.  Texts are cut at their schema's length before they come here. */
#include "api/api_int.h"

typedef struct Rest {
        const char *pattern;
        const struct Rest *next;
} Rest;

static bool match(const char *p, const char *end, Str s, size_t at, const Rest *rest);

static const char *atom_end(const char *p, const char *end)
{
        if (*p == '\\')
                return p + 2 <= end ? p + 2 : end;
        if (*p == '[') {
                for (p++; p < end && *p != ']'; p++)
                        if (*p == '\\')
                                p++;
                return p < end ? p + 1 : end;
        }
        if (*p == '(') {
                int depth = 0;
                for (; p < end; p++) {
                        if (*p == '\\') {
                                p++;
                                continue;
                        }
                        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
                        if (depth == 0)
                                return p + 1;
                }
                return end;
        }
        return p + 1;
}

static bool in_class(const char *p, const char *end, char c)
{
        bool not = p + 1 < end && p[1] == '^', in = false;
        for (p += 1 + not ; p < end - 1; p++) {
                if (p + 2 < end - 1 && p[1] == '-') {
                        in |= c >= p[0] && c <= p[2];
                        p += 2;
                } else {
                        in |= c == *p;
                }
        }
        return in != not ;
}

static bool single(const char *p, const char *end, char c)
{
        return *p == '[' ? in_class(p, end, c) : *p == '\\' ? p[1] == c : *p == '.' ? true : *p == c;
}

static const char *repeat(const char *p, const char *end, int *min, int *max)
{
        *min = *max = 1;
        if (p >= end)
                return p;
        if (*p == '*' || *p == '+' || *p == '?') {
                *min = *p == '+';
                *max = *p == '?' ? 1 : 10000;
                return p + 1;
        }
        if (*p != '{')
                return p;
        int n = 0;
        *min = -1;
        for (p++; p < end && *p != '}'; p++) {
                if (*p == ',') {
                        *min = n;
                        n = 0;
                } else {
                        n = n * 10 + (*p - '0');
                }
        }
        *max = n;
        if (*min < 0)
                *min = n;
        return p + 1;
}

/* Each alternative of the group, then what follows it. */
static bool group(const char *p, const char *end, Str s, size_t at, const Rest *rest)
{
        const char *start = p + 1;
        int depth = 0;
        for (const char *q = p + 1; q < end; q++) {
                if (*q == '\\') {
                        q++;
                        continue;
                }
                depth += *q == '(' ? 1 : *q == ')' ? -1 : 0;
                if ((depth == 0 && *q == '|') || q == end - 1) {
                        if (match(start, q, s, at, rest))
                                return true;
                        start = q + 1;
                }
        }
        return false;
}

static bool match(const char *p, const char *end, Str s, size_t at, const Rest *rest)
{
        if (p >= end) {
                if (!rest)
                        return at == s.len;
                return match(rest->pattern, rest->pattern + strlen(rest->pattern), s, at, rest->next);
        }
        if (*p == '^')
                return at == 0 && match(p + 1, end, s, at, rest);
        if (*p == '$')
                return at == s.len && match(p + 1, end, s, at, rest);
        const char *after = atom_end(p, end);
        int min, max;
        const char *next = repeat(after, end, &min, &max);
        if (*p == '(') { /* groups are not repeated in our patterns */
                Rest more = { next, rest };
                return group(p, after, s, at, &more);
        }
        int n = 0;
        while (n < max && at + (size_t)n < s.len && single(p, after, s.ptr[at + (size_t)n]))
                n++;
        for (; n >= min; n--)
                if (match(next, end, s, at + (size_t)n, rest))
                        return true;
        return false;
}

bool api_pattern_fits(const char *pattern, Str text)
{
        return match(pattern, pattern + strlen(pattern), text, 0, NULL);
}
