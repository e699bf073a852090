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

/* The model of a what-if: `tables`, `edits` or `model` of the body; *ret NULL when it has none of them.  Everything wrong
 * with it is in the Diag by table, rule ("R3C2") and character.  The caller frees it. */
Status api_other_model(ApiCall *call, const PackPolicy *p, DmnModel **ret) FALLIBLE;
/* "changes": [...] between the policy's own model and the other one. */
Status api_put_model_changes(ApiCall *call, JsonWriter *w, const PackPolicy *p, const DmnModel *m) FALLIBLE;

/* All policies of a year, computed once and kept until something is written: what a what-if starts from.  Held
 * locked until api_baseline_release. */
Status api_baseline(ApiCall *call, StoreTx *tx, int32_t year, PolicyWork **ret) FALLIBLE;
void api_baseline_release(ApiWorld *w);

/* The calculator needs no account, so only so many a minute may use it: from one address (none: a command, which is not
 * counted by it) and in all.  The seconds until the next is free; 0: now. */
int api_calculator_wait(ApiWorld *w, Str peer);

#endif
