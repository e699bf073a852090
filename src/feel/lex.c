#include "feel/lex.h"

#include "base/utf8.h"

/* Classes of ASCII bytes; bytes from 0x80 are decoded. */
enum { C_START = 1, C_PART = 2, C_BLANK = 4, C_DIGIT = 8 };

static const uint8_t ascii_class[128] = {
        ['\t'] = C_BLANK, ['\n'] = C_BLANK, [0x0b] = C_BLANK, [0x0c] = C_BLANK, ['\r'] = C_BLANK, [' '] = C_BLANK,
        ['0' ... '9'] = C_PART | C_DIGIT,
        ['A' ... 'Z'] = C_START | C_PART, ['a' ... 'z'] = C_START | C_PART, ['_'] = C_START | C_PART,
        ['?'] = C_START | C_PART,
};

static const char *const token_texts[T_COUNT] = {
#define TOKEN_TEXT(name, text) [T_##name] = text,
        TOKEN_LIST(TOKEN_TEXT)
#undef TOKEN_TEXT
};

const char *feel_token_text(Tok t)
{
        return (unsigned)t < T_COUNT ? token_texts[t] : "";
}

bool feel_is_name_start(uint32_t c)
{
        if (c < 0x80)
                return (ascii_class[c] & C_START) != 0;
        return (c >= 0xC0 && c <= 0xD6) || (c >= 0xD8 && c <= 0xF6) || (c >= 0xF8 && c <= 0x2FF) ||
               (c >= 0x370 && c <= 0x37D) || (c >= 0x37F && c <= 0x167F) || (c >= 0x1681 && c <= 0x180D) ||
               (c >= 0x180F && c <= 0x1FFF) || (c >= 0x200C && c <= 0x200D) || (c >= 0x2070 && c <= 0x218F) ||
               (c >= 0x2C00 && c <= 0x2FEF) || (c >= 0x3001 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) ||
               (c >= 0xFDF0 && c <= 0xFEFE) || (c >= 0xFF00 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0xEFFFF);
}

bool feel_is_name_part(uint32_t c)
{
        if (c < 0x80)
                return (ascii_class[c] & C_PART) != 0;
        return feel_is_name_start(c) || c == 0xB7 || (c >= 0x300 && c <= 0x36F) || (c >= 0x203F && c <= 0x2040);
}

bool feel_is_blank(uint32_t c)
{
        if (c < 0x80)
                return (ascii_class[c] & C_BLANK) != 0;
        return c == 0x85 || c == 0xA0 || c == 0x1680 || c == 0x180E || (c >= 0x2000 && c <= 0x200B) ||
               c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

static size_t wide_word_end(Str text, size_t p, bool first)
{
        while (p < text.len) {
                size_t q = p;
                if ((unsigned char)text.ptr[p] < 0x80) {
                        if (!(ascii_class[(unsigned char)text.ptr[p]] & (first ? C_START : C_PART)))
                                break;
                        p++;
                } else {
                        uint32_t c = utf8_next(text, &q);
                        /* The Chinese of names, before the tables of every script. */
                        if (!(c >= 0x4E00 && c <= 0x9FFF) &&
                            (c == UTF8_BAD || !(first ? feel_is_name_start(c) : feel_is_name_part(c))))
                                break;
                        p = q;
                }
                first = false;
        }
        return p;
}

uint32_t feel_word_end(Str text, uint32_t pos, bool first)
{
        const unsigned char *t = (const unsigned char *)text.ptr;
        size_t p = pos;
        if (p < text.len && t[p] < 0x80) {
                if (!(ascii_class[t[p]] & (first ? C_START : C_PART)))
                        return pos;
                for (p++; p < text.len && t[p] < 0x80; p++)
                        if (!(ascii_class[t[p]] & C_PART))
                                return (uint32_t)p;
                first = false;
        }
        return p < text.len ? (uint32_t)wide_word_end(text, p, first) : (uint32_t)p;
}

static uint32_t skip_more(Lexer *lx, uint32_t pos);

uint32_t feel_skip_blanks(Lexer *lx, uint32_t pos)
{
        const unsigned char *t = (const unsigned char *)lx->text.ptr;
        while (pos < lx->text.len && t[pos] == ' ')
                pos++;
        if (pos < lx->text.len && t[pos] < 0x80 && t[pos] != '/' && !(ascii_class[t[pos]] & C_BLANK))
                return pos;
        return skip_more(lx, pos);
}

static uint32_t skip_more(Lexer *lx, uint32_t pos)
{
        const char *t = lx->text.ptr;
        size_t len = lx->text.len, p = pos;
        while (p < len) {
                unsigned char b = (unsigned char)t[p];
                if (b < 0x80) {
                        if (ascii_class[b] & C_BLANK) {
                                p++;
                        } else if (b == '/' && p + 1 < len && t[p + 1] == '/') {
                                p += 2;
                                while (p < len && t[p] != '\n' && t[p] != '\r')
                                        p++;
                        } else if (b == '/' && p + 1 < len && t[p + 1] == '*') {
                                size_t q = p + 2;
                                while (q + 1 < len && !(t[q] == '*' && t[q + 1] == '/'))
                                        q++;
                                if (q + 1 >= len)
                                        return (uint32_t)p;     /* not closed: feel_lex says so */
                                p = q + 2;
                        } else {
                                break;
                        }
                } else {
                        size_t q = p;
                        uint32_t c = utf8_next(lx->text, &q);
                        if (c == UTF8_BAD || !feel_is_blank(c))
                                break;
                        p = q;
                }
        }
        return (uint32_t)p;
}

static Tok keyword(const char *w, size_t n)
{
#define IS(s, tok) if (n == sizeof(s) - 1 && memcmp(w, s, sizeof(s) - 1) == 0) return tok
        switch (w[0]) {
        case 'a': IS("and", T_AND); break;
        case 'b': IS("between", T_BETWEEN); break;
        case 'e': IS("else", T_ELSE); IS("every", T_EVERY); IS("external", T_EXTERNAL); break;
        case 'f': IS("for", T_FOR); IS("false", T_FALSE); IS("function", T_FUNCTION); break;
        case 'i': IS("in", T_IN); IS("if", T_IF); IS("instance", T_INSTANCE); break;
        case 'n': IS("not", T_NOT); IS("null", T_NULL); break;
        case 'o': IS("or", T_OR); break;
        case 'r': IS("return", T_RETURN); break;
        case 's': IS("some", T_SOME); IS("satisfies", T_SATISFIES); break;
        case 't': IS("true", T_TRUE); IS("then", T_THEN); break;
        default: break;
        }
#undef IS
        return T_WORD;
}

static bool is_digit(Str s, size_t p)
{
        return p < s.len && s.ptr[p] >= '0' && s.ptr[p] <= '9';
}

/* digits [. digits] | . digits, then an exponent that has digits. */
static size_t number_end(Str s, size_t p)
{
        while (is_digit(s, p))
                p++;
        if (p < s.len && s.ptr[p] == '.' && is_digit(s, p + 1)) {
                p++;
                while (is_digit(s, p))
                        p++;
        }
        if (p < s.len && (s.ptr[p] == 'e' || s.ptr[p] == 'E')) {
                size_t q = p + 1;
                if (q < s.len && (s.ptr[q] == '+' || s.ptr[q] == '-'))
                        q++;
                if (is_digit(s, q)) {
                        while (is_digit(s, q))
                                q++;
                        p = q;
                }
        }
        return p;
}

/* Past the closing quote; 0: there is none. */
static size_t string_end(Str s, size_t p)
{
        for (p++; p < s.len; p++) {
                if (s.ptr[p] == '\\')
                        p++;
                else if (s.ptr[p] == '"')
                        return p + 1;
        }
        return 0;
}

static Token bad(Lexer *lx, LexError e, size_t start, size_t end)
{
        lx->error = e;
        return (Token){ T_BAD, (uint32_t)start, (uint32_t)end };
}

Token feel_lex(Lexer *lx, uint32_t pos)
{
        size_t p = feel_skip_blanks(lx, pos);
        Str s = lx->text;
#define TOKEN(kind, n) ((Token){ (kind), (uint32_t)p, (uint32_t)(p + (n)) })
        if (p >= s.len)
                return TOKEN(T_EOF, 0);
        char next = p + 1 < s.len ? s.ptr[p + 1] : '\0';
        switch (s.ptr[p]) {
        case '(': return TOKEN(T_LPAREN, 1);
        case ')': return TOKEN(T_RPAREN, 1);
        case '[': return TOKEN(T_LBRACK, 1);
        case ']': return TOKEN(T_RBRACK, 1);
        case '{': return TOKEN(T_LBRACE, 1);
        case '}': return TOKEN(T_RBRACE, 1);
        case ',': return TOKEN(T_COMMA, 1);
        case ':': return TOKEN(T_COLON, 1);
        case '+': return TOKEN(T_PLUS, 1);
        case '-': return next == '>' ? TOKEN(T_ARROW, 2) : TOKEN(T_MINUS, 1);
        case '*': return next == '*' ? TOKEN(T_POW, 2) : TOKEN(T_STAR, 1);
        case '/':
                if (next == '*')
                        return bad(lx, LEX_UNTERMINATED_COMMENT, p, s.len);
                return TOKEN(T_SLASH, 1);
        case '=': return TOKEN(T_EQ, 1);
        case '!':
                if (next == '=')
                        return TOKEN(T_NE, 2);
                return bad(lx, LEX_CHARACTER, p, p + 1);
        case '<': return next == '=' ? TOKEN(T_LE, 2) : TOKEN(T_LT, 1);
        case '>': return next == '=' ? TOKEN(T_GE, 2) : TOKEN(T_GT, 1);
        case '@': return TOKEN(T_AT, 1);
        case '.':
                if (next == '.')
                        return TOKEN(T_DOTDOT, 2);
                if (next >= '0' && next <= '9')
                        return (Token){ T_NUMBER, (uint32_t)p, (uint32_t)number_end(s, p) };
                return TOKEN(T_DOT, 1);
        case '0' ... '9':
                return (Token){ T_NUMBER, (uint32_t)p, (uint32_t)number_end(s, p) };
        case '"': {
                size_t e = string_end(s, p);
                if (e == 0)
                        return bad(lx, LEX_UNTERMINATED_STRING, p, s.len);
                return (Token){ T_STRING, (uint32_t)p, (uint32_t)e };
        }
        case '?':
                if (feel_word_end(s, (uint32_t)p, true) == p + 1)
                        return TOKEN(T_QUESTION, 1);
                break;
        default:
                break;
        }
        uint32_t e = feel_word_end(s, (uint32_t)p, true);
        if (e > p)
                return (Token){ keyword(s.ptr + p, e - p), (uint32_t)p, e };
        size_t q = p;
        uint32_t c = utf8_next(s, &q);
        return bad(lx, c == UTF8_BAD ? LEX_UTF8 : LEX_CHARACTER, p, q);
#undef TOKEN
}

/* ---------------------------------------------------------------- strings */

static int hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

/* n hexadecimal digits at p, or UTF8_BAD. */
static uint32_t hex_value(Str s, size_t p, size_t n)
{
        uint32_t v = 0;
        if (p + n > s.len)
                return UTF8_BAD;
        for (size_t i = 0; i < n; i++) {
                int h = hex(s.ptr[p + i]);
                if (h < 0)
                        return UTF8_BAD;
                v = v << 4 | (uint32_t)h;
        }
        return v;
}

/* One \u.... (also a pair of surrogates) or \U...... at p (of the backslash); bytes read, 0: none. */
static size_t unicode_escape(Str s, size_t p, uint32_t *ret)
{
        if (s.ptr[p + 1] == 'U') {
                *ret = hex_value(s, p + 2, 6);
                return *ret == UTF8_BAD ? 0 : 8;
        }
        uint32_t c = hex_value(s, p + 2, 4);
        if (c == UTF8_BAD)
                return 0;
        *ret = c;
        if (c >= 0xD800 && c <= 0xDBFF && p + 7 < s.len && s.ptr[p + 6] == '\\' && s.ptr[p + 7] == 'u') {
                uint32_t low = hex_value(s, p + 8, 4);
                if (low != UTF8_BAD && low >= 0xDC00 && low <= 0xDFFF) {
                        *ret = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                        return 12;
                }
        }
        return 6;
}

Str feel_unescape(Arena *a, Str token)
{
        Str s = { token.ptr + 1, token.len - 2 };
        const char *esc = memchr(s.ptr, '\\', s.len);
        if (!esc)
                return s;
        char *out = arena_alloc(a, s.len + 1);
        if (!out)
                return STR_NONE;
        size_t o = (size_t)(esc - s.ptr);
        memcpy(out, s.ptr, o);
        for (size_t p = o; p < s.len;) {
                if (s.ptr[p] != '\\' || p + 1 >= s.len) {
                        out[o++] = s.ptr[p++];
                        continue;
                }
                char c = s.ptr[p + 1];
                uint32_t cp;
                size_t n;
                switch (c) {
                case 'n': out[o++] = '\n'; p += 2; break;
                case 'r': out[o++] = '\r'; p += 2; break;
                case 't': out[o++] = '\t'; p += 2; break;
                case '"': case '\'': case '\\': out[o++] = c; p += 2; break;
                case 'u': case 'U':
                        n = unicode_escape(s, p, &cp);
                        if (n) {
                                /* An escape is never shorter than its bytes; a lone surrogate has none. */
                                size_t w = utf8_put(out + o, cp);
                                if (w == 0)
                                        w = utf8_put(out + o, 0xFFFD);
                                o += w;
                                p += n;
                                break;
                        }
                        out[o++] = s.ptr[p++];
                        break;
                default:
                        out[o++] = s.ptr[p++];          /* "\d" keeps its backslash: regular expressions */
                        break;
                }
        }
        out[o] = '\0';
        return (Str){ out, o };
}
