/* feel_json.h -- values from JSON and from plain text, and to JSON.
 *
 *     JSON            FEEL
 *     null            null
 *     true, false     boolean
 *     number          number, exactly (more than 34 digits are refused)
 *     string          string; where a type asks for a date, time, date and time or
 *                     duration: that, in the forms of date("…"), time("…") …
 *     array           list
 *     object          context
 *
 * The other way round, dates and the like become strings in the same forms,
 * ranges and functions their FEEL text, and UNKNOWN {"unknown": ["name", …]}.
 */
#ifndef KC_FEEL_FEEL_JSON_H
#define KC_FEEL_FEEL_JSON_H

#include "codec/json.h"
#include "feel/feel.h"

/* type NULL: Any.  A string that is not of the form its type asks for stays a string.
 * Strings are not copied: the Json tree must live as long.  ST_LIMIT: a number that
 * decimal128 cannot hold (file is for that message). */
Status feel_from_json(Arena *a, const Json *j, const FeelType *type, const char *file, Diag *d,
                      FeelValue *ret) FALLIBLE;
/* One cell of text as a value of a type: "12.50", "true", "2023-06-30", "P1Y".  Any and string: the
 * text as it is.  *ret_ok false: not such a text, *ret is null. */
Status feel_from_text(Arena *a, Str text, const FeelType *type, bool *ret_ok, FeelValue *ret) FALLIBLE;
void feel_to_json(const FeelValue *v, JsonWriter *w);

#endif
