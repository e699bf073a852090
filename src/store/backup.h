/* backup.h -- a backup is always one SQLite file, of whichever engine; it restores to either.
 *
 * The backup is taken on line from one consistent state, written to the side, synced and renamed into place: an
 * interrupted backup leaves no file of that name.  A restore refuses a target that is not empty, writes
 * everything in one transaction (or to the side), proves the event chain, and only then commits.
 */
#ifndef KC_STORE_BACKUP_H
#define KC_STORE_BACKUP_H

#include "store/event.h"
#include "store/store.h"

typedef struct StoreCopied {
        int64_t tables;
        int64_t rows;
        StoreProof proof;
} StoreCopied;

/* file must not exist (ST_EXISTS).  ret may be NULL. */
Status store_backup(Store *s, const char *file, Diag *d, StoreCopied *ret) FALLIBLE;
/* file: a backup, or any SQLite database of ours.  where: a path that does not exist, or a URL whose schema is
 * empty (else ST_EXISTS). */
Status store_restore(const char *file, const char *where, Diag *d, StoreCopied *ret) FALLIBLE;

#endif
