/* compile.c -- the texts of boxed expressions to programs, with the names they see.
 *
 * A text is compiled strictly first: what is wrong with it becomes a problem of
 * the model (dmn_check shows it).  What the standard merely answers with null
 * (an unknown name, an operand of the wrong type) then compiles leniently and is
 * null with a message at run time; what is no FEEL at all leaves its box broken:
 * it answers null and says why. */
#include "dmn/link_int.h"

static bool names_types(Str text)
{
        return str_has(text, STR("instance")) || str_has(text, STR("function"));
}

static Status keep_program(DmnModel *m, const DmnEnv *env, const DmnText *text, FeelProgram *p)
{
        m->program_bytes += feel_program_bytes(p);
        if (m->program_bytes > m->limits.max_model_bytes) {
                feel_program_free(p);
                return dmn_limit(m, env->defs, text->line, text->col, "模型所需内存超过上限（%zu 字节）",
                                 "the model needs more memory than allowed (%zu bytes)", m->limits.max_model_bytes);
        }
        Status st = DMN_PUSH(m, m->programs, m->program_count, m->program_cap, p);
        if (st != ST_OK)
                feel_program_free(p);
        return st;
}

/* With the line of the file for the caret. */
static void copy_messages(DmnModel *m, const DmnDefs *defs, const Diag *from)
{
        for (size_t i = 0; i < from->count; i++) {
                Pos pos = from->msgs[i].pos;
                if (defs && pos.line)
                        pos.source = dmn_pos(defs, pos.line, pos.col).source;
                diag_add(&m->problems, from->msgs[i].severity, pos, "%s", "%s", from->msgs[i].text);
        }
}

Status dmn_on_time(DmnModel *m, const DmnDefs *defs, int line, int col, uint64_t *ret_left)
{
        uint64_t now = m->deadline ? clock_mono_ns() : 0;
        if (ret_left)
                *ret_left = m->deadline ? m->deadline - now : 0;
        if (!m->deadline || now < m->deadline)
                return ST_OK;
        diag_add(&m->problems, SEV_ERROR, dmn_pos(defs, line, col), "载入模型用时超过 %llu 毫秒，已停止",
                 "loading took more than %llu ms and was stopped", (unsigned long long)(m->limits.max_ns / 1000000));
        return ST_TIMEOUT;
}

static Status try_compile(const FeelScope *scope, FeelSource src, bool tests, const FeelType *type, bool lenient,
                          uint64_t max_ns, Diag *diag, FeelProgram **ret)
{
        FeelCompileOptions options = { .lenient = lenient, .max_ns = max_ns };
        *ret = NULL;
        return tests ? feel_compile_unary_tests(scope, src, type, &options, diag, ret)
                     : feel_compile(scope, src, &options, diag, ret);
}

/* Could a value of type t be taken as one of type want (dmn_conform)?  false only when none can. */
static bool may_conform(const FeelType *t, const FeelType *want, int depth)
{
        if (depth > 20 || want->kind == FEEL_T_ANY || t->kind == FEEL_T_ANY || t->kind == FEEL_T_NULL)
                return true;
        if (t->kind == FEEL_T_LIST && want->kind == FEEL_T_LIST)
                return !t->element || !want->element || may_conform(t->element, want->element, depth + 1);
        if (want->kind == FEEL_T_LIST)
                return !want->element || may_conform(t, want->element, depth + 1);
        if (t->kind == FEEL_T_LIST)
                return !t->element || may_conform(t->element, want, depth + 1);
        if (t->kind == FEEL_T_DATE && want->kind == FEEL_T_DATE_TIME)
                return true;
        if (t->kind != want->kind)
                return false;
        for (size_t i = 0; t->kind == FEEL_T_CONTEXT && !t->open && i < want->field_count; i++) {
                size_t k = 0;
                while (k < t->field_count && !str_eq(t->fields[k].name, want->fields[i].name))
                        k++;
                if (k == t->field_count || !may_conform(t->fields[k].type, want->fields[i].type, depth + 1))
                        return false;
        }
        return true;
}

static Status check_result(DmnModel *m, const DmnEnv *env, const DmnText *text, const FeelProgram *p,
                           const FeelType *want)
{
        const FeelType *t = feel_program_type(p);
        if (!want || may_conform(t, want, 0))
                return ST_OK;
        _cleanup_buf_ Buf got = BUF_INIT(1 << 12), wanted = BUF_INIT(1 << 12);
        feel_type_to_text(t, &got);
        feel_type_to_text(want, &wanted);
        return dmn_problem(
                m, SEV_ERROR, env->defs, text->line, text->col, "结果的类型是 %s，而声明的类型是 %s，结果总是 null",
                "the result is %s, the declared type %s: it is always null", buf_cstr(&got), buf_cstr(&wanted));
}

static Status compile(DmnModel *m, DmnEnv *env, const DmnText *text, bool tests, const FeelType *type,
                      FeelProgram **ret, Str *ret_why)
{
        *ret = NULL;
        *ret_why = STR("");
        const FeelScope *scope;
        uint64_t left = 0;
        TRY(dmn_on_time(m, env->defs, text->line, text->col, &left));
        TRY(dmn_env_scope(m, env, names_types(text->text), &scope));
        FeelSource src = { .text = text->text, .file = env->defs ? env->defs->file : NULL, .line = text->line,
                           .col = text->col };
        _cleanup_diag_ Diag own = DIAG_INIT(m->problems.lang);
        own.max = 20;
        Status st = try_compile(scope, src, tests, type, false, left, &own, ret);
        if (st == ST_NOMEM)
                return st;
        copy_messages(m, env->defs, &own);
        if (st != ST_OK) {
                TRY(dmn_on_time(m, env->defs, text->line, text->col, &left));
                if (own.count) {
                        *ret_why = arena_str(m->arena, str_c(own.msgs[0].text));
                        if (!ret_why->ptr)
                                return ST_NOMEM;
                }
                st = try_compile(scope, src, tests, type, true, left, NULL, ret);
                if (st == ST_NOMEM)
                        return st;
        }
        if (!*ret)
                return ST_OK;
        TRY(keep_program(m, env, text, *ret));
        return tests ? ST_OK : check_result(m, env, text, *ret, type);
}

Status dmn_compile_text(DmnModel *m, DmnEnv *env, const DmnText *text, const FeelType *expected, FeelProgram **ret,
                        Str *ret_why)
{
        return compile(m, env, text, false, expected, ret, ret_why);
}

Status dmn_compile_tests(DmnModel *m, DmnEnv *env, const DmnText *text, const FeelType *input, FeelProgram **ret,
                         Str *ret_why)
{
        return compile(m, env, text, true, input, ret, ret_why);
}

Status dmn_constants(DmnModel *m, const DmnText *text, const FeelValue **ret, size_t *ret_count)
{
        *ret = NULL;
        *ret_count = 0;
        Str s = str_trim(text->text);
        char *list = arena_printf(m->arena, "[%.*s]", STR_FMT(s));
        if (!list)
                return ST_NOMEM;
        FeelProgram *p = NULL;
        Status st = feel_compile(m->empty_scope, FEEL_SOURCE(str_c(list)), NULL, NULL, &p);
        if (st == ST_NOMEM)
                return st;
        if (st != ST_OK)
                return ST_OK;
        const FeelValue *v = feel_program_constant(p);
        bool ok = v && feel_is(v, FEEL_LIST) && v->list.len;
        for (size_t i = 0; ok && i < v->list.len; i++)
                ok = v->list.items[i].kind >= FEEL_BOOLEAN && v->list.items[i].kind <= FEEL_MONTHS_DURATION;
        FeelValue copy;
        if (ok)
                st = feel_copy(m->arena, v, &copy);
        if (ok && st == ST_OK) {
                *ret = copy.list.items;
                *ret_count = copy.list.len;
        }
        feel_program_free(p);
        return st;
}

/* ---- boxes ---- */

static DmnDefs *defs_of(const DmnEnv *env)
{
        return (DmnDefs *)(uintptr_t)env->defs;
}

static Status broken(DmnModel *m, const DmnEnv *env, DmnBox *b, const char *zh, const char *en)
{
        b->broken = true;
        return dmn_problem(m, SEV_ERROR, env->defs, b->line, b->col, "%s", "%s", m->problems.lang == LANG_EN ? en : zh);
}

/* Offset of the first byte that is among those; SIZE_MAX: none. */
static size_t first_of(Str s, const char *bytes)
{
        for (size_t i = 0; i < s.len; i++)
                if (strchr(bytes, s.ptr[i]))
                        return i;
        return SIZE_MAX;
}

/* A variable, or a component of one. */
static bool only_names(const DmnEnv *env, Str s)
{
        for (size_t i = 0; i < env->len; i++) {
                Str name = env->vars[i].name;
                if (str_eq(s, name))
                        return true;
                if (s.len > name.len && str_starts(s, name) && s.ptr[name.len] == '.')
                        return first_of(str_n(s.ptr + name.len, s.len - name.len), "+-*/([{<>=,\"") == SIZE_MAX;
        }
        return false;
}

static Status compile_literal(DmnModel *m, DmnEnv *env, DmnBox *b)
{
        DmnText *t = &b->literal.text;
        b->literal.why = STR("");
        if (b->broken)
                return ST_OK;
        if (!t->text.ptr || str_trim(t->text).len == 0)
                return broken(m, env, b, "空的表达式", "an empty expression");
        const DmnType *expected = b->type ? b->type : b->expected;
        TRY(dmn_compile_text(m, env, t, expected ? expected->feel : NULL, &b->literal.program, &b->literal.why));
        b->literal.is_name = only_names(env, str_trim(t->text));
        if (!b->literal.program)
                b->broken = true;
        else if (!b->type)
                b->feel = feel_program_type(b->literal.program);
        return ST_OK;
}

static Status compile_context(DmnModel *m, DmnEnv *outer, DmnBox *b)
{
        DmnEnv env;
        TRY(dmn_env_copy(m, outer, &env));
        size_t named = 0;
        bool has_result = false;
        Str *keys = arena_array_of(m->arena, Str, b->context.len);
        FeelField *fields = arena_array_of(m->arena, FeelField, b->context.len);
        if (!keys || !fields)
                return ST_NOMEM;
        for (size_t i = 0; i < b->context.len; i++) {
                DmnEntry *e = &b->context.items[i];
                TRY(dmn_resolve_type(defs_of(&env), e->type_ref, e->line, e->col, &e->type));
                if (e->name.len && e->value && e->value->kind == BOX_FUNCTION) {        /* it may call itself */
                        e->value->function->name = e->name;
                        TRY(dmn_env_push(m, &env, e->name, FEEL_TYPE_FUNCTION, NULL, &e->slot));
                }
                if (e->value) {
                        e->value->expected = e->type;
                        TRY(dmn_compile_box(m, &env, e->value));
                }
                const FeelType *feel = e->type ? e->type->feel : e->value ? e->value->feel : FEEL_TYPE_ANY;
                if (e->name.len == 0) {
                        if (i + 1 != b->context.len)
                                TRY(dmn_problem(m, SEV_ERROR, env.defs, e->line, e->col, "只有最后一项可以没有名称",
                                                "only the last entry may be without a name"));
                        has_result = i + 1 == b->context.len;
                        if (has_result && !b->type)
                                b->feel = feel;
                        continue;
                }
                for (size_t k = 0; k < named; k++) {
                        if (str_eq(keys[k], e->name)) {
                                b->broken = true;
                                TRY(dmn_problem(m, SEV_ERROR, env.defs, e->line, e->col, "条目“%.*s”重复",
                                                "entry \"%.*s\" is there twice", STR_FMT(e->name)));
                        }
                }
                TRY(dmn_env_push(m, &env, e->name, feel, e->type, &e->slot));
                keys[named] = e->name;
                fields[named++] = (FeelField){ e->name, feel };
        }
        b->env_len = env.len;
        if (b->broken)
                return ST_OK;
        if (!has_result) {
                TRY(feel_shape_new(m->arena, keys, named, &b->context.shape));
                if (!b->type) {
                        b->feel = feel_type_context(m->arena, fields, named);
                        if (!b->feel)
                                return ST_NOMEM;
                }
        }
        return ST_OK;
}

static Status list_type(DmnModel *m, const FeelType *element, const FeelType **ret)
{
        *ret = feel_type_list(m->arena, element);
        return *ret ? ST_OK : ST_NOMEM;
}

static Status compile_list(DmnModel *m, DmnEnv *env, DmnBox *b)
{
        const FeelType *element = NULL;
        for (size_t i = 0; i < b->list.len; i++) {
                TRY(dmn_compile_box(m, env, b->list.items[i]));
                const FeelType *f = b->list.items[i]->feel;
                if (i == 0)
                        element = f;
                else if (!feel_type_conforms(f, element))
                        element = FEEL_TYPE_ANY;
        }
        return b->type ? ST_OK : list_type(m, element ? element : FEEL_TYPE_ANY, &b->feel);
}

static Status compile_relation(DmnModel *m, DmnEnv *env, DmnBox *b)
{
        size_t n = b->relation.column_count;
        FeelField *fields = arena_array_of(m->arena, FeelField, n);
        if (!fields)
                return ST_NOMEM;
        for (size_t i = 0; i < n; i++)
                fields[i] = (FeelField){ b->relation.columns[i], NULL };
        for (size_t i = 0; i < b->relation.len; i++) {
                TRY(dmn_compile_box(m, env, b->relation.cells[i]));
                const FeelType *f = b->relation.cells[i]->feel;
                FeelField *field = &fields[i % n];
                if (!field->type)
                        field->type = f;
                else if (!feel_type_conforms(f, field->type))
                        field->type = FEEL_TYPE_ANY;
        }
        for (size_t i = 0; i < n; i++)
                if (!fields[i].type)
                        fields[i].type = FEEL_TYPE_ANY;
        Status st = feel_shape_new(m->arena, b->relation.columns, n, &b->relation.shape);
        if (st == ST_EXISTS)
                return broken(m, env, b, "关系表有同名的列", "the relation has two columns of one name");
        TRY(st);
        if (b->type)
                return ST_OK;
        const FeelType *row = feel_type_context(m->arena, fields, n);
        return row ? list_type(m, row, &b->feel) : ST_NOMEM;
}

static Status compile_invocation(DmnModel *m, DmnEnv *env, DmnBox *b)
{
        if (!b->invocation.fn)
                return broken(m, env, b, "调用没有说明函数", "the invocation names no function");
        TRY(dmn_compile_box(m, env, b->invocation.fn));
        for (size_t i = 0; i < b->invocation.len; i++) {
                DmnEntry *e = &b->invocation.bindings[i];
                TRY(dmn_resolve_type(defs_of(env), e->type_ref, e->line, e->col, &e->type));
                if (e->value)
                        TRY(dmn_compile_box(m, env, e->value));
        }
        const FeelType *f = b->invocation.fn->feel;
        if (!b->type && f->kind == FEEL_T_FUNCTION && f->element)
                b->feel = f->element;
        return ST_OK;
}

/* A function of kind Java or PMML is FEEL's own external function (10.3.2.13.3), written as text:
 * function(a: number) external {java: {class: "…", method signature: "…"}}. */
static Status compile_external(DmnModel *m, DmnEnv *env, DmnFunction *f)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 20);
        DmnText text = { .line = f->body ? f->body->line : 0, .col = f->body ? f->body->col : 0 };
        buf_puts(&b, "function(");
        for (size_t i = 0; i < f->param_count; i++) {
                const DmnParam *p = &f->params[i];
                buf_printf(&b, "%s%.*s", i ? ", " : "", STR_FMT(p->name));
                if (p->type && feel_type_builtin(p->type_ref))
                        buf_printf(&b, ": %.*s", STR_FMT(p->type_ref));
        }
        buf_printf(&b, ") external {%s: {", f->kind == DMN_FN_JAVA ? "java" : "pmml");
        for (size_t i = 0; f->body && f->body->kind == BOX_CONTEXT && i < f->body->context.len; i++) {
                const DmnEntry *e = &f->body->context.items[i];
                if (e->value && e->value->kind == BOX_LITERAL && e->value->literal.text.text.ptr)
                        buf_printf(&b, "%s%.*s: %.*s", i ? ", " : "", STR_FMT(e->name),
                                   STR_FMT(e->value->literal.text.text));
        }
        buf_puts(&b, "}}");
        TRY(buf_status(&b));
        text.text = arena_str(m->arena, buf_str(&b));
        if (!text.text.ptr)
                return ST_NOMEM;
        Str why;
        return dmn_compile_text(m, env, &text, NULL, &f->external, &why);
}

Status dmn_compile_function(DmnModel *m, DmnEnv *outer, DmnFunction *f)
{
        DmnEnv env;
        TRY(dmn_env_copy(m, outer, &env));
        FeelField *fields = arena_array_of(m->arena, FeelField, f->param_count);
        f->host_params = arena_array_of(m->arena, FeelHostParam, f->param_count);
        if (!fields || !f->host_params)
                return ST_NOMEM;
        f->outer_len = outer->len;
        if (!f->name.ptr)
                f->name = STR("");
        for (size_t i = 0; i < f->param_count; i++) {
                DmnParam *p = &f->params[i];
                int line = f->body ? f->body->line : 0, col = f->body ? f->body->col : 0;
                TRY(dmn_resolve_type(defs_of(&env), p->type_ref, line, col, &p->type));
                const FeelType *t = dmn_feel_type(p->type);
                TRY(dmn_env_push(m, &env, p->name, t, p->type, &p->slot));
                f->host_params[i] = (FeelHostParam){ .name = p->name, .type = p->type ? t : NULL };
                fields[i] = (FeelField){ p->name, t };
        }
        f->env_len = env.len;
        const FeelType *result = FEEL_TYPE_ANY;
        if (f->kind == DMN_FN_FEEL) {
                if (f->body) {
                        TRY(dmn_compile_box(m, &env, f->body));
                        result = f->body->feel;
                }
        } else {
                TRY(compile_external(m, outer, f));
        }
        if (f->result)
                result = f->result->feel;
        f->host_type = feel_type_function(m->arena, fields, f->param_count, result);
        return f->host_type ? ST_OK : ST_NOMEM;
}

/* In the match expression `item` and the components of an item are names (10.3.2.5).  Where nothing is
 * known of the items, the match is compiled as FEEL's own filter, list[match], which finds the components
 * at run time. */
static Status compile_filter(DmnModel *m, DmnEnv *outer, DmnBox *b)
{
        DmnEnv env;
        TRY(dmn_env_copy(m, outer, &env));
        const FeelType *list = b->loop.in->feel;
        const FeelType *item = list->kind == FEEL_T_LIST && list->element ? list->element : FEEL_TYPE_ANY;
        if (!b->type)
                TRY(list_type(m, item, &b->feel));
        if (item->kind == FEEL_T_ANY && b->loop.body->kind == BOX_LITERAL && b->loop.body->literal.text.text.ptr) {
                TRY(dmn_env_push(m, &env, STR("filtered list"), list, NULL, &b->slot));
                DmnText text = b->loop.body->literal.text;
                char *s = arena_printf(m->arena, "filtered list[%.*s]", STR_FMT(text.text));
                if (!s)
                        return ST_NOMEM;
                text.text = str_c(s);
                text.col -= (int)strlen("filtered list[");
                Str why;
                TRY(dmn_compile_text(m, &env, &text, NULL, &b->loop.filter, &why));
                b->broken = !b->loop.filter;
                b->env_len = env.len;
                return ST_OK;
        }
        TRY(dmn_env_push(m, &env, STR("item"), item, NULL, &b->slot));
        for (size_t i = 0; item->kind == FEEL_T_CONTEXT && i < item->field_count; i++) {
                uint32_t slot;
                TRY(dmn_env_push(m, &env, item->fields[i].name, item->fields[i].type, NULL, &slot));
                TRY(DMN_PUSH(m, b->loop.parts, b->loop.part_count, b->loop.part_cap,
                             ((DmnPart){ item->fields[i].name, slot })));
        }
        b->env_len = env.len;
        return dmn_compile_box(m, &env, b->loop.body);
}

static Status compile_loop(DmnModel *m, DmnEnv *outer, DmnBox *b)
{
        if (!b->loop.in || !b->loop.body || (b->kind != BOX_FILTER && b->loop.variable.len == 0)) {
                b->broken = true;
                return ST_OK;
        }
        TRY(dmn_compile_box(m, outer, b->loop.in));
        if (b->kind == BOX_FILTER)
                return compile_filter(m, outer, b);
        DmnEnv env;
        TRY(dmn_env_copy(m, outer, &env));
        const FeelType *in = b->loop.in->feel;
        const FeelType *item = (in->kind == FEEL_T_LIST || in->kind == FEEL_T_RANGE) && in->element ? in->element
                                                                                                    : FEEL_TYPE_ANY;
        TRY(dmn_env_push(m, &env, b->loop.variable, item, NULL, &b->slot));
        if (b->kind == BOX_FOR)
                TRY(dmn_env_push(m, &env, STR("partial"), FEEL_TYPE_LIST, NULL, &b->slot2));
        b->env_len = env.len;
        TRY(dmn_compile_box(m, &env, b->loop.body));
        if (b->type)
                return ST_OK;
        if (b->kind == BOX_FOR)
                return list_type(m, b->loop.body->feel, &b->feel);
        b->feel = FEEL_TYPE_BOOLEAN;
        return ST_OK;
}

static Status compile_branch(DmnModel *m, DmnEnv *env, DmnBox *b)
{
        if (!b->branch.test || !b->branch.yes || !b->branch.no) {
                b->broken = true;
                return ST_OK;
        }
        TRY(dmn_compile_box(m, env, b->branch.test));
        TRY(dmn_compile_box(m, env, b->branch.yes));
        TRY(dmn_compile_box(m, env, b->branch.no));
        if (!b->type && feel_type_conforms(b->branch.no->feel, b->branch.yes->feel))
                b->feel = b->branch.yes->feel;
        return ST_OK;
}

Status dmn_compile_box(DmnModel *m, DmnEnv *env, DmnBox *b)
{
        TRY(dmn_resolve_type(defs_of(env), b->type_ref, b->line, b->col, &b->type));
        if (b->type)
                b->feel = b->type->feel;
        switch (b->kind) {
        case BOX_EMPTY:
                return ST_OK;
        case BOX_LITERAL:
                return compile_literal(m, env, b);
        case BOX_TABLE:
                return dmn_compile_table(m, env, b);
        case BOX_CONTEXT:
                return compile_context(m, env, b);
        case BOX_LIST:
                return compile_list(m, env, b);
        case BOX_RELATION:
                return compile_relation(m, env, b);
        case BOX_INVOCATION:
                return compile_invocation(m, env, b);
        case BOX_FUNCTION:
                TRY(dmn_compile_function(m, env, b->function));
                if (!b->type)
                        b->feel = b->function->host_type;
                return ST_OK;
        case BOX_IF:
                return compile_branch(m, env, b);
        case BOX_FILTER:
        case BOX_FOR:
        case BOX_SOME:
        case BOX_EVERY:
                return compile_loop(m, env, b);
        }
        return ST_INTERNAL;
}
