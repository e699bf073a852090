/* document_int.h -- private to the room. */
#ifndef KC_DOCUMENT_DOCUMENT_INT_H
#define KC_DOCUMENT_DOCUMENT_INT_H

#include "base/utf8.h"
#include "document/document.h"

/* The names an expression sees, innermost last. */
typedef struct DocEnv {
        const FeelScope *scope;
        const FeelValue *values;        /* by slot */
        const FeelType *const *types;
        const Str *names;
        size_t count;
} DocEnv;

typedef struct DocName {
        Str name;
        const FeelType *type;           /* NULL: Any */
        FeelValue value;
} DocName;

/* While Markdown is read, a figure or a block stands as one code point of the private planes. */
#define DOC_MARK_FIRST 0xF0000u
#define DOC_MARK_LAST  0xFFFFDu
typedef struct DocMark {
        const DocBlock *block;          /* or NULL: a figure */
        DocSpan span;
} DocMark;

typedef struct DocMaker {
        const DocumentInput *in;
        Arena *a;
        Diag *diag;
        const char *file;
        Str body;
        size_t *lines;                  /* offset each line begins at; one more for the end */
        size_t line_count;
        DocMark *marks;
        size_t mark_count, mark_cap;
        Buf markdown;                   /* the expanded template */
        DocBlock *blocks;
        size_t block_count, block_cap;
        DocText title;
        Date date;
        size_t cells;
} DocMaker;

/* env.c */
Status doc_env(DocMaker *m, const DocEnv *outer, const DocName *names, size_t count, DocEnv *ret) FALLIBLE;
/* Compiles and evaluates; the program lives until *ret_program is freed, the value until the exec is reset. */
Status doc_compile(DocMaker *m, const DocEnv *env, FeelSource src, FeelProgram **ret) FALLIBLE;
Status doc_eval(DocMaker *m, const DocEnv *env, FeelSource src, FeelProgram **ret_program, FeelValue *ret) FALLIBLE;
/* The span of a value, in the arena. */
Status doc_value_span(DocMaker *m, Str expression, const FeelValue *v, DocSpan *ret) FALLIBLE;
/* Text with {{ FEEL }} and nothing else.  *ret_last (may be NULL): the last expression's value. */
Status doc_inline(DocMaker *m, const DocEnv *env, FeelSource src, DocText *ret, FeelValue *ret_last) FALLIBLE;
/* After "{{" at `from`: offset of the "}}" that closes it, over strings and braces; SIZE_MAX: none. */
size_t doc_close(Str text, size_t from, size_t to);
/* The entries of a list's rows, with types that say no more than names; NULL type when the rows are no contexts. */
Status doc_row_names(DocMaker *m, const FeelValue *rows, DocName **ret, size_t *ret_count,
                     const FeelType **ret_type) FALLIBLE;
/* Where an offset of the body stands. */
FeelSource doc_source(const DocMaker *m, size_t from, size_t to);
Pos doc_pos(const DocMaker *m, size_t offset);
/* What XML and Markdown cannot carry is left out. */
Status doc_clean(Arena *a, Str s, Str *ret) FALLIBLE;
Str doc_missing(Lang lang);

/* data.c: the lines of a block (without its fences). */
Status doc_table(DocMaker *m, const DocEnv *env, size_t first, size_t last, DocBlock *ret) FALLIBLE;
Status doc_chart(DocMaker *m, const DocEnv *env, size_t first, size_t last, DocBlock *ret) FALLIBLE;

/* markdown.c: m->markdown becomes blocks and the title. */
Status doc_markdown(DocMaker *m) FALLIBLE;
Status doc_push_block(DocMaker *m, DocBlock b) FALLIBLE;

/* numbers.c */
Status doc_format(Dec d, int64_t digits, Arena *a, Str *ret) FALLIBLE;
/* 一 … 九十九; plain digits beyond. */
void doc_numeral(unsigned n, Buf *out);
void doc_date(Date d, Lang lang, Buf *out);

/* text.c */
Status doc_plain(Arena *a, DocText t, Str *ret) FALLIBLE;
/* Width in ems of the widest line: a wide character is one, others a half. */
double doc_width(DocText t);
/* One plain span; ptr NULL of spans means no memory. */
DocText doc_text_of(Arena *a, Str s);
/* Part of each column in a table's width, adding up to 1. */
void doc_column_widths(const DocTable *t, double total_em, double out[DOCUMENT_COLUMNS_MAX]);
/* Line number n (from 0) of a head that has several; false: no more. */
bool doc_head_line(Str text, size_t n, Str *ret);

/* chart.c */
enum { DOC_CHART_WIDTH = 425, DOC_CHART_HEIGHT = 176 };    /* points */
typedef struct _cairo cairo_t;
void chart_draw(cairo_t *cr, const DocChart *c, double width, double height);
Status chart_png(const DocChart *c, Diag *diag, Buf *out) FALLIBLE;

#endif
