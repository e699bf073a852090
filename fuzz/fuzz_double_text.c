/* Numbers of workbooks: the shortest text denotes the same double, is plain, and is its own shortest form. */
#include <math.h>

#include "codec/double_text.h"
#include "fuzz/fuzz.h"

void fuzz_one(Str input)
{
        char text[DOUBLE_TEXT_MAX], again[DOUBLE_TEXT_MAX], copy[2048];
        DoubleText d, e;
        if (input.len >= sizeof(copy) || double_text_shortest(input, text, &d) != ST_OK)
                return;
        memcpy(copy, input.ptr, input.len);
        copy[input.len] = '\0';
        double meant = strtod(copy, NULL);
        FUZZ_ASSERT(strlen(text) == d.len && d.len < sizeof(text) && isfinite(meant));
        FUZZ_ASSERT(strtod(text, NULL) == meant && strspn(text, "-.0123456789") == d.len);
        FUZZ_ASSERT(double_text_shortest(str_n(text, d.len), again, &e) == ST_OK && strcmp(text, again) == 0 && !e.restated);
        double v;
        if (double_text_value(str_n(text, d.len), &v))
                FUZZ_ASSERT(v == meant && d.digits <= 15);
}
