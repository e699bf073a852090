/* ops_city.c -- the city as its pack defines it, and its map. */
#include "api/api_int.h"
#include "api_operations.h"
#include "indicator/indicator.h"
#include "register/register.h"

enum { OPTIONS_MAX = 200 };

enum { YEAR_MAX = 2999 };

static void put_or_null(JsonWriter *w, const char *key, Str s)
{
        if (s.len)
                jw_put_str(w, key, s);
        else
                jw_put_null(w, key);
}

static void put_units(JsonWriter *w, const ApiCall *call)
{
        jw_put_array(w, "units");
        for (size_t i = 0; i < call->pack->unit_count; i++) {
                const PackUnit *u = &call->pack->units[i];
                if (call->within && !pack_unit_within(u, call->within) && !pack_unit_within(call->within, u))
                        continue; /* its own subtree, and what is above it */
                jw_object_begin(w);
                jw_put_str(w, "code", u->code);
                api_put_title(w, "title", u->title);
                jw_put_str(w, "kind", u->kind->name);
                put_or_null(w, "parent", u->parent ? u->parent->code : STR(""));
                put_or_null(w, "feature", u->feature);
                jw_object_end(w);
        }
        jw_array_end(w);
}

/* The codes of a short list; of a long one people write the code or its title. */
static void put_options(JsonWriter *w, const PackField *f)
{
        if (!f->list || f->list->count > OPTIONS_MAX)
                return;
        jw_put_array(w, "options");
        for (size_t i = 0; i < f->list->count; i++) {
                jw_object_begin(w);
                jw_put_str(w, "code", f->list->codes[i].code);
                api_put_title(w, "title", f->list->codes[i].title);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static void put_registers(JsonWriter *w, const Pack *pack)
{
        jw_put_array(w, "registers");
        for (size_t i = 0; i < pack->register_count; i++) {
                const PackRegister *r = pack->registers[i];
                jw_object_begin(w);
                jw_put_str(w, "name", r->name);
                api_put_title(w, "title", r->title);
                jw_put_str(w, "label", r->label->name);
                jw_put_array(w, "key");
                for (size_t k = 0; k < r->key_count; k++)
                        jw_str(w, r->key[k]->name);
                jw_array_end(w);
                put_or_null(w, "parent", r->parent ? r->parent->name : STR(""));
                jw_put_array(w, "fields");
                for (size_t f = 0; f < r->field_count; f++) {
                        jw_object_begin(w);
                        jw_put_str(w, "name", r->fields[f].name);
                        api_put_title(w, "title", r->fields[f].title);
                        jw_put_cstr(w, "type", pack_type_name(r->fields[f].type));
                        jw_put_str(w, "unit", r->fields[f].unit);
                        jw_put_bool(w, "required", r->fields[f].required);
                        jw_put_bool(w, "many", r->fields[f].many);
                        jw_put_bool(w, "computed", r->fields[f].computed.text.len > 0);
                        if (r->fields[f].target)
                                jw_put_str(w, "register", r->fields[f].target->name);
                        put_options(w, &r->fields[f]);
                        jw_object_end(w);
                }
                jw_array_end(w);
                if (r->stages)
                        jw_put_str(w, "stages", r->stages->field->name);
                jw_put_bool(w, "figures", r->figure_count > 0);
                jw_put_bool(w, "warnings", r->warning_count > 0);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static void put_indicators(JsonWriter *w, const Pack *pack)
{
        static const char *const sources[] = {
                [PACK_REPORTED] = "reported", [PACK_DERIVED] = "derived", [PACK_FORMULA] = "formula",
                [PACK_SERIES] = "series", [PACK_TIMELINESS] = "timeliness", [PACK_COMPLETENESS] = "completeness"
        };
        static const char *const directions[] = {
                [PACK_HIGHER] = "higher", [PACK_LOWER] = "lower", [PACK_NEUTRAL] = "neutral"
        };
        jw_put_array(w, "indicators");
        for (size_t i = 0; i < pack->indicator_count; i++) {
                const PackIndicator *n = pack->indicators[i];
                jw_object_begin(w);
                jw_put_str(w, "name", n->name);
                api_put_title(w, "title", n->title);
                jw_put_str(w, "unit", n->unit);
                jw_put_cstr(w, "source", sources[n->source]);
                jw_put_cstr(w, "direction", directions[n->direction]);
                jw_put_i64(w, "decimals", n->decimals);
                jw_put_bool(w, "ranked", n->rank.is);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static const char *const kind_names[] = {
        [PERIOD_YEAR] = "year", [PERIOD_HALF] = "half", [PERIOD_QUARTER] = "quarter", [PERIOD_MONTH] = "month"
};

static void put_forms(JsonWriter *w, const Pack *pack)
{
        jw_put_array(w, "forms");
        for (size_t i = 0; i < pack->form_count; i++) {
                const PackForm *f = pack->forms[i];
                jw_object_begin(w);
                jw_put_str(w, "name", f->name);
                api_put_title(w, "title", f->title);
                jw_put_cstr(w, "frequency", kind_names[f->frequency]);
                jw_put_array(w, "indicators");
                for (size_t k = 0; k < f->item_count; k++)
                        jw_str(w, f->items[k].indicator->name);
                jw_array_end(w);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static void put_date(JsonWriter *w, const char *key, Date d)
{
        char text[24];
        if (d.month)
                jw_put_str(w, key, str_n(text, date_to_text(d, text)));
        else
                jw_put_null(w, key);
}

static void put_dec(JsonWriter *w, const char *key, Dec d)
{
        char text[DEC_TEXT_MAX];
        jw_put_str(w, key, str_n(text, dec_to_text(d, text)));
}

/* Versions by date, the bounds of a text that only says "at most", the readings of one that contradicts itself. */
static void put_versions(JsonWriter *w, const PackParameter *m)
{
        if (m->ranged) {
                put_dec(w, "least", m->least);
                put_dec(w, "most", m->most);
        }
        if (m->choice_count) {
                jw_put_str(w, "chosen", m->choices[m->chosen].name);
                jw_put_array(w, "choices");
                for (size_t i = 0; i < m->choice_count; i++) {
                        jw_object_begin(w);
                        jw_put_str(w, "name", m->choices[i].name);
                        api_put_title(w, "title", m->choices[i].title);
                        put_dec(w, "value", m->choices[i].value);
                        jw_put_str(w, "clause", m->choices[i].clause);
                        jw_object_end(w);
                }
                jw_array_end(w);
        } else if (m->value_count > 1 || m->ranged) {
                jw_put_array(w, "values");
                for (size_t i = 0; i < m->value_count; i++) {
                        jw_object_begin(w);
                        put_date(w, "from", m->values[i].from);
                        put_date(w, "to", m->values[i].to);
                        put_dec(w, "value", m->values[i].value);
                        jw_put_str(w, "source", m->values[i].source);
                        jw_object_end(w);
                }
                jw_array_end(w);
        }
}

static void put_policies(JsonWriter *w, const Pack *pack)
{
        jw_put_array(w, "policies");
        for (size_t i = 0; i < pack->policy_count; i++) {
                const PackPolicy *p = pack->policies[i];
                jw_object_begin(w);
                jw_put_str(w, "name", p->name);
                api_put_title(w, "title", p->title);
                jw_put_str(w, "document", p->basis.document);
                jw_put_str(w, "number", p->basis.number);
                jw_put_str(w, "clause", p->basis.clause);
                put_date(w, "from", p->from);
                put_date(w, "to", p->to);
                jw_put_array(w, "parameters");
                for (size_t k = 0; k < p->parameter_count; k++) {
                        const PackParameter *m = &p->parameters[k];
                        jw_object_begin(w);
                        jw_put_str(w, "name", m->name);
                        api_put_title(w, "title", m->title);
                        put_dec(w, "value", m->value);
                        jw_put_str(w, "unit", m->unit);
                        jw_put_str(w, "clause", m->clause);
                        put_versions(w, m);
                        jw_object_end(w);
                }
                jw_array_end(w);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static Status put_times(ApiCall *call, StoreTx *tx, JsonWriter *w)
{
        Period *periods;
        size_t n;
        TRY(indicator_periods(tx, PERIOD_MONTH, call->arena, &periods, &n));
        jw_put_array(w, "periods");
        for (size_t i = 0; i < n; i++) {
                char text[16];
                jw_str(w, str_n(text, period_to_text(periods[i], text)));
        }
        jw_array_end(w);
        bool there[YEAR_MAX + 1] = { false }; /* in any yearly register */
        for (size_t i = 0; i < call->pack->register_count; i++) {
                const PackRegister *reg = call->pack->registers[i];
                int64_t *years;
                if (!reg->periodic || reg->period != PERIOD_YEAR)
                        continue;
                TRY(register_years(tx, reg, call->arena, &years, &n));
                for (size_t k = 0; k < n; k++)
                        if (years[k] >= 0 && years[k] <= YEAR_MAX)
                                there[years[k]] = true;
        }
        jw_put_array(w, "years");
        for (int64_t year = 0; year <= YEAR_MAX; year++)
                if (there[year])
                        jw_i64(w, year);
        jw_array_end(w);
        return ST_OK;
}

Status api_op_city_show(ApiCall *call)
{
        const Pack *pack = call->pack;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_str(&w, "name", pack->name);
        api_put_title(&w, "title", pack->title);
        put_units(&w, call);
        put_registers(&w, pack);
        put_indicators(&w, pack);
        put_forms(&w, pack);
        put_policies(&w, pack);
        jw_put_array(&w, "documents");
        for (size_t i = 0; i < pack->document_count; i++) {
                jw_object_begin(&w);
                jw_put_str(&w, "name", pack->documents[i]->name);
                api_put_title(&w, "title", pack->documents[i]->title);
                jw_put_bool(&w, "periodic", pack->documents[i]->periodic);
                jw_put_cstr(&w, "period", pack->documents[i]->periodic ? kind_names[pack->documents[i]->period] : NULL);
                if (pack->documents[i]->key)
                        jw_put_str(&w, "register", pack->documents[i]->key->name);
                else
                        jw_put_null(&w, "register");
                if (pack->documents[i]->unit_key)
                        jw_put_str(&w, "unit_kind", pack->documents[i]->unit_key->name);
                else
                        jw_put_null(&w, "unit_kind");
                jw_object_end(&w);
        }
        jw_array_end(&w);
        TRY(put_times(call, tx, &w));
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_map_show(ApiCall *call)
{
        Str map = pack_file(call->pack, STR("map.geojson"));
        buf_put_str(&call->reply, map.ptr ? map : STR("{\"type\":\"FeatureCollection\",\"features\":[]}"));
        return buf_status(&call->reply);
}
