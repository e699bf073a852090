/* meeting_put.h -- what the operations of meetings and tasks share; private to the room. */
#ifndef KC_API_MEETING_PUT_H
#define KC_API_MEETING_PUT_H

#include "api/api_int.h"
#include "meeting/apply.h"
#include "meeting/supervise.h"

/* A number in the path. */
int64_t api_param_id(const ApiCall *call, const char *name);
/* JSON as it is kept. */
void api_put_stored(ApiCall *call, JsonWriter *w, const char *key, Str text);
void api_put_text_or_null(JsonWriter *w, const char *key, Str s);
/* A Task of the interface. */
void api_put_task(ApiCall *call, JsonWriter *w, const SuperviseTask *t);
/* The day asked for; today when none is. */
Status api_param_day(const ApiCall *call, Date *ret) FALLIBLE;
/* Lines that were just made go into drafts of the responsibility letters of their units and years. */
Status api_lines_to_letters(ApiCall *call, StoreTx *tx, const ApplyResult *r, size_t *ret_letters) FALLIBLE;

#endif
