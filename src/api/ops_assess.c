/* ops_assess.c -- the year's assessment: scores with their reasons, claims, decisions, publication. */
#include "api/api_int.h"
#include "api_operations.h"
#include "indicator/assess.h"

enum { TABLE_MAX_MIB = 256 };

/* The assessment asked for; without a name the first that is for units. */
static Status find_assessment(ApiCall *call, Str name, const PackAssessment **ret)
{
        *ret = name.len ? pack_assessment(call->pack, name) : NULL;
        for (size_t i = 0; !name.len && !*ret && i < call->pack->assessment_count; i++)
                if (call->pack->assessments[i]->units || call->pack->assessment_count == 1)
                        *ret = call->pack->assessments[i];
        if (*ret)
                return ST_OK;
        return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有考核“%.*s”", "there is no assessment \"%.*s\"",
                         STR_FMT(name));
}

static bool sees(const ApiCall *call, const PackUnit *within, Str unit)
{
        const PackUnit *u = unit.len ? pack_unit(call->pack, unit) : NULL;
        return !within || within->depth == 0 || (u && pack_unit_within(u, within));
}

/* The table with the rows that may be seen. */
static void put_table(ApiCall *call, JsonWriter *w, const Json *table, const PackUnit *within)
{
        jw_object_begin(w);
        for (size_t i = 0; i < table->count; i++) {
                const JsonMember *m = &table->members[i];
                jw_key(w, m->key);
                if (!str_eq_c(m->key, "rows")) {
                        jw_json(w, &m->value);
                        continue;
                }
                jw_array_begin(w);
                for (size_t k = 0; json_at(&m->value, k); k++)
                        if (sees(call, within, json_get_text(json_at(&m->value, k), "unit", STR(""))))
                                jw_json(w, json_at(&m->value, k));
                jw_array_end(w);
        }
        jw_object_end(w);
}

static const Json *row_of(const Json *table, Str subject)
{
        const Json *rows = json_get(table, "rows");
        for (size_t i = 0; json_at(rows, i); i++)
                if (str_eq(json_get_text(json_at(rows, i), "subject", STR("")), subject))
                        return json_at(rows, i);
        return NULL;
}

static bool differs(const Json *a, const Json *b, const char *key)
{
        const Json *x = a ? json_get(a, key) : NULL, *y = b ? json_get(b, key) : NULL;
        return (x != NULL || y != NULL) && !(x && y && json_equal(x, y));
}

/* What has changed under a published table. */
static void put_differences(ApiCall *call, JsonWriter *w, const Json *published, const Json *now,
                            const PackUnit *within)
{
        jw_put_array(w, "differences");
        const Json *rows = json_get(published, "rows");
        for (size_t i = 0; now && json_at(rows, i); i++) {
                const Json *was = json_at(rows, i), *is = row_of(now, json_get_text(was, "subject", STR("")));
                if (!sees(call, within, json_get_text(was, "unit", STR(""))) ||
                    (!differs(was, is, "total") && !differs(was, is, "rank")))
                        continue;
                const Json *total = json_get(was, "total"), *later = is ? json_get(is, "total") : NULL;
                jw_object_begin(w);
                jw_put_str(w, "subject", json_get_text(was, "subject", STR("")));
                jw_key(w, STR("title"));
                jw_json(w, json_get(was, "title"));
                jw_key(w, STR("published"));
                jw_json(w, total);
                jw_key(w, STR("now"));
                if (later)
                        jw_json(w, later);
                else
                        jw_null(w);
                jw_object_end(w);
        }
        jw_array_end(w);
}

static Status live_table(ApiCall *call, StoreTx *tx, const PackAssessment *a, int32_t year, const Json **ret)
{
        Buf *text = arena_new_of(call->arena, Buf);
        Json *json;
        if (!text)
                return ST_NOMEM;
        *text = (Buf)BUF_INIT((size_t)TABLE_MAX_MIB << 20);
        Status st = assess_table(tx, call->pack, a, year, call->arena, call->diag, text);
        Str copy = st == ST_OK ? arena_str(call->arena, buf_str(text)) : STR_NONE;
        buf_release(text);
        TRY(st);
        if (!copy.ptr)
                return ST_NOMEM;
        TRY(json_parse(call->arena, copy, NULL, NULL, call->diag, &json));
        *ret = json;
        return ST_OK;
}

static Status put_state(JsonWriter *w, const AssessFrozen *f)
{
        jw_put_cstr(w, "state", f ? "published" : "live");
        jw_put_i64(w, "version", f ? f->version : 0);
        jw_put_str(w, "hash", f ? f->hash : STR(""));
        jw_put_str(w, "reason", f ? f->reason : STR(""));
        jw_put_str(w, "by", f ? f->actor : STR(""));
        jw_put_str(w, "at", f ? f->at : STR(""));
        return ST_OK;
}

static Status put_scores(ApiCall *call, StoreTx *tx, const PackAssessment *a, int32_t year, const PackUnit *within,
                         bool live)
{
        AssessFrozen frozen;
        Json *published = NULL;
        const Json *now;
        Status st = live ? ST_NOT_FOUND : assess_published(tx, a, year, call->arena, &frozen);
        if (st != ST_NOT_FOUND)
                TRY(st);
        TRY(live_table(call, tx, a, year, &now));
        if (st == ST_OK)
                TRY(json_parse(call->arena, frozen.table, NULL, NULL, call->diag, &published));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        TRY(put_state(&w, st == ST_OK ? &frozen : NULL));
        jw_key(&w, STR("table"));
        put_table(call, &w, published ? published : now, within);
        put_differences(call, &w, published ? published : now, published ? now : NULL, within);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_assess_show(ApiCall *call)
{
        const PackAssessment *a;
        const PackUnit *within = api_param(call, "unit").ptr ? api_unit(call) : call->within;
        TRY(find_assessment(call, api_param(call, "assessment"), &a));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        return put_scores(call, tx, a, (int32_t)api_param_int(call, "year", 0), within, api_param_bool(call, "live"));
}

Status api_op_assess_publish(ApiCall *call)
{
        const PackAssessment *a;
        AssessFrozen frozen;
        int64_t year = 0;
        TRY(find_assessment(call, json_get_text(call->json, "assessment", STR("")), &a));
        if (!json_i64(json_get(call->json, "year"), &year))
                return ST_INVALID;
        if (call->within && call->within->depth > 0)
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "考核结果由市级公布",
                                 "the city publishes the assessment");
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(assess_publish(tx, call->pack, a, (int32_t)year, json_get_text(call->json, "reason", STR("")), call->actor,
                           STR(""), call->arena, call->diag, &frozen));
        TRY(store_commit(&tx));
        _cleanup_store_tx_ StoreTx *read = NULL;
        TRY(api_begin_read(call, &read));
        return put_scores(call, read, a, (int32_t)year, call->within, false);
}

/* ---- claims ---- */

static void put_claim(JsonWriter *w, const AssessClaim *c)
{
        jw_object_begin(w);
        jw_put_i64(w, "claim", c->id);
        jw_put_str(w, "subject", c->subject);
        jw_put_i64(w, "year", c->year);
        jw_put_cstr(w, "kind", assess_kind_name(c->kind));
        jw_put_str(w, "item", c->item);
        api_put_title(w, "title", c->definition ? c->definition->title : (PackTitle){ c->item, c->item });
        jw_put_str(w, "matter", c->matter);
        jw_put_str(w, "evidence", c->evidence);
        jw_put_cstr(w, "state", assess_state_name(c->state));
        if (c->has_points)
                jw_put_dec(w, "points", c->points);
        else
                jw_put_null(w, "points");
        jw_put_str(w, "filed_by", c->filed_by);
        jw_put_str(w, "filed_at", c->filed_at);
        jw_put_i64(w, "filed_event", c->filed_event);
        jw_put_str(w, "decided_by", c->decided_by);
        jw_put_str(w, "decided_at", c->decided_at);
        jw_put_i64(w, "decided_event", c->decided_event);
        jw_put_str(w, "reason", c->reason);
        jw_object_end(w);
}

static Status put_claims(ApiCall *call, StoreTx *tx, const PackAssessment *a, int32_t year, Str subject, int64_t id)
{
        AssessClaim *claims;
        size_t n;
        TRY(assess_claims(tx, call->pack, a, year, subject, call->arena, &claims, &n));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_array(&w, "items");
        for (size_t i = 0; i < a->item_count; i++) {
                static const char *const kinds[] = {
                        [PACK_BONUS] = "bonus", [PACK_DEDUCTION] = "deduction", [PACK_VETO] = "veto"
                };
                jw_object_begin(&w);
                jw_put_str(&w, "item", a->items[i].name);
                api_put_title(&w, "title", a->items[i].title);
                jw_put_cstr(&w, "kind", kinds[a->items[i].kind]);
                jw_put_dec(&w, "points", a->items[i].points);
                jw_object_end(&w);
        }
        jw_array_end(&w);
        jw_put_array(&w, "claims");
        for (size_t i = 0; i < n; i++)
                if ((id == 0 || claims[i].id == id) && sees(call, call->within, claims[i].subject))
                        put_claim(&w, &claims[i]);
        jw_array_end(&w);
        jw_object_end(&w);
        return jw_finish(&w);
}

Status api_op_assess_claims(ApiCall *call)
{
        const PackAssessment *a;
        TRY(find_assessment(call, api_param(call, "assessment"), &a));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(api_begin_read(call, &tx));
        return put_claims(call, tx, a, (int32_t)api_param_int(call, "year", 0), api_param(call, "subject"), 0);
}

static Status read_points(ApiCall *call, bool *ret_has, Dec *ret)
{
        Str text = json_get_text(call->json, "points", STR(""));
        *ret_has = text.len > 0;
        if (*ret_has && dec_parse_exact(text, ret) != ST_OK)
                return diag_fail(call->diag, ST_INVALID, POS_NONE, "“%.*s”不是数字", "\"%.*s\" is not a number",
                                 STR_FMT(text));
        return ST_OK;
}

Status api_op_assess_file(ApiCall *call)
{
        AssessFile in = { .subject = json_get_text(call->json, "subject", STR("")),
                          .item = json_get_text(call->json, "item", STR("")),
                          .matter = json_get_text(call->json, "matter", STR("")),
                          .evidence = json_get_text(call->json, "evidence", STR("")),
                          .actor = call->actor };
        Str kind = json_get_text(call->json, "kind", STR("item"));
        int64_t year = 0, id;
        TRY(find_assessment(call, json_get_text(call->json, "assessment", STR("")), &in.assessment));
        if (!json_i64(json_get(call->json, "year"), &year))
                return ST_INVALID;
        in.year = (int32_t)year;
        in.kind = str_eq_c(kind, "line") ? ASSESS_LINE : str_eq_c(kind, "appeal") ? ASSESS_APPEAL : ASSESS_ITEM;
        TRY(read_points(call, &in.has_points, &in.points));
        /* A unit claims a bonus and appeals for itself; deductions, vetoes and points for words are the city's. */
        bool city = api_may(call->session, "assess.write"), bonus = false;
        for (size_t i = 0; i < in.assessment->item_count; i++)
                bonus |= str_eq(in.assessment->items[i].name, in.item) && in.assessment->items[i].kind == PACK_BONUS;
        if (!sees(call, call->within, in.subject) ||
            (!city && in.kind != ASSESS_APPEAL && !(in.kind == ASSESS_ITEM && bonus)))
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "没有“%.*s”，或者无权申报",
                                 "no \"%.*s\", or not yours", STR_FMT(in.subject));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(assess_file(tx, call->pack, &in, call->arena, call->diag, &id));
        TRY(store_commit(&tx));
        _cleanup_store_tx_ StoreTx *read = NULL;
        TRY(api_begin_read(call, &read));
        return put_claims(call, read, in.assessment, in.year, in.subject, id);
}

Status api_op_assess_decide(ApiCall *call)
{
        AssessDecide in = { .accept = str_eq_c(json_get_text(call->json, "decision", STR("")), "accept"),
                            .reason = json_get_text(call->json, "reason", STR("")),
                            .owner = call->session->role == NULL,
                            .actor = call->actor };
        if (!json_i64(json_get(call->json, "claim"), &in.id))
                return ST_INVALID;
        if (call->within && call->within->depth > 0)
                return diag_fail(call->diag, ST_NOT_FOUND, POS_NONE, "申报由市级审定", "the city decides claims");
        TRY(read_points(call, &in.has_points, &in.points));
        _cleanup_store_tx_ StoreTx *tx = NULL;
        TRY(store_begin(call->store, STORE_WRITE, call->diag, &tx));
        TRY(assess_decide(tx, call->pack, &in, call->arena, call->diag));
        TRY(store_commit(&tx));
        JsonWriter w = json_writer(&call->reply, JSON_COMPACT);
        jw_object_begin(&w);
        jw_put_bool(&w, "done", true);
        api_put_messages(&w, call->diag);
        jw_object_end(&w);
        return jw_finish(&w);
}
