/* check.c -- from rows to records, a chunk at a time: what is known already, places, references, rules. */
#include "codec/json.h"
#include "pack/scope.h"
#include "register/import_int.h"

/* ---- what the database has ---- */

typedef Status (*KeyFn)(Import *im, StoreStmt *q, void *ctx);

/* Runs `SELECT … WHERE column IN (…)` over the keys in chunks. */
static Status for_keys(Import *im, const char *select, const char *column, const Map *keys, KeyFn fn, void *ctx)
{
        for (size_t at = 0; at < keys->len; at += IN_CHUNK) {
                size_t n = keys->len - at < IN_CHUNK ? keys->len - at : IN_CHUNK;
                StoreValue args[IN_CHUNK];
                _cleanup_buf_ Buf sql = BUF_INIT(1 << 20);
                buf_printf(&sql, "%s WHERE %s IN (", select, column);
                store_put_params(&sql, 1, n);
                buf_putc(&sql, ')');
                TRY(buf_status(&sql));
                for (size_t i = 0; i < n; i++)
                        args[i] = sv_text(keys->items[at + i].key);
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                TRY(store_query(im->tx, sql.ptr, args, n, &q));
                while (store_next(q))
                        TRY(fn(im, q, ctx));
                TRY(store_done(q));
        }
        return ST_OK;
}

static Status select_all(const PackRegister *reg, Buf *sql)
{
        char table[REGISTER_NAME_MAX];
        register_table_name(reg, false, table);
        buf_puts(sql, "SELECT ");
        register_put_columns(sql, reg, "");
        buf_puts(sql, " FROM ");
        store_put_name(sql, table);
        return buf_status(sql);
}

static Status take_record(Import *im, StoreStmt *q, const PackRegister *reg, RegisterRecord **ret)
{
        RegisterRecord *rec = arena_new_of(im->chunk, RegisterRecord);
        if (!rec)
                return ST_NOMEM;
        TRY(register_read_row(q, 0, reg, im->chunk, rec));
        TRY(register_compute(im->pack, reg, im->exec, rec->values, im->chunk));
        *ret = rec;
        return ST_OK;
}

static Status on_existing(Import *im, StoreStmt *q, void *ctx)
{
        Map *rows = ctx;
        RegisterRecord *rec;
        TRY(take_record(im, q, im->reg, &rec));
        ImportRow *r = map_get(rows, rec->key);
        if (r)
                r->existing = rec;
        return ST_OK;
}

static Status load_existing(Import *im)
{
        _cleanup_map_ Map rows = MAP_INIT(IMPORT_ROWS_MAX);
        for (size_t i = im->from; i < im->to; i++) {
                ImportRow *r = import_row(im, i);
                if (r->key.ptr && r->state != ROW_MERGED && r->state != ROW_REFUSED)
                        TRY(map_put(&rows, r->key, r));
        }
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 20);
        TRY(select_all(im->reg, &sql));
        TRY(for_keys(im, sql.ptr, "k_key", &rows, on_existing, &rows));
        for (size_t i = im->from; i < im->to; i++)
                import_take_over(im, import_row(im, i));
        return ST_OK;
}

void import_take_over(Import *im, ImportRow *r)
{
        for (size_t f = 0; r->existing && f < im->reg->field_count; f++)
                if (!im->given[f] && register_stored(&im->reg->fields[f])) {
                        r->values[f] = r->existing->values[f];
                        r->touched = true;
                }
}

/* ---- places ---- */

static Status place_by_address(Import *im, ImportRow *r, const PackField *f)
{
        const RegisterValue *address = &r->values[f->from_address->index];
        if (r->values[f->index].known)
                return ST_OK;
        const RegisterColumn *c = import_column_of(im, f->from_address);
        const PackUnit *u = NULL;
        Status st = address->known ? pack_unit_from_address(im->pack, address->text, f->unit_kind, DATE_NONE, &u)
                                   : ST_INVALID;
        if (st == ST_OK) {
                r->values[f->index] = (RegisterValue){ .text = u->code, .known = true };
                r->touched = true;
                return ST_OK;
        }
        Str found = address->known ? address->text : STR_NONE;
        if (st == ST_INVALID)
                return import_problem(im, r, REGISTER_EXPLAIN, r->number, c, f, found,
                                      "没有地址，无法判断所属单位：请补上地址或单位",
                                      "no address to place it by: add an address or the unit");
        if (st == ST_CONFLICT)
                return import_problem(im, r, REGISTER_EXPLAIN, r->number, c, f, found,
                                      "地址可能属于不止一个单位：请写明单位",
                                      "the address fits several units: name the unit");
        if (st != ST_NOT_FOUND)
                return st;
        return import_problem(im, r, REGISTER_EXPLAIN, r->number, c, f, found, "地址不在已知的单位之内：请写明单位",
                              "the address is in no known unit: name the unit");
}

typedef struct Owners {
        Map units; /* key of the parent record -> RegisterRecord */
} Owners;

static Status on_owner(Import *im, StoreStmt *q, void *ctx)
{
        Owners *o = ctx;
        RegisterRecord *rec;
        TRY(take_record(im, q, im->reg->parent, &rec));
        return map_put(&o->units, rec->key, rec);
}

static Status load_owners(Import *im, Owners *o)
{
        _cleanup_map_ Map wanted = MAP_INIT(IMPORT_ROWS_MAX);
        for (size_t i = im->from; i < im->to; i++) {
                const ImportRow *r = import_row(im, i);
                const RegisterValue *v = &r->values[im->reg->parent_key->index];
                if (r->key.ptr && v->known)
                        TRY(map_put(&wanted, v->text, im));
        }
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 20);
        TRY(select_all(im->reg->parent, &sql));
        return for_keys(im, sql.ptr, "k_key", &wanted, on_owner, o);
}

static Status place(Import *im, Owners *owners)
{
        for (size_t i = im->from; i < im->to; i++) {
                ImportRow *r = import_row(im, i);
                if (!r->key.ptr || r->state == ROW_MERGED || r->state == ROW_REFUSED)
                        continue;
                for (size_t f = 0; f < im->reg->field_count; f++)
                        if (im->reg->fields[f].from_address)
                                TRY(place_by_address(im, r, &im->reg->fields[f]));
                if (im->reg->place && r->values[im->reg->place->index].known)
                        r->unit = r->values[im->reg->place->index].text;
                if (im->reg->parent) {
                        const RegisterValue *v = &r->values[im->reg->parent_key->index];
                        const RegisterRecord *owner = map_get(&owners->units, v->text);
                        if (!owner) {
                                TRY(import_problem(im, r, REGISTER_ERROR, r->number,
                                                   import_column_of(im, im->reg->parent_key), im->reg->parent_key,
                                                   v->text, "“%.*s”中没有它：请先导入",
                                                   "not in \"%.*s\": import it there first",
                                                   STR_FMT(pack_title(im->reg->parent->title, im->in->lang))));
                                continue;
                        }
                        if (!r->unit.ptr)
                                r->unit = owner->unit;
                }
                const PackUnit *unit = r->unit.ptr ? pack_unit(im->pack, r->unit) : NULL;
                if (im->in->within && im->in->within->depth > 0 && (!unit || !pack_unit_within(unit, im->in->within)))
                        TRY(import_problem(im, r, REGISTER_ERROR, r->number, import_column_of(im, im->reg->place),
                                           im->reg->place, r->key, "不属于本单位，无权填报", "outside your own unit"));
        }
        return ST_OK;
}

/* ---- required fields and references ---- */

static Status check_required(Import *im, ImportRow *r)
{
        for (size_t i = 0; i < im->reg->field_count; i++) {
                const PackField *f = &im->reg->fields[i];
                if (!f->required || !register_stored(f) || r->values[i].known || f->from_address)
                        continue;
                TRY(import_problem(im, r, REGISTER_ERROR, r->number, import_column_of(im, f), f, STR_NONE, "缺少“%.*s”",
                                   "\"%.*s\" is missing", STR_FMT(pack_title(f->title, im->in->lang))));
        }
        return ST_OK;
}

static Status on_target(Import *im, StoreStmt *q, void *ctx)
{
        Str key = store_text_dup(q, 0, im->chunk);
        return key.ptr ? map_put(ctx, key, im) : ST_NOMEM;
}

typedef Status (*NamedFn)(Import *im, ImportRow *r, const PackField *f, Str key, Map *keys);

/* Every key a row names in the field: one, or those of a list. */
static Status each_named(Import *im, const PackField *f, NamedFn fn, Map *keys)
{
        for (size_t i = im->from; i < im->to; i++) {
                ImportRow *r = import_row(im, i);
                const RegisterValue *v = &r->values[f->index];
                Json *list = NULL;
                if (!v->known || !r->key.ptr)
                        continue;
                if (!f->many) {
                        TRY(fn(im, r, f, v->text, keys));
                        continue;
                }
                TRY(json_parse(im->chunk, v->text, NULL, NULL, NULL, &list));
                for (size_t k = 0; json_at(list, k); k++)
                        TRY(fn(im, r, f, json_at(list, k)->text, keys));
        }
        return ST_OK;
}

static Status want(Import *im, ImportRow *r, const PackField *f, Str key, Map *keys)
{
        (void)r;
        (void)f;
        return map_put(keys, key, im);
}

static Status must_be_there(Import *im, ImportRow *r, const PackField *f, Str key, Map *there)
{
        bool own = f->target == im->reg && str_eq(key, r->key);
        if (own || map_get(there, key))
                return ST_OK;
        Str title = pack_title(f->target->title, im->in->lang);
        if (f->target == im->reg)
                return import_problem(im, r, REGISTER_ERROR, r->number, import_column_of(im, f), f, key,
                                      "“%.*s”中没有它（它若在同一文件里，请再导入一次）",
                                      "not in \"%.*s\" (if it is in this file, import it once more)", STR_FMT(title));
        return import_problem(im, r, REGISTER_ERROR, r->number, import_column_of(im, f), f, key, "“%.*s”中没有它",
                              "not in \"%.*s\"", STR_FMT(title));
}

static Status check_references(Import *im, const PackField *f)
{
        _cleanup_map_ Map wanted = MAP_INIT(IMPORT_ROWS_MAX), there = MAP_INIT(IMPORT_ROWS_MAX);
        TRY(each_named(im, f, want, &wanted));
        char table[REGISTER_NAME_MAX];
        register_table_name(f->target, false, table);
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        buf_puts(&sql, "SELECT k_key FROM ");
        store_put_name(&sql, table);
        TRY(buf_status(&sql));
        TRY(for_keys(im, sql.ptr, "k_key", &wanted, on_target, &there));
        return each_named(im, f, must_be_there, &there);
}

/* ---- rules ---- */

typedef struct Sibling Sibling;
struct Sibling {
        int64_t period;
        const RegisterValue *values;
        Str key;
        Sibling *next;
};

static Status add_sibling(Import *im, Map *by_owner, Str owner, int64_t period, const RegisterValue *values, Str key)
{
        Sibling *first = map_get(by_owner, owner);
        for (Sibling *s = first; s; s = s->next)
                if (str_eq(s->key, key))
                        return ST_OK; /* the file's row stands for the stored one */
        Sibling *s = arena_new_of(im->chunk, Sibling);
        if (!s)
                return ST_NOMEM;
        *s = (Sibling){ period, values, key, first };
        return map_put(by_owner, owner, s);
}

static int64_t sibling_period(const Import *im, const RegisterValue *values)
{
        return im->reg->periodic ? values[im->reg->period_field->index].i64 : 0;
}

static Status on_sibling(Import *im, StoreStmt *q, void *ctx)
{
        RegisterRecord *rec;
        TRY(take_record(im, q, im->reg, &rec));
        return add_sibling(im, ctx, rec->values[im->reg->parent_key->index].text, sibling_period(im, rec->values),
                           rec->values, rec->key);
}

/* owner -> its other records, of the file and of the register. */
static Status load_siblings(Import *im, Map *by_owner)
{
        for (size_t i = im->from; i < im->to; i++) {
                ImportRow *r = import_row(im, i);
                if (r->key.ptr && r->state != ROW_REFUSED && r->state != ROW_MERGED)
                        TRY(add_sibling(im, by_owner, r->values[im->reg->parent_key->index].text,
                                        sibling_period(im, r->values), r->values, r->key));
        }
        _cleanup_map_ Map owners = MAP_INIT(IMPORT_ROWS_MAX);
        for (size_t i = 0; i < by_owner->len; i++)
                TRY(map_put(&owners, by_owner->items[i].key, im));
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 20);
        TRY(select_all(im->reg, &sql));
        return for_keys(im, sql.ptr, "k_owner", &owners, on_sibling, by_owner);
}

typedef struct Surroundings {
        const Map *siblings;
        const Owners *owners;
        bool previous, others, parent;
} Surroundings;

static void set_input(const PackRegister *reg, FeelValue *in, size_t n, PackSlot which, FeelValue v)
{
        size_t slot = pack_register_slot(reg, which);
        if (slot < n)
                in[slot] = v;
}

static Status put_surroundings(Import *im, const ImportRow *r, const Surroundings *s, FeelValue *in, size_t n)
{
        Arena *a = feel_exec_arena(im->exec);
        const PackRegister *reg = im->reg;
        if (s->parent && reg->parent) {
                const RegisterRecord *owner = map_get(&s->owners->units, r->values[reg->parent_key->index].text);
                FeelValue v = feel_null();
                if (owner)
                        TRY(register_context(reg->parent, owner->values, a, &v));
                set_input(reg, in, n, PACK_SLOT_PARENT, v);
        }
        if (!reg->parent || !(s->previous || s->others))
                return ST_OK;
        int64_t before = -1;
        if (reg->periodic) {
                Period now;
                TRY(period_from_int(sibling_period(im, r->values), &now));
                before = period_to_int(period_prev(now));
        }
        Sibling *first = map_get(s->siblings, r->values[reg->parent_key->index].text);
        size_t count = 0;
        for (Sibling *k = first; k; k = k->next)
                count += !str_eq(k->key, r->key);
        FeelValue *items = arena_array_of(a, FeelValue, count ? count : 1), previous = feel_null();
        if (!items)
                return ST_NOMEM;
        count = 0;
        for (Sibling *k = first; k; k = k->next) {
                if (str_eq(k->key, r->key))
                        continue;
                TRY(register_context(reg, k->values, a, &items[count]));
                if (reg->periodic && k->period == before)
                        previous = items[count];
                count++;
        }
        set_input(reg, in, n, PACK_SLOT_PREVIOUS, previous);
        set_input(reg, in, n, PACK_SLOT_OTHERS, feel_list(items, count));
        return ST_OK;
}

static Status apply_rules(Import *im, ImportRow *r, const Surroundings *s)
{
        feel_exec_reset(im->exec);
        FeelValue *in, out;
        size_t n;
        TRY(register_scope_for(im->reg, r->values, im->rules, im->reg->rule_count, feel_exec_arena(im->exec), &in, &n));
        TRY(put_surroundings(im, r, s, in, n));
        for (size_t i = 0; i < im->reg->rule_count; i++) {
                const PackRule *rule = &im->reg->rules[i];
                TRY(feel_eval(im->exec, rule->when.program, in, n, &out));
                if (!feel_is_true(&out))
                        continue;
                const PackField *f = rule->field_count ? rule->fields[0] : NULL;
                _cleanup_buf_ Buf found = BUF_INIT(1 << 20);
                if (f)
                        register_value_text(f, &r->values[f->index], &found);
                TRY(buf_status(&found));
                TRY(import_problem(im, r, rule->level == PACK_LEVEL_ERROR ? REGISTER_ERROR : REGISTER_EXPLAIN,
                                   r->number, import_column_of(im, f), f, buf_str(&found), "%.*s", "%.*s",
                                   STR_FMT(pack_title(rule->say, im->in->lang))));
        }
        return ST_OK;
}

static bool differs(const Import *im, const ImportRow *r)
{
        if (!r->existing || r->revived)
                return true;
        for (size_t i = 0; i < im->reg->field_count; i++)
                if (register_stored(&im->reg->fields[i]) &&
                    !register_value_eq(&im->reg->fields[i], &r->values[i], &r->existing->values[i]))
                        return true;
        return !str_eq(r->unit, r->existing->unit);
}

/* The place of a row outlives its chunk. */
static Status keep_unit(Import *im, ImportRow *r)
{
        if (!r->unit.ptr)
                return ST_OK;
        const PackUnit *u = pack_unit(im->pack, r->unit);
        r->unit = u ? u->code : arena_str(im->work, r->unit);
        return r->unit.ptr ? ST_OK : ST_NOMEM;
}

static Status judge(Import *im, ImportRow *r, const Surroundings *around)
{
        TRY(check_required(im, r));
        TRY(import_dated(im, r));
        TRY(register_compute(im->pack, im->reg, im->exec, r->values, im->chunk));
        TRY(apply_rules(im, r, around));
        r->changed = differs(im, r);
        if (!r->changed && r->state == ROW_HELD)
                r->state = ROW_GOOD; /* it was explained when it was stored */
        TRY(import_in_order(im, r));
        TRY(import_stage(im, r));
        TRY(keep_unit(im, r));
        return import_digest(im, r);
}

static Status check_chunk(Import *im, const Surroundings *wants)
{
        _cleanup_map_ Map siblings = MAP_INIT(IMPORT_ROWS_MAX);
        Owners owners = { MAP_INIT(IMPORT_ROWS_MAX) };
        Surroundings around = *wants;
        around.siblings = &siblings;
        around.owners = &owners;
        TRY(load_existing(im));
        TRY(import_known(im));
        Status st = im->reg->parent ? load_owners(im, &owners) : ST_OK;
        if (st == ST_OK)
                st = place(im, &owners);
        if (st == ST_OK && im->reg->parent && (around.previous || around.others))
                st = load_siblings(im, &siblings);
        for (size_t i = 0; st == ST_OK && i < im->reg->field_count; i++)
                if (im->reg->fields[i].type == PACK_REFERENCE && im->reg->fields[i].role == PACK_FIELD_PLAIN &&
                    im->given[i])
                        st = check_references(im, &im->reg->fields[i]);
        if (st == ST_OK)
                st = import_unique(im);
        for (size_t i = im->from; st == ST_OK && i < im->to; i++) {
                ImportRow *r = import_row(im, i);
                if (r->key.ptr && r->state != ROW_MERGED)
                        st = judge(im, r, &around);
        }
        map_release(&owners.units);
        return st;
}

Status import_check(Import *im)
{
        Surroundings wants = { 0 };
        if (!(im->rules = arena_array_of(im->work, const FeelProgram *, im->reg->rule_count + 1)))
                return ST_NOMEM;
        for (size_t i = 0; i < im->reg->rule_count; i++) {
                im->rules[i] = im->reg->rules[i].when.program;
                wants.previous |= im->reg->rules[i].needs_previous;
                wants.others |= im->reg->rules[i].needs_others;
                wants.parent |= im->reg->rules[i].needs_parent;
        }
        TRY(import_find_dated(im));
        TRY(import_unique_begin(im));
        TRY(import_remember(im));
        TRY(import_keys(im, im->reg->parent && (wants.previous || wants.others)));
        for (size_t at = 0; at < im->row_count; at = im->to) {
                TRY(import_open(im, at));
                TRY(check_chunk(im, &wants));
                TRY(import_close(im));
                if (im->in->progress)
                        im->in->progress(im->in->progress_ctx, im->row_count + im->to, 2 * im->row_count);
        }
        return ST_OK;
}
