/* data.c -- the ```table and ```chart blocks: lines of keys and expressions, filled from a list. */
#include "document/document_int.h"

/* `key: value` or `title = FEEL`, over the lines that continue it. */
typedef struct Entry {
        Str name;
        size_t at;              /* of the name */
        size_t from, to;        /* of the value */
        bool column;
} Entry;

typedef struct Block {
        Entry *entries;
        size_t count;
} Block;

static bool blank(char c) { return c == ' ' || c == '\t'; }

static void trim(const DocMaker *m, size_t *from, size_t *to)
{
        while (*from < *to && (blank(m->body.ptr[*from]) || m->body.ptr[*from] == '\n' || m->body.ptr[*from] == '\r'))
                (*from)++;
        while (*to > *from &&
               (blank(m->body.ptr[*to - 1]) || m->body.ptr[*to - 1] == '\n' || m->body.ptr[*to - 1] == '\r'))
                (*to)--;
}

static bool listed(Str name, const char *const *keys)
{
        for (size_t i = 0; keys[i]; i++)
                if (str_eq_c(name, keys[i]))
                        return true;
        return false;
}

static Status split(DocMaker *m, size_t from, size_t to, const char *const *keys, bool columns, Entry *ret)
{
        size_t a = from, b = to;
        trim(m, &a, &b);
        Str text = str_n(m->body.ptr + a, b - a);
        size_t colon = str_find(text, STR(":"));
        Str key = colon == SIZE_MAX ? STR_NONE : str_trim(str_n(text.ptr, colon));
        if (key.len && listed(key, keys)) {
                *ret = (Entry){ .name = key, .at = a, .from = a + colon + 1, .to = b };
                trim(m, &ret->from, &ret->to);
                return ST_OK;
        }
        size_t eq = columns ? str_find(text, STR(" = ")) : SIZE_MAX;
        if (eq != SIZE_MAX) {
                *ret = (Entry){
                        .name = str_trim(str_n(text.ptr, eq)), .at = a, .from = a + eq + 3, .to = b, .column = true
                };
                trim(m, &ret->from, &ret->to);
                return ST_OK;
        }
        _cleanup_buf_ Buf known = BUF_INIT(1000);
        for (size_t i = 0; keys[i]; i++)
                buf_printf(&known, "%s%s", i ? ", " : "", keys[i]);
        return columns ? diag_raise(m->diag, ST_INVALID, doc_pos(m, a), "应为“列名 = 表达式”，或者以下之一加冒号：%s",
                                    "a column is \"title = FEEL\"; else one of these with a colon: %s",
                                    buf_cstr(&known))
                       : diag_raise(m->diag, ST_INVALID, doc_pos(m, a), "不认识这一行；应为以下之一加冒号：%s",
                                    "unknown line; expected one of these with a colon: %s", buf_cstr(&known));
}

static Status read_block(DocMaker *m, size_t first, size_t last, const char *const *keys, bool columns, Block *ret)
{
        Entry *entries = arena_array_of(m->a, Entry, last - first + 1);
        size_t n = 0;
        Status result = ST_OK;
        if (!entries)
                return ST_NOMEM;
        for (size_t i = first; i < last;) {
                size_t from = m->lines[i], to = m->lines[i + 1];
                for (i++; i < last && blank(m->body.ptr[m->lines[i]]); i++)
                        to = m->lines[i + 1];
                if (!str_trim(str_n(m->body.ptr + from, to - from)).len)
                        continue;
                Status st = split(m, from, to, keys, columns, &entries[n]);
                if (st == ST_INVALID) {
                        result = st;
                        continue;
                }
                TRY(st);
                for (size_t k = 0; k < n && !entries[n].column; k++)
                        if (!entries[k].column && str_eq(entries[k].name, entries[n].name)) {
                                diag_error(m->diag, doc_pos(m, entries[n].at), "“%.*s”出现了两次",
                                           "\"%.*s\" stands twice", STR_FMT(entries[n].name));
                                result = ST_INVALID;
                        }
                n++;
        }
        *ret = (Block){ entries, n };
        return result;
}

static const Entry *find(const Block *b, const char *key)
{
        for (size_t i = 0; i < b->count; i++)
                if (!b->entries[i].column && str_eq_c(b->entries[i].name, key))
                        return &b->entries[i];
        return NULL;
}

static Status need(DocMaker *m, const Block *b, size_t first, const char *key, const Entry **ret)
{
        *ret = find(b, key);
        if (!*ret)
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, m->lines[first - 1]), "缺少“%s:”",
                                  "\"%s:\" is missing", key);
        return ST_OK;
}

static Status title_of(DocMaker *m, const DocEnv *env, const Block *b, DocText *ret)
{
        const Entry *e = find(b, "title");
        *ret = (DocText){ 0 };
        return e ? doc_inline(m, env, doc_source(m, e->from, e->to), ret, NULL) : ST_OK;
}

/* ---- rows ---- */

typedef struct Rows {
        FeelProgram *program;           /* keeps the list */
        FeelValue list;
        DocName *names;
        size_t name_count;
        DocEnv env;                     /* of a row */
        FeelValue *values;              /* of env: the row's part is at its end */
} Rows;

static void rows_release(Rows *r) { feel_program_free(r->program); }
#define _cleanup_rows_ _cleanup_(rows_release)

static Status open_rows(DocMaker *m, const DocEnv *env, const Entry *e, Rows *ret)
{
        const FeelType *type;
        TRY(doc_eval(m, env, doc_source(m, e->from, e->to), &ret->program, &ret->list));
        if (!feel_is(&ret->list, FEEL_LIST))
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, e->from), "rows 应为列表，得到 %s",
                                  "rows must be a list; it is %s", feel_kind_name((FeelKind)ret->list.kind));
        m->cells += ret->list.list.len;
        TRY(doc_row_names(m, &ret->list, &ret->names, &ret->name_count, &type));
        DocName *names = arena_array_of(m->a, DocName, ret->name_count + 2);
        if (!names)
                return ST_NOMEM;
        for (size_t i = 0; i < ret->name_count; i++)
                names[i] = ret->names[i];
        names[ret->name_count] = (DocName){ .name = STR("row"), .type = type };
        names[ret->name_count + 1] = (DocName){ .name = STR("index") };
        TRY(doc_env(m, env, names, ret->name_count + 2, &ret->env));
        ret->values = arena_array_of(m->a, FeelValue, ret->env.count + 1);
        if (!ret->values)
                return ST_NOMEM;
        memcpy(ret->values, ret->env.values, ret->env.count * sizeof(FeelValue));
        return ST_OK;
}

static void set(Rows *r, Str name, FeelValue v)
{
        for (size_t i = r->env.count; i-- > 0;)
                if (str_eq(r->env.names[i], name)) {
                        r->values[i] = v;
                        return;
                }
}

static void set_row(Rows *r, size_t i)
{
        const FeelValue *row = &r->list.list.items[i];
        for (size_t k = 0; k < r->name_count; k++) {
                const FeelValue *v = feel_is(row, FEEL_CONTEXT) ? feel_context_get(row, r->names[k].name) : NULL;
                set(r, r->names[k].name, v ? *v : feel_is(row, FEEL_UNKNOWN) ? *row : feel_null());
        }
        if (!feel_is(row, FEEL_CONTEXT) || !feel_context_get(row, STR("row")))
                set(r, STR("row"), *row);
        set(r, STR("index"), feel_i64((int64_t)i + 1));
}

static Status eval_row(DocMaker *m, const Rows *r, const FeelProgram *p, FeelSource src, FeelValue *ret)
{
        Status st = feel_eval(m->in->exec, p, r->values, r->env.count, ret);
        return st == ST_OK ? ST_OK
                           : diag_fail(m->diag, st, POS_LINE(src.file, src.line, src.col), "计算“%.*s”：%s",
                                       "evaluating \"%.*s\": %s", STR_FMT(src.text), status_text(st, m->diag->lang));
}

/* ---- table ---- */

enum { TITLE_ON_ONE_LINE = 10 };        /* columns of a terminal: five Chinese letters */

/* The measure in brackets of a long title stands on a line of its own. */
static Status fold_title(DocMaker *m, Str *title)
{
        size_t at = str_find(*title, STR("（"));
        if (at == SIZE_MAX || at < strlen("县区") || utf8_width(*title) <= TITLE_ON_ONE_LINE)
                return ST_OK;
        char *folded = arena_printf(m->a, "%.*s\n%.*s", (int)at, title->ptr, (int)(title->len - at), title->ptr + at);
        if (!folded)
                return ST_NOMEM;
        *title = str_c(folded);
        return ST_OK;
}

static DocAlign alignment(Str *title)
{
        bool left = title->len > 0 && title->ptr[0] == ':', right = title->len > 1 && title->ptr[title->len - 1] == ':';
        if (left)
                *title = str_n(title->ptr + 1, title->len - 1);
        if (right)
                *title = str_n(title->ptr, title->len - 1);
        *title = str_trim(*title);
        return left == right ? DOC_CENTER : left ? DOC_LEFT : DOC_RIGHT;
}

static Status fill_column(DocMaker *m, Rows *rows, const Entry *e, DocTable *t, size_t c)
{
        DocText *cells = (DocText *)t->cells;
        FeelSource src = doc_source(m, e->from, e->to);
        _cleanup_feel_program_ FeelProgram *p = NULL;
        if (t->rows == 0)
                return ST_OK; /* without a row nobody knows what its entries are called */
        TRY(doc_compile(m, &rows->env, src, &p));
        for (size_t r = 0; r < t->rows; r++) {
                FeelValue v;
                DocSpan *span = arena_new_of(m->a, DocSpan);
                if (!span)
                        return ST_NOMEM;
                set_row(rows, r);
                TRY(eval_row(m, rows, p, src, &v));
                TRY(doc_value_span(m, src.text, &v, span));
                cells[r * t->columns + c] = (DocText){ span, 1 };
        }
        return ST_OK;
}

Status doc_table(DocMaker *m, const DocEnv *env, size_t first, size_t last, DocBlock *ret)
{
        static const char *const keys[] = { "title", "rows", NULL };
        Block b;
        const Entry *list;
        _cleanup_rows_ Rows rows = { 0 };
        DocTable *t = arena_new_of(m->a, DocTable);
        if (!t)
                return ST_NOMEM;
        TRY(read_block(m, first, last, keys, true, &b));
        TRY(need(m, &b, first, "rows", &list));
        for (size_t i = 0; i < b.count; i++)
                t->columns += b.entries[i].column;
        if (t->columns == 0 || t->columns > DOCUMENT_COLUMNS_MAX)
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, m->lines[first - 1]), "表格应有 1 到 %d 列",
                                  "a table has 1 to %d columns", DOCUMENT_COLUMNS_MAX);
        TRY(title_of(m, env, &b, &t->caption));
        TRY(open_rows(m, env, list, &rows));
        t->rows = rows.list.list.len;
        m->cells += t->rows * t->columns;
        if (t->rows > DOCUMENT_CELLS_MAX || m->cells > DOCUMENT_CELLS_MAX)
                return diag_raise(m->diag, ST_LIMIT, doc_pos(m, list->from), "文书的表格超过 %d 格",
                                  "the tables have more than %d cells", DOCUMENT_CELLS_MAX);
        DocText *head = arena_array_of(m->a, DocText, t->columns),
                *cells = arena_array_of(m->a, DocText, t->rows * t->columns + 1);
        DocAlign *align = arena_array_of(m->a, DocAlign, t->columns);
        if (!head || !cells || !align)
                return ST_NOMEM;
        t->head = head;
        t->cells = cells;
        t->align = align;
        Status result = ST_OK;
        for (size_t i = 0, c = 0; i < b.count; i++) {
                if (!b.entries[i].column)
                        continue;
                Str title = b.entries[i].name;
                align[c] = alignment(&title);
                TRY(fold_title(m, &title));
                FeelSource where = doc_source(m, b.entries[i].at, b.entries[i].at);
                where.text = title;
                TRY(doc_inline(m, env, where, &head[c], NULL));
                Status st = fill_column(m, &rows, &b.entries[i], t, c++);
                if (st == ST_INVALID)
                        result = st;            /* the other columns' mistakes too */
                else
                        TRY(st);
        }
        *ret = (DocBlock){ .kind = DOC_TABLE, .table = t };
        return result;
}

/* ---- chart ---- */

static Status whole(DocMaker *m, const Entry *e, int64_t most, int64_t *ret)
{
        Str text = str_n(m->body.ptr + e->from, e->to - e->from);
        if (str_to_i64(text, ret) && *ret >= 0 && *ret <= most)
                return ST_OK;
        return diag_raise(m->diag, ST_INVALID, doc_pos(m, e->from), "应为 0 到 %lld 的整数",
                          "a whole number from 0 to %lld is wanted", (long long)most);
}

static Status point(DocMaker *m, const Rows *rows, const FeelProgram *programs[3], FeelSource src[3], int digits,
                    DocPoint *ret)
{
        FeelValue v;
        DocSpan span;
        TRY(eval_row(m, rows, programs[0], src[0], &v));
        TRY(doc_value_span(m, src[0].text, &v, &span));
        ret->label = span.text;
        TRY(eval_row(m, rows, programs[1], src[1], &v));
        ret->known = feel_is(&v, FEEL_NUMBER);
        ret->shown = doc_missing(m->in->lang);
        if (ret->known) {
                ret->value = v.number;
                TRY(doc_format(v.number, digits, m->a, &ret->shown));
        } else if (!feel_is(&v, FEEL_UNKNOWN) && !feel_is(&v, FEEL_NULL)) {
                return diag_raise(m->diag, ST_INVALID, POS_LINE(src[1].file, src[1].line, src[1].col),
                                  "value 应为数值，得到 %s", "value must be a number; it is %s",
                                  feel_kind_name((FeelKind)v.kind));
        }
        if (programs[2]) {
                TRY(eval_row(m, rows, programs[2], src[2], &v));
                ret->marked = feel_is_true(&v);
        }
        return ST_OK;
}

static Status reference(DocMaker *m, const DocEnv *env, const Block *b, DocChart *c)
{
        const Entry *e = find(b, "reference"), *label = find(b, "reference label");
        FeelValue v;
        DocText text = { 0 };
        Str shown, name = STR("");
        _cleanup_feel_program_ FeelProgram *p = NULL;
        if (!e)
                return ST_OK;
        TRY(doc_eval(m, env, doc_source(m, e->from, e->to), &p, &v));
        c->has_reference = feel_is(&v, FEEL_NUMBER);
        if (!c->has_reference)
                return ST_OK;
        c->reference = v.number;
        TRY(doc_format(v.number, c->digits, m->a, &shown));
        if (label) {
                TRY(doc_inline(m, env, doc_source(m, label->from, label->to), &text, NULL));
                TRY(doc_plain(m->a, text, &name));
        }
        char *s = arena_printf(m->a, "%.*s %.*s", STR_FMT(name), STR_FMT(shown));
        c->reference_label = str_trim(str_c(s));
        return s ? ST_OK : ST_NOMEM;
}

static Status describe(DocMaker *m, DocChart *c)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        bool en = m->in->lang == LANG_EN;
        document_text(c->caption, &b);
        buf_puts(&b, c->caption.count ? (en ? ": " : "：") : "");
        for (size_t i = 0; i < c->count; i++)
                buf_printf(&b, "%s%.*s %.*s", i ? (en ? ", " : "，") : "", STR_FMT(c->points[i].label),
                           STR_FMT(c->points[i].shown));
        if (c->has_reference)
                buf_printf(&b, "%s%.*s", en ? "; " : "；", STR_FMT(c->reference_label));
        TRY(buf_status(&b));
        c->alt = arena_str(m->a, buf_str(&b));
        return c->alt.ptr ? ST_OK : ST_NOMEM;
}

static Status fill_points(DocMaker *m, const Block *b, size_t first, Rows *rows, DocChart *c)
{
        static const char *const names[] = { "label", "value", "mark" };
        FeelSource src[3] = { 0 };
        const FeelProgram *programs[3] = { 0 };
        _cleanup_feel_program_ FeelProgram *label = NULL;
        _cleanup_feel_program_ FeelProgram *value = NULL;
        _cleanup_feel_program_ FeelProgram *mark = NULL;
        FeelProgram **own[] = { &label, &value, &mark };
        for (size_t i = 0; i < 3; i++) {
                const Entry *e = find(b, names[i]);
                if (!e && i == 2)
                        continue;
                TRY(need(m, b, first, names[i], &e));
                if (c->count == 0)
                        continue; /* as in a table */
                src[i] = doc_source(m, e->from, e->to);
                TRY(doc_compile(m, &rows->env, src[i], own[i]));
                programs[i] = *own[i];
        }
        for (size_t i = 0; i < c->count; i++) {
                set_row(rows, i);
                TRY(point(m, rows, programs, src, c->digits, &c->points[i]));
        }
        return ST_OK;
}

Status doc_chart(DocMaker *m, const DocEnv *env, size_t first, size_t last, DocBlock *ret)
{
        static const char *const keys[] = { "kind",   "title", "rows",      "label",           "value",
                                            "digits", "mark",  "reference", "reference label", NULL };
        Block b;
        const Entry *kind, *list, *digits;
        int64_t places = 2;
        _cleanup_rows_ Rows rows = { 0 };
        DocChart *c = arena_new_of(m->a, DocChart);
        if (!c)
                return ST_NOMEM;
        TRY(read_block(m, first, last, keys, false, &b));
        TRY(need(m, &b, first, "kind", &kind));
        TRY(need(m, &b, first, "rows", &list));
        Str word = str_n(m->body.ptr + kind->from, kind->to - kind->from);
        if (!str_eq_c(word, "bar") && !str_eq_c(word, "line"))
                return diag_raise(m->diag, ST_INVALID, doc_pos(m, kind->from), "kind 应为 bar 或 line",
                                  "kind is bar or line");
        c->kind = str_eq_c(word, "bar") ? DOC_BAR : DOC_LINE;
        digits = find(&b, "digits");
        if (digits)
                TRY(whole(m, digits, 10, &places));
        c->digits = (int)places;
        TRY(title_of(m, env, &b, &c->caption));
        TRY(open_rows(m, env, list, &rows));
        c->count = rows.list.list.len;
        if (c->count > DOCUMENT_POINTS_MAX)
                return diag_raise(m->diag, ST_LIMIT, doc_pos(m, list->from), "一幅图最多 %d 个点",
                                  "a chart has at most %d points", DOCUMENT_POINTS_MAX);
        c->points = arena_array_of(m->a, DocPoint, c->count + 1);
        if (!c->points)
                return ST_NOMEM;
        TRY(doc_clean(m->a, str_n(m->body.ptr + list->from, list->to - list->from), &c->feel));
        TRY(fill_points(m, &b, first, &rows, c));
        TRY(reference(m, env, &b, c));
        TRY(describe(m, c));
        *ret = (DocBlock){ .kind = DOC_CHART, .chart = c };
        return ST_OK;
}
