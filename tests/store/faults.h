/* faults.h -- an SQLite file system on which the n-th write, sync, truncation, opening, removal or read fails, once
 * or from then on: the VFS "failing", told by `fault`.
 *
 *     add_vfs();
 *     fault.on[OP_WRITE] = true; fault.at = 3; fault.error = SQLITE_FULL;
 *     … store_open(path, &(StoreOptions){ .vfs = "failing" }, …) …
 *     memset(&fault, 0, sizeof(fault));
 */
#ifndef KC_TESTS_STORE_FAULTS_H
#define KC_TESTS_STORE_FAULTS_H

#include <sqlite3.h>

#include "tests/store/db.h"

/* ---- a file system that fails ------------------------------------------ */

typedef enum Op { OP_WRITE, OP_SYNC, OP_TRUNCATE, OP_OPEN, OP_DELETE, OP_READ, OP_COUNT } Op;

static struct {
        bool on[OP_COUNT];      /* which kinds may fail */
        int at;                 /* the how-manieth fails; 0: none */
        bool persistent;
        int error;
        int seen;
        bool fired;
} fault;

static inline bool fails(Op op)
{
        if (!fault.on[op] || !fault.at)
                return false;
        fault.seen++;
        bool now = fault.seen == fault.at || (fault.persistent && fault.seen > fault.at);
        fault.fired |= now;
        return now;
}

typedef struct ShimFile {
        sqlite3_file base;
        sqlite3_file *real;
} ShimFile;

static sqlite3_vfs *real_vfs;
#define REAL(f) (((ShimFile *)(f))->real)
#define CALL(f, method, ...) (REAL(f)->pMethods->method(REAL(f), ##__VA_ARGS__))

static int f_close(sqlite3_file *f) { return CALL(f, xClose); }
static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { return fails(OP_READ) ? SQLITE_IOERR_READ : CALL(f, xRead, p, n, at); }
static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
        if (!fails(OP_WRITE))
                return CALL(f, xWrite, p, n, at);
        if (n > 8)
                (void)CALL(f, xWrite, p, n / 2, at);    /* half of it got there */
        return fault.error;
}
static int f_truncate(sqlite3_file *f, sqlite3_int64 n) { return fails(OP_TRUNCATE) ? SQLITE_IOERR_TRUNCATE : CALL(f, xTruncate, n); }
static int f_sync(sqlite3_file *f, int flags) { return fails(OP_SYNC) ? SQLITE_IOERR_FSYNC : CALL(f, xSync, flags); }
static int f_size(sqlite3_file *f, sqlite3_int64 *n) { return CALL(f, xFileSize, n); }
static int f_lock(sqlite3_file *f, int l) { return CALL(f, xLock, l); }
static int f_unlock(sqlite3_file *f, int l) { return CALL(f, xUnlock, l); }
static int f_reserved(sqlite3_file *f, int *r) { return CALL(f, xCheckReservedLock, r); }
static int f_control(sqlite3_file *f, int op, void *p) { return CALL(f, xFileControl, op, p); }
static int f_sector(sqlite3_file *f) { return CALL(f, xSectorSize); }
static int f_device(sqlite3_file *f) { return CALL(f, xDeviceCharacteristics); }
static int f_shm_map(sqlite3_file *f, int i, int n, int extend, void volatile **p) { return CALL(f, xShmMap, i, n, extend, p); }
static int f_shm_lock(sqlite3_file *f, int at, int n, int flags) { return CALL(f, xShmLock, at, n, flags); }
static void f_shm_barrier(sqlite3_file *f) { CALL(f, xShmBarrier); }
static int f_shm_unmap(sqlite3_file *f, int del) { return CALL(f, xShmUnmap, del); }

static const sqlite3_io_methods methods = {
        .iVersion = 2, .xClose = f_close, .xRead = f_read, .xWrite = f_write, .xTruncate = f_truncate, .xSync = f_sync,
        .xFileSize = f_size, .xLock = f_lock, .xUnlock = f_unlock, .xCheckReservedLock = f_reserved, .xFileControl = f_control,
        .xSectorSize = f_sector, .xDeviceCharacteristics = f_device, .xShmMap = f_shm_map, .xShmLock = f_shm_lock,
        .xShmBarrier = f_shm_barrier, .xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
        (void)v;
        ShimFile *s = (ShimFile *)f;
        s->base.pMethods = NULL;
        s->real = (sqlite3_file *)(s + 1);
        if (fails(OP_OPEN))
                return SQLITE_CANTOPEN;
        int rc = real_vfs->xOpen(real_vfs, name, s->real, flags, out);
        if (rc == SQLITE_OK)
                s->base.pMethods = &methods;
        return rc;
}
static int v_delete(sqlite3_vfs *v, const char *name, int sync) { (void)v; return fails(OP_DELETE) ? SQLITE_IOERR_DELETE : real_vfs->xDelete(real_vfs, name, sync); }
static int v_access(sqlite3_vfs *v, const char *name, int flags, int *out) { (void)v; return real_vfs->xAccess(real_vfs, name, flags, out); }
static int v_full(sqlite3_vfs *v, const char *name, int n, char *out) { (void)v; return real_vfs->xFullPathname(real_vfs, name, n, out); }
static int v_random(sqlite3_vfs *v, int n, char *out) { (void)v; return real_vfs->xRandomness(real_vfs, n, out); }
static int v_sleep(sqlite3_vfs *v, int us) { (void)v; return real_vfs->xSleep(real_vfs, us); }
static int v_time(sqlite3_vfs *v, sqlite3_int64 *out) { (void)v; return real_vfs->xCurrentTimeInt64(real_vfs, out); }
static int v_error(sqlite3_vfs *v, int n, char *out) { (void)v; return real_vfs->xGetLastError(real_vfs, n, out); }

static sqlite3_vfs shim = {
        .iVersion = 2, .mxPathname = 512, .zName = "failing", .xOpen = v_open, .xDelete = v_delete, .xAccess = v_access,
        .xFullPathname = v_full, .xRandomness = v_random, .xSleep = v_sleep, .xCurrentTimeInt64 = v_time, .xGetLastError = v_error,
};

static inline void add_vfs(void)
{
        if (real_vfs)
                return;
        real_vfs = sqlite3_vfs_find(NULL);
        shim.szOsFile = (int)sizeof(ShimFile) + real_vfs->szOsFile;
        assert_int_equal(sqlite3_vfs_register(&shim, 0), SQLITE_OK);
}

/* A database file and what lies beside it. */
static inline void remove_db(const char *path)
{
        static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
        for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
                char one[600];
                snprintf(one, sizeof(one), "%s%s", path, tails[i]);
                (void)unlink(one);
        }
}

/* Not every fault then, but some of every kind. */
static inline bool quick(void)
{
        const char *q = getenv("KECHUANG_TEST_QUICK");
        return q && *q == '1';
}

#endif
