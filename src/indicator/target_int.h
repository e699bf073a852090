/* target_int.h -- private to the room: letters at rest.
 *
 *   letter        (unit, year, version): draft or signed, the day it holds from, reason, who, event
 *   letter_line   (unit, year, version, no): one target; `no` follows it through the versions */
#ifndef KC_INDICATOR_TARGET_INT_H
#define KC_INDICATOR_TARGET_INT_H

#include "indicator/indicator_int.h"
#include "indicator/target.h"

enum { TARGET_WEIGHT_SCALE = 4, TARGET_WEIGHT_MAX = 10000000 /* 1000 points */, TARGET_SCALE_MAX = 12 };

/* One line in itself: words, target, weight, names of the pack. */
Status target_line_check(const Pack *pack, const TargetLine *line, Diag *diag) FALLIBLE;

#endif
