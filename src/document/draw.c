/* draw.c -- see draw.h: fonts and their libraries are half of the time that the program would take to start. */
#include "document/draw.h"

DrawLib draw_lib;

/* pango's binding to cairo brings the rest: a name is looked for in what a library needs too. */
Status draw_load(Diag *diag)
{
#define PLACE(name) { #name, &draw_lib.fn_##name },
        static const DynFunction functions[] = { DRAW_FUNCTIONS(PLACE) };
#undef PLACE
        static DynLib lib =
                DYNLIB_INIT("libpangocairo-1.0.so.0", "libpangocairo-1.0-0", functions, ARRAY_LEN(functions));
        return dynlib_load(&lib, diag);
}
