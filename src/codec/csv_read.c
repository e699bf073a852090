/* A row is scanned in place in a window of the input.  The next separator, line
 * end or NUL comes from a bit mask made for 64 bytes at a time; quoted cells are
 * skipped over by memchr.  When the window ends inside a row, the window is
 * refilled to at least twice the row and the row is begun again, so that the
 * work stays linear; doubled quotes are undone only when the row is complete. */
#include "codec/csv.h"

#include "base/vec.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { WINDOW_MIN = 256 << 10, PAD = 64, SAMPLE_MAX = 64 << 10, SAMPLE_ROWS = 60 };

typedef enum Step { STEP_OK, STEP_MORE, STEP_FAIL } Step;

typedef struct RawCell {
        size_t at, len;         /* in the window, without quotes */
        bool quoted, doubled;
} RawCell;

VEC_DECLARE(RawVec, RawCell);
VEC_DECLARE(StrVec, Str);
VEC_DECLARE(BoolVec, bool);

struct CsvReader {
        ByteSource source;
        char *file;
        CsvOptions options;
        char separator;
        bool started, end;
        Status failed;
        char *data;             /* cap + PAD bytes; those after len are 0 up to PAD */
        size_t len, cap, at;
        int64_t line, number;   /* of the row to be read; rows given */
        int64_t lines_inside;   /* line ends in quoted cells of this row */
        RawVec raw;
        StrVec cells;
        BoolVec quoted;
        /* the mask of data[base .. base + 64) */
        size_t base;
        uint64_t mask;
};

Status csv_reader_new(ByteSource source, const char *file, const CsvOptions *options, CsvReader **ret)
{
        CsvReader *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        r->source = source;
        r->options = options ? *options : (CsvOptions){ 0 };
        if (!r->options.max_field)
                r->options.max_field = (size_t)1 << 20;
        if (!r->options.max_row)
                r->options.max_row = (size_t)8 << 20;
        if (!r->options.max_cells)
                r->options.max_cells = 16384;
        r->separator = r->options.separator;
        r->line = 1;
        r->base = SIZE_MAX;
        if (file) {
                size_t n = strlen(file) + 1;
                r->file = mem_alloc(n);
                if (!r->file) {
                        mem_free(r);
                        return ST_NOMEM;
                }
                memcpy(r->file, file, n);
        }
        *ret = r;
        return ST_OK;
}

void csv_reader_free(CsvReader *r)
{
        if (!r)
                return;
        mem_free(r->file);
        mem_free(r->data);
        VEC_RELEASE(&r->raw);
        VEC_RELEASE(&r->cells);
        VEC_RELEASE(&r->quoted);
        mem_free(r);
}

char csv_separator(const CsvReader *r) { return r->separator; }

/* ---- the window ---- */

static Status fill(CsvReader *r, Diag *d)
{
        if (r->at) {
                memmove(r->data, r->data + r->at, r->len - r->at);
                r->len -= r->at;
                r->at = 0;
        }
        r->base = SIZE_MAX;
        size_t want = r->len * 2 < WINDOW_MIN ? WINDOW_MIN : r->len * 2;
        if (want > r->cap) {
                char *p = mem_realloc(r->data, want + PAD);
                if (!p)
                        return ST_NOMEM;
                r->data = p;
                r->cap = want;
        }
        size_t n = 0;
        TRY(source_read_full(r->source, r->data + r->len, r->cap - r->len, d, &n));
        r->end = n < r->cap - r->len;
        r->len += n;
        memset(r->data + r->len, 0, PAD);
        return ST_OK;
}

/* Bits of the 64 bytes at p that are a separator, a line end or NUL. */
static inline uint64_t special_mask(const char *p, char separator)
{
#if defined(__SSE2__)
        uint64_t mask = 0;
        const __m128i sep = _mm_set1_epi8(separator), lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r'),
                      nul = _mm_setzero_si128();
        for (int i = 0; i < 4; i++) {
                __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
                __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, sep), _mm_cmpeq_epi8(v, lf)),
                                           _mm_or_si128(_mm_cmpeq_epi8(v, cr), _mm_cmpeq_epi8(v, nul)));
                mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * i);
        }
        return mask;
#else
        uint64_t mask = 0;
        for (unsigned i = 0; i < 64; i++)
                mask |= (uint64_t)(p[i] == separator || p[i] == '\n' || p[i] == '\r' || p[i] == 0) << i;
        return mask;
#endif
}

/* The first special byte from i on; the padding stops it at len at the latest. */
static inline size_t next_special(CsvReader *r, size_t i)
{
        if (i < r->base || i - r->base >= 64) {
                r->base = i & ~(size_t)63;
                r->mask = special_mask(r->data + r->base, r->separator);
        }
        for (;;) {
                uint64_t m = r->mask & ~(uint64_t)0 << (i - r->base);
                if (m)
                        return r->base + (size_t)__builtin_ctzll(m);
                r->base += 64;
                if (r->base >= r->len)
                        return r->len;
                i = r->base;
                r->mask = special_mask(r->data + r->base, r->separator);
        }
}

/* ---- errors ---- */

static Pos place(const CsvReader *r, size_t offset)
{
        int64_t line = r->line;
        size_t start = r->at;
        for (size_t i = r->at; i < offset; i++) {
                if (r->data[i] == '\n' || (r->data[i] == '\r' && r->data[i + 1] != '\n')) {
                        line++;
                        start = i + 1;
                }
        }
        int col = 1;
        for (size_t i = start; i < offset; i++)
                col += ((unsigned char)r->data[i] & 0xC0) != 0x80;
        return POS_LINE(r->file, line > INT32_MAX ? 0 : (int)line, col);
}

#define FAIL(r, d, st, offset, ...) ((r)->failed = diag_raise((d), (st), place((r), (offset)), __VA_ARGS__), STEP_FAIL)

static Step no_memory(CsvReader *r, Diag *d)
{
        r->failed = diag_raise(d, ST_NOMEM, POS_FILE(r->file), "读取表格时内存不足",
                               "out of memory while reading the table");
        return STEP_FAIL;
}

/* ---- rows ---- */

static Step push_cell(CsvReader *r, Diag *d, RawCell c)
{
        if (c.len > r->options.max_field)
                return FAIL(r, d, ST_LIMIT, c.at, "单元格超过 %zu 字节", "a cell of more than %zu bytes",
                            r->options.max_field);
        if (r->raw.len >= r->options.max_cells)
                return FAIL(r, d, ST_LIMIT, c.at, "一行超过 %zu 个单元格", "more than %zu cells in a row",
                            r->options.max_cells);
        if (!VEC_PUSH(&r->raw, c, r->options.max_cells))
                return no_memory(r, d);
        return STEP_OK;
}

static bool ends_cell(const CsvReader *r, size_t i)
{
        return i >= r->len || r->data[i] == r->separator || r->data[i] == '\n' || r->data[i] == '\r';
}

/* Behind the quote that closes the one at `open`; SIZE_MAX: none before the window's end. */
static size_t closing_quote(const CsvReader *r, size_t open, bool *ret_doubled)
{
        for (size_t i = open + 1;; i++) {
                const char *q = i < r->len ? memchr(r->data + i, '"', r->len - i) : NULL;
                if (!q)
                        return SIZE_MAX;
                i = (size_t)(q - r->data) + 1;
                if (i == r->len && !r->end)
                        return SIZE_MAX;
                if (i >= r->len || r->data[i] != '"')
                        return i;
                *ret_doubled = true;
        }
}

/* From the opening quote; *ret_end is behind the closing one.  In tab-separated text
 * quotes are often no more than characters: "两型"产业 stays as it is (*ret_literal). */
static Step quoted_cell(CsvReader *r, Diag *d, size_t open, size_t *ret_end, bool *ret_literal)
{
        bool doubled = false, tabs = r->separator == '\t';
        size_t end = closing_quote(r, open, &doubled);
        if (end == SIZE_MAX) {
                *ret_literal = tabs && (r->end || r->len - open > r->options.max_field);
                if (*ret_literal)
                        return STEP_OK;
                if (!r->end)
                        return STEP_MORE;
                return FAIL(r, d, ST_INVALID, open, "引号没有结束（从这里开始）",
                            "a quote that is never closed begins here");
        }
        if (!ends_cell(r, end)) {
                *ret_literal = tabs;
                if (tabs)
                        return STEP_OK;
                return FAIL(r, d, ST_INVALID, end, "结束的引号之后还有文本", "text after a closing quote");
        }
        RawCell c = { .at = open + 1, .len = end - open - 2, .quoted = true, .doubled = doubled };
        const char *nul = c.len ? memchr(r->data + c.at, 0, c.len) : NULL;
        if (nul)
                return FAIL(r, d, ST_INVALID, (size_t)(nul - r->data), "有空字符（NUL），不是文本文件",
                            "a NUL character: this is no text file");
        for (size_t k = c.at; k < c.at + c.len; k++)
                r->lines_inside += r->data[k] == '\n' || (r->data[k] == '\r' && r->data[k + 1] != '\n');
        *ret_end = end;
        return push_cell(r, d, c);
}

static inline Step plain_cell(CsvReader *r, Diag *d, size_t i, size_t *ret_end)
{
        size_t end = next_special(r, i);
        if (end >= r->len && !r->end)
                return STEP_MORE;
        if (end > r->len)
                end = r->len;
        if (end < r->len && r->data[end] == 0)
                return FAIL(r, d, ST_INVALID, end, "有空字符（NUL），不是文本文件",
                            "a NUL character: this is no text file");
        RawCell c = { .at = i, .len = end - i };
        *ret_end = end;
        if (r->raw.len < r->raw.cap && c.len <= r->options.max_field) {
                r->raw.data[r->raw.len++] = c;
                return STEP_OK;
        }
        return push_cell(r, d, c);
}

/* The line end at i, which may be the end of the input. */
static Step line_end(CsvReader *r, size_t i, size_t *ret_next)
{
        if (i < r->len && r->data[i] == '\r') {
                if (i + 1 == r->len && !r->end)
                        return STEP_MORE;
                *ret_next = i + 1 < r->len && r->data[i + 1] == '\n' ? i + 2 : i + 1;
        } else {
                *ret_next = i < r->len ? i + 1 : i;
        }
        return STEP_OK;
}

static Step scan_row(CsvReader *r, Diag *d, size_t *ret_next)
{
        r->raw.len = 0;
        r->lines_inside = 0;
        for (size_t i = r->at, end = 0;; i = end + 1) {
                bool literal = true;
                Step s = STEP_OK;
                if (i == r->len && !r->end)
                        return STEP_MORE;
                if (i < r->len && r->data[i] == '"') {
                        literal = false;
                        s = quoted_cell(r, d, i, &end, &literal);
                }
                if (literal)
                        s = plain_cell(r, d, i, &end);
                if (s != STEP_OK)
                        return s;
                if (end < r->len && r->data[end] == r->separator)
                        continue;
                if (end - r->at > r->options.max_row)
                        return FAIL(r, d, ST_LIMIT, r->at, "一行超过 %zu 字节", "a row of more than %zu bytes",
                                    r->options.max_row);
                return line_end(r, end, ret_next);
        }
}

/* Doubled quotes inside become one, in place. */
static size_t undouble(char *p, size_t len)
{
        size_t to = 0;
        for (size_t i = 0; i < len; i++) {
                p[to++] = p[i];
                if (p[i] == '"')
                        i++;
        }
        return to;
}

static Step give_row(CsvReader *r, Diag *d, CsvRow *ret)
{
        size_t n = r->raw.len;
        if (!VEC_RESERVE(&r->cells, n, r->options.max_cells) || !VEC_RESERVE(&r->quoted, n, r->options.max_cells))
                return no_memory(r, d);
        for (size_t i = 0; i < n; i++) {
                RawCell c = r->raw.data[i];
                if (c.doubled)
                        c.len = undouble(r->data + c.at, c.len);
                Str text = { r->data + c.at, c.len };
                r->cells.data[i] = c.quoted && !r->options.keep_guards ? csv_unguard(text) : text;
                r->quoted.data[i] = c.quoted;
        }
        *ret = (CsvRow){ .cells = r->cells.data,
                         .quoted = r->quoted.data,
                         .count = n,
                         .line = r->line,
                         .number = ++r->number,
                         .blank = n == 1 && r->cells.data[0].len == 0 && !r->quoted.data[0] };
        return STEP_OK;
}

/* ---- the separator ---- */

/* How many rows of the sample have the most usual count of cells, when that is
 * more than one; ties go to more cells. */
static size_t rate(const CsvReader *r, char separator, size_t *ret_cells)
{
        size_t counts[SAMPLE_ROWS], rows = 0, cells = 1;
        bool in_quotes = false, at_start = true;
        size_t limit = r->len < SAMPLE_MAX ? r->len : SAMPLE_MAX;
        for (size_t i = r->at; i < limit && rows < SAMPLE_ROWS; i++) {
                char c = r->data[i];
                if (in_quotes) {
                        in_quotes = c != '"';
                        continue;
                }
                if (c == '"' && (at_start || r->data[i - 1] == '"'))
                        in_quotes = true;
                at_start = false;
                if (c == separator) {
                        cells++;
                        at_start = true;
                } else if (c == '\n' || c == '\r') {
                        if (cells > 1)
                                counts[rows++] = cells;
                        cells = 1;
                        at_start = true;
                }
        }
        if (cells > 1 && rows < SAMPLE_ROWS && limit == r->len && r->end)
                counts[rows++] = cells;
        size_t best = 0;
        *ret_cells = 0;
        for (size_t i = 0; i < rows; i++) {
                size_t same = 0;
                for (size_t k = 0; k < rows; k++)
                        same += counts[k] == counts[i];
                if (same > best || (same == best && counts[i] > *ret_cells)) {
                        best = same;
                        *ret_cells = counts[i];
                }
        }
        return best;
}

static char detect(const CsvReader *r)
{
        static const char candidates[] = { '\t', ';', ',' };
        char best = ',';
        size_t best_rows = 0, best_cells = 0;
        for (size_t i = 0; i < sizeof(candidates); i++) {
                size_t cells, rows = rate(r, candidates[i], &cells);
                if (rows > best_rows || (rows == best_rows && cells > best_cells)) {
                        best = candidates[i];
                        best_rows = rows;
                        best_cells = cells;
                }
        }
        return best;
}

static Status refill(CsvReader *r, Diag *d)
{
        r->failed = fill(r, d);
        if (r->failed == ST_NOMEM)
                (void)no_memory(r, d);
        return r->failed;
}

static Status start(CsvReader *r, Diag *d)
{
        TRY(refill(r, d));
        r->started = true;
        if (r->len >= 3 && memcmp(r->data, "\xEF\xBB\xBF", 3) == 0)
                r->at = 3;
        const char *p = r->data + r->at;
        size_t left = r->len - r->at;
        if (left >= 5 && memcmp(p, "sep=", 4) == 0 && p[4] && (left == 5 || p[5] == '\n' || p[5] == '\r')) {
                if (!r->separator)
                        r->separator = p[4];
                r->at += left == 5 ? 5 : left > 6 && p[5] == '\r' && p[6] == '\n' ? 7 : 6;
                r->line++;
        }
        if (!r->separator)
                r->separator = detect(r);
        return ST_OK;
}

Status csv_next(CsvReader *r, Diag *d, CsvRow *ret)
{
        if (r->failed != ST_OK)
                return r->failed;
        if (!r->started)
                TRY(start(r, d));
        if (r->separator == '"' || r->separator == '\n' || r->separator == '\r')
                return r->failed = diag_raise(d, ST_USAGE, POS_FILE(r->file), "不能用这个字符作分隔符",
                                              "this character cannot be the separator");
        for (;;) {
                if (r->at == r->len && r->end) {
                        *ret = (CsvRow){ .number = r->number, .line = r->line };
                        return ST_OK;
                }
                size_t next;
                Step s = scan_row(r, d, &next);
                if (s == STEP_OK)
                        s = give_row(r, d, ret);
                if (s == STEP_FAIL)
                        return r->failed;
                if (s == STEP_OK) {
                        r->line += r->lines_inside + 1;
                        r->at = next;
                        return ST_OK;
                }
                if (r->len - r->at > r->options.max_row) {
                        (void)FAIL(r, d, ST_LIMIT, r->at, "一行超过 %zu 字节（引号没有结束？）",
                                   "a row of more than %zu bytes (a quote that is not closed?)", r->options.max_row);
                        return r->failed;
                }
                TRY(refill(r, d));
        }
}
