/* deadline.h -- private to the room: when a report is due, for a unit. */
#ifndef KC_INDICATOR_DEADLINE_H
#define KC_INDICATOR_DEADLINE_H

#include "indicator/indicator_int.h"

/* The first day to report a period: the form's `opens` working days after its end; none: the calendar does not reach. */
Date indicator_opens(const PackForm *form, Period period);
/* The last day for the unit: the extension it was granted, or the form's; none: there is no deadline. */
Status indicator_due(IndicatorBook *b, const PackForm *form, const PackUnit *unit, Period period, Date *ret) FALLIBLE;

#endif
