/* Ranges: membership, properties, and the literals that range() reads. */
#include "feel/builtins_int.h"
#include "feel/lex.h"

FeelTruth feel_in_range(const FeelValue *v, const FeelRange *r)
{
        int c;
        bool inside = true;
        if (v->kind == FEEL_NULL)
                return FEEL_NEITHER;
        if (r->low.kind != FEEL_NULL) {
                if (!feel_order(v, &r->low, &c))
                        return FEEL_NEITHER;
                inside = c > 0 || (c == 0 && r->low_closed);
        }
        if (r->high.kind != FEEL_NULL) {
                if (!feel_order(v, &r->high, &c))
                        return FEEL_NEITHER;
                inside = inside && (c < 0 || (c == 0 && r->high_closed));
        }
        return inside ? FEEL_TRUE : FEEL_FALSE;
}

bool feel_range_property(const FeelRange *r, Str name, FeelValue *ret)
{
        if (str_eq(name, STR("start")))
                *ret = r->low;
        else if (str_eq(name, STR("end")))
                *ret = r->high;
        else if (str_eq(name, STR("start included")))
                *ret = feel_bool(r->low_closed);
        else if (str_eq(name, STR("end included")))
                *ret = feel_bool(r->high_closed);
        else
                return false;
        return true;
}

/* ---------------------------------------------------------------- literals */

typedef struct Reader {
        FeelExec *x;
        Lexer lx;
        Token now;
        Status st;              /* no memory */
} Reader;

static void advance(Reader *r)
{
        r->now = feel_lex(&r->lx, r->now.end);
}

static bool eat(Reader *r, Tok kind)
{
        if (r->now.kind != kind)
                return false;
        advance(r);
        return true;
}

static Str token_text(const Reader *r)
{
        return str_n(r->lx.text.ptr + r->now.start, r->now.end - r->now.start);
}

static bool eat_word(Reader *r, const char *word)
{
        if (!str_eq_c(token_text(r), word))
                return false;
        advance(r);
        return true;
}

static bool string_literal(Reader *r, Str *ret)
{
        if (r->now.kind != T_STRING)
                return false;
        *ret = feel_unescape(r->x->arena, token_text(r));
        if (!ret->ptr)
                r->st = ST_NOMEM;
        advance(r);
        return r->st == ST_OK;
}

static bool parse_duration(Str s, FeelValue *ret)
{
        FeelValue v = feel_null();
        if (feel_parse_days_duration(s, &v.duration))
                v.kind = FEEL_DAYS_DURATION;
        else if (feel_parse_months_duration(s, &v.months))
                v.kind = FEEL_MONTHS_DURATION;
        *ret = v;
        return v.kind != FEEL_NULL;
}

/* date("…"), date and time("…"), time("…"), duration("…") */
static bool constructor(Reader *r, FeelValue *ret)
{
        FeelValue v = feel_null();
        Str s;
        if (eat_word(r, "date")) {
                v.kind = eat(r, T_AND) && eat_word(r, "time") ? FEEL_DATE_TIME : FEEL_DATE;
        } else if (eat_word(r, "time")) {
                v.kind = FEEL_TIME;
        } else if (eat_word(r, "duration")) {
                v.kind = FEEL_DAYS_DURATION;
        }
        if (v.kind == FEEL_NULL || !eat(r, T_LPAREN) || !string_literal(r, &s) || !eat(r, T_RPAREN))
                return false;
        *ret = v;
        switch ((FeelKind)v.kind) {
        case FEEL_DATE: return feel_parse_date(s, &ret->date);
        case FEEL_TIME: return feel_parse_time(s, &ret->time);
        case FEEL_DATE_TIME: return feel_parse_date_time(s, &ret->date_time);
        default: return parse_duration(s, ret);
        }
}

static bool end_point(Reader *r, FeelValue *ret)
{
        Str s;
        bool negative = eat(r, T_MINUS);
        if (r->now.kind == T_NUMBER) {
                Dec n;
                if (dec_parse(token_text(r), &n) != ST_OK)
                        return false;
                advance(r);
                *ret = feel_number(negative ? dec_neg(n) : n);
                return true;
        }
        if (negative)
                return false;
        if (eat(r, T_AT))
                return string_literal(r, &s) && feel_parse_at_literal(s, ret);
        if (r->now.kind == T_STRING) {
                if (!string_literal(r, &s))
                        return false;
                *ret = feel_string(s);
                return true;
        }
        return constructor(r, ret);
}

/* An end may be left out where its side is open: (..3], [1..). */
static bool range_literal(Reader *r, FeelRange *ret)
{
        ret->low_closed = r->now.kind == T_LBRACK;
        if (!eat(r, T_LBRACK) && !eat(r, T_LPAREN) && !eat(r, T_RBRACK))
                return false;
        if (r->now.kind != T_DOTDOT && !end_point(r, &ret->low))
                return false;
        if (!eat(r, T_DOTDOT))
                return false;
        bool ends = r->now.kind == T_RBRACK || r->now.kind == T_RPAREN || r->now.kind == T_LBRACK;
        if (!ends && !end_point(r, &ret->high))
                return false;
        ret->high_closed = r->now.kind == T_RBRACK;
        if (!eat(r, T_RBRACK) && !eat(r, T_RPAREN) && !eat(r, T_LBRACK))
                return false;
        return r->now.kind == T_EOF;
}

static bool sound(const FeelRange *r)
{
        int c;
        if (r->low.kind == FEEL_NULL || r->high.kind == FEEL_NULL)
                return (r->low.kind != FEEL_NULL || !r->low_closed) && (r->high.kind != FEEL_NULL || !r->high_closed) &&
                       r->low.kind != r->high.kind;
        return r->low.kind == r->high.kind && feel_order(&r->low, &r->high, &c) && c <= 0;
}

Status feel_parse_range(FeelExec *x, Str s, bool *ret_ok, FeelValue *ret)
{
        *ret_ok = false;
        *ret = feel_null();
        if (s.len > UINT32_MAX / 2)
                return ST_OK;
        TRY(feel_tick(x, 1 + s.len / 16));
        Reader r = { .x = x, .lx = { .text = s } };
        advance(&r);
        FeelRange range = { 0 };
        bool ok = range_literal(&r, &range) && sound(&range);
        TRY(r.st);
        if (!ok)
                return ST_OK;
        FeelRange *own = arena_new_of(x->arena, FeelRange);
        if (!own)
                return ST_NOMEM;
        *own = range;
        *ret = feel_range(own);
        *ret_ok = true;
        return ST_OK;
}
