/* value.c -- one value of a field: at rest, in expressions, and as text. */
#include <pthread.h>
#include <stdio.h>

#include "codec/json.h"
#include "pack/scope.h"
#include "register/register_int.h"

bool register_value_eq(const PackField *field, const RegisterValue *a, const RegisterValue *b)
{
        if (a->known != b->known)
                return false;
        if (!a->known)
                return true;
        return register_is_int(field) ? a->i64 == b->i64 : str_eq(a->text, b->text);
}

/* Texts of the periods that are not years: 1900-H1 … 2999-12, made once, so that values can point at them. */
enum { PERIOD_FIRST = 1900, PERIOD_YEARS = 1100, PERIOD_SLOTS = 18, PERIOD_TEXT = 8 };
static char period_texts[PERIOD_YEARS * PERIOD_SLOTS][PERIOD_TEXT];
static pthread_once_t period_once = PTHREAD_ONCE_INIT;

static size_t period_at(Period p)
{
        size_t within = p.kind == PERIOD_MONTH     ? (size_t)p.index - 1
                        : p.kind == PERIOD_QUARTER ? 11 + (size_t)p.index
                                                   : 15 + (size_t)p.index;
        return (size_t)(p.year - PERIOD_FIRST) * PERIOD_SLOTS + within;
}

static void make_period_texts(void)
{
        static const struct {
                PeriodKind kind;
                int count;
        } kinds[] = { { PERIOD_MONTH, 12 }, { PERIOD_QUARTER, 4 }, { PERIOD_HALF, 2 } };
        for (int y = 0; y < PERIOD_YEARS; y++)
                for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
                        for (int i = 1; i <= kinds[k].count; i++) {
                                Period p = { kinds[k].kind, PERIOD_FIRST + y, i };
                                char text[16];
                                memcpy(period_texts[period_at(p)], text, period_to_text(p, text) + 1);
                        }
}

static Str period_text_of(Period p)
{
        pthread_once(&period_once, make_period_texts);
        return str_c(period_texts[period_at(p)]);
}

FeelValue register_value_feel(const PackField *field, const RegisterValue *v)
{
        if (!v->known)
                return feel_null();
        if (!register_is_int(field))
                return feel_string(v->text);
        switch (field->type) {
        case PACK_BOOLEAN: return feel_bool(v->i64 != 0);
        case PACK_DATE: return feel_date(date_from_days(v->i64));
        case PACK_PERIOD: {
                Period p;
                if (period_from_int(v->i64, &p) != ST_OK)
                        return feel_null();
                return p.kind == PERIOD_YEAR ? feel_i64(p.year) : feel_string(period_text_of(p));
        }
        default: return feel_number(dec_from_scaled(v->i64, field->scale));
        }
}

/* What dec_to_text says of dec_from_scaled, without the way through decimals. */
static void put_scaled(Buf *out, int64_t v, int scale)
{
        char digits[48];
        size_t end = sizeof(digits), at = end;
        uint64_t rest = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
        bool written = false;
        for (int i = 0; rest || i <= scale; i++, rest /= 10) {
                char digit = (char)('0' + rest % 10);
                if (i == scale && written)
                        digits[--at] = '.';
                if (i < scale && !written && digit == '0')
                        continue; /* zeros at the end of the fraction */
                written = written || i < scale;
                digits[--at] = digit;
        }
        if (v < 0)
                digits[--at] = '-';
        buf_put(out, digits + at, end - at);
}

void register_value_text(const PackField *field, const RegisterValue *v, Buf *out)
{
        if (!v->known)
                return;
        if (!register_is_int(field)) {
                buf_put_str(out, v->text);
                return;
        }
        char text[32];
        Period p;
        switch (field->type) {
        case PACK_BOOLEAN: buf_puts(out, v->i64 ? "是" : "否"); return;
        case PACK_DATE:
                date_to_text(date_from_days(v->i64), text);
                buf_puts(out, text);
                return;
        case PACK_PERIOD:
                if (period_from_int(v->i64, &p) == ST_OK) {
                        period_to_text(p, text);
                        buf_puts(out, text);
                }
                return;
        default: put_scaled(out, v->i64, field->scale);
        }
}

/* 1234567.5 as 1,234,567.50 */
static void put_grouped(Buf *out, int64_t v, int scale)
{
        char digits[32], text[64];
        uint64_t magnitude = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
        int n = snprintf(digits, sizeof(digits), "%0*llu", scale + 1, (unsigned long long)magnitude);
        int whole = n - scale, k = 0;
        if (v < 0)
                text[k++] = '-';
        for (int i = 0; i < whole; i++) {
                if (i && (whole - i) % 3 == 0)
                        text[k++] = ',';
                text[k++] = digits[i];
        }
        buf_put(out, text, (size_t)k);
        if (scale) {
                buf_putc(out, '.');
                buf_put(out, digits + whole, (size_t)scale);
        }
}

/* The text itself, or the title of what it is the code of. */
static Str shown_text(const Pack *pack, const PackField *field, Str text, Lang lang)
{
        const PackCode *c = field->type == PACK_CODE ? pack_code(field->list, text) : NULL;
        const PackUnit *u = field->type == PACK_UNIT ? pack_unit(pack, text) : NULL;
        return c ? pack_title(c->title, lang) : u ? pack_title(u->title, lang) : text;
}

static bool put_list_shown(const Pack *pack, const PackField *field, Str text, Lang lang, Buf *out)
{
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        Json *list = NULL;
        if (!a || json_parse(a, text, NULL, NULL, NULL, &list) != ST_OK)
                return false;
        for (size_t i = 0; json_at(list, i); i++) {
                if (i)
                        buf_puts(out, lang == LANG_EN ? ", " : "、");
                buf_put_str(out, shown_text(pack, field, json_at(list, i)->text, lang));
        }
        return true;
}

void register_value_shown(const Pack *pack, const PackField *field, const RegisterValue *v, Lang lang, Buf *out)
{
        if (!v->known || (field->many && put_list_shown(pack, field, v->text, lang, out)))
                return;
        if (register_is_int(field) && pack_type_is_number(field->type)) {
                put_grouped(out, v->i64, field->scale);
                return;
        }
        if (field->type == PACK_CODE || field->type == PACK_UNIT)
                buf_put_str(out, shown_text(pack, field, v->text, lang));
        else
                register_value_text(field, v, out);
}

Status register_key_text(const PackRegister *reg, const RegisterValue *values, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(4096), part = BUF_INIT(4096);
        for (size_t i = 0; i < reg->key_count; i++) {
                const PackField *f = reg->key[i];
                buf_clear(&part);
                register_value_text(f, &values[f->index], &part);
                TRY(buf_status(&part));
                if (i)
                        buf_putc(&b, '|');
                for (size_t k = 0; k < part.len; k++) {
                        /* The parent's key is a key text already: its bars separate. */
                        if ((part.ptr[k] == '|' || part.ptr[k] == '\\') && f->role != PACK_FIELD_PARENT)
                                buf_putc(&b, '\\');
                        buf_putc(&b, part.ptr[k]);
                }
        }
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

/* An item as it stands at rest, read back; null when it is of an older program and none of the type. */
static FeelValue item_value(const PackField *field, Str text)
{
        Dec d;
        Date day;
        Period p;
        if (pack_type_is_number(field->type))
                return dec_parse(text, &d) == ST_OK ? feel_number(d) : feel_null();
        switch (field->type) {
        case PACK_BOOLEAN:
                return str_eq(text, STR("是")) ? feel_bool(true) : str_eq(text, STR("否")) ? feel_bool(false)
                                                                                           : feel_null();
        case PACK_DATE: return date_parse(text, &day) == ST_OK ? feel_date(day) : feel_null();
        case PACK_PERIOD:
                if (field->period != PERIOD_YEAR)
                        return feel_string(text);
                return period_parse(text, &p) == ST_OK && p.kind == PERIOD_YEAR ? feel_i64(p.year) : feel_null();
        default: return feel_string(text);
        }
}

/* A list at rest is a JSON array of texts. */
static Status many_value(const PackField *field, const RegisterValue *v, Arena *a, FeelValue *ret)
{
        Json *list;
        TRY(json_parse(a, v->text, NULL, NULL, NULL, &list));
        FeelValue *items = arena_array_of(a, FeelValue, list->count + 1);
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; json_at(list, i); i++)
                items[i] = item_value(field, json_at(list, i)->text);
        *ret = feel_list(items, list->kind == JSON_ARRAY ? list->count : 0);
        return ST_OK;
}

Status register_any_feel(const PackField *field, const RegisterValue *v, Arena *a, FeelValue *ret)
{
        if (field->many && v->known)
                return many_value(field, v, a, ret);
        *ret = register_value_feel(field, v);
        return ST_OK;
}

static Status fill_values(const PackRegister *reg, const RegisterValue *values, Arena *a, FeelValue *out)
{
        for (size_t i = 0; i < reg->field_count; i++)
                TRY(register_any_feel(&reg->fields[i], &values[i], a, &out[i]));
        return ST_OK;
}

Status register_scope_inputs(const PackRegister *reg, const RegisterValue *values, Arena *a, FeelValue **ret,
                             size_t *ret_n)
{
        size_t n = feel_scope_len(reg->scope);
        FeelValue *in = arena_array_of(a, FeelValue, n + 1);
        if (!in)
                return ST_NOMEM;
        TRY(fill_values(reg, values, a, in)); /* slot i is field i */
        *ret = in;
        *ret_n = n;
        return ST_OK;
}

Status register_scope_for(const PackRegister *reg, const RegisterValue *values, const FeelProgram *const *programs,
                          size_t count, Arena *a, FeelValue **ret, size_t *ret_n)
{
        size_t n = feel_scope_len(reg->scope);
        FeelValue *in = arena_array_of(a, FeelValue, n + 1); /* zero is null */
        if (!in)
                return ST_NOMEM;
        for (uint32_t i = 0; i < reg->field_count; i++)
                for (size_t k = 0; k < count && values[i].known; k++)
                        if (feel_program_uses(programs[k], i)) {
                                TRY(register_any_feel(&reg->fields[i], &values[i], a, &in[i]));
                                break;
                        }
        *ret = in;
        *ret_n = n;
        return ST_OK;
}

Status register_context(const PackRegister *reg, const RegisterValue *values, Arena *a, FeelValue *ret)
{
        FeelValue *v = arena_array_of(a, FeelValue, reg->field_count + 1);
        if (!v)
                return ST_NOMEM;
        TRY(fill_values(reg, values, a, v));
        *ret = feel_context(pack_register_shape(reg), v);
        return ST_OK;
}

bool register_value_of_feel(const PackField *field, const FeelValue *v, Arena *a, RegisterValue *ret)
{
        RegisterValue r = { .text = STR_NONE, .known = true };
        switch (v->kind) {
        case FEEL_NULL:
        case FEEL_UNKNOWN: *ret = (RegisterValue){ 0 }; return true;
        case FEEL_BOOLEAN: r.i64 = v->boolean; break;
        case FEEL_NUMBER:
                if (!register_is_int(field) || !dec_to_scaled_round(v->number, field->scale, DEC_HALF_UP, &r.i64))
                        return false;
                break;
        case FEEL_DATE: r.i64 = date_to_days(v->date); break;
        case FEEL_STRING:
                r.text = arena_str(a, v->string);
                if (!r.text.ptr || register_is_int(field))
                        return false;
                break;
        default: return false;
        }
        if ((v->kind == FEEL_BOOLEAN && field->type != PACK_BOOLEAN) ||
            (v->kind == FEEL_DATE && field->type != PACK_DATE))
                return false;
        *ret = r;
        return true;
}

Status register_compute(const Pack *pack, const PackRegister *reg, FeelExec *x, RegisterValue *values, Arena *a)
{
        (void)pack;
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (register_stored(f))
                        continue;
                FeelValue *in, out;
                size_t n;
                const FeelProgram *program = f->computed.program;
                TRY(register_scope_for(reg, values, &program, 1, a, &in, &n));
                TRY(feel_eval(x, program, in, n, &out));
                if (!register_value_of_feel(f, &out, a, &values[i]))
                        values[i] = (RegisterValue){ 0 };
        }
        return ST_OK;
}

void register_search_text(const PackRegister *reg, const RegisterValue *values, Buf *out)
{
        for (size_t i = 0; i < reg->field_count; i++) {
                const PackField *f = &reg->fields[i];
                if (!f->search || !register_stored(f) || register_is_int(f) || !values[i].known)
                        continue;
                if (out->len)
                        buf_putc(out, ' ');
                buf_put_str(out, values[i].text);
        }
}

bool register_sorts_by_sound(const PackRegister *reg)
{
        return reg->label->type == PACK_TEXT && !reg->label->many && register_stored(reg->label);
}

Status register_sort_key(Collator *c, const PackRegister *reg, const RegisterValue *values, Buf *out)
{
        static const char hex[] = "0123456789abcdef";
        const RegisterValue *v = &values[reg->label->index];
        _cleanup_buf_ Buf key = BUF_INIT(1 << 20);
        if (!v->known)
                return ST_OK;
        TRY(collator_key(c, v->text, &key));
        char *to = buf_reserve(out, 2 * key.len);
        if (!to)
                return buf_status(out);
        for (size_t i = 0; i < key.len; i++) {
                *to++ = hex[(unsigned char)key.ptr[i] >> 4];
                *to++ = hex[(unsigned char)key.ptr[i] & 15];
        }
        out->len += 2 * key.len;
        return buf_status(out);
}
