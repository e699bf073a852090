/* zone.h -- named time zones of the IANA database.
 *
 * Zones come from the system's zoneinfo (TZif files under $TZDIR, otherwise
 * /usr/share/zoneinfo), read by a bounded parser of our own: times before the
 * first and after the last listed change, and any year the calendar knows, are
 * covered.  Leap seconds are not counted ("right/" zones are refused).
 *
 *     const Zone *paris;
 *     TRY(zone_find(STR("Europe/Paris"), &paris));
 *     int32_t east = zone_offset_local(paris, date_to_days(d) * 86400 + seconds_of_day);
 *     int64_t utc = local - east;
 *
 * A zone is loaded once, is immutable and lives until zone_release_all (the end
 * of a program or of a test that counts blocks); equal names give the same
 * pointer.  zone_find may be called from any thread.
 */
#ifndef KC_BASE_ZONE_H
#define KC_BASE_ZONE_H

#include "base/status.h"
#include "base/str.h"

typedef struct Zone Zone;

/* Names are exact ("Asia/Shanghai", "UTC", "Etc/GMT+8").  ST_NOT_FOUND: no such
 * zone, or not the form of a zone's name; ST_CORRUPT: the file is not sound;
 * ST_NOMEM, ST_IO, ST_LIMIT (more than 1000 zones in use). */
Status zone_find(Str name, const Zone **ret) FALLIBLE;
void zone_release_all(void);

Str zone_name(const Zone *z);
/* Seconds east of Greenwich at an instant (seconds since 1970-01-01T00:00:00Z). */
int32_t zone_offset_at(const Zone *z, int64_t utc);
/* The same for a local time (its seconds counted as if it were UTC).  A time that
 * occurs twice is taken as the earlier one; one that a change skips is read with
 * the offset from before the change. */
int32_t zone_offset_local(const Zone *z, int64_t local);

/* Reads a TZif file's bytes without the cache; for tests and fuzzing.  The zone
 * is freed with zone_free. */
Status zone_from_bytes(Str name, Str bytes, Zone **ret) FALLIBLE;
void zone_free(Zone *z);

#endif
