/* record.h -- private to the room: what the operations on records share. */
#ifndef KC_API_RECORD_H
#define KC_API_RECORD_H

#include "api/api_int.h"
#include "register/register.h"

/* The register of the path. */
Status api_register(ApiCall *call, const PackRegister **ret) FALLIBLE;
/* The record, or the one its key was merged into; as_of NULL: now.  What lies outside the account's unit is not
 * found; of a deleted one the message tells when and why. */
Status api_record(ApiCall *call, StoreTx *tx, const PackRegister *reg, Str key, const Date *as_of,
                  RegisterRecord *ret) FALLIBLE;
/* The text of a value, masked where it must be; ptr NULL: not known. */
Status api_value_text(ApiCall *call, const PackField *f, const RegisterValue *v, Str *ret) FALLIBLE;
void api_put_or_null(JsonWriter *w, const char *key, Str s);
void api_put_date(JsonWriter *w, const char *key, Date d);

#endif
