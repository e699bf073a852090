/* cases.h -- runs the cases of a pack's policies; private to the room. */
#ifndef KC_PACK_CASES_H
#define KC_PACK_CASES_H

#include "pack/check.h"

/* Every problem is reported and makes *good false; counts are added to report. */
Status cases_run(const Pack *pack, Diag *diag, PackCheckReport *report, bool *good) FALLIBLE;

#endif
