/* pg_lib.c -- libpq with what it needs is a third of the time that the program takes to start; most runs have their data
 * in a file. */
#include "store/pg_int.h"

PgLib pg_lib;

Status pg_lib_load(Diag *d)
{
#define PLACE(name) { #name, &pg_lib.fn_##name },
        static const DynFunction functions[] = { PG_FUNCTIONS(PLACE) };
#undef PLACE
        static DynLib lib = DYNLIB_INIT("libpq.so.5", "libpq5", functions, ARRAY_LEN(functions));
        return dynlib_load(&lib, d);
}
