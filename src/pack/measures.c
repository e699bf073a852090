/* measures.c -- are the measures of a formula's parts those of its result?
 *
 * Nothing is asked of the expression's text: it is evaluated.  When every part that is
 * counted in 元 becomes seven times as large, a result in 元/人 becomes seven times as
 * large and a sum of 元 and 人 does not become any power of seven times as large.  So the
 * base words of the result are found for any expression, with conditions and functions.
 * What is a matter of powers of ten (元 beside 万元, a share as %) needs a constant in the
 * text: 10000, 100. */
#include "pack/cases.h"
#include "pack/measure.h"
#include "pack/pack_int.h"

enum { BASES_MAX = 16, FACTOR = 7, EXPONENT_MAX = 4 };

typedef struct Base {
        Str word;
        int exponent, power;            /* of 万人 below the line: -1 and 4 */
} Base;

/* 件/万人: 10^-4, 件 1, 人 -1. */
typedef struct Unit {
        int power;                      /* of all of it */
        Base bases[BASES_MAX];
        size_t count;
} Unit;

static Base *base_of(Unit *u, Str word)
{
        for (size_t i = 0; i < u->count; i++)
                if (str_eq(u->bases[i].word, word))
                        return &u->bases[i];
        if (u->count == BASES_MAX)
                return NULL;
        u->bases[u->count] = (Base){ word, 0, 0 };
        return &u->bases[u->count++];
}

static int *exponent_of(Unit *u, Str word)
{
        Base *b = base_of(u, word);
        return b ? &b->exponent : NULL;
}

static bool add_word(Unit *u, Str text, int sign)
{
        int power;
        Str base;
        measure_parts(text, &power, &base);
        u->power += sign * power;
        if (!base.len || str_eq(base, STR("倍")))
                return true;
        Base *b = base_of(u, base);
        if (!b)
                return false;
        b->exponent += sign;
        b->power = power;
        return true;
}

static bool read_unit(Str text, Unit *ret)
{
        Str rest, first = str_cut(text, '/', &rest);
        *ret = (Unit){ 0 };
        return add_word(ret, first, 1) && (!rest.len || add_word(ret, rest, -1));
}

static void put_unit(const Unit *u, Buf *out)
{
        static const char *const powers[] = { "", "十", "百", "千", "万", "十万", "百万", "千万", "亿" };
        bool any = false;
        for (size_t i = 0; i < u->count; i++)
                for (int k = 0; k < u->bases[i].exponent; k++) {
                        buf_printf(out, "%s%.*s", any ? "·" : "", STR_FMT(u->bases[i].word));
                        any = true;
                }
        if (!any)
                buf_puts(out, "1");
        for (size_t i = 0; i < u->count; i++)
                for (int k = 0; k > u->bases[i].exponent; k--)
                        buf_printf(out, "/%.*s", STR_FMT(u->bases[i].word));
        if (u->power > 0 && u->power < (int)ARRAY_LEN(powers))
                buf_printf(out, "（%s）", powers[u->power]);
}

/* ---- the formula as a function ---- */

typedef struct Trial {
        const Pack *pack;
        const PackIndicator *ind;
        FeelExec *exec;
        FeelValue *in;                  /* by indicator */
        Unit *units;                    /* of the parts, by use */
} Trial;

/* The formula where the figures of parts with the base word (and that power, unless any) are larger by their exponent. */
static Status value_at(Trial *t, Str word, bool any_power, int power, Dec *ret, bool *ret_ok)
{
        static const int primes[] = { 1009, 757, 8087, 431, 6301, 97, 2477, 5113, 3331, 211, 9479, 7043 };
        for (size_t i = 0; i < t->ind->use_count; i++) {
                Dec v = dec_from_i64(primes[i % ARRAY_LEN(primes)] + (int)(i / ARRAY_LEN(primes)));
                const Unit *u = &t->units[i];
                for (size_t k = 0; k < u->count; k++)
                        if (word.ptr && str_eq(u->bases[k].word, word) && (any_power || u->bases[k].power == power))
                                v = dec_mul(v, dec_pow(dec_from_i64(FACTOR), dec_from_i64(u->bases[k].exponent)));
                t->in[t->ind->uses[i]->index] = feel_number(v);
        }
        FeelValue v;
        feel_exec_reset(t->exec);
        TRY(feel_eval(t->exec, t->ind->formula.program, t->in, t->pack->indicator_count, &v));
        *ret_ok = feel_is(&v, FEEL_NUMBER) && !dec_is_zero(v.number);
        *ret = *ret_ok ? v.number : dec_zero();
        return ST_OK;
}

/* The power of FACTOR that one is of the other; EXPONENT_MAX + 1: of none. */
static int power_between(Dec one, Dec other)
{
        Dec q = dec_div(other, one), near = dec_pow(dec_from_i64(10), dec_from_i64(-20));
        for (int n = -EXPONENT_MAX; n <= EXPONENT_MAX; n++) {
                Dec p = dec_pow(dec_from_i64(FACTOR), dec_from_i64(n));
                if (dec_cmp(dec_abs(dec_sub(dec_div(q, p), dec_from_i64(1))), near) < 0)
                        return n;
        }
        return EXPONENT_MAX + 1;
}

static Status exponent_at(Trial *t, Str word, bool any_power, int power, int *ret, bool *ret_ok)
{
        Dec before, after;
        bool ok;
        *ret_ok = false;
        TRY(value_at(t, STR_NONE, true, 0, &before, &ok));
        if (!ok)
                return ST_OK;
        TRY(value_at(t, word, any_power, power, &after, &ok));
        if (!ok)
                return ST_OK;
        *ret = power_between(before, after);
        *ret_ok = true;
        return ST_OK;
}

/* Does a number of the text equal 10^digits, either way? */
static bool has_factor(Str text, int digits)
{
        for (size_t i = 0; i < text.len; i++) {
                bool name = i > 0 && ((unsigned char)text.ptr[i - 1] >= 0x80 || text.ptr[i - 1] == '_' ||
                                      text.ptr[i - 1] == '.' || (text.ptr[i - 1] >= '0' && text.ptr[i - 1] <= '9') ||
                                      ((text.ptr[i - 1] | 32) >= 'a' && (text.ptr[i - 1] | 32) <= 'z'));
                size_t n = 0;
                if (name || text.ptr[i] < '0' || text.ptr[i] > '9')
                        continue;
                while (i + n < text.len &&
                       ((text.ptr[i + n] >= '0' && text.ptr[i + n] <= '9') || text.ptr[i + n] == '.'))
                        n++;
                Dec d, want = dec_pow(dec_from_i64(10), dec_from_i64(digits));
                if (dec_parse(str_n(text.ptr + i, n), &d) == ST_OK &&
                    (dec_eq(d, want) || dec_eq(d, dec_div(dec_from_i64(1), want))))
                        return true;
                i += n;
        }
        return false;
}

/* ---- checking ---- */

static void mixed(const PackIndicator *ind, Str a, Str b, Diag *diag)
{
        diag_error(diag, ind->formula.pos, "公式把“%.*s”与别的计量单位（如“%.*s”）相加减或相比较",
                   "the formula adds or compares \"%.*s\" with another measure (like \"%.*s\")", STR_FMT(a),
                   STR_FMT(b));
}

/* Parts in one base word but different powers of ten: together only with a constant between them. */
static Status powers_of(Trial *t, Str word, int *ret_power, bool *ret_mixed)
{
        int seen[64];
        size_t seen_count = 0;
        for (size_t i = 0; i < t->ind->use_count; i++)
                for (size_t k = 0; k < t->units[i].count; k++) {
                        const Base *b = &t->units[i].bases[k];
                        bool before = !b->exponent || !str_eq(b->word, word) || seen_count == ARRAY_LEN(seen);
                        for (size_t n = 0; n < seen_count; n++)
                                before = before || seen[n] == b->power;
                        if (before)
                                continue;
                        seen[seen_count++] = b->power;
                        int e;
                        bool ok;
                        TRY(exponent_at(t, word, false, b->power, &e, &ok));
                        if (!ok)
                                continue;
                        if (e > EXPONENT_MAX)
                                *ret_mixed = true;
                        else
                                *ret_power += e * b->power;
                }
        return ST_OK;
}

static Status check_formula(Trial *t, Diag *diag, bool *ret_good)
{
        const PackIndicator *ind = t->ind;
        Unit result = { 0 }, declared;
        bool powers_mixed = false;
        for (size_t i = 0; i < ind->use_count; i++)
                if (!ind->uses[i]->unit.len || !read_unit(ind->uses[i]->unit, &t->units[i]))
                        return ST_OK; /* of a part without a measure nothing is known */
        for (size_t i = 0; i < ind->use_count; i++)
                for (size_t k = 0; k < t->units[i].count; k++) {
                        Str word = t->units[i].bases[k].word;
                        size_t before = result.count;
                        int *e = exponent_of(&result, word), n;
                        bool ok;
                        if (!e || result.count == before)
                                continue;
                        TRY(exponent_at(t, word, true, 0, &n, &ok));
                        if (!ok)
                                return ST_OK;
                        if (n > EXPONENT_MAX) {
                                Str other = STR("1");
                                for (size_t j = 0; j < ind->use_count; j++)
                                        if (!str_eq(ind->uses[j]->unit, ind->uses[i]->unit))
                                                other = ind->uses[j]->unit;
                                mixed(ind, ind->uses[i]->unit, other, diag);
                                *ret_good = false;
                                return ST_OK;
                        }
                        *e = n;
                        TRY(powers_of(t, word, &result.power, &powers_mixed));
                }
        /* Shares as parts: of one measure they leave their power, mixed with others nothing can be said. */
        if (!ind->unit.len || !read_unit(ind->unit, &declared))
                return ST_OK;
        bool same = true;
        for (size_t i = 0; i < result.count; i++) {
                int *e = exponent_of(&declared, result.bases[i].word);
                same = same && e && *e == result.bases[i].exponent;
        }
        for (size_t i = 0; i < declared.count; i++) {
                int *e = exponent_of(&result, declared.bases[i].word);
                same = same && e && *e == declared.bases[i].exponent;
        }
        _cleanup_buf_ Buf text = BUF_INIT(4096);
        put_unit(&result, &text);
        TRY(buf_status(&text));
        if (!same) {
                diag_error(diag, ind->formula.pos, "公式的结果是“%s”，而计量单位写的是“%.*s”",
                           "the formula gives \"%s\" and the measure is said to be \"%.*s\"", buf_cstr(&text),
                           STR_FMT(ind->unit));
                *ret_good = false;
                return ST_OK;
        }
        bool plain = true; /* parts without a base (%, 倍) take part with a power of their own */
        for (size_t i = 0; i < ind->use_count; i++)
                plain = plain && t->units[i].count;
        int digits = result.power - declared.power;
        if (powers_mixed || !plain || digits == 0 || has_factor(ind->formula.text, digits))
                return ST_OK;
        char factor[DEC_TEXT_MAX];
        dec_to_text(dec_pow(dec_from_i64(10), dec_from_i64(digits > 0 ? digits : -digits)), factor);
        if (digits > 0)
                diag_error(diag, ind->formula.pos, "公式的结果是“%s”，要成为“%.*s”须乘以 %s",
                           "the formula gives \"%s\"; to be in \"%.*s\" it must be multiplied by %s", buf_cstr(&text),
                           STR_FMT(ind->unit), factor);
        else
                diag_error(diag, ind->formula.pos, "公式的结果是“%s”，要成为“%.*s”须除以 %s",
                           "the formula gives \"%s\"; to be in \"%.*s\" it must be divided by %s", buf_cstr(&text),
                           STR_FMT(ind->unit), factor);
        *ret_good = false;
        return ST_OK;
}

Status check_measures(const Pack *pack, Diag *diag, bool *good)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        FeelValue *in = a ? arena_array_of(a, FeelValue, pack->indicator_count + 1) : NULL;
        if (!in || !x)
                return ST_NOMEM;
        for (size_t i = 0; i < pack->indicator_count; i++) {
                const PackIndicator *ind = pack->indicators[i];
                if (ind->source != PACK_FORMULA)
                        continue;
                Trial t = { pack, ind, x, in, arena_array_of(a, Unit, ind->use_count + 1) };
                if (!t.units)
                        return ST_NOMEM;
                TRY(check_formula(&t, diag, good));
        }
        return ST_OK;
}
