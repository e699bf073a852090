/* parse_names.c -- the parser's messages, and which words are one name. */
#include "feel/parse_int.h"

#include <stdio.h>

#include "base/utf8.h"

/* ---------------------------------------------------------------- messages */

Pos feel_source_pos(const FeelSource *src, uint32_t offset)
{
        Str t = src->text;
        size_t at = offset < t.len ? offset : t.len, line_start = 0;
        int line = src->line > 0 ? src->line : 1, first_line = line;
        for (size_t i = 0; i < at; i++) {
                if (t.ptr[i] == '\n') {
                        line++;
                        line_start = i + 1;
                }
        }
        size_t end = at;
        while (end < t.len && t.ptr[end] != '\n')
                end++;
        int col = (int)utf8_len(str_n(t.ptr + line_start, at - line_start)) + 1;
        if (line == first_line && src->col > 0)
                col += src->col - 1;
        Pos pos = POS_LINE(src->file, line, col);
        /* The caret is drawn under the text that is at hand: only where it is a whole line of the file, and short. */
        if ((line > first_line || src->col <= 1) && end - line_start <= 400)
                pos.source = str_n(t.ptr + line_start, end - line_start);
        return pos;
}

void *parse_fail(Parser *p, uint32_t pos, const char *zh, const char *en, ...)
{
        if (p->st != ST_OK)
                return NULL;
        p->st = ST_INVALID;
        if (p->quiet || !p->diag)
                return NULL;
        char text[600];
        va_list ap;
        va_start(ap, en);
        vsnprintf(text, sizeof(text), p->diag->lang == LANG_EN ? en : zh, ap);
        va_end(ap);
        diag_error(p->diag, feel_source_pos(&p->src, pos), "%s", "%s", text);
        return NULL;
}

void *parse_nomem(Parser *p)
{
        if (p->st == ST_OK)
                p->st = ST_NOMEM;
        return NULL;
}

Str parse_shown(const Parser *p, Token t)
{
        Str s = { p->lx.text.ptr + t.start, t.end - t.start };
        if (s.len > 60)
                s.len = utf8_offset(s, 20);
        return s;
}

void *parse_lex_failed(Parser *p)
{
        switch (p->lx.error) {
        case LEX_UNTERMINATED_STRING:
                return parse_fail(p, p->tok.start, "字符串没有结束的引号", "this string has no closing quote");
        case LEX_UNTERMINATED_COMMENT:
                return parse_fail(p, p->tok.start, "注释没有结束的 */", "this comment has no closing */");
        case LEX_UTF8:
                return parse_fail(p, p->tok.start, "此处不是有效的 UTF-8 文本", "this is not valid UTF-8 text");
        default: {
                Str s = parse_shown(p, p->tok);
                return parse_fail(p, p->tok.start, "不认识的字符 “%.*s”", "unexpected character \"%.*s\"", STR_FMT(s));
        }
        }
}

static bool english(const Parser *p)
{
        return p->diag && p->diag->lang == LANG_EN;
}

void *parse_expected(Parser *p, const char *zh, const char *en)
{
        if (p->tok.kind == T_BAD)
                return parse_lex_failed(p);
        if (p->tok.kind == T_EOF)
                return parse_fail(p, p->tok.start, "表达式没有写完：此处应为 %s",
                                  "the expression ends here; expected %s", english(p) ? en : zh);
        Str s = parse_shown(p, p->tok);
        return parse_fail(p, p->tok.start, "此处应为 %s，而不是 “%.*s”", "expected %s, found \"%.*s\"",
                          english(p) ? en : zh, STR_FMT(s));
}

bool parse_take(Parser *p, Tok t)
{
        if (p->tok.kind != t) {
                char what[32];
                snprintf(what, sizeof(what), "\"%s\"", feel_token_text(t));
                parse_expected(p, what, what);
                return false;
        }
        parse_advance(p);
        return true;
}

bool parse_enter(Parser *p)
{
        if (feel_budget_over(p->budget, 1)) {
                if (p->st == ST_OK)
                        p->st = ST_TIMEOUT;
                return false;
        }
        if (p->depth < p->max_depth) {
                p->depth++;
                return true;
        }
        if (p->st == ST_OK) {
                parse_fail(p, p->tok.start, "嵌套超过 %u 层", "nested more than %u levels deep", p->max_depth);
                p->st = ST_LIMIT;
        }
        return false;
}

/* ---------------------------------------------------------------- names */

bool parse_add_local(Parser *p, Str name)
{
        NamePushed pushed;
        Status st = feel_names_push(&p->locals, name, &pushed);
        if (st == ST_INVALID || (st == ST_OK && !pushed.node))
                return true;
        if (st != ST_OK ||
            arena_grow(p->arena, (void **)&p->local_stack, &p->local_cap, p->local_count + 1, sizeof(pushed)) != 0)
                return parse_nomem(p) != NULL;
        p->local_stack[p->local_count++] = pushed;
        return true;
}

void parse_drop_locals(Parser *p, size_t count)
{
        while (p->local_count > count)
                feel_names_pop(&p->locals, &p->local_stack[--p->local_count]);
}

void parse_go_back(Parser *p, const Parser *before)
{
        Parser back = *before;
        parse_drop_locals(p, before->local_count);
        back.locals = p->locals;        /* the tables may have moved */
        back.local_stack = p->local_stack;
        back.local_cap = p->local_cap;
        back.keys = p->keys;
        *p = back;
}

static void longest(uint32_t e, Str found, uint32_t *end, Str *key)
{
        if (e > *end) {
                *end = e;
                *key = found;
        }
}

/* Is there something after the word that a name of several parts could go on with? */
static bool may_go_on(const Parser *p, uint32_t word)
{
        Str t = p->lx.text;
        while (word < t.len && t.ptr[word] == ' ')
                word++;
        if (word >= t.len)
                return false;
        switch (t.ptr[word]) {
        case '(':
        case ')':
        case '[':
        case ']':
        case '{':
        case '}':
        case ',':
        case ':':
        case '=':
        case '<':
        case '>':
        case '!':
        case '"': case '@':
                return false;
        default:
                return true;
        }
}

/* The longest known name that begins at the current word; 0: none of several parts. */
uint32_t parse_known_name(Parser *p, bool path, Str *key)
{
        uint32_t start = p->tok.start, word = p->tok.end, end = 0;
        Str found = STR_NONE;
        if (!may_go_on(p, word))
                return 0;
        if (!path) {
                longest(feel_names_match(&p->locals, &p->lx, start, word, &found), found, &end, key);
                if (p->scope) {
                        longest(feel_names_match(&p->scope->index, &p->lx, start, word, &found), found, &end, key);
                        if (p->scope->library)
                                longest(feel_names_match(&p->scope->library->names, &p->lx, start, word, &found), found,
                                        &end, key);
                }
                longest(feel_builtin_match(&p->lx, start, word, &found), found, &end, key);
        }
        if (path || p->filters) {
                longest(feel_names_match(&p->keys, &p->lx, start, word, &found), found, &end, key);
                if (p->scope) {
                        longest(feel_names_match(&p->scope->keys, &p->lx, start, word, &found), found, &end, key);
                        if (p->scope->library)
                                longest(feel_names_match(&p->scope->library->keys, &p->lx, start, word, &found), found,
                                        &end, key);
                }
        }
        if (path) {
                static const char *const properties[] = { "time offset", "start included", "end included" };
                for (size_t i = 0; i < ARRAY_LEN(properties); i++)
                        longest(feel_name_at(str_c(properties[i]), &p->lx, start), str_c(properties[i]), &end, key);
        }
        /* A long name may be begun at every word of it. */
        if (end && feel_budget_over(p->budget, (end - start) / 16) && p->st == ST_OK)
                p->st = ST_TIMEOUT;
        return end;
}

/* A name where an operand or a path's step may stand; advances over it. */
Str parse_take_name(Parser *p, bool path)
{
        Str key = STR_NONE;
        uint32_t start = p->tok.start, end = parse_known_name(p, path, &key);
        if (end) {
                p->tok.end = end;
                parse_advance(p);
                return key;
        }
        end = p->tok.end;
        parse_advance(p);
        Str name = { p->lx.text.ptr + start, end - start };
        if (p->tok.kind != T_WORD)
                return name;
        /* Words in a row: only one name can be meant. */
        while (p->tok.kind == T_WORD) {
                end = p->tok.end;
                parse_advance(p);
        }
        Status st;
        name = feel_name_normalize(p->arena, str_n(p->lx.text.ptr + start, end - start), &st);
        if (!name.ptr) {
                if (st == ST_NOMEM)
                        parse_nomem(p);
                else
                        parse_fail(p, start, "此处不是名称", "this is not a name");
        }
        return name;
}

/* A name that is being defined: words and symbols up to a stop token.  ptr NULL with a message. */
Str parse_new_name(Parser *p, Tok stop1, Tok stop2, Tok stop3)
{
        uint32_t start = p->tok.start, end = start;
        while (p->tok.kind != stop1 && p->tok.kind != stop2 && p->tok.kind != stop3 && p->tok.kind != T_EOF) {
                /* An apostrophe is a symbol of names and of nothing else. */
                if (p->tok.kind == T_BAD &&
                    (p->lx.error != LEX_CHARACTER || p->lx.text.ptr[p->tok.start] != '\'' || end == start))
                        break;
                end = p->tok.end;
                parse_advance(p);
        }
        if (p->tok.kind == T_BAD) {
                parse_lex_failed(p);
                return STR_NONE;
        }
        Status st = ST_INVALID;
        Str name = STR_NONE;
        if (end > start && (p->tok.kind == stop1 || p->tok.kind == stop2 || p->tok.kind == stop3))
                name = feel_name_normalize(p->arena, str_n(p->lx.text.ptr + start, end - start), &st);
        if (!name.ptr && st == ST_NOMEM) {
                parse_nomem(p);
        } else if (!name.ptr) {
                Str s = { p->lx.text.ptr + start, end - start };
                if (s.len > 60)
                        s.len = utf8_offset(s, 20);
                parse_fail(p, start, "此处应为名称，而不是 “%.*s”", "expected a name, found \"%.*s\"", STR_FMT(s));
        }
        return name;
}

/* Does a name with a colon after it begin here (`f(start position: 2)`)? */
bool parse_named_ahead(Parser *p)
{
        if (!parse_is_word(p->tok.kind))
                return false;
        Str t = p->lx.text;
        uint32_t pos = p->tok.end;
        for (;;) {
                pos = feel_skip_blanks(&p->lx, pos);
                if (pos >= t.len)
                        return false;
                if (t.ptr[pos] == ':')
                        return true;
                uint32_t e = feel_word_end(t, pos, false);
                if (e > pos)
                        pos = e;
                else if (feel_is_name_symbol(t.ptr[pos]))
                        pos++;
                else
                        return false;
        }
}
