/* Copying an SQLite database page by page, on line: the source stays in use, the copy is that of one moment. */
#include "store/sqlite_int.h"

enum { STEP_PAGES = 4096 };

static int copy_pages(sqlite3 *to, sqlite3 *from)
{
        sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
        if (!b)
                return sqlite3_errcode(to);
        int rc = SQLITE_OK;
        while (rc == SQLITE_OK)
                rc = sqlite3_backup_step(b, STEP_PAGES);
        int end = sqlite3_backup_finish(b);
        return rc == SQLITE_DONE ? end : rc;
}

Status store_sqlite_copy(StoreTx *from, const char *path, Diag *d)
{
        SqliteConn *c = (SqliteConn *)from->conn;
        sqlite3 *to = NULL;
        int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                 from->store->opt.vfs);
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(to, "PRAGMA synchronous=FULL", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
                rc = copy_pages(to, c->db);
        /* One file, without a log beside it. */
        if (rc == SQLITE_OK)
                rc = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
        Status st = rc == SQLITE_OK ? ST_OK : sqlite_failed_at(path, from->store->opt.busy_ms, to, rc, d);
        sqlite3_close_v2(to);
        return st;
}

Status store_sqlite_single_file(Store *s, Diag *d)
{
        SqliteConn *c = (SqliteConn *)s->idle;
        int rc = c ? sqlite3_exec(c->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL) : SQLITE_MISUSE;
        return rc == SQLITE_OK ? ST_OK : sqlite_failed(s, c ? c->db : NULL, rc, d);
}
