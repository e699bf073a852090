/* draft.c -- the files of a draft policy: the definition, the decision table, the boundary cases.
 *
 * The table's columns are the gates (each at least 1), then the threshold, then the years before.  Its rules are
 * disjoint and leave no gap: one for every way to fail, in the order of the columns, and one for every grade. */
#include "meeting/draft.h"

#include <stdio.h>

#include "codec/xml.h"
#include "meeting/draft_int.h"

enum { FILE_MAX_BYTES = 1 << 20, RAISED_FEN = 1, TITLE_PART_MAX = 36 };

typedef struct Maker {
        const Pack *pack;
        const DraftSource *source;
        Arena *arena;
        Diag *diag;
        DraftPlan plan;
        Dec lines[DRAFT_GRADES_MAX], amounts[DRAFT_GRADES_MAX];
        size_t grades;                                    /* with a threshold: at least 1 */
        Str level_name, under_name, peak_name, base_name; /* of inputs; empty: none */
        bool failed;                                      /* no memory for a piece of text */
        Draft *out;
} Maker;

static Str text(Maker *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static Str text(Maker *m, const char *fmt, ...)
{
        va_list ap;
        va_start(ap, fmt);
        char *s = arena_vprintf(m->arena, fmt, ap);
        va_end(ap);
        m->failed |= s == NULL;
        return str_c(s);
}

static Str kept(Maker *m, Str s)
{
        Str own = arena_str(m->arena, s);
        m->failed |= own.ptr == NULL;
        return own;
}

static Str number(Maker *m, Dec d)
{
        char out[DEC_TEXT_MAX];
        return kept(m, str_n(out, dec_to_text(d, out)));
}

static bool has_level(const Maker *m)
{
        return m->plan.level.field != NULL;
}

/* ---- inputs ---- */

static Status add_input(Maker *m, Str words, Str name, Str from, int confidence)
{
        Draft *d = m->out;
        if (d->input_count == ARRAY_LEN(d->inputs) || !name.ptr || !from.ptr)
                return ST_NOMEM;
        d->inputs[d->input_count++] = (DraftInput){ words, name, from, confidence };
        if (confidence == 0 && d->lack_count < DRAFT_LACKS_MAX)
                d->lacks[d->lack_count++] = words;
        return ST_OK;
}

static Status add_field(Maker *m, const PackField *f, Str words, int confidence, Str *ret_name)
{
        Str from = text(m, "%.*s(year).%.*s", STR_FMT(f->reg->name), STR_FMT(f->name));
        *ret_name = f->name;
        for (size_t i = 0; i < m->out->input_count; i++)
                if (str_eq(m->out->inputs[i].name, f->name))
                        return ST_OK;
        return add_input(m, words, f->name, from, confidence);
}

/* "首次" asks for the highest figure of the years before; how a policy in force fills a missing one is taken over. */
static Str peak_otherwise(const Maker *m, Str from)
{
        for (size_t i = 0; i < m->pack->policy_count; i++) {
                const PackPolicy *p = m->pack->policies[i];
                for (size_t k = 0; k < p->input_count; k++)
                        if (p->beneficiary == m->plan.beneficiary && str_eq(p->inputs[k].expr.text, from))
                                return p->inputs[k].otherwise.text;
        }
        return STR("");
}

static Status make_inputs(Maker *m)
{
        DraftPlan *p = &m->plan;
        for (size_t i = 0; i < p->gate_count; i++) {
                Str name = text(m, p->gates[i].judged ? "judged_%zu" : "status_%zu", i + 1);
                TRY(add_input(m, p->gates[i].title, name, p->gates[i].from, p->gates[i].confidence));
        }
        if (has_level(m)) {
                const DraftLevel *l = &p->level;
                TRY(add_field(m, l->over ? l->over : l->field, l->text, l->confidence, &m->level_name));
                if (l->under)
                        TRY(add_field(m, l->under, l->text, l->confidence, &m->under_name));
                Str list = l->field->reg->list_name;
                if (l->first && !l->over && list.len) {
                        m->peak_name = STR("peak_before");
                        Str from = text(m, "max(%.*s[year < assessment year].%.*s)", STR_FMT(list),
                                        STR_FMT(l->field->name));
                        TRY(add_input(m, l->text, m->peak_name, from, l->confidence));
                }
        }
        if (p->has_rate && p->base)
                return add_field(m, p->base, p->base_text, p->base_confidence, &m->base_name);
        if (p->has_rate) {
                m->base_name = STR("base_amount");
                return add_input(m, p->base_text.len ? p->base_text : STR("计算基数"), m->base_name,
                                 STR("if true then null else 0"), 0);
        }
        return ST_OK;
}

static Str title_of(const Maker *m, Str name)
{
        const PackField *const fields[] = { m->plan.level.field, m->plan.level.over, m->plan.level.under,
                                            m->plan.base };
        for (size_t i = 0; i < ARRAY_LEN(fields); i++)
                if (fields[i] && str_eq(fields[i]->name, name))
                        return fields[i]->title.zh;
        for (size_t i = 0; i < m->out->input_count; i++)
                if (str_eq(m->out->inputs[i].name, name))
                        return m->out->inputs[i].text;
        return name;
}

/* ---- the definition ---- */

/* i: number of the grade; 0: there are none. */
static void put_parameter(Maker *m, Buf *b, const char *name, size_t i, Dec value, Str title)
{
        Str full = i ? text(m, "%s_%zu", name, i) : str_c(name);
        buf_printf(b, "  %.*s: {value: %.*s, title: ", STR_FMT(full), STR_FMT(number(m, value)));
        json_put_quoted(b, title);
        buf_puts(b, "}\n");
}

static void put_parameters(Maker *m, Buf *b)
{
        const DraftPlan *p = &m->plan;
        size_t n = has_level(m) ? m->grades : 1;
        buf_puts(b, "parameters:\n");
        for (size_t i = 0; i < n; i++) {
                if (has_level(m))
                        put_parameter(m, b, "line", i + 1, m->lines[i],
                                      text(m, "%.*s标准（%.*s）", STR_FMT(p->level.field->title.zh),
                                           STR_FMT(p->level.measure)));
                if (!p->has_rate)
                        put_parameter(m, b, "award", i + 1, m->amounts[i], STR("奖励金额（元）"));
        }
        if (p->has_rate)
                put_parameter(m, b, "rate", 0, p->rate, STR("补助比例"));
        if (p->has_rate && p->has_cap)
                put_parameter(m, b, "cap_amount", 0, p->cap, STR("最高额（元）"));
}

static Status make_policy(Maker *m, Buf *b)
{
        char day[24] = "2024-01-01";
        Draft *d = m->out;
        int32_t year = m->source->day.month ? m->source->day.year : clock_today().year;
        snprintf(day, sizeof(day), "%04d-01-01", (int)year);
        buf_puts(b, "# 由会议讲话起草，待审定：条件、标准和资金渠道以正式文件为准。\n");
        for (size_t i = 0; i < d->lack_count; i++) {
                buf_puts(b, "# 待定义的输入（目前对谁都是未知，不会误判为符合）：");
                for (size_t k = 0; k < d->lacks[i].len; k++)
                        buf_putc(b, d->lacks[i].ptr[k] == '\n' ? ' ' : d->lacks[i].ptr[k]);
                buf_putc(b, '\n');
        }
        buf_printf(b, "policy: %.*s\ntitle: ", STR_FMT(d->name));
        json_put_quoted(b, d->title);
        buf_puts(b, "\nbasis: {document: ");
        json_put_quoted(b, m->source->document);
        buf_printf(b, "}\neffective: {from: %s, by: assessment year}\nfor: %.*s\n", day,
                   STR_FMT(m->plan.beneficiary->name));
        put_parameters(m, b);
        buf_puts(b, "inputs:\n");
        for (size_t i = 0; i < d->input_count; i++) {
                const DraftInput *in = &d->inputs[i];
                Str otherwise = str_eq(in->name, m->peak_name) ? peak_otherwise(m, in->from) : STR("");
                buf_printf(b, "  %.*s:\n    from: ", STR_FMT(in->name));
                json_put_quoted(b, in->from);
                buf_puts(b, "\n    title: ");
                json_put_quoted(b, str_eq(in->name, m->peak_name)
                                           ? text(m, "以前年度最高%.*s", STR_FMT(m->plan.level.field->title.zh))
                                           : title_of(m, in->name));
                if (otherwise.len) {
                        buf_puts(b, "\n    otherwise: ");
                        json_put_quoted(b, otherwise);
                }
                buf_putc(b, '\n');
        }
        buf_puts(b, "decision: 奖补金额\namount: 金额\nreason: {zh: 依据, en: basis}\nround: {to: 元, mode: down}\n"
                    "mode: application\n");
        return buf_status(b);
}

/* ---- the decision table ---- */

typedef struct Table {
        XmlWriter w;
        Maker *m;
        size_t rule, columns;
} Table;

static void entry(XmlWriter *w, const char *element, Str s)
{
        xw_start(w, element);
        xw_element(w, "text", s);
        xw_end(w);
}

static Str quoted(Maker *m, Str s)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        json_put_quoted(&b, s);
        m->failed |= buf_status(&b) != ST_OK;
        return kept(m, buf_str(&b));
}

/* tests: one a column, "-" where it does not matter. */
static void put_rule(Table *t, const Str *tests, Str amount, Str why, const char *why_en)
{
        XmlWriter *w = &t->w;
        xw_start(w, "rule");
        xw_attr(w, "id", text(t->m, "r%zu", ++t->rule));
        for (size_t i = 0; i < t->columns; i++)
                entry(w, "inputEntry", tests[i]);
        entry(w, "outputEntry", amount);
        entry(w, "outputEntry", why);
        entry(w, "outputEntry", quoted(t->m, str_c(why_en)));
        xw_end(w);
}

static Str level_expression(Maker *m)
{
        if (!m->plan.level.over)
                return m->level_name;
        return text(m, "if %.*s > 0 then %.*s / %.*s * 100 else 0", STR_FMT(m->under_name), STR_FMT(m->level_name),
                    STR_FMT(m->under_name));
}

static Str amount_expression(Maker *m, size_t grade)
{
        const DraftPlan *p = &m->plan;
        if (!p->has_rate)
                return text(m, "award_%zu", grade + 1);
        Str base = m->base_name;
        if (p->excess && p->level.under)
                base = text(m, "(%.*s - line_1 / 100 * %.*s)", STR_FMT(m->level_name), STR_FMT(m->under_name));
        else if (p->excess)
                base = text(m, "(%.*s - line_1)", STR_FMT(m->level_name));
        return p->has_cap ? text(m, "min(%.*s * rate, cap_amount)", STR_FMT(base))
                          : text(m, "%.*s * rate", STR_FMT(base));
}

static void put_inputs(Table *t)
{
        Maker *m = t->m;
        const DraftPlan *p = &m->plan;
        for (size_t i = 0; i < t->columns; i++) {
                bool gate = i < p->gate_count, level = i == p->gate_count;
                Str label = gate ? p->gates[i].title : level ? p->level.field->title.zh : STR("以前年度");
                Str e = gate ? m->out->inputs[i].name : level ? level_expression(m) : m->peak_name;
                xw_start(&t->w, "input");
                xw_attr(&t->w, "id", text(m, "i%zu", i + 1));
                xw_attr(&t->w, "label", label);
                xw_start(&t->w, "inputExpression");
                xw_attr_c(&t->w, "typeRef", "number");
                xw_element(&t->w, "text", e);
                xw_end(&t->w);
                xw_end(&t->w);
        }
}

static void put_gates(Table *t, Str *tests)
{
        Maker *m = t->m;
        for (size_t i = 0; i < m->plan.gate_count; i++) {
                tests[i] = STR("< 1");
                put_rule(t, tests, STR("0"),
                         quoted(m, text(m, "%.*s：不符合，要求符合", STR_FMT(m->plan.gates[i].title))),
                         "a condition is not met");
                tests[i] = STR(">= 1");
        }
}

static void put_grades(Table *t, Str *tests)
{
        Maker *m = t->m;
        const DraftLevel *l = &m->plan.level;
        size_t at = m->plan.gate_count;
        Str said = level_expression(m), why;
        const char *reach = l->below ? "要求 <" : l->strict ? "要求 >" : "要求 ≥";
        tests[at] = l->below ? STR(">= line_1") : l->strict ? STR("<= line_1") : STR("< line_1");
        why = text(m, "\"%.*s \" + string(%.*s) + \" %.*s，%s \" + string(line_1) + \" %.*s\"",
                   STR_FMT(l->field->title.zh), STR_FMT(said), STR_FMT(l->measure), reach, STR_FMT(l->measure));
        put_rule(t, tests, STR("0"), why, "the threshold is not reached");
        for (size_t i = 0; i < m->grades; i++) {
                bool last = i + 1 == m->grades;
                if (l->below)
                        tests[at] = STR("< line_1");
                else if (last)
                        tests[at] = text(m, "%s line_%zu", l->strict ? ">" : ">=", i + 1);
                else
                        tests[at] = text(m, l->strict ? "(line_%zu..line_%zu]" : "[line_%zu..line_%zu)", i + 1, i + 2);
                if (m->peak_name.len) {
                        tests[at + 1] = text(m, "%s line_%zu", l->strict ? ">" : ">=", i + 1);
                        put_rule(t, tests, STR("0"), quoted(m, STR("以前年度已经达到过，要求首次")),
                                 "it was reached in a year before");
                        tests[at + 1] = text(m, "%s line_%zu", l->strict ? "<=" : "<", i + 1);
                }
                put_rule(t, tests, amount_expression(m, i),
                         quoted(m, text(m, "%.*s%s标准", STR_FMT(l->field->title.zh),
                                        l->below    ? "低于"
                                        : l->strict ? "超过"
                                                    : "达到")),
                         "the threshold is reached");
        }
}

static void put_need(Table *t, size_t i, Str name)
{
        xw_start(&t->w, "informationRequirement");
        xw_attr(&t->w, "id", text(t->m, "n%zu", i));
        xw_start(&t->w, "requiredInput");
        xw_attr(&t->w, "href", text(t->m, "#%.*s", STR_FMT(name)));
        xw_end(&t->w);
        xw_end(&t->w);
}

static size_t names_of(Maker *m, Str *names, size_t max)
{
        const DraftPlan *p = &m->plan;
        size_t n = 0, grades = has_level(m) ? m->grades : 1;
        for (size_t i = 0; i < m->out->input_count && n < max; i++)
                names[n++] = m->out->inputs[i].name;
        for (size_t i = 0; i < grades && n + 2 < max; i++) {
                if (has_level(m))
                        names[n++] = text(m, "line_%zu", i + 1);
                if (!p->has_rate)
                        names[n++] = text(m, "award_%zu", i + 1);
        }
        if (p->has_rate && n + 2 < max) {
                names[n++] = STR("rate");
                if (p->has_cap)
                        names[n++] = STR("cap_amount");
        }
        return n;
}

static void put_answer_type(XmlWriter *w)
{
        static const char *const parts[][2] = { { "金额", "number" }, { "依据", "string" }, { "basis", "string" } };
        xw_start(w, "itemDefinition");
        xw_attr_c(w, "id", "tAnswer");
        xw_attr_c(w, "name", "tAnswer");
        for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
                xw_start(w, "itemComponent");
                xw_attr_i64(w, "id", (int64_t)i + 1);
                xw_attr_c(w, "name", parts[i][0]);
                xw_element(w, "typeRef", str_c(parts[i][1]));
                xw_end(w);
        }
        xw_end(w);
}

static void put_outputs(XmlWriter *w)
{
        static const char *const parts[][2] = { { "金额", "number" }, { "依据", "string" }, { "basis", "string" } };
        for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
                xw_start(w, "output");
                xw_attr_c(w, "name", parts[i][0]);
                xw_attr_c(w, "typeRef", parts[i][1]);
                xw_end(w);
        }
}

static void put_variable(XmlWriter *w, Str name, const char *type)
{
        xw_start(w, "variable");
        xw_attr(w, "name", name);
        xw_attr_c(w, "typeRef", type);
        xw_end(w);
}

static Status make_model(Maker *m, Buf *b)
{
        enum { NAMES_MAX = 2 * DRAFT_GRADES_MAX + DRAFT_GATES_MAX + 8 };
        Str names[NAMES_MAX], tests[DRAFT_GATES_MAX + 2];
        size_t n = names_of(m, names, NAMES_MAX);
        Table t = { .w = xml_writer(b, true), .m = m };
        XmlWriter *w = &t.w;
        t.columns = m->plan.gate_count + (has_level(m) ? 1 : 0) + (m->peak_name.len ? 1 : 0);
        for (size_t i = 0; i < ARRAY_LEN(tests); i++)
                tests[i] = STR("-");
        xw_declaration(w);
        xw_start(w, "definitions");
        xw_attr_c(w, "xmlns", "https://www.omg.org/spec/DMN/20230324/MODEL/");
        xw_attr(w, "id", m->out->name);
        xw_attr(w, "name", m->out->title);
        xw_attr(w, "namespace", text(m, "urn:kechuang:draft:%.*s", STR_FMT(m->out->name)));
        put_answer_type(w);
        xw_start(w, "decision");
        xw_attr_c(w, "id", "d");
        xw_attr_c(w, "name", "奖补金额");
        put_variable(w, STR("奖补金额"), "tAnswer");
        for (size_t i = 0; i < n; i++)
                put_need(&t, i + 1, names[i]);
        xw_start(w, "decisionTable");
        xw_attr_c(w, "id", "t");
        xw_attr_c(w, "hitPolicy", "UNIQUE");
        put_inputs(&t);
        put_outputs(w);
        put_gates(&t, tests);
        if (has_level(m))
                put_grades(&t, tests);
        else
                put_rule(&t, tests, amount_expression(m, 0), quoted(m, STR("符合条件")), "the conditions are met");
        xw_end(w);
        xw_end(w);
        for (size_t i = 0; i < n; i++) {
                xw_start(w, "inputData");
                xw_attr(w, "id", names[i]);
                xw_attr(w, "name", names[i]);
                put_variable(w, names[i], "number");
                xw_end(w);
        }
        xw_end(w);
        return xw_finish(w);
}

/* ---- the cases ---- */

/* The smallest step of a figure: a fen of money, a hundredth of others. */
static Dec step_of(const Maker *m)
{
        const PackField *f = m->plan.level.over ? m->plan.level.over : m->plan.level.field;
        return dec_from_scaled(RAISED_FEN, f->type == PACK_INTEGER ? 0 : 2);
}

/* What ratio's denominator the cases take: 1亿元, so that a per cent is a whole figure. */
static Dec under_value(void)
{
        return dec_from_i64(100000000);
}

/* The figure of the level's input that stands at a line. */
static Dec at_line(const Maker *m, Dec line)
{
        return m->plan.level.over ? dec_div(dec_mul(line, under_value()), dec_from_i64(100)) : line;
}

/* A figure that passes the last grade. */
static Dec passing(const Maker *m)
{
        Dec top = at_line(m, m->lines[m->grades - 1]);
        Dec step = m->plan.level.over ? dec_from_i64(10000) : dec_from_i64(100);
        return m->plan.level.below ? dec_sub(top, step_of(m)) : dec_add(top, step);
}

/* What is paid when the share is taken of `base`. */
static Dec share_of(const Maker *m, Dec base)
{
        Dec d = dec_mul(base, m->plan.rate);
        if (m->plan.has_cap && dec_cmp(d, m->plan.cap) > 0)
                d = m->plan.cap;
        return dec_round(d, 0, DEC_DOWN);
}

static Dec excess_of(const Maker *m, Dec level)
{
        Dec over = dec_sub(level, at_line(m, m->lines[0]));
        return dec_is_negative(over) ? dec_zero() : over;
}

typedef struct Cases {
        Maker *m;
        Buf *b;
        Dec level, base; /* of the passing case */
        Dec paid;        /* what it gets */
} Cases;

static void put_case(Cases *c, Str name, Str given, Str expect)
{
        buf_puts(c->b, "  - {case: ");
        json_put_quoted(c->b, name);
        if (given.len)
                buf_printf(c->b, ", given: {%.*s}", STR_FMT(given));
        buf_printf(c->b, ", expect: %.*s}\n", STR_FMT(expect));
}

/* The level's figure alone changes. */
static void put_level_case(Cases *c, const char *what, size_t grade, Dec level, Dec expect)
{
        Maker *m = c->m;
        Str name = text(m, "%s第%zu档标准", what, grade + 1);
        put_case(c, name, text(m, "%.*s: %.*s", STR_FMT(m->level_name), STR_FMT(number(m, level))),
                 number(m, dec_round(expect, 0, DEC_DOWN)));
}

static Dec paid_at(const Cases *c, Dec level)
{
        const Maker *m = c->m;
        const DraftLevel *l = &m->plan.level;
        Dec best = dec_zero();
        for (size_t i = 0; i < m->grades; i++) {
                int cmp = dec_cmp(level, at_line(m, m->lines[i]));
                if (l->below ? cmp < 0 : l->strict ? cmp > 0 : cmp >= 0)
                        best = !m->plan.has_rate                     ? m->amounts[i]
                               : m->plan.excess                      ? share_of(m, excess_of(m, level))
                               : str_eq(m->base_name, m->level_name) ? share_of(m, level)
                                                                     : share_of(m, c->base);
        }
        return best;
}

static void put_thresholds(Cases *c)
{
        Maker *m = c->m;
        for (size_t i = 0; has_level(m) && i < m->grades; i++) {
                Dec at = at_line(m, m->lines[i]), step = step_of(m);
                Dec low = dec_sub(at, step), high = dec_add(at, step);
                put_level_case(c, "恰为", i, at, paid_at(c, at));
                put_level_case(c, "刚低于", i, low, paid_at(c, low));
                put_level_case(c, "刚高于", i, high, paid_at(c, high));
        }
        for (size_t i = 0; m->peak_name.len && i < m->grades; i++) {
                Dec step = step_of(m), inside = dec_add(m->lines[i], step);
                Dec before = m->plan.level.strict ? dec_add(m->lines[i], step) : m->lines[i];
                Dec last = dec_sub(before, step);
                put_case(c, text(m, "以前年度已到第%zu档", i + 1),
                         text(m, "%.*s: %.*s, peak_before: %.*s", STR_FMT(m->level_name), STR_FMT(number(m, inside)),
                              STR_FMT(number(m, before))),
                         STR("0"));
                put_case(c, text(m, "以前年度刚不到第%zu档", i + 1),
                         text(m, "%.*s: %.*s, peak_before: %.*s", STR_FMT(m->level_name), STR_FMT(number(m, inside)),
                              STR_FMT(number(m, last))),
                         number(m, dec_round(m->amounts[i], 0, DEC_DOWN)));
        }
}

/* The base at which the cap begins to hold, in the input that moves it. */
static void put_cap(Cases *c)
{
        Maker *m = c->m;
        const DraftPlan *p = &m->plan;
        if (!p->has_rate || !p->has_cap || dec_is_zero(p->rate))
                return;
        Dec base = dec_round(dec_div(p->cap, p->rate), 2, DEC_CEILING), step = dec_from_i64(100);
        Dec under = p->level.under ? at_line(m, m->lines[0]) : p->level.field ? m->lines[0] : dec_zero();
        bool moves_level = p->excess || str_eq(m->base_name, m->level_name);
        Str name = moves_level ? m->level_name : m->base_name;
        static const char *const words[] = { "恰到最高额", "刚低于最高额", "超过最高额" };
        for (int i = 0; i < 3; i++) {
                Dec b = i == 0 ? base : i == 1 ? dec_sub(base, step) : dec_add(base, step);
                Dec given = p->excess ? dec_add(under, b) : b;
                if (moves_level && !p->excess && p->level.field && dec_cmp(given, passing(m)) < 0)
                        continue; /* the cap lies below the threshold */
                put_case(c, str_c(words[i]), text(m, "%.*s: %.*s", STR_FMT(name), STR_FMT(number(m, given))),
                         number(m, share_of(m, b)));
        }
}

static Status make_cases(Maker *m, Buf *b)
{
        const DraftPlan *p = &m->plan;
        Cases c = { .m = m, .b = b, .base = dec_from_i64(1000000) };
        int32_t year = m->source->day.month ? m->source->day.year : clock_today().year;
        c.level = has_level(m) ? passing(m) : dec_zero();
        c.paid = has_level(m) ? paid_at(&c, c.level) : p->has_rate ? share_of(m, c.base) : m->amounts[0];
        buf_printf(b, "cases: %.*s\nyear: %d\ngiven: {", STR_FMT(m->out->name), (int)year);
        for (size_t i = 0; i < m->out->input_count; i++) {
                Str name = m->out->inputs[i].name;
                Dec v = i < p->gate_count             ? dec_from_i64(1)
                        : str_eq(name, m->level_name) ? c.level
                        : str_eq(name, m->under_name) ? under_value()
                        : str_eq(name, m->peak_name)  ? dec_zero()
                                                      : c.base;
                buf_printf(b, "%s%.*s: %.*s", i ? ", " : "", STR_FMT(name), STR_FMT(number(m, v)));
        }
        buf_puts(b, "}\neach:\n");
        put_case(&c, STR("全部符合"), STR(""), number(m, dec_round(c.paid, 0, DEC_DOWN)));
        for (size_t i = 0; i < p->gate_count; i++)
                put_case(&c, text(m, "不符合：%.*s", STR_FMT(p->gates[i].title)),
                         text(m, "%.*s: 0", STR_FMT(m->out->inputs[i].name)), STR("0"));
        put_thresholds(&c);
        put_cap(&c);
        for (size_t i = 0; i < m->out->input_count; i++) {
                Str name = m->out->inputs[i].name;
                put_case(&c, text(m, "缺%.*s", STR_FMT(title_of(m, name))), text(m, "%.*s: missing", STR_FMT(name)),
                         text(m, "{missing: [%.*s]}", STR_FMT(name)));
        }
        return buf_status(b);
}

/* ---- all of it ---- */

static Status keep(Maker *m, size_t i, const char *folder, const char *ending, Status (*make)(Maker *, Buf *))
{
        _cleanup_buf_ Buf b = BUF_INIT(FILE_MAX_BYTES);
        TRY(make(m, &b));
        m->out->files[i].path = text(m, "%s/%.*s.%s", folder, STR_FMT(m->out->name), ending);
        m->out->files[i].content = kept(m, buf_str(&b));
        return m->failed ? ST_NOMEM : ST_OK;
}

static void sort_grades(Maker *m)
{
        for (size_t i = 1; i < m->grades; i++)
                for (size_t k = i; k > 0 && dec_cmp(m->lines[k], m->lines[k - 1]) < 0; k--) {
                        Dec line = m->lines[k], amount = m->amounts[k];
                        m->lines[k] = m->lines[k - 1];
                        m->amounts[k] = m->amounts[k - 1];
                        m->lines[k - 1] = line;
                        m->amounts[k - 1] = amount;
                }
}

static Status plan_all(Maker *m, const DraftIncentive *in, size_t n, const PackRegister *who)
{
        for (size_t i = 0; i < n; i++) {
                DraftPlan p;
                TRY(draft_plan(m->pack, who, &in[i], m->arena, &p));
                if (!p.has_amount && !p.has_rate)
                        return diag_fail(m->diag, ST_INVALID, POS_NONE, "没有金额也没有比例（原文缺失）：“%.*s”",
                                         "neither an amount nor a rate (the copy lost it): \"%.*s\"",
                                         STR_FMT(in[i].quote));
                if (i == 0)
                        m->plan = p;
                m->lines[i] = p.level.line;
                m->amounts[i] = p.amount;
        }
        m->grades = n;
        sort_grades(m);
        return ST_OK;
}

Status draft_make(const Pack *pack, const DraftSource *source, const DraftIncentive *in, size_t n, Arena *a, Diag *d,
                  Draft *ret)
{
        const PackRegister *who = source->beneficiary ? source->beneficiary : draft_beneficiary(pack);
        Draft out = { 0 };
        Maker *m = arena_new_of(a, Maker);
        if (!m)
                return ST_NOMEM;
        *m = (Maker){ .pack = pack, .source = source, .arena = a, .diag = d, .out = &out };
        if (!who || n == 0 || n > DRAFT_GRADES_MAX)
                return diag_fail(d, ST_INVALID, POS_NONE, "城市包里没有可以兑付的库（要有年度数据）",
                                 "the pack has no register to pay (it needs yearly data)");
        TRY(plan_all(m, in, n, who));
        Str who_text = str_trim(json_get_text(in[0].fields, "beneficiary", STR("")));
        Str condition = str_trim(json_get_text(in[0].fields, "condition", STR("")));
        bool told = str_has(who_text, condition) || condition.len > TITLE_PART_MAX;
        Str title = has_level(m) ? text(m, "%.*s%.*s", STR_FMT(who_text), STR_FMT(m->plan.level.field->title.zh))
                    : told       ? who_text
                                 : text(m, "%.*s%.*s", STR_FMT(condition), STR_FMT(who_text));
        out.name = text(m, "draft_m%lld_%lld", (long long)source->meeting, (long long)in[0].item);
        out.title = text(m, "%.*s%s", STR_FMT(title), m->plan.has_rate ? "补助" : "奖励");
        if (!out.name.ptr || !out.title.ptr)
                return ST_NOMEM;
        TRY(make_inputs(m));
        TRY(keep(m, 0, "policies", "yaml", make_policy));
        TRY(keep(m, 1, "policies", "dmn", make_model));
        TRY(keep(m, 2, "cases", "yaml", make_cases));
        *ret = out;
        return ST_OK;
}
