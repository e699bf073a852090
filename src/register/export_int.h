/* export_int.h -- private to the room: how a field stands in a sheet that goes out. */
#ifndef KC_REGISTER_EXPORT_INT_H
#define KC_REGISTER_EXPORT_INT_H

#include "codec/sheet_writer.h"
#include "register/register_int.h"

SheetColKind export_kind(const PackField *f);
/* The title with its measure: "营业收入（元）". */
Status export_title(const PackField *f, Lang lang, Arena *a, Str *ret) FALLIBLE;

#endif
