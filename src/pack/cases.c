/* cases.c -- one case: inputs into the policy's decision, the amount against what is expected.
 *
 * Values of `given` and `set` are figures with a measure (1亿元, 2%), dates
 * (2023-01-31), `missing`, or FEEL.  Each run is traced, so that at the end the
 * rules which no case has hit can be named.
 */
#include "pack/cases.h"

#include <stdlib.h>

#include "dmn/tables.h"
#include "pack/amount.h"
#include "pack/measure.h"
#include "pack/pack_int.h"

/* A decision table seen in some trace, and which of its cells were hit: of a rule that matched all conditions, of one that
 * answered its outputs too, and the output for when no rule applies. */
typedef struct SeenTable {
        Str name;
        Pos pos;
        size_t rules;
        bool *hit, *answered;
        bool fallback;
} SeenTable;

typedef struct Run {
        const Pack *pack;
        const PackPolicy *policy;
        const RawCases *group;
        Diag *diag;
        PackCheckReport *report;
        bool *good;
        Arena *arena;           /* of the policy: tables seen */
        SeenTable *tables;
        size_t table_count, table_cap;
        bool any, floored;
        bool *blocked;          /* by input */
        bool *capped, *adjusted;/* by cap, by adjustment */
} Run;

#define run_error(r, pos, ...)                                      \
        do {                                                        \
                diag_error((r)->diag, (pos), __VA_ARGS__);          \
                *(r)->good = false;                                 \
        } while (0)

/* ---- values --------------------------------------------------------------------- */

static bool measured(Str text, Dec *ret)
{
        static const char *const bases[] = { "元", "", "人", "家", "件", "项", "个" };
        Str measure;
        Dec number, factor;
        if (measure_parse(text, &number, &measure) != ST_OK)
                return false;
        if (!measure.len) {
                *ret = number;
                return true;
        }
        for (size_t i = 0; i < ARRAY_LEN(bases); i++)
                if (measure_factor(measure, str_c(bases[i]), &factor) == ST_OK) {
                        *ret = dec_mul(number, factor);
                        return true;
                }
        return false;
}

static Status evaluate(Run *r, FeelExec *x, const Yaml *node, FeelValue *ret)
{
        FeelScope *scope = feel_scope_new(feel_exec_arena(x), r->pack->own->library);
        FeelProgram *program = NULL;
        if (!scope)
                return ST_NOMEM;
        Pos pos = yaml_pos_in(node, 0);
        FeelSource src = { .text = node->text, .file = pos.file, .line = pos.line, .col = pos.col };
        TRY(feel_compile(scope, src, NULL, r->diag, &program));
        FeelValue v;
        Status st = feel_eval(x, program, NULL, 0, &v);
        if (st == ST_OK)
                st = feel_copy(feel_exec_arena(x), &v, ret);    /* constants go with their program */
        feel_program_free(program);
        return st;
}

static Status read_value(Run *r, FeelExec *x, Str name, const Yaml *node, FeelValue *ret)
{
        Dec number;
        Date day;
        if (node->kind != YAML_KIND_SCALAR) {
                run_error(r, yaml_pos(node), "应是一个值", "one value is needed");
                return ST_INVALID;
        }
        if (node->style == YAML_STYLE_PLAIN && str_eq(node->text, STR("missing")))
                return feel_unknown(feel_exec_arena(x), name, ret);
        if (measured(node->text, &number))
                *ret = feel_number(number);
        else if (date_parse(node->text, &day) == ST_OK)
                *ret = feel_date(day);
        else if (evaluate(r, x, node, ret) != ST_OK) {
                *r->good = false;
                return ST_INVALID;
        }
        return ST_OK;
}

/* The value of a name: the case's own, else the group's; NULL: neither. */
static const Yaml *given(const RawCase *c, const RawCases *group, Str name)
{
        const Yaml *node = c->given ? yaml_get(c->given, name) : NULL;
        return node ? node : group->given ? yaml_get(group->given, name) : NULL;
}

static void check_names(Run *r, const Yaml *map, bool parameters)
{
        if (!map)
                return;
        if (map->kind != YAML_KIND_MAP) {
                run_error(r, yaml_pos(map), "应是 名称: 值 的映射", "a mapping of names to values is needed");
                return;
        }
        for (size_t i = 0; i < map->count; i++) {
                Str name = map->pairs[i].key->text;
                bool found = false;
                for (size_t k = 0; parameters && k < r->policy->parameter_count; k++)
                        found = found || str_eq(r->policy->parameters[k].name, name);
                for (size_t k = 0; !parameters && k < r->policy->input_count; k++)
                        found = found || str_eq(r->policy->inputs[k].name, name);
                if (!found && parameters)
                        run_error(r, yaml_pos(map->pairs[i].key), "政策“%.*s”没有参数“%.*s”",
                                  "the policy \"%.*s\" has no parameter \"%.*s\"", STR_FMT(r->policy->name),
                                  STR_FMT(name));
                else if (!found)
                        run_error(r, yaml_pos(map->pairs[i].key), "政策“%.*s”没有输入“%.*s”",
                                  "the policy \"%.*s\" has no input \"%.*s\"", STR_FMT(r->policy->name), STR_FMT(name));
        }
}

/* ---- coverage -------------------------------------------------------------------- */

static SeenTable *table_of(Run *r, const DmnTraceNode *node)
{
        Str name = node->name;
        for (const DmnTraceNode *n = node->parent; n && !name.len; n = n->parent)
                name = n->name;
        size_t rules = 0;
        for (const DmnTraceNode *n = node->first; n; n = n->next)
                if (n->kind == DMN_TRACE_RULE && (size_t)n->rule > rules)
                        rules = (size_t)n->rule;
        for (size_t i = 0; i < r->table_count; i++)
                if (str_eq(r->tables[i].name, name) && r->tables[i].pos.line == node->pos.line &&
                    r->tables[i].pos.col == node->pos.col && r->tables[i].rules >= rules)
                        return &r->tables[i];
        if (arena_grow(r->arena, (void **)&r->tables, &r->table_cap, r->table_count + 1, sizeof(SeenTable)) != 0)
                return NULL;
        SeenTable *t = &r->tables[r->table_count];
        *t = (SeenTable){ .name = arena_str(r->arena, name), .pos = node->pos, .rules = rules,
                          .hit = arena_array_of(r->arena, bool, rules + 1),
                          .answered = arena_array_of(r->arena, bool, rules + 1) };
        if (!t->name.ptr || !t->hit || !t->answered)
                return NULL;
        t->pos.file = node->pos.file ? arena_strdup(r->arena, node->pos.file) : NULL;
        t->pos.source = node->pos.source.len ? arena_str(r->arena, node->pos.source) : STR_NONE;
        r->table_count++;
        return t;
}

static Status note_hits(Run *r, const DmnTraceNode *node)
{
        if (node->kind == DMN_TRACE_TABLE) {
                SeenTable *t = table_of(r, node);
                if (!t)
                        return ST_NOMEM;
                bool any = false;
                for (const DmnTraceNode *n = node->first; n; n = n->next) {
                        if (n->kind != DMN_TRACE_RULE || (n->state != DMN_RULE_FIRED && n->state != DMN_RULE_MATCHED))
                                continue;
                        t->hit[n->rule] = any = true;
                        /* Under ANY those beside the one that is taken say the same. */
                        t->answered[n->rule] |= n->state == DMN_RULE_FIRED || str_starts(node->text, STR("ANY"));
                }
                t->fallback |= !any && !feel_is(&node->value, FEEL_NULL) && !feel_is(&node->value, FEEL_UNKNOWN);
        }
        for (const DmnTraceNode *n = node->first; n; n = n->next)
                TRY(note_hits(r, n));
        return ST_OK;
}

/* A block that stops no case, an adjustment that changes none, a cap no case comes up to, a floor that takes nothing. */
static void report_money(Run *r)
{
        const PackPolicy *p = r->policy;
        for (size_t i = 0; i < p->input_count; i++)
                if (p->inputs[i].use == PACK_INPUT_BLOCK && !r->blocked[i])
                        run_error(r, p->inputs[i].pos, "没有案例被“%.*s”排除", "no case is stopped by \"%.*s\"",
                                  STR_FMT(p->inputs[i].name));
        for (size_t i = 0; i < p->adjust_count; i++)
                if (!r->adjusted[i])
                        run_error(r, p->adjusts[i].pos, "没有案例用到调整“%.*s”", "no case is changed by \"%.*s\"",
                                  STR_FMT(p->inputs[p->adjusts[i].input].name));
        for (size_t i = 0; i < p->cap_count; i++)
                if (!r->capped[i])
                        run_error(r, p->caps[i].pos, "没有案例达到这一封顶", "no case comes up to this cap");
        if (p->floor_fen && !r->floored)
                run_error(r, p->pos, "政策“%.*s”：没有案例低于起付金额", "policy \"%.*s\": no case is below the floor",
                          STR_FMT(p->name));
}

/* Tables that no case has come to at all. */
static Status report_unseen(Run *r)
{
        const DmnDecision *d = dmn_find_decision(r->policy->model, r->policy->decision);
        DmnTableRef *all = NULL;
        size_t n = 0;
        if (d)
                TRY(dmn_decision_tables(d, r->arena, &all, &n));
        for (size_t i = 0; i < n; i++) {
                bool seen = false, fallback = !dmn_table_has_default(&all[i]);
                for (size_t k = 0; k < r->table_count; k++) {
                        if (r->tables[k].pos.line != all[i].pos.line || r->tables[k].pos.col != all[i].pos.col)
                                continue;
                        seen = true;
                        fallback |= r->tables[k].fallback;
                }
                if (seen && !fallback)
                        run_error(r, all[i].pos, "政策“%.*s”的决策表“%.*s”：没有案例用到缺省输出",
                                  "policy \"%.*s\", table \"%.*s\": no case comes to its default output",
                                  STR_FMT(r->policy->name), STR_FMT(all[i].name));
                if (!seen)
                        run_error(r, all[i].pos, "政策“%.*s”的决策表“%.*s”：没有案例用到",
                                  "policy \"%.*s\", table \"%.*s\": no case comes to it", STR_FMT(r->policy->name),
                                  STR_FMT(all[i].name));
        }
        return ST_OK;
}

static void report_coverage(Run *r)
{
        for (size_t i = 0; i < r->table_count; i++) {
                const SeenTable *t = &r->tables[i];
                for (size_t k = 1; k <= t->rules; k++) {
                        r->report->rules++;
                        r->report->hit += t->hit[k];
                        if (!t->hit[k])
                                run_error(r, t->pos, "政策“%.*s”的决策表“%.*s”：没有案例命中规则 %zu",
                                          "policy \"%.*s\", table \"%.*s\": no case hits rule %zu",
                                          STR_FMT(r->policy->name), STR_FMT(t->name), k);
                        else if (!t->answered[k])
                                run_error(r, t->pos, "政策“%.*s”的决策表“%.*s”：规则 %zu 的输出没有案例采用",
                                          "policy \"%.*s\", table \"%.*s\": no case takes the output of rule %zu",
                                          STR_FMT(r->policy->name), STR_FMT(t->name), k);
                }
        }
}

/* ---- one case --------------------------------------------------------------------- */

/* What one case asks: inputs by policy->inputs and parameters by policy->parameters. */
typedef struct Asked {
        FeelValue *inputs, *parameters;
} Asked;

static bool read_choice(const PackParameter *p, const Yaml *node, FeelValue *ret)
{
        for (size_t i = 0; i < p->choice_count && node->kind == YAML_KIND_SCALAR; i++)
                if (str_eq(p->choices[i].name, node->text)) {
                        *ret = feel_number(p->choices[i].value);
                        return true;
                }
        return false;
}

static Status make_parameters(Run *r, FeelExec *x, const RawCase *c, FeelValue *values)
{
        const PackPolicy *p = r->policy;
        bool good = true;
        for (size_t i = 0; i < p->parameter_count; i++) {
                const Yaml *node = c->set ? yaml_get(c->set, p->parameters[i].name) : NULL;
                if (!node && r->group->set)
                        node = yaml_get(r->group->set, p->parameters[i].name);
                if (!node || read_choice(&p->parameters[i], node, &values[i]))
                        continue;
                FeelValue v;
                Status st = read_value(r, x, p->parameters[i].name, node, &v);
                if (st == ST_INVALID || v.kind != FEEL_NUMBER) {
                        if (st == ST_OK)
                                run_error(r, yaml_pos(node), "参数应是数字", "a parameter is a number");
                        good = false;
                        continue;
                }
                TRY(st);
                values[i] = v;
        }
        return good ? ST_OK : ST_INVALID;
}

static Status make_asked(Run *r, FeelExec *x, const RawCase *c, Asked *ret)
{
        const PackPolicy *p = r->policy;
        Arena *a = feel_exec_arena(x);
        bool good = true;
        ret->inputs = arena_array_of(a, FeelValue, p->input_count + 1);
        if (!ret->inputs)
                return ST_NOMEM;
        for (size_t i = 0; i < p->input_count; i++) {
                const Yaml *node = given(c, r->group, p->inputs[i].name);
                ret->inputs[i] = feel_bool(false);
                if (!node && p->inputs[i].use != PACK_INPUT_MODEL)
                        continue;       /* what stops or raises is said only where it does */
                if (!node) {
                        run_error(r, yaml_pos(c->at), "案例“%.*s”没有给出输入“%.*s”（缺失写 missing）",
                                  "case \"%.*s\" gives no value for \"%.*s\" (write missing for a missing one)",
                                  STR_FMT(c->name), STR_FMT(p->inputs[i].name));
                        good = false;
                        continue;
                }
                Status st = read_value(r, x, p->inputs[i].name, node, &ret->inputs[i]);
                if (st == ST_INVALID)
                        good = false;
                else
                        TRY(st);
        }
        /* The day whose parameters hold: the case's own, else the last of its year. */
        int64_t year = c->year ? c->year : r->group->year;
        Date day = c->on.month            ? c->on
                   : r->group->on.month   ? r->group->on
                   : year                 ? (Date){ (int32_t)year, 12, 31 }
                                          : p->from;
        TRY(pack_policy_parameters(p, day, a, &ret->parameters));
        Status st = make_parameters(r, x, c, ret->parameters);
        if (st == ST_INVALID)
                good = false;
        else
                TRY(st);
        return good ? ST_OK : ST_INVALID;
}

static Status context_of(const PackPolicy *p, FeelExec *x, const Asked *asked, const FeelValue *parameters,
                         FeelValue *ret)
{
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(feel_exec_arena(x));
        for (size_t i = 0; i < p->input_count; i++)
                TRY(feel_context_put(&b, p->inputs[i].name, &asked->inputs[i]));
        for (size_t i = 0; i < p->parameter_count; i++)
                TRY(feel_context_put(&b, p->parameters[i].name, &parameters[i]));
        return feel_context_done(&b, ret);
}

static void put_names(const Str *names, size_t n, Buf *out)
{
        for (size_t i = 0; i < n; i++) {
                buf_puts(out, i ? ", " : "");
                buf_put_str(out, names[i]);
        }
}

static int by_text(const void *a, const void *b)
{
        return str_cmp(*(const Str *)a, *(const Str *)b);
}

static bool same_names(Str *wanted, size_t wanted_count, const Str *names, size_t count)
{
        qsort(wanted, wanted_count, sizeof(Str), by_text);      /* those of an UNKNOWN are sorted */
        bool same = wanted_count == count;
        for (size_t i = 0; same && i < count; i++)
                same = str_eq(wanted[i], names[i]);
        return same;
}

static void fail_case(Run *r, const RawCase *c, const char *expected, const char *got)
{
        r->report->failed++;
        run_error(r, yaml_pos(c->at), "案例“%.*s”应为 %s，实为 %s", "case \"%.*s\" should be %s and is %s",
                  STR_FMT(c->name), expected, got);
}

/* What the policy says: an amount with its reason, a range, or what is missing. */
typedef struct Answer {
        bool unknown, is_null, ranged, holds;
        const Str *names;
        size_t name_count;
        int64_t fen, least;             /* ranged: fen is the most */
        Str reason;
} Answer;

static Status missing_inputs(const PackPolicy *p, const PackAmount *m, Arena *a, Answer *ret)
{
        Str *names = arena_array_of(a, Str, m->unknown_count + 1);
        if (!names)
                return ST_NOMEM;
        for (size_t i = 0; i < m->unknown_count; i++)
                names[i] = p->inputs[m->unknown[i]].name;
        qsort(names, m->unknown_count, sizeof(*names), by_text);
        ret->unknown = true;
        ret->names = names;
        ret->name_count = m->unknown_count;
        return ST_OK;
}

static void note_amount(Run *r, const PackAmount *m)
{
        const PackPolicy *p = r->policy;
        if (m->answer == PACK_ANSWER_BLOCKED)
                r->blocked[m->block] = true;
        for (size_t i = 0; i < p->cap_count; i++)
                r->capped[i] |= m->reached[i];
        for (size_t i = 0; i < m->step_count; i++) {
                r->floored |= m->steps[i].kind == PACK_STEP_FLOOR;
                if (m->steps[i].kind == PACK_STEP_ADJUST)
                        r->adjusted[m->steps[i].index] = true;
        }
}

/* ST_INVALID: no amount can be read from it. */
static Status read_answer(Run *r, const FeelValue *v, const Asked *asked, const FeelValue *parameters, Arena *a,
                          Answer *ret)
{
        const PackPolicy *p = r->policy;
        const FeelValue *amount = v, *reason = NULL;
        *ret = (Answer){ 0 };
        if (v->kind == FEEL_CONTEXT && (p->amount.len || p->holds.len)) {
                amount = feel_context_get(v, p->amount.len ? p->amount : p->holds);
                reason = p->reason.len ? feel_context_get(v, p->reason) : NULL;
        }
        if (!amount || amount->kind == FEEL_NULL) {
                ret->is_null = true;
                return ST_OK;
        }
        if (amount->kind == FEEL_UNKNOWN) {
                ret->unknown = true;
                ret->names = amount->unknown.names;
                ret->name_count = amount->unknown.len;
                return ST_OK;
        }
        if (reason && reason->kind == FEEL_STRING)
                ret->reason = reason->string;
        if (p->holds.len) {
                if (amount->kind != FEEL_BOOLEAN)
                        return ST_INVALID;
                PackAmount yes;         /* blocks hold for recognitions too */
                TRY(pack_policy_amount(p, dec_from_i64(amount->boolean), asked->inputs, parameters, v, &yes));
                note_amount(r, &yes);
                if (yes.answer == PACK_ANSWER_UNKNOWN)
                        return missing_inputs(p, &yes, a, ret);
                if (yes.answer == PACK_ANSWER_BLOCKED)
                        ret->reason = p->inputs[yes.block].title.zh;
                ret->holds = yes.answer == PACK_ANSWER_PAID;
                return ST_OK;
        }
        if (amount->kind != FEEL_NUMBER)
                return ST_INVALID;
        PackAmount m;
        TRY(pack_policy_amount(p, amount->number, asked->inputs, parameters, v, &m));
        note_amount(r, &m);
        if (m.answer == PACK_ANSWER_UNKNOWN)
                return missing_inputs(p, &m, a, ret);
        ret->fen = ret->least = m.fen;
        if (m.answer == PACK_ANSWER_BLOCKED)
                ret->reason = p->inputs[m.block].title.zh;
        return ST_OK;
}

static void put_fen(int64_t fen, Buf *out)
{
        char text[DEC_TEXT_MAX];
        dec_to_text(dec_from_scaled(fen, 2), text);
        buf_printf(out, "%s元", text);
}

static bool read_fen(Run *r, const YamlQuantity *q, int64_t *ret)
{
        Dec factor = dec_from_i64(1);
        if (q->has_number && (!q->unit.len || measure_factor(q->unit, STR("元"), &factor) == ST_OK) &&
            dec_to_scaled(dec_mul(q->value, factor), 2, ret))
                return true;
        run_error(r, yaml_pos(q->at), "应是金额，如 500万元", "an amount of money is needed, like 500万元");
        return false;
}

static void put_answer(const Answer *a, bool holds, bool reason, Buf *out)
{
        if (holds) {
                buf_puts(out, a->holds ? "true" : "false");
        } else if (a->ranged) {
                put_fen(a->least, out);
                buf_puts(out, " – ");
        }
        if (!holds)
                put_fen(a->fen, out);
        if (reason)
                buf_printf(out, " %.*s", STR_FMT(a->reason));
}

static Status compare(Run *r, const RawCase *c, const Answer *a, bool readable, const FeelValue *v, const Diag *said)
{
        const RawExpect *e = c->expect;
        _cleanup_buf_ Buf want = BUF_INIT(1 << 16), got = BUF_INIT(1 << 16);
        bool same = false;
        if (readable && a->unknown) {
                buf_puts(&got, "missing ");
                put_names(a->names, a->name_count, &got);
        } else if (readable && !a->is_null) {
                put_answer(a, r->policy->holds.len > 0, e->reason.len > 0, &got);
        } else {
                feel_to_text(v, &got);
                if (said->count)
                        buf_printf(&got, "（%s）", said->msgs[0].text);
        }
        Answer wanted = { .ranged = e->most.at != NULL, .reason = e->reason };
        if (e->missing.count) {
                buf_puts(&want, "missing ");
                put_names(e->missing.items, e->missing.count, &want);
                same = readable && a->unknown &&
                       same_names(e->missing.items, e->missing.count, a->names, a->name_count);
        } else if (r->policy->holds.len) {
                if (!e->has_holds || e->has_amount) {
                        run_error(r, yaml_pos(e->at), "认定的案例须写明 holds: true 或 false，或缺失项 missing",
                                  "a case of a recognition expects holds: true or false, or what is missing");
                        return ST_OK;
                }
                wanted.holds = e->holds;
                put_answer(&wanted, true, e->reason.len > 0, &want);
                same = readable && !a->unknown && !a->is_null && a->holds == wanted.holds;
        } else if (wanted.ranged) {
                if (!read_fen(r, &e->most, &wanted.fen) || (e->least.at && !read_fen(r, &e->least, &wanted.least)))
                        return ST_OK;
                put_answer(&wanted, r->policy->holds.len > 0, e->reason.len > 0, &want);
                same = readable && a->ranged && a->least == wanted.least && a->fen == wanted.fen;
        } else {
                if (!e->has_amount) {
                        run_error(r, yaml_pos(e->at), "案例须写明期望的金额 amount 或缺失项 missing",
                                  "a case expects an amount, or what is missing");
                        return ST_OK;
                }
                if (!read_fen(r, &e->amount, &wanted.fen))
                        return ST_OK;
                put_answer(&wanted, r->policy->holds.len > 0, e->reason.len > 0, &want);
                same = readable && !a->unknown && !a->is_null && !a->ranged && a->fen == wanted.fen;
        }
        if (!same || (e->reason.len && !str_eq(e->reason, a->reason)))
                fail_case(r, c, buf_cstr(&want), buf_cstr(&got));
        return want.failed == ST_NOMEM || got.failed == ST_NOMEM ? ST_NOMEM : ST_OK;
}

/* The answer at one corner of what ranged parameters may be. */
static Status one_corner(Run *r, const RawCase *c, FeelExec *x, const Asked *asked, const FeelValue *parameters,
                         Arena *a, Answer *ret, bool *readable, FeelValue *value)
{
        FeelValue inputs;
        TRY(context_of(r->policy, x, asked, parameters, &inputs));
        DmnTrace trace = { .arena = a, .max_nodes = 100000 };
        const DmnDecision *d = dmn_find_decision(r->policy->model, r->policy->decision);
        Status st = dmn_eval(r->policy->model, d, x, inputs, &trace, value);
        if (st != ST_OK) {
                if (st == ST_NOMEM)
                        return st;
                r->report->failed++;
                run_error(r, yaml_pos(c->at), "案例“%.*s”：%s", "case \"%.*s\": %s", STR_FMT(c->name),
                          status_text(st, r->diag ? r->diag->lang : LANG_ZH));
                return ST_INVALID;
        }
        if (trace.root)
                TRY(note_hits(r, trace.root));
        st = read_answer(r, value, asked, parameters, a, ret);
        *readable = st == ST_OK;
        return st == ST_INVALID ? ST_OK : st;
}

static Status run_case(Run *r, const RawCase *c)
{
        _cleanup_diag_ Diag said = DIAG_INIT(r->diag ? r->diag->lang : LANG_ZH);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, &said);
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        Asked asked;
        if (!x || !a)
                return ST_NOMEM;
        r->report->cases++;
        r->any = true;
        check_names(r, c->given, false);
        check_names(r, c->set, true);
        Status st = make_asked(r, x, c, &asked);
        if (st == ST_INVALID) {
                r->report->failed++;
                return ST_OK;
        }
        TRY(st);
        FeelValue **corners, value = feel_null();
        size_t n;
        Answer all = { 0 };
        bool readable = true;
        TRY(pack_policy_corners(r->policy, asked.parameters, a, &corners, &n));
        for (size_t k = 0; k < n && readable; k++) {
                Answer one;
                st = one_corner(r, c, x, &asked, corners[k], a, &one, &readable, &value);
                if (st == ST_INVALID)
                        return ST_OK;   /* reported */
                TRY(st);
                if (k == 0 || one.unknown || one.is_null) {
                        all = one;
                        if (one.unknown || one.is_null)
                                break;
                        continue;
                }
                all.least = one.fen < all.least ? one.fen : all.least;
                if (one.fen >= all.fen) {
                        all.fen = one.fen;
                        all.reason = one.reason;
                }
        }
        all.ranged = !all.unknown && !all.is_null && all.least != all.fen;
        return compare(r, c, &all, readable, &value, &said);
}

/* ---- all of a policy ----------------------------------------------------------------- */

static Status run_policy(Run *r)
{
        r->blocked = arena_array_of(r->arena, bool, r->policy->input_count + 1);
        r->capped = arena_array_of(r->arena, bool, r->policy->cap_count + 1);
        r->adjusted = arena_array_of(r->arena, bool, r->policy->adjust_count + 1);
        if (!r->blocked || !r->capped || !r->adjusted)
                return ST_NOMEM;
        for (size_t i = 0; i < r->pack->own->cases.len; i++) {
                const RawCases *group = r->pack->own->cases.data[i];
                if (!str_eq(group->policy, r->policy->name))
                        continue;
                r->group = group;
                check_names(r, group->given, false);
                check_names(r, group->set, true);
                const RawCase *each = group->each.items;
                for (size_t k = 0; k < group->each.count; k++)
                        if (each[k].expect)
                                TRY(run_case(r, &each[k]));
        }
        if (!r->any)
                run_error(r, r->policy->pos, "政策“%.*s”没有案例", "the policy \"%.*s\" has no cases",
                          STR_FMT(r->policy->name));
        report_coverage(r);
        if (!r->any)
                return ST_OK;
        report_money(r);
        return report_unseen(r);
}

Status cases_run(const Pack *pack, Diag *diag, PackCheckReport *report, bool *good)
{
        for (size_t i = 0; i < pack->own->cases.len; i++) {
                const RawCases *group = pack->own->cases.data[i];
                if (!pack_policy(pack, group->policy)) {
                        diag_error(diag, yaml_pos(group->at), "没有政策“%.*s”", "there is no policy \"%.*s\"",
                                   STR_FMT(group->policy));
                        *good = false;
                }
        }
        for (size_t i = 0; i < pack->policy_count; i++) {
                _cleanup_arena_ Arena *a = arena_new((size_t)16 << 20);
                Run r = { .pack = pack, .policy = pack->policies[i], .diag = diag, .report = report, .good = good,
                          .arena = a };
                if (!a)
                        return ST_NOMEM;
                TRY(run_policy(&r));
        }
        return ST_OK;
}
