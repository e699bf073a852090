/* import.c -- a sheet becomes records: all of it or nothing. */
#include "register/import_int.h"
#include "store/sm3.h"

enum { WORK_MAX_GIB = 4 };

Date import_day(const Import *im)
{
        return im->in->valid_from.month ? im->in->valid_from : clock_today();
}

static Status run(Import *im, Store *store)
{
        TRY(sheet_book_open_bytes(im->in->bytes, im->in->file_name, &SHEET_LIMITS_DEFAULT, im->diag, &im->book));
        TRY(import_read_header(im));
        TRY(import_read_rows(im));
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
        char hash[SM3_HEX];
        TRY(sm3_hex_of(in->bytes, hash));
        _cleanup_arena_ Arena *work = arena_new((size_t)WORK_MAX_GIB << 30);
        _cleanup_feel_exec_ FeelExec *exec = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        Import im = { .pack = pack,
                      .reg = reg,
                      .in = in,
                      .arena = a,
                      .work = work,
                      .diag = diag,
                      .exec = exec,
                      .out = &out,
                      .file_hash = hash };
        if (!work || !exec || !(im.given = arena_array_of(work, bool, reg->field_count)))
                return ST_NOMEM;
        Status st = run(&im, store);
        sheet_book_free(im.book);
        if (st == ST_OK)
                *ret = out;
        return st;
}
