/* build_util.c -- what several builders read the same way. */
#include "pack/measure.h"
#include "pack/pack_int.h"

Pos loader_at(const Yaml *map, const char *key)
{
        const Yaml *node = yaml_get(map, str_c(key));
        return yaml_pos(node ? node : map);
}

const PackUnitKind *loader_kind(Loader *l, Str name, const Yaml *map, const char *key)
{
        const PackUnitKind *kind = map_get(&l->own->kinds, name);
        if (!kind)
                loader_error(l, loader_at(map, key), "没有单位类型“%.*s”%s", "there is no kind of unit \"%.*s\"%s",
                             STR_FMT(name),
                             loader_near(l, &l->own->kinds, name));
        return kind;
}

void loader_bound(Loader *l, Str unit, const YamlQuantity *q, const char *key, bool *ret_has, Dec *ret)
{
        Dec factor = dec_from_i64(1);
        if (!q->at)
                return;
        if (!q->has_number || (q->unit.len && measure_factor(q->unit, unit, &factor) != ST_OK)) {
                loader_error(l, yaml_pos(q->at), "%s 应是数字，或带可换算到“%.*s”的单位",
                             "%s must be a number, or one in a measure of \"%.*s\"",
                             key, STR_FMT(unit));
                return;
        }
        *ret_has = true;
        *ret = dec_mul(q->value, factor);
}

int loader_working_days(Loader *l, const YamlQuantity *q, int absent)
{
        static const char *const words[] = { "workingdays", "workingday", "工作日", "个工作日", "" };
        char bare[64];
        size_t len = 0;
        int64_t n;
        bool known = false;
        if (!q->at)
                return absent;
        for (size_t i = 0; i < q->unit.len && len + 1 < sizeof(bare); i++)
                if (q->unit.ptr[i] != ' ')
                        bare[len++] = q->unit.ptr[i];
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                known = known || str_eq_c(str_n(bare, len), words[i]);
        if (q->has_number && known && dec_to_i64(q->value, &n) && n >= 1 && n <= 366)
                return (int)n;
        loader_error(l, yaml_pos(q->at), "应写成若干工作日，如 10 working days",
                     "write a number of working days, like 10 working days");
        return absent;
}

bool pack_expr_uses(const PackExpr *e, size_t slot)
{
        return slot != SIZE_MAX && e->program && feel_program_uses(e->program, (uint32_t)slot);
}
