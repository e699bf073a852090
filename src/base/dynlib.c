/* dynlib.c -- see dynlib.h. */
#include "base/dynlib.h"

#include <dlfcn.h>
#include <string.h>

static Status load(DynLib *lib, Diag *d)
{
        void *handle = dlopen(lib->file, RTLD_NOW | RTLD_LOCAL);
        if (!handle) {
                const char *why = dlerror();
                return diag_fail(d, ST_IO, POS_NONE, "无法载入程序库，请安装软件包 %s：%s",
                                 "cannot load a library; install the package %s: %s", lib->package,
                                 why ? why : lib->file);
        }
        for (size_t i = 0; i < lib->count; i++) {
                void *p = dlsym(handle, lib->functions[i].name);
                if (!p)
                        return diag_fail(d, ST_IO, POS_NONE, "程序库 %s 没有函数 %s，请更新软件包 %s",
                                         "the library %s has no function %s; update the package %s", lib->file,
                                         lib->functions[i].name, lib->package);
                /* POSIX has it that a pointer to data can be one to a function. */
                memcpy(lib->functions[i].place, &p, sizeof(p));
        }
        lib->loaded = true;
        return ST_OK;
}

Status dynlib_load(DynLib *lib, Diag *d)
{
        pthread_mutex_lock(&lib->lock);
        Status st = lib->loaded ? ST_OK : load(lib, d);
        pthread_mutex_unlock(&lib->lock);
        return st;
}
