/* banned.h -- functions that no file of this project calls.
 *
 * The build includes this before every file of the rooms and tests (meson.build);
 * a use is then an error of the compiler that names what to take instead.
 * Foreign sources that are compiled along are built without it.
 */
#ifndef KC_BASE_BANNED_H
#define KC_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __clang__
#pragma clang diagnostic ignored "-Wignored-attributes"     /* where a function is an inline one already */
#endif

#define BANNED(function, instead) \
        extern __typeof__(function) function __attribute__((unavailable("banned: " instead)))

BANNED(strcpy, "copy with a known length, or Buf (base/buf.h)");
BANNED(strcat, "use Buf (base/buf.h)");
BANNED(strncpy, "it may leave no NUL: copy with a known length");
BANNED(strncat, "use Buf (base/buf.h)");
BANNED(sprintf, "use snprintf or buf_printf (base/buf.h)");
BANNED(vsprintf, "use vsnprintf or buf_vprintf (base/buf.h)");
BANNED(strtok, "use str_cut (base/str.h)");
BANNED(localtime, "use base/date.h and base/zone.h");
BANNED(gmtime, "use base/date.h");
BANNED(ctime, "use instant_to_text (base/date.h)");
BANNED(asctime, "use instant_to_text (base/date.h)");
BANNED(atoi, "use str_to_i64 (base/str.h)");
BANNED(atol, "use str_to_i64 (base/str.h)");
BANNED(atoll, "use str_to_i64 (base/str.h)");
BANNED(atof, "use dec_parse (base/decimal.h)");
BANNED(tmpnam, "use mkstemp or mkdtemp");

#undef BANNED

#endif
