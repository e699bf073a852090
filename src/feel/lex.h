/* lex.h -- text to tokens, and the known names that may be several words.
 *
 * FEEL has no token "name" that a lexer could find alone: `a - b` is one name
 * where the scope knows it, and a subtraction where it does not.  The lexer
 * gives words; where an operand may stand the parser asks names_match for the
 * longest known name that begins there.
 */
#ifndef KC_FEEL_LEX_H
#define KC_FEEL_LEX_H

#include "feel/strmap.h"
#include "feel/feel_int.h"

#define TOKEN_LIST(X)                                                                         \
        X(EOF, "") X(BAD, "") X(NUMBER, "") X(STRING, "") X(AT, "@") X(WORD, "")              \
        X(LPAREN, "(") X(RPAREN, ")") X(LBRACK, "[") X(RBRACK, "]") X(LBRACE, "{") X(RBRACE, "}") \
        X(COMMA, ",") X(COLON, ":") X(DOT, ".") X(DOTDOT, "..")                               \
        X(PLUS, "+") X(MINUS, "-") X(STAR, "*") X(SLASH, "/") X(POW, "**")                    \
        X(EQ, "=") X(NE, "!=") X(LT, "<") X(LE, "<=") X(GT, ">") X(GE, ">=")                  \
        X(QUESTION, "?") X(ARROW, "->")                                                       \
        X(IF, "if") X(THEN, "then") X(ELSE, "else") X(FOR, "for") X(RETURN, "return")         \
        X(SOME, "some") X(EVERY, "every") X(SATISFIES, "satisfies") X(IN, "in")               \
        X(AND, "and") X(OR, "or") X(BETWEEN, "between") X(INSTANCE, "instance")               \
        X(FUNCTION, "function") X(EXTERNAL, "external")                                       \
        X(TRUE, "true") X(FALSE, "false") X(NULL, "null") X(NOT, "not")

typedef enum Tok {
#define TOKEN_ENUM(name, text) T_##name,
        TOKEN_LIST(TOKEN_ENUM)
#undef TOKEN_ENUM
        T_COUNT
} Tok;

typedef struct Token {
        Tok kind;
        uint32_t start, end;            /* bytes */
} Token;

/* Why T_BAD. */
typedef enum LexError {
        LEX_OK, LEX_CHARACTER, LEX_UNTERMINATED_STRING, LEX_UNTERMINATED_COMMENT, LEX_NUMBER, LEX_UTF8
} LexError;

typedef struct Lexer {
        Str text;
        LexError error;
} Lexer;

/* The next token at or after pos; blanks and comments are skipped. */
Token feel_lex(Lexer *lx, uint32_t pos);
/* First byte after blanks and comments. */
uint32_t feel_skip_blanks(Lexer *lx, uint32_t pos);
const char *feel_token_text(Tok t);

/* Character classes of names (10.3.1.2, rules 28 to 30). */
bool feel_is_name_start(uint32_t cp);
bool feel_is_name_part(uint32_t cp);
bool feel_is_blank(uint32_t cp);
/* End of the word (a run of name part characters) that begins at pos; pos itself: none begins. */
uint32_t feel_word_end(Str text, uint32_t pos, bool first);
/* One of . / - ' + * that may stand inside a name. */
static inline bool feel_is_name_symbol(char c)
{
        return c == '.' || c == '/' || c == '-' || c == '\'' || c == '+' || c == '*';
}

/* The value of a string token (with its quotes): in the arena only when it has escapes. ptr NULL: no memory. */
Str feel_unescape(Arena *a, Str token);

/* ---------------------------------------------------------------- names */

/* A name as words and symbols: one blank between two words, none around symbols. ptr NULL: not a name, or
 * no memory (*ret_st says). */
Str feel_name_normalize(Arena *a, Str name, Status *ret_st);

/* A name that reads as itself where one is defined (`{name: …}`): normalised, and no comment begins in it. */
bool feel_is_plain_name(Str s);

typedef struct NameEdge NameEdge;
typedef struct NameNode NameNode;

/* Names of more than one word or symbol.  NAME_INDEX(arena) is an empty one. */
typedef struct NameIndex {
        Arena *arena;
        NameNode *nodes;                /* [0] is the root */
        size_t node_count, node_cap;
        NameEdge *edges;                /* by hash of node and part; size is a power of two */
        size_t edge_size, edge_count;
        StrMap seen;                    /* types whose entries are in (scope.c) */
} NameIndex;
#define NAME_INDEX(a) ((NameIndex){ .arena = (a), .seen = STRMAP_INIT(a) })

/* Adds it when it has several parts; a name that is known keeps its key.  ST_INVALID: not a name. */
Status feel_names_add(NameIndex *ix, Str name) FALLIBLE;
/* The same for a name that is visible for a while: it hides one that is written alike until it is popped,
 * the last pushed first. */
typedef struct NamePushed {
        uint32_t node;                  /* 0: one word, nothing was added */
        Str before;                     /* the key that was hidden */
} NamePushed;
Status feel_names_push(NameIndex *ix, Str name, NamePushed *ret) FALLIBLE;
void feel_names_pop(NameIndex *ix, const NamePushed *pushed);
/* The longest name of the index that begins at pos with the word pos..word_end; its end, or 0. */
uint32_t feel_names_match(const NameIndex *ix, Lexer *lx, uint32_t pos, uint32_t word_end, Str *ret_key);
/* Does this normalised name stand at pos?  Its end, or 0. */
uint32_t feel_name_at(Str normal, Lexer *lx, uint32_t pos);
/* Built-in functions of several words. */
uint32_t feel_builtin_match(Lexer *lx, uint32_t pos, uint32_t word_end, Str *ret_key);

#endif
