/* slots.h -- private to the room: the periods a cadence asks reports for, and lights of a day. */
#ifndef KC_MEETING_SLOTS_H
#define KC_MEETING_SLOTS_H

#include "meeting/supervise.h"

/* The periods of the cadence that end in [started, until], with their due days. */
Status slots_make(Str cadence, Date started, Date until, Arena *a, SuperviseTask *t) FALLIBLE;
/* The period running on the day, "" for a cadence without any; for reports ahead of their time. */
Status slots_running(Str cadence, Date on, Arena *a, Str *ret) FALLIBLE;
/* Working days after from up to to (negative backwards); by weekdays where the calendar does not reach. */
int64_t slots_workdays(Date from, Date to, bool *guessed);
/* Fills in lights, days left and the reminder as of the day; entries must be in place. */
Status slots_lights(SuperviseTask *t, Date on, Arena *a) FALLIBLE;

#endif
