/* libpq with what it needs is a third of the time that the program takes to start; most runs have their data in a file. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#include "store/pg_int.h"

PgLib pg_lib;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool loaded;
static char why[300];

/* A function of libpq by its name; POSIX has it that a pointer to data can be one to a function. */
static bool find(void *lib, const char *name, void *ret_fn)
{
        void *p = dlsym(lib, name);
        if (!p) {
                snprintf(why, sizeof(why), "%s", name);
                return false;
        }
        memcpy(ret_fn, &p, sizeof(p));
        return true;
}

static void load(void)
{
        void *lib = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
        if (!lib) {
                const char *text = dlerror();
                snprintf(why, sizeof(why), "%s", text ? text : "");
                return;
        }
#define PG_FIND(name) ok = ok && find(lib, #name, &pg_lib.fn_##name);
        bool ok = true;
        PG_FUNCTIONS(PG_FIND)
#undef PG_FIND
        loaded = ok;            /* stays loaded to the end */
}

Status pg_lib_load(Pos pos, Diag *d)
{
        pthread_once(&once, load);
        if (loaded)
                return ST_OK;
        return diag_fail(d, ST_IO, pos, "无法载入 PostgreSQL 的客户端库，请安装 libpq5：%s",
                         "cannot load the client library of PostgreSQL; install libpq5: %s", why);
}
