/* item_fields.c -- the fields of an item by kind: checked, canonical; quotes found in the text. */
#include "base/date.h"
#include "base/utf8.h"
#include "meeting/confirm_int.h"

enum { FIELD_TEXT_MAX = 2000, OWNERS_MAX = 200 };

typedef enum FieldType { FIELD_TEXT, FIELD_NUMBER, FIELD_TRUTH, FIELD_TEXTS } FieldType;

typedef struct FieldRule {
        const char *name;
        FieldType type;
        unsigned kinds; /* bits by MeetingKind */
} FieldRule;

#define F (1u << CONFIRM_FACT)
#define G (1u << CONFIRM_TARGET)
#define T (1u << CONFIRM_TASK)
#define I (1u << CONFIRM_INCENTIVE)
static const FieldRule rules[] = {
        { "subject", FIELD_TEXT, F | G },
        { "indicator", FIELD_TEXT, F | G },
        { "op", FIELD_TEXT, G },
        { "value", FIELD_NUMBER, F | G },
        { "value_max", FIELD_NUMBER, F | G },
        { "unit", FIELD_TEXT, F | G | I },
        { "period", FIELD_TEXT, F },
        { "change", FIELD_TEXT, F },
        { "approx", FIELD_TRUTH, F | G },
        { "missing", FIELD_TRUTH, F | G | I },
        { "deadline", FIELD_TEXT, G | T },
        { "action", FIELD_TEXT, T },
        { "owners", FIELD_TEXTS, T },
        { "cadence", FIELD_TEXT, T },
        { "beneficiary", FIELD_TEXT, I },
        { "condition", FIELD_TEXT, I },
        { "amount", FIELD_NUMBER, I },
        { "rate", FIELD_NUMBER, I },
        { "base", FIELD_TEXT, I },
        { "cap", FIELD_NUMBER, I },
};
#undef F
#undef G
#undef T
#undef I

static const char *const ops[] = { ">=", "<=", "=", "+=", "growth>=", "share>=", "covers", NULL };

static const FieldRule *rule_of(ConfirmKind kind, Str name)
{
        for (size_t i = 0; i < ARRAY_LEN(rules); i++)
                if (str_eq_c(name, rules[i].name) && (rules[i].kinds >> kind & 1))
                        return &rules[i];
        return NULL;
}

bool confirm_field_known(ConfirmKind kind, Str name)
{
        return rule_of(kind, name) != NULL;
}

static bool fits(const FieldRule *rule, const Json *v)
{
        Dec d;
        switch (rule->type) {
        case FIELD_TEXT: return v->kind == JSON_STRING && v->text.len <= FIELD_TEXT_MAX;
        case FIELD_NUMBER: return v->kind == JSON_NUMBER && json_dec(v, &d) == ST_OK;
        case FIELD_TRUTH: return v->kind == JSON_BOOL;
        case FIELD_TEXTS: break;
        }
        if (v->kind != JSON_ARRAY || v->count > OWNERS_MAX)
                return false;
        for (uint32_t i = 0; i < v->count; i++)
                if (v->items[i].kind != JSON_STRING || v->items[i].text.len > FIELD_TEXT_MAX)
                        return false;
        return true;
}

static Status check_op(const Json *fields, Diag *d)
{
        const Json *op = json_get(fields, "op");
        if (!json_is(op, JSON_STRING))
                return ST_OK;
        for (size_t i = 0; ops[i]; i++)
                if (str_eq_c(op->text, ops[i]))
                        return ST_OK;
        return diag_fail(d, ST_INVALID, POS_NONE, "“%.*s”不是比较方式（>= <= = += growth>= share>= covers）",
                         "\"%.*s\" is no comparison (>= <= = += growth>= share>= covers)", STR_FMT(op->text));
}

/* The field that says what the item is about. */
static const char *const subjects[] = { [CONFIRM_FACT] = "indicator",
                                        [CONFIRM_TARGET] = "indicator",
                                        [CONFIRM_TASK] = "action",
                                        [CONFIRM_INCENTIVE] = "beneficiary" };

Status confirm_json_text(const Json *j, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT((size_t)16 << 20);
        TRY(json_canonical(j, &b));
        Str text = arena_str(a, buf_str(&b));
        if (!text.ptr)
                return ST_NOMEM;
        *ret = text;
        return ST_OK;
}

Status confirm_json_read(Str text, Arena *a, Json **ret)
{
        Status st = json_parse(a, text, NULL, NULL, NULL, ret);
        return st == ST_INVALID ? ST_CORRUPT : st;
}

Status confirm_fields_check(ConfirmKind kind, const Json *fields, bool whole, Arena *a, Diag *d, Str *ret)
{
        if (!json_is(fields, JSON_OBJECT))
                return diag_fail(d, ST_INVALID, POS_NONE, "条目的内容应是一个对象",
                                 "the fields of an item are an object");
        for (uint32_t i = 0; i < fields->count; i++) {
                const JsonMember *m = &fields->members[i];
                const FieldRule *rule = rule_of(kind, m->key);
                if (!rule)
                        return diag_fail(d, ST_INVALID, POS_NONE, "“%s”没有“%.*s”这一项", "a %s has no \"%.*s\"",
                                         confirm_kind_name(kind), STR_FMT(m->key));
                if (m->value.kind != JSON_NULL && !fits(rule, &m->value))
                        return diag_fail(d, ST_INVALID, POS_NONE, "“%.*s”的值不合要求，或者太长",
                                         "the value of \"%.*s\" is of another kind, or too long", STR_FMT(m->key));
        }
        TRY(check_op(fields, d));
        const Json *subject = json_get(fields, subjects[kind]);
        if (whole && (!json_is(subject, JSON_STRING) || !str_trim(subject->text).len))
                return diag_fail(d, ST_INVALID, POS_NONE, "请填写“%s”", "\"%s\" is needed", subjects[kind]);
        return confirm_json_text(fields, a, ret);
}

/* ---- quotes ---- */

bool confirm_quote_find(Str text, Str quote, ConfirmCursor *at, int64_t *ret_from, int64_t *ret_to)
{
        if (!quote.len)
                return false;
        size_t start = at->byte <= text.len ? at->byte : 0;
        size_t found = str_find(str_n(text.ptr + start, text.len - start), quote);
        if (found == SIZE_MAX) {
                *at = (ConfirmCursor){ 0 };
                start = 0;
                found = str_find(text, quote);
        }
        if (found == SIZE_MAX)
                return false;
        at->point += (int64_t)utf8_len(str_n(text.ptr + at->byte, start + found - at->byte));
        at->byte = start + found;
        *ret_from = at->point;
        *ret_to = at->point + (int64_t)utf8_len(quote);
        return true;
}

Str confirm_piece(Str text, int64_t from, int64_t to)
{
        if (from < 0 || to <= from)
                return STR("");
        size_t a = utf8_offset(text, (size_t)from);
        Str rest = str_n(text.ptr + a, text.len - a);
        return str_n(rest.ptr, utf8_offset(rest, (size_t)(to - from)));
}

Status confirm_now(Arena *a, Str *ret)
{
        char at[40];
        size_t n = instant_to_text(clock_now(), at);
        *ret = arena_str(a, str_n(at, n));
        return ret->ptr ? ST_OK : ST_NOMEM;
}
