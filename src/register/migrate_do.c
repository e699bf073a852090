/* migrate_do.c -- the tables and values of a migration.
 *
 * A column whose values change keeps them under another name (m3_staff) beside the
 * new one; so does one that is dropped, and the tables of a dropped register.
 * Names are changed in two passes, so that two fields may swap theirs. */
#include "codec/json.h"
#include "register/import_int.h"
#include "register/migrate_int.h"
#include "store/text.h"

enum { BATCH = 500, PROBLEMS_MAX = 20, NAME_KEPT = 40 };

/* ---- names ---- */

/* "m3_staff": 3 is never given twice. */
static Status aside(Migrate *m, const char *name, char out[REGISTER_NAME_MAX])
{
        int64_t n;
        TRY(store_new_ids(m->tx, "migrated", 1, &n));
        snprintf(out, REGISTER_NAME_MAX, "m%lld_%.*s", (long long)n, NAME_KEPT, name);
        return ST_OK;
}

static Status drop_indexes(Migrate *m, const PackRegister *reg)
{
        static const char *const ends[] = { "key", "owner", "unit", "event" };
        char table[REGISTER_NAME_MAX], index[REGISTER_NAME_MAX + 8];
        for (int history = 0; history < 2; history++) {
                register_table_name(reg, history, table);
                for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
                        snprintf(index, sizeof(index), "%s_%s", table, ends[i]);
                        TRY(store_drop_index(m->tx, index));
                }
        }
        for (size_t i = 0; i < reg->field_count; i++) {
                (void)register_unique_index(&reg->fields[i], index); /* it may have been unique once */
                TRY(store_drop_index(m->tx, index));
        }
        register_text_index_name(reg, table);
        return table[0] ? store_text_drop(m->tx, table) : ST_OK;
}

/* Ids go on after those that were given. */
static Status carry_ids(Migrate *m, const PackRegister *was, const PackRegister *now)
{
        char from[REGISTER_NAME_MAX], to[REGISTER_NAME_MAX];
        int64_t last, first, begun;
        register_table_name(was, false, from);
        register_table_name(now, false, to);
        TRY(store_new_ids(m->tx, from, 1, &last));
        TRY(store_new_ids(m->tx, to, 1, &begun));
        return begun < last ? store_new_ids(m->tx, to, last - begun, &first) : ST_OK;
}

/* Pass 0: out of the way; pass 1: to the new name. */
static Status name_columns(Migrate *m, MovedRegister *r, int pass)
{
        char now[REGISTER_NAME_MAX];
        for (size_t i = 0; i < r->count; i++) {
                MovedField *f = &r->fields[i];
                if (!moved_stored(f))
                        continue;
                if (pass == 0)
                        register_column_name(f->was, f->column);
                if (f->now)
                        register_column_name(f->now, now);
                bool stays = f->now && !f->changed;
                if (pass == 0 && stays && strcmp(now, f->column) == 0)
                        continue;
                if (pass == 1 && (!stays || strcmp(now, f->column) == 0))
                        continue;
                char to[REGISTER_NAME_MAX];
                if (pass == 0)
                        TRY(aside(m, f->column, to));
                else
                        memcpy(to, now, sizeof(to));
                for (int history = 0; history < 2; history++)
                        TRY(store_rename_column(m->tx, r->table[history], f->column, to));
                memcpy(f->column, to, sizeof(to));
        }
        return ST_OK;
}

static Status name_tables(Migrate *m, MovedRegister *r, int pass)
{
        char now[REGISTER_NAME_MAX];
        bool stays = r->now && str_eq(r->now->name, r->was->name);
        if (pass == 0)
                for (int history = 0; history < 2; history++)
                        register_table_name(r->was, history, r->table[history]);
        if (stays || (pass == 1 && !r->now))
                return ST_OK;
        if (pass == 0)
                TRY(drop_indexes(m, r->was));
        for (int history = 0; history < 2; history++) {
                if (pass == 0)
                        TRY(aside(m, r->table[history], now));
                else
                        register_table_name(r->now, history, now);
                TRY(store_rename_table(m->tx, r->table[history], now));
                memcpy(r->table[history], now, sizeof(now));
        }
        return pass == 1 ? carry_ids(m, r->was, r->now) : ST_OK;
}

Status migrate_names(Migrate *m)
{
        for (int pass = 0; pass < 2; pass++)
                for (size_t i = 0; i < m->old->register_count; i++) {
                        TRY(name_tables(m, &m->regs[i], pass));
                        if (m->regs[i].now)
                                TRY(name_columns(m, &m->regs[i], pass));
                }
        return ST_OK;
}

/* ---- one value ---- */

typedef struct Conversion {
        Migrate *m;
        MovedRegister *r;
        FeelExec *exec;
        Arena *arena; /* of a batch */
        Str key;      /* of the record at hand */
        bool past;    /* an earlier state */
        Str since;    /* the day that begins; none: the present one */
        size_t problems;
} Conversion;

static Status does_not_convert(Conversion *c, const MoveOp *op, const MovedField *f, const FeelValue *v, Str why)
{
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        feel_to_text(v, &text);
        TRY(buf_status(&text));
        bool en = c->m->diag && c->m->diag->lang == LANG_EN;
        char past[64] = "";
        if (c->since.ptr)
                snprintf(past, sizeof(past), en ? "; an earlier state, from %.*s" : "；是自 %.*s 起的过去状态",
                         STR_FMT(c->since));
        diag_error(c->m->diag, op->step->pos, "%.*s 的“%.*s”：%.*s 不能转换（%.*s%s）",
                   "%.*s, field \"%.*s\": %.*s does not convert (%.*s%s)", STR_FMT(c->key), STR_FMT(f->name),
                   (int)(text.len < 100 ? text.len : 100), buf_cstr(&text), STR_FMT(why), past);
        c->m->failed = true;
        return ++c->problems >= PROBLEMS_MAX ? ST_CONFLICT : ST_OK;
}

static FeelValue mapped(const PackMigrateStep *s, FeelValue v)
{
        for (size_t i = 0; v.kind == FEEL_STRING && i < s->code_count; i++)
                if (str_eq(s->codes[i].from, v.string))
                        return s->codes[i].to.len ? feel_string(s->codes[i].to) : feel_null();
        return v;
}

static bool nothing(const FeelValue *v)
{
        return v->kind == FEEL_NULL || v->kind == FEEL_UNKNOWN || (v->kind == FEEL_LIST && v->list.len == 0);
}

static Status by_codes(Conversion *c, const PackMigrateStep *s, FeelValue *v)
{
        if (v->kind != FEEL_LIST) {
                *v = mapped(s, *v);
                return ST_OK;
        }
        FeelValue *items = arena_array_of(c->arena, FeelValue, v->list.len + 1);
        size_t n = 0;
        if (!items)
                return ST_NOMEM;
        for (size_t i = 0; i < v->list.len; i++) {
                items[n] = mapped(s, v->list.items[i]);
                bool again = nothing(&items[n]);
                for (size_t k = 0; !again && s->code_count && k < n; k++)
                        again = items[n].kind == FEEL_STRING && items[k].kind == FEEL_STRING &&
                                str_eq(items[n].string, items[k].string); /* two codes became one */
                n += !again;
        }
        *v = feel_list(items, n);
        return ST_OK;
}

static Status apply(Conversion *c, MoveOp *op, FeelValue *values)
{
        FeelValue before = values[op->field], after = before;
        const MovedField *f = &c->r->fields[op->field];
        if (op->program) {
                FeelValue *in = arena_array_of(c->arena, FeelValue, op->slot_count + 1);
                if (!in)
                        return ST_NOMEM;
                for (size_t i = 0; i < op->slot_count; i++)
                        in[i] = values[op->slots[i]];
                TRY(feel_eval(c->exec, op->program, in, op->slot_count, &after));
        }
        TRY(by_codes(c, op->step, &after));
        values[op->field] = after;
        if (nothing(&before) || !nothing(&after) || op->step->may_be_empty || op->step->code_count)
                return ST_OK;
        bool en = c->m->diag && c->m->diag->lang == LANG_EN;
        return does_not_convert(c, op, f, &before,
                                en ? STR("nothing comes out; say may be empty if that is right")
                                   : STR("结果为空；若本应如此，请写 may be empty"));
}

/* A list as the JSON a cell may hold. */
static Status put_list(const FeelValue *v, Buf *out)
{
        JsonWriter w = json_writer(out, JSON_COMPACT);
        jw_array_begin(&w);
        for (size_t i = 0; i < v->list.len; i++) {
                _cleanup_buf_ Buf one = BUF_INIT(1 << 20);
                if (v->list.items[i].kind == FEEL_STRING)
                        buf_put_str(&one, v->list.items[i].string);
                else
                        feel_to_string(&v->list.items[i], &one);
                TRY(buf_status(&one));
                jw_str(&w, buf_str(&one));
        }
        jw_array_end(&w);
        return jw_finish(&w);
}

/* What a change of type alone would lose without a word: zeros before a number that was a code, the day of a date. */
static const char *loses(const PackField *field, const FeelValue *v, Lang lang)
{
        bool en = lang == LANG_EN;
        bool zeros = v->kind == FEEL_STRING && v->string.len > 1 && v->string.ptr[0] == '0' &&
                     v->string.ptr[1] >= '0' && v->string.ptr[1] <= '9';
        if (zeros && pack_type_is_number(field->type) && !field->many)
                return en ? "the zeros before it would be lost; write from: if it is a number all the same"
                          : "前面的 0 会丢失；若确是数，请用 from 写明";
        if (v->kind == FEEL_DATE && field->type == PACK_PERIOD && !field->many)
                return en ? "the day would be lost; say with from which period it is"
                          : "会丢失日期里的日；请用 from 写明是哪一期";
        return NULL;
}

/* Exactly, or with the reason why not: as a cell of a sheet would be read, without its leniency. */
static Status to_field(Conversion *c, const PackField *field, const FeelValue *v, RegisterValue *ret, Str *ret_why)
{
        *ret = (RegisterValue){ 0 };
        *ret_why = STR_NONE;
        if (nothing(v))
                return ST_OK;
        _cleanup_buf_ Buf text = BUF_INIT(1 << 20);
        SheetCell cell = { .kind = SHEET_TEXT };
        if (v->kind == FEEL_LIST)
                TRY(put_list(v, &text));
        else if (v->kind == FEEL_STRING)
                buf_put_str(&text, v->string);
        else
                feel_to_string(v, &text);
        TRY(buf_status(&text));
        if (v->kind == FEEL_NUMBER && pack_type_is_number(field->type) && !field->many)
                cell.kind = SHEET_NUMBER;
        cell.text = buf_str(&text);
        PackField as_kept = *field;
        as_kept.import_factor = dec_from_i64(1);
        ImportMeasure measure;
        ImportCell got;
        import_measure(&as_kept, STR_NONE, &measure);
        Lang lang = c->m->diag ? c->m->diag->lang : LANG_ZH;
        TRY(import_cell(c->m->new, &as_kept, &cell, &measure, lang, c->arena, &got));
        if (got.state == REGISTER_CELL_GOOD && !got.note.len) {
                *ret = got.value;
                return ST_OK;
        }
        *ret_why = got.state == REGISTER_CELL_BAD ? got.why
                   : got.note.len                 ? lang == LANG_EN ? STR("it would be rounded; say with from how")
                                                                    : STR("会四舍五入；请用 from 写明怎样取位")
                   : lang == LANG_EN              ? STR("it says nothing")
                                                  : STR("没有内容");
        return ST_OK;
}

/* ---- the rows of a table ---- */

static Status select_rows(const MovedRegister *r, const char *table, Buf *sql)
{
        buf_puts(sql, "SELECT k_id, k_version, k_key, k_from");
        for (size_t i = 0; i < r->count; i++)
                if (moved_stored(&r->fields[i])) {
                        buf_puts(sql, ", ");
                        store_put_name(sql, r->fields[i].column);
                }
        buf_puts(sql, " FROM ");
        store_put_name(sql, table);
        buf_printf(sql, " WHERE (k_id, k_version) > ($1, $2) ORDER BY k_id, k_version LIMIT %d", BATCH);
        return buf_status(sql);
}

static Status update_rows(const MovedRegister *r, const char *table, Buf *sql)
{
        size_t n = 2;
        char column[REGISTER_NAME_MAX];
        buf_puts(sql, "UPDATE ");
        store_put_name(sql, table);
        buf_puts(sql, " SET ");
        for (size_t i = 0; i < r->count; i++)
                if (r->fields[i].changed && r->fields[i].now) {
                        register_column_name(r->fields[i].now, column);
                        buf_puts(sql, n > 2 ? ", " : "");
                        store_put_name(sql, column);
                        buf_printf(sql, " = $%zu", ++n);
                }
        buf_puts(sql, " WHERE k_id = $1 AND k_version = $2");
        return buf_status(sql);
}

static Status read_values(Conversion *c, StoreStmt *q, FeelValue *ret)
{
        const PackRegister *was = c->r->was;
        RegisterValue *v = arena_array_of(c->arena, RegisterValue, was->field_count + 1);
        if (!v)
                return ST_NOMEM;
        int col = 4;
        for (size_t i = 0; i < was->field_count; i++) {
                const PackField *f = &was->fields[i];
                if (!register_stored(f))
                        continue;
                v[i].known = !store_is_null(q, col);
                if (v[i].known && register_is_int(f))
                        v[i].i64 = store_i64(q, col);
                else if (v[i].known && !(v[i].text = store_text_dup(q, col, c->arena)).ptr)
                        return ST_NOMEM;
                col++;
        }
        TRY(register_compute(c->m->old, was, c->exec, v, c->arena));
        for (size_t i = 0; i < was->field_count; i++)
                TRY(register_any_feel(&was->fields[i], &v[i], c->arena, &ret[i]));
        for (size_t i = was->field_count; i < c->r->count; i++)
                ret[i] = feel_null();
        return ST_OK;
}

typedef struct MovedRow {
        int64_t id, version;
        StoreValue *values; /* of the changed fields that remain */
} MovedRow;

static Status one_row(Conversion *c, StoreStmt *q, MovedRow *ret)
{
        FeelValue *values = arena_array_of(c->arena, FeelValue, c->r->count + 1);
        *ret = (MovedRow){ .id = store_i64(q, 0), .version = store_i64(q, 1) };
        ret->values = arena_array_of(c->arena, StoreValue, c->r->count + 3);
        c->key = store_text_dup(q, 2, c->arena);
        if (!values || !ret->values || !c->key.ptr)
                return ST_NOMEM;
        if (c->past && !(c->since = store_text_dup(q, 3, c->arena)).ptr)
                return ST_NOMEM;
        feel_exec_reset(c->exec);
        TRY(read_values(c, q, values));
        for (size_t i = 0; i < c->r->op_count; i++)
                TRY(apply(c, &c->r->ops[i], values));
        size_t n = 2;
        for (size_t i = 0; i < c->r->count; i++) {
                const MovedField *f = &c->r->fields[i];
                if (!f->changed || !f->now)
                        continue;
                RegisterValue v;
                Str why;
                Lang lang = c->m->diag ? c->m->diag->lang : LANG_ZH;
                const MoveOp *op = c->r->ops; /* the last that made it */
                for (size_t k = 0; k < c->r->op_count; k++)
                        op = c->r->ops[k].field == i ? &c->r->ops[k] : op;
                TRY(to_field(c, f->now, &values[i], &v, &why));
                const char *lost = op->program ? NULL : loses(f->now, &values[i], lang);
                bool key = f->was && register_is_key(c->r->was, f->was);
                if (lost && !why.ptr)
                        why = str_c(lost);
                if (key && !why.ptr && !(values[i].kind == FEEL_STRING && v.known && str_eq(v.text, values[i].string)))
                        why = lang == LANG_EN ? STR("a key must read as before") : STR("键的写法不能变");
                if (why.ptr)
                        TRY(does_not_convert(c, op, f, &values[i], why));
                else if (!v.known && f->now->required)
                        TRY(does_not_convert(c, op, f, &values[i],
                                             c->m->diag && c->m->diag->lang == LANG_EN ? STR("the field is required")
                                                                                       : STR("该字段必填")));
                ret->values[n++] = !v.known ? sv_null() : register_is_int(f->now) ? sv_i64(v.i64) : sv_text(v.text);
        }
        ret->values[0] = sv_i64(ret->id);
        ret->values[1] = sv_i64(ret->version);
        return ST_OK;
}

static Status convert_table(Conversion *c, const char *table)
{
        _cleanup_buf_ Buf select = BUF_INIT(1 << 20), update = BUF_INIT(1 << 20);
        MovedRow *rows = mem_calloc(BATCH, sizeof(*rows));
        size_t n = BATCH, values = 2;
        int64_t id = 0, version = 0;
        Status st = rows ? select_rows(c->r, table, &select) : ST_NOMEM;
        if (st == ST_OK)
                st = update_rows(c->r, table, &update);
        for (size_t i = 0; i < c->r->count; i++)
                values += c->r->fields[i].changed && c->r->fields[i].now;
        while (st == ST_OK && n == BATCH && values > 2) {
                StoreStmt *q = NULL;
                st = store_query(c->m->tx, select.ptr, STORE_ARGS(sv_i64(id), sv_i64(version)), &q);
                for (n = 0; st == ST_OK && store_next(q); n++)
                        st = one_row(c, q, &rows[n]);
                if (st == ST_OK)
                        st = store_done(q);
                store_stmt_free(q);
                for (size_t i = 0; st == ST_OK && i < n; i++)
                        st = store_exec(c->m->tx, update.ptr, rows[i].values, values, NULL);
                if (n) {
                        id = rows[n - 1].id;
                        version = rows[n - 1].version;
                }
                arena_reset(c->arena);
        }
        mem_free(rows);
        return st;
}

static Status convert_register(Migrate *m, MovedRegister *r)
{
        _cleanup_arena_ Arena *a = arena_new((size_t)1 << 30);
        _cleanup_feel_exec_ FeelExec *x = feel_exec_new(&FEEL_LIMITS_DEFAULT, m->diag);
        if (!a || !x)
                return ST_NOMEM;
        Conversion c = { .m = m, .r = r, .exec = x, .arena = a };
        for (int history = 0; r->op_count && history < 2; history++) {
                c.past = history;
                TRY(convert_table(&c, r->table[history]));
        }
        return ST_OK;
}

/* ---- what a changed reference names ---- */

static Status name_missing(Migrate *m, const MovedRegister *r, const MovedField *f, Str key, Str named)
{
        const PackMigrateStep *step = NULL;
        for (size_t k = 0; k < r->op_count; k++)
                if (&r->fields[r->ops[k].field] == f)
                        step = r->ops[k].step;
        diag_error(m->diag, step ? step->pos : f->now->pos, "%.*s 的“%.*s”：%.*s 不能转换（“%.*s”中没有它）",
                   "%.*s, field \"%.*s\": %.*s does not convert (not in \"%.*s\")", STR_FMT(key), STR_FMT(f->name),
                   STR_FMT(named),
                   STR_FMT(pack_title(f->now->target->title, m->diag ? m->diag->lang : LANG_ZH)));
        m->failed = true;
        return ST_OK;
}

static Status target_is_there(Migrate *m, const PackField *f, Str key, bool *ret)
{
        char table[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        int64_t n;
        register_table_name(f->target, false, table);
        buf_puts(&sql, "SELECT count(*) FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " WHERE k_key = $1");
        TRY(buf_status(&sql));
        TRY(store_get_i64(m->tx, sql.ptr, STORE_ARGS(sv_text(key)), &n));
        *ret = n > 0;
        return ST_OK;
}

/* The present values of a reference that was changed or filled name records there are. */
static Status check_targets(Migrate *m, const MovedRegister *r, const MovedField *f)
{
        char column[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        _cleanup_arena_ Arena *a = arena_new((size_t)512 << 20);
        size_t problems = 0;
        if (!a)
                return ST_NOMEM;
        register_column_name(f->now, column);
        buf_puts(&sql, "SELECT k_key, ");
        store_put_name(&sql, column);
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, r->table[0]);
        buf_puts(&sql, " WHERE ");
        store_put_name(&sql, column);
        buf_puts(&sql, " IS NOT NULL ORDER BY k_key");
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(m->tx, sql.ptr, STORE_NO_ARGS, &q));
        while (problems < PROBLEMS_MAX && store_next(q)) {
                Json *list = NULL;
                Str key = store_text_dup(q, 0, a), text = store_text_dup(q, 1, a);
                if (!key.ptr || !text.ptr)
                        return ST_NOMEM;
                if (f->now->many)
                        TRY(json_parse(a, text, NULL, NULL, NULL, &list));
                for (size_t i = 0; i < (list ? list->count : 1); i++) {
                        Str named = list ? json_at(list, i)->text : text;
                        bool there;
                        TRY(target_is_there(m, f->now, named, &there));
                        if (!there) {
                                TRY(name_missing(m, r, f, key, named));
                                problems++;
                        }
                }
                arena_reset(a);
        }
        return problems < PROBLEMS_MAX ? store_done(q) : ST_OK;
}

/* ---- what hangs on the values ---- */

static Status run_sql(Migrate *m, const char *before, const char *table, const char *after, const char *column,
                      const char *end)
{
        _cleanup_buf_ Buf sql = BUF_INIT(8192);
        buf_puts(&sql, before);
        store_put_name(&sql, table);
        buf_puts(&sql, after);
        if (column)
                store_put_name(&sql, column);
        buf_puts(&sql, end);
        TRY(buf_status(&sql));
        return store_exec(m->tx, sql.ptr, STORE_NO_ARGS, NULL);
}

static const MovedField *field_to(const MovedRegister *r, const PackField *now)
{
        for (size_t i = 0; i < r->count; i++)
                if (now && r->fields[i].now == now && !r->fields[i].dropped)
                        return &r->fields[i];
        return NULL;
}

/* Is it kept as it was, of the field that did the same before? */
static bool same_field(const MovedRegister *r, const PackField *was, const PackField *now)
{
        const MovedField *f = field_to(r, now);
        return was && now ? f && f->was == was && !f->changed : was == now;
}

static Status place_again(Migrate *m, const MovedRegister *r, const MovedRegister *parent)
{
        char column[REGISTER_NAME_MAX];
        for (int history = 0; history < 2; history++) {
                if (r->now->place) {
                        register_column_name(r->now->place, column);
                        TRY(run_sql(m, "UPDATE ", r->table[history], " SET k_unit = ", column, ""));
                } else if (parent) {
                        TRY(run_sql(m, "UPDATE ", r->table[history], " SET k_unit = (SELECT p.k_unit FROM ",
                                    parent->table[0], " p WHERE p.k_key = k_owner)"));
                }
        }
        return ST_OK;
}

/* Is the text people search through another one? */
static bool other_text(const MovedRegister *r)
{
        for (size_t i = 0; i < r->now->field_count; i++) {
                const PackField *now = &r->now->fields[i];
                const MovedField *f = field_to(r, now);
                bool before = f && f->was && f->was->search && register_stored(f->was) && !register_is_int(f->was);
                bool after = now->search && register_stored(now) && !register_is_int(now);
                if (before != after || (after && f->changed))
                        return true;
        }
        for (size_t i = 0; i < r->count; i++)
                if (r->fields[i].was && r->fields[i].was->search && !r->fields[i].now)
                        return true;
        return !str_eq(r->was->name, r->now->name);
}

static Status index_again(Migrate *m, const MovedRegister *r)
{
        char index[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20);
        _cleanup_arena_ Arena *a = arena_new(64 << 20);
        if (!a)
                return ST_NOMEM;
        register_text_index_name(r->was, index);
        if (index[0])
                TRY(store_text_drop(m->tx, index));
        register_text_index_name(r->now, index);
        if (!index[0])
                return ST_OK;
        TRY(store_text_index(m->tx, index));
        buf_puts(&sql, "SELECT ");
        register_put_columns(&sql, r->now, "");
        buf_puts(&sql, " FROM ");
        store_put_name(&sql, r->table[0]);
        TRY(buf_status(&sql));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(m->tx, sql.ptr, STORE_NO_ARGS, &q));
        while (store_next(q)) {
                RegisterRecord rec;
                TRY(register_read_row(q, 0, r->now, a, &rec));
                buf_clear(&text);
                register_search_text(r->now, rec.values, &text);
                TRY(buf_status(&text));
                TRY(store_text_put(m->tx, index, rec.id, buf_str(&text)));
                arena_reset(a);
        }
        return store_done(q);
}

/* ---- what other tables say of registers and fields ---- */

static Status rename_keys(Migrate *m, const MovedRegister *r, const char *table, const char *column)
{
        _cleanup_buf_ Buf select = BUF_INIT(4096), update = BUF_INIT(4096);
        _cleanup_arena_ Arena *a = arena_new((size_t)512 << 20);
        if (!a)
                return ST_NOMEM;
        buf_printf(&select, "SELECT id, %s FROM %s WHERE register = $1 ORDER BY id", column, table);
        buf_printf(&update, "UPDATE %s SET %s = $2 WHERE id = $1", table, column);
        TRY(buf_status(&select));
        TRY(buf_status(&update));
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query(m->tx, select.ptr, STORE_ARGS(sv_text(r->now->name)), &q));
        while (store_next(q)) {
                _cleanup_buf_ Buf out = BUF_INIT(4 << 20);
                Json *was;
                TRY(json_parse(a, store_text(q, 1), NULL, NULL, NULL, &was));
                JsonWriter w = json_writer(&out, JSON_COMPACT);
                jw_object_begin(&w);
                for (size_t i = 0; i < was->count; i++) {
                        Str before = was->members[i].key, name = before;
                        for (size_t k = 0; k < r->count; k++)
                                if (r->fields[k].was && str_eq(r->fields[k].was->name, before))
                                        name = r->fields[k].now ? r->fields[k].now->name : STR_NONE;
                        if (!name.ptr)
                                continue;
                        jw_key(&w, name);
                        jw_str(&w, was->members[i].value.text);
                }
                jw_object_end(&w);
                TRY(jw_finish(&w));
                TRY(store_exec(m->tx, update.ptr, STORE_ARGS(sv_i64(store_i64(q, 0)), sv_text(buf_str(&out))), NULL));
                arena_reset(a);
        }
        return store_done(q);
}

static Status rename_mentions(Migrate *m, const MovedRegister *r)
{
        static const char *const tables[] = { "import_file",  "held_row",          "record_gone",
                                              "record_alias", "record_attachment", "record_view" };
        bool renamed = false;
        for (size_t i = 0; !str_eq(r->was->name, r->now->name) && i < ARRAY_LEN(tables); i++) {
                _cleanup_buf_ Buf sql = BUF_INIT(4096);
                buf_printf(&sql, "UPDATE %s SET register = $2 WHERE register = $1", tables[i]);
                TRY(buf_status(&sql));
                TRY(store_exec(m->tx, sql.ptr, STORE_ARGS(sv_text(r->was->name), sv_text(r->now->name)), NULL));
        }
        for (size_t i = 0; i < r->count; i++)
                renamed |= r->fields[i].was &&
                           (!r->fields[i].now || !str_eq(r->fields[i].was->name, r->fields[i].now->name));
        if (!renamed)
                return ST_OK;
        TRY(migrate_views(m, r));
        TRY(rename_keys(m, r, "import_file", "columns"));
        return rename_keys(m, r, "held_row", "data");
}

Status migrate_values(Migrate *m)
{
        for (size_t i = 0; i < m->old->register_count; i++) {
                MovedRegister *r = &m->regs[i];
                if (r->now)
                        TRY(convert_register(m, r));
        }
        for (size_t i = 0; !m->failed && i < m->old->register_count; i++) {
                const MovedRegister *r = &m->regs[i];
                for (size_t f = 0; r->now && f < r->count; f++)
                        if (r->fields[f].changed && r->fields[f].now && r->fields[f].now->type == PACK_REFERENCE)
                                TRY(check_targets(m, r, &r->fields[f]));
        }
        if (m->failed)
                return ST_CONFLICT;
        bool *placed =
                arena_array_of(m->arena, bool, m->old->register_count + 1); /* anew, and with them their children */
        if (!placed)
                return ST_NOMEM;
        for (size_t i = 0; i < m->old->register_count; i++) {
                MovedRegister *r = &m->regs[i];
                const MovedRegister *parent = r->was->parent ? &m->regs[r->was->parent->index] : NULL;
                if (!r->now)
                        continue;
                placed[i] = !same_field(r, r->was->place, r->now->place) ||
                            (parent && !r->now->place && placed[r->was->parent->index]);
                if (placed[i])
                        TRY(place_again(m, r, parent));
                if (!same_field(r, r->was->label, r->now->label))
                        TRY(run_sql(m, "UPDATE ", r->table[0], " SET k_sort = NULL", NULL, ""));
                TRY(rename_mentions(m, r));
                if (other_text(r))
                        TRY(index_again(m, r));
        }
        return ST_OK;
}
