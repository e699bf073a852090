/* What a cell's text means: its declared type, its style's number format, and the
 * workbook's epoch decide; nothing is guessed from the look of a text. */
#include <stdio.h>

#include "codec/double_text.h"
#include "codec/numtext.h"
#include "codec/xlsx_int.h"

enum { GENERAL_DIGITS = 11, CODE_DIGITS = 15 };

static const CellFormat *format_of(const XlsxBook *b, unsigned style)
{
        return style < b->format_count ? &b->formats[style] : xlsx_format_builtin(0);
}

static Status keep(Arena *arena, Str s, Str *ret)
{
        Str copy = arena_str(arena, s);
        if (!copy.ptr)
                return ST_NOMEM;
        *ret = copy;
        return ST_OK;
}

static void bad(SheetCell *c, SheetProblem problem)
{
        c->kind = SHEET_BAD;
        c->problem = problem;
        c->text = c->raw;
}

static char *put_digits(char *out, unsigned v, int width)
{
        for (int i = width - 1; i >= 0; i--) {
                out[i] = (char)('0' + v % 10);
                v /= 10;
        }
        return out + width;
}

static char *put_time(char *out, const DateText *t)
{
        out = put_digits(out, t->hour, 2);
        *out++ = ':';
        out = put_digits(out, t->minute, 2);
        *out++ = ':';
        out = put_digits(out, t->second, 2);
        unsigned ms = (unsigned)t->nanos / 1000000;
        if (ms) {
                *out++ = '.';
                out = put_digits(out, ms, 3);
        }
        return out;
}

/* Years of serials have four digits. */
static char *put_date(char *out, Date d)
{
        out = put_digits(out, (unsigned)d.year, 4);
        *out++ = '-';
        out = put_digits(out, d.month, 2);
        *out++ = '-';
        return put_digits(out, d.day, 2);
}

/* A column of dates holds few different days: their texts are kept by serial.
 * NULL: not known; *ret_slot is where it belongs, NULL when serial is no whole day. */
static const char *known_day(const XlsxBook *b, Str serial, DayText **ret_slot)
{
        int64_t day;
        *ret_slot = NULL;
        if (serial.len > 7 || !str_to_i64(serial, &day) || day <= 0)
                return NULL;
        DayText *slot = &b->days[(size_t)day % DAYS_KEPT];
        *ret_slot = slot;
        if (slot->serial == day)
                return slot->text;
        slot->serial = day;
        slot->text[0] = '\0';           /* to be filled; stays so when the day is refused */
        return NULL;
}

/* The serial as date, date-time or time.  A time of day is a fraction alone; one
 * day is lent to it, so that it can be read as a date of that day. */
static Status set_date(const XlsxBook *b, const CellFormat *f, Str serial, Arena *arena, SheetCell *c)
{
        char lent[DOUBLE_TEXT_MAX], out[64];
        DayText *slot = NULL;
        const char *known = f->kind == FORMAT_DATE ? known_day(b, serial, &slot) : NULL;
        if (known && *known) {
                c->kind = SHEET_DATE;
                return keep(arena, str_n(known, sizeof(slot->text)), &c->text);
        }
        bool only_time = f->kind == FORMAT_TIME && (str_eq(serial, STR("0")) || str_starts(serial, STR("0.")));
        if (only_time) {
                memcpy(lent, serial.ptr, serial.len);
                lent[0] = '1';
                serial = str_n(lent, serial.len);
        }
        DateText t;
        NumTextWhy why = NUMTEXT_OK;
        if (datetext_from_serial(serial, b->is_1904, &t, &why) != ST_OK) {
                bad(c, why == NUMTEXT_SERIAL_60 ? SHEET_LEAP_1900 : SHEET_DATE_RANGE);
                return ST_OK;
        }
        char *end = out;
        if (only_time) {
                c->kind = SHEET_TIME;
                end = put_time(end, &t);
        } else {
                bool time = f->kind != FORMAT_DATE || (t.has_time && (t.hour || t.minute || t.second || t.nanos));
                c->kind = time ? SHEET_DATETIME : SHEET_DATE;
                end = put_date(end, t.date);
                if (slot)
                        memcpy(slot->text, out, sizeof(slot->text));
                if (time) {
                        *end++ = 'T';
                        end = put_time(end, &t);
                }
        }
        return keep(arena, str_n(out, (size_t)(end - out)), &c->text);
}

/* The digits of a number that is already as short as can be: "12", "-0.5", "1234.56"
 * with at most 15 digits.  Two decimals of that length never share a double, so
 * such a text is its own shortest form. */
static bool is_shortest(Str s, DoubleText *ret)
{
        size_t i = s.len && s.ptr[0] == '-', start = i;
        while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
                i++;
        size_t whole = i - start, fraction = 0;
        if (whole == 0 || (s.ptr[start] == '0' && (whole > 1 || start)))
                return false;
        if (i < s.len && s.ptr[i] == '.') {
                for (i++; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
                        fraction++;
                if (fraction == 0 || s.ptr[s.len - 1] == '0')
                        return false;
        }
        if (i != s.len || whole + fraction > CODE_DIGITS)
                return false;
        *ret = (DoubleText){ .len = s.len,
                             .int_digits = s.ptr[start] == '0' ? 0 : (int)whole,
                             .digits = (int)(whole + fraction) };
        return true;
}

static Status set_number(const XlsxBook *b, const CellFormat *f, Arena *arena, SheetCell *c)
{
        char text[DOUBLE_TEXT_MAX];
        DoubleText d;
        Str plain = c->raw;
        if (!is_shortest(c->raw, &d)) {
                if (double_text_shortest(c->raw, text, &d) != ST_OK) {
                        bad(c, SHEET_NUMBER_SYNTAX);
                        return ST_OK;
                }
                plain = str_n(text, d.len);
        }
        if ((c->flags & (SHEET_STALE | SHEET_FORMULA)) == (SHEET_STALE | SHEET_FORMULA) && str_eq(plain, STR("0"))) {
                c->kind = SHEET_UNCALCULATED;
                c->text = STR("");
                return ST_OK;
        }
        if (f->kind != FORMAT_NUMBER && f->kind != FORMAT_GENERAL)
                return set_date(b, f, plain, arena, c);
        c->kind = SHEET_NUMBER;
        if (d.int_digits > CODE_DIGITS)
                c->flags |= SHEET_OVER_15;
        else if (d.digits > CODE_DIGITS)
                c->flags |= SHEET_NOISE;
        if (f->exponent || (f->kind == FORMAT_GENERAL && d.int_digits > GENERAL_DIGITS))
                c->flags |= SHEET_EXPONENT;
        if (d.restated)
                c->flags |= SHEET_RESTATED;
        if (str_eq(plain, c->raw))
                return ST_OK;           /* text is raw */
        return keep(arena, plain, &c->text);
}

/* hh:mm:ss at the start of at least 8 characters; digits only, no sign and no blank. */
static bool starts_with_clock(const char *s)
{
        for (int i = 0; i < 8; i++)
                if (i % 3 == 2 ? s[i] != ':' : s[i] < '0' || s[i] > '9')
                        return false;
        return memcmp(s, "24", 2) < 0 && s[3] < '6' && s[6] < '6';
}

/* t="d": 2023-06-30, 2023-06-30T08:15:00[.123][Z], 08:15:00. */
static Status set_iso(Arena *arena, SheetCell *c)
{
        Str s = c->raw;
        Date day;
        char copy[40], out[64];
        bool has_day = s.len >= 10 && date_parse(str_n(s.ptr, 10), &day) == ST_OK;
        Str rest = has_day ? str_n(s.ptr + 10, s.len - 10) : s;
        if (has_day && rest.len == 0) {
                c->kind = SHEET_DATE;
                c->text = c->raw;
                return ST_OK;
        }
        if (has_day && rest.ptr[0] == 'T')
                rest = str_n(rest.ptr + 1, rest.len - 1);
        else if (has_day)
                rest = STR_NONE;
        if (str_ends(rest, STR("Z")))
                rest.len--;
        if (rest.len < 8 || rest.len >= sizeof(copy)) {
                bad(c, SHEET_DATE_SYNTAX);
                return ST_OK;
        }
        memcpy(copy, rest.ptr, rest.len);
        copy[rest.len] = '\0';
        if (!starts_with_clock(copy) ||
            (copy[8] && (copy[8] != '.' || strspn(copy + 9, "0123456789") != strlen(copy + 9)))) {
                bad(c, SHEET_DATE_SYNTAX);
                return ST_OK;
        }
        if (strspn(copy + 8, ".0") == strlen(copy + 8))
                copy[8] = '\0';
        int n = snprintf(out, sizeof(out), "%.*s%s%.20s", has_day ? 10 : 0, s.ptr, has_day ? "T" : "", copy);
        c->kind = has_day ? SHEET_DATETIME : SHEET_TIME;
        return keep(arena, str_n(out, (size_t)n), &c->text);
}

static Status set_shared(const XlsxBook *b, Arena *arena, Str value, SheetCell *c)
{
        int64_t index;
        if (!str_to_i64(value, &index) || index < 0 || (uint64_t)index >= string_pool_count(b->strings)) {
                TRY(keep(arena, value, &c->raw));
                bad(c, SHEET_STRING_INDEX);
                return ST_OK;
        }
        c->kind = SHEET_TEXT;
        c->text = c->raw = string_pool_get(b->strings, (size_t)index);
        return ST_OK;
}

Status xlsx_cell(XlsxBook *b, const RawCell *raw, Arena *arena, SheetCell *ret, bool *ret_any)
{
        const CellFormat *f = format_of(b, raw->style);
        SheetCell c = { .col = raw->col, .format = f->code, .flags = raw->formula ? SHEET_FORMULA : 0 };
        if (raw->formula && b->stale)
                c.flags |= SHEET_STALE;
        bool string = raw->type == 't' || raw->type == 'i' || raw->type == 's';
        *ret_any = true;
        if (raw->value.len == 0) {
                /* A formula that says "" has a <v>, and a type that is text; anything else was never calculated. */
                *ret_any = raw->formula && !(string && raw->has_v);
                c.kind = SHEET_UNCALCULATED;
                c.text = c.raw = STR("");
                *ret = c;
                return ST_OK;
        }
        if (raw->type == 's') {
                TRY(set_shared(b, arena, raw->value, &c));
                *ret_any = c.text.len > 0;
                *ret = c;
                return ST_OK;
        }
        TRY(keep(arena, raw->value, &c.raw));
        c.text = c.raw;
        switch (raw->type) {
        case 't':
        case 'i':
                c.kind = SHEET_TEXT;
                break;
        case 'e':
                c.kind = SHEET_ERROR;
                break;
        case 'b':
                if (str_eq(c.raw, STR("1")) || str_eq(c.raw, STR("true"))) {
                        c.kind = SHEET_BOOL;
                        c.text = STR("true");
                } else if (str_eq(c.raw, STR("0")) || str_eq(c.raw, STR("false"))) {
                        c.kind = c.flags & SHEET_STALE ? SHEET_UNCALCULATED : SHEET_BOOL;
                        c.text = c.flags & SHEET_STALE ? STR("") : STR("false");
                } else {
                        bad(&c, SHEET_BOOL_SYNTAX);
                }
                break;
        case 'd':
                TRY(set_iso(arena, &c));
                break;
        default:
                TRY(set_number(b, f, arena, &c));
                break;
        }
        *ret = c;
        return ST_OK;
}
