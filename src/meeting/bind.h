/* bind.h -- what of the pack an item is about: indicator, units, inputs of policies; with a confidence.
 *
 * A link is a JSON object, made from the item's fields and the pack in force:
 *
 *     {"indicator": {"name": "hnte_count", "confidence": 930, "by": "machine"} or null,
 *      "measure": "level" | "added" | "growth" | "share",
 *      "units": [{"text": "各县(区)", "unit": "980102", "department": "", "confidence": 950, "by": "machine"}, …],
 *      "inputs": [{"text": "年营收", "input": "enterprise_year.revenue", "confidence": 800, "by": "machine"}, …]}
 *
 * Confidence is 0 … 1000: 1000 the same words, 950 a synonym of the pack's, below that the share of letter pairs in
 * common, less when another title comes as near.  Nothing below BIND_LEAST is proposed: no link is better than
 * a wrong one.  A measure that cannot be the indicator's (家 for an indicator in 元) rules it out.
 */
#ifndef KC_MEETING_BIND_H
#define KC_MEETING_BIND_H

#include "meeting/confirm.h"

enum { BIND_LEAST = 550 };

/* How near two names are, 0 … 1000, blanks, widths and filling words (数, 全市, 总量 …) aside. */
int bind_similarity(Str left, Str right);
/* A measure of the speech can be one of the pack: the same, or both count things (家 户 个, 名 人). */
bool bind_measures_fit(Str said, Str defined);

typedef struct BindIndicator {
        const PackIndicator *indicator; /* NULL: none near enough */
        int confidence;
        const char *measure;            /* "level", "added", "growth", "share" */
} BindIndicator;
Status bind_indicator(const Pack *pack, Str name, Str unit, Str op, Arena *a, BindIndicator *ret)
        FALLIBLE;

typedef struct BindUnit {
        Str text;
        const PackUnit *unit;           /* NULL: unknown */
        Str department;                 /* what is left of the name: 科技局 of 锦湖区科技局; may be empty */
        int confidence;
} BindUnit;
/* One name may stand for many units (各县区).  At most max, which must be above the number of units below the top. */
size_t bind_units(const Pack *pack, Str name, BindUnit *out, size_t max);

/* The whole link of an item as canonical JSON. */
Status bind_item(const Pack *pack, ConfirmKind kind, const Json *fields, Arena *a, Str *ret) FALLIBLE;
/* A person's link: names that are not in the pack are refused; "by" becomes "person". */
Status bind_check(const Pack *pack, const Json *link, Arena *a, Diag *d, Str *ret) FALLIBLE;

#endif
