/* address.c -- units by what people call them, and the unit an address lies in. */
#include "pack/pack_int.h"

bool pack_unit_exists_on(const PackUnit *unit, Date on)
{
        if (!on.month)
                return true;
        return (!unit->from.month || date_cmp(unit->from, on) <= 0) && (!unit->to.month || date_cmp(on, unit->to) <= 0);
}

bool pack_unit_within(const PackUnit *unit, const PackUnit *top)
{
        return unit->index >= top->index && unit->index <= top->last;
}

const PackUnit *pack_unit_up(const PackUnit *unit, const PackUnitKind *kind)
{
        while (unit && unit->kind != kind)
                unit = unit->parent;
        return unit;
}

size_t pack_units_of(const Pack *pack, const PackUnitKind *kind, const PackUnit *top, Date on,
                     const PackUnit **out, size_t max)
{
        size_t n = 0;
        size_t first = top ? top->index : 0, end = top ? top->last + 1 : pack->unit_count;
        for (size_t i = first; i < end; i++)
                if (pack->units[i].kind == kind && pack_unit_exists_on(&pack->units[i], on)) {
                        if (n < max)
                                out[n] = &pack->units[i];
                        n++;
                }
        return n;
}

Status pack_unit_match(const Pack *pack, Str text, const PackUnitKind *kind, Date on, const PackUnit **ret)
{
        char folded[PACK_FOLD_MAX];
        size_t n = pack_fold(text, folded);
        const PackUnit *found = n ? pack_unit(pack, str_trim(text)) : NULL;
        if (found && (!kind || found->kind == kind) && pack_unit_exists_on(found, on)) {
                *ret = found;
                return ST_OK;
        }
        found = NULL;
        for (const UnitName *u = n ? map_get(&pack->own->unit_names, str_n(folded, n)) : NULL; u; u = u->next) {
                if ((kind && u->unit->kind != kind) || !pack_unit_exists_on(u->unit, on))
                        continue;
                if (found && found != u->unit)
                        return ST_CONFLICT;
                found = u->unit;
        }
        if (!found)
                return ST_NOT_FOUND;
        *ret = found;
        return ST_OK;
}

/* An address read from its beginning: each name must lie below the one before.
 * What counts is the reading that goes farthest; equal readings must agree. */
typedef struct Reading {
        const Pack *pack;
        Str text;               /* folded */
        Date on;
        const PackUnitKind *kind;
        size_t farthest;
        const PackUnit *found;
        bool conflict;
} Reading;

/* The text begins with the name of a unit below. */
static bool begins_below(const Pack *pack, Str rest, const PackUnit *above)
{
        size_t longest = rest.len < pack->own->unit_name_max ? rest.len : pack->own->unit_name_max;
        for (size_t n = longest; n > 0; n--)
                for (const UnitName *u = map_get(&pack->own->unit_names, str_n(rest.ptr, n)); u; u = u->next)
                        if (u->unit != above && pack_unit_within(u->unit, above))
                                return true;
        return false;
}

/* A short name that goes on as the name of something else is no unit: 定西路, 南京大学, 朝阳区. */
static bool goes_on_as_name(const Pack *pack, Str rest, const PackUnit *unit)
{
        static const char *const words[] = { "路", "街", "道", "大道", "大街", "巷", "弄", "里", "村", "大厦", "广场",
                                             "大学", "桥", "东路", "西路", "南路", "北路", "中路", "东街", "西街",
                                             "南街", "北街", "区", "县", "镇", "乡" };
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_starts(rest, str_c(words[i])))
                        return !begins_below(pack, rest, unit);         /* 江苏镇江 */
        return false;
}

static Str after_separators(Str s)
{
        static const char *const marks[] = { ",", "、", "。", ".", ";", "-", "·", "/", ":", "(", ")" };
        for (bool again = true; again;) {
                again = false;
                for (size_t i = 0; i < ARRAY_LEN(marks); i++)
                        if (str_starts(s, str_c(marks[i]))) {
                                s = str_n(s.ptr + strlen(marks[i]), s.len - strlen(marks[i]));
                                again = true;
                        }
        }
        return s;
}

static void settle(Reading *r, const PackUnit *unit, size_t end)
{
        const PackUnit *up = pack_unit_up(unit, r->kind);
        if (!up || end < r->farthest)
                return;
        if (end > r->farthest) {
                r->farthest = end;
                r->found = up;
                r->conflict = false;
        } else if (r->found != up) {
                r->conflict = true;
        }
}

static void read_names(Reading *r, size_t at, const PackUnit *above, int depth)
{
        Str rest = after_separators(str_n(r->text.ptr + at, r->text.len - at));
        at = r->text.len - rest.len;
        if (depth > 8)
                return;
        size_t longest = rest.len < r->pack->own->unit_name_max ? rest.len : r->pack->own->unit_name_max;
        for (size_t n = longest; n > 0; n--) {
                const UnitName *u = map_get(&r->pack->own->unit_names, str_n(rest.ptr, n));
                for (; u; u = u->next) {
                        if (!pack_unit_exists_on(u->unit, r->on) ||
                            (above && (u->unit == above || !pack_unit_within(u->unit, above))))
                                continue;
                        if (u->is_short && goes_on_as_name(r->pack, str_n(rest.ptr + n, rest.len - n), u->unit))
                                continue;
                        settle(r, u->unit, at + n);
                        read_names(r, at + n, u->unit, depth + 1);
                }
        }
}

/* Full names anywhere, for addresses that begin with something else. */
static void find_anywhere(Reading *r)
{
        for (size_t at = 0; at < r->text.len; at++) {
                size_t left = r->text.len - at;
                for (size_t n = left < r->pack->own->unit_name_max ? left : r->pack->own->unit_name_max; n > 0; n--)
                        for (const UnitName *u = map_get(&r->pack->own->unit_names, str_n(r->text.ptr + at, n)); u;
                             u = u->next) {
                                const PackUnit *up = pack_unit_up(u->unit, r->kind);
                                if (u->is_short || !up || !pack_unit_exists_on(u->unit, r->on))
                                        continue;
                                if (r->found && r->found != up)
                                        r->conflict = true;
                                r->found = up;
                        }
        }
}

Status pack_unit_from_address(const Pack *pack, Str address, const PackUnitKind *kind, Date on, const PackUnit **ret)
{
        static const char *const countries[] = { "中华人民共和国", "中国" };
        char folded[PACK_FOLD_MAX];
        /* The beginning is enough: a long address is cut at a character. */
        size_t keep = address.len;
        while (keep > PACK_FOLD_MAX - 8 || (keep < address.len && ((unsigned char)address.ptr[keep] & 0xc0) == 0x80))
                keep--;
        size_t len = pack_fold(str_n(address.ptr, keep), folded);
        Reading r = { .pack = pack, .text = str_n(folded, len), .on = on, .kind = kind };
        for (size_t i = 0; i < ARRAY_LEN(countries); i++)
                if (str_starts(r.text, str_c(countries[i])))
                        r.text = str_n(r.text.ptr + strlen(countries[i]), r.text.len - strlen(countries[i]));
        read_names(&r, 0, NULL, 0);
        if (!r.found)
                find_anywhere(&r);
        if (!r.found)
                return ST_NOT_FOUND;
        if (r.conflict)
                return ST_CONFLICT;
        *ret = r.found;
        return ST_OK;
}
