/* Zone files of any content, and names that must lead nowhere. */
#include "base/zone.h"
#include "fuzz/fuzz.h"

void fuzz_one(Str input)
{
        int64_t t;
        Zone *z = NULL;
        Str bytes = input;
        fuzz_take(&bytes, &t, sizeof(t));
        if (zone_from_bytes(STR("Fuzz"), bytes, &z) == ST_OK) {
                for (int i = 0; i < 64; i += 7) {
                        int32_t east = zone_offset_at(z, t >> i), local = zone_offset_local(z, t >> i);
                        FUZZ_ASSERT(east > -100000 && east < 100000 && local > -100000 && local < 100000);
                }
        }
        zone_free(z);
        const Zone *named;
        Str name = str_n(input.ptr, input.len < 80 ? input.len : 80);
        if (zone_find(name, &named) == ST_OK)
                FUZZ_ASSERT(str_eq(zone_name(named), name));
        zone_release_all();
}
