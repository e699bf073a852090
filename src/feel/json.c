/* json.c -- values from JSON and plain text, and to JSON. */
#include "feel/feel_json.h"
#include "feel/feel_int.h"

static bool temporal(Str s, FeelTypeKind kind, FeelValue *ret)
{
        Date date;
        FeelTime time;
        FeelDateTime dt;
        FeelDuration duration;
        int64_t months;
        switch (kind) {
        case FEEL_T_DATE:
                if (!feel_parse_date(s, &date))
                        return false;
                *ret = feel_date(date);
                return true;
        case FEEL_T_TIME:
                if (!feel_parse_time(s, &time))
                        return false;
                *ret = feel_time(time);
                return true;
        case FEEL_T_DATE_TIME:
                if (feel_parse_date(s, &date))
                        dt = (FeelDateTime){ .date = date };
                else if (!feel_parse_date_time(s, &dt))
                        return false;
                *ret = feel_date_time(dt);
                return true;
        case FEEL_T_DAYS_DURATION:
                if (!feel_parse_days_duration(s, &duration))
                        return false;
                *ret = feel_duration(duration);
                return true;
        case FEEL_T_MONTHS_DURATION:
                if (!feel_parse_months_duration(s, &months))
                        return false;
                *ret = feel_months(months);
                return true;
        default:
                return false;
        }
}

Status feel_from_text(Arena *a, Str text, const FeelType *type, bool *ret_ok, FeelValue *ret)
{
        FeelTypeKind kind = type ? type->kind : FEEL_T_ANY;
        Dec d;
        *ret_ok = true;
        *ret = feel_null();
        if (kind == FEEL_T_ANY || kind == FEEL_T_STRING) {
                *ret = feel_string(arena_str(a, text));
                return ret->string.ptr ? ST_OK : ST_NOMEM;
        }
        text = str_trim(text);
        if (kind == FEEL_T_NUMBER) {
                *ret_ok = dec_parse(text, &d) == ST_OK;
                if (*ret_ok)
                        *ret = feel_number(d);
        } else if (kind == FEEL_T_BOOLEAN) {
                *ret_ok = str_eq_c(text, "true") || str_eq_c(text, "false");
                if (*ret_ok)
                        *ret = feel_bool(str_eq_c(text, "true"));
        } else {
                *ret_ok = temporal(text, kind, ret);
        }
        return ST_OK;
}

static const FeelType *field_type(const FeelType *type, Str key)
{
        for (size_t i = 0; type && type->kind == FEEL_T_CONTEXT && i < type->field_count; i++)
                if (str_eq(type->fields[i].name, key))
                        return type->fields[i].type;
        return NULL;
}

static Status from_object(Arena *a, const Json *j, const FeelType *type, const char *file, Diag *d, FeelValue *ret)
{
        Str *keys = arena_array_of(a, Str, j->count);
        FeelValue *values = arena_array_of(a, FeelValue, j->count);
        const FeelShape *shape;
        if (!keys || !values)
                return ST_NOMEM;
        for (size_t i = 0; i < j->count; i++) {
                keys[i] = j->members[i].key;
                TRY(feel_from_json(a, &j->members[i].value, field_type(type, keys[i]), file, d, &values[i]));
        }
        TRY(feel_shape_new(a, keys, j->count, &shape));
        *ret = feel_context(shape, values);
        return ST_OK;
}

static Status from_array(Arena *a, const Json *j, const FeelType *type, const char *file, Diag *d, FeelValue *ret)
{
        const FeelType *element = type && type->kind == FEEL_T_LIST ? type->element : type;
        FeelValue *items = arena_array_of(a, FeelValue, j->count);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < j->count; i++)
                TRY(feel_from_json(a, &j->items[i], element, file, d, &items[i]));
        *ret = feel_list(items, j->count);
        return ST_OK;
}

Status feel_from_json(Arena *a, const Json *j, const FeelType *type, const char *file, Diag *d, FeelValue *ret)
{
        Dec number;
        *ret = feel_null();
        switch ((JsonKind)j->kind) {
        case JSON_NULL:
                return ST_OK;
        case JSON_BOOL:
                *ret = feel_bool(j->truth);
                return ST_OK;
        case JSON_NUMBER:
                if (json_dec(j, &number) != ST_OK)
                        return diag_fail(d, ST_LIMIT, json_pos(j, file), "数“%.*s”超出 34 位有效数字或范围",
                                         "the number %.*s does not fit 34 digits", STR_FMT(j->text));
                *ret = feel_number(number);
                return ST_OK;
        case JSON_STRING:
                if (type && type->kind == FEEL_T_LIST && type->element)
                        type = type->element;
                if (!type || !temporal(j->text, type->kind, ret))
                        *ret = feel_string(j->text);
                return ST_OK;
        case JSON_ARRAY:
                return from_array(a, j, type, file, d, ret);
        case JSON_OBJECT:
                return from_object(a, j, type, file, d, ret);
        }
        return ST_INTERNAL;
}

static void put_text(const FeelValue *v, JsonWriter *w)
{
        _cleanup_buf_ Buf b = BUF_INIT(16 << 20);
        feel_to_string(v, &b);
        if (buf_status(&b) != ST_OK)
                w->out->failed = buf_status(&b);
        jw_str(w, buf_str(&b));
}

void feel_to_json(const FeelValue *v, JsonWriter *w)
{
        switch ((FeelKind)v->kind) {
        case FEEL_NULL:
                jw_null(w);
                return;
        case FEEL_UNKNOWN:
                jw_object_begin(w);
                jw_put_array(w, "unknown");
                for (size_t i = 0; i < v->unknown.len; i++)
                        jw_str(w, v->unknown.names[i]);
                jw_array_end(w);
                jw_object_end(w);
                return;
        case FEEL_BOOLEAN:
                jw_bool(w, v->boolean);
                return;
        case FEEL_NUMBER:
                jw_dec(w, v->number);
                return;
        case FEEL_STRING:
                jw_str(w, v->string);
                return;
        case FEEL_LIST:
                jw_array_begin(w);
                for (size_t i = 0; i < v->list.len; i++)
                        feel_to_json(&v->list.items[i], w);
                jw_array_end(w);
                return;
        case FEEL_CONTEXT:
                jw_object_begin(w);
                for (size_t i = 0; i < feel_shape_len(v->context.shape); i++) {
                        jw_key(w, feel_shape_key(v->context.shape, i));
                        feel_to_json(&v->context.values[i], w);
                }
                jw_object_end(w);
                return;
        default:
                put_text(v, w);
        }
}
