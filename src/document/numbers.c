/* numbers.c -- figures, numerals and dates as official documents write them. */
#include "document/document_int.h"

enum { DIGITS_MAX = 20 };

/* Text of "1234.50" with a comma before every third digit of the whole part. */
static void put_grouped(Str plain, Buf *out)
{
        size_t start = plain.len && plain.ptr[0] == '-', end = start;
        while (end < plain.len && plain.ptr[end] != '.')
                end++;
        for (size_t i = 0; i < plain.len; i++) {
                if (i > start && i < end && (end - i) % 3 == 0)
                        buf_putc(out, ',');
                buf_putc(out, plain.ptr[i]);
        }
}

Status doc_format(Dec d, int64_t digits, Arena *a, Str *ret)
{
        if (digits < 0 || digits > DIGITS_MAX)
                return ST_LIMIT;
        Dec rounded = dec_quantize(d, (int)digits, DEC_HALF_UP);
        if (dec_is_nan(rounded))
                rounded = dec_round(d, (int)digits, DEC_HALF_UP);
        if (dec_is_zero(rounded))
                rounded = dec_quantize(dec_zero(), (int)digits, DEC_HALF_UP);
        char text[DEC_TEXT_MAX];
        size_t n = dec_to_text_exact(rounded, text);
        _cleanup_buf_ Buf out = BUF_INIT(2 * DEC_TEXT_MAX);
        put_grouped(str_n(text, n), &out);
        TRY(buf_status(&out));
        *ret = arena_str(a, buf_str(&out));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

void doc_numeral(unsigned n, Buf *out)
{
        static const char *const digits[] = { "〇", "一", "二", "三", "四", "五", "六", "七", "八", "九" };
        if (n > 99) {
                buf_printf(out, "%u", n);
                return;
        }
        if (n >= 20)
                buf_puts(out, digits[n / 10]);
        if (n >= 10)
                buf_puts(out, "十");
        if (n % 10 || n == 0)
                buf_puts(out, digits[n % 10]);
}

void doc_date(Date d, Lang lang, Buf *out)
{
        char iso[24];
        if (lang == LANG_EN)
                buf_put(out, iso, date_to_text(d, iso));
        else
                buf_printf(out, "%d年%d月%d日", d.year, d.month, d.day);
}

typedef struct Shape {
        const char *suffix;
        int shift;              /* digits the value moves down: 8 for 亿 */
        int64_t digits;         /* when left out */
} Shape;

static Status fn_shape(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        const Shape *s = user;
        int64_t digits = s->digits;
        *ret = feel_null();
        if (!feel_is(&args[0], FEEL_NUMBER))
                return ST_OK;           /* null fits every type */
        if (n > 1 && !feel_is(&args[1], FEEL_NULL) && !dec_to_i64(args[1].number, &digits))
                digits = -1;
        if (digits < 0 || digits > DIGITS_MAX)
                return feel_null_because(x, ret, "小数位数应为 0 到 %d 的整数",
                                         "digits must be a whole number from 0 to %d", DIGITS_MAX);
        Arena *a = feel_exec_arena(x);
        Str text;
        TRY(doc_format(dec_mul(args[0].number, dec_from_scaled(1, s->shift)), digits, a, &text));
        char *whole = arena_printf(a, "%.*s%s", STR_FMT(text), s->suffix);
        if (!whole)
                return ST_NOMEM;
        *ret = feel_string(str_c(whole));
        return ST_OK;
}

static Status fn_numeral(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)user;
        (void)n;
        int64_t v;
        if (!feel_is(&args[0], FEEL_NUMBER) || !dec_to_i64(args[0].number, &v) || v < 0 || v > 99)
                return feel_null_because(x, ret, "应为 0 到 99 的整数", "a whole number from 0 to 99 is wanted");
        _cleanup_buf_ Buf out = BUF_INIT(64);
        doc_numeral((unsigned)v, &out);
        TRY(buf_status(&out));
        Str s = arena_str(feel_exec_arena(x), buf_str(&out));
        if (!s.ptr)
                return ST_NOMEM;
        *ret = feel_string(s);
        return ST_OK;
}

/* Both as they are shown, so that the difference is the one a reader finds. */
static Status fn_compare(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        (void)user;
        (void)n;
        int64_t digits;
        *ret = feel_null();
        for (size_t i = 0; i < 6; i++)
                if (!feel_is(&args[i], i < 3 ? FEEL_NUMBER : FEEL_STRING))
                        return ST_OK;   /* null fits every type */
        if (!dec_to_i64(args[2].number, &digits) || digits < 0 || digits > DIGITS_MAX)
                return feel_null_because(x, ret, "小数位数应为 0 到 %d 的整数",
                                         "digits must be a whole number from 0 to %d", DIGITS_MAX);
        Dec now = dec_round(args[0].number, (int)digits, DEC_HALF_UP),
            before = dec_round(args[1].number, (int)digits, DEC_HALF_UP);
        Dec difference = dec_sub(now, before);
        if (dec_is_zero(difference)) {
                *ret = feel_string(STR("持平"));
                return ST_OK;
        }
        Arena *a = feel_exec_arena(x);
        Str text;
        TRY(doc_format(dec_abs(difference), digits, a, &text));
        char *whole = arena_printf(a, "%.*s%.*s%.*s", STR_FMT(args[dec_is_negative(difference) ? 4 : 3].string),
                                   STR_FMT(text), STR_FMT(args[5].string));
        if (!whole)
                return ST_NOMEM;
        *ret = feel_string(str_c(whole));
        return ST_OK;
}

Status document_feel_library(FeelLibrary *library)
{
        static const FeelHostParam params[] = { { STR("number"), FEEL_TYPE_NUMBER, false },
                                                { STR("digits"), FEEL_TYPE_NUMBER, true } };
        static Shape shapes[] = { { "", 0, 0 }, { "亿元", 8, 2 }, { "万元", 4, 0 }, { "%", 0, 2 } };
        static const char *const names[] = { "format", "yi", "wan", "percent" };
        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                TRY(feel_library_add_function(library, &(FeelHostFunction){ .name = str_c(names[i]),
                                                                            .params = params,
                                                                            .param_count = 2,
                                                                            .result = FEEL_TYPE_STRING,
                                                                            .pure = true,
                                                                            .fn = fn_shape,
                                                                            .user = &shapes[i] }));
        static const FeelHostParam compared[] = {
                { STR("now"), FEEL_TYPE_NUMBER, false },    { STR("before"), FEEL_TYPE_NUMBER, false },
                { STR("digits"), FEEL_TYPE_NUMBER, false }, { STR("up"), FEEL_TYPE_STRING, false },
                { STR("down"), FEEL_TYPE_STRING, false },   { STR("measure"), FEEL_TYPE_STRING, false }
        };
        TRY(feel_library_add_function(library, &(FeelHostFunction){ .name = STR("compare"),
                                                                    .params = compared,
                                                                    .param_count = ARRAY_LEN(compared),
                                                                    .result = FEEL_TYPE_STRING,
                                                                    .pure = true,
                                                                    .fn = fn_compare }));
        return feel_library_add_function(library, &(FeelHostFunction){ .name = STR("chinese numeral"),
                                                                       .params = params,
                                                                       .param_count = 1,
                                                                       .result = FEEL_TYPE_STRING,
                                                                       .pure = true,
                                                                       .fn = fn_numeral });
}
