/* test.h -- what every unit test includes: cmocka with the headers it wants first. */
#ifndef KC_TESTS_TEST_H
#define KC_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"

#define assert_ok(expr) assert_int_equal((expr), ST_OK)

/* Folder of the shared data, or NULL: then the test calls skip() after saying so.
 * KECHUANG_SHARED names it; without that, ../shared beside the project. */
static inline const char *shared_data(void)
{
        const char *dir = getenv("KECHUANG_SHARED");
        return dir && *dir ? dir : NULL;
}
#define NEED_SHARED_DATA(dir)                                           \
        const char *dir = shared_data();                                \
        if (!dir) {                                                     \
                print_message("skipped: no shared data\n");             \
                skip();                                                 \
        }

#endif
