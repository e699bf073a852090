/* external.c -- function(…) external {java: {class: …, method signature: …}}.
 *
 * No foreign code is ever run: a table of known signatures stands for the Java
 * methods that models in the wild use, computed here.  Anything else is null with
 * a message.
 */
#include "feel/value_int.h"

#include "base/utf8.h"

typedef enum ExternalOp {
        EXT_COS, EXT_SIN, EXT_TAN, EXT_SQRT, EXT_ABS, EXT_EXP, EXT_LOG, EXT_POW, EXT_FLOOR, EXT_CEIL, EXT_ROUND,
        EXT_MAX, EXT_MIN, EXT_NUMBER, EXT_TEXT, EXT_CHAR, EXT_PARSE, EXT_FORMAT
} ExternalOp;

typedef struct External {
        const char *class, *method;
        const char *types;              /* without blanks */
        ExternalOp op;
        int64_t min, max;               /* of whole arguments; 0, 0: any number */
} External;

static const External table[] = {
        { "java.lang.Math", "cos", "double", EXT_COS, 0, 0 },
        { "java.lang.Math", "sin", "double", EXT_SIN, 0, 0 },
        { "java.lang.Math", "tan", "double", EXT_TAN, 0, 0 },
        { "java.lang.Math", "sqrt", "double", EXT_SQRT, 0, 0 },
        { "java.lang.Math", "exp", "double", EXT_EXP, 0, 0 },
        { "java.lang.Math", "log", "double", EXT_LOG, 0, 0 },
        { "java.lang.Math", "pow", "double,double", EXT_POW, 0, 0 },
        { "java.lang.Math", "floor", "double", EXT_FLOOR, 0, 0 },
        { "java.lang.Math", "ceil", "double", EXT_CEIL, 0, 0 },
        { "java.lang.Math", "round", "double", EXT_ROUND, 0, 0 },
        { "java.lang.Math", "abs", "double", EXT_ABS, 0, 0 },
        { "java.lang.Math", "abs", "float", EXT_ABS, 0, 0 },
        { "java.lang.Math", "abs", "long", EXT_ABS, INT64_MIN, INT64_MAX },
        { "java.lang.Math", "abs", "int", EXT_ABS, INT32_MIN, INT32_MAX },
        { "java.lang.Math", "max", "double,double", EXT_MAX, 0, 0 },
        { "java.lang.Math", "max", "float,float", EXT_MAX, 0, 0 },
        { "java.lang.Math", "max", "long,long", EXT_MAX, INT64_MIN, INT64_MAX },
        { "java.lang.Math", "max", "int,int", EXT_MAX, INT32_MIN, INT32_MAX },
        { "java.lang.Math", "min", "double,double", EXT_MIN, 0, 0 },
        { "java.lang.Math", "min", "float,float", EXT_MIN, 0, 0 },
        { "java.lang.Math", "min", "long,long", EXT_MIN, INT64_MIN, INT64_MAX },
        { "java.lang.Math", "min", "int,int", EXT_MIN, INT32_MIN, INT32_MAX },
        { "java.lang.Byte", "valueOf", "byte", EXT_NUMBER, INT8_MIN, INT8_MAX },
        { "java.lang.Short", "valueOf", "short", EXT_NUMBER, INT16_MIN, INT16_MAX },
        { "java.lang.Integer", "valueOf", "int", EXT_NUMBER, INT32_MIN, INT32_MAX },
        { "java.lang.Long", "valueOf", "long", EXT_NUMBER, INT64_MIN, INT64_MAX },
        { "java.lang.Float", "valueOf", "float", EXT_NUMBER, 0, 0 },
        { "java.lang.Double", "valueOf", "double", EXT_NUMBER, 0, 0 },
        { "java.lang.Byte", "valueOf", "java.lang.String", EXT_PARSE, INT8_MIN, INT8_MAX },
        { "java.lang.Short", "valueOf", "java.lang.String", EXT_PARSE, INT16_MIN, INT16_MAX },
        { "java.lang.Integer", "valueOf", "java.lang.String", EXT_PARSE, INT32_MIN, INT32_MAX },
        { "java.lang.Integer", "parseInt", "java.lang.String", EXT_PARSE, INT32_MIN, INT32_MAX },
        { "java.lang.Long", "valueOf", "java.lang.String", EXT_PARSE, INT64_MIN, INT64_MAX },
        { "java.lang.Float", "valueOf", "java.lang.String", EXT_PARSE, 0, 0 },
        { "java.lang.Double", "valueOf", "java.lang.String", EXT_PARSE, 0, 0 },
        { "java.lang.String", "valueOf", "char", EXT_CHAR, 0, 0 },
        { "java.lang.String", "valueOf", "int", EXT_TEXT, INT32_MIN, INT32_MAX },
        { "java.lang.String", "valueOf", "long", EXT_TEXT, INT64_MIN, INT64_MAX },
        { "java.lang.String", "valueOf", "double", EXT_TEXT, 0, 0 },
        { "java.lang.String", "format", "java.lang.String,[Ljava.lang.Object;", EXT_FORMAT, 0, 0 },
};

static Status unfit(FeelExec *x, const External *e, FeelValue *ret)
{
        return FEEL_FAIL(x, ret, "外部函数 %s 的参数不符", "the arguments do not fit the external function %s",
                         e->method);
}

/* Text with %s, %d and %% of Java's formatter. */
static Status format(FeelExec *x, const External *e, const FeelValue *args, size_t n, FeelValue *ret)
{
        if (n == 0 || args[0].kind != FEEL_STRING)
                return unfit(x, e, ret);
        Str f = args[0].string;
        const FeelValue *values = args + 1;
        size_t count = n - 1, next = 0;
        if (count == 1 && values[0].kind == FEEL_LIST) {
                count = values[0].list.len;
                values = values[0].list.items;
        }
        _cleanup_buf_ Buf out = BUF_INIT((size_t)1 << 20);
        for (size_t i = 0; i < f.len; i++) {
                if (f.ptr[i] != '%') {
                        buf_putc(&out, f.ptr[i]);
                        continue;
                }
                char c = i + 1 < f.len ? f.ptr[++i] : '\0';
                if (c == '%') {
                        buf_putc(&out, '%');
                } else if ((c == 's' || c == 'd') && next < count) {
                        if (c == 'd' && (values[next].kind != FEEL_NUMBER || !dec_is_integer(values[next].number)))
                                return unfit(x, e, ret);
                        feel_to_string(&values[next++], &out);
                } else {
                        return unfit(x, e, ret);
                }
        }
        if (out.failed != ST_OK)
                return out.failed;
        return feel_new_string(x, buf_str(&out), ret);
}

static Status numbers(FeelExec *x, const External *e, const FeelValue *args, size_t n, FeelValue *ret)
{
        size_t want = e->op == EXT_MAX || e->op == EXT_MIN || e->op == EXT_POW ? 2 : 1;
        Dec d[2] = { { { 0 } } }, r;
        if (n != want)
                return unfit(x, e, ret);
        for (size_t i = 0; i < want; i++) {
                int64_t v;
                if (args[i].kind != FEEL_NUMBER)
                        return unfit(x, e, ret);
                d[i] = args[i].number;
                if (e->min != e->max && (!dec_to_i64(d[i], &v) || v < e->min || v > e->max))
                        return unfit(x, e, ret);
        }
        switch (e->op) {
        case EXT_SQRT: r = dec_sqrt(d[0]); break;
        case EXT_ABS: r = dec_abs(d[0]); break;
        case EXT_EXP: r = dec_exp(d[0]); break;
        case EXT_LOG: r = dec_log(d[0]); break;
        case EXT_POW: r = dec_pow(d[0], d[1]); break;
        case EXT_FLOOR: r = dec_round(d[0], 0, DEC_FLOOR); break;
        case EXT_CEIL: r = dec_round(d[0], 0, DEC_CEILING); break;
        case EXT_ROUND: r = dec_round(dec_add(d[0], dec_from_scaled(5, 1)), 0, DEC_FLOOR); break;
        case EXT_MAX: r = dec_cmp(d[0], d[1]) >= 0 ? d[0] : d[1]; break;
        case EXT_MIN: r = dec_cmp(d[0], d[1]) <= 0 ? d[0] : d[1]; break;
        case EXT_COS: r = dec_cos(d[0]); break;
        case EXT_SIN: r = dec_sin(d[0]); break;
        case EXT_TAN: r = dec_tan(d[0]); break;
        default: r = d[0]; break;
        }
        if (!dec_is_finite(r))
                return unfit(x, e, ret);
        *ret = feel_number(r);
        return ST_OK;
}

static Status call(FeelExec *x, void *user, const FeelValue *args, size_t n, FeelValue *ret)
{
        const External *e = user;
        int64_t v;
        Dec d;
        switch (e->op) {
        case EXT_FORMAT:
                return format(x, e, args, n, ret);
        case EXT_CHAR:
                if (n != 1 || args[0].kind != FEEL_STRING || utf8_len(args[0].string) != 1)
                        return unfit(x, e, ret);
                *ret = args[0];
                return ST_OK;
        case EXT_PARSE:
                if (n != 1 || args[0].kind != FEEL_STRING || dec_parse(args[0].string, &d) != ST_OK ||
                    (e->min != e->max && (!dec_to_i64(d, &v) || v < e->min || v > e->max)))
                        return unfit(x, e, ret);
                *ret = feel_number(d);
                return ST_OK;
        case EXT_TEXT: {
                char text[DEC_TEXT_MAX];
                TRY(numbers(x, e, args, n, ret));
                if (ret->kind != FEEL_NUMBER)
                        return ST_OK;
                size_t len = dec_to_text(ret->number, text);
                return feel_new_string(x, str_n(text, len), ret);
        }
        default:
                return numbers(x, e, args, n, ret);
        }
}

/* "max(double, double)": the method and its types without blanks. */
static bool split_signature(Str s, Str *method, char types[128])
{
        s = str_trim(s);
        size_t open = str_find(s, STR("(")), n = 0;
        if (open == SIZE_MAX || s.len == 0 || s.ptr[s.len - 1] != ')')
                return false;
        *method = str_trim(str_n(s.ptr, open));
        for (size_t i = open + 1; i + 1 < s.len; i++) {
                if (s.ptr[i] == ' ')
                        continue;
                if (n + 1 >= 128)
                        return false;
                types[n++] = s.ptr[i];
        }
        types[n] = '\0';
        return true;
}

Status feel_external_function(FeelExec *x, Str class, Str signature, const Str *params, size_t n, FeelValue *ret)
{
        Str method = STR_NONE;
        char types[128];
        const External *e = NULL;
        if (split_signature(signature, &method, types))
                for (size_t i = 0; i < ARRAY_LEN(table) && !e; i++)
                        if (str_eq_c(class, table[i].class) && str_eq_c(method, table[i].method) &&
                            strcmp(types, table[i].types) == 0)
                                e = &table[i];
        if (!e)
                return FEEL_FAIL(x, ret, "没有外部函数 %.*s %.*s", "there is no external function %.*s %.*s",
                                 STR_FMT(class), STR_FMT(signature));
        FeelHostFunction *h = arena_new_of(x->arena, FeelHostFunction);
        FeelHostParam *p = arena_array_of(x->arena, FeelHostParam, n + 1);
        if (!h || !p)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                p[i].name = params[i];
        *h = (FeelHostFunction){ .name = method, .params = p, .param_count = n, .pure = true, .fn = call,
                                 .user = (void *)(uintptr_t)e };
        return feel_function_value(x->arena, h, ret);
}

Status feel_external(FeelExec *x, const FeelProto *proto, const FeelValue *description, FeelValue *ret)
{
        const FeelValue *java = description->kind == FEEL_CONTEXT ? feel_context_get(description, STR("java")) : NULL;
        const FeelValue *class = NULL, *signature = NULL;
        if (java && java->kind == FEEL_CONTEXT) {
                class = feel_context_get(java, STR("class"));
                signature = feel_context_get(java, STR("method signature"));
        }
        if (!class || class->kind != FEEL_STRING || !signature || signature->kind != FEEL_STRING)
                return FEEL_FAIL(x, ret, "外部函数要写明 java 的 class 和 method signature",
                                 "an external function names class and method signature of java");
        return feel_external_function(x, class->string, signature->string, proto->param_names, proto->params, ret);
}
