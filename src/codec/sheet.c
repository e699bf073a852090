/* What a file is, from its first bytes; then one interface over both readers. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/encoding_int.h"
#include "codec/sheet_int.h"
#include "codec/source.h"
#include "codec/xlsx_int.h"

enum { HEAD = 512 };

const SheetLimits SHEET_LIMITS_DEFAULT = {
        .max_file_bytes = (uint64_t)512 << 20,
        .zip = { .max_file_bytes = (uint64_t)512 << 20, .max_entries = 4096, .max_entry_bytes = (uint64_t)2 << 30,
                 .max_total_bytes = (uint64_t)6 << 30, .max_ratio = 200, .ratio_from_bytes = (uint64_t)1 << 20 },
        .max_sheets = 1024,
        .max_cell_bytes = 256 << 10,
        .max_string_bytes = (uint64_t)512 << 20,
        .max_row_bytes = (uint64_t)16 << 20,
        .max_merges = 65536,
        .max_merge_width = 256,
        .max_merge_fill = 4000000,
};

struct SheetBook {
        XlsxBook *xlsx;         /* one of the three */
        CsvBook *csv;
        JsonBook *json;
        bool busy;              /* a reader is open */
};

struct SheetReader {
        SheetBook *book;
        XlsxRows *xlsx;
        CsvRows *csv;
        JsonRows *json;
        bool failed;
};

const char *sheet_format_name(SheetFormat f)
{
        return f == SHEET_XLSX ? "xlsx" : f == SHEET_TSV ? "tsv" : f == SHEET_JSON ? "json" : "csv";
}

const char *sheet_kind_name(SheetKind k)
{
        static const char *const names[] = {
#define KIND_NAME(kind, word) word,
                SHEET_KIND_LIST(KIND_NAME)
#undef KIND_NAME
        };
        return (size_t)k < ARRAY_LEN(names) ? names[k] : "";
}

const char *sheet_problem_text(SheetProblem p, Lang lang)
{
        static const char *const texts[][2] = {
#define PROBLEM_TEXT(code, zh, en) { zh, en },
                SHEET_PROBLEM_LIST(PROBLEM_TEXT)
#undef PROBLEM_TEXT
        };
        return (size_t)p < ARRAY_LEN(texts) ? texts[p][lang == LANG_EN] : "";
}

const char *sheet_state_name(SheetState s)
{
        return s == SHEET_HIDDEN ? "hidden" : s == SHEET_VERY_HIDDEN ? "veryHidden" : "visible";
}

/* ---- references ---- */

size_t sheet_col_name(uint32_t col, char out[8])
{
        char reversed[8];
        size_t n = 0, len;
        while (col && n < sizeof(reversed)) {
                reversed[n++] = (char)('A' + (col - 1) % 26);
                col = (col - 1) / 26;
        }
        for (len = n; n; n--)
                out[len - n] = reversed[n - 1];
        out[len] = '\0';
        return len;
}

size_t sheet_ref(uint32_t row, uint32_t col, char out[16])
{
        size_t n = sheet_col_name(col, out);
        return n + (size_t)snprintf(out + n, 16 - n, "%u", row % 100000000);
}

bool sheet_ref_parse(Str s, uint32_t *ret_row, uint32_t *ret_col)
{
        uint32_t row = 0, col = 0;
        size_t i = 0;
        for (; i < s.len && i < 4; i++) {
                char c = (char)(s.ptr[i] & ~0x20);
                if (c < 'A' || c > 'Z' || s.ptr[i] < 'A')
                        break;
                col = col * 26 + (uint32_t)(c - 'A' + 1);
        }
        size_t digits = s.len - i;
        if (i == 0 || col > SHEET_MAX_COL || digits == 0 || digits > 7 || s.ptr[i] == '0')
                return false;
        for (; i < s.len; i++) {
                if (s.ptr[i] < '0' || s.ptr[i] > '9')
                        return false;
                row = row * 10 + (uint32_t)(s.ptr[i] - '0');
        }
        if (row > SHEET_MAX_ROW)
                return false;
        *ret_row = row;
        *ret_col = col;
        return true;
}

/* ---- what it is ---- */

static bool head_is(Str head, const char *magic, size_t len)
{
        return head.len >= len && memcmp(head.ptr, magic, len) == 0;
}

static Status refuse(Diag *diag, const char *name, const char *zh, const char *en)
{
        return diag_fail(diag, ST_UNSUPPORTED, POS_FILE(name), "%s", "%s", diag && diag->lang == LANG_EN ? en : zh);
}

/* Text of something else: HTML tables and XML of 2003 go about as .xls. */
static bool is_markup(Str head)
{
        static const char *const openings[] = { "<!doctype", "<html", "<?xml", "<table",
                                                "<workbook", "<meta", "<head", "<style" };
        size_t i = head_is(head, "\xef\xbb\xbf", 3) ? 3 : 0;
        while (i < head.len && head.ptr[i] && strchr(" \t\r\n", head.ptr[i]))
                i++;
        for (size_t k = 0; k < ARRAY_LEN(openings); k++) {
                size_t n = strlen(openings[k]);
                if (head.len - i >= n && strncasecmp(head.ptr + i, openings[k], n) == 0)
                        return true;
        }
        return false;
}

/* UTF-16 without its mark: Chinese has few NULs, and 一 (U+4E00) has its own on the other side. */
static bool is_wide_text(Str head)
{
        TextEncoding e = ENC_AUTO;
        EncodingScan *s = encoding_scan_new();
        if (!s)
                return false;
        encoding_scan_add(s, str_n(head.ptr, head.len & ~(size_t)1));
        Status st = encoding_judge(s, true, NULL, NULL, &e);
        encoding_scan_free(s);
        return st == ST_OK && (e == ENC_UTF16LE || e == ENC_UTF16BE);
}

/* A NUL and no sign of UTF-16: no text. */
static bool is_binary(Str head)
{
        if (head_is(head, "\xff\xfe", 2) || head_is(head, "\xfe\xff", 2))
                return false;
        size_t odd = 0, even = 0;
        for (size_t i = 0; i < head.len; i++)
                if (head.ptr[i] == '\0')
                        i % 2 ? odd++ : even++;
        bool strange = (odd && even) || ((odd || even) && (odd + even) * 8 < head.len);
        return strange && !is_wide_text(head);
}

static Status check_head(Str head, const char *name, Diag *diag, bool *ret_zip)
{
        *ret_zip = false;
        if (head.len == 0)
                return diag_fail(diag, ST_INVALID, POS_FILE(name), "文件是空的", "the file is empty");
        if (head_is(head, "PK\x03\x04", 4) || head_is(head, "PK\x05\x06", 4)) {
                *ret_zip = true;
                return ST_OK;
        }
        if (head_is(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8))
                return refuse(
                        diag, name,
                        "这是旧式的 .xls/.et 文件，或加了密码的工作簿：请在表格软件里去掉密码、另存为 .xlsx 再交",
                        "this is an old .xls or .et file, or a workbook with a password: remove the password and save it as .xlsx");
        if (head_is(head, "\x09\x08\x10\x00", 4) || head_is(head, "\x09\x04\x06\x00", 4) ||
            head_is(head, "\x09\x02\x06\x00", 4))
                return refuse(diag, name, "这是旧式的 .xls 文件：请另存为 .xlsx 再交",
                              "this is an old .xls file: save it as .xlsx");
        if (head_is(head, "%PDF", 4))
                return refuse(diag, name, "这是 PDF，不是表格", "this is a PDF, not a table");
        if (is_markup(head))
                return refuse(
                        diag, name, "这是网页或 XML（常以 .xls 为名导出）：请用表格软件打开后另存为 .xlsx 再交",
                        "this is HTML or XML (often exported under the name .xls): open it in a spreadsheet program and save it as .xlsx");
        if (is_binary(head))
                return refuse(diag, name, "不是 .xlsx，也不是文本：请另存为 .xlsx 或 CSV 再交",
                              "neither an .xlsx nor text: save it as .xlsx or CSV");
        return ST_OK;
}

/* ---- books ---- */

static Status make(XlsxBook *xlsx, CsvBook *csv, JsonBook *json, SheetBook **ret)
{
        SheetBook *b = mem_calloc(1, sizeof(*b));
        if (!b) {
                xlsx_free(xlsx);
                csv_book_free(csv);
                json_book_free(json);
                return ST_NOMEM;
        }
        b->xlsx = xlsx;
        b->csv = csv;
        b->json = json;
        *ret = b;
        return ST_OK;
}

static Status open_zip(ZipReader *zip, const char *name, const SheetLimits *limits, Diag *diag, SheetBook **ret)
{
        XlsxBook *xlsx = NULL;
        TRY(xlsx_open(zip, name, limits, diag, &xlsx));
        return make(xlsx, NULL, NULL, ret);
}

static Status open_json(Str bytes, const char *name, const SheetLimits *limits, Diag *diag, SheetBook **ret)
{
        JsonBook *json = NULL;
        TRY(json_book_open(bytes, name, limits, diag, &json));
        return make(NULL, NULL, json, ret);
}

static Status read_head(int fd, const char *path, Diag *diag, char *head, size_t *ret_len)
{
        size_t len = 0;
        while (len < HEAD) {
                ssize_t n = read(fd, head + len, HEAD - len);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return diag_fail(diag, ST_IO, POS_FILE(path), "读取失败：%s", "cannot read: %s",
                                         strerror(errno));
                if (n == 0)
                        break;
                len += (size_t)n;
        }
        *ret_len = len;
        return ST_OK;
}

static Status open_checked(int *fd, const char *path, const SheetLimits *limits, Diag *diag, SheetBook **ret)
{
        struct stat sb;
        char head[HEAD];
        size_t len = 0;
        bool zip = false;
        if (fstat(*fd, &sb) < 0 || !S_ISREG(sb.st_mode))
                return diag_fail(diag, ST_INVALID, POS_FILE(path), "不是普通文件", "not a regular file");
        if ((uint64_t)sb.st_size > limits->max_file_bytes)
                return diag_fail(diag, ST_LIMIT, POS_FILE(path), "文件有%lluMB，上限%lluMB",
                                 "the file has %llu MB, at most %llu MB are accepted",
                                 (unsigned long long)sb.st_size >> 20,
                                 (unsigned long long)(limits->max_file_bytes >> 20));
        TRY(read_head(*fd, path, diag, head, &len));
        TRY(check_head(str_n(head, len), path, diag, &zip));
        if (zip) {
                ZipReader *z = NULL;
                TRY(zip_reader_open(path, &limits->zip, diag, &z));
                return open_zip(z, path, limits, diag, ret);
        }
        if (json_book_is(str_n(head, len))) {
                _cleanup_buf_ Buf text = BUF_INIT(limits->max_file_bytes);
                TRY(file_read_all(path, &text, diag));
                return open_json(buf_str(&text), path, limits, diag, ret);
        }
        CsvBook *csv = NULL;
        int own = *fd;
        *fd = -1;
        TRY(csv_book_open(own, STR_NONE, path, limits, diag, &csv));
        return make(NULL, csv, NULL, ret);
}

Status sheet_book_open(const char *path, const SheetLimits *limits, Diag *diag, SheetBook **ret)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return diag_fail(diag, errno == ENOENT || errno == ENOTDIR ? ST_NOT_FOUND : ST_IO, POS_FILE(path),
                                 "无法打开：%s", "cannot open: %s", strerror(errno));
        Status st = open_checked(&fd, path, limits, diag, ret);
        if (fd >= 0)
                close(fd);
        return st;
}

Status sheet_book_open_bytes(Str bytes, const char *name, const SheetLimits *limits, Diag *diag, SheetBook **ret)
{
        bool zip = false;
        if (bytes.len > limits->max_file_bytes)
                return diag_fail(diag, ST_LIMIT, POS_FILE(name), "文件过大", "the file is too large");
        TRY(check_head(str_n(bytes.ptr, bytes.len < HEAD ? bytes.len : HEAD), name, diag, &zip));
        if (zip) {
                ZipReader *z = NULL;
                TRY(zip_reader_open_bytes(bytes, name, &limits->zip, diag, &z));
                return open_zip(z, name, limits, diag, ret);
        }
        if (json_book_is(str_n(bytes.ptr, bytes.len < HEAD ? bytes.len : HEAD)))
                return open_json(bytes, name, limits, diag, ret);
        CsvBook *csv = NULL;
        TRY(csv_book_open(-1, bytes, name, limits, diag, &csv));
        return make(NULL, csv, NULL, ret);
}

void sheet_book_free(SheetBook *b)
{
        if (!b)
                return;
        xlsx_free(b->xlsx);
        csv_book_free(b->csv);
        json_book_free(b->json);
        mem_free(b);
}

SheetFormat sheet_book_format(const SheetBook *b)
{
        return b->xlsx ? SHEET_XLSX : b->json ? SHEET_JSON : csv_book_format(b->csv);
}

const char *sheet_book_encoding(const SheetBook *b)
{
        return b->csv ? csv_book_encoding(b->csv) : "UTF-8";
}

bool sheet_book_is_1904(const SheetBook *b)
{
        return b->xlsx && b->xlsx->is_1904;
}

size_t sheet_book_count(const SheetBook *b)
{
        return b->xlsx ? b->xlsx->sheet_count : 1;
}

SheetInfo sheet_book_info(const SheetBook *b, size_t index)
{
        return b->xlsx && index < b->xlsx->sheet_count ? b->xlsx->sheets[index].info
                                                       : (SheetInfo){ STR(""), SHEET_VISIBLE };
}

Status sheet_book_find(const SheetBook *b, Str name, Diag *diag, size_t *ret)
{
        size_t count = sheet_book_count(b);
        _cleanup_buf_ Buf names = BUF_INIT(4096);
        for (size_t i = 0; i < count; i++) {
                Str have = sheet_book_info(b, i).name;
                if (have.len == name.len && strncasecmp(have.ptr, name.ptr, name.len) == 0) {
                        *ret = i;
                        return ST_OK;
                }
                if (i < 20)
                        buf_printf(&names, "%s%.*s", i ? ", " : "", STR_FMT(have));
        }
        return diag_fail(diag, ST_NOT_FOUND, POS_NONE, "没有名为“%.*s”的工作表；有：%s",
                         "there is no sheet \"%.*s\"; there are: %s", STR_FMT(name), buf_cstr(&names));
}

/* ---- readers ---- */

Status sheet_open(SheetBook *b, size_t index, Diag *diag, SheetReader **ret)
{
        if (b->busy || index >= sheet_book_count(b))
                return diag_fail(diag, ST_USAGE, POS_NONE, "同一工作簿同时只能读一张表",
                                 "one sheet of a book is read at a time");
        SheetReader *r = mem_calloc(1, sizeof(*r));
        if (!r)
                return ST_NOMEM;
        Status st = b->xlsx   ? xlsx_rows_open(b->xlsx, index, diag, &r->xlsx)
                    : b->json ? json_rows_open(b->json, &r->json)
                              : csv_rows_open(b->csv, &r->csv);
        if (st != ST_OK) {
                mem_free(r);
                return st;
        }
        r->book = b;
        b->busy = true;
        *ret = r;
        return ST_OK;
}

Status sheet_next(SheetReader *r, Diag *diag, const SheetRow **ret)
{
        if (r->failed)
                return ST_USAGE;
        Status st = r->xlsx   ? xlsx_rows_next(r->xlsx, diag, ret)
                    : r->json ? json_rows_next(r->json, diag, ret)
                              : csv_rows_next(r->csv, diag, ret);
        r->failed = st != ST_OK;
        return st;
}

void sheet_free(SheetReader *r)
{
        if (!r)
                return;
        r->book->busy = false;
        xlsx_rows_free(r->xlsx);
        csv_rows_free(r->csv);
        json_rows_free(r->json);
        mem_free(r);
}

bool sheet_col_hidden(const SheetReader *r, uint32_t col)
{
        return r->xlsx && xlsx_rows_col_hidden(r->xlsx, col);
}

void sheet_progress(const SheetReader *r, uint64_t *ret_done, uint64_t *ret_all)
{
        if (r->xlsx)
                xlsx_rows_progress(r->xlsx, ret_done, ret_all);
        else if (r->json)
                json_rows_progress(r->json, ret_done, ret_all);
        else
                csv_rows_progress(r->csv, ret_done, ret_all);
}
