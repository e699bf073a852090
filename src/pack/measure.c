/* measure.c -- measures: a power of ten and a base word. */
#include "pack/measure.h"

#include "base/mem.h"

static const struct {
        const char *word;
        int power;
} powers[] = {      /* longer words before those they begin with */
        { "万亿", 12 }, { "千亿", 11 }, { "百亿", 10 }, { "十亿", 9 }, { "亿", 8 }, { "千万", 7 }, { "百万", 6 },
        { "十万", 5 }, { "万", 4 }, { "千", 3 }, { "百", 2 },
};

/* A measure is factor 10^power, its base and what comes after a slash (件/万人). */
typedef struct Measure {
        int power;
        Str base;
} Measure;

static Measure take_apart(Str s)
{
        Measure m = { 0, str_trim(s) };
        if (str_eq(m.base, STR("%")) || str_eq(m.base, STR("％")))
                return (Measure){ -2, STR("") };
        if (str_eq(m.base, STR("‰")))
                return (Measure){ -3, STR("") };
        for (size_t i = 0; i < ARRAY_LEN(powers); i++) {
                Str word = str_c(powers[i].word);
                if (str_starts(m.base, word)) {
                        m.power = powers[i].power;
                        m.base = str_n(m.base.ptr + word.len, m.base.len - word.len);
                        break;
                }
        }
        if (str_eq(m.base, STR("人民币")) || str_eq(m.base, STR("圆")))
                m.base = STR("元");
        if (str_eq(m.base, STR("分")) || str_eq(m.base, STR("角"))) {
                m.power -= str_eq(m.base, STR("分")) ? 2 : 1;
                m.base = STR("元");
        }
        return m;
}

void measure_parts(Str measure, int *ret_power, Str *ret_base)
{
        Measure m = take_apart(measure);
        *ret_power = m.power;
        *ret_base = m.base;
}

static Dec ten_to(int power)
{
        return power >= 0 ? dec_pow(dec_from_i64(10), dec_from_i64(power)) : dec_from_scaled(1, -power);
}

Status measure_factor(Str from, Str to, Dec *ret)
{
        Measure a = take_apart(from), b = take_apart(to);
        if (!str_eq(a.base, b.base))
                return ST_INVALID;
        *ret = a.power == b.power ? dec_from_i64(1) : ten_to(a.power - b.power);
        return ST_OK;
}

Status measure_parse(Str text, Dec *ret_number, Str *ret_measure)
{
        char digits[64];
        size_t n = 0, i = 0, group = 0;
        bool comma = false, point = false;
        text = str_trim(text);
        if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
                digits[n++] = text.ptr[i++];
        for (; i < text.len; i++) {
                char c = text.ptr[i];
                if (c == ',') {
                        /* 1,200.5 and not 12,00 or 0.1,2 */
                        if (point || group == 0 || group > 3 || (comma && group != 3))
                                return ST_INVALID;
                        comma = true;
                        group = 0;
                        continue;
                }
                if (c == '.') {
                        if (point || (comma && group != 3))
                                return ST_INVALID;
                        point = true;
                } else if (c < '0' || c > '9') {
                        break;
                } else {
                        group++;
                }
                if (n >= sizeof(digits))
                        return ST_INVALID;
                digits[n++] = c;
        }
        if (comma && !point && group != 3)
                return ST_INVALID;
        TRY(dec_parse(str_n(digits, n), ret_number));
        *ret_measure = str_trim(str_n(text.ptr + i, text.len - i));
        return ST_OK;
}

Status measure_amount(Str text, Str to, Dec *ret)
{
        Dec number, factor = dec_from_i64(1);
        Str measure;
        TRY(measure_parse(text, &number, &measure));
        /* A bare number is in the measure asked for. */
        if (measure.len)
                TRY(measure_factor(measure, to, &factor));
        *ret = dec_normalize(dec_mul(number, factor));
        return dec_is_finite(*ret) ? ST_OK : ST_INVALID;
}
