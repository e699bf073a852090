/* document.h -- official documents made of a template and the data.
 *
 * A template (PackDocument) is Markdown.  Wherever text stands it may hold
 * {{ FEEL }}; every figure of the finished text knows the expression it came
 * from.  Lines of their own steer what is taken:
 *
 *     {% for c in ranking("rd_intensity", period) %}     for every item of a list
 *     {% if count(late) > 0 %} … {% else %} … {% end %}  one part or the other
 *
 * and two fenced blocks are filled from lists:
 *
 *     ```table                                 ```chart
 *     title: 表1 各县区研发投入强度              kind: bar            (or line)
 *     rows: ranking("rd_intensity", period)    title: 研发投入强度
 *     名次 = rank                              rows: ranking("rd_intensity", period)
 *     :县区 = name                             label: name
 *     强度（%）: = format(value, 2)             value: value
 *     ```                                      digits: 2
 *                                              mark: rank >= 7
 *                                              reference: value("rd_intensity", city, period)
 *                                              reference label: 全市
 *                                              ```
 * A column is `title = FEEL`, evaluated for every row with the row's entries, `row`
 * itself and its number `index` in scope (an entry hides a function of its name); a colon before the title aligns to the left, after
 * it to the right, otherwise the column is centred.  Lines that begin with a blank
 * continue the line before.  Markdown's own tables, emphasis and lists are known too;
 * `#` is the title, `##` to `#####` are the levels 一、（一）1.（1）, numbered here; `---`
 * begins a new page.
 *
 * In scope: what the caller's library has (it should hold document_feel_library), and
 *   city, document date                               of every document
 *   key, record                                       of one a record
 *   key, unit                                         of one a unit: its code and its title
 *   period, period title, period end, year, month,
 *   previous period, previous period title,
 *   last year period, last year period title          of periodic ones
 *
 * What nobody has reported prints as （未报）, never as zero or nothing; null as —.
 *
 * The head's keys (GB/T 9704): issuer number secrecy urgency to from date attachments
 * note cc printer printed.  Each may hold {{ FEEL }}; attachments, one a line.
 *
 * The finished Document is plain data in the caller's arena; four writers make files
 * of it.  The same document gives the same bytes.
 *
 *     Document *d;
 *     TRY(document_make(&(DocumentInput){ .pack = pack, .definition = def, .library = lib, .exec = x,
 *                                         .period = &p }, arena, diag, &d));
 *     TRY(document_docx(d, diag, &out));
 */
#ifndef KC_DOCUMENT_DOCUMENT_H
#define KC_DOCUMENT_DOCUMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "feel/feel.h"
#include "pack/pack.h"

/* ---- the model ---- */

/* A run of text of one look and one origin. */
typedef struct DocSpan {
        Str text;
        Str feel;                       /* the expression it came from; none: written in the template */
        Str value;                      /* that expression's exact value as FEEL */
        bool bold, italic;
        bool missing;                   /* （未报） */
} DocSpan;

typedef struct DocText {
        const DocSpan *spans;
        size_t count;
} DocText;

typedef enum DocAlign { DOC_CENTER, DOC_LEFT, DOC_RIGHT } DocAlign;

typedef struct DocTable {
        DocText caption;                /* may be empty */
        size_t columns, rows;
        const DocText *head;            /* columns */
        const DocAlign *align;          /* columns */
        const DocText *cells;           /* rows × columns */
} DocTable;

typedef enum DocChartKind { DOC_BAR, DOC_LINE } DocChartKind;
typedef struct DocPoint {
        Str label;
        bool known;                     /* false: not reported, drawn as a gap */
        Dec value;
        Str shown;
        bool marked;                    /* stands out */
} DocPoint;
typedef struct DocChart {
        DocChartKind kind;
        DocText caption;
        Str feel;                       /* its list */
        DocPoint *points;
        size_t count;
        int digits;
        bool has_reference;
        Dec reference;
        Str reference_label;            /* with the figure */
        Str alt;                        /* everything it shows, in words */
} DocChart;

typedef enum DocKind { DOC_PARAGRAPH, DOC_HEADING, DOC_TABLE, DOC_CHART, DOC_NEW_PAGE } DocKind;
typedef struct DocBlock {
        DocKind kind;
        int level;                      /* of a heading: 1 to 4; its number stands in the text */
        DocText text;                   /* paragraph, heading */
        const DocTable *table;
        const DocChart *chart;
} DocBlock;

/* Page furniture; an empty text: not there. */
#define DOC_HEADS(X) \
        X(DOC_ISSUER, "issuer")            /* 发文机关标志, the red head */ \
        X(DOC_NUMBER, "number")            /* 发文字号 云科〔2023〕6号 */ \
        X(DOC_SECRECY, "secrecy") X(DOC_URGENCY, "urgency") \
        X(DOC_TO, "to")                    /* 主送机关 */ \
        X(DOC_FROM, "from")                /* 发文机关署名 */ \
        X(DOC_DATE, "date")                /* 成文日期; default: the input's date */ \
        X(DOC_ATTACHMENTS, "attachments")  /* 附件说明, one a line */ \
        X(DOC_NOTE, "note")                /* 附注 */ \
        X(DOC_CC, "cc")                    /* 抄送 */ \
        X(DOC_PRINTER, "printer") X(DOC_PRINTED, "printed")  /* 印发机关和印发日期 */
typedef enum DocHead {
#define DOC_HEAD_ENUM(code, key) code,
        DOC_HEADS(DOC_HEAD_ENUM)
#undef DOC_HEAD_ENUM
        DOC_HEAD_COUNT
} DocHead;

typedef struct Document {
        Str name;                       /* of the template */
        Lang lang;
        Date date;
        DocText title;
        DocText head[DOC_HEAD_COUNT];
        const DocBlock *blocks;
        size_t count;
} Document;

/* ---- making ---- */

typedef struct DocumentInput {
        const Pack *pack;
        const PackDocument *definition;
        const FeelLibrary *library;     /* what templates may ask; may be NULL */
        FeelExec *exec;                 /* with its host set; not reset here */
        const Period *period;           /* of a periodic document, else NULL */
        Str key;                        /* of a document a record; none */
        const FeelValue *record;        /* that record; NULL */
        Lang lang; /* of the template: what it says of dates and missing figures; not of messages */
        Date date;                      /* of the document; none: today */
} DocumentInput;

enum {
        DOCUMENT_BLOCKS_MAX = 50000,
        DOCUMENT_CELLS_MAX = 1000000,
        DOCUMENT_FIGURES_MAX = 60000,
        DOCUMENT_POINTS_MAX = 400,
        DOCUMENT_COLUMNS_MAX = 40,
        DOCUMENT_NESTING_MAX = 20
};

/* ST_INVALID: the template (file, line and column), or a period or key that is missing or not wanted; ST_LIMIT; what the
 * evaluation says.  Null results leave warnings in diag with their place. */
Status document_make(const DocumentInput *in, Arena *a, Diag *diag, Document **ret) FALLIBLE;

/* Figures as documents write them, rounded half up:
 *   format(number, digits)           "1,234.50"; digits 0 when left out
 *   yi(number, digits)               亿元 of yuan: "23.14亿元"; digits 2 when left out
 *   wan(number, digits)              万元 of yuan: "231,427万元"; digits 0 when left out
 *   percent(number, digits)          "2.48%" of 2.481…; digits 2 when left out
 *   compare(now, before, digits, up, down, measure)
 *                                    "提高0.12个百分点", "下降…", "持平": the difference of both as they are shown
 *   chinese numeral(number)          三 of 3, up to 99 */
Status document_feel_library(FeelLibrary *library) FALLIBLE;

/* ---- writing; appended to out ---- */

Status document_docx(const Document *d, Diag *diag, Buf *out) FALLIBLE;
Status document_pdf(const Document *d, Diag *diag, Buf *out) FALLIBLE;
/* One page that stands alone.  Figures: <span class="figure" data-feel="…" data-value="…">. */
Status document_html(const Document *d, Diag *diag, Buf *out) FALLIBLE;
Status document_md(const Document *d, Diag *diag, Buf *out) FALLIBLE;

/* The text without its look. */
void document_text(DocText t, Buf *out);
static inline bool document_has(DocText t) { return t.count > 0; }

#endif
