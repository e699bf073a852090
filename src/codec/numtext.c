/* A text is first spread into code points with full-width forms narrowed, then
 * read from left to right.  Nothing is allocated and nothing is guessed. */
#include "codec/numtext.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "codec/text_norm.h"

enum { LETTERS_MAX = 96 };

const char *numtext_why_text(NumTextWhy why, Lang lang)
{
        static const char *const texts[][2] = {
#define NUMTEXT_WHY_ROW(code, zh, en) [code] = { zh, en },
                NUMTEXT_WHY_LIST(NUMTEXT_WHY_ROW)
#undef NUMTEXT_WHY_ROW
        };
        return texts[(unsigned)why < (unsigned)NUMTEXT_WHY_COUNT_ ? why : NUMTEXT_NOT_NUMBER][lang == LANG_EN];
}

typedef struct Letters {
        uint32_t c[LETTERS_MAX];
        size_t n;
        bool changed;           /* blanks inside or full-width forms */
} Letters;

/* Trimmed, narrowed; zero-width characters are dropped, other blanks become ' '. */
static bool spread(Str s, Letters *out)
{
        Str t = str_trim(s);
        out->n = 0;
        out->changed = t.len != s.len;
        for (size_t i = 0; i < t.len;) {
                uint32_t c = utf8_next(t, &i), narrow = text_narrow(c);
                if (c == UTF8_BAD || out->n == LETTERS_MAX)
                        return false;
                if (text_is_blank(narrow)) {
                        out->changed = true;
                        if (narrow != 0xAD && narrow != 0xFEFF && !(narrow >= 0x200B && narrow <= 0x200F) &&
                            narrow != 0x2060)
                                out->c[out->n++] = ' ';
                        continue;
                }
                if (narrow == 0x2212 || narrow == 0x2010 || narrow == 0x2011)
                        narrow = '-';
                out->changed |= narrow != c;
                out->c[out->n++] = narrow;
        }
        return true;
}

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

/* ---- units ---- */

typedef struct UnitName {
        Str name;
        NumUnit unit;
} UnitName;

#define UNIT(text, power, is_money, is_percent) \
        { STR(text), { .pow10 = (power), .money = (is_money), .percent = (is_percent), .present = true } }
static const UnitName units[] = {
        UNIT("元", 0, true, false),         UNIT("元整", 0, true, false),      UNIT("圆", 0, true, false),
        UNIT("百元", 2, true, false),       UNIT("千", 3, false, false),       UNIT("千元", 3, true, false),
        UNIT("万", 4, false, false),        UNIT("万元", 4, true, false),      UNIT("万元整", 4, true, false),
        UNIT("十万元", 5, true, false),     UNIT("百万", 6, false, false),     UNIT("百万元", 6, true, false),
        UNIT("千万", 7, false, false),      UNIT("千万元", 7, true, false),    UNIT("亿", 8, false, false),
        UNIT("亿元", 8, true, false),       UNIT("十亿元", 9, true, false),    UNIT("百亿元", 10, true, false),
        UNIT("千亿元", 11, true, false),    UNIT("万亿", 12, false, false),    UNIT("万亿元", 12, true, false),
        UNIT("人民币元", 0, true, false),   UNIT("元人民币", 0, true, false),  UNIT("万元人民币", 4, true, false),
        UNIT("亿元人民币", 8, true, false), UNIT("%", -2, false, true),        UNIT("‰", -3, false, true),
        UNIT("个百分点", -2, false, true),  UNIT("百分点", -2, false, true),   UNIT("百分比", -2, false, true),
};
#undef UNIT

static bool find_unit(const uint32_t *c, size_t n, NumUnit *ret)
{
        char text[LETTERS_MAX * 4];
        size_t len = 0;
        for (size_t i = 0; i < n; i++)
                if (c[i] != ' ')
                        len += utf8_put(text + len, c[i]);
        for (size_t i = 0; i < ARRAY_LEN(units); i++) {
                if (str_eq(units[i].name, str_n(text, len))) {
                        *ret = units[i].unit;
                        return true;
                }
        }
        return false;
}

bool numtext_unit(Str s, NumUnit *ret)
{
        Letters l;
        return spread(s, &l) && find_unit(l.c, l.n, ret);
}

/* Behind the last of these letters, or the whole: 单位：万元 -> 万元. */
static bool unit_in(const uint32_t *c, size_t n, NumUnit *ret)
{
        if (find_unit(c, n, ret))
                return true;
        for (size_t i = n; i > 0; i--) {
                uint32_t x = c[i - 1];
                if (x == ':' || x == '/' || x == ',' || x == 0x3001 || x == '_' || x == '-' || x == ' ' || x == ';')
                        return find_unit(c + i, n - i, ret);
        }
        return false;
}

NumUnit numtext_header_unit(Str header)
{
        NumUnit u = { 0 };
        Letters l;
        if (!spread(header, &l))
                return u;
        /* brackets, the last first */
        for (size_t end = l.n; end-- > 0;) {
                uint32_t close = l.c[end];
                uint32_t open = close == ')'      ? '('
                                : close == ']'    ? '['
                                : close == 0x3011 ? 0x3010
                                : close == 0x3015 ? 0x3014
                                                  : 0;
                if (!open)
                        continue;
                for (size_t start = end; start-- > 0;) {
                        if (l.c[start] == open) {
                                if (unit_in(l.c + start + 1, end - start - 1, &u))
                                        return u;
                                break;
                        }
                }
        }
        if (unit_in(l.c, l.n, &u))
                return u;
        /* 营业收入万元, 增速%: only units that no other word ends with */
        static const Str tails[] = { STR("百万元"), STR("千万元"), STR("万亿元"), STR("万元"),
                                     STR("亿元"),   STR("千元"),   STR("%"),      STR("‰") };
        Str h = str_trim(header);
        for (size_t i = 0; i < ARRAY_LEN(tails); i++)
                if (str_ends(h, tails[i]) && numtext_unit(tails[i], &u))
                        return u;
        if (str_ends(h, STR("％")))
                (void)numtext_unit(STR("%"), &u);
        return u;
}

/* ---- numbers ---- */

typedef struct Reader {
        const Letters *l;
        size_t at;
        NumTextWhy why;
} Reader;

static uint32_t peek(const Reader *r, size_t ahead)
{
        return r->at + ahead < r->l->n ? r->l->c[r->at + ahead] : 0;
}

static void skip_blanks(Reader *r)
{
        while (peek(r, 0) == ' ')
                r->at++;
}

static bool take_word(Reader *r, Str word)
{
        size_t k = 0;
        for (size_t i = 0; i < word.len; k++) {
                uint32_t want = utf8_next(word, &i), got = peek(r, k);
                if (got >= 'a' && got <= 'z')
                        got -= 32;
                if (got != want)
                        return false;
        }
        r->at += k;
        return true;
}

static bool fail(Reader *r, NumTextWhy why)
{
        r->why = why;
        return false;
}

static bool take_currency(Reader *r)
{
        static const Str marks[] = { STR("¥"), STR("RMB"), STR("CNY"), STR("人民币") };
        for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
                if (take_word(r, marks[i])) {
                        if (peek(r, 0) == ':')
                                r->at++;
                        skip_blanks(r);
                        return true;
                }
        }
        return false;
}

typedef struct Digits {
        char text[LETTERS_MAX + 2];
        size_t len;
        int decimals;
        bool grouped;
} Digits;

/* The digits before the point: alone, or in groups of three behind one to three,
 * set apart by commas or by blanks throughout. */
static bool read_integer(Reader *r, Digits *d)
{
        size_t group = 0;
        uint32_t separator = 0;
        for (;;) {
                if (is_digit(peek(r, 0))) {
                        d->text[d->len++] = (char)peek(r, 0);
                        group++;
                        r->at++;
                        continue;
                }
                uint32_t c = peek(r, 0);
                bool more = (c == ',' || c == ' ') && is_digit(peek(r, 1));
                if (!more)
                        break;
                if (group == 0 || group > 3 || (separator && (group != 3 || c != separator)))
                        return fail(r, c == ' ' || separator == ' ' ? NUMTEXT_BLANK_INSIDE : NUMTEXT_GROUPING);
                separator = c;
                group = 0;
                r->at++;
        }
        if (separator && group != 3)
                return fail(r, separator == ' ' ? NUMTEXT_BLANK_INSIDE : NUMTEXT_GROUPING);
        d->grouped = separator != 0;
        return true;
}

static bool read_digits(Reader *r, unsigned flags, Digits *d)
{
        if (!read_integer(r, d))
                return false;
        size_t before = d->len;
        if (peek(r, 0) == '.') {
                r->at++;
                d->text[d->len++] = '.';
                while (is_digit(peek(r, 0))) {
                        d->text[d->len++] = (char)peek(r, 0);
                        d->decimals++;
                        r->at++;
                }
        }
        if (before == 0 && d->decimals == 0)
                return fail(r, NUMTEXT_NOT_NUMBER);
        uint32_t e = peek(r, 0), sign = peek(r, 1);
        size_t skip = sign == '+' || sign == '-' ? 2 : 1;
        if ((e == 'e' || e == 'E') && is_digit(peek(r, skip))) {
                if (!(flags & NUMTEXT_ALLOW_EXPONENT))
                        return fail(r, NUMTEXT_EXPONENT);
                d->text[d->len++] = 'E';
                if (skip == 2)
                        d->text[d->len++] = (char)sign;
                for (r->at += skip; is_digit(peek(r, 0)); r->at++)
                        d->text[d->len++] = (char)peek(r, 0);
        }
        return true;
}

static bool read_number(Reader *r, unsigned flags, NumText *ret)
{
        const Letters *l = r->l;
        NumText n = { .cleaned = l->changed };
        size_t end = l->n;
        bool parens = peek(r, 0) == '(';
        if (parens || l->c[end - 1] == ')') {
                if (!parens || l->c[end - 1] != ')')
                        return fail(r, NUMTEXT_PARENS);
                end--;
                r->at++;
                skip_blanks(r);
        }
        bool currency = take_currency(r), minus = false;
        if (peek(r, 0) == '-' || peek(r, 0) == '+') {
                minus = peek(r, 0) == '-';
                r->at++;
                skip_blanks(r);
        }
        if (!currency)
                currency = take_currency(r);
        if (parens && minus)
                return fail(r, NUMTEXT_PARENS);
        Digits d = { .len = 0 };
        if (parens || minus)
                d.text[d.len++] = '-';
        size_t digits_at = d.len;
        if (!is_digit(peek(r, 0)) && peek(r, 0) != '.')
                return fail(r, NUMTEXT_NOT_NUMBER);
        Digits body = { .len = 0 };
        if (!read_digits(r, flags, &body))
                return false;
        memcpy(d.text + digits_at, body.text, body.len);
        d.len += body.len;
        n.cleaned |= body.grouped || parens || currency;
        n.decimals = body.decimals;
        skip_blanks(r);
        while (end > r->at && l->c[end - 1] == ' ')
                end--;
        if (r->at < end) {
                uint32_t c = peek(r, 0);
                if (c == ',' || c == '.' || is_digit(c) || c == '-' || c == '+')
                        return fail(r, c == ','      ? NUMTEXT_GROUPING
                                       : is_digit(c) ? NUMTEXT_BLANK_INSIDE
                                                     : NUMTEXT_NOT_NUMBER);
                if ((flags & NUMTEXT_NO_UNIT) || !find_unit(l->c + r->at, end - r->at, &n.unit))
                        return fail(r, NUMTEXT_UNIT);
                if (currency && n.unit.percent)
                        return fail(r, NUMTEXT_UNIT);
        }
        if (currency) {
                if (flags & NUMTEXT_NO_UNIT)
                        return fail(r, NUMTEXT_UNIT);
                n.unit.money = n.unit.present = true;
        }
        Status st = dec_parse_exact(str_n(d.text, d.len), &n.value);
        if (st != ST_OK)
                return fail(r, st == ST_LIMIT ? NUMTEXT_TOO_LONG : NUMTEXT_NOT_NUMBER);
        *ret = n;
        return true;
}

Status numtext_parse(Str s, unsigned flags, NumText *ret, NumTextWhy *why)
{
        Letters l;
        Reader r = { .l = &l, .why = NUMTEXT_NOT_NUMBER };
        bool good = false;
        if (spread(s, &l)) {
                if (l.n == 0)
                        r.why = NUMTEXT_EMPTY;
                else
                        good = read_number(&r, flags, ret);
        }
        if (good)
                return ST_OK;
        if (why)
                *why = r.why;
        return ST_INVALID;
}

bool numtext_plain(Str s, int scale, int64_t *ret)
{
        enum { DIGITS_MAX = 18 };       /* what surely fits */
        uint64_t v = 0;
        int digits = 0, decimals = 0;
        bool minus = s.len && s.ptr[0] == '-', point = false;
        if (s.len > DIGITS_MAX + 2 || scale < 0)
                return false;
        for (size_t i = minus; i < s.len; i++) {
                unsigned digit = (unsigned char)s.ptr[i] - (unsigned)'0';
                if (digit <= 9) {
                        v = v * 10 + digit;
                        digits++;
                        decimals += point;
                } else if (s.ptr[i] == '.' && !point && digits) {
                        point = true;
                } else {
                        return false;
                }
        }
        if (!digits || (point && !decimals))
                return false;
        for (; decimals > scale; decimals--, digits--, v /= 10)
                if (v % 10)
                        return false;
        if (digits + scale - decimals > DIGITS_MAX)
                return false;
        for (; decimals < scale; decimals++)
                v *= 10;
        *ret = minus ? -(int64_t)v : (int64_t)v;
        return true;
}

Dec numtext_scaled(const NumText *n)
{
        return n->unit.pow10 ? dec_mul(n->value, dec_from_scaled(1, -n->unit.pow10)) : n->value;
}

/* An e, narrow or full-width: without one nothing is scientific. */
static bool has_e(Str s)
{
        size_t i = 0;
        for (; s.len - i >= 8; i += 8) {        /* eight bytes at once */
                const uint64_t ones = 0x0101010101010101ULL, tops = ones << 7;
                uint64_t w;
                memcpy(&w, s.ptr + i, 8);
                uint64_t e = (w | ones * 32) ^ ones * 'e', wide = w ^ ones * 0xEF;
                if ((((e - ones) & ~e) | ((wide - ones) & ~wide)) & tops)
                        break;
        }
        for (; i < s.len; i++) {
                unsigned char c = (unsigned char)s.ptr[i];
                if ((c | 32) == 'e')
                        return true;
                if (c == 0xEF && s.len - i > 2 && (memcmp(s.ptr + i, "Ｅ", 3) == 0 || memcmp(s.ptr + i, "ｅ", 3) == 0))
                        return true;
        }
        return false;
}

bool numtext_is_scientific(Str s)
{
        Letters l;
        if (!has_e(s) || !spread(s, &l))
                return false;
        Reader r = { .l = &l };
        if (peek(&r, 0) == '-' || peek(&r, 0) == '+')
                r.at++;
        size_t digits = 0;
        bool told = false;      /* a point or a sign: 12E5 may be a code */
        for (; is_digit(peek(&r, 0)) || (peek(&r, 0) == '.' && !told); r.at++) {
                if (peek(&r, 0) == '.')
                        told = true;
                else
                        digits++;
        }
        if (!digits || (peek(&r, 0) != 'e' && peek(&r, 0) != 'E'))
                return false;
        r.at++;
        if (peek(&r, 0) == '-' || peek(&r, 0) == '+') {
                told = true;
                r.at++;
        }
        digits = 0;
        for (; is_digit(peek(&r, 0)); r.at++)
                digits++;
        return told && digits >= 1 && digits <= 3 && r.at == l.n;
}
