/* migrate_tight.c -- what a newer definition asks of a field and the older one did not: told, with the number of
 * records that do not answer it.  They stay as they are and answer when they are changed next. */
#include "pack/idcheck.h"
#include "register/migrate_int.h"

/* Records of which the SQL condition over the column holds. */
static Status count_where(Migrate *m, const PackField *f, const char *before, const char *after, const StoreValue *args,
                          size_t n, int64_t *ret)
{
        char table[REGISTER_NAME_MAX], column[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        register_table_name(f->reg, false, table);
        register_column_name(f, column);
        buf_puts(&sql, "SELECT count(*) FROM ");
        store_put_name(&sql, table);
        buf_printf(&sql, " WHERE %s", before);
        store_put_name(&sql, column);
        buf_puts(&sql, after);
        TRY(buf_status(&sql));
        return store_get_i64(m->tx, sql.ptr, args, n, ret);
}

/* Known values of the field that `fits` says no to, each with the number of its records. */
static Status count_unfit(Migrate *m, const PackField *f, bool (*fits)(const Migrate *, const PackField *, Str),
                          int64_t *ret)
{
        char table[REGISTER_NAME_MAX];
        register_table_name(f->reg, false, table);
        *ret = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(migrate_known(m, table, f, &q));
        while (store_next(q))
                if (!fits(m, f, store_text(q, 0)))
                        *ret += store_i64(q, 1);
        return store_done(q);
}

static bool passes_check(const Migrate *m, const PackField *f, Str text)
{
        IdVerdict v;
        (void)m;
        id_check(f->check, text, &v);
        return v.ok || v.overridable;
}

static bool of_kind(const Migrate *m, const PackField *f, Str code)
{
        const PackUnit *u = pack_unit(m->new, code);
        return u && u->kind == f->unit_kind;
}

/* Records that share their value with another one. */
static Status count_alike(Migrate *m, const PackField *f, int64_t *ret)
{
        char table[REGISTER_NAME_MAX], column[REGISTER_NAME_MAX];
        _cleanup_buf_ Buf sql = BUF_INIT(4096);
        register_table_name(f->reg, false, table);
        register_column_name(f, column);
        buf_puts(&sql, "SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM (SELECT count(*) AS n FROM ");
        store_put_name(&sql, table);
        buf_puts(&sql, " WHERE ");
        store_put_name(&sql, column);
        buf_puts(&sql, " IS NOT NULL GROUP BY ");
        store_put_name(&sql, column);
        buf_puts(&sql, " HAVING count(*) > 1) same");
        TRY(buf_status(&sql));
        return store_get_i64(m->tx, sql.ptr, STORE_NO_ARGS, ret);
}

static void tell(Migrate *m, const PackField *f, int64_t n, const char *zh, const char *en)
{
        if (n)
                diag_warning(m->diag, f->pos, "“%.*s.%.*s”%s：现有 %lld 条记录不合，原样保留，下次修改时须改正",
                             "\"%.*s.%.*s\" %s: %lld records do not comply; they stay as they are until they are "
                             "changed",
                             STR_FMT(f->reg->name), STR_FMT(f->name), m->diag && m->diag->lang == LANG_EN ? en : zh,
                             (long long)n);
}

static Status bounds(Migrate *m, const PackField *was, const PackField *now)
{
        int64_t bound, n;
        if (now->has_min && !(was && was->has_min && dec_cmp(was->min, now->min) >= 0) &&
            dec_to_scaled_round(now->min, now->scale, DEC_HALF_UP, &bound)) {
                TRY(count_where(m, now, "", " < $1", STORE_ARGS(sv_i64(bound)), &n));
                tell(m, now, n, "的下限变了", "has another lower bound");
        }
        if (now->has_max && !(was && was->has_max && dec_cmp(was->max, now->max) <= 0) &&
            dec_to_scaled_round(now->max, now->scale, DEC_HALF_UP, &bound)) {
                TRY(count_where(m, now, "", " > $1", STORE_ARGS(sv_i64(bound)), &n));
                tell(m, now, n, "的上限变了", "has another upper bound");
        }
        return ST_OK;
}

/* `was` NULL: the field is new. */
static Status of_field(Migrate *m, const PackField *was, const PackField *now)
{
        int64_t n;
        if (now->required && !(was && was->required) && !now->from_address) {
                TRY(count_where(m, now, "", " IS NULL", STORE_NO_ARGS, &n));
                tell(m, now, n, "现为必填", "must be filled in now");
        }
        if (now->many)
                return ST_OK;
        if (now->unique && !(was && was->unique)) {
                TRY(count_alike(m, now, &n));
                tell(m, now, n, "现在不能重复", "must not be alike in two records now");
        }
        if (register_is_int(now))
                return bounds(m, was, now);
        if (now->type == PACK_TEXT && was && was->type == PACK_TEXT && now->max_length < was->max_length) {
                TRY(count_where(m, now, "length(", ") > $1", STORE_ARGS(sv_i64((int64_t)now->max_length)), &n));
                tell(m, now, n, "的长度上限变短了", "may be less long now");
        }
        if (now->check != PACK_CHECK_NONE && !(was && was->check == now->check)) {
                TRY(count_unfit(m, now, passes_check, &n));
                tell(m, now, n, "的检验变了", "has another check");
        }
        if (now->unit_kind && !(was && was->unit_kind && str_eq(was->unit_kind->name, now->unit_kind->name))) {
                TRY(count_unfit(m, now, of_kind, &n));
                tell(m, now, n, "现为另一类单位", "is a unit of another kind now");
        }
        return ST_OK;
}

static const PackField *before(const MovedRegister *r, const PackField *now)
{
        for (size_t i = 0; r && i < r->count; i++)
                if (r->fields[i].now == now && !r->fields[i].dropped && r->fields[i].was &&
                    register_stored(r->fields[i].was))
                        return r->fields[i].was;
        return NULL;
}

/* A computed field that is no more, or says something else of past days too. */
static void of_computed(Migrate *m, const MovedRegister *r)
{
        for (size_t i = 0; i < r->was->field_count; i++) {
                const PackField *was = &r->was->fields[i], *now = pack_field(r->now, was->name);
                if (register_stored(was))
                        continue;
                if (!now)
                        diag_note(m->diag, r->now->pos, "计算字段“%.*s.%.*s”不再定义",
                                  "the computed field \"%.*s.%.*s\" is no longer defined", STR_FMT(r->now->name),
                                  STR_FMT(was->name));
                else if (!register_stored(now) && !str_eq(now->computed.text, was->computed.text))
                        diag_note(m->diag, now->pos, "“%.*s.%.*s”按新的式子计算，过去的日子也是",
                                  "\"%.*s.%.*s\" is computed by the new formula, for past days too",
                                  STR_FMT(r->now->name), STR_FMT(was->name));
        }
}

Status migrate_tightened(Migrate *m)
{
        for (size_t i = 0; i < m->old->register_count; i++) {
                const MovedRegister *r = &m->regs[i];
                for (size_t f = 0; r->now && f < r->now->field_count; f++) {
                        const PackField *now = &r->now->fields[f];
                        if (register_stored(now) && now->role == PACK_FIELD_PLAIN)
                                TRY(of_field(m, before(r, now), now));
                }
                if (r->now)
                        of_computed(m, r);
        }
        return ST_OK;
}
