/* cases.c -- one case: inputs into the policy's decision, the amount against what is expected.
 *
 * Values of `given` and `set` are figures with a measure (1亿元, 2%), dates
 * (2023-01-31), `missing`, or FEEL.  Each run is traced, so that at the end the
 * rules which no case has hit can be named.
 */
#include "pack/cases.h"

#include <stdlib.h>

#include "pack/measure.h"
#include "pack/pack_int.h"

/* A decision table seen in some trace, and which of its rules were hit. */
typedef struct SeenTable {
        Str name;
        Pos pos;
        size_t rules;
        bool *hit;
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
        bool any;
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
                          .hit = arena_array_of(r->arena, bool, rules + 1) };
        if (!t->name.ptr || !t->hit)
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
                for (const DmnTraceNode *n = node->first; n; n = n->next)
                        if (n->kind == DMN_TRACE_RULE && (n->state == DMN_RULE_FIRED || n->state == DMN_RULE_MATCHED))
                                t->hit[n->rule] = true;
        }
        for (const DmnTraceNode *n = node->first; n; n = n->next)
                TRY(note_hits(r, n));
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
                }
        }
}

/* ---- one case --------------------------------------------------------------------- */

static Status make_inputs(Run *r, FeelExec *x, const RawCase *c, int64_t *caps, FeelValue *ret)
{
        const PackPolicy *p = r->policy;
        FeelContextBuilder b = FEEL_CONTEXT_BUILDER(feel_exec_arena(x));
        FeelValue v;
        bool good = true;
        for (size_t i = 0; i < p->input_count; i++) {
                const Yaml *node = given(c, r->group, p->inputs[i].name);
                if (!node) {
                        run_error(r, yaml_pos(c->at), "案例“%.*s”没有给出输入“%.*s”（缺失写 missing）",
                                  "case \"%.*s\" gives no value for \"%.*s\" (write missing for a missing one)",
                                  STR_FMT(c->name), STR_FMT(p->inputs[i].name));
                        good = false;
                        continue;
                }
                Status st = read_value(r, x, p->inputs[i].name, node, &v);
                if (st == ST_INVALID) {
                        good = false;
                        continue;
                }
                TRY(st);
                TRY(feel_context_put(&b, p->inputs[i].name, &v));
        }
        for (size_t i = 0; i < p->parameter_count; i++) {
                const Yaml *node = c->set ? yaml_get(c->set, p->parameters[i].name) : NULL;
                if (!node && r->group->set)
                        node = yaml_get(r->group->set, p->parameters[i].name);
                v = feel_number(p->parameters[i].value);
                if (node) {
                        Status st = read_value(r, x, p->parameters[i].name, node, &v);
                        if (st == ST_INVALID || v.kind != FEEL_NUMBER) {
                                if (st == ST_OK)
                                        run_error(r, yaml_pos(node), "参数应是数字", "a parameter is a number");
                                good = false;
                                continue;
                        }
                        TRY(st);
                }
                TRY(feel_context_put(&b, p->parameters[i].name, &v));
                for (size_t k = 0; k < p->cap_count; k++)
                        if (str_eq(p->caps[k].parameter, p->parameters[i].name) && !dec_to_scaled(v.number, 2,
                                                                                                  &caps[k]))
                                caps[k] = INT64_MAX;
        }
        TRY(feel_context_done(&b, ret));
        return good ? ST_OK : ST_INVALID;
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
        run_error(r, yaml_pos(c->at), "案例“%.*s”应为 %s，实为 %s", "case \"%.*s\" should be %s and is %s", STR_FMT(c->name),
                  expected, got);
}

/* What the decision said in words: an amount with its reason, or what is missing. */
typedef struct Answer {
        bool unknown, is_null, holds;
        const Str *names;
        size_t name_count;
        int64_t fen;
        Str reason;
} Answer;

static bool read_answer(const PackPolicy *p, const FeelValue *v, const int64_t *caps, Answer *ret)
{
        const FeelValue *amount = v, *reason = NULL;
        *ret = (Answer){ 0 };
        if (v->kind == FEEL_CONTEXT && (p->amount.len || p->holds.len)) {
                amount = feel_context_get(v, p->amount.len ? p->amount : p->holds);
                reason = p->reason.len ? feel_context_get(v, p->reason) : NULL;
        }
        if (!amount || amount->kind == FEEL_NULL) {
                ret->is_null = true;
                return true;
        }
        if (amount->kind == FEEL_UNKNOWN) {
                ret->unknown = true;
                ret->names = amount->unknown.names;
                ret->name_count = amount->unknown.len;
                return true;
        }
        if (reason && reason->kind == FEEL_STRING)
                ret->reason = reason->string;
        if (p->holds.len) {
                ret->holds = amount->kind == FEEL_BOOLEAN && amount->boolean;
                return amount->kind == FEEL_BOOLEAN;
        }
        return amount->kind == FEEL_NUMBER && pack_policy_fen(p, amount->number, caps, &ret->fen) == ST_OK;
}

static void put_fen(int64_t fen, Buf *out)
{
        char text[DEC_TEXT_MAX];
        dec_to_text(dec_from_scaled(fen, 2), text);
        buf_printf(out, "%s元", text);
}

static Status compare(Run *r, const RawCase *c, const FeelValue *v, const int64_t *caps, const Diag *said)
{
        const RawExpect *e = c->expect;
        Answer a;
        _cleanup_buf_ Buf want = BUF_INIT(1 << 16), got = BUF_INIT(1 << 16);
        bool readable = read_answer(r->policy, v, caps, &a);
        bool want_missing = e->missing.count > 0;
        if (readable && a.unknown) {
                buf_puts(&got, "missing ");
                put_names(a.names, a.name_count, &got);
        } else if (readable && !a.is_null) {
                if (r->policy->holds.len)
                        buf_puts(&got, a.holds ? "true" : "false");
                else
                        put_fen(a.fen, &got);
                if (e->reason.len)
                        buf_printf(&got, " %.*s", STR_FMT(a.reason));
        } else {
                feel_to_text(v, &got);
                if (said->count)
                        buf_printf(&got, "（%s）", said->msgs[0].text);
        }
        if (want_missing) {
                buf_puts(&want, "missing ");
                put_names(e->missing.items, e->missing.count, &want);
                if (!readable || !a.unknown || !same_names(e->missing.items, e->missing.count, a.names, a.name_count))
                        fail_case(r, c, buf_cstr(&want), buf_cstr(&got));
                return want.failed == ST_NOMEM || got.failed == ST_NOMEM ? ST_NOMEM : ST_OK;
        }
        int64_t fen = 0;
        Dec factor = dec_from_i64(1);
        if (r->policy->holds.len && e->has_holds && !e->has_amount) {
                buf_puts(&want, e->holds ? "true" : "false");
        } else if (r->policy->holds.len) {
                run_error(r, yaml_pos(e->at), "认定的案例须写明 holds: true 或 false，或缺失项 missing",
                          "a case of a recognition expects holds: true or false, or what is missing");
                return ST_OK;
        } else if (!e->has_amount || !e->amount.has_number ||
            (e->amount.unit.len && measure_factor(e->amount.unit, STR("元"), &factor) != ST_OK) ||
            !dec_to_scaled(dec_mul(e->amount.value, factor), 2, &fen)) {
                run_error(r, yaml_pos(e->at), "案例须写明期望的金额 amount 或缺失项 missing",
                          "a case expects an amount, or what is missing");
                return ST_OK;
        } else {
                put_fen(fen, &want);
        }
        if (e->reason.len)
                buf_printf(&want, " %.*s", STR_FMT(e->reason));
        if (!readable || a.unknown || a.is_null || a.fen != fen || (r->policy->holds.len && a.holds != e->holds) || (e->reason.len && !str_eq(e->reason, a.reason)))
                fail_case(r, c, buf_cstr(&want), buf_cstr(&got));
        return want.failed == ST_NOMEM || got.failed == ST_NOMEM ? ST_NOMEM : ST_OK;
}

static Status run_case(Run *r, const RawCase *c)
{
        _cleanup_diag_ Diag said = DIAG_INIT(r->diag ? r->diag->lang : LANG_ZH);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, &said);
        _cleanup_arena_ Arena *a = arena_new((size_t)64 << 20);
        int64_t *caps = a ? arena_array_of(a, int64_t, r->policy->cap_count + 1) : NULL;
        if (!x || !caps)
                return ST_NOMEM;
        for (size_t i = 0; i < r->policy->cap_count; i++)
                caps[i] = r->policy->caps[i].fen;
        r->report->cases++;
        r->any = true;
        check_names(r, c->given, false);
        check_names(r, c->set, true);
        FeelValue inputs, value;
        Status st = make_inputs(r, x, c, caps, &inputs);
        if (st == ST_INVALID) {
                r->report->failed++;
                return ST_OK;
        }
        TRY(st);
        DmnTrace trace = { .arena = a, .max_nodes = 100000 };
        const DmnDecision *d = dmn_find_decision(r->policy->model, r->policy->decision);
        st = dmn_eval(r->policy->model, d, x, inputs, &trace, &value);
        if (st != ST_OK) {
                if (st == ST_NOMEM)
                        return st;
                r->report->failed++;
                run_error(r, yaml_pos(c->at), "案例“%.*s”：%s", "case \"%.*s\": %s", STR_FMT(c->name),
                          status_text(st, r->diag ? r->diag->lang : LANG_ZH));
                return ST_OK;
        }
        if (trace.root)
                TRY(note_hits(r, trace.root));
        return compare(r, c, &value, caps, &said);
}

/* ---- all of a policy ----------------------------------------------------------------- */

static Status run_policy(Run *r)
{
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
        return ST_OK;
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
