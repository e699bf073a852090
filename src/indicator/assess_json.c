/* assess_json.c -- the table of scores as JSON: what is shown, frozen and hashed. */
#include "indicator/assess_int.h"

static const char *const slot_names[PACK_LINE_SLOTS] = {
        [PACK_LINE_ACTUAL] = "actual",       [PACK_LINE_TARGET] = "target",     [PACK_LINE_BASE] = "base",
        [PACK_LINE_PROGRESS] = "progress",   [PACK_LINE_SHARE] = "share",       [PACK_LINE_BEHIND] = "behind",
        [PACK_LINE_WEIGHT] = "weight",       [PACK_LINE_MET] = "met",           [PACK_LINE_LATE] = "late",
        [PACK_LINE_MONTH] = "month",         [PACK_LINE_PREVIOUS] = "previous", [PACK_LINE_MEAN] = "group mean",
        [PACK_LINE_MIN] = "group min",       [PACK_LINE_MAX] = "group max",     [PACK_LINE_RANK] = "rank",
        [PACK_LINE_COUNT] = "group count",   [PACK_LINE_VALUES] = "values",
};

static void put_title(JsonWriter *w, const char *key, PackTitle t)
{
        jw_put_object(w, key);
        jw_put_str(w, "zh", t.zh.ptr ? t.zh : STR(""));
        jw_put_str(w, "en", t.en.len ? t.en : t.zh.ptr ? t.zh : STR(""));
        jw_object_end(w);
}

static void put_dec(JsonWriter *w, const char *key, Dec d)
{
        char text[DEC_TEXT_MAX];
        jw_put_str(w, key, str_n(text, dec_to_text(d, text)));
}

static void put_value(JsonWriter *w, const char *key, const FeelValue *v)
{
        if (feel_is(v, FEEL_NUMBER))
                put_dec(w, key, v->number);
        else
                jw_put_null(w, key);
}

static void put_missing(JsonWriter *w, const FeelValue *v)
{
        jw_put_array(w, "missing");
        for (size_t i = 0; feel_is(v, FEEL_UNKNOWN) && i < v->unknown.len; i++)
                jw_str(w, v->unknown.names[i]);
        jw_array_end(w);
}

static Status put_inputs(JsonWriter *w, const AssessPoint *p)
{
        jw_put_array(w, "inputs");
        for (size_t s = 0; s < PACK_LINE_SLOTS; s++) {
                if (!p->used[s] || s == PACK_LINE_VALUES)
                        continue;
                _cleanup_buf_ Buf text = BUF_INIT(1 << 16);
                feel_to_string(&p->in[s], &text);
                TRY(buf_status(&text));
                jw_object_begin(w);
                jw_put_cstr(w, "name", slot_names[s]);
                if (feel_is(&p->in[s], FEEL_UNKNOWN) || feel_is(&p->in[s], FEEL_NULL))
                        jw_put_null(w, "value");
                else
                        jw_put_str(w, "value", buf_str(&text));
                jw_object_end(w);
        }
        jw_array_end(w);
        return ST_OK;
}

static Status put_point(JsonWriter *w, const AssessPoint *p)
{
        char text[16];
        jw_object_begin(w);
        jw_put_str(w, "line", p->name);
        put_title(w, "title", p->title);
        if (p->indicator)
                jw_put_str(w, "indicator", p->indicator->name);
        else
                jw_put_null(w, "indicator");
        if (p->period.year)
                jw_put_str(w, "period", str_n(text, period_to_text(p->period, text)));
        else
                jw_put_null(w, "period");
        jw_put_str(w, "measure", p->measure.ptr ? p->measure : STR(""));
        put_dec(w, "weight", p->weight);
        if (p->has_target)
                put_dec(w, "target", p->target);
        else
                jw_put_null(w, "target");
        put_value(w, "actual", &p->actual);
        put_value(w, "points", &p->points);
        put_missing(w, &p->points);
        jw_put_str(w, "method", p->method->name);
        put_title(w, "method_title", p->method->title);
        jw_put_str(w, "rule", p->missing_rule ? p->method->missing.text : p->method->points.text);
        jw_put_bool(w, "missing_rule", p->missing_rule);
        if (p->given)
                jw_put_i64(w, "given_by", p->given->id);
        else
                jw_put_null(w, "given_by");
        TRY(put_inputs(w, p));
        jw_object_end(w);
        return ST_OK;
}

static void put_extra(JsonWriter *w, const AssessExtra *x)
{
        static const char *const kinds[] = {
                [PACK_BONUS] = "bonus", [PACK_DEDUCTION] = "deduction", [PACK_VETO] = "veto"
        };
        const AssessClaim *c = x->claim;
        jw_object_begin(w);
        jw_put_i64(w, "claim", c->id);
        jw_put_cstr(w, "kind", kinds[c->definition->kind]);
        jw_put_str(w, "item", c->item);
        put_title(w, "title", c->definition->title);
        jw_put_str(w, "matter", c->matter);
        jw_put_str(w, "evidence", c->evidence);
        jw_put_cstr(w, "state", assess_state_name(c->state));
        put_dec(w, "points", c->has_points ? c->points : c->definition->points);
        put_dec(w, "counted", x->counted);
        put_title(w, "note", (PackTitle){ str_c(x->note_zh ? x->note_zh : ""), str_c(x->note_en ? x->note_en : "") });
        jw_put_str(w, "reason", c->reason);
        jw_object_end(w);
}

static Status put_row(JsonWriter *w, const AssessRow *r)
{
        char text[16];
        jw_object_begin(w);
        jw_put_str(w, "subject", r->subject);
        put_title(w, "title", r->name);
        if (r->unit)
                jw_put_str(w, "unit", r->unit->code);
        else
                jw_put_null(w, "unit");
        jw_put_i64(w, "letter", r->letter);
        if (r->rank)
                jw_put_i64(w, "rank", r->rank);
        else
                jw_put_null(w, "rank");
        put_value(w, "base", &r->base);
        put_dec(w, "bonus", r->bonus);
        put_dec(w, "deductions", r->deductions);
        put_dec(w, "ladder", r->ladder);
        jw_put_bool(w, "veto", r->veto);
        put_value(w, "total", &r->total);
        put_missing(w, &r->total);
        if (r->grade) {
                jw_put_str(w, "grade", r->grade->name);
                put_title(w, "grade_title", r->grade->title);
        } else {
                jw_put_null(w, "grade");
                put_title(w, "grade_title", (PackTitle){ STR(""), STR("") });
        }
        jw_put_array(w, "lines");
        for (size_t i = 0; i < r->count; i++)
                TRY(put_point(w, &r->points[i]));
        jw_array_end(w);
        jw_put_array(w, "extras");
        for (size_t i = 0; i < r->extra_count; i++)
                put_extra(w, &r->extras[i]);
        jw_array_end(w);
        jw_put_array(w, "steps");
        for (size_t i = 0; i < r->step_count; i++) {
                jw_object_begin(w);
                jw_put_i64(w, "case", r->steps[i].id);
                jw_put_str(w, "title", r->steps[i].title);
                jw_put_str(w, "step", r->steps[i].step);
                jw_put_str(w, "period", str_n(text, period_to_text(r->steps[i].period, text)));
                put_dec(w, "points", r->steps[i].points);
                jw_object_end(w);
        }
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}

Status assess_put(const AssessRun *r, JsonWriter *w)
{
        jw_object_begin(w);
        jw_put_str(w, "assessment", r->assessment->name);
        put_title(w, "title", r->assessment->title);
        jw_put_i64(w, "year", r->year);
        jw_put_str(w, "total_rule", r->assessment->total.text);
        jw_put_array(w, "rows");
        for (size_t i = 0; i < r->count; i++)
                TRY(put_row(w, &r->rows[i]));
        jw_array_end(w);
        jw_object_end(w);
        return ST_OK;
}
