/* ops_target.c -- letters of responsibility: drafts, signing, versions, progress and lights. */
#include "api/api_int.h"
#include "api/outcome.h"
#include "api_operations.h"
#include "indicator/light.h"

static void put_dec(JsonWriter *w, const char *key, Dec d)
{
        char text[DEC_TEXT_MAX];
        jw_put_str(w, key, str_n(text, dec_to_text(d, text)));
}

static Status put_value(ApiCall *call, JsonWriter *w, const char *key, const FeelValue *v)
{
        Str s;
        TRY(indicator_exact(v, call->arena, &s));
        if (s.ptr)
                jw_put_str(w, key, s);
        else
                jw_put_null(w, key);
        return ST_OK;
}

static Status put_missing(JsonWriter *w, const FeelValue *v)
{
        jw_put_array(w, "missing");
        for (size_t i = 0; feel_is(v, FEEL_UNKNOWN) && i < v->unknown.len; i++)
                jw_str(w, v->unknown.names[i]);
        jw_array_end(w);
        return ST_OK;
}

static Status put_progress(ApiCall *call, JsonWriter *w, const TargetProgress *p)
{
        char text[16];
        jw_object_begin(w);
        jw_put_str(w, "period", str_n(text, period_to_text(p->period, text)));
        TRY(put_value(call, w, "actual", &p->actual));
        TRY(put_value(call, w, "base", &p->base));
        TRY(put_value(call, w, "progress", &p->progress));
        put_dec(w, "target", p->line->target);
        put_dec(w, "share", p->share);
        jw_put_bool(w, "behind", p->behind);
        jw_put_i64(w, "behind_running", p->behind_running);
        jw_put_bool(w, "met", p->met);
        jw_put_bool(w, "late", p->late);
        jw_put_cstr(w, "light", target_light_name(p->light));
        api_put_title(w, "say", p->say);
        TRY(put_missing(w, &p->progress));
        jw_object_end(w);
        return ST_OK;
}

static void put_text_or_null(JsonWriter *w, const char *key, Str s)
{
        if (s.len)
                jw_put_str(w, key, s);
        else
                jw_put_null(w, key);
}

/* With the series of lights up to a period where one is asked for. */
static Status put_line(ApiCall *call, JsonWriter *w, TargetYear *y, const TargetLetter *l, const TargetLine *t,
                       const Period *upto)
{
        jw_object_begin(w);
        jw_put_i64(w, "line", t->no);
        put_text_or_null(w, "indicator", t->indicator ? t->indicator->name : STR(""));
        api_put_title(w, "title", t->text.len ? (PackTitle){ t->text, t->text }
                                  : t->indicator ? t->indicator->title : (PackTitle){ STR(""), STR("") });
        jw_put_str(w, "unit", t->measure == TARGET_GROWTH ? STR("%") : t->indicator ? t->indicator->unit : STR(""));
        if (t->has_target)
                put_dec(w, "target", t->target);
        else
                jw_put_null(w, "target");
        jw_put_cstr(w, "comparison", target_comparison_name(t->comparison));
        jw_put_cstr(w, "measure", target_measure_name(t->measure));
        jw_put_cstr(w, "course", target_course_name(target_course_of(t)));
        put_dec(w, "weight", t->weight);
        put_text_or_null(w, "method", t->method);
        put_text_or_null(w, "lights", t->lights);
        put_text_or_null(w, "source", t->source);
        if (upto) {
                TargetProgress *series;
                size_t n;
                TRY(target_series(y, l, t, *upto, call->arena, &series, &n));
                jw_put_array(w, "series");
                for (size_t i = 0; i < n; i++)
                        TRY(put_progress(call, w, &series[i]));
                jw_array_end(w);
        }
        jw_object_end(w);
        return ST_OK;
}

static Status put_letter(ApiCall *call, JsonWriter *w, TargetYear *y, const TargetLetter *l, const Period *upto)
{
        char day[24];
        jw_object_begin(w);
        jw_put_str(w, "unit", l->unit->code);
        api_put_title(w, "unit_title", l->unit->title);
        jw_put_i64(w, "year", l->year);
        jw_put_i64(w, "version", l->version);
        jw_put_cstr(w, "state", l->signed_ ? "signed" : "draft");
        if (l->from.month)
                jw_put_str(w, "from", str_n(day, date_to_text(l->from, day)));
        else
                jw_put_null(w, "from");
        jw_put_str(w, "reason", l->reason);
        jw_put_str(w, "by", l->actor);
        jw_put_str(w, "at", l->at);
        jw_put_i64(w, "event", l->event);
        jw_put_bool(w, "has_draft", l->has_draft);
        Dec sum = dec_zero();
        for (size_t i = 0; i < l->count; i++)
                sum = dec_add(sum, l->lines[i].weight);
        put_dec(w, "weights", sum);
        jw_put_array(w, "lines");
        for (size_t i = 0; i < l->count; i++)
                TRY(put_line(call, w, y, l, &l->lines[i], upto));
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}

/* The period lights are judged at: asked for, and of the year. */
static Status judged_at(ApiCall *call, int32_t year, Period *ret, bool *ret_there)
{
        *ret_there = api_param(call, "period").ptr != NULL;
        if (!*ret_there)
                return ST_OK;
        TRY(api_param_period(call, "period", ret));
        if (ret->year != year)
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "报告期不在 %d 年", "the period is not of %d",
                                 (int)year);
        return ST_OK;
}

static Status day_asked(ApiCall *call, const char *name, Date *ret, bool *ret_there)
{
        Str text = api_param(call, name);
        *ret_there = text.len > 0;
        return *ret_there ? date_parse(text, ret) : ST_OK;
}

Status api_op_letter_list(ApiCall *call)
{
        int32_t year = (int32_t)api_param_int(call, "year", 0);
        Period upto;
        Date on;
        bool judged, dated;
        TargetLetter *letters;
        size_t n;
        TRY(judged_at(call, year, &upto, &judged));
        TRY(day_asked(call, "as_of", &on, &dated));
        const PackUnit *within = api_param(call, "unit").ptr ? api_unit(call) : call->within;
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, call->pack);
        _cleanup_target_year_ TargetYear *y = b ? target_year_new(b, call->pack, year) : NULL;
        if (!y)
                return ST_NOMEM;
        TRY(target_letters(tx, call->pack, year, within, dated ? &on : NULL, api_param_bool(call, "drafts"),
                           call->arena, &letters, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_i64(&w, "year", year);
        jw_put_array(&w, "letters");
        for (size_t i = 0; i < n; i++)
                TRY(put_letter(call, &w, y, &letters[i], judged ? &upto : NULL));
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

static Status no_letter(ApiCall *call)
{
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有这份责任书", "there is no such letter");
}

Status api_op_letter_show(ApiCall *call)
{
        int32_t year = (int32_t)api_param_int(call, "year", 0);
        const PackUnit *unit = api_unit(call);
        Period upto;
        Date on;
        bool judged, dated;
        TargetLetter *versions, letter;
        size_t n;
        if (!unit)
                return no_letter(call);
        TRY(judged_at(call, year, &upto, &judged));
        TRY(day_asked(call, "as_of", &on, &dated));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        _cleanup_indicator_book_ IndicatorBook *b = indicator_book_new(tx, call->pack);
        _cleanup_target_year_ TargetYear *y = b ? target_year_new(b, call->pack, year) : NULL;
        if (!y)
                return ST_NOMEM;
        Status st = target_letter(tx, call->pack, unit, year, dated ? &on : NULL, call->arena, &letter);
        if (st == ST_NOT_FOUND)
                return no_letter(call);
        TRY(st);
        TRY(target_versions(tx, call->pack, unit, year, call->arena, &versions, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_key(&w, STR("letter"));
        TRY(put_letter(call, &w, y, &letter, judged ? &upto : NULL));
        jw_put_array(&w, "versions");
        for (size_t i = 0; i < n; i++)
                TRY(put_letter(call, &w, y, &versions[i], NULL));
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

/* ---- writing ---- */

static Status put_one(ApiCall *call, const TargetLetter *l)
{
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        TRY(put_letter(call, &w, NULL, l, NULL));
        return jw_finish(&w);
}

static Status body_unit(ApiCall *call, const PackUnit **ret)
{
        Str code = json_get_text(call->json, "unit", STR(""));
        *ret = pack_unit(call->pack, code);
        if (*ret && (!call->within || pack_unit_within(*ret, call->within)))
                return ST_OK;
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有单位“%.*s”，或者无权管理",
                         "no unit \"%.*s\", or not yours", STR_FMT(code));
}

static int32_t body_year(ApiCall *call)
{
        int64_t year = 0;
        return json_i64(json_get(call->json, "year"), &year) ? (int32_t)year : 0;
}

static Status read_dec(ApiCall *call, const Json *o, const char *key, bool *ret_has, Dec *ret)
{
        const Json *v = json_get(o, key);
        *ret_has = v && !json_is(v, JSON_NULL);
        if (*ret_has && dec_parse_exact(v->text, ret) != ST_OK)
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "“%.*s”不是数字", "\"%.*s\" is not a number",
                                 STR_FMT(v->text));
        return ST_OK;
}

static Status read_line(ApiCall *call, const Json *o, TargetLine *ret)
{
        Str name = json_get_text(o, "indicator", STR(""));
        bool has_weight;
        *ret = (TargetLine){ .indicator = name.len ? pack_indicator(call->pack, name) : NULL,
                             .text = json_get_text(o, "text", STR("")),
                             .weight = dec_zero(),
                             .method = json_get_text(o, "method", STR("")),
                             .lights = json_get_text(o, "lights", STR("")),
                             .source = json_get_text(o, "source", STR("")) };
        if (name.len && !ret->indicator)
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "没有指标“%.*s”", "there is no indicator \"%.*s\"",
                                 STR_FMT(name));
        TRY(read_dec(call, o, "target", &ret->has_target, &ret->target));
        TRY(read_dec(call, o, "weight", &has_weight, &ret->weight));
        TRY(target_comparison_parse(json_get_text(o, "comparison", STR("")), &ret->comparison));
        TRY(target_measure_parse(json_get_text(o, "measure", STR("")), &ret->measure));
        return target_course_parse(json_get_text(o, "course", STR("")), &ret->course);
}

Status api_op_letter_draft(ApiCall *call)
{
        const Json *lines = json_get(call->json, "lines");
        size_t n = lines ? lines->count : 0;
        TargetLine *list = arena_array_of(call->arena, TargetLine, n + 1);
        TargetLetter letter;
        TargetDraft in = { .year = body_year(call),
                           .how = str_eq_c(json_get_text(call->json, "how", STR("")), "add") ? TARGET_ADD
                                                                                             : TARGET_REPLACE,
                           .lines = list,
                           .count = n,
                           .reason = json_get_text(call->json, "reason", STR("")),
                           .actor = call->actor };
        if (!list)
                return ST_NOMEM;
        TRY(body_unit(call, &in.unit));
        for (size_t i = 0; i < n; i++)
                TRY(read_line(call, json_at(lines, i), &list[i]));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(target_draft(tx, call->pack, &in, call->arena, call->diag, &letter));
        TRY(store_commit(&tx));
        return put_one(call, &letter);
}

Status api_op_letter_import(ApiCall *call)
{
        RegisterOutcome out;
        Str file = api_param(call, "file");
        TargetSheet in = { .file_name = file.len ? file.ptr : "upload",
                           .bytes = call->body,
                           .year = (int32_t)api_param_int(call, "year", 0),
                           .within = call->within,
                           .how = api_param_bool(call, "add") ? TARGET_ADD : TARGET_REPLACE,
                           .dry_run = api_param_bool(call, "dry_run"),
                           .actor = call->actor,
                           .lang = call->lang };
        TRY(target_import(call->store, call->pack, &in, call->arena, call->diag, &out));
        return api_put_outcome(call, &out, in.dry_run);
}

Status api_op_letter_sign(ApiCall *call)
{
        TargetLetter letter;
        TargetSign in = { .year = body_year(call),
                          .reason = json_get_text(call->json, "reason", STR("")),
                          .actor = call->actor };
        Str on = json_get_text(call->json, "from", STR(""));
        TRY(body_unit(call, &in.unit));
        if (on.len)
                TRY(date_parse(on, &in.on));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(target_sign(tx, call->pack, &in, call->arena, call->diag, &letter));
        TRY(store_commit(&tx));
        return put_one(call, &letter);
}

Status api_op_letter_drop(ApiCall *call)
{
        const PackUnit *unit;
        TRY(body_unit(call, &unit));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(target_drop(tx, call->pack, unit, body_year(call), json_get_text(call->json, "reason", STR("")),
                        call->actor, STR(""), call->diag));
        TRY(store_commit(&tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "done", true);
        api_put_messages(&w, call->diag);
        jw_object_end(&w);
        return jw_finish(&w);
}
