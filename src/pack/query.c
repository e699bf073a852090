/* query.c -- takes a query apart: count(REG[FILTER]), sum(REG[FILTER].FIELD), REG(year - 1).FIELD.
 *
 * Only the outer form is read here; the filter is FEEL and is compiled as such.
 * What does not have the form is no query, which is no error: the expression is
 * then evaluated row by row as a whole.
 */
#include "pack/pack_int.h"

typedef struct Scan {
        Str text;
        size_t at;
} Scan;

static void skip_blanks(Scan *s)
{
        while (s->at < s->text.len && strchr(" \t\r\n", s->text.ptr[s->at]))
                s->at++;
}

static bool take(Scan *s, char c)
{
        skip_blanks(s);
        if (s->at < s->text.len && s->text.ptr[s->at] == c) {
                s->at++;
                return true;
        }
        return false;
}

static bool is_word_char(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80);
}

static Str take_word(Scan *s)
{
        skip_blanks(s);
        size_t start = s->at;
        while (s->at < s->text.len && is_word_char(s->text.ptr[s->at]))
                s->at++;
        return str_n(s->text.ptr + start, s->at - start);
}

/* From after an opening bracket to its closing one, which is taken; strings are
 * skipped.  false: there is none. */
static bool take_inside(Scan *s, char open, char close, Str *ret)
{
        size_t start = s->at;
        int depth = 1;
        for (; s->at < s->text.len; s->at++) {
                char c = s->text.ptr[s->at];
                if (c == '"') {
                        for (s->at++; s->at < s->text.len && s->text.ptr[s->at] != '"'; s->at++)
                                if (s->text.ptr[s->at] == '\\')
                                        s->at++;
                        if (s->at >= s->text.len)
                                return false;
                } else if (c == open) {
                        depth++;
                } else if (c == close && --depth == 0) {
                        *ret = str_n(s->text.ptr + start, s->at - start);
                        s->at++;
                        return true;
                }
        }
        return false;
}

static bool at_end(Scan *s)
{
        skip_blanks(s);
        return s->at == s->text.len;
}

/* What the text says, names not looked up yet. */
typedef struct Form {
        PackQueryOp op;
        Str reg, field, filter;
        bool has_filter, has_field, call;
        int offset;
} Form;

/* REG, REG[FILTER], REG.FIELD, REG[FILTER].FIELD */
static bool read_rows(Scan *s, Form *f)
{
        f->reg = take_word(s);
        if (!f->reg.len)
                return false;
        if (take(s, '[')) {
                if (!take_inside(s, '[', ']', &f->filter))
                        return false;
                f->has_filter = true;
        }
        if (take(s, '.')) {
                f->field = take_word(s);
                f->has_field = f->field.len > 0;
                if (!f->has_field)
                        return false;
        }
        return at_end(s);
}

static bool read_aggregate(Str text, Form *f)
{
        static const struct { const char *word; PackQueryOp op; } words[] = {
                { "count", PACK_QUERY_COUNT }, { "sum", PACK_QUERY_SUM }, { "min", PACK_QUERY_MIN },
                { "max", PACK_QUERY_MAX }, { "mean", PACK_QUERY_MEAN },
        };
        Scan s = { text, 0 };
        Str word = take_word(&s), inside;
        size_t i = 0;
        while (i < ARRAY_LEN(words) && !str_eq_c(word, words[i].word))
                i++;
        if (i == ARRAY_LEN(words) || !take(&s, '(') || !take_inside(&s, '(', ')', &inside) || !at_end(&s))
                return false;
        f->op = words[i].op;
        Scan rows = { inside, 0 };
        if (f->op == PACK_QUERY_COUNT) {
                Scan d = { inside, 0 };
                if (str_eq(take_word(&d), STR("distinct")) && str_eq(take_word(&d), STR("values")) && take(&d, '(') &&
                    take_inside(&d, '(', ')', &inside) && at_end(&d)) {
                        f->op = PACK_QUERY_DISTINCT;
                        rows = (Scan){ inside, 0 };
                }
        }
        return read_rows(&rows, f) && f->has_field == (f->op != PACK_QUERY_COUNT);
}

/* FIELD, or REG(year + N).FIELD */
static bool read_path(Str text, Form *f)
{
        Scan s = { text, 0 };
        f->op = PACK_QUERY_PATH;
        f->field = take_word(&s);
        if (!f->field.len)
                return false;
        if (at_end(&s))
                return true;
        Str inside;
        f->reg = f->field;
        if (!take(&s, '(') || !take_inside(&s, '(', ')', &inside) || !take(&s, '.'))
                return false;
        f->call = true;
        f->field = take_word(&s);
        if (!f->field.len || !at_end(&s))
                return false;
        Scan arg = { inside, 0 };
        if (!str_eq(take_word(&arg), STR("year")))
                return false;
        if (at_end(&arg))
                return true;
        int sign = take(&arg, '-') ? -1 : take(&arg, '+') ? 1 : 0;
        int64_t n;
        Str digits = take_word(&arg);
        if (sign == 0 || !str_to_i64(digits, &n) || n < 0 || n > 100 || !at_end(&arg))
                return false;
        f->offset = sign * (int)n;
        return true;
}

static const PackRegister *find_register(const Loader *l, Str name)
{
        const PackRegister *reg = map_get(&l->own->registers, name);
        for (size_t i = 0; !reg && i < l->pack->register_count; i++)
                if (l->pack->registers[i]->list_name.len && str_eq(l->pack->registers[i]->list_name, name))
                        reg = l->pack->registers[i];
        return reg;
}

static FeelScope *filter_scope(Loader *l, const PackRegister *reg, const PackParameter *parameters, size_t n, Pos pos)
{
        FeelScope *scope = feel_scope_new(l->arena, l->own->library);
        if (loader_oom(l, scope))
                return NULL;
        bool good = true;
        for (size_t i = 0; good && i < reg->field_count; i++)
                good = pack_scope_add(l, scope, reg->fields[i].name, pack_field_type(&reg->fields[i]), pos);
        good = good && pack_scope_add(l, scope, STR("period start"), FEEL_TYPE_DATE, pos) &&
               pack_scope_add(l, scope, STR("period end"), FEEL_TYPE_DATE, pos) &&
               pack_scope_add(l, scope, STR("assessment year"), FEEL_TYPE_NUMBER, pos);
        if (good && reg->valid_from)
                good = pack_scope_add(l, scope, STR("valid on period end"), FEEL_TYPE_BOOLEAN, pos) &&
                       pack_scope_add(l, scope, STR("valid during period"), FEEL_TYPE_BOOLEAN, pos);
        for (size_t i = 0; good && i < n; i++)
                good = pack_scope_add(l, scope, parameters[i].name, FEEL_TYPE_NUMBER, parameters[i].pos);
        return good ? scope : NULL;
}

static const PackField *find_field(Loader *l, const PackRegister *reg, Str name, const Yaml *at)
{
        const PackField *f = map_get(&reg->by_name, name);
        if (!f)
                loader_error(l, yaml_pos_in(at, (size_t)(name.ptr - at->text.ptr)), "%.*s 没有字段“%.*s”%s",
                             "%.*s has no field \"%.*s\"%s", STR_FMT(reg->name), STR_FMT(name),
                             loader_near(l, &reg->by_name, name));
        return f;
}

static bool needs_number(PackQueryOp op)
{
        return op == PACK_QUERY_SUM || op == PACK_QUERY_MIN || op == PACK_QUERY_MAX || op == PACK_QUERY_MEAN;
}

bool pack_query_parse(Loader *l, const YamlExpr *e, const PackRegister *beneficiary, const PackParameter *parameters,
                      size_t parameter_count, const PackQuery **ret)
{
        Form f = { 0 };
        *ret = NULL;
        if (!read_aggregate(e->text, &f)) {
                f = (Form){ 0 };
                if (!beneficiary || !read_path(e->text, &f))
                        return false;
        }
        Pos at_reg = yaml_pos_in(e->at, f.reg.len ? (size_t)(f.reg.ptr - e->text.ptr) : 0);
        const PackRegister *reg = f.reg.len ? find_register(l, f.reg) : beneficiary;
        if (!reg) {
                if (beneficiary)
                        return false;
                loader_error(l, at_reg, "没有库“%.*s”%s", "there is no register \"%.*s\"%s", STR_FMT(f.reg),
                             loader_near(l, &l->own->registers, f.reg));
                return true;
        }
        if (!f.reg.len && !map_get(&reg->by_name, f.field))
                return false;           /* a parameter, or a name the compiler will report */
        PackQuery *q = arena_new_of(l->arena, PackQuery);
        if (loader_oom(l, q))
                return true;
        *q = (PackQuery){ .op = f.op, .reg = reg, .by_period = f.call, .year_offset = f.offset };
        if (beneficiary && f.reg.len) {
                q->owner = pack_owner_field(reg, beneficiary);
                if (!q->owner) {
                        loader_error(
                                l, at_reg, "库“%.*s”不属于“%.*s”：须是其子库，或有唯一一个指向它的字段",
                                "the register \"%.*s\" does not belong to \"%.*s\": it must be its child or have one "
                                "reference to it",
                                STR_FMT(reg->name), STR_FMT(beneficiary->name));
                        return true;
                }
        }
        if (f.call && (!reg->periodic || reg->period != PERIOD_YEAR)) {
                loader_error(l, at_reg, "“%.*s”不是按年的库", "\"%.*s\" is no yearly register", STR_FMT(reg->name));
                return true;
        }
        if (f.field.len) {
                q->field = find_field(l, reg, f.field, e->at);
                if (!q->field)
                        return true;
                if (needs_number(f.op) && (!pack_type_is_number(q->field->type) || q->field->many)) {
                        loader_error(l, yaml_pos_in(e->at, (size_t)(f.field.ptr - e->text.ptr)), "字段“%.*s”不是数字",
                                     "the field \"%.*s\" is no number", STR_FMT(f.field));
                        return true;
                }
        }
        if (f.op != PACK_QUERY_PATH) {
                q->scope = filter_scope(l, reg, parameters, parameter_count, at_reg);
                if (!q->scope)
                        return true;
        }
        if (f.has_filter) {
                q->filter = (PackExpr){ .text = f.filter,
                                        .pos = yaml_pos_in(e->at, (size_t)(f.filter.ptr - e->text.ptr)) };
                loader_compile(l, q->scope, &q->filter, FEEL_TYPE_BOOLEAN);
                if (!q->filter.program)
                        return true;
        }
        *ret = q;
        return true;
}
