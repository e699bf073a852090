/* check.c -- examines a loaded pack: models, map; the cases are in cases.c. */
#include "pack/check.h"

#include "codec/json.h"
#include "pack/cases.h"
#include "pack/pack_int.h"

/* ---- the map ------------------------------------------------------------------ */

static bool has_feature(const Json *features, Str id)
{
        for (size_t i = 0; features && i < features->count; i++) {
                const Json *f = json_at(features, i);
                const Json *own = json_get(f, "id");
                const Json *code = json_get(json_get(f, "properties"), "code");
                if ((own && (own->kind == JSON_STRING || own->kind == JSON_NUMBER) && str_eq(own->text, id)) ||
                    (json_is(code, JSON_STRING) && str_eq(code->text, id)))
                        return true;
        }
        return false;
}

static Status check_map(const Pack *pack, Diag *diag, bool *ret_good)
{
        Str text = pack_file(pack, STR("map.geojson"));
        _cleanup_arena_ Arena *a = arena_new((size_t)256 << 20);
        Json *doc = NULL;
        if (!a)
                return ST_NOMEM;
        if (text.ptr) {
                Status st = json_parse(a, text, "map.geojson", NULL, diag, &doc);
                if (st == ST_INVALID)
                        *ret_good = false;
                else
                        TRY(st);
        }
        const Json *features = json_get(doc, "features");
        if (doc && !json_is(features, JSON_ARRAY)) {
                diag_error(diag, POS_FILE("map.geojson"), "不是 FeatureCollection", "is no FeatureCollection");
                *ret_good = false;
        }
        for (size_t i = 0; i < pack->unit_count; i++) {
                const PackUnit *u = &pack->units[i];
                if (!u->feature.len || (json_is(features, JSON_ARRAY) && has_feature(features, u->feature)))
                        continue;
                diag_error(diag, u->pos, "地图 map.geojson 中没有图形“%.*s”", "map.geojson has no feature \"%.*s\"",
                           STR_FMT(u->feature));
                *ret_good = false;
        }
        return ST_OK;
}

Status pack_check(const Pack *pack, Diag *diag, PackCheckReport *ret)
{
        PackCheckReport report = { 0 };
        bool good = true;
        _cleanup_diag_ Diag own = DIAG_INIT(LANG_ZH);
        diag = diag ? diag : &own;      /* dmn_check needs one */
        for (size_t i = 0; i < pack->own->models.len; i++) {
                Status st = dmn_check(pack->own->models.data[i], diag);
                if (st == ST_CHECK)
                        good = false;
                else
                        TRY(st);
        }
        TRY(check_map(pack, diag, &good));
        TRY(check_measures(pack, diag, &good));
        TRY(cases_run(pack, diag, &report, &good));
        *ret = report;
        return good ? ST_OK : ST_CHECK;
}
