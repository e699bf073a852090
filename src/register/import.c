/* import.c -- a sheet becomes records: all of it or nothing. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/source.h"
#include "register/import_int.h"

enum { WORK_MAX_GIB = 4, HASH_BLOCK = 64 << 10 };

Date import_day(const Import *im)
{
        return im->in->valid_from.month ? im->in->valid_from : clock_today();
}

/* ---- the file ---- */

/* What tells that a file was written to. */
typedef struct FileMark {
        off_t size;
        struct timespec changed;
} FileMark;

static Status mark_of(const Import *im, FileMark *ret)
{
        struct stat st;
        if (stat(im->in->path, &st) != 0)
                return diag_fail(im->diag, ST_IO, POS_FILE(im->in->path), "%s", "%s", strerror(errno));
        *ret = (FileMark){ st.st_size, st.st_mtim };
        return ST_OK;
}

static Status hash_file(Import *im)
{
        _cleanup_sm3_ Sm3 *h = NULL;
        uint8_t hash[SM3_SIZE];
        TRY(sm3_new(&h));
        int fd = open(im->in->path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return diag_fail(im->diag, ST_IO, POS_FILE(im->in->path), "%s", "%s", strerror(errno));
        FdSource file = { .fd = fd, .name = im->in->path };
        ByteSource source = fd_source(&file);
        char *block = mem_alloc(HASH_BLOCK);
        Status st = block ? ST_OK : ST_NOMEM;
        for (size_t n = 1; st == ST_OK && n;) {
                st = source.read(source.ctx, block, HASH_BLOCK, im->diag, &n);
                if (st == ST_OK)
                        sm3_add(h, str_n(block, n));
        }
        mem_free(block);
        close(fd);
        sm3_end(h, hash);
        sm3_to_hex(hash, im->file_hash);
        return st;
}

static Status open_book(Import *im, FileMark *ret)
{
        if (!im->in->path) {
                if (!im->in->dry_run)
                        TRY(sm3_hex_of(im->in->bytes, im->file_hash));
                return sheet_book_open_bytes(im->in->bytes, im->in->file_name, &SHEET_LIMITS_DEFAULT, im->diag,
                                             &im->book);
        }
        TRY(sheet_book_open(im->in->path, &SHEET_LIMITS_DEFAULT, im->diag, &im->book));
        TRY(mark_of(im, ret));
        return im->in->dry_run ? ST_OK : hash_file(im); /* only an event names it */
}

/* The hash of the event must be that of the rows. */
static Status still_the_same(Import *im, const FileMark *before)
{
        FileMark now;
        if (!im->in->path)
                return ST_OK;
        TRY(mark_of(im, &now));
        if (now.size == before->size && now.changed.tv_sec == before->changed.tv_sec &&
            now.changed.tv_nsec == before->changed.tv_nsec)
                return ST_OK;
        return diag_fail(im->diag, ST_CONFLICT, POS_FILE(im->in->path), "读取时文件被改动，请重新导入",
                         "the file was changed while it was read: import it again");
}

static Status run(Import *im, Store *store)
{
        FileMark before = { 0 };
        TRY(open_book(im, &before));
        TRY(import_read_header(im));
        TRY(import_read_rows(im));
        if (!im->in->errors_out) {
                sheet_book_free(im->book);
                im->book = NULL;
        }
        TRY(still_the_same(im, &before));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(store, im->in->dry_run ? STORE_READ : STORE_WRITE, im->diag, &tx));
        im->tx = tx;
        TRY(import_check(im));
        TRY(import_write(im));
        if (im->in->errors_out)
                TRY(import_write_errors(im));
        if (im->in->progress)
                im->in->progress(im->in->progress_ctx, 1, 1);
        return im->in->dry_run ? ST_OK : store_commit(&tx);
}

Status register_import(Store *store, const Pack *pack, const PackRegister *reg, const RegisterImport *in, Arena *a,
                       Diag *diag, RegisterOutcome *ret)
{
        RegisterOutcome out = { 0 };
        _cleanup_arena_ Arena *work = arena_new((size_t)WORK_MAX_GIB << 30),
                              *chunk = arena_new((size_t)WORK_MAX_GIB << 30);
        _cleanup_sm3_ Sm3 *digest = NULL;
        TRY(sm3_new(&digest));
        _cleanup_feel_exec_ FeelExec *exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        Import im = { .pack = pack,
                      .reg = reg,
                      .in = in,
                      .arena = a,
                      .work = work,
                      .chunk = chunk,
                      .packed = SPILL_INIT,
                      .packing = BUF_INIT((size_t)1 << 30),
                      .changes = BUF_INIT((size_t)64 << 20),
                      .change = BUF_INIT(16 << 20),
                      .digest = digest,
                      .diag = diag,
                      .exec = exec,
                      .out = &out };
        if (!work || !chunk || !exec || !(im.given = arena_array_of(work, bool, reg->field_count)))
                return ST_NOMEM;
        Status st = run(&im, store);
        sheet_book_free(im.book);
        import_forget(&im);
        spill_release(&im.packed);
        buf_release(&im.packing);
        buf_release(&im.changes);
        buf_release(&im.change);
        mem_free(im.rows);
        if (st == ST_OK)
                *ret = out;
        return st;
}
