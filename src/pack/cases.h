/* cases.h -- what pack_check does beside examining models; private to the room. */
#ifndef KC_PACK_CASES_H
#define KC_PACK_CASES_H

#include "pack/check.h"

/* Every problem is reported and makes *good false; counts are added to report. */
Status cases_run(const Pack *pack, Diag *diag, PackCheckReport *report, bool *good) FALLIBLE;
/* Measures of formulas (measures.c): 元 is not added to 人, a share in % is times 100. */
Status check_measures(const Pack *pack, Diag *diag, bool *good) FALLIBLE;

#endif
