/* dynlib.h -- libraries that are loaded when they are first needed.
 *
 * A command that only looks a figure up should not pay for fonts, TLS and a database's client: the dynamic loader
 * takes more time for those than the program for its work.  A room that uses such a library keeps a table of its
 * functions, and the usual names become calls through that table:
 *
 *     #define PQ_FUNCTIONS(X) X(PQclear) X(PQexec)
 *     typedef struct PgLib {
 *             PQ_FUNCTIONS(DYNLIB_MEMBER)
 *     } PgLib;
 *     extern PgLib pg_lib;
 *     #define PQclear pg_lib.fn_PQclear                       // in the room's private header
 *     #define PQexec pg_lib.fn_PQexec
 *
 *     PgLib pg_lib;                                           // in one file
 *     #define PLACE(name) { #name, &pg_lib.fn_##name },       // directly: another macro between would expand the name
 *     static const DynFunction functions[] = { PQ_FUNCTIONS(PLACE) };
 *     static DynLib lib = DYNLIB_INIT("libpq.so.5", "libpq5", functions, ARRAY_LEN(functions));
 *     …
 *     TRY(dynlib_load(&lib, diag));                           // before the first call
 *
 * The types come from the library's own header, so that a wrong use does not compile.  A loaded library stays loaded.
 */
#ifndef KC_BASE_DYNLIB_H
#define KC_BASE_DYNLIB_H

#include <pthread.h>

#include "base/diag.h"

typedef struct DynFunction {
        const char *name;
        void *place;                    /* the function pointer that gets its address */
} DynFunction;

typedef struct DynLib {
        const char *file;               /* "libpq.so.5": with the version of the binary interface */
        const char *package;            /* Debian's, for the message */
        const DynFunction *functions;
        size_t count;
        pthread_mutex_t lock;
        bool loaded;
} DynLib;

#define DYNLIB_INIT(file, package, functions, count)                              \
        {                                                                         \
                file, package, functions, count, PTHREAD_MUTEX_INITIALIZER, false \
        }
#define DYNLIB_MEMBER(name) __typeof__(name) *fn_##name;

/* Any thread, any number of times.  ST_IO with a message that names the package: it is not installed, or lacks a function. */
Status dynlib_load(DynLib *lib, Diag *d) FALLIBLE;

#endif
