/* table.c -- decision tables: their texts compiled, each cell once. */
#include "dmn/link_int.h"

static DmnDefs *defs_of(const DmnEnv *env)
{
        return (DmnDefs *)(uintptr_t)env->defs;
}

static bool is_blank(const DmnText *t)
{
        return !t->text.ptr || str_trim(t->text).len == 0;
}

static Status compile_column(DmnModel *m, DmnEnv *env, DmnTable *t, DmnColumn *c)
{
        Str why;
        TRY(dmn_resolve_type(defs_of(env), c->type_ref, c->text.line, c->text.col, &c->type));
        if (is_blank(&c->text)) {
                t->broken = true;
                return dmn_problem(m, SEV_ERROR, env->defs, c->text.line, c->text.col, "输入列没有表达式",
                                   "the input column has no expression");
        }
        TRY(dmn_compile_text(m, env, &c->text, NULL, &c->program, &why));
        if (!c->program) {
                t->broken = true;
                return ST_OK;
        }
        Str name = str_trim(c->text.text);
        for (size_t i = 0; i < env->len; i++) {
                if (str_eq(env->vars[i].name, name)) {
                        c->has_slot = true;
                        c->slot = (uint32_t)i;
                }
        }
        c->source = dmn_env_path(env, name);
        c->feel = c->type ? c->type->feel : feel_program_type(c->program);
        if (!is_blank(&c->allowed_text)) {
                TRY(dmn_compile_tests(m, env, &c->allowed_text, c->feel, &c->allowed, &why));
                TRY(dmn_cell_geometry(m, &c->allowed_text, &c->allowed_geometry));
        }
        return ST_OK;
}

static Status compile_output(DmnModel *m, DmnEnv *env, DmnTable *t, DmnOutClause *o, const DmnType *whole)
{
        Str why;
        TRY(dmn_resolve_type(defs_of(env), o->type_ref, o->line, o->col, &o->type));
        if (!o->type && whole && t->output_count > 1) {
                const DmnType *row = whole->element ? whole->element : whole;
                for (size_t i = 0; i < row->field_count; i++)
                        if (str_eq(row->fields[i].name, o->name))
                                o->type = row->fields[i].type;
        }
        if (!is_blank(&o->allowed_text)) {
                TRY(dmn_constants(m, &o->allowed_text, &o->values, &o->value_count));
                TRY(dmn_compile_tests(m, env, &o->allowed_text, dmn_feel_type(o->type), &o->allowed, &why));
        } else if (o->type && o->type->values) {
                o->values = o->type->values;
                o->value_count = o->type->value_count;
        } else if (whole && t->output_count == 1) {
                const DmnType *single = whole->element ? whole->element : whole;
                o->values = single->values;
                o->value_count = single->value_count;
        }
        return ST_OK;
}

static Status compile_out_cell(DmnModel *m, DmnEnv *env, const DmnOutClause *o, DmnOutCell *cell)
{
        Str why;
        if (is_blank(&cell->text))
                return ST_OK;
        TRY(dmn_compile_text(m, env, &cell->text, o->type ? o->type->feel : NULL, &cell->program, &why));
        if (!cell->program)
                return ST_OK;
        const FeelValue *v = feel_program_constant(cell->program);
        if (v && !feel_is(v, FEEL_NULL) && (!o->type || (!o->type->constrained && feel_instance_of(v, o->type->feel))))
                cell->constant = v;
        return ST_OK;
}

static Status compile_rule(DmnModel *m, DmnEnv *env, DmnTable *t, DmnRule *r)
{
        Str why;
        for (size_t i = 0; i < t->input_count; i++) {
                DmnCell *c = &r->cells[i];
                if (is_blank(&c->text))
                        c->text.text = STR("-");        /* left empty by many tools for "does not matter" */
                TRY(dmn_compile_tests(m, env, &c->text, t->inputs[i].feel, &c->program, &why));
                if (c->program)
                        TRY(dmn_cell_geometry(m, &c->text, &c->geometry));
        }
        for (size_t i = 0; i < t->output_count; i++)
                TRY(compile_out_cell(m, env, &t->outputs[i], &r->outs[i]));
        return ST_OK;
}

/* The type of one output from its cells, when they agree. */
static const FeelType *output_type(const DmnTable *t, size_t i)
{
        const DmnOutClause *o = &t->outputs[i];
        if (o->type)
                return o->type->feel;
        const FeelType *type = NULL;
        for (size_t k = 0; k <= t->rule_count; k++) {
                const DmnOutCell *c = k < t->rule_count ? &t->rules[k].outs[i] : &o->fallback;
                if (!c->program)
                        continue;
                const FeelType *f = feel_program_type(c->program);
                if (!type || feel_type_conforms(type, f))
                        type = f;
                else if (!feel_type_conforms(f, type))
                        return FEEL_TYPE_ANY;
        }
        return type ? type : FEEL_TYPE_ANY;
}

static Status table_type(DmnModel *m, const DmnTable *t, const FeelType **ret)
{
        const FeelType *row;
        if (t->output_count == 1) {
                row = output_type(t, 0);
        } else {
                FeelField *fields = arena_array_of(m->arena, FeelField, t->output_count);
                if (!fields)
                        return ST_NOMEM;
                for (size_t i = 0; i < t->output_count; i++)
                        fields[i] = (FeelField){ t->outputs[i].name, output_type(t, i) };
                row = feel_type_context(m->arena, fields, t->output_count);
        }
        if (t->hit == HIT_COLLECT && t->agg != AGG_NONE)
                row = t->agg == AGG_MIN || t->agg == AGG_MAX ? row : FEEL_TYPE_NUMBER;
        else if (t->hit == HIT_COLLECT || t->hit == HIT_RULE_ORDER || t->hit == HIT_OUTPUT_ORDER)
                row = row ? feel_type_list(m->arena, row) : NULL;
        *ret = row;
        return row ? ST_OK : ST_NOMEM;
}

static Status output_shape(DmnModel *m, const DmnEnv *env, DmnTable *t)
{
        if (t->output_count < 2)
                return ST_OK;
        Str *keys = arena_array_of(m->arena, Str, t->output_count);
        if (!keys)
                return ST_NOMEM;
        for (size_t i = 0; i < t->output_count; i++)
                keys[i] = t->outputs[i].name;
        Status st = feel_shape_new(m->arena, keys, t->output_count, &t->shape);
        if (st != ST_EXISTS)
                return st;
        t->broken = true;
        return dmn_problem(m, SEV_ERROR, env->defs, t->line, t->col, "有同名的输出列",
                           "two output columns have the same name");
}

Status dmn_compile_table(DmnModel *m, DmnEnv *env, DmnBox *b)
{
        DmnTable *t = b->table;
        if (t->broken || t->output_count == 0)
                return ST_OK;
        for (size_t i = 0; i < t->input_count; i++)
                TRY(compile_column(m, env, t, &t->inputs[i]));
        TRY(output_shape(m, env, t));
        if (t->broken)
                return ST_OK;
        if (t->agg != AGG_NONE && (t->hit != HIT_COLLECT || t->output_count > 1)) {
                t->broken = true;
                return dmn_problem(m, SEV_ERROR, env->defs, t->line, t->col, "聚合只用于单输出的 COLLECT 表",
                                   "an aggregation needs hit policy COLLECT and one output");
        }
        for (size_t i = 0; i < t->output_count; i++) {
                TRY(compile_output(m, env, t, &t->outputs[i], b->type ? b->type : b->expected));
                if (!is_blank(&t->outputs[i].fallback.text))
                        TRY(compile_out_cell(m, env, &t->outputs[i], &t->outputs[i].fallback));
        }
        if (t->hit == HIT_PRIORITY || t->hit == HIT_OUTPUT_ORDER) {
                bool ordered = false;
                for (size_t i = 0; i < t->output_count; i++)
                        ordered |= t->outputs[i].value_count > 0;
                if (!ordered)
                        TRY(dmn_problem(m, SEV_WARNING, env->defs, t->line, t->col,
                                        "按优先级命中需要列出输出值的次序（outputValues）",
                                        "this hit policy needs the order of the output values (outputValues)"));
        }
        for (size_t i = 0; i < t->rule_count; i++)
                TRY(compile_rule(m, env, t, &t->rules[i]));
        return b->type ? ST_OK : table_type(m, t, &b->feel);
}
