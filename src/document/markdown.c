/* markdown.c -- the expanded template read as Markdown (md4c) into blocks. */
#include <md4c.h>

#include "document/document_int.h"

enum { LISTS_MAX = 16 };

typedef struct Reader {
        DocMaker *m;
        Status st;
        /* the text being gathered */
        DocSpan *spans;
        size_t count, cap;
        int bold, italic;
        bool soft;                      /* a line ended: a blank, unless Chinese stands beside it */
        uint32_t last;                  /* last code point */
        const DocBlock *block;          /* a block's mark was met in this text */
        /* lists */
        int depth;
        unsigned numbers[LISTS_MAX];    /* 0: bullets */
        bool item;                      /* the next text begins an item */
        /* a table */
        DocTable *table;
        size_t cell;
        unsigned sections[4];           /* numbers of the headings */
} Reader;

Status doc_push_block(DocMaker *m, DocBlock b)
{
        if (m->block_count >= DOCUMENT_BLOCKS_MAX)
                return diag_fail(m->diag, ST_LIMIT, POS_FILE(m->file), "文书超过 %d 段",
                                 "the document has more than %d paragraphs", DOCUMENT_BLOCKS_MAX);
        if (arena_grow(m->a, (void **)&m->blocks, &m->block_cap, m->block_count + 1, sizeof(*m->blocks)) < 0)
                return ST_NOMEM;
        m->blocks[m->block_count++] = b;
        return ST_OK;
}

static int stop(Reader *r, Status st)
{
        r->st = st;
        return st != ST_OK;
}

static Status add_span(Reader *r, DocSpan s)
{
        if (arena_grow(r->m->a, (void **)&r->spans, &r->cap, r->count + 1, sizeof(*r->spans)) < 0)
                return ST_NOMEM;
        s.bold = r->bold > 0;
        s.italic = r->italic > 0;
        r->spans[r->count++] = s;
        return ST_OK;
}

static Status add_literal(Reader *r, Str text)
{
        DocSpan s = { 0 };
        if (text.len == 0)
                return ST_OK;
        TRY(doc_clean(r->m->a, text, &s.text));
        return s.text.len ? add_span(r, s) : ST_OK;
}

static uint32_t first_of(Str s)
{
        size_t i = 0;
        return s.len ? utf8_next(s, &i) : 0;
}

static uint32_t last_of(Str s)
{
        uint32_t cp = 0;
        for (size_t i = 0; i < s.len;)
                cp = utf8_next(s, &i);
        return cp;
}

/* Between lines a blank stands only between letters that want one. */
static Status join(Reader *r, uint32_t next)
{
        bool blank = r->soft && r->count && r->last < 0x2E80 && next < 0x2E80 && r->last != 0x2014;
        r->soft = false;
        return blank ? add_literal(r, STR(" ")) : ST_OK;
}

static Status add_text(Reader *r, Str text)
{
        size_t from = 0;
        for (size_t i = 0; i < text.len;) {
                size_t at = i;
                uint32_t cp = utf8_next(text, &i);
                if (cp < DOC_MARK_FIRST || cp > DOC_MARK_LAST || cp - DOC_MARK_FIRST >= r->m->mark_count)
                        continue;
                const DocMark *mark = &r->m->marks[cp - DOC_MARK_FIRST];
                Str before = str_n(text.ptr + from, at - from);
                if (before.len)
                        TRY(join(r, first_of(before)));
                TRY(add_literal(r, before));
                if (mark->block) {
                        r->block = mark->block;
                } else {
                        TRY(join(r, first_of(mark->span.text)));
                        TRY(add_span(r, mark->span));
                }
                r->last = last_of(mark->span.text);
                from = i;
        }
        Str rest = str_n(text.ptr + from, text.len - from);
        if (!rest.len)
                return ST_OK;
        TRY(join(r, first_of(rest)));
        r->last = last_of(rest);
        return add_literal(r, rest);
}

static Status add_entity(Reader *r, Str e)
{
        static const struct { const char *entity, *text;
        } known[] = { { "&amp;", "&" },       { "&lt;", "<" },    { "&gt;", ">" },       { "&quot;", "\"" },
                      { "&nbsp;", "\u00A0" }, { "&mdash;", "—" }, { "&emsp;", "\u2003" } };
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
                if (str_eq_c(e, known[i].entity))
                        return add_text(r, str_c(known[i].text));
        return add_text(r, e);          /* as it was written */
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *user)
{
        Reader *r = user;
        Str s = str_n(text, size);
        switch (type) {
        case MD_TEXT_SOFTBR:
                r->soft = true;
                return 0;
        case MD_TEXT_BR:
                r->soft = false;
                return stop(r, add_literal(r, STR("\n")));
        case MD_TEXT_NULLCHAR:
                return 0;
        case MD_TEXT_ENTITY:
                return stop(r, add_entity(r, s));
        case MD_TEXT_NORMAL:
        case MD_TEXT_CODE:
        case MD_TEXT_HTML:
        case MD_TEXT_LATEXMATH:
                return stop(r, add_text(r, s));
        }
        return 0;
}

static DocText take(Reader *r)
{
        DocText t = { r->spans, r->count };
        r->spans = NULL;
        r->count = r->cap = 0;
        r->soft = false;
        r->last = 0;
        return t;
}

/* In front of what has been gathered. */
static Status prefix(Reader *r, Buf *b)
{
        TRY(buf_status(b));
        Str s = arena_str(r->m->a, buf_str(b));
        if (!s.ptr)
                return ST_NOMEM;
        TRY(add_span(r, (DocSpan){ .text = s }));
        for (size_t i = r->count; i-- > 1;) {
                DocSpan x = r->spans[i];
                r->spans[i] = r->spans[i - 1];
                r->spans[i - 1] = x;
        }
        return ST_OK;
}

static Status end_paragraph(Reader *r)
{
        const DocBlock *block = r->block;
        r->block = NULL;
        if (block) {
                take(r);
                return doc_push_block(r->m, *block);
        }
        if (!r->count)
                return ST_OK;
        if (r->item && r->depth > 0) {
                _cleanup_buf_ Buf b = BUF_INIT(64);
                unsigned *n = &r->numbers[r->depth - 1];
                if (*n)
                        buf_printf(&b, "%u. ", (*n)++);
                else
                        buf_puts(&b, "· ");
                TRY(prefix(r, &b));
                r->item = false;
        }
        return doc_push_block(r->m, (DocBlock){ .kind = DOC_PARAGRAPH, .text = take(r) });
}

/* 一、 （一） 1. （1） */
static Status end_heading(Reader *r, unsigned level)
{
        if (level == 1 && !document_has(r->m->title)) {
                r->m->title = take(r);
                return ST_OK;
        }
        unsigned k = level <= 2 ? 0 : level >= 5 ? 3 : level - 2;
        r->sections[k]++;
        for (unsigned i = k + 1; i < 4; i++)
                r->sections[i] = 0;
        _cleanup_buf_ Buf b = BUF_INIT(64);
        if (k == 1)
                buf_puts(&b, "（");
        if (k < 2)
                doc_numeral(r->sections[k], &b);
        else
                buf_printf(&b, k == 2 ? "%u. " : "（%u）", r->sections[k]);
        buf_puts(&b, k == 0 ? "、" : k == 1 ? "）" : "");
        TRY(prefix(r, &b));
        return doc_push_block(r->m, (DocBlock){ .kind = DOC_HEADING, .level = (int)k + 1, .text = take(r) });
}

static Status begin_table(Reader *r, const MD_BLOCK_TABLE_DETAIL *d)
{
        DocTable *t = arena_new_of(r->m->a, DocTable);
        if (!t)
                return ST_NOMEM;
        t->columns = d->col_count;
        t->rows = d->body_row_count;
        r->m->cells += t->columns * t->rows;
        if (t->columns > DOCUMENT_COLUMNS_MAX || r->m->cells > DOCUMENT_CELLS_MAX)
                return diag_fail(r->m->diag, ST_LIMIT, POS_FILE(r->m->file), "表格太大", "a table is too large");
        t->head = arena_array_of(r->m->a, DocText, t->columns + 1);
        t->cells = arena_array_of(r->m->a, DocText, t->columns * t->rows + 1);
        t->align = arena_array_of(r->m->a, DocAlign, t->columns + 1);
        r->table = t;
        r->cell = 0;
        return t->head && t->cells && t->align ? ST_OK : ST_NOMEM;
}

static void end_cell(Reader *r, bool head, MD_ALIGN align)
{
        DocTable *t = r->table;
        DocText text = take(r);
        if (head && r->cell < t->columns) {
                ((DocAlign *)t->align)[r->cell] = align == MD_ALIGN_LEFT    ? DOC_LEFT
                                                  : align == MD_ALIGN_RIGHT ? DOC_RIGHT
                                                                            : DOC_CENTER;
                ((DocText *)t->head)[r->cell] = text;
        } else if (!head && r->cell >= t->columns && r->cell < t->columns * (t->rows + 1)) {
                ((DocText *)t->cells)[r->cell - t->columns] = text;
        }
        r->cell++;
}

static int on_enter(MD_BLOCKTYPE type, void *detail, void *user)
{
        Reader *r = user;
        switch (type) {
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
                if (stop(r, end_paragraph(r)))
                        return 1;
                if (r->depth >= LISTS_MAX)
                        return stop(r, diag_fail(r->m->diag, ST_LIMIT, POS_FILE(r->m->file), "列表嵌套太深",
                                                 "lists are nested too deep"));
                r->numbers[r->depth++] = type == MD_BLOCK_OL ? ((MD_BLOCK_OL_DETAIL *)detail)->start : 0;
                return 0;
        case MD_BLOCK_LI:
                r->item = true;
                return 0;
        case MD_BLOCK_HR:
                return stop(r, doc_push_block(r->m, (DocBlock){ .kind = DOC_NEW_PAGE }));
        case MD_BLOCK_TABLE:
                return stop(r, begin_table(r, detail));
        case MD_BLOCK_DOC:
        case MD_BLOCK_QUOTE:
        case MD_BLOCK_H:
        case MD_BLOCK_CODE:
        case MD_BLOCK_HTML:
        case MD_BLOCK_P:
        case MD_BLOCK_THEAD:
        case MD_BLOCK_TBODY:
        case MD_BLOCK_TR:
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
                return 0;
        }
        return 0;
}

static int on_leave(MD_BLOCKTYPE type, void *detail, void *user)
{
        Reader *r = user;
        switch (type) {
        case MD_BLOCK_P:
        case MD_BLOCK_LI:
        case MD_BLOCK_CODE:
        case MD_BLOCK_HTML:
                return stop(r, end_paragraph(r));
        case MD_BLOCK_H:
                return stop(r, end_heading(r, ((MD_BLOCK_H_DETAIL *)detail)->level));
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
                r->depth--;
                r->item = false;
                return 0;
        case MD_BLOCK_TABLE: {
                const DocTable *t = r->table;
                r->table = NULL;
                return stop(r, doc_push_block(r->m, (DocBlock){ .kind = DOC_TABLE, .table = t }));
        }
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
                end_cell(r, type == MD_BLOCK_TH, ((MD_BLOCK_TD_DETAIL *)detail)->align);
                return 0;
        case MD_BLOCK_DOC:
        case MD_BLOCK_QUOTE:
        case MD_BLOCK_HR:
        case MD_BLOCK_THEAD:
        case MD_BLOCK_TBODY:
        case MD_BLOCK_TR:
                return 0;
        }
        return 0;
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *user)
{
        Reader *r = user;
        (void)detail;
        r->bold += type == MD_SPAN_STRONG;
        r->italic += type == MD_SPAN_EM;
        return 0;
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *user)
{
        Reader *r = user;
        (void)detail;
        r->bold -= type == MD_SPAN_STRONG;
        r->italic -= type == MD_SPAN_EM;
        return 0;
}

Status doc_markdown(DocMaker *m)
{
        Reader r = { .m = m };
        const MD_PARSER parser = { .flags = MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_NOINDENTEDCODEBLOCKS,
                                   .enter_block = on_enter,
                                   .leave_block = on_leave,
                                   .enter_span = on_enter_span,
                                   .leave_span = on_leave_span,
                                   .text = on_text };
        Str text = buf_str(&m->markdown);
        int failed = md_parse(text.ptr, (MD_SIZE)text.len, &parser, &r);
        return r.st != ST_OK ? r.st : failed ? ST_NOMEM : ST_OK;
}
