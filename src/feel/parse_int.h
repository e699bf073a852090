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
        CompileBudget *budget;
        Token tok;
        uint32_t depth, max_depth;
        uint32_t filters;               /* inside so many filters: entries are names */
        uint32_t endpoints;             /* inside a range's end: `[` may close it */
        uint32_t trials;                /* readings that may still fail */
        bool uses_input;
        bool quiet;                     /* trial: no messages */
        NameIndex locals;               /* names of several words that are visible here */
        NamePushed *local_stack;        /* innermost last */
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
void *parse_expected(Parser *p, const char *zh, const char *en);
bool parse_take(Parser *p, Tok t);              /* advances over it, or false with a message */
bool parse_enter(Parser *p); /* one level deeper; false: too deep (with a message), or the time is over */

void *parse_lex_failed(Parser *p);              /* the message for T_BAD; NULL */
Str parse_shown(const Parser *p, Token t);      /* the token's text, cut short for a message */

static inline bool parse_is_word(Tok t)
{
        return t == T_WORD || t >= T_IF;
}
/* A name of several words that is visible from here until parse_drop_locals(p, the local_count from before). */
bool parse_add_local(Parser *p, Str name);
void parse_drop_locals(Parser *p, size_t count);
/* Back to a copy of the parser taken before; what was learnt of names since is dropped. */
void parse_go_back(Parser *p, const Parser *before);
/* The end of the longest known name of several parts at the current word, 0: none.  path: after a dot. */
uint32_t parse_known_name(Parser *p, bool path, Str *key);
/* The name at the current word; advances over it.  ptr NULL: failed. */
Str parse_take_name(Parser *p, bool path);
/* A name that is being defined: words and symbols up to a stop token.  ptr NULL with a message. */
Str parse_new_name(Parser *p, Tok stop1, Tok stop2, Tok stop3);
/* Does a name with a colon after it begin here (`f(start position: 2)`)? */
bool parse_named_ahead(Parser *p);

/* A type after `instance of` or `:`.  NULL with p->st ST_OK: no type of that name (*ret_unknown). */
const FeelType *parse_type(Parser *p, Str *ret_unknown);

#endif
