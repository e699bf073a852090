/* policy_json.h -- private to the room: what the operations over policies have in common. */
#ifndef KC_API_POLICY_JSON_H
#define KC_API_POLICY_JSON_H

#include "api/api_int.h"
#include "policy/policy.h"

Status api_find_policy(ApiCall *call, Str name, const PackPolicy **ret) FALLIBLE;
/* "payment", "estimate", "recognition" */
const char *api_gives_name(PackGives gives);
void api_put_yuan(JsonWriter *w, const char *key, int64_t fen);
void api_put_sum(JsonWriter *w, const char *key, const PolicySum *s);
void api_put_entitlement(JsonWriter *w, const PolicyEntitlement *e, int64_t year, const Explanation *why);

/* All policies of a year, computed once and kept until something is written: what a what-if starts from.  Held
 * locked until api_baseline_release. */
Status api_baseline(ApiCall *call, StoreTx *tx, int32_t year, PolicyWork **ret) FALLIBLE;
void api_baseline_release(ApiWorld *w);

/* The calculator needs no account, so only so many a minute may use it.  false: not now. */
bool api_calculator_ticket(ApiWorld *w);

#endif
