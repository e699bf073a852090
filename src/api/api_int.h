/* api_int.h -- private to the room. */
#ifndef KC_API_API_INT_H
#define KC_API_API_INT_H

#include "api/api.h"
#include "api/table.h"

/* Tables of accounts, sessions and pack files. */
Status api_tables(StoreTx *tx) FALLIBLE;
/* {"zh":…,"en":…}; en falls back to zh. */
void api_put_title(JsonWriter *w, const char *key, PackTitle t);
/* The Problem of the interface. */
void api_put_problem(Status st, const Diag *diag, Lang lang, Buf *out);
void api_put_messages(JsonWriter *w, const Diag *diag);
/* A read transaction of the call. */
Status api_begin_read(ApiCall *call, StoreTx **ret) FALLIBLE;
/* The figures as the transaction sees them, from the world's cube where that stands at the same event. */
struct IndicatorBook;
Status api_book(ApiCall *call, StoreTx *tx, struct IndicatorBook **ret) FALLIBLE;
/* The unit asked for by the `unit` parameter, or call->within, or the top.  NULL: the pack has no units. */
const PackUnit *api_unit(const ApiCall *call);
/* The role may; NULL session: nobody. */
bool api_may(const ApiSession *s, const char *right);
/* Sees personal data unmasked. */
bool api_sees_personal(const ApiCall *call);
/* The whole text fits a pattern of api/openapi.yaml. */
bool api_pattern_fits(const char *pattern, Str text);

#endif
