/* mhd.c -- see mhd.h: it brings TLS along, of which a command that serves nothing has no use. */
#include "http/mhd.h"

MhdLib mhd_lib;

Status mhd_load(Diag *diag)
{
#define PLACE(name) { #name, &mhd_lib.fn_##name },
        static const DynFunction functions[] = { MHD_FUNCTIONS(PLACE) };
#undef PLACE
        static DynLib lib = DYNLIB_INIT("libmicrohttpd.so.12", "libmicrohttpd12", functions, ARRAY_LEN(functions));
        return dynlib_load(&lib, diag);
}
