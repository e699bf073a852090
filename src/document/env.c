/* env.c -- expressions of a template: their names, their place, what their values look like. */
#include "document/document_int.h"

enum { TEXT_MAX = 4 << 20 };

Status doc_env(DocMaker *m, const DocEnv *outer, const DocName *names, size_t count, DocEnv *ret)
{
        size_t most = (outer ? outer->count : 0) + count, n = 0;
        FeelScope *scope = feel_scope_new(m->a, m->in->library);
        FeelValue *values = arena_array_of(m->a, FeelValue, most + 1);
        const FeelType **types = arena_array_of(m->a, const FeelType *, most + 1);
        Str *all = arena_array_of(m->a, Str, most + 1);
        if (!scope || !values || !types || !all)
                return ST_NOMEM;
        for (size_t i = 0; i < most; i++) {
                bool inner = i >= most - count;
                const DocName own = inner ? names[i - (most - count)]
                                          : (DocName){ outer->names[i], outer->types[i], outer->values[i] };
                bool hidden = false;
                for (size_t k = 0; k < count && !inner; k++)
                        hidden |= str_eq(names[k].name, own.name);
                if (hidden)
                        continue;
                uint32_t slot;
                Status st = feel_scope_add(scope, own.name, own.type, &slot);
                if (st == ST_EXISTS || st == ST_INVALID)
                        continue;               /* an entry whose key is no name is reached through its row */
                TRY(st);
                all[n] = own.name;
                types[n] = own.type;
                values[n++] = own.value;
        }
        *ret = (DocEnv){ scope, values, types, all, n };
        return ST_OK;
}

Status doc_compile(DocMaker *m, const DocEnv *env, FeelSource src, FeelProgram **ret)
{
        if (!str_trim(src.text).len)
                return diag_raise(m->diag, ST_INVALID, POS_LINE(src.file, src.line, src.col), "表达式为空",
                                  "the expression is empty");
        return feel_compile(env->scope, src, NULL, m->diag, ret);
}

Status doc_eval(DocMaker *m, const DocEnv *env, FeelSource src, FeelProgram **ret_program, FeelValue *ret)
{
        _cleanup_feel_program_ FeelProgram *p = NULL;
        TRY(doc_compile(m, env, src, &p));
        Status st = feel_eval(m->in->exec, p, env->values, env->count, ret);
        if (st != ST_OK)
                return diag_fail(m->diag, st, POS_LINE(src.file, src.line, src.col), "计算“%.*s”：%s",
                                 "evaluating \"%.*s\": %s", STR_FMT(src.text), status_text(st, m->diag->lang));
        *ret_program = TAKE(p);
        return ST_OK;
}

Str doc_missing(Lang lang) { return lang == LANG_EN ? STR("(not reported)") : STR("（未报）"); }

Status doc_clean(Arena *a, Str s, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(BUF_MAX_DEFAULT);
        for (size_t i = 0; i < s.len;) {
                uint32_t cp = utf8_next(s, &i);
                if (cp == UTF8_BAD)
                        cp = 0xFFFD;
                if (cp == '\t')
                        cp = ' ';
                bool control = (cp < 0x20 && cp != '\n') || cp == 0x7F || (cp >= 0x80 && cp < 0xA0);
                if (!control && (cp & 0xFFFE) != 0xFFFE)
                        buf_put_codepoint(&b, cp);
        }
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static void put_value(const FeelValue *v, Lang lang, bool top, Buf *out)
{
        char number[DEC_TEXT_MAX];
        if (feel_is(v, FEEL_UNKNOWN))
                buf_put_str(out, doc_missing(lang));
        else if (feel_is(v, FEEL_NULL))
                buf_puts(out, "—");
        else if (feel_is(v, FEEL_BOOLEAN))
                buf_puts(out, lang == LANG_EN ? (v->boolean ? "yes" : "no") : v->boolean ? "是" : "否");
        else if (feel_is(v, FEEL_NUMBER))
                buf_put(out, number, dec_to_text(v->number, number));
        else if (feel_is(v, FEEL_STRING))
                buf_put_str(out, v->string);
        else if (feel_is(v, FEEL_DATE))
                doc_date(v->date, lang, out);
        else if (feel_is(v, FEEL_LIST) && top)
                for (size_t i = 0; i < v->list.len; i++) {
                        buf_puts(out, i == 0 ? "" : lang == LANG_EN ? ", " : "、");
                        put_value(&v->list.items[i], lang, false, out);
                }
        else
                feel_to_string(v, out);
}

Status doc_value_span(DocMaker *m, Str expression, const FeelValue *v, DocSpan *ret)
{
        _cleanup_buf_ Buf text = BUF_INIT(TEXT_MAX), exact = BUF_INIT(TEXT_MAX);
        DocSpan s = { .missing = feel_is(v, FEEL_UNKNOWN) };
        put_value(v, m->in->lang, true, &text);
        feel_to_text(v, &exact);
        TRY(buf_status(&text));
        TRY(buf_status(&exact));
        TRY(doc_clean(m->a, buf_str(&text), &s.text));
        TRY(doc_clean(m->a, buf_str(&exact), &s.value));
        TRY(doc_clean(m->a, str_trim(expression), &s.feel));
        *ret = s;
        return ST_OK;
}

size_t doc_close(Str text, size_t from, size_t to)
{
        size_t depth = 0;
        for (size_t i = from; i < to; i++) {
                char c = text.ptr[i];
                if (c == '"') {
                        for (i++; i < to && text.ptr[i] != '"'; i++)
                                i += text.ptr[i] == '\\';
                } else if (c == '{') {
                        depth++;
                } else if (c == '}' && depth > 0) {
                        depth--;
                } else if (c == '}' && i + 1 < to && text.ptr[i + 1] == '}') {
                        return i;
                }
        }
        return SIZE_MAX;
}

/* Where text[at] stands when text begins at src's place. */
static FeelSource inside(FeelSource src, size_t from, size_t to)
{
        int line = src.line, col = src.col;
        for (size_t i = 0; i < from;) {
                uint32_t cp = utf8_next(src.text, &i);
                line += cp == '\n';
                col = cp == '\n' ? 1 : col + 1;
        }
        return (FeelSource){ str_n(src.text.ptr + from, to - from), src.file, line, col };
}

Status doc_inline(DocMaker *m, const DocEnv *env, FeelSource src, DocText *ret, FeelValue *ret_last)
{
        DocSpan *spans = NULL;
        size_t n = 0, cap = 0;
        for (size_t at = 0; at < src.text.len;) {
                size_t open = str_find(str_n(src.text.ptr + at, src.text.len - at), STR("{{"));
                size_t end = open == SIZE_MAX ? src.text.len : at + open;
                if (arena_grow(m->a, (void **)&spans, &cap, n + 2, sizeof(*spans)) < 0)
                        return ST_NOMEM;
                if (end > at) {
                        spans[n] = (DocSpan){ 0 };
                        TRY(doc_clean(m->a, str_n(src.text.ptr + at, end - at), &spans[n++].text));
                }
                at = end;
                if (open == SIZE_MAX)
                        break;
                size_t close = doc_close(src.text, at + 2, src.text.len);
                FeelSource e = inside(src, at + 2, close == SIZE_MAX ? at + 2 : close);
                if (close == SIZE_MAX)
                        return diag_raise(m->diag, ST_INVALID, POS_LINE(e.file, e.line, e.col - 2), "“{{”没有“}}”",
                                          "\"{{\" without \"}}\"");
                _cleanup_feel_program_ FeelProgram *p = NULL;
                FeelValue v;
                TRY(doc_eval(m, env, e, &p, &v));
                TRY(doc_value_span(m, e.text, &v, &spans[n++]));
                if (ret_last)
                        TRY(feel_copy(m->a, &v, ret_last));
                at = close + 2;
        }
        *ret = (DocText){ spans, n };
        return ST_OK;
}

/* What a column happens to hold now says nothing of its type: of a type, only the names in it. */
static const FeelType *only_names(Arena *a, const FeelType *t, int depth)
{
        if (depth > DOCUMENT_NESTING_MAX)
                return FEEL_TYPE_ANY;
        if (t->kind == FEEL_T_LIST) {
                const FeelType *element = t->element ? only_names(a, t->element, depth + 1) : FEEL_TYPE_ANY;
                return element ? feel_type_list(a, element) : NULL;
        }
        if (t->kind != FEEL_T_CONTEXT || t->field_count == 0)
                return FEEL_TYPE_ANY;
        FeelField *fields = arena_array_of(a, FeelField, t->field_count);
        for (size_t i = 0; fields && i < t->field_count; i++) {
                fields[i] = (FeelField){ t->fields[i].name, only_names(a, t->fields[i].type, depth + 1) };
                if (!fields[i].type)
                        return NULL;
        }
        return fields ? feel_type_context(a, fields, t->field_count) : NULL;
}

Status doc_row_names(DocMaker *m, const FeelValue *rows, DocName **ret, size_t *ret_count, const FeelType **ret_type)
{
        const FeelType *t = feel_type_of(m->a, rows);
        if (!t)
                return ST_NOMEM;
        t = t->kind == FEEL_T_LIST ? t->element : NULL;
        *ret = NULL;
        *ret_count = 0;
        *ret_type = NULL;
        if (!t || t->kind != FEEL_T_CONTEXT || t->field_count == 0)
                return ST_OK;
        *ret_type = only_names(m->a, t, 0);
        *ret = arena_array_of(m->a, DocName, t->field_count);
        if (!*ret_type || !*ret)
                return ST_NOMEM;
        for (size_t i = 0; i < t->field_count; i++)
                (*ret)[i] = (DocName){ .name = t->fields[i].name, .type = (*ret_type)->fields[i].type };
        *ret_count = t->field_count;
        return ST_OK;
}

/* ---- places in the body ---- */

static size_t line_of(const DocMaker *m, size_t offset)
{
        size_t low = 0, high = m->line_count;
        while (high - low > 1) {
                size_t mid = (low + high) / 2;
                if (m->lines[mid] <= offset)
                        low = mid;
                else
                        high = mid;
        }
        return low;
}

Pos doc_pos(const DocMaker *m, size_t offset)
{
        size_t line = line_of(m, offset), begin = m->lines[line];
        size_t col = utf8_len(str_n(m->body.ptr + begin, offset - begin));
        Str rest, source = str_cut(str_n(m->body.ptr + begin, m->body.len - begin), '\n', &rest);
        return (Pos){
                .file = m->file, .line = m->in->definition->body_line + (int)line, .col = (int)col + 1, .source = source
        };
}

FeelSource doc_source(const DocMaker *m, size_t from, size_t to)
{
        Pos p = doc_pos(m, from);
        return (FeelSource){ str_n(m->body.ptr + from, to - from), p.file, p.line, p.col };
}
