/* A CSV or TSV as a sheet: one row a record, every cell text. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/csv.h"
#include "codec/encoding.h"
#include "codec/numtext.h"
#include "codec/sheet_int.h"

enum { HEAD_MAX = 32 };

struct CsvBook {
        int fd;
        Str bytes;
        char *name;
        SheetLimits limits;
        TextEncoding encoding;
        char separator;
        uint64_t size;
};

struct CsvRows {
        size_t empty;           /* rows without a value so far */
        CsvBook *book;
        FdSource file;
        MemSource mem;
        TextSource *text;
        CsvReader *csv;
        SheetCell *cells;
        size_t cap;
        SheetRow row;
};

/* From the beginning of the file. */
static Status rewind_source(CsvBook *b, FdSource *file, MemSource *mem, ByteSource *ret)
{
        if (b->fd < 0) {
                mem->left = b->bytes;
                *ret = mem_source(mem);
                return ST_OK;
        }
        if (lseek(b->fd, 0, SEEK_SET) < 0)
                return ST_IO;
        *file = (FdSource){ .fd = b->fd, .name = b->name, .max = b->limits.max_file_bytes };
        *ret = fd_source(file);
        return ST_OK;
}

/* Encoding from all bytes, separator from the first rows. */
static Status look_through(CsvBook *b, Diag *diag)
{
        FdSource file;
        MemSource mem;
        ByteSource raw;
        TRY(rewind_source(b, &file, &mem, &raw));
        TRY(encoding_detect_source(raw, b->name, diag, &b->encoding));
        CsvRows *r = NULL;
        TRY(csv_rows_open(b, &r));
        const SheetRow *row;
        Status st = csv_rows_next(r, diag, &row);
        if (st == ST_OK)
                b->separator = csv_separator(r->csv);
        csv_rows_free(r);
        return st;
}

Status csv_book_open(int fd, Str bytes, const char *name, const SheetLimits *limits, Diag *diag, CsvBook **ret)
{
        CsvBook *b = mem_calloc(1, sizeof(*b));
        char *copy = b ? mem_alloc(strlen(name) + 1) : NULL;
        if (!copy) {
                mem_free(b);
                if (fd >= 0)
                        close(fd);
                return ST_NOMEM;
        }
        memcpy(copy, name, strlen(name) + 1);
        *b = (CsvBook){ .fd = fd, .bytes = bytes, .name = copy, .limits = *limits, .size = bytes.len };
        struct stat sb;
        if (fd >= 0 && fstat(fd, &sb) == 0)
                b->size = (uint64_t)sb.st_size;
        Status st = look_through(b, diag);
        if (st != ST_OK) {
                csv_book_free(b);
                return st;
        }
        *ret = b;
        return ST_OK;
}

void csv_book_free(CsvBook *b)
{
        if (!b)
                return;
        if (b->fd >= 0)
                close(b->fd);
        mem_free(b->name);
        mem_free(b);
}

SheetFormat csv_book_format(const CsvBook *b)
{
        return b->separator == '\t' ? SHEET_TSV : SHEET_CSV;
}

const char *csv_book_encoding(const CsvBook *b)
{
        return encoding_name(b->encoding);
}

Status csv_rows_open(CsvBook *b, CsvRows **ret)
{
        CsvRows *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        r->book = b;
        ByteSource raw;
        Status st = rewind_source(b, &r->file, &r->mem, &raw);
        if (st == ST_OK)
                st = text_source_new(raw, b->encoding, b->name, &r->text);
        CsvOptions options = { .separator = b->separator, .max_field = b->limits.max_cell_bytes,
                               .max_row = b->limits.max_row_bytes, .max_cells = SHEET_MAX_COL };
        if (st == ST_OK)
                st = csv_reader_new(text_source_bytes(r->text), b->name, &options, &r->csv);
        if (st != ST_OK) {
                csv_rows_free(r);
                return st;
        }
        *ret = r;
        return ST_OK;
}

void csv_rows_free(CsvRows *r)
{
        if (!r)
                return;
        csv_reader_free(r->csv);
        text_source_free(r->text);
        mem_free(r->cells);
        mem_free(r);
}

static Status take_cells(CsvRows *r, const CsvRow *row)
{
        if (row->count > r->cap) {
                SheetCell *grown = mem_realloc_array(r->cells, row->count, sizeof(SheetCell));
                if (!grown)
                        return ST_NOMEM;
                r->cells = grown;
                r->cap = row->count;
        }
        size_t n = 0;
        for (size_t i = 0; i < row->count; i++) {
                Str s = row->cells[i];
                if (s.len == 0)
                        continue;
                bool exponent = s.len <= HEAD_MAX && numtext_is_scientific(s);
                r->cells[n++] = (SheetCell){ .col = (uint32_t)i + 1, .kind = SHEET_TEXT, .text = s, .raw = s,
                                             .format = STR(""), .flags = exponent ? SHEET_EXPONENT : 0 };
        }
        r->row.cells = r->cells;
        r->row.count = n;
        return ST_OK;
}

Status csv_rows_next(CsvRows *r, Diag *diag, const SheetRow **ret)
{
        for (;;) {
                CsvRow row;
                TRY(csv_next(r->csv, diag, &row));
                if (!row.cells) {
                        *ret = NULL;
                        return ST_OK;
                }
                if (row.number > UINT32_MAX)
                        return diag_fail(diag, ST_LIMIT, POS_FILE(r->book->name), "行数过多", "too many rows");
                TRY(take_cells(r, &row));
                if (r->row.count == 0) {
                        if (++r->empty > SHEET_MAX_ROW)
                                return diag_fail(diag, ST_LIMIT, POS_FILE(r->book->name),
                                                 "空行超过 %d 个：请删去后再交",
                                                 "more than %d empty rows: delete them and save again", SHEET_MAX_ROW);
                        continue;
                }
                r->row.number = (uint32_t)row.number;
                *ret = &r->row;
                return ST_OK;
        }
}

void csv_rows_progress(const CsvRows *r, uint64_t *ret_done, uint64_t *ret_all)
{
        *ret_done = r->book->fd >= 0 ? r->file.read : r->book->size - r->mem.left.len;
        *ret_all = r->book->size;
}
