/* Numeric functions (DMN 1.5, table 77).  Results that are no finite number are
 * null with a message. */
#include "feel/builtins_int.h"
#include "feel/temporal_int.h"

enum { SCALE_MIN = -6111, SCALE_MAX = 6176 };

bool feel_whole(Dec n, int64_t *ret)
{
        return dec_is_finite(n) && dec_to_i64(dec_round(n, 0, DEC_DOWN), ret);
}

bool feel_position(Dec n, size_t len, size_t *ret)
{
        int64_t at;
        if (!feel_whole(n, &at) || at == 0)
                return false;
        if (at > 0) {
                if ((uint64_t)at > len)
                        return false;
                *ret = (size_t)at - 1;
        } else {
                if (at < -(int64_t)len)
                        return false;
                *ret = len - (size_t)(-at);
        }
        return true;
}

static Status finite_or_null(FeelExec *x, Dec n, FeelValue *ret)
{
        if (!dec_is_finite(n))
                return FEEL_FAIL(x, ret, "结果不是有限的数", "the result is not a finite number");
        *ret = feel_number(n);
        return ST_OK;
}

/* args: n, scale (null: 0) */
static Status round_to(FeelExec *x, const FeelValue *args, DecRound mode, FeelValue *ret)
{
        int64_t scale = 0;
        if (args[1].kind == FEEL_NUMBER &&
            (!feel_whole(args[1].number, &scale) || scale < SCALE_MIN || scale > SCALE_MAX))
                return FEEL_FAIL(x, ret, "小数位数须在 %d 与 %d 之间", "the scale must be between %d and %d", SCALE_MIN,
                                 SCALE_MAX);
        return finite_or_null(x, dec_round(args[0].number, (int)scale, mode), ret);
}

#define ROUNDING(name, mode)                                                                            \
        static Status name(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)            \
        {                                                                                               \
                (void)nargs;                                                                            \
                return round_to(x, args, mode, ret);                                                    \
        }
ROUNDING(fn_decimal, DEC_HALF_EVEN)
ROUNDING(fn_floor, DEC_FLOOR)
ROUNDING(fn_ceiling, DEC_CEILING)
ROUNDING(fn_round_up, DEC_UP)
ROUNDING(fn_round_down, DEC_DOWN)
ROUNDING(fn_round_half_up, DEC_HALF_UP)
ROUNDING(fn_round_half_down, DEC_HALF_DOWN)

static Status fn_abs(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        if (args[0].kind == FEEL_NUMBER) {
                *ret = feel_number(dec_abs(args[0].number));
                return ST_OK;
        }
        FeelValue minus_one = feel_i64(-1);
        bool negative = args[0].kind == FEEL_MONTHS_DURATION ? args[0].months < 0 : args[0].duration.seconds < 0;
        if (!negative)
                *ret = args[0];
        else if (!feel_temporal_mul(&args[0], &minus_one, ret))
                return FEEL_FAIL(x, ret, "时长超出范围", "the duration is out of range");
        return ST_OK;
}

static Status fn_modulo(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        if (dec_is_zero(args[1].number))
                return FEEL_FAIL(x, ret, "除数为零", "the divisor is zero");
        return finite_or_null(x, dec_modulo(args[0].number, args[1].number), ret);
}

static Status fn_sqrt(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        if (dec_is_negative(args[0].number))
                return FEEL_FAIL(x, ret, "负数没有平方根", "a negative number has no square root");
        return finite_or_null(x, dec_sqrt(args[0].number), ret);
}

static Status fn_log(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        if (dec_is_negative(args[0].number) || dec_is_zero(args[0].number))
                return FEEL_FAIL(x, ret, "只有正数有对数", "only a positive number has a logarithm");
        return finite_or_null(x, dec_log(args[0].number), ret);
}

static Status fn_exp(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)nargs;
        return finite_or_null(x, dec_exp(args[0].number), ret);
}

/* 0 even, 1 odd, -1 not a whole number */
static int parity(Dec n)
{
        if (!dec_is_integer(n))
                return -1;
        return dec_is_zero(dec_modulo(n, dec_from_i64(2))) ? 0 : 1;
}

static Status fn_odd(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = feel_bool(parity(args[0].number) == 1);
        return ST_OK;
}

static Status fn_even(FeelExec *x, const FeelValue *args, size_t nargs, FeelValue *ret)
{
        (void)x;
        (void)nargs;
        *ret = feel_bool(parity(args[0].number) == 0);
        return ST_OK;
}

#define N_SCALE { { "n", FM_NUMBER }, { "scale", FM_NUMBER } }

const FeelBuiltin feel_builtins_number[] = {
        { "decimal", fn_decimal, FEEL_T_NUMBER, FB_PURE, 2, 2, N_SCALE },
        { "floor", fn_floor, FEEL_T_NUMBER, FB_PURE, 2, 1, N_SCALE },
        { "ceiling", fn_ceiling, FEEL_T_NUMBER, FB_PURE, 2, 1, N_SCALE },
        { "round up", fn_round_up, FEEL_T_NUMBER, FB_PURE, 2, 2, N_SCALE },
        { "round down", fn_round_down, FEEL_T_NUMBER, FB_PURE, 2, 2, N_SCALE },
        { "round half up", fn_round_half_up, FEEL_T_NUMBER, FB_PURE, 2, 2, N_SCALE },
        { "round half down", fn_round_half_down, FEEL_T_NUMBER, FB_PURE, 2, 2, N_SCALE },
        { "abs", fn_abs, FEEL_T_NUMBER, FB_PURE, 1, 1, { { "n", FM_NUMBER } } },
        { "abs", fn_abs, FEEL_T_ANY, FB_PURE, 1, 1, { { "n", FM_DURATION } } },
        { "modulo", fn_modulo, FEEL_T_NUMBER, FB_PURE, 2, 2, { { "dividend", FM_NUMBER }, { "divisor", FM_NUMBER } } },
        { "sqrt", fn_sqrt, FEEL_T_NUMBER, FB_PURE, 1, 1, { { "number", FM_NUMBER } } },
        { "log", fn_log, FEEL_T_NUMBER, FB_PURE, 1, 1, { { "number", FM_NUMBER } } },
        { "exp", fn_exp, FEEL_T_NUMBER, FB_PURE, 1, 1, { { "number", FM_NUMBER } } },
        { "odd", fn_odd, FEEL_T_BOOLEAN, FB_PURE, 1, 1, { { "number", FM_NUMBER } } },
        { "even", fn_even, FEEL_T_BOOLEAN, FB_PURE, 1, 1, { { "number", FM_NUMBER } } },
        { NULL, NULL, FEEL_T_ANY, 0, 0, 0, { { NULL, 0 } } },
};
