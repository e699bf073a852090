/* migrate.c -- from the pack a database has to another one: what is stated, and what is not. */
#include "register/migrate_int.h"

#include "codec/json.h"
#include "store/text.h"

enum { EXAMPLES = 5 };

#define migrate_error(m, pos, ...)                         \
        do {                                               \
                diag_error((m)->diag, (pos), __VA_ARGS__); \
                (m)->failed = true;                        \
        } while (0)

/* ---- what is there ---- */

static Status count_sql(Migrate *m, const char *table, const char *column, int64_t *ret)
{
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        bool there;
        *ret = 0;
        TRY(store_has_table(m->tx, table, &there));
        if (!there)
                return ST_OK;
        buf_puts(&sql, "SELECT count(*) FROM ");
        store_put_name(&sql, table);
        if (column) {
                buf_puts(&sql, " WHERE ");
                store_put_name(&sql, column);
                buf_puts(&sql, " IS NOT NULL");
        }
        TRY(buf_status(&sql));
        return store_get_i64(m->tx, sql.ptr, STORE_NO_ARGS, ret);
}

/* Present and earlier states with a value of the field; field NULL: all. */
static Status count_values(Migrate *m, const PackRegister *reg, const PackField *field, int64_t *ret_now,
                           int64_t *ret_past)
{
        char table[REGISTER_NAME_MAX], column[REGISTER_NAME_MAX];
        *ret_now = *ret_past = 0;
        if (field && !register_stored(field))
                return ST_OK;
        if (field)
                register_column_name(field, column);
        register_table_name(reg, false, table);
        TRY(count_sql(m, table, field ? column : NULL, ret_now));
        register_table_name(reg, true, table);
        return count_sql(m, table, field ? column : NULL, ret_past);
}

/* ---- the steps, one after another ---- */

static MovedRegister *register_called(Migrate *m, Str name)
{
        for (size_t i = 0; i < m->old->register_count; i++)
                if (!m->regs[i].dropped && str_eq(m->regs[i].name, name))
                        return &m->regs[i];
        return NULL;
}

static MovedField *field_called(MovedRegister *r, Str name)
{
        for (size_t i = 0; i < r->count; i++)
                if (!r->fields[i].dropped && str_eq(r->fields[i].name, name))
                        return &r->fields[i];
        return NULL;
}

static Status begin(Migrate *m)
{
        m->regs = arena_array_of(m->arena, MovedRegister, m->old->register_count + 1);
        if (!m->regs)
                return ST_NOMEM;
        for (size_t i = 0; i < m->old->register_count; i++) {
                MovedRegister *r = &m->regs[i];
                *r = (MovedRegister){ .was = m->old->registers[i], .name = m->old->registers[i]->name };
                r->count = r->cap = r->was->field_count;
                if (!(r->fields = arena_array_of(m->arena, MovedField, r->cap + 1)))
                        return ST_NOMEM;
                for (size_t f = 0; f < r->count; f++)
                        r->fields[f] = (MovedField){ .was = &r->was->fields[f], .name = r->was->fields[f].name };
        }
        return ST_OK;
}

static Status compile(Migrate *m, MovedRegister *r, MoveOp *op)
{
        FeelScope *scope = feel_scope_new(m->arena, NULL);
        op->slots = arena_array_of(m->arena, size_t, r->count + 1);
        if (!scope || !op->slots)
                return ST_NOMEM;
        for (size_t i = 0; i < r->count; i++) {
                const MovedField *f = &r->fields[i];
                uint32_t slot;
                if (f->dropped || (op->step->kind == PACK_MIGRATE_FILL && i == op->field))
                        continue;
                TRY(feel_scope_add(scope, f->name, f->was && !f->changed ? pack_field_type(f->was) : FEEL_TYPE_ANY,
                                   &slot));
                op->slots[op->slot_count++] = i;
        }
        const PackExpr *e = &op->step->from;
        FeelSource src = { .text = e->text, .file = e->pos.file, .line = e->pos.line, .col = e->pos.col };
        Status st = feel_compile(scope, src, NULL, m->diag, &op->program);
        if (st == ST_INVALID)
                m->failed = true;
        return st == ST_INVALID ? ST_OK : st;
}

static Status add_op(Migrate *m, MovedRegister *r, const PackMigrateStep *step, MovedField *f)
{
        if (arena_grow(m->arena, (void **)&r->ops, &r->op_cap, r->op_count + 1, sizeof(MoveOp)) != 0)
                return ST_NOMEM;
        MoveOp *op = &r->ops[r->op_count++];
        *op = (MoveOp){ .step = step, .field = (size_t)(f - r->fields), .report = &m->report[m->report_count - 1] };
        if (step->from.text.len)
                TRY(compile(m, r, op));
        f->changed = true;
        return ST_OK;
}

static Status fill(Migrate *m, MovedRegister *r, const PackMigrateStep *s)
{
        if (arena_grow(m->arena, (void **)&r->fields, &r->cap, r->count + 1, sizeof(MovedField)) != 0)
                return ST_NOMEM;
        r->fields[r->count] = (MovedField){ .name = s->field, .changed = true };
        return add_op(m, r, s, &r->fields[r->count++]);
}

static Status of_register(Migrate *m, const PackMigrateStep *s, MovedRegister *r)
{
        RegisterMigrated *done = &m->report[m->report_count - 1];
        TRY(count_values(m, r->was, NULL, &done->records, &done->past));
        if (s->kind == PACK_MIGRATE_DROP) {
                r->dropped = true;
                return ST_OK;
        }
        if (register_called(m, s->to)) {
                migrate_error(m, s->pos, "已有库“%.*s”", "there is a register \"%.*s\" already", STR_FMT(s->to));
                return ST_OK;
        }
        r->name = s->to;
        r->renamed = true;
        return ST_OK;
}

static Status one_step(Migrate *m, const PackMigration *migration, const PackMigrateStep *s)
{
        m->report[m->report_count++] = (RegisterMigrated){ .migration = migration, .step = s };
        MovedRegister *r = register_called(m, s->reg);
        if (!r) {
                migrate_error(m, s->pos, "数据库里此时没有库“%.*s”",
                              "the database has no register \"%.*s\" at this point", STR_FMT(s->reg));
                return ST_OK;
        }
        if (!s->field.len)
                return of_register(m, s, r);
        MovedField *f = field_called(r, s->field),
                   *taken = s->kind == PACK_MIGRATE_RENAME ? field_called(r, s->to) : NULL;
        if (s->kind == PACK_MIGRATE_FILL ? f != NULL : !f) {
                migrate_error(m, s->pos, f ? "数据库里此时已有字段“%.*s.%.*s”：请用 change"
                                         : "数据库里此时没有字段“%.*s.%.*s”",
                              f ? "the database has a field \"%.*s.%.*s\" already: use change"
                                : "the database has no field \"%.*s.%.*s\" at this point",
                              STR_FMT(s->reg), STR_FMT(s->field));
                return ST_OK;
        }
        if (taken) {
                migrate_error(m, s->pos, "已有字段“%.*s.%.*s”", "there is a field \"%.*s.%.*s\" already",
                              STR_FMT(s->reg), STR_FMT(s->to));
                return ST_OK;
        }
        /* What is filled, or was computed, stands in no column yet: every record gets a value. */
        const PackField *kept = f && f->was && register_stored(f->was) ? f->was : NULL;
        if (kept || s->kind == PACK_MIGRATE_FILL || (f && f->was && s->kind == PACK_MIGRATE_CHANGE))
                TRY(count_values(m, r->was, kept, &m->report[m->report_count - 1].records,
                                 &m->report[m->report_count - 1].past));
        switch (s->kind) {
        case PACK_MIGRATE_FILL: return fill(m, r, s);
        case PACK_MIGRATE_CHANGE: return add_op(m, r, s, f);
        case PACK_MIGRATE_DROP: f->dropped = true; break;
        case PACK_MIGRATE_RENAME: f->name = s->to; break;
        }
        return ST_OK;
}

static bool same_step(const PackMigrateStep *a, const PackMigrateStep *b)
{
        bool same = a->kind == b->kind && str_eq(a->reg, b->reg) && str_eq(a->field, b->field) &&
                    str_eq(a->to, b->to) && str_eq(a->from.text, b->from.text) && a->code_count == b->code_count &&
                    a->may_be_empty == b->may_be_empty;
        for (size_t i = 0; same && i < a->code_count; i++)
                same = str_eq(a->codes[i].from, b->codes[i].from) && str_eq(a->codes[i].to, b->codes[i].to);
        return same;
}

static bool same_migration(const PackMigration *a, const PackMigration *b)
{
        bool same = a->step_count == b->step_count;
        for (size_t i = 0; same && i < a->step_count; i++)
                same = same_step(&a->steps[i], &b->steps[i]);
        return same;
}

static const PackMigration *applied(const Pack *old, Str name)
{
        for (size_t i = 0; i < old->migration_count; i++)
                if (str_eq(old->migrations[i].name, name))
                        return &old->migrations[i];
        return NULL;
}

static Status replay(Migrate *m)
{
        size_t steps = 0;
        for (size_t i = 0; i < m->new->migration_count; i++)
                steps += m->new->migrations[i].step_count;
        if (!(m->report = arena_array_of(m->arena, RegisterMigrated, steps + 1)))
                return ST_NOMEM;
        const PackMigration *first = NULL;
        for (size_t i = 0; i < m->new->migration_count; i++) {
                const PackMigration *now = &m->new->migrations[i], *then = applied(m->old, now->name);
                if (then && !same_migration(now, then))
                        migrate_error(m, now->pos, "迁移“%.*s”已经做过，不能再改：请另写一个",
                                      "migration \"%.*s\" was applied already and cannot change: write another one",
                                      STR_FMT(now->name));
                if (then && first)
                        migrate_error(
                                m, first->pos, "迁移“%.*s”排在已经做过的“%.*s”之前：请用靠后的文件名",
                                "migration \"%.*s\" stands before \"%.*s\", which was applied: give its file a later name",
                                STR_FMT(first->name), STR_FMT(now->name));
                if (then)
                        continue;
                first = now;
                for (size_t k = 0; k < now->step_count; k++)
                        TRY(one_step(m, now, &now->steps[k]));
        }
        return ST_OK;
}

/* ---- what is not stated ---- */

/* "list of decimal, scale 2, 万元" */
static void put_kind(const PackField *f, Buf *out)
{
        buf_printf(out, "%s%s", f->many ? "list of " : "", pack_type_name(f->type));
        if (f->type == PACK_DECIMAL)
                buf_printf(out, ", scale %d", f->scale);
        if (f->type == PACK_REFERENCE)
                buf_printf(out, " %.*s", STR_FMT(f->target->name));
        if (f->type == PACK_PERIOD)
                buf_printf(out, " %s", (const char *[]){ "year", "half", "quarter", "month" }[f->period]);
        if (f->unit.len)
                buf_printf(out, ", %.*s", STR_FMT(f->unit));
}

/* The field of the new definition that may be this one under another name: what says the same and was not there. */
static const PackField *other_name(const Migrate *m, const MovedRegister *r, const PackField *was);

/* What is not stated is refused, with the step that would state it. */
static Status unstated(Migrate *m, const MovedRegister *r, const PackField *f, Pos pos, const char *zh, const char *en,
                       const char *steps)
{
        int64_t now, past;
        TRY(count_values(m, r->was, f, &now, &past));
        char what[300];
        snprintf(what, sizeof(what), "%.*s%s%.*s", STR_FMT(r->was->name), f ? "." : "", STR_FMT(f ? f->name : STR("")));
        migrate_error(m, pos,
                      "“%s”%s（现有 %lld 个值，过去 %lld 个）：请在城市包里写明迁移"
                      "（migrations/ 里 migration 的一步）：%s",
                      "\"%s\" %s (%lld values now, %lld past): state it in a migration of the pack, as a step: %s",
                      what,
                      m->diag && m->diag->lang == LANG_EN ? en : zh, (long long)now, (long long)past, steps);
        return ST_OK;
}

static bool english(const Migrate *m)
{
        return m->diag && m->diag->lang == LANG_EN;
}

static const PackRegister *now_of(const Migrate *m, const PackRegister *was)
{
        return was ? m->regs[was->index].now : NULL;
}

/* Do both keep and mean the same? */
static bool same_at_rest(const Migrate *m, const PackField *a, const PackField *b)
{
        if (a->type != b->type || a->many != b->many || a->scale != b->scale || !str_eq(a->unit, b->unit))
                return false;
        if (a->type == PACK_PERIOD && a->period != b->period)
                return false;
        if (a->type == PACK_REFERENCE && now_of(m, a->target) != b->target)
                return false;
        return a->type != PACK_IDENTIFIER || a->scheme_count == 0 || b->scheme_count == 0 ||
               a->schemes[0] == b->schemes[0];
}

static const PackField *other_name(const Migrate *m, const MovedRegister *r, const PackField *was)
{
        const PackField *found = NULL;
        for (size_t i = 0; r->now && i < r->now->field_count; i++) {
                const PackField *f = &r->now->fields[i];
                if (pack_field(r->was, f->name) || !register_stored(f) || !same_at_rest(m, was, f))
                        continue;
                if (found)
                        return NULL;    /* two may be it: nobody knows which */
                found = f;
        }
        return found;
}

static Status field_is_gone(Migrate *m, const MovedRegister *r, const MovedField *f)
{
        _cleanup_buf_ Buf steps = BUF_INIT(4096);
        const PackField *now = pack_field(r->now, f->name), *other = other_name(m, r, f->was);
        if (now) {
                buf_printf(&steps, "{drop: %.*s.%.*s}", STR_FMT(r->name), STR_FMT(f->name));
                TRY(buf_status(&steps));
                return unstated(m, r, f->was, now->pos, "改为计算字段，填报的值不再使用",
                                "becomes computed, and what was filled in is no longer used", buf_cstr(&steps));
        }
        buf_printf(&steps, english(m) ? "{drop: %.*s.%.*s}, or {rename: %.*s.%.*s, to: %.*s}"
                                      : "{drop: %.*s.%.*s}，或 {rename: %.*s.%.*s, to: %.*s}",
                   STR_FMT(r->name), STR_FMT(f->name), STR_FMT(r->name), STR_FMT(f->name),
                   STR_FMT(other ? other->name : english(m) ? STR("NEW_NAME") : STR("新名")));
        TRY(buf_status(&steps));
        return unstated(m, r, f->was, r->now->pos, "不再定义", "is no longer defined", buf_cstr(&steps));
}

/* What a record was computed to be stands nowhere: whether it is kept must be said. */
static Status was_computed(Migrate *m, const MovedRegister *r, const MovedField *f)
{
        int64_t now, past;
        TRY(count_values(m, r->was, NULL, &now, &past));
        if (now + past == 0)
                return ST_OK;
        migrate_error(m, f->now->pos,
                      "“%.*s.%.*s”原为计算字段，现改为填报：请在迁移里写明一步：{change: %.*s.%.*s} 留下算出的值，"
                      "或 {change: %.*s.%.*s, from: 'null', may be empty: true} 从空白开始",
                      "\"%.*s.%.*s\" was computed and is filled in now: state in a migration, as a step: "
                      "{change: %.*s.%.*s} to keep what was computed, or "
                      "{change: %.*s.%.*s, from: 'null', may be empty: true} to begin with nothing",
                      STR_FMT(r->was->name), STR_FMT(f->was->name), STR_FMT(r->name), STR_FMT(f->name),
                      STR_FMT(r->name), STR_FMT(f->name));
        return ST_OK;
}

/* A figure in another measure is another figure: how it is converted must be said. */
static void check_measure(Migrate *m, const MovedRegister *r, const MovedField *f)
{
        const MoveOp *last = NULL;
        for (size_t i = 0; i < r->op_count; i++) {
                if (&r->fields[r->ops[i].field] != f)
                        continue;
                if (r->ops[i].step->from.text.len)
                        return;
                last = &r->ops[i];
        }
        if (!last || !f->was->unit.len || !f->now->unit.len || str_eq(f->was->unit, f->now->unit))
                return;
        migrate_error(m, last->step->pos,
                      "“%.*s.%.*s”的单位由“%.*s”变为“%.*s”：请用 from 写明换算（数值不变时写 from: '%.*s'）",
                      "\"%.*s.%.*s\" changes its measure from %.*s to %.*s: say with from how it is converted "
                      "(from: '%.*s' when the figures stay)",
                      STR_FMT(r->was->name), STR_FMT(f->was->name), STR_FMT(f->was->unit), STR_FMT(f->now->unit),
                      STR_FMT(f->name));
}

static bool keeps_all_codes(const Migrate *m, const PackField *a, const PackField *b)
{
        if (a->type == PACK_CODE)
                for (size_t i = 0; i < a->list->count; i++)
                        if (!pack_code(b->list, a->list->codes[i].code))
                                return false;
        if (a->type == PACK_UNIT)
                for (size_t i = 0; i < m->old->unit_count; i++)
                        if (!pack_unit(m->new, m->old->units[i].code))
                                return false;
        return true;
}

static bool has_code(const Migrate *m, const PackField *now, Str code)
{
        return now->type == PACK_UNIT ? pack_unit(m->new, code) != NULL : pack_code(now->list, code) != NULL;
}

typedef struct Lost {
        int64_t count;
        size_t shown;
        char codes[EXAMPLES][100];      /* those that were named */
        Buf names;
} Lost;

static void lose(Lost *l, Str code, int64_t count)
{
        l->count += count;
        for (size_t i = 0; i < l->shown && i < EXAMPLES; i++)
                if (str_eq_c(code, l->codes[i]))
                        return;
        if (l->shown < EXAMPLES)
                snprintf(l->codes[l->shown], sizeof(l->codes[0]), "%.*s", STR_FMT(code));
        if (l->shown++ < EXAMPLES)
                buf_printf(&l->names, "%s%.*s", l->names.len ? ", " : "", STR_FMT(code));
        else if (l->shown == EXAMPLES + 1)
                buf_puts(&l->names, " …");
}

Status migrate_known(Migrate *m, const char *table, const PackField *f, StoreStmt **ret)
{
        char column[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        register_column_name(f, column);
        buf_puts(&sql, "SELECT ");
        store_put_name(&sql, column);
        buf_puts(&sql, ", count(*) FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " WHERE ");
        store_put_name(&sql, column);
        buf_puts(&sql, " IS NOT NULL GROUP BY 1 ORDER BY 1");
        TRY(buf_status(&sql));
        return store_query(m->tx, sql.ptr, STORE_NO_ARGS, ret);
}

static Status lost_codes(Migrate *m, const char *table, const MovedField *f, Lost *lost)
{
        _cleanup_arena_ Arena *a = arena_new(16 << 20);
        bool there;
        if (!a)
                return ST_NOMEM;
        TRY(store_has_table(m->tx, table, &there));
        if (!there)
                return ST_OK;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(migrate_known(m, table, f->was, &q));
        while (store_next(q)) {
                Str text = store_text(q, 0);
                Json *list = NULL;
                if (!f->was->many) {
                        if (!has_code(m, f->now, text))
                                lose(lost, text, store_i64(q, 1));
                        continue;
                }
                TRY(json_parse(a, text, NULL, NULL, NULL, &list));
                for (size_t i = 0; json_at(list, i); i++)
                        if (!has_code(m, f->now, json_at(list, i)->text))
                                lose(lost, json_at(list, i)->text, store_i64(q, 1));
                arena_reset(a);
        }
        return store_done(q);
}

static Status check_codes(Migrate *m, const MovedRegister *r, const MovedField *f)
{
        if (!f->now || (f->was->type != PACK_CODE && f->was->type != PACK_UNIT) || keeps_all_codes(m, f->was, f->now))
                return ST_OK;
        Lost lost = { .names = BUF_INIT(1 << 20) };
        Status st = ST_OK;
        for (int history = 0; st == ST_OK && history < 2; history++) {
                char table[REGISTER_NAME_MAX];
                register_table_name(r->was, history, table);
                st = lost_codes(m, table, f, &lost);
        }
        if (st == ST_OK && lost.count)
                migrate_error(
                        m, f->now->pos,
                        "“%.*s.%.*s”有 %lld 个值的代码不再有：%s：请在迁移里写明一步：{change: %.*s.%.*s, codes: "
                        "{'%s': 新代码}}（\"\" 表示不再知道）；停用的代码也可留在代码表里，写明终止日 to",
                        "\"%.*s.%.*s\": %lld values have codes that are no more: %s: state in a migration, as a step: "
                        "{change: %.*s.%.*s, codes: {'%s': NEW}} (\"\" when it is no longer known); a code that ends "
                        "may also stay in the list with its last day, to",
                        STR_FMT(r->was->name), STR_FMT(f->was->name), (long long)lost.count, buf_cstr(&lost.names),
                        STR_FMT(r->name), STR_FMT(f->name), lost.codes[0]);
        buf_release(&lost.names);
        return st;
}

static void resolve(MovedRegister *r, MovedField *f)
{
        const PackRegister *now = r->now;
        if (f->was && f->was->role == PACK_FIELD_PARENT)
                f->now = now->parent_key;
        else if (f->was && f->was->role == PACK_FIELD_PERIOD)
                f->now = now->period_field;
        else
                f->now = pack_field(now, f->name);
        if (f->now && !register_stored(f->now))
                f->now = NULL;
}

static Status check_field(Migrate *m, MovedRegister *r, MovedField *f)
{
        const PackRegister *now = r->now;
        if (f->dropped)
                return ST_OK;
        if (!f->was) {
                if (!f->now)
                        migrate_error(m, now->pos, "库“%.*s”里没有字段“%.*s”",
                                      "register \"%.*s\" has no field \"%.*s\"", STR_FMT(now->name), STR_FMT(f->name));
                return ST_OK;
        }
        if (!register_stored(f->was))
                return f->now && !f->changed ? was_computed(m, r, f) : ST_OK;
        if (r->other_key && register_is_key(r->was, f->was))
                return ST_OK;           /* told of the register */
        if (f->was->role != PACK_FIELD_PLAIN)
                return f->now && same_at_rest(m, f->was, f->now) ? check_codes(m, r, f) : ST_OK;
        if (!f->now)
                return field_is_gone(m, r, f);
        if (f->changed) {
                check_measure(m, r, f);
                return ST_OK;
        }
        if (!same_at_rest(m, f->was, f->now)) {
                _cleanup_buf_ Buf zh = BUF_INIT(4096), en = BUF_INIT(4096), steps = BUF_INIT(4096);
                buf_puts(&zh, "的含义变了：");
                put_kind(f->was, &zh);
                buf_puts(&zh, " → ");
                put_kind(f->now, &zh);
                buf_puts(&en, "changes from ");
                put_kind(f->was, &en);
                buf_puts(&en, " to ");
                put_kind(f->now, &en);
                buf_printf(&steps, "{change: %.*s.%.*s%s}", STR_FMT(r->name), STR_FMT(f->name),
                           str_eq(f->was->unit, f->now->unit) || !f->was->unit.len || !f->now->unit.len ? ""
                           : english(m) ? ", from: 'EXPRESSION'" : ", from: '换算式'");
                if (str_eq(f->was->unit, f->now->unit))
                        buf_printf(&steps,
                                   english(m) ? " for the same values, or with from: how they are converted"
                                              : "（值不变），或另用 from 写明怎样换算");
                TRY(buf_status(&steps));
                return unstated(m, r, f->was, f->now->pos, buf_cstr(&zh), buf_cstr(&en), buf_cstr(&steps));
        }
        return check_codes(m, r, f);
}

/* A key may be called another type (a text becomes an identifier) as long as every key reads the same. */
static bool same_key_field(const MovedRegister *r, const MovedField *f, const PackField *now)
{
        bool texts = !register_is_int(f->was) && !register_is_int(now) && !f->was->many && !now->many;
        for (size_t i = 0; i < r->op_count; i++)
                if (&r->fields[r->ops[i].field] == f && (r->ops[i].step->from.text.len || r->ops[i].step->code_count))
                        return false;
        return f->now == now && (!f->changed || texts);
}

/* What no migration can do: whose record it is would change. */
static Status check_key(Migrate *m, MovedRegister *r)
{
        const PackRegister *was = r->was, *now = r->now;
        /* A parent that is no longer defined is told already. */
        bool orphan = was->parent && !now_of(m, was->parent) && !m->regs[was->parent->index].dropped;
        bool same = was->key_count == now->key_count && was->periodic == now->periodic &&
                    (!was->periodic || was->period == now->period) &&
                    (orphan || now_of(m, was->parent) == now->parent);
        for (size_t i = 0; same && i < was->key_count; i++) {
                const MovedField *f = &r->fields[was->key[i]->index];
                same = same_key_field(r, f, now->key[i]);
                const PackField *other = same || f->now || f->dropped ? NULL : other_name(m, r, f->was);
                if (other && other == now->key[i]) {
                        r->other_key = true;
                        return field_is_gone(m, r, f);
                }
        }
        r->other_key = !same;
        if (!same)
                migrate_error(
                        m, now->pos, "库“%.*s”的键、上级或报告期变了，迁移不能做到：请另设一个库并导入",
                        "register \"%.*s\" changes its key, parent or period, which no migration can do: make another register and import",
                        STR_FMT(now->name));
        return ST_OK;
}

/* Rows that wait for an explanation hold values in the old terms. */
static Status check_held(Migrate *m, const MovedRegister *r)
{
        bool other = r->dropped;
        int64_t held = 0;
        for (size_t i = 0; i < r->count; i++)
                other |= r->fields[i].changed || r->fields[i].dropped;
        if (!other)
                return ST_OK;
        TRY(store_get_i64(m->tx, "SELECT count(*) FROM held_row WHERE register = $1", STORE_ARGS(sv_text(r->was->name)),
                          &held));
        if (held)
                migrate_error(m, r->now ? r->now->pos : r->was->pos,
                              "库“%.*s”有 %lld 行在等待说明：请先说明或重新导入，再迁移",
                              "register \"%.*s\" has %lld rows that wait for an explanation: settle them first",
                              STR_FMT(r->was->name), (long long)held);
        return ST_OK;
}

static Status register_is_gone(Migrate *m, const MovedRegister *r)
{
        _cleanup_buf_ Buf steps = BUF_INIT(1024);
        buf_printf(&steps, english(m) ? "{drop: %.*s}, or {rename: %.*s, to: NEW_NAME}"
                                      : "{drop: %.*s}，或 {rename: %.*s, to: 新名}",
                   STR_FMT(r->name), STR_FMT(r->name));
        TRY(buf_status(&steps));
        return unstated(m, r, NULL, r->was->pos, "不再定义", "is no longer defined", buf_cstr(&steps));
}

static Status check_all(Migrate *m)
{
        for (size_t i = 0; i < m->old->register_count; i++) {
                MovedRegister *r = &m->regs[i];
                if (!r->dropped)
                        r->now = pack_register(m->new, r->name);
                for (size_t f = 0; r->now && f < r->count; f++)
                        if (!r->fields[f].dropped)
                                resolve(r, &r->fields[f]);
                if (!r->dropped && !r->now)
                        TRY(register_is_gone(m, r));
        }
        for (size_t i = 0; i < m->old->register_count; i++) {
                MovedRegister *r = &m->regs[i];
                if (r->now)
                        TRY(check_key(m, r));
                for (size_t f = 0; r->now && f < r->count; f++)
                        TRY(check_field(m, r, &r->fields[f]));
                TRY(check_held(m, r));
        }
        return ST_OK;
}

static Status run(Migrate *m)
{
        TRY(begin(m));
        TRY(replay(m));
        if (!m->failed)
                TRY(check_all(m));
        if (m->failed)
                return ST_CONFLICT;
        TRY(migrate_names(m));
        TRY(register_tables(m->tx, m->new));
        TRY(migrate_values(m));
        return migrate_tightened(m);
}

Status register_migrate(StoreTx *tx, const Pack *old, const Pack *new, Arena *a, Diag *diag, RegisterMigrated **ret,
                        size_t *ret_count)
{
        Migrate m = { .tx = tx, .old = old, .new = new, .arena = a, .diag = diag };
        Status st = run(&m);
        for (size_t i = 0; m.regs && i < old->register_count; i++)
                for (size_t k = 0; k < m.regs[i].op_count; k++)
                        feel_program_free(m.regs[i].ops[k].program);
        if (st == ST_OK) {
                *ret = m.report;
                *ret_count = m.report_count;
        }
        return st;
}
