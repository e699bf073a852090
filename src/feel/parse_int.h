/* parse_int.h -- the parser's state, shared by parse.c and parse_type.c. */
#ifndef KC_FEEL_PARSE_INT_H
#define KC_FEEL_PARSE_INT_H

#include "feel/ast.h"
#include "feel/scope.h"

typedef struct Parser {
        Arena *arena;
        Lexer lx;
        FeelSource src;
        const FeelScope *scope;
        Diag *diag;
        Token tok;
        uint32_t depth, max_depth;
        uint32_t filters;               /* inside so many filters: entries are names */
        uint32_t endpoints;             /* inside a range's end: `[` may close it */
        uint32_t trials;                /* readings that may still fail */
        bool uses_input;
        bool quiet;                     /* trial: no messages */
        Str *locals;                    /* normalised names of several words, innermost last */
        size_t local_count, local_cap;
        NameIndex keys;                 /* entries written in this text, several words */
        Status st;
} Parser;

static inline void parse_advance(Parser *p)
{
        p->tok = feel_lex(&p->lx, p->tok.end);
}

/* Records the first error; always NULL. */
void *parse_fail(Parser *p, uint32_t pos, const char *zh, const char *en, ...)
        __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
void *parse_nomem(Parser *p);
/* "expected …, found …" at the current token. */
void *parse_expected(Parser *p, const char *what);
bool parse_take(Parser *p, Tok t);              /* advances over it, or false with a message */
bool parse_enter(Parser *p);                    /* one level deeper; false with a message */

/* A type after `instance of` or `:`.  NULL with p->st ST_OK: no type of that name (*ret_unknown). */
const FeelType *parse_type(Parser *p, Str *ret_unknown);

#endif
