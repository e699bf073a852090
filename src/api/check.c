/* check.c -- parameters and bodies against the schemas of api/openapi.yaml. */
#include <stdio.h>

#include "api/api_int.h"
#include "base/date.h"
#include "base/period.h"
#include "base/utf8.h"

enum { WHERE_MAX = 400, DEPTH_MAX = 32 };

static Status bad(Diag *diag, const char *where, const char *zh, const char *en)
{
        diag_error(diag, POS_NONE, "%s：%s", "%s: %s", where, diag && diag->lang == LANG_EN ? en : zh);
        return ST_INVALID;
}

static Status check_text(const ApiSchema *s, Str text, const char *where, Diag *diag)
{
        size_t n = utf8_len(text);
        if (!utf8_valid(text) || (text.len && memchr(text.ptr, 0, text.len)))
                return bad(diag, where, "不是有效的文字", "not valid text");
        if (n < s->min_length)
                return n ? bad(diag, where, "太短", "too short") : bad(diag, where, "不能为空", "must not be empty");
        if (s->max_length && n > s->max_length)
                return bad(diag, where, "太长", "too long");
        Period p;
        Date d;
        if (s->format == API_PERIOD && period_parse(text, &p) != ST_OK)
                return bad(diag, where, "应为报告期，例如 2023-06", "must be a period, for example 2023-06");
        if (s->format == API_DATE && date_parse(text, &d) != ST_OK)
                return bad(diag, where, "应为日期，例如 2023-06-30", "must be a date, for example 2023-06-30");
        for (size_t i = 0; s->values; i++) {
                if (!s->values[i])
                        return bad(diag, where, "不是可选的值", "not one of the values");
                if (str_eq_c(text, s->values[i]))
                        break;
        }
        if (s->pattern && !api_pattern_fits(s->pattern, text))
                return bad(diag, where, "格式不对", "does not have the form it should");
        return ST_OK;
}

static Status check_int(const ApiSchema *s, int64_t v, const char *where, Diag *diag)
{
        if ((s->has_minimum && v < s->minimum) || (s->has_maximum && v > s->maximum))
                return bad(diag, where, "超出范围", "out of range");
        return ST_OK;
}

Status api_check_param(const ApiParam *p, Str text, Diag *diag)
{
        int64_t v;
        switch (p->schema->type) {
        case API_INTEGER:
                if (!str_to_i64(text, &v))
                        return bad(diag, p->name, "应为整数", "must be a whole number");
                return check_int(p->schema, v, p->name, diag);
        case API_BOOLEAN:
                return str_eq_c(text, "true") || str_eq_c(text, "false")
                               ? ST_OK
                               : bad(diag, p->name, "应为 true 或 false", "must be true or false");
        default: return check_text(p->schema, text, p->name, diag);
        }
}

static Status check_value(const ApiSchema *s, const Json *v, const char *where, int depth, Diag *diag);

static Status check_object(const ApiSchema *s, const Json *v, const char *where, int depth, Diag *diag)
{
        Status all = ST_OK;
        char path[WHERE_MAX];
        for (size_t i = 0; i < s->property_count; i++) {
                if (s->properties[i].required && !json_get(v, s->properties[i].name)) {
                        snprintf(path, sizeof(path), "%s.%s", where, s->properties[i].name);
                        all = bad(diag, path, "缺少", "is missing");
                }
        }
        for (size_t i = 0; i < v->count; i++) {
                const JsonMember *m = &v->members[i];
                const ApiSchema *own = s->others;
                bool known = s->others || !s->closed;
                for (size_t k = 0; k < s->property_count; k++)
                        if (str_eq_c(m->key, s->properties[k].name)) {
                                own = s->properties[k].schema;
                                known = true;
                        }
                snprintf(path, sizeof(path), "%s.%.*s", where, STR_FMT(m->key));
                if (!known)
                        all = bad(diag, path, "没有这一项", "there is no such entry");
                else if (own && check_value(own, &m->value, path, depth + 1, diag) != ST_OK)
                        all = ST_INVALID;
        }
        return all;
}

static Status check_value(const ApiSchema *s, const Json *v, const char *where, int depth, Diag *diag)
{
        int64_t n;
        char path[WHERE_MAX];
        if (depth > DEPTH_MAX)
                return bad(diag, where, "嵌套太深", "nested too deeply");
        if (json_is(v, JSON_NULL))
                return s->nullable ? ST_OK : bad(diag, where, "不能为空", "must not be null");
        switch (s->type) {
        case API_STRING:
                return json_is(v, JSON_STRING) ? check_text(s, v->text, where, diag)
                                               : bad(diag, where, "应为文字", "must be a string");
        case API_INTEGER:
                return json_i64(v, &n) ? check_int(s, n, where, diag)
                                       : bad(diag, where, "应为整数", "must be a whole number");
        case API_NUMBER: return json_is(v, JSON_NUMBER) ? ST_OK : bad(diag, where, "应为数字", "must be a number");
        case API_BOOLEAN:
                return json_is(v, JSON_BOOL) ? ST_OK : bad(diag, where, "应为 true 或 false", "must be true or false");
        case API_OBJECT:
                return json_is(v, JSON_OBJECT) ? check_object(s, v, where, depth, diag)
                                               : bad(diag, where, "应为对象", "must be an object");
        default: break;
        }
        if (!json_is(v, JSON_ARRAY))
                return bad(diag, where, "应为列表", "must be a list");
        if (s->max_items && v->count > s->max_items)
                return bad(diag, where, "太多项", "too many items");
        Status all = ST_OK;
        for (size_t i = 0; s->items && i < v->count; i++) {
                snprintf(path, sizeof(path), "%s[%zu]", where, i);
                if (check_value(s->items, json_at(v, i), path, depth + 1, diag) != ST_OK)
                        all = ST_INVALID;
        }
        return all;
}

Status api_check_value(const ApiSchema *s, const Json *value, const char *where, Diag *diag)
{
        return check_value(s, value, where, 0, diag);
}
