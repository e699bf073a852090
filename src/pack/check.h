/* check.h -- `kechuang pack check`: what can only be seen by running a pack.
 *
 * pack_load has found every wrong key, name, type and expression.  Here
 *   - every decision model is examined (dmn_check: gaps, overlaps, rules that never fire);
 *   - every case in cases/ runs and must give what it expects;
 *   - a policy without cases fails, and so does a rule of its tables that no case hits, a table no case
 *     comes to, a cap no case reaches, a block that stops none, an adjustment that changes none, and a floor
 *     that takes nothing from any;
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

#endif
