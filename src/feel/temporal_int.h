/* temporal_int.h -- what the files on dates, times and durations share.
 *
 * temporal.c reads and writes them, temporal_math.c orders, adds and takes them
 * apart, zone.c knows the named zones.  A time with a named zone but no date has
 * the offset that its zone had on 1 January 2000.
 */
#ifndef KC_FEEL_TEMPORAL_INT_H
#define KC_FEEL_TEMPORAL_INT_H

#include "feel/feel_int.h"

#define SECONDS_PER_DAY 86400
#define NANOS_PER_SECOND 1000000000
#define ZONE_OFFSET_MAX 64800           /* 18:00, the most a zone may differ from UTC */

/* Offset from UTC at an instant; false: local time. */
bool feel_zone_offset_at(FeelZone z, int64_t utc, int32_t *ret);
/* Seconds since 1970-01-01T00:00:00Z; for local times since 1970-01-01T00:00:00 there.
 * *ret_zoned: which of them.  false: the zone is gone. */
bool feel_date_time_point(const FeelDateTime *t, int64_t *ret, bool *ret_zoned);
/* The local date and time of an instant (or of local seconds, for a local zone); false: out of range. */
bool feel_date_time_at(int64_t point, int32_t nanos, FeelZone zone, FeelDateTime *ret);
/* A number of seconds with its fraction, truncated to nanoseconds; and back.  false: out of range. */
bool feel_duration_from_dec(Dec seconds, FeelDuration *ret);
Dec feel_duration_to_dec(FeelDuration d);
/* Of a time: 0..86399 seconds, zone as given; false: out of range. */
bool feel_time_make(int64_t hour, int64_t minute, Dec second, FeelZone zone, FeelTime *ret);
/* The zone of an offset given as a duration; false: beyond 18 hours or not in whole seconds. */
bool feel_zone_from_duration(FeelDuration d, FeelZone *ret);

#endif
