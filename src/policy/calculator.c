/* calculator.c -- one policy over typed figures, by the same rows as a run. */
#include "policy/calculator.h"

#include "pack/measure.h"
#include "policy/policy_int.h"

CalculatorType policy_figure_type(const PackPolicy *p, size_t input)
{
        const PackInput *in = &p->inputs[input];
        if (in->use != PACK_INPUT_MODEL)
                return CALCULATOR_BOOLEAN;
        size_t n = 0;
        const DmnDecision *d = dmn_find_decision(p->model, p->decision);
        const DmnInput *inputs = d ? dmn_decision_inputs(d, &n) : NULL;
        const FeelType *t = NULL;
        for (size_t i = 0; inputs && i < n; i++)
                if (str_eq(inputs[i].name, in->name))
                        t = inputs[i].type;
        if ((!t || t->kind == FEEL_T_ANY) && in->expr.program)
                t = feel_program_type(in->expr.program);
        switch (t ? t->kind : FEEL_T_NUMBER) {
        case FEEL_T_STRING: return CALCULATOR_TEXT;
        case FEEL_T_DATE: return CALCULATOR_DATE;
        case FEEL_T_BOOLEAN: return CALCULATOR_BOOLEAN;
        default: return CALCULATOR_NUMBER;
        }
}

static Status bad_figure(Diag *diag, const PackInput *in, Str text)
{
        Lang lang = diag ? diag->lang : LANG_ZH;
        return diag_fail(diag, ST_INVALID, POS_NONE, "%.*s：看不懂“%.*s”", "%.*s: \"%.*s\" cannot be read",
                         STR_FMT(pack_title(in->title, lang)), STR_FMT(text));
}

static bool yes_or_no(Str text, bool *ret)
{
        static const char *const yes[] = { "true", "yes", "是", "有", "1" }, *const no[] = { "false", "no", "否", "无",
                                                                                             "0" };
        for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
                if (str_eq_c(text, yes[i]) || str_eq_c(text, no[i])) {
                        *ret = str_eq_c(text, yes[i]);
                        return true;
                }
        }
        return false;
}

bool policy_figure_read(Str text, Dec *ret)
{
        static const char *const bases[] = { "元", "", "人", "家", "件", "项", "个", "年" };
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

static Status read_figure(const PackPolicy *p, size_t i, Str text, Arena *a, Diag *diag, FeelValue *ret)
{
        const PackInput *in = &p->inputs[i];
        bool yes;
        Date day;
        Dec d;
        text = str_trim(text);
        if (!text.len) {
                if (in->use == PACK_INPUT_MODEL)
                        return feel_unknown(a, in->title.zh, ret);
                *ret = feel_bool(false);
                return ST_OK;
        }
        switch (policy_figure_type(p, i)) {
        case CALCULATOR_TEXT:
                *ret = feel_string(text);
                return ST_OK;
        case CALCULATOR_DATE:
                if (date_parse(text, &day) != ST_OK)
                        return bad_figure(diag, in, text);
                *ret = feel_date(day);
                return ST_OK;
        case CALCULATOR_BOOLEAN:
                if (!yes_or_no(text, &yes))
                        return bad_figure(diag, in, text);
                *ret = feel_bool(yes);
                return ST_OK;
        case CALCULATOR_NUMBER:
                if (policy_figure_read(text, &d))
                        *ret = feel_number(d);
                else if (yes_or_no(text, &yes))         /* a count of qualifications: 有, 无 */
                        *ret = feel_i64(yes);
                else
                        return bad_figure(diag, in, text);
                return ST_OK;
        }
        return ST_INTERNAL;
}

Status policy_calculate(const Pack *pack, const PackPolicy *p, int32_t year, CalculatorFigure figure, void *ctx,
                        Lang lang, Arena *a, Diag *diag, PolicyEntitlement *ret)
{
        _cleanup_policy_work_ PolicyWork *w = NULL;
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, NULL);
        RegisterTable nobody = { .reg = p->beneficiary };
        PolicyPlan *plan;
        PolicyRow row;
        FeelValue *inputs = arena_array_of(a, FeelValue, p->input_count + 1);
        if (!x || !inputs)
                return ST_NOMEM;
        for (size_t i = 0; i < p->input_count; i++)
                TRY(read_figure(p, i, figure(ctx, p, &p->inputs[i]), a, diag, &inputs[i]));
        PolicyAsk ask = { .year = year };
        if (p->day != SIZE_MAX && feel_is(&inputs[p->day], FEEL_DATE))
                ask.on = inputs[p->day].date;
        TRY(policy_work_new(pack, &ask, (size_t)64 << 20, &w));
        FeelColumn *none = arena_array_of(a, FeelColumn, p->input_count + 1);
        if (!none)
                return ST_NOMEM;
        TRY(policy_plan_of(w, p, &nobody, none, diag, &plan));
        TRY(policy_row_of(plan, &plan->vintages[0], inputs, x, NULL, lang, a, &row));
        *ret = (PolicyEntitlement){ .policy = p, .outcome = row.outcome, .fen = row.fen, .computed_fen = row.model_fen,
                                    .ranged = row.ranged, .least_fen = row.least_fen, .most_fen = row.most_fen,
                                    .reason = row.reason, .missing = row.missing, .missing_count = row.missing_count };
        return ST_OK;
}
