/* check.h -- `kechuang pack check`: what can only be seen by running a pack.
 *
 * pack_load has found every wrong key, name, type and expression.  Here
 *   - every decision model is examined (dmn_check: gaps, overlaps, rules that never fire);
 *   - every case in cases/ runs and must give what it expects;
 *   - a policy without cases fails, and so does a rule of its tables that no case hits;
 *   - polygons that units name are in map.geojson.
 * All problems are reported with their places; ST_CHECK when there is one.
 */
#ifndef KC_PACK_CHECK_H
#define KC_PACK_CHECK_H

#include "pack/pack.h"

typedef struct PackCheckReport {
        size_t cases, failed;
        size_t rules, hit;      /* of decision tables, over all policies */
} PackCheckReport;

Status pack_check(const Pack *pack, Diag *diag, PackCheckReport *ret) FALLIBLE;

/* The amount a policy pays for what its decision says: at most the caps of one firm and
 * year, rounded as the policy says, nothing below its floor.  caps[i] replaces the amount
 * of policy->caps[i]; NULL: as they stand.  ST_INVALID: negative, not finite, or beyond int64. */
Status pack_policy_fen(const PackPolicy *policy, Dec yuan, const int64_t *caps, int64_t *ret_fen) FALLIBLE;

#endif
