/* Named zones as small numbers, so that a value that holds one stays plain data.
 *
 * Numbers are handed out in order and never taken back; there are at most as many
 * as base/zone.h opens.  The name is kept here, the rules are asked for by name:
 * base/zone.h keeps them. */
#include <pthread.h>

#include "base/zone.h"
#include "feel/temporal_int.h"

enum { ZONES_MAX = 1000, NAME_MAX_BYTES = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char names[ZONES_MAX][NAME_MAX_BYTES];
static size_t count;

/* The lock is held. */
static bool number_of(Str name, uint16_t *ret)
{
        for (size_t i = 0; i < count; i++) {
                if (str_eq_c(name, names[i])) {
                        *ret = (uint16_t)i;
                        return true;
                }
        }
        if (count == ZONES_MAX)
                return false;
        memcpy(names[count], name.ptr, name.len);
        names[count][name.len] = '\0';
        *ret = (uint16_t)count++;
        return true;
}

bool feel_zone_find(Str name, FeelZone *ret)
{
        const Zone *zone;
        if (name.len == 0 || name.len >= NAME_MAX_BYTES || zone_find(name, &zone) != ST_OK)
                return false;
        uint16_t id;
        pthread_mutex_lock(&lock);
        bool ok = number_of(name, &id);
        pthread_mutex_unlock(&lock);
        if (ok)
                *ret = (FeelZone){ .kind = FEEL_ZONE_NAMED, .id = id };
        return ok;
}

const char *feel_zone_name(FeelZone z)
{
        pthread_mutex_lock(&lock);
        const char *name = z.kind == FEEL_ZONE_NAMED && z.id < count ? names[z.id] : "";
        pthread_mutex_unlock(&lock);
        return name;
}

/* seconds: since 1970 in UTC, or as the clock there shows it. */
static bool offset_of(FeelZone z, int64_t seconds, bool utc, int32_t *ret)
{
        const Zone *zone;
        switch (z.kind) {
        case FEEL_ZONE_OFFSET:
                *ret = z.offset;
                return true;
        case FEEL_ZONE_NAMED:
                if (zone_find(str_c(feel_zone_name(z)), &zone) != ST_OK)
                        return false;
                *ret = utc ? zone_offset_at(zone, seconds) : zone_offset_local(zone, seconds);
                return true;
        default:
                return false;
        }
}

bool feel_zone_offset(FeelZone z, Date date, int32_t seconds_of_day, int32_t *ret)
{
        int64_t local = z.kind == FEEL_ZONE_NAMED ? date_to_days(date) * SECONDS_PER_DAY + seconds_of_day : 0;
        return offset_of(z, local, false, ret);
}

bool feel_zone_offset_at(FeelZone z, int64_t utc, int32_t *ret)
{
        return offset_of(z, utc, true, ret);
}
