/* application.c -- applications of beneficiaries and their answers, and what was paid to one of them. */
#include "policy/application.h"

#include "policy/pay_int.h"

static const char *const state_names[] = {
#define STATE_NAME(code, word) [code] = word,
        APPLICATION_STATES(STATE_NAME)
};

const char *application_state_name(ApplicationState s)
{
        return (unsigned)s < ARRAY_LEN(state_names) ? state_names[s] : "?";
}

static ApplicationState state_of(Str name)
{
        for (size_t i = 0; i < ARRAY_LEN(state_names); i++)
                if (str_eq_c(name, state_names[i]))
                        return (ApplicationState)i;
        return APPLICATION_WITHDRAWN;
}

Status application_tables(StoreTx *tx)
{
        static const StoreColumn columns[] = {
                { .name = "id", .type = STORE_I64 },
                { .name = "policy", .type = STORE_TEXT, .not_null = true },
                { .name = "year", .type = STORE_I64, .not_null = true },
                { .name = "rec", .type = STORE_TEXT, .not_null = true },
                { .name = "name", .type = STORE_TEXT, .not_null = true },
                { .name = "unit", .type = STORE_TEXT, .not_null = true },
                { .name = "by_whom", .type = STORE_TEXT, .not_null = true },
                { .name = "at", .type = STORE_TEXT, .not_null = true },
                { .name = "text", .type = STORE_TEXT, .not_null = true },
                { .name = "outcome", .type = STORE_TEXT, .not_null = true },
                { .name = "reason", .type = STORE_TEXT, .not_null = true },
                { .name = "missing", .type = STORE_TEXT, .not_null = true },
                { .name = "state", .type = STORE_TEXT, .not_null = true },
                { .name = "answer", .type = STORE_TEXT, .not_null = true },
                { .name = "answered_by", .type = STORE_TEXT, .not_null = true },
                { .name = "answered_at", .type = STORE_TEXT, .not_null = true },
        };
        static const StoreIndex by_record[] = { { .name = "policy_application_rec", .columns = "rec, policy, year" } };
        static const StoreTable table = { .name = "policy_application",
                                          .columns = columns,
                                          .column_count = ARRAY_LEN(columns),
                                          .primary_key = "id",
                                          .indexes = by_record,
                                          .index_count = 1 };
        return store_apply_tables(tx, &table, 1, NULL);
}

/* ---- filing ---- */

static Status join_missing(const PolicyEntitlement *e, Lang lang, Arena *a, Str *ret)
{
        _cleanup_buf_ Buf b = BUF_INIT(1 << 16);
        for (size_t i = 0; i < e->missing_count; i++)
                buf_printf(&b, "%s%.*s", i ? (lang == LANG_EN ? ", " : "、") : "", STR_FMT(e->missing[i]));
        TRY(buf_status(&b));
        *ret = arena_str(a, buf_str(&b));
        return ret->ptr ? ST_OK : ST_NOMEM;
}

static Status may_file(const PayCall *c, const PackPolicy *p, int32_t year, const PolicyEntitlement *e)
{
        Diag *diag = c->by->diag;
        Date end = pack_policy_last_day(p);
        int64_t open;
        if (p->from.year > year || (end.month && end.year < year))
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "政策在 %d 年没有施行",
                                 "the policy was not in force in %d", (int)year);
        if (e->outcome == POLICY_ELIGIBLE && p->mode == PACK_AUTOMATIC)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "这项政策免申即享，无需申请：%s 元",
                                 "this policy pays without an application: %s yuan", policy_yuan(e->fen, c->arena).ptr);
        TRY(store_get_i64(
                c->tx,
                "SELECT count(*) FROM policy_application WHERE rec = $1 AND policy = $2 AND year = $3 AND state = 'filed'",
                STORE_ARGS(sv_text(e->key), sv_text(p->name), sv_i64(year)), &open));
        if (open)
                return diag_fail(diag, ST_CONFLICT, POS_NONE, "已有一份申请在办", "an application is open already");
        return ST_OK;
}

Status application_file(const PayDo *by, const PackPolicy *policy, int32_t year, Str key, int64_t *ret_id)
{
        _cleanup_call_ PayCall c = { 0 };
        Lang lang = by->diag ? by->diag->lang : LANG_ZH;
        PolicyEntitlement e;
        Explanation *why;
        Str missing;
        int64_t id;
        TRY(pay_begin(&c, by));
        if (!str_trim(by->reason).len)
                return diag_fail(by->diag, ST_INVALID, POS_NONE, "请写明申请内容", "say what is applied for");
        TRY(policy_check(c.tx, by->pack, policy, key, year, lang, c.arena, by->diag, &e, &why));
        TRY(may_file(&c, policy, year, &e));
        TRY(join_missing(&e, lang, c.arena, &missing));
        TRY(store_new_ids(c.tx, "policy_application", 1, &id));
        TRY(store_exec(
                c.tx,
                "INSERT INTO policy_application (id, policy, year, rec, name, unit, by_whom, at, text, outcome, reason, missing, state, "
                "answer, answered_by, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'filed', '', '', '')",
                STORE_ARGS(sv_i64(id), sv_text(policy->name), sv_i64(year), sv_text(e.key), sv_text(e.name),
                           sv_text(e.unit), sv_text(by->actor), sv_cstr(c.at), sv_text(by->reason),
                           sv_cstr(policy_outcome_name(e.outcome)), sv_text(e.reason), sv_text(missing)),
                NULL));
        char *payload = arena_printf(c.arena, "{\"policy\":\"%.*s\",\"year\":%d}", STR_FMT(policy->name), (int)year);
        if (!payload)
                return ST_NOMEM;
        TRY(pay_event(&c, "application.file", "application", id, str_c(payload), NULL));
        TRY(store_commit(&c.tx));
        *ret_id = id;
        return ST_OK;
}

/* ---- answers ---- */

static Status close_it(const PayDo *by, int64_t id, ApplicationState to)
{
        _cleanup_call_ PayCall c = { 0 };
        int64_t changed;
        TRY(pay_begin(&c, by));
        if (to != APPLICATION_WITHDRAWN && !str_trim(by->reason).len)
                return diag_fail(by->diag, ST_INVALID, POS_NONE, "请写明答复", "say why");
        TRY(store_exec(
                c.tx,
                "UPDATE policy_application SET state = $1, answer = $2, answered_by = $3, answered_at = $4 WHERE id = $5 AND state = 'filed'",
                STORE_ARGS(sv_cstr(application_state_name(to)), sv_text(by->reason.ptr ? by->reason : STR("")),
                           sv_text(by->actor), sv_cstr(c.at), sv_i64(id)),
                &changed));
        if (!changed)
                return diag_fail(by->diag, ST_CONFLICT, POS_NONE, "申请不存在，或者已有答复",
                                 "there is no such application, or it is answered already");
        TRY(pay_event(&c,
                      to == APPLICATION_ACCEPTED  ? "application.accept"
                      : to == APPLICATION_REFUSED ? "application.refuse"
                                                  : "application.withdraw",
                      "application", id, STR(""), NULL));
        return store_commit(&c.tx);
}

Status application_answer(const PayDo *by, int64_t id, bool accepted)
{
        return close_it(by, id, accepted ? APPLICATION_ACCEPTED : APPLICATION_REFUSED);
}

Status application_withdraw(const PayDo *by, int64_t id)
{
        return close_it(by, id, APPLICATION_WITHDRAWN);
}

/* ---- reading ---- */

static Status read_one(StoreStmt *q, Arena *a, Application *ret)
{
        Application p = { .id = store_i64(q, 0), .year = store_i64(q, 2), .state = state_of(store_text(q, 12)) };
        struct {
                int column;
                Str *to;
        } texts[] = { { 1, &p.policy },      { 3, &p.key },      { 4, &p.name },    { 5, &p.unit },
                      { 6, &p.by },          { 7, &p.at },       { 8, &p.text },    { 9, &p.outcome },
                      { 10, &p.reason },     { 11, &p.missing }, { 13, &p.answer }, { 14, &p.answered_by },
                      { 15, &p.answered_at } };
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                *texts[i].to = store_text_dup(q, texts[i].column, a);
                if (!texts[i].to->ptr)
                        return ST_NOMEM;
        }
        *ret = p;
        return ST_OK;
}

Status applications(StoreTx *tx, const Pack *pack, const ApplicationFilter *f, Arena *a, Application **ret,
                    size_t *ret_count)
{
        Application *all = NULL;
        size_t n = 0, cap = 0;
        _cleanup_store_stmt_ StoreStmt *q = NULL;
        TRY(store_query_many(
                tx,
                "SELECT id, policy, year, rec, name, unit, by_whom, at, text, outcome, reason, missing, state, answer, answered_by, "
                "answered_at FROM policy_application WHERE ($1 = '' OR rec = $1) AND ($2 = 0 OR state = 'filed') "
                "AND ($3 = 0 OR id = $3) ORDER BY id DESC LIMIT 1000",
                STORE_ARGS(sv_text(f->key.ptr ? f->key : STR("")), sv_i64(f->open), sv_i64(f->id)), &q));
        while (store_next(q)) {
                if (arena_grow(a, (void **)&all, &cap, n + 1, sizeof(*all)) < 0)
                        return ST_NOMEM;
                TRY(read_one(q, a, &all[n]));
                const PackUnit *u = all[n].unit.len ? pack_unit(pack, all[n].unit) : NULL;
                n += !f->within || f->within->depth == 0 || (u && pack_unit_within(u, f->within));
        }
        *ret = all;
        *ret_count = n;
        return store_done(q);
}

Status own_payments(StoreTx *tx, const PackRegister *reg, Str key, Arena *a, OwnPayment **ret, size_t *ret_count)
{
        OwnPayment *all = NULL;
        int64_t *ids = NULL;
        size_t n = 0, cap = 0, id_count = 0, id_cap = 0;
        {
                _cleanup_store_stmt_ StoreStmt *q = NULL;
                TRY(store_query_many(
                        tx,
                        "SELECT i.id, i.firm FROM pay_item i JOIN pay_batch b ON b.id = i.batch WHERE b.state IN ('published', 'paid', 'settled') "
                        "AND i.state <> 'taken out' AND (i.firm = $1 OR i.firm IN (SELECT key FROM record_alias WHERE register = $2)) "
                        "ORDER BY i.id DESC",
                        STORE_ARGS(sv_text(key), sv_text(reg->name)), &q));
                while (store_next(q)) {
                        Str firm = store_text_dup(q, 1, a), now = firm;
                        if (!firm.ptr || arena_grow(a, (void **)&ids, &id_cap, id_count + 1, sizeof(*ids)) < 0)
                                return ST_NOMEM;
                        ids[id_count] = store_i64(q, 0);
                        if (!str_eq(firm, key))
                                TRY(register_resolve(tx, reg, firm, a, &now));
                        id_count += str_eq(now, key);
                }
                TRY(store_done(q));
        }
        for (size_t i = 0; i < id_count; i++) {
                PayBatch b;
                if (arena_grow(a, (void **)&all, &cap, n + 1, sizeof(*all)) < 0)
                        return ST_NOMEM;
                TRY(pay_item_get(tx, ids[i], a, &all[n].item));
                TRY(pay_get(tx, all[n].item.batch, a, &b));
                all[n].state = b.state;
                all[n].year = b.year;
                all[n].title = b.title;
                all[n].publish_from = b.publish_from;
                all[n].publish_to = b.publish_to;
                n++;
        }
        *ret = all;
        *ret_count = n;
        return ST_OK;
}
