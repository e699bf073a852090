/* build_migration.c -- what becomes of records of an older pack.
 *
 * What the older pack had is not known here, but the last migration must lead to
 * this pack.  So the steps are walked backwards from the pack's own registers:
 * what a step makes must be there after it, what it takes away must not, and the
 * names an expression uses are those there before it. */
#include "pack/pack_int.h"

enum { STEPS_NAMES_MAX = 1000000 };

typedef struct Known {
        Str reg, field; /* field empty: the register */
        bool computed;
} Known;

typedef struct Names {
        Known *items; /* in the loader's arena */
        size_t count, cap;
} Names;

static Known *find(const Names *n, Str reg, Str field)
{
        for (size_t i = 0; i < n->count; i++)
                if (str_eq(n->items[i].reg, reg) && str_eq(n->items[i].field, field))
                        return &n->items[i];
        return NULL;
}

static void add(Loader *l, Names *n, Known k)
{
        if (n->count >= STEPS_NAMES_MAX ||
            arena_grow(l->arena, (void **)&n->items, &n->cap, n->count + 1, sizeof(Known)) != 0)
                l->fatal = n->count >= STEPS_NAMES_MAX ? ST_LIMIT : ST_NOMEM;
        else
                n->items[n->count++] = k;
}

static void take_away(Names *n, const Known *k)
{
        n->items[k - n->items] = n->items[n->count - 1];
        n->count--;
}

static void of_pack(Loader *l, Names *n)
{
        for (size_t i = 0; i < l->pack->register_count && l->fatal == ST_OK; i++) {
                const PackRegister *reg = l->pack->registers[i];
                add(l, n, (Known){ .reg = reg->name, .field = STR("") });
                for (size_t f = 0; f < reg->field_count && l->fatal == ST_OK; f++)
                        add(l, n, (Known){ reg->name, reg->fields[f].name, reg->fields[f].computed.text.len > 0 });
        }
}

/* Is it called so when the step is done?  Names the nearest of this pack otherwise. */
static Known *must_be(Loader *l, Names *n, const PackMigrateStep *s, Str reg, Str field)
{
        Known *k = find(n, reg, field);
        if (k)
                return k;
        if (field.len)
                loader_error(l, s->pos, "做完这一步之后，库“%.*s”里没有字段“%.*s”",
                             "after this step there is no field \"%.*s.%.*s\"", STR_FMT(reg), STR_FMT(field));
        else
                loader_error(l, s->pos, "做完这一步之后没有库“%.*s”", "after this step there is no register \"%.*s\"",
                             STR_FMT(reg));
        return NULL;
}

static void must_be_gone(Loader *l, Names *n, const PackMigrateStep *s)
{
        const Known *k = find(n, s->reg, s->field);
        if (!k || k->computed)
                return;
        if (s->field.len)
                loader_error(l, s->pos, "字段“%.*s.%.*s”在这一步之后仍在定义里",
                             "the field \"%.*s.%.*s\" is still defined after this step", STR_FMT(s->reg),
                             STR_FMT(s->field));
        else
                loader_error(l, s->pos, "库“%.*s”在这一步之后仍在定义里",
                             "the register \"%.*s\" is still defined after this step", STR_FMT(s->reg));
}

static void compile(Loader *l, const Names *n, PackMigrateStep *s)
{
        FeelScope *scope = feel_scope_new(l->arena, NULL);
        if (loader_oom(l, scope))
                return;
        for (size_t i = 0; i < n->count; i++)
                if (str_eq(n->items[i].reg, s->reg) && n->items[i].field.len &&
                    !pack_scope_add(l, scope, n->items[i].field, FEEL_TYPE_ANY, s->pos))
                        return;
        loader_compile(l, scope, &s->from, NULL);
}

static void undo_rename(Loader *l, Names *n, PackMigrateStep *s)
{
        Known *k = must_be(l, n, s, s->field.len ? s->reg : s->to, s->field.len ? s->to : STR(""));
        must_be_gone(l, n, s);
        if (!k)
                return;
        if (s->field.len) {
                k->field = s->field;
                return;
        }
        for (size_t i = 0; i < n->count; i++)
                if (str_eq(n->items[i].reg, s->to))
                        n->items[i].reg = s->reg;
}

static void undo(Loader *l, Names *n, PackMigrateStep *s)
{
        Known *k;
        switch (s->kind) {
        case PACK_MIGRATE_RENAME: undo_rename(l, n, s); break;
        case PACK_MIGRATE_DROP:
                must_be_gone(l, n, s);
                if ((k = find(n, s->reg, s->field)))
                        k->computed = false;
                else
                        add(l, n, (Known){ .reg = s->reg, .field = s->field });
                break;
        case PACK_MIGRATE_CHANGE:
        case PACK_MIGRATE_FILL:
                k = must_be(l, n, s, s->reg, s->field);
                if (k && k->computed)
                        loader_error(l, s->pos, "“%.*s.%.*s”是计算得出的", "\"%.*s.%.*s\" is computed", STR_FMT(s->reg),
                                     STR_FMT(s->field));
                if (k && s->kind == PACK_MIGRATE_FILL)
                        take_away(n, k);
                if (k && s->from.text.len)
                        compile(l, n, s);
                break;
        }
}

/* ---- one step ---- */

static void of_what(Loader *l, const RawMigrationStep *raw, PackMigrateStep *s, Str name, const char *key)
{
        size_t dot = str_find(name, STR("."));
        s->reg = str_trim(dot == SIZE_MAX ? name : str_n(name.ptr, dot));
        s->field = dot == SIZE_MAX ? STR("") : str_trim(str_n(name.ptr + dot + 1, name.len - dot - 1));
        s->pos = loader_at(raw->at, key);
        bool whole = s->kind == PACK_MIGRATE_RENAME || s->kind == PACK_MIGRATE_DROP;
        if (!yaml_name_ok(s->reg) || (dot != SIZE_MAX && !yaml_name_ok(s->field)) || (!whole && !s->field.len))
                loader_error(l, s->pos, whole ? "应写成 库 或 库.字段" : "应写成 库.字段",
                             whole ? "write register or register.field" : "write register.field");
}

static bool read_step(Loader *l, const RawMigrationStep *raw, PackMigrateStep *s)
{
        const struct {
                Str name;
                const char *key;
                PackMigrateKind kind;
        } verbs[] = { { raw->rename, "rename", PACK_MIGRATE_RENAME },
                      { raw->change, "change", PACK_MIGRATE_CHANGE },
                      { raw->fill, "fill", PACK_MIGRATE_FILL },
                      { raw->drop, "drop", PACK_MIGRATE_DROP } };
        size_t said = 0;
        for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
                if (!verbs[i].name.ptr)
                        continue;
                said++;
                s->kind = verbs[i].kind;
                of_what(l, raw, s, verbs[i].name, verbs[i].key);
        }
        if (said != 1) {
                loader_error(l, yaml_pos(raw->at), "一步是 rename、change、fill、drop 之一",
                             "a step is one of rename, change, fill and drop");
                return false;
        }
        if ((s->kind == PACK_MIGRATE_RENAME) != (raw->to.len > 0))
                loader_error(l, s->pos, s->kind == PACK_MIGRATE_RENAME ? "请用 to 写明新名称" : "to 只用于 rename",
                             s->kind == PACK_MIGRATE_RENAME ? "say the new name with to" : "to belongs to rename");
        bool values = raw->from.text.len || raw->codes.count || raw->may_be_empty;
        if (values && s->kind != PACK_MIGRATE_CHANGE && s->kind != PACK_MIGRATE_FILL)
                loader_error(l, s->pos, "from、codes 和 may be empty 只用于 change 和 fill",
                             "from, codes and may be empty belong to change and fill");
        if (raw->from.text.len && raw->codes.count)
                loader_error(l, s->pos, "from 与 codes 只能写一个", "give from or codes, not both");
        if (s->kind == PACK_MIGRATE_FILL && !raw->from.text.len)
                loader_error(l, s->pos, "请用 from 写明值从哪里来", "say with from where the value comes from");
        s->to = raw->to;
        s->from = loader_expr(&raw->from);
        s->may_be_empty = raw->may_be_empty;
        PackCodeMove *codes = arena_array_of(l->arena, PackCodeMove, raw->codes.count + 1);
        if (loader_oom(l, codes))
                return false;
        const RawCodeMove *moves = raw->codes.items;
        for (size_t i = 0; i < raw->codes.count; i++)
                codes[i] = (PackCodeMove){ moves[i].from, moves[i].to };
        s->codes = codes;
        s->code_count = raw->codes.count;
        return true;
}

void build_migrations(Loader *l)
{
        size_t n = l->raw[RAW_MIGRATION].len;
        PackMigration *all = arena_array_of(l->arena, PackMigration, n + 1);
        if (loader_oom(l, all))
                return;
        l->pack->migrations = all;
        for (size_t i = 0; i < n && l->fatal == ST_OK; i++) {
                const RawMigration *raw = l->raw[RAW_MIGRATION].data[i];
                PackMigration *m = &all[l->pack->migration_count];
                *m = (PackMigration){ .name = raw->name,
                                      .title = loader_title(l, &raw->title, raw->name),
                                      .pos = yaml_pos(raw->at) };
                for (size_t k = 0; k < l->pack->migration_count; k++)
                        if (str_eq(all[k].name, m->name))
                                loader_error(l, loader_at(raw->at, "migration"), "迁移“%.*s”定义了两次",
                                             "migration \"%.*s\" is defined twice", STR_FMT(m->name));
                m->steps = arena_array_of(l->arena, PackMigrateStep, raw->steps.count + 1);
                if (loader_oom(l, m->steps))
                        return;
                const RawMigrationStep *steps = raw->steps.items;
                for (size_t k = 0; k < raw->steps.count && l->fatal == ST_OK; k++)
                        if (read_step(l, &steps[k], &m->steps[m->step_count]))
                                m->step_count++;
                l->pack->migration_count++;
        }
        Names names = { 0 };
        if (!n || l->failed) /* what is wrong already would be told twice */
                return;
        of_pack(l, &names);
        for (size_t i = n; i-- > 0 && l->fatal == ST_OK;)
                for (size_t k = all[i].step_count; k-- > 0 && l->fatal == ST_OK;)
                        undo(l, &names, &all[i].steps[k]);
}
