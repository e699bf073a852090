/* The file around both writers: a temporary name beside the target, read back,
 * synced, renamed; or nothing. */
#include "codec/sheet_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "codec/csv.h"
#include "codec/xlsx_out_int.h"

enum { FLUSH_AT = 1 << 20, OUT_MAX = 64 << 20, FILE_MODE = 0644 };

struct SheetWriter {
        SheetFormat format;
        char *path;
        char *temp;             /* NULL once renamed */
        char *dir;
        int fd;                 /* of temp */
        XlsxOut *xlsx;
        CsvWriter csv;
        Buf out;
        size_t sheets;
        size_t cols;
        Status failed;
};

static Status system_error(const char *path, Diag *diag)
{
        int e = errno;
        Status st = e == ENOSPC || e == EDQUOT || e == EFBIG ? ST_FULL
                    : e == ENOENT || e == ENOTDIR            ? ST_NOT_FOUND
                                                             : ST_IO;
        return diag_fail(diag, st, POS_FILE(path), "无法写入：%s", "cannot write: %s", strerror(e));
}

SheetFormat sheet_format_of_name(const char *path)
{
        size_t n = strlen(path);
        const char *tail = n >= 4 ? path + n - 4 : path;
        return strcasecmp(tail, ".csv") == 0 ? SHEET_CSV : strcasecmp(tail, ".tsv") == 0 ? SHEET_TSV : SHEET_XLSX;
}

static char *join(const char *a, size_t a_len, const char *b)
{
        char *p = mem_alloc(a_len + strlen(b) + 1);
        if (p) {
                memcpy(p, a, a_len);
                memcpy(p + a_len, b, strlen(b) + 1);
        }
        return p;
}

static Status make_temp(SheetWriter *w, Diag *diag)
{
        w->fd = mkostemp(w->temp, O_CLOEXEC);
        if (w->fd < 0) {
                mem_free(TAKE(w->temp));
                return system_error(w->path, diag);
        }
        struct stat sb;
        mode_t mode = stat(w->path, &sb) == 0 ? sb.st_mode & 0777 : FILE_MODE;
        if (fchmod(w->fd, mode) < 0)
                return system_error(w->path, diag);
        return ST_OK;
}

Status sheet_writer_new(const char *path, SheetFormat format, Diag *diag, SheetWriter **ret)
{
        _cleanup_(sheet_writer_freep) SheetWriter *w = mem_calloc(1, sizeof(*w));
        if (!w)
                return ST_NOMEM;
        const char *slash = strrchr(path, '/');
        w->fd = -1;
        w->format = format;
        w->out = BUF_INIT(OUT_MAX);
        w->path = join(path, strlen(path), "");
        w->temp = join(path, strlen(path), ".XXXXXX");
        w->dir = slash ? join(path, (size_t)(slash - path) + 1, "") : join(".", 1, "");
        if (!w->path || !w->temp || !w->dir) {
                mem_free(TAKE(w->temp));
                return ST_NOMEM;
        }
        TRY(make_temp(w, diag));
        if (format == SHEET_XLSX) {
                TRY(xlsx_out_new(w->temp, w->dir, &w->xlsx));
        } else {
                w->csv = csv_writer(&w->out, format == SHEET_TSV ? '\t' : ',');
                w->csv.crlf = true;
                csv_write_bom(&w->csv);
        }
        *ret = TAKE(w);
        return ST_OK;
}

void sheet_writer_free(SheetWriter *w)
{
        if (!w)
                return;
        xlsx_out_free(w->xlsx);
        if (w->fd >= 0)
                close(w->fd);
        if (w->temp)
                unlink(w->temp);
        buf_release(&w->out);
        mem_free(w->path);
        mem_free(w->temp);
        mem_free(w->dir);
        mem_free(w);
}

static Status flush(SheetWriter *w, Diag *diag)
{
        TRY(buf_status(&w->out));
        const char *p = buf_cstr(&w->out);
        size_t left = w->out.len;
        while (left) {
                ssize_t n = write(w->fd, p, left);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return system_error(w->path, diag);
                p += n;
                left -= (size_t)n;
        }
        buf_clear(&w->out);
        return ST_OK;
}

/* After a failure nothing more is written, so that finish cannot succeed. */
static Status remember(SheetWriter *w, Status st)
{
        if (st != ST_OK && w->failed == ST_OK)
                w->failed = st;
        return st;
}

static Status begin_csv(SheetWriter *w, const SheetColumn *cols, size_t count, Diag *diag)
{
        if (w->sheets)
                return diag_fail(diag, ST_UNSUPPORTED, POS_FILE(w->path), "CSV 只能有一张表：请导出为 .xlsx",
                                 "a CSV holds one table only: write an .xlsx");
        for (size_t i = 0; i < count; i++)
                csv_write(&w->csv, cols[i].title);
        csv_end_row(&w->csv);
        return buf_status(&w->out);
}

Status sheet_writer_sheet(SheetWriter *w, Str name, const SheetColumn *cols, size_t count, Diag *diag)
{
        TRY(w->failed);
        w->cols = count;
        Status st = w->xlsx ? xlsx_out_sheet(w->xlsx, name, cols, count, diag) : begin_csv(w, cols, count, diag);
        w->sheets++;
        return remember(w, st);
}

/* The reader of text files takes control characters for the sign of another kind of file. */
static bool fits_csv(Str s)
{
        for (size_t i = 0; i < s.len; i++) {
                unsigned char c = (unsigned char)s.ptr[i];
                if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
                        return false;
        }
        return utf8_valid(s);
}

static Status row_csv(SheetWriter *w, const SheetOut *cells, size_t count, Diag *diag)
{
        for (size_t i = 0; i < w->cols; i++) {
                Str text = i < count && cells[i].kind != SHEET_EMPTY ? cells[i].text : STR("");
                if (!fits_csv(text))
                        return diag_fail(diag, ST_INVALID, POS_FILE(w->path),
                                         "CSV 不能含控制字符：请导出为 .xlsx（“%.*s”）",
                                         "a CSV cannot hold control characters: write an .xlsx (\"%.*s\")",
                                         (int)(text.len < 40 ? text.len : 40), text.ptr);
                csv_write(&w->csv, text);
        }
        csv_end_row(&w->csv);
        return w->out.len < FLUSH_AT ? buf_status(&w->out) : flush(w, diag);
}

Status sheet_writer_row(SheetWriter *w, const SheetOut *cells, size_t count, Diag *diag)
{
        TRY(w->failed);
        if (!w->sheets || count > w->cols)
                return ST_USAGE;
        return remember(w, w->xlsx ? xlsx_out_row(w->xlsx, cells, count, diag) : row_csv(w, cells, count, diag));
}

Status sheet_writer_notes(SheetWriter *w, Str name, const Str *lines, size_t count, Diag *diag)
{
        TRY(w->failed);
        return w->xlsx ? remember(w, xlsx_out_notes(w->xlsx, name, lines, count, diag)) : ST_OK;
}

/* Every cell must be there again; working files on a full disk are silently short. */
static Status read_back(SheetWriter *w, uint64_t cells)
{
        SheetLimits limits = SHEET_LIMITS_DEFAULT;
        limits.max_file_bytes = limits.zip.max_file_bytes = limits.zip.max_entry_bytes = limits.zip.max_total_bytes =
                UINT64_MAX;
        limits.zip.max_ratio = UINT32_MAX;
        _cleanup_(sheet_book_freep) SheetBook *b = NULL;
        TRY(sheet_book_open(w->temp, &limits, NULL, &b));
        uint64_t found = 0;
        for (size_t i = 0; i < sheet_book_count(b); i++) {
                _cleanup_(sheet_freep) SheetReader *r = NULL;
                TRY(sheet_open(b, i, NULL, &r));
                for (const SheetRow *row;;) {
                        TRY(sheet_next(r, NULL, &row));
                        if (!row)
                                break;
                        found += row->count;
                }
        }
        return found == cells ? ST_OK : ST_IO;
}

/* Why writing failed is asked of the file system itself: the library does not say. */
static Status why_failed(SheetWriter *w, Status st, Diag *diag)
{
        static const char zeros[65536];
        if (st == ST_NOMEM)
                return st;
        if (lseek(w->fd, 0, SEEK_END) < 0 || write(w->fd, zeros, sizeof(zeros)) < 0 || fsync(w->fd) < 0)
                return system_error(w->path, diag);
        return diag_fail(diag, ST_IO, POS_FILE(w->path), "写入后读回不一致", "what was written does not read back");
}

static Status finish_xlsx(SheetWriter *w, Diag *diag)
{
        Status st = xlsx_out_close(w->xlsx);
        if (st == ST_OK)
                st = read_back(w, xlsx_out_cells(w->xlsx));
        if (st == ST_OK || st == ST_USAGE || st == ST_LIMIT)
                return st;
        if (st == ST_FULL)
                return diag_fail(diag, st, POS_FILE(w->path), "磁盘已满，无法写入工作文件",
                                 "no space left for the working files");
        return why_failed(w, st, diag);
}

static Status finish(SheetWriter *w, Diag *diag)
{
        TRY(w->failed);
        TRY(w->xlsx ? finish_xlsx(w, diag) : flush(w, diag));
        if (fsync(w->fd) < 0)
                return system_error(w->path, diag);
        if (rename(w->temp, w->path) < 0)
                return system_error(w->path, diag);
        mem_free(TAKE(w->temp));
        int dir = open(w->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir >= 0) {
                (void)!fsync(dir);
                close(dir);
        }
        return ST_OK;
}

Status sheet_writer_finish(SheetWriter *w, Diag *diag)
{
        Status st = finish(w, diag);
        w->failed = st == ST_OK ? ST_USAGE : st;
        return st;
}
