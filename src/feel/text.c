/* text.c -- values as text: FEEL literals, and what string() gives. */
#include "feel/feel_int.h"
#include "feel/lex.h"
#include "feel/program.h"

#define TEXT_DEPTH 1000

static void put(const FeelValue *v, Buf *out, int depth);

static void put_quoted(Str s, Buf *out)
{
        buf_putc(out, '"');
        size_t from = 0;
        for (size_t i = 0; i < s.len; i++) {
                unsigned char c = (unsigned char)s.ptr[i];
                if (c != '"' && c != '\\' && c >= 0x20)
                        continue;
                buf_put(out, s.ptr + from, i - from);
                from = i + 1;
                switch (c) {
                case '"': buf_puts(out, "\\\""); break;
                case '\\': buf_puts(out, "\\\\"); break;
                case '\n': buf_puts(out, "\\n"); break;
                case '\r': buf_puts(out, "\\r"); break;
                case '\t': buf_puts(out, "\\t"); break;
                default: buf_printf(out, "\\u%04X", c); break;
                }
        }
        buf_put(out, s.ptr + from, s.len - from);
        buf_putc(out, '"');
}

/* The text of a temporal value, without @"". */
static void put_temporal(const FeelValue *v, Buf *out)
{
        char text[FEEL_TEMPORAL_TEXT_MAX];
        size_t n;
        switch (v->kind) {
        case FEEL_DATE: n = feel_date_text(v->date, text); break;
        case FEEL_TIME: n = feel_time_text(&v->time, text); break;
        case FEEL_DATE_TIME: n = feel_date_time_text(&v->date_time, text); break;
        case FEEL_DAYS_DURATION: n = feel_days_duration_text(v->duration, text); break;
        default: n = feel_months_duration_text(v->months, text); break;
        }
        buf_put(out, text, n);
}

static void put_number(Dec d, Buf *out)
{
        char text[DEC_TEXT_MAX];
        buf_put(out, text, dec_to_text(d, text));
}

static void put_range(const FeelRange *r, Buf *out, int depth)
{
        if (r->low.kind == FEEL_NULL && !r->low_closed) {
                buf_puts(out, r->high_closed ? "(<=" : "(<");
                put(&r->high, out, depth + 1);
                buf_putc(out, ')');
        } else if (r->high.kind == FEEL_NULL && !r->high_closed) {
                buf_puts(out, r->low_closed ? "(>=" : "(>");
                put(&r->low, out, depth + 1);
                buf_putc(out, ')');
        } else {
                buf_putc(out, r->low_closed ? '[' : '(');
                put(&r->low, out, depth + 1);
                buf_puts(out, "..");
                put(&r->high, out, depth + 1);
                buf_putc(out, r->high_closed ? ']' : ')');
        }
}

static void put_function(const FeelFunction *f, Buf *out)
{
        buf_puts(out, "function(");
        for (size_t i = 0; i < feel_fn_params(f); i++) {
                if (i)
                        buf_puts(out, ", ");
                buf_put_str(out, feel_fn_param_name(f, i));
        }
        buf_putc(out, ')');
}

static void put(const FeelValue *v, Buf *out, int depth)
{
        if (depth > TEXT_DEPTH) {
                buf_puts(out, "…");
                return;
        }
        if (out->failed != ST_OK)
                return;         /* shared parts may make the text far longer than the value */
        switch (v->kind) {
        case FEEL_NULL:
                buf_puts(out, "null");
                break;
        case FEEL_BOOLEAN:
                buf_puts(out, v->boolean ? "true" : "false");
                break;
        case FEEL_NUMBER:
                put_number(v->number, out);
                break;
        case FEEL_STRING:
                put_quoted(v->string, out);
                break;
        case FEEL_LIST:
                buf_putc(out, '[');
                for (size_t i = 0; i < v->list.len && out->failed == ST_OK; i++) {
                        if (i)
                                buf_puts(out, ", ");
                        put(&v->list.items[i], out, depth + 1);
                }
                buf_putc(out, ']');
                break;
        case FEEL_CONTEXT:
                buf_putc(out, '{');
                for (size_t i = 0; i < feel_shape_len(v->context.shape) && out->failed == ST_OK; i++) {
                        Str key = feel_shape_key(v->context.shape, i);
                        if (i)
                                buf_puts(out, ", ");
                        if (feel_is_plain_name(key))
                                buf_put_str(out, key);
                        else
                                put_quoted(key, out);
                        buf_puts(out, ": ");
                        put(&v->context.values[i], out, depth + 1);
                }
                buf_putc(out, '}');
                break;
        case FEEL_RANGE:
                put_range(v->range, out, depth);
                break;
        case FEEL_FUNCTION:
                put_function(v->function, out);
                break;
        case FEEL_UNKNOWN:
                buf_puts(out, "unknown(");
                for (size_t i = 0; i < v->unknown.len; i++) {
                        if (i)
                                buf_puts(out, ", ");
                        buf_put_str(out, v->unknown.names[i]);
                }
                buf_putc(out, ')');
                break;
        default:
                buf_puts(out, "@\"");
                put_temporal(v, out);
                buf_putc(out, '"');
                break;
        }
}

void feel_to_text(const FeelValue *v, Buf *out)
{
        put(v, out, 0);
}

void feel_to_string(const FeelValue *v, Buf *out)
{
        switch (v->kind) {
        case FEEL_STRING:
                buf_put_str(out, v->string);
                break;
        case FEEL_DATE:
        case FEEL_TIME:
        case FEEL_DATE_TIME:
        case FEEL_DAYS_DURATION:
        case FEEL_MONTHS_DURATION:
                put_temporal(v, out);
                break;
        default:
                put(v, out, 0);
                break;
        }
}
