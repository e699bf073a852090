/* make.c -- a template and its data to a document: directives, figures and blocks are put in, then
 * Markdown is read. */
#include "document/document_int.h"

static Status expand(DocMaker *m, const DocEnv *env, size_t first, size_t last, int depth);

/* ---- marks: what stands for a figure or block while Markdown is read ---- */

static Status put_mark(DocMaker *m, DocMark mark, size_t offset)
{
        if (m->mark_count >= DOCUMENT_FIGURES_MAX)
                return diag_raise(m->diag, ST_LIMIT, doc_pos(m, offset), "文书超过 %d 处表达式",
                                  "the document has more than %d figures", DOCUMENT_FIGURES_MAX);
        if (arena_grow(m->a, (void **)&m->marks, &m->mark_cap, m->mark_count + 1, sizeof(*m->marks)) < 0)
                return ST_NOMEM;
        buf_put_codepoint(&m->markdown, DOC_MARK_FIRST + (uint32_t)m->mark_count);
        m->marks[m->mark_count++] = mark;
        return buf_status(&m->markdown);
}

static Str line_text(const DocMaker *m, size_t line)
{
        return str_n(m->body.ptr + m->lines[line], m->lines[line + 1] - m->lines[line]);
}

/* ---- figures in text ---- */

/* Copies body [from, to), putting marks for {{ … }}; *ret_end is where it stopped (an expression may reach into later lines). */
static Status put_text(DocMaker *m, const DocEnv *env, size_t from, size_t to, size_t limit, size_t *ret_end)
{
        size_t at = from;
        while (at < to) {
                size_t open = str_find(str_n(m->body.ptr + at, to - at), STR("{{"));
                if (open == SIZE_MAX) {
                        buf_put(&m->markdown, m->body.ptr + at, to - at);
                        at = to;
                        break;
                }
                buf_put(&m->markdown, m->body.ptr + at, open);
                at += open;
                size_t close = doc_close(m->body, at + 2, limit);
                if (close == SIZE_MAX)
                        return diag_raise(m->diag, ST_INVALID, doc_pos(m, at), "“{{”没有“}}”", "\"{{\" without \"}}\"");
                FeelSource src = doc_source(m, at + 2, close);
                _cleanup_feel_program_ FeelProgram *p = NULL;
                FeelValue v;
                DocMark mark = { 0 };
                Status st = doc_eval(m, env, src, &p, &v);
                if (st == ST_OK) {
                        TRY(doc_value_span(m, src.text, &v, &mark.span));
                        TRY(put_mark(m, mark, at));
                } else if (st != ST_INVALID) {
                        return st;
                }                               /* a mistake is in diag; the others are looked for too */
                at = close + 2;
        }
        *ret_end = at;
        return buf_status(&m->markdown);
}

/* ---- blocks ---- */

/* The line opens a fence: its characters and the word after them. */
static bool fence(Str line, Str *ret_fence, Str *ret_word)
{
        Str s = str_trim(line);
        size_t n = 0;
        while (n < s.len && (s.ptr[n] == '`' || s.ptr[n] == '~') && s.ptr[n] == s.ptr[0])
                n++;
        if (n < 3)
                return false;
        *ret_fence = str_n(s.ptr, n);
        *ret_word = str_trim(str_n(s.ptr + n, s.len - n));
        return true;
}

static Status put_block(DocMaker *m, const DocEnv *env, size_t *line, size_t last, Str open, Str word)
{
        size_t first = *line + 1, end = first;
        while (end < last) {
                Str close, rest;
                if (fence(line_text(m, end), &close, &rest) && !rest.len && str_starts(close, open))
                        break;
                end++;
        }
        if (end == last)
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, m->lines[*line]), "代码块没有结束",
                                  "the block does not end");
        DocBlock block;
        Status st;
        if (str_eq_c(word, "table"))
                st = doc_table(m, env, first, end, &block);
        else if (str_eq_c(word, "chart"))
                st = doc_chart(m, env, first, end, &block);
        else
                st = diag_raise(m->diag, ST_INVALID, doc_pos(m, m->lines[*line]),
                                "不认识的块“%.*s”：应为 table 或 chart", "unknown block \"%.*s\": table or chart",
                                STR_FMT(word));
        *line = end + 1;
        if (st == ST_INVALID)
                return ST_OK;                   /* in diag; go on to find others */
        TRY(st);
        DocBlock *kept = arena_new_of(m->a, DocBlock);
        if (!kept)
                return ST_NOMEM;
        *kept = block;
        buf_puts(&m->markdown, "\n\n");
        TRY(put_mark(m, (DocMark){ .block = kept }, m->lines[first - 1]));
        buf_puts(&m->markdown, "\n\n");
        return ST_OK;
}

/* ---- directives ---- */

/* A line that is `{% … %}`: what stands between. */
static bool directive(const DocMaker *m, size_t line, size_t *ret_from, size_t *ret_to)
{
        Str text = line_text(m, line), s = str_trim(text);
        if (!str_starts(s, STR("{%")) || !str_ends(s, STR("%}")) || s.len < 4)
                return false;
        *ret_from = (size_t)(s.ptr - m->body.ptr) + 2;
        *ret_to = *ret_from + s.len - 4;
        while (*ret_from < *ret_to && m->body.ptr[*ret_from] == ' ')
                (*ret_from)++;
        while (*ret_to > *ret_from && m->body.ptr[*ret_to - 1] == ' ')
                (*ret_to)--;
        return true;
}

/* Lines of the directive's `end` and, at the same level, `else`. */
static Status matching(DocMaker *m, size_t line, size_t last, size_t *ret_else, size_t *ret_end)
{
        int depth = 0;
        *ret_else = SIZE_MAX;
        for (size_t i = line + 1; i < last; i++) {
                size_t from, to;
                if (!directive(m, i, &from, &to))
                        continue;
                Str word = str_n(m->body.ptr + from, to - from);
                if (str_eq_c(word, "end")) {
                        if (depth-- == 0) {
                                *ret_end = i;
                                return ST_OK;
                        }
                } else if (str_eq_c(word, "else")) {
                        if (depth == 0)
                                *ret_else = i;
                } else {
                        depth++;
                }
        }
        return diag_raise(m->diag, ST_INVALID, doc_pos(m, m->lines[line]), "没有对应的 {%% end %%}",
                          "no {%% end %%} belongs to this");
}

static Status missing_paragraph(DocMaker *m, Str expression, const FeelValue *v, size_t at)
{
        DocMark mark = { 0 };
        TRY(doc_value_span(m, expression, v, &mark.span));
        buf_puts(&m->markdown, "\n\n");
        TRY(put_mark(m, mark, at));
        buf_puts(&m->markdown, "\n\n");
        return ST_OK;
}

static Status run_if(DocMaker *m, const DocEnv *env, size_t from, size_t to, const size_t at[3], int depth)
{
        FeelSource src = doc_source(m, from, to);
        _cleanup_feel_program_ FeelProgram *p = NULL;
        FeelValue v;
        TRY(doc_eval(m, env, src, &p, &v));
        if (feel_is(&v, FEEL_UNKNOWN))
                return missing_paragraph(m, src.text, &v, from);
        bool otherwise = at[1] != SIZE_MAX;
        if (feel_is_true(&v))
                return expand(m, env, at[0] + 1, otherwise ? at[1] : at[2], depth);
        return otherwise ? expand(m, env, at[1] + 1, at[2], depth) : ST_OK;
}

static Status run_for(DocMaker *m, const DocEnv *env, size_t from, size_t to, const size_t at[3], int depth)
{
        Str text = str_n(m->body.ptr + from, to - from);
        size_t in = str_find(text, STR(" in "));
        Str name = in == SIZE_MAX ? STR_NONE : str_trim(str_n(text.ptr, in));
        DocName *names;
        size_t name_count;
        const FeelType *type;
        if (in == SIZE_MAX || !feel_is_name(name))
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, from), "应为 for 名称 in 列表",
                                  "expected: for NAME in LIST");
        FeelSource src = doc_source(m, from + in + 4, to);
        _cleanup_feel_program_ FeelProgram *p = NULL;
        FeelValue list;
        TRY(doc_eval(m, env, src, &p, &list));
        if (feel_is(&list, FEEL_UNKNOWN))
                return missing_paragraph(m, src.text, &list, from);
        if (!feel_is(&list, FEEL_LIST))
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, from + in + 4), "应为列表，得到 %s",
                                  "a list is wanted; it is %s", feel_kind_name((FeelKind)list.kind));
        TRY(doc_row_names(m, &list, &names, &name_count, &type));
        for (size_t i = 0; i < list.list.len; i++) {
                DocEnv inner;
                const DocName item[] = { { name, type, list.list.items[i] },
                                         { STR("index"), NULL, feel_i64((int64_t)i + 1) } };
                TRY(doc_env(m, env, item, 2, &inner));
                TRY(expand(m, &inner, at[0] + 1, at[2], depth));
        }
        return ST_OK;
}

static Status run_directive(DocMaker *m, const DocEnv *env, size_t *line, size_t last, size_t from, size_t to,
                            int depth)
{
        Str text = str_n(m->body.ptr + from, to - from);
        bool is_if = str_starts(text, STR("if ")), is_for = str_starts(text, STR("for "));
        size_t at[3] = { *line, SIZE_MAX, 0 };
        *line += 1;
        if (!is_if && !is_for)
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, from), "此处应为 for、if：“%.*s”",
                                  "expected for or if: \"%.*s\"", STR_FMT(text));
        if (depth >= DOCUMENT_NESTING_MAX)
                return diag_raise(m->diag, ST_LIMIT, doc_pos(m, from), "嵌套超过 %d 层", "nested deeper than %d",
                                  DOCUMENT_NESTING_MAX);
        TRY(matching(m, at[0], last, &at[1], &at[2]));
        *line = at[2] + 1;
        if (is_for && at[1] != SIZE_MAX)
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, m->lines[at[1]]), "for 没有 else",
                                  "a for has no else");
        Status st = is_if ? run_if(m, env, from + 3, to, at, depth + 1) : run_for(m, env, from + 4, to, at, depth + 1);
        return st == ST_INVALID ? ST_OK : st;   /* in diag; go on to find others */
}

static Status expand(DocMaker *m, const DocEnv *env, size_t first, size_t last, int depth)
{
        for (size_t i = first; i < last;) {
                size_t from, to;
                Str open, word;
                if (directive(m, i, &from, &to)) {
                        TRY(run_directive(m, env, &i, last, from, to, depth));
                } else if (fence(line_text(m, i), &open, &word)) {
                        TRY(put_block(m, env, &i, last, open, word));
                } else {
                        size_t end;
                        TRY(put_text(m, env, m->lines[i], m->lines[i + 1], m->lines[last], &end));
                        /* An expression over several lines: the rest of its last line follows. */
                        while (end > m->lines[i + 1]) {
                                do
                                        i++;
                                while (m->lines[i + 1] < end);
                                TRY(put_text(m, env, end, m->lines[i + 1], m->lines[last], &end));
                        }
                        i++;
                }
        }
        return ST_OK;
}

/* ---- the whole ---- */

static Status read_lines(DocMaker *m)
{
        size_t n = 1;
        for (size_t i = 0; i < m->body.len; i++)
                n += m->body.ptr[i] == '\n';
        m->lines = arena_array_of(m->a, size_t, n + 1);
        if (!m->lines)
                return ST_NOMEM;
        for (size_t i = 0; i < m->body.len; i++)
                if (m->body.ptr[i] == '\n')
                        m->lines[++m->line_count] = i + 1;
        if (m->line_count == 0 || m->lines[m->line_count] < m->body.len)
                m->lines[++m->line_count] = m->body.len;
        for (size_t i = 0; i < m->body.len;) {
                size_t at = i;
                uint32_t cp = utf8_next(m->body, &i);
                if (cp == UTF8_BAD || cp >= DOC_MARK_FIRST)
                        return diag_raise(m->diag, ST_INVALID, doc_pos(m, at), "模板里有不能使用的字符",
                                          "the template holds a character that cannot be used");
        }
        return ST_OK;
}

static Status base_env(DocMaker *m, DocEnv *ret)
{
        const DocumentInput *in = m->in;
        const PackUnit *top = in->pack->unit_count ? &in->pack->units[0] : NULL;
        DocName names[20];
        size_t n = 0;
        names[n++] = (DocName){ STR("city"), FEEL_TYPE_STRING,
                                feel_string(top ? pack_title(top->title, in->lang) : STR("")) };
        names[n++] = (DocName){ STR("document date"), FEEL_TYPE_DATE, feel_date(m->date) };
        if (in->definition->unit_key) {
                const PackUnit *unit = pack_unit(in->pack, in->key);
                names[n++] = (DocName){ STR("key"), FEEL_TYPE_STRING, feel_string(in->key) };
                names[n++] = (DocName){ STR("unit"), FEEL_TYPE_STRING,
                                        feel_string(unit ? pack_title(unit->title, in->lang) : STR("")) };
        }
        if (in->definition->key) {
                names[n++] = (DocName){ STR("key"), FEEL_TYPE_STRING, feel_string(in->key) };
                const FeelType *type = in->record ? in->definition->key->record_type : NULL;
                names[n++] = (DocName){ STR("record"), type, in->record ? *in->record : feel_null() };
        }
        if (in->period) {
                const Period periods[] = { *in->period, period_prev(*in->period), period_year_ago(*in->period) };
                static const char *const prefix[] = { "period", "previous period", "last year period" };
                for (size_t i = 0; i < ARRAY_LEN(periods); i++) {
                        char text[64], title[64];
                        period_to_text(periods[i], text);
                        period_to_title(periods[i], in->lang, title);
                        char *name = arena_printf(m->a, "%s title", prefix[i]), *t = arena_strdup(m->a, text),
                             *s = arena_strdup(m->a, title);
                        if (!name || !t || !s)
                                return ST_NOMEM;
                        names[n++] = (DocName){ str_c(prefix[i]), FEEL_TYPE_STRING, feel_string(str_c(t)) };
                        names[n++] = (DocName){ str_c(name), FEEL_TYPE_STRING, feel_string(str_c(s)) };
                }
                Date end = period_last_day(*in->period);
                names[n++] = (DocName){ STR("period end"), FEEL_TYPE_DATE, feel_date(end) };
                names[n++] = (DocName){ STR("year"), FEEL_TYPE_NUMBER, feel_i64(in->period->year) };
                names[n++] = (DocName){ STR("month"), FEEL_TYPE_NUMBER, feel_i64(end.month) };
        }
        return doc_env(m, NULL, names, n, ret);
}

static Status check_input(const DocumentInput *in, Diag *diag)
{
        static const char *const kinds[][2] = { [PERIOD_YEAR] = { "年", "a year" },
                                                [PERIOD_HALF] = { "半年", "half a year" },
                                                [PERIOD_QUARTER] = { "季", "a quarter" },
                                                [PERIOD_MONTH] = { "月", "a month" } };
        const PackDocument *def = in->definition;
        const char *kind = kinds[def->period][diag->lang == LANG_EN];
        if (def->periodic && !in->period)
                return diag_raise(diag, ST_INVALID, POS_NONE, "这份文书按%s编写：请给出报告期",
                                  "the document covers %s: give its period", kind);
        if (!def->periodic && in->period)
                return diag_raise(diag, ST_INVALID, POS_NONE, "这份文书不分期：不要给出报告期",
                                  "the document has no period: give none");
        if (def->periodic && in->period->kind != def->period)
                return diag_raise(diag, ST_INVALID, POS_NONE, "这份文书按%s编写：报告期不合",
                                  "the document covers %s: that is another kind of period", kind);
        if (def->unit_key && !pack_unit(in->pack, in->key))
                return diag_raise(diag, ST_INVALID, POS_NONE, "这份文书一个单位一份：请给出单位的代码",
                                  "there is a document for each unit: give the unit's code");
        if (def->key && !in->key.len)
                return diag_raise(diag, ST_INVALID, POS_NONE, "这份文书一条记录一份：请给出记录的编号",
                                  "there is a document for each record: give the record's key");
        if (!def->key && !def->unit_key && in->key.len)
                return diag_raise(diag, ST_INVALID, POS_NONE, "这份文书不按记录编写：不要给出编号",
                                  "the document belongs to no record: give no key");
        return ST_OK;
}

static Status make_heads(DocMaker *m, const DocEnv *env, Document *d)
{
        static const char *const keys[] = {
#define DOC_HEAD_KEY(code, key) key,
                DOC_HEADS(DOC_HEAD_KEY)
#undef DOC_HEAD_KEY
        };
        const PackDocument *def = m->in->definition;
        Status result = ST_OK;
        for (size_t i = 0; i < def->head_count; i++) {
                const PackHead *h = &def->head[i];
                size_t k = 0;
                while (k < DOC_HEAD_COUNT && !str_eq_c(h->key, keys[k]))
                        k++;
                if (k == DOC_HEAD_COUNT) {
                        _cleanup_buf_ Buf known = BUF_INIT(1000);
                        for (size_t j = 0; j < DOC_HEAD_COUNT; j++)
                                buf_printf(&known, " %s", keys[j]);
                        diag_error(m->diag, h->pos, "文头没有“%.*s”；可用：%s",
                                   "the head has no \"%.*s\"; there are:%s", STR_FMT(h->key), buf_cstr(&known));
                        result = ST_INVALID;
                        continue;
                }
                FeelValue last = feel_null();
                FeelSource src = {
                        .text = str_trim(h->text), .file = h->pos.file, .line = h->pos.line, .col = h->pos.col
                };
                Status st = doc_inline(m, env, src, &d->head[k], &last);
                if (st == ST_INVALID)
                        result = st;
                else
                        TRY(st);
                if (k == DOC_DATE && feel_is(&last, FEEL_DATE))
                        d->date = last.date;
        }
        return result;
}

static Status make(DocMaker *m, const DocEnv *env, Document **ret)
{
        const PackDocument *def = m->in->definition;
        Document *d = arena_new_of(m->a, Document);
        if (!d)
                return ST_NOMEM;
        *d = (Document){ .name = def->name, .lang = m->in->lang, .date = m->date };
        size_t errors = m->diag ? m->diag->errors : 0;
        Status heads = make_heads(m, env, d);
        if (heads != ST_OK && heads != ST_INVALID)
                return heads;
        TRY(expand(m, env, 0, m->line_count, 0));
        if (heads != ST_OK || (m->diag && m->diag->errors > errors))
                return ST_INVALID;
        TRY(doc_markdown(m));
        if (!document_has(d->head[DOC_DATE])) {
                _cleanup_buf_ Buf b = BUF_INIT(100);
                doc_date(d->date, d->lang, &b);
                TRY(buf_status(&b));
                Str s = arena_str(m->a, buf_str(&b));
                d->head[DOC_DATE] = doc_text_of(m->a, s);
                if (!s.ptr || !d->head[DOC_DATE].spans)
                        return ST_NOMEM;
        }
        d->title = document_has(m->title) ? m->title : doc_text_of(m->a, pack_title(def->title, d->lang));
        d->blocks = m->blocks;
        d->count = m->block_count;
        *ret = d;
        return d->title.spans ? ST_OK : ST_NOMEM;
}

Status document_make(const DocumentInput *in, Arena *a, Diag *diag, Document **ret)
{
        DocMaker m = { .in = in, .a = a, .body = in->definition->body, .markdown = BUF_INIT(64 << 20) };
        _cleanup_diag_ Diag own = DIAG_INIT(in->lang);  /* mistakes are counted, so there always is one */
        m.diag = diag ? diag : &own;
        m.date = in->date.month ? in->date : clock_today();
        m.file = arena_strndup(a, in->definition->path.ptr, in->definition->path.len);
        if (!m.file)
                return ST_NOMEM;
        TRY(check_input(in, m.diag));
        Diag *before = feel_exec_diag(in->exec);
        DocEnv env;
        feel_exec_set_diag(in->exec, m.diag);
        Status st = read_lines(&m);
        if (st == ST_OK)
                st = base_env(&m, &env);
        if (st == ST_OK)
                st = make(&m, &env, ret);
        feel_exec_set_diag(in->exec, before);
        buf_release(&m.markdown);
        return st;
}
