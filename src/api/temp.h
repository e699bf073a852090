/* temp.h -- a file that lives as long as a reply is made. */
#ifndef KC_API_TEMP_H
#define KC_API_TEMP_H

#include "api/api.h"

typedef struct ApiTemp {
        char path[256];
        char dir[256];
} ApiTemp;

/* A name with that ending in a new folder of our own (mode 0700). */
Status api_temp_name(const char *ending, ApiTemp *ret) FALLIBLE;
/* The file's bytes become the reply. */
Status api_temp_read(const ApiTemp *t, ApiCall *call) FALLIBLE;
void api_temp_remove(ApiTemp *t);
#define _cleanup_temp_ _cleanup_(api_temp_remove)

#endif
